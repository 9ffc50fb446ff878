//! An Amazon Resource Name, taken apart.
//!
//! In: `arn:partition:service:region:account:resource`. Out: its six fields. The
//! resource part is kept whole, because each service divides it in its own way.

use std::fmt;
use std::str::FromStr;

use super::ids::InvalidId;
use super::region::Region;

/// The fields of an ARN, as AWS wrote them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arn {
    /// `aws`, `aws-cn`, ...
    pub partition: String,
    /// The service's name in ARNs, e.g. `organizations`.
    pub service: String,
    /// Empty for global resources.
    pub region: String,
    /// Twelve digits, `aws`, or empty.
    pub account: String,
    /// All that follows the fifth colon.
    pub resource: String,
}

impl Arn {
    /// What follows the last `/` of the resource part; the whole part if there is none.
    #[must_use]
    pub fn resource_id(&self) -> &str {
        self.resource.rsplit('/').next().unwrap_or(&self.resource)
    }

    /// Whether it is of a multi-Region key, which has one id in all its Regions (KMS Developer
    /// Guide, multi-region-keys-overview).
    #[must_use]
    pub fn is_multi_region_key(&self) -> bool {
        self.service == "kms" && self.resource_id().starts_with("mrk-")
    }

    /// The same key in a Region; a single-Region key is what it is.
    #[must_use]
    pub fn of_key_in(&self, region: &Region) -> Self {
        let there = if self.is_multi_region_key() { region.to_string() } else { self.region.clone() };
        Self { region: there, ..self.clone() }
    }
}

impl FromStr for Arn {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId { text: text.to_owned(), expected: "an ARN of six fields" };
        let mut fields = text.splitn(6, ':');
        if fields.next() != Some("arn") {
            return Err(invalid());
        }
        let mut field = || fields.next().map(str::to_owned).ok_or_else(invalid);
        let arn = Self {
            partition: field()?,
            service: field()?,
            region: field()?,
            account: field()?,
            resource: field()?,
        };
        let empty = arn.partition.is_empty() || arn.service.is_empty() || arn.resource.is_empty();
        if empty { Err(invalid()) } else { Ok(arn) }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_survives_being_taken_apart() {
        let text = "arn:aws-cn:organizations::111122223333:ou/o-exampleorgid/ou-abcd-11112222";
        let arn: Arn = text.parse().unwrap();
        assert_eq!(arn.resource_id(), "ou-abcd-11112222");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn five_fields_are_too_few() {
        assert!("arn:aws:iam::111122223333".parse::<Arn>().is_err());
    }
}
