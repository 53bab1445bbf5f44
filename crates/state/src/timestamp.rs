//! Points in time as the file keeps them: RFC 3339 in UTC, to the microsecond, of one width,
//! so that text order is time order.

use rusqlite::types::Type;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
const FOR_PEOPLE: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");

/// The present, as text.
pub(crate) fn now() -> String {
    to_text(OffsetDateTime::now_utc())
}

/// A point in time as text.
pub(crate) fn to_text(at: OffsetDateTime) -> String {
    // These formats have no part that could be missing from a date with an offset.
    at.to_offset(UtcOffset::UTC).format(FORMAT).unwrap_or_default()
}

/// A point in time as messages show it.
pub fn for_people(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(FOR_PEOPLE).unwrap_or_default()
}

/// Reads column `index` of a row as a point in time.
pub(crate) fn column(row: &rusqlite::Row<'_>, index: &str) -> rusqlite::Result<OffsetDateTime> {
    from_text(&row.get::<_, String>(index)?)
}

/// Reads column `index` of a row as a point in time, or as none.
pub(crate) fn optional_column(
    row: &rusqlite::Row<'_>,
    index: &str,
) -> rusqlite::Result<Option<OffsetDateTime>> {
    row.get::<_, Option<String>>(index)?.as_deref().map(from_text).transpose()
}

fn from_text(text: &str) -> rusqlite::Result<OffsetDateTime> {
    PrimitiveDateTime::parse(text, FORMAT)
        .map(PrimitiveDateTime::assume_utc)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))
}
