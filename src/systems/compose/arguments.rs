//! What a service passes to the build of its image.
//!
//! (Source: Compose file reference, "build": `args`; Dockerfile reference, "ARG": "Predefined
//! ARGs". One that the Dockerfile does not declare is passed over with a warning.)

use super::parts::Parts;
use crate::facts::{Ref, Require, Span, Strength, is_variable_name, kinds};
use crate::syntax::yaml::Node;

impl Parts<'_> {
    /// The arguments of one service.
    pub(super) fn arguments(&mut self, service: &Node<'_>) {
        let Some(build) = service.get("build") else { return };
        let Some(args) = build.get("args") else { return };
        let Some(path) = self.dockerfile_of(build) else { return };
        let mut named: Vec<(&str, Span)> = Vec::new();
        for (key, _) in args.entries() {
            named.extend(key.as_str().map(|own| (own, key.span)));
        }
        for own in args.items() {
            let name = own.as_str().and_then(|text| text.split('=').next());
            named.extend(name.map(|name| (name, own.span)));
        }
        for (name, span) in named {
            // An empty image, or a build without what it asks for: only what it took before is
            // missed.
            if is_variable_name(name) {
                let target = Ref::exact(kinds::IMAGE_ARGUMENT, format!("{path}:{name}"));
                let require = Require::certain(target, span, "args", None);
                self.out.requires.push(require.with_strength(Strength::Likely));
            }
        }
    }
}
