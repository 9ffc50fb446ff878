//! Signing a device in: the person confirms at a browser, anywhere.
//!
//! In: a portal. Out: the code to confirm, then a token, kept. The steps are those of RFC 8628 and
//! of IAM Identity Center's OIDC API Reference: register, start, ask until it is confirmed. Also
//! here: renewing a token that is near its end, and giving it back.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::kept::Kept;
use super::{Folder, SignIn};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::model::region::Region;

const REGISTER: &str = "sso-oidc:RegisterClient";
const START: &str = "sso-oidc:StartDeviceAuthorization";
const TOKEN: &str = "sso-oidc:CreateToken";
const LOGOUT: &str = "sso:Logout";
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const REFRESH_GRANT: &str = "refresh_token";
/// What a session that can be renewed registers for, as the AWS CLI does.
const ACCOUNT_ACCESS: &str = "sso:account:access";
/// Between two questions, where AWS does not say; and what "slow down" adds (RFC 8628, 3.2 and 3.5).
const INTERVAL: Duration = Duration::from_secs(5);
/// A token this near its end is renewed, as the AWS CLI does.
const MARGIN: Duration = Duration::from_secs(15 * 60);

/// A portal to sign in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The `sso-session` of the shared configuration files; none: the start URL alone.
    pub session: Option<String>,
    /// Its address.
    pub start_url: String,
    /// The Region of Identity Center.
    pub region: Region,
}

impl Named {
    /// Under which name its token is kept.
    #[must_use]
    pub fn name(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.start_url)
    }
}

/// What the person has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The code that the page shows or asks for.
    pub user_code: String,
    /// The page.
    pub page: String,
    /// The page with the code in its address.
    pub page_with_code: Option<String>,
    /// How long there is for it.
    pub within: Duration,
}

/// Why nobody is signed in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// AWS said no.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Nobody confirmed in time.
    #[error("nobody confirmed the code within {} minutes", .0.as_secs() / 60)]
    Unanswered(Duration),
    /// The person said no.
    #[error("the sign-in was declined")]
    Declined,
    /// The token could not be kept.
    #[error("the token cannot be kept in {path}")]
    Kept {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// A registered client.
#[derive(Clone)]
struct Client {
    id: String,
    secret: String,
    expires: Timestamp,
}

/// Signs a person in and keeps the token. `show` is called once with what to do.
///
/// # Errors
/// When AWS refuses, when nobody confirms, or when the token cannot be kept.
pub async fn sign_in(
    connection: &Connection,
    portal: &Named,
    folder: &Folder,
    show: impl FnOnce(&Prompt),
) -> Result<Kept, SignInError> {
    let name = portal.name();
    let site = connection.own(&portal.region);
    let client = client(&site, portal, folder).await?;
    let oidc = site.clients.ssooidc();
    let start = || oidc.start_device_authorization().client_id(&client.id).client_secret(&client.secret);
    let started = site.call(START, || start().start_url(&portal.start_url).send()).await?;
    let unreadable = |what| CallError::unreadable(START, what);
    let device_code = started.device_code().ok_or_else(|| unreadable("deviceCode"))?;
    let prompt = Prompt {
        user_code: started.user_code().ok_or_else(|| unreadable("userCode"))?.to_owned(),
        page: started.verification_uri().ok_or_else(|| unreadable("verificationUri"))?.to_owned(),
        page_with_code: started.verification_uri_complete().map(str::to_owned),
        within: seconds(started.expires_in()),
    };
    show(&prompt);
    let interval = Some(seconds(started.interval())).filter(|wait| !wait.is_zero()).unwrap_or(INTERVAL);
    let token = confirmed(&site, &client, device_code, interval, prompt.within).await?;
    let kept = Kept {
        start_url: portal.start_url.clone(),
        region: portal.region.to_string(),
        access_token: token.access,
        expires_at: token.expires,
        client_id: Some(client.id),
        client_secret: Some(client.secret),
        registration_expires_at: Some(client.expires),
        refresh_token: token.refresh,
        others: serde_json::Map::new(),
    };
    keep(folder, name, &kept)?;
    Ok(kept)
}

fn keep(folder: &Folder, name: &str, kept: &Kept) -> Result<(), SignInError> {
    folder
        .write(name, kept)
        .map_err(|source| SignInError::Kept { path: folder.file(name).display().to_string(), source })
}

/// The client of an earlier sign-in while its registration is good, else a new one.
async fn client(site: &Site, portal: &Named, folder: &Folder) -> Result<Client, SignInError> {
    let before = folder.read(portal.name()).ok().flatten();
    let good = before.filter(|kept| kept.start_url == portal.start_url).and_then(|kept| {
        let expires = kept.registration_expires_at.filter(|end| *end > site.connection.now())?;
        Some(Client { id: kept.client_id?, secret: kept.client_secret?, expires })
    });
    if let Some(client) = good {
        return Ok(client);
    }
    let oidc = site.clients.ssooidc();
    let scope = portal.session.as_ref().map(|_| vec![ACCOUNT_ACCESS.to_owned()]);
    let register = || {
        let asked = oidc.register_client().client_name("lzctl").client_type("public");
        asked.set_scopes(scope.clone()).send()
    };
    let made = site.call(REGISTER, register).await?;
    let unreadable = |what| CallError::unreadable(REGISTER, what);
    Ok(Client {
        id: made.client_id().ok_or_else(|| unreadable("clientId"))?.to_owned(),
        secret: made.client_secret().ok_or_else(|| unreadable("clientSecret"))?.to_owned(),
        expires: Timestamp::from_second(made.client_secret_expires_at())
            .map_err(|_| unreadable("usable clientSecretExpiresAt"))?,
    })
}

/// A token as AWS gives it.
struct Token {
    access: String,
    expires: Timestamp,
    refresh: Option<String>,
}

/// Asks until the person has answered or the time is over.
async fn confirmed(
    site: &Site,
    client: &Client,
    device_code: &str,
    mut interval: Duration,
    within: Duration,
) -> Result<Token, SignInError> {
    let begun = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(site.connection.real(interval)).await;
        let error = match token(site, client, DEVICE_GRANT, Some(device_code), None).await {
            Ok(token) => return Ok(token),
            Err(error) => error,
        };
        match error.code.as_str() {
            "AuthorizationPendingException" => {}
            "SlowDownException" => interval += INTERVAL,
            "ExpiredTokenException" => return Err(SignInError::Unanswered(within)),
            "AccessDeniedException" => return Err(SignInError::Declined),
            // The answer was lost on the way; whether the person has confirmed is told next time.
            code::TIMEOUT | code::UNREACHABLE => {}
            _ => return Err(error.into()),
        }
        if begun.elapsed() > site.connection.real(within) {
            return Err(SignInError::Unanswered(within));
        }
    }
}

async fn token(
    site: &Site,
    client: &Client,
    grant: &str,
    device_code: Option<&str>,
    refresh: Option<&str>,
) -> Result<Token, CallError> {
    let oidc = site.clients.ssooidc();
    let ask = || {
        let asked = oidc.create_token().client_id(&client.id).client_secret(&client.secret);
        let asked = asked.grant_type(grant).set_device_code(device_code.map(str::to_owned));
        asked.set_refresh_token(refresh.map(str::to_owned)).send()
    };
    let given = site.call(TOKEN, ask).await?;
    let access = given.access_token().ok_or_else(|| CallError::unreadable(TOKEN, "accessToken"))?;
    Ok(Token {
        access: access.to_owned(),
        expires: site.connection.now() + seconds(given.expires_in()),
        refresh: given.refresh_token().map(str::to_owned),
    })
}

fn seconds(count: i32) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or_default())
}

/// A kept token that is good now, renewed if it is near its end and can be.
///
/// # Errors
/// In our words, when nobody is signed in under that name any more.
pub(super) async fn good(connection: &Connection, sign_in: &SignIn) -> Result<Kept, CallError> {
    let (name, folder) = (&sign_in.name, &sign_in.folder);
    let unusable = |why: String| CallError::ours(TOKEN, code::NO_CREDENTIALS, why, Verdict::Denied);
    let nobody = || unusable(format!("nobody is signed in as {name}: `lzctl login` does it"));
    let read = folder.read(name);
    let read = read.map_err(|error| unusable(format!("{}: {error}", folder.file(name).display())))?;
    let kept = read.ok_or_else(nobody)?;
    let now = connection.now();
    if kept.expires_at > now + MARGIN {
        return Ok(kept);
    }
    match renewed(connection, &kept).await {
        Some(fresh) => {
            if let Err(error) = folder.write(name, &fresh) {
                tracing::warn!(%error, "the renewed token cannot be kept");
            }
            Ok(fresh)
        }
        None if kept.expires_at > now => Ok(kept),
        None => Err(unusable(format!("the sign-in as {name} has ended: `lzctl login` renews it"))),
    }
}

/// The same sign-in with a new token, where it can be renewed.
async fn renewed(connection: &Connection, kept: &Kept) -> Option<Kept> {
    let expires = kept.registration_expires_at.filter(|end| *end > connection.now())?;
    let client = Client { id: kept.client_id.clone()?, secret: kept.client_secret.clone()?, expires };
    let site = connection.own(&kept.region.parse().ok()?);
    let token = token(&site, &client, REFRESH_GRANT, None, Some(kept.refresh_token.as_deref()?)).await;
    let token = token.inspect_err(|error| tracing::debug!(%error, "the token cannot be renewed")).ok()?;
    let refresh_token = token.refresh.or_else(|| kept.refresh_token.clone());
    Some(Kept { access_token: token.access, expires_at: token.expires, refresh_token, ..kept.clone() })
}

/// Gives a token back and forgets it. True: somebody was signed in.
///
/// # Errors
/// When the file cannot be removed. A token that AWS takes no longer is forgotten all the same.
pub async fn sign_out(connection: &Connection, sign_in: &SignIn) -> Result<bool, SignInError> {
    let (name, folder) = (&sign_in.name, &sign_in.folder);
    let failed = |source| SignInError::Kept { path: folder.file(name).display().to_string(), source };
    let Some(kept) = folder.read(name).map_err(failed)? else { return Ok(false) };
    if let Ok(region) = kept.region.parse() {
        let site = connection.own(&region);
        let portal = site.clients.sso();
        let left = site.call(LOGOUT, || portal.logout().access_token(&kept.access_token).send()).await;
        if let Err(error) = left {
            tracing::debug!(%error, "the token could not be given back");
        }
    }
    folder.remove(name).map_err(failed)?;
    Ok(true)
}
