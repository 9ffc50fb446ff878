//! What in an account, and in the policies above it, keeps Control Tower from working there.
//!
//! In: the world and an account. Out: what Control Tower's checks find before an operation on the account's unit
//! ([`found_before`]), and how the enrolment of the account itself ends ([`enrolment_of`]). Rules:
//! <https://docs.aws.amazon.com/controltower/latest/userguide/common-eg-failures.html> (STS in every governed Region, the
//! form of the e-mail address, conflicting SCPs),
//! <https://docs.aws.amazon.com/controltower/latest/userguide/enrollment-prerequisites.html> (whom the role trusts),
//! <https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html> (roles left by another landing zone).
//! UNSOURCED: the words, and which of these fail the unit and which the account alone. Absent: stacks, topics and log groups,
//! which the simulator does not have.

use serde_json::json;

use crate::sim::authorization;
use crate::sim::request::{Caller, Request};
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::acts::EXECUTION_ROLE;
use super::estate::SCP;
use super::manifest::Settings;
use super::recording;
use super::state::{Enablement, LandingZone};

/// How the names of Control Tower's own roles begin.
const OWN: &str = "aws-controltower-";
/// Part of what it does in an account as its role: service and operation, on what, once or in every governed Region.
const WORK: [(&str, &str, &str, bool); 4] = [
    ("iam", "CreateRole", "arn:aws:iam::{account}:role/aws-controltower-ConfigRecorderRole", false),
    ("config", "PutConfigurationRecorder", "*", true),
    (
        "cloudformation",
        "CreateStack",
        "arn:aws:cloudformation:{region}:{account}:stack/StackSet-AWSControlTower",
        true,
    ),
    ("sns", "CreateTopic", "arn:aws:sns:{region}:{account}:aws-controltower-SecurityNotifications", true),
];

/// Why Control Tower's checks do not pass an account: its whole unit is not registered then.
pub(super) fn found_before(world: &World, zone: &LandingZone, account: &str) -> Option<String> {
    let settings = Settings::read(&zone.version, Some(&zone.manifest)).ok()?;
    if let Some((account, regions)) = recording::in_the_way(world, &zone.home, &settings, [account]) {
        return Some(recording::refusal(account, &regions));
    }
    let regions = recording::regions(&zone.home, &settings);
    let off = world.sts.off.get(account);
    if let Some(region) = regions.iter().find(|region| off.is_some_and(|off| off.contains(*region))) {
        return Some(format!(
            "AWS Control Tower cannot enroll the account {account} because AWS STS is deactivated in {region}."
        ));
    }
    let email = world.organizations.of(account)?.account(account)?.email.clone();
    // Worlds are often seeded with accounts of no address.
    (!email.is_empty() && !is_taken(&email)).then(|| {
        format!("AWS Control Tower cannot enroll the account {account} because of its email address {email}.")
    })
}

/// Whether an e-mail address fits `[A-Z0-9a-z._%+-]+@[A-Za-z0-9.-]+[.]+[A-Za-z]+`.
fn is_taken(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else { return false };
    let Some((host, top)) = domain.rsplit_once('.') else { return false };
    let made_of = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|sign| sign.is_ascii_alphanumeric() || more.contains(sign))
    };
    made_of(local, "._%+-")
        && made_of(host, ".-")
        && !top.is_empty()
        && top.chars().all(|c| c.is_ascii_alphabetic())
}

/// How the enrolment of an account ends.
pub(super) fn enrolment_of(world: &World, zone: &LandingZone, account: &str) -> Enablement {
    let known = world.control_tower.enabled_baselines.values().any(|enabled| {
        enabled.parent.is_some() && enabled.target_id == account && enabled.status == Enablement::Succeeded
    });
    let state = world.control_tower.enrolment_of(account);
    let stopped = !known && (is_left_over(world, account) || !may_enter(world, zone, account));
    if stopped || is_denied(world, zone, account) { Enablement::Failed } else { state }
}

/// Whether another landing zone has left roles whose names Control Tower takes. The role for backups it makes by itself,
/// whether an account is enrolled or not.
fn is_left_over(world: &World, account: &str) -> bool {
    queries::roles(world, account)
        .any(|role| role.name.starts_with(OWN) && !role.name.to_ascii_lowercase().contains("backup"))
}

/// Whether Control Tower's role, where it is there, lets the landing zone's account in.
fn may_enter(world: &World, zone: &LandingZone, account: &str) -> bool {
    let role = queries::role(world, account, EXECUTION_ROLE);
    role.is_none_or(|role| {
        queries::trusts_account(role, &zone.account)
            && role.attached.iter().any(|policy| policy == queries::ADMINISTRATOR_ACCESS)
    })
}

/// Whether service control policies deny what Control Tower does in an account as its role.
fn is_denied(world: &World, zone: &LandingZone, account: &str) -> bool {
    let Ok(settings) = Settings::read(&zone.version, Some(&zone.manifest)) else { return false };
    // Its own policies exempt its role, and without any other there is nothing to ask.
    let foreign = world.organizations.of(account).is_some_and(|organization| {
        let mut policies = organization.policies.values();
        policies.any(|policy| policy.kind == SCP && !policy.name.starts_with("aws-guardrails-"))
    });
    if !foreign {
        return false;
    }
    let regions = recording::regions(&zone.home, &settings);
    let asks = WORK.iter().flat_map(|(service, operation, on, regional)| {
        let places = if *regional { regions.as_slice() } else { std::slice::from_ref(&zone.home) };
        places.iter().map(move |region| (*service, *operation, *on, region))
    });
    asks.into_iter().any(|(service, operation, on, region)| {
        let request = Request {
            service,
            operation: operation.to_owned(),
            input: json!({}),
            caller: Caller {
                account: account.to_owned(),
                // As a role and not as its session, which could not be told from others before the role is made.
                arn: format!("arn:aws:iam::{account}:role/{EXECUTION_ROLE}"),
                user_id: "AROACONTROLTOWER:AWSControlTower".to_owned(),
                access_key: String::new(),
            },
            region: region.clone(),
            now: world.time,
        };
        let on = on.replace("{account}", account).replace("{region}", region);
        !authorization::allows(world, &request, &format!("{service}:{operation}"), &on)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_an_address_is_narrower_than_that_of_organizations() {
        for good in ["aws+prod@example.com", "a.b%c@x.example.co", "A-1_b@a-b.example"] {
            assert!(is_taken(good), "{good}");
        }
        for bad in ["o!dd@example.com", "a@example", "a@example.c0m", "o'hara@example.com", "@example.com"] {
            assert!(!is_taken(bad), "{bad}");
        }
    }
}
