//! The rule catalogue: one page a rule, in `rules/catalog/`, built into the program.

use crate::severity::Severity;
use serde::Deserialize;
use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// A rule's page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Stable id.
    pub id: String,
    /// Default severity.
    pub severity: Severity,
    /// Whether it runs unless asked for.
    #[serde(default = "enabled")]
    pub enabled: bool,
    /// One line on what it reports.
    pub title: String,
    /// What is reported, precisely, and when it stays silent.
    pub what: String,
    /// Why this breaks things.
    pub why: String,
    /// The incident or historical case behind it.
    pub case: String,
    /// A bad example.
    pub bad: String,
    /// The same, corrected.
    pub good: String,
    /// How to fix it.
    pub fix: String,
    /// How to silence it narrowly.
    pub silence: String,
    /// Where the facts come from.
    pub source: String,
}

fn enabled() -> bool {
    true
}

impl Page {
    /// The page as Markdown.
    pub fn markdown(&self) -> String {
        let state = if self.enabled { "" } else { ", off by default" };
        let mut out = format!("# {} ({}{state})\n\n{}\n", self.id, self.severity, self.title);
        for (title, text) in [("What", &self.what), ("Why", &self.why), ("Case", &self.case)] {
            out.push_str(&format!("\n## {title}\n\n{}\n", text.trim()));
        }
        for (title, text) in [("Bad", &self.bad), ("Good", &self.good)] {
            out.push_str(&format!("\n## {title}\n\n```\n{}\n```\n", text.trim_end()));
        }
        for (title, text) in
            [("Fix", &self.fix), ("Silence", &self.silence), ("Source", &self.source)]
        {
            out.push_str(&format!("\n## {title}\n\n{}\n", text.trim()));
        }
        out
    }
}

/// All pages, sorted by id. A page that cannot be read is left out; a test keeps all
/// readable.
pub fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let read = |(_, text): &(&str, &str)| serde_yaml::from_str::<Page>(text).ok();
        let mut pages: Vec<Page> = SOURCES.iter().filter_map(read).collect();
        pages.sort_by(|a, b| a.id.cmp(&b.id));
        pages
    })
}

/// The page of rule `id`, or a message that names the nearest rule.
pub fn known(id: &str) -> Result<&'static Page, String> {
    find(id).ok_or_else(|| {
        let names = pages().iter().map(|page| page.id.as_str());
        match crate::facts::nearest_of(id, names) {
            Some(near) => format!("unknown rule `{id}`; did you mean `{near}`?"),
            None => format!("unknown rule `{id}`; `crosscheck rules` lists them all"),
        }
    })
}

/// The address of the page of rule `id`, where the pages lie below `pages` as docs/rules has them, or
/// where `{rule}` in it says.
///
/// ```
/// use crosscheck::catalog::address;
///
/// let page = "https://docs.example.org/rules/co-change";
/// assert_eq!(address("https://docs.example.org/rules/", "co-change"), format!("{page}.md"));
/// assert_eq!(address("https://docs.example.org/rules/{rule}.html", "co-change"), format!("{page}.html"));
/// ```
pub fn address(pages: &str, id: &str) -> String {
    match pages.contains("{rule}") {
        true => pages.replace("{rule}", id),
        false => format!("{}/{id}.md", pages.trim_end_matches('/')),
    }
}

/// The page of rule `id`.
pub fn find(id: &str) -> Option<&'static Page> {
    pages().iter().find(|page| page.id == id)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_page_is_readable_and_named_after_its_rule() {
        for (name, text) in super::SOURCES {
            let page: super::Page =
                serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(format!("{}.yaml", page.id), *name);
        }
        assert!(!super::SOURCES.is_empty());
    }
}
