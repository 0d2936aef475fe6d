//! No input makes an extractor panic, hang or point outside its file.

use crosscheck::extract::{Settings, Source, registry};
use crosscheck::facts::FileFacts;
use proptest::prelude::*;

/// A path that each extractor claims, and text of its language to start from.
const SEEDS: &[(&str, &str)] = &[
    ("modules/a/manifests/init.pp", include_str!("puppet/language.pp")),
    ("hieradata/common.yaml", "a::b: [1, {c: &x d}]\nclasses:\n  - e\nf: *x\n"),
    ("modules/a/lib/puppet/functions/b.rb", "Puppet::Functions.create_function(:'a::b') do\nend\n"),
    (
        "modules/a/templates/b.erb",
        "<%- if @x -%><%= scope['a::b'] %> #{@y} <%# c %><%= \"#{@z}\" -%>\n",
    ),
    ("modules/a/templates/b.epp", "<%- | String $a, $b = 1 | -%>\n<%= $a %>\n"),
    (
        "a.php",
        "<?php\nnamespace A\\B;\nuse C\\D as E;\nclass F extends E { function g() { require_once __DIR__ . '/x.php'; $wgAutoloadClasses['A'] = \"$IP/a\"; } }\n$s = <<<X\n$y\nX;\n",
    ),
    (
        "extension.json",
        "{\"name\": \"A\", \"AutoloadClasses\": {\"B\": \"b.php\"}, \"ResourceModules\": {\"m\": {\"scripts\": [\"a.js\"]}}}",
    ),
    ("dblists/all.dblist", "aawiki\n# comment\nbbwiki\n"),
    (
        "haproxy/haproxy.cfg",
        "global\n  log x\nfrontend a\n  bind :80\n  acl b path_beg /x\n  use_backend c if b !{ src 1.2.3.4 }\nbackend c\n  server d 1.2.3.4 check crt \"$X\"\n",
    ),
    (
        "roles/a/tasks/main.yml",
        "- name: a\n  copy: src=b dest=\"{{ c }}/d\"\n  with_items: [x, y]\n  notify: r\n- include: b.yml\n",
    ),
    ("bin/tool.py", include_str!("python/script.py")),
    (
        "bin/other",
        "#!/usr/bin/python\nimport getopt, sys\nx = x + x\nopts, y = getopt.getopt(sys.argv, 'ab:', ['c='])\nfor o, a in opts:\n    if o in ('-b', '--c'): subprocess.Popen(x)\n",
    ),
    (
        "setup.py",
        "from setuptools import setup\nsetup(scripts=['bin/a'], package_dir={'': '../s'}, entry_points='\\n[console_scripts]\\na = b.c:d\\n')\n",
    ),
    ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n  a = b.c:d\n[files]\nscripts = e\n"),
    (
        "charts/a/templates/b.yaml",
        "{{- define \"a.b\" -}}{{ if .Values.a.b }}{{ include \"c\" . }}{{ else }}x{{ end }}{{- end }}{{/* c */}}\n{{ include (printf \"a.%s\" .Values.c) . }}{{ `{{ raw }}` }}\n",
    ),
    (
        "charts/a/Chart.yaml",
        "name: a\ndependencies:\n  - name: b\n    alias: c\n    repository: file://../b\n",
    ),
    ("charts/a/values.yaml", "a: &x\n  b: {}\nc: *x\nd:\n  <<: *x\n  e: [1, 2]\n"),
    (
        "charts/a/values.schema.json",
        "{\"additionalProperties\": false, \"required\": [\"a\"], \"properties\": {\"a\": {\"properties\": {\"b\": {\"enum\": [\"c\"]}}}}}",
    ),
    (
        "helmfile.d/a/helmfile.yaml.gotmpl",
        "bases: [\"../a.yaml\", 'b.yaml']\n---\nreleases:\n- name: é {{ x }}\n  chart: \"s/{{ y }}\" # c\n  values:\n  {{- if .x }}\n  - a-{{ .e }}.yaml\n  {{- end }}\n  - k: |\n      text\n",
    ),
    (
        "modules/a/templates/c.cfg.erb",
        "define command {\n command_name check_<%= @x %>y\n}\ndefine service {\n check_command check_é!<%= @y %>!z ; c\n}\n",
    ),
    (
        "modules/a/templates/d.vcl.erb",
        "vcl 4.0;\ninclude \"x_<%= @a %>.vcl\";\nacl b { \"::1\"; }\nsub c<%= @a %> { call d; C{ x }C {\"long\"} if (client.ip ~ b) { } }\n",
    ),
    ("pyproject.toml", "[project.scripts]\na = \"b.c:d\"\n"),
];

fn extract(path: &str, text: &str) -> FileFacts {
    let mut facts = FileFacts::default();
    let source = Source { path, bytes: text.as_bytes(), text };
    for extractor in registry().iter().filter(|extractor| extractor.claims(path)) {
        extractor.extract(&source, &Settings::default(), &mut facts);
    }
    facts
}

fn check_spans(facts: &FileFacts, len: usize) {
    let spans = facts
        .provides
        .iter()
        .map(|provide| provide.span)
        .chain(facts.requires.iter().map(|require| require.span))
        .chain(facts.calls.iter().map(|call| call.span))
        .chain(facts.problems.iter().map(|problem| problem.span))
        .chain(facts.calls.iter().flat_map(|call| call.words.iter().map(|word| word.span)))
        .chain(facts.interfaces.iter().flat_map(|interface| {
            interface.params.iter().map(|param| param.span).chain([interface.span])
        }));
    for span in spans {
        assert!(span.start <= span.end && span.end as usize <= len + 1, "{span:?} of {len}");
    }
    for require in &facts.requires {
        assert!(!require.any_of.is_empty(), "a requirement without a target");
    }
}

#[test]
fn every_seed_says_something() {
    for (path, text) in SEEDS {
        let facts = extract(path, text);
        let said = facts.provides.len() + facts.requires.len() + facts.interfaces.len();
        assert!(said > 0, "{path}");
        check_spans(&facts, text.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        for (path, _) in SEEDS {
            check_spans(&extract(path, &text), text.len());
        }
    }

    #[test]
    fn damaged_sources_are_survived(cut in 0usize..4000, len in 0usize..40, junk in "[\\PC\n]{0,12}") {
        for (path, seed) in SEEDS {
            let chars: Vec<char> = seed.chars().collect();
            let at = cut % (chars.len() + 1);
            let to = (at + len).min(chars.len());
            let text: String = chars[..at].iter().copied().chain(junk.chars()).chain(chars[to..].iter().copied()).collect();
            check_spans(&extract(path, &text), text.len());
        }
    }

    #[test]
    fn nesting_is_bounded(depth in 0usize..20_000, open in prop::sample::select(vec!["[", "{", "(", "if a {", "\"${", "a: [", "${a[", "a.", "not ", "f(", "x=a+", "lambda:", "if a:\n "])) {
        let text = open.repeat(depth);
        // Passes a filter that looks for words.
        let with_word = format!("#!python argparse\n{text}");
        for (path, _) in SEEDS {
            extract(path, &text);
            extract(path, &with_word);
        }
    }
}
