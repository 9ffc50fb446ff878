//! Accepting an invitation from inside the account that it is for, with its own credentials.
//!
//! What a plan does by a role in the account is a step (`handlers::account_joining`); this is for
//! accounts into which no role leads.

use super::connection::Connection;
use super::failure::CallError;

/// Accepts an invitation for the caller's account, which is a member of the organization then.
///
/// # Errors
/// What AWS said.
pub async fn accept(connection: &Connection, handshake: &str) -> Result<(), CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    site.call("organizations:AcceptHandshake", || client.accept_handshake().handshake_id(handshake).send())
        .await?;
    Ok(())
}
