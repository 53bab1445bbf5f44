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
use crate::identity::{Account, Arn, Caller, Lent, Session};
use crate::response::{Output, escape};
use crate::signature::Secret;
use crate::validate;
use crate::vault::Vault;
use crate::world::Call;

/// The parameters of a request of the query protocol.
pub(crate) type Form<'a> = HashMap<Cow<'a, str>, Cow<'a, str>>;

/// Reads the parameters of a request of the query protocol.
pub(crate) fn parse_form(body: &[u8]) -> Form<'_> {
    form_urlencoded::parse(body).collect()
}

/// Runs an operation of STS.
pub(crate) fn call(call: &mut Call<'_>, operation: &str, body: &[u8]) -> Result<Output, ApiError> {
    let form = parse_form(body);
    match operation {
        "AssumeRole" => assume_role(call, &form),
        "GetAccessKeyInfo" => get_access_key_info(call, &form),
        "GetCallerIdentity" => Ok(get_caller_identity(call)),
        "GetSessionToken" => get_session_token(call, &form),
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
    let duration = duration(form, 3600, 43_200)?;
    let (account, lent) = parse_role(role_arn, session_name)
        .ok_or_else(|| ApiError::validation(format!("{role_arn} is invalid")))?;

    let (credentials, caller) = lend(call, account, lent, duration);
    let result = format!(
        "{credentials}<AssumedRoleUser><AssumedRoleId>{}</AssumedRoleId><Arn>{}</Arn>\
         </AssumedRoleUser>",
        escape(&caller.user_id()),
        escape(&caller.arn(call.place.region)),
    );
    Ok(Output::Query { operation: "AssumeRole", result })
}

/// Temporary credentials of a user for the user itself.
fn get_session_token(call: &mut Call<'_>, form: &Form<'_>) -> Result<Output, ApiError> {
    let duration = duration(form, 43_200, 129_600)?;
    if call.caller.session.is_some() {
        return Err(ApiError::new(
            "AccessDenied",
            "Cannot call GetSessionToken with session credentials",
        )
        .with_status(403));
    }
    let lent = Lent::User { access_key: call.access_key.to_owned() };
    let (credentials, _) = lend(call, call.place.account, lent, duration);
    Ok(Output::Query { operation: "GetSessionToken", result: credentials })
}

fn get_access_key_info(call: &Call<'_>, form: &Form<'_>) -> Result<Output, ApiError> {
    let access_key = validate::required("accessKeyId", form.get("AccessKeyId"))?;
    validate::length("accessKeyId", access_key, 16..=128)?;
    let account = call.world.caller(access_key).account;
    let result = format!("<Account>{account}</Account>");
    Ok(Output::Query { operation: "GetAccessKeyInfo", result })
}

fn duration(form: &Form<'_>, default: u32, longest: i64) -> Result<Duration, ApiError> {
    let seconds: u32 = match form.get("DurationSeconds") {
        None => default,
        Some(text) => text
            .parse()
            .map_err(|_| ApiError::new("MalformedInput", "DurationSeconds is not a number"))?,
    };
    validate::range("durationSeconds", seconds.into(), 900..=longest)?;
    Ok(Duration::from_secs(seconds.into()))
}

/// Makes temporary credentials: their document, and the caller who uses them.
fn lend(call: &mut Call<'_>, account: Account, lent: Lent, duration: Duration) -> (String, Caller) {
    let vault = &call.world.vault;
    let access_key = access_key(&vault.random_bytes::<16>());
    let secret = STANDARD.encode(vault.random_bytes::<30>());
    let token = STANDARD.encode(vault.random_bytes::<96>());
    let expires = call.now.after(duration);
    let credentials = format!(
        "<Credentials><AccessKeyId>{access_key}</AccessKeyId>\
         <SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>\
         <Expiration>{}</Expiration></Credentials>",
        iso_8601(expires),
    );
    let session = Session {
        account,
        lent,
        expires,
        secret: vault.seal(&secret_purpose(&access_key), secret.as_bytes()),
        token: vault.seal(&token_purpose(&access_key), token.as_bytes()),
    };
    call.world.sessions.insert(access_key, session.clone());
    (credentials, Caller { account, session: Some(session) })
}

fn secret_purpose(access_key: &str) -> String {
    format!("secret access key of {access_key}")
}

fn token_purpose(access_key: &str) -> String {
    format!("session token of {access_key}")
}

impl Session {
    /// Refuses a session that is over.
    pub fn require_unexpired(&self, now: Timestamp) -> Result<(), ApiError> {
        if now < self.expires {
            return Ok(());
        }
        Err(ApiError::new(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ))
    }

    /// What requests of the session are signed with.
    pub fn credentials(&self, vault: &Vault, access_key: &str) -> Option<Secret> {
        let secret = vault.open(&secret_purpose(access_key), &self.secret)?;
        let token = vault.open(&token_purpose(access_key), &self.token)?;
        let token = String::from_utf8(token).ok()?;
        Some(Secret { key: String::from_utf8(secret).ok()?, token: Some(token) })
    }
}

fn parse_role(role_arn: &str, session_name: &str) -> Option<(Account, Lent)> {
    let arn = Arn::parse(role_arn).filter(|arn| arn.service == "iam" && arn.region.is_empty())?;
    let role = arn.resource.strip_prefix("role/").filter(|role| !role.is_empty())?;
    let lent = Lent::Role { role: role.to_owned(), name: session_name.to_owned() };
    Some((Account::parse(arn.account)?, lent))
}

/// Temporary access keys begin with ASIA.
fn access_key(random: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letters = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    "ASIA".chars().chain(letters).collect()
}

/// A moment as the query protocol writes it.
pub(crate) fn iso_8601(moment: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp(moment.milliseconds().div_euclid(1000))
        .ok()
        .and_then(|date| date.format(&Rfc3339).ok())
        .expect("the clock shows a year of four digits")
}
