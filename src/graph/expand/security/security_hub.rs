//! Security Hub CSPM: hubs of the administrator and of the management account, what links the
//! other Regions to the home Region, central configuration, its policies, and what follows which.
//!
//! Only Regions that are linked are configured, so an excluded one stays as it is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Service, automation_rules, in_region, management_first};
use crate::catalog::security_standards;
use crate::graph::edge::Edge;
use crate::graph::expand::{Expansion, policies};
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Origin, Resource, reference};
use crate::spec::document::Target;
use crate::spec::security::{SecurityHub, SecurityHubPolicy};

/// What AWS takes in place of a policy's id for targets that configure themselves.
const SELF_MANAGED: &str = "SELF_MANAGED_SECURITY_HUB";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let said = spec.security.as_ref().and_then(|security| security.security_hub.as_ref());
    let Some(said) = said else { return };
    let Some(service) = Service::of("security_hub", &said.seat) else { return };
    let central = Central { service, home: expansion.home_region.to_string() };
    let hub = central.hub(expansion);
    let aggregator = central.aggregator(expansion, &hub);
    let configuration = central.configuration(expansion, &aggregator);
    for (name, policy) in &said.policies {
        central.policy(expansion, &configuration, name, policy);
    }
    let hubs = central.associations(expansion, &configuration, said);
    automation_rules::expand(expansion, central.service, said, &hubs);
}

/// Security Hub as it is set in the home Region.
struct Central<'s> {
    service: Service<'s>,
    home: String,
}

impl Central<'_> {
    fn at_home(&self, expansion: &mut Expansion<'_>, address: Address) -> Resource {
        self.service.set_by_administrator(expansion, address, &self.home)
    }

    /// The administrator's hub in the home Region; those of linked Regions come with the
    /// configuration.
    fn hub(&self, expansion: &mut Expansion<'_>) -> Address {
        let home = expansion.home_region.clone();
        let hub = self.at_home(expansion, in_region(Kind::SecurityHub, &home));
        let address = hub.address.clone();
        expansion.graph.add(hub);
        address
    }

    fn aggregator(&self, expansion: &mut Expansion<'_>, hub: &Address) -> Address {
        let mut wanted = self.at_home(expansion, Address::only(Kind::FindingAggregator));
        let linked: BTreeSet<String> =
            self.service.regions(expansion).iter().map(ToString::to_string).collect();
        let linked: Vec<String> = linked.into_iter().filter(|region| *region != self.home).collect();
        wanted.fields.insert("mode".to_owned(), json!("SPECIFIED_REGIONS"));
        wanted.fields.insert("regions".to_owned(), json!(linked));
        let address = wanted.address.clone();
        expansion.graph.connect(Edge::exists(&address, hub, "hub-before-aggregator"));
        expansion.graph.add(wanted);
        address
    }

    fn configuration(&self, expansion: &mut Expansion<'_>, aggregator: &Address) -> Address {
        let wanted = self.at_home(expansion, Address::only(Kind::SecurityHubConfiguration));
        let address = wanted.address.clone();
        let edge = Edge::settled(&address, aggregator, "aggregator-before-central-configuration");
        expansion.graph.connect(edge);
        expansion.graph.add(wanted);
        address
    }

    fn policy(
        &self,
        expansion: &mut Expansion<'_>,
        configuration: &Address,
        name: &str,
        said: &SecurityHubPolicy,
    ) {
        let mut wanted = self.at_home(expansion, policy_address(name));
        wanted.origin = Some(said.origin.clone());
        let fields = &mut wanted.fields;
        fields.insert("name".to_owned(), json!(name));
        fields.extend(said.description.iter().map(|text| ("description".to_owned(), json!(text))));
        fields.insert("enabled".to_owned(), json!(said.enabled));
        if said.enabled {
            let arn = |word: &String| security_standards::arn(word, expansion.partition, &self.home);
            let standards: BTreeSet<String> = said.standards.iter().filter_map(arn).collect();
            fields.insert("standards".to_owned(), json!(standards));
            match &said.enabled_controls {
                Some(listed) => fields.insert("enabled_controls".to_owned(), json!(listed)),
                None => fields.insert("disabled_controls".to_owned(), json!(said.disabled_controls)),
            };
        }
        let edge = Edge::settled(&wanted.address, configuration, "central-configuration-before-policies");
        expansion.graph.connect(edge);
        expansion.graph.add(wanted);
    }

    fn associations(
        &self,
        expansion: &mut Expansion<'_>,
        configuration: &Address,
        said: &SecurityHub,
    ) -> Address {
        let mut wanted = self.at_home(expansion, Address::only(Kind::SecurityHubAssociations));
        wanted.whole.insert("targets".to_owned());
        let me = wanted.address.clone();
        expansion.graph.connect(Edge::settled(&me, configuration, "central-configuration-before-policies"));
        for (name, policy) in &said.policies {
            let followed = policy_address(name);
            // What a policy applies to is listed in full, or not said at all.
            if policy.targets.is_some() {
                wanted.keys.insert(format!("policies.{name}"), reference::from(&followed, "id"));
            }
            for target in policy.targets.iter().flatten() {
                follow(expansion, &mut wanted, target, reference::from(&followed, "id"));
            }
            expansion.graph.connect(Edge::settled(&me, &followed, "policy-before-association"));
        }
        for (address, origin) in super::going(expansion, Kind::SecurityHubPolicy) {
            self.removal(expansion, &mut wanted, address, origin);
        }
        for target in &said.self_managed {
            follow(expansion, &mut wanted, target, json!(SELF_MANAGED));
        }
        self.hubs_of_management(expansion, &wanted);
        expansion.graph.add(wanted);
        me
    }

    /// A policy goes when nothing follows it any more.
    fn removal(
        &self,
        expansion: &mut Expansion<'_>,
        followed: &mut Resource,
        address: Address,
        origin: Origin,
    ) {
        let mut unwanted = self.at_home(expansion, address.clone());
        unwanted.fields.insert("name".to_owned(), json!(address.name));
        (unwanted.presence, unwanted.origin) = (Presence::Remove, Some(origin));
        followed.keys.insert(format!("policies.{}", address.name), reference::from(&address, "id"));
        let edge = Edge::settled(&address, &followed.address, "associations-before-removal");
        expansion.graph.connect(edge);
        expansion.graph.add(unwanted);
    }

    /// The management account's own hubs, which no configuration switches on.
    fn hubs_of_management(&self, expansion: &mut Expansion<'_>, associations: &Resource) {
        for region in self.service.regions(expansion) {
            let own = self.service.in_management(expansion, Kind::SecurityHub, region.as_str());
            if let Some(own) = own {
                expansion.graph.connect(management_first(associations, &own, &["associate"]));
                expansion.graph.add(own);
            }
        }
    }
}

fn policy_address(name: &str) -> Address {
    Address::new(Kind::SecurityHubPolicy, name)
}

/// A target follows a policy; it must be there and in its place.
fn follow(expansion: &mut Expansion<'_>, wanted: &mut Resource, target: &Target, policy: Value) {
    let leaf = policies::leaf(expansion, target);
    let one = json!({ "target": policies::id(target), "policy": policy });
    wanted.fields.insert(format!("targets.{leaf}"), one);
    if let Target::Account(name) = target {
        let edge = Edge::settled(&wanted.address, &super::account(name), "accounts-before-association");
        expansion.graph.connect(edge.only(&["associate"]));
    }
}
