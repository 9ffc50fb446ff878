//! Scenarios of AWS Backup across an organization.
//!
//! In: short calls. Out: answers from the wire, in virtual time.

mod settings;
mod vaults;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_in, done, organization, quiet};

const BACKUP: &str = "backup";
const MANAGEMENT: &str = "111122223333";
const HOME: &str = "us-east-1";

/// An organization with a central backup account and an account with data.
struct Stage {
    sim: Simulator,
    root: String,
    central: String,
    app: String,
}

impl Stage {
    async fn new() -> Self {
        let (sim, root) = organization(quiet()).await;
        let (central, app) = (account(&sim, "central").await, account(&sim, "app").await);
        let trust = json!({"ServicePrincipal": "backup.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        Self { sim, root, central, app }
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_in(&self.sim, HOME, (account, None), BACKUP, operation, input).await
    }

    async fn must(&self, account: &str, operation: &str, input: Value) -> Value {
        let answer = self.ask(account, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    /// Code and words of a refusal.
    async fn refused(&self, account: &str, operation: &str, input: Value) -> (String, String) {
        let answer = self.ask(account, operation, input).await;
        let code = answer.code().unwrap_or_else(|| panic!("{operation} succeeded: {}", answer.text));
        let body = answer.json();
        let words = body["Message"].as_str().or_else(|| body["message"].as_str());
        (code, words.unwrap_or_default().to_owned())
    }

    fn pass_days(&self, days: u64) {
        self.sim.advance(Duration::from_secs(days * 86_400));
    }

    async fn vault(&self, account: &str, name: &str) -> String {
        let made = self.must(account, "CreateBackupVault", json!({"backupVaultName": name})).await;
        made["BackupVaultArn"].as_str().expect("an ARN").to_owned()
    }
}
