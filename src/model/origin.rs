//! Where in the operator's documents something was said.
//!
//! Carried by every resource so that a plan can name the line that causes a
//! change. Absent for what the program adds by itself.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a document: file as named on the command line, line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// The file's name as the operator gave it.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column, counted from 1.
    pub column: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
