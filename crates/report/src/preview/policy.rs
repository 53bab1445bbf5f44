//! Two policy documents by meaning: what the new one allows or denies that the old one did not,
//! and the other way round. Sids, order and spelling mean nothing.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// One thing that a policy says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom {
    /// `Allow` or `Deny`.
    pub(super) effect: String,
    /// To whom, such as an ARN; `not …` for all others.
    pub(super) principal: String,
    /// What, such as `kms:Decrypt`; `not …` for all others.
    pub(super) action: String,
    /// On what; `not …` for all others.
    pub(super) resource: String,
    /// Only when; empty for always.
    pub(super) condition: String,
}

/// How two policies differ.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// What only the new one says.
    pub(super) added: Vec<Atom>,
    /// What only the old one says.
    pub(super) removed: Vec<Atom>,
}

impl Difference {
    /// How the two differ. `None` if one of them is no policy document.
    pub(super) fn between(before: &str, after: &str) -> Option<Difference> {
        let (before, after) = (atoms(before)?, atoms(after)?);
        let only = |some: &BTreeSet<Atom>, others: &BTreeSet<Atom>| -> Vec<Atom> {
            let is_new = |atom: &&Atom| !others.iter().any(|other| other.covers(atom));
            some.iter().filter(is_new).cloned().collect()
        };
        Some(Difference { added: only(&after, &before), removed: only(&before, &after) })
    }

    /// What follows from it, in a word or two.
    pub(super) fn verdict(&self) -> &'static str {
        let allows = |atoms: &[Atom]| atoms.iter().any(|atom| atom.effect == "Allow");
        let denies = |atoms: &[Atom]| atoms.iter().any(|atom| atom.effect != "Allow");
        let all = || self.added.iter().chain(&self.removed);
        let wider = allows(&self.added) || denies(&self.removed);
        let narrower = allows(&self.removed) || denies(&self.added);
        match (wider, narrower) {
            (false, false) => "means the same",
            _ if all().any(Atom::is_opaque) => "differs; what is excepted cannot be ranked",
            (true, false) => "wider",
            (false, true) => "narrower",
            (true, true) => "wider in part, narrower in part",
        }
    }
}

impl Atom {
    fn is_opaque(&self) -> bool {
        [&self.principal, &self.action, &self.resource].iter().any(|it| it.starts_with("not "))
    }

    /// Whether it says all that the other one says.
    fn covers(&self, other: &Atom) -> bool {
        self.effect == other.effect
            && (self.condition.is_empty() || self.condition == other.condition)
            && (self.principal == other.principal || self.principal == "*")
            && covers(&self.action.to_lowercase(), &other.action.to_lowercase())
            && covers(&self.resource, &other.resource)
    }
}

/// Whether a pattern matches a text (or covers another pattern): `*` is any text, `?` any letter.
fn covers(pattern: &str, text: &str) -> bool {
    if pattern.starts_with("not ") || text.starts_with("not ") {
        return pattern == text;
    }
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    let mut star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&letter) if letter == text[read] || (letter == b'?' && text[read] != b'*') => {
                (at, read) = (at + 1, read + 1);
            }
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    (at, read) = (after + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

/// All that a document says; `None` if it is no policy document.
pub(super) fn atoms(text: &str) -> Option<BTreeSet<Atom>> {
    if matches!(text.trim(), "" | "{}") {
        return Some(BTreeSet::new());
    }
    let document: Json = serde_json::from_str(text).ok()?;
    let mut atoms = BTreeSet::new();
    for statement in one_or_more(document.get("Statement")?) {
        let statement = statement.as_object()?;
        let part = |name: &str, values: &dyn Fn(&Json) -> Vec<String>| -> Vec<String> {
            match (statement.get(name), statement.get(&format!("Not{name}"))) {
                (Some(value), _) => values(value),
                (None, Some(value)) => vec![format!("not {}", values(value).join(", "))],
                (None, None) => vec![String::new()],
            }
        };
        let effect = statement.get("Effect").and_then(Json::as_str).unwrap_or("Allow");
        let condition = statement.get("Condition").map(condition).unwrap_or_default();
        for principal in part("Principal", &principals) {
            for action in part("Action", &texts) {
                for resource in part("Resource", &texts) {
                    atoms.insert(Atom {
                        effect: effect.to_owned(),
                        principal: principal.clone(),
                        action: action.clone(),
                        resource,
                        condition: condition.clone(),
                    });
                }
            }
        }
    }
    Some(atoms)
}

fn one_or_more(json: &Json) -> &[Json] {
    json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice)
}

fn scalar(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn texts(json: &Json) -> Vec<String> {
    let mut texts: Vec<String> = one_or_more(json).iter().map(scalar).collect();
    texts.sort();
    texts
}

/// `*` for everyone; of AWS principals the ARN, an account by its number; others with their kind.
fn principals(json: &Json) -> Vec<String> {
    let Some(kinds) = json.as_object() else { return texts(json) };
    let of_kind = |(kind, names): (&String, &Json)| {
        let kind = kind.clone();
        texts(names).into_iter().map(move |name| match &*kind {
            "AWS" => account(&name).map_or(name.clone(), |id| format!("account {id}")),
            _ => name,
        })
    };
    kinds.iter().flat_map(of_kind).collect()
}

/// The number of an account that is named as a whole.
fn account(name: &str) -> Option<&str> {
    let id = match name.strip_prefix("arn:") {
        Some(rest) => rest.strip_suffix(":root")?.rsplit(':').next()?,
        None => name,
    };
    (id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())).then_some(id)
}

/// A condition in one line, the same however it is ordered.
fn condition(json: &Json) -> String {
    let Some(operators) = json.as_object() else { return scalar(json) };
    let mut tests = Vec::new();
    for (operator, keys) in operators {
        for (key, values) in keys.as_object().into_iter().flatten() {
            tests.push(format!("{operator} {} {}", key.to_lowercase(), texts(values).join(" or ")));
        }
    }
    tests.sort();
    tests.join(" and ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const APP: &str = "arn:aws:iam::111122223333:role/app";

    fn allow(principal: Json, actions: Json) -> Json {
        json!({"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"})
    }

    fn policy(statements: Json) -> String {
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    }

    #[test]
    fn verdicts() {
        let app = || allow(json!({"AWS": APP}), json!(["kms:Decrypt", "kms:GenerateDataKey"]));
        let root = |name: &str| allow(json!({"AWS": name}), json!("kms:*"));
        let only_via = |mut statement: Json, service: &str| {
            statement["Condition"] = json!({"StringEquals": {"kms:ViaService": service}});
            statement
        };
        let deny = || {
            let mut statement = allow(json!("*"), json!("kms:ScheduleKeyDeletion"));
            statement["Effect"] = json!("Deny");
            statement
        };
        let turned = json!({
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Sid": "Renamed", "Resource": ["*"],
            "Principal": {"AWS": [APP]}, "Effect": "Allow",
        });
        let whole = "arn:aws:iam::111122223333:root";
        let fewer = || allow(json!({"AWS": APP}), json!("kms:Decrypt"));
        let other =
            || allow(json!({"AWS": "arn:aws:iam::111122223333:role/b"}), json!("kms:Decrypt"));
        let cases = [
            (
                policy(json!([app(), root(whole)])),
                policy(json!([root("111122223333"), turned])),
                "means the same",
                0,
                0,
            ),
            (policy(json!([app()])), policy(json!([app(), other()])), "wider", 1, 0),
            (policy(json!([only_via(app(), "s")])), policy(json!([app()])), "wider", 2, 0),
            (policy(json!([app()])), policy(json!(fewer())), "narrower", 0, 1),
            (
                policy(json!([app()])),
                policy(json!([allow(json!({"AWS": APP}), json!("kms:*"))])),
                "wider",
                1,
                0,
            ),
            (policy(json!([app()])), policy(json!([app(), deny()])), "narrower", 1, 0),
            (policy(json!([app(), root(whole)])), policy(json!([app()])), "narrower", 0, 1),
            (
                policy(json!([fewer()])),
                policy(json!([other()])),
                "wider in part, narrower in part",
                1,
                1,
            ),
            (String::new(), policy(json!([fewer()])), "wider", 1, 0),
        ];
        for (before, after, verdict, added, removed) in cases {
            let difference = Difference::between(&before, &after).expect("policies");
            let found = (difference.verdict(), difference.added.len(), difference.removed.len());
            assert_eq!(found, (verdict, added, removed), "{before}\n{after}\n{difference:?}");
        }
    }

    #[test]
    fn what_another_statement_allows_already_is_nothing_new() {
        let all = allow(json!({"AWS": APP}), json!("kms:*"));
        let some = allow(json!({"AWS": APP}), json!("kms:Decrypt"));
        let difference =
            Difference::between(&policy(json!([all])), &policy(json!([all, some]))).expect("two");
        assert_eq!(difference.verdict(), "means the same");
    }

    #[test]
    fn exceptions_are_not_ranked() {
        let except = json!({"Effect": "Allow", "Principal": "*", "NotAction": "kms:Decrypt", "Resource": "*"});
        let difference = Difference::between("{}", &policy(json!([except]))).expect("two");
        assert_eq!(difference.verdict(), "differs; what is excepted cannot be ranked");
    }

    #[test]
    fn other_documents_are_not_compared() {
        assert_eq!(Difference::between("[]", "{}"), None);
        assert_eq!(Difference::between("no json", "{}"), None);
    }

    #[test]
    fn patterns_cover_texts_and_narrower_patterns() {
        for (pattern, text, is_covered) in [
            ("kms:*", "kms:decrypt", true),
            ("kms:generate*", "kms:generatedatakey*", true),
            ("kms:generatedatakey", "kms:generate*", false),
            ("*", "not kms:decrypt", false),
            ("kms:?ecrypt", "kms:decrypt", true),
            ("kms:?ecrypt", "kms:*ecrypt", false),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxx", false),
        ] {
            assert_eq!(covers(pattern, text), is_covered, "{pattern} {text}");
        }
    }
}
