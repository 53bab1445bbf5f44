//! What the engine adds to a call before it leaves: marks, tokens and generated names.

use std::sync::atomic::{AtomicU32, Ordering};

use meridian_lang::{Type, Value};
use meridian_resource::{Call, Occurrence, Service};
use time::OffsetDateTime;
use time::macros::format_description;

/// The tag by which an object is found again whose creation was not answered. It is taken away
/// as soon as the state has the object.
pub(crate) const MARK: &str = "meridian:intent";

/// Operations whose requests carry a token, so that the service does them once however often
/// they are sent.
const TOKENS: [&str; 4] = ["CreateSecret", "PutSecretValue", "RotateSecret", "UpdateSecret"];

/// The call with names where only a prefix was given.
pub(crate) fn named(mut call: Call, now: OffsetDateTime) -> Call {
    for (prefix, name) in [("NamePrefix", "Name"), ("AliasNamePrefix", "AliasName")] {
        if let Some(given) = call.input.get_str(prefix) {
            let generated = Value::string(format!("{given}{}", suffix(now)));
            let rest = call.input.as_entries().into_iter().flatten();
            let rest = rest.filter(|(member, _)| &***member != prefix);
            let rest: Vec<_> = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
            call.input = Value::object(rest).with(name, generated);
        }
    }
    call
}

/// The call with its intent's mark or token, by which it can be told from any other.
pub(crate) fn marked(mut call: Call, intent: &str) -> Call {
    if call.occurrence == Occurrence::Mark {
        let tags = match call.input.get("Tags") {
            Some(tags) if tags.as_entries().is_some() => tags.clone(),
            _ => Value::map::<&str>(Type::String, []),
        };
        call.input = call.input.with("Tags", tags.with(MARK, Value::string(intent)));
    }
    if call.service == Service::SecretsManager && TOKENS.contains(&call.operation) {
        call.input = call.input.with("ClientRequestToken", Value::string(intent));
    }
    call
}

/// The 26 characters that Terraform's provider puts behind a prefix: the time to a tenth of a
/// millisecond, and a counter.
fn suffix(now: OffsetDateTime) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let format =
        format_description!("[year][month][day][hour][minute][second][subsecond digits:4]");
    let time = now.format(format).unwrap_or_default();
    format!("{time}{:08x}", COUNTER.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-21 10:11:12.3456789 UTC);

    #[test]
    fn a_creation_that_only_a_mark_finds_carries_it_beside_its_tags() {
        let tags = Value::map(Type::String, [("team", Value::string("pay"))]);
        let call = Call::change(Service::Kms, "CreateKey", "eu-west-1", [("Tags", tags)])
            .found_by(Occurrence::Mark);
        let sent = marked(call, "intent-1");
        let tags = sent.input.get("Tags").expect("tags");
        assert_eq!(tags.get_str(MARK), Some("intent-1"));
        assert_eq!(tags.get_str("team"), Some("pay"));
    }

    #[test]
    fn a_prefix_becomes_a_name() {
        let input = [("NamePrefix", Value::string("db-")), ("Description", Value::string(""))];
        let call = Call::change(Service::SecretsManager, "CreateSecret", "eu-west-1", input);
        let sent = marked(named(call, NOW), "0a1b");
        let name = sent.input.get_str("Name").expect("a name");
        assert!(name.starts_with("db-202611211011123456"), "{name}");
        assert_eq!(name.len(), "db-".len() + 26);
        assert_eq!(sent.input.get("NamePrefix"), None);
        assert_eq!(sent.input.get_str("ClientRequestToken"), Some("0a1b"));
    }
}
