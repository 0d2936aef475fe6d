//! What systems say alike of those who watch a service: monitors, probes, and the commands
//! that they check with.
//!
//! A monitor is provided as `monitor:NAME`; its detail is a [`Monitor`]. A probe takes a
//! failing host out of service; a monitor tells somebody.

use super::silences as silencing;
use crate::facts::{
    FileFacts, Matcher, Matching, Monitor, NamePattern, Provide, Ref, Require, Silence, Span, kinds,
};

/// Keys that only the checks of a load balancer have.
pub(crate) const BALANCER_KEYS: [&str; 8] = [
    "depool-threshold",
    "depool_threshold",
    "ProxyFetch",
    "monitors",
    "probe",
    "probes",
    "healthcheck",
    "httpchk",
];

/// Keys that hold what a check asks for.
pub(crate) const ASKED_KEYS: [&str; 4] = ["url", "probe", "path", "uri"];

/// Adds a monitor.
pub(crate) fn provide(
    out: &mut FileFacts,
    sort: &str,
    name: NamePattern,
    asks: &str,
    span: Span,
    within: Option<u32>,
) {
    let monitor = Monitor { sort: sort.into(), asks: asks.into(), labels: Vec::new() };
    provide_all(out, &monitor, name, span, within);
}

/// Adds a monitor with what is known of it.
pub(crate) fn provide_all(
    out: &mut FileFacts,
    monitor: &Monitor,
    name: NamePattern,
    span: Span,
    within: Option<u32>,
) {
    // The name of a monitor that is built at run time is shown with its holes.
    let name = NamePattern::exact(name.to_string());
    let detail = monitor.clone().into();
    out.provides.push(Provide { kind: kinds::MONITOR, name, span, within, detail });
}

/// Adds the silence of a monitor of the same file that tells nobody.
pub(crate) fn quiet(out: &mut FileFacts, name: &NamePattern, span: Span) {
    let matcher = Matcher::new(Silence::OWN, Matching::Equal, &name.to_string());
    silencing::provide(out, &Silence { matchers: vec![matcher], ..Silence::default() }, span);
}

/// The requirement of a command by name; none for one that is wholly computed.
pub(crate) fn check_command(name: NamePattern, span: Span) -> Option<Require> {
    if name.prefix().is_empty() {
        return None;
    }
    let target = Ref::new(kinds::NAGIOS_COMMAND, name);
    Some(Require::certain(target, span, "check_command", None))
}
