//! Who may use the control endpoint: anyone but the web pages of others.
//!
//! A browser sends a page's requests to any address, a loopback one included. It
//! tells where the page is from in `Origin`, except for harmless requests, and
//! asks before it sends JSON across sites, which nobody here answers.

use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderValue, Method, StatusCode, Uri};

use crate::control::Refusal;
use crate::request::Request;

/// Refuses what a page of another site may have sent.
pub(super) fn admit(request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    if headers.get(ORIGIN).is_some_and(|origin| !is_own(origin, headers.get(HOST))) {
        let reason = "the request comes from a page of another site";
        return Err(Refusal::new(StatusCode::FORBIDDEN, reason));
    }
    if request.method() == Method::POST && !headers.get(CONTENT_TYPE).is_some_and(is_json) {
        let reason = "the Content-Type of the request must be application/json";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    Ok(())
}

fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    let site = origin.as_ref().and_then(Uri::authority).map(|authority| authority.as_str());
    let host = host.and_then(|host| host.to_str().ok());
    site.zip(host).is_some_and(|(site, host)| site.eq_ignore_ascii_case(host))
}

fn is_json(content_type: &HeaderValue) -> bool {
    let kind = content_type.to_str().ok().and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
