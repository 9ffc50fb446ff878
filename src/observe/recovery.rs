//! What there is to recover from, read beyond the desired resources: copies, tests, sources.
//!
//! In: a connection and questions by account id, Region and name. Out: [`Evidence`], each part
//! complete or with the reason why it could not be read. Nothing is judged here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::backup::BACKUP_POLICY;
use crate::cloud::inventory::backup_vaults::{self, AIR_GAPPED};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::{invalid_policies, keys, recovery};
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;

/// An account (none for the management account) in a Region.
pub type Place = (Option<String>, Region);

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Questions {
    /// Vaults by place and name.
    pub vaults: BTreeSet<(Place, String)>,
    /// Those of them whose key is asked for.
    pub keyed: BTreeSet<(Place, String)>,
    /// Plans of restore tests by place and ARN.
    pub tests: BTreeSet<(Place, String)>,
    /// Accounts whose protected resources are asked for.
    pub sources: BTreeSet<Place>,
}

/// A part of the evidence, or why there is none.
pub type Seen<T> = Result<T, CallError>;

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// By place and name; an absent vault is `None`.
    pub vaults: BTreeMap<(Place, String), Seen<Option<Vault>>>,
    /// By place and the ARN of the plan.
    pub tests: BTreeMap<(Place, String), Seen<Vec<Restore>>>,
    /// By place.
    pub sources: BTreeMap<Place, Seen<Vec<Source>>>,
    /// Accounts whose backup policies do not come to a valid whole, with AWS's words.
    pub invalid_policies: Option<Seen<BTreeMap<String, Vec<String>>>>,
}

/// A vault with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    /// Whether it is locked at all.
    pub locked: bool,
    /// From when nobody can take the lock away.
    pub immutable_since: Option<Timestamp>,
    /// Whether it is logically air-gapped.
    pub air_gapped: bool,
    /// Its recovery points that can be restored.
    pub points: Vec<RecoveryPoint>,
    /// AWS's word for the state of its key, where that was asked for; none for a key that is gone.
    pub key: Option<Seen<Option<String>>>,
}

/// One recovery point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryPoint {
    /// The ARN of what it is a copy of.
    pub resource: String,
    /// AWS's word for the type of that.
    pub sort: String,
    /// The id of the account it comes from.
    pub account: Option<String>,
    /// When it was made.
    pub at: Timestamp,
}

/// One restore of a plan of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    /// AWS's word for the type of what was restored.
    pub sort: String,
    /// AWS's word for how it ended, or goes.
    pub status: String,
    /// AWS's words on that.
    pub message: Option<String>,
    /// AWS's word for the validation, where one was asked for.
    pub validation: Option<String>,
    /// When it began.
    pub begun: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// A resource that is backed up in its own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its ARN.
    pub arn: String,
    /// AWS's word for its type.
    pub sort: String,
    /// When it was backed up last.
    pub last: Option<Timestamp>,
}

/// Reads everything that is asked. No call changes anything (invariant I8).
pub async fn read(connection: &Connection, questions: &Questions) -> Evidence {
    let (vaults, tests, sources, invalid) = tokio::join!(
        vaults(connection, questions),
        tests(connection, &questions.tests),
        sources(connection, &questions.sources),
        invalid_policies::invalid(connection, BACKUP_POLICY)
    );
    let invalid = invalid.map(|all| all.into_iter().map(|one| (one.account, one.errors)).collect());
    Evidence { vaults, tests, sources, invalid_policies: Some(invalid) }
}

async fn vaults(
    connection: &Connection,
    asked: &Questions,
) -> BTreeMap<(Place, String), Seen<Option<Vault>>> {
    let mut by_place: BTreeMap<Place, Vec<String>> = BTreeMap::new();
    for (place, name) in &asked.vaults {
        by_place.entry(place.clone()).or_default().push(name.clone());
    }
    let questions = by_place.into_iter().map(|(place, names)| {
        let connection = connection.clone();
        let keyed = names.iter().filter(|name| asked.keyed.contains(&(place.clone(), (*name).clone())));
        let keyed: BTreeSet<String> = keyed.cloned().collect();
        async move {
            let found = of_place(&connection, &place, &names, &keyed).await;
            (place, names, found)
        }
    });
    let mut all = BTreeMap::new();
    for (place, names, found) in fan_out(questions.collect()).await {
        match found {
            Ok(found) => all.extend(found.into_iter().map(|(name, seen)| ((place.clone(), name), seen))),
            Err(error) => {
                all.extend(names.into_iter().map(|name| ((place.clone(), name), Err(error.clone()))));
            }
        }
    }
    all
}

/// The vaults of one place, listed once, each with its recovery points and, if asked for, its key.
async fn of_place(
    connection: &Connection,
    place: &Place,
    names: &[String],
    keyed: &BTreeSet<String>,
) -> Result<Vec<(String, Seen<Option<Vault>>)>, CallError> {
    let site = connection.site_in(place.0.as_deref(), &place.1).await?;
    let listed = backup_vaults::list(&site).await?;
    let mut found = Vec::new();
    for name in names {
        let Some(vault) = listed.iter().find(|vault| vault.name == *name) else {
            found.push((name.clone(), Ok(None)));
            continue;
        };
        let points = recovery::points(&site, name).await.map(|points| {
            let whole = points.into_iter().filter(|point| point.whole);
            let copy = |point: recovery::Point| RecoveryPoint {
                resource: point.resource,
                sort: point.sort,
                account: point.account,
                at: point.at,
            };
            whole.map(copy).collect()
        });
        let key = match vault.key.as_ref().filter(|_| keyed.contains(name)) {
            Some(arn) => Some(state(connection, place, arn).await),
            None => None,
        };
        let seen = points.map(|points| {
            Some(Vault {
                key,
                locked: vault.lock.is_some(),
                immutable_since: vault.lock.as_ref().and_then(|lock| lock.since),
                air_gapped: vault.sort == AIR_GAPPED,
                points,
            })
        });
        found.push((name.clone(), seen));
    }
    Ok(found)
}

/// AWS's word for the state of a key; none when it is gone.
async fn state(connection: &Connection, (account, region): &Place, key: &str) -> Seen<Option<String>> {
    let found = keys::describe(connection, account.as_deref(), region, key).await?;
    Ok(found.map(|key| key.state))
}

async fn tests(
    connection: &Connection,
    asked: &BTreeSet<(Place, String)>,
) -> BTreeMap<(Place, String), Seen<Vec<Restore>>> {
    let questions = asked.iter().map(|(place, plan)| {
        let (connection, place, plan) = (connection.clone(), place.clone(), plan.clone());
        async move {
            let read = async {
                let site = connection.site_in(place.0.as_deref(), &place.1).await?;
                recovery::jobs(&site, &plan).await
            };
            let seen = read.await.map(|jobs| jobs.into_iter().map(restore).collect());
            ((place, plan), seen)
        }
    });
    fan_out(questions.collect()).await.into_iter().collect()
}

fn restore(job: recovery::Job) -> Restore {
    Restore {
        sort: job.sort,
        status: job.status,
        message: job.message,
        validation: job.validation,
        begun: job.begun,
        ended: job.ended,
    }
}

async fn sources(connection: &Connection, asked: &BTreeSet<Place>) -> BTreeMap<Place, Seen<Vec<Source>>> {
    let questions = asked.iter().map(|place| {
        let (connection, place) = (connection.clone(), place.clone());
        async move {
            let read = async {
                let site = connection.site_in(place.0.as_deref(), &place.1).await?;
                recovery::resources(&site).await
            };
            let source = |one: recovery::Resource| Source { arn: one.arn, sort: one.sort, last: one.last };
            let seen = read.await.map(|all| all.into_iter().map(source).collect());
            (place, seen)
        }
    });
    fan_out(questions.collect()).await.into_iter().collect()
}
