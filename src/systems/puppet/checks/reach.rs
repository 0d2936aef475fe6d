//! What can be in one catalogue with a class or a defined type.

use crate::facts::{Kind, Relation, kinds};
use crate::graph::{Graph, Resolution, View};
use crate::loader::FileIx;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// A definition or a node, by its file and its place there; without one, what stands at the top
/// of a manifest.
pub(super) type Holder = (FileIx, Option<u32>);

/// Kinds of what a catalogue takes in.
const TAKEN: [Kind; 4] =
    [kinds::PUPPET_CLASS, kinds::PUPPET_DEFINE, kinds::PUPPET_NODE, kinds::PUPPET_TYPE];

/// Who takes in whom.
pub(in crate::systems::puppet) struct Reach {
    takes: FxHashMap<Holder, Vec<Holder>>,
    taken: FxHashMap<Holder, Vec<Holder>>,
    /// Those that take in what is not in the tree, or not known, and all that take them in.
    open: FxHashSet<Holder>,
    /// What each catalogue has.
    top: FxHashSet<Holder>,
    /// Whether nothing of it is from elsewhere.
    is_top_closed: bool,
    nodes: FxHashSet<Holder>,
    /// Whether modules of the tree have more than stands in it.
    partial: bool,
    /// Whether some class is taken in by a name that is put together.
    computed: bool,
}

/// What can be in a catalogue with something.
pub(super) struct Around<'r> {
    /// What is there for it.
    own: FxHashSet<Holder>,
    reach: &'r Reach,
}

impl Around<'_> {
    /// Whether `holder` is among what the tree has of it.
    pub fn has(&self, holder: Holder) -> bool {
        self.own.contains(&holder) || self.reach.top.contains(&holder)
    }
}

impl View for Reach {
    fn of(graph: &Graph<'_>) -> Self {
        let mut own = Self {
            takes: FxHashMap::default(),
            taken: FxHashMap::default(),
            open: FxHashSet::default(),
            top: FxHashSet::default(),
            is_top_closed: true,
            nodes: FxHashSet::default(),
            partial: false,
            computed: false,
        };
        let segment = |name: &str| SmolStr::new(name.split("::").next().unwrap_or(name));
        let here: FxHashSet<SmolStr> =
            graph.all(kinds::PUPPET_CLASS).iter().map(|(name, _)| segment(name)).collect();
        for (ix, file) in graph.snapshot.files.iter().enumerate() {
            let ix = ix as FileIx;
            if !file.standing.is_live() || !file.entry.path.ends_with(".pp") {
                continue;
            }
            for require in &file.facts.requires {
                let Some(target) = require.any_of.first() else { continue };
                let brings = !matches!(require.relation, Relation::Orders | Relation::Names);
                if !TAKEN.contains(&target.kind) || !brings {
                    continue;
                }
                let holder = (ix, require.within);
                match graph.resolve(require) {
                    Resolution::Found(sites) => {
                        for site in sites {
                            let other = (site.file, site.provide);
                            own.takes.entry(holder).or_default().push(other);
                            own.taken.entry(other).or_default().push(holder);
                        }
                    }
                    _ => {
                        own.partial |= target.kind != kinds::PUPPET_NODE
                            && here.contains(&segment(target.name.prefix()));
                        own.open.insert(holder);
                    }
                }
            }
            for (at, provide) in file.facts.provides.iter().enumerate() {
                let is_class = || provide.name.as_exact().is_some_and(|name| name == "class");
                if provide.kind == kinds::PUPPET_UNTITLED && is_class() {
                    own.computed = true;
                    own.open.insert((ix, provide.within));
                }
                if provide.kind == kinds::PUPPET_NODE {
                    own.nodes.insert((ix, Some(at as u32)));
                }
            }
            own.top.insert((ix, None));
        }
        own.open = closure(own.open, &FxHashSet::default(), &own.taken);
        own.is_top_closed = own.top.is_disjoint(&own.open);
        own.top = closure(own.top, &FxHashSet::default(), &own.takes);
        own
    }
}

impl Reach {
    /// Whether modules of the tree have more than stands in it: what is kept out of git.
    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    /// Whether a node of the tree has classes, and all that it has are named.
    pub(super) fn is_named(&self) -> bool {
        let has = |own: &Holder| self.takes.get(own).is_some_and(|all| !all.is_empty());
        !self.computed && self.nodes.iter().any(has)
    }

    /// Whether something takes in `holder`.
    pub(super) fn is_taken(&self, holder: Holder) -> bool {
        self.taken.contains_key(&holder)
    }

    /// What has `holder` in its catalogue; `None` where no node of the tree has it.
    fn above(&self, holder: Holder) -> Option<FxHashSet<Holder>> {
        let above = closure([holder].into_iter().collect(), &FxHashSet::default(), &self.taken);
        // Something outside of the tree hands classes to its nodes.
        above.iter().any(|own| own.1.is_none() || self.nodes.contains(own)).then_some(above)
    }

    /// Whether a node of the tree has `holder`.
    pub(super) fn is_used(&self, holder: Holder) -> bool {
        self.above(holder).is_some()
    }

    /// Whether the top of a manifest has `holder`: any node may, beside what it has itself.
    pub(super) fn is_everywhere(&self, holder: Holder) -> bool {
        self.above(holder).is_some_and(|above| above.iter().any(|own| own.1.is_none()))
    }

    /// Whether `other` can be in a catalogue with `holder` by what stands in the tree.
    pub(super) fn may_meet(&self, holder: Holder, other: Holder) -> bool {
        let own = [holder].into_iter().collect();
        let above = closure(own, &FxHashSet::default(), &self.taken);
        self.top.contains(&other) || closure(above, &self.top, &self.takes).contains(&other)
    }

    /// Whether `holder` itself takes in `other`.
    pub(super) fn takes(&self, holder: Holder, other: Holder) -> bool {
        self.takes.get(&holder).is_some_and(|all| all.contains(&other))
    }

    /// What can be in a catalogue with `holder`; `None` where something of it is from elsewhere,
    /// or no node of the tree has it.
    pub(super) fn closed_around(&self, holder: Holder) -> Option<Around<'_>> {
        let above = self.is_top_closed.then(|| self.above(holder))??;
        let is_closed = above.is_disjoint(&self.open);
        is_closed.then(|| Around { own: closure(above, &self.top, &self.takes), reach: self })
    }
}

/// What is reached from `from` beyond what is `known` with all that it reaches.
fn closure(
    from: FxHashSet<Holder>,
    known: &FxHashSet<Holder>,
    edges: &FxHashMap<Holder, Vec<Holder>>,
) -> FxHashSet<Holder> {
    let mut left: Vec<Holder> = from.iter().copied().collect();
    let mut seen = from;
    while let Some(next) = left.pop() {
        for other in edges.get(&next).into_iter().flatten() {
            if !known.contains(other) && seen.insert(*other) {
                left.push(*other);
            }
        }
    }
    seen
}
