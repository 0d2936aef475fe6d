//! The paths that Apache takes apart.
//!
//! (Source: httpd's manual: `Alias`, `Location`, `RewriteRule`.)

use super::parse::File;
use crate::domain::routes::{below, expression, provide};
use crate::facts::{Detail, FileFacts};
use crate::syntax::tags::templated;

pub(super) fn collect(file: &File<'_>, out: &mut FileFacts) {
    for directive in &file.directives {
        let Some(word) = directive.args.first() else { continue };
        let name = match directive.name.text {
            "Location" | "Alias" | "ScriptAlias" if word.text.starts_with('/') => {
                below(&templated(word.text).to_string())
            }
            "LocationMatch" | "AliasMatch" | "RewriteRule" if word.text.starts_with("^/") => {
                expression(word.text)
            }
            _ => continue,
        };
        // The whole of a site is passed on, and says nothing.
        if !["", "/", "*", "/*", "**"].contains(&name.to_string().as_str()) {
            provide(out, name, word.span(), Detail::Front);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn aliases_locations_and_rules() {
        let text = "Alias \"/icons/\" /usr/share/icons/\n<Location /server-status>\nRewriteRule ^/wiki/(.*)$ /w/index.php?title=$1 [L]\nRewriteRule ^(.*)$ /x\n";
        let mut out = FileFacts::default();
        collect(&parse(text), &mut out);
        let shown: Vec<_> = out.provides.iter().map(|provide| provide.name.to_string()).collect();
        assert_eq!(shown, ["/icons*", "/server-status*", "/wiki/*"]);
        assert_eq!(&text[out.provides[0].span.range()], "/icons/");
    }
}
