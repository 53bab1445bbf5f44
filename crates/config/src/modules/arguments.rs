//! Whether calls give modules the values that they want.

use meridian_lang::{Diagnostic, Diagnostics, nearest};

use crate::model::{Config, Module, ModuleCall};

/// Compares the arguments of every call with the variables of the module.
pub(super) fn check(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for (path, module) in &config.modules {
        for call in &module.calls {
            if let Some(inner) = config.module(&path.child(&call.name.text)) {
                check_call(call, inner, &mut diagnostics);
            }
        }
    }
    diagnostics
}

fn check_call(call: &ModuleCall, module: &Module, diagnostics: &mut Diagnostics) {
    let body = &call.arguments;
    let known = || module.variables.iter().map(|variable| &*variable.name.text);
    for variable in &module.variables {
        if variable.default.is_none() && body.attribute(&variable.name.text).is_none() {
            let detail = format!(
                "The argument {:?} is required, but no definition was found.",
                &*variable.name.text
            );
            diagnostics
                .push(Diagnostic::error("Missing required argument", detail).at(body.missing));
        }
    }
    for argument in &body.attributes {
        if known().all(|name| name != &*argument.name) {
            let hint = nearest(&argument.name, known())
                .map(|near| format!(" Did you mean {near:?}?"))
                .unwrap_or_default();
            let name = &*argument.name;
            let (summary, detail) = if argument.is_json {
                (
                    "Extraneous JSON object property",
                    format!("No argument or block type is named {name:?}.{hint}"),
                )
            } else {
                (
                    "Unsupported argument",
                    format!("An argument named {name:?} is not expected here.{hint}"),
                )
            };
            diagnostics.push(Diagnostic::error(summary, detail).at(argument.name_span));
        }
    }
    for block in &body.blocks {
        let name = if block.dynamic.is_some() { "dynamic" } else { &*block.name };
        let hint = if known().any(|known| known == name) {
            format!(
                " Did you mean to define argument {name:?}? If so, use the equals sign to assign \
                 it a value."
            )
        } else {
            String::new()
        };
        let detail = format!("Blocks of type {name:?} are not expected here.{hint}");
        diagnostics.push(Diagnostic::error("Unsupported block type", detail).at(block.name_span));
    }
}
