//! The simulated services, one folder each, and the one table that lists them.
//!
//! In: nothing. Out: [`all`]. Absent: any rule of a service.

pub mod access_analyzer;
pub mod account;
pub mod administrators;
pub mod audit_manager;
pub mod backup;
pub mod cloudformation;
pub mod cloudtrail;
pub mod config;
pub mod control_catalog;
pub mod control_tower;
pub mod detective;
pub mod firewall_manager;
pub mod guardduty;
pub mod health;
pub mod iam;
pub mod identity_store;
pub mod inspector;
pub mod kms;
pub mod license_manager;
pub mod macie;
pub(crate) mod membership;
pub mod network_security_manager;
pub mod organizations;
pub mod ram;
pub(crate) mod regional;
pub mod s3;
pub mod security_hub;
pub mod security_lake;
pub mod service_catalog;
pub mod service_quotas;
pub mod sso;
pub mod sso_admin;
pub mod sso_oidc;
pub mod sts;

use super::service::Service;

static ALL: &[&Service] = &[
    &organizations::SERVICE,
    &control_catalog::SERVICE,
    &control_tower::SERVICE,
    &sts::SERVICE,
    &iam::SERVICE,
    &kms::SERVICE,
    &account::SERVICE,
    &service_quotas::SERVICE,
    &guardduty::SERVICE,
    &access_analyzer::SERVICE,
    &sso_admin::SERVICE,
    &identity_store::SERVICE,
    &security_hub::SERVICE,
    &inspector::SERVICE,
    &macie::SERVICE,
    &detective::SERVICE,
    &audit_manager::SERVICE,
    &security_lake::SERVICE,
    &network_security_manager::SERVICE,
    &cloudtrail::SERVICE,
    &cloudformation::SERVICE,
    &ram::SERVICE,
    &firewall_manager::SERVICE,
    &health::SERVICE,
    &license_manager::SERVICE,
    &backup::SERVICE,
    &config::SERVICE,
    &service_catalog::SERVICE,
    &sso::SERVICE,
    &sso_oidc::SERVICE,
];

/// Every simulated service.
#[must_use]
pub fn all() -> &'static [&'static Service] {
    ALL
}

/// The service of a name, e.g. `organizations`.
#[must_use]
pub fn named(name: &str) -> Option<&'static Service> {
    all().iter().copied().find(|service| service.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::shapes;

    #[test]
    fn every_operation_has_its_shapes() {
        for service in all() {
            let table = shapes::table(service.name).expect(service.name);
            for (name, _) in service.operations {
                assert!(table.operations.contains_key(*name), "{} has no {name}", service.name);
            }
        }
    }
}
