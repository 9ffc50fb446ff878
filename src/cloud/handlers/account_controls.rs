//! Controls that an account has kept from a unit it was in before.
//!
//! They work on in the account, and no registration takes them away: only disabling the enabled control
//! itself does (Control Tower User Guide, governance-drift).

use super::control;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::controls;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let operation = control::disable(connection, enabled_control(task)?).await?;
    Ok(Progress::Running { operation, attributes: Attributes::new() })
}

pub(super) async fn poll(connection: &Connection, id: &str) -> Result<Progress, CallError> {
    control::ended(connection, control::DISABLE, id).await
}

/// What is not enabled any more was disabled.
pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let details = match controls::details(connection, enabled_control(task)?).await {
        Err(error) if error.is_missing() => return Ok(Found::Effect(Progress::Done(Attributes::new()))),
        other => other?,
    };
    // Nobody else works on a control of an account, so what changes it is ours.
    match details.last_operation.filter(|_| details.status == "UNDER_CHANGE") {
        Some(id) => poll(connection, &id).await.map(Found::Effect),
        None => Ok(Found::Nothing),
    }
}

/// The ARN of the enabled control that the task is about.
fn enabled_control(task: &Task) -> Result<&str, CallError> {
    task.text(&format!("inherited_controls.{}", task.item))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn drop_one() -> Task {
        let inputs = json!({ "inherited_controls.SH.S3.1": "arn:kept" });
        task(["account.app", "drop_control", "SH.S3.1"], inputs, json!({}), &[("id", "222222222222")])
    }

    #[tokio::test(start_paused = true)]
    async fn the_enabled_control_itself_is_disabled_and_what_is_gone_was() {
        let ended =
            json!({ "controlOperation": { "operationType": "DISABLE_CONTROL", "status": "SUCCEEDED" } });
        let double = Double::new()
            .on("/disable-control", ok(json!({ "operationIdentifier": "op-1" })))
            .on("/get-control-operation", ok(ended))
            .on("/get-enabled-control", error(404, "ResourceNotFoundException", "gone"));
        let connection = double.connection().await;
        let begun = connection.begin(&drop_one()).await.unwrap();
        assert!(matches!(&begun, Progress::Running { operation, .. } if operation == "op-1"));
        assert_eq!(double.bodies("/disable-control"), [json!({ "enabledControlIdentifier": "arn:kept" })]);
        let done = Progress::Done(Attributes::new());
        assert_eq!(connection.poll(&drop_one(), "op-1").await.unwrap(), done);
        let since = "2026-11-25T12:00:00Z".parse().unwrap();
        assert_eq!(connection.look_up(&drop_one(), since).await.unwrap(), Found::Effect(done));
    }
}
