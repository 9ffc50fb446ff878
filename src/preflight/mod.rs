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

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::catalog::findings::{self, Path};
use crate::cloud::entry::Way;
use crate::cloud::inventory::accounts::Account;
use crate::model::region::Region;
use crate::observe::evidence::{Evidence, Inside};

pub use duties::{Desk, in_member};
use rules::One;
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

impl Finding {
    /// A finding of a row of the catalogue; `names` fill its words for the repair.
    fn of<'n>(
        code: &str,
        place: Option<String>,
        evidence: String,
        names: impl Iterator<Item = (&'n str, &'n str)>,
    ) -> Option<Self> {
        let row = findings::get(code)?;
        let mut repair = row.repair.clone();
        for (name, value) in names {
            repair = repair.replace(&format!("{{{name}}}"), value);
        }
        Some(Self { code: row.code.as_str(), place, evidence, repair, rules_out: row.rules_out.clone() })
    }

    /// Whether no way of enrolling that a document can take is open while this is so: Account
    /// Factory takes accounts one by one.
    #[must_use]
    pub fn stops(&self) -> bool {
        [Path::Move, Path::Reset].iter().all(|path| self.rules_out.contains(path))
    }
}

/// What is found inside an account, without the rest of the evidence. `about` fills the
/// catalogue's words for the repair: `account`, `management`, `unit`.
#[must_use]
pub fn inside(inside: &Inside, governed: &[Region], about: &[(&str, &str)]) -> Vec<Finding> {
    let found = rules::inside::noted(inside, governed).0;
    let finding = |one: &One| {
        let names = one.names.iter().map(|(name, value)| (*name, value.as_str()));
        Finding::of(one.code, one.place.clone(), one.evidence.clone(), about.iter().copied().chain(names))
    };
    let mut all: Vec<Finding> = found.iter().filter_map(finding).collect();
    all.sort();
    all
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

    /// Opens the ways that only findings of these codes close.
    fn mend(&mut self, codes: &[&str]) {
        for finding in self.findings.iter_mut().filter(|finding| codes.contains(&finding.code)) {
            finding.rules_out.clear();
        }
        let findings = &self.findings;
        let closed = |path: &Path| findings.iter().any(|finding| finding.rules_out.contains(path));
        self.open = Path::ALL.into_iter().filter(|path| !self.enrolled && !closed(path)).collect();
    }
}

/// Judges accounts, each with the id of the unit it shall be governed in. What is found of a code
/// in `mended` stands in nobody's way: whoever asks mends it in these accounts.
#[must_use]
pub fn judge(evidence: &Evidence, asked: &[(&Account, &str)], mended: &[&str]) -> Vec<Report> {
    let judged = |account: &Account, to: &str, unready: &[&str]| {
        let mut report = one(evidence, account, to, unready);
        report.mend(mended);
        report
    };
    let alone: Vec<Report> = asked.iter().map(|(account, to)| judged(account, to, &[])).collect();
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
        judged(account, to, &others)
    };
    asked.iter().map(again).collect()
}

/// Every account that registering one of the asked units would look at: account, unit, report. One
/// that is not in the unit yet and cannot be enrolled is not moved there, and is nobody's neighbour.
fn neighbours<'e>(
    evidence: &'e Evidence,
    asked: &[(&'e Account, &'e str)],
    alone: &[Report],
) -> Vec<(&'e str, &'e str, Report)> {
    let units: BTreeSet<&str> = asked.iter().map(|(_, to)| *to).collect();
    let inside = evidence.estate.accounts.iter().filter_map(|account| {
        let unit = account.parent.as_deref().and_then(|parent| units.get(parent))?;
        let known = asked.iter().position(|(known, to)| known.id == account.id && to == unit);
        let report = known.and_then(|at| alone.get(at)).cloned();
        Some((account.id.as_str(), *unit, report.unwrap_or_else(|| one(evidence, account, unit, &[]))))
    });
    inside.collect()
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
    let inside = evidence.inside.get(&account.id);
    let mut report = Report {
        account: account.id.clone(),
        name: account.name.clone(),
        from: evidence.estate.path(account.parent.as_deref().unwrap_or_default()).to_owned(),
        to: evidence.estate.path(to).to_owned(),
        enrolled,
        way: inside.and_then(|inside| inside.way.clone().ok()),
        open: Vec::new(),
        findings,
    };
    report.mend(&[]);
    report
}
