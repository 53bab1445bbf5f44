//! AWS Signature Version 4, for a cloud that is told to verify it (AWS general
//! reference, "AWS Signature Version 4 for API requests").

mod canonical;
mod credentials;

use std::time::Duration;

use http::header::{AUTHORIZATION, DATE};
use ring::hmac::{self, HMAC_SHA256};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::request::{Request, Service, header};
use crate::signature::canonical::{canonical_request, decode, hash};

pub use credentials::Credentials;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATION: &str = "aws4_request";
/// How far the clock of a client may be off.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);
/// How long a signature in a query may be valid.
const LONGEST_LIFE_SECONDS: u64 = 7 * 24 * 60 * 60;

/// A secret access key, and the session token that goes with it.
pub(crate) struct Secret {
    pub key: String,
    pub token: Option<String>,
}

/// Where a request has its signature.
enum Carrier<'a> {
    /// In the `Authorization` header.
    Header(&'a str),
    /// In the query, as in an address that was signed beforehand.
    Query,
}

/// A signature and what it says of itself.
struct Signed {
    date: String,
    scope: String,
    headers: String,
    signature: String,
    token: Option<String>,
    /// For how many seconds a signature in a query is valid.
    life: Option<u64>,
}

/// The credential of a request: access key and scope, with slashes between.
pub(crate) fn credential(request: &Request) -> Result<String, ApiError> {
    match carrier(request)? {
        Carrier::Header(authorization) => parameter(authorization, "Credential").map(str::to_owned),
        Carrier::Query => from_query(request, "X-Amz-Credential")
            .ok_or_else(|| incomplete("X-Amz-Credential must be given")),
    }
}

fn carrier(request: &Request) -> Result<Carrier<'_>, ApiError> {
    if let Some(authorization) = header(request.headers(), AUTHORIZATION) {
        return Ok(Carrier::Header(authorization));
    }
    if from_query(request, "X-Amz-Algorithm").is_some() {
        return Ok(Carrier::Query);
    }
    Err(ApiError::new("MissingAuthenticationTokenException", "Missing Authentication Token"))
}

fn parameter<'a>(authorization: &'a str, name: &str) -> Result<&'a str, ApiError> {
    authorization
        .split([' ', ','])
        .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        .ok_or_else(|| incomplete(&format!("Authorization header requires '{name}' parameter.")))
}

fn from_query(request: &Request, name: &str) -> Option<String> {
    let parameters = request.uri().query()?.split('&');
    let value = parameters.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1;
    String::from_utf8(decode(value)).ok()
}

/// The refusal of an access key or a session token that nobody was given.
pub(crate) fn unknown_token() -> ApiError {
    ApiError::new(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )
}

fn incomplete(message: &str) -> ApiError {
    ApiError::new("IncompleteSignatureException", message)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidSignatureException", message)
}

/// Refuses a request that is not signed with this secret, for this service and
/// at this time.
pub(crate) fn verify(
    request: &Request,
    service: Service,
    secret: &Secret,
    now: Timestamp,
) -> Result<(), ApiError> {
    let signed = Signed::of(request)?;
    let signed_headers: Vec<&str> = signed.headers.split(';').collect();
    if !signed_headers.contains(&"host") {
        return Err(invalid(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    check_scope(&signed, service)?;
    check_time(&signed, now)?;
    if signed.token != secret.token {
        return Err(unknown_token());
    }
    let text = format!(
        "{ALGORITHM}\n{}\n{}\n{}",
        signed.date,
        signed.scope,
        hash(canonical_request(request, &signed_headers).as_bytes())
    );
    let key = signing_key(&secret.key, &signed.scope);
    let signature = bytes_of(&signed.signature).unwrap_or_default();
    hmac::verify(&key, text.as_bytes(), &signature).map_err(|_| {
        invalid(
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        )
    })
}

impl Signed {
    fn of(request: &Request) -> Result<Self, ApiError> {
        let credential = credential(request)?;
        let scope = credential.split_once('/').map_or("", |(_, scope)| scope).to_owned();
        match carrier(request)? {
            Carrier::Header(authorization) => {
                if !authorization.starts_with(ALGORITHM) {
                    return Err(incomplete("Unsupported AWS 'algorithm'."));
                }
                let headers = request.headers();
                let date = header(headers, "x-amz-date").or_else(|| header(headers, DATE));
                let date = date.ok_or_else(|| {
                    incomplete(
                        "Authorization header requires existence of either a 'X-Amz-Date' or a \
                         'Date' header.",
                    )
                })?;
                Ok(Self {
                    date: date.to_owned(),
                    scope,
                    headers: parameter(authorization, "SignedHeaders")?.to_owned(),
                    signature: parameter(authorization, "Signature")?.to_owned(),
                    token: header(headers, "x-amz-security-token").map(str::to_owned),
                    life: None,
                })
            }
            Carrier::Query => {
                let required = |name: &str| {
                    from_query(request, name)
                        .ok_or_else(|| incomplete(&format!("{name} must be given")))
                };
                if required("X-Amz-Algorithm")? != ALGORITHM {
                    return Err(incomplete("Unsupported AWS 'algorithm'."));
                }
                let life = required("X-Amz-Expires")?.parse().ok();
                let life = life.filter(|life| *life <= LONGEST_LIFE_SECONDS);
                let life = life.ok_or_else(|| {
                    incomplete("X-Amz-Expires must be a number of seconds up to a week")
                })?;
                Ok(Self {
                    date: required("X-Amz-Date")?,
                    scope,
                    headers: required("X-Amz-SignedHeaders")?,
                    signature: required("X-Amz-Signature")?,
                    token: from_query(request, "X-Amz-Security-Token"),
                    life: Some(life),
                })
            }
        }
    }
}

fn check_scope(signed: &Signed, service: Service) -> Result<(), ApiError> {
    let mut scope = signed.scope.split('/');
    let date = scope.next().unwrap_or_default();
    let day = signed.date.get(..8).unwrap_or_default();
    if date != day {
        return Err(invalid(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{date}' != '{day}', from '{}'.",
            signed.date
        )));
    }
    let name = service.as_str();
    if scope.nth(1) != Some(name) {
        return Err(invalid(format!("Credential should be scoped to correct service: '{name}'.")));
    }
    Ok(())
}

fn check_time(signed: &Signed, now: Timestamp) -> Result<(), ApiError> {
    let date = parse_date(&signed.date).ok_or_else(|| {
        incomplete("Date must be in ISO-8601 'basic format': YYYYMMDD'T'HHMMSS'Z'.")
    })?;
    let text = &signed.date;
    let life = signed.life.map_or(TOLERANCE, Duration::from_secs);
    if date.after(life) < now {
        let earliest = now.milliseconds() - milliseconds(life);
        return Err(invalid(format!(
            "Signature expired: {text} is now earlier than {} ({} - {} min.)",
            write_date(earliest),
            write_date(now.milliseconds()),
            life.as_secs() / 60,
        )));
    }
    if now.after(TOLERANCE) < date {
        return Err(invalid(format!(
            "Signature not yet current: {text} is still later than {} ({} + 5 min.)",
            write_date(now.after(TOLERANCE).milliseconds()),
            write_date(now.milliseconds()),
        )));
    }
    Ok(())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn parse_date(text: &str) -> Option<Timestamp> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let date = PrimitiveDateTime::parse(text, format).ok()?.assume_utc();
    Some(Timestamp::from_milliseconds(date.unix_timestamp() * 1000))
}

fn write_date(milliseconds: i64) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1000))
        .ok()
        .and_then(|date| date.format(format).ok())
        .expect("the clock shows a year of four digits")
}

/// The key for one day, Region and service, so that the secret itself signs little.
fn signing_key(secret: &str, scope: &str) -> hmac::Key {
    let parts = scope.split('/').take(3).chain([TERMINATION]);
    let first = hmac::Key::new(HMAC_SHA256, format!("AWS4{secret}").as_bytes());
    parts.fold(first, |key, part| {
        hmac::Key::new(HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref())
    })
}

fn bytes_of(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    hexadecimal.as_bytes().chunks(2).map(digits).collect()
}

#[cfg(test)]
#[path = "signature/tests.rs"]
mod tests;
