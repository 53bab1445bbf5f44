//! Custom key stores that are replaced while there are keys in them. AWS deletes a store when its
//! last key is deleted, which is at the end of that key's waiting period.

use meridian_resource::{Notice, Problem, REGION, Reviewed};

use super::KEY_STORE;
use super::holders::{before, of_type};

/// The type of keys that can be in a store.
const KEY: &str = "aws_kms_key";

/// Each store that is replaced and has keys among the instances.
pub(super) fn notices(instances: &[Reviewed<'_>]) -> Vec<(usize, Notice)> {
    let stores = of_type(instances, KEY_STORE);
    let told = stores.filter_map(|(subject, store)| {
        let id = before(store, "id")?;
        if store.after?.get_str("id") == Some(id) {
            return None;
        }
        let keys = of_type(instances, KEY).map(|(_, key)| key);
        let inside = keys.filter(|key| before(key, "custom_key_store_id") == Some(id));
        let inside: Vec<String> = inside.map(|key| key.address.to_string()).collect();
        if inside.is_empty() {
            return None;
        }
        Some((subject, notice(store, id, &inside)))
    });
    told.collect()
}

fn notice(store: &Reviewed<'_>, id: &str, inside: &[String]) -> Notice {
    let former = store.before.and_then(|it| it.fact(REGION));
    let problem = Problem::new(
        "there are keys in this custom key store, so AWS does not delete it yet",
        format!(
            "{id} in {} holds {}. AWS deletes a custom key store only when it is disconnected and \
             its last key is deleted, which is at the end of the key's waiting period; until then \
             the deletion fails. A key cannot move to another store: each of them is replaced by a \
             new key, and what is encrypted under the old one can be read only while that is there.",
            former.unwrap_or(store.region),
            inside.join(", ")
        ),
    );
    let problem = problem.help(
        "Leave this block as it is. Add a block for the new store, connect it, and add blocks for \
         new keys in it. Take the old keys out when nothing needs them any more, and the old store \
         when their waiting periods are over.",
    );
    match former {
        Some(_) => Notice::warning(problem),
        // In its own Region the old store, and so its keys, must go before the new one can come.
        None => Notice::danger(problem),
    }
}
