//! The layouts of `formatdate`: runs of one letter are verbs, quotes enclose literal text.

use super::timestamp::{Timestamp, offset_parts};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The moment as the layout says.
pub(super) fn formatted(layout: &str, time: &Timestamp) -> Result<String, String> {
    let mut result = String::new();
    let mut rest = layout;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (literal, after) = quoted(&rest[1..])?;
            result.push_str(&literal);
            rest = after;
            continue;
        }
        if !first.is_ascii_alphabetic() {
            result.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|letter| letter != first).unwrap_or(rest.len());
        let (verb, after) = rest.split_at(end);
        rest = after;
        let shown = shown(verb, time).map_err(|hint| match hint {
            "" => format!("invalid date format verb {verb:?}"),
            hint => format!("invalid date format verb {verb:?}: {hint}"),
        })?;
        result.push_str(&shown);
    }
    Ok(result)
}

/// The literal text up to the closing quote, in which two quotes stand for one, and what follows.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut literal = String::new();
    let mut rest = text;
    while let Some(quote) = rest.find('\'') {
        literal.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                literal.push('\'');
                rest = after;
            }
            None => return Ok((literal, rest)),
        }
    }
    Err("unterminated literal '".to_owned())
}

/// What a verb stands for, or what it should have been.
fn shown(verb: &str, time: &Timestamp) -> Result<String, &'static str> {
    let two = |number: u32| format!("{number:02}");
    let afternoon = time.hour >= 12;
    let twelve = match time.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let month = MONTHS[time.month as usize - 1];
    let weekday = WEEKDAYS[time.weekday()];
    Ok(match verb {
        "YY" => format!("{:02}", time.year % 100),
        "YYYY" => format!("{:04}", time.year),
        "M" => time.month.to_string(),
        "MM" => two(time.month),
        "MMM" => month[..3].to_owned(),
        "MMMM" => month.to_owned(),
        "D" => time.day.to_string(),
        "DD" => two(time.day),
        "EEE" => weekday[..3].to_owned(),
        "EEEE" => weekday.to_owned(),
        "h" => time.hour.to_string(),
        "hh" => two(time.hour),
        "H" => twelve.to_string(),
        "HH" => two(twelve),
        "AA" => if afternoon { "PM" } else { "AM" }.to_owned(),
        "aa" => if afternoon { "pm" } else { "am" }.to_owned(),
        "m" => time.minute.to_string(),
        "mm" => two(time.minute),
        "s" => time.second.to_string(),
        "ss" => two(time.second),
        "Z" if time.offset == 0 => "Z".to_owned(),
        "ZZZ" if time.offset == 0 => "UTC".to_owned(),
        "ZZZ" | "ZZZZ" => offset(time, ""),
        "Z" | "ZZZZZ" => offset(time, ":"),
        _ => {
            return Err(match verb.as_bytes()[0] {
                b'Y' => "year must either be \"YY\" or \"YYYY\"",
                b'M' => "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
                b'D' => "day of month must either be \"D\" or \"DD\"",
                b'E' => "day of week must either be \"EEE\" or \"EEEE\"",
                b'h' => "24-hour must either be \"h\" or \"hh\"",
                b'H' => "12-hour must either be \"H\" or \"HH\"",
                b'A' => "must be \"AA\"",
                b'a' => "must be \"aa\"",
                b'm' => "minute must either be \"m\" or \"mm\"",
                b's' => "second must either be \"s\" or \"ss\"",
                b'Z' => "timezone must be Z, ZZZZ, or ZZZZZ",
                _ => "",
            });
        }
    })
}

fn offset(time: &Timestamp, separator: &str) -> String {
    let (sign, minutes) = offset_parts(time.offset);
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}
