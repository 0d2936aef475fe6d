//! Packages that tasks install.

use super::arguments::{Arguments, Text, pattern};
use super::tasks::{File, Task};
use crate::domain::packages;
use crate::domain::packages::Floating;
use crate::facts::{Detail, NamePattern, kinds};

impl File<'_, '_> {
    /// `name: a,b`, lists, `name=1.2` for apt; `item` is expanded.
    pub(super) fn packages(&mut self, task: &Task<'_, '_>, arguments: &Arguments) {
        let state = arguments.get("state").map_or("present", |state| state.text.as_str());
        if matches!(state, "absent" | "removed") {
            return;
        }
        let keys = ["name", "pkg", "package"];
        let all: Vec<Text> = keys.iter().flat_map(|key| arguments.all(key).to_vec()).collect();
        for text in all {
            for (value, span) in self.expand(task, &text) {
                for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                    let (name, version) = name.split_once('=').unwrap_or((name, state));
                    let name = pattern(name);
                    if name != NamePattern::any() {
                        self.provide(kinds::PACKAGE, name, span, Detail::version(version));
                    }
                }
            }
        }
    }

    /// Packages of pip, npm and gem that are asked for without a version.
    pub(super) fn managed(&mut self, task: &Task<'_, '_>, module: &str, arguments: &Arguments) {
        let newest = match arguments.get("state").map(|state| state.text.as_str()) {
            None | Some("present" | "install") => false,
            Some("latest" | "forcereinstall" | "upgrade") => true,
            _ => return,
        };
        let floating = if newest { Floating::Latest } else { Floating::Present };
        // Constraints say the versions elsewhere.
        let more = arguments.get("extra_args").map_or("", |own| own.text.as_str());
        let constrained =
            more.split_whitespace().any(|own| own == "-c") || more.contains("constraint");
        if constrained || arguments.get("version").is_some() {
            return;
        }
        for text in arguments.all("name") {
            for (value, span) in self.expand(task, text) {
                let wanted = match module {
                    "npm" => packages::npm(&value, floating.clone()),
                    "gem" => packages::gem(&value, None, floating.clone()),
                    _ => packages::pip(&value, floating.clone()),
                };
                if let Some(wanted) = wanted {
                    wanted.add(packages::kind_of(module), span, None, self.out);
                }
            }
        }
    }
}
