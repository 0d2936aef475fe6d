//! Inputs of well-known actions that are paths of the checkout.
//!
//! (Source: the README pages and `action.yml` of the actions: what each does where the path is not
//! there.)

use super::File;
use super::folders::{Made, makes};
use crate::facts::{Kind, Ref, Strength, is_variable_name, join_path, kinds};
use crate::syntax::yaml::Node;

/// What an input has to be.
#[derive(Clone, Copy, PartialEq)]
enum Path {
    File,
    Folder,
}

impl Path {
    fn kind(self) -> Kind {
        match self {
            Self::File => kinds::FILE,
            Self::Folder => kinds::CI_FOLDER,
        }
    }
}

/// Actions, their inputs, and whether the step fails without what the input names.
const INPUTS: [(&str, &str, Path, Strength); 19] = [
    ("actions/setup-dotnet", "global-json-file", Path::File, Strength::Certain),
    ("actions/setup-go", "go-version-file", Path::File, Strength::Certain),
    ("actions/setup-java", "java-version-file", Path::File, Strength::Certain),
    ("actions/setup-node", "node-version-file", Path::File, Strength::Certain),
    ("actions/setup-python", "python-version-file", Path::File, Strength::Likely),
    (
        "aws-actions/amazon-ecs-deploy-task-definition",
        "task-definition",
        Path::File,
        Strength::Certain,
    ),
    (
        "aws-actions/amazon-ecs-render-task-definition",
        "task-definition",
        Path::File,
        Strength::Certain,
    ),
    ("aws-actions/aws-cloudformation-github-deploy", "template", Path::File, Strength::Likely),
    ("azure/arm-deploy", "template", Path::File, Strength::Likely),
    ("cloudflare/wrangler-action", "workingDirectory", Path::Folder, Strength::Certain),
    (BAKE, "files", Path::File, Strength::Certain),
    ("docker/build-push-action", "file", Path::File, Strength::Certain),
    ("golangci/golangci-lint-action", "working-directory", Path::Folder, Strength::Certain),
    ("google-github-actions/deploy-cloudrun", "metadata", Path::File, Strength::Likely),
    ("goreleaser/goreleaser-action", "workdir", Path::Folder, Strength::Certain),
    ("hadolint/hadolint-action", "dockerfile", Path::File, Strength::Certain),
    ("helm/kind-action", "config", Path::File, Strength::Certain),
    ("pulumi/actions", "work-dir", Path::Folder, Strength::Certain),
    ("ruby/setup-ruby", "working-directory", Path::Folder, Strength::Likely),
];

/// The action that builds what a file of Buildx lists.
const BAKE: &str = "docker/bake-action";
/// The action that builds an image.
const BUILD: &str = "docker/build-push-action";

/// A path of the checkout that is told as it is.
fn known(text: &str) -> Option<String> {
    let text = text.trim();
    let open =
        text.contains(['*', '$', '?', '[', '{', '!', '~', ':', '#']) || text.starts_with('/');
    join_path("", text).filter(|_| !open && !text.is_empty()).map(|own| own.to_string())
}

/// Its step may be passed over, or its failure be.
fn may_pass(step: &Node<'_>) -> bool {
    ["if", "continue-on-error"].iter().any(|key| step.get(key).is_some())
}

impl File<'_> {
    /// The inputs of one step, as far as no step before makes what they name.
    pub(super) fn inputs(&mut self, step: &Node<'_>, before: &[Node<'_>]) {
        let uses = step.get("uses").and_then(Node::as_str).unwrap_or_default();
        let action = uses.split('@').next().unwrap_or_default().to_ascii_lowercase();
        // It counts paths from where it is told to run.
        let is_moved = || {
            ["source", "workdir"]
                .iter()
                .any(|key| step.get("with").is_some_and(|own| own.get(key).is_some()))
        };
        if !self.is_of_checkout() || action == BAKE && is_moved() {
            return;
        }
        for (_, key, path, strength) in INPUTS.iter().filter(|own| own.0 == action) {
            let Some(node) = step.get("with").and_then(|own| own.get(key)) else { continue };
            for line in node.as_str().unwrap_or_default().lines() {
                self.input(step, before, (node, line, key), (*path, *strength));
            }
        }
        if action == BUILD {
            self.image(step, before);
        }
    }

    /// Whether the steps of this file run in a checkout of its own tree.
    pub(super) fn is_of_checkout(&self) -> bool {
        let is_action = super::ACTIONS.contains(&crate::facts::base_name(self.path));
        !self.is_for_callers && (!is_action || self.path.starts_with(".github/"))
    }

    fn input(
        &mut self,
        step: &Node<'_>,
        before: &[Node<'_>],
        (node, text, via): (&Node<'_>, &str, &'static str),
        (path, strength): (Path, Strength),
    ) {
        let Some(own) = known(text).filter(|own| !own.is_empty()) else { return };
        let made = before.iter().map(|step| makes(step, &own)).max().unwrap_or(Made::No);
        let strength = match made {
            Made::Yes => return,
            Made::No if !may_pass(step) => strength,
            _ => Strength::Likely,
        };
        self.require(Ref::exact(path.kind(), own), node.span, via, strength);
    }

    /// The context of a build, the Dockerfile in it that has no name of its own, and the arguments
    /// that it is passed. Without a context, it is the repository as it was pushed.
    fn image(&mut self, step: &Node<'_>, before: &[Node<'_>]) {
        let given = |key: &str| step.get("with").and_then(|own| own.get(key));
        let context = given("context");
        let Some(folder) = context.map_or(Some(String::new()), |own| known(own.as_str()?)) else {
            return;
        };
        let file = given("file");
        let usual = [folder.as_str(), "Dockerfile"].join("/");
        let path = match file {
            Some(own) => own.as_str().and_then(known),
            None => Some(usual.trim_start_matches('/').to_owned()),
        };
        if let Some(node) = context.filter(|_| !folder.is_empty()) {
            match &path {
                Some(path) if file.is_none() => {
                    self.input(
                        step,
                        before,
                        (node, path, "context"),
                        (Path::File, Strength::Certain),
                    );
                }
                _ => {
                    let how = (Path::Folder, Strength::Certain);
                    self.input(step, before, (node, &folder, "context"), how);
                }
            }
        }
        let Some((path, node)) = path.zip(given("build-args")) else { return };
        for line in node.as_str().unwrap_or_default().lines() {
            let name = line.trim().split('=').next().unwrap_or_default();
            if is_variable_name(name) {
                let target = Ref::exact(kinds::IMAGE_ARGUMENT, format!("{path}:{name}"));
                self.require(target, node.span, "build-args", Strength::Likely);
            }
        }
    }
}
