//! One file per resource kind: its fields, how each is compared, and which verb
//! changes it.
//!
//! These tables are all that diff and plan know of a kind. A verb is exactly one
//! mutating AWS operation, so one step of a plan is one call that changes
//! something: rates, journal, retries and permissions need no finer grain.
//! Absent: how a verb is carried out (`cloud/handlers/`) and what it costs
//! (`catalog/operations.toml`).

pub mod account;
pub mod analyzer;
pub mod assignment;
pub mod automation_rule;
pub mod backup_audit;
pub mod backup_settings;
pub mod backup_vault;
pub mod baseline;
pub mod config_aggregator;
pub mod config_rule;
pub mod conformance_pack;
pub mod control;
pub mod delegated_administrator;
pub mod detective;
pub mod firewall_policy;
pub mod group;
pub mod guardduty;
pub mod inspector;
pub mod key;
pub mod landing_zone;
pub mod macie;
pub mod organization;
pub mod organizational_unit;
pub mod permission_set;
pub mod policy;
pub mod policy_type;
pub mod resource_policy;
pub mod resource_share;
pub mod restore_testing;
pub mod root_access;
pub mod security_hub;
pub mod service_role;
pub mod stack_set;
pub mod trail;
pub mod trusted_access;

use super::address::Kind;

/// All that the pure floors know of one kind.
#[derive(Debug)]
pub struct KindInfo {
    /// Which kind.
    pub kind: Kind,
    /// The verbs in the order in which one resource goes through them. The
    /// first, named `create`, brings it into being; a kind without one is there as
    /// soon as one of its leaves is.
    pub verbs: &'static [Verb],
    /// The fields a document can speak of.
    pub fields: &'static [FieldRule],
    /// What others may refer to once it exists.
    pub attributes: &'static [&'static str],
}

/// One way of changing a resource: one mutating operation.
#[derive(Debug)]
pub struct Verb {
    /// Its name in steps, e.g. `move`.
    pub name: &'static str,
    /// The operation's row in the catalogue, `service:Operation`.
    pub operation: &'static str,
    /// How a reader of the plan sees it.
    pub action: Action,
    /// Fields the call must carry even when they do not change.
    pub carries: &'static [&'static str],
    /// Verbs that need not run when this one does, because it repairs the same.
    pub supersedes: &'static [&'static str],
    /// The class of consent it needs, when it cannot be taken back.
    pub consent: Option<&'static str>,
    /// The verb that carries its change into the copies which AWS keeps elsewhere,
    /// where there are any (see `observe::snapshot::Facts::copied`).
    pub spread_by: Option<&'static str>,
    /// Whether a resource that was known before it was there (an account that is invited) is there
    /// when this is done.
    pub arrives: bool,
    /// Whether steps of one resource by such verbs may go at the same time, because
    /// each is about another leaf.
    pub side_by_side: bool,
}

impl Verb {
    /// A verb that carries nothing but what changes and needs no consent.
    #[must_use]
    pub const fn plain(name: &'static str, operation: &'static str, action: Action) -> Self {
        Self {
            name,
            operation,
            action,
            carries: &[],
            supersedes: &[],
            consent: None,
            spread_by: None,
            arrives: false,
            side_by_side: false,
        }
    }
}

/// How a plan shows a change; the symbol always stands beside the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// `+`
    Create,
    /// `~`
    Change,
    /// `>`
    Move,
    /// `~`, of something that drifted or failed
    Repair,
    /// `-`
    Remove,
}

impl Action {
    /// The mark at the head of a line.
    #[must_use]
    pub const fn symbol(self) -> char {
        match self {
            Self::Create => '+',
            Self::Change | Self::Repair => '~',
            Self::Move => '>',
            Self::Remove => '-',
        }
    }

    /// The word beside the mark.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Move => "move",
            Self::Repair => "repair",
            Self::Remove => "remove",
        }
    }
}

/// One field, or a group of fields when the name ends in `.*`.
#[derive(Debug)]
pub struct FieldRule {
    /// `name`, or `tags.*` for a group of leaves.
    pub field: &'static str,
    /// How a difference is found.
    pub compare: Compare,
    /// The verb that brings the live value to the wanted one.
    pub verb: &'static str,
    /// The verb whose call sets it on the way, so that no step of its own is
    /// needed when that verb runs (for a group: runs for the same leaf).
    pub carried_by: Option<&'static str>,
    /// One step for all changed fields of the verb, or one step per leaf.
    pub fold: bool,
    /// For a group that is folded: so many leaves at most in one step, because AWS takes no
    /// more in one call.
    pub batch: Option<usize>,
    /// The class of consent a change of it needs (not its first setting).
    pub consent: Option<&'static str>,
    /// For a group: the verb that takes away a leaf which is live and which the
    /// document, listing the whole group, does not name. None leaves it alone.
    pub surplus: Option<&'static str>,
}

impl FieldRule {
    /// A field set at creation and changed by `verb`, all such fields in one step.
    #[must_use]
    pub const fn new(field: &'static str, compare: Compare, verb: &'static str) -> Self {
        Self {
            field,
            compare,
            verb,
            carried_by: Some("create"),
            fold: true,
            batch: None,
            consent: None,
            surplus: None,
        }
    }

    /// The same, but no other verb carries it.
    #[must_use]
    pub const fn alone(mut self) -> Self {
        self.carried_by = None;
        self
    }

    /// The same, but carried by another verb than `create`.
    #[must_use]
    pub const fn carried_by(mut self, verb: &'static str) -> Self {
        self.carried_by = Some(verb);
        self
    }

    /// The same, but with one step for each changed leaf.
    #[must_use]
    pub const fn each(mut self) -> Self {
        self.fold = false;
        self
    }

    /// The same, but with a step for each so many changed leaves.
    #[must_use]
    pub const fn in_batches(mut self, most: usize) -> Self {
        self.batch = Some(most);
        self
    }

    /// The same, but a change needs a consent of this class.
    #[must_use]
    pub const fn with_consent(mut self, class: &'static str) -> Self {
        self.consent = Some(class);
        self
    }

    /// The same, but a leaf too many is taken away by a verb, each in a step of its own.
    #[must_use]
    pub const fn with_surplus(mut self, verb: &'static str) -> Self {
        self.surplus = Some(verb);
        self.fold = false;
        self
    }

    /// The leaf of `field` within this group; the empty text for a plain field
    /// of this name; none when the rule does not speak of it.
    #[must_use]
    pub fn leaf<'f>(&self, field: &'f str) -> Option<&'f str> {
        match self.field.strip_suffix('*') {
            Some(prefix) => field.strip_prefix(prefix),
            None => (self.field == field).then_some(""),
        }
    }
}

/// How the live value of a field is held against the wanted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Equal canonical values.
    Exact,
    /// Equal as sets.
    Set,
    /// A policy document of the same meaning.
    PolicySame,
    /// Each wanted statement stands in the live document; others are left alone.
    PolicyCovers,
    /// A landing-zone manifest: what is said is there, numbers and texts of
    /// numbers are alike, unknown and unsaid members are left alone.
    Manifest,
    /// A condition that AWS reports: the wanted value is health, a state in
    /// passing counts as healthy, and no call carries it.
    Condition,
    /// Given at creation and never compared: AWS does not give it back, or it is
    /// changed by other means.
    CreateOnly,
    /// Cannot be changed afterwards; a difference is a conflict for the operator.
    Fixed,
}

/// Whether resources of a kind are read and changed in the account that their key `account`
/// names, and in the management account without one.
#[must_use]
pub const fn lives_in_an_account(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Key
            | Kind::GuardDuty
            | Kind::ServiceRole
            | Kind::BackupVault
            | Kind::AirGappedVault
            | Kind::ResourceShare
            | Kind::RestoreTestingPlan
            | Kind::RestoreTestingSelection
            | Kind::ReportPlan
            | Kind::BackupFramework
            | Kind::SecurityHub
            | Kind::FindingAggregator
            | Kind::SecurityHubConfiguration
            | Kind::SecurityHubPolicy
            | Kind::SecurityHubAssociations
            | Kind::Inspector
            | Kind::Macie
            | Kind::Detective
            | Kind::Analyzer
            | Kind::StackSet
            | Kind::ConfigAggregator
            | Kind::ConfigRule
            | Kind::ConformancePack
            | Kind::FirewallPolicy
            | Kind::AutomationRule
    )
}

/// What is known of a kind.
#[must_use]
pub const fn info(kind: Kind) -> &'static KindInfo {
    match kind {
        Kind::Organization => &organization::INFO,
        Kind::TrustedAccess => &trusted_access::INFO,
        Kind::OrganizationalUnit => &organizational_unit::INFO,
        Kind::Account => &account::INFO,
        Kind::ServiceRole => &service_role::INFO,
        Kind::Key => &key::INFO,
        Kind::LandingZone => &landing_zone::INFO,
        Kind::Baseline => &baseline::INFO,
        Kind::PolicyType => &policy_type::INFO,
        Kind::Policy => &policy::INFO,
        Kind::ResourcePolicy => &resource_policy::INFO,
        Kind::RootCredentialsManagement => &root_access::CREDENTIALS_MANAGEMENT,
        Kind::RootSessions => &root_access::SESSIONS,
        Kind::DelegatedAdministrator => &delegated_administrator::INFO,
        Kind::PermissionSet => &permission_set::INFO,
        Kind::Group => &group::INFO,
        Kind::Assignment => &assignment::INFO,
        Kind::Control => &control::INFO,
        Kind::GuardDuty => &guardduty::INFO,
        Kind::BackupSettings => &backup_settings::SETTINGS,
        Kind::BackupOptIn => &backup_settings::OPT_IN,
        Kind::BackupVault => &backup_vault::STANDARD,
        Kind::AirGappedVault => &backup_vault::AIR_GAPPED,
        Kind::ResourceShare => &resource_share::INFO,
        Kind::RestoreTestingPlan => &restore_testing::PLAN,
        Kind::RestoreTestingSelection => &restore_testing::SELECTION,
        Kind::ReportPlan => &backup_audit::REPORT_PLAN,
        Kind::BackupFramework => &backup_audit::FRAMEWORK,
        Kind::SecurityHub => &security_hub::HUB,
        Kind::FindingAggregator => &security_hub::AGGREGATOR,
        Kind::SecurityHubConfiguration => &security_hub::CONFIGURATION,
        Kind::SecurityHubPolicy => &security_hub::POLICY,
        Kind::SecurityHubAssociations => &security_hub::ASSOCIATIONS,
        Kind::AutomationRule => &automation_rule::INFO,
        Kind::Inspector => &inspector::INFO,
        Kind::Macie => &macie::INFO,
        Kind::Detective => &detective::INFO,
        Kind::Analyzer => &analyzer::INFO,
        Kind::StackSet => &stack_set::INFO,
        Kind::ConfigAggregator => &config_aggregator::INFO,
        Kind::ConfigRule => &config_rule::INFO,
        Kind::ConformancePack => &conformance_pack::INFO,
        Kind::Trail => &trail::INFO,
        Kind::FirewallPolicy => &firewall_policy::INFO,
    }
}

impl KindInfo {
    /// The verb of that name.
    #[must_use]
    pub fn verb(&self, name: &str) -> Option<&'static Verb> {
        self.verbs.iter().find(|verb| verb.name == name)
    }

    /// The verb that takes the whole thing away, as others take away parts; an account is
    /// closed, not deleted.
    #[must_use]
    pub fn remover(&self) -> Option<&Verb> {
        self.verb("delete").or_else(|| self.verb("close"))
    }

    /// The verb that brings such a resource into being; none for a relation, which
    /// consists of its leaves.
    #[must_use]
    pub fn creator(&self) -> Option<&'static Verb> {
        self.verbs.first().filter(|verb| verb.name == "create")
    }

    /// Whether a resource is there as soon as this verb is done.
    #[must_use]
    pub fn brings_about(&self, verb: &Verb) -> bool {
        verb.arrives || self.creator().is_some_and(|creator| creator.name == verb.name)
    }

    /// A verb's name as a list of one, for edges that hold up that verb only.
    #[must_use]
    pub fn only(&self, name: &str) -> Option<&'static [&'static str]> {
        self.verb(name).map(|verb| std::slice::from_ref(&verb.name))
    }

    /// The rule for a field, with the leaf within the rule's group.
    #[must_use]
    pub fn rule<'f>(&self, field: &'f str) -> Option<(&'static FieldRule, &'f str)> {
        self.fields.iter().find_map(|rule| rule.leaf(field).map(|leaf| (rule, leaf)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_table() {
        for kind in Kind::ALL {
            assert_eq!(info(*kind).kind, *kind);
        }
    }

    #[test]
    fn every_field_names_verbs_of_its_kind() {
        for kind in Kind::ALL {
            let info = info(*kind);
            for rule in info.fields {
                assert!(info.verb(rule.verb).is_some(), "{kind} {}: {}", rule.field, rule.verb);
                let carrier = rule.carried_by.is_none_or(|verb| info.verb(verb).is_some());
                assert!(carrier, "{kind} {}", rule.field);
                let taker = rule.surplus.is_none_or(|verb| info.verb(verb).is_some());
                assert!(taker && (rule.surplus.is_none() || !rule.fold), "{kind} {}", rule.field);
            }
            for verb in info.verbs {
                let fields =
                    verb.carries.iter().all(|field| info.fields.iter().any(|rule| rule.field == *field));
                assert!(fields, "{kind} {} carries an unknown field", verb.name);
                assert!(verb.supersedes.iter().all(|name| info.verb(name).is_some()));
                assert!(verb.spread_by.is_none_or(|name| info.verb(name).is_some()), "{kind} {}", verb.name);
            }
        }
    }

    #[test]
    fn a_group_knows_its_leaves() {
        let rule = FieldRule::new("tags.*", Compare::Exact, "tag");
        assert_eq!(rule.leaf("tags.a.b"), Some("a.b"));
        assert_eq!(rule.leaf("name"), None);
    }
}
