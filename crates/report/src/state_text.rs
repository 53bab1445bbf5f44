//! A state as terminal text.

use meridian_lang::Marks;
use meridian_resource::Registry;

use crate::StateObject;
use crate::diff::{Forcing, Printer, Rules, Sides, View, compare};
use crate::object_text::object_text;
use crate::quote::name;
use crate::style::Style;
use crate::value_text::Output;

/// Only what there is.
const VIEW: View = View { unchanged: true, no_symbols: true, no_null: true };

/// Every object, each module followed by the modules in it, and then the outputs.
pub fn state_text(
    objects: &[StateObject<'_>],
    outputs: &[Output<'_>],
    registry: &Registry,
    style: Style,
) -> String {
    let mut objects: Vec<&StateObject<'_>> = objects.iter().collect();
    objects.sort_by_key(|object| object.address.resource.module.steps());
    let mut text = String::new();
    let mut objects = objects.into_iter().peekable();
    while let Some(object) = objects.next() {
        let resource = &object.address.resource;
        let Some(schema) = registry.schema(resource) else { continue };
        let address = match object.deposed {
            Some(key) => format!("{} (deposed object {key})", object.address),
            None => object.address.to_string(),
        };
        let (type_name, attributes) = (&resource.type_name, object.attributes);
        text.push_str(&object_text(&address, type_name, &resource.name, attributes, schema, style));
        text.push('\n');
        if objects.peek().is_some_and(|next| next.address.resource.module != resource.module) {
            text.push('\n');
        }
    }
    if !outputs.is_empty() {
        let lines: String = outputs.iter().map(|output| output_line(output, style)).collect();
        text.push_str(&format!("\nOutputs:\n\n{lines}"));
    }
    text
}

fn output_line(output: &Output<'_>, style: Style) -> String {
    let marks = if output.sensitive { Marks::SENSITIVE } else { Marks::NONE };
    let value = output.value.clone().mark(marks);
    let sides = Sides::new(Some(&value), Some(&value)).without_null();
    let mut printer = Printer::new(style);
    printer.value(&compare(sides, Rules::Typed, &Forcing::default()), 0, VIEW);
    format!("{} = {}\n", name(output.name), printer.finish())
}
