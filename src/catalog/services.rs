//! How each AWS service is administered from a member account: by which call, where, by how
//! many, in which order, and what is lost when an administrator is taken away.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::Kind;

/// A service that can have a delegated administrator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The document's word for it.
    pub word: String,
    /// The group of the kind `delegated_administrator` that stands for the way of appointing.
    pub way: String,
    /// The service principals that Organizations trusts first and registers an administrator for.
    pub principals: Vec<String>,
    /// Where the office is.
    #[serde(default)]
    pub place: Place,
    /// How many accounts may be it at once; none where AWS publishes no maximum.
    pub most: Option<usize>,
    /// Whether the management account may be it.
    #[serde(default)]
    pub management: bool,
    /// The service whose administrator it must share, when the document names both.
    pub same_as: Option<String>,
    /// Services whose administrators come first when the document names both.
    #[serde(default)]
    pub after: Vec<String>,
    /// Whether an administrator can only be dismissed by a call of its own account.
    #[serde(default)]
    pub steps_down: bool,
    /// Whether the service goes on appointing and dismissing after it has answered.
    #[serde(default)]
    pub takes_minutes: bool,
    /// Whether Organizations lets go of an administrator before the service does.
    #[serde(default)]
    pub registration_first: bool,
    /// What an administrator must let go of before it is dismissed: whom its settings reach
    /// (`reach`), its `members`, and its memory of them (`former`).
    #[serde(default)]
    pub departure: Vec<String>,
    /// Whether Control Tower appoints an administrator itself.
    #[serde(default)]
    pub control_tower: bool,
    /// The key under `security` that sets it, where there is one.
    pub section: Option<String>,
    /// The kinds of resources that the section becomes, by their names in addresses.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// What AWS calls it; the document's word where the row does not say.
    pub title: Option<String>,
    /// The type of organization policies that drives the same settings, where there is one.
    pub policy: Option<String>,
    /// What is lost with an administrator, in words.
    pub lost: String,
    /// What an operator should know beforehand.
    pub remark: Option<String>,
    /// Where the row comes from.
    pub source: String,
}

/// Where the office of an administrator is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The organization has one, which Organizations registers by service principal.
    #[default]
    Principal,
    /// Each Region has its own.
    Regions,
    /// The organization has one, and the service tells it in the home Region.
    Home,
    /// The organization has one, and the service tells it where the partition's global
    /// services answer.
    Global,
}

/// A service that the document cannot delegate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The word that somebody may write.
    pub word: String,
    /// The principals that Organizations cannot be told to trust, either.
    #[serde(default)]
    pub principals: Vec<String>,
    /// Why not, and what to do instead.
    pub why: String,
    /// Where the row comes from.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    service: Vec<Service>,
    refused: Vec<Refused>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("services.toml", include_str!("services.toml")));

/// Every service that can have a delegated administrator.
#[must_use]
pub fn all() -> &'static [Service] {
    &TABLE.service
}

/// The row of a service by its word.
#[must_use]
pub fn by_word(word: &str) -> Option<&'static Service> {
    TABLE.service.iter().find(|service| service.word == word)
}

/// The row of a service by its way of appointing; none for those of Organizations itself,
/// by which several are appointed.
#[must_use]
pub fn by_own_way(way: &str) -> Option<&'static Service> {
    TABLE.service.iter().find(|service| service.way == way && !service.by_organizations())
}

/// The row of the service that a key under `security` sets.
#[must_use]
pub fn by_section(section: &str) -> Option<&'static Service> {
    TABLE.service.iter().find(|service| service.section.as_deref() == Some(section))
}

/// The row of the service that a kind of resources belongs to.
#[must_use]
pub fn of_kind(kind: Kind) -> Option<&'static Service> {
    TABLE.service.iter().find(|service| service.kinds.iter().any(|name| name == kind.name()))
}

/// The row of a service that alone switches its trusted access on, by its principal.
#[must_use]
pub fn never_trusted(principal: &str) -> Option<&'static Refused> {
    TABLE.refused.iter().find(|service| service.principals.iter().any(|one| one == principal))
}

/// The row of a service that cannot be delegated, by its word.
#[must_use]
pub fn refused(word: &str) -> Option<&'static Refused> {
    TABLE.refused.iter().find(|service| service.word == word)
}

/// The group in which remains what Organizations still has registered, and the one for services
/// of which Organizations lets go first.
const REGISTRATIONS: (&str, &str) = ("registrations", "registrations_first");

/// Whether a group is one of registrations that remain.
#[must_use]
pub fn is_of_registrations(group: &str) -> bool {
    group == REGISTRATIONS.0 || group == REGISTRATIONS.1
}

impl Service {
    /// What it is called in sentences.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.word)
    }

    /// Whether Organizations itself appoints.
    #[must_use]
    pub fn by_organizations(&self) -> bool {
        matches!(self.way.as_str(), "several" | "sole")
    }

    /// Whether Organizations keeps an administrator registered that the service has dismissed.
    #[must_use]
    pub fn remains_registered(&self) -> bool {
        self.place != Place::Principal && !self.principals.is_empty()
    }

    /// The group of fields for what Organizations has registered.
    #[must_use]
    pub fn registered_in(&self) -> &str {
        match (self.remains_registered(), self.registration_first) {
            (false, _) => &self.way,
            (true, false) => REGISTRATIONS.0,
            (true, true) => REGISTRATIONS.1,
        }
    }

    /// The groups of fields that tell who administers it, and what a former one must let go of.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        let registered = self.remains_registered().then(|| self.registered_in().to_owned());
        let departure = self.departure.iter().map(|what| format!("{}_{what}", self.way));
        std::iter::once(self.way.clone()).chain(registered).chain(departure).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kinds;

    #[test]
    fn every_service_is_appointed_in_a_way_that_the_kind_knows_and_says_what_is_lost() {
        let info = kinds::info(Kind::DelegatedAdministrator);
        for row in all() {
            for group in row.groups() {
                assert!(info.rule(&format!("{group}.x")).is_some(), "{}: {group}", row.word);
            }
            assert!(!row.lost.is_empty() && !row.source.is_empty(), "{}", row.word);
            assert!(!row.principals.is_empty() || row.place == Place::Home, "{}", row.word);
            let registers = row.place == Place::Principal && !row.management;
            assert!(!row.by_organizations() || registers, "{}", row.word);
            assert!(row.same_as.iter().all(|word| by_word(word).is_some()), "{}", row.word);
            assert_eq!(row.way == "sole", row.by_organizations() && row.most == Some(1), "{}", row.word);
            assert!(row.after.iter().all(|word| by_word(word).is_some()), "{}", row.word);
        }
    }

    #[test]
    fn no_word_stands_twice_and_what_is_refused_says_why() {
        let mut words: Vec<&str> = all().iter().map(|row| row.word.as_str()).collect();
        words.extend(TABLE.refused.iter().map(|row| row.word.as_str()));
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
        assert!(TABLE.refused.iter().all(|row| !row.why.is_empty() && !row.source.is_empty()));
    }
}
