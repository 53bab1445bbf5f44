//! Every column that is or may be sealed, gone through and written anew.

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value as Json;

use crate::encoding::reseal;
use crate::extent::{Envelope, Extent};
use crate::{StateError, journal, objects, outputs};

/// Rows that are looked at together.
const PAGE: usize = 256;
/// The member of a request that has fingerprints of what the call creates, for as long as nobody
/// knows what became of it.
const KEPT_BY_JOURNAL: &str = "meridian:kept";
/// What marks a sealed part in a column.
const SEALED_PART: &str = "{\"sealed\":";

/// What a column holds.
#[derive(Clone, Copy)]
enum Holds {
    /// JSON, parts of which may be sealed.
    Value,
    /// JSON.
    Plain,
    /// The request of a call that is over.
    FormerRequest,
    /// Text.
    Text,
}

/// A column of some rows of a table.
struct Column {
    table: &'static str,
    name: &'static str,
    /// What orders the rows.
    key: &'static [&'static str],
    /// The column by which a seal is bound to its place, and how.
    place: &'static str,
    context: fn(&str) -> String,
    rows: &'static str,
    holds: Holds,
}

impl Column {
    const fn values(
        table: &'static str,
        name: &'static str,
        key: &'static [&'static str],
        place: &'static str,
        context: fn(&str) -> String,
    ) -> Column {
        Column { table, name, key, place, context, rows: "true", holds: Holds::Value }
    }

    const fn of_calls(
        name: &'static str,
        context: fn(&str) -> String,
        rows: &'static str,
        holds: Holds,
    ) -> Column {
        Column { table: "intent", name, key: &["sequence"], place: "id", context, rows, holds }
    }
}

/// Where values are.
const VALUES: [Column; 3] = [
    Column::values("object", "attributes", OBJECT, "address", objects::attributes_context),
    Column::values("object", "facts", OBJECT, "address", objects::facts_context),
    Column::values("output", "value", OUTPUT, "name", outputs::context),
];

/// Where earlier ones are.
const EARLIER_VALUES: [Column; 3] = [
    Column::values("object_before", "attributes", BEFORE, "address", objects::attributes_context),
    Column::values("object_before", "facts", BEFORE, "address", objects::facts_context),
    Column::values("output_before", "value", OUTPUT_BEFORE, "name", outputs::context),
];

const OBJECT: &[&str] = &["address", "deposed"];
const OUTPUT: &[&str] = &["name"];
const BEFORE: &[&str] = &["run", "address", "deposed"];
const OUTPUT_BEFORE: &[&str] = &["run", "name"];

/// What is sealed in states that are sealed whole only.
const OTHERS: [Column; 4] = [
    Column {
        table: "value_type",
        name: "json",
        key: &["id"],
        place: "id",
        context: |_| objects::TYPE_CONTEXT.to_owned(),
        rows: "true",
        holds: Holds::Plain,
    },
    Column::of_calls(
        "request",
        journal::request_context,
        "status IN ('pending', 'sent')",
        Holds::Plain,
    ),
    Column::of_calls(
        "request",
        journal::request_context,
        "status NOT IN ('pending', 'sent')",
        Holds::FormerRequest,
    ),
    Column::of_calls("error_message", journal::message_context, "true", Holds::Text),
];

/// Whether anything in the state is sealed, also in what is needed to go back.
pub(crate) fn anything_sealed(db: &Connection, extent: Extent) -> Result<bool, StateError> {
    let exists = |sql: &str| db.prepare_cached(sql)?.exists([]);
    if extent == Extent::Whole {
        // Whatever is there. No value is without its type.
        return Ok(exists("SELECT 1 FROM value_type")? || exists("SELECT 1 FROM intent")?);
    }
    for Column { table, name, .. } in VALUES.iter().chain(&EARLIER_VALUES) {
        if exists(&format!("SELECT 1 FROM {table} WHERE {name} LIKE '%{SEALED_PART}%' LIMIT 1"))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Everything goes over to another key or another extent, within a transaction and as part of the
/// last run, in which no object changes.
pub(super) fn go_over(
    db: &Connection,
    run: i64,
    from: &Envelope<'_>,
    to: &Envelope<'_>,
) -> Result<(), StateError> {
    VALUES.iter().try_for_each(|column| column.go_over(db, from, to))?;
    // The triggers took it for a change of objects.
    for table in ["object_before", "output_before"] {
        db.execute(&format!("DELETE FROM {table} WHERE run = ?"), [run])?;
    }
    EARLIER_VALUES.iter().chain(&OTHERS).try_for_each(|column| column.go_over(db, from, to))
}

impl Column {
    fn go_over(
        &self,
        db: &Connection,
        from: &Envelope<'_>,
        to: &Envelope<'_>,
    ) -> Result<(), StateError> {
        let Column { table, name, key, place, rows, .. } = self;
        let (columns, marks) = (key.join(", "), vec!["?"; key.len()].join(", "));
        let select = |after: &str| {
            format!(
                "SELECT {name}, CAST({place} AS TEXT), {columns} FROM {table}
                 WHERE {name} IS NOT NULL AND {rows}{after} ORDER BY {columns} LIMIT {PAGE}"
            )
        };
        let mut first = db.prepare(&select(""))?;
        let mut next = db.prepare(&select(&format!(" AND ({columns}) > ({marks})")))?;
        let mut update =
            db.prepare(&format!("UPDATE {table} SET {name} = ? WHERE ({columns}) = ({marks})"))?;
        let mut last: Option<Vec<Cell>> = None;
        loop {
            // A table is not read while it is written.
            let statement = if last.is_some() { &mut next } else { &mut first };
            let after = last.take().unwrap_or_default();
            let page = statement.query_map(params_from_iter(after), |row| {
                let cells = (0..key.len()).map(|at| row.get(2 + at));
                Ok((row.get(0)?, row.get(1)?, cells.collect::<Result<Vec<Cell>, _>>()?))
            })?;
            let page: Vec<(String, String, Vec<Cell>)> = page.collect::<Result<_, _>>()?;
            for (text, place, cells) in &page {
                let context = (self.context)(place);
                let anew = self.anew(text, &context, from, to)?;
                if anew != *text {
                    update
                        .execute(params_from_iter([&Cell::Text(anew)].into_iter().chain(cells)))?;
                }
            }
            let is_last = page.len() < PAGE;
            last = page.into_iter().next_back().map(|(_, _, cells)| cells);
            if is_last {
                return Ok(());
            }
        }
    }

    /// The text of one row as it is to be.
    fn anew(
        &self,
        text: &str,
        context: &str,
        from: &Envelope<'_>,
        to: &Envelope<'_>,
    ) -> Result<String, StateError> {
        if let Holds::Text = self.holds {
            return to.close_text(context, &from.open_text(context, text.to_owned())?);
        }
        let content = from.open(context, text)?;
        let other_key = from.sealer.key_id() != to.sealer.key_id();
        let json = match self.holds {
            Holds::Value if other_key && content.contains(SEALED_PART) => {
                reseal(&content, from.sealer, to.sealer, context)?
            }
            Holds::FormerRequest if other_key && content.contains(KEPT_BY_JOURNAL) => {
                without_fingerprints(&content, context)?
            }
            _ => content.trim_end().to_owned(),
        };
        to.close(context, json)
    }
}

/// A request without the fingerprints that it keeps.
fn without_fingerprints(request: &str, context: &str) -> Result<String, StateError> {
    let mut json: Json =
        serde_json::from_str(request).map_err(|error| StateError::malformed(context, error))?;
    if let Json::Object(members) = &mut json {
        members.remove(KEPT_BY_JOURNAL);
    }
    Ok(json.to_string())
}
