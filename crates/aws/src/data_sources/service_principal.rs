//! `aws_service_principal`: how policies name a service.

use meridian_lang::{Type, Value};
use meridian_resource::{Answer, Attribute, DataError, DataSource, Place, Schema};

use super::region::not_found;
use super::{shown, with_attributes};
use crate::region;

/// The domain of service principals everywhere, whatever the partition's own domain.
const COMMON: &str = "amazonaws.com";

/// Services that are named by the partition's own domain, as hashicorp/aws 5.100.0 knows them.
const NAMED_BY_PARTITION: &[(&str, &[&str])] = &[
    ("aws-cn", &["codedeploy", "elasticmapreduce", "logs"]),
    ("aws-iso", &["cloudhsm", "config", "logs", "workspaces"]),
    ("aws-iso-b", &["dms", "logs"]),
];

pub(super) struct ServicePrincipal {
    schema: Schema,
}

impl ServicePrincipal {
    pub(super) fn new() -> ServicePrincipal {
        let attributes = vec![
            Attribute::computed("id", Type::String),
            Attribute::computed("name", Type::String),
            Attribute::optional_computed("region", Type::String),
            Attribute::required("service_name", Type::String),
            Attribute::computed("suffix", Type::String),
        ];
        ServicePrincipal { schema: Schema { attributes, ..Schema::default() } }
    }
}

fn suffix(service: &str, partition: region::Partition) -> &'static str {
    let exceptions = NAMED_BY_PARTITION.iter().find(|(name, _)| *name == partition.name);
    match exceptions {
        Some((_, services)) if services.contains(&service) => partition.dns_suffix,
        _ => COMMON,
    }
}

impl DataSource for ServicePrincipal {
    fn name(&self) -> &'static str {
        "aws_service_principal"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn observe(&self, place: &Place, config: &Value, _: &[Answer]) -> Result<Value, DataError> {
        let written = config.get("region").and_then(|it| Some((it, it.as_str()?)));
        let name = written.map_or(place.region.as_str(), |(_, name)| name);
        let region = region::find(name).ok_or_else(|| {
            not_found("name", written.map_or(name, |(value, _)| shown(value, name)))
        })?;
        let service = config.get_str("service_name").unwrap_or_default();
        let suffix = suffix(service, region::Partition::of(region.name));
        Ok(with_attributes(
            config,
            [
                ("id", Value::string(format!("{service}.{}.{suffix}", region.name))),
                ("name", Value::string(format!("{service}.{suffix}"))),
                ("region", Value::string(region.name)),
                ("suffix", Value::string(suffix)),
            ],
        ))
    }
}
