//! `organizational_units`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Expansion, resource, the_landing_zone, the_organization, unit};
use crate::graph::edge::Edge;
use crate::model::reference;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Origin, Resource};

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    for (path, said) in &spec.units {
        let mut wanted = wanted(expansion, path, &said.origin);
        wanted.fields.extend(said.name.iter().map(|name| ("name".to_owned(), json!(name))));
        let tags = said.tags.iter().map(|(key, value)| (key, json!(value)));
        super::leaves(&mut wanted.fields, "tags", tags);
        if let Some(former) = &said.renamed_from {
            wanted.keys.insert("renamed_from".to_owned(), json!(former.as_str()));
        }
        expansion.graph.add(wanted);
    }
    // A 3.x landing zone's own units need not be listed; accounts may still name them.
    if let Some(zone) = &spec.landing_zone {
        for path in [&zone.integration_unit, &zone.sandbox_unit].into_iter().flatten() {
            if made_by_landing_zone(expansion, path) {
                let wanted = wanted(expansion, path, &zone.origin);
                expansion.graph.add(wanted);
            }
        }
    }
}

/// A unit by its path, with the edges that every unit has.
fn wanted(expansion: &mut Expansion<'_>, path: &UnitPath, origin: &Origin) -> Resource {
    let address = unit(path);
    let mut wanted = resource(address.clone(), Some(origin));
    wanted.fields.insert("name".to_owned(), json!(path.name()));
    wanted.fields.insert("parent".to_owned(), parent_id(path));
    wanted.keys.insert("path".to_owned(), json!(path.as_str()));
    if made_by_landing_zone(expansion, path) {
        wanted.presence = Presence::MadeByAnother;
        let rule = "security-unit-made-by-landing-zone";
        expansion.graph.connect(Edge::settled(&address, &the_landing_zone(), rule));
    }
    let above = match path.parent() {
        Some(parent) => Edge::exists(&address, &unit(&parent), "parent-unit-first"),
        None => Edge::exists(&address, &the_organization(), "organization-first"),
    };
    expansion.graph.connect(above);
    wanted
}

fn parent_id(path: &UnitPath) -> Value {
    match path.parent() {
        Some(parent) => reference::from(&unit(&parent), "id"),
        None => reference::from(&the_organization(), "root_id"),
    }
}

/// A 3.x landing zone makes the units that its manifest names.
pub(super) fn made_by_landing_zone(expansion: &Expansion<'_>, path: &UnitPath) -> bool {
    expansion.spec.landing_zone.as_ref().is_some_and(|zone| {
        let named = [&zone.integration_unit, &zone.sandbox_unit];
        zone.version.starts_with("3.") && named.into_iter().flatten().any(|unit| unit == path)
    })
}

/// What a map by paths holds for a unit and for all below it. Texts that begin alike stand
/// side by side in it, so the rest is not looked at.
pub(super) fn at_and_below<'m, V>(
    by_path: &'m BTreeMap<UnitPath, V>,
    top: &'m UnitPath,
) -> impl Iterator<Item = (&'m UnitPath, &'m V)> {
    let alike = by_path.range(top.clone()..).map_while(|(path, value)| {
        let rest = path.as_str().strip_prefix(top.as_str())?;
        Some((rest, path, value))
    });
    let inside = alike.filter(|(rest, ..)| rest.is_empty() || rest.starts_with('/'));
    inside.map(|(_, path, value)| (path, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_a_unit_is_what_follows_a_slash_and_not_what_only_begins_alike() {
        let paths = ["A", "A-B", "A/B", "A/B/C", "A0", "AB", "B/A"];
        let by_path: BTreeMap<UnitPath, ()> = paths.iter().map(|path| (path.parse().unwrap(), ())).collect();
        let found = |top: &str| -> Vec<String> {
            let top: UnitPath = top.parse().unwrap();
            at_and_below(&by_path, &top).map(|(path, ())| path.to_string()).collect()
        };
        assert_eq!(found("A"), ["A", "A/B", "A/B/C"]);
        assert_eq!(found("B"), ["B/A"]);
        assert!(found("C").is_empty());
    }
}
