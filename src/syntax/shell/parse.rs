//! Simple commands of a shell text, with the conditions they run under.
//!
//! Not a parser of the whole grammar: reserved words end or begin commands, which is all
//! that finding the commands of a script needs, and what makes broken or templated scripts
//! readable.

use super::lexer::{Kind, Text, Token, tokens};
use smol_str::SmolStr;

/// A command with its words; the first names it.
#[derive(Debug, Clone)]
pub struct Simple {
    /// Its words, redirections and assignments left out; never empty.
    pub words: Vec<ShellWord>,
    /// Assignments before them.
    pub assignments: Vec<ShellWord>,
    /// Its failure is expected: `a || true`, `if a; then`, `! a`.
    pub tested: bool,
}

/// A word with its bounds in the text.
#[derive(Debug, Clone)]
pub struct ShellWord {
    /// The word.
    pub text: Text,
    /// First byte.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

impl ShellWord {
    /// The word where all of it is known.
    pub fn exact(&self) -> Option<&SmolStr> {
        self.text.pattern.as_exact()
    }
}

/// Words that begin a command list after them.
const OPENERS: [&str; 12] =
    ["if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "coproc", "in"];
/// Words that end one.
const CLOSERS: [&str; 4] = ["fi", "done", "esac", "}"];

/// Most nested substitutions that are read.
pub const MAX_DEPTH: u32 = 8;

/// What a text runs.
pub struct Commands {
    /// Its simple commands, those in substitutions included, in order. Commands that the text itself
    /// defines as functions are left out.
    pub simple: Vec<Simple>,
    /// The assignments of variables that were asked for.
    pub variables: Vec<ShellWord>,
    /// The first substitution that is nested too deep to be read.
    pub unread: Option<usize>,
}

/// The commands of `text`, and the assignments of variables that `wanted` asks for.
pub fn read(text: &str, tokens: &[Token], wanted: &dyn Fn(&str) -> bool) -> Commands {
    let mut reader = Reader::default();
    reader.walk(text, tokens, 0, 0);
    let functions = reader.functions;
    let own =
        |simple: &Simple| simple.words[0].exact().is_some_and(|name| functions.contains(name));
    let mut variables = reader.variables;
    variables.extend(reader.out.iter().flat_map(|simple| simple.assignments.iter().cloned()));
    let exported = reader.out.iter().filter(|simple| {
        let name = simple.words[0].exact().map(SmolStr::as_str);
        matches!(name, Some("export" | "declare" | "readonly" | "local"))
    });
    variables.extend(exported.flat_map(|simple| simple.words[1..].iter().cloned()));
    variables.retain(|word| assigned(&word.text).is_some_and(wanted));
    let simple = reader.out.into_iter().filter(|simple| !own(simple)).collect();
    Commands { simple, variables, unread: reader.unread }
}

#[derive(Default)]
struct Reader {
    out: Vec<Simple>,
    functions: Vec<SmolStr>,
    variables: Vec<ShellWord>,
    unread: Option<usize>,
}

impl Reader {
    fn read(&mut self, text: &str, start: usize, end: usize, depth: u32) {
        let Some(part) = text.get(start..end) else { return };
        if depth > MAX_DEPTH {
            self.unread.get_or_insert(start);
            return;
        }
        self.walk(text, &tokens(part), start, depth);
    }

    /// `one two)`, the values of an array: no command. How many tokens it takes.
    fn array(&mut self, text: &str, start: usize, tokens: &[Token], depth: u32) -> usize {
        for (ix, Token { kind, .. }) in tokens.iter().enumerate() {
            match kind {
                Kind::Word(word) => self.substitutions(text, start, word, depth),
                Kind::Operator(")") => return ix + 1,
                _ => {}
            }
        }
        tokens.len()
    }

    /// Reads the tokens of the part of `text` that begins at `start`.
    fn walk(&mut self, text: &str, tokens: &[Token], start: usize, depth: u32) {
        let mut words: Vec<ShellWord> = Vec::new();
        let mut assignments: Vec<ShellWord> = Vec::new();
        let mut tested = false;
        let mut cases: Vec<Case> = Vec::new();
        let mut ix = 0;
        while let Some(Token { kind, start: from, end: to }) = tokens.get(ix) {
            ix += 1;
            match kind {
                Kind::Redirect => {
                    // Its target is no argument.
                    if let Some(Token { kind: Kind::Word(target), .. }) = tokens.get(ix) {
                        self.substitutions(text, start, target, depth);
                        ix += 1;
                    }
                }
                Kind::Operator(operator) => {
                    if cases.last() == Some(&Case::Pattern) {
                        // `a | b)`: the patterns of a branch.
                        words.clear();
                        if *operator == ")" {
                            cases.pop();
                            cases.push(Case::Branch);
                        }
                        continue;
                    }
                    if *operator == "("
                        && let [name] = words.as_slice()
                        && matches!(
                            tokens.get(ix).map(|next| &next.kind),
                            Some(Kind::Operator(")"))
                        )
                    {
                        self.functions.extend(name.exact().cloned());
                        words.clear();
                        ix += 1;
                        continue;
                    }
                    if *operator == "("
                        && words.last().or(assignments.last()).is_some_and(opens_array)
                        && tokens.get(ix.wrapping_sub(2)).is_some_and(|last| last.end == *from)
                    {
                        ix += self.array(text, start, &tokens[ix..], depth);
                        continue;
                    }
                    let fails = *operator == "||";
                    self.finish(&mut words, &mut assignments, tested || fails);
                    if !matches!(*operator, "&&" | "||" | "|" | "|&") {
                        tested = false;
                    }
                    if *operator == ";;" && cases.last() == Some(&Case::Branch) {
                        cases.pop();
                        cases.push(Case::Pattern);
                    }
                }
                Kind::Word(word) => {
                    self.substitutions(text, start, word, depth);
                    let name = word.pattern.as_exact().filter(|_| !word.quoted);
                    if cases.last() == Some(&Case::Pattern) {
                        if name.is_some_and(|name| name == "esac") {
                            cases.pop();
                        }
                        continue;
                    }
                    if words.is_empty()
                        && let Some(name) = name
                    {
                        match name.as_str() {
                            "if" | "elif" | "while" | "until" | "!" => {
                                tested = true;
                                continue;
                            }
                            "case" => {
                                // `case WORD in`: patterns follow.
                                while let Some(next) = tokens.get(ix) {
                                    ix += 1;
                                    if let Kind::Word(word) = &next.kind {
                                        self.substitutions(text, start, word, depth);
                                        if word.pattern.as_exact().is_some_and(|word| word == "in")
                                        {
                                            break;
                                        }
                                    }
                                }
                                cases.push(Case::Pattern);
                                continue;
                            }
                            "esac" => {
                                cases.pop();
                                continue;
                            }
                            "for" | "select" => {
                                // `for x in a b c`: words, up to the end of the line.
                                while let Some(next) = tokens.get(ix) {
                                    match &next.kind {
                                        Kind::Operator(_) => break,
                                        Kind::Word(word) => {
                                            self.substitutions(text, start, word, depth);
                                        }
                                        Kind::Redirect => {}
                                    }
                                    ix += 1;
                                }
                                continue;
                            }
                            "function" => {
                                if let Some(Token { kind: Kind::Word(word), .. }) = tokens.get(ix) {
                                    self.functions.extend(word.pattern.as_exact().cloned());
                                    ix += 1;
                                }
                                continue;
                            }
                            "then" | "do" => {
                                tested = false;
                                continue;
                            }
                            name if OPENERS.contains(&name) || CLOSERS.contains(&name) => continue,
                            _ => {}
                        }
                    }
                    let own =
                        ShellWord { text: word.clone(), start: start + from, end: start + to };
                    if words.is_empty() && assigned(word).is_some() {
                        assignments.push(own);
                    } else {
                        words.push(own);
                    }
                }
            }
        }
        self.finish(&mut words, &mut assignments, tested);
    }

    fn finish(
        &mut self,
        words: &mut Vec<ShellWord>,
        assignments: &mut Vec<ShellWord>,
        tested: bool,
    ) {
        let assignments = std::mem::take(assignments);
        if words.is_empty() {
            self.variables.extend(assignments);
        } else {
            self.out.push(Simple { words: std::mem::take(words), assignments, tested });
        }
    }

    fn substitutions(&mut self, text: &str, shift: usize, word: &Text, depth: u32) {
        for &(from, to) in &word.substitutions {
            self.read(text, shift + from, shift + to, depth + 1);
        }
    }
}

/// Where in a `case` a token stands.
#[derive(PartialEq)]
enum Case {
    Pattern,
    Branch,
}

/// Whether a parenthesis right behind the word opens an array: `NAME=`.
fn opens_array(word: &ShellWord) -> bool {
    assigned(&word.text).is_some() && word.text.pattern.prefix().ends_with('=')
}

/// The name in `NAME=value` before a command.
fn assigned(word: &Text) -> Option<&str> {
    let (name, _) = word.pattern.prefix().split_once('=')?;
    let name = name.trim_end_matches('+');
    let is_name = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_[]".contains(c));
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |simple: Simple| {
            let words: Vec<_> =
                simple.words.iter().map(|word| word.text.pattern.to_string()).collect();
            format!("{}{}", words.join(" "), if simple.tested { " ?" } else { "" })
        };
        read(text, &tokens(text), &|_| true).simple.into_iter().map(show).collect()
    }

    #[test]
    fn values_of_an_array_are_no_commands() {
        let text = "declare -a FILES=(\".\"\n  ./tools/build)\nX=(one\n two)\nY+=( three )\nrun \"${FILES[@]}\"\n";
        let names: Vec<_> =
            shown(text).iter().filter_map(|own| own.split(' ').next().map(str::to_owned)).collect();
        assert_eq!(names, ["declare", "run"]);
    }

    #[test]
    fn lists_pipelines_and_substitutions() {
        assert_eq!(shown("a x | b && c; d || true"), ["a x", "b", "c", "d ?", "true"]);
        assert_eq!(shown("A=1 B=$(b c) d e"), ["b c", "d e"]);
        assert_eq!(shown("x \"$(y `z`)\""), ["z", "y *", "x *"]);
        assert_eq!(shown("a <in >out b"), ["a b"]);
    }

    #[test]
    fn compound_commands() {
        assert_eq!(shown("if a; then b; else c; fi"), ["a ?", "b", "c"]);
        assert_eq!(shown("for x in a b; do c $x; done"), ["c *"]);
        assert_eq!(shown("while ! a; do b; done"), ["a ?", "b"]);
        assert_eq!(shown("case $1 in\n a|b) c x;;\n *) d;;\nesac\ne"), ["c x", "d", "e"]);
        assert_eq!(shown("(a; b) & { c; }"), ["a", "b", "c"]);
    }

    #[test]
    fn functions_of_the_script_are_its_own() {
        assert_eq!(shown("f() {\n a\n}\nfunction g { b; }\nf x; g; c"), ["a", "b", "c"]);
    }
}
