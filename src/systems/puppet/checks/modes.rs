//! Modes of files that are numbers, which Puppet 4 and later refuse.
//!
//! Old trees write them so; in one that writes nearly all of them as text the others are slips. (Source: Puppet 4.0's release notes, "File modes must be strings".)

use crate::check::Context;
use crate::extract::Names;
use crate::facts::{Detail, Provide, kinds};
use crate::finding::{Finding, Place, Severity};
use crate::loader::FileIx;
use crate::systems::puppet::modes::{NUMBER, TEXT};

/// More of them are of a tree that old and new Puppets run, or parts of which nobody runs.
const MOST: u64 = 20;

pub(crate) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let graph = context.new;
    let mut numbers: Vec<(FileIx, &Provide, u64)> = Vec::new();
    let mut texts = 0;
    let live = context.providing(&[kinds::PUPPET_MODE]);
    for (ix, file) in live.filter(|(_, file)| file.standing.is_live()) {
        for own in file.facts.provides.iter().filter(|own| own.kind == kinds::PUPPET_MODE) {
            let Detail::Count(count) = own.detail else { continue };
            match own.name.as_exact().map(|name| name.as_str()) {
                Some(TEXT) => texts += count,
                Some(NUMBER) if !graph.is_unloadable(ix) => numbers.push((ix, own, count)),
                _ => {}
            }
        }
    }
    let all: u64 = numbers.iter().map(|(.., count)| count).sum();
    let is_new = graph.snapshot.layout.names == Names::Absolute;
    let severity = match is_new {
        true if all * 8 <= texts && all <= MOST => Severity::Error,
        true => Severity::Warning,
        false if all * 4 <= texts && all <= MOST => Severity::Warning,
        false => return,
    };
    for (file, own, count) in numbers {
        let place = Place { tree: graph.snapshot.role, file, span: own.span };
        let message = "`mode` of `file` does not accept a number";
        let more = match count {
            1 => String::new(),
            count => format!("; {} more in this file", count - 1),
        };
        findings.push(
            Finding::new("incompatible-value", message, place)
                .severity(severity)
                .help(format!("Puppet 4 and later take text: put it into quotes{more}")),
        );
    }
}
