//! What people call entities: a word for each kind, and names without our own separators.

use super::{Entity, Kind};

/// Every kind that the program knows, with what a reader calls it.
const WORDS: &[(&str, &str)] = &[
    ("file", "file"),
    ("puppet.class", "class"),
    ("puppet.define", "defined type"),
    ("puppet.type", "resource type"),
    ("puppet.function", "function"),
    ("puppet.datatype", "data type"),
    ("puppet.resource", "resource"),
    ("puppet.defaults", "resource default"),
    ("puppet.node", "node definition"),
    ("puppet.files", "module file"),
    ("puppet.template", "template"),
    ("puppet.template-variable", "template variable"),
    ("puppet.variable", "variable"),
    ("puppet.fact", "fact"),
    ("repository", "repository"),
    ("restart", "restart of"),
    ("key", "key"),
    ("hiera.level", "hierarchy level"),
    ("package", "package"),
    ("package.built", "built package"),
    ("package.pip", "Python package"),
    ("package.pip-built", "built Python package"),
    ("package.npm", "npm package"),
    ("package.npm-built", "built npm package"),
    ("package.gem", "gem"),
    ("package.gem-built", "built gem"),
    ("package.image", "image"),
    ("package.image-built", "built image"),
    ("package.path", "packaged path"),
    ("deployed.path", "deployed path"),
    ("command", "command"),
    ("php.class", "class"),
    ("php.function", "function"),
    ("php.setting", "setting"),
    ("php.setting-overlay", "overlaid setting"),
    ("php.class-map", "class map entry"),
    ("php.namespace", "namespace"),
    ("python.module", "module"),
    ("web.path", "URL path"),
    ("mediawiki.wiki", "wiki"),
    ("mediawiki.extension", "extension"),
    ("mediawiki.skin", "skin"),
    ("haproxy.backend", "backend"),
    ("haproxy.frontend", "frontend"),
    ("haproxy.section", "section"),
    ("haproxy.table", "stick table"),
    ("haproxy.acl", "ACL"),
    ("haproxy.server", "server"),
    ("haproxy.peers", "peers section"),
    ("haproxy.resolvers", "resolvers section"),
    ("haproxy.userlist", "userlist"),
    ("haproxy.mailers", "mailers section"),
    ("haproxy.cache", "cache"),
    ("haproxy.defaults", "defaults section"),
    ("haproxy.http-errors", "http-errors section"),
    ("haproxy.path", "path"),
    ("ansible.caller-file", "file"),
    ("ansible.handler", "handler"),
    ("ansible.notified", "handler"),
    ("ansible.plays", "play"),
    ("ansible.rooted", "path"),
    ("ansible.variable", "variable"),
    ("ansible.role", "role"),
    ("ansible.group", "group"),
    ("js.method", "method"),
    ("route", "route"),
    ("monitor", "monitor"),
    ("silence", "silence"),
    ("helm.chart", "chart"),
    ("helm.dependency", "chart dependency"),
    ("helm.template", "named template"),
    ("helm.include", "named template"),
    ("helm.value", "value"),
    ("helm.values", "value"),
    ("helmfile.chart", "chart"),
    ("helmfile.file", "file"),
    ("helmfile.optional", "file"),
    ("nagios.command", "command"),
    ("nagios.contactgroup", "contact group"),
    ("nagios.hostgroup", "host group"),
    ("nagios.named", "object"),
    ("nagios.timeperiod", "time period"),
    ("vcl.file", "VCL file"),
    ("vcl.name", "VCL name"),
    ("vcl.sub", "subroutine"),
    ("vcl.acl", "ACL"),
    ("vcl.probe", "probe"),
    ("vcl.backend", "backend"),
    ("vcl.director", "director"),
    ("env", "environment variable"),
    ("env.extra", "environment file"),
    ("flag", "flag"),
    ("param", "parameter"),
    ("ansible.collection", "collection"),
    ("ansible.listed-collection", "listed collection"),
    ("ansible.listed-role", "listed role"),
    ("ansible.role-part", "part of a role"),
    ("ansible.role-use", "use of a role"),
    ("ansible.roles-path", "roles path"),
    ("ansible.far-file", "file"),
    ("ansible.play-file", "file"),
    ("payload.file", "file"),
    ("docker.source", "build source"),
    ("haproxy.fcgi-app", "fcgi-app section"),
    ("http.port", "port"),
    ("image.command", "command"),
    ("kubernetes.rolling", "rolling update"),
    ("mediawiki.entry", "entry point"),
    ("prometheus.job", "job"),
    ("puppet.external", "external module"),
    ("puppet.module-list", "module list"),
    ("puppet.mount", "mount of the file server"),
    ("puppet.top-scope", "top-scope variable"),
    ("systemd.unit", "unit"),
    ("unit", "unit"),
    ("service", "service"),
];

impl Kind {
    /// Every kind that the program knows.
    pub fn known() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(kind, _)| *kind)
    }

    /// What a reader calls a thing of this kind; `name` where the kind has no word.
    pub fn noun(&self) -> &'static str {
        let own = WORDS.iter().find(|(kind, _)| *kind == self.as_str());
        own.map_or("name", |(_, word)| word)
    }
}

impl Entity {
    /// The name without the file or folder that a kind which is seen from there carries before
    /// it.
    pub fn shown(&self) -> &str {
        self.name.rsplit('\x1f').next().unwrap_or_default()
    }

    /// As a reader writes it: ``class `web` ``, ``file `a/b` ``, ``parameter `$port` of `web` ``.
    pub fn spoken(&self) -> String {
        let name = self.shown();
        match self.kind.as_str() {
            "param" if let Some((of, own)) = name.rsplit_once("::$") => {
                format!("parameter `{own}` of `{of}`")
            }
            "flag" if let Some((of, own)) = name.rsplit_once("/-") => {
                format!("flag `-{own}` of `{of}`")
            }
            _ => format!("{} `{name}`", self.kind.noun()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_called_what_people_call_them() {
        let spoken = |kind, name: &str| Entity::new(Kind::fixed(kind), name).spoken();
        assert_eq!(spoken("puppet.class", "web::tls"), "class `web::tls`");
        assert_eq!(spoken("helm.include", "a.yaml\x1f\x1fbase.name"), "named template `base.name`");
        assert_eq!(spoken("house.thing", "x"), "name `x`");
        assert_eq!(Entity::flag("bin/run", "--port").spoken(), "flag `--port` of `bin/run`");
        assert_eq!(Entity::parameter("web", "port").spoken(), "parameter `port` of `web`");
    }
}
