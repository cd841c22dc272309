//! What do the parameters of a request name?
//!
//! Whatever the protocol, a request comes to texts under names: `TableName: orders`, or deeper, `TransactItems.Put.TableName`.
//! They live as long as their request, and only ARNs made of them are kept.
//!
//! See Smithy: AWS query, AWS EC2 query, AWS JSON 1.0 and 1.1, AWS REST JSON, AWS REST XML and RPC v2 CBOR protocols.

use serde_json::Value;

use crate::cbor;

/// No name of a thing is deeper.
const DEEPEST: usize = 24;
/// Nor behind so many others.
const MOST: usize = 8_192;
/// Nor is it longer.
const LONGEST: usize = 2_048;

/// The texts of a request.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) members: Vec<Member>,
    /// Was something left out, or unreadable?
    pub(crate) is_partial: bool,
}

/// A text, and the names that lead to it: those of the elements of lists are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) path: Vec<String>,
    pub(crate) value: String,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `Action=ListUsers&MaxItems=1`
    Query,
    Json,
    Xml,
    Cbor,
}

impl Form {
    /// By the content type; `None`: in no form that names things.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => Some(Self::Query),
            "application/cbor" => Some(Self::Cbor),
            _ if kind.starts_with("application/x-amz-cbor") => Some(Self::Cbor),
            _ if kind.ends_with("json") || kind.starts_with("application/x-amz-json") => Some(Self::Json),
            _ if kind.ends_with("/xml") || kind.ends_with("+xml") => Some(Self::Xml),
            _ => None,
        }
    }

    /// By the first letter, where no type is given.
    pub(crate) fn guess(body: &[u8]) -> Option<Self> {
        match body.trim_ascii_start().first() {
            Some(b'{') => Some(Self::Json),
            Some(b'<') => Some(Self::Xml),
            _ => None,
        }
    }
}

impl Parameters {
    /// Adds one.
    pub(crate) fn push(&mut self, path: Vec<String>, value: String) {
        if self.members.len() >= MOST || path.len() > DEEPEST {
            self.is_partial = true;
        } else if value.len() <= LONGEST {
            self.members.push(Member { path, value });
        }
    }

    /// Adds those of a body.
    pub(crate) fn read(&mut self, form: Form, body: &[u8]) {
        match form {
            Form::Query => {
                let text = String::from_utf8_lossy(body);
                for (name, value) in pairs(&text) {
                    self.push(query_path(&name), value);
                }
            }
            Form::Json => match serde_json::from_slice::<Value>(body) {
                Ok(value) => self.value(&mut Vec::new(), &value),
                Err(_) => self.is_partial |= !body.is_empty(),
            },
            Form::Cbor => match cbor::read(body) {
                Some(value) => self.value(&mut Vec::new(), &value),
                None => self.is_partial |= !body.is_empty(),
            },
            Form::Xml => self.is_partial |= self.xml(body).is_none(),
        }
    }

    fn value(&mut self, path: &mut Vec<String>, value: &Value) {
        match value {
            Value::Object(members) if path.len() <= DEEPEST => {
                // That there is such a member may be all that is said: `RequestItems: {"orders": {…}}`.
                if members.is_empty() {
                    self.push(path.clone(), String::new());
                }
                for (name, value) in members {
                    path.push(name.chars().take(LONGEST).collect());
                    self.value(path, value);
                    path.pop();
                }
            }
            Value::Array(elements) if path.len() <= DEEPEST => {
                for element in elements {
                    self.value(path, element);
                }
            }
            Value::String(text) => self.push(path.clone(), text.clone()),
            Value::Number(number) => self.push(path.clone(), number.to_string()),
            Value::Bool(truth) => self.push(path.clone(), truth.to_string()),
            _ => self.push(path.clone(), String::new()),
        }
    }

    /// The outermost element is the operation's, and not of the path.
    fn xml(&mut self, body: &[u8]) -> Option<()> {
        use quick_xml::events::Event;
        let mut reader = quick_xml::Reader::from_reader(body);
        let mut path: Vec<String> = Vec::new();
        let mut text = String::new();
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    path.push(String::from_utf8_lossy(start.local_name().as_ref()).into_owned());
                    if path.len() > DEEPEST {
                        return None;
                    }
                    text.clear();
                }
                Event::Text(piece) => text.push_str(&piece.decode().ok()?),
                Event::GeneralRef(reference) => text.push_str(&entity(&reference)?),
                Event::CData(piece) => text.push_str(&piece.decode().ok()?),
                Event::End(_) => {
                    let value = std::mem::take(&mut text);
                    if !value.trim().is_empty() {
                        self.push(path.iter().skip(1).cloned().collect(), value);
                    }
                    path.pop();
                }
                Event::Eof => return Some(()),
                _ => {}
            }
        }
    }

    /// The values of members with this name, at any depth, case aside.
    pub(crate) fn of<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        let named =
            move |member: &&Member| member.path.last().is_some_and(|last| last.eq_ignore_ascii_case(name));
        self.members.iter().filter(named).map(|member| member.value.as_str())
    }

    /// The first of them that says something.
    pub(crate) fn first<'p>(&'p self, name: &'p str) -> Option<&'p str> {
        self.of(name).find(|value| !value.is_empty())
    }

    /// All names that stand under an outermost member: the keys of a map.
    pub(crate) fn keys_under(&self, name: &str) -> Vec<&str> {
        let under = |member: &'_ Member| member.path.first().is_some_and(|first| first == name);
        let mut keys: Vec<&str> = self
            .members
            .iter()
            .filter(|member| under(member))
            .filter_map(|member| Some(member.path.get(1)?.as_str()))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// `&lt;`, `&#38;`
fn entity(reference: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return Some(letter.to_string());
    }
    let known = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("apos", "'")];
    let name = reference.decode().ok()?;
    known.iter().find(|(entity, _)| *entity == name).map(|(_, letter)| (*letter).to_owned())
}

/// The parts of a query or a form, decoded.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&').filter(|part| !part.is_empty()).map(move |part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name), decode(value))
    })
}

/// `Tags.member.1.Key`: numbers and the word `member` (or `entry`) count the elements of lists and name nothing.
fn query_path(name: &str) -> Vec<String> {
    let counts =
        |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()) || ["member", "entry"].contains(part);
    name.split('.').filter(|part| !counts(part)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Form, Parameters};
    use proptest::prelude::*;

    fn read(form: Form, body: &[u8]) -> Vec<String> {
        let mut parameters = Parameters::default();
        parameters.read(form, body);
        assert!(!parameters.is_partial);
        parameters
            .members
            .iter()
            .map(|member| format!("{}={}", member.path.join("."), member.value))
            .collect()
    }

    #[test]
    fn every_form_comes_to_the_same() {
        let wanted = ["Bucket=b", "Objects.Key=a&b", "Objects.Key=c"];
        assert_eq!(read(Form::Json, br#"{"Bucket":"b","Objects":[{"Key":"a&b"},{"Key":"c"}]}"#), wanted);
        assert_eq!(read(Form::Query, b"Bucket=b&Objects.member.1.Key=a%26b&Objects.member.2.Key=c"), wanted);
        let xml = b"<?xml version=\"1.0\"?><In xmlns=\"x\"><Bucket>b</Bucket><Objects><Key>a&amp;b</Key></Objects><Objects><Key>c</Key></Objects></In>";
        assert_eq!(read(Form::Xml, xml), wanted);
        let cbor = b"\xa2\x66Bucket\x61b\x67Objects\x9f\xa1\x63Key\x63a&b\xbf\x63Key\x61c\xff\xff";
        assert_eq!(read(Form::Cbor, cbor), wanted);
    }

    #[test]
    fn content_types_tell_the_form() {
        for (kind, form) in [
            ("application/x-amz-json-1.0", Some(Form::Json)),
            ("application/json; charset=utf-8", Some(Form::Json)),
            ("application/x-www-form-urlencoded; charset=utf-8", Some(Form::Query)),
            ("application/cbor", Some(Form::Cbor)),
            ("application/x-amz-cbor-1.1", Some(Form::Cbor)),
            ("text/xml", Some(Form::Xml)),
            ("binary/octet-stream", None),
        ] {
            assert_eq!(Form::of(kind), form, "{kind}");
        }
        assert_eq!(
            (Form::guess(b" <a/>"), Form::guess(b"{}"), Form::guess(b"")),
            (Some(Form::Xml), Some(Form::Json), None)
        );
    }

    #[test]
    fn keys_of_maps_are_names_too() {
        let mut parameters = Parameters::default();
        parameters.read(Form::Json, br#"{"RequestItems":{"orders":{"Keys":[]},"stock":{}}}"#);
        assert_eq!(
            parameters.keys_under("RequestItems"),
            ["stock"],
            "an empty list says nothing of its place"
        );
        parameters.read(Form::Json, br#"{"RequestItems":{"orders":{"Keys":[{"id":{"S":"1"}}]}}}"#);
        assert_eq!(parameters.keys_under("RequestItems"), ["orders", "stock"]);
    }

    proptest! {
        #[test]
        fn no_bytes_stop_the_reader(body in prop::collection::vec(any::<u8>(), 0..200)) {
            for form in [Form::Query, Form::Json, Form::Xml, Form::Cbor] {
                Parameters::default().read(form, &body);
            }
        }
    }

    #[test]
    fn hostile_depth_and_size_are_cut() {
        let mut parameters = Parameters::default();
        parameters.read(Form::Cbor, &[0x81; 100_000]);
        parameters.read(Form::Json, "[".repeat(100_000).as_bytes());
        parameters.read(Form::Xml, "<a>".repeat(100_000).as_bytes());
        assert!(parameters.is_partial && parameters.members.is_empty());
    }
}
