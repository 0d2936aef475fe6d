//! Nagios commands and Varnish configurations.

use crate::common::{change, check};

const COMMANDS: (&str, &str) = (
    "modules/icinga/files/own.cfg",
    "define command {\n    command_name check_own\n    command_line $USER1$/check_own '$ARG1$'\n}\n",
);
const MONITOR: &str = "modules/web/manifests/init.pp";

fn monitor(command: &str) -> String {
    format!("class web {{\n  nagios_service {{ 'web':\n    check_command => {command},\n  }}\n}}\n")
}

#[test]
fn a_change_that_is_the_first_to_name_a_command_is_warned_about() {
    let new = monitor("\"check_onw!${port}\"");
    assert_eq!(
        change(&[COMMANDS], &[COMMANDS, (MONITOR, &new)]),
        ["unresolved-reference modules/web/manifests/init.pp:3"]
    );
    // A tree alone says nothing of it, and neither does one that defines no commands.
    assert!(check(&[COMMANDS, (MONITOR, &new)]).is_empty());
    assert!(change(&[(MONITOR, "class web {}\n")], &[(MONITOR, &new)]).is_empty());
}

#[test]
fn commands_are_the_trees_or_a_packages_or_were_named_before() {
    for command in ["'check_own!80'", "'check_http'", "'check_tcp_4!80'", "\"check_${x}!80\"", "$x"]
    {
        let new = monitor(command);
        assert!(change(&[COMMANDS], &[COMMANDS, (MONITOR, &new)]).is_empty(), "{command}");
    }
    let first = monitor("'check_elsewhere!1'");
    let second = (
        "modules/icinga/files/hosts.cfg",
        "define service {\n  check_command check_elsewhere!2\n}\n",
    );
    let old = [COMMANDS, (MONITOR, first.as_str())];
    assert!(change(&old, &[COMMANDS, (MONITOR, &first), second]).is_empty());
}

#[test]
fn a_command_that_a_change_takes_away_is_said_to_be_removed() {
    let uses = monitor("'check_own!80'");
    let renamed = (COMMANDS.0, "define command {\n    command_name check_mine\n}\n");
    assert_eq!(
        change(&[COMMANDS, (MONITOR, &uses)], &[renamed, (MONITOR, &uses)]),
        ["removed-but-referenced modules/web/manifests/init.pp:3"]
    );
    let own = "nagios_command { 'check_own': command_line => 'x' }\n";
    let moved = ("modules/icinga/manifests/commands.pp", own);
    assert!(change(&[COMMANDS, (MONITOR, &uses)], &[moved, (MONITOR, &uses)]).is_empty());
}

#[test]
fn object_files_name_commands_too() {
    let file = (
        "modules/icinga/templates/web.cfg.erb",
        "define service {\n  check_command check_onw!<%= @x %>\n}\n",
    );
    assert_eq!(
        change(&[COMMANDS], &[COMMANDS, file]),
        ["unresolved-reference modules/icinga/templates/web.cfg.erb:2"]
    );
}

const MAIN: &str = "modules/varnish/templates/main.vcl.erb";
const PART: &str = "modules/varnish/templates/part.inc.vcl.erb";

#[test]
fn a_called_subroutine_must_be_somewhere() {
    let main = "vcl 4.0;\ninclude \"part.inc.vcl\";\nsub vcl_recv {\n  call one;\n  call vcl_hash;\n  <%= @x %>\n}\n";
    let part = (PART, "# call two;\nsub one { }\n");
    assert!(check(&[(MAIN, main), part]).is_empty());
    let typo = main.replace("call one", "call oen");
    assert_eq!(
        check(&[(MAIN, &typo), part]),
        ["unresolved-reference modules/varnish/templates/main.vcl.erb:4"]
    );
    // What it includes may define it where that is not here, or where its name is computed.
    assert!(check(&[(MAIN, &typo)]).is_empty());
    let computed = (PART, "sub <%= @x %>n { }\n");
    assert!(check(&[(MAIN, &typo), computed]).is_empty());
}

#[test]
fn a_subroutine_that_a_change_takes_away_is_said_to_be_removed() {
    let main = (MAIN, "sub vcl_recv {\n  call one;\n}\n");
    assert_eq!(
        change(&[main, (PART, "sub one { }\nsub two { }\n")], &[main, (PART, "sub two { }\n")]),
        ["removed-but-referenced modules/varnish/templates/main.vcl.erb:2"]
    );
}

#[test]
fn acls_and_probes_are_names_too() {
    let good = "vcl 4.0;\nacl own { \"10.0.0.0\"/8; }\nprobe p { .url = \"/\"; }\nbackend b { .host = \"a\"; .probe = p; }\nsub vcl_recv { if (client.ip ~ own) { return (pass); } if (req.url ~ \"^/x\") { } }\n";
    assert!(check(&[(MAIN, good)]).is_empty());
    let bad = good.replace("~ own", "~ onw").replace(".probe = p", ".probe = q");
    assert_eq!(
        check(&[(MAIN, &bad)]),
        [
            "unresolved-reference modules/varnish/templates/main.vcl.erb:4",
            "unresolved-reference modules/varnish/templates/main.vcl.erb:5",
        ]
    );
}

const GROUPS: (&str, &str) = (
    "nagios/groups.cfg",
    "define hostgroup {\n  hostgroup_name real-servers\n}\ndefine contactgroup {\n  contactgroup_name team\n}\ndefine timeperiod {\n  timeperiod_name office\n}\n",
);

fn service(entry: &str) -> String {
    format!("define service {{\n  use base\n  service_description PING\n  {entry}\n}}\n")
}

#[test]
fn groups_and_periods_of_one_installation_are_there() {
    let good = service(
        "hostgroup_name real-servers, !all\n  contact_groups +team,admins ; both\n  check_period office\n  notification_period 24x7",
    );
    assert!(check(&[GROUPS, ("nagios/services.cfg", &good)]).is_empty());
    for entry in ["hostgroup_name real-server", "contact_groups team,teem", "check_period ofice"] {
        let bad = service(entry);
        assert_eq!(
            check(&[GROUPS, ("nagios/services.cfg", &bad)]),
            ["unresolved-reference nagios/services.cfg:4"],
            "{entry}"
        );
        // Another folder, a template, and a group that is computed may have more.
        assert!(check(&[GROUPS, ("other/services.cfg", &bad)]).is_empty());
        assert!(check(&[GROUPS, ("nagios/services.cfg.erb", &bad)]).is_empty());
    }
    let bad = service("hostgroup_name real-server");
    let computed = ("x.cfg.erb", "define hostgroup {\n  hostgroup_name <%= @name %>\n}\n");
    assert!(check(&[GROUPS, computed, ("nagios/services.cfg", &bad)]).is_empty());
    let any = service("hostgroup_name *\n  hostgroups null");
    assert!(check(&[GROUPS, ("nagios/services.cfg", &any)]).is_empty());
}

#[test]
fn a_group_that_goes_is_missed_by_its_services() {
    let services = service("hostgroup_name real-servers");
    let services = ("conf/services.cfg", services.as_str());
    let renamed = GROUPS.1.replace("real-servers", "servers");
    assert_eq!(
        change(&[GROUPS, services], &[("nagios/groups.cfg", &renamed), services]),
        ["removed-but-referenced conf/services.cfg:4"]
    );
}
