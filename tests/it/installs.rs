//! Files of the tree that a build installs as commands: `.spec` files and Makefiles.

use crate::common::{Findings, check, facts, findings, report, tree};
use insta::assert_snapshot;

/// `PATH FILE` of what is installed, and `COMMAND` of each command.
fn installed(path: &str, text: &str) -> Vec<String> {
    let facts = facts(path, text);
    let own = facts.provides.iter().filter_map(|provide| match provide.kind.as_str() {
        "deployed.path" => Some(format!("{} {}", provide.name, provide.detail)),
        "command" => Some(provide.name.to_string()),
        _ => None,
    });
    own.collect()
}

#[test]
fn a_spec_installs_files_of_the_tree() {
    let spec = "Name: tool\nSource0: tool.tar.gz\nSource1: tool.cron\n%install\n\
        install -d %{buildroot}%{_sysconfdir}/tool\n\
        install -m 755 bin/tool.py %{buildroot}%{_bindir}/tool\n\
        install -Dm644 conf/%{name}.conf \"$RPM_BUILD_ROOT/etc/tool/main.conf\"\n\
        %{__install} -p -m 0755 \\\n    a.sh b.sh %{buildroot}%{_sbindir}\n\
        cp -p run ${RPM_BUILD_ROOT}/usr/bin/\n\
        install -m 644 %{SOURCE1} %{buildroot}/etc/tool\n\
        %files\n%{_bindir}/tool\n";
    assert_eq!(
        installed("rpm/tool.spec", spec),
        [
            "/usr/bin/tool file:bin/tool.py",
            "tool",
            "/etc/tool/main.conf file:conf/tool.conf",
            "/usr/sbin/a.sh file:a.sh",
            "a.sh",
            "/usr/sbin/b.sh file:b.sh",
            "b.sh",
            "/usr/bin/run file:run",
            "run",
            "/etc/tool/tool.cron file:rpm/tool.cron",
        ]
    );
}

#[test]
fn a_makefile_installs_files_of_the_tree() {
    let makefile = "PREFIX ?= /usr/local\nbindir = $(PREFIX)/bin\nINSTALL := install\n\
        all: tool\n\tcp a /usr/bin/b\n\
        install: all install-man\n\
        \t@$(INSTALL) -d $(DESTDIR)$(bindir) && install -m 755 tool.sh $(DESTDIR)$(bindir)/tool\n\
        \t$(INSTALL) -D -m 644 tool.conf \\\n\t\t$(DESTDIR)/etc/tool/tool.conf\n\
        \tinstall -t ${DESTDIR}/usr/sbin x y\n\n\
        clean:\n\tinstall z /usr/bin/z\n";
    assert_eq!(
        installed("sub/Makefile", makefile),
        [
            "/usr/local/bin/tool file:sub/tool.sh",
            "tool",
            "/etc/tool/tool.conf file:sub/tool.conf",
            "/usr/sbin/x file:sub/x",
            "x",
            "/usr/sbin/y file:sub/y",
            "y",
        ]
    );
}

#[test]
fn what_is_computed_or_may_be_a_folder_is_not_known() {
    for line in [
        "install -m 755 %{name}-%{version} %{buildroot}%{_bindir}/x",
        "install -m 755 x %{buildroot}%{_libdir}/x",
        "install -m 644 x.conf %{buildroot}/etc/x.d",
        "cp -r x %{buildroot}/usr/bin",
        "cp x %{buildroot}/etc/x",
        "install -m 755 /tmp/x %{buildroot}/usr/bin/x",
        "install -m 755 x bin/x",
        "cd src && install -m 755 x %{buildroot}/usr/bin/x",
        "cd src\ninstall -m 755 x %{buildroot}/usr/bin/x",
        "make install DESTDIR=%{buildroot}",
        "%check\ninstall -m 755 x %{buildroot}/usr/bin/x",
    ] {
        let found = installed("x.spec", &format!("Version: 1\n%install\n{line}\n"));
        assert!(found.is_empty(), "{line}: {found:?}");
    }
    for line in [
        "for f in a b; do install $$f $(DESTDIR)/usr/bin/$$f; done",
        "install $< $(DESTDIR)/usr/bin/x",
        "install x $(DESTDIR)$(unknown)/x",
        "install $(TWICE) $(DESTDIR)/usr/bin/x",
        "install $(LOOP) $(DESTDIR)/usr/bin/x",
    ] {
        let text = format!("TWICE = a\nTWICE += b\nLOOP = $(LOOP) $(LOOP)\ninstall:\n\t{line}\n");
        let found = installed("Makefile", &text);
        assert!(found.is_empty(), "{line}: {found:?}");
    }
}

#[test]
fn calls_are_checked_against_what_is_installed() {
    let tool = "#!/usr/bin/python3\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('--name')\np.parse_args()\n";
    let makefile = "install:\n\tinstall -m 755 tool.py $(DESTDIR)/usr/bin/run-tool\n";
    let with = |call: &str| {
        check(&[
            ("tool.py", tool),
            ("Makefile", makefile),
            ("bin/call.sh", &format!("#!/bin/sh\n{call}\n")),
            ("bin/call.rb", &format!("#!/usr/bin/ruby\nsystem(\"{call}\")\n")),
        ])
    };
    assert_snapshot!(with("/usr/bin/run-tool --name x"), @"");
    assert_snapshot!(with("run-tool --nome x"), @r"
        bin/call.rb:2:18: error[unknown-parameter] `run-tool` takes no `--nome`
        bin/call.sh:2:10: error[unknown-parameter] `run-tool` takes no `--nome`
        ");
}

const APT: &str = "Package: tool\nVersion: 1:1.2.3-4+deb12u1\n\n";

/// The findings of a tree beside a Debian index that offers one version of `tool`.
fn pinned(path: &str, text: &str) -> Findings {
    let dir = tree(&[("tree/README", ""), (&format!("tree/{path}"), text), ("apt/Packages", APT)]);
    let found = findings(&report(dir.path(), &["check", "tree", "--packages", "repo=apt"]));
    found.only("unavailable-version")
}

#[test]
fn a_glob_of_versions_is_offered_where_one_matches() {
    for (path, text) in [
        (
            "modules/a/manifests/init.pp",
            "class a {\n  package { 'tool': ensure => 'VERSION' }\n}\n",
        ),
        ("roles/a/tasks/main.yml", "- apt:\n    name: tool=VERSION\n"),
    ] {
        for good in ["1.2*", "1:1.2.*", "1.2.3-4*", "1:1.2.3-4+deb12u1"] {
            assert!(pinned(path, &text.replace("VERSION", good)).is_empty(), "{path} {good}");
        }
        for bad in ["1.3*", "2:1.2*", "1.2"] {
            let found = pinned(path, &text.replace("VERSION", bad));
            assert_eq!(found, [format!("unavailable-version {path}:2")], "{bad}");
        }
    }
    let script = "#!/bin/sh\napt-get install -y tool=1.2*\napt-get install -y 'tool=1.2.*'\n";
    assert_snapshot!(pinned("bin/setup.sh", script), @"");
}

/// What is said of programs that nothing puts in place, in a role that installs `placed` and whose
/// unit runs `run`.
fn unplaced(placed: &str, run: &str, more: &[(&str, &str)]) -> Vec<String> {
    let tasks = format!("- name: The job\n  copy: src=job dest={placed} mode=0755\n");
    let unit = format!("[Service]\nType=oneshot\nExecStart={run} --all\n");
    let mut files = vec![
        ("site.yml", "- hosts: all\n  roles: [nightly]\n"),
        ("roles/nightly/tasks/main.yml", tasks.as_str()),
        ("roles/nightly/files/job", "#!/bin/sh\ntrue\n"),
        ("roles/nightly/files/nightly.service", unit.as_str()),
    ];
    files.extend(more);
    let found = check(&files).to_string();
    found.lines().filter(|own| own.contains("in place")).map(str::to_owned).collect()
}

#[test]
fn a_program_is_run_under_the_name_that_it_was_put_under() {
    let sync = "/usr/local/bin/mirror-sync";
    let found = unplaced("/usr/local/bin/mirror-sync.sh", sync, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("error[unresolved-reference]"), "{found:?}");
    for (placed, run) in [
        ("/opt/jobs/mirror_sync", "/opt/jobs/mirror-sync"),
        ("/opt/jobs/mirror-sync", "/opt/jobs/miror-sync"),
        ("/opt/jobs/mirror-sync", "/opt/jobs/mirror-sync.py"),
    ] {
        assert_eq!(unplaced(placed, run, &[]).len(), 1, "{placed} {run}");
    }
}

#[test]
fn a_program_that_may_be_there_is_not_missing() {
    // By its own name; another program; one of a package's folder; a version of its own.
    for (placed, run) in [
        ("/usr/local/bin/mirror-sync", "/usr/local/bin/mirror-sync"),
        ("/usr/local/bin/mirror-sync", "/usr/local/bin/backup"),
        ("/usr/bin/mirror-sync.sh", "/usr/bin/mirror-sync"),
        ("/usr/local/bin/mirror2", "/usr/local/bin/mirror3"),
        ("/opt/other/mirror-sync.sh", "/usr/local/bin/mirror-sync"),
    ] {
        assert_eq!(unplaced(placed, run, &[]), Vec::<String>::new(), "{placed} {run}");
    }
    let (placed, run) = ("/usr/local/bin/mirror-sync.sh", "/usr/local/bin/mirror-sync");
    for more in [
        // Something else of the role makes it.
        (
            "roles/nightly/tasks/link.yml",
            "- command: ln -s mirror-sync.sh /usr/local/bin/mirror-sync\n",
        ),
        (
            "roles/nightly/tasks/more.yml",
            "- copy: src={{ item }} dest=/usr/local/bin/{{ item }}\n  loop: '{{ jobs }}'\n",
        ),
        // The other one is run too, so that it is not there for this.
        (
            "roles/nightly/files/hourly.service",
            "[Service]\nExecStart=/usr/local/bin/mirror-sync.sh\n",
        ),
    ] {
        assert_eq!(unplaced(placed, run, &[more]), Vec::<String>::new(), "{more:?}");
    }
}
