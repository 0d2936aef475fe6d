//! What a mention says of what it names, apart from where that lies.

use crate::facts::{
    FileFacts, Kind, NamePattern, Property, Ref, Relation, Require, Strength, kinds,
};
use smol_str::SmolStr;

/// Whether a mention has what it names loaded: a class that is included is, and a path that
/// is run on the host, a resource or a variable is not.
pub(super) fn is_bringing(require: &Require) -> bool {
    require.any_of.first().is_some_and(|target| is_brought(target.kind))
}

/// Whether who finds the thing at `provide` has the file loaded that provides it: where a class
/// puts a file, who reads that file does not include the class.
pub(super) fn brings_file(facts: &FileFacts, provide: Option<u32>) -> bool {
    let provide = provide.and_then(|ix| facts.provides.get(ix as usize));
    provide.is_none_or(|own| is_brought(own.kind))
}

fn is_brought(kind: Kind) -> bool {
    let is_loaded = [Property::ON_DEMAND, Property::SERVED];
    !kind.has(Property::COMPILED) || is_loaded.iter().any(|own| kind.has(*own))
}

/// Whether `to` lies in another environment of a control repository than `from`: a catalog is
/// compiled from one of them.
pub(super) fn is_apart(kind: Kind, from: &str, to: &str) -> bool {
    const FOLDER: &str = "environments/";
    if !kind.has(Property::COMPILED) && !kind.has(Property::SERVED) {
        return false;
    }
    let Some(at) = from.find(FOLDER).filter(|at| *at == 0 || from[..*at].ends_with('/')) else {
        return false;
    };
    let start = at + FOLDER.len();
    let name = |path: &str| path.split_once('/').map(|(name, _)| SmolStr::from(name));
    let (Some(own), Some(rest)) = (name(&from[start..]), to.strip_prefix(&from[..start])) else {
        return false;
    };
    name(rest).is_some_and(|other| other != own)
}

/// Whether it is data of Hiera that is asked for.
pub(super) fn is_key(require: &Require) -> bool {
    require.any_of.first().is_some_and(|target| target.kind == kinds::KEY)
}

/// Whether each level of the data holds for hosts of its own, or each file of a role counts.
pub(super) fn is_each(require: &Require) -> bool {
    is_key(require) || require.any_of.first().is_some_and(|own| own.kind.has(Property::WHOLE))
}

/// Mentions that are never reported as missing, since what they name may come from anywhere,
/// and that do break when what they name goes away: methods of a dynamic language.
pub(super) fn is_contract(require: &Require) -> bool {
    require.any_of.first().is_some_and(|target| target.kind.has(Property::CONTRACT))
}

/// Whether a text does without what it mentions, and no order with it counts.
pub(super) fn is_passing(require: &Require) -> bool {
    let expects =
        matches!(require.relation, Relation::Expects | Relation::Awaits | Relation::IsFor);
    require.strength == Strength::Guarded
        && !expects
        && !is_contract(require)
        && !is_import(require)
        && !is_key(require)
}

/// Whether a text reads all files whose names fit, as an `import` of manifests does: none is
/// missed, and yet it fails where there is none.
pub(super) fn is_import(require: &Require) -> bool {
    require.strength == Strength::Guarded
        && require.relation == Relation::Loads
        && require.via == "import"
        && require
            .any_of
            .first()
            .is_some_and(|own| own.kind == kinds::FILE && own.name.as_exact().is_none())
}

/// Whether a text takes in the objects of a file: they are there once it does, and gone once it
/// does not any longer.
pub(super) fn is_listing(require: &Require) -> bool {
    require.via == "resources" && require.strength != Strength::Guarded
}

/// What a mention needs beside what it names: a class that is loaded on demand needs the map that
/// says where it is, and what something leads to needs that.
pub(super) fn beside(require: &Require) -> Option<Require> {
    let target = require.any_of.first()?;
    let own = match (target.kind.mapped_by(), target.kind.led_to_by()) {
        (Some(map), _) => Ref::new(map, target.name.clone()),
        (_, Some((kind, mark))) => {
            let (name, _) = target.name.as_exact()?.rsplit_once(mark)?;
            Ref { kind, name: NamePattern::exact(name), scope: target.scope.clone() }
        }
        _ => return None,
    };
    Some(Require { any_of: smallvec::smallvec![own], ..require.clone() })
}
