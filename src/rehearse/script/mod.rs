//! Scenario scripts: what happens to an organization, line by line, on a simulated AWS.
//!
//! In: a [`Script`], the document it begins with, and whoever can load further ones. Out: what each line
//! showed, as a [`Told`]. A script is how an operator asks "what if": somebody moves an account, AWS
//! throttles, the program dies after its fifth call. Lines are carried out in order in virtual time, and the
//! same script tells the same every time. Absent: how it looks (the command line prints it).

mod command;
mod parse;
mod stage;
mod words;

use std::path::{Path, PathBuf};

use thiserror::Error;

pub use command::{Command, Expectation, Line, Moment, Script};
pub use parse::WrongLine;
pub use stage::Told;

use self::stage::Stage;
use super::bench::Setting;
use super::clock;
use super::error::RehearseError;
use crate::diff::promises::Promises;
use crate::graph::ResourceGraph;
use crate::sim::World;

/// What a document wants, ready to be planned.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its resources.
    pub graph: ResourceGraph,
    /// What the simulated AWS is set up for.
    pub setting: Setting,
    /// Consents that it gives.
    pub consents: std::collections::BTreeSet<String>,
    /// What it promises of backups.
    pub promises: Promises,
}

/// Why a script did not come to its end.
#[derive(Debug, Error)]
pub enum ScriptError {
    /// The rehearsal itself does not work.
    #[error(transparent)]
    Rehearse(#[from] RehearseError),
    /// Something other than expected.
    #[error("line {line}: expected {wanted}, but {found}")]
    Unexpected {
        /// From 1.
        line: usize,
        /// What the line says.
        wanted: String,
        /// What is so.
        found: String,
    },
    /// A line cannot be carried out here.
    #[error("line {line}: {why}")]
    Impossible {
        /// From 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// A document that the script names is not usable.
    #[error("line {line}: {path}: {why}")]
    Document {
        /// From 1.
        line: usize,
        /// As the script names it.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// Plays a script. `load` reads a document that the script names; `tell` is given each line with what it
/// showed. The world at the end is returned.
///
/// # Errors
/// [`ScriptError`]; what AWS refuses is told and is no error.
pub fn play(
    script: &Script,
    wanted: Wanted,
    world: Option<World>,
    load: &dyn Fn(&Path) -> Result<Wanted, String>,
    tell: &mut dyn FnMut(&Line, &Told),
) -> Result<World, ScriptError> {
    let runtime = clock::virtual_runtime().map_err(RehearseError::Runtime)?;
    runtime.block_on(async {
        let mut stage = Stage::open(wanted, world).await?;
        for line in &script.lines {
            let told = match &line.command {
                Command::Document(path) => {
                    let why = |why| ScriptError::Document { line: line.number, path: path.clone(), why };
                    stage.want(load(path).map_err(why)?)
                }
                command => stage.carry_out(line.number, command).await?,
            };
            tell(line, &told);
        }
        Ok(stage.world())
    })
}
