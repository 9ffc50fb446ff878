//! Policies: create, change, delete, describe, list.
//!
//! In: requests, or calls by other services on behalf of a customer. Out: policies of the organization, and the ones
//! AWS manages. Absent: where they are attached (`attachments`) and what a document must look like
//! (`policy_document`).

use serde_json::{Value, json};

use super::paging::page;
use super::policy_types::facts;
use super::refusal::{constraint, invalid, refuse};
use super::state::{Organization, Policy};
use super::{access, policy_document, tags};
use crate::sim::error::AwsError;
use crate::sim::ids::Ids;
use crate::sim::request::Request;
use crate::sim::world::World;

/// The policies AWS manages: id, name, type, description, document
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html>,
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>).
const MANAGED: &[(&str, &str, &str, &str, &str)] = &[
    (
        "p-FullAWSAccess",
        "FullAWSAccess",
        "SERVICE_CONTROL_POLICY",
        "Allows access to every operation",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    (
        "p-RCPFullAWSAccess",
        "RCPFullAWSAccess",
        "RESOURCE_CONTROL_POLICY",
        "Allows access to every resource",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    ),
];

fn managed(
    id: &str,
) -> Option<&'static (&'static str, &'static str, &'static str, &'static str, &'static str)> {
    MANAGED.iter().find(|policy| policy.0 == id)
}

/// Whether AWS manages a policy.
pub(super) fn is_managed(id: &str) -> bool {
    managed(id).is_some()
}

impl Organization {
    /// Creates a policy and gives its id.
    ///
    /// # Errors
    /// `DuplicatePolicyException`, `MalformedPolicyDocumentException`, or a constraint on size or number.
    pub fn create_policy(&mut self, ids: &mut Ids, policy: Policy) -> Result<String, AwsError> {
        self.can_create_policy(&policy)?;
        let id = format!("p-{}", ids.alphanumeric(10));
        self.policies.insert(id.clone(), policy);
        Ok(id)
    }

    fn can_create_policy(&self, policy: &Policy) -> Result<(), AwsError> {
        if !self.all_features() {
            return Err(refuse("PolicyTypeNotAvailableForOrganizationException"));
        }
        let facts = facts(&policy.kind).ok_or_else(|| invalid("INVALID_ENUM_POLICY_TYPE"))?;
        policy_document::check(&policy.kind, &policy.content)?;
        if self.policy_named(&policy.kind, &policy.name).is_some() {
            return Err(refuse("DuplicatePolicyException"));
        }
        if self.policies.values().filter(|other| other.kind == policy.kind).count() >= facts.max_policies {
            return Err(constraint("POLICY_NUMBER_LIMIT_EXCEEDED"));
        }
        Ok(())
    }

    /// The id of the policy of a type and name.
    #[must_use]
    pub fn policy_named(&self, kind: &str, name: &str) -> Option<&str> {
        let own = self
            .policies
            .iter()
            .find(|(_, policy)| policy.kind == kind && policy.name == name)
            .map(|(id, _)| id.as_str());
        own.or_else(|| {
            MANAGED.iter().find(|policy| policy.1 == name && policy.2 == kind).map(|policy| policy.0)
        })
    }

    /// Replaces the document of a policy.
    ///
    /// # Errors
    /// `PolicyNotFoundException`, `MalformedPolicyDocumentException`, a constraint on the size.
    pub fn update_policy(&mut self, id: &str, content: &str, now: jiff::Timestamp) -> Result<(), AwsError> {
        let policy = self.policies.get_mut(id).ok_or_else(|| refuse("PolicyNotFoundException"))?;
        policy_document::check(&policy.kind, content)?;
        content.clone_into(&mut policy.content);
        policy.changed = now;
        Ok(())
    }

    /// Deletes a policy that is attached to nothing.
    ///
    /// # Errors
    /// `PolicyNotFoundException`, `PolicyInUseException`, `InvalidInputException` for a managed policy.
    pub fn delete_policy(&mut self, id: &str) -> Result<(), AwsError> {
        if is_managed(id) {
            return Err(invalid("IMMUTABLE_POLICY"));
        }
        if !self.policies.contains_key(id) {
            return Err(refuse("PolicyNotFoundException"));
        }
        if !self.targets_of(id).is_empty() {
            return Err(refuse("PolicyInUseException"));
        }
        self.policies.remove(id);
        Ok(())
    }

    /// The type of a policy, managed or not.
    #[must_use]
    pub fn policy_kind(&self, id: &str) -> Option<&str> {
        self.policies
            .get(id)
            .map(|policy| policy.kind.as_str())
            .or_else(|| managed(id).map(|policy| policy.2))
    }

    /// The document of a policy, managed or not.
    #[must_use]
    pub fn policy_content(&self, id: &str) -> Option<&str> {
        self.policies
            .get(id)
            .map(|policy| policy.content.as_str())
            .or_else(|| managed(id).map(|policy| policy.4))
    }

    pub(super) fn policy_summary(&self, id: &str) -> Value {
        if let Some((id, name, kind, description, _)) = managed(id) {
            let arn = format!("arn:aws:organizations::aws:policy/{}/{id}", kind.to_lowercase());
            return json!({"Id": id, "Arn": arn, "Name": name, "Description": description, "Type": kind, "AwsManaged": true});
        }
        let Some(policy) = self.policies.get(id) else {
            return json!({});
        };
        let arn = format!(
            "arn:aws:organizations::{}:policy/{}/{}/{id}",
            self.management,
            self.id,
            policy.kind.to_lowercase()
        );
        json!({"Id": id, "Arn": arn, "Name": policy.name, "Description": policy.description, "Type": policy.kind, "AwsManaged": false})
    }

    fn policy_view(&self, id: &str) -> Value {
        json!({"PolicySummary": self.policy_summary(id), "Content": self.policy_content(id)})
    }
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let text = |member: &str| request.required(member).to_owned();
    let policy = Policy {
        name: text("Name"),
        description: text("Description"),
        kind: text("Type"),
        content: text("Content"),
        tags: tags::given(request)?,
        changed: request.now,
    };
    organization.can_create_policy(&policy)?;
    organization.lock(&[&policy.name], request.now, window)?;
    let id = organization.create_policy(&mut world.ids, policy)?;
    Ok(json!({"Policy": organization.policy_view(&id)}))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let id = request.required("PolicyId");
    if is_managed(id) {
        return Err(invalid("IMMUTABLE_POLICY"));
    }
    let policy = organization.policies.get(id).ok_or_else(|| refuse("PolicyNotFoundException"))?;
    if let Some(name) = request.text("Name")
        && organization.policy_named(&policy.kind, name).is_some_and(|other| other != id)
    {
        return Err(refuse("DuplicatePolicyException"));
    }
    if let Some(content) = request.text("Content") {
        policy_document::check(&policy.kind, content)?;
    }
    organization.lock(&[id], request.now, window)?;
    if let Some(policy) = organization.policies.get_mut(id) {
        for (member, field) in [
            ("Name", &mut policy.name),
            ("Description", &mut policy.description),
            ("Content", &mut policy.content),
        ] {
            if let Some(text) = request.text(member) {
                text.clone_into(field);
            }
        }
        policy.changed = request.now;
    }
    Ok(json!({"Policy": organization.policy_view(id)}))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let id = request.required("PolicyId");
    organization.lock(&[id], request.now, window)?;
    organization.delete_policy(id)?;
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let id = request.required("PolicyId");
    organization.policy_kind(id).ok_or_else(|| refuse("PolicyNotFoundException"))?;
    Ok(json!({"Policy": organization.policy_view(id)}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let kind = request.required("Filter");
    let managed = MANAGED
        .iter()
        .filter(|policy| policy.2 == kind && organization.all_features())
        .map(|policy| policy.0);
    let own =
        organization.policies.iter().filter(|(_, policy)| policy.kind == kind).map(|(id, _)| id.as_str());
    let items = managed.chain(own).map(|id| organization.policy_summary(id)).collect();
    page(request, "Policies", items, empty)
}
