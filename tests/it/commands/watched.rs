//! A run as it is watched where there is no terminal: by people who read a log, and by programs.

use std::collections::BTreeMap;

use super::*;

#[test]
fn without_a_terminal_a_run_tells_each_change_of_state_once_and_redraws_nothing() {
    let folder = folder();
    let ran = run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    assert!(!ran.err.contains(['\r', '\u{1b}']), "{}", ran.err);
    let mut told: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in ran.err.lines().filter(|line| !line.starts_with("note:")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[0].split(':').count(), 3, "no time: {line}");
        *told.entry((words[2], words[3])).or_default() += 1;
    }
    // An account takes AWS a minute and a half, in which it is asked many times; nothing of that is told.
    for state in ["start", "running", "done"] {
        assert_eq!(told.get(&(state, "account.one")), Some(&1), "{told:?}");
    }
    assert!(told.values().all(|times| *times == 1), "{told:?}");
    let running = ran.err.lines().find(|line| line.contains("running     account.one")).unwrap();
    assert!(running.contains("AWS works on it as car-") && running.contains("; 1 wait for it"), "{running}");
    let start = ran.err.lines().find(|line| line.contains("start       account.one")).unwrap();
    assert!(start.contains("organizations:CreateAccount, usually 90 s"), "{start}");
}

#[test]
fn as_json_each_line_of_stderr_is_an_object_whatever_is_told() {
    let folder = folder();
    let apply = ["apply", "small.yaml", "--simulate", "w.json", "--yes", "--log", "json"];
    let ran = run(folder.path(), &apply).exits(0);
    let lines: Vec<Value> = ran.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["said"].as_str().unwrap().contains("w.json is a new simulated AWS"), "{}", lines[0]);
    let running = lines.iter().find(|line| line["event"]["notice"] == "running").unwrap();
    assert!(running["event"]["operation"].as_str().unwrap().starts_with("car-"), "{running}");
    assert_eq!(
        (&running["event"]["waiting"], &running["event"]["expected"]["secs"]),
        (&1.into(), &90.into())
    );
    let times: Vec<f64> = lines.iter().filter_map(|line| line["seconds"].as_f64()).collect();
    assert!(times.is_sorted() && times.last() > Some(&90.0), "{times:?}");
    let failing = ["plan", "missing.yaml", "--log", "json"];
    let failed = run(folder.path(), &failing).exits(3);
    let said: Value = serde_json::from_str(failed.err.lines().next().unwrap()).unwrap();
    assert!(said["said"].as_str().unwrap().contains("missing.yaml"), "{said}");
}
