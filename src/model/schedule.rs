//! AWS's schedule expressions, as far as one asks how long it can be from one run to the next.
//!
//! In: `cron(minutes hours day-of-month month day-of-week year)` or `rate(value unit)`. Out: the
//! longest gap in hours, rounded up. Absent: time zones, which move runs and, an hour at the
//! change of clocks aside, no gap; `W` and `#`, after which nothing is said. Source: EventBridge
//! Scheduler User Guide, schedule types; AWS Backup writes schedules alike.

use std::collections::BTreeSet;

/// Days looked at: a leap year and more, so that every gap that can be is met.
const DAYS: u32 = 366 * 2 + 31;
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Whether a text has the form of a schedule expression.
#[must_use]
pub fn is_schedule(text: &str) -> bool {
    parts(text).is_some_and(|fields| fields.len() == 6) || rate_hours(text).is_some()
}

/// The most hours from one run to the next; none for what is not understood or runs at most once.
#[must_use]
pub fn longest_gap_hours(text: &str) -> Option<u32> {
    if let Some(hours) = rate_hours(text) {
        return Some(hours);
    }
    let fields = parts(text)?;
    let [minutes, hours, days, months, weekdays, _] = fields.as_slice() else { return None };
    let minutes = numbers(minutes, 0, 59, &[])?;
    let hours = numbers(hours, 0, 23, &[])?;
    let days = days_of_month(days)?;
    let months = numbers(months, 1, 12, &MONTHS)?;
    let weekdays = numbers(weekdays, 1, 7, &WEEKDAYS)?;
    let mut last: Option<u32> = None;
    let mut longest = None;
    for day in calendar().filter(|day| day.fits(&days, &months, &weekdays)) {
        for hour in &hours {
            for minute in &minutes {
                let at = (day.number * 24 + hour) * 60 + minute;
                longest = longest.max(last.map(|last| at - last));
                last = Some(at);
            }
        }
    }
    longest.map(|minutes| minutes.div_ceil(60))
}

/// The fields of a cron expression.
fn parts(text: &str) -> Option<Vec<&str>> {
    let inner = text.strip_prefix("cron(")?.strip_suffix(')')?;
    Some(inner.split_whitespace().collect())
}

fn rate_hours(text: &str) -> Option<u32> {
    let inner = text.strip_prefix("rate(")?.strip_suffix(')')?;
    let (value, unit) = inner.split_once(' ')?;
    let value: u32 = value.parse().ok().filter(|value| *value > 0)?;
    match unit.trim_end_matches('s') {
        "minute" => Some(value.div_ceil(60)),
        "hour" => Some(value),
        "day" => value.checked_mul(24),
        _ => None,
    }
}

/// What a field of a cron expression names: `*`, `?`, numbers or names, `a-b`, `a/n`, lists.
fn numbers(field: &str, least: u32, most: u32, names: &[&str]) -> Option<BTreeSet<u32>> {
    let value = |word: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(word));
        let number = named.and_then(|at| u32::try_from(at).ok()).map(|at| at + least);
        number.or_else(|| word.parse().ok()).filter(|number| (least..=most).contains(number))
    };
    let mut found = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (value(from)?, value(to)?),
            None if range == "*" || range == "?" => (least, most),
            None => (value(range)?, if step.is_some() { most } else { value(range)? }),
        };
        found.extend((from..=to).step_by(step.unwrap_or(1)));
    }
    (!found.is_empty()).then_some(found)
}

/// Days of the month, and whether the last one is among them, whatever its number.
fn days_of_month(field: &str) -> Option<(BTreeSet<u32>, bool)> {
    if field == "L" { Some((BTreeSet::new(), true)) } else { Some((numbers(field, 1, 31, &[])?, false)) }
}

struct Day {
    number: u32,
    month: u32,
    of_month: u32,
    last: bool,
    weekday: u32,
}

impl Day {
    fn fits(&self, days: &(BTreeSet<u32>, bool), months: &BTreeSet<u32>, weekdays: &BTreeSet<u32>) -> bool {
        let (days, last) = days;
        let day = days.contains(&self.of_month) || (*last && self.last);
        day && months.contains(&self.month) && weekdays.contains(&self.weekday)
    }
}

/// Days from a first of January that is a Sunday, in years without a 29th of February, which
/// would only make gaps shorter.
fn calendar() -> impl Iterator<Item = Day> {
    let (mut month, mut of_month) = (1_u32, 0_u32);
    (0..DAYS).map(move |number| {
        of_month += 1;
        let length = LENGTHS[(month - 1) as usize];
        if of_month > length {
            (month, of_month) = (month % 12 + 1, 1);
        }
        let length = LENGTHS[(month - 1) as usize];
        Day { number, month, of_month, last: of_month == length, weekday: number % 7 + 1 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_gap_is_that_between_two_runs() {
        let gaps = [
            ("cron(0 17 ? * * *)", 24),
            ("cron(0 17 * * ? *)", 24),
            ("cron(30 */6 ? * * *)", 6),
            ("cron(0 3 ? * SUN *)", 168),
            ("cron(0 3 ? * MON-FRI *)", 72),
            ("cron(0 3 1 * ? *)", 31 * 24),
            ("cron(0 3 L * ? *)", 31 * 24),
            ("cron(0 8,20 ? * 2,4 *)", 108),
            ("rate(12 hours)", 12),
            ("rate(1 day)", 24),
        ];
        for (text, hours) in gaps {
            assert_eq!(longest_gap_hours(text), Some(hours), "{text}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_is_not_understood() {
        for text in
            ["cron(0 3 ? * 2#1 *)", "cron(0 3 15W * ? *)", "cron(0 25 ? * * *)", "daily", "rate(0 days)"]
        {
            assert_eq!(longest_gap_hours(text), None, "{text}");
        }
        assert!(is_schedule("cron(0 3 ? * 2#1 *)") && !is_schedule("cron(0 3)") && !is_schedule("daily"));
    }
}
