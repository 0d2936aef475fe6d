//! Command calls in the files of other systems: a wrong flag is found at its place, a right
//! call is silent.

use crate::common;
use crate::common::{report, tree};

const TOOL: &str = "#!/usr/bin/python3\nimport argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--config', required=True)\nparser.add_argument('--name')\nparser.add_argument('words', nargs='*')\nparser.parse_args()\n";

const MANIFEST: &str = "class tool {\n  file { '/usr/local/bin/tool':\n    source => 'puppet:///modules/tool/tool.py',\n  }\n}\n";

/// Findings as `RULE LINE:COLUMN TEXT`, of a tree with the tool and one more file.
fn findings(path: &str, text: &str) -> Vec<String> {
    findings_with(&[(path, text)], path)
}

fn findings_with(files: &[(&str, &str)], path: &str) -> Vec<String> {
    let mut all =
        vec![("modules/tool/files/tool.py", TOOL), ("modules/tool/manifests/init.pp", MANIFEST)];
    all.extend(files);
    let report = report(tree(&all).path(), &["check", "."]);
    let text = files.iter().find(|(own, _)| *own == path).map_or("", |(_, text)| text);
    let findings = report["findings"].as_array().expect("a list").iter().map(|finding| {
        assert_eq!(finding["path"], path, "{finding}");
        let number = |key: &str| finding[key].as_u64().expect("a number") as usize;
        let (line, column) = (number("line"), number("column"));
        let rest: String =
            text.lines().nth(line - 1).unwrap_or("").chars().skip(column - 1).collect();
        let word = rest.split([' ', '"', '\'', ',', '%', ']']).next().unwrap_or("");
        format!("{} {line}:{column} {word}", finding["rule"].as_str().expect("a text"))
    });
    findings.collect()
}

#[test]
fn a_unit_that_passes_a_wrong_flag_is_found() {
    let unit = "[Service]\nExecStart=/usr/local/bin/tool --config /etc/x \\\n  --nome y\n";
    assert_eq!(findings("modules/tool/files/tool.service", unit), ["unknown-parameter 3:3 --nome"]);
}

#[test]
fn a_unit_in_its_own_quoting_is_silent() {
    let unit = "[Service]\nEnvironment=A=--bad\nExecStartPre=-/usr/bin/test ; @/usr/local/bin/tool argv0 '--config' \"/etc/a b\" --name=%i\nExecStart=/usr/local/bin/tool \\\n# --bad\n  --config=${X} a;b --na\\x6de $$\nExecStop=/usr/local/bin/tool $OPTIONS\n";
    assert_eq!(findings("modules/tool/files/tool.service", unit), [""; 0]);
}

#[test]
fn a_unit_runs_a_nested_shell() {
    let unit = "[Service]\nExecStart=/bin/sh -c 'cd / && tool --config=%i --bad'\n";
    assert_eq!(findings("modules/tool/files/tool.service", unit), ["unknown-parameter 2:48 --bad"]);
}

#[test]
fn a_template_of_a_unit_has_holes() {
    let unit = "[Service]\nExecStart=/usr/local/bin/tool \\\n<% if @a -%>\n  --config=<%= @a %> \\\n<% end -%>\n  <%= @more %>\nExecStop=/usr/local/bin/tool --config=<%= @a %> --bad\n";
    assert_eq!(
        findings("modules/tool/templates/tool.service.erb", unit),
        ["unknown-parameter 7:49 --bad"]
    );
}

#[test]
fn a_drop_in_is_a_unit() {
    let unit = "[Service]\nExecStart=\nExecStart=/usr/local/bin/tool\n";
    assert_eq!(
        findings("modules/tool/files/x.service.d/override.conf", unit),
        ["missing-required-parameter 3:11 /usr/local/bin/tool"]
    );
}

#[test]
fn a_crontab_that_passes_a_wrong_flag_is_found() {
    let tab = "MAILTO=root\n*/5 * * * * root /usr/local/bin/tool --config x\n@daily root tool --config \"$(date +\\%F)\" --bad\n";
    assert_eq!(findings("modules/tool/files/cron.d/tool", tab), ["unknown-parameter 3:42 --bad"]);
}

#[test]
fn what_stands_behind_a_percent_sign_is_no_argument() {
    let tab = "0 0 * * * root tool --config x % --bad\n";
    assert_eq!(findings("modules/tool/files/cron.d/tool", tab), [""; 0]);
}

#[test]
fn a_dockerfile_runs_what_it_copies() {
    let file = "FROM x\nWORKDIR /srv\nCOPY tool.py bin/run\nRUN apt-get update \\\n # why\n && bin/run --config a --bad\nENTRYPOINT [\"/srv/bin/run\", \"--config\", \"b\"]\nCMD [\"--worse\"]\nHEALTHCHECK --interval=5s CMD /srv/bin/run --config c || exit 1\n";
    let own = [("image/tool.py", TOOL), ("image/Dockerfile", file)];
    assert_eq!(
        findings_with(&own, "image/Dockerfile"),
        ["unknown-parameter 6:24 --bad", "unknown-parameter 8:7 --worse"]
    );
}

#[test]
fn an_entry_point_gets_its_arguments_later() {
    let file = "FROM x\nCOPY tool.py /run\nENTRYPOINT [\"/run\"]\nFROM y\nRUN /run\n";
    let own = [("image/tool.py", TOOL), ("image/Dockerfile", file)];
    assert_eq!(findings_with(&own, "image/Dockerfile"), [""; 0]);
}

#[test]
fn a_here_document_of_a_build_is_a_script() {
    let file = "FROM x\nCOPY . /app\nRUN <<EOF\nset -e\npython3 /app/tool.py --config x --bad\nEOF\nRUN cat <<END > /x\n/app/tool.py --bad\nEND\n";
    let own = [("tool.py", TOOL), ("Dockerfile", file)];
    assert_eq!(findings_with(&own, "Dockerfile"), ["unknown-parameter 5:33 --bad"]);
}

#[test]
fn a_container_that_passes_a_wrong_flag_is_found() {
    let pod = "kind: Pod\nspec:\n  containers:\n    - name: a\n      command: [/usr/local/bin/tool, --config]\n      args:\n        - \"$(CONFIG)\"\n        - '--bad'\n      livenessProbe:\n        exec:\n          command: [tool, --config=x]\n";
    assert_eq!(findings("k8s/pod.yaml", pod), ["unknown-parameter 8:12 --bad"]);
}

#[test]
fn a_chart_is_read_where_it_parses() {
    let pod = "{{- if .Values.x }}\nspec:\n  containers:\n    - name: {{ .Chart.Name }}\n      command:\n        - tool\n        {{- if .Values.y }}\n        - --config={{ .Values.y }}\n        {{- end }}\n        - --bad={{ .Values.z }}\n    - command: [sh, -c, 'tool --config={{ .Values.y }} --worse']\n{{- end }}\n";
    assert_eq!(
        findings("charts/a/templates/pod.yaml", pod),
        ["unknown-parameter 10:11 --bad={{", "unknown-parameter 11:56 --worse"]
    );
}

#[test]
fn a_service_of_compose_joins_its_entry_point_and_command() {
    let file = "services:\n  a:\n    entrypoint: tool --config\n    command: >\n      ${FILE:-x}\n      'a b' --bad\n  b:\n    entrypoint: [tool]\n  c:\n    command: [tool, --config, x]\n";
    assert_eq!(findings("docker-compose.yml", file), ["unknown-parameter 6:13 --bad"]);
}

#[test]
fn a_check_command_that_passes_a_wrong_flag_is_found() {
    let plugin = "class p { file { '/usr/lib/nagios/plugins/check_x': source => 'puppet:///modules/tool/tool.py' } }\n";
    let file = "define command {\n  command_name check_x\n  command_line $USER1$/check_x --config $ARG1$ --bad -H '$HOSTNAME$' ; --worse\n}\ncommand[x]=/usr/lib/nagios/plugins/check_x $ARG1$\n";
    let own = [("modules/tool/manifests/p.pp", plugin), ("files/checks.cfg", file)];
    assert_eq!(
        findings_with(&own, "files/checks.cfg"),
        ["unknown-parameter 3:48 --bad", "unknown-parameter 3:54 -H"]
    );
}

#[test]
fn php_that_passes_a_wrong_flag_is_found() {
    let file = "<?php\n$base = 'tool --config x';\nexec( 'tool --config ' . escapeshellarg( $x ) . \" --bad={$y} 'a b'\" );\n$out = `tool --config $x[a] --worse`;\nShell::command( 'tool', '--config' )->limits( [] )->params( [ $z, '--nope' ] )->execute();\nshell_exec( \"$base --last\" );\nproc_open( [ 'tool', '--config', $x, '--array' ], [], $pipes );\n";
    assert_eq!(
        findings("w/run.php", file),
        [
            "unknown-parameter 3:51 --bad={$y}",
            "unknown-parameter 4:29 --worse`;\n".trim_end(),
            "unknown-parameter 5:68 --nope",
            "unknown-parameter 6:20 --last",
            "unknown-parameter 7:39 --array",
        ]
    );
}

#[test]
fn php_that_computes_its_arguments_is_silent() {
    let file = "<?php\nexec( 'tool ' . $args );\nexec( 'tool --config ' . escapeshellarg( $x ) );\nfunction system( $a = 'tool --bad' ) {}\n$this->exec( 'tool --bad' );\nShell::command( 'tool' )->params( $args )->execute();\n$c = 'tool';\n$c .= ' --config x';\nexec( $c );\n";
    assert_eq!(findings("w/run.php", file), [""; 0]);
}

#[test]
fn a_task_that_passes_a_wrong_flag_is_found() {
    let tasks = "- name: a\n  command: tool --config {{ a }} --bad chdir=/tmp\n- shell: |\n    cd /tmp &&\n    tool --config '{{ a b }}' --worse creates=/x\n- command:\n    argv: [tool, --config, x, --nope]\n- cron: name=x job=\"tool --config y --job\"\n- ansible.builtin.shell:\n    cmd: >\n      tool --config x\n      --last\n";
    assert_eq!(
        findings("roles/a/tasks/main.yml", tasks),
        [
            "unknown-parameter 2:34 --bad",
            "unknown-parameter 5:31 --worse",
            "unknown-parameter 7:31 --nope",
            "unknown-parameter 8:37 --job",
            "unknown-parameter 12:7 --last",
        ]
    );
}

#[test]
fn a_task_that_computes_its_arguments_is_silent() {
    let tasks = "- command: tool {{ options }}\n- command: tool --config x && --bad\n  when: no\n- cron:\n    name: b\n    state: absent\n    job: tool --bad\n- shell: tool {% if a %}--config b{% endif %}\n";
    assert_eq!(findings("roles/a/tasks/main.yml", tasks), ["unknown-parameter 2:31 --bad"]);
}

#[test]
fn a_task_runs_what_a_role_copies() {
    let tasks = "- copy: src=run.py dest=/opt/{{ item }}/\n- copy:\n    src: '{{ item }}'\n    dest: /opt/bin/\n  with_items: [run.py]\n- command: /opt/bin/run.py --bad\n- script: run.py --config x --worse\n";
    let own = [("roles/a/files/run.py", TOOL), ("roles/a/tasks/main.yml", tasks)];
    assert_eq!(
        findings_with(&own, "roles/a/tasks/main.yml"),
        [
            "missing-required-parameter 6:12 /opt/bin/run.py",
            "unknown-parameter 6:28 --bad",
            "unknown-parameter 7:29 --worse",
        ]
    );
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
    assert_eq!(
        findings_with(&own, "pkg/debian/run.service"),
        [
            "unknown-parameter 2:24 --bad",
            "unknown-parameter 3:28 --worse",
            "unknown-parameter 4:47 --nope",
        ]
    );
}

#[test]
fn a_definition_of_a_chart_may_be_a_list_of_containers() {
    let file = "{{/* {{ x }} */}}\n{{- define \"a\" -}}\n- name: a\n  image: b\n  command: [tool, --config, \"{{ .a }}\", --bad]\n{{- end }}\n{{- define \"b\" }}\nkey: value\n{{- end }}\n";
    assert_eq!(findings("charts/a/templates/_a.tpl", file), ["unknown-parameter 5:41 --bad"]);
}

#[test]
fn a_descriptor_is_no_argument() {
    let tab = "0 0 * * * root tool --config x 2>/dev/null 2>&1\n";
    assert_eq!(findings("modules/tool/files/cron.d/tool", tab), [""; 0]);
}

#[test]
fn a_word_fills_its_place_in_a_group_of_alternatives() {
    let tool = "#!/usr/bin/python3\nimport argparse\np = argparse.ArgumentParser()\ng = p.add_mutually_exclusive_group(required=True)\ng.add_argument('path', nargs='?')\ng.add_argument('--all', action='store_true')\np.parse_args()\n";
    let caller = "#!/bin/sh\n./chk.py x\n./chk.py \"$DIR/$NAME\"\n./chk.py --all\n./chk.py\n";
    let report = report(tree(&[("chk.py", tool), ("run.sh", caller)]).path(), &["check", "."]);
    assert_eq!(common::places(&report), ["missing-required-parameter run.sh:5"]);
}
