//! What files of different kinds need of each other: migrations and code, interfaces and classes,
//! services and who calls them, programs and what starts them; and what needs nothing.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn a_column_and_the_code_that_has_it() {
    let query =
        |column: &str| format!("<?php\n$rows = $db->query('SELECT nr, {column} FROM parcels');\n");
    let old = [
        ("web/parcels.php", query("carrier")),
        ("web/other.php", "<?php\necho 'carrier';\n".to_owned()),
    ];
    let new = [
        ("web/parcels.php", query("courier")),
        ("web/other.php", "<?php\necho 'post';\n".to_owned()),
        (
            "sql/updates/007-courier.sql",
            "ALTER TABLE parcels RENAME COLUMN carrier TO courier;\n".to_owned(),
        ),
    ];
    let [old, new] = [&old[..], &new[..]]
        .map(|own| own.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>());
    assert_snapshot!(needs(&old, &new), @r#"
    "sql/updates/007-courier.sql" after "web/parcels.php": the old text uses column `carrier` of `parcels`, which the migration takes away
    "web/parcels.php" after "sql/updates/007-courier.sql": the new text uses column `courier` of `parcels`, which the migration brings
    "#);
}

#[test]
fn a_column_that_nothing_uses_binds_nobody() {
    let old = [("app/models/book.rb", "class Book\n  validates :isbn\nend\n")];
    let new = [
        ("app/models/book.rb", "class Book\n  validates :isbn, :title\nend\n"),
        ("db/migrate/1_x.rb", "  def change\n    add_column :shelves, :title, :string\n  end\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

const STORE: &str =
    "<?php\nnamespace A;\ninterface Store { public function read(string $key): string; }\n";

fn class(body: &str) -> String {
    format!("<?php\nnamespace A;\nclass Disk implements Store {{ {body} }}\n")
}

#[test]
fn an_interface_of_php_and_its_class() {
    let read = "public function read(string $key): string { return ''; }";
    let old = [("a/Store.php", STORE.to_owned()), ("a/Disk.php", class(read))];
    let grown = STORE.replace("}", " public function has(string $key): bool; }");
    let new = [
        ("a/Store.php", grown),
        (
            "a/Disk.php",
            class(&format!("{read} public function has(string $key): bool {{ return true; }}")),
        ),
    ];
    let both = |own: &[(&'static str, String)]| own.to_vec();
    let run = |old: &[(&str, String)], new: &[(&str, String)]| {
        let [old, new] = [old, new]
            .map(|own| own.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>());
        needs(&old, &new)
    };
    assert_snapshot!(run(&both(&old), &new), @r#""a/Store.php" after "a/Disk.php": the old `Disk` does not fit the new `Store`: it lacks `has`"#);
    // A parameter of both: neither fits the other version.
    let wide = STORE.replace("$key)", "$key, bool $raw)");
    let new = [
        ("a/Store.php", wide.clone()),
        ("a/Disk.php", class(&read.replace("$key)", "$key, bool $raw)"))),
    ];
    assert_snapshot!(run(&old, &new), @r#"
    "a/Disk.php" after "a/Store.php": the new `Disk` does not fit the old `Store`: `read` is declared in another way
    "a/Store.php" after "a/Disk.php": the old `Disk` does not fit the new `Store`: `read` is declared in another way
    "#);
    // One with a default fits both.
    let new = [
        ("a/Store.php", wide),
        ("a/Disk.php", class(&read.replace("$key)", "$key, bool $raw = false)"))),
    ];
    assert_snapshot!(run(&old, &new), @r#""a/Store.php" after "a/Disk.php": the old `Disk` does not fit the new `Store`: `read` is declared in another way"#);
    // A trait may bring the method.
    let new = [
        ("a/Store.php", STORE.replace("}", " public function has(string $key): bool; }")),
        ("a/Disk.php", class(&format!("use T; {read} const A = 1;"))),
    ];
    let old = [("a/Store.php", STORE.to_owned()), ("a/Disk.php", class(&format!("use T; {read}")))];
    assert_snapshot!(run(&old, &new), @"");
}

#[test]
fn a_path_of_a_service_and_who_asks_for_it() {
    let service = |path: &str| {
        format!(
            "from flask import Flask\napp = Flask(__name__)\n\n\n@app.route(\"{path}\")\ndef all():\n    return {{}}\n"
        )
    };
    let client = |path: &str| {
        format!(
            "import requests\n\n\ndef f():\n    return requests.get(BASE + \"{path}\").json()\n"
        )
    };
    let (a, b, c, d) =
        (service("/v1/all"), client("/v1/all"), service("/v2/all"), client("/v2/all"));
    let old = [("stock/app.py", a.as_str()), ("shop/client.py", b.as_str())];
    let new = [("stock/app.py", c.as_str()), ("shop/client.py", d.as_str())];
    assert_snapshot!(needs(&old, &new), @r#"
    "shop/client.py" after "stock/app.py": the new text asks for `/v2/all`, which the old `stock/app.py` does not answer
    "stock/app.py" after "shop/client.py": the old text asks for `/v1/all`, which the new `stock/app.py` does not answer
    "#);
    // One that goes on answering both binds only the caller.
    let both = format!("{c}\n\n@app.route(\"/v1/all\")\ndef before():\n    return {{}}\n");
    let new = [("stock/app.py", both.as_str()), ("shop/client.py", d.as_str())];
    assert_snapshot!(needs(&old, &new), @r#""shop/client.py" after "stock/app.py": the new text asks for `/v2/all`, which the old `stock/app.py` does not answer"#);
}

#[test]
fn a_variable_of_a_unit_and_its_program() {
    let unit = |name: &str| {
        format!("[Service]\nEnvironment={name}=a\nExecStart=/usr/bin/python3 /opt/feed/feed.py\n")
    };
    let program = |name: &str| format!("import os\n\nURL = os.environ[\"{name}\"]\n");
    let (a, b) = (unit("FEED_URL"), program("FEED_URL"));
    let (c, d) = (unit("FEED_SOURCE"), program("FEED_SOURCE"));
    let old = [("feed.service", a.as_str()), ("feed.py", b.as_str())];
    let new = [("feed.service", c.as_str()), ("feed.py", d.as_str())];
    assert_snapshot!(needs(&old, &new), @r#"
    "feed.py" after "feed.service": the new text uses environment variable `FEED_SOURCE`, and it comes with this change
    "feed.service" after "feed.py": the old text uses environment variable `FEED_URL`, and it goes with this change
    "#);
    // A program that takes either lands first.
    let either = "import os\n\nURL = os.environ.get(\"FEED_SOURCE\") or os.environ[\"FEED_URL\"]\n";
    let new = [("feed.service", c.as_str()), ("feed.py", either)];
    assert_snapshot!(needs(&old, &new), @r#""feed.service" after "feed.py": the old text uses environment variable `FEED_URL`, and it goes with this change"#);
}

#[test]
fn a_flag_of_a_program_that_is_built() {
    let main = |flags: &str| {
        format!(
            "package main\n\nimport \"flag\"\n\nfunc main() {{\n\tflag.String(\"root\", \"/\", \"folder\")\n{flags}\tflag.Parse()\n}}\n"
        )
    };
    let (a, b) = (main(""), main("\tflag.Int(\"depth\", 1, \"levels\")\n"));
    let unit = |flags: &str| format!("[Service]\nExecStart=/usr/bin/crawl{flags}\n");
    let (c, d) = (unit(""), unit(" -depth 4"));
    let old = [("cmd/crawl/main.go", a.as_str()), ("crawl.service", c.as_str())];
    let new = [("cmd/crawl/main.go", b.as_str()), ("crawl.service", d.as_str())];
    assert_snapshot!(needs(&old, &new), @r#""crawl.service" after "cmd/crawl/main.go": the new call and the old `crawl` disagree on `-depth`"#);
}

#[test]
fn a_sub_of_perl_that_is_imported() {
    let module = |names: &str| {
        format!("package A::Text;\nuse Exporter 'import';\nour @EXPORT_OK = qw({names});\n")
    };
    let (a, b) = (
        format!(
            "{}sub fold_line {{ 1 }}\nsub cut_line {{ 1 }}\n1;\n",
            module("fold_line cut_line")
        ),
        format!("{}sub fold_line {{ 1 }}\n1;\n", module("fold_line")),
    );
    let old = [
        ("lib/A/Text.pm", a.as_str()),
        ("bin/mail.pl", "use A::Text qw(fold_line cut_line);\nprint cut_line($_);\n"),
    ];
    let new = [
        ("lib/A/Text.pm", b.as_str()),
        ("bin/mail.pl", "use A::Text qw(fold_line);\nprint fold_line($_);\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""lib/A/Text.pm" after "bin/mail.pl": the old text requires name `A::Text#cut_line` by `use`, and it goes with this change"#);
}

#[test]
fn what_is_looked_for_first_waits_for_nobody() {
    let old = [
        ("theme/footer.php", "<?php\nfoot();\n"),
        ("plugin/menu.php", "<?php\nfunction shop_home() {}\n"),
        ("cron.d/tidy", "# nothing\n"),
        ("pages/home.twig", "<h1>a</h1>\n"),
    ];
    let new = [
        (
            "theme/footer.php",
            "<?php\nif (function_exists('shop_menu')) { shop_menu(); }\nfoot();\n",
        ),
        ("plugin/menu.php", "<?php\nfunction shop_home() {}\nfunction shop_menu() {}\n"),
        (
            "cron.d/tidy",
            "5 4 * * * root [ -x /usr/local/sbin/tidy-spool ] && /usr/local/sbin/tidy-spool\n",
        ),
        ("usr/local/sbin/tidy-spool", "#!/bin/sh\ntrue\n"),
        ("pages/home.twig", "{% include 'parts/_banner.twig' ignore missing %}\n<h1>a</h1>\n"),
        ("pages/parts/_banner.twig", "<p>b</p>\n"),
    ];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_package_of_python_that_nothing_has_loaded() {
    let old = [("shop/__init__.py", ""), ("shop/web.py", "A_NAME = 1\n")];
    let files = [
        ("shop/__init__.py", ""),
        ("shop/forecast/__init__.py", "from shop.forecast.model import Model\n"),
        ("shop/forecast/model.py", "class Model:\n    pass\n"),
    ];
    let new = [&files[..], &[("shop/web.py", "A_NAME = 2\n")]].concat();
    assert_snapshot!(needs(&old, &new), @"");
    let new = [&files[..], &[("shop/web.py", "from shop.forecast import Model\n")]].concat();
    assert!(!needs(&old, &new).is_empty());
}

#[test]
fn data_that_says_what_the_default_is() {
    let class = "class clock {\n  $drift = lookup('clock_drift', Integer, 'first', 500)\n}\n";
    let old = [
        ("hieradata/common.yaml", "clock_servers: []\n"),
        ("modules/clock/manifests/init.pp", "class clock {\n}\n"),
    ];
    let with = |value: &'static str| {
        [("hieradata/common.yaml", value), ("modules/clock/manifests/init.pp", class)]
    };
    assert_snapshot!(needs(&old, &with("clock_servers: []\nclock_drift: 500\n")), @"");
    assert!(!needs(&old, &with("clock_servers: []\nclock_drift: 50\n")).is_empty());
}
