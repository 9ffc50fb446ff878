//! The resource types that AWS Backup knows, read off `resource_types.toml`.
//!
//! In: a name or the ARN of a resource. Out: the type. Absent: what a Region has switched on (`region_settings`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// A type of resource.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Type {
    /// As `ResourceType` names it, e.g. `EBS`.
    pub(super) name: String,
    /// Whether a Region begins with it switched on.
    pub(super) opt_in: bool,
    /// Whether a Region begins with full management, where that is a preference.
    pub(super) managed: Option<bool>,
    /// Whether its recovery points are AWS Backup's own.
    #[serde(default)]
    full: bool,
    /// Service of a resource's ARN, and how its last part begins.
    resource: Option<(String, String)>,
    /// ARN of a recovery point where it is another service's.
    point: Option<String>,
    /// Whether restore testing takes it.
    #[serde(default)]
    pub(super) restore_test: bool,
    /// The key of a restore's metadata that names what is restored.
    named_by: Option<String>,
    /// How the id of a restored resource begins, of those that AWS names by itself.
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Types {
    #[serde(rename = "type")]
    kinds: Vec<Type>,
}

/// Every type; empty if the compiled-in file were wrong, which a test excludes.
pub(super) fn all() -> &'static [Type] {
    static TYPES: OnceLock<Vec<Type>> = OnceLock::new();
    TYPES.get_or_init(|| {
        toml::from_str::<Types>(include_str!("resource_types.toml"))
            .map(|file| file.kinds)
            .unwrap_or_default()
    })
}

/// The type of a name, whatever its case.
pub(super) fn named(name: &str) -> Option<&'static Type> {
    all().iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
}

/// The type of the resource that an ARN names. Clusters of DocumentDB and Neptune look like those of Aurora.
pub(super) fn of(arn: &str) -> Option<&'static Type> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, service, _, _, rest] = parts.as_slice() else { return None };
    let fits = |kind: &&Type| {
        kind.resource.as_ref().is_some_and(|(of, begins)| of == service && rest.starts_with(begins.as_str()))
    };
    all().iter().find(fits)
}

impl Type {
    /// Whether its recovery points are AWS Backup's own, encrypted with the key of their vault.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// The ARN of a resource of a name. Buckets have neither Region nor account in theirs.
    pub(super) fn resource(&self, region: &str, account: &str, name: &str) -> String {
        let clusters = ("rds".to_owned(), "cluster:".to_owned());
        let (service, begins) = self.resource.as_ref().unwrap_or(&clusters);
        if service == "s3" {
            return format!("arn:aws:s3:::{name}");
        }
        format!("arn:aws:{service}:{region}:{account}:{begins}{name}")
    }

    /// The name of what a restore makes: its id, where AWS gives one; else what the metadata says, else one that begins
    /// so (which AWS would demand of most; UNSOURCED which). `suffix` has 17 letters.
    pub(super) fn restored(&self, metadata: &BTreeMap<String, String>, begins: &str, suffix: &str) -> String {
        let said = self.named_by.as_ref().and_then(|key| metadata.get(key));
        match (&self.id, said) {
            (Some(id), _) => format!("{id}{suffix}"),
            (None, Some(name)) => name.clone(),
            (None, None) => format!("{begins}{suffix}"),
        }
    }

    /// The ARN of a new recovery point. In a logically air-gapped vault every one is AWS Backup's own
    /// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html>).
    pub(super) fn point(&self, own: bool, region: &str, account: &str, id: &str) -> String {
        match &self.point {
            Some(template) if !own && !self.full => {
                let short: String = id.chars().filter(char::is_ascii_hexdigit).take(17).collect();
                let id = if template.contains("job-") { id } else { short.as_str() };
                template.replace("{region}", region).replace("{account}", account).replace("{id}", id)
            }
            _ => format!("arn:aws:backup:{region}:{account}:recovery-point:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_says_whose_its_recovery_points_are() {
        let file: Types = toml::from_str(include_str!("resource_types.toml")).expect("resource_types.toml");
        for kind in &file.kinds {
            assert_ne!(kind.full, kind.point.is_some(), "{}", kind.name);
        }
    }

    #[test]
    fn what_is_restored_has_the_name_that_the_metadata_gives_it_or_an_id_of_awss() {
        let metadata = BTreeMap::from([("targetTableName".to_owned(), "ledger-2".to_owned())]);
        let restored =
            |kind: &str| named(kind).expect("a type").restored(&metadata, "restored-", "0123456789abcdef0");
        assert_eq!(restored("DynamoDB"), "ledger-2");
        assert_eq!(restored("EBS"), "vol-0123456789abcdef0");
        assert_eq!(restored("RDS"), "restored-0123456789abcdef0");
    }

    #[test]
    fn a_resource_has_its_type_by_its_arn_and_its_recovery_points_theirs() {
        let volume = of("arn:aws:ec2:eu-west-1:111122223333:volume/vol-1").expect("a type");
        assert_eq!(volume.name, "EBS");
        let id = "1eb3b5e7-9eb0-435a-a80b-108b488b0d45";
        let point = volume.point(false, "eu-west-1", "111122223333", id);
        assert_eq!(point, "arn:aws:ec2:eu-west-1::snapshot/snap-1eb3b5e79eb0435aa");
        let own = format!("arn:aws:backup:eu-west-1:111122223333:recovery-point:{id}");
        assert_eq!(volume.point(true, "eu-west-1", "111122223333", id), own);
        let bucket = of("arn:aws:s3:::ledger").expect("a type");
        assert_eq!((bucket.name.as_str(), bucket.point(false, "eu-west-1", "111122223333", id)), ("S3", own));
        assert!(of("arn:aws:sqs:eu-west-1:111122223333:queue").is_none());
    }
}
