//! `crosscheck interface`: what something takes, who calls it, and whether a change of it
//! breaks them.

use super::options::{Side, World, write_out};
use super::query::{Asked, Format, ambiguous, unknown};
use super::{CLEAN, FINDINGS, Failure};
use crate::compat::{Change, Verdict, changes, verdict};
use crate::facts::{Call, Interface, Kind, Param, Property, Ref, Span, kinds};
use crate::graph::Graph;
use crate::graph::naming::{Meaning, meanings};
use crate::session::{FileIx, Role, Snapshot};
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `interface`.
#[derive(Args)]
#[command(after_help = "Examples:
  crosscheck interface shop::payment
  crosscheck interface bin/deploy git:HEAD --against git:HEAD~1

Exit codes: 0 shown, 1 the change breaks callers, 2 no such interface, 3 the tree cannot be read")]
pub struct Show {
    /// A command, a class, a defined type, a role or the path of a script; KIND:NAME if the
    /// name is ambiguous
    name: String,
    /// The tree: a folder, an archive or git:REV
    #[arg(default_value = ".")]
    tree: String,
    /// The tree before the change: report whether callers of one version work with the other;
    /// exit with 1 if not
    #[arg(long, value_name = "TREE")]
    against: Option<String>,
    /// Report format
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    world: World,
}

/// Kinds that a bare name may be of: commands before all others.
fn callable() -> impl Iterator<Item = Kind> {
    let others = Kind::named_alone().into_iter().filter(|own| own.has(Property::CALLABLE));
    [kinds::COMMAND, kinds::DEPLOYED_PATH].into_iter().chain(others)
}

impl Show {
    /// Prints the interface.
    pub fn run(&self) -> Result<u8, Failure> {
        let load = |spec: &str, role, side| Asked::load(&self.world, spec, role, side);
        let new = load(&self.tree, Role::New, Side::New)?;
        let old = self.against.as_deref().map(|spec| load(spec, Role::Old, Side::Old));
        let old = old.transpose()?;
        let policy = new.config.policy();
        let new_graph = crate::pipeline::graph(&new.snapshot, &policy);
        let old_graph = old.as_ref().map(|old| crate::pipeline::graph(&old.snapshot, &policy));
        let found = find(&new_graph, &self.name)?;
        let before = old_graph.as_ref().map(|graph| find(graph, &self.name)).transpose()?.flatten();
        let Some((file, interface)) = found else {
            return Err(match before {
                Some(_) => Failure::usage(format!(
                    "`{}` is gone from {}: every caller breaks",
                    self.name, self.tree
                )),
                None => self.without(&new_graph),
            });
        };
        let callers = callers(&new_graph, interface);
        let compared = old_graph.as_ref().map(|_| match before {
            Some((_, old)) => changes(old, interface),
            None => Vec::new(),
        });
        let text = match self.format {
            Format::Human => human(&new.snapshot, file, interface, &callers, compared.as_deref()),
            Format::Json => {
                let value = to_json(&new.snapshot, file, interface, &callers, compared.as_deref());
                format!("{value:#}\n")
            }
        };
        write_out(text.as_bytes())?;
        let breaks = compared.is_some_and(|changes| verdict(&changes) == Verdict::Breaking);
        Ok(if breaks { FINDINGS } else { CLEAN })
    }

    /// That the name is nothing, or nothing that takes arguments.
    fn without(&self, graph: &Graph<'_>) -> Failure {
        match meanings(graph, &self.name).as_slice() {
            [] => unknown(graph, &self.name),
            [one, ..] => Failure::usage(format!(
                "no parameters or flags of {} are known: its text shows none",
                one.entity.spoken()
            )),
        }
    }
}

type Found<'s> = (FileIx, &'s Interface);

/// The interface that `name` means; an error where several are called so.
fn find<'s>(graph: &Graph<'s>, name: &str) -> Result<Option<Found<'s>>, Failure> {
    let mut found: Vec<(Meaning, Found<'s>)> = Vec::new();
    let mut meant = meanings(graph, name);
    // A folder of a role means the role.
    for (kind, holder) in Kind::known().filter_map(|own| Some((own, own.holder()?))) {
        let inside = name.trim_end_matches('/').rsplit_once(&format!("{holder}/"));
        if let Some((_, own)) = inside.filter(|(_, own)| !own.contains('/')) {
            meant.extend(meanings(graph, &format!("{kind}:{own}")));
        }
    }
    for own in meant {
        let mut targets = vec![Ref::exact(own.entity.kind, own.entity.name.clone())];
        if own.entity.kind == kinds::FILE && name.starts_with('/') {
            targets.push(Ref::exact(kinds::DEPLOYED_PATH, name));
        }
        let callee = graph.callees(&call_of(targets)).into_iter().next();
        let Some(callee) = callee else { continue };
        if !found.iter().any(|(_, other)| other.1.entity == callee.1.entity) {
            found.push((own, callee));
        }
    }
    // Where a command is known by its name alone, the resolver knows where it may stand.
    if found.is_empty() {
        let bare = callable().map(|kind| Ref::exact(kind, name)).collect();
        return Ok(graph.callees(&call_of(bare)).into_iter().next());
    }
    if found.len() > 1 {
        let all: Vec<Meaning> = found.into_iter().map(|(own, _)| own).collect();
        return Err(ambiguous(graph, name, &all));
    }
    Ok(found.pop().map(|(_, callee)| callee))
}

fn call_of(any_of: Vec<Ref>) -> Call {
    Call { open: true, ..Call::new(any_of.into(), Span::default(), "") }
}

/// Every call of the interface, in path order.
fn callers<'s>(graph: &Graph<'s>, interface: &Interface) -> Vec<(FileIx, &'s Call)> {
    let files = graph.snapshot.files.iter().enumerate();
    let calls =
        files.flat_map(|(ix, file)| file.facts.calls.iter().map(move |call| (ix as FileIx, call)));
    calls
        .filter(|(_, call)| {
            let own = |(_, own): &(FileIx, &Interface)| own.entity == interface.entity;
            graph.callees(call).iter().any(own)
        })
        .collect()
}

/// `path:line`.
fn place(snapshot: &Snapshot, file: FileIx, span: Span) -> String {
    let (start, _) = snapshot.positions(file, span);
    format!("{}:{}", snapshot.file(file).entry.path, start.line)
}

/// Environment variables that a call sets. Their values may be secrets.
fn sets(call: &Call) -> Vec<&str> {
    call.environment.iter().flat_map(|own| &own.set).map(|own| own.name.as_str()).collect()
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

/// How many values, in words.
fn values(param: &Param) -> String {
    match param.values.map(|values| (values.min, values.max)) {
        None if param.ty.is_empty() => "—".into(),
        None => param.ty.to_string(),
        Some((0, Some(0))) => "switch".into(),
        Some((1, Some(1))) => "value".into(),
        Some((0, Some(1))) => "[value]".into(),
        Some((min, None)) => format!("{min}+ values"),
        Some((min, Some(max))) if min == max => format!("{min} values"),
        Some((min, Some(max))) => format!("{min}–{max} values"),
    }
}

fn human(
    snapshot: &Snapshot,
    file: FileIx,
    interface: &Interface,
    callers: &[(FileIx, &Call)],
    compared: Option<&[Change]>,
) -> String {
    let at = place(snapshot, file, interface.span);
    let mut out = match interface.entity.kind == kinds::FILE {
        true => format!("{at}\n"),
        false => format!("{}  {at}\n", interface.entity.spoken()),
    };
    table(interface, "", &mut out);
    if !interface.environment.is_empty() {
        out.push_str("  environment\n");
        rows(&interface.environment, "    ", &mut out);
    }
    if interface.open {
        out.push_str("  … and arguments that its source does not show\n");
    }
    match callers {
        [] => out.push_str("\nno callers in this tree\n"),
        callers => {
            out.push_str(&format!("\ncallers ({}):\n", callers.len()));
            for (file, call) in callers {
                let place = place(snapshot, *file, call.span);
                out.push_str(&format!("  {place}  {}: {}\n", call.via, passed(call)));
            }
        }
    }
    if let Some(changes) = compared {
        let said = match verdict(changes) {
            Verdict::Compatible => "compatible",
            Verdict::CompatibleForCallers => "compatible for callers",
            Verdict::Breaking => "breaking",
        };
        out.push_str(&format!("\nagainst the old tree: {said}\n"));
        for change in changes {
            let mark = if change.verdict == Verdict::Breaking { "!" } else { " " };
            out.push_str(&format!("  {mark} {}: {}\n", change.parameter, change.what));
        }
    }
    crate::report::escape::terminal(&out)
}

fn table(interface: &Interface, command: &str, out: &mut String) {
    if !command.is_empty() {
        out.push_str(&format!("  {command}\n"));
    }
    rows(&interface.params, "  ", out);
    for (name, inner) in interface.command.iter().flat_map(|own| &own.subcommands) {
        table(inner, format!("{command} {name}").trim(), out);
    }
}

fn rows(params: &[Param], indent: &str, out: &mut String) {
    let rows: Vec<[String; 4]> = params
        .iter()
        .map(|param| {
            let mut names = vec![param.name.to_string()];
            names.extend(param.aliases.iter().map(|alias| alias.to_string()));
            let limits = match (param.choices.is_empty(), param.default.is_empty()) {
                (false, _) => param.choices.join(" | "),
                (true, false) => format!("default {}", param.default),
                (true, true) => String::new(),
            };
            let required = if param.required { "required" } else { "" };
            [names.join(", "), required.into(), values(param), limits]
        })
        .collect();
    let width = |ix: usize| rows.iter().map(|row| row[ix].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for [name, required, values, limits] in &rows {
        let line = format!(
            "{indent}{name:<0$}  {required:<1$}  {values:<2$}  {limits}",
            widths[0], widths[1], widths[2]
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn to_json(
    snapshot: &Snapshot,
    file: FileIx,
    interface: &Interface,
    callers: &[(FileIx, &Call)],
    compared: Option<&[Change]>,
) -> Value {
    let line = |file, span| snapshot.positions(file, span).0.line;
    let callers: Vec<Value> = callers
        .iter()
        .map(|(file, call)| {
            json!({
                "path": snapshot.file(*file).entry.path.as_str(),
                "line": line(*file, call.span),
                "via": call.via,
                "passes": passed(call),
                "open": call.open,
                "sets": sets(call),
            })
        })
        .collect();
    let mut out = json!({
        "version": 1,
        "entity": interface.entity.to_string(),
        "path": snapshot.file(file).entry.path.as_str(),
        "line": line(file, interface.span),
        "interface": interface_json(interface, &|span| line(file, span)),
        "callers": callers,
    });
    if let Some(changes) = compared {
        let list: Vec<Value> = changes
            .iter()
            .map(|change| {
                json!({
                    "parameter": change.parameter.as_str(),
                    "what": change.what,
                    "verdict": change.verdict,
                })
            })
            .collect();
        out["against"] = json!({"verdict": verdict(changes), "changes": list});
    }
    out
}

fn interface_json(interface: &Interface, line: &impl Fn(Span) -> u32) -> Value {
    let list = |params: &[Param]| -> Vec<Value> {
        let json = |param: &Param| {
            json!({
                "name": param.name.as_str(),
                "aliases": param.aliases.iter().map(|alias| alias.as_str()).collect::<Vec<_>>(),
                "positional": param.positional,
                "required": param.required,
                "values": param.values.map(|values| json!({"min": values.min, "max": values.max})),
                "choices": param.choices,
                "type": param.ty.as_str(),
                "default": param.default.as_str(),
                "line": line(param.span),
            })
        };
        params.iter().map(json).collect()
    };
    let mut commands = serde_json::Map::new();
    for (name, inner) in interface.command.iter().flat_map(|own| &own.subcommands) {
        commands.insert(name.to_string(), interface_json(inner, line));
    }
    json!({
        "open": interface.open,
        "parameters": list(&interface.params),
        "environment": list(&interface.environment),
        "commands": commands,
    })
}
