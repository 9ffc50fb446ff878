//! Whose signatures count, and how many are needed, as arguments.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use crate::model::signatures::SignatureRule;
use crate::plan::saved::{KeyId, PublicKey, Requirement};

/// Arguments of commands that check signatures.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Signatures")]
pub(super) struct TrustArgs {
    /// A public key whose signature counts; may be said several times
    #[arg(long = "trust", value_name = "KEY.pub")]
    trust: Vec<PathBuf>,
    /// How many different trusted keys must have signed the saved plan; 1 as soon
    /// as a key is trusted, else 0. The document may ask for more
    #[arg(long, value_name = "NUMBER")]
    require_signatures: Option<usize>,
    /// How many must have signed when the plan contains an irreversible act, one
    /// that needs a consent; the larger of the two numbers holds
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    require_signatures_irreversible: usize,
}

/// The keys, and the rule.
#[derive(Debug)]
pub(super) struct Trust {
    pub(super) keys: Vec<PublicKey>,
    pub(super) requirement: Requirement,
}

impl TrustArgs {
    /// Whether anything was said at all.
    pub(super) fn is_silent(&self) -> bool {
        self.trust.is_empty()
            && self.require_signatures.is_none()
            && self.require_signatures_irreversible == 0
    }

    /// Reads the keys. A rule that no plan could ever satisfy is a mistake in the
    /// arguments and told as such, before anything else is done.
    pub(super) fn load(&self) -> Result<Trust, CliError> {
        let mut keys: Vec<PublicKey> = Vec::new();
        for path in &self.trust {
            let text = std::fs::read_to_string(path).map_err(|source| CliError::File {
                path: path.clone(),
                verb: "read",
                source,
            })?;
            let key = PublicKey::from_pem(&text)
                .map_err(|reason| CliError::NoKey { path: path.clone(), reason })?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let every = self.require_signatures.unwrap_or_else(|| usize::from(!keys.is_empty()));
        let irreversible = self.require_signatures_irreversible;
        let requirement = Requirement::at_least(SignatureRule { every, irreversible });
        if requirement.most() > keys.len() {
            return Err(CliError::Usage(format!(
                "signatures of {} different keys are required, and --trust names {}",
                requirement.most(),
                keys.len()
            )));
        }
        Ok(Trust { keys, requirement })
    }
}

impl Trust {
    /// Whether a key is one of those that count.
    pub(super) fn counts(&self, id: &KeyId) -> bool {
        self.keys.iter().any(|key| key.id() == *id)
    }
}
