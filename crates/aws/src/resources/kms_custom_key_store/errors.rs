//! What to do about errors of calls on custom key stores.

use meridian_resource::{Call, CloudError, Reaction};

use crate::resources::key_errors::{fail, member};

/// Whether an error says that there is no such store.
pub(super) fn is_gone(error: &CloudError) -> bool {
    error.code == "CustomKeyStoreNotFoundException"
}

/// The reaction to an error. Where there is none, AWS's own words say what is wrong.
pub(super) fn reaction(call: &Call, error: &CloudError) -> Option<Reaction> {
    let store = member(call, "CustomKeyStoreId");
    let region = &call.region;
    Some(match error.code.as_str() {
        "CustomKeyStoreNotFoundException" if call.operation == "DeleteCustomKeyStore" => {
            Reaction::Reread
        }
        "CustomKeyStoreNameInUseException" => fail(
            error,
            format!("{region} already has a custom key store of that name"),
            "Choose another name, or import it:\n\
             \x20 import {\n\
             \x20   to = aws_kms_custom_key_store.NAME\n\
             \x20   id = \"cks-…\"\n\
             \x20 }\n\
             aws kms describe-custom-key-stores tells its id.",
        ),
        "CustomKeyStoreHasCMKsException" => fail(
            error,
            format!("custom key store {store} still has keys"),
            "AWS deletes a store only when all of its keys are deleted, and a key is deleted at \
             the end of its waiting period, not before.",
        ),
        "CustomKeyStoreInvalidStateException" => fail(
            error,
            format!("the connection of custom key store {store} does not admit the change"),
            format!(
                "Disconnect it first; its keys cannot be used meanwhile:\n\
                 \x20 aws kms disconnect-custom-key-store --region {region} \
                 --custom-key-store-id {store}"
            ),
        ),
        "CloudHsmClusterInUseException" => fail(
            error,
            "the CloudHSM cluster has a custom key store already",
            "Each cluster can have one store, and its backups share the claim. Import that store, \
             or use another cluster.",
        ),
        _ => return None,
    })
}
