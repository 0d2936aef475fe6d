//! Facts of whole repositories as files: written for SQL and for the checks of others, and joined
//! without the repository.

use super::fleet_rows::{COLUMNS, Owner, Side};
use super::repository::Repository;
use super::{Analysis, Error, Options, Tree, settings};
use crate::config::Config;
use crate::extract::Told;
use crate::facts::{LineIndex, version};
use crate::fleet::{self, Bundle, BundleTree, Damage, Head, Record, Table};
use crate::loader::{FileIx, Role, Snapshot};
use crate::pipeline;
use crate::tree::{JoinedTree, MemoryTree};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;
use std::sync::Arc;

/// A file with the facts of a repository, as [`Analysis::write_facts`] writes it. Whoever made it
/// is not trusted more than the author of a tree.
#[derive(Debug, Clone)]
pub struct FactsFile {
    label: String,
    bundle: Arc<Bundle>,
}

impl FactsFile {
    /// Reads a file of facts.
    ///
    /// # Errors
    /// [`Error::FactsFile`] where it is none, is damaged, or another version of the program wrote
    /// it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bundle = open(path).and_then(|mut file| Bundle::read(&mut file));
        let bundle = bundle.map_err(|damage| refused(path, &damage))?;
        Ok(Self { label: path.display().to_string(), bundle: Arc::new(bundle) })
    }

    /// Whose facts they are.
    pub fn repository(&self) -> Repository {
        let Head { repository, revision, .. } = &self.bundle.head;
        Repository { name: repository.clone(), revision: revision.clone() }
    }

    /// Whether the file at `path` has the facts of just this revision, written by this version of
    /// the program. What has no revision is never the same.
    pub fn is_current(path: impl AsRef<Path>, repository: &Repository) -> bool {
        let head = open(path.as_ref()).and_then(|mut file| fleet::head_of(&mut file));
        let is_same = |head: &Head| {
            head.version == version()
                && head.repository == repository.name
                && head.revision == repository.revision
        };
        !repository.revision.is_empty() && head.is_ok_and(|head| is_same(&head))
    }
}

fn open(path: &Path) -> Result<BufReader<File>, Damage> {
    // A pipe is never opened: whoever holds its other end decides when it ends.
    match std::fs::metadata(path)?.is_file() {
        true => Ok(BufReader::new(File::open(path)?)),
        false => Err(Damage::Other),
    }
}

fn refused(path: &Path, damage: &Damage) -> Error {
    Error::FactsFile { file: path.display().to_string(), reason: damage.to_string() }
}

impl Options {
    /// Joins a repository of which there are facts alone, as a folder that is called like it.
    /// Findings have places in it, and no text. No text of it is searched.
    ///
    /// ```
    /// use crosscheck::{Analysis, FactsFile, Options, Repository, Tree};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("modules.parquet");
    /// let modules = Tree::of_files([("modules/web/manifests/init.pp", "class web($port) {}")]);
    /// let modules = Analysis::new(modules, &Options::new())?;
    /// modules.write_facts(&Repository::new("modules", "")?, std::fs::File::create(&path)?)?;
    ///
    /// let site = Tree::of_files([("manifests/site.pp", "class { 'web': prt => 1 }")]);
    /// let options = Options::new().join_facts(&FactsFile::open(&path)?);
    /// let report = Analysis::new(site, &options)?.check()?;
    /// assert!(report.findings().any(|finding| finding.rule == "unknown-parameter"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn join_facts(mut self, file: &FactsFile) -> Self {
        let view = Arc::new(BundleTree::new(file.label.clone(), file.bundle.clone()));
        self.bundles.push(file.bundle.clone());
        self.join(file.bundle.head.repository.clone(), Tree::of_view(view))
    }
}

impl Analysis {
    /// Writes what the tree provides and requires, the interfaces that it declares and its calls
    /// of others, as a table in the format of Parquet, and beside it all that
    /// [`Options::join_facts`] needs. Values whose names are those of secrets are left out.
    ///
    /// # Errors
    /// Where other trees are joined, `out` cannot be written, or the time is over.
    pub fn write_facts(&self, own: &Repository, out: impl Write + Send) -> Result<(), Error> {
        if !self.config.joined.is_empty() {
            return Err(Error::Usage(
                "facts are written of one repository: leave out `with:` and --with".into(),
            ));
        }
        let world = self.whole_world()?;
        let (joined, config) = self.as_joined(own)?;
        self.finished(())?;
        let written = self.run(|| self.write_table(own, &world.new, (&joined, &config), out));
        written.map_err(|error| Error::Unwritten(error.to_string()))
    }

    /// The tree as a folder of a world that holds nothing else: as others read it.
    fn as_joined(&self, own: &Repository) -> Result<(Snapshot, Config), Error> {
        let nothing = Arc::new(MemoryTree::new([]));
        let main = self.tree().view()?.clone();
        let joined = JoinedTree::new(nothing, vec![(own.name.clone(), main)]);
        let joined = Arc::new(joined.map_err(Error::Usage)?);
        let mut config = self.config.clone();
        config.exclude = config.exclude.iter().map(|glob| format!("{}/{glob}", own.name)).collect();
        config.told = Told::default();
        pipeline::discover_settings(joined.as_ref(), &mut config).map_err(Error::Usage)?;
        let loader = settings::loader(&self.options, &config, self.tree())?;
        let snapshot = self.run(|| loader.load(Role::New, joined));
        loader.save();
        Ok((snapshot, config))
    }

    fn write_table(
        &self,
        own: &Repository,
        snapshot: &Snapshot,
        (joined, config): (&Snapshot, &Config),
        out: impl Write + Send,
    ) -> std::io::Result<()> {
        let records = joined.files.iter().enumerate().map(|(ix, file)| {
            let path = file.entry.path.strip_prefix(own.name.as_str()).unwrap_or_default();
            let contents = joined.contents(ix as FileIx);
            let path = path.trim_start_matches('/');
            Record::new(path, file, fleet::veiled(&file.facts), &contents)
        });
        let bundle = fleet::encode(&Head::new(&own.name, &own.revision), records)?;
        let about = [
            ("crosscheck.facts", version()),
            ("crosscheck.repository", &own.name),
            ("crosscheck.revision", &own.revision),
        ];
        let mut table = Table::new(out, COLUMNS, &bundle, &about)?;
        drop(bundle);
        let (policy, other) = (self.config.policy(), config.policy());
        let graph = pipeline::graph(snapshot, &policy);
        let owner = Owner { repository: own, joined: pipeline::graph(joined, &other), graph };
        owner.authorities(&mut table)?;
        for (ix, file) in snapshot.files.iter().enumerate() {
            let ix = ix as FileIx;
            let contents = snapshot.contents(ix);
            let lines = LineIndex::new(&contents);
            let side = Side { path: &file.entry.path, lines: &lines, contents: &contents };
            owner.file(ix, &side, &mut table)?;
        }
        table.finish()
    }
}
