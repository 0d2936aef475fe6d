//! What programs refuse to read of what modules hand out, shells before all, and names that are slips.

use crate::common::check;
use insta::assert_snapshot;

const NONE: [&str; 0] = [];

/// A script that a unit starts.
fn started(text: &str) -> crate::common::Findings {
    let unit = "[Service]\nExecStart=/usr/local/bin/backup\n";
    check(&[("files/backup", text), ("files/backup.service", unit)])
}

#[test]
fn a_block_without_its_end_is_an_error() {
    assert_snapshot!(started("#!/bin/sh\nif true; then\n  echo a\n"), @"files/backup:2:1: error[parse-error] no `fi` ends this `if`");
    assert_snapshot!(started("#!/bin/bash\nfor x in a b; do\n  if true; then\n    echo \"$x\"\ndone\n"), @"files/backup:5:1: error[parse-error] `fi` is missing before `done`");
    assert_eq!(started("#!/bin/sh\nif true; then\n  echo a\nfi\n"), NONE);
    // Other shells have other words.
    for shell in ["zsh", "fish", "csh", "ksh"] {
        assert_eq!(started(&format!("#!/bin/{shell}\nif true; then\n")), NONE, "{shell}");
    }
}

#[test]
fn a_template_warns_where_only_values_are_put_in() {
    let of = |text: &str| {
        check(&[
            (
                "modules/a/manifests/init.pp",
                "class a {\n  file { '/usr/bin/b':\n    content => template('a/b.erb'),\n  }\n}\n",
            ),
            ("modules/a/templates/b.erb", text),
        ])
        .only("parse-error")
    };
    assert_snapshot!(of("#!/bin/sh\nif [ -e <%= @a %> ]; then\n  b\n"), @"modules/a/templates/b.erb:2:1: warning[parse-error] no `fi` ends this `if`");
    for text in [
        "#!/bin/sh\n<% if @a %>\nif a; then\n<% else %>\nif b; then\n<% end %>\nfi\n",
        "#!/bin/sh\nif <%= @a %>; then\n  b\n",
        "#!/bin/sh\n<%= @blocks %>\nfi\n",
    ] {
        assert_eq!(of(text), NONE, "{text}");
    }
}

#[test]
fn a_blank_that_somebody_fills_in_is_a_warning() {
    let found = started("#!/bin/bash\nAPI_TOKEN=<API_TOKEN>\necho a\n").to_string();
    assert!(found.contains("files/backup:2:") && found.contains("warning[parse-error]"), "{found}");
}

#[test]
fn braces_that_a_script_hands_to_a_program_are_no_template() {
    let text = "#!/bin/bash\nif docker ps --format '{{.Names}}'; then\n  a\n";
    assert_snapshot!(started(text), @"files/backup:2:1: error[parse-error] no `fi` ends this `if`");
}

#[test]
fn what_has_elements_is_set() {
    let of = |body: &str| {
        let text = format!("class a(String $b) {{\n  $own = {{ 'c' => 'd' }}\n{body}\n}}\n");
        check(&[
            ("modules/a/manifests/init.pp", &text),
            ("manifests/site.pp", "node default {\n  class { 'a':\n    b => 'c',\n  }\n}\n"),
        ])
        .only("unresolved-reference")
    };
    assert_snapshot!(of("  notify { 'x':\n    message => $onw['c'],\n  }"), @"modules/a/manifests/init.pp:4:16: error[unresolved-reference] variable `a::onw` does not exist");
    for body in [
        "  notify { 'x': message => $own['c'] }",
        "  notify { 'x': require => File[$ohter] }",
        "  if $z { notify { 'x': message => $z['c'] } }",
    ] {
        assert!(!of(body).to_string().contains("error"), "{body}");
    }
}

#[test]
fn a_class_of_the_site_that_nothing_asks_for_is_meant_by_a_slip_of_its_name() {
    let of = |class: &str| {
        let classes = format!("class {class} {{\n  notify {{ 'x': }}\n}}\n");
        check(&[
            ("manifests/classes.pp", &classes),
            ("manifests/nodes.pp", "node default {\n  include printer\n}\n"),
        ])
        .only("unresolved-reference")
    };
    assert_snapshot!(of("pritner"), @"manifests/nodes.pp:2:11: error[unresolved-reference] class `printer` does not exist");
    for other in ["printer", "printers", "spooler"] {
        assert_eq!(of(other), NONE, "{other}");
    }
}

#[test]
fn templates_of_json_are_read_where_only_values_are_put_in() {
    let of = |text: &str| {
        check(&[
            ("modules/a/manifests/init.pp", "class a {\n  file { '/etc/b.json':\n    content => template('a/b.json.erb'),\n  }\n}\n"),
            ("modules/a/templates/b.json.erb", text),
        ])
        .only("parse-error")
    };
    assert_snapshot!(of("{\n  \"a: [\"x\"],\n  \"b\": <%= @y %>\n}\n"), @"modules/a/templates/b.json.erb:2:9: error[parse-error] not valid JSON: `:` is missing");
    assert_snapshot!(of("{\n  \"a\": \"<%= @x %>\"\n  \"b\": [<%= @y.join(', ') %>]\n}\n"), @"modules/a/templates/b.json.erb:2:3: error[parse-error] no comma before the next entry");
    for text in [
        "{\n  \"a\": \"<%= @x %>\",\n  \"b\": [<%= @y.join(', ') %>],\n  \"c\": <%= @z %>\n}\n",
        "{\n  <%= @pairs %>\n  \"c\": 1\n}\n",
        "{\n  \"c\": 1<%= @more %>\n  \"d\": 1\n}\n",
        "{\n<% if @x %>\n  \"c\": 1\n<% end %>\n  \"d\": 1\n}\n",
        "<%= @hash.to_json %>\n",
    ] {
        assert_eq!(of(text), NONE, "{text}");
    }
}
