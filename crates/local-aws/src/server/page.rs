//! The page that shows what there is, and the headers that keep it to itself.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use ring::digest::{SHA256, digest};

use super::body::Content;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = concat!(include_str!("page/rows.js"), include_str!("page/page.js"));

static PAGE: LazyLock<String> = LazyLock::new(|| {
    include_str!("page/index.html").replace("{style}", STYLE).replace("{script}", SCRIPT)
});

/// The page may run its own script, wear its own style and talk to its own server.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE),
    );
    HeaderValue::from_str(&policy).expect("a policy is plain text")
});

/// The page, whole.
pub(super) fn page() -> Response<Content> {
    Response::builder()
        .header(CONTENT_TYPE, "text/html; charset=utf-8")
        .body(Content::from(PAGE.as_str()))
        .expect("the content type is valid")
}

/// The answer with headers under which no other site can show or guess it.
pub(super) fn guarded(mut response: Response<Content>) -> Response<Content> {
    const OWN: HeaderValue = HeaderValue::from_static("same-origin");
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), OWN);
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), OWN);
    response
}
