//! Objects of a cluster: what names what, each beside what must stay silent.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      serviceAccountName: web
      containers:
        - name: web
          image: example/web:1
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {port: http}}
          volumeMounts: [{name: config, mountPath: /etc/web}]
          env:
            - name: LEVEL
              valueFrom: {configMapKeyRef: {name: web, key: LEVEL}}
            - name: TOKEN
              valueFrom: {secretKeyRef: {name: web, key: token, optional: true}}
      volumes:
        - name: config
          configMap: {name: web, items: [{key: web.ini, path: web.ini}]}
";

const CONFIG: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {LEVEL: info, web.ini: a}
";

const SERVICE: &str = "apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web, tier: front}
  ports: [{name: http, port: 80, targetPort: http}]
";

const INGRESS: &str = "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - http:
        paths:
          - path: /
            backend: {service: {name: web, port: {name: http}}}
";

const ACCOUNT: &str = "apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
";

/// The five manifests, one of them with a text in it replaced.
fn with(path: &str, from: &str, to: &str) -> Vec<(&'static str, String)> {
    let all = [
        ("k/web.yaml", WEB),
        ("k/config.yaml", CONFIG),
        ("k/service.yaml", SERVICE),
        ("k/ingress.yaml", INGRESS),
        ("k/account.yaml", ACCOUNT),
    ];
    let own = all.map(|(own, text)| {
        assert!(own != path || text.contains(from), "{from}");
        (own, if own == path { text.replace(from, to) } else { text.to_owned() })
    });
    own.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// What a change of one text brings.
fn changed(path: &str, from: &str, to: &str) -> String {
    let (old, new) = (with("", "", ""), with(path, from, to));
    change(&borrowed(&old), &borrowed(&new)).to_string()
}

fn borrowed<'f>(files: &'f [(&'f str, String)]) -> Vec<(&'f str, &'f str)> {
    files.iter().map(|(path, text)| (*path, text.as_str())).collect()
}

#[test]
fn what_a_change_removes_while_it_is_named() {
    assert_eq!(changed("", "", ""), "");
    assert_snapshot!(changed("k/config.yaml", "name: web", "name: web-config"), @r"
    k/web.yaml:18:51: error[removed-but-referenced] object `ConfigMap/web` was removed but is still used
    k/web.yaml:23:29: error[removed-but-referenced] object `ConfigMap/web` was removed but is still used
    ");
    assert_snapshot!(changed("k/account.yaml", ACCOUNT, ""), @"k/web.yaml:9:27: error[removed-but-referenced] object `ServiceAccount/web` was removed but is still used");
    assert_snapshot!(changed("k/service.yaml", "name: web", "name: front"), @"k/ingress.yaml:9:39: error[removed-but-referenced] object `Service/web` was removed but is still used");
    assert_snapshot!(changed("k/config.yaml", "LEVEL: info", "LOG_LEVEL: info"), @"k/web.yaml:18:61: error[removed-but-referenced] key `ConfigMap/web#LEVEL` was removed but is still used");
    assert_snapshot!(changed("k/config.yaml", "web.ini: a", "web.conf: a"), @"k/web.yaml:23:48: error[removed-but-referenced] key `ConfigMap/web#web.ini` was removed but is still used");
    assert_snapshot!(changed("k/web.yaml", "app: web, tier", "app: web, layer"), @"k/service.yaml:5:14: warning[removed-but-referenced] pod with the labels `app=web,tier=front` was removed but is still used");
    assert_snapshot!(changed("k/service.yaml", "port: 80, targetPort: http", "port: 80"), @"");
    assert_snapshot!(changed("k/web.yaml", "name: http, containerPort", "name: web, containerPort"), @r"
    k/service.yaml:6:46: error[removed-but-referenced] port `app=web,tier=front#http` was removed but is still used
    k/web.yaml:14:44: error[removed-but-referenced] port `Deployment/web/web#http` was removed but is still used
    ");
    assert_snapshot!(changed("k/service.yaml", "name: http", "name: web"), @"k/ingress.yaml:9:57: error[removed-but-referenced] port `Service/web#http` was removed but is still used");
    // What another manifest makes now.
    let sealed =
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: web}\nspec: {}\n";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {a: b}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: p\n      image: p\n      envFrom: [{secretRef: {name: web}}]\n      env: [{name: A, valueFrom: {secretKeyRef: {name: web, key: a}}}]\n";
    assert_eq!(
        change(&[("a.yaml", secret), ("p.yaml", pod)], &[("a.yaml", sealed), ("p.yaml", pod)]),
        NONE
    );
    assert_snapshot!(change(&[("a.yaml", secret), ("p.yaml", pod)], &[("p.yaml", pod)]), @r"
    p.yaml:8:36: warning[removed-but-referenced] object `Secret/web` was removed but is still used
    p.yaml:9:56: warning[removed-but-referenced] object `Secret/web` was removed but is still used
    ");
}

#[test]
fn parts_of_one_workload() {
    let broken =
        WEB.replace("port: http}", "port: web}").replace("[{name: config,", "[{name: conf,");
    let broken = broken.replace("{matchLabels: {app: web}}", "{matchLabels: {app: wbe}}");
    assert_snapshot!(check(&[("web.yaml", &broken), ("c.yaml", CONFIG)]), @r"
    web.yaml:5:28: error[unresolved-reference] pod with the labels `app=wbe` does not exist
    web.yaml:14:44: error[unresolved-reference] port `Deployment/web/web#web` does not exist
    web.yaml:15:33: error[unresolved-reference] volume `Deployment/web#conf` does not exist
    ");
    // A patch says a part of a workload: what the root builds of both is judged.
    let base = ("d.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n");
    let root =
        ("kustomization.yaml", "resources: [c.yaml, d.yaml]\npatchesStrategicMerge: [web.yaml]\n");
    assert_snapshot!(check(&[("web.yaml", &broken), ("c.yaml", CONFIG), base, root]), @r"
    web.yaml:14:44: error[unresolved-reference] container `Deployment/web/web` has no port `web` in what `kustomization.yaml` builds
    web.yaml:15:33: error[unresolved-reference] `Deployment/web` has no volume `conf` in what `kustomization.yaml` builds
    ");
    let partial = broken.replace("image: example/web:1", "tty: true");
    assert_eq!(check(&[("web.yaml", &partial)]), NONE);
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    metadata: {labels: {app: wbe}}\n    spec:\n      containers: [{name: web, ports: [{name: web, containerPort: 1}]}]\n      volumes: [{name: conf, emptyDir: {}}]\n";
    assert_eq!(check(&[("web.yaml", &broken), ("c.yaml", CONFIG), ("patch.yaml", patch)]), NONE);
    // Another workload of that name has volumes of its own.
    let other = WEB.replace("name: config", "name: conf");
    let wrong = WEB.replace("[{name: config,", "[{name: conf,");
    assert_snapshot!(check(&[("a/web.yaml", &wrong), ("b/web.yaml", &other), ("c.yaml", CONFIG)]), @"a/web.yaml:15:33: error[unresolved-reference] volume `Deployment/web#conf` does not exist");
    let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec:\n      containers: [{name: db, image: db, volumeMounts: [{name: data, mountPath: /d}]}]\n  volumeClaimTemplates: [{metadata: {name: data}}]\n";
    assert_eq!(check(&[("db.yaml", set)]), NONE);
}

#[test]
fn ports_of_services() {
    let broken = with("k/service.yaml", "targetPort: http", "targetPort: htpt");
    assert_snapshot!(check(&borrowed(&broken)), @"k/service.yaml:6:46: error[unresolved-reference] port `app=web,tier=front#htpt` does not exist");
    let broken = with("k/ingress.yaml", "port: {name: http}", "port: {number: 8080}");
    assert_snapshot!(check(&borrowed(&broken)), @"k/ingress.yaml:9:59: error[unresolved-reference] port `Service/web#8080` does not exist");
    // Labels that a root of Kustomize puts on everything; pods that somebody else makes.
    let service = SERVICE.replace("tier: front", "env: live");
    let root = ("kustomization.yaml", "resources: [web.yaml]\ncommonLabels: {env: live}\n");
    assert_eq!(check(&[("web.yaml", WEB), ("s.yaml", &service), root]), NONE);
    assert_eq!(check(&[("s.yaml", SERVICE)]), NONE);
    let number = SERVICE.replace("targetPort: http", "targetPort: 9000");
    assert_eq!(check(&[("web.yaml", WEB), ("s.yaml", &number)]), NONE);
}

#[test]
fn a_service_of_another_namespace_is_another() {
    let service = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: {namespace}\nspec:\n  ports:\n  - port: 80\n"
        )
    };
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  rules:\n  - http:\n      paths:\n      - backend:\n          service:\n            name: web\n            port:\n              number: 8080\n";
    let (own, other) = (service("shop"), service("blog"));
    assert_snapshot!(check(&[("blog/web.yaml", own.as_str()), ("shop/ingress.yaml", ingress)]), @"shop/ingress.yaml:14:23: error[unresolved-reference] port `Service/web#8080` does not exist");
    assert_eq!(check(&[("blog/web.yaml", other.as_str()), ("shop/ingress.yaml", ingress)]), NONE);
    // A release of that name may make it.
    let release =
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: web\n";
    assert_eq!(
        check(&[
            ("blog/web.yaml", own.as_str()),
            ("shop/ingress.yaml", ingress),
            ("shop/release.yaml", release)
        ]),
        NONE
    );
}

#[test]
fn keys_of_what_a_root_generates() {
    let root = |literal: &str| {
        format!(
            "resources: [web.yaml]\nconfigMapGenerator:\n  - name: web\n    literals: [{literal}=info]\n    files: [web.ini, other=b.ini]\n"
        )
    };
    let (old, new) = (root("LEVEL"), root("LOG_LEVEL"));
    let rest = [("web.yaml", WEB), ("web.ini", ""), ("b.ini", "")];
    let files = |own| [&rest[..], &[("kustomization.yaml", own)]].concat();
    assert_snapshot!(change(&files(&old), &files(&new)), @"web.yaml:18:61: error[removed-but-referenced] key `ConfigMap/web#LEVEL` was removed but is still used");
    let open = new.replace("    files:", "    envs: [a.env]\n    files:");
    let open = [&files(&open)[..], &[("a.env", "LEVEL=a\n")]].concat();
    assert_eq!(change(&files(&old), &open), NONE);
}

#[test]
fn what_packs_say_of_custom_resources() {
    let pack = (
        ".crosscheck/packs/own.yaml",
        "objects:\n- kind: Widget\n  makes: [{kind: Secret, name: ['{metadata.name}-auth'], keys: ['spec.keys[].name']}]\n  refers: [{path: 'spec.parts[].config', to: ConfigMap}]\n",
    );
    let widget = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\nspec: {keys: [{name: a}], parts: [{config: web}]}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: p\n      image: p\n      env: [{name: A, valueFrom: {secretKeyRef: {name: w-auth, key: a}}}]\n";
    let files = [pack, ("w.yaml", widget), ("p.yaml", pod), ("c.yaml", CONFIG)];
    assert_snapshot!(change(&files, &files[..3]), @"w.yaml:4:44: error[removed-but-referenced] object `ConfigMap/web` was removed but is still used");
    let other = widget.replace("name: a", "name: b");
    let changed = [pack, ("w.yaml", &other), ("p.yaml", pod), ("c.yaml", CONFIG)];
    assert_snapshot!(change(&files, &changed), @"p.yaml:8:69: error[removed-but-referenced] key `Secret/w-auth#a` was removed but is still used");
    let without = [pack, ("p.yaml", pod), ("c.yaml", CONFIG)];
    assert_snapshot!(change(&files, &without), @"p.yaml:8:56: warning[removed-but-referenced] object `Secret/w-auth` was removed but is still used");
}

#[test]
fn a_manifest_that_is_no_yaml_makes_nothing() {
    let secret = |host: &str| {
        format!(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: web}}\nspec:\n  target:\n    template:\n      data:\n        USER: \"{{{{ .user }}}}\"\n        HOST: {host}\n"
        )
    };
    assert_snapshot!(check(&[("k/secret.yaml", &secret("*host"))]), @"k/secret.yaml:9:15: error[parse-error] not valid YAML: while parsing node, found unknown anchor");
    assert_eq!(check(&[("k/secret.yaml", &secret("db"))]), NONE);
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n   labels: {a: b}\n";
    assert_snapshot!(check(&[("k/service.yaml", service)]), @"k/service.yaml:5:10: error[parse-error] not valid YAML: mapping values are not allowed in this context");
    // What a template makes of it is not known.
    let chart = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: |{{ .Values.text | nindent 4 }}\n";
    assert_eq!(check(&[("chart/templates/config.yaml", chart)]), NONE);
}

#[test]
fn keys_of_what_stands_beside_its_reader() {
    let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {LEVEL: info}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: p\n      image: p\n      env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: LEVLE}}}]\n";
    assert_snapshot!(check(&[("k/config.yaml", config), ("k/pod.yaml", pod)]), @"k/pod.yaml:8:69: error[unresolved-reference] key `ConfigMap/web#LEVLE` does not exist");
    assert_eq!(check(&[("other/config.yaml", config), ("k/pod.yaml", pod)]), NONE);
    let optional = pod.replace("key: LEVLE", "key: LEVLE, optional: true");
    assert_eq!(check(&[("k/config.yaml", config), ("k/pod.yaml", &optional)]), NONE);
}

#[test]
fn pods_of_one_name_in_other_folders_are_others() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports: [{port: 80}]\n";
    let pods = |label: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: deployment}}\nspec:\n  selector: {{matchLabels: {{{label}}}}}\n  template:\n    metadata: {{labels: {{{label}}}}}\n    spec:\n      containers: [{{name: a, image: a}}]\n"
        )
    };
    let chart = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: deployment}\nspec:\n  template:\n    metadata: {labels: {a: \"{{ .Values.a }}\"}}\n    spec:\n      containers: [{name: a, image: a}]\n";
    let (old, new, other) = (pods("app: web"), pods("part: web"), pods("app: other"));
    let all = |own: &str| {
        vec![
            ("web/service.yaml", service.to_owned()),
            ("web/pods.yaml", own.to_owned()),
            ("other/pods.yaml", other.clone()),
            ("chart/templates/pods.yaml", chart.to_owned()),
        ]
    };
    let (old, new) = (all(&old), all(&new));
    assert_snapshot!(change(&borrowed(&old), &borrowed(&new)), @"web/service.yaml:5:14: warning[removed-but-referenced] pod with the labels `app=web` was removed but is still used");
    assert_eq!(change(&borrowed(&old), &borrowed(&old)), NONE);
}

#[test]
fn a_patch_that_is_not_here_may_bring_a_volume() {
    let pods = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers: [{name: a, image: a, volumeMounts: [{name: data, mountPath: /a}]}]\n";
    let root = "resources: [web.yaml]\npatches:\n- path: env/patch.yaml\n";
    let own = [("k/web.yaml", pods), ("k/kustomization.yaml", root), (".gitignore", "env/\n")];
    assert_eq!(check(&own), NONE);
    assert_snapshot!(check(&own[..1]), @"k/web.yaml:9:62: error[unresolved-reference] volume `Deployment/web#data` does not exist");
}

#[test]
fn a_reference_that_turns_from_what_is_still_there() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: agent-values}\nstringData: {values.yaml: b}\n";
    let release = |name: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: agent}}\nspec:\n  valuesFrom: [{{kind: Secret, name: {name}}}]\n"
        )
    };
    let (old, new) = (release("agent-values"), release("operator-values"));
    let told = |own: &[(&str, &str)]| {
        change(&[("k/secret.yaml", secret), ("k/agent.yaml", &old)], own).to_string()
    };
    assert_snapshot!(told(&[("k/secret.yaml", secret), ("k/agent.yaml", &new)]), @"k/agent.yaml:5:37: warning[unresolved-reference] nothing in this tree provides object `Secret/operator-values`, which stands here in place of `Secret/agent-values`");
    // The thing went as well, to where the new one is kept.
    assert_eq!(told(&[("k/agent.yaml", &new)]), "");
    let renamed = secret.replace("agent-values", "operator-values");
    assert_eq!(told(&[("k/secret.yaml", &renamed), ("k/agent.yaml", &new)]), "");
}

#[test]
fn a_release_of_flux_reads_the_key_of_values() {
    let release = |version: &str, key: &str| {
        format!(
            "apiVersion: {version}\nkind: HelmRelease\nmetadata: {{name: web}}\nspec:\n  valuesFrom:\n    - kind: ConfigMap\n      name: web-values\n{key}"
        )
    };
    let list = |file: &str| {
        format!(
            "resources: [web.yaml]\nconfigMapGenerator:\n  - name: web-values\n    files: [{file}]\ngeneratorOptions: {{disableNameSuffixHash: true}}\n"
        )
    };
    let told = |release: &str, file: &str| {
        let list = list(file);
        let own = [("k/kustomization.yaml", list.as_str()), ("k/web.yaml", release)];
        check(&[&own[..], &[("k/web-values.yaml", "a: 1\n")]].concat()).to_string()
    };
    let flux = release("helm.toolkit.fluxcd.io/v2", "");
    assert!(told(&flux, "web-values.yaml").contains("key `ConfigMap/web-values#values.yaml`"));
    assert_eq!(told(&flux, "values.yaml=web-values.yaml"), "");
    let named = release("helm.toolkit.fluxcd.io/v2", "      valuesKey: web-values.yaml\n");
    assert_eq!(told(&named, "web-values.yaml"), "");
    let optional = release("helm.toolkit.fluxcd.io/v2", "      optional: true\n");
    assert_eq!(told(&optional, "web-values.yaml"), "");
    assert_eq!(told(&release("example.org/v1", ""), "web-values.yaml"), "");
}

#[test]
fn fields_that_metadata_has_not() {
    let told = |field: &str| {
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  {field}\ndata: {{a: b}}\n"
        );
        check(&[("web.yaml", text.as_str())])
    };
    assert_eq!(told("adnotations: {a: b}"), ["unknown-parameter web.yaml:5"]);
    assert_eq!(told("lables: {a: b}"), ["unknown-parameter web.yaml:5"]);
    for field in ["links: [{url: a}]", "tags: [a]", "label: web"] {
        assert_eq!(told(field), ["unknown-parameter web.yaml:5"], "{field}");
    }
    assert_eq!(told("annotations: {a: b}"), [""; 0]);
}

#[test]
fn labels_that_select_no_pod_of_their_own_object() {
    let told = |kind: &str, selector: &str| {
        let text = format!(
            "apiVersion: x/v1\nkind: {kind}\nmetadata: {{name: web}}\nspec:\n  selector: {selector}\n  template:\n    metadata:\n      labels: {{app: web}}\n    spec:\n      containers: [{{name: a, image: b}}]\n"
        );
        check(&[("k/web.yaml", &text)]).to_string()
    };
    for (kind, right, wrong) in [
        ("Rollout", "{matchLabels: {app: web}}", "{matchLabels: {app: wev}}"),
        ("DeploymentConfig", "{app: web}", "{app: wev}"),
    ] {
        assert_eq!(told(kind, right), "", "{kind}");
        assert!(told(kind, wrong).contains("error[unresolved-reference] pod"), "{kind}");
    }
}

#[test]
fn what_a_tab_stands_before() {
    let pod = |command: &str| {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n  containers:\n  - name: a\n    image: b\n    command: {command}\n    volumeMounts: [{{name: data, mountPath: /a}}]\n  volumes:\n  - {{name: data, emptyDir: {{}}}}\n"
        );
        check(&[("k/web.yaml", &text)]).to_string()
    };
    assert_eq!(pod("['sh',\n\t\t'-c',\n    'ls']"), "");
}
