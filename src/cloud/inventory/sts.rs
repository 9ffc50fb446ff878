//! Whether STS gives an account sessions in a Region.
//!
//! There is no list of Regions in which STS is switched off; asking who one is works there all the
//! same (reported in aws-sdk-go-v2 issue 2846), and only a request for a session is refused with a
//! code of its own. So a session of a role that cannot be entered is asked for: the refusal tells.

use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::region::Region;

const ASSUME: &str = "sts:AssumeRole";
const OFF: &str = "RegionDisabledException";

/// Whether STS answers the account in a Region.
///
/// # Errors
/// When nothing is told, because the account cannot be entered or AWS cannot be reached.
pub(crate) async fn answers(
    connection: &Connection,
    account: &str,
    region: &Region,
) -> Result<bool, CallError> {
    let site = connection.site_in(Some(account), region).await?;
    let client = site.clients.sts();
    let role = format!("arn:{}:iam::{account}:role/lzctl-is-sts-there", connection.partition().name);
    let request = || client.assume_role().role_arn(&role).role_session_name("lzctl");
    match site.call(ASSUME, || request().send()).await {
        Ok(_) => Ok(true),
        Err(error) if error.code == OFF => Ok(false),
        Err(error) if error.code == "AccessDenied" => Ok(true),
        Err(error) => Err(error),
    }
}
