//! How a key comes into each state, and what an operation needs besides it.

use serde_json::{Value, json};

use crate::kms_requests::{Known, import_of, import_request, must};
use crate::raw::local;
use crate::stage::Stage;

use super::rows::Kind;

/// Where a key is made.
pub const HOME: &str = "eu-west-1";
/// Where its replica is.
pub const AWAY: &str = "us-east-1";
/// Where it has none.
pub const ELSEWHERE: &str = "us-west-2";

/// What stands for bytes that no check should come to look at.
const NO_BYTES: &str = "bm9uZQ==";

/// Rows for whose requests a replica that is being created will not do.
const NOT_ON_NEW_REPLICAS: &[&str] =
    &["ReplicateKey", "RetireGrant", "RevokeGrant", "RotateKeyOnDemand"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Enabled,
    Disabled,
    PendingDeletion,
    PendingReplicaDeletion,
    PendingImport,
    Unavailable,
    Creating,
    Updating,
}

pub const STATES: &[State] = &[
    State::Enabled,
    State::Disabled,
    State::PendingDeletion,
    State::PendingReplicaDeletion,
    State::PendingImport,
    State::Unavailable,
    State::Creating,
    State::Updating,
];

impl State {
    /// The column of the table.
    pub fn column(self) -> usize {
        match self {
            Self::Enabled => 0,
            Self::Disabled => 1,
            Self::PendingDeletion | Self::PendingReplicaDeletion => 2,
            Self::PendingImport => 3,
            Self::Unavailable => 4,
            Self::Creating => 5,
            Self::Updating => 6,
        }
    }
}

/// A key in a state, and what a request on it needs.
pub struct Subject {
    pub stage: Stage,
    pub region: &'static str,
    pub id: String,
    /// Ciphertext, signature, MAC, grant, import parameters or another key.
    pub extras: Value,
}

impl Subject {
    pub fn arn(&self) -> String {
        format!("arn:aws:kms:{}:123456789012:key/{}", self.region, self.id)
    }

    /// A key in a state, ready for a row's request.
    pub fn set_up(row: &str, kind: Kind, state: State) -> Known<Self> {
        let stage = Stage::new();
        let is_external = kind == Kind::External || state == State::PendingImport;
        let created = must(&stage.cloud, HOME, "CreateKey", &specification(kind, is_external))?;
        let id = created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
        let mut subject = Self { stage, region: HOME, id, extras: json!({}) };

        let needs_material =
            matches!(row, "Decrypt" | "ReEncrypt (source)" | "RetireGrant" | "RevokeGrant");
        let has_material = !is_external || state != State::PendingImport || needs_material;
        if is_external && has_material {
            subject.import(None)?;
        }
        if has_material {
            subject.use_material(row)?;
        }
        match state {
            State::Enabled | State::Disabled => {
                subject.prepare(row, kind, state)?;
                if row == "UpdatePrimaryRegion" {
                    subject.replicate()?;
                    subject.stage.pass(2);
                }
                if state == State::Disabled {
                    subject.must("DisableKey", json!({}))?;
                }
            }
            State::PendingDeletion => {
                subject.prepare(row, kind, state)?;
                subject.must("ScheduleKeyDeletion", json!({}))?;
            }
            State::PendingReplicaDeletion => {
                subject.replicate()?;
                subject.stage.pass(2);
                subject.prepare(row, kind, state)?;
                subject.must("ScheduleKeyDeletion", json!({}))?;
            }
            State::PendingImport => {
                subject.prepare(row, kind, state)?;
                if has_material {
                    subject.must("DeleteImportedKeyMaterial", json!({}))?;
                }
            }
            State::Unavailable => {
                subject.prepare(row, kind, state)?;
                if row == "UpdatePrimaryRegion" {
                    subject.replicate()?;
                    subject.stage.pass(2);
                }
                subject.put_into(state);
            }
            // What only a primary does, or needs more than a new key has, is
            // tried on a key that is put into the state.
            State::Creating if NOT_ON_NEW_REPLICAS.contains(&row) => {
                subject.prepare(row, kind, state)?;
                subject.put_into(state);
            }
            State::Creating => {
                subject.replicate()?;
                subject.region = AWAY;
                subject.prepare(row, kind, state)?;
            }
            State::Updating => {
                subject.replicate()?;
                subject.stage.pass(2);
                subject.region = AWAY;
                if is_external {
                    subject.import(Some("EXISTING_KEY_MATERIAL"))?;
                }
                subject.prepare(row, kind, state)?;
                subject.region = HOME;
                subject.must("UpdatePrimaryRegion", json!({ "PrimaryRegion": AWAY }))?;
                subject.region = AWAY;
            }
        }
        Ok(subject)
    }

    /// Puts the key into a state that no client could put it into.
    fn put_into(&self, state: State) {
        let lever =
            json!({ "key_id": self.id, "region": self.region, "state": format!("{state:?}") });
        let (status, answer) = local(&self.stage.cloud, "POST", "/_local/keys", &lever);
        assert_eq!(status, 200, "{answer}");
    }

    /// Runs an operation on the key.
    fn must(&self, operation: &str, mut input: Value) -> Known<Value> {
        input["KeyId"] = json!(self.id);
        must(&self.stage.cloud, self.region, operation, &input)
    }

    fn replicate(&self) -> Known<Value> {
        self.must("ReplicateKey", json!({ "ReplicaRegion": AWAY }))
    }

    /// The input of an import of the same bytes each time.
    fn import_parameters(&self) -> Known<Value> {
        let parameters = self.must("GetParametersForImport", import_request(&self.id))?;
        Ok(import_of(&self.id, &parameters))
    }

    fn import(&self, import_type: Option<&str>) -> Known<()> {
        let mut input = self.import_parameters()?;
        if let Some(import_type) = import_type {
            input["ImportType"] = json!(import_type);
        }
        self.must("ImportKeyMaterial", input).map(|_| ())
    }

    /// Makes what only a working key makes.
    fn use_material(&mut self, row: &str) -> Known<()> {
        let (operation, input, member) = match row {
            "Decrypt" | "ReEncrypt (source)" => {
                ("Encrypt", json!({ "Plaintext": NO_BYTES }), "CiphertextBlob")
            }
            "Verify" => (
                "Sign",
                json!({ "Message": NO_BYTES, "SigningAlgorithm": "ECDSA_SHA_256" }),
                "Signature",
            ),
            "VerifyMac" => (
                "GenerateMac",
                json!({ "Message": NO_BYTES, "MacAlgorithm": "HMAC_SHA_256" }),
                "Mac",
            ),
            _ => return Ok(()),
        };
        self.extras = self.must(operation, input)?[member].clone();
        Ok(())
    }

    /// Makes what has to be there before the key is in its state.
    fn prepare(&mut self, row: &str, kind: Kind, state: State) -> Known<()> {
        let alias = json!({ "AliasName": "alias/contract", "TargetKeyId": self.id });
        let cloud = &self.stage.cloud;
        self.extras = match row {
            "DeleteAlias" => must(cloud, self.region, "CreateAlias", &alias)?,
            "UpdateAlias (from)" => {
                must(cloud, self.region, "CreateAlias", &alias)?;
                json!(self.another(Kind::Symmetric)?)
            }
            "UpdateAlias (to)" => {
                let target = self.another(Kind::Symmetric)?;
                let alias = json!({ "AliasName": "alias/contract", "TargetKeyId": target });
                must(cloud, self.region, "CreateAlias", &alias)?
            }
            "ReEncrypt (destination)" => {
                let input =
                    json!({ "KeyId": self.another(Kind::Symmetric)?, "Plaintext": NO_BYTES });
                must(cloud, self.region, "Encrypt", &input)?["CiphertextBlob"].clone()
            }
            "ReEncrypt (source)" => {
                let destination = self.another(Kind::Symmetric)?;
                json!({ "CiphertextBlob": self.extras, "DestinationKeyId": destination })
            }
            "DeriveSharedSecret" => {
                let input = json!({ "KeyId": self.another(Kind::Agreement)? });
                must(cloud, self.region, "GetPublicKey", &input)?["PublicKey"].clone()
            }
            "RetireGrant" | "RevokeGrant" => {
                let grantee = "arn:aws:iam::123456789012:role/app";
                let input = json!({ "GranteePrincipal": grantee, "Operations": ["DescribeKey"] });
                self.must("CreateGrant", input)?["GrantId"].clone()
            }
            "ImportKeyMaterial" if kind == Kind::External && state != State::Creating => {
                self.import_parameters()?
            }
            "ImportKeyMaterial" => json!({
                "ImportToken": NO_BYTES,
                "EncryptedKeyMaterial": NO_BYTES,
                "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
            }),
            "Verify" | "VerifyMac" if self.extras.is_object() => json!(NO_BYTES),
            _ => return Ok(()),
        };
        Ok(())
    }

    /// Another key in the same Region.
    fn another(&self, kind: Kind) -> Known<String> {
        let created =
            must(&self.stage.cloud, self.region, "CreateKey", &specification(kind, false))?;
        Ok(created["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned())
    }
}

fn specification(kind: Kind, is_external: bool) -> Value {
    let origin = if is_external { "EXTERNAL" } else { "AWS_KMS" };
    let (spec, usage) = match kind {
        Kind::Symmetric | Kind::External => ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        Kind::Signing => ("ECC_NIST_P256", "SIGN_VERIFY"),
        Kind::Mac => ("HMAC_256", "GENERATE_VERIFY_MAC"),
        Kind::Agreement => ("ECC_NIST_P256", "KEY_AGREEMENT"),
    };
    json!({ "KeySpec": spec, "KeyUsage": usage, "Origin": origin, "MultiRegion": true })
}
