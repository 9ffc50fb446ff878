//! A run as a trace of events, for the viewers that browsers and Perfetto have.
//!
//! In: the records of a journal, and its plan where it is known. Out: JSON of the
//! Trace Event Format (Google, "Trace Event Format", complete and metadata
//! events). Each lane of the plan is a group of threads; steps that ran at the
//! same time in one lane stand on threads of their own, since a viewer draws
//! overlapping events of one thread as nested.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::journal_text;
use super::spans::{self, Span};
use crate::apply::journal::Record;
use crate::plan::{Plan, StepId};

/// The one process of a trace.
const PROCESS: u32 = 1;

/// The trace of a run. Without its plan the lanes are the operations.
#[must_use]
pub fn value(run: &str, records: &[Record], plan: Option<&Plan>) -> Value {
    let lanes: BTreeMap<&StepId, &str> = plan
        .map(|plan| plan.steps.iter().map(|step| (&step.id, step.lane.as_str())).collect())
        .unwrap_or_default();
    let mut by_lane: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for span in spans::of(records) {
        let lane = lanes.get(&span.step).map_or_else(|| span.operation.clone(), |lane| (*lane).to_owned());
        by_lane.entry(lane).or_default().push(span);
    }
    let mut events = vec![metadata("process_name", 0, &format!("lzctl run {run}"))];
    let mut thread = 0;
    for (lane, spans) in by_lane {
        for (row, spans) in (1_u32..).zip(rows(spans)) {
            thread += 1;
            events.push(metadata("thread_name", thread, &format!("{lane} {row}")));
            events.extend(spans.iter().flat_map(|span| drawn(span, thread)));
        }
    }
    json!({ "traceEvents": events, "displayTimeUnit": "ms" })
}

/// Spans dealt out to as few rows as let no two of one row overlap. They come in
/// the order of their beginnings.
fn rows(spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut rows: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        let free = rows.iter_mut().find(|row| row.last().is_none_or(|last| last.to <= span.from));
        match free {
            Some(row) => row.push(span),
            None => rows.push(vec![span]),
        }
    }
    rows
}

/// The event of a step, and within it that of AWS's own operation.
fn drawn(span: &Span, thread: u32) -> Vec<Value> {
    let operation = span.accepted.as_ref().map(|(_, id)| id.as_str());
    let outcome = serde_json::to_value(span.state).unwrap_or_default();
    let args = json!({ "operation": span.operation, "outcome": outcome, "sendings": span.sendings, "id": operation });
    let mut events = vec![complete(&span.step.0, "step", thread, (span.from, span.to), &args)];
    if let Some((since, id)) = &span.accepted {
        events.push(complete(id, "aws", thread, (*since, span.to), &json!({ "id": id })));
    }
    events
}

fn complete(name: &str, category: &str, thread: u32, time: (Duration, Duration), args: &Value) -> Value {
    let (from, to) = time;
    json!({ "name": name, "cat": category, "ph": "X", "pid": PROCESS, "tid": thread,
        "ts": microseconds(from), "dur": microseconds(to.saturating_sub(from)), "args": args })
}

fn metadata(name: &str, thread: u32, value: &str) -> Value {
    json!({ "name": name, "ph": "M", "pid": PROCESS, "tid": thread, "args": { "name": value } })
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// A run as JSON: every record with its date, and the counts.
#[must_use]
pub fn records_value(run: &str, story: &crate::apply::journal::reader::Read) -> Value {
    let mut calendar = spans::Calendar::default();
    let lines: Vec<Value> = story
        .records
        .iter()
        .map(|record| {
            let (date, since) = calendar.place(record);
            json!({ "sequence": record.sequence, "time": date, "seconds": since.as_secs_f64(), "entry": record.entry })
        })
        .collect();
    json!({ "run": run, "ending": journal_text::ending(story.ledger.ending), "torn": story.torn,
        "counts": journal_text::tally(story), "records": lines })
}

#[cfg(test)]
mod tests {
    use super::super::spans::tests::records;
    use super::*;

    #[test]
    fn events_of_one_thread_never_overlap_unless_one_holds_the_other() {
        let trace = value("run", &records(), None);
        let events = trace["traceEvents"].as_array().unwrap();
        let steps: Vec<&Value> = events.iter().filter(|event| event["cat"] == "step").collect();
        assert_eq!(steps.len(), 2);
        // Both accounts are made at the same time in one lane.
        assert_ne!(steps[0]["tid"], steps[1]["tid"]);
        assert_eq!((steps[0]["ts"].as_u64(), steps[0]["dur"].as_u64()), (Some(1_000_000), Some(39_000_000)));
        let names: Vec<&str> = events
            .iter()
            .filter(|event| event["name"] == "thread_name")
            .filter_map(|event| event["args"]["name"].as_str())
            .collect();
        assert_eq!(names, ["organizations:CreateAccount 1", "organizations:CreateAccount 2"]);
    }

    #[test]
    fn the_operation_of_aws_lies_within_its_step() {
        let trace = value("run", &records(), None);
        let events = trace["traceEvents"].as_array().unwrap();
        let aws: Vec<&Value> = events.iter().filter(|event| event["cat"] == "aws").collect();
        assert_eq!(aws.len(), 2);
        for inner in aws {
            let outer = events.iter().find(|e| e["cat"] == "step" && e["tid"] == inner["tid"]).unwrap();
            let end = |event: &Value| event["ts"].as_u64().unwrap() + event["dur"].as_u64().unwrap();
            assert!(outer["ts"].as_u64() <= inner["ts"].as_u64() && end(inner) <= end(outer));
        }
    }
}
