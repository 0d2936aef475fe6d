//! Files that are templates of others, as the ending of their name says.

/// The language of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TemplateLanguage {
    /// Ruby's ERB.
    Erb,
    /// Puppet's own.
    Epp,
    /// Jinja.
    Jinja,
    /// Go's `text/template`.
    Go,
    /// Mustache.
    Mustache,
    /// Several tools use the ending, each with signs of its own: Go templates, Jinja, Terraform's
    /// `${name}`, `envsubst`, `@NAME@`.
    Any,
}

/// A template by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Template<'a> {
    /// Its language.
    pub language: TemplateLanguage,
    /// The path of the file that is made of it, as long as the template's folder is its own.
    pub of: &'a str,
}

/// Endings of templates. What looks for a file's template tries them in this order.
pub(crate) const TEMPLATE_ENDINGS: &[(&str, TemplateLanguage)] = &[
    (".erb", TemplateLanguage::Erb),
    (".epp", TemplateLanguage::Epp),
    (".j2", TemplateLanguage::Jinja),
    (".tmpl", TemplateLanguage::Any),
    (".templ", TemplateLanguage::Any),
    (".template", TemplateLanguage::Any),
    (".tpl", TemplateLanguage::Any),
    (".jinja2", TemplateLanguage::Jinja),
    (".jinja", TemplateLanguage::Jinja),
    (".gotmpl", TemplateLanguage::Go),
    (".ctmpl", TemplateLanguage::Go),
    (".mustache", TemplateLanguage::Mustache),
];

impl<'a> Template<'a> {
    /// The template at `path`; `None` where its name says nothing of one.
    pub fn at(path: &'a str) -> Option<Self> {
        // Every reader asks this of every path: most names end otherwise.
        let dot = memchr::memrchr(b'.', path.as_bytes())?;
        let ending = &path[dot..];
        let (_, language) = TEMPLATE_ENDINGS.iter().find(|(own, _)| *own == ending)?;
        Some(Self { language: *language, of: &path[..dot] })
    }

    /// The same, of one whose ending says which signs are its holes.
    pub fn known(path: &'a str) -> Option<Self> {
        Self::at(path).filter(|own| own.language != TemplateLanguage::Any)
    }
}

/// A path without the ending that makes it a template.
pub(crate) fn rendered(path: &str) -> &str {
    Template::at(path).map_or(path, |own| own.of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_under_a_template() {
        let of = |path| Template::at(path).map(|own| (own.language, own.of));
        assert_eq!(of("a/foo.service.j2"), Some((TemplateLanguage::Jinja, "a/foo.service")));
        assert_eq!(of("a/motd.erb"), Some((TemplateLanguage::Erb, "a/motd")));
        assert_eq!(of("values.yaml.gotmpl"), Some((TemplateLanguage::Go, "values.yaml")));
        assert_eq!(of("a.tpl/b"), None);
        assert_eq!(of("a.conf"), None);
        assert_eq!(rendered("a.sh.tmpl"), "a.sh");
        assert_eq!(Template::known("a.sh.tmpl"), None);
    }
}
