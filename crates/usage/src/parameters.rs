//! What do the parameters of a call name?

use std::borrow::Cow;

use crate::log::{Malformed, Scanner, Text};

/// No parameter that names a thing is deeper.
const DEEPEST: usize = 8;
/// Nor is there one behind so many others.
const MOST: usize = 512;

/// The texts in the parameters of a call, each with the name of the member that it stands in, in the order of the log.
/// Elements of lists have the name of the list.
#[derive(Debug, Default)]
pub(crate) struct Parameters<'b> {
    named: Vec<(Cow<'b, str>, Cow<'b, str>)>,
    /// The names of the outermost members, and whether there is something in them.
    members: Vec<(&'b [u8], bool)>,
    is_partial: bool,
}

impl<'b> Parameters<'b> {
    pub(crate) fn read(json: &'b [u8]) -> Self {
        let mut parameters = Self::default();
        if !json.is_empty() && parameters.value(&mut Scanner::new(json), b"", 0).is_err() {
            parameters.is_partial = true;
        }
        parameters
    }

    /// The values of members with this name, case aside.
    pub(crate) fn of<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn first<'p>(&'p self, name: &'p str) -> Option<&'p str> {
        self.of(name).find(|value| !value.is_empty())
    }

    /// Is there a header of this name, or, where that ends with a `-`, one that begins so?
    pub(crate) fn has_header(&self, wanted: &str) -> bool {
        self.iter().any(|(name, _)| {
            let is_header = name.starts_with("x-amz-") || name.starts_with("X-Amz-");
            let compared = if wanted.ends_with('-') { name.get(..wanted.len()) } else { Some(name) };
            is_header && compared.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        })
    }

    /// Puts down all that the meaning of a call can follow from: ARNs, the values of these names, and what headers, tags and
    /// other members there are that count by being there.
    pub(crate) fn spell(&self, names: &[String], mut put: impl FnMut(&[u8])) {
        for (name, value) in self.iter() {
            let matters =
                value.starts_with("arn:") || names.iter().any(|known| known.eq_ignore_ascii_case(name));
            if matters {
                put(name.as_bytes());
                put(value.as_bytes());
            } else if name.starts_with("x-amz-") || name.starts_with("X-Amz-") {
                put(name.as_bytes());
            }
        }
        let names = ["tags", "transitiveTagKeys", "sourceIdentity", "phoneNumber", "filters"];
        put(&[u8::from(self.is_empty()), u8::from(self.is_partial), u8::from(self.has_tags())]);
        names.iter().for_each(|name| put(&[u8::from(self.has(name))]));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.named.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Is there something in an outermost member with this name?
    pub(crate) fn has(&self, name: &str) -> bool {
        self.filled().any(|known| known.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// Are there tags for what is made: `tags`, `tagSpecificationSet`, `bucketTags`?
    pub(crate) fn has_tags(&self) -> bool {
        self.filled().any(|name| {
            let name = name.to_ascii_lowercase();
            name.starts_with(b"tag") || name.ends_with(b"tags") || name.ends_with(b"taglist")
        })
    }

    fn filled(&self) -> impl Iterator<Item = &'b [u8]> {
        self.members.iter().filter(|(_, is_filled)| *is_filled).map(|(name, _)| *name)
    }

    /// Were no parameters logged?
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Was something left out, or unreadable?
    pub(crate) fn is_partial(&self) -> bool {
        self.is_partial
    }

    fn value(&mut self, scanner: &mut Scanner<'b>, name: &'b [u8], depth: usize) -> Result<(), Malformed> {
        if depth > DEEPEST || self.named.len() >= MOST {
            self.is_partial = true;
            return scanner.skip();
        }
        match scanner.peek() {
            Some(b'"') => {
                let value = scanner.text()?.and_then(Text::read);
                let name = std::str::from_utf8(name).ok();
                match (name, value) {
                    (Some(name), Some(value)) => self.named.push((Cow::Borrowed(name), value)),
                    _ => self.is_partial = true,
                }
                Ok(())
            }
            Some(b'{') => scanner
                .object(|scanner, name| {
                    scanner.peek();
                    let from = scanner.at();
                    self.value(scanner, name, depth + 1)?;
                    if depth == 0 {
                        let value = &scanner.bytes()[from..scanner.at()];
                        self.members.push((name, !matches!(value, b"null" | b"{}" | b"[]" | b"\"\"")));
                    }
                    Ok(())
                })
                .map(|_| ()),
            Some(b'[') => scanner.list(|scanner| self.value(scanner, name, depth + 1)).map(|_| ()),
            _ => scanner.skip(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn texts_are_found_at_any_depth() {
        let json = br#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]},"names":["a","b\"c"],"n":1}"#;
        let read = Parameters::read(json);
        assert_eq!(read.of("INSTANCEID").collect::<Vec<_>>(), ["i-1", "i-2"]);
        assert_eq!(read.of("names").collect::<Vec<_>>(), ["a", "b\"c"]);
        assert!(!read.is_partial && !read.has_header("x-amz-acl"));
        assert!(Parameters::read(&br#"{"a":"#.repeat(50)).is_partial);
    }

    #[test]
    fn tags_are_seen_by_whatever_name() {
        for (json, has) in [
            (r#"{"tags":[{"key":"a","value":"b"}]}"#, true),
            (r#"{"Tags": {"a":"b"}}"#, true),
            (r#"{"tagSpecificationSet":{"items":[{"resourceType":"volume"}]}}"#, true),
            (r#"{"hostedZoneTags":["a"]}"#, true),
            (r#"{"tags":[],"tagList":{},"tagSet":null}"#, false),
            (r#"{"targetTag":"a","tableName":"t"}"#, false),
        ] {
            assert_eq!(Parameters::read(json.as_bytes()).has_tags(), has, "{json}");
        }
    }
}
