//! `security.cloudtrail`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Context;
use crate::model::Origin;
use crate::spec::shape::Located;

/// A trail of the organization.
#[derive(Debug, Clone, Serialize)]
pub struct Trail {
    /// Where it stands.
    pub origin: Origin,
    /// The bucket that it delivers to.
    pub bucket: String,
    /// The first folder in it.
    pub prefix: Option<String>,
    /// ARN of the key.
    pub key: Option<String>,
    /// Whether its files can be validated.
    pub validation: bool,
    /// Whether it records every Region.
    pub every_region: bool,
}

pub(super) fn lower(context: &Context<'_>) -> BTreeMap<String, Trail> {
    let section = context.section.cloudtrail.as_ref().and_then(|section| section.trails.as_ref());
    let text = |said: &Option<Located<String>>| said.as_ref().map(|said| said.value.clone());
    let unless = |said: &Option<Located<bool>>| said.as_ref().is_none_or(|said| said.value);
    let trails = section.into_iter().flatten().filter_map(|(name, said)| {
        let trail = Trail {
            origin: (context.at)(name.span),
            bucket: text(&said.bucket)?,
            prefix: text(&said.prefix),
            key: text(&said.key),
            validation: unless(&said.validation),
            every_region: unless(&said.every_region),
        };
        Some((name.value.clone(), trail))
    });
    trails.collect()
}
