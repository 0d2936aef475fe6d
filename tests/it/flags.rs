//! What scripts and programs in Ruby, Perl, JavaScript, Go and Rust say about their flags.

use crate::common::{self, facts};
use crosscheck::facts::{Arity, Interface, Param};
use insta::assert_snapshot;

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

// Ruby.

#[test]
fn option_parser_flags_and_their_values() {
    let text = "#!/usr/bin/env ruby\nrequire 'optparse'\nOptionParser.new do |opts|\n  opts.banner = \"Usage: x [options]\"\n  opts.on('-f', '--file FILE', String, 'the file') { |f| o[:f] = f }\n  opts.on('--[no-]force', 'do it') do |v| o[:force] = v end\n  opts.on '-l', '--level=[LEVEL]', Integer, 'how much'\n  opts.on('-q', 'quiet')\n  opts.on('-w', '--wait', '=TIME', 'wait')\nend.parse!\n";
    assert_eq!(
        flags("bin/x", text),
        ["--file|-f=", "--force|--no-force", "--level|-l[=]", "-q", "--wait|-w="]
    );
}

#[test]
fn option_parser_choices() {
    let text = "o = OptionParser.new\no.on('--type TYPE', [:text, :binary], 'type')\no.on('--mode MODE', %w[fast slow])\no.parse!(ARGV)\n";
    assert_eq!(flags("x.rb", text), ["--type={text,binary}", "--mode={fast,slow}"]);
}

#[test]
fn option_parser_flags_that_are_computed_leave_it_open() {
    let text = "OptionParser.new { |o|\n o.on('-a', 'all')\n NAMES.each { |n| o.on(\"--#{n} X\") }\n}.parse!\n";
    assert_eq!(flags("x.rb", text), ["-a", "..."]);
    let elsewhere = "PARSER = OptionParser.new do |o|\n o.on('-a', 'all')\nend\n";
    assert_eq!(flags("x.rb", elsewhere), ["-a", "..."]);
    let other = format!("{elsewhere}JSON.parse(x)\n");
    assert_eq!(flags("x.rb", &other), ["-a", "..."]);
    let constant = format!("{elsewhere}PARSER.parse!\n");
    assert_eq!(flags("x.rb", &constant), ["-a", "..."]);
}

#[test]
fn a_description_that_is_computed_leaves_it_closed() {
    let text = "o = OptionParser.new\no.on(\"--file [FILE]\", \"-f\", \"default #{file}\") do |f|\n x = f\nend\no.parse!\n";
    assert_eq!(flags("x.rb", text), ["--file|-f[=]"]);
}

#[test]
fn ruby_that_only_speaks_of_it_says_nothing() {
    let text = "# OptionParser.new { |o| o.on('--force') }\nputs 'OptionParser.new'\n=begin\nOptionParser.new { |o| o.on('--x') }\n=end\n";
    assert!(interface("x.rb", text).is_none());
}

#[test]
fn slop_flags() {
    let text = "opts = Slop.parse do |o|\n  o.string '-h', '--host', 'a host', required: true\n  o.bool '-v', '--verbose', 'more'\n  o.integer '--port', 'a port', default: 80\nend\n";
    assert_eq!(flags("x.rb", text), ["--host|-h=!", "--verbose|-v", "--port="]);
}

// Perl.

#[test]
fn getopt_long_specifications() {
    let text = "#!/usr/bin/perl -w\nuse Getopt::Long;\nGetOptions(\n  'host|H=s' => \\$host, # --not-this=s\n  \"count:i\"  => \\$count,\n  'v+'       => \\$verbose,\n  'color!'   => \\$color,\n  'inc=s@'   => \\@inc,\n  'pair=s{2}' => \\@pair,\n  'ids=i{,}' => \\@ids,\n  help       => sub { usage(0) },\n) or die;\n";
    assert_eq!(
        flags("bin/x", text),
        [
            "--host|-H=",
            "--count[=]",
            "-v",
            "--color|--nocolor|--no-color",
            "--inc=",
            "--pair=2..2",
            "--ids=1..",
        ]
    );
}

#[test]
fn getopt_long_without_bundling_takes_one_dash() {
    let text = "use Getopt::Long qw(:config no_ignore_case);\nGetOptions('a|all' => \\$a);\n";
    let syntax = interface("x.pl", text).unwrap().command.unwrap().syntax;
    assert!(syntax.single_dash && syntax.abbreviates && !syntax.ignores_case);
    let text = "use Getopt::Long;\nGetopt::Long::Configure('bundling', 'require_order');\nGetOptions('a|all' => \\$a);\n";
    let syntax = interface("x.pl", text).unwrap().command.unwrap().syntax;
    assert!(!syntax.single_dash && syntax.stops_at_positional);
}

#[test]
fn two_specifications_of_one_variable_are_one_flag() {
    let text = "use Getopt::Long;\nGetOptions('H=s' => \\$host, 'hostname=s' => \\$host, 'q' => \\$v, 'quiet' => \\$v, 'w=s' => \\$w);\n";
    assert_eq!(flags("x.pl", text), ["--hostname|-H=", "--quiet|-q", "-w="]);
}

#[test]
fn a_hash_may_come_first() {
    let text =
        "use Getopt::Long;\nmy %o;\nGetOptions(\\%o, 'name=s', \"force\", 'dir|d=s') || die;\n";
    assert_eq!(flags("x.pl", text), ["--name=", "--force", "--dir|-d="]);
}

#[test]
fn perl_lists_of_computed_flags_leave_it_open() {
    let text = "use Getopt::Long;\nGetOptions('a=s' => \\$a, more_options());\n";
    assert_eq!(flags("x.pl", text), ["-a=", "..."]);
    let text = "use Getopt::Long qw(:config pass_through);\nGetOptions('all=s' => \\$a);\n";
    assert_eq!(flags("x.pl", text), ["--all=", "..."]);
}

#[test]
fn getopt_std() {
    let text = "#!/usr/bin/perl\nuse Getopt::Std;\ngetopts('ab:c', \\%o);\n$x =~ s/'//g; # it's\n";
    assert_eq!(flags("bin/x", text), ["-a", "-b=", "-c"]);
}

/// What a Perl script does that has the switches `--register` and `--quick`.
fn perl_effects(body: &str) -> Vec<String> {
    let text = format!(
        "#!/usr/bin/perl\nuse Getopt::Long;\nmy $register = 0;\nmy ($quick, $host);\n\
         GetOptions('register!' => \\$register, 'quick' => \\$quick, 'host=s' => \\$host) or usage();\n{body}"
    );
    let interface = interface("bin/x.pl", &text).expect("flags");
    let effects = &interface.command.as_ref().expect("a command line").effects;
    let show = |effect: &crosscheck::facts::Effect| match &effect.guard {
        None => effect.what.to_string(),
        Some((flag, crosscheck::facts::Passed::Yes)) => format!("{} if {flag}", effect.what),
        Some((flag, crosscheck::facts::Passed::No)) => format!("{} unless {flag}", effect.what),
    };
    effects.iter().map(show).collect()
}

#[test]
fn a_perl_script_does_some_things_under_a_flag() {
    assert_eq!(
        perl_effects(
            "connect_to($host);\nif ($register) {\n  $proxy->register($host);\n} else {\n  leave();\n}\n\
             unless ($quick) { check(); }\nlog_it(1) if not $quick;\nmain();\n\
             sub main {\n  serve(port());\n  return if $quick;\n  slow();\n}\n\
             exit 0 unless $register;\nafter();\n"
        ),
        [
            "connect_to",
            "$proxy->register if --register",
            "leave unless --register",
            "check unless --quick",
            "log_it unless --quick",
            "main",
            "serve",
            "port",
            "slow unless --quick",
            "after if --register"
        ]
    );
}

#[test]
fn what_a_perl_script_may_do_is_not_spoken_of() {
    for body in [
        "if (-e $host) { go(); }\ngo();\n",
        "foreach my $x (@list) { go($x); }\n",
        "go() for @list;\n",
        "ready() and go();\n",
        "my %table = (a => sub { go(); });\n",
        "sub go { step(); }\n",
        "sub twice { go(); }\ntwice() if $quick;\ntwice();\n",
        "while (1) { go(); last; }\n",
        "if ($register) { go(); } elsif ($quick) { go(); }\n",
    ] {
        let effects = perl_effects(body);
        assert!(!effects.iter().any(|own| own.starts_with("go")), "{body}: {effects:?}");
    }
    // What sets the variable otherwise makes its flag say nothing.
    for body in ["$register = 1;\n", "$register ||= ask();\n", "($register, $x) = f();\n"] {
        let effects = perl_effects(&format!("{body}if ($register) {{ go(); }}\n"));
        assert!(!effects.iter().any(|own| own.starts_with("go")), "{body}: {effects:?}");
    }
}

#[test]
fn perl_documentation_and_comments_say_nothing() {
    let text = "use Getopt::Long;\n# GetOptions('a' => \\$a);\n=head1 USE\n\n GetOptions('b' => \\$b);\n\n=cut\nprint q{GetOptions('c')};\n__END__\nGetOptions('d' => \\$d);\n";
    assert!(interface("x.pl", text).is_none());
}

// JavaScript.

#[test]
fn yargs_options() {
    let text = "#!/usr/bin/env node\nconst argv = require('yargs/yargs')(process.argv.slice(2))\n  .option('file', { alias: 'f', demandOption: true, type: 'string', describe: 'x' })\n  .option('mode', { choices: ['a', 'b'], default: 'a', type: 'string' })\n  .option('dry-run', { type: 'boolean' })\n  .options({ out: { alias: ['o'], nargs: 1 }, verbose: { count: true, alias: 'v' } })\n  .strict().argv;\n";
    assert_eq!(
        flags("bin/x", text),
        [
            "--file|-f=!",
            "--mode={a,b}",
            "--dry-run|--dryRun|--no-dry-run",
            "--out|-o=",
            "--verbose|-v",
        ]
    );
}

#[test]
fn yargs_takes_anything_unless_it_is_strict() {
    let text = "const yargs = require('yargs');\nyargs.boolean('quiet').alias('q', 'quiet').demandOption('to').argv;\n";
    assert_eq!(flags("x.js", text), ["--quiet|--no-quiet|-q", "--to[=]!", "..."]);
}

#[test]
fn yargs_commands() {
    let text = "import yargs from 'yargs';\nyargs(process.argv).command(['serve <dir> [port]', 's'], 'serve', (y) => y.option('host', {type: 'string', required: true}), run).command('stop', 'stop it').strict().parse();\n";
    assert_eq!(
        commands("x.mjs", text),
        [
            ("s".to_owned(), vec!["<dir=!".to_owned(), "<port[=]".into(), "--host=!".into()]),
            ("serve".to_owned(), vec!["<dir=!".to_owned(), "<port[=]".into(), "--host=!".into()]),
            ("stop".to_owned(), vec![]),
        ]
    );
}

#[test]
fn commander_options() {
    let text = "const { program, Option } = require('commander');\nprogram\n  .version('1.0')\n  .option('-d, --debug', 'more')\n  .option('--no-color', 'plain')\n  .requiredOption('-f, --file <path>', 'file')\n  .option('-l, --lines [n]', 'lines')\n  .option('-t, --tags <tag...>', 'tags')\n  .addOption(new Option('-s, --size <s>', 'size').choices(['small', 'big']))\n  .argument('<src>').argument('[dest]')\n  .action((src) => { other.option('--not-this'); });\nprogram.parse();\n";
    assert_eq!(
        flags("x.js", text),
        [
            "--debug|-d",
            "--no-color",
            "--file|-f=!",
            "--lines|-l[=]",
            "--tags|-t=1..",
            "--size|-s={small,big}",
            "<src=!",
            "<dest[=]",
        ]
    );
}

#[test]
fn commander_commands() {
    let text = "const program = new Command();\nimport { Command } from 'commander';\nprogram.option('--root');\nprogram.command('serve <dir>').alias('s').option('-p, --port <n>').action(() => {});\nconst add = program.command('add');\nadd.requiredOption('--name <x>');\nprogram.parse();\n";
    assert_eq!(flags("x.js", text), ["--root"]);
    assert_eq!(
        commands("x.js", text),
        [
            ("s".to_owned(), vec!["<dir=!".to_owned(), "--port|-p=".into()]),
            ("serve".to_owned(), vec!["<dir=!".to_owned(), "--port|-p=".into()]),
            ("add".to_owned(), vec!["--name=!".to_owned()]),
        ]
    );
}

#[test]
fn minimist_is_open() {
    let text = "const argv = require('minimist')(process.argv.slice(2), {string: ['out'], boolean: 'force', alias: {o: 'out', h: 'help'}});\n";
    assert_eq!(flags("x.js", text), ["--out|-o=", "--force|--no-force", "..."]);
}

#[test]
fn parse_args_of_node() {
    let text = "import { parseArgs } from 'node:util';\nconst { values } = parseArgs({ options: { file: { type: 'string', short: 'f' }, force: { type: 'boolean', default: false } }, allowPositionals: true });\n";
    assert_eq!(flags("x.mjs", text), ["--file|-f=", "--force"]);
}

#[test]
fn javascript_that_only_speaks_of_it_says_nothing() {
    let text = "// require('yargs').option('x')\n/* const c = require('commander'); c.option('--y') */\nconst s = \"require('yargs').option('z')\";\nfoo.option('--w');\n";
    assert!(interface("x.js", text).is_none());
}

// Go.

#[test]
fn go_flags() {
    let text = "package main\n\nimport (\n\t\"flag\"\n\t\"fmt\"\n)\n\nvar name = flag.String(\"name\", \"x\", \"the name\")\n\nfunc main() {\n\tvar n int\n\tvar force bool\n\tflag.IntVar(&n, \"count\", 1, \"how many\")\n\tflag.BoolVar(&force, \"force\", false, \"do it\")\n\tflag.Var(&list, \"list\", \"a list\")\n\tflag.Parse()\n\tfmt.Println(n)\n}\n";
    assert_eq!(flags("cmd/x/main.go", text), ["-name=", "-count=", "-force", "-list=?"]);
    let syntax = interface("main.go", text).unwrap().command.unwrap().syntax;
    assert!(syntax.single_dash && syntax.stops_at_positional && syntax.valued_switches);
}

#[test]
fn go_flags_of_a_library_are_open() {
    let text = "package web\n\nimport \"flag\"\n\nvar addr = flag.String(\"addr\", \":80\", \"address\")\n";
    assert_eq!(flags("web/web.go", text), ["-addr=", "..."]);
}

#[test]
fn pflag() {
    let text = "package main\n\nimport flag \"github.com/spf13/pflag\"\n\nfunc main() {\n\tfile := flag.StringP(\"file\", \"f\", \"\", \"file\")\n\tflag.BoolVarP(&v, \"verbose\", \"v\", false, \"more\")\n\tflag.Parse()\n}\n";
    assert_eq!(flags("main.go", text), ["--file|-f=", "--verbose|-v"]);
}

#[test]
fn sets_of_flags_are_sub_commands() {
    let text = "package main\n\nimport (\n\t\"flag\"\n\t\"os\"\n)\n\nfunc main() {\n\tadd := flag.NewFlagSet(\"add\", flag.ExitOnError)\n\tname := add.String(\"name\", \"\", \"name\")\n\tdel := flag.NewFlagSet(\"del\", flag.ExitOnError)\n\tdel.Bool(\"force\", false, \"force\")\n\tswitch os.Args[1] {\n\tcase \"add\":\n\t\tadd.Parse(os.Args[2:])\n\t}\n}\n";
    assert_eq!(
        commands("main.go", text),
        [
            ("add".to_owned(), vec!["-name=".to_owned()]),
            ("del".to_owned(), vec!["-force".to_owned()])
        ]
    );
}

#[test]
fn cobra_commands() {
    let text = "package main\n\nimport \"github.com/spf13/cobra\"\n\nvar rootCmd = &cobra.Command{\n\tUse: \"tool\",\n\tShort: \"x\",\n}\n\nfunc newServe() *cobra.Command {\n\tvar port int\n\tcmd := &cobra.Command{\n\t\tUse: \"serve DIR\",\n\t\tAliases: []string{\"s\"},\n\t\tArgs: cobra.ExactArgs(1),\n\t\tRunE: func(cmd *cobra.Command, args []string) error { return nil },\n\t}\n\tcmd.Flags().IntVarP(&port, \"port\", \"p\", 80, \"port\")\n\tcmd.Flags().String(\"host\", \"\", \"host\")\n\tcmd.MarkFlagRequired(\"host\")\n\treturn cmd\n}\n\nfunc main() {\n\trootCmd.PersistentFlags().BoolP(\"verbose\", \"v\", false, \"more\")\n\trootCmd.AddCommand(newServe())\n\trootCmd.Execute()\n}\n";
    assert_eq!(flags("main.go", text), ["--verbose|-v"]);
    let serve = vec!["<args=!".to_owned(), "--port|-p=".into(), "--host=!".into()];
    assert_eq!(
        commands("main.go", text),
        [("s".to_owned(), serve.clone()), ("serve".to_owned(), serve)]
    );
}

#[test]
fn a_command_of_another_file_leaves_cobra_open() {
    let text = "package main\n\nimport \"github.com/spf13/cobra\"\n\nfunc main() {\n\troot := &cobra.Command{Use: \"tool\"}\n\troot.Flags().Bool(\"x\", false, \"x\")\n\troot.AddCommand(other.New())\n\troot.Execute()\n}\n";
    assert_eq!(flags("main.go", text), ["--x", "..."]);
}

#[test]
fn go_that_only_speaks_of_it_says_nothing() {
    let text = "package main\n\nimport \"flag\"\n\n// flag.String(\"name\", \"\", \"\")\nconst s = `flag.Bool(\"x\", false, \"\")`\n";
    assert!(interface("main.go", text).is_none());
}

// Rust.

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

// All of them.

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

/// The findings of a shell script that calls the program at `bin/tool`.
fn called(program: &str, calls: &str) -> common::Findings {
    let script = format!("#!/bin/sh\n{calls}");
    common::check(&[("bin/tool", program), ("bin/run.sh", &script)])
}

#[test]
fn calls_are_checked_against_perls_flags() {
    let tool = "#!/usr/bin/perl\nuse Getopt::Long;\nGetOptions('host=s' => \\$h, 'Count|c=i' => \\$c, 'fast' => \\$f);\n";
    assert_snapshot!(called(tool, "./tool -host x --count 3 -fa --HOST=y rest\n"), @"");
    assert_snapshot!(
        called(tool, "./tool --bogus\n"),
        @"bin/run.sh:2:8: error[unknown-parameter] `tool` takes no `--bogus`"
    );
    assert_snapshot!(
        called(tool, "./tool --host\n"),
        @"bin/run.sh:2:8: error[incompatible-value] `--host` of `tool` takes a value, and none is passed"
    );
}

#[test]
fn calls_are_checked_against_rubys_flags() {
    let tool = "#!/usr/bin/ruby\nOptionParser.new do |o|\n o.on('-t', '--type TYPE', [:a, :b])\n o.on('--[no-]color')\nend.parse!\n";
    assert_snapshot!(called(tool, "./tool --type a --no-color -tb --col x\n"), @"");
    assert_snapshot!(
        called(tool, "./tool -x\n"),
        @"bin/run.sh:2:8: error[unknown-parameter] `tool` takes no `-x`"
    );
    assert_snapshot!(
        called(tool, "./tool --type c\n"),
        @"bin/run.sh:2:15: error[incompatible-value] `--type` of `tool` does not accept `c`"
    );
}

#[test]
fn a_missing_flag_of_a_node_script() {
    let tool = "#!/usr/bin/env node\nconst { program } = require('commander');\nprogram.requiredOption('--to <x>').option('-q');\nprogram.parse();\n";
    assert_snapshot!(called(tool, "./tool --to=1 -q a b\n"), @"");
    assert_snapshot!(
        called(tool, "./tool -q\n"),
        @"bin/run.sh:2:1: error[missing-required-parameter] `tool` requires `--to`, which this call does not pass"
    );
}

#[test]
fn a_switch_of_go_may_have_a_value() {
    let program = "package main\nimport \"flag\"\nfunc main() {\n\tflag.Bool(\"fast\", false, \"\")\n\tflag.Int(\"n\", 1, \"\")\n\tflag.Parse()\n}\n";
    let check = |words: &str| {
        let script = format!("#!/bin/sh\ngo run ./tool.go\n./tool.go {words}\n");
        common::check(&[("bin/tool.go", program), ("bin/run.sh", &script)])
    };
    assert_snapshot!(check("-fast=false --n 3 -fast x -y"), @"");
    assert_snapshot!(
        check("-slow"),
        @"bin/run.sh:3:11: error[unknown-parameter] `tool.go` takes no `-slow`"
    );
}

#[test]
fn a_sourced_library_makes_no_demands() {
    let library = "#!/bin/sh\ndie() {\n  : \"${1:?message}\" \"${2:?code}\"\n}\nread_flags() {\n  while getopts ab: opt; do\n    case $opt in a) A=1 ;; b) B=$OPTARG ;; *) exit 1 ;; esac\n  done\n}\n";
    let user = "#!/bin/sh\n. ./lib.sh\nsource lib.sh\nread_flags -a\n./lib.sh --fast\n";
    assert_snapshot!(common::check(&[("lib.sh", library), ("run.sh", user)]), @"");
    // The same, where the script hands its arguments on.
    let script = format!("{library}read_flags \"$@\"\n");
    let user = "#!/bin/sh\n./tool.sh -a\n./tool.sh -z\n";
    let found = common::check(&[("tool.sh", &script), ("run.sh", user)]);
    assert_snapshot!(found, @"run.sh:3:11: error[unknown-parameter] `tool.sh` takes no `-z`");
}
