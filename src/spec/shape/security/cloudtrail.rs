//! `security.cloudtrail`.

use std::collections::BTreeMap;

use crate::spec::shape::Located;
use crate::spec::shape::read::section;

section! {
    /// CloudTrail beside the landing zone.
    CloudTrailSection {
        /// Trails of the whole organization, by name. A landing zone with centralised logging has one.
        trails: BTreeMap<Located<String>, TrailSection>,
    }
}

section! {
    /// A trail that records every account.
    TrailSection {
        /// The bucket that it delivers to, which must be there and let CloudTrail write.
        bucket: Located<String> = required,
        /// The first folder in the bucket.
        prefix: Located<String>,
        /// The ARN of the key that encrypts what is delivered.
        key: Located<String>,
        /// Whether it also delivers digests by which files can be validated; so unless said otherwise.
        validation: Located<bool>,
        /// Whether it records every Region; so unless said otherwise.
        every_region: Located<bool>,
        /// Says that it is wanted although the landing zone records with a trail of its own: the
        /// second copy of events is billed.
        beside_landing_zone: Located<bool>,
    }
}
