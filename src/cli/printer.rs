//! What goes where: data to stdout, talk to stderr, colour only to terminals.

use std::io::{self, Write as _};

use anstream::stream::IsTerminal as _;
use clap::{ArgAction, Args, ValueEnum};
use serde_json::{Value, json};

use super::error::CliError;
use crate::report::Paint;

/// Arguments of every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// Tell more: whole plans, and each call to AWS with its request id on stderr
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// How traces and progress are written on stderr
    #[arg(long, global = true, value_name = "FORM", default_value = "text")]
    pub(super) log: Log,
    /// When to use colour (NO_COLOR and CLICOLOR_FORCE are honoured)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Colour,
}

/// The form of what is written on stderr while something goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Log {
    Text,
    Json,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

/// Writes to both streams.
#[derive(Debug)]
pub(super) struct Printer {
    pub(super) verbose: u8,
    pub(super) log: Log,
    /// Colour of what goes to stdout.
    pub(super) out: Paint,
    /// Colour of what goes to stderr.
    pub(super) err: Paint,
}

impl Printer {
    pub(super) fn new(global: Global) -> Self {
        let choice = match global.color {
            Colour::Auto => anstream::ColorChoice::Auto,
            Colour::Always => anstream::ColorChoice::AlwaysAnsi,
            Colour::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let colour = |choice| Paint::new(choice != anstream::ColorChoice::Never);
        Self {
            verbose: global.verbose,
            log: global.log,
            out: colour(anstream::AutoStream::choice(&io::stdout())),
            err: match global.log {
                Log::Text => colour(anstream::AutoStream::choice(&io::stderr())),
                Log::Json => Paint::PLAIN,
            },
        }
    }

    /// Whether everything shall be told.
    pub(super) const fn all(&self) -> bool {
        self.verbose > 0
    }

    /// Whether stderr is a terminal on which lines can be redrawn.
    pub(super) fn live(&self) -> bool {
        self.log == Log::Text && self.verbose == 0 && io::stderr().is_terminal()
    }

    /// Writes data to stdout. A reader that has gone away wants no more of it.
    pub(super) fn data(&self, text: &str) -> Result<(), CliError> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Stdout(error)),
            _ => Ok(()),
        }
    }

    /// Writes JSON to stdout.
    pub(super) fn json(&self, value: &impl serde::Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(value).map_err(CliError::Json)?;
        self.data(&(text + "\n"))
    }

    /// Says something on stderr, as whoever listens wants it. Where nobody can hear it nothing can be done.
    pub(super) fn say(&self, text: &str) {
        match self.log {
            Log::Text => drop(writeln!(io::stderr().lock(), "{text}")),
            Log::Json => self.event(&json!({ "said": text })),
        }
    }

    /// Writes an object on one line of stderr, for programs.
    pub(super) fn event(&self, event: &Value) {
        let _ = writeln!(io::stderr().lock(), "{event}");
    }
}
