//! A document of what no plan asks for: trails of the organization, and an aggregator, without a
//! landing zone.
//!
//! In: a text, and a bucket that is there before. Out: the world after it was applied. Absent: what the
//! folders of `plans` ask for.

use serde_json::json;

use super::{DOCUMENT, Input, Planned, Spec, applied, parse_with};

/// What has to be there before: an organization with a bucket.
const BEFORE: &str =
    "version: 1\norganization: { home_region: us-east-1, governed_regions: [us-east-1, eu-west-1] }\n";

/// The document.
pub(super) const TEXT: &str = r#"version: 1
organization: { home_region: us-east-1, governed_regions: [us-east-1, eu-west-1] }
organizational_units:
  Workloads: {}
accounts:
  audit: { email: audit@example.com, organizational_unit: Workloads }
  app: { email: app@example.com, organizational_unit: Workloads }
delegated_administrators:
  config: audit
security:
  cloudtrail:
    trails:
      organization: { bucket: example-trail, prefix: trails }
      home-alone: { bucket: example-trail, validation: false, every_region: false }
  config:
    administrator: audit
    aggregator: { name: everything, role: "arn:aws:iam::111122223333:role/aggregation", regions: [us-east-1, eu-west-1] }
"#;

/// What the text says.
pub(super) fn spec(text: &str) -> Spec {
    let mut nothing = |path: &str| Input::unreadable(path, "there is no such file");
    parse_with(vec![Input::new(DOCUMENT, text)], &mut nothing).expect("a valid document").spec
}

/// The world of the document.
pub(super) fn planned() -> Planned {
    let mut world = applied("before".to_owned(), &spec(BEFORE), None).world;
    let bucket =
        json!({ "owner": world.account, "region": "us-east-1", "writers": ["cloudtrail.amazonaws.com"] });
    world.s3.buckets.insert("example-trail".to_owned(), serde_json::from_value(bucket).expect("a bucket"));
    applied("written".to_owned(), &spec(TEXT), Some(world))
}
