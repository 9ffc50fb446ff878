//! `lzctl verify`: is a saved plan what was saved, and who has signed it?

use std::fmt::Write as _;
use std::path::PathBuf;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::saved;
use super::trust::TrustArgs;
use crate::plan::saved::SavedPlan;
use crate::report::plan_text;

/// Check a saved plan's integrity and signatures; asks nothing of AWS
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The saved plan
    #[arg(value_name = "PLAN.json")]
    plan: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let trust = self.trust.load()?;
        let saved = saved::read(&self.plan)?;
        let mut out = head(&saved);
        for id in saved.signers() {
            let word = if trust.counts(&id) { "trusted" } else { "not trusted" };
            let _ = writeln!(out, "signed by      {id} ({word})");
        }
        if saved.signatures.is_empty() {
            out.push_str("signed by      nobody\n");
        }
        let _ = writeln!(out, "{}", plan_text::summary(&saved.plan));
        printer.data(&out)?;
        match trust.requirement.lacking(&saved, &trust.keys) {
            None => Ok(Exit::Done),
            Some(lacking) => Err(CliError::Refused(vec![lacking.into()])),
        }
    }
}

fn head(saved: &SavedPlan) -> String {
    let plan = &saved.plan;
    let organization = plan.organization.as_ref().map_or("none yet", |id| id.as_str());
    let mut out = format!(
        "digest         {}\nplan           {}\naccount        {}\norganization   {organization}\n\
         made at        {} by lzctl {}\nexpires at     {}\n",
        saved.digest, plan.id, plan.account, saved.made_at, saved.version, saved.expires_at
    );
    for consent in &plan.consents {
        let word = if consent.given { "given" } else { "not given yet" };
        let _ = writeln!(out, "irreversible   {} ({word}): {}", consent.name, consent.consequence);
    }
    out
}
