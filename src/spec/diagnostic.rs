//! What is wrong with a document, and where.
//!
//! Rules and readers push [`Diagnostic`]s into a list of findings; the caller receives
//! [`Diagnostics`], sorted by file and position, with the sources they point into.
//! Absent: how they look, which is `render.rs`.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::source::{Sources, Span};
use crate::model::Origin;

/// Whether a document with this finding can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but probably does not say what was meant.
    Warning,
}

/// A place with a few words on what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What about it.
    pub text: String,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The stable code, see `spec::topics`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The places, the one to blame first.
    pub labels: Vec<Label>,
}

impl Diagnostic {
    /// A finding that makes the document unusable.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), help: None, labels: Vec::new() }
    }

    /// A finding that leaves the document usable.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Points at a place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do, when there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }
}

/// Findings as they come in.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Diagnostic>);

impl Findings {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    pub(crate) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(diagnostics);
    }

    /// The findings in order of place, those without a place first; equal ones once.
    pub(crate) fn finish(mut self, sources: &Arc<Sources>) -> Diagnostics {
        let place = |d: &Diagnostic| d.labels.first().map(|label| label.span);
        self.0.sort_by(|a, b| (place(a), a.code, &a.message).cmp(&(place(b), b.code, &b.message)));
        self.0.dedup_by(|a, b| (place(a), a.code, &a.message) == (place(b), b.code, &b.message));
        Diagnostics { list: self.0, sources: Arc::clone(sources) }
    }
}

/// Sorted findings with the texts they point into.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    /// The findings, by file and position.
    pub list: Vec<Diagnostic>,
    /// The texts.
    pub sources: Arc<Sources>,
}

/// A finding without its source text, for output that a program reads.
#[derive(Debug, Clone, Serialize)]
pub struct Entry<'a> {
    /// The stable code.
    pub code: &'a str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: &'a str,
    /// What to do about it.
    pub help: Option<&'a str>,
    /// The places, the one to blame first.
    pub places: Vec<Place<'a>>,
}

/// One place of an [`Entry`].
#[derive(Debug, Clone, Serialize)]
pub struct Place<'a> {
    /// File, line and column.
    #[serde(flatten)]
    pub origin: Origin,
    /// What about it.
    pub text: &'a str,
}

impl Diagnostics {
    /// Whether anything makes the document unusable.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// The findings without source text.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry<'_>> {
        let place = |label: &'_ Label| self.sources.origin(label.span);
        let entry = |d: &'_ Diagnostic| -> Vec<Origin> { d.labels.iter().map(place).collect() };
        self.list
            .iter()
            .map(|d| Entry {
                code: d.code,
                severity: d.severity,
                message: &d.message,
                help: d.help.as_deref(),
                places: entry(d)
                    .into_iter()
                    .zip(&d.labels)
                    .map(|(origin, label)| Place { origin, text: &label.text })
                    .collect(),
            })
            .collect()
    }
}

/// The sentence for a log line: how many findings of which severity.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let errors = self.errors();
        let warnings = self.list.len() - errors;
        match (errors, warnings) {
            (0, n) => write!(f, "the document is valid, with {}", counted(n, "warning")),
            (n, 0) => write!(f, "the document has {}", counted(n, "error")),
            (n, m) => write!(f, "the document has {} and {}", counted(n, "error"), counted(m, "warning")),
        }
    }
}

impl std::error::Error for Diagnostics {}
