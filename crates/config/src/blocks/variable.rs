//! `variable` blocks.

use meridian_lang::{Subject, Type, Value, convert};

use super::declarations::Declaration;
use super::{check_name, condition};
use crate::content::Argument;
use crate::model::Variable;
use crate::reader::Reader;
use crate::type_constraint::variable_type;

const ARGUMENTS: [&str; 6] =
    ["description", "default", "type", "sensitive", "ephemeral", "nullable"];

/// Names that mean something in `module` blocks.
const RESERVED: [&str; 8] =
    ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];

pub(super) fn read(reader: &mut Reader<'_>, declaration: &Declaration<'_>) -> Option<Variable> {
    let [name] = declaration.block.exact_labels(["name"], reader)?;
    let reserved = check_name(reader, &name, "variable") && RESERVED.contains(&&*name.text);
    if reserved {
        let detail = format!(
            "The variable name {:?} is reserved due to its special meaning inside module blocks.",
            &*name.text
        );
        reader.error(name.span, "Invalid variable name", detail);
    }
    let mut content = declaration.content(reader);
    let constraint = content.take("type");
    let default = content.take("default");
    let description = content.take("description");
    let [sensitive, ephemeral, nullable] =
        ["sensitive", "ephemeral", "nullable"].map(|flag| content.take(flag));
    let validations = condition::take_all(reader, &mut content, "validation");
    content.reject_rest(&ARGUMENTS, &["validation"], reader);
    for validation in &validations {
        let itself = Subject::Variable(name.text.clone());
        if validation.condition.references().iter().all(|it| it.subject != itself) {
            let text = &*name.text;
            let detail = format!(
                "The condition for variable {text:?} must refer to var.{text} in order to test \
                 incoming values."
            );
            reader.error(
                validation.condition.span,
                "Invalid variable validation condition",
                detail,
            );
        }
    }
    let typed = constraint.is_some();
    let ty = constraint
        .and_then(|constraint| variable_type(reader, constraint.file, constraint.value()))
        .unwrap_or(Type::Dynamic);
    let nullable = flag(reader, nullable).unwrap_or(true);
    let variable = Variable {
        default: default.and_then(|default| read_default(reader, default, &ty, nullable)),
        name,
        span: declaration.block.header(reader),
        ty,
        typed,
        description: description.and_then(|text| reader.constant_string(text.file, text.value())),
        sensitive: flag(reader, sensitive).unwrap_or(false),
        nullable,
        ephemeral: flag(reader, ephemeral).unwrap_or(false),
        validations,
    };
    // No call can give it a value.
    (!reserved).then_some(variable)
}

fn flag(reader: &mut Reader<'_>, argument: Option<Argument<'_>>) -> Option<bool> {
    let argument = argument?;
    reader.constant_bool(argument.file, argument.value())
}

fn read_default(
    reader: &mut Reader<'_>,
    default: Argument<'_>,
    ty: &Type,
    nullable: bool,
) -> Option<Value> {
    const SUMMARY: &str = "Invalid default value for variable";
    let span = default.value_span(reader);
    let value = reader.constant(default.file, default.value())?;
    match convert(&value, ty) {
        Ok(value) => {
            if value.is_null() && !nullable {
                reader.error(
                    span,
                    SUMMARY,
                    "A null default value is not valid when nullable=false.",
                );
            }
            Some(value)
        }
        Err(error) => {
            let detail = format!(
                "This default value is not compatible with the variable's type constraint: \
                 {error}."
            );
            reader.error(span, SUMMARY, detail);
            None
        }
    }
}
