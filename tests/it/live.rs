//! What is deployed, and what only stands beside it: tests, examples, documentation, what
//! git ignores, what is encrypted, what does not parse.

use crate::suite;
use crate::suite::assert_findings;

#[test]
fn tests_and_examples_are_no_part_of_what_is_deployed() {
    // The class of a test satisfies nothing; its data sets nothing, but the encrypted file
    // may. A module called `tests` is as live as any. What git ignores, what the
    // documentation names, a script in Latin-1 and a template of a manifest stay silent.
    assert_findings(
        "live/standing",
        &[],
        &[
            "note unknown-parameter hieradata/common.yaml:1:1 param:web::$colour",
            "note unsupported-syntax hieradata/secret.yaml:1:1",
            "error unresolved-reference modules/tests/manifests/init.pp:2:11 puppet.class:tests::gone",
            "warning unknown-parameter modules/web/examples/init.pp:1:28 param:web::$colour",
            "warning unresolved-reference modules/web/examples/init.pp:2:9 puppet.class:web::gone",
            "error unresolved-reference modules/web/manifests/init.pp:3:11 puppet.class:web::only_in_spec",
            "error unresolved-reference modules/web/manifests/init.pp:5:37 file:modules/web/files/gone.conf",
            "warning parse-error modules/web/spec/fixtures/only_in_spec.pp:4:1",
        ],
    );
}

#[test]
fn what_does_not_parse_any_more_is_one_finding() {
    let old = suite::fixture("live/broken/old");
    assert_findings(
        "live/broken/new",
        &["--against", old.to_str().unwrap()],
        &["error parse-error modules/mail/manifests/init.pp:3:14"],
    );
}
