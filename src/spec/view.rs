//! What rules ask of a document again and again: who is where, which unit is the
//! Security unit, which integrations are on.
//!
//! In: the document as read, with the paths that were lost in reading. Nothing is
//! decided here about what is right.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::attached::Attached;
use super::document::Target;
use super::shape::Located;
use super::shape::identity_center::{AssignmentSection, GroupSection, PermissionSetSection};
use super::shape::sections::{
    AccountSection, Document, LandingZoneSection, PolicySection, ResourcePolicySection, UnitSection,
};
use super::shape::words::BaselineWord;
use super::source::Span;
use crate::catalog::baselines;
use crate::model::ids::{AccountId, UnitId};
use crate::model::region::Region;
use crate::model::unit_path::UnitPath;

/// A document under examination.
pub(crate) struct View<'d> {
    pub(crate) doc: &'d Document,
    /// Units that are listed or implied by one below, with the place that says so.
    pub(crate) units: BTreeMap<UnitPath, Span>,
    /// Files that the document names.
    pub(crate) attached: &'d Attached,
    broken: &'d BTreeSet<String>,
}

/// The integrations of a landing zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Logging,
    Config,
    Roles,
    IdentityCenter,
    Backup,
}

impl Part {
    /// Its key under `landing_zone`.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Logging => "centralized_logging",
            Self::Config => "config",
            Self::Roles => "security_roles",
            Self::IdentityCenter => "identity_center",
            Self::Backup => "backup",
        }
    }
}

/// Whether an integration is said to be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Said and on.
    On,
    /// Said and off, at this place.
    Off(Span),
    /// Not said: left as it is.
    Unsaid,
}

/// Why a word names no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTarget {
    /// The document has neither a unit nor an account of that name.
    Unknown,
    /// It has both.
    Ambiguous,
}

/// An account that an enabled integration names.
pub(crate) struct Named<'d> {
    /// The key that names it, e.g. `backup.central`.
    pub(crate) role: &'static str,
    /// Its name, at the place that names it.
    pub(crate) account: &'d Located<String>,
}

impl<'d> View<'d> {
    pub(crate) fn new(doc: &'d Document, broken: &'d BTreeSet<String>, attached: &'d Attached) -> Self {
        let mut units = BTreeMap::new();
        for path in doc.organizational_units.iter().flat_map(BTreeMap::keys) {
            units.insert(path.value.clone(), path.span);
        }
        for path in doc.organizational_units.iter().flat_map(BTreeMap::keys) {
            for above in path.ancestors() {
                units.entry(above).or_insert(path.span);
            }
        }
        Self { doc, units, attached, broken }
    }

    /// The document that a resource policy names or holds, if it could be had.
    fn content<'a>(&'a self, section: &'a ResourcePolicySection) -> Option<&'a Json> {
        section.document.as_ref().and_then(|document| self.attached.content(document))
    }

    /// Whether a resource policy names or holds a document that could be had.
    pub(crate) fn has_content(&self, section: &ResourcePolicySection) -> bool {
        self.content(section).is_some()
    }

    /// The statements of that document.
    pub(crate) fn statements<'a>(&'a self, section: &'a ResourcePolicySection) -> Vec<&'a Json> {
        match self.content(section).and_then(|content| content.get("Statement")) {
            Some(Json::Array(statements)) => statements.iter().collect(),
            Some(one @ Json::Object(_)) => vec![one],
            _ => Vec::new(),
        }
    }

    /// Whether everything written under a path was understood, so that absence means absence.
    pub(crate) fn whole(&self, path: &str) -> bool {
        !self.broken.contains(path)
    }

    /// Listed units.
    pub(crate) fn listed(&self) -> impl Iterator<Item = (&'d Located<UnitPath>, &'d UnitSection)> + use<'d> {
        self.doc.organizational_units.iter().flatten()
    }

    /// Accounts.
    pub(crate) fn accounts(
        &self,
    ) -> impl Iterator<Item = (&'d Located<String>, &'d AccountSection)> + use<'d> {
        self.doc.accounts.iter().flatten()
    }

    /// The account of that name.
    pub(crate) fn account(&self, name: &str) -> Option<&'d AccountSection> {
        self.doc.accounts.as_ref()?.get(name)
    }

    /// The unit an account shall be in; none for the root and where nothing is said.
    pub(crate) fn unit_of(&self, name: &str) -> Option<&'d UnitPath> {
        self.account(name)?.organizational_unit.as_ref()?.unit()
    }

    /// Permission sets of Identity Center.
    pub(crate) fn permission_sets(
        &self,
    ) -> impl Iterator<Item = (&'d Located<String>, &'d PermissionSetSection)> + use<'d> {
        self.doc.identity_center.iter().flat_map(|section| section.permission_sets.iter().flatten())
    }

    /// Groups of Identity Center.
    pub(crate) fn identity_groups(
        &self,
    ) -> impl Iterator<Item = (&'d Located<String>, &'d GroupSection)> + use<'d> {
        self.doc.identity_center.iter().flat_map(|section| section.groups.iter().flatten())
    }

    /// Assignments of Identity Center.
    pub(crate) fn assignments(&self) -> impl Iterator<Item = &'d AssignmentSection> + use<'d> {
        self.doc.identity_center.iter().flat_map(|section| section.assignments.iter().flatten())
    }

    /// Policies.
    pub(crate) fn policies(
        &self,
    ) -> impl Iterator<Item = (&'d Located<String>, &'d PolicySection)> + use<'d> {
        self.doc.policies.iter().flatten()
    }

    /// What a word among targets names: the entries of the document come first, then ids.
    pub(crate) fn target(&self, word: &str) -> Result<Target, NoTarget> {
        let account = |name: &str| self.account(name).map(|_| Target::Account(name.to_owned()));
        let unit = |path: &str| {
            path.parse().ok().filter(|path| self.units.contains_key(path) || self.made_by_landing_zone(path))
        };
        if let Some(path) = word.strip_prefix("unit:") {
            return unit(path).map(Target::Unit).ok_or(NoTarget::Unknown);
        }
        if let Some(name) = word.strip_prefix("account:") {
            return account(name).ok_or(NoTarget::Unknown);
        }
        match (word, unit(word).map(Target::Unit), account(word)) {
            ("root", ..) => Ok(Target::Root),
            ("management", ..) => Ok(Target::Management),
            (_, Some(_), Some(_)) => Err(NoTarget::Ambiguous),
            (_, Some(target), None) | (_, None, Some(target)) => Ok(target),
            (_, None, None) if word.parse::<AccountId>().is_ok() => Ok(self.account_of(word)),
            (_, None, None) if word.parse::<UnitId>().is_ok() => Ok(Target::Id(word.to_owned())),
            (_, None, None) => Err(NoTarget::Unknown),
        }
    }

    /// The account of an id, by the document's name where it has one.
    fn account_of(&self, id: &str) -> Target {
        let said = |section: &AccountSection| section.id.as_ref().is_some_and(|said| said.as_str() == id);
        match self.accounts().find(|(_, section)| said(section)) {
            Some((name, _)) => Target::Account(name.value.clone()),
            None => Target::Id(id.to_owned()),
        }
    }

    /// The landing zone.
    pub(crate) fn landing_zone(&self) -> Option<&'d Located<LandingZoneSection>> {
        self.doc.landing_zone.as_ref()
    }

    /// Whether the landing zone's manifest is that of 3.x; none without a known version.
    pub(crate) fn classic(&self) -> Option<bool> {
        let version = self.landing_zone()?.version.as_ref()?;
        let known = baselines::known_landing_zones().contains(&version.0);
        known.then(|| version.0.starts_with("3."))
    }

    /// Governed Regions.
    pub(crate) fn governed(&self) -> impl Iterator<Item = &'d Located<Region>> + use<'d> {
        self.doc.organization.iter().flat_map(|o| o.governed_regions.iter().flatten())
    }

    /// The home Region.
    pub(crate) fn home(&self) -> Option<&'d Located<Region>> {
        self.doc.organization.as_ref()?.home_region.as_ref()
    }

    /// Whether a unit is made by a 3.x landing zone.
    pub(crate) fn made_by_landing_zone(&self, path: &UnitPath) -> bool {
        let Some(zone) = self.landing_zone().filter(|_| self.classic() == Some(true)) else { return false };
        [&zone.integration_unit, &zone.sandbox_unit].into_iter().flatten().any(|unit| unit.value == *path)
    }

    /// The baselines that a unit lists.
    pub(crate) fn baselines(
        &self,
        path: &UnitPath,
    ) -> impl Iterator<Item = &'d Located<BaselineWord>> + use<'d> {
        let section = self.doc.organizational_units.as_ref().and_then(|units| units.get(path));
        section.into_iter().flat_map(|unit| unit.baselines.iter().flatten())
    }

    /// Whether an address is named and left as it is.
    pub(crate) fn leaves_alone(&self, address: &str) -> bool {
        self.doc.leave_alone.iter().flatten().any(|entry| entry.value == address)
    }

    /// Whether a unit is registered by one of its baselines, so that its accounts are enrolled.
    pub(crate) fn registers(&self, path: &UnitPath) -> bool {
        self.baselines(path).any(|word| registers(&word.value))
    }

    /// The Security unit: the one said, else the one in which all integration accounts are.
    pub(crate) fn security_unit(&self) -> Option<UnitPath> {
        let zone = self.landing_zone()?;
        if let Some(said) = &zone.integration_unit {
            return Some(said.value.clone());
        }
        let named = self.integration_accounts();
        let units: BTreeSet<&UnitPath> = named.iter().filter_map(|n| self.unit_of(n.account)).collect();
        (units.len() == 1).then(|| units.into_iter().next().cloned()).flatten()
    }

    /// The accounts that enabled integrations name.
    pub(crate) fn integration_accounts(&self) -> Vec<Named<'d>> {
        let Some(zone) = self.landing_zone() else { return Vec::new() };
        let logging = zone.centralized_logging.as_ref().filter(|s| on(s.enabled.as_ref()));
        let config = zone.config.as_ref().filter(|s| on(s.enabled.as_ref()));
        let roles = zone.security_roles.as_ref().filter(|s| on(s.enabled.as_ref()));
        let backup = zone.backup.as_ref().filter(|s| on(s.enabled.as_ref()));
        let named = [
            ("centralized_logging.account", logging.and_then(|s| s.account.as_ref())),
            ("config.account", config.and_then(|s| s.account.as_ref())),
            ("security_roles.account", roles.and_then(|s| s.account.as_ref())),
            ("backup.administrator", backup.and_then(|s| s.administrator.as_ref())),
            ("backup.central", backup.and_then(|s| s.central.as_ref())),
        ];
        let named =
            named.into_iter().filter_map(|(role, account)| account.map(|account| Named { role, account }));
        named.collect()
    }

    /// Whether an integration is said to be on.
    pub(crate) fn state(&self, part: Part) -> State {
        let Some(zone) = self.landing_zone() else { return State::Unsaid };
        let switch = |enabled: Option<&Located<bool>>| match enabled {
            Some(enabled) if !enabled.value => State::Off(enabled.span),
            _ => State::On,
        };
        let state = match part {
            Part::Logging => zone.centralized_logging.as_ref().map(|s| switch(s.enabled.as_ref())),
            Part::Config => zone.config.as_ref().map(|s| switch(s.enabled.as_ref())),
            Part::Roles => zone.security_roles.as_ref().map(|s| switch(s.enabled.as_ref())),
            Part::Backup => zone.backup.as_ref().map(|s| switch(s.enabled.as_ref())),
            Part::IdentityCenter => {
                zone.identity_center.as_ref().map(|s| if s.0 { State::On } else { State::Off(s.span) })
            }
        };
        state.unwrap_or(State::Unsaid)
    }
}

/// Whether a section that may say `enabled: false` is on.
pub(crate) fn on(enabled: Option<&Located<bool>>) -> bool {
    enabled.is_none_or(|enabled| enabled.value)
}

/// Whether a baseline registers a unit: those that the Security unit does not take do.
pub(crate) fn registers(word: &BaselineWord) -> bool {
    baselines::by_word(&word.0).is_some_and(|baseline| !baseline.on_security_unit)
}
