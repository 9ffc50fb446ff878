//! Security Hub CSPM, configured centrally: hubs, what links Regions, the configuration itself,
//! its policies, and what follows which.
//!
//! - `security_hub.REGION` is the administrator's hub, `security_hub.REGION/management` that of
//!   the management account, which nobody but itself can switch on. Keys: `account`, `region`.
//! - `finding_aggregator` links Regions to the home Region. Fields: `mode`, `regions` (a set).
//!   Keys: `account`, `region`. Attributes: `arn`.
//! - `security_hub_configuration` is there when the organization is configured centrally.
//! - `security_hub_policy.NAME`: `name`, `description`, `enabled`, `standards` (ARNs), and either
//!   `disabled_controls` or `enabled_controls`, all sets. Attributes: `id`.
//! - `security_hub_associations`: `targets.*`, by the document's name of a root, unit or account
//!   `{target, policy}` with AWS's ids, or `SELF_MANAGED_SECURITY_HUB` as the policy.
//!
//! The last three live where the aggregator does, with the same keys.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// A hub.
pub const HUB: KindInfo = KindInfo {
    kind: Kind::SecurityHub,
    verbs: &[Verb::plain("create", "securityhub:EnableSecurityHub", Action::Create)],
    fields: &[],
    attributes: &[],
};

/// The finding aggregator.
pub const AGGREGATOR: KindInfo = KindInfo {
    kind: Kind::FindingAggregator,
    verbs: &[
        Verb::plain("create", "securityhub:CreateFindingAggregator", Action::Create),
        // The call replaces both.
        Verb {
            carries: &["mode", "regions"],
            ..Verb::plain("update", "securityhub:UpdateFindingAggregator", Action::Change)
        },
    ],
    fields: &[
        FieldRule::new("mode", Compare::Exact, "update"),
        FieldRule::new("regions", Compare::Set, "update"),
    ],
    attributes: &["arn"],
};

/// Central configuration.
pub const CONFIGURATION: KindInfo = KindInfo {
    kind: Kind::SecurityHubConfiguration,
    verbs: &[Verb::plain("create", "securityhub:UpdateOrganizationConfiguration", Action::Create)],
    fields: &[],
    attributes: &[],
};

/// A configuration policy.
pub const POLICY: KindInfo = KindInfo {
    kind: Kind::SecurityHubPolicy,
    verbs: &[
        Verb::plain("create", "securityhub:CreateConfigurationPolicy", Action::Create),
        // The call replaces what the policy says.
        Verb {
            carries: &["enabled", "standards", "disabled_controls", "enabled_controls"],
            ..Verb::plain("update", "securityhub:UpdateConfigurationPolicy", Action::Change)
        },
        Verb {
            consent: Some("security_hub_policy_deletion"),
            ..Verb::plain("delete", "securityhub:DeleteConfigurationPolicy", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("name", Compare::Exact, "update"),
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("enabled", Compare::Exact, "update"),
        FieldRule::new("standards", Compare::Set, "update"),
        FieldRule::new("disabled_controls", Compare::Set, "update"),
        FieldRule::new("enabled_controls", Compare::Set, "update"),
    ],
    attributes: &["id"],
};

/// What follows which policy.
pub const ASSOCIATIONS: KindInfo = KindInfo {
    kind: Kind::SecurityHubAssociations,
    verbs: &[
        Verb {
            side_by_side: true,
            ..Verb::plain("associate", "securityhub:StartConfigurationPolicyAssociation", Action::Create)
        },
        Verb {
            side_by_side: true,
            consent: Some("security_hub_release"),
            ..Verb::plain(
                "disassociate",
                "securityhub:StartConfigurationPolicyDisassociation",
                Action::Remove,
            )
        },
    ],
    fields: &[FieldRule::new("targets.*", Compare::Exact, "associate")
        .alone()
        .each()
        .with_surplus("disassociate")],
    attributes: &[],
};
