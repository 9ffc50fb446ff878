//! Findings as JUnit XML, the form that GitLab, AWS CodeBuild and others read: a test case for
//! each finding, failed where it forbids an apply. A list without findings is one passed case,
//! because an empty report reads like a broken job.

use std::fmt::Write as _;

use super::Finding;
use crate::plan::document::Level;

/// The findings as one suite of that name.
#[must_use]
pub fn junit(name: &str, findings: &[Finding]) -> String {
    let grave = |one: &&Finding| one.level == Level::Blocker;
    let failures = findings.iter().filter(grave).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let count = findings.len().max(1);
    let name = escape(name);
    // Writing into a text cannot fail.
    let _ = writeln!(out, "<testsuites name=\"lzctl\" tests=\"{count}\" failures=\"{failures}\">");
    let _ =
        writeln!(out, "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{failures}\" errors=\"0\">");
    if findings.is_empty() {
        let _ = writeln!(out, "    <testcase classname=\"lzctl\" name=\"nothing needs a look\"/>");
    }
    for one in findings {
        case(&mut out, one);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, one: &Finding) {
    let place = one.origin.as_ref().map(|origin| format!("{origin}: ")).unwrap_or_default();
    let head = escape(&format!("{place}{}", one.message));
    let file = one
        .origin
        .as_ref()
        .map(|origin| format!(" file=\"{}\" line=\"{}\"", escape(&origin.file), origin.line));
    let _ = write!(
        out,
        "    <testcase classname=\"{}\" name=\"{head}\"{}>",
        escape(&one.code),
        file.unwrap_or_default()
    );
    let hint = one.hint.as_ref().map(|hint| format!("hint: {hint}")).unwrap_or_default();
    let _ = match one.level {
        Level::Blocker => write!(out, "<failure message=\"{head}\">{}</failure>", escape(&hint)),
        Level::Warning | Level::Info => write!(out, "<system-out>{}</system-out>", escape(&hint)),
    };
    out.push_str("</testcase>\n");
}

/// Text in XML; characters that XML 1.0 does not allow are left out.
fn escape(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars()
        .filter(allowed)
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    #[test]
    fn what_forbids_an_apply_is_a_failed_test_and_the_rest_is_told() {
        let text = junit("plan", &found());
        assert!(text.contains("tests=\"3\" failures=\"2\""), "{text}");
        assert!(text.contains("file=\"lz &amp; co.yaml\" line=\"7\""), "{text}");
        assert!(text.contains("too &lt;many&gt;") && text.contains("hint: ask &quot;AWS&quot;"), "{text}");
        assert_eq!(text.matches("<testcase").count(), 3);
    }

    #[test]
    fn nothing_found_is_one_passed_test() {
        assert!(junit("plan", &[]).contains("tests=\"1\" failures=\"0\""));
    }
}
