//! Which way leads into each account.
//!
//! In: a connection and accounts. Out: for each the way that was taken, or everything that was
//! tried. Nothing is changed: a session is opened and left to end. Absent: which ways there are,
//! see `cloud::entry`.

use serde::Serialize;

use super::error::ObserveError;
use super::estate::{ChoiceError, Estate};
use crate::cloud::Connection;
use crate::cloud::entry::{Tried, Way};
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::fan_out::fan_out;

/// How one account can be entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Its id.
    pub account: String,
    /// Its name in AWS.
    pub name: String,
    /// AWS's word for its state.
    pub state: String,
    /// The way that leads in, if one does.
    pub way: Option<Way>,
    /// What was tried in vain, when none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Tried>,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The organization could not be read.
    #[error(transparent)]
    Observe(#[from] ObserveError),
    /// A word names no account.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
}

/// Tries to enter the accounts that words name, several at once; all of them without a word.
///
/// # Errors
/// When the organization cannot be read, or a word names nothing.
pub async fn access(connection: &Connection, words: &[String]) -> Result<Vec<Access>, AccessError> {
    let estate = Estate::read(connection).await?;
    let Some(estate) = estate else {
        return Ok(Vec::new());
    };
    let chosen = estate.choose(words)?;
    let questions = chosen.into_iter().map(|account| one(connection.clone(), account.clone()));
    Ok(fan_out(questions.collect()).await)
}

async fn one(connection: Connection, account: Account) -> Access {
    let (way, tried) = match connection.way_in(&account.id).await {
        Ok(way) => (Some(way), Vec::new()),
        Err(none) => (None, none.0),
    };
    Access { account: account.id, name: account.name, state: account.state, way, tried }
}
