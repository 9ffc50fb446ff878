//! IAM roles that Control Tower works with, in the management account.

use super::{effect_if, known, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::roles;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, policy};

const CREATE: &str = "iam:CreateRole";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.iam();
    let name = task.address.name.as_str();
    match task.verb.as_str() {
        "create" => {
            let (path, trust) = (task.text("path")?, task.document("trust")?);
            let request = || {
                let request = client.create_role().role_name(name).path(path);
                request.assume_role_policy_document(trust.clone())
            };
            let answer = site.call(CREATE, || request().send()).await?;
            let role = answer.role().ok_or_else(|| CallError::unreadable(CREATE, "Role"))?;
            return Ok(Progress::Done(known([("arn", role.arn())])));
        }
        "set_trust" => {
            let trust = task.document("trust")?;
            let request =
                || client.update_assume_role_policy().role_name(name).policy_document(trust.clone());
            site.call("iam:UpdateAssumeRolePolicy", || request().send()).await?;
        }
        "attach_policy" => {
            let request = || client.attach_role_policy().role_name(name).policy_arn(&task.item);
            site.call("iam:AttachRolePolicy", || request().send()).await?;
        }
        "put_inline_policy" => {
            let document = task.document(&inline_field(task))?;
            let request = || {
                let request = client.put_role_policy().role_name(name).policy_name(&task.item);
                request.policy_document(document.clone())
            };
            site.call("iam:PutRolePolicy", || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let name = task.address.name.as_str();
    match task.verb.as_str() {
        "create" => Ok(match roles::get(connection, name).await? {
            Some(role) => Found::Effect(Progress::Done(known([("arn", &role.arn)]))),
            None => Found::Nothing,
        }),
        "set_trust" => {
            let (live, wanted) = (roles::get(connection, name).await?, task.value("trust")?);
            Ok(effect_if(live.is_some_and(|role| policy::same(&role.trust, wanted))))
        }
        "attach_policy" => match roles::attached(connection, name).await {
            Ok(attached) => Ok(effect_if(attached.contains(&task.item))),
            Err(error) if error.is_missing() => Ok(Found::Nothing),
            Err(error) => Err(error),
        },
        "put_inline_policy" => {
            let live = roles::inline(connection, name, &task.item).await?;
            let field = inline_field(task);
            let wanted = task.value(&field)?;
            Ok(effect_if(live.is_some_and(|live| policy::same(&live, wanted))))
        }
        _ => Err(unknown_verb(task)),
    }
}

fn inline_field(task: &Task) -> String {
    format!("inline_policies.{}", task.item)
}
