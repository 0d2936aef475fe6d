//! Words that stand for what whoever copies a file writes in their place: `APP_NAME`, `CHANGEME`.

/// Whole words that hardly anything is called.
const WORDS: [&str; 12] = [
    "APP",
    "APPNAME",
    "CHANGEME",
    "CLUSTER",
    "CLUSTERNAME",
    "ENVIRONMENT",
    "NAME",
    "NAMESPACE",
    "PLACEHOLDER",
    "REDACTED",
    "REPLACEME",
    "TODO",
];

/// Whether a part of a path, or of a name, stands for another one.
pub(crate) fn has_blank(text: &str) -> bool {
    text.split('/').any(is_blank)
}

fn is_blank(part: &str) -> bool {
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_name = part.len() > 2 && part.bytes().all(is_upper);
    is_name
        && (WORDS.contains(&part)
            || is_filler(part)
            // `APP_NAME`, `YOUR_CLUSTER`, `REPLACE_WITH_REGION`.
            || part.split('_').any(|own| ["NAME", "YOUR", "REPLACE", "CHANGE"].contains(&own)))
}

/// As `XXXX` or `AAAAA`.
fn is_filler(part: &str) -> bool {
    let first = part.bytes().next();
    part.len() > 3 && part.bytes().all(|own| own.is_ascii_uppercase() && Some(own) == first)
}

#[cfg(test)]
mod tests {
    use super::has_blank;

    #[test]
    fn words_to_write_over() {
        for text in
            ["apps/NAMESPACE/APP_NAME/app", "CHANGEME", "clusters/YOUR_CLUSTER", "files/AAAAA/a"]
        {
            assert!(has_blank(text), "{text}");
        }
        for text in
            ["apps/web", "docs/README", "MINIO/base", "AWS_EU/vpc", "NAMES/x", "WWW/x", "AAAB/x"]
        {
            assert!(!has_blank(text), "{text}");
        }
    }
}
