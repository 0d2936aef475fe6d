//! Levels of the data as an order: what one loses comes from the level below.

use crate::common::{change, report, tree};

const HIERARCHY: (&str, &str) = (
    "hiera.yaml",
    "version: 5\ndefaults: {datadir: conf}\nhierarchy:\n- {name: e, path: 'env/%{environment}.yaml'}\n- {name: c, path: common.yaml}\n",
);
const OLD_HIERARCHY: (&str, &str) = (
    "hiera.yaml",
    ":backends: [yaml]\n:yaml:\n  :datadir: /etc/puppet/conf\n:hierarchy:\n- 'env/%{::environment}'\n- common\n",
);
const CLASS: (&str, &str) = ("modules/web/manifests/init.pp", "class web(Integer $port) {\n}\n");
const COMMON: (&str, &str) = ("conf/common.yaml", "web::port: 80\n");
const OWN: (&str, &str) = ("conf/env/prod.yaml", "x: 1\nweb::port: 81\n");
const NONE: (&str, &str) = ("conf/env/prod.yaml", "x: 1\n");

#[test]
fn a_level_that_loses_a_key_gives_way_to_the_one_below() {
    for hierarchy in [HIERARCHY, OLD_HIERARCHY] {
        let found =
            change(&[hierarchy, CLASS, COMMON, OWN], &[hierarchy, CLASS, COMMON, NONE]).to_string();
        assert_eq!(
            found,
            "conf/common.yaml:1:1: note[removed-but-referenced] `conf/env/prod.yaml` no longer sets `web::port`: its hosts get `80` from here"
        );
    }
}

#[test]
fn a_level_whose_loss_changes_no_value_that_is_read() {
    let same = ("conf/env/prod.yaml", "x: 1\nweb::port: 80\n");
    let moved = ("conf/env/all.yaml", "web::port: 81\n");
    let reader = ("modules/web/manifests/init.pp", "class web {\n}\n");
    for (old, new) in [
        (vec![HIERARCHY, CLASS, COMMON, same], vec![HIERARCHY, CLASS, COMMON, NONE]),
        (vec![HIERARCHY, CLASS, COMMON, OWN], vec![HIERARCHY, CLASS, COMMON, NONE, moved]),
        (vec![HIERARCHY, CLASS, COMMON, OWN], vec![HIERARCHY, CLASS, COMMON]),
        (vec![HIERARCHY, reader, COMMON, OWN], vec![HIERARCHY, reader, COMMON, NONE]),
        // The level below is not asked.
        (vec![HIERARCHY, CLASS, COMMON, OWN], vec![HIERARCHY, CLASS, NONE, OWN]),
    ] {
        let found = change(&old, &new).to_string();
        assert!(!found.contains("no longer sets"), "{found}");
    }
}

#[test]
fn what_no_longer_reads_a_key_lands_before_its_level_goes() {
    let reads = ("modules/web/manifests/init.pp", "class web {\n  $x = hiera('port')\n}\n");
    let not = ("modules/web/manifests/init.pp", "class web {\n  $x = 1\n}\n");
    let (common, own) =
        (("conf/common.yaml", "port: 80\n"), ("conf/env/prod.yaml", "x: 1\nport: 81\n"));
    let old = tree(&[OLD_HIERARCHY, reads, common, own]);
    let new = tree(&[OLD_HIERARCHY, not, common, NONE]);
    let plan = |old: &tempfile::TempDir, new: &tempfile::TempDir| {
        report(new.path(), &["rollout", old.path().to_str().expect("UTF-8"), "."]).to_string()
    };
    let sheet = plan(&old, &new);
    assert!(
        sheet.contains("the old text reads key `port`: without `conf/env/prod.yaml`, its hosts get the value of `conf/common.yaml`"),
        "{sheet}"
    );
    let sheet = plan(&new, &old);
    assert!(
        sheet.contains("the new text reads key `port`: without `conf/env/prod.yaml`"),
        "{sheet}"
    );
}
