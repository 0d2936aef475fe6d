//! Puppet manifests: classes, defined types, resources, references, calls.
//!
//! What is emitted, by construct, stands in `docs/architecture.md`; in short: every
//! definition is a provided entity with an interface, every declaration a requirement
//! and a call, every `puppet:///` source, `template()` and `file()` a requirement of a
//! module file, every resource title a provided resource.

mod arithmetic;
mod attributes;
mod augeas;
mod autoload;
mod bare;
mod beside;
mod blocks;
mod boxen;
mod branches;
mod builtin;
mod calls;
mod checks;
mod commands;
mod crons;
mod data;
mod definitions;
mod duplicates;
mod early;
mod epp;
mod every_scope;
mod execs;
mod expressions;
mod external_facts;
mod files;
mod guards;
mod handed;
mod hiera;
mod hierarchy;
mod hosts;
mod listed;
mod made;
mod modes;
mod monitors;
mod names;
mod nodes;
mod puppetfile;
mod reads;
mod resources;
mod restarts;
mod ruby;
mod scopes;
mod settings;
mod shapes;
mod singles;
mod slips;
mod slips_of_ruby;
mod surroundings;
mod template;
mod text;
mod unbraced;
mod walk;
mod words;

pub use external_facts::ExternalFacts;
pub use surroundings::Surroundings;
use text::variable;

use crate::check::Check;
use crate::extract::{self, Extractor, Settings, Source, Told};
use crate::extract::{Layout, Names, inside};
use crate::facts::{FileFacts, Problem, Span, Strength, is_handed_out, kinds};
use crate::graph::Graph;
use crate::syntax::puppet::{EARLY_LAMBDA, SyntaxError, TRAILING, TWICE_DEFAULT};
use crate::systems::System;
use crate::tree::Tree;

/// Puppet, with Hiera, templates and Ruby functions.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "puppet"
    }

    fn settings(&self, tree: &dyn Tree, told: &mut Told) {
        settings::settings(tree, told);
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[
            &Puppet,
            &Surroundings,
            &ExternalFacts,
            &hiera::Hiera,
            &hierarchy::Hierarchy,
            &ruby::Ruby,
            &template::Templates,
            &template::Unnamed,
            &handed::Handed,
        ]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        autoload::install(graph);
        names::install(graph);
        data::install(graph);
        graph.add_templates(Box::new(scopes::Scopes));
        graph.add_view::<checks::Above>();
        graph.add_view::<checks::Reach>();
        graph.add_singles(Box::new(singles::Resources));
        graph.add_inventory(Box::new(hosts::Nodes));
    }

    fn checks(&self) -> &'static [Check] {
        &[
            checks::attributes,
            checks::functions,
            checks::hiera,
            checks::keys,
            checks::old_sources,
            checks::levels,
            checks::early,
            checks::modes,
            checks::locked,
            checks::lookups,
            checks::templates,
            checks::ordered,
            checks::resources,
            checks::bare,
            checks::together,
            checks::repeated,
            checks::execs,
            checks::facts,
            checks::folders,
            checks::copied,
            checks::slipped,
            checks::misnamed,
            checks::namesakes,
            checks::lone_types,
            checks::misfiled,
            checks::near,
            checks::outside,
            checks::endings,
            checks::created,
            checks::unread,
            checks::values,
        ]
    }
}

/// Extracts from `.pp` manifests.
pub struct Puppet;

impl Extractor for Puppet {
    fn system(&self) -> &'static str {
        "puppet"
    }

    fn claims(&self, path: &str) -> bool {
        // What renders a manifest is a template, whatever its name; Puppet reads no manifest
        // from a folder of data. A module may be called so.
        let is_data = || {
            let mut rest = path.split('/').skip_while(|folder| *folder != "hieradata").skip(1);
            rest.next().is_some_and(|next| next != "manifests")
        };
        // Below `lib/` of a module lies Ruby, whatever it is called.
        path.ends_with(".pp") && !in_templates(path) && !is_data() && !path.contains("/lib/puppet/")
    }

    /// SELinux policy packages share the ending; theirs is a binary format.
    fn accepts(&self, bytes: &[u8]) -> bool {
        // Beaker runs tests in Ruby under this ending.
        !extract::is_packed(bytes) && !bytes.starts_with(b"require 'spec_helper")
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let arena = bumpalo::Bump::with_capacity(source.text.len() * 12);
        // Old trees run on old Puppets.
        let parsed = match settings.layout.names {
            Names::Relative => crate::syntax::puppet::parse(source.text, &arena),
            Names::Absolute => crate::syntax::puppet::parse_strictly(source.text, &arena),
        };
        if !is_template(source) {
            errors(source, &parsed.errors, parsed.certain, out);
        }
        if parsed.errors.is_empty() {
            refused(source, settings, &parsed.legacy, out);
        }
        if let Some(span) = parsed.orchestration {
            let message = "application orchestration, of Puppet 4 to 6, is not read";
            let mut problem = Problem::new("unsupported-syntax", message, span);
            problem.strength = Strength::Guarded;
            out.problems.push(problem);
        }
        if let Some(span) = parsed.too_deep {
            let message = "nested too deeply; this part was not read";
            out.problems.push(Problem::new("limit-reached", message, span));
        }
        // What hosts are given as a file is no part of this tree's catalogues.
        if !is_handed_out(source.path) {
            addresses(source.text, out);
            walk::Walk::new(source, settings, out).file(parsed.body);
            wait(&parsed.torn, out);
            by_hand(source.path, out);
        }
    }
}

/// Notes what does not parse: what is certain, and how much else there is.
fn errors(source: &Source<'_>, all: &[SyntaxError], certain: usize, out: &mut FileFacts) {
    let more = all.len() - certain;
    for (ix, error) in all.iter().take(certain).enumerate() {
        let mut problem = Problem::new("parse-error", error.message.clone(), error.span);
        if more > 0 && ix + 1 == certain {
            problem.help =
                format!("the parser found {more} more in this file; the rest of it was read");
        }
        // What no catalogue is made of only happens to end so.
        if is_handed_out(source.path) || is_skeleton(source.text) {
            problem.strength = Strength::Likely;
        }
        out.problems.push(problem);
    }
}

/// What a resource asks for that does not parse is no finding of its own: the comma comes first.
fn wait(torn: &[Span], out: &mut FileFacts) {
    let is_torn = |own: Span| torn.iter().any(|all| all.start <= own.start && own.end <= all.end);
    if torn.is_empty() {
        return;
    }
    for require in out.requires.iter_mut().filter(|own| is_torn(own.span)) {
        require.strength = Strength::Guarded;
    }
    out.calls.iter_mut().filter(|own| is_torn(own.span)).for_each(|own| own.open = true);
}

/// A manifest at the tree's root that is no main one is applied by hand, as `puppet apply
/// bootstrap.pp` before there is an environment: modules may lie on that machine alone.
fn by_hand(path: &str, out: &mut FileFacts) {
    if path.contains('/') || autoload::ENTRIES.contains(&path) {
        return;
    }
    for require in out.requires.iter_mut().filter(|own| own.strength == Strength::Certain) {
        let kind = require.any_of.first().map(|target| target.kind);
        if kind.is_some_and(|kind| [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE].contains(&kind)) {
            require.strength = Strength::Likely;
        }
    }
}

/// Notes addresses that nothing can reach as they are written.
fn addresses(text: &str, out: &mut FileFacts) {
    for span in crate::domain::urls::bad_ports(text) {
        let address = text.get(span.range()).unwrap_or_default();
        let message = format!("the port of `{address}` is no number");
        let mut problem = Problem::new("incompatible-value", message, span);
        problem.help =
            "what stands between the colon and the next slash is taken for a port".into();
        out.problems.push(problem);
    }
}

/// Notes what Puppet 4 and later refuse of a manifest that Puppet 3 takes: the first place.
fn refused(source: &Source<'_>, settings: &Settings, all: &[SyntaxError], out: &mut FileFacts) {
    // Application orchestration, which is not read.
    let is_mapping = |own: &&SyntaxError| {
        let text = source.text.get(own.span.range()).unwrap_or_default();
        matches!(text, "produces" | "consumes")
    };
    if all.iter().any(|own| is_mapping(&own)) {
        return;
    }
    // Of what old Puppets take, a parameter among others that lacks its sign is a slip.
    let is_slip = |own: &&SyntaxError| own.message == "a parameter without `$`";
    if let Some(own) = all.iter().find(|own| is_bare_class(source.text, own)) {
        let mut problem = Problem::new("parse-error", "a name alone says nothing", own.span);
        problem.help = "Puppet refuses the manifest: an `include` is missing before it".into();
        return out.problems.push(problem);
    }
    if let Some(own) = all.iter().find(|own| is_bare_reference(source.text, own)) {
        // No grammar of Puppet has it.
        let mut problem = Problem::new("parse-error", "a reference alone says nothing", own.span);
        problem.help = "an arrow to what follows is missing, or the line is one too many".into();
        return out.problems.push(problem);
    }
    // No grammar of Puppet takes it.
    let quoted = all.iter().find(|own| own.message == "a quoted name for a definition");
    let parted = all.iter().find(|own| own.message == TRAILING);
    let early = all.iter().find(|own| own.message == EARLY_LAMBDA);
    let (first, strength) = match settings.layout.names {
        Names::Absolute => (all.first(), Strength::Certain),
        Names::Relative if quoted.is_some() => (quoted, Strength::Certain),
        Names::Relative if parted.is_some() => (parted, Strength::Certain),
        Names::Relative if early.is_some() => (early, Strength::Likely),
        Names::Relative if all.iter().filter(is_slip).count() > 1 => return,
        Names::Relative => (all.iter().find(is_slip), Strength::Likely),
    };
    let Some(first) = first else { return };
    // In a plan, `apply` has the top of a manifest inside.
    let is_plan = source.path.split('/').rev().nth(1) == Some("plans");
    if is_handed_out(source.path)
        || is_plan
        || is_skeleton(source.text)
        || settings.layout.is_nested(source.path)
    {
        return;
    }
    // (Source: PUP-978.)
    let since = if first.message == TWICE_DEFAULT { 5 } else { 4 };
    let message = format!("Puppet {since} and later refuse this manifest: {}", first.message);
    let mut problem = Problem::new("removed-directive", message, first.span);
    problem.strength = strength;
    if all.len() > 1 {
        problem.help = format!("{} more of the kind in this file", all.len() - 1);
    }
    out.problems.push(problem);
}

/// Whether what has no effect is the full name of a class, alone on its line: `backup::server`.
fn is_bare_class(text: &str, own: &SyntaxError) -> bool {
    let written = text.get(own.span.range()).unwrap_or_default();
    let (start, end) = (own.span.start as usize, own.span.end as usize);
    let before = text.get(..start).and_then(|own| own.rsplit('\n').next()).unwrap_or("x");
    let after = text.get(end..).and_then(|own| own.lines().next()).unwrap_or_default().trim();
    let is_word = |own: &str| {
        own.starts_with(|first: char| first.is_ascii_lowercase())
            && own.bytes().all(|own| own.is_ascii_alphanumeric() || own == b'_')
    };
    is_idle(own)
        && written.contains("::")
        && written.split("::").all(is_word)
        && before.trim().is_empty()
        && (after.is_empty() || after.starts_with('#'))
}

fn is_idle(own: &SyntaxError) -> bool {
    matches!(
        own.message.as_str(),
        "this expression has no effect"
            | "this value is not used; a definition must not end in one"
    )
}

/// Whether what has no effect is a reference, or the name of a type: `Class['a']`, `Package`.
fn is_bare_reference(text: &str, own: &SyntaxError) -> bool {
    let written = text.get(own.span.range()).unwrap_or_default();
    let is_type = written.starts_with(|first: char| first.is_ascii_uppercase());
    let is_word = |own: u8| own.is_ascii_alphanumeric() || matches!(own, b'_' | b':');
    is_idle(own)
        && is_type
        && (written.ends_with(']') && written.contains(['\'', '"', '$'])
            || written.bytes().all(is_word))
}

/// Whether a path lies in a module's `templates/`.
fn in_templates(path: &str) -> bool {
    path.contains("/templates/")
        && Layout::default()
            .module_dir(path)
            .is_some_and(|dir| inside(dir, path).is_some_and(|rest| rest.starts_with("templates/")))
}

/// Whether it is to be copied, its names filled in: `class MODULE_NAME::config`. No class of
/// Puppet's is called so.
fn is_skeleton(text: &str) -> bool {
    text.lines().any(|line| {
        let name = ["class ", "define "].iter().find_map(|word| line.strip_prefix(word));
        // `class software::<name> {`
        if name.is_some_and(|name| name.split([' ', '(']).next().unwrap_or_default().contains('<'))
        {
            return true;
        }
        let name = name.and_then(|name| name.split([':', ' ', '(', '{']).next());
        let is_capital =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        name.is_some_and(|name| name.len() > 3 && name.bytes().all(is_capital))
    })
}

/// Whether it is a template that produces a manifest.
fn is_template(source: &Source<'_>) -> bool {
    is_handed_out(source.path) && source.text.contains("<%")
}
