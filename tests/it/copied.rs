//! Files that are copied, filled in or taken from other repositories before anything reads them.

use crate::common::{change, check};

const NONE: [&str; 0] = [];

#[test]
fn pieces_of_terraform_declare_what_they_read_where_they_are_put() {
    let piece = "locals {\n  tags = module.this.tags\n  zone = var.zone\n}\nvariable \"more\" {}\n\
                 module \"roles\" {\n  source = \"../roles\"\n}\n";
    let base = ("lib/main.tf", "resource \"x_y\" \"z\" {\n  name = local.name\n}\n");
    assert_eq!(
        check(&[("mixins/tags.tf", piece), base]),
        ["unresolved-reference lib/main.tf:2"],
        "a folder of pieces says nothing"
    );
    // A call, an output, a state or a file that modules have tells of a module.
    let call = ("live/main.tf", "module \"tags\" {\n  source = \"../mixins\"\n  more = 1\n}\n");
    let state = ("mixins/keep.tf", "terraform {\n  backend \"s3\" {}\n}\n");
    let output = ("mixins/keep.tf", "output \"a\" {\n  value = 1\n}\n");
    for whole in [call, state, output, ("mixins/versions.tf", "")] {
        let told = check(&[("mixins/tags.tf", piece), whole]).to_string();
        assert!(told.contains("mixins/tags.tf:2"), "{whole:?}: {told}");
    }
}

#[test]
fn a_pipeline_of_another_repository_may_have_what_this_one_had() {
    let job = "lint:\n  stage: lint\n  extends: .setup\n  script: [make]\n";
    let part = ("ci/stages.yml", "stages: [lint]\n.setup:\n  before_script: [make]\n");
    let of = |include: &str| format!("include:\n  - {include}\n{job}");
    let old = of("local: /ci/stages.yml");
    let remote = of("remote: https://example.org/group/own/-/raw/v1/ci/stages.yml");
    let project = of("project: group/own\n    file: /ci/stages.yml");
    let template = of("template: Jobs/Build.gitlab-ci.yml");
    let new = |text: &str| {
        change(&[(".gitlab-ci.yml", old.as_str()), part], &[(".gitlab-ci.yml", text), part])
    };
    assert_eq!(new(&remote), NONE);
    assert_eq!(new(&project), NONE);
    let told = new(&template).to_string();
    assert!(told.contains("removed-but-referenced"), "{told}");
}

#[test]
fn a_workflow_that_others_call_or_somebody_starts_is_for_others() {
    let of = |on: &str| {
        let text = format!(
            "on:\n{on}jobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      \
             - uses: ./.github/actions/gone\n"
        );
        check(&[(".github/workflows/a.yml", text.as_str())])
    };
    assert_eq!(of("  workflow_call:\n  workflow_dispatch:\n"), NONE);
    assert_ne!(of("  workflow_call:\n  push:\n"), NONE);
    assert_ne!(of("  workflow_dispatch:\n"), NONE);
}

const API: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n";

#[test]
fn an_object_in_a_template_is_applied_by_a_script() {
    let sync = format!(
        "{API}  name: own\nspec:\n  path: ./apps\n  sourceRef:\n    kind: GitRepository\n    name: \
         flux-system\n"
    );
    let user = |name: &str| {
        format!(
            "{API}  name: web\nspec:\n  path: ./apps\n  dependsOn:\n    - name: own\n    - name: \
             {name}\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n"
        )
    };
    let template = format!("{API}  name: sealed-{{{{CLUSTER}}}}\n");
    let of = |path: &str, name: &str| {
        check(&[
            ("apps/gotk-sync.yaml", sync.as_str()),
            ("apps/web.yaml", user(name).as_str()),
            (path, template.as_str()),
        ])
        .to_string()
    };
    assert!(!of("setup/sealed.yaml.templ", "sealed-east").contains("sealed-east"));
    assert!(of("setup/sealed.yaml.templ", "other").contains("`Kustomization/other`"));
    assert!(of("setup/sealed.txt", "sealed-east").contains("`Kustomization/sealed-east`"));
}

#[test]
fn words_to_write_over_are_no_paths() {
    let of = |path: &str| {
        let text = format!(
            "{API}  name: own\nspec:\n  path: ./{path}\n  sourceRef:\n    kind: GitRepository\n    \
             name: flux-system\n"
        );
        let own = text.replace(path, "apps");
        check(&[("apps/gotk-sync.yaml", own.as_str()), ("more/ks.yaml", text.as_str())]).to_string()
    };
    assert!(!of("apps/NAMESPACE/APP_NAME").contains("APP_NAME"));
    assert!(of("apps/GONE").contains("apps/GONE"));
}

#[test]
fn branches_of_a_template_of_terraform_exclude_each_other() {
    let text = |begin: &str, other: &str, end: &str| {
        format!(
            "server {{\n  listen 80;\n  location / {{\n{begin}    proxy_pass http://a;\n{other}    \
             proxy_pass http://b;\n{end}  }}\n}}\n"
        )
    };
    let told = |text: String| check(&[("templates/server.conf.tpl", text.as_str())]);
    assert_eq!(told(text("%{ if one }\n", "%{ else }\n", "%{ endif }\n")), NONE);
    assert_ne!(told(text("", "", "")), NONE);
}
