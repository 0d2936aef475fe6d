//! Variables that every scope has: Puppet's own, and facts.

/// Variables that every scope has. (Source: Puppet's built-in variables, core facts of
/// Facter 2 and 3, those of Puppet Enterprise, and what ERB itself brings.)
const EVERYWHERE: &[&str] = &[
    "agent_specified_environment",
    "aio_agent_build",
    "aio_agent_version",
    "architecture",
    "augeas",
    "augeasversion",
    "az_metadata",
    "bios_release_date",
    "bios_vendor",
    "bios_version",
    "blockdevices",
    "boardmanufacturer",
    "boardproductname",
    "boardserialnumber",
    "caller_module_name",
    "chassisassettag",
    "chassistype",
    "clientcert",
    "clientnoop",
    "clientversion",
    "cloud",
    "concat_basedir",
    "custom_auth_conf",
    "dhcp_servers",
    "disks",
    "dmi",
    "domain",
    "ec2_metadata",
    "ec2_userdata",
    "env_temp_variable",
    "env_windows_installdir",
    "environment",
    "facterversion",
    "facts",
    "filesystems",
    "fips_enabled",
    "fqdn",
    "gce",
    "gid",
    "hardwareisa",
    "hardwaremodel",
    "hostname",
    "hypervisors",
    "id",
    "identity",
    "interfaces",
    "ipaddress",
    "ipaddress6",
    "is_pe",
    "is_virtual",
    "kernel",
    "kernelmajversion",
    "kernelrelease",
    "kernelversion",
    "load_averages",
    "lsbdistcodename",
    "lsbdistdescription",
    "lsbdistid",
    "lsbdistrelease",
    "lsbmajdistrelease",
    "lsbminordistrelease",
    "lsbrelease",
    "macaddress",
    "manufacturer",
    "memory",
    "memoryfree",
    "memoryfree_mb",
    "memorysize",
    "memorysize_mb",
    "memorytotal",
    "module_name",
    "mountpoints",
    "name",
    "netmask",
    "network",
    "networking",
    "operatingsystem",
    "operatingsystemmajrelease",
    "operatingsystemrelease",
    "os",
    "osfamily",
    "package_provider",
    "partitions",
    "path",
    "pe_build",
    "pe_concat_basedir",
    "pe_major_version",
    "pe_minor_version",
    "pe_patch_version",
    "pe_server_version",
    "pe_version",
    "physicalprocessorcount",
    "platform_symlink_writable",
    "platform_tag",
    "processor0",
    "processorcount",
    "processors",
    "productname",
    "ps",
    "puppet_digest_algorithm",
    "puppet_files_dir_present",
    "puppet_vardir",
    "puppetversion",
    "root_home",
    "ruby",
    "rubyplatform",
    "rubysitedir",
    "rubyversion",
    "scope6",
    "selinux",
    "selinux_config_mode",
    "selinux_config_policy",
    "selinux_current_mode",
    "selinux_enforced",
    "selinux_policyversion",
    "serialnumber",
    "server_facts",
    "serverip",
    "servername",
    "serverversion",
    "service_provider",
    "settings",
    "solaris_zones",
    "ssh",
    "sshdsakey",
    "sshecdsakey",
    "sshed25519key",
    "sshfp_dsa",
    "sshfp_ecdsa",
    "sshfp_ed25519",
    "sshfp_rsa",
    "sshrsakey",
    "staging_http_get",
    "swapencrypted",
    "swapfree",
    "swapfree_mb",
    "swapsize",
    "swapsize_mb",
    "system_uptime",
    "tags",
    "timezone",
    "title",
    "trusted",
    "uniqueid",
    "uptime",
    "uptime_days",
    "uptime_hours",
    "uptime_seconds",
    "uuid",
    "virtual",
    "xendomains",
    "zfs_version",
    "zonename",
    "zones",
    "zpool_version",
];

/// Beginnings of the names of facts that are one for each interface, device or processor.
/// (Source: Facter's manual, "Core facts", legacy ones.)
const NUMBERED: &[&str] = &[
    "blockdevice_",
    "ec2_",
    "ipaddress6_",
    "ipaddress_",
    "ldom_",
    "macaddress_",
    "macosx_",
    "mtu_",
    "netmask6_",
    "netmask_",
    "network6_",
    "network_",
    "processor",
    "scope6_",
    "sp_",
    "speed_",
    "zone_",
];

/// Whether every scope has a variable of this name.
pub(super) fn has(name: &str) -> bool {
    EVERYWHERE.binary_search(&name).is_ok() || NUMBERED.iter().any(|head| name.starts_with(head))
}

/// The variable that was meant by a name that is one but for a letter inside of it. One that goes
/// on, or that words are parted in otherwise, may be a fact of its own.
pub(super) fn near(name: &str) -> Option<&'static str> {
    let head = name.get(..1)?;
    let alike = EVERYWHERE.iter().copied().filter(|own| own.starts_with(head));
    let mut near = alike.filter(|own| {
        let is_part = own.starts_with(name) || name.starts_with(own);
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        own.len().abs_diff(name.len()) < 2
            && !is_part
            && own.matches('_').count() == name.matches('_').count()
            && digits(own) == digits(name)
            && strsim::osa_distance(own, name) == 1
    });
    let found = near.next()?;
    near.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_sorted() {
        assert!(super::EVERYWHERE.is_sorted());
    }
}
