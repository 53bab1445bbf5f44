//! `check` blocks.

use super::declarations::Declaration;
use super::{check_name, condition, resource};
use crate::model::{Check, Module};
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
    let asserted = content.blocks.iter().any(|nested| nested.name() == "assert");
    let assertions = condition::take_all(reader, &mut content, "assert");
    content.reject_rest(&[], &["data", "assert"], reader);
    if !asserted {
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
    for (at, scoped) in module.resources.iter().enumerate() {
        if scoped.check.is_none() {
            continue;
        }
        let others = module.resources.iter().enumerate();
        let same = others.into_iter().find(|(other, block)| {
            // Of two checks, the later one is at fault.
            (block.check.is_none() || *other < at)
                && block.mode == scoped.mode
                && block.type_name.text == scoped.type_name.text
                && block.name.text == scoped.name.text
        });
        if let Some((_, first)) = same {
            let (of, name) = (&*scoped.type_name.text, &*scoped.name.text);
            let place = reader.place(first.span);
            let detail = format!(
                "A {of} data resource named {name:?} was already declared at {place}. Resource \
                 names must be unique per type in each module, including within check blocks."
            );
            reader.error(scoped.span, format!("Duplicate data {of:?} configuration"), detail);
        }
    }
}
