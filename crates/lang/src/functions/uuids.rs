//! Functions whose results nobody can foretell, and identifiers made from names.

use sha1::{Digest, Sha1};
use uuid::{Builder, Uuid};

use super::argument::{text, whole};
use super::signature::{Function, FunctionError, Outcome, Parameter, Shape};
use crate::{Scope, Type, Value};

/// The cost of `bcrypt` where none is given.
const USUAL_COST: u32 = 10;
/// The least cost; below it the usual one is taken, as Terraform does.
const LEAST_COST: i64 = 4;
/// The greatest cost. Each step doubles the time; this one is a minute or two.
const GREATEST_COST: i64 = 20;
/// Bytes of a text that bcrypt looks at.
const GREATEST_PASSWORD: usize = 72;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::reading(
        "bcrypt",
        &[Parameter::new("str", Shape::String)],
        Shape::String,
        hash_password,
    )
    .and(Parameter::new("cost", Shape::Number)),
    Function::reading("plantimestamp", &[], Shape::String, |_, scope| {
        Ok(scope.start_time().map_or_else(unknown, Value::string))
    }),
    Function::reading("timestamp", &[], Shape::String, |_, scope| {
        Ok(scope.impure().map_or_else(unknown, |impure| Value::string(impure.now())))
    }),
    Function::reading("uuid", &[], Shape::String, |_, scope| {
        Ok(scope.impure().map_or_else(unknown, |impure| {
            Value::string(Builder::from_random_bytes(impure.random()).into_uuid().to_string())
        }))
    }),
    Function::new(
        "uuidv5",
        &[Parameter::new("namespace", Shape::String), Parameter::new("name", Shape::String)],
        Shape::String,
        from_name,
    ),
];

fn unknown() -> Value {
    Value::unknown_not_null(Type::String)
}

fn hash_password(arguments: &[Value], scope: &dyn Scope) -> Outcome {
    let Some(impure) = scope.impure() else {
        return Ok(unknown());
    };
    if arguments.len() > 2 {
        return Err(FunctionError::new("bcrypt() takes no more than two arguments"));
    }
    let password = text(&arguments[0]);
    let cost = match arguments.get(1) {
        Some(_) => whole(arguments, 1)?,
        None => i64::from(USUAL_COST),
    };
    if cost > GREATEST_COST {
        let reason =
            format!("cost {cost} is outside of the allowed range, {LEAST_COST} to {GREATEST_COST}");
        return Err(FunctionError::argument(1, reason));
    }
    if password.len() > GREATEST_PASSWORD {
        let reason = format!("the text is longer than {GREATEST_PASSWORD} bytes");
        return Err(FunctionError::argument(0, reason));
    }
    let cost =
        if cost < LEAST_COST { USUAL_COST } else { u32::try_from(cost).unwrap_or(USUAL_COST) };
    bcrypt::hash_with_salt(password, cost, impure.random())
        .map(|parts| Value::string(parts.format_for_version(bcrypt::Version::TwoA)))
        .map_err(|_| FunctionError::argument(0, "the text must not contain a null character"))
}

fn from_name(arguments: &[Value]) -> Outcome {
    let (given, name) = (text(&arguments[0]), text(&arguments[1]));
    let namespace = match given {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::try_parse(other).map_err(|_| {
            let length = other.len();
            let why = match length {
                32 | 36 | 38 | 45 => "invalid UUID format".to_owned(),
                _ => format!("invalid UUID length: {length}"),
            };
            let reason = format!("uuidv5() doesn't support namespace {other} ({why})");
            FunctionError::new(reason).quoting()
        })?,
    };
    let digest = Sha1::new().chain_update(namespace).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Ok(Value::string(Builder::from_sha1_bytes(bytes).into_uuid().to_string()))
}
