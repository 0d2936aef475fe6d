//! Fields that objects of Kubernetes' own do not have, and values of another type than a field takes.
//!
//! (Source: Kubernetes API reference; "Server Side Field Validation": `kubectl apply` refuses an object
//! with an unknown field, Helm warns and installs it without, and Flux drops the field of most kinds;
//! the API server refuses a value of another type.)

use super::MASK;
use super::api::{self, Holds, Shape, Type};
use super::branches::Branches;
use super::fields::word;
use super::scalars::{self, Scalar};
use super::versions;
use crate::extract::Source;
use crate::facts::{Problem, Span, Strength, nearest_of};
use crate::syntax::yaml::{Documents, Node, Value};

/// Whether an object is one of Kubernetes' own.
pub(super) fn is_known(root: &Node<'_>) -> bool {
    known(root).is_some()
}

fn known<'n>(root: &'n Node<'_>) -> Option<(&'n str, &'n str, &'static Type)> {
    let (version, kind) = (word(root, &["apiVersion"])?, word(root, &["kind"])?);
    let entries = root.entries().iter().filter_map(|(key, _)| key.as_str());
    // Branches of a template may say one each.
    let told = entries.filter(|key| matches!(*key, "apiVersion" | "kind")).count();
    (told == 2).then_some(())?;
    Some((version, kind, api::object(version, kind)?))
}

/// Looks through all objects of a file.
pub(super) fn check(
    source: &Source<'_>,
    tags: &[Span],
    documents: &Documents<'_>,
    out: &mut Vec<Problem>,
) {
    // What is broken may have fields in places that are not theirs.
    let Some(branches) = Branches::of(source.text, tags).filter(|_| documents.is_whole()) else {
        return;
    };
    let is_template = source.path.contains("templates/") && !source.text.contains("{%");
    // Branches for other versions of Kubernetes have the fields of those.
    let by_version = ["semver", "Capabilities", "ubeVersion"];
    let applied = match is_template {
        // What `helm template` prints may be kept to be compared.
        _ if source.text.contains("# Source: ") => Applied::Printed,
        true if by_version.iter().any(|word| source.text.contains(word)) => Applied::ByVersion,
        true => Applied::ByHelm,
        false => Applied::AsItIs,
    };
    documents.roots.iter().for_each(|root| object(root, &branches, applied, out));
}

fn object(root: &Node<'_>, branches: &Branches, applied: Applied, out: &mut Vec<Problem>) {
    if word(root, &["kind"]).is_some_and(|kind| kind.ends_with("List")) {
        let items = root.get("items").map(Node::items).unwrap_or_default();
        return items.iter().for_each(|own| object(own, branches, applied, out));
    }
    let Some((version, kind, own)) = known(root) else { return out.extend(versions::slip(root)) };
    // Fields of versions to try come and go. What is local to a tool only hands values to others, and
    // is never applied. (Source: "config.kubernetes.io/local-config" of kustomize and kpt.)
    let local = ["metadata", "annotations", "config.kubernetes.io/local-config"];
    if version.contains("alpha") || word(root, &local) == Some("true") {
        return;
    }
    let strength = match (applied, version.contains("beta")) {
        (Applied::AsItIs, false) => Strength::Certain,
        (Applied::ByVersion, _) => Strength::Guarded,
        _ => Strength::Likely,
    };
    // What a definition before it holds is no part of it.
    let heads = root.entries().iter().map(|(key, _)| key);
    let mut heads = heads.filter(|key| matches!(key.as_str(), Some("apiVersion" | "kind")));
    let from = heads.next().map_or(root.span.start, |key| key.span.start);
    let mut walk = Walk { kind, branches, applied, strength, path: Vec::new(), out };
    walk.object(root, own, from);
}

/// How the text becomes objects.
#[derive(Clone, Copy, PartialEq)]
enum Applied {
    /// `kubectl`, Kustomize or Flux read it, or a tool that fills in marks.
    AsItIs,
    /// Helm renders it: quotes stay quotes.
    ByHelm,
    /// The same, and parts are for some versions of Kubernetes.
    ByVersion,
    /// Helm has rendered it.
    Printed,
}

struct Walk<'w> {
    kind: &'w str,
    branches: &'w Branches,
    applied: Applied,
    /// How certain it is that a field is unknown which no version has.
    strength: Strength,
    path: Vec<String>,
    out: &'w mut Vec<Problem>,
}

impl Walk<'_> {
    fn place(&self) -> String {
        match self.path.join("") {
            path if path.is_empty() => format!("a {}", self.kind),
            path => format!("`{}` of a {}", path.trim_start_matches('.'), self.kind),
        }
    }

    fn below(&mut self, step: String, node: &Node<'_>, holds: Holds, from: u32) {
        self.path.push(step);
        self.value(node, holds, from);
        self.path.pop();
    }

    fn object(&mut self, node: &Node<'_>, own: &'static Type, from: u32) {
        for (key, value) in node.entries() {
            let Some(name) = key.as_str() else { continue };
            let is_before = self.applied != Applied::AsItIs && key.span.start < from;
            if is_before || !self.branches.goes_on(from, key.span.start) {
                continue;
            }
            match own.field(name) {
                Some(holds) => self.below(format!(".{name}"), value, holds, key.span.start),
                None => self.unknown(node, key, own),
            }
        }
    }

    fn unknown(&mut self, node: &Node<'_>, key: &Node<'_>, own: &'static Type) {
        let name = key.as_str().unwrap_or_default();
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // What SOPS adds is taken away before the object is applied.
        let is_of_sops = self.path.is_empty() && name == "sops";
        if !is_word || is_of_sops || self.strength == Strength::Guarded {
            return;
        }
        let near = nearest_of(name, own.names()).filter(|near| node.get(near).is_none());
        let help = match (&near, own.holder_of(name)) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(holder)) => format!("it is a field of `{holder}`"),
            (None, None) => match self.applied {
                Applied::AsItIs => {
                    "no version of Kubernetes knows it: `kubectl` refuses it".to_owned()
                }
                _ => "no version of Kubernetes knows it: it has no effect".to_owned(),
            },
        };
        let message = format!("{} has no field `{name}`", self.place());
        let problem = Problem::new("unknown-parameter", message, key.span);
        // A slip is surely not what was meant; what stands at another level may be lost and not
        // missed, where it is not `kubectl` that applies it.
        let most = if near.is_some() { Strength::Certain } else { Strength::Likely };
        let strength = self.strength.min(most);
        self.out.push(Problem { help, strength, meant: near, ..problem });
    }

    fn value(&mut self, node: &Node<'_>, holds: Holds, from: u32) {
        // What a tag puts in front of the first entry may be what that is a part of.
        if matches!(node.value, Value::Alias) || self.branches.is_filled(from, node.span.start) {
            return;
        }
        match (holds.shape(), &node.value) {
            (Shape::Anything, _) => {}
            (Shape::Object(own), Value::Mapping(_)) => self.object(node, own, from),
            (Shape::Mapping(of), Value::Mapping(entries)) => {
                for (key, value) in entries {
                    let name = key.as_str().filter(|name| *name != "<<" && !name.contains(MASK));
                    let goes_on = self.branches.goes_on(from, key.span.start);
                    if let Some(name) = name.filter(|_| goes_on) {
                        self.below(format!(".{name}"), value, of, key.span.start);
                    }
                }
            }
            (Shape::List(of), Value::Sequence(items)) => {
                for item in items {
                    if self.branches.goes_on(from, item.span.start) {
                        self.below("[]".to_owned(), item, of, item.span.start);
                    }
                }
            }
            (shape, Value::Scalar { text, plain }) => self.scalar(node, shape, text, *plain),
            (shape, _) => self.other(node, shape),
        }
    }

    /// A list or a mapping where another thing is due.
    fn other(&mut self, node: &Node<'_>, shape: Shape) {
        // `{NAME}` and `[NAME]` may be marks of whoever fills them in.
        let is_mark = match &node.value {
            Value::Mapping(entries) => entries.iter().all(|(key, value)| {
                key.as_str().is_none_or(|key| key.contains(MASK)) || is_nothing(value)
            }),
            Value::Sequence(items) => {
                items.iter().all(|item| item.as_str().is_none_or(is_filled_later))
            }
            _ => true,
        };
        if is_mark {
            return;
        }
        let found = match node.value {
            Value::Sequence(_) => "a list",
            _ => "a mapping",
        };
        let help = match (shape, &node.value) {
            (Shape::Text, Value::Mapping(_))
                if self.path.first().is_some_and(|own| own == ".data") =>
            {
                "`|` behind the key takes the lines below as text"
            }
            (Shape::List(_), Value::Mapping(_)) => "`- ` begins an item of a list",
            _ => REFUSED,
        };
        self.wrong(node, shape, found, help, Strength::Certain);
    }

    fn scalar(&mut self, node: &Node<'_>, shape: Shape, text: &str, plain: bool) {
        let of_tag = text.contains(MASK);
        let own = match plain {
            true if of_tag || has_mark(text) => return,
            true => scalars::of_plain(text),
            false => Scalar::Text,
        };
        match (shape, own) {
            (_, Scalar::Null | Scalar::Unsure) => {}
            (Shape::Text, Scalar::Truth | Scalar::Whole | Scalar::Broken) => {
                let found = if own == Scalar::Truth { "`true` or `false`" } else { "a number" };
                // Kustomize writes those of the object itself anew, as text.
                let strength = match self.path.get(1).map(String::as_str) {
                    Some(".annotations") => Strength::Likely,
                    _ => Strength::Certain,
                };
                self.wrong(node, shape, found, "put it in quotes", strength);
            }
            (Shape::Whole, Scalar::Broken) => {
                self.wrong(node, shape, "a broken number", REFUSED, Strength::Certain);
            }
            (Shape::Whole | Shape::Number, Scalar::Truth) => {
                self.wrong(node, shape, "`true` or `false`", REFUSED, Strength::Certain);
            }
            (Shape::Truth, Scalar::Whole | Scalar::Broken) => {
                self.wrong(node, shape, "a number", REFUSED, Strength::Certain);
            }
            (Shape::Whole | Shape::Number | Shape::Truth, Scalar::Text) => {
                self.text(node, shape, text, plain);
            }
            (Shape::List(_) | Shape::Mapping(_) | Shape::Object(_), _)
                if !text.is_empty() && !of_tag && !has_mark(text) =>
            {
                let help = match shape {
                    Shape::List(_) => "`- ` begins an item of a list",
                    _ => REFUSED,
                };
                self.wrong(node, shape, "a single value", help, Strength::Certain);
            }
            _ => {}
        }
    }

    /// Text where a number, or yes or no, is due.
    fn text(&mut self, node: &Node<'_>, shape: Shape, text: &str, plain: bool) {
        let help = "take the quotes away";
        let is_meant = match shape {
            Shape::Truth => matches!(text, "true" | "false"),
            _ => text.parse::<i64>().is_ok(),
        };
        if text.contains(MASK) {
            let is_all = text.chars().all(|c| MASK.contains(&c));
            if self.applied != Applied::AsItIs && is_all {
                self.wrong(node, shape, "text", help, Strength::Certain);
            }
        } else if is_meant && !plain {
            self.wrong(node, shape, "text", help, Strength::Certain);
        } else if !is_filled_later(text) {
            // A replacement of Kustomize may put something else there.
            self.wrong(node, shape, "text", REFUSED, Strength::Likely);
        }
    }

    fn wrong(
        &mut self,
        node: &Node<'_>,
        shape: Shape,
        found: &str,
        help: &str,
        strength: Strength,
    ) {
        let due = match shape {
            Shape::Text => "text",
            Shape::Whole => "a whole number",
            Shape::Number => "a number",
            Shape::Truth => "`true` or `false`",
            Shape::List(_) => "a list",
            Shape::Mapping(_) | Shape::Object(_) => "a mapping",
            Shape::Anything => return,
        };
        let strength = match self.applied {
            Applied::Printed => Strength::Likely,
            _ => strength,
        };
        let message = format!("{} takes {due}, and this is {found}", self.place());
        let problem = Problem::new("incompatible-value", message, node.span);
        self.out.push(Problem { help: help.to_owned(), strength, ..problem });
    }
}

const REFUSED: &str = "the API server refuses the object";

/// Whether a text is a mark that something is put in the place of: `${PORT}`, `__PORT__`, `#{port}#`,
/// `REPLICAS`, or what SOPS made of it.
fn is_filled_later(text: &str) -> bool {
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
    text.is_empty()
        || has_mark(text)
        || text.bytes().all(is_capital) && text.bytes().any(|byte| byte.is_ascii_uppercase())
        || text.to_ascii_lowercase().contains("replace")
}

fn has_mark(text: &str) -> bool {
    ["$", "{", "<", "%", "[", "@", "#", "__"].iter().any(|mark| text.contains(mark))
}

fn is_nothing(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Scalar { text, plain: true }
        if scalars::of_plain(text) == Scalar::Null)
}
