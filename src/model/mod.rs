//! The nouns of a landing zone, valid once constructed.
//!
//! Everything else speaks in these words: identifiers, addresses, resources with
//! their fields, what was seen live, references between resources, policy
//! documents, and one file per resource kind under `kinds/`. There is no I/O, no
//! async, no YAML and no SDK here.

pub mod address;
pub mod arn;
pub mod canonical;
pub mod controls;
pub mod email;
pub mod evaluation;
pub mod ids;
pub mod kinds;
pub mod live;
pub mod origin;
pub mod partition;
pub mod policy;
pub mod reference;
pub mod region;
pub mod resource;
pub mod schedule;
pub mod signatures;
pub mod unit_path;
pub mod vault_policy;

pub use address::{Address, Kind};
pub use live::{Attributes, Fields, Live};
pub use origin::Origin;
pub use resource::Resource;
