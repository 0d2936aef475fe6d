//! Kustomize's own verdict on a root, in one change of it after another, and ours.

use crate::common::check;
use crate::oracle::{Change, Server, Verdict, answers, assert_agree};
use std::path::Path;
use std::process::Command;

const SERVER: Server = Server {
    fixture: "kustomize/oracle",
    is_installed: || answers("kubectl", "help") || answers("kustomize", "version"),
    test: |folder: &Path| {
        let build = "command -v kustomize >/dev/null && exec kustomize build overlays/live; \
                     exec kubectl kustomize overlays/live";
        let mut command = Command::new("sh");
        command.args(["-c", build]).current_dir(folder);
        command
    },
};

const BASE: &str = "base/kustomization.yaml";
const LIVE: &str = "overlays/live/kustomization.yaml";
const PATCH: &str = "overlays/live/replicas.yaml";

const REFUSED: &[Change] = &[
    (BASE, "deployment.yaml", "deploymnt.yaml"),
    (BASE, "- app.conf", "- ap.conf"),
    (BASE, "- app.env", "- ap.env"),
    (BASE, "- service.yaml", "- service.yaml\n  - service.yaml"),
    (LIVE, "../../base", "../../bse"),
    (LIVE, "ingress.yaml", "ingres.yaml"),
    (LIVE, "../../components/tls", "../../components/tsl"),
    (LIVE, "path: replicas.yaml", "path: replica.yaml"),
    (LIVE, "path: host.yaml", "path: hosts.yaml"),
    (LIVE, "- names.yaml", "- name.yaml"),
    (LIVE, "labels:", "lables:"),
    (PATCH, "name: web", "name: wbe"),
    (PATCH, "kind: Deployment", "kind: StatefulSet"),
    ("components/tls/kustomization.yaml", "path: tls.yaml", "path: tsl.yaml"),
];

const ACCEPTED: &[Change] = &[
    (BASE, "  - name: web-conf", "  - name: web-config"),
    (BASE, "  - service.yaml\n", ""),
    (LIVE, "labels:", "Labels:"),
    (LIVE, "kind: Kustomization", "kind: Kustomization\nsortOptions:\n  order: fifo"),
    (PATCH, "replicas: 3", "replicas: 0"),
    // A target that selects nothing is passed over.
    (LIVE, "      name: web", "      name: wbe"),
];

#[test]
fn kustomize_and_we_agree_on_what_it_refuses() {
    assert_agree(&SERVER, &[(Verdict::Refuses, REFUSED), (Verdict::Accepts, ACCEPTED)]);
}

#[test]
fn a_field_that_is_like_none_may_be_of_a_newer_version() {
    let told = |text: &str| check(&[("kustomization.yaml", text)]).to_string();
    assert!(told("resource: []\n").contains("error[unknown-parameter]"));
    assert!(told("shiny: []\n").contains("warning[unknown-parameter]"));
    assert_eq!(told("x-own: []\nresources: []\n"), "");
}
