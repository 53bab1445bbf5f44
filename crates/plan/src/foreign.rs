//! What a configuration asks for and this program has not: told all at once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use meridian_config::{Config, Resource};
use meridian_graph::{ConfigResource, Graph, Node, ResourceMode, Target};
use meridian_lang::{Diagnostic, Diagnostics, Span, nearest};
use meridian_resource::Registry;

use crate::Options;

/// How many blocks of one type are named.
const NAMED: usize = 3;

/// A block of a type that is not built in.
struct Foreign {
    address: ConfigResource,
    span: Span,
    provider: String,
}

/// A block whose type is nearly one that is built in.
struct Misspelt<'c> {
    resource: &'c Resource,
    meant: &'static str,
}

/// The least length of a type's name that is taken for another one misspelt.
const MISSPELT: usize = 8;

/// What is said of blocks of types that are not built in, as far as they are worked on: one error
/// about all of them, and one for each name that is misspelt. Without a graph it is not known what
/// `-target` leaves, and all blocks count.
pub fn foreign_types(
    config: &Config,
    graph: Option<&Graph>,
    registry: &Registry,
    options: &Options,
) -> Diagnostics {
    let (foreign, misspelt) = all_foreign(config, graph, registry, options);
    misspelt.iter().map(misspelt_type).chain(unsupported(&foreign)).collect()
}

fn unsupported(foreign: &[Foreign]) -> Option<Diagnostic> {
    let first = foreign.first()?;
    let mut detail = String::from(
        "Meridian manages KMS keys and Secrets Manager secrets, and what goes with them. This \
         configuration also asks for:\n",
    );
    let mut types: BTreeMap<(&str, &str, ResourceMode), Vec<&ConfigResource>> = BTreeMap::new();
    for it in foreign {
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

/// Blocks of types that are not built in, as far as they are worked on: those of other providers and
/// fields, and those whose names are nearly one that is built in.
fn all_foreign<'c>(
    config: &'c Config,
    graph: Option<&Graph>,
    registry: &Registry,
    options: &Options,
) -> (Vec<Foreign>, Vec<Misspelt<'c>>) {
    let concerned = graph.and_then(|graph| concerned(graph, options));
    let is_concerned = |address: &ConfigResource| {
        concerned.as_ref().is_none_or(|all| all.contains(address))
            && !options.excludes.iter().any(|it| covers(it, address))
    };
    let (mut foreign, mut misspelt) = (Vec::new(), Vec::new());
    for (path, module) in &config.modules {
        for resource in &module.resources {
            if is_built_in(registry, resource.mode, &resource.type_name.text) {
                continue;
            }
            let address = resource.address(path);
            if !is_concerned(&address) {
                continue;
            }
            let provider = module.provider_source(local_name(resource));
            match meant(registry, &provider, resource) {
                Some(meant) => misspelt.push(Misspelt { resource, meant }),
                None => foreign.push(Foreign { address, span: resource.span, provider }),
            }
        }
    }
    (foreign, misspelt)
}

pub(crate) fn is_built_in(registry: &Registry, mode: ResourceMode, name: &str) -> bool {
    match mode {
        ResourceMode::Managed => registry.resource_type(name).is_some(),
        ResourceMode::Data => registry.data_source(name).is_some(),
        ResourceMode::Ephemeral => registry.ephemeral_resource(name).is_some(),
    }
}

/// The name of its provider in its module.
fn local_name(resource: &Resource) -> &str {
    let type_name = &*resource.type_name.text;
    match &resource.provider {
        Some(reference) => &reference.name,
        None => type_name.split_once('_').map_or(type_name, |(prefix, _)| prefix),
    }
}

/// The built-in type of a built-in provider that a block may have meant.
fn meant(registry: &Registry, provider: &str, resource: &Resource) -> Option<&'static str> {
    registry.provider_of_source(provider)?;
    let known = match resource.mode {
        ResourceMode::Managed => registry.resource_type_names(),
        ResourceMode::Data => registry.data_source_names(),
        ResourceMode::Ephemeral => return None,
    };
    let name = &*resource.type_name.text;
    // Short names are near each other by chance: aws_ami is no misspelt aws_arn.
    nearest(name, known).filter(|_| name.len() >= MISSPELT)
}

fn misspelt_type(Misspelt { resource, meant }: &Misspelt<'_>) -> Diagnostic {
    let name = &resource.type_name.text;
    let (summary, what) = match resource.mode {
        ResourceMode::Data => ("Invalid data source", "data source"),
        _ => ("Invalid resource type", "resource type"),
    };
    Diagnostic::error(summary, format!("The provider does not support {what} \"{name}\"."))
        .at(resource.type_name.span)
        .help(format!("did you mean \"{meant}\"?"))
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
