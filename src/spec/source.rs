//! The texts the operator named, and places inside them.
//!
//! The caller reads the files (this floor does no I/O) and hands over bytes or the
//! reason why there are none. Out: texts without byte-order mark, and [`Span`]s
//! that remember line and column so that an [`Origin`] costs nothing later.

use crate::model::Origin;

/// One file as the caller found it.
#[derive(Debug, Clone)]
pub struct Input {
    /// The name as the operator gave it.
    pub name: String,
    /// Its bytes, or why it could not be read, in words.
    pub content: Result<Vec<u8>, String>,
}

impl Input {
    /// A file that was read.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content: Ok(bytes.into()) }
    }

    /// A file that could not be read (missing, a directory, no permission).
    pub fn unreadable(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { name: name.into(), content: Err(reason.into()) }
    }
}

/// A file's text, valid UTF-8 and without byte-order mark.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name as the operator gave it.
    pub name: String,
    /// The text; empty when the file could not be read.
    pub text: String,
}

/// All files, in the order named.
#[derive(Debug, Clone, Default)]
pub struct Sources(pub Vec<Source>);

/// A place in one of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which source, by its index.
    pub source: usize,
    /// First byte.
    pub start: usize,
    /// Bytes; zero for what has no text of its own, such as an absent value.
    pub len: usize,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

impl Sources {
    /// The place as floors above know it.
    #[must_use]
    pub fn origin(&self, span: Span) -> Origin {
        let file = self.0.get(span.source).map(|source| source.name.clone()).unwrap_or_default();
        Origin { file, line: span.line, column: span.column }
    }

    /// The text under a place; empty when the place lies outside.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let text = self.0.get(span.source).map_or("", |source| source.text.as_str());
        text.get(span.start..span.start.saturating_add(span.len)).unwrap_or("")
    }

    /// The place at a line and column, for errors that know no byte offset.
    #[must_use]
    pub fn at_line(&self, source: usize, line: u32, column: u32) -> Span {
        let text = self.0.get(source).map_or("", |source| source.text.as_str());
        let before: usize =
            text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
        let rest = text.get(before..).unwrap_or("");
        let inside = rest.char_indices().nth(column.saturating_sub(1) as usize);
        let start = before + inside.map_or(rest.len(), |(index, _)| index);
        Span { source, start, len: 0, line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_and_column_find_their_byte_even_behind_wide_characters() {
        let sources = Sources(vec![Source { name: "a".into(), text: "é: 1\r\nüb: 2\n".into() }]);
        let span = sources.at_line(0, 2, 3);
        assert_eq!(sources.slice(Span { len: 3, ..span }), ": 2");
        assert_eq!(sources.at_line(0, 9, 9).start, sources.0[0].text.len());
    }
}
