//! CreatePermissionSet, DescribePermissionSet, ListPermissionSets, UpdatePermissionSet, DeletePermissionSet.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html>. The policies of a set are
//! in `policies`, what accounts have of it in `provisioning`.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{conflict, denied, invalid};
use super::state::PermissionSet;
use super::{PAGING, gate, tags};

/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html>; adjustable.
const MOST: usize = 3500;

fn view(set: &PermissionSet) -> Value {
    let mut view = Map::new();
    view.insert("Name".into(), json!(set.name));
    view.insert("PermissionSetArn".into(), json!(set.arn));
    view.insert("CreatedDate".into(), json!(epoch(set.created)));
    view.insert("SessionDuration".into(), json!(set.session_duration));
    if let Some(description) = &set.description {
        view.insert("Description".into(), json!(description));
    }
    if let Some(relay_state) = &set.relay_state {
        view.insert("RelayState".into(), json!(relay_state));
    }
    Value::Object(view)
}

/// A session lasts from one hour to twelve
/// (<https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html>). UNSOURCED words.
fn check_duration(given: Option<&str>) -> Result<(), AwsError> {
    let Some(text) = given else { return Ok(()) };
    let span: Option<jiff::SignedDuration> = text.parse().ok();
    match span.map(|span| span.as_secs()) {
        Some(seconds) if (3600..=43_200).contains(&seconds) => Ok(()),
        _ => Err(invalid("The session duration must be between 1 and 12 hours.")),
    }
}

/// The words of the conflict are reported in <https://github.com/avlcloudtechnologies/terraform-aws-sso/issues/6>.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let name = request.required("Name");
    check_duration(request.text("SessionDuration"))?;
    let tags = tags::given(request)?;
    if instance.set_named(name).is_some() {
        return Err(conflict(format!("PermissionSet with name {name} already exists.")));
    }
    if instance.sets.len() >= MOST {
        let words =
            format!("You have exceeded AWS SSO limits. Cannot create more than {MOST} permission sets.");
        return Err(AwsError::new("ServiceQuotaExceededException", words));
    }
    let arn = instance.arn.clone();
    let mut set = PermissionSet::new(fresh_arn(world, &arn), name, request.now);
    set.description = request.text("Description").map(str::to_owned);
    set.relay_state = request.text("RelayState").map(str::to_owned);
    set.tags = tags;
    if let Some(duration) = request.text("SessionDuration") {
        duration.clone_into(&mut set.session_duration);
    }
    let answer = json!({ "PermissionSet": view(&set) });
    let instance = world.sso_admin.instances.get_mut(&arn).ok_or_else(denied)?;
    instance.sets.insert(set.arn.clone(), set);
    Ok(answer)
}

/// The ARN of a new permission set of an instance.
pub(super) fn fresh_arn(world: &mut World, instance: &str) -> String {
    let id = instance.rsplit('/').next().unwrap_or_default();
    format!("arn:aws:sso:::permissionSet/{id}/ps-{}", world.ids.hex(16))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let set = gate::set(instance, request.required("PermissionSetArn"))?;
    Ok(json!({ "PermissionSet": view(set) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    PAGING.page(request, "PermissionSets", instance.sets.keys().collect(), |arn| json!(arn))
}

/// A relay state that is not sent is cleared (<https://github.com/hashicorp/terraform-provider-aws/issues/17411>); that
/// the others stay is UNSOURCED.
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    check_duration(request.text("SessionDuration"))?;
    gate::edit(world, request, |set| {
        if let Some(description) = request.text("Description") {
            set.description = Some(description.to_owned());
        }
        if let Some(duration) = request.text("SessionDuration") {
            duration.clone_into(&mut set.session_duration);
        }
        set.relay_state = request.text("RelayState").map(str::to_owned);
    })?;
    Ok(json!({}))
}

/// A set that somebody has, that an account has or that is being worked on stays
/// (<https://docs.aws.amazon.com/singlesignon/latest/userguide/howtoremovepermissionset.html>). The beginning of the
/// sentence is reported in <https://github.com/hashicorp/terraform-provider-aws/issues/26757>, its end is UNSOURCED.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (instance, set) = gate::changeable(world, request)?;
    let busy = world.sso_admin.under_way().any(|(_, operation)| operation.work.set() == set.arn);
    let assigned = instance.assignments.iter().any(|assignment| assignment.set == set.arn);
    if busy || assigned || !set.provisioned.is_empty() {
        return Err(conflict(
            "Could not delete because PermissionSet has ApplicationProfile associated with it",
        ));
    }
    let (instance, set) = (instance.arn.clone(), set.arn.clone());
    let instance = world.sso_admin.instances.get_mut(&instance).ok_or_else(denied)?;
    instance.sets.remove(&set);
    Ok(json!({}))
}
