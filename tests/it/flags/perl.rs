//! Flags of Perl.

use super::{flags, interface};

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
