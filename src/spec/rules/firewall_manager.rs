//! What cannot be said of policies of Firewall Manager.
//!
//! Source: Firewall Manager API Reference, PutPolicy and Policy (names, either inclusions or exclusions, types of resources),
//! SecurityServicePolicyData (the settings name the policy's own type).

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::security::{FirewallPolicySection, FirewallWord};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "firewall-manager",
        title: "A policy of Firewall Manager cannot be like this",
        explanation: "A policy is for the units and accounts of `targets`, or for all but those of `except`, and \
                      for all without either; AWS takes one of the two. Its settings are what AWS calls \
                      ManagedServiceData, without their `type`, which follows from the policy's. Only Shield \
                      Advanced needs none. Types of resources must be said unless the policy's type knows one only. A \
                      name has up to 128 letters, digits, spaces and marks. Sources: Firewall Manager API Reference, \
                      Policy and SecurityServicePolicyData.",
    },
    check,
};

const LONGEST: usize = 128;
const CLOUDFRONT: &str = "AWS::CloudFront::Distribution";
const OF_CLOUDFRONT: &str = "us-east-1";

fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(RULE.topic.code, message)
}

fn check(view: &View<'_>, findings: &mut Findings) {
    let section = view.doc.security.as_ref().and_then(|section| section.firewall_manager.as_ref());
    for (name, policy) in section.and_then(|section| section.policies.as_ref()).into_iter().flatten() {
        named(name, findings);
        settings(view, name, policy, findings);
        resources(name, policy, findings);
        scope(view, name, policy, findings);
    }
}

fn named(name: &Located<String>, findings: &mut Findings) {
    let fits = |c: char| c.is_alphanumeric() || c == ' ' || "_.:=+@-".contains(c);
    if name.is_empty() || name.chars().count() > LONGEST || !name.chars().all(fits) {
        findings.push(
            error(format!("`{name}` is no name of a policy of Firewall Manager"))
                .at(name.span, "letters, digits, spaces and _ . : = + @ -"),
        );
    }
}

fn settings(
    view: &View<'_>,
    name: &Located<String>,
    policy: &FirewallPolicySection,
    findings: &mut Findings,
) {
    let Some(kind) = &policy.r#type else { return };
    let Some(document) = &policy.document else {
        if kind.value.0 != "SHIELD_ADVANCED" {
            findings.push(
                error(format!("the policy `{name}` says not what it sets"))
                    .at(kind.span, "needs `document`")
                    .help("write what AWS calls ManagedServiceData of this type, without its `type`"),
            );
        }
        return;
    };
    let said = view.attached.content(document).and_then(|content| content["type"].as_str());
    if let Some(other) = said.filter(|said| *said != kind.value.0) {
        findings.push(
            error(format!("the settings of `{name}` are of another type"))
                .at(document.span, format!("of {other}"))
                .at(kind.span, format!("of {}", kind.value.0)),
        );
    }
}

fn resources(name: &Located<String>, policy: &FirewallPolicySection, findings: &mut Findings) {
    let Some(kind) = &policy.r#type else { return };
    let mut listed = policy.resources.iter().flatten();
    if policy.resources.as_ref().is_none_or(Vec::is_empty)
        && FirewallWord::only_resource(&kind.value).is_none()
    {
        findings.push(
            error(format!("the policy `{name}` says not which resources it is about"))
                .at(name.span, "needs `resources`")
                .help("such as AWS::EC2::Instance or AWS::ElasticLoadBalancingV2::LoadBalancer"),
        );
    }
    let global = listed.find(|kind| kind.value == CLOUDFRONT);
    let only_there = policy.regions.as_ref().is_some_and(|regions| {
        !regions.is_empty() && regions.iter().all(|region| region.value.as_str() == OF_CLOUDFRONT)
    });
    if let Some(global) = global.filter(|_| !only_there) {
        findings.push(
            error(format!("the policy `{name}` is about CloudFront, which is set in {OF_CLOUDFRONT} only"))
                .at(global.span, "belongs to no other Region")
                .help(format!("say `regions: [{OF_CLOUDFRONT}]`, in a policy of its own")),
        );
    }
}

fn scope(view: &View<'_>, name: &Located<String>, policy: &FirewallPolicySection, findings: &mut Findings) {
    if let (Some(targets), Some(except)) = (&policy.targets, &policy.except)
        && let (Some(target), Some(left_out)) = (targets.first(), except.first())
    {
        findings.push(
            error(format!("the policy `{name}` says both what it is for and what it is not for"))
                .at(target.span, "for these")
                .at(left_out.span, "not for these")
                .help("AWS takes one of the two: leave one out"),
        );
    }
    for word in policy.targets.iter().chain(&policy.except).flatten() {
        match view.target(word) {
            Ok(Target::Root) => findings.push(
                error(format!("the policy `{name}` is for everybody without `root`"))
                    .at(word.span, "leave it out"),
            ),
            Ok(_) => {}
            Err(_) if !view.whole("accounts") || !view.whole("organizational_units") => {}
            Err(_) => findings.push(
                error(format!("`{word}` is neither a unit nor an account, or it is both"))
                    .at(word.span, "not one target"),
            ),
        }
    }
}
