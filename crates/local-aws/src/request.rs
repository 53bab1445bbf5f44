//! What a request's head tells: who signed it, for which Region and service,
//! and which operation it asks for.

use http::HeaderMap;
use http::header::{AUTHORIZATION, AsHeaderName};
use hyper::body::Bytes;

use crate::error::ApiError;
use crate::region::Region;

/// A request as it arrives: an HTTP request whose body is complete.
pub type Request = http::Request<Bytes>;

/// The services of this cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Kms,
    SecretsManager,
    Sts,
}

impl Service {
    /// The service's name in a credential scope.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::SecretsManager => "secretsmanager",
            Self::Sts => "sts",
        }
    }
}

/// The service and the operation that a request is for.
///
/// The services of the JSON protocol name both in a header; the query protocol
/// of STS has the operation in its form.
pub(crate) fn target(request: &Request) -> Option<(Service, String)> {
    if let Some(target) = header(request.headers(), "x-amz-target") {
        let (prefix, operation) = target.split_once('.')?;
        let service = match prefix {
            "TrentService" => Service::Kms,
            "secretsmanager" => Service::SecretsManager,
            _ => return None,
        };
        return Some((service, operation.to_owned()));
    }
    let mut form = form_urlencoded::parse(request.body());
    let (_, action) = form.find(|(name, _)| name == "Action")?;
    Some((Service::Sts, action.into_owned()))
}

/// The signer's access key and the Region of the credential scope.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub access_key: &'a str,
    pub region: Region,
}

impl<'a> Scope<'a> {
    /// Reads the scope from the signature (AWS Signature Version 4); the
    /// signature itself is not verified, since nobody shares a key with us.
    pub fn of(request: &'a Request) -> Result<Self, ApiError> {
        let Some(authorization) = header(request.headers(), AUTHORIZATION) else {
            return Err(ApiError::new(
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            ));
        };
        let credential = authorization
            .split([' ', ','])
            .find_map(|part| part.strip_prefix("Credential="))
            .ok_or_else(|| {
                ApiError::new(
                    "IncompleteSignatureException",
                    "Authorization header requires 'Credential' parameter.",
                )
            })?;
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key, _date, region, _service, "aws4_request"] = parts[..] else {
            return Err(ApiError::new(
                "IncompleteSignatureException",
                "Credential must have exactly 5 slash-delimited elements.",
            ));
        };
        let region = Region::named(region).ok_or_else(|| {
            ApiError::new(
                "InvalidSignatureException",
                "Credential should be scoped to a valid region.",
            )
        })?;
        Ok(Self { access_key, region })
    }
}

fn header(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)], body: &'static str) -> Request {
        let builder = http::Request::post("/");
        let builder =
            headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        builder.body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    #[test]
    fn scope_and_target_are_in_the_head() {
        let signed = request(
            &[
                (
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, SignedHeaders=host, Signature=00",
                ),
                ("X-Amz-Target", "TrentService.CreateKey"),
            ],
            "{}",
        );
        let scope = Scope::of(&signed).unwrap();
        assert_eq!((scope.access_key, scope.region.as_str()), ("AKID", "eu-west-1"));
        assert_eq!(target(&signed), Some((Service::Kms, "CreateKey".to_owned())));
    }

    #[test]
    fn sts_has_its_operation_in_the_form() {
        let form = request(&[], "Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(target(&form), Some((Service::Sts, "GetCallerIdentity".to_owned())));
    }

    #[test]
    fn unsigned_and_misaddressed_requests_are_refused() {
        let code = |request: &Request| Scope::of(request).unwrap_err().code.into_owned();
        assert_eq!(code(&request(&[], "")), "MissingAuthenticationTokenException");
        let unknown = [(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/mars-north-1/kms/aws4_request",
        )];
        assert_eq!(code(&request(&unknown, "")), "InvalidSignatureException");
        assert_eq!(
            code(&request(&[("Authorization", "Bearer x")], "")),
            "IncompleteSignatureException"
        );
        assert_eq!(target(&request(&[("X-Amz-Target", "S3.Get")], "")), None);
    }
}
