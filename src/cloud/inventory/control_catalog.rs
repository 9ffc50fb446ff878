//! The Control Catalog: which controls AWS offers, and what each is mapped to.
//!
//! In: a connection; the catalogue is the same for everybody and is asked in the
//! home Region. Out: controls, relations, frameworks. All are lists over pages; one
//! control alone is asked for only to learn its parameters or the global ARN behind
//! a Regional one (API reference, GetControl).

use std::collections::BTreeMap;

use aws_sdk_controlcatalog::types::{
    ControlMapping, ControlMappingFilter, ControlParameterRequirement, ControlSummary, Mapping, MappingType,
    ParameterRequirementSummary,
};

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "controlcatalog:ListControls";
const GET: &str = "controlcatalog:GetControl";
const MAPPINGS: &str = "controlcatalog:ListControlMappings";
/// The largest pages.
const PAGE: i32 = 100;
const MAPPINGS_PAGE: i32 = 1000;

/// A control that AWS offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its global ARN.
    pub arn: String,
    /// Its readable names.
    pub aliases: Vec<String>,
    /// What it does, in AWS's words.
    pub title: String,
    /// AWS's word for when it acts.
    pub behavior: String,
    /// AWS's word for how grave a violation is; empty when it is not told.
    pub severity: String,
    /// AWS's word for how it is carried out.
    pub implementation: String,
    /// Whether it cannot be enabled without parameters.
    pub needs_parameters: bool,
}

/// One control by its ARN, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Its global ARN, whatever ARN was asked for.
    pub arn: String,
    /// Its readable names.
    pub aliases: Vec<String>,
    /// Its parameters, each with whether it is required.
    pub parameters: BTreeMap<String, bool>,
}

/// A relation between two controls, told of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The ARN of the one control.
    pub control: String,
    /// The ARN of the other.
    pub other: String,
    /// `MUTUALLY_EXCLUSIVE`, `ALTERNATIVE` or `COMPLEMENTARY`.
    pub relation: String,
}

impl Offered {
    fn of(from: &ControlSummary) -> Self {
        Self {
            arn: from.arn().to_owned(),
            aliases: from.aliases().to_vec(),
            title: from.name().to_owned(),
            behavior: from.behavior().map_or("", |word| word.as_str()).to_owned(),
            severity: from.severity().map_or("", |word| word.as_str()).to_owned(),
            implementation: from.implementation().map_or("", |one| one.r#type()).to_owned(),
            needs_parameters: from.parameter_requirement_summary()
                == Some(&ParameterRequirementSummary::Required),
        }
    }
}

/// Every control.
///
/// # Errors
/// When they cannot be read.
pub async fn controls(connection: &Connection) -> Result<Vec<Offered>, CallError> {
    let site = connection.home();
    let client = site.clients.controlcatalog();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request = || client.list_controls().max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.controls().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(Offered::of).collect())
}

/// One control; none when there is none of that ARN.
///
/// # Errors
/// When it cannot be read.
pub async fn control(connection: &Connection, arn: &str) -> Result<Option<Detail>, CallError> {
    let site = connection.home();
    let client = site.clients.controlcatalog();
    let request = || client.get_control().control_arn(arn);
    let answer = match site.call(GET, || request().send()).await {
        Err(error) if error.is_missing() => return Ok(None),
        other => other?,
    };
    let required = |one: &aws_sdk_controlcatalog::types::ControlParameter| {
        one.requirement() == Some(&ControlParameterRequirement::Required)
    };
    Ok(Some(Detail {
        arn: answer.arn().to_owned(),
        aliases: answer.aliases().to_vec(),
        parameters: answer.parameters().iter().map(|one| (one.name().to_owned(), required(one))).collect(),
    }))
}

/// Relations between controls.
///
/// # Errors
/// When they cannot be read.
pub async fn relations(connection: &Connection) -> Result<Vec<Related>, CallError> {
    let related = |mapping: &ControlMapping| match mapping.mapping() {
        Some(Mapping::RelatedControl(to)) => Some(Related {
            control: mapping.control_arn().to_owned(),
            other: to.control_arn()?.to_owned(),
            relation: to.relation_type().as_str().to_owned(),
        }),
        _ => None,
    };
    Ok(mappings(connection, MappingType::RelatedControl).await?.iter().filter_map(related).collect())
}

/// Which control serves which framework: ARN and the framework's name, in the
/// order of the catalogue, each pair once.
///
/// # Errors
/// When they cannot be read.
pub async fn frameworks(connection: &Connection) -> Result<Vec<(String, String)>, CallError> {
    let framework = |mapping: &ControlMapping| match mapping.mapping() {
        Some(Mapping::Framework(to)) => Some((mapping.control_arn().to_owned(), to.name().to_owned())),
        _ => None,
    };
    let all = mappings(connection, MappingType::Framework).await?;
    let mut pairs: Vec<(String, String)> = all.iter().filter_map(framework).collect();
    pairs.sort();
    pairs.dedup();
    Ok(pairs)
}

async fn mappings(connection: &Connection, kind: MappingType) -> Result<Vec<ControlMapping>, CallError> {
    let site = connection.home();
    let client = site.clients.controlcatalog();
    let site = &site;
    let filter = ControlMappingFilter::builder().mapping_types(kind).build();
    let filter = &filter;
    let found = pages::all(MAPPINGS, |token| async move {
        let request = || {
            let request = client.list_control_mappings().filter(filter.clone());
            request.max_results(MAPPINGS_PAGE).set_next_token(token.clone())
        };
        let answer = site.call(MAPPINGS, || request().send()).await?;
        Ok((answer.control_mappings().to_vec(), answer.next_token().map(str::to_owned)))
    });
    found.await
}
