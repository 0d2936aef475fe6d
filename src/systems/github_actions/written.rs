//! Outputs that a step sets by what it writes down, and those of filters of paths.
//!
//! (Source: GitHub's "Workflow commands": "Setting an output parameter"; the README page of
//! `dorny/paths-filter`, "Outputs".)

use super::{ALL, File};
use crate::facts::Span;
use crate::syntax::yaml::{self, Node};

/// The file that outputs are written to.
const OUTPUT: &str = "GITHUB_OUTPUT";

/// Words of a command that may write outputs by itself.
const WRITERS: [&str; 16] = [
    "bash", "bun", "cargo", "deno", "docker", "go", "make", "node", "npm", "npx", "perl", "php",
    "python", "python3", "ruby", "sh",
];

/// The names that commands write, where they write nothing else.
fn written(text: &str) -> Option<Vec<&str>> {
    let mut all = Vec::new();
    for line in text.lines() {
        let words = line.split(|c: char| c.is_whitespace() || "();&|".contains(c));
        let is_writer = |own: &str| {
            WRITERS.contains(&own)
                || own.starts_with("./")
                || [".sh", ".py", ".js", ".mjs", ".rb"].iter().any(|end| own.ends_with(end))
                || own == "source"
                || own == "."
        };
        if words.filter(|own| !own.is_empty()).any(is_writer) || line.contains("::set-output") {
            return None;
        }
        if !line.contains(OUTPUT) {
            continue;
        }
        // `echo "name=value" >> "$GITHUB_OUTPUT"`
        let rest = line.trim_start().strip_prefix("echo ")?.trim_start();
        let rest = rest.strip_prefix("-n ").unwrap_or(rest).trim_start_matches(['"', '\'']);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = rest.find(|c| !is_name(c))?;
        let name = &rest[..end];
        let is_set = rest[end..].starts_with('=') || rest[end..].starts_with("<<");
        if name.is_empty() || !is_set || line.matches(OUTPUT).count() > 1 {
            return None;
        }
        all.push(name);
    }
    (!all.is_empty()).then_some(all)
}

/// The names of filters that are written where they are used.
fn filters(text: &str) -> Option<Vec<String>> {
    let documents = yaml::parse(text);
    let root = documents.roots.first().filter(|_| documents.is_whole())?;
    let names: Option<Vec<String>> =
        root.entries().iter().map(|(key, _)| key.as_str().map(str::to_owned)).collect();
    names.filter(|own| !own.is_empty())
}

impl File<'_> {
    /// The outputs of one step with an id, where all of them are known.
    pub(super) fn outputs(&mut self, job: &str, (id, span): (&str, Span), step: &Node<'_>) {
        let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
        let names: Vec<String> = if uses.starts_with("dorny/paths-filter@") {
            let own = step.get("with").and_then(|own| own.get("filters")?.as_str());
            let Some(own) = own.filter(|own| own.contains(':')).and_then(filters) else { return };
            let more = own.iter().flat_map(|own| [format!("{own}_count"), format!("{own}_files")]);
            let all = more.collect::<Vec<_>>().into_iter().chain(own);
            all.chain(["changes".to_owned()]).collect()
        } else {
            let text = step.get("run").and_then(Node::as_str).filter(|_| uses.is_empty());
            let Some(all) = text.and_then(written) else { return };
            all.into_iter().map(str::to_owned).collect()
        };
        let own = self.own(&format!("{job}/{id}"));
        self.leads_to(&format!("{job}/{id}"), &own, span);
        self.provide(crate::facts::kinds::CI_OUTPUT, format!("{own}{ALL}"), span);
        for name in names {
            self.provide(crate::facts::kinds::CI_OUTPUT, format!("{own}{ALL}{name}"), span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_that_commands_write() {
        let text = "X=1\necho \"tag=$X\" >> \"$GITHUB_OUTPUT\"\necho sha=$Y >> $GITHUB_OUTPUT\n";
        assert_eq!(written(text), Some(vec!["tag", "sha"]));
        for text in [
            "./ci/tag.sh\necho a=b >> $GITHUB_OUTPUT\n",
            "echo \"$X=b\" >> $GITHUB_OUTPUT\n",
            "{\n  echo a=b\n} >> $GITHUB_OUTPUT\n",
            "echo a\n",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_filters() {
        let own = filters("web:\n  - 'web/**'\napi: ['api/**']\n");
        assert_eq!(own, Some(vec!["web".to_owned(), "api".to_owned()]));
    }
}
