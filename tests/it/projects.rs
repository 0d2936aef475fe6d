//! Projects of Compose over several files, and what reaches their services by name.

use crate::common::{change, check};
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

const WEB: &str = "services:\n  web:\n    image: a\n    depends_on: [cache]\n";
const CACHE: &str = "  cache:\n    image: b\n";

#[test]
fn services_may_move_to_a_file_that_is_included() {
    let whole = format!("{WEB}{CACHE}");
    let old = [("compose.yaml", whole.as_str())];
    let alone = format!("services:\n{CACHE}");
    let included = format!("include:\n  - parts/data.yaml\n{WEB}");
    let data = ("parts/data.yaml", alone.as_str());
    assert_eq!(change(&old, &[("compose.yaml", &included), data]), NONE);
    let listed = format!("include:\n  - path: [parts/data.yaml]\n{WEB}");
    assert_eq!(change(&old, &[("compose.yaml", &listed), data]), NONE);
    // What lies elsewhere may have it.
    let remote = format!("include:\n  - oci://host/data:1\n{WEB}");
    assert_eq!(change(&old, &[("compose.yaml", &remote)]), NONE);
    // It has none of that name, or is not there.
    let other = ("parts/data.yaml", "services:\n  store:\n    image: b\n");
    assert_snapshot!(
        change(&old, &[("compose.yaml", &included), other]),
        @"compose.yaml:6:18: error[removed-but-referenced] service `cache` was removed but is still used"
    );
    assert_snapshot!(
        change(&old, &[("compose.yaml", &included)]),
        @"compose.yaml:2:5: error[unresolved-reference] file `parts/data.yaml` does not exist"
    );
}

#[test]
fn a_service_of_a_file_with_another_name_is_extended() {
    let web = (
        "compose.yml",
        "services:\n  web:\n    extends:\n      file: parts/base.yml\n      service: app\n",
    );
    let base = |name: &str| format!("services:\n  {name}:\n    image: a\n");
    let (app, core) = (base("app"), base("core"));
    assert_eq!(check(&[web, ("parts/base.yml", &app)]), NONE);
    assert_snapshot!(
        change(&[web, ("parts/base.yml", &app)], &[web, ("parts/base.yml", &core)]),
        @"compose.yml:5:16: error[removed-but-referenced] service `app` was removed but is still used"
    );
}

#[test]
fn addresses_name_services() {
    let of = |name: &str, more: &str| {
        format!(
            "services:\n  web:\n    image: a\n    environment:\n      URL: http://u:p@api:80/x\n  {name}:\n    image: b\n{more}"
        )
    };
    let (old, new) = (of("api", ""), of("core", ""));
    assert_snapshot!(
        change(&[("compose.yml", &old)], &[("compose.yml", &new)]),
        @"compose.yml:5:12: warning[removed-but-referenced] service `api` was removed but is still used"
    );
    let alias = of("core", "    networks:\n      default: {aliases: [api]}\n");
    assert_eq!(change(&[("compose.yml", &old)], &[("compose.yml", &alias)]), NONE);
    let named = of("core", "    container_name: api\n");
    assert_eq!(change(&[("compose.yml", &old)], &[("compose.yml", &named)]), NONE);
    assert_eq!(check(&[("compose.yml", &new)]), NONE);
}

#[test]
fn addresses_in_files_of_variables_name_services() {
    let of = |name: &str| {
        format!(
            "services:\n  web:\n    image: a\n    env_file: [conf/web.env]\n  {name}:\n    image: b\n"
        )
    };
    let (old, new) = (of("db"), of("store"));
    let env = ("conf/web.env", "A=1\nDATABASE_URL=postgres://u@db:5432/x\n");
    assert_snapshot!(
        change(&[("compose.yml", &old), env], &[("compose.yml", &new), env]),
        @"conf/web.env:2:14: warning[removed-but-referenced] service `db` was removed but is still used"
    );
    let apart = ("other/web.env", env.1);
    assert_eq!(change(&[("compose.yml", &old), apart], &[("compose.yml", &new), apart]), NONE);
}

#[test]
fn nginx_looks_services_up() {
    let of = |name: &str| {
        format!(
            "services:\n  edge:\n    image: nginx\n    volumes: ['./edge/site.conf:/etc/nginx/conf.d/site.conf:ro']\n  {name}:\n    image: b\n"
        )
    };
    let (old, new) = (of("api"), of("core"));
    let site = (
        "edge/site.conf",
        "upstream app { server api:80; }\nserver { listen 80; location / { proxy_pass http://app; } }\n",
    );
    assert_snapshot!(
        change(&[("compose.yml", &old), site], &[("compose.yml", &new), site]),
        @"edge/site.conf:1:23: error[removed-but-referenced] service `api` was removed but is still used"
    );
    // Of another host, and of a name that an upstream has in another file.
    let apart = ("other/site.conf", site.1);
    assert_eq!(change(&[("compose.yml", &old), apart], &[("compose.yml", &new), apart]), NONE);
    let site = ("edge/site.conf", "server { listen 80; location / { proxy_pass http://api; } }\n");
    let names = ("edge/names.conf", "upstream api { server core:80; }\nserver { listen 81; }\n");
    assert_eq!(
        change(&[("compose.yml", &old), site, names], &[("compose.yml", &new), site, names]),
        NONE
    );
}

#[test]
fn a_build_passes_what_its_dockerfile_took() {
    let web = (
        "compose.yml",
        "services:\n  web:\n    build:\n      context: .\n      args:\n        - TAG=1\n        - HTTP_PROXY=x\n",
    );
    let old = ("Dockerfile", "ARG TAG\nARG HTTP_PROXY\nFROM a:$TAG\n");
    let new = ("Dockerfile", "ARG VERSION\nFROM a:$VERSION\n");
    assert_snapshot!(
        change(&[web, old], &[web, new]),
        @"compose.yml:6:11: warning[removed-but-referenced] build argument `TAG` was removed but is still used"
    );
    assert_eq!(check(&[web, new]), NONE);
}

#[test]
fn files_of_configs_go() {
    let web = (
        "compose.yml",
        "services:\n  web:\n    image: a\n    configs: [main]\nconfigs:\n  main:\n    file: ./main.yml\n",
    );
    assert_eq!(check(&[web]), NONE);
    assert_snapshot!(
        change(&[web, ("main.yml", "a: 1\n")], &[web]),
        @"compose.yml:7:11: error[removed-but-referenced] file `main.yml` was removed but is still used"
    );
}

#[test]
fn a_health_check_asks_for_a_route() {
    let main = |path: &str| {
        format!(
            "package main\n\nimport \"net/http\"\n\nfunc main() {{\n\thttp.HandleFunc(\"{path}\", f)\n\thttp.ListenAndServe(\":80\", nil)\n}}\n"
        )
    };
    let (old, new) = (main("/healthz"), main("/livez"));
    let web = (
        "compose.yml",
        "services:\n  web:\n    image: a\n    healthcheck:\n      test: [CMD, wget, 'http://localhost/healthz']\n",
    );
    assert_snapshot!(
        change(&[web, ("main.go", &old)], &[web, ("main.go", &new)]),
        @"compose.yml:5:25: warning[removed-but-referenced] route `/healthz` was removed but is still used"
    );
    assert_eq!(check(&[web, ("main.go", &new)]), NONE);
}
