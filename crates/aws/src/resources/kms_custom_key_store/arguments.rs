//! The arguments of a custom key store.

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Schema};

use super::{CLOUD_HSM, proxy};
use crate::checks;

const TYPES: &[&str] = &[CLOUD_HSM, "EXTERNAL_KEY_STORE"];
const CONNECTIVITIES: &[&str] = &["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"];

pub(super) fn schema() -> Schema {
    let text = |name| Attribute::optional(name, Type::String);
    let attributes = vec![
        text("cloud_hsm_cluster_id").replaces(),
        Attribute::required("custom_key_store_name", Type::String),
        Attribute::optional_computed("custom_key_store_type", Type::String)
            .replaces()
            .check(|name, value| checks::one_of(name, value, TYPES)),
        Attribute::optional_computed("id", Type::String),
        text("key_store_password").sensitive().check(password),
        text("trust_anchor_certificate").replaces().equivalent(same_text),
        text("xks_proxy_connectivity")
            .check(|name, value| checks::one_of(name, value, CONNECTIVITIES)),
        text("xks_proxy_uri_endpoint"),
        text("xks_proxy_uri_path"),
        text("xks_proxy_vpc_endpoint_service_name"),
    ];
    let timeout = |name| text(name).check(checks::timeout);
    let timeouts = Schema {
        attributes: ["create", "delete", "update"].map(timeout).into(),
        ..Schema::default()
    };
    let blocks = vec![
        NestedBlock {
            name: "timeouts",
            nesting: Nesting::Single,
            max: 1,
            schema: timeouts,
            key: None,
            settings: true,
        },
        proxy::credential_block(),
    ];
    Schema { version: 0, attributes, blocks }
}

/// The provider shows the password in its message.
fn password(attribute: &str, value: &Value) -> Result<(), String> {
    checks::length(attribute, &value.clone().mark(Marks::SENSITIVE), 7, 32)
}

/// Whether two texts differ in the white space around them only, as certificates in files do.
pub(super) fn same_text(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.trim() == b.trim(),
        _ => false,
    }
}
