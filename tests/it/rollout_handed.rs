//! What one file hands to another under a name, by its place in a list or as an address: both
//! have to know it.

use crate::common::needs;
use insta::assert_snapshot;

#[test]
fn names_that_a_template_is_filled_in_with() {
    let root = |name: &str| {
        format!(
            "data \"template_file\" \"env\" {{\n  template = file(\"templates/env.json.tpl\")\n  vars = {{\n    {name} = 1\n  }}\n}}\n"
        )
    };
    let page = |name: &str| format!("{{ \"size\": \"${{{name}}}\" }}\n");
    let (before, after) = (root("store_size"), root("fester_size"));
    let (was, is) = (page("store_size"), page("fester_size"));
    let old = [("net/main.tf", &*before), ("net/templates/env.json.tpl", &*was)];
    let new = [("net/main.tf", &*after), ("net/templates/env.json.tpl", &*is)];
    assert_snapshot!(needs(&old, &new), @r#"
    "net/main.tf" after "net/templates/env.json.tpl": the old text uses variable `store_size`, and it goes with this change
    "net/templates/env.json.tpl" after "net/main.tf": the new text uses variable `fester_size`, and it comes with this change
    "#);
    // A template that does not show it, and one that another text fills in.
    let plain = "{ \"size\": \"${zone}\" }\n";
    let old = [("net/main.tf", &*before), ("net/templates/env.json.tpl", plain)];
    let new = [("net/main.tf", &*after), ("net/templates/env.json.tpl", "{}\n")];
    assert_snapshot!(needs(&old, &new), @"");
    let of_other =
        |text: &str| text.replace("\"env\"", "\"other\"").replace("env.json", "other.json");
    let (then, now) = (of_other(&before), of_other(&after));
    let page = "templates/other.json.tpl";
    let old = [("main.tf", &*before), ("other.tf", &*then), (page, &*was)];
    let new = [("main.tf", &*after), ("other.tf", &*now), (page, &*is)];
    assert_snapshot!(needs(&old, &new), @r#"
    "other.tf" after "templates/other.json.tpl": the old text uses variable `store_size`, and it goes with this change
    "templates/other.json.tpl" after "other.tf": the new text uses variable `fester_size`, and it comes with this change
    "#);
    let old = [
        ("app/web.py", "def show():\n    return render('hits.html', number_of_hits=1)\n"),
        ("app/templates/hits.html", "<p>{{ number_of_hits }}</p>\n"),
    ];
    let new = [
        ("app/web.py", "def show():\n    return render('hits.html')\n"),
        ("app/templates/hits.html", "<p></p>\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#""app/web.py" after "app/templates/hits.html": the old text uses variable `number_of_hits`, and it goes with this change"#);
}

#[test]
fn a_parameter_that_a_template_without_an_ending_of_its_own_shows() {
    let site = ("manifests/site.pp", "node default {\n  web::app { 'a': module => 'b' }\n}\n");
    let after = ("manifests/site.pp", "node default {\n  web::app { 'a': appname => 'b' }\n}\n");
    let define = |name: &str| {
        format!(
            "define web::app(\n  ${name},\n) {{\n  file {{ '/a': content => template('web/app.ini') }}\n}}\n"
        )
    };
    let (was, is) = (define("module"), define("appname"));
    let path = "modules/web/manifests/app.pp";
    let old = [site, (path, &was), ("modules/web/templates/app.ini", "a = <%= module %>\n")];
    let new = [after, (path, &is), ("modules/web/templates/app.ini", "a = <%= appname %>\n")];
    assert_snapshot!(needs(&old, &new), @r#"
    "manifests/site.pp" after "modules/web/manifests/app.pp": the new call and the old `web::app` disagree on `appname`
    "manifests/site.pp" after "modules/web/manifests/app.pp": the new call and the old `web::app` disagree on `module`
    "modules/web/manifests/app.pp" after "manifests/site.pp": the old call and the new `web::app` disagree on `appname`
    "modules/web/manifests/app.pp" after "manifests/site.pp": the old call and the new `web::app` disagree on `module`
    "modules/web/manifests/app.pp" after "modules/web/templates/app.ini": the old text uses variable `module`, and it goes with this change
    "modules/web/templates/app.ini" after "modules/web/manifests/app.pp": the new text uses variable `appname`, and it comes with this change
    "#);
}

#[test]
fn pages_routes_and_actions() {
    let old = [
        ("config/routes.rb", "resources :agents do\n  post :dry_run, on: :member\nend\n"),
        (
            "app/controllers/agents_controller.rb",
            "class AgentsController\n  def dry_run\n  end\nend\n",
        ),
        ("app/views/agents/show.html.erb", "<%= link_to 'a', dry_run_agent_path(agent) %>\n"),
        ("app/views/agents/index.html.erb", "<%= link_to 'a', agents_path %>\n"),
    ];
    let new = [
        ("config/routes.rb", "resources :agents do\n  resources :runs\nend\n"),
        ("app/controllers/agents_controller.rb", "class AgentsController\nend\n"),
        ("app/controllers/runs_controller.rb", "class RunsController\n  def index\n  end\nend\n"),
        ("app/views/agents/show.html.erb", "<%= link_to 'a', agent_runs_path(agent) %>\n"),
        ("app/views/agents/index.html.erb", "<%= link_to 'b', agents_path %>\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "app/controllers/agents_controller.rb" after "config/routes.rb": the old text uses function `dry_run`, and it goes with this change
    "app/views/agents/show.html.erb" after "config/routes.rb": the new text uses route `agent_runs_path`, and it comes with this change
    "config/routes.rb" after "app/controllers/runs_controller.rb": the new text uses file `app/controllers/runs_controller.rb`, and it comes with this change
    "config/routes.rb" after "app/views/agents/show.html.erb": the old text uses route `dry_run_agent_path`, and it goes with this change
    "#);
}

#[test]
fn a_method_by_its_symbol_and_all_names_of_a_module() {
    let old = [
        ("lib/clean.rb", "class String\n  def to_text\n  end\nend\n"),
        ("app/show.rb", "x.clean(transform: [:to_text])\n"),
        ("bot/texts.py", "def heading_of(a):\n    return a\n"),
        ("bot/main.py", "from texts import *\n\nprint(heading_of(1))\n"),
    ];
    let new = [
        ("lib/clean.rb", "class String\n  def to_plain\n  end\nend\n"),
        ("app/show.rb", "x.clean(transform: [:to_plain])\n"),
        ("bot/texts.py", "def title_of(a):\n    return a\n"),
        ("bot/main.py", "from texts import *\n\nprint(title_of(1))\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "app/show.rb" after "lib/clean.rb": the new text uses function `to_plain`, and it comes with this change
    "bot/main.py" after "bot/texts.py": the new text uses function `title_of`, and it comes with this change
    "bot/texts.py" after "bot/main.py": the old text uses function `heading_of`, and it goes with this change
    "lib/clean.rb" after "app/show.rb": the old text uses function `to_text`, and it goes with this change
    "#);
}

#[test]
fn a_class_that_is_named_has_to_be_declared() {
    let class = |name: &str, body: &str| format!("class {name} {{\n{body}}}\n");
    let site = ("manifests/site.pp", "node default {\n  include web\n  include ntp\n}\n");
    let (init, run) = ("modules/web/manifests/init.pp", "modules/web/manifests/run.pp");
    let both = class("web", "  include web::run\n  include web::config\n");
    let one = class("web", "  include web::run\n");
    let service = |class: &str| {
        format!("class web::run {{\n  service {{ 'web': require => Class['{class}'] }}\n}}\n")
    };
    let (config, ntp) = (class("web::config", ""), class("ntp", ""));
    let (named, other) = (service("web::config"), service("ntp"));
    let kept = [
        ("modules/web/manifests/config.pp", config.as_str()),
        ("modules/ntp/manifests/init.pp", ntp.as_str()),
    ];
    let old = [site, (init, &both), (run, &named), kept[0], kept[1]];
    let new = [site, (init, &one), (run, &other), kept[0], kept[1]];
    assert_snapshot!(needs(&old, &new), @r#""modules/web/manifests/init.pp" after "modules/web/manifests/run.pp": the old text names class `web::config`, and what declares it goes with this change"#);
    assert_snapshot!(needs(&new, &old), @r#""modules/web/manifests/run.pp" after "modules/web/manifests/init.pp": the new text names class `web::config`, and what declares it comes with this change"#);
    // The node declares it, too.
    let all = (site.0, "node default {\n  include web\n  include web::config\n}\n");
    let old = [all, (init, &both), (run, &named), kept[0], kept[1]];
    let new = [all, (init, &one), (run, &other), kept[0], kept[1]];
    assert_snapshot!(needs(&old, &new), @"");
}

#[test]
fn a_definition_that_is_made_of_data() {
    let init = (
        "modules/dir/manifests/init.pp",
        "class dir($units = $dir::params::units) inherits dir::params {\n  create_resources(dir::unit, $units)\n}\n",
    );
    let params =
        |key: &str| format!("class dir::params {{\n  $units = {{ 'a' => {{ {key} => 1 }} }}\n}}\n");
    let unit = |param: &str| format!("define dir::unit(\n  {param}\n) {{\n}}\n");
    let (before, after) = (params("dn_suffix"), params("ensure"));
    let (was, is) = (unit("$ensure = 1,\n  $dn_suffix,"), unit("$ensure = 1,\n  $dn = 'none',"));
    let (data, define) = ("modules/dir/manifests/params.pp", "modules/dir/manifests/unit.pp");
    let old = [init, (data, &*before), (define, &*was)];
    let new = [init, (data, &*after), (define, &*is)];
    assert_snapshot!(needs(&old, &new), @r#"
    "modules/dir/manifests/params.pp" after "modules/dir/manifests/unit.pp": the old text uses parameter `dn_suffix`, and it goes with this change
    "modules/dir/manifests/unit.pp" after "modules/dir/manifests/params.pp": the old text uses parameter `dn_suffix`, and it goes with this change
    "#);
    // One with a default lacks nothing where the data comes later.
    let was = unit("$ensure = 1,\n  $dn_suffix = 2,");
    let old = [init, (data, &*before), (define, &*was)];
    assert_snapshot!(needs(&old, &new), @r#""modules/dir/manifests/unit.pp" after "modules/dir/manifests/params.pp": the old text uses parameter `dn_suffix`, and it goes with this change"#);
}

#[test]
fn services_of_a_constructor() {
    let list = |more: &str, last: &str| {
        format!(
            "{{ \"ValidSkinNames\": {{ \"a\": {{ \"class\": \"A\\\\Skin\", \"services\": [ \"B\"{more} ]{last} }} }} }}\n"
        )
    };
    let class = |more: &str| {
        format!(
            "<?php\nnamespace A;\nclass Skin {{\n\tpublic function __construct( B $b{more} ) {{\n\t}}\n}}\n"
        )
    };
    let (less, grown) = (list("", ""), list(", \"C\"", ""));
    let (was, is) = (class(""), class(", C $c"));
    let old = [("skin.json", &*less), ("src/Skin.php", &*was)];
    let new = [("skin.json", &*grown), ("src/Skin.php", &*is)];
    assert_snapshot!(needs(&old, &new), @r#""src/Skin.php" after "skin.json": `skin.json` hands services to the constructor of `A\Skin`, and both change"#);
    // Something follows the services: neither version fits the other.
    let args = ", \"args\": [ {} ]";
    let (less, grown) = (list("", args), list(", \"C\"", args));
    let old = [("skin.json", &*less), ("src/Skin.php", &*was)];
    let new = [("skin.json", &*grown), ("src/Skin.php", &*is)];
    assert_snapshot!(needs(&old, &new), @r#"
    "skin.json" after "src/Skin.php": `skin.json` hands services to the constructor of `A\Skin`, and both change
    "src/Skin.php" after "skin.json": `skin.json` hands services to the constructor of `A\Skin`, and both change
    "#);
}

#[test]
fn a_name_that_is_imported_from_one_of_several_that_declare_it() {
    let old = [
        ("src/flags/index.js", "export function isProfileOn() {\n  return true;\n}\n"),
        (
            "src/Layout.vue",
            "import { isProfileOn } from '@/flags';\nexport default {\n  computed: {\n    isProfileOn() {\n      return isProfileOn();\n    },\n  },\n};\n",
        ),
        ("src/router.js", "import { isProfileOn } from './flags';\nif (isProfileOn()) {\n}\n"),
    ];
    let new = [
        ("src/flags/index.js", "export const a = 1;\n"),
        ("src/Layout.vue", "export default {\n  computed: {\n  },\n};\n"),
        ("src/router.js", "const b = 1;\n"),
    ];
    assert_snapshot!(needs(&old, &new), @r#"
    "src/flags/index.js" after "src/Layout.vue": the old text uses function `isProfileOn`, and it goes with this change
    "src/flags/index.js" after "src/router.js": the old text requires export `./flags#isProfileOn` by `import`, and it goes with this change
    "#);
}
