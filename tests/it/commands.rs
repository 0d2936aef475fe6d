//! Calls of commands against the programs that the tree holds.

use crate::common::{Findings, change, check, crosscheck, findings, report, tree};
use insta::assert_snapshot;

const TOOL: &str = "modules/tool/files/sync.py";
const INIT: &str = "modules/tool/manifests/init.pp";

const SOURCE: &str = "#!/usr/bin/python3\nimport argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument('--config', required=True)\nparser.add_argument('--mode', choices=['fast', 'full'])\nparser.add_argument('-v', '--verbose', action='store_true')\nparser.add_argument('target')\nargs = parser.parse_args()\nprint(args)\n";

/// A module that installs the script and runs `command`.
fn init(command: &str) -> String {
    format!(
        "class tool {{\n  file {{ '/usr/local/bin/sync-tool':\n    source => 'puppet:///modules/tool/sync.py',\n  }}\n  exec {{ 'sync':\n    command => {command},\n  }}\n}}\n"
    )
}

fn of(command: &str) -> Findings {
    check(&[(TOOL, SOURCE), (INIT, &init(command))])
}

#[test]
fn a_call_that_fits_is_silent() {
    for command in [
        "'/usr/local/bin/sync-tool --config /etc/a all'",
        "'/usr/local/bin/sync-tool -v --config=/etc/a --mode full all'",
        "'/usr/bin/timeout 10 /usr/local/bin/sync-tool --conf /etc/a all > /dev/null 2>&1'",
        "\"/usr/local/bin/sync-tool --config ${conf} ${target}\"",
        "\"/usr/local/bin/sync-tool ${arguments}\"",
        "'/usr/local/bin/sync-tool --help'",
        "['/usr/local/bin/sync-tool', '--config', '/etc/a', 'all']",
        "'/usr/local/bin/another-tool --whatever'",
        "\"/usr/local/bin/sync-tool --config \\\"/etc/a b\\\" ${x}\"",
    ] {
        assert!(of(command).is_empty(), "{command}: {:?}", of(command));
    }
}

#[test]
fn a_flag_that_is_not_taken() {
    let line = format!("{INIT}:6");
    for (command, rule) in [
        ("'/usr/local/bin/sync-tool --config /etc/a --mood full all'", "unknown-parameter"),
        ("'/usr/local/bin/sync-tool --config /etc/a -x all'", "unknown-parameter"),
        ("'/usr/local/bin/sync-tool --config /etc/a all more'", "unknown-parameter"),
        ("'/usr/local/bin/sync-tool --mode full all'", "missing-required-parameter"),
        ("'/usr/local/bin/sync-tool --config /etc/a'", "missing-required-parameter"),
        ("'/usr/local/bin/sync-tool --config /etc/a --mode slow all'", "incompatible-value"),
        ("'/usr/local/bin/sync-tool --config /etc/a --verbose=1 all'", "incompatible-value"),
        ("'sync-tool --config /etc/a all; sync-tool --bad --config x y'", "unknown-parameter"),
    ] {
        assert_eq!(of(command), [format!("{rule} {line}")], "{command}");
    }
}

#[test]
fn a_variable_may_hold_the_command_line() {
    let manifest = "class tool($x) {\n  file { '/usr/local/bin/sync-tool':\n    source => 'puppet:///modules/tool/sync.py',\n  }\n  $command = @(\"CMD\"/L)\n    /usr/local/bin/sync-tool --config ${x} \\\n      --moode full all\n    | CMD\n}\n";
    assert_eq!(check(&[(TOOL, SOURCE), (INIT, manifest)]), [format!("unknown-parameter {INIT}:7")]);
    let right = manifest.replace("--moode", "--mode");
    assert_snapshot!(check(&[(TOOL, SOURCE), (INIT, &right)]), @"");
}

#[test]
fn shell_scripts_have_interfaces_too() {
    let script = "#!/bin/sh\nwhile getopts 'c:v' opt; do\n  case $opt in\n    c) CONF=$OPTARG;;\n    v) set -x;;\n  esac\ndone\n";
    let tree = |call: &str| {
        check(&[
            ("bin/load.sh", script),
            ("bin/run.sh", &format!("#!/bin/bash\nset -e\n./load.sh {call}\n")),
        ])
    };
    assert_snapshot!(tree("-c x -v"), @"");
    assert_snapshot!(tree("-vc x \"$@\""), @"");
    assert_snapshot!(
        tree("-c x -q"),
        @"bin/run.sh:3:16: error[unknown-parameter] `load.sh` takes no `-q`"
    );
}

#[test]
fn sub_commands_have_flags_of_their_own() {
    let source = "#!/usr/bin/python3\nimport argparse\np = argparse.ArgumentParser()\ns = p.add_subparsers()\na = s.add_parser('add')\na.add_argument('--name', required=True)\nr = s.add_parser('remove')\nargs = p.parse_args()\n";
    let run = |command: &str| check(&[(TOOL, source), (INIT, &init(command))]);
    assert_snapshot!(run("'/usr/local/bin/sync-tool add --name x'"), @"");
    assert_snapshot!(run("'/usr/local/bin/sync-tool remove'"), @"");
    assert_eq!(run("'/usr/local/bin/sync-tool remove --name x'").len(), 1);
    assert_eq!(run("'/usr/local/bin/sync-tool delete'").len(), 1);
}

#[test]
fn a_change_of_the_program_breaks_its_callers() {
    let call = init("'/usr/local/bin/sync-tool --config /etc/a --verbose all'");
    let without =
        SOURCE.replace("parser.add_argument('-v', '--verbose', action='store_true')\n", "");
    assert_eq!(
        change(&[(TOOL, SOURCE), (INIT, &call)], &[(TOOL, &without), (INIT, &call)]),
        [format!("removed-parameter {INIT}:6")]
    );
    let needs = SOURCE.replace("'--mode',", "'--mode', required=True,");
    assert_eq!(
        change(&[(TOOL, SOURCE), (INIT, &call)], &[(TOOL, &needs), (INIT, &call)]),
        [format!("newly-required-parameter {INIT}:6")]
    );
}

#[test]
fn what_was_always_done_and_now_needs_a_flag() {
    let always = SOURCE.replace("print(args)\n", "print(args)\nproxy.register(args.target)\n");
    let guarded = SOURCE
        .replace(
            "args = parser",
            "parser.add_argument('--register', action='store_true')\nargs = parser",
        )
        .replace(
            "print(args)\n",
            "print(args)\nif args.register:\n    proxy.register(args.target)\n",
        );
    let call = init("'/usr/local/bin/sync-tool --config /etc/a all'");
    let adapted = init("'/usr/local/bin/sync-tool --register --config /etc/a all'");
    let old = [(TOOL, always.as_str()), (INIT, call.as_str())];
    assert_eq!(
        change(&old, &[(TOOL, &guarded), (INIT, &call)]),
        [format!("newly-required-parameter {INIT}:6")]
    );
    assert_snapshot!(change(&old, &[(TOOL, &guarded), (INIT, &adapted)]), @"");
    // A switch that turns it off leaves the callers as they were.
    let off = SOURCE
        .replace(
            "args = parser",
            "parser.add_argument('--no-register', action='store_true')\nargs = parser",
        )
        .replace(
            "print(args)\n",
            "print(args)\nif not args.no_register:\n    proxy.register(args.target)\n",
        );
    assert_snapshot!(change(&old, &[(TOOL, &off), (INIT, &call)]), @"");
}

/// A script with two sub-commands: `start` has `flag` and does `step`, `stop` does `stop`.
fn dispatching(flag: &str, step: &str, stop: &str) -> String {
    format!(
        "#!/usr/bin/python3\nimport argparse\n\
         def start(args):\n    {step}\n    serve()\n\
         def stop(args):\n    {stop}\n\
         p = argparse.ArgumentParser()\n\
         s = p.add_subparsers()\n\
         a = s.add_parser('start')\n{flag}a.set_defaults(func=start)\n\
         s.add_parser('stop').set_defaults(func=stop)\n\
         args = p.parse_args()\nargs.func(args)\n"
    )
}

#[test]
fn a_sub_commands_new_flag_is_for_its_callers() {
    let flag = "a.add_argument('--register', action='store_true')\n";
    let guarded = "if args.register:\n        proxy.register()";
    let before = dispatching("", "proxy.register()", "pass");
    let after = dispatching(flag, guarded, "pass");
    let run = |before: &str, after: &str, command: &str| {
        let call = init(&format!("'/usr/local/bin/sync-tool {command}'"));
        change(&[(TOOL, before), (INIT, &call)], &[(TOOL, after), (INIT, &call)])
    };
    let broken = [format!("newly-required-parameter {INIT}:6")];
    assert_eq!(run(&before, &after, "start"), broken);
    assert_snapshot!(run(&before, &after, "start --register"), @"");
    // Another sub-command's callers notice nothing.
    assert_snapshot!(run(&before, &after, "stop"), @"");
    // The program itself does it now.
    let moved = after.replace("args.func(args)\n", "proxy.register()\nargs.func(args)\n");
    assert_snapshot!(run(&before, &moved, "start"), @"");
    // Under a flag of the whole program.
    let whole = dispatching("p.add_argument('--register', action='store_true')\n", guarded, "pass");
    assert_eq!(run(&before, &whole, "start"), broken);
    assert_snapshot!(run(&before, &whole, "--register start"), @"");
    // What it did not do before is no loss.
    assert_snapshot!(run(&dispatching("", "pass", "proxy.register()"), &after, "start"), @"");
}

/// A package's source, and a tree whose hosts install it.
fn package(flag: bool) -> Vec<(&'static str, String)> {
    let (declared, guard) = match flag {
        true => {
            ("parser.add_argument('--register', action='store_true')\n", "if args.register:\n    ")
        }
        false => ("", ""),
    };
    vec![
        ("debian/control", "Source: tool\n\nPackage: tool\n".to_owned()),
        (
            "setup.py",
            "from setuptools import setup\n\nsetup(name='tool', scripts=['bin/run-tool'])\n"
                .to_owned(),
        ),
        (
            "bin/run-tool",
            format!(
                "#!/usr/bin/python3\nimport argparse\nparser = argparse.ArgumentParser()\n{declared}args = parser.parse_args()\n{guard}register()\n"
            ),
        ),
    ]
}

fn as_files<'f>(files: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    files.iter().map(|(path, text)| (*path, text.as_str())).collect()
}

#[test]
fn callers_of_another_tree_meet_either_version() {
    let (before, after) = (package(false), package(true));
    let (old, new) = (tree(&as_files(&before)), tree(&as_files(&after)));
    let with = |call: &str, ensure: &str| {
        let manifest = format!(
            "class hosts {{\n  package {{ 'tool': ensure => {ensure} }}\n  cron {{ 'tool': command => '/usr/bin/run-tool{call}' }}\n}}\n"
        );
        let hosts = tree(&[("modules/hosts/manifests/init.pp", &manifest)]);
        let spec = format!("hosts={}", hosts.path().display());
        let args =
            ["check", ".", "--against", old.path().to_str().expect("UTF-8"), "--with", &spec];
        findings(&report(new.path(), &args))
    };
    // The caller does not pass it: broken for good.
    let broken = with("", "latest");
    assert_snapshot!(broken, @r"
        bin/run-tool:4:21: warning[version-skew] callers at the old version × `run-tool` at the new one: `--register` is never passed, and its effect (`register`) is skipped without a word
        hosts/modules/hosts/manifests/init.pp:3:30: error[newly-required-parameter] `run-tool` now needs `--register` to call `register`, which it always did; this call does not pass it
        ");
    // The caller was ahead: it breaks the old version.
    assert_snapshot!(
        with(" --register", "latest"),
        @"bin/run-tool:4:21: warning[version-skew] callers at the new version × `run-tool` at the old one: `run-tool` takes no `--register`"
    );
}

#[test]
fn a_joined_trees_own_defects_are_not_reported() {
    let main = tree(&[("modules/a/manifests/init.pp", "class a {\n}\n")]);
    let other = tree(&[("modules/b/manifests/init.pp", "class b {\n  include b::absent\n}\n")]);
    let spec = format!("other={}", other.path().display());
    assert_snapshot!(findings(&report(main.path(), &["check", ".", "--with", &spec])), @"");
    let done = crosscheck(main.path(), &["check", ".", "--with", "modules=."]);
    assert_eq!(done.status.code(), Some(2));
    let done = crosscheck(main.path(), &["check", ".", "--with", "nothing"]);
    assert_eq!(done.status.code(), Some(2));
}

#[test]
fn an_interface_with_its_callers_and_its_verdict() {
    let call = init("'/usr/local/bin/sync-tool --config /etc/a all'");
    let new = SOURCE.replace("'--mode',", "'--mode', required=True,");
    let (old, new) = (tree(&[(TOOL, SOURCE), (INIT, &call)]), tree(&[(TOOL, &new), (INIT, &call)]));
    let against = old.path().to_str().expect("UTF-8");
    let shown = report(new.path(), &["interface", "sync-tool", ".", "--against", against]);
    assert_eq!(shown["entity"], "file:modules/tool/files/sync.py");
    assert_eq!(shown["callers"][0]["path"], INIT);
    assert_eq!(shown["against"]["verdict"], "breaking");
    assert_eq!(shown["against"]["changes"][0]["parameter"], "--mode");
    let done = crosscheck(new.path(), &["interface", "sync-tool", ".", "--against", against]);
    assert_eq!(done.status.code(), Some(1));
    let done = crosscheck(new.path(), &["interface", "tool", "."]);
    assert_eq!(done.status.code(), Some(0), "a class has an interface");
    let done = crosscheck(new.path(), &["interface", "snyc-tool", "."]);
    assert_eq!(done.status.code(), Some(2));
}
