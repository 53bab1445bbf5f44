//! Rotation rules: when a secret is rotated next (Secrets Manager user guide,
//! "Rotation schedules").

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::inferred;
use crate::secrets::cron::{Cron, hours};

const FEWEST_HOURS: u32 = 4;
const MOST_DAYS: u32 = 999;
const HOURS_OF_A_DAY: u32 = 24;

/// The rules as requests, answers and the store have them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RotationRules {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatically_after_days: Option<u32>,
    /// The length of the window, as in `3h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_expression: Option<String>,
}

/// The time in which AWS chooses the moment of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Window {
    pub opens: Timestamp,
    pub closes: Timestamp,
}

impl Window {
    /// The last second of the window: what the API tells as the next rotation's date.
    pub fn latest(self) -> Timestamp {
        Timestamp::from_milliseconds(self.closes.milliseconds() - 1000)
    }
}

#[derive(Debug)]
enum Schedule {
    Hours(u32),
    Days(u32),
    Cron(Cron),
}

impl RotationRules {
    /// Refuses rules that contradict themselves, cannot be read or never apply.
    pub fn check(&self, now: Timestamp) -> Result<(), ApiError> {
        if self.automatically_after_days.is_some() && self.schedule_expression.is_some() {
            return Err(ApiError::new(
                "InvalidParameterException",
                "You cannot specify both rotation frequency and schedule expression together.",
            ));
        }
        let schedule = self.schedule();
        if let (Some(expression), None) = (&self.schedule_expression, &schedule) {
            return Err(unreadable(expression));
        }
        if let Some(duration) = &self.duration {
            let fits = schedule
                .as_ref()
                .zip(self.hours())
                .is_some_and(|(schedule, hours)| (1..=schedule.longest_window()).contains(&hours));
            if !fits {
                let parameters = vec![("duration", duration.clone())];
                return Err(ApiError::inferred(&inferred::ROTATION_WINDOW, parameters));
            }
        }
        match &self.schedule_expression {
            Some(expression) if self.next_window(now).is_none() => Err(unreadable(expression)),
            _ => Ok(()),
        }
    }

    /// The first window that opens after a moment.
    pub fn next_window(&self, after: Timestamp) -> Option<Window> {
        let schedule = self.schedule()?;
        let midnight = after.start_of_day();
        let opens = match &schedule {
            Schedule::Days(days) => midnight.after_days(*days),
            Schedule::Cron(cron) => cron.next_after(after)?,
            // Windows of a rate in hours are counted from midnight.
            Schedule::Hours(interval) => {
                let mut opens = midnight.after(hours(*interval));
                while opens <= after {
                    opens = opens.after(hours(*interval));
                }
                opens
            }
        };
        let closes = match self.hours() {
            Some(length) => opens.after(hours(length)),
            None if schedule.is_hourly() => opens.after(hours(1_u32)),
            None => opens.start_of_day().after_days(1),
        };
        Some(Window { opens, closes })
    }

    fn schedule(&self) -> Option<Schedule> {
        match (&self.schedule_expression, self.automatically_after_days) {
            (Some(expression), _) => Schedule::parse(expression),
            (None, days) => days.map(Schedule::Days),
        }
    }

    fn hours(&self) -> Option<u32> {
        self.duration.as_ref()?.strip_suffix('h')?.parse().ok()
    }
}

impl Schedule {
    fn parse(expression: &str) -> Option<Self> {
        let expression = expression.strip_suffix(')')?;
        if let Some(fields) = expression.strip_prefix("cron(") {
            let cron = Cron::parse(fields)?;
            return (u32::from(cron.shortest_gap()) >= FEWEST_HOURS).then_some(Self::Cron(cron));
        }
        let rate: Vec<&str> = expression.strip_prefix("rate(")?.split_whitespace().collect();
        let [count, unit] = rate[..] else {
            return None;
        };
        let count: u32 = count.parse().ok()?;
        match unit {
            "hour" | "hours" => (FEWEST_HOURS..=MOST_DAYS * HOURS_OF_A_DAY)
                .contains(&count)
                .then_some(Self::Hours(count)),
            "day" | "days" => (1..=MOST_DAYS).contains(&count).then_some(Self::Days(count)),
            _ => None,
        }
    }

    fn is_hourly(&self) -> bool {
        match self {
            Self::Hours(_) => true,
            Self::Days(_) => false,
            Self::Cron(cron) => cron.is_hourly(),
        }
    }

    /// In hours: a window reaches neither into the next one nor into the next day.
    fn longest_window(&self) -> u32 {
        match self {
            Self::Hours(interval) => (*interval).min(HOURS_OF_A_DAY),
            Self::Days(_) => HOURS_OF_A_DAY,
            Self::Cron(cron) => cron.shortest_gap().min(cron.hours_to_midnight()).into(),
        }
    }
}

fn unreadable(expression: &str) -> ApiError {
    let parameters = vec![("expression", expression.to_owned())];
    ApiError::inferred(&inferred::ROTATION_SCHEDULE, parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second of January 2026, 09:30 UTC.
    const NOW: Timestamp = Timestamp::from_milliseconds(1_767_346_200_000);
    const MIDNIGHT: i64 = 1_767_312_000_000;

    fn rules(days: Option<u32>, expression: Option<&str>, duration: Option<&str>) -> RotationRules {
        RotationRules {
            automatically_after_days: days,
            duration: duration.map(str::to_owned),
            schedule_expression: expression.map(str::to_owned),
        }
    }

    #[test]
    fn windows_open_and_close() {
        // Hours from the midnight before now.
        for (days, expression, duration, opens, closes) in [
            (Some(7), None, None, 7 * 24, 8 * 24),
            (Some(1), None, Some("3h"), 24, 27),
            (None, Some("rate(10 days)"), None, 240, 264),
            (None, Some("rate(1 day)"), Some("24h"), 24, 48),
            (None, Some("rate(4 hours)"), None, 12, 13),
            (None, Some("rate(12 hours)"), Some("2h"), 12, 14),
            (None, Some("cron(0 8 * * ? *)"), None, 32, 48),
            (None, Some("cron(0 16 * * ? *)"), Some("2h"), 16, 18),
            (None, Some("cron(0 4/12 * * ? *)"), None, 16, 17),
        ] {
            let rules = rules(days, expression, duration);
            rules.check(NOW).unwrap();
            let window = rules.next_window(NOW).unwrap();
            let hour = |moment: Timestamp| (moment.milliseconds() - MIDNIGHT) / 3_600_000;
            assert_eq!((hour(window.opens), hour(window.closes)), (opens, closes), "{rules:?}");
            assert_eq!(window.latest().after(std::time::Duration::from_secs(1)), window.closes);
        }
        assert_eq!(rules(None, None, None).next_window(NOW), None);
    }

    #[test]
    fn bad_rules_are_refused() {
        let both = rules(Some(7), Some("rate(7 days)"), None).check(NOW).unwrap_err();
        assert!(both.message.starts_with("You cannot specify both rotation frequency"));
        for expression in [
            "rate(3 hours)",
            "rate(0 days)",
            "rate(1000 days)",
            "rate(10 weeks)",
            "rate(ten days)",
            "rate(10 days",
            "cron(0 0/2 * * ? *)",
            "cron(0 0 31 2 ? *)",
            "every day",
        ] {
            let refused = rules(None, Some(expression), None).check(NOW).unwrap_err();
            assert_eq!(refused.code, "InvalidParameterException", "{expression}");
        }
        for (expression, duration) in [
            ("rate(1 day)", "25h"),
            ("rate(1 day)", "0h"),
            ("rate(4 hours)", "5h"),
            ("cron(0 20 * * ? *)", "5h"),
            ("cron(0 4/12 * * ? *)", "9h"),
        ] {
            let refused = rules(None, Some(expression), Some(duration)).check(NOW).unwrap_err();
            assert!(refused.message.contains(duration), "{expression} {duration}");
        }
        assert!(rules(None, None, Some("2h")).check(NOW).is_err());
    }
}
