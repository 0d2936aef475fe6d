//! Objects of a cluster in a text with holes: read by the shape of its lines, their names as they
//! are written.
//!
//! For who compares two versions of a few files of one chart: a name that is put together at run
//! time is the same wherever it is written alike.

/// An object that a text declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its kind: `Service`.
    pub kind: String,
    /// Its name, as it is written.
    pub name: String,
    /// Where the name stands.
    pub start: usize,
}

/// The objects of a text, in order.
pub fn declared(text: &str) -> Vec<Object> {
    let mut out = Vec::new();
    let (mut kind, mut inside, mut at) = (None, false, 0);
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        let start = at;
        at += whole.len();
        if line.starts_with("---") {
            (kind, inside) = (None, false);
        } else if let Some(own) = line.strip_prefix("kind: ") {
            kind = Some(value(own).to_owned());
        } else if line == "metadata:" {
            inside = true;
        } else if line.starts_with(|own: char| own.is_ascii_alphabetic()) {
            inside = false;
        } else if let Some(name) = line.strip_prefix("  name: ")
            && inside
            && let Some(kind) = &kind
        {
            let name = value(name).to_owned();
            let begin = start + whole.find(name.as_str()).unwrap_or_default();
            out.push(Object { kind: kind.clone(), name, start: begin });
            inside = false;
        }
    }
    out
}

/// The value behind a key, without its quotes and what trims blanks of a hole.
fn value(own: &str) -> &str {
    own.trim().trim_matches(['"', '\'']).trim()
}

/// Where a text names an object as one that it needs; `None` where it does not.
pub fn used(text: &str, object: &Object) -> Option<usize> {
    // The key of the name, or the key above it.
    let (keys, above): (&[&str], &[&str]) = match object.kind.as_str() {
        "ServiceAccount" => (&["serviceAccountName", "serviceAccount"], &["kind: ServiceAccount"]),
        "Secret" => (&["secretName", "existingSecret"], &["secretKeyRef:", "secretRef:"]),
        "ConfigMap" => (&[], &["configMap:", "configMapKeyRef:", "configMapRef:"]),
        "PersistentVolumeClaim" => (&["claimName"], &[]),
        "Service" => (&["serviceName"], &["service:"]),
        "Role" => (&[], &["kind: Role"]),
        "ClusterRole" => (&[], &["kind: ClusterRole"]),
        _ => return None,
    };
    let (mut before, mut at) = ("", 0);
    for whole in text.split_inclusive('\n') {
        let start = at;
        at += whole.len();
        let line = whole.trim().trim_start_matches("- ");
        if let Some((key, own)) = line.split_once(": ")
            && value(own) == object.name
        {
            let is_below = key == "name" && above.contains(&before);
            // A definition of its own stands one step in.
            if keys.contains(&key) || is_below && !whole.starts_with("  name:") {
                return Some(start + whole.find(own.trim()).unwrap_or_default());
            }
            if is_below && above.iter().any(|own| own.starts_with("kind")) {
                return Some(start);
            }
        }
        if !line.is_empty() {
            before = line;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{declared, used};

    const ROLE: &str = "{{- if .Values.rbac }}\nkind: Role\nmetadata:\n  name: {{ .Release.Name }}-x\n\
                        rules: []\n---\nkind: ConfigMap\nmetadata:\n  labels: {}\n  name: conf\n";

    #[test]
    fn objects_are_told_by_kind_and_name() {
        let all = declared(ROLE);
        let names: Vec<_> = all.iter().map(|own| (own.kind.as_str(), own.name.as_str())).collect();
        assert_eq!(names, [("Role", "{{ .Release.Name }}-x"), ("ConfigMap", "conf")]);
        assert!(ROLE[all[1].start..].starts_with("conf"));
        assert!(declared("kind: List\nitems:\n  name: x\n").is_empty());
    }

    #[test]
    fn an_object_is_used_where_its_kind_is_asked_for() {
        let all = declared(ROLE);
        assert!(used("      - configMap:\n          name: conf\n", &all[1]).is_some());
        assert!(used("roleRef:\n  kind: Role\n  name: {{ .Release.Name }}-x\n", &all[0]).is_some());
        assert!(used("metadata:\n  name: conf\n", &all[1]).is_none());
        assert!(used("      - secretRef:\n          name: conf\n", &all[1]).is_none());
    }
}
