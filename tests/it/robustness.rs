//! No input makes an extractor panic, hang or point outside its file.

use crosscheck::facts::{FileFacts, Interface, Span};
use proptest::prelude::*;

/// A path that each extractor claims, and text of its language to start from.
const SEEDS: &[(&str, &str)] = &[
    ("modules/a/manifests/init.pp", include_str!("../../src/tests/puppet/language.pp")),
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
    ("inventory/hosts", "[web]\na[1:3].example x=1\n[all_web:children]\nweb\n[a-z][0:9]\n"),
    ("inventories/b.yml", "all:\n  children:\n    web:\n      hosts:\n        a[a:c]: {x: 1}\n"),
    ("dblists/all.dblist", "aawiki\n# comment\nbbwiki\n"),
    (
        "haproxy/haproxy.cfg",
        "global\n  log x\nfrontend a\n  bind :80\n  acl b path_beg /x\n  use_backend c if b !{ src 1.2.3.4 }\nbackend c\n  server d 1.2.3.4 check crt \"$X\"\n",
    ),
    (
        "nginx/nginx.conf.j2",
        "events { }\nhttp {\n  log_format a '$x \\'{';\n  {% if b %}\n  upstream c { server d:1 {{ e }}; }\n  {% endif %}\n  server { listen [::]:80; location ~ \"^/\\d{2}\" { try_files $uri @f; proxy_pass http://c/${g}; }\n content_by_lua_block { if '}' then --}\n end }\n access_log é a; }\n}\n",
    ),
    (
        "apache/httpd.conf.erb",
        "ServerRoot /a\nLoadModule b_module c.so\n<VirtualHost *:80 <%= @d %>>\n ServerName \"e \\\" f\" \\\n  g\n <If \"%{h} == 'i'\">\n RewriteRule ^/(.*)$ ${j:$1|é} [L]\n </If>\n ProxyPass / balancer://k/\n</VirtualHost>\n<% if x -%>\nInclude l/*.conf\n<% end -%>\n",
    ),
    (
        "bin/a.rb",
        "require 'optparse'\n=begin\nx\n=end\nOptionParser.new do |o|\n  o.on('-f', \"--file FILE\", %w[a b], <<~EOT) { |x| y =~ /z'/ }\n    text\n  EOT\n  o.on \"--#{n}\", :REQUIRED\nend.parse!\n",
    ),
    (
        "bin/b.pl",
        "use Getopt::Long qw(:config bundling);\n$x =~ s{a}{b}g; print <<\"E\";\n'\nE\n=pod\n\n=cut\nGetOptions('a|all=s{1,}' => \\$a, b => sub { 1 }, map { $_ } @l);\n__END__\n",
    ),
    (
        "bin/c.js",
        "#!/usr/bin/env node\nconst y = require('yargs');\ny.option('a', {alias: ['b'], choices: [`x${1}`, 'z']}).command('c <d> [e..]', 'f', (z) => z.option('g')).strict(); /[/]'/.test(1) // x\n",
    ),
    (
        "bin/d.mjs",
        "import { Command } from 'commander';\nconst p = new Command();\np.option('-a, --all <x...>').command('b <c>').addOption(new Option('-d').choices(['e']));\nconst q = p.command('r'); p.addCommand(q); q.addCommand(p);\n",
    ),
    (
        "bin/e.mjs",
        "import u from 'util';\nu.parseArgs({options: {a: {type: 'string', short: 'b'}}});\n",
    ),
    (
        "cmd/a/main.go",
        "package main\nimport (\n\tf \"flag\"\n)\nfunc main() { s := f.NewFlagSet(\"a\", 0); s.String(\"b\", `c`, \"d\"); f.BoolVar(&x, \"e\", 'f', \"\"); f.Parse() }\n",
    ),
    (
        "cmd/b/main.go",
        "package main\nimport \"github.com/spf13/cobra\"\nvar r = &cobra.Command{Use: \"a\", Args: cobra.RangeArgs(1, 2)}\nfunc n() *cobra.Command { c := &cobra.Command{Use: \"b\"}; c.Flags().StringP(\"c\", \"d\", \"\", \"\"); c.MarkFlagRequired(\"c\"); return c }\nfunc main() { r.AddCommand(n(), r); r.Execute() }\n",
    ),
    (
        "src/main.rs",
        "use clap::Parser;\n#[derive(Parser)]\n#[command(version)]\nstruct A<'a> { #[arg(short, long = \"b\", num_args = 1..)] c: Option<Vec<B>>, #[command(subcommand)] d: D, e: &'a str, #[command(flatten)] f: A }\n#[derive(clap::Subcommand)]\nenum D { G { h: bool }, I(A), #[command(external_subcommand)] J(Vec<String>), K }\nconst L: &str = r#\"'\"#;\n",
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
    (
        "units/a.service.erb",
        "[Service]\nExecStartPre=-/bin/a \\\n# b\n  'c d' ${X} $Y %i ; @/bin/e f\nExecStart=!!<%= @x %> --y=<% if z %>\\x41<% end %>\n",
    ),
    ("files/cron.d/a", "MAILTO=x\n*/5 * * * * root a --b \\%c %d\n@daily <%= @u %> e 'f\n"),
    (
        "images/a/Dockerfile",
        "FROM x AS y\nWORKDIR /a\nCOPY --chown=b c d/\nADD [\"e\", \"/f\"]\nRUN --mount=g h \\\n# i\n  && j <<EOF\nk\nEOF\nENTRYPOINT [\"./d/c\"]\nCMD [\"-l\"]\nHEALTHCHECK --interval=1s CMD m || n\n",
    ),
    (
        "charts/a/templates/b.yaml",
        "{{- if .x }}\nspec:\n  containers:\n    - name: a\n      command: [\"b\", '{{ .c }}', \"$(D)\"]\n      args:\n        {{- range .e }}\n        - --f={{ . }}\n        {{- end }}\n      livenessProbe: {exec: {command: [g, $$(h)]}}\n{{- end }}\n",
    ),
    (
        "docker-compose.yml",
        "services:\n  a:\n    entrypoint: b 'c d'\n    command: >\n      --e ${F}\n      $$g\n    healthcheck: {test: [\"CMD-SHELL\", \"h i\"]}\n",
    ),
    (
        "nagios/commands.cfg",
        "define command {\n  command_name a\n  command_line $USER1$/b -H '$HOSTNAME$' $$ \\; \\\n   c ; d\n}\ncommand[e]=/f $ARG1$\n",
    ),
    (
        "w/run.php",
        "<?php\n$b = 'a é';\nexec( 'x \\'' . escapeshellarg( $y ) . \" --c={$z['q']} $b $d[e] $f->g\" );\n`h $b`;\nShell::command( 'i', [ '-j' ] )->params( ...$k )->execute();\nproc_open( array( 'l', <<<M\nn\nM\n ) );\n",
    ),
    (
        "roles/b/tasks/main.yml",
        "- command: a 'b c' {{ d }} chdir=/e\n- shell: >\n    f\n     && g creates=h\n- command: {argv: [i, \"j\\n\"]}\n- script: k.sh l\n- cron: {job: \"m \\\"n\\\"\"}\n- copy: {src: \"{{ item }}\", dest: /o/}\n  loop: [p]\n",
    ),
    ("x/debian/a.install", "b/c usr/bin\nd/* e # f\ng => /h\n"),
    ("x/debian/a.links", "usr/b usr/bin/c\n"),
];

fn extract(path: &str, text: &str) -> FileFacts {
    crosscheck::facts_of(path, text.as_bytes())
}

/// The spans of an interface and of its sub-commands.
fn all_spans(interface: &Interface) -> Vec<Span> {
    let mut spans = vec![interface.span];
    spans.extend(interface.params.iter().map(|param| param.span));
    let command = interface.command.iter();
    let subcommands = command.flat_map(|own| &own.subcommands);
    spans.extend(subcommands.flat_map(|(_, own)| all_spans(own)));
    spans
}

fn check_spans(facts: &FileFacts, len: usize) {
    let spans = facts
        .provides
        .iter()
        .map(|provide| provide.span)
        .chain(facts.requires.iter().map(|require| require.span))
        .chain(facts.calls.iter().map(|call| call.span))
        .chain(facts.problems.iter().map(|problem| problem.span))
        .chain(facts.calls.iter().flat_map(|call| call.words.iter().map(|word| word.span)));
    let spans = spans.chain(facts.interfaces.iter().flat_map(all_spans));
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
        let said = said + facts.calls.len();
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
}

/// Nests deeper than any stack allows: a test has 2 MB of it, and a level of a recursion takes
/// more than the 200 bytes that are left for each of ten thousand.
#[test]
fn nesting_is_bounded() {
    let openers = [
        "[", "{", "(", "if a {", "\"${", "a: [", "${a[", "a.", "not ", "f(", "x=a+", "lambda:",
        "if a:\n ",
    ];
    for open in openers {
        for depth in [1, 100, 130, 1_000, 10_000] {
            let text = open.repeat(depth);
            // Passes a filter that looks for words.
            let with_word = format!("#!python argparse\n{text}");
            for (path, _) in SEEDS {
                extract(path, &text);
                extract(path, &with_word);
            }
        }
    }
}

/// Chains whose links make a tree deeper though no bracket opens, on a stack as the program's.
#[test]
fn chains_are_bounded() {
    let chains = [
        ("class a { $x = ", "1 + ", "1 }\n"),
        ("class a { $x = $y", "[0]", " }\n"),
        ("class a { $x = $y", ".z", " }\n"),
        ("class a { $x = $y", "(1)", " }\n"),
        ("class a { ", "File['b'] -> ", "File['b'] }\n"),
        ("class a { $x = $y", " ? { default => 1 }", " }\n"),
        ("class a { $x = [", "1 + f($y[0][1], ", ""),
    ];
    let run = move || {
        for (begin, link, end) in chains {
            for links in [10, 900, 100_000] {
                extract(
                    "modules/a/manifests/init.pp",
                    &format!("{begin}{}{end}", link.repeat(links)),
                );
            }
        }
        extract(
            "a.php",
            &format!("<?php include {}'a'{};", "(".repeat(100_000), ")".repeat(100_000)),
        );
    };
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run);
    thread.expect("a thread").join().expect("no panic");
}
