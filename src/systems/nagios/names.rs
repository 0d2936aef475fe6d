//! Nagios commands: those of the tree, and those that packages bring. Groups and time periods:
//! those of one installation.

use crate::facts::{Entity, Ref, kinds, parent_folder};
use crate::graph::{Graph, Resolution, Resolver};

pub(super) fn install(graph: &mut Graph<'_>) {
    graph.set_resolver(kinds::NAGIOS_COMMAND, Box::new(Commands));
    graph.set_resolver(kinds::NAGIOS_NAMED, Box::new(Objects));
}

/// Commands that Debian's packages define, sorted; `_4` behind one is its IPv4 form.
/// (Source: `/etc/nagios-plugins/config/*.cfg` of monitoring-plugins-basic and -standard,
/// nagios-nrpe-plugin and nagios-snmp-plugins, `commands.cfg` of nagios4 and icinga 1.)
const PACKAGED: &[&str] = &[
    "check-fast-alive",
    "check-host-alive",
    "check-nfs",
    "check-rpc",
    "check_all_disks",
    "check_apt",
    "check_apt_distupgrade",
    "check_bgpstate",
    "check_breeze",
    "check_cups",
    "check_dhcp",
    "check_dhcp_interface",
    "check_dig",
    "check_disk",
    "check_disk_smb",
    "check_disk_smb_host",
    "check_disk_smb_user",
    "check_disk_smb_workgroup",
    "check_disk_smb_workgroup_host",
    "check_disk_smb_workgroup_user",
    "check_dns",
    "check_dummy",
    "check_flexlm",
    "check_fping",
    "check_ftp",
    "check_game",
    "check_hpjd",
    "check_http",
    "check_http2",
    "check_httpname",
    "check_https",
    "check_https_auth",
    "check_https_auth_hostname",
    "check_https_hostname",
    "check_ifoperstatus_ifdescr",
    "check_ifoperstatus_ifindex",
    "check_ifstatus",
    "check_ifstatus_exclude",
    "check_imap",
    "check_ircd",
    "check_jabber",
    "check_ldap",
    "check_ldaps",
    "check_load",
    "check_mailq",
    "check_mailq_exim",
    "check_mailq_postfix",
    "check_mailq_qmail",
    "check_mailq_sendmail",
    "check_mrtg",
    "check_mrtgtraf",
    "check_mysql",
    "check_mysql_cmdlinecred",
    "check_mysql_database",
    "check_nntp",
    "check_nrpe",
    "check_nrpe_1arg",
    "check_nscp",
    "check_nt",
    "check_ntp",
    "check_ntp_ntpq",
    "check_ntp_peer",
    "check_ntp_time",
    "check_oracle",
    "check_pgsql",
    "check_ping",
    "check_pop",
    "check_procs",
    "check_procs_httpd",
    "check_procs_zombie",
    "check_quake",
    "check_radius",
    "check_real",
    "check_real_url",
    "check_rpc",
    "check_sensors",
    "check_simap",
    "check_smtp",
    "check_snmp",
    "check_spop",
    "check_squid",
    "check_ssh",
    "check_ssh_port",
    "check_ssmtp",
    "check_tcp",
    "check_telnet",
    "check_time",
    "check_udp",
    "check_unreal",
    "check_ups",
    "check_users",
    "check_vsz",
    "notify-host-by-email",
    "notify-service-by-email",
    "process-host-perfdata",
    "process-service-perfdata",
    "return-critical",
    "return-numeric",
    "return-ok",
    "return-unknown",
    "return-warning",
    "ssh_disk",
    "traffic_average",
];

struct Commands;

impl Resolver for Commands {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let name = &target.name;
        let sites = graph.matching(kinds::NAGIOS_COMMAND, name);
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        let packaged = name.as_exact().is_some_and(|name| {
            let name = name.strip_suffix("_4").unwrap_or(name);
            PACKAGED.binary_search(&name).is_ok()
                || ["snmp_", "check_netware_"].iter().any(|family| name.starts_with(family))
        });
        if packaged {
            return Resolution::Elsewhere;
        }
        Resolution::Open(Entity::new(kinds::NAGIOS_COMMAND, name.to_string()))
    }
}

/// Groups and periods that the stock configurations define, sorted.
/// (Source: `/etc/nagios4/objects/*.cfg`, `/etc/icinga/objects/*_icinga.cfg` of Debian.)
const STOCK: &[&str] = &[
    "24x7",
    "24x7_sans_holidays",
    "admins",
    "all",
    "debian-servers",
    "http-servers",
    "linux-servers",
    "network-printers",
    "never",
    "none",
    "nonworkhours",
    "ping-servers",
    "ssh-servers",
    "switches",
    "us-holidays",
    "windows-servers",
    "workhours",
];

/// Groups and time periods as a file names them. One is missing where the file's own folder
/// defines others of its sort and none of them is computed: an installation keeps them
/// together.
struct Objects;

impl Resolver for Objects {
    fn resolve(&self, graph: &Graph<'_>, target: &Ref) -> Resolution {
        let Some((path, own)) = target.placed() else { return Resolution::Elsewhere };
        let kind = target.sought();
        let sites = graph.matching(kind, &target.name);
        if !sites.is_empty() {
            return Resolution::Found(sites);
        }
        if STOCK.binary_search(&own).is_ok() {
            return Resolution::Elsewhere;
        }
        let folder = |path: &str| parent_folder(path).to_owned();
        let here = folder(path);
        let beside = graph.all(kind).iter().any(|(_, site)| {
            let other = &graph.snapshot.file(site.file).entry.path;
            other.ends_with(".cfg") && folder(other) == here
        });
        let entity = Entity::new(kind, own);
        match path.ends_with(".cfg") && beside && graph.patterns(kind).is_empty() {
            true => Resolution::Missing(entity),
            false => Resolution::Open(entity),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_sorted() {
        assert!(super::PACKAGED.is_sorted());
        assert!(super::STOCK.is_sorted());
    }
}
