//! CreateGrant, RevokeGrant and RetireGrant.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::inferred;
use crate::kms::Naming;
use crate::kms::grant::{Grant, GrantAddress, GrantConstraints};
use crate::kms::grant_rules::{
    name_operations, require_constraints, require_grant_id, require_name, require_operations,
    require_principal, require_principal_arn,
};
use crate::kms::key::KeyAddress;
use crate::kms::material::hexadecimal;
use crate::kms::working_key::DryRun;
use crate::validate;
use crate::world::{Call, World};

const MOST_GRANTS: usize = 50_000;
const MOST_TOKENS: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateGrantInput {
    key_id: Option<String>,
    grantee_principal: Option<String>,
    retiring_principal: Option<String>,
    operations: Option<Vec<String>>,
    constraints: Option<GrantConstraints>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    name: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateGrantOutput {
    grant_token: String,
    grant_id: String,
}

/// Only a name makes a repeated request find the grant that it made before.
pub(crate) fn create_grant(
    call: &mut Call<'_>,
    input: CreateGrantInput,
) -> Result<CreateGrantOutput, ApiError> {
    let grantee = validate::required("granteePrincipal", input.grantee_principal)?;
    require_principal("granteePrincipal", &grantee)?;
    if let Some(principal) = &input.retiring_principal {
        require_principal("retiringPrincipal", principal)?;
    }
    let operations = name_operations(validate::required("operations", input.operations)?)?;
    if let Some(name) = &input.name {
        require_name(name)?;
    }
    require_token_count(&input.grant_tokens)?;
    let key = call.find_key_by(input.key_id, Naming::KeyOfAnyAccount)?;
    call.admit("CreateGrant", &key)?;
    for token in &input.grant_tokens {
        call.world.resolve_grant_token(token)?;
    }
    let set = call.world.key_set(&key);
    require_operations(set, &operations)?;
    let constraints = input.constraints.filter(|given| *given != GrantConstraints::default());
    if let Some(constraints) = &constraints {
        require_constraints(set, constraints)?;
    }
    for principal in [Some(&grantee), input.retiring_principal.as_ref()].into_iter().flatten() {
        require_principal_arn(principal)?;
    }
    let grant = Grant {
        name: input.name,
        created: call.now,
        issuer: call.caller.account,
        grantee,
        retiring_principal: input.retiring_principal,
        operations,
        constraints,
    };
    let repeated = grant
        .name
        .as_ref()
        .and_then(|_| call.world.grants_of(&key).find(|(_, made)| made.is_same_as(&grant)));
    let repeated = repeated.map(|(address, _)| address.clone());
    if repeated.is_none() {
        require_room(call.world, &key)?;
    }
    input.dry_run.stop()?;

    let address = repeated.unwrap_or_else(|| {
        let id = hexadecimal(&call.world.vault.random_bytes::<32>());
        let address = GrantAddress { key, id };
        call.world.grants.insert(address.clone(), grant);
        address
    });
    Ok(CreateGrantOutput { grant_token: call.world.grant_token(&address), grant_id: address.id })
}

fn require_room(world: &World, key: &KeyAddress) -> Result<(), ApiError> {
    if world.grants_of(key).count() < MOST_GRANTS {
        return Ok(());
    }
    let parameters = vec![("key", key.arn()), ("limit", MOST_GRANTS.to_string())];
    Err(ApiError::inferred(&inferred::GRANTS_TOO_MANY, parameters))
}

fn require_token_count(tokens: &[String]) -> Result<(), ApiError> {
    if tokens.len() <= MOST_TOKENS {
        return Ok(());
    }
    let rule = format!("Member must have length less than or equal to {MOST_TOKENS}");
    Err(ApiError::constraint("grantTokens", Some(&format!("[{}]", tokens.join(", "))), &rule))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RevokeGrantInput {
    key_id: Option<String>,
    grant_id: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
}

pub(crate) fn revoke_grant(call: &mut Call<'_>, input: RevokeGrantInput) -> Result<(), ApiError> {
    let id = validate::required("grantId", input.grant_id)?;
    let key = call.find_key_by(input.key_id, Naming::KeyOfAnyAccount)?;
    let address = named_grant(call, key, id)?;
    input.dry_run.stop()?;
    call.world.grants.remove(&address);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RetireGrantInput {
    grant_token: Option<String>,
    key_id: Option<String>,
    grant_id: Option<String>,
    #[serde(default)]
    dry_run: DryRun,
}

/// A grant is named by its token, or by its key and its id.
pub(crate) fn retire_grant(call: &mut Call<'_>, input: RetireGrantInput) -> Result<(), ApiError> {
    let address = match (input.grant_token, input.key_id, input.grant_id) {
        (Some(token), None, None) => {
            validate::length("grantToken", &token, 1..=8192)?;
            let address = call.world.resolve_grant_token(&token)?;
            // A grant of another Region is not known here.
            if address.key.place.region != call.place.region {
                return Err(ApiError::inferred(&inferred::GRANT_TOKEN, Vec::new()));
            }
            existing(call, address)?
        }
        (None, Some(key_id), Some(id)) => {
            let key = call.find_key_by(Some(key_id), Naming::KeyOfAnyAccount)?;
            named_grant(call, key, id)?
        }
        _ => return Err(ApiError::inferred(&inferred::GRANT_NAMING, Vec::new())),
    };
    input.dry_run.stop()?;
    call.world.grants.remove(&address);
    Ok(())
}

fn named_grant(call: &Call<'_>, key: KeyAddress, id: String) -> Result<GrantAddress, ApiError> {
    require_grant_id(&id)?;
    existing(call, GrantAddress { key, id })
}

fn existing(call: &Call<'_>, address: GrantAddress) -> Result<GrantAddress, ApiError> {
    if call.world.grants.contains(&address) {
        return Ok(address);
    }
    let parameters = vec![("id", address.id), ("key", address.key.arn())];
    Err(ApiError::inferred(&inferred::GRANT_NOT_FOUND, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::identity::{Account, Place};
    use crate::region::Region;
    use crate::vault::Vault;

    #[test]
    fn a_key_has_room_for_fifty_thousand_grants() {
        let (clock, handle) = Clock::manual();
        let mut world = World::empty(clock.delays(), Vault::new(&Vault::random_key()));
        let region = Region::named("eu-west-1").unwrap();
        let key = KeyAddress::new(Place { account: Account::DEFAULT, region }, "k");
        let grant = Grant {
            name: None,
            created: handle.now(),
            issuer: Account::DEFAULT,
            grantee: String::new(),
            retiring_principal: None,
            operations: Vec::new(),
            constraints: None,
        };
        for number in 0..MOST_GRANTS {
            let address = GrantAddress { key: key.clone(), id: number.to_string() };
            world.grants.insert(address, grant.clone());
        }
        let first = GrantAddress { key: key.clone(), id: "0".to_owned() };
        assert_eq!(require_room(&world, &key).unwrap_err().code, "LimitExceededException");
        world.grants.remove(&first);
        assert!(require_room(&world, &key).is_ok());
    }
}
