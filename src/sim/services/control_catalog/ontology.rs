//! ListDomains, ListObjectives and ListCommonControls: what stands above the controls.
//!
//! In: requests. Out: names with ARNs. The ids are the simulator's own. Absent: descriptions other than the names.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::mappings::{Domain, MAPPINGS};
use super::paging;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// When everything was made and last changed: a day before any world begins. UNSOURCED.
const MADE: i64 = 1_700_000_000;

/// The ARN of something of the ontology, e.g. of the kind `common-control`.
pub(super) fn arn(kind: &str, name: &str) -> String {
    let id: String = hex::encode(Sha256::digest(name)).chars().take(25).collect();
    format!("arn:aws:controlcatalog:::{kind}/{id}")
}

fn entry(kind: &str, name: &str) -> Value {
    json!({ "Arn": arn(kind, name), "Name": name, "Description": name, "CreateTime": MADE, "LastUpdateTime": MADE })
}

fn named(kind: &str, name: &str) -> Value {
    json!({ "Arn": arn(kind, name), "Name": name })
}

/// Whether a list of `{Arn}` in the request's filter lets an ARN pass.
fn lets(request: &Request, filter: &str, list: &str, arn: &str) -> bool {
    let wanted = request.input.get(filter).and_then(|filter| filter.get(list)?.as_array());
    wanted.is_none_or(|wanted| wanted.iter().any(|one| one["Arn"] == arn))
}

fn domain_of(objective: &str) -> Option<&'static Domain> {
    MAPPINGS.domain.iter().find(|domain| domain.objectives.iter().any(|name| name == objective))
}

/// ListDomains.
pub(super) fn domains(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let items = MAPPINGS.domain.iter().map(|domain| entry("domain", &domain.name)).collect();
    paging::answer(request, "Domains", items, 100)
}

/// ListObjectives.
pub(super) fn objectives(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let mut items = Vec::new();
    for domain in &MAPPINGS.domain {
        if lets(request, "ObjectiveFilter", "Domains", &arn("domain", &domain.name)) {
            for objective in &domain.objectives {
                let mut item = entry("objective", objective);
                item["Domain"] = named("domain", &domain.name);
                items.push(item);
            }
        }
    }
    paging::answer(request, "Objectives", items, 100)
}

/// ListCommonControls.
pub(super) fn common_controls(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let mut items = Vec::new();
    for common in &MAPPINGS.common_control {
        if lets(request, "CommonControlFilter", "Objectives", &arn("objective", &common.objective)) {
            let mut item = entry("common-control", &common.name);
            item["Objective"] = named("objective", &common.objective);
            if let Some(domain) = domain_of(&common.objective) {
                item["Domain"] = named("domain", &domain.name);
            }
            items.push(item);
        }
    }
    paging::answer(request, "CommonControls", items, 100)
}
