//! `security.firewall_manager`.

use std::collections::BTreeMap;

use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::chosen::{Pair, chosen};
use crate::spec::shape::content::Content;
use crate::spec::shape::purpose::PurposeWord;
use crate::spec::shape::read::section;
use crate::spec::shape::sections::Tags;

section! {
    /// Firewall Manager.
    FirewallManagerSection {
        /// The account that administers it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// Policies, by name.
        policies: BTreeMap<Located<String>, FirewallPolicySection>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

section! {
    /// A policy over every account, or over some.
    FirewallPolicySection {
        /// What it sets.
        r#type: Located<FirewallWord> = required,
        /// What it is about.
        description: Located<String>,
        /// The service's own settings, as AWS writes them: a path beside this document, or the
        /// settings themselves.
        document: Located<Content>,
        /// Types of resources, such as `AWS::EC2::Instance`; need not be said of a type that knows one only.
        resources: Vec<Located<String>>,
        /// Tags that make a resource be meant.
        tags: Tags,
        /// Whether the tags make a resource be left out instead.
        except_tagged: Located<bool>,
        /// Units and accounts that it is for; all of them unless said.
        targets: Vec<Located<String>>,
        /// Units and accounts that it is not for.
        except: Vec<Located<String>>,
        /// Whether what does not comply is put right; else it is found only.
        remediate: Located<bool>,
        /// Whether what it made goes where it is for a resource no longer.
        clean_up: Located<bool>,
        /// Regions; all governed ones unless said. A policy for CloudFront belongs in `us-east-1`.
        regions: Vec<Located<Region>>,
        /// What it is for; unless said `responsive` where it puts right, and `detective` where not.
        purpose: Located<PurposeWord>,
    }
}

/// Firewall Manager API Reference, SecurityServicePolicyData. Network ACLs are set by members of
/// their own there, not by a document.
pub(crate) const FIREWALLS: &[Pair] = &[
    ("security_groups_common", "SECURITY_GROUPS_COMMON"),
    ("security_groups_content_audit", "SECURITY_GROUPS_CONTENT_AUDIT"),
    ("security_groups_usage_audit", "SECURITY_GROUPS_USAGE_AUDIT"),
    ("waf", "WAFV2"),
    ("shield_advanced", "SHIELD_ADVANCED"),
    ("network_firewall", "NETWORK_FIREWALL"),
    ("import_network_firewall", "IMPORT_NETWORK_FIREWALL"),
    ("dns_firewall", "DNS_FIREWALL"),
    ("third_party_firewall", "THIRD_PARTY_FIREWALL"),
];

chosen! {
    /// What a policy sets.
    FirewallWord, FIREWALLS, "type of policies of Firewall Manager"
}

impl FirewallWord {
    /// The one type of resources that it can be about, where there is one only (Firewall Manager
    /// API Reference, Policy).
    pub(crate) fn only_resource(&self) -> Option<&'static str> {
        match self.0 {
            "SECURITY_GROUPS_USAGE_AUDIT" => Some("AWS::EC2::SecurityGroup"),
            "NETWORK_FIREWALL" | "IMPORT_NETWORK_FIREWALL" | "DNS_FIREWALL" | "THIRD_PARTY_FIREWALL" => {
                Some("AWS::EC2::VPC")
            }
            _ => None,
        }
    }
}
