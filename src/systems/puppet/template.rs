//! Puppet's templates: ERB and EPP.
//!
//! An ERB template reads the variables of the scope that renders it (`@x`) and, by
//! qualified name, of others (`scope['a::b']`). An EPP template declares parameters.
//! (Source: Puppet's documentation of ERB and EPP templates.)

use crate::extract::{Extractor, Settings, Source};
use crate::extract::{Layout, inside};
use crate::facts::{
    Detail, Entity, FileFacts, Interface, NamePattern, Param, Provide, Ref, Relation, Require,
    Span, Strength, Template, TemplateLanguage, kinds,
};
use crate::syntax::puppet::ast::{Expr, ExprKind};
use crate::syntax::tags::{self, Sort};
use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};

/// Extracts from `.erb` and `.epp` files.
pub struct Templates;

impl Extractor for Templates {
    fn system(&self) -> &'static str {
        "puppet-template"
    }

    fn claims(&self, path: &str) -> bool {
        language(path).is_some()
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        match language(source.path) {
            Some(TemplateLanguage::Epp) => {
                parameters(source, settings, &code(source.text), out);
                wrong(super::epp::wrong(source.text), source, settings, out);
            }
            _ => erb(source, settings, out),
        }
    }
}

/// Extracts from the templates of modules that are called otherwise: `template()` renders a file
/// of any name.
pub struct Unnamed;

impl Extractor for Unnamed {
    fn system(&self) -> &'static str {
        "puppet-template"
    }

    fn claims(&self, path: &str) -> bool {
        language(path).is_none() && super::in_templates(path)
    }

    /// Modules may lie at the root, too.
    fn claims_under(&self, path: &str, settings: &Settings) -> bool {
        let dir = || settings.layout.module_dir(path);
        let is_template = || {
            dir().and_then(|dir| inside(dir, path)).is_some_and(|own| own.starts_with("templates/"))
        };
        self.claims(path) || language(path).is_none() && is_template()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memmem::find(bytes, b"<%").is_some()
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        erb(source, settings, out);
    }
}

fn erb(source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
    let tags = code(source.text);
    variables(source.text, &tags, out);
    // Other programs take more of a template than Puppet does: Rails hands a block to what writes.
    let in_module = || {
        let module = settings.layout.module_dir(source.path);
        module.is_some_and(|dir| {
            source.path[dir.len()..].trim_start_matches('/').starts_with("templates/")
        })
    };
    let found = super::blocks::unclosed(source.text)
        .or_else(|| super::blocks::unopened(source.text, &tags))
        .or_else(|| super::blocks::garbled(source.text, &tags))
        .or_else(|| super::slips_of_ruby::cut_short(source.text, &tags))
        .or_else(|| in_module().then(|| super::slips_of_ruby::written_block(source.text, &tags))?)
        .or_else(|| super::blocks::unbalanced(source.text, &tags))
        .or_else(|| super::slips_of_ruby::unknown(source.text, &tags))
        .or_else(|| super::slips_of_ruby::unwritten(source.text, &tags))
        .or_else(|| super::slips_of_ruby::joined(source.text, &tags));
    let found = found.or_else(|| crate::domain::commas::missing(source.path, source.text));
    wrong(found, source, settings, out);
}

/// Adds what is wrong with a template.
fn wrong(
    found: Option<crate::facts::Problem>,
    source: &Source<'_>,
    settings: &Settings,
    out: &mut FileFacts,
) {
    out.problems.extend(found.map(|own| {
        // What lies elsewhere may be read in another way.
        let is_templates = source.path.split('/').any(|own| own == "templates");
        let strength = match settings.layout.module_dir(source.path) {
            None if !is_templates => Strength::Likely,
            _ => own.strength,
        };
        crate::facts::Problem { strength, ..own }
    }));
}

/// The language of a template that is Puppet's.
fn language(path: &str) -> Option<TemplateLanguage> {
    let own = Template::at(path)?.language;
    matches!(own, TemplateLanguage::Erb | TemplateLanguage::Epp).then_some(own)
}

/// Bounds of the code inside every tag; comments left out.
fn code(text: &str) -> Vec<(usize, usize)> {
    let code = tags::tags(text, &[Sort::Erb]).into_iter().map(|tag| {
        // `<%#` is ERB's comment, `<%- # …` Ruby's, which ends with its line.
        let begin = tag.inner.trim_start_matches('-').trim_start();
        let len = tag.inner.len();
        let skipped = match begin.starts_with('#') {
            true if tag.inner.starts_with('#') => len,
            true => begin.find('\n').map_or(len, |line| len - begin.len() + line),
            false => 0,
        };
        (tag.range.start + 2 + skipped, tag.range.end - 2)
    });
    code.filter(|(start, end)| start < end).collect()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Why a template does without a variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// It asks whether there is one.
    Asked,
    /// It sets it.
    Set,
}

/// Variables that ERB code reads.
fn variables(text: &str, tags: &[(usize, usize)], out: &mut FileFacts) {
    let mut guarded: FxHashMap<&str, Guard> = FxHashMap::default();
    let mut reads: Vec<(&str, Span)> = Vec::new();
    let mut conditional: FxHashSet<Span> = FxHashSet::default();
    // Of each open block, how many that are open are conditions.
    let mut blocks: Vec<usize> = Vec::new();
    // Few templates do these at all; tags are many and small.
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let (scoped, asks, includes) = (has("scope"), has("has_variable?"), has("function_template(["));
    for &(start, end) in tags {
        let code = &text[start..end];
        let known = reads.len();
        let is_inside = |blocks: &[usize]| blocks.last().is_some_and(|own| *own > 0);
        let inside = is_inside(&blocks);
        instance_variables(code, start, &mut reads, &mut guarded);
        nest(code, &mut blocks);
        if inside || is_inside(&blocks) || code.contains(" if ") || code.contains(" ? ") {
            conditional.extend(reads[known..].iter().map(|(_, span)| *span));
        }
        if scoped {
            qualified(code, start, out);
        }
        for call in ["has_variable?(", "has_variable? "].iter().filter(|_| asks) {
            for (at, _) in code.match_indices(*call) {
                if let Some((name, _)) = literal(code, at + call.len()) {
                    guarded.entry(name).or_insert(Guard::Asked);
                }
            }
        }
        let inner = includes.then(|| code.match_indices("function_template(["));
        for (at, marker) in inner.into_iter().flatten() {
            if let Some((name, at)) = literal(code, at + marker.len()) {
                let target = Ref::new(kinds::PUPPET_TEMPLATE, interpolated(name));
                let span = Span::new(start + at, start + at + name.len());
                out.requires.push(Require::certain(target, span, "function_template()", None));
            }
        }
    }
    for (word, span) in super::bare::words(text, tags) {
        let target = Ref::exact(kinds::PUPPET_BARE_WORD, word);
        let via = match guarded.contains_key(word) {
            true => Relation::InBranch.called("template variable in a branch"),
            false => "template variable".into(),
        };
        let require = Require::certain(target, span, via, None);
        out.requires.push(require.with_strength(Strength::Guarded));
    }
    for (name, span) in reads {
        let target = Ref::exact(kinds::PUPPET_TEMPLATE_VARIABLE, name);
        let via = match conditional.contains(&span) {
            // What the template sets itself, nothing has to set.
            _ if guarded.get(name) == Some(&Guard::Set) => continue,
            _ if guarded.contains_key(name) => {
                Relation::AsksFor.called("template variable asked for")
            }
            true => Relation::InBranch.called("template variable in a branch"),
            false => "template variable".into(),
        };
        let require = Require::certain(target, span, via, None);
        out.requires.push(require.with_strength(Strength::Guarded));
    }
}

/// Opens and closes the blocks of a tag's code; each is told by whether it is a condition.
/// Code that holds more than one keyword a line is rare in templates and errs on the side of
/// a condition.
fn nest(code: &str, blocks: &mut Vec<usize>) {
    let outer = |blocks: &[usize]| blocks.last().copied().unwrap_or_default();
    for line in code.lines() {
        let line = line.trim().trim_start_matches('-').trim_end_matches('-').trim();
        let first = line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        match first {
            "if" | "unless" | "case" if line.ends_with(" end") => {}
            "if" | "unless" | "case" => blocks.push(outer(blocks) + 1),
            "end" => drop(blocks.pop()),
            _ if line.ends_with(" do") || line.ends_with('|') => blocks.push(outer(blocks)),
            "for" | "while" | "until" => blocks.push(outer(blocks)),
            _ => {}
        }
        if line.starts_with('}') {
            blocks.pop();
        }
    }
}

/// `@x`: reads, and names that the template itself sets or asks about.
fn instance_variables<'a>(
    code: &'a str,
    start: usize,
    reads: &mut Vec<(&'a str, Span)>,
    guarded: &mut FxHashMap<&'a str, Guard>,
) {
    let bytes = code.as_bytes();
    let mut quote = 0u8;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'#' if quote == 0 && (at == 0 || bytes[at - 1].is_ascii_whitespace()) => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                continue;
            }
            b'\\' => at += 1,
            b'\'' | b'"' if quote == 0 => quote = byte,
            _ if byte == quote => quote = 0,
            // Inside double quotes only interpolation reads: `"#{@x}"`.
            b'@' if quote == 0 || (quote == b'"' && at >= 2 && &bytes[at - 2..at] == b"#{") => {
                let mut end = at + 1;
                while bytes.get(end).copied().is_some_and(is_name) {
                    end += 1;
                }
                let name = &code[at + 1..end];
                let before = code[..at].trim_end();
                let after = code[end..].trim_start();
                let class_variable = at > 0 && bytes[at - 1] == b'@' || name.is_empty();
                if !class_variable
                    && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                {
                    let asks = [
                        "if",
                        "unless",
                        "elsif",
                        "!",
                        "&&",
                        "||",
                        "and",
                        "or",
                        "not",
                        "defined?",
                        "defined?(",
                    ]
                    .iter()
                    .any(|word| before.ends_with(word))
                        || [".nil?", "||", "&&", "?", ".to_s", "&.", "or ", "and "]
                            .iter()
                            .any(|word| after.starts_with(word));
                    let sets = after.starts_with('=')
                        && !after.starts_with("==")
                        && !after.starts_with("=~");
                    let sets = sets || after.starts_with("||=");
                    if sets {
                        guarded.insert(name, Guard::Set);
                    } else if asks {
                        guarded.entry(name).or_insert(Guard::Asked);
                    }
                    reads.push((name, Span::new(start + at, start + end)));
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// `scope['a::b']`, `scope.lookupvar('a::b')`.
fn qualified(code: &str, start: usize, out: &mut FileFacts) {
    for marker in ["scope[", "scope.lookupvar(", "scope.lookupvar ", "scope.lookup_variable("] {
        for (at, _) in code.match_indices(marker) {
            let Some((name, at)) = literal(code, at + marker.len()) else { continue };
            let plain = name.trim_start_matches("::");
            if plain.contains("::") && !plain.contains(['#', '$']) {
                let target = Ref::exact(kinds::PUPPET_VARIABLE, super::variable(plain));
                let span = Span::new(start + at, start + at + name.len());
                let require = Require::certain(target, span, "scope[]", None);
                out.requires.push(require.with_strength(Strength::Likely));
            }
        }
    }
}

/// A quoted literal at `at` (after blanks) and where its text starts.
fn literal(code: &str, at: usize) -> Option<(&str, usize)> {
    let rest = code.get(at..)?;
    let trimmed = rest.trim_start();
    let quote = trimmed.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let start = at + (rest.len() - trimmed.len()) + 1;
    let len = code[start..].find(quote)?;
    Some((&code[start..start + len], start))
}

/// The text of a Ruby string with a hole for each `#{…}`.
pub(super) fn interpolated(text: &str) -> NamePattern {
    NamePattern::with_holes(text, |rest| {
        let at = rest.find("#{")?;
        Some(at..rest[at..].find('}').map_or(rest.len(), |end| at + end + 1))
    })
}

/// `MODULE/path` of a template by its path in the tree.
fn template_name(layout: &Layout, path: &str) -> Option<String> {
    let dir = layout.module_dir(path)?;
    let module = layout.name_of(dir);
    let inner = inside(dir, path)?.strip_prefix("templates/")?;
    Some(format!("{module}/{inner}"))
}

/// The parameters that an EPP template declares: `<%- | String $a, $b = 1 | -%>`.
fn parameters(
    source: &Source<'_>,
    settings: &Settings,
    tags: &[(usize, usize)],
    out: &mut FileFacts,
) {
    let Some(name) = template_name(&settings.layout, source.path) else { return };
    let Some(&(start, end)) = tags.first() else { return };
    let code = source.text[start..end].trim_matches(['-', ' ', '\t', '\n', '\r']);
    let Some(list) = code.strip_prefix('|').and_then(|code| code.trim_end().strip_suffix('|'))
    else {
        return;
    };
    // Read by the manifest parser, as the parameters of a function.
    let head = "function x(";
    let manifest = format!("{head}{list}) {{}}");
    let shift = source.text[start..end].find('|').map_or(start, |at| start + at + 1);
    let arena = bumpalo::Bump::new();
    let parsed = crate::syntax::puppet::parse(&manifest, &arena);
    if !parsed.errors.is_empty() {
        return;
    }
    let Some(ExprKind::Definition(definition)) = parsed.body.first().map(|first| first.kind) else {
        return;
    };
    let place = |span: Span| {
        let offset = |at: u32| shift + (at as usize).saturating_sub(head.len());
        Span::new(offset(span.start), offset(span.end))
    };
    let params = definition.params.iter().map(|param| Param {
        required: param.default.is_none() && !param.rest,
        ..Param::new(param.name, place(param.span))
    });
    for ty in definition.params.iter().filter_map(|param| param.ty) {
        types(ty, &place, out);
    }
    let span = Span::new(start, end);
    let variable = |own: &str| format!("{name}::{own}");
    for param in definition.params {
        out.provides.push(Provide {
            kind: kinds::PUPPET_VARIABLE,
            name: NamePattern::exact(variable(param.name)),
            span: place(param.span),
            within: None,
            detail: Detail::None,
        });
    }
    for (own, span) in super::bare::variables(source.text, tags) {
        let target = Ref::exact(kinds::PUPPET_PLAIN_VARIABLE, variable(own));
        let require = Require::certain(target, span, "template variable", None);
        out.requires.push(require.with_strength(Strength::Likely));
    }
    let entity = Entity::new(kinds::PUPPET_TEMPLATE, name.clone());
    out.interfaces.push(Interface::new(entity, params.collect(), span));
    out.provides.push(Provide {
        kind: kinds::PUPPET_TEMPLATE,
        name: NamePattern::exact(name),
        span,
        within: None,
        detail: Detail::None,
    });
}

/// The aliases that a type of a parameter is made of.
fn types(ty: &Expr<'_>, place: &impl Fn(Span) -> Span, out: &mut FileFacts) {
    match ty.kind {
        ExprKind::TypeRef(name) => {
            let name = name.trim_start_matches("::");
            if name.contains("::") {
                let name = super::text::canonical(name);
                let target = Ref::exact(kinds::PUPPET_DATATYPE, name.clone());
                let require = Require::certain(target, place(ty.span), "type", None);
                out.requires.push(require.or(Ref::exact(kinds::PUPPET_DEFINE, name)));
            }
        }
        ExprKind::Access(base, keys) => {
            types(base, place, out);
            keys.iter().for_each(|own| types(own, place, out));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        let source = Source::of("modules/a/templates/b.erb", text);
        Templates.extract(&source, &Settings::default(), &mut out);
        let needed = out.requires.iter().filter(|own| own.relation != Relation::AsksFor);
        needed.map(|require| require.any_of[0].name.to_string()).collect()
    }

    #[test]
    fn reads_and_guards() {
        assert_eq!(read("<%= @a %> @b <%# @c %> <%% @d %>"), ["a"]);
        assert_eq!(read("<% if @a %><%= @a %><% end %><%= @b %>"), ["b"]);
        assert_eq!(read("<%= @a || 'x' %><% @c = 1 %><%= @c %>"), Vec::<String>::new());
        assert_eq!(read("<%= \"a#{@x}b@y\" %>"), ["x"]);
        assert_eq!(read("<%= scope['a::b'] %><%= scope.lookupvar('::c::d') %>"), ["a::b", "c::d"]);
    }
}
