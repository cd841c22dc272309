//! Which operation does an HTTP request call?
//!
//! A signed request names its service in the scope of its credentials. The operation is told by `X-Amz-Target` (JSON), by
//! the parameter `Action` (query, EC2), by the path (CBOR), or by method, path and query together (REST). For the last,
//! `bindings.txt` has the pattern of every operation, compiled from AWS's own models.
//!
//! See Smithy (the language of those models): AWS JSON 1.0 and 1.1, AWS query, AWS REST JSON and XML, RPC v2 CBOR
//! protocols, and HTTP binding traits.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::edition::bindings_text;
use crate::operation::{Client, clients};
use crate::table::Row;

/// What tells the operation of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestLine<'r> {
    /// The service of the credential scope: `s3`.
    pub signing_name: &'r str,
    /// `GET`
    pub method: &'r str,
    /// The path as sent, percent-encoded, with the bucket in front for S3, wherever the request has it.
    pub path: &'r str,
    /// The parts of the query, decoded, with empty values where they have none.
    pub query: &'r [(String, String)],
    /// `X-Amz-Target`, empty if it is not there.
    pub target: &'r str,
    /// The names of all headers, in lower case.
    pub headers: &'r [&'r str],
    /// The parameters `Action` and `Version` of the query protocols.
    pub action: Option<(&'r str, &'r str)>,
}

/// The operation that a request calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledOperation {
    /// The SDK's client: `s3`.
    pub client: &'static str,
    /// `GetObject`
    pub operation: String,
    /// What the path says, by the names of AWS's model, decoded.
    pub labels: Vec<(&'static str, String)>,
    /// Is the body one text or blob, without members? Then nothing in it names a thing.
    pub is_opaque: bool,
}

/// How the requests of one client look.
#[derive(Debug)]
struct Bound {
    client: &'static Client,
    protocols: &'static str,
    target: &'static str,
    version: &'static str,
    operations: Vec<Pattern>,
}

/// The request of one REST operation.
#[derive(Debug)]
struct Pattern {
    operation: &'static str,
    method: &'static str,
    segments: Vec<Segment>,
    query: Vec<(&'static str, Option<&'static str>)>,
    headers: Vec<&'static str>,
    is_opaque: bool,
}

#[derive(Debug, Clone, Copy)]
enum Segment {
    Word(&'static str),
    Label(&'static str),
    /// One segment or more.
    Rest(&'static str),
}

/// See [`Catalog::called`](crate::Catalog::called). One pass over the operations of the clients with this signing name.
pub(crate) fn called(request: &RequestLine<'_>) -> Option<CalledOperation> {
    let signed = by_signing_name().get(request.signing_name).map(Vec::as_slice).unwrap_or_default();
    let named = |bound: &Bound, operation: &str| {
        let is_name = !operation.is_empty()
            && operation.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name.then(|| CalledOperation {
            client: bound.client.name,
            operation: operation.to_owned(),
            labels: Vec::new(),
            is_opaque: false,
        })
    };
    if let Some((target, operation)) = request.target.rsplit_once('.') {
        let same = |bound: &&&Bound| bound.target == target;
        // Some clients of one service differ in the target alone, and newer SDKs may know newer ones.
        return named(signed.iter().find(same).or(signed.first())?, operation);
    }
    if let Some((service, operation)) =
        request.path.strip_prefix("/service/").and_then(|rest| rest.split_once("/operation/"))
        // A newer SDK may speak it to services of which that is not known here, and says so.
        && (request.headers.contains(&"smithy-protocol")
            || signed.iter().any(|bound| bound.protocols.contains("cbor")))
    {
        let same = |bound: &&&Bound| bound.target == service;
        return named(signed.iter().find(same).or(signed.first())?, operation);
    }
    if let Some((operation, version)) = request.action
        && signed.iter().any(|bound| bound.speaks_query())
    {
        // Clients of one version are of engines that share an API: the one called as the service is comes first.
        let fit = |bound: &&&Bound| {
            (bound.speaks_query(), bound.version == version, bound.client.name == request.signing_name)
        };
        return named(signed.iter().rev().max_by_key(fit)?, operation);
    }
    let path: Vec<&str> = segments_of(request.path).collect();
    let fits = signed.iter().flat_map(|bound| bound.operations.iter().map(move |pattern| (bound, pattern)));
    // Of two that fit alike the first is meant: `ListDirectoryBuckets` looks like `ListBuckets`, and goes elsewhere.
    let fits = fits.filter_map(|(bound, pattern)| Some((pattern.fit(request, &path)?, bound, pattern)));
    let (_, bound, pattern) = fits.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    Some(CalledOperation {
        client: bound.client.name,
        operation: pattern.operation.to_owned(),
        labels: pattern.labels(&path),
        is_opaque: pattern.is_opaque,
    })
}

/// The path without the slashes at its ends, cut at the others; a key of S3 may hold empty pieces.
fn segments_of(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').filter(move |_| !path.is_empty())
}

impl Bound {
    fn speaks_query(&self) -> bool {
        self.protocols.split(',').any(|protocol| matches!(protocol, "query" | "ec2"))
    }
}

impl Pattern {
    fn read(row: Row<'static>) -> Self {
        let (path, query) = row.text(3).split_once('?').unwrap_or((row.text(3), ""));
        let segment =
            |part: &'static str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(label) => label.strip_suffix('+').map_or(Segment::Label(label), Segment::Rest),
                None => Segment::Word(part),
            };
        let written =
            query.split('&').filter(|part| !part.is_empty()).map(|part| match part.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (part, None),
            });
        Self {
            operation: row.text(1),
            method: row.text(2),
            segments: segments_of(path.trim_end_matches('/')).map(segment).collect(),
            query: written.chain(row.list(4).map(|name| (name, None))).collect(),
            headers: row.list(5).collect(),
            is_opaque: row.text(6) == "b",
        }
    }

    /// How well the request fits; of several patterns the one that says most is meant.
    fn fit(&self, request: &RequestLine<'_>, path: &[&str]) -> Option<(usize, usize)> {
        let of_query = |(name, value): &(&str, Option<&str>)| {
            request.query.iter().any(|(given, said)| given == name && value.is_none_or(|value| said == value))
        };
        if !self.method.eq_ignore_ascii_case(request.method)
            || !self.query.iter().all(of_query)
            || !self.headers.iter().all(|name| request.headers.contains(name))
        {
            return None;
        }
        let mut words = 0;
        self.walk(path, |segment, _| words += usize::from(matches!(segment, Segment::Word(_))))?;
        Some((words, self.query.len() + self.headers.len()))
    }

    /// Goes along both; `None`: they are not of one form.
    fn walk<'p>(&self, path: &'p [&'p str], mut each: impl FnMut(Segment, &'p [&'p str])) -> Option<()> {
        // A slash at the end says nothing, but that a key is empty says that there is none.
        let path = match path {
            [before @ .., ""]
                if !before.is_empty() && !matches!(self.segments.last(), Some(Segment::Rest(_))) =>
            {
                before
            }
            path => path,
        };
        let mut at = 0;
        for (place, segment) in self.segments.iter().enumerate() {
            let behind = self.segments.len() - place - 1;
            let taken = match segment {
                Segment::Rest(_) => path.len().checked_sub(at + behind).filter(|taken| *taken > 0)?,
                Segment::Word(_) | Segment::Label(_) => 1,
            };
            let given = path.get(at..at + taken)?;
            match segment {
                Segment::Word(word) if given != [*word] => return None,
                Segment::Label(_) | Segment::Rest(_) if given.iter().all(|part| part.is_empty()) => {
                    return None;
                }
                _ => {}
            }
            each(*segment, given);
            at += taken;
        }
        (at == path.len()).then_some(())
    }

    fn labels(&self, path: &[&str]) -> Vec<(&'static str, String)> {
        let mut labels = Vec::new();
        let walked = self.walk(path, |segment, given| {
            if let Segment::Label(name) | Segment::Rest(name) = segment {
                labels.push((name, decoded(&given.join("/"))));
            }
        });
        walked.map_or(Vec::new(), |()| labels)
    }
}

/// Without percent-encoding; what is no text is left as it was sent.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn by_signing_name() -> &'static HashMap<&'static str, Vec<&'static Bound>> {
    static ALL: OnceLock<HashMap<&'static str, Vec<&'static Bound>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for bound in bound() {
            all.entry(bound.client.signing_name).or_default().push(bound);
        }
        all
    })
}

fn bound() -> &'static [Bound] {
    static ALL: OnceLock<Vec<Bound>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<Bound> = Vec::new();
        let mut is_known = false;
        for row in crate::table::rows(bindings_text()) {
            if row.text(0) == "C" {
                let client = clients().iter().find(|client| client.name == row.text(1));
                is_known = client.is_some();
                all.extend(client.map(|client| Bound {
                    client,
                    protocols: row.text(2),
                    target: row.text(3),
                    version: row.text(4),
                    operations: Vec::new(),
                }));
            } else if let Some(last) = all.last_mut().filter(|_| is_known) {
                last.operations.push(Pattern::read(row));
            }
        }
        all
    })
}

/// The first line that is none of the table's, from 1.
pub(crate) fn first_damaged(text: &str) -> Option<usize> {
    let mut after_client = false;
    let damaged = |line: &str| {
        let columns = line.split('\t').count();
        let is_client = line.starts_with("C\t") && columns == 5;
        let is_operation = line.starts_with("O\t") && columns == 7 && after_client;
        after_client |= is_client;
        !(line.starts_with('#') || is_client || is_operation)
    };
    text.lines().position(damaged).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::{RequestLine, bound, called, first_damaged};
    use crate::edition::bindings_text;
    use crate::operation::clients;

    fn rest(signing_name: &str, line: &str, headers: &[&str]) -> String {
        let (method, target) = line.split_once(' ').expect("a method");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query: Vec<(String, String)> = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let request =
            RequestLine { signing_name, method, path, query: &query, headers, ..RequestLine::default() };
        called(&request).map_or("?".to_owned(), |called| {
            let labels =
                called.labels.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
            format!(
                "{}.{}{labels}{}",
                called.client,
                called.operation,
                if called.is_opaque { " opaque" } else { "" }
            )
        })
    }

    /// The lines of requests in the pages of AWS's API references.
    #[test]
    fn rest_is_told_by_method_path_query_and_headers() {
        for (service, line, headers, wanted) in [
            ("s3", "GET /", &[][..], "s3.ListBuckets"),
            ("s3", "GET /b", &[], "s3.ListObjects Bucket=b"),
            ("s3", "GET /b/?list-type=2&prefix=x", &[], "s3.ListObjectsV2 Bucket=b"),
            ("s3", "GET /b/a%20b//c/?x-id=GetObject", &[], "s3.GetObject Bucket=b Key=a b//c/"),
            ("s3", "HEAD /b", &[], "s3.HeadBucket Bucket=b"),
            ("s3", "GET /b?acl", &[], "s3.GetBucketAcl Bucket=b"),
            ("s3", "GET /b/k?acl", &[], "s3.GetObjectAcl Bucket=b Key=k"),
            ("s3", "PUT /b/k", &[], "s3.PutObject Bucket=b Key=k opaque"),
            ("s3", "PUT /b/k", &["x-amz-copy-source"], "s3.CopyObject Bucket=b Key=k"),
            ("s3", "PUT /b/k?partNumber=1&uploadId=u", &[], "s3.UploadPart Bucket=b Key=k opaque"),
            ("s3", "POST /b/k?uploads", &[], "s3.CreateMultipartUpload Bucket=b Key=k"),
            ("s3", "POST /b?delete", &[], "s3.DeleteObjects Bucket=b"),
            (
                "s3",
                "GET /v20180820/configuration/publicAccessBlock",
                &["x-amz-account-id"],
                "s3control.GetPublicAccessBlock",
            ),
            (
                "lambda",
                "POST /2015-03-31/functions/f/invocations",
                &[],
                "lambda.Invoke FunctionName=f opaque",
            ),
            ("lambda", "GET /2015-03-31/functions/", &[], "lambda.ListFunctions"),
            (
                "apigateway",
                "GET /restapis/a/resources/r/methods/GET",
                &[],
                "apigateway.GetMethod restapi_id=a resource_id=r http_method=GET",
            ),
            ("apigateway", "GET /v2/apis", &[], "apigatewayv2.GetApis"),
            ("route53", "GET /2013-04-01/hostedzone/Z1/rrset", &[], "route53.ListResourceRecordSets Id=Z1"),
            ("eks", "GET /clusters/c", &[], "eks.DescribeCluster name=c"),
            ("eks", "GET /nothing/of/this/kind", &[], "?"),
            ("nothing", "GET /", &[], "?"),
        ] {
            assert_eq!(rest(service, line, headers), wanted, "{line}");
        }
    }

    #[test]
    fn calls_by_name_are_told_by_target_action_or_path() {
        let told = |request: RequestLine<'_>| {
            called(&request)
                .map_or("?".to_owned(), |called| format!("{}.{}", called.client, called.operation))
        };
        let base = RequestLine { method: "POST", path: "/", ..RequestLine::default() };
        let json = |signing_name, target| told(RequestLine { signing_name, target, ..base });
        assert_eq!(json("dynamodb", "DynamoDB_20120810.GetItem"), "dynamodb.GetItem");
        assert_eq!(json("dynamodb", "DynamoDBStreams_20120810.GetRecords"), "dynamodbstreams.GetRecords");
        assert_eq!(json("dynamodb", "DynamoDB_20120810.<x>"), "?");
        let query = |signing_name, action| told(RequestLine { signing_name, action: Some(action), ..base });
        assert_eq!(query("iam", ("ListUsers", "2010-05-08")), "iam.ListUsers");
        assert_eq!(query("ec2", ("RunInstances", "2016-11-15")), "ec2.RunInstances");
        assert_eq!(
            query("elasticloadbalancing", ("CreateLoadBalancer", "2015-12-01")),
            "elbv2.CreateLoadBalancer"
        );
        assert_eq!(
            query("elasticloadbalancing", ("CreateLoadBalancer", "2012-06-01")),
            "elb.CreateLoadBalancer"
        );
        assert_eq!(query("rds", ("CreateDBInstance", "2014-10-31")), "rds.CreateDBInstance");
        assert_eq!(query("s3", ("ListUsers", "2010-05-08")), "?");
        let cbor = |signing_name, path| told(RequestLine { signing_name, path, ..base });
        assert_eq!(
            cbor("monitoring", "/service/GraniteServiceVersion20100801/operation/PutMetricData"),
            "cloudwatch.PutMetricData"
        );
        let to_queues = "/service/AmazonSQS/operation/SendMessage";
        assert_eq!(cbor("sqs", to_queues), "?");
        let headers = ["host", "smithy-protocol"];
        let newer = RequestLine { signing_name: "sqs", path: to_queues, headers: &headers, ..base };
        assert_eq!(told(newer), "sqs.SendMessage");
    }

    /// A path made of each pattern, with one word for each label, calls that operation, or one that looks the same.
    #[test]
    fn every_rest_operation_is_found_by_its_own_request() {
        let mut found = 0;
        for bound in bound() {
            for pattern in &bound.operations {
                let path: String = pattern
                    .segments
                    .iter()
                    .map(|segment| match segment {
                        super::Segment::Word(word) => format!("/{word}"),
                        super::Segment::Label(_) | super::Segment::Rest(_) => "/x1".to_owned(),
                    })
                    .collect();
                let value = |(name, value): &(&str, Option<&str>)| {
                    ((*name).to_owned(), value.unwrap_or("v").to_owned())
                };
                let query: Vec<(String, String)> = pattern.query.iter().map(value).collect();
                let request = RequestLine {
                    signing_name: bound.client.signing_name,
                    method: pattern.method,
                    path: if path.is_empty() { "/" } else { &path },
                    query: &query,
                    headers: &pattern.headers,
                    ..RequestLine::default()
                };
                let called = called(&request);
                let name = format!("{} {}", bound.client.name, pattern.operation);
                let called = called.unwrap_or_else(|| panic!("{name} is not found"));
                found +=
                    usize::from(called.client == bound.client.name && called.operation == pattern.operation);
            }
        }
        let all: usize = bound().iter().map(|bound| bound.operations.len()).sum();
        assert!(all > 10_000, "{all}");
        assert!(found * 1000 > all * 985, "only {found} of {all} are told apart");
    }

    #[test]
    fn every_client_has_its_line() {
        assert_eq!(bound().len(), clients().len());
        assert_eq!(first_damaged(bindings_text()), None);
        assert_eq!(first_damaged("#x\nC\ta\tjson\t-\t-\nO\ta\n"), Some(3));
        assert_eq!(first_damaged("#x\nO\ta\tGET\t/\t-\t-\t-\n"), Some(2));
    }
}
