//! `import` blocks: objects that are taken into the state.

use meridian_config::{Config, Import, ProviderReference, Repetition};
use meridian_graph::{InstanceAddress, InstanceKey};
use meridian_lang::{Diagnostic, Diagnostics, Expr, ExprKind, Kind, Subject, Type, Value, convert};
use meridian_resource::Registry;

use crate::home::{Block, home};
use crate::inputs::{PriorObject, Question};
use crate::places::key_of;
use crate::planner::Planner;
use crate::repetition::expand;
use crate::values::{Values, Viewpoint};

/// Takes what `import` blocks name for a resource among the objects that there are, or asks for
/// it.
pub(crate) fn imported(
    planner: &mut Planner<'_>,
    block: &Block<'_>,
    instances: &[(Option<InstanceKey>, Viewpoint)],
) {
    let address = block.address;
    let config = planner.inputs.config;
    for import in &config.root().imports {
        if !mentions(&import.to, &address.type_name) {
            continue;
        }
        let repetition = match &import.for_each {
            Some(expr) => Repetition::ForEach(expr.clone()),
            None => Repetition::Single,
        };
        let viewpoints = match expand(&repetition, &planner.values, &Viewpoint::default()) {
            Ok(viewpoints) => viewpoints,
            Err(errors) => {
                planner.diagnostics.extend(errors);
                continue;
            }
        };
        for (_, viewpoint) in viewpoints {
            let target = target_of(planner, &import.to, &viewpoint);
            let Some(target) = target.and_then(|text| InstanceAddress::parse(&text)) else {
                continue;
            };
            if target.resource != *address || planner.has_prior(&target) {
                continue;
            }
            let Some((_, of_instance)) = instances.iter().find(|(key, _)| *key == target.key)
            else {
                let detail = format!(
                    "The configuration for the given import target {target} does not exist. All \
                     target instances must have an associated configuration to be imported."
                );
                planner.diagnostics.push(
                    Diagnostic::error("Configuration for import target does not exist", detail)
                        .at(import.to.span),
                );
                continue;
            };
            // What is wrong with the Region is told when the instance is planned.
            let (home, _) = home(&planner.values, block, of_instance, None);
            take(planner, import, block, home.region, target, &viewpoint);
        }
    }
}

fn take(
    planner: &mut Planner<'_>,
    import: &Import,
    block: &Block<'_>,
    home: String,
    address: InstanceAddress,
    viewpoint: &Viewpoint,
) {
    let id = match identity(&planner.values, import, viewpoint) {
        Ok(id) => id,
        Err(errors) => return planner.diagnostics.extend(errors),
    };
    let provider = match &import.provider {
        Some(reference) => key_of(
            planner.inputs.config,
            planner.inputs.registry,
            &planner.inputs.config.provider(&Default::default(), reference),
        ),
        None => block.place.provider.clone(),
    };
    let region = block.kind.region_of_import(&id).unwrap_or(home);
    let answer = planner.inputs.answers.imports.get(&address).filter(|answer| answer.id == id);
    match answer.map(|answer| &answer.result) {
        None => {
            planner.ask(Question::Import { address, provider, region, id, span: import.span });
        }
        Some(Err(error)) => {
            let mut error = error.clone().about(address.to_string());
            error.span = error.span.or(Some(import.span));
            planner.diagnostics.push(error);
        }
        Some(Ok(object)) => {
            planner.adopt(PriorObject {
                previous_address: None,
                importing: Some(id),
                deposed: None,
                provider,
                region,
                stored: object.clone(),
                observed: Some(object.clone()),
                dependencies: Vec::new(),
                unfinished: false,
                address,
            });
        }
    }
}

/// What an `import` block is to take over: for blocks that no resource block describes, whose
/// configuration is to be generated. Where the id names no Region it is empty: that of the
/// provider configuration is meant.
///
/// # Errors
/// Wrong ids, and types that are not built in.
pub fn undescribed(
    config: &Config,
    registry: &Registry,
    values: &Values<'_>,
) -> Result<Vec<Question>, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let mut questions = Vec::new();
    for import in &config.root().imports {
        let Some(target) = import.undescribed(config) else { continue };
        let Some(kind) = registry.resource_type(&target.type_name) else {
            let error = Diagnostic::error(
                "Resource type is not built in",
                format!(
                    "Configuration cannot be generated for {}.{}: the type {} is not built in.",
                    target.type_name, target.name, target.type_name
                ),
            );
            let known = registry.resource_type_names().join(", ");
            diagnostics.push(error.at(import.to.span).help(format!("built in are: {known}")));
            continue;
        };
        let id = match identity(values, import, &Viewpoint::default()) {
            Ok(id) => id,
            Err(errors) => {
                diagnostics.extend(errors);
                continue;
            }
        };
        // Without a reference it is the default configuration of the provider that the type's
        // name begins with.
        let (prefix, _) = target.type_name.split_once('_').unwrap_or((&target.type_name, ""));
        let implied = ProviderReference { name: prefix.into(), alias: None, span: import.to.span };
        let reference = import.provider.as_ref().unwrap_or(&implied);
        let provider = key_of(config, registry, &config.provider(&Default::default(), reference));
        let address = target.config().within(Default::default()).instance(None);
        let region = kind.region_of_import(&id).unwrap_or_default();
        questions.push(Question::Import { address, provider, region, id, span: import.span });
    }
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(questions) }
}

fn identity(
    values: &Values<'_>,
    import: &Import,
    viewpoint: &Viewpoint,
) -> Result<String, Diagnostics> {
    const SUMMARY: &str = "Invalid import id argument";
    let value = values.evaluate(&import.id, viewpoint)?;
    let invalid = |why: &str| Diagnostic::error(SUMMARY, why).at(import.id.span);
    let problem = match convert(&value, &Type::String) {
        Err(error) => invalid(&format!("The import ID value is unsuitable: {error}.")),
        Ok(value) if value.is_null() => invalid("The import ID cannot be null."),
        Ok(value) if value.is_sensitive() => {
            invalid("The import ID cannot be sensitive: it is shown in the plan.")
        }
        Ok(value) => match value.as_str() {
            Some("") => invalid("The import ID value evaluates to an empty string."),
            Some(text) => return Ok(text.to_owned()),
            None => invalid(
                "The import block \"id\" argument depends on resource attributes that cannot be \
                 determined until apply, so the object cannot be read now.",
            ),
        },
    };
    Err([problem].into_iter().collect())
}

/// Whether an address can be one of a type.
fn mentions(to: &Expr, type_name: &str) -> bool {
    let mut found = false;
    to.walk(&mut |expr| match &expr.kind {
        ExprKind::Reference(Subject::Resource(of, _)) => found |= &**of == type_name,
        ExprKind::Attribute(_, name) => found |= &**name == type_name,
        _ => {}
    });
    found
}

/// The text of an address whose keys may be expressions.
fn target_of(planner: &Planner<'_>, to: &Expr, viewpoint: &Viewpoint) -> Option<String> {
    match &to.kind {
        ExprKind::Reference(Subject::Resource(type_name, name)) => {
            Some(format!("{type_name}.{name}"))
        }
        ExprKind::Reference(Subject::Module(name)) => Some(format!("module.{name}")),
        ExprKind::Attribute(source, name) => {
            Some(format!("{}.{name}", target_of(planner, source, viewpoint)?))
        }
        ExprKind::Index(source, key) => {
            let key = instance_key(&planner.values.evaluate(key, viewpoint).ok()?)?;
            Some(format!("{}{key}", target_of(planner, source, viewpoint)?))
        }
        ExprKind::Parentheses(inner) => target_of(planner, inner, viewpoint),
        _ => None,
    }
}

fn instance_key(value: &Value) -> Option<InstanceKey> {
    match value.kind() {
        Kind::String(text) => Some(InstanceKey::Text(text.clone())),
        Kind::Number(number) => number.to_i64()?.try_into().ok().map(InstanceKey::Index),
        _ => None,
    }
}
