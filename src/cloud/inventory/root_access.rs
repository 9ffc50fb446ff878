//! Which of IAM's two switches of centralised root access are on.

use std::collections::BTreeSet;

use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::Kind;

const LIST: &str = "iam:ListOrganizationsFeatures";

/// AWS refuses the question while IAM is not trusted; nothing can be on then
/// (IAM API Reference, EnableOrganizationsRootSessions: trusted access comes first).
const NOT_TRUSTED: &str = "ServiceAccessNotEnabledException";

/// The switches that are on, each by its kind. A feature that this program does not
/// know is passed over.
///
/// # Errors
/// When they cannot be read.
pub async fn features(connection: &Connection) -> Result<BTreeSet<Kind>, CallError> {
    let site = connection.global();
    let client = site.clients.iam();
    let answer = match site.call(LIST, || client.list_organizations_features().send()).await {
        Ok(answer) => answer,
        Err(error) if error.code == NOT_TRUSTED => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let kind = |name: &str| match name {
        "RootCredentialsManagement" => Some(Kind::RootCredentialsManagement),
        "RootSessions" => Some(Kind::RootSessions),
        _ => None,
    };
    Ok(answer.enabled_features().iter().filter_map(|feature| kind(feature.as_str())).collect())
}
