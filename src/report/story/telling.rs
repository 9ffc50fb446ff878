//! How each kind is told to people: in which chapter, by which words, and whom it reaches.

use crate::catalog::capabilities::Reach;
use crate::model::Kind;

/// A part of a plan that somebody reads on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// The organization, its units and accounts.
    Organization,
    /// The landing zone and what it governs.
    ControlTower,
    /// What is forbidden, and who may say so.
    Policies,
    /// Who works where.
    Access,
    /// Services that watch the organization.
    Services,
    /// Keys and what they protect.
    Data,
}

impl Chapter {
    /// Every chapter, in the order of reading.
    pub const ALL: &'static [Self] =
        &[Self::Organization, Self::ControlTower, Self::Policies, Self::Access, Self::Services, Self::Data];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Organization => "Organization, units and accounts",
            Self::ControlTower => "Control Tower",
            Self::Policies => "Policies and root access",
            Self::Access => "Access of people",
            Self::Services => "Services of the organization",
            Self::Data => "Keys and backups",
        }
    }
}

/// How one kind is told.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) chapter: Chapter,
    /// What several things of the kind are called.
    pub(super) plural: &'static str,
    /// The service that its things make up together, when one line says it all.
    pub(super) service: Option<&'static str>,
    /// Which accounts one of them reaches; none where that is no question.
    pub(super) reach: Option<Reach>,
}

const fn told(chapter: Chapter, plural: &'static str, reach: Option<Reach>) -> Telling {
    Telling { chapter, plural, service: None, reach }
}

/// How a kind is told.
pub(super) fn of(kind: Kind) -> Telling {
    use Chapter::{Access, ControlTower, Data, Organization, Policies, Services};
    let everybody = Some(Reach::Organization);
    match kind {
        Kind::Organization => told(Organization, "organization", None),
        Kind::OrganizationalUnit => told(Organization, "organizational units", None),
        Kind::Account => told(Organization, "accounts", None),
        Kind::ServiceRole => told(ControlTower, "service roles", None),
        Kind::LandingZone => told(ControlTower, "landing zone", everybody),
        Kind::Baseline => told(ControlTower, "baselines", Some(Reach::Unit)),
        Kind::Control => told(ControlTower, "controls", Some(Reach::Below)),
        Kind::PolicyType => told(Policies, "policy types", None),
        Kind::Policy => told(Policies, "policies", Some(Reach::Targets)),
        Kind::ResourcePolicy => told(Policies, "resource policy", everybody),
        Kind::RootCredentialsManagement => told(Policies, "root credentials management", everybody),
        Kind::RootSessions => told(Policies, "root sessions", everybody),
        Kind::PermissionSet => told(Access, "permission sets", None),
        Kind::Group => told(Access, "groups", None),
        Kind::Assignment => told(Access, "assignments", Some(Reach::Leaves("accounts".to_owned()))),
        Kind::TrustedAccess => told(Services, "trusted services", None),
        Kind::DelegatedAdministrator => told(Services, "delegated administrators", None),
        Kind::GuardDuty => Telling {
            service: Some("GuardDuty"),
            ..told(Services, "Regions of GuardDuty", Some(Reach::Leaves("members".to_owned())))
        },
        Kind::SecurityHub => told(Services, "Regions of Security Hub", None),
        Kind::FindingAggregator => told(Services, "finding aggregator", None),
        Kind::SecurityHubConfiguration => told(Services, "Security Hub configuration", everybody),
        Kind::SecurityHubPolicy => told(Services, "Security Hub policies", None),
        Kind::SecurityHubAssociations => told(Services, "Security Hub associations", Some(Reach::Targets)),
        Kind::Inspector => Telling {
            service: Some("Inspector"),
            ..told(Services, "Regions of Inspector", Some(Reach::Leaves("members".to_owned())))
        },
        Kind::Macie => Telling {
            service: Some("Macie"),
            ..told(Services, "Regions of Macie", Some(Reach::Leaves("members".to_owned())))
        },
        Kind::Detective => Telling {
            service: Some("Detective"),
            ..told(Services, "Regions of Detective", Some(Reach::Leaves("members".to_owned())))
        },
        Kind::StackSet => told(Services, "stack sets", Some(Reach::Targets)),
        Kind::ConfigAggregator => told(Services, "Config aggregators", everybody),
        Kind::ConfigRule => told(Services, "Config rules", everybody),
        Kind::ConformancePack => told(Services, "conformance packs", everybody),
        Kind::Trail => told(Services, "trails", everybody),
        Kind::FirewallPolicy => told(Services, "firewall policies", None),
        Kind::AutomationRule => told(Services, "automation rules", None),
        Kind::Analyzer => told(Services, "analyzers", everybody),
        Kind::Key => told(Data, "keys", None),
        Kind::BackupSettings => told(Data, "backup settings", everybody),
        Kind::BackupOptIn => told(Data, "Regions of backup opt-in", everybody),
        Kind::BackupVault => told(Data, "backup vaults", Some(Reach::Home)),
        Kind::AirGappedVault => told(Data, "air-gapped vaults", Some(Reach::Home)),
        Kind::ResourceShare => told(Data, "resource shares", None),
        Kind::RestoreTestingPlan => told(Data, "restore testing plans", None),
        Kind::RestoreTestingSelection => told(Data, "restore testing selections", None),
        Kind::ReportPlan => told(Data, "report plans", None),
        Kind::BackupFramework => told(Data, "backup frameworks", None),
    }
}
