//! When a schedule fires: the cron expressions of AWS Backup.
//!
//! In: `cron(minute hour day-of-month month day-of-week year)` and a time zone. Out: whether it fires at a minute, and
//! every firing within an hour. Grammar:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>, to which the API reference of
//! AWS Backup points. One of the two days is `?`. Absent: `rate(...)`, which AWS Backup does not take.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::sim::clock::later;

/// Fires when none is said (`BackupRule` and `RestoreTestingPlanForCreate` of the model).
pub(super) const USUAL: &str = "cron(0 5 ? * * *)";
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A schedule.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    minutes: Vec<i16>,
    hours: Vec<i16>,
    months: Vec<i16>,
    years: Vec<i16>,
    day: Day,
    zone: TimeZone,
}

/// Which days of a month.
#[derive(Debug, Clone)]
enum Day {
    OfMonth(Vec<i16>),
    /// The last one.
    Last,
    /// The weekday nearest to a day of the month.
    NearestWeekday(i16),
    /// 1 is Sunday.
    OfWeek(Vec<i16>),
    /// The last such day of the month.
    LastOfWeek(i16),
    /// The day of the week, and which of the month.
    NthOfWeek(i16, i16),
}

impl Schedule {
    /// Reads an expression; `None` if it is none. Without a zone it means UTC.
    pub(super) fn parse(text: &str, zone: Option<&str>) -> Option<Self> {
        let inner = text.strip_prefix("cron(")?.strip_suffix(')')?;
        let fields: Vec<&str> = inner.split_whitespace().collect();
        let [minutes, hours, of_month, months, of_week, years] = fields.as_slice() else { return None };
        let day = match (*of_month, *of_week) {
            ("?", "?") => return None,
            ("?", day) => week_day(day)?,
            (day, "?") => month_day(day)?,
            _ => return None,
        };
        let zone = match zone {
            None | Some("UTC" | "Etc/UTC") => TimeZone::UTC,
            Some(name) => TimeZone::get(name).ok()?,
        };
        Some(Self {
            minutes: numbers(minutes, 0..=59, &[])?,
            hours: numbers(hours, 0..=23, &[])?,
            months: numbers(months, 1..=12, &MONTHS)?,
            years: numbers(years, 1970..=2199, &[])?,
            day,
            zone,
        })
    }

    /// Every firing within the hour that begins at `hour`.
    pub(super) fn within_hour(&self, hour: Timestamp) -> Vec<Timestamp> {
        let minutes = (0..60).map(|minute| later(hour, Duration::from_secs(minute * 60)));
        minutes.filter(|at| self.fires(self.zone.to_datetime(*at))).collect()
    }

    fn fires(&self, at: DateTime) -> bool {
        self.minutes.contains(&i16::from(at.minute()))
            && self.hours.contains(&i16::from(at.hour()))
            && self.months.contains(&i16::from(at.month()))
            && self.years.contains(&at.year())
            && self.day.is(at.date())
    }
}

impl Day {
    fn is(&self, date: Date) -> bool {
        let (day, last) = (i16::from(date.day()), i16::from(date.days_in_month()));
        let week = i16::from(date.weekday().to_sunday_one_offset());
        match self {
            Self::OfMonth(days) => days.contains(&day),
            Self::Last => day == last,
            Self::NearestWeekday(wanted) => nearest_weekday(date, *wanted) == Some(day),
            Self::OfWeek(days) => days.contains(&week),
            Self::LastOfWeek(wanted) => week == *wanted && day + 7 > last,
            Self::NthOfWeek(wanted, nth) => week == *wanted && (day - 1) / 7 + 1 == *nth,
        }
    }
}

/// The weekday nearest to a day, within its month.
fn nearest_weekday(date: Date, day: i16) -> Option<i16> {
    let last = i16::from(date.days_in_month());
    let wanted = Date::new(date.year(), date.month(), i8::try_from(day.min(last)).ok()?).ok()?;
    let day = i16::from(wanted.day());
    Some(match wanted.weekday().to_sunday_one_offset() {
        7 if day > 1 => day - 1,
        7 => day + 2,
        1 if day < last => day + 1,
        1 => day - 2,
        _ => day,
    })
}

fn month_day(text: &str) -> Option<Day> {
    if text == "L" {
        return Some(Day::Last);
    }
    if let Some(day) = text.strip_suffix('W') {
        return one(day, &(1..=31), &[]).map(Day::NearestWeekday);
    }
    numbers(text, 1..=31, &[]).map(Day::OfMonth)
}

fn week_day(text: &str) -> Option<Day> {
    if let Some((day, nth)) = text.split_once('#') {
        return Some(Day::NthOfWeek(one(day, &(1..=7), &WEEKDAYS)?, one(nth, &(1..=5), &[])?));
    }
    if let Some(day) = text.strip_suffix('L') {
        return if day.is_empty() { None } else { one(day, &(1..=7), &WEEKDAYS).map(Day::LastOfWeek) };
    }
    numbers(text, 1..=7, &WEEKDAYS).map(Day::OfWeek)
}

/// A number within its bounds, or a name that counts from the lower bound.
fn one(text: &str, bounds: &RangeInclusive<i16>, names: &[&str]) -> Option<i16> {
    let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let number = match named {
        Some(place) => i16::try_from(place).ok()? + bounds.start(),
        None => text.parse().ok()?,
    };
    bounds.contains(&number).then_some(number)
}

/// `*`, numbers, ranges and steps, joined by commas.
fn numbers(text: &str, bounds: RangeInclusive<i16>, names: &[&str]) -> Option<Vec<i16>> {
    let mut found = Vec::new();
    for part in text.split(',') {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, step.parse().ok().filter(|step: &usize| *step > 0)?),
            None => (part, 1),
        };
        let stepped = part.contains('/');
        let (from, to) = match span.split_once('-') {
            Some((from, to)) => (one(from, &bounds, names)?, one(to, &bounds, names)?),
            None if span == "*" => (*bounds.start(), *bounds.end()),
            None => {
                let from = one(span, &bounds, names)?;
                (from, if stepped { *bounds.end() } else { from })
            }
        };
        if from > to {
            return None;
        }
        found.extend((from..=to).step_by(step));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fires(text: &str, at: &str) -> bool {
        let schedule = Schedule::parse(text, None).expect("a schedule");
        schedule.fires(at.parse().expect("a date and a time"))
    }

    #[test]
    fn a_schedule_fires_when_every_field_says_so() {
        assert!(fires(USUAL, "2026-11-28T05:00"));
        assert!(!fires(USUAL, "2026-11-28T05:01"));
        assert!(fires("cron(0/15 8-17 ? * MON-FRI *)", "2026-11-27T08:45"));
        assert!(!fires("cron(0/15 8-17 ? * MON-FRI *)", "2026-11-28T08:45"), "a Saturday");
        assert!(fires("cron(30 1 1,15 JAN,11 ? 2026-2030)", "2026-11-15T01:30"));
        assert!(fires("cron(0 3 L * ? *)", "2028-02-29T03:00"));
        assert!(fires("cron(0 3 28W * ? *)", "2026-11-27T03:00"), "the Friday before");
        assert!(fires("cron(0 3 ? * 6L *)", "2026-11-27T03:00"), "the last Friday");
        assert!(fires("cron(0 3 ? * SAT#4 *)", "2026-11-28T03:00"));
        assert!(!fires("cron(0 3 ? * SAT#3 *)", "2026-11-28T03:00"));
    }

    #[test]
    fn every_firing_within_an_hour_is_found() {
        let hour: Timestamp = "2026-11-28T05:00:00Z".parse().expect("a time");
        let schedule = Schedule::parse("cron(0/20 * ? * * *)", Some("Etc/UTC")).expect("a schedule");
        let found: Vec<String> = schedule.within_hour(hour).iter().map(Timestamp::to_string).collect();
        assert_eq!(found, ["2026-11-28T05:00:00Z", "2026-11-28T05:20:00Z", "2026-11-28T05:40:00Z"]);
    }

    #[test]
    fn what_is_no_schedule_is_none() {
        for text in [
            "",
            "rate(1 day)",
            "cron(0 5 * * * *)",
            "cron(0 5 ? * ? *)",
            "cron(60 5 ? * * *)",
            "cron(0 5 ? * *)",
            "cron(0 5 ? * 8 *)",
            "cron(0 9-5 ? * * *)",
            "cron(0/0 5 ? * * *)",
        ] {
            assert!(Schedule::parse(text, None).is_none(), "{text}");
        }
        assert!(Schedule::parse(USUAL, Some("Middle/Nowhere")).is_none());
    }
}
