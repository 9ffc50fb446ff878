//! Standards of Security Hub CSPM by the document's words.

use std::sync::LazyLock;

use serde::Deserialize;

/// A standard.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Standard {
    word: String,
    end: String,
    #[serde(default)]
    ruleset: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    standard: Vec<Standard>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("security_standards.toml", include_str!("security_standards.toml")));

/// The words that are known.
pub fn words() -> impl Iterator<Item = &'static str> {
    TABLE.standard.iter().map(|row| row.word.as_str())
}

/// The word of a standard by its ARN in a Region; `NAME/v/VERSION` where it has no other.
#[must_use]
pub fn word_of(of_aws: &str, partition: &str, region: &str) -> Option<String> {
    let known = words().find(|word| arn(word, partition, region).as_deref() == Some(of_aws));
    let written_out = || of_aws.split_once("/").map(|(_, end)| end).filter(|end| end.contains("/v/"));
    let word = known.or_else(written_out).map(str::to_owned)?;
    (arn(&word, partition, region).as_deref() == Some(of_aws)).then_some(word)
}

/// The ARN of a standard in a Region, by its word or as `NAME/v/VERSION`; none for other words.
#[must_use]
pub fn arn(word: &str, partition: &str, region: &str) -> Option<String> {
    let row = TABLE.standard.iter().find(|row| row.word == word);
    let written_out = || word.contains("/v/").then_some(word);
    let end = row.map(|row| row.end.as_str()).or_else(written_out)?;
    Some(match row.is_some_and(|row| row.ruleset) {
        true => format!("arn:{partition}:securityhub:::ruleset/{end}"),
        false => format!("arn:{partition}:securityhub:{region}::standards/{end}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_is_found_by_its_word_and_a_later_version_is_written_out() {
        let best = arn("aws-foundational-security-best-practices", "aws", "eu-west-1");
        let wanted =
            "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0";
        assert_eq!(best.as_deref(), Some(wanted));
        let old = arn("cis-aws-foundations-benchmark/v/1.2.0", "aws", "eu-west-1");
        assert_eq!(
            old.as_deref(),
            Some("arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0")
        );
        let later = arn("pci-dss/v/5.0.0", "aws", "eu-west-1");
        assert_eq!(later.as_deref(), Some("arn:aws:securityhub:eu-west-1::standards/pci-dss/v/5.0.0"));
        assert_eq!(arn("pci", "aws", "eu-west-1"), None);
        for arn in [best, old, later].into_iter().flatten() {
            let word = word_of(&arn, "aws", "eu-west-1");
            assert_eq!(word.and_then(|word| super::arn(&word, "aws", "eu-west-1")), Some(arn));
        }
    }
}
