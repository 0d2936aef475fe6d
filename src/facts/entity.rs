//! Entities: what can be provided and required.

use smol_str::SmolStr;
use std::fmt;

/// The kind of an entity, such as `puppet.class`. Kinds are open: packs add new ones.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Kind(SmolStr);

impl Kind {
    /// A kind known at compile time; see [`kinds`].
    pub const fn fixed(name: &'static str) -> Self {
        Self(SmolStr::new_static(name))
    }

    /// A kind named by a pack or a user.
    pub fn named(name: impl Into<SmolStr>) -> Self {
        Self(name.into())
    }

    /// The kind's name, as reports and configuration write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kinds that the built-in extractors use.
pub mod kinds {
    use super::Kind;

    /// A path of the tree, relative to its root: `file:modules/x/files/a`.
    pub const FILE: Kind = Kind::fixed("file");
    /// A class: `puppet.class:mediawiki::web`.
    pub const PUPPET_CLASS: Kind = Kind::fixed("puppet.class");
    /// A defined type: `puppet.define:ferm::service`.
    pub const PUPPET_DEFINE: Kind = Kind::fixed("puppet.define");
    /// A native resource type from a module's `lib/puppet/type/`.
    pub const PUPPET_TYPE: Kind = Kind::fixed("puppet.type");
    /// A function, Puppet or Ruby, old or new API.
    pub const PUPPET_FUNCTION: Kind = Kind::fixed("puppet.function");
    /// A data type alias, lower case as Puppet loads it: `puppet.datatype:stdlib::fqdn`.
    pub const PUPPET_DATATYPE: Kind = Kind::fixed("puppet.datatype");
    /// A declared resource: `puppet.resource:Package[nginx]` (type capitalised).
    pub const PUPPET_RESOURCE: Kind = Kind::fixed("puppet.resource");
    /// An argument that resource defaults set somewhere: `TYPE::PARAMETER`.
    pub const PUPPET_DEFAULTS: Kind = Kind::fixed("puppet.defaults");
    /// A repository that is deployed by itself, as the deployment calls it.
    pub const REPOSITORY: Kind = Kind::fixed("repository");
    /// A service that is restarted when something changes; the detail names that, `KIND:NAME`.
    pub const RESTART: Kind = Kind::fixed("restart");
    /// A workload of several replicas that are replaced one after the other, by its name.
    pub const ROLLING: Kind = Kind::fixed("kubernetes.rolling");
    /// A node definition; its detail is the number of hosts that its names can match, if that
    /// is finite.
    pub const PUPPET_NODE: Kind = Kind::fixed("puppet.node");
    /// A file served from a module's `files/`: `MODULE/path`. Resolved to `file:`
    /// through the module path.
    pub const PUPPET_FILES: Kind = Kind::fixed("puppet.files");
    /// A template in a module's `templates/`: `MODULE/path`.
    pub const PUPPET_TEMPLATE: Kind = Kind::fixed("puppet.template");
    /// A variable that a template reads of whatever scope renders it: `x` for `@x`.
    pub const PUPPET_TEMPLATE_VARIABLE: Kind = Kind::fixed("puppet.template-variable");
    /// A variable of a class, fully qualified: `puppet.variable:a::b::c`.
    pub const PUPPET_VARIABLE: Kind = Kind::fixed("puppet.variable");
    /// A custom fact.
    pub const PUPPET_FACT: Kind = Kind::fixed("puppet.fact");
    /// A variable of the top scope that something reads, facts above all: `$::x`,
    /// `$facts['x']`, `%{::x}`.
    pub const PUPPET_TOP_SCOPE: Kind = Kind::fixed("puppet.top-scope");
    /// A module that a list of dependencies says comes from elsewhere.
    pub const PUPPET_EXTERNAL: Kind = Kind::fixed("puppet.external");
    /// A list of modules that come from elsewhere, by its file's name; its detail is the
    /// folder that it is for.
    pub const PUPPET_MODULE_LIST: Kind = Kind::fixed("puppet.module-list");
    /// A mount of the file server; its detail is the folder on the server. As a reference:
    /// `MOUNT/path`.
    pub const PUPPET_MOUNT: Kind = Kind::fixed("puppet.mount");
    /// A Hiera key: `key:profile::wiki::port`.
    pub const KEY: Kind = Kind::fixed("key");
    /// A level of a Hiera hierarchy: the data files that it reads, as tree paths. Its detail
    /// is the folder of the data.
    pub const HIERA_LEVEL: Kind = Kind::fixed("hiera.level");
    /// An operating-system package that something installs: `package:nginx`.
    pub const PACKAGE: Kind = Kind::fixed("package");
    /// A package that is built from a source tree; the tree's folder is the detail.
    pub const PACKAGE_BUILT: Kind = Kind::fixed("package.built");
    /// A package of pip, by its name as PEP 503 compares it.
    pub const PACKAGE_PIP: Kind = Kind::fixed("package.pip");
    /// The same, built from a source tree; the tree's folder is the detail.
    pub const PACKAGE_PIP_BUILT: Kind = Kind::fixed("package.pip-built");
    /// A package of npm, with its scope: `@a/tool`.
    pub const PACKAGE_NPM: Kind = Kind::fixed("package.npm");
    /// The same, built from a source tree; the tree's folder is the detail.
    pub const PACKAGE_NPM_BUILT: Kind = Kind::fixed("package.npm-built");
    /// A gem.
    pub const PACKAGE_GEM: Kind = Kind::fixed("package.gem");
    /// The same, built from a source tree; the tree's folder is the detail.
    pub const PACKAGE_GEM_BUILT: Kind = Kind::fixed("package.gem-built");
    /// A container image, without its tag.
    pub const PACKAGE_IMAGE: Kind = Kind::fixed("package.image");
    /// The same, built from a source tree; the tree's folder is the detail.
    pub const PACKAGE_IMAGE_BUILT: Kind = Kind::fixed("package.image-built");
    /// Packages of each manager, as they are installed and as they are built.
    pub const PACKAGES: [(Kind, Kind); 5] = [
        (PACKAGE, PACKAGE_BUILT),
        (PACKAGE_PIP, PACKAGE_PIP_BUILT),
        (PACKAGE_NPM, PACKAGE_NPM_BUILT),
        (PACKAGE_GEM, PACKAGE_GEM_BUILT),
        (PACKAGE_IMAGE, PACKAGE_IMAGE_BUILT),
    ];
    /// A path that a package brings, by its packaging source; the package is the detail.
    pub const PACKAGE_PATH: Kind = Kind::fixed("package.path");
    /// A path that a task puts on the host: `/usr/share/x/y.php`; its detail, where known, is
    /// the entity that it is a copy of.
    pub const DEPLOYED_PATH: Kind = Kind::fixed("deployed.path");
    /// A command on the search path: `command:rsync`. Its detail is the entity that it runs:
    /// `file:bin/deploy`, `puppet.files:web/deploy`, `python.module:tool.cli`.
    pub const COMMAND: Kind = Kind::fixed("command");
    /// A PHP class, lower case, without the leading backslash.
    pub const PHP_CLASS: Kind = Kind::fixed("php.class");
    /// A global PHP function.
    pub const PHP_FUNCTION: Kind = Kind::fixed("php.function");
    /// A PHP setting (global variable): `php.setting:wmgUseX`.
    pub const PHP_SETTING: Kind = Kind::fixed("php.setting");
    /// The same, defined only in a file that overlays another (`X-labs.php`).
    pub const PHP_SETTING_OVERLAY: Kind = Kind::fixed("php.setting-overlay");
    /// An entry of a class map: the class exists because the map says where.
    pub const PHP_CLASS_MAP: Kind = Kind::fixed("php.class-map");
    /// A PSR-4 prefix that the tree maps to one of its folders, lower case.
    pub const PHP_NAMESPACE: Kind = Kind::fixed("php.namespace");
    /// A path below a site's web root, as a URL writes it: `/static/images/x.png`.
    pub const WEB_PATH: Kind = Kind::fixed("web.path");
    /// A wiki of a wiki farm, by database name.
    pub const MEDIAWIKI_WIKI: Kind = Kind::fixed("mediawiki.wiki");
    /// A MediaWiki extension: `mediawiki.extension:MobileFrontend`.
    pub const MEDIAWIKI_EXTENSION: Kind = Kind::fixed("mediawiki.extension");
    /// The file that begins a MediaWiki extension, from before there were registrations.
    pub const MEDIAWIKI_ENTRY: Kind = Kind::fixed("mediawiki.entry");
    /// A MediaWiki skin.
    pub const MEDIAWIKI_SKIN: Kind = Kind::fixed("mediawiki.skin");
    /// A HAProxy backend (or listen section).
    pub const HAPROXY_BACKEND: Kind = Kind::fixed("haproxy.backend");
    /// A path on the host that an HAProxy configuration names: `FOLDER\x1fPATH`, with
    /// the configuration's own folder in the tree.
    pub const HAPROXY_PATH: Kind = Kind::fixed("haproxy.path");
    /// A file beside one that a host or a browser gets, by its path: what runs or serves it
    /// may bring it.
    pub const PAYLOAD_FILE: Kind = Kind::fixed("payload.file");
    /// An Ansible handler's name, or what it listens to.
    pub const ANSIBLE_HANDLER: Kind = Kind::fixed("ansible.handler");
    /// A path whose first folder is one of the repository's own, or an absolute path of a
    /// checkout on the control node.
    pub const ANSIBLE_ROOTED: Kind = Kind::fixed("ansible.rooted");
    /// A variable that a data file of Ansible sets.
    pub const ANSIBLE_VARIABLE: Kind = Kind::fixed("ansible.variable");
    /// An Ansible role.
    pub const ANSIBLE_ROLE: Kind = Kind::fixed("ansible.role");
    /// A role as one file names it: `PATH\x1fNAME`.
    pub const ANSIBLE_ROLE_USE: Kind = Kind::fixed("ansible.role-use");
    /// A file of a role as another file names both: `PATH\x1fROLE\x1fFOLDER/NAME`.
    pub const ANSIBLE_ROLE_PART: Kind = Kind::fixed("ansible.role-part");
    /// A handler as one file can notify it: `PATH\x1fNAME`.
    pub const ANSIBLE_NOTIFIED: Kind = Kind::fixed("ansible.notified");
    /// A file of a playbook or role, looked for in a folder that is not the first that
    /// Ansible looks in.
    pub const ANSIBLE_FAR_FILE: Kind = Kind::fixed("ansible.far-file");
    /// A file of plays that plays of the same folder import, by its path.
    pub const ANSIBLE_PLAY_FILE: Kind = Kind::fixed("ansible.play-file");
    /// A file that holds plays, by its path.
    pub const ANSIBLE_PLAYS: Kind = Kind::fixed("ansible.plays");
    /// A folder of a tree that `ansible.cfg` has roles looked for in; empty for a folder
    /// outside.
    pub const ANSIBLE_ROLES_PATH: Kind = Kind::fixed("ansible.roles-path");
    /// A role that a list of requirements has installed.
    pub const ANSIBLE_LISTED_ROLE: Kind = Kind::fixed("ansible.listed-role");
    /// A collection that a list of requirements, a play or a role brings: `community.general`;
    /// its detail is the file's path where only that file may use it.
    pub const ANSIBLE_LISTED_COLLECTION: Kind = Kind::fixed("ansible.listed-collection");
    /// A collection whose root is a folder of the tree, by its full name; the detail is the
    /// folder.
    pub const ANSIBLE_COLLECTION: Kind = Kind::fixed("ansible.collection");
    /// A group of an Ansible inventory; its detail lists its hosts, apart by blanks.
    pub const ANSIBLE_GROUP: Kind = Kind::fixed("ansible.group");
    /// A method of a JavaScript object, by its bare name.
    pub const JS_METHOD: Kind = Kind::fixed("js.method");
    /// A port on which a web server answers without TLS; its detail says whether it only
    /// redirects.
    pub const HTTP_PORT: Kind = Kind::fixed("http.port");
    /// A path that a service answers: `/wiki/*`.
    pub const ROUTE: Kind = Kind::fixed("route");
    /// A monitor or health check, by its name; its detail is a [`Monitor`](super::Monitor).
    pub const MONITOR: Kind = Kind::fixed("monitor");
    /// A declared silence of monitors, by what it covers; its detail is a
    /// [`Silence`](super::Silence).
    pub const SILENCE: Kind = Kind::fixed("silence");
    /// A Helm chart, by its folder; its name is the detail. The interface of an object
    /// inside its values is `FOLDER/a.b`.
    pub const HELM_CHART: Kind = Kind::fixed("helm.chart");
    /// A chart that a chart depends on, by name or alias; its repository is the detail.
    pub const HELM_DEPENDENCY: Kind = Kind::fixed("helm.dependency");
    /// A named template of a chart: `helm.template:base.name`.
    pub const HELM_TEMPLATE: Kind = Kind::fixed("helm.template");
    /// A template as one file includes it: `PATH\x1fDEFINITION\x1fNAME`, with the definition
    /// that the include stands in, if any; a name with a leading `/` is a file of the
    /// chart's `templates/`.
    pub const HELM_INCLUDE: Kind = Kind::fixed("helm.include");
    /// A value that a values file sets, or a chart's template reads: `a.b`.
    pub const HELM_VALUE: Kind = Kind::fixed("helm.value");
    /// What takes the values of a file: `PATH\x1fa.b`.
    pub const HELM_VALUES: Kind = Kind::fixed("helm.values");
    /// A chart as a helmfile names it: `HELMFILE\x1fREPOSITORY/NAME` or `HELMFILE\x1f../path`.
    pub const HELMFILE_CHART: Kind = Kind::fixed("helmfile.chart");
    /// A file that a helmfile names: `HELMFILE\x1fPATH`, both from the tree's root.
    pub const HELMFILE_FILE: Kind = Kind::fixed("helmfile.file");
    /// A values file that may be absent.
    pub const HELMFILE_OPTIONAL: Kind = Kind::fixed("helmfile.optional");
    /// A Nagios or Icinga command.
    pub const NAGIOS_COMMAND: Kind = Kind::fixed("nagios.command");
    /// A group of hosts of Nagios or Icinga 1.
    pub const NAGIOS_HOSTGROUP: Kind = Kind::fixed("nagios.hostgroup");
    /// A group of contacts of Nagios or Icinga 1.
    pub const NAGIOS_CONTACTGROUP: Kind = Kind::fixed("nagios.contactgroup");
    /// A time period of Nagios or Icinga 1.
    pub const NAGIOS_TIMEPERIOD: Kind = Kind::fixed("nagios.timeperiod");
    /// A file of a role that uses another one, as that one's tasks find it:
    /// `ROLE-FOLDER\x1fPATH`.
    pub const ANSIBLE_CALLER_FILE: Kind = Kind::fixed("ansible.caller-file");
    /// One of these as a file names it: `PATH\x1fKIND\x1fNAME`.
    pub const NAGIOS_NAMED: Kind = Kind::fixed("nagios.named");
    /// A file that a VCL configuration includes, by the last part of its name.
    pub const VCL_FILE: Kind = Kind::fixed("vcl.file");
    /// A VCL name as one file sees it: `PATH\x1fWHOLE\x1fKIND\x1fNAME`, where WHOLE is `1`
    /// for a file that begins a configuration.
    pub const VCL_NAME: Kind = Kind::fixed("vcl.name");
    /// A VCL subroutine.
    pub const VCL_SUB: Kind = Kind::fixed("vcl.sub");
    /// A unit of systemd: `backup.timer`, `notify@.service`.
    pub const SYSTEMD_UNIT: Kind = Kind::fixed("systemd.unit");
    /// A file or folder that an image's build copies: `FOLDER\x1fPATH`, with the folder of the
    /// Dockerfile; the build's context is that folder or one above it.
    pub const DOCKER_SOURCE: Kind = Kind::fixed("docker.source");
    /// A command that an image has: `FOLDER\x1fNAME`, with the folder of its Dockerfile.
    pub const IMAGE_COMMAND: Kind = Kind::fixed("image.command");
    /// A job that Prometheus scrapes.
    pub const PROMETHEUS_JOB: Kind = Kind::fixed("prometheus.job");
    /// An environment variable.
    pub const ENV: Kind = Kind::fixed("env");
    /// A path, or a part of one, that adds to a call's environment where the tree has it:
    /// `web.service.d/`, `etc/environment`.
    pub const ENV_EXTRA: Kind = Kind::fixed("env.extra");
}

/// A named thing of some kind.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Entity {
    /// What sort of thing.
    pub kind: Kind,
    /// Its name; for a name built at run time, its pattern with `*`.
    pub name: SmolStr,
}

impl Entity {
    /// An entity of `kind` named `name`.
    pub fn new(kind: Kind, name: impl Into<SmolStr>) -> Self {
        Self { kind, name: name.into() }
    }

    /// A command's flag or argument: `flag:COMMAND/--name`.
    pub fn flag(command: &str, name: &str) -> Self {
        Self::new(Kind::fixed("flag"), format!("{command}/{name}"))
    }

    /// A parameter of anything else: `param:INTERFACE::$name`.
    pub fn parameter(interface: &str, name: &str) -> Self {
        Self::new(Kind::fixed("param"), format!("{interface}::${name}"))
    }

    /// What a parameter or a flag belongs to; `None` for anything else.
    pub fn owner(&self) -> Option<&str> {
        self.split().map(|(owner, _)| owner)
    }

    /// The name of a parameter or a flag without what it belongs to; `None` for anything else.
    pub fn part(&self) -> Option<&str> {
        self.split().map(|(_, part)| part)
    }

    fn split(&self) -> Option<(&str, &str)> {
        match self.kind.as_str() {
            "flag" => self.name.rsplit_once('/'),
            "param" => self.name.rsplit_once("::$"),
            _ => None,
        }
    }

    /// Parses `kind:name`. `None` without a colon or with an empty side.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        (!kind.is_empty() && !name.is_empty()).then(|| Self::new(Kind::named(kind), name))
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}
