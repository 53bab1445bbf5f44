//! The `aws` provider: its configuration block and the place that it stands for.

use std::collections::BTreeMap;

use meridian_lang::{Marks, Path, Step, Type, Value};
use meridian_resource::{
    Attribute, DataSource, NestedBlock, Nesting, Notice, Place, Problem, Provider, ProviderKey,
    ResourceType, Reviewed, Schema,
};

use crate::endpoint_services::SERVICES;
use crate::{AmbientTags, data_sources, region, regional, resources};

/// The provider `aws` with its resource types.
pub struct AwsProvider {
    schema: Schema,
    resource_types: Vec<Box<dyn ResourceType>>,
    data_sources: Vec<Box<dyn DataSource>>,
    ephemeral_resources: Vec<Box<dyn DataSource>>,
    ambient_region: Option<String>,
    ambient_tags: AmbientTags,
    profile_regions: BTreeMap<String, String>,
}

impl AwsProvider {
    /// The provider; `ambient_region` is that of the environment or the profile, which holds
    /// where the configuration names none.
    pub fn new(ambient_region: Option<String>) -> AwsProvider {
        AwsProvider {
            schema: schema(),
            resource_types: regional::resource_types(resources::all()),
            data_sources: regional::data_sources(data_sources::all()),
            ephemeral_resources: regional::data_sources(data_sources::ephemeral()),
            ambient_region,
            ambient_tags: AmbientTags::default(),
            profile_regions: BTreeMap::new(),
        }
    }

    /// The same provider, which knows the Regions of these profiles: blocks may name them.
    #[must_use]
    pub fn with_profile_regions(mut self, regions: BTreeMap<String, String>) -> AwsProvider {
        self.profile_regions = regions;
        self
    }

    /// The same provider, with what the environment says of tags.
    #[must_use]
    pub fn with_ambient_tags(mut self, tags: AmbientTags) -> AwsProvider {
        self.ambient_tags = tags;
        self
    }

    fn region(&self, config: &Value) -> Result<String, Problem> {
        let written = config.get("region").filter(|region| !region.is_null());
        let name = match written {
            Some(region) if !region.is_known() => return Err(unknown("region")),
            Some(region) => region.as_str().filter(|region| !region.is_empty()),
            None => None,
        };
        let profile = config.get_str("profile").and_then(|name| self.profile_regions.get(name));
        let ambient = profile.or(self.ambient_region.as_ref()).map(String::as_str);
        let Some(name) = name.or(ambient) else {
            return Err(Problem::new(
                "Missing region configuration",
                "It is not known in which AWS Region to work.",
            )
            .at(Path::attribute("region"))
            .help(
                "Set region in the provider block, such as region = \"eu-central-1\", or the \
                 environment variable AWS_REGION.",
            ));
        };
        let is_unchecked = config.get("skip_region_validation").and_then(Value::as_bool);
        if region::is_known(name) || is_unchecked == Some(true) {
            return Ok(name.to_owned());
        }
        Err(Problem::new(
            format!("Invalid AWS Region: {name}"),
            format!("AWS has no Region {name:?}."),
        )
        .at(Path::attribute("region"))
        .help(region::advice(name)))
    }
}

fn unknown(argument: &str) -> Problem {
    Problem::new(
        format!("{argument} of the provider is not known yet"),
        "What a provider is configured with must be known before anything is planned.",
    )
    .at(Path::attribute(argument))
    .help("Use variables or literal values here, not attributes of resources still to be made.")
}

fn strings(names: &'static str) -> impl Iterator<Item = Attribute> {
    names.split_ascii_whitespace().map(|name| Attribute::optional(name, Type::String))
}

fn flags(names: &'static str) -> impl Iterator<Item = Attribute> {
    names.split_ascii_whitespace().map(|name| Attribute::optional(name, Type::Bool))
}

/// Arguments in alphabetical order.
fn sorted(attributes: impl IntoIterator<Item = Attribute>) -> Schema {
    let mut attributes: Vec<Attribute> = attributes.into_iter().collect();
    attributes.sort_by_key(|attribute| attribute.name);
    Schema { attributes, ..Schema::default() }
}

fn block(name: &'static str, nesting: Nesting, schema: Schema) -> NestedBlock {
    NestedBlock { name, nesting, max: 0, schema, key: None, settings: false }
}

fn schema() -> Schema {
    let texts = strings(
        "access_key custom_ca_bundle ec2_metadata_service_endpoint \
         ec2_metadata_service_endpoint_mode http_proxy https_proxy no_proxy profile region \
         retry_mode s3_us_east_1_regional_endpoint secret_key skip_metadata_api_check sts_region \
         token",
    );
    let switches = flags(
        "insecure s3_use_path_style skip_credentials_validation skip_region_validation \
         skip_requesting_account_id use_dualstack_endpoint use_fips_endpoint",
    );
    let others = [
        Attribute::optional("allowed_account_ids", Type::set(Type::String)),
        Attribute::optional("forbidden_account_ids", Type::set(Type::String)),
        Attribute::optional("max_retries", Type::Number),
        Attribute::optional("shared_config_files", Type::list(Type::String)),
        Attribute::optional("shared_credentials_files", Type::list(Type::String)),
        Attribute::optional("token_bucket_rate_limiter_capacity", Type::Number),
    ];
    let credential = |it: Attribute| match it.name {
        "secret_key" | "token" => it.sensitive(),
        // The address of a proxy may hold a password.
        "http_proxy" | "https_proxy" => it.sensitive(),
        _ => it,
    };
    Schema { blocks: blocks(), ..sorted(texts.map(credential).chain(switches).chain(others)) }
}

fn blocks() -> Vec<NestedBlock> {
    let role = strings("duration external_id policy role_arn session_name source_identity");
    let role = role.chain([
        Attribute::optional("policy_arns", Type::set(Type::String)),
        Attribute::optional("tags", Type::map(Type::String)),
        Attribute::optional("transitive_tag_keys", Type::set(Type::String)),
    ]);
    let web_identity =
        strings("duration policy role_arn session_name web_identity_token web_identity_token_file");
    let web_identity = web_identity.map(|it| match it.name {
        "web_identity_token" => it.sensitive(),
        _ => it,
    });
    let arns = Attribute::optional("policy_arns", Type::set(Type::String));
    let default_tags = Attribute::optional("tags", Type::map(Type::String));
    let ignored =
        ["key_prefixes", "keys"].map(|name| Attribute::optional(name, Type::set(Type::String)));
    vec![
        block("assume_role", Nesting::List, sorted(role)),
        block("assume_role_with_web_identity", Nesting::List, sorted(web_identity.chain([arns]))),
        block("default_tags", Nesting::List, sorted([default_tags])),
        block("endpoints", Nesting::Set, sorted(strings(SERVICES))),
        block("ignore_tags", Nesting::List, sorted(ignored)),
    ]
}

/// The values of an argument in all blocks of that name, if they are known.
fn in_blocks<'a>(
    config: &'a Value,
    block: &str,
    argument: &str,
) -> Result<Vec<&'a Value>, Problem> {
    let blocks = config.get(block).into_iter();
    let values: Vec<&Value> = blocks
        .flat_map(Value::children)
        .filter_map(|block| block.get(argument))
        .filter(|value| !value.is_null())
        .collect();
    if values.iter().all(|value| value.is_wholly_known()) {
        return Ok(values);
    }
    let path = Path::attribute(block).then(Step::Index(0)).then(Step::Attribute(argument.into()));
    Err(unknown(block).at(path))
}

fn texts(values: Vec<&Value>) -> Vec<String> {
    let elements = values.into_iter().flat_map(Value::children);
    elements.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

impl Provider for AwsProvider {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/hashicorp/aws"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn resource_types(&self) -> &[Box<dyn ResourceType>] {
        &self.resource_types
    }

    fn data_sources(&self) -> &[Box<dyn DataSource>] {
        &self.data_sources
    }

    fn review(&self, instances: &[Reviewed<'_>]) -> Vec<(usize, Notice)> {
        crate::review::review(instances)
    }

    fn ephemeral_resources(&self) -> &[Box<dyn DataSource>] {
        &self.ephemeral_resources
    }

    fn place(&self, key: &ProviderKey, config: &Value) -> Result<Place, Vec<Problem>> {
        let region = self.region(config);
        let default_tags = in_blocks(config, "default_tags", "tags");
        let keys = in_blocks(config, "ignore_tags", "keys");
        let prefixes = in_blocks(config, "ignore_tags", "key_prefixes");
        match (region, default_tags, keys, prefixes) {
            (Ok(region), Ok(default_tags), Ok(keys), Ok(prefixes)) => {
                let tags = default_tags.into_iter().filter_map(Value::as_entries).flatten();
                let is_hidden = |value: &Value| value.deep_marks().contains(Marks::SENSITIVE);
                let all_hidden = config.get("default_tags").is_some_and(|blocks| {
                    let mut blocks = blocks.children();
                    blocks.any(|it| {
                        it.is_sensitive() || it.get("tags").is_some_and(Value::is_sensitive)
                    })
                });
                let hidden = tags.clone().filter(|(_, value)| all_hidden || is_hidden(value));
                let hidden = hidden.map(|(key, _)| key.as_ref().to_owned()).collect();
                let tags = tags.filter_map(|(key, value)| {
                    Some((key.as_ref().to_owned(), value.as_str()?.to_owned()))
                });
                let AmbientTags { defaults, ignored_keys, ignored_prefixes } = &self.ambient_tags;
                Ok(Place {
                    provider: key.clone(),
                    region,
                    default_tags: defaults.clone().into_iter().chain(tags).collect(),
                    sensitive_default_tags: hidden,
                    ignored_tag_keys: [ignored_keys.clone(), texts(keys)].concat(),
                    ignored_tag_prefixes: [ignored_prefixes.clone(), texts(prefixes)].concat(),
                })
            }
            (region, default_tags, keys, prefixes) => {
                let problems = [region.err(), default_tags.err(), keys.err(), prefixes.err()];
                Err(problems.into_iter().flatten().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
