//! Coverage as text: functions and categories with what serves them, then each gap once with
//! the lines that close it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Paint;
use crate::catalog::capabilities::Degree;
use crate::coverage::{CapabilityCoverage, CategoryCoverage, Coverage, First, Gap, Standing, State};

/// So many names are told of a long list.
const NAMES: usize = 6;

/// So many of the lines that close a gap.
const LINES: usize = 16;

/// The whole of it, ending with a line break. Long lists are cut unless everything is asked
/// for.
#[must_use]
pub fn render(coverage: &Coverage, paint: Paint, verbose: bool) -> String {
    let mut out = String::new();
    line(&mut out, &paint.heading(&format!("Coverage against the {}", coverage.framework)));
    line(&mut out, &size(coverage));
    let by_id: BTreeMap<&str, &CapabilityCoverage> =
        coverage.capabilities.iter().map(|one| (one.id.as_str(), one)).collect();
    for function in &coverage.functions {
        line(&mut out, "");
        line(&mut out, &paint.heading(&format!("{}  {}", function.id, function.name)));
        for one in &function.categories {
            category(&mut out, one, &by_id, paint);
        }
    }
    let gaps: Vec<&CapabilityCoverage> =
        coverage.capabilities.iter().filter(|one| one.gap.is_some()).collect();
    if !gaps.is_empty() {
        line(&mut out, "");
        line(&mut out, &paint.heading("What is missing, and what closes it"));
        // What several gaps need first is told once.
        let mut prepared = BTreeSet::new();
        for one in gaps {
            let first = one.gap.as_ref().and_then(|gap| gap.first.as_ref());
            if let Some(first) = first.filter(|first| prepared.insert(&first.what)) {
                preparation(&mut out, first);
            }
            missing(&mut out, one, coverage, (paint, verbose));
        }
    }
    frameworks(&mut out, coverage, paint);
    line(&mut out, "");
    line(&mut out, &summary(coverage));
    out
}

/// The last line: how many capabilities stand how.
#[must_use]
pub fn summary(coverage: &Coverage) -> String {
    let all = &coverage.capabilities;
    let count = |states: Vec<State>| {
        let of = |state: State| states.iter().filter(|one| **one == state).count();
        let words = [State::Covered, State::Partly, State::Gap, State::NotRead]
            .map(|state| (of(state), state.word()));
        let told = words.iter().filter(|(count, word)| *count > 0 || *word == "covered");
        told.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    };
    let now = count(all.iter().map(|one| one.now.state).collect());
    let after: Vec<State> = all.iter().filter_map(|one| Some(one.after.as_ref()?.state)).collect();
    if after.is_empty() {
        return format!("Coverage: {now}, of {} capabilities.", all.len());
    }
    format!("Coverage: {now} now; {} after apply, of {} capabilities.", count(after), all.len())
}

fn size(coverage: &Coverage) -> String {
    let accounts =
        |count: usize| if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") };
    let (now, after) = coverage.accounts;
    let after = after.map(|count| format!(", {} after apply", accounts(count))).unwrap_or_default();
    let regions: Vec<&str> = coverage.regions.iter().map(crate::model::region::Region::as_str).collect();
    format!("{} now{after}; in {}", accounts(now), regions.join(", "))
}

fn category(
    out: &mut String,
    category: &CategoryCoverage,
    by_id: &BTreeMap<&str, &CapabilityCoverage>,
    paint: Paint,
) {
    line(out, &format!("  {}  {}", category.id, category.name));
    if let Some(why) = &category.organizational {
        line(out, &paint.quiet(&format!("      organizational, not configurable: {why}")));
    }
    for one in category.capabilities.iter().filter_map(|id| by_id.get(id.as_str())) {
        line(out, &format!("      {}  {} ({})", states(one, paint), one.name, one.services));
    }
}

/// Now, and after.
fn states(one: &CapabilityCoverage, paint: Paint) -> String {
    let now = word(one.now.state, paint);
    match &one.after {
        None => now,
        Some(after) => format!("{now} -> {}", word(after.state, paint)),
    }
}

fn word(state: State, paint: Paint) -> String {
    let text = format!("{:<8}", state.word());
    match state {
        State::Covered => paint.good(&text),
        State::Partly => paint.warning(&text),
        State::Gap => paint.bad(&text),
        State::NotRead => paint.quiet(&text),
    }
}

fn preparation(out: &mut String, first: &First) {
    line(out, "");
    line(out, &format!("  First {}, for several of these:", first.what));
    first.lines.lines().for_each(|text| line(out, &format!("          {text}")));
}

fn missing(out: &mut String, one: &CapabilityCoverage, coverage: &Coverage, (paint, verbose): (Paint, bool)) {
    let Some(gap) = &one.gap else { return };
    let last = one.last();
    line(out, "");
    line(
        out,
        &format!(
            "  {}  {} ({})  {}",
            word(last.state, paint).trim_end(),
            one.name,
            one.services,
            one.categories.join(", ")
        ),
    );
    line(out, &format!("      {}", extent(last, gap, coverage)));
    for remark in &gap.remarks {
        line(out, &format!("      {remark}"));
    }
    if let Some(first) = &gap.first {
        line(out, &format!("      first, as above: {}", first.what));
    }
    if let Some(lines) = &gap.lines {
        let far = if gap.brings == Degree::Partly { " (in part: it is administered)" } else { "" };
        line(out, &format!("      closed by{far}:"));
        let count = lines.lines().count();
        let shown = if verbose || count <= LINES { count } else { LINES - 1 };
        lines.lines().take(shown).for_each(|text| line(out, &format!("          {text}")));
        if shown < count {
            line(out, &format!("          # and {} lines of the same sort (-v shows them)", count - shown));
        }
    }
}

/// Frameworks that the Control Catalog maps controls to.
fn frameworks(out: &mut String, coverage: &Coverage, paint: Paint) {
    if coverage.frameworks.is_empty() {
        return;
    }
    line(out, "");
    line(out, &paint.heading("Control Tower's controls by framework (Control Catalog)"));
    for one in &coverage.frameworks {
        let after = one.after.map(|count| format!(" -> {count}")).unwrap_or_default();
        line(
            out,
            &format!("  {}: {}{after} of {} controls enabled somewhere", one.name, one.now, one.controls),
        );
    }
    line(out, "  `controls: [{ framework: NAME }]` of a unit enables all of one that need no parameters");
}

/// Where it is missing, in words.
fn extent(last: &Standing, gap: &Gap, coverage: &Coverage) -> String {
    if last.of == 0 {
        return "there are no accounts yet".to_owned();
    }
    if last.state == State::NotRead {
        return "the document does not speak of it, so nobody looked".to_owned();
    }
    let mut told = Vec::new();
    if last.covered + last.partly > 0 {
        let regions = if coverage.regions.len() == 1 { "accounts" } else { "accounts x Regions" };
        let whole = (last.covered > 0).then(|| format!("{} whole", last.covered));
        let part = (last.partly > 0).then(|| format!("{} in part", last.partly));
        let both: Vec<String> = whole.into_iter().chain(part).collect();
        told.push(format!("{}, of {} {regions}", both.join(", "), last.of));
    }
    let all: usize = last.grid.groups.iter().map(|group| group.accounts.len()).sum();
    told.push(if gap.accounts.len() == all {
        format!("wanting in every account ({all})")
    } else {
        let names: Vec<&str> = gap.accounts.iter().take(NAMES).map(String::as_str).collect();
        let more = gap.accounts.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("wanting in {}{more}", names.join(", "))
    });
    told.join("; ")
}

fn line(out: &mut String, text: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(out, "{}", text.trim_end());
}
