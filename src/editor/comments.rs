//! How a comment is written in a file, by its name.

use crate::facts::{Template, TemplateLanguage, base_name};

/// What stands before and behind the text of a comment; `None` where the language has none, or is
/// not known.
pub(super) fn marks(path: &str, first_line: &str) -> Option<(&'static str, &'static str)> {
    if let Some(template) = Template::known(path) {
        return Some(match template.language {
            TemplateLanguage::Erb | TemplateLanguage::Epp => ("<%# ", " -%>"),
            TemplateLanguage::Jinja => ("{# ", " #}"),
            TemplateLanguage::Go => ("{{- /* ", " */}}"),
            TemplateLanguage::Mustache => ("{{! ", " }}"),
            TemplateLanguage::Any => return None,
        });
    }
    let name = base_name(path);
    if first_line.starts_with("#!") {
        let is_other = ["node", "php", "lua"].iter().any(|own| first_line.contains(own));
        return (!is_other).then_some(("# ", "")).or(Some(("// ", "")));
    }
    let hash = ("# ", "");
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    Some(match ending {
        "json" | "md" | "rst" | "txt" | "csv" | "lock" => return None,
        "php" | "js" | "mjs" | "cjs" | "ts" | "go" | "rs" | "groovy" | "jsonnet" => ("// ", ""),
        "css" => ("/* ", " */"),
        "html" | "htm" | "xml" | "svg" => ("<!-- ", " -->"),
        "lua" | "sql" => ("-- ", ""),
        "ini" => ("; ", ""),
        "tpl" => ("{{- /* ", " */}}"),
        "" if name == "Jenkinsfile" => ("// ", ""),
        _ => hash,
    })
}

#[cfg(test)]
mod tests {
    use super::marks;

    #[test]
    fn comments_of_languages() {
        let begun = |path, first| marks(path, first).map(|(begin, end)| format!("{begin}x{end}"));
        assert_eq!(begun("a/init.pp", "class a {").as_deref(), Some("# x"));
        assert_eq!(begun("a/motd.erb", "").as_deref(), Some("<%# x -%>"));
        assert_eq!(begun("a/web.conf.j2", "").as_deref(), Some("{# x #}"));
        assert_eq!(begun("index.php", "<?php").as_deref(), Some("// x"));
        assert_eq!(begun("bin/deploy", "#!/bin/sh").as_deref(), Some("# x"));
        assert_eq!(begun("a.json", "{"), None);
    }
}
