//! The objects of a bucket that lie under one beginning of a key: logs that AWS wrote there. Two calls are made, both of
//! which read: `ListObjectsV2` and `GetObject`.
//!
//! AWS: Amazon S3 API Reference, `ListObjectsV2` (pages of 1,000, `continuation-token`; with `encoding-type=url` keys come
//! encoded), `GetObject` (`If-Match`); "Common errors": a bucket of another region answers with `x-amz-bucket-region`.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::aws::{Aws, Signer as _, is_throttle};
use crate::endpoint;
use crate::error::CollectError;
use crate::http::Request;
use crate::instance;
use crate::pace::{Pace, lock};
use crate::profile::Settings;
use crate::sign::{self, Scope, encoded};
use crate::signers::{self, Session};
use crate::tries::Tries;
use crate::{table, xml};

/// So long the bytes of one object may take.
const MOST_TIME: Duration = Duration::from_secs(15 * 60);
/// The largest object that is read.
const MOST_BYTES: u64 = 1 << 30;

/// A bucket, and a beginning of the keys in it.
pub struct Bucket {
    aws: Aws,
    session: Session,
    name: String,
    prefix: String,
    region: Mutex<String>,
    pace: Pace,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.prefix)
    }
}

/// An object, as its bucket lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// Its bytes.
    pub size: u64,
    /// What changes with its content.
    pub etag: String,
}

impl Bucket {
    /// `s3://bucket` or `s3://bucket/beginning`, with the profile and region of the AWS CLI. Asks the bucket nothing yet; of a
    /// profile with a second factor its code, if `ask_code` says how.
    pub fn open(
        address: &str,
        profile: Option<&str>,
        region: Option<&str>,
        ask_code: Option<fn(&str) -> Option<String>>,
    ) -> Result<Self, CollectError> {
        let refused = || CollectError::usage(format!("`{address}` is not `s3://BUCKET/BEGINNING`"));
        let rest = address.strip_prefix("s3://").ok_or_else(refused)?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // AWS: S3 User Guide, "General purpose bucket naming rules".
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        if name.len() < 3
            || name.len() > 255
            || !name.bytes().all(|byte| letter(byte) || byte.is_ascii_uppercase())
        {
            return Err(refused());
        }
        let settings = Settings::read(profile, region)?;
        let source = signers::source(&settings)?;
        let aws = Aws::new(settings)?;
        let home = instance::region(&aws.http, &aws.settings);
        if !endpoint::is_region(&home) {
            return Err(CollectError::usage(format!("`{home}` is not the name of a region")));
        }
        let source = signers::with_codes(&aws, source, &home, ask_code)?;
        Ok(Self {
            aws,
            session: Session::new(source, "", &home),
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            region: Mutex::new(home),
            pace: Pace::of_bucket(),
        })
    }

    /// Hands over every object, page by page, in the order of their keys.
    pub fn list(&self, mut each: impl FnMut(Object)) -> Result<(), CollectError> {
        // Asked for by themselves, so that what is wrong with them is told in full.
        self.session.credentials(&self.aws, false)?;
        let mut token: Option<String> = None;
        loop {
            let mut query = vec![
                ("encoding-type".to_owned(), "url".to_owned()),
                ("list-type".to_owned(), "2".to_owned()),
                ("prefix".to_owned(), self.prefix.clone()),
            ];
            query.extend(token.take().map(|token| ("continuation-token".to_owned(), token)));
            let mut body = Vec::new();
            self.get("", &query, &mut body)
                .map_err(|why| CollectError::new(format!("cannot list s3://{}: {why}", self.name)))?;
            let page = std::str::from_utf8(&body).ok().and_then(xml::read);
            let page = page.ok_or_else(|| CollectError::new("the list of the bucket cannot be read"))?;
            for object in page.get("Contents").into_iter().flat_map(items) {
                each(read(object)?);
            }
            if page.get("IsTruncated").and_then(Value::as_str) != Some("true") {
                return Ok(());
            }
            token = page.get("NextContinuationToken").and_then(Value::as_str).map(str::to_owned);
            if token.is_none() {
                return Err(CollectError::new("the list of the bucket ends in its middle"));
            }
        }
    }

    /// Reads an object into `bytes`, which is emptied first; why it could not be read.
    pub fn read(&self, key: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
        self.get(key, &[], bytes)
    }

    /// Its name and the key of an object, as the AWS CLI writes it.
    pub fn address(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// Once the bucket turned out to be elsewhere, and once the credentials were renewed, it is asked again for nothing: neither
    /// is a fault.
    fn get(&self, key: &str, query: &[(String, String)], bytes: &mut Vec<u8>) -> Result<(), String> {
        let client = table::client("s3").ok_or("S3 is not known")?;
        let (mut fresh, mut moved) = (false, false);
        let mut last = "it was never sent".to_owned();
        let mut tries = Tries::of(self.aws.retries, client.name, &self.pace);
        while tries.next() {
            let region = lock(&self.region).clone();
            let place = endpoint::of(client, &region, "", &self.aws.settings);
            let path: Vec<String> = key.split('/').map(encoded).collect();
            let mut request = Request {
                method: "GET",
                origin: place.origin,
                path: format!("/{}/{}", self.name, path.join("/")),
                query: query.to_vec(),
                headers: Vec::new(),
                body: String::new(),
            };
            let credentials = self
                .session
                .credentials(&self.aws, std::mem::take(&mut fresh))
                .map_err(|error| error.problem)?;
            let signed = self.aws.clock.now();
            let time = signed.strftime("%Y%m%dT%H%M%SZ").to_string();
            let scope = Scope { service: "s3", region: &place.signing_region, time: &time };
            sign::sign(&mut request, &credentials, scope);
            bytes.clear();
            let reply = match self.aws.http.bytes(&request, MOST_TIME, MOST_BYTES, bytes) {
                Ok(reply) if reply.status == 200 => {
                    tries.answered();
                    return Ok(());
                }
                Ok(reply) => reply,
                Err(lost) => {
                    tries.lost(&lost);
                    last = lost.why;
                    continue;
                }
            };
            let code = code(bytes).unwrap_or_else(|| format!("status {}", reply.status));
            let elsewhere =
                reply.bucket_region.filter(|known| !moved && *known != region && endpoint::is_region(known));
            let is_put_right = self.aws.clock.is_put_right(&code, reply.date, signed);
            match (elsewhere, code.as_str()) {
                _ if is_put_right && tries.set_clock() => {}
                (Some(known), _) => {
                    moved = true;
                    *lock(&self.region) = known;
                    tries.mended();
                }
                (None, "ExpiredToken" | "RequestExpired") if self.session.can_renew() && tries.renew() => {
                    fresh = true;
                }
                (None, throttle) if is_throttle(throttle) || matches!(reply.status, 429 | 503) => {
                    tries.too_fast();
                }
                (None, "RequestTimeout") => tries.fault(),
                _ if reply.status >= 500 && reply.status != 501 => tries.fault(),
                _ => return Err(code),
            }
            last = code;
        }
        Err(last)
    }
}

/// One element of a name is no list in XML.
fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn read(object: &Value) -> Result<Object, CollectError> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let object = || {
        // In form encoding a plus sign is a space.
        let key = text("Key")?.replace('+', " ");
        let key = percent_encoding::percent_decode_str(&key).decode_utf8().ok()?.into_owned();
        let (size, etag) = (text("Size")?.parse().ok()?, text("ETag")?.trim_matches('"').to_owned());
        Some(Object { key, size, etag })
    };
    object().ok_or_else(|| CollectError::new("the list of the bucket cannot be read"))
}

/// The code of an error of S3.
fn code(body: &[u8]) -> Option<String> {
    let read = xml::read(std::str::from_utf8(body).ok()?)?;
    let code = read.get("Code").and_then(Value::as_str)?;
    code.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use clavicle_catalog::{Access, Operation};

    use super::*;

    #[test]
    fn the_calls_that_are_made_only_read() {
        let catalog = clavicle_catalog::catalog();
        for operation in ["ListObjectsV2", "GetObject"] {
            let needed = match catalog.operation("s3", operation) {
                Operation::Needs { always, sometimes } => [always, sometimes].concat(),
                Operation::Unchecked | Operation::Unknown => Vec::new(),
            };
            assert!(!needed.is_empty(), "{operation}");
            // A directory bucket asks for a session, which is another call, and one that is not made here.
            for action in needed.into_iter().filter(|it| catalog.name(*it) != "s3express:CreateSession") {
                let access = catalog.access(action);
                let changes = [Access::WRITE, Access::PERMISSIONS, Access::TAGGING];
                assert!(!changes.into_iter().any(|level| access.contains(level)), "{}", catalog.name(action));
            }
        }
    }

    #[test]
    fn a_list_is_read_whatever_stands_in_its_keys() {
        let page = xml::read(
            "<ListBucketResult><Contents><Key>AWSLogs/a%2Bb+c%3C.gz</Key><Size>7</Size><ETag>&quot;ab-2&quot;</ETag></Contents></ListBucketResult>",
        );
        let page = page.expect("XML");
        let objects: Vec<Object> =
            items(&page["Contents"]).iter().map(|object| read(object).expect("an object")).collect();
        assert_eq!(
            objects,
            [Object { key: "AWSLogs/a+b c<.gz".to_owned(), size: 7, etag: "ab-2".to_owned() }]
        );
        assert_eq!(code(b"<Error><Code>NoSuchKey</Code></Error>").as_deref(), Some("NoSuchKey"));
        assert_eq!(code(b"\x1f\x8b"), None);
    }

    #[test]
    fn an_address_names_a_bucket() {
        for wrong in ["s3://", "s3://x", "https://bucket/x", "s3://a b/c", "s3:///x"] {
            assert!(Bucket::open(wrong, None, None, None).is_err(), "{wrong}");
        }
    }
}
