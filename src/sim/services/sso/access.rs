//! What a person may enter: the assignments of the user and of the user's groups.
//!
//! In: the world and a token. Out: pairs of account and permission set. Absent: answers (`portal`).

use std::collections::BTreeSet;

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::sso_admin::{Assignment, Instance};
use crate::sim::services::sso_oidc::Token;
use crate::sim::world::World;

/// The token of the request, while it is good; the words are those that public reports quote.
pub(super) fn token<'w>(world: &'w World, request: &Request) -> Result<&'w Token, AwsError> {
    let token = world.sso_oidc.tokens.get(request.required("accessToken"));
    let good = token.filter(|token| request.now < token.expires);
    good.ok_or_else(|| AwsError::new("UnauthorizedException", "Session token not found or invalid"))
}

/// The instance that a token is for.
pub(super) fn instance<'w>(world: &'w World, token: &Token) -> Option<&'w Instance> {
    world.sso_admin.instances.get(&token.instance)
}

/// The person's assignments, each account and permission set once.
pub(super) fn assignments<'w>(world: &'w World, token: &Token) -> BTreeSet<(&'w str, &'w str)> {
    let Some(instance) = instance(world, token) else { return BTreeSet::new() };
    let store = world.identity_store.stores.get(&instance.store);
    let memberships = store.into_iter().flat_map(|store| store.memberships.values());
    let groups: BTreeSet<&str> = memberships
        .filter(|membership| membership.user == token.user)
        .map(|membership| membership.group.as_str())
        .collect();
    let own = |assignment: &&Assignment| match assignment.kind.as_str() {
        "USER" => assignment.principal == token.user,
        _ => groups.contains(assignment.principal.as_str()),
    };
    let own = instance.assignments.iter().filter(own);
    own.map(|assignment| (assignment.account.as_str(), assignment.set.as_str())).collect()
}
