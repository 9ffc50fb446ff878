//! What `explain` knows: a code, a title, and a paragraph on why.
//!
//! Every diagnostic carries the code of a topic. Topics of rules stand beside the
//! rules; those of reading the files stand here.

/// One thing that can be wrong.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// The stable code that diagnostics carry.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// What, why, and the public source of the fact.
    pub explanation: &'static str,
}

/// A file that cannot be had as text.
pub(crate) const UNREADABLE: Topic = Topic {
    code: "unreadable-file",
    title: "A file of the document cannot be read",
    explanation: "Each file named must exist, be a regular file, and hold UTF-8 text.",
};
/// Not YAML, or beyond the limits.
pub(crate) const SYNTAX: Topic = Topic {
    code: "yaml-syntax",
    title: "A file is not the YAML expected",
    explanation: "One YAML 1.2 document per file. Tabs cannot indent. Nesting, aliases and size are \
                  limited so that a hostile file cannot exhaust memory. While one file cannot be parsed \
                  the rules are not checked, since every name might be defined in it.",
};
/// A key nobody knows.
pub(crate) const UNKNOWN_KEY: Topic = Topic {
    code: "unknown-key",
    title: "A key that the document does not have",
    explanation: "An unknown key is an error and never ignored: what is not said is left alone, so a \
                  misspelt key would silently leave something unmanaged.",
};
/// One key said twice.
pub(crate) const DUPLICATE_KEY: Topic = Topic {
    code: "duplicate-key",
    title: "The same key stands twice",
    explanation: "Within one mapping, and for each entry of a section over all files, a key stands once. \
                  Files are joined section by section; an entry is not assembled from two files.",
};
/// A required key is absent.
pub(crate) const MISSING_KEY: Topic = Topic {
    code: "missing-key",
    title: "A required key is missing",
    explanation: "Most keys are optional and what is not said is left alone. Those without which an entry \
                  means nothing are required: `version: 1` in at least one file, an account's `email`, a \
                  key's `account`, the landing zone's `version`, every member of an alternate contact.",
};
/// A value of another kind than wanted.
pub(crate) const WRONG_TYPE: Topic = Topic {
    code: "wrong-type",
    title: "A value of the wrong kind",
    explanation: "Texts that look like numbers need quotes: account ids (leading zeros are lost without) \
                  and the landing zone's version. A key without a value is an error too: leave the key \
                  out, or write `{}` for an entry with nothing to say.",
};
/// A value of the right kind and the wrong form.
pub(crate) const INVALID_VALUE: Topic = Topic {
    code: "invalid-value",
    title: "A value that AWS or the document does not take",
    explanation: "The value has the right kind but not the form that is asked for, such as an account id \
                  of eleven digits or an e-mail address with a space.",
};
/// A file that the document names and that cannot be used.
pub(crate) const ATTACHED: Topic = Topic {
    code: "attached-file",
    title: "A file that the document names cannot be used",
    explanation: "A policy can be written into the document or into a file of its own, whose path stands \
                  beside the document that names it. The file must exist and hold one mapping, as JSON \
                  when its name ends in .json and as YAML otherwise.",
};

/// The topics of reading, in the order of reading.
pub(crate) const READING: &[Topic] =
    &[UNREADABLE, SYNTAX, UNKNOWN_KEY, DUPLICATE_KEY, MISSING_KEY, WRONG_TYPE, INVALID_VALUE, ATTACHED];
