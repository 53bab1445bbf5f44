//! The data sources that ask KMS and Secrets Manager, with scripted answers.

mod keys;
mod secrets;

use meridian_lang::{Marks, Type};
use meridian_resource::{Answer, Call, CloudError, ErrorClass, Place};

use super::*;
use crate::resources::testing::{answer, place, text};

fn source(name: &str) -> Box<dyn DataSource> {
    all().into_iter().find(|source| source.name() == name).expect("a data source of that name")
}

fn opened(name: &str) -> Box<dyn DataSource> {
    ephemeral().into_iter().find(|kind| kind.name() == name).expect("a type of that name")
}

fn here() -> Place {
    place("eu-west-1")
}

type Arguments<'a> = &'a [(&'a str, Value)];

fn config(source: &dyn DataSource, arguments: Arguments<'_>) -> Value {
    let empty = source.schema().empty();
    arguments.iter().fold(empty, |config, (name, value)| config.with(name, value.clone()))
}

/// The calls as lines: operation, input, and what is needed for it.
fn calls(source: &dyn DataSource, arguments: Arguments<'_>) -> Vec<String> {
    let line = |call: Call| {
        let members = call.input.as_entries().expect("members").iter();
        let members = members.filter(|(_, value)| !value.is_null());
        let members: Vec<String> =
            members.map(|(name, value)| format!("{name}={}", shown_value(value))).collect();
        let needs: Vec<String> =
            call.permissions.iter().map(|it| format!("{} on {}", it.action, it.resource)).collect();
        format!("{call} [{}] needs {}", members.join(" "), needs.join(", "))
    };
    source.reads(&here(), &config(source, arguments)).into_iter().map(line).collect()
}

fn shown_value(value: &Value) -> String {
    match (value.as_str(), value.as_bool(), value.as_i64()) {
        (Some(text), ..) => text.to_owned(),
        (_, Some(flag), _) => flag.to_string(),
        (.., Some(number)) => number.to_string(),
        _ => match value.as_entries() {
            Some(entries) => {
                let entry = |(name, value): (_, &Value)| format!("{name}:{}", shown_value(value));
                entries.iter().map(entry).collect::<Vec<_>>().join(",")
            }
            None => value.children().map(shown_value).collect::<Vec<_>>().join("+"),
        },
    }
}

fn observed(
    source: &dyn DataSource,
    arguments: Arguments<'_>,
    answers: &[Answer],
) -> Result<Value, DataError> {
    source.observe(&here(), &config(source, arguments), answers)
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    answer(members)
}

fn list<const N: usize>(texts: [&str; N]) -> Value {
    Value::list(Type::String, texts.map(Value::string))
}

fn failed(class: ErrorClass, code: &str, message: &str) -> CloudError {
    let (code, message) = (code.to_owned(), message.to_owned());
    CloudError { class, code, message, request_id: None, advice: None }
}

/// The summary of the problem that an observation ends with.
fn summary(observed: Result<Value, DataError>) -> String {
    match observed {
        Err(DataError::Problem(problem)) => problem.summary,
        other => panic!("no problem: {other:?}"),
    }
}

const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-AbCdEf";

#[test]
fn calls_ask_for_what_was_configured() {
    let secret = "arn:aws:secretsmanager:eu-west-1:*:secret:app/db-??????";
    let of_secret = |operation: &str, more: &str| {
        format!(
            "secretsmanager:{operation} in eu-west-1 [SecretId=app/db{more}] needs \
             secretsmanager:{operation} on {secret}"
        )
    };
    let key = |operation: &str, name: &str, more: &str, on: &str| {
        format!("kms:{operation} in eu-west-1 [{more}KeyId={name}] needs kms:{operation} on {on}")
    };
    let any_key = "arn:aws:kms:eu-west-1:*:key/*";
    let one_key = "arn:aws:kms:eu-west-1:*:key/mrk-0123";
    let id = ("secret_id", text("app/db"));
    let cases: [(&str, Arguments<'_>, Vec<String>); 14] = [
        ("aws_kms_key", &[("key_id", text(KEY))], vec![key("DescribeKey", KEY, "", KEY)]),
        (
            "aws_kms_key",
            &[("key_id", text("alias/app")), ("grant_tokens", list(["t", "u"]))],
            vec![key("DescribeKey", "alias/app", "GrantTokens=t+u ", any_key)],
        ),
        (
            "aws_kms_alias",
            &[("name", text("alias/a"))],
            vec![key("DescribeKey", "alias/a", "", any_key)],
        ),
        (
            "aws_kms_public_key",
            &[("key_id", text("mrk-0123")), ("grant_tokens", list([]))],
            vec![key("GetPublicKey", "mrk-0123", "", one_key)],
        ),
        (
            "aws_kms_ciphertext",
            &[("key_id", text("mrk-0123")), ("plaintext", text("hi"))],
            vec![format!(
                "kms:Encrypt in eu-west-1 [KeyId=mrk-0123 Plaintext=aGk=] needs kms:Encrypt on {one_key}"
            )],
        ),
        (
            "aws_kms_custom_key_store",
            &[("custom_key_store_name", text("outside"))],
            vec![
                "kms:DescribeCustomKeyStores in eu-west-1 [CustomKeyStoreName=outside] needs \
                  kms:DescribeCustomKeyStores on *"
                    .to_owned(),
            ],
        ),
        (
            "aws_secretsmanager_secret",
            &[("name", text("app/db"))],
            vec![of_secret("DescribeSecret", ""), of_secret("GetResourcePolicy", "")],
        ),
        (
            "aws_secretsmanager_secrets",
            &[],
            vec![
                "secretsmanager:ListSecrets in eu-west-1 [Filters=] needs \
                  secretsmanager:ListSecrets on *"
                    .to_owned(),
            ],
        ),
        (
            "aws_secretsmanager_secret_version",
            std::slice::from_ref(&id),
            vec![of_secret("GetSecretValue", " VersionStage=AWSCURRENT") + ", kms:Decrypt on *"],
        ),
        (
            "aws_secretsmanager_secret_version",
            &[id.clone(), ("version_id", text("v1")), ("version_stage", text("AWSPREVIOUS"))],
            vec![of_secret("GetSecretValue", " VersionId=v1") + ", kms:Decrypt on *"],
        ),
        (
            "aws_secretsmanager_secret_versions",
            &[id.clone(), ("include_deprecated", Value::bool(true))],
            vec![
                "secretsmanager:ListSecretVersionIds in eu-west-1 [IncludeDeprecated=true \
                 SecretId=app/db] needs secretsmanager:ListSecretVersionIds on "
                    .to_owned()
                    + secret,
            ],
        ),
        (
            "aws_secretsmanager_secret_rotation",
            std::slice::from_ref(&id),
            vec![of_secret("DescribeSecret", "")],
        ),
        (
            "aws_secretsmanager_random_password",
            &[("exclude_numbers", Value::bool(true)), ("exclude_characters", text(""))],
            vec![
                "secretsmanager:GetRandomPassword in eu-west-1 [ExcludeNumbers=true \
                  PasswordLength=32] needs secretsmanager:GetRandomPassword on *"
                    .to_owned(),
            ],
        ),
        ("aws_kms_secret", &[], vec![]),
    ];
    for (name, arguments, expected) in cases {
        assert_eq!(calls(&*source(name), arguments), expected, "{name}");
    }
}

#[test]
fn what_is_absent_is_told_as_the_provider_does() {
    let not_found = failed(ErrorClass::NotFound, "ResourceNotFoundException", "can't find it");
    let marked = "You can't perform this operation because it was marked for deletion.";
    let marked = failed(ErrorClass::InvalidState, "InvalidRequestException", marked);
    let store = failed(ErrorClass::Invalid, "CustomKeyStoreNotFoundException", "");
    let deleted = object([("DeletedDate", text("2026-12-01T00:00:00Z"))]);
    let id = [("secret_id", text("app/db"))];
    let named = [("name", text("app/db"))];
    let cases: [(&str, Arguments<'_>, Answer, &str); 9] = [
        (
            "aws_kms_key",
            &[("key_id", text("alias/x"))],
            Err(not_found.clone()),
            "reading KMS Key (alias/x): couldn't find resource",
        ),
        (
            "aws_kms_alias",
            &[("name", text("alias/x"))],
            Err(not_found.clone()),
            "reading KMS Alias (alias/x): empty result",
        ),
        (
            "aws_kms_custom_key_store",
            &[("custom_key_store_id", text("cks-1"))],
            Err(store),
            "reading KMS Custom Key Store (cks-1): couldn't find resource",
        ),
        (
            "aws_kms_custom_key_store",
            &[],
            Ok(object([("CustomKeyStores", Value::tuple([object([]), object([])]))])),
            "reading KMS Custom Key Store (): too many results: wanted 1, got 2",
        ),
        (
            "aws_secretsmanager_secret",
            &named,
            Err(not_found.clone()),
            "reading Secrets Manager Secret (app/db): couldn't find resource",
        ),
        (
            "aws_secretsmanager_secret",
            &named,
            Ok(deleted),
            "reading Secrets Manager Secret (app/db): couldn't find resource",
        ),
        (
            "aws_secretsmanager_secret_rotation",
            &id,
            Err(not_found.clone()),
            "reading Secrets Manager Secret (app/db): couldn't find resource",
        ),
        (
            "aws_secretsmanager_secret_version",
            &id,
            Err(marked),
            "reading Secrets Manager Secret Version (app/db|AWSCURRENT): couldn't find resource",
        ),
        (
            "aws_secretsmanager_secret_versions",
            &id,
            Err(not_found),
            "reading AWS Secrets Manager Secret Versions Data Source (app/db): couldn't find resource",
        ),
    ];
    for (name, arguments, answer, expected) in cases {
        let source = source(name);
        assert_eq!(summary(observed(&*source, arguments, &[answer])), expected, "{name}");
        let denied = failed(ErrorClass::Denied, "AccessDeniedException", "no");
        let refused = observed(&*source, arguments, &[Err(denied.clone())]);
        assert_eq!(refused, Err(DataError::Cloud(denied)), "{name}");
    }
}
