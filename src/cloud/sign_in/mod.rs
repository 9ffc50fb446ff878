//! Signing in to IAM Identity Center as a person, and the accounts that this opens.
//!
//! In: a session's name with its portal, or the start URL alone. Out: a token that is kept where
//! the AWS CLI and the SDKs keep theirs, and credentials of the roles that the person holds.
//! Absent: opening a browser, and the ordinary chain of credentials, which reads the same files.

mod configured;
mod device;
mod kept;
mod portal;

pub use configured::{ConfiguredError, Portal, of_profile, of_session};
pub use device::{Prompt, SignInError, sign_in, sign_out};
pub use kept::{Folder, Kept};
pub(crate) use portal::{credentials, roles};

use std::path::PathBuf;

/// Under which name a sign-in is kept, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The name of an `sso-session`, or a start URL.
    pub name: String,
    /// The folder of tokens.
    pub folder: Folder,
}

/// Where the AWS CLI keeps tokens: `~/.aws/sso/cache`; none where there is no home.
#[must_use]
pub fn usual_folder() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(".aws/sso/cache"))
}
