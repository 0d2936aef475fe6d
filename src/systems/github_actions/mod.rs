//! Workflows and actions of GitHub: jobs and steps that name each other, and the workflows,
//! actions and scripts of the tree that they use.
//!
//! (Source: GitHub's documentation, "Workflow syntax for GitHub Actions", "Metadata syntax for
//! GitHub Actions", "Reusing workflows", "Contexts".)

mod artifacts;
mod caches;
mod expressions;
mod filters;
mod folders;
mod inputs;
mod keys;
mod matrix;
mod named;
mod names;
mod scripts;
mod shells;
mod updates;
mod written;

use crate::check::Check;
use crate::domain::commands::{Lines, looked_after, templated_scalar};
use crate::domain::doubled;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{
    Arg, Call, Detail, Entity, FileFacts, Interface, Kind, NamePattern, Param, Provide, Ref,
    Relation, Require, Scope, Span, Strength, base_name, join_path, kinds, parent_folder,
};
use crate::graph::Graph;
use crate::syntax::yaml::{Form, Node, Value};
use crate::systems::System;
use smallvec::smallvec;

/// GitHub's workflows and actions.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "github_actions"
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[&Workflows, &updates::Updates]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
    }

    fn checks(&self) -> &'static [Check] {
        &[scripts::check]
    }
}

/// The folder that GitHub reads workflows from, and no other.
const FOLDER: &str = ".github/workflows/";

/// What the file of an action may be called.
const ACTIONS: [&str; 2] = ["action.yml", "action.yaml"];

/// Behind the name of a workflow or an action: what it hands on, the name of an output following.
const ALL: &str = "/.";

/// Extracts from workflows and from the files of actions.
pub struct Workflows;

fn is_workflow(path: &str) -> bool {
    let ending = [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending));
    path.strip_prefix(FOLDER).is_some_and(|name| ending && !name.contains('/'))
}

impl Extractor for Workflows {
    fn system(&self) -> &'static str {
        "github-actions"
    }

    fn claims(&self, path: &str) -> bool {
        is_workflow(path) || ACTIONS.contains(&base_name(path))
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let Some(root) = source.yaml().roots.first() else { return };
        if source.yaml().is_whole() {
            let told = (Strength::Certain, "GitHub refuses the file");
            doubled::keys(&source.yaml().roots, told, &mut out.problems);
        }
        let is_for_callers = folders::is_called_alone(root);
        let mut file = File {
            path: source.path,
            text: source.text,
            out,
            folder: Some(String::new()),
            is_for_callers,
            shells: shells::Hints::of(source.text),
        };
        if is_workflow(source.path) {
            file.out.problems.extend(source.yaml_problem(Form::Plain));
            if source.yaml().is_whole() {
                keys::check(root, &mut file.out.problems);
            }
            file.workflow(root);
        } else if let Some(runs) = root.get("runs") {
            file.interface(kinds::CI_ACTION, root.get("inputs"), None, root.span);
            let steps = runs.get("steps").map(Node::items).unwrap_or_default();
            // Other actions hand on what they set, whether it is listed or not.
            if runs.get("using").and_then(Node::as_str) == Some("composite") {
                file.handed_on(parent_folder(source.path), root.get("outputs"), root.span);
            }
            file.steps("runs", steps, Moved::No);
            file.artifacts(steps, artifacts::Extent::Open);
            steps.iter().for_each(|step| file.refused(step, shells::Usual::Other));
            file.expressions("runs", runs, &[]);
        }
    }
}

/// Whether the steps of a job see the tree at another place, or another tree.
#[derive(Clone, Copy, PartialEq)]
enum Moved {
    No,
    Yes,
}

struct File<'f> {
    path: &'f str,
    text: &'f str,
    out: &'f mut FileFacts,
    /// Where commands run that name no other folder; `None` where that is not known.
    folder: Option<String>,
    /// Whether it runs only where another workflow calls it.
    is_for_callers: bool,
    /// What the whole text says of the shells of its steps.
    shells: shells::Hints,
}

impl File<'_> {
    /// The name by which another part of this file is known.
    fn own(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    fn provide(&mut self, kind: Kind, name: String, span: Span) {
        let name = NamePattern::exact(name);
        self.out.provides.push(Provide { kind, name, span, within: None, detail: Detail::None });
    }

    fn require(&mut self, target: Ref, span: Span, via: &'static str, strength: Strength) {
        let require = Require::certain(target, span, via, None);
        self.out.requires.push(require.with_strength(strength));
    }

    fn workflow(&mut self, root: &Node<'_>) {
        self.named(root);
        self.filtered(root);
        let extent = artifacts::extent(root);
        let called = root.get("on").and_then(|on| on.get("workflow_call"));
        let whole = root.entries().first().map_or(root.span, |(key, _)| key.span);
        if let Some(called) = called {
            self.handed_on(self.path, called.get("outputs"), whole);
            self.interface(kinds::CI_WORKFLOW, called.get("inputs"), called.get("secrets"), whole);
        }
        for (name, job) in root.get("jobs").map(Node::entries).unwrap_or_default() {
            if let Some(text) = name.as_str() {
                self.provide(kinds::CI_JOB, self.own(text), name.span);
                self.folder = folders::usual(job, root);
                self.job(text, job, root);
                self.artifacts(job.get("steps").map(Node::items).unwrap_or_default(), extent);
            }
        }
    }

    fn job(&mut self, name: &str, job: &Node<'_>, root: &Node<'_>) {
        let needs = job.get("needs");
        let needs: Vec<&Node<'_>> = match needs {
            Some(own) if own.as_str().is_some() => vec![own],
            Some(own) => own.items().iter().collect(),
            None => Vec::new(),
        };
        for need in &needs {
            if let Some(text) = need.as_str().filter(|text| is_name(text)) {
                let target = Ref::exact(kinds::CI_JOB, self.own(text));
                self.require(target, need.span, "needs", Strength::Certain);
            }
        }
        for (output, _) in job.get("outputs").map(Node::entries).unwrap_or_default() {
            if let Some(text) = output.as_str() {
                let own = self.own(&format!("{name}.{text}"));
                self.provide(kinds::CI_OUTPUT, own, output.span);
            }
        }
        if let Some(uses) = job.get("uses") {
            self.reused(name, job, uses);
        }
        let steps = job.get("steps").map(Node::items).unwrap_or_default();
        let moved = moved(steps);
        self.steps(name, steps, moved);
        let shell = self.usual_shell(job, root);
        steps.iter().for_each(|step| self.refused(step, shell));
        if moved == Moved::No {
            self.folders(job, steps);
            self.scripts(job, root, steps);
        }
        let needs: Vec<&str> = needs.iter().filter_map(|need| need.as_str()).collect();
        self.matrix(name, job);
        self.expressions(name, job, &needs);
    }

    /// A job that is a workflow of this tree.
    fn reused(&mut self, name: &str, job: &Node<'_>, uses: &Node<'_>) {
        let (kind, span) = (kinds::CI_OUTPUT, uses.span);
        let path = uses.as_str().and_then(|text| text.strip_prefix("./"));
        let Some(path) = path.filter(|path| !path.contains("${{")) else {
            // Its outputs are those that the workflow says, wherever it is.
            let outputs = NamePattern::with_marks(&self.own(&format!("{name}.*")), &['*']);
            let detail = Detail::None;
            self.out.provides.push(Provide { kind, name: outputs, span, within: None, detail });
            return;
        };
        self.leads_to(name, path, span);
        self.require(Ref::exact(kinds::FILE, path), span, "uses", Strength::Certain);
        let passed = |key: &str| job.get(key).map(Node::entries).unwrap_or_default().iter();
        let is_told = |own: &Node<'_>| matches!(own.value, Value::Mapping(_));
        let open = job.get("with").is_some_and(|own| !is_told(own));
        self.call(Ref::exact(kinds::CI_WORKFLOW, path), passed("with"), span, open);
        // Secrets may all be handed on, which says nothing of inputs: `secrets: inherit`.
        let open = job.get("secrets").and_then(Node::as_str).is_some();
        let target = Ref::exact(kinds::CI_WORKFLOW, format!("{path}{SECRETS}"));
        self.call(target, passed("secrets"), span, open);
    }

    /// What a called workflow, or a composite action, hands on: all of its outputs.
    fn handed_on(&mut self, name: &str, outputs: Option<&Node<'_>>, span: Span) {
        self.provide(kinds::CI_OUTPUT, format!("{name}{ALL}"), span);
        for (output, own) in outputs.map(Node::entries).unwrap_or_default() {
            let Some(text) = output.as_str() else { continue };
            self.provide(kinds::CI_OUTPUT, format!("{name}{ALL}{text}"), output.span);
            if let Some(value) = own.get("value") {
                self.output_of_jobs(value);
            }
        }
    }

    /// Says which workflow or action the outputs of a job or a step are.
    fn leads_to(&mut self, name: &str, path: &str, span: Span) {
        let (kind, detail) = (kinds::CI_OUTPUT, Detail::from(path));
        let name = NamePattern::exact(self.own(&format!("{name}.")));
        self.out.provides.push(Provide { kind, name, span, within: None, detail });
    }

    fn steps(&mut self, job: &str, steps: &[Node<'_>], moved: Moved) {
        for (at, step) in steps.iter().enumerate() {
            if let Some((id, text)) = step.get("id").and_then(|id| Some((id, id.as_str()?))) {
                self.provide(kinds::CI_STEP, self.own(&format!("{job}/{text}")), id.span);
                let uses = step.get("uses").and_then(Node::as_str).filter(|_| moved == Moved::No);
                let folder = uses.filter(|own| own.starts_with("./") && !own.contains("${{"));
                let folder = folder.and_then(|own| join_path("", own.trim_end_matches('/')));
                if let Some(folder) = folder {
                    self.leads_to(&format!("{job}/{text}"), &folder, id.span);
                }
                self.outputs(job, (text, id.span), step);
            }
            // A step cannot be a workflow, whatever was checked out.
            let is_sure = |own: &&Node<'_>| moved == Moved::No || is_named_workflow(own);
            if let Some(uses) = step.get("uses").filter(is_sure) {
                self.action(step, uses, &steps[..at]);
            }
            if let Some(run) = step.get("run").filter(|_| moved == Moved::No) {
                self.run(step, run);
            }
            if moved == Moved::No {
                self.cached(step, &steps[..at]);
                self.inputs(step, &steps[..at]);
            }
        }
    }

    /// A step that is an action of this tree. An input that it does not have is passed over with
    /// a warning, and nothing asks for those that it requires. (Source: GitHub's "Metadata
    /// syntax", `inputs.<id>.required`.)
    fn action(&mut self, step: &Node<'_>, uses: &Node<'_>, before: &[Node<'_>]) {
        let Some(text) = uses.as_str().filter(|text| text.starts_with("./")) else { return };
        let Some(folder) = join_path("", text.trim_end_matches('/')) else { return };
        // The workflow that runs an action may have put anything beside what it checked out.
        let is_of_caller = ACTIONS.contains(&base_name(self.path)) && !folder.starts_with('.');
        if text.contains("${{")
            || folder.is_empty()
            || is_of_caller
            || before.iter().any(|own| copies(own, &folder))
        {
            return;
        }
        let mut target = Ref::exact(kinds::CI_ACTION, folder.as_str());
        // No tree has an action in a file of this name.
        let is_workflow = [".yml", ".yaml"].iter().any(|ending| folder.ends_with(ending));
        if self.is_for_callers && !is_workflow {
            // Its steps run in the checkout of whoever calls it. (Source: GitHub's "Reusing
            // workflows".)
            target = target.seen_from(Scope::of(self.path));
        }
        self.require(target, uses.span, "uses", Strength::Certain);
        for (name, _) in step.get("with").map(Node::entries).unwrap_or_default() {
            let Some(text) = name.as_str() else { continue };
            let target = Ref::exact(kinds::CI_INPUT, format!("{folder}/{text}"));
            self.require(target, name.span, "with", Strength::Likely);
        }
    }

    /// The command lines of a step, where it is known in which folder they run.
    fn run(&mut self, step: &Node<'_>, run: &Node<'_>) {
        let shell = step.get("shell").and_then(Node::as_str).unwrap_or("bash");
        let Some(text) = run.as_str() else { return };
        let moves =
            text.split([' ', '\n', ';', '&', '(']).any(|word| matches!(word, "cd" | "pushd"));
        let folder = match step.get("working-directory").map(|node| node.as_str()) {
            None => self.folder.clone(),
            Some(Some(text)) => folders::folder(text),
            Some(None) => None,
        };
        if let (false, Some(folder)) = (moves || !matches!(shell, "bash" | "sh"), folder) {
            let place = format!("{folder}/run");
            let lines = Lines::new(place.trim_start_matches('/'), "run");
            let from = self.out.requires.len();
            lines.add(&templated_scalar(text, run.span, self.text), self.out);
            // What another step makes, and what this one runs in another tree.
            looked_after(self.text, &mut self.out.requires[from..]);
            if !self.is_of_checkout() {
                self.out.requires[from..]
                    .iter_mut()
                    .filter(|own| own.any_of[0].kind == kinds::PAYLOAD_FILE)
                    .for_each(|own| own.strength = Strength::Guarded);
            }
        }
    }

    fn call<'n, 'y: 'n>(
        &mut self,
        target: Ref,
        args: impl Iterator<Item = &'n (Node<'y>, Node<'y>)>,
        span: Span,
        open: bool,
    ) {
        let arg = |(name, value): &(Node<'_>, Node<'_>)| {
            let text = value.as_str().filter(|text| !text.contains("${{"));
            Some(Arg { name: name.as_str()?.into(), value: text.map(Into::into), span: name.span })
        };
        self.out.calls.push(Call {
            any_of: smallvec![target],
            args: args.filter_map(arg).collect(),
            words: Vec::new(),
            open,
            span,
            strength: Strength::Certain,
            relation: Relation::Uses,
            via: "uses",
            within: None,
            environment: None,
        });
    }

    /// The inputs and secrets that a workflow or an action takes.
    fn interface(
        &mut self,
        kind: Kind,
        inputs: Option<&Node<'_>>,
        secrets: Option<&Node<'_>>,
        span: Span,
    ) {
        let name = match kind == kinds::CI_ACTION {
            true => parent_folder(self.path),
            false => self.path,
        };
        self.provide(kind, name.to_owned(), span);
        if kind == kinds::CI_ACTION {
            for (input, _) in inputs.map(Node::entries).unwrap_or_default() {
                if let Some(text) = input.as_str() {
                    self.provide(kinds::CI_INPUT, format!("{name}/{text}"), input.span);
                }
            }
            return;
        }
        for (own, declared) in [(name.to_owned(), inputs), (format!("{name}{SECRETS}"), secrets)] {
            let params = params(declared.map(Node::entries).unwrap_or_default());
            self.out.interfaces.push(Interface::new(Entity::new(kind, own), params, span));
        }
    }
}

/// How the secrets that a workflow takes are told from its inputs.
const SECRETS: &str = "#secrets";

/// Whether what a step uses is a workflow of this tree, which only a job can be.
fn is_named_workflow(uses: &Node<'_>) -> bool {
    let path = uses.as_str().and_then(|own| own.strip_prefix("./"));
    path.is_some_and(is_workflow)
}

/// The inputs or the secrets that a workflow declares.
fn params(declared: &[(Node<'_>, Node<'_>)]) -> Vec<Param> {
    let params = declared.iter().filter_map(|(name, own)| {
        let is = |key: &str| own.get(key).and_then(Node::as_str);
        let text = name.as_str()?;
        let mut param = Param::new(text, name.span);
        // Names of inputs and secrets are the same in any case. (Source: rhysd/actionlint,
        // issue 216.)
        let cases = [text.to_ascii_lowercase(), text.to_ascii_uppercase()];
        let others = cases.iter().filter(|own| *own != text);
        param.aliases = others.map(smol_str::SmolStr::new).collect();
        // No value is none, `default: null` too.
        let is_given = own.get("default").is_some_and(|own| !is_null(own));
        param.required = is("required") == Some("true") && !is_given;
        Some(param)
    });
    params.collect()
}

fn is_null(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Scalar { text, plain: true } if matches!(text.as_ref(), "" | "~" | "null"))
}

/// Whether a job checks out another tree, or this one at another place.
fn moved(steps: &[Node<'_>]) -> Moved {
    let checkout = |step: &&Node<'_>| {
        let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
        uses.split('@').next().unwrap_or_default().ends_with("/checkout")
    };
    let all: Vec<&Node<'_>> = steps.iter().filter(checkout).collect();
    let elsewhere = |step: &&Node<'_>| {
        let given = step.get("with");
        ["repository", "path", "ref"].iter().any(|key| given.and_then(|own| own.get(key)).is_some())
    };
    if all.is_empty() || all.iter().any(elsewhere) { Moved::Yes } else { Moved::No }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Whether commands of a step name the folder that an action lies below: `mkdir -p _self`.
fn copies(step: &Node<'_>, folder: &str) -> bool {
    let first = folder.split('/').next().unwrap_or(folder);
    let text = step.get("run").and_then(Node::as_str).unwrap_or_default();
    let is_word = |own: &str| own == first || own.strip_suffix('/') == Some(first);
    // An action that is told where to check out, whatever it is called.
    let given = step.get("with").and_then(|own| own.get("path")).and_then(Node::as_str);
    if given.is_some_and(|path| is_word(path.trim_start_matches("./"))) {
        return true;
    }
    first != ".github"
        && text.split(|own: char| own.is_whitespace() || "\"';=".contains(own)).any(is_word)
}
