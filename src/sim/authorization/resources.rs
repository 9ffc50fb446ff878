//! The ARN of what a request is about.
//!
//! In: a template such as `entity:AccountId` (a way to make an ARN, then a member of the input). Out: the ARN, or none
//! if the member is not given. Absent: which operation has which templates (`actions.toml`).
//!
//! A resource that does not exist yet has `*` in place of the id it will get, so that a policy for every resource of
//! that kind covers it and a policy for one resource does not.
//! Formats: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.

use crate::sim::request::Request;
use crate::sim::services::organizations::Organization;
use crate::sim::world::World;

type Maker = fn(&World, &Request, &str) -> Option<String>;

/// Every way to make an ARN.
const MAKERS: &[(&str, Maker)] = &[
    ("*", |_, _, _| Some("*".to_owned())),
    ("member", |_, request, member| request.text(member).map(str::to_owned)),
    ("entity", |world, request, member| entity(world, request, request.text(member)?)),
    ("new", |world, request, kind| {
        let organization = organization(world, request)?;
        Some(format!("arn:aws:organizations::{}:{kind}/{}/*", organization.management, organization.id))
    }),
    ("handshake", handshake),
    ("role", role),
    ("service-role", |_, request, member| {
        let (account, service) = (&request.caller.account, request.text(member)?);
        Some(format!("arn:aws:iam::{account}:role/aws-service-role/{service}/*"))
    }),
    ("service", |_, request, service| {
        Some(format!("arn:aws:iam::{}:role/aws-service-role/{service}/*", request.caller.account))
    }),
    ("new-role", |_, request, member| named(request, "role", member)),
    ("new-policy", |_, request, member| named(request, "policy", member)),
    ("key", |world, request, member| key(world, request, request.text(member)?)),
    ("alias", |_, request, member| regional(request, "kms", request.text(member)?)),
    ("control-tower", |_, request, kind| regional(request, "controltower", &format!("{kind}/*"))),
    ("control", |_, request, member| {
        let given = request.text(member).map(str::to_owned);
        given.or_else(|| regional(request, "controltower", "enabledcontrol/*"))
    }),
    ("account", account),
    ("sso-account", |_, request, member| Some(format!("arn:aws:sso:::account/{}", request.text(member)?))),
    ("new-permission-set", |_, request, _| {
        let instance = request.text("InstanceArn")?.rsplit('/').next()?;
        Some(format!("arn:aws:sso:::permissionSet/{instance}/*"))
    }),
    ("identity-store", |world, request, _| {
        let id = request.text("IdentityStoreId")?.rsplit('/').next()?;
        let owner = world.identity_store.stores.get(id).map_or("*", |store| store.owner.as_str());
        Some(format!("arn:aws:identitystore::{owner}:identitystore/{id}"))
    }),
    ("identity-group", |_, request, member| identity(request.text(member)?, "group")),
    ("identity-user", |_, request, member| identity(request.text(member)?, "user")),
    ("identity-member", |_, request, member| {
        identity(request.input.get(member)?.get("UserId")?.as_str()?, "user")
    }),
    ("identity-membership", |_, request, member| identity(request.text(member)?, "membership")),
    ("identity-any", |_, _, kind| Some(format!("arn:aws:identitystore:::{kind}/*"))),
    ("detector", |_, request, member| {
        regional(request, "guardduty", &format!("detector/{}", request.text(member)?))
    }),
    ("vault", |_, request, member| {
        regional(request, "backup", &format!("backup-vault:{}", request.text(member)?))
    }),
    ("plan", |_, request, member| {
        regional(request, "backup", &format!("backup-plan:{}", request.text(member)?))
    }),
    ("backup", |_, request, kind| regional(request, "backup", &format!("{kind}:*"))),
    // What exists by its whole ARN, whose end is an id of AWS's choice; else anything of the kind.
    ("backup-named", |world, request, argument| {
        let (kind, member) = argument.split_once('.')?;
        let (account, region) = (&request.caller.account, &request.region);
        let known = world.backup.arn_of(account, region, kind, request.text(member)?);
        known.map(str::to_owned).or_else(|| regional(request, "backup", &format!("{kind}:*")))
    }),
    ("nested", |_, request, path| {
        let (outer, inner) = path.split_once('.')?;
        request.input.get(outer)?.get(inner)?.as_str().map(str::to_owned)
    }),
    // Those of a batch are named in a list; whoever may have one of them may have all.
    ("automation-rules", |_, request, _| regional(request, "securityhub", "automation-rule/*")),
    ("hub", |_, request, _| regional(request, "securityhub", "hub/default")),
    ("analyzer", |_, request, member| {
        regional(request, "access-analyzer", &format!("analyzer/{}", request.text(member)?))
    }),
    // One that is put for the first time has no id yet.
    ("firewall-policy", |_, request, member| {
        let inside = request.input.get("Policy").and_then(|policy| policy.get(member)?.as_str());
        let id = request.text(member).or(inside).unwrap_or("*");
        regional(request, "fms", &format!("policy/{id}"))
    }),
    ("trail", |_, request, member| {
        let name = request.text(member)?;
        if name.starts_with("arn:") {
            return Some(name.to_owned());
        }
        regional(request, "cloudtrail", &format!("trail/{name}"))
    }),
    // A stack set stands in the management account, whoever works with it.
    ("stack-set", |world, request, member| {
        let owner = organization(world, request)?.management.clone();
        let name = request.text(member)?.split(':').next()?;
        Some(format!("arn:aws:cloudformation:{}:{owner}:stackset/{name}:*", request.region))
    }),
    // A name is no part of these ARNs that a caller could foretell: an id of AWS's choice stands in it.
    ("config", |_, request, kind| regional(request, "config", &format!("{kind}/*"))),
    ("config-role", |_, request, _| {
        request.input.get("ConfigurationRecorder")?.get("roleARN")?.as_str().map(str::to_owned)
    }),
    ("quota", |_, request, _| {
        let (service, quota) = (request.text("ServiceCode")?, request.text("QuotaCode")?);
        regional(request, "servicequotas", &format!("{service}/{quota}"))
    }),
];

/// The ARN a template stands for.
pub(super) fn arn(world: &World, request: &Request, template: &str) -> Option<String> {
    let (way, argument) = template.split_once(':').unwrap_or((template, ""));
    let (_, maker) = MAKERS.iter().find(|(name, _)| *name == way)?;
    maker(world, request, argument)
}

/// Whether a template names a way to make an ARN.
#[cfg(test)]
pub(super) fn is_template(template: &str) -> bool {
    let way = template.split_once(':').map_or(template, |(way, _)| way);
    MAKERS.iter().any(|(name, _)| *name == way)
}

fn organization<'w>(world: &'w World, request: &Request) -> Option<&'w Organization> {
    world.organizations.of(&request.caller.account)
}

/// The ARN of anything Organizations has an id for.
fn entity(world: &World, request: &Request, id: &str) -> Option<String> {
    let organization = organization(world, request)?;
    let prefix = format!("arn:aws:organizations::{}", organization.management);
    Some(match id.split_once('-').map(|(kind, _)| kind) {
        _ if id.starts_with("arn:") => id.to_owned(),
        Some("r") => format!("{prefix}:root/{}/{id}", organization.id),
        Some("ou") => organization.unit_arn(id),
        Some("p") => {
            let kind = organization.policy_kind(id).unwrap_or("*").to_lowercase();
            let own = organization.policies.contains_key(id);
            if own || kind == "*" {
                format!("{prefix}:policy/{}/{kind}/{id}", organization.id)
            } else {
                format!("arn:aws:organizations::aws:policy/{kind}/{id}")
            }
        }
        Some("rp") => format!("{prefix}:resourcepolicy/{}/{id}", organization.id),
        _ => organization.account_arn(id),
    })
}

fn handshake(world: &World, request: &Request, member: &str) -> Option<String> {
    let id = request.text(member)?;
    let (management, organization, kind) = match world.organizations.handshakes.get(id) {
        Some(known) => (known.management.as_str(), known.organization.as_str(), known.action.to_lowercase()),
        None => ("*", "*", "*".to_owned()),
    };
    Some(format!("arn:aws:organizations::{management}:handshake/{organization}/{kind}/{id}"))
}

/// A role of the caller's account, with the path it has.
fn role(world: &World, request: &Request, member: &str) -> Option<String> {
    let name = request.text(member)?;
    let known = world.iam.role(&request.caller.account, name).map(|role| role.arn.clone());
    known.or_else(|| Some(format!("arn:aws:iam::{}:role/{name}", request.caller.account)))
}

/// A role or policy about to be created, with the path of the request.
fn named(request: &Request, kind: &str, member: &str) -> Option<String> {
    let path = request.text("Path").unwrap_or("/");
    Some(format!("arn:aws:iam::{}:{kind}{path}{}", request.caller.account, request.text(member)?))
}

/// A user, group or membership named by its id or its ARN.
fn identity(id: &str, kind: &str) -> Option<String> {
    Some(format!("arn:aws:identitystore:::{kind}/{}", id.rsplit('/').next()?))
}

fn regional(request: &Request, service: &str, rest: &str) -> Option<String> {
    Some(format!("arn:aws:{service}:{}:{}:{rest}", request.region, request.caller.account))
}

/// The key behind an id, an ARN or an alias: permissions on an alias are permissions on its key
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html>).
fn key(world: &World, request: &Request, id: &str) -> Option<String> {
    let name = id.split_once(":alias/").map_or(id.to_owned(), |(_, name)| format!("alias/{name}"));
    if let Some(_alias) = name.strip_prefix("alias/") {
        let regions = world.kms.accounts.get(&request.caller.account);
        let target = regions.and_then(|regions| regions.get(&request.region)?.aliases.get(&name));
        let key = target.map_or("*", |alias| alias.target.as_str());
        return regional(request, "kms", &format!("key/{key}"));
    }
    if id.starts_with("arn:") { Some(id.to_owned()) } else { regional(request, "kms", &format!("key/{id}")) }
}

/// An account in Account Management: the caller's own, or a member named by its id
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsaccountmanagement.html>).
fn account(world: &World, request: &Request, member: &str) -> Option<String> {
    match (request.text(member), organization(world, request)) {
        (Some(id), Some(organization)) => {
            Some(format!("arn:aws:account::{}:account/{}/{id}", organization.management, organization.id))
        }
        _ => Some(format!("arn:aws:account::{}:account", request.caller.account)),
    }
}
