//! What a policy change means, in sentences.

use std::collections::BTreeMap;

use super::escape::code;
use super::policy::{Atom, Difference};

/// The difference of two policy documents as a list; `None` if one of them is none.
pub(super) fn text(before: &str, after: &str) -> Option<String> {
    let difference = Difference::between(before, after)?;
    let mut text = format!("`policy`: **{}**\n", difference.verdict());
    for (sign, atoms) in [("➖", &difference.removed), ("➕", &difference.added)] {
        for line in sentences(atoms) {
            text.push_str(&format!("- {sign} {line}\n"));
        }
    }
    Some(text)
}

/// One sentence for each effect, principal, resource and condition, with its actions together.
fn sentences(atoms: &[Atom]) -> Vec<String> {
    let mut groups: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for atom in atoms {
        let key = (&atom.effect, &atom.principal, &atom.resource, &atom.condition);
        groups.entry(key).or_default().push(&atom.action);
    }
    let sentence = |((effect, principal, resource, condition), actions): (_, Vec<&str>)| {
        let (effect, principal): (&String, &String) = (effect, principal);
        let (resource, condition): (&String, &String) = (resource, condition);
        let actions: Vec<String> = actions.iter().map(|action| code(action)).collect();
        let may = if effect == "Allow" { "may" } else { "must not" };
        let who = match &**principal {
            "*" => "**everyone**".to_owned(),
            "" => "whoever has it".to_owned(),
            name => code(name),
        };
        let on = match &**resource {
            "" | "*" => String::new(),
            resource => format!(" on {}", code(resource)),
        };
        let when = match &**condition {
            "" => String::new(),
            condition => format!(", only if {}", code(condition)),
        };
        format!("{who} {may} {}{on}{when}", actions.join(", "))
    };
    groups.into_iter().map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_in_sentences() {
        let before = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}}"#;
        let after = r#"{"Statement":[
            {"Effect":"Allow","Principal":"*","Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*",
             "Condition":{"StringEquals":{"kms:ViaService":["b","a"]}}},
            {"Effect":"Deny","Principal":{"Service":"s3.amazonaws.com"},"Action":"kms:Sign","Resource":"x"}]}"#;
        let expected = "`policy`: **wider in part, narrower in part**\n\
            - ➖ `account 111122223333` may `kms:*`\n\
            - ➕ **everyone** may `kms:Decrypt`, `kms:Encrypt`, only if \
            `StringEquals kms:viaservice a or b`\n\
            - ➕ `s3.amazonaws.com` must not `kms:Sign` on `x`\n";
        assert_eq!(text(before, after).as_deref(), Some(expected));
    }
}
