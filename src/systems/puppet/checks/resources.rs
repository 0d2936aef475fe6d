//! References to resources that nothing declares: `require => Package['htpd']`.
//!
//! Puppet refuses such a catalogue ("Could not find resource"). What is declared with a title of
//! the tree is known. What else may declare it is asked of the classes that can be in one
//! catalogue with the reference: classes and types from elsewhere, and resources whose titles
//! come from data. A title that is nearly one of the same block needs no such proof. (Source:
//! Puppet 7.23, what it says of each of these.)

use super::foreign::Foreign;
use super::reach::{Holder, Reach};
use super::taken::taken;
use crate::check::Context;
use crate::extract::Names;
use crate::facts::{self, Entity, NamePattern, Require, Strength, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::graph::{Graph, Site};
use crate::loader::FileIx;
use crate::systems::puppet::builtin;
use crate::systems::puppet::text::capitalised;
use smol_str::SmolStr;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut foreign = None;
    for (ix, file) in context.asking(&[kinds::PUPPET_RESOURCE]) {
        let path = file.entry.path.as_str();
        if !path.ends_with(".pp")
            || !file.standing.is_live()
            || graph.is_partly_read(ix)
            || graph.is_unloadable(ix)
        {
            continue;
        }
        for require in &file.facts.requires {
            findings.extend(of_other_type(graph, ix, require));
            findings.extend(of_no_type(graph, ix, require));
            let Some(named) = Named::of(require) else { continue };
            if named.is_declared(graph) {
                // Nearly all are declared where they are needed.
                if let Some(first) = named.declared_beyond(graph, (ix, require.within)) {
                    let apart = graph
                        .view::<Reach>()
                        .and_then(|reach| named.apart(graph, reach, first, ix, require));
                    findings.extend(apart);
                }
                continue;
            }
            // What a change took away is said of the change.
            if let Some(old) = context.old
                && let Some(finding) = taken(graph, old, named.whole, (ix, require))
            {
                findings.push(finding);
                continue;
            }
            let was = |old: &Graph<'_>| named.is_declared(old);
            if context.old.is_some_and(was) || graph.is_elsewhere(&named.entity()) {
                continue;
            }
            let near = named.near(graph, ix, require);
            let Some(reach) = graph.view::<Reach>() else { return };
            let holder = (ix, require.within);
            let likely = named.likely(graph, ix, require);
            let known = named.is_known(graph, reach, holder);
            let severity = match (known, &near) {
                (true, _) | (false, Some(_)) => Severity::Error,
                (false, None) if likely.is_some() => Severity::Warning,
                (false, None) => {
                    let foreign = foreign.get_or_insert_with(|| Foreign::of(graph));
                    let is_near_enough = reach.is_used(holder) || named.is_sentence();
                    if !is_near_enough || foreign.may_declare(graph, named.ty, named.title) {
                        continue;
                    }
                    Severity::Warning
                }
            };
            let near = near.or(likely);
            findings.push(named.finding(graph, ix, require, near, severity));
        }
    }
}

/// A resource as a reference names it.
struct Named<'r> {
    /// `Package[httpd]`.
    whole: &'r SmolStr,
    /// `Package`.
    ty: &'r str,
    title: &'r str,
}

impl<'r> Named<'r> {
    fn of(require: &'r Require) -> Option<Self> {
        let target = require.any_of.first().filter(|_| require.strength != Strength::Guarded)?;
        let whole = target.name.as_exact().filter(|_| target.kind == kinds::PUPPET_RESOURCE)?;
        let (ty, title) = whole.strip_suffix(']')?.split_once('[')?;
        // Those that every catalogue has.
        let is_given = matches!(
            (ty, title),
            ("Stage", "main")
                | ("Filebucket", "puppet" | "main")
                | ("Schedule", "puppet" | "hourly" | "daily" | "weekly" | "monthly" | "never")
                | ("Node", _)
        );
        // Those of Puppet Enterprise, which its classifier declares on its own hosts.
        let is_given = is_given || is_service_of_enterprise(ty, title);
        (!is_given && !title.is_empty()).then_some(Self { whole, ty, title })
    }

    fn entity(&self) -> Entity {
        Entity::new(kinds::PUPPET_RESOURCE, self.whole.clone())
    }

    /// Whether something of the tree declares it by its title, or by a part of it. A slash at the
    /// end of a path counts for nothing.
    fn is_declared(&self, graph: &Graph<'_>) -> bool {
        // Nearly all are.
        if graph.providers(kinds::PUPPET_RESOURCE, self.whole).next().is_some() {
            return true;
        }
        let bare = self.title.trim_end_matches('/');
        let mut titles = vec![NamePattern::Exact(self.whole.clone())];
        if self.ty == "File" && !bare.is_empty() {
            titles = vec![
                NamePattern::exact(format!("File[{bare}]")),
                NamePattern::exact(format!("File[{bare}/]")),
            ];
        }
        // Old Puppet finds `b` in `a` as `a::b`, under the name that is written. Newer Puppet refuses
        // it there, and not here.
        let short = self.ty.rsplit("::").next().unwrap_or(self.ty);
        let is_other = |ty: &str| {
            builtin::is_type(ty) || graph.providers(kinds::PUPPET_DEFINE, ty).next().is_some()
        };
        let is_relative = || {
            graph.snapshot.layout.names == Names::Relative || !is_other(&short.to_ascii_lowercase())
        };
        if short != self.ty && is_relative() {
            titles.push(NamePattern::exact(format!("{short}[{}]", self.title)));
        }
        let says = |site: &Site| {
            provide(graph, *site).is_some_and(|own| match &own.name {
                NamePattern::Exact(_) => true,
                pattern => pattern.prefix().len() > self.ty.len() + 1 || pattern.suffix().len() > 1,
            })
        };
        let sites = |title| graph.matching(kinds::PUPPET_RESOURCE, title);
        titles.iter().any(|title| sites(title).iter().any(says))
    }

    /// The first that declares it by its title, where `holder` itself does not.
    fn declared_beyond(&self, graph: &Graph<'_>, holder: Holder) -> Option<Site> {
        let mut sites = graph.providers(kinds::PUPPET_RESOURCE, self.whole).peekable();
        let first = *sites.peek()?;
        let is_own = |site: Site| holder_of(graph, &site).is_none_or(|own| own == holder);
        (!sites.any(is_own)).then_some(first)
    }

    /// What declares it, where no catalogue has that and the reference both.
    fn apart(
        &self,
        graph: &Graph<'_>,
        reach: &Reach,
        first: Site,
        file: FileIx,
        require: &Require,
    ) -> Option<Finding> {
        let holder = (file, require.within);
        let around = reach.closed_around(holder).filter(|_| !reach.is_everywhere(holder))?;
        let title = NamePattern::Exact(self.whole.clone());
        let all = graph.matching(kinds::PUPPET_RESOURCE, &title);
        if all.iter().any(|site| holder_of(graph, site).is_none_or(|own| around.has(own)))
            || !self.is_known(graph, reach, holder)
        {
            return None;
        }
        let by = provide(graph, first).and_then(|own| own.within);
        let by = by.and_then(|ix| graph.snapshot.file(first.file).facts.provides.get(ix as usize));
        let by = by.map_or_else(String::new, |own| format!(" `{}`", own.name));
        let place = |file, span| Place { tree: graph.snapshot.role, file, span };
        let message = format!("resource `{}` is in no catalogue with this reference", self.whole);
        Some(
            Finding::new("unresolved-reference", message, place(file, require.span))
                .severity(Severity::Error)
                .label(format!("required here by `{}`", require.via))
                .entity(self.entity())
                .help(format!("include{by}, which declares it, or take this out"))
                .related(
                    "declared here, which no node has beside it",
                    place(first.file, first.span),
                ),
        )
    }

    /// The resource of the same type that the block around the reference declares and that is
    /// called nearly so; of the same file, if only the marks between its words differ.
    fn near(&self, graph: &Graph<'_>, file: FileIx, require: &Require) -> Option<(SmolStr, Place)> {
        let provides = &graph.snapshot.file(file).facts.provides;
        let own = provides.iter().filter(|own| own.kind == kinds::PUPPET_RESOURCE);
        let titles = own.filter_map(|own| {
            let (ty, title) = own.name.as_exact()?.strip_suffix(']')?.split_once('[')?;
            let is_near = match own.within == require.within {
                true => {
                    is_slip(title, self.title)
                        || self.is_part_of(title)
                        || has_word_more(title, self.title)
                }
                false => is_respaced(title, self.title),
            };
            (ty == self.ty && is_near).then_some((title, own.span))
        });
        let (title, span) =
            titles.min_by_key(|(title, _)| strsim::osa_distance(title, self.title))?;
        let place = Place { tree: graph.snapshot.role, file, span };
        Some((format!("{}[{title}]", self.ty).into(), place))
    }

    /// The file of the block around that is called so in a folder that lacks one of the other's, or
    /// the service under its full name, if there is but one.
    fn likely(
        &self,
        graph: &Graph<'_>,
        file: FileIx,
        require: &Require,
    ) -> Option<(SmolStr, Place)> {
        let provides = &graph.snapshot.file(file).facts.provides;
        let own = provides
            .iter()
            .filter(|own| own.kind == kinds::PUPPET_RESOURCE && own.within == require.within);
        let mut titles = own.filter_map(|own| {
            let (ty, title) = own.name.as_exact()?.strip_suffix(']')?.split_once('[')?;
            let is_it = match self.ty {
                "File" => is_of_other_folder(title, self.title) || is_same_name(title, self.title),
                "Service" => title.strip_suffix(".service") == Some(self.title),
                // The part of a program that hosts have: `mysql-server` for `mysql`.
                "Package" => ["-server", "-client", "-common"]
                    .iter()
                    .any(|part| title.strip_suffix(part) == Some(self.title)),
                _ => false,
            };
            (ty == self.ty && is_it).then_some((title, own.span))
        });
        let (title, span) = titles.next()?;
        let place = Place { tree: graph.snapshot.role, file, span };
        titles.all(|(own, _)| own == title).then(|| (format!("{}[{title}]", self.ty).into(), place))
    }

    /// Whether a title of a type of the tree's or of a module's is this one behind a scheme:
    /// `ppa:x/y` for `x/y`.
    fn is_part_of(&self, title: &str) -> bool {
        let rest = title.strip_suffix(self.title).and_then(|head| head.strip_suffix(':'));
        self.ty.contains("::")
            && self.title.len() > 3
            && rest.is_some_and(|head| head.bytes().all(|own| own.is_ascii_lowercase()))
    }

    /// Whether the title is a sentence, as who wrote the module calls what it runs: whether a node
    /// has the module matters little then.
    fn is_sentence(&self) -> bool {
        self.ty == "Exec" && self.title.split(' ').filter(|own| own.len() > 1).count() > 3
    }

    /// Whether all that could declare it is known.
    fn is_known(&self, graph: &Graph<'_>, reach: &Reach, holder: Holder) -> bool {
        let lower = SmolStr::from(self.ty.to_ascii_lowercase());
        let untitled = NamePattern::exact(format!("{}[*]", self.ty));
        let mut open = graph
            .matching(kinds::PUPPET_RESOURCE, &untitled)
            .into_iter()
            .chain(graph.providers(kinds::PUPPET_UNTITLED, &lower))
            .chain(graph.providers(kinds::PUPPET_UNTITLED, "*"))
            .filter_map(|site| Some((site.file, provide(graph, site)?.within)));
        if builtin::is_type(&lower) {
            let around = reach.closed_around(holder);
            return around.is_some_and(|around| open.all(|own| !around.has(own)));
        }
        // A type of the tree is used by nothing else.
        graph.providers(kinds::PUPPET_DEFINE, &lower).next().is_some()
            && !reach.is_partial()
            && open.next().is_none()
            && reach.is_used(holder)
    }

    fn finding(
        &self,
        graph: &Graph<'_>,
        file: FileIx,
        require: &Require,
        near: Option<(SmolStr, Place)>,
        severity: Severity,
    ) -> Finding {
        let place = Place { tree: graph.snapshot.role, file, span: require.span };
        let message = format!("resource `{}` does not exist", self.whole);
        let finding = Finding::new("unresolved-reference", message, place)
            .severity(severity)
            .label(format!("required here by `{}`", require.via))
            .entity(self.entity());
        match near {
            Some((near, at)) => finding
                .help(format!("did you mean `{near}`?"))
                .related(format!("the nearest existing name, `{near}`"), at),
            None => finding.help("Puppet refuses the catalogue: declare it, or take this out"),
        }
    }
}

fn is_service_of_enterprise(ty: &str, title: &str) -> bool {
    ty == "Service" && title.starts_with("pe-")
}

/// A reference to a type that nothing has, and that is one of Puppet's own but for a letter:
/// `Packages['x']`, `Pacakge['x']`.
fn of_no_type(graph: &Graph<'_>, file: FileIx, require: &Require) -> Option<Finding> {
    let [target] = require.any_of.as_slice() else { return None };
    let is_reference =
        target.kind == kinds::PUPPET_RESOURCE && require.strength != Strength::Guarded;
    let ty = is_reference.then(|| target.name.prefix().split_once('['))??.0;
    let name = ty.to_ascii_lowercase();
    if builtin::is_type(&name) || name.contains("::") {
        return None;
    }
    let singular = name.strip_suffix('s').filter(|own| builtin::is_type(own)).map(SmolStr::new);
    let near = singular.or_else(|| builtin::near_type(&name))?;
    let is_there = |kind| graph.providers(kind, &name).next().is_some();
    let known = [kinds::PUPPET_DEFINE, kinds::PUPPET_TYPE, kinds::PUPPET_EXTERNAL];
    // Something of the tree declares one: then there is such a type, or that is what is reported.
    let any = NamePattern::with_marks(&format!("{ty}[*]"), &['*']);
    // Old Puppet finds `b` in `a` as `a::b`.
    let tail = format!("::{name}");
    let is_inner = graph.all(kinds::PUPPET_DEFINE).iter().any(|(own, _)| own.ends_with(&tail));
    if is_inner
        || known.into_iter().any(is_there)
        || !graph.matching(kinds::PUPPET_RESOURCE, &any).is_empty()
    {
        return None;
    }
    let place = Place { tree: graph.snapshot.role, file, span: require.span };
    let message = format!("resource type `{ty}` does not exist");
    let meant = capitalised(&near);
    let finding = Finding::new("unresolved-reference", message, place)
        .severity(Severity::Error)
        .label(format!("required here by `{}`", require.via))
        .help(format!("did you mean `{meant}[…]`?"))
        .entity(Entity::new(kinds::PUPPET_RESOURCE, target.name.to_string()));
    Some(finding)
}

/// A title that is filled in and that the block around declares for another type alone, letter by
/// letter: `File["fetch ${url}"]` beside `exec { "fetch ${url}": }`.
fn of_other_type(graph: &Graph<'_>, file: FileIx, require: &Require) -> Option<Finding> {
    let [target] = require.any_of.as_slice() else { return None };
    let is_reference = target.kind == kinds::PUPPET_RESOURCE
        && require.strength != Strength::Guarded
        && target.name.as_exact().is_none();
    let whole = is_reference.then(|| target.name.to_string())?;
    let (ty, title) = whole.strip_suffix(']')?.split_once('[')?;
    // A name alone is often that of a package and its service.
    let words = title.split(|own: char| !own.is_ascii_alphabetic());
    if words.filter(|own| own.len() > 2).count() < 2 || ty.contains('*') {
        return None;
    }
    let facts = &graph.snapshot.file(file).facts;
    let own = facts.provides.iter().filter(|own| own.kind == kinds::PUPPET_RESOURCE);
    let mut other = None;
    for own in own.filter(|own| own.within == require.within) {
        let name = own.name.to_string();
        let Some((found, same)) = name.strip_suffix(']').and_then(|own| own.split_once('[')) else {
            continue;
        };
        if found == ty && same == title {
            return None;
        }
        // A type of the tree's may declare a native one of the same title.
        let last = |name: &str| name.rsplit("::").next().map(str::to_ascii_lowercase);
        let is_namesake = found.contains("::") && ty.contains("::") && last(found) == last(ty);
        let is_apart = builtin::is_type(&found.to_ascii_lowercase()) || is_namesake;
        if same == title && is_apart {
            other = Some((found.to_owned(), own.span));
        }
    }
    let (other, span) = other?;
    // One that begins as this one does may be it.
    let says = |site: &Site| {
        provide(graph, *site).is_some_and(|own| own.name.prefix().len() > ty.len() + 1)
    };
    if graph.matching(kinds::PUPPET_RESOURCE, &target.name).iter().any(says) {
        return None;
    }
    let place = |span| Place { tree: graph.snapshot.role, file, span };
    let message = format!("resource `{whole}` does not exist");
    let finding = Finding::new("unresolved-reference", message, place(require.span))
        .severity(Severity::Error)
        .label(format!("required here by `{}`", require.via))
        .entity(Entity::new(kinds::PUPPET_RESOURCE, whole.clone()))
        .help(format!("did you mean `{other}[{title}]`?"))
        .related(format!("declared here, as `{other}`"), place(span));
    Some(finding)
}

/// What holds a declaration.
fn holder_of(graph: &Graph<'_>, site: &Site) -> Option<Holder> {
    Some((site.file, provide(graph, *site)?.within))
}

fn provide<'g>(graph: &'g Graph<'_>, site: Site) -> Option<&'g crate::facts::Provide> {
    graph.snapshot.file(site.file).facts.provides.get(site.provide? as usize)
}

/// Whether one title is the other with a slip of the pen, or with other marks between its words.
fn is_slip(title: &str, other: &str) -> bool {
    let short = title.len().min(other.len()) == 3 && title.len().abs_diff(other.len()) == 1;
    let is_part = title.starts_with(other) || other.starts_with(title);
    facts::is_slip(title, other)
        || is_respaced(title, other)
        || short
            && is_part
            && !title.ends_with(|c: char| c.is_ascii_digit())
            && !other.ends_with(|c: char| c.is_ascii_digit())
}

/// Whether two paths end alike, and the folders of one are among those of the other:
/// `/etc/sshd_config`, `/etc/ssh/sshd_config`.
fn is_of_other_folder(title: &str, other: &str) -> bool {
    let (Some((dir, base)), Some((other_dir, other_base))) =
        (title.rsplit_once('/'), other.rsplit_once('/'))
    else {
        return false;
    };
    let among =
        |few: &str, many: &str| few.split('/').all(|own| many.split('/').any(|one| one == own));
    base == other_base
        && base.len() > 3
        && dir != other_dir
        && title.starts_with('/')
        && other.starts_with('/')
        && (among(dir, other_dir) || among(other_dir, dir))
}

/// Whether two titles of files that are no paths begin and end alike: `uclhc.conf`,
/// `uclhc-telegraf.conf`. Nothing but their own class declares such.
fn is_same_name(title: &str, other: &str) -> bool {
    let parts = |text: &'_ str| {
        let (stem, ending) = text.rsplit_once('.').filter(|_| !text.contains(['/', '$', ':']))?;
        let first = stem.split(['-', '_', '.']).next().unwrap_or(stem).to_owned();
        Some((first, ending.to_owned(), stem.len()))
    };
    match (parts(title), parts(other)) {
        (Some(one), Some(two)) => {
            // One of the two is the short name of the other.
            let is_short = |own: &(String, String, usize)| own.0.len() == own.2 && own.2 > 3;
            one.0 == two.0 && one.1 == two.1 && (is_short(&one) || is_short(&two))
        }
        _ => false,
    }
}

/// Whether two titles are sentences, or paths, one of which has a word that the other lacks.
fn has_word_more(title: &str, other: &str) -> bool {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (mut long, mut short) = (words(title), words(other));
    if long.len() < short.len() {
        std::mem::swap(&mut long, &mut short);
    }
    let is_more = |at: usize| long[..at] == short[..at] && long[at + 1..] == short[at..];
    // What goes on, or begins earlier, may be another thing of the kind.
    let is_path = title.starts_with('/') && short.len() == 3;
    (short.len() > 3 || is_path) && long.len() == short.len() + 1 && (1..short.len()).any(is_more)
}

/// Whether two titles have the same letters, apart by other marks: `reload ferm`, `reload-ferm`.
fn is_respaced(title: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let letters = text.chars().filter(|own| !matches!(own, ' ' | '-' | '_' | '.'));
        letters.collect::<String>().to_ascii_lowercase()
    };
    title != other && title.len() > 4 && bare(title) == bare(other)
}
