//! What SAM makes of a function or state machine beside itself: its role, with the policies that the template names and those
//! that SAM adds, and who may call it.
//!
//! AWS: SAM Developer Guide, "Generated CloudFormation resources", "AWS SAM policy templates"
//! (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html>).

mod connector;
mod event;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::value::Value;
use super::{Place, either};

pub(super) use self::connector::{Connectors, Made, TYPE as CONNECTOR};
pub(super) use self::event::{permissions, roles};

/// One of SAM's own policies, in which parameters are to be filled in.
#[derive(Deserialize)]
struct PolicyTemplate {
    parameters: Vec<String>,
    statements: serde_json::Value,
}

/// SAM's own policies by name; see `data/NOTICE.md`.
static POLICY_TEMPLATES: LazyLock<BTreeMap<String, PolicyTemplate>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/sam_policy_templates.json")).unwrap_or_default()
});

/// What a template declares that SAM expands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Function,
    StateMachine,
}

impl Kind {
    pub(super) fn of(name: &str) -> Option<Kind> {
        match name {
            "AWS::Serverless::Function" => Some(Kind::Function),
            "AWS::Serverless::StateMachine" => Some(Kind::StateMachine),
            _ => None,
        }
    }

    pub(super) fn cloudformation(self) -> &'static str {
        match self {
            Kind::Function => "AWS::Lambda::Function",
            Kind::StateMachine => "AWS::StepFunctions::StateMachine",
        }
    }

    /// Its name in `Globals`.
    fn section(self) -> &'static str {
        match self {
            Kind::Function => "Function",
            Kind::StateMachine => "StateMachine",
        }
    }

    /// Its properties with those that the template gives to all of its kind. Maps are merged and lists put together; of
    /// anything else its own stands.
    ///
    /// AWS: SAM Developer Guide, "Globals section of the AWS SAM template"
    /// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>).
    pub(super) fn with_globals(self, template: &Value, properties: &Value) -> Value {
        merged(template.at(&["Globals", self.section()]), properties, 0)
    }

    /// The same of one property, which is no map or list.
    pub(super) fn property<'v>(self, template: &'v Value, properties: &'v Value, name: &str) -> &'v Value {
        let own = properties.get(name);
        if own.is_null() { template.at(&["Globals", self.section(), name]) } else { own }
    }
}

/// Is this a type of API, whose id is made up by AWS and stands as its name in the template?
pub(super) fn is_api(kind: &str) -> bool {
    matches!(kind, "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" | "AWS::ApiGatewayV2::Api")
}

/// What CloudFormation calls what a type of SAM comes to; other types as they are.
pub(super) fn cloudformation(kind: &str) -> &str {
    match Kind::of(kind) {
        Some(expanded) => expanded.cloudformation(),
        None if kind == "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        None => kind,
    }
}

fn merged(global: &Value, own: &Value, depth: usize) -> Value {
    let is_function = |fields: &[(String, Value)]| matches!(fields, [(name, _)] if name == "Ref" || name.starts_with("Fn::"));
    match (global, own) {
        (global, Value::Null) => global.clone(),
        (Value::Map(global), Value::Map(own)) if depth < 8 && !is_function(global) && !is_function(own) => {
            let of = |fields: &[(String, Value)], name: &str| {
                fields.iter().find(|(key, _)| key == name).map_or(Value::Null, |(_, value)| value.clone())
            };
            let more = own.iter().filter(|(name, _)| global.iter().all(|(known, _)| known != name)).cloned();
            let both =
                global.iter().map(|(name, value)| (name.clone(), merged(value, &of(own, name), depth + 1)));
            Value::Map(both.chain(more).collect())
        }
        (Value::List(global), Value::List(own)) => Value::List([global.as_slice(), own].concat()),
        (_, own) => own.clone(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Map(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A policy of one statement, inline in a role.
fn policy(name: &str, action: &str, resource: Value) -> Value {
    let statement = map([("Effect", text("Allow")), ("Action", text(action)), ("Resource", resource)]);
    let document = map([("Version", text("2012-10-17")), ("Statement", Value::List(vec![statement]))]);
    map([("PolicyName", text(name)), ("PolicyDocument", document)])
}

/// The trust policy of a role for a service.
fn trust(service: &str) -> Value {
    let statement = map([
        ("Effect", text("Allow")),
        ("Principal", map([("Service", text(service))])),
        ("Action", text("sts:AssumeRole")),
    ]);
    map([("Version", text("2012-10-17")), ("Statement", Value::List(vec![statement]))])
}

/// The policies of a role that is made.
#[derive(Default)]
struct Policies {
    managed: Vec<Value>,
    inline: Vec<Value>,
    /// Is there something in them that only SAM knows?
    is_cut: bool,
}

impl Policies {
    /// A policy of AWS.
    fn aws(&mut self, name: &str, place: &Place) {
        self.attach(&format!("arn:{}:iam::aws:policy/{name}", place.partition()));
    }

    fn attach(&mut self, arn: &str) {
        let arn = text(arn);
        if !self.managed.contains(&arn) {
            self.managed.push(arn);
        }
    }

    fn inline(&mut self, name: &str, document: Option<Value>) {
        self.is_cut |= document.is_none();
        let document = document.unwrap_or(Value::Unknown);
        self.inline.push(map([("PolicyName", text(name)), ("PolicyDocument", document)]));
    }

    /// Those that the template names.
    fn named(&mut self, properties: &Value, place: &Place) {
        for (at, policy) in properties.get("Policies").items().iter().enumerate() {
            let document = match policy {
                Value::Text(named) => match managed_policy(named, place) {
                    Some(arn) => {
                        self.attach(&arn);
                        continue;
                    }
                    None => None,
                },
                Value::Map(fields) if fields.iter().any(|(key, _)| key == "Statement") => {
                    Some(policy.clone())
                }
                Value::Map(fields) => policy_of_template(fields, place),
                _ => None,
            };
            self.inline(&format!("Policy{at}"), document);
        }
    }

    /// Those that SAM adds for how a function runs, is called and tells of failures, as `aws-sam-translator` 1.110 does.
    fn added_to_function(&mut self, properties: &Value, place: &Place) {
        let is_durable = !properties.get("DurableConfig").is_null();
        self.aws(
            match is_durable {
                true => "service-role/AWSLambdaBasicDurableExecutionRolePolicy",
                false => "service-role/AWSLambdaBasicExecutionRole",
            },
            place,
        );
        let mut is_cut = false;
        match properties.get("Tracing") {
            Value::Null => {}
            Value::Text(mode) if mode == "Disabled" => {}
            Value::Text(_) => self.aws(tracing(place), place),
            _ => is_cut = true,
        }
        match properties.get("VpcConfig") {
            Value::Null => {}
            Value::Map(_) => self.aws("service-role/AWSLambdaVPCAccessExecutionRole", place),
            _ => is_cut = true,
        }
        let queue = properties.get("DeadLetterQueue");
        let action = match queue.get("Type").text() {
            Some("SQS") => Some("sqs:SendMessage"),
            Some("SNS") => Some("sns:Publish"),
            _ => None,
        };
        match (queue, action) {
            (Value::Null, _) => {}
            (_, Some(action)) => {
                let to = queue.get("TargetArn").clone();
                self.inline.push(policy("DeadLetterQueuePolicy", action, to));
            }
            _ => is_cut = true,
        }
        is_cut |= !self.destinations(properties.at(&["EventInvokeConfig", "DestinationConfig"]));
        is_cut |= matches!(properties.get("Events"), Value::Unknown);
        for (_, event) in properties.get("Events").fields() {
            let own = event.get("Properties");
            match event.get("Type").text() {
                Some("SQS") => self.aws("service-role/AWSLambdaSQSQueueExecutionRole", place),
                Some("Kinesis") => self.aws("service-role/AWSLambdaKinesisExecutionRole", place),
                Some("DynamoDB") => self.aws("service-role/AWSLambdaDynamoDBExecutionRole", place),
                Some("MSK") => {
                    self.aws("service-role/AWSLambdaMSKExecutionRole", place);
                    let more = ["SourceAccessConfigurations", "SchemaRegistryConfig"];
                    is_cut |= more.iter().any(|name| !own.get(name).is_null());
                }
                Some("DocumentDB" | "MQ" | "SelfManagedKafka") | None => is_cut = true,
                // Those that call the function need rights on it, and it none.
                Some(_) => is_cut |= !matches!(own.get("SqsSubscription"), Value::Null | Value::Bool(false)),
            }
            is_cut |= !self.destinations(own.get("DestinationConfig"));
        }
        if is_cut {
            self.inline("rights that SAM adds", None);
        }
    }

    /// The rights on what is told how calls ended. Are they all known? Queues and topics that SAM makes itself are not.
    ///
    /// AWS: Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations"
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>); as `model/iam.py` of
    /// `aws-sam-translator` 1.115 does it.
    fn destinations(&mut self, config: &Value) -> bool {
        let mut all_known = !matches!(config, Value::Unknown);
        for on in ["OnSuccess", "OnFailure"] {
            let (kind, to) = (config.at(&[on, "Type"]), config.at(&[on, "Destination"]));
            let objects = || to.text().map_or(Value::Unknown, |bucket| text(&format!("{bucket}/*")));
            let rights = match (kind.text(), to) {
                (None, _) if kind.is_null() => Vec::new(),
                (Some(_), Value::Null) | (None, _) => {
                    all_known = false;
                    Vec::new()
                }
                (Some("SQS"), to) => vec![("sqs:SendMessage", to.clone())],
                (Some("SNS"), to) => vec![("sns:Publish", to.clone())],
                (Some("EventBridge"), to) => vec![("events:PutEvents", to.clone())],
                (Some("Lambda"), to) => vec![("lambda:InvokeFunction", to.clone())],
                (Some("S3" | "S3Bucket"), to) => {
                    vec![("s3:PutObject", objects()), ("s3:ListBucket", to.clone())]
                }
                // A topic of Kafka is reached by no right of IAM that SAM gives.
                (Some("Kafka"), _) => Vec::new(),
                (Some(_), _) => {
                    all_known = false;
                    Vec::new()
                }
            };
            for (action, resource) in rights {
                let known = self.inline.len();
                self.inline.push(policy(&format!("{on}{known}"), action, resource));
            }
        }
        all_known
    }

    fn added_to_state_machine(&mut self, properties: &Value, place: &Place) {
        match properties.at(&["Tracing", "Enabled"]) {
            Value::Bool(true) => self.aws(tracing(place), place),
            Value::Null | Value::Bool(false) => {}
            _ => self.inline("rights that SAM adds", None),
        }
    }
}

/// The policy that `Policies` names by its ARN, or as one of AWS's by its name alone, which may be below any path. `None`: AWS had
/// none of this name, or several, when the facts were compiled, and it may be a newer one.
///
/// AWS: SAM Developer Guide, "AWS::Serverless::Function", `Policies`: "The ARN of an AWS managed policy or customer managed policy",
/// "The name of an AWS managed policy"
/// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>).
fn managed_policy(named: &str, place: &Place) -> Option<String> {
    if named.starts_with("arn:") {
        return Some(named.to_owned());
    }
    let mut of_this_name =
        clavicle_catalog::catalog().managed_policies().iter().filter(|policy| policy.name() == named);
    let (policy, None) = (of_this_name.next()?, of_this_name.next()) else { return None };
    Some(policy.arn.replacen("arn:aws:", &format!("arn:{}:", place.partition()), 1))
}

/// The policy of AWS for whoever writes traces.
fn tracing(place: &Place) -> &'static str {
    if place.partition() == "aws" { "AWSXrayWriteOnlyAccess" } else { "AWSXRayDaemonWriteAccess" }
}

/// The role that SAM makes for a function or state machine. And: is there something in its policies that only SAM knows?
///
/// AWS: SAM Developer Guide, "CloudFormation resources generated when AWS::Serverless::Function is specified": the role trusts
/// the service, and has what `Policies` names.
pub(super) fn role_of(kind: Kind, properties: &Value, place: &Place) -> (Value, bool) {
    let mut policies = Policies::default();
    let service = match kind {
        Kind::Function => {
            policies.added_to_function(properties, place);
            "lambda.amazonaws.com"
        }
        Kind::StateMachine => {
            policies.added_to_state_machine(properties, place);
            "states.amazonaws.com"
        }
    };
    policies.named(properties, place);
    let own_trust = properties.get("AssumeRolePolicyDocument");
    let role = map([
        ("Path", properties.get("RolePath").clone()),
        ("AssumeRolePolicyDocument", if own_trust.is_null() { trust(service) } else { own_trust.clone() }),
        ("ManagedPolicyArns", Value::List(policies.managed)),
        ("Policies", Value::List(policies.inline)),
        ("PermissionsBoundary", properties.get("PermissionsBoundary").clone()),
    ]);
    (role, policies.is_cut)
}

/// What SAM calls the role that deploys functions whose template names none: one for all of them.
pub(super) const DEPLOYS: &str = "CodeDeployServiceRole";

/// The role that CodeDeploy moves the alias of a function with. `None`: nothing does, or the template names one.
///
/// AWS: SAM Developer Guide, "DeploymentPreference", `Role`: "An IAM role ARN that CodeDeploy will use for traffic shifting. An
/// IAM role will not be created if this is provided"
/// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html>);
/// as `model/preferences/deployment_preference_collection.py` of `aws-sam-translator` 1.115 makes it.
pub(super) fn role_of_deployments(properties: &Value, place: &Place) -> Option<Value> {
    let preference = properties.get("DeploymentPreference");
    let is_off = match preference.get("Enabled") {
        Value::Bool(on) => !on,
        other => matches!(other.text(), Some("false" | "False")),
    };
    if preference.is_null() || is_off || !preference.get("Role").is_null() {
        return None;
    }
    let mut policies = Policies::default();
    policies.aws("service-role/AWSCodeDeployRoleForLambda", place);
    Some(map([
        ("AssumeRolePolicyDocument", trust("codedeploy.amazonaws.com")),
        ("ManagedPolicyArns", Value::List(policies.managed)),
    ]))
}

/// The policy that `- S3ReadPolicy: {BucketName: x}` stands for; what is not known of its parameters is not known in it. `None`:
/// SAM has none of this name, or one with other parameters, and refuses this.
fn policy_of_template(fields: &[(String, Value)], place: &Place) -> Option<Value> {
    let (marks, policy): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, _)| name == either::PERHAPS);
    let [(name, parameters)] = policy[..] else { return None };
    let template = POLICY_TEMPLATES.get(name)?;
    let given = parameters.fields();
    let is_one = given.len() == template.parameters.len()
        && template.parameters.iter().all(|name| given.iter().any(|(given, _)| given == name));
    let mut statements = filled(&Value::from(&template.statements), parameters, place);
    if !marks.is_empty() {
        statements = Value::List(either::in_doubt(&statements)?);
    }
    is_one.then(|| Value::Map(vec![("Statement".to_owned(), statements)]))
}

/// The value with what is between `${` and `}` filled in.
fn filled(value: &Value, parameters: &Value, place: &Place) -> Value {
    match value {
        Value::Text(text) => filled_text(text, parameters, place).map_or(Value::Unknown, Value::Text),
        Value::List(list) => Value::List(list.iter().map(|it| filled(it, parameters, place)).collect()),
        Value::Map(fields) => {
            Value::Map(fields.iter().map(|(key, it)| (key.clone(), filled(it, parameters, place))).collect())
        }
        plain => plain.clone(),
    }
}

fn filled_text(text: &str, parameters: &Value, place: &Place) -> Option<String> {
    let mut parts = text.split("${");
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        match name {
            "AWS::Partition" => out.push_str(place.partition()),
            "AWS::Region" => out.push_str(place.region()),
            "AWS::AccountId" => out.push_str(&place.account.to_string()),
            name => out.push_str(parameters.get(name).text()?),
        }
        out.push_str(rest);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{Kind, POLICY_TEMPLATES, Place, Value, map, policy_of_template, role_of, text};

    fn policy(name: &str, parameters: &[(&str, Value)]) -> Option<Value> {
        let parameters = parameters.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let place = Place::parse("111122223333/eu-west-1")?;
        policy_of_template(&[(name.to_owned(), Value::Map(parameters))], &place)
    }

    /// AWS: SAM Developer Guide, "Policy template list", `S3ReadPolicy`
    /// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html>).
    #[test]
    fn a_policy_template_is_filled_in() {
        let read = policy("S3ReadPolicy", &[("BucketName", text("covers"))]).expect("a policy");
        let [statement] = read.get("Statement").items() else { panic!("{read:?}") };
        let resources: Vec<_> = statement.get("Resource").items().iter().filter_map(Value::text).collect();
        assert_eq!(resources, ["arn:aws:s3:::covers", "arn:aws:s3:::covers/*"]);
        let actions: Vec<_> = statement.get("Action").items().iter().filter_map(Value::text).collect();
        let documented =
            ["GetObject", "ListBucket", "GetBucketLocation", "GetObjectVersion", "GetLifecycleConfiguration"];
        assert_eq!(actions, documented.map(|name| format!("s3:{name}")));
        let poller = policy("SQSPollerPolicy", &[("QueueName", text("jobs"))]).expect("a policy");
        let queue = poller.get("Statement").get("Resource").text();
        assert_eq!(queue, Some("arn:aws:sqs:eu-west-1:111122223333:jobs"));
    }

    #[test]
    fn what_is_not_known_of_a_parameter_is_not_known_and_what_sam_refuses_is_none() {
        let read = policy("S3ReadPolicy", &[("BucketName", Value::Unknown)]).expect("a policy");
        assert!(read.get("Statement").get("Resource").items().iter().all(|it| *it == Value::Unknown));
        assert_eq!(read.get("Statement").get("Effect").text(), Some("Allow"));
        assert_eq!(policy("S3ReadPolicy", &[]), None);
        assert_eq!(policy("S3ReadPolicy", &[("Bucket", text("x"))]), None);
        assert_eq!(policy("S3ReadPolicy", &[("BucketName", text("x")), ("More", text("x"))]), None);
        assert_eq!(policy("S3ReedPolicy", &[("BucketName", text("x"))]), None);
        assert!(policy("CloudWatchPutMetricPolicy", &[]).is_some());
    }

    fn place() -> Place {
        Place::parse("111122223333/eu-west-1").expect("a place")
    }

    /// What SAM adds, as `aws-sam-translator` 1.110 does it (`model/sam_resources.py`, `model/eventsources/pull.py`).
    #[test]
    fn what_sam_adds_to_a_role() {
        let managed = |properties: Value| {
            let (role, is_cut) = role_of(Kind::Function, &properties, &place());
            let arns = role.get("ManagedPolicyArns").items().iter().filter_map(Value::text);
            let names = arns.map(|arn| arn.rsplit('/').next().unwrap_or(arn).to_owned());
            (names.collect::<Vec<_>>(), is_cut)
        };
        let event = |kind: &str, own: Value| map([("E", map([("Type", text(kind)), ("Properties", own)]))]);
        let basic = "AWSLambdaBasicExecutionRole";
        let to = |kind: &str, arn: Value| {
            let on = map([("Type", text(kind)), ("Destination", arn)]);
            map([("DestinationConfig", map([("OnSuccess", on)]))])
        };
        for (name, value, added, is_cut) in [
            ("Tracing", text("Active"), Some("AWSXrayWriteOnlyAccess"), false),
            ("Tracing", text("Disabled"), None, false),
            ("Tracing", Value::Unknown, None, true),
            (
                "VpcConfig",
                map([("SubnetIds", Value::Unknown)]),
                Some("AWSLambdaVPCAccessExecutionRole"),
                false,
            ),
            ("Events", event("SQS", Value::Null), Some("AWSLambdaSQSQueueExecutionRole"), false),
            ("Events", event("Kinesis", Value::Null), Some("AWSLambdaKinesisExecutionRole"), false),
            ("Events", event("DynamoDB", Value::Null), Some("AWSLambdaDynamoDBExecutionRole"), false),
            (
                "Events",
                event("DynamoDB", map([("DestinationConfig", map([("OnFailure", Value::Unknown)]))])),
                Some("AWSLambdaDynamoDBExecutionRole"),
                true,
            ),
            ("Events", event("MSK", Value::Null), Some("AWSLambdaMSKExecutionRole"), false),
            (
                "Events",
                event("MSK", map([("SourceAccessConfigurations", Value::List(Vec::new()))])),
                Some("AWSLambdaMSKExecutionRole"),
                true,
            ),
            ("Events", event("MQ", Value::Null), None, true),
            ("Events", event("Schedule", Value::Null), None, false),
            ("Events", Value::Unknown, None, true),
            (
                "EventInvokeConfig",
                map([("MaximumRetryAttempts", Value::Number("1".to_owned()))]),
                None,
                false,
            ),
            ("EventInvokeConfig", map([("DestinationConfig", Value::Unknown)]), None, true),
            ("EventInvokeConfig", to("SQS", Value::Null), None, true),
            ("EventInvokeConfig", to("Newer", text("arn:x")), None, true),
            ("EventInvokeConfig", to("SQS", text("arn:q")), None, false),
            ("DeadLetterQueue", map([("Type", text("SQS")), ("TargetArn", text("arn:q"))]), None, false),
        ] {
            let expected = [Some(basic), added].into_iter().flatten().map(str::to_owned).collect();
            assert_eq!(managed(map([(name, value.clone())])), (expected, is_cut), "{name} {value:?}");
        }
        let durable = map([("DurableConfig", map([]))]);
        assert_eq!(managed(durable).0, ["AWSLambdaBasicDurableExecutionRolePolicy"]);
        let queue = map([("Type", text("SQS")), ("TargetArn", text("arn:q"))]);
        let (role, _) = role_of(Kind::Function, &map([("DeadLetterQueue", queue)]), &place());
        let statement = role.get("Policies").at(&["PolicyDocument", "Statement"]);
        assert_eq!(
            (statement.get("Action").text(), statement.get("Resource").text()),
            (Some("sqs:SendMessage"), Some("arn:q"))
        );
        for (kind, rights) in [
            ("SQS", &[("sqs:SendMessage", "arn:x")][..]),
            ("SNS", &[("sns:Publish", "arn:x")]),
            ("EventBridge", &[("events:PutEvents", "arn:x")]),
            ("Lambda", &[("lambda:InvokeFunction", "arn:x")]),
            ("S3Bucket", &[("s3:PutObject", "arn:x/*"), ("s3:ListBucket", "arn:x")]),
        ] {
            let config = map([("EventInvokeConfig", to(kind, text("arn:x")))]);
            let (role, is_cut) = role_of(Kind::Function, &config, &place());
            let given = role.get("Policies").items().iter().map(|it| it.at(&["PolicyDocument", "Statement"]));
            let given: Vec<_> =
                given.filter_map(|it| Some((it.get("Action").text()?, it.get("Resource").text()?))).collect();
            assert_eq!((&given[..], is_cut), (rights, false), "{kind}");
        }
        let traced = map([("Tracing", map([("Enabled", Value::Bool(true))]))]);
        let (role, is_cut) = role_of(Kind::StateMachine, &traced, &place());
        assert!(!is_cut && role.get("ManagedPolicyArns").items().len() == 1);
    }

    /// AWS: SAM Developer Guide, "Globals section of the AWS SAM template": maps are merged, lists are additive, and of other
    /// values the resource's own stands.
    #[test]
    fn what_a_template_gives_to_all_functions() {
        let list = |words: &[&str]| Value::List(words.iter().map(|it| text(it)).collect());
        let global = map([
            ("PermissionsBoundary", text("arn:b")),
            ("Tracing", text("Active")),
            ("VpcConfig", map([("SubnetIds", list(&["a"])), ("SecurityGroupIds", list(&["g"]))])),
        ]);
        let template = map([("Globals", map([("Function", global)]))]);
        let own = map([("Tracing", text("Disabled")), ("VpcConfig", map([("SubnetIds", list(&["b"]))]))]);
        let all = Kind::Function.with_globals(&template, &own);
        assert_eq!(all.get("PermissionsBoundary").text(), Some("arn:b"));
        assert_eq!(all.get("Tracing").text(), Some("Disabled"));
        assert_eq!(all.at(&["VpcConfig", "SubnetIds"]), &list(&["a", "b"]));
        assert_eq!(all.at(&["VpcConfig", "SecurityGroupIds"]), &list(&["g"]));
        assert_eq!(Kind::StateMachine.with_globals(&template, &own), own);
    }

    /// Every template names its own parameters and no others, so that none is left unknown.
    #[test]
    fn every_policy_template_is_sound() {
        assert!(POLICY_TEMPLATES.len() > 75);
        for (name, template) in POLICY_TEMPLATES.iter() {
            let parameters: Vec<_> = template.parameters.iter().map(|it| (it.as_str(), text("x"))).collect();
            let policy = policy(name, &parameters).expect("a policy");
            assert!(!policy.has_unknown() && !format!("{policy:?}").contains("${"), "{name}: {policy:?}");
            for parameter in &template.parameters {
                assert!(template.statements.to_string().contains(&format!("${{{parameter}}}")), "{name}");
            }
        }
    }
}
