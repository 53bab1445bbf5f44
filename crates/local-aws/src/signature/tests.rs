use http::HeaderName;

use super::canonical::hexadecimal;
use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const DATE_TEXT: &str = "20150830T123600Z";

fn at(text: &str) -> Timestamp {
    parse_date(text).unwrap()
}

fn secret() -> Secret {
    Secret { key: SECRET.to_owned(), token: None }
}

/// The example of the AWS general reference.
fn example(signature: &str) -> Request {
    let scope = "20150830/us-east-1/iam/aws4_request";
    let authorization = format!(
        "{ALGORITHM} Credential=AKIDEXAMPLE/{scope}, SignedHeaders=content-type;host;x-amz-date, \
         Signature={signature}"
    );
    http::Request::get("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08")
        .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        .header("X-Amz-Date", DATE_TEXT)
        .header(AUTHORIZATION, authorization)
        .body(Default::default())
        .unwrap()
}

const SIGNATURE: &str = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

fn refusal(request: &Request, secret: &Secret, now: &str) -> String {
    let error = verify(request, Service::Iam, secret, at(now)).unwrap_err();
    format!("{}: {}", error.code, error.message)
}

#[test]
fn the_published_example_verifies() {
    let request = example(SIGNATURE);
    let canonical = canonical_request(&request, &["content-type", "host", "x-amz-date"]);
    assert_eq!(
        hash(canonical.as_bytes()),
        "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
    );
    verify(&request, Service::Iam, &secret(), at(DATE_TEXT)).unwrap();
}

#[test]
fn nothing_that_is_signed_may_differ() {
    let mismatch = "InvalidSignatureException: The request signature we calculated does not match";
    let other = Secret { key: "other".to_owned(), token: None };
    assert!(refusal(&example(SIGNATURE), &other, DATE_TEXT).starts_with(mismatch));
    assert!(refusal(&example("00"), &secret(), DATE_TEXT).starts_with(mismatch));
    assert!(refusal(&example("zz"), &secret(), DATE_TEXT).starts_with(mismatch));
    let mut body = example(SIGNATURE);
    *body.body_mut() = "x".into();
    let mut query = example(SIGNATURE);
    *query.uri_mut() = "https://iam.amazonaws.com/?Action=ListRoles".parse().unwrap();
    let mut host = example(SIGNATURE);
    host.headers_mut().insert("host", "example.com".parse().unwrap());
    let mut method = example(SIGNATURE);
    *method.method_mut() = http::Method::POST;
    for request in [body, query, host, method] {
        assert!(refusal(&request, &secret(), DATE_TEXT).starts_with(mismatch));
    }
    let spaced = |name: &'static str, value: &str| {
        let mut request = example(SIGNATURE);
        request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
        verify(&request, Service::Iam, &secret(), at(DATE_TEXT))
    };
    assert!(spaced("content-type", "application/x-www-form-urlencoded;   charset=utf-8").is_ok());
    assert!(spaced("x-unsigned", "anything").is_ok());
}

#[test]
fn a_signature_is_for_its_time_and_its_service() {
    let request = example(SIGNATURE);
    for now in ["20150830T123100Z", "20150830T124100Z"] {
        verify(&request, Service::Iam, &secret(), at(now)).unwrap();
    }
    assert_eq!(
        refusal(&request, &secret(), "20150830T124101Z"),
        "InvalidSignatureException: Signature expired: 20150830T123600Z is now earlier than \
         20150830T123601Z (20150830T124101Z - 5 min.)"
    );
    assert_eq!(
        refusal(&request, &secret(), "20150830T123059Z"),
        "InvalidSignatureException: Signature not yet current: 20150830T123600Z is still later \
         than 20150830T123559Z (20150830T123059Z + 5 min.)"
    );
    let error = verify(&request, Service::Kms, &secret(), at(DATE_TEXT)).unwrap_err();
    assert_eq!(error.message, "Credential should be scoped to correct service: 'kms'.");
    let mut another_day = example(SIGNATURE);
    another_day.headers_mut().insert("x-amz-date", "20150831T123600Z".parse().unwrap());
    assert!(refusal(&another_day, &secret(), DATE_TEXT).contains("'20150830' != '20150831'"));
}

#[test]
fn a_token_belongs_to_its_secret() {
    let unknown = "UnrecognizedClientException: The security token included in the request is \
                   invalid.";
    let lent = Secret { token: Some("token".to_owned()), ..secret() };
    assert_eq!(refusal(&example(SIGNATURE), &lent, DATE_TEXT), unknown);
    let mut request = example(SIGNATURE);
    request.headers_mut().insert("x-amz-security-token", "token".parse().unwrap());
    assert_eq!(refusal(&request, &secret(), DATE_TEXT), unknown);
}

#[test]
fn an_incomplete_signature_is_refused() {
    let code = |authorization: &str| {
        let mut request = example(SIGNATURE);
        request.headers_mut().insert(AUTHORIZATION, authorization.parse().unwrap());
        verify(&request, Service::Iam, &secret(), at(DATE_TEXT)).unwrap_err().code.into_owned()
    };
    let credential = "Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request";
    assert_eq!(code(&format!("{ALGORITHM} {credential}")), "IncompleteSignatureException");
    assert_eq!(
        code(&format!("AWS3 {credential}, SignedHeaders=host, Signature=00")),
        "IncompleteSignatureException"
    );
    assert_eq!(
        code(&format!("{ALGORITHM} {credential}, SignedHeaders=x-amz-date, Signature=00")),
        "InvalidSignatureException"
    );
    let mut undated = example(SIGNATURE);
    undated.headers_mut().remove("x-amz-date");
    assert!(refusal(&undated, &secret(), DATE_TEXT).starts_with("IncompleteSignatureException"));
    let bare = http::Request::get("https://iam.amazonaws.com/").body(Default::default()).unwrap();
    assert!(refusal(&bare, &secret(), DATE_TEXT).starts_with("MissingAuthenticationToken"));
}

/// The same request, signed in its query for a time.
fn presigned(life: u64, key: &str) -> Request {
    let scope = "20150830/us-east-1/sts/aws4_request";
    let credential = format!("AKIDEXAMPLE/{scope}").replace('/', "%2F");
    let uri = format!(
        "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15\
         &X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={credential}&X-Amz-Date={DATE_TEXT}\
         &X-Amz-Expires={life}&X-Amz-SignedHeaders=host"
    );
    let unsigned = http::Request::get(&uri).body(Default::default()).unwrap();
    let text = format!(
        "{ALGORITHM}\n{DATE_TEXT}\n{scope}\n{}",
        hash(canonical_request(&unsigned, &["host"]).as_bytes())
    );
    let signature = hmac::sign(&signing_key(key, scope), text.as_bytes());
    let uri = format!("{uri}&X-Amz-Signature={}", hexadecimal(signature.as_ref()));
    http::Request::get(uri).body(Default::default()).unwrap()
}

#[test]
fn a_request_can_be_signed_in_its_query() {
    let check = |request: &Request, now| verify(request, Service::Sts, &secret(), at(now));
    check(&presigned(900, SECRET), "20150830T125100Z").unwrap();
    let late = check(&presigned(900, SECRET), "20150830T125101Z").unwrap_err();
    assert!(late.message.starts_with("Signature expired"), "{}", late.message);
    assert!(check(&presigned(900, "other"), DATE_TEXT).is_err());
    assert!(check(&presigned(604_801, SECRET), DATE_TEXT).is_err());
    assert_eq!(
        credential(&presigned(1, SECRET)).unwrap(),
        "AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request"
    );
}

#[test]
fn the_signing_key_is_the_published_one() {
    // The key itself stays inside; what it signs shows that it is the same one.
    let published = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9";
    let published = hmac::Key::new(HMAC_SHA256, &bytes_of(published).unwrap());
    let derived = signing_key(SECRET, "20150830/us-east-1/iam/aws4_request");
    let sign = |key: &hmac::Key| hexadecimal(hmac::sign(key, b"text").as_ref());
    assert_eq!(sign(&derived), sign(&published));
}
