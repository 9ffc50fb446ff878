//! What is swept: every document under a folder of plans, and a generated landing zone.
//!
//! In: a folder whose subfolders hold a `landing-zone.yaml` and perhaps a
//! `world.json` to begin with. Out: [`Target`]s. A folder that joins later is swept
//! without any further word. Absent: what is done with them.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::reference;
use crate::graph::{self, GraphError, ResourceGraph};
use crate::model::Resource;
use crate::rehearse::bench::Setting;
use crate::rehearse::error::RehearseError;
use crate::rehearse::seed;
use crate::sim::World;
use crate::spec::{self, Input};

/// The document of a plan's folder.
const DOCUMENT: &str = "landing-zone.yaml";
/// The organization that it meets, when that is not an empty one.
const WORLD: &str = "world.json";

/// One document and the world that it meets.
#[derive(Debug)]
pub struct Target {
    /// The name of its folder, or `reference`.
    pub name: String,
    /// What the document wants.
    pub graph: ResourceGraph,
    /// The same as a list, as surveys take it.
    pub wanted: Vec<Resource>,
    /// What the simulated AWS is set up for.
    pub setting: Setting,
    /// The world at the start; none is an empty one.
    pub world: Option<World>,
    /// Consents that the document gives.
    pub consents: BTreeSet<String>,
}

/// Why something cannot be swept.
#[derive(Debug, Error)]
pub enum SweepError {
    /// A folder or a file cannot be read.
    #[error("{path} cannot be read: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A document is invalid.
    #[error("{name}: {problems}")]
    Document {
        /// Whose.
        name: String,
        /// Its diagnostics.
        problems: String,
    },
    /// A document has no graph.
    #[error("{name}: {source}")]
    Graph {
        /// Whose.
        name: String,
        /// Why.
        source: GraphError,
    },
    /// The run without faults does not do what it should, so there is nothing to
    /// compare with.
    #[error("{name}: the run without faults {problem}")]
    Reference {
        /// Whose.
        name: String,
        /// What is the matter.
        problem: String,
    },
    /// No case has this name.
    #[error("there is no case {0}: it is PLAN/FAULT/PLACE, as a failure prints it")]
    NoCase(String),
    /// A world cannot be read, or nothing can run here.
    #[error(transparent)]
    Rehearse(#[from] RehearseError),
}

impl Target {
    /// The target of a document.
    ///
    /// # Errors
    /// When the document is invalid.
    pub fn of(name: &str, document: Vec<u8>, world: Option<World>) -> Result<Self, SweepError> {
        Self::beside(Path::new(""), name, document, world)
    }

    /// The target of a document whose own files are in a folder's subfolder of its name.
    fn beside(
        folder: &Path,
        name: &str,
        document: Vec<u8>,
        world: Option<World>,
    ) -> Result<Self, SweepError> {
        let mut fetch = |path: &str| match std::fs::read(folder.join(path)) {
            Ok(bytes) => Input::new(path, bytes),
            Err(error) => Input::unreadable(path, error.to_string()),
        };
        let inputs = vec![Input::new(format!("{name}/{DOCUMENT}"), document)];
        let loaded = spec::parse_with(inputs, &mut fetch);
        let spec = loaded
            .map_err(|problems| SweepError::Document {
                name: name.to_owned(),
                problems: problems.to_string(),
            })?
            .spec;
        let wrong = |source| SweepError::Graph { name: name.to_owned(), source };
        let graph = graph::expand(&spec, None).map_err(wrong)?;
        let home = spec.organization.home_region.clone().ok_or_else(|| wrong(GraphError::NoHomeRegion))?;
        let setting = Setting {
            management_account: spec.organization.management_account.clone(),
            access_role: spec.organization.access_role.clone(),
            ..Setting::of(&graph, &home)
        };
        let wanted = graph.resources.values().cloned().collect();
        Ok(Self { name: name.to_owned(), graph, wanted, setting, world, consents: spec.consents })
    }

    /// The generated landing zone of twenty accounts.
    ///
    /// # Errors
    /// Never, as a test shows.
    pub fn reference() -> Result<Self, SweepError> {
        Self::of("reference", reference::document().into_bytes(), None)
    }
}

/// Every target of a folder, by name.
///
/// # Errors
/// [`SweepError`] when the folder, a document or a world cannot be read.
pub fn in_folder(folder: &Path) -> Result<Vec<Target>, SweepError> {
    let unreadable = |source| SweepError::File { path: folder.to_owned(), source };
    let mut found = Vec::new();
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        folders.push(entry.map_err(unreadable)?.path());
    }
    folders.sort();
    for folder in folders.iter().filter(|folder| folder.join(DOCUMENT).is_file()) {
        found.push(of_folder(folder)?);
    }
    Ok(found)
}

/// The target of one folder with a document.
///
/// # Errors
/// [`SweepError`] when the folder, its document or its world cannot be read.
pub fn of_folder(folder: &Path) -> Result<Target, SweepError> {
    let path = folder.join(DOCUMENT);
    let document = std::fs::read(&path).map_err(|source| SweepError::File { path, source })?;
    // A path such as `..` has a name only once it is resolved.
    let whole =
        folder.canonicalize().map_err(|source| SweepError::File { path: folder.to_owned(), source })?;
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let above = whole.parent().unwrap_or(Path::new(""));
    Target::beside(above, &name, document, seed::load_if_there(&folder.join(WORLD))?)
}
