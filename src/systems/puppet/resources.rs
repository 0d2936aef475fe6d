//! Resource declarations, references, defaults, overrides and collectors.

use super::builtin;
use super::data::COLLECTED;
use super::text::{Text, branches, canonical, fold};
use super::walk::{More, Walk};
use crate::domain::packages;
use crate::facts::{
    Arg, Call, Detail, NamePattern, Ref, Relation, Require, Span, Strength, Via, base_name, kinds,
};
use crate::syntax::puppet::ast::{Attribute, Collector, Expr, ExprKind, Resource, ResourceBody};
use rustc_hash::FxHashSet;
use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

impl<'a> Walk<'_, '_, 'a> {
    pub fn resource(&mut self, resource: &Resource<'a>) {
        let ExprKind::Name(ty) = resource.ty.kind else {
            // A computed type: only the bodies can be read.
            self.untitled("*", resource.ty.span);
            self.capital_type(&resource.ty);
            self.expr(&resource.ty);
            for body in resource.bodies {
                self.expr(&body.title);
                self.attributes(body.attributes, "");
            }
            return;
        };
        let ty = canonical(ty);
        let defaults = resource
            .bodies
            .iter()
            .find(|body| matches!(body.title.kind, ExprKind::Default))
            .map_or(&[][..], |body| body.attributes);
        for body in resource.bodies {
            super::attributes::twice(body, self.settings.layout.names, &mut self.out.problems);
            if ty == "class" {
                self.declared_classes(body);
            } else {
                if !matches!(body.title.kind, ExprKind::Default) {
                    if ty == "file" {
                        self.deployed(body, defaults);
                        self.file_attributes(body, defaults);
                    }
                    if ty == "exec" {
                        self.unqualified(body, defaults);
                        self.quotes(body);
                        self.exec_paths(body);
                    }
                    if ty == "cron" {
                        self.cron(body, defaults);
                    }
                    if matches!(ty.as_str(), "cron" | "exec") {
                        self.named_files(body);
                    }
                    if ty == "augeas" {
                        self.augeas_changes(body);
                    }
                    self.command_lines(&ty, body);
                    self.monitor(body);
                    self.declared_resource(&ty, resource.ty.span, body, defaults);
                }
                self.native_attributes(&ty, body.attributes, resource.ty.span);
                self.unfilled_title(&ty, body);
                self.blank_ends(&ty, body);
                self.title_of_resource(body);
                self.key_of_nobody(&ty, body, defaults);
                self.titles(&ty, body);
            }
            let from = self.out.requires.len();
            self.attributes(body.attributes, &ty);
            self.note_restarts(&ty, body, from);
        }
        if ty != "class" && !builtin::is_type(&ty) {
            self.require_type(&ty, resource.ty.span, "resource", Strength::Certain);
        }
    }

    /// The defined or native type `ty` must exist.
    pub fn require_type(
        &mut self,
        ty: &SmolStr,
        span: Span,
        via: &'static str,
        strength: Strength,
    ) {
        let any_of = self.type_refs(ty);
        self.require(any_of, span, via, strength);
    }

    pub fn type_refs(&self, ty: &SmolStr) -> SmallVec<[Ref; 1]> {
        let mut any_of: SmallVec<[Ref; 1]> =
            smallvec![Ref::exact(kinds::PUPPET_DEFINE, ty.clone())];
        // No native type has a qualified name.
        if !ty.contains("::") {
            any_of.push(Ref::exact(kinds::PUPPET_TYPE, ty.clone()));
        }
        any_of.extend(self.relative_names(ty).map(|name| Ref::exact(kinds::PUPPET_DEFINE, name)));
        any_of
    }

    /// `class { 'a': x => 1 }`.
    fn declared_classes(&mut self, body: &ResourceBody<'a>) {
        let (args, more) = self.args(&[body.attributes]);
        for text in self.title_texts(&body.title) {
            self.require_class(&text.name, text.span, "class {}", Strength::Certain);
            let any_of = self.class_refs(&text.name);
            self.push_call(any_of, args.clone(), more, text.span, "class {}");
        }
    }

    fn declared_resource(
        &mut self,
        ty: &SmolStr,
        span: Span,
        body: &ResourceBody<'a>,
        defaults: &[Attribute<'a>],
    ) {
        if builtin::is_type(ty) {
            if ty == "package" {
                self.packages(body, defaults);
            }
            return;
        }
        if ty == "postgresql::server::pg_hba_rule" {
            self.address_of_hba(body);
        }
        let (args, more) = self.args(&[body.attributes, defaults]);
        let any_of = self.type_refs(ty);
        // The first body's call points at the type, each further one at its own title.
        let first = self.out.calls.last().is_none_or(|call| call.span != span);
        let span = if first { span } else { body.title.span };
        self.push_call(any_of, args, more, span, "resource");
    }

    pub fn push_call(
        &mut self,
        any_of: SmallVec<[Ref; 1]>,
        args: Vec<Arg>,
        more: More,
        span: Span,
        via: impl Into<Via>,
    ) {
        let guarded = self.guards.cover(&any_of);
        let strength = if guarded { Strength::Guarded } else { Strength::Certain };
        let within = self.within;
        let open = more == More::Possible;
        self.out.calls.push(Call { args, open, strength, within, ..Call::new(any_of, span, via) });
    }

    /// Arguments of a call, without metaparameters; open when a splat adds unknown ones.
    fn args(&self, lists: &[&[Attribute<'a>]]) -> (Vec<Arg>, More) {
        let mut args = Vec::new();
        let mut more = More::None;
        for attribute in lists.iter().copied().flatten() {
            if attribute.name == "*" {
                match attribute.value.kind {
                    ExprKind::Hash(pairs) => {
                        for (key, value) in pairs {
                            match fold(key, &self.constants) {
                                Some(NamePattern::Exact(name)) => args.push(Arg {
                                    name,
                                    value: self.literal(value),
                                    span: key.span,
                                }),
                                _ => more = More::Possible,
                            }
                        }
                    }
                    _ => more = More::Possible,
                }
            } else if !builtin::is_metaparameter(attribute.name) {
                args.push(Arg {
                    name: SmolStr::new(attribute.name),
                    value: self.literal(&attribute.value),
                    span: attribute.name_span,
                });
            }
        }
        (args, more)
    }

    fn literal(&self, value: &Expr<'a>) -> Option<SmolStr> {
        match value.kind {
            ExprKind::Str { .. } | ExprKind::Name(_) | ExprKind::Number(_) => {
                fold(value, &self.constants).and_then(|name| name.as_exact().cloned())
            }
            ExprKind::Bool(value) => Some(if value { "true" } else { "false" }.into()),
            ExprKind::Undef => Some("undef".into()),
            _ => None,
        }
    }

    /// Every declared title is a resource that others can refer to.
    fn titles(&mut self, ty: &str, body: &ResourceBody<'a>) {
        if ty == "file" {
            self.facts_of_content(body);
        }
        for text in self.title_texts(&body.title) {
            let name = Self::resource_name(ty, &text.name);
            self.provide(kinds::PUPPET_RESOURCE, name, text.span, Detail::None);
            self.external_fact(ty, &text);
            let object = match ty {
                "nagios_command" => kinds::NAGIOS_COMMAND,
                "nagios_hostgroup" => kinds::NAGIOS_HOSTGROUP,
                "nagios_contactgroup" => kinds::NAGIOS_CONTACTGROUP,
                "nagios_timeperiod" => kinds::NAGIOS_TIMEPERIOD,
                _ => continue,
            };
            self.provide(object, text.name, text.span, Detail::None);
        }
        // The name variable is another way to refer to it.
        for attribute in body.attributes {
            if matches!(attribute.name, "path" | "name" | "alias")
                && let Some(name) = fold(&attribute.value, &self.constants)
            {
                let span = attribute.value.span;
                self.provide(
                    kinds::PUPPET_RESOURCE,
                    Self::resource_name(ty, &name),
                    span,
                    "".into(),
                );
                self.external_fact(ty, &Text { name, span });
            }
        }
        if !matches!(body.title.kind, ExprKind::Str { .. } | ExprKind::Name(_)) {
            self.expr(&body.title);
        }
    }

    /// `file { '/etc/facter/facts.d/a.sh' }`: by custom the fact that it sets is called `a`.
    ///
    /// (Source: Facter's documentation of external facts.)
    fn external_fact(&mut self, ty: &str, text: &Text) {
        let name = text.name.as_exact().filter(|_| ty == "file");
        let Some((_, base)) = name.and_then(|name| name.rsplit_once("/facts.d/")) else { return };
        let stem = base.split('.').next().unwrap_or(base);
        if !stem.is_empty() {
            let name = NamePattern::exact(SmolStr::new(stem));
            self.provide(kinds::PUPPET_FACT, name, text.span, Detail::None);
        }
    }

    /// The facts that a `file` in a `facts.d/` is written with: `content => "rack=${rack}"`.
    fn facts_of_content(&mut self, body: &ResourceBody<'a>) {
        let given = |name: &str| body.attributes.iter().find(|own| own.name == name);
        let path = given("path").map_or(&body.title, |own| &own.value);
        let written = self.source.text.get(path.span.range()).unwrap_or_default();
        let Some(content) = given("content").filter(|_| written.contains("facts.d")) else {
            return;
        };
        let span = content.value.span;
        let text = self.source.text.get(span.range()).unwrap_or_default();
        for (name, at) in super::external_facts::names(text) {
            let span = Span::new(span.start as usize + at, span.start as usize + at + name.len());
            self.provide(kinds::PUPPET_FACT, NamePattern::exact(name), span, Detail::None);
        }
    }

    /// The titles that a title expression stands for; a computed one is a full hole.
    pub fn title_texts(&self, title: &Expr<'a>) -> Vec<Text> {
        if matches!(title.kind, ExprKind::Default) {
            return Vec::new();
        }
        let mut groups = Vec::new();
        branches(title, &self.constants, &mut groups);
        let texts: Vec<Text> = groups.into_iter().flatten().collect();
        if texts.is_empty() {
            return vec![Text { name: NamePattern::any(), span: title.span }];
        }
        texts
    }

    /// `package { 'x': ensure => '1.2' }` provides `package:x`.
    fn packages(&mut self, body: &ResourceBody<'a>, defaults: &[Attribute<'a>]) {
        let attribute = |name: &str| {
            body.attributes.iter().chain(defaults).find(|attribute| attribute.name == name)
        };
        if let Some(state) = attribute("ensure") {
            self.package_state(&state.value);
        }
        let ensure = attribute("ensure").map_or(Some("present".into()), |a| self.literal(&a.value));
        if matches!(ensure.as_deref(), Some("absent" | "purged" | "held")) {
            return;
        }
        let texts = match attribute("name") {
            Some(name) => match fold(&name.value, &self.constants) {
                Some(folded) => vec![Text { name: folded, span: name.value.span }],
                None => return,
            },
            None => self.title_texts(&body.title),
        };
        let provider = attribute("provider").and_then(|own| self.literal(&own.value));
        let kind = provider.map_or(kinds::PACKAGE, |provider| packages::kind_of(&provider));
        for text in texts {
            let name = match &text.name {
                NamePattern::Exact(name) => NamePattern::Exact(packages::normal(kind, name)),
                _ => text.name,
            };
            self.provide(
                kind,
                name,
                text.span,
                Detail::version(ensure.as_deref().unwrap_or_default()),
            );
        }
    }

    /// `Type['title']`: the type must exist, and some resource of that title.
    pub fn reference(&mut self, ty: &str, keys: &[Expr<'a>], span: Span) {
        let lower = canonical(ty);
        if builtin::is_datatype(ty.trim_start_matches("::")) && lower != "class" {
            keys.iter().for_each(|key| self.datatype(key));
            return;
        }
        if lower == "file" {
            keys.iter().for_each(|key| self.file_of_boxen(key));
        }
        let titles: Vec<Text> = keys.iter().flat_map(|key| self.title_texts(key)).collect();
        if lower == "class" {
            // Puppet 3 takes `Class['a[b]']` for the resource `A[b]`.
            for text in titles.into_iter().filter(|text| !text.name.prefix().contains('[')) {
                self.require_class(
                    &text.name,
                    text.span,
                    Relation::Names.called("Class[]"),
                    Strength::Certain,
                );
            }
            return;
        }
        if lower.contains("::") || builtin::near_type(&lower).is_some() {
            let mut any_of: SmallVec<_> = smallvec![
                Ref::exact(kinds::PUPPET_DEFINE, lower.clone()),
                Ref::exact(kinds::PUPPET_DATATYPE, lower.clone()),
            ];
            let relative = self.relative_names(&lower);
            any_of.extend(relative.map(|name| Ref::exact(kinds::PUPPET_DEFINE, name)));
            self.require(any_of, span, Relation::Orders.called("reference"), Strength::Certain);
        }
        for text in titles {
            // A wholly computed title says nothing.
            if text.name == NamePattern::any() {
                continue;
            }
            if lower == "file" && text.name.prefix().starts_with("puppet:///") {
                let message = format!("no file is called `{}`: its title is its path", text.name);
                self.refused(&message, text.span, "name the file by where it is put");
                continue;
            }
            let target = Ref::new(kinds::PUPPET_RESOURCE, Self::resource_name(ty, &text.name));
            self.require(
                smallvec![target],
                text.span,
                Relation::Orders.called("reference"),
                Strength::Likely,
            );
        }
    }

    /// `Type { a => 1 }` sets arguments of every later resource of the type.
    pub fn defaults(&mut self, ty: &Expr<'a>, attributes: &[Attribute<'a>]) {
        if let ExprKind::TypeRef(name) = ty.kind {
            let lower = canonical(name);
            self.native_attributes(&lower, attributes, ty.span);
            self.search_path(&lower, attributes);
            if !builtin::is_type(&lower) {
                let (args, _) = self.args(&[attributes]);
                for arg in &args {
                    let entity = NamePattern::exact(format!("{lower}::{}", arg.name));
                    self.provide(kinds::PUPPET_DEFAULTS, entity, arg.span, Detail::None);
                }
                let any_of = self.type_refs(&lower);
                self.push_call(any_of, args, More::Possible, ty.span, "resource defaults");
                if lower.contains("::") {
                    self.require_type(&lower, ty.span, "resource defaults", Strength::Certain);
                }
            }
            self.attributes(attributes, &lower);
        }
    }

    pub fn resource_override(&mut self, target: &Expr<'a>, attributes: &[Attribute<'a>]) {
        self.expr(target);
        let mut ty = SmolStr::default();
        if let ExprKind::Access(base, _) = target.kind
            && let ExprKind::TypeRef(name) = base.kind
        {
            ty = canonical(name);
            self.native_attributes(&ty, attributes, base.span);
            self.search_path(&ty, attributes);
            if ty != "class" && !builtin::is_type(&ty) {
                let (args, _) = self.args(&[attributes]);
                let any_of = self.type_refs(&ty);
                let via = Relation::Amends.called("override");
                self.push_call(any_of, args, More::Possible, base.span, via);
            }
        }
        self.attributes(attributes, &ty);
    }

    /// A declaration that an override of its file adds to may pass all that is needed together
    /// with it.
    pub fn finish_overrides(&mut self) {
        let amends = |own: &&Call| own.relation == Relation::Amends;
        let amended: FxHashSet<Ref> = self
            .out
            .calls
            .iter()
            .filter(amends)
            .filter_map(|call| call.any_of.first().cloned())
            .collect();
        for call in self.out.calls.iter_mut().filter(|_| !amended.is_empty()) {
            call.open |= call.any_of.first().is_some_and(|target| amended.contains(target));
        }
    }

    pub fn collector(&mut self, collector: &Collector<'a>) {
        let mut ty = SmolStr::default();
        if let ExprKind::TypeRef(name) = collector.ty.kind {
            ty = canonical(name);
            self.collected_class(&ty, collector.ty.span);
            self.native_attributes(&ty, collector.attributes, collector.ty.span);
            if !builtin::is_type(&ty) && ty != "class" {
                // Exported resources may come from elsewhere; the type must be known here.
                if ty.contains("::") {
                    self.require_type(&ty, collector.ty.span, "collector", Strength::Certain);
                }
                let (args, _) = self.args(&[collector.attributes]);
                // What others declare or export is complete where it is collected.
                for arg in &args {
                    let name = NamePattern::exact(format!("{ty}::{}", arg.name));
                    let detail = Detail::from(COLLECTED);
                    self.provide(kinds::PUPPET_DEFAULTS, name, arg.span, detail);
                }
                let any_of = self.type_refs(&ty);
                self.push_call(any_of, args, More::Possible, collector.ty.span, "collector");
            }
        }
        if let Some(query) = &collector.query {
            self.expr(query);
        }
        self.attributes(collector.attributes, &ty);
    }

    fn attributes(&mut self, attributes: &[Attribute<'a>], ty: &str) {
        for attribute in attributes {
            self.slips(ty, attribute);
            if ty == "class" || !builtin::is_type(ty) {
                self.handed_template(&attribute.value);
            }
            if attribute.name == "check_command" {
                self.check_command(&attribute.value);
            }
            if attribute.name == "source" && ty == "file" {
                let from = self.out.requires.len();
                self.file_source(&attribute.value);
                if self.is_for_its_owner(attributes) {
                    self.out.requires[from..].iter_mut().for_each(doubt_keys);
                }
            } else {
                self.value(&attribute.value);
            }
        }
    }

    /// Whether nobody but its owner may read a file.
    fn is_for_its_owner(&self, attributes: &[Attribute<'a>]) -> bool {
        let mode = attributes.iter().find(|own| own.name == "mode");
        mode.and_then(|own| self.literal(&own.value)).is_some_and(|own| own.ends_with("00"))
    }
}

/// A file without an ending that only its owner may read is often a key, which whoever uses the tree
/// keeps out of it.
fn doubt_keys(require: &mut Require) {
    let is_bare = |target: &Ref| !base_name(target.name.prefix()).contains('.');
    if require.strength == Strength::Certain && require.any_of.iter().all(is_bare) {
        require.strength = Strength::Likely;
    }
}
