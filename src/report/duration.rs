//! Durations for people: `45 s`, `12 min`, `1 h 05 min`.

use std::time::Duration;

/// A duration rounded to what a reader cares about.
#[must_use]
pub fn words(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if duration < Duration::from_millis(100) && !duration.is_zero() {
        return format!("{} ms", duration.as_millis().max(1));
    }
    if seconds < 10.0 && duration.subsec_millis() != 0 {
        return format!("{seconds:.1} s");
    }
    match rounded(duration) {
        whole @ 0..=119 => format!("{whole} s"),
        whole @ 120..=3599 => format!("{} min", (whole + 30) / 60),
        whole => {
            let minutes = (whole + 30) / 60;
            format!("{} h {:02} min", minutes / 60, minutes % 60)
        }
    }
}

/// A moment since a start, of constant width up to a hundred hours: `0:12:05`.
#[must_use]
pub fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn rounded(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_millis() >= 500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_the_unit_that_fits() {
        let told = |ms| words(Duration::from_millis(ms));
        assert_eq!(told(0), "0 s");
        assert_eq!(told(4), "4 ms");
        assert_eq!(told(1_200), "1.2 s");
        assert_eq!(told(119_000), "119 s");
        assert_eq!(told(1_800_000), "30 min");
        assert_eq!(told(3_599_900), "1 h 00 min");
        assert_eq!(told(3_900_000), "1 h 05 min");
    }

    #[test]
    fn a_moment_has_minutes_and_seconds_of_two_digits() {
        assert_eq!(clock(Duration::from_secs(725)), "0:12:05");
    }
}
