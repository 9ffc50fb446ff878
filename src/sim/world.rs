//! The world: everything the simulated AWS knows, in one value that can be saved and continued.
//!
//! In: changes by the services. Out: the same as JSON, including what is under way and the virtual time.
//! Absent: connections, counters and faults, which belong to one run of the simulator.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clock::later;
use super::identity::Keys;
use super::ids::Ids;
use super::past::Past;
use super::services::{
    access_analyzer, account, administrators, all, backup, cloudformation, cloudtrail, config, control_tower,
    detective, firewall_manager, guardduty, iam, identity_store, inspector, kms, license_manager, macie,
    organizations, ram, s3, security_hub, service_catalog, service_quotas, sso_admin, sso_oidc, sts,
};
use super::settings::Settings;
use super::shared::Shared;
use super::throttle::Buckets;

/// The state of the simulated AWS.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    /// Virtual time of the last request or event.
    pub time: Timestamp,
    /// The account of unknown access keys.
    pub account: String,
    /// The Region in which it was begun; empty for a world that was saved before it was kept.
    pub region: String,
    /// What happened before, told in a file that somebody wrote; it has happened once a simulator has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past: Option<Past>,
    /// Share by which durations vary.
    pub jitter: f64,
    /// The source of ids.
    pub ids: Ids,
    /// Access keys that this world issued.
    pub keys: Keys,
    /// Token buckets of the request rates.
    pub buckets: Buckets,
    /// AWS Organizations.
    pub organizations: Shared<organizations::State>,
    /// AWS Control Tower.
    pub control_tower: Shared<control_tower::State>,
    /// IAM, of all accounts.
    pub iam: Shared<iam::State>,
    /// STS.
    pub sts: Shared<sts::State>,
    /// KMS, of all accounts and Regions.
    pub kms: Shared<kms::State>,
    /// Account Management.
    pub account_management: Shared<account::State>,
    /// Administrators that services have of their own, of all organizations.
    pub administrators: Shared<administrators::State>,
    /// Service Quotas.
    pub service_quotas: Shared<service_quotas::State>,
    /// IAM Identity Center.
    pub sso_admin: Shared<sso_admin::State>,
    /// Account Factory in Service Catalog.
    pub service_catalog: Shared<service_catalog::State>,
    /// Sign-in to IAM Identity Center.
    pub sso_oidc: Shared<sso_oidc::State>,
    /// GuardDuty, of all accounts and Regions.
    pub guardduty: Shared<guardduty::State>,
    /// IAM Access Analyzer, of all accounts and Regions.
    pub access_analyzer: Shared<access_analyzer::State>,
    /// Inspector, of all accounts and Regions.
    pub inspector: Shared<inspector::State>,
    /// Macie, of all accounts and Regions.
    pub macie: Shared<macie::State>,
    /// Detective, of all accounts and Regions.
    pub detective: Shared<detective::State>,
    /// Security Hub, of all accounts and Regions.
    pub security_hub: Shared<security_hub::State>,
    /// Firewall Manager, of all organizations.
    pub firewall_manager: Shared<firewall_manager::State>,
    /// AWS Config, of all accounts and Regions.
    pub config: Shared<config::State>,
    /// CloudFormation's stack sets, of all organizations.
    pub cloudformation: Shared<cloudformation::State>,
    /// CloudTrail, of all accounts.
    pub cloudtrail: Shared<cloudtrail::State>,
    /// The buckets that services deliver into.
    pub s3: Shared<s3::State>,
    /// License Manager, of all accounts and Regions.
    pub license_manager: Shared<license_manager::State>,
    /// Resource Access Manager, of all accounts and Regions.
    pub ram: Shared<ram::State>,
    /// AWS Backup, of all accounts and Regions.
    pub backup: Shared<backup::State>,
    /// The identity stores behind Identity Center.
    pub identity_store: Shared<identity_store::State>,
}

impl World {
    /// An empty world: one stand-alone account, no organization.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let mut world = Self {
            time: settings.start,
            account: settings.account.clone(),
            region: settings.region.clone(),
            jitter: settings.jitter,
            ids: Ids::new(settings.seed),
            ..Self::default()
        };
        world.organizations.configure(settings);
        world
    }

    /// Lets everything happen that is due by `now`, across services in order of time.
    pub fn settle(&mut self, now: Timestamp) {
        loop {
            let next = all()
                .iter()
                .filter_map(|service| (service.due)(self).map(|at| (at, service)))
                .min_by_key(|(at, _)| *at);
            let Some((at, service)) = next.filter(|(at, _)| *at <= now) else {
                break;
            };
            self.time = self.time.max(at);
            (service.settle)(self, at);
            if (service.due)(self).is_some_and(|again| again <= at) {
                debug_assert!(false, "{} left an event behind that was due at {at}", service.name);
                break;
            }
        }
        self.time = self.time.max(now);
    }

    /// Lets what the file tells of the past happen.
    ///
    /// # Errors
    /// In words: what AWS would have refused, or a name that means nothing.
    pub fn live_through(&mut self) -> Result<(), String> {
        match self.past.take() {
            Some(past) => super::past::happen(self, &past),
            None => Ok(()),
        }
    }

    /// Lets everything end that is under way.
    pub(super) fn settle_everything(&mut self) {
        while let Some(at) = all().iter().filter_map(|service| (service.due)(self)).min() {
            self.settle(at);
        }
    }

    /// Lets whatever a fault keeps from ending end now.
    pub fn end_hanging(&mut self) {
        let now = self.time;
        let mut organizations = self.organizations.organizations.values_mut();
        let creations = organizations.by_ref().flat_map(|organization| organization.creations.values_mut());
        for creation in creations.filter(|creation| creation.ends == Timestamp::MAX) {
            creation.ends = now;
        }
        self.control_tower.end_hanging(now);
        self.sso_admin.end_hanging(now);
        self.service_catalog.end_hanging(now);
        self.settle(now);
    }

    /// The end of something that usually takes `usual` and begins at `now`, varied by the settings' jitter.
    pub fn end_of(&mut self, now: Timestamp, usual: Duration) -> Timestamp {
        if self.jitter <= 0.0 {
            return later(now, usual);
        }
        let vary = 1.0 + self.jitter.min(1.0) * (2.0 * self.ids.share() - 1.0);
        later(now, usual.mul_f64(vary))
    }

    /// Prepares a new member account in the services that keep something per account; called by Organizations when
    /// an account is created. `role` is the access role that trusts `management`, `None` for an invited account.
    pub fn open_account(&mut self, account: &str, management: &str, role: Option<&str>, now: Timestamp) {
        iam::open_account(self, account, management, role, now);
        guardduty::account_joined(self, account, now);
        security_hub::account_joined(self, account, now);
        config::account_joined(self, account, now);
        inspector::account_joined(self, account, now);
        macie::account_joined(self, account, now);
        // After GuardDuty, from which it learns how much data an account has.
        detective::account_joined(self, account, now);
        cloudformation::account_joined(self, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_vary_within_the_jitter_and_alike_for_a_seed() {
        let settings = Settings { jitter: 0.2, ..Settings::default() };
        let usual = Duration::from_secs(100);
        let ends = |mut world: World| -> Vec<f64> {
            let now = world.time;
            (0..50).map(|_| world.end_of(now, usual).duration_since(now).as_secs_f64()).collect()
        };
        let first = ends(World::new(&settings));
        assert_eq!(first, ends(World::new(&settings)));
        assert!(first.iter().all(|seconds| (80.0..=120.0).contains(seconds)), "{first:?}");
        assert!(first.iter().any(|seconds| (*seconds - 100.0).abs() > 1.0));
        let steady = ends(World::new(&Settings::default()));
        assert!(steady.iter().all(|seconds| (*seconds - 100.0).abs() < f64::EPSILON));
    }

    #[test]
    fn a_world_survives_being_written_down() {
        let world = World::new(&Settings::default());
        let text = serde_json::to_string(&world).expect("text");
        let again: World = serde_json::from_str(&text).expect("a world");
        assert_eq!(serde_json::to_string(&again).expect("text"), text);
    }
}
