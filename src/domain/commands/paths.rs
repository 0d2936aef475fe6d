//! Paths of the tree that well-known programs are told to read, and services of a project of Compose
//! that commands name.
//!
//! (Sources: the manuals of the programs: kubectl, helm, kustomize, pip, pytest, psql, Terraform's
//! "CLI", docker-compose(1), docker-build(1), cargo(1), npm(1), make(1), cp(1), rsync(1), scp(1), aws,
//! gcloud, az, packer, sops, promtool.)

use super::target::base;
use crate::facts::{Ref, Require, Scope, Strength, join_path, kinds, parent_folder};
use crate::syntax::shell::parse::ShellWord;
use smallvec::SmallVec;
use smol_str::SmolStr;

/// Which words without a flag are paths.
#[derive(Clone, Copy, PartialEq)]
enum Plain {
    /// None.
    Nothing,
    /// Those with a slash.
    Slashed,
    /// Those with a slash, but for the last: where the others go.
    Sources,
    /// The last one.
    Last,
}

/// A program, the commands of it that are meant (all where there are none), the flags whose values
/// are paths, and its other words.
struct Reader {
    programs: &'static [&'static str],
    commands: &'static [&'static str],
    flags: &'static [&'static str],
    plain: Plain,
}

/// It warns of an inventory that is not there, and finds no hosts. (Source: Ansible, "Unable to parse
/// … as an inventory source".)
const LAX: &str = "ansible-playbook";

/// How sure it is that a command fails without a path.
pub(super) fn firmness(words: &[ShellWord]) -> Strength {
    let name = words.first().and_then(ShellWord::exact).map(|own| base(own));
    match name {
        Some(LAX | "ansible" | "ansible-inventory") => Strength::Likely,
        _ => Strength::Certain,
    }
}

const READERS: [Reader; 20] = [
    Reader {
        programs: &["kubectl", "oc"],
        commands: &["apply", "create", "delete", "diff", "replace"],
        flags: &["-f", "--filename", "-k", "--kustomize"],
        plain: Plain::Nothing,
    },
    Reader {
        programs: &["helm"],
        commands: &[
            "dep",
            "dependency",
            "diff",
            "install",
            "lint",
            "package",
            "template",
            "upgrade",
        ],
        flags: &["-f", "--values"],
        plain: Plain::Slashed,
    },
    Reader {
        programs: &[LAX, "ansible", "ansible-inventory"],
        commands: &[],
        flags: &["-i", "--inventory", "--inventory-file"],
        plain: Plain::Nothing,
    },
    Reader { programs: &["kustomize"], commands: &["build"], flags: &[], plain: Plain::Last },
    Reader {
        programs: &["pip", "pip3", "uv"],
        commands: &["download", "install", "pip", "sync", "wheel"],
        flags: &["-r", "--requirement", "-c", "--constraint"],
        plain: Plain::Nothing,
    },
    Reader {
        programs: &[
            "black",
            "conftest",
            "flake8",
            "hadolint",
            "isort",
            "kubeconform",
            "mypy",
            "pylint",
            "pytest",
            "ruff",
            "shellcheck",
            "yamllint",
        ],
        commands: &[],
        flags: &[],
        plain: Plain::Slashed,
    },
    Reader { programs: &["psql"], commands: &[], flags: &["-f", "--file"], plain: Plain::Nothing },
    Reader {
        programs: &["cat", "chmod", "promtool", "sops", "packer"],
        commands: &[],
        flags: &["-var-file"],
        plain: Plain::Slashed,
    },
    Reader { programs: &["cp", "rsync", "scp"], commands: &[], flags: &[], plain: Plain::Sources },
    Reader {
        programs: &["docker", "podman", "buildah"],
        commands: &["bud", "build"],
        flags: &[],
        plain: Plain::Last,
    },
    Reader {
        programs: &["docker", "docker-compose", "podman"],
        commands: &[],
        flags: &["--env-file"],
        plain: Plain::Nothing,
    },
    Reader {
        programs: &["docker"],
        commands: &["deploy"],
        flags: &["-c", "--compose-file"],
        plain: Plain::Nothing,
    },
    Reader {
        programs: &["cargo"],
        commands: &[],
        flags: &["--manifest-path"],
        plain: Plain::Nothing,
    },
    Reader { programs: &["npm"], commands: &[], flags: &["--prefix", "-C"], plain: Plain::Nothing },
    Reader { programs: &["yarn"], commands: &[], flags: &["--cwd"], plain: Plain::Nothing },
    Reader { programs: &["pnpm"], commands: &[], flags: &["-C", "--dir"], plain: Plain::Nothing },
    Reader {
        programs: &["make"],
        commands: &[],
        flags: &["-C", "--directory", "-f"],
        plain: Plain::Nothing,
    },
    Reader {
        programs: &["aws", "az", "sam"],
        commands: &[],
        flags: &["--template-file", "--template"],
        plain: Plain::Nothing,
    },
    Reader {
        programs: &["gcloud"],
        commands: &["submit"],
        flags: &["--config"],
        plain: Plain::Nothing,
    },
    Reader {
        programs: &["skaffold"],
        commands: &[],
        flags: &["-f", "--filename"],
        plain: Plain::Nothing,
    },
];

/// A path that is written as it is, and lies in the tree if anywhere.
fn path(text: &str) -> Option<&str> {
    let text = text.strip_prefix("file://").unwrap_or(text).trim_end_matches('/');
    let open = text.contains(['*', '?', '$', ':', '{', '[', '<', '=', '\0', '@', '%', '!', ',']);
    let is_path = !open && !text.starts_with(['/', '~', '-']) && !matches!(text, "" | "." | "..");
    is_path.then_some(text)
}

/// The targets of a path: counted from where the command's file lies, or from the root of the tree.
fn targets(folder: &str, text: &str) -> SmallVec<[Ref; 1]> {
    let all = [join_path(folder, text), join_path("", text)].into_iter().flatten();
    let mut out: SmallVec<[Ref; 1]> = SmallVec::new();
    for own in all.filter(|own| !own.is_empty()) {
        let target = Ref::exact(kinds::PAYLOAD_FILE, own);
        if !out.contains(&target) {
            out.push(target);
        }
    }
    out
}

/// The words of a command line that are paths, with what they may be. A path that was never here
/// may be made: only what was is missed.
pub(super) fn read(words: &[ShellWord], folder: &str) -> Vec<(usize, SmallVec<[Ref; 1]>)> {
    let texts: Vec<Option<&str>> =
        words.iter().map(|own| own.exact().map(SmolStr::as_str)).collect();
    let Some(name) = texts.first().copied().flatten().map(base) else { return Vec::new() };
    let mut found: Vec<(usize, String)> = match name {
        "terraform" | "tofu" => of_terraform(&texts),
        _ => Vec::new(),
    };
    for own in READERS.iter().filter(|own| own.programs.contains(&name)) {
        let is_meant = |text: &Option<&str>| text.is_some_and(|text| own.commands.contains(&text));
        if own.commands.is_empty() || texts.iter().skip(1).take(4).any(is_meant) {
            of_reader(own, &texts, &mut found);
        }
    }
    let all = found.into_iter().map(|(at, text)| (at, targets(folder, &text)));
    all.filter(|(_, own)| !own.is_empty()).collect()
}

fn of_reader(own: &Reader, texts: &[Option<&str>], found: &mut Vec<(usize, String)>) {
    let mut plain: Vec<(usize, &str)> = Vec::new();
    let mut at = 1;
    while let Some(text) = texts.get(at) {
        let here = at;
        at += 1;
        let Some(text) = *text else { continue };
        // What is behind it, or in front of it, goes elsewhere.
        if text == "--" || text.starts_with(['>', '<', '|']) {
            break;
        }
        let (flag, value) = text.split_once('=').map_or((text, None), |(a, b)| (a, Some(b)));
        if own.flags.contains(&flag) {
            let value = value.map(|own| (here, own)).or_else(|| {
                at += 1;
                Some((here + 1, texts.get(here + 1).copied().flatten()?))
            });
            found.extend(value.and_then(|(at, own)| Some((at, path(own)?.to_owned()))));
        } else if !text.starts_with('-') {
            plain.push((here, text));
        } else if value.is_none() && text.len() == 2 {
            // A letter may have a value behind it.
            let next = texts.get(at).copied().flatten();
            at += usize::from(next.is_some_and(|own| {
                !own.starts_with('-') && !own.contains('/') && !own.contains('.')
            }));
        }
    }
    let last = texts.len().saturating_sub(1);
    let is_taken = |at: usize, text: &str| match own.plain {
        Plain::Nothing => false,
        Plain::Slashed => text.contains('/'),
        Plain::Sources => text.contains('/') && at != last,
        Plain::Last => at == last && !own.commands.contains(&text),
    };
    for (at, text) in plain {
        // A test of a file: `tests/a.py::b`.
        let text = text.split("::").next().unwrap_or(text);
        if let Some(own) = path(text).filter(|own| is_taken(at, own)) {
            found.push((at, own.to_owned()));
        }
    }
}

/// `-chdir=DIR`, from which the files of variables count.
fn of_terraform(texts: &[Option<&str>]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut folder = "";
    let all = texts.iter().enumerate().skip(1).filter_map(|(at, own)| Some((at, (*own)?)));
    for (at, text) in all {
        if let Some(own) = text.strip_prefix("-chdir=").and_then(path) {
            folder = own;
            found.push((at, own.to_owned()));
        }
        let named =
            ["-var-file=", "-backend-config="].iter().find_map(|flag| text.strip_prefix(flag));
        if let Some(own) = named.and_then(path).and_then(|own| join_path(folder, own)) {
            found.push((at, own.to_string()));
        }
    }
    // Where another folder is put together, so are they.
    let is_open = texts.iter().skip(1).any(Option::is_none);
    if is_open && folder.is_empty() { Vec::new() } else { found }
}

/// Leaves out, of the paths that commands name, those that the same text asks for or makes.
pub(crate) fn looked_after(text: &str, requires: &mut [Require]) {
    for own in requires.iter_mut().filter(|own| own.via == ARGUMENT) {
        let names = own.any_of.iter().filter_map(|target| target.name.as_exact());
        if names.into_iter().any(|name| is_looked_after(text, name)) {
            own.strength = Strength::Guarded;
        }
    }
}

/// Whether a text asks for a path (`[ -f a/b ]`) or makes it (`> a/b`, `-o a/b`, `path: a/b`).
fn is_looked_after(text: &str, path: &str) -> bool {
    const TESTS: [&str; 6] = ["-d", "-e", "-f", "-r", "-s", "-x"];
    const MAKERS: [&str; 9] =
        [">", "-o", "-out", "--output", "--output=", "tee", "tee -a", "mkdir -p", "path:"];
    text.match_indices(path).any(|(at, _)| {
        let before = text[..at].trim_end_matches(['"', '\'', '.', '/']).trim_end();
        let asked = TESTS.iter().find_map(|test| before.strip_suffix(test));
        let asks = asked
            .map(str::trim_end)
            .is_some_and(|own| own.ends_with('[') || own.ends_with("test") || own.ends_with('!'));
        asks || MAKERS.iter().any(|own| before.ends_with(own))
    })
}

/// How what a command names is called.
pub(super) const ARGUMENT: &str = "argument";

/// Commands of Compose that take services, and whether all their words are some.
const OF_SERVICES: [(&str, bool); 14] = [
    ("build", true),
    ("create", true),
    ("exec", false),
    ("kill", true),
    ("logs", true),
    ("port", false),
    ("pull", true),
    ("push", true),
    ("restart", true),
    ("rm", true),
    ("run", false),
    ("start", true),
    ("stop", true),
    ("up", true),
];

/// Flags of Compose and its commands with a value in the next word.
const VALUED: [&str; 36] = [
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--profile",
    "--env-file",
    "--project-directory",
    "--ansi",
    "--parallel",
    "--progress",
    "-e",
    "--env",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--index",
    "--name",
    "-v",
    "--volume",
    "--entrypoint",
    "--publish",
    "-l",
    "--label",
    "-t",
    "--timeout",
    "--scale",
    "--tail",
    "-n",
    "--since",
    "--until",
    "--build-arg",
    "--pull",
    "-s",
    "--signal",
    "--wait-timeout",
];

/// The services that a command of Compose names, with their words: seen from the folder of the
/// command's file, by the folder of the project's first file and their names.
pub(super) fn services(words: &[ShellWord], folder: &str) -> Vec<(usize, Ref)> {
    let text = |at: usize| words.get(at).and_then(ShellWord::exact).map(SmolStr::as_str);
    let mut at = match (text(0).map(base), text(1)) {
        (Some("docker-compose"), _) => 1,
        (Some("docker" | "podman"), Some("compose")) => 2,
        _ => return Vec::new(),
    };
    let mut out = Vec::new();
    let mut inside = String::new();
    let mut command: Option<bool> = None;
    while let Some(own) = text(at) {
        at += 1;
        if VALUED.contains(&own) {
            if matches!(own, "-f" | "--file") && command.is_none() && inside.is_empty() {
                let Some(file) = text(at).and_then(path) else { return Vec::new() };
                inside = parent_folder(file).to_owned();
            }
            at += 1;
            continue;
        }
        if own.starts_with('-') {
            continue;
        }
        let Some(several) = command else {
            let Some(found) = OF_SERVICES.iter().find(|(name, _)| *name == own) else {
                return Vec::new();
            };
            command = Some(found.1);
            continue;
        };
        if own.contains(['/', '.', '=', ':', '>', '|', '$']) {
            break;
        }
        let name = format!("{inside}:{own}");
        let target = Ref::exact(kinds::SERVICE_RUN, name).seen_from(Scope::of(folder));
        out.push((at - 1, target));
        if !several {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Lines;
    use crate::facts::{FileFacts, kinds};
    use crate::syntax::shell::CommandText;

    fn of(line: &str) -> Vec<String> {
        let mut out = FileFacts::default();
        Lines::new("run", "run").add(&CommandText::plain(line, 0), &mut out);
        let own = [kinds::PAYLOAD_FILE, kinds::SERVICE_RUN];
        let all = out.requires.iter().map(|own| &own.any_of[0]);
        all.filter(|target| own.contains(&target.kind)).map(|own| own.name.to_string()).collect()
    }

    #[test]
    fn programs_read_paths() {
        assert_eq!(
            of("kubectl -n a apply -f k8s/a.yaml -f k8s/b.yaml"),
            ["k8s/a.yaml", "k8s/b.yaml"]
        );
        assert_eq!(
            of("helm upgrade --install x ./charts/x --values=prod.yaml"),
            ["prod.yaml", "charts/x"]
        );
        assert_eq!(of("kustomize build overlays/prod | kubectl apply -f -"), ["overlays/prod"]);
        assert_eq!(of("python -m pip install -r dev.txt"), ["dev.txt"]);
        assert_eq!(of("pytest -q tests/unit/a.py::b"), ["tests/unit/a.py"]);
        assert_eq!(of("terraform -chdir=tf plan -var-file=prod.tfvars"), ["tf", "tf/prod.tfvars"]);
        assert_eq!(of("cp conf/a.toml conf/b.toml /etc/x/"), ["conf/a.toml", "conf/b.toml"]);
        assert_eq!(of("docker build -t x:1 web"), ["web"]);
        for line in [
            "kubectl apply -f https://host/a.yaml",
            "kubectl apply -f -",
            "kubectl get -f k8s/a.yaml",
            "helm install x oci://host/x",
            "cp $A/b c/d",
            "docker build .",
            "cat /etc/hosts",
        ] {
            assert!(of(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn commands_of_compose_name_services() {
        assert_eq!(of("docker compose exec -T -u me web ls -l"), [":web"]);
        assert_eq!(of("docker-compose up -d --build web db"), [":web", ":db"]);
        assert_eq!(of("docker compose -f dev/compose.yml run --rm web sh"), ["dev:web"]);
        for line in ["docker compose up -d", "docker compose config", "docker exec web ls"] {
            assert!(of(line).is_empty(), "{line}");
        }
    }
}
