//! IAM roles that AWS services work with, in the management account or in the one that is said.

use super::{effect_if, known, unknown_verb};
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::roles;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, policy};

const CREATE: &str = "iam:CreateRole";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = site(connection, task).await?;
    let client = site.clients.iam();
    let name = name(task);
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
    let (site, name) = (site(connection, task).await?, name(task));
    match task.verb.as_str() {
        "create" => Ok(match roles::get(&site, name).await? {
            Some(role) => Found::Effect(Progress::Done(known([("arn", &role.arn)]))),
            None => Found::Nothing,
        }),
        "set_trust" => {
            let (live, wanted) = (roles::get(&site, name).await?, task.value("trust")?);
            Ok(effect_if(live.is_some_and(|role| policy::same(&role.trust, wanted))))
        }
        "attach_policy" => match roles::attached(&site, name).await {
            Ok(attached) => Ok(effect_if(attached.contains(&task.item))),
            Err(error) if error.is_missing() => Ok(Found::Nothing),
            Err(error) => Err(error),
        },
        "put_inline_policy" => {
            let live = roles::inline(&site, name, &task.item).await?;
            let field = inline_field(task);
            let wanted = task.value(&field)?;
            Ok(effect_if(live.is_some_and(|live| policy::same(&live, wanted))))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// The account that the role is of, where IAM answers.
async fn site(connection: &Connection, task: &Task) -> Result<Site, CallError> {
    connection.site_in(task.key("account"), &connection.partition().global_region).await
}

/// The role's name in AWS.
fn name(task: &Task) -> &str {
    task.key("name").unwrap_or(&task.address.name)
}

fn inline_field(task: &Task) -> String {
    format!("inline_policies.{}", task.item)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, task, xml, xml_error};
    use crate::cloud::task::Performer as _;

    /// `{"Statement":[]}`, percent-encoded as IAM sends documents.
    const ENCODED: &str = "%7B%22Statement%22%3A%5B%5D%7D";

    fn at(verb: &str, item: &str, inputs: serde_json::Value) -> Task {
        task(["service_role.Admin", verb, item], inputs, json!({}), &[])
    }

    fn role(action: &str) -> String {
        format!(
            "<{action}Response><{action}Result><Role><Path>/service-role/</Path><RoleName>Admin</RoleName>\
             <RoleId>AROA</RoleId><Arn>arn:role</Arn><CreateDate>2026-11-23T12:00:00Z</CreateDate>\
             <AssumeRolePolicyDocument>{ENCODED}</AssumeRolePolicyDocument></Role></{action}Result></{action}Response>"
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_that_exists_already_is_looked_up() {
        use crate::catalog::operations::Verdict;
        let double = Double::new()
            .on("CreateRole", xml_error(409, "EntityAlreadyExists", "there"))
            .on("GetRole", xml(&role("GetRole")))
            .on("GetRole", xml_error(404, "NoSuchEntity", "none"));
        let connection = double.connection().await;
        let task = at("create", "", json!({ "path": "/service-role/", "trust": { "Statement": [] } }));
        assert_eq!(connection.begin(&task).await.unwrap_err().verdict, Verdict::Satisfied);
        assert_eq!(double.bodies("CreateRole")[0]["AssumeRolePolicyDocument"], r#"{"Statement":[]}"#);
        let look = || async { connection.look_up(&task, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Effect(Progress::Done(known([("arn", "arn:role")]))));
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_trust_policy_is_compared_by_meaning_after_decoding() {
        let double = Double::new().on("GetRole", xml(&role("GetRole")));
        let connection = double.connection().await;
        let look = |trust| {
            let (connection, task) = (connection.clone(), at("set_trust", "", json!({ "trust": trust })));
            async move { connection.look_up(&task, Timestamp::UNIX_EPOCH).await.unwrap() }
        };
        assert_eq!(look(json!({ "Statement": [] })).await, effect_if(true));
        assert_eq!(look(json!({ "Statement": [{ "Effect": "Deny" }] })).await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attached_policy_is_found_on_a_later_page() {
        let page = |arn: &str, marker: &str| {
            xml(&format!(
                "<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies><member>\
                 <PolicyName>p</PolicyName><PolicyArn>{arn}</PolicyArn></member></AttachedPolicies>{marker}\
                 </ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>"
            ))
        };
        let double = Double::new()
            .on(
                "ListAttachedRolePolicies",
                page("arn:one", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"),
            )
            .on("ListAttachedRolePolicies", page("arn:two", ""));
        let task = at("attach_policy", "arn:two", json!({}));
        let found = double.connection().await.look_up(&task, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(found, effect_if(true));
    }
}
