//! Services that a manifest of MediaWiki hands to constructors, by their place in a list.
//!
//! (Source: MediaWiki's `ObjectFactory`: `services` come first, then `optional_services` and
//! `args`, each in the order of its list.)

use super::requirements::Builder;
use crate::facts::{Entity, Kind, Property, base_name};
use crate::loader::Role;
use serde_json::Value;
use smol_str::SmolStr;

const MANIFESTS: [&str; 2] = ["extension.json", "skin.json"];

/// How deep objects lie in a manifest.
const MOST_DEPTH: usize = 8;

/// What a manifest hands to a class: its key, the class, its services, and whether more follows.
struct Spec {
    key: String,
    class: String,
    services: Vec<String>,
    has_more: bool,
}

impl Builder<'_, '_> {
    /// Lists of services that change together with the constructor that takes them.
    pub(super) fn injected(&mut self) {
        let paths = self.units.all.iter().flat_map(|unit| &unit.paths);
        let manifests: Vec<SmolStr> =
            paths.filter(|path| MANIFESTS.contains(&base_name(path))).cloned().collect();
        for manifest in manifests {
            let [Some(before), Some(after)] =
                [Role::Old, Role::New].map(|role| self.specs(role, &manifest))
            else {
                continue;
            };
            for spec in &after {
                let is_same = |own: &&Spec| own.key == spec.key && own.class == spec.class;
                if let Some(was) = before.iter().find(is_same)
                    && was.services != spec.services
                {
                    self.inject(&manifest, was, spec);
                }
            }
        }
    }

    fn specs(&self, role: Role, manifest: &str) -> Option<Vec<Spec>> {
        let value: Value = serde_json::from_str(&self.text(role, manifest)?).ok()?;
        let mut out = Vec::new();
        walk(&value, String::new(), 0, &mut out);
        Some(out)
    }

    fn inject(&mut self, manifest: &str, was: &Spec, spec: &Spec) {
        let name = spec.class.trim_start_matches('\\').to_lowercase();
        let declares = |kind: Kind| Some((kind, self.new.providers(kind, &name).next()?));
        let found = Kind::with(Property::ON_DEMAND).find_map(declares);
        let Some((kind, site)) = found else { return };
        let class = self.path(Role::New, site.file);
        let constructors =
            [Role::Old, Role::New].map(|role| self.text(role, class).and_then(|own| takes(&own)));
        let [Some(before), Some(after)] = constructors else { return };
        if before == after {
            return;
        }
        let message = format!(
            "`{}` hands services to the constructor of `{}`, and both change",
            base_name(manifest),
            spec.class
        );
        let Some(mut reason) = self.fit((Role::New, manifest), (Role::New, class), message) else {
            return;
        };
        reason.entity = Entity::new(kind, name);
        // What comes behind all the others does no harm to a constructor that does not take it.
        let is_plain = !was.has_more && !spec.has_more;
        let grows = is_plain && spec.services.starts_with(&was.services);
        let shrinks = is_plain && was.services.starts_with(&spec.services);
        for (list, class) in self.pairs(manifest, class) {
            if !shrinks {
                self.add(vec![class], vec![list], reason.clone());
            }
            if !grows {
                self.add(vec![list], vec![class], reason.clone());
            }
        }
    }
}

fn walk(value: &Value, key: String, depth: usize, out: &mut Vec<Spec>) {
    let Value::Object(own) = value else {
        if let Value::Array(all) = value {
            for (ix, own) in all.iter().enumerate().filter(|_| depth < MOST_DEPTH) {
                walk(own, format!("{key}/{ix}"), depth + 1, out);
            }
        }
        return;
    };
    let list = |name: &str| own.get(name).and_then(Value::as_array);
    if let (Some(class), Some(services)) =
        (own.get("class").and_then(Value::as_str), list("services"))
    {
        out.push(Spec {
            key: key.clone(),
            class: class.to_owned(),
            services: services.iter().map(ToString::to_string).collect(),
            has_more: ["optional_services", "args"].iter().any(|own| list(own).is_some()),
        });
    }
    for (name, own) in own.iter().filter(|_| depth < MOST_DEPTH) {
        walk(own, format!("{key}/{name}"), depth + 1, out);
    }
}

/// The types that a constructor takes, without what else stands in its list.
fn takes(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("function __construct")?;
    let (list, _) = rest.split_once(')')?;
    Some(list.split_whitespace().collect())
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn a_constructor_by_its_list() {
        let text = "class A {\n\tpublic function __construct(\n\t\tB $b,\n\t\tC $c\n\t) {\n";
        assert_eq!(takes(text).as_deref(), Some("(B$b,C$c"));
        assert_eq!(takes("class A {\n}\n"), None);
    }
}
