//! Diagnostics as text, drawn by miette.
//!
//! In: [`Diagnostics`]. Out: one text, either drawn with the source lines and
//! arrows for terminals, or told in plain sentences for screen readers and logs.
//! A label in another file than the first one becomes a related note, since
//! miette shows one source for each diagnostic.

use std::fmt;

use miette::{
    Diagnostic as Miette, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, NarratableReportHandler, SourceCode, SourceSpan, SpanContents,
};

use super::diagnostic::{Diagnostic, Diagnostics, Label, Severity};
use super::source::{Source, Sources};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Lines and arrows, with or without colour, wrapped at a width.
    Drawn {
        /// Whether to use ANSI colours.
        color: bool,
        /// Columns.
        width: usize,
    },
    /// Plain sentences.
    Told,
}

/// The findings as one text, a blank line between two of them.
#[must_use]
pub fn render(diagnostics: &Diagnostics, style: Style) -> String {
    let mut out = String::new();
    for diagnostic in &diagnostics.list {
        let shown = Shown::new(diagnostic, &diagnostics.sources);
        // Writing into a String does not fail; an error here could only come from
        // a span outside its source, and then the message alone is still worth showing.
        let mut text = String::new();
        if draw(&shown, style, &mut text).is_err() {
            text = format!("{}: {}\n", diagnostic.code, diagnostic.message);
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        out.push_str(lines.join("\n").trim_matches('\n'));
        out.push('\n');
    }
    out
}

fn draw(shown: &Shown<'_>, style: Style, text: &mut String) -> fmt::Result {
    match style {
        Style::Told => NarratableReportHandler::new().render_report(text, shown),
        Style::Drawn { color, width } => {
            let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
            GraphicalReportHandler::new_themed(theme)
                .with_width(width)
                .with_context_lines(1)
                .with_links(false)
                .render_report(text, shown)
        }
    }
}

/// One diagnostic, or one label of it in another file, as miette wants it.
#[derive(Debug)]
struct Shown<'a> {
    code: Option<&'a str>,
    severity: miette::Severity,
    message: String,
    help: Option<&'a str>,
    source: Option<Named<'a>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Shown<'a>>,
}

impl<'a> Shown<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        let main = diagnostic.labels.first().map(|label| label.span.source);
        let (here, elsewhere): (Vec<&Label>, Vec<&Label>) =
            diagnostic.labels.iter().partition(|label| Some(label.span.source) == main);
        Self {
            code: Some(diagnostic.code),
            severity: match diagnostic.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
            },
            message: diagnostic.message.clone(),
            help: diagnostic.help.as_deref(),
            source: main.and_then(|index| named(index, sources)),
            labels: here.into_iter().map(labeled).collect(),
            related: elsewhere.into_iter().map(|label| Self::note(label, sources)).collect(),
        }
    }

    fn note(label: &'a Label, sources: &'a Sources) -> Self {
        Self {
            code: None,
            severity: miette::Severity::Advice,
            message: label.text.clone(),
            help: None,
            source: named(label.span.source, sources),
            labels: vec![LabeledSpan::new(Some("here".to_owned()), label.span.start, label.span.len)],
            related: Vec::new(),
        }
    }
}

fn labeled(label: &Label) -> LabeledSpan {
    LabeledSpan::new(Some(label.text.clone()), label.span.start, label.span.len)
}

fn named(index: usize, sources: &Sources) -> Option<Named<'_>> {
    sources.0.get(index).map(Named)
}

/// A borrowed source that tells its name.
#[derive(Debug)]
struct Named<'a>(&'a Source);

impl SourceCode for Named<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let found = self.0.text.as_str().read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name.clone(),
            found.data(),
            *found.span(),
            found.line(),
            found.column(),
            found.line_count(),
        )))
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Miette for Shown<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.code.map(|code| Box::new(code) as Box<dyn fmt::Display + 'b>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.help.map(|help| Box::new(help) as Box<dyn fmt::Display + 'b>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn Miette> + 'b>> {
        Some(Box::new(self.related.iter().map(|note| note as &dyn Miette)))
    }
}
