//! What a request's head tells: who signed it, for which Region and service,
//! and which operation it asks for.

use http::HeaderMap;
use http::header::AsHeaderName;
use hyper::body::Bytes;

use crate::error::ApiError;
use crate::region::Region;
use crate::signature;

/// A request as it arrives: an HTTP request whose body is complete.
pub type Request = http::Request<Bytes>;

/// The services of this cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Iam,
    Kms,
    SecretsManager,
    Sts,
}

impl Service {
    pub const ALL: [Self; 4] = [Self::Iam, Self::Kms, Self::SecretsManager, Self::Sts];

    /// The service's name in a credential scope.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Kms => "kms",
            Self::SecretsManager => "secretsmanager",
            Self::Sts => "sts",
        }
    }

    /// Whether the service speaks the query protocol, with XML for its answers.
    pub fn speaks_query(self) -> bool {
        matches!(self, Self::Iam | Self::Sts)
    }
}

/// The service and the operation that a request is for.
///
/// The services of the JSON protocol name both in a header; the query protocol
/// has the operation in its form, and the version of the service's interface.
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
    let find = |wanted: &str| {
        form_urlencoded::parse(parameters(request))
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let service = match find("Version").as_deref() {
        Some("2010-05-08") => Service::Iam,
        _ => Service::Sts,
    };
    Some((service, find("Action")?))
}

/// The members of a request: its body, or its query if it has no body.
pub(crate) fn parameters(request: &Request) -> &[u8] {
    let body = request.body();
    match request.uri().query() {
        Some(query) if body.is_empty() => query.as_bytes(),
        _ => body,
    }
}

/// The signer's access key and the Region of the credential scope.
#[derive(Debug)]
pub(crate) struct Scope {
    pub access_key: String,
    pub region: Region,
}

impl Scope {
    /// Reads the scope from the signature (AWS Signature Version 4), whether or
    /// not the signature is a true one.
    pub fn of(request: &Request) -> Result<Self, ApiError> {
        let credential = signature::credential(request)?;
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
        Ok(Self { access_key: access_key.to_owned(), region })
    }
}

/// The value of a header, if it is text.
pub(crate) fn header(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
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
        assert_eq!((scope.access_key.as_str(), scope.region.as_str()), ("AKID", "eu-west-1"));
        assert_eq!(target(&signed), Some((Service::Kms, "CreateKey".to_owned())));
    }

    #[test]
    fn the_query_protocol_has_its_operation_in_the_form() {
        let form = request(&[], "Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(target(&form), Some((Service::Sts, "GetCallerIdentity".to_owned())));
        let form = request(&[], "Action=ListRoles&Version=2010-05-08");
        assert_eq!(target(&form), Some((Service::Iam, "ListRoles".to_owned())));
        let query = http::Request::get("/?Action=GetCallerIdentity&Version=2011-06-15");
        let query = query.body(Bytes::new()).unwrap();
        assert_eq!(target(&query), Some((Service::Sts, "GetCallerIdentity".to_owned())));
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
