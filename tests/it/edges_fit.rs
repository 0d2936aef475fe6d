//! What files of a change have to fit of each other: modules and who gives their variables values,
//! objects of a chart, lists and their locks, paths that lead from a text's folder.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn a_module_and_its_callers() {
    let call = "module \"net\" {\n  source = \"./net\"\n  zone = 1\n}\noutput \"id\" { value = module.net.id }\n";
    let old = [
        ("main.tf", "module \"net\" {\n  source = \"./net\"\n  size = 1\n}\n"),
        ("net/variables.tf", "variable \"size\" {}\n"),
        ("net/outputs.tf", "output \"all\" { value = 1 }\n"),
        ("prod.tfvars", "a = 1\n"),
        ("variables.tf", "variable \"a\" {}\n"),
    ];
    let new = [
        ("main.tf", call),
        ("net/variables.tf", "variable \"zone\" {}\n"),
        ("net/outputs.tf", "output \"id\" { value = 1 }\n"),
        ("prod.tfvars", "a = 1\nb = 2\n"),
        ("variables.tf", "variable \"a\" {}\nvariable \"b\" {}\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "main.tf" after "net/outputs.tf": the new text requires output `net.id` by `module`, and it comes with this change
    "main.tf" after "net/variables.tf": the new text gives no value to `size`, which the old `net/variables.tf` has no default for
    "main.tf" after "net/variables.tf": the new text requires variable `net/zone` by `argument`, and it comes with this change
    "net/variables.tf" after "main.tf": the old text gives no value to `zone`, which the new `net/variables.tf` has no default for
    "net/variables.tf" after "main.tf": the old text requires variable `net/size` by `argument`, and it goes with this change
    "variables.tf" after "prod.tfvars": the old text gives no value to `b`, which the new `variables.tf` has no default for
    "#);
    // What has a default, and what others give already, waits for nobody.
    let new = [
        ("main.tf", "module \"net\" {\n  source = \"./net\"\n  size = 1\n  zone = 1\n}\n"),
        ("net/variables.tf", "variable \"size\" {}\n"),
        ("net/outputs.tf", "output \"all\" { value = 1 }\n"),
        ("prod.tfvars", "a = 1\nb = 2\n"),
        ("variables.tf", "variable \"a\" {}\nvariable \"b\" { default = 1 }\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_call_in_another_file_of_the_folder() {
    let old = [
        ("main.tf", "locals { a = var.x }\n"),
        ("net.tf", "variable \"x\" {}\n"),
        ("lib/o.tf", "output \"x\" { value = 1 }\n"),
    ];
    let new = [
        ("main.tf", "locals { a = module.lib.x }\n"),
        ("net.tf", "module \"lib\" { source = \"./lib\" }\n"),
        ("lib/o.tf", "output \"x\" { value = 1 }\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "main.tf" after "net.tf": the new text requires module call `lib` by `module`, and it comes with this change
    "net.tf" after "main.tf": the old text requires variable `x` by `var`, and it goes with this change
    "#);
}

#[test]
fn objects_of_a_chart() {
    let role = "kind: Role\nmetadata:\n  name: {{ .Release.Name }}-role\n";
    let binding = "kind: RoleBinding\nmetadata:\n  name: x\nroleRef:\n  kind: Role\n  name: {{ .Release.Name }}-role\n";
    let chart = ("c/Chart.yaml", "name: c\nversion: 1.0.0\n");
    let old = [chart, ("c/templates/role-a.yaml", role), ("c/templates/pod.yaml", "kind: Pod\n")];
    let new = [chart, ("c/templates/role-b.yaml", role), ("c/templates/pod.yaml", "kind: Pod\n")];
    assert_snapshot!(needs(&old, &new), @r#"
    "c/templates/role-a.yaml" after "c/templates/role-b.yaml": `Role/{{ .Release.Name }}-role` moves to `c/templates/role-b.yaml`, and is gone where neither declares it
    "c/templates/role-b.yaml" after "c/templates/role-a.yaml": the new text declares `Role/{{ .Release.Name }}-role`, which the old text of `c/templates/role-a.yaml` declares too
    "#);
    let old = [chart, ("c/templates/pod.yaml", "kind: Pod\n")];
    let new = [chart, ("c/templates/role.yaml", role), ("c/templates/bind.yaml", binding)];
    assert_snapshot!(needs(&old, &new), @r#""c/templates/bind.yaml" after "c/templates/role.yaml": the new text names object `Role/{{ .Release.Name }}-role`, and it comes with this change"#);
    // In another chart, and where it is there at both versions, it says nothing.
    let other = ("d/Chart.yaml", "name: d\nversion: 1.0.0\n");
    let old = [chart, other, ("c/templates/role.yaml", role)];
    let new = [chart, other, ("d/templates/role.yaml", role)];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn lists_and_their_locks() {
    let lock = |digest: &str| format!("dependencies: []\ndigest: sha256:{digest}\n");
    let (one, two) = (lock("1"), lock("2"));
    let old = [("c/Chart.yaml", "name: c\nversion: 1.0.0\n"), ("c/Chart.lock", one.as_str())];
    let new = [("c/Chart.yaml", "name: c\nversion: 1.0.1\n"), ("c/Chart.lock", two.as_str())];
    assert_snapshot!(needs(&old, &new), @r#"
    "c/Chart.lock" after "c/Chart.yaml": `c/Chart.lock` is made for one version of `c/Chart.yaml`, and tools refuse it with another
    "c/Chart.yaml" after "c/Chart.lock": `c/Chart.lock` is made for one version of `c/Chart.yaml`, and tools refuse it with another
    "#);
    let later = format!("{one}generated: later\n");
    let new = [("c/Chart.yaml", "name: c\nversion: 1.0.1\n"), ("c/Chart.lock", later.as_str())];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn paths_lead_from_the_folder_of_a_text() {
    let old = [
        ("a/values.yml", "files:\n  - a/over/main.yml\n  - b/over/main.yml\n"),
        ("a/over/main.yml", "x: 1\n"),
        ("b/over/main.yml", "x: 1\n"),
    ];
    let new = [
        ("a/values.yml", "files:\n  - b/over/main.yml\n"),
        ("a/over/next.yml", "x: 2\n"),
        ("b/over/main.yml", "x: 1\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""a/over/main.yml" after "a/values.yml": the old text uses file `a/over/main.yml`, and it goes with this change"#);
    // A name that is only the end of another path's is not that file's.
    let new = [
        ("a/values.yml", "files:\n  - b/over/main.yml\n"),
        ("a/over/main.yml", "x: 1\n"),
        ("b/over/main.yml", "x: 2\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_schema_and_the_values_that_fit_it() {
    let chart = ("c/Chart.yaml", "name: c\nversion: 1.0.0\n");
    let wants = r#"{"required": ["size"], "properties": {"size": {}, "name": {}}}"#;
    let closed = r#"{"additionalProperties": false, "properties": {"size": {}}}"#;
    let values = |text: &'static str| ("c/values.yaml", text);
    let (name, size) = (values("name: x\n"), values("size: 1\n"));
    let wanting = ("c/values.schema.json", wants);
    assert_snapshot!(needs(&[chart, name], &[chart, wanting, values("name: x\nsize: 1\n")]), @r#""c/values.schema.json" after "c/values.yaml": the new schema requires `size`, which is not among the old values"#);
    let closing = ("c/values.schema.json", closed);
    assert_snapshot!(needs(&[chart, name], &[chart, closing, size]), @r#""c/values.schema.json" after "c/values.yaml": the new schema does not take `name`, which is among the old values"#);
    // It goes with what does not fit it.
    assert_snapshot!(needs(&[chart, wanting, size], &[chart, name]), @r#""c/values.yaml" after "c/values.schema.json": the old schema requires `size`, which is not among the new values"#);
    // What neither version sets, whoever installs the chart does.
    assert_snapshot!(needs(&[chart, name], &[chart, wanting, values("name: y\n")]), @"");
    let more = values("name: x\nsize: 1\n");
    assert_snapshot!(needs(&[chart, more], &[chart, wanting, size]), @"");
}

#[test]
fn an_object_stays_that_a_patch_changed() {
    let object =
        |spec: &str| format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n{spec}");
    let (plain, told) = (object(""), object("spec: {a: 1}\n"));
    let list = |more: &str| format!("kind: Kustomization\nresources: [web.yaml]\n{more}");
    let (with, without) = (list("patches: [{path: more.yaml}]\n"), list(""));
    let root = "k/kustomization.yaml";
    let old = [(root, with.as_str()), ("k/web.yaml", &plain), ("k/more.yaml", &told)];
    assert_snapshot!(needs(&old, &[(root, &without), ("k/web.yaml", &told)]), @r#""k/more.yaml" after "k/kustomization.yaml": the old text requires file `k/more.yaml` by `patches`, and it goes with this change"#);
    // Where it goes as well, the patch has nothing to change.
    let other = object("").replace("web", "site");
    assert_snapshot!(needs(&old, &[(root, &without), ("k/web.yaml", &other)]), @r#"
    "k/more.yaml" after "k/kustomization.yaml": the old text requires file `k/more.yaml` by `patches`, and it goes with this change
    "k/web.yaml" after "k/kustomization.yaml": the old text requires patch target `k/more.yaml` by `patches`, and it goes with this change
    "#);
}

#[test]
fn a_template_reads_what_the_definitions_read_that_it_includes() {
    let chart = ("c/Chart.yaml", "name: c\nversion: 1.0.0\n");
    let (one, two) = ("{{ include \"c.a\" . }}\n", "{{ include \"c.b\" . }}\n");
    let own = "{{ define \"c.a\" }}{{ .Values.a.x }}{{ end }}{{ define \"c.b\" }}{{ include \"c.c\" . }}{{ end }}{{ define \"c.c\" }}{{ .Values.c.x }}{{ end }}\n";
    let old = [chart, ("c/values.yaml", "z: 1\n")];
    let new = [
        chart,
        ("c/values.yaml", "z: 1\na: {x: 1}\nc: {x: 1}\n"),
        ("c/templates/_helpers.tpl", own),
        ("c/templates/one.yaml", one),
        ("c/templates/two.yaml", two),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "c/templates/one.yaml" after "c/templates/_helpers.tpl": the new text requires named template `c.a` by `include`, and it comes with this change
    "c/templates/one.yaml" after "c/values.yaml": the new text requires value `a.x` by `value`, and it comes with this change; `c/templates/one.yaml` makes it live
    "c/templates/two.yaml" after "c/templates/_helpers.tpl": the new text requires named template `c.b` by `include`, and it comes with this change
    "c/templates/two.yaml" after "c/values.yaml": the new text requires value `c.x` by `value`, and it comes with this change; `c/templates/two.yaml` makes it live
    "#);
}
