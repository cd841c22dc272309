//! The records of a packed file, unpacked a piece after the other.
//!
//! A whole log is larger than the cache of a processor: what was unpacked first would have gone from it before it is looked
//! at, and what is kept of earlier records with it. So each piece is read when it has come, up to the record that it
//! breaks off in.

use super::scan::{Malformed, Scanner};
use super::{Object, Sink, Unpacking, json, record};

/// So many bytes of text are a piece: of a few they cost more, of many they do not stay near.
/// In tests records break off in each.
pub(super) const SIZE: usize = if cfg!(test) { 1 << 10 } else { 384 << 10 };

/// What comes next in a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// An element, or the end of an empty list.
    First,
    Element,
    /// A comma, or the end.
    Behind,
}

/// Hands over every event, and says where the text is none, and why the bytes cannot be unpacked.
pub(super) fn events(
    unpacking: Unpacking<'_>,
    text: &mut Vec<u8>,
    size: usize,
    sink: &mut impl Sink,
) -> (Result<(), Malformed>, Option<String>) {
    text.clear();
    // A record that was larger than a piece may have made room for itself.
    text.shrink_to(size);
    text.reserve(size);
    let mut log = Log { unpacking, text, dropped: 0 };
    log.unpacking.more(log.text);
    (log.events(sink), log.unpacking.fault())
}

struct Log<'p, 't> {
    unpacking: Unpacking<'p>,
    text: &'t mut Vec<u8>,
    /// So many bytes came before `text`.
    dropped: usize,
}

impl Log<'_, '_> {
    fn events(&mut self, sink: &mut impl Sink) -> Result<(), Malformed> {
        let Some(mut at) = first_record(self.text) else {
            self.all_behind(0);
            return super::events(self.text, sink);
        };
        let mut next = Next::First;
        loop {
            let mut scanner = Scanner::new(self.text);
            scanner.advance(at);
            let is_all = self.unpacking.has_ended();
            let ended = elements(&mut scanner, &mut next, &mut at, is_all, sink);
            match ended {
                Ok(true) => break,
                Err(fault) if is_all => return Err(Malformed { at: fault.at + self.dropped }),
                Ok(false) | Err(_) => self.more_behind(at),
            }
            at = 0;
        }
        self.all_behind(at);
        let dropped = self.dropped;
        rest(self.text, sink).map_err(|fault| Malformed { at: fault.at + dropped })
    }

    /// Drops what was read, up to there, and has more.
    fn more_behind(&mut self, at: usize) {
        self.text.drain(..at);
        self.dropped += at;
        if self.text.len() > self.text.capacity() / 2 {
            self.text.reserve(self.text.capacity());
        }
        self.unpacking.more(self.text);
    }

    /// The same, until nothing more comes.
    fn all_behind(&mut self, at: usize) {
        self.text.drain(..at);
        self.dropped += at;
        while !self.unpacking.has_ended() {
            self.more_behind(0);
        }
    }
}

/// Where the records of a log begin, as trails write it: `{"Records":[`.
fn first_record(text: &[u8]) -> Option<usize> {
    let mut scanner = Scanner::new(text);
    let begins = scanner.takes(b'{')
        && scanner.peek() == Some(b'"')
        && scanner.text().ok()??.raw == b"Records"
        && scanner.takes(b':')
        && scanner.takes(b'[');
    begins.then(|| scanner.at())
}

/// Goes through a list as far as it is there. `at` is where to go on, `next` with what. Was that its end?
fn elements(
    scanner: &mut Scanner<'_>,
    next: &mut Next,
    at: &mut usize,
    is_all: bool,
    sink: &mut impl Sink,
) -> Result<bool, Malformed> {
    loop {
        *at = scanner.at();
        let Some(byte) = scanner.peek() else {
            return if is_all { Err(scanner.fault()) } else { Ok(false) };
        };
        match (*next, byte) {
            (Next::First | Next::Behind, b']') => {
                scanner.advance(1);
                *at = scanner.at();
                return Ok(true);
            }
            (Next::Behind, b',') => {
                scanner.advance(1);
                *next = Next::Element;
            }
            (Next::Behind, _) => return Err(scanner.fault()),
            (Next::First | Next::Element, b'{') => {
                record(scanner, sink)?;
                *next = Next::Behind;
            }
            (Next::First | Next::Element, _) => {
                scanner.skip()?;
                // A number goes on as long as digits do.
                if scanner.peek().is_none() && !is_all {
                    return Ok(false);
                }
                sink.unread();
                *next = Next::Behind;
            }
        }
    }
}

/// What comes behind the records: the rest of their object, and others.
fn rest(text: &[u8], sink: &mut impl Sink) -> Result<(), Malformed> {
    let mut scanner = Scanner::new(text);
    let mut object = Object::default();
    scanner.members_behind(|scanner, name| object.member(scanner, name, sink))?;
    object.end(sink)?;
    if object.event.is_report {
        // The members before are gone, and the records are no part of it.
        let members = text[..scanner.at()].trim_ascii_start();
        let members = members.strip_prefix(b",").unwrap_or(members);
        sink.report(&[b"{", members].concat());
    }
    while scanner.peek().is_some() {
        json(&mut scanner, sink)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::super::{Event, Malformed, Packed, Record, Sink, packed};

    /// What it was given, in words.
    #[derive(Debug, Default, PartialEq)]
    struct Given(Vec<String>);

    impl Sink for Given {
        fn report(&mut self, report: &[u8]) {
            // Records beside it are no part of a report.
            let mut report: serde_json::Value = serde_json::from_slice(report).unwrap();
            report.as_object_mut().unwrap().retain(|name, _| name != "Records");
            self.0.push(format!("report {report}"));
        }

        fn unread(&mut self) {
            self.0.push("unread".to_owned());
        }

        fn picked(&mut self) {
            self.0.push("picked".to_owned());
        }

        fn event(&mut self, event: &Event<'_>, record: Option<Record<'_>>) {
            let whole = record.map(|it| String::from_utf8_lossy(&it.text[it.from..it.to]).into_owned());
            let name = event.name.read().unwrap_or_default();
            self.0.push(format!("{name} {} {whole:?}", String::from_utf8_lossy(event.parameters)));
        }
    }

    fn at_once(text: &str) -> (Given, Result<(), Malformed>) {
        let mut given = Given::default();
        let read = super::super::events(text.as_bytes(), &mut given);
        (given, read)
    }

    fn in_pieces(text: &str, size: usize) -> (Given, Result<(), Malformed>) {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text.as_bytes()).unwrap();
        let bytes = writer.finish().unwrap();
        let Packed::InPieces(unpacking) = packed(&bytes) else { panic!("it is packed") };
        let mut given = Given::default();
        let (read, fault) = super::events(unpacking, &mut Vec::new(), size, &mut given);
        assert_eq!(fault, None);
        (given, read)
    }

    const ELEMENTS: &[&str] = &[
        r#"{"eventTime":"t","eventSource":"s","eventName":"A","requestParameters":{"a":["]}",{"b":1}]}}"#,
        r#"{"eventName":"B\"","eventTime":"t", "eventSource":"s" , "c":[[[]],{}] }"#,
        r#"{"ServicesLastAccessed":[]}"#,
        r#"{"eventName":"no record"}"#,
        "{}",
        "123",
        "null",
        r#""text""#,
        "[1,[2]]",
        "",
    ];

    fn log() -> impl Strategy<Value = String> {
        let begins = [
            r#"{"Records":["#,
            " {\n\"Records\" : [ ",
            r#"{"x":1,"Records":["#,
            "[",
            "\u{feff}{\"Records\":[",
        ];
        let between = [",", ",", ",", " , ", ",\n", ",,", " "];
        let ends = [
            "]}",
            "]}",
            " ] } \n",
            r#"],"x":{"y":1}}"#,
            r#"],"Records":[{"eventTime":"t","eventSource":"s","eventName":"C"}]}{"Records":[]}"#,
            r#"],"eventTime":"t","eventSource":"s","eventName":"D"}"#,
            r#"],"logEvents":[{"message":"x"}],"detail":{"eventType":"AwsCloudTrailInsight"}}"#,
            r#"],"logEvents":[{"message":"x"}],"messageType":"CONTROL_MESSAGE"}"#,
            r#"],"JobStatus":"COMPLETED","ServicesLastAccessed":[{"ServiceNamespace":"s3"}]}"#,
            r#"] , "ServicesLastAccessed":[],"Records":[] } {"ServicesLastAccessed":[]}"#,
            "]",
            "}",
            "]]",
        ];
        let element = (prop::sample::select(ELEMENTS), prop::sample::select(between.to_vec()));
        let elements = prop::collection::vec(element, 0..12);
        (prop::sample::select(begins.to_vec()), elements, prop::sample::select(ends.to_vec())).prop_map(
            |(begin, elements, end)| {
                let mut text = begin.to_owned();
                for (at, (element, between)) in elements.into_iter().enumerate() {
                    text += if at > 0 { between } else { "" };
                    text += element;
                }
                text + end
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn pieces_come_to_what_the_whole_comes_to(log in log(), size in 1usize..200, cut in prop::option::of(any::<prop::sample::Index>())) {
            let to = cut.map_or(log.len(), |cut| cut.index(log.len() + 1));
            let text = String::from_utf8_lossy(&log.as_bytes()[..to]);
            prop_assert_eq!(in_pieces(&text, size), at_once(&text));
        }
    }
}
