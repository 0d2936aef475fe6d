//! The commands that packages install and that programs run.

use super::{calls, commands, names};
use crate::common::facts;
use crosscheck::facts::Provide;

#[test]
fn python_2_is_read_without_a_word() {
    let text = "#!/usr/bin/env python\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('--x')\nargs = p.parse_args()\nprint args.x\ntry:\n    f()\nexcept E, e:\n    print >>sys.stderr, e\nexec 'x'\n";
    let facts = facts("bin/tool", text);
    assert!(facts.problems.is_empty());
    assert_eq!(names(&facts.interfaces[0]), ["--x"]);
}

#[test]
fn scripts_without_an_ending_are_told_by_their_first_line() {
    let text = "import argparse\np = argparse.ArgumentParser()\np.parse_args()\n";
    assert!(facts("bin/tool", text).interfaces.is_empty());
    assert!(facts("bin/tool", &format!("#!/bin/sh\n{text}")).interfaces.is_empty());
    assert_eq!(facts("bin/tool", &format!("#!/usr/bin/python3\n{text}")).interfaces.len(), 1);
}

#[test]
fn setup_py_names_the_commands_of_a_package() {
    let text = "from setuptools import setup\nsetup(\n    scripts=['bin/tool'],\n    package_dir={'': 'src'},\n    py_modules=['single'],\n    entry_points={'console_scripts': ['a-b = pkg.cli:main', 'c=pkg:run', 'd = single:go']},\n)\n";
    let facts = facts("tools/setup.py", text);
    assert_eq!(
        commands(&facts),
        [
            ("tool".to_owned(), "file:tools/bin/tool".to_owned()),
            ("a-b".to_owned(), "file:tools/src/pkg/cli.py".to_owned()),
            ("c".to_owned(), "file:tools/src/pkg/__init__.py".to_owned()),
            ("d".to_owned(), "file:tools/src/single.py".to_owned()),
        ]
    );
    let of_a = |own: &&Provide| own.name.to_string() == "a-b";
    let provide = facts.provides.iter().find(of_a).expect("provided");
    assert_eq!(&text[provide.span.range()], "a-b");
}

#[test]
fn setup_cfg_and_pyproject_name_commands_too() {
    let cfg = "[options]\npackage_dir =\n    = src\nscripts =\n    bin/x\n[options.entry_points]\nconsole_scripts =\n    # a comment\n    a = pkg.cli:main\n";
    let expected = [
        ("a".to_owned(), "file:src/pkg/cli.py".to_owned()),
        ("x".to_owned(), "file:bin/x".to_owned()),
    ];
    assert_eq!(commands(&facts("setup.cfg", cfg)), expected);
    let toml = "[project]\nname = \"x\"\n[project.scripts]\na = \"pkg.cli:main\"\n[tool.setuptools.packages.find]\nwhere = [\"src\"]\n[tool.poetry.scripts]\n\"b-c\" = { reference = \"pkg.other:go\", type = \"console\" }\n";
    let facts = facts("p/pyproject.toml", toml);
    assert_eq!(
        commands(&facts),
        [
            ("a".to_owned(), "file:p/src/pkg/cli.py".to_owned()),
            ("b-c".to_owned(), "file:p/src/pkg/other.py".to_owned()),
        ]
    );
    let names: Vec<_> = facts.provides.iter().map(|own| &toml[own.span.range()]).collect();
    assert_eq!(names, ["x", "a", "\"b-c\""]);
}

#[test]
fn lists_that_subprocess_runs_are_calls() {
    assert_eq!(
        calls(
            "import subprocess as sp\nfrom subprocess import check_call\n\
             sp.run(['/usr/bin/tool', '--type', kind, '--name=%s' % name] + more)\n\
             check_call(('git', '-C', path, *rest), cwd='/')\n\
             sp.call('a -b {}'.format(c).split())\n\
             sp.call(['bash', '-c'], shell=True)\n\
             sp.call([sys.executable, 'x'])\n\
             sp.call('reboot')\n"
        ),
        ["tool --type * --name=* *...", "git -C * *...", "a -b *...", "reboot",]
    );
}

#[test]
fn an_absolute_path_means_the_file_first() {
    let facts = facts("x.py", "import subprocess\nsubprocess.call(['/usr/bin/tool'])\n");
    let targets = facts.calls[0].any_of.iter();
    let targets: Vec<String> = targets.map(|own| format!("{}:{}", own.kind, own.name)).collect();
    assert_eq!(targets, ["deployed.path:/usr/bin/tool", "command:tool"]);
}

#[test]
fn a_list_is_followed_through_its_variable() {
    assert_eq!(
        calls(
            "import subprocess\n\
             TOOL = '/opt/tool'\n\
             def one(x):\n    cmd = [TOOL, '-a']\n    cmd.append('-b')\n    if x:\n        cmd.append('-c')\n    subprocess.call(cmd)\n\
             def two(x):\n    if x:\n        cmd = ['p', '-a']\n    else:\n        cmd = ['q', '-b']\n    cmd += ['-c']\n    subprocess.call(cmd)\n\
             def three(cmd):\n    subprocess.call(cmd)\n\
             def four():\n    cmd = ['r']\n    cmd = cmd + ['-z']\n    subprocess.call(cmd)\n"
        ),
        ["tool -a -b *...", "p -a -c", "q -b -c", "r -z"]
    );
}
