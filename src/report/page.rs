//! Pages for a browser or a printer: one file each, which loads nothing from anywhere.

use super::escape::xml;

/// What all pages look like.
const STYLE: &str = include_str!("page.css");

/// What a browser may do for a page: neither load nor send anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'";

/// A whole page. `style` and `script` are our own; `body` is markup, whose texts are escaped.
pub fn page(title: &str, body: &str, style: &str, script: &str) -> String {
    let script = match script {
        "" => String::new(),
        script => format!("<script>\n{script}</script>\n"),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{}</title>\n<style>\n{STYLE}{style}</style>\n</head>\n<body>\n{body}{script}</body>\n</html>\n",
        xml(title)
    )
}

/// Text as markup: what stands between back quotes is code, all else is as it stands.
pub fn prose(text: &str) -> String {
    // A back quote without its partner opens nothing.
    let last = text.matches('`').count() / 2 * 2;
    let mut out = String::with_capacity(text.len());
    for (ix, part) in text.splitn(last + 1, '`').enumerate() {
        match ix % 2 {
            0 => out.push_str(&xml(part)),
            _ => out.push_str(&format!("<code>{}</code>", xml(part))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_no_markup_but_code() {
        assert_eq!(prose("a `b<c` d"), "a <code>b&lt;c</code> d");
        assert_eq!(prose("<b> ` one"), "&lt;b&gt; ` one");
        assert_eq!(prose("`a` and ` one"), "<code>a</code> and ` one");
    }

    #[test]
    fn a_page_says_that_it_loads_nothing() {
        let page = page("a<b", "<p>x</p>\n", "", "");
        assert!(page.contains("<title>a&lt;b</title>"), "{page}");
        assert!(page.contains("default-src 'none'"), "{page}");
        assert!(!page.contains("<script>"), "{page}");
    }
}
