//! Findings as SARIF 2.1.0 (OASIS Standard, Static Analysis Results Interchange Format).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Finding;
use crate::plan::document::Level;

/// The schema that the file names.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The findings as one SARIF log with one run.
#[must_use]
pub fn sarif(findings: &[Finding]) -> Value {
    let codes: BTreeSet<&str> = findings.iter().map(|one| one.code.as_str()).collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "lzctl",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let level = match finding.level {
        Level::Blocker => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    };
    let hint = finding.hint.as_ref().map(|hint| format!("\nHint: {hint}")).unwrap_or_default();
    let mut result = json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": format!("{}{hint}", finding.message) },
    });
    if let Some(origin) = &finding.origin {
        result["locations"] = json!([{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&origin.file) },
            "region": { "startLine": origin.line, "startColumn": origin.column },
        } }]);
    }
    result
}

/// A path as the relative reference that SARIF wants (section 3.4.3, RFC 3986).
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.replace('\\', "/")
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    #[test]
    fn each_finding_is_a_result_at_its_line_and_paths_are_escaped() {
        let log = sarif(&found());
        let results = log["runs"][0]["results"].as_array().unwrap();
        let levels: Vec<&str> = results.iter().map(|one| one["level"].as_str().unwrap()).collect();
        assert_eq!(levels, ["error", "warning", "error"]);
        let place = &results[2]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "lz%20%26%20co.yaml");
        assert_eq!(place["region"]["startLine"], 7);
        assert!(results[1].get("locations").is_none());
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), 3);
    }
}
