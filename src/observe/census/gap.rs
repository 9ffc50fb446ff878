//! What could not be read, and why.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::cloud::CallError;

/// A part of a census.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Regions that are on.
    Regions,
    /// Services that the organization trusts.
    TrustedAccess,
    /// Centralised root access.
    RootAccess,
    /// The organization's own policy.
    ResourcePolicy,
    /// Tags, of one thing by its id.
    Tags,
    /// Alternate contacts, of one account by its id.
    Contacts,
    /// Policies: of a type by AWS's name of it, or of one by its id.
    Policies,
    /// What a policy is attached to, by its id.
    PolicyTargets,
    /// Landing zone and baselines.
    ControlTower,
    /// Controls, or the parameters of one by its ARN.
    Controls,
    /// Service roles of the landing zone, by name.
    ServiceRoles,
    /// Administrators of a service, by the document's word for it.
    Administrators,
    /// Identity Center.
    IdentityCenter,
    /// A permission set, by its ARN.
    PermissionSets,
    /// Assignments, of one group or user by its id.
    Assignments,
    /// A security service in one Region, as `guardduty in eu-west-1`.
    Security,
    /// AWS Backup: of a part of it, in words with the account and the Region.
    Backup,
    /// AWS Config, as `111122223333 in eu-west-1`.
    Config,
    /// Service-managed stack sets: all of a Region, or one as `hooks in eu-west-1`.
    StackSets,
    /// Trails of the organization: those seen from a Region, or one by its name.
    Trails,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Regions => "the Regions that are on",
            Self::TrustedAccess => "trusted access",
            Self::RootAccess => "centralised root access",
            Self::ResourcePolicy => "the organization's resource policy",
            Self::Tags => "tags",
            Self::Contacts => "alternate contacts",
            Self::Policies => "policies",
            Self::PolicyTargets => "targets of a policy",
            Self::ControlTower => "Control Tower",
            Self::Controls => "controls",
            Self::ServiceRoles => "service roles",
            Self::Administrators => "delegated administrators",
            Self::IdentityCenter => "Identity Center",
            Self::PermissionSets => "permission sets",
            Self::Assignments => "assignments",
            Self::Security => "security services",
            Self::Backup => "AWS Backup",
            Self::Config => "AWS Config",
            Self::StackSets => "stack sets",
            Self::Trails => "trails",
        })
    }
}

/// One thing that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Of which part.
    pub part: Part,
    /// Which of them, by id or name; none when all of the part is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// AWS's words, with operation and request id.
    pub error: CallError,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.part)?;
        if let Some(of) = &self.of {
            write!(f, " of {of}")?;
        }
        write!(f, ": {}", self.error)
    }
}

/// Gaps as they turn up, from questions that are asked at the same time.
#[derive(Debug, Default)]
pub(super) struct Gaps(Mutex<Vec<Gap>>);

impl Gaps {
    /// Notes one.
    pub(super) fn note(&self, part: Part, of: Option<&str>, error: CallError) {
        let gap = Gap { part, of: of.map(str::to_owned), error };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
    }

    /// The answer, or nothing after its gap was noted.
    pub(super) fn read<T>(&self, part: Part, of: Option<&str>, answer: Result<T, CallError>) -> Option<T> {
        answer.map_err(|error| self.note(part, of, error)).ok()
    }

    /// All of them, by part.
    pub(super) fn sorted(self) -> Vec<Gap> {
        let mut gaps = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        gaps.sort_by(|one, other| (one.part, &one.of).cmp(&(other.part, &other.of)));
        gaps
    }
}
