//! Boxen: what a tree of it asks of the class `boxen::config`, which no such tree has itself.
//!
//! (Source: `manifests/config.pp` of boxen/puppet-boxen.)

use super::walk::Walk;
use crate::facts::{Problem, Span, is_one_edit};
use crate::syntax::puppet::ast::{Expr, ExprKind};

/// The variables of the class.
const VARIABLES: [&str; 13] = [
    "bindir",
    "cachedir",
    "configdir",
    "datadir",
    "envdir",
    "home",
    "homebrewdir",
    "logdir",
    "login",
    "repodir",
    "reponame",
    "socketdir",
    "srcdir",
];

/// The one of the class's variables that was meant.
fn meant(name: &str) -> Option<&'static str> {
    let own = name.trim_start_matches("::").strip_prefix("boxen::config::")?;
    let near = || VARIABLES.into_iter().find(|known| is_one_edit(known, own));
    if VARIABLES.contains(&own) { None } else { near() }
}

impl<'a> Walk<'_, '_, 'a> {
    /// `${boxen::config::hime}`.
    pub fn variable_of_boxen(&mut self, name: &str, span: Span) {
        let Some(meant) = meant(name) else { return };
        let name = name.trim_start_matches("::");
        let message = format!("variable `{name}` does not exist");
        let mut problem = Problem::new("unresolved-reference", message, span);
        problem.help = format!("did you mean `boxen::config::{meant}`?");
        self.out.problems.push(problem);
    }

    /// `File["${boxen::config::bindir}/bin/x"]`: that folder is `bin`, and nothing is put into one
    /// of that name in it.
    pub fn file_of_boxen(&mut self, title: &Expr<'a>) {
        let ExprKind::Interpolated(_) = title.kind else { return };
        let written = self.source.text.get(title.span.range()).unwrap_or_default();
        if written.contains("${boxen::config::bindir}/bin/")
            || written.contains("${::boxen::config::bindir}/bin/")
        {
            let help = "`boxen::config::bindir` is the folder `bin` itself";
            self.refused("Boxen puts no file there", title.span, help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_the_class_lacks() {
        assert_eq!(meant("boxen::config::hime"), Some("home"));
        assert_eq!(meant("::boxen::config::bindirs"), Some("bindir"));
        for name in ["boxen::config::home", "boxen::config::port", "web::config::hime"] {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
