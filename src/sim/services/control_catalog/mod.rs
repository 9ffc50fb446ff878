//! AWS Control Catalog: the controls there are, what they are mapped to, and the ontology above them.
//!
//! In: requests of its shape table. Out: [`SERVICE`]; [`table`] for Control Tower, which speaks of the same controls.
//! Absent: controls beyond the table's rows, and any state: nothing of the catalogue can be changed.

mod controls;
mod mappings;
mod ontology;
mod paging;
pub(super) mod table;

use crate::sim::error::AwsError;
use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "controlcatalog",
    operations: &[
        ("GetControl", controls::get),
        ("ListCommonControls", ontology::common_controls),
        ("ListControlMappings", mappings::list),
        ("ListControls", controls::list),
        ("ListDomains", ontology::domains),
        ("ListObjectives", ontology::objectives),
    ],
    due: never_due,
    settle: nothing_settles,
};

/// A refusal of the input.
fn validation(words: impl Into<String>) -> AwsError {
    AwsError::new("ValidationException", words)
}
