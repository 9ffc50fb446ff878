//! CreateStackSet, UpdateStackSet, DeleteStackSet, DescribeStackSet, ListStackSets, ListStackSetAutoDeploymentTargets.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html> and its neighbours.
//! UNSOURCED words but where a comment says otherwise. Absent: self-managed stack sets, templates in S3, drift, and whatever
//! a template says beyond its resources' types (`template`).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::authority::{invalid, not_found, owner};
use super::operations::{self, Asked};
use super::state::{Action, StackSet};
use super::{PAGING, template};

const NAME: usize = 128;

/// The stack set that a request names, by name or by id, and who has it.
pub(super) fn named<'w>(world: &'w World, request: &Request) -> Result<(String, &'w StackSet), AwsError> {
    let owner = owner(world, request)?;
    let said = request.required("StackSetName");
    let name = said.split_once(':').map_or(said, |(name, _)| name);
    let sets = world.cloudformation.sets(&owner, &request.region);
    let set = sets.and_then(|sets| sets.get(name)).filter(|set| said == name || set.id == said);
    Ok((owner, set.ok_or_else(|| not_found(said))?))
}

/// The same, to change it.
pub(super) fn named_mut<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut StackSet, AwsError> {
    let (owner, _) = named(world, request)?;
    let said = request.required("StackSetName");
    let name = said.split_once(':').map_or(said, |(name, _)| name);
    let sets = world.cloudformation.sets_mut(&owner, &request.region);
    sets.get_mut(name).ok_or_else(|| not_found(said))
}

fn texts(request: &Request, member: &str) -> Vec<String> {
    request.list(member).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn body(request: &Request) -> Result<Option<String>, AwsError> {
    if request.text("TemplateURL").is_some() {
        return Err(invalid("S3 error: Access Denied"));
    }
    request.text("TemplateBody").map(|body| template::check(body).map(|()| body.to_owned())).transpose()
}

fn auto(request: &Request) -> Option<(bool, bool)> {
    let auto = request.input.get("AutoDeployment")?;
    let flag = |member: &str| auto.get(member).and_then(Value::as_bool).unwrap_or_default();
    Some((flag("Enabled"), flag("RetainStacksOnAccountRemoval")))
}

fn managed(request: &Request) -> Option<bool> {
    request.input.get("ManagedExecution")?.get("Active")?.as_bool()
}

/// A repeat with the same token answers with the same stack set.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    if request.text("PermissionModel") != Some("SERVICE_MANAGED") {
        return Err(invalid(
            "This simulator has service-managed stack sets only: PermissionModel must be SERVICE_MANAGED",
        ));
    }
    let owner = owner(world, request)?;
    let name = request.required("StackSetName");
    let fits = name.len() <= NAME
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !fits {
        return Err(invalid(format!(
            "1 validation error detected: Value '{name}' at 'stackSetName' failed to satisfy constraint"
        )));
    }
    let known = world.cloudformation.sets(&owner, &request.region).and_then(|sets| sets.get(name));
    if let Some(known) = known {
        if known.token.is_some() && known.token.as_deref() == request.text("ClientRequestToken") {
            return Ok(json!({ "StackSetId": known.id }));
        }
        return Err(AwsError::new("NameAlreadyExistsException", format!("StackSet {name} already exists")));
    }
    let template =
        body(request)?.ok_or_else(|| invalid("Either Template URL or Template Body must be specified."))?;
    let capabilities = texts(request, "Capabilities");
    template::capable(&template, &capabilities)?;
    let Some((auto, retain)) = auto(request) else {
        return Err(invalid("AutoDeployment must be specified for a SERVICE_MANAGED stack set"));
    };
    if retain && !auto {
        return Err(invalid(
            "RetainStacksOnAccountRemoval can be specified only if AutoDeployment is enabled",
        ));
    }
    let id = format!("{name}:{}", world.ids.uuid());
    let set = StackSet {
        id: id.clone(),
        description: request.text("Description").map(str::to_owned),
        template,
        parameters: request.list("Parameters").to_vec(),
        capabilities,
        tags: request.list("Tags").to_vec(),
        auto,
        retain,
        managed: managed(request).unwrap_or_default(),
        token: request.text("ClientRequestToken").map(str::to_owned),
        targets: std::collections::BTreeMap::new(),
        instances: std::collections::BTreeMap::new(),
        operations: Vec::new(),
    };
    super::auto_deployment::look(world, &owner);
    world.cloudformation.sets_mut(&owner, &request.region).insert(name.to_owned(), set);
    Ok(json!({ "StackSetId": id }))
}

/// What the request leaves out stays, but the template, of which it must say that it stays. The stacks follow.
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, set) = named(world, request)?;
    let previous = request.boolean("UsePreviousTemplate").unwrap_or_default();
    let template = match body(request)? {
        Some(body) => body,
        None if previous => set.template.clone(),
        None => return Err(invalid("Either Template URL or Template Body must be specified.")),
    };
    let capabilities = texts(request, "Capabilities");
    template::capable(&template, &capabilities)?;
    if !request.list("Accounts").is_empty() {
        return Err(invalid("Accounts cannot be specified for a SERVICE_MANAGED stack set"));
    }
    let auto = auto(request).unwrap_or((set.auto, set.retain));
    let asked = Asked::of(request, Action::Update)?;
    operations::free(set, &asked)?;
    let (managed, region) = (managed(request), request.region.clone());
    let set = named_mut(world, request)?;
    set.template = template;
    set.capabilities = capabilities;
    (set.auto, set.retain) = auto;
    set.managed = managed.unwrap_or(set.managed);
    if let Some(description) = request.text("Description") {
        set.description = Some(description.to_owned());
    }
    // Parameters and tags that are not given are taken away; what is marked with UsePreviousValue stays.
    let kept =
        |one: &Value| one["UsePreviousValue"].as_bool() == Some(true) || one["UsePreviousValue"] == "true";
    let parameters = request.list("Parameters").iter().map(|one| {
        let before = set.parameters.iter().find(|old| old["ParameterKey"] == one["ParameterKey"]);
        before.filter(|_| kept(one)).unwrap_or(one).clone()
    });
    set.parameters = parameters.collect();
    if request.input.get("Tags").is_some() {
        set.tags = request.list("Tags").to_vec();
    }
    let id = operations::begin(world, request, &region, asked)?;
    Ok(json!({ "OperationId": id }))
}

/// One that is not there is no error: the model declares none.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let owner = owner(world, request)?;
    let Ok((_, set)) = named(world, request) else { return Ok(json!({})) };
    if let Some(busy) = set.busy() {
        return Err(operations::in_progress(set, busy));
    }
    if !set.is_empty() {
        return Err(AwsError::new("StackSetNotEmptyException", "StackSet is not empty"));
    }
    let said = request.required("StackSetName");
    let name = said.split_once(':').map_or(said, |(name, _)| name).to_owned();
    world.cloudformation.sets_mut(&owner, &request.region).remove(&name);
    Ok(json!({}))
}

fn arn(request: &Request, owner: &str, set: &StackSet) -> String {
    format!("arn:aws:cloudformation:{}:{owner}:stackset/{}", request.region, set.id)
}

fn summary(set: &StackSet) -> Map<String, Value> {
    let name = set.id.split_once(':').map_or(set.id.as_str(), |(name, _)| name);
    let mut view = Map::new();
    view.insert("StackSetName".into(), json!(name));
    view.insert("StackSetId".into(), json!(set.id));
    view.insert("Status".into(), json!("ACTIVE"));
    view.insert("PermissionModel".into(), json!("SERVICE_MANAGED"));
    view.insert("ManagedExecution".into(), json!({ "Active": set.managed }));
    let mut auto = json!({ "Enabled": set.auto });
    if set.auto {
        auto["RetainStacksOnAccountRemoval"] = json!(set.retain);
    }
    view.insert("AutoDeployment".into(), auto);
    if let Some(description) = &set.description {
        view.insert("Description".into(), json!(description));
    }
    view
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (owner, set) = named(world, request)?;
    let regions: BTreeSet<&String> = set.targets.values().flatten().collect();
    let mut view = summary(set);
    view.insert("StackSetARN".into(), json!(arn(request, &owner, set)));
    view.insert("TemplateBody".into(), json!(set.template));
    view.insert("Parameters".into(), json!(set.parameters));
    view.insert("Capabilities".into(), json!(set.capabilities));
    view.insert("Tags".into(), json!(set.tags));
    view.insert("OrganizationalUnitIds".into(), json!(set.targets.keys().collect::<Vec<_>>()));
    view.insert("Regions".into(), json!(regions));
    Ok(json!({ "StackSet": view }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let owner = owner(world, request)?;
    let sets = world.cloudformation.sets(&owner, &request.region);
    let wanted = request.text("Status").is_none_or(|status| status == "ACTIVE");
    let found = sets.into_iter().flat_map(|sets| sets.values()).filter(|_| wanted).collect();
    PAGING.page(request, "Summaries", found, |set| Value::Object(summary(set)))
}

/// The targets of auto-deployment: none while it is off.
pub(super) fn targets(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, set) = named(world, request)?;
    let found = set.targets.iter().filter(|_| set.auto).collect();
    PAGING.page(
        request,
        "Summaries",
        found,
        |(unit, regions)| json!({ "OrganizationalUnitId": unit, "Regions": regions }),
    )
}
