//! What AWS Config records in one account and Region, and where it delivers.

use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const RECORDERS: &str = "config:DescribeConfigurationRecorders";
const STATUSES: &str = "config:DescribeConfigurationRecorderStatus";
const CHANNELS: &str = "config:DescribeDeliveryChannels";

/// A configuration recorder of the account's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorder {
    pub(crate) name: String,
    /// Whether it records now.
    pub(crate) recording: bool,
}

/// The recorders of the account's own choice; those that belong to an AWS service are left out.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn recorders(site: &Site) -> Result<Vec<Recorder>, CallError> {
    let client = site.clients.config();
    let answer = site.call(RECORDERS, || client.describe_configuration_recorders().send()).await?;
    let own = answer.configuration_recorders().iter().filter(|one| one.service_principal().is_none());
    let names: Vec<String> = own.filter_map(|one| one.name().map(str::to_owned)).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let answer = site.call(STATUSES, || client.describe_configuration_recorder_status().send()).await?;
    let records = |name: &str| {
        let mut all = answer.configuration_recorders_status().iter();
        all.any(|one| one.name() == Some(name) && one.recording())
    };
    Ok(names.into_iter().map(|name| Recorder { recording: records(&name), name }).collect())
}

/// The names of the delivery channels.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn channels(site: &Site) -> Result<Vec<String>, CallError> {
    let client = site.clients.config();
    let answer = site.call(CHANNELS, || client.describe_delivery_channels().send()).await?;
    Ok(answer.delivery_channels().iter().filter_map(|channel| channel.name().map(str::to_owned)).collect())
}
