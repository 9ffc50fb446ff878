//! The documents that bind one request's caller.
//!
//! In: the world and a request. Out: [`Policies`], each kind in its own place. Absent: their joint decision
//! (`decision`).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::json;

use crate::sim::request::Request;
use crate::sim::services::iam::Role;
use crate::sim::services::iam::aws_managed;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::services::iam::queries::session_role;
use crate::sim::world::World;

/// The most parsed documents that are kept.
const KEPT: usize = 1024;
const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";

type Documents = Vec<Arc<Document>>;

/// What binds a caller. Levels are those of the organization, root first: each must allow.
#[derive(Debug, Default)]
pub(super) struct Policies {
    /// `None`: the identity may do everything.
    pub(super) identity: Option<Documents>,
    pub(super) boundary: Option<Arc<Document>>,
    pub(super) session: Option<Documents>,
    pub(super) scps: Vec<Documents>,
    pub(super) rcps: Vec<Documents>,
}

impl Policies {
    /// Whether nothing limits the caller.
    pub(super) fn bind_nothing(&self) -> bool {
        self.identity.is_none()
            && self.boundary.is_none()
            && self.session.is_none()
            && self.scps.is_empty()
            && self.rcps.is_empty()
    }
}

/// Parsed documents by kind and text.
#[derive(Debug, Clone, Default)]
pub(super) struct Library {
    parsed: HashMap<(Kind, String), Arc<Document>>,
}

impl Library {
    /// A document; one that cannot be read has no statements, and so allows nothing.
    pub(super) fn read(&mut self, text: &str, kind: Kind) -> Arc<Document> {
        let key = (kind, text.to_owned());
        if let Some(known) = self.parsed.get(&key) {
            return Arc::clone(known);
        }
        let document = Document::parse(text, kind);
        let document = Arc::new(document.unwrap_or(Document { statements: Vec::new(), variables: false }));
        if self.parsed.len() >= KEPT {
            self.parsed.clear();
        }
        self.parsed.insert(key, Arc::clone(&document));
        document
    }

    /// Everything that binds the caller of a request.
    pub(super) fn policies(
        &mut self,
        world: &World,
        request: &Request,
        own: Option<&Arc<Document>>,
    ) -> Policies {
        let caller = &request.caller;
        let mut found = Policies::default();
        let issued = world.sts.sessions.get(&caller.access_key);
        let role = session_role(world, caller);
        if let Some(role) = role {
            found.identity = self.of_role(world, &caller.account, role);
            let boundary = role.boundary.as_deref();
            found.boundary = boundary.map(|arn| self.managed(world, &caller.account, arn));
        } else if issued.is_some_and(|session| session.role.is_some()) {
            // The role is gone, and with it every right of its sessions.
            found.identity = Some(Vec::new());
        } else {
            found.identity = own.map(|document| vec![Arc::clone(document)]);
        }
        if let Some(session) =
            issued.filter(|session| session.policy.is_some() || !session.policy_arns.is_empty())
        {
            let mut documents: Documents =
                session.policy_arns.iter().map(|arn| self.managed(world, &caller.account, arn)).collect();
            documents.extend(session.policy.iter().map(|text| self.read(text, Kind::Identity)));
            found.session = Some(documents);
        }
        // Service-linked roles are exempt
        // (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
        if role.is_none_or(|role| role.linked_service.is_none()) {
            found.scps = self.levels(world, &caller.account, SCP);
            found.rcps = owner(request).map_or_else(Vec::new, |owner| self.levels(world, owner, RCP));
        }
        found
    }

    /// A role without any policy is not held to having some: worlds are often seeded with bare roles.
    fn of_role(&mut self, world: &World, account: &str, role: &Role) -> Option<Documents> {
        if role.attached.is_empty() && role.inline.is_empty() {
            return None;
        }
        let mut documents: Documents =
            role.attached.iter().map(|arn| self.managed(world, account, arn)).collect();
        documents.extend(role.inline.values().map(|text| self.read(text, Kind::Identity)));
        Some(documents)
    }

    fn managed(&mut self, world: &World, account: &str, arn: &str) -> Arc<Document> {
        let own = world.iam.accounts.get(account).and_then(|iam| iam.policies.get(arn));
        let own = own.and_then(|policy| policy.versions.get(&policy.default_version));
        match own {
            Some(version) => self.read(&version.document, Kind::Identity),
            None => self.read(&of_aws(arn), Kind::Identity),
        }
    }

    /// The policies of a kind on the way from the root to an account; none for a management account.
    fn levels(&mut self, world: &World, account: &str, kind: &str) -> Vec<Documents> {
        let organization = world.organizations.of(account);
        let Some(organization) = organization.filter(|organization| {
            organization.management != account
                && organization.all_features()
                && organization.type_enabled(kind)
        }) else {
            return Vec::new();
        };
        let mut line = organization.ancestors(account);
        line.reverse();
        line.push(account);
        let mut levels = Vec::new();
        for target in line {
            let contents = organization
                .attached(target, kind)
                .into_iter()
                .filter_map(|id| organization.policy_content(id));
            levels.push(contents.map(|text| self.read(text, Kind::Control)).collect());
        }
        levels
    }
}

/// The account whose resource control policies matter: those of roles and keys do here
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>).
fn owner(request: &Request) -> Option<&str> {
    let of_arn = |member| request.text(member).and_then(|arn| arn.split(':').nth(4));
    match (request.service, request.operation.as_str()) {
        ("sts", "AssumeRole") => of_arn("RoleArn"),
        ("kms", _) => of_arn("KeyId").or(Some(&request.caller.account)),
        _ => None,
    }
}

#[derive(Debug, Deserialize)]
struct Managed {
    policy: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    arn: String,
    document: String,
}

/// The document of an AWS managed policy; without statements where nothing is known of it.
fn of_aws(arn: &str) -> String {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        toml::from_str::<Managed>(include_str!("managed.toml")).map(|file| file.policy).unwrap_or_default()
    });
    if let Some(row) = rows.iter().find(|row| row.arn == arn) {
        return row.document.clone();
    }
    let allows = aws_managed::find(arn).map(|policy| policy.allows).unwrap_or_default();
    let statement = json!({ "Effect": "Allow", "Action": allows, "Resource": "*" });
    let statements = if allows.is_empty() { json!([]) } else { json!([statement]) };
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_managed_document_is_one_that_iam_takes() {
        let file: Managed = toml::from_str(include_str!("managed.toml")).expect("managed.toml");
        for row in &file.policy {
            assert!(Document::parse(&row.document, Kind::Identity).is_ok(), "{}", row.arn);
            assert!(aws_managed::find(&row.arn).is_some(), "{}", row.arn);
        }
    }
}
