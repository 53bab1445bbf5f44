//! Ephemeral values in what is kept: not allowed but in write-only arguments.

use meridian_lang::{Body, Diagnostic, Diagnostics, Marks, Path, Span, Step, Value};
use meridian_resource::Schema;

use crate::decode::place_of;

/// Says which arguments of what is kept in the state were given values that exist during one phase
/// only.
pub(crate) fn refuse_ephemeral(
    schema: &Schema,
    body: &Body,
    header: Span,
    config: &Value,
    diagnostics: &mut Diagnostics,
) {
    let mut refused = Vec::new();
    for path in config.marked_paths(Marks::EPHEMERAL) {
        let Some(Step::Attribute(name)) = path.0.first() else { continue };
        if schema.attribute(name).is_some_and(|it| it.write_only) || is_write_only(schema, &path) {
            continue;
        }
        if !refused.contains(name) {
            refused.push(name.clone());
        }
    }
    for name in refused {
        let detail = format!(
            "Ephemeral values are not valid for \"{name}\", because it is not a write-only \
             attribute and must be persisted to state."
        );
        let span = place_of(&Path(vec![Step::Attribute(name)]), body).unwrap_or(header);
        diagnostics.push(Diagnostic::error("Invalid use of ephemeral value", detail).at(span));
    }
}

/// Whether a path leads to a write-only argument of a nested block.
fn is_write_only(schema: &Schema, path: &Path) -> bool {
    let mut schema = schema;
    for step in &path.0 {
        let Step::Attribute(name) = step else { continue };
        match schema.block(name) {
            Some(block) => schema = &block.schema,
            None => return schema.attribute(name).is_some_and(|it| it.write_only),
        }
    }
    false
}
