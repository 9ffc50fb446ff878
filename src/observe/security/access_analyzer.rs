//! Analyzers of the organization: found by their type, whatever they are called.

use serde_json::json;

use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::analyzers;
use crate::model::{Attributes, Fields, Live, Resource};

/// The analyzer of the wanted type; of several the one of the wanted name, else the first that works.
pub(super) async fn read(site: &Site, resource: &Resource) -> Result<Option<Live>, CallError> {
    let kind = resource.fields.get("type").and_then(|kind| kind.as_str()).unwrap_or_default();
    let name = resource.keys.get("name").and_then(|name| name.as_str());
    let mut found = analyzers::of_type(site, kind).await?;
    // One whose administrator has lost its office shows nothing any more, so it is none.
    found.retain(|analyzer| analyzer.works);
    found.sort_by_key(|analyzer| (Some(analyzer.name.as_str()) != name, analyzer.name.clone()));
    let Some(analyzer) = found.into_iter().next() else { return Ok(None) };
    let mut fields = Fields::from([("type".to_owned(), json!(analyzer.kind))]);
    fields.extend(analyzer.unused_after_days.map(|days| ("unused_after_days".to_owned(), json!(days))));
    let attributes = Attributes::from([("name".to_owned(), analyzer.name), ("arn".to_owned(), analyzer.arn)]);
    Ok(Some(Live { fields, attributes }))
}
