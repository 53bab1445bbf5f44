//! `check` blocks.

use std::collections::HashMap;

use meridian_lang::Span;

use super::declarations::Declaration;
use super::{check_name, condition, resource};
use crate::model::{Check, Module, Resource};
use crate::reader::Reader;

/// Reads a check; its `data` block goes to the resources of the module.
pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>, module: &mut Module) {
    let Some([name]) = declaration.block.exact_labels(["name"], reader) else {
        return;
    };
    check_name(reader, &name, "check block");
    let mut content = declaration.content(reader);
    let header = declaration.block.header(reader);
    let mut scoped = content.take_blocks("data").into_iter();
    if let Some(first) = scoped.next() {
        module.resources.extend(resource::read_scoped(reader, first, &name.text));
        for again in scoped {
            let first = reader.place(first.header(reader));
            let detail =
                format!("This check block already has a data resource defined at {first}.");
            reader.error(again.header(reader), "Multiple data resource blocks", detail);
        }
    }
    let assertions = condition::take_all(reader, &mut content, "assert");
    content.reject_rest(&[], &["data", "assert"], reader);
    // One that is wrong does not count, as in Terraform.
    if assertions.is_empty() {
        reader.error(
            header,
            "Zero assert blocks",
            "Check blocks must have at least one assert block.",
        );
    }
    module.checks.push(Check { name, span: header, assertions });
}

/// Reports `data` blocks of checks that stand there under another block's name.
pub(super) fn report_duplicates(reader: &mut Reader<'_>, module: &Module) {
    let identity =
        |block: &Resource| (block.mode, block.type_name.text.clone(), block.name.text.clone());
    // Blocks outside of checks come first; of two checks, the later one is at fault.
    let (scoped, others): (Vec<&Resource>, Vec<&Resource>) =
        module.resources.iter().partition(|block| block.check.is_some());
    if scoped.is_empty() {
        return;
    }
    let mut first: HashMap<_, Span> =
        others.into_iter().map(|block| (identity(block), block.span)).collect();
    for block in scoped {
        let Some(first) = first.insert(identity(block), block.span) else {
            continue;
        };
        let (of, name) = (&*block.type_name.text, &*block.name.text);
        let place = reader.place(first);
        let detail = format!(
            "A {of} data resource named {name:?} was already declared at {place}. Resource names \
             must be unique per type in each module, including within check blocks."
        );
        reader.error(block.span, format!("Duplicate data {of:?} configuration"), detail);
    }
}
