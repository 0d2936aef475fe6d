//! `version-skew` of an interface that comes in a package whose version nobody names.

use crate::common::{Findings, findings, report, tree};
use insta::assert_snapshot;

/// The source of a tool, with the flag that the callers pass already, or without it.
fn source(flag: bool) -> String {
    let declared = match flag {
        true => "parser.add_argument('--register', action='store_true')\n",
        false => "",
    };
    format!(
        "#!/usr/bin/python3\nimport argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--type')\n{declared}args = parser.parse_args()\n"
    )
}

const SETUP: &str =
    "from setuptools import setup\n\nsetup(name='My_Tool', scripts=['bin/run-tool'])\n";

/// The findings of the change that brings the flag and its caller at once, in one tree that
/// holds `more` too.
fn skew(more: &[(&str, &str)]) -> Findings {
    let caller = |flag: &str| format!("#!/bin/sh\nrun-tool --type x{flag}\n");
    let (old_tool, new_tool) = (source(false), source(true));
    let (old_caller, new_caller) = (caller(""), caller(" --register"));
    let files = |tool, caller| {
        let mut files = vec![("tool/bin/run-tool", tool), ("hosts/submit.sh", caller)];
        files.extend(more.iter().copied());
        tree(&files)
    };
    let old = files(old_tool.as_str(), old_caller.as_str());
    let new = files(new_tool.as_str(), new_caller.as_str());
    let args = ["check", ".", "--against", old.path().to_str().expect("UTF-8")];
    findings(&report(new.path(), &args))
}

const FOUND: [&str; 1] = ["version-skew tool/bin/run-tool:5"];

fn pip(path: &str, text: &str) -> Findings {
    skew(&[("tool/setup.py", SETUP), (path, text)])
}

#[test]
fn pip_without_a_version() {
    let script = |command: &str| pip("hosts/setup.sh", &format!("#!/bin/sh\n{command}\n"));
    assert_eq!(script("pip install my-tool"), FOUND);
    assert_eq!(script("python3 -m pip install -U my.tool"), FOUND);
    assert_eq!(script("sudo pipx install 'my_tool>=1.2'"), FOUND);
    assert_eq!(script("pip3 install git+https://host/x/my-tool.git@main"), FOUND);
    assert_snapshot!(script("pip install my-tool==1.2"), @"");
    assert_snapshot!(script("pip install -c versions.txt my-tool"), @"");
    assert_snapshot!(script("pip install git+https://host/x/my-tool.git@v1.2"), @"");
    assert_snapshot!(script("pip install ./my-tool \"$TOOL\""), @"");
    // Debian's package of the name is another one.
    assert_snapshot!(script("apt-get install my-tool"), @"");
    assert_snapshot!(script("true"), @"");
}

#[test]
fn pip_in_files() {
    assert_eq!(pip("hosts/requirements.txt", "other==1\nmy-tool>=1\n"), FOUND);
    assert_snapshot!(pip("hosts/requirements.txt", "my-tool==1.2\n"), @"");
    let depends = |spec: &str| {
        pip(
            "hosts/setup.py",
            &format!(
                "from setuptools import setup\n\nsetup(name='hosts', install_requires=['{spec}'])\n"
            ),
        )
    };
    assert_eq!(depends("my-tool"), FOUND);
    assert_snapshot!(depends("my-tool==2"), @"");
    let project = |spec: &str| {
        pip(
            "hosts/pyproject.toml",
            &format!(
                "[project]\nname = \"hosts\"\ndependencies = [\n    \"other\",\n    \"{spec}\",\n]\n"
            ),
        )
    };
    assert_eq!(project("my-tool[x]>1"), FOUND);
    assert_snapshot!(project("my-tool==2"), @"");
    let named = [
        ("tool/pyproject.toml", "[project]\nname = \"my-tool\"\n"),
        ("tool/setup.cfg", "[options]\nscripts = bin/run-tool\n"),
        ("hosts/requirements.txt", "my-tool\n"),
    ];
    assert_eq!(skew(&named), FOUND);
}

#[test]
fn modules_and_providers_that_install_with_pip() {
    let task = |arguments: &str| {
        pip(
            "roles/a/tasks/main.yml",
            &format!("- name: tool\n  pip:\n    name: my-tool\n    {arguments}\n"),
        )
    };
    assert_eq!(task("state: latest"), FOUND);
    assert_eq!(task("virtualenv: /srv/x"), FOUND);
    assert_snapshot!(task("version: '1.2'"), @"");
    assert_snapshot!(task("extra_args: -c versions.txt"), @"");
    assert_snapshot!(task("state: absent"), @"");
    let resource = |arguments: &str| {
        let text = format!("class a {{\n  package {{ 'my-tool': {arguments} }}\n}}\n");
        pip("modules/a/manifests/init.pp", &text)
    };
    assert_eq!(resource("ensure => latest, provider => 'pip3'"), FOUND);
    assert_snapshot!(resource("ensure => '1.2', provider => pip"), @"");
    assert_snapshot!(resource("ensure => latest"), @"");
}

#[test]
fn packages_of_the_system() {
    let control = ("tool/debian/control", "Source: tool\n\nPackage: my-tool\n");
    let setup = ("tool/setup.py", SETUP);
    let with = |path: &str, text: &str| skew(&[control, setup, (path, text)]);
    assert_eq!(with("hosts/Dockerfile", "FROM debian:12\nRUN apt-get install -y my-tool\n"), FOUND);
    assert_snapshot!(
        with("hosts/Dockerfile", "FROM debian:12\nRUN apt-get install my-tool=1\n"),
        @""
    );
    assert_snapshot!(with("hosts/Dockerfile", "FROM debian:12\nRUN apt-get remove my-tool\n"), @"");
    assert_eq!(with("hosts/x.sh", "#!/bin/sh\ndnf -y install my-tool\n"), FOUND);
    assert_snapshot!(with("hosts/x.sh", "#!/bin/sh\ndnf -y install my-tool-1.2\n"), @"");
    // What the manifest takes from elsewhere is not known.
    let manifest = "class a($v) {\n  package { 'my-tool': ensure => $v }\n}\n";
    assert_snapshot!(with("modules/a/manifests/init.pp", manifest), @"");
}

#[test]
fn packages_of_npm_and_gem() {
    let npm =
        ("tool/package.json", "{\"name\": \"@a/tool\", \"bin\": {\"run-tool\": \"bin/run-tool\"}}");
    let with =
        |own, command: &str| skew(&[own, ("hosts/x.sh", &format!("#!/bin/sh\n{command}\n"))]);
    assert_eq!(with(npm, "npm install -g @a/tool"), FOUND);
    assert_eq!(with(npm, "npm i -g @a/tool@^1"), FOUND);
    assert_snapshot!(with(npm, "npm i -g @a/tool@1.2.3"), @"");
    assert_snapshot!(with(npm, "npm i -g tool"), @"");
    let gem = (
        "tool/tool.gemspec",
        "Gem::Specification.new do |s|\n  s.name = 'tool'\n  s.executables = ['run-tool']\nend\n",
    );
    assert_eq!(with(gem, "gem install tool"), FOUND);
    assert_snapshot!(with(gem, "gem install tool -v 1.2"), @"");
}

#[test]
fn images_that_the_tree_names() {
    let compose =
        ("compose.yaml", "services:\n  tool:\n    build: ./tool\n    image: reg/tool:1.0\n");
    let setup = ("tool/setup.py", SETUP);
    let with = |path: &str, text: &str| skew(&[compose, setup, (path, text)]);
    let pod = |image: &str| {
        with(
            "k8s/pod.yaml",
            &format!("kind: Pod\nspec:\n  containers:\n  - name: a\n    image: {image}\n"),
        )
    };
    assert_eq!(pod("reg/tool:latest"), FOUND);
    assert_eq!(pod("reg/tool"), FOUND);
    assert_snapshot!(pod("reg/tool:1.0"), @"");
    assert_snapshot!(pod("reg/tool@sha256:00"), @"");
    assert_snapshot!(pod("other:latest"), @"");
    assert_eq!(with("web/Dockerfile", "FROM reg/tool\n"), FOUND);
    assert_snapshot!(with("web/Dockerfile", "FROM reg/tool:1.0 AS a\nFROM a\n"), @"");
    assert_eq!(with("web/compose.yaml", "services:\n  x:\n    image: reg/tool\n"), FOUND);
}

#[test]
fn nothing_that_calls_the_interface_is_silence() {
    let (old, new) = (source(false), source(true));
    let files = |tool| {
        tree(&[
            ("tool/bin/run-tool", tool),
            ("tool/setup.py", SETUP),
            ("hosts/requirements.txt", "my-tool\n"),
        ])
    };
    let (old, new) = (files(old.as_str()), files(new.as_str()));
    let args = ["check", ".", "--against", old.path().to_str().expect("UTF-8")];
    assert_snapshot!(findings(&report(new.path(), &args)), @"");
}
