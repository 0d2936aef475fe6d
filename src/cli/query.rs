//! `crosscheck why` and `crosscheck impact`.

use super::analysis::{Analysis, Choice};
use super::options::{Run, print};
use super::rules::ListFormat;
use super::{CLEAN, FINDINGS, Failure};
use crate::graph::Graph;
use crate::graph::query::{Node, References, Step};
use crate::report::{Sources, escape};
use crate::session::Role;
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `why`.
#[derive(Args)]
pub struct Why {
    /// Where the chain begins: KIND:NAME or a path
    from: String,
    /// Where it ends: KIND:NAME or a path
    to: String,
    /// The tree
    #[arg(default_value = ".")]
    tree: String,
    /// How to print it
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: ListFormat,
    #[command(flatten)]
    run: Run,
}

/// Arguments of `impact`.
#[derive(Args)]
pub struct Impact {
    /// The thing that may go: KIND:NAME or a path
    thing: String,
    /// The tree
    #[arg(default_value = ".")]
    tree: String,
    /// How to print it
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: ListFormat,
    #[command(flatten)]
    run: Run,
}

fn named(references: &References<'_, '_>, text: &str) -> Result<Vec<Node>, Failure> {
    let nodes = references.named(text);
    if !nodes.is_empty() {
        return Ok(nodes);
    }
    Err(Failure::usage(match references.nearest(text) {
        Some(near) => format!("the tree has no `{text}`; did you mean `{near}`?"),
        None => format!("the tree has no `{text}`: give a path or KIND:NAME"),
    }))
}

/// A step with its place, for people.
fn line(step: &Step, references: &References<'_, '_>, sources: &Sources<'_>) -> String {
    let (path, line) = place(step, sources);
    let (from, to) = (references.name(step.from), references.name(step.to));
    escape::terminal(&format!("{from} → {to}  ({path}:{line})"))
}

fn place(step: &Step, sources: &Sources<'_>) -> (String, u32) {
    let source = sources.get(Role::New, step.from.file);
    let path = sources
        .snapshot(Role::New)
        .map(|snapshot| snapshot.file(step.from.file).entry.path.to_string());
    (path.unwrap_or_default(), source.1.line(step.span.start))
}

fn value(step: &Step, references: &References<'_, '_>, sources: &Sources<'_>) -> Value {
    let (path, line) = place(step, sources);
    json!({
        "from": references.name(step.from), "to": references.name(step.to),
        "path": path, "line": line,
    })
}

impl Why {
    /// Runs the command. Without a chain the exit code is 1.
    pub fn run(&self) -> Result<u8, Failure> {
        let analysis = Analysis::load(&self.run, &Choice::default(), &self.tree, None)?;
        let graph = Graph::with_policy(&analysis.world.new, analysis.config.policy());
        let references = References::new(&graph);
        let sources = analysis.world.sources();
        let (from, to) = (named(&references, &self.from)?, named(&references, &self.to)?);
        let chain = references.chain(&from, &to);
        match self.format {
            ListFormat::Json => {
                let steps = chain.as_ref().map(|chain| {
                    chain.iter().map(|step| value(step, &references, &sources)).collect::<Vec<_>>()
                });
                print(&format!("{:#}\n", json!({"version": 1, "chain": steps})))?;
            }
            ListFormat::Human => match &chain {
                None => print(&escape::terminal(&format!("nothing leads from {} to {}\n", self.from, self.to)))?,
                Some(chain) if chain.is_empty() => {
                    print(&escape::terminal(&format!("{} and {} are in one place\n", self.from, self.to)))?;
                }
                Some(chain) => {
                    let lines = chain.iter().map(|step| line(step, &references, &sources) + "\n");
                    print(&lines.collect::<String>())?;
                }
            },
        }
        Ok(if chain.is_some() { CLEAN } else { FINDINGS })
    }
}

impl Impact {
    /// Runs the command.
    pub fn run(&self) -> Result<u8, Failure> {
        let analysis = Analysis::load(&self.run, &Choice::default(), &self.tree, None)?;
        let graph = Graph::with_policy(&analysis.world.new, analysis.config.policy());
        let references = References::new(&graph);
        let sources = analysis.world.sources();
        let dependents = references.dependents(&named(&references, &self.thing)?);
        if self.format == ListFormat::Json {
            let told = |(distance, step): &(usize, Step)| {
                let mut value = value(step, &references, &sources);
                if let Some(object) = value.as_object_mut() {
                    object.insert("distance".into(), json!(distance));
                }
                value
            };
            let dependents: Vec<_> = dependents.iter().map(told).collect();
            print(&format!("{:#}\n", json!({"version": 1, "dependents": dependents})))?;
            return Ok(CLEAN);
        }
        let direct = dependents.iter().filter(|(distance, _)| *distance == 1).count();
        let mut out = String::new();
        for (distance, step) in &dependents {
            out.push_str(&format!("{distance:>3}  {}\n", line(step, &references, &sources)));
        }
        out.push_str(&escape::terminal(&format!(
            "{direct} direct and {} indirect dependents of {}\n",
            dependents.len() - direct,
            self.thing
        )));
        print(&out)?;
        Ok(CLEAN)
    }
}
