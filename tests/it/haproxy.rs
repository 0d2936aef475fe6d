//! HAProxy configurations, plain and as templates: one behaviour a test. Each fixture
//! holds what must be reported beside what looks like it and must stay silent.
//!
//! Where HAProxy is installed, its own verdict on whole configurations and on mutated
//! ones must agree with ours; where it is not, that test says that it is skipped.

use crate::suite::{assert_findings, check, fixture};
use insta::assert_snapshot;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

fn haproxy(name: &str, expected: &[&str]) {
    assert_findings(&format!("haproxy/{name}"), &[], expected);
}

#[test]
fn a_backend_that_is_used_must_exist() {
    // A frontend is no backend; `%[…]` and environment variables are known at run time.
    haproxy(
        "backends",
        &[
            "error unresolved-reference haproxy.cfg:6:17 haproxy.backend:apo",
            "error unresolved-reference haproxy.cfg:9:21 haproxy.backend:wbe",
            "error unresolved-reference haproxy.cfg:15:21 haproxy.backend:web",
        ],
    );
}

#[test]
fn names_that_a_template_builds_are_patterns_and_literal_loops_are_unrolled() {
    haproxy(
        "computed",
        &[
            "error unresolved-reference modules/lb/templates/haproxy.cfg.erb:9:17 haproxy.backend:be_c",
            "warning unresolved-reference modules/lb/templates/haproxy.cfg.erb:11:17 haproxy.backend:shop_*",
            "error unresolved-reference roles/lb/templates/haproxy.cfg.j2:5:21 haproxy.backend:c",
        ],
    );
}

#[test]
fn a_section_with_a_computed_name_satisfies_its_own_configuration_only() {
    haproxy(
        "computed-section",
        &["error unresolved-reference other/haproxy.cfg:5:21 haproxy.backend:elsewhere"],
    );
}

#[test]
fn fragments_of_a_configuration_are_read_together() {
    haproxy("fragments", &["error unresolved-reference haproxy.cfg:6:21 haproxy.backend:nowhere"]);
}

#[test]
fn acls_and_servers_belong_to_their_section() {
    haproxy(
        "acls",
        &[
            "error unresolved-reference haproxy.cfg:6:26 haproxy.acl:is_apo",
            "error unresolved-reference haproxy.cfg:7:40 haproxy.acl:is_nothing",
            "error unresolved-reference haproxy.cfg:10:34 haproxy.acl:is_gone",
            "error unresolved-reference haproxy.cfg:11:30 haproxy.acl:is_none",
            "error unresolved-reference haproxy.cfg:16:26 haproxy.acl:is_api",
            "error unresolved-reference haproxy.cfg:18:16 haproxy.server:two",
        ],
    );
}

#[test]
fn an_acl_that_nothing_uses_is_noted_on_request() {
    let tree = fixture("haproxy/acls");
    let found = check(&tree, &["--rule", "unreferenced-file"]);
    let texts: Vec<&str> = found.iter().map(|finding| finding.text.as_str()).collect();
    assert_eq!(texts, ["note unreferenced-file haproxy.cfg:4:9 haproxy.acl:is_old"]);
}

#[test]
fn text_that_a_template_pulls_in_may_define_anything() {
    // Ruby's `include?` pulls nothing in.
    haproxy(
        "acls-included",
        &["error unresolved-reference question/haproxy.cfg.erb:4:24 haproxy.acl:is_api"],
    );
}

#[test]
fn what_haproxy_does_not_parse_is_an_error() {
    // In a template it may come out otherwise; words of newer versions, of other builds and
    // what a tag fills in are not known, and are not said to be wrong.
    haproxy(
        "syntax",
        &[
            "error parse-error haproxy.cfg:6:5",
            "warning parse-error templates/haproxy.cfg.j2:15:27",
        ],
    );
}

#[test]
fn every_sort_of_section_that_is_named_must_exist() {
    haproxy(
        "sections",
        &[
            "warning no-maintenance-fallback haproxy.cfg:21:5",
            "error unresolved-reference haproxy.cfg:33:19 haproxy.defaults:wob",
            "error unresolved-reference haproxy.cfg:35:22 haproxy.userlist:stuff",
            "error unresolved-reference haproxy.cfg:36:16 haproxy.http-errors:hours",
            "error unresolved-reference haproxy.cfg:37:28 haproxy.cache:page",
            "error unresolved-reference haproxy.cfg:38:31 haproxy.cache:page",
            "error unresolved-reference haproxy.cfg:39:38 haproxy.table:others/hit",
            "error unresolved-reference haproxy.cfg:40:34 haproxy.backend:apple",
            "error unresolved-reference haproxy.cfg:41:52 haproxy.table:bad",
            "error unresolved-reference haproxy.cfg:44:39 haproxy.peers:other",
            "error unresolved-reference haproxy.cfg:45:25 haproxy.mailers:past",
            "error unresolved-reference haproxy.cfg:46:18 haproxy.cache:page",
            "error unresolved-reference haproxy.cfg:47:51 haproxy.resolvers:dna",
            "error unresolved-reference haproxy.cfg:48:35 haproxy.backend:apple",
        ],
    );
}

#[test]
fn files_are_expected_where_the_tree_mirrors_the_host_s_folder() {
    // Certificates, pages, lists, maps and scripts; not those of other folders.
    haproxy(
        "files",
        &[
            "warning unresolved-reference haproxy.cfg:3:14 file:lua/gone.lua",
            "warning unresolved-reference haproxy.cfg:6:56 file:certs/gone.pem",
            "warning unresolved-reference haproxy.cfg:7:65 file:certs/gone-ca.pem",
            "warning unresolved-reference haproxy.cfg:9:19 file:errors/502.http",
            "warning unresolved-reference haproxy.cfg:10:51 file:lists/gone.lst",
            "warning unresolved-reference haproxy.cfg:12:39 file:lists/gone.map",
        ],
    );
}

#[test]
fn sections_and_servers_are_defined_once() {
    // A frontend and a backend may share a name, so may `defaults` that nothing names,
    // and alternatives of a template or of `.if`.
    haproxy(
        "duplicates",
        &[
            "error duplicate-definition haproxy.cfg:13:12",
            "error duplicate-definition haproxy.cfg:14:9",
            "error duplicate-definition haproxy.cfg:16:8",
            "error duplicate-definition inherited/haproxy.cfg:3:10",
        ],
    );
}

#[test]
fn an_unconditional_use_backend_hides_what_follows_it() {
    haproxy("shadowed", &["warning shadowed-rule haproxy.cfg:6:5"]);
}

#[test]
fn servers_that_share_traffic_need_a_check() {
    haproxy(
        "unchecked",
        &[
            "warning unchecked-server haproxy.cfg:2:5 haproxy.backend:two_open",
            "warning unchecked-server haproxy.cfg:6:5 haproxy.backend:one_open",
            "warning unchecked-server haproxy.cfg:20:5 haproxy.backend:with_backup",
        ],
    );
}

#[test]
fn a_503_page_is_no_maintenance_mode() {
    // Each site by itself; a name that speaks of maintenance is no switch.
    haproxy(
        "maintenance",
        &[
            "warning no-maintenance-fallback bare/haproxy.cfg:3:5",
            "warning no-maintenance-fallback each/haproxy.cfg:9:5",
            "warning no-maintenance-fallback words/haproxy.cfg:3:5",
            "warning shadowed-rule words/haproxy.cfg:6:5",
        ],
    );
}

#[test]
fn what_haproxy_accepts_and_what_can_be_switched_is_silent() {
    haproxy("silent", &[]);
}

#[test]
fn fetches_actions_and_lines_of_servers_name_what_must_exist() {
    haproxy(
        "names",
        &[
            "error unresolved-reference haproxy.cfg:9:27 haproxy.acl:and",
            "error unresolved-reference haproxy.cfg:10:36 haproxy.server:app/gone",
            "error unresolved-reference haproxy.cfg:11:36 haproxy.backend:gone",
            "error unresolved-reference haproxy.cfg:12:34 haproxy.frontend:app",
            "error unresolved-reference haproxy.cfg:14:44 haproxy.table:web",
            "error unresolved-reference haproxy.cfg:16:45 haproxy.table:web",
            "error unresolved-reference haproxy.cfg:19:36 haproxy.resolvers:dna",
            "error unresolved-reference haproxy.cfg:20:47 haproxy.http-errors:hours",
            "error unresolved-reference haproxy.cfg:26:18 haproxy.fcgi-app:perl",
            "error unresolved-reference haproxy.cfg:29:37 haproxy.server:app/four",
            "error duplicate-definition haproxy.cfg:32:16",
            "error duplicate-definition haproxy.cfg:39:9",
        ],
    );
}

#[test]
fn a_whole_file_without_any_backend_sends_its_traffic_nowhere() {
    haproxy(
        "without-backends",
        &["error unresolved-reference alone/haproxy.cfg:5:21 haproxy.backend:nowhere"],
    );
}

#[test]
fn a_configuration_is_known_by_its_contents() {
    haproxy("by-contents", &["error duplicate-definition lb/edge.ctmpl:11:12"]);
}

#[test]
fn directives_are_removed_by_version() {
    let name = "haproxy/removed";
    let with = |version: &str, expected: &[&str]| {
        let config = fixture(name).join(format!("{version}.yaml"));
        assert_findings(name, &["--config", &config.to_string_lossy()], expected);
    };
    with("1.5", &[]);
    with("2.0", &["error removed-directive haproxy.cfg:12:5"]);
    with(
        "2.8",
        &[
            "error removed-directive haproxy.cfg:2:5",
            "error removed-directive haproxy.cfg:6:5",
            "error removed-directive haproxy.cfg:7:5",
            "error removed-directive haproxy.cfg:8:5",
            "error removed-directive haproxy.cfg:12:5",
        ],
    );
    haproxy("removed", &[]);
}

#[test]
fn other_tools_files_in_a_haproxy_folder_are_not_judged() {
    haproxy("not-haproxy", &[]);
}

/// The table of removed directives agrees with HAProxy's history, where a copy of its
/// repository is named.
#[test]
fn the_table_of_removed_directives_is_up_to_date() {
    let Some(repository) = std::env::var_os("HAPROXY_REPOSITORY") else {
        return eprintln!("skipped: HAPROXY_REPOSITORY names no git repository of HAProxy");
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/haproxy-directives");
    let done = Command::new(script).arg("--check").arg(repository).output().expect("it starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A configuration that HAProxy accepts.
const GOOD: &str = include_str!("../../fixtures/systems/haproxy/oracle/haproxy.cfg");

/// Mutations that HAProxy rejects: a text of [`GOOD`], and what takes its place.
const REJECTED: &[(&str, &str)] = &[
    ("use_backend api if is_api", "use_backend apo if is_api"),
    ("use_backend api if is_api", "use_backend api if is_apo"),
    ("use_backend api if is_api", "use_backend web if is_api"),
    ("default_backend app\n", "default_backend ap\n"),
    ("default_backend app\n", "default_backend app_\n"),
    ("http_auth(staff)", "http_auth(stuff)"),
    ("http-request auth unless in", "http-request auth unless on"),
    ("redirect scheme https if !{ ssl_fc } is_old", "redirect scheme https if !{ ssl_fc } old"),
    ("errorfiles ours", "errorfiles theirs"),
    ("cache-use pages", "cache-use page"),
    ("cache-store pages", "cache-store page"),
    ("filter cache pages", "filter cache page"),
    (") peers others", ") peers other"),
    ("mailers post\n    email", "mailers past\n    email"),
    ("check resolvers dns", "check resolvers dna"),
    ("track app/one", "track ap/one"),
    ("use-server two", "use-server three"),
    ("table hits if", "table hit if"),
    ("table others/shared", "table others/share"),
    ("nbsrv(api)", "nbsrv(apu)"),
    ("table_http_req_rate(hits)", "table_http_req_rate(api)"),
    ("in_table(hits)", "in_table(hit)"),
    ("frontend web from base", "frontend web from bare"),
    ("backend spare", "backend app"),
    ("server two 192.0.2.2", "server one 192.0.2.2"),
    ("frontend admin", "frontend web"),
    ("http-errors more", "http-errors ours"),
    ("peers unused", "peers others"),
    ("cache rest", "cache pages"),
    ("mailers rest", "mailers post"),
    ("resolvers rest", "resolvers dns"),
    // What does not parse.
    ("    maxconn 10", "    maxcon 10"),
    ("    maxconn 10", "    MAXCONN 10"),
    ("    maxconn 10", "    server one 192.0.2.1:80"),
    ("    mode http\n    timeout client 1s", "    mode htp\n    timeout client 1s"),
    ("    mode http\n    timeout client 1s", "    bind :80\n    timeout client 1s"),
    ("timeout client 1s", "timeout clinet 1s"),
    ("timeout client 1s", "timeout client 1x"),
    ("timeout client 1s", "timeout client"),
    ("frontend web from base", "frontnd web from base"),
    ("backend spare from base", "backend"),
    ("bind 127.0.0.1:18080", "bind 18080"),
    ("bind 127.0.0.1:18080", "bind 127.0.0.1:180800"),
    ("bind 127.0.0.1:18080", "bind 127.0.0.1:18080 tranparent"),
    ("acl is_old path_beg /old", "acl is_old 'path_beg /old"),
    ("acl is_old path_beg /old", "alc is_old path_beg /old"),
    ("acl is_old path_beg /old", "/old"),
    ("http-request auth unless in", "http-request aut unless in"),
    ("{ nbsrv(api) eq 0 }", "{ nbsrv(api) eq 0}"),
    ("use_backend api if is_api", "use_backend"),
    ("errorfiles ours", "option httplg"),
    ("server one 192.0.2.1:80 check\nbackend app", "server 192.0.2.1:80 check\nbackend app"),
    ("server one 192.0.2.1:80 check\nbackend app", "server one\nbackend app"),
    ("server three_ app.example.org:80 check", "server three_ app.example.org:80 chek"),
    ("server three_ app.example.org:80 check", "server three_ app.example.org:80 inter"),
    ("use_backend api if is_api", "use_backend api iff is_api"),
    ("redirect scheme https", "redirect shceme https"),
    ("stats enable", "stats enabel"),
    ("stats enable", "balance roundrobbin"),
];

/// Mutations that HAProxy accepts although they look like those.
const ACCEPTED: &[(&str, &str)] = &[
    ("", ""),
    ("use_backend api if is_api", "use_backend %[hdr(host)] if is_api"),
    ("use_backend api if is_api", "use_backend \"$SOMEWHERE\" if is_api"),
    ("use_backend api if is_api", "use_backend 'api' if is_api"),
    ("use_backend api if is_api", "use_backend api if is_api METH_GET or TRUE !is_old"),
    ("use_backend api if is_api", "use_backend api unless { path /x } || is_api { src 192.0.2.1 }"),
    ("default_backend app\n", "default_backend status\n"),
    ("backend spare", "backend web"),
    ("frontend admin", "frontend app"),
    ("acl is_old path_beg /old", "acl is_old path_beg /old\n    acl is_old path_end .old"),
    ("http_auth(staff)", "http_auth(visitors)"),
    ("use-server two", "use-server one"),
    ("defaults unnamed", "defaults rest"),
    ("table hits if", "table app if"),
    // What looks like a slip, and is none.
    ("timeout client 1s", "timeout client 1min"),
    ("timeout client 1s", "timeout client 1000"),
    ("acl is_old path_beg /old", "acl is_old path_beg /old # don't"),
    ("acl is_old path_beg /old", "acl is_old path_beg \"/old don't\""),
    ("acl is_old path_beg /old", "acl is_old path_beg /don\\'t"),
    ("{ nbsrv(api) eq 0 }", "{ path { }"),
    ("server three_ app.example.org:80 check", "server check app.example.org:80 check weight 1"),
    (
        "server three_ app.example.org:80 check",
        "server three_ app.example.org:80 check cookie chek",
    ),
    ("bind 127.0.0.1:18080", "bind 127.0.0.1:18080,127.0.0.1:18083 name tranparent"),
    ("stats enable", "no option dontlognull"),
    ("server three_ app.example.org:80 check", "server three_ check check"),
];

fn haproxy_is_installed() -> bool {
    let probe = Command::new("haproxy").arg("-v").stdout(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}

/// Whether HAProxy accepts the configuration, and what it said.
fn accepts(file: &Path) -> (bool, String) {
    let done = Command::new("haproxy")
        .args(["-c", "-f"])
        .arg(file)
        .env("SOMEWHERE", "api")
        .output()
        .expect("haproxy starts");
    (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
}

#[test]
fn our_verdict_is_haproxy_s_own() {
    let installed = haproxy_is_installed();
    if !installed {
        eprintln!("skipped in part: haproxy is not installed, so only our own verdict is tested");
    }
    let mut wrong = Vec::new();
    for (mutations, expected) in [(REJECTED, false), (ACCEPTED, true)] {
        for (from, to) in mutations {
            let at = GOOD.find(from).unwrap_or_else(|| panic!("`{from}` is not in the fixture"));
            let text = format!("{}{to}{}", &GOOD[..at], &GOOD[at + from.len()..]);
            let line = GOOD[..at].matches('\n').count() as u64 + 1;
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("haproxy.cfg");
            fs::write(&file, text).expect("written");
            let found = check(folder.path(), &[]);
            if installed {
                let (verdict, said) = accepts(&file);
                if verdict != expected {
                    wrong.push(format!("`{to}`: haproxy accepts: {verdict}\n{said}"));
                }
            }
            let ours = if expected {
                found.iter().all(|finding| finding.severity != "error")
            } else {
                found.iter().any(|finding| finding.line == line && finding.severity != "note")
            };
            if !ours {
                let texts: Vec<&String> = found.iter().map(|finding| &finding.text).collect();
                wrong.push(format!("`{to}` on line {line}: we say {texts:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_programs_listen_to_servers_too() {
    let ntp = ("etc/ntpd.conf", "listen on *\nserver a\nserver a\nserver b\n");
    let script = (
        "bin/generate.erb",
        "#!/usr/bin/python\nT = \"\"\"\nfrontend f\n  mode http\n  use_backend b\n  server a 1.2.3.4:80\n\"\"\")\n",
    );
    assert_snapshot!(crate::common::check(&[ntp, script]), @"");
}
