//! `lzctl permissions`: what must the caller be allowed?

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::aws::AwsArgs;
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::{interrupt, planning};
use crate::apply::store;
use crate::apply::store::permissions::Purpose;
use crate::catalog::partitions;
use crate::cloud::objects::Location;
use crate::graph;
use crate::model::Resource;
use crate::model::partition::Partition;
use crate::model::region::Region;
use crate::plan::permissions::{self, Permissions, Policy, Request};
use crate::report::permissions_text;
use crate::spec::Spec;

/// Print the IAM policies that the document, its plan or planning alone needs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The landing-zone document, or several files that are joined
    #[arg(required_unless_present = "snapshot", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What `lzctl snapshot` and `lzctl export` read, whatever a document says
    #[arg(long, conflicts_with_all = ["files", "read_only", "plan"])]
    snapshot: bool,
    /// Only what planning needs: nothing that changes anything
    #[arg(long)]
    read_only: bool,
    /// Make the plan and print what it needs, instead of all that the document could need
    #[arg(long)]
    plan: bool,
    /// Print what a bucket of runs needs, too
    #[arg(long = "run-store", env = "LZCTL_RUN_STORE", value_name = "s3://BUCKET/PREFIX")]
    run_store: Option<Location>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        if self.snapshot {
            let home = self.aws.region().ok_or(graph::GraphError::NoHomeRegion)?;
            return self.show(&permissions::of_census(home, None, None), printer);
        }
        let spec = Documents { files: self.files.clone() }.load(printer)?.spec;
        let request =
            Request { read_only: self.read_only, access_role: spec.organization.access_role.as_deref() };
        let mut needed =
            if self.plan { self.of_plan(&spec, request, printer)? } else { self.of(&spec, request)? };
        if let Some(place) = &self.run_store {
            self.add_store(place, &spec, &mut needed)?;
        }
        self.show(&needed, printer)
    }

    fn show(&self, needed: &Permissions, printer: &Printer) -> Result<Exit, CliError> {
        if self.json {
            printer.json(&serde_json::to_value(needed).map_err(CliError::Json)?)?;
        } else {
            printer.data(&permissions_text::render(needed))?;
        }
        Ok(Exit::Done)
    }

    /// What the bucket needs. It may be in another account, whose key may encrypt it.
    fn add_store(&self, place: &Location, spec: &Spec, needed: &mut Permissions) -> Result<(), CliError> {
        let partition = Partition::named(&partitions::of_region(self.home(spec)?).name);
        let (stem, purpose) = match self.read_only {
            true => ("lzctl-plan", Purpose::Planning),
            false => ("lzctl-apply", Purpose::Applying),
        };
        let management = spec.organization.management_account.as_ref();
        let document = store::permissions::needed(place, &partition, management, purpose);
        needed.run_store = Some(Policy { name: format!("{stem}-run-store"), document });
        needed.notes.push(
            "a bucket that encrypts with a KMS key of yours asks for kms:Decrypt on that key, and for \
             kms:GenerateDataKey where runs are written"
                .to_owned(),
        );
        Ok(())
    }

    fn home<'s>(&'s self, spec: &'s Spec) -> Result<&'s Region, CliError> {
        let home = spec.organization.home_region.as_ref().or(self.aws.region());
        Ok(home.ok_or(graph::GraphError::NoHomeRegion)?)
    }

    /// From the document alone: nothing is asked of AWS.
    fn of(&self, spec: &Spec, request: Request<'_>) -> Result<Permissions, CliError> {
        let home = self.home(spec)?;
        let graph = graph::expand(spec, Some(home))?;
        let resources: Vec<Resource> = graph.resources.into_values().collect();
        let management = spec.organization.management_account.as_ref();
        Ok(permissions::of_document(&resources, home, management, request))
    }

    fn of_plan(&self, spec: &Spec, request: Request<'_>, printer: &Printer) -> Result<Permissions, CliError> {
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(spec), printer).await?;
                let plan = planning::make(spec, &session, &BTreeSet::new()).await?;
                Ok(permissions::of_plan(&plan, request))
            };
            interrupt::or_stop(work, &mut signals).await
        })
    }
}
