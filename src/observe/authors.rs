//! Who changed something last, as far as CloudTrail's event history tells it.
//!
//! In: things with what AWS has assigned to them. Out: for each the youngest change that names it.
//! Only the management account's own history is asked, so what is done inside members stays untold;
//! so does whatever no request names, such as what a name meant before it was deleted.

use std::collections::{BTreeMap, BTreeSet};

use crate::cloud::inventory::events::{self, Made};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::kinds::{info, lives_in_an_account};
use crate::model::{Address, Attributes, Kind};

/// Services whose events AWS records in the Region of global services.
const GLOBAL: [&str; 3] = ["account", "iam", "organizations"];

/// What CloudTrail calls a service whose operations go by another name here.
const SOURCES: [(&str, &str); 1] = [("sso-admin", "sso")];

/// So many pages of a service's history are read: a thousand events of it, at two requests a second.
const PAGES: usize = 20;

/// A thing whose last change is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which.
    pub address: Address,
    /// Services through which it is changed, as the operations are named.
    services: BTreeSet<String>,
    /// Words by one of which a request names it.
    words: BTreeSet<String>,
}

impl Question {
    /// About a thing with what is known of it; none when no request could be told to be about it.
    #[must_use]
    pub fn about(address: &Address, known: Option<&Attributes>) -> Option<Self> {
        if lives_in_an_account(address.kind) {
            return None;
        }
        let assigned = ["id", "arn"].into_iter().filter_map(|name| known?.get(name).cloned());
        let named = match address.kind {
            Kind::TrustedAccess => Some(address.name.clone()),
            Kind::ServiceRole => address.name.split('/').next().map(str::to_owned),
            _ => None,
        };
        let words: BTreeSet<String> = assigned.chain(named).filter(|word| !word.is_empty()).collect();
        let operations = info(address.kind).verbs.iter().map(|verb| verb.operation);
        let services =
            operations.filter_map(|name| name.split_once(':')).map(|(service, _)| service.to_owned());
        (!words.is_empty()).then(|| Self { address: address.clone(), services: services.collect(), words })
    }

    fn is_answered_by(&self, made: &Made) -> bool {
        self.words.iter().any(|word| made.about.contains(word.as_str()))
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Authors {
    /// The last change of each thing that has one.
    pub last: BTreeMap<Address, Made>,
    /// Histories that could not be read.
    pub unread: Vec<CallError>,
}

/// Asks the history of each service that matters, once.
pub async fn of(connection: &Connection, questions: &[Question]) -> Authors {
    let services: BTreeSet<&String> = questions.iter().flat_map(|question| &question.services).collect();
    let asked = services.into_iter().map(|service| {
        let (connection, service) = (connection.clone(), service.clone());
        async move {
            let known = SOURCES.iter().find(|(ours, _)| *ours == service).map(|(_, theirs)| *theirs);
            let source = format!("{}.amazonaws.com", known.unwrap_or(&service));
            let site =
                if GLOBAL.contains(&service.as_str()) { connection.global() } else { connection.home() };
            (service, events::made(&site, &source, PAGES).await)
        }
    });
    let mut authors = Authors::default();
    for (service, history) in fan_out(asked.collect()).await {
        match history {
            Ok(history) => note(&mut authors, questions, &service, &history),
            Err(error) => authors.unread.push(error),
        }
    }
    authors
}

fn note(authors: &mut Authors, questions: &[Question], service: &String, history: &[Made]) {
    for question in questions.iter().filter(|question| question.services.contains(service)) {
        let Some(made) = history.iter().find(|made| question.is_answered_by(made)) else { continue };
        let known = authors.last.get(&question.address);
        if known.is_none_or(|known| known.at < made.at) {
            authors.last.insert(question.address.clone(), made.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::Double;

    fn question(address: &str, id: &str) -> Question {
        let known =
            Attributes::from([("id".to_owned(), id.to_owned()), ("parent_id".to_owned(), "ou-9".to_owned())]);
        Question::about(&address.parse().unwrap(), Some(&known)).unwrap()
    }

    fn event(name: &str, at: i64, about: &Value) -> Value {
        let record = json!({ "userIdentity": { "arn": "arn:eve" }, "requestParameters": about });
        json!({ "EventName": name, "ReadOnly": "false", "EventTime": at, "CloudTrailEvent": record.to_string() })
    }

    #[tokio::test(start_paused = true)]
    async fn the_youngest_change_that_names_a_thing_is_its_last_whatever_the_service() {
        let double = Double::new().by("LookupEvents", |body| {
            let source = body["LookupAttributes"][0]["AttributeValue"].as_str().unwrap_or_default();
            let events = match source {
                "organizations.amazonaws.com" => vec![
                    event("MoveAccount", 200, &json!({ "accountId": "222222222222" })),
                    event("TagResource", 100, &json!({ "resourceId": "222222222222" })),
                    event("MoveAccount", 50, &json!({ "accountId": "333333333333", "to": "ou-9" })),
                ],
                "account.amazonaws.com" => {
                    vec![event("PutAccountName", 300, &json!({ "accountId": "333333333333" }))]
                }
                _ => Vec::new(),
            };
            json!({ "Events": events })
        });
        let asked = [question("account.app", "222222222222"), question("account.web", "333333333333")];
        let found = of(&double.connection().await, &asked).await;
        let told: Vec<(String, &str)> =
            found.last.iter().map(|(address, made)| (address.to_string(), made.name.as_str())).collect();
        assert_eq!(
            told,
            [("account.app".to_owned(), "MoveAccount"), ("account.web".to_owned(), "PutAccountName")]
        );
        assert!(found.unread.is_empty());
    }

    #[test]
    fn what_no_request_names_is_not_asked_for() {
        assert_eq!(Question::about(&"organizational_unit.Old".parse().unwrap(), None), None);
        let trusted = Question::about(&"trusted_access.ram.amazonaws.com".parse().unwrap(), None).unwrap();
        assert!(trusted.words.contains("ram.amazonaws.com"));
        assert_eq!(Question::about(&"guardduty.us-east-1".parse().unwrap(), None), None);
    }
}
