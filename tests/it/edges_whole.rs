//! Needs of a rollout that only one version of two files has: folders that come or go as a whole,
//! what they are applied with, data that moves, and what a text reaches through others.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn a_root_comes_with_its_state_its_provider_and_its_values() {
    let main = "resource \"aws_vpc\" \"a\" {\n  cidr_block = var.cidr\n}\n";
    let provider = "provider \"aws\" {\n  region = \"x\"\n}\n";
    let backend = "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n  }\n}\n";
    let asked = "variable \"cidr\" {}\n";
    let old = [("README", "x\n")];
    let new = [
        ("README", "x\n"),
        ("dev/main.tf", main),
        ("dev/providers.tf", provider),
        ("dev/backend.tf", backend),
        ("dev/variables.tf", asked),
        ("dev/terraform.tfvars", "cidr = \"1\"\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "dev/main.tf" after "dev/backend.tf": the new text is applied with `backend s3`, and it comes with this change: without it, the state is kept in a file beside the root
    "dev/main.tf" after "dev/providers.tf": the new text is applied with `aws`, and it comes with this change: without it, its provider is not set up
    "dev/main.tf" after "dev/variables.tf": the new text requires variable `dev/cidr` by `var`, and it comes with this change
    "dev/variables.tf" after "dev/terraform.tfvars": the new text has no default for `cidr`, and the file that gives it a value comes with this change
    "#);
    assert_snapshot!(needs(&new, &old), @r#"
    "dev/backend.tf" after "dev/main.tf": the old text is applied with `backend s3`, and it goes with this change: without it, the state is kept in a file beside the root
    "dev/providers.tf" after "dev/main.tf": the old text is applied with `aws`, and it goes with this change: without it, its provider is not set up
    "dev/terraform.tfvars" after "dev/variables.tf": the old text has no default for `cidr`, and the file that gives it a value goes with this change
    "dev/variables.tf" after "dev/main.tf": the old text requires variable `dev/cidr` by `var`, and it goes with this change
    "#);
    // What stays is applied as it was.
    let stays =
        [("dev/main.tf", main), ("dev/variables.tf", "variable \"cidr\" {\n  default = 1\n}\n")];
    let more = [stays[0], stays[1], ("dev/backend.tf", backend)];
    assert_snapshot!(needs(&stays, &more), @"");
}

#[test]
fn commands_of_a_workflow_run_in_a_folder_that_comes() {
    let flow = |folder: &str| {
        format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - run: terraform init\n        working-directory: ./{folder}\n"
        )
    };
    let (one, two) = (flow("envs/dev"), flow("envs/next"));
    let old = [(".github/workflows/a.yml", one.as_str()), ("envs/dev/main.tf", "locals {}\n")];
    let new = [
        (".github/workflows/a.yml", two.as_str()),
        ("envs/next/main.tf", "locals {}\n"),
        ("envs/next/README.md", "x\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    ".github/workflows/a.yml" after "envs/next/main.tf": the new text requires folder `envs/next` by `working-directory`, and it comes with this change
    "envs/dev/main.tf" after ".github/workflows/a.yml": the old text requires folder `envs/dev` by `working-directory`, and it goes with this change
    "#);
}

#[test]
fn what_a_text_reaches_through_one_that_stays() {
    let role = ("modules/role/manifests/web.pp", "class role::web {\n  include profile::base\n}\n");
    let profile = ("modules/profile/manifests/base.pp", "class profile::base { }\n");
    let (with, without) = ("node default {\n  include role::web\n}\n", "node default { }\n");
    let old = [("manifests/site.pp", with), role, profile];
    let new = [("manifests/site.pp", without), role];
    assert_snapshot!(needs(&old, &new), @r#""modules/profile/manifests/base.pp" after "manifests/site.pp": the text requires class `profile::base` by `include`, and it goes with this change; `manifests/site.pp` makes it live"#);
    assert_snapshot!(needs(&new, &old), @r#""manifests/site.pp" after "modules/profile/manifests/base.pp": the text requires class `profile::base` by `include`, and it comes with this change; `manifests/site.pp` makes it live"#);
    // Where the text asks for it at both versions, no order helps.
    let new = [("manifests/site.pp", "node default {\n  include role::web\n  # more\n}\n"), role];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn objects_go_with_the_list_that_takes_them_in() {
    let list = |more: &str| {
        format!(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - pod.yaml\n{more}"
        )
    };
    let pod = |more: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web\n{more}"
        )
    };
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\n";
    let (list_with, list_without) = (list("  - secret.yaml\n"), list(""));
    let pod_with = pod("      envFrom:\n        - secretRef:\n            name: key\n");
    let pod_without = pod("");
    let old = [
        ("a/kustomization.yaml", list_with.as_str()),
        ("a/pod.yaml", pod_with.as_str()),
        ("a/secret.yaml", secret),
    ];
    let new =
        [("a/kustomization.yaml", list_without.as_str()), ("a/pod.yaml", pod_without.as_str())];
    assert_snapshot!(needs(&old, &new), @r#"
    "a/kustomization.yaml" after "a/pod.yaml": the old text requires object `Secret/key` by `secretRef`, and it goes with this change
    "a/secret.yaml" after "a/kustomization.yaml": the old text requires file `a/secret.yaml` by `resources`, and it goes with this change
    "a/secret.yaml" after "a/pod.yaml": the old text requires object `Secret/key` by `secretRef`, and it goes with this change
    "#);
    // A text that comes itself is taken in by the same list.
    assert_snapshot!(needs(&[("README", "x\n")], &old), @r#"
    "a/kustomization.yaml" after "a/pod.yaml": the new text requires file `a/pod.yaml` by `resources`, and it comes with this change
    "a/kustomization.yaml" after "a/secret.yaml": the new text requires file `a/secret.yaml` by `resources`, and it comes with this change
    "a/pod.yaml" after "a/secret.yaml": the new text requires object `Secret/key` by `secretRef`, and it comes with this change
    "#);
}

#[test]
fn hosts_that_move_to_another_inventory() {
    let hosts = |names: &str| format!("all:\n  hosts:\n{names}");
    let (one, two) = (hosts("    web1:\n      ip: 1\n"), hosts("    web2:\n      ip: 2\n"));
    let both = hosts("    web1:\n      ip: 1\n    web2:\n      ip: 2\n");
    let old = [("inventory/a.yml", both.as_str()), ("inventory/b.yml", "all:\n  hosts: {}\n")];
    let new = [("inventory/a.yml", one.as_str()), ("inventory/b.yml", two.as_str())];
    assert_snapshot!(needs(&old, &new), @r#""inventory/a.yml" after "inventory/b.yml": host `web2` goes from `inventory/a.yml`, and comes in `inventory/b.yml`: in between nothing has it"#);
    // A host that only goes has nowhere to come.
    let new = [("inventory/a.yml", one.as_str()), ("inventory/b.yml", "all:\n  hosts: {}\n\n")];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn data_for_a_class_that_a_text_begins_to_use() {
    let hiera = ("hiera.yaml", "---\n:hierarchy:\n  - common\n:yaml:\n  :datadir: hieradata\n");
    let list = ("Puppetfile", "mod 'puppetlabs-mysql', '1.0.0'\n");
    let class = |inner: &str| format!("class role {{{inner} }}\n");
    let (without, with) = (class(""), class(" include mysql::server"));
    let old = [
        hiera,
        list,
        ("modules/role/manifests/init.pp", without.as_str()),
        ("hieradata/common.yaml", "a: 1\n"),
    ];
    let new = [
        hiera,
        list,
        ("modules/role/manifests/init.pp", with.as_str()),
        ("hieradata/common.yaml", "a: 1\nmysql::server::root_password: x\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""modules/role/manifests/init.pp" after "hieradata/common.yaml": the new text uses class `mysql::server`, whose parameters in `hieradata/common.yaml` come with this change"#);
    assert_snapshot!(needs(&new, &old), @r#""hieradata/common.yaml" after "modules/role/manifests/init.pp": the old text uses class `mysql::server`, whose parameters in `hieradata/common.yaml` go with this change"#);
}

#[test]
fn parameters_that_only_data_fills() {
    let hiera = (
        "hiera.yaml",
        "---\nversion: 5\nhierarchy:\n  - name: a\n    paths: [\"node/%{facts.host}.yaml\", common.yaml]\n",
    );
    let class = |params: &str| format!("class vip ({params}String $password) {{ }}\n");
    let (with, without) = (class("String $state, "), class(""));
    let site = ("manifests/site.pp", "include vip\n");
    let common = ("data/common.yaml", "vip::password: x\n");
    let old = [
        hiera,
        site,
        common,
        ("modules/vip/manifests/init.pp", with.as_str()),
        ("data/node/a.yaml", "vip::state: MASTER\n"),
    ];
    let new = [hiera, site, common, ("modules/vip/manifests/init.pp", without.as_str())];
    assert_snapshot!(needs(&old, &new), @r#""data/node/a.yaml" after "modules/vip/manifests/init.pp": the old class requires `state`, which the data no longer sets with this change"#);
    assert_snapshot!(needs(&new, &old), @r#""modules/vip/manifests/init.pp" after "data/node/a.yaml": the new class requires `state`, which the data sets with this change"#);
    // A file of data that gets another ending.
    let old = [hiera, ("data/node/a.eyaml", "vip::state: x\n")];
    let new = [hiera, ("data/node/a.yaml", "vip::state: x\n")];
    assert_snapshot!(needs(&old, &new), @r#""data/node/a.eyaml" after "data/node/a.yaml": the key goes from `data/node/a.eyaml`, and comes in `data/node/a.yaml`"#);
}

#[test]
fn keys_of_a_variable() {
    let task = |key: &str| format!("- debug:\n    msg: \"{{{{ common.{key} }}}}\"\n");
    let (one, two) = (task("packages"), task("releases"));
    let play = ("site.yml", "- hosts: all\n  roles:\n    - common\n");
    let old = [
        play,
        ("roles/common/tasks/main.yml", one.as_str()),
        ("roles/common/vars/main.yml", "common:\n  packages: [a]\n"),
    ];
    let new = [
        play,
        ("roles/common/tasks/main.yml", two.as_str()),
        ("roles/common/vars/main.yml", "common:\n  packages: [a]\n  releases: [b]\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""roles/common/tasks/main.yml" after "roles/common/vars/main.yml": the new text uses variable `common.releases`, and it comes with this change"#);
    // Of a key that another variable has too, nothing is known.
    let new = [
        play,
        ("roles/common/tasks/main.yml", two.as_str()),
        ("roles/common/vars/main.yml", "common:\n  packages: [a]\nother:\n  releases: [b]\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn an_included_file_has_the_variables_of_who_includes_it() {
    let old = [
        ("site.yml", "- hosts: all\n  roles:\n    - common\n"),
        ("roles/common/tasks/main.yml", "- debug:\n"),
    ];
    let new = [
        old[0],
        ("roles/common/tasks/main.yml", "- include_tasks: deb.yml\n  loop: [a, b]\n"),
        ("roles/common/tasks/deb.yml", "- debug:\n    msg: \"{{ item }}\"\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""roles/common/tasks/main.yml" after "roles/common/tasks/deb.yml": the new text requires file `roles/common/tasks/deb.yml` by `include`, and it comes with this change"#);
}

#[test]
fn charts_that_a_chart_takes_in() {
    let list = |more: &str| format!("apiVersion: v2\nname: stack\nversion: 1.0.0\n{more}");
    let beside =
        "dependencies:\n  - name: logs\n    version: 1.0.0\n    repository: file://../logs\n";
    let (with, without) = (list(beside), list(""));
    let logs = "apiVersion: v2\nname: logs\nversion: 1.0.0\n";
    let old = [
        ("stack/Chart.yaml", with.as_str()),
        ("logs/Chart.yaml", logs),
        ("logs/values.yaml", "a: 1\n"),
    ];
    let new = [
        ("stack/Chart.yaml", without.as_str()),
        ("stack/charts/logs/Chart.yaml", logs),
        ("stack/charts/logs/values.yaml", "a: 1\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "logs/Chart.yaml" after "stack/Chart.yaml": the old chart takes in the chart of `logs/Chart.yaml`, and it goes with this change
    "logs/values.yaml" after "logs/Chart.yaml": the old chart of `logs/Chart.yaml` is installed with none of its values where they are not there
    "stack/Chart.yaml" after "stack/charts/logs/Chart.yaml": the new chart takes in the chart of `stack/charts/logs/Chart.yaml`, and it comes with this change
    "stack/charts/logs/Chart.yaml" after "stack/charts/logs/values.yaml": the new chart of `stack/charts/logs/Chart.yaml` is installed with none of its values where they are not there
    "#);
    // With values of its own it is another chart.
    let old = [("stack/Chart.yaml", without.as_str()), ("stack/values.yaml", "a: 1\n")];
    let new = [("stack/Chart.yaml", with.as_str()), ("stack/values.yaml", "a: 1\nlogs:\n  b: 1\n")];
    assert_snapshot!(needs(&old, &new), @r#""stack/Chart.yaml" after "stack/values.yaml": without its values, the new chart takes in `logs` as that is by itself"#);
}

#[test]
fn an_index_and_the_charts_that_it_lists() {
    let index = |version: &str| {
        format!("apiVersion: v1\nentries:\n  a:\n    - urls: [https://x/a-{version}.tgz]\n")
    };
    let (one, two) = (index("1"), index("2"));
    let old = [("docs/index.yaml", one.as_str()), ("docs/a-1.tgz", "x")];
    let new = [("docs/index.yaml", two.as_str()), ("docs/a-2.tgz", "y")];
    assert_snapshot!(needs(&old, &new), @r#"
    "docs/a-1.tgz" after "docs/index.yaml": the old index lists `a-1.tgz`, and it goes with this change
    "docs/index.yaml" after "docs/a-2.tgz": the new index lists `a-2.tgz`, and it comes with this change
    "#);
}

#[test]
fn further_lists_and_their_locks() {
    let old = [("Gemfile", "gem 'a', '1'\n"), ("Gemfile.lock", "a (1)\n")];
    let new = [("Gemfile", "gem 'a', '2'\n"), ("Gemfile.lock", "a (2)\n")];
    assert_snapshot!(needs(&old, &new), @r#"
    "Gemfile" after "Gemfile.lock": `Gemfile.lock` is made for one version of `Gemfile`, and tools refuse it with another
    "Gemfile.lock" after "Gemfile": `Gemfile.lock` is made for one version of `Gemfile`, and tools refuse it with another
    "#);
    // Another word in a comment is no other need.
    let new = [("Gemfile", "gem 'a', '1' # one\n"), ("Gemfile.lock", "a (1.1)\n")];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_lock_that_goes_as_a_whole() {
    let list = |version: &str| format!("dependencies:\n  - name: a\n    version: {version}\n");
    let (one, two) = (list("1"), list("2"));
    let old = [("c/requirements.yaml", one.as_str()), ("c/requirements.lock", "digest: x\n")];
    let new = [("c/requirements.yaml", two.as_str())];
    assert_snapshot!(needs(&old, &new), @r#""c/requirements.yaml" after "c/requirements.lock": `c/requirements.lock` is not made for the new `c/requirements.yaml`, and tools refuse it with that"#);
    assert_snapshot!(needs(&new, &old), @r#""c/requirements.lock" after "c/requirements.yaml": `c/requirements.lock` is not made for the old `c/requirements.yaml`, and tools refuse it with that"#);
}

#[test]
fn a_role_finds_its_own_files_first() {
    let keys = "- authorized_key:\n    key: \"{{ lookup('file', 'ssh_keys/ansible.pub') }}\"\n";
    let other = ("roles/common/files/ssh_keys/ansible.pub", "x\n");
    let old = [
        other,
        ("roles/store/tasks/main.yml", keys),
        ("roles/store/files/ssh_keys/ansible.pub", "x\n"),
    ];
    let new = [other, ("roles/store/tasks/main.yml", "- debug:\n")];
    assert_snapshot!(needs(&old, &new), @r#""roles/store/files/ssh_keys/ansible.pub" after "roles/store/tasks/main.yml": the old text requires file `roles/store/files/ssh_keys/ansible.pub` by `lookup`, and it goes with this change"#);
}

#[test]
fn a_folder_that_a_text_names_as_a_whole() {
    let ks = |folder: &str| format!("spec:\n  path: ./{folder}\n");
    let (one, two) = (ks("apps/web"), ks("apps/site"));
    let list = "kind: Kustomization\nresources: []\n";
    let old = [("flux.yaml", one.as_str()), ("apps/web/kustomization.yaml", list)];
    let new = [("flux.yaml", two.as_str()), ("apps/site/kustomization.yaml", list)];
    assert_snapshot!(needs(&old, &new), @r#"
    "apps/web/kustomization.yaml" after "flux.yaml": the old text names folder `apps/web`, and it goes with this change
    "flux.yaml" after "apps/site/kustomization.yaml": the new text names folder `apps/site`, and it comes with this change
    "#);
}
