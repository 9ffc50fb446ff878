//! `security.macie`.

use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::chosen::{Pair, chosen};
use crate::spec::shape::read::section;

section! {
    /// Macie.
    MacieSection {
        /// The account that administers it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// How often policy findings are published: `fifteen_minutes`, `one_hour` or `six_hours`.
        finding_frequency: Located<FrequencyWord>,
        /// Automated discovery of sensitive data (billed by what it analyses), for every account.
        automated_discovery: Located<bool>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

/// Macie API Reference, EnableMacie.
pub(crate) const FREQUENCIES: &[Pair] =
    &[("fifteen_minutes", "FIFTEEN_MINUTES"), ("one_hour", "ONE_HOUR"), ("six_hours", "SIX_HOURS")];

chosen! {
    /// How often findings are published.
    FrequencyWord, FREQUENCIES, "frequency"
}
