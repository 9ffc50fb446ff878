//! Files that the document names: policies and the like, in JSON or YAML, and texts such as
//! templates, which stay as they are.
//!
//! In: the paths that were met, and a way to have a file's bytes that the caller
//! provides, since this floor does no I/O. Out: their content as JSON or as text, by the path
//! beside the document that names it; what is missing or malformed is reported at
//! the key that names it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::diagnostic::{Diagnostic, Findings};
use super::shape::Located;
use super::shape::content::{Content, Text, json};
use super::source::{Input, Source, Sources, Span};
use super::topic::ATTACHED;
use super::yaml;

/// Where the caller finds a file: from the path, relative to wherever the documents'
/// own names are relative to, to its bytes.
pub type Fetch<'f> = &'f mut dyn FnMut(&str) -> Input;

/// The files that were read, by their path.
#[derive(Debug, Default)]
pub(crate) struct Attached {
    files: BTreeMap<String, Json>,
    texts: BTreeMap<String, String>,
    places: BTreeMap<Span, String>,
}

impl Attached {
    /// Reads every file once.
    pub(crate) fn read(
        named: &[Located<String>],
        sources: &mut Sources,
        fetch: Fetch<'_>,
        findings: &mut Findings,
    ) -> Self {
        let mut attached = Self::default();
        let mut tried: BTreeMap<String, Option<String>> = BTreeMap::new();
        for file in named {
            let beside = sources.0.get(file.span.source).map_or("", |source| source.name.as_str());
            let path = beside_document(beside, file);
            attached.places.insert(file.span, path.clone());
            let problem = tried.entry(path.clone()).or_insert_with(|| match one(&path, sources, fetch) {
                Ok(content) => {
                    attached.files.insert(path.clone(), content);
                    None
                }
                Err(problem) => Some(problem),
            });
            if let Some(problem) = problem {
                let message = format!("`{}` cannot be used: {problem}", file.value);
                findings.push(Diagnostic::error(ATTACHED.code, message).at(file.span, "named here"));
            }
        }
        attached
    }

    /// Reads every file whose text stays as it is.
    pub(crate) fn read_texts(
        &mut self,
        named: &[Located<String>],
        sources: &Sources,
        fetch: Fetch<'_>,
        findings: &mut Findings,
    ) {
        for file in named {
            let beside = sources.0.get(file.span.source).map_or("", |source| source.name.as_str());
            let path = beside_document(beside, file);
            self.places.insert(file.span, path.clone());
            if self.texts.contains_key(&path) {
                continue;
            }
            match text(&path, fetch) {
                Ok(text) => {
                    self.texts.insert(path, text);
                }
                Err(problem) => {
                    let message = format!("`{}` cannot be used: {problem}", file.value);
                    findings.push(Diagnostic::error(ATTACHED.code, message).at(file.span, "named here"));
                }
            }
        }
    }

    /// The text that an entry holds or names; none when it could not be had.
    pub(crate) fn text<'a>(&'a self, of: &'a Located<Text>) -> Option<&'a str> {
        match &of.value {
            Text::Inline(text) => Some(text),
            Text::File => self.texts.get(self.places.get(&of.span)?).map(String::as_str),
        }
    }

    /// The document that an entry holds or names; none when it could not be had.
    pub(crate) fn content<'a>(&'a self, of: &'a Located<Content>) -> Option<&'a Json> {
        match &of.value {
            Content::Inline(value) => Some(value),
            Content::File => self.files.get(self.places.get(&of.span)?),
        }
    }
}

/// A path beside the document that names it; an absolute one stays.
fn beside_document(document: &str, path: &str) -> String {
    match document.rsplit_once('/') {
        Some((folder, _)) if !path.starts_with('/') => format!("{folder}/{path}"),
        _ => path.to_owned(),
    }
}

fn text(path: &str, fetch: Fetch<'_>) -> Result<String, String> {
    let bytes = fetch(path).content?;
    let text = String::from_utf8(bytes).map_err(|_| "it holds bytes that are not UTF-8".to_owned())?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

fn one(path: &str, sources: &mut Sources, fetch: Fetch<'_>) -> Result<Json, String> {
    let text = text(path, fetch)?;
    let content = if path.ends_with(".json") {
        // JSON allows tabs where YAML does not.
        serde_json::from_str(&text).map_err(|error| format!("it is not JSON: {error}"))?
    } else {
        let index = sources.0.len();
        sources.0.push(Source { name: path.to_owned(), text });
        let told = |refusal: &Diagnostic| match refusal.labels.first() {
            Some(label) => {
                format!("{}, line {} column {}", refusal.message, label.span.line, label.span.column)
            }
            None => refusal.message.clone(),
        };
        let node = yaml::read(sources, index).map_err(|refusal| told(&refusal))?;
        let mut refused = Vec::new();
        let read = json(&node, &mut |refusal| refused.push(told(&refusal)));
        read.ok_or_else(|| refused.join("; "))?
    };
    if content.is_object() { Ok(content) } else { Err("it is not a mapping".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_beside_the_document_that_names_it() {
        assert_eq!(
            beside_document("plans/a/landing-zone.yaml", "policies/x.json"),
            "plans/a/policies/x.json"
        );
        assert_eq!(beside_document("landing-zone.yaml", "policies/x.json"), "policies/x.json");
        assert_eq!(beside_document("plans/a/landing-zone.yaml", "/etc/x.json"), "/etc/x.json");
    }
}
