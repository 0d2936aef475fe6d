//! Monitors in manifests: resources with a check command, and the services of a load
//! balancer in hashes.

use super::text::fold;
use super::walk::Walk;
use crate::domain::watch::{ASKED_KEYS, BALANCER_KEYS, provide, provide_all, quiet};
use crate::facts::{Monitor, NamePattern};
use crate::syntax::puppet::ast::{Expr, ExprKind, ResourceBody};

impl<'a> Walk<'_, '_, 'a> {
    /// `monitor_service { 'wiki': check_command => 'check_http!wiki!/' }`.
    pub fn monitor(&mut self, body: &ResourceBody<'a>) {
        let command = body.attributes.iter().find_map(|attribute| {
            let text = fold(&attribute.value, &self.constants)?;
            let checks = matches!(attribute.name, "check_command" | "nrpe_command")
                || (attribute.name == "command" && text.prefix().starts_with("check_"));
            checks.then_some(text)
        });
        let Some(command) = command else { return };
        let mut labels = Vec::new();
        let mut silent = None;
        for attribute in body.attributes.iter() {
            if attribute.name == "notifications_enabled"
                && matches!(attribute.value.kind, ExprKind::Bool(false))
            {
                silent = Some(attribute.value.span);
            }
            let Some(text) = fold(&attribute.value, &self.constants) else { continue };
            match (attribute.name, text.as_exact().map(|name| name.as_str())) {
                ("ensure", Some("absent")) => return,
                ("description" | "service_description", _) => {
                    labels.push(("service".into(), text.to_string().into()));
                }
                ("host" | "host_name", Some(own)) => labels.push(("host".into(), own.into())),
                ("notifications_enabled", Some("false" | "0")) => {
                    silent = Some(attribute.value.span);
                }
                _ => {}
            }
        }
        let asks = command.to_string().into();
        let monitor = Monitor { sort: "monitor".into(), asks, labels };
        for text in self.title_texts(&body.title) {
            if let Some(at) = silent {
                quiet(self.out, &text.name, at);
            }
            provide_all(self.out, &monitor, text.name, text.span, self.within);
        }
    }

    /// `'wiki' => { 'depool-threshold' => '.5', 'monitors' => { … 'url' => […] } }`.
    pub fn balanced_service(&mut self, key: &Expr<'a>, value: &Expr<'a>) {
        let ExprKind::Hash(pairs) = value.kind else { return };
        let text = |expr: &Expr<'a>| fold(expr, &self.constants)?.as_exact().cloned();
        let is_balancer =
            |expr: &Expr<'a>| text(expr).is_some_and(|key| BALANCER_KEYS.contains(&key.as_str()));
        if !pairs.iter().any(|(key, _)| is_balancer(key)) || is_balancer(key) {
            return;
        }
        let Some(name) = text(key) else { return };
        let asks = self.asked(value, 0).unwrap_or_default();
        provide(self.out, "probe", NamePattern::Exact(name), &asks, key.span, self.within);
    }

    fn asked(&self, value: &Expr<'a>, depth: u32) -> Option<String> {
        if depth > 6 {
            return None;
        }
        match value.kind {
            ExprKind::Hash(pairs) => pairs.iter().find_map(|(key, value)| {
                let key = fold(key, &self.constants)?;
                if key.as_exact().is_some_and(|key| ASKED_KEYS.contains(&key.as_str())) {
                    let first = match value.kind {
                        ExprKind::Array(items) => items.first()?,
                        _ => value,
                    };
                    if let Some(text) = fold(first, &self.constants) {
                        return Some(text.to_string());
                    }
                }
                self.asked(value, depth + 1)
            }),
            ExprKind::Array(items) => items.iter().find_map(|item| self.asked(item, depth + 1)),
            _ => None,
        }
    }
}
