//! The proxy of an external key store: how it is reached, and the credential for it.

use meridian_lang::{Type, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Object, Schema};

use crate::resources::members::{answered, answered_text};

/// The block that holds the credential.
pub(super) const CREDENTIAL: &str = "xks_proxy_authentication_credential";
const ID: &str = "access_key_id";
const SECRET: &str = "raw_secret_access_key";

pub(super) fn credential_block() -> NestedBlock {
    let attributes = vec![
        Attribute::required(ID, Type::String),
        Attribute::required(SECRET, Type::String).sensitive(),
    ];
    NestedBlock {
        name: CREDENTIAL,
        nesting: Nesting::List,
        max: 1,
        schema: Schema { attributes, ..Schema::default() },
        key: None,
        settings: false,
    }
}

/// The block, if there is one.
fn block(attributes: &Value) -> Option<&Value> {
    attributes.get(CREDENTIAL)?.as_elements()?.first()
}

/// The member of a request that holds the credential.
pub(super) fn credential(wanted: &Value) -> Option<(&'static str, Value)> {
    let member = "XksProxyAuthenticationCredential";
    let blocks = wanted.get(CREDENTIAL)?;
    if !blocks.is_known() {
        return Some((member, Value::unknown(Type::Dynamic).mark(blocks.marks())));
    }
    let block = block(wanted)?;
    let credential = Value::object([
        ("AccessKeyId", answered(block, ID)),
        ("RawSecretAccessKey", answered(block, SECRET)),
    ]);
    Some((member, credential))
}

/// Whether the credential must be sent once more. Of the secret a fingerprint is known, or nothing
/// after an import.
pub(super) fn credential_differs(observed: &Value, wanted: &Value) -> bool {
    let blocks = |attributes: &Value| attributes.get(CREDENTIAL).map(Value::unmark_deep);
    blocks(observed) != blocks(wanted)
}

/// The attributes that tell of the proxy, from what KMS tells; nothing of a store in a cluster.
pub(super) fn read(attributes: Value, prior: &Object, proxy: &Value) -> Value {
    let attributes = attributes
        .with("xks_proxy_connectivity", answered_text(proxy, "Connectivity"))
        .with("xks_proxy_uri_endpoint", answered_text(proxy, "UriEndpoint"))
        .with("xks_proxy_uri_path", answered_text(proxy, "UriPath"))
        .with(
            "xks_proxy_vpc_endpoint_service_name",
            answered_text(proxy, "VpcEndpointServiceName"),
        );
    let before = block(&prior.attributes);
    // A block that was taken out of the configuration stays out.
    let is_new = prior.attribute("custom_key_store_type").is_null();
    let Some(id) = proxy.get("AccessKeyId").filter(|_| is_new || before.is_some()) else {
        return attributes;
    };
    let secret = before.map(|block| answered(block, SECRET));
    let secret = secret.unwrap_or_else(|| Value::null(Type::String));
    let block = Value::object([(ID, id.clone()), (SECRET, secret)]);
    attributes.with(CREDENTIAL, Value::list(credential_block().schema.ty(), [block]))
}
