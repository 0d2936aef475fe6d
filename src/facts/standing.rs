//! Whether a path belongs to what is deployed, or to tests, examples or documentation.

use super::payload::{Depth, Folder, folders, holds_units, is_payload};

/// What the files at a path are there for.
///
/// Decided by where the path stands, never by its contents. A folder called `tests` is a
/// folder of tests below the root of a repository, module or role, and the name of one
/// below `modules/` or `roles/`, of a host group below `group_vars/`, of an environment
/// below `hieradata/`. What stands below `files/` or `templates/` is deployed as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Deployed, or read by what is.
    Live,
    /// Runs against the tree, or stands in for what programs find when they are deployed.
    Test,
    /// Shows how to use the tree.
    Example,
    /// Kept, and not run any more.
    Retired,
    /// Prose about the tree.
    Documentation,
    /// Another project's, as a package manager installed it: nobody here mends it.
    Installed,
}

impl Standing {
    /// The standing of the file at `path`.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        if is_of_a_gem(path) || is_of_a_release(path, name) {
            return Self::Installed;
        }
        if is_test_name(name) {
            return Self::Test;
        }
        // A skeleton of cookiecutter: it is rendered elsewhere, under another name.
        if path.contains("{{") && path[..path.len() - name.len()].contains("{{") {
            return Self::Example;
        }
        if is_scaffold(path, name) {
            return Self::Example;
        }
        // Below them folders are parts of names: `functions/archive/a.rb` is `archive::a`.
        let mut in_code = false;
        for (depth, Folder { grandparent, parent, name: folder }) in folders(path).enumerate() {
            let at_root = depth == 0 || holds_units(grandparent);
            // Collections keep their scenarios below `extensions/`.
            if folder == "molecule" && parent == "extensions" {
                return Self::Test;
            }
            in_code |= matches!(parent, "lib" | "plugins" | "functions" | "types" | "plans");
            if !names_its_folders(parent) {
                if !in_code && (is_retired(folder) || is_dated_copy(folder, path)) {
                    return Self::Retired;
                }
                // Manifests of Kubernetes are no names.
                let is_other = folder == "manifests" && !name.ends_with(".pp");
                let place = if at_root { Depth::Top } else { Depth::Inner };
                if !is_other && is_payload(folder, place) {
                    // A manifest's folders are parts of its names, whatever they are called.
                    return match folder {
                        // No class can be called so.
                        "manifests"
                            if ["-example.pp", "-sample.pp", "-template.pp"]
                                .iter()
                                .any(|end| name.ends_with(end)) =>
                        {
                            Self::Example
                        }
                        "manifests" | "tasks" | "handlers" => Self::Live,
                        _ => Self::below_payload(&path[offset(path, folder)..]),
                    };
                }
                // A package of Java: `org.example`.
                let is_package = folder == "example" && matches!(parent, "com" | "org" | "net");
                match Self::of_folder(folder, at_root || depth == 1) {
                    _ if is_package => {}
                    // The old name of `examples/` in Puppet modules.
                    Self::Test if folder == "tests" && name.ends_with(".pp") => {
                        return Self::Example;
                    }
                    Self::Live => {}
                    standing => return standing,
                }
            }
        }
        Self::of_name(name)
    }

    /// Whether it is deployed, or read by what is.
    pub fn is_live(self) -> bool {
        self == Self::Live
    }

    fn of_folder(folder: &str, near_root: bool) -> Self {
        match folder {
            "test" | "tests" | "spec" | "testdata" | "test-data" | "test_data" | "molecule"
            | "phpunit" | "__tests__" | "__fixtures__" | ".fixtures" => Self::Test,
            "fixtures" | "vagrant" | ".vagrant" | "kitchen" if near_root => Self::Test,
            "example" | "examples" | "sample" | "samples" => Self::Example,
            // `examples-rest`, `k8s_samples`.
            _ if folder.split(['-', '_']).any(|word| matches!(word, "examples" | "samples"))
                || folder.starts_with("example-")
                || folder.starts_with("sample-") =>
            {
                Self::Example
            }
            "doc" | "docs" | "documentation" if near_root => Self::Documentation,
            _ => Self::Live,
        }
    }

    /// Below `files/`: only folders that no host would be given.
    fn below_payload(path: &str) -> Self {
        let mut folders = path.split('/');
        match folders.any(|folder| matches!(folder, "testdata" | "__tests__" | "phpunit")) {
            true => Self::Test,
            false => Self::Live,
        }
    }

    fn of_name(name: &str) -> Self {
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        let shown = [".example.", ".sample."].iter().any(|word| name.contains(word));
        // A zone of the domain that texts use as one: `db.example.net`.
        let shown = shown && !name.starts_with("db.example.");
        let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
        let named = ["-example", "_example", "-sample", "_sample"];
        let begins = ["example-", "example_", "sample-", "sample_"];
        // `_template.yml`: to be copied, its names filled in.
        if shown
            || named.iter().any(|own| stem.ends_with(own))
            || begins.iter().any(|begin| stem.starts_with(begin))
            || ends(&[".example", ".sample"])
            // What is kept beside the text that is read in its place.
            || ends(&[".unused", ".disabled", ".bak", ".orig", ".old"])
            // What editors keep while they are open, and after: `.site.pp.swp`, `site.pp~`.
            || name.starts_with('.') && ends(&[".swp", ".swo"])
            || name.ends_with('~')
            || name.starts_with("_template.")
        {
            Self::Example
        } else if ends(&[".md", ".markdown", ".rst", ".adoc"]) {
            Self::Documentation
        } else {
            Self::Live
        }
    }
}

/// Whether a path leads into a gem that Bundler installed: `vendor/bundle/ruby/2.0.0/gems/puppet-3.4.3/…`.
fn is_of_a_gem(path: &str) -> bool {
    let mut rest = path;
    while let Some((_, inner)) = rest.split_once("gems/") {
        let named = inner.split('/').next().and_then(|gem| gem.rsplit_once('-'));
        if named.is_some_and(|(_, version)| version.starts_with(|own: char| own.is_ascii_digit()))
            && inner.contains('/')
        {
            return true;
        }
        rest = inner;
    }
    false
}

/// Whether a program lies inside a folder that is called as a release of a project unpacks:
/// `files/phpvirtualbox-4.2-4/lib/connector.php`.
fn is_of_a_release(path: &str, name: &str) -> bool {
    let is_program =
        [".php", ".inc", ".js", ".py", ".rb", ".pl", ".pm"].iter().any(|end| name.ends_with(end));
    let is_release = |folder: &str| {
        let versions = folder.match_indices('-').map(|(at, _)| &folder[at + 1..]);
        let is_version = |own: &str| {
            let (major, rest) = own.split_once('.').unwrap_or_default();
            let is_number = |own: &str| own.bytes().all(|byte| byte.is_ascii_digit());
            !major.is_empty()
                && is_number(major)
                && rest.starts_with(|own: char| own.is_ascii_digit())
        };
        folder.starts_with(|own: char| own.is_ascii_alphabetic()) && { versions }.any(is_version)
    };
    // What lies in the folder itself may be of who keeps one for each version.
    let holds = |folder: &Folder<'_>| {
        let end = offset(path, folder.name) + folder.name.len();
        path.get(end + 1..).is_some_and(|rest| rest.contains('/'))
    };
    is_program && folders(path).any(|folder| is_release(folder.name) && holds(&folder))
}

/// Whether a file lies in what is copied and completed elsewhere, where the paths that it names are
/// others: a folder whose name is to be filled in (`CHART_NAME`), a catalogue of units that stacks
/// of Terragrunt copy, and roots of Terraform or kustomize below a folder of templates.
fn is_scaffold(path: &str, name: &str) -> bool {
    let is_blank = |folder: &str| {
        let stem = folder.strip_suffix("_NAME").unwrap_or_default();
        let is_upper = !stem.is_empty() && stem.bytes().all(|own| own.is_ascii_uppercase());
        is_upper || folder.contains("%%")
    };
    let is_root = matches!(name, "kustomization.yaml" | "kustomization.yml" | "terragrunt.hcl")
        || [".tf", ".tfvars"].iter().any(|ending| name.ends_with(ending));
    folders(path).any(|Folder { parent, name: folder, .. }| {
        is_blank(folder)
            || matches!(
                folder,
                "scaffold" | "scaffolds" | "scaffolding" | "boilerplate" | ".catalog"
            )
            || is_root && matches!(parent, "template" | "templates")
    })
}

fn offset(path: &str, part: &str) -> usize {
    part.as_ptr() as usize - path.as_ptr() as usize
}

/// Folders of what is kept, not run: `deprecated-modules`, `roles.unused`, `old`; and of what is
/// not finished.
fn is_retired(folder: &str) -> bool {
    // Programs may be called so: `trash-cleaner`.
    if matches!(folder.trim_start_matches(['.', '_']), "old" | "wip" | "trash" | "trashcan") {
        return true;
    }
    let words = || folder.split(['-', '_', '.']);
    words().any(|word| {
        matches!(
            word,
            "deprecated"
                | "obsolete"
                | "unused"
                | "attic"
                | "archive"
                | "archived"
                | "bak"
                | "graveyard"
        )
    })
}

/// Copies that are kept by date below a folder for backups: `backups/dns/20250812_002821`.
fn is_dated_copy(folder: &str, path: &str) -> bool {
    let digits = folder.bytes().filter(u8::is_ascii_digit).count();
    let is_date = digits >= 8
        && folder.starts_with("20")
        && folder.bytes().all(|own| own.is_ascii_digit() || b"-_.T:Z".contains(&own));
    let mut above = path.split('/').take_while(|own| *own != folder);
    is_date && above.any(|own| own.split(['-', '_', '.']).any(is_backup))
}

fn is_backup(word: &str) -> bool {
    matches!(word, "backup" | "backups")
}

/// Names that test runners look for.
fn is_test_name(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((stem, "py")) => {
            stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest"
        }
        Some((stem, "go")) => stem.ends_with("_test"),
        Some((stem, "rb")) => stem.ends_with("_spec"),
        Some((stem, "js" | "ts" | "jsx" | "tsx" | "mjs")) => {
            stem.ends_with(".test") || stem.ends_with(".spec")
        }
        _ => false,
    }
}

/// Folders whose sub-folders are called after what they are for.
fn names_its_folders(folder: &str) -> bool {
    holds_units(folder)
        || matches!(
            folder,
            "environments"
                | "environment"
                | "envs"
                | "env"
                | "inventories"
                | "inventory"
                | "overlays"
                | "clusters"
                | "cluster"
                | "stages"
                | "regions"
                | "values"
                | "apps"
                | "applications"
                | "services"
                | "namespaces"
                | "projects"
                | "stacks"
                | "tenants"
                | "nodes"
                | "hosts"
        )
}

#[cfg(test)]
mod tests {
    use super::Standing::{self, *};

    #[test]
    fn markers_count_where_they_stand() {
        let of = |standing: Standing, paths: &[&str]| {
            for path in paths {
                assert_eq!(Standing::of(path), standing, "{path}");
            }
        };
        of(
            Live,
            &[
                "modules/archive/lib/puppet/functions/archive/md5.rb",
                "modules/archive/types/archive/url.pp",
                "modules/test/manifests/init.pp",
                "modules/tests/templates/a.erb",
                "modules/a/manifests/test/b.pp",
                "modules/a/files/examples/b.conf",
                "modules/docs/files/tests/b.conf",
                "site/examples/manifests/init.pp",
                "src/main/java/org/example/shop/Orders.java",
                "bind/zones/db.example.net",
                "site-modules/profile/manifests/docs/a.pp",
                "roles/tests/tasks/main.yml",
                "roles/vagrant/tasks/main.yml",
                "roles/remove_unused/tasks/main.yml",
                "hieradata/test/common.yaml",
                "data/test/common.yaml",
                "environments/test/manifests/site.pp",
                "inventories/test/hosts",
                "group_vars/test/main.yml",
                "overlays/test/kustomization.yaml",
                "apps/docs/deployment.yaml",
                "charts/a/templates/tests/connection.yaml",
                "templates/main.tf",
                "modules/a/templates/b/c.erb",
                "live/US_EAST/main.tf",
                "catalog/main.tf",
                "test.yml",
                "playbooks/testing/main.yml",
                "backups/dns/main.tf",
                "dns/20250812_002821/main.tf",
            ],
        );
        of(
            Installed,
            &[
                "vendor/bundle/ruby/2.0.0/gems/a-3.4.3/spec/fixtures/hiera.yaml",
                "vendor/gems/a-b-0.3.2/lib/a.rb",
            ],
        );
        of(Live, &["roles/gems/tasks/main.yml", "modules/gems-2/manifests/init.pp"]);
        of(
            Test,
            &[
                "spec/fixtures/hieradata/common.yaml",
                "test/a.py",
                "tests/roles/a/tasks/main.yml",
                "modules/test/spec/classes/a_spec.rb",
                "modules/a/spec/fixtures/modules/b/manifests/init.pp",
                "modules/a/vagrant/puppet/environments/dev/site/modules/b/manifests/init.pp",
                "roles/a/tests/test.yml",
                "roles/a/molecule/default/converge.yml",
                "x/roles/a/b/tests/test.yml",
                "charts/a/.fixtures/b.yaml",
                "extensions/molecule/default/create.yml",
                "modules/a/files/lib/test_b.py",
                "src/a/testdata/b.yaml",
                "extensions/A/tests/phpunit/ATest.php",
            ],
        );
        of(
            Example,
            &[
                "examples/site.yml",
                "modules/a/examples/init.pp",
                "modules/a/tests/init.pp",
                "config.yml.example",
                "vars.sample.yml",
                "modules/a/manifests/list-example.pp",
                "config-sample.php",
                "example-main.yml",
                "examples-rest/a.yml",
                "iptables/example-usage/apache.pp",
                "template/CHART_NAME/Chart.yaml",
                "new/templates/app/overlay/kustomization.yaml",
                "templates/service/main.tf",
                "live/.catalog/units/vpc/terragrunt.hcl",
            ],
        );
        of(
            Retired,
            &[
                "deprecated-modules/a/manifests/init.pp",
                "roles-archive/a/tasks/main.yml",
                "backups/dns/20250812_002821/main.tf",
                "backup-dns/2025-08-12/main.tf",
            ],
        );
        of(
            Documentation,
            &["docs/ansible/roles/a/examples/b.yml", "modules/a/doc/b.yaml", "README.md"],
        );
    }
}
