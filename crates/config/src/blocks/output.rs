//! `output` blocks.

use super::declarations::Declaration;
use super::{check_name, condition};
use crate::model::Output;
use crate::reader::Reader;
use crate::static_reference::depends_on;

const ARGUMENTS: [&str; 5] = ["description", "value", "depends_on", "sensitive", "ephemeral"];

pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Output> {
    let [name] = declaration.block.exact_labels(["name"], reader)?;
    check_name(reader, &name, "output");
    let mut content = declaration.content(reader);
    let value = content.take_required("value", reader);
    let description = content.take("description");
    let sensitive = content.take("sensitive");
    let ephemeral = content.take("ephemeral");
    let dependencies = content.take("depends_on");
    let preconditions = condition::take_all(reader, &mut content, "precondition");
    content.reject_rest(&ARGUMENTS, &["precondition"], reader);
    let value = value?;
    Some(Output {
        name,
        ephemeral: ephemeral
            .and_then(|ephemeral| reader.constant_bool(ephemeral.file, ephemeral.value()))
            .unwrap_or(false),
        span: declaration.block.header(reader),
        value: reader.expression(value.file, value.value()),
        description: description.and_then(|text| reader.constant_string(text.file, text.value())),
        sensitive: sensitive
            .and_then(|sensitive| reader.constant_bool(sensitive.file, sensitive.value()))
            .unwrap_or(false),
        depends_on: dependencies
            .map(|list| depends_on(reader, list.file, list.value()))
            .unwrap_or_default(),
        preconditions,
    })
}
