//! The delegated administrators of one AWS service, named by the document's word for it.
//!
//! Fields: one group for each way of appointing somebody, each leaf `place/who` with the
//! account's id. The place is a Region where a service keeps an administrator in each, else
//! the service principal that Organizations registers; who is the account's name in the
//! document, or its id when the document does not name it. `several.*` and `sole.*` are
//! registrations with Organizations: of services that may have several administrators, so
//! that the new one comes before the old one goes, and of those that have one, so that the
//! old one goes first. The other groups are named for the service whose own call appoints.
//! `registrations.*` is what remains with Organizations of an administrator that a service's
//! own call has dismissed. Keys: `regions` (those looked at). Attributes: none.
//!
//! There is always such an office and the question is who holds it, so no verb creates one.
//! The order of the verbs is the order of a hand-over.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The class of consent that taking an administrator away needs.
const REMOVAL: &str = "delegated_administrator_removal";

const fn appoint(name: &'static str, operation: &'static str) -> Verb {
    Verb::plain(name, operation, Action::Create)
}

const fn dismiss(name: &'static str, operation: &'static str) -> Verb {
    Verb { consent: Some(REMOVAL), ..Verb::plain(name, operation, Action::Remove) }
}

const fn office(group: &'static str, appoint: &'static str, dismiss: &'static str) -> FieldRule {
    FieldRule::new(group, Compare::Exact, appoint).alone().each().with_surplus(dismiss)
}

const fn departure(group: &'static str, verb: &'static str) -> FieldRule {
    FieldRule::new(group, Compare::Exact, verb).alone().with_surplus(verb)
}

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::DelegatedAdministrator,
    verbs: &[
        appoint("register", "organizations:RegisterDelegatedAdministrator"),
        dismiss("deregister", "organizations:DeregisterDelegatedAdministrator"),
        appoint("enable_cloudtrail", "cloudtrail:RegisterOrganizationDelegatedAdmin"),
        dismiss("disable_cloudtrail", "cloudtrail:DeregisterOrganizationDelegatedAdmin"),
        dismiss("unseat", "organizations:DeregisterDelegatedAdministrator"),
        dismiss("reach_none_guardduty", "guardduty:UpdateOrganizationConfiguration"),
        dismiss("let_go_guardduty", "guardduty:DisassociateMembers"),
        dismiss("forget_guardduty", "guardduty:DeleteMembers"),
        dismiss("let_go_macie2", "macie2:DisassociateMember"),
        dismiss("disable_guardduty", "guardduty:DisableOrganizationAdminAccount"),
        dismiss("disable_securityhub", "securityhub:DisableOrganizationAdminAccount"),
        dismiss("disable_securityhub_v2", "securityhub:DisableOrganizationAdminAccount"),
        dismiss("disable_inspector2", "inspector2:DisableDelegatedAdminAccount"),
        dismiss("disable_macie2", "macie2:DisableOrganizationAdminAccount"),
        dismiss("disable_detective", "detective:DisableOrganizationAdminAccount"),
        dismiss("disable_auditmanager", "auditmanager:DeregisterOrganizationAdminAccount"),
        dismiss("disable_securitylake", "securitylake:DeregisterDataLakeDelegatedAdministrator"),
        dismiss("disable_network_security_manager", "network-security-manager:DeleteAdminAccount"),
        dismiss("disable_fms", "fms:DisassociateAdminAccount"),
        dismiss("withdraw", "organizations:DeregisterDelegatedAdministrator"),
        dismiss("release", "organizations:DeregisterDelegatedAdministrator"),
        appoint("enable_guardduty", "guardduty:EnableOrganizationAdminAccount"),
        appoint("enable_securityhub", "securityhub:EnableOrganizationAdminAccount"),
        appoint("enable_securityhub_v2", "securityhub:EnableOrganizationAdminAccount"),
        appoint("enable_inspector2", "inspector2:EnableDelegatedAdminAccount"),
        appoint("enable_macie2", "macie2:EnableOrganizationAdminAccount"),
        appoint("enable_detective", "detective:EnableOrganizationAdminAccount"),
        appoint("enable_auditmanager", "auditmanager:RegisterOrganizationAdminAccount"),
        appoint("enable_securitylake", "securitylake:RegisterDataLakeDelegatedAdministrator"),
        appoint("enable_network_security_manager", "network-security-manager:PutAdminAccount"),
        appoint("enable_fms", "fms:AssociateAdminAccount"),
        appoint("appoint", "organizations:RegisterDelegatedAdministrator"),
    ],
    fields: &[
        office("several.*", "register", "deregister"),
        office("sole.*", "appoint", "release"),
        office("cloudtrail.*", "enable_cloudtrail", "disable_cloudtrail"),
        departure("guardduty_reach.*", "reach_none_guardduty"),
        departure("guardduty_members.*", "let_go_guardduty"),
        departure("guardduty_former.*", "forget_guardduty"),
        departure("macie2_members.*", "let_go_macie2"),
        office("guardduty.*", "enable_guardduty", "disable_guardduty"),
        office("securityhub.*", "enable_securityhub", "disable_securityhub"),
        office("securityhub_v2.*", "enable_securityhub_v2", "disable_securityhub_v2"),
        office("inspector2.*", "enable_inspector2", "disable_inspector2"),
        office("macie2.*", "enable_macie2", "disable_macie2"),
        office("detective.*", "enable_detective", "disable_detective"),
        office("auditmanager.*", "enable_auditmanager", "disable_auditmanager"),
        office("securitylake.*", "enable_securitylake", "disable_securitylake"),
        office(
            "network_security_manager.*",
            "enable_network_security_manager",
            "disable_network_security_manager",
        ),
        office("fms.*", "enable_fms", "disable_fms"),
        office("registrations.*", "appoint", "withdraw"),
        office("registrations_first.*", "appoint", "unseat"),
    ],
    attributes: &[],
};
