//! Files, modules and programs that a change takes away while lists, settings, scripts and units
//! still name them; each beside a change that takes away nothing that is used.

use crate::common::change;

/// What a change of these files says, but for notes.
fn says(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<String> {
    let said = change(old, new).to_string();
    said.lines().filter(|own| !own.contains(": note[")).map(str::to_owned).collect()
}

/// That the file is missed under `name` once it goes and `rest` stays.
fn misses(rest: &[(&str, &str)], file: (&str, &str), name: &str) {
    let old = [rest, &[file]].concat();
    let found = says(&old, rest);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(name), "{found:?}");
    assert!(says(&old, &old).is_empty(), "{:?}", says(&old, &old));
}

/// That nothing is said once the file goes.
fn lets_go(rest: &[(&str, &str)], file: (&str, &str)) {
    let found = says(&[rest, &[file]].concat(), rest);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn modules_of_perl() {
    let own = ("lib/Own/Rows.pm", "package Own::Rows;\n1;\n");
    let script = |line: &str| format!("#!/usr/bin/perl\nuse strict;\n{line}\nprint 1;\n");
    misses(&[("bin/x", &script("use Own::Rows;"))], own, "Own::Rows");
    misses(&[("bin/x.pl", &script("use parent 'Own::Rows';"))], own, "Own::Rows");
    lets_go(&[("bin/x", &script("eval { require Own::Rows };"))], own);
    let elsewhere = ("perl5/Own/Rows.pm", own.1);
    lets_go(&[("bin/x", &script("use Own::Rows;")), elsewhere], own);
    lets_go(&[("bin/x", "#!/bin/sh\nuse Own::Rows;\n")], own);
}

#[test]
fn scripts_of_ruby_without_an_ending() {
    let own = ("lib/own/a.rb", "A = 1\n");
    misses(&[("exe/own", "#!/usr/bin/env ruby\nrequire_relative '../lib/own/a'\n")], own, "own/a");
    lets_go(&[("exe/own", "#!/bin/sh\nrequire_relative '../lib/own/a'\n")], own);
}

#[test]
fn partials_of_rails() {
    let own = ("app/views/shared/_own.html.erb", "a\n");
    let page = |text: &'static str| ("app/views/posts/show.html.erb", text);
    misses(&[page("<%= render 'shared/own' %>\n")], own, "shared/_own");
    lets_go(&[page("<%= render 'shared/other' %>\n")], own);
    lets_go(&[page("<%= render 'shared/own' %>\n"), ("app/views/shared/_own.haml", "a\n")], own);
}

#[test]
fn modules_that_settings_name() {
    let own = ("own/ctx.py", "def site(request):\n    return {}\n");
    let package = ("own/__init__.py", "");
    let settings = |line: &str| format!("ROOT_URLCONF = 'own.urls'\n{line}\n");
    let text = settings("MIDDLEWARE = ['own.ctx.Ctx']");
    misses(&[package, ("own/settings.py", &text)], own, "own.ctx");
    let text = settings("AUTH_USER_MODEL = 'own.ctx'");
    lets_go(&[package, ("own/settings.py", &text)], own);
    lets_go(&[package, ("own/lists.py", "NAMES = ['own.ctx.Ctx']\n")], own);
}

#[test]
fn modules_that_a_build_writes() {
    let own = ("own/_version.py", "version = '1'\n");
    let rest = [("own/__init__.py", "from own._version import version\n")];
    misses(&rest, own, "own._version");
    let config = "[tool.setuptools_scm]\nversion_file = \"own/_version.py\"\n";
    lets_go(&[rest[0], ("pyproject.toml", config)], own);
    lets_go(&[rest[0], (".gitignore", "_version.py\n")], own);
    let setup =
        "from setuptools import setup\nsetup(use_scm_version={'write_to': 'own/_version.py'})\n";
    lets_go(&[rest[0], ("setup.py", setup)], own);
}

#[test]
fn files_that_packages_list() {
    let own = ("bin/own.js", "#!/usr/bin/env node\n");
    misses(
        &[("package.json", "{\"name\": \"a\", \"bin\": {\"a\": \"bin/own.js\"}}")],
        own,
        "own.js",
    );
    let list = ("package.json", "{\"name\": \"a\", \"main\": \"./bin/own\"}");
    misses(&[list], own, "own");
    lets_go(&[list, (".gitignore", "bin/\n")], own);
    let setup = "from setuptools import setup\nsetup(data_files=[('etc/a', ['conf/own.ini'])])\n";
    misses(&[("setup.py", setup)], ("conf/own.ini", "[a]\n"), "own.ini");
    let gem = (
        "a.gemspec",
        "Gem::Specification.new do |s|\n  s.name = 'a'\n  s.executables = ['own']\nend\n",
    );
    misses(&[gem], ("bin/own", "#!/bin/sh\n"), "own");
}

#[test]
fn scripts_that_hosts_run() {
    let own = ("lib/own-open", "#!/bin/sh\ntrue\n");
    let old = [
        own,
        ("install.sh", "#!/bin/sh\ninstall -m 755 lib/own-open /usr/local/lib/own/own-open\n"),
    ];
    let new = [own, ("install.sh", "#!/bin/sh\nmkdir -p /usr/local/lib/own\n")];
    let any = [
        own,
        ("install.sh", "#!/bin/sh\nfor f in lib/*; do\ninstall $f /usr/local/lib/own/\ndone\n"),
    ];
    for user in [
        (
            "debian/a.logrotate",
            "/var/log/a {\n  postrotate\n    /usr/local/lib/own/own-open\n  endscript\n}\n",
        ),
        ("sudoers.d/a", "a ALL=(root) NOPASSWD: /usr/local/lib/own/own-open\n"),
        (
            "etc/keepalived/keepalived.conf",
            "vrrp_script a {\n  script \"/usr/local/lib/own/own-open\"\n}\n",
        ),
    ] {
        let with = |files: &[(&'static str, &'static str)]| [files, &[user]].concat();
        let found = says(&with(&old), &with(&new));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("own-open"), "{found:?}");
        assert!(says(&with(&old), &with(&any)).is_empty(), "{}", user.0);
        assert!(says(&with(&old), &with(&old)).is_empty(), "{}", user.0);
    }
}

#[test]
fn scripts_that_are_run_where_they_are() {
    let own = ("lib/own-open", "#!/bin/sh\ntrue\n");
    let install = "#!/bin/sh\ninstall -m 755 lib/own-open /usr/local/lib/own/own-open\n";
    let line = |text: &str| format!("0 1 * * * root {text}\n");
    let change = |text: &str| {
        let cron = line(text);
        let cron = ("cron.d/a", cron.as_str());
        says(&[own, cron, ("install.sh", install)], &[cron, ("install.sh", "#!/bin/sh\n")])
    };
    let path = "/usr/local/lib/own/own-open";
    assert_eq!(change(path).len(), 1, "{:?}", change(path));
    let found = change(&format!("if [ -x {path} ]; then {path}; fi"));
    assert!(found.is_empty(), "{found:?}");
    let found = change(&format!("test -x \"{path}\" && {path}"));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn units_that_follow_a_failure() {
    let unit = ("a.service", "[Unit]\nOnFailure=own@%n.service\n\n[Service]\nExecStart=/bin/a\n");
    let own = ("own@.service", "[Service]\nExecStart=/bin/b %i\n");
    misses(&[unit], own, "own@.service");
    let instance = ("b.service", "[Unit]\nRequires=own@x.service\n\n[Service]\nExecStart=/bin/a\n");
    misses(&[instance], own, "own@");
    lets_go(&[instance, ("own@x.service", own.1)], own);
}

#[test]
fn transports_of_postfix() {
    let main = ("postfix/main.cf", "content_filter = own:[127.0.0.1]:10024\n");
    let master = |name: &str| format!("smtp inet n - y - - smtpd\n{name} unix - - y - 4 smtp\n");
    let change = |old: &str, new: &str| {
        says(&[main, ("postfix/master.cf", old)], &[main, ("postfix/master.cf", new)])
    };
    let found = change(&master("own"), &master("other"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(change(&master("other"), &master("third")).is_empty());
}

#[test]
fn files_of_rules() {
    let own = ("a/rules/own.yml", "groups: []\n");
    let config = |name: &str| format!("rule_files:\n  - {name}\nscrape_configs: []\n");
    misses(&[("a/prometheus.yml", &config("rules/own.yml"))], own, "own.yml");
    lets_go(
        &[("a/prometheus.yml", &config("rules/*.yml")), ("a/rules/b.yml", "groups: []\n")],
        own,
    );
    lets_go(&[("a/prometheus.yml", &config("/etc/rules/own.yml"))], own);
}

#[test]
fn receivers_that_nobody_defines() {
    let text = |name: &str| {
        format!(
            "route:\n  receiver: a\n  routes:\n    - receiver: \"{name}\"\nreceivers:\n  - name: a\n  - name: b\n"
        )
    };
    let fine = text("b");
    let wrong = text("null");
    let tree = |text: &str| says(&[("x.md", "")], &[("x.md", ""), ("alertmanager.yml", text)]);
    assert_eq!(tree(&wrong).len(), 1, "{:?}", tree(&wrong));
    assert!(tree(&fine).is_empty());
    assert!(tree(&text("{{ .x }}")).is_empty());
}

#[test]
fn names_that_modules_of_perl_export() {
    let script = ("bin/x.pl", "use Own::Rows qw(own_row);\nprint own_row();\n");
    let module = |name: &str| {
        format!(
            "package Own::Rows;\nuse Exporter 'import';\nour @EXPORT_OK = qw({name});\nsub {name} {{}}\n1;\n"
        )
    };
    let change = |old: &str, new: &str| {
        says(&[script, ("lib/Own/Rows.pm", old)], &[script, ("lib/Own/Rows.pm", new)])
    };
    let found = change(&module("own_row"), &module("a_row"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("own_row"), "{found:?}");
    let open = "package Own::Rows;\nour @EXPORT_OK = (@A, 'b');\n1;\n";
    assert!(change(&module("own_row"), open).is_empty());
}

#[test]
fn revisions_of_alembic() {
    let child = ("alembic/versions/2_x.py", "revision = \"b2\"\ndown_revision = \"a1\"\n");
    let parent = |name: &str| format!("revision = \"{name}\"\ndown_revision = None\n");
    let change = |old: &str, new: &str| {
        let path = "alembic/versions/1_x.py";
        says(&[child, (path, old)], &[child, (path, new)])
    };
    let found = change(&parent("a1"), &parent("c3"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("a1"), "{found:?}");
    assert!(change(&parent("d4"), &parent("e5")).is_empty());
}

#[test]
fn variables_that_a_file_sets_no_more() {
    let program = ("own/config.py", "import os\nURL = os.environ[\"OWN_URL\"]\n");
    let change = |old: &str, new: &str| {
        says(&[program, ("deploy/own.env", old)], &[program, ("deploy/own.env", new)])
    };
    let found = change("OWN_URL=a\nB=c\n", "OWN_ADDRESS=a\nB=c\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("OWN_URL"), "{found:?}");
    assert!(change("OWN_URL=a\nB=c\n", "B=c\n").is_empty());
    assert!(change("X=a\n", "Y=a\n").is_empty());
}
