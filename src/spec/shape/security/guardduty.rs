//! `security.guardduty`.

use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::chosen::{Pair, chosen};
use crate::spec::shape::read::section;

section! {
    /// GuardDuty.
    GuardDutySection {
        /// The account that administers it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// Whom it is switched on for by itself: `all` (unless said), `new` or `none`.
        auto_enable: Located<ReachWord>,
        /// Features to switch on, such as `s3_data_events`. Others are left alone.
        features: Vec<Located<FeatureWord>>,
        /// Features to switch off, in every account.
        off: Vec<Located<FeatureWord>>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

pub(crate) const REACHES: &[Pair] = &[("all", "ALL"), ("new", "NEW"), ("none", "NONE")];

/// GuardDuty API Reference, UpdateOrganizationConfiguration; EKS_RUNTIME_MONITORING is left
/// out, which AWS refuses beside its successor.
pub(crate) const FEATURES: &[Pair] = &[
    ("s3_data_events", "S3_DATA_EVENTS"),
    ("eks_audit_logs", "EKS_AUDIT_LOGS"),
    ("ebs_malware_protection", "EBS_MALWARE_PROTECTION"),
    ("rds_login_events", "RDS_LOGIN_EVENTS"),
    ("lambda_network_logs", "LAMBDA_NETWORK_LOGS"),
    ("runtime_monitoring", "RUNTIME_MONITORING"),
    ("eks_addon_management", "RUNTIME_MONITORING/EKS_ADDON_MANAGEMENT"),
    ("ecs_fargate_agent_management", "RUNTIME_MONITORING/ECS_FARGATE_AGENT_MANAGEMENT"),
    ("ec2_agent_management", "RUNTIME_MONITORING/EC2_AGENT_MANAGEMENT"),
    ("ai_protection", "AI_PROTECTION"),
];

chosen! {
    /// Whom a service is switched on for by itself.
    ReachWord, REACHES, "reach"
}

chosen! {
    /// A feature of GuardDuty, or a further switch of one.
    FeatureWord, FEATURES, "feature of GuardDuty"
}
