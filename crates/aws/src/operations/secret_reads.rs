//! Operations of Secrets Manager that only data sources and ephemeral resources need.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry};
use meridian_resource::{Answer, CloudError};

use super::Input;
use super::output::Output;
use crate::error::cloud_error;

/// The longest page that Secrets Manager gives.
const SECRETS_IN_PAGE: i32 = 100;

fn filter(input: &mut Input) -> Result<Filter, CloudError> {
    let key = input.text("Key")?;
    let filter = Filter::builder()
        .set_key(key.as_deref().map(FilterNameStringType::from))
        .set_values(input.texts("Values")?);
    Ok(filter.build())
}

pub(super) async fn list_secrets(client: &Client, mut input: Input) -> Answer {
    let request = client
        .list_secrets()
        .set_filters(input.objects("Filters", filter)?)
        .max_results(SECRETS_IN_PAGE);
    input.end()?;
    let pages = request.into_paginator().send().try_collect().await.map_err(cloud_error)?;
    let secrets = pages.into_iter().flat_map(|page| page.secret_list.unwrap_or_default()).collect();
    let listed =
        |secret: SecretListEntry| Output::new().text("ARN", secret.arn).text("Name", secret.name);
    Ok(Output::new().objects("SecretList", Some(secrets), listed).into_value())
}

/// The password is marked as sensitive, so that no one shows it.
pub(super) async fn get_random_password(client: &Client, mut input: Input) -> Answer {
    let request = client
        .get_random_password()
        .set_password_length(input.number("PasswordLength")?)
        .set_exclude_characters(input.text("ExcludeCharacters")?)
        .set_exclude_numbers(input.flag("ExcludeNumbers")?)
        .set_exclude_punctuation(input.flag("ExcludePunctuation")?)
        .set_exclude_uppercase(input.flag("ExcludeUppercase")?)
        .set_exclude_lowercase(input.flag("ExcludeLowercase")?)
        .set_include_space(input.flag("IncludeSpace")?)
        .set_require_each_included_type(input.flag("RequireEachIncludedType")?);
    input.end()?;
    let made = request.send().await.map_err(cloud_error)?;
    Ok(Output::new().secret("RandomPassword", made.random_password).into_value())
}
