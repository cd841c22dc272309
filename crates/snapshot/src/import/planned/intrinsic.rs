//! What do the functions of a template come to, before it is deployed?
//!
//! Only what the template itself settles has a value: what is declared in it, its mappings, the account and region that it
//! is for, and what other templates export. Parameters (their defaults are not what somebody will pass) and attributes that AWS makes up
//! are unknown.
//!
//! AWS: CloudFormation User Guide, "Intrinsic function reference", "Pseudo parameters reference".

use std::cell::{Cell, RefCell};

use super::declaration::Names;
use super::foreach::LOOP;
use super::template::MACRO;
use super::value::Value;
use super::{Exports, Place, either, kinds, likely, own_policy, sam};

/// Deeper than templates nest.
const DEEPEST: usize = 60;

/// More values than the largest template has, worked out so often as its functions name each other. Whoever writes a
/// template in which they do so without end gets "unknown".
const MOST_WORK: usize = 4_000_000;

/// Longer texts are put together by nobody who means well.
const LONGEST: usize = 1 << 16;

/// A template, and where it will be deployed.
pub(super) struct Template<'t> {
    value: &'t Value,
    place: &'t Place,
    /// What other templates export.
    exports: Option<&'t Exports>,
    /// Values worked out so far.
    work: Cell<usize>,
    /// The resources whose name is being worked out: one that leads back to itself has none.
    open: RefCell<Vec<String>>,
}

impl<'t> Template<'t> {
    pub(super) fn new(value: &'t Value, place: &'t Place) -> Template<'t> {
        Template { value, place, exports: None, work: Cell::new(0), open: RefCell::default() }
    }

    /// The same, that imports what these export.
    pub(super) fn importing(self, exports: &'t Exports) -> Template<'t> {
        Template { exports: Some(exports), ..self }
    }

    /// The value with every function in it worked out.
    pub(super) fn work_out(&self, value: &Value) -> Value {
        self.value_of(value, 0)
    }

    /// Of each property that names users, groups, roles or things of which one is known later: what their names can be, as patterns.
    /// `None`: anything.
    pub(super) fn may_name(&self, declared: &Value, properties: &Value) -> Vec<(&'static str, Names)> {
        let lists = [
            "Users",
            "UserName",
            "Groups",
            "GroupName",
            "Roles",
            "RoleName",
            "ManagedPolicyArns",
            "TargetIds",
        ];
        lists
            .into_iter()
            .chain(own_policy::THINGS)
            .filter(|list| properties.get(list).has_unknown())
            .map(|list| {
                // What a macro adds stands nowhere.
                let value = declared.get(list);
                (list, if value.is_null() { None } else { likely::names(self, value) })
            })
            .collect()
    }

    /// Does the condition of this name hold? `None`: nobody knows.
    pub(super) fn holds(&self, condition: &str) -> Option<bool> {
        self.condition_named(condition, 0)
    }

    /// What stands for a resource of the template where its name is not known: its logical id. SAM's functions have a role
    /// that the template does not declare.
    fn reference(&self, id: &str, depth: usize) -> Value {
        let known = |text: String| Value::Text(text);
        match id {
            "AWS::AccountId" => return known(self.place.account.to_string()),
            "AWS::Partition" => return known(self.place.partition().to_owned()),
            "AWS::Region" => return known(self.place.region().to_owned()),
            "AWS::URLSuffix" => {
                return known(self.place.of_partition().suffix.to_owned());
            }
            "AWS::NoValue" => return Value::Null,
            _ => {}
        }
        if let [only] = self.allowed_values(id) {
            return only.clone();
        }
        let Some((kind, properties)) = self.resource(id, depth) else { return Value::Unknown };
        if sam::is_api(&kind) {
            return known(format!("{id}~"));
        }
        kinds::of(&kind).map_or(Value::Unknown, |kind| known(kind.reference(&properties, id, self.place)))
    }

    /// The values that a parameter may have; none: any.
    fn allowed_values(&self, parameter: &str) -> &'t [Value] {
        let parameter = self.value.at(&["Parameters", parameter]);
        // That of Systems Manager is named by what is passed, and is looked up.
        let is_looked_up = parameter.get("Type").text().is_some_and(|kind| kind.starts_with("AWS::SSM::"));
        if is_looked_up { &[] } else { parameter.get("AllowedValues").items() }
    }

    /// Has the template a parameter or resource of this name?
    pub(super) fn declares(&self, name: &str) -> bool {
        ["Parameters", "Resources"].iter().any(|section| !self.value.at(&[section, name]).is_null())
    }

    /// The same in texts. `None`: any.
    pub(super) fn allowed(&self, parameter: &str) -> Option<Vec<String>> {
        let values = self.allowed_values(parameter);
        let texts: Option<Vec<String>> =
            values.iter().map(|value| plain_text(value).map(str::to_owned)).collect();
        texts.filter(|texts| !texts.is_empty())
    }

    /// The type of a resource in CloudFormation's words, and of its properties those that make its name.
    fn resource(&self, id: &str, depth: usize) -> Option<(String, Value)> {
        let resource = self.value.at(&["Resources", id]);
        if let Value::Null = resource {
            let owner = self.value.at(&["Resources", id.strip_suffix("Role")?]);
            let (sam, properties) = (sam::Kind::of(owner.get("Type").text()?)?, owner.get("Properties"));
            if !sam.property(self.value, properties, "Role").is_null() {
                return None;
            }
            let path = self.value_of(sam.property(self.value, properties, "RolePath"), depth + 1);
            return Some(("AWS::IAM::Role".to_owned(), Value::Map(vec![("Path".to_owned(), path)])));
        }
        let kind = sam::cloudformation(resource.get("Type").text()?);
        if self.open.borrow().iter().any(|open| open == id) {
            return None;
        }
        self.open.borrow_mut().push(id.to_owned());
        let name = kinds::of(kind).map_or("", |kind| kind.name);
        let properties = resource.get("Properties");
        let within =
            ["EventBusName", "Cluster", "FunctionName", "ApplicationName", "ClusterName", "GroupName"];
        let properties =
            [name, "Name", "Path"].into_iter().chain(within).filter(|name| !name.is_empty()).map(|name| {
                // SAM calls the name of a state machine `Name`.
                let property = properties.get(name);
                (name.to_owned(), self.value_of(property, depth + 1))
            });
        let properties = Value::Map(properties.collect());
        self.open.borrow_mut().pop();
        Some((kind.to_owned(), properties))
    }

    fn attribute(&self, id: &str, attribute: &str, depth: usize) -> Value {
        let Some((kind, properties)) = self.resource(id, depth) else { return Value::Unknown };
        let Some(kind) = kinds::of(&kind) else { return Value::Unknown };
        match attribute {
            "Arn" | "TopicArn" | "PolicyArn" | "TaskDefinitionArn" | "PermissionSetArn" | "ProjectArn"
            | "ServiceArn" => Value::Text(kind.arn(&properties, id, self.place)),
            "Id" if kind.cloudformation == "AWS::SecretsManager::Secret" => {
                Value::Text(kind.arn(&properties, id, self.place))
            }
            "Id" if kind.cloudformation == "AWS::Organizations::Policy" => {
                Value::Text(kind.name_of(&properties, id))
            }
            "KeyId" | "QueueName" | "TopicName" | "Name" | "InstanceId" | "ProfileName" => {
                Value::Text(kind.name_of(&properties, id))
            }
            _ => Value::Unknown,
        }
    }

    fn value_of(&self, value: &Value, depth: usize) -> Value {
        self.work.set(self.work.get() + 1);
        if depth > DEEPEST || self.work.get() > MOST_WORK {
            return Value::Unknown;
        }
        match value {
            // Dynamic references are looked up on deployment.
            Value::Text(text) if text.contains("{{resolve:") => Value::Unknown,
            Value::List(list) => {
                let mut out = Vec::with_capacity(list.len());
                for value in list {
                    match (self.value_of(value, depth + 1), value.fields()) {
                        // `AWS::NoValue` takes its place in the list away.
                        (Value::Null, _) if !value.is_null() => {}
                        // Several in the place of one, each of them in doubt.
                        (Value::List(several), [(name, _)]) if name == "Fn::If" => out.extend(several),
                        (after, _) => match either::effects(&after) {
                            Some(both) => out.extend(both),
                            None => out.push(after),
                        },
                    }
                }
                Value::List(out)
            }
            // A macro adds to the fields beside it, and so does a loop over what is not known.
            Value::Map(fields) if fields.iter().any(|(name, _)| name == MACRO || name.starts_with(LOOP)) => {
                Value::Unknown
            }
            Value::Map(fields) => match fields.as_slice() {
                [(name, argument)] if name == "Ref" || name.starts_with("Fn::") => {
                    self.function(name, argument, depth + 1)
                }
                // And its field with what stands there.
                fields => Value::Map(
                    fields
                        .iter()
                        .map(|(key, value)| (key, value, self.value_of(value, depth + 1)))
                        .filter(|(_, before, after)| before.is_null() || !after.is_null())
                        .map(|(key, _, after)| (key.clone(), after))
                        .collect(),
                ),
            },
            plain => plain.clone(),
        }
    }

    fn function(&self, name: &str, argument: &Value, depth: usize) -> Value {
        let argument_of = |at: usize| argument.items().get(at).unwrap_or(&Value::Null);
        let worked_out = |at: usize| self.value_of(argument_of(at), depth);
        match name {
            "Ref" => argument.text().map_or(Value::Unknown, |id| self.reference(id, depth)),
            "Fn::GetAtt" => match (argument, argument_of(0).text(), worked_out(1)) {
                (Value::Text(text), ..) => {
                    let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                    self.attribute(id, attribute, depth)
                }
                (_, Some(id), Value::Text(attribute)) => self.attribute(id, &attribute, depth),
                _ => Value::Unknown,
            },
            "Fn::Sub" => match argument {
                Value::Text(text) => self.substitute(text, &Value::Null, depth),
                _ => match argument_of(0).text() {
                    Some(text) => self.substitute(text, argument_of(1), depth),
                    None => Value::Unknown,
                },
            },
            "Fn::Join" => match (argument_of(0), worked_out(1)) {
                (Value::Text(between), Value::List(list)) => {
                    let words: Option<Vec<&str>> = list.iter().map(plain_text).collect();
                    let length = |words: &Vec<&str>| {
                        words.iter().map(|word| word.len() + between.len()).sum::<usize>()
                    };
                    words
                        .filter(|words| length(words) <= LONGEST)
                        .map_or(Value::Unknown, |words| Value::Text(words.join(between)))
                }
                _ => Value::Unknown,
            },
            "Fn::Split" => match (argument_of(0), worked_out(1)) {
                (Value::Text(between), Value::Text(text)) if !between.is_empty() => {
                    Value::List(text.split(&**between).map(|part| Value::Text(part.to_owned())).collect())
                }
                _ => Value::Unknown,
            },
            "Fn::Select" => {
                let at = worked_out(0).text().and_then(|at| at.parse::<usize>().ok());
                match (at, worked_out(1)) {
                    (Some(at), Value::List(list)) => list.get(at).cloned().unwrap_or(Value::Unknown),
                    _ => Value::Unknown,
                }
            }
            "Fn::FindInMap" => {
                let keys = [worked_out(0), worked_out(1), worked_out(2)];
                let [Some(map), Some(first), Some(second)] = keys.each_ref().map(Value::text) else {
                    return Value::Unknown;
                };
                // A region that nobody named, and a name that AWS makes up, is no key that is missing.
                if [first, second].iter().any(|key| key.contains('~')) {
                    return Value::Unknown;
                }
                // AWS: CloudFormation User Guide, "Fn::FindInMap enhancements": what stands for a key that is not there
                // (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap-enhancements.html>).
                match (self.value.at(&["Mappings", map, first, second]), argument_of(3).get("DefaultValue")) {
                    (Value::Null, Value::Null) => Value::Unknown,
                    (Value::Null, otherwise) => self.value_of(otherwise, depth),
                    (found, _) => found.clone(),
                }
            }
            "Fn::If" => match argument_of(0).text().and_then(|name| self.condition_named(name, depth)) {
                Some(true) => worked_out(1),
                Some(false) => worked_out(2),
                None => {
                    let (yes, no) = (worked_out(1), worked_out(2));
                    if yes == no { yes } else { either::of(&yes, &no).unwrap_or(Value::Unknown) }
                }
            },
            "Fn::ImportValue" => match self.value_of(argument, depth) {
                Value::Text(name) => {
                    let found = self.exports.and_then(|exports| exports.get(self.place, &name));
                    found.map_or(Value::Unknown, |text| Value::Text(text.to_owned()))
                }
                _ => Value::Unknown,
            },
            "Fn::ToJsonString" => self.value_of(argument, depth),
            _ => Value::Unknown,
        }
    }

    /// `Fn::Sub`: `${Thing}`, `${Thing.Attribute}`, `${!text}` for `${text}`.
    fn substitute(&self, text: &str, own: &Value, depth: usize) -> Value {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            out.push_str(&rest[..start]);
            let Some(end) = rest[start..].find('}').map(|end| start + end) else { break };
            let name = rest[start + 2..end].trim();
            rest = &rest[end + 1..];
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let found = match (own.get(name), name.split_once('.')) {
                (Value::Null, Some((id, attribute))) => self.attribute(id, attribute, depth),
                (Value::Null, None) => self.reference(name, depth),
                (value, _) => self.value_of(value, depth),
            };
            match plain_text(&found) {
                Some(found) if out.len() + found.len() <= LONGEST => out.push_str(found),
                _ => return Value::Unknown,
            }
        }
        out.push_str(rest);
        Value::Text(out)
    }

    fn condition_named(&self, name: &str, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        self.condition(self.value.at(&["Conditions", name]), depth + 1)
    }

    fn condition(&self, condition: &Value, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        let [(name, argument)] = condition.fields() else { return None };
        let mut all = argument.items().iter().map(|part| self.condition(part, depth + 1));
        match &**name {
            "Condition" => self.condition_named(argument.text()?, depth + 1),
            "Fn::Equals" => {
                let [left, right] = argument.items() else { return None };
                let (left, right) = (self.value_of(left, depth + 1), self.value_of(right, depth + 1));
                // A region that nobody named, and a name that AWS makes up, is equal to none and different from none.
                let words = |value: &Value| match value {
                    Value::Bool(truth) => Some(truth.to_string()),
                    other => plain_text(other).map(str::to_owned),
                };
                let known = |value: &Value| words(value).map_or(!value.has_unknown(), |it| !it.contains('~'));
                // `true` and `'true'` are one text to CloudFormation.
                let is_same = || match (words(&left), words(&right)) {
                    (Some(left), Some(right)) => left == right,
                    _ => left == right,
                };
                (known(&left) && known(&right)).then(is_same)
            }
            "Fn::Not" => all.next().flatten().map(|holds| !holds),
            "Fn::And" => together(all, false),
            "Fn::Or" => together(all, true),
            _ => None,
        }
    }
}

/// Several conditions of which one that is `decisive` settles it.
fn together(all: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut unknown = false;
    for holds in all {
        match holds {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!decisive)
}

fn plain_text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::{Place, Template};

    const TEMPLATE: &str = "
Parameters:
  Env: {Type: String, Default: dev}
  Only: {Type: String, AllowedValues: [prod]}
  Looked: {Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: [/prod/bucket]}
Mappings:
  Names: {eu-west-1: {bucket: covers}}
Conditions:
  IsProd: !Equals [!Ref Only, prod]
  IsDev: !Equals [!Ref Env, dev]
  Never: !And [!Not [!Condition IsProd], !Condition IsDev]
  Loop: !Condition Loop
  Always: !Equals [true, 'true']
  One: !Equals [1, '1']
  OfMade: !Equals [!Ref Bucket, covers]
Resources:
  Bucket: {Type: 'AWS::S3::Bucket'}
  Named: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'x-${AWS::AccountId}'}}
  ByEnv: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'x-${Env}'}}
  Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: jobs}}
  Round: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${Round}-dead'}}
  Fn: {Type: 'AWS::Serverless::Function', Properties: {}}
  Machine: {Type: 'AWS::Serverless::StateMachine', Properties: {RolePath: /own/}}
  Other: {Type: 'AWS::Serverless::StateMachine', Properties: {}}
  Ruled: {Type: 'AWS::Serverless::Function', Properties: {Role: 'arn:aws:iam::111122223333:role/x'}}
  Table: {Type: 'AWS::Serverless::SimpleTable', Properties: {TableName: t}}
  Api: {Type: 'AWS::Serverless::HttpApi'}
Globals: {StateMachine: {RolePath: /all/}}
";

    #[test]
    fn functions_come_to_what_the_template_settles_and_no_more() {
        let template = yaml::read(TEMPLATE).unwrap().value;
        let place = Place::parse("111122223333/eu-west-1").unwrap();
        let template = Template::new(&template, &place);
        for (text, expected) in [
            ("!Ref Env", "null"),
            ("!FindInMap [Names, !Ref 'AWS::Region', bucket, {DefaultValue: other}]", r#""covers""#),
            ("!FindInMap [Names, eu-west-2, bucket, {DefaultValue: !Ref Only}]", r#""prod""#),
            ("!FindInMap [Names, eu-west-2, bucket]", "null"),
            ("!FindInMap [Names, !Ref Env, bucket, {DefaultValue: other}]", "null"),
            ("!FindInMap [Names, !Ref Bucket, bucket, {DefaultValue: other}]", "null"),
            ("!Ref Only", r#""prod""#),
            ("!Ref Bucket", r#""Bucket~""#),
            ("!Ref Named", r#""x-111122223333""#),
            ("!Ref ByEnv", r#""ByEnv~""#),
            ("!GetAtt Queue.Arn", r#""arn:aws:sqs:eu-west-1:111122223333:jobs""#),
            ("!GetAtt Round.Arn", r#""arn:aws:sqs:eu-west-1:111122223333:Round~""#),
            ("!GetAtt Bucket.DomainName", "null"),
            ("!GetAtt FnRole.Arn", r#""arn:aws:iam::111122223333:role/FnRole~""#),
            ("!GetAtt MachineRole.Arn", r#""arn:aws:iam::111122223333:role/own/MachineRole~""#),
            ("!GetAtt OtherRole.Arn", r#""arn:aws:iam::111122223333:role/all/OtherRole~""#),
            ("!GetAtt RuledRole.Arn", "null"),
            ("!GetAtt TableRole.Arn", "null"),
            ("!Ref Table", r#""t""#),
            ("!Ref Api", r#""Api~""#),
            ("!GetAtt Api.RootResourceId", "null"),
            ("!Ref NobodyRole", "null"),
            (
                "!Sub 'arn:${AWS::Partition}:s3:::${Named}/${!aws:username}/*'",
                r#""arn:aws:s3:::x-111122223333/${aws:username}/*""#,
            ),
            ("!Sub '${Env}-x'", "null"),
            ("!Sub ['${A}-x', {A: !Ref Only}]", r#""prod-x""#),
            ("!Join ['/', [a, !Ref Only]]", r#""a/prod""#),
            ("!Join ['/', [a, !Ref Env]]", "null"),
            ("!Select [1, !Split ['-', 'a-b-c']]", r#""b""#),
            ("!FindInMap [Names, !Ref 'AWS::Region', bucket]", r#""covers""#),
            ("!FindInMap [Names, !Ref Env, bucket]", "null"),
            ("!If [IsProd, a, b]", r#""a""#),
            ("!If [Never, a, b]", r#""b""#),
            ("!If [IsDev, a, b]", "null"),
            ("!If [IsDev, a, a]", r#""a""#),
            ("!If [Loop, a, b]", "null"),
            ("!If [Always, a, b]", r#""a""#),
            ("!If [One, a, b]", r#""a""#),
            ("!If [OfMade, a, b]", "null"),
            ("!Ref Looked", "null"),
            ("[a, !Ref 'AWS::NoValue', !Ref Env]", r#"["a",null]"#),
            ("!ImportValue x", "null"),
            ("'{{resolve:ssm:x}}'", "null"),
        ] {
            let value = yaml::read(text).unwrap().value;
            assert_eq!(template.work_out(&value).to_json().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_template_that_doubles_itself_ends() {
        let mut text = "Resources:\n".to_owned();
        for at in 0..50 {
            let name = format!("${{R{0}}}${{R{0}}}", at + 1);
            text.push_str(&format!(
                "  R{at}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Sub '{name}'}}}}\n"
            ));
        }
        text.push_str("  R50: {Type: 'AWS::S3::Bucket', Properties: {BucketName: b}}\n");
        let template = yaml::read(&text).unwrap().value;
        let place = Place::parse("111122223333").unwrap();
        let first = yaml::read("!Ref R0").unwrap().value;
        let found = Template::new(&template, &place).work_out(&first);
        assert!(found.text().is_some_and(|text| text.len() <= 2 * super::LONGEST), "not bounded");
    }
}
