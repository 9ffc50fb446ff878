//! A simulated organization kept in a file between commands.

use std::path::{Path, PathBuf};

use super::error::RehearseError;
use crate::sim::World;

/// Reads a world from a file. What the file tells of its past has happened then.
///
/// # Errors
/// When the file cannot be read or holds no world, or its past cannot have been.
pub fn load(path: &Path) -> Result<World, RehearseError> {
    let text = fs_err::read_to_string(path).map_err(|source| file(path, "read", source))?;
    let read = serde_json::from_str(&text);
    let mut world: World = read.map_err(|source| RehearseError::NoWorld { path: path.to_owned(), source })?;
    world.live_through().map_err(|reason| RehearseError::Past { path: path.to_owned(), reason })?;
    Ok(world)
}

/// Reads a world from a file, or none when there is no such file.
///
/// # Errors
/// As [`load`].
pub fn load_if_there(path: &Path) -> Result<Option<World>, RehearseError> {
    match load(path) {
        Err(RehearseError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// Writes a world to a file: beside it first and then in its place, so that a
/// crash leaves the former world or the new one.
///
/// # Errors
/// When the file cannot be written.
pub fn save(world: &World, path: &Path) -> Result<(), RehearseError> {
    let text = serde_json::to_string_pretty(world)
        .map_err(|source| RehearseError::NoWorld { path: path.to_owned(), source })?;
    let beside = beside(path);
    fs_err::write(&beside, text + "\n").map_err(|source| file(path, "written", source))?;
    fs_err::rename(&beside, path).map_err(|source| file(path, "written", source))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn file(path: &Path, verb: &'static str, source: std::io::Error) -> RehearseError {
    RehearseError::File { path: path.to_owned(), verb, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_comes_back_as_it_was_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("world.json");
        assert!(load_if_there(&path).unwrap().is_none());
        let world = World::new(&crate::sim::Settings { seed: 7, ..Default::default() });
        save(&world, &path).unwrap();
        let read = load_if_there(&path).unwrap().unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&world).unwrap());
    }

    #[test]
    fn a_file_that_holds_something_else_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("world.json");
        std::fs::write(&path, "not a world").unwrap();
        let error = load(&path).unwrap_err().to_string();
        assert!(error.contains("world.json holds no simulated world"), "{error}");
    }
}
