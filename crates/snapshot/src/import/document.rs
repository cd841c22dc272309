//! Policy texts as AWS's files carry them: JSON objects, JSON in a string, URL-encoded JSON in a string, JSON in a
//! string in a string. Whatever the wrapping, what is kept is JSON laid out over lines.
//!
//! IAM's APIs return documents URL-encoded as RFC 3986 describes; the AWS CLI unpacks them, AWS Config does not.
//! See AWS: IAM API Reference, "GetAccountAuthorizationDetails".

use percent_encoding::percent_decode_str;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::store::DocumentText;

/// What a document field of a source says.
#[derive(Debug)]
pub(crate) enum Carried {
    /// Nothing: absent, null, or an empty string.
    Nothing,
    Text(String),
    /// Something that is not a policy, and why.
    Unreadable(String),
}

impl Carried {
    /// The text for a place where a document must be; the problem goes to `warn`.
    pub(crate) fn expected(self, warn: impl FnOnce(&str)) -> DocumentText {
        match self {
            Carried::Text(text) => DocumentText::Seen(text),
            Carried::Nothing => {
                warn("there is no document here; kept as not seen");
                DocumentText::NotSeen
            }
            Carried::Unreadable(why) => {
                warn(&format!("{why}; kept as not seen"));
                DocumentText::NotSeen
            }
        }
    }
}

/// A document as raw JSON, cut from a bigger file.
pub(crate) fn from_raw(raw: &RawValue) -> Carried {
    let raw = raw.get();
    match raw.as_bytes().first() {
        Some(b'{') => Carried::Text(lay_out(raw)),
        Some(b'n') => Carried::Nothing,
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => from_text(&text),
            Err(_) => Carried::Unreadable("the string is not valid".to_owned()),
        },
        _ => Carried::Unreadable("a policy document is a JSON object, or a string that holds one".to_owned()),
    }
}

/// A document as raw JSON, or several, in a list or by name (`{"Send": "{…}", "Read": "{…}"}`): what they say together is what one says
/// that has the statements of all.
pub(crate) fn of_one_or_several(raw: &RawValue) -> Carried {
    let named = match serde_json::from_str::<Value>(raw.get()) {
        Ok(Value::Object(named)) => named,
        Ok(Value::Array(list)) => {
            (1..).zip(list).map(|(at, policy): (u32, _)| (at.to_string(), policy)).collect()
        }
        _ => return from_raw(raw),
    };
    if named.is_empty() {
        return Carried::Nothing;
    }
    if !named.values().all(|policy| policy.as_str().is_some_and(|text| text.contains("Statement"))) {
        return from_raw(raw);
    }
    let (mut version, mut statements) = (None, Vec::new());
    for (name, policy) in &named {
        let Ok(Value::Object(mut policy)) =
            serde_json::from_str::<Value>(policy.as_str().unwrap_or_default())
        else {
            return Carried::Unreadable(format!("the policy `{name}` is not JSON"));
        };
        let of_this = policy.remove("Version");
        // The version says what variables are: of two versions no one document says the same.
        if version.get_or_insert_with(|| of_this.clone()) != &of_this {
            return Carried::Unreadable("its policies are of different versions".to_owned());
        }
        match policy.remove("Statement") {
            Some(Value::Array(list)) => statements.extend(list),
            Some(one) => statements.push(one),
            None => {}
        }
    }
    let mut whole = serde_json::Map::new();
    whole.extend(version.flatten().map(|version| ("Version".to_owned(), version)));
    whole.insert("Statement".to_owned(), Value::Array(statements));
    Carried::Text(lay_out(&Value::Object(whole).to_string()))
}

/// A document as a value.
pub(crate) fn from_value(value: &Value) -> Carried {
    match value {
        Value::Null => Carried::Nothing,
        Value::String(text) => from_text(text),
        Value::Object(object) if object.is_empty() => Carried::Nothing,
        Value::Object(_) => Carried::Text(lay_out(&value.to_string())),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Carried::Unreadable("a policy document is a JSON object, or a string that holds one".to_owned())
        }
    }
}

/// A document as text, possibly wrapped more than once.
pub(crate) fn from_text(text: &str) -> Carried {
    unwrapped(text, 3)
}

fn unwrapped(text: &str, more: u8) -> Carried {
    let trimmed = text.trim();
    match trimmed.as_bytes() {
        // Kinesis says so of streams without a policy.
        [] | b"{}" => Carried::Nothing,
        [b'%', ..] if more > 0 => match percent_decode_str(trimmed).decode_utf8() {
            Ok(decoded) => unwrapped(&decoded, more - 1),
            Err(_) => Carried::Unreadable("the URL-encoded document is not UTF-8".to_owned()),
        },
        [b'"', ..] if more > 0 => match serde_json::from_str::<String>(trimmed) {
            Ok(inner) => unwrapped(&inner, more - 1),
            Err(error) => Carried::Unreadable(format!("the document is not JSON ({})", cause(&error))),
        },
        // API Gateway escapes the quotes of the policies that it lists.
        [b'{', b'\\', ..] if more > 0 => unwrapped(&format!("\"{trimmed}\""), more - 1),
        [b'{', ..] => match serde_json::from_str::<&RawValue>(trimmed) {
            // Text that its author laid out keeps its lines: people know them.
            Ok(_) if trimmed.contains('\n') => Carried::Text(text.to_owned()),
            Ok(_) => Carried::Text(lay_out(trimmed)),
            Err(error) => Carried::Unreadable(format!("the document is not JSON ({})", cause(&error))),
        },
        b"null" => Carried::Nothing,
        _ => Carried::Unreadable("a policy document is a JSON object, or a string that holds one".to_owned()),
    }
}

fn lay_out(text: &str) -> String {
    clavicle_policy::layout(text)
}

/// The parser's words without its own position, which would be one inside the string.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::value::RawValue;

    use super::{Carried, from_text, from_value, of_one_or_several};

    const LAID_OUT: &str = "{\n  \"Version\": \"2012-10-17\"\n}";

    fn text(carried: Carried) -> String {
        match carried {
            Carried::Text(text) => text,
            other => panic!("not a text: {other:?}"),
        }
    }

    #[test]
    fn every_wrapping_gives_the_same_text() {
        let plain = r#"{"Version":"2012-10-17"}"#;
        let expected = text(from_text(plain));
        assert!(expected.contains('\n'), "{expected}");
        let in_a_string = serde_json::to_string(plain).unwrap();
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%7D";
        let escaped = r#"{\"Version\":\"2012-10-17\"}"#;
        for wrapped in [&in_a_string, encoded, escaped, &format!("  {plain} "), &format!("\"{encoded}\"")] {
            assert_eq!(text(from_text(wrapped)), expected, "{wrapped}");
        }
        assert_eq!(text(from_value(&serde_json::json!({"Version": "2012-10-17"}))), expected);
    }

    #[test]
    fn several_policies_are_one_of_all_their_statements() {
        let whole = |raw: &str| of_one_or_several(&RawValue::from_string(raw.to_owned()).unwrap());
        let send = r#"{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"A\"}}"#;
        let read = r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"B\"}]}"#;
        let both = text(whole(&format!(r#"{{"send": "{send}", "read": "{read}"}}"#)));
        let parsed: Value = serde_json::from_str(&both).unwrap();
        assert_eq!(
            parsed,
            serde_json::json!({"Version": "2012-10-17", "Statement": [{"Sid": "A"}, {"Sid": "B"}]})
        );
        let old = read.replace("2012-10-17", "2008-10-17");
        assert!(matches!(
            whole(&format!(r#"{{"send": "{send}", "read": "{old}"}}"#)),
            Carried::Unreadable(_)
        ));
        assert!(matches!(whole(r#"{"send": "Statement"}"#), Carried::Unreadable(_)));
        assert!(matches!(whole("{}"), Carried::Nothing));
        let one = r#"{"Version":"2012-10-17","Statement":[]}"#;
        assert_eq!(text(whole(one)), text(from_text(one)));
    }

    #[test]
    fn lines_that_somebody_made_are_kept() {
        assert_eq!(text(from_text(LAID_OUT)), LAID_OUT);
        let odd = "{\n\n\t\"Version\" :\n\"2012-10-17\" }\n";
        assert_eq!(text(from_text(odd)), odd);
    }

    #[test]
    fn nothing_and_nonsense_are_told_apart() {
        for nothing in ["", "  ", "null", "\"\""] {
            assert!(matches!(from_text(nothing), Carried::Nothing), "{nothing:?}");
        }
        for nonsense in ["{", "%7B%FF%7D", "[]", "allow all", "\"\"\"", "{\"a\":1} {"] {
            assert!(matches!(from_text(nonsense), Carried::Unreadable(_)), "{nonsense:?}");
        }
    }
}
