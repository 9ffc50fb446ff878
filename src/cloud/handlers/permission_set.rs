//! Permission sets of IAM Identity Center, and the carrying of their changes into the
//! accounts they are assigned in.

use aws_sdk_ssoadmin::types::{
    CustomerManagedPolicyReference, PermissionsBoundary, ProvisionTargetType, Tag,
};
use serde_json::Value;

use super::{effect_if, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::identity_center::{Instance, required};
use crate::cloud::inventory::{assignments, permission_sets};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, policy};

const CREATE: &str = "sso-admin:CreatePermissionSet";
const UPDATE: &str = "sso-admin:UpdatePermissionSet";
const PROVISION: &str = "sso-admin:ProvisionPermissionSet";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "create" => create(connection, task).await,
        "update" => update(connection, task).await,
        "provision" => provision(connection, task).await,
        "tag" => tag(connection, task).await,
        "delete" => delete(connection, task).await,
        "attach_managed" | "detach_managed" | "attach_customer_managed" | "detach_customer_managed" => {
            policies(connection, task).await
        }
        "put_inline" | "delete_inline" => inline(connection, task).await,
        "put_boundary" | "delete_boundary" => boundary(connection, task).await,
        _ => Err(unknown_verb(task)),
    }
}

async fn create(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let tags = sdk_tags(task, CREATE)?;
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || {
        let request = client.create_permission_set().instance_arn(&instance.arn).name(&task.address.name);
        let request = request.set_description(task.text("description").ok().map(str::to_owned));
        let request = request.set_session_duration(task.text("session_duration").ok().map(str::to_owned));
        let request = request.set_relay_state(task.text("relay_state").ok().map(str::to_owned));
        request.set_tags((!tags.is_empty()).then(|| tags.clone()))
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let arn = answer.permission_set().and_then(|set| set.permission_set_arn());
    Ok(Progress::Done(known([(
        "arn",
        arn.ok_or_else(|| CallError::unreadable(CREATE, "PermissionSetArn"))?,
    )])))
}

/// What the document leaves unsaid is sent as it is: whether AWS keeps a member that a
/// request leaves out is UNSOURCED, and users of the API report that it does not.
async fn update(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let arn = task.own("arn")?;
    let instance = required(connection).await?;
    let live = permission_sets::describe(connection, &instance, arn).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let said = |field: &str, live: &Option<String>| task.text(field).ok().map(str::to_owned).or(live.clone());
    let request = || {
        let request = client.update_permission_set().instance_arn(&instance.arn).permission_set_arn(arn);
        let request = request.set_description(said("description", &live.description));
        let request = request.set_session_duration(said("session_duration", &live.session_duration));
        request.set_relay_state(said("relay_state", &live.relay_state))
    };
    site.call(UPDATE, || request().send()).await?;
    done()
}

async fn provision(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let arn = task.own("arn")?;
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || {
        let request = client.provision_permission_set().instance_arn(&instance.arn).permission_set_arn(arn);
        request.target_type(ProvisionTargetType::AllProvisionedAccounts)
    };
    let answer = site.call(PROVISION, || request().send()).await?;
    let status = answer.permission_set_provisioning_status();
    let id = status.and_then(|status| status.request_id());
    Ok(Progress::Running {
        operation: id.ok_or_else(|| CallError::unreadable(PROVISION, "RequestId"))?.to_owned(),
        attributes: Attributes::new(),
    })
}

async fn tag(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    const TAG: &str = "sso-admin:TagResource";
    let (arn, tags) = (task.own("arn")?, sdk_tags(task, TAG)?);
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || {
        let request = client.tag_resource().instance_arn(&instance.arn).resource_arn(arn);
        request.set_tags(Some(tags.clone()))
    };
    site.call(TAG, || request().send()).await?;
    done()
}

async fn delete(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let arn = task.own("arn")?;
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || client.delete_permission_set().instance_arn(&instance.arn).permission_set_arn(arn);
    site.call("sso-admin:DeletePermissionSet", || request().send()).await?;
    done()
}

/// Attaching and detaching; the item names the policy.
async fn policies(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let arn = task.own("arn")?;
    let own = if task.verb.ends_with("customer_managed") { Some(reference(&task.item)?) } else { None };
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let (at, item) = (&instance.arn, task.item.as_str());
    match (task.verb.as_str(), own) {
        ("attach_managed", _) => {
            let request = || client.attach_managed_policy_to_permission_set().instance_arn(at);
            let request = || request().permission_set_arn(arn).managed_policy_arn(item);
            site.call("sso-admin:AttachManagedPolicyToPermissionSet", || request().send()).await?;
        }
        ("detach_managed", _) => {
            let request = || client.detach_managed_policy_from_permission_set().instance_arn(at);
            let request = || request().permission_set_arn(arn).managed_policy_arn(item);
            site.call("sso-admin:DetachManagedPolicyFromPermissionSet", || request().send()).await?;
        }
        ("attach_customer_managed", Some(own)) => {
            let request =
                || client.attach_customer_managed_policy_reference_to_permission_set().instance_arn(at);
            let request = || request().permission_set_arn(arn).customer_managed_policy_reference(own.clone());
            let operation = "sso-admin:AttachCustomerManagedPolicyReferenceToPermissionSet";
            site.call(operation, || request().send()).await?;
        }
        ("detach_customer_managed", Some(own)) => {
            let request =
                || client.detach_customer_managed_policy_reference_from_permission_set().instance_arn(at);
            let request = || request().permission_set_arn(arn).customer_managed_policy_reference(own.clone());
            let operation = "sso-admin:DetachCustomerManagedPolicyReferenceFromPermissionSet";
            site.call(operation, || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    done()
}

async fn inline(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let arn = task.own("arn")?;
    let text = task.document("inline_policy.document")?;
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    if task.verb == "put_inline" {
        let request = || client.put_inline_policy_to_permission_set().instance_arn(&instance.arn);
        let request = || request().permission_set_arn(arn).inline_policy(text.clone());
        site.call("sso-admin:PutInlinePolicyToPermissionSet", || request().send()).await?;
    } else {
        let request = || client.delete_inline_policy_from_permission_set().instance_arn(&instance.arn);
        let request = || request().permission_set_arn(arn);
        site.call("sso-admin:DeleteInlinePolicyFromPermissionSet", || request().send()).await?;
    }
    done()
}

async fn boundary(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let arn = task.own("arn")?;
    let wanted = task.value("permissions_boundary.policy")?;
    let of = |name: &str| wanted.get(name).and_then(Value::as_str);
    let own = match of("name") {
        Some(name) => Some(reference(&format!("{}{name}", of("path").unwrap_or("/")))?),
        None => None,
    };
    let policy = PermissionsBoundary::builder()
        .set_managed_policy_arn(of("managed").map(str::to_owned))
        .set_customer_managed_policy_reference(own)
        .build();
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    if task.verb == "put_boundary" {
        let request = || client.put_permissions_boundary_to_permission_set().instance_arn(&instance.arn);
        let request = || request().permission_set_arn(arn).permissions_boundary(policy.clone());
        site.call("sso-admin:PutPermissionsBoundaryToPermissionSet", || request().send()).await?;
    } else {
        let request = || client.delete_permissions_boundary_from_permission_set().instance_arn(&instance.arn);
        let request = || request().permission_set_arn(arn);
        site.call("sso-admin:DeletePermissionsBoundaryFromPermissionSet", || request().send()).await?;
    }
    done()
}

pub(super) async fn poll(connection: &Connection, task: &Task, id: &str) -> Result<Progress, CallError> {
    if task.verb != "provision" {
        return done();
    }
    let instance = required(connection).await?;
    let state = assignments::provisioning(connection, &instance, id).await?;
    match state.status.as_str() {
        "SUCCEEDED" => done(),
        "FAILED" => Err(CallError::operation_failed(PROVISION, state.reason.unwrap_or_else(no_reason))),
        _ => Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() }),
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let instance = required(connection).await?;
    let at = (connection, &instance);
    if task.verb == "create" {
        let named =
            permission_sets::named(connection, &instance, &[task.address.name.clone()].into()).await?;
        let arn = named.values().next().map(|set| known([("arn", &set.arn)]));
        return Ok(arn.map_or(Found::Nothing, |arn| Found::Effect(Progress::Done(arn))));
    }
    match holds(at, task, task.own("arn")?).await {
        Ok(held) => Ok(effect_if(held)),
        // A set that is gone has nothing any more that was to be taken off.
        Err(error) if error.is_missing() && takes_away(&task.verb) => Ok(effect_if(true)),
        Err(error) => Err(error),
    }
}

/// Whether a verb takes something away.
fn takes_away(verb: &str) -> bool {
    verb.starts_with("detach_") || verb.starts_with("delete")
}

/// Whether what the verb brings about is so.
async fn holds(
    (connection, instance): (&Connection, &Instance),
    task: &Task,
    arn: &str,
) -> Result<bool, CallError> {
    let item = &task.item;
    Ok(match task.verb.as_str() {
        "update" => {
            let live = permission_sets::describe(connection, instance, arn).await?;
            let fields = [
                ("description", live.description),
                ("session_duration", live.session_duration),
                ("relay_state", live.relay_state),
            ];
            fields.iter().all(|(name, live)| {
                task.inputs.get(*name).is_none_or(|wanted| wanted.as_str() == live.as_deref())
            })
        }
        "attach_managed" => permission_sets::managed(connection, instance, arn).await?.contains(item),
        "detach_managed" => !permission_sets::managed(connection, instance, arn).await?.contains(item),
        "attach_customer_managed" => {
            permission_sets::customer_managed(connection, instance, arn).await?.contains(item)
        }
        "detach_customer_managed" => {
            !permission_sets::customer_managed(connection, instance, arn).await?.contains(item)
        }
        "put_inline" => {
            let live = permission_sets::inline(connection, instance, arn).await?;
            let wanted = task.value("inline_policy.document")?;
            live.is_some_and(|live| policy::same(&live, wanted))
        }
        "delete_inline" => permission_sets::inline(connection, instance, arn).await?.is_none(),
        "put_boundary" => {
            let live = permission_sets::boundary(connection, instance, arn).await?;
            live.as_ref() == Some(task.value("permissions_boundary.policy")?)
        }
        "delete_boundary" => permission_sets::boundary(connection, instance, arn).await?.is_none(),
        "tag" => {
            let live = permission_sets::tags(connection, instance, arn).await?;
            task.tags().iter().all(|(key, value)| live.get(key) == Some(value))
        }
        "provision" => permission_sets::outdated(connection, instance, arn).await?.is_empty(),
        "delete" => permission_sets::describe(connection, instance, arn).await.map(|_| false)?,
        _ => return Err(unknown_verb(task)),
    })
}

/// A customer-managed policy from its path and name in one text.
fn reference(item: &str) -> Result<CustomerManagedPolicyReference, CallError> {
    let unusable = || {
        let message = format!("`{item}` is not a policy's path and name");
        CallError::ours(
            "sso-admin:AttachCustomerManagedPolicyReferenceToPermissionSet",
            code::UNSENDABLE,
            message,
            Verdict::Rejected,
        )
    };
    let cut = item.rfind('/').ok_or_else(unusable)?;
    let (path, name) = item.split_at(cut + 1);
    CustomerManagedPolicyReference::builder().path(path).name(name).build().map_err(|_| unusable())
}

fn sdk_tags(task: &Task, operation: &str) -> Result<Vec<Tag>, CallError> {
    let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
    let tags: Result<Vec<Tag>, _> = task.tags().into_iter().map(tag).collect();
    tags.map_err(|_| {
        CallError::ours(operation, code::UNSENDABLE, "a tag without key or value", Verdict::Rejected)
    })
}

fn no_reason() -> String {
    "Identity Center gives no reason".to_owned()
}

fn done() -> Result<Progress, CallError> {
    Ok(Progress::Done(Attributes::new()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    #[tokio::test(start_paused = true)]
    async fn an_update_carries_what_the_document_leaves_unsaid_as_it_is() {
        let instance = json!({ "InstanceArn": "arn:aws:sso:::instance/ssoins-1", "IdentityStoreId": "d-1" });
        let live = json!({ "Name": "Read", "PermissionSetArn": "arn:ps", "Description": "kept",
            "SessionDuration": "PT1H", "RelayState": "https://example.com" });
        let double = Double::new()
            .on("ListInstances", ok(json!({ "Instances": [instance] })))
            .on("DescribePermissionSet", ok(json!({ "PermissionSet": live })))
            .on("UpdatePermissionSet", ok(json!({})));
        let task = task(
            ["permission_set.Read", "update", ""],
            json!({ "session_duration": "PT4H" }),
            json!({}),
            &[("arn", "arn:ps")],
        );
        double.connection().await.begin(&task).await.unwrap();
        let sent = &double.bodies("UpdatePermissionSet")[0];
        assert_eq!(sent["SessionDuration"], "PT4H");
        assert_eq!(
            (&sent["Description"], &sent["RelayState"]),
            (&json!("kept"), &json!("https://example.com"))
        );
    }

    #[test]
    fn a_policy_of_the_account_is_told_by_path_and_name() {
        let policy = reference("/a/b/Own").unwrap();
        assert_eq!((policy.path(), policy.name()), (Some("/a/b/"), "Own"));
        assert_eq!(reference("/Own").unwrap().path(), Some("/"));
        assert!(reference("Own").is_err());
    }
}
