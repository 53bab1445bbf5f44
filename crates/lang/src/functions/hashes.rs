//! Functions that hash text and files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::argument::text;
use super::files::read_hashed;
use super::signature::{Function, Outcome, Parameter, Shape};
use crate::{Scope, Value};

const STR: Parameter = Parameter::new("str", Shape::String);
const PATH: Parameter = Parameter::new("path", Shape::String);

pub(super) const FUNCTIONS: &[Function] = &[
    of_text("base64sha256", |arguments| Ok(base64(Sha256::digest(bytes(arguments))))),
    of_text("base64sha512", |arguments| Ok(base64(Sha512::digest(bytes(arguments))))),
    of_text("md5", |arguments| Ok(hexadecimal(Md5::digest(bytes(arguments))))),
    of_text("sha1", |arguments| Ok(hexadecimal(Sha1::digest(bytes(arguments))))),
    of_text("sha256", |arguments| Ok(hexadecimal(Sha256::digest(bytes(arguments))))),
    of_text("sha512", |arguments| Ok(hexadecimal(Sha512::digest(bytes(arguments))))),
    of_file("filebase64sha256", |arguments, scope| {
        read_hashed(arguments, scope).map(|content| base64(Sha256::digest(content)))
    }),
    of_file("filebase64sha512", |arguments, scope| {
        read_hashed(arguments, scope).map(|content| base64(Sha512::digest(content)))
    }),
    of_file("filemd5", |arguments, scope| {
        read_hashed(arguments, scope).map(|content| hexadecimal(Md5::digest(content)))
    }),
    of_file("filesha1", |arguments, scope| {
        read_hashed(arguments, scope).map(|content| hexadecimal(Sha1::digest(content)))
    }),
    of_file("filesha256", |arguments, scope| {
        read_hashed(arguments, scope).map(|content| hexadecimal(Sha256::digest(content)))
    }),
    of_file("filesha512", |arguments, scope| {
        read_hashed(arguments, scope).map(|content| hexadecimal(Sha512::digest(content)))
    }),
];

const fn of_text(name: &'static str, body: fn(&[Value]) -> Outcome) -> Function {
    Function::new(name, &[STR], Shape::String, body)
}

const fn of_file(name: &'static str, body: fn(&[Value], &dyn Scope) -> Outcome) -> Function {
    Function::reading(name, &[PATH], Shape::String, body)
}

fn bytes(arguments: &[Value]) -> &[u8] {
    text(&arguments[0]).as_bytes()
}

fn base64(digest: impl AsRef<[u8]>) -> Value {
    Value::string(STANDARD.encode(digest))
}

fn hexadecimal(digest: impl AsRef<[u8]>) -> Value {
    Value::string(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
