//! Findings as an editor shows them, and the changes that mend them.

use std::ops::Range;

use clavicle_answer::{Lint, PolicyFile, Settings, visible};
use clavicle_lint::Severity;
use serde_json::{Value, json};

use super::lines::range_of;

/// Everything that is to be said of a file, but for what somebody accepted; and what of it is not looked at.
pub(super) fn diagnostics(file: &PolicyFile, settings: &Settings, today: &str) -> Vec<Value> {
    let lint = Lint { today: Some(today.to_owned()), ..Lint::default() };
    let Ok(page) = lint.look(std::slice::from_ref(file), settings) else { return Vec::new() };
    let findings = page.findings.iter().map(|found| {
        let level = match found.level.as_str() {
            "error" => 1,
            "suggestion" => 3,
            _ => 2,
        };
        let fix = found.finding.fix.trim_end_matches('.');
        // That it was accepted until a day that is over.
        let again = page.notes.iter().find(|note| note.split(' ').next() == Some(&found.finding.id));
        let again = again.map(|note| format!("\n{}", visible(note))).unwrap_or_default();
        json!({
            "range": range_of(&file.text, &shown(&file.text, &found.place.bytes)),
            "severity": level,
            "code": found.finding.rule,
            "source": "clavicle",
            "message": format!("{}\n{}{again}", visible(&found.finding.sentence), visible(&sentence(fix))),
        })
    });
    let unlooked = clavicle_answer::unlooked(file);
    // Files that speak of no policies have faults while they are written, which are others' to tell.
    let speaks = !page.documents.is_empty() || unlooked.iter().any(|(bytes, _)| !bytes.is_empty());
    let unlooked = unlooked.iter().filter(|_| speaks).map(|(bytes, said)| {
        json!({
            "range": range_of(&file.text, &shown(&file.text, bytes)),
            "severity": 3,
            "code": "not-read",
            "source": "clavicle",
            "message": visible(said),
        })
    });
    findings.chain(unlooked).collect()
}

/// A place of many lines is shown by its first: what is under all of a statement hides what is under its parts.
fn shown(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let line = text.get(bytes.clone()).and_then(|text| text.find('\n'));
    bytes.start..line.map_or(bytes.end, |end| bytes.start + end)
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with('?') { None } else { Some('.') };
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(end).collect()).unwrap_or_default()
}

/// The changes of findings that stand in a range, each by itself and shown to keep the access.
pub(super) fn actions(file: &PolicyFile, uri: &str, wanted: &Range<usize>) -> Vec<Value> {
    let mut made = Vec::new();
    let mut seen = Vec::new();
    let (held, _) = clavicle_answer::held(file);
    for policy in held {
        let (kind, _) = policy.kind();
        for found in policy.lint(kind) {
            let place = found.range();
            if found.edits.is_empty() || place.start > wanted.end || place.end < wanted.start {
                continue;
            }
            let key = (found.rule.id, found.span, found.message.clone());
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            // Only what `--fix` would do: the prover has to show that the access stays.
            let Some(fixed) = Lint::default().fix_one(file, &found) else { continue };
            let mark = match found.severity() {
                Severity::Error => 1,
                Severity::Suggestion => 3,
                _ => 2,
            };
            let (bytes, new) = difference(&file.text, &fixed);
            made.push(json!({
                "title": visible(&format!("Mend {}, with the same access (proved)", found.rule.id)),
                "kind": "quickfix",
                "isPreferred": mark == 1,
                "edit": {"changes": {uri: [{"range": range_of(&file.text, &bytes), "newText": new}]}},
            }));
        }
    }
    made
}

/// The bytes that differ, and what stands there afterwards.
fn difference<'n>(old: &str, new: &'n str) -> (Range<usize>, &'n str) {
    let same = old.char_indices().zip(new.chars()).take_while(|((_, one), other)| one == other);
    let start = same.last().map_or(0, |((at, one), _)| at + one.len_utf8());
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let ending: usize = old_rest
        .chars()
        .rev()
        .zip(new_rest.chars().rev())
        .take_while(|(one, other)| one == other)
        .map(|(one, _)| one.len_utf8())
        .sum();
    (start..old.len() - ending, new_rest.get(..new_rest.len() - ending).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn only_what_differs_is_replaced() {
        for (old, new) in
            [("aé: x", "aé: yz"), ("aab", "ab"), ("", "x"), ("x", ""), ("éa", "èa"), ("aa", "aaa")]
        {
            let (bytes, text) = difference(old, new);
            let mut made = old.to_owned();
            made.replace_range(bytes, text);
            assert_eq!(made, new);
        }
    }
}
