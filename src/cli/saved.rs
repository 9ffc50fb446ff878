//! A plan that was written to a file, read back and held against the present.

use std::path::Path;

use super::error::CliError;
use crate::plan::{Plan, planner};

/// Reads a plan and checks that it is the one that was written.
pub(super) fn read(path: &Path) -> Result<Plan, CliError> {
    let no_plan = |reason: String| CliError::NoPlan { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|source| CliError::File {
        path: path.to_owned(),
        verb: "read",
        source,
    })?;
    let plan: Plan = serde_json::from_str(&text).map_err(|error| no_plan(error.to_string()))?;
    if planner::digest(&plan) == plan.id {
        Ok(plan)
    } else {
        Err(no_plan("it was changed after it was made".to_owned()))
    }
}

/// Gives consents to a plan that was made without them. Its name stays: what it
/// will do is the same.
pub(super) fn consent(plan: &mut Plan, given: &[String]) {
    for consent in &mut plan.consents {
        consent.given |= given.contains(&consent.name);
    }
}
