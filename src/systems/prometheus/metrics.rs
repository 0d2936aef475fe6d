//! Metrics that programs of the tree export, and what dashboards of Grafana ask for.
//!
//! (Sources: documentation of `prometheus_client` for Python and of `client_golang`: counters end
//! in `_total`, histograms have `_bucket`, `_sum` and `_count`; Grafana's JSON model, "Panels".)

use super::rules::expression;
use crate::extract::{Extractor, Settings, Source};
use crate::facts::{Detail, FileFacts, NamePattern, Provide, Span, kinds};
use memchr::memmem;

/// Extracts from programs.
pub struct Metrics;

impl Extractor for Metrics {
    fn system(&self) -> &'static str {
        "metrics"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".py") || path.ends_with(".go")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let words: [&[u8]; 2] = [b"prometheus_client", b"client_golang/prometheus"];
        words.iter().any(|word| memmem::find(bytes, word).is_some())
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let is_go = source.path.ends_with(".go");
        for sort in ["Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"] {
            let open = if is_go { format!("{sort}Opts{{") } else { format!("{sort}(") };
            for (at, _) in source.text.match_indices(&open) {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                if !is_go && source.text[..at].ends_with(is_word) {
                    continue;
                }
                let inside = at + open.len();
                let name = if is_go {
                    of_options(source.text, inside)
                } else {
                    first(source.text, inside)
                };
                if let Some((name, start)) = name {
                    series(sort, name, Span::new(start, start + name.len()), is_go, out);
                }
            }
        }
    }
}

/// A text between quotes that begins here.
fn quoted(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..)?;
    let start = at + rest.len() - rest.trim_start().len();
    let quote = text.get(start..)?.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.get(start + 1..)?;
    let name = &inner[..inner.find(quote)?];
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(&byte));
    (plain && !name.is_empty()).then_some((name, start + 1))
}

/// The first argument of a call, where nothing is put before it.
fn first(text: &str, at: usize) -> Option<(&str, usize)> {
    let end = text[at..].find(')').map_or(text.len(), |end| at + end);
    let call = &text[at..end];
    let is_composed = call.contains("namespace=") || call.contains("subsystem=");
    if is_composed { None } else { quoted(text, at) }
}

/// The `Name:` of options, where nothing is put before it.
fn of_options(text: &str, at: usize) -> Option<(&str, usize)> {
    let end = text[at..].find('}').map_or(text.len(), |end| at + end);
    let options = &text[at..end];
    if options.contains("Namespace:") || options.contains("Subsystem:") {
        return None;
    }
    let key = options.find("Name:")?;
    quoted(text, at + key + "Name:".len())
}

/// Adds the series that a metric has.
fn series(sort: &str, name: &str, span: Span, is_go: bool, out: &mut FileFacts) {
    let endings: &[&str] = match sort {
        "Counter" if !is_go => &["", "_total", "_created"],
        "Histogram" => &["", "_bucket", "_sum", "_count"],
        "Summary" => &["", "_sum", "_count"],
        "Info" => &["", "_info"],
        _ => &[""],
    };
    let stem = if sort == "Counter" && !is_go { name.trim_end_matches("_total") } else { name };
    for ending in endings {
        let own = NamePattern::exact(format!("{stem}{ending}"));
        let kind = kinds::PROMETHEUS_METRIC;
        out.provides.push(Provide { kind, name: own, span, within: None, detail: Detail::None });
    }
}

/// Extracts from dashboards.
pub struct Dashboards;

impl Extractor for Dashboards {
    fn system(&self) -> &'static str {
        "dashboards"
    }

    fn claims(&self, path: &str) -> bool {
        path.ends_with(".json")
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        memmem::find(bytes, b"\"panels\"").is_some() && memmem::find(bytes, b"\"expr\"").is_some()
    }

    fn by_contents(&self, _path: &str) -> bool {
        true
    }

    fn extract(&self, source: &Source<'_>, _settings: &Settings, out: &mut FileFacts) {
        let text = source.text;
        for (at, key) in text.match_indices("\"expr\"") {
            let rest = &text[at + key.len()..];
            let Some(value) = rest.trim_start().strip_prefix(':') else { continue };
            let Some(inner) = value.trim_start().strip_prefix('"') else { continue };
            let start = text.len() - inner.len();
            let end = string_end(inner);
            // Quotes of the expression are escaped: what it says inside them stays aside.
            let expr = inner[..end].replace("\\\"", " \"").replace("\\n", "  ");
            expression(&expr, &|from, to| Span::new(start + from, start + to), out);
        }
    }
}

/// Where the quote stands that ends a string.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provided(path: &str, text: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        assert!(Metrics.accepts(text.as_bytes()));
        Metrics.extract(&Source::of(path, text), &Settings::default(), &mut out);
        out.provides.iter().map(|own| own.name.to_string()).collect()
    }

    #[test]
    fn metrics_of_programs() {
        let text = "from prometheus_client import Counter\nA = Counter(\n  'a_b', 'x')\n\
                    C = Gauge('c', 'x', namespace='n')\nMyCounter('d')\nCounter(name)\n";
        assert_eq!(provided("a.py", text), ["a_b", "a_b_total", "a_b_created"]);
        let text = "import \"github.com/prometheus/client_golang/prometheus\"\n\
                    var a = prometheus.CounterOpts{Name: \"a_total\", Help: \"x\"}\n\
                    var b = prometheus.GaugeOpts{Namespace: \"n\", Name: \"b\"}\n";
        assert_eq!(provided("a.go", text), ["a_total"]);
    }

    #[test]
    fn expressions_of_dashboards() {
        let text = "{\"panels\": [{\"targets\": [{\"expr\": \"a_b{c=\\\"d_e\\\"} / f:g\"}]}]}";
        let mut out = FileFacts::default();
        assert!(Dashboards.accepts(text.as_bytes()));
        Dashboards.extract(&Source::of("a.json", text), &Settings::default(), &mut out);
        let named: Vec<_> = out.requires.iter().map(|own| &text[own.span.range()]).collect();
        assert_eq!(named, ["a_b", "f:g"]);
    }
}
