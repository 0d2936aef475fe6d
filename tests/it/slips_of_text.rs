//! Slips that stand in the text of a Puppet tree alone, or in the names of two of its files, each
//! beside what looks alike and is right.

use crate::common::check;

fn tree(files: &[(&str, &str)]) -> Vec<String> {
    check(files).to_string().lines().map(str::to_owned).collect()
}

fn has(found: &[String], words: &[&str]) {
    let holds = |own: &&String| words.iter().all(|word| own.contains(word));
    assert_eq!(found.iter().filter(holds).count(), 1, "{words:?} in {found:#?}");
}

fn lacks(found: &[String], words: &[&str]) {
    let holds = |own: &&String| words.iter().all(|word| own.contains(word));
    assert_eq!(found.iter().filter(holds).count(), 0, "{words:?} in {found:#?}");
}

const PATH: &str = "modules/a/manifests/init.pp";

#[test]
fn of_a_manifest() {
    let found = tree(&[
        (
            PATH,
            "class a (String $given) {\n\
             file { '/a': subscribe => 'sources' }\n\
             file { '/b': path => '/srv/$hostname.cfg' }\n\
             file { '/c': owner => '$given' }\n\
             file { '/d': content => \"{$given}\" }\n\
             file { '/e': source => 'puppet:///moudles/a/x' }\n\
             file { '/f': source => 'puppet:///a/x' }\n\
             if $facts['os']['name'] == 'Ubnutu' { }\n\
             file { '/etc/ssh/sshd_config': ensure => file }\n\
             service { 's': subscribe => File['/etc/sshd_config'] }\n\
             }\n",
        ),
        ("modules/a/files/x", "x\n"),
    ]);
    for words in [
        ["error", ":2:", "`subscribe` takes resources, and `sources` is text"],
        ["warning", ":3:", "between single quotes `$hostname`"],
        ["warning", ":4:", "between single quotes `$given`"],
        ["warning", ":5:", "between braces"],
        ["error", ":6:", "`moudles/a/x` does not exist"],
        ["error", ":7:", "the file server has no mount `a`"],
        ["warning", ":8:", "no system is called `Ubnutu`"],
        ["", ":10:", "`File[/etc/sshd_config]` does not exist"],
    ] {
        has(&found, &words);
    }
    let found = tree(&[(
        PATH,
        "class a (String $given) {\n\
         file { '/a': subscribe => 'File[/b]', content => '{$x}' }\n\
         file { '/b': path => \"/srv/${hostname}.cfg\", content => '$given of all' }\n\
         exec { '/bin/echo $given': creates => '/srv/$HOME' }\n\
         if $facts['os']['name'] == 'Ubuntu' { }\n\
         if $given == 'Ubnutu' { }\n\
         file { '/e': source => 'puppet:///private/x' }\n\
         }\n",
    )]);
    for words in ["is text", "single quotes", "between braces", "no system", "mount"] {
        lacks(&found, &[words]);
    }
}

#[test]
fn of_what_old_puppets_take() {
    let old = ("hiera.yaml", ":backends: yaml\n");
    let found = tree(&[
        old,
        (PATH, "class 'a' {\n}\n"),
        (
            "modules/b/manifests/init.pp",
            "class b {\nExec { '/bin/true': }\nexec { '/bin/false': }\n}\n",
        ),
        ("modules/a/files/x", "x\n"),
        (
            "modules/c/manifests/init.pp",
            "class c {\nfile { '/a': source => 'puppet:///a/x' }\n\
             file { '/b': source => 'puppet:///a/y' }\nfile { '/c': source => 'puppet:///b/y' }\n}\n",
        ),
    ]);
    has(&found, &["error", "modules/a", "a quoted name for a definition"]);
    has(&found, &["warning", ":2:", "`Exec` is declared with a capital"]);
    has(&found, &["error", ":3:", "module `a` has no file `a/y`"]);
    lacks(&found, &["b/y"]);
    lacks(&found, &["c/manifests/init.pp:2:"]);
}

#[test]
fn of_data() {
    let found = tree(&[
        (PATH, "class a {\n$x = hiera('condition_list')\n}\n"),
        ("modules/profiles/manifests/b.pp", "class profiles::b (Boolean $seed = false) {\n}\n"),
        (
            "hieradata/common.yaml",
            "condtion_list: 1\nprofile::b::seed: true\nc: \"${lookup('d')} and ${HOME}\"\n\
             e: 1\ne: 2\nf: 1\nf: 1\ng: 'on ${::site}'\n",
        ),
    ]);
    has(&found, &["warning", ":1:", "nothing looks up the key `condtion_list`"]);
    has(&found, &["error", ":2:", "nothing looks up the key `profile::b::seed`"]);
    has(&found, &["error", ":3:", "`${lookup('d')}` is taken as it is written"]);
    has(&found, &["warning", ":5:", "the key `e` is set twice"]);
    has(&found, &["warning", ":8:", "`${::site}` is taken as it is written"]);
    lacks(&found, &["`f` is set twice"]);
    lacks(&found, &["HOME"]);
}

#[test]
fn of_files_that_are_handed_out() {
    let found = tree(&[
        ("modules/a/files/x.json", "{\"a\": 1\n \"b\": 2}\n"),
        ("modules/a/files/tsconfig.json", "{\"a\": 1,}\n"),
        ("modules/a/files/y.json", "{\"a\": 1, // one\n \"b\": 2}\n"),
        ("modules/a/files/z.json", "{\"a\": 1,\n \"b\": 2,}\n"),
        ("modules/a/files/a.service", "[Unit]\nDescription=a\n[Service]\nType=onshot\nUMask=1\n"),
        ("modules/a/templates/web", "<%= @a %>\n"),
        (
            "modules/a/templates/w.erb",
            "location / {\n  autoindex on\n  root /srv;\n}\nlisten 80;\n",
        ),
        (
            "modules/a/lib/facter/g.rb",
            "Facter.add(:g) do\n  a = Facter.value(:b.['c'])\n  d = e =~ /f.['\"]/\nend\n",
        ),
        ("modules/a/lib/puppet/functions/f.rb", "def to_hash(array) do\nend\n"),
    ]);
    has(&found, &["error", "x.json:2:", "not valid JSON"]);
    lacks(&found, &["tsconfig.json"]);
    lacks(&found, &["y.json"]);
    has(&found, &["warning", "z.json:2:", "a comma with nothing after it"]);
    has(&found, &["warning", "a.service:4:", "`Type` does not accept `onshot`"]);
    lacks(&found, &["a.service:5:"]);
    has(&found, &["w.erb:3:"]);
    has(&found, &["error", "f.rb:1:", "`def` takes no `do`"]);
    has(&found, &["error", "g.rb:2:", "a dot before `[`"]);
    lacks(&found, &["g.rb:3:"]);
}

#[test]
fn of_a_puppetfile() {
    let file = |line: &str| {
        tree(&[("Puppetfile", &format!("mod 'a/b',\n  git: 'https://example.org/b',\n  {line}\n"))])
    };
    has(&file("branch 'main'"), &["error", ":3:", "an option without its sign"]);
    has(&file(":Ref => 'main'"), &["error", ":3:", "no module takes `Ref`"]);
    for line in ["branch: 'main'", ":ref => 'main'"] {
        lacks(&file(line), &["Puppetfile:3:"]);
    }
}

#[test]
fn each_slip_of_a_puppetfile() {
    let file = |text: &str| tree(&[("Puppetfile", text)]);
    let found = file("mod 'a/b'  '1.0.0'\nmod 'c/d', '1.0.0'\nmod 'e/f'  :latest\n");
    has(&found, &["error", "Puppetfile:1:", "no comma between the name"]);
    has(&found, &["error", "Puppetfile:3:", "no comma between the name"]);
    let found = file("mod 'b',\n  :git => 'x',\n  :ref => 'y\n\nmod 'c'\n");
    has(&found, &["error", "Puppetfile:3:", "a quote that is never closed"]);
    let found = file("mod 'b':\n  :git => 'x'\n");
    has(&found, &["error", "Puppetfile:1:", "a colon where a comma belongs"]);
    let found = file("mod 'b', # it's\n  :git => \"it's\"\n");
    lacks(&found, &["Puppetfile"]);
}

#[test]
fn each_comma_that_is_missing() {
    let text = "class a {\n  file { '/a':\n    owner => 'b'\n    group => 'b'\n    mode => '0644',\n  }\n  a::b { 'c': d => { 'e' => 1\n    'f' => 2 } }\n}\n";
    let found = tree(&[("modules/a/manifests/init.pp", text)]);
    has(&found, &["error", ":4:", "unexpected `group`"]);
    has(&found, &["error", ":5:", "unexpected `mode`"]);
    has(&found, &["error", ":8:", "unexpected `'f'`"]);
    // What follows from what was not understood is not told.
    let text =
        "class a {\n  file { '/a'\n    owner => 'b'\n    group => 'b',\n  }\n  $x = = 1\n}\n";
    let found = tree(&[("modules/a/manifests/init.pp", text)]);
    assert_eq!(found.iter().filter(|own| own.contains("parse-error")).count(), 1, "{found:?}");
}
