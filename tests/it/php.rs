//! PHP: paths, guards, class maps, autoloading, MediaWiki's registration and settings: one
//! behaviour a test. Each fixture holds what must be reported beside what looks like it
//! and must stay silent.

use crate::suite::{assert_findings, fixture};

fn php(name: &str, expected: &[&str]) {
    assert_findings(&format!("php/{name}"), &[], expected);
}

#[test]
fn paths_are_folded_and_what_stays_unknown_is_left_alone() {
    // `open.php` holds paths that leave the tree, are relative, or unknown.
    php(
        "paths",
        &[
            "error unresolved-reference web/main.php:8:9 file:inc/gone1.php",
            "error unresolved-reference web/main.php:9:13 file:web/gone2.php",
            "error unresolved-reference web/main.php:10:9 file:inc/gone3.php",
            "error unresolved-reference web/main.php:12:9 file:inc/gone4.php",
            "error unresolved-reference web/main.php:13:9 file:lib/gone5.php",
            "error unresolved-reference web/main.php:15:9 file:inc/gone6.php",
            "warning unresolved-reference web/main.php:17:9 file:nowhere/*.php",
            "error unresolved-reference web/main.php:18:9 file:web/gone7.php",
            "error unresolved-reference web/main.php:19:17 file:web/gone8.php",
            "error unresolved-reference web/main.php:20:25 file:web/gone9.php",
        ],
    );
}

#[test]
fn a_template_of_a_role_runs_from_another_folder() {
    php("deployed", &[]);
}

#[test]
fn a_file_that_is_asked_about_may_be_missing() {
    // `include` only warns; a condition on something else is no guard.
    php(
        "guards",
        &[
            "warning unresolved-reference main.php:8:9 file:local4.php",
            "error unresolved-reference main.php:10:10 file:maker.php",
            "error unresolved-reference main.php:13:10 file:site.php",
        ],
    );
}

#[test]
fn class_maps_name_files_also_in_loops_over_literal_lists() {
    php(
        "autoload",
        &[
            "error unresolved-reference main.php:3:30 file:src/Gone.php",
            "error unresolved-reference main.php:4:25 file:src/Lost.php",
            "error unresolved-reference main.php:8:20 file:src/Missing.php",
        ],
    );
}

#[test]
fn classes_of_a_namespace_that_composer_maps_to_the_tree_must_exist() {
    // Not those of other namespaces, nor where only the name is used or asked about.
    php(
        "composer",
        &[
            "error unresolved-reference composer.json:4:33 file:lib",
            "error unresolved-reference composer.json:5:14 file:src/helpers.php",
            r"error unresolved-reference src/Page.php:8:20 php.class:site\base",
            r"error unresolved-reference src/Page.php:11:12 php.class:site\text\titel",
            r"error unresolved-reference src/Page.php:13:8 php.class:site\text\subtitle",
            r"error unresolved-reference src/Page.php:15:12 php.class:site\paeg",
        ],
    );
}

#[test]
fn registration_files_name_classes_and_files() {
    // Extensions and skins that the tree does not hold are installed apart.
    php(
        "mediawiki",
        &[
            "error unresolved-reference extensions/Here/extension.json:5:34 file:extensions/Here/src/HereOld.php",
            "error unresolved-reference extensions/Here/extension.json:6:38 file:extensions/Here/i18n/api",
            r"error unresolved-reference extensions/Here/extension.json:9:23 php.class:here\hoks",
            "error unresolved-reference extensions/Here/extension.json:14:33 file:extensions/Here/resources/gone.js",
            "error unresolved-reference extensions/Here/extension.json:15:16 file:extensions/Here/resources/here.less",
            "error unresolved-reference skins/Plain/skin.json:1:85 file:skins/Plain/Plain.alias.php",
        ],
    );
}

#[test]
fn an_extension_that_goes_while_it_is_loaded_is_reported() {
    let old = fixture("php/removed-extension/old");
    assert_findings(
        "php/removed-extension/new",
        &["--against", &old.to_string_lossy()],
        &[
            "error removed-but-referenced CommonSettings.php:2:18 mediawiki.extension:Here",
            "error removed-but-referenced CommonSettings.php:4:21 mediawiki.extension:Here",
            "error removed-but-referenced CommonSettings.php:6:25 mediawiki.skin:Fancy",
        ],
    );
}

#[test]
fn settings_are_read_in_code_and_in_interpolated_text() {
    // Guards, parameters, lists, nowdoc and escapes; a file for the test site may read what
    // it alone defines.
    php(
        "settings",
        &[
            "error unresolved-reference wmf-config/CommonSettings-labs.php:3:7 php.setting:wmgOnlyLbas",
            "error unresolved-reference wmf-config/CommonSettings.php:7:7 php.setting:wmgBsae",
            "error unresolved-reference wmf-config/CommonSettings.php:8:8 php.setting:wmgUseBB",
            "error unresolved-reference wmf-config/CommonSettings.php:9:7 php.setting:wmgLeff",
            "error unresolved-reference wmf-config/CommonSettings.php:11:16 php.setting:wmgUseCC",
            "error unresolved-reference wmf-config/CommonSettings.php:17:6 php.setting:wmgUseDD",
            "error unresolved-reference wmf-config/CommonSettings.php:18:6 php.setting:wmgOnlyLabs",
            "error unresolved-reference wmf-config/CommonSettings.php:35:6 php.setting:wmgUseEE",
            "error unresolved-reference wmf-config/CommonSettings.php:39:11 php.setting:wmgShort",
        ],
    );
}

#[test]
fn a_wiki_is_known_once_it_is_set_up_or_runs() {
    php("wikis", &["error unresolved-reference dblists/small.dblist:3:1 mediawiki.wiki:ccwiki"]);
}
