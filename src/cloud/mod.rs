//! AWS, thinly: the only floor that names the SDK.
//!
//! In: tasks (one mutating call each) and questions (listings). Out: progress,
//! inventories and [`failure::CallError`]s that carry AWS's own words. Nothing is
//! decided here beyond how one call is made.

pub mod call;
mod clients;
pub mod codes;
pub mod connection;
#[cfg(test)]
pub(crate) mod doubles;
pub mod entry;
pub mod failure;
mod finding_filters;
mod handlers;
pub mod inventory;
pub mod joining;
mod mapping;
mod narrowing;
pub mod objects;
pub mod pace;
pub mod permit;
pub mod session;
pub mod sign_in;
pub mod task;

pub use call::Counts;
pub(crate) use call::Site;
pub use connection::{Connection, ConnectionError, Settings};
pub use failure::CallError;
pub use session::Caller;
pub use task::{Found, Performer, Progress, Task};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use regex::Regex;

    use crate::catalog::operations;

    /// Every operation name in the program text of this floor, tests left out.
    fn named(folder: &Path, found: &mut BTreeSet<String>) {
        let name = Regex::new(r#""([a-z0-9-]+:[A-Z][A-Za-z0-9]+)""#).unwrap();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let program = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            found.extend(name.captures_iter(program).map(|hit| hit[1].to_owned()));
        }
    }

    #[test]
    fn every_operation_called_has_its_row_and_every_row_is_called() {
        let mut called = BTreeSet::new();
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cloud"), &mut called);
        let rows: BTreeSet<String> = operations::table().iter().map(|row| row.name.clone()).collect();
        assert_eq!(called, rows);
    }

    #[test]
    fn every_mutation_has_a_verb_and_every_verb_a_mutation() {
        use crate::catalog::operations::Effect;
        use crate::model::{Kind, kinds};
        let verbs: BTreeSet<&str> =
            Kind::ALL.iter().flat_map(|kind| kinds::info(*kind).verbs).map(|verb| verb.operation).collect();
        let mutations = operations::table().iter().filter(|row| row.effect == Effect::Mutation);
        assert_eq!(verbs, mutations.map(|row| row.name.as_str()).collect());
    }
}
