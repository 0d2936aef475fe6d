//! What files say, one fact at a time, with its line: for people and for scripts.

use super::repository::Repository;
use super::{Analysis, Error};
use crate::facts::{
    Arg, FileFacts, Interface, LineIndex, Param, Property, Provide, Ref, Relation, Span, Strength,
    is_secret_name, joined_in,
};
use crate::graph::{Graph, Resolution};
use crate::loader::{FileIx, SnapshotFile};
use crate::pipeline;
use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Serialize;

/// What stands in for a value that nobody should see.
const HIDDEN: &str = "…";

/// Which facts are wanted; all of them by default.
///
/// ```
/// use crosscheck::FactFilter;
///
/// let filter = FactFilter::new().path("modules/**")?.kind("puppet.*")?;
/// # let _ = filter;
/// # Ok::<(), crosscheck::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct FactFilter {
    paths: Vec<Glob>,
    kinds: Vec<Glob>,
    sorts: Vec<FactSort>,
}

/// What a fact does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FactSort {
    /// The file brings a thing into being.
    Provides,
    /// The file needs a thing.
    Requires,
    /// The file declares what a thing takes.
    Interface,
    /// The file passes arguments to a thing.
    Call,
    /// Something in the file was not understood, or is wrong by itself.
    Problem,
    /// A comment of the file silences a rule.
    Silence,
}

/// One fact of one file. What does not apply to its sort is left out of its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FactLine {
    /// The file.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// What it does.
    pub fact: FactSort,
    /// The kind of the thing; of a problem or a silence, the rule.
    pub kind: String,
    /// The name of the thing, with `*` for what is only known at run time; of a problem its
    /// message, of a silence its reason.
    pub name: String,
    /// The folder or file that the name is seen from, where it means other things elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_from: Option<String>,
    /// What satisfies the requirement too, or is called in its place: `KIND:NAME`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub or: Vec<String>,
    /// The construct: `include`, `source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<&'static str>,
    /// How certain a failure is where the thing is missing: `certain`, `likely`, `guarded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength: Option<&'static str>,
    /// The definition that it stands in: `KIND:NAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// What is known of a thing beside its name: a version, a folder, a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What an interface takes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<FactParam>,
    /// What a call passes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<FactArg>,
    /// The interface takes, or the call passes, more than is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// What the requirement is to its file: `uses`, `includes`, `inherits` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// What became of the requirement in the tree, where that was asked for: `found`, `missing`,
    /// `open` (it may well be elsewhere) or `elsewhere`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<&'static str>,
    /// Whose file it is, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The repository's revision, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// A parameter of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FactParam {
    /// Its name.
    pub name: String,
    /// It has no default.
    pub required: bool,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FactArg {
    /// The parameter's name; of a command line, the word.
    pub name: String,
    /// The value, where it is a literal; `…` where its name is that of a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl FactFilter {
    /// Everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Files that match the glob, and those of the others that are named so. A folder stands for
    /// all that it holds.
    ///
    /// # Errors
    /// Where the glob is malformed.
    pub fn path(mut self, glob: &str) -> Result<Self, Error> {
        let glob = glob.trim_start_matches("./").trim_end_matches('/');
        self.paths.push(compiled(glob)?);
        self.paths.push(compiled(&format!("{glob}/**"))?);
        Ok(self)
    }

    /// Facts about things of this kind, and of the others that are named so: `puppet.class`,
    /// `haproxy.*`; of problems and silences the rule.
    ///
    /// # Errors
    /// Where the glob is malformed.
    pub fn kind(mut self, glob: &str) -> Result<Self, Error> {
        self.kinds.push(compiled(glob)?);
        Ok(self)
    }

    /// Whether nothing is left out.
    pub fn is_everything(&self) -> bool {
        self.paths.is_empty() && self.kinds.is_empty() && self.sorts.is_empty()
    }

    /// Facts of this sort, and of the others that are named so.
    pub fn sort(mut self, sort: FactSort) -> Self {
        self.sorts.push(sort);
        self
    }
}

fn compiled(glob: &str) -> Result<Glob, Error> {
    Glob::new(glob).map_err(|error| Error::Usage(error.to_string()))
}

/// Sets of globs, of which an empty one takes anything.
struct Wanted<'f> {
    paths: GlobSet,
    kinds: GlobSet,
    sorts: &'f [FactSort],
}

impl<'f> Wanted<'f> {
    fn of(filter: &'f FactFilter) -> Self {
        let set = |globs: &[Glob]| {
            let mut set = GlobSetBuilder::new();
            for glob in globs {
                set.add(glob.clone());
            }
            set.build().unwrap_or_default()
        };
        Self { paths: set(&filter.paths), kinds: set(&filter.kinds), sorts: &filter.sorts }
    }

    fn has_path(&self, path: &str) -> bool {
        self.paths.is_empty() || self.paths.is_match(path)
    }

    fn has(&self, line: &FactLine) -> bool {
        (self.kinds.is_empty() || self.kinds.is_match(&line.kind))
            && (self.sorts.is_empty() || self.sorts.contains(&line.fact))
    }
}

impl Analysis {
    /// What the files of the tree say, fact by fact: by path, within a file by place. Values whose
    /// names are those of secrets are not shown.
    ///
    /// ```
    /// use crosscheck::{Analysis, FactFilter, Options, Tree};
    ///
    /// # fn main() -> Result<(), crosscheck::Error> {
    /// let analysis = Analysis::new(Tree::open("fixtures/library/old")?, &Options::new())?;
    /// let filter = FactFilter::new().kind("puppet.class")?;
    /// let first = analysis.fact_lines(&filter).next().expect("a fact");
    /// assert_eq!((first.path.as_str(), first.name.as_str()), ("manifests/site.pp", "web"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn fact_lines<'a>(&'a self, filter: &'a FactFilter) -> impl Iterator<Item = FactLine> + 'a {
        let wanted = Wanted::of(filter);
        let files = self.world().new.all_files();
        files.flat_map(move |(ix, file)| {
            let is_wanted = wanted.has_path(&file.entry.path);
            let mut lines = if is_wanted { self.lines_of(ix, file, None) } else { Vec::new() };
            lines.retain(|line| wanted.has(line));
            lines
        })
    }

    /// The same, each with whose it is, and what became of what is required: the tree is that of
    /// `repository`, and what is joined to it is called as it is joined. Nothing that `take` gets
    /// is left out for its error.
    ///
    /// # Errors
    /// The first of `take`.
    pub fn fact_lines_of<E>(
        &self,
        repository: &Repository,
        filter: &FactFilter,
        mut take: impl FnMut(FactLine) -> Result<(), E>,
    ) -> Result<(), E> {
        let wanted = Wanted::of(filter);
        let snapshot = &self.world().new;
        let policy = self.config.policy();
        let graph = pipeline::graph(snapshot, &policy);
        for (ix, file) in snapshot.all_files().filter(|own| wanted.has_path(&own.1.entry.path)) {
            let joined = joined_in(&self.config.joined, &file.entry.path);
            let revision = Some(repository.revision.clone()).filter(|own| !own.is_empty());
            for line in self.lines_of(ix, file, Some(&graph)) {
                let line = FactLine {
                    repository: Some(
                        joined.map_or(repository.name.as_str(), |own| own.as_str()).to_owned(),
                    ),
                    revision: revision.clone().filter(|_| joined.is_none()),
                    ..line
                };
                if wanted.has(&line) {
                    take(line)?;
                }
            }
        }
        Ok(())
    }

    fn lines_of(
        &self,
        ix: FileIx,
        file: &SnapshotFile,
        graph: Option<&Graph<'_>>,
    ) -> Vec<FactLine> {
        let facts = &file.facts;
        if facts.count() == 0 && facts.problems.is_empty() && facts.allows.is_empty() {
            return Vec::new();
        }
        let contents = self.world().new.contents(ix);
        let lines = LineIndex::new(&contents);
        let new = |fact, span: Span| {
            let at = lines.position(span.start, &contents);
            blank(&file.entry.path, fact, (at.line, at.column))
        };
        let mut out: Vec<FactLine> = Vec::with_capacity(facts.count());
        for own in &facts.provides {
            out.push(provided(new(FactSort::Provides, own.span), own, facts));
        }
        for own in &facts.requires {
            let line = named(new(FactSort::Requires, own.span), &own.any_of);
            let strength = Some(strength(own.strength));
            let within = within(facts, own.within);
            let relation = Some(relation(own.relation));
            let resolution = graph.map(|graph| resolution(&graph.resolve_from(ix, own)));
            let via = Some(own.via);
            out.push(FactLine { via, strength, within, relation, resolution, ..line });
        }
        for own in &facts.interfaces {
            out.push(taken(new(FactSort::Interface, own.span), own));
        }
        for own in &facts.calls {
            let line = named(new(FactSort::Call, own.span), &own.any_of);
            let word = |text: String| FactArg { name: text, value: None };
            let words = own.words.iter().map(|own| word(own.text.to_string()));
            out.push(FactLine {
                via: Some(own.via),
                strength: Some(strength(own.strength)),
                within: within(facts, own.within),
                args: own.args.iter().map(passed).chain(words).collect(),
                open: own.open.then_some(true),
                ..line
            });
        }
        for own in &facts.problems {
            let line = new(FactSort::Problem, own.span);
            let strength = Some(strength(own.strength));
            out.push(FactLine {
                kind: own.rule.into(),
                name: own.message.clone(),
                strength,
                ..line
            });
        }
        for own in &facts.allows {
            let line = new(FactSort::Silence, own.span);
            out.push(FactLine { kind: own.rules.join(","), name: own.reason.to_string(), ..line });
        }
        out.sort_by_key(|own| (own.line, own.column, own.fact));
        out
    }
}

pub(super) fn blank(path: &str, fact: FactSort, (line, column): (u32, u32)) -> FactLine {
    FactLine {
        path: path.to_owned(),
        line,
        column,
        fact,
        kind: String::new(),
        name: String::new(),
        seen_from: None,
        or: Vec::new(),
        via: None,
        strength: None,
        within: None,
        detail: None,
        params: Vec::new(),
        args: Vec::new(),
        open: None,
        relation: None,
        resolution: None,
        repository: None,
        revision: None,
    }
}

/// The line of a fact about the first of these things.
fn named(line: FactLine, any_of: &[Ref]) -> FactLine {
    let Some((first, others)) = any_of.split_first() else { return line };
    FactLine {
        kind: first.kind.as_str().to_owned(),
        name: first.name.to_string(),
        seen_from: first.scope.as_ref().map(|scope| scope.from.to_string()),
        or: others.iter().map(|own| format!("{}:{}", own.kind, own.name)).collect(),
        ..line
    }
}

pub(super) fn provided(line: FactLine, own: &Provide, facts: &FileFacts) -> FactLine {
    let name = own.name.to_string();
    let last = name.rsplit(['.', ':', '/']).next().unwrap_or(&name);
    let mut detail = own.detail.to_string();
    if !detail.is_empty() && own.kind.has(Property::KEY) && is_secret(last) {
        detail = HIDDEN.to_owned();
    }
    FactLine {
        kind: own.kind.as_str().to_owned(),
        detail: (!detail.is_empty()).then_some(detail),
        within: within(facts, own.within),
        name,
        ..line
    }
}

pub(super) fn taken(line: FactLine, own: &Interface) -> FactLine {
    let param = |own: &Param| FactParam { name: own.name.to_string(), required: own.required };
    FactLine {
        kind: own.entity.kind.as_str().to_owned(),
        name: own.entity.name.to_string(),
        params: own.params.iter().map(param).collect(),
        open: own.open.then_some(true),
        ..line
    }
}

pub(super) fn passed(own: &Arg) -> FactArg {
    let value = own.value.as_ref().map(|value| match is_secret(&own.name) {
        true => HIDDEN.to_owned(),
        false => value.to_string(),
    });
    FactArg { name: own.name.to_string(), value }
}

fn is_secret(name: &str) -> bool {
    is_secret_name(&name.to_ascii_lowercase())
}

pub(super) fn within(facts: &FileFacts, ix: Option<u32>) -> Option<String> {
    let own = facts.provides.get(ix? as usize)?;
    Some(format!("{}:{}", own.kind, own.name))
}

pub(super) fn strength(own: Strength) -> &'static str {
    match own {
        Strength::Guarded => "guarded",
        Strength::Likely => "likely",
        Strength::Certain => "certain",
    }
}

/// As JSON writes it.
pub(super) fn relation(own: Relation) -> String {
    let text = serde_json::to_string(&own).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

pub(super) fn resolution(own: &Resolution) -> &'static str {
    match own {
        Resolution::Found(_) => "found",
        Resolution::Missing(_) => "missing",
        Resolution::Open(_) => "open",
        Resolution::Elsewhere => "elsewhere",
    }
}
