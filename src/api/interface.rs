//! What something takes, who calls it, and whether a change of it breaks them.

use super::{Analysis, Error, names};
use crate::compat;
use crate::facts::{self, Call, Entity, Kind, Property, Ref, Span, as_text, kinds};
use crate::graph::Graph;
use crate::graph::naming::{Meaning, meanings};
use crate::loader::{FileIx, Snapshot};
use crate::pipeline;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use smol_str::SmolStr;

pub use crate::compat::Verdict;

/// What something takes, and who calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InterfaceReport {
    /// Version of this format: 1.
    pub version: u32,
    /// What it is.
    #[serde(serialize_with = "as_text")]
    pub entity: Entity,
    /// The file that declares it.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// What it takes.
    pub interface: Interface,
    /// Every call of it in the tree, in path order.
    pub callers: Vec<Caller>,
    /// How it differs from the one before the change.
    #[serde(rename = "against", skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// What something takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Interface {
    /// Whether it may take more than its source shows.
    pub open: bool,
    /// Parameters, flags and arguments.
    pub parameters: Vec<Parameter>,
    /// Environment variables that it reads.
    pub environment: Vec<Parameter>,
    /// Its sub-commands by name.
    #[serde(serialize_with = "as_map")]
    pub commands: Vec<(String, Interface)>,
}

/// A parameter, a flag, an argument or a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Whether its position tells it from others, not its name.
    pub positional: bool,
    /// Whether it has to be given.
    pub required: bool,
    /// How many values it takes, where that is known.
    pub values: Option<Count>,
    /// The values that it takes, where they are listed.
    pub choices: Vec<String>,
    /// Its type as it is written; may be empty.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its default as it is written; may be empty.
    pub default: String,
    /// The line that declares it, from 1.
    pub line: u32,
}

/// How many values a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// At least.
    pub min: u16,
    /// At most; none where there is no bound.
    pub max: Option<u16>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Caller {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The construct that calls.
    pub via: String,
    /// What it passes, as it is written.
    pub passes: String,
    /// Whether it may pass more than its text shows.
    pub open: bool,
    /// Environment variables that it sets. Their values may be secrets, and are not told.
    pub sets: Vec<String>,
}

/// Whether callers of one version fit the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The worst of the changes.
    pub verdict: Verdict,
    /// Every difference.
    pub changes: Vec<Change>,
}

/// One difference between two versions of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The parameter; empty for the interface as a whole.
    pub parameter: String,
    /// What changed, one clause.
    pub what: String,
    /// How far it reaches.
    pub verdict: Verdict,
}

fn as_map<S: Serializer>(
    commands: &[(String, Interface)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(commands.len()))?;
    for (name, interface) in commands {
        map.serialize_entry(name, interface)?;
    }
    map.end()
}

impl Analysis {
    /// What `name` takes and who calls it; of a change, also whether it breaks callers. `name` is
    /// a command, a class, a defined type, a role or the path of a script; `KIND:NAME` if the
    /// name is ambiguous.
    ///
    /// # Errors
    /// [`Error::Name`] where nothing of that name takes arguments, or several things do.
    ///
    /// ```
    /// use crosscheck::interface::Verdict;
    /// use crosscheck::{Analysis, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let (old, new) = (Tree::open("fixtures/library/old")?, Tree::open("fixtures/library/new")?);
    /// let report = Analysis::new(new, &Options::new())?.against(old)?.interface("web")?;
    /// assert_eq!(report.interface.parameters[1].name, "port");
    /// assert_eq!(report.callers[0].passes, "host => a.example.org");
    /// let verdict = report.comparison.map(|comparison| comparison.verdict);
    /// assert_eq!(verdict, Some(Verdict::Breaking));
    /// # Ok(())
    /// # }
    /// ```
    pub fn interface(&self, name: &str) -> Result<InterfaceReport, Error> {
        let world = self.whole_world()?;
        let policy = self.config.policy();
        self.run(|| {
            let new = pipeline::graph(&world.new, &policy);
            let old = world.before().map(|(old, judged)| pipeline::graph(old, &judged.policy));
            let found = find(&new, name)?;
            let before = old.as_ref().map(|graph| find(graph, name)).transpose()?.flatten();
            let Some((file, interface)) = found else {
                return Err(match before {
                    Some(_) => Error::Name(format!(
                        "`{name}` is gone from {}: every caller breaks",
                        self.tree().label()
                    )),
                    None => without(&new, name),
                });
            };
            let comparison = old.as_ref().map(|_| {
                comparison(before.map(|(_, old)| compat::changes(old, interface)).as_deref())
            });
            Ok(InterfaceReport {
                version: 1,
                entity: interface.entity.clone(),
                path: world.new.file(file).entry.path.to_string(),
                line: line(&world.new, file, interface.span),
                interface: shown(interface, &|span| line(&world.new, file, span)),
                callers: callers(&new, interface),
                comparison,
            })
        })
    }
}

/// Kinds that a bare name may be of: commands before all others.
fn callable() -> impl Iterator<Item = Kind> {
    let others = Kind::named_alone().into_iter().filter(|kind| kind.has(Property::CALLABLE));
    [kinds::COMMAND, kinds::DEPLOYED_PATH].into_iter().chain(others)
}

/// That the name is nothing, or nothing that takes arguments.
fn without(graph: &Graph<'_>, name: &str) -> Error {
    match meanings(graph, name).as_slice() {
        [] => names::unknown(graph, name),
        [one, ..] => Error::Name(format!(
            "no parameters or flags of {} are known: its text shows none",
            one.entity.spoken()
        )),
    }
}

type Found<'s> = (FileIx, &'s facts::Interface);

/// The interface that `name` means; an error where several are called so.
fn find<'s>(graph: &Graph<'s>, name: &str) -> Result<Option<Found<'s>>, Error> {
    let mut found: Vec<(Meaning, Found<'s>)> = Vec::new();
    let mut meant = meanings(graph, name);
    // A folder of a role means the role.
    for (kind, holder) in Kind::known().filter_map(|kind| Some((kind, kind.holder()?))) {
        let inside = name.trim_end_matches('/').rsplit_once(&format!("{holder}/"));
        if let Some((_, role)) = inside.filter(|(_, role)| !role.contains('/')) {
            meant.extend(meanings(graph, &format!("{kind}:{role}")));
        }
    }
    for meaning in meant {
        let entity = &meaning.entity;
        let mut targets = vec![Ref::exact(entity.kind, entity.name.clone())];
        if entity.kind == kinds::FILE && name.starts_with('/') {
            targets.push(Ref::exact(kinds::DEPLOYED_PATH, name));
        }
        let callee = graph.callees(&call_of(targets)).into_iter().next();
        let Some(callee) = callee else { continue };
        if !found.iter().any(|(_, other)| other.1.entity == callee.1.entity) {
            found.push((meaning, callee));
        }
    }
    // Where a command is known by its name alone, the resolver knows where it may stand.
    if found.is_empty() {
        let bare = callable().map(|kind| Ref::exact(kind, name)).collect();
        return Ok(graph.callees(&call_of(bare)).into_iter().next());
    }
    if found.len() > 1 {
        let all: Vec<Meaning> = found.into_iter().map(|(meaning, _)| meaning).collect();
        return Err(names::ambiguous(graph, name, &all));
    }
    Ok(found.pop().map(|(_, callee)| callee))
}

fn call_of(any_of: Vec<Ref>) -> Call {
    Call { open: true, ..Call::new(any_of.into(), Span::default(), "") }
}

fn line(snapshot: &Snapshot, file: FileIx, span: Span) -> u32 {
    snapshot.positions(file, span).0.line
}

/// Every call of the interface, in path order.
fn callers(graph: &Graph<'_>, interface: &facts::Interface) -> Vec<Caller> {
    let snapshot = graph.snapshot;
    let files = snapshot.files.iter().enumerate();
    let calls =
        files.flat_map(|(ix, file)| file.facts.calls.iter().map(move |call| (ix as FileIx, call)));
    calls
        .filter(|(_, call)| {
            let is_it = |(_, callee): &Found<'_>| callee.entity == interface.entity;
            graph.callees(call).iter().any(is_it)
        })
        .map(|(file, call)| Caller {
            path: snapshot.file(file).entry.path.to_string(),
            line: line(snapshot, file, call.span),
            via: call.via.to_string(),
            passes: passed(call),
            open: call.open,
            sets: sets(call).into_iter().map(str::to_owned).collect(),
        })
        .collect()
}

fn sets(call: &Call) -> Vec<&str> {
    let environment = call.environment.iter().flat_map(|own| &own.set);
    environment.map(|variable| variable.name.as_str()).collect()
}

/// What a call passes, as it is written.
fn passed(call: &Call) -> String {
    let set = sets(call).into_iter().map(|name| format!("{name}=…"));
    let args = call.args.iter().map(|arg| match &arg.value {
        Some(value) => format!("{} => {value}", arg.name),
        None => arg.name.to_string(),
    });
    let words = call.words.iter().map(|word| word.text.to_string());
    let mut all: Vec<String> = set.chain(args).chain(words).collect();
    if call.open {
        all.push("…".into());
    }
    all.join(if call.words.is_empty() { ", " } else { " " })
}

fn comparison(changes: Option<&[compat::Change]>) -> Comparison {
    let changes = changes.unwrap_or_default();
    let shown = |change: &compat::Change| Change {
        parameter: change.parameter.to_string(),
        what: change.what.clone(),
        verdict: change.verdict,
    };
    Comparison { verdict: compat::verdict(changes), changes: changes.iter().map(shown).collect() }
}

fn shown(interface: &facts::Interface, line: &impl Fn(Span) -> u32) -> Interface {
    let texts = |all: &[SmolStr]| all.iter().map(ToString::to_string).collect();
    let parameter = |param: &facts::Param| Parameter {
        name: param.name.to_string(),
        aliases: texts(&param.aliases),
        positional: param.positional,
        required: param.required,
        values: param.values.map(|values| Count { min: values.min, max: values.max }),
        choices: texts(&param.choices),
        ty: param.ty.to_string(),
        default: param.default.to_string(),
        line: line(param.span),
    };
    let commands = interface.command.iter().flat_map(|command| &command.subcommands);
    Interface {
        open: interface.open,
        parameters: interface.params.iter().map(parameter).collect(),
        environment: interface.environment.iter().map(parameter).collect(),
        commands: commands.map(|(name, inner)| (name.to_string(), shown(inner, line))).collect(),
    }
}
