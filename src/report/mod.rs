//! Values to text, JSON, DOT, Mermaid, HTML, Markdown, SARIF and JUnit.
//!
//! In: a plan, a graph, notices, an outcome, a snapshot. Out: text for people or
//! for machines. Rendering decides nothing and prints nothing (invariant I12): what
//! is printed where, and whether colour is wanted, is said by the caller.

pub mod access_text;
pub mod census_text;
pub mod controls_text;
pub mod coverage_text;
pub mod dot;
pub mod drift_text;
pub mod duration;
pub mod effective_text;
pub mod estimate_text;
pub mod findings;
pub mod graph_text;
pub mod html;
pub mod journal_text;
pub mod leftovers_text;
pub mod lock_clock;
pub mod mermaid;
pub mod outcome;
pub mod paint;
pub mod permissions_text;
pub mod plan_json;
pub mod plan_markdown;
pub mod plan_text;
pub mod preflight_text;
pub mod progress;
pub mod promises_text;
pub mod remaining;
pub mod resource_text;
mod spans;
mod step_text;
pub mod story;
pub mod timeline;
pub mod trace;
pub mod tree;
pub mod value_text;
pub mod verdict_hint;

pub use paint::Paint;
