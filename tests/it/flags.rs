//! What scripts and programs in Ruby, Perl, JavaScript, Go and Rust say about their flags.

mod calls;
mod go;
mod javascript;
mod perl;
mod ruby;
mod rust;

use crate::common::facts;
use crosscheck::facts::{Arity, Interface, Param};

fn interface(path: &str, text: &str) -> Option<Interface> {
    facts(path, text).interfaces.pop()
}

fn values(param: &Param) -> String {
    match param.values {
        None => "=?".into(),
        Some(Arity::NONE) => String::new(),
        Some(Arity::ONE) => "=".into(),
        Some(Arity::OPTIONAL) => "[=]".into(),
        Some(Arity { min, max: None }) => format!("={min}.."),
        Some(Arity { min, max: Some(max) }) => format!("={min}..{max}"),
    }
}

/// `--name|-n=!{a,b}`: spellings, values, required, choices.
fn show(param: &Param) -> String {
    let mut names = vec![param.name.to_string()];
    names.extend(param.aliases.iter().map(ToString::to_string));
    let open = if param.positional { "<" } else { "" };
    let required = if param.required { "!" } else { "" };
    let choices = if param.choices.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", param.choices.join(","))
    };
    format!("{open}{}{}{required}{choices}", names.join("|"), values(param))
}

/// Its flags, without those that the library adds.
fn lines(interface: &Interface) -> Vec<String> {
    let implied = |param: &&Param| !matches!(param.name.as_str(), "--help" | "--version" | "-help");
    let mut out: Vec<String> = interface
        .params
        .iter()
        .filter(implied)
        .filter(|param| param.values != Some(Arity::ANY) || !param.positional)
        .map(show)
        .collect();
    if interface.open {
        out.push("...".into());
    }
    out
}

fn flags(path: &str, text: &str) -> Vec<String> {
    interface(path, text).map(|own| lines(&own)).unwrap_or_default()
}

fn commands(path: &str, text: &str) -> Vec<(String, Vec<String>)> {
    let own = interface(path, text).expect("an interface");
    let command = own.command.expect("a command line");
    let named =
        command.subcommands.iter().filter(|(name, _)| name != "help" && name != "completion");
    named.map(|(name, own)| (name.to_string(), lines(own))).collect()
}

#[test]
fn a_flag_is_found_where_it_stands() {
    let cases = [
        ("x.rb", "OptionParser.new { |o| o.on('-f', '--file F') }.parse!\n", "--file F"),
        ("x.pl", "use Getopt::Long;\nGetOptions('name|n=s' => \\$n);\n", "name|n=s"),
        (
            "x.js",
            "const p = require('commander');\np.option('-f, --file <x>');\n",
            "-f, --file <x>",
        ),
        ("main.go", "package main\nimport \"flag\"\nvar n = flag.Int(\"num\", 1, \"n\")\n", "num"),
        (
            "src/main.rs",
            "use clap::Parser;\n#[derive(Parser)]\nstruct C { #[arg(long)] all: bool }\n",
            "all",
        ),
    ];
    for (path, text, expected) in cases {
        let own = interface(path, text).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(&text[own.params[0].span.range()], expected, "{path}");
        assert_eq!(own.entity.to_string(), format!("file:{path}"));
    }
}

#[test]
fn a_shell_script_that_names_a_library_is_left_to_the_shell() {
    let text = "#!/bin/sh\n# Getopt::Long GetOptions('a' => 1)\nruby -e 'OptionParser.new { |o| o.on(\"--x\") }'\n";
    assert!(interface("bin/x", text).is_none());
}
