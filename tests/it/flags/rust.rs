//! Flags of Rust.

use super::{commands, flags, interface};

#[test]
fn clap_fields() {
    let text = "use clap::Parser;\n\n/// A tool, it's said.\n#[derive(Debug, Parser)]\n#[command(version, about)]\nstruct Cli {\n    /// The file's name\n    #[arg(short, long)]\n    file: PathBuf,\n    #[arg(long, default_value_t = 80)]\n    port: u16,\n    #[arg(short = 'x', long = \"exclude\", alias = \"skip\")]\n    excluded: Vec<String>,\n    #[arg(long)]\n    dry_run: bool,\n    #[arg(long, value_enum)]\n    mode: Option<Mode>,\n    #[arg(short, long, action = clap::ArgAction::Count)]\n    verbose: u8,\n    #[arg(long, num_args = 1..)]\n    many: Option<Vec<HashMap<String, u8>>>,\n    #[arg(long, env = \"TOKEN\")]\n    token: String,\n    #[arg(long, required = true)]\n    must: Option<String>,\n    source: String,\n    rest: Vec<String>,\n}\n\n#[derive(Clone, clap::ValueEnum)]\nenum Mode { FastMode, #[value(name = \"s\")] Slow }\n\nfn main() { let cli = Cli::parse(); }\n";
    assert_eq!(
        flags("src/main.rs", text),
        [
            "--file|-f=!",
            "--port=",
            "--exclude|--skip|-x=",
            "--dry-run",
            "--mode={fast-mode,s}",
            "--verbose|-v",
            "--many=1..",
            "--token=",
            "--must=!",
            "<source=!",
        ]
    );
}

#[test]
fn clap_sub_commands() {
    let text = "#[derive(clap::Parser)]\nstruct Cli {\n    #[command(flatten)]\n    common: Common,\n    #[command(subcommand)]\n    command: Command,\n}\n#[derive(clap::Args)]\nstruct Common { #[arg(long)] quiet: bool }\n#[derive(clap::Subcommand)]\nenum Command {\n    /// Adds\n    AddAll { #[arg(long)] name: String, path: Option<String> },\n    #[command(alias = \"rm\")]\n    Remove(RemoveArgs),\n    List,\n}\n#[derive(clap::Args)]\nstruct RemoveArgs { #[arg(short)] force: bool }\n";
    assert_eq!(flags("src/main.rs", text), ["--quiet"]);
    let remove = vec!["-f".to_owned()];
    assert_eq!(
        commands("src/main.rs", text),
        [
            ("add-all".to_owned(), vec!["--name=!".to_owned(), "<path[=]".into()]),
            ("remove".to_owned(), remove.clone()),
            ("rm".to_owned(), remove),
            ("list".to_owned(), vec![]),
        ]
    );
}

#[test]
fn clap_types_of_another_file_leave_it_open() {
    let text = "use clap::Parser;\n#[derive(Parser)]\nstruct Cli { #[arg(long)] x: bool, #[command(flatten)] log: other::Log }\n";
    assert_eq!(flags("src/main.rs", text), ["--x", "..."]);
}

#[test]
fn rust_that_only_speaks_of_it_says_nothing() {
    let text = "// use clap::Parser;\n// #[derive(Parser)] struct A { #[arg(long)] x: bool }\nconst T: &str = r#\"#[derive(Parser)] struct B { x: bool }\"#;\n";
    assert!(interface("src/main.rs", text).is_none());
}
