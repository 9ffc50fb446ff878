//! AWS Account Management: contacts, Regions, name and root e-mail address of an account.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]; [`regions`] for services that ask where an account can
//! be used. Absent: phone number verification and GovCloud accounts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

mod contacts;
mod profile;
pub mod regions;
mod standing;

use crate::sim::error::AwsError;
use crate::sim::service::Service;

pub use profile::one_time_code;

/// What Account Management knows. All keys are 12-digit account ids.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Alternate contacts by type.
    pub(crate) alternate: BTreeMap<String, BTreeMap<String, Map<String, Value>>>,
    /// Primary contacts that were changed.
    pub(crate) primary: BTreeMap<String, Map<String, Value>>,
    /// Opt-in Regions that were switched.
    pub(crate) regions: BTreeMap<String, regions::Opted>,
    /// Names of accounts that no organization keeps.
    pub(crate) names: BTreeMap<String, String>,
    /// The latest change of each root e-mail address.
    pub(crate) email_updates: BTreeMap<String, profile::EmailUpdate>,
}

/// A refusal of one member of the input.
fn validation(member: &str, words: &str) -> AwsError {
    AwsError::new("ValidationException", words)
        .field("reason", "fieldValidationFailed")
        .field("fieldList", json!([{ "name": member, "message": words }]))
}

/// The service.
pub static SERVICE: Service = Service {
    name: "account",
    operations: &[
        ("AcceptPrimaryEmailUpdate", profile::accept_email_update),
        ("DeleteAlternateContact", contacts::delete_alternate),
        ("DisableRegion", regions::disable),
        ("EnableRegion", regions::enable),
        ("GetAccountInformation", profile::information),
        ("GetAlternateContact", contacts::get_alternate),
        ("GetContactInformation", contacts::get_primary),
        ("GetPrimaryEmail", profile::primary_email),
        ("GetPrimaryEmailUpdateStatus", profile::email_update_status),
        ("GetRegionOptStatus", regions::get),
        ("ListRegions", regions::list),
        ("PutAccountName", profile::put_name),
        ("PutAlternateContact", contacts::put_alternate),
        ("PutContactInformation", contacts::put_primary),
        ("StartPrimaryEmailUpdate", profile::start_email_update),
    ],
    due: regions::due,
    settle: regions::settle,
};
