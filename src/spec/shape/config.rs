//! AWS Config in the section `security`: the aggregator, rules and conformance packs.

use std::collections::BTreeMap;

use super::Located;
use super::content::Text;
use super::purpose::PurposeWord;
use super::read::section;
use super::sections::Tags;
use crate::model::region::Region;

section! {
    /// AWS Config of the whole organization.
    ConfigSection {
        /// The account that deploys rules and packs, by its name under `accounts`, or
        /// `management`. Unless said, the one of `delegated_administrators`.
        administrator: Located<String>,
        /// Collects what is recorded in every account. From 4.0 on the landing zone has one.
        aggregator: Located<AggregatorSection>,
        /// Rules in every account, by name.
        rules: BTreeMap<Located<String>, RuleSection>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

section! {
    /// An aggregator over the organization, in the home Region.
    AggregatorSection {
        /// Its name, `organization` unless said.
        name: Located<String>,
        /// The ARN of the role with which Config asks Organizations who is in it.
        role: Located<String> = required,
        /// Regions to collect from; all of them unless said.
        regions: Vec<Located<Region>>,
    }
}

section! {
    /// A rule in every account: one of AWS's, or one of your own in Guard.
    RuleSection {
        /// AWS's identifier of a managed rule, such as `ENCRYPTED_VOLUMES`.
        managed: Located<String>,
        /// Or a rule in Guard: a path beside this document, or the text of several lines.
        guard: Located<Text>,
        /// What it is about.
        description: Located<String>,
        /// What the rule takes, each a text.
        parameters: Tags,
        /// Types of resources that it looks at, such as `AWS::EC2::Volume`.
        resource_types: Vec<Located<String>>,
        /// How often it runs by itself: `One_Hour`, `Three_Hours`, `Six_Hours`, `Twelve_Hours`
        /// or `TwentyFour_Hours`.
        frequency: Located<String>,
        /// Accounts that it is not for.
        exclude: Vec<Located<String>>,
        /// Whether it is for the management account too, where no landing zone records.
        management: Located<bool>,
        /// What it is for; `detective` unless said.
        purpose: Located<PurposeWord>,
    }
}

section! {
    /// A conformance pack in every account: rules, and what repairs what they find.
    PackSection {
        /// A path beside this document, or the template itself.
        template: Located<Text> = required,
        /// What the template takes, each a text.
        parameters: Tags,
        /// Accounts that it is not for.
        exclude: Vec<Located<String>>,
        /// Whether it is for the management account too, where no landing zone records.
        management: Located<bool>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
        /// What it is for; unless said `responsive` with remediation in the template, and
        /// `detective` without.
        purpose: Located<PurposeWord>,
    }
}
