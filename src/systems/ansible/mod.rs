//! Ansible: playbooks, roles, tasks, handlers.
//!
//! (Source: Ansible's documentation of playbooks, roles, the search paths of local files,
//! handlers, and the modules named here.)

mod again;
mod aimed;
mod alike;
mod arguments;
mod asked;
mod attributes;
mod bare;
mod blocks;
mod braces;
mod broken;
mod calls;
mod choices;
mod collections;
mod commands;
mod conditions;
mod continued;
mod definitions;
mod deployed;
mod dropped;
mod expressions;
mod fetched;
mod filled_early;
mod first_notified;
mod first_reads;
mod forms;
mod given;
mod glued;
mod grammar;
mod grouped;
mod hollow;
mod hosts;
mod inventory;
mod items;
mod iterated;
mod jinja;
mod keywords;
mod lacking;
mod left_out;
mod library;
mod listed;
mod literals;
mod lookups;
mod loops;
mod marks;
mod mentions;
mod misnamed;
mod misplaced;
mod modes;
mod modules;
mod names;
mod nested;
mod orphans;
mod outdated;
mod outside;
mod owners;
mod packages;
mod parameters;
mod part_slips;
mod paths;
mod piped;
mod played;
mod published;
mod quotes;
mod reach;
mod restarts;
mod result_parts;
mod results;
mod returned;
mod roles;
#[cfg(test)]
mod said;
mod shape;
mod skeletons;
mod slipped;
mod specs;
mod spelling;
mod stopped;
mod strays;
mod sudoers;
mod surroundings;
mod tagged;
mod targets;
mod tasks;
mod templates;
mod together;
mod twice;
mod twice_filled;
mod twins;
mod typed;
mod unclosed;
mod unhanded;
mod unprivileged;
mod unread;
mod variables;
mod whole_results;
mod words;
mod written;

pub use inventory::Inventory;
pub use jinja::Templates;
pub use specs::RoleArguments;
pub use surroundings::Surroundings;
pub use variables::Variables;

use crate::check::Check;
use crate::extract::{Extractor, Settings, Source, Told};
use crate::facts::FileFacts;
use crate::graph::Graph;
use crate::syntax::yaml::Form;
use crate::systems::System;
use crate::tree::Tree;
use memchr::memmem;
use shape::Stand;

/// Ansible.
pub(super) struct Room;

impl System for Room {
    fn name(&self) -> &'static str {
        "ansible"
    }

    fn settings(&self, tree: &dyn Tree, told: &mut Told) {
        surroundings::settings(tree, told);
        library::settings(tree, told);
    }

    fn readers(&self) -> &'static [&'static dyn Extractor] {
        &[
            &Ansible,
            &RoleArguments,
            &Inventory,
            &Surroundings,
            &mentions::Mentions,
            &Templates,
            &Variables,
            &library::Library,
            &played::Played,
        ]
    }

    fn checks(&self) -> &'static [Check] {
        &[
            twins::check,
            unhanded::check,
            parameters::check,
            strays::check,
            first_reads::check,
            first_notified::check,
            part_slips::check,
            left_out::check,
            hollow::check,
            unread::check,
            misplaced::check,
            outdated::check,
            stopped::check,
            grouped::check,
            dropped::check,
            choices::check,
        ]
    }

    fn names(&self, graph: &mut Graph<'_>) {
        names::install(graph);
        reach::install(graph);
        played::install(graph);
        graph.add_inventory(Box::new(hosts::Groups));
    }
}

/// Extracts from playbooks and role files.
pub struct Ansible;

impl Extractor for Ansible {
    fn system(&self) -> &'static str {
        "ansible"
    }

    fn claims(&self, path: &str) -> bool {
        shape::stand(path).is_some()
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
        let of_meta = ["depend", "collections:", "galaxy_info:"];
        shape::begins_a_list(bytes) || of_meta.into_iter().any(has)
    }

    fn by_contents(&self, path: &str) -> bool {
        shape::stand(path) != Some(Stand::Tasks)
    }

    fn extract(&self, source: &Source<'_>, settings: &Settings, out: &mut FileFacts) {
        let Some(stand) = shape::stand(source.path) else { return };
        if stand != Stand::Meta && !shape::begins_a_list(source.bytes) {
            return;
        }
        let documents = source.yaml();
        let is_ours = match stand {
            Stand::Meta => {
                documents.roots.iter().any(|root| !root.entries().is_empty())
                    || source.text.lines().any(|line| line.starts_with("galaxy_info:"))
            }
            Stand::Tasks | Stand::Anywhere => {
                documents.roots.iter().any(|root| shape::is_ours(root, stand))
            }
        };
        let problem = source.yaml_problem(Form::Plain);
        // What breaks off in its first task shows by its place and its first word alone.
        let is_cut_early = || stand == Stand::Tasks && shape::begins_a_task(source.text);
        // Another tool's YAML is not ours to judge.
        if !(is_ours || problem.is_some() && is_cut_early()) {
            return;
        }
        let is_whole = problem.is_none();
        shape::refused(problem, source, &mut out.problems);
        let mut file = tasks::File::new(source, settings, out);
        // What stands before the place where the text breaks off may go on behind it.
        file.is_cut = !is_whole;
        for root in &documents.roots {
            match stand {
                Stand::Meta => file.meta(root),
                Stand::Tasks | Stand::Anywhere => file.document(root),
            }
        }
        twice::of_tasks(&documents.roots, &mut out.problems);
        again::of_tasks(&documents.roots, source.path, &mut out.problems);
        definitions::of_tasks(&documents.roots, source.text, out);
        if stand != Stand::Meta {
            documents.roots.iter().for_each(|root| typed::items(root.items(), &mut out.problems));
            jinja::of_tasks(&documents.roots, source, out);
            attributes::of_tasks(&documents.roots, out);
            // What gives a task its items may stand behind the place where the text breaks off.
            if is_whole {
                items::of_tasks(&documents.roots, source.path, out);
            }
            bare::of_tasks(&documents.roots, source.path, out);
            braces::of_tasks(&documents.roots, source, settings, &mut out.problems);
            returned::of_tasks(&documents.roots, &mut out.problems);
            result_parts::of_tasks(&documents.roots, &mut out.problems);
            fetched::of_tasks(&documents.roots, &mut out.problems);
            tagged::of_tasks(&documents.roots, out);
            whole_results::of_tasks(&documents.roots, &mut out.problems);
            owners::of_tasks(&documents.roots, source.text, &mut out.problems);
            unprivileged::of_tasks(&documents.roots, &mut out.problems);
            documents.roots.iter().for_each(|root| iterated::of_values(root, &mut out.problems));
            documents.roots.iter().for_each(|root| quotes::of_tasks(root, &mut out.problems));
            documents.roots.iter().for_each(|root| outside::of_values(root, &mut out.problems));
            documents.roots.iter().for_each(|root| alike::of_tasks(root, &mut out.problems));
        }
    }
}

/// What a reader of single tasks says of a list of them.
#[cfg(test)]
fn said_of_tasks(
    text: &str,
    of_task: fn(&crate::syntax::yaml::Node<'_>, &mut Vec<crate::facts::Problem>),
) -> Vec<String> {
    let mut problems = Vec::new();
    let documents = crate::syntax::yaml::parse(text);
    let tasks = documents.roots.iter().flat_map(|root| root.items());
    tasks.for_each(|task| of_task(task, &mut problems));
    problems.into_iter().map(|own| own.message).collect()
}
