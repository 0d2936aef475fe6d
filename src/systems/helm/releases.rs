//! The releases of a helmfile, each as a call of its chart: the values that it sets in place,
//! and the files that it reads more from.
//!
//! (Source: helmfile's documentation of its configuration, "releases".)

use crate::extract::Source;
use crate::facts::{
    Arg, Call, Environment, FileFacts, Ref, Scope, join_path, kinds, parent_folder,
};
use crate::syntax::yaml;
use smallvec::smallvec;
use smol_str::SmolStr;
use yaml::{Node, Value};

/// Keys of a helmfile beside which a release gets what it says itself.
const PLAIN_FILE: &[&str] = &[
    "commonLabels",
    "environments",
    "helmDefaults",
    "missingFileHandler",
    "releases",
    "repositories",
    "values",
];

/// Keys of a release that bring no values.
const PLAIN: &[&str] = &[
    "atomic",
    "chart",
    "cleanupOnFail",
    "createNamespace",
    "devel",
    "disableValidation",
    "force",
    "historyMax",
    "installed",
    "kubeContext",
    "labels",
    "missingFileHandler",
    "name",
    "namespace",
    "needs",
    "recreatePods",
    "timeout",
    "verify",
    "version",
    "wait",
    "waitForJobs",
];

/// How deep values in place are told apart.
const MAX_DEPTH: usize = 8;

/// Adds a call for every release, and one for each environment where it has files of those; its chart
/// is seen from the helmfile.
pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let documents = source.yaml();
    // A template that is no YAML either may say anything.
    if !documents.is_whole() {
        return;
    }
    let keys = documents.roots.iter().flat_map(|root| root.entries());
    let plain = keys.clone().all(|(key, value)| {
        let name = key.as_str().unwrap_or_default();
        let more = name == "helmDefaults" && value.get("args").is_some();
        PLAIN_FILE.contains(&name) && !more
    });
    let all = documents.roots.iter().filter_map(|root| root.get("environments"));
    let names = all.flat_map(Node::entries).filter_map(|(key, _)| key.as_str());
    let names: Vec<&str> = names.filter(|own| !own.contains(['{', '<'])).collect();
    for root in &documents.roots {
        for release in root.get("releases").map_or(&[][..], Node::items) {
            let values = release.get("values").map_or(&[][..], Node::items);
            if names.is_empty() || !is_of_environments(values) {
                self::release(release, (plain, None), source, out);
                continue;
            }
            for name in names.iter().take(MAX_ENVIRONMENTS) {
                self::release(release, (plain, Some(name)), source, out);
            }
        }
    }
}

/// Most environments of one helmfile.
const MAX_ENVIRONMENTS: usize = 40;

/// Whether a file of values is one of the environment that is asked for.
fn is_of_environments(values: &[Node<'_>]) -> bool {
    let mut texts = values.iter().filter_map(Node::as_str);
    texts.any(|own| in_environment(own, "").is_some_and(|other| other != own))
}

/// A text with the name of an environment filled in; nothing where more is filled in.
fn in_environment(text: &str, name: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, more)) = rest.split_once("{{") {
        let (inner, after) = more.split_once("}}")?;
        let inner = inner.trim_matches('-').trim().trim_start_matches('$');
        if inner != ".Environment.Name" {
            return None;
        }
        out.push_str(before);
        out.push_str(name);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn release(
    node: &Node<'_>,
    (plain, environment): (bool, Option<&str>),
    source: &Source<'_>,
    out: &mut FileFacts,
) {
    let Some(chart) = node.get("chart") else { return };
    let Some(name) = chart.as_str().filter(|name| !name.contains("{{")) else { return };
    let known = |(key, _): &(Node<'_>, Node<'_>)| {
        key.as_str().is_some_and(|key| PLAIN.contains(&key) || key == "values")
    };
    let removed = node.get("installed").is_some_and(|node| node.as_str() != Some("true"));
    let open = !plain || removed || !node.entries().iter().all(known);
    let mut given = Environment { open, ..Environment::default() };
    let folder = parent_folder(source.path);
    let mut last = Vec::new();
    if let Some(values) = node.get("values") {
        given.open |= values.items().is_empty() && !values.entries().is_empty();
        given.open |= matches!(values.value, Value::Alias);
        for item in values.items() {
            match &item.value {
                Value::Scalar { text, .. } => {
                    let filled = environment.and_then(|own| in_environment(text, own));
                    let is_own = filled.as_ref().is_some_and(|own| own != text);
                    match file(folder, filled.as_deref().unwrap_or(text)) {
                        Some(file) if is_own => last.push(Ref::exact(kinds::FILE, file)),
                        Some(file) => given.sources.push(Ref::exact(kinds::FILE, file)),
                        None => given.open = true,
                    }
                }
                Value::Mapping(_) => given.open |= !keys(item, "", 0, &mut given.set),
                _ => given.open = true,
            }
        }
    }
    // Those of the environment stand last.
    given.sources.append(&mut last);
    let target = Ref::exact(kinds::HELMFILE_CHART, name).seen_from(Scope::of(source.path));
    let call = Call::new(smallvec![target], chart.span, "release");
    out.calls.push(Call { open: true, environment: Some(Box::new(given)), ..call });
}

/// A plain file of values. What is fetched, or rendered first, may hold anything.
fn file(folder: &str, text: &str) -> Option<String> {
    let plain = !text.contains(['{', '*', '?', '[', '$']) && !text.contains("://");
    let yaml = text.ends_with(".yaml") || text.ends_with(".yml");
    (plain && yaml && !text.starts_with(['/', '~'])).then(|| join_path(folder, text))?
}

/// The keys of values in place; a map has no value. `false` where there may be others.
pub(super) fn keys(node: &Node<'_>, outer: &str, depth: usize, out: &mut Vec<Arg>) -> bool {
    let mut whole = true;
    for (key, value) in node.entries() {
        let Some(name) = key.as_str().filter(|name| *name != "<<" && !name.contains("{{")) else {
            whole = false;
            continue;
        };
        let full = if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") };
        let is_map = !value.entries().is_empty() && depth < MAX_DEPTH;
        let text = (!is_map).then(|| value.as_str().unwrap_or_default().into());
        out.push(Arg { name: SmolStr::new(&full), value: text, span: key.span });
        if is_map {
            whole &= keys(value, &full, depth + 1, out);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::NamePattern;

    fn shown(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        extract(&Source::of("a/helmfile.yaml", text), &mut out);
        let show = |call: &Call| {
            let Some(own) = &call.environment else { return String::new() };
            let set: Vec<_> = own.set.iter().map(|own| own.name.as_str()).collect();
            let file = |own: &Ref| match &own.name {
                NamePattern::Exact(name) => name.to_string(),
                _ => "?".to_owned(),
            };
            let files: Vec<_> = own.sources.iter().map(file).collect();
            format!("{}|{}|{}", set.join(","), files.join(","), if own.open { "open" } else { "" })
        };
        out.calls.iter().map(show).collect()
    }

    #[test]
    fn what_is_known_of_a_release() {
        let release = |more: &str| format!("releases:\n  - name: a\n    chart: ../x\n{more}");
        let values = "    values:\n      - v.yaml\n      - ../b/w.yaml\n      - k: {l: 1}\n";
        assert_eq!(shown(&release(values)), ["k,k.l|a/v.yaml,b/w.yaml|"]);
        for open in [
            "    set: []\n",
            "    secrets: [s.yaml]\n",
            "    values:\n      - v.yaml.gotmpl\n",
            "    values:\n      - \"{{ .Environment.Name }}.yaml\"\n",
            "    values:\n      - /etc/v.yaml\n",
            "    installed: false\n",
        ] {
            assert!(shown(&release(open))[0].ends_with("open"), "{open}");
        }
        assert!(shown(&format!("bases: [b]\n{}", release("")))[0].ends_with("open"));
        assert!(shown(&format!("{}{{{{ if x }}}}\n", release(""))).is_empty());
    }
}
