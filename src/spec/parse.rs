//! From files to a valid [`Spec`] or everything that is wrong with them.
//!
//! In: the files as the caller read them. Out: the spec with its warnings and
//! digest, or all diagnostics at once. The order is read, merge, shape, rules,
//! lower; only a file that is not YAML at all keeps the rules from being asked,
//! since every name might stand in it.

use std::sync::Arc;

use serde_json::Value as Json;

use super::attached::{Attached, Fetch};
use super::diagnostic::{Diagnostic, Diagnostics, Findings};
use super::document::Spec;
use super::shape::read::{Read as _, Reader};
use super::shape::sections::Document;
use super::source::{Input, Source, Sources};
use super::view::View;
use super::{lower, merge, rules, topic, yaml};
use crate::model::canonical;

/// A valid document.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it says.
    pub spec: Spec,
    /// What it probably does not mean.
    pub warnings: Diagnostics,
    /// The SHA-256 of what it says, whatever its layout, comments and file names.
    pub digest: String,
    /// The texts it was read from.
    pub sources: Arc<Sources>,
}

/// Reads a document that names no further files.
///
/// # Errors
/// All that is wrong with it, warnings included, when something makes it unusable.
pub fn parse(inputs: Vec<Input>) -> Result<Loaded, Diagnostics> {
    parse_with(inputs, &mut |path| Input::unreadable(path, "no files are read here"))
}

/// Reads a document from its files, in the order named; `fetch` has the files that
/// it names in turn.
///
/// # Errors
/// All that is wrong with it, warnings included, when something makes it unusable.
pub fn parse_with(inputs: Vec<Input>, fetch: Fetch<'_>) -> Result<Loaded, Diagnostics> {
    let mut reader = Reader::default();
    let (mut sources, readable) = texts(inputs, &mut reader.findings);
    let mut files = Vec::new();
    let mut complete = readable.iter().all(|readable| *readable);
    for (index, readable) in readable.iter().enumerate() {
        if !readable {
            continue;
        }
        match yaml::read(&sources, index) {
            Ok(node) => files.push(node),
            Err(refusal) => {
                complete = false;
                reader.findings.push(*refusal);
            }
        }
    }
    let before = files.len();
    let root = merge::merge(files, &mut reader.findings);
    if !complete && before == 0 {
        return Err(reader.findings.finish(&Arc::new(sources)));
    }
    let document = Document::read(&root, &mut reader);
    let Reader { mut findings, broken, files, texts, .. } = reader;
    let mut attached = Attached::read(&files, &mut sources, fetch, &mut findings);
    attached.read_texts(&texts, &sources, fetch, &mut findings);
    let sources = Arc::new(sources);
    let Some(document) = document.filter(|_| complete) else {
        return Err(findings.finish(&sources));
    };
    let view = View::new(&document, &broken, &attached);
    rules::check(&view, &mut findings);
    let found = findings.finish(&sources);
    if found.has_errors() {
        return Err(found);
    }
    let spec = lower::lower(&view, &sources);
    let digest = digest(&spec);
    Ok(Loaded { spec, warnings: found, digest, sources })
}

/// The texts of the inputs, and which of them could be had.
fn texts(inputs: Vec<Input>, findings: &mut Findings) -> (Sources, Vec<bool>) {
    let mut sources = Sources::default();
    let mut readable = Vec::new();
    for input in inputs {
        let text = match input.content {
            Err(reason) => Err(reason),
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
                let valid = error.utf8_error().valid_up_to();
                let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
                format!("line {line} holds bytes that are not UTF-8")
            }),
        };
        readable.push(text.is_ok());
        let text = text.unwrap_or_else(|reason| {
            let message = format!("{}: {reason}", input.name);
            findings.push(Diagnostic::error(topic::UNREADABLE.code, message));
            String::new()
        });
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        sources.0.push(Source { name: input.name, text });
    }
    (sources, readable)
}

/// The digest of what a spec says: places are left out, so that a comment or a
/// moved line does not make it another spec.
fn digest(spec: &Spec) -> String {
    // A spec is maps with text keys, lists and scalars, which JSON always takes.
    let said = serde_json::to_value(spec).map(unplaced).unwrap_or_default();
    canonical::digest(&said).unwrap_or_default()
}

/// The value with every place replaced by null. A place is an object of exactly
/// file, line and column; no other object of a spec has a line that is a number.
fn unplaced(value: Json) -> Json {
    match value {
        Json::Object(map) if map.len() == 3 && map.get("line").is_some_and(Json::is_u64) => Json::Null,
        Json::Object(map) => {
            Json::Object(map.into_iter().map(|(key, value)| (key, unplaced(value))).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(unplaced).collect()),
        plain => plain,
    }
}
