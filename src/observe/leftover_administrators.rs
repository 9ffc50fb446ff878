//! Delegated administrators that the document does not speak of.
//!
//! In: what Organizations has registered, account by account. Out: leftovers by the words of
//! the document. Those that Control Tower has appointed belong to the landing zone.

use std::collections::BTreeSet;

use super::leftovers::{Leftover, removal};
use crate::catalog::services;
use crate::cloud::inventory::administrators;
use crate::cloud::{CallError, Connection};
use crate::model::{Address, Kind};

/// An account and the service principal that it is registered for.
pub(super) type Registered = BTreeSet<(String, String)>;

/// Whom Organizations has registered.
pub(super) async fn read(connection: &Connection) -> Result<Registered, CallError> {
    let mut found = Registered::new();
    for account in administrators::registered(connection, None).await? {
        match administrators::services_of(connection, &account).await {
            Ok(services) => found.extend(services.into_iter().map(|service| (account.clone(), service))),
            // Deregistered between the two questions.
            Err(error) if error.is_missing() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Those that nothing in the document speaks of; `appointed` are Control Tower's.
pub(super) fn unspoken(
    registered: &Registered,
    appointed: &Registered,
    spoken: &BTreeSet<&Address>,
) -> Vec<Leftover> {
    let told = |pair: &(String, String)| {
        let (account, principal) = pair;
        // Security Hub and Security Hub CSPM have one principal.
        let rows = || services::all().iter().filter(|row| row.principals.contains(principal));
        let address_of =
            |row: &services::Service| Address::new(Kind::DelegatedAdministrator, row.word.as_str());
        if appointed.contains(pair) || rows().any(|row| spoken.contains(&address_of(row))) {
            return None;
        }
        let row = rows().next();
        let address = row.map(address_of);
        let word = row.map(|row| row.word.as_str());
        Some(Leftover {
            kind: Kind::DelegatedAdministrator,
            name: word.unwrap_or(principal).to_owned(),
            place: format!("{account} for {principal}"),
            adopt: word.map_or_else(
                || "the document has no word for this service".to_owned(),
                |word| format!("delegated_administrators: {{ {word}: the account's name under accounts }}"),
            ),
            remove: match address {
                Some(address) => {
                    let consent = format!("delegated_administrator_removal.{}", address.name);
                    removal(&address.to_string(), &consent)
                }
                None => "by hand".to_owned(),
            },
        })
    };
    registered.iter().filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_are_told_by_the_words_of_the_document_and_control_towers_are_not() {
        let pair = |id: &str, principal: &str| (id.to_owned(), principal.to_owned());
        let config = pair("2", "config.amazonaws.com");
        let registered =
            [config.clone(), pair("3", "sso.amazonaws.com"), pair("3", "odd.amazonaws.com")].into();
        let spoken: Address = "delegated_administrator.identity-center".parse().unwrap();
        let found = unspoken(&registered, &[config].into(), &[&spoken].into());
        let names: Vec<&str> = found.iter().map(|left| left.name.as_str()).collect();
        assert_eq!(names, ["odd.amazonaws.com"]);
        let hub = [pair("4", "securityhub.amazonaws.com")].into();
        let spoken: Address = "delegated_administrator.securityhub-v2".parse().unwrap();
        assert!(unspoken(&hub, &Registered::new(), &[&spoken].into()).is_empty(), "one principal for two");
        let all = unspoken(&registered, &Registered::new(), &BTreeSet::new());
        assert!(
            all.iter().any(|left| left.remove.contains("delegated_administrator_removal.identity-center"))
        );
    }
}
