//! Irreversible acts and the operator's permission for each by name (I10).
//!
//! A consent is `class.name`: `landing_zone_version.4.0`,
//! `unit_deletion.Old/Unit`. It can stand in the document or on the command line.
//! Which step owes one is told by its kind's table, not by the step: a plan that
//! was edited cannot talk its way around it.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Consent, Plan};
use super::step::Step;
use crate::catalog::services;
use crate::model::kinds::info;

/// A class of irreversible acts.
struct Class {
    /// The first part of its consents' names.
    name: &'static str,
    /// What it lets happen, in words; `{}` is the rest of the consent's name, `{lost}` what the
    /// catalogue says is lost with the administrator of a service.
    consequence: &'static str,
    /// Until when it can still be stopped or taken back, in words.
    window: &'static str,
}

/// Every class of irreversible acts.
const CLASSES: &[Class] = &[
    Class {
        name: "landing_zone_version",
        consequence: "the landing zone moves to version {} and can never go back to an earlier one",
        window: "none once the update has begun",
    },
    Class {
        name: "account_closure",
        consequence: "the account {} is closed with everything in it; what its locked backup vaults keep goes \
                      with it",
        window: "90 days, in which AWS Support can reopen it",
    },
    Class {
        name: "unit_deletion",
        consequence: "the organizational unit {} is deleted; policies attached to it are detached and its id \
                      is gone",
        window: "none: AWS deletes it at once",
    },
    Class {
        name: "trusted_access_removal",
        consequence: "{} loses its access to the organization; what it does in the accounts of the \
                      organization ends or fails",
        window: "none: it ends at once; access can be given again, what was lost meanwhile is lost",
    },
    Class {
        name: "service_link",
        consequence: "{} is linked with the organization and sees what its accounts use; the link cannot be \
                      undone",
        window: "none: AWS offers no way back",
    },
    Class {
        name: "statement_removal",
        consequence: "statements are taken out of the organization's policy ({}); what they delegated can no \
                      longer be done, what they denied is no longer denied",
        window: "none: it ends at once; the plan shows what they say, so that they can be written again",
    },
    Class {
        name: "resource_policy_removal",
        consequence: "the organization's resource policy is deleted with the statements of everybody; accounts \
                      that work by its delegation can no longer do so",
        window: "none: it ends at once; its statements can be written again where they are known",
    },
    Class {
        name: "root_access_removal",
        consequence: "{} is switched off; root users of member accounts whose credentials were taken away can \
                      only be reached by recovering their passwords one by one",
        window: "none: it ends at once; it can be switched on again",
    },
    Class {
        name: "control_removal",
        consequence: "the control {} is disabled; what it forbids is allowed and what it watches is not watched \
                      any more",
        window: "none once the operation has begun; the control can be enabled again",
    },
    Class {
        name: "control_gap",
        consequence: "the control {} is disabled and enabled again, the only way to mend it; between the two, \
                      for some minutes, what it forbids is allowed",
        window: "none once the operation has begun; if enabling fails, the next plan enables it",
    },
    Class {
        name: "baseline_removal",
        consequence: "the baseline {} is disabled; what it laid into the accounts is taken out and they are no \
                      longer governed by it",
        window: "none once the operation has begun; the unit can be registered again",
    },
    Class {
        name: "policy_detachment",
        consequence: "the policy {} is detached; what it denied is allowed there from then on, and what only it \
                      allowed or set is gone",
        window: "none: AWS detaches it at once; it can be attached again",
    },
    Class {
        name: "policy_deletion",
        consequence: "the policy {} is detached from everything and deleted; its id is gone",
        window: "none: AWS deletes it at once",
    },
    Class {
        name: "policy_type_removal",
        consequence: "policies of the type {} are switched off; every attachment of the type is lost at once, \
                      the policies themselves stay",
        window: "none once the operation has begun; the type can be switched on again, the attachments must \
                 be made anew",
    },
    Class {
        name: "conformance_pack_deletion",
        consequence: "the conformance pack {} is taken out of every account with its rules and what repairs by \
                      them; what they found is gone",
        window: "none once the operation has begun; it can be deployed again",
    },
    Class {
        name: "stack_set_withdrawal",
        consequence: "the stacks of the stack set {} are deleted in every account of a target, with what they \
                      made",
        window: "none once the operation has begun; what held data does not come back",
    },
    Class {
        name: "stack_set_deletion",
        consequence: "the stack set {} is deleted; its stacks went before",
        window: "none: AWS deletes it at once; it can be made again",
    },
    Class {
        name: "config_rule_deletion",
        consequence: "the rule {} is taken out of every account; what it found is gone",
        window: "none once the operation has begun; it can be deployed again",
    },
    Class {
        name: "config_aggregator_deletion",
        consequence: "the aggregator {} is deleted with what it collected; the recorders go on",
        window: "none: AWS deletes it at once; a new one collects anew",
    },
    Class {
        name: "trail_deletion",
        consequence: "the trail {} is deleted and records no account any more; what it delivered stays",
        window: "none: AWS deletes it at once; what happens until there is another is recorded nowhere",
    },
    Class {
        name: "automation_rule_deletion",
        consequence: "the rule {} of Security Hub is deleted; findings that it has changed stay as it left them",
        window: "none: AWS deletes it at once; it can be made again",
    },
    Class {
        name: "firewall_policy_deletion",
        consequence: "the policy {} of Firewall Manager is deleted; what it made in accounts stays and is kept by \
                      nobody",
        window: "none: AWS deletes it at once; it can be put again",
    },
    Class {
        name: "delegated_administrator_removal",
        consequence: "{} loses an administrator of the organization: {lost}",
        window: "none: it ends at once; appointing again does not bring back what was lost",
    },
    Class {
        name: "access_removal",
        consequence: "access by {} is taken away in the accounts that the plan names; who works there by it \
                      loses it within minutes",
        window: "none once the operation has begun; it can be assigned again",
    },
    Class {
        name: "permission_removal",
        consequence: "the permission set {} loses a policy or its boundary in every account where it is \
                      assigned; taking a boundary off widens what is allowed",
        window: "none once it is provisioned; the policy can be attached again",
    },
    Class {
        name: "permission_set_deletion",
        consequence: "the permission set {} is deleted; one of the same name gets another ARN",
        window: "none: AWS deletes it at once",
    },
    Class {
        name: "vault_lock",
        consequence: "the vault {} is locked for compliance: nobody, not even AWS, can delete a recovery point \
                      in it before its time or take the lock away; storage is paid until then",
        window: "the grace days of the lock, at least three: until they end whoever may call \
                 backup:DeleteBackupVaultLockConfiguration in its account can take it away",
    },
    Class {
        name: "air_gapped_vault",
        consequence: "the air-gapped vault {} is made; it is locked from then on, and nobody can delete a \
                      recovery point in it before its time",
        window: "none for its lock; while it is empty the vault itself can be deleted",
    },
    Class {
        name: "config_recorder_deletion",
        consequence: "the account {} loses the configuration recorder and delivery channel of its own in every \
                      governed Region, so that Control Tower can enrol it; rules of its own see nothing until \
                      Control Tower records",
        window: "none: AWS deletes them at once; what was recorded stays in its bucket",
    },
    Class {
        name: "unfinished_product_removal",
        consequence: "Account Factory forgets that it tried to enrol the account {}; the account stays where it is, \
                      since it was never finished",
        window: "none once it has begun; the account can be enrolled again",
    },
    Class {
        name: "inherited_control_removal",
        consequence: "the controls that the account {} has kept from units it was in before work in it no more; \
                      those of its present unit stay",
        window: "the control can be enabled on the unit that it is in",
    },
    Class {
        name: "group_deletion",
        consequence: "the group {} is deleted with its memberships; one of the same name gets another id",
        window: "none: AWS deletes it at once",
    },
    Class {
        name: "analyzer_deletion",
        consequence: "the analyzer {} is deleted with its findings and archive rules",
        window: "none: AWS deletes it at once",
    },
    Class {
        name: "macie_former_member",
        consequence: "Macie forgets in {} that an account was let go of once, so that it can be taken again",
        window: "none: AWS deletes the association at once; nothing else is lost with it",
    },
    Class {
        name: "security_hub_policy_deletion",
        consequence: "the configuration policy {} of Security Hub is deleted; what followed it keeps its settings \
                      and is configured by itself from then on, or by what is above",
        window: "none: AWS deletes it at once",
    },
    Class {
        name: "security_hub_release",
        consequence: "what the plan names follows its configuration policy of Security Hub no longer, but that of \
                      what is above, or configures itself",
        window: "none once the operation has begun; it can be associated again",
    },
];

/// The classes that exist.
pub fn classes() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|class| class.name)
}

/// The consents that the steps need, each with whether it was given.
pub(super) fn needed(steps: &[Step], given: &BTreeSet<String>) -> Vec<Consent> {
    let names: BTreeSet<&String> = steps.iter().filter_map(|step| step.consent.as_ref()).collect();
    let classes: BTreeMap<&str, &Class> = CLASSES.iter().map(|class| (class.name, class)).collect();
    names
        .into_iter()
        .map(|name| {
            let (class, rest) = name.split_once('.').unwrap_or((name, ""));
            let class = classes.get(class);
            let consequence = class.map_or("{} cannot be taken back", |class| class.consequence);
            Consent {
                name: name.clone(),
                consequence: in_full(consequence, rest),
                window: class.map_or("none", |class| class.window).to_owned(),
                given: given.contains(name),
            }
        })
        .collect()
}

/// A consequence with what it is about, and with what the catalogue says is lost.
fn in_full(consequence: &str, rest: &str) -> String {
    let lost =
        services::by_word(rest).map_or("what it did for the organization ends", |row| row.lost.as_str());
    consequence.replace("{}", rest).replace("{lost}", lost)
}

/// The steps that are irreversible by their kind's table or by their own word,
/// and that no given consent of the plan allows. Nothing of a plan may be sent
/// while there is one.
pub fn unallowed(plan: &Plan) -> impl Iterator<Item = &Step> {
    let given: BTreeSet<&str> =
        plan.consents.iter().filter(|consent| consent.given).map(|consent| consent.name.as_str()).collect();
    plan.steps.iter().filter(move |step| {
        let named = step.consent.as_deref().is_some_and(|name| given.contains(name));
        let of_its_class = owed(step).is_none_or(|class| {
            step.consent.as_deref().and_then(|name| name.split_once('.')).is_some_and(|(own, _)| own == class)
        });
        let irreversible = step.consent.is_some() || owed(step).is_some();
        irreversible && !(named && of_its_class)
    })
}

/// The class of consent that a step needs by the table of its kind: that of its
/// verb, or that of a field which it changes from one value to another.
#[must_use]
pub fn owed(step: &Step) -> Option<&'static str> {
    let info = info(step.address.kind);
    let by_field = step.changes.iter().filter(|change| change.from.is_some());
    let by_field = by_field.filter_map(|change| info.rule(&change.field)).find_map(|(rule, _)| rule.consent);
    by_field.or_else(|| info.verb(&step.verb).and_then(|verb| verb.consent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;
    use crate::model::kinds::Action;

    #[test]
    fn every_class_that_a_kind_names_has_its_consequence_in_words() {
        let known: Vec<&str> = classes().collect();
        for kind in Kind::ALL {
            let info = info(*kind);
            let fields = info.fields.iter().filter_map(|rule| rule.consent);
            for class in info.verbs.iter().filter_map(|verb| verb.consent).chain(fields) {
                assert!(known.contains(&class), "{class}");
            }
        }
    }

    #[test]
    fn every_verb_that_takes_something_away_needs_a_consent_i10() {
        const WORDS: &[&str] =
            &["Close", "Delete", "Detach", "Remove", "Lock", "Deregister", "Disable", "Leave", "Schedule"];
        for kind in Kind::ALL {
            for verb in info(*kind).verbs {
                let (_, operation) = verb.operation.split_once(':').unwrap();
                let takes_away = WORDS.iter().any(|word| operation.starts_with(word));
                assert!(
                    verb.consent.is_some() || !(takes_away || verb.action == Action::Remove),
                    "{kind:?}:{} takes something away and needs no consent",
                    verb.name
                );
            }
        }
    }
}
