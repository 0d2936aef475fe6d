//! What shells refuse, and what they take.

use super::slips;
use std::io::Write;
use std::process::{Command, Stdio};

fn said(text: &str) -> Vec<String> {
    slips(text).into_iter().map(|own| format!("{}: {}", &text[own.at], own.message)).collect()
}

/// Texts that a shell refuses, with what is said of them.
const REFUSED: &[(&str, &str)] = &[
    ("if a; then\n  b\n", "if: no `fi` ends this `if`"),
    ("if a\n  b\nfi\n", "fi: `then` is missing before `fi`"),
    ("if a; then\nfi\n", "fi: a command is missing before `fi`"),
    ("if a; then b; else\n# c\nfi\n", "fi: a command is missing before `fi`"),
    ("if a; then b; else if c; then d; fi\n", "if: no `fi` ends this `if`"),
    ("while a; do\n  b\ndone\nfi\n", "fi: the shell does not expect `fi` here"),
    ("while a; do\n  if b; then c\ndone\n", "done: `fi` is missing before `done`"),
    ("for x in a b\n  echo $x\ndone\n", "echo: `do` is missing before `echo`"),
    ("for x in a b; do\n  echo $x\n", "for: no `done` ends this `for`"),
    ("f() {\n  a\n", "{: no `}` ends this `{`"),
    ("f() {\n}\n", "}: a command is missing before `}`"),
    ("case $x in\n  a) b ;;\n", "case: no `)` ends this `case`"),
    ("case $x in\n  a b) c ;;\nesac\n", "b: `)` is missing before `b`"),
    ("case $x in\n  a) b\n  c) d ;;\nesac\n", "): `;;` is missing before `)`"),
    ("a \"b\n", "\": nothing closes this quote"),
    ("a 'b\n", "': nothing closes this quote"),
    ("a `b\n", "`: nothing closes this quote"),
    ("a ${b\n", "${: no `}` ends this `${`"),
    ("a $(b\n", "$(: no `)` ends this `$(`"),
    ("(a\n", "(: no `)` ends this `(`"),
    ("a)\n", "): the shell does not expect `)` here"),
    ("a &&\n", ": the shell does not expect the end of the file here"),
    ("| a\n", "|: the shell does not expect `|` here"),
    ("a > 1>&2\n", "1: the shell does not expect `1` here"),
    ("a ;; b\n", ";;: the shell does not expect `;;` here"),
    ("a=(b c\n", "(: no `)` ends this `(`"),
    ("if [[ -e a; then b; fi\n", ";: `]]` is missing before `;`"),
    ("if a; then\n  cat <<EOF\nb\nfi\n", "EOF: no line `EOF` ends this here-document"),
    ("else;\n", "else: the shell does not expect `else` here"),
];

/// Texts that shells take, or that only a run says something of.
const TAKEN: &[&str] = &[
    "",
    "# if\n",
    "a; b & c && d || e | f\n",
    "if a; then (b) fi\n",
    "if a; then b; elif c; then d; else e; fi > f 2>&1\n",
    "while read -r x; do echo \"$x\"; done < <(a | b)\n",
    "for x in \"$@\"; do a; done; for x; do a; done; for ((i = 0; i < 3; i++)); do a; done\n",
    "case $x in\n  a | b) c ;;\n  (d) e ;;\n  *) ;;\nesac\n",
    "case x in a) b; esac\n",
    "x=$(case $y in a) echo b ;; esac)\n",
    "x=$((1 + (2 << 3))); ((x++)); y=$(( (a) ))\n",
    "f() { a; }; function g { b; }; h () ( c )\n",
    "cat <<EOF\nif then 'it\nEOF\na\n",
    "cat <<-'A' <<\"B\"\n\tdone\n\tA\nfi\nB\na\n",
    "x=(a 'b c' # done\n  [3]=d $(e)\n)\ndeclare -A y=([a b]=c)\n",
    "x=() y+=(z)\n",
    "echo fi done { } ] then a#b\n",
    "[[ $a =~ ^(b|c)$ && ( -f d || e < f ) ]] && g\n",
    "[[ $a == *(b|c) ]]\n",
    "ls !(a|b) ?(c)\n",
    "echo \"${x:-\"a b\"}\" \"`c \\`d\\``\" $'it\\'s' \"$(e \"f\")\"\n",
    "! a | b; time a; time\n",
    "{ a; } 2>/dev/null; (a; b) &\n",
    "exec 3>&1 {fd}>a 2>&-; a >|b <>c &>d <<<e\n",
    "a \\\n  b\n",
    "exec python3 \"$0\"\nif\n",
    "'''exec' a \"$0\"\n' '''\ndef b(c):\n",
    "a\nexit 0\n`((\n",
    "shopt -s expand_aliases\nalias begin='{'\nif\n",
    "a\r\nif\r\n",
    "if a; then b; fi; \u{E000}\nfi\n",
];

#[test]
fn what_is_refused_is_said_where_it_stands() {
    for (text, expected) in REFUSED {
        assert_eq!(said(text), [*expected], "{text}");
    }
}

#[test]
fn what_is_taken_says_nothing() {
    for text in TAKEN {
        assert!(said(text).is_empty(), "{text}: {:?}", said(text));
    }
}

#[test]
fn a_test_needs_its_blanks_and_its_end() {
    for (text, expected) in [
        ("[ -f a; b\n", "[: no `]` ends this `[`"),
        (
            "if [ \"$a\" = b]; then c; fi\n",
            "]: a blank is missing before this `]`: the shell takes it for a part of the word",
        ),
        (
            "if [\"$a\" = b ]; then c; fi\n",
            "[: a blank is missing behind this `[`: the shell looks for a command of that name",
        ),
        (
            "[[-f a ]] && b\n",
            "[[: a blank is missing behind this `[`: the shell looks for a command of that name",
        ),
    ] {
        assert_eq!(said(text), [expected], "{text}");
    }
    for text in
        ["[ a ] 2>/dev/null\n", "[ a = b $end\n", "[a-z]*\n", "x=[a b\n", "test [ a\n", "echo [a\n"]
    {
        assert!(said(text).is_empty(), "{text}: {:?}", said(text));
    }
}

#[test]
fn depth_and_length_are_bounded() {
    for text in
        ["(".repeat(100_000), "$(".repeat(100_000), "\"${a:-".repeat(50_000), "if ".repeat(50_000)]
    {
        let told = said(&text);
        assert!(told.len() == 1 && told[0].contains("not judged"), "{told:?}");
    }
}

/// Bash has the last word, where it is installed.
#[test]
fn bash_says_the_same() {
    // Of some slips it tells and still says that all is well.
    let refuses = |text: &str| -> Option<bool> {
        let mut bash = Command::new("bash")
            .arg("-n")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        bash.stdin.take()?.write_all(text.as_bytes()).ok()?;
        Some(!bash.wait_with_output().ok()?.stderr.is_empty())
    };
    for (text, _) in REFUSED {
        match refuses(text) {
            Some(own) => assert!(own, "bash takes {text}"),
            None => return println!("skipped: bash is not installed"),
        }
    }
}
