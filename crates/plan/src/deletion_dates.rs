//! When objects go that stay for a while after their deletion was asked for: those that follow in a
//! set first, and what leads it days after the last of them.

use std::collections::{BTreeMap, BTreeSet};

use meridian_lang::Value;
use meridian_resource::{Notice, Object, Problem, REGION, Registry, WaitingPeriod};
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, OffsetDateTime};

use crate::{Action, ResourceChange};

/// When a member of a set goes whose leader goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The day, of UTC, if it is done as soon as it is planned; `None` if that cannot be told.
    pub on: Option<Date>,
    /// How many days it stays after its deletion was asked for, or after the last of those that go
    /// before it.
    pub days: u16,
    /// Whether others go before it.
    pub is_last: bool,
}

/// When members of sets go, by what a set shares and by Region.
#[derive(Debug, Default)]
pub struct DeletionDates {
    times: BTreeMap<(String, String), OffsetDateTime>,
}

impl DeletionDates {
    /// When an object goes: a member of `set` in a Region, whose deletion was asked for at a time
    /// if the cloud has not told the end. `None` if it waits for members of which no end is known.
    pub fn note(
        &mut self,
        set: &str,
        region: &str,
        period: &WaitingPeriod,
        asked: Option<OffsetDateTime>,
    ) -> Option<OffsetDateTime> {
        let told =
            period.ends.as_deref().and_then(|ends| OffsetDateTime::parse(ends, &Rfc3339).ok());
        let days = Duration::days(period.days.into());
        let others = period.begins_after.iter().map(|region| self.at(set, region));
        let last = others.collect::<Option<Vec<_>>>().map(|times| times.into_iter().max());
        let ends = told.or_else(|| last?.or(asked)?.checked_add(days))?;
        self.times.insert((set.to_owned(), region.to_owned()), ends);
        Some(ends)
    }

    fn at(&self, set: &str, region: &str) -> Option<OffsetDateTime> {
        self.times.get(&(set.to_owned(), region.to_owned())).copied()
    }
}

/// An object that goes, with the position of its change.
struct Going {
    position: usize,
    set: String,
    region: String,
    period: WaitingPeriod,
}

/// Notes at the members of sets when they go, if the leader of the set goes. `start` is when the
/// plan was begun, in RFC 3339.
pub(crate) fn note(changes: &mut [ResourceChange], registry: &Registry, start: Option<&str>) {
    let start = start.and_then(|start| OffsetDateTime::parse(start, &Rfc3339).ok());
    let all = changes.iter().enumerate();
    let going = all.filter_map(|(position, change)| going(position, change, registry));
    let (leaders, followers): (Vec<Going>, Vec<Going>) =
        going.partition(|it| !it.period.begins_after.is_empty());
    let led: BTreeSet<&str> = leaders.iter().map(|leader| &*leader.set).collect();
    let gone: BTreeSet<(&str, &str)> = followers.iter().map(|it| (&*it.set, &*it.region)).collect();
    let mut dates = DeletionDates::default();
    for Going { position, set, region, period } in &followers {
        let ends = dates.note(set, region, period, start);
        if !led.contains(&**set) {
            continue;
        }
        let on = ends.map(OffsetDateTime::date);
        let change = &mut changes[*position];
        // What is scheduled already is told so.
        if let (Some(on), None) = (on, &period.ends) {
            let what = what_goes(change);
            let line = format!("{what} will be deleted on {on} at the earliest");
            change.notices.push(Notice::remark(line.trim_start()));
        }
        change.deletion = Some(Deletion { on, days: period.days, is_last: false });
    }
    for Going { position, set, region, period } in &leaders {
        let on = dates.note(set, region, period, start).map(OffsetDateTime::date);
        let left: Vec<&str> = period
            .begins_after
            .iter()
            .filter(|region| !gone.contains(&(&**set, &***region)))
            .map(String::as_str)
            .collect();
        let change = &mut changes[*position];
        let line = format!("{} {}", what_goes(change), leader_text(&dates, set, period, on));
        change.notices.push(Notice::remark(line.trim_start()));
        if !left.is_empty() {
            let problem = waits(change, &left, period.days);
            change.notices.push(Notice::warning(problem));
        }
        change.deletion = Some(Deletion { on, days: period.days, is_last: true });
    }
}

fn going(position: usize, change: &ResourceChange, registry: &Registry) -> Option<Going> {
    if !matches!(change.action, Action::Delete | Action::Replace) {
        return None;
    }
    let kind = registry.resource_type(&change.address.resource.type_name)?;
    let before = change.before.as_ref()?;
    let region = before.fact(REGION).unwrap_or(&change.region).to_owned();
    let (set, period) = (kind.set_identity(before)?, kind.waiting_period(before)?);
    Some(Going { position, set, region, period })
}

/// What goes, where the change is not about that alone.
fn what_goes(change: &ResourceChange) -> &'static str {
    if change.action == Action::Replace { "the old one" } else { "" }
}

fn leader_text(
    dates: &DeletionDates,
    set: &str,
    period: &WaitingPeriod,
    on: Option<Date>,
) -> String {
    let days = period.days;
    let regions = || period.begins_after.iter();
    match on {
        Some(on) => {
            let each: Vec<String> = regions()
                .filter_map(|region| Some(format!("{region} on {}", dates.at(set, region)?.date())))
                .collect();
            format!(
                "will be deleted on {on} at the earliest, {days} days after the last of its \
                 replicas is gone ({})",
                each.join(", ")
            )
        }
        None => {
            let each: Vec<&str> = regions().map(String::as_str).collect();
            format!(
                "will be deleted {days} days after the last of its replicas ({}) is gone",
                each.join(", ")
            )
        }
    }
}

fn waits(change: &ResourceChange, left: &[&str], days: u16) -> Problem {
    let id = change.before.as_ref().map_or("the key", shown);
    let (what, regions) = (what_goes(change), left.join(", "));
    let summary = format!(
        "{what} will not be deleted before its replicas in {regions}, which this plan leaves"
    );
    Problem::new(
        summary.trim_start(),
        format!(
            "From the moment that its deletion is scheduled, nothing can be encrypted or decrypted \
             with {id} in its own Region. It goes {days} days after the last of its replicas, and \
             this plan does not delete those in {regions}. They may be scheduled for deletion \
             already."
        ),
    )
    .help(format!(
        "If they are to go too: aws kms schedule-key-deletion --region {} --key-id {id}. If one of \
         them is to stay, let it become the primary first: meridian promote.",
        left[0]
    ))
}

fn shown(object: &Object) -> &str {
    let id = object.attributes.get("id").and_then(Value::as_str);
    object.text("key_id").or(id).unwrap_or("the key")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn period(days: u16, begins_after: &[&str]) -> WaitingPeriod {
        let begins_after = begins_after.iter().map(|it| (*it).to_owned()).collect();
        WaitingPeriod { ends: None, days, begins_after }
    }

    #[test]
    fn what_leads_goes_days_after_the_last_that_follows() {
        let start = datetime!(2026-11-22 23:59:59 UTC);
        let mut dates = DeletionDates::default();
        let mut note = |region: &str, period: &WaitingPeriod| {
            let at = dates.note("set", region, period, Some(start));
            at.map(|at| at.date().to_string())
        };
        assert_eq!(note("a", &period(7, &[])).as_deref(), Some("2026-11-29"));
        assert_eq!(note("b", &period(30, &[])).as_deref(), Some("2026-12-22"));
        // The last of those for which it waits, not the one with the longest days.
        assert_eq!(note("c", &period(8, &["a", "b"])).as_deref(), Some("2026-12-30"));
        assert_eq!(note("d", &period(8, &["a"])).as_deref(), Some("2026-12-07"));
        assert_eq!(note("e", &period(8, &["a", "elsewhere"])), None);
        let told = WaitingPeriod { ends: Some("2027-05-01T00:00:00Z".into()), ..period(7, &[]) };
        assert_eq!(note("f", &told).as_deref(), Some("2027-05-01"));
        assert_eq!(note("g", &period(7, &["a", "f"])).as_deref(), Some("2027-05-08"));
    }

    #[test]
    fn sets_are_told_apart_and_no_date_is_made_up() {
        let mut dates = DeletionDates::default();
        let start = datetime!(2026-01-01 00:00:00 UTC);
        assert!(dates.note("one", "a", &period(7, &[]), Some(start)).is_some());
        assert_eq!(dates.note("two", "b", &period(7, &["a"]), Some(start)), None);
        assert_eq!(dates.note("three", "a", &period(7, &[]), None), None);
        let endless = period(u16::MAX, &[]);
        let last = OffsetDateTime::new_utc(Date::MAX, time::Time::MIDNIGHT);
        assert_eq!(dates.note("four", "a", &endless, Some(last)), None);
    }
}
