//! Service control policies: where each is attached, and what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::policies;
use crate::cloud::{CallError, Connection};
use crate::model::evaluation::Document;
use crate::observe::estate::Estate;

const TYPE: &str = "SERVICE_CONTROL_POLICY";

/// A policy where it is attached.
#[derive(Debug, Clone)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// What it says; none when that cannot be read as a policy.
    pub document: Option<Arc<Document>>,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Policies {
    /// Whether the type is in force.
    pub switched_on: bool,
    by_target: BTreeMap<String, Vec<Attached>>,
}

impl Policies {
    /// What is attached to a root, unit or account itself.
    #[must_use]
    pub fn on(&self, target: &str) -> &[Attached] {
        self.by_target.get(target).map_or(&[], Vec::as_slice)
    }
}

pub(super) async fn read(connection: &Connection, estate: &Estate) -> Result<Policies, CallError> {
    let switched_on = estate.root.policy_types.get(TYPE).is_some_and(|status| status == "ENABLED");
    if !switched_on {
        return Ok(Policies::default());
    }
    let all = policies::of_type(connection, TYPE).await?;
    let questions = all.into_iter().map(|policy| {
        let connection = connection.clone();
        async move {
            let (document, targets) = tokio::join!(
                policies::document(&connection, &policy.id),
                policies::targets(&connection, &policy.id)
            );
            Ok((policy.name, document?, targets?))
        }
    });
    let mut by_target: BTreeMap<String, Vec<Attached>> = BTreeMap::new();
    for answer in fan_out(questions.collect()).await {
        let (name, document, targets): (String, Option<_>, Vec<String>) = answer?;
        let document = document.and_then(|(_, content)| Document::read(&content).ok()).map(Arc::new);
        for target in targets.into_iter().collect::<BTreeSet<_>>() {
            let attached = Attached { name: name.clone(), document: document.clone() };
            by_target.entry(target).or_default().push(attached);
        }
    }
    Ok(Policies { switched_on, by_target })
}
