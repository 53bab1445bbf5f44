//! `aws_kms_custom_key_store`: key material outside of KMS, in a CloudHSM cluster or behind a
//! proxy.

mod arguments;
mod errors;
mod proxy;

use meridian_lang::{Type, Value};
use meridian_resource::{
    Answer, CREATED_AT, Call, CloudError, Next, Object, Occurrence, Place, Problem, REGION,
    Reaction, Recovery, ReplacementOrder, ResourceType, Schema, Service,
};

use super::members::{answered, answered_text, asked, decided};
use super::{import, run_facts, spelling};

const CLOUD_HSM: &str = "AWS_CLOUDHSM";

/// Arguments that are empty texts where they were never set, as the provider has them.
const EMPTY_IF_UNSET: [&str; 7] = [
    "cloud_hsm_cluster_id",
    "key_store_password",
    "trust_anchor_certificate",
    "xks_proxy_connectivity",
    "xks_proxy_uri_endpoint",
    "xks_proxy_uri_path",
    "xks_proxy_vpc_endpoint_service_name",
];

/// Members of requests and the arguments that they come from.
const CLUSTER: [(&str, &str); 2] = [
    ("CloudHsmClusterId", "cloud_hsm_cluster_id"),
    ("TrustAnchorCertificate", "trust_anchor_certificate"),
];
const CHANGEABLE: [(&str, &str); 5] = [
    ("KeyStorePassword", "key_store_password"),
    ("XksProxyConnectivity", "xks_proxy_connectivity"),
    ("XksProxyUriEndpoint", "xks_proxy_uri_endpoint"),
    ("XksProxyUriPath", "xks_proxy_uri_path"),
    ("XksProxyVpcEndpointServiceName", "xks_proxy_vpc_endpoint_service_name"),
];

/// The type `aws_kms_custom_key_store`.
#[derive(Debug)]
pub struct KmsCustomKeyStore {
    schema: Schema,
}

impl Default for KmsCustomKeyStore {
    fn default() -> KmsCustomKeyStore {
        KmsCustomKeyStore::new()
    }
}

impl KmsCustomKeyStore {
    /// The type.
    pub fn new() -> KmsCustomKeyStore {
        KmsCustomKeyStore { schema: arguments::schema() }
    }
}

/// The value of an argument that is not empty, known or not.
fn written(wanted: &Value, argument: &str) -> Option<Value> {
    super::members::given(wanted, argument).filter(|value| value.as_str() != Some(""))
}

fn create(place: &Place, wanted: &Value) -> Call {
    let members = [("CustomKeyStoreName", "custom_key_store_name")];
    let members = members.into_iter().chain(CLUSTER).chain(CHANGEABLE);
    let mut input: Vec<_> = members
        .filter_map(|(member, argument)| Some((member, written(wanted, argument)?)))
        .collect();
    let kind = decided(wanted, "custom_key_store_type");
    let is_external = kind.as_ref().is_some_and(|kind| kind.as_str() != Some(CLOUD_HSM));
    input.extend(kind.map(|kind| ("CustomKeyStoreType", kind)));
    input.extend(proxy::credential(wanted));
    let call = Call::change(Service::Kms, "CreateCustomKeyStore", &place.region, input)
        .found_by(Occurrence::Identity)
        .needs("kms:CreateCustomKeyStore", "*");
    if is_external { call } else { call.needs("cloudhsm:DescribeClusters", "*") }
}

/// One call changes all that differs.
fn update(place: &Place, observed: &Object, wanted: &Value) -> Option<Call> {
    let changed =
        |argument| asked(observed, wanted, argument).filter(|value| value.as_str() != Some(""));
    let name = changed("custom_key_store_name").map(|name| ("NewCustomKeyStoreName", name));
    let mut input: Vec<_> = name.into_iter().collect();
    let members = CHANGEABLE.into_iter();
    input.extend(members.filter_map(|(member, argument)| Some((member, changed(argument)?))));
    if proxy::credential_differs(&observed.attributes, wanted) {
        input.extend(proxy::credential(wanted));
    }
    if input.is_empty() {
        return None;
    }
    input.push(("CustomKeyStoreId", observed.attribute("id")));
    let call = Call::change(Service::Kms, "UpdateCustomKeyStore", &place.region, input);
    Some(call.needs("kms:UpdateCustomKeyStore", "*"))
}

fn delete(place: &Place, observed: &Object) -> Call {
    let input = [("CustomKeyStoreId", observed.attribute("id"))];
    Call::change(Service::Kms, "DeleteCustomKeyStore", &place.region, input)
        .needs("kms:DeleteCustomKeyStore", "*")
}

fn with_empty_texts(attributes: Value) -> Value {
    EMPTY_IF_UNSET.into_iter().fold(attributes, |attributes, argument| {
        match attributes.get(argument).is_none_or(Value::is_null) {
            true => attributes.with(argument, Value::string("")),
            false => attributes,
        }
    })
}

fn created(wanted: &Value, answer: Option<&Value>) -> Object {
    let id = match answer {
        Some(answer) => answered(answer, "CustomKeyStoreId"),
        None => Value::unknown_not_null(Type::String),
    };
    let kind = decided(wanted, "custom_key_store_type");
    let attributes = with_empty_texts(wanted.clone())
        .with("id", id)
        .with("custom_key_store_type", kind.unwrap_or_else(|| Value::string(CLOUD_HSM)));
    run_facts::created(attributes)
}

/// The attributes that a listed store tells: all but passwords and secrets.
fn read(attributes: Value, prior: &Object, store: &Value) -> Value {
    let certificate = answered_text(store, "TrustAnchorCertificate");
    let before = prior.attribute("trust_anchor_certificate");
    let certificate =
        if arguments::same_text(&before, &certificate) { before } else { certificate };
    let attributes = attributes
        .with("id", answered(store, "CustomKeyStoreId"))
        .with("custom_key_store_name", answered(store, "CustomKeyStoreName"))
        .with("custom_key_store_type", answered(store, "CustomKeyStoreType"))
        .with("cloud_hsm_cluster_id", answered_text(store, "CloudHsmClusterId"))
        .with("trust_anchor_certificate", certificate);
    with_empty_texts(proxy::read(attributes, prior, &answered(store, "XksProxyConfiguration")))
}

impl ResourceType for KmsCustomKeyStore {
    fn name(&self) -> &'static str {
        "aws_kms_custom_key_store"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn plan(
        &self,
        _place: &Place,
        prior: Option<&Object>,
        _config: &Value,
        proposed: Value,
    ) -> Value {
        spelling::keep_blank(&self.schema, prior, proposed)
    }

    /// No two stores of a Region share a name, a cluster or a proxy.
    fn replacement_order(&self, prior: &Object, _planned: &Value) -> ReplacementOrder {
        match prior.fact(REGION) {
            Some(_) => ReplacementOrder::CreateFirst,
            None => ReplacementOrder::DeleteFirst,
        }
    }

    fn reads(&self, place: &Place, object: &Object) -> Vec<Call> {
        let id = object.attribute("id");
        let named = match id.is_null() {
            true => ("CustomKeyStoreName", object.attribute("custom_key_store_name")),
            false => ("CustomKeyStoreId", id),
        };
        let call = Call::read(Service::Kms, "DescribeCustomKeyStores", &place.region, [named]);
        vec![call.needs("kms:DescribeCustomKeyStores", "*")]
    }

    fn observe(
        &self,
        _place: &Place,
        prior: &Object,
        answers: &[Answer],
    ) -> Result<Option<Object>, CloudError> {
        let stores = match answers.first() {
            Some(Ok(answer)) => answered(answer, "CustomKeyStores"),
            Some(Err(error)) if errors::is_gone(error) => return Ok(None),
            Some(Err(error)) => return Err(error.clone()),
            None => return Ok(None),
        };
        let is_ours = |store: &&Value| match prior.text("id") {
            Some(id) => store.get_str("CustomKeyStoreId") == Some(id),
            None => store.get_str("CustomKeyStoreName") == prior.text("custom_key_store_name"),
        };
        let Some(store) = stores.children().find(is_ours) else { return Ok(None) };
        let facts = run_facts::carried_over(prior)
            .with("connection_state", answered(store, "ConnectionState"))
            .with(CREATED_AT, answered(store, "CreationDate"));
        let attributes = read(spelling::base(&self.schema, prior), prior, store);
        Ok(Some(Object { attributes, facts }))
    }

    fn next(&self, place: &Place, observed: Option<&Object>, wanted: Option<&Value>) -> Next {
        let call = match (observed, wanted) {
            (None, None) => None,
            (None, Some(wanted)) => Some(create(place, wanted)),
            (Some(observed), Some(wanted)) => update(place, observed, wanted),
            (Some(observed), None) => Some(delete(place, observed)),
        };
        call.map_or(Next::Done, |call| Next::Call(Box::new(call)))
    }

    fn after(
        &self,
        _place: &Place,
        observed: Option<&Object>,
        wanted: Option<&Value>,
        call: &Call,
        answer: Option<&Value>,
    ) -> Option<Object> {
        match (call.operation, observed, wanted) {
            ("CreateCustomKeyStore", _, Some(wanted)) => Some(created(wanted, answer)),
            ("UpdateCustomKeyStore", Some(observed), Some(wanted)) => {
                let arguments = CHANGEABLE.into_iter().map(|(_, argument)| argument);
                let arguments = arguments.chain(["custom_key_store_name", proxy::CREDENTIAL]);
                Some(arguments.fold(observed.clone(), |object, argument| {
                    object.with(argument, answered(wanted, argument))
                }))
            }
            ("DeleteCustomKeyStore", ..) => None,
            (_, observed, _) => observed.cloned(),
        }
    }

    fn reaction(&self, _place: &Place, call: &Call, error: &CloudError) -> Option<Reaction> {
        errors::reaction(call, error)
    }

    fn import(&self, place: &Place, id: &str) -> Result<Object, Box<Problem>> {
        import::custom_key_store(&self.schema, place, id)
    }

    fn creating_operations(&self) -> &'static [&'static str] {
        &["CreateCustomKeyStore"]
    }

    fn is_result_of(&self, call: &Call, found: &Object) -> bool {
        let name = ("CustomKeyStoreName", "custom_key_store_name");
        let members = CLUSTER.into_iter().chain(CHANGEABLE).chain([name]);
        let mut told = members.filter(|(_, argument)| *argument != "key_store_password");
        told.all(|(member, argument)| match call.input.get(member) {
            Some(sent) => arguments::same_text(sent, &found.attribute(argument)),
            None => true,
        })
    }

    fn identity(&self, object: &Object) -> Option<String> {
        object.text("id").map(str::to_owned)
    }

    fn recovery(&self, _place: &Place, call: &Call) -> Recovery {
        match call.input.get("CustomKeyStoreName") {
            Some(name) if call.operation == "CreateCustomKeyStore" => {
                let attributes = self.schema.empty().with("custom_key_store_name", name.clone());
                Recovery::Read(Box::new(run_facts::created(attributes)))
            }
            _ => Recovery::None,
        }
    }
}

#[cfg(test)]
mod tests;
