//! A template of CloudFormation or SAM: what it declares, as far as it settles it.
//!
//! Of SAM, functions and state machines are expanded to themselves, their role and the policies that stand in the template;
//! policies from SAM's own templates, connectors and what events make are not, and neither are macros and nested stacks.
//!
//! AWS: CloudFormation User Guide, "Template anatomy"; SAM Developer Guide, "Generated CloudFormation resources".

use std::collections::HashMap;

use super::declaration::Declaration;
use super::intrinsic::Template;
use super::plan::{Fate, Plan};
use super::value::Value;
use super::{Doubts, Place};

/// Where a template is from, and where it goes.
pub(super) struct Source<'s> {
    pub(super) file: &'s str,
    pub(super) lines: &'s HashMap<(String, String), u64>,
    pub(super) place: &'s Place,
}

/// Is this a template?
pub(super) fn is_template(value: &Value) -> bool {
    let resources = value.get("Resources").fields();
    !resources.is_empty()
        && resources
            .iter()
            .all(|(name, resource)| name.starts_with("Fn::") || resource.get("Type").text().is_some())
}

/// What the template declares.
pub(super) fn read(value: &Value, source: &Source<'_>, doubts: &mut Doubts) -> Plan {
    let template = Template::new(value, source.place);
    let mut plan = Plan { is_whole: true, ..Plan::default() };
    for (id, resource) in value.get("Resources").fields() {
        let line = source.lines.get(&("Resources".to_owned(), id.clone())).copied();
        let Some(kind) = resource.get("Type").text() else {
            doubts.add(line, format!("`{id}` is made by a loop or macro; what it makes is not read"));
            continue;
        };
        let condition = resource.get("Condition").text();
        let is_made = condition.map_or(Some(true), |condition| template.holds(condition));
        if is_made == Some(false) {
            continue;
        }
        let mut properties = template.work_out(resource.get("Properties"));
        if is_made.is_none() {
            doubts.add(
                line,
                format!("whether `{id}` is made depends on a parameter; its policies are not known"),
            );
            hide_policies(&mut properties);
        }
        let mut take = Take { plan: &mut plan, doubts, source, id, line };
        match kind {
            "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" => {
                let (kind, service, basic) = match kind {
                    "AWS::Serverless::Function" => {
                        ("AWS::Lambda::Function", "lambda", Some("service-role/AWSLambdaBasicExecutionRole"))
                    }
                    _ => ("AWS::StepFunctions::StateMachine", "states", None),
                };
                if properties.get("Role").is_null() {
                    let (role, left_out) = role_of(&properties, service, basic, source.place);
                    let name = format!("{id}Role");
                    take.one("AWS::IAM::Role", role, &name);
                    let arn = super::kinds::of("AWS::IAM::Role")
                        .map_or_else(String::new, |kind| kind.arn(&Value::Null, &name, source.place));
                    if let Value::Map(fields) = &mut properties {
                        fields.push(("Role".to_owned(), Value::Text(arn)));
                    }
                    if left_out {
                        let why = "takes rights that SAM adds; what its role may do is known in part";
                        take.doubt(format!("`{id}` {why}"));
                    }
                }
                take.one(kind, properties, id);
            }
            "AWS::Serverless::SimpleTable" => {
                take.one("AWS::DynamoDB::Table", properties, id);
            }
            "AWS::Organizations::Policy" if matches!(properties.get("Type"), Value::Unknown) => {
                take.doubt(format!("the type of `{id}` is not known"));
            }
            kind => {
                take.one(kind, properties, id);
            }
        }
    }
    plan
}

/// One resource of a template, which may come to several.
struct Take<'t> {
    plan: &'t mut Plan,
    doubts: &'t mut Doubts,
    source: &'t Source<'t>,
    id: &'t str,
    line: Option<u64>,
}

impl Take<'_> {
    fn one(&mut self, kind: &str, properties: Value, stand_in: &str) {
        let declaration = Declaration {
            kind,
            properties,
            fate: Fate::Changed,
            address: self.id,
            stand_in,
            arn: None,
            place: self.source.place,
            file: self.source.file,
            line: self.line,
        };
        let taken = declaration.take(self.plan);
        self.doubts.taken(taken, kind, self.id, self.line);
    }

    fn doubt(&mut self, why: String) {
        self.doubts.add(self.line, why);
    }
}

/// The role that SAM makes for a function or state machine. And: is there something in its policies that only SAM knows?
///
/// AWS: SAM Developer Guide, "CloudFormation resources generated when AWS::Serverless::Function is specified": the role trusts
/// the service, and has AWSLambdaBasicExecutionRole beside what `Policies` names.
fn role_of(properties: &Value, service: &str, basic: Option<&str>, place: &Place) -> (Value, bool) {
    let text = |text: &str| Value::Text(text.to_owned());
    let map = |fields: &[(&str, Value)]| {
        Value::Map(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    };
    let aws = |name: &str| format!("arn:{}:iam::aws:policy/{name}", place.partition());
    let trust = map(&[
        ("Version", text("2012-10-17")),
        (
            "Statement",
            Value::List(vec![map(&[
                ("Effect", text("Allow")),
                ("Principal", map(&[("Service", text(&format!("{service}.amazonaws.com")))])),
                ("Action", text("sts:AssumeRole")),
            ])]),
        ),
    ]);
    let mut managed: Vec<Value> = basic.map(|name| text(&aws(name))).into_iter().collect();
    let (mut inline, mut left_out) = (Vec::new(), adds_rights(properties));
    if left_out {
        inline.push(map(&[("PolicyName", text("rights that SAM adds")), ("PolicyDocument", Value::Unknown)]));
    }
    for (at, policy) in properties.get("Policies").items().iter().enumerate() {
        let name = |at: usize| text(&format!("Policy{at}"));
        match policy {
            Value::Text(arn) if arn.starts_with("arn:") => managed.push(text(arn)),
            // A policy of AWS by its name alone may be below any path: it counts as one that is not known.
            Value::Map(fields) if fields.iter().any(|(key, _)| key == "Statement") => {
                inline.push(map(&[("PolicyName", name(at)), ("PolicyDocument", policy.clone())]));
            }
            _ => {
                left_out = true;
                inline.push(map(&[("PolicyName", name(at)), ("PolicyDocument", Value::Unknown)]));
            }
        }
    }
    let role = map(&[
        (
            "AssumeRolePolicyDocument",
            match properties.get("AssumeRolePolicyDocument") {
                Value::Null => trust,
                own => own.clone(),
            },
        ),
        ("ManagedPolicyArns", Value::List(managed)),
        ("Policies", Value::List(inline)),
        ("PermissionsBoundary", properties.get("PermissionsBoundary").clone()),
    ]);
    (role, left_out)
}

/// Does SAM add rights for how the function is called, connected or traced?
fn adds_rights(properties: &Value) -> bool {
    const POLLED: &[&str] = &["DocumentDB", "DynamoDB", "Kinesis", "MQ", "MSK", "SQS", "SelfManagedKafka"];
    let polled = |event: &Value| event.get("Type").text().is_none_or(|kind| POLLED.contains(&kind));
    ["VpcConfig", "Tracing", "DeadLetterQueue", "EventInvokeConfig"]
        .iter()
        .any(|name| !properties.get(name).is_null())
        || matches!(properties.get("Events"), Value::Unknown)
        || properties.get("Events").fields().iter().any(|(_, event)| polled(event))
}

/// Of a resource that may be or not be made, nobody knows what its policies give.
fn hide_policies(properties: &mut Value) {
    if let Value::Map(fields) = properties {
        for (name, value) in fields {
            let is_policy = matches!(
                &**name,
                "AssumeRolePolicyDocument"
                    | "PolicyDocument"
                    | "KeyPolicy"
                    | "Policy"
                    | "Policies"
                    | "ResourcePolicy"
                    | "RepositoryPolicyText"
                    | "ManagedPolicyArns"
                    | "Principal"
                    | "InlinePolicy"
                    | "Content"
            );
            if is_policy {
                *value = Value::Unknown;
            }
        }
    }
}
