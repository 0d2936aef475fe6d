//! What is read of Python scripts: their command lines, what they do under which flag,
//! the commands that packages install and the commands that programs run.

mod commands;
mod effects;

use crate::common::facts;
use crosscheck::facts::{Arity, FileFacts, Interface, Param, Passed};

fn interface(text: &str) -> Interface {
    let mut own = programs("bin/tool.py", text);
    assert_eq!(own.len(), 1, "{text}");
    own.remove(0)
}

/// The interfaces of programs, without those of functions.
fn programs(path: &str, text: &str) -> Vec<Interface> {
    let mut own = facts(path, text).interfaces;
    own.retain(|own| own.entity.kind.as_str() == "file");
    own
}

/// An argparse script with `body` between the parser and `parse_args()`.
fn argparse(body: &str) -> Interface {
    interface(&format!(
        "import argparse\nparser = argparse.ArgumentParser()\n{body}\nargs = parser.parse_args()\n"
    ))
}

fn names(interface: &Interface) -> Vec<&str> {
    let names = interface.params.iter().map(|param| param.name.as_str());
    names.filter(|name| *name != "--help").collect()
}

fn param<'i>(interface: &'i Interface, name: &str) -> &'i Param {
    let found = interface.params.iter().find(|param| param.is_called(name));
    found.unwrap_or_else(|| panic!("no {name} in {:?}", names(interface)))
}

fn subcommand<'i>(interface: &'i Interface, name: &str) -> &'i Interface {
    let command = interface.command.as_ref().expect("a command line");
    let found = command.subcommands.iter().find(|(own, _)| own == name);
    &found.unwrap_or_else(|| panic!("no {name}")).1
}

/// Each effect: `what`, `what if --flag` or `what unless --flag`.
fn effects(interface: &Interface) -> Vec<String> {
    let command = interface.command.as_ref().expect("a command line");
    let effects = command.effects.iter().map(|effect| match &effect.guard {
        None => effect.what.to_string(),
        Some((flag, Passed::Yes)) => format!("{} if {flag}", effect.what),
        Some((flag, Passed::No)) => format!("{} unless {flag}", effect.what),
    });
    effects.collect()
}

fn commands(facts: &FileFacts) -> Vec<(String, String)> {
    let commands = facts.provides.iter().filter(|provide| provide.kind.as_str() == "command");
    commands.map(|provide| (provide.name.to_string(), provide.detail.to_string())).collect()
}

fn calls(text: &str) -> Vec<String> {
    let facts = facts("bin/tool.py", text);
    let calls = facts.calls.iter().map(|call| {
        let mut line = vec![call.any_of.last().expect("a target").name.to_string()];
        line.extend(
            call.words
                .iter()
                .map(|word| format!("{}{}", word.text, if word.splits { "..." } else { "" })),
        );
        line.join(" ")
    });
    calls.collect()
}

#[test]
fn a_flag_has_its_long_name_and_where_it_stands() {
    let text = "import argparse\np = argparse.ArgumentParser()\np.add_argument('-p', '--port', type=int, default=80)\np.parse_args()\n";
    let interface = interface(text);
    assert_eq!(interface.entity.to_string(), "file:bin/tool.py");
    assert_eq!(&text[interface.span.range()], "argparse.ArgumentParser()");
    let port = param(&interface, "-p");
    assert_eq!(port.name, "--port");
    assert_eq!(&text[port.span.range()], "'--port'");
    assert_eq!((port.ty.as_str(), port.default.as_str()), ("int", "80"));
    assert_eq!(port.values, Some(Arity::ONE));
    assert!(!port.required && !interface.open);
}

#[test]
fn help_is_a_flag_unless_it_is_switched_off() {
    assert!(argparse("").params.iter().any(|param| param.is_called("-h")));
    let text = "import argparse\np = argparse.ArgumentParser(add_help=False)\np.parse_args()\n";
    assert!(interface(text).params.is_empty());
}

#[test]
fn actions_and_nargs_say_how_many_values() {
    let interface = argparse(
        "for name in ('a', 'b'):\n    parser.add_argument('--no-' + name, action='store_true')\n\
         parser.add_argument('--pair', nargs=2)\n\
         parser.add_argument('--maybe', nargs='?')\n\
         parser.add_argument('--rest', nargs=argparse.REMAINDER)\n\
         parser.add_argument('--some', nargs='+')\n\
         parser.add_argument('--own', action=Unseen)\n\
         parser.add_argument('--debug', action=argparse.BooleanOptionalAction)\n",
    );
    let values = |name: &str| param(&interface, name).values;
    assert_eq!(values("--no-a"), Some(Arity::NONE));
    assert_eq!(values("--no-b"), Some(Arity::NONE));
    assert_eq!(values("--pair"), Some(Arity { min: 2, max: Some(2) }));
    assert_eq!(values("--maybe"), Some(Arity::OPTIONAL));
    assert_eq!(values("--rest"), Some(Arity::ANY));
    assert_eq!(values("--some"), Some(Arity { min: 1, max: None }));
    assert_eq!(values("--own"), None);
    assert_eq!(param(&interface, "--no-debug").name, "--debug");
}

#[test]
fn a_dash_may_be_any_letter() {
    let interface = interface(
        "import argparse\n\
         parser = argparse.ArgumentParser(prefix_chars='\u{e9}-')\n\
         parser.add_argument('-\u{e9}x', action=argparse.BooleanOptionalAction)\n\
         args = parser.parse_args()\n",
    );
    assert_eq!(param(&interface, "--no-x").name, "-\u{e9}x");
}

#[test]
fn what_must_be_passed_is_required() {
    let interface = argparse(
        "parser.add_argument('where')\n\
         parser.add_argument('what', nargs='*')\n\
         parser.add_argument('--how', required=True)\n\
         parser.add_argument(dest='why', nargs='?')\n\
         if extended:\n    parser.add_argument('--who', required=True)\n",
    );
    let required = interface.params.iter().filter(|param| param.required);
    let required: Vec<&str> = required.map(|param| param.name.as_str()).collect();
    assert_eq!(required, ["where", "--how"]);
    assert!(param(&interface, "why").positional);
}

#[test]
fn literal_choices_are_known_and_computed_ones_are_not() {
    let interface = argparse(
        "KINDS = {'a': 1, 'b': 2}\n\
         parser.add_argument('--kind', choices=KINDS.keys())\n\
         parser.add_argument('--level', choices=range(3), type=int)\n\
         parser.add_argument('--type', choices=elsewhere.keys())\n",
    );
    assert_eq!(param(&interface, "--kind").choices, ["a", "b"]);
    assert_eq!(param(&interface, "--level").choices, ["0", "1", "2"]);
    assert!(param(&interface, "--type").choices.is_empty());
}

#[test]
fn groups_that_exclude_each_other_are_kept() {
    let interface = argparse(
        "group = parser.add_mutually_exclusive_group(required=True)\n\
         group.add_argument('--on', action='store_true')\n\
         group.add_argument('--off', action='store_true')\n\
         parser.add_argument_group('more').add_argument('--more')\n",
    );
    let groups = &interface.command.as_ref().expect("a command line").groups;
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].params, ["--on", "--off"]);
    assert!(groups[0].required);
    assert_eq!(names(&interface), ["--on", "--off", "--more"]);
}

#[test]
fn subcommands_have_interfaces_of_their_own() {
    let interface = argparse(
        "commands = parser.add_subparsers(dest='command')\n\
         start = commands.add_parser('start', aliases=['go'])\n\
         start.add_argument('--fast', action='store_true')\n\
         remote = commands.add_parser('remote').add_subparsers()\n\
         remote.add_parser('add').add_argument('url')\n",
    );
    assert_eq!(names(subcommand(&interface, "start")), ["--fast"]);
    assert_eq!(names(subcommand(&interface, "go")), ["--fast"]);
    assert_eq!(names(subcommand(subcommand(&interface, "remote"), "add")), ["url"]);
}

#[test]
fn parents_of_the_file_are_inherited() {
    let interface = interface(
        "import argparse\n\
         common = argparse.ArgumentParser(add_help=False)\n\
         common.add_argument('--verbose', action='store_true')\n\
         parser = argparse.ArgumentParser(parents=[common])\n\
         parser.add_argument('--own')\n\
         parser.parse_args()\n",
    );
    assert_eq!(names(&interface), ["--verbose", "--own"]);
    assert!(!interface.open);
}

#[test]
fn functions_and_methods_of_the_file_add_arguments() {
    let interface = interface(
        "from argparse import ArgumentParser\n\
         def common(p, *flags, **more):\n    p.add_argument(*flags, **more)\n\
         class Tool(object):\n\
         \x20   def __init__(self):\n        self.parser = ArgumentParser()\n\
         \x20   def build(self):\n        common(self.parser, '-x', '--ex', required=True)\n        self.parser.add_argument('--why')\n\
         \x20   def run(self):\n        self.build()\n        return self.parser.parse_args()\n\
         if __name__ == '__main__':\n    Tool().run()\n",
    );
    assert_eq!(names(&interface), ["--ex", "--why"]);
    assert!(param(&interface, "-x").required);
    assert!(!interface.open);
}

#[test]
fn a_parser_class_of_the_file_is_a_parser() {
    let interface = interface(
        "import argparse\n\
         class Parser(argparse.ArgumentParser):\n\
         \x20   def __init__(self, **more):\n        super().__init__(**more)\n        self.add_argument('--base')\n\
         def main():\n    p = Parser(description='x')\n    p.add_argument('--own')\n    return p.parse_args()\n",
    );
    assert_eq!(names(&interface), ["--base", "--own"]);
    assert!(!interface.open);
}

#[test]
fn what_the_file_does_not_show_opens_the_interface() {
    for body in [
        "import common\ncommon.add_flags(parser)",
        "parser.add_argument(computed())",
        "for name in names():\n    parser.add_argument('--' + name)",
        "parser.add_argument(*unseen)",
    ] {
        assert!(argparse(body).open, "{body}");
    }
    for text in [
        "import argparse, common\np = argparse.ArgumentParser(parents=[common.parser])\np.parse_args()\n",
        "import argparse\np = argparse.ArgumentParser()\nargs, rest = p.parse_known_args()\n",
        "import common\np = common.parser()\np.add_argument('--x')\np.parse_args()\n",
        "import common\nclass P(common.ArgumentParser):\n    pass\np = P()\np.add_argument('--x')\np.parse_args()\n",
    ] {
        assert!(interface(text).open, "{text}");
    }
}

#[test]
fn a_parser_that_is_handed_on_after_it_was_used_stays_closed() {
    let interface = interface(
        "import argparse, argcomplete, work\np = argparse.ArgumentParser()\np.add_argument('--x')\n\
         argcomplete.autocomplete(p)\nargs = p.parse_args()\nwork.run(p, args)\n",
    );
    assert!(!interface.open);
}

#[test]
fn a_first_pass_over_known_arguments_belongs_to_the_script() {
    let interface = interface(
        "import argparse\n\
         first = argparse.ArgumentParser(add_help=False)\nfirst.add_argument('--config')\n\
         known, rest = first.parse_known_args()\n\
         p = argparse.ArgumentParser()\np.add_argument('--x')\np.parse_args(rest)\n",
    );
    assert_eq!(names(&interface), ["--x", "--config"]);
    assert!(!interface.open);
}

#[test]
fn a_library_that_adds_arguments_has_no_interface() {
    let text = "import argparse\ndef add(parser):\n    parser.add_argument('--x')\n";
    assert!(programs("lib/x.py", text).is_empty());
    let text = "import argparse, sys\nprint(sys.argv[1])\n";
    assert!(programs("bin/x.py", text).is_empty());
}

#[test]
fn optparse_options_are_optional_and_arguments_are_free() {
    let interface = interface(
        "import optparse\nfrom optparse import OptionGroup\n\
         p = optparse.OptionParser(version='1')\np.add_option('-q', '--quiet', action='store_true')\n\
         g = OptionGroup(p, 'more')\ng.add_option('-n', type='int', dest='count')\np.add_option_group(g)\n\
         (options, args) = p.parse_args()\n",
    );
    assert_eq!(names(&interface), ["--version", "--quiet", "-n", "args"]);
    assert_eq!(param(&interface, "-q").values, Some(Arity::NONE));
    assert_eq!(param(&interface, "-n").values, Some(Arity::ONE));
    assert_eq!(param(&interface, "args").values, Some(Arity::ANY));
    assert!(interface.params.iter().all(|param| !param.required));
}

#[test]
fn getopt_letters_and_words_are_flags() {
    let interface = interface(
        "import getopt, sys\nopts, args = getopt.getopt(sys.argv[1:], 'ho:', ['help', 'output='])\n\
         for o, a in opts:\n    if o in ('-h', '--help'):\n        pass\n    elif o == '-o' or o == '--output':\n        pass\n",
    );
    assert_eq!(param(&interface, "-o").name, "--output");
    assert_eq!(param(&interface, "--output").values, Some(Arity::ONE));
    assert_eq!(param(&interface, "-h").values, Some(Arity::NONE));
    assert!(interface.command.as_ref().is_some_and(|own| own.syntax.stops_at_positional));
}

#[test]
fn click_decorators_are_an_interface() {
    let interface = interface(
        "import click\n\
         @click.group()\n@click.option('--debug/--no-debug', default=False)\ndef cli(debug):\n    pass\n\
         @cli.command()\n@click.argument('src', nargs=-1)\n@click.option('-n', '--count', type=int, required=True)\n\
         @click.option('--kind', type=click.Choice(['a', 'b']))\n@click.option('--force', is_flag=True)\n\
         def copy_all(src, count, kind, force):\n    if force:\n        wipe(src)\n\
         if __name__ == '__main__':\n    cli()\n",
    );
    assert_eq!(param(&interface, "--no-debug").name, "--debug");
    let copy = subcommand(&interface, "copy-all");
    assert_eq!(param(copy, "src").values, Some(Arity::ANY));
    assert!(param(copy, "-n").required && !param(copy, "src").required);
    assert_eq!(param(copy, "--kind").choices, ["a", "b"]);
    assert_eq!(param(copy, "--force").values, Some(Arity::NONE));
    assert_eq!(effects(copy), ["wipe if --force"]);
}

#[test]
fn typer_parameters_are_an_interface() {
    let interface = interface(
        "from enum import Enum\nfrom pathlib import Path\nfrom typing import Annotated, List, Literal, Optional\nimport typer\n\
         class Colour(str, Enum):\n    red = 'red'\n    blue = 'blue'\n\
         def main(\n\
         \x20   ctx: typer.Context,\n\
         \x20   name: str,\n\
         \x20   others: Optional[List[Path]] = typer.Argument(None),\n\
         \x20   dry_run: bool = False,\n\
         \x20   count: int = typer.Option(3, '--count', '-n'),\n\
         \x20   token: str = typer.Option(...),\n\
         \x20   secret: Annotated[str, typer.Option(envvar='SECRET')] = ...,\n\
         \x20   force: Annotated[bool, typer.Option('--force', help='x')] = False,\n\
         \x20   colour: Colour = Colour.red,\n\
         \x20   mode: Annotated[Literal['a', 'b'] | None, typer.Option()] = None,\n\
         \x20   tag: Annotated[list[str], typer.Option('-t')] = [],\n\
         \x20   pair: tuple[int, int] = (0, 0),\n\
         ):\n    if not dry_run:\n        write(name)\n    if force:\n        wipe()\n\
         if __name__ == '__main__':\n    typer.run(main)\n",
    );
    assert_eq!(
        names(&interface),
        [
            "name",
            "others",
            "--dry-run",
            "--count",
            "--token",
            "--secret",
            "--force",
            "--colour",
            "--mode",
            "-t",
            "--pair"
        ]
    );
    let required = interface.params.iter().filter(|param| param.required);
    let required: Vec<&str> = required.map(|param| param.name.as_str()).collect();
    assert_eq!(required, ["name", "--token"]);
    assert!(param(&interface, "name").positional && !interface.open);
    assert_eq!(param(&interface, "others").values, Some(Arity::ANY));
    assert_eq!(param(&interface, "--no-dry-run").name, "--dry-run");
    assert_eq!(param(&interface, "--dry-run").values, Some(Arity::NONE));
    assert_eq!(param(&interface, "-n").default, "3");
    assert_eq!(param(&interface, "--force").aliases.len(), 0);
    assert_eq!(param(&interface, "--colour").choices, ["red", "blue"]);
    assert_eq!(param(&interface, "--mode").choices, ["a", "b"]);
    assert_eq!(param(&interface, "-t").values, Some(Arity::ONE));
    assert_eq!(param(&interface, "--pair").values, Some(Arity { min: 2, max: Some(2) }));
    assert_eq!(effects(&interface), ["write unless --dry-run", "wipe if --force"]);
}

#[test]
fn commands_of_typer_are_sub_commands() {
    let text = |more: &str| {
        format!(
            "import typer\napp = typer.Typer()\nusers = typer.Typer(name='users', add_completion=False)\n\
             @app.command()\ndef add_one(name: str, force: bool = False):\n    if force:\n        wipe()\n    work(name)\n\
             {more}\
             if __name__ == '__main__':\n    app()\n"
        )
    };
    // One command alone is the program.
    let alone = interface(&text(""));
    assert_eq!(names(&alone), ["name", "--force", "--install-completion", "--show-completion"]);
    assert_eq!(effects(&alone), ["wipe if --force", "work"]);
    let several = interface(&text(
        "@app.command('rm')\n@app.command('remove')\ndef delete(x: int = 0):\n    pass\n\
         @app.callback()\ndef setup(verbose: bool = typer.Option(False, '-v')):\n    pass\n\
         @users.command()\ndef show():\n    pass\n\
         app.add_typer(users)\n",
    ));
    assert!(!several.open);
    assert_eq!(names(&several), ["-v", "--install-completion", "--show-completion"]);
    assert_eq!(names(subcommand(&several, "add-one")), ["name", "--force"]);
    assert_eq!(effects(subcommand(&several, "add-one")), ["wipe if --force", "work"]);
    assert_eq!(names(subcommand(&several, "rm")), ["--x"]);
    assert_eq!(names(subcommand(&several, "remove")), ["--x"]);
    assert!(names(subcommand(subcommand(&several, "users"), "show")).is_empty());
    // What the file does not show.
    assert!(interface(&text("from other import more\napp.add_typer(more.app, name='x')\n")).open);
    assert!(interface(&text("def f():\n    pass\napp.command()(f)\n")).open);
    let alias = text("").replace("name: str", "name: Name");
    assert!(interface(&alias).open);
}

#[test]
fn a_usage_text_is_an_interface() {
    let text = "\"\"\"Tool.\n\nUsage:\n  tool [options] <src> [<dst>]\n\nOptions:\n  -o FILE, --output=FILE  Where to [default: x].\n  --quiet  Say nothing.\n\"\"\"\nfrom docopt import docopt\nargs = docopt(__doc__)\nif not args['--quiet']:\n    speak()\n";
    let interface = interface(text);
    assert_eq!(names(&interface), ["--output", "--quiet", "<src>", "<dst>"]);
    assert_eq!(param(&interface, "-o").values, Some(Arity::ONE));
    assert_eq!(&text[param(&interface, "--quiet").span.range()], "--quiet");
    assert!(param(&interface, "<src>").required && !param(&interface, "<dst>").required);
    assert_eq!(effects(&interface), ["speak unless --quiet"]);
}

#[test]
fn absl_flags_leave_the_interface_open() {
    let interface = interface(
        "from absl import app, flags\nFLAGS = flags.FLAGS\n\
         flags.DEFINE_string('name', None, 'Whom.', short_name='n')\n\
         flags.DEFINE_bool('dry', False, 'Only say.')\nflags.DEFINE_enum('mode', 'a', ['a', 'b'], 'How.')\n\
         flags.mark_flag_as_required('name')\n\
         def main(argv):\n    if not FLAGS.dry:\n        work()\n\
         if __name__ == '__main__':\n    app.run(main)\n",
    );
    assert!(interface.open && param(&interface, "-n").required);
    assert_eq!(param(&interface, "--nodry").values, Some(Arity::NONE));
    assert_eq!(param(&interface, "--mode").choices, ["a", "b"]);
    assert_eq!(effects(&interface), ["work unless --dry"]);
}
