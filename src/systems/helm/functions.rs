//! Functions that templates of charts call: with any other Helm parses none of a chart's templates.
//!
//! (Source: Helm 4.1 itself, asked for each of them; those of Go's `text/template`, of Sprig, and
//! its own.)

use crate::facts::{is_one_edit, nearest_of};
use crate::syntax::go_template::{Action, Token};

/// Sorted.
#[rustfmt::skip]
const FUNCTIONS: [&str; 239] = [
    "abbrev", "abbrevboth", "add", "add1", "add1f", "addf", "adler32sum", "ago", "all", "and",
    "any", "append", "atoi", "b32dec", "b32enc", "b64dec", "b64enc", "base", "bcrypt", "biggest",
    "buildCustomCert", "call", "camelcase", "cat", "ceil", "chunk", "clean", "coalesce",
    "compact", "concat", "contains", "date", "dateInZone", "dateModify", "date_in_zone",
    "date_modify", "decryptAES", "deepCopy", "deepEqual", "default", "derivePassword", "dict",
    "dig", "dir", "div", "divf", "duration", "durationRound", "empty", "encryptAES", "eq", "ext",
    "fail", "first", "float64", "floor", "fromJson", "fromJsonArray", "fromToml", "fromYaml",
    "fromYamlArray", "ge", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert",
    "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "get", "getHostByName",
    "gt", "has", "hasKey", "hasPrefix", "hasSuffix", "hello", "html", "htmlDate",
    "htmlDateInZone", "htpasswd", "include", "indent", "index", "initial", "initials", "int",
    "int64", "isAbs", "join", "js", "kebabcase", "keys", "kindIs", "kindOf", "last", "le", "len",
    "list", "lookup", "lower", "lt", "max", "maxf", "merge", "mergeOverwrite", "min", "minf",
    "mod", "mul", "mulf", "mustAppend", "mustChunk", "mustCompact", "mustDateModify",
    "mustDeepCopy", "mustFirst", "mustFromJson", "mustHas", "mustInitial", "mustLast",
    "mustMerge", "mustMergeOverwrite", "mustPrepend", "mustPush", "mustRegexFind",
    "mustRegexFindAll", "mustRegexMatch", "mustRegexReplaceAll", "mustRegexReplaceAllLiteral",
    "mustRegexSplit", "mustRest", "mustReverse", "mustSlice", "mustToDate", "mustToJson",
    "mustToPrettyJson", "mustToRawJson", "mustToYaml", "mustUniq", "mustWithout",
    "must_date_modify", "ne", "nindent", "nospace", "not", "now", "omit", "or", "osBase",
    "osClean", "osDir", "osExt", "osIsAbs", "pick", "pluck", "plural", "prepend", "print",
    "printf", "println", "push", "quote", "randAlpha", "randAlphaNum", "randAscii", "randBytes",
    "randInt", "randNumeric", "regexFind", "regexFindAll", "regexMatch", "regexQuoteMeta",
    "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit", "repeat", "replace", "required",
    "rest", "reverse", "round", "semver", "semverCompare", "seq", "set", "sha1sum", "sha256sum",
    "sha512sum", "shuffle", "slice", "snakecase", "sortAlpha", "split", "splitList", "splitn",
    "squote", "sub", "subf", "substr", "swapcase", "ternary", "title", "toDate", "toDecimal",
    "toJson", "toPrettyJson", "toRawJson", "toString", "toStrings", "toToml", "toYaml",
    "toYamlPretty", "tpl", "trim", "trimAll", "trimPrefix", "trimSuffix", "trimall", "trunc",
    "tuple", "typeIs", "typeIsLike", "typeOf", "uniq", "unixEpoch", "unset", "until", "untilStep",
    "untitle", "upper", "urlJoin", "urlParse", "urlquery", "uuidv4", "values", "without", "wrap",
    "wrapWith",
];

/// Words that are no functions.
const WORDS: [&str; 14] = [
    "block", "break", "continue", "define", "else", "end", "false", "if", "nil", "range",
    "template", "true", "with", "in",
];

/// The first word of an action that is nearly the name of a function, and is none, with that name.
/// What is like none may be of a newer Helm, or of what wraps it.
pub(super) fn slip<'a>(action: &Action<'a>) -> Option<(Token<'a>, &'static str)> {
    action.tokens.iter().filter(|own| !own.quoted && own.text.len() > 3).find_map(|own| {
        let is_name = own.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !own.text.as_bytes()[0].is_ascii_digit();
        if !is_name || WORDS.contains(&own.text) || FUNCTIONS.binary_search(&own.text).is_ok() {
            return None;
        }
        let by_case = FUNCTIONS.iter().find(|near| near.eq_ignore_ascii_case(own.text));
        let near = by_case.or_else(|| {
            let near = nearest_of(own.text, FUNCTIONS.iter().copied())?;
            FUNCTIONS.iter().find(|own| **own == near)
        })?;
        is_slip(own.text, near).then_some((*own, *near))
    })
}

/// Whether two words differ in case alone, or by one edit.
fn is_slip(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || is_one_edit(one, other)
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, is_slip, slip};
    use crate::syntax::go_template::actions;

    #[test]
    fn the_list_is_sorted() {
        assert!(FUNCTIONS.is_sorted());
    }

    #[test]
    fn words_that_are_nearly_functions() {
        let told =
            |text: &str| actions(text).iter().find_map(slip).map(|(own, _)| own.text.to_owned());
        for text in ["{{ toYml .x }}", "{{ .x | qoute }}", "{{ toYAML .x }}", "{{ if hasKeys .a }}"]
        {
            assert!(told(text).is_some(), "{text}");
        }
        for text in
            ["{{ toYaml .qoute }}", "{{ werf_image }}", "{{ $qoute := \"qoute\" }}", "{{ end }}"]
        {
            assert_eq!(told(text), None, "{text}");
        }
        assert!(!is_slip("mustToToml", "mustToYaml"));
    }
}
