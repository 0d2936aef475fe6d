//! Routes of the Gateway API, and what else objects of one cluster, chart or environment name: each
//! beside what must stay silent.

use crate::common::{change, check};

/// Asserts that a report has this.
#[track_caller]
fn says(report: String, text: &str) {
    assert!(report.contains(text), "{text} is not in {report:?}");
}

const GATEWAY: &str = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge}\nspec:\n  gatewayClassName: any\n  listeners:\n  - {name: web, port: 80, protocol: HTTP}\n  - {name: tls, port: 443, protocol: HTTPS}\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec:\n  selector: {app: shop}\n  ports: [{name: http, port: 80, targetPort: 8080}]\n";

fn route(section: &str, port: &str) -> String {
    format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: shop}}\nspec:\n  parentRefs:\n  - {{name: edge, sectionName: {section}}}\n  rules:\n  - backendRefs:\n    - {{name: shop, port: {port}}}\n"
    )
}

#[test]
fn a_route_names_ports_and_listeners_that_are_there() {
    let of = |route: &str| {
        check(&[("gateway.yaml", GATEWAY), ("service.yaml", SERVICE), ("route.yaml", route)])
            .to_string()
    };
    assert_eq!(of(&route("tls", "80")), "");
    says(of(&route("https", "80")), "listener `Gateway/edge#https`");
    says(of(&route("tls", "81")), "`Service/shop#81`");
    // Another Gateway, or one that is elsewhere, has others.
    assert_eq!(of(&route("https", "80").replace("name: edge", "name: other")), "");
    assert_eq!(
        of(&route("https", "80").replace("{name: edge,", "{name: edge, kind: ListenerSet,")),
        ""
    );
}

#[test]
fn a_gateway_of_which_a_tag_may_fill_in_listeners_has_any() {
    let chart = "apiVersion: v2\nname: edge\nversion: 1.0.0\n";
    let of = |gateway: &str| {
        check(&[
            ("edge/Chart.yaml", chart),
            ("edge/templates/gateway.yaml", gateway),
            ("service.yaml", SERVICE),
            ("route.yaml", &route("https", "80")),
        ])
        .to_string()
    };
    let filled = "    hostname: {{ .Values.host }}\n";
    says(
        of(&format!(
            "{}{filled}",
            GATEWAY.replace(
                "  - {name: tls, port: 443, protocol: HTTPS}\n",
                "  - name: tls\n    port: 443\n"
            )
        )),
        "listener `Gateway/edge#https`",
    );
    let more = "{{- toYaml .Values.listeners | nindent 2 }}\n";
    assert_eq!(of(&format!("{GATEWAY}  {more}")), "");
}

#[test]
fn a_route_that_a_root_patches_names_ports_that_it_builds() {
    let of = |port: &str| {
        let patch = format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: shop}}\nspec:\n  rules:\n  - backendRefs:\n    - {{name: shop, port: {port}}}\n"
        );
        check(&[
            ("base/kustomization.yaml", "resources: [gateway.yaml, service.yaml, route.yaml]\n"),
            ("base/gateway.yaml", GATEWAY),
            ("base/service.yaml", SERVICE),
            ("base/route.yaml", &route("tls", "80")),
            ("live/kustomization.yaml", "resources: [../base]\npatches:\n- path: patch.yaml\n"),
            ("live/patch.yaml", &patch),
        ])
        .to_string()
    };
    assert_eq!(of("80"), "");
    says(of("8080"), "`Service/shop` has no port `8080` in what `live` builds");
}

#[test]
fn what_custom_resources_name_goes_with_a_change() {
    let scaled = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: jobs}\nspec:\n  scaleTargetRef: {name: jobs}\n  triggers:\n  - type: cron\n    authenticationRef: {name: queue}\n";
    let auth = |name: &str| {
        format!(
            "apiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nmetadata: {{name: {name}}}\nspec:\n  podIdentity: {{provider: aws}}\n"
        )
    };
    let (old, new) = (auth("queue"), auth("queue-uri"));
    let run = |old: &str, new: &str, scaled: &str| {
        change(
            &[("auth.yaml", old), ("scaled.yaml", scaled)],
            &[("auth.yaml", new), ("scaled.yaml", scaled)],
        )
        .to_string()
    };
    assert_eq!(run(&old, &old, scaled), "");
    says(run(&old, &new, scaled), "TriggerAuthentication/queue");
    let cluster =
        scaled.replace("{name: queue}", "{name: queue, kind: ClusterTriggerAuthentication}");
    assert_eq!(run(&old, &new, &cluster), "");
}

#[test]
fn a_certificate_writes_the_secret_of_an_ingress() {
    let certificate = |name: &str| {
        format!(
            "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {{name: shop}}\nspec:\n  secretName: {name}\n  dnsNames: [shop.example.org]\n  issuerRef: {{name: all, kind: ClusterIssuer}}\n"
        )
    };
    let ingress = |note: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop\n  annotations: {{{note}}}\nspec:\n  tls:\n  - hosts: [shop.example.org]\n    secretName: shop-tls\n"
        )
    };
    let run = |note: &str| {
        let (old, new, ingress) =
            (certificate("shop-tls"), certificate("shop-cert"), ingress(note));
        change(
            &[("certificate.yaml", &*old), ("ingress.yaml", &*ingress)],
            &[("certificate.yaml", &*new), ("ingress.yaml", &*ingress)],
        )
        .to_string()
    };
    says(run(""), "Secret/shop-tls");
    assert_eq!(run("cert-manager.io/cluster-issuer: all"), "");
}

const READS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  host: ${HOST}\n  queue: ${QUEUE}\n";

fn cluster(name: &str, more: &str, settings: &str) -> Vec<(String, String)> {
    let applies = format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: apps, namespace: flux-system}}\nspec:\n  path: ./apps\n  sourceRef: {{kind: GitRepository, name: flux-system}}\n  postBuild:\n    substituteFrom:\n    - {{kind: ConfigMap, name: settings{more}}}\n"
    );
    let settings = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: flux-system}}\ndata:\n{settings}"
    );
    vec![
        (format!("clusters/{name}/apps.yaml"), applies),
        (format!("clusters/{name}/settings.yaml"), settings),
    ]
}

#[test]
fn a_variable_that_one_cluster_sets() {
    let run = |live: &str, test: &str, reads: &str, more: &[(&str, &str)]| {
        let mut files = cluster("live", "", live);
        files.extend(cluster("test", "", test));
        files.push(("apps/web.yaml".into(), reads.into()));
        let all: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .chain(more.iter().copied())
            .collect();
        check(&all).to_string()
    };
    let (one, both) = ("  HOST: a\n", "  HOST: a\n  QUEUE: b\n");
    assert_eq!(run(both, both, READS, &[]), "");
    says(
        run(one, both, READS, &[]),
        "warning[environment-gap] `QUEUE` is not set for `clusters/live/apps.yaml`",
    );
    assert_eq!(run(one, both, &READS.replace("${QUEUE}", "${QUEUE:=none}"), &[]), "");
    // Nobody knows what an object has that is filled in from elsewhere.
    let outside = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: settings}\nspec:\n  dataFrom: [{extract: {key: a}}]\n  target: {name: settings}\n";
    let mut files = cluster("live", "}\n    - {kind: Secret, name: settings", one);
    files.extend(cluster("test", "", both));
    files.push(("apps/web.yaml".into(), READS.into()));
    files.push(("clusters/live/outside.yaml".into(), outside.into()));
    let all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert_eq!(check(&all).to_string(), "");
    // A parent that gives all of its children more.
    let parent = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: flux-system, namespace: flux-system}\nspec:\n  path: ./clusters/live\n  sourceRef: {kind: GitRepository, name: flux-system}\n  patches:\n  - target: {kind: Kustomization}\n    patch: |\n      apiVersion: kustomize.toolkit.fluxcd.io/v1\n      kind: Kustomization\n      metadata: {name: any}\n      spec:\n        postBuild:\n          substitute: {QUEUE: c}\n";
    assert_eq!(run(one, both, READS, &[("clusters/live/parent.yaml", parent)]), "");
    let strict = "args: [--feature-gates=StrictPostBuildSubstitutions=true]\n";
    says(
        run(one, both, READS, &[("clusters/live/flux-system/patch.yaml", strict)]),
        "error[environment-gap] `QUEUE`",
    );
}

#[test]
fn an_object_of_flux_in_another_namespace() {
    let repository = |space: &str| {
        format!(
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {{name: charts, namespace: {space}}}\nspec: {{url: 'https://charts.example.org'}}\n"
        )
    };
    let release = |more: &str, space: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: web{space}}}\nspec:\n  chart:\n    spec:\n      chart: web\n      sourceRef: {{kind: HelmRepository, name: charts{more}}}\n"
        )
    };
    let run = |repository: &str, release: &str, root: &str| {
        check(&[
            ("apps/charts.yaml", repository),
            ("apps/web/release.yaml", release),
            ("apps/web/kustomization.yaml", root),
        ])
        .to_string()
    };
    let (flux, web) = (repository("flux-system"), repository("web"));
    let own = release("", ", namespace: web");
    assert_eq!(run(&web, &own, "resources: [release.yaml]\n"), "");
    says(
        run(&flux, &own, "resources: [release.yaml]\n"),
        "`HelmRepository/charts` is in the namespace `flux-system`, and is looked for in `web`",
    );
    let said = release(", namespace: flux-system", ", namespace: web");
    assert_eq!(run(&flux, &said, "resources: [release.yaml]\n"), "");
    // Who applies it gives it a namespace, or the root does.
    assert_eq!(run(&flux, &release("", ""), "resources: [release.yaml]\n"), "");
    assert_eq!(run(&flux, &own, "namespace: flux-system\nresources: [release.yaml]\n"), "");
}

#[test]
fn a_hash_that_a_field_of_flux_does_not_get() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  chartRef: {kind: OCIRepository, name: web, namespace: other}\n  valuesFrom:\n  - {kind: ConfigMap, name: web-values}\n";
    let run = |more: &str| {
        let root = format!(
            "resources: [release.yaml]\nconfigMapGenerator:\n- name: web-values\n  files: [values.yaml]\n{more}"
        );
        check(&[
            ("web/kustomization.yaml", &root),
            ("web/release.yaml", release),
            ("web/values.yaml", "a: 1\n"),
            ("web/names.yaml", "nameReference:\n- kind: ConfigMap\n  fieldSpecs: [{path: spec/valuesFrom/name, kind: HelmRelease}]\n"),
        ])
        .to_string()
    };
    says(run(""), "`web` adds a hash to the name of `ConfigMap/web-values`");
    assert_eq!(run("configurations: [names.yaml]\n"), "");
    assert_eq!(run("  options: {disableNameSuffixHash: true}\n"), "");
    assert_eq!(run("generatorOptions: {disableNameSuffixHash: true}\n"), "");
}

const PODS: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels: {kind: front}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - name: web\n        image: example.org/web:1\n";

#[test]
fn a_secret_of_the_other_environment() {
    let sealed = |name: &str| {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {{name: {name}}}\nspec:\n  encryptedData: {{key: a}}\n"
        )
    };
    let (db, hook) = (sealed("db"), sealed("hook"));
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        envFrom: [{secretRef: {name: hook}}]\n";
    let run = |live: &str, more: &[(&str, &str)]| {
        let mut files = vec![
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", PODS),
            (
                "stage/kustomization.yaml",
                "resources: [../base, db.yaml, hook.yaml]\npatches: [{path: patch.yaml}]\n",
            ),
            ("stage/db.yaml", &db),
            ("stage/hook.yaml", &hook),
            ("stage/patch.yaml", patch),
            ("live/kustomization.yaml", live),
            ("live/patch.yaml", patch),
        ];
        files.extend(more);
        check(&files).to_string()
    };
    let with = "resources: [../base, db.yaml]\npatches: [{path: patch.yaml}]\n";
    says(
        run(with, &[("live/db.yaml", &db)]),
        "`live` names `Secret/hook` and does not build it, as `stage` does",
    );
    // All of them may be made by hand there.
    let none = "resources: [../base]\npatches: [{path: patch.yaml}]\n";
    assert_eq!(run(none, &[]), "");
    // What is in the tree may be applied otherwise.
    assert_eq!(run(with, &[("live/db.yaml", &db), ("secrets/hook.yaml", &hook)]), "");
}

#[test]
fn a_patch_of_a_component_for_what_has_a_label() {
    let run = |labels: &str, live: &str| {
        let component = format!(
            "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\npatches:\n- path: patch.yaml\n  target: {{kind: Deployment, labelSelector: {labels}}}\n"
        );
        check(&[
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", PODS),
            ("components/more/kustomization.yaml", &component),
            ("components/more/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: any}\nspec: {replicas: 2}\n"),
            ("live/kustomization.yaml", live),
        ])
        .to_string()
    };
    let live = "resources: [../base]\ncomponents: [../components/more]\n";
    assert_eq!(run("kind=front", live), "");
    says(run("kind=back", live), "nothing that `live` builds is `kind=back`");
    assert_eq!(
        run(
            "kind=back",
            "resources: [../base, 'https://example.org/x']\ncomponents: [../components/more]\n"
        ),
        ""
    );
}

fn chart(path: &str, template: &str, more: &[(&str, &str)]) -> String {
    let path = format!("chart/templates/{path}");
    let mut files = vec![
        ("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        (
            "chart/templates/_names.tpl",
            "{{- define \"web.name\" -}}\n{{ .Release.Name }}\n{{- end -}}\n",
        ),
        (path.as_str(), template),
    ];
    files.extend(more);
    check(&files).to_string()
}

#[test]
fn objects_of_a_chart_by_their_names() {
    let pods = |end: &str| {
        PODS.replacen("name: web\n", &format!("name: {{{{ include \"web.name\" . }}}}{end}\n"), 1)
    };
    let scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: web\nspec:\n  maxReplicas: 3\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: {{ include \"web.name\" . }}\n";
    let run = |pods: &str| chart("hpa.yaml", scaler, &[("chart/templates/web.yaml", pods)]);
    assert_eq!(run(&pods("")), "");
    says(run(&pods("-api")), "no Deployment of this chart is called");
    // Another way to build a name may give the same.
    assert_eq!(
        run(&pods("").replace("web.name", "web.fullname")),
        run(&pods("").replace("web.name", "web.fullname"))
    );
}

#[test]
fn ports_that_a_monitor_of_a_chart_scrapes() {
    let service = |port: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels:\n    {{{{- include \"web.labels\" . | nindent 4 }}}}\nspec:\n  ports:\n  - name: {port}\n    port: 80\n"
        )
    };
    let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n      {{- include \"web.labels\" . | nindent 6 }}\n  endpoints:\n  - port: metrics\n";
    let labels = "{{- define \"web.labels\" -}}\napp: web\n{{- end -}}\n";
    let run = |port: &str| {
        chart(
            "monitor.yaml",
            monitor,
            &[
                ("chart/templates/service.yaml", &service(port)),
                ("chart/templates/_labels.tpl", labels),
            ],
        )
    };
    assert_eq!(run("metrics"), "");
    says(run("http-metrics"), "no Service of this chart has a port `metrics`");
    assert_eq!(run("{{ .Values.port }}"), "");
}

#[test]
fn elements_of_a_list_that_lack_a_key() {
    let set = |more: &str, options: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: web}}\nspec:\n  goTemplate: true\n{options}  generators:\n  - list:\n      elements:\n      - {{name: a, zone: b}}\n      - {{name: c{more}}}\n  template:\n    metadata: {{name: 'web-{{{{ .name }}}}'}}\n    spec:\n      project: default\n      source: {{repoURL: 'https://example.org/a', path: web, helm: {{parameters: [{{name: zone, value: '{{{{ .zone }}}}'}}]}}}}\n      destination: {{server: 'https://kubernetes.default.svc'}}\n"
        )
    };
    let run = |more: &str, options: &str| check(&[("set.yaml", &set(more, options))]).to_string();
    assert_eq!(run(", zone: d", ""), "");
    says(run("", ""), "warning[unresolved-reference] this element has no `zone`");
    says(
        run("", "  goTemplateOptions: ['missingkey=error']\n"),
        "error[unresolved-reference] this element has no `zone`",
    );
}

#[test]
fn global_values_and_names_of_sub_charts() {
    let umbrella = |alias: &str| {
        format!(
            "apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies:\n- {{name: store, alias: {alias}, version: 1.0.0}}\n"
        )
    };
    let store = "apiVersion: v2\nname: store\nversion: 1.0.0\n";
    let template = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: store}\ndata:\n  host: {{ .Values.global.host }}\n  size: {{ .Values.size }}\n";
    let run = |old: [&str; 2], new: [&str; 2]| {
        let tree = |[alias, values]: [&str; 2]| {
            vec![
                ("Chart.yaml".to_owned(), umbrella(alias)),
                ("values.yaml".to_owned(), values.to_owned()),
                ("charts/store/Chart.yaml".to_owned(), store.to_owned()),
                ("charts/store/values.yaml".to_owned(), "size: 1\n".to_owned()),
                ("charts/store/templates/map.yaml".to_owned(), template.to_owned()),
            ]
        };
        let (old, new) = (tree(old), tree(new));
        let of = |all: &[(String, String)]| -> Vec<(String, String)> { all.to_vec() };
        let (old, new) = (of(&old), of(&new));
        let old: Vec<(&str, &str)> = old.iter().map(|(path, text)| (&**path, &**text)).collect();
        let new: Vec<(&str, &str)> = new.iter().map(|(path, text)| (&**path, &**text)).collect();
        change(&old, &new).to_string()
    };
    let before = ["cache", "global: {host: a}\ncache: {size: 2}\n"];
    assert_eq!(run(before, before), "");
    assert_eq!(run(before, ["kept", "global: {host: a}\nkept: {size: 2}\n"]), "");
    says(
        run(before, ["kept", "global: {host: a}\ncache: {size: 2}\n"]),
        "no dependency is called `cache`",
    );
    says(
        run(before, ["cache", "global: {name: a}\ncache: {size: 2}\n"]),
        "`.Values.global.host` is read",
    );
}
