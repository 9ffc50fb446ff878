//! Every section of the document, key by key.
//!
//! The documentation of a key is what the operator's editor shows and what the
//! JSON Schema says, so it speaks to the operator.

use std::collections::BTreeMap;

use super::Located;
use super::backup::BackupOfOrganizationSection;
use super::content::Content;
use super::controls::ControlEntry;
use super::identity_center::IdentityCenterSection;
use super::names::Names;
use super::purpose::PurposeWord;
use super::read::section;
use super::security::SecuritySection;
use super::stack_sets::StackSets;
use super::words::{
    BaselineWord, Days, FormatVersion, JoinWord, KeyRegions, LandingZoneVersion, PlacementWord,
    PolicyTypeWord, RootAccessWord, Signers, Switch,
};
use crate::model::email::Email;
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::model::unit_path::UnitPath;

/// Tags by key.
pub(crate) type Tags = BTreeMap<Located<String>, Located<String>>;

section! {
    /// What an AWS organization and its landing zone shall be. What is not said is left alone.
    Document {
        /// The version of this document's language, always 1.
        version: Located<FormatVersion> = required,
        /// The organization as a whole.
        organization: Located<OrganizationSection>,
        /// Organizational units by path, such as `Workloads/Prod`. A parent need not be listed.
        organizational_units: BTreeMap<Located<UnitPath>, UnitSection>,
        /// Member accounts by name.
        accounts: BTreeMap<Located<String>, AccountSection>,
        /// KMS keys by name.
        keys: BTreeMap<Located<String>, KeySection>,
        /// The Control Tower landing zone.
        landing_zone: Located<LandingZoneSection>,
        /// Organization policies by name.
        policies: BTreeMap<Located<String>, PolicySection>,
        /// For each AWS service the account, or the accounts, that administer it for the organization.
        delegated_administrators: BTreeMap<Located<String>, Names>,
        /// Security services that one account administers for the whole organization.
        security: Located<SecuritySection>,
        /// Backups that survive the accounts they are of.
        backup: Located<BackupOfOrganizationSection>,
        /// What stands in every account of some units, by service-managed stack sets, by name.
        stack_sets: StackSets,
        /// IAM Identity Center: permission sets, groups and assignments.
        identity_center: Located<IdentityCenterSection>,
        /// Addresses of what is named but left as it is, such as `baseline.Workloads:control_tower`: neither
        /// created nor compared nor changed.
        leave_alone: Vec<Located<String>>,
        /// Addresses of what shall be removed, such as `organizational_unit.Old`.
        remove: Vec<Located<String>>,
        /// Irreversible acts that are allowed, by name, such as `unit_deletion.Old`.
        consents: Vec<Located<String>>,
        /// How many different people must have signed a saved plan before it is applied.
        signatures: Located<SignaturesSection>,
    }
}

section! {
    /// How many different keys must have signed a saved plan. Arguments can only raise the numbers.
    SignaturesSection {
        /// For any plan.
        every: Located<Signers>,
        /// For a plan with an irreversible act, one that needs a consent. The larger number holds.
        irreversible: Located<Signers>,
    }
}

section! {
    /// The organization as a whole.
    OrganizationSection {
        /// The Region of the landing zone. It can never be changed afterwards.
        home_region: Located<Region>,
        /// The Regions that Control Tower governs, the home Region among them.
        governed_regions: Vec<Located<Region>>,
        /// Refuse to work in any other organization than the one of this management account.
        management_account: Located<AccountId>,
        /// The role assumed in member accounts before `OrganizationAccountAccessRole`.
        access_role: Located<String>,
        /// Services that may act in the whole organization, beside those the rest of the document needs.
        trusted_access: Vec<Located<String>>,
        /// Centralised root access to member accounts: `credentials_management`, `sessions`.
        root_access: Vec<Located<RootAccessWord>>,
        /// What the organization's own policy delegates to member accounts. Statements of others stay.
        resource_policy: Located<ResourcePolicySection>,
    }
}

section! {
    /// What the organization's own policy delegates to member accounts.
    ResourcePolicySection {
        /// A path beside this document, or the policy itself. Each of its statements needs a `Sid`.
        document: Located<Content>,
        /// Accounts that manage organization policies, each with the types, such as `backup`.
        policy_management: BTreeMap<Located<String>, Vec<Located<PolicyTypeWord>>>,
        /// `Sid`s of statements that shall not stand in it any more. Each needs a consent.
        without: Vec<Located<String>>,
    }
}

section! {
    /// One organizational unit.
    UnitSection {
        /// Its name in AWS, when the last part of its path cannot be that: it holds a slash, or is `root`.
        name: Located<String>,
        /// Control Tower baselines enabled on the unit.
        baselines: Vec<Located<BaselineWord>>,
        /// Control Tower controls enabled on the unit, by name, framework or guidance level.
        controls: Vec<ControlEntry>,
        /// Tags to have; others are left alone.
        tags: Tags,
        /// The path it had before, when it is being renamed.
        renamed_from: Located<UnitPath>,
    }
}

section! {
    /// One member account.
    AccountSection {
        /// The root user's e-mail address, used by no other AWS account.
        email: Located<Email> = required,
        /// Its name in AWS, when that is not the key: another account has it too, or it is `management`.
        name: Located<String>,
        /// The unit it shall be in, or `root`.
        organizational_unit: Located<PlacementWord>,
        /// Its id in quotes, when it exists already.
        id: Located<AccountId>,
        /// How it becomes a member: `create` it when missing (the default), `existing` already, or
        /// `invite` an account that is outside, alone or in another organization.
        join: Located<JoinWord>,
        /// Whether it shall be closed, with the consent `account_closure.NAME`, once it is where the document
        /// has it and Control Tower does not govern it any more.
        close: Located<bool>,
        /// Tags to have; others are left alone.
        tags: Tags,
        /// Whom AWS shall write to beside the root user.
        alternate_contacts: Located<ContactsSection>,
    }
}

section! {
    /// Alternate contacts by what they are for.
    ContactsSection {
        /// For invoices and payments.
        billing: Located<ContactSection>,
        /// For the running of the account.
        operations: Located<ContactSection>,
        /// For abuse and security reports.
        security: Located<ContactSection>,
    }
}

section! {
    /// One alternate contact; AWS wants all four members.
    ContactSection {
        /// Full name.
        name: Located<String> = required,
        /// Title or role.
        title: Located<String> = required,
        /// E-mail address.
        email: Located<String> = required,
        /// Telephone number in quotes, such as `"+1-555-0100"`.
        phone: Located<String> = required,
    }
}

section! {
    /// One KMS key, with a policy written for its use.
    KeySection {
        /// The account it lives in: `management`, or a name under `accounts`.
        account: Located<String> = required,
        /// Whether it is a multi-Region key. The backup key is, the logging key must not be.
        multi_region: Located<bool>,
        /// Regions to hold a replica of a multi-Region key: `governed`, or a list.
        regions: Located<KeyRegions>,
        /// Days after which KMS gives it new material by itself, 90 to 2560. Unless said, that is left alone.
        rotation_days: Located<Days>,
    }
}

section! {
    /// The Control Tower landing zone.
    LandingZoneSection {
        /// Its version in quotes, such as "4.0". It never changes by itself.
        version: Located<LandingZoneVersion> = required,
        /// The unit directly under the root that holds the integration accounts. Up to 3.3 the landing
        /// zone makes it.
        integration_unit: Located<UnitPath>,
        /// Up to 3.3: a second unit that the landing zone makes.
        sandbox_unit: Located<UnitPath>,
        /// The organization trail and its bucket.
        centralized_logging: Located<RecordingSection>,
        /// AWS Config and its bucket; from 4.0 on.
        config: Located<RecordingSection>,
        /// The roles of security auditors.
        security_roles: Located<RolesSection>,
        /// Whether the landing zone sets up IAM Identity Center.
        identity_center: Located<Switch>,
        /// AWS Backup.
        backup: Located<BackupSection>,
        /// Whether accounts moved into a registered unit are enrolled by themselves.
        auto_enroll: Located<bool>,
        /// Whether controls that an account has kept from a unit it was in before are taken from it, with the consent
        /// `inherited_control_removal.ACCOUNT`. Unless it is so they are told.
        clean_inherited_controls: Located<bool>,
    }
}

section! {
    /// One organization policy.
    PolicySection {
        /// Its type, such as `service_control` or `tag`; a type that has no word goes by AWS's name.
        r#type: Located<PolicyTypeWord> = required,
        /// Its name in AWS, when that is not the key: a policy of another type has it too.
        name: Located<String>,
        /// What it is for, at most 512 characters.
        description: Located<String>,
        /// The type of control that it is, where its type does not tell: `preventive`,
        /// `proactive`, `detective` or `responsive`.
        purpose: Located<PurposeWord>,
        /// A path beside this document, or the policy itself.
        document: Located<Content>,
        /// Everything it is attached to: `root`, paths of units, names of accounts, `management`; or the id of
        /// a unit or account that the document does not name.
        targets: Vec<Located<String>>,
        /// Targets that an AWS-managed policy shall not be attached to.
        detached_from: Vec<Located<String>>,
        /// Whether AWS made it, like FullAWSAccess. It is then never changed, only attached and detached.
        aws_managed: Located<bool>,
        /// Tags to have; others are left alone.
        tags: Tags,
        /// The name it had before, when it is being renamed.
        renamed_from: Located<String>,
    }
}

section! {
    /// An integration that records into buckets of one account.
    RecordingSection {
        /// False switches it off.
        enabled: Located<bool>,
        /// The account that holds the buckets, by its name under `accounts`.
        account: Located<String>,
        /// Days to keep what is recorded.
        retention_days: Located<Days>,
        /// Days to keep the buckets' access logs.
        access_log_retention_days: Located<Days>,
        /// The key that encrypts it, by its name under `keys`, or the ARN of one that the document does not
        /// manage.
        key: Located<String>,
    }
}

section! {
    /// The roles of security auditors.
    RolesSection {
        /// False switches it off.
        enabled: Located<bool>,
        /// The audit account, by its name under `accounts`.
        account: Located<String>,
    }
}

section! {
    /// AWS Backup, managed by the landing zone.
    BackupSection {
        /// False switches it off.
        enabled: Located<bool>,
        /// The Backup Administrator account, by its name under `accounts`.
        administrator: Located<String>,
        /// The Central Backup account, by its name under `accounts`.
        central: Located<String>,
        /// The multi-Region key of the vaults, by its name under `keys`, or the ARN of one that the document
        /// does not manage.
        key: Located<String>,
    }
}

section! {
    /// An integration with nothing to set.
    SwitchSection {
        /// Whether it is on.
        enabled: Located<bool> = required,
    }
}
