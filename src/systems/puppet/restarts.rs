//! Which files a service is restarted for: a resource made from a file of the tree notifies
//! the service, or the service subscribes to the resource.
//!
//! (Source: Puppet's documentation of the metaparameters `notify` and `subscribe`: a service
//! that gets an event is restarted.)

use super::text::fold;
use super::walk::{Restarts, Walk};
use crate::facts::{Detail, NamePattern, Require, Span, kinds};
use crate::syntax::puppet::ast::{Expr, ExprKind, ResourceBody};
use smol_str::SmolStr;

impl<'a> Walk<'_, '_, 'a> {
    /// Takes note of a resource whose requirements begin at `from`.
    pub fn note_restarts(&mut self, ty: &str, body: &ResourceBody<'a>, from: usize) {
        let span_of = |name: &str| {
            body.attributes
                .iter()
                .find(|attribute| attribute.name == name)
                .map(|attribute| attribute.value.span)
        };
        let (notify, subscribe) = (span_of("notify"), span_of("subscribe"));
        let is_service = ty == "service";
        if notify.is_none() && subscribe.is_none() && ty != "file" {
            return;
        }
        let own = &self.out.requires[from..];
        let inside = |span: Option<Span>| {
            let named = |require: &&Require| {
                span.is_some_and(|span| {
                    span.start <= require.span.start && require.span.end <= span.end
                })
            };
            let names = own.iter().filter(named).flat_map(|require| &require.any_of);
            let names = names.filter(|target| target.kind == kinds::PUPPET_RESOURCE);
            names.filter_map(|target| target.name.as_exact().cloned()).collect::<Vec<_>>()
        };
        let notified: Vec<SmolStr> = inside(notify).iter().filter_map(|own| service(own)).collect();
        let subscribed = inside(subscribe);
        let is_source = |kind| [kinds::PUPPET_FILES, kinds::PUPPET_TEMPLATE].contains(kind);
        let sources: Vec<Detail> = own
            .iter()
            .flat_map(|require| &require.any_of)
            .filter(|target| is_source(&target.kind))
            .filter_map(|target| Some(Detail::leads(target.kind, target.name.as_exact()?.clone())))
            .collect();
        for service in notified {
            for source in &sources {
                let name = NamePattern::exact(service.clone());
                self.provide(kinds::RESTART, name, notify.unwrap_or_default(), source.clone());
            }
        }
        let titles: Vec<SmolStr> = self
            .title_texts(&body.title)
            .iter()
            .filter_map(|title| Self::resource_name(ty, &title.name).as_exact().cloned())
            .collect();
        if is_service {
            for title in titles.iter().filter_map(|title| service(title)) {
                let at = subscribe.unwrap_or_default();
                let pairs = subscribed.iter().map(|of| (of.clone(), title.clone(), at));
                self.restarts.subscribed.extend(pairs);
            }
        } else if !sources.is_empty() {
            self.restarts.made.extend(titles.into_iter().map(|title| (title, sources.clone())));
        }
    }

    /// `'wiki/code' => ['wiki.restart_wiki']`: what git-deploy calls on the hosts after it
    /// checked a repository out. (Source: operations-puppet at c53858f64f,
    /// manifests/role/deployment.pp, `deployment_repo_checkout_module_calls`; incident 4.)
    pub fn deployed_repository(&mut self, key: &Expr<'a>, value: &Expr<'a>) {
        let ExprKind::Array(calls) = value.kind else { return };
        let text = |expr: &Expr<'a>| fold(expr, &self.constants)?.as_exact().cloned();
        let services: Vec<SmolStr> = calls
            .iter()
            .filter_map(text)
            .filter_map(|call| Some(call.split_once(".restart_")?.1.into()))
            .collect();
        let Some(repository) = text(key).filter(|_| !services.is_empty()) else { return };
        for service in services {
            let detail = Detail::leads(kinds::REPOSITORY, repository.clone());
            self.provide(kinds::RESTART, NamePattern::exact(service), key.span, detail);
        }
    }

    /// Says which files restart the services that subscribe to what is made from them.
    pub fn finish_restarts(&mut self) {
        let Restarts { made, subscribed } = std::mem::take(&mut self.restarts);
        for (resource, service, span) in subscribed {
            for (_, sources) in made.iter().filter(|(own, _)| *own == resource) {
                for source in sources {
                    let name = NamePattern::exact(service.clone());
                    self.provide(kinds::RESTART, name, span, source.clone());
                }
            }
        }
    }
}

/// `Service[x]` → `x`.
fn service(resource: &str) -> Option<SmolStr> {
    Some(resource.strip_prefix("Service[")?.strip_suffix(']')?.into())
}
