//! `s3://BUCKET/PREFIX`: a place in a bucket, as an operator writes it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::model::region::Region;

/// A place in a bucket. Its text is what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The bucket's name.
    pub bucket: String,
    /// What every key begins with: empty, or without a `/` at its ends.
    pub prefix: String,
    /// The bucket's Region, if it is said.
    pub region: Option<Region>,
    /// The profile whose credentials reach the bucket, if it is said.
    pub profile: Option<String>,
}

/// No location.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is no run store: {problem}; write s3://BUCKET/PREFIX?region=REGION")]
pub struct InvalidLocation {
    text: String,
    problem: String,
}

impl Location {
    /// The whole key of a name below the place.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }

    fn read(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("s3://").ok_or("it does not begin with s3://")?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        // S3 User Guide, "General purpose bucket naming rules".
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(allowed) {
            return Err(format!("`{bucket}` is no name of a bucket"));
        }
        let (mut region, mut profile) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "region" => region = Some(value.parse().map_err(|_| format!("`{value}` is no Region"))?),
                "profile" => profile = Some(value.into_owned()),
                other => return Err(format!("`{other}` is neither region nor profile")),
            }
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned(), region, profile })
    }
}

impl FromStr for Location {
    type Err = InvalidLocation;

    fn from_str(text: &str) -> Result<Self, InvalidLocation> {
        Self::read(text).map_err(|problem| InvalidLocation { text: text.to_owned(), problem })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if self.prefix.is_empty() { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_a_prefix_and_a_region_are_read() {
        let location: Location = "s3://runs.example/lz/prod/?region=eu-west-1&profile=tools".parse().unwrap();
        assert_eq!(location.to_string(), "s3://runs.example/lz/prod");
        assert_eq!(location.key("leases/1"), "lz/prod/leases/1");
        assert_eq!(location.region.unwrap().as_str(), "eu-west-1");
        assert_eq!(location.profile.as_deref(), Some("tools"));
        let bare: Location = "s3://bucket".parse().unwrap();
        assert_eq!((bare.key("a").as_str(), bare.region), ("a", None));
    }

    #[test]
    fn what_names_no_bucket_is_refused_with_the_reason() {
        for (text, problem) in [
            ("bucket/prefix", "s3://"),
            ("s3://", "no name of a bucket"),
            ("s3://Upper/x", "no name of a bucket"),
            ("s3://bucket?region=nowhere!", "no Region"),
            ("s3://bucket?colour=red", "colour"),
        ] {
            let refused = text.parse::<Location>().unwrap_err().to_string();
            assert!(refused.contains(problem), "{refused}");
        }
    }
}
