//! Signature Version 4. See AWS: IAM User Guide, "Create a signed AWS API request"
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>).

use std::fmt::Write as _;

use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::credentials::Credentials;
use crate::http::Request;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a signature is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// The service's signing name.
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    /// `20150830T123600Z`
    pub(crate) time: &'a str,
}

/// Adds the date, the token and the signature to the headers.
pub(crate) fn sign(request: &mut Request, credentials: &Credentials, scope: Scope<'_>) {
    let hash = hexadecimal(&Sha256::digest(&request.body));
    request.headers.push(("x-amz-date", scope.time.to_owned()));
    if let Some(token) = &credentials.token {
        request.headers.push(("x-amz-security-token", token.clone()));
    }
    if is_s3(scope.service) {
        request.headers.push(("x-amz-content-sha256", hash.clone()));
    }
    let host = request.origin.split_once("://").map_or(request.origin.as_str(), |(_, host)| host);
    // An endpoint of the user's own may have a path before that of the call.
    let (host, before) = host.split_at(host.find('/').unwrap_or(host.len()));
    let path = format!("{before}{}", request.path);
    let mut headers: Vec<(&str, &str)> =
        request.headers.iter().map(|(name, value)| (*name, value.trim())).collect();
    headers.push(("host", host));
    headers.sort_unstable();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let mut canonical = format!(
        "{}\n{}\n{}\n",
        request.method,
        canonical_path(&path, scope.service),
        canonical_query(&request.query)
    );
    for (name, value) in &headers {
        let _ = writeln!(canonical, "{name}:{value}");
    }
    let _ = write!(canonical, "\n{names}\n{hash}");
    let day = scope.time.get(..8).unwrap_or(scope.time);
    let bound = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{bound}\n{}",
        scope.time,
        hexadecimal(&Sha256::digest(canonical.as_bytes()))
    );
    let mut key = keyed(format!("AWS4{}", credentials.secret).as_bytes(), day);
    for part in [scope.region, scope.service, "aws4_request"] {
        key = keyed(&key, part);
    }
    let signature = hexadecimal(&keyed(&key, &to_sign));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{bound}, SignedHeaders={names}, Signature={signature}",
        credentials.access_key
    );
    request.headers.push(("authorization", authorization));
}

/// A text with everything but unreserved characters encoded.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The query string in the order that is signed, which is also what is sent.
pub(crate) fn canonical_query(query: &[(String, String)]) -> String {
    let mut parts: Vec<(String, String)> =
        query.iter().map(|(name, value)| (encoded(name), encoded(value))).collect();
    parts.sort_unstable();
    let parts: Vec<String> = parts.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    parts.join("&")
}

/// Amazon S3, and its directory buckets.
fn is_s3(service: &str) -> bool {
    matches!(service, "s3" | "s3express")
}

/// Every service but S3 signs a path that is encoded once more than the one that is sent.
fn canonical_path(path: &str, service: &str) -> String {
    if is_s3(service) {
        return path.to_owned();
    }
    path.split('/').map(encoded).collect::<Vec<_>>().join("/")
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length will do: `new_from_slice` cannot fail for HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{Scope, canonical_path, sign};
    use crate::credentials::Credentials;
    use crate::http::Request;

    fn example() -> Credentials {
        Credentials {
            access_key: "AKIDEXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            token: None,
            expires: None,
        }
    }

    fn signature(request: &Request) -> &str {
        let (_, value) = request.headers.last().expect("the signature is the last header");
        value.rsplit('=').next().expect("a signature")
    }

    /// The worked example that AWS publishes: General Reference, "Signature Version 4 signing process".
    #[test]
    fn the_published_example_of_iam() {
        let mut request = Request {
            method: "GET",
            origin: "https://iam.amazonaws.com".to_owned(),
            path: "/".to_owned(),
            query: vec![
                ("Version".to_owned(), "2010-05-08".to_owned()),
                ("Action".to_owned(), "ListUsers".to_owned()),
            ],
            headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
            body: String::new(),
        };
        let scope = Scope { service: "iam", region: "us-east-1", time: "20150830T123600Z" };
        sign(&mut request, &example(), scope);
        assert_eq!(signature(&request), "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    /// Amazon S3 API Reference, "Signature calculations … using an authorization header", GET Bucket Lifecycle.
    #[test]
    fn the_published_example_of_s3() {
        let mut request = Request {
            method: "GET",
            origin: "https://examplebucket.s3.amazonaws.com".to_owned(),
            path: "/".to_owned(),
            query: vec![("lifecycle".to_owned(), String::new())],
            headers: Vec::new(),
            body: String::new(),
        };
        let credentials = Credentials {
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            ..example()
        };
        let scope = Scope { service: "s3", region: "us-east-1", time: "20130524T000000Z" };
        sign(&mut request, &credentials, scope);
        assert_eq!(signature(&request), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    }

    #[test]
    fn a_path_is_signed_encoded_twice_except_by_s3() {
        assert_eq!(canonical_path("/tags/arn%3Aaws", "lambda"), "/tags/arn%253Aaws");
        assert_eq!(canonical_path("/bucket%20name", "s3"), "/bucket%20name");
        assert_eq!(canonical_path("/bucket%20name", "s3express"), "/bucket%20name");
    }
}
