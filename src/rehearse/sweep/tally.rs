//! What a sweep counted.
//!
//! In: verdicts. Out: counts per fault and in all, and every failure with the name
//! that replays it. Absent: how it looks.

use std::collections::BTreeMap;

use serde::Serialize;

use super::run::Verdict;

/// Counts of some cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Cases whose fault changed something.
    pub runs: usize,
    /// Cases whose fault found nothing to change, e.g. a page that a short list does
    /// not have. They are checked like the others.
    pub idle: usize,
    /// Things created twice.
    pub duplicates: usize,
    /// Things created that nobody wants.
    pub orphans: usize,
    /// Cases that did not end as they should.
    pub stuck: usize,
    /// Changes that no plan contained.
    pub unplanned_mutations: usize,
    /// Secrets in what the program wrote.
    pub leaks: usize,
    /// Things made by a late call that AWS has no means to refuse, each told as left
    /// over. They are no fault of the program's.
    pub surplus: usize,
}

/// A case in which something was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// `PLAN/FAULT/PLACE`.
    pub case: String,
    /// What was wrong.
    pub findings: Vec<String>,
}

/// The result of a sweep.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tally {
    /// All of it.
    #[serde(flatten)]
    pub total: Counts,
    /// Real time.
    pub seconds: f64,
    /// Requests that the simulated AWS has answered in the cases.
    pub requests: u64,
    /// By fault.
    pub faults: BTreeMap<&'static str, Counts>,
    /// Everything that was wrong.
    pub failures: Vec<Failure>,
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        let findings = &verdict.findings;
        self.runs += usize::from(verdict.struck);
        self.idle += usize::from(!verdict.struck);
        self.duplicates += findings.duplicates.len();
        self.orphans += findings.orphans.len();
        self.stuck += usize::from(!findings.stuck.is_empty());
        self.unplanned_mutations += findings.unplanned.len();
        self.leaks += findings.leaks.len();
        self.surplus += findings.surplus.len();
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        let Self { runs: _, idle: _, duplicates, orphans, stuck, unplanned_mutations, leaks, surplus: _ } =
            *self;
        duplicates + orphans + stuck + unplanned_mutations + leaks == 0
    }
}

impl Tally {
    pub(super) fn add(&mut self, case: &str, fault: &'static str, verdict: &Verdict) {
        self.total.add(verdict);
        self.requests += verdict.requests;
        self.faults.entry(fault).or_default().add(verdict);
        if !verdict.findings.is_clean() {
            let findings = verdict.findings.all().cloned().collect();
            self.failures.push(Failure { case: case.to_owned(), findings });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::site::Findings;
    use super::*;

    fn verdict(struck: bool, findings: Findings) -> Verdict {
        Verdict { struck, requests: 1, findings }
    }

    #[test]
    fn every_sort_of_finding_is_counted_and_makes_a_failure() {
        let one = || vec!["something".to_owned()];
        let findings = [
            Findings { duplicates: one(), ..Findings::default() },
            Findings { orphans: one(), ..Findings::default() },
            Findings { stuck: one(), ..Findings::default() },
            Findings { unplanned: one(), ..Findings::default() },
            Findings { leaks: one(), ..Findings::default() },
        ];
        let mut tally = Tally::default();
        tally.add("plan/F1/0", "F1", &verdict(true, Findings::default()));
        assert!(tally.total.is_clean() && tally.failures.is_empty());
        for findings in findings {
            let mut one = Tally::default();
            one.add("plan/F1/1", "F1", &verdict(true, findings.clone()));
            assert!(!one.total.is_clean());
            tally.add("plan/F1/1", "F1", &verdict(false, findings));
        }
        assert_eq!((tally.total.runs, tally.total.idle, tally.failures.len()), (1, 5, 5));
    }
}
