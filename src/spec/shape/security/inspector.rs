//! `security.inspector`.

use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::chosen::{Pair, chosen};
use crate::spec::shape::read::section;

section! {
    /// Inspector.
    InspectorSection {
        /// The account that administers it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// What is scanned in every account: `ec2`, `ecr`, `lambda`, `lambda_code`, `code_repository`.
        scan: Vec<Located<ScanWord>> = required,
        /// Scans that accounts which join no longer get by themselves. Running ones go on.
        off: Vec<Located<ScanWord>>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

/// Inspector API Reference, ResourceScanType.
pub(crate) const SCANS: &[Pair] = &[
    ("ec2", "EC2"),
    ("ecr", "ECR"),
    ("lambda", "LAMBDA"),
    ("lambda_code", "LAMBDA_CODE"),
    ("code_repository", "CODE_REPOSITORY"),
];

chosen! {
    /// What Inspector scans.
    ScanWord, SCANS, "scan of Inspector"
}
