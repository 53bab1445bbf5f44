//! Secrets that the state only has fingerprints of, for whoever asks for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Value};
use meridian_plan::{is_fingerprint, recall_secrets};
use meridian_resource::{Object, Place, ProviderKey};
use meridian_state::{Sealer, StoredObject};

use crate::Context;
use crate::refresh::read;

/// The attributes of objects, secrets included, by address and deposed key.
pub type Revealed = BTreeMap<(InstanceAddress, Option<Arc<str>>), Value>;

/// The attributes of all objects, with as many secrets as can be known: those of the configuration
/// (in `planned`, as a plan recalls them) and those that the cloud tells. What the cloud tells is
/// taken only if it is what was applied.
pub async fn reveal(
    context: &Context,
    objects: &[StoredObject],
    planned: &BTreeMap<InstanceAddress, Value>,
    places: &BTreeMap<ProviderKey, Place>,
    sealer: &Sealer,
) -> Revealed {
    let fingerprint = |context: &str, secret: &str| sealer.fingerprint(context, secret.as_bytes());
    let mut revealed = Revealed::new();
    for stored in objects {
        let Some(kind) = context.registry.resource_type(&stored.type_name) else { continue };
        let recall = |attributes: Value, from: &Value| {
            let object = Object::new(attributes);
            recall_secrets(kind.schema(), &stored.address, object, from, &fingerprint).attributes
        };
        let mut attributes = stored.attributes.clone();
        if let Some(config) = planned.get(&stored.address) {
            attributes = recall(attributes, config);
        }
        let place = places.get(&ProviderKey::parse(&stored.provider));
        if let (true, Some(place)) = (is_wanting(&attributes), place) {
            let place = Place { region: stored.region.clone(), ..place.clone() };
            let id = attributes.get_str("id").unwrap_or_default().to_owned();
            if let Ok(stub) = kind.import(&place, &id)
                && let Ok(Some(found)) = read(&*context.cloud, kind, &place, &stub).await
            {
                attributes = recall(attributes, &found.attributes.unmark_deep());
            }
        }
        revealed.insert((stored.address.clone(), stored.deposed.clone()), attributes);
    }
    revealed
}

/// Whether a secret is still missing.
fn is_wanting(attributes: &Value) -> bool {
    attributes
        .marked_paths(Marks::SENSITIVE)
        .iter()
        .any(|path| attributes.at(path).and_then(Value::as_str).is_some_and(is_fingerprint))
}
