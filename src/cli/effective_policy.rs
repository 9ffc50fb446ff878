//! `lzctl effective-policy`: which policies bind an account, and what do they come to?

use super::aws::{AwsArgs, Wanted};
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::catalog::policy_types;
use crate::observe::effective::{self, EffectiveError};
use crate::report::effective_text;

/// Show which organization policies bind an account, level by level
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The account, by its name in AWS or its id
    account: String,
    /// One type, such as service_control or tag; all that are switched on by default
    r#type: Option<String>,
    /// Print as JSON, with the policies' documents
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        // A type that has no word goes by AWS's own name.
        let known =
            |word: &String| policy_types::by_word(word).map_or_else(|| word.clone(), |row| row.name.clone());
        let kind = self.r#type.as_ref().map(known);
        let found = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&Wanted::default(), printer).await?;
                let asked = effective::effective(&session.connection, &self.account, kind.as_deref());
                Box::pin(asked).await.map_err(|error| match error {
                    EffectiveError::Observe(error) => {
                        CliError::Observe { error: Box::new(error), endpoint: session.endpoint.clone() }
                    }
                    other => CliError::Account(other.to_string()),
                })
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if self.json {
            printer.json(&serde_json::to_value(&found).map_err(CliError::Json)?)?;
        } else {
            printer.data(&effective_text::render(&found))?;
        }
        Ok(Exit::Done)
    }
}
