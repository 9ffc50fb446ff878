//! Trusted access of an AWS service, named by its service principal.
//!
//! It is on or off, and switching it either way is a set operation. Some services want
//! more than trust: their own call makes the service-linked role without which nothing
//! works, and gives the trust as well, so it stands for the usual call. A field says that
//! this has happened: `resource_sharing`, `stack_sets`, `organizational_view` and
//! `license_link`, which needs a consent, because nothing takes it back. Switching a service
//! off needs one, because it loses what it did in the accounts of the organization.
//! Attributes: none.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// A service's own way of being trusted.
const fn own(name: &'static str, operation: &'static str) -> Verb {
    Verb { supersedes: &["create"], ..Verb::plain(name, operation, Action::Create) }
}

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::TrustedAccess,
    verbs: &[
        Verb::plain("create", "organizations:EnableAWSServiceAccess", Action::Create),
        own("share_resources", "ram:EnableSharingWithAwsOrganization"),
        own("activate_stack_sets", "cloudformation:ActivateOrganizationsAccess"),
        own("view_organization", "health:EnableHealthServiceAccessForOrganization"),
        Verb {
            consent: Some("service_link"),
            ..own("link_licenses", "license-manager:UpdateServiceSettings")
        },
        Verb {
            consent: Some("trusted_access_removal"),
            ..Verb::plain("delete", "organizations:DisableAWSServiceAccess", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("resource_sharing", Compare::Exact, "share_resources").alone(),
        FieldRule::new("stack_sets", Compare::Exact, "activate_stack_sets").alone(),
        FieldRule::new("organizational_view", Compare::Exact, "view_organization").alone(),
        FieldRule::new("license_link", Compare::Exact, "link_licenses").alone(),
    ],
    attributes: &[],
};
