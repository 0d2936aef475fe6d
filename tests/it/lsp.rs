//! `crosscheck lsp`: a dialogue over standard input and output, as an editor leads it.

mod editor;

use editor::Editor;
use serde_json::{Value, json};

const WEB: &str = "# é😀\nclass web (Integer $port = 80, String $host) {\n  include web::tls\n  file { '/etc/motd': content => template('web/motd.erb') }\n}\n";
const TLS: &str = "class web::tls {\n}\n";
const SITE: &str = "node 'a' {\n  class { 'web': host => 'a' }\n}\n";

const PUPPET: &[(&str, &str)] = &[
    ("modules/web/manifests/init.pp", WEB),
    ("modules/web/manifests/tls.pp", TLS),
    ("modules/web/templates/motd.erb", "hello\n"),
    ("manifests/site.pp", SITE),
];
const INIT: &str = "modules/web/manifests/init.pp";

#[test]
fn findings_follow_what_is_typed() {
    let mut editor = Editor::of(PUPPET);
    editor.open(INIT, WEB);
    assert_eq!(editor.findings(INIT), Vec::<String>::new());
    let whole = json!([{"text": WEB.replace("web::tls", "web::tsl")}]);
    editor.change(INIT, whole);
    assert_eq!(editor.findings(INIT), ["1 unresolved-reference 2:10-18"]);
    // A part: the last letters of the name.
    let part = json!([{"range": {"start": {"line": 2, "character": 15}, "end": {"line": 2, "character": 18}}, "text": "tls"}]);
    editor.change(INIT, part);
    assert_eq!(editor.findings(INIT), Vec::<String>::new());
    // What another buffer defines counts before it is saved.
    let tls = "modules/web/manifests/tls.pp";
    editor.open(tls, TLS);
    assert_eq!(editor.findings(tls), Vec::<String>::new());
    editor.change(tls, json!([{"text": "class web::other {\n}\n"}]));
    assert_eq!(editor.findings(INIT), ["1 unresolved-reference 2:10-18"]);
    let uri = editor.uri(tls);
    editor.tell("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    assert_eq!(editor.findings(INIT), Vec::<String>::new());
    assert_eq!(editor.end(), (Some(0), String::new()));
}

#[test]
fn definitions_and_uses_lead_through_files() {
    let mut editor = Editor::of(PUPPET);
    editor.open(INIT, WEB);
    let found = editor.at("textDocument/definition", INIT, WEB, "include web|::tls");
    assert_eq!(editor.places(&found), ["modules/web/manifests/tls.pp:0:6"]);
    let found = editor.at("textDocument/definition", INIT, WEB, "web/mo|td.erb");
    assert_eq!(editor.places(&found), ["modules/web/templates/motd.erb:0:0"]);
    let found = editor.at("textDocument/definition", "manifests/site.pp", SITE, "ho|st =>");
    assert_eq!(editor.places(&found), ["modules/web/manifests/init.pp:1:38"]);
    let found = editor.at("textDocument/references", INIT, WEB, "class w|eb");
    assert_eq!(
        editor.places(&found),
        ["manifests/site.pp:1:10", "modules/web/manifests/init.pp:1:6"]
    );
    let found =
        editor.at("textDocument/references", "modules/web/manifests/tls.pp", TLS, "web::|tls");
    assert_eq!(
        editor.places(&found),
        ["modules/web/manifests/init.pp:2:10", "modules/web/manifests/tls.pp:0:6"]
    );
    let found = editor.at("textDocument/definition", INIT, WEB, "# |");
    assert_eq!(editor.places(&found), Vec::<String>::new());
    editor.end();
}

#[test]
fn hover_tells_what_a_thing_takes_and_how_many_use_it() {
    let mut editor = Editor::of(PUPPET);
    let found = editor.at("textDocument/hover", "manifests/site.pp", SITE, "'we|b'");
    insta::assert_snapshot!(found["contents"]["value"].as_str().unwrap_or("nothing"), @r"
    class `web`

    in `modules/web/manifests/init.pp:2`

    - `port` `Integer` = `80`
    - `host` `String` (required)

    used in 1 place
    ");
    editor.open(INIT, &WEB.replace("web::tls", "web::tsl"));
    let found =
        editor.at("textDocument/hover", INIT, &WEB.replace("web::tls", "web::tsl"), "web::t|sl");
    let text = found["contents"]["value"].as_str().unwrap_or("nothing").to_owned();
    assert!(
        text.starts_with("class `web::tsl`: not in this tree\n\n---\n\n**unresolved-reference**: "),
        "{text}"
    );
    editor.end();
}

#[test]
fn names_that_fit_are_offered() {
    let mut editor = Editor::of(PUPPET);
    let text = WEB.replace("include web::tls", "include web::");
    editor.open(INIT, &text);
    let labels = |found: &Value| -> Vec<String> {
        let all = found["items"].as_array().expect("items").iter();
        all.map(|own| own["textEdit"]["newText"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let found = editor.at("textDocument/completion", INIT, &text, "include web::|");
    assert_eq!(labels(&found), ["web::tls"]);
    assert_eq!(
        found["items"][0]["textEdit"]["range"],
        json!({"start": {"line": 2, "character": 10}, "end": {"line": 2, "character": 15}})
    );
    let found = editor.at("textDocument/completion", INIT, &text, "'web/mo|td.erb'");
    assert_eq!(labels(&found), ["'web/motd.erb"]);
    let site = "node 'a' {\n  class { 'web': po => 1 }\n}\n";
    editor.open("manifests/site.pp", site);
    let found = editor.at("textDocument/completion", "manifests/site.pp", site, "po|");
    assert_eq!(labels(&found), ["port"]);
    editor.end();
}

#[test]
fn names_of_other_systems_are_known_alike() {
    let haproxy = "frontend f\n    bind :80\n    default_backend web\nbackend web\n    server a 10.0.0.1:80\n";
    let terraform = "variable \"size\" {}\noutput \"o\" {\n  value = var.size\n}\n";
    let pod = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  LEVEL: debug\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n    - name: c\n      image: a:1\n      env:\n        - name: X\n          valueFrom:\n            configMapKeyRef:\n              name: settings\n              key: LEVEL\n";
    let tasks = "- name: conf\n  ansible.builtin.template:\n    src: a.j2\n    dest: /etc/a\n  notify: restart web\n";
    let mut editor = Editor::of(&[
        ("haproxy.cfg", haproxy),
        ("main.tf", terraform),
        ("k8s/pod.yaml", pod),
        ("site.yml", "- hosts: all\n  roles:\n    - web\n"),
        ("roles/web/tasks/main.yml", tasks),
        ("roles/web/handlers/main.yml", "- name: restart web\n  ansible.builtin.command: id\n"),
        ("roles/web/templates/a.j2", "a\n"),
        ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
        ("charts/web/values.yaml", "image:\n  tag: a\n"),
        ("charts/web/templates/a.yaml", "a: {{ .Values.image.tag }}\n"),
    ]);
    for (path, text, mark, place) in [
        ("haproxy.cfg", haproxy, "default_backend w|eb", "haproxy.cfg:3:8"),
        ("main.tf", terraform, "var.si|ze", "main.tf:0:9"),
        ("k8s/pod.yaml", pod, "key: LEV|EL", "k8s/pod.yaml:5:2"),
        (
            "site.yml",
            "- hosts: all\n  roles:\n    - web\n",
            "- we|b",
            "roles/web/tasks/main.yml:0:0",
        ),
        ("roles/web/tasks/main.yml", tasks, "notify: rest|art", "roles/web/handlers/main.yml:0:8"),
        ("roles/web/tasks/main.yml", tasks, "a|.j2", "roles/web/templates/a.j2:0:0"),
        (
            "charts/web/templates/a.yaml",
            "a: {{ .Values.image.tag }}\n",
            "image.t|ag",
            "charts/web/values.yaml:1:2",
        ),
    ] {
        let found = editor.at("textDocument/definition", path, text, mark);
        assert!(editor.places(&found).contains(&place.to_owned()), "{mark}: {found}");
    }
    let found =
        editor.at("textDocument/references", "haproxy.cfg", haproxy, "backend w|eb\n    server");
    assert_eq!(editor.places(&found), ["haproxy.cfg:2:20", "haproxy.cfg:3:8"]);
    let text = haproxy.replace("default_backend web", "default_backend w");
    editor.open("haproxy.cfg", &text);
    let found = editor.at("textDocument/completion", "haproxy.cfg", &text, "default_backend w|");
    assert_eq!(found["items"][0]["textEdit"]["newText"], json!("web"));
    editor.end();
}

#[test]
fn symbols_are_what_files_define() {
    let mut editor = Editor::of(PUPPET);
    let params = json!({"textDocument": {"uri": editor.uri(INIT)}});
    let found = editor.ask("textDocument/documentSymbol", params);
    assert_eq!(found[0]["name"], json!("web"));
    assert_eq!(found[0]["children"][0]["name"], json!("web::port"));
    let found = editor.ask("workspace/symbol", json!({"query": "TLS"}));
    assert_eq!(found[0]["name"], json!("web::tls"));
    assert_eq!(found[0]["containerName"], json!("class"));
    editor.end();
}

#[test]
fn actions_correct_and_silence() {
    let mut editor = Editor::of(PUPPET);
    let text = WEB.replace("web::tls", "web::tsl");
    editor.open(INIT, &text);
    assert_eq!(editor.findings(INIT), ["1 unresolved-reference 2:10-18"]);
    let place = json!({"line": 2, "character": 12});
    let uri = editor.uri(INIT);
    let params = json!({"textDocument": {"uri": uri}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}});
    let found = editor.ask("textDocument/codeAction", params);
    let edit = |ix: usize| found[ix]["edit"]["changes"][&uri][0].clone();
    assert_eq!(found[0]["title"], json!("write `web::tls`"));
    assert_eq!(edit(0)["newText"], json!("web::tls"));
    assert_eq!(found[1]["title"], json!("silence `unresolved-reference` here"));
    assert_eq!(
        edit(1)["newText"],
        json!("  # crosscheck: allow(unresolved-reference) TODO: why\n")
    );
    assert_eq!(edit(1)["range"]["start"], json!({"line": 2, "character": 0}));
    // The comment does what it says.
    editor.change(INIT, json!([{"range": edit(1)["range"], "text": edit(1)["newText"]}]));
    assert_eq!(editor.findings(INIT), Vec::<String>::new());
    editor.end();
}

#[test]
fn a_name_is_changed_everywhere_or_nowhere() {
    let haproxy = "frontend f\n    bind :80\n    default_backend web\nbackend web\n    server a 10.0.0.1:80\nbackend api\n    server a 10.0.0.1:80\n";
    let mut editor = Editor::of(&[("haproxy.cfg", haproxy), PUPPET[0], PUPPET[1], PUPPET[3]]);
    let named = |editor: &Editor, path: &str, text: &str, mark: &str, to: &str| {
        let mut params = editor.place(path, text, mark);
        params["newName"] = json!(to);
        params
    };
    let params = named(&editor, "haproxy.cfg", haproxy, "default_backend w|eb", "shop");
    let found = editor.ask("textDocument/rename", params);
    let changes = found["changes"][editor.uri("haproxy.cfg")].as_array().expect("edits").clone();
    let lines: Vec<&Value> = changes.iter().map(|own| &own["range"]["start"]["line"]).collect();
    assert_eq!(lines, [&json!(2), &json!(3)]);
    assert!(changes.iter().all(|own| own["newText"] == json!("shop")));
    for (path, text, mark, to, why) in [
        ("haproxy.cfg", haproxy, "default_backend w|eb", "api", "there is a backend `api` already"),
        ("haproxy.cfg", haproxy, "default_backend w|eb", "a b", "`a b` cannot be such a name"),
        (
            INIT,
            WEB,
            "include web::t|ls",
            "web::x",
            "the file of a class is found by its name, and would have to move",
        ),
        (INIT, WEB, "# |", "x", "nothing here has a name"),
    ] {
        let params = named(&editor, path, text, mark, to);
        let reply = editor.reply("textDocument/rename", params);
        assert_eq!(reply["error"]["message"], json!(why), "{reply}");
    }
    editor.end();
}

#[test]
fn the_configuration_holds_once_it_is_saved_and_a_wrong_one_is_shown() {
    let mut editor = Editor::of(PUPPET);
    let text = WEB.replace("web::tls", "web::tsl");
    editor.open(INIT, &text);
    assert_eq!(editor.findings(INIT), ["1 unresolved-reference 2:10-18"]);
    let config = editor.dir.path().join("crosscheck.yaml");
    let uri = editor.uri("crosscheck.yaml");
    let save = |editor: &mut Editor, text: &str| {
        std::fs::write(&config, text).expect("written");
        let uri = uri.clone();
        editor
            .tell("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 2}]}));
    };
    save(&mut editor, "rules: {unresolved-reference: off}\n");
    assert_eq!(editor.findings(INIT), Vec::<String>::new());
    save(&mut editor, "ruless: {}\n");
    assert_eq!(editor.findings("crosscheck.yaml"), ["1 configuration 0:0-6"]);
    save(&mut editor, "rules: {unresolved-reference: warning}\n");
    assert_eq!(editor.findings("crosscheck.yaml"), Vec::<String>::new());
    assert_eq!(editor.findings(INIT), ["2 unresolved-reference 2:10-18"]);
    editor.end();
}

#[test]
fn positions_are_counted_as_the_client_offers() {
    let text = "class web { notify { '😀': } include web::tsl }\n";
    for (offered, kind, start) in [
        (json!(null), "utf-16", 37),
        (json!(["utf-16", "utf-8"]), "utf-8", 39),
        (json!(["utf-32"]), "utf-32", 36),
    ] {
        let mut editor = Editor::mute(&[(INIT, text)]);
        let folders = json!([{"uri": editor.uri(""), "name": "x"}]);
        let general =
            if offered.is_null() { json!({}) } else { json!({"positionEncodings": offered}) };
        let answer = editor.initialize(
            json!({"capabilities": {"general": general}, "workspaceFolders": folders, "processId": null, "rootUri": null}),
        );
        assert_eq!(answer["capabilities"]["positionEncoding"], json!(kind));
        editor.open(INIT, text);
        let end = start + 8;
        assert_eq!(editor.findings(INIT), [format!("1 unresolved-reference 0:{start}-{end}")]);
        editor.end();
    }
}

#[test]
fn without_a_folder_the_repository_of_a_file_is_one() {
    let mut editor = Editor::mute(PUPPET);
    std::fs::create_dir(editor.dir.path().join(".git")).expect("made");
    editor.initialize(json!({"capabilities": {}, "processId": null, "rootUri": null}));
    editor.open(INIT, &WEB.replace("web::tls", "web::tsl"));
    assert_eq!(editor.findings(INIT), ["1 unresolved-reference 2:10-18"]);
    editor.end();
}

#[test]
fn what_is_no_message_is_refused_and_what_is_asked_wrongly_too() {
    let mut editor = Editor::mute(PUPPET);
    let early = editor.reply("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], json!(-32002));
    let root = editor.uri("");
    editor.initialize(json!({"capabilities": {}, "rootUri": root, "processId": null}));
    for (method, params, code) in [
        ("textDocument/hover", json!({"textDocument": 1}), -32602),
        ("textDocument/hover", json!(null), -32602),
        ("nothing/known", json!({}), -32601),
        ("initialize", json!({}), -32600),
    ] {
        assert_eq!(editor.reply(method, params)["error"]["code"], json!(code), "{method}");
    }
    editor.raw(b"Content-Length: 1\r\n\r\n{");
    let refused = editor.receive();
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&Value::Null, &json!(-32700)));
    // Places that are none, files outside, changes of what is not open.
    for uri in ["file:///etc/passwd", "untitled:1", "file:///%00", "file://"] {
        let at = json!({"line": u32::MAX, "character": u32::MAX});
        let params = json!({"textDocument": {"uri": uri}, "position": at});
        let answer = editor.ask("textDocument/definition", params);
        assert!(answer.is_null(), "{uri}: {answer}");
    }
    let range = json!({"start": {"line": 9, "character": 9}, "end": {"line": 1, "character": 0}});
    editor.change(INIT, json!([{"range": range, "text": "x"}]));
    editor.open(INIT, "class web {");
    editor.change(INIT, json!([{"range": range, "text": "x"}]));
    editor.tell("$/cancelRequest", json!({"id": 77}));
    editor.tell("textDocument/didOpen", json!({"textDocument": {"uri": 5}}));
    let at = json!({"line": u32::MAX, "character": u32::MAX});
    let params = json!({"textDocument": {"uri": editor.uri(INIT)}, "position": at, "context": {"includeDeclaration": false, "triggerKind": 1}});
    for method in ["definition", "references", "hover", "completion", "prepareRename"] {
        let reply = editor.reply(&format!("textDocument/{method}"), params.clone());
        assert_ne!(reply["error"]["code"], json!(-32603), "{reply}");
    }
    assert_eq!(editor.end(), (Some(0), String::new()));
}

#[test]
fn an_end_without_a_word_is_one() {
    let editor = Editor::of(PUPPET);
    assert_eq!(editor.wait().0, Some(1));
    for text in [&b"Content-Length: -5\r\n\r\n"[..], b"hello\r\n\r\n"] {
        let mut editor = Editor::mute(PUPPET);
        editor.raw(text);
        let (code, told) = editor.wait();
        assert_eq!(code, Some(3));
        assert!(told.contains("is not the language server protocol"), "{told}");
    }
}
