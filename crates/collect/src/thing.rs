//! One thing while it is read: the fields that the table keeps, and nothing else of any answer.

use serde_json::{Map, Value, json};

use crate::table::{Field, Kind};

/// Where a call is made: what templates may name.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) partition: &'static str,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Thing {
    /// Kept fields by their key; a key with dots is nested only when the item is made.
    pub(crate) fields: Vec<(&'static str, Value)>,
    /// Why its policy was not seen.
    pub(crate) policy_error: Option<String>,
}

impl Thing {
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.fields.iter().rev().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// Keeps what the answer to a call of its own says, page by page; what no page carries is null, which means "there is
    /// none".
    pub(crate) fn take_answer(&mut self, pages: &[Value], fields: &[Field]) {
        let mut whole = Thing::default();
        for page in pages {
            let mut part = Thing::default();
            part.take(page, fields, true);
            for (key, value) in part.fields {
                match (whole.fields.iter_mut().find(|(known, _)| *known == key), value) {
                    (Some((_, Value::Array(list))), Value::Array(more)) => list.extend(more),
                    (Some((_, known)), value) if known.is_null() => *known = value,
                    (Some(_), _) => {}
                    (None, value) => whole.fields.push((key, value)),
                }
            }
        }
        self.fields.extend(whole.fields);
    }

    /// Keeps fields of a listed element; what it does not carry is not seen.
    pub(crate) fn take_element(&mut self, element: &Value, fields: &[Field]) {
        self.take(element, fields, false);
    }

    /// The things of a page that lists, each with what is known of this one.
    pub(crate) fn listed_in(&self, page: &Value, list: &str, fields: &[Field]) -> Vec<Thing> {
        let of_element = |element| {
            let mut thing = self.clone();
            thing.take_element(element, fields);
            thing
        };
        elements(page, list).into_iter().map(of_element).collect()
    }

    /// The call said that there is none.
    pub(crate) fn take_none(&mut self, fields: &[Field], otherwise: Option<&str>) {
        for field in fields {
            let value = match (otherwise, field.is_switch) {
                (Some(text), true) => Value::Bool(text == "true"),
                (Some(text), false) => text.into(),
                (None, _) => Value::Null,
            };
            self.fields.push((field.key, value));
        }
    }

    fn take(&mut self, source: &Value, fields: &[Field], or_null: bool) {
        for field in fields {
            let found = match field.path.rsplit_once("[].") {
                // A list in the answer becomes a list of objects; several fields share its elements.
                Some((list, inner)) if field.key.contains("[].") => {
                    let elements = elements(source, list);
                    let values =
                        elements.iter().map(|element| at(element, inner).cloned().unwrap_or_default());
                    Some(Value::Array(values.collect()))
                }
                // To a key that is no list, it is the list of what stands there.
                None if field.path.contains("[]") => self.listed(source, field),
                Some(_) => self.listed(source, field),
                _ if field.path.starts_with('/') => {
                    let text = at(source, &field.path[1..]).and_then(Value::as_str);
                    text.map(|text| format!("/{}", text.trim_start_matches('/')).into())
                }
                _ if field.path == "./" => {
                    source.as_str().and_then(|text| text.rsplit('/').next()).map(Value::from)
                }
                _ => at(source, field.path).cloned(),
            };
            let found = match found {
                Some(Value::String(text)) if field.is_switch => Some(Value::Bool(text == "true")),
                // What serves later calls is a text there.
                Some(Value::Number(number)) if field.key.starts_with('_') => Some(number.to_string().into()),
                found => found,
            };
            match found {
                Some(value) => self.fields.push((field.key, value)),
                None if or_null || field.or_null => self.fields.push((field.key, Value::Null)),
                None => {}
            }
        }
    }

    /// What stands at a path through lists, behind what another field of the same key found in the same answer.
    fn listed(&mut self, source: &Value, field: &Field) -> Option<Value> {
        let before = match self.fields.last_mut() {
            Some((key, Value::Array(list))) if *key == field.key => std::mem::take(list),
            _ => Vec::new(),
        };
        if !before.is_empty() {
            self.fields.pop();
        }
        let list: Vec<Value> =
            before.into_iter().chain(elements(source, field.path).into_iter().cloned()).collect();
        Some(Value::Array(list))
    }

    /// The policy: of several calls that tell of one each, all of them.
    fn policy(&self) -> Option<Value> {
        let mut told =
            self.fields.iter().filter(|(key, _)| *key == "policy").map(|(_, value)| value).peekable();
        told.peek()?;
        let mut some: Vec<Value> = told.filter(|value| !value.is_null()).cloned().collect();
        Some(if some.len() > 1 { Value::Array(some) } else { some.pop().unwrap_or_default() })
    }

    /// The thing as an item of AWS Config, a line of what the snapshot is made from. `None`: it has no ARN, because the call
    /// that tells it failed.
    pub(crate) fn item(&self, kind: &Kind, place: &Place, at: &str) -> Option<Value> {
        let region = self.text("region").unwrap_or(&place.region);
        let arn = match (self.text("arn"), kind.arn) {
            (Some(arn), _) => Some(arn.to_owned()),
            (None, Some(template)) => Some(self.filled(template, place)?),
            (None, None) => None,
        };
        let is_account = matches!(kind.steps.first(), Some(crate::table::Step::One { .. }));
        if arn.is_none() && !is_account {
            return None;
        }
        let mut item = json!({
            "resourceType": kind.config_type,
            "awsAccountId": place.account,
            "configurationItemCaptureTime": at,
        });
        if let Some(arn) = arn {
            item["arn"] = arn.into();
        }
        if !kind.is_global || self.text("region").is_some() {
            item["awsRegion"] = region.into();
        }
        if let Some(name) = self.text("name") {
            item["resourceName"] = name.into();
        }
        if let Some(tags) = self.get("tags") {
            item["tags"] = Value::Object(tags_of(tags));
        }
        match (self.policy(), &self.policy_error) {
            // With a part that was not seen nobody knows what the rest comes to.
            (_, Some(why)) => item["policy_error"] = why.clone().into(),
            (Some(policy), None) => item["policy"] = policy,
            (None, None) => {}
        }
        let mut parts = json!({"configuration": {}});
        for (key, value) in &self.fields {
            if matches!(*key, "arn" | "name" | "region" | "policy" | "tags") || key.starts_with('_') {
                continue;
            }
            match key.strip_prefix("supplement.") {
                Some(key) => put(&mut parts["supplementaryConfiguration"], key, value),
                None => put(&mut parts["configuration"], key, value),
            }
        }
        if let (Value::Object(item), Value::Object(parts)) = (&mut item, parts) {
            item.extend(parts);
        }
        Some(item)
    }

    /// A template with its fields put in; `None`: one of them is not known.
    pub(crate) fn filled(&self, template: &str, place: &Place) -> Option<String> {
        filled(template, |key| match key {
            "account" => Some(place.account.clone()),
            "region" => Some(self.text("region").unwrap_or(&place.region).to_owned()),
            "partition" => Some(place.partition.to_owned()),
            key => self.text(key).map(str::to_owned),
        })
    }
}

/// Puts `{key}`s in.
pub(crate) fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (key, behind) = behind.split_once('}')?;
        text.push_str(before);
        text.push_str(&value(key)?);
        rest = behind;
    }
    text.push_str(rest);
    Some(text)
}

/// The value at a dotted path; `.` is the value itself, `[0]` the first of a list.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if path == "." {
        return Some(value);
    }
    let found = path.split('.').try_fold(value, |value, name| match name.strip_suffix("[0]") {
        Some(name) => match value.get(name)? {
            Value::Array(list) => list.first(),
            other => Some(other),
        },
        None => value.get(name),
    })?;
    (!found.is_null()).then_some(found)
}

/// Every element of the list at a path, whose parts that end in `[]` are lists. One element that came without a list, as XML
/// has it, is a list of one; an empty text is an empty list.
pub(crate) fn elements<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for name in path.split('.') {
        let name = name.strip_suffix("[]").unwrap_or(name);
        found = found.into_iter().filter_map(|value| value.get(name)).flat_map(as_list).collect();
    }
    found
}

fn as_list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        other => vec![other],
    }
}

/// Puts a value at a dotted key; `list[].inner` spreads a list of values over the objects of a list.
fn put(target: &mut Value, key: &str, value: &Value) {
    if let Some((list, inner)) = key.split_once("[].") {
        let slot = slot(target, list);
        if !slot.is_array() {
            *slot = Value::Array(Vec::new());
        }
        let values: Vec<&Value> = match value {
            Value::Array(values) => values.iter().collect(),
            Value::Null => Vec::new(),
            other => vec![other],
        };
        if let Value::Array(objects) = slot {
            for (position, value) in values.into_iter().enumerate() {
                if objects.len() <= position {
                    objects.push(Value::Object(Map::new()));
                }
                if !value.is_null() {
                    put(&mut objects[position], inner, value);
                }
            }
        }
        return;
    }
    *slot(target, key) = value.clone();
}

fn slot<'v>(target: &'v mut Value, key: &str) -> &'v mut Value {
    let mut slot = target;
    for name in key.split('.') {
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        slot = &mut slot[name];
    }
    slot
}

/// Tags in whatever shape the service has them, as an object.
fn tags_of(tags: &Value) -> Map<String, Value> {
    // One pair alone, which XML does not tell from a list; anything else that is an object maps keys to values.
    let is_pair = |map: &Map<String, Value>| {
        let pairs = [("Key", "Value"), ("key", "value"), ("TagKey", "TagValue")];
        map.len() == 2 && pairs.iter().any(|(key, value)| map.contains_key(*key) && map.contains_key(*value))
    };
    if let Value::Object(map) = tags
        && !is_pair(map)
    {
        let texts = map.iter().filter(|(_, value)| value.is_string());
        return texts.map(|(key, value)| (key.clone(), value.clone())).collect();
    }
    let pair = |tag: &Value| {
        let text =
            |names: [&str; 3]| names.iter().find_map(|name| tag.get(*name)?.as_str().map(str::to_owned));
        Some((
            text(["Key", "key", "TagKey"])?,
            text(["Value", "value", "TagValue"]).unwrap_or_default().into(),
        ))
    };
    as_list(tags).into_iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Place, Thing, elements, tags_of};
    use crate::table::kinds;

    fn place() -> Place {
        Place { account: "111122223333".to_owned(), region: "eu-west-1".to_owned(), partition: "aws" }
    }

    fn fields(config_type: &str, step: usize) -> &'static [crate::table::Field] {
        let kind = kinds().iter().find(|kind| kind.config_type == config_type).expect("a kind of the table");
        kind.steps[step].fields()
    }

    #[test]
    fn a_bucket_becomes_an_item_with_its_supplement() {
        let kind =
            kinds().iter().find(|kind| kind.config_type == "AWS::S3::Bucket").expect("buckets are read");
        let mut thing = Thing::default();
        thing.take_element(&json!({"Name": "b", "CreationDate": "x"}), fields("AWS::S3::Bucket", 0));
        thing.take_answer(&[json!("eu-central-1")], fields("AWS::S3::Bucket", 1));
        thing.take_none(fields("AWS::S3::Bucket", 2), None);
        thing.take_none(fields("AWS::S3::Bucket", 3), Some("false"));
        let acl = json!({"Owner": {"ID": "o"}, "AccessControlList": {"Grant": [
            {"Grantee": {"ID": "abc", "DisplayName": "x"}, "Permission": "FULL_CONTROL"},
            {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}]}});
        thing.take_answer(&[acl], fields("AWS::S3::Bucket", 6));
        thing.take_answer(&[json!({"Status": "Enabled"})], fields("AWS::S3::Bucket", 7));
        thing.take_answer(
            &[json!({"TagSet": {"Tag": {"Key": "team", "Value": "pay"}}})],
            fields("AWS::S3::Bucket", 8),
        );
        let item = thing.item(kind, &place(), "2026-01-01T00:00:00Z").expect("an item");
        assert_eq!(item["arn"], "arn:aws:s3:::b");
        assert_eq!(item["awsRegion"], "eu-central-1");
        assert_eq!(item["policy"], Value::Null);
        assert!(item.as_object().is_some_and(|item| item.contains_key("policy")));
        assert_eq!(item["tags"], json!({"team": "pay"}));
        let supplement = &item["supplementaryConfiguration"];
        assert_eq!(supplement["PublicAccessBlockConfiguration"]["blockPublicAcls"], false);
        let grants = json!([{"grantee": {"id": "abc"}, "permission": "FULL_CONTROL"},
            {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}, "permission": "READ"}]);
        assert_eq!(supplement["AccessControlList"]["grantList"], grants);
        assert_eq!(supplement["AbacStatus"]["status"], "Enabled");
    }

    #[test]
    fn grants_of_several_pages_are_one_list() {
        let kind = kinds().iter().find(|kind| kind.config_type == "AWS::KMS::Key").expect("keys are read");
        let mut thing = Thing::default();
        thing.take_element(
            &json!({"KeyArn": "arn:aws:kms:eu-west-1:111122223333:key/1"}),
            fields("AWS::KMS::Key", 0),
        );
        let page = |grantee: &str| json!({"Grants": [{"GranteePrincipal": grantee, "Operations": ["Decrypt"], "Name": "s3cr3t"}]});
        thing.take_answer(&[page("a"), page("b")], fields("AWS::KMS::Key", 3));
        let item = thing.item(kind, &place(), "2026-01-01T00:00:00Z").expect("an item");
        let grants =
            json!([{"grantee": "a", "operations": ["Decrypt"]}, {"grantee": "b", "operations": ["Decrypt"]}]);
        assert_eq!(item["configuration"]["grants"], grants);
        let mut without = Thing::default();
        without.take_element(
            &json!({"KeyArn": "arn:aws:kms:eu-west-1:111122223333:key/1"}),
            fields("AWS::KMS::Key", 0),
        );
        without.take_answer(&[json!({"Grants": [], "Truncated": false})], fields("AWS::KMS::Key", 3));
        let item = without.item(kind, &place(), "2026-01-01T00:00:00Z").expect("an item");
        assert_eq!(item["configuration"]["grants"], json!([]));
    }

    #[test]
    fn lists_within_lists_are_one_list() {
        let answer =
            json!({"reservationSet": [{"instancesSet": [{"i": 1}, {"i": 2}]}, {"instancesSet": ""}]});
        assert_eq!(
            elements(&answer, "reservationSet[].instancesSet[]"),
            [&json!({"i": 1}), &json!({"i": 2})]
        );
        assert_eq!(elements(&json!({"Buckets": ""}), "Buckets.Bucket[]"), [&Value::Null; 0]);
    }

    /// AWS: AWS Batch API Reference, "JobDefinition", `containerProperties`, `ecsProperties`, `nodeProperties`
    /// (<https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDefinition.html>).
    #[test]
    fn the_roles_of_a_job_definition_of_any_kind() {
        let kind =
            kinds().iter().find(|kind| kind.config_type == "AWS::Batch::JobDefinition").expect("it is read");
        let configuration = |answer: Value| {
            let mut thing = Thing::default();
            let arn = (
                "jobDefinitionArn".to_owned(),
                "arn:aws:batch:eu-west-1:111122223333:job-definition/j:1".into(),
            );
            let answer: Map<String, Value> =
                answer.as_object().expect("an object").clone().into_iter().chain([arn]).collect();
            thing.take_element(&answer.into(), fields("AWS::Batch::JobDefinition", 0));
            thing.item(kind, &place(), "2026-01-01T00:00:00Z").expect("an item")["configuration"].take()
        };
        let container = json!({"jobRoleArn": "role/a", "environment": [{"name": "K", "value": "s3cr3t"}]});
        let tasks =
            json!({"taskProperties": [{"taskRoleArn": "role/b", "containers": [{"environment": "s3cr3t"}]}]});
        assert_eq!(configuration(json!({"containerProperties": container}))["jobRoleArn"], "role/a");
        assert_eq!(configuration(json!({"ecsProperties": tasks}))["taskRoleArn"], "role/b");
        let nodes = json!({"nodeRangeProperties": [{"container": container}, {"ecsProperties": tasks}]});
        let found = configuration(json!({"nodeProperties": nodes}));
        assert_eq!(found["nodes"], json!([{"jobRoleArn": "role/a"}, {"taskRoleArn": "role/b"}]));
        assert!(!found.to_string().contains("s3cr3t"));
    }

    /// AWS: AWS CodePipeline API Reference, "ActionDeclaration", `roleArn`: "the IAM service role that performs the declared action.
    /// This is assumed through the `roleArn` for the pipeline"
    /// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html>).
    #[test]
    fn the_roles_of_the_actions_of_a_pipeline() {
        let kind = kinds()
            .iter()
            .find(|kind| kind.config_type == "AWS::CodePipeline::Pipeline")
            .expect("it is read");
        let action =
            |role: Value| json!({"name": "a", "configuration": {"OAuthToken": "s3cr3t"}, "roleArn": role});
        let pipeline = json!({"pipeline": {"roleArn": "role/p", "stages": [
            {"name": "Source", "actions": [action(Value::Null), action("role/a".into())]},
            {"name": "Deploy", "actions": [action("role/b".into())]}]}});
        let mut thing = Thing::default();
        thing.take_element(&json!({"name": "p"}), fields("AWS::CodePipeline::Pipeline", 0));
        thing.take_answer(&[pipeline], fields("AWS::CodePipeline::Pipeline", 1));
        let item = thing.item(kind, &place(), "2026-01-01T00:00:00Z").expect("an item");
        let actions = json!([{}, {"roleArn": "role/a"}, {"roleArn": "role/b"}]);
        assert_eq!(item["configuration"], json!({"roleArn": "role/p", "actions": actions}));
    }

    #[test]
    fn tags_of_every_shape() {
        let expected = json!({"a": "1"});
        for tags in [
            json!({"a": "1"}),
            json!([{"Key": "a", "Value": "1"}]),
            json!([{"key": "a", "value": "1"}]),
            json!({"Key": "a", "Value": "1"}),
            json!([{"TagKey": "a", "TagValue": "1"}]),
        ] {
            assert_eq!(Value::Object(tags_of(&tags)), expected, "{tags}");
        }
        assert_eq!(Value::Object(tags_of(&json!({"Key": "b"}))), json!({"Key": "b"}));
        assert!(tags_of(&json!("")).is_empty() && tags_of(&Value::Null).is_empty());
    }
}
