//! What public incident reports were about, as small trees before and after the change that
//! broke: each must be found, and its harmless neighbours must stay silent.

use crate::common::{self, Findings, report};
use insta::assert_snapshot;
use std::path::Path;

/// Findings of `fixtures/systems/reports/NAME`, new against old.
fn findings(name: &str) -> Findings {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/systems/reports").join(name);
    common::findings(&report(&folder, &["check", "new", "--against", "old"]))
}

#[test]
fn a_script_that_crontabs_call_is_missed() {
    assert_snapshot!(
        findings("cron-path-moved"),
        @"backups-cron:4:17: error[removed-but-referenced] nothing puts `/backups.sh` in place any more, and it is still run here"
    );
    assert_snapshot!(findings("cron-script-deleted"), @r"
        ops/host/crontab:5:29: error[removed-but-referenced] `ops/growth/submit_index.py` was removed, and `/srv/radar/ops/growth/submit_index.py` is still run here
        ops/host/crontab:6:22: error[removed-but-referenced] `ops/growth/broadcast.sh` was removed, and `/srv/radar/ops/growth/broadcast.sh` is still run here
        ");
    assert_snapshot!(
        findings("cron-script-removed-puppet"),
        @"modules/b/manifests/init.pp:3:17: error[removed-but-referenced] `modules/b/files/backup.sh` was removed, and `/usr/local/sbin/backup.sh` is still run here"
    );
}

#[test]
fn a_unit_that_others_need_is_missed() {
    assert_snapshot!(findings("timer-without-service"), @r"
        systemd/fsck.timer:6:6: error[removed-but-referenced] unit `fsck.service` was removed but is still used
        systemd/mount.service:3:10: error[removed-but-referenced] unit `fsck.service` was removed but is still used
        ");
}

#[test]
fn what_an_image_copies_and_what_its_health_check_calls_is_missed() {
    assert_snapshot!(
        findings("dockerfile-copy"),
        @"Dockerfile:3:6: error[removed-but-referenced] file `docker/entrypoint.sh` was removed but is still used"
    );
    assert_snapshot!(
        findings("healthcheck-command-missing"),
        @"compose.yml:6:22: error[removed-but-referenced] command `curl` was removed but is still used"
    );
}

#[test]
fn extensions_need_each_other_and_are_loaded_once() {
    assert_snapshot!(
        findings("requires-only"),
        @"extensions/MediaPlayer/extension.json:5:4: error[removed-but-referenced] extension `EmbedSupport` was removed but is still used"
    );
    assert_snapshot!(
        findings("extension-loaded-twice"),
        @"wmf-config/wikitech.php:3:14: warning[duplicate-definition] extension `Disambig` is loaded twice: by its entry file here, and by its registration"
    );
}

#[test]
fn words_flags_and_parameters_that_went_are_missed() {
    assert_snapshot!(
        findings("wrapper-word-removed"),
        @"modules/ciserver/files/ci-server.service:6:46: error[removed-parameter] `ci-server` has no sub-command `sysd`"
    );
    assert_snapshot!(
        findings("flag-in-environment"),
        @"packaging/notifyd.service:7:28: error[removed-parameter] `notifyd` no longer takes `--no-pairing`"
    );
    assert_snapshot!(
        findings("native-type-parameter"),
        @"modules/search/manifests/plugin.pp:8:5: error[removed-parameter] `search_plugin` no longer takes the parameter `proxy`"
    );
}

#[test]
fn a_version_that_the_change_raises_is_part_of_it() {
    assert_snapshot!(findings("haproxy-mode-health"), @r"
        haproxy.cfg:9:5: error[removed-directive] `mode health` was removed in HAProxy 2.3; this configuration is for 2.6
        haproxy.cfg:13:5: error[removed-directive] `option forceclose` was removed in HAProxy 2.5; this configuration is for 2.6
        ");
    assert_snapshot!(findings("celery-option"), @r"
        compose.yml:4:28: error[removed-directive] `--app` was removed in celery 5.0; the version that runs here is 5.2
        compose.yml:4:55: error[removed-directive] `--maxtasksperchild` was removed in celery 5.0; the version that runs here is 5.2
        k8s/worker.yaml:12:37: error[removed-directive] `--app` was removed in celery 5.0; the version that runs here is 5.2
        k8s/worker.yaml:12:51: error[removed-directive] `--maxtasksperchild` was removed in celery 5.0; the version that runs here is 5.2
        ");
}

#[test]
fn a_job_that_an_alert_selects_is_missed() {
    assert_snapshot!(
        findings("scrape-job-renamed"),
        @"prometheus/rules/hw.yml:5:11: warning[removed-but-referenced] job `bmc-exporter-seed` was removed but is still used"
    );
}

#[test]
fn a_port_that_begins_to_redirect_fails_its_check() {
    assert_snapshot!(
        findings("check-is-redirected"),
        @"haproxy/haproxy.cfg:12:5: warning[probe-mismatch] port 80 now redirects every request, and this check wants another answer"
    );
}

#[test]
fn what_still_gets_there_in_another_way_is_silent() {
    assert_snapshot!(findings("still-there"), @"");
}
