//! A census out of a file. What the program that took it did not read yet is a gap, for silence
//! would be taken for its absence.
//!
//! In: the file's text. Out: the census. Absent: files of a later form, which nobody can read.

use serde_json::Value;

use super::{Census, FORMAT, Gap, Part};
use crate::catalog::operations::Verdict;
use crate::cloud::{CallError, failure::code};

/// Where each part stands that came after the first census, and which of the part that is.
const LATER: [(&str, Part, Option<&str>); 7] = [
    ("/security", Part::Security, None),
    ("/security/firewall_manager", Part::Security, Some("firewall_manager")),
    ("/security/automation_rules", Part::Security, Some("automation_rules")),
    ("/backup", Part::Backup, None),
    ("/config", Part::Config, None),
    ("/stack_sets", Part::StackSets, None),
    ("/trails", Part::Trails, None),
];

impl Census {
    /// Reads what [`super::take`] gave and somebody kept.
    ///
    /// # Errors
    /// In words, when it is not a census or one of a later form.
    pub fn from_file(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let format = value.get("format").and_then(Value::as_u64);
        if let Some(later) = format.filter(|format| *format > u64::from(FORMAT)) {
            return Err(format!("its form {later} is later than {FORMAT}, which this program reads"));
        }
        let mut census: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (place, part, of) in LATER.into_iter().filter(|(place, ..)| value.pointer(place).is_none()) {
            let whole = place.rsplit_once('/').filter(|(whole, _)| !whole.is_empty());
            // What is within something that is missing as a whole is not told once more.
            if whole.is_none_or(|(whole, _)| value.pointer(whole).is_some()) {
                census.gaps.push(Gap { part, of: of.map(str::to_owned), error: not_read_yet() });
            }
        }
        census.gaps.sort_by(|one, other| (one.part, &one.of).cmp(&(other.part, &other.of)));
        Ok(census)
    }
}

fn not_read_yet() -> CallError {
    let message = "the program that took this snapshot did not read it; take another one";
    CallError::ours("snapshot", code::UNREADABLE, message, Verdict::Rejected)
}
