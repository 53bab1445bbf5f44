//! `locals` blocks.

use std::collections::HashMap;

use super::{File, blocks_named, check_name};
use crate::content::{Argument, Content};
use crate::model::{Local, Module, Name};
use crate::reader::Reader;

/// Reads the entries of all `locals` blocks; those of override files replace others of the same
/// name.
pub(super) fn read(reader: &mut Reader<'_>, files: &[File], module: &mut Module) {
    let mut entries: Vec<Argument<'_>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for file in files {
        for nested in blocks_named(reader, file, "locals") {
            if nested.exact_labels([], reader).is_none() {
                continue;
            }
            let content = Content::of(nested, reader);
            for block in &content.blocks {
                let summary = format!("Unexpected {:?} block", block.name());
                reader.error(block.name_span(reader), summary, "Blocks are not allowed here.");
            }
            for argument in content.arguments {
                let name = argument.name();
                let place = argument.name_span(reader);
                match (known.get(name), file.is_override) {
                    (Some(at), true) => entries[*at] = argument,
                    (Some(at), false) => {
                        let first = reader.place(whole(reader, &entries[*at]));
                        let detail = format!(
                            "A local value named {name:?} was already defined at {first}. Local \
                             value names must be unique within a module."
                        );
                        reader.error(place, "Duplicate local value definition", detail);
                    }
                    (None, true) => {
                        let detail = format!(
                            "There is no local value named {name:?}. An override file can only \
                             override a local value that was already defined in a primary \
                             configuration file."
                        );
                        reader.error(
                            place,
                            "Missing base local value definition to override",
                            detail,
                        );
                    }
                    (None, false) => {
                        let text = Name { text: name.into(), span: place };
                        check_name(reader, &text, "local value");
                        known.insert(name, entries.len());
                        entries.push(argument);
                    }
                }
            }
        }
    }
    for entry in entries {
        let name = Name { text: entry.name().into(), span: entry.name_span(reader) };
        module.locals.push(Local { name, expr: reader.expression(entry.file, entry.value()) });
    }
}

/// From the name to the end of the value.
fn whole(reader: &Reader<'_>, entry: &Argument<'_>) -> meridian_lang::Span {
    entry.name_span(reader).to(entry.value_span(reader))
}
