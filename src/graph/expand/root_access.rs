//! `organization.root_access`: the switches of centralised root access, and the
//! trust in IAM that AWS wants first.

use super::{Expansion, resource, the_organization};
use crate::graph::edge::Edge;
use crate::model::{Address, Kind};
use crate::spec::document::RootAccess;

/// The service through which root access is centralised.
const IAM: &str = "iam.amazonaws.com";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = &expansion.spec.organization;
    let Some(origin) = spec.root_access.values().next() else {
        return;
    };
    let access = Address::new(Kind::TrustedAccess, IAM);
    if !spec.trusted_access.contains_key(IAM) {
        expansion.graph.connect(Edge::exists(&access, &the_organization(), "organization-first"));
        expansion.graph.add(resource(access.clone(), Some(origin)));
    }
    for (switch, origin) in &spec.root_access {
        let address = Address::only(match switch {
            RootAccess::CredentialsManagement => Kind::RootCredentialsManagement,
            RootAccess::Sessions => Kind::RootSessions,
        });
        expansion.graph.connect(Edge::settled(&address, &access, "iam-access-before-root-access"));
        expansion.graph.add(resource(address, Some(origin)));
    }
}
