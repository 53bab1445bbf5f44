//! `meridian state replace-provider`

use std::process::ExitCode;

use meridian_resource::{ProviderKey, Registry};

use crate::arguments::{Global, ReplaceProviderArguments};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{edit, keys, project, stage};

/// Says what a change of a provider's source address comes to here: the providers are built in, so
/// objects have no other source address than theirs.
pub async fn run(
    global: &Global,
    arguments: &ReplaceProviderArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let (from, to) = (full(&arguments.from, "from")?, full(&arguments.to, "to")?);
    let Some(snapshot) = stage::snapshot(global, &keys::sealer(global)?)? else {
        return Err(edit::no_state(global));
    };
    let registry = project::registry(global.local, Vec::new()).await;
    let of_from = |provider: &str| source(provider, &registry) == from;
    let concerned = snapshot.objects.iter().filter(|object| of_from(&object.provider)).count();
    if concerned == 0 || from == to {
        terminal.line("No matching resources found.");
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::message(
        format!("Invalid \"to\" provider {:?}", arguments.to),
        format!(
            "{concerned} objects belong to {from}, which is built in. {to} is not, so no object \
             can belong to it."
        ),
    ))
}

/// The source address of the provider of an object.
fn source(provider: &str, registry: &Registry) -> String {
    let key = ProviderKey::parse(provider);
    registry.provider(&key.name).map_or_else(|| key.name.to_string(), |it| it.source().to_owned())
}

/// A source address with all its parts.
fn full(text: &str, which: &str) -> Result<String, Failure> {
    let is_name = |part: &str| {
        let inner = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        !part.is_empty()
            && part.chars().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let parts: Vec<&str> = text.split('/').collect();
    let full = match parts.as_slice() {
        [name] if is_name(name) => Some(format!("registry.terraform.io/hashicorp/{name}")),
        [owner, name] if is_name(owner) && is_name(name) => {
            Some(format!("registry.terraform.io/{owner}/{name}"))
        }
        [host, owner, name] if !host.is_empty() && is_name(owner) && is_name(name) => {
            Some(text.to_owned())
        }
        _ => None,
    };
    full.ok_or_else(|| {
        Failure::message(
            format!("Invalid {which:?} provider {text:?}"),
            "A source address has one to three parts, such as hashicorp/aws; they contain only \
             letters, digits, and dashes, and may not use leading or trailing dashes.",
        )
    })
}
