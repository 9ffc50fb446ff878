//! `lzctl explain`: what the code of a diagnostic, of a finding or of AWS's refusal means, and what a resource is.

use std::path::PathBuf;

use super::aws::AwsArgs;
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::planning::{self, Look};
use super::printer::Printer;
use crate::catalog::{findings, reasons};
use crate::graph;
use crate::model::{Address, Kind};
use crate::report::resource_text;
use crate::spec::{self, Spec};

/// A suggestion must be at least this alike (Jaro-Winkler).
const ALIKE: f64 = 0.7;

/// Explain the code of a diagnostic, of a finding or of a refusal, or a resource of a document
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code, e.g. unknown-key or config-recorder, or an address, e.g. account.audit; every code when there is none
    #[arg(value_name = "CODE|ADDRESS")]
    what: Option<String>,
    /// The landing-zone document, for an address
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Look at how the resource stands, too
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

/// What is known of a code.
struct Known {
    code: &'static str,
    title: &'static str,
    text: String,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let text = match &self.what {
            None => known().map(|one| format!("{:<28} {}\n", one.code, one.title)).collect(),
            Some(what) => match (known().find(|one| one.code == *what), what.parse::<Address>()) {
                // Some codes read like addresses; a document is only named for a resource.
                (Some(found), _) if self.files.is_empty() => {
                    format!("{}: {}\n\n{}\n", found.code, found.title, found.text)
                }
                (_, Ok(address)) => self.resource(&address, printer)?,
                _ => return Err(unknown(what)),
            },
        };
        printer.data(&text)?;
        Ok(Exit::Done)
    }

    fn resource(&self, address: &Address, printer: &Printer) -> Result<String, CliError> {
        if self.files.is_empty() {
            let why = format!("{address} is explained by a document: lzctl explain {address} FILE");
            return Err(CliError::Usage(why));
        }
        let loaded = Documents { files: self.files.clone() }.load(printer)?;
        let told = if self.live {
            self.looked(&loaded.spec, address, printer)?
        } else {
            let graph = graph::expand(&loaded.spec, self.aws.region())?;
            resource_text::render(&graph, address, None, printer.out)
        };
        told.ok_or_else(|| {
            CliError::Usage(format!(
                "the document does not speak of {address}; `lzctl graph` lists what it speaks of"
            ))
        })
    }

    fn looked(&self, spec: &Spec, address: &Address, printer: &Printer) -> Result<Option<String>, CliError> {
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(spec), printer).await?;
                let look = Look::at(spec, &session).await?;
                let changes = look.changes();
                Ok(resource_text::render(look.graph(), address, changes.get(address), printer.out))
            };
            interrupt::or_stop(work, &mut signals).await
        })
    }
}

/// Every code: diagnostics of documents, findings about accounts, then reasons for which AWS refuses.
fn known() -> impl Iterator<Item = Known> {
    let topics = spec::topics().map(|topic| Known {
        code: topic.code,
        title: topic.title,
        text: topic.explanation.to_owned(),
    });
    let findings =
        findings::all().iter().map(|row| Known { code: &row.code, title: &row.title, text: told(row) });
    let reasons =
        reasons::all().iter().map(|row| Known { code: &row.code, title: &row.title, text: refused(row) });
    topics.chain(findings).chain(reasons)
}

fn told(row: &findings::Row) -> String {
    let closed: Vec<&str> = row.rules_out.iter().map(|path| path.words()).collect();
    let closes = match closed.len() {
        0 => "It stands in the way of nothing.".to_owned(),
        3 => "It stands in the way of enrolling at all.".to_owned(),
        _ => format!("It stands in the way of enrolling by {}.", closed.join(" and by ")),
    };
    format!("{}\n\n{closes}\nRepair: {}\nSource: {}", row.means.trim(), row.repair, row.source)
}

fn refused(row: &reasons::Row) -> String {
    let more = if row.means.is_empty() { String::new() } else { format!("{}\n\n", row.means) };
    let by = row.operations.join(", ");
    format!("{more}Given by: {by}\nAdvice: {}\nSource: {}", row.advice, row.source)
}

/// Neither a code nor an address; what has a dot was meant as an address.
fn unknown(what: &str) -> CliError {
    let (wrong, meant) = match what.split_once('.') {
        Some((kind, name)) => {
            let kinds = Kind::ALL.iter().map(|kind| kind.name());
            let meant = nearest(kind, kinds).map(|kind| format!("{kind}.{name}"));
            (format!("`{what}` is no address: there is no kind `{kind}`"), meant)
        }
        None => {
            let meant = nearest(what, known().map(|one| one.code)).map(str::to_owned);
            (format!("`{what}` is neither a code nor an address such as account.audit"), meant)
        }
    };
    CliError::Usage(match meant {
        Some(meant) => format!("{wrong}; did you mean `{meant}`?"),
        None => wrong,
    })
}

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = |one: &str| strsim::jaro_winkler(one, word);
    known.max_by(|one, two| alike(one).total_cmp(&alike(two))).filter(|one| alike(one) > ALIKE)
}
