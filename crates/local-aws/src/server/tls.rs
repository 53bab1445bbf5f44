//! Certificates for HTTPS: an authority of our own, and what it signs.
//!
//! Clients trust the authority for this server only when they are told to
//! (`AWS_CA_BUNDLE`). The certificate of the server is made anew each time;
//! the authority can be kept, so that its file does not change.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::options::TlsOptions;
use crate::region::{Partition, Region};

/// Some clients refuse certificates that are valid for longer.
const DAYS_VALID: i64 = 397;
const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o644;

/// What accepts TLS connections. The authority's files are written if need be.
pub(super) fn acceptor(options: &TlsOptions) -> io::Result<TlsAcceptor> {
    let (key, is_new) = authority_key(options.key.as_deref())?;
    let authority = CertifiedIssuer::self_signed(authority(), key).map_err(io::Error::other)?;
    // Made from the same key it differs only in its signature: clients that have it may keep it.
    if is_new || !options.certificate.exists() {
        write(&options.certificate, &authority.pem(), PUBLIC)?;
    }
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = server_certificate()
        .and_then(|certificate| certificate.signed_by(&key, &authority))
        .map_err(io::Error::other)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The kept key, or a new one, and whether it is new.
fn authority_key(path: Option<&Path>) -> io::Result<(KeyPair, bool)> {
    let new_key = || KeyPair::generate().map_err(io::Error::other);
    let Some(path) = path else {
        return Ok((new_key()?, true));
    };
    match fs::read_to_string(path) {
        Ok(text) => KeyPair::from_pem(&text).map(|key| (key, false)).map_err(|error| {
            let message = format!("{} is not a private key: {error}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, message)
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = new_key()?;
            write(path, &key.serialize_pem(), PRIVATE)?;
            Ok((key, true))
        }
        Err(error) => Err(error),
    }
}

fn authority() -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "local AWS certificate authority");
    authority.not_before = date_time_ymd(2020, 1, 1);
    authority.not_after = date_time_ymd(2046, 1, 1);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority
}

fn server_certificate() -> Result<CertificateParams, rcgen::Error> {
    let mut certificate = CertificateParams::new(names())?;
    let loopback = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    certificate.subject_alt_names.extend(loopback.map(SanType::IpAddress));
    // With the name of its authority it would pass for self-signed.
    certificate.distinguished_name.push(DnType::CommonName, "local AWS");
    let now = OffsetDateTime::now_utc();
    certificate.not_before = now - Duration::days(1);
    certificate.not_after = now + Duration::days(DAYS_VALID - 1);
    certificate.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    certificate.use_authority_key_identifier_extension = true;
    Ok(certificate)
}

/// The names of the server. A star stands for one label, and only at the
/// beginning, so that each Region needs a name of its own.
fn names() -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "*.amazonaws.com".to_owned()];
    for region in Region::all() {
        let domain = match region.partition() {
            Partition::China => "amazonaws.com.cn",
            Partition::Aws | Partition::UsGovernment => "amazonaws.com",
        };
        names.push(format!("*.{region}.{domain}"));
    }
    names
}

fn write(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(draft, path)
}
