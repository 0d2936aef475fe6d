//! Command calls in the files of other systems: a wrong flag is found at its place, a right
//! call is silent.

use crate::common;
use crate::common::{Findings, check, report, tree};
use insta::assert_snapshot;

const TOOL: &str = "#!/usr/bin/python3\nimport argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--config', required=True)\nparser.add_argument('--name')\nparser.add_argument('words', nargs='*')\nparser.parse_args()\n";

const MANIFEST: &str = "class tool {\n  file { '/usr/local/bin/tool':\n    source => 'puppet:///modules/tool/tool.py',\n  }\n}\n";

/// The findings of a tree with the tool and one more file.
fn findings(path: &str, text: &str) -> Findings {
    findings_with(&[(path, text)])
}

fn findings_with(files: &[(&str, &str)]) -> Findings {
    let mut all =
        vec![("modules/tool/files/tool.py", TOOL), ("modules/tool/manifests/init.pp", MANIFEST)];
    all.extend(files);
    check(&all)
}

#[test]
fn a_unit_that_passes_a_wrong_flag_is_found() {
    let unit = "[Service]\nExecStart=/usr/local/bin/tool --config /etc/x \\\n  --nome y\n";
    assert_snapshot!(
        findings("modules/tool/files/tool.service", unit),
        @"modules/tool/files/tool.service:3:3: error[unknown-parameter] `tool` takes no `--nome`"
    );
}

#[test]
fn a_unit_in_its_own_quoting_is_silent() {
    let unit = "[Service]\nEnvironment=A=--bad\nExecStartPre=-/usr/bin/test ; @/usr/local/bin/tool argv0 '--config' \"/etc/a b\" --name=%i\nExecStart=/usr/local/bin/tool \\\n# --bad\n  --config=${X} a;b --na\\x6de $$\nExecStop=/usr/local/bin/tool $OPTIONS\n";
    assert_snapshot!(findings("modules/tool/files/tool.service", unit), @"");
}

#[test]
fn a_unit_runs_a_nested_shell() {
    let unit = "[Service]\nExecStart=/bin/sh -c 'cd / && tool --config=%i --bad'\n";
    assert_snapshot!(
        findings("modules/tool/files/tool.service", unit),
        @"modules/tool/files/tool.service:2:48: error[unknown-parameter] `tool` takes no `--bad`"
    );
}

#[test]
fn a_template_of_a_unit_has_holes() {
    let unit = "[Service]\nExecStart=/usr/local/bin/tool \\\n<% if @a -%>\n  --config=<%= @a %> \\\n<% end -%>\n  <%= @more %>\nExecStop=/usr/local/bin/tool --config=<%= @a %> --bad\n";
    assert_snapshot!(
        findings("modules/tool/templates/tool.service.erb", unit),
        @"modules/tool/templates/tool.service.erb:7:49: error[unknown-parameter] `tool` takes no `--bad`"
    );
}

#[test]
fn a_drop_in_is_a_unit() {
    let unit = "[Service]\nExecStart=\nExecStart=/usr/local/bin/tool\n";
    assert_snapshot!(
        findings("modules/tool/files/x.service.d/override.conf", unit),
        @"modules/tool/files/x.service.d/override.conf:3:11: error[missing-required-parameter] `tool` requires `--config`, which this call does not pass"
    );
}

#[test]
fn a_crontab_that_passes_a_wrong_flag_is_found() {
    let tab = "MAILTO=root\n*/5 * * * * root /usr/local/bin/tool --config x\n@daily root tool --config \"$(date +\\%F)\" --bad\n";
    assert_snapshot!(
        findings("modules/tool/files/cron.d/tool", tab),
        @"modules/tool/files/cron.d/tool:3:42: error[unknown-parameter] `tool` takes no `--bad`"
    );
}

#[test]
fn what_stands_behind_a_percent_sign_is_no_argument() {
    let tab = "0 0 * * * root tool --config x % --bad\n";
    assert_snapshot!(findings("modules/tool/files/cron.d/tool", tab), @"");
}

#[test]
fn a_dockerfile_runs_what_it_copies() {
    let file = "FROM x\nWORKDIR /srv\nCOPY tool.py bin/run\nRUN apt-get update \\\n # why\n && bin/run --config a --bad\nENTRYPOINT [\"/srv/bin/run\", \"--config\", \"b\"]\nCMD [\"--worse\"]\nHEALTHCHECK --interval=5s CMD /srv/bin/run --config c || exit 1\n";
    let own = [("image/tool.py", TOOL), ("image/Dockerfile", file)];
    assert_snapshot!(findings_with(&own), @r"
        image/Dockerfile:6:24: error[unknown-parameter] `tool.py` takes no `--bad`
        image/Dockerfile:8:7: error[unknown-parameter] `tool.py` takes no `--worse`
        ");
}

#[test]
fn an_entry_point_gets_its_arguments_later() {
    let file = "FROM x\nCOPY tool.py /run\nENTRYPOINT [\"/run\"]\nFROM y\nRUN /run\n";
    let own = [("image/tool.py", TOOL), ("image/Dockerfile", file)];
    assert_snapshot!(findings_with(&own), @"");
}

#[test]
fn a_here_document_of_a_build_is_a_script() {
    let file = "FROM x\nCOPY . /app\nRUN <<EOF\nset -e\npython3 /app/tool.py --config x --bad\nEOF\nRUN cat <<END > /x\n/app/tool.py --bad\nEND\n";
    let own = [("tool.py", TOOL), ("Dockerfile", file)];
    assert_snapshot!(
        findings_with(&own),
        @"Dockerfile:5:33: error[unknown-parameter] `tool.py` takes no `--bad`"
    );
}

#[test]
fn a_container_that_passes_a_wrong_flag_is_found() {
    let pod = "kind: Pod\nspec:\n  containers:\n    - name: a\n      command: [/usr/local/bin/tool, --config]\n      args:\n        - \"$(CONFIG)\"\n        - '--bad'\n      livenessProbe:\n        exec:\n          command: [tool, --config=x]\n";
    assert_snapshot!(
        findings("k8s/pod.yaml", pod),
        @"k8s/pod.yaml:8:12: error[unknown-parameter] `tool` takes no `--bad`"
    );
}

#[test]
fn a_chart_is_read_where_it_parses() {
    let pod = "{{- if .Values.x }}\nspec:\n  containers:\n    - name: {{ .Chart.Name }}\n      command:\n        - tool\n        {{- if .Values.y }}\n        - --config={{ .Values.y }}\n        {{- end }}\n        - --bad={{ .Values.z }}\n    - command: [sh, -c, 'tool --config={{ .Values.y }} --worse']\n{{- end }}\n";
    assert_snapshot!(findings("charts/a/templates/pod.yaml", pod), @r"
        charts/a/templates/pod.yaml:10:11: error[unknown-parameter] `tool` takes no `--bad`
        charts/a/templates/pod.yaml:11:56: error[unknown-parameter] `tool` takes no `--worse`
        ");
}

#[test]
fn a_service_of_compose_joins_its_entry_point_and_command() {
    let file = "services:\n  a:\n    entrypoint: tool --config\n    command: >\n      ${FILE:-x}\n      'a b' --bad\n  b:\n    entrypoint: [tool]\n  c:\n    command: [tool, --config, x]\n";
    assert_snapshot!(
        findings("docker-compose.yml", file),
        @"docker-compose.yml:6:13: error[unknown-parameter] `tool` takes no `--bad`"
    );
}

#[test]
fn a_check_command_that_passes_a_wrong_flag_is_found() {
    let plugin = "class p { file { '/usr/lib/nagios/plugins/check_x': source => 'puppet:///modules/tool/tool.py' } }\n";
    let file = "define command {\n  command_name check_x\n  command_line $USER1$/check_x --config $ARG1$ --bad -H '$HOSTNAME$' ; --worse\n}\ncommand[x]=/usr/lib/nagios/plugins/check_x $ARG1$\n";
    let own = [("modules/tool/manifests/p.pp", plugin), ("files/checks.cfg", file)];
    assert_snapshot!(findings_with(&own), @r"
        files/checks.cfg:3:48: error[unknown-parameter] `check_x` takes no `--bad`
        files/checks.cfg:3:54: error[unknown-parameter] `check_x` takes no `-H`
        ");
}

#[test]
fn php_that_passes_a_wrong_flag_is_found() {
    let file = "<?php\n$base = 'tool --config x';\nexec( 'tool --config ' . escapeshellarg( $x ) . \" --bad={$y} 'a b'\" );\n$out = `tool --config $x[a] --worse`;\nShell::command( 'tool', '--config' )->limits( [] )->params( [ $z, '--nope' ] )->execute();\nshell_exec( \"$base --last\" );\nproc_open( [ 'tool', '--config', $x, '--array' ], [], $pipes );\n";
    assert_snapshot!(findings("w/run.php", file), @r"
        w/run.php:3:51: error[unknown-parameter] `tool` takes no `--bad`
        w/run.php:4:29: error[unknown-parameter] `tool` takes no `--worse`
        w/run.php:5:68: error[unknown-parameter] `tool` takes no `--nope`
        w/run.php:6:20: error[unknown-parameter] `tool` takes no `--last`
        w/run.php:7:39: error[unknown-parameter] `tool` takes no `--array`
        ");
}

#[test]
fn php_that_computes_its_arguments_is_silent() {
    let file = "<?php\nexec( 'tool ' . $args );\nexec( 'tool --config ' . escapeshellarg( $x ) );\nfunction system( $a = 'tool --bad' ) {}\n$this->exec( 'tool --bad' );\nShell::command( 'tool' )->params( $args )->execute();\n$c = 'tool';\n$c .= ' --config x';\nexec( $c );\n";
    assert_snapshot!(findings("w/run.php", file), @"");
}

#[test]
fn a_task_that_passes_a_wrong_flag_is_found() {
    let tasks = "- name: a\n  command: tool --config {{ a }} --bad chdir=/tmp\n- shell: |\n    cd /tmp &&\n    tool --config '{{ a + b }}' --worse creates=/x\n- command:\n    argv: [tool, --config, x, --nope]\n- cron: name=x job=\"tool --config y --job\"\n- ansible.builtin.shell:\n    cmd: >\n      tool --config x\n      --last\n";
    assert_snapshot!(findings("roles/a/tasks/main.yml", tasks), @r"
        roles/a/tasks/main.yml:2:34: error[unknown-parameter] `tool` takes no `--bad`
        roles/a/tasks/main.yml:5:33: error[unknown-parameter] `tool` takes no `--worse`
        roles/a/tasks/main.yml:7:31: error[unknown-parameter] `tool` takes no `--nope`
        roles/a/tasks/main.yml:8:37: error[unknown-parameter] `tool` takes no `--job`
        roles/a/tasks/main.yml:12:7: error[unknown-parameter] `tool` takes no `--last`
        ");
}

#[test]
fn a_task_that_computes_its_arguments_is_silent() {
    let tasks = "- command: tool {{ options }}\n- command: tool --config x '&&' --bad\n  when: no\n- cron:\n    name: b\n    state: absent\n    job: tool --bad\n- shell: tool {% if a %}--config b{% endif %}\n";
    assert_snapshot!(
        findings("roles/a/tasks/main.yml", tasks),
        @"roles/a/tasks/main.yml:2:33: error[unknown-parameter] `tool` takes no `--bad`"
    );
}

#[test]
fn a_task_runs_what_a_role_copies() {
    let tasks = "- copy: src=run.py dest=/opt/{{ place }}/\n- copy:\n    src: '{{ item }}'\n    dest: /opt/bin/\n  with_items: [run.py]\n- command: /opt/bin/run.py --bad\n- script: run.py --config x --worse\n";
    let own = [("roles/a/files/run.py", TOOL), ("roles/a/tasks/main.yml", tasks)];
    assert_snapshot!(findings_with(&own), @r"
        roles/a/tasks/main.yml:6:12: error[missing-required-parameter] `run.py` requires `--config`, which this call does not pass
        roles/a/tasks/main.yml:6:28: error[unknown-parameter] `run.py` takes no `--bad`
        roles/a/tasks/main.yml:7:29: error[unknown-parameter] `run.py` takes no `--worse`
        ");
}

#[test]
fn an_install_list_says_what_a_command_is() {
    let unit = "[Service]\nExecStart=/usr/bin/run --bad --config x\nExecStop=/usr/sbin/halt.py --worse --config x\nExecReload=/usr/share/run/a/run.py --config x --nope\n";
    let own = [
        ("pkg/scripts/run", TOOL),
        ("pkg/lib/a/run.py", TOOL),
        ("pkg/debian/run.install", "scripts/run usr/bin\nlib/* usr/share/run\n"),
        ("pkg/debian/run.links", "usr/share/run/a/run.py usr/sbin/halt.py\n"),
        ("pkg/debian/run.service", unit),
    ];
    assert_snapshot!(findings_with(&own), @r"
        pkg/debian/run.service:2:24: error[unknown-parameter] `run` takes no `--bad`
        pkg/debian/run.service:3:28: error[unknown-parameter] `halt.py` takes no `--worse`
        pkg/debian/run.service:4:47: error[unknown-parameter] `run.py` takes no `--nope`
        ");
}

#[test]
fn a_definition_of_a_chart_may_be_a_list_of_containers() {
    let file = "{{/* {{ x }} */}}\n{{- define \"a\" -}}\n- name: a\n  image: b\n  command: [tool, --config, \"{{ .a }}\", --bad]\n{{- end }}\n{{- define \"b\" }}\nkey: value\n{{- end }}\n";
    assert_snapshot!(
        findings("charts/a/templates/_a.tpl", file),
        @"charts/a/templates/_a.tpl:5:41: error[unknown-parameter] `tool` takes no `--bad`"
    );
}

#[test]
fn a_descriptor_is_no_argument() {
    let tab = "0 0 * * * root tool --config x 2>/dev/null 2>&1\n";
    assert_snapshot!(findings("modules/tool/files/cron.d/tool", tab), @"");
}

#[test]
fn a_word_fills_its_place_in_a_group_of_alternatives() {
    let tool = "#!/usr/bin/python3\nimport argparse\np = argparse.ArgumentParser()\ng = p.add_mutually_exclusive_group(required=True)\ng.add_argument('path', nargs='?')\ng.add_argument('--all', action='store_true')\np.parse_args()\n";
    let caller = "#!/bin/sh\n./chk.py x\n./chk.py \"$DIR/$NAME\"\n./chk.py --all\n./chk.py\n";
    let report = report(tree(&[("chk.py", tool), ("run.sh", caller)]).path(), &["check", "."]);
    assert_snapshot!(
        common::findings(&report),
        @"run.sh:5:1: error[missing-required-parameter] `chk.py` requires one of `path`, `--all`, and this call passes none"
    );
}
