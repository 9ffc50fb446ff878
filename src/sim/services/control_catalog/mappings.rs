//! ListControlMappings: frameworks, common controls and related controls of each control.
//!
//! In: requests, `data/mappings.toml`. Out: one mapping for each pair. Absent: standards beyond the table's rows.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::table::{self, Control};
use super::{ontology, paging, validation};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

#[derive(Deserialize)]
pub(super) struct Mappings {
    guide: Vec<Guide>,
    relation: Vec<Relation>,
    pub(super) domain: Vec<Domain>,
    pub(super) common_control: Vec<CommonControl>,
}

#[derive(Deserialize)]
struct Guide {
    item: String,
    controls: Vec<String>,
    frameworks: Vec<String>,
}

#[derive(Deserialize)]
struct Relation {
    kind: String,
    controls: [String; 2],
}

#[derive(Deserialize)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) objectives: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct CommonControl {
    pub(super) name: String,
    pub(super) objective: String,
    controls: Vec<String>,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
pub(super) static MAPPINGS: LazyLock<Mappings> = LazyLock::new(|| {
    toml::from_str(include_str!("data/mappings.toml")).expect("data/mappings.toml is well formed")
});

/// ListControlMappings
/// (<https://docs.aws.amazon.com/controlcatalog/latest/APIReference/API_ListControlMappings.html>).
pub(super) fn list(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let filter = request.input.get("Filter");
    let one = |name: &str| filter.and_then(|filter| filter.get(name)?.get(0)?.as_str());
    let control = match one("ControlArns") {
        None => None,
        // UNSOURCED: what the API answers for a control that is not there.
        Some(arn) => {
            let known = table::by_arn(arn);
            Some(known.ok_or_else(|| validation(format!("{arn} is not the ARN of a control.")))?)
        }
    };
    let (common, kind) = (one("CommonControlArns"), one("MappingTypes"));
    let mut items = Vec::new();
    for row in table::all().iter().filter(|row| control.is_none_or(|one| one.alias == row.alias)) {
        let all = frameworks(row).chain(common_controls(row)).chain(related(row));
        items.extend(all.filter(|mapping| {
            let to = mapping["Mapping"]["CommonControl"]["CommonControlArn"].as_str();
            common.is_none_or(|common| to == Some(common))
                && kind.is_none_or(|kind| mapping["MappingType"] == kind)
        }));
    }
    paging::answer(request, "ControlMappings", items, 1000)
}

fn mapping(row: &Control, kind: &str, to: Value) -> Value {
    json!({ "ControlArn": row.arn(), "MappingType": kind, "Mapping": to })
}

fn frameworks(row: &Control) -> impl Iterator<Item = Value> {
    let guides = MAPPINGS.guide.iter().filter(|guide| guide.controls.contains(&row.alias));
    guides.flat_map(move |guide| {
        guide.frameworks.iter().map(move |name| {
            mapping(row, "FRAMEWORK", json!({ "Framework": { "Name": name, "Item": guide.item } }))
        })
    })
}

fn common_controls(row: &Control) -> impl Iterator<Item = Value> {
    let all = MAPPINGS.common_control.iter().filter(|common| common.controls.contains(&row.alias));
    all.map(move |common| {
        let arn = ontology::arn("common-control", &common.name);
        mapping(row, "COMMON_CONTROL", json!({ "CommonControl": { "CommonControlArn": arn } }))
    })
}

/// A relation is told of both its controls.
fn related(row: &Control) -> impl Iterator<Item = Value> {
    MAPPINGS.relation.iter().filter_map(move |relation| {
        let [one, two] = &relation.controls;
        let other = match () {
            () if *one == row.alias => two,
            () if *two == row.alias => one,
            () => return None,
        };
        let arn = table::named(other)?.arn();
        let to = json!({ "RelatedControl": { "ControlArn": arn, "RelationType": relation.kind } });
        Some(mapping(row, "RELATED_CONTROL", to))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Simulator;
    use crate::sim::testing::{ask, quiet};

    #[test]
    fn every_mapping_names_controls_and_objectives_of_the_tables() {
        let guides = MAPPINGS.guide.iter().flat_map(|guide| &guide.controls);
        let relations = MAPPINGS.relation.iter().flat_map(|relation| &relation.controls);
        let common = MAPPINGS.common_control.iter().flat_map(|common| &common.controls);
        for alias in guides.chain(relations).chain(common) {
            assert!(table::named(alias).is_some(), "{alias}");
        }
        let objectives: Vec<&String> = MAPPINGS.domain.iter().flat_map(|domain| &domain.objectives).collect();
        assert!(MAPPINGS.common_control.iter().all(|common| objectives.contains(&&common.objective)));
    }

    async fn must(sim: &Simulator, operation: &str, input: Value) -> Value {
        let answer = ask(sim, "controlcatalog", operation, input).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    #[tokio::test(start_paused = true)]
    async fn controls_are_listed_by_the_hundred_and_one_tells_its_parameters() {
        let sim = Simulator::new(quiet());
        let first = must(&sim, "ListControls", json!({})).await;
        assert_eq!(first["Controls"].as_array().map(Vec::len), Some(100));
        assert!(first["NextToken"].is_string());
        let hooks =
            json!({ "Filter": { "Implementations": { "Types": ["AWS::CloudFormation::Type::HOOK"] } } });
        let hooks = must(&sim, "ListControls", hooks).await;
        assert!(hooks["Controls"].as_array().is_some_and(|all| {
            all.len() > 10 && all.iter().all(|control| control["Behavior"] == "PROACTIVE")
        }));
        let region_deny =
            json!({ "ControlArn": "arn:aws:controlcatalog:::control/ka8e3pkqefnjsxuyc26ji580" });
        let region_deny = must(&sim, "GetControl", region_deny).await;
        assert_eq!(
            region_deny["Parameters"][0],
            json!({ "Name": "AllowedRegions", "Requirement": "REQUIRED" })
        );
        assert_eq!(region_deny["RegionConfiguration"], json!({ "Scope": "GLOBAL" }));
        let legacy =
            json!({ "ControlArn": "arn:aws:controltower:us-west-2::control/AWS-GR_ENCRYPTED_VOLUMES" });
        let legacy = must(&sim, "GetControl", legacy).await;
        assert_eq!(legacy["Arn"], "arn:aws:controlcatalog:::control/503uicglhjkokaajywfpt6ros");
        let unknown = json!({ "ControlArn": "arn:aws:controlcatalog:::control/aaaaaaaaaaaaaaaaaaaaaaaaa" });
        let refused = ask(&sim, "controlcatalog", "GetControl", unknown).await;
        assert_eq!((refused.status, refused.code().as_deref()), (404, Some("ResourceNotFoundException")));
    }

    #[tokio::test(start_paused = true)]
    async fn an_exclusion_is_told_of_both_controls_and_a_filter_keeps_one_kind() {
        let sim = Simulator::new(quiet());
        let relations = json!({ "Filter": { "MappingTypes": ["RELATED_CONTROL"] } });
        let all = must(&sim, "ListControlMappings", relations).await;
        let exclusive: Vec<&Value> = all["ControlMappings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|one| one["Mapping"]["RelatedControl"]["RelationType"] == "MUTUALLY_EXCLUSIVE")
            .collect();
        assert_eq!(exclusive.len(), 2);
        assert_eq!(exclusive[0]["ControlArn"], exclusive[1]["Mapping"]["RelatedControl"]["ControlArn"]);
        let one = json!({ "Filter": { "ControlArns": [exclusive[0]["ControlArn"]], "MappingTypes": ["FRAMEWORK"] } });
        assert_eq!(must(&sim, "ListControlMappings", one).await["ControlMappings"], json!([]));
        let domains = must(&sim, "ListDomains", json!({})).await;
        let of_one = json!({ "ObjectiveFilter": { "Domains": [{ "Arn": domains["Domains"][0]["Arn"] }] } });
        let objectives = must(&sim, "ListObjectives", of_one).await;
        assert_eq!(objectives["Objectives"].as_array().map(Vec::len), Some(3));
        let of_one = json!({ "CommonControlFilter": { "Objectives": [{ "Arn": objectives["Objectives"][0]["Arn"] }] } });
        let common = must(&sim, "ListCommonControls", of_one).await;
        let common = json!({ "Filter": { "CommonControlArns": [common["CommonControls"][0]["Arn"]] } });
        let mapped = must(&sim, "ListControlMappings", common).await;
        assert_eq!(mapped["ControlMappings"].as_array().map(Vec::len), Some(3));
    }
}
