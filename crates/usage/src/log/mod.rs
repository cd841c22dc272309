//! Which events does a file hold?
//!
//! Forms are told apart by their first bytes, whatever the file is called: what a trail delivers (`{"Records": […]}`), what
//! `aws cloudtrail lookup-events` prints (`{"Events": […]}`), what comes by way of CloudWatch Logs (`{"events": […]}` of
//! `filter-log-events`, `{"logEvents": […]}` of a subscription) or of EventBridge (`{"detail": {…}}`), and rows: those of
//! CloudTrail Lake and of Amazon Athena, as JSON or CSV. Reports of last access are recognized beside them. Each plain, or
//! packed with gzip or zstd. What is neither an event nor a report is counted: it may be one that nobody here can read.
//!
//! Some forms hold what a filter let through, and do not say which. What such a file does not show may have happened:
//! - EventBridge: events that match the pattern of a rule, by default without those of management that only read (unless its
//!   state is `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`);
//! - CloudWatch Logs: events that match the pattern of `filter-log-events` or of a subscription;
//! - `lookup-events`: see [`lookup`].
//!
//! See AWS: Amazon CloudWatch Logs API Reference, `FilterLogEvents`; CloudWatch Logs User Guide, Log group-level subscription
//! filters; Amazon EventBridge User Guide, AWS service events delivered via AWS CloudTrail, and Receiving read-only management
//! events from AWS services (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html>).

mod event;
mod inflate;
mod lookup;
mod pieces;
mod repeats;
mod rows;
mod scan;

pub(crate) use event::{Event, Identity};
pub(crate) use inflate::packed_file;
use inflate::{Packed, Unpacking, packed};
pub(crate) use repeats::{Repeat, Repeats};
pub(crate) use scan::{Malformed, Scanner, Text};

/// What takes the events of a log.
pub(crate) trait Sink {
    /// Does a record begin here that was taken before, but for its times and ids? Then it was taken again, and this is
    /// how long it is.
    fn repeated(&mut self, _rest: &[u8]) -> Option<usize> {
        None
    }

    /// Takes the answer of `aws iam get-service-last-accessed-details`, as it is written.
    fn report(&mut self, _report: &[u8]) {}

    /// Hears of an entry, or of a whole object, that is no event and no report.
    fn unread(&mut self) {}

    /// Hears that events may have been picked from more than are there.
    fn picked(&mut self) {}

    /// Takes an event. `record` is where it stands in its text, if it stands there as it is.
    fn event(&mut self, event: &Event<'_>, record: Option<Record<'_>>);
}

/// A part of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'b> {
    pub(crate) text: &'b [u8],
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Hands over every event of a file, in its order: of its bytes as they stand there, packed or not. `text` is scratch space.
/// Why it could not be read to its end; what came before that was handed over.
pub(crate) fn read(bytes: &[u8], text: &mut Vec<u8>, sink: &mut impl Sink) -> Option<String> {
    let (read, fault) = match packed(bytes) {
        Packed::Plain(plain, fault) => (events(plain, sink), fault),
        Packed::InPieces(unpacking) => pieces::events(unpacking, text, pieces::SIZE, sink),
    };
    // The end of a torn file is no JSON either; the first reason tells more.
    fault.or_else(|| read.err().map(|fault| format!("is no log from byte {} on", fault.at)))
}

/// Hands over every event of a text, in its order. Stops where the text is no longer what it was: what came before
/// was handed over.
fn events(bytes: &[u8], sink: &mut impl Sink) -> Result<(), Malformed> {
    let mut scanner = Scanner::new(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    match scanner.peek() {
        None => Ok(()),
        Some(b'{' | b'[') => {
            while scanner.peek().is_some() {
                json(&mut scanner, sink)?;
            }
            Ok(())
        }
        Some(_) => rows::csv(bytes, sink),
    }
}

fn json(scanner: &mut Scanner<'_>, sink: &mut impl Sink) -> Result<(), Malformed> {
    if scanner.peek() == Some(b'[') {
        scanner.list(|scanner| record(scanner, sink))?;
        return Ok(());
    }
    scanner.peek();
    let from = scanner.at();
    let mut object = Object::default();
    scanner.object(|scanner, name| object.member(scanner, name, sink))?;
    object.end(sink)?;
    if object.event.is_report {
        sink.report(&scanner.bytes()[from..scanner.at()]);
    }
    if !object.holds && !object.event.is_record() && !object.event.is_report {
        sink.unread();
    }
    Ok(())
}

/// An object that stands alone in a file.
#[derive(Default)]
struct Object<'b> {
    /// What it is itself.
    event: Event<'b>,
    /// Does it hold events, be they none?
    holds: bool,
    /// Stands before what a subscription sent: a member behind it may say that it is no log.
    sent: Option<Scanner<'b>>,
    is_control: bool,
}

impl<'b> Object<'b> {
    fn member(
        &mut self,
        scanner: &mut Scanner<'b>,
        name: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), Malformed> {
        match name {
            b"Records" => self.holds |= scanner.list(|scanner| record(scanner, sink))?,
            b"Events" => {
                let mut common = lookup::Common::default();
                self.holds |= scanner.list(|scanner| {
                    let mut attributes = lookup::Attributes::default();
                    within(scanner, b"CloudTrailEvent", sink, |scanner, name| {
                        lookup::member(scanner, name, &mut attributes)
                    })?;
                    common.entry(attributes);
                    Ok(())
                })?;
                if common.may_be_filtered() {
                    sink.picked();
                }
            }
            b"events" => self.holds |= messages(scanner, sink)?,
            b"logEvents" => {
                self.sent = Some(scanner.clone());
                scanner.skip()?;
            }
            b"messageType" => {
                self.is_control = scanner.text()?.is_some_and(|text| text.raw == b"CONTROL_MESSAGE");
            }
            b"detail" => {
                record(scanner, sink)?;
                self.holds = true;
                sink.picked();
            }
            b"QueryResultRows" => self.holds |= scanner.list(|scanner| rows::query_row(scanner, sink))?,
            _ => self.event.member(scanner, name)?,
        }
        Ok(())
    }

    /// Hands over what is known once all members are.
    fn end(&mut self, sink: &mut impl Sink) -> Result<(), Malformed> {
        // With such a message CloudWatch Logs tries whether its destination can be reached.
        if let Some(mut sent) = self.sent.take().filter(|_| !self.is_control) {
            self.holds |= messages(&mut sent, sink)?;
        }
        self.holds |= self.is_control;
        if self.event.is_record() {
            sink.event(&self.event, None);
        }
        Ok(())
    }
}

fn record(scanner: &mut Scanner<'_>, sink: &mut impl Sink) -> Result<(), Malformed> {
    scanner.peek();
    let (text, from) = (scanner.bytes(), scanner.at());
    if let Some(length) = sink.repeated(&text[from..]) {
        scanner.advance(length);
        return Ok(());
    }
    let event = Event::read(scanner)?.unwrap_or_default();
    if event.is_record() {
        sink.event(&event, Some(Record { text, from, to: scanner.at() }));
    }
    if event.is_report {
        sink.report(&text[from..scanner.at()]);
    }
    if !event.is_record() && !event.is_report {
        sink.unread();
    }
    Ok(())
}

/// Entries of CloudWatch Logs.
fn messages(scanner: &mut Scanner<'_>, sink: &mut impl Sink) -> Result<bool, Malformed> {
    let is_list = scanner.list(|scanner| within(scanner, b"message", sink, |scanner, _| scanner.skip()))?;
    if is_list {
        sink.picked();
    }
    Ok(is_list)
}

/// An entry of which a member is a record as text; `beside` goes behind the values of others.
fn within<'b>(
    scanner: &mut Scanner<'b>,
    member: &[u8],
    sink: &mut impl Sink,
    mut beside: impl FnMut(&mut Scanner<'b>, &'b [u8]) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let mut text = None;
    scanner.object(|scanner, name| {
        if name == member {
            text = scanner.text()?;
            return Ok(());
        }
        beside(scanner, name)
    })?;
    let text = text.and_then(Text::read);
    // A text that is torn tears nothing around it.
    if text.is_none_or(|text| record(&mut Scanner::new(text.as_bytes()), sink).is_err()) {
        sink.unread();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Event, Record, Sink, events};

    struct Each<F>(F);

    impl<F: FnMut(&Event<'_>)> Sink for Each<F> {
        fn event(&mut self, event: &Event<'_>, _: Option<Record<'_>>) {
            self.0(event);
        }
    }

    pub(super) fn names(text: &str) -> (Vec<String>, bool) {
        let mut names = Vec::new();
        let read = events(
            text.as_bytes(),
            &mut Each(|event: &Event<'_>| {
                let text = |text: super::Text<'_>| text.read().unwrap_or_default().into_owned();
                names.push(format!(
                    "{} {} {} {}",
                    text(event.name),
                    text(event.caller.issuer),
                    text(event.caller.arn),
                    String::from_utf8_lossy(event.parameters)
                ));
            }),
        );
        (names, read.is_ok())
    }

    const RECORD: &str = r#"{"userIdentity":{"arn":"u"},"eventTime":"2026-03-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"N","requestParameters":{"a":"b"}}"#;

    #[test]
    fn every_form_is_read() {
        let one = (vec![r#"N  u {"a":"b"}"#.to_owned()], true);
        assert_eq!(names(&format!("{{\"Records\":[{RECORD}]}}")), one);
        assert_eq!(names(&format!("[{RECORD}]")), one);
        assert_eq!(names(RECORD), one);
        let lookup =
            serde_json::json!({"Events": [{"EventId": "x", "CloudTrailEvent": RECORD}], "NextToken": "t"});
        assert_eq!(names(&lookup.to_string()), one);
        let message = serde_json::json!([{"logStreamName": "x", "timestamp": 1, "message": RECORD}]);
        assert_eq!(names(&format!("{{\"events\":{message},\"nextToken\":\"t\"}}")), one);
        assert_eq!(names(&format!("{{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":{message}}}")), one);
        assert_eq!(names(&format!("{{\"source\":\"aws.s3\",\"detail\":{RECORD}}}")), one);
        let (both, whole) = names(&format!("{RECORD}\n{RECORD}\n"));
        assert!(both.len() == 2 && whole);
        assert_eq!(names(""), (vec![], true));
    }

    /// How often something was not read, or may have been picked.
    #[derive(Default)]
    struct Told {
        unread: usize,
        picked: usize,
    }

    impl Told {
        fn of(text: &str) -> Self {
            let mut told = Self::default();
            assert!(events(text.as_bytes(), &mut told).is_ok(), "{text}");
            told
        }
    }

    impl Sink for Told {
        fn unread(&mut self) {
            self.unread += 1;
        }

        fn picked(&mut self) {
            self.picked += 1;
        }

        fn event(&mut self, _: &Event<'_>, _: Option<Record<'_>>) {}
    }

    /// As in the AWS CloudTrail User Guide, "CloudTrail record contents for Insights events for trails".
    const INSIGHT: &str = r#"{"eventVersion":"1.08","eventTime":"2026-03-01T00:00:00Z","awsRegion":"r","eventID":"i","eventType":"AwsCloudTrailInsight","recipientAccountId":"1","sharedEventID":"s","insightDetails":{"state":"Start","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","insightType":"ApiCallRateInsight"},"eventCategory":"Insight"}"#;
    /// As in the Amazon CloudWatch Logs User Guide, "Log group-level subscription filters": control messages are "mainly for checking
    /// if the destination is reachable".
    const CONTROL: &str = r#""owner":"CloudwatchLogs","logEvents":[{"id":"","message":"CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."}]"#;

    #[test]
    fn what_is_no_event_is_counted() {
        let cut = &RECORD[..RECORD.len() - 9];
        for (text, wanted) in [
            (r#"{"Records":[]}"#.to_owned(), 0),
            (r#"{"Events":[],"NextToken":"t"}"#.to_owned(), 0),
            (r#"{"JobStatus":"COMPLETED","ServicesLastAccessed":[]}"#.to_owned(), 0),
            (RECORD.to_owned(), 0),
            (r#"{"hello":1}"#.to_owned(), 1),
            (r#"{"Records":1}"#.to_owned(), 1),
            (r#"{"Records":[5,null,"x",{},{"eventName":"N","eventSource":"s"}]}"#.to_owned(), 5),
            (r#"{"Events":[{"EventId":"x"},1]}"#.to_owned(), 2),
            (
                serde_json::json!({"events": [{"message": "START"}, {"message": cut}, {"message": RECORD}]})
                    .to_string(),
                2,
            ),
            (
                r#"{"detail-type":"EC2 Instance State-change Notification","detail":{"state":"running"}}"#
                    .to_owned(),
                1,
            ),
            (r#"{"QueryResultRows":[[{"eventJson":"{}"}]]}"#.to_owned(), 1),
            // What tells of unusual activity is nobody's call.
            (format!(r#"{{"Records":[{INSIGHT},{RECORD}]}}"#), 0),
            (format!(r#"{{"detail-type":"AWS Insight via CloudTrail","detail":{INSIGHT}}}"#), 0),
            (format!("eventJson\n\"{}\"\n", INSIGHT.replace('"', "\"\"")), 0),
            // Nor is what CloudWatch Logs sends to see whether somebody is there.
            (format!(r#"{{"messageType":"CONTROL_MESSAGE",{CONTROL}}}"#), 0),
            (format!(r#"{{{CONTROL},"messageType":"CONTROL_MESSAGE"}}"#), 0),
            (format!(r#"{{"messageType":"DATA_MESSAGE",{CONTROL}}}"#), 1),
            ("eventSource,eventName,eventTime\ns,N,\ns,N,2026-03-01T00:00:00Z\n".to_owned(), 1),
        ] {
            assert_eq!(Told::of(&text).unread, wanted, "{text}");
        }
    }

    /// Amazon EventBridge User Guide, "Receiving read-only management events from AWS services": rules do not match those unless
    /// they are told to (`ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`). AWS CloudTrail API Reference, `LookupEvents`: one
    /// attribute may be asked for.
    #[test]
    fn what_a_filter_may_have_let_through_is_told() {
        let message = serde_json::json!([{"message": RECORD}]);
        let lookup = |entries: &[&str]| {
            let entry = |more: &&str| {
                let record = serde_json::Value::from(RECORD);
                format!(r#"{{"CloudTrailEvent":{record}{more}}}"#)
            };
            format!(r#"{{"Events":[{}]}}"#, entries.iter().map(entry).collect::<Vec<_>>().join(","))
        };
        for (text, wanted) in [
            (format!("{{\"Records\":[{RECORD}]}}"), 0),
            (format!("{{\"detail\":{RECORD}}}"), 1),
            (format!("{{\"events\":{message}}}"), 1),
            (format!("{{\"logEvents\":{message}}}"), 1),
            (r#"{"Events":[]}"#.to_owned(), 0),
            (lookup(&[r#","ReadOnly":"false","EventName":"A""#, r#","ReadOnly":"true","EventName":"B""#]), 0),
            (
                lookup(&[r#","ReadOnly":"false","EventName":"A""#, r#","ReadOnly":"false","EventName":"B""#]),
                1,
            ),
            (lookup(&[r#","Username":"dana""#, r#","Username":"dana""#, ""]), 0),
            (lookup(&[r#","Username":"""#, r#","Username":"""#]), 0),
            (
                lookup(&[
                    r#","Resources":[{"ResourceName":"a"},{"ResourceName":"b"}]"#,
                    r#","Resources":[{"ResourceName":"b","ResourceType":"t"}]"#,
                ]),
                1,
            ),
        ] {
            assert_eq!(Told::of(&text).picked, wanted, "{text}");
        }
    }

    /// The names of the events of a file, and why it could not be read to its end.
    fn of_file(bytes: &[u8]) -> (Vec<String>, Option<String>) {
        let mut names = Vec::new();
        let mut sink =
            Each(|event: &Event<'_>| names.push(event.name.read().unwrap_or_default().into_owned()));
        let fault = super::read(bytes, &mut Vec::new(), &mut sink);
        (names, fault)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// A log of many pieces, no two records of which pack alike, and the names of its events.
    fn log(count: u32) -> (String, Vec<String>) {
        let noise = |at: u32| {
            let mixed = |of: u32| at.wrapping_mul(of).wrapping_add(of).wrapping_mul(2_654_435_761);
            [3, 5, 7, 11, 13, 17].map(|of| format!("{:08x}", mixed(of))).concat()
        };
        let names: Vec<String> = (0..count).map(|at| format!("N{at}")).collect();
        let record = |(at, name): (u32, &String)| {
            RECORD.replace("\"N\"", &format!("\"{name}\"")).replace("\"b\"", &format!("\"{}\"", noise(at)))
        };
        let records: Vec<String> = (0..).zip(&names).map(record).collect();
        (format!("{{\"Records\":[{}]}}", records.join(",")), names)
    }

    #[test]
    fn packed_and_plain_come_to_the_same() {
        let (text, names) = log(100);
        let (text, whole) = (text.as_bytes(), (names, None));
        let (front, back) = text.split_at(4_321);
        // As `pzstd` and others write: a frame that says something of the others, and is none.
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"any"].concat();
        for (form, bytes) in [
            ("plain", text.to_vec()),
            ("gzip", gzip(text)),
            ("gzip of parts", [gzip(front), gzip(b""), gzip(back)].concat()),
            ("zstd", zstd(text)),
            ("zstd of parts", [zstd(front), skipped.clone(), zstd(back), skipped.clone()].concat()),
            ("zstd that begins with what is skipped", [skipped, zstd(text)].concat()),
        ] {
            assert_eq!(of_file(&bytes), whole, "{form}");
        }
        for empty in [Vec::new(), gzip(b""), zstd(b"")] {
            assert_eq!(of_file(&empty), (Vec::new(), None));
        }
    }

    #[test]
    fn a_torn_file_is_told_and_read_as_far_as_it_goes() {
        let (text, names) = log(2_000);
        let (text, middle) = (text.as_bytes(), text.len() / 2);
        for (form, packed) in [("gzip", gzip(text)), ("zstd", zstd(text))] {
            let (read, fault) = of_file(&packed[..packed.len() / 2]);
            let fault = fault.unwrap_or_default();
            assert!(fault.starts_with("cannot be unpacked to its end"), "{form}: {fault}");
            assert!(names.starts_with(&read) && read.len() < 1_900, "{form}: {}", read.len());
            // The library that reads zstd keeps what later parts of a frame may speak of until the frame has ended.
            assert!(read.len() > 100 || form == "zstd", "{form}: {}", read.len());
        }
        // Of two parts the second is torn, or is none.
        for (form, front, back) in [
            ("gzip", gzip(&text[..middle]), gzip(&text[middle..])),
            ("zstd", zstd(&text[..middle]), zstd(&text[middle..])),
        ] {
            for behind in [&back[..3], b"nothing that is packed"] {
                let (read, fault) = of_file(&[&front, behind].concat());
                assert!(fault.is_some_and(|why| why.starts_with("cannot be unpacked")), "{form}");
                assert!(read.len() > 900 && names.starts_with(&read), "{form}: {}", read.len());
            }
        }
    }

    /// RFC 1952, section 2.3.1: CRC-32 and size at the end; RFC 8878, section 3.1.1: the checksum at the end.
    #[test]
    fn checksums_are_checked() {
        let (text, names) = log(100);
        for (form, mut packed, from_end) in [
            ("gzip, its checksum", gzip(text.as_bytes()), 6),
            ("gzip, its size", gzip(text.as_bytes()), 2),
            ("zstd", zstd(text.as_bytes()), 2),
        ] {
            let at = packed.len() - from_end;
            packed[at] ^= 1;
            let (read, fault) = of_file(&packed);
            assert!(fault.is_some_and(|why| why.starts_with("cannot be unpacked to its end")), "{form}");
            assert_eq!(read, names, "{form}");
        }
    }

    #[test]
    fn what_came_before_the_damage_counts() {
        let (names, whole) = names(&format!("{{\"Records\":[{RECORD},{}", &RECORD[..RECORD.len() - 5]));
        assert_eq!((names.len(), whole), (1, false));
    }
}
