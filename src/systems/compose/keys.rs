//! Keys that a compose file has no place for, and values that none of its switches takes.
//!
//! (Source: the Compose Specification and its schema, of which the versions of `docker-compose` 1
//! are parts; Compose refuses a file with another key: "additional properties not allowed".)

use crate::domain::keys::{Format, Place};
use crate::domain::traefik;
use crate::facts::{Problem, nearest_of};
use crate::syntax::yaml::{Node, Value};

const FORMAT: Format =
    Format { places: &PLACES, of: "Compose", refused: "Compose refuses the file" };

const PLACES: [Place; 22] = [
    Place {
        name: "the file",
        keys: "version name include services networks volumes secrets configs models",
        below: &[
            ("services", "*a service"),
            ("networks", "*a network"),
            ("volumes", "*a volume"),
            ("secrets", "*a secret"),
            ("configs", "*a config"),
        ],
    },
    Place {
        name: "a service",
        keys: "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command \
               configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period \
               cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop \
               device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts \
               entrypoint env_file environment exclude_from_hc expose extends external_links \
               extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file \
               labels links logging mac_address mem_limit mem_reservation mem_swappiness \
               memswap_limit models name network_mode networks oom_kill_disable oom_score_adj pid \
               pids_limit platform ports post_start pre_start pre_stop privileged profiles \
               provider pull_policy pull_refresh_after read_only restart runtime scale secrets \
               security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls \
               tmpfs tty ulimits use_api_socket user userns_mode uts volume_driver volumes \
               volumes_from working_dir",
        below: &[
            ("build", "a build"),
            ("deploy", "a deployment"),
            ("healthcheck", "a health check"),
            ("logging", "a log"),
            ("networks", "*a network of a service"),
            ("depends_on", "*a dependency"),
            ("ports", "*a port"),
            ("volumes", "*a mount"),
            ("env_file", "*a file of variables"),
            ("extends", "what is extended"),
        ],
    },
    Place {
        name: "a build",
        keys: "additional_contexts args cache_from cache_to context dockerfile dockerfile_inline \
               entitlements extra_hosts isolation labels network no_cache no_cache_filter \
               platforms privileged provenance pull sbom secrets shm_size ssh tags target ulimits",
        below: &[],
    },
    Place {
        name: "a deployment",
        keys: "endpoint_mode labels mode placement replicas resources restart_policy \
               rollback_config update_config",
        below: &[
            ("placement", "a placement"),
            ("resources", "resources"),
            ("restart_policy", "a restart policy"),
            ("rollback_config", "a way to update"),
            ("update_config", "a way to update"),
        ],
    },
    Place {
        name: "a placement",
        keys: "constraints max_replicas_per_node preferences",
        below: &[],
    },
    Place {
        name: "resources",
        keys: "limits reservations",
        below: &[("limits", "a limit"), ("reservations", "a reservation")],
    },
    Place { name: "a limit", keys: "cpus memory pids", below: &[] },
    Place { name: "a reservation", keys: "cpus devices generic_resources memory pids", below: &[] },
    Place { name: "a restart policy", keys: "condition delay max_attempts window", below: &[] },
    Place {
        name: "a way to update",
        keys: "delay failure_action max_failure_ratio monitor order parallelism",
        below: &[],
    },
    Place {
        name: "a health check",
        keys: "disable interval retries start_interval start_period test timeout",
        below: &[],
    },
    Place { name: "a log", keys: "driver options", below: &[] },
    Place {
        name: "a network of a service",
        keys: "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address \
               link_local_ips mac_address priority",
        below: &[],
    },
    Place { name: "a dependency", keys: "condition required restart", below: &[] },
    Place {
        name: "a port",
        keys: "app_protocol host_ip mode name protocol published target",
        below: &[],
    },
    Place {
        name: "a mount",
        // Coolify has two of its own.
        keys: "bind consistency content image is_directory read_only source target tmpfs type \
               volume",
        below: &[],
    },
    Place { name: "a file of variables", keys: "format path required", below: &[] },
    Place { name: "what is extended", keys: "file service", below: &[] },
    Place {
        name: "a network",
        keys: "attachable driver driver_opts enable_ipv4 enable_ipv6 external internal ipam labels \
               name scope",
        below: &[],
    },
    Place { name: "a volume", keys: "driver driver_opts external labels name", below: &[] },
    Place {
        name: "a secret",
        keys: "driver driver_opts environment external file labels name template_driver",
        below: &[],
    },
    Place {
        name: "a config",
        keys: "content environment external file labels name template_driver",
        below: &[],
    },
];

/// Whether a service may have a key.
pub(super) fn is_of_service(key: &str) -> bool {
    let service = PLACES.iter().find(|own| own.name == "a service");
    service.is_some_and(|own| own.keys.split_whitespace().any(|own| own == key))
}

/// Keys that take yes or no.
const SWITCHES: [&str; 11] = [
    "attachable",
    "disable",
    "enable_ipv4",
    "enable_ipv6",
    "external",
    "init",
    "internal",
    "privileged",
    "read_only",
    "stdin_open",
    "tty",
];

/// What a switch takes, also where a variable's value is put in the place of one.
const YES_OR_NO: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "y", "n"];

/// Ways to start a container again, which the engine knows; `on-failure:3` limits one.
const RESTARTS: [&str; 4] = ["no", "always", "on-failure", "unless-stopped"];

/// What has to be true of another service. (Source: Compose Specification, `depends_on`.)
const CONDITIONS: [&str; 3] =
    ["service_started", "service_healthy", "service_completed_successfully"];

/// Looks through one document that has services.
pub(super) fn check(root: &Node<'_>, out: &mut Vec<Problem>) {
    if root.get("services").is_some_and(|own| !own.entries().is_empty()) {
        FORMAT.check("the file", root, values, out);
    }
}

fn values(place: &Place, key: &str, value: &Node<'_>, out: &mut Vec<Problem>) {
    if key == "labels" {
        return labels(value, out);
    }
    let Value::Scalar { text, .. } = &value.value else { return };
    if text.is_empty() || text.contains(['$', '{', '<']) {
        return;
    }
    let of = |all: &[&str]| {
        let accepted = all.iter().any(|own| own.eq_ignore_ascii_case(text));
        (!accepted).then(|| format!("`{}`", all.join("`, `")))
    };
    let known = match (place.name, key) {
        (_, key) if SWITCHES.contains(&key) => of(&YES_OR_NO),
        ("a dependency", "condition") => of(&CONDITIONS),
        ("a service", "restart") => {
            let word = text.split(':').next().unwrap_or_default();
            let is_slip = nearest_of(word, RESTARTS.into_iter()).is_some();
            let known = of(&RESTARTS).filter(|_| word.len() > 3 && is_slip);
            known.filter(|_| !RESTARTS.contains(&word))
        }
        _ => None,
    };
    let Some(known) = known else { return };
    let message = format!("`{key}` of {} does not take `{text}`", place.name);
    let help =
        format!("it takes {}", if known.contains("`yes`") { "`true` or `false`" } else { &known });
    let problem = Problem::new("incompatible-value", message, value.span);
    out.push(Problem { help, ..problem });
}

/// Rules of Traefik, in a list of `NAME=rule` or a map.
fn labels(node: &Node<'_>, out: &mut Vec<Problem>) {
    let listed =
        node.items().iter().filter_map(|own| Some((own, own.as_str()?.split_once('=')?.1)));
    let named = node.entries().iter().filter_map(|(_, own)| Some((own, own.as_str()?)));
    for (own, rule) in listed.chain(named) {
        if let Some(slip) = Some(rule).filter(|rule| traefik::is_rule(rule)).and_then(traefik::slip)
        {
            let message = format!("a rule of Traefik has {slip}");
            let help = "Traefik drops the router".to_owned();
            let problem = Problem::new("parse-error", message, own.span);
            out.push(Problem { help, ..problem });
        }
    }
}
