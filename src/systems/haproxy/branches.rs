//! Which lines of a configuration exclude each other: branches of a template's statements,
//! and of HAProxy's own `.if`.

use super::loops::{Dialect, ruby, tags};

/// Where a line stands: for each statement around it, outermost first, which one and which
/// of its branches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Branch(Vec<(u32, u32)>);

impl Branch {
    /// Whether a line here is there whenever one at `other` is.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Whether nothing decides about it.
    pub fn is_always(&self) -> bool {
        self.0.is_empty()
    }
}

/// The branches of a file, by offset.
#[derive(Debug, Default)]
pub(super) struct Branches {
    /// Where a branch begins, in order.
    starts: Vec<(usize, Branch)>,
    /// Statements that do not nest: nothing is known of what excludes what.
    unbalanced: bool,
}

/// Statements inside statements beyond which nothing is known: each offset keeps all around it.
const MAX_DEPTH: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Open,
    Next,
    Close,
}

impl Branches {
    /// Finds the statements of `text`.
    pub fn find(text: &str) -> Self {
        let mut events: Vec<(usize, &'static str, Event)> = Vec::new();
        for tag in tags(text).into_iter().filter(|tag| !tag.output) {
            match tag.dialect {
                Dialect::Ruby => {
                    for line in tag.code.split(['\n', ';']).map(str::trim) {
                        let event = of_ruby(line);
                        events.extend(event.map(|event| (tag.range.end, "<%", event)));
                    }
                }
                Dialect::Jinja => {
                    let event = of_jinja(tag.code);
                    events.extend(event.map(|event| (tag.range.end, "{%", event)));
                }
                Dialect::Go => {
                    let event = of_go(tag.code);
                    events.extend(event.map(|event| (tag.range.end, "{{", event)));
                }
            }
        }
        if memchr::memmem::find(text.as_bytes(), b".if").is_some() {
            let mut offset = 0;
            for line in text.split_inclusive('\n') {
                let event = match line.split_whitespace().next().unwrap_or_default() {
                    ".if" => Some(Event::Open),
                    ".elif" | ".else" => Some(Event::Next),
                    ".endif" => Some(Event::Close),
                    _ => None,
                };
                offset += line.len();
                events.extend(event.map(|event| (offset, ".", event)));
            }
            events.sort_by_key(|(at, ..)| *at);
        }
        let mut found = Self::default();
        let mut kinds: Vec<&'static str> = Vec::new();
        let mut branch = Branch::default();
        let mut next = 0;
        for (at, kind, event) in events {
            if event == Event::Open {
                if kinds.len() >= MAX_DEPTH {
                    found.unbalanced = true;
                    return found;
                }
                kinds.push(kind);
                branch.0.push((next, 0));
                next += 1;
            } else if kinds.last() != Some(&kind) {
                found.unbalanced = true;
                return found;
            } else if event == Event::Next {
                branch.0.iter_mut().last().into_iter().for_each(|(_, branch)| *branch += 1);
            } else {
                kinds.pop();
                branch.0.pop();
            }
            found.starts.push((at, branch.clone()));
        }
        found.unbalanced = !kinds.is_empty();
        found
    }

    /// The branch that the byte at `offset` stands in.
    pub fn at(&self, offset: usize) -> Branch {
        let ix = self.starts.partition_point(|(start, _)| *start <= offset);
        ix.checked_sub(1).map(|ix| self.starts[ix].1.clone()).unwrap_or_default()
    }

    /// Whether it is known which lines exclude each other.
    pub fn are_known(&self) -> bool {
        !self.unbalanced
    }
}

/// A line of Ruby or Puppet code.
fn of_ruby(line: &str) -> Option<Event> {
    let rest = line.trim_start_matches('}').trim_start();
    let word = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if matches!(word, "else" | "elsif" | "when") {
        return Some(Event::Next);
    }
    match ruby(line) {
        (true, true) => Some(Event::Next),
        (true, false) => Some(Event::Close),
        (false, true) => Some(Event::Open),
        (false, false) => None,
    }
}

fn of_jinja(code: &str) -> Option<Event> {
    let word = code.split_whitespace().next().unwrap_or_default();
    let blocks = ["if", "for", "macro", "block", "call", "filter", "with", "raw"];
    match word {
        "else" | "elif" => Some(Event::Next),
        _ if blocks.contains(&word) => Some(Event::Open),
        _ => word.strip_prefix("end").filter(|word| blocks.contains(word)).map(|_| Event::Close),
    }
}

fn of_go(code: &str) -> Option<Event> {
    match code.split_whitespace().next()? {
        "if" | "range" | "with" | "define" | "block" => Some(Event::Open),
        "else" => Some(Event::Next),
        "end" => Some(Event::Close),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branches(text: &str) -> Branches {
        let found = Branches::find(text);
        assert!(found.are_known(), "{text}");
        found
    }

    #[test]
    fn alternatives_exclude_each_other_in_every_dialect() {
        for text in [
            "0<% if @x %>1<% else %>2<% end %>3",
            "0<% if $x { %>1<% } else { %>2<% } %>3",
            "0{% if x %}1{% else %}2{% endif %}3",
            "0{{- if .x }}1{{ else }}2{{ end -}}3",
            "0\n.if defined(X)\n1\n.else\n2\n.endif\n3",
            "0<% case @x\n when 1 %>1<% when 2 %>2<% end %>3",
        ] {
            let found = branches(text);
            let at = |digit: char| found.at(text.rfind(digit).expect("there"));
            let (first, second) = (at('1'), at('2'));
            let second = if text.contains("when 2") {
                found.at(text.find(">2").expect("there") + 1)
            } else {
                second
            };
            assert!(!first.covers(&second) && !second.covers(&first), "{text}");
            assert!(at('3').is_always() && at('3').covers(&first), "{text}");
        }
    }

    #[test]
    fn what_does_not_nest_is_not_judged() {
        assert!(branches("{{ end_date }}{{ range | x }}{{ block.x }}").at(30).is_always());
        for text in ["{% if x %}a", "<% end %>", "<% if @x %>{% endif %}<% end %>"] {
            assert!(!Branches::find(text).are_known(), "{text}");
        }
    }
}
