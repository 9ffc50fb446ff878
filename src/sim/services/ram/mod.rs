//! AWS Resource Access Manager: resources of one account that others use.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Sources: the operations' own documentation
//! (<https://docs.aws.amazon.com/ram/latest/APIReference/>) and the user guide's page on sharing within an organization
//! (<https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html>). Absent: invitations to accounts outside
//! the organization (their associations stay ASSOCIATING), permissions of one's own, tags, and what a share lets its
//! consumers do.

mod associations;
mod listings;
mod principals;
mod queries;
mod refusal;
mod resources;
#[cfg(test)]
mod scenarios;
mod shares;
mod sharing;
pub mod state;

use crate::sim::paging::Paging;
use crate::sim::service::{Service, never_due, nothing_settles};

pub(crate) use queries::shared_with;
pub use state::State;

/// How RAM pages. How many it gives unless asked is UNSOURCED.
const PAGING: Paging =
    Paging { size: "maxResults", token: "nextToken", usual: 100, stale: refusal::stale_token };

/// The service.
pub static SERVICE: Service = Service {
    name: "ram",
    operations: &[
        ("AssociateResourceShare", associations::associate),
        ("CreateResourceShare", shares::create),
        ("DeleteResourceShare", shares::delete),
        ("DisassociateResourceShare", associations::disassociate),
        ("EnableSharingWithAwsOrganization", sharing::enable),
        ("GetResourceShareAssociations", listings::associations),
        ("GetResourceShares", listings::shares),
        ("ListPrincipals", listings::principals),
        ("ListResources", listings::resources),
        ("UpdateResourceShare", shares::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
