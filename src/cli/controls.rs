//! `lzctl controls`: which controls does the Control Catalog offer?

use std::collections::BTreeSet;

use serde_json::json;

use super::aws::{AwsArgs, Wanted};
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::catalog::controls as catalogue;
use crate::cloud::inventory::control_catalog::{self, Offered};
use crate::observe::ObserveError;
use crate::report::controls_text::{self, behavior, name};

/// List the controls of the Control Catalog, with the names that a document uses
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Words that the name or the title must hold, whatever their case
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Only preventive, detective or proactive ones
    #[arg(long, value_name = "WORD", value_parser = ["preventive", "detective", "proactive"])]
    behavior: Option<String>,
    /// Only those of one severity
    #[arg(long, value_name = "WORD", value_parser = ["low", "medium", "high", "critical"])]
    severity: Option<String>,
    /// Only those that serve a framework, e.g. NIST-CSF-v1.1
    #[arg(long, value_name = "NAME")]
    framework: Option<String>,
    /// Only those of a guidance level that a document can name
    #[arg(long, value_name = "LEVEL")]
    guidance: Option<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let found = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&Wanted::default(), printer).await?;
                let connection = &session.connection;
                let read = async {
                    let controls = control_catalog::controls(connection).await?;
                    let serving = match &self.framework {
                        Some(_) => control_catalog::frameworks(connection).await?,
                        None => Vec::new(),
                    };
                    Ok((controls, serving))
                };
                read.await.map_err(|error| session.observing(ObserveError::ControlCatalog(error)))
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        let (controls, serving) = found;
        let serving: BTreeSet<&str> = serving
            .iter()
            .filter(|(_, framework)| self.framework.as_ref() == Some(framework))
            .map(|(arn, _)| arn.as_str())
            .collect();
        let mut chosen: Vec<Offered> =
            controls.into_iter().filter(|control| self.chooses(control, &serving)).collect();
        chosen.sort_by(|one, other| name(one).cmp(name(other)));
        if self.json {
            printer.json(&chosen.iter().map(value).collect::<Vec<_>>())?;
        } else {
            printer.data(&controls_text::render(&chosen, printer.out))?;
        }
        Ok(Exit::Done)
    }

    fn chooses(&self, control: &Offered, serving: &BTreeSet<&str>) -> bool {
        let text = format!("{} {}", control.aliases.join(" "), control.title).to_lowercase();
        let level = |level: &String| {
            let names = catalogue::of_guidance(level).unwrap_or_default();
            control.aliases.iter().any(|alias| names.contains(alias))
        };
        self.words.iter().all(|word| text.contains(&word.to_lowercase()))
            && self.behavior.as_ref().is_none_or(|word| behavior(control) == word)
            && self.severity.as_ref().is_none_or(|word| control.severity.to_lowercase() == *word)
            && (self.framework.is_none() || serving.contains(control.arn.as_str()))
            && self.guidance.as_ref().is_none_or(level)
    }
}

fn value(control: &Offered) -> serde_json::Value {
    json!({
        "name": name(control),
        "arn": control.arn,
        "title": control.title,
        "behavior": behavior(control),
        "severity": control.severity.to_lowercase(),
        "implementation": control.implementation,
        "needs_parameters": control.needs_parameters,
    })
}
