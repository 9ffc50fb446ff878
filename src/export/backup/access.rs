//! Who may copy into a vault: its access policy in the document's words.
//!
//! In: a policy. Out: the words, when the program would write this very policy for them.

use serde_json::{Value, json};

use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::model::policy;
use crate::model::vault_policy::{self, ROLES_OF_AWS};
use crate::spec::backup::ORGANIZATION;

/// What the document says of a policy; none when the policy is another.
pub(super) fn words(draft: &Draft<'_>, live: &Value) -> Option<Map> {
    let statements = live.get("Statement")?.as_array()?;
    let of = |sid: &str, pointer: &str| {
        let named = statements.iter().find(|one| one.get("Sid").and_then(Value::as_str) == Some(sid))?;
        named.pointer(pointer)
    };
    let copies = |key: &str| of("CopiesFromTheOrganization", &format!("/Condition/{key}"));
    let roles = texts(of("ThisPolicyStays", "/Condition/ArnNotLike/aws:PrincipalArn")?);
    let (condition, from) = match copies("StringEquals/aws:PrincipalOrgID") {
        Some(id) => {
            (vault_policy::from_organization(json!(texts(id).first()?)), vec![ORGANIZATION.to_owned()])
        }
        None => {
            let paths = texts(copies("ForAnyValue:StringLike/aws:PrincipalOrgPaths")?);
            let units: Option<Vec<String>> = paths.iter().map(|path| unit(draft, path)).collect();
            (vault_policy::from_units(paths.iter().map(|path| json!(path)).collect()), units?)
        }
    };
    let wanted = vault_policy::document(condition, roles.iter().map(|role| json!(role)).collect());
    if !policy::same(live, &wanted) {
        return None;
    }
    let names = roles.iter().map(|arn| arn.split_once(":role/").map(|(_, name)| name));
    let names: Option<Vec<&str>> = names.collect();
    let others: Vec<&str> = names?.into_iter().filter(|name| !ROLES_OF_AWS.contains(name)).collect();
    // The program always lets AWS's own roles in.
    (roles.len() == others.len() + ROLES_OF_AWS.len()).then(|| {
        let mut words = Map::default();
        words.put("allow_copies_from", from);
        words.put_filled("policy_administrators", others);
        words
    })
}

/// A text or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// The unit that a path of IAM's leads to, when it is all of the unit and of nothing else.
fn unit(draft: &Draft<'_>, path: &str) -> Option<String> {
    let organization = draft.census.organization.as_ref()?;
    let inside = path.strip_suffix("/*")?;
    let id = inside.rsplit('/').next()?;
    let mut above = vec![id.to_owned()];
    while let Some(parent) = draft.census.units.iter().find(|unit| Some(&unit.id) == above.last()) {
        above.push(parent.parent.clone());
    }
    above.reverse();
    let whole = format!("{}/{}", organization.id, above.join("/"));
    let word = draft.names.unit(id).filter(|word| *word != ORGANIZATION)?;
    (whole == inside).then(|| word.to_owned())
}
