//! What a key may be named by: its id, its ARN, an alias or an alias's ARN.

use meridian_lang::{Path, Value};
use meridian_resource::Problem;

use super::shown;
use crate::arn::Arn;

/// What is wrong with the argument that names a key. The text of one diagnostic holds all that the
/// provider says in four.
pub(super) fn check(config: &Value, argument: &str) -> Vec<Problem> {
    let Some((value, name)) = config.get(argument).and_then(|it| Some((it, it.as_str()?))) else {
        return Vec::new();
    };
    let parsed = Arn::parse(name);
    let is_named = match &parsed {
        Ok(arn) => arn.key_id().is_some_and(is_key_id) || arn.resource.starts_with("alias/"),
        // An empty name is left for AWS to refuse, as the provider does.
        Err(_) => name.is_empty() || may_be_key_id(name) || is_alias_name(name),
    };
    if is_named {
        return Vec::new();
    }
    let name = shown(value, name);
    let (of_key, of_alias) = match parsed {
        Err(reason) => {
            let text = format!("{argument:?} ({name}) is an invalid ARN: {reason}");
            (text.clone(), text)
        }
        Ok(_) => (
            format!("{argument:?} ({name}) is not a valid KMS Key ARN"),
            format!("{argument:?} ({name}) is not a valid KMS Key Alias ARN"),
        ),
    };
    let summary = format!("invalid value for {argument} (must be a KMS Key ID)");
    let no_alias = format!("invalid value for {argument} (must be a KMS Key Alias)");
    let mut lines = vec![of_key, no_alias, of_alias];
    if lines.first() == lines.last() {
        lines.pop();
    }
    let problem = Problem::new(summary, lines.join("\n")).at(Path::attribute(argument));
    vec![problem.help("Name the key by its id, its ARN, an alias such as alias/app, or its ARN.")]
}

/// What is wrong with the name of an alias, which may be one of AWS's own.
pub(super) fn check_alias(attribute: &str, value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(text) if !is_alias_name(text) => Err(format!(
            "{attribute:?} must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]"
        )),
        _ => Ok(()),
    }
}

fn is_alias_name(text: &str) -> bool {
    let rest = text.strip_prefix("alias/").unwrap_or_default();
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'-');
    !rest.is_empty() && rest.bytes().all(is_allowed)
}

fn is_key_id(text: &str) -> bool {
    may_be_key_id(text) && text.len() == KEY_ID
}

/// The length of a key id: of a UUID, and of `mrk-` with 32 digits.
const KEY_ID: usize = 36;

/// The provider's rule for a bare id: it begins like a UUID, or ends like the id of a
/// multi-Region key.
fn may_be_key_id(text: &str) -> bool {
    let begins = text.get(..KEY_ID).is_some_and(is_uuid);
    let end = text.len().checked_sub(KEY_ID).and_then(|start| text.get(start..));
    let digits = end.and_then(|end| end.strip_prefix("mrk-"));
    begins || digits.is_some_and(|digits| digits.bytes().all(is_digit))
}

fn is_digit(b: u8) -> bool {
    b.is_ascii_digit() || (b'a'..=b'f').contains(&b)
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(position, b)| match position {
        8 | 13 | 18 | 23 => b == b'-',
        14 => (b'1'..=b'5').contains(&b),
        19 => matches!(b, b'8' | b'9' | b'a' | b'b'),
        _ => is_digit(b),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What hashicorp/aws 5.100.0 accepts and refuses.
    #[test]
    fn names_of_keys() {
        const ARN: &str = "arn:aws:kms:eu-central-1:123456789012:";
        let accepted = [
            "",
            "11111111-2222-4333-8444-555555555555",
            "11111111-2222-4333-8444-555555555555x",
            "mrk-0123456789abcdef0123456789abcdef",
            "xmrk-0123456789abcdef0123456789abcdef",
            "alias/a",
            "alias/aws/x",
            "arn:aws:kms:mars::alias/a b",
            &format!("{ARN}key/11111111-2222-4333-8444-555555555555"),
            &format!("{ARN}key/mrk-0123456789abcdef0123456789abcdef"),
            &format!("{ARN}alias/"),
        ];
        for name in accepted {
            let config = Value::object([("key_id", Value::string(name))]);
            assert_eq!(check(&config, "key_id"), [], "{name}");
        }
        let refused = [
            "11111111-2222-0333-0444-555555555555",
            "11111111-2222-6333-8444-555555555555",
            "11111111-2222-5333-c444-555555555555",
            "11111111-2222-4333-8444-55555555555A",
            "x11111111-2222-4333-8444-555555555555",
            "mrk-0123456789abcdef0123456789abcdefx",
            "mrk-0123",
            "alias/",
            "alias/a b",
            "xalias/a",
            " alias/a",
            "alias/a\n",
            "ééééééééééééééééééé",
            &format!("{ARN}key/x"),
            &format!("{ARN}key/11111111-2222-4333-8444-555555555555x"),
            &format!("{ARN}xalias/a"),
            "arn:aws:s3:::x",
        ];
        for name in refused {
            let config = Value::object([("key_id", Value::string(name))]);
            let problems = check(&config, "key_id");
            let [problem] = &problems[..] else { panic!("{name} is accepted") };
            assert_eq!(problem.summary, "invalid value for key_id (must be a KMS Key ID)");
            assert!(problem.detail.contains("(must be a KMS Key Alias)"), "{}", problem.detail);
        }
    }

    #[test]
    fn a_sensitive_name_is_not_shown() {
        let secret = Value::string("hunter2").mark(meridian_lang::Marks::SENSITIVE);
        let problems = check(&Value::object([("key_id", secret)]), "key_id");
        assert!(!format!("{problems:?}").contains("hunter2"), "{problems:?}");
    }
}
