//! The tree of an organization: who is under whom, how deep, under which ARN and path.
//!
//! In: ids. Out: lookups, for the operations here and for other services such as Control Tower.
//! Absent: changes (`on_behalf` and the operations).

use super::state::{Account, FeatureSet, Organization, TypeStatus, Unit};

impl Organization {
    /// An account by id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// A unit by id.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.get(id)
    }

    /// The id and the unit of a unit's ARN in this organization.
    #[must_use]
    pub fn unit_by_arn(&self, arn: &str) -> Option<(&str, &Unit)> {
        let id = arn.rsplit('/').next()?;
        let (id, unit) = self.units.get_key_value(id)?;
        (self.unit_arn(id) == arn).then_some((id.as_str(), unit))
    }

    /// The root or unit that an account or unit is in.
    #[must_use]
    pub fn parent_of(&self, child: &str) -> Option<&str> {
        let account = self.accounts.get(child).map(|account| account.parent.as_str());
        account.or_else(|| self.units.get(child).map(|unit| unit.parent.as_str()))
    }

    /// Whether an id is the root or a unit.
    #[must_use]
    pub fn is_parent(&self, id: &str) -> bool {
        self.root.id == id || self.units.contains_key(id)
    }

    /// Whether an id is something that policies attach to.
    #[must_use]
    pub fn is_target(&self, id: &str) -> bool {
        self.is_parent(id) || self.accounts.contains_key(id)
    }

    /// Units directly under a root or unit, in order of id.
    #[must_use]
    pub fn units_in(&self, parent: &str) -> Vec<&str> {
        self.units.iter().filter(|(_, unit)| unit.parent == parent).map(|(id, _)| id.as_str()).collect()
    }

    /// Accounts directly in a root or unit, in order of id.
    #[must_use]
    pub fn accounts_in(&self, parent: &str) -> Vec<&str> {
        self.accounts
            .iter()
            .filter(|(_, account)| account.parent == parent)
            .map(|(id, _)| id.as_str())
            .collect()
    }

    /// Accounts anywhere under a root or unit, in order of id.
    #[must_use]
    pub fn accounts_under(&self, ancestor: &str) -> Vec<&str> {
        self.accounts.keys().filter(|id| self.ancestors(id).contains(&ancestor)).map(String::as_str).collect()
    }

    /// Units anywhere under a root or unit, in order of id.
    #[must_use]
    pub fn units_under(&self, ancestor: &str) -> Vec<&str> {
        self.units.keys().filter(|id| self.ancestors(id).contains(&ancestor)).map(String::as_str).collect()
    }

    /// What an account or unit is in, from its parent up to the root.
    #[must_use]
    pub fn ancestors(&self, child: &str) -> Vec<&str> {
        std::iter::successors(self.parent_of(child), |id| self.parent_of(id)).collect()
    }

    /// How many units deep an id is: 0 for the root, 1 for a unit under the root.
    #[must_use]
    pub fn depth(&self, id: &str) -> usize {
        self.ancestors(id).len()
    }

    /// Whether a service has trusted access.
    #[must_use]
    pub fn has_service_access(&self, principal: &str) -> bool {
        self.service_access.contains_key(principal)
    }

    /// Whether a policy type is enabled in the root.
    #[must_use]
    pub fn type_enabled(&self, kind: &str) -> bool {
        self.root.policy_types.get(kind) == Some(&TypeStatus::Enabled)
    }

    /// Whether the organization has all features.
    #[must_use]
    pub fn all_features(&self) -> bool {
        self.feature_set == FeatureSet::All
    }

    /// `arn:aws:organizations::MANAGEMENT:organization/o-...`
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:aws:organizations::{}:organization/{}", self.management, self.id)
    }

    /// The ARN of the root.
    #[must_use]
    pub fn root_arn(&self) -> String {
        format!("arn:aws:organizations::{}:root/{}/{}", self.management, self.id, self.root.id)
    }

    /// The ARN of a unit.
    #[must_use]
    pub fn unit_arn(&self, id: &str) -> String {
        format!("arn:aws:organizations::{}:ou/{}/{id}", self.management, self.id)
    }

    /// The ARN of an account.
    #[must_use]
    pub fn account_arn(&self, id: &str) -> String {
        format!("arn:aws:organizations::{}:account/{}/{id}", self.management, self.id)
    }

    /// The path of an account or unit: `o-.../r-.../ou-.../ID/`.
    #[must_use]
    pub fn path(&self, id: &str) -> String {
        let mut parts = vec![id];
        parts.extend(self.ancestors(id));
        parts.push(&self.id);
        parts.reverse();
        parts.join("/") + "/"
    }
}
