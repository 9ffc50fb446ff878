//! Tokens in files, in the form that the AWS CLI and the SDKs share.
//!
//! One JSON file for each sign-in, named by the SHA-1 of the session's name or, without one, of the
//! start URL (AWS SDKs and Tools Reference Guide, IAM Identity Center credential provider; botocore
//! `SSOTokenLoader`). A file is written whole or not at all, readable by its owner alone. Members
//! that others put there are kept. Absent: the CLI's own files of registered clients.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use sha1::{Digest as _, Sha1};

/// A folder of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(pub PathBuf);

/// A sign-in as it is kept. Times are RFC 3339 in UTC.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// The portal's address.
    pub start_url: String,
    /// The Region of Identity Center.
    pub region: String,
    pub(crate) access_token: String,
    /// When the token ends; it may be renewable.
    #[serde(deserialize_with = "moment")]
    pub expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registration_expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    #[serde(flatten)]
    pub(crate) others: Map<String, Value>,
}

/// A time as any of those programs wrote it: older ones end it in `UTC`.
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(from)?;
    let text = text.strip_suffix("UTC").map_or_else(|| text.clone(), |time| format!("{time}Z"));
    text.parse().map_err(serde::de::Error::custom)
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Kept");
        shown.field("start_url", &self.start_url).field("region", &self.region);
        shown.field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Folder {
    /// The file of a sign-in.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{}.json", hex::encode(Sha1::digest(name))))
    }

    /// A sign-in by name; none if there is none, or a file that is no token.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Option<Kept>> {
        match std::fs::read(self.file(name)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a sign-in.
    ///
    /// # Errors
    /// When it cannot be written; the old file is whole then.
    pub fn write(&self, name: &str, kept: &Kept) -> io::Result<()> {
        make(&self.0)?;
        let file = self.file(name);
        let fresh = file.with_extension(format!("{}.tmp", std::process::id()));
        let text = serde_json::to_vec(kept).map_err(io::Error::other)?;
        let written = put(&fresh, &text).and_then(|()| std::fs::rename(&fresh, &file));
        if written.is_err() {
            // Nobody else knows this name; what is left of it is of no use.
            let _ = std::fs::remove_file(&fresh);
        }
        written
    }

    /// Forgets a sign-in.
    ///
    /// # Errors
    /// When the file is there and cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match std::fs::remove_file(self.file(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Makes the folder for its owner alone; one that is there stays as it is.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn kept() -> Kept {
        Kept {
            start_url: "https://d-1234567890.awsapps.com/start".to_owned(),
            region: "us-east-1".to_owned(),
            access_token: "not-a-token".to_owned(),
            expires_at: "2026-11-23T12:00:00Z".parse().unwrap(),
            client_id: None,
            client_secret: None,
            registration_expires_at: None,
            refresh_token: None,
            others: Map::new(),
        }
    }

    #[test]
    fn a_file_is_named_as_the_aws_cli_names_it() {
        let file = Folder(PathBuf::from("/home/me/.aws/sso/cache")).file("my-session");
        // echo -n my-session | sha1sum
        let expected = "/home/me/.aws/sso/cache/9e28173066ce536e277c5fb355efd9c64f398167.json";
        assert_eq!(file.to_str(), Some(expected));
    }

    #[test]
    fn what_the_aws_cli_wrote_is_read_and_what_it_put_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Folder(folder.path().join("sso/cache"));
        assert_eq!(cache.read("a").unwrap(), None);
        let theirs = r#"{"startUrl":"https://x.awsapps.com/start","region":"eu-west-1","accessToken":"t",
            "expiresAt":"2026-11-23T12:00:00Z","somethingNew":1}"#;
        cache.write("a", &serde_json::from_str(theirs).unwrap()).unwrap();
        let again: Value = serde_json::from_slice(&std::fs::read(cache.file("a")).unwrap()).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(theirs).unwrap());
        assert_eq!(std::fs::read_dir(&cache.0).unwrap().count(), 1, "no half file is left");
        cache.remove("a").unwrap();
        cache.remove("a").unwrap();
        assert_eq!(cache.read("a").unwrap(), None);
    }

    #[test]
    fn a_time_that_an_older_program_wrote_is_a_time() {
        let old = r#"{"startUrl":"u","region":"r","accessToken":"t","expiresAt":"2026-11-23T12:00:00UTC"}"#;
        let read: Kept = serde_json::from_str(old).unwrap();
        assert_eq!(read.expires_at, kept().expires_at);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_a_token() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let cache = Folder(folder.path().join("sso/cache"));
        cache.write("a", &kept()).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&cache.0), mode(&cache.file("a"))), (0o700, 0o600));
    }

    #[test]
    fn a_token_does_not_show_in_a_trace() {
        let shown = format!("{:?}", kept());
        assert!(shown.contains("us-east-1") && !shown.contains("not-a-token"), "{shown}");
    }
}
