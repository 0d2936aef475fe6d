//! The kinds from `puppet` on, which stand behind those of the table.

/// The table of the kinds that it is given, and of these behind them.
macro_rules! with_the_later {
    ($($earlier:tt)*) => { kinds! {
    $($earlier)*
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
    /// A method of Ruby, by its bare name.
    RUBY_METHOD = "ruby.method", "method", Property::CONTRACT;
    /// A name of a server's configuration, behind what it is: `acl inside`, `service template web`.
    SERVER_NAME = "server.name", "name";
    /// A service that a deployment takes down.
    SERVICE = "service", "service";
    /// A declared silence of monitors, by what it covers; its detail: [`Silence`](super::Silence).
    SILENCE = "silence", "silence";
    /// A unit of systemd: `backup.timer`, `notify@.service`.
    SYSTEMD_UNIT = "systemd.unit", "unit";
    /// A call of a module, `FOLDER/NAME`; its detail: the module's folder, if that is in the tree.
    TERRAFORM_CALL = "terraform.call", "module call";
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
} };
}
