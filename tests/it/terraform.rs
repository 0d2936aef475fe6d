//! Terraform's own verdict on a root and its module, in one change of them after another, and
//! ours. What it refuses while it plans counts: a state is neither kept nor asked for.

use crate::common::check;
use crate::oracle::{Change, Server, Verdict, answers, assert_agree};
use insta::assert_snapshot;
use std::path::Path;
use std::process::Command;

const NONE: [&str; 0] = [];

const SERVER: Server = Server {
    fixture: "terraform/oracle",
    is_installed: || answers("terraform", "version"),
    test: |folder: &Path| {
        let plan = "terraform init -backend=false -input=false >/dev/null && exec terraform plan -input=false -refresh=false -lock=false >/dev/null";
        let mut command = Command::new("sh");
        command.args(["-c", plan]).current_dir(folder.join("live"));
        command
    },
};

const MAIN: &str = "live/main.tf";
const MODULE: &str = "modules/web/main.tf";
const PAGE: &str = "modules/web/files/page.tftpl";

const REFUSED: &[Change] = &[
    (MAIN, "var.names : key", "var.nmaes : key"),
    (MAIN, "input = local.tags", "input = local.tag"),
    (MAIN, "terraform_data.first.output", "terraform_data.frist.output"),
    (MAIN, "module.web.text", "module.web.txet"),
    (MAIN, "module.web.text", "module.wbe.text"),
    (MAIN, "../modules/web", "../modules/wbe"),
    (MAIN, "  name   = var.region\n", ""),
    (MAIN, "labels = local", "lables = local"),
    (MODULE, "= var.name", "= var.title"),
    (MODULE, "variable \"name\"", "variable \"title\""),
    (MODULE, "files/page.tftpl", "files/pgae.tftpl"),
    (MODULE, "    labels = var.labels\n", ""),
    (PAGE, "${name}", "${title}"),
    (PAGE, "name ${name}", "%{ if false }${never}%{ endif }"),
    (PAGE, "${own}", "${var.name}"),
];

const ACCEPTED: &[Change] = &[
    (MAIN, "input = local.tags", "input = try(local.tags.gone, \"\")"),
    (MAIN, "upper(name)", "name"),
    (MAIN, "each.value", "each.key"),
    (MODULE, "default = 1", "default = 1\n  nullable = false"),
    (PAGE, "${name}", "$${title}"),
    (PAGE, "${name}", "%%{ if title }"),
    (PAGE, "${own}", "${[for one in [own] : one][0]}"),
    ("live/terraform.tfvars", "region = \"south\"", ""),
];

/// Terraform warns, or plans to destroy what was meant to stay.
const LATER: &[Change] = &[
    ("live/terraform.tfvars", "region", "regoin"),
    (MAIN, "to   = terraform_data.first", "to   = terraform_data.frist"),
];

#[test]
fn terraform_and_we_agree_on_what_it_refuses() {
    assert_agree(
        &SERVER,
        &[
            (Verdict::Refuses, REFUSED),
            (Verdict::Accepts, ACCEPTED),
            (Verdict::FailsLater("warning"), LATER),
        ],
    );
}

#[test]
fn a_key_that_stands_twice_in_an_object_is_read_over() {
    let text = "locals {\n  limits = {\n    requests = { memory = var.a }\n    requests = { memory = var.b }\n  }\n}\nvariable \"a\" {}\n";
    assert_snapshot!(check(&[("main.tf", text)]), @r"
    main.tf:4:5: warning[duplicate-definition] `requests` stands twice here
    main.tf:4:27: error[unresolved-reference] variable `b` does not exist
    ");
}

#[test]
fn directives_of_a_template() {
    let told = |text: &str, call: &str| {
        let main = format!(
            "output \"x\" {{\n  value = {call}(\"${{path.module}}/a.sh\", {{ a = 1 }})\n}}\n"
        );
        check(&[("main.tf", &main), ("a.sh", text)])
    };
    let whole = "%{ if a > 1 ~}\ncurl -w '%%{http_code}'\n%{ endif ~}\n";
    assert_eq!(told(whole, "templatefile"), NONE);
    assert_snapshot!(told("%{ if a > 1 ~}\nx\n", "templatefile"), @"a.sh:1:4: error[parse-error] no `endif` ends this `if`");
    let format = "curl -w '%{http_code}'\n";
    assert_snapshot!(told(format, "templatefile"), @"a.sh:1:12: error[parse-error] there is no directive `http_code`");
    assert!(!told(format, "templatestring").to_string().contains("directive"));
}
