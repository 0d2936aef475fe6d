//! What objects of Flux and Argo CD, files of Compose and configurations of Terraform name of
//! each other, beside what must stay silent.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

#[test]
fn what_controllers_of_flux_watch() {
    let object = |group: &str, kind: &str, name: &str, spec: &str| {
        format!(
            "apiVersion: {group}.toolkit.fluxcd.io/v1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}---\n"
        )
    };
    let files = |repository: &str, policy: &str, release: &str, web: &str| {
        let images = [
            object("image", "ImageRepository", repository, "  image: a/b\n"),
            object(
                "image",
                "ImagePolicy",
                policy,
                "  imageRepositoryRef:\n    name: web\n  policy: {}\n",
            ),
        ];
        let release = object("helm", "HelmRelease", release, "  interval: 1m\n");
        let alert = object(
            "notification",
            "Alert",
            "told",
            "  providerRef:\n    name: chat\n  eventSources:\n  - kind: HelmRelease\n    name: api\n  - kind: HelmRelease\n    name: '*'\n",
        );
        let provider = object("notification", "Provider", "chat", "  type: slack\n");
        let applied = object(
            "kustomize",
            "Kustomization",
            "apps",
            "  path: ./apps\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n  healthChecks:\n  - apiVersion: apps/v1\n    kind: Deployment\n    name: web\n    namespace: web\n",
        );
        let deployment = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: a/b:1 # {{\"$imagepolicy\": \"flux-system:web-stable\"}}\n"
        );
        [
            ("apps/images.yaml", images.concat()),
            ("apps/release.yaml", release),
            ("apps/alert.yaml", format!("{alert}{provider}")),
            ("clusters/apps.yaml", applied),
            ("apps/web.yaml", deployment),
        ]
    };
    let old = files("web", "web-stable", "api", "web");
    let new = files("site", "site-stable", "backend", "site");
    fn of<'t>(all: &'t [(&'static str, String); 5]) -> Vec<(&'static str, &'t str)> {
        all.iter().map(|(path, text)| (*path, text.as_str())).collect()
    }
    assert_eq!(check(&of(&old)), NONE);
    assert_snapshot!(change(&of(&old), &of(&new)), @r"
    apps/alert.yaml:10:11: warning[removed-but-referenced] object `HelmRelease/api` was removed but is still used
    apps/images.yaml:14:11: error[removed-but-referenced] object `ImageRepository/web` was removed but is still used
    apps/web.yaml:10:54: warning[removed-but-referenced] object `ImagePolicy/web-stable` was removed but is still used
    clusters/apps.yaml:13:11: error[removed-but-referenced] object `Deployment/web` was removed but is still used
    ");
}

#[test]
fn issuers_that_annotations_ask_for() {
    let issuer = |name: &str| {
        format!("apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata:\n  name: {name}\n")
    };
    let web = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  annotations:\n    cert-manager.io/cluster-issuer: acme\nspec: {}\n";
    let old = [("issuer.yaml", issuer("acme")), ("web.yaml", web.to_owned())];
    let new = [("issuer.yaml", issuer("acme-live")), ("web.yaml", web.to_owned())];
    fn of<'t>(all: &'t [(&'static str, String); 2]) -> Vec<(&'static str, &'t str)> {
        all.iter().map(|(path, text)| (*path, text.as_str())).collect()
    }
    assert_eq!(check(&of(&old)), NONE);
    assert_snapshot!(change(&of(&old), &of(&new)), @"web.yaml:6:37: error[removed-but-referenced] object `ClusterIssuer/acme` was removed but is still used");
}

#[test]
fn sources_and_permissions_of_applications() {
    let app = |namespace: &str, reference: &str, repository: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\nspec:\n  project: team\n  sources:\n  - repoURL: {repository}\n    chart: web\n    helm:\n      valueFiles: [$values/web.yaml]\n  - repoURL: https://example.org/own.git\n    ref: {reference}\n  destination:\n    server: https://kubernetes.default.svc\n    namespace: {namespace}\n"
        )
    };
    let project = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata:\n  name: team\nspec:\n  sourceRepos: ['https://example.org/*']\n  destinations:\n  - server: https://kubernetes.default.svc\n    namespace: team-*\n";
    let of = |namespace: &str, reference: &str, repository: &str| {
        let app = app(namespace, reference, repository);
        check(&[("project.yaml", project), ("web.yaml", &app)])
    };
    assert_eq!(of("team-web", "values", "https://example.org/charts"), NONE);
    assert_snapshot!(of("web", "config", "https://example.com/charts"), @r"
    web.yaml:8:14: warning[unresolved-reference] entry of the project that permits `team: https://example.com/charts` does not exist
    web.yaml:11:20: error[unresolved-reference] no source of this application has `ref: values`
    web.yaml:16:16: warning[unresolved-reference] entry of the project that permits `team: https://kubernetes.default.svc web` does not exist
    ");
    // A project that leaves out what it permits says it elsewhere.
    let part = project.replace("  sourceRepos: ['https://example.org/*']\n", "");
    let app = app("web", "values", "https://example.com/charts");
    assert_eq!(check(&[("project.yaml", &part), ("web.yaml", &app)]), NONE);
}

#[test]
fn folders_of_a_list_of_applications() {
    let set = |elements: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: all\nspec:\n  generators:\n  - list:\n      elements:\n{elements}  template:\n    spec:\n      project: default\n      source:\n        repoURL: https://example.org/own.git\n        targetRevision: main\n        path: 'apps/{{{{ .name }}}}/{{{{.env}}}}'\n"
        )
    };
    let element = |name: &str, env: &str| format!("      - name: {name}\n        env: {env}\n");
    let few = [element("a", "live"), element("b", "live"), element("a", "try")].concat();
    let folders = ["a/live", "b/live", "a/try"].map(|own| format!("apps/{own}/kustomization.yaml"));
    let files = |set: &str| {
        let mut all: Vec<(&str, &str)> =
            folders.iter().map(|path| (path.as_str(), "resources: []\n")).collect();
        all.push(("all.yaml", set));
        check(&all)
    };
    assert_eq!(files(&set(&few)), NONE);
    assert_snapshot!(files(&set(&format!("{few}{}", element("b", "try")))), @"all.yaml:15:9: error[unresolved-reference] folder `apps/b/try` does not exist");
}

#[test]
fn services_that_other_files_of_compose_take_over() {
    let base = |name: &str| format!("services:\n  {name}:\n    image: a\n");
    let text = "services:\n  test:\n    extends: {file: compose.yaml, service: api}\n";
    let other = ("compose.ci.yaml", text);
    assert_eq!(check(&[("compose.yaml", &base("api")), other]), NONE);
    assert_snapshot!(check(&[("compose.yaml", &base("server")), other]), @"compose.ci.yaml:3:44: warning[unresolved-reference] service `api` does not exist");
}

#[test]
fn services_that_wait_for_the_health_of_others() {
    let of = |more: &str| {
        format!(
            "services:\n  web:\n    image: a\n    depends_on:\n      db: {{condition: service_healthy}}\n  db:\n    image: b\n{more}"
        )
    };
    let with = of("    healthcheck:\n      test: [CMD, ready]\n");
    let (without, built) = (of(""), of("    build: .\n"));
    let changed = |to: &str| change(&[("compose.yaml", &with)], &[("compose.yaml", to)]);
    // An image may say itself how its health is checked.
    assert_eq!(check(&[("compose.yaml", &without)]), NONE);
    assert_eq!(changed(&with), NONE);
    assert_snapshot!(changed(&without), @"compose.yaml:5:7: warning[removed-but-referenced] health check of service `db` was removed but is still used");
    let docker = ("Dockerfile", "FROM b\n");
    let built = change(
        &[("compose.yaml", with.as_str()), docker],
        &[("compose.yaml", built.as_str()), docker],
    );
    assert_eq!(built, NONE);
}

#[test]
fn one_of_several_instances() {
    let of = |read: &str| {
        let text = format!(
            "resource \"aws_sqs_queue\" \"a\" {{\n  count = 2\n}}\nmodule \"m\" {{\n  source   = \"./m\"\n  for_each = toset([\"x\"])\n}}\noutput \"o\" {{\n  value = {read}\n}}\n"
        );
        check(&[("main.tf", &text), ("m/main.tf", "output \"url\" {\n  value = 1\n}\n")])
    };
    for fine in [
        "aws_sqs_queue.a[0].arn",
        "aws_sqs_queue.a[*].arn",
        "aws_sqs_queue.a.0.arn",
        "length(aws_sqs_queue.a)",
        "module.m[\"x\"].url",
        "[for q in aws_sqs_queue.a : q.arn]",
        "module.m",
    ] {
        assert_eq!(of(fine), NONE, "{fine}");
    }
    assert_snapshot!(of("aws_sqs_queue.a.arn"), @"main.tf:9:11: error[unresolved-reference] `aws_sqs_queue.a` has `count`: `arn` is read of none of its instances");
    assert_snapshot!(of("module.m.url"), @"main.tf:9:11: error[unresolved-reference] `module.m` has `for_each`: `url` is read of none of its instances");
}

#[test]
fn units_and_the_files_that_they_include() {
    let common = "locals {\n  env = read_terragrunt_config(find_in_parent_folders(\"env.hcl\"))\n}\nterraform {\n  source = \"${get_repo_root()}//modules/db\"\n}\ndependency \"net\" {\n  config_path = \"${get_terragrunt_dir()}/../net\"\n}\ninputs = {\n  net  = dependency.net.outputs.id\n  size = local.env.locals.size\n}\n";
    let unit = "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\ninclude \"db\" {\n  path = \"${get_repo_root()}/common/db.hcl\"\n}\ninputs = {\n  days = 1\n}\n";
    let net = "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\nterraform {\n  source = \"${get_repo_root()}//modules/net\"\n}\n";
    let variables = "variable \"net\" {}\nvariable \"size\" {}\nvariable \"days\" {}\n";
    let old = [
        ("root.hcl", "remote_state {\n  backend = \"local\"\n}\n"),
        ("common/db.hcl", common),
        ("live/env.hcl", "locals {\n  size = 1\n}\n"),
        ("live/db/terragrunt.hcl", unit),
        ("live/net/terragrunt.hcl", net),
        ("modules/db/main.tf", variables),
        ("modules/net/main.tf", "output \"id\" {\n  value = 1\n}\n"),
    ];
    assert_eq!(check(&old), NONE);
    let with = |path: &str, text: &'static str| {
        let mut new = old;
        new.iter_mut().filter(|(own, _)| *own == path).for_each(|own| own.1 = text);
        change(&old, &new)
    };
    assert_snapshot!(with("modules/net/main.tf", "output \"name\" {\n  value = 1\n}\n"), @"common/db.hcl:11:10: error[removed-but-referenced] output `modules/net/id` was removed but the unit `live/db` still uses it");
    assert_snapshot!(with("live/env.hcl", "locals {\n  tier = 1\n}\n"), @"common/db.hcl:12:10: error[removed-but-referenced] local value `live/env.hcl/size` was removed but the unit `live/db` still uses it");
    assert_snapshot!(with("modules/db/main.tf", "variable \"net\" {}\nvariable \"size\" {}\nvariable \"days\" {}\nvariable \"more\" {}\n"), @"live/db/terragrunt.hcl:7:1: error[newly-required-parameter] the module `modules/db` now requires `more`, which the unit `live/db` does not pass");
    let mut moved = old;
    moved[4].0 = "live/network/terragrunt.hcl";
    assert_snapshot!(change(&old, &moved), @"common/db.hcl:8:17: error[removed-but-referenced] file `live/net/terragrunt.hcl` was removed but the unit `live/db` still uses it");
    // What is merged may bring any.
    let mut merged = old;
    merged[3].1 = "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\ninclude \"db\" {\n  path = \"${get_repo_root()}/common/db.hcl\"\n}\ninputs = merge({}, yamldecode(file(\"more.yaml\")))\n";
    let mut more = merged;
    more[5].1 = "variable \"more\" {}\n";
    assert_eq!(change(&merged, &more), NONE);
}
