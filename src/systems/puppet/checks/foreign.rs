//! What of a tree comes from elsewhere, by the words in its names: whether it may declare a resource
//! of some title.

use crate::facts::{NamePattern, kinds};
use crate::graph::{Graph, Resolution};
use crate::systems::puppet::builtin;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// What programs are called by, and the modules that people manage them with.
const ALIKE: [(&str, &[&str]); 14] = [
    ("apache", &["http", "a2", "libapache"]),
    ("bind", &["named", "dns"]),
    ("cron", &["crond", "anacron"]),
    ("dns", &["named", "bind", "unbound", "resolv"]),
    ("firewall", &["iptables", "ip6tables", "ufw", "nftables", "firewalld"]),
    ("java", &["jdk", "jre", "tomcat"]),
    ("ldap", &["slapd", "nscd", "nslcd", "sssd"]),
    ("mail", &["postfix", "sendmail", "exim", "mta"]),
    ("icinga", &["nagios", "nrpe"]),
    ("mysql", &["mariadb", "percona"]),
    ("nagios", &["nrpe", "icinga"]),
    ("rabbitmq", &["amqp", "erlang"]),
    ("time", &["ntp", "chrony"]),
    ("web", &["http", "apache", "nginx"]),
];

/// Types whose titles are names of their own: a title of another may be anything.
const NAMED: [&str; 6] = ["Package", "Service", "User", "Group", "Exec", "Cron"];

/// Words of what a tree uses or lists and does not have.
pub(super) struct Foreign {
    words: FxHashSet<SmolStr>,
}

impl Foreign {
    pub(super) fn of(graph: &Graph<'_>) -> Self {
        let mut words = FxHashSet::default();
        for (name, _) in graph.all(kinds::PUPPET_EXTERNAL) {
            add(&mut words, name);
        }
        let named = [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE, kinds::PUPPET_TYPE];
        let live = graph.asking(&named).filter(|(_, file)| file.standing.is_live());
        for require in live.flat_map(|(_, file)| &file.facts.requires) {
            let Some(target) = require.any_of.first() else { continue };
            if named.contains(&target.kind)
                && !matches!(graph.resolve(require), Resolution::Found(_))
            {
                add(&mut words, target.name.prefix());
            }
        }
        Self { words }
    }

    /// Whether a resource may come from elsewhere, or from data.
    pub(super) fn may_declare(&self, graph: &Graph<'_>, ty: &str, title: &str) -> bool {
        let lower = ty.to_ascii_lowercase();
        let is_open = |name: &str| graph.providers(kinds::PUPPET_UNTITLED, name).next().is_some();
        let untitled = NamePattern::exact(format!("{ty}[*]"));
        if !NAMED.contains(&ty)
            || !builtin::is_type(&lower)
            || is_open(&lower)
            || is_open("*")
            || !graph.matching(kinds::PUPPET_RESOURCE, &untitled).is_empty()
        {
            return true;
        }
        let title = title.to_ascii_lowercase();
        let is_person = matches!(ty, "User" | "Group");
        if is_person && self.words.iter().any(|own| own.contains("user") || own.contains("account"))
        {
            return true;
        }
        self.words.iter().any(|word| {
            let alike = ALIKE.iter().filter(|(own, _)| word.contains(own));
            let mut alike = alike.flat_map(|(_, all)| all.iter());
            title.contains(word.as_str())
                || parts(&title).any(|own| word.contains(own))
                || alike.any(|own| title.contains(own))
        })
    }
}

fn add(words: &mut FxHashSet<SmolStr>, name: &str) {
    words.extend(parts(&name.to_ascii_lowercase()).map(SmolStr::from));
}

fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(|own: char| !own.is_ascii_alphabetic()).filter(|own| own.len() > 2)
}
