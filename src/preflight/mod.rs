//! What stands between accounts and their enrolment with Control Tower: pure judgement.
//!
//! In: [`Evidence`] as it was read, the accounts that are asked about, and the unit each shall be
//! governed in. Out: for each a [`Report`]: is it enrolled, which ways of enrolling are open, and
//! every finding with its evidence and its repair. What findings there are is the table
//! `catalog/findings.toml`; one file in `rules/` finds those of one sort. Absent: reading, and
//! mending.

mod duties;
mod rules;
mod scene;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::findings::Path;
use crate::cloud::entry::Way;
use crate::cloud::inventory::accounts::Account;
use crate::observe::evidence::Evidence;

pub use duties::{Desk, in_member};
use scene::Scene;

/// One thing that was found about an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The code of its row in the catalogue.
    pub code: &'static str,
    /// A Region or a unit, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What was seen.
    pub evidence: String,
    /// What mends it.
    pub repair: String,
    /// The ways of enrolling that it closes.
    pub rules_out: Vec<Path>,
}

/// What was found out about one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its id.
    pub account: String,
    /// Its name in AWS.
    pub name: String,
    /// The path of the unit it is in.
    pub from: String,
    /// The path of the unit it shall be governed in.
    pub to: String,
    /// Whether it is enrolled there already.
    pub enrolled: bool,
    /// The way that leads into it, if one does.
    pub way: Option<Way>,
    /// The ways of enrolling that are open, the one that touches least first.
    pub open: Vec<Path>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing has to be mended: it is enrolled, or can be.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.enrolled || !self.open.is_empty()
    }
}

/// Judges accounts, each with the id of the unit it shall be governed in.
#[must_use]
pub fn judge(evidence: &Evidence, asked: &[(&Account, &str)]) -> Vec<Report> {
    let alone: Vec<Report> = asked.iter().map(|(account, to)| one(evidence, account, to, &[])).collect();
    // Registering a unit looks at every account in it, so that what one lacks concerns the others.
    let mut unready: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (account, unit, report) in neighbours(evidence, asked, &alone) {
        let blocked = report.findings.iter().any(|finding| {
            rules::CHECKED_BEFORE_REGISTRATION.contains(&finding.code)
                && finding.rules_out.contains(&Path::Reset)
        });
        if blocked {
            unready.entry(unit).or_default().push(account);
        }
    }
    let again = |(account, to): &(&Account, &str)| {
        let others: Vec<&str> = unready.get(to).into_iter().flatten().copied().collect();
        one(evidence, account, to, &others)
    };
    asked.iter().map(again).collect()
}

/// Every account that registering one of the asked units would look at: account, unit, report.
fn neighbours<'e>(
    evidence: &'e Evidence,
    asked: &[(&'e Account, &'e str)],
    alone: &[Report],
) -> Vec<(&'e str, &'e str, Report)> {
    let mut all: Vec<(&str, &str, Report)> = asked
        .iter()
        .zip(alone)
        .map(|((account, to), report)| (account.id.as_str(), *to, report.clone()))
        .collect();
    let units: std::collections::BTreeSet<&str> = asked.iter().map(|(_, to)| *to).collect();
    for account in &evidence.estate.accounts {
        let Some(unit) = account.parent.as_deref().and_then(|parent| units.get(parent)) else { continue };
        if !asked.iter().any(|(known, _)| known.id == account.id) {
            all.push((&account.id, unit, one(evidence, account, unit, &[])));
        }
    }
    all
}

fn one(evidence: &Evidence, account: &Account, to: &str, unready: &[&str]) -> Report {
    let mut scene = Scene::new(evidence, account, to, unready);
    let enrolled = scene.is_enrolled();
    if !enrolled {
        for rule in rules::ALL {
            rule(&mut scene);
        }
    }
    let mut findings = scene.findings;
    findings.sort();
    let closed = |path: &Path| findings.iter().any(|finding| finding.rules_out.contains(path));
    let open = Path::ALL.into_iter().filter(|path| !enrolled && !closed(path)).collect();
    let inside = evidence.inside.get(&account.id);
    Report {
        account: account.id.clone(),
        name: account.name.clone(),
        from: evidence.estate.path(account.parent.as_deref().unwrap_or_default()).to_owned(),
        to: evidence.estate.path(to).to_owned(),
        enrolled,
        way: inside.and_then(|inside| inside.way.clone().ok()),
        open,
        findings,
    }
}
