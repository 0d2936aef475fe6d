//! The commands that Ruby and Perl scripts run.

use crate::common::facts;
fn calls(path: &str, text: &str) -> Vec<String> {
    let facts = facts(path, text);
    let calls = facts.calls.iter().map(|call| {
        let mut line = vec![call.any_of[0].name.to_string()];
        line.extend(
            call.words
                .iter()
                .map(|word| format!("{}{}", word.text, if word.splits { "..." } else { "" })),
        );
        line.join(" ")
    });
    calls.collect()
}

fn ruby(text: &str) -> Vec<String> {
    calls("lib/x.rb", text)
}

fn perl(text: &str) -> Vec<String> {
    calls("bin/x.pl", text)
}

#[test]
fn ruby_hands_lines_to_a_shell() {
    assert_eq!(
        ruby(
            "system(\"tool --host #{host} --name='#{n[\"a\"]}' $HOME\")\n\
             exec 'run-it -v' if ready\n\
             out = `lister --all \"x y\" | other -1`.strip\n\
             x = %x{counter --n 1}\n\
             IO.popen('reader --tail', 'r') { |io| io.read }\n\
             Open3.capture3(\"saver --to #{path}\", stdin_data: data)\n\
             system 'joined --a ' + value + ' --b' or raise\n"
        ),
        [
            "tool --host *... --name=* *...",
            "run-it -v",
            "lister --all x y",
            "other -1",
            "counter --n 1",
            "reader --tail",
            "saver --to *...",
            "joined --a *... --b"
        ]
    );
}

#[test]
fn ruby_runs_lists_of_words() {
    assert_eq!(
        ruby(
            "system('tool', '--host', host, *more, exception: true)\n\
             system({ 'A' => 'b' }, 'with', '-e')\n\
             IO.popen(['reader', '--tail', \"#{x}.log\"])\n\
             Open3.popen3('asker', '--yes') do |i, o|\nend\n\
             exec(*%w[git-it status -s])\n"
        ),
        ["tool --host * *...", "with -e", "reader --tail *.log", "asker --yes", "git-it status -s"]
    );
}

#[test]
fn what_a_fact_or_a_provider_runs() {
    let text = "Facter.add(:x) do\n  setcode 'facttool --short'\nend\n\
                Facter.add(:y) do\n  setcode do\n    Facter::Core::Execution.execute('other --long 2>/dev/null')\n  end\nend\n\
                Puppet::Util::Execution.execute(['third', '-x', resource[:name]])\n";
    assert_eq!(
        calls("modules/a/lib/facter/x.rb", text),
        ["facttool --short", "other --long", "third -x *..."]
    );
}

#[test]
fn what_only_looks_like_a_command_in_ruby() {
    let text = "# `comment --x`\nssh.exec('remote --x')\ndef system(x)\nend\nsystem(command)\n\
                h = { system: 'a --b', :exec => 'c --d' }\nexec { 'e --f' }\nx =~ /`re --x`/\n\
                'a `b --c` d'\n=begin\n`doc --x`\n=end\nqueue.system 'f'\nsystem(<<~EOT)\n  g --h\nEOT\n";
    assert!(ruby(text).is_empty(), "{:?}", ruby(text));
    assert_eq!(calls("README", "#!/bin/false\n`tool --x`\n"), [""; 0]);
    assert_eq!(calls("README", "Run `tool --x`, system('y')\n"), [""; 0]);
    assert_eq!(calls("bin/x", "#!/usr/bin/env ruby\n`tool --x`\n"), ["tool --x"]);
}

#[test]
fn perl_runs_commands() {
    assert_eq!(
        perl(
            "system(\"tool --host $host --dir ${dir}/x --to $h->{a}[0] $o{b}\") == 0 or die;\n\
             system 'lister', '--all', $file, @more;\n\
             my $out = `counter --n $x | other -1`;\n\
             my @l = qx{reader --tail};\n\
             exec \"run-it -v \" . $more . \" --last\" or die;\n\
             open(my $fh, '-|', 'opener', '--one') or die;\n\
             open(my $fh, '-|', \"opener --two $x\");\n\
             open(FH, \"old --style |\") || die;\nopen FH, '| printer --to lp';\n\
             system(qw(words --only));\n"
        ),
        [
            "tool --host *... --dir */x --to *... *...",
            "lister --all * *...",
            "counter --n *...",
            "other -1",
            "reader --tail",
            "run-it -v *... --last",
            "opener --one",
            "opener --two *...",
            "old --style",
            "printer --to lp",
            "words --only"
        ]
    );
}

#[test]
fn what_only_looks_like_a_command_in_perl() {
    let text = "# `comment --x`\n$ssh->system('remote --x');\nsub system { }\nsystem(@cmd);\nsystem($cmd);\n\
                my %h = (system => 'a --b', exec => 'c --d');\nopen(F, '<', 'file --x');\nopen(F, \"<$file\");\n\
                open(F, '   ');\nopen(F, '|');\nprint 'a `b --c` d';\n$x =~ m{`re --x`};\n=pod\n\n`doc --x`\n\n=cut\n";
    assert!(perl(text).is_empty(), "{:?}", perl(text));
}

#[test]
fn a_word_of_a_command_stands_where_it_is_written() {
    let text = "x = 1\nsystem(\"tool --host #{host} \\\"--last\\\"\")\n";
    let facts = facts("x.rb", text);
    let words = &facts.calls[0].words;
    assert_eq!(&text[words[0].span.range()], "--host");
    assert_eq!(&text[facts.calls[0].span.range()], "tool");
}

#[test]
fn a_folder_in_the_first_line_names_no_language() {
    // A script of Bash that lies beside tools in Python is none in Python, and so on.
    let flag =
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--own')\np.parse_args()\n";
    let python = |first: &str| facts("bin/tool", &format!("{first}\n{flag}")).interfaces.len();
    assert_eq!(python("#!/srv/node_tools/venv/bin/python3"), 1);
    assert_eq!(python("#!/usr/bin/env -S A=b python3.11 -u"), 1);
    assert_eq!(python("#!/opt/python-tools/bin/bash"), 0);
    let flag = "const args = require('minimist')(process.argv.slice(2), {string: ['own']});\n";
    let node = |first: &str| facts("bin/tool", &format!("{first}\n{flag}")).interfaces.len();
    assert_eq!(node("#!/usr/bin/nodejs"), 1);
    assert_eq!(node("#!/srv/node_tools/venv/bin/python3"), 0);
}
