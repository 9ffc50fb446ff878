//! The published exit codes.

use std::fmt::Write as _;
use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// Failed, and nothing was changed by this run.
    Failed = 1,
    /// There are changes to make, or a promise is broken.
    Changes = 2,
    /// The document is invalid.
    Invalid = 3,
    /// Refused before the first change.
    Refused = 4,
    /// Some of it is done; the same command goes on.
    Incomplete = 5,
    /// The arguments are wrong.
    Usage = 64,
    /// Stopped by a signal, cleanly.
    Interrupted = 130,
}

/// Every code with its meaning, as `--help` and the documentation show it.
pub const TABLE: &[(Exit, &str)] = &[
    (Exit::Done, "done, or nothing to do"),
    (
        Exit::Failed,
        "failed, or something could not be read and the rest is as it shall be (plan --exit-code, drift --exit-code)",
    ),
    (
        Exit::Changes,
        "there are changes to make (plan --exit-code, drift --exit-code), something to mend first (preflight), or a promise is broken (backup verify)",
    ),
    (Exit::Invalid, "the document is invalid"),
    (
        Exit::Refused,
        "refused: stale plan, blocker, missing consent or confirmation, or another process at work",
    ),
    (Exit::Incomplete, "incomplete: the same command goes on where it stopped"),
    (Exit::Usage, "wrong arguments"),
    (Exit::Interrupted, "interrupted cleanly"),
];

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The table as text.
#[must_use]
pub fn text() -> String {
    let mut out = String::from("Exit codes:");
    for (exit, meaning) in TABLE {
        let _ = write!(out, "\n  {:>3}  {meaning}", exit.code());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_that_are_published() {
        let codes: Vec<u8> = TABLE.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 64, 130]);
    }

    #[test]
    fn the_documentation_has_the_same_table() {
        let page = include_str!("../../docs/exit-codes.md");
        for (exit, meaning) in TABLE {
            let row = format!("| {} | {meaning} |", exit.code());
            assert!(page.contains(&row), "docs/exit-codes.md lacks: {row}");
        }
    }
}
