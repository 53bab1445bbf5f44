//! Addresses of modules and resources that `moved` and `removed` blocks name.

use std::sync::Arc;

use meridian_lang::{
    InstanceAddress, InstanceKey, ModuleInstance, ModuleStep, ResourceAddress, ResourceMode, Span,
    Step, Target,
};

use crate::reader::Reader;
use crate::static_reference::StaticReference;

const SUMMARY: &str = "Invalid address";
const NEEDS_NAME: &str = "Resource specification must include a resource type and name.";

/// Names that begin references to something else than resources.
pub(crate) const RESERVED: [&str; 10] =
    ["arg", "count", "each", "lazy", "local", "path", "self", "template", "terraform", "var"];

/// An address as it is written, with the places of its keys.
pub(crate) struct Address {
    span: Span,
    modules: Vec<(ModuleStep, Option<Span>)>,
    resource: Option<(ResourceMode, Arc<str>, Arc<str>)>,
    /// What follows the resource's name.
    rest: Vec<(Step, Span)>,
}

impl Address {
    /// Reads a reference as an address; what is none is reported.
    pub(crate) fn of(reader: &mut Reader<'_>, reference: &StaticReference) -> Option<Address> {
        let first = Step::Attribute(reference.root.as_str().into());
        let mut steps = std::iter::once((first, reference.root_span()))
            .chain(reference.steps.iter().cloned())
            .peekable();
        let mut modules = Vec::new();
        while let Some((_, keyword)) = steps.next_if(|(step, _)| is_attribute(step, "module")) {
            let Some((Step::Attribute(name), _)) = steps.next() else {
                reader.error(
                    keyword,
                    SUMMARY,
                    "Prefix \"module.\" must be followed by a module name.",
                );
                return None;
            };
            let key = steps.next_if(|(step, _)| !matches!(step, Step::Attribute(_)));
            let span = key.as_ref().map(|(_, span)| *span);
            let key = key.and_then(|(step, _)| instance_key(step));
            modules.push((ModuleStep { name, key }, span));
        }
        let mut address =
            Address { span: reference.span, modules, resource: None, rest: Vec::new() };
        let Some((first, place)) = steps.next() else {
            return Some(address);
        };
        let reserved = |name: &str| RESERVED.contains(&name);
        let (mode, type_name, place) = match first {
            Step::Attribute(name) if address.modules.is_empty() && reserved(&name) => {
                let detail = format!(
                    "The keyword \"{name}\" is reserved and cannot be used to target a resource \
                     address. If you are targeting a resource type that uses a reserved keyword, \
                     please prefix your address with \"resource.\"."
                );
                reader.error(place, SUMMARY, detail);
                return None;
            }
            Step::Attribute(name) => match mode(&name) {
                None => (ResourceMode::Managed, Some(name), place),
                Some(mode) => match steps.next() {
                    Some((Step::Attribute(name), place)) => (mode, Some(name), place),
                    other => (mode, None, other.map_or(place, |(_, place)| place)),
                },
            },
            _ => (ResourceMode::Managed, None, place),
        };
        match (type_name, steps.next()) {
            (Some(type_name), Some((Step::Attribute(name), _))) => {
                address.resource = Some((mode, type_name, name));
            }
            _ => {
                reader.error(place, SUMMARY, NEEDS_NAME);
                return None;
            }
        }
        address.rest = steps.collect();
        Some(address)
    }

    /// The whole of it.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// What kind of block the resource is, if it names one.
    pub(crate) fn mode(&self) -> Option<ResourceMode> {
        self.resource.as_ref().map(|(mode, ..)| *mode)
    }

    /// Where the first key of a module stands.
    pub(crate) fn module_key(&self) -> Option<Span> {
        self.modules.iter().find_map(|(_, key)| *key)
    }

    /// Where something stands behind the resource's name.
    pub(crate) fn behind_resource(&self) -> Option<Span> {
        self.rest.first().map(|(_, span)| *span)
    }

    /// What it names.
    pub(crate) fn target(self, reader: &mut Reader<'_>) -> Option<Target> {
        let module: ModuleInstance = self.modules.into_iter().map(|(step, _)| step).collect();
        let Some((mode, type_name, name)) = self.resource else {
            return Some(Target::Module(module));
        };
        let mut rest = self.rest.into_iter();
        let key = match rest.next() {
            None => None,
            Some((Step::Attribute(_), span)) => {
                reader.error(
                    span,
                    SUMMARY,
                    "Resource instance key must be given in square brackets.",
                );
                return None;
            }
            Some((step, _)) => instance_key(step),
        };
        if let Some((_, span)) = rest.next() {
            reader.error(span, SUMMARY, "Unexpected extra operators after address.");
            return None;
        }
        let resource = ResourceAddress { module, mode, type_name, name };
        Some(Target::Resource(InstanceAddress { resource, key }))
    }
}

fn is_attribute(step: &Step, name: &str) -> bool {
    matches!(step, Step::Attribute(attribute) if &**attribute == name)
}

/// The mode that a word before a type's name stands for.
fn mode(word: &str) -> Option<ResourceMode> {
    match word {
        "data" => Some(ResourceMode::Data),
        "ephemeral" => Some(ResourceMode::Ephemeral),
        "resource" => Some(ResourceMode::Managed),
        _ => None,
    }
}

fn instance_key(step: Step) -> Option<InstanceKey> {
    match step {
        Step::Attribute(_) => None,
        Step::Index(index) => u64::try_from(index).ok().map(InstanceKey::Index),
        Step::Key(text) => Some(InstanceKey::Text(text)),
    }
}
