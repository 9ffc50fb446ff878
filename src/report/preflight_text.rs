//! Reports of preflight, as text for people.

use std::fmt::Write as _;

use crate::preflight::Report;

/// A paragraph for each account that is not enrolled, and a sum.
#[must_use]
pub fn render(reports: &[Report]) -> String {
    let mut out = String::new();
    for report in reports.iter().filter(|report| !report.enrolled) {
        paragraph(report, &mut out);
    }
    let count = |is: fn(&Report) -> bool| reports.iter().filter(|report| is(report)).count();
    let enrolled = count(|report| report.enrolled);
    let open = count(|report| !report.enrolled && report.is_clear());
    let closed = count(|report| !report.is_clear());
    let _ = writeln!(
        out,
        "Accounts: {enrolled} enrolled, {open} can be enrolled, {closed} cannot until something is mended."
    );
    out
}

fn paragraph(report: &Report, out: &mut String) {
    let place = if report.from == report.to {
        report.to.clone()
    } else {
        format!("{} -> {}", report.from, report.to)
    };
    let _ = writeln!(out, "{} {}  {place}", report.name, report.account);
    match report.open.first() {
        Some(path) => {
            let _ = writeln!(out, "  can be enrolled by {}", path.words());
        }
        None => out.push_str("  cannot be enrolled\n"),
    }
    for finding in &report.findings {
        let mark = if finding.rules_out.is_empty() { "note" } else { "stop" };
        // What closes a way that is not the one to take is only worth knowing.
        let decisive = finding.rules_out.len() == 3 || report.open.is_empty();
        let mark = if decisive { mark } else { "note" };
        let place = finding.place.as_deref().map(|place| format!(" ({place})")).unwrap_or_default();
        let _ = writeln!(out, "  {mark} {}{place}: {}", finding.code, finding.evidence);
        if decisive {
            let _ = writeln!(out, "       repair: {}", finding.repair);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::findings::Path;
    use crate::preflight::Finding;

    fn report(name: &str, open: Vec<Path>, findings: Vec<Finding>) -> Report {
        Report {
            account: "222222222222".to_owned(),
            name: name.to_owned(),
            from: "Legacy".to_owned(),
            to: "Workloads".to_owned(),
            enrolled: false,
            way: None,
            open,
            findings,
        }
    }

    #[test]
    fn what_stops_has_its_repair_and_what_does_not_is_a_note() {
        let recorder = Finding {
            code: "config-recorder",
            place: Some("us-east-1".to_owned()),
            evidence: "the recorder default exists".to_owned(),
            repair: "delete it".to_owned(),
            rules_out: Path::ALL.to_vec(),
        };
        let role = Finding {
            code: "execution-role-missing",
            place: None,
            evidence: "there is no role".to_owned(),
            repair: "make it".to_owned(),
            rules_out: vec![Path::Factory],
        };
        let stopped = report("old", vec![], vec![recorder]);
        let open = report("new", vec![Path::Reset], vec![role]);
        let done = Report { enrolled: true, ..report("done", vec![], vec![]) };
        let expected = "old 222222222222  Legacy -> Workloads\n  cannot be enrolled\n  \
                        stop config-recorder (us-east-1): the recorder default exists\n       \
                        repair: delete it\n\nnew 222222222222  Legacy -> Workloads\n  can be enrolled by \
                        registering the unit again\n  note execution-role-missing: there is no role\n\n\
                        Accounts: 1 enrolled, 1 can be enrolled, 1 cannot until something is mended.\n";
        assert_eq!(render(&[stopped, open, done]), expected);
    }
}
