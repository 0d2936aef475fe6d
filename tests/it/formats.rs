//! Every format, whole: of a report and of a plan.

use crate::common::{crosscheck, told, tree};
use insta::assert_snapshot;
use quick_xml::events::Event;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

/// A change with findings of each severity, a name that each format has to escape, places in
/// both trees, and a finding that is silenced.
fn change() -> TempDir {
    let gone = "class web::gone {\n}\n";
    let old = "class web {\n  include web::gone\n}\n";
    let new = "class web ($site) {\n  include web::gone\n  file { '/etc/a':\n    source => 'puppet:///modules/web/a<b>&\"c\"|d%e',\n  }\n  file { '/etc/b':\n    source => \"puppet:///modules/web/sites/${site}.conf\",\n  }\n  include web::x # crosscheck: allow(unresolved-reference) the vault brings it\n  include web::y # crosscheck: allow(unresolved-reference)\n}\n";
    tree(&[
        ("old/modules/web/manifests/init.pp", old),
        ("old/modules/web/manifests/gone.pp", gone),
        ("new/modules/web/manifests/init.pp", new),
    ])
}

fn shown(format: &str) -> String {
    let args = ["check", "new", "--against", "old", "--color", "never", "--format", format];
    let done = crosscheck(change().path(), &args);
    assert_eq!(done.status.code(), Some(1), "{format}: {done:?}");
    String::from_utf8(done.stdout).expect("UTF-8")
}

fn json(format: &str) -> Value {
    serde_json::from_str(&shown(format)).expect("JSON")
}

/// Panics unless it is XML with these elements, each so many times.
fn elements(text: &str, expected: &[(&str, usize)]) {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut found: Vec<(String, usize)> = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(own) | Event::Empty(own) => {
                own.attributes().for_each(|own| drop(own.expect("an attribute")));
                let name = own.name().as_ref().to_owned();
                match found.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, times)) => *times += 1,
                    None => found.push((name, 1)),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let found: Vec<_> = found.iter().map(|(name, times)| (name.as_str(), *times)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn human() {
    assert_snapshot!(shown("human"), @r#"
        error[removed-but-referenced]

          × class `web::gone` was removed but is still used
           ╭─[modules/web/manifests/init.pp:2:11]
         1 │ class web ($site) {
         2 │   include web::gone
           ·           ────┬────
           ·               ╰── still required here by `include`
         3 │   file { '/etc/a':
           ╰────
          help: keep the class until nothing uses it, or change this reference too

          ☞ provided here before this change
           ╭─[modules/web/manifests/gone.pp (old):1:7]
         1 │ class web::gone {
           ·       ─────────
         2 │ }
           ╰────

        error[unresolved-reference]

          × file `modules/web/files/a<b>&"c"|d%e` does not exist
           ╭─[modules/web/manifests/init.pp:4:15]
         3 │   file { '/etc/a':
         4 │     source => 'puppet:///modules/web/a<b>&"c"|d%e',
           ·               ──────────────────┬─────────────────
           ·                                 ╰── required here by `source`
         5 │   }
           ╰────

        warning[unresolved-reference]

          ⚠ no file matches `modules/web/files/sites/*.conf`
           ╭─[modules/web/manifests/init.pp:7:15]
         6 │   file { '/etc/b':
         7 │     source => "puppet:///modules/web/sites/${site}.conf",
           ·               ─────────────────────┬────────────────────
           ·                                    ╰── required here by `source`
         8 │   }
           ╰────

        note[unexplained-silence]

          ☞ this silence gives no reason
            ╭─[modules/web/manifests/init.pp:10:20]
          9 │   include web::x # crosscheck: allow(unresolved-reference) the vault brings it
         10 │   include web::y # crosscheck: allow(unresolved-reference)
            ·                    ───────────────────────────────────────
         11 │ }
            ╰────
          help: write after the parenthesis why the finding is acceptable

        unresolved-reference    1 error, 1 warning
        removed-but-referenced  1 error
        unexplained-silence     1 note
        2 errors, 1 warning, 1 note in 1 file (2 silenced)
        "#);
}

#[test]
fn concise() {
    assert_snapshot!(shown("concise"), @r#"
        modules/web/manifests/init.pp:2:11: error[removed-but-referenced] class `web::gone` was removed but is still used
        modules/web/manifests/init.pp:4:15: error[unresolved-reference] file `modules/web/files/a<b>&"c"|d%e` does not exist
        modules/web/manifests/init.pp:7:15: warning[unresolved-reference] no file matches `modules/web/files/sites/*.conf`
        modules/web/manifests/init.pp:10:20: note[unexplained-silence] this silence gives no reason
        unresolved-reference    1 error, 1 warning
        removed-but-referenced  1 error
        unexplained-silence     1 note
        2 errors, 1 warning, 1 note in 1 file (2 silenced)
        "#);
}

#[test]
fn the_contract() {
    let mut report = json("json");
    report["summary"]["elapsed_ms"] = 0.into();
    assert_snapshot!("report.json", format!("{report:#}"));
}

#[test]
fn sarif() {
    let mut report = json("sarif");
    // What the pages of the rules say is theirs.
    for rule in report["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules") {
        for (part, text) in [("fullDescription", "text"), ("help", "text"), ("help", "markdown")] {
            assert!(rule[part][text].is_string(), "{rule:#}");
            rule[part][text] = "…".into();
        }
    }
    assert_snapshot!("report.sarif", format!("{report:#}"));
}

#[test]
fn gitlab() {
    assert_snapshot!("report.gitlab", format!("{:#}", json("gitlab")));
}

#[test]
fn github() {
    assert_snapshot!(shown("github"), @r#"
        ::error file=modules/web/manifests/init.pp,line=2,col=11,endLine=2,endColumn=20,title=removed-but-referenced::class `web::gone` was removed but is still used; keep the class until nothing uses it, or change this reference too
        ::error file=modules/web/manifests/init.pp,line=4,col=15,endLine=4,endColumn=51,title=unresolved-reference::file `modules/web/files/a<b>&"c"|d%25e` does not exist
        ::warning file=modules/web/manifests/init.pp,line=7,col=15,endLine=7,endColumn=57,title=unresolved-reference::no file matches `modules/web/files/sites/*.conf`
        ::notice file=modules/web/manifests/init.pp,line=10,col=20,endLine=10,endColumn=59,title=unexplained-silence::this silence gives no reason; write after the parenthesis why the finding is acceptable
        "#);
}

#[test]
fn junit() {
    let text = shown("junit");
    let found =
        [("testsuites", 1), ("testsuite", 1), ("testcase", 4), ("failure", 2), ("system-out", 2)];
    elements(&text, &found);
    assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="crosscheck" tests="4" failures="2" errors="0">
            <testcase classname="modules/web/manifests/init.pp" name="removed-but-referenced at line 2">
              <failure type="error" message="class `web::gone` was removed but is still used; keep the class until nothing uses it, or change this reference too">modules/web/manifests/init.pp:2</failure>
            </testcase>
            <testcase classname="modules/web/manifests/init.pp" name="unresolved-reference at line 4">
              <failure type="error" message="file `modules/web/files/a&lt;b&gt;&amp;&quot;c&quot;|d%e` does not exist">modules/web/manifests/init.pp:4</failure>
            </testcase>
            <testcase classname="modules/web/manifests/init.pp" name="unresolved-reference at line 7">
              <system-out>warning: no file matches `modules/web/files/sites/*.conf` (modules/web/manifests/init.pp:7)</system-out>
            </testcase>
            <testcase classname="modules/web/manifests/init.pp" name="unexplained-silence at line 10">
              <system-out>note: this silence gives no reason; write after the parenthesis why the finding is acceptable (modules/web/manifests/init.pp:10)</system-out>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
}

#[test]
fn cases_of_junit_are_called_differently_and_fail_where_the_run_does() {
    let dir = tree(&[("modules/web/manifests/init.pp", "class web { include web::a, web::b }\n")]);
    let text = told(dir.path(), &["check", "--format", "junit"]);
    let names: Vec<&str> =
        text.split(" name=\"").skip(2).filter_map(|own| own.split('"').next()).collect();
    assert_eq!(names, ["unresolved-reference at line 1", "unresolved-reference at line 1 (2)"]);
    let failures = |fail_on: &str| {
        let done = crosscheck(
            change().path(),
            &["check", "new", "--against", "old", "--format", "junit", "--fail-on", fail_on],
        );
        String::from_utf8_lossy(&done.stdout).matches("<failure").count()
    };
    assert_eq!(["never", "error", "warning", "note"].map(failures), [0, 2, 3, 4]);
}

#[test]
fn checkstyle() {
    let text = shown("checkstyle");
    elements(&text, &[("checkstyle", 1), ("file", 1), ("error", 4)]);
    assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="modules/web/manifests/init.pp">
            <error line="2" column="11" severity="error" message="class `web::gone` was removed but is still used; keep the class until nothing uses it, or change this reference too" source="crosscheck.removed-but-referenced"/>
            <error line="4" column="15" severity="error" message="file `modules/web/files/a&lt;b&gt;&amp;&quot;c&quot;|d%e` does not exist" source="crosscheck.unresolved-reference"/>
            <error line="7" column="15" severity="warning" message="no file matches `modules/web/files/sites/*.conf`" source="crosscheck.unresolved-reference"/>
            <error line="10" column="20" severity="info" message="this silence gives no reason; write after the parenthesis why the finding is acceptable" source="crosscheck.unexplained-silence"/>
          </file>
        </checkstyle>
        "#);
}

/// Where the pages of rules are served is for whoever runs the program to say.
#[test]
fn rules_lead_to_their_pages_where_these_are_served() {
    let run = |args: &[&str]| {
        let all = ["check", "new", "--against", "old", "--rule", "removed-but-referenced"];
        let done = crosscheck(change().path(), &[&all, args].concat());
        (done.status.code(), String::from_utf8(done.stdout).expect("UTF-8"))
    };
    let helped = |pages: &str| {
        let (_, text) = run(&["--format", "sarif", "--pages", pages]);
        let report: Value = serde_json::from_str(&text).expect("JSON");
        report["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"].clone()
    };
    let page = "https://docs.example.org/rules/removed-but-referenced";
    assert_eq!(helped("https://docs.example.org/rules/"), format!("{page}.md"));
    assert_eq!(helped("https://docs.example.org/rules/{rule}.html"), format!("{page}.html"));
    let (_, without) = run(&["--format", "sarif"]);
    assert!(!without.contains("helpUri"));
    let pages = ["--pages", "https://docs.example.org/rules"];
    let (_, comment) = run(&[&["--format", "markdown"], &pages[..]].concat());
    assert!(comment.contains(&format!("| error | [removed-but-referenced]({page}.md) |")));
    let (_, plain) = run(&[&["--color", "never"], &pages[..]].concat());
    let (_, colored) = run(&[&["--color", "always"], &pages[..]].concat());
    assert!(!plain.contains(page) && colored.contains(&format!("\x1b]8;;{page}.md\x1b\\")));
    for odd in ["docs/rules", "javascript:alert(1)", "https://a/b c", "https://a/)"] {
        assert_eq!(run(&["--pages", odd]).0, Some(2), "{odd}");
    }
}

#[test]
fn markdown() {
    assert_snapshot!(shown("markdown"), @r#"
        <!-- crosscheck -->
        **Crosscheck**: 2 errors, 1 warning, 1 note in 1 file

        | severity | rule | place | message |
        | --- | --- | --- | --- |
        | error | removed-but-referenced | modules/web/manifests/init.pp:2 | class `web::gone` was removed but is still used; keep the class until nothing uses it, or change this reference too |
        | error | unresolved-reference | modules/web/manifests/init.pp:4 | file `modules/web/files/a<b>&"c"\|d%e` does not exist |

        <details><summary>1 warning</summary>

        | severity | rule | place | message |
        | --- | --- | --- | --- |
        | warning | unresolved-reference | modules/web/manifests/init.pp:7 | no file matches `modules/web/files/sites/*.conf` |

        </details>

        <details><summary>1 note</summary>

        | severity | rule | place | message |
        | --- | --- | --- | --- |
        | note | unexplained-silence | modules/web/manifests/init.pp:10 | this silence gives no reason; write after the parenthesis why the finding is acceptable |

        </details>
        "#);
}

#[test]
fn a_comment_is_never_longer_than_its_host_takes() {
    let body: String = (0..2000).map(|ix| format!("  include web::gone{ix}\n")).collect();
    let dir = tree(&[
        ("modules/web/manifests/init.pp", &format!("class web {{\n{body}}}\n")),
        (
            "modules/web/manifests/x.pp",
            "class web::x {\n  include web::y # crosscheck: allow(unresolved-reference)\n}\n",
        ),
    ]);
    let shown = told(dir.path(), &["check", "--format", "markdown"]);
    assert!(shown.len() < 65_536, "{}", shown.len());
    assert!(shown.contains("2000 errors"), "{}", &shown[..200]);
    assert!(shown.contains("There is no room here for "), "{}", &shown[shown.len() - 200..]);
    assert!(shown.contains("| modules/web/manifests/init.pp:2 |"), "{}", &shown[..200]);
    let quiet = told(dir.path(), &["check", "--format", "markdown", "--quiet"]);
    assert_eq!(quiet.lines().count(), 3, "{quiet}");
}

#[test]
fn nothing_found() {
    let dir = tree(&[("manifests/site.pp", "node 'a' {\n}\n")]);
    let shown = |format| told(dir.path(), &["check", "--format", format]);
    assert_snapshot!(shown("human"), @r"
        0 errors, 0 warnings, 0 notes in 1 file
        exit code 0
        ");
    assert_snapshot!(shown("concise"), @r"
        0 errors, 0 warnings, 0 notes in 1 file
        exit code 0
        ");
    assert_snapshot!(shown("github"), @"exit code 0");
    assert_snapshot!(shown("gitlab"), @r"
        []
        exit code 0
        ");
    assert_snapshot!(shown("junit"), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="crosscheck" tests="1" failures="0" errors="0">
            <testcase classname="crosscheck" name="consistent"/>
          </testsuite>
        </testsuites>
        exit code 0
        "#);
    assert_snapshot!(shown("checkstyle"), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
        </checkstyle>
        exit code 0
        "#);
    assert_snapshot!(shown("markdown"), @r"
        <!-- crosscheck -->
        **Crosscheck**: 0 errors, 0 warnings, 0 notes in 1 file
        exit code 0
        ");
}

/// The plan of an incident whose two units have no safe order.
fn plan(format: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incidents/4");
    let done = crosscheck(&root, &["rollout", "old", "new", "--format", format]);
    String::from_utf8(done.stdout).expect("UTF-8")
}

#[test]
fn plans_as_pictures() {
    assert_snapshot!(plan("mermaid"), @r#"
        flowchart TD
          subgraph wave1["Wave 1: at once"]
            u0["code"]
            u1["config"]
          end
          u0 -->|"js.method:addWiki"| u1
          u1 -->|"js.method:setInterwiki"| u0
        "#);
    assert_snapshot!(plan("dot"), @r#"
        digraph rollout {
          rankdir=TB;
          node [shape=box];
          subgraph cluster_1 {
            label="Wave 1: at once";
            u0 [label="code"];
            u1 [label="config"];
          }
          u0 -> u1 [label="js.method:addWiki"];
          u1 -> u0 [label="js.method:setInterwiki"];
        }
        "#);
}

#[test]
fn plans_as_pages() {
    assert_snapshot!(plan("markdown"), @r"
        # Rollout from old to new

        2 units in 1 wave, 2 hazards on the way; 1 group without a safe order

        Units: 2 ordered by needs that were found.
        Not read, so that they may need more than this plan knows: 3 JavaScript files, 1 JSON file.

        ## 1. 2 units — all at once: they have no safe order

        - [ ] `code` (restarts parser)
          - `code/lib/config.js`
          - `code/lib/routes.js`
          - `code/package.json`
        - [ ] `config` (restarts parser)
          - `config/localsettings.js`

        ## No safe order 1 (wave 1): `code`, `config`

          - code waits for config: the old text requires method `setInterwiki` by `call`, and it goes with this change, config/localsettings.js:4 (old) → code/lib/config.js:8 (old)
          - config waits for code: the new text requires method `addWiki` by `call`, and it comes with this change, config/localsettings.js:4 (new) → code/lib/config.js:8 (new)
          - the smallest set that frees them: method `setInterwiki`

        Or split it into three commits:

        1. expand
           - `code/lib/config.js`: add `addWiki`
           - `code/lib/config.js`: keep `setInterwiki` beside what replaces it
        2. migrate
           - `config/localsettings.js`: stop using `setInterwiki`
           - `config/localsettings.js`: use `addWiki`
        3. contract
           - `code/lib/config.js`: remove what `setInterwiki` was kept for

        ## `parser` goes down (by code, config)

          - not declared; who notices:
          -   probe parser: http://localhost/, puppet/hieradata/common.yaml:2 (new)
          -   monitor parser: check_http -p 8000, puppet/modules/parser/manifests/monitoring.pp:3 (new)
          -   monitor lvs-parser: check_http -H parser.svc.example.org -p 8000, puppet/modules/parser/manifests/monitoring.pp:8 (new)
          - probed: /
          - users ask for: /*/*

        ## Notes

          - a load balancer probes `parser`: a host that fails is taken out
        ");
    let page = plan("html");
    assert!(page.starts_with("<!DOCTYPE html>\n"), "{page}");
    assert_snapshot!("plan.html", page);
}

#[test]
fn plans_as_data() {
    let text = plan("json");
    serde_json::from_str::<Value>(&text).expect("JSON");
    assert_snapshot!("plan.json", text);
}

/// A page loads nothing, holds no name as markup, and says of each finding what leads where.
#[test]
fn page() {
    let page = shown("html");
    assert!(page.starts_with("<!DOCTYPE html>\n") && page.ends_with("</html>\n"), "{page}");
    assert!(!page.contains("a<b>") && page.contains("a&lt;b&gt;&amp;&quot;c&quot;"), "{page}");
    for absent in ["<link", "<img", " src=", "href=\"http", "url("] {
        assert!(!page.contains(absent), "{absent}: {page}");
    }
    let part = |from: &str, to: &str| {
        let rest = page.split_once(from).expect("it is there").1;
        rest.split_once(to).expect("it ends").0.to_owned()
    };
    assert_snapshot!("page.finding.html", part("<article ", "</article>"));
    assert_snapshot!("page.verdict.html", part("<header>", "</header>"));
    assert_snapshot!("page.read.html", part("<h2>What was read</h2>", "<h2>"));
    // Each anchor is there once, and each link within the page has its anchor.
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|own| own.split('"').next()).collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|own| own == &id).count(), 1, "{id}");
    }
    for link in page.split("href=\"#").skip(1).filter_map(|own| own.split('"').next()) {
        assert!(ids.contains(&link), "{link}");
    }
}
