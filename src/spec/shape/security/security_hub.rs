//! `security.security_hub`.

use std::collections::BTreeMap;

use super::automation_rules::AutomationRuleSection;
use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::read::section;

use crate::spec::shape::chosen::{Pair, chosen};

section! {
    /// Security Hub CSPM.
    SecurityHubSection {
        /// The account that administers it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// `central`: by configuration policies, from the home Region for every linked one.
        configuration: Located<ConfigurationWord>,
        /// Standards of the whole organization, such as `aws-foundational-security-best-practices`.
        standards: Vec<Located<String>>,
        /// Controls to switch off in the whole organization, such as `IAM.9`.
        disabled_controls: Vec<Located<String>>,
        /// Configuration policies by name, where one for the whole organization is not enough.
        policies: BTreeMap<Located<String>, SecurityHubPolicySection>,
        /// Rules by which findings are changed as they come in, by name.
        automation_rules: BTreeMap<Located<String>, AutomationRuleSection>,
        /// Units and accounts that configure Security Hub themselves.
        self_managed: Vec<Located<String>>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

section! {
    /// One configuration policy.
    SecurityHubPolicySection {
        /// Whether Security Hub is on where it applies; true unless said.
        enabled: Located<bool>,
        /// What it is for.
        description: Located<String>,
        /// Standards that are on where it applies.
        standards: Vec<Located<String>>,
        /// Controls that are off where it applies; all others, later ones too, are on.
        disabled_controls: Vec<Located<String>>,
        /// Controls that are on where it applies; all others, later ones too, are off.
        enabled_controls: Vec<Located<String>>,
        /// Everything it applies to: `root`, paths of units, names of accounts, `management`.
        targets: Vec<Located<String>>,
    }
}

const CONFIGURATIONS: &[Pair] = &[("central", "CENTRAL")];

chosen! {
    /// How Security Hub is configured.
    ConfigurationWord, CONFIGURATIONS, "configuration of Security Hub"
}
