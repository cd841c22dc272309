//! What does an HTTP request ask of AWS?

use std::io::Read as _;

use clavicle_catalog::{CalledOperation, Catalog, RequestLine};

use crate::host;
use crate::parameters::{Form, Parameters, pairs};
use crate::scope::Scope;

/// What the head of a request tells; no header that could hold a secret is kept.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) scope: Scope,
    pub(crate) region: String,
    method: String,
    /// With the bucket in front, of S3.
    path: String,
    query: Vec<(String, String)>,
    target: String,
    header_names: Vec<String>,
    /// Those of S3 that change which permissions are needed.
    told_by_headers: Vec<(String, String)>,
    content_type: String,
    is_compressed: bool,
    /// The operation, where the head alone tells it.
    called: Option<CalledOperation>,
}

/// The parameters of a call, by the names of AWS's models.
#[derive(Debug)]
pub(crate) struct Call {
    /// The path as sent, where there is one.
    pub(crate) path: String,
    pub(crate) client: String,
    pub(crate) operation: String,
    pub(crate) parameters: Parameters,
    /// Those of S3's headers.
    pub(crate) headers: Vec<(String, String)>,
}

/// The headers of S3 that name things, or that permissions depend on.
const TELLING: &[&str] = &[
    "x-amz-copy-source",
    "x-amz-acl",
    "x-amz-tagging",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold",
    "x-amz-bypass-governance-retention",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-object-ownership",
];

/// No request is nearly as large once it is inflated.
const MOST_BYTES: u64 = 32 << 20;

impl Asked {
    /// `None`: it is not signed, so that nobody's permissions are used.
    pub(crate) fn of(
        catalog: &Catalog,
        method: &str,
        host: &str,
        path_and_query: &str,
        headers: &[(&str, &str)],
    ) -> Option<Self> {
        let header = |wanted: &str| headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut query: Vec<(String, String)> = pairs(query).collect();
        let scope = Scope::of(header("authorization"), &query)?;
        // The rest of a presigned URL is the signature itself.
        let of_signature = ["AWSAccessKeyId", "Signature", "Expires"];
        query.retain(|(name, _)| !name.starts_with("X-Amz-") && !of_signature.contains(&name.as_str()));
        let region = scope.region.clone().or_else(|| host::region(host)).or_else(|| {
            let set = header("x-amz-region-set")?;
            (!set.contains([',', '*'])).then(|| set.to_owned())
        });
        let path = match host::bucket(host).filter(|_| scope.service == "s3") {
            Some(bucket) => format!("/{bucket}{path}"),
            None => path.to_owned(),
        };
        let telling = |(name, _): &&(&str, &str)| TELLING.contains(name) || name.starts_with("x-amz-grant-");
        let mut asked = Self {
            region: region.unwrap_or_default(),
            method: method.to_owned(),
            path,
            query,
            target: header("x-amz-target").unwrap_or_default().to_owned(),
            header_names: headers.iter().map(|(name, _)| (*name).to_owned()).collect(),
            told_by_headers: headers
                .iter()
                .filter(telling)
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            content_type: header("content-type").unwrap_or_default().to_owned(),
            is_compressed: header("content-encoding").is_some_and(|how| how.eq_ignore_ascii_case("gzip")),
            called: None,
            scope,
        };
        let by_query = asked.query_action(&asked.query);
        asked.called = asked.called_with(catalog, by_query.as_ref());
        Some(asked)
    }

    /// Can the body name things?
    pub(crate) fn wants_body(&self) -> bool {
        self.called.as_ref().is_none_or(|called| !called.is_opaque)
    }

    fn query_action(&self, pairs: &[(String, String)]) -> Option<(String, String)> {
        let named =
            |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        Some((named("Action")?, named("Version").unwrap_or_default()))
    }

    fn called_with(&self, catalog: &Catalog, action: Option<&(String, String)>) -> Option<CalledOperation> {
        let names: Vec<&str> = self.header_names.iter().map(String::as_str).collect();
        catalog.called(&RequestLine {
            signing_name: &self.scope.service,
            method: &self.method,
            path: &self.path,
            query: &self.query,
            target: &self.target,
            headers: &names,
            action: action.map(|(action, version)| (action.as_str(), version.as_str())),
        })
    }

    /// The call, now that its body is there, whole or not. `None`: no operation that is known.
    pub(crate) fn with_body(self, catalog: &Catalog, body: &[u8], is_whole: bool) -> Option<Call> {
        let inflated = if self.is_compressed { inflate(body) } else { None };
        let body = inflated.as_deref().unwrap_or(body);
        let form = Form::of(&self.content_type).or_else(|| Form::guess(body));
        let mut parameters = Parameters { is_partial: !is_whole, ..Parameters::default() };
        let mut called = self.called.clone();
        if called.as_ref().is_none_or(|called| !called.is_opaque)
            && let Some(form) = form
        {
            parameters.read(form, body);
            if form == Form::Query {
                let form: Vec<(String, String)> = pairs(&String::from_utf8_lossy(body)).take(64).collect();
                if let Some(action) = self.query_action(&form) {
                    called = self.called_with(catalog, Some(&action));
                }
            }
        }
        let called = called?;
        for (name, value) in called.labels {
            parameters.push(vec![name.to_owned()], value);
        }
        for (name, value) in self.query {
            parameters.push(vec![name], value);
        }
        Some(Call {
            path: self.path,
            client: called.client.to_owned(),
            operation: called.operation,
            parameters,
            headers: self.told_by_headers,
        })
    }

    /// How it is counted if nothing better is known: the service and what stands for a name.
    pub(crate) fn unknown_name(&self) -> String {
        match self.target.rsplit_once('.') {
            Some((_, operation)) => operation.chars().filter(char::is_ascii_alphanumeric).take(64).collect(),
            // The path may name things that are nobody's business.
            None => self.method.chars().filter(char::is_ascii_alphabetic).take(16).collect(),
        }
    }
}

/// Gzip, as far as it goes.
pub(crate) fn inflate(body: &[u8]) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    flate2::read::GzDecoder::new(body).take(MOST_BYTES).read_to_end(&mut all).ok()?;
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::Asked;
    use clavicle_catalog::catalog;

    fn call(method: &str, url: &str, service: &str, headers: &[(&str, &str)], body: &str) -> String {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let (host, path) = url.split_at(url.find('/').expect("a path"));
        let headers: Vec<(&str, &str)> =
            headers.iter().copied().chain([("authorization", authorization.as_str())]).collect();
        let asked = Asked::of(catalog(), method, host, path, &headers).expect("it is signed");
        let Some(call) = asked.with_body(catalog(), body.as_bytes(), true) else { return "?".to_owned() };
        let members = call
            .parameters
            .members
            .iter()
            .map(|member| format!(" {}={}", member.path.join("."), member.value))
            .collect::<String>();
        format!("{}.{}{members}", call.client, call.operation)
    }

    #[test]
    fn every_protocol_comes_to_a_call() {
        let json =
            [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "DynamoDB_20120810.GetItem")];
        let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        for (method, url, service, headers, body, wanted) in [
            (
                "PUT",
                "b.s3.eu-west-1.amazonaws.com/a%20k",
                "s3",
                &[][..],
                "{\"Key\":\"x\"}",
                "s3.PutObject Bucket=b Key=a k",
            ),
            ("PUT", "127.0.0.1:5000/b/k", "s3", &[], "", "s3.PutObject Bucket=b Key=k"),
            (
                "POST",
                "dynamodb.eu-west-1.amazonaws.com/",
                "dynamodb",
                &json,
                r#"{"TableName":"t"}"#,
                "dynamodb.GetItem TableName=t",
            ),
            (
                "POST",
                "iam.amazonaws.com/",
                "iam",
                &form,
                "Action=GetRole&Version=2010-05-08&RoleName=r",
                "iam.GetRole Action=GetRole Version=2010-05-08 RoleName=r",
            ),
            (
                "GET",
                "sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
                "sts",
                &[],
                "",
                "sts.GetCallerIdentity Action=GetCallerIdentity Version=2011-06-15",
            ),
            (
                "POST",
                "lambda.eu-west-1.amazonaws.com/2015-03-31/functions/f/invocations",
                "lambda",
                &[],
                r#"{"FunctionName":"no"}"#,
                "lambda.Invoke FunctionName=f",
            ),
            ("POST", "x.eu-west-1.amazonaws.com/", "nothing", &[], "", "?"),
        ] {
            assert_eq!(call(method, url, service, headers, body), wanted, "{url}");
        }
    }

    #[test]
    fn what_is_not_signed_is_nobodys() {
        assert!(Asked::of(catalog(), "GET", "b.s3.amazonaws.com", "/k", &[]).is_none());
        let presigned = "/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=00";
        let asked = Asked::of(catalog(), "GET", "b.s3.eu-west-1.amazonaws.com", presigned, &[])
            .expect("it is presigned");
        assert_eq!((asked.scope.access_key.as_str(), asked.region.as_str()), ("AKIDEXAMPLE", "eu-west-1"));
        assert!(!format!("{asked:?}").contains("Signature"));
    }
}
