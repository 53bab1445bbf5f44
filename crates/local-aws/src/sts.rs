//! STS: who am I, and let me be somebody else (AWS STS API, query protocol).

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::identity::{Account, Arn, Caller, Session};
use crate::response::{Output, escape};
use crate::validate;
use crate::world::Call;

type Form<'a> = HashMap<Cow<'a, str>, Cow<'a, str>>;

/// Runs an operation of STS.
pub(crate) fn call(call: &mut Call<'_>, operation: &str, body: &[u8]) -> Result<Output, ApiError> {
    let form: Form<'_> = form_urlencoded::parse(body).collect();
    match operation {
        "GetCallerIdentity" => Ok(get_caller_identity(call)),
        "AssumeRole" => assume_role(call, &form),
        other => Err(ApiError::new(
            "InvalidAction",
            format!("Could not find operation {other} for version 2011-06-15"),
        )),
    }
}

fn get_caller_identity(call: &Call<'_>) -> Output {
    let caller = call.caller;
    let result = format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
        escape(&caller.arn(call.place.region)),
        escape(&caller.user_id()),
        caller.account,
    );
    Output::Query { operation: "GetCallerIdentity", result }
}

fn assume_role(call: &mut Call<'_>, form: &Form<'_>) -> Result<Output, ApiError> {
    let role_arn = validate::required("roleArn", form.get("RoleArn"))?;
    let session_name = validate::required("roleSessionName", form.get("RoleSessionName"))?;
    validate::length("roleArn", role_arn, 20..=2048)?;
    validate::length("roleSessionName", session_name, 2..=64)?;
    let duration: u32 = match form.get("DurationSeconds") {
        None => 3600,
        Some(text) => text
            .parse()
            .map_err(|_| ApiError::new("MalformedInput", "DurationSeconds is not a number"))?,
    };
    validate::range("durationSeconds", duration.into(), 900..=43_200)?;
    let session = parse_role(role_arn, session_name)
        .ok_or_else(|| ApiError::validation(format!("{role_arn} is invalid")))?;

    let caller = Caller { account: session.account, session: Some(session.clone()) };
    let random = call.world.vault.random_bytes::<48>();
    let access_key = access_key(&random[..16]);
    let expiration = iso_8601(call.now.after(Duration::from_secs(duration.into())));
    let result = format!(
        "<Credentials><AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{expiration}</Expiration></Credentials>\
         <AssumedRoleUser><AssumedRoleId>{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>",
        STANDARD.encode(&random[16..46]),
        STANDARD.encode(call.world.vault.random_bytes::<96>()),
        escape(&caller.user_id()),
        escape(&caller.arn(call.place.region)),
    );
    call.world.sessions.insert(access_key, session);
    Ok(Output::Query { operation: "AssumeRole", result })
}

fn parse_role(role_arn: &str, session_name: &str) -> Option<Session> {
    let arn = Arn::parse(role_arn).filter(|arn| arn.service == "iam" && arn.region.is_empty())?;
    let role = arn.resource.strip_prefix("role/").filter(|role| !role.is_empty())?;
    Some(Session {
        account: Account::parse(arn.account)?,
        role: role.to_owned(),
        name: session_name.to_owned(),
    })
}

/// Temporary access keys begin with ASIA.
fn access_key(random: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letters = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    "ASIA".chars().chain(letters).collect()
}

fn iso_8601(moment: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp(moment.milliseconds().div_euclid(1000))
        .ok()
        .and_then(|date| date.format(&Rfc3339).ok())
        .expect("the clock shows a year of four digits")
}
