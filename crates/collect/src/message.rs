//! A call as a request, and an answer as JSON, in each of AWS's protocols.

use serde_json::{Map, Value};

use crate::http::{Reply, Request};
use crate::sign::encoded;
use crate::table::{Call, Protocol};
use crate::xml;

/// A parameter with its fields put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Text(String),
    Number(String),
    List(Vec<String>),
    /// JSON as it stands; of services that take JSON.
    Json(String),
}

/// Why AWS did not answer what was asked: the code of its error, for people and for the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) status: u16,
    /// A policy of the organization, named in the message, was the reason.
    pub(crate) by_organization: bool,
}

/// The request of a call. `path` is the call's with its fields put in, each encoded.
pub(crate) fn request(call: &Call, origin: &str, path: &str, arguments: &[(&str, Argument)]) -> Request {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut request = Request {
        method: call.method,
        origin: origin.to_owned(),
        path: path.to_owned(),
        query: query.split('&').filter(|part| !part.is_empty()).map(pair).collect(),
        headers: Vec::new(),
        body: String::new(),
    };
    match call.client.protocol {
        Protocol::Query | Protocol::Ec2 => {
            let mut form = vec![
                ("Action".to_owned(), call.operation.to_owned()),
                ("Version".to_owned(), call.client.version.to_owned()),
            ];
            let wrapper = if call.client.protocol == Protocol::Query { ".member" } else { "" };
            for (name, argument) in arguments {
                match argument {
                    Argument::Text(text) | Argument::Number(text) => {
                        form.push(((*name).to_owned(), text.clone()));
                    }
                    Argument::List(list) => {
                        let numbered =
                            (1..).zip(list).map(|(at, text)| (format!("{name}{wrapper}.{at}"), text.clone()));
                        form.extend(numbered);
                    }
                    // No call of such a service has one.
                    Argument::Json(_) => {}
                }
            }
            let form: Vec<String> =
                form.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
            request.body = form.join("&");
            request
                .headers
                .push(("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned()));
        }
        Protocol::Json(version) => {
            request.body = body(arguments);
            request.headers.push(("content-type", format!("application/x-amz-json-{version}")));
            request.headers.push(("x-amz-target", format!("{}.{}", call.client.version, call.operation)));
        }
        Protocol::RestJson if call.method == "POST" => {
            // A parameter that begins with a question mark stands in the query all the same.
            let (in_query, in_body): (Vec<_>, Vec<_>) =
                arguments.iter().cloned().partition(|(name, _)| name.starts_with('?'));
            for (name, argument) in in_query {
                if let Argument::Text(text) | Argument::Number(text) = argument {
                    request.query.push((name.trim_start_matches('?').to_owned(), text));
                }
            }
            request.body = body(&in_body);
            request.headers.push(("content-type", "application/json".to_owned()));
        }
        Protocol::RestXml if call.method == "POST" => {
            let (root, space) = (format!("{}Request", call.operation), call.client.version);
            let space = format!("http://{}.amazonaws.com/doc/{space}/", call.client.name);
            let mut members = String::new();
            for (name, argument) in arguments {
                if let Argument::Text(text) | Argument::Number(text) = argument {
                    let text = quick_xml::escape::escape(text.as_str());
                    members.push_str(&format!("<{name}>{text}</{name}>"));
                }
            }
            request.body = format!("<{root} xmlns=\"{space}\">{members}</{root}>");
            request.headers.push(("content-type", "application/xml".to_owned()));
        }
        Protocol::RestJson | Protocol::RestXml => {
            for (name, argument) in arguments {
                if let Argument::Text(text) | Argument::Number(text) = argument {
                    request.query.push(((*name).to_owned(), text.clone()));
                }
            }
            if call.client.protocol == Protocol::RestJson {
                request.headers.push(("accept", "application/json".to_owned()));
            }
        }
    }
    request
}

fn pair(part: &str) -> (String, String) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (name.to_owned(), percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
}

fn body(arguments: &[(&str, Argument)]) -> String {
    let value = |argument: &Argument| match argument {
        Argument::Text(text) => Value::from(text.clone()),
        Argument::Number(text) => text.parse::<i64>().map_or(Value::Null, Value::from),
        Argument::List(list) => Value::from(list.clone()),
        Argument::Json(text) => serde_json::from_str(text).unwrap_or_default(),
    };
    let object: Map<String, Value> =
        arguments.iter().map(|(name, argument)| ((*name).to_owned(), value(argument))).collect();
    Value::Object(object).to_string()
}

/// What AWS said. An answer that is no answer of the protocol is a refusal with the code `Unreadable`.
pub(crate) fn answer(call: &Call, reply: &Reply) -> Result<Value, Refusal> {
    if reply.status >= 300 {
        return Err(refusal(reply));
    }
    let unreadable =
        || Refusal { code: "Unreadable".to_owned(), status: reply.status, by_organization: false };
    let text = reply.body.trim_start_matches('\u{feff}').trim();
    match call.client.protocol {
        Protocol::Json(_) | Protocol::RestJson if text.is_empty() => Ok(Value::Object(Map::new())),
        Protocol::Json(_) | Protocol::RestJson => {
            serde_json::from_str(text).ok().filter(Value::is_object).ok_or_else(unreadable)
        }
        // The answer of GetBucketPolicy is the policy itself.
        Protocol::RestXml if text.starts_with('{') => Ok(Value::String(reply.body.clone())),
        Protocol::RestXml | Protocol::Ec2 => xml::read(text).ok_or_else(unreadable),
        // Every call of the table has a result, and be it an empty one: what has none is the page of somebody in between.
        Protocol::Query => {
            let mut root = xml::read(text).ok_or_else(unreadable)?;
            root.get_mut(format!("{}Result", call.operation)).map(Value::take).ok_or_else(unreadable)
        }
    }
}

fn refusal(reply: &Reply) -> Refusal {
    let json: Option<Value> = serde_json::from_str(&reply.body).ok();
    let value =
        json.or_else(|| xml::read(reply.body.trim_start_matches('\u{feff}').trim())).unwrap_or_default();
    let of_xml = ["Error", "Errors"].iter().find_map(|name| value.get(*name));
    let of_xml = of_xml.map(|error| error.get("Error").unwrap_or(error));
    let error = of_xml.unwrap_or(&value);
    let text = |names: &[&str]| names.iter().find_map(|name| error.get(*name)?.as_str().map(str::to_owned));
    let code = reply.error_type.clone().or_else(|| text(&["__type", "Code", "code"]));
    let code = code.unwrap_or_else(|| format!("Status{}", reply.status));
    // `com.amazonaws.kms#AccessDeniedException:http://…`
    let code = code.rsplit('#').next().unwrap_or(&code).split(':').next().unwrap_or_default();
    let code: String = code
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || ".-_".contains(*letter))
        .take(80)
        .collect();
    let message = text(&["message", "Message"]).unwrap_or_default();
    let by_organization =
        ["service control policy", "resource control policy"].iter().any(|it| message.contains(it));
    Refusal { code, status: reply.status, by_organization }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Argument, answer, refusal, request};
    use crate::http::Reply;
    use crate::table::call;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, body: body.to_owned(), error_type: None, date: None }
    }

    #[test]
    fn a_call_in_each_protocol() {
        let list = || Argument::List(vec!["a".to_owned(), "b".to_owned()]);
        let iam = call("iam:ListUsers").expect("a call");
        let sent = request(&iam, "https://iam.amazonaws.com", "/", &[("Filter", list())]);
        assert_eq!(sent.body, "Action=ListUsers&Version=2010-05-08&Filter.member.1=a&Filter.member.2=b");
        let ec2 = call("ec2:DescribeInstances").expect("a call");
        let sent = request(
            &ec2,
            "o",
            "/",
            &[("InstanceId", list()), ("MaxResults", Argument::Number("5".to_owned()))],
        );
        let form = "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=a&InstanceId.2=b&MaxResults=5";
        assert_eq!(sent.body, form);
        let kms = call("kms:ListKeys").expect("a call");
        let sent = request(&kms, "o", "/", &[("Limit", Argument::Number("5".to_owned())), ("x", list())]);
        assert_eq!(sent.body, r#"{"Limit":5,"x":["a","b"]}"#);
        assert!(sent.headers.contains(&("x-amz-target", "TrentService.ListKeys".to_owned())));
        let eks = call("eks:ListClusters GET /clusters?maxResults=100").expect("a call");
        let sent = request(&eks, "o", eks.path, &[("nextToken", Argument::Text("t/=".to_owned()))]);
        let asked = call("codeartifact:ListRepositories POST /v1/repositories").expect("a call");
        let text = |text: &str| Argument::Text(text.to_owned());
        let posted = request(&asked, "o", asked.path, &[("?next-token", text("t")), ("a", text("b"))]);
        assert_eq!((posted.query.len(), &*posted.body), (1, r#"{"a":"b"}"#));
        let origin =
            call("cloudfront:GetResourcePolicy POST /2020-05-31/get-resource-policy").expect("a call");
        let posted = request(&origin, "o", origin.path, &[("ResourceArn", text("a&b"))]);
        let namespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
        let body = format!(
            "<GetResourcePolicyRequest xmlns=\"{namespace}\"><ResourceArn>a&amp;b</ResourceArn></GetResourcePolicyRequest>"
        );
        assert_eq!((posted.query.len(), posted.body), (0, body));
        assert_eq!(sent.path, "/clusters");
        assert_eq!(crate::sign::canonical_query(&sent.query), "maxResults=100&nextToken=t%2F%3D");
    }

    #[test]
    fn the_answer_of_each_protocol() {
        let sns = call("sns:ListTopics").expect("a call");
        let text = "<ListTopicsResponse><ListTopicsResult><Topics><member><TopicArn>a</TopicArn></member></Topics>\
            </ListTopicsResult><ResponseMetadata/></ListTopicsResponse>";
        assert_eq!(answer(&sns, &reply(200, text)), Ok(json!({"Topics": [{"TopicArn": "a"}]})));
        let s3 = call("s3:GetBucketPolicy GET /b?policy").expect("a call");
        assert_eq!(answer(&s3, &reply(200, "{\"Version\": 1}")), Ok(json!("{\"Version\": 1}")));
        let kms = call("kms:ListKeys").expect("a call");
        assert_eq!(
            answer(&kms, &reply(200, "<html>")).map_err(|refusal| refusal.code),
            Err("Unreadable".to_owned())
        );
        assert_eq!(answer(&kms, &reply(200, "{}")), Ok(json!({})));
        // What somebody in between says is not that there is none.
        for (call, text) in [
            (&kms, "[]"),
            (&kms, "\"signed in\""),
            (&sns, "<html><body>signed in</body></html>"),
            (&sns, "<ListTopicsResponse><ResponseMetadata/></ListTopicsResponse>"),
        ] {
            let found = answer(call, &reply(200, text)).map_err(|refusal| refusal.code);
            assert_eq!(found, Err("Unreadable".to_owned()), "{text}");
        }
        let empty = "<ListTopicsResponse><ListTopicsResult/></ListTopicsResponse>";
        assert_eq!(answer(&sns, &reply(200, empty)), Ok(json!("")));
    }

    #[test]
    fn the_code_of_an_error_wherever_it_stands() {
        for body in [
            r#"{"__type":"com.amazonaws.x#AccessDeniedException","message":"with an explicit deny in a service control policy"}"#,
            r#"{"code":"AccessDeniedException","message":"service control policy"}"#,
            "<ErrorResponse><Error><Code>AccessDeniedException</Code><Message>service control policy</Message></Error></ErrorResponse>",
            "<Error><Code>AccessDeniedException</Code><Message>service control policy</Message></Error>",
            "<Response><Errors><Error><Code>AccessDeniedException</Code><Message>a service control policy</Message></Error></Errors></Response>",
        ] {
            let refusal = refusal(&reply(400, body));
            assert_eq!((&*refusal.code, refusal.by_organization), ("AccessDeniedException", true), "{body}");
        }
        let of_header =
            Reply { error_type: Some("TooManyRequestsException:http://x/".to_owned()), ..reply(429, "") };
        assert_eq!(refusal(&of_header).code, "TooManyRequestsException");
        assert_eq!(refusal(&reply(503, "oops")).code, "Status503");
    }
}
