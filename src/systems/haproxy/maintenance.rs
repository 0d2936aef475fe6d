//! `no-maintenance-fallback`: a site that shows one 503 page for failure and for
//! maintenance, and has nowhere to send its visitors meanwhile (incident 5).

use super::checks::{condition, is_backup, servers, unreachable};
use super::parse::{File, Line, Section, Word};
use crate::facts::{FileFacts, NamePattern, Problem, Span, Strength};
use rustc_hash::FxHashSet;

/// Fetches and converters whose value an operator, or the health of servers, changes.
const SWITCHES: &[&str] = &["map(", "map_", "env(", "var(proc.", "nbsrv", "srv_is_up", "connslots"];

/// Looks at each proxy that takes traffic by itself.
pub(super) fn check(file: &File, version: Option<&str>, out: &mut FileFacts) {
    if file.includes {
        return;
    }
    let mut reported: FxHashSet<Span> = FxHashSet::default();
    for (ix, section) in file.sections.iter().enumerate() {
        if !matches!(section.kind.as_str(), "frontend" | "listen") {
            continue;
        }
        let site = Site::new(file, ix);
        if site.is_tcp() || !site.has_servers() || site.can_switch() {
            continue;
        }
        if let Some(page) = site.page()
            && reported.insert(page.span())
        {
            report(page, version, out);
        }
    }
}

/// A proxy that takes traffic, with all that answers it.
struct Site<'f> {
    file: &'f File,
    front: &'f Section,
    defaults: Option<&'f Section>,
    /// What it sends its traffic to; itself, for a `listen` section.
    behind: Vec<&'f Section>,
}

impl<'f> Site<'f> {
    fn new(file: &'f File, ix: usize) -> Self {
        let front = &file.sections[ix];
        let from = front.header.after("from").map(Word::text);
        let mut before = file.sections[..ix].iter().rev();
        let defaults = before.find(|section| {
            let name = section.name.as_ref().map(Word::text);
            section.kind == "defaults" && (from.is_none() || from == name)
        });
        let rules = || front.all("use_backend").chain(front.all("default_backend"));
        let targets: Vec<NamePattern> =
            rules().filter_map(|line| line.word(1)).map(|word| word.sampled()).collect();
        let is_target = |section: &&Section| {
            let name = section.name.as_ref().map(|word| &word.name);
            let reached = || {
                let name = name.and_then(NamePattern::as_exact);
                name.is_none_or(|name| targets.iter().any(|target| target.matches(name)))
            };
            matches!(section.kind.as_str(), "backend" | "listen") && reached()
        };
        let mut behind: Vec<&Section> = file.sections.iter().filter(is_target).collect();
        if front.kind == "listen" {
            behind.push(front);
        }
        Self { file, front, defaults, behind }
    }

    /// In TCP mode there are no pages. It is the default.
    fn is_tcp(&self) -> bool {
        let modes = |section: &'f Section| section.all("mode").filter_map(|line| line.word(1));
        let mut own = modes(self.front).peekable();
        if own.peek().is_some() {
            return own.all(|word| word.is("tcp"));
        }
        let mut inherited = self.defaults.into_iter().flat_map(modes).peekable();
        match inherited.peek() {
            Some(_) => inherited.all(|word| word.is("tcp")),
            None => self.file.is_complete(),
        }
    }

    fn has_servers(&self) -> bool {
        self.behind.iter().any(|section| servers(section).next().is_some())
    }

    /// The 503 page that its visitors get when no server answers.
    fn page(&self) -> Option<&'f Line> {
        let serving = self.behind.iter().filter(|section| servers(section).next().is_some());
        let sections = [Some(self.front), self.defaults].into_iter().flatten();
        sections.chain(serving.copied()).find_map(|section| page(self.file, section))
    }

    /// Whether something that can be switched at run time, or when it starts, sends visitors
    /// elsewhere.
    fn can_switch(&self) -> bool {
        if self.behind.iter().flat_map(|section| servers(section)).any(is_backup) {
            return true;
        }
        let sections = || {
            let all = self.behind.iter().copied().chain([self.front]);
            all.chain(self.defaults)
        };
        let shadowed: Vec<&Line> = sections().flat_map(unreachable).map(|(line, _)| line).collect();
        sections().any(|section| {
            section.lines.iter().any(|line| {
                diverts(line)
                    && !shadowed.iter().any(|own| std::ptr::eq(*own, line))
                    && self.is_switched(section, line)
            })
        })
    }

    fn is_switched(&self, section: &Section, line: &Line) -> bool {
        if !line.branch.is_always() {
            return true;
        }
        // The name of a backend that the environment, the template or a map gives.
        let target = line.word(1).filter(|_| line.keyword().ends_with("_backend"));
        if target.is_some_and(|word| word.name.as_exact().is_none() || is_switch(word)) {
            return true;
        }
        let start = line.words.iter().position(|word| word.is("if") || word.is("unless"));
        let words = start.map(|start| &line.words[start..]).unwrap_or_default();
        words.iter().any(|word| is_switch(word) || self.is_set_by_switch(section, word))
            || condition(line).iter().any(|name| self.acl_is_switch(section, name))
    }

    fn acl_is_switch(&self, section: &Section, name: &Word) -> bool {
        let name = name.text().trim_start_matches('!');
        let sections = [Some(section), self.defaults].into_iter().flatten();
        let mut definitions = sections
            .flat_map(|section| section.all("acl"))
            .filter(|line| line.word(1).is_some_and(|word| word.is(name)));
        definitions.any(|line| {
            let words = &line.words[2..];
            !line.branch.is_always()
                || words.iter().any(|word| is_switch(word) || self.is_set_by_switch(section, word))
        })
    }

    /// `var(txn.closed)`, where a rule sets it from a map.
    fn is_set_by_switch(&self, section: &Section, word: &Word) -> bool {
        let Some((_, rest)) = word.text().split_once("var(") else { return false };
        let variable = rest.split([',', ')']).next().unwrap_or_default();
        let set = format!("set-var({variable}");
        let lines = [section, self.front].into_iter().flat_map(|section| &section.lines);
        lines
            .filter(|line| line.words.iter().any(|word| word.text().starts_with(&set)))
            .any(|line| line.words.iter().any(is_switch))
    }
}

/// Whether a word reads what can be changed without an edit.
fn is_switch(word: &Word) -> bool {
    let text = word.text();
    text == "-f"
        || word.name.as_exact().is_none()
        || SWITCHES.iter().any(|switch| text.contains(switch))
}

/// Whether a rule answers by itself or sends the visitor elsewhere.
fn diverts(line: &Line) -> bool {
    let action = line.word(1).map_or("", Word::text);
    let answers = |name: &str| line.words.iter().any(|word| word.is(name));
    match line.keyword() {
        "use_backend" | "default_backend" | "redirect" => true,
        "http-request" => {
            matches!(action, "return" | "redirect" | "use-service")
                || matches!(action, "deny" | "reject") && (answers("503") || answers("errorfile"))
        }
        _ => false,
    }
}

/// The 503 page that a section sets, unless it comes with the distribution's list of them.
fn page<'f>(file: &File, section: &'f Section) -> Option<&'f Line> {
    let is_stock = |line: &&Line| {
        let stock = |status: &str| format!("/etc/haproxy/errors/{status}.http");
        line.word(1).zip(line.word(2)).is_some_and(|(status, path)| path.is(&stock(status.text())))
    };
    let stock = section.all("errorfile").filter(is_stock).count() >= 6;
    section.lines.iter().find(|line| {
        let is_503 = |ix: usize| line.word(ix).is_some_and(|word| word.is("503"));
        match line.keyword() {
            "errorfile" => is_503(1) && !(stock && is_stock(line)),
            "errorloc" | "errorloc302" | "errorloc303" => is_503(1),
            "http-error" => line.after("status").is_some_and(|word| word.is("503")),
            "errorfiles" => {
                let listed = line.words.len() < 3 || line.words.iter().any(|word| word.is("503"));
                let name = line.word(1).map_or("", Word::text);
                let own = file.sections.iter().find(|section| {
                    section.kind == "http-errors"
                        && section.name.as_ref().is_some_and(|word| word.is(name))
                });
                listed && own.is_some_and(|own| page(file, own).is_some())
            }
            _ => false,
        }
    })
}

fn report(page: &Line, version: Option<&str>, out: &mut FileFacts) {
    let message = "this 503 page serves for failure and for maintenance alike: no backup server and no maintenance backend";
    let mut problem = Problem::new("no-maintenance-fallback", message, page.span());
    // `http-request return` came with HAProxy 2.2. (Source: its configuration manual.)
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let version = version.map(|version| {
        let mut parts = version.split('.');
        (parts.next().map_or(0, number), parts.next().map_or(0, number))
    });
    problem.help = match version {
        Some(version) if version >= (2, 2) => {
            "answer from the frontend: `http-request return status 503 content-type text/html file maintenance.html if { path,map(/etc/haproxy/maintenance.map) -m found }`, and switch it at run time with `set map`; or add a `backup` server"
        }
        Some(_) => {
            "add a backend without servers whose `errorfile 503` is the maintenance page, and `use_backend maintenance if { nbsrv(site) eq 0 }`; or add a `backup` server (`http-request return` needs 2.2)"
        }
        None => {
            "add a backend that serves a maintenance page, and switch to it by an ACL on a map or variable, or add a `backup` server"
        }
    }
    .into();
    problem.strength = Strength::Likely;
    out.problems.push(problem);
}
