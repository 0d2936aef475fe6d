//! Names that one file had for others and a change takes away, in each language; each beside the
//! change that takes away no more than nobody asks for.

use crate::common::change;

/// What a change of these files says, but for notes.
fn says(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<String> {
    let said = change(old, new).to_string();
    said.lines().filter(|own| !own.contains(": note[")).map(str::to_owned).collect()
}

/// Whether the change of `path` from one text to the other says exactly one thing, of `name`, while
/// `rest` stays.
fn breaks(rest: &[(&str, &str)], path: &str, texts: [&str; 2], name: &str) {
    let [old, new] = texts.map(|text| [rest, &[(path, text)]].concat());
    let found = says(&old, &new);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(name), "{found:?}");
    assert!(says(&old, &old).is_empty());
}

fn keeps(rest: &[(&str, &str)], path: &str, texts: [&str; 2]) {
    let [old, new] = texts.map(|text| [rest, &[(path, text)]].concat());
    assert!(says(&old, &new).is_empty(), "{:?}", says(&old, &new));
}

#[test]
fn tasks() {
    let ci = (".gitlab-ci.yml", "a:\n  script:\n    - npm run x:css\n    - make docs\n");
    let json = |name: &str| format!("{{\"name\": \"a\", \"scripts\": {{\"{name}\": \"true\"}}}}");
    let make = ("Makefile", "docs:\n\ttrue\n");
    breaks(&[ci, make], "package.json", [&json("x:css"), &json("x:styles")], "x:css");
    keeps(&[ci, make], "package.json", [&json("x:js"), &json("y:js")]);
    let own = json("x:css");
    let rest = [ci, ("package.json", own.as_str())];
    breaks(&rest, "Makefile", ["docs:\n\ttrue\n", "pages:\n\ttrue\n"], "make docs");
    keeps(&rest, "Makefile", ["docs:\n\ttrue\n", "$(ALL):\n\ttrue\n"]);
    let cron = [("cron.d/a", "0 1 * * * a cd /srv/a && bundle exec rake own:poll\n")];
    let rake = |name: &str| format!("namespace :own do\n  task :{name} do\n  end\nend\n");
    breaks(&cron, "lib/tasks/a.rake", [&rake("poll"), &rake("ask")], "own:poll");
}

#[test]
fn exports_of_modules() {
    let config = ("tsconfig.json", "{\"compilerOptions\": {\"paths\": {\"@own/*\": [\"src/*\"]}}}");
    let user = ("src/b.ts", "import { one } from './a';\nimport { two } from '@own/a';\n");
    let both = "export const one = 1;\nexport function two() {}\n";
    breaks(&[config, user], "src/a.ts", [both, "export const one = 1;\n"], "two");
    breaks(&[config, user], "src/a.ts", [both, "export const two = 1;\n"], "one");
    keeps(&[config, user], "src/a.ts", [both, "export * from './c';\n"]);
    keeps(&[config, user], "src/a.ts", [both, "export { one, x as two } from './c';\n"]);
}

#[test]
fn names_of_packages_of_go() {
    let rest = [
        ("go.mod", "module a.example/own\n"),
        (
            "cmd/b/main.go",
            "package main\n\nimport \"a.example/own/queue\"\n\nfunc main() {\n\tqueue.Open(1)\n}\n",
        ),
    ];
    let both = "package queue\n\nfunc Open(n int) {}\n\nfunc Shut() {}\n";
    breaks(&rest, "queue/q.go", [both, "package queue\n\nfunc Start(n int) {}\n"], "`Open`");
    keeps(&rest, "queue/q.go", [both, "package queue\n\nvar Open = func(n int) {}\n"]);
}

#[test]
fn pages_and_python() {
    let web = [("own/web.py", "def a():\n    return render_template(\"a.html\")\n")];
    let old = [web[0], ("own/templates/a.html", "")];
    let found = says(&old, &[web[0], ("own/templates/b.html", "")]);
    assert!(found.len() == 1 && found[0].contains("a.html"), "{found:?}");
    let unit = [
        ("a.service", "[Service]\nExecStart=/opt/a/bin/gunicorn own.web:app\n"),
        ("cron.d/a", "1 1 * * * a cd /opt/a && bin/python -m own.web --all\n"),
    ];
    breaks(&unit, "own/web.py", ["app = 1\n", "application = 1\n"], "own.web.app");
    let project = [("pyproject.toml", "[project.scripts]\na = \"own.cli:main\"\n")];
    let texts = ["def main():\n    pass\n", "def run():\n    pass\n"];
    breaks(&project, "own/cli.py", texts, "own.cli.main");
}

#[test]
fn functions_of_libraries_of_the_shell() {
    let user = [("bin/a.sh", "#!/bin/sh\n. /usr/lib/own/common.sh\nlog_own x\n")];
    let path = "usr/lib/own/common.sh";
    breaks(&user, path, ["log_own() {\n  :\n}\na() {\n  :\n}\n", "a() {\n  :\n}\n"], "log_own");
    let alone = [("bin/a.sh", "#!/bin/sh\nlog_own x\n")];
    keeps(&alone, path, ["log_own() {\n  :\n}\na() {\n  :\n}\n", "a() {\n  :\n}\n"]);
}

#[test]
fn interfaces_of_php() {
    let class = "<?php\nnamespace A;\nclass B implements C {\n  public function x() {}\n}\n";
    let rest = [("src/B.php", class)];
    let old = "<?php\nnamespace A;\ninterface C {\n  public function x();\n}\n";
    let new =
        "<?php\nnamespace A;\ninterface C {\n  public function x();\n  public function y();\n}\n";
    breaks(&rest, "src/C.php", [old, new], "`y`");
    let abstract_one = class.replace("class B", "abstract class B");
    keeps(&[("src/B.php", abstract_one.as_str())], "src/C.php", [old, new]);
    let taker = [("src/D.php", "<?php\nnamespace A;\nfunction d( C $c ) {}\n")];
    let found = says(&[taker[0], ("src/C.php", old)], &taker);
    assert!(found.len() == 1 && found[0].contains("a\\C"), "{found:?}");
    let alias = ("src/e.php", "<?php\nclass_alias( \\A\\E::class, 'A\\\\C' );\n");
    assert!(says(&[taker[0], ("src/C.php", old)], &[taker[0], alias]).is_empty());
}

#[test]
fn names_of_extensions() {
    let json = |module: &str, setting: &str| {
        format!(
            "{{\"name\": \"Own\", \"manifest_version\": 2, \"AutoloadNamespaces\": {{\"Own\\\\\": \"src/\"}}, \"HookHandlers\": {{\"main\": {{\"class\": \"Own\\\\Hooks\"}}}}, \"Hooks\": {{\"PageSave\": \"main\"}}, \"ResourceModules\": {{\"{module}\": {{}}}}, \"config\": {{\"{setting}\": {{}}}}}}"
        )
    };
    let hooks = "<?php\nnamespace Own;\nclass Hooks {\n  public function onPageSave( $out ) {\n    $out->addModules( 'ext.own' );\n    return $this->getConfig()->get( 'OwnLimit' );\n  }\n}\n";
    let own = json("ext.own", "OwnLimit");
    let rest = [("src/Hooks.php", hooks)];
    breaks(&rest, "extension.json", [&own, &json("ext.other", "OwnLimit")], "ext.own");
    breaks(&rest, "extension.json", [&own, &json("ext.own", "OwnMost")], "OwnLimit");
    let registration = [("extension.json", own.as_str())];
    let renamed = hooks.replace("onPageSave", "onSave");
    breaks(&registration, "src/Hooks.php", [hooks, &renamed], "onPageSave");
}
