//! First documents: the plans of this repository, with an operator's own names in them.
//!
//! In: which plan, and a few answers. Out: the text of a document and of the files that it
//! names, comments and all, so that whoever reads it learns the form. Absent: asking, and
//! writing files.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::model::ids::AccountId;
use crate::model::region::Region;

/// A plan to begin with.
#[derive(Debug)]
pub struct Starter {
    /// Its name, that of its folder.
    pub name: &'static str,
    document: &'static str,
    /// Files that it names, by their paths beside it.
    pub files: &'static [(&'static str, &'static str)],
}

/// A starter from the folder of its name, with the files that its document names.
macro_rules! starter {
    ($name:literal $(, $file:literal)*) => {
        Starter {
            name: $name,
            document: include_str!(concat!("../../plans/", $name, "/landing-zone.yaml")),
            files: &[$(($file, include_str!(concat!("../../plans/", $name, "/", $file)))),*],
        }
    };
}

/// Everything to begin with, the smallest first.
pub const STARTERS: &[Starter] = &[
    starter!("minimal"),
    starter!("standard"),
    starter!("detect"),
    starter!("ransomware-ready", "policies/protect-backups.json", "policies/protect-central-backup.json"),
    starter!(
        "four-controls",
        "packs/ransomware-baseline.yaml",
        "policies/keep-recovery-points.json",
        "rules/described-groups.guard",
        "stacks/guard-hook.yaml",
        "stacks/remediation-role.yaml"
    ),
    starter!(
        "regulated",
        "policies/deny-leave-organization.json",
        "policies/hardened-compute.yaml",
        "policies/operator.json",
        "policies/protect-log-archive.json",
        "policies/quarantine.yaml",
        "policies/required-tags.yaml",
        "policies/trusted-identities-only.json"
    ),
];

/// Where a name stands in a pattern of e-mail addresses.
pub const NAME: &str = "{name}";

/// What an operator answers.
#[derive(Debug, Clone)]
pub struct Answers {
    /// What the organization is called.
    pub title: String,
    /// E-mail addresses, with [`NAME`] where each account's own part stands.
    pub emails: String,
    /// The home Region.
    pub home: Region,
    /// Other Regions to govern.
    pub others: Vec<Region>,
    /// The management account, as a guard.
    pub management: Option<AccountId>,
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:aws\+)?([A-Za-z0-9._-]+)@example\.com"));
static HOME: LazyLock<Regex> = LazyLock::new(|| pattern(r"home_region: \S+"));
static GOVERNED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(governed_regions|AllowedRegions): \[[^\]]*\]"));

/// A pattern of this file, which its tests compile.
fn pattern(text: &str) -> Regex {
    match Regex::new(text) {
        Ok(pattern) => pattern,
        Err(error) => panic!("a pattern that this program was built with: {error}"),
    }
}

impl Starter {
    /// The starter of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        STARTERS.iter().find(|starter| starter.name == name)
    }

    /// What it is good for: its first comment.
    #[must_use]
    pub fn about(&self) -> String {
        let comment = self.comment().map(|line| line.trim_start_matches('#').trim());
        comment.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The lines of its first comment, without the one for editors.
    fn comment(&self) -> impl Iterator<Item = &'static str> {
        let head = self.document.lines().take_while(|line| line.starts_with('#'));
        head.filter(|line| !line.contains("$schema"))
    }

    /// The document with the answers in it; `schema` is where editors find the JSON Schema.
    #[must_use]
    pub fn document(&self, answers: &Answers, schema: &str) -> String {
        let mut regions = vec![answers.home.as_str()];
        regions.extend(
            answers.others.iter().map(Region::as_str).filter(|other| *other != answers.home.as_str()),
        );
        let regions = regions.join(", ");
        let guard = answers
            .management
            .as_ref()
            .map(|id| format!("\n  management_account: \"{id}\""))
            .unwrap_or_default();
        let body: Vec<&str> = self.document.lines().skip_while(|line| line.starts_with('#')).collect();
        let text = body.join("\n");
        let text = ADDRESS.replace_all(&text, |found: &Captures<'_>| answers.emails.replace(NAME, &found[1]));
        let text = HOME.replace_all(&text, format!("home_region: {}{guard}", answers.home));
        let text = GOVERNED.replace_all(&text, |found: &Captures<'_>| format!("{}: [{regions}]", &found[1]));
        let title =
            if answers.title.is_empty() { String::new() } else { format!("# {}\n#\n", answers.title) };
        let comment: String = self.comment().map(|line| format!("{line}\n")).collect();
        format!(
            "# yaml-language-server: $schema={schema}\n#\n{title}{}{text}\n",
            comment.trim_start_matches("#\n")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Input, parse_with};

    fn answers() -> Answers {
        Answers {
            title: "Example Corp".to_owned(),
            emails: "cloud+{name}@corp.test".to_owned(),
            home: "eu-north-1".parse().unwrap(),
            others: vec!["eu-west-3".parse().unwrap()],
            management: Some("444455556666".parse().unwrap()),
        }
    }

    #[test]
    fn every_starter_is_valid_with_an_operators_own_names_and_has_nobody_elses() {
        for starter in STARTERS {
            let text = starter.document(&answers(), "landing-zone.schema.json");
            let mut beside = |path: &str| match starter.files.iter().find(|(name, _)| *name == path) {
                Some((name, content)) => Input::new(*name, *content),
                None => Input::unreadable(path, "there is no such file"),
            };
            let loaded = parse_with(vec![Input::new("landing-zone.yaml", text.clone())], &mut beside);
            let spec =
                loaded.unwrap_or_else(|wrong| panic!("{}: {:?}\n{text}", starter.name, wrong.list)).spec;
            assert!(!text.contains("example.com"), "{text}");
            assert!(
                spec.accounts
                    .iter()
                    .all(|(name, one)| one.email.as_str() == format!("cloud+{name}@corp.test"))
            );
            assert_eq!(spec.organization.home_region.as_ref().map(Region::as_str), Some("eu-north-1"));
            let governed: Vec<&str> = spec.organization.governed_regions.iter().map(Region::as_str).collect();
            assert_eq!(governed, ["eu-north-1", "eu-west-3"]);
            assert_eq!(
                spec.organization.management_account.map(|id| id.to_string()).as_deref(),
                Some("444455556666")
            );
            assert!(starter.about().len() > 20, "{}", starter.name);
        }
    }
}
