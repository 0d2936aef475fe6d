//! Patches that are merged into objects.
//!
//! (Source: Kubernetes' "Update API Objects in Place", "strategic merge patch", and the tags
//! `patchMergeKey` of the API; Kustomize 5.5 puts what is new in a list before what is there.)

use super::tree::{Data, Tree};

/// Lists of which items are merged, with the key that tells them apart.
const KEYS: [(&str, &str); 14] = [
    ("containers", "name"),
    ("initContainers", "name"),
    ("ephemeralContainers", "name"),
    ("env", "name"),
    ("volumes", "name"),
    ("volumeMounts", "mountPath"),
    ("volumeDevices", "devicePath"),
    ("imagePullSecrets", "name"),
    ("hostAliases", "ip"),
    ("topologySpreadConstraints", "topologyKey"),
    ("secrets", "name"),
    ("conditions", "type"),
    ("ownerReferences", "uid"),
    ("resourceClaims", "name"),
];

/// Whether the lists of an object of this version are merged item by item.
pub(super) fn is_native(version: &str) -> bool {
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let own = ["", "apps", "batch", "autoscaling", "policy", "extensions"];
    own.contains(&group) || group.ends_with(".k8s.io") && !group.contains("x-k8s")
}

/// Merges a patch into a part of an object. `key` is what the part is called.
pub(super) fn merge(into: &mut Tree, patch: &Tree, key: &str, native: Lists) {
    match (&mut into.data, &patch.data) {
        (Data::Unknown, _) => {}
        (_, Data::Unknown) => into.data = Data::Unknown,
        (Data::Map(_), Data::Map(_)) if patch.word("$patch") == Some("replace") => {
            *into = patch.clone();
            without_directives(into);
        }
        (Data::Map(_), Data::Map(entries)) => {
            for own in entries.iter().filter(|own| !own.key.starts_with('$')) {
                if is_deleted(&own.value) {
                    if let Data::Map(all) = &mut into.data {
                        all.retain(|other| other.key != own.key);
                    }
                } else if let Some(there) = into.get_mut(&own.key) {
                    merge(there, &own.value, &own.key, native);
                } else {
                    let mut value = own.value.clone();
                    without_directives(&mut value);
                    into.set(&own.key, own.at, value);
                }
            }
        }
        (Data::List(_), Data::List(items)) => match (native, merge_key(key, items)) {
            (Lists::Merged, Some(by)) => merge_items(into, items, by, native),
            _ => {
                *into = patch.clone();
                without_directives(into);
            }
        },
        _ => {
            *into = patch.clone();
            without_directives(into);
        }
    }
}

/// Whether lists are merged item by item, as those of the API are, or as a whole.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Lists {
    Merged,
    Whole,
}

/// What tells the items of a list apart; nothing where the list is taken as a whole.
fn merge_key(key: &str, items: &[Tree]) -> Option<&'static str> {
    if key == "ports" {
        // Those of containers, and those of a Service.
        let has = |key: &str| items.iter().any(|own| own.get(key).is_some());
        return match (has("containerPort"), has("port")) {
            (true, _) => Some("containerPort"),
            (false, true) => Some("port"),
            _ => None,
        };
    }
    KEYS.iter().find(|(list, _)| *list == key).map(|(_, by)| *by)
}

fn is_deleted(value: &Tree) -> bool {
    matches!(value.data, Data::Nothing) || value.word("$patch") == Some("delete")
}

fn merge_items(into: &mut Tree, items: &[Tree], by: &str, native: Lists) {
    let is_replaced = items.iter().any(|own| own.word("$patch") == Some("replace"));
    let Data::List(all) = &mut into.data else { return };
    if is_replaced {
        all.clear();
    }
    // An item without its key may be any.
    let has_key = |own: &Tree| own.word(by).is_some();
    let is_directive = |own: &Tree| own.entries().iter().all(|own| own.key.starts_with('$'));
    if !items.iter().all(|own| has_key(own) || is_directive(own)) || !all.iter().all(has_key) {
        into.data = Data::Unknown;
        return;
    }
    let mut new = Vec::new();
    for own in items.iter().filter(|own| has_key(own)) {
        let name = own.word(by);
        let is_same = |other: &Tree| {
            other.word(by) == name
                && (by != "port" && by != "containerPort" || protocol(other) == protocol(own))
        };
        if is_deleted(own) {
            all.retain(|other| !is_same(other));
        } else if let Some(there) = all.iter_mut().find(|other| is_same(other)) {
            merge(there, own, "", native);
        } else {
            let mut own = own.clone();
            without_directives(&mut own);
            new.push(own);
        }
    }
    new.append(all);
    *all = new;
}

fn protocol(port: &Tree) -> &str {
    port.word("protocol").unwrap_or("TCP")
}

/// Takes out what only says how the rest is merged.
fn without_directives(tree: &mut Tree) {
    match &mut tree.data {
        Data::Map(entries) => {
            entries.retain(|own| !own.key.starts_with('$') && !is_deleted(&own.value));
            entries.iter_mut().for_each(|own| without_directives(&mut own.value));
        }
        Data::List(items) => {
            let is_plain = |own: &Tree| own.word("$patch").is_none();
            items.retain(is_plain);
            items.iter_mut().for_each(without_directives);
        }
        _ => {}
    }
}
