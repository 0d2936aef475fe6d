//! What public incident reports were about, as small trees before and after the change that
//! broke: each must be found, and its harmless neighbours must stay silent.

use std::path::Path;
use std::process::Command;

/// Findings of `fixtures/systems/reports/NAME`, new against old: `SEVERITY RULE PATH:LINE`.
fn findings(name: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/systems/reports").join(name);
    let done = Command::new(env!("CARGO_BIN_EXE_crosscheck"))
        .args(["check", "new", "--against", "old", "--format", "json", "--fail-on", "never"])
        .current_dir(&folder)
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {:?} {said}", done.status);
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let text = |finding: &serde_json::Value, key: &str| {
        finding[key].as_str().unwrap_or_default().to_owned()
    };
    let findings = report["findings"].as_array().expect("a list");
    findings
        .iter()
        .map(|own| {
            let (severity, rule, path) =
                (text(own, "severity"), text(own, "rule"), text(own, "path"));
            format!("{severity} {rule} {path}:{}", own["line"])
        })
        .collect()
}

#[track_caller]
fn assert_found(name: &str, expected: &[&str]) {
    assert_eq!(findings(name), expected, "{name}");
}

#[test]
fn a_script_that_crontabs_call_is_missed() {
    assert_found("cron-path-moved", &["error removed-but-referenced backups-cron:4"]);
    assert_found(
        "cron-script-deleted",
        &[
            "error removed-but-referenced ops/host/crontab:5",
            "error removed-but-referenced ops/host/crontab:6",
        ],
    );
    assert_found(
        "cron-script-removed-puppet",
        &["error removed-but-referenced modules/b/manifests/init.pp:3"],
    );
}

#[test]
fn a_unit_that_others_need_is_missed() {
    assert_found(
        "timer-without-service",
        &[
            "error removed-but-referenced systemd/fsck.timer:6",
            "error removed-but-referenced systemd/mount.service:3",
        ],
    );
}

#[test]
fn what_an_image_copies_and_what_its_health_check_calls_is_missed() {
    assert_found("dockerfile-copy", &["error removed-but-referenced Dockerfile:3"]);
    assert_found("healthcheck-command-missing", &["error removed-but-referenced compose.yml:6"]);
}

#[test]
fn extensions_need_each_other_and_are_loaded_once() {
    let path = "extensions/MediaPlayer/extension.json";
    assert_found("requires-only", &[&format!("error removed-but-referenced {path}:5")]);
    assert_found(
        "extension-loaded-twice",
        &["warning duplicate-definition wmf-config/wikitech.php:3"],
    );
}

#[test]
fn words_flags_and_parameters_that_went_are_missed() {
    let unit = "modules/ciserver/files/ci-server.service";
    assert_found("wrapper-word-removed", &[&format!("error removed-parameter {unit}:6")]);
    assert_found("flag-in-environment", &["error removed-parameter packaging/notifyd.service:7"]);
    assert_found(
        "native-type-parameter",
        &["error removed-parameter modules/search/manifests/plugin.pp:8"],
    );
}

#[test]
fn a_version_that_the_change_raises_is_part_of_it() {
    assert_found(
        "haproxy-mode-health",
        &["error removed-directive haproxy.cfg:9", "error removed-directive haproxy.cfg:13"],
    );
    assert_found(
        "celery-option",
        &[
            "error removed-directive compose.yml:4",
            "error removed-directive compose.yml:4",
            "error removed-directive k8s/worker.yaml:12",
            "error removed-directive k8s/worker.yaml:12",
        ],
    );
}

#[test]
fn a_job_that_an_alert_selects_is_missed() {
    assert_found(
        "scrape-job-renamed",
        &["warning removed-but-referenced prometheus/rules/hw.yml:5"],
    );
}

#[test]
fn a_port_that_begins_to_redirect_fails_its_check() {
    assert_found("check-is-redirected", &["warning probe-mismatch haproxy/haproxy.cfg:12"]);
}

#[test]
fn what_still_gets_there_in_another_way_is_silent() {
    assert_found("still-there", &[]);
}
