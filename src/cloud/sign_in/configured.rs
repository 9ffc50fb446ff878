//! Where to sign in, as the shared configuration files say it.
//!
//! In: a profile's name or that of an `sso-session`. Out: the portal with the name under which a
//! token of it is kept. Both forms of the AWS CLI are understood: a session of its own that
//! profiles name (`sso_session`), and a profile that says the start URL itself.

use aws_types::os_shim_internal::{Env, Fs};
use thiserror::Error;

use super::device::Named;
use crate::model::region::Region;

/// A portal to sign in to.
pub type Portal = Named;

/// Why the configuration files do not tell.
#[derive(Debug, Error)]
pub enum ConfiguredError {
    /// The files cannot be read as what they are.
    #[error("the shared configuration files cannot be read: {0}")]
    Unreadable(String),
    /// No session of the name.
    #[error("there is no [sso-session {0}] in the shared configuration files")]
    NoSession(String),
    /// A session or profile lacks a setting, or says it wrongly.
    #[error("{whose} has no usable {setting}")]
    Incomplete {
        /// The section.
        whose: String,
        /// The setting's name.
        setting: &'static str,
    },
}

type Settings<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

/// The portal of a session of that name.
///
/// # Errors
/// When the files cannot be read, or do not say it in full.
pub async fn of_session(name: &str) -> Result<Portal, ConfiguredError> {
    let files = load(None).await?;
    let session = files.sso_session(name).ok_or_else(|| ConfiguredError::NoSession(name.to_owned()))?;
    portal(&format!("[sso-session {name}]"), Some(name), &|setting| session.get(setting))
}

/// The portal that a profile signs in by; none for a profile that has other credentials.
///
/// # Errors
/// When the files cannot be read, or do not say it in full.
pub async fn of_profile(profile: Option<&str>) -> Result<Option<Portal>, ConfiguredError> {
    let files = load(profile).await?;
    let named = profile.unwrap_or_else(|| files.selected_profile());
    let Some(profile) = files.get_profile(named) else { return Ok(None) };
    if let Some(session) = profile.get("sso_session") {
        let known = files.sso_session(session);
        let known = known.ok_or_else(|| ConfiguredError::NoSession(session.to_owned()))?;
        let whose = format!("[sso-session {session}]");
        return portal(&whose, Some(session), &|setting| known.get(setting)).map(Some);
    }
    if profile.get("sso_start_url").is_none() {
        return Ok(None);
    }
    portal(&format!("profile {named}"), None, &|setting| profile.get(setting)).map(Some)
}

async fn load(profile: Option<&str>) -> Result<aws_config::profile::ProfileSet, ConfiguredError> {
    let selected = profile.map(|name| name.to_owned().into());
    let loaded = aws_config::profile::load(&Fs::real(), &Env::real(), &Default::default(), selected).await;
    loaded.map_err(|error| ConfiguredError::Unreadable(error.to_string()))
}

fn portal(whose: &str, session: Option<&str>, get: &Settings<'_>) -> Result<Portal, ConfiguredError> {
    let missing = |setting| ConfiguredError::Incomplete { whose: whose.to_owned(), setting };
    let start_url = get("sso_start_url").ok_or_else(|| missing("sso_start_url"))?.to_owned();
    let region: Option<Region> = get("sso_region").and_then(|region| region.parse().ok());
    let region = region.ok_or_else(|| missing("sso_region"))?;
    Ok(Portal { session: session.map(str::to_owned), start_url, region })
}
