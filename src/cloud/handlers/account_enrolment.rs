//! Control Tower follows a move up: with automatic enrolment one account at a time goes into a unit,
//! and a second move meanwhile is never followed up (Control Tower User Guide, limits). So a step
//! that moves an account holds its place until the account has what its new unit gives.
//!
//! In: a move that AWS has carried out. Out: whether Control Tower is at work on it, and how that
//! ended. Where the unit is not governed, or accounts are not enrolled by themselves, nothing
//! follows.

use super::{after_effect, known};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::baselines::{self, Enabled, Which};
use crate::cloud::inventory::landing_zone;
use crate::cloud::task::{Progress, Task};

const MOVE: &str = "organizations:MoveAccount";
/// The key of an account that counts on automatic enrolment.
const KEY: &str = "enrolled_by";
/// Its value.
const BY_MOVE: &str = "move";
/// The baselines that govern accounts.
const GOVERNING: [&str; 2] = ["AWSControlTowerBaseline", "ConfigBaseline"];

/// The key of an account that Control Tower shall let go of.
const LEAVES: &str = "unenrolled_by";

/// What becomes of an account that has been moved into a unit.
pub(super) async fn follow(connection: &Connection, task: &Task, to: &str) -> Result<Progress, CallError> {
    let moved = known([("parent_id", to)]);
    if task.key(LEAVES) == Some(BY_MOVE) {
        let let_go = is_let_go(connection, task).await.map_err(|error| after_effect(MOVE, error))?;
        return Ok(match let_go {
            true => Progress::Done(moved),
            false => Progress::Running { operation: to.to_owned(), attributes: moved },
        });
    }
    if task.key(KEY) != Some(BY_MOVE) {
        return Ok(Progress::Done(moved));
    }
    let governing = governing(connection, to).await.map_err(|error| after_effect(MOVE, error))?;
    match governing {
        Some(baseline) => Ok(Progress::Running { operation: baseline, attributes: moved }),
        None => Ok(Progress::Done(moved)),
    }
}

/// How far the enrolment is, by the enabled baseline of the unit.
pub(super) async fn poll(
    connection: &Connection,
    task: &Task,
    baseline: &str,
) -> Result<Progress, CallError> {
    let (id, to) = (task.own("id")?, task.text("unit")?);
    if task.key(LEAVES) == Some(BY_MOVE) {
        return follow(connection, task, to).await;
    }
    let children = baselines::enabled(connection, Which::Below(baseline)).await?;
    let own = |child: &&Enabled| {
        child.parent.as_deref() == Some(baseline) && child.target.rsplit('/').next() == Some(id)
    };
    let moved = known([("parent_id", to)]);
    match children.iter().find(own).map(|child| child.status.as_str()) {
        Some("SUCCEEDED") => Ok(Progress::Done(moved)),
        Some("FAILED") => {
            let message = "the account was moved, but Control Tower could not enrol it".to_owned();
            Err(CallError::operation_failed(MOVE, message))
        }
        // Nothing yet: "a few minutes, up to several hours" (User Guide, account-auto-enrollment).
        _ => Ok(Progress::Running { operation: baseline.to_owned(), attributes: moved }),
    }
}

/// Whether Control Tower has nothing of an account any more, or will not let go of it by itself: then whoever closes
/// it is told so by the plan.
async fn is_let_go(connection: &Connection, task: &Task) -> Result<bool, CallError> {
    if !landing_zone::get(connection).await?.is_some_and(|zone| zone.enrols_automatically()) {
        return Ok(true);
    }
    let id = task.own("id")?;
    let all = baselines::enabled(connection, Which::All).await?;
    Ok(!all.iter().any(|enabled| enabled.target.rsplit('/').next() == Some(id)))
}

/// The ARN of the enabled baseline by which accounts that come into a unit are enrolled, if they are.
async fn governing(connection: &Connection, unit: &str) -> Result<Option<String>, CallError> {
    let zone = landing_zone::get(connection).await?;
    if !zone.is_some_and(|zone| zone.enrols_automatically()) {
        return Ok(None);
    }
    let offered = baselines::offered(connection).await?;
    let wanted: Vec<&String> = GOVERNING.iter().filter_map(|name| offered.get(*name)).collect();
    let all = baselines::enabled(connection, Which::All).await?;
    let on_unit = all.into_iter().find(|enabled| {
        enabled.parent.is_none()
            && enabled.target.rsplit('/').next() == Some(unit)
            && wanted.contains(&&enabled.baseline)
    });
    Ok(on_unit.map(|enabled| enabled.arn))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn moving(keys: Value) -> Task {
        let own = [("id", "222222222222"), ("parent_id", "ou-from")];
        task(["account.app", "move", ""], json!({ "unit": "ou-to" }), keys, &own)
    }

    fn enabled(child: Option<&str>) -> Value {
        let mut all = vec![json!({ "arn": "arn:unit", "baselineIdentifier": "arn:b",
            "targetIdentifier": "arn:aws:organizations::1:ou/o-x/ou-to",
            "statusSummary": { "status": "SUCCEEDED" } })];
        all.extend(child.map(|status| {
            json!({ "arn": "arn:child", "baselineIdentifier": "arn:b", "parentIdentifier": "arn:unit",
                "targetIdentifier": "arn:aws:organizations::1:account/o-x/222222222222",
                "statusSummary": { "status": status } })
        }));
        json!({ "enabledBaselines": all })
    }

    fn aws(remedies: Value, child: Option<&str>) -> Double {
        let zone = json!({ "landingZone": { "arn": "arn:z", "version": "4.0", "manifest": {},
            "remediationTypes": remedies } });
        let baseline = json!({ "arn": "arn:b", "name": "AWSControlTowerBaseline" });
        Double::new()
            .on("MoveAccount", ok(json!({})))
            .on("/list-landingzones", ok(json!({ "landingZones": [{ "arn": "arn:z" }] })))
            .on("/get-landingzone", ok(zone))
            .on("/list-baselines", ok(json!({ "baselines": [baseline] })))
            .on("/list-enabled-baselines", ok(enabled(child)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_move_into_a_unit_that_enrols_by_itself_goes_on_until_the_account_has_its_baseline() {
        let remedies = json!(["INHERITANCE_DRIFT"]);
        let task = moving(json!({ "enrolled_by": "move" }));
        let begun = aws(remedies.clone(), None).connection().await.begin(&task).await.unwrap();
        let running = Progress::Running {
            operation: "arn:unit".to_owned(),
            attributes: known([("parent_id", "ou-to")]),
        };
        assert_eq!(begun, running);
        for (child, going) in [(None, true), (Some("UNDER_CHANGE"), true), (Some("SUCCEEDED"), false)] {
            let connection = aws(remedies.clone(), child).connection().await;
            let progress = connection.poll(&task, "arn:unit").await.unwrap();
            assert_eq!(progress == running, going, "{child:?}");
        }
        let connection = aws(remedies, Some("FAILED")).connection().await;
        let error = connection.poll(&task, "arn:unit").await.unwrap_err();
        assert!(error.message.contains("could not enrol"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_move_that_nothing_follows_is_done_at_once() {
        let done = Progress::Done(known([("parent_id", "ou-to")]));
        let ungoverned = aws(json!([]), None).connection().await;
        assert_eq!(ungoverned.begin(&moving(json!({ "enrolled_by": "move" }))).await.unwrap(), done);
        let double = aws(json!(["INHERITANCE_DRIFT"]), None);
        assert_eq!(double.connection().await.begin(&moving(json!({}))).await.unwrap(), done);
        assert_eq!(double.called(), ["MoveAccount"], "nobody counts on it");
    }
}
