//! A policy in the course of being put together.

use crate::go_json::Json;

/// A policy.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Document {
    /// Empty if it has none.
    pub version: String,
    /// Empty if it has none.
    pub id: String,
    pub statements: Vec<Statement>,
}

/// A statement. What the provider passes on as it is stays JSON.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Statement {
    /// Empty if it has none.
    pub sid: String,
    /// Empty if it has none.
    pub effect: String,
    pub actions: Option<Json>,
    pub not_actions: Option<Json>,
    pub resources: Option<Json>,
    pub not_resources: Option<Json>,
    pub principals: Vec<Principals>,
    pub not_principals: Vec<Principals>,
    pub conditions: Vec<Condition>,
}

/// One text alone or several: policies tell the two apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Texts {
    One(String),
    Many(Vec<String>),
}

/// Principals of one type.
#[derive(Debug, PartialEq)]
pub(super) struct Principals {
    pub kind: String,
    pub identifiers: Texts,
}

/// One test of one variable.
#[derive(Debug, PartialEq)]
pub(super) struct Condition {
    pub test: String,
    pub variable: String,
    pub values: Texts,
}

impl Texts {
    pub fn into_json(self) -> Json {
        match self {
            Texts::One(text) => Json::Text(text),
            Texts::Many(texts) => Json::Array(texts.into_iter().map(Json::Text).collect()),
        }
    }

    /// The same, where a single one stands alone.
    #[must_use]
    pub fn alone(self) -> Texts {
        match self {
            Texts::Many(mut texts) if texts.len() == 1 => Texts::One(texts.remove(0)),
            other => other,
        }
    }

    /// These and then the others.
    #[must_use]
    pub fn and(self, more: Texts) -> Texts {
        let mut all = self.into_many();
        all.extend(more.into_many());
        Texts::Many(all)
    }

    fn into_many(self) -> Vec<String> {
        match self {
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        }
    }
}

impl Document {
    /// Takes over what another document says: it wins.
    pub fn merge(&mut self, other: Document) {
        if !other.id.is_empty() {
            self.id = other.id;
        }
        if other.version > self.version {
            self.version = other.version;
        }
        for statement in other.statements {
            let same =
                |mine: &&mut Statement| !statement.sid.is_empty() && mine.sid == statement.sid;
            match self.statements.iter_mut().find(same) {
                Some(mine) => *mine = statement,
                None => self.statements.push(statement),
            }
        }
    }

    /// Checks that no statement has the id of another or of one of those seen, which grow.
    pub fn refuse_repeated_sids(&self, seen: &mut Vec<String>) -> Result<(), String> {
        for (position, statement) in self.statements.iter().enumerate() {
            let sid = &statement.sid;
            if sid.is_empty() {
                continue;
            }
            if seen.contains(sid) {
                return Err(format!(
                    "duplicate Sid ({sid}) in source_policy_documents (statement {position}). \
                     Remove the Sid or ensure Sids are unique."
                ));
            }
            seen.push(sid.clone());
        }
        Ok(())
    }
}
