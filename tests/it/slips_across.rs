//! Slips in Puppet trees that show by what the rest of the tree says: titles, keys and files that
//! are nearly others, templates that what reads them refuses.

use crate::common::check;
use insta::assert_snapshot;

const PATH: &str = "modules/exim/manifests/init.pp";
const SITE: (&str, &str) = ("manifests/site.pp", "node default {\n  include exim\n}\n");

fn class(body: &str) -> String {
    format!("class exim {{\n{body}}}\n")
}

#[test]
fn a_template_of_the_module_itself_under_almost_its_name() {
    let uses = class("  file { '/a': content => template('exim4/a.erb') }\n");
    let text = ("modules/exim/templates/a.erb", "a\n");
    assert_snapshot!(
        check(&[SITE, (PATH, &uses), text]),
        @"modules/exim/manifests/init.pp:2:36: error[unresolved-reference] template `exim4/a.erb` does not exist: no module `exim4` is here"
    );
    // Another module may come from elsewhere, and one that is listed does.
    let other = uses.replace("exim4", "mail");
    assert_snapshot!(check(&[SITE, (PATH, &other), text]), @"");
    let list = ("Puppetfile", "mod 'a/exim4', '1.0.0'\n");
    assert_snapshot!(check(&[SITE, (PATH, &uses), text, list]), @"");
}

#[test]
fn titles_that_are_declared_for_another_type_or_under_a_scheme() {
    let own = "define exim::fetch($url) {\n  exec { \"get it from ${url}\": command => '/bin/true' }\n  file { '/a': require => File[\"get it from ${url}\"] }\n}\n";
    let fetch = ("modules/exim/manifests/fetch.pp", own);
    assert_snapshot!(
        check(&[SITE, (PATH, &class("")), fetch]),
        @"modules/exim/manifests/fetch.pp:3:32: error[unresolved-reference] resource `File[get it from *]` does not exist"
    );
    let right = own.replace("File[\"get", "Exec[\"get");
    assert_snapshot!(check(&[SITE, (PATH, &class("")), (fetch.0, &right)]), @"");
    let ppa = class(
        "  apt::ppa { 'ppa:a/redis': }\n  package { 'redis': require => Apt::Ppa['a/redis'] }\n",
    );
    assert_snapshot!(
        check(&[SITE, (PATH, &ppa)]),
        @"modules/exim/manifests/init.pp:3:42: error[unresolved-reference] resource `Apt::Ppa[a/redis]` does not exist"
    );
}

#[test]
fn a_service_that_nothing_declares_beside_modules_from_elsewhere() {
    let uses = class("  include apache\n  file { '/a': notify => Service['kannel'] }\n");
    assert_snapshot!(
        check(&[SITE, (PATH, &uses)]),
        @"modules/exim/manifests/init.pp:3:34: warning[unresolved-reference] resource `Service[kannel]` does not exist"
    );
    for title in ["apache2", "httpd"] {
        let told = check(&[SITE, (PATH, &uses.replace("kannel", title))]).to_string();
        assert_eq!(told, "", "{title}");
    }
}

#[test]
fn keys_that_are_looked_up_and_that_no_data_has() {
    let hiera = (
        "hiera.yaml",
        "version: 5\nhierarchy:\n  - {name: c, paths: ['private.yaml', 'common.yaml'], datadir: hieradata}\n",
    );
    let data = ("hieradata/common.yaml", "exim::revision: 1\n");
    let uses = class("  $x = lookup('exim::revison')\n");
    let told = |uses: &str| {
        let found = check(&[SITE, (PATH, uses), hiera, data]).to_string();
        let said = found.lines().filter(|own| !own.contains("note["));
        said.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(
        told(&uses),
        @"modules/exim/manifests/init.pp:2:15: error[unresolved-reference] no data sets the key `exim::revison`, and it has no default"
    );
    for other in ["'exim::password'", "'exim::revison', undef, undef, 2"] {
        assert_eq!(told(&uses.replace("'exim::revison'", other)), "", "{other}");
    }
}

#[test]
fn commands_of_augeas() {
    let uses = class("  augeas { 'a': changes => ['set a b', 'set a = b', \"set ${x}\"] }\n");
    assert_snapshot!(
        check(&[SITE, (PATH, &uses)]),
        @"modules/exim/manifests/init.pp:2:40: error[incompatible-value] `set a` sets the sign `=`"
    );
}

#[test]
fn templates_that_what_reads_them_refuses() {
    let uses =
        |name: &str| class(&format!("  file {{ '/a': content => template('exim/{name}') }}\n"));
    let told = |name: &str, text: &str| {
        let path = format!("modules/exim/templates/{name}");
        check(&[SITE, (PATH, &uses(name)), (&path, text)]).to_string()
    };
    assert_snapshot!(
        told("a.erb", "<% if (@title && @name)e -%>\nx\n<% end -%>\n"),
        @"modules/exim/templates/a.erb:1:3: error[parse-error] a word right behind a bracket"
    );
    assert_snapshot!(
        told("a.py.erb", "A = {\n  'a': '<%= @title %>'\n  'b': 2,\n}\n"),
        @"modules/exim/templates/a.py.erb:2:3: error[parse-error] no comma before the next entry"
    );
    let site = "server {\n  listen 80;\n  server_name <%= @title %>;\n  location /a/ {\n    alias /opt/a\n    autoindex off;\n  }\n}\n";
    assert_snapshot!(
        told("a.conf.erb", site),
        @"modules/exim/templates/a.conf.erb:6:5: error[parse-error] `alias` is not ended by `;` before `autoindex`"
    );
    let lost =
        site.replace("alias /opt/a", "index a.php").replace("autoindex off", "try_files $uri /a");
    assert_snapshot!(
        told("a.conf.erb", &lost),
        @"modules/exim/templates/a.conf.erb:6:5: error[incompatible-value] `index` is not ended by `;` before `try_files`"
    );
    let tags = site.replace("/opt/a\n", "/opt/a<% if @title %>;<% end %>\n");
    assert_snapshot!(told("a.conf.erb", &tags), @"");
}

#[test]
fn names_and_paths_that_are_others_but_for_a_letter() {
    let uses = class("  file { '/ect/exim/a': ensure => file }\n");
    assert_snapshot!(
        check(&[SITE, (PATH, &uses)]),
        @"modules/exim/manifests/init.pp:2:10: error[incompatible-value] no system has the folder of `/ect/exim/a`"
    );
    assert_snapshot!(check(&[SITE, (PATH, &uses.replace("ect", "etc"))]), @"");
}

#[test]
fn words_that_nothing_sets_or_knows() {
    let uses = class("  file { '/a': content => template('exim/a.erb') }\n");
    let told = |text: &str| {
        check(&[SITE, (PATH, &uses), ("modules/exim/templates/a.erb", text)]).to_string()
    };
    assert_snapshot!(
        told("<%= www_name %>\n"),
        @"modules/exim/templates/a.erb:1:5: warning[unresolved-reference] the template reads `www_name`, which nothing here sets"
    );
    for text in ["<%= fqdn %>", "<% if has_variable?('www_name') %><%= www_name %><% end %>"] {
        assert_eq!(told(text), "", "{text}");
    }
    let fails = class("  error('x')\n");
    assert_snapshot!(
        check(&[SITE, (PATH, &fails)]),
        @"modules/exim/manifests/init.pp:2:3: warning[unresolved-reference] function `error` does not exist"
    );
    let hiera =
        ("hiera.yaml", "version: 5\nhierarchy:\n  - {name: c, path: common.yaml, datadir: data}\n");
    let data = ("data/common.yaml", "exim_level: \u{201c}debug\u{201d}\n");
    assert_snapshot!(
        check(&[SITE, (PATH, &class("  $x = lookup('exim_level')\n")), hiera, data]),
        @"data/common.yaml:1:13: warning[incompatible-value] the quotes around “debug” are a part of it"
    );
}

#[test]
fn what_a_puppetfile_takes() {
    let told = |text: &str| check(&[SITE, (PATH, &class("")), ("Puppetfile", text)]).to_string();
    let entry = "mod 'a/b',\n  :git => 'https://example.org/b.git',\n";
    assert_snapshot!(
        told(&format!("{entry}  :reg => '1.0'\n")),
        @"Puppetfile:3:4: error[unknown-parameter] no module takes `reg`"
    );
    assert_snapshot!(
        told(&format!("{entry}\n# more\n")),
        @"Puppetfile:2:3: error[parse-error] the comma leads to nothing"
    );
    assert_snapshot!(told(&format!("{entry}  :ref => '1.0'\n")), @"");
}
