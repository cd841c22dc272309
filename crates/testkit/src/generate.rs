//! Requests by the thousand: seeded, fast, with alphabets so small that patterns, keys and names meet.

use crate::random::Random;
use crate::request::{EndpointType, Options, Request};
use crate::scene::{AWAY, HOME, Person, Thing, person, thing};
use serde_json::{Map, Value, json};

/// Which request comes of this seed? The same one, always.
///
/// Context keys are never spelled twice; actions fit their resources, and an action without resource asks for `*`.
pub fn generate(seed: u64) -> Request {
    let mut random = Random::new(seed);
    let thing = thing(&mut random);
    let action = random.text(thing.actions);
    let person = person(&mut random, &action);
    Generator { random, thing, action, person, mentioned: Vec::new() }.request()
}

struct Generator {
    random: Random,
    thing: Thing,
    action: String,
    person: Person,
    /// Keys that policies mention so far, for these are the ones worth not knowing.
    mentioned: Vec<&'static str>,
}

/// Where a statement stands, as far as its elements differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In policies of callers, and in SCPs: no principals.
    Caller,
    /// In RCPs, which name everybody.
    Rcp,
    /// In the policy of the thing or of an endpoint.
    Thing,
}

/// A condition key with values it may have and values a policy may list.
struct Key {
    name: &'static str,
    held: &'static [&'static str],
    listed: &'static [&'static str],
    operators: &'static [&'static str],
}

const STRING: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
];
const NUMERIC: &[&str] = &[
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
];
const DATE: &[&str] = &[
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
];
const ARN: &[&str] = &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike"];

const KEYS: &[Key] = &[
    Key {
        name: "aws:PrincipalTag/team",
        held: &["pay", "ops", "Pay", "", "p*"],
        listed: &["pay", "ops", "p*", "?ay", "${aws:username}", "${aws:username, 'pay'}", "p${*}", "*"],
        operators: STRING,
    },
    Key {
        name: "aws:ResourceTag/team",
        held: &["pay", "ops", "ann"],
        listed: &["pay", "${aws:PrincipalTag/team}", "${AWS:principaltag/TEAM, ''}", "${aws:TagKeys}", "o*"],
        operators: STRING,
    },
    Key {
        name: "aws:SourceIp",
        held: &["203.0.113.9", "10.1.2.3", "2001:db8::1"],
        listed: &[
            "203.0.113.0/24",
            "203.0.113.77/25",
            "10.0.0.0/8",
            "0.0.0.0/0",
            "2001:DB8::/32",
            "203.0.113.9",
        ],
        operators: &["IpAddress", "NotIpAddress"],
    },
    Key {
        name: "aws:CurrentTime",
        held: &["2024-03-01T00:00:00Z", "2024-03-01T00:30:00+01:00", "1709251200", "2024-02-29"],
        listed: &["2024-03-01", "1709251200", "2024-03-01T00:00:00Z", "2024-02-29T23:30:00Z", "never"],
        operators: DATE,
    },
    Key {
        name: "s3:max-keys",
        held: &["10", "9.5", "-1", "10abc", "010"],
        listed: &["10", "10.0", "9", "-1.0", "ten"],
        operators: NUMERIC,
    },
    Key {
        name: "aws:SecureTransport",
        held: &["true", "false", "TRUE"],
        listed: &["true", "false", "False", "${aws:MultiFactorAuthPresent}"],
        operators: &["Bool"],
    },
    Key {
        name: "aws:MultiFactorAuthPresent",
        held: &["true", "false"],
        listed: &["true", "false"],
        operators: &["Bool", "Null"],
    },
    Key {
        name: "aws:TagKeys",
        held: &["team", "env", "cost", ""],
        listed: &["team", "env", "t*"],
        operators: STRING,
    },
    Key {
        name: "aws:SourceArn",
        held: &["arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:s3:::ledger", "no-arn"],
        listed: &[
            "arn:aws:sns:*:111122223333:*",
            "arn:aws:sns:us-east-1:${aws:PrincipalAccount}:topic",
            "arn:aws:s3:::l?dger",
            "arn:aws:sns:*",
            "arn:*:*:*:*:*",
        ],
        operators: ARN,
    },
    Key {
        name: "aws:RequestTag/blob",
        held: &["QmluYXJ5", "qmluYXJ5", "x"],
        listed: &["QmluYXJ5"],
        operators: &["BinaryEquals"],
    },
    Key {
        name: "aws:TokenIssueTime",
        held: &["2024-03-01T00:00:00Z"],
        listed: &["true", "false"],
        operators: &["Null"],
    },
    Key { name: "aws:username", held: &[], listed: &["ann", "a*", "bob"], operators: STRING },
    Key {
        name: "aws:PrincipalArn",
        held: &[],
        listed: &[
            "arn:aws:iam::111122223333:role/ci",
            "arn:aws:iam::*:user/*",
            "arn:aws:iam::444455556666:role/*/ops",
        ],
        operators: ARN,
    },
    Key { name: "aws:PrincipalAccount", held: &[], listed: &[HOME, AWAY], operators: STRING },
];

impl Generator {
    fn request(mut self) -> Request {
        let context = self.context();
        let has_identity = !self.person.account.is_empty();
        let identity = if has_identity { self.policies(3, Place::Caller) } else { Vec::new() };
        let boundary =
            (has_identity && self.random.percent(25)).then(|| self.ceiling_policies(Place::Caller));
        let session =
            (self.person.is_session && self.random.percent(35)).then(|| self.ceiling_policies(Place::Caller));
        let scps = (has_identity && self.random.percent(35)).then(|| self.scp_levels());
        let rcps = self.random.percent(20).then(|| self.rcp_levels());
        let with_policy = self.thing.has_policy && self.random.percent(70);
        let resource_policy = with_policy.then(|| self.policy(Place::Thing));
        let endpoint = self.random.percent(15).then(|| self.ceiling_policies(Place::Thing));
        let kinds = [None, Some(EndpointType::Gateway), Some(EndpointType::Interface)];
        let vpc_endpoint_type = if endpoint.is_some() { *self.random.one(&kinds) } else { None };
        let owner =
            if self.thing.resource == "*" && has_identity { &self.person.account } else { &self.thing.owner };
        Request {
            id: Value::Null,
            principal: self.person.principal.clone(),
            action: self.action.clone(),
            resource: self.thing.resource.clone(),
            resource_account: owner.clone(),
            context,
            identity_policies: identity,
            permission_boundaries: boundary,
            session_policies: session,
            scps,
            rcps,
            resource_policy,
            vpc_endpoint_policies: endpoint,
            options: Options {
                s3_restrict_public_buckets: self.action.starts_with("s3:") && self.random.percent(15),
                wildcard_only: Some(self.thing.resource == "*"),
            },
            unknown: self.unknown(),
            present: Vec::new(),
            role_arn: self.person.role_arn.clone(),
            federating_user: self.person.federating_user.clone(),
            management_account: self.random.percent(10).then(|| self.random.text(&[HOME, AWAY])),
            vpc_endpoint_type,
        }
    }

    fn context(&mut self) -> Map<String, Value> {
        let mut context = Map::new();
        for key in KEYS {
            if key.held.is_empty() || !self.random.percent(55) {
                continue;
            }
            let multivalued = (key.name == "aws:TagKeys") != self.random.percent(4);
            let value = if multivalued {
                let length = self.random.below(4);
                Value::Array((0..length).map(|_| self.scalar(key.held)).collect())
            } else if self.random.percent(2) {
                Value::Null
            } else {
                self.scalar(key.held)
            };
            let name = self.cased(key.name);
            context.insert(name, value);
        }
        if let Some(name) = self.person.user_name
            && self.random.percent(90)
        {
            context.insert("aws:username".to_owned(), json!(name));
        }
        if !self.person.account.is_empty() && self.random.percent(80) {
            let arn = self.person.role_arn.clone().unwrap_or_else(|| self.person.principal.clone());
            context.insert("aws:PrincipalArn".to_owned(), json!(arn));
            context.insert("aws:PrincipalAccount".to_owned(), json!(self.person.account));
        }
        context
    }

    fn unknown(&mut self) -> Vec<String> {
        if !self.random.percent(50) {
            return Vec::new();
        }
        let mut unknown = Vec::new();
        for _ in 0..2 + self.random.below(4) {
            let name = if self.mentioned.is_empty() || self.random.percent(25) {
                self.random.one(KEYS).name
            } else {
                *self.random.one(&self.mentioned)
            };
            if !unknown.iter().any(|known: &String| known.eq_ignore_ascii_case(name)) {
                let name = self.cased(name);
                unknown.push(name);
            }
        }
        unknown
    }

    /// Now and then in another case, for key names ignore it.
    fn cased(&mut self, name: &str) -> String {
        match self.random.below(12) {
            0 => name.to_uppercase(),
            1 => name.to_lowercase(),
            _ => name.to_owned(),
        }
    }

    fn policies(&mut self, most: usize, place: Place) -> Vec<Value> {
        let length = self.random.below(most + 1);
        (0..length).map(|_| self.policy(place)).collect()
    }

    /// One or two policies of a ceiling, which mostly let things through.
    fn ceiling_policies(&mut self, place: Place) -> Vec<Value> {
        let mut policies = Vec::new();
        if self.random.percent(60) {
            let mut everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
            if place == Place::Thing {
                everything["Principal"] = json!("*");
            }
            policies.push(json!({ "Version": "2012-10-17", "Statement": [everything] }));
        }
        if policies.is_empty() || self.random.percent(40) {
            policies.push(self.policy(place));
        }
        policies
    }

    fn scp_levels(&mut self) -> Vec<Vec<Value>> {
        let levels = self.random.below(4);
        (0..levels)
            .map(|_| if self.random.percent(4) { Vec::new() } else { self.ceiling_policies(Place::Caller) })
            .collect()
    }

    fn rcp_levels(&mut self) -> Vec<Vec<Value>> {
        let levels = 1 + self.random.below(3);
        (0..levels)
            .map(|_| {
                let policies = self.random.below(2);
                (0..policies)
                    .map(|_| {
                        let statement = self.statement(Place::Rcp, "Deny");
                        json!({ "Version": "2012-10-17", "Statement": [statement] })
                    })
                    .collect()
            })
            .collect()
    }

    fn policy(&mut self, place: Place) -> Value {
        let length = if self.random.percent(2) { 0 } else { 1 + self.random.below(3) };
        let mut statements: Vec<Value> = (0..length)
            .map(|_| {
                let effect = if self.random.percent(84) { "Allow" } else { "Deny" };
                Value::Object(self.statement(place, effect))
            })
            .collect();
        let statement = if statements.len() == 1 && self.random.percent(20) {
            statements.remove(0)
        } else {
            json!(statements)
        };
        match self.random.below(10) {
            0 => json!({ "Statement": statement, "Id": "one" }),
            1 => json!({ "Version": "2008-10-17", "Statement": statement }),
            _ => json!({ "Version": "2012-10-17", "Statement": statement }),
        }
    }

    fn statement(&mut self, place: Place, effect: &str) -> Map<String, Value> {
        let mut statement = Map::new();
        if self.random.percent(20) {
            // Twice the same within a policy now and then.
            statement.insert("Sid".to_owned(), json!(self.random.text(&["one", "one", "two", ""])));
        }
        statement.insert("Effect".to_owned(), json!(effect));
        match place {
            Place::Caller => {}
            Place::Rcp => _ = statement.insert("Principal".to_owned(), json!("*")),
            Place::Thing => self.principal(&mut statement, effect),
        }
        let actions = self.list(|generator| json!(generator.action_pattern()));
        let element = if self.random.percent(10) { "NotAction" } else { "Action" };
        // The policy of a key may lack it, to no effect.
        if place != Place::Thing || !self.thing.resource.contains(":key/") || !self.random.percent(5) {
            statement.insert(element.to_owned(), actions);
        }
        let left_out = match place {
            Place::Caller => 0,
            Place::Rcp => 3,
            Place::Thing if self.thing.resource.contains(":role/") => 90,
            Place::Thing => 12,
        };
        if !self.random.percent(left_out) {
            let resources = self.list(|generator| json!(generator.resource_pattern()));
            let element = if self.random.percent(10) { "NotResource" } else { "Resource" };
            statement.insert(element.to_owned(), resources);
        }
        let chance = if effect == "Allow" { 50 } else { 75 };
        if self.random.percent(chance) {
            let condition = self.condition();
            statement.insert("Condition".to_owned(), condition);
        }
        statement
    }

    /// One value, or a list of one to three; seldom of none.
    fn list(&mut self, mut make: impl FnMut(&mut Generator) -> Value) -> Value {
        if self.random.percent(60) {
            return make(self);
        }
        let length = if self.random.percent(5) { 0 } else { 1 + self.random.below(3) };
        Value::Array((0..length).map(|_| make(self)).collect())
    }

    /// A text, or now and then the number or truth that it spells: these may stand without quotes.
    fn scalar(&mut self, texts: &[&str]) -> Value {
        let text = self.random.text(texts);
        match serde_json::from_str(&text) {
            Ok(bare @ (Value::Number(_) | Value::Bool(_))) if self.random.percent(25) => bare,
            _ => json!(text),
        }
    }

    fn action_pattern(&mut self) -> String {
        let action = self.action.clone();
        let (service, name) = action.split_once(':').unwrap_or((&action, ""));
        match self.random.below(14) {
            0..=3 => action,
            4..=5 => format!("{service}:*"),
            6 => "*".to_owned(),
            7 => "*:*".to_owned(),
            8 => action.to_uppercase(),
            9 => format!("{service}:{}*", &name[..3]),
            10 => format!("{service}:?{}", &name[1..]),
            11 => format!("{service}:*{}", &name[name.len() - 4..]),
            12 => self.random.text(self.thing.actions),
            _ => self.random.text(&["s3:Get*", "sqs:*", "iam:*", "kms:Decrypt", "sts:Assume*"]),
        }
    }

    fn resource_pattern(&mut self) -> String {
        let resource = self.thing.resource.clone();
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        let [_, _, service, region, account, last] = parts[..] else {
            return self.random.text(&["*", "*", "arn:aws:s3:::*"]);
        };
        let head = format!("arn:aws:{service}:{region}:{account}");
        let first = last.split('/').next().unwrap_or(last);
        match self.random.below(18) {
            0..=3 => "*".to_owned(),
            4..=6 => resource,
            7 => format!("{head}:*"),
            8 => format!("arn:aws:{service}:*:*:*"),
            9 => format!("arn:*:{service}:*:{account}:{first}*"),
            10 => format!("arn:aws:{service}:*:{last}"),
            11 => format!("arn:aws:{service}:*"),
            12 => format!("{head}:{}?", &last[..last.len() - 1]),
            13 => format!("{head}:{first}/${{aws:username}}/*"),
            14 => format!("{head}:${{aws:username, 'jobs'}}*"),
            15 => format!("{head}:ledger/home/${{aws:username}}/x"),
            16 => format!("{head}:ledger/home/${{*}}/x"),
            _ => self.random.text(&[
                "arn:aws:s3:::ledger/*",
                "arn:aws:s3:::ledger",
                "arn:aws:sqs:*:*:${aws:username}-queue",
            ]),
        }
    }

    fn condition(&mut self) -> Value {
        let mut operators = Map::new();
        if self.random.percent(3) {
            return Value::Object(operators);
        }
        for _ in 0..=self.random.below(2) {
            let key = self.random.one(KEYS);
            self.mentioned.push(key.name);
            let mut operator = self.random.text(key.operators);
            if operator == "Null" || self.random.percent(6) {
                operator = "Null".to_owned();
            } else {
                if self.random.percent(3) {
                    operator = self.random.text(&["StringIs", "NumericEquals", "StringEquals", "ArnLike"]);
                }
                let chance = if key.name == "aws:TagKeys" { 85 } else { 8 };
                if self.random.percent(chance) {
                    operator = format!("{}:{operator}", self.random.text(&["ForAllValues", "ForAnyValue"]));
                }
                if self.random.percent(20) {
                    operator.push_str("IfExists");
                }
            }
            let listed = if operator == "Null" { &["true", "false"] } else { key.listed };
            // An operator that asks for no key, and one that asks for a key in two spellings.
            let (asked, spellings) = match self.random.below(25) {
                0 => (0, 1),
                1 => (2, 2),
                _ => (1, 1),
            };
            if self.random.percent(4) {
                operator = operator.to_lowercase();
            }
            for spelling in 0..asked {
                let values = self.list(|generator| generator.scalar(listed));
                let name =
                    if spelling + 1 == spellings { self.cased(key.name) } else { key.name.to_uppercase() };
                let keys = operators.entry(operator.clone()).or_insert_with(|| json!({}));
                keys[name] = values;
            }
            operators.entry(operator).or_insert_with(|| json!({}));
        }
        Value::Object(operators)
    }

    fn principal(&mut self, statement: &mut Map<String, Value>, effect: &str) {
        let service_or_provider = self.person.account.is_empty() && self.person.principal != "anonymous";
        let value = match self.random.below(22) {
            0..=3 => json!("*"),
            4 => self.random.one(&[json!({ "AWS": "*" }), json!({ "AWS": ["*"] })]).clone(),
            5..=6 if service_or_provider => json!({ "Service": self.person.principal }),
            7..=8 if service_or_provider => json!({ "Federated": self.person.principal }),
            9 => json!({ "Service": ["sns.amazonaws.com", "lambda.amazonaws.com"], "AWS": [HOME] }),
            10 if effect == "Allow" => json!(format!("arn:aws:iam::{HOME}:user/ann")),
            11 => return,
            // One that names nobody, those of another kind, and one that is no principal of AWS's grammar.
            12 => match self.random.below(6) {
                0..=1 => json!({}),
                2 => json!({ "AWS": [] }),
                3 => json!({ "*": "*" }),
                4 => json!({ "Service": "*" }),
                _ => {
                    json!({ "CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" })
                }
            },
            _ => json!({ "AWS": self.list(|generator| json!(generator.aws_principal())) }),
        };
        let element = if self.random.percent(8) { "NotPrincipal" } else { "Principal" };
        statement.insert(element.to_owned(), value);
    }

    fn aws_principal(&mut self) -> String {
        let account = if self.random.percent(75) && !self.person.account.is_empty() {
            self.person.account.clone()
        } else {
            self.random.text(&[HOME, AWAY])
        };
        match self.random.below(14) {
            0..=3 if !self.person.account.is_empty() => self.person.principal.clone(),
            4..=5 if self.person.role_arn.is_some() => self.person.role_arn.clone().unwrap_or_default(),
            6 if self.person.federating_user.is_some() => {
                self.person.federating_user.clone().unwrap_or_default()
            }
            7 => account,
            8..=9 => format!("arn:aws:iam::{account}:root"),
            10 => format!(
                "arn:aws:iam::{account}:{}",
                self.random.text(&["user/ann", "user/Ann", "role/ci", "user/*"])
            ),
            11 => format!("arn:aws:sts::{account}:assumed-role/ci/build"),
            12 => self.random.text(&["AIDAIOSFODNN7EXAMPLE", "AROA1234567890EXAMPLE", "*", "*"]),
            _ => format!("arn:aws:iam::{account}:role/team/ops"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::generate;
    use crate::{Decision, slow_decide};
    use std::collections::BTreeMap;

    #[test]
    fn one_seed_is_one_request() {
        assert_eq!(generate(7), generate(7));
        assert_ne!(generate(7), generate(8));
    }

    #[test]
    fn every_decision_is_common() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for seed in 0..4000 {
            *counts.entry(format!("{:?}", slow_decide(&generate(seed)).decision)).or_default() += 1;
        }
        for decision in
            [Decision::Allowed, Decision::ImplicitlyDenied, Decision::ExplicitlyDenied, Decision::Depends]
        {
            let count = counts.get(&format!("{decision:?}")).copied().unwrap_or_default();
            assert!(count > 120, "{decision:?} came only {count} times in 4000: {counts:?}");
        }
    }
}
