//! The lines of a document that close a gap.
//!
//! In: a capability's lines with gaps in them for names, the accounts that want it, and the
//! estate that knows the names. Out: lines to put into a document, section by section.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::estate::{Estate, MANAGEMENT, Place, Thing};
use super::judgement::First;
use crate::catalog::capabilities::{Capability, ROLES};
use crate::model::{Address, Kind, reference};

/// Sections of a document: the line of the key, and the lines under it.
type Sections = Vec<(String, String)>;

/// What must be there first, and the lines for accounts that want a capability; none when it
/// has none that would help them, because they stand in no unit that lines could name.
pub(super) fn lines(row: &Capability, accounts: &[&str], estate: &Estate) -> (Option<First>, Option<String>) {
    let fits = |kind: Option<Kind>, there: bool| kind.is_none_or(|kind| estate.has(kind) == there);
    let parts = row.closing.iter().filter(|part| fits(part.given, true) && fits(part.without, false));
    let units = units(accounts, estate);
    let (mut before, mut sections) = (Sections::new(), Sections::new());
    let mut what = None;
    for part in parts {
        let into = if part.what().is_some() { &mut before } else { &mut sections };
        what = what.or(part.what());
        part.text().lines().for_each(|line| take(line, accounts, &units, estate, into));
    }
    introduce(row, estate, &text(&before), &mut sections);
    let first = what.map(|what| First { what: what.to_owned(), lines: text(&before) });
    // Where what comes first is all there is to it, it is no preparation.
    match (first, text(&sections)) {
        (Some(only), lines) if lines.is_empty() => (None, Some(only.lines)),
        (first, lines) => (first, (!lines.is_empty()).then_some(lines)),
    }
}

fn text(sections: &Sections) -> String {
    let filled = sections.iter().filter(|(_, body)| !body.is_empty());
    filled.map(|(head, body)| format!("{head}\n{body}")).collect()
}

/// Puts a line where its section is, so that no section stands twice.
fn take(line: &str, accounts: &[&str], units: &BTreeSet<String>, estate: &Estate, sections: &mut Sections) {
    if !line.starts_with(' ') {
        if !line.is_empty() {
            // The section goes on where it was begun.
            let known = sections.iter().position(|(head, _)| head == line);
            let section = known.map_or_else(|| (line.to_owned(), String::new()), |at| sections.remove(at));
            sections.push(section);
        }
        return;
    }
    let Some((_, body)) = sections.last_mut() else { return };
    let names: Vec<String> = if line.contains("{unit}") {
        units.iter().map(|unit| line.replace("{unit}", &key(unit))).collect()
    } else if line.contains("{account}") {
        let members = accounts.iter().filter(|name| **name != MANAGEMENT);
        members.map(|name| line.replace("{account}", &key(name))).collect()
    } else {
        vec![line.to_owned()]
    };
    for line in names {
        let line = ROLES.iter().fold(line, |line, (role, default)| {
            line.replace(&format!("{{{role}}}"), &key(&player(role, default, estate)))
        });
        let line = line.replace("{vault}", &key(&vault(estate)));
        // Writing into a text cannot fail.
        let _ = writeln!(body, "{line}");
    }
}

/// An account that the lines speak of and that will not be there is said to be made.
fn introduce(row: &Capability, estate: &Estate, before: &str, sections: &mut Sections) {
    let said: String = row.closing.iter().map(crate::catalog::capabilities::Closing::text).collect();
    let body: String = sections.iter().map(|(_, body)| body.as_str()).collect();
    for (role, default) in ROLES.iter().filter(|(role, _)| said.contains(&format!("{{{role}}}"))) {
        let name = player(role, default, estate);
        let line = format!("  {}: {{ email", key(&name));
        let made = body.contains(&line) || before.contains(&line);
        let spoken = body.contains(&key(&name));
        if !made && spoken && !estate.accounts.contains_key(&name) {
            let at = sections.iter().position(|(head, _)| head == "accounts:").unwrap_or_else(|| {
                sections.insert(0, ("accounts:".to_owned(), String::new()));
                0
            });
            let _ = writeln!(sections[at].1, "  {}: {{ email: aws+{name}@example.com }}", key(&name));
        }
    }
}

/// The units in which such accounts are and that can be registered, with those above them
/// that have to be registered first.
fn units(accounts: &[&str], estate: &Estate) -> BTreeSet<String> {
    let own = integration_units(estate);
    let mut found = BTreeSet::new();
    for path in accounts.iter().filter_map(|name| estate.unit_of(name)) {
        if own.iter().any(|unit| unit == path) {
            continue;
        }
        found.insert(path.to_owned());
        let above = path.match_indices('/').map(|(at, _)| &path[..at]);
        found.extend(above.filter(|unit| !registered(unit, estate)).map(str::to_owned));
    }
    found
}

/// Whether Control Tower governs a unit, so that units below it can be registered.
fn registered(unit: &str, estate: &Estate) -> bool {
    let on = |word| Address::new(Kind::Baseline, format!("{unit}:{word}"));
    ["control_tower", "config"].into_iter().any(|word| estate.things.contains_key(&on(word)))
}

/// The units of the accounts that the landing zone works with, which it governs itself.
fn integration_units(estate: &Estate) -> BTreeSet<String> {
    let named = ["/securityRoles/accountId", "/centralizedLogging/accountId", "/config/accountId"];
    let accounts = named.iter().filter_map(|pointer| in_manifest(pointer, estate));
    let places = accounts.filter_map(|name| estate.accounts.get(&name).cloned());
    let unit = |place: Place| match place {
        Place::Unit(path) => Some(path),
        _ => None,
    };
    let mut units: BTreeSet<String> = places.filter_map(unit).collect();
    if units.is_empty() {
        // The lines that bring a landing zone bring this one.
        units.insert("Security".to_owned());
    }
    units
}

/// A vault that copies can go to: one that is locked, else the one that the lines bring.
fn vault(estate: &Estate) -> String {
    let locked = estate.things.iter().filter(|(address, thing)| {
        address.kind == Kind::BackupVault && thing.fields.contains_key("compliance.min_days")
    });
    let name = |(address, _): (&Address, &Thing)| address.name.split('/').next().map(str::to_owned);
    locked.filter_map(name).next().unwrap_or_else(|| "locked".to_owned())
}

/// The account for a use: the one that the landing zone has for it, else one whose name says
/// so, else a name for a new one.
fn player(role: &str, default: &str, estate: &Estate) -> String {
    let (pointer, words): (&str, &[&str]) = match role {
        "security" => ("/securityRoles/accountId", &["audit", "security"]),
        "logs" => ("/centralizedLogging/accountId", &["log"]),
        "backups" => ("/backup/configurations/centralBackup/accountId", &["central-backup"]),
        _ => ("/backup/configurations/backupAdmin/accountId", &["backup-admin"]),
    };
    let named = || {
        let members = || estate.accounts.keys().filter(|name| name.as_str() != MANAGEMENT);
        words.iter().find_map(|word| members().find(|name| name.to_lowercase().contains(word)).cloned())
    };
    in_manifest(pointer, estate).or_else(named).unwrap_or_else(|| default.to_owned())
}

fn in_manifest(pointer: &str, estate: &Estate) -> Option<String> {
    let zone: &Thing = estate.things.get(&Address::only(Kind::LandingZone))?;
    let value = zone.fields.get("manifest")?.pointer(pointer)?;
    match value.as_str() {
        Some(id) => estate.names.get(id).cloned(),
        None => reference::as_reference(value).map(|reference| reference.address.name),
    }
}

/// A name as a key or value of YAML, in quotes where it needs them.
fn key(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ' ' | '+' | '@');
    let text = name.starts_with(char::is_alphabetic) && name.chars().all(plain) && !name.ends_with(' ');
    let word = ["true", "false", "null", "yes", "no", "on", "off"].contains(&name.to_lowercase().as_str());
    if text && !word { name.to_owned() } else { format!("{name:?}") }
}
