//! One account in its evidence, and the findings about it so far.

use crate::cloud::inventory::accounts::Account;
use crate::observe::evidence::{Evidence, Governed, Inside};

use super::Finding;

/// What the rules look at and write to.
pub(super) struct Scene<'e> {
    pub(super) evidence: &'e Evidence,
    pub(super) account: &'e Account,
    /// The id of the unit it shall be governed in.
    pub(super) to: &'e str,
    /// Other accounts in that unit that would not pass Control Tower's checks.
    pub(super) unready: &'e [&'e str],
    pub(super) findings: Vec<Finding>,
}

impl<'e> Scene<'e> {
    pub(super) const fn new(
        evidence: &'e Evidence,
        account: &'e Account,
        to: &'e str,
        unready: &'e [&'e str],
    ) -> Self {
        Self { evidence, account, to, unready, findings: Vec::new() }
    }

    /// Whether the account has what its unit gives, in the unit where it shall be.
    pub(super) fn is_enrolled(&self) -> bool {
        let unit = self.evidence.units.get(self.to);
        let child = self.evidence.members.get(&self.account.id);
        let both = unit.zip(child);
        self.account.parent.as_deref() == Some(self.to)
            && both
                .is_some_and(|(unit, child)| child.parent.as_ref() == Some(&unit.arn) && child.is_healthy())
    }

    /// The baseline on the unit where it shall be.
    pub(super) fn unit(&self) -> Option<&'e Governed> {
        self.evidence.units.get(self.to)
    }

    /// The path of that unit.
    pub(super) fn unit_path(&self) -> &'e str {
        self.evidence.estate.path(self.to)
    }

    /// What is inside the account.
    pub(super) fn inside(&self) -> Option<&'e Inside> {
        self.evidence.inside.get(&self.account.id)
    }

    /// Notes a finding; `names` fill the catalogue's words for the repair.
    pub(super) fn find(
        &mut self,
        code: &str,
        place: Option<&str>,
        evidence: impl Into<String>,
        names: &[(&str, &str)],
    ) {
        let management = self.evidence.estate.organization.management_account.as_str();
        let own =
            [("account", self.account.id.as_str()), ("management", management), ("unit", self.unit_path())];
        let words = own.iter().chain(names).copied();
        let found = Finding::of(code, place.map(str::to_owned), evidence.into(), words);
        let new = found.filter(|found| !self.findings.contains(found));
        self.findings.extend(new);
    }
}
