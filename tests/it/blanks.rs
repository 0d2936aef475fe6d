//! Texts that are copied and completed before anything reads them: what they lack may be filled in.
//! Each case stands beside the one of a text that is read as it is.

use crate::common::check;
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn yaml_with_a_blank_may_be_valid_once_it_is_filled_in() {
    let of = |line: &str| {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n{line}\n    a: b\n  name: c\n"
        );
        check(&[("k8s/a.yaml", &text)])
    };
    let severity = |line: &str| of(line).to_string().matches(": error[").count();
    assert_eq!(severity("    no mapping"), 1);
    for blank in ["<ISSUER_ANNOTATION_1>", "%%ISSUER_ANNOTATION%%", "<A_1>\n    <A_2>\n    <A_3>"] {
        assert_eq!(severity(&format!("    {blank}")), 0, "{blank}");
        assert!(of(&format!("    {blank}")).to_string().contains("a text with blanks"), "{blank}");
    }
}

#[test]
fn terraform_with_tags_of_jinja_is_rendered_first() {
    let of = |text: &str| check(&[("live/a.tf", "variable \"a\" {}\n"), ("live/x.tfvars", text)]);
    assert!(of("a = [\n for\n").to_string().contains("error[parse-error]"));
    for blank in ["a = [\n{% for x in y %}\n", "a = <SERVERS_PRIVATE_IPS>\n"] {
        assert!(of(blank).to_string().contains("warning[unsupported-syntax]"), "{blank}");
    }
}

#[test]
fn a_chart_whose_list_of_dependencies_cannot_be_read_may_have_more_templates() {
    let of = |version: &str| {
        let chart = format!("apiVersion: v2\nname: c\nversion: 1.0.0\nappVersion: {version}\n");
        check(&[
            ("c/Chart.yaml", &chart),
            ("c/templates/a.yaml", "x: {{ include \"common.x\" . }}\n"),
            ("c/templates/_h.tpl", "{{ define \"c.x\" }}{{ end }}"),
        ])
    };
    assert_snapshot!(of("1.0.0"), @"c/templates/a.yaml:1:16: error[unresolved-reference] named template `common.x` does not exist");
    assert_eq!(of("a: b: c").only("unresolved-reference"), NONE);
}

#[test]
fn roots_below_a_folder_of_templates_and_in_scaffolds_lie_elsewhere_when_they_are_used() {
    let root = "resources: [../../base]\n";
    let of = |path: &str| check(&[(path, root), ("other/kustomization.yaml", "resources: []\n")]);
    assert_snapshot!(of("clusters/new/a/kustomization.yaml"), @"clusters/new/a/kustomization.yaml:1:13: error[unresolved-reference] kustomization `clusters/base` does not exist");
    for path in [
        "templates/new/a/kustomization.yaml",
        "hack/templates/new/a/b/kustomization.yaml",
        "apps/APP_NAME/kustomization.yaml",
        ".catalog/units/a/kustomization.yaml",
    ] {
        let told = of(path).to_string();
        assert!(!told.contains("error"), "{told}");
    }
}

#[test]
fn names_of_inputs_and_secrets_are_the_same_in_any_case() {
    let called = "on:\n  workflow_call:\n    inputs: {image_tag: {required: true, type: string}}\n    secrets: {project_id: {required: true}}\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n";
    let of = |input: &str, secret: &str| {
        let caller = format!(
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    with: {{{input}: x}}\n    secrets: {{{secret}: x}}\n"
        );
        check(&[(".github/workflows/called.yml", called), (".github/workflows/ci.yml", &caller)])
    };
    assert_eq!(of("IMAGE_TAG", "PROJECT_ID"), NONE);
    assert_eq!(of("image_tag", "project_id"), NONE);
    assert_eq!(of("imagetag", "PROJECT").len(), 4);
}

#[test]
fn a_module_below_templates_is_there_for_who_calls_it() {
    let call = |folder: &str| format!("module \"a\" {{\n  source = \"./{folder}\"\n}}\n");
    let own = ("templates/template/main.tf", "variable \"a\" {\n  default = 1\n}\n");
    assert_eq!(check(&[("templates/all.tf", &call("template")), own]), NONE);
    assert_eq!(
        check(&[("live/main.tf", &call("gone")), own]),
        ["unresolved-reference live/main.tf:2"]
    );
}

#[test]
fn what_a_role_copies_is_no_template_of_it() {
    let reads = |path: &str| {
        let facts = crate::common::facts(path, "{{ title }}\n");
        facts.requires.iter().map(|own| own.any_of[0].name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(reads("roles/web/files/site/templates/a.html"), NONE);
    assert_eq!(reads("roles/web/templates/a.html"), ["title"]);
}

#[test]
fn names_in_brackets_are_written_over() {
    let of = |one: &str, two: &str| {
        check(&[(
            "k8s/a.yaml",
            &format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: {one}\n  a: {two}\n"),
        )])
        .to_string()
    };
    assert!(of("[AppName]-web", "[AppName]-db").contains("a text with blanks"));
    for (one, two) in [("[AppName]-web", "b"), ("[AppName]-web", "[AppName")] {
        assert!(of(one, two).contains("error[parse-error]"), "{one} {two}");
    }
}

#[test]
fn a_class_whose_name_is_to_be_written_is_a_skeleton() {
    let of = |name: &str| {
        let text = format!("class software::{name} {{\n  package {{ '{name}': }}\n}}\n");
        check(&[("modules/software/manifests/template.pp", &text)]).to_string()
    };
    assert!(!of("<name>").contains("error["), "{}", of("<name>"));
    assert!(of("na+me").contains("error[parse-error]"));
}

#[test]
fn what_mako_renders_is_no_script_yet() {
    let of = |line: &str| {
        let text = format!("#!/bin/sh\n{line}\nif true; then\n  ls\n");
        check(&[("bundles/a/files/status", &text)]).to_string()
    };
    assert!(of("date").contains("error[parse-error]"));
    for line in ["% for own in all:", "<%text>"] {
        assert_eq!(of(line), "", "{line}");
    }
}

#[test]
fn puppet_that_a_tree_locks_takes_what_newer_ones_refuse() {
    let class = ("modules/go/manifests/1_1.pp", "class go::1_1 {\n}\n");
    let modern = ("modules/web/manifests/init.pp", "class web(String $a) {\n}\n");
    let lock = |version: &str| format!("GEM\n  specs:\n    puppet ({version})\n");
    let of = |version: &str| check(&[class, modern, ("Gemfile.lock", &lock(version))]).to_string();
    assert!(of("4.2.0").contains("error[removed-directive]"), "{}", of("4.2.0"));
    assert!(!of("3.7.1").contains("removed-directive"));
}
