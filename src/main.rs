//! Starts the command line and maps its outcome to an exit code.

// What panics by its name is not written, but for what stands with a reason.
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
