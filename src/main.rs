//! Starts the command line and maps its outcome to an exit code.

// No input makes the program panic: what may is not written, but for what stands with a reason.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented
    )
)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
