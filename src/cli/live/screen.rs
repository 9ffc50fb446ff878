//! A terminal for tests: what indicatif writes, as the lines that somebody would see.
//!
//! In: what a terminal is told: texts, line ends, movements of the cursor. Out: the lines, without what fills them up.
//! Absent: colours, and scrolling.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::TermLike;

/// Columns, as many as a wide window has.
const WIDTH: u16 = 160;

#[derive(Debug, Default)]
struct Glass {
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

/// The terminal; its clones show the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Screen(Arc<Mutex<Glass>>);

impl Screen {
    /// What is to be seen, from above.
    pub(super) fn lines(&self) -> Vec<String> {
        let rows = self.glass();
        let lines = rows.rows.iter().map(|row| row.iter().collect::<String>().trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    }

    fn glass(&self) -> MutexGuard<'_, Glass> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Glass {
    fn write(&mut self, letter: char) {
        match letter {
            '\r' => self.column = 0,
            '\n' => (self.row, self.column) = (self.row + 1, 0),
            _ => {
                // A full line is left only by the next letter, as terminals do it.
                if self.column == usize::from(WIDTH) {
                    (self.row, self.column) = (self.row + 1, 0);
                }
                let column = self.column;
                self.line()[column] = letter;
                self.column += 1;
            }
        }
    }

    fn line(&mut self) -> &mut Vec<char> {
        while self.rows.len() <= self.row {
            self.rows.push(vec![' '; usize::from(WIDTH)]);
        }
        &mut self.rows[self.row]
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        WIDTH
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        let mut glass = self.glass();
        glass.row = glass.row.saturating_sub(n);
        Ok(())
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.glass().row += n;
        Ok(())
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.glass().column += n;
        Ok(())
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        let mut glass = self.glass();
        glass.column = glass.column.saturating_sub(n);
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)?;
        self.glass().write('\n');
        Ok(())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        let mut glass = self.glass();
        text.chars().for_each(|letter| glass.write(letter));
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        let mut glass = self.glass();
        *glass.line() = vec![' '; usize::from(WIDTH)];
        glass.column = 0;
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
