//! CreateAnalyzer, GetAnalyzer, ListAnalyzers, UpdateAnalyzer, DeleteAnalyzer.
//!
//! Source: <https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html> and its neighbours.
//! Analyzers of an organization belong to its management account or its delegated administrator; who is that no longer, or
//! an organization that trusts the service no longer, leaves them DISABLED
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-settings.html>). How long one is CREATING, and the
//! words of the refusals, are UNSOURCED.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::PAGING;
use super::state::Analyzer;

const PRINCIPAL: &str = "access-analyzer.amazonaws.com";
const PREPARATION: Duration = Duration::from_secs(30);
/// Analyzers of an organization in a Region, as the model says.
const MOST_OF_ORGANIZATION: usize = 5;
/// The days after which access counts as unused, unless the request says otherwise.
const UNUSED_AFTER: i64 = 90;

pub(super) fn invalid(words: &str) -> AwsError {
    AwsError::new("ValidationException", words).field("reason", "other")
}

fn arn(request: &Request, name: &str) -> String {
    format!("arn:aws:access-analyzer:{}:{}:analyzer/{name}", request.region, request.caller.account)
}

/// An error that names the resource.
fn about(code: &str, words: String, name: &str) -> AwsError {
    AwsError::new(code, words).field("resourceId", name).field("resourceType", "analyzer")
}

/// Why the organization's analyzers of an account do not work, if they do not.
fn disabled(world: &World, account: &str) -> Option<&'static str> {
    let Some(organization) = world.organizations.of(account) else { return Some("ORGANIZATION_DELETED") };
    if !organization.has_service_access(PRINCIPAL) {
        return Some("AWS_SERVICE_ACCESS_DISABLED");
    }
    let services = organization.delegated.get(account);
    let administers = organization.management == account
        || services.is_some_and(|services| services.contains_key(PRINCIPAL));
    (!administers).then_some("DELEGATED_ADMINISTRATOR_DEREGISTERED")
}

fn may_analyze_organization(world: &World, account: &str) -> Result<(), AwsError> {
    match disabled(world, account) {
        None => Ok(()),
        Some("AWS_SERVICE_ACCESS_DISABLED") => {
            Err(invalid("Trusted access for IAM Access Analyzer is not enabled in the organization."))
        }
        Some(_) => Err(AwsError::new(
            "AccessDeniedException",
            "Only the management account or the delegated administrator can create an analyzer for the organization.",
        )),
    }
}

/// The configuration of a request, which must be of the analyzer's type.
fn configuration(request: &Request, kind: &str) -> Result<Option<Value>, AwsError> {
    let given = request.input.get("configuration").and_then(Value::as_object).cloned().unwrap_or_default();
    let wanted = match kind.split_once('_').map(|(_, rest)| rest) {
        Some("UNUSED_ACCESS") => Some("unusedAccess"),
        Some("INTERNAL_ACCESS") => Some("internalAccess"),
        _ => None,
    };
    if given.keys().any(|member| Some(member.as_str()) != wanted) {
        return Err(invalid("The configuration does not fit the type of the analyzer."));
    }
    let Some(member) = wanted else { return Ok(None) };
    let mut inner = given.get(member).cloned().unwrap_or_else(|| json!({}));
    if member == "unusedAccess" {
        let age = inner["unusedAccessAge"].as_i64().unwrap_or(UNUSED_AFTER);
        if !(1..=365).contains(&age) {
            return Err(invalid("The unusedAccessAge must be between 1 and 365."));
        }
        inner["unusedAccessAge"] = json!(age);
    }
    Ok(Some(Value::Object(Map::from_iter([(member.to_owned(), inner)]))))
}

/// A repeat with the same token answers with the same analyzer.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    let (name, kind) = (request.required("analyzerName"), request.required("type"));
    let own = world.access_analyzer.of(account, region);
    if let Some(known) = own.and_then(|own| own.get(name)) {
        let repeat = known.token.is_some() && known.token.as_deref() == request.text("clientToken");
        if repeat && known.kind == kind {
            return Ok(json!({ "arn": arn(request, name) }));
        }
        return Err(about(
            "ConflictException",
            format!("An analyzer with the name {name} already exists."),
            name,
        ));
    }
    let configuration = configuration(request, kind)?;
    let alike = own.into_iter().flatten().filter(|(_, known)| known.kind == kind).count();
    if kind.starts_with("ORGANIZATION") {
        may_analyze_organization(world, account)?;
        let organization = world.organizations.of(account);
        let here = world.access_analyzer.regions.iter().filter(|(at, ..)| at == region);
        let ours = here.filter(|(_, owner, _)| {
            organization.is_some_and(|organization| organization.account(owner).is_some())
        });
        let all = ours.flat_map(|(.., analyzers)| analyzers.values());
        if all.filter(|analyzer| analyzer.of_organization()).count() >= MOST_OF_ORGANIZATION {
            return Err(quota(name));
        }
    } else if kind == "ACCOUNT" && alike > 0 {
        return Err(quota(name));
    }
    queries::ensure_service_linked_role(world, account, PRINCIPAL, request.now);
    let tags = request.input["tags"].as_object().into_iter().flatten();
    let analyzer = Analyzer {
        kind: kind.to_owned(),
        created: request.now,
        ready: world.end_of(request.now, PREPARATION),
        tags: tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect(),
        configuration,
        token: request.text("clientToken").map(str::to_owned),
    };
    world.access_analyzer.of_mut(account, region).insert(name.to_owned(), analyzer);
    Ok(json!({ "arn": arn(request, name) }))
}

fn quota(name: &str) -> AwsError {
    let words = "The quota of analyzers is reached.".to_owned();
    about("ServiceQuotaExceededException", words, name)
}

fn view(world: &World, request: &Request, name: &str, analyzer: &Analyzer) -> Value {
    let why = disabled(world, &request.caller.account).filter(|_| analyzer.of_organization());
    let status = match why {
        Some(_) => "DISABLED",
        None if analyzer.ready > request.now => "CREATING",
        None => "ACTIVE",
    };
    let mut view = Map::new();
    view.insert("arn".into(), json!(arn(request, name)));
    view.insert("name".into(), json!(name));
    view.insert("type".into(), json!(analyzer.kind));
    view.insert("createdAt".into(), json!(epoch(analyzer.created)));
    view.insert("tags".into(), json!(analyzer.tags));
    view.insert("status".into(), json!(status));
    if let Some(code) = why {
        view.insert("statusReason".into(), json!({ "code": code }));
    }
    if let Some(configuration) = &analyzer.configuration {
        view.insert("configuration".into(), configuration.clone());
    }
    Value::Object(view)
}

fn named<'w>(world: &'w World, request: &Request) -> Result<&'w Analyzer, AwsError> {
    let name = request.required("analyzerName");
    let own = world.access_analyzer.of(&request.caller.account, &request.region);
    own.and_then(|own| own.get(name)).ok_or_else(|| {
        about("ResourceNotFoundException", format!("The analyzer {name} does not exist."), name)
    })
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let analyzer = named(world, request)?;
    Ok(json!({ "analyzer": view(world, request, request.required("analyzerName"), analyzer) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let own = world.access_analyzer.of(&request.caller.account, &request.region);
    let wanted = request.text("type");
    let shown = |analyzer: &Analyzer| wanted.is_none_or(|kind| analyzer.kind == kind);
    let found = own.into_iter().flatten().filter(|(_, analyzer)| shown(analyzer)).collect();
    PAGING.page(request, "analyzers", found, |(name, analyzer)| view(world, request, name, analyzer))
}

/// Not for analyzers of external access, as the model says.
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let analyzer = named(world, request)?;
    if analyzer.configuration.is_none() {
        return Err(invalid("An analyzer of external access cannot be updated."));
    }
    let kind = analyzer.kind.clone();
    let changed = configuration(request, &kind)?;
    let own = world.access_analyzer.of_mut(&request.caller.account, &request.region);
    if let Some(analyzer) = own.get_mut(request.required("analyzerName")) {
        analyzer.configuration.clone_from(&changed);
    }
    Ok(json!({ "configuration": changed }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(world, request)?;
    let own = world.access_analyzer.of_mut(&request.caller.account, &request.region);
    own.remove(request.required("analyzerName"));
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use crate::sim::Simulator;
    use crate::sim::testing::{account, ask_as, done, organization, quiet};

    const ANALYZER: &str = "accessanalyzer";
    const MANAGEMENT: &str = "111122223333";

    async fn create(sim: &Simulator, account: &str, name: &str, kind: &str) -> Option<String> {
        let input = json!({"analyzerName": name, "type": kind});
        ask_as(sim, account, None, ANALYZER, "CreateAnalyzer", input).await.code()
    }

    async fn analyzer(sim: &Simulator, account: &str, name: &str) -> Value {
        let input = json!({"analyzerName": name});
        ask_as(sim, account, None, ANALYZER, "GetAnalyzer", input).await.json()["analyzer"].clone()
    }

    #[tokio::test(start_paused = true)]
    async fn an_organizations_analyzer_belongs_to_its_administrator_and_stops_with_the_office() {
        let (sim, _) = organization(quiet()).await;
        let audit = account(&sim, "audit").await;
        assert_eq!(
            create(&sim, MANAGEMENT, "org", "ORGANIZATION").await.as_deref(),
            Some("ValidationException")
        );
        let principal = json!({"ServicePrincipal": super::PRINCIPAL});
        done(&sim, "organizations", "EnableAWSServiceAccess", principal.clone()).await;
        assert_eq!(
            create(&sim, &audit, "org", "ORGANIZATION").await.as_deref(),
            Some("AccessDeniedException")
        );
        let office = json!({"AccountId": audit, "ServicePrincipal": super::PRINCIPAL});
        done(&sim, "organizations", "RegisterDelegatedAdministrator", office.clone()).await;
        assert_eq!(create(&sim, &audit, "org", "ORGANIZATION").await, None);
        assert_eq!(create(&sim, &audit, "org", "ORGANIZATION").await.as_deref(), Some("ConflictException"));
        assert_eq!(analyzer(&sim, &audit, "org").await["status"], "CREATING");
        sim.advance(Duration::from_secs(60));
        assert_eq!(analyzer(&sim, &audit, "org").await["status"], "ACTIVE");
        done(&sim, "organizations", "DeregisterDelegatedAdministrator", office).await;
        let stopped = analyzer(&sim, &audit, "org").await;
        assert_eq!(stopped["statusReason"]["code"], "DELEGATED_ADMINISTRATOR_DEREGISTERED");
        done(&sim, "organizations", "DisableAWSServiceAccess", principal).await;
        assert_eq!(
            analyzer(&sim, &audit, "org").await["statusReason"]["code"],
            "AWS_SERVICE_ACCESS_DISABLED"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_organization_has_five_analyzers_in_a_region_and_an_account_one_of_its_own() {
        let (sim, _) = organization(quiet()).await;
        let principal = json!({"ServicePrincipal": super::PRINCIPAL});
        done(&sim, "organizations", "EnableAWSServiceAccess", principal).await;
        for number in 0..5 {
            let kind = if number % 2 == 0 { "ORGANIZATION" } else { "ORGANIZATION_UNUSED_ACCESS" };
            assert_eq!(create(&sim, MANAGEMENT, &format!("a{number}"), kind).await, None);
        }
        let quota = Some("ServiceQuotaExceededException");
        assert_eq!(create(&sim, MANAGEMENT, "b", "ORGANIZATION").await.as_deref(), quota);
        assert_eq!(create(&sim, MANAGEMENT, "c", "ACCOUNT").await, None);
        assert_eq!(create(&sim, MANAGEMENT, "d", "ACCOUNT").await.as_deref(), quota);
        let listed = done(&sim, ANALYZER, "ListAnalyzers", json!({})).await;
        assert_eq!(listed["analyzers"].as_array().map(Vec::len), Some(6));
    }

    #[tokio::test(start_paused = true)]
    async fn only_analyzers_with_a_configuration_are_updated_and_a_token_repeats() {
        let (sim, _) = organization(quiet()).await;
        let asked = json!({"analyzerName": "unused", "type": "ACCOUNT_UNUSED_ACCESS", "clientToken": "t"});
        let first = done(&sim, ANALYZER, "CreateAnalyzer", asked.clone()).await;
        assert_eq!(done(&sim, ANALYZER, "CreateAnalyzer", asked).await, first);
        let usual = analyzer(&sim, MANAGEMENT, "unused").await;
        assert_eq!(usual["configuration"]["unusedAccess"]["unusedAccessAge"], 90);
        let change =
            json!({"analyzerName": "unused", "configuration": {"unusedAccess": {"unusedAccessAge": 30}}});
        let changed = done(&sim, ANALYZER, "UpdateAnalyzer", change).await;
        assert_eq!(changed["configuration"]["unusedAccess"]["unusedAccessAge"], 30);
        create(&sim, MANAGEMENT, "external", "ACCOUNT").await;
        let external = json!({"analyzerName": "external"});
        let refused = ask_as(&sim, MANAGEMENT, None, ANALYZER, "UpdateAnalyzer", external.clone()).await;
        assert_eq!(refused.code().as_deref(), Some("ValidationException"));
        done(&sim, ANALYZER, "DeleteAnalyzer", external.clone()).await;
        let gone = ask_as(&sim, MANAGEMENT, None, ANALYZER, "GetAnalyzer", external).await;
        assert_eq!(gone.code().as_deref(), Some("ResourceNotFoundException"));
    }
}
