//! From the shape of the document to the [`Spec`] that the floors above work with.
//!
//! Called only when nothing is wrong. An entry that lacks what it needs has been
//! reported before and is left out here rather than assumed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{
    Account, AlternateContact, BackupIntegration, Control, Controls, Delegation, Integration, Key,
    LandingZone, Organization, Placement, Policy, ResourcePolicy, Spec, Target, Unit,
};
use super::security::Context;
use super::shape::Located;
use super::shape::controls::ControlSection;
use super::shape::names::Names;
use super::shape::sections::{
    AccountSection, BackupSection, ContactSection, ContactsSection, Document, KeySection, LandingZoneSection,
    PolicySection, RecordingSection, ResourcePolicySection, RolesSection, SignaturesSection, Tags,
    UnitSection,
};
use super::shape::words::{KeyRegions, PolicyTypeWord, Signers};
use super::source::{Sources, Span};
use super::view::{View, on};
use crate::catalog::services;
use crate::model::Origin;
use crate::model::region::Region;
use crate::model::signatures::SignatureRule;
use crate::model::unit_path::UnitPath;

/// The document as the floors above know it.
pub(crate) fn lower(view: &View<'_>, sources: &Sources) -> Spec {
    let doc = view.doc;
    let at = |span: Span| sources.origin(span);
    Spec {
        organization: organization(view, &at),
        units: units(view, &at),
        accounts: view
            .accounts()
            .filter_map(|(name, section)| Some((name.value.clone(), account(section, at(name.span))?)))
            .collect(),
        keys: doc
            .keys
            .iter()
            .flatten()
            .filter_map(|(name, section)| Some((name.value.clone(), key(view, section, at(name.span))?)))
            .collect(),
        landing_zone: doc.landing_zone.as_ref().and_then(|section| landing_zone(section, &at)),
        policies: view
            .policies()
            .filter_map(|(name, section)| Some((name.value.clone(), policy(view, section, at(name.span))?)))
            .collect(),
        delegated_administrators: delegations(doc, &at),
        security: doc
            .security
            .as_ref()
            .map(|section| super::security::lower(&Context { section, view, at: &at })),
        backup: doc.backup.as_ref().map(|section| super::backup::lower(view, section, &at)),
        stack_sets: super::stack_sets::lower(view, &at),
        identity_center: doc
            .identity_center
            .as_ref()
            .map(|section| super::identity_center::lower(view, section, &at)),
        leave_alone: doc
            .leave_alone
            .iter()
            .flatten()
            .map(|entry| (entry.value.clone(), at(entry.span)))
            .collect(),
        remove: doc.remove.iter().flatten().map(|entry| (entry.value.clone(), at(entry.span))).collect(),
        consents: doc.consents.iter().flatten().map(|consent| consent.value.clone()).collect(),
        signatures: doc.signatures.as_ref().map(|section| signatures(section)).unwrap_or_default(),
    }
}

fn signatures(section: &SignaturesSection) -> SignatureRule {
    let number = |signers: &Option<Located<Signers>>| signers.as_ref().map_or(0, |signers| signers.value.0);
    SignatureRule { every: number(&section.every), irreversible: number(&section.irreversible) }
}

fn organization(view: &View<'_>, at: &dyn Fn(Span) -> Origin) -> Organization {
    let Some(section) = &view.doc.organization else {
        let resource_policy = resource_policy(view, None, at);
        return Organization { resource_policy, ..Organization::default() };
    };
    Organization {
        origin: Some(at(section.span)),
        home_region: section.home_region.as_ref().map(|region| region.value.clone()),
        governed_regions: section
            .governed_regions
            .iter()
            .flatten()
            .map(|region| region.value.clone())
            .collect(),
        management_account: section.management_account.as_ref().map(|id| id.value.clone()),
        access_role: text(section.access_role.as_ref()),
        trusted_access: section
            .trusted_access
            .iter()
            .flatten()
            .map(|service| (service.value.clone(), at(service.span)))
            .collect(),
        root_access: section
            .root_access
            .iter()
            .flatten()
            .map(|switch| (switch.value.0, at(switch.span)))
            .collect(),
        resource_policy: resource_policy(view, section.resource_policy.as_ref(), at),
    }
}

fn resource_policy(
    view: &View<'_>,
    section: Option<&Located<ResourcePolicySection>>,
    at: &dyn Fn(Span) -> Origin,
) -> Option<ResourcePolicy> {
    let names =
        |types: &Vec<Located<PolicyTypeWord>>| types.iter().map(|name| name.value.0.clone()).collect();
    let managers = section.into_iter().flat_map(|section| section.policy_management.iter().flatten());
    let mut policy_management: BTreeMap<String, BTreeSet<String>> =
        managers.map(|(account, types)| (account.value.clone(), names(types))).collect();
    // Being the administrator of AWS Backup does not yet allow to work on its policies: AWS has
    // two delegations (Backup Developer Guide, manage-cross-account).
    let backups = view.doc.backup.as_ref().and_then(|backup| backup.administrator.as_ref());
    if let Some(administrator) = backups {
        let types = policy_management.entry(administrator.value.clone()).or_default();
        types.insert(super::backup::POLICY.to_owned());
    }
    let origin = section.map(|section| section.span).or_else(|| backups.map(|named| named.span))?;
    Some(ResourcePolicy {
        origin: at(origin),
        statements: section.into_iter().flat_map(|s| view.statements(s)).cloned().collect(),
        policy_management,
        without: section
            .into_iter()
            .flat_map(|section| section.without.iter().flatten())
            .map(|sid| sid.value.clone())
            .collect(),
    })
}

fn units(view: &View<'_>, at: &dyn Fn(Span) -> Origin) -> BTreeMap<UnitPath, Unit> {
    let nothing = UnitSection::default();
    let unit = |(path, span): (&UnitPath, &Span)| {
        let listed = view.doc.organizational_units.as_ref().and_then(|units| units.get(path));
        let section = listed.unwrap_or(&nothing);
        let unit = Unit {
            origin: at(*span),
            implied: listed.is_none(),
            name: text(section.name.as_ref()),
            baselines: section.baselines.iter().flatten().map(|word| word.value.0.clone()).collect(),
            controls: section.controls.iter().flatten().filter_map(|entry| control(&entry.0, at)).collect(),
            tags: tags(section.tags.as_ref()),
            renamed_from: section.renamed_from.as_ref().map(|old| old.value.clone()),
        };
        (path.clone(), unit)
    };
    view.units.iter().map(unit).collect()
}

/// The lists in parameters are sorted: AWS takes them as sets.
fn control(section: &ControlSection, at: &dyn Fn(Span) -> Origin) -> Option<Control> {
    let named = section.name.as_ref().or(section.framework.as_ref()).or(section.guidance.as_ref())?;
    let sorted = |value: &Value| match value.clone() {
        Value::Array(mut items) => {
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        plain => plain,
    };
    let which = if section.name.is_some() {
        let parameters = section
            .parameters
            .as_ref()
            .map(|all| all.iter().map(|(key, value)| (key.value.clone(), sorted(&value.value.0))).collect());
        Controls::Named { name: named.value.clone(), parameters }
    } else if section.framework.is_some() {
        Controls::Framework(named.value.clone())
    } else {
        Controls::Guidance(named.value.clone())
    };
    Some(Control { origin: at(named.span), which })
}

fn account(section: &AccountSection, origin: Origin) -> Option<Account> {
    let placement =
        section.organizational_unit.as_ref().map_or(Placement::Unsaid, |place| place.value.0.clone());
    Some(Account {
        origin,
        name: text(section.name.as_ref()),
        email: section.email.as_ref()?.value.clone(),
        id: section.id.as_ref().map(|id| id.value.clone()),
        join: section.join.as_ref().map(|join| join.value.0).unwrap_or_default(),
        placement,
        close: section.close.as_ref().is_some_and(|close| close.value),
        tags: tags(section.tags.as_ref()),
        alternate_contacts: section.alternate_contacts.as_ref().map(|c| contacts(c)).unwrap_or_default(),
    })
}

fn contacts(section: &ContactsSection) -> BTreeMap<String, AlternateContact> {
    let all =
        [("billing", &section.billing), ("operations", &section.operations), ("security", &section.security)];
    all.into_iter().filter_map(|(kind, one)| Some((kind.to_owned(), contact(one.as_ref()?)?))).collect()
}

fn contact(section: &ContactSection) -> Option<AlternateContact> {
    Some(AlternateContact {
        name: text(section.name.as_ref())?,
        title: text(section.title.as_ref())?,
        email: text(section.email.as_ref())?,
        phone: text(section.phone.as_ref())?,
    })
}

fn key(view: &View<'_>, section: &KeySection, origin: Origin) -> Option<Key> {
    let account = &section.account.as_ref()?.value;
    let home = view.home().map(|home| &home.value);
    let away = |region: &&Located<Region>| Some(&region.value) != home;
    let replica_regions = match section.regions.as_ref().map(|regions| &regions.value) {
        Some(KeyRegions::Governed) => {
            view.governed().filter(away).map(|region| region.value.clone()).collect()
        }
        Some(KeyRegions::Listed(listed)) => {
            listed.iter().filter(away).map(|region| region.value.clone()).collect()
        }
        None => Vec::new(),
    };
    Some(Key {
        origin,
        account: (account != "management").then(|| account.clone()),
        multi_region: section.multi_region.as_ref().is_some_and(|multi| multi.value),
        replica_regions,
        rotation_days: section.rotation_days.as_ref().map(|days| days.value.0),
    })
}

fn landing_zone(section: &Located<LandingZoneSection>, at: &dyn Fn(Span) -> Origin) -> Option<LandingZone> {
    Some(LandingZone {
        origin: at(section.span),
        version: section.version.as_ref()?.value.0.clone(),
        integration_unit: section.integration_unit.as_ref().map(|unit| unit.value.clone()),
        sandbox_unit: section.sandbox_unit.as_ref().map(|unit| unit.value.clone()),
        centralized_logging: section.centralized_logging.as_ref().map(|s| recording(s, at(s.span))),
        config: section.config.as_ref().map(|s| recording(s, at(s.span))),
        security_roles: section.security_roles.as_ref().map(|s| roles(s, at(s.span))),
        identity_center: section.identity_center.as_ref().map(|switch| switch.value.0),
        backup: section.backup.as_ref().map(|s| backup(s, at(s.span))),
        auto_enroll: section.auto_enroll.as_ref().map(|enroll| enroll.value),
        clean_inherited_controls: section.clean_inherited_controls.as_ref().is_some_and(|clean| clean.value),
    })
}

fn recording(section: &RecordingSection, origin: Origin) -> Integration {
    Integration {
        origin,
        enabled: on(section.enabled.as_ref()),
        account: text(section.account.as_ref()),
        retention_days: section.retention_days.as_ref().map(|days| days.value.0),
        access_log_retention_days: section.access_log_retention_days.as_ref().map(|days| days.value.0),
        key: text(section.key.as_ref()),
    }
}

fn roles(section: &RolesSection, origin: Origin) -> Integration {
    Integration {
        origin,
        enabled: on(section.enabled.as_ref()),
        account: text(section.account.as_ref()),
        retention_days: None,
        access_log_retention_days: None,
        key: None,
    }
}

fn backup(section: &BackupSection, origin: Origin) -> BackupIntegration {
    BackupIntegration {
        origin,
        enabled: on(section.enabled.as_ref()),
        administrator: text(section.administrator.as_ref()),
        central: text(section.central.as_ref()),
        key: text(section.key.as_ref()),
    }
}

fn policy(view: &View<'_>, section: &PolicySection, origin: Origin) -> Option<Policy> {
    let named = |words: &Vec<Located<String>>| -> Vec<Target> {
        words.iter().filter_map(|word| view.target(word).ok()).collect()
    };
    Some(Policy {
        origin,
        kind: section.r#type.as_ref()?.value.0.clone(),
        name: text(section.name.as_ref()),
        description: text(section.description.as_ref()),
        purpose: section.purpose.as_ref().map(|word| word.value.0.to_owned()),
        content: section.document.as_ref().and_then(|content| view.attached.content(content)).cloned(),
        targets: section.targets.as_ref().map(named),
        detached_from: section.detached_from.as_ref().map(named).unwrap_or_default(),
        aws_managed: section.aws_managed.as_ref().is_some_and(|managed| managed.value),
        tags: tags(section.tags.as_ref()),
        renamed_from: text(section.renamed_from.as_ref()),
    })
}

fn delegations(doc: &Document, at: &dyn Fn(Span) -> Origin) -> BTreeMap<String, Delegation> {
    let delegation = |(word, names): (&Located<String>, &Names)| {
        let accounts = names.0.iter().map(|name| name.value.clone()).collect();
        (word.value.clone(), Delegation { origin: at(word.span), accounts })
    };
    let mut all: BTreeMap<String, Delegation> =
        doc.delegated_administrators.iter().flatten().map(delegation).collect();
    // Who sets a service for the organization is its administrator.
    let backup = doc.backup.as_ref().and_then(|section| section.administrator.as_ref());
    if let Some(named) = backup {
        let implied = Delegation { origin: at(named.span), accounts: vec![named.value.clone()] };
        all.entry("backup".to_owned()).or_insert(implied);
    }
    for seat in doc.security.iter().flat_map(|section| section.seats()) {
        let (Some(named), Some(row)) = (seat.administrator, services::by_section(seat.key)) else { continue };
        let implied = Delegation { origin: at(named.span), accounts: vec![named.value.clone()] };
        all.entry(row.word.clone()).or_insert(implied);
    }
    let config = doc.security.as_ref().and_then(|section| section.config.as_ref());
    let named = config.and_then(|section| section.administrator.as_ref());
    if let Some(named) = named.filter(|named| named.value != "management") {
        let implied = Delegation { origin: at(named.span), accounts: vec![named.value.clone()] };
        all.entry("config".to_owned()).or_insert(implied);
    }
    all
}

fn text(value: Option<&Located<String>>) -> Option<String> {
    value.map(|value| value.value.clone())
}

fn tags(section: Option<&Tags>) -> BTreeMap<String, String> {
    section.into_iter().flatten().map(|(key, value)| (key.value.clone(), value.value.clone())).collect()
}
