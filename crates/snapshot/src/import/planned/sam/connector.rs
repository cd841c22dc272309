//! Connectors of SAM: "this function writes to that table". Which policy of which of the two does SAM make of one?
//!
//! AWS: SAM Developer Guide, "AWS SAM connector reference"
//! (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html>).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::Place;
use super::super::intrinsic::Template;
use super::super::value::Value;
use super::{Kind, filled, map, text};

/// The type of one that stands by itself.
pub(in super::super) const TYPE: &str = "AWS::Serverless::Connector";

/// What SAM makes between two types; see `data/NOTICE.md`.
#[derive(Deserialize)]
struct Profile {
    source: String,
    destination: String,
    policy_of: PolicyOf,
    /// Is it a policy of the source? Else of the destination.
    is_of_source: bool,
    /// By what `Permissions` names: statements, or of functions the properties of permissions.
    access: BTreeMap<String, Vec<serde_json::Value>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PolicyOf {
    Role,
    Function,
    Queue,
    Topic,
}

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../data/sam_connectors.json")).unwrap_or_default()
});

/// A resource that SAM makes: its type, its name in the template, and its properties.
pub(in super::super) type Made = (&'static str, String, Value);

/// A template in which connectors name resources.
pub(in super::super) struct Connectors<'t> {
    pub(in super::super) value: &'t Value,
    pub(in super::super) template: &'t Template<'t>,
    pub(in super::super) place: &'t Place,
}

/// One end of a connector.
struct End {
    /// In CloudFormation's words.
    kind: String,
    /// What statements name it by.
    words: [(&'static str, Value); 4],
    /// Its role, by name or ARN.
    role: Value,
    /// The address of a queue.
    url: Value,
}

impl Connectors<'_> {
    /// What the connector of this name comes to. And: is there one in it of which only SAM knows what it gives?
    pub(in super::super) fn made(&self, id: &str, source: &Value, properties: &Value) -> (Vec<Made>, bool) {
        let (mut made, mut is_cut) = (Vec::new(), false);
        let destinations = properties.get("Destination");
        for (at, destination) in destinations.items().iter().enumerate() {
            let number = match destinations {
                Value::List(_) => format!("Destination{at}"),
                _ => String::new(),
            };
            let ends = [self.end(source, destination), self.end(destination, source)];
            let given = given(&ends, properties.get("Permissions"), self.place);
            is_cut |= given.is_none();
            let given = given.unwrap_or_else(|| anything(&ends));
            let named = |(kind, name, properties)| (kind, format!("{id}{name}{number}"), properties);
            made.extend(given.into_iter().map(named));
        }
        is_cut |= destinations.has_unknown() && made.is_empty();
        (made, is_cut)
    }

    /// What is known of the resource that one end names, by its name in the template or by its properties.
    fn end(&self, named: &Value, other: &Value) -> End {
        let qualifier = match named.get("Qualifier") {
            Value::Null => text("*"),
            own => self.template.work_out(own),
        };
        let Some(id) = named.get("Id").text() else {
            let own = |name: &str| self.template.work_out(named.get(name));
            let words = [
                ("Arn", own("Arn")),
                ("ResourceId", own("ResourceId")),
                ("Name", own("Name")),
                ("Qualifier", qualifier),
            ];
            let kind = kind_of(named.get("Type").text().unwrap_or_default()).to_owned();
            return End { kind, words, role: own("RoleName"), url: own("QueueUrl") };
        };
        let resource = self.value.at(&["Resources", id]);
        let declared = resource.get("Type").text().unwrap_or_default();
        let reference = self.template.work_out(&map([("Ref", text(id))]));
        let words = [
            ("Arn", self.arn(id)),
            ("ResourceId", reference.clone()),
            ("Name", self.attribute(id, "Name")),
            ("Qualifier", qualifier),
        ];
        let role = self.template.work_out(&self.role(id, declared, resource.get("Properties"), other));
        End { kind: kind_of(declared).to_owned(), words, role, url: reference }
    }

    fn arn(&self, id: &str) -> Value {
        self.attribute(id, "Arn")
    }

    fn attribute(&self, id: &str, name: &str) -> Value {
        self.template.work_out(&map([("Fn::GetAtt", Value::List(vec![text(id), text(name)]))]))
    }

    /// What the template says of the role of a resource; null where it has none.
    fn role(&self, id: &str, kind: &str, properties: &Value, other: &Value) -> Value {
        if let Some(sam) = Kind::of(kind) {
            return match sam.property(self.value, properties, "Role") {
                Value::Null => map([("Ref", text(&format!("{id}Role")))]),
                own => own.clone(),
            };
        }
        match kind {
            "AWS::Lambda::Function" => properties.get("Role").clone(),
            "AWS::StepFunctions::StateMachine" => properties.get("RoleArn").clone(),
            "AWS::AppSync::DataSource" => properties.get("ServiceRoleArn").clone(),
            // A rule has a role for each of its targets.
            "AWS::Events::Rule" => {
                let arn = match other.get("Id").text() {
                    Some(id) => self.arn(id),
                    None => self.template.work_out(other.get("Arn")),
                };
                let mut targets = properties.get("Targets").items().iter();
                let target = targets.find(|target| self.template.work_out(target.get("Arn")) == arn);
                target.map_or(Value::Null, |target| target.get("RoleArn").clone())
            }
            _ => Value::Null,
        }
    }
}

/// What CloudFormation calls the resource that profiles speak of.
fn kind_of(declared: &str) -> &str {
    match declared {
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
        other => super::cloudformation(other),
    }
}

/// What SAM makes of these permissions between these ends. `None`: it refuses them, unless it is newer than the facts.
fn given(ends: &[End; 2], permissions: &Value, place: &Place) -> Option<Vec<Made>> {
    let [source, destination] = ends;
    let is_between = |it: &&Profile| it.source == source.kind && it.destination == destination.kind;
    let profile = PROFILES.iter().find(is_between)?;
    let words = [("Source", source), ("Destination", destination)].into_iter().flat_map(|(name, end)| {
        end.words.iter().map(move |(word, value)| (format!("{name}.{word}"), value.clone()))
    });
    let words = Value::Map(words.collect());
    let mut statements = Vec::new();
    for permission in permissions.items() {
        for statement in profile.access.get(permission.text()?)? {
            let statement = (permission, filled(&Value::from(statement), &words, place));
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
    }
    if statements.is_empty() {
        return None;
    }
    let end = if profile.is_of_source { source } else { destination };
    if let PolicyOf::Function = profile.policy_of {
        let permission = |(name, properties): (&Value, Value)| {
            let mut fields = properties.fields().to_vec();
            fields.push(("FunctionName".to_owned(), end.words[0].1.clone()));
            let name = format!("{}LambdaPermission", name.text().unwrap_or_default());
            ("AWS::Lambda::Permission", name, Value::Map(fields))
        };
        return Some(statements.into_iter().map(permission).collect());
    }
    let statements = statements.into_iter().map(|(_, statement)| statement).collect();
    let document = map([("Version", text("2012-10-17")), ("Statement", Value::List(statements))]);
    Some(vec![end.policy(profile.policy_of, document)])
}

/// Policies of both ends that may give anything.
fn anything(ends: &[End; 2]) -> Vec<Made> {
    let mut made = Vec::new();
    for (end, which) in ends.iter().zip(["Source", "Destination"]) {
        let of = match end.kind.as_str() {
            "AWS::SQS::Queue" => Some(PolicyOf::Queue),
            "AWS::SNS::Topic" => Some(PolicyOf::Topic),
            "AWS::Lambda::Function" => {
                let anybody = map([
                    ("FunctionName", end.words[0].1.clone()),
                    ("Action", text("lambda:InvokeFunction")),
                    ("Principal", Value::Unknown),
                ]);
                made.push(("AWS::Lambda::Permission", format!("{which}LambdaPermission"), anybody));
                None
            }
            _ => None,
        };
        let of_role = (!end.role.is_null()).then_some(PolicyOf::Role);
        for of in [of, of_role].into_iter().flatten() {
            let (kind, name, properties) = end.policy(of, Value::Unknown);
            made.push((kind, format!("{which}{name}"), properties));
        }
    }
    made
}

impl End {
    fn policy(&self, of: PolicyOf, document: Value) -> Made {
        let (kind, name, bearer, named) = match of {
            PolicyOf::Queue => ("AWS::SQS::QueuePolicy", "QueuePolicy", "Queues", &self.url),
            PolicyOf::Topic => ("AWS::SNS::TopicPolicy", "TopicPolicy", "Topics", &self.words[0].1),
            PolicyOf::Role | PolicyOf::Function => ("AWS::IAM::ManagedPolicy", "Policy", "Roles", &self.role),
        };
        let bearers = (bearer, Value::List(vec![named.clone()]));
        (kind, name.to_owned(), map([("PolicyDocument", document), bearers]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::super::yaml;
    use super::{Connectors, PROFILES, Place, PolicyOf, Template, Value};

    const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: 'AWS::Serverless::Function', Properties: {}}
  Ruled: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt Own.Arn}}
  Own: {Type: 'AWS::IAM::Role', Properties: {RoleName: own}}
  Table: {Type: 'AWS::DynamoDB::Table', Properties: {TableName: t}}
  Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: news}}
  Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: jobs}}
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {BucketName: covers}}
  Flow: {Type: 'AWS::Serverless::StateMachine', Properties: {Name: flow}}
  Api: {Type: 'AWS::Serverless::HttpApi', Properties: {}}
  Newer: {Type: 'AWS::Newer::Thing', Properties: {}}
";

    /// Each resource of a connector on one line.
    fn made(source: &str, rest: &str) -> (Vec<String>, bool) {
        let value = yaml::read(TEMPLATE).expect("a template").value;
        let place = Place::parse("111122223333/eu-west-1").expect("a place");
        let template = Template::new(&value, &place);
        let connectors = Connectors { value: &value, template: &template, place: &place };
        let of = |text: &str| yaml::read(text).expect("a value").value;
        let (made, is_cut) = connectors.made("C", &of(source), &of(rest));
        let line = |(kind, name, properties): &(&str, String, Value)| {
            format!("{kind} {name} {}", properties.to_json())
        };
        (made.iter().map(line).collect(), is_cut)
    }

    /// AWS: SAM Developer Guide, "AWS SAM connector reference", "IAM policies created by connectors": the tables of
    /// `AWS::Lambda::Function` to `AWS::DynamoDB::Table`, `AWS::SNS::Topic` to `AWS::SQS::Queue`, and `AWS::ApiGatewayV2::Api` to
    /// `AWS::Lambda::Function`
    /// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html>).
    #[test]
    fn a_connector_is_the_policy_that_aws_documents() {
        let of = |source: &str, rest: &str| {
            let (made, is_cut) = made(source, rest);
            assert!(!is_cut && made.len() == 1, "{made:?}");
            let mut words = made[0].splitn(3, ' ').map(str::to_owned);
            let (kind, name) = (words.next().expect("a type"), words.next().expect("a name"));
            let properties: Json = serde_json::from_str(&words.next().expect("properties")).expect("JSON");
            (format!("{kind} {name}"), properties)
        };
        let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/t";
        let actions = ["GetItem", "Query", "Scan", "BatchGetItem", "ConditionCheckItem", "PartiQLSelect"];
        let read = json!({"Effect": "Allow", "Action": actions.map(|action| format!("dynamodb:{action}")),
            "Resource": [table, format!("{table}/index/*")]});
        assert_eq!(
            of("{Id: Fn}", "{Destination: {Id: Table}, Permissions: [Read]}"),
            (
                "AWS::IAM::ManagedPolicy CPolicy".to_owned(),
                json!({"PolicyDocument": {"Version": "2012-10-17", "Statement": read}, "Roles": ["FnRole~"]})
            )
        );
        let send = json!({"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs",
            "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:news"}}});
        assert_eq!(
            of("{Id: Topic}", "{Destination: {Id: Queue}, Permissions: [Write]}"),
            (
                "AWS::SQS::QueuePolicy CQueuePolicy".to_owned(),
                json!({"PolicyDocument": {"Version": "2012-10-17", "Statement": send}, "Queues": ["jobs"]})
            )
        );
        assert_eq!(
            of("{Id: Api, Qualifier: Prod/GET/books}", "{Destination: {Id: Fn}, Permissions: [Write]}"),
            (
                "AWS::Lambda::Permission CWriteLambdaPermission".to_owned(),
                json!({"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
                    "FunctionName": "arn:aws:lambda:eu-west-1:111122223333:function:Fn~",
                    "SourceArn": "arn:aws:execute-api:eu-west-1:111122223333:Api~/Prod/GET/books"})
            )
        );
    }

    #[test]
    fn ends_are_named_in_the_template_or_by_what_they_are() {
        let roles = |source: &str, rest: &str| {
            let (made, is_cut) = made(source, rest);
            let of_policy = |line: &String| line.rsplit("\"Roles\":").next().map(str::to_owned);
            (made.iter().filter_map(of_policy).collect::<Vec<_>>(), is_cut)
        };
        let own = roles("{Id: Ruled}", "{Destination: {Id: Bucket}, Permissions: [Read, Write]}");
        assert_eq!(own, (vec![r#"["arn:aws:iam::111122223333:role/own"]}"#.to_owned()], false));
        let flow = roles("{Id: Flow}", "{Destination: [{Id: Fn}, {Id: Topic}], Permissions: [Write]}");
        assert_eq!(flow.0, [r#"["FlowRole~"]}"#; 2]);
        let by_role = "{Type: 'AWS::Serverless::Function', RoleName: other}";
        let elsewhere = "{Destination: {Type: 'AWS::SQS::Queue', Arn: 'arn:aws:sqs:eu-west-1:111122223333:far'}, Permissions: [Write]}";
        let (far, _) = made(by_role, elsewhere);
        assert!(far[0].contains(":far\"") && far[0].ends_with(r#""Roles":["other"]}"#), "{far:?}");
    }

    /// SAM refuses these, or is newer than the facts: then they may give anything.
    #[test]
    fn what_no_page_tells_of_may_give_anything() {
        for (source, rest, expected) in [
            ("{Id: Fn}", "{Destination: {Id: Newer}, Permissions: [Write]}", 2),
            ("{Id: Fn}", "{Destination: {Id: Table}, Permissions: [Dream]}", 2),
            ("{Id: Newer}", "{Destination: {Id: Queue}, Permissions: [Write]}", 1),
            ("{Id: Fn}", "{Destination: {Id: Table}, Permissions: []}", 2),
            ("{Id: Nobody}", "{Destination: {Id: None}, Permissions: [Write]}", 0),
            ("{}", "{Destination: !ImportValue x, Permissions: !ImportValue y}", 0),
        ] {
            let (made, is_cut) = made(source, rest);
            assert!(is_cut && made.len() == expected, "{source} {rest}: {made:?}");
            assert!(made.iter().all(|it| it.contains("null")), "{made:?}");
        }
    }

    /// Every profile names what it fills in and no more, so that none is left unknown.
    #[test]
    fn every_profile_is_sound() {
        assert!(PROFILES.len() > 30);
        let place = Place::parse("111122223333/eu-west-1").expect("a place");
        let names = ["Arn", "ResourceId", "Name", "Qualifier"];
        let words =
            ["Source", "Destination"].into_iter().flat_map(|end| names.map(|it| format!("{end}.{it}")));
        let words = Value::Map(words.map(|word| (word, super::text("x"))).collect());
        for profile in PROFILES.iter() {
            for statement in profile.access.values().flatten() {
                let filled = super::filled(&Value::from(statement), &words, &place);
                assert!(!filled.has_unknown(), "{} to {}: {filled:?}", profile.source, profile.destination);
                let is_statement = !filled.get("Effect").is_null();
                assert_eq!(is_statement, !matches!(profile.policy_of, PolicyOf::Function));
            }
        }
    }
}
