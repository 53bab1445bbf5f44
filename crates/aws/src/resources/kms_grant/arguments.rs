//! The arguments of a grant, and what they must be like. The words are those of the provider.

use meridian_lang::{Path, Type, Value};
use meridian_resource::{Attribute, NestedBlock, Nesting, Problem, Schema};

use super::constraints::{EQUALS, SUBSET};
use crate::arn::{self, Arn};
use crate::checks;
use crate::resources::members::answered;

const OPERATIONS: &[&str] = &[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
];

const LONGEST_NAME: usize = 256;

/// Partitions, accounts and service principals as the provider tells them from other texts.
const PARTITION: &str = r"^aws(-[a-z]+)*$";
const ACCOUNT: &str = r"^(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})$";
const SERVICE: &str = r"^([0-9a-z-]+\.){1,4}(amazonaws|amazon)\.com$";

pub(super) fn schema() -> Schema {
    let texts = || Type::set(Type::String);
    let attributes = vec![
        Attribute::optional("grant_creation_tokens", texts()).replaces(),
        Attribute::computed("grant_id", Type::String),
        Attribute::computed("grant_token", Type::String).sensitive(),
        Attribute::required("grantee_principal", Type::String).replaces(),
        Attribute::optional_computed("id", Type::String),
        Attribute::required("key_id", Type::String).replaces().equivalent(same_key),
        Attribute::optional("name", Type::String).replaces(),
        Attribute::required("operations", texts()).replaces(),
        Attribute::optional("retire_on_delete", Type::Bool).replaces().default(Value::bool(false)),
        Attribute::optional("retiring_principal", Type::String).replaces(),
    ];
    let context = |name| Attribute::optional(name, Type::map(Type::String));
    let constraints =
        Schema { attributes: vec![context(EQUALS), context(SUBSET)], ..Schema::default() };
    let blocks = vec![NestedBlock {
        name: "constraints",
        nesting: Nesting::Set,
        max: 0,
        schema: constraints,
        key: None,
        settings: false,
    }];
    Schema { version: 0, attributes, blocks }
}

/// Whether two texts name one key in one Region: by id and by ARN, but not by two ARNs.
pub(super) fn same_key(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) if a.starts_with("arn:") && b.starts_with("arn:") => a == b,
        (Some(a), Some(b)) => arn::same_key(a, b),
        _ => false,
    }
}

pub(super) fn validate(config: &Value) -> Vec<Problem> {
    let mut problems = name(config);
    for argument in ["grantee_principal", "retiring_principal"] {
        problems.extend(principal(config, argument));
    }
    let chosen = answered(config, "operations");
    for operation in chosen.children().filter(|it| it.as_str().is_some()) {
        let operation = operation.clone().mark(chosen.marks());
        if let Err(message) = checks::one_of("operations", &operation, OPERATIONS) {
            problems.push(Problem::new(message, "").at(Path::attribute("operations")));
        }
    }
    problems.extend(constraints(config));
    problems
}

fn name(config: &Value) -> Vec<Problem> {
    let Some(name) = config.get_str("name") else { return Vec::new() };
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"_:/-".contains(&b);
    let mut messages = Vec::new();
    if name.len() > LONGEST_NAME {
        messages.push(format!("name can not be greater than {LONGEST_NAME} characters"));
    }
    if name.is_empty() || !name.bytes().all(is_allowed) {
        messages.push("name must only contain [0-9A-Za-z_:/-]".to_owned());
    }
    let problem = |message| Problem::new(message, "").at(Path::attribute("name"));
    messages.into_iter().map(problem).collect()
}

/// A principal is an ARN or a service; what is neither is told why by both measures.
fn principal(config: &Value, argument: &str) -> Vec<Problem> {
    let value = answered(config, argument);
    let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return Vec::new() };
    let wrong = arn_faults(text);
    if wrong.is_empty() || is_service(text) {
        return Vec::new();
    }
    let shown = if value.is_sensitive() { "(sensitive value)" } else { text };
    let no_service = format!(
        "{argument:?} ({shown}) is an invalid Service Principal: invalid prefix value (expecting \
         to match regular expression: {SERVICE})"
    );
    let no_arn = |why| format!("{argument:?} ({shown}) is an invalid ARN: {why}");
    let messages = wrong.into_iter().map(no_arn).chain([no_service]);
    messages.map(|message| Problem::new(message, "").at(Path::attribute(argument))).collect()
}

/// What is wrong with an ARN.
fn arn_faults(text: &str) -> Vec<String> {
    let arn = match Arn::parse(text) {
        Ok(arn) => arn,
        Err(reason) => return vec![reason.to_owned()],
    };
    let mut faults = Vec::new();
    if arn.partition.is_empty() {
        faults.push("missing partition value".to_owned());
    } else if !is_partition(arn.partition) {
        let pattern = format!("(expecting to match regular expression: {PARTITION})");
        faults.push(format!("invalid partition value {pattern}"));
    }
    if !(arn.region.is_empty() || is_region(arn.region)) {
        faults.push("invalid region value".to_owned());
    }
    if !(arn.account.is_empty() || is_account(arn.account)) {
        let pattern = format!("(expecting to match regular expression: {ACCOUNT})");
        faults.push(format!("invalid account ID value {pattern}"));
    }
    if arn.resource.is_empty() {
        faults.push("missing resource value".to_owned());
    }
    faults
}

fn is_partition(text: &str) -> bool {
    let mut words = text.split('-');
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    words.next() == Some("aws") && words.all(is_word)
}

/// Such as `eu-central-1` or `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let Some((area, number)) = text.rsplit_once('-') else { return false };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let is_number = matches!(number.len(), 1 | 2) && number.bytes().all(|b| b.is_ascii_digit());
    let words: Vec<&str> = area.split('-').collect();
    is_number && words.len() >= 2 && words[0].len() == 2 && words.into_iter().all(is_word)
}

fn is_account(text: &str) -> bool {
    let is_number = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let is_canvas = text.strip_prefix("cw").is_some_and(|rest| rest.chars().count() == 10);
    is_number
        || is_canvas
        || ["aws", "aws-managed", "third-party", "aws-marketplace"].contains(&text)
}

fn is_service(text: &str) -> bool {
    let Some(name) = text.strip_suffix(".com") else { return false };
    let mut words: Vec<&str> = name.split('.').collect();
    let is_amazon = matches!(words.pop(), Some("amazonaws" | "amazon"));
    let is_allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(is_allowed);
    is_amazon && (1..=4).contains(&words.len()) && words.iter().all(is_word)
}

/// A grant has one encryption context, whichever way it is compared. The provider refuses more in
/// apply; it is refused before a call is made.
fn constraints(config: &Value) -> Vec<Problem> {
    let blocks = answered(config, "constraints");
    let given = blocks.children().flat_map(|block| [block.get(EQUALS), block.get(SUBSET)]);
    let contexts = given.flatten().filter_map(Value::as_entries);
    if contexts.filter(|context| !context.is_empty()).count() <= 1 {
        return Vec::new();
    }
    let summary = "A grant constraint can't have both encryption_context_equals and \
                   encryption_context_subset set";
    let problem = Problem::new(summary, "A grant asks for one encryption context.");
    let help = "Put all pairs into one argument of one block, or make two grants.";
    vec![problem.at(Path::attribute("constraints")).help(help)]
}
