//! Why there is no snapshot at all. What could not be read about one resource is
//! a gap in the snapshot instead.

use thiserror::Error;

use crate::cloud::CallError;
use crate::model::ids::AccountId;

/// Why there is no snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ObserveError {
    /// The caller could not be identified.
    #[error("it is not known whose credentials these are: {0}")]
    Caller(CallError),
    /// The organization could not be read.
    #[error("the organization could not be read: {0}")]
    Organization(CallError),
    /// The Control Catalog could not be read.
    #[error("the Control Catalog could not be read: {0}")]
    ControlCatalog(CallError),
    /// The credentials belong to another account of the organization.
    #[error("these are credentials of account {caller}, which is not the management account {management}")]
    NotManagement {
        /// The account they belong to.
        caller: AccountId,
        /// The account they should belong to.
        management: AccountId,
    },
}

impl ObserveError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Caller(_) => {
                "set AWS credentials, or sign in with `aws sso login` and name the profile".to_owned()
            }
            Self::Organization(_) => {
                "the caller needs organizations:DescribeOrganization and the List actions".to_owned()
            }
            Self::ControlCatalog(_) => {
                "the caller needs controlcatalog:ListControls and controlcatalog:ListControlMappings"
                    .to_owned()
            }
            Self::NotManagement { management, .. } => {
                format!("use credentials of the management account {management}")
            }
        }
    }
}
