//! What `leave_alone` can name.
//!
//! Source: this document's own meaning. Things that stand in the document are told from those
//! that only follow from it (trusted access, service roles): the latter the graph knows.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::model::address::{Address, Kind};
use crate::model::controls::{self, short_name};
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "leave-alone",
        title: "Something cannot be left alone like this",
        explanation: "What the document names is compared with AWS and brought to what it says. `leave_alone` \
                      lists the addresses of what it only names, so that the rest can speak of it: \
                      `account.NAME`, `organizational_unit.PATH`, `landing_zone`, \
                      `baseline.PATH:control_tower`, `control.PATH:NAME`, `policy.NAME` and so on, and of \
                      what follows from the rest, such as `trusted_access.SERVICE.amazonaws.com`. Nothing of \
                      it is created, compared, repaired or removed. `lzctl graph` lists the addresses.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for entry in view.doc.leave_alone.iter().flatten() {
        let wrong =
            |what: String, label: &str| Diagnostic::error(RULE.topic.code, what).at(entry.span, label);
        if let Some(first) = seen.insert(&entry.value, entry.span) {
            findings.push(wrong(format!("`{entry}` is listed twice"), "here again").at(first, "first here"));
            continue;
        }
        let mut removed = view.doc.remove.iter().flatten();
        if let Some(removed) = removed.find(|removed| removed.value == entry.value) {
            let what = format!("`{entry}` cannot be left alone and removed");
            findings.push(wrong(what, "left alone here").at(removed.span, "removed here"));
            continue;
        }
        match entry.parse::<Address>() {
            Err(_) => findings.push(
                wrong(
                    format!("`{entry}` is not something that can be left alone"),
                    "no address of such a thing",
                )
                .help("write landing_zone, account.NAME, baseline.PATH:WORD, policy.NAME and so on"),
            ),
            Ok(address) => findings.extend(unnamed(view, entry, &address)),
        }
    }
}

/// A thing that would stand in the document and does not.
fn unnamed(view: &View<'_>, entry: &Located<String>, address: &Address) -> Option<Diagnostic> {
    let name = address.name.as_str();
    let (section, known): (&str, Vec<&str>) = match address.kind {
        Kind::OrganizationalUnit => {
            let made = name.parse().is_ok_and(|path| view.made_by_landing_zone(&path));
            let units = view.units.keys().map(UnitPath::as_str);
            ("organizational_units", units.chain(made.then_some(name)).collect())
        }
        Kind::Account => ("accounts", view.accounts().map(|(name, _)| name.value.as_str()).collect()),
        Kind::Policy => ("policies", view.policies().map(|(name, _)| name.value.as_str()).collect()),
        Kind::PermissionSet => (
            "identity_center.permission_sets",
            view.permission_sets().map(|(name, _)| name.value.as_str()).collect(),
        ),
        Kind::Group => {
            ("identity_center.groups", view.identity_groups().map(|(name, _)| name.value.as_str()).collect())
        }
        Kind::Key => ("keys", view.doc.keys.iter().flatten().map(|(name, _)| name.value.as_str()).collect()),
        Kind::LandingZone => {
            return view.landing_zone().is_none().then(|| absent(entry, "landing_zone", None));
        }
        Kind::Baseline | Kind::Control => {
            let (path, word) = controls::on_unit(name)?;
            let path: UnitPath = path.parse().ok()?;
            return (!said_on(view, address.kind, &path, word))
                .then(|| absent(entry, "organizational_units", None));
        }
        _ => return None,
    };
    let whole = view.whole(section.split('.').next().unwrap_or(section)) && view.whole(section);
    (whole && !known.contains(&name)).then(|| absent(entry, section, nearest(name, known.into_iter())))
}

/// Whether a unit lists a baseline or a control; what a framework or a level brings is told
/// later.
fn said_on(view: &View<'_>, kind: Kind, path: &UnitPath, word: &str) -> bool {
    if !view.whole("organizational_units") || !view.whole(&format!("organizational_units.{path}")) {
        return true;
    }
    let Some((_, unit)) = view.listed().find(|(listed, _)| listed.value == *path) else { return false };
    if kind == Kind::Baseline {
        return unit.baselines.iter().flatten().any(|said| said.value.0 == word);
    }
    let entries = unit.controls.iter().flatten();
    entries.into_iter().any(|entry| match &entry.0.name {
        Some(name) => short_name(name) == short_name(word),
        None => true,
    })
}

fn absent(entry: &Located<String>, section: &str, near: Option<&str>) -> Diagnostic {
    let message = format!("`{entry}` is left alone, but the document does not name it");
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`{section}` does not have it: what is not said is left alone anyway"),
    };
    Diagnostic::error(RULE.topic.code, message).at(entry.span, "nothing of this document").help(help)
}
