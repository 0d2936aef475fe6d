//! Keys and values that a format has no place for, each beside what must stay silent.

use crate::common::check;

/// What is said of one file, without its path.
fn said(path: &str, text: &str) -> Vec<String> {
    let told = check(&[(path, text)]).to_string();
    let lines = told.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.strip_prefix(path).unwrap_or(line).to_owned()).collect()
}

/// Whether each of some texts is told of exactly once, by a rule and with words.
fn each(path: &str, all: &[(&str, &str)]) {
    for (text, words) in all {
        let told = said(path, text);
        assert!(told.len() == 1 && told[0].contains(words), "{text}\n{told:#?}");
    }
}

fn none(path: &str, all: &[&str]) {
    for text in all {
        assert_eq!(said(path, text), Vec::<String>::new(), "{text}");
    }
}

fn deployment(spec: &str, container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels: {{app: web}}\nspec:\n{spec}  \
         selector:\n    matchLabels: {{app: web}}\n  template:\n    metadata:\n      labels: {{app: web}}\n    \
         spec:\n      containers:\n        - name: web\n          image: example/web:1\n{container}"
    )
}

#[test]
fn fields_of_objects() {
    let of = |spec: &str, container: &str| deployment(spec, container);
    let all = [
        (
            of("  replica: 3\n", ""),
            "[unknown-parameter] `spec` of a Deployment has no field `replica`",
        ),
        (of("", "          imagePullPolicies: Always\n"), "has no field `imagePullPolicies`"),
        (of("  replicas: \"3\"\n", ""), "`spec.replicas` of a Deployment takes a whole number"),
        (of("  paused: 'true'\n", ""), "takes `true` or `false`, and this is text"),
        (of("", "          env: [{name: A, value: 1}]\n"), "takes text, and this is a number"),
        (of("", "          env: [{name: A, value: true}]\n"), "takes text, and this is `true`"),
        (of("", "          env: {A: b}\n"), "takes a list, and this is a mapping"),
        (of("", "          args: [--port, 80]\n"), "takes text, and this is a number"),
        (of("", "          command: sh\n"), "takes a list, and this is a single value"),
        (of("  strategy: Recreate\n", ""), "takes a mapping, and this is a single value"),
    ];
    let all: Vec<(&str, &str)> = all.iter().map(|(text, words)| (text.as_str(), *words)).collect();
    each("k/web.yaml", &all);
    each(
        "k/a.yaml",
        &[
            ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n", "a number"),
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {b: c}}\n",
                "a mapping",
            ),
            ("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {b: true}}\n", "`true`"),
            (
                "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: a, lables: {b: c}}\n",
                "`metadata` of a Namespace has no field `lables`",
            ),
        ],
    );
}

#[test]
fn fields_that_are_known_or_may_be_anything() {
    let of = |spec: &str, container: &str| deployment(spec, container);
    let all = [
        of("  replicas: 3\n  revisionHistoryLimit: 0x2\n", ""),
        of("  replicas: ${REPLICAS}\n", "          tty: ${TTY}\n"),
        of("  replicas: REPLICAS\n  strategy: null\n", "          env:\n"),
        of("  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}\n", ""),
        of("", "          resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 0.5}}\n"),
        of("", "          env: [{name: A, value: 2001-01-01}, {name: B, value: 1.2.3}, {name: C}]\n"),
        of("", "          env: [{name: A, value: \"1\"}, {name: B, value: \"${C}\"}]\n"),
        of("", "          command: {COMMAND}\n          env: [{name: A, value: {B}}]\n"),
        of("", "          ports: [{containerPort: 0080}]\n          x-note: a\n"),
        of("", "          readinessProbe: {httpGet: {port: 80, path: /}}\n"),
        "apiVersion: v1\nkind: Config\nclusters: []\nmetadata: {name: a}\n".to_owned(),
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\nspec: {x: 1}\n".to_owned(),
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: 'ENC[AES256_GCM,data:a]'}\nsops: {version: 3}\n".to_owned(),
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - $patch: delete\n        name: a\n      $setElementOrder/containers: [{name: b}]\n".to_owned(),
    ];
    none("k/web.yaml", &all.each_ref().map(String::as_str));
}

#[test]
fn fields_in_templates_of_charts() {
    let chart = ("chart/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n");
    let values = ("chart/values.yaml", "on: true\ncount: 1\n");
    let told = |text: &str| check(&[chart, values, ("chart/templates/web.yaml", text)]).to_string();
    let quoted = deployment("  replicas: \"{{ .Values.count }}\"\n", "");
    assert!(
        told(&quoted).contains("error[incompatible-value] `spec.replicas`"),
        "{}",
        told(&quoted)
    );
    let slip = deployment("  {{- if .Values.on }}\n  replica: 1\n  {{- end }}\n", "");
    assert!(told(&slip).contains("warning[unknown-parameter]"), "{}", told(&slip));
    let silent = [
        deployment("  replicas: {{ .Values.count }}\n", ""),
        deployment(
            "",
            "          {{- if .Values.on }}\n          lifecycle:\n          {{- else }}\n          securityContext:\n          {{- end }}\n            privileged: true\n",
        ),
        format!("{{{{- define \"a\" }}}}\nimage: b\n{{{{- end }}}}\n{}", deployment("", "")),
        format!(
            "{{{{- if .Capabilities.x }}}}\n{{{{- end }}}}\n{}",
            deployment("  replica: 1\n", "")
        ),
    ];
    for text in silent {
        assert_eq!(told(&text), "", "{text}");
    }
}

#[test]
fn keys_of_compose() {
    let of = |more: &str| format!("services:\n  web:\n    image: example/web:1\n{more}");
    let all = [
        (
            of("    port: [\"80\"]\n"),
            "error[unknown-parameter] a service of Compose has no key `port`",
        ),
        (
            of("    driver: json-file\n"),
            "error[unknown-parameter] a service of Compose has no key `driver`",
        ),
        (
            of("    healthcheck: {tests: [CMD, a]}\n"),
            "a health check of Compose has no key `tests`",
        ),
        (of("networks:\n  a:\n    external: trues\n"), "does not take `trues`"),
        (of("    restart: unless_stopped\n"), "does not take `unless_stopped`"),
        (
            of("    labels:\n    - traefik.http.routers.a.rule=Host(`a.example)\n"),
            "a quote that nothing closes",
        ),
        (
            of("    labels:\n      traefik.http.routers.a.rule: (Host(`a`) && Path(`/b`)\n"),
            "a `(` that nothing closes",
        ),
    ];
    for (text, words) in &all {
        let told = said("docker-compose.yml", text);
        assert!(told.len() == 1 && told[0].contains(words), "{text}\n{told:?}");
    }
    let silent = [
        of(
            "    restart: on-failure:3\n    x-note: a\n    privileged: ${PRIVILEGED}\n    gpus: all\n",
        ),
        of(
            "    deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}\nx-a: {b: c}\n",
        ),
        of(
            "    labels:\n    - traefik.http.routers.a.rule=Host(`${HOST}`) && (Path(`/a`) || Path(`/b(`))\n",
        ),
        of("    labels: [a.rule=x(]\n"),
    ];
    none("docker-compose.yml", &silent.each_ref().map(String::as_str));
}

#[test]
fn keys_of_workflows() {
    let of = |head: &str, step: &str| {
        format!("{head}jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n{step}")
    };
    let all = [
        (
            of("on: push\n", "        working-directry: /\n"),
            "a step of GitHub's workflows has no key",
        ),
        (
            of("on: {pull-request: {}}\n", ""),
            "the events of GitHub's workflows has no key `pull-request`",
        ),
        (of("on: {pull_request: {tags: [a]}}\n", ""), "has no key `tags`"),
        (of("on: pull_requests\n", ""), "`on` does not take `pull_requests`"),
        (of("on: push\npermissions: {content: read}\n", ""), "what is permitted"),
        (
            of("on: push\nbranches: [a]\n", ""),
            "the file of GitHub's workflows has no key `branches`",
        ),
    ];
    let all: Vec<(&str, &str)> = all.iter().map(|(text, words)| (text.as_str(), *words)).collect();
    each(".github/workflows/a.yml", &all);
    let silent = [
        of(
            "name: a\non: [push, workflow_dispatch]\npermissions: {id-token: write}\n",
            "        shell: bash\n",
        ),
        of(
            "on:\n  schedule: [{cron: '1 1 * * *'}]\n  workflow_dispatch:\n    inputs: {a: {type: choice, options: [b]}}\n",
            "",
        ),
    ];
    none(".github/workflows/a.yml", &silent.each_ref().map(String::as_str));
}

#[test]
fn maps_of_terraform_that_are_blocks() {
    let block = "resource \"null_resource\" \"a\" {\n  triggers {\n    b = 1\n  }\n}\n";
    let bare = "output \"c\" {\n  value = local.d\n}\nlocals {\n  d = 1\n}\n";
    let told = check(&[("a/main.tf", &format!("{block}{bare}"))]).to_string();
    assert!(told.contains("main.tf:2:3: error[parse-error] `triggers` is a map"), "{told}");
    let old = bare.replace("local.d", "\"${local.d}\"");
    assert_eq!(check(&[("a/main.tf", &format!("{block}{old}"))]).to_string(), "");
    let map = block.replace("triggers {", "triggers = {");
    assert_eq!(check(&[("a/main.tf", &format!("{map}{bare}"))]).to_string(), "");
}

#[test]
fn generators_that_merge() {
    let base = "configMapGenerator:\n- name: a\n  literals: [b=c]\n";
    let over = "resources: [../base]\nconfigMapGenerator:\n- name: NAME\n  behavior: merge\n  literals: [b=d]\n";
    let told = |name: &str| {
        let over = over.replace("NAME", name);
        check(&[("base/kustomization.yaml", base), ("over/kustomization.yaml", &over)]).to_string()
    };
    assert_eq!(told("a"), "");
    assert!(
        told("aa").contains("over/kustomization.yaml:3:9: error[unresolved-reference]"),
        "{}",
        told("aa")
    );
}

#[test]
fn values_that_a_template_reads_by_another_name() {
    let told = |values: &str, template: &str| {
        let chart = ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
        let template = format!("a: {{{{ .Values.name }}}}\n{template}");
        check(&[chart, ("c/values.yaml", values), ("c/templates/a.yaml", &template)]).to_string()
    };
    let range = "b:\n{{- range .Values.extraDeploy }}\n- {{ . }}\n{{- end }}\n";
    assert_eq!(
        told("name: x\nextreDeploy: []\n", range),
        "c/values.yaml:2:1: warning[unknown-parameter] nothing in the chart `c` reads the value `extreDeploy`"
    );
    assert_eq!(told("name: x\nextraDeploy: []\n", range), "");
    assert_eq!(told("name: x\nextraDeploy: []\nextreDeploy: []\n", range), "");
    assert_eq!(told("name: x\nother: []\n", range), "");
}

#[test]
fn rules_of_routes() {
    let of = |rule: &str| {
        format!(
            "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {{name: a}}\nspec:\n  routes:\n  - match: {rule}\n    kind: Rule\n"
        )
    };
    each("k/route.yaml", &[(&of("Host(`a.example) && Path(`/b`)"), "a rule of Traefik has")]);
    none("k/route.yaml", &[&of("Host(`a.example`) && Path(`/b`)")]);
}

#[test]
fn names_of_terraform_that_stand_alone() {
    let of = |value: &str| {
        format!(
            "resource \"a_b\" \"c\" {{\n  d = {value}\n  lifecycle {{\n    ignore_changes = [tags]\n  }}\n}}\n"
        )
    };
    let told = |value: &str| check(&[("a/main.tf", &of(value))]).to_string();
    assert!(told("[brokerpak_arn]").contains("main.tf:2:8: error[parse-error] `brokerpak_arn`"));
    for value in ["[for x in [1] : x]", "{ a = 1 }", "null", "\"${path.module}\"", "each.value[0]"]
    {
        assert_eq!(told(value), "", "{value}");
    }
    let policy = |key: &str| {
        format!(
            "jsonencode({{ Statement = [{{ Effect = \"Allow\", Action = \"*\", {key} = \"*\" }}] }})"
        )
    };
    assert!(
        told(&policy("Resources")).contains("error[unknown-parameter] a statement of a policy")
    );
    assert_eq!(told(&policy("Resource")), "");
}

#[test]
fn versions_that_have_no_such_kind() {
    let of = |version: &str, kind: &str| {
        format!(
            "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{selector: {{}}}}\n"
        )
    };
    each(
        "k/a.yaml",
        &[
            (&of("v1", "Deployment"), "`v1` has no kind `Deployment`"),
            (&of("app/v1", "Deployment"), "has no kind"),
            (&of("networkin.k8s.io/v1", "Ingress"), "has no kind"),
            (&of("argproj.io/v1alpha1", "Application"), "has no kind"),
        ],
    );
    let silent = [
        of("apps/v3", "Deployment"),
        of("v1", "Role"),
        of("serving.knative.dev/v1", "Service"),
        of("argoproj.io/v1alpha1", "Application"),
        of("app.k8s.io/v1beta1", "Application"),
        of("apps", "Deployment").replace("selector", "replicas").replace("{}", "1"),
    ];
    none("k/a.yaml", &silent.each_ref().map(String::as_str));
}

#[test]
fn what_is_local_to_a_tool_is_never_applied() {
    let of = |notes: &str| {
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n{notes}data: {{a: 1}}\n"
        );
        check(&[("k/a.yaml", &text)]).len()
    };
    assert_eq!(of(""), 1);
    assert_eq!(of("  annotations: {config.kubernetes.io/local-config: \"true\"}\n"), 0);
}
