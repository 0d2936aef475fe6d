//! `crosscheck why` and `crosscheck impact`.

use super::options::{Side, World, write_out};
use super::{CLEAN, FINDINGS, Failure};
use crate::config::Config;
use crate::facts::{Entity, Relation};
use crate::graph::Graph;
use crate::graph::naming::{Meaning, meanings, mentions, spelling, suggestions};
use crate::graph::query::{Need, Needs, Thing, is_callable, with_contents};
use crate::report::escape::terminal as escape;
use crate::session::{Role, Snapshot};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

const NAMES: &str = "\
A path (or the end of one), or the name of a class, defined type, role, command, backend and \
so on; KIND:NAME if the name is ambiguous.";

/// Arguments of `why`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck why role::wiki modules/wiki/files/motd
  crosscheck why site.yml roles/base git:HEAD

Exit codes: 0 a chain exists, 1 there is none, 2 no such name, 3 the tree cannot be read")]
pub struct Why {
    /// The thing that needs TO: a path, a class, a role, a command…
    #[arg(long_help = NAMES)]
    from: String,
    /// The thing that is needed
    #[arg(long_help = NAMES)]
    to: String,
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    world: World,
}

/// Arguments of `impact`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck impact shop::payment
  crosscheck impact modules/wiki/templates git:HEAD --format json

Exit codes: 0 answered, 2 no such name, 3 the tree cannot be read")]
pub struct Impact {
    /// The thing to remove: a path, a class, a role, a command…
    #[arg(long_help = NAMES)]
    target: String,
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    world: World,
}

/// Values of `--format` where a command answers one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

/// A tree that is asked.
pub(super) struct Asked {
    /// Its facts.
    pub snapshot: Snapshot,
    /// Its configuration.
    pub config: Config,
}

impl Asked {
    /// Loads the tree, as its configuration says.
    pub fn load(world: &World, spec: &str, role: Role, side: Side) -> Result<Self, Failure> {
        let tree = world.open(spec)?;
        let config = world.config(tree.as_ref())?;
        let tree = world.joined(tree, &config, side)?;
        let session = crate::pipeline::session(&config).map_err(Failure::usage)?;
        let snapshot = world.in_pool(|| session.load(role, tree))?;
        Ok(Self { snapshot, config })
    }

    /// Why the configuration says that `entity` lives elsewhere.
    fn elsewhere(&self, entity: &Entity) -> Option<&str> {
        let own = self.config.provided_elsewhere.iter();
        own.filter(|entry| entry.entity.matches(entity)).map(|entry| entry.reason.as_str()).next()
    }
}

/// That `text` is nothing of the tree, with what may have been meant.
pub(super) fn unknown(graph: &Graph<'_>, text: &str) -> Failure {
    let near: Vec<String> =
        suggestions(graph, text).iter().map(|near| format!("`{near}`")).collect();
    let near = match near.split_last() {
        None => String::new(),
        Some((last, [])) => format!("; did you mean {last}?"),
        Some((last, rest)) => format!("; did you mean {} or {last}?", rest.join(", ")),
    };
    Failure::usage(format!("nothing in the tree is called `{text}`{near}"))
}

/// That `text` may mean several things.
pub(super) fn ambiguous(graph: &Graph<'_>, text: &str, found: &[Meaning]) -> Failure {
    let mut message = format!("`{text}` is the name of several things; write one of them:");
    for own in found {
        let thing = own.things.first();
        let at = thing.map(|thing| graph.snapshot.file(thing.file).entry.path.as_str());
        let at = at.filter(|path| *path != own.entity.name);
        let at = at.map(|path| format!(", in {path}")).unwrap_or_default();
        let noun = own.entity.kind.noun();
        message.push_str(&format!("\n  {}  ({noun}{at})", spelling(own, found)));
    }
    Failure::usage(message)
}

/// What `text` means, which the tree need not have: then with everything that refers to it.
struct Target {
    entity: Entity,
    things: Vec<Thing>,
    outside: Vec<(Thing, Need)>,
}

fn target(graph: &Graph<'_>, text: &str) -> Result<Target, Failure> {
    let mut found = meanings(graph, text);
    if found.len() > 1 {
        return Err(ambiguous(graph, text, &found));
    }
    if let Some(own) = found.pop() {
        return Ok(Target { entity: own.entity, things: own.things, outside: Vec::new() });
    }
    match mentions(graph, text).into_iter().next() {
        Some((entity, outside)) => Ok(Target { entity, things: Vec::new(), outside }),
        None => Err(unknown(graph, text)),
    }
}

/// A thing as an entity: the file itself where nothing in it is meant.
fn entity(graph: &Graph<'_>, thing: Thing) -> Entity {
    let file = graph.snapshot.file(thing.file);
    match thing.provide.and_then(|ix| file.facts.provides.get(ix as usize)) {
        Some(provide) => Entity::new(provide.kind, provide.name.to_string()),
        None => Entity::new(crate::facts::kinds::FILE, file.entry.path.clone()),
    }
}

/// `path:line:column`.
fn place(snapshot: &Snapshot, need: &Need) -> String {
    let (start, _) = snapshot.positions(need.file, need.span);
    format!("{}:{}:{}", snapshot.file(need.file).entry.path, start.line, start.column)
}

/// A need in JSON: the construct and its place.
fn need_json(snapshot: &Snapshot, need: &Need) -> serde_json::Map<String, Value> {
    let (start, _) = snapshot.positions(need.file, need.span);
    let mut out = serde_json::Map::new();
    out.insert("via".into(), need.via.into());
    out.insert("path".into(), snapshot.file(need.file).entry.path.as_str().into());
    out.insert("line".into(), start.line.into());
    out.insert("column".into(), start.column.into());
    out
}

impl Why {
    /// Prints the shortest chain of references; exit code 1 where there is none.
    pub fn run(&self) -> Result<u8, Failure> {
        let asked = Asked::load(&self.world, &self.tree, Role::New, Side::New)?;
        let policy = asked.config.policy();
        let graph = crate::pipeline::graph(&asked.snapshot, &policy);
        let (from, to) = (target(&graph, &self.from)?, target(&graph, &self.to)?);
        let starts = with_contents(&graph, &from.things);
        let needs = Needs::new(&graph);
        // What the tree does not have is needed by what refers to it.
        let goals: Vec<Thing> = match to.outside.as_slice() {
            [] => to.things.clone(),
            outside => outside.iter().map(|(thing, _)| *thing).collect(),
        };
        let chain = needs.why(&starts, &goals).map(|chain| {
            let mut steps: Vec<(Entity, Need, Entity)> = chain
                .into_iter()
                .map(|(from, need, to)| (entity(&graph, from), need, entity(&graph, to)))
                .collect();
            let last = steps.last().map(|(_, _, to)| to.clone());
            let is_last = |thing: &Thing| match &last {
                Some(last) => entity(&graph, *thing) == *last,
                None => starts.contains(thing),
            };
            let step = to.outside.iter().find(|(thing, _)| is_last(thing));
            steps.extend(
                step.map(|(own, need)| (entity(&graph, *own), need.clone(), to.entity.clone())),
            );
            steps
        });
        let found = if chain.is_some() { CLEAN } else { FINDINGS };
        let text = match self.format {
            Format::Human => self.human(&asked, chain.as_deref(), &from, &to),
            Format::Json => {
                let steps = chain.map(|chain| {
                    let step = |(from, need, to): &(Entity, Need, Entity)| {
                        let mut out = need_json(&asked.snapshot, need);
                        out.insert("from".into(), from.to_string().into());
                        out.insert("to".into(), to.to_string().into());
                        Value::Object(out)
                    };
                    chain.iter().map(step).collect::<Vec<_>>()
                });
                let (from, to) = (from.entity.to_string(), to.entity.to_string());
                format!("{:#}\n", json!({"version": 1, "from": from, "to": to, "chain": steps}))
            }
        };
        write_out(text.as_bytes())?;
        Ok(found)
    }

    fn human(
        &self,
        asked: &Asked,
        chain: Option<&[(Entity, Need, Entity)]>,
        from: &Target,
        to: &Target,
    ) -> String {
        let Some(chain) = chain else {
            let (from, to) = (from.entity.spoken(), to.entity.spoken());
            return escape(&format!("{from} does not need {to}\n"));
        };
        let first = chain.first().map_or(&from.entity, |(first, ..)| first);
        let mut text = format!("{}\n", first.spoken());
        for (_, need, target) in chain {
            let place = place(&asked.snapshot, need);
            text.push_str(&format!("  {} → {}  ({place})\n", need.via, target.spoken()));
        }
        if let Some(reason) = asked.elsewhere(&to.entity).filter(|_| to.things.is_empty()) {
            text.push_str(&format!("which lives elsewhere: {reason}\n"));
        }
        escape(&text)
    }
}

impl Impact {
    /// Prints everything that needs the target, nearest first.
    pub fn run(&self) -> Result<u8, Failure> {
        let asked = Asked::load(&self.world, &self.tree, Role::New, Side::New)?;
        let policy = asked.config.policy();
        let graph = crate::pipeline::graph(&asked.snapshot, &policy);
        let target = target(&graph, &self.target)?;
        let needs = Needs::new(&graph);
        let mut reached = needs.impact(&target.things, |_| true);
        if !target.outside.is_empty() {
            let direct: Vec<Thing> = target.outside.iter().map(|(thing, _)| *thing).collect();
            let own = target.outside.iter().map(|(thing, need)| (1, *thing, need.clone()));
            reached = own.collect();
            let further = needs.impact(&direct, |_| true);
            reached.extend(further.into_iter().map(|(at, thing, need)| (at + 1, thing, need)));
        }
        // What merely stands inside something that is listed says nothing more.
        reached.retain(|(_, thing, need)| {
            need.relation != Relation::DefinedIn || is_callable(&graph, *thing)
        });
        let direct = reached.iter().filter(|(distance, ..)| *distance == 1).count();
        let text = match self.format {
            Format::Human => {
                let mut text = String::new();
                for (distance, thing, need) in &reached {
                    let indent = "  ".repeat((*distance).min(8));
                    let what = entity(&graph, *thing).spoken();
                    let place = place(&asked.snapshot, need);
                    text.push_str(&format!("{indent}{what}  {} at {place}\n", need.via));
                }
                let verb = if reached.len() == 1 { "depends" } else { "depend" };
                let what = target.entity.spoken();
                let count = reached.len();
                text.push_str(&format!("{count} {verb} on {what}, {direct} of them directly\n"));
                if target.things.is_empty() {
                    text.push_str(&match asked.elsewhere(&target.entity) {
                        Some(reason) => format!("it lives elsewhere: {reason}\n"),
                        None => "the tree itself does not have it\n".to_owned(),
                    });
                }
                escape(&text)
            }
            Format::Json => {
                let list = reached.iter().map(|(distance, thing, need)| {
                    let mut out = need_json(&asked.snapshot, need);
                    out.insert("entity".into(), entity(&graph, *thing).to_string().into());
                    out.insert("distance".into(), (*distance).into());
                    Value::Object(out)
                });
                let value = json!({
                    "version": 1,
                    "target": target.entity.to_string(),
                    "present": !target.things.is_empty(),
                    "dependents": list.collect::<Vec<_>>(),
                    "summary": {"dependents": reached.len(), "direct": direct},
                });
                format!("{value:#}\n")
            }
        };
        write_out(text.as_bytes())?;
        Ok(CLEAN)
    }
}
