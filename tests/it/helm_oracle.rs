//! Helm's own verdict on a chart, in one change of it after another, and ours.

use crate::oracle::{Change, Server, Verdict, answers, assert_agree};
use std::path::Path;
use std::process::Command;

const SERVER: Server = Server {
    fixture: "helm/oracle",
    is_installed: || answers("helm", "version"),
    test: |folder: &Path| {
        let mut command = Command::new("helm");
        command.args(["template", "own", "web"]).current_dir(folder);
        command
    },
};

const CHART: &str = "web/Chart.yaml";
const VALUES: &str = "web/values.yaml";
const HELPERS: &str = "web/templates/_helpers.tpl";
const MAIN: &str = "web/templates/deployment.yaml";

const REFUSED: &[Change] = &[
    (MAIN, "\"web.name\"", "\"web.nmae\""),
    (MAIN, "\"web.labels\" . | nindent 6", "\"web.lables\" . | nindent 6"),
    (MAIN, "          {{- if .Values.cache.enabled }}\n", ""),
    (MAIN, "/config.yaml", "/conf.yaml"),
    (MAIN, "toYaml .", "toYml ."),
    (MAIN, "size | quote", "size | qoute"),
    (HELPERS, "define \"web.labels\"", "define \"web.lables\""),
    (HELPERS, "{{- end }}\n", ""),
    (CHART, "name: cache", "name: cash"),
    (CHART, "apiVersion: v2", "apiVersion: v2\n  x: 1"),
    ("web/charts/cache/Chart.yaml", "name: cache", "name: cash"),
    (VALUES, "  tag: \"1.0\"", "  tag: \"1.0"),
];

const ACCEPTED: &[Change] = &[
    (MAIN, ".Values.image.tag", ".Values.image.tga"),
    (MAIN, "with .Values.resources", "with .Values.gone"),
    (CHART, "condition: cache.enabled", "condition: cash.enabled"),
    (CHART, "version: 0.1.0", "version: ^0.1"),
    (VALUES, "  size: 1", "  sice: 1"),
    ("web/templates/config.yaml", "files/app.conf", "files/ap.conf"),
];

/// Helm refuses the values that the chart has; others may be set where it is installed.
const LATER: &[Change] =
    &[(MAIN, ".Values.image.tag", ".Values.imge.tag"), (VALUES, "image:", "images:")];

#[test]
fn helm_and_we_agree_on_what_it_refuses() {
    assert_agree(&SERVER, &[(Verdict::Refuses, REFUSED), (Verdict::Accepts, ACCEPTED)]);
}

#[test]
fn values_that_nothing_sets_are_a_warning() {
    // Helm is not asked: it refuses them, and whoever installs the chart may set them.
    let ours = Server { is_installed: || false, ..SERVER };
    assert_agree(&ours, &[(Verdict::FailsLater("warning"), LATER)]);
}
