//! From evidence to what is covered: each capability over accounts and Regions, then the
//! categories and functions that it serves.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::closing;
use super::condition::{allowed, holds};
use super::estate::{Estate, MANAGEMENT, Thing};
use super::frameworks::FrameworkCoverage;
use super::grid::{Canvas, Grid};
use super::reach;
use crate::catalog::capabilities::{self, Capability, Degree, Evidence};
use crate::catalog::csf;
use crate::model::Address;
use crate::model::region::Region;

/// What protects an organization, now and after a document is applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// The framework and its source.
    pub framework: String,
    /// The Regions that were looked at.
    pub regions: Vec<Region>,
    /// How many accounts there are now, and after.
    pub accounts: (usize, Option<usize>),
    /// The six functions with their categories.
    pub functions: Vec<FunctionCoverage>,
    /// Every capability.
    pub capabilities: Vec<CapabilityCoverage>,
    /// Frameworks of the Control Catalog, when somebody asked for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<FrameworkCoverage>,
}

/// One function.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FunctionCoverage {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its categories.
    pub categories: Vec<CategoryCoverage>,
}

/// One category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryCoverage {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why people bring it about and no configuration does, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizational: Option<String>,
    /// The capabilities that serve it, by their words.
    pub capabilities: Vec<String>,
    /// How many of these stand how, now.
    pub now: BTreeMap<State, usize>,
    /// And after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<BTreeMap<State, usize>>,
}

/// How a capability stands in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is in every account and Region.
    Covered,
    /// It is in some, or in part.
    Partly,
    /// It is nowhere.
    Gap,
    /// Nobody looked, because the document does not speak of it.
    NotRead,
}

impl State {
    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Partly => "partly",
            Self::Gap => "gap",
            Self::NotRead => "not read",
        }
    }
}

/// One capability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CapabilityCoverage {
    /// Its word.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The services that bring it.
    pub services: String,
    /// Identifiers of the categories that it serves.
    pub categories: Vec<String>,
    /// Where that mapping comes from.
    pub mapping: String,
    /// Whether lzctl can configure it.
    pub configurable: bool,
    /// How it stands now.
    pub now: Standing,
    /// How it will stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Standing>,
    /// What is missing at last, and what closes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
}

/// How a capability stands at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// In all.
    pub state: State,
    /// Pairs of account and Region in which it is there.
    pub covered: usize,
    /// Those in which it is there in part.
    pub partly: usize,
    /// All pairs that count.
    pub of: usize,
    /// What shows it.
    pub evidence: BTreeSet<Address>,
    /// Accounts by Region.
    pub grid: Grid,
}

/// What is missing, and what closes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// Accounts in which it is missing somewhere, or there in part only.
    pub accounts: Vec<String>,
    /// What must be there before these lines, where it will not be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
    /// The lines of a document that close it; none where lzctl cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<String>,
    /// How far they bring it.
    pub brings: Degree,
    /// What else is to be known: what lzctl cannot do, and what to do instead.
    pub remarks: Vec<String>,
}

/// What must be there before the lines of a gap can close it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct First {
    /// What it is.
    pub what: String,
    /// The lines of a document that bring it.
    pub lines: String,
}

impl CapabilityCoverage {
    /// How it stands at last: after the document is applied, where there is one.
    #[must_use]
    pub fn last(&self) -> &Standing {
        self.after.as_ref().unwrap_or(&self.now)
    }
}

/// Holds an organization, as it is and as it will be, against the framework.
#[must_use]
pub fn cover(now: &Estate, after: Option<&Estate>) -> Coverage {
    let capabilities: Vec<CapabilityCoverage> =
        capabilities::all().iter().map(|row| capability(row, now, after)).collect();
    Coverage {
        framework: format!("NIST Cybersecurity Framework 2.0 ({})", csf::source()),
        regions: after.unwrap_or(now).regions.clone(),
        accounts: (now.accounts.len(), after.map(|estate| estate.accounts.len())),
        functions: csf::functions().iter().map(|row| function(row, &capabilities)).collect(),
        capabilities,
        frameworks: Vec::new(),
    }
}

fn capability(row: &Capability, now: &Estate, after: Option<&Estate>) -> CapabilityCoverage {
    let stands_now = standing(row, now);
    let stands_after = after.map(|estate| standing(row, estate));
    let (last, estate) = (stands_after.as_ref().unwrap_or(&stands_now), after.unwrap_or(now));
    CapabilityCoverage {
        id: row.id.clone(),
        name: row.name.clone(),
        services: row.services.clone(),
        categories: row.categories.clone(),
        mapping: row.mapping.clone(),
        configurable: row.configurable(),
        gap: (last.state != State::Covered).then(|| gap(row, last, estate)),
        now: stands_now,
        after: stands_after,
    }
}

fn standing(row: &Capability, estate: &Estate) -> Standing {
    let counted = estate.accounts.keys().filter(|name| !(row.members_only && *name == MANAGEMENT));
    let mut canvas = Canvas::blank(counted.cloned(), &estate.regions);
    let mut shown = BTreeSet::new();
    for evidence in &row.evidence {
        for (address, thing) in
            estate.things.iter().filter(|(address, thing)| shows(evidence, address, thing, estate))
        {
            shown.insert(address.clone());
            let thing = &counting(evidence, thing);
            let regions = reach::regions(evidence, address, thing, estate);
            let left_out = reach::left_out(evidence, thing, estate);
            let reached = reach::accounts(&evidence.reach, address, thing, estate);
            for account in reached.difference(&left_out) {
                regions.iter().for_each(|region| canvas.put(account, region, evidence.gives.into()));
            }
        }
    }
    let grid = canvas.grid();
    let (gaps, partly, covered) = grid.counts();
    let state = match (gaps, partly, covered) {
        (0, 0, 1..) => State::Covered,
        (_, 0, 0) if not_read(row, estate) => State::NotRead,
        (_, 0, 0) => State::Gap,
        _ => State::Partly,
    };
    Standing { state, covered, partly, of: gaps + partly + covered, evidence: shown, grid }
}

/// The thing with those leaves only that count.
fn counting<'t>(evidence: &Evidence, thing: &'t Thing) -> Cow<'t, Thing> {
    let Some(condition) = &evidence.counting else { return Cow::Borrowed(thing) };
    let mut thing = thing.clone();
    thing.fields.retain(|_, value| allowed(condition, value));
    Cow::Owned(thing)
}

/// Whether what a piece of evidence needs beside it is there.
fn accompanied(evidence: &Evidence, estate: &Estate) -> bool {
    evidence.with.as_ref().is_none_or(|with| {
        let of_them = estate.things.iter().filter(|(address, _)| with.kinds.contains(&address.kind));
        let fits = |thing: &Thing| with.any.is_empty() || with.any.iter().any(|one| holds(one, thing));
        of_them.into_iter().any(|(_, thing)| fits(thing))
    })
}

/// Whether a thing is such evidence.
fn shows(evidence: &Evidence, address: &Address, thing: &Thing, estate: &Estate) -> bool {
    let behavior = || {
        let name = thing.keys.get("name").and_then(serde_json::Value::as_str);
        name.and_then(|name| estate.behaviors.get(name))
    };
    named(evidence, address)
        && evidence.behavior.is_none_or(|wanted| behavior() == Some(&wanted))
        && evidence.when.iter().all(|condition| holds(condition, thing))
        && accompanied(evidence, estate)
}

fn named(evidence: &Evidence, address: &Address) -> bool {
    address.kind == evidence.kind
        && evidence.name.as_ref().is_none_or(|name| *name == address.name)
        && evidence.ending.as_ref().is_none_or(|ending| address.name.ends_with(ending.as_str()))
}

/// Whether nothing was asked that could show the capability.
fn not_read(row: &Capability, estate: &Estate) -> bool {
    let asked = |evidence: &Evidence| {
        estate.read.contains(&evidence.kind) || estate.asked.iter().any(|address| named(evidence, address))
    };
    row.configurable() && !row.evidence.iter().any(asked)
}

fn gap(row: &Capability, last: &Standing, estate: &Estate) -> Gap {
    let accounts: Vec<String> = last.grid.wanting().map(str::to_owned).collect();
    let mut remarks = Vec::new();
    if !row.configurable() {
        remarks.push("lzctl cannot configure it".to_owned());
    }
    remarks.extend(row.by_hand.clone());
    if accounts.iter().any(|name| name == MANAGEMENT) {
        remarks.extend(row.management.as_ref().map(|why| format!("the management account: {why}")));
    }
    let beyond = |name: &str| row.management.is_some() && name == MANAGEMENT;
    let within: Vec<&str> = accounts.iter().map(String::as_str).filter(|name| !beyond(name)).collect();
    // Where the lines have brought what they bring there is nothing left for them to do.
    let done = row.brings == Degree::Partly && last.grid.counts().0 == 0 && last.of > 0;
    let idle = done || (within.is_empty() && last.of > 0);
    let (first, lines) = if idle { (None, None) } else { closing::lines(row, &within, estate) };
    if done {
        remarks.push("it is administered; lzctl cannot configure more of it".to_owned());
    }
    Gap { accounts, first, lines, brings: row.brings, remarks }
}

fn function(row: &csf::Function, capabilities: &[CapabilityCoverage]) -> FunctionCoverage {
    let categories = row.categories().map(|one| category(one, capabilities)).collect();
    FunctionCoverage { id: row.id.clone(), name: row.name.clone(), categories }
}

fn category(row: &csf::Category, capabilities: &[CapabilityCoverage]) -> CategoryCoverage {
    let serving: Vec<&CapabilityCoverage> =
        capabilities.iter().filter(|one| one.categories.contains(&row.id)).collect();
    let count = |states: &mut dyn Iterator<Item = State>| {
        let mut counts = BTreeMap::new();
        states.for_each(|state| *counts.entry(state).or_default() += 1);
        counts
    };
    let after: Vec<State> = serving.iter().filter_map(|one| Some(one.after.as_ref()?.state)).collect();
    CategoryCoverage {
        id: row.id.clone(),
        name: row.name.clone(),
        organizational: row.organizational.clone(),
        capabilities: serving.iter().map(|one| one.id.clone()).collect(),
        now: count(&mut serving.iter().map(|one| one.now.state)),
        after: capabilities.iter().any(|one| one.after.is_some()).then(|| count(&mut after.into_iter())),
    }
}
