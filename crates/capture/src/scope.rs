//! For which service, in which region and with whose key was a request signed?
//!
//! See AWS: IAM User Guide, Elements of an AWS API request signature, and Authentication methods: the scope of the
//! credentials stands in the header `Authorization` or, of presigned URLs, in the parameter `X-Amz-Credential`.

/// The scope that a request was signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The id of the access key; no secret.
    pub(crate) access_key: String,
    /// `None`: the signature holds for several regions (Signature Version 4A), or does not tell.
    pub(crate) region: Option<String>,
    /// `s3`
    pub(crate) service: String,
}

impl Scope {
    /// `None`: it is not signed as AWS's requests are.
    pub(crate) fn of(authorization: Option<&str>, query: &[(String, String)]) -> Option<Self> {
        match authorization {
            Some(header) => Self::of_header(header),
            None => {
                let named =
                    |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
                match named("X-Amz-Algorithm") {
                    Some(algorithm) => Self::of_credential(algorithm, named("X-Amz-Credential")?),
                    // URLs of S3 that were presigned in the older way.
                    None => {
                        named("Signature")?;
                        let access_key = key(named("AWSAccessKeyId")?)?;
                        Some(Self { access_key, region: None, service: "s3".to_owned() })
                    }
                }
            }
        }
    }

    fn of_header(header: &str) -> Option<Self> {
        let (algorithm, rest) = header.split_once(' ')?;
        // The second version of signatures names no scope; S3 alone still takes it.
        if let Some((access_key, _)) = rest.split_once(':').filter(|_| algorithm == "AWS") {
            return Some(Self { access_key: key(access_key)?, region: None, service: "s3".to_owned() });
        }
        let credential = rest.split(',').find_map(|part| part.trim().strip_prefix("Credential="))?;
        Self::of_credential(algorithm, credential)
    }

    /// `AKID/20260729/eu-west-1/s3/aws4_request`, or without the region.
    fn of_credential(algorithm: &str, credential: &str) -> Option<Self> {
        let parts: Vec<&str> = credential.split('/').collect();
        let name = |text: &str| {
            let is_name = !text.is_empty()
                && text.len() <= 64
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            is_name.then(|| text.to_owned())
        };
        match (algorithm, parts.as_slice()) {
            ("AWS4-HMAC-SHA256", [id, _, region, service, "aws4_request"]) => {
                Some(Self { access_key: key(id)?, region: Some(name(region)?), service: name(service)? })
            }
            ("AWS4-ECDSA-P256-SHA256", [id, _, service, "aws4_request"]) => {
                Some(Self { access_key: key(id)?, region: None, service: name(service)? })
            }
            _ => None,
        }
    }
}

/// Is it an id of a key? What else stands in its place might be a secret.
fn key(text: &str) -> Option<String> {
    let is_id = (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_id.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Scope;

    fn of(header: Option<&str>, query: &[(&str, &str)]) -> String {
        let query: Vec<_> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let told = |scope: Scope| {
            format!("{} {} {}", scope.access_key, scope.region.unwrap_or("-".into()), scope.service)
        };
        Scope::of(header, &query).map_or("?".to_owned(), told)
    }

    #[test]
    fn every_form_of_signature_is_read() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range, Signature=f0";
        assert_eq!(of(Some(header), &[]), "AKIAIOSFODNN7EXAMPLE us-east-1 s3");
        let without_spaces = header.replace(", ", ",");
        assert_eq!(of(Some(&without_spaces), &[]), "AKIAIOSFODNN7EXAMPLE us-east-1 s3");
        let many_regions = "AWS4-ECDSA-P256-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/s3/aws4_request, SignedHeaders=host, Signature=30";
        assert_eq!(of(Some(many_regions), &[]), "AKIAIOSFODNN7EXAMPLE - s3");
        let presigned = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"),
        ];
        assert_eq!(of(None, &presigned), "AKIAIOSFODNN7EXAMPLE us-east-1 s3");
        assert_eq!(
            of(Some("AWS AKIAIOSFODNN7EXAMPLE:qgk2+6Sv9/oM7G3qLEjTH1a1l1g="), &[]),
            "AKIAIOSFODNN7EXAMPLE - s3"
        );
        let older = [("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"), ("Signature", "x"), ("Expires", "1")];
        assert_eq!(of(None, &older), "AKIAIOSFODNN7EXAMPLE - s3");
    }

    #[test]
    fn what_is_no_signature_of_aws_is_none() {
        for header in [
            "Bearer abc",
            "Basic eDp5",
            "AWS4-HMAC-SHA256 Credential=A B/1/r/s/aws4_request",
            "AWS4-HMAC-SHA256",
            "",
        ] {
            assert_eq!(of(Some(header), &[]), "?", "{header}");
        }
        assert_eq!(of(None, &[]), "?");
        assert_eq!(of(None, &[("AWSAccessKeyId", "AKIDEXAMPLE")]), "?");
    }
}
