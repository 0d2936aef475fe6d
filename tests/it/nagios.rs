//! Nagios commands and Varnish configurations.

use crate::common::{change, check};
use insta::assert_snapshot;

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
    assert_snapshot!(
        change(&[COMMANDS], &[COMMANDS, (MONITOR, &new)]),
        @"modules/web/manifests/init.pp:3:23: warning[unresolved-reference] nothing in this tree provides command `check_onw`, and this change is the first to refer to `check_onw`"
    );
    // A tree alone says nothing of it, and neither does one that defines no commands.
    assert_snapshot!(check(&[COMMANDS, (MONITOR, &new)]), @"");
    assert_snapshot!(change(&[(MONITOR, "class web {}\n")], &[(MONITOR, &new)]), @"");
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
    assert_snapshot!(change(&old, &[COMMANDS, (MONITOR, &first), second]), @"");
}

#[test]
fn a_command_that_a_change_takes_away_is_said_to_be_removed() {
    let uses = monitor("'check_own!80'");
    let renamed = (COMMANDS.0, "define command {\n    command_name check_mine\n}\n");
    assert_snapshot!(
        change(&[COMMANDS, (MONITOR, &uses)], &[renamed, (MONITOR, &uses)]),
        @"modules/web/manifests/init.pp:3:23: error[removed-but-referenced] command `check_own` was removed but is still used"
    );
    let own = "nagios_command { 'check_own': command_line => 'x' }\n";
    let moved = ("modules/icinga/manifests/commands.pp", own);
    assert_snapshot!(change(&[COMMANDS, (MONITOR, &uses)], &[moved, (MONITOR, &uses)]), @"");
}

#[test]
fn object_files_name_commands_too() {
    let file = (
        "modules/icinga/templates/web.cfg.erb",
        "define service {\n  check_command check_onw!<%= @x %>\n}\n",
    );
    assert_snapshot!(
        change(&[COMMANDS], &[COMMANDS, file]),
        @"modules/icinga/templates/web.cfg.erb:2:17: warning[unresolved-reference] nothing in this tree provides command `check_onw`, and this change is the first to refer to `check_onw`"
    );
}

const MAIN: &str = "modules/varnish/templates/main.vcl.erb";
const PART: &str = "modules/varnish/templates/part.inc.vcl.erb";

#[test]
fn a_called_subroutine_must_be_somewhere() {
    let main = "vcl 4.0;\ninclude \"part.inc.vcl\";\nsub vcl_recv {\n  call one;\n  call vcl_hash;\n  <%= @x %>\n}\n";
    let part = (PART, "# call two;\nsub one { }\n");
    assert_snapshot!(check(&[(MAIN, main), part]), @"");
    let typo = main.replace("call one", "call oen");
    assert_snapshot!(
        check(&[(MAIN, &typo), part]),
        @"modules/varnish/templates/main.vcl.erb:4:8: error[unresolved-reference] subroutine `oen` does not exist"
    );
    // What it includes may define it where that is not here, or where its name is computed.
    assert_snapshot!(check(&[(MAIN, &typo)]), @"");
    let computed = (PART, "sub <%= @x %>n { }\n");
    assert_snapshot!(check(&[(MAIN, &typo), computed]), @"");
}

#[test]
fn a_subroutine_that_a_change_takes_away_is_said_to_be_removed() {
    let main = (MAIN, "sub vcl_recv {\n  call one;\n}\n");
    assert_snapshot!(
        change(&[main, (PART, "sub one { }\nsub two { }\n")], &[main, (PART, "sub two { }\n")]),
        @"modules/varnish/templates/main.vcl.erb:2:8: error[removed-but-referenced] subroutine `one` was removed but is still used"
    );
}

#[test]
fn acls_and_probes_are_names_too() {
    let good = "vcl 4.0;\nacl own { \"10.0.0.0\"/8; }\nprobe p { .url = \"/\"; }\nbackend b { .host = \"a\"; .probe = p; }\nsub vcl_recv { if (client.ip ~ own) { return (pass); } if (req.url ~ \"^/x\") { } }\n";
    assert_snapshot!(check(&[(MAIN, good)]), @"");
    let bad = good.replace("~ own", "~ onw").replace(".probe = p", ".probe = q");
    assert_snapshot!(check(&[(MAIN, &bad)]), @r"
        modules/varnish/templates/main.vcl.erb:4:35: error[unresolved-reference] probe `q` does not exist
        modules/varnish/templates/main.vcl.erb:5:32: error[unresolved-reference] ACL `onw` does not exist
        ");
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
    assert_snapshot!(check(&[GROUPS, ("nagios/services.cfg", &good)]), @"");
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
    assert_snapshot!(check(&[GROUPS, computed, ("nagios/services.cfg", &bad)]), @"");
    let any = service("hostgroup_name *\n  hostgroups null");
    assert_snapshot!(check(&[GROUPS, ("nagios/services.cfg", &any)]), @"");
}

#[test]
fn a_group_that_goes_is_missed_by_its_services() {
    let services = service("hostgroup_name real-servers");
    let services = ("conf/services.cfg", services.as_str());
    let renamed = GROUPS.1.replace("real-servers", "servers");
    assert_snapshot!(
        change(&[GROUPS, services], &[("nagios/groups.cfg", &renamed), services]),
        @"conf/services.cfg:4:18: error[removed-but-referenced] host group `real-servers` was removed but is still used"
    );
}
