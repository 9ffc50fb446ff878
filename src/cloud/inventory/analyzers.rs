//! Analyzers of IAM Access Analyzer in one account and Region.

use aws_sdk_accessanalyzer::types::{AnalyzerConfiguration, AnalyzerStatus, AnalyzerSummary, Type};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const LIST: &str = "accessanalyzer:ListAnalyzers";

/// An analyzer.
#[derive(Debug, Clone, PartialEq)]
pub struct Analyzer {
    /// Its name, unique in its account and Region.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// AWS's word for its type.
    pub kind: String,
    /// Of one of unused access: the days after which access counts as unused.
    pub unused_after_days: Option<i32>,
    /// Whether it is there or coming, and neither switched off nor failed.
    pub works: bool,
}

/// The analyzers of a type.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn of_type(site: &Site, kind: &str) -> Result<Vec<Analyzer>, CallError> {
    let client = site.clients.accessanalyzer();
    let kind = Type::from(kind);
    let found = pages::all(LIST, |token| {
        let kind = kind.clone();
        async move {
            let request = || client.list_analyzers().r#type(kind.clone()).set_next_token(token.clone());
            let answer = site.call(LIST, || request().send()).await?;
            Ok((answer.analyzers().to_vec(), answer.next_token().map(str::to_owned)))
        }
    });
    Ok(found.await?.iter().map(analyzer).collect())
}

fn analyzer(seen: &AnalyzerSummary) -> Analyzer {
    let unused = match seen.configuration() {
        Some(AnalyzerConfiguration::UnusedAccess(unused)) => unused.unused_access_age(),
        _ => None,
    };
    Analyzer {
        name: seen.name().to_owned(),
        arn: seen.arn().to_owned(),
        kind: seen.r#type().as_str().to_owned(),
        unused_after_days: unused,
        works: matches!(seen.status(), AnalyzerStatus::Active | AnalyzerStatus::Creating),
    }
}
