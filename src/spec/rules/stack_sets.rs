//! What cannot be said of stack sets.
//!
//! Sources: CloudFormation API Reference, CreateStackSet (names, sizes, capabilities) and CreateStackInstances (fifty units);
//! CloudFormation User Guide, stacksets-orgs-delegated-admin (who manages, and that the management account is not deployed to).

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::stack_sets::StackSetSection;
use crate::spec::stack_sets::MOST;
use crate::spec::topic::Topic;
use crate::spec::view::NoTarget;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "stack-sets",
        title: "A stack set cannot be set like this",
        explanation: "A service-managed stack set deploys to whole units or to the root, never to single \
                      accounts and never to the management account. Its name begins with a letter and holds \
                      letters, digits and hyphens; its template has resources and at most 51,200 bytes, and \
                      one that makes identities needs the capability `iam`, or `named_iam` when they have \
                      names of their own. `retain` means something with auto-deployment only. Its Regions are \
                      named, or governed ones. Who manages it is the management account or one of \
                      `delegated_administrators.cloudformation-stacksets`. Sources: CloudFormation API \
                      Reference, CreateStackSet; CloudFormation User Guide, stacksets-orgs-delegated-admin.",
    },
    check,
};

/// The word under `delegated_administrators`.
const DELEGATED: &str = "cloudformation-stacksets";
/// Members that give an identity a name of the template's choice.
const NAMES: [&str; 5] =
    ["RoleName:", "UserName:", "GroupName:", "ManagedPolicyName:", "InstanceProfileName:"];

fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(RULE.topic.code, message)
}

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, section) in view.doc.stack_sets.iter().flatten() {
        names(name, findings);
        targets(view, section, findings);
        template(view, name, section, findings);
        administrator(view, section, findings);
        if let Some(retain) = section.retain.as_ref().filter(|retain| retain.value)
            && section.auto_deployment.as_ref().is_some_and(|auto| !auto.value)
        {
            let message = format!("`{name}` retains stacks without auto-deployment");
            findings.push(error(message).at(retain.span, "means nothing"));
        }
        if section.regions.is_none() && view.governed().next().is_none() {
            findings.push(
                error(format!("it is not said in which Regions `{name}` shall stand"))
                    .at(name.span, "no Regions")
                    .help("add `regions`, or `organization.governed_regions`"),
            );
        }
    }
}

fn names(name: &Located<String>, findings: &mut Findings) {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    if !begins || name.len() > 128 || !name.chars().all(fits) {
        let message = format!("`{name}` is no name of a stack set");
        findings.push(error(message).at(name.span, "a letter, then letters, digits and hyphens"));
    }
}

fn targets(view: &View<'_>, section: &StackSetSection, findings: &mut Findings) {
    for word in section.targets.iter().flatten() {
        let problem = match view.target(word) {
            Ok(Target::Root | Target::Unit(_)) => continue,
            Ok(Target::Id(id)) if id.starts_with("ou-") => continue,
            Ok(Target::Id(id)) => format!("`{id}` is no unit, and stack sets are deployed to units"),
            Ok(Target::Management) => "stack sets are never deployed to the management account".to_owned(),
            Ok(Target::Account(_)) => format!("`{word}` is an account, and stack sets are deployed to units"),
            Err(NoTarget::Ambiguous) => {
                format!("`{word}` is a unit and an account; write `unit:{word}` or `account:{word}`")
            }
            Err(NoTarget::Unknown) if !view.whole("organizational_units") => continue,
            Err(NoTarget::Unknown) => format!("there is no unit `{word}`"),
        };
        findings.push(error(problem).at(word.span, "no target of a stack set"));
    }
}

fn template(view: &View<'_>, name: &Located<String>, section: &StackSetSection, findings: &mut Findings) {
    let Some((place, text)) =
        section.template.as_ref().and_then(|place| Some((place, view.attached.text(place)?)))
    else {
        return;
    };
    if text.len() > MOST {
        let message = format!("the template of `{name}` has {} bytes, and {MOST} are the most", text.len());
        findings.push(error(message).at(place.span, "too long"));
    }
    if !text.contains("Resources") {
        let message = format!("the template of `{name}` has no resources");
        findings.push(error(message).at(place.span, "no `Resources`"));
    }
    let has = |word: &str| section.capabilities.iter().flatten().any(|given| given.value.0 == word);
    let makes = text.contains("AWS::IAM::");
    let named = NAMES.iter().any(|name| text.contains(name));
    let (word, enough) = match (makes, named) {
        (false, _) => return,
        (true, true) => ("named_iam", has("CAPABILITY_NAMED_IAM")),
        (true, false) => ("iam", has("CAPABILITY_IAM") || has("CAPABILITY_NAMED_IAM")),
    };
    if !enough {
        findings.push(
            error(format!("the template of `{name}` makes identities, which is not allowed to it"))
                .at(place.span, "holds AWS::IAM::...")
                .help(format!("add `capabilities: [{word}]`")),
        );
    }
}

fn administrator(view: &View<'_>, section: &StackSetSection, findings: &mut Findings) {
    let Some(named) = section.administrator.as_ref().filter(|named| named.value != "management") else {
        return;
    };
    let mut delegated = view.doc.delegated_administrators.iter().flatten();
    let office = delegated.find(|(word, _)| word.value == DELEGATED);
    if !office.is_some_and(|(_, names)| names.0.contains(named)) {
        findings.push(
            error(format!("`{named}` shall manage a stack set and is no administrator of stack sets"))
                .at(named.span, "no administrator")
                .help(format!("add it to `delegated_administrators.{DELEGATED}`")),
        );
    }
}
