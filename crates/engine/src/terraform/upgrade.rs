//! Attributes of older versions of a schema become those of the present one.

use serde_json::{Value as Json, json};

/// The attributes in the present version of a type's schema; none if it is not known how they get
/// there. A version that only lacks attributes needs no more than a read.
pub(super) fn upgraded(type_name: &str, from: u64, to: u64, mut attributes: Json) -> Option<Json> {
    match (type_name, from, to) {
        (_, from, to) if from == to => {}
        // hashicorp/random: "number" became "numeric".
        ("random_password", 1 | 2, 3) | ("random_string", 1, 2) => {
            if attributes.get("numeric").is_none_or(Json::is_null) {
                attributes["numeric"] = attributes.get("number").cloned().unwrap_or(json!(true));
            }
        }
        // hashicorp/aws: rotation got more ways to say when.
        ("aws_secretsmanager_secret_rotation", 0, 1) => {}
        _ => return None,
    }
    Some(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_upgraded() {
        let old = json!({ "number": false });
        let new = json!({ "number": false, "numeric": false });
        for (type_name, from, to, expected) in [
            ("aws_kms_key", 0, 0, Some(&old)),
            ("random_password", 1, 3, Some(&new)),
            ("random_password", 2, 3, Some(&new)),
            ("random_string", 1, 2, Some(&new)),
            ("aws_secretsmanager_secret_rotation", 0, 1, Some(&old)),
            // Before that version there was no hash, which cannot be made up here.
            ("random_password", 0, 3, None),
            ("aws_kms_key", 1, 0, None),
            ("aws_kms_key", 0, 1, None),
        ] {
            let upgraded = upgraded(type_name, from, to, old.clone());
            assert_eq!(upgraded.as_ref(), expected, "{type_name} {from}");
        }
    }
}
