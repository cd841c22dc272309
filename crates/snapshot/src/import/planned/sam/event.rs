//! What calls a function or state machine of SAM, and by what right: permissions on functions, and roles of SAM's own for what
//! calls with one.

use super::super::value::Value;
use super::super::{Place, kinds};
use super::{Kind, map, policy, text, trust};

/// The permissions on a function that SAM makes for what calls it, each with a name of its own: `AWS::Lambda::Permission`s.
/// Where SAM alone knows which thing calls it, the source is not known.
///
/// AWS: SAM Developer Guide, "CloudFormation resources generated when AWS::Serverless::Function is specified", event sources
/// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html>);
/// Lambda Developer Guide, "Control access to Lambda function URLs"
/// (<https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>). How a source is named: `model/eventsources/push.py` of
/// `aws-sam-translator` 1.115.
pub(in super::super) fn permissions(
    properties: &Value,
    id: &str,
    arn: &str,
    place: &Place,
) -> Vec<(String, Value)> {
    let qualifier = properties.get("AutoPublishAlias");
    let permission = |action: &str, principal: Value, (condition, value): (&str, Value)| {
        map([
            ("FunctionName", text(arn)),
            ("Qualifier", qualifier.clone()),
            ("Action", text(action)),
            ("Principal", principal),
            (condition, value),
        ])
    };
    let mut made = Vec::new();
    let everyone = match properties.at(&["FunctionUrlConfig", "AuthType"]) {
        Value::Null => None,
        Value::Text(kind) if kind == "NONE" => Some(text("*")),
        Value::Text(_) => None,
        _ => Some(Value::Unknown),
    };
    if let Some(everyone) = everyone {
        let of_url = ("FunctionUrlAuthType", text("NONE"));
        made.push((
            format!("{id}UrlPublicPermissions"),
            permission("lambda:InvokeFunctionUrl", everyone.clone(), of_url),
        ));
        let through_url = ("InvokedViaFunctionUrl", Value::Bool(true));
        made.push((
            format!("{id}URLInvokeAllowPublicAccess"),
            permission("lambda:InvokeFunction", everyone, through_url),
        ));
    }
    let events = properties.get("Events");
    if matches!(events, Value::Unknown) {
        let anybody = permission("lambda:InvokeFunction", Value::Unknown, ("SourceArn", Value::Unknown));
        made.push((format!("{id}Permission"), anybody));
    }
    for (name, event) in events.fields() {
        let Some((service, conditions)) = caller(event, &format!("{id}{name}"), place) else { continue };
        let mut fields = vec![
            ("FunctionName", text(arn)),
            ("Qualifier", qualifier.clone()),
            ("Action", text("lambda:InvokeFunction")),
            ("Principal", service.map_or(Value::Unknown, text)),
        ];
        fields.extend(conditions);
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        made.push((format!("{id}{name}Permission"), Value::Map(fields)));
    }
    made
}

/// Properties of a permission that say for what it is.
type Source = Vec<(&'static str, Value)>;

/// The service that an event calls a function by, `None` for one that nobody knows, and as what. `None`: it needs no permission.
fn caller(event: &Value, id: &str, place: &Place) -> Option<(Option<&'static str>, Source)> {
    let own = event.get("Properties");
    let source = |arn: Value| vec![("SourceArn", arn)];
    let account = || ("SourceAccount", text(&place.account.to_string()));
    let made = match event.get("Type").text() {
        // These are polled, or called with a role.
        Some(
            "SQS" | "Kinesis" | "DynamoDB" | "DocumentDB" | "MQ" | "MSK" | "SelfManagedKafka" | "ScheduleV2",
        ) => return None,
        Some("Schedule" | "CloudWatchEvent" | "EventBridgeRule") => {
            let rule = kinds::of("AWS::Events::Rule");
            let bus = Value::Map(vec![("EventBusName".to_owned(), own.get("EventBusName").clone())]);
            let rule = rule.map_or(Value::Unknown, |kind| text(&kind.arn(&bus, id, place)));
            ("events.amazonaws.com", source(rule))
        }
        Some("S3") => ("s3.amazonaws.com", vec![account()]),
        Some("SNS") => match own.get("SqsSubscription") {
            Value::Null | Value::Bool(false) => ("sns.amazonaws.com", source(own.get("Topic").clone())),
            // A queue between them.
            _ => return None,
        },
        Some("Api") => {
            let api = api(own.get("RestApiId"), "ServerlessRestApi~");
            ("apigateway.amazonaws.com", source(route(api, own.get("Method"), own.get("Path"), place)))
        }
        Some("HttpApi") => {
            let api = api(own.get("ApiId"), "ServerlessHttpApi~");
            ("apigateway.amazonaws.com", source(route(api, own.get("Method"), own.get("Path"), place)))
        }
        Some("CloudWatchLogs") => {
            let group = own.get("LogGroupName").text();
            let group = group.map(|name| arn("logs", &format!("log-group:{name}:*"), place));
            ("logs.amazonaws.com", source(group.unwrap_or(Value::Unknown)))
        }
        Some("IoTRule") => {
            let rule = arn("iot", &format!("rule/{id}~"), place);
            ("iot.amazonaws.com", vec![("SourceArn", rule), account()])
        }
        Some("Cognito") => {
            let pool = own.get("UserPool").text();
            let pool = pool.map(|pool| arn("cognito-idp", &format!("userpool/{pool}"), place));
            ("cognito-idp.amazonaws.com", source(pool.unwrap_or(Value::Unknown)))
        }
        Some("AlexaSkill") => {
            ("alexa-appkit.amazon.com", vec![("EventSourceToken", own.get("SkillId").clone())])
        }
        _ => return Some((None, source(Value::Unknown))),
    };
    Some((Some(made.0), made.1))
}

/// The API that an event names, or the one that SAM makes for all that name none.
fn api<'v>(named: &'v Value, of_sam: &'static str) -> Option<&'v str> {
    if named.is_null() { Some(of_sam) } else { named.text() }
}

/// A route of an API in all its stages, as a permission names it. Parameters of its path are any text. Without a path, it is
/// every route that no other takes: SAM permits them all.
///
/// AWS: API Gateway Developer Guide, "ARN format of permissions for invoking API methods"
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html>).
fn route(api: Option<&str>, method: &Value, path: &Value, place: &Place) -> Value {
    let method = match method {
        Value::Null => Some("*".to_owned()),
        method => method.text().map(|method| match method.to_lowercase().as_str() {
            "any" | "x-amazon-apigateway-any-method" => "*".to_owned(),
            _ => method.to_uppercase(),
        }),
    };
    let path = match path {
        Value::Null => Some(String::new()),
        path => path.text().map(|path| match path {
            "$default" => String::new(),
            "/" => "/".to_owned(),
            path => any_parameter(path.strip_suffix('/').unwrap_or(path)),
        }),
    };
    match (api, method, path) {
        (Some(api), Some(method), Some(path)) => match (method.as_str(), path.as_str()) {
            ("*", "/$default") => arn("execute-api", &format!("{api}/*{path}"), place),
            _ => arn("execute-api", &format!("{api}/*/{method}{path}"), place),
        },
        _ => Value::Unknown,
    }
}

/// A path with `*` for what stands between `{` and `}`.
fn any_parameter(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        out.push_str(before);
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        let plain = name.strip_suffix('+').unwrap_or(name);
        if plain.is_empty() || !plain.chars().all(is_name) {
            out.push('{');
            rest = behind;
            continue;
        }
        out.push('*');
        rest = after;
    }
    out + rest
}

fn arn(service: &str, resource: &str, place: &Place) -> Value {
    text(&format!("arn:{}:{service}:{}:{}:{resource}", place.partition(), place.region(), place.account))
}

/// The roles that SAM makes for events that call with one, each with its name in the template.
///
/// AWS: SAM Developer Guide, "ScheduleV2", `RoleArn`: "If this is not provided, a role is created"; "CloudFormation resources
/// generated when AWS::Serverless::StateMachine is specified"
/// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-statemachine.html>):
/// each event has an `AWS::IAM::Role` "for the event source". As `model/eventsources/scheduler.py` and `model/stepfunctions/events.py` of
/// `aws-sam-translator` 1.115 do it.
pub(in super::super) fn roles(
    kind: Kind,
    properties: &Value,
    id: &str,
    target: &str,
    place: &Place,
) -> Vec<(String, Value)> {
    let action = match kind {
        Kind::Function => "lambda:InvokeFunction",
        Kind::StateMachine => "states:StartExecution",
    };
    // A function that publishes an alias is called by it.
    let target = match (kind, properties.get("AutoPublishAlias")) {
        (Kind::StateMachine, _) | (_, Value::Null) => text(target),
        (Kind::Function, alias) => {
            alias.text().map_or(Value::Unknown, |alias| text(&format!("{target}:{alias}")))
        }
    };
    let mut made = Vec::new();
    for (name, event) in properties.get("Events").fields() {
        let own = event.get("Properties");
        let (service, role, boundary) = match (event.get("Type").text(), kind) {
            (Some("ScheduleV2"), _) => {
                ("scheduler.amazonaws.com", own.get("RoleArn"), own.get("PermissionsBoundary"))
            }
            (Some("Schedule"), Kind::StateMachine) => {
                ("events.amazonaws.com", own.get("RoleArn"), properties.get("PermissionsBoundary"))
            }
            (Some("CloudWatchEvent" | "EventBridgeRule"), Kind::StateMachine) => {
                ("events.amazonaws.com", &Value::Null, properties.get("PermissionsBoundary"))
            }
            (Some("Api"), Kind::StateMachine) => {
                ("apigateway.amazonaws.com", &Value::Null, properties.get("PermissionsBoundary"))
            }
            _ => continue,
        };
        if !role.is_null() {
            continue;
        }
        let mut policies = vec![policy("StartPolicy", action, target.clone())];
        let failed = own.get("DeadLetterConfig");
        if !failed.is_null() && service == "scheduler.amazonaws.com" {
            let queue = match (failed.get("Arn"), failed.get("QueueLogicalId")) {
                (Value::Null, Value::Null) => queue_of_sam(&format!("{id}{name}Queue"), place),
                (Value::Null, named) => {
                    named.text().map_or(Value::Unknown, |queue| queue_of_sam(queue, place))
                }
                (queue, _) => queue.clone(),
            };
            policies.push(policy("SQSPolicy", "sqs:SendMessage", queue));
        }
        let role = map([
            ("AssumeRolePolicyDocument", trust(service)),
            ("Policies", Value::List(policies)),
            ("PermissionsBoundary", boundary.clone()),
        ]);
        made.push((format!("{id}{name}Role"), role));
    }
    made
}

fn queue_of_sam(id: &str, place: &Place) -> Value {
    kinds::of("AWS::SQS::Queue").map_or(Value::Unknown, |kind| text(&kind.arn(&Value::Null, id, place)))
}

#[cfg(test)]
mod tests {
    use super::super::super::{Place, value::Value};
    use super::super::{Kind, map, text};
    use super::{any_parameter, permissions, roles};

    fn place() -> Place {
        Place::parse("111122223333/eu-west-1").expect("a place")
    }

    fn events(kind: &str, own: Value) -> Value {
        map([("Events", map([("E", map([("Type", text(kind)), ("Properties", own)]))]))])
    }

    /// AWS: API Gateway Developer Guide, "ARN format of permissions for invoking API methods": `*` stands for any stage, method
    /// and part of a path.
    #[test]
    fn what_calls_is_named_as_sam_names_it() {
        let source = |kind: &str, own: Value| {
            let [(_, made)] = &permissions(&events(kind, own), "Fn", "arn:f", &place())[..] else {
                panic!("{kind}")
            };
            made.get("SourceArn").clone()
        };
        let route = |method: &str, path: &str| map([("Method", text(method)), ("Path", text(path))]);
        let of =
            |service: &str, rest: &str| text(&format!("arn:aws:{service}:eu-west-1:111122223333:{rest}"));
        let api = |rest: &str| of("execute-api", rest);
        for (kind, own, expected) in [
            ("Api", route("get", "/books/{id}/"), api("ServerlessRestApi~/*/GET/books/*")),
            ("Api", route("any", "/{proxy+}"), api("ServerlessRestApi~/*/*/*")),
            ("Api", route("Post", "/"), api("ServerlessRestApi~/*/POST/")),
            ("HttpApi", Value::Null, api("ServerlessHttpApi~/*/*")),
            ("HttpApi", route("any", "/$default"), api("ServerlessHttpApi~/*/$default")),
            ("HttpApi", map([("ApiId", text("Own~")), ("Path", text("/a"))]), api("Own~/*/*/a")),
            ("HttpApi", map([("ApiId", Value::Unknown)]), Value::Unknown),
            ("Api", map([("Method", text("get")), ("Path", Value::Unknown)]), Value::Unknown),
            ("CloudWatchLogs", map([("LogGroupName", text("web"))]), of("logs", "log-group:web:*")),
            ("CloudWatchLogs", map([("LogGroupName", Value::Unknown)]), Value::Unknown),
            ("IoTRule", Value::Null, of("iot", "rule/FnE~")),
            ("Cognito", map([("UserPool", text("Pool~"))]), of("cognito-idp", "userpool/Pool~")),
        ] {
            assert_eq!(source(kind, own.clone()), expected, "{kind} {own:?}");
        }
    }

    #[test]
    fn parameters_of_a_path_are_any_text() {
        for (path, expected) in [
            ("/a/{b}/{c+}", "/a/*/*"),
            ("/a{", "/a{"),
            ("/{}/{x}", "/{}/*"),
            ("/{é}{x}", "/{é}*"),
            ("/{{x}}", "/{*}"),
        ] {
            assert_eq!(any_parameter(path), expected);
        }
    }

    #[test]
    fn what_calls_with_a_role_of_sam_has_one() {
        let made = |kind, event: &str, own: Value| roles(kind, &events(event, own), "X", "arn:x", &place());
        let starts = |role: &Value| {
            let statements =
                role.get("Policies").items().iter().map(|it| it.get("PolicyDocument").get("Statement"));
            statements.map(|it| (it.get("Action").clone(), it.get("Resource").clone())).collect::<Vec<_>>()
        };
        for (kind, event, service, action) in [
            (Kind::Function, "ScheduleV2", "scheduler", "lambda:InvokeFunction"),
            (Kind::StateMachine, "ScheduleV2", "scheduler", "states:StartExecution"),
            (Kind::StateMachine, "Schedule", "events", "states:StartExecution"),
            (Kind::StateMachine, "EventBridgeRule", "events", "states:StartExecution"),
            (Kind::StateMachine, "Api", "apigateway", "states:StartExecution"),
        ] {
            let [(name, role)] = &made(kind, event, Value::Null)[..] else { panic!("{event}") };
            assert_eq!((name.as_str(), starts(role)), ("XERole", vec![(text(action), text("arn:x"))]));
            let trusted = role.at(&["AssumeRolePolicyDocument", "Statement", "Principal", "Service"]);
            assert_eq!(trusted, &text(&format!("{service}.amazonaws.com")));
        }
        let own = || map([("RoleArn", text("arn:r"))]);
        assert!(made(Kind::Function, "ScheduleV2", own()).is_empty());
        assert!(made(Kind::StateMachine, "Schedule", own()).is_empty());
        assert!(made(Kind::Function, "Schedule", Value::Null).is_empty());
        for (failed, queue) in [
            (map([("Arn", text("arn:q"))]), text("arn:q")),
            (map([("Type", text("SQS"))]), text("arn:aws:sqs:eu-west-1:111122223333:XEQueue~")),
            (map([("QueueLogicalId", text("Q"))]), text("arn:aws:sqs:eu-west-1:111122223333:Q~")),
        ] {
            let made = made(Kind::Function, "ScheduleV2", map([("DeadLetterConfig", failed)]));
            assert_eq!(starts(&made[0].1)[1], (text("sqs:SendMessage"), queue));
        }
    }
}
