//! The code of an EPP template, read as the statements that Puppet makes of it.
//!
//! (Source: Puppet 7.23, `puppet epp validate`: "Syntax error at …", "This Variable has no
//! effect. A value was produced and then forgotten".)

use crate::facts::{Problem, Span};
use crate::syntax::tags::{self, Sort, Tag};
use bumpalo::Bump;

/// The first place at which Puppet refuses the template.
pub(super) fn wrong(text: &str) -> Option<Problem> {
    let tags = tags::tags(text, &[Sort::Erb]);
    // Comments may stand before the list of parameters.
    let first = tags.iter().position(|tag| !tag.inner.starts_with('#'));
    if let Some(problem) = first.and_then(|ix| head(tags.get(ix)?)) {
        return Some(problem);
    }
    if let Some(problem) = unwritten(text, &tags) {
        return Some(problem);
    }
    let code = statements(text, &tags, first);
    let arena = Bump::new();
    let parsed = crate::syntax::puppet::parse(&code, &arena);
    let error = parsed.errors.first().filter(|_| parsed.too_deep.is_none())?;
    let mut bounds = [error.span.start as usize, error.span.end as usize];
    for at in &mut bounds {
        *at = (*at).min(text.len());
        while !text.is_char_boundary(*at) {
            *at -= 1;
        }
    }
    let span = Span::new(bounds[0], bounds[1]);
    Some(refused("parse-error", error.message.clone(), span, "Puppet refuses the template"))
}

/// The parameters of a tag that is a list of them, without the bars' outsides.
fn list<'t>(tag: &Tag<'t>) -> Option<&'t str> {
    let inner = tag.inner.strip_prefix('-').unwrap_or(tag.inner);
    let inner = inner.strip_suffix('-').unwrap_or(inner).trim();
    inner.strip_prefix('|')
}

/// A list of parameters that ends otherwise than with its bar: `<%| String $a -|%>`.
fn head(tag: &Tag<'_>) -> Option<Problem> {
    let list = list(tag)?;
    let span = Span::new(tag.range.start, tag.range.end);
    let message = match list.strip_suffix('|') {
        None => "the list of parameters is never closed",
        Some(list) if list.trim_end().ends_with('-') => "a `-` before the bar that closes the list",
        Some(_) => return None,
    };
    Some(refused("parse-error", message.into(), span, "write `<%- | … | -%>`"))
}

/// `<% $port -%>`: a value between texts that nothing writes.
fn unwritten(text: &str, tags: &[Tag<'_>]) -> Option<Problem> {
    let plain = |own: &str| {
        own.strip_prefix('$').is_some_and(|name| {
            name.starts_with(|own: char| own.is_ascii_lowercase() || matches!(own, ':' | '_'))
                && name.bytes().all(|own| own.is_ascii_alphanumeric() || b"_:".contains(&own))
        })
    };
    tags.iter().enumerate().find_map(|(ix, tag)| {
        let value = tag.inner.trim_matches(['-', ' ', '\t', '\r', '\n']);
        if !plain(value) {
            return None;
        }
        // The last value of a block or of the template is its own.
        let end = tags.get(ix + 1).map_or(text.len(), |next| next.range.start);
        let after = text.get(tag.range.end..end)?;
        let after = match tag.inner.ends_with('-') {
            true => after.trim_start_matches([' ', '\t', '\r']).trim_start_matches('\n'),
            false => after,
        };
        if after.is_empty() {
            return None;
        }
        let message = format!("the value of `{value}` is written nowhere");
        let help = format!("Puppet refuses the template: write `<%= {value} %>`");
        let span = Span::new(tag.range.start, tag.range.end);
        Some(refused("incompatible-value", message, span, &help))
    })
}

/// The code of all tags at its places, blanks instead of all else. A value that is written is
/// the argument of a call.
fn statements(text: &str, tags: &[Tag<'_>], first: Option<usize>) -> String {
    let mut out = String::with_capacity(text.len());
    let blank = |out: &mut String, from: usize, to: usize| {
        let bytes = text.as_bytes().get(from..to).unwrap_or_default();
        out.extend(bytes.iter().map(|own| if *own == b'\n' { '\n' } else { ' ' }));
    };
    for (ix, tag) in tags.iter().enumerate() {
        let (start, end) = (tag.range.start, tag.range.end);
        let from = out.len();
        blank(&mut out, from, start);
        let is_head = Some(ix) == first && list(tag).is_some();
        let inner = tag.inner;
        if inner.starts_with('#') || is_head {
            blank(&mut out, start, end);
            continue;
        }
        let closes = inner.ends_with('-');
        let inner = inner.strip_suffix('-').unwrap_or(inner);
        match inner.strip_prefix('=') {
            Some(value) => {
                out.push_str(" f(");
                out.push_str(value);
                out.push_str(if closes { "\n);" } else { ");" });
            }
            None => {
                out.push_str("  ");
                let code = inner.strip_prefix('-');
                out.push_str(if code.is_some() { " " } else { "" });
                out.push_str(code.unwrap_or(inner));
                blank(&mut out, end - 2 - usize::from(closes), end);
            }
        }
    }
    let from = out.len();
    blank(&mut out, from, text.len());
    out
}

fn refused(rule: &'static str, message: String, span: Span, help: &str) -> Problem {
    let mut problem = match rule {
        "parse-error" => Problem::new("parse-error", message, span),
        _ => Problem::new("incompatible-value", message, span),
    };
    problem.help = help.into();
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        wrong(text).map(|own| own.message)
    }

    #[test]
    fn what_puppet_takes() {
        for text in [
            "plain",
            "<%- | String $a, Array $b = [], | -%>\n<%= $a %>\n",
            "<%#- why -%>\n<%- | String $a,\n| -%>\n<%= $a %>\n",
            "<%# a comment ' -%>\n<% if $a { -%>\nx <%= $b['c'] -%>\n<% } else { -%>\ny\n<% } -%>\n",
            "<% $a.each |$b| { -%>\n<%= $b %> <%= \"${b}:x\" %>\n<% } -%>\n",
            "<%= $a %>\n<% [1, 2].each |$b| { %><%= $b %>é<% } %>\n",
            "<% $x = $a ? { 1 => 'b', default => 'c' } -%>\n<%= $x %>",
            "<%= $a.map |$b| { $b } -%>\n<% unless $a =~ Undef { -%>x<% } -%>\n",
            "<% include foo -%>\n<%= foo($a) %>",
            "<% if $a { %><% $a %><% } %>",
            "<%= if $a { 'x' } else { 'y' } %> <%% literal %%>",
            "a <%= $b # why\n%> c",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }

    #[test]
    fn what_puppet_refuses() {
        for (text, message) in [
            ("<%| String $a -|%>\nx", "a `-` before the bar that closes the list"),
            ("<%- | String $a -%>\nx", "the list of parameters is never closed"),
            ("a <% $b -%>/24\n", "the value of `$b` is written nowhere"),
            ("<% if $a { -%>\nx\n", "the file ends where `}` was expected"),
        ] {
            assert_eq!(said(text).as_deref(), Some(message), "{text}");
        }
        assert!(said("<%= $a[ %>\n").is_some());
        assert!(said("<% $a.each |$b { -%>\n<% } -%>\n").is_some());
        assert!(said("<% } -%>\n").is_some());
    }
}
