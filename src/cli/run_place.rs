//! Where runs lie: their journals, their plans, and the leases.

use std::path::PathBuf;
use std::sync::Arc;

use super::error::CliError;
use crate::apply::Runs;
use crate::apply::journal::file::FOLDER;
use crate::apply::store::{BucketStore, FolderStore};
use crate::cloud::objects::{Bucket, Location, Reach};

/// Arguments of commands that write or read runs.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RunPlace {
    /// The folder of journals
    #[arg(long = "run-folder", value_name = "DIR", default_value = FOLDER)]
    folder: PathBuf,
    /// A bucket that several machines share for journals and the lease
    #[arg(
        long = "run-store",
        env = "LZCTL_RUN_STORE",
        value_name = "s3://BUCKET/PREFIX",
        conflicts_with = "folder"
    )]
    store: Option<Location>,
}

impl RunPlace {
    /// The runs in it. A bucket is reached as `reach` says.
    pub(super) async fn runs(&self, reach: Reach) -> Result<Runs, CliError> {
        Ok(match &self.store {
            None => Runs::new(Arc::new(FolderStore::new(&self.folder, self.leases()))),
            Some(location) => {
                Runs::new(Arc::new(BucketStore::new(Bucket::open(location.clone(), reach).await?)))
            }
        })
    }

    /// Whether other machines may use it too.
    pub(super) const fn is_shared(&self) -> bool {
        self.store.is_some()
    }

    /// The leases of this machine, for all run folders of one user: the state folder
    /// of the XDG base directory specification, or its like on Windows. Without
    /// either, beside the runs.
    fn leases(&self) -> PathBuf {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || set("HOME").map(|home| home.join(".local/state"));
        let state = set("XDG_STATE_HOME").or_else(home).or_else(|| set("LOCALAPPDATA"));
        state.map_or_else(|| self.folder.join("leases"), |state| state.join("lzctl/leases"))
    }
}
