//! What a rule has found, before it is known about whom.

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::preflight) struct One {
    /// The code of its row in the catalogue.
    pub(in crate::preflight) code: &'static str,
    /// A Region, where it is about one.
    pub(in crate::preflight) place: Option<String>,
    /// What was seen.
    pub(in crate::preflight) evidence: String,
    /// What fills the catalogue's words for the repair.
    pub(in crate::preflight) names: Vec<(&'static str, String)>,
}

/// Several, in the order in which they were found.
#[derive(Debug, Default)]
pub(in crate::preflight) struct Found(pub(in crate::preflight) Vec<One>);

impl Found {
    /// Adds one.
    pub(super) fn find(
        &mut self,
        code: &'static str,
        place: Option<&str>,
        evidence: impl Into<String>,
        names: &[(&'static str, &str)],
    ) {
        let names = names.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.0.push(One { code, place: place.map(str::to_owned), evidence: evidence.into(), names });
    }
}
