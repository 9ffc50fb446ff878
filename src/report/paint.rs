//! Colour, or none.
//!
//! A report marks what a text means; this file says how that looks. Without colour
//! every text is left as it is, so nothing may be told by colour alone.

use owo_colors::Style;

use crate::model::kinds::Action;
use crate::plan::document::Level;

/// Whether marks become escape sequences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paint {
    colour: bool,
}

impl Paint {
    /// Text and nothing else.
    pub const PLAIN: Self = Self { colour: false };

    /// With ANSI escape sequences when `colour` is set.
    #[must_use]
    pub const fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// A heading.
    #[must_use]
    pub fn heading(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    /// What matters less.
    #[must_use]
    pub fn quiet(self, text: &str) -> String {
        self.with(Style::new().dimmed(), text)
    }

    /// What went well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.with(Style::new().green(), text)
    }

    /// What went wrong.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.with(Style::new().red().bold(), text)
    }

    /// What asks for a look.
    #[must_use]
    pub fn warning(self, text: &str) -> String {
        self.with(Style::new().yellow(), text)
    }

    /// The symbol and word of an action, or any text that belongs to it.
    #[must_use]
    pub fn action(self, action: Action, text: &str) -> String {
        let style = match action {
            Action::Create => Style::new().green(),
            Action::Change | Action::Repair => Style::new().yellow(),
            Action::Move => Style::new().cyan(),
            Action::Remove => Style::new().red(),
        };
        self.with(style, text)
    }

    /// The word of a level.
    #[must_use]
    pub fn level(self, level: Level, text: &str) -> String {
        match level {
            Level::Blocker => self.bad(text),
            Level::Warning => self.warning(text),
            Level::Info => self.quiet(text),
        }
    }

    fn with(self, style: Style, text: &str) -> String {
        if self.colour { style.style(text).to_string() } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_a_text_is_left_as_it_is() {
        assert_eq!(Paint::PLAIN.bad("no"), "no");
        assert_ne!(Paint::new(true).bad("no"), "no");
    }
}
