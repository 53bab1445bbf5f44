//! The write-ahead journal: no call that changes anything leaves before its intent is on disk.
//!
//! An intent is `pending` when it is recorded, `sent` from just before its call leaves, and at
//! last `confirmed`, `failed` or `abandoned`. After a kill, a pending intent was never sent,
//! and of a sent one nobody knows: the cloud must be asked.

use std::fmt;
use std::sync::Arc;

use meridian_graph::InstanceAddress;
use meridian_lang::{Marks, Value, to_json_sensitive_as_null};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use serde_json::Value as Json;
use time::OffsetDateTime;

use crate::extent::Envelope;
use crate::store::claim_key;
use crate::{Change, IntentId, RunId, Sealer, StateError, Store, lock, objects, timestamp};

/// The member of a journalled request that says which other object shows something sensitive of
/// what the call sets. It is not sent.
pub const SHOWN_ELSEWHERE: &str = "meridian:shown";

/// A call that is about to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewIntent {
    /// The run that makes it.
    pub run: RunId,
    /// The object that it is for.
    pub address: InstanceAddress,
    /// The object's key, if it is deposed.
    pub deposed: Option<Arc<str>>,
    /// The service, such as `kms`.
    pub service: String,
    /// The operation, such as `ReplicateKey`.
    pub operation: String,
    /// The Region whose endpoint is called.
    pub region: String,
    /// The provider configuration, such as `aws.west`.
    pub provider: String,
    /// The members of the request. Sensitive ones are written down as null.
    pub request: Value,
}

/// How far an intent has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentStatus {
    /// Its call has not left yet.
    Pending,
    /// Its call has left, or may have.
    Sent,
    /// Its call was carried out, and what came of it is written down.
    Confirmed,
    /// Its call was certainly not carried out.
    Failed,
    /// Its call is not to be made any more.
    Abandoned,
}

impl IntentStatus {
    const ALL: [IntentStatus; 5] = [
        IntentStatus::Pending,
        IntentStatus::Sent,
        IntentStatus::Confirmed,
        IntentStatus::Failed,
        IntentStatus::Abandoned,
    ];

    fn name(self) -> &'static str {
        match self {
            IntentStatus::Pending => "pending",
            IntentStatus::Sent => "sent",
            IntentStatus::Confirmed => "confirmed",
            IntentStatus::Failed => "failed",
            IntentStatus::Abandoned => "abandoned",
        }
    }

    /// Whether an intent may go from here to there. Sending again is allowed.
    fn leads_to(self, next: IntentStatus) -> bool {
        match next {
            IntentStatus::Pending => false,
            IntentStatus::Confirmed => self == IntentStatus::Sent,
            IntentStatus::Sent | IntentStatus::Failed | IntentStatus::Abandoned => {
                matches!(self, IntentStatus::Pending | IntentStatus::Sent)
            }
        }
    }
}

impl fmt::Display for IntentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromSql for IntentStatus {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<IntentStatus> {
        let name = value.as_str()?;
        IntentStatus::ALL
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or(FromSqlError::InvalidType)
    }
}

/// An intent as the journal has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Its identity.
    pub id: IntentId,
    /// The run that made it.
    pub run: RunId,
    /// The object that it is for.
    pub address: InstanceAddress,
    /// The object's key, if it is deposed.
    pub deposed: Option<Arc<str>>,
    /// The service, such as `kms`.
    pub service: String,
    /// The operation, such as `ReplicateKey`.
    pub operation: String,
    /// The Region whose endpoint is called.
    pub region: String,
    /// The provider configuration, such as `aws.west`.
    pub provider: String,
    /// The members of the request, with null for sensitive ones.
    pub request: Json,
    /// How far it has come.
    pub status: IntentStatus,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was recorded.
    pub created_at: OffsetDateTime,
    /// When it was sent last.
    pub sent_at: Option<OffsetDateTime>,
    /// When its story ended.
    pub finished_at: Option<OffsetDateTime>,
    /// The request id of the cloud's last answer.
    pub request_id: Option<String>,
    /// The cloud's error code.
    pub error_code: Option<String>,
    /// The cloud's error message.
    pub error_message: Option<String>,
}

impl Store {
    /// Records what is about to be done. Refused, before anything can have happened, if the lock
    /// was lost or the outcome could not be sealed.
    ///
    /// # Errors
    /// [`StateError::LockLost`], [`StateError::WrongKey`], or the file cannot be written.
    pub fn record_intent(&mut self, intent: &NewIntent) -> Result<IntentId, StateError> {
        let held = self.held;
        self.write(|db, sealer| {
            lock::still_held(db, held)?;
            insert(db, &claim_key(db, sealer)?, intent)
        })
    }

    /// Records what is done at once: [`Store::record_intent`] and [`Store::mark_sent`] in one
    /// durable write.
    ///
    /// # Errors
    /// As for [`Store::record_intent`].
    pub fn record_sent(&mut self, intent: &NewIntent) -> Result<IntentId, StateError> {
        let held = self.held;
        self.write(|db, sealer| {
            lock::still_held(db, held)?;
            let id = insert(db, &claim_key(db, sealer)?, intent)?;
            send(db, id)?;
            Ok(id)
        })
    }

    /// Writes down that the call leaves now, for the first time or again.
    ///
    /// # Errors
    /// [`StateError::LockLost`], the intent is unknown or over, or the file cannot be written.
    pub fn mark_sent(&mut self, id: IntentId) -> Result<(), StateError> {
        let held = self.held;
        self.write(|db, _| {
            lock::still_held(db, held)?;
            send(db, id)
        })
    }

    /// Writes down that the call was carried out and, in the same transaction, what came of it.
    ///
    /// # Errors
    /// The intent was not sent, or the file cannot be written.
    pub fn confirm(
        &mut self,
        id: IntentId,
        request_id: Option<&str>,
        changes: &[Change<'_>],
    ) -> Result<(), StateError> {
        self.write(|db, sealer| {
            finish(db, sealer, id, IntentStatus::Confirmed, request_id, None)?;
            objects::apply(db, sealer, changes)
        })
    }

    /// Writes down that the call was certainly not carried out, and why.
    ///
    /// # Errors
    /// The intent is unknown or over, or the file cannot be written.
    pub fn fail(
        &mut self,
        id: IntentId,
        code: &str,
        message: &str,
        request_id: Option<&str>,
    ) -> Result<(), StateError> {
        self.write(|db, sealer| {
            finish(db, sealer, id, IntentStatus::Failed, request_id, Some((code, message)))
        })
    }

    /// Writes down that the call is not to be made any more.
    ///
    /// # Errors
    /// The intent is unknown or over, or the file cannot be written.
    pub fn abandon(&mut self, id: IntentId) -> Result<(), StateError> {
        self.write(|db, sealer| finish(db, sealer, id, IntentStatus::Abandoned, None, None))
    }

    /// Whether the story of any intent is not over. Needs no key.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn has_unresolved(&self) -> Result<bool, StateError> {
        self.read(|db| {
            let sql = "SELECT 1 FROM intent WHERE status IN ('pending', 'sent')";
            Ok(db.prepare_cached(sql)?.exists([])?)
        })
    }

    /// The intents whose story is not over, in the order in which they were recorded.
    ///
    /// # Errors
    /// The file cannot be read, or is sealed whole under another key.
    pub fn unresolved(&self) -> Result<Vec<Intent>, StateError> {
        self.intents("status IN ('pending', 'sent')", [])
    }

    /// The intents that are over and whose calls may have left traces that nobody has seen yet:
    /// those that were sent and given up, or sent more than once, if they ended after `since`.
    ///
    /// # Errors
    /// The file cannot be read, or is sealed whole under another key.
    pub fn doubtful(&self, since: OffsetDateTime) -> Result<Vec<Intent>, StateError> {
        self.intents(
            "finished_at > ? AND ((status = 'abandoned' AND attempts > 0) OR attempts > 1)",
            [timestamp::to_text(since)],
        )
    }

    /// All intents of a run, in the order in which they were recorded.
    ///
    /// # Errors
    /// The file cannot be read, or is sealed whole under another key.
    pub fn intents_of(&self, run: RunId) -> Result<Vec<Intent>, StateError> {
        self.intents("run_id = ?", [run])
    }

    /// The intents of which this holds, in the order in which they were recorded.
    fn intents(&self, which: &str, values: impl Params) -> Result<Vec<Intent>, StateError> {
        self.read(|_| {
            // The extent and the rows are of the same moment.
            let db = self.connection.unchecked_transaction()?;
            let sql = format!("SELECT * FROM intent WHERE {which} ORDER BY sequence");
            read_all(&db, &self.sealer, &sql, values)
        })
    }
}

/// Which rows of `intent` [`unconfirmed`] looks for.
pub(crate) const UNCONFIRMED: &str = "intent.status IN ('sent', 'abandoned')
     AND intent.hides = 1
     AND NOT EXISTS (
         SELECT 1 FROM intent AS later
         WHERE later.sequence > intent.sequence
             AND later.address = intent.address AND later.status = 'confirmed')";

/// The intents that set something sensitive that other objects show, whose calls may have been
/// carried out without an answer, and after which nothing was confirmed of the same object. They
/// are looked for in the runs that did not end well.
pub(crate) fn unconfirmed(db: &Connection, sealer: &Sealer) -> Result<Vec<Intent>, StateError> {
    let sql = format!(
        "SELECT intent.* FROM run JOIN intent ON intent.run_id = run.id
         WHERE run.outcome IS NOT 'succeeded' AND {UNCONFIRMED} ORDER BY intent.sequence"
    );
    read_all(db, sealer, &sql, [])
}

/// The members of a request as JSON text, without what must not reach a file.
fn request_text(request: &Value) -> String {
    let paths = request.marked_paths(Marks::EPHEMERAL);
    let hidden = paths.iter().fold(request.clone(), |request, path| {
        request.map_at(&path.0, &|part| part.mark(Marks::SENSITIVE))
    });
    to_json_sensitive_as_null(&hidden).to_string()
}

/// What the seal of a request is bound to, in a state that is sealed whole.
pub(crate) fn request_context(id: &str) -> String {
    format!("The request of the call {id}")
}

/// The same of the message of an error.
pub(crate) fn message_context(id: &str) -> String {
    format!("The error of the call {id}")
}

fn insert(
    db: &Connection,
    envelope: &Envelope<'_>,
    intent: &NewIntent,
) -> Result<IntentId, StateError> {
    let id = IntentId::fresh();
    let request = request_text(&intent.request);
    db.prepare_cached(
        "INSERT INTO intent (id, run_id, address, deposed, service, operation, region,
             provider, request, hides, status, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
    )?
    .execute(params![
        id,
        intent.run,
        intent.address.to_string(),
        intent.deposed.as_deref().unwrap_or_default(),
        intent.service,
        intent.operation,
        intent.region,
        intent.provider,
        envelope.close(&request_context(&id.to_string()), request)?,
        intent.request.get(SHOWN_ELSEWHERE).is_some(),
        timestamp::now(),
    ])?;
    Ok(id)
}

fn send(db: &Connection, id: IntentId) -> Result<(), StateError> {
    advance(db, id, IntentStatus::Sent)?;
    db.prepare_cached(
        "UPDATE intent SET status = 'sent', attempts = attempts + 1, sent_at = ? WHERE id = ?",
    )?
    .execute((timestamp::now(), id))?;
    Ok(())
}

/// Makes sure that an intent may become `wanted`.
fn advance(db: &Connection, id: IntentId, wanted: IntentStatus) -> Result<(), StateError> {
    let status: Option<IntentStatus> = db
        .prepare_cached("SELECT status FROM intent WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    match status {
        None => Err(StateError::NoSuchIntent { id }),
        Some(status) if status.leads_to(wanted) => Ok(()),
        Some(status) => Err(StateError::IntentStatus { id, status, wanted }),
    }
}

/// Ends an intent's story.
fn finish(
    db: &Connection,
    sealer: &Sealer,
    id: IntentId,
    status: IntentStatus,
    request_id: Option<&str>,
    error: Option<(&str, &str)>,
) -> Result<(), StateError> {
    advance(db, id, status)?;
    let (code, message) = error.unzip();
    let envelope = Envelope::of(db, sealer)?;
    let close = |message| envelope.close_text(&message_context(&id.to_string()), message);
    let message = message.map(close).transpose()?;
    db.prepare_cached(
        "UPDATE intent SET status = ?, finished_at = ?, request_id = ?, error_code = ?,
             error_message = ?
         WHERE id = ?",
    )?
    .execute((status.name(), timestamp::now(), request_id, code, message, id))?;
    Ok(())
}

fn read_all(
    db: &Connection,
    sealer: &Sealer,
    sql: &str,
    values: impl Params,
) -> Result<Vec<Intent>, StateError> {
    let envelope = Envelope::of(db, sealer)?;
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut intents = Vec::new();
    while let Some(row) = rows.next()? {
        intents.push(read(row, &envelope)?);
    }
    Ok(intents)
}

fn read(row: &Row<'_>, envelope: &Envelope<'_>) -> Result<Intent, StateError> {
    let id: IntentId = row.get("id")?;
    let address: String = row.get("address")?;
    let deposed: String = row.get("deposed")?;
    let request: String = row.get("request")?;
    let context = request_context(&id.to_string());
    let request = serde_json::from_str(&envelope.open(&context, &request)?)
        .map_err(|_| StateError::malformed(&context, "it is no JSON"))?;
    let message: Option<String> = row.get("error_message")?;
    let open = |text| envelope.open_text(&message_context(&id.to_string()), text);
    Ok(Intent {
        id,
        run: row.get("run_id")?,
        address: InstanceAddress::parse(&address)
            .ok_or_else(|| StateError::malformed(&address, "it is no address"))?,
        deposed: Some(deposed).filter(|key| !key.is_empty()).map(Into::into),
        service: row.get("service")?,
        operation: row.get("operation")?,
        region: row.get("region")?,
        provider: row.get("provider")?,
        request,
        status: row.get("status")?,
        attempts: row.get("attempts")?,
        created_at: timestamp::column(row, "created_at")?,
        sent_at: timestamp::optional_column(row, "sent_at")?,
        finished_at: timestamp::optional_column(row, "finished_at")?,
        request_id: row.get("request_id")?,
        error_code: row.get("error_code")?,
        error_message: message.map(open).transpose()?,
    })
}

#[cfg(test)]
mod tests;
