//! The table of kinds, in the order of their names.
use super::{Kind, Property};
kinds! {
    /// A word without quotes that a condition compares with.
    ANSIBLE_BARE_WORD = "ansible.bare-word", "variable";
    /// A file of a role that uses another one: as seen from the folder of the role it uses.
    ANSIBLE_CALLER_FILE = "ansible.caller-file", "file";
    /// A collection whose root is a folder of the tree, by its full name; its detail: the folder.
    ANSIBLE_COLLECTION = "ansible.collection", "collection";
    /// A file of a playbook or role, in a folder that is not the first that Ansible looks in.
    ANSIBLE_FAR_FILE = "ansible.far-file", "file";
    /// A group of an Ansible inventory; its detail lists its hosts, apart by blanks.
    ANSIBLE_GROUP = "ansible.group", "group", Property::HOSTS, Property::FIRST_MENTION;
    /// A group of hosts as an expression names it: `groups['web']`.
    ANSIBLE_GROUP_NAME = "ansible.group-name", "group";
    /// What a play sets for itself (`vars`), or a role that it uses under a condition (`when`).
    ANSIBLE_HANDED = "ansible.handed", "variables of a play";
    /// An Ansible handler's name, or what it listens to.
    ANSIBLE_HANDLER = "ansible.handler", "handler", Property::named(8), Property::HANDLER;
    /// A host of an Ansible inventory.
    ANSIBLE_HOST = "ansible.host", "host", Property::ENTRY;
    /// Parts that each item of a list has which a variable is set to; its detail lists them.
    ANSIBLE_ITEM_PARTS = "ansible.item-parts", "parts of items";
    /// A collection that a list, play or role brings; its detail: the one file that may use it.
    ANSIBLE_LISTED_COLLECTION = "ansible.listed-collection", "listed collection";
    /// A role that a list of requirements has installed.
    ANSIBLE_LISTED_ROLE = "ansible.listed-role", "listed role";
    /// A module of the tree's own, by its bare name.
    ANSIBLE_MODULE = "ansible.module", "module", Property::CONTRACT;
    /// A handler as one file can notify it.
    ANSIBLE_NOTIFIED = "ansible.notified", "handler";
    /// A part of a variable that is read: `NAME.PART`, `NAME[].PART`; its detail: a near one there.
    ANSIBLE_PART_READ = "ansible.part-read", "part";
    /// Parts of a mapping that a variable is set to; its detail lists them.
    ANSIBLE_PARTS = "ansible.parts", "parts";
    /// A file of plays that plays of the same folder import, by its path.
    ANSIBLE_PLAY_FILE = "ansible.play-file", "file";
    /// A file that holds plays, by its path.
    ANSIBLE_PLAYS = "ansible.plays", "play";
    /// A variable that only tasks of the tree fill: what one of them registers.
    ANSIBLE_RESULT = "ansible.result", "variable";
    /// An Ansible role.
    ANSIBLE_ROLE = "ansible.role", "role", Property::named(7), Property::CALLABLE, Property::EXTERNAL;
    /// A file of a role, `FOLDER/NAME`, inside a role that another file names too.
    ANSIBLE_ROLE_PART = "ansible.role-part", "part of a role";
    /// A role as one file names it.
    ANSIBLE_ROLE_USE = "ansible.role-use", "use of a role", Property::WHOLE;
    /// A folder in which `ansible.cfg` has roles looked for; empty for a folder outside.
    ANSIBLE_ROLES_PATH = "ansible.roles-path", "roles path";
    /// A path below one of the repository's own folders, or below a checkout on the control node.
    ANSIBLE_ROOTED = "ansible.rooted", "path";
    /// A file of plays as a command line names it, from wherever it is run.
    ANSIBLE_RUN = "ansible.run", "playbook";
    /// An inventory as a command line names it.
    ANSIBLE_RUN_INVENTORY = "ansible.run-inventory", "inventory";
    /// A variable that whoever uses a role sets, or that the role does without.
    ANSIBLE_SUPPLIED = "ansible.supplied", "variable";
    /// A tag of plays, roles and tasks.
    ANSIBLE_TAG = "ansible.tag", "tag";
    /// A task of Ansible by its name, which is a handler where a list of handlers includes its file.
    ANSIBLE_TASK = "ansible.task", "task", Property::HANDLER;
    /// A variable that a data file of Ansible sets.
    ANSIBLE_VARIABLE = "ansible.variable", "variable", Property::KEY, Property::VARIABLE, Property::GIVEN;
    /// A file of variables as a play names it, behind the folder of the play.
    ANSIBLE_VARS_FILE = "ansible.vars-file", "file";
    /// Variables of one group or host, in a file of their own: `group web`, `host a.example`.
    ANSIBLE_VARS_OF = "ansible.vars-of", "variables of";
    /// A balancer of Apache: `balancer://NAME`.
    APACHE_BALANCER = "apache.balancer", "balancer";
    /// A file of Apache, by the last part of its name; its detail is as that of `nginx.file`.
    APACHE_FILE = "apache.file", "file";
    /// An address and port that Apache listens on, as it is written.
    APACHE_LISTEN = "apache.listen", "address";
    /// The nickname of a log format of Apache.
    APACHE_LOG_FORMAT = "apache.log-format", "log format";
    /// A macro of Apache, in lower case.
    APACHE_MACRO = "apache.macro", "macro";
    /// A module that a configuration of Apache loads, as `LoadModule` calls it.
    APACHE_MODULE = "apache.module", "loaded module";
    /// A name of Apache as one file uses it, of the kind that is sought.
    APACHE_NAME = "apache.name", "name";
    /// A path on the host that a configuration of Apache names, seen from its file.
    APACHE_PATH = "apache.path", "path";
    /// A map of Apache's `RewriteMap`.
    APACHE_REWRITE_MAP = "apache.rewrite-map", "rewrite map";
    /// A variable of Apache that `Define` sets.
    APACHE_VARIABLE = "apache.variable", "variable";
    /// A folder of the tree that a command line builds.
    BUILT_FOLDER = "built.folder", "folder";
    /// A local action of GitHub, by its folder.
    CI_ACTION = "ci.action", "action", Property::PATH;
    /// An artifact that a step of a workflow uploads.
    CI_ARTIFACT = "ci.artifact", "artifact";
    /// A folder of the tree that a step of a workflow runs in.
    CI_FOLDER = "ci.folder", "folder", Property::WHOLE;
    /// An input of a local action: `FOLDER/NAME`.
    CI_INPUT = "ci.input", "input";
    /// A job of a workflow: `PATH/NAME`.
    CI_JOB = "ci.job", "job";
    /// A key of the matrix of a job: `PATH/JOB/NAME`.
    CI_MATRIX = "ci.matrix", "key of the matrix";
    /// A workflow of GitHub by the name that it gives itself.
    CI_NAMED = "ci.named", "workflow";
    /// A job whose outputs another one reads, which has to need it: `PATH/JOB/NAME`.
    CI_NEED = "ci.need", "needed job";
    /// An output: `PATH/JOB.NAME`, `PATH/JOB/STEP.NAME`, of what is called `PATH/.NAME`.
    CI_OUTPUT = "ci.output", "output";
    /// A script of the tree that a step runs by its path.
    CI_SCRIPT = "ci.script", "script";
    /// A step of a job, by its id: `PATH/JOB/ID`.
    CI_STEP = "ci.step", "step";
    /// A reusable workflow of GitHub, by its path.
    CI_WORKFLOW = "ci.workflow", "workflow", Property::CALLABLE, Property::PATH;
    /// A key of a ConfigMap or a Secret: `ConfigMap/web#LOG_LEVEL`.
    CLUSTER_KEY = "cluster.key", "key", Property::FIRST_MENTION;
    /// A label that is put on all that a root of Kustomize builds: `app=web`.
    CLUSTER_LABEL = "cluster.label", "label";
    /// A listener of a Gateway by its name: `Gateway/public#https`.
    CLUSTER_LISTENER = "cluster.listener", "listener";
    /// An object of a cluster, by its kind and name: `ConfigMap/web`.
    CLUSTER_OBJECT = "cluster.object", "object", Property::FIRST_MENTION;
    /// Pods by their labels, which are its detail, in order and apart by commas: `app=web`.
    CLUSTER_PODS = "cluster.pods", "pod with the labels", Property::FIRST_MENTION;
    /// A port by its name or number: `Service/web#http`, `Deployment/web/app#http`, `app=web#http`.
    CLUSTER_PORT = "cluster.port", "port";
    /// A volume of the pods of a workload: `Deployment/web#data`.
    CLUSTER_VOLUME = "cluster.volume", "volume";
    /// A command on the search path; its detail is what it runs: `file:bin/deploy`.
    COMMAND = "command", "command", Property::named(9);
    /// A path beside a file of Compose that a service has bound, or takes its variables from.
    COMPOSE_BOUND = "compose.bound", "file";
    /// The Dockerfile of a service that is built: `FOLDER:DOCKERFILE`.
    COMPOSE_BUILD = "compose.build", "Dockerfile";
    /// A config that files of Compose in a folder declare: `FOLDER:NAME`.
    COMPOSE_CONFIG = "compose.config", "config";
    /// A service of a file of Compose that says how its health is checked: `FOLDER:NAME`.
    COMPOSE_HEALTH = "compose.health", "health check of service";
    /// A service of one file of Compose, as another file takes it over: `PATH:NAME`.
    COMPOSE_MEMBER = "compose.member", "service";
    /// A path of the tree that a service of Compose mounts or is built from; its detail: the folder
    /// of the file that says so.
    COMPOSE_MOUNT = "compose.mount", "mounted path";
    /// What a service of Compose names of its project: `networks/web`.
    COMPOSE_NAMED = "compose.named", "name";
    /// A network that files of Compose in a folder declare: `FOLDER:NAME`.
    COMPOSE_NETWORK = "compose.network", "network";
    /// A file of Compose, by its folder; its detail says whether it takes in more.
    COMPOSE_PART = "compose.part", "part of a project";
    /// A secret that files of Compose in a folder declare: `FOLDER:NAME`.
    COMPOSE_SECRET = "compose.secret", "secret";
    /// A service of files of Compose in a folder: `FOLDER:NAME`.
    COMPOSE_SERVICE = "compose.service", "service";
    /// A volume that files of Compose in a folder declare: `FOLDER:NAME`.
    COMPOSE_VOLUME = "compose.volume", "volume";
    /// A path that a task puts on the host; its detail, where known: what it is a copy of.
    DEPLOYED_PATH = "deployed.path", "deployed path", Property::named(10), Property::COMPILED;
    /// A stage, or an image, that a stage of a Dockerfile copies from: `PATH:NAME`.
    DOCKER_FROM = "docker.from", "stage";
    /// What an image's build copies, seen from the Dockerfile's folder or one above it.
    DOCKER_SOURCE = "docker.source", "build source", Property::COPIED;
    /// An environment variable.
    ENV = "env", "environment variable", Property::named(25), Property::KEY, Property::VARIABLE;
    /// A path, or a part of one, that adds to a call's environment if it exists: `web.service.d/`.
    ENV_EXTRA = "env.extra", "environment file";
    /// A path of the tree, relative to its root: `file:modules/x/files/a`.
    FILE = "file", "file", Property::PATH;
    /// A flag or argument of a command: `COMMAND/--name`.
    FLAG = "flag", "flag";
    /// An object of Flux as another one names it: `KIND/NAME`.
    FLUX_NAMED = "flux.named", "object";
    /// An object of Flux: `HelmRelease/web`.
    FLUX_OBJECT = "flux.object", "object";
    /// A variable that a manifest has Flux fill in.
    FLUX_READ = "flux.read", "variable", Property::FIRST_MENTION;
    /// A variable that Flux fills in; its detail says from which object it is taken.
    FLUX_VARIABLE = "flux.variable", "variable", Property::FIRST_MENTION;
    /// A job of a file of GitLab's pipelines, `PATH:NAME`; its detail: its keys, if all are known.
    GITLAB_CI_JOB = "gitlab.job", "job";
    /// What a job says, as `!reference` takes it over: `NAME/KEY`.
    GITLAB_CI_KEY = "gitlab.key", "key";
    /// A job as a file of its pipeline names it.
    GITLAB_CI_NAMED = "gitlab.named", "job";
    /// A file of a pipeline, by its path; its detail: whether it takes in more than the tree has.
    GITLAB_CI_PART = "gitlab.part", "part of a pipeline";
    /// A stage that a file of a pipeline lists: `PATH:NAME`.
    GITLAB_CI_STAGE = "gitlab.stage", "stage";
    /// The same as a job names it.
    GITLAB_CI_STAGED = "gitlab.staged", "stage";
    /// A file of values in a repository, as an object names it.
    GITOPS_FILE = "gitops.file", "file";
    /// A folder of a repository that a controller applies, told from others by its source.
    GITOPS_FOLDER = "gitops.folder", "folder", Property::PATH;
    /// A project of Argo CD as an application names it.
    GITOPS_MEMBER = "gitops.member", "project";
    /// What a project of Argo CD permits: `PROJECT`, with what is asked for on another line.
    GITOPS_PERMITTED = "gitops.permitted", "entry of the project that permits";
    /// A project of Argo CD.
    GITOPS_PROJECT = "gitops.project", "project";
    /// What a package of Go has for others: `FOLDER#Name`.
    GO_NAME = "go.name", "name";
    /// A program of Go that a build makes of a folder, by that folder.
    GO_PROGRAM = "go.program", "program";
    /// An ACL of HAProxy.
    HAPROXY_ACL = "haproxy.acl", "ACL";
    /// A HAProxy backend (or listen section).
    HAPROXY_BACKEND = "haproxy.backend", "backend", Property::named(15), Property::BALANCED;
    /// A cache of HAProxy.
    HAPROXY_CACHE = "haproxy.cache", "cache";
    /// A named defaults section of HAProxy.
    HAPROXY_DEFAULTS = "haproxy.defaults", "defaults section";
    /// An fcgi-app section of HAProxy.
    HAPROXY_FCGI_APP = "haproxy.fcgi-app", "fcgi-app section";
    /// A HAProxy frontend.
    HAPROXY_FRONTEND = "haproxy.frontend", "frontend", Property::named(16);
    /// An http-errors section of HAProxy.
    HAPROXY_HTTP_ERRORS = "haproxy.http-errors", "http-errors section";
    /// A mailers section of HAProxy.
    HAPROXY_MAILERS = "haproxy.mailers", "mailers section";
    /// A path on the host that HAProxy is told of, seen from the configuration's own folder.
    HAPROXY_PATH = "haproxy.path", "path";
    /// A peers section of HAProxy.
    HAPROXY_PEERS = "haproxy.peers", "peers section";
    /// A resolvers section of HAProxy.
    HAPROXY_RESOLVERS = "haproxy.resolvers", "resolvers section";
    /// A section of HAProxy, of the kind that is sought, as one configuration sees it.
    HAPROXY_SECTION = "haproxy.section", "section";
    /// A server of a HAProxy backend: `BACKEND/SERVER`.
    HAPROXY_SERVER = "haproxy.server", "server";
    /// A proxy of HAProxy, or a table of a peers section, that has a stick table.
    HAPROXY_TABLE = "haproxy.table", "stick table";
    /// A userlist of HAProxy.
    HAPROXY_USERLIST = "haproxy.userlist", "userlist";
    /// A Helm chart, by its folder; its name is the detail. An object of its values: `FOLDER/a.b`.
    HELM_CHART = "helm.chart", "chart", Property::PATH;
    /// A chart that a chart depends on, by name or alias; its repository is the detail.
    HELM_DEPENDENCY = "helm.dependency", "chart dependency";
    /// A file of a chart as a template of it reads it.
    HELM_FILE = "helm.file", "file";
    /// A template as one file includes it; `/NAME` is a file of the chart's `templates/`.
    HELM_INCLUDE = "helm.include", "named template";
    /// A value as a template of a chart reads it, which the chart's own file sets: `a.b`.
    HELM_READ = "helm.read", "value", Property::SURE_WHERE_NEW;
    /// A named template of a chart: `helm.template:base.name`.
    HELM_TEMPLATE = "helm.template", "named template", Property::named(17), Property::ON_DEMAND;
    /// A value that a values file sets, or a chart's template reads: `a.b`.
    HELM_VALUE = "helm.value", "value", Property::KEY;
    /// What takes the values of a file: the object `a.b` of them.
    HELM_VALUES = "helm.values", "value";
    /// The version of a chart, by its folder, or one that it asks for: `FOLDER#NAME`.
    HELM_VERSION = "helm.version", "version";
    /// A chart as a helmfile names it: `REPOSITORY/NAME` or `../path`.
    HELMFILE_CHART = "helmfile.chart", "chart";
    /// A file that a helmfile names, from the tree's root.
    HELMFILE_FILE = "helmfile.file", "file";
    /// A values file that may be absent.
    HELMFILE_OPTIONAL = "helmfile.optional", "file";
    /// A level of a Hiera hierarchy: the paths of its files; its detail is the folder of the data.
    HIERA_LEVEL = "hiera.level", "hierarchy level";
    /// A port that a web server answers at without TLS; its detail: whether it only redirects.
    HTTP_PORT = "http.port", "port";
    /// An argument that a Dockerfile declares: `PATH:NAME`.
    IMAGE_ARGUMENT = "image.argument", "build argument";
    /// A command that an image has, seen from its Dockerfile's folder: the detail of what provides.
    IMAGE_COMMAND = "image.command", "command";
    /// What builds in a folder do not see; its detail lists the patterns.
    IMAGE_IGNORED = "image.ignored", "ignored files";
    /// A stage of a Dockerfile, by its path and name: `app/Dockerfile:build`.
    IMAGE_STAGE = "image.stage", "stage";
    /// A name that a module of JavaScript exports, `PATH#NAME`; as one imports it, `./a#NAME`.
    JS_EXPORT = "js.export", "export";
    /// A method of a JavaScript object, by its bare name.
    JS_METHOD = "js.method", "method", Property::CONTRACT;
    /// A Hiera key: `key:profile::wiki::port`.
    KEY = "key", "key", Property::named(24), Property::KEY, Property::LOOKED_UP, Property::COMPILED;
    /// A workload of several replicas that are replaced one after the other, by its name.
    ROLLING = "kubernetes.rolling", "rolling update";
    /// A root of Kustomize, or a patch, that may name objects otherwise, or build what is not here.
    KUSTOMIZE_OPEN = "kustomize.open", "open kustomization";
    /// What the objects of a file of patches are merged into, seen from the root's folder.
    KUSTOMIZE_PATCHED = "kustomize.patched", "patch target";
    /// What a root of Kustomize builds from: the path of a file of objects, or of another root.
    KUSTOMIZE_PATH = "kustomize.path", "file";
    /// A root of Kustomize, by its folder, that puts something before or behind names.
    KUSTOMIZE_RENAMES = "kustomize.renames", "renaming kustomization";
    /// A root of Kustomize, by its folder.
    KUSTOMIZE_ROOT = "kustomize.root", "kustomization", Property::PATH;
    /// An object that a patch is for, `KIND/NAME`, seen from the folder of the root.
    KUSTOMIZE_TARGET = "kustomize.target", "patch target";
    /// A configuration setting of a MediaWiki extension, without a prefix.
    MEDIAWIKI_CONFIG = "mediawiki.config", "configuration setting";
    /// The file that begins a MediaWiki extension, from before there were registrations.
    MEDIAWIKI_ENTRY = "mediawiki.entry", "entry point";
    /// A MediaWiki extension: `mediawiki.extension:MobileFrontend`.
    MEDIAWIKI_EXTENSION = "mediawiki.extension", "extension", Property::named(14);
    /// A message of a MediaWiki extension.
    MEDIAWIKI_MESSAGE = "mediawiki.message", "message";
    /// A module of MediaWiki's ResourceLoader.
    MEDIAWIKI_MODULE = "mediawiki.module", "ResourceLoader module";
    /// A service of MediaWiki, as a list of wirings names it.
    MEDIAWIKI_SERVICE = "mediawiki.service", "service";
    /// A MediaWiki skin.
    MEDIAWIKI_SKIN = "mediawiki.skin", "skin";
    /// A wiki of a wiki farm, by database name.
    MEDIAWIKI_WIKI = "mediawiki.wiki", "wiki";
    /// A migration of a database, by its path; its detail: whether it `takes` away or only `adds`.
    MIGRATION = "migration", "migration";
    /// A monitor or health check, by its name; its detail is a [`Monitor`](super::Monitor).
    MONITOR = "monitor", "monitor";
    /// A Nagios or Icinga command.
    NAGIOS_COMMAND = "nagios.command", "command", Property::named(18), Property::FIRST_MENTION;
    /// A group of contacts of Nagios or Icinga 1.
    NAGIOS_CONTACTGROUP = "nagios.contactgroup", "contact group", Property::named(20);
    /// A group of hosts of Nagios or Icinga 1.
    NAGIOS_HOSTGROUP = "nagios.hostgroup", "host group", Property::named(19);
    /// One of these as a file names it.
    NAGIOS_NAMED = "nagios.named", "object";
    /// A time period of Nagios or Icinga 1.
    NAGIOS_TIMEPERIOD = "nagios.timeperiod", "time period", Property::named(21);
    /// A name that a file declares, as whatever, and others use.
    NAME = "name", "name";
    /// A zone that a cache of nginx keeps its keys in.
    NGINX_CACHE = "nginx.cache", "cache zone";
    /// An address that a server of nginx is the default of.
    NGINX_DEFAULT_SERVER = "nginx.default-server", "default server";
    /// A file of nginx, by the last part of its name; its detail: whether it begins, and is whole.
    NGINX_FILE = "nginx.file", "file";
    /// A named location of nginx, with its `@`.
    NGINX_LOCATION = "nginx.location", "named location";
    /// A log format of nginx.
    NGINX_LOG_FORMAT = "nginx.log-format", "log format";
    /// A name of nginx as one file uses it, which may be a host's, or of what is not here.
    NGINX_LOOSE_NAME = "nginx.loose-name", "name";
    /// A name of nginx as one file uses it, of the kind that is sought.
    NGINX_NAME = "nginx.name", "name";
    /// A path on the host that a configuration of nginx names, seen from its file.
    NGINX_PATH = "nginx.path", "path";
    /// A server of nginx: an address and a name that it answers to, with a blank between them.
    NGINX_SERVER = "nginx.server", "server";
    /// A name of nginx's `stream`, of the kind that is sought.
    NGINX_STREAM_NAME = "nginx.stream-name", "name";
    /// An upstream of nginx; its detail is the block that it stands in, where the file says so.
    NGINX_UPSTREAM = "nginx.upstream", "upstream", Property::named(26);
    /// A variable of nginx that a configuration sets, in lower case.
    NGINX_VARIABLE = "nginx.variable", "variable";
    /// A zone in which nginx counts requests or connections.
    NGINX_ZONE = "nginx.zone", "zone";
    /// An operating-system package that something installs: `package:nginx`.
    PACKAGE = "package", "package", Property::named(23);
    /// A package that is built from a source tree; the tree's folder is the detail.
    PACKAGE_BUILT = "package.built", "built package";
    /// A gem.
    PACKAGE_GEM = "package.gem", "gem";
    /// The same, built from a source tree; the tree's folder is the detail.
    PACKAGE_GEM_BUILT = "package.gem-built", "built gem";
    /// A container image, without its tag.
    PACKAGE_IMAGE = "package.image", "image";
    /// The same, built from a source tree; the tree's folder is the detail.
    PACKAGE_IMAGE_BUILT = "package.image-built", "built image";
    /// A package of npm, with its scope: `@a/tool`.
    PACKAGE_NPM = "package.npm", "npm package";
    /// The same, built from a source tree; the tree's folder is the detail.
    PACKAGE_NPM_BUILT = "package.npm-built", "built npm package";
    /// A path that a package brings, by its packaging source; the package is the detail.
    PACKAGE_PATH = "package.path", "packaged path";
    /// A package of pip, by its name as PEP 503 compares it.
    PACKAGE_PIP = "package.pip", "Python package";
    /// The same, built from a source tree; the tree's folder is the detail.
    PACKAGE_PIP_BUILT = "package.pip-built", "built Python package";
    /// A page that a service renders, by its path below the folder of templates.
    PAGE = "page", "page", Property::ON_DEMAND;
    /// A parameter of anything else: `INTERFACE::$name`.
    PARAM = "param", "parameter", Property::COMPILED;
    /// A file beside one that a host or a browser gets: what runs or serves it may bring it.
    PAYLOAD_FILE = "payload.file", "file";
    /// A module of Perl, as one file uses it.
    PERL_MODULE = "perl.module", "module";
    /// What a module of Perl has for others: `Own::Rows#name`.
    PERL_NAME = "perl.name", "name";
    /// A PHP class, lower case, without the leading backslash.
    PHP_CLASS = "php.class", "class", Property::named(11), Property::FOLDED, Property::GLOBAL, Property::ON_DEMAND;
    /// An entry of a class map: the class exists because the map says where.
    PHP_CLASS_MAP = "php.class-map", "class map entry", Property::named(12), Property::FOLDED;
    /// A constant of PHP, with its namespace: `php.constant:VAT_RATE`.
    PHP_CONSTANT = "php.constant", "constant";
    /// A function of PHP, lower case, with its namespace: `php.function:shop\\price`.
    PHP_FUNCTION = "php.function", "function", Property::FOLDED;
    /// A member of a class, but for constants in lower case: `CLASS::method()`, `CLASS::CONSTANT`.
    PHP_MEMBER = "php.member", "member";
    /// A PSR-4 prefix that the tree maps to one of its folders, lower case.
    PHP_NAMESPACE = "php.namespace", "namespace";
    /// A class that has what another one has, its parent, interface or trait: the detail.
    PHP_PARENT = "php.parent", "class";
    /// A class whose objects a factory makes, and constructors take.
    PHP_PRODUCT = "php.product", "factory of", Property::CONTRACT;
    /// A PHP setting (global variable): `php.setting:wmgUseX`.
    PHP_SETTING = "php.setting", "setting", Property::named(13), Property::KEY, Property::LOOKED_UP;
    /// The same, defined only in a file that overlays another (`X-labs.php`).
    PHP_SETTING_OVERLAY = "php.setting-overlay", "overlaid setting";
    /// A job that Prometheus scrapes.
    PROMETHEUS_JOB = "prometheus.job", "job";
    /// A metric that a program of the tree exports.
    PROMETHEUS_METRIC = "prometheus.metric", "metric", Property::OF_PROGRAM;
    /// A resource that a class or node declares whatever its conditions: `Package[nginx]`.
    PUPPET_ALWAYS = "puppet.always", "resource", Property::COMPILED;
    /// A word that an ERB template says where Puppet 3 takes it for a variable.
    PUPPET_BARE_WORD = "puppet.bare-word", "variable", Property::COMPILED;
    /// A class: `puppet.class:mediawiki::web`.
    PUPPET_CLASS = "puppet.class", "class", Property::named(1), Property::FOLDED, Property::GLOBAL, Property::DEFINITION, Property::ON_DEMAND, Property::CALLABLE, Property::EXTERNAL, Property::BY_DATA, Property::COMPILED, Property::TAKEN_IN, Property::HANDED_OUT;
    /// A key of data of which `lookup_options` say how it is looked up.
    PUPPET_CONVERTED = "puppet.converted", "key", Property::COMPILED;
    /// Data whose entries become resources, by its key. What uses it has their type as its detail.
    PUPPET_CREATED = "puppet.created", "data of resources", Property::COMPILED, Property::MAKES;
    /// A data type alias, lower case as Puppet loads it: `puppet.datatype:stdlib::fqdn`.
    PUPPET_DATATYPE = "puppet.datatype", "data type", Property::named(5), Property::FOLDED, Property::ON_DEMAND, Property::COMPILED;
    /// An argument that resource defaults set somewhere: `TYPE::PARAMETER`.
    PUPPET_DEFAULTS = "puppet.defaults", "resource default", Property::COMPILED;
    /// A defined type: `puppet.define:ferm::service`.
    PUPPET_DEFINE = "puppet.define", "defined type", Property::named(2), Property::FOLDED, Property::GLOBAL, Property::DEFINITION, Property::ON_DEMAND, Property::CALLABLE, Property::EXTERNAL, Property::COMPILED, Property::TAKEN_IN;
    /// A variable that is read before its assignment: `a::b::x` for `$x` in `a::b`.
    PUPPET_EARLY_VARIABLE = "puppet.early-variable", "variable", Property::COMPILED;
    /// A module that a list of dependencies says comes from elsewhere.
    PUPPET_EXTERNAL = "puppet.external", "external module", Property::COMPILED;
    /// A custom fact.
    PUPPET_FACT = "puppet.fact", "fact", Property::COMPILED;
    /// A file of a module's `files/`: `MODULE/path`. Resolved to `file:` through the module path.
    PUPPET_FILES = "puppet.files", "module file", Property::SERVED;
    /// A class that a class or node takes in whatever its conditions.
    PUPPET_FIRM_INCLUDE = "puppet.firm-include", "class", Property::COMPILED;
    /// A function, Puppet or Ruby, old or new API.
    PUPPET_FUNCTION = "puppet.function", "function", Property::named(3), Property::GLOBAL, Property::ON_DEMAND, Property::CALLABLE, Property::COMPILED;
    /// How a manifest writes modes of files, `number` or `text`; its detail: how many.
    PUPPET_MODE = "puppet.mode", "mode of a file", Property::COMPILED;
    /// A list of modules from elsewhere, by its file's name; its detail is the folder it is for.
    PUPPET_MODULE_LIST = "puppet.module-list", "module list", Property::COMPILED;
    /// A mount of the file server, and `MOUNT/path`; its detail is the folder on the server.
    PUPPET_MOUNT = "puppet.mount", "mount of the file server", Property::COMPILED;
    /// A node definition; its detail: how many hosts its names can match, if that is finite.
    PUPPET_NODE = "puppet.node", "node definition", Property::HOSTS, Property::COMPILED;
    /// A variable that a definition reads and does not set: `a::b::x` for `$x` in `a::b`.
    PUPPET_PLAIN_VARIABLE = "puppet.plain-variable", "variable", Property::COMPILED;
    /// A declared resource: `puppet.resource:Package[nginx]` (type capitalised).
    PUPPET_RESOURCE = "puppet.resource", "resource", Property::DECLARED, Property::COMPILED;
    /// A template in a module's `templates/`: `MODULE/path`.
    PUPPET_TEMPLATE = "puppet.template", "template", Property::named(6), Property::CALLABLE, Property::SERVED, Property::COMPILED;
    /// A variable that a template reads of whatever scope renders it: `x` for `@x`.
    PUPPET_TEMPLATE_VARIABLE = "puppet.template-variable", "template variable", Property::RENDERED, Property::COMPILED;
    /// A variable of the top scope that something reads, facts above all: `$::x`, `%{::x}`.
    PUPPET_TOP_SCOPE = "puppet.top-scope", "top-scope variable", Property::COMPILED;
    /// A native resource type from a module's `lib/puppet/type/`.
    PUPPET_TYPE = "puppet.type", "resource type", Property::named(4), Property::ON_DEMAND, Property::OPEN, Property::COMPILED;
    /// Resources of a type, `*` for any, `class` for classes, under titles that are computed.
    PUPPET_UNTITLED = "puppet.untitled", "resources", Property::COMPILED;
    /// A value of data for a parameter, by its key; its detail: its type, and its text where it is short.
    PUPPET_VALUE = "puppet.value", "value", Property::COMPILED;
    /// A variable of a class, fully qualified: `puppet.variable:a::b::c`.
    PUPPET_VARIABLE = "puppet.variable", "variable", Property::COMPILED, Property::SLIP;
    /// A module of Python, as one file imports it.
    PYTHON_IMPORT = "python.import", "module";
    /// A method of a class of Python, by its bare name.
    PYTHON_METHOD = "python.method", "method", Property::CONTRACT;
    /// A module of Python, by its path; its detail: names from elsewhere, `*` for those not known.
    PYTHON_MODULE = "python.module", "module";
    /// A name of a module of Python: as a reference with the module, as an interface with its path.
    PYTHON_NAME = "python.name", "name";
    /// A repository that is deployed by itself, as the deployment calls it.
    REPOSITORY = "repository", "repository";
    /// A service that is restarted when something changes; the detail names that, `KIND:NAME`.
    RESTART = "restart", "restart of";
    /// A path that a service answers: `/wiki/*`.
    ROUTE = "route", "route";
    /// A path that a health check asks for, wherever it is answered.
    ROUTE_PROBED = "route.probed", "route";
    /// A method of Ruby, by its bare name.
    RUBY_METHOD = "ruby.method", "method", Property::CONTRACT;
    /// A name of a server's configuration, behind what it is: `acl inside`, `service template web`.
    SERVER_NAME = "server.name", "name";
    /// A service that a deployment takes down.
    SERVICE = "service", "service";
    /// A host by one word, as containers of a project reach each other: seen from the file that names
    /// it; provided as `FOLDER:NAME`.
    SERVICE_HOST = "service.host", "host";
    /// A service of a project that a command names, by the folder of the project and its own name.
    SERVICE_RUN = "service.run", "service";
    /// A declared silence of monitors, by what it covers; its detail: [`Silence`](super::Silence).
    SILENCE = "silence", "silence";
    /// A unit of systemd: `backup.timer`, `notify@.service`.
    SYSTEMD_UNIT = "systemd.unit", "unit";
    /// What a tool runs by its name, as it is called: `make lint`, `npm run build`.
    TASK = "task", "task";
    /// A call of a module, `FOLDER/NAME`; its detail: the module's folder, if that is in the tree.
    TERRAFORM_CALL = "terraform.call", "module call";
    /// The values that a validation lets a variable have, by its path; its detail lists them.
    TERRAFORM_CHOICE = "terraform.choice", "value";
    /// A data source that the files of a folder declare: `FOLDER/TYPE.NAME`.
    TERRAFORM_DATA = "terraform.data", "data source";
    /// A local value of a folder's files: `FOLDER/NAME`.
    TERRAFORM_LOCAL = "terraform.local", "local value";
    /// A folder of Terraform: a root module, or one that is called.
    TERRAFORM_MODULE = "terraform.module", "module", Property::PART, Property::PATH;
    /// An output of a module: `FOLDER/NAME`.
    TERRAFORM_OUTPUT = "terraform.output", "output";
    /// A file by its name, in a folder above the one that asks for it.
    TERRAFORM_PARENT = "terraform.parent", "file above";
    /// A configuration of a provider by its alias, which a folder has: `FOLDER/aws.dns`.
    TERRAFORM_PROVIDER = "terraform.provider", "provider configuration";
    /// An output of another root, as a folder's files read it from its state: `FOLDER/NAME.OUTPUT`.
    TERRAFORM_REMOTE = "terraform.remote", "output";
    /// A resource that the files of a folder declare: `FOLDER/TYPE.NAME`.
    TERRAFORM_RESOURCE = "terraform.resource", "resource";
    /// An output as the caller of its module reads it: `FOLDER/CALL.OUTPUT`.
    TERRAFORM_RESULT = "terraform.result", "output";
    /// A thing of Terraform of which there may be several: `FOLDER/TYPE.NAME`, `FOLDER/module.NAME`.
    TERRAFORM_SEVERAL = "terraform.several", "resource";
    /// The attributes without which the type of a variable takes no object, by the variable's path,
    /// with `[]` or `{}` for those of a list or a map; its detail lists them.
    TERRAFORM_SHAPE = "terraform.shape", "attribute";
    /// A file of Terragrunt, by its path; its detail: what it says to the units that it is part of.
    TERRAFORM_SHARED = "terraform.shared", "file of units";
    /// The folder that a call reads its module from.
    TERRAFORM_SOURCE = "terraform.source", "module", Property::WHOLE;
    /// Where a root module keeps its state, as it is written; the detail is its folder.
    TERRAFORM_STATE = "terraform.state", "state";
    /// A text that a call of `templatefile` fills in, by its path.
    TERRAFORM_TEMPLATE = "terraform.template", "template";
    /// A folder of Terragrunt; its detail is the folder of its module where that is known.
    TERRAFORM_UNIT = "terraform.unit", "unit";
    /// An output of a unit as another one reads it: `FOLDER/OUTPUT`.
    TERRAFORM_UNIT_OUTPUT = "terraform.unit-output", "output";
    /// A value of a file of variables: `FILE/NAME`.
    TERRAFORM_VALUE = "terraform.value", "value";
    /// An input variable, `FOLDER/NAME`; its detail says whether it has no default.
    TERRAFORM_VARIABLE = "terraform.variable", "variable";
    /// A unit of a deployment, as the configuration names it.
    UNIT = "unit", "unit";
    /// A VCL ACL.
    VCL_ACL = "vcl.acl", "ACL";
    /// A VCL backend.
    VCL_BACKEND = "vcl.backend", "backend";
    /// A file that a VCL configuration includes, by the last part of its name.
    VCL_FILE = "vcl.file", "VCL file";
    /// A VCL name of the kind that is sought, as a file sees it; whole: it begins a configuration.
    VCL_NAME = "vcl.name", "VCL name";
    /// A VCL probe.
    VCL_PROBE = "vcl.probe", "probe";
    /// A VCL subroutine.
    VCL_SUB = "vcl.sub", "subroutine", Property::named(22);
    /// A path that a page's links and forms ask a service for.
    WEB_LINK = "web.link", "path";
    /// A path below a site's web root, as a URL writes it: `/static/images/x.png`.
    WEB_PATH = "web.path", "URL path";
    /// A file, or a folder, that the tree's own run writes among its files: the end of its path.
    WRITTEN_FILE = "written-file", "written file";
}
