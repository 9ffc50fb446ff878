//! The AWS access portal: which roles a person holds, and their credentials.
//!
//! In: a kept sign-in and an account. Out: names of permission sets, credentials. A person who has
//! nothing in an account is refused by AWS as somebody without access; here that is an empty list.

use aws_credential_types::Credentials;

use super::{SignIn, device};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::pages;

const ROLES: &str = "sso:ListAccountRoles";
const CREDENTIALS: &str = "sso:GetRoleCredentials";

/// The names of the roles that the person holds in an account.
///
/// # Errors
/// When nobody is signed in, or AWS refuses to say.
pub(crate) async fn roles(
    connection: &Connection,
    sign_in: &SignIn,
    account: &str,
) -> Result<Vec<String>, CallError> {
    let kept = device::good(connection, sign_in).await?;
    let site = connection.own(&region(&kept.region)?);
    let portal = site.clients.sso();
    let (site, kept) = (&site, &kept);
    let found = pages::all(ROLES, |next| async move {
        let asked = || portal.list_account_roles().access_token(&kept.access_token).account_id(account);
        let answer = site.call(ROLES, || asked().set_next_token(next.clone()).send()).await?;
        Ok((answer.role_list().to_vec(), answer.next_token().map(str::to_owned)))
    });
    match found.await {
        Ok(roles) => Ok(roles.iter().filter_map(|role| role.role_name().map(str::to_owned)).collect()),
        Err(error) if error.is_missing() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Credentials of a role in an account.
///
/// # Errors
/// When nobody is signed in, or the person does not hold it.
pub(crate) async fn credentials(
    connection: &Connection,
    sign_in: &SignIn,
    account: &str,
    role: &str,
) -> Result<Credentials, CallError> {
    let kept = device::good(connection, sign_in).await?;
    let site = connection.own(&region(&kept.region)?);
    let portal = site.clients.sso();
    let asked = || portal.get_role_credentials().access_token(&kept.access_token).account_id(account);
    let answer = site.call(CREDENTIALS, || asked().role_name(role).send()).await?;
    let unreadable = || CallError::unreadable(CREDENTIALS, "roleCredentials");
    let given = answer.role_credentials().ok_or_else(unreadable)?;
    let key = given.access_key_id().ok_or_else(unreadable)?;
    let secret = given.secret_access_key().ok_or_else(unreadable)?;
    let token = given.session_token().map(str::to_owned);
    // As with assumed roles no expiry is passed on: sessions are renewed by age.
    Ok(Credentials::new(key, secret, token, None, "lzctl-portal"))
}

fn region(name: &str) -> Result<crate::model::region::Region, CallError> {
    name.parse().map_err(|_| CallError::unreadable(ROLES, "usable Region of the kept sign-in"))
}
