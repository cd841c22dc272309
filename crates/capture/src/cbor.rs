//! CBOR, as far as requests to AWS use it: maps with text keys, lists, texts, numbers; blobs are left out.
//!
//! See RFC 8949, and Smithy RPC v2 CBOR protocol.

use serde_json::{Map, Value};

/// Deeper ones are refused.
const DEEPEST: usize = 32;

/// The value that these bytes begin with; `None`: they are none.
pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    Reader { rest: bytes }.value(0)
}

struct Reader<'b> {
    rest: &'b [u8],
}

/// The head of an item: its kind, and its number or length; `None` for a length that only its end tells.
type Head = (u8, Option<u64>, u8);

impl<'b> Reader<'b> {
    fn take(&mut self, count: u64) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    fn head(&mut self) -> Option<Head> {
        let first = *self.take(1)?.first()?;
        let (kind, low) = (first >> 5, first & 31);
        let number = match low {
            0..=23 => Some(u64::from(low)),
            24..=27 => {
                let bytes = self.take(1 << (low - 24))?;
                Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
            }
            31 => None,
            _ => return None,
        };
        Some((kind, number, low))
    }

    /// Is the break that ends an open list next? Then it is passed.
    fn ends(&mut self) -> bool {
        let ends = self.rest.first() == Some(&0xff);
        if ends {
            self.rest = &self.rest[1..];
        }
        ends
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let (kind, number, low) = self.head()?;
        Some(match kind {
            0 => number?.into(),
            1 => (-1 - i64::try_from(number?).ok()?).into(),
            2 => {
                self.bytes(2, number)?;
                Value::Null
            }
            3 => Value::String(String::from_utf8(self.bytes(3, number)?).ok()?),
            4 => {
                let mut list = Vec::new();
                self.each(number, |reader| {
                    list.push(reader.value(depth + 1)?);
                    Some(())
                })?;
                Value::Array(list)
            }
            5 => {
                let mut map = Map::new();
                self.each(number, |reader| {
                    let Value::String(name) = reader.value(depth + 1)? else { return None };
                    map.insert(name, reader.value(depth + 1)?);
                    Some(())
                })?;
                Value::Object(map)
            }
            // A tag says what the next value means: a time, mostly.
            6 => self.value(depth + 1)?,
            _ => match low {
                20 => false.into(),
                21 => true.into(),
                31 => return None,
                // `null`, and numbers with a point: neither names a thing.
                _ => Value::Null,
            },
        })
    }

    fn bytes(&mut self, kind: u8, length: Option<u64>) -> Option<Vec<u8>> {
        if let Some(length) = length {
            return Some(self.take(length)?.to_vec());
        }
        let mut all = Vec::new();
        while !self.ends() {
            let (piece, length, _) = self.head()?;
            if piece != kind {
                return None;
            }
            all.extend_from_slice(self.take(length?)?);
        }
        Some(all)
    }

    fn each(&mut self, count: Option<u64>, mut one: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        match count {
            Some(count) => (0..count).try_for_each(|_| one(self)),
            None => {
                while !self.ends() {
                    one(self)?;
                }
                Some(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde_json::json;

    /// The examples of RFC 8949, appendix A.
    #[test]
    fn values_are_read() {
        let read = |hex: &str| {
            let bytes = hex
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
            read(&bytes.collect::<Vec<_>>())
        };
        assert_eq!(read("1903e8"), Some(json!(1000)));
        assert_eq!(read("3903e7"), Some(json!(-1000)));
        assert_eq!(read("6449455446"), Some(json!("IETF")));
        assert_eq!(read("7f657374726561646d696e67ff"), Some(json!("streaming")));
        assert_eq!(read("83010203"), Some(json!([1, 2, 3])));
        assert_eq!(read("bf61610161629f0203ffff"), Some(json!({"a": 1, "b": [2, 3]})));
        assert_eq!(read("c11a514b67b0"), Some(json!(1_363_896_240)));
        assert_eq!(read("f5"), Some(json!(true)));
        assert_eq!(read("f90000"), Some(json!(null)));
        assert_eq!(read("4401020304"), Some(json!(null)));
        for damaged in ["", "ff", "19", "9f01", "a1016161", "1c"] {
            assert_eq!(read(damaged), None, "{damaged}");
        }
    }
}
