//! What the keys of `crosscheck.yaml` below `rollout` do: see `config_keys.rs`.

use crate::config_keys::{Files, PLAIN, differs};
use insta::assert_snapshot;

/// Files of `old` and `new` beside each other.
fn sides(old: Files<'_>, new: Files<'_>) -> Vec<(String, String)> {
    let under = |side: &str, files: Files<'_>| -> Vec<(String, String)> {
        files.iter().map(|(path, text)| (format!("{side}/{path}"), (*text).to_owned())).collect()
    };
    [under("old", old), under("new", new)].concat()
}

/// What a configuration changes in the findings of a change.
fn changed(old: Files<'_>, new: Files<'_>, before: &str, after: &str) -> String {
    let files = sides(old, new);
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let args = ["check", "new", "--against", "old", "--format", "concise"];
    differs(&args, &files, "new/crosscheck.yaml", before, after)
}

/// What a configuration changes in the plan of a change.
fn planned(old: Files<'_>, new: Files<'_>, before: &str, after: &str) -> String {
    let files = sides(old, new);
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    differs(&["rollout", "old", "new"], &files, "new/crosscheck.yaml", before, after)
}

const BASE: (&str, &str) = ("lib/Base.php", "<?php\nclass Base {\n}\n");
const SKIN: [(&str, &str); 2] = [
    ("lib/Skin.php", "<?php\nrequire_once __DIR__ . '/Base.php';\nclass Skin extends Base {\n}\n"),
    ("lib/Skin.php", "<?php\nclass Skin {\n}\n"),
];

/// `rollout.mechanism`
#[test]
fn the_mechanism_decides_which_states_exist_on_the_way() {
    let (old, new) = ([BASE, SKIN[0]], [SKIN[1]]);
    let mechanism = |name: &str| format!("rollout: {{mechanism: {name}}}\n");
    assert_snapshot!(changed(&old, &new, PLAIN, &mechanism("rsync-delete-before")), @r"
        - 0 errors, 0 warnings, 0 notes in 2 files
        + lib/Skin.php:2:14: warning[mixed-state] on the way (rsync --delete-before) the old text requires file `lib/Base.php` by `require`, and it goes with this change (old tree)
        + lib/Skin.php:3:20: warning[mixed-state] on the way (rsync --delete-before) the old text requires class `base` by `extends`, and it goes with this change (old tree)
        + 0 errors, 2 warnings, 0 notes in 2 files
        ");
    assert_snapshot!(changed(&old, &new, PLAIN, &mechanism("rsync-delete-after")), @"");
    assert_snapshot!(planned(&old, &new, PLAIN, &mechanism("symlink")), @r"
        - 2 units in 2 waves, 2 hazards on the way
        - Units: 2 ordered by needs that were found.
        - 1. 1 unit
        -   [ ] lib/Skin.php
        - 2. 1 unit
        -   [ ] delete lib/Base.php
        -       after lib/Skin.php: the old text requires file `lib/Base.php` by `require`, and it goes with this change, lib/Skin.php:2 (old) → lib/Base.php:1 (old)
        -       after lib/Skin.php: the old text requires class `base` by `extends`, and it goes with this change, lib/Skin.php:3 (old) → lib/Base.php:2 (old)
        - If the files are brought in one go
        -   safe for what was found: rsync --delete-after, rsync --delay-updates --delete-after, package upgrade
        -   rsync --delete-before: 2 requirements broken, for up to 1 file; first file `lib/Base.php` at lib/Skin.php:2 (old)
        -   rsync --delete-during: 2 requirements broken, for up to 1 file; first file `lib/Base.php` at lib/Skin.php:2 (old)
        -   git checkout in place: 2 requirements broken, for up to 1 file; first file `lib/Base.php` at lib/Skin.php:2 (old)
        -   complete copy, then a symlink switch: closed on each host; hosts still differ until the last has switched
        - Notes
        -   no mechanism is configured: any file may arrive at any time (`rollout.mechanism` in crosscheck.yaml)
        + 1 unit in 1 wave, 0 hazards on the way
        + Units: 1 of unknown order.
        + Where nothing is known, additions come first and deletions last.
        + 1. 1 unit, as far as is known
        +   [ ] . (order not known)
        +       lib/Base.php
        +       lib/Skin.php
        ");
}

/// `rollout.order`
#[test]
fn the_order_of_folders_is_that_of_the_mechanism() {
    let page = |name: &str| format!("<?php\nrequire_once __DIR__ . '/../app/{name}.php';\n");
    let (before, after) = (page("Old"), page("New"));
    let old = [("app/Old.php", BASE.1), ("web/index.php", before.as_str())];
    let new = [("app/New.php", BASE.1), ("web/index.php", after.as_str())];
    let order = |folders| format!("rollout: {{mechanism: rsync-delete-after, order: {folders}}}\n");
    assert_snapshot!(changed(&old, &new, &order("[web, app]"), &order("[app, web]")), @r"
        - web/index.php:2:14: warning[mixed-state] on the way (rsync --delete-after) the new text requires file `app/New.php` by `require`, and it comes with this change
        - 0 errors, 1 warning, 0 notes in 3 files
        + 0 errors, 0 warnings, 0 notes in 3 files
        ");
}

const OLD: [(&str, &str); 2] =
    [("code/a.php", "<?php\n$x = 1;\n"), ("config/a.php", "<?php\n$x = 1;\n")];
const NEW: [(&str, &str); 2] =
    [("code/a.php", "<?php\n$x = 2;\n"), ("config/a.php", "<?php\n$x = 2;\n")];

/// A configuration with two units, of which the first has more keys.
fn units(more: &str) -> String {
    format!(
        "rollout:\n  units:\n  - {{name: code, paths: ['code/**']{more}}}\n  - {{name: config, paths: ['config/**']}}\n"
    )
}

/// `rollout.units.name`, `rollout.units.paths`
#[test]
fn a_unit_lands_as_a_whole_and_has_a_name() {
    assert_snapshot!(planned(&OLD, &NEW, PLAIN, &units("")), @r"
        -   [ ] code/a.php (order not known)
        -   [ ] config/a.php (order not known)
        +   [ ] code (order not known)
        +       code/a.php
        +   [ ] config (order not known)
        +       config/a.php
        ");
}

/// `rollout.units.mechanism`
#[test]
fn a_unit_has_a_mechanism_of_its_own() {
    let unit = |own: &str| {
        format!(
            "rollout:\n  mechanism: any\n  units:\n  - {{name: lib, paths: ['lib/**'], mechanism: {own}}}\n"
        )
    };
    let (old, new) = ([BASE, SKIN[0]], [SKIN[1]]);
    assert_snapshot!(changed(&old, &new, &unit("rsync-delete-before"), &unit("symlink")), @"");
}

/// `rollout.units.restarts`
#[test]
fn a_unit_restarts_services() {
    assert_snapshot!(planned(&OLD, &NEW, &units(""), &units(", restarts: [web]")), @r"
        -   [ ] code (order not known)
        +   [ ] code (restarts web) (order not known)
        + web is restarted (by code)
        +   nobody in the tree watches it
        + Notes
        +   nothing in the tree takes a failing host of `web` out of service: no probe of a load balancer names it
        ");
}

/// `rollout.units.hosts`
#[test]
fn a_unit_names_its_hosts() {
    assert_snapshot!(planned(&OLD, &NEW, &units(""), &units(", hosts: web1 to web4")), @r"
        -   [ ] code (order not known)
        +   [ ] code on web1 to web4 (order not known)
        + Notes
        +   canary: bring wave 1 to one host of `web1 to web4` first and wait for its checks
        ");
}

/// `rollout.units.groups`
#[test]
fn groups_of_hosts_get_a_unit_one_after_the_other() {
    assert_snapshot!(planned(&OLD, &NEW, &units(""), &units(", groups: [canary, rest]")), @r"
        - 2 units in 1 wave, 0 hazards on the way
        - Units: 2 of unknown order.
        - Not read, so that they may need more than this plan knows: 2 PHP files (methods of unknown objects are not followed).
        - 1. 2 units — in any order, as far as is known
        -   [ ] code (order not known)
        + 3 units in 1 wave, 0 hazards on the way
        + Units: 3 of unknown order.
        + Not read, so that they may need more than this plan knows: 3 PHP files (methods of unknown objects are not followed).
        + 1. 3 units — in any order, as far as is known
        +   [ ] code@canary on canary (order not known)
        +   [ ] code@rest on rest (order not known)
        + Notes
        +   canary: bring wave 1 to one host of `canary` first and wait for its checks
        ");
}

/// `rollout.units.across-hosts`
#[test]
fn a_unit_that_other_hosts_use_meets_both_versions() {
    let setup =
        ("setup.py", "from setuptools import setup\nsetup(name='tool', scripts=['bin/runner'])\n");
    let runner = |flag: &str| {
        format!(
            "#!/usr/bin/python3\nimport argparse\np = argparse.ArgumentParser()\n{flag}p.parse_args()\n"
        )
    };
    let submit =
        |flag: &str| format!("import subprocess\nsubprocess.check_call(['runner'{flag}])\n");
    let (plain, flagged) =
        (runner(""), runner("p.add_argument('--register', action='store_true')\n"));
    let (before, after) = (submit(""), submit(", '--register'"));
    let old = [setup, ("bin/runner", plain.as_str()), ("tool/submit.py", before.as_str())];
    let new = [setup, ("bin/runner", flagged.as_str()), ("tool/submit.py", after.as_str())];
    let unit = |more: &str| {
        format!(
            "rollout:\n  units:\n  - {{name: tool, paths: ['**'], mechanism: package, groups: [bastions, grid]{more}}}\n"
        )
    };
    assert_snapshot!(planned(&old, &new, &unit(""), &unit(", across-hosts: true")), @r"
        - 2 units in 1 wave, 0 hazards on the way
        - Units: 2 of unknown order.
        - Where nothing is known, additions come first and deletions last.
        - 1. 2 units — in any order, as far as is known
        -   [ ] tool@bastions on bastions (order not known)
        -   [ ] tool@grid on grid (order not known)
        - exit code 0
        + 2 units in 1 wave, 2 hazards on the way; 1 group without a safe order
        + Units: 2 ordered by needs that were found.
        + 1. 2 units — all at once: they have no safe order
        +   [ ] tool@bastions on bastions
        +   [ ] tool@grid on grid
        + No safe order 1 (wave 1): tool@bastions, tool@grid
        +   tool@bastions waits for tool@grid: the new call and the old `runner` disagree on `--register`, tool/submit.py:2 (new) → bin/runner:3 (old)
        +   tool@grid waits for tool@bastions: the new call and the old `runner` disagree on `--register`, tool/submit.py:2 (new) → bin/runner:3 (old)
        +   the smallest set that frees them: flag `--register` of `runner`
        + Or split it into three commits:
        +   1. expand
        +      bin/runner: accept calls with and without `--register`, to the same effect
        +   2. migrate
        +      tool/submit.py: make the call as it shall be (`--register`)
        +   3. contract
        +      bin/runner: stop accepting the old form (`--register`)
        + exit code 1
        ");
}

/// `rollout.units.elsewhere`
#[test]
fn a_unit_may_be_in_no_tree() {
    let vendor = format!("{}  - {{name: firmware, elsewhere: built by the vendor}}\n", units(""));
    assert_snapshot!(planned(&OLD, &NEW, &units(""), &vendor), @r"
        - 2 units in 1 wave, 0 hazards on the way
        - Units: 2 of unknown order.
        - Not read, so that they may need more than this plan knows: 2 PHP files (methods of unknown objects are not followed).
        - 1. 2 units — in any order, as far as is known
        + 3 units in 1 wave, 0 hazards on the way
        + Units: 3 of unknown order.
        + Not read, so that they may need more than this plan knows: 2 PHP files (methods of unknown objects are not followed), 1 what is in no tree.
        + 1. 3 units — in any order, as far as is known
        +   [ ] firmware (in no tree: built by the vendor)
        + Notes
        +   the contents of `firmware` are in no tree (built by the vendor): what it needs and provides cannot be checked
        ");
}

/// `rollout.units.coupled`
#[test]
fn coupled_units_have_to_land_at_once() {
    assert_snapshot!(planned(&OLD, &NEW, &units(""), &units(", coupled: [config]")), @r"
        - 2 units in 1 wave, 0 hazards on the way
        - Units: 2 of unknown order.
        - Where nothing is known, additions come first and deletions last.
        - 1. 2 units — in any order, as far as is known
        -   [ ] code (order not known)
        -   [ ] config (order not known)
        - exit code 0
        + 2 units in 1 wave, 2 hazards on the way; 1 group without a safe order
        + Units: 2 ordered by needs that were found.
        + 1. 2 units — all at once: they have no safe order
        +   [ ] code
        +   [ ] config
        + No safe order 1 (wave 1): code, config
        +   code waits for config: `code` has to match `config` (by configuration): what they need of each other cannot be checked
        +   config waits for code: `config` has to match `code` (by configuration): what they need of each other cannot be checked
        +   the smallest set that frees them: unit `config`
        + exit code 1
        ");
}

/// `rollout.services.name`, `rollout.services.traffic`, `rollout.services.watchers`,
/// `rollout.services.downtime.reason`
#[test]
fn services_have_traffic_watchers_and_downtimes() {
    let restarts = units(", restarts: [web]");
    let service = |more: &str| format!("{restarts}  services:\n  - {{name: web{more}}}\n");
    let plain = service("");
    assert_snapshot!(planned(&OLD, &NEW, &restarts, &plain), @"");
    assert_snapshot!(
        planned(&OLD, &NEW, &plain, &service(", traffic: ['/wiki/*']")),
        @"+   users ask for: /wiki/*"
    );
    assert_snapshot!(planned(&OLD, &NEW, &plain, &service(", watchers: [the status page]")), @r"
        -   nobody in the tree watches it
        +   not declared; who notices:
        +     outside the status page: the status page, outside the tree
        ");
    let downtime = service(", downtime: {reason: announced}");
    assert_snapshot!(planned(&OLD, &NEW, &plain, &downtime), @r"
        -   nobody in the tree watches it
        +   declared: announced
        ");
}
