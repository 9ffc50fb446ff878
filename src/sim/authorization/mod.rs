//! Whether a caller may do what a request asks: AWS's policies, enforced.
//!
//! In: the world and a request. Out: yes, or AWS's refusal in its own words; and a record of what was refused and of
//! which statements of `Settings::caller_policy` were of use. Absent: resource policies of the services themselves
//! (trust policies, key policies, the delegation policy), which the services enforce.
//!
//! Bound are: sessions of roles that have policies, session policies, member accounts under service and resource
//! control policies, and the default identity of the management account if `Settings::caller_policy` is given.

#[cfg(test)]
mod cases;
pub(crate) mod conditions;
mod decision;
mod facts;
pub(crate) mod judge;
pub(crate) mod pattern;
mod policies;
mod requirements;
mod resources;
#[cfg(test)]
mod scenarios;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::decision::{Behind, Grant};
use self::judge::{Point, judge};
use self::policies::Library;
use super::error::AwsError;
use super::request::Request;
use super::services::iam::document::{Document, Effect, Kind};
use super::services::iam::evaluate::{Principal, Verdict};
use super::services::iam::queries::principal_of;
use super::settings::Settings;
use super::shapes::Protocol;
use super::world::World;

/// A request that policies refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Virtual time.
    pub time: Timestamp,
    /// ARN of the caller.
    pub principal: String,
    /// `service:Operation` of the request.
    pub operation: String,
    /// The action that was missing, e.g. `organizations:TagResource`.
    pub action: String,
    /// The resource it was missing on.
    pub resource: String,
    /// AWS's words.
    pub message: String,
}

/// A statement of the caller's policy, or actions of it, that no request needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusedStatement {
    /// Its place in the document, from 0.
    pub index: usize,
    /// Its id, if it has one.
    pub sid: Option<String>,
    /// The action patterns without use.
    pub actions: Vec<String>,
}

/// The guard of a run.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    caller_policy: Option<Arc<Document>>,
    /// Statement to action patterns that allowed a request.
    used: BTreeMap<usize, BTreeSet<usize>>,
    denied: Vec<Denial>,
    library: Library,
}

impl Guard {
    pub(crate) fn new(caller_policy: Option<&Value>) -> Self {
        let mut library = Library::default();
        let caller_policy = caller_policy.map(|policy| {
            let text = policy.as_str().map_or_else(|| policy.to_string(), str::to_owned);
            library.read(&text, Kind::Identity)
        });
        Self { caller_policy, library, ..Self::default() }
    }

    /// The same policy with nothing recorded.
    pub(crate) fn fresh(&self) -> Self {
        Self { caller_policy: self.caller_policy.clone(), ..Self::default() }
    }

    pub(crate) fn denied(&self) -> Vec<Denial> {
        self.denied.clone()
    }

    /// Allow statements of the caller's policy with action patterns that allowed nothing.
    pub(crate) fn unused(&self) -> Vec<UnusedStatement> {
        let statements = self.caller_policy.iter().flat_map(|document| &document.statements);
        let unused = statements.enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
        let unused = unused.map(|(index, statement)| {
            let used = self.used.get(&index);
            let idle = |place: &usize| used.is_none_or(|used| !used.contains(place));
            let patterns = statement.actions.patterns.iter().enumerate();
            let actions =
                patterns.filter(|(place, _)| idle(place)).map(|(_, pattern)| pattern.clone()).collect();
            UnusedStatement { index, sid: statement.sid.clone(), actions }
        });
        unused.filter(|statement| !statement.actions.is_empty()).collect()
    }

    /// Whether a statement allowed any request.
    pub(crate) fn is_used(&self, index: usize) -> bool {
        self.used.contains_key(&index)
    }

    /// Refuses what the caller may not do.
    ///
    /// # Errors
    /// AWS's refusal, with the code of the protocol.
    pub(crate) fn check(
        &mut self,
        world: &World,
        settings: &Settings,
        request: &Request,
        protocol: Protocol,
    ) -> Result<(), AwsError> {
        let row = requirements::row(request.service, &request.operation);
        if row.is_some_and(|row| row.free) || request.caller.account.is_empty() {
            return Ok(());
        }
        let own = self.caller_policy.clone().filter(|_| is_default(settings, request));
        let policies = self.library.policies(world, request, own.as_ref());
        if policies.bind_nothing() {
            return Ok(());
        }
        let principal = principal_of(world, &request.caller);
        let base = facts::of_request(world, request, row);
        let mut behind = Behind::new();
        for need in requirements::needs(world, request) {
            let mut facts = base.clone();
            facts::of_resource(world, request, &need.resource, &mut facts);
            let point = Point {
                action: &need.action,
                resource: &need.resource,
                principal: &principal,
                facts: &facts,
            };
            let grant = self.grant(world, request, &point);
            match decision::decide(&policies, &point, grant) {
                Ok(statements) => behind.extend(statements),
                Err(refusal) => {
                    let message = format!(
                        "User: {} is not authorized to perform: {} on resource: {} {}",
                        request.caller.arn,
                        need.action,
                        need.resource,
                        refusal.words(&need.action)
                    );
                    self.denied.push(Denial {
                        time: request.now,
                        principal: request.caller.arn.clone(),
                        operation: format!("{}:{}", request.service, request.operation),
                        action: need.action,
                        resource: need.resource,
                        message: message.clone(),
                    });
                    return Err(denied(protocol, message));
                }
            }
        }
        if own.is_some() {
            for (_, statement, actions) in behind {
                self.used.entry(statement).or_default().extend(actions);
            }
        }
        Ok(())
    }

    /// What the resource's own policy gives the caller by name, within one account.
    fn grant(&mut self, world: &World, request: &Request, point: &Point<'_>) -> Grant {
        let parts: Vec<&str> = point.resource.splitn(6, ':').collect();
        let ["arn", _, service, region, owner, rest] = parts.as_slice() else { return Grant::Nothing };
        let name = rest.rsplit('/').next().unwrap_or_default();
        let text = match (request.service, *service) {
            _ if *owner != request.caller.account => None,
            ("sts", "iam") => world.iam.role(owner, name).map(|role| (role.trust.as_str(), Kind::Trust)),
            ("kms", "kms") => world.kms.key(owner, region, name).map(|key| (key.policy.as_str(), Kind::Key)),
            _ => None,
        };
        let (Some((text, kind)), Principal::Identity { arns, .. }) = (text, point.principal) else {
            return Grant::Nothing;
        };
        let document = self.library.read(text, kind);
        let names = |arn: &String| {
            // With no account, so that the account's root in the policy names nobody.
            let alone = Principal::Identity { account: String::new(), arns: vec![arn.clone()] };
            names_exactly(&document, arn)
                && judge(&document, &Point { principal: &alone, ..*point }).verdict == Verdict::Allowed
        };
        if names(&request.caller.arn) {
            Grant::Caller
        } else if arns.iter().any(names) {
            Grant::Role
        } else {
            Grant::Nothing
        }
    }
}

/// Whether the policies of a caller, and those of its organization, allow an action on a resource: for a service that acts
/// with a role.
pub(crate) fn allows(world: &World, request: &Request, action: &str, resource: &str) -> bool {
    let policies = Library::default().policies(world, request, None);
    let mut facts = facts::of_request(world, request, None);
    facts::of_resource(world, request, resource, &mut facts);
    let principal = principal_of(world, &request.caller);
    let point = Point { action, resource, principal: &principal, facts: &facts };
    decision::decide(&policies, &point, Grant::Nothing).is_ok()
}

/// What the own policy of a resource says of a request: who asks, for which action, on which ARN. A service asks this
/// where its resources have policies that hold for everybody. A policy that cannot be read says nothing.
pub(crate) fn resource_policy(
    world: &World,
    request: &Request,
    action: &str,
    resource: &str,
    text: &str,
) -> Verdict {
    let Ok(document) = Document::parse(text, Kind::Resource) else { return Verdict::Silent };
    let mut facts = facts::of_request(world, request, requirements::row(request.service, &request.operation));
    facts::of_resource(world, request, resource, &mut facts);
    let principal = principal_of(world, &request.caller);
    judge(&document, &Point { action, resource, principal: &principal, facts: &facts }).verdict
}

/// Whether a document names an ARN as a principal; `*` with no more leaves it to the identity's policies here.
fn names_exactly(document: &Document, arn: &str) -> bool {
    document.principals().any(|(kind, name)| kind == "AWS" && name == arn)
}

/// Whether the caller is the identity of unknown access keys of the management account.
fn is_default(settings: &Settings, request: &Request) -> bool {
    let caller = &request.caller;
    caller.account == settings.account && caller.arn.ends_with(":user/administrator")
}

/// A refusal with the code of the protocol. awsJson answers 400, the others 403.
pub(crate) fn denied(protocol: Protocol, message: String) -> AwsError {
    match protocol {
        Protocol::Query => AwsError::new("AccessDenied", message).status(403),
        Protocol::Json => AwsError::new("AccessDeniedException", message).status(400),
        Protocol::RestJson => AwsError::new("AccessDeniedException", message).status(403),
    }
}
