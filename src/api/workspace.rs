//! A folder as an editor has it open: with the text of its buffers over what lies on disk.

use super::settings;
use super::{Error, Options, Tree, analysis};
use crate::config::{Config, ConfigError};
use crate::deadline::Deadline;
use crate::editor::Answers;
use crate::loader::{FileIx, Role, Snapshot, is_untouched};
use crate::packages::{Index, Known};
use crate::pipeline;
use crate::report::Sources;
use crate::suppress::{Baseline, Silences};
use crate::tree::{self, Change, EntryKind, MAX_FILE_SIZE, MemoryTree, OverlayTree};
use crate::{loader, systems};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The bytes of all buffers together, at most; a buffer beyond them is read from disk.
const MOST_BYTES: u64 = 16 * MAX_FILE_SIZE;

/// Ends work that is not needed any more, from another thread. Clones are one.
#[derive(Debug, Clone)]
pub struct Stop(Deadline);

impl Stop {
    /// One that has not been told to end anything.
    #[allow(clippy::new_without_default)] // the default of a deadline never comes
    pub fn new() -> Self {
        Self(Deadline::on_demand())
    }

    /// Ends it.
    pub fn stop(&self) {
        self.0.end();
    }

    /// Whether it has been told.
    pub fn is_stopped(&self) -> bool {
        self.0.is_over()
    }
}

/// A folder with the buffers of an editor over it, which is asked again and again.
///
/// It keeps the facts of every file: after an edit only the buffer is read anew. Nothing outside
/// the folder is read but what [`Options`] name, and nothing of it is run.
///
/// ```
/// use crosscheck::{Options, Position, Stop, Workspace};
///
/// # fn main() -> Result<(), crosscheck::Error> {
/// let mut workspace = Workspace::new("fixtures/library/new", &Options::new())?;
/// workspace.refresh()?;
/// workspace.open("manifests/site.pp", "include web\n");
/// let at = Position { line: 1, column: 9 };
/// let found = workspace.ask(&Stop::new(), |answers| answers.definitions("manifests/site.pp", at));
/// assert_eq!(found.as_deref().unwrap_or_default()[0].path, "modules/web/manifests/init.pp");
/// # Ok(())
/// # }
/// ```
pub struct Workspace {
    folder: PathBuf,
    options: Options,
    pool: rayon::ThreadPool,
    buffers: BTreeMap<SmolStr, Arc<str>>,
    disk: Option<Disk>,
}

/// What lies on disk.
struct Disk {
    config: Config,
    snapshot: Snapshot,
    baseline: Option<Baseline>,
    packages: Known,
    warnings: Vec<ConfigError>,
}

impl Workspace {
    /// A folder, of which nothing is read before [`Workspace::refresh`].
    ///
    /// # Errors
    /// Where the machine gives no threads.
    pub fn new(folder: impl AsRef<Path>, options: &Options) -> Result<Self, Error> {
        Ok(Self {
            folder: folder.as_ref().to_owned(),
            options: options.clone(),
            pool: analysis::pool(options)?,
            buffers: BTreeMap::new(),
            disk: None,
        })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lists the folder and reads what is new in it, its configuration among that.
    ///
    /// # Errors
    /// Where the folder, its configuration or its baseline cannot be used. What was known of it
    /// before stays.
    pub fn refresh(&mut self) -> Result<(), Error> {
        let options = &self.options;
        let tree = Tree::open_in(&self.folder, &self.folder.to_string_lossy())?;
        let (config, warnings) = settings::config(options, &tree)?;
        let view = settings::joined(options, &config, &tree, settings::Side::New)?;
        let baseline = settings::baseline(options, &config, view.as_ref())?;
        let indexes = options.indexes.iter().map(|spec| Index::open(spec));
        let packages = config.known(indexes.collect::<Result<_, _>>()?);
        let loader = settings::loader(options, &config, &tree)?;
        let same =
            |own: &Config| own.settings() == config.settings() && own.exclude == config.exclude;
        let before = self.disk.take().filter(|own| same(&own.config));
        let snapshot = self.pool.install(|| match &before {
            Some(before) => loader.load_over(&before.snapshot, view, is_untouched),
            None => loader.load(Role::New, view),
        });
        loader.save();
        self.disk = Some(Disk { config, snapshot, baseline, packages, warnings });
        Ok(())
    }

    /// What is to be said of the configuration though it can be used.
    pub fn warnings(&self) -> &[ConfigError] {
        self.disk.as_ref().map_or(&[], |disk| &disk.warnings)
    }

    /// Puts the text of a buffer in the place of the file at `path`, which need not be there. A
    /// path that is none inside the folder is left alone.
    pub fn open(&mut self, path: &str, text: impl Into<Arc<str>>) {
        let text = text.into();
        let others = self.buffers.iter().filter(|(own, _)| own.as_str() != path);
        let bytes = others.map(|(_, own)| own.len() as u64).sum::<u64>() + text.len() as u64;
        if is_inside(path) && bytes <= MOST_BYTES {
            self.buffers.insert(path.into(), text);
        } else {
            self.buffers.remove(path);
        }
    }

    /// Takes the text of a buffer away again.
    pub fn close(&mut self, path: &str) {
        self.buffers.remove(path);
    }

    /// The paths of the buffers.
    pub fn buffers(&self) -> impl Iterator<Item = &str> {
        self.buffers.keys().map(SmolStr::as_str)
    }

    /// Lets `ask` put questions to the folder as it stands now. They are answered on threads of the
    /// workspace, whose stacks are large. `stop` ends checks alone. `None` where nothing is known
    /// of the folder.
    pub fn ask<T: Send>(
        &self,
        stop: &Stop,
        ask: impl FnOnce(&Answers<'_>) -> T + Send,
    ) -> Option<T> {
        let disk = self.disk.as_ref()?;
        self.pool.install(|| {
            let mut snapshot = self.with_buffers(disk)?;
            snapshot.deadline = stop.0.clone();
            let policy = disk.config.policy();
            let graph = pipeline::graph(&snapshot, &policy);
            let sources = Sources::new(vec![&snapshot]);
            let settings = disk.config.settings();
            let read = |path: &str, text: &[u8]| {
                loader::facts_of(systems::readers(), &settings, path, text)
            };
            let check = |focus: Option<&FxHashSet<FileIx>>| {
                let silences = Silences {
                    config: &disk.config,
                    policy: &policy,
                    baseline: disk.baseline.as_ref(),
                    today: self.options.day(),
                };
                pipeline::check_graph(&graph, &disk.packages, focus, &silences, &sources)
            };
            Some(ask(&Answers::new(&graph, &sources, &read, &check)))
        })
    }

    /// What lies on disk, with the buffers over it.
    fn with_buffers(&self, disk: &Disk) -> Option<Snapshot> {
        let base = disk.snapshot.tree.clone();
        let shown: Vec<(&SmolStr, &Arc<str>)> =
            self.buffers.iter().filter(|(path, _)| self.is_shown(disk, path)).collect();
        let upper = MemoryTree::new(
            shown.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec())),
        );
        let changes: BTreeMap<SmolStr, Change> = shown
            .iter()
            .enumerate()
            .map(|(ix, (path, _))| ((*path).clone(), Change::Put(ix)))
            .collect();
        let label = base.label().to_owned();
        let view: Arc<dyn tree::Tree> =
            Arc::new(OverlayTree::new(label, base, Arc::new(upper), &changes));
        let loader = pipeline::loader(&disk.config).ok()?;
        let is_below = |entry: &tree::Entry, _: &tree::Entry| !changes.contains_key(&entry.path);
        Some(loader.load_over(&disk.snapshot, view, is_below))
    }

    /// Whether a buffer is of a file of the tree, or of one that is new: what lies in the folder
    /// and is none of the tree's is ignored, or is reached by a link.
    fn is_shown(&self, disk: &Disk, path: &str) -> bool {
        match disk.snapshot.find(path) {
            Some(file) => disk.snapshot.file(file).entry.kind == EntryKind::File,
            None => self.folder.join(path).symlink_metadata().is_err(),
        }
    }
}

/// Whether a path names something below a folder, and in one way alone.
fn is_inside(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | ".." | ".git")) && !path.contains('\0')
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace")
            .field("folder", &self.folder)
            .field("buffers", &self.buffers.len())
            .finish()
    }
}
