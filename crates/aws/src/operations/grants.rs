//! Operations of KMS on grants.

use std::collections::HashMap;

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{GrantConstraints, GrantListEntry, GrantOperation};
use meridian_resource::{Answer, CloudError};

use super::output::Output;
use super::{Input, nothing};
use crate::error::cloud_error;

/// The longest page that KMS gives.
const GRANTS_IN_PAGE: i32 = 100;

pub(super) async fn create_grant(client: &Client, mut input: Input) -> Answer {
    let operations = input.texts("Operations")?;
    let operations =
        operations.map(|names| names.iter().map(|name| GrantOperation::from(&**name)).collect());
    let request = client
        .create_grant()
        .set_key_id(input.text("KeyId")?)
        .set_grantee_principal(input.text("GranteePrincipal")?)
        .set_retiring_principal(input.text("RetiringPrincipal")?)
        .set_operations(operations)
        .set_constraints(input.nested("Constraints", constraints)?)
        .set_grant_tokens(input.texts("GrantTokens")?)
        .set_name(input.text("Name")?);
    input.end()?;
    let created = request.send().await.map_err(cloud_error)?;
    let answer =
        Output::new().text("GrantId", created.grant_id).secret("GrantToken", created.grant_token);
    Ok(answer.into_value())
}

/// Beside the one context goes an empty other one, as the provider sends it, where that says no
/// more: every context has the empty one as a part.
fn constraints(input: &mut Input) -> Result<GrantConstraints, CloudError> {
    let equals = context(input, "EncryptionContextEquals")?;
    let subset = context(input, "EncryptionContextSubset")?;
    let subset = subset.or_else(|| equals.as_ref().map(|_| HashMap::new()));
    Ok(GrantConstraints::builder()
        .set_encryption_context_equals(equals)
        .set_encryption_context_subset(subset)
        .build())
}

/// An encryption context.
pub(super) fn context(
    input: &mut Input,
    member: &str,
) -> Result<Option<HashMap<String, String>>, CloudError> {
    let pair = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
    Ok(input.entries(member, pair)?.map(HashMap::from_iter))
}

pub(super) async fn list_grants(client: &Client, mut input: Input) -> Answer {
    let request = client
        .list_grants()
        .set_key_id(input.text("KeyId")?)
        .set_grant_id(input.text("GrantId")?)
        .set_grantee_principal(input.text("GranteePrincipal")?)
        .limit(GRANTS_IN_PAGE);
    input.end()?;
    let pages = request.into_paginator().items().send();
    let grants = pages.try_collect().await.map_err(cloud_error)?;
    Ok(Output::new().objects("Grants", Some(grants), grant).into_value())
}

fn grant(grant: GrantListEntry) -> Output {
    let names = |operations: Vec<GrantOperation>| {
        operations.iter().map(|operation| operation.as_str().to_owned()).collect()
    };
    let constraints = |constraints: GrantConstraints| {
        Output::new()
            .map("EncryptionContextEquals", constraints.encryption_context_equals)
            .map("EncryptionContextSubset", constraints.encryption_context_subset)
    };
    Output::new()
        .text("KeyId", grant.key_id)
        .text("GrantId", grant.grant_id)
        .text("Name", grant.name)
        .time("CreationDate", grant.creation_date)
        .text("GranteePrincipal", grant.grantee_principal)
        .text("GranteeServicePrincipal", grant.grantee_service_principal)
        .text("RetiringPrincipal", grant.retiring_principal)
        .text("RetiringServicePrincipal", grant.retiring_service_principal)
        .texts("Operations", grant.operations.map(names))
        .object("Constraints", grant.constraints.map(constraints))
}

pub(super) async fn revoke_grant(client: &Client, mut input: Input) -> Answer {
    let request =
        client.revoke_grant().set_key_id(input.text("KeyId")?).set_grant_id(input.text("GrantId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}

pub(super) async fn retire_grant(client: &Client, mut input: Input) -> Answer {
    let request =
        client.retire_grant().set_key_id(input.text("KeyId")?).set_grant_id(input.text("GrantId")?);
    input.end()?;
    request.send().await.map_err(cloud_error)?;
    nothing()
}
