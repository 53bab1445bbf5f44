//! Who may look: a page of another site must not read this one.
//!
//! A browser can be led to send requests here under a name of somebody else's
//! (DNS rebinding), or on behalf of a foreign page; the `Host` and `Origin`
//! headers tell. Clients of AWS send neither from a browser, and any name.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::request::Parts;

/// The names under which a server may be looked at.
#[derive(Debug)]
pub(super) struct Hosts {
    names: Vec<String>,
    /// The address that is listened on; any, if that is unspecified.
    address: IpAddr,
}

impl Hosts {
    pub fn new(address: IpAddr, names: &[String]) -> Self {
        let names = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        Self { names, address }
    }

    /// Whether a request comes under one of the names and from a page of this server.
    pub fn admit(&self, head: &Parts) -> bool {
        let header = |name| head.headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let host = header(HOST).or_else(|| head.uri.authority().map(|it| it.as_str()));
        let is_ours = |origin: &str| {
            let (_, authority) = origin.split_once("://").unwrap_or_default();
            self.has(authority)
        };
        host.is_some_and(|host| self.has(host)) && header(ORIGIN).is_none_or(is_ours)
    }

    /// Whether an authority (`name` or `name:port`) is this server's.
    fn has(&self, authority: &str) -> bool {
        let Some(name) = name(authority) else {
            return false;
        };
        match name.parse::<IpAddr>() {
            // A name can be led here, an address cannot.
            Ok(address) => {
                address.is_loopback() || address == self.address || self.address.is_unspecified()
            }
            Err(_) => name == "localhost" || self.names.contains(&name),
        }
    }
}

fn name(authority: &str) -> Option<String> {
    let name = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => authority.split(':').next()?,
    };
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(hosts: &Hosts, host: Option<&str>, origin: Option<&str>) -> bool {
        let request = http::Request::get("/");
        let request = host.into_iter().fold(request, |request, host| request.header(HOST, host));
        let request = origin.into_iter().fold(request, |it, origin| it.header(ORIGIN, origin));
        hosts.admit(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn only_own_names_are_admitted() {
        let hosts = Hosts::new([192, 168, 1, 7].into(), &["Aws.test".to_owned()]);
        for host in ["localhost:4599", "LOCALHOST", "127.0.0.1:1", "[::1]:80", "192.168.1.7:4599"] {
            assert!(admits(&hosts, Some(host), None), "{host}");
        }
        assert!(admits(&hosts, Some("aws.test:4599"), None));
        for host in ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", "[::1", ""] {
            assert!(!admits(&hosts, Some(host), None), "{host}");
        }
        assert!(!admits(&hosts, None, None));
        assert!(admits(&Hosts::new([0, 0, 0, 0].into(), &[]), Some("10.0.0.1"), None));
    }

    #[test]
    fn a_page_of_another_site_is_not_admitted() {
        let hosts = Hosts::new([127, 0, 0, 1].into(), &[]);
        assert!(admits(&hosts, Some("localhost"), Some("http://localhost:4599")));
        assert!(!admits(&hosts, Some("localhost"), Some("https://evil.example")));
        assert!(!admits(&hosts, Some("localhost"), Some("null")));
    }
}
