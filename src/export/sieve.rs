//! A document that the rules accept: what they refuse is left out and told.
//!
//! Sections write what they know to be sayable. AWS has seen more than any table knows, and a
//! document that cannot be used would say nothing at all, so the finished text is read as any
//! document is; the entry to which a refusal points goes, with the refusal as a remark, until
//! nothing is refused.

use super::draft::Draft;
use super::yaml::{Node, Place, Step, render};
use super::{DOCUMENT, Exported};
use crate::observe::census::UNREAD;
use crate::spec::{Diagnostics, Input, Severity, parse_with};

/// So many entries may be refused; beyond that the document says nothing that is worth it.
const MOST: usize = 1000;

/// The finished document.
pub(super) fn sieved(mut draft: Draft<'_>) -> Exported {
    let known = draft.remarks.len();
    for _ in 0..MOST {
        let (text, places) = written(&draft);
        let Some(refused) = refusals(&draft, text) else { break };
        if !leave_out(&mut draft, &refused, &places) {
            break;
        }
    }
    let (text, _) = written(&draft);
    let named = |path: &String| text.contains(path.as_str());
    let mut files = draft.files;
    files.retain(|path, _| named(path));
    files.insert(DOCUMENT.to_owned(), text);
    let refused = draft.remarks.iter().skip(known).cloned().collect();
    Exported { files, remarks: draft.remarks, left_alone: draft.left, refused }
}

/// The text with its head and with what is left alone.
fn written(draft: &Draft<'_>) -> (String, Vec<Place>) {
    let mut root = draft.root.clone();
    let left = draft.left.iter().map(|(address, why)| (address.clone(), why.clone()));
    root.put_filled("leave_alone", Node::Lines(left.collect()));
    render(&head(draft), &root)
}

fn head(draft: &Draft<'_>) -> String {
    let mut head = String::new();
    if let Some(organization) = &draft.census.organization {
        head = format!(
            "The organization {} as it was found; a plan of this document changes nothing.",
            organization.id
        );
    }
    if !draft.remarks.is_empty() {
        head.push_str("\n\nNot in this document:");
        for remark in &draft.remarks {
            head.push_str(&format!("\n- {}", remark.replace('\n', " ")));
        }
    }
    head.push_str("\n\nNot looked at, and left as they are:");
    for (_, words) in UNREAD {
        head.push_str(&format!("\n- {words}"));
    }
    head
}

/// Whatever makes the document unusable.
fn refusals(draft: &Draft<'_>, text: String) -> Option<Diagnostics> {
    let mut fetch = |path: &str| match draft.files.get(path) {
        Some(text) => Input::new(path, text.clone()),
        None => Input::unreadable(path, "there is no such file"),
    };
    parse_with(vec![Input::new(DOCUMENT, text)], &mut fetch).err()
}

/// Takes away what the refusals point to; false when they point to nothing.
fn leave_out(draft: &mut Draft<'_>, refused: &Diagnostics, places: &[Place]) -> bool {
    let mut gone = false;
    // From the end, so that the items of a list keep their numbers.
    let errors = refused.list.iter().rev().filter(|one| one.severity == Severity::Error);
    for error in errors {
        let line = error.labels.first().and_then(|label| usize::try_from(label.span.line).ok());
        let Some(path) = line.and_then(|line| entry_at(places, line)) else { continue };
        if draft.root.remove(&path) {
            draft.remarks.push(format!("{}: {}", told(&path), error.message));
            gone = true;
        } else if let [Step::Key(section), Step::Item(at)] = path.as_slice()
            && section == "leave_alone"
            && let Some(address) = draft.left.keys().nth(*at).cloned()
        {
            draft.left.remove(&address);
            gone = true;
        }
    }
    gone
}

/// The smallest entry that begins on a line, or the last that begins before it; a section as
/// a whole only when nothing else does.
fn entry_at(places: &[Place], line: usize) -> Option<Vec<Step>> {
    let before = places.iter().filter(|place| place.line <= line);
    let nearest = before.clone().map(|place| place.line).max()?;
    let deepest = before.filter(|place| place.line == nearest).max_by_key(|place| place.path.len())?;
    Some(deepest.path.clone())
}

fn told(path: &[Step]) -> String {
    let steps = path.iter().map(|step| match step {
        Step::Key(key) => key.clone(),
        Step::Item(at) => format!("entry {}", at + 1),
    });
    steps.collect::<Vec<_>>().join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::yaml::Map;

    #[test]
    fn a_line_leads_to_the_smallest_entry_that_begins_there() {
        let mut root = Map::default();
        let (mut section, mut one) = (Map::default(), Map::default());
        one.put("email", "a");
        one.put("tags", vec!["x"]);
        section.put("app", one);
        root.put("accounts", section);
        let (_, places) = render("head", &root);
        let key =
            |words: &[&str]| Some(words.iter().map(|word| Step::Key((*word).to_owned())).collect::<Vec<_>>());
        assert_eq!(entry_at(&places, 2), key(&["accounts"]));
        assert_eq!(entry_at(&places, 3), key(&["accounts", "app"]));
        assert_eq!(entry_at(&places, 5), key(&["accounts", "app", "tags"]));
        assert_eq!(entry_at(&places, 99), key(&["accounts", "app", "tags"]));
        assert_eq!(told(&key(&["accounts", "app"]).unwrap()), "accounts / app");
    }
}
