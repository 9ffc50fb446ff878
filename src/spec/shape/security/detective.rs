//! `security.detective`.

use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::chosen::{Pair, chosen};
use crate::spec::shape::read::section;

section! {
    /// Detective.
    DetectiveSection {
        /// The account that administers it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// Further sources of data to start: `eks_audit`, `security_hub_findings`. Others are left alone.
        sources: Vec<Located<SourceWord>>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

/// Detective API Reference, UpdateDatasourcePackages. What Detective is built on is always on.
pub(crate) const SOURCES: &[Pair] =
    &[("eks_audit", "EKS_AUDIT"), ("security_hub_findings", "ASFF_SECURITYHUB_FINDING")];

chosen! {
    /// A source of data of Detective.
    SourceWord, SOURCES, "source of data of Detective"
}
