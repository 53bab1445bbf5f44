//! What a configuration asks for and this program has not: told all at once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use meridian_config::{Config, Module, Resource};
use meridian_graph::{ConfigResource, Graph, Node, ResourceMode, Target};
use meridian_lang::{Diagnostic, Diagnostics, Span, nearest};
use meridian_plan::{MISSPELT, Options};
use meridian_resource::Registry;

/// How many blocks of one type are named.
const NAMED: usize = 3;

/// A block of a type that is not built in.
struct Foreign {
    address: ConfigResource,
    span: Span,
    provider: String,
}

/// One error about all blocks of types that are not built in, as far as they are worked on.
/// A name that is nearly one that is built in is no such type: it is misspelt.
pub fn unsupported(
    config: &Config,
    graph: Option<&Graph>,
    registry: &Registry,
    options: &Options,
) -> Option<Diagnostic> {
    let concerned = graph.and_then(|graph| concerned(graph, options));
    let is_concerned = |address: &ConfigResource| {
        concerned.as_ref().is_none_or(|all| all.contains(address))
            && !options.excludes.iter().any(|it| covers(it, address))
    };
    let foreign = all_foreign(config, registry);
    let foreign: Vec<Foreign> =
        foreign.into_iter().filter(|it| is_concerned(&it.address)).collect();
    let first = foreign.first()?;
    let mut detail = String::from(
        "Meridian manages KMS keys and Secrets Manager secrets, and what goes with them. This \
         configuration also asks for:\n",
    );
    let mut types: BTreeMap<(&str, &str, ResourceMode), Vec<&ConfigResource>> = BTreeMap::new();
    for it in &foreign {
        let key = (&*it.provider, &*it.address.type_name, it.address.mode);
        types.entry(key).or_default().push(&it.address);
    }
    for ((provider, type_name, mode), addresses) in types {
        let kind = match mode {
            ResourceMode::Managed => "resource",
            ResourceMode::Data => "data",
            ResourceMode::Ephemeral => "ephemeral",
        };
        let shown: Vec<String> = addresses.iter().take(NAMED).map(ToString::to_string).collect();
        let more = match addresses.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        detail.push_str(&format!(
            "\n  - {kind} \"{type_name}\" of {provider}: {}{more}",
            shown.join(", ")
        ));
    }
    let mut error = Diagnostic::error("Unsupported resource types", detail).at(first.span);
    // A place of each type is enough to find the others.
    let mut told = BTreeSet::from([&first.address.type_name]);
    for it in &foreign[1..] {
        if told.insert(&it.address.type_name) {
            error = error.label(it.span, "not built in either");
        }
    }
    Some(error.help(
        "move keys and secrets to a root module of their own, and leave the rest to Terraform; or \
         work on a part of this one: -target=ADDRESS takes a resource and what it depends on, \
         -exclude=ADDRESS leaves one out",
    ))
}

/// The same messages without those about blocks that [`unsupported`] tells of.
pub fn without_foreign(found: Diagnostics, config: &Config, registry: &Registry) -> Diagnostics {
    let spans: HashSet<Span> = config
        .modules
        .values()
        .flat_map(|module| module.resources.iter().map(move |resource| (module, resource)))
        .filter(|(module, resource)| is_foreign(module, resource, registry))
        .map(|(_, resource)| resource.type_name.span)
        .collect();
    found.into_iter().filter(|it| it.span.is_none_or(|span| !spans.contains(&span))).collect()
}

fn all_foreign(config: &Config, registry: &Registry) -> Vec<Foreign> {
    let mut foreign = Vec::new();
    for (path, module) in &config.modules {
        for resource in &module.resources {
            if is_foreign(module, resource, registry) {
                foreign.push(Foreign {
                    address: resource.address(path),
                    span: resource.span,
                    provider: module.provider_source(local_name(resource)),
                });
            }
        }
    }
    foreign
}

/// The name of its provider in its module.
fn local_name(resource: &Resource) -> &str {
    let type_name = &*resource.type_name.text;
    match &resource.provider {
        Some(reference) => &reference.name,
        None => type_name.split_once('_').map_or(type_name, |(prefix, _)| prefix),
    }
}

fn is_foreign(module: &Module, resource: &Resource, registry: &Registry) -> bool {
    let name = &*resource.type_name.text;
    let is_built_in = match resource.mode {
        ResourceMode::Managed => registry.resource_type(name).is_some(),
        ResourceMode::Data => registry.data_source(name).is_some(),
        ResourceMode::Ephemeral => registry.ephemeral_resource(name).is_some(),
    };
    if is_built_in {
        return false;
    }
    let source = module.provider_source(local_name(resource));
    let known = match resource.mode {
        ResourceMode::Managed => registry.resource_type_names(),
        ResourceMode::Data => registry.data_source_names(),
        ResourceMode::Ephemeral => Vec::new(),
    };
    let is_misspelt = name.len() >= MISSPELT && nearest(name, known).is_some();
    registry.provider_of_source(&source).is_none() || !is_misspelt
}

/// The blocks that `-target` leaves; none if it is not given, which leaves all.
fn concerned(graph: &Graph, options: &Options) -> Option<HashSet<ConfigResource>> {
    if options.targets.is_empty() {
        return None;
    }
    let mut concerned = HashSet::new();
    let mut open: Vec<Node> = graph
        .in_order()
        .filter(|node| match node {
            Node::Resource(address) => options.targets.iter().any(|it| covers(it, address)),
            _ => false,
        })
        .cloned()
        .collect();
    let mut seen: HashSet<Node> = open.iter().cloned().collect();
    while let Some(here) = open.pop() {
        if let Node::Resource(address) = &here {
            concerned.insert(address.clone());
        }
        for (needed, _) in graph.dependencies(&here) {
            if seen.insert(needed.clone()) {
                open.push(needed.clone());
            }
        }
    }
    Some(concerned)
}

/// Whether a target names instances of a block.
fn covers(target: &Target, address: &ConfigResource) -> bool {
    match target {
        Target::Module(module) => address.module.names().starts_with(module.path().names()),
        Target::Resource(instance) => instance.resource.config() == *address,
    }
}
