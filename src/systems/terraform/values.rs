//! Files of variables: what they set.

use super::body::body;
use super::read::provide;
use super::shapes;
use crate::extract::Source;
use crate::facts::{Detail, FileFacts, kinds, parent_folder, path_in};
use hcl_edit::Span as _;

pub(super) fn extract(source: &Source<'_>, out: &mut FileFacts) {
    let Some(body) = body(source, out) else { return };
    for own in body.attributes() {
        let name = path_in(source.path, own.key.as_str());
        out.provides.push(provide(kinds::TERRAFORM_VALUE, name, own.key.span(), Detail::None));
        shapes::passed(parent_folder(source.path), own.key.as_str(), &own.value, out);
    }
}
