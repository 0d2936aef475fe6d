//! Which files change the shape of a database.

use super::split_path;

/// Folders whose numbered files of SQL are run one after the other.
const NUMBERED: [&str; 9] = [
    "patches",
    "patch",
    "updates",
    "update",
    "upgrades",
    "upgrade",
    "deltas",
    "migrate",
    "migration",
];

/// Whether a file changes the shape of a database, by the places that such files have.
/// (Sources: Rails' `db/migrate`, Alembic's `versions`, Django's numbered `migrations`,
/// Laravel's `database/migrations`, Flyway's `V1__x.sql`, MediaWiki's `patch-x.sql`.)
pub(crate) fn is_migration(path: &str) -> bool {
    let (folders, name) = split_path(path);
    let parts = || folders.split('/');
    let has = |part: &str| parts().any(|own| own == part);
    let pair = |a: &str, b: &str| parts().zip(parts().skip(1)).any(|own| own == (a, b));
    let numbered = name.starts_with(|c: char| c.is_ascii_digit());
    let flyway = name.ends_with(".sql")
        && name.contains("__")
        && name
            .strip_prefix(['V', 'U', 'R'])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '_'));
    pair("db", "migrate")
        || pair("database", "migrations")
        || (has("alembic") || has("migrations")) && has("versions")
        || has("migrations") && (numbered || name.ends_with(".sql"))
        || flyway
        || name.ends_with(".sql") && numbered && parts().any(|own| NUMBERED.contains(&own))
        || name.ends_with(".sql")
            && (name.starts_with("patch-") || has("sql") && name.starts_with("patch"))
}

#[cfg(test)]
mod tests {
    use super::is_migration;

    #[test]
    fn migrations_are_known_by_their_place() {
        for path in [
            "db/migrate/20200101_add_x.rb",
            "app/alembic/versions/ab12_x.py",
            "shop/migrations/0002_price.py",
            "database/migrations/2020_01_01_x.php",
            "sql/V3__price.sql",
            "maintenance/archives/patch-user_x.sql",
            "sql/updates/007-x.sql",
        ] {
            assert!(is_migration(path), "{path}");
        }
        for path in ["modules/migrations/manifests/init.pp", "sql/tables.sql", "docs/versions/a.py"]
        {
            assert!(!is_migration(path), "{path}");
        }
    }
}
