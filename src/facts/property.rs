//! What is asked of kinds beside their names, so that nobody has to list kinds.

/// A property of a kind, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property(u64);

impl Property {
    /// None.
    pub const NONE: Self = Self(0);
    /// The language compares its names in lower case.
    pub const FOLDED: Self = Self::bit(0);
    /// Its names are the same wherever they are read.
    pub const GLOBAL: Self = Self::bit(1);
    /// What is declared by its name, and loaded from a file that the name leads to.
    pub const DEFINITION: Self = Self::bit(2);
    /// It is loaded where something asks for it, and else never.
    pub const ON_DEMAND: Self = Self::bit(3);
    /// Something that a command line of ours can ask the interface of, by name alone.
    pub const CALLABLE: Self = Self::bit(4);
    /// It may be part of what a tree lists as coming from elsewhere.
    pub const EXTERNAL: Self = Self::bit(5);
    /// A key that the data of environments sets.
    pub const KEY: Self = Self::bit(6);
    /// A key that is looked up by one name in all files.
    pub const LOOKED_UP: Self = Self::bit(7);
    /// A key that many things may set beside files of values: tasks, units, manifests.
    pub const VARIABLE: Self = Self::bit(8);
    /// Data may set the parameters of such a thing.
    pub const BY_DATA: Self = Self::bit(9);
    /// Its interface takes more than the tree says.
    pub const OPEN: Self = Self::bit(10);
    /// A file that a tree serves or renders, by another name than its path.
    pub const SERVED: Self = Self::bit(11);
    /// A file that is copied where its own file is read.
    pub const COPIED: Self = Self::bit(12);
    /// Mentions of it are never missing, since it may come from anywhere; they break when it
    /// goes away.
    pub const CONTRACT: Self = Self::bit(13);
    /// Servers that a load balancer hands requests to.
    pub const BALANCED: Self = Self::bit(14);
    /// It restarts the service that its detail names.
    pub const HANDLER: Self = Self::bit(15);
    /// One that is mentioned for the first time is worth a word, where the tree has others.
    pub const FIRST_MENTION: Self = Self::bit(16);
    /// A variable of whoever renders the template that reads it.
    pub const RENDERED: Self = Self::bit(17);
    /// Hosts, by what configures them.
    pub const HOSTS: Self = Self::bit(18);
    /// A thing that is declared for a host; a path, where it is a file.
    pub const DECLARED: Self = Self::bit(19);
    /// It is looked for while a host's configuration is made, and not when it is applied.
    pub const COMPILED: Self = Self::bit(20);

    /// A thing of several files that are used together, each of which has to be there.
    pub const WHOLE: Self = Self::bit(21);

    /// A variable that whoever runs a tree may set, whatever the tree says.
    pub const GIVEN: Self = Self::bit(22);

    /// Where its name is nearly that of another one, that one was meant.
    pub const SLIP: Self = Self::bit(23);

    /// A guarded mention of it counts where it goes, a sure one where it comes.
    pub const SURE_WHERE_NEW: Self = Self::bit(24);

    /// A file is part of a thing that others use as a whole; it may run by itself, too.
    pub const PART: Self = Self::bit(25);

    /// It does something only where something else takes it in.
    pub const TAKEN_IN: Self = Self::bit(26);

    /// Something outside of a tree may hand it to hosts by its name.
    pub const HANDED_OUT: Self = Self::bit(27);

    /// Its names are paths of the tree.
    pub const PATH: Self = Self::bit(28);

    /// An entry of data that the files of a folder make up together.
    pub const ENTRY: Self = Self::bit(29);

    /// Data that things are made of; its detail is what they are.
    pub const MAKES: Self = Self::bit(30);

    /// A program has it, which may come from elsewhere as a whole: it goes where its file stays.
    pub const OF_PROGRAM: Self = Self::bit(31);

    const fn bit(at: u64) -> Self {
        Self(1 << (at + 8))
    }

    /// A name alone may be of this kind; the lower the number, the earlier it is listed.
    pub(super) const fn named(place: u8) -> Self {
        Self(place as u64)
    }

    /// Both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether these are among them.
    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The place among the kinds that a name alone may be of.
    pub(super) const fn place(self) -> Option<u8> {
        match self.0 as u8 {
            0 => None,
            place => Some(place),
        }
    }
}
