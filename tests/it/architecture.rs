//! The house keeps its shape: who may name whom, and what each floor may not do.
//!
//! One package means the compiler refuses no back-edge, so this test does. It
//! reads the sources as text and fails with file, line and the rule broken.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each floor and the floors it may name, itself aside. The picture of
/// docs/architecture.md is drawn from the same rows.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("catalog", &["model"]),
    ("spec", &["model", "catalog"]),
    ("cloud", &["model", "catalog"]),
    ("graph", &["spec", "model", "catalog"]),
    ("observe", &["cloud", "model", "catalog"]),
    ("export", &["observe", "spec", "model", "catalog"]),
    ("diff", &["graph", "observe", "spec", "model", "catalog"]),
    ("coverage", &["diff", "graph", "observe", "catalog", "model"]),
    ("preflight", &["observe", "cloud", "model", "catalog"]),
    ("plan", &["preflight", "diff", "graph", "observe", "spec", "cloud", "model", "catalog"]),
    ("apply", &["plan", "diff", "graph", "observe", "cloud", "model", "catalog"]),
    (
        "report",
        &[
            "apply",
            "coverage",
            "plan",
            "preflight",
            "diff",
            "graph",
            "observe",
            "spec",
            "cloud",
            "model",
            "catalog",
        ],
    ),
    (
        "rehearse",
        &["export", "apply", "plan", "diff", "graph", "observe", "spec", "cloud", "model", "catalog", "sim"],
    ),
    ("sim", &[]),
    (
        "cli",
        &[
            "rehearse",
            "report",
            "export",
            "apply",
            "coverage",
            "plan",
            "preflight",
            "diff",
            "graph",
            "observe",
            "spec",
            "cloud",
            "model",
            "catalog",
            "sim",
        ],
    ),
];

/// Floors that decide: synchronous, and no I/O (invariant I1).
const PURE: &[&str] =
    &["model", "catalog", "spec", "graph", "export", "diff", "coverage", "preflight", "plan", "report"];

/// What a pure floor must not touch.
const IMPURE: &[&str] = &[
    "async fn",
    ".await",
    "std::fs",
    "fs_err",
    "std::net",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Every source line with its file, floor and number.
fn lines() -> Vec<(PathBuf, String, usize, String)> {
    let mut files = Vec::new();
    rust_files(&source(), &mut files);
    let mut lines = Vec::new();
    for file in files {
        let inside = file.strip_prefix(source()).unwrap();
        let floor = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        for (index, line) in text.lines().enumerate() {
            lines.push((file.clone(), floor.clone(), index + 1, line.to_owned()));
        }
    }
    lines
}

/// The part of a line that is code.
fn code(line: &str) -> &str {
    let line = line.trim_start();
    if line.starts_with("//") { "" } else { line }
}

fn named_floors(line: &str) -> Vec<String> {
    code(line)
        .split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn imports_run_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_NAME.iter().copied().collect();
    let mut broken = Vec::new();
    for (file, floor, number, line) in lines() {
        let Some(may) = allowed.get(floor.as_str()) else {
            continue;
        };
        for named in named_floors(&line) {
            let is_floor = allowed.contains_key(named.as_str());
            if is_floor && named != floor && !may.contains(&named.as_str()) {
                broken.push(format!("{}:{number}: {floor} may not name {named}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_floor_has_its_row() {
    let rows: Vec<&str> = MAY_NAME.iter().map(|(floor, _)| *floor).collect();
    for entry in std::fs::read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(rows.contains(&name.as_str()), "src/{name} has no row in MAY_NAME");
        }
    }
}

#[test]
fn the_sdk_is_named_only_in_the_cloud() {
    let strays: Vec<String> = lines()
        .into_iter()
        .filter(|(_, floor, _, line)| floor != "cloud" && code(line).contains("aws_sdk_"))
        .map(|(file, _, number, _)| format!("{}:{number}", file.display()))
        .collect();
    assert!(strays.is_empty(), "aws_sdk_ outside src/cloud: {}", strays.join(", "));
}

#[test]
fn the_simulator_is_an_island() {
    let strays: Vec<String> = lines()
        .into_iter()
        .filter(|(_, floor, _, _)| floor == "sim")
        .filter(|(_, _, _, line)| named_floors(line).iter().any(|named| named != "sim"))
        .map(|(file, _, number, line)| format!("{}:{number}: {}", file.display(), line.trim()))
        .collect();
    assert!(strays.is_empty(), "the simulator names us: {}", strays.join("\n"));
}

#[test]
fn deciding_floors_do_no_io_and_wait_for_nothing_i1() {
    let mut strays = Vec::new();
    for (file, floor, number, line) in lines() {
        if !PURE.contains(&floor.as_str()) {
            continue;
        }
        for word in IMPURE {
            if code(&line).contains(word) {
                strays.push(format!("{}:{number}: `{word}` on the pure floor {floor}", file.display()));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut files = Vec::new();
    rust_files(&source(), &mut files);
    let silent: Vec<String> = files
        .into_iter()
        .filter(|file| !std::fs::read_to_string(file).unwrap().starts_with("//!"))
        .map(|file| file.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no //! at the head of: {}", silent.join(", "));
}

#[test]
fn no_room_is_a_lumber_room() {
    let mut files = Vec::new();
    rust_files(&source(), &mut files);
    for file in files {
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !["util", "utils", "common", "helpers", "types", "misc"].contains(&stem.as_str()),
            "{}",
            file.display()
        );
    }
}
