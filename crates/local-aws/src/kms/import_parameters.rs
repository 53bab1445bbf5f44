//! GetParametersForImport: the wrapping key and the token of an import.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::inferred;
use crate::kms::blob::Blob;
use crate::kms::key::{KeyAddress, Origin};
use crate::kms::state_table::unsuited_origin;
use crate::kms::wrapping::{WRAPPING_ALGORITHMS, WRAPPING_KEY_SPECS, Wrapping};
use crate::validate;
use crate::vault::{Sealed, Vault};
use crate::world::Call;

const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
const TOKEN: &str = "import-token";

/// What an import token says to the one who gave it out: it is sealed, so that
/// it needs no place in a table and nobody else can write one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ImportToken {
    pub key: KeyAddress,
    pub wrapping_key_spec: String,
    pub wrapping: Wrapping,
    pub valid_to: Timestamp,
}

impl ImportToken {
    fn seal(&self, vault: &Vault) -> Vec<u8> {
        let document = serde_json::to_vec(self).expect("a token is plain data with text keys");
        vault.seal(TOKEN, &document).into_bytes()
    }

    /// The token that was given out as these bytes, if they were given out.
    pub fn open(vault: &Vault, bytes: &[u8]) -> Option<Self> {
        let document = vault.open(TOKEN, &Sealed::from_bytes(bytes.to_vec()))?;
        serde_json::from_slice(&document).ok()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetParametersForImportInput {
    key_id: Option<String>,
    wrapping_algorithm: Option<String>,
    wrapping_key_spec: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetParametersForImportOutput {
    key_id: String,
    import_token: Blob,
    public_key: Blob,
    parameters_valid_to: Timestamp,
}

pub(crate) fn get_parameters_for_import(
    call: &mut Call<'_>,
    input: GetParametersForImportInput,
) -> Result<GetParametersForImportOutput, ApiError> {
    let algorithm = validate::required("wrappingAlgorithm", input.wrapping_algorithm)?;
    validate::one_of("wrappingAlgorithm", &algorithm, WRAPPING_ALGORITHMS)?;
    let wrapping_key_spec = validate::required("wrappingKeySpec", input.wrapping_key_spec)?;
    validate::one_of("wrappingKeySpec", &wrapping_key_spec, WRAPPING_KEY_SPECS)?;
    let address = importing_key(call, "GetParametersForImport", input.key_id)?;
    let unsuitable = |key_spec: &str| {
        let parameters = vec![
            ("algorithm", algorithm.clone()),
            ("wrapping_key_spec", wrapping_key_spec.clone()),
            ("key_spec", key_spec.to_owned()),
        ];
        ApiError::inferred(&inferred::IMPORT_WRAPPING, parameters)
    };
    let key_spec = call.world.key_set(&address).spec.clone();
    let wrapping = Wrapping::named(&algorithm)
        .filter(|wrapping| wrapping.suits(&key_spec, &wrapping_key_spec))
        .ok_or_else(|| unsuitable(&key_spec))?;
    let public_key =
        call.world.wrapping_public_key(&wrapping_key_spec).ok_or_else(|| unsuitable(&key_spec))?;

    let valid_to = call.now.after(LIFETIME);
    let key_id = address.arn();
    let token = ImportToken { key: address, wrapping_key_spec, wrapping, valid_to };
    Ok(GetParametersForImportOutput {
        key_id,
        import_token: token.seal(&call.world.vault).into(),
        public_key: public_key.into(),
        parameters_valid_to: valid_to,
    })
}

/// A key that takes imported material, in a state that admits the operation.
pub(crate) fn importing_key(
    call: &Call<'_>,
    operation: &str,
    key_id: Option<String>,
) -> Result<KeyAddress, ApiError> {
    let address = call.find_key(key_id)?;
    let origin = call.world.key_set(&address).origin;
    if origin != Origin::External {
        return Err(unsuited_origin(&address.arn(), origin));
    }
    call.admit(operation, &address)?;
    Ok(address)
}
