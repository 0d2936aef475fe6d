//! Starts the command line and maps its outcome to an exit code.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
