//! What is promised of backups, as a table for people.
//!
//! Each row says in a word whether its promise is kept; what is broken says why, on the line below.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Paint, duration};
use crate::diff::promises::{Judgement, OfAccount, OfTest, OfVault, Standing};

/// The text, ending with a line break.
#[must_use]
pub fn render(judgement: &Judgement, paint: Paint) -> String {
    let mut out = String::new();
    let accounts = judgement.accounts.iter().map(of_account).collect();
    let head = ["plan", "account", "region", "vault", "newest copy", "promised", "resources"];
    table("Copies", &head, accounts, paint, &mut out);
    let vaults = judgement.vaults.iter().map(of_vault).collect();
    table("Vaults", &["vault", "account", "region", "lock", "copies"], vaults, paint, &mut out);
    let tests = judgement.tests.iter().map(of_test).collect();
    table("Restore tests", &["plan", "region", "type", "last", "took", "validation"], tests, paint, &mut out);
    if !judgement.unprotected.is_empty() {
        let _ = writeln!(out, "{}", paint.heading("Without protection"));
        let mut account = "";
        for one in &judgement.unprotected {
            if one.account != account {
                account = &one.account;
                let _ = writeln!(out, "  {account}");
            }
            let _ =
                writeln!(out, "    {}  {} ({}): {}", one.region, one.resource, one.resource_type, one.why);
        }
        out.push('\n');
    }
    for words in &judgement.invalid_policies {
        let _ = writeln!(out, "{} {words}", paint.bad("broken"));
    }
    let (all, broken) = (judgement.promises(), judgement.broken());
    let _ = match broken {
        0 => writeln!(out, "Promises: {all}, all kept."),
        broken => writeln!(out, "Promises: {all}, {} kept, {broken} broken.", all - broken),
    };
    out
}

/// Cells, and how the row stands.
type Row<'j> = (Vec<String>, &'j Standing);

fn of_account(one: &OfAccount) -> Row<'_> {
    let age = one.age_hours.map_or_else(|| "none".to_owned(), hours);
    let cells = vec![
        one.plan.clone(),
        one.account.clone(),
        one.region.to_string(),
        one.vault.clone(),
        age,
        hours(one.within_hours),
        one.resources.to_string(),
    ];
    (cells, &one.standing)
}

fn of_vault(one: &OfVault) -> Row<'_> {
    let cells = vec![
        one.vault.clone(),
        one.account.clone(),
        one.region.to_string(),
        one.lock.clone(),
        one.copies.to_string(),
    ];
    (cells, &one.standing)
}

fn of_test(one: &OfTest) -> Row<'_> {
    let ended = one.ended.map_or_else(|| "none".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
    let took = one.seconds.map(|seconds| duration::words(Duration::from_secs(seconds)));
    let cells = vec![
        one.plan.clone(),
        one.region.to_string(),
        one.resource_type.clone(),
        ended,
        took.unwrap_or_else(|| "-".to_owned()),
        one.validation.clone().unwrap_or_else(|| "-".to_owned()),
    ];
    (cells, &one.standing)
}

/// Hours as days where they are many.
fn hours(hours: u64) -> String {
    if hours >= 96 { format!("{} d", hours / 24) } else { format!("{hours} h") }
}

fn table(title: &str, head: &[&str], rows: Vec<Row<'_>>, paint: Paint, out: &mut String) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", paint.heading(title));
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|(cells, _)| cells.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|word| word.len())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let head: Vec<String> = head.iter().map(|word| (*word).to_owned()).collect();
    let _ = writeln!(out, "          {}", paint.quiet(&line(&head)));
    for (cells, standing) in &rows {
        let word = match standing {
            Standing::Kept => paint.good("kept  "),
            Standing::Broken(_) => paint.bad("broken"),
        };
        let _ = writeln!(out, "  {word}  {}", line(cells));
        if let Standing::Broken(why) = standing {
            let _ = writeln!(out, "          {why}");
        }
    }
    out.push('\n');
}
