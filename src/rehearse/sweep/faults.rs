//! Which faults are swept, as one table: the model, where each strikes, and how.
//!
//! The numbers F1 to F16 are those of `docs/reliability.md`. Each row is swept
//! exhaustively over its places. The models follow published reconciler tests:
//! crashes, stale and unobserved states as in Sieve
//! (<https://www.usenix.org/conference/osdi22/presentation/sun>), transient
//! failures as in Anvil (<https://github.com/vmware-research/verifiable-controllers>).
//! Absent: carrying a fault out (`run`).

use crate::catalog::operations;
use crate::cloud::task::Task;
use crate::model::Kind;
use crate::plan::Step;
use crate::sim::{Act, FOREVER, Fault, Latecomer, Loss};

/// What carries on after a run that broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Successor {
    /// A run that has the journal.
    Journal,
    /// A plan made anew, as if the journal were lost.
    Afresh,
}

/// Where and how a fault strikes.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// The program dies at a mutation: before it is sent, or after its effect and
    /// before its answer is in the journal.
    Crash {
        /// Whether it took effect.
        effect: bool,
        /// What carries on.
        then: Successor,
    },
    /// AWS misbehaves at a mutation. None where the fault does not apply to it.
    Mutation(fn(&Step, &Task) -> Option<Strike>),
    /// The program dies after the effect of a mutation, and what carries on reads
    /// the world as it was before.
    StaleAfterCrash(Successor),
    /// Somebody else changes the same thing after it was made and the program died.
    Actor(Successor),
    /// AWS misbehaves at one read of the survey that follows a crash.
    Read(fn() -> Fault),
    /// The last line of the journal is torn while it is written.
    Torn,
    /// The disk is full after a few more appends, in the middle of one.
    Full,
    /// The program is stopped in the call of a mutation that has not reached AWS.
    /// Another takes the lease, goes on from the journal and ends the run; then the
    /// call arrives.
    Zombie,
}

/// A fault with its address: the operation of the mutation, or another one.
#[derive(Debug, Clone)]
pub(super) struct Strike {
    /// As the simulator takes it; the call is the first from when it is armed.
    pub(super) operation: String,
    /// What happens.
    pub(super) fault: Fault,
}

/// What must be seen of the run in which a fault strikes, besides that everything
/// is right in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// Nothing: the next run puts it right.
    Nothing,
    /// The run gets over it by itself.
    Absorbed,
    /// The run names the step as a root cause, or gets over it.
    Reported,
}

/// One fault of the sweep.
#[derive(Debug)]
pub(super) struct Row {
    /// Its model and variant, unique, e.g. `F3-reset`.
    pub(super) name: &'static str,
    /// In words.
    pub(super) meaning: &'static str,
    /// Where and how.
    pub(super) how: How,
    /// What must be seen.
    pub(super) demand: Demand,
}

const fn row(name: &'static str, meaning: &'static str, how: How, demand: Demand) -> Row {
    Row { name, meaning, how, demand }
}

use Demand::{Absorbed, Nothing, Reported};
use How::{Actor, Crash, Full, Mutation, Read, StaleAfterCrash, Torn, Zombie};
use Successor::{Afresh, Journal};

/// Operations that have neither a natural key nor a value that would make AWS refuse
/// the call of a stopped holder once another has done the same. What such a call makes
/// must be told as left over.
pub(super) const UNPROTECTED: &[&str] = &["kms:CreateKey"];

/// Operations after which AWS has to carry something into accounts again, even when they write what
/// is there already: a permission set that has been written counts as not provisioned (the
/// simulator; whether writing the same does it, too, is UNSOURCED). Where such a call arrives after
/// the end, the next plan has that provisioning and nothing else.
pub(super) const UNSETTLING: &[&str] = &["sso-admin:PutInlinePolicyToPermissionSet"];

/// Every fault.
pub(super) const TABLE: &[Row] = &[
    row(
        "F1-journal",
        "crash before a mutation is sent; resumed",
        Crash { effect: false, then: Journal },
        Absorbed,
    ),
    row(
        "F1-afresh",
        "the same; planned anew without the journal",
        Crash { effect: false, then: Afresh },
        Nothing,
    ),
    row(
        "F2-journal",
        "crash after the effect, before its answer is journalled; resumed",
        Crash { effect: true, then: Journal },
        Absorbed,
    ),
    row(
        "F2-afresh",
        "the same; planned anew without the journal",
        Crash { effect: true, then: Afresh },
        Nothing,
    ),
    row(
        "F3-reset",
        "effect, then the connection breaks",
        Mutation(|step, _| own(step, Fault::LostAnswer)),
        Absorbed,
    ),
    row(
        "F3-timeout",
        "effect, then no answer for a minute",
        Mutation(|step, _| own(step, lost(Loss::Timeout))),
        Absorbed,
    ),
    row(
        "F3-500",
        "effect, then status 500",
        Mutation(|step, _| own(step, lost(Loss::ServerError(500)))),
        Absorbed,
    ),
    row(
        "F4-reset",
        "the connection breaks before the effect",
        Mutation(|step, _| own(step, Fault::ResetBefore { times: 1 })),
        Absorbed,
    ),
    row(
        "F4-500",
        "status 500 before the effect",
        Mutation(|step, _| own(step, Fault::ServerError { status: 500, times: 1 })),
        Absorbed,
    ),
    row("F5-1", "throttled once", Mutation(|step, _| own(step, throttle(1))), Absorbed),
    row("F5-5", "throttled 5 times in a row", Mutation(|step, _| own(step, throttle(5))), Absorbed),
    row("F5-50", "throttled 50 times in a row", Mutation(|step, _| own(step, throttle(50))), Absorbed),
    row("F5-read", "a read is throttled 5 times in a row", Read(|| throttle(5)), Nothing),
    row(
        "F6-1",
        "another change is in progress, once",
        Mutation(|step, _| own(step, Fault::Conflict { times: 1 })),
        Absorbed,
    ),
    row(
        "F6-8",
        "another change is in progress, 8 times in a row",
        Mutation(|step, _| own(step, Fault::Conflict { times: 8 })),
        Absorbed,
    ),
    row(
        "F7-journal",
        "crash after the effect; the resumed run reads 20 s old answers",
        StaleAfterCrash(Journal),
        Absorbed,
    ),
    row("F7-afresh", "the same; planned anew from 20 s old answers", StaleAfterCrash(Afresh), Nothing),
    row(
        "F8",
        "the effect is not seen before another change has happened",
        Mutation(|step, _| own(step, Fault::Unobserved { until: "mutation".to_owned() })),
        Nothing,
    ),
    row("F9-10s", "what is created is missing for 10 seconds", Mutation(|step, _| late(step, 10)), Absorbed),
    row("F9-90s", "what is created is missing for 90 seconds", Mutation(|step, _| late(step, 90)), Nothing),
    row(
        "F9-20m",
        "what is created is missing for 20 minutes",
        Mutation(|step, _| late(step, 20 * 60)),
        Nothing,
    ),
    row("F10-journal", "crash, then somebody else changes the same thing; resumed", Actor(Journal), Nothing),
    row("F10-afresh", "the same; planned anew", Actor(Afresh), Nothing),
    row(
        "F11-empty",
        "a page of a listing is empty and has a token",
        Read(|| Fault::EmptyPage { times: 1 }),
        Nothing,
    ),
    row(
        "F11-expired",
        "the token of a following page has expired",
        Read(|| Fault::ExpiredToken { times: 1 }),
        Nothing,
    ),
    row("F11-repeated", "an item is listed on two pages", Read(|| Fault::RepeatedItem { times: 1 }), Nothing),
    row(
        "F11-skipped",
        "an item is listed on no page, having moved to one that was read",
        Read(|| Fault::SkippedItem { times: 1 }),
        Nothing,
    ),
    row(
        "F4-read",
        "a read meets status 500 twice",
        Read(|| Fault::ServerError { status: 500, times: 2 }),
        Nothing,
    ),
    row("F13-fails", "the asynchronous operation ends as failed", Mutation(failing), Reported),
    row(
        "F13-hangs",
        "the asynchronous operation does not end",
        Mutation(|step, _| own(step, Fault::OperationHangs)),
        Reported,
    ),
    row("F13-missing", "the operation's status is not found 3 times", Mutation(missing_status), Absorbed),
    row(
        "F14-expire",
        "the credentials expire at a mutation",
        Mutation(|step, _| own(step, Fault::CredentialsExpire)),
        Nothing,
    ),
    row("F14-read", "the credentials expire at a read", Read(|| Fault::CredentialsExpire), Nothing),
    row(
        "F14-role",
        "roles cannot be assumed for 150 seconds after their creation",
        Mutation(role_too_early),
        Absorbed,
    ),
    row(
        "F14-denied",
        "a service control policy denies a mutation in a member account, once",
        Mutation(|step, _| own(step, Fault::ScpDenies { actions: vec![step.operation.clone()], times: 1 })),
        Reported,
    ),
    row("F15", "the last line of an append to the journal is torn", Torn, Absorbed),
    row("F15-full", "the disk is full in the middle of an append; resumed with room", Full, Absorbed),
    row(
        "F16",
        "the quota is reached",
        Mutation(|step, _| own(step, Fault::QuotaReached { times: 1 })),
        Reported,
    ),
    row("F12", "stopped in a call and overtaken; the call arrives after the end", Zombie, Absorbed),
];

/// How long the program may be told what was, in seconds: shorter than it waits
/// before it believes that a call without a trace was never applied.
pub(super) const STALE_SECONDS: u32 = 20;

#[expect(clippy::unnecessary_wraps, reason = "every row of the table has one shape")]
fn own(step: &Step, fault: Fault) -> Option<Strike> {
    Some(Strike { operation: step.operation.clone(), fault })
}

const fn throttle(times: u32) -> Fault {
    Fault::Throttle { times, retry_after: None }
}

const fn lost(how: Loss) -> Fault {
    Fault::Lost { how, times: 1 }
}

fn failing(step: &Step, task: &Task) -> Option<Strike> {
    // FailureReason of CreateAccount, else a sentence in the operation's status message.
    let account = task.address.kind == Kind::Account;
    let reason = if account { "INTERNAL_FAILURE" } else { "The operation ended with an internal error." };
    own(step, Fault::OperationFails { reason: reason.to_owned() })
}

fn late(step: &Step, seconds: u32) -> Option<Strike> {
    let kind = match (step.address.kind, step.verb.as_str()) {
        (Kind::Account, "create") => Latecomer::Account,
        (Kind::OrganizationalUnit, "create") => Latecomer::Unit,
        (Kind::ServiceRole, "create") => Latecomer::Role,
        (Kind::Key, "create") => Latecomer::Key,
        _ => return None,
    };
    own(step, Fault::Delayed { kind, seconds })
}

fn missing_status(step: &Step, _: &Task) -> Option<Strike> {
    let operation = operations::table().get(&step.operation)?.poll.clone()?;
    Some(Strike { operation, fault: Fault::Missing { times: 3 } })
}

fn role_too_early(step: &Step, _: &Task) -> Option<Strike> {
    let own = step.address.kind == Kind::Account && step.verb == "create";
    let operation = "sts:AssumeRole".to_owned();
    own.then_some(Strike { operation, fault: Fault::RoleNotAssumable { seconds: 150 } })
}

/// A stale view of everything from now on.
pub(super) const fn stale() -> Fault {
    Fault::StaleRead { age: STALE_SECONDS, times: FOREVER }
}

/// What somebody else may do to the thing that a step has made, such that a plan
/// can put it right.
pub(super) fn interference(step: &Step, task: &Task, management: &str) -> Option<Act> {
    let text = |fields: &crate::model::Fields, name: &str| {
        fields.get(name).and_then(|value| value.as_str()).map(str::to_owned)
    };
    let role = || step.address.name.clone();
    let own = |name: &str| text(&task.inputs, name).or_else(|| text(&task.keys, name));
    let theirs = || "somebody else's".to_owned();
    Some(match (step.address.kind, step.verb.as_str()) {
        (Kind::Account, "move") => {
            Act::MoveAccount { account: text(&task.keys, "email")?, to: String::new() }
        }
        (Kind::Account | Kind::OrganizationalUnit, "create") => {
            let key = task.inputs.keys().find_map(|name| name.strip_prefix("tags."))?.to_owned();
            let target = text(&task.keys, if step.address.kind == Kind::Account { "email" } else { "path" })?;
            Act::Tag { target, key, value: theirs() }
        }
        (Kind::TrustedAccess, _) => Act::DisableServiceAccess { principal: role() },
        (Kind::ServiceRole, "create") => Act::DeleteRole { account: management.to_owned(), role: role() },
        (Kind::ServiceRole, "attach_policy") => {
            Act::DetachRolePolicy { account: management.to_owned(), role: role(), policy: step.item.clone() }
        }
        (Kind::Policy, "create" | "update") if task.inputs.contains_key("description") => {
            Act::DescribePolicy { policy: step.address.name.clone(), description: theirs() }
        }
        (Kind::Policy, "attach") => Act::DetachPolicy {
            policy: task.own.get("id")?.clone(),
            target: own(&format!("targets.{}", step.item))?,
        },
        (Kind::PermissionSet, "create") if task.inputs.contains_key("session_duration") => {
            let (permission_set, session_duration) = (step.address.name.clone(), "PT11H".to_owned());
            Act::EditPermissionSet { permission_set, session_duration }
        }
        (Kind::Assignment, "assign") => Act::Unassign {
            permission_set: own("permission_set_name")?,
            principal: own("principal")?,
            account: own(&format!("accounts.{}", step.item))?,
        },
        (Kind::Group, "create") if task.inputs.contains_key("description") => {
            Act::DescribeGroup { group: step.address.name.clone(), description: theirs() }
        }
        (Kind::Control, "create") => {
            let unit = own("target")?.rsplit('/').next()?.to_owned();
            Act::DisableControl { control: own("identifier").or_else(|| own("name"))?, unit }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        for (place, row) in TABLE.iter().enumerate() {
            assert!(TABLE.iter().skip(place + 1).all(|other| other.name != row.name), "{}", row.name);
        }
    }
}
