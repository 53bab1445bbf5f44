//! `rsadecrypt`.

use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::argument::text;
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::Value;

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "rsadecrypt",
    &[Parameter::new("ciphertext", Shape::String), Parameter::new("privatekey", Shape::String)],
    Shape::String,
    decrypt,
)];

/// The identifier of RSA and its empty parameters, as PKCS #8 has them (RFC 8017, appendix A.1).
const RSA_ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

fn decrypt(arguments: &[Value]) -> Outcome {
    let given = text(&arguments[0]);
    let ciphertext = STANDARD.decode(given.replace(['\r', '\n'], "")).map_err(|_| {
        let reason =
            format!("failed to decode input {given:?}: cipher text must be base64-encoded");
        FunctionError::argument(0, reason).quoting()
    })?;
    let key = private_key(text(&arguments[1])).map_err(|reason| {
        FunctionError::argument(1, format!("invalid private key: ssh: {reason}"))
    })?;
    let failed = || FunctionError::new("failed to decrypt: crypto/rsa: decryption error");
    let mut buffer = vec![0; key.min_output_size()];
    let decrypted = key.decrypt(&ciphertext, &mut buffer).map_err(|_| failed())?;
    // What is no text becomes text as far as possible, as in Terraform.
    Ok(Value::string(String::from_utf8_lossy(decrypted)))
}

/// Reads a key in PEM: PKCS #1 or PKCS #8, without a passphrase, of 2048 bits or more.
fn private_key(pem: &str) -> Result<Pkcs1PrivateDecryptingKey, String> {
    let begin = pem.find("-----BEGIN ").ok_or("no key found")?;
    let (label, body) =
        pem[begin + "-----BEGIN ".len()..].split_once("-----").ok_or("no key found")?;
    let body = body.split_once("-----END").map(|(body, _)| body).ok_or("no key found")?;
    if body.contains("ENCRYPTED") || label.contains("ENCRYPTED") {
        return Err("this private key is passphrase protected".to_owned());
    }
    let der = STANDARD
        .decode(body.split_ascii_whitespace().collect::<String>())
        .map_err(|_| "no key found")?;
    let pkcs8 = match label {
        "RSA PRIVATE KEY" => in_pkcs8(&der),
        "PRIVATE KEY" => der,
        _ => return Err(format!("unsupported key type {label:?}")),
    };
    let unusable = "no RSA key of 2048 bits or more";
    let key = PrivateDecryptingKey::from_pkcs8(&pkcs8).map_err(|_| unusable)?;
    Pkcs1PrivateDecryptingKey::new(key).map_err(|_| unusable.to_owned())
}

/// A key of PKCS #1 in the envelope of PKCS #8.
fn in_pkcs8(pkcs1: &[u8]) -> Vec<u8> {
    let mut content = vec![0x02, 0x01, 0x00];
    content.extend(RSA_ALGORITHM);
    content.extend(element(0x04, pkcs1));
    element(0x30, &content)
}

/// An element of DER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let length = content.len();
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            let long = length.to_be_bytes();
            let significant: Vec<u8> = long.into_iter().skip_while(|byte| *byte == 0).collect();
            // At most eight bytes.
            bytes.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
            bytes.extend(significant);
        }
    }
    bytes.extend(content);
    bytes
}
