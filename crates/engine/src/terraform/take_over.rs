//! A state of Terraform becomes objects of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meridian_graph::{ConfigResource, InstanceAddress, ModuleInstance, ResourceMode};
use meridian_lang::{Diagnostic, Diagnostics, Value};
use meridian_plan::without_secrets;
use meridian_resource::{Nesting, Object, ProviderKey, Registry, ResourceType, Schema, TAINTED};
use meridian_state::{
    Sealer, StoredObject, StoredOutput, TerraformObject, TerraformProvider, TerraformState,
    from_terraform,
};

use super::is_irreplaceable;
use super::secrecy::guarded;
use super::upgrade::upgraded;

/// What is taken over.
#[derive(Default)]
pub struct TakenOver {
    /// The objects.
    pub objects: Vec<StoredObject>,
    /// The outputs.
    pub outputs: BTreeMap<Arc<str>, StoredOutput>,
    /// Objects of types that are not built in, by their types.
    pub foreign: BTreeMap<String, Foreign>,
    /// Objects that Terraform was going to replace, and that are kept and finished instead.
    pub kept: Vec<InstanceAddress>,
    /// How many data sources there were: they are read again.
    pub data_sources: usize,
}

/// Objects of one type that is not built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The source address of the provider.
    pub provider: String,
    /// The objects.
    pub addresses: BTreeSet<InstanceAddress>,
}

/// Takes over a state of Terraform. `region` tells the Region of a provider configuration, for
/// objects that do not tell their own. Secrets that the configuration gives become fingerprints.
///
/// # Errors
/// Every object that cannot be taken over.
pub fn take_over_state(
    state: &TerraformState,
    registry: &Registry,
    sealer: &Sealer,
    region: &dyn Fn(&ProviderKey) -> Option<String>,
) -> Result<TakenOver, Diagnostics> {
    let mut taken = TakenOver::default();
    let mut wrong = Diagnostics::new();
    let modules: BTreeSet<&ModuleInstance> =
        state.objects.iter().map(|object| &object.address.resource.module).collect();
    for object in &state.objects {
        let resource = &object.address.resource;
        if resource.mode != ResourceMode::Managed {
            taken.data_sources += 1;
            continue;
        }
        let known = registry.resource_type(&resource.type_name);
        let (Some(kind), Some(provider)) = (known, provider_key(&object.provider, registry)) else {
            let source = object.provider.source.clone();
            let foreign = taken.foreign.entry(resource.type_name.to_string());
            let foreign =
                foreign.or_insert_with(|| Foreign { provider: source, addresses: BTreeSet::new() });
            foreign.addresses.insert(object.address.clone());
            continue;
        };
        let stored = stored(object, kind, provider, registry, sealer, region, &modules);
        match stored {
            Ok(stored) => {
                if object.tainted && stored.unfinished {
                    taken.kept.push(stored.address.clone());
                }
                taken.objects.push(stored);
            }
            Err(error) => wrong.push(error.about(object.address.to_string())),
        }
    }
    taken.outputs = state
        .outputs
        .iter()
        .filter(|(_, output)| !output.value.is_null())
        .map(|(name, output)| {
            let (value, sensitive) = (output.value.clone(), output.sensitive);
            (name.clone(), StoredOutput { value, sensitive })
        })
        .collect();
    wrong.check().map(|_| taken)
}

/// The provider configuration by its name here. OpenTofu's registry has the same providers.
fn provider_key(named: &TerraformProvider, registry: &Registry) -> Option<ProviderKey> {
    let source = named.source.replace("registry.opentofu.org/", "registry.terraform.io/");
    let provider = registry.provider_of_source(&source)?;
    let (module, alias) = (named.module.clone(), named.alias.clone());
    Some(ProviderKey { module, name: provider.name().into(), alias })
}

fn stored(
    object: &TerraformObject,
    kind: &dyn ResourceType,
    provider: ProviderKey,
    registry: &Registry,
    sealer: &Sealer,
    region: &dyn Fn(&ProviderKey) -> Option<String>,
    modules: &BTreeSet<&ModuleInstance>,
) -> Result<StoredObject, Diagnostic> {
    let (address, schema) = (&object.address, kind.schema());
    let type_name = &*address.resource.type_name;
    let (from, to) = (object.schema_version, u64::from(schema.version));
    let attributes = upgraded(type_name, from, to, object.attributes.clone());
    let attributes = attributes.ok_or_else(|| other_version(type_name, from, to))?;
    let region = match home(&attributes, &provider, registry) {
        Home::Nowhere => String::new(),
        Home::In(region) => region,
        Home::OfProvider => region(&provider).ok_or_else(|| no_region(&provider))?,
    };
    let attributes = from_terraform(&attributes, &schema.ty()).map_err(|why| {
        let detail = format!("The state file has attributes that do not fit the type: {why}.");
        Diagnostic::error("Invalid resource instance data in state", detail)
    })?;
    let attributes = guarded(schema, with_empty_blocks(schema, attributes), &object.sensitive);
    let fingerprint = |context: &str, secret: &str| sealer.fingerprint(context, secret.as_bytes());
    let attributes = without_secrets(schema, address, attributes, &fingerprint);
    let finishes = object.tainted && is_irreplaceable(type_name);
    let tainted = (object.tainted && !finishes).then(|| (TAINTED, Value::bool(true)));
    let facts = Value::object(tainted);
    let Object { attributes, facts } = kind.taken_over(Object { attributes, facts });
    let needed = object.dependencies.iter();
    let needed = needed.flat_map(|block| instances(block, &address.resource.module, modules));
    Ok(StoredObject {
        address: address.clone(),
        deposed: object.deposed.clone(),
        type_name: type_name.to_owned(),
        provider: provider.to_string(),
        region,
        attributes,
        facts,
        dependencies: needed.collect(),
        create_before_destroy: object.create_before_destroy,
        unfinished: finishes,
        schema_version: schema.version,
    })
}

/// Where an object lives.
enum Home {
    /// On this machine.
    Nowhere,
    /// In this Region, as it says itself.
    In(String),
    /// In the Region of its provider configuration.
    OfProvider,
}

fn home(attributes: &serde_json::Value, provider: &ProviderKey, registry: &Registry) -> Home {
    let schema = registry.provider(&provider.name).map(|it| it.schema());
    if schema.is_none_or(|schema| schema.attribute("region").is_none()) {
        return Home::Nowhere;
    }
    let text = |name: &str| attributes.get(name).and_then(serde_json::Value::as_str);
    if let Some(region) = text("region").filter(|region| !region.is_empty()) {
        return Home::In(region.to_owned());
    }
    // arn:PARTITION:SERVICE:REGION:...
    let of_arn = |text: &str| text.strip_prefix("arn:")?.split(':').nth(2).map(str::to_owned);
    let named = ["arn", "secret_arn", "secret_id", "key_id", "id"].into_iter().filter_map(text);
    match named.filter_map(of_arn).find(|region| !region.is_empty()) {
        Some(region) => Home::In(region),
        None => Home::OfProvider,
    }
}

/// A collection of blocks is never null here.
fn with_empty_blocks(schema: &Schema, attributes: Value) -> Value {
    let repeated = schema.blocks.iter().filter(|block| block.nesting != Nesting::Single);
    repeated.fold(attributes, |all, block| match all.get(block.name) {
        Some(value) if value.is_null() => all.with(block.name, block.none()),
        _ => all,
    })
}

/// The instances of a block that an object in a module depends on: within the steps that both
/// share, the same ones.
fn instances(
    block: &ConfigResource,
    module: &ModuleInstance,
    modules: &BTreeSet<&ModuleInstance>,
) -> Vec<InstanceAddress> {
    if block.mode != ResourceMode::Managed {
        return Vec::new();
    }
    let shared = |other: &ModuleInstance| {
        let steps = other.steps().iter().zip(module.steps());
        let same_call = steps.take_while(|(a, b)| a.name == b.name);
        same_call.fold(true, |same, (a, b)| same && a == b)
    };
    let found = modules.iter().filter(|it| it.path() == block.module && shared(it));
    found.map(|it| block.within((*it).clone()).instance(None)).collect()
}

fn other_version(type_name: &str, from: u64, to: u64) -> Diagnostic {
    if from > to {
        return Diagnostic::error(
            "Resource instance managed by newer provider version",
            format!(
                "The state file has this object in version {from} of the schema of {type_name}, and \
                 version {to} is the newest that is known here."
            ),
        );
    }
    Diagnostic::error(
        "Resource instance managed by older provider version",
        format!(
            "The state file has this object in version {from} of the schema of {type_name}; \
             version {to} is the present one, and there is no known way from one to the other."
        ),
    )
    .help("run \"terraform apply -refresh-only\" with the latest version of the provider first")
}

fn no_region(provider: &ProviderKey) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "The object does not tell in which Region it lives, and the configuration has no \
             provider {provider} that would."
        ),
    )
    .help("run the command in the folder of the configuration that goes with this state")
}

#[cfg(test)]
mod tests {
    use meridian_graph::Target;

    use super::*;

    #[test]
    fn dependencies_lead_to_the_same_instances_where_modules_are_shared() {
        let module = |text: &str| match Target::parse(text) {
            Some(Target::Module(module)) => module,
            _ => ModuleInstance::root(),
        };
        let all = [
            "",
            "module.a[0]",
            "module.a[1]",
            "module.a[0].module.b",
            "module.a[1].module.b",
            "module.c[\"x\"]",
        ]
        .map(module);
        let modules: BTreeSet<&ModuleInstance> = all.iter().collect();
        for (block, from, expected) in [
            ("t.x", "module.a[1]", vec!["t.x"]),
            ("module.a.t.x", "module.a[1]", vec!["module.a[1].t.x"]),
            ("module.a.t.x", "module.a[1].module.b", vec!["module.a[1].t.x"]),
            ("module.a.module.b.t.x", "module.a[0]", vec!["module.a[0].module.b.t.x"]),
            ("module.a.t.x", "", vec!["module.a[0].t.x", "module.a[1].t.x"]),
            ("module.a.t.x", "module.c[\"x\"]", vec!["module.a[0].t.x", "module.a[1].t.x"]),
            ("data.t.x", "", vec![]),
            ("module.gone.t.x", "", vec![]),
        ] {
            let named = Target::parse(block).and_then(Target::instance).expect(block);
            let found = instances(&named.resource.config(), &module(from), &modules);
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{block} from {from}");
        }
    }
}
