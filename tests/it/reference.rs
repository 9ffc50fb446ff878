//! The reference of the book is what the program says of itself: its schema, its help, its codes.
//!
//! `UPDATE_RECORDED=1` writes the pages under `docs/reference/`; read the difference.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use assert_cmd::Command;
use serde_json::{Map, Value};

/// What a page says of its origin.
const MADE: &str = "This page is made from the program itself; a test holds it to that.";

fn lzctl(args: &[&str]) -> String {
    let mut program = Command::cargo_bin("lzctl").unwrap();
    let output = program.args(args).env_remove("COLUMNS").output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn held_to(page: &str, text: &str) {
    let path = format!("{}/docs/reference/{page}.md", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_RECORDED").is_some() {
        fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference")).unwrap();
        fs::write(&path, text).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(recorded == text, "{path} is old: run it with UPDATE_RECORDED=1 and read the difference");
}

/// A section of the document by its name in the schema.
fn section(reference: &Value) -> Option<&str> {
    reference["$ref"].as_str()?.strip_prefix("#/definitions/")
}

/// A section as a link: its name as words, without what every name ends with.
fn link(name: &str) -> String {
    let mut words = String::new();
    for letter in name.strip_suffix("Section").unwrap_or(name).chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    format!("[{words}](#{})", words.replace(' ', "-"))
}

/// What may stand there, for people; the sections that it leads to are noted.
fn kind(value: &Value, noted: &mut Vec<String>) -> String {
    if let Some(name) = section(value) {
        noted.push(name.to_owned());
        return link(name);
    }
    for one_of in ["allOf", "anyOf", "oneOf"] {
        if let Some(several) = value[one_of].as_array() {
            let kinds: Vec<String> = several.iter().map(|one| kind(one, noted)).collect();
            return kinds.join(" or ");
        }
    }
    if let Some(words) = value["enum"].as_array() {
        let words: Vec<String> =
            words.iter().map(|word| format!("`{}`", word.as_str().unwrap_or_default())).collect();
        return words.join(", ");
    }
    if !value["const"].is_null() {
        return format!("`{}`", value["const"]);
    }
    match &value["type"] {
        Value::String(one) => simple(one, value, noted),
        Value::Array(several) => {
            let kinds = several.iter().map(|one| simple(one.as_str().unwrap(), value, noted));
            kinds.collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

fn simple(one: &str, value: &Value, noted: &mut Vec<String>) -> String {
    match one {
        "array" => format!("list of {}", kind(&value["items"], noted)),
        "object" => match entries(value) {
            Some(each) => format!("by name: {}", kind(each, noted)),
            None => "mapping".to_owned(),
        },
        "string" => "text".to_owned(),
        "integer" => "number".to_owned(),
        "boolean" => "`true`, `false`".to_owned(),
        other => other.to_owned(),
    }
}

/// What each entry of a mapping is, where its keys are the operator's own.
fn entries(value: &Value) -> Option<&Value> {
    let by_pattern = value["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
    by_pattern.or_else(|| Some(&value["additionalProperties"]).filter(|each| each.is_object()))
}

/// A table of the keys of a section.
fn keys(section: &Value, noted: &mut Vec<String>) -> String {
    let empty = Map::new();
    let properties = section["properties"].as_object().unwrap_or(&empty);
    let required: Vec<&str> =
        section["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut out = "| key | what stands there | meaning |\n|---|---|---|\n".to_owned();
    for (key, value) in properties {
        let must = if required.contains(&key.as_str()) { " Required." } else { "" };
        let meaning =
            value["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|");
        writeln!(out, "| `{key}` | {} | {meaning}{must} |", kind(value, noted)).unwrap();
    }
    out
}

#[test]
fn the_reference_of_the_document_is_its_schema() {
    let schema: Value = serde_json::from_str(&lzctl(&["schema"])).unwrap();
    let mut noted = Vec::new();
    let mut page = format!(
        "# Reference: the document\n\n{MADE} What the keys are for and how they go together: [the document](../document.md).\n\n{}\n",
        keys(&schema, &mut noted)
    );
    let (mut told, mut next) = (BTreeSet::new(), 0);
    while next < noted.len() {
        let name = noted[next].clone();
        next += 1;
        if !told.insert(name.clone()) {
            continue;
        }
        let section = &schema["definitions"][&name];
        let title = link(&name);
        let title = title.split(']').next().unwrap().trim_start_matches('[').to_owned();
        let description = section["description"].as_str().unwrap_or_default();
        write!(page, "## {title}\n\n{description}\n\n{}\n", keys(section, &mut noted)).unwrap();
    }
    assert_eq!(
        told.len(),
        schema["definitions"].as_object().unwrap().len(),
        "sections that nothing leads to"
    );
    held_to("document", &format!("{}\n", page.trim_end()));
}

/// The names of the commands below a help text.
fn commands(help: &str) -> Vec<String> {
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| !line.is_empty());
    let named = lines.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let names = named.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Whether a line of help begins an option that every command has.
fn common(line: &str) -> bool {
    ["-v, --verbose", "--log ", "--color ", "-h, --help", "-V, --version"]
        .iter()
        .any(|option| line.trim_start().starts_with(option))
}

/// The help of a command and of those below it, without what all of them share.
fn helped(words: &[&str], page: &mut String) {
    let help = lzctl(&[words, &["--help"]].concat());
    let mut shared = false;
    let own = help.lines().filter(|line| {
        let begins = line.trim_start().starts_with('-') && line.starts_with("  ");
        shared = if begins { common(line) } else { shared && line.starts_with("    ") };
        !shared
    });
    let text = own.collect::<Vec<_>>().join("\n").replace("\nOptions:\n\n", "\n");
    let text = text.trim_end().trim_end_matches("\nOptions:").trim_end();
    write!(page, "## lzctl {}\n\n```text\n{text}\n```\n\n", words.join(" ")).unwrap();
    for below in commands(&help) {
        helped(&[words, &[below.as_str()]].concat(), page);
    }
}

#[test]
fn the_reference_of_the_commands_is_their_help() {
    let help = lzctl(&["--help"]);
    let all = commands(&help);
    assert!(all.len() > 25, "{all:?}");
    let mut page = format!("# Reference: the commands\n\n{MADE}\n\n```text\n{}\n```\n\n", help.trim_end());
    all.iter().for_each(|command| helped(&[command.as_str()], &mut page));
    held_to("commands", &format!("{}\n", page.trim_end()));
}

#[test]
fn the_reference_of_the_codes_is_what_explain_tells() {
    let list = lzctl(&["explain"]);
    let mut page =
        format!("# Reference: codes of messages and findings\n\n{MADE} `lzctl explain CODE` tells one.\n\n");
    for code in list.lines().filter_map(|line| line.split_whitespace().next()) {
        let told = lzctl(&["explain", code]);
        let (title, text) = told.split_once("\n\n").unwrap();
        let title = title.split_once(": ").map_or(title, |(_, title)| title);
        write!(page, "## {code}\n\n**{title}.** {}\n\n", text.trim()).unwrap();
    }
    held_to("codes", &format!("{}\n", page.trim_end()));
}
