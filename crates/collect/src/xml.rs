//! Answers in XML as the JSON that the same service would have written: one shape for every protocol.
//!
//! An element with text is a string, an element with elements an object, elements of one name a list. Lists that come in
//! wrappers (`<member>`, `<item>`) and maps that come in entries (`<entry><key/><value/></entry>`) are unwrapped. XML
//! cannot tell an empty list from an empty text: both are the empty string here, and readers of lists take it as none.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// The content of the root element; `None`: the text is not sound XML.
pub(crate) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => return element(&mut reader, 0),
            Event::Empty(_) => return Some(Value::String(String::new())),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Deeper than any answer of AWS.
const DEEPEST: u8 = 64;

fn element(reader: &mut Reader<&[u8]>, depth: u8) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let mut children = Map::new();
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = local(start.local_name().as_ref())?;
                let value = element(reader, depth + 1)?;
                add(&mut children, name, value);
            }
            Event::Empty(start) => {
                add(&mut children, local(start.local_name().as_ref())?, Value::String(String::new()));
            }
            Event::Text(part) => text.push_str(&part.decode().ok()?),
            Event::CData(part) => text.push_str(&part.decode().ok()?),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(letter) => text.push(letter),
                None => {
                    let name = reference.decode().ok()?;
                    text.push_str(quick_xml::escape::resolve_predefined_entity(&name)?);
                }
            },
            Event::End(_) if children.is_empty() => return Some(Value::String(text)),
            Event::End(_) => return Some(unwrapped(children)),
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn local(name: &[u8]) -> Option<String> {
    std::str::from_utf8(name).ok().map(str::to_owned)
}

/// Elements of one name become a list.
fn add(children: &mut Map<String, Value>, name: String, value: Value) {
    match children.get_mut(&name) {
        Some(Value::Array(list)) => list.push(value),
        Some(known) => {
            let first = known.take();
            *known = Value::Array(vec![first, value]);
        }
        None => {
            // The wrappers' elements are a list even when there is one.
            let value = if WRAPPERS.contains(&&*name) { Value::Array(vec![value]) } else { value };
            children.insert(name, value);
        }
    }
}

const WRAPPERS: &[&str] = &["member", "item", "entry"];

fn unwrapped(mut children: Map<String, Value>) -> Value {
    if children.len() == 1 {
        for name in ["member", "item"] {
            if let Some(list) = children.remove(name) {
                return list;
            }
        }
        if let Some(Value::Array(entries)) = children.get("entry") {
            let pair =
                |entry: &Value| Some((entry.get("key")?.as_str()?.to_owned(), entry.get("value")?.clone()));
            if let Some(map) = entries.iter().map(pair).collect::<Option<Map<String, Value>>>() {
                return Value::Object(map);
            }
        }
    }
    Value::Object(children)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn lists_maps_and_texts() {
        let text = r#"<?xml version="1.0"?><R xmlns="x"><Users><member><Name>a &amp; b</Name><Tags/></member></Users>
            <Attributes><entry><key>Policy</key><value>{&quot;a&quot;:&#49;}</value></entry></Attributes>
            <Buckets><Bucket><Name>x</Name></Bucket><Bucket><Name>y</Name></Bucket></Buckets><Empty></Empty></R>"#;
        let expected = json!({
            "Users": [{"Name": "a & b", "Tags": ""}],
            "Attributes": {"Policy": "{\"a\":1}"},
            "Buckets": {"Bucket": [{"Name": "x"}, {"Name": "y"}]},
            "Empty": ""
        });
        assert_eq!(read(text), Some(expected));
        assert_eq!(read("<LocationConstraint>eu-west-1</LocationConstraint>"), Some(json!("eu-west-1")));
    }

    #[test]
    fn what_is_no_xml_is_nothing() {
        for damaged in ["", "<a>", "<a><b></a>", "{}", "<a>&unknown;</a>"] {
            assert_eq!(read(damaged), None, "{damaged}");
        }
        let deep = "<a>".repeat(100) + &"</a>".repeat(100);
        assert_eq!(read(&deep), None);
    }
}
