//! The policies of a permission set: AWS managed, customer managed by reference, inline, and the permissions boundary.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html>; quotas:
//! <https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html>. Sentences without a source of their own are
//! quoted in public reports; two of them carry AWS's own misspelling. Whether the policies of a reference exist is seen
//! only when an account is given the set (`roles`).

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::aws_managed;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::world::World;

use super::refusal::{conflict, invalid, missing, quota};
use super::state::{Boundary, PermissionSet, Reference};
use super::{PAGING, gate};

/// Managed policies of both kinds on one set.
const MOST: usize = 25;
/// Characters of the inline policy other than white space.
const LONGEST_INLINE: usize = 10_240;

fn set<'w>(world: &'w World, request: &Request) -> Result<&'w PermissionSet, AwsError> {
    let instance = gate::organization(world, request)?;
    gate::set(instance, request.required("PermissionSetArn"))
}

/// An AWS managed policy that roles may have. UNSOURCED words.
fn must_exist(arn: &str) -> Result<(), AwsError> {
    match aws_managed::find(arn).filter(|policy| policy.attachable) {
        Some(_) => Ok(()),
        None => Err(missing(format!("Could not find ManagedPolicy with arn {arn}"))),
    }
}

pub(super) fn attach_managed(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = request.required("ManagedPolicyArn");
    let (_, set) = gate::changeable(world, request)?;
    must_exist(arn)?;
    if set.managed.iter().any(|attached| attached == arn) {
        return Err(conflict(format!(
            "Permission set with id {} already has a typed link attachment to a manged policy with {arn}",
            set.id()
        )));
    }
    if set.managed.len() + set.customer.len() >= MOST {
        return Err(quota(MOST, "ManagedPolicy", set.id()));
    }
    gate::edit(world, request, |set| set.managed.push(arn.to_owned()))?;
    Ok(json!({}))
}

pub(super) fn detach_managed(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = request.required("ManagedPolicyArn");
    let (_, set) = gate::changeable(world, request)?;
    if !set.managed.iter().any(|attached| attached == arn) {
        return Err(missing(format!("Could not find ManagedPolicy with arn {arn}")));
    }
    gate::edit(world, request, |set| set.managed.retain(|attached| attached != arn))?;
    Ok(json!({}))
}

pub(super) fn list_managed(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let attached = set(world, request)?.managed.iter().collect();
    PAGING.page(
        request,
        "AttachedManagedPolicies",
        attached,
        |arn: &String| json!({"Name": arn.rsplit('/').next().unwrap_or(arn), "Arn": arn}),
    )
}

fn reference(value: &Value) -> Reference {
    let text = |member: &str| value[member].as_str().map(str::to_owned);
    Reference { name: text("Name").unwrap_or_default(), path: text("Path").unwrap_or_else(|| "/".to_owned()) }
}

fn reference_view(reference: &Reference) -> Value {
    json!({"Name": reference.name, "Path": reference.path})
}

pub(super) fn attach_customer(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = reference(&request.input["CustomerManagedPolicyReference"]);
    let (_, set) = gate::changeable(world, request)?;
    if set.customer.contains(&given) {
        return Err(conflict(format!(
            "Given customer managed policy with name: {}  and path {} already attached",
            given.name, given.path
        )));
    }
    if set.managed.len() + set.customer.len() >= MOST {
        return Err(quota(MOST, "CustomerManagedPolicyReferences", set.id()));
    }
    gate::edit(world, request, |set| set.customer.push(given))?;
    Ok(json!({}))
}

pub(super) fn detach_customer(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = reference(&request.input["CustomerManagedPolicyReference"]);
    let (_, set) = gate::changeable(world, request)?;
    if !set.customer.contains(&given) {
        return Err(missing(format!(
            "Given managed policy with name: {}  and path {} does not exist on PermissionSet",
            given.name, given.path
        )));
    }
    gate::edit(world, request, |set| set.customer.retain(|attached| *attached != given))?;
    Ok(json!({}))
}

pub(super) fn list_customer(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let attached = set(world, request)?.customer.iter().collect();
    PAGING.page(request, "CustomerManagedPolicyReferences", attached, reference_view)
}

pub(super) fn put_inline(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let text = request.required("InlinePolicy");
    gate::changeable(world, request)?;
    Document::parse(text, Kind::Identity).map_err(|malformed| invalid(malformed.0))?;
    if text.chars().filter(|letter| !letter.is_whitespace()).count() > LONGEST_INLINE {
        let words = format!("The inline policy can have {LONGEST_INLINE} characters at most.");
        return Err(AwsError::new("ServiceQuotaExceededException", words));
    }
    gate::edit(world, request, |set| set.inline = Some(text.to_owned()))?;
    Ok(json!({}))
}

/// No inline policy is an empty text.
pub(super) fn get_inline(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    Ok(json!({ "InlinePolicy": set(world, request)?.inline.clone().unwrap_or_default() }))
}

/// UNSOURCED: that deleting what is not there is no mistake.
pub(super) fn delete_inline(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    if gate::changeable(world, request)?.1.inline.is_some() {
        gate::edit(world, request, |set| set.inline = None)?;
    }
    Ok(json!({}))
}

pub(super) fn put_boundary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = &request.input["PermissionsBoundary"];
    gate::changeable(world, request)?;
    let boundary = match (given["ManagedPolicyArn"].as_str(), &given["CustomerManagedPolicyReference"]) {
        (Some(arn), Value::Null) => {
            must_exist(arn)?;
            Boundary::Managed(arn.to_owned())
        }
        (None, customer) if customer.is_object() => Boundary::Customer(reference(customer)),
        // UNSOURCED words.
        _ => {
            return Err(invalid(
                "Exactly one of CustomerManagedPolicyReference and ManagedPolicyArn must be specified.",
            ));
        }
    };
    gate::edit(world, request, |set| set.boundary = Some(boundary))?;
    Ok(json!({}))
}

/// UNSOURCED words; that there is a refusal is what clients of the API rely on.
fn no_boundary() -> AwsError {
    missing("Could not find the permissions boundary of the permission set.")
}

pub(super) fn get_boundary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let boundary = set(world, request)?.boundary.as_ref().ok_or_else(no_boundary)?;
    Ok(json!({"PermissionsBoundary": match boundary {
        Boundary::Managed(arn) => json!({ "ManagedPolicyArn": arn }),
        Boundary::Customer(reference) => json!({ "CustomerManagedPolicyReference": reference_view(reference) }),
    }}))
}

pub(super) fn delete_boundary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::changeable(world, request)?.1.boundary.as_ref().ok_or_else(no_boundary)?;
    gate::edit(world, request, |set| set.boundary = None)?;
    Ok(json!({}))
}
