//! What a file uses of others: calls, constants, classes by their names.

use super::{Import, Pass};
use crate::domain::pages;
use crate::facts::{
    Arg, Call, Kind as Of, NamePattern, Ref, Relation, Require, Span, Strength, Via, Word, kinds,
};
use crate::syntax::php::Kind;
use rustc_hash::FxHashSet;
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;
use std::sync::LazyLock;

/// Words that stand before a bracket and call nothing.
const WORDS: [&str; 35] = [
    "and",
    "array",
    "as",
    "catch",
    "declare",
    "die",
    "echo",
    "else",
    "elseif",
    "empty",
    "eval",
    "exit",
    "fn",
    "for",
    "foreach",
    "function",
    "if",
    "include",
    "include_once",
    "instanceof",
    "isset",
    "list",
    "match",
    "new",
    "or",
    "print",
    "require",
    "require_once",
    "return",
    "switch",
    "unset",
    "use",
    "while",
    "xor",
    "yield",
];

/// Functions of PHP itself that files call most. Others are found nowhere, and cost more.
static BUILT_IN: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| NAMES.split(' ').collect());

const NAMES: &str = "abs array_column array_combine array_diff array_diff_key array_fill array_fill_keys \
    array_filter array_flip array_intersect array_intersect_key array_key_exists array_key_first \
    array_keys array_map array_merge array_merge_recursive array_pad array_pop array_push \
    array_rand array_reduce array_replace array_reverse array_search array_shift array_slice \
    array_splice array_sum array_unique array_unshift array_values array_walk arsort asort \
    assert base64_decode base64_encode basename bin2hex call_user_func call_user_func_array ceil \
    chr class_exists compact constant count ctype_digit current curl_close curl_exec curl_init \
    curl_setopt date date_default_timezone_set define defined dirname end error_log \
    error_reporting explode extension_loaded extract fclose feof fgets file file_exists \
    file_get_contents file_put_contents floor flush fopen fputs fread function_exists fwrite \
    get_class get_object_vars getenv gettype hash header htmlentities htmlspecialchars \
    http_build_query implode in_array ini_get ini_set intval is_array is_bool is_callable is_dir \
    is_file is_int is_null is_numeric is_object is_readable is_string join json_decode \
    json_encode key krsort ksort ltrim max mb_strlen mb_strtolower mb_substr md5 method_exists \
    microtime min mkdir next number_format ord parse_url pow preg_match preg_match_all \
    preg_quote preg_replace preg_replace_callback preg_split print_r property_exists rand range \
    rawurlencode reset round rtrim serialize session_start set_error_handler setcookie sha1 \
    shell_exec sleep sort spl_autoload_register sprintf str_contains str_pad str_repeat \
    str_replace str_starts_with strcasecmp strcmp stripos stripslashes strlen strpos strrev \
    strrpos strstr strtolower strtotime strtoupper strtr strval substr substr_count \
    sys_get_temp_dir time touch trigger_error trim uasort ucfirst ucwords uksort uniqid unlink \
    unserialize urldecode urlencode usleep usort utf8_decode utf8_encode var_dump var_export \
    version_compare vsprintf wordwrap zend_version";

impl<'a> Pass<'_, 'a> {
    /// A name that is no keyword, at `ix`.
    pub(super) fn used(&mut self, ix: usize, word: &str) -> usize {
        let span = self.tokens[ix].span;
        match word {
            "new" => {
                if let Some(class) = self.name(ix + 1).and_then(|name| self.named_class(name)) {
                    self.call_of(
                        kinds::PHP_MEMBER,
                        smallvec![format!("{class}::__construct()")],
                        ix + 1,
                    );
                }
                // The name is a class's.
                return ix + 1 + usize::from(self.name(ix + 1).is_some_and(|own| own != "class"));
            }
            "catch" if self.punct(ix + 1, "(") => {
                for (class, span) in self.types(ix + 2) {
                    self.expects(class, span, "catch");
                }
                return self.close(ix + 1);
            }
            "instanceof" => {
                if let Some(class) = self.name(ix + 1).and_then(|name| self.named_class(name)) {
                    self.expects(class, self.tokens[ix + 1].span, "instanceof");
                }
                return ix + 2;
            }
            "extends" | "implements" => return ix + 1,
            _ if self.punct(ix + 1, "::") => self.static_member(ix),
            _ if self.punct(ix + 1, "(") && WORDS.binary_search(&word).is_err() => {
                self.function_call(ix, word, span);
            }
            _ => self.constant(ix, span),
        }
        ix + 1
    }

    fn require(
        &mut self,
        kind: Of,
        names: SmallVec<[String; 2]>,
        span: Span,
        via: &'static str,
        strength: Strength,
    ) {
        let Some(first) = names.first() else { return };
        if self.known.insert((kind, first.into())) {
            let any_of = names.iter().map(|name| Ref::exact(kind, name.as_str())).collect();
            let require = Require::any_of(any_of, span, via, None).with_strength(strength);
            self.out.requires.push(require);
        }
    }

    /// The file names a class that it does without until an object of it comes along.
    pub(super) fn expects(&mut self, class: SmolStr, span: Span, via: &'static str) {
        self.named_by(class, span, Relation::Expects.called(via));
    }

    /// An object of the class is handed in or out: no other fits.
    pub(super) fn awaits(&mut self, class: SmolStr, span: Span, via: &'static str) {
        self.named_by(class, span, Relation::Awaits.called(via));
    }

    fn named_by(&mut self, class: SmolStr, span: Span, via: Via) {
        if self.known.insert((kinds::PHP_CLASS, class.clone())) {
            let target = Ref::exact(kinds::PHP_CLASS, class);
            let require = Require::certain(target, span, via, None);
            self.out.requires.push(require.with_strength(Strength::Guarded));
        }
    }

    /// A constructor takes an object of a class, from whoever makes such objects.
    pub(super) fn takes(&mut self, class: &SmolStr, span: Span) {
        if self.known.insert((kinds::PHP_PRODUCT, class.clone())) {
            let target = Ref::exact(kinds::PHP_PRODUCT, class.clone());
            let require = Require::certain(target, span, "type of a parameter", None);
            self.out.requires.push(require.with_strength(Strength::Guarded));
        }
    }

    /// Names that a function or constant without namespace may have.
    fn names(&self, of: Import, name: &str) -> SmallVec<[String; 2]> {
        if let Some(absolute) = name.strip_prefix('\\') {
            return smallvec![absolute.to_owned()];
        }
        if let Some((folder, last)) = name.rsplit_once('\\') {
            // The first part is a namespace, as those of classes are.
            let known = &self.imports[Import::Class as usize];
            let (first, rest) = folder.split_once('\\').unwrap_or((folder, ""));
            return smallvec![match known.get(&first.to_ascii_lowercase()) {
                Some(full) if rest.is_empty() => format!("{full}\\{last}"),
                Some(full) => format!("{full}\\{rest}\\{last}"),
                None => self.in_namespace(name),
            }];
        }
        let key = match of {
            Import::Constant => name.to_owned(),
            _ => name.to_ascii_lowercase(),
        };
        match self.imports[of as usize].get(&key) {
            Some(full) => smallvec![full.to_string()],
            None if self.namespace.is_empty() => smallvec![name.to_owned()],
            None => smallvec![self.in_namespace(name), name.to_owned()],
        }
    }

    fn function_call(&mut self, ix: usize, word: &str, span: Span) {
        let is_declared = ix.checked_sub(1).and_then(|ix| self.name(ix)).is_some_and(|before| {
            before.eq_ignore_ascii_case("function") || before.eq_ignore_ascii_case("fn")
        });
        let bare = word.trim_start_matches('\\');
        if is_declared || BUILT_IN.contains(bare) {
            return;
        }
        let names: SmallVec<[String; 2]> = self
            .names(Import::Function, self.tokens[ix].text)
            .into_iter()
            .map(|name| name.to_ascii_lowercase())
            .collect();
        let strength = self.weight(bare);
        self.require(kinds::PHP_FUNCTION, names.clone(), span, "call", strength);
        self.call_of(kinds::PHP_FUNCTION, names, ix);
    }

    fn weight(&self, name: &str) -> Strength {
        if self.is_asked(name) { Strength::Guarded } else { Strength::Certain }
    }

    /// `X::f()`, `X::C`, `X::$x`, at `X`.
    fn static_member(&mut self, ix: usize) {
        let Some(class) = self.name(ix).and_then(|name| self.named_class(name)) else { return };
        let Some(token) = self.tokens.get(ix + 2).copied() else { return };
        let late = self.name(ix).is_some_and(|name| name.eq_ignore_ascii_case("static"));
        let name = match token.kind {
            Kind::Variable => return,
            Kind::Name if self.punct(ix + 3, "(") => {
                format!("{class}::{}()", token.text.to_ascii_lowercase())
            }
            Kind::Name if token.text.eq_ignore_ascii_case("class") => return,
            Kind::Name => format!("{class}::{}", token.text),
            _ => return,
        };
        // What a class that extends this one has is not known.
        let strength = if late { Strength::Guarded } else { self.weight(token.text) };
        let via = if name.ends_with(')') { "static call" } else { "constant" };
        self.require(kinds::PHP_MEMBER, smallvec![name.clone()], token.span, via, strength);
        if name.ends_with(')') && !late {
            self.call_of(kinds::PHP_MEMBER, smallvec![name], ix + 2);
        }
    }

    /// `->f()`, at `f`.
    pub(super) fn method(&mut self, ix: usize) {
        if !self.punct(ix + 1, "(") {
            return;
        }
        let Some(class) = self.receiver(ix - 1) else { return };
        let token = self.tokens[ix];
        let name = format!("{class}::{}()", token.text.to_ascii_lowercase());
        let strength = self.weight(token.text);
        self.require(kinds::PHP_MEMBER, smallvec![name], token.span, "call", strength);
    }

    /// A constant, where it is written as one.
    fn constant(&mut self, ix: usize, span: Span) {
        let text = self.tokens[ix].text;
        let last = text.rsplit('\\').next().unwrap_or(text);
        let is_one = last.len() > 1
            && last.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && last.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
            && !matches!(last, "TRUE" | "FALSE" | "NULL" | "PHP_EOL")
            && !last.starts_with("__");
        let is_type = self.tokens.get(ix + 1).is_some_and(|next| next.kind == Kind::Variable);
        let labels = self.punct(ix + 1, ":") && (self.before(ix, "(") || self.before(ix, ","));
        if is_one && !is_type && !labels {
            let names = self.names(Import::Constant, text);
            let strength = match self.weight(last) {
                Strength::Guarded => Strength::Guarded,
                // Before PHP 8 it is taken for a text.
                _ => Strength::Likely,
            };
            self.require(kinds::PHP_CONSTANT, names, span, "constant", strength);
        }
    }

    /// A text that names a class, and perhaps its method: `'A\\B'`, `'A::f'`.
    pub(super) fn text(&mut self, ix: usize) {
        let token = self.tokens[ix];
        let text = token.text;
        if text.ends_with(".twig") {
            self.out.requires.extend(pages::rendered(text, token.span, "render"));
        }
        if text.len() > 120 || !text.starts_with(|c: char| c.is_ascii_uppercase() || c == '\\') {
            return;
        }
        let (class, member) = match text.split_once("::") {
            Some((class, member)) => (class, Some(member)),
            None => (text, None),
        };
        let is_name = |name: &str| {
            !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
        };
        let class = class.replace("\\\\", "\\");
        let class = class.trim_start_matches('\\');
        let is_value = ix >= 2
            && self.before(ix, "=>")
            && self.tokens[ix - 2].kind == Kind::Literal
            && self.tokens[ix - 2].text == "class";
        let says = class.contains('\\') || member.is_some() || is_value;
        if !says || !class.split('\\').all(is_name) || !member.is_none_or(is_name) {
            return;
        }
        let class = class.to_ascii_lowercase();
        self.expects(class.as_str().into(), token.span, "name in a text");
        if let Some(member) = member {
            let name = format!("{class}::{}()", member.to_ascii_lowercase());
            if self.known.insert((kinds::PHP_MEMBER, name.as_str().into())) {
                let via = Relation::Expects.called("name in a text");
                let target = Ref::exact(kinds::PHP_MEMBER, name);
                let require = Require::certain(target, token.span, via, None);
                self.out.requires.push(require.with_strength(Strength::Guarded));
            }
        }
    }

    /// Notes a call of one of `names`, whose own name stands at `ix`, with its arguments.
    fn call_of(&mut self, kind: Of, names: SmallVec<[String; 2]>, ix: usize) {
        let span = self.tokens[ix].span;
        let open = ix + 1;
        let end = if self.punct(open, "(") { self.close(open) } else { open };
        let mut call = Call {
            strength: match kind {
                kinds::PHP_FUNCTION => self.weight(self.tokens[ix].text),
                _ => Strength::Certain,
            },
            ..Call::new(
                names.iter().map(|name| Ref::exact(kind, name.as_str())).collect(),
                span,
                "call",
            )
        };
        let mut at = open + 1;
        while at + 1 < end {
            let first = self.tokens[at];
            if first.text == "..." && first.kind == Kind::Punct {
                // `f( ...$x )` passes any number, and `f( ... )` is no call.
                call.open = true;
                if at + 2 == end {
                    return;
                }
            } else if first.kind == Kind::Name && self.punct(at + 1, ":") {
                let arg = Arg { name: first.text.into(), value: None, span: first.span };
                call.args.push(arg);
            } else {
                let text = NamePattern::any();
                call.words.push(Word { text, splits: false, span: first.span });
            }
            while at + 1 < end && !self.punct(at, ",") {
                let opens = ["(", "[", "{"].iter().any(|text| self.punct(at, text));
                at = if opens { self.close(at).max(at + 1) } else { at + 1 };
            }
            at += 1;
        }
        // One of a kind says all.
        let key = format!("{} {} {}", names[0], call.words.len(), call.open);
        if call.args.is_empty() && !self.known.insert((kinds::FLAG, key.into())) {
            return;
        }
        self.out.calls.push(call);
    }
}

#[cfg(test)]
mod tests {
    use super::WORDS;

    #[test]
    fn the_list_is_sorted() {
        assert!(WORDS.is_sorted());
    }
}
