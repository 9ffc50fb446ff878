//! The simulated services, one folder each, and the one table that lists them.
//!
//! In: nothing. Out: [`all`]. Absent: any rule of a service.

pub mod account;
pub mod administrators;
pub mod control_tower;
pub mod guardduty;
pub mod iam;
pub mod identity_store;
pub mod kms;
pub mod organizations;
pub mod service_quotas;
pub mod sso_admin;
pub mod sts;

use super::service::Service;

static ALL: [&Service; 10] = [
    &organizations::SERVICE,
    &control_tower::SERVICE,
    &sts::SERVICE,
    &iam::SERVICE,
    &kms::SERVICE,
    &account::SERVICE,
    &service_quotas::SERVICE,
    &guardduty::SERVICE,
    &sso_admin::SERVICE,
    &identity_store::SERVICE,
];

/// Every simulated service.
#[must_use]
pub fn all() -> &'static [&'static Service] {
    &ALL
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
