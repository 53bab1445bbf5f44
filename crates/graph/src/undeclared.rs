//! What is said of references to what is not declared, or not there.

use meridian_config::{Config, ProviderAddress};
use meridian_lang::{Diagnostic, ModulePath, RepetitionPart, ResourceMode, Span, Subject, nearest};

/// A module as messages name it.
fn displayed(path: &ModulePath) -> String {
    if path.is_root() { "the root module".to_owned() } else { path.to_string() }
}

/// Says that nothing of that name is declared in a module, and what may have been meant.
pub(crate) fn undeclared(config: &Config, path: &ModulePath, subject: &Subject) -> Diagnostic {
    let Some(module) = config.module(path) else {
        return Diagnostic::error("Reference to undeclared module", "There is no such module.");
    };
    let place = displayed(path);
    match subject {
        Subject::Variable(name) => {
            let near = nearest(name, module.variables.iter().map(|it| &*it.name.text));
            let advice = near.map_or_else(
                || format!("This variable can be declared with a variable \"{name}\" {{}} block."),
                |near| format!("Did you mean \"{near}\"?"),
            );
            let detail = format!(
                "An input variable with the name \"{name}\" has not been declared. {advice}"
            );
            Diagnostic::error("Reference to undeclared input variable", detail)
        }
        Subject::Local(name) => {
            let near = nearest(name, module.locals.iter().map(|it| &*it.name.text));
            let advice = near.map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
            let detail =
                format!("A local value with the name \"{name}\" has not been declared.{advice}");
            Diagnostic::error("Reference to undeclared local value", detail)
        }
        Subject::Module(name) => {
            let near = nearest(name, module.calls.iter().map(|it| &*it.name.text));
            let advice = near.map_or(String::new(), |near| format!(" Did you mean \"{near}\"?"));
            let detail = format!("No module call named \"{name}\" is declared in {place}.{advice}");
            Diagnostic::error("Reference to undeclared module", detail)
        }
        other => {
            let (mode, what, type_name, name) = match other {
                Subject::Data(type_name, name) => {
                    (ResourceMode::Data, "data resource", type_name, name)
                }
                Subject::Ephemeral(type_name, name) => {
                    (ResourceMode::Ephemeral, "ephemeral resource", type_name, name)
                }
                Subject::Resource(type_name, name) => {
                    (ResourceMode::Managed, "managed resource", type_name, name)
                }
                // Everything else is there or out of place, and never undeclared.
                _ => return Diagnostic::error("Invalid reference", "There is no such object."),
            };
            let article = if mode == ResourceMode::Ephemeral { "An" } else { "A" };
            let detail = format!(
                "{article} {what} \"{type_name}\" \"{name}\" has not been declared in {place}."
            );
            let error = Diagnostic::error("Reference to undeclared resource", detail);
            let spelled =
                |type_name: &str, name: &str| format!("{}{type_name}.{name}", mode.prefix());
            let wanted = spelled(type_name, name);
            let same_mode = module.resources.iter().filter(|it| it.mode == mode);
            let addresses: Vec<String> =
                same_mode.map(|it| spelled(&it.type_name.text, &it.name.text)).collect();
            match nearest(&wanted, addresses.iter().map(String::as_str)) {
                Some(near) => error.help(format!("did you mean {near}?")),
                None => error,
            }
        }
    }
}

/// Says that a provider configuration is named that no one has written.
pub(crate) fn undeclared_provider(provider: &ProviderAddress, span: Span) -> Diagnostic {
    let ProviderAddress { module, name, alias } = provider;
    let alias = alias.as_deref().unwrap_or_default();
    let error = if module.is_root() {
        let detail = format!(
            "The configuration names {name}.{alias}, but there is no provider \"{name}\" block with that alias."
        );
        Diagnostic::error("Provider configuration not present", detail).help(format!(
            "write provider \"{name}\" {{ alias = \"{alias}\" … }}, or name another one"
        ))
    } else {
        let detail = format!(
            "{module} names {name}.{alias}, but neither configures it nor is given it by its caller."
        );
        Diagnostic::error("Provider configuration not present", detail)
            .help(format!("pass it in the module block: providers = {{ {name}.{alias} = … }}"))
    };
    error.at(span)
}

/// Says that `each` or `count` is used where nothing is repeated.
pub(crate) fn out_of_place(part: RepetitionPart) -> Diagnostic {
    match part {
        RepetitionPart::CountIndex => Diagnostic::error(
            "Reference to \"count\" in non-counted context",
            "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" \
             blocks, and only when the \"count\" argument is set.",
        ),
        RepetitionPart::EachKey | RepetitionPart::EachValue => Diagnostic::error(
            "Reference to \"each\" in context without for_each",
            "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only \
             when the \"for_each\" argument is set.",
        ),
    }
}
