//! A stored object as terminal text.

use meridian_lang::Value;
use meridian_resource::Schema;

use crate::diff::{Forcing, Printer, Sides, View, compare_objects};
use crate::secrecy::marked;
use crate::style::Style;

/// The object as the configuration that would describe it, under a comment with its address.
pub fn object_text(
    address: &str,
    type_name: &str,
    name: &str,
    attributes: &Value,
    schema: &Schema,
    style: Style,
) -> String {
    let object = marked(attributes, schema);
    let sides = Sides::new(Some(&object), Some(&object));
    let diff = compare_objects(schema, sides, &Forcing::default());
    let mut printer = Printer::new(style);
    printer.value(&diff, 0, View { unchanged: true, no_symbols: true, no_null: true });
    format!("# {address}:\nresource \"{type_name}\" \"{name}\" {}\n", printer.finish())
}
