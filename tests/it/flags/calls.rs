//! Calls are held against the flags, whichever language declares them.

use crate::common;
use insta::assert_snapshot;

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
