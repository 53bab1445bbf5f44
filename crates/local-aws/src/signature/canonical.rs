//! The canonical form of a request (AWS general reference, "Create a signed AWS
//! API request").

use std::fmt::Write;

use http::header::HOST;
use ring::digest::{SHA256, digest};

use crate::request::Request;

/// What is signed of a request: everything that its signed headers name, its
/// path, its query and its body.
pub(crate) fn canonical_request(request: &Request, signed_headers: &[&str]) -> String {
    let mut text = format!(
        "{}\n{}\n{}\n",
        request.method(),
        canonical_path(request.uri().path()),
        canonical_query(request.uri().query().unwrap_or_default()),
    );
    for name in signed_headers {
        text.push_str(name);
        text.push(':');
        text.push_str(&header_value(request, name));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&signed_headers.join(";"));
    text.push('\n');
    text.push_str(&hash(request.body()));
    text
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, bytes).as_ref())
}

/// Bytes in hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all text");
        text
    })
}

/// The path without detours, its segments encoded once more.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let mut canonical = String::from("/");
    let encoded: Vec<String> = segments.iter().map(|segment| encode(segment.as_bytes())).collect();
    canonical.push_str(&encoded.join("/"));
    if !segments.is_empty() && path.ends_with('/') {
        canonical.push('/');
    }
    canonical
}

/// The parameters in their order; the signature itself is none of them.
fn canonical_query(query: &str) -> String {
    let mut parameters: Vec<(String, String)> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| (encode(&decode(name)), encode(&decode(value))))
        .collect();
    parameters.sort();
    let parameters: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    parameters.join("&")
}

/// The values of a header, each without spaces that do not matter. A request
/// that has not been on a wire has its host in its URI alone.
fn header_value(request: &Request, name: &str) -> String {
    let values: Vec<String> = request
        .headers()
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    if values.is_empty() && name == HOST.as_str() {
        return host(request);
    }
    values.join(",")
}

fn host(request: &Request) -> String {
    let uri = request.uri();
    let Some(host) = uri.host() else {
        return String::new();
    };
    let is_default =
        |port| matches!((uri.scheme_str(), port), (Some("https"), 443) | (Some("http"), 80));
    match uri.port_u16().filter(|port| !is_default(*port)) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Percent-encodes everything but the characters that RFC 3986 leaves unreserved.
fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").expect("a string takes all text");
        }
        text
    })
}

/// The bytes behind a percent-encoded text.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.first_chunk::<2>().filter(|_| *first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_detours() {
        let table = [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/a/./b/../c/", "/a/c/"),
            ("/../a", "/a"),
            ("/a%20b", "/a%2520b"),
        ];
        for (path, expected) in table {
            assert_eq!(canonical_path(path), expected, "{path}");
        }
    }

    #[test]
    fn parameters_are_sorted_and_encoded_alike() {
        let table = [
            ("", ""),
            ("b=2&a=1&a=0", "a=0&a=1&b=2"),
            ("a", "a="),
            ("a=%7e%2f&X-Amz-Signature=00", "a=~%2F"),
            ("a=1+2", "a=1%2B2"),
            ("a=100%", "a=100%25"),
        ];
        for (query, expected) in table {
            assert_eq!(canonical_query(query), expected, "{query}");
        }
    }
}
