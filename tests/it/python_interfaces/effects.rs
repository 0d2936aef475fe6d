//! What a script does, and under which flag and sub-command.

use super::{argparse, effects, interface, subcommand};
use crate::common::facts;
use crosscheck::facts::Interface;

#[test]
fn what_a_script_does_carries_the_flag_that_it_depends_on() {
    let interface = argparse(
        "parser.add_argument('--register-proxy', action='store_true')\n\
         parser.add_argument('--port', type=int, default=0)\n\
         args = parser.parse_args()\n\
         if args.port != 0:\n    use(args.port)\nelse:\n    proxy.find_port()\n\
         if args.register_proxy and ready:\n    proxy.register()\n\
         service.run()\n",
    );
    assert_eq!(
        effects(&interface),
        [
            "use if --port",
            "proxy.find_port unless --port",
            "proxy.register if --register-proxy",
            "service.run"
        ]
    );
}

#[test]
fn a_step_that_becomes_optional_is_the_same_step() {
    // Incident: toollabs-webservice, commit ecea596.
    let script = |flag: &str, step: &str| {
        argparse(&format!("{flag}\nargs = parser.parse_args()\n{step}\nservice.run()\n"))
    };
    let old = script("", "proxy.register(8000)");
    let new = script(
        "parser.add_argument('--register-proxy', action='store_true')",
        "if args.register_proxy:\n    proxy.register(8000)",
    );
    assert_eq!(effects(&old), ["proxy.register", "service.run"]);
    assert_eq!(effects(&new), ["proxy.register if --register-proxy", "service.run"]);
}

#[test]
fn guards_follow_dest_and_store_false_and_early_exits() {
    let interface = interface(
        "import argparse, sys\n\
         def work(now):\n    if now:\n        start()\n\
         def main():\n\
         \x20   p = argparse.ArgumentParser()\n\
         \x20   p.add_argument('--no-check', dest='check', action='store_false')\n\
         \x20   p.add_argument('--now', action='store_true')\n\
         \x20   p.add_argument('--really', action='store_true')\n\
         \x20   opts = vars(p.parse_args())\n\
         \x20   if opts['check']:\n        check()\n\
         \x20   work(opts['now'])\n\
         \x20   if not opts['really']:\n        print('no')\n        sys.exit(1)\n\
         \x20   delete()\n\
         if __name__ == '__main__':\n    main()\n    after()\n",
    );
    assert_eq!(
        effects(&interface),
        [
            "main",
            "check unless --no-check",
            "work",
            "start if --now",
            "delete if --really",
            "after if --really"
        ]
    );
}

#[test]
fn conditions_on_no_flag_guard_nothing() {
    let interface = argparse(
        "parser.add_argument('--a', action='store_true')\n\
         parser.add_argument('--b', action='store_true')\n\
         parser.add_argument('--mode', default='x')\n\
         args = parser.parse_args()\n\
         if args.a or args.b:\n    either()\n\
         if ready():\n    go()\n\
         if args.mode:\n    always()\n",
    );
    assert_eq!(effects(&interface), ["either", "ready", "go", "always"]);
}

#[test]
fn a_clause_that_leaves_guards_only_what_needs_it() {
    let run = |condition: &str| {
        let text = format!(
            "import argparse\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--a', action='store_true')\n    p.add_argument('--b', action='store_true')\n    o = p.parse_args()\n{condition}    rest()\nmain()\n"
        );
        effects(&interface(&text)).split_off(1)
    };
    assert_eq!(
        run("    if o.a:\n        x()\n    elif o.b:\n        return\n"),
        ["x if --a", "rest"]
    );
    assert_eq!(
        run("    if o.a:\n        x()\n    else:\n        return\n"),
        ["x if --a", "rest if --a"]
    );
    assert_eq!(run("    if o.a:\n        return\n    x()\n"), ["x unless --a", "rest unless --a"]);
}

/// A script with the sub-commands `start` (also `go`), which has `--fast`, and `stop`.
fn commands_script(dest: &str, body: &str) -> Interface {
    interface(&format!(
        "import argparse, sys\n\
         def connect():\n    proxy.connect()\n\
         def start(args):\n    connect()\n    if args.fast:\n        proxy.register()\n    serve()\n\
         def stop(args):\n    connect()\n    proxy.remove()\n\
         class Tool:\n    def run(self, args):\n        self.go(args)\n    def go(self, args):\n        if not args.fast:\n            return\n        slow.leave()\n\
         def main():\n\
         \x20   p = argparse.ArgumentParser()\n\
         \x20   p.add_argument('--dry', action='store_true')\n\
         \x20   s = p.add_subparsers({dest})\n\
         \x20   up = s.add_parser('start', aliases=['go'])\n\
         \x20   up.add_argument('--fast', action='store_true')\n\
         \x20   down = s.add_parser('stop')\n\
         {body}\n\
         if __name__ == '__main__':\n    main()\n"
    ))
}

const START: [&str; 4] = ["connect", "proxy.connect", "proxy.register if --fast", "serve"];
const STOP: [&str; 3] = ["connect", "proxy.connect", "proxy.remove"];

#[test]
fn a_sub_commands_function_says_what_it_does() {
    let dispatches = [
        (
            "",
            "    up.set_defaults(func=start)\n    down.set_defaults(func=stop)\n    args = p.parse_args()\n    prepare()\n    return args.func(args)\n",
        ),
        (
            "dest='command'",
            "    args = p.parse_args()\n    prepare()\n    {'start': start, 'go': start, 'stop': stop}[args.command](args)\n",
        ),
        (
            "dest='command'",
            "    args = p.parse_args()\n    prepare()\n    run = {'start': start, 'go': start, 'stop': stop}.get(args.command)\n    sys.exit(run(args))\n",
        ),
    ];
    for (dest, body) in dispatches {
        let interface = commands_script(dest, body);
        assert_eq!(effects(&interface), ["main", "prepare"], "{body}");
        assert_eq!(effects(subcommand(&interface, "start")), START, "{body}");
        assert_eq!(effects(subcommand(&interface, "go")), START, "{body}");
        assert_eq!(effects(subcommand(&interface, "stop")), STOP, "{body}");
    }
}

#[test]
fn a_test_of_the_sub_commands_name_says_whose_it_is() {
    let with = |own: &[&'static str], first: &'static str| {
        let mut all = vec![first];
        all.extend(own);
        all
    };
    for body in [
        "    if args.command in ('start', 'go'):\n        start(args)\n    elif args.command == 'stop':\n        stop(args)\n",
        "    if args.command == 'start' or args.command == 'go':\n        start(args)\n    else:\n        stop(args)\n",
        "    if not args.command:\n        p.print_help()\n        usage()\n        return\n    if args.command == 'stop':\n        stop(args)\n        return 0\n    start(args)\n",
        "    match args.command:\n        case 'stop':\n            stop(args)\n        case _:\n            start(args)\n",
    ] {
        let body = format!("    args = p.parse_args()\n{body}");
        let interface = commands_script("dest='command'", &body);
        assert_eq!(effects(&interface), ["main"], "{body}");
        assert_eq!(effects(subcommand(&interface, "start")), with(&START, "start"), "{body}");
        assert_eq!(effects(subcommand(&interface, "stop")), with(&STOP, "stop"), "{body}");
    }
}

#[test]
fn the_programs_own_guards_hold_for_its_sub_commands() {
    let interface = commands_script(
        "",
        "    up.set_defaults(func=Tool().run)\n    down.set_defaults(func=stop)\n    args = p.parse_args()\n    if args.dry:\n        sys.exit(0)\n    args.func(args)\n    after()\n",
    );
    assert_eq!(effects(&interface), ["main", "Tool", "after unless --dry"]);
    let start = ["self.go unless --dry", "slow.leave if --fast"];
    assert_eq!(effects(subcommand(&interface, "start")), start);
    assert_eq!(
        effects(subcommand(&interface, "stop")),
        ["connect unless --dry", "proxy.connect unless --dry", "proxy.remove unless --dry"]
    );
}

#[test]
fn what_picks_a_function_otherwise_is_not_known() {
    for (dest, body) in [
        ("dest='command'", "    args = p.parse_args()\n    table[args.command](args)\n"),
        ("dest='command'", "    args = p.parse_args()\n    globals()[args.command](args)\n"),
        (
            "",
            "    up.set_defaults(func=lambda own: start(own))\n    args = p.parse_args()\n    args.func(args)\n",
        ),
        ("", "    args = p.parse_args()\n    args.func(args)\n"),
    ] {
        let interface = commands_script(dest, body);
        assert!(!interface.open);
        assert!(effects(subcommand(&interface, "start")).is_empty(), "{body}");
    }
}

#[test]
fn a_command_line_for_another_host_is_one_word_that_stands_where_it_is_written() {
    // Incident: toollabs-webservice, commit ecea596.
    let text = "import subprocess\ndef start(self):\n    cmd = '/usr/bin/runner --type %s' % self.type\n    if self.more:\n        cmd += \" --more '%s'\" % self.more\n    command = ['qsub', '-N', self.name, cmd]\n    subprocess.check_call(command)\n";
    let facts = facts("x.py", text);
    let word = facts.calls[0].words.last().expect("a word");
    assert_eq!(word.text.to_string(), "/usr/bin/runner --type *");
    assert_eq!(&text[word.span.range()], "'/usr/bin/runner --type %s'");
}

#[test]
fn what_grows_without_end_is_cut() {
    let doubling = |start: &str, step: &str| {
        format!(
            "import argparse, subprocess\nx = {start}\n{}subprocess.call([x])\nsubprocess.call(x)\n",
            step.repeat(60)
        )
    };
    for text in [
        doubling("'a'", "x = x + x\n"),
        doubling("['a']", "x = x + x\n"),
        doubling("['a']", "x += x\n"),
        doubling("'a'", "x = '{0}{0}'.format(x)\n"),
        doubling("['a']", "x.extend(x)\n"),
        doubling("{'a': 1}", "x = dict(a=x, b=x)\n"),
        doubling(
            "argparse.ArgumentParser(add_help=False)",
            "x = argparse.ArgumentParser(add_help=False, parents=[x, x])\nx.add_mutually_exclusive_group()\nx.add_subparsers().add_parser('a', aliases=['b', 'c'], parents=[x])\n",
        ) + "x.parse_args()\n",
        format!("import argparse\n{}", "def f():\n    f()\n    f()\nf()\n".repeat(2000)),
    ] {
        facts("bin/tool.py", &text);
    }
}
