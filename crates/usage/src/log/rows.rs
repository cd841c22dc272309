//! Rows of CloudTrail Lake and Amazon Athena: columns named as the fields of a record, in lower case, with structures
//! either as JSON or in the way that Presto prints them, `{type=IAMUser, arn=arn:aws:iam::…}`.
//!
//! See AWS: Athena User Guide, Query AWS CloudTrail logs, and AWS CloudTrail User Guide, Copy query results. A row is
//! made into a record and read as one; few people export so many that it would have to be faster.

use serde_json::{Map, Value};

use super::Sink;
use super::event::Event;
use super::scan::{Malformed, Scanner, Text};

/// The names of fields that matter, by what columns call them.
const FIELDS: &[&str] = &[
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "resources",
    "eventID",
    "requestID",
    "eventType",
    "managementEvent",
    "eventCategory",
    "recipientAccountId",
    "vpcEndpointId",
    "tlsDetails",
    "type",
    "arn",
    "accountId",
    "invokedBy",
    "sessionContext",
    "sessionIssuer",
    "attributes",
    "mfaAuthenticated",
    "webIdFederationData",
    "federatedProvider",
    "sourceIdentity",
    "tlsVersion",
];

/// Fields that hold structures.
const STRUCTURES: &[&str] =
    &["userIdentity", "requestParameters", "responseElements", "resources", "tlsDetails"];

/// Rows with a first line of names.
pub(super) fn csv(bytes: &[u8], sink: &mut impl Sink) -> Result<(), Malformed> {
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let malformed = |error: &::csv::Error| Malformed {
        at: error.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX)),
    };
    let names = reader.headers().map_err(|error| malformed(&error))?.clone();
    let known = |wanted: &str| names.iter().any(|name| name.trim().eq_ignore_ascii_case(wanted));
    let is_log = known("eventJson") || ["eventSource", "eventName", "eventTime"].into_iter().all(known);
    if !is_log {
        return Err(Malformed { at: 0 });
    }
    for row in reader.records() {
        let row = row.map_err(|error| malformed(&error))?;
        give(names.iter().zip(row.iter()), sink);
    }
    Ok(())
}

/// A row of `aws cloudtrail get-query-results`: a list of objects with one column each.
pub(super) fn query_row(scanner: &mut Scanner<'_>, sink: &mut impl Sink) -> Result<(), Malformed> {
    let mut cells: Vec<(String, String)> = Vec::new();
    scanner.list(|scanner| {
        scanner.object(|scanner, name| {
            if let Some(text) = scanner.text()?.and_then(Text::read) {
                cells.push((String::from_utf8_lossy(name).into_owned(), text.into_owned()));
            }
            Ok(())
        })?;
        Ok(())
    })?;
    give(cells.iter().map(|(name, cell)| (name.as_str(), cell.as_str())), sink);
    Ok(())
}

fn give<'r>(cells: impl Iterator<Item = (&'r str, &'r str)>, sink: &mut impl Sink) {
    let mut record = Map::new();
    for (name, cell) in cells {
        let (name, cell) = (name.trim(), cell.trim());
        if name.eq_ignore_ascii_case("eventJson") {
            return read(cell, sink);
        }
        let field = field(name);
        if cell.is_empty() || cell == "null" {
            continue;
        }
        let value =
            if STRUCTURES.contains(&field) { structure(cell) } else { Value::String(cell.to_owned()) };
        record.insert(field.to_owned(), value);
    }
    read(&Value::Object(record).to_string(), sink);
}

fn read(record: &str, sink: &mut impl Sink) {
    match Event::read(&mut Scanner::new(record.as_bytes())) {
        Ok(Some(event)) if event.is_record() => sink.event(&event, None),
        _ => sink.unread(),
    }
}

fn field(name: &str) -> &str {
    FIELDS.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or(name)
}

fn structure(cell: &str) -> Value {
    if let Ok(value) = serde_json::from_str(cell) {
        return value;
    }
    Presto { text: cell, at: 0 }.value(0)
}

/// Texts are not quoted there. No name of AWS that stands in one holds a comma before a space, so a value goes on until
/// one, or until its structure closes.
struct Presto<'t> {
    text: &'t str,
    at: usize,
}

impl Presto<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn value(&mut self, depth: usize) -> Value {
        // Deeper than any structure of a record.
        if depth > 16 {
            self.at = self.text.len();
            return Value::Null;
        }
        match self.rest().as_bytes().first() {
            Some(b'{') => {
                self.at += 1;
                let mut map = Map::new();
                while !self.closes(b'}') {
                    let Some(length) = self.rest().find('=') else { break };
                    let name = field(self.rest()[..length].trim()).to_owned();
                    self.at += length + 1;
                    let value = self.value(depth + 1);
                    map.insert(name, value);
                }
                Value::Object(map)
            }
            Some(b'[') => {
                self.at += 1;
                let mut list = Vec::new();
                while !self.closes(b']') {
                    list.push(self.value(depth + 1));
                }
                Value::Array(list)
            }
            _ => {
                let rest = self.rest();
                let end =
                    [", ", "}", "]"].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
                let word = rest[..end].trim();
                let value = if word == "null" { Value::Null } else { Value::String(word.to_owned()) };
                self.at += end;
                value
            }
        }
    }

    /// Goes behind a comma; says whether the structure ends here.
    fn closes(&mut self, with: u8) -> bool {
        let skipped = self.rest().len() - self.rest().trim_start_matches([',', ' ']).len();
        self.at += skipped;
        match self.rest().as_bytes().first() {
            None => true,
            Some(byte) if *byte == with => {
                self.at += 1;
                true
            }
            // A bracket of another kind closes nothing, and must not be waited for.
            Some(b'}' | b']') => {
                self.at = self.text.len();
                true
            }
            Some(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::structure;
    use crate::log::tests::names;
    use serde_json::json;

    #[test]
    fn structures_of_presto_are_read() {
        let identity = "{type=AssumedRole, principalid=A:b,c=d, arn=arn:aws:sts::1:assumed-role/r/b,c=d, invokedby=null, \
                        sessioncontext={attributes={creationdate=2026-01-01T00:00:00Z, mfaauthenticated=false}, \
                        sessionissuer={type=Role, arn=arn:aws:iam::1:role/p/r}}}";
        let wanted = json!({"type": "AssumedRole", "principalid": "A:b,c=d", "arn": "arn:aws:sts::1:assumed-role/r/b,c=d",
            "invokedBy": null, "sessionContext": {"attributes": {"creationdate": "2026-01-01T00:00:00Z",
            "mfaAuthenticated": "false"}, "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::1:role/p/r"}}});
        assert_eq!(structure(identity), wanted);
        assert_eq!(
            structure("[{arn=a, accountid=1}, {arn=b}]"),
            json!([{"arn": "a", "accountId": "1"}, {"arn": "b"}])
        );
        for odd in ["{", "{a", "{a=", "[}", "{a=[}", "[[[", "}", "{=}", "é{é=é, ", &"[".repeat(100_000)] {
            let _ = structure(odd);
        }
    }

    #[test]
    fn rows_become_events() {
        let csv = "eventtime,eventsource,eventname,useridentity,requestparameters\n\
                   2026-03-01T00:00:00Z,s3.amazonaws.com,GetObject,\"{type=AssumedRole, arn=a, sessioncontext={sessionissuer={arn=r}}}\",\"{\"\"bucketName\"\":\"\"b\"\"}\"\n";
        assert_eq!(names(csv), (vec![r#"GetObject r a {"bucketName":"b"}"#.to_owned()], true));
        let lake = json!({"QueryResultRows": [[{"eventTime": "t"}, {"eventSource": "s"}, {"eventName": "N"},
            {"userIdentity": "{type=IAMUser, arn=u}"}, {"requestParameters": "{key=v}"}]]});
        assert_eq!(names(&lake.to_string()), (vec![r#"N  u {"key":"v"}"#.to_owned()], true));
        let json = r#"{"eventSource":"s","eventName":"J","eventTime":"t"}"#;
        let csv = format!("eventJson\n\"{}\"\n", json.replace('"', "\"\""));
        assert_eq!(names(&csv), (vec!["J   ".to_owned()], true));
        assert!(!names("name,age\nx,3\n").1, "some other table");
    }
}
