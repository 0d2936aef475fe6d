//! Starts the command line and maps its outcome to an exit code.

fn main() -> std::process::ExitCode {
    crosscheck::cli::run()
}
