//! `crosscheck why` and `crosscheck impact`.

use super::options::{Side, World};
use super::rules::print;
use super::{CLEAN, FINDINGS, Failure};
use crate::facts::nearest_of;
use crate::graph::Graph;
use crate::graph::query::{DEFINED_IN, Need, Needs, Thing, find, is_callable, name, with_contents};
use crate::session::{Role, Snapshot};
use clap::Args;

/// Arguments of `why`.
#[derive(Args)]
pub struct Why {
    /// A path, or an entity such as puppet.class:role::wiki
    from: String,
    /// A path, or an entity
    to: String,
    /// The tree
    #[arg(default_value = ".")]
    tree: String,
    #[command(flatten)]
    run: World,
}

/// Arguments of `impact`.
#[derive(Args)]
pub struct Impact {
    /// A path, or an entity such as puppet.class:role::wiki
    target: String,
    /// The tree
    #[arg(default_value = ".")]
    tree: String,
    #[command(flatten)]
    run: World,
}

fn load(run: &World, spec: &str) -> Result<Snapshot, Failure> {
    let tree = run.open(spec)?;
    let config = run.config(tree.as_ref())?;
    let tree = run.joined(tree, &config, Side::New)?;
    let session = crate::pipeline::session(&config).map_err(Failure::usage)?;
    run.in_pool(|| session.load(Role::New, tree))
}

fn things(graph: &Graph<'_>, text: &str) -> Result<Vec<Thing>, Failure> {
    let found = find(graph, text);
    if !found.is_empty() {
        return Ok(found);
    }
    let near = match text.split_once(':') {
        Some((kind, rest)) => {
            let kind = crate::facts::Kind::named(kind);
            graph.nearest(&kind, rest).map(|near| format!("{kind}:{near}"))
        }
        None => nearest_of(text, graph.paths.all().iter().map(|path| path.as_str()))
            .map(|near| near.to_string()),
    };
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Failure::usage(format!("the tree has no `{text}`{near}")))
}

/// `path:line:column`.
fn place(snapshot: &Snapshot, need: &Need) -> String {
    let (start, _) = snapshot.positions(need.file, need.span);
    format!("{}:{}:{}", snapshot.file(need.file).entry.path, start.line, start.column)
}

impl Why {
    /// Prints the shortest chain of references; exit code 1 where there is none.
    pub fn run(&self) -> Result<u8, Failure> {
        let snapshot = load(&self.run, &self.tree)?;
        let graph = Graph::new(&snapshot);
        let (from, to) = (things(&graph, &self.from)?, things(&graph, &self.to)?);
        let from = with_contents(&graph, &from);
        let mut out = std::io::stdout().lock();
        let Some(chain) = Needs::new(&graph).why(&from, &to) else {
            print(&mut out, &format!("{} does not need {}\n", self.from, self.to))?;
            return Ok(FINDINGS);
        };
        let mut text = String::new();
        if let Some((first, ..)) = chain.first() {
            text.push_str(&format!("{}\n", name(&graph, *first)));
        }
        for (_, need, target) in &chain {
            let target = name(&graph, *target);
            text.push_str(&format!("  {} → {target}  ({})\n", need.via, place(&snapshot, need)));
        }
        print(&mut out, &text)?;
        Ok(CLEAN)
    }
}

impl Impact {
    /// Prints everything that needs the target, nearest first.
    pub fn run(&self) -> Result<u8, Failure> {
        let snapshot = load(&self.run, &self.tree)?;
        let graph = Graph::new(&snapshot);
        let targets = things(&graph, &self.target)?;
        let mut reached = Needs::new(&graph).impact(&targets, |_| true);
        // What merely stands inside something that is listed says nothing more.
        reached.retain(|(_, thing, need)| need.via != DEFINED_IN || is_callable(&graph, *thing));
        let mut text = String::new();
        for (distance, thing, need) in &reached {
            let indent = "  ".repeat((*distance).min(8));
            let what = name(&graph, *thing);
            text.push_str(&format!("{indent}{what}  {} at {}\n", need.via, place(&snapshot, need)));
        }
        let direct = reached.iter().filter(|(distance, ..)| *distance == 1).count();
        let verb = if reached.len() == 1 { "depends" } else { "depend" };
        text.push_str(&format!(
            "{} {verb} on {}, {direct} of them directly\n",
            reached.len(),
            self.target
        ));
        print(&mut std::io::stdout().lock(), &text)
    }
}
