//! Which policies are attached to which root, unit or account.
//!
//! In: requests, or calls by other services on behalf of a customer. Out: attachments. Absent: their effect on
//! permissions.

use serde_json::{Value, json};

use super::access;
use super::paging::{page, page_of};
use super::policy_types::facts;
use super::refusal::{constraint, invalid, refuse};
use super::state::Organization;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// The one default policy that cannot be detached
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>).
const NOT_DETACHABLE: &str = "p-RCPFullAWSAccess";

impl Organization {
    /// What a policy is attached to.
    #[must_use]
    pub fn targets_of(&self, policy: &str) -> Vec<&str> {
        self.attachments
            .iter()
            .filter(|(_, policies)| policies.contains(policy))
            .map(|(target, _)| target.as_str())
            .collect()
    }

    /// The policies of a type that are attached directly to a target.
    #[must_use]
    pub fn attached(&self, target: &str, kind: &str) -> Vec<&str> {
        self.attachments
            .get(target)
            .into_iter()
            .flatten()
            .filter(|id| self.policy_kind(id) == Some(kind))
            .map(String::as_str)
            .collect()
    }

    fn policy_and_target(&self, policy: &str, target: &str) -> Result<String, AwsError> {
        let kind = self.policy_kind(policy).ok_or_else(|| refuse("PolicyNotFoundException"))?;
        if self.is_target(target) { Ok(kind.to_owned()) } else { Err(refuse("TargetNotFoundException")) }
    }

    fn can_attach(&self, policy: &str, target: &str) -> Result<(), AwsError> {
        let kind = self.policy_and_target(policy, target)?;
        if !self.type_enabled(&kind) {
            return Err(refuse("PolicyTypeNotEnabledException"));
        }
        let attached = self.attached(target, &kind);
        if attached.contains(&policy) {
            return Err(refuse("DuplicatePolicyAttachmentException"));
        }
        if facts(&kind).is_some_and(|facts| attached.len() >= facts.max_attached) {
            return Err(constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"));
        }
        Ok(())
    }

    /// Attaches a policy.
    ///
    /// # Errors
    /// `PolicyNotFoundException`, `TargetNotFoundException`, `PolicyTypeNotEnabledException`,
    /// `DuplicatePolicyAttachmentException`, or a constraint on the number.
    pub fn attach_policy(&mut self, policy: &str, target: &str) -> Result<(), AwsError> {
        self.can_attach(policy, target)?;
        self.attachments.entry(target.to_owned()).or_default().insert(policy.to_owned());
        Ok(())
    }

    fn can_detach(&self, policy: &str, target: &str) -> Result<(), AwsError> {
        let kind = self.policy_and_target(policy, target)?;
        let attached = self.attached(target, &kind);
        if !attached.contains(&policy) {
            return Err(refuse("PolicyNotAttachedException"));
        }
        if policy == NOT_DETACHABLE {
            return Err(invalid("NON_DETACHABLE_POLICY"));
        }
        if facts(&kind).is_some_and(|facts| attached.len() <= facts.min_attached) {
            return Err(constraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"));
        }
        Ok(())
    }

    /// Detaches a policy.
    ///
    /// # Errors
    /// `PolicyNotFoundException`, `TargetNotFoundException`, `PolicyNotAttachedException`, or a constraint on the
    /// number.
    pub fn detach_policy(&mut self, policy: &str, target: &str) -> Result<(), AwsError> {
        self.can_detach(policy, target)?;
        if let Some(policies) = self.attachments.get_mut(target) {
            policies.remove(policy);
        }
        Ok(())
    }

    fn target_view(&self, id: &str) -> Value {
        let (arn, name, kind) = if let Some(account) = self.account(id) {
            (self.account_arn(id), account.name.clone(), "ACCOUNT")
        } else if let Some(unit) = self.unit(id) {
            (self.unit_arn(id), unit.name.clone(), "ORGANIZATIONAL_UNIT")
        } else {
            (self.root_arn(), "Root".to_owned(), "ROOT")
        };
        json!({"TargetId": id, "Arn": arn, "Name": name, "Type": kind})
    }
}

pub(super) fn attach(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let (policy, target) = (request.required("PolicyId"), request.required("TargetId"));
    organization.can_attach(policy, target)?;
    organization.lock(&[policy, target], request.now, window)?;
    organization.attach_policy(policy, target)?;
    Ok(json!({}))
}

pub(super) fn detach(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let (policy, target) = (request.required("PolicyId"), request.required("TargetId"));
    organization.can_detach(policy, target)?;
    organization.lock(&[policy, target], request.now, window)?;
    organization.detach_policy(policy, target)?;
    Ok(json!({}))
}

pub(super) fn list_for_target(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let target = request.required("TargetId");
    if !organization.is_target(target) {
        return Err(refuse("TargetNotFoundException"));
    }
    let items = organization
        .attached(target, request.required("Filter"))
        .into_iter()
        .map(|id| organization.policy_summary(id))
        .collect();
    page(request, "Policies", items, empty)
}

pub(super) fn list_targets(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let policy = request.required("PolicyId");
    organization.policy_kind(policy).ok_or_else(|| refuse("PolicyNotFoundException"))?;
    let ids = organization.targets_of(policy);
    page_of(request, "Targets", ids, empty, |id| organization.target_view(id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[tokio::test(start_paused = true)]
    async fn a_target_keeps_one_service_control_policy_and_holds_ten() {
        let (sim, root) = organization(quiet()).await;
        done(&sim, ORG, "EnablePolicyType", json!({"RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY"}))
            .await;
        sim.advance(std::time::Duration::from_secs(5));
        let detach = json!({"PolicyId": "p-FullAWSAccess", "TargetId": root});
        assert_eq!(
            refused(&sim, ORG, "DetachPolicy", detach.clone()).await,
            "ConstraintViolationException/MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
        );
        let content = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}).to_string();
        for number in 0..10 {
            let input = json!({"Name": format!("p{number}"), "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": content});
            let policy = done(&sim, ORG, "CreatePolicy", input.clone()).await;
            assert_eq!(refused(&sim, ORG, "CreatePolicy", input).await, "DuplicatePolicyException");
            let attach = json!({"PolicyId": policy["Policy"]["PolicySummary"]["Id"], "TargetId": root});
            if number == 9 {
                assert_eq!(
                    refused(&sim, ORG, "AttachPolicy", attach).await,
                    "ConstraintViolationException/MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"
                );
            } else {
                done(&sim, ORG, "AttachPolicy", attach.clone()).await;
                assert_eq!(
                    refused(&sim, ORG, "AttachPolicy", attach.clone()).await,
                    "DuplicatePolicyAttachmentException"
                );
                let delete = json!({"PolicyId": attach["PolicyId"]});
                assert_eq!(refused(&sim, ORG, "DeletePolicy", delete).await, "PolicyInUseException");
            }
        }
        done(&sim, ORG, "DetachPolicy", detach.clone()).await;
        assert_eq!(refused(&sim, ORG, "DetachPolicy", detach).await, "PolicyNotAttachedException");
        let managed = json!({"PolicyId": "p-FullAWSAccess"});
        assert_eq!(
            refused(&sim, ORG, "DeletePolicy", managed).await,
            "InvalidInputException/IMMUTABLE_POLICY"
        );
    }
}
