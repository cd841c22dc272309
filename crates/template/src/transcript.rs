//! A policy of another language written as JSON, with the way back to the file.
//!
//! What is not known is written twice: as widely as it may be, and as something that nothing else is like. What is said
//! of both is said whatever the unknown part turns out to be, as far as two readings can tell; what touches a text with
//! an unknown part is not said at all ([`Place::is_known`]). Neither reading is an address, a number or a date: what is
//! proved of statements is proved of the third, which has those alone that are known whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use crate::find::may_be_any;
use crate::node::{Entry, Node, Value};
use crate::text::{Kind, Text};

/// How unknown parts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Each as everything.
    Wide,
    /// Each as something that nothing else is like; the same expression as the same.
    Narrow,
    /// A statement with one as a statement that speaks of nothing.
    Known,
}

/// A policy as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The JSON.
    pub text: String,
    /// The places of statements of which it is not known what they say on principals, effects or conditions.
    pub loose: Vec<usize>,
    /// May there be statements that are not in it?
    pub is_partial: bool,
    /// May it have a `Version` that is not known?
    pub has_open_version: bool,
    marks: Vec<Mark>,
}

/// A value or key of the JSON and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    json: Range<usize>,
    file: Range<usize>,
    /// Of a text: its letters.
    runs: Vec<Run>,
    known: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    json: Range<usize>,
    file: Range<usize>,
    exact: bool,
}

/// Where something stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The bytes.
    pub bytes: Range<usize>,
    /// Is it no part of a text that has unknown parts?
    pub is_known: bool,
    /// Does it stand in the file letter by letter?
    pub is_exact: bool,
}

impl Transcript {
    /// Where in the file a range of the JSON stands.
    pub fn place(&self, json: Range<usize>) -> Place {
        let inside = |mark: &&Mark| mark.json.start <= json.start && json.end <= mark.json.end;
        // Parts come after what they are part of.
        let Some(mark) = self.marks.iter().filter(inside).min_by_key(|mark| mark.json.len()) else {
            return Place { bytes: 0..0, is_known: true, is_exact: false };
        };
        if mark.json == json || mark.runs.is_empty() {
            let bytes = if mark.json == json { mark.file.clone() } else { self.between(mark, &json) };
            return Place { bytes, is_known: mark.known, is_exact: false };
        }
        let first = mark.runs.iter().find(|run| json.start < run.json.end);
        let last = mark.runs.iter().rev().find(|run| json.end > run.json.start);
        let (Some(first), Some(last)) = (first, last) else {
            return Place { bytes: mark.file.clone(), is_known: mark.known, is_exact: false };
        };
        let start = if first.exact {
            first.file.start + json.start.saturating_sub(first.json.start)
        } else {
            first.file.start
        };
        let end = if last.exact && json.end < last.json.end {
            last.file.end - (last.json.end - json.end)
        } else {
            last.file.end
        };
        let is_exact = first.json.start <= json.start && json.end <= first.json.end && first.exact;
        Place { bytes: start..end.max(start), is_known: mark.known, is_exact }
    }

    /// Several members of a list or map: from the first to the last of them.
    fn between(&self, around: &Mark, json: &Range<usize>) -> Range<usize> {
        let within = |mark: &&Mark| {
            json.start <= mark.json.start && mark.json.end <= json.end && mark.json != around.json
        };
        let start = self.marks.iter().filter(within).map(|mark| mark.file.start).min();
        let end = self.marks.iter().filter(within).map(|mark| mark.file.end).max();
        match (start, end) {
            (Some(start), Some(end)) if start <= end => start..end,
            _ => around.file.clone(),
        }
    }
}

/// What stands at a place of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Policy,
    Version,
    Statements,
    Statement,
    Effect,
    Actions,
    Resources,
    Principal,
    PrincipalIds,
    Condition,
    Operator,
    Values,
    Other,
}

impl Slot {
    fn of_member(self, key: &str) -> Self {
        match (self, key) {
            (Self::Policy, "Version") => Self::Version,
            (Self::Policy, "Statement") => Self::Statements,
            (Self::Statement, "Effect") => Self::Effect,
            (Self::Statement, "Action" | "NotAction") => Self::Actions,
            (Self::Statement, "Resource" | "NotResource") => Self::Resources,
            (Self::Statement, "Principal" | "NotPrincipal") => Self::Principal,
            (Self::Statement, "Condition") => Self::Condition,
            (Self::Principal, _) => Self::PrincipalIds,
            (Self::Condition, _) => Self::Operator,
            (Self::Operator, _) => Self::Values,
            _ => Self::Other,
        }
    }

    fn of_item(self) -> Self {
        if self == Self::Statements { Self::Statement } else { self }
    }
}

pub(crate) fn transcribe(policy: &Node, reading: Reading) -> Transcript {
    let is_open = |entry: &Entry| entry.key.text == "Version" && entry.value.has_holes();
    let has_open_head = policy.get("Version").is_none() && policy.entries().iter().any(may_be_any);
    // What a statement says turns on the version.
    let has_open_version = has_open_head || policy.entries().iter().any(is_open);
    let mut writer = Writer {
        reading,
        made: Transcript { has_open_version, ..Transcript::default() },
        holes: BTreeMap::new(),
        statement: None,
        count: 0,
        nothing_known: has_open_version,
    };
    writer.node(policy, Slot::Policy);
    writer.made.loose.dedup();
    writer.made
}

struct Writer {
    reading: Reading,
    made: Transcript,
    /// A number for each expression.
    holes: BTreeMap<String, usize>,
    statement: Option<usize>,
    count: usize,
    nothing_known: bool,
}

impl Writer {
    fn number(&mut self, what: &str) -> usize {
        let next = self.holes.len();
        *self.holes.entry(what.to_owned()).or_insert(next)
    }

    /// What a hole in a text is read as. One with which a resource begins is an ARN, whose service is not known.
    fn filled(&mut self, what: &str, slot: Slot, before: &str) -> String {
        if let Some(known) = well_known(what) {
            return known.to_owned();
        }
        if self.reading == Reading::Wide {
            return "*".to_owned();
        }
        let number = self.number(what);
        let at_start = before.is_empty();
        // Another text is no account, and what names none may be no principal at all.
        if slot == Slot::PrincipalIds && before.starts_with("arn:") && before.matches(':').count() == 4 {
            return format!("{:012}", 900_000_000_000 + number);
        }
        match slot {
            Slot::Resources if at_start => format!("arn:*:*:*:*:*unknown{number}*"),
            Slot::PrincipalIds if at_start => format!("arn:aws:iam::111122223333:role/unknown{number}"),
            _ => format!("unknown{number}"),
        }
    }

    fn loosen(&mut self) {
        match self.statement {
            Some(at) => self.made.loose.push(at),
            None => self.made.is_partial = true,
        }
    }

    fn node(&mut self, node: &Node, slot: Slot) {
        let start = self.made.text.len();
        let mark = self.made.marks.len();
        self.made.marks.push(Mark { json: 0..0, file: node.span.clone(), runs: Vec::new(), known: true });
        if slot == Slot::Statement || slot == Slot::Statements && matches!(node.value, Value::Map(_)) {
            self.statement = Some(self.count);
            self.count += 1;
        }
        let slot = if slot == Slot::Statements && matches!(node.value, Value::Map(_)) {
            Slot::Statement
        } else {
            slot
        };
        let mut runs = Vec::new();
        let mut known = true;
        let left_out = self.reading == Reading::Known
            && (slot == Slot::Statement || slot == Slot::Statements && !matches!(node.value, Value::List(_)))
            && (self.nothing_known || node.has_holes());
        match &node.value {
            _ if left_out => {
                known = false;
                let one = NOTHING;
                let _ = match slot {
                    Slot::Statements => write!(self.made.text, "[{one}]"),
                    _ => write!(self.made.text, "{one}"),
                };
            }
            Value::Text(text) => {
                known = !text.has_holes();
                let whole_hole = text.text.chars().count() == 1 && text.has_holes();
                match text.segments.first().map(|segment| &segment.kind) {
                    Some(Kind::Hole(what)) if whole_hole => {
                        let what = what.clone();
                        self.unknown(&what, slot);
                    }
                    _ => runs = self.text(text, slot),
                }
            }
            Value::Plain(plain) => self.made.text.push_str(plain),
            Value::List(items) => {
                self.made.text.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.made.text.push_str(if at == 0 { "" } else { "," });
                    self.node(item, slot.of_item());
                }
                self.made.text.push(']');
            }
            Value::Map(entries) => {
                self.made.text.push('{');
                let mut first = true;
                for entry in entries {
                    let open = entry.key.has_holes();
                    if open {
                        self.loosen();
                        if self.reading == Reading::Wide {
                            continue;
                        }
                    }
                    self.made.text.push_str(if first { "" } else { "," });
                    first = false;
                    let key_start = self.made.text.len();
                    let key_mark = self.made.marks.len();
                    self.made.marks.push(Mark {
                        json: 0..0,
                        file: entry.key_span.clone(),
                        runs: Vec::new(),
                        known: !open,
                    });
                    let runs = match (open, slot) {
                        (true, Slot::Operator) => {
                            let number = self.number(&spelled(&entry.key));
                            let _ = write!(self.made.text, "\"aws:PrincipalTag/unknown{number}\"");
                            Vec::new()
                        }
                        _ => self.text(&entry.key, Slot::Other),
                    };
                    let key_end = self.made.text.len();
                    if let Some(mark) = self.made.marks.get_mut(key_mark) {
                        mark.json = key_start..key_end;
                        mark.runs = runs;
                    }
                    self.made.text.push(':');
                    self.node(&entry.value, slot.of_member(&entry.key.text));
                }
                self.made.text.push('}');
            }
            Value::Unknown(what) => {
                known = false;
                self.unknown(what, slot);
            }
        }
        let end = self.made.text.len();
        if let Some(mark) = self.made.marks.get_mut(mark) {
            mark.json = start..end;
            mark.runs = runs;
            mark.known = known;
        }
        if slot == Slot::Statement {
            self.statement = None;
        }
    }

    /// Something of which nothing is known but where it stands.
    fn unknown(&mut self, what: &str, slot: Slot) {
        let wide = self.reading == Reading::Wide;
        let written = match slot {
            Slot::Policy => {
                self.made.is_partial = true;
                r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned()
            }
            Slot::Version => "\"2012-10-17\"".to_owned(),
            Slot::Statements | Slot::Statement => {
                self.made.is_partial = true;
                let effect = if wide { "Allow" } else { "Deny" };
                let resource = format!("arn:aws:s3:::unknown{}", self.number(what));
                let resource = if wide { "*" } else { &resource };
                let action = if wide { "s3:GetObject" } else { NO_ACTION };
                let one = format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}"#);
                if slot == Slot::Statements { format!("[{one}]") } else { one }
            }
            Slot::Effect => {
                self.loosen();
                if wide { "\"Allow\"" } else { "\"Deny\"" }.to_owned()
            }
            Slot::Principal => {
                self.loosen();
                if wide {
                    "\"*\"".to_owned()
                } else {
                    r#"{"AWS":"arn:aws:iam::111122223333:role/unknown"}"#.to_owned()
                }
            }
            Slot::PrincipalIds => {
                self.loosen();
                let filled = self.filled(what, slot, "");
                quoted(&filled)
            }
            Slot::Condition => {
                self.loosen();
                if wide {
                    "{}".to_owned()
                } else {
                    let number = self.number(what);
                    format!(r#"{{"StringEquals":{{"aws:PrincipalTag/unknown{number}":"unknown"}}}}"#)
                }
            }
            Slot::Operator => {
                self.loosen();
                let number = self.number(what);
                format!(r#"{{"aws:PrincipalTag/unknown{number}":"unknown"}}"#)
            }
            Slot::Actions if !wide => {
                self.loosen();
                quoted(&format!("{NO_ACTION}{}", self.number(what)))
            }
            Slot::Actions | Slot::Resources | Slot::Values | Slot::Other => {
                if slot == Slot::Actions {
                    self.loosen();
                }
                let filled = self.filled(what, slot, "");
                quoted(&filled)
            }
        };
        self.made.text.push_str(&written);
    }

    fn text(&mut self, text: &Text, slot: Slot) -> Vec<Run> {
        let mut runs = Vec::new();
        self.made.text.push('"');
        for segment in &text.segments {
            let letters = text.text.get(segment.at..segment.at + segment.length).unwrap_or_default();
            if let Kind::Hole(what) = &segment.kind {
                let before = text.text.get(..segment.at).unwrap_or_default();
                let filled = self.filled(what, slot, before);
                let start = self.made.text.len();
                escape(&filled, &mut self.made.text);
                let json = start..self.made.text.len();
                runs.push(Run { json, file: segment.file.clone(), exact: false });
                continue;
            }
            let mut at = segment.file.start;
            for letter in letters.chars() {
                let start = self.made.text.len();
                escape(letter.encode_utf8(&mut [0; 4]), &mut self.made.text);
                let json = start..self.made.text.len();
                let exact = segment.kind == Kind::Exact && json.len() == letter.len_utf8();
                let file = if segment.kind == Kind::Exact {
                    at..at + letter.len_utf8()
                } else {
                    segment.file.clone()
                };
                at += letter.len_utf8();
                match runs.last_mut() {
                    Some(Run { json: before, file: place, exact: true })
                        if exact && place.end == file.start =>
                    {
                        before.end = json.end;
                        place.end = file.end;
                    }
                    _ => runs.push(Run { json, file, exact }),
                }
            }
        }
        self.made.text.push('"');
        runs
    }
}

/// An action that no service has.
const NO_ACTION: &str = "clavicle:Unknown";

/// A statement that speaks of nothing.
const NOTHING: &str = r#"{"Effect":"Allow","Action":"clavicle:Unknown","Resource":"*"}"#;

/// A key as written, each hole as its expression.
fn spelled(key: &Text) -> String {
    let mut made = String::new();
    for segment in &key.segments {
        match &segment.kind {
            Kind::Hole(what) => {
                let _ = write!(made, "\0{what}\0");
            }
            _ => made.push_str(key.text.get(segment.at..segment.at + segment.length).unwrap_or_default()),
        }
    }
    made
}

/// What an expression stands for that everybody names alike: any value of it does, since they differ in nothing that
/// a policy text says.
fn well_known(what: &str) -> Option<&'static str> {
    let ends = |names: &[&str]| names.iter().any(|name| what.trim() == *name || what.ends_with(name));
    if ends(&["AWS::Partition"]) || what.contains("aws_partition") && what.ends_with(".partition") {
        Some("aws")
    } else if ends(&["AWS::URLSuffix"]) || what.contains("aws_partition") && what.ends_with(".dns_suffix") {
        Some("amazonaws.com")
    } else {
        None
    }
}

fn quoted(text: &str) -> String {
    let mut made = "\"".to_owned();
    escape(text, &mut made);
    made.push('"');
    made
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            letter if u32::from(letter) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
}
