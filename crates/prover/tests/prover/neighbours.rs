//! Pairs of policies that differ in one place, and requests made from the letters of both: no request contradicts what is proved,
//! and what is found is so by the slow evaluator of the documentation too.
//!
//! Values are small patterns that overlap, limits that touch, and variables; requests stand on both sides of each. Half of the
//! pairs come of an edit that means nothing or only narrows, so that there is something to prove. `CLAVICLE_SAMPLES` sets how
//! many pairs, `CLAVICLE_SEED` where they begin.

use clavicle_engine::{
    Action, AddressRange, Context, Fact, Instant, Principal, Principals, Request, Resource, Tri,
};
use clavicle_prover::{Access, Doubt, Limits, Store, Verdict, Witness};
use clavicle_testkit::{Decision, Random, slow_decide};
use serde_json::{Map, Value, json};

use crate::layers::{SEED, number};

/// What the values of a key are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Set,
    Number,
    Date,
    Address,
    Truth,
    Arn,
    Bytes,
}

const KEYS: &[(&str, Sort)] = &[
    ("aws:username", Sort::Text),
    ("aws:PrincipalTag/team", Sort::Text),
    ("aws:SourceIdentity", Sort::Text),
    ("s3:prefix", Sort::Text),
    ("k", Sort::Set),
    ("aws:TagKeys", Sort::Set),
    ("aws:PrincipalOrgPaths", Sort::Set),
    ("s3:max-keys", Sort::Number),
    ("aws:MultiFactorAuthAge", Sort::Number),
    ("aws:CurrentTime", Sort::Date),
    ("aws:TokenIssueTime", Sort::Date),
    ("aws:SourceIp", Sort::Address),
    ("aws:SecureTransport", Sort::Truth),
    ("aws:MultiFactorAuthPresent", Sort::Truth),
    ("aws:SourceArn", Sort::Arn),
    ("aws:PrincipalArn", Sort::Arn),
    ("aws:RequestTag/blob", Sort::Bytes),
];

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:GetObject*",
    "s3:*Object",
    "s3:Get*",
    "s3:*",
    "*",
    "sqs:SendMessage",
    "s?s:*",
    "x:*",
    "x:Do",
];
const ASKED: &[&str] = &[
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:PutObject",
    "s3:GetBucketAcl",
    "sqs:SendMessage",
    "x:Do",
    "xy:Do",
];

const PRINCIPALS: &[&str] = &[
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "444455556666",
    "arn:aws:iam::111122223333:user/a",
    "arn:aws:iam::111122223333:user/p/b",
    "arn:aws:iam::111122223333:role/p/r",
    "arn:aws:iam::111122223333:role/q",
    "arn:aws:sts::111122223333:assumed-role/r/s",
    "arn:aws:sts::111122223333:assumed-role/q/s",
    "arn:aws:sts::111122223333:federated-user/f",
    "*",
];

/// A policy in the making.
#[derive(Clone, PartialEq)]
struct Draft {
    named: bool,
    statements: Vec<Value>,
}

impl Draft {
    fn text(&self) -> Value {
        json!({ "Version": "2012-10-17", "Statement": self.statements })
    }
}

/// A pattern of few letters: `a*b`, `?`, `${aws:username}b`.
fn pattern(random: &mut Random, wild: bool) -> String {
    let letters = if wild { &["a", "b", "*", "?", "*", "a", "A"][..] } else { &["a", "b", "a", "A"][..] };
    let variables = [
        "${aws:username}",
        "${aws:PrincipalTag/team, 'a'}",
        "${k}",
        "${*}",
        "${?}",
        "${aws:TagKeys, 'b'}",
        "${s3:prefix}",
    ];
    let mut text = String::new();
    for _ in 0..random.below(4) {
        if random.percent(14) {
            text.push_str(&random.text(&variables));
        } else {
            text.push_str(&random.text(letters));
        }
    }
    text
}

fn resource(random: &mut Random) -> String {
    match random.below(10) {
        0 => "*".to_owned(),
        1 => format!("arn:aws:s3:::{}", pattern(random, true)),
        2..=4 => format!("arn:aws:s3:::{}/{}", pattern(random, true), pattern(random, true)),
        5 => format!("arn:aws:s3:::a/{}:{}", pattern(random, true), pattern(random, true)),
        6 => format!("arn:aws:sqs:*:111122223333:{}", pattern(random, true)),
        7 => format!("arn:aws:sqs:{}:*:q", random.text(&["eu-*", "*", "us-east-?", "eu-west-1"])),
        8 => random.text(&["arn:*:s3:*:*:a/*", "arn:aws:*:*:*:*", "arn:aws:s3*", "arn:aws:*"]),
        _ => format!("arn:aws:s3:::*/{}", pattern(random, false)),
    }
}

fn operator(random: &mut Random, sort: Sort) -> String {
    let texts = [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ];
    let numbers = [
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ];
    let dates = [
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
    ];
    let base = match sort {
        Sort::Text | Sort::Set => random.text(&texts),
        Sort::Number => random.text(&numbers),
        Sort::Date => random.text(&dates),
        Sort::Address => random.text(&["IpAddress", "NotIpAddress"]),
        Sort::Truth => "Bool".to_owned(),
        Sort::Arn => random.text(&["ArnLike", "ArnNotLike", "ArnEquals", "StringLike", "StringNotLike"]),
        Sort::Bytes => "BinaryEquals".to_owned(),
    };
    let chance = if sort == Sort::Set { 80 } else { 8 };
    let set =
        if random.percent(chance) { random.text(&["ForAllValues:", "ForAnyValue:"]) } else { String::new() };
    let suffix = if random.percent(20) { "IfExists" } else { "" };
    format!("{set}{base}{suffix}")
}

fn value(random: &mut Random, sort: Sort) -> String {
    match sort {
        Sort::Text | Sort::Set => pattern(random, true),
        Sort::Number => random.text(&["1", "1.0", "1.5", "2", "-1", "0", "10", "x"]),
        Sort::Date => random.text(&[
            "2024-03-01T00:00:00Z",
            "2024-03-01",
            "2024-03-01T01:00:00+01:00",
            "1709251200",
            "2024-03-01T00:00:01Z",
            "2024-02-29T23:59:59.5Z",
            "soon",
        ]),
        Sort::Address => random.text(&[
            "203.0.113.0/24",
            "203.0.113.0/25",
            "203.0.113.128/25",
            "203.0.113.7",
            "203.0.112.0/22",
            "0.0.0.0/0",
            "2001:db8::/32",
            "2001:db8::/33",
            "::ffff:203.0.113.7",
            "::/0",
        ]),
        Sort::Truth => random.text(&["true", "false", "TRUE"]),
        Sort::Arn => match random.below(4) {
            0 => random.text(&[
                "arn:aws:iam::*:role/*",
                "arn:*:*:*:*:*",
                "arn:aws:iam::111122223333:role/p/r",
                "arn:aws:s3*",
            ]),
            1 => format!("arn:aws:iam::111122223333:user/{}", pattern(random, true)),
            2 => format!("arn:aws:{}:::{}", random.text(&["s3", "s?", "*"]), pattern(random, true)),
            _ => format!("arn:aws:sns:*:1111*:{}", pattern(random, true)),
        },
        Sort::Bytes => random.text(&["YQ==", "Yg==", "YQ"]),
    }
}

fn list(random: &mut Random, most: usize, mut make: impl FnMut(&mut Random) -> String) -> Value {
    let length = 1 + random.below(most);
    Value::Array((0..length).map(|_| json!(make(random))).collect())
}

fn add_clause(random: &mut Random, statement: &mut Value) {
    let (key, sort) = *random.one(KEYS);
    let conditions = statement["Condition"].as_object().cloned().unwrap_or_default();
    let mut conditions = conditions;
    let (operator, values) = if random.percent(15) {
        ("Null".to_owned(), json!(random.text(&["true", "false"])))
    } else {
        (operator(random, sort), list(random, 2, |random| value(random, sort)))
    };
    let clauses = conditions.entry(operator).or_insert_with(|| json!({}));
    clauses[key] = values;
    statement["Condition"] = Value::Object(conditions);
}

fn statement(random: &mut Random, named: bool) -> Value {
    let mut statement = json!({ "Effect": if random.percent(70) { "Allow" } else { "Deny" } });
    let not = |random: &mut Random, element: &str| {
        if random.percent(15) { format!("Not{element}") } else { element.to_owned() }
    };
    if named {
        let element = not(random, "Principal");
        statement[element] = match random.below(6) {
            0 => json!("*"),
            1 => {
                json!({ "Service": "sns.amazonaws.com", "AWS": list(random, 2, |random| random.text(PRINCIPALS)) })
            }
            _ => json!({ "AWS": list(random, 3, |random| random.text(PRINCIPALS)) }),
        };
    }
    let element = not(random, "Action");
    statement[element] = list(random, 2, |random| random.text(ACTIONS));
    let element = not(random, "Resource");
    statement[element] = list(random, 2, resource);
    for _ in 0..random.below(3) {
        add_clause(random, &mut statement);
    }
    statement
}

fn draft(random: &mut Random) -> Draft {
    let named = random.percent(35);
    let length = 1 + random.below(3);
    Draft { named, statements: (0..length).map(|_| statement(random, named)).collect() }
}

/// The same policy but for one edit.
fn edited(random: &mut Random, draft: &Draft) -> Draft {
    let mut other = draft.clone();
    let mut at = random.below(other.statements.len());
    match random.below(9) {
        0 => other.statements.push(statement(random, draft.named)),
        1 if other.statements.len() > 1 => {
            other.statements.remove(at);
            at = 0;
        }
        2 => {
            // Two statements that say together what one says.
            let copy = other.statements[at].clone();
            other.statements.push(copy);
            narrow_list(random, &mut other.statements[at]);
        }
        3 => add_clause(random, &mut other.statements[at]),
        4 => {
            if let Some(conditions) = other.statements[at]["Condition"].as_object_mut()
                && let Some(operator) = conditions.keys().next().cloned()
            {
                conditions.remove(&operator);
            }
        }
        5 => change_operator(random, &mut other.statements[at]),
        6 => change_value(random, &mut other.statements[at]),
        7 => narrow_list(random, &mut other.statements[at]),
        _ => {
            let element =
                if other.statements[at].get("Resource").is_some() { "Resource" } else { "NotResource" };
            other.statements[at][element] = list(random, 2, resource);
        }
    }
    if other.statements[at]["Condition"].as_object().is_some_and(Map::is_empty)
        || other.statements[at]["Condition"].is_null()
    {
        other.statements[at].as_object_mut().expect("a statement").remove("Condition");
    }
    other
}

fn narrow_list(random: &mut Random, statement: &mut Value) {
    for element in ["Action", "Resource", "NotAction", "NotResource"] {
        if let Some(values) = statement.get_mut(element).and_then(Value::as_array_mut)
            && values.len() > 1
        {
            values.remove(random.below(values.len()));
            return;
        }
    }
}

const OPPOSITES: [(&str, &str); 8] = [
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
    ("IpAddress", "NotIpAddress"),
    ("ArnLike", "ArnNotLike"),
    ("NumericLessThan", "NumericGreaterThanEquals"),
];
const ALIKE: [(&str, &str); 6] = [
    ("StringEquals", "StringLike"),
    ("StringNotEquals", "StringNotLike"),
    ("ArnEquals", "ArnLike"),
    ("NumericLessThan", "NumericLessThanEquals"),
    ("DateLessThan", "DateLessThanEquals"),
    ("DateGreaterThan", "DateGreaterThanEquals"),
];

fn change_operator(random: &mut Random, statement: &mut Value) {
    let Some(conditions) = statement["Condition"].as_object_mut() else { return };
    let Some(written) = conditions.keys().next().cloned() else { return };
    let clauses = conditions.remove(&written).expect("a clause");
    let (set, base) = written.split_once(':').map_or(("", written.as_str()), |(set, base)| (set, base));
    let (base, if_exists) = base.strip_suffix("IfExists").map_or((base, false), |base| (base, true));
    let other = |pairs: &[(&'static str, &'static str)]| {
        let found = pairs.iter().find_map(|(one, other)| match base {
            base if base == *one => Some(*other),
            base if base == *other => Some(*one),
            _ => None,
        });
        found.unwrap_or(base).to_owned()
    };
    let (set, base, if_exists) = match random.below(4) {
        0 => (set, base.to_owned(), !if_exists && base != "Null"),
        1 => (set, other(&OPPOSITES), if_exists),
        2 if !set.is_empty() => {
            (if set == "ForAllValues" { "ForAnyValue" } else { "ForAllValues" }, base.to_owned(), if_exists)
        }
        _ => (set, other(&ALIKE), if_exists),
    };
    let prefix = if set.is_empty() { String::new() } else { format!("{set}:") };
    let changed = format!("{prefix}{base}{}", if if_exists { "IfExists" } else { "" });
    conditions.insert(changed, clauses);
}

fn change_value(random: &mut Random, statement: &mut Value) {
    let Some(conditions) = statement["Condition"].as_object_mut() else { return };
    let Some((operator, clauses)) = conditions.iter_mut().next() else { return };
    let Some((key, values)) = clauses.as_object_mut().and_then(|clauses| clauses.iter_mut().next()) else {
        return;
    };
    let Some((_, sort)) = KEYS.iter().find(|(known, _)| known == key) else { return };
    if operator != "Null" {
        *values = list(random, 2, |random| value(random, *sort));
    }
}

/// A request that stands near the texts.
#[derive(Debug)]
struct Asked {
    action: String,
    resource: String,
    principal: String,
    role: Option<String>,
    keys: Map<String, Value>,
}

/// A text that the pattern may match, or nearly.
fn instance(random: &mut Random, pattern: &str, keys: &Map<String, Value>) -> String {
    let mut filled = pattern.to_owned();
    for (variable, key, default) in [
        ("${aws:username}", "aws:username", ""),
        ("${aws:PrincipalTag/team, 'a'}", "aws:PrincipalTag/team", "a"),
        ("${k}", "k", ""),
        ("${s3:prefix}", "s3:prefix", ""),
        ("${aws:TagKeys, 'b'}", "", "b"),
    ] {
        let value = keys.get(key).and_then(Value::as_str).unwrap_or(default);
        filled = filled.replace(variable, value);
    }
    filled = filled.replace("${*}", "\u{1}").replace("${?}", "\u{2}");
    let mut text = String::new();
    for letter in filled.chars() {
        match letter {
            '*' => {
                for _ in 0..random.below(3) {
                    text.push_str(&random.text(&["a", "b", "x", "/", ":", "A"]));
                }
            }
            '?' => text.push_str(&random.text(&["a", "b", "x", ":"])),
            '\u{1}' => text.push('*'),
            '\u{2}' => text.push('?'),
            other => text.push(other),
        }
    }
    if random.percent(8) && !text.is_empty() {
        text.pop();
    }
    text
}

/// What two policies spell out.
struct Letters {
    /// The keys that they speak of, with the values that are listed.
    keys: Vec<(&'static str, Sort, Vec<String>)>,
    /// Their patterns of resources that are ARNs.
    resources: Vec<String>,
}

impl Letters {
    fn of(drafts: [&Draft; 2]) -> Self {
        let statements = || drafts.iter().flat_map(|draft| &draft.statements);
        let keys = KEYS.iter().filter_map(|(key, sort)| {
            let text = drafts.map(|draft| draft.text().to_string());
            let spoken_of = text.iter().any(|text| text.contains(key));
            let clauses =
                statements().flat_map(|it| it["Condition"].as_object().into_iter().flat_map(Map::values));
            let listed = clauses.flat_map(|clauses| strings(&clauses[*key])).collect();
            spoken_of.then_some((*key, *sort, listed))
        });
        let resources = ["Resource", "NotResource"]
            .iter()
            .flat_map(|element| statements().flat_map(|it| strings(&it[*element])));
        let resources = resources.filter(|text| text.splitn(6, ':').count() == 6);
        Self { keys: keys.collect(), resources: resources.collect() }
    }
}

/// One text, or those of a list.
fn strings(value: &Value) -> Vec<String> {
    let all = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn near(
    random: &mut Random,
    key: &str,
    sort: Sort,
    listed: &[String],
    keys: &Map<String, Value>,
) -> Option<Value> {
    let own = if listed.is_empty() { String::new() } else { random.one(listed).clone() };
    let one = |random: &mut Random| match sort {
        Sort::Text | Sort::Set => instance(random, &own, keys),
        Sort::Arn => {
            let arn = if own.starts_with("arn:") { own.as_str() } else { "arn:aws:s3:::a" };
            instance(random, arn, keys)
        }
        Sort::Number => match own.parse::<f64>() {
            Ok(number) => {
                format!("{}", number + f64::from(u8::try_from(random.below(3)).expect("small")) * 0.5 - 0.5)
            }
            Err(_) => "3".to_owned(),
        },
        Sort::Date => match Instant::parse(&own) {
            Some(instant) => {
                let moved = instant.seconds() + i64::try_from(random.below(3)).expect("small") - 1;
                if random.percent(20) { own.clone() } else { moved.to_string() }
            }
            None => "1709251200".to_owned(),
        },
        Sort::Address => match AddressRange::parse(&own) {
            Some(range) => {
                let (first, last) = range.ends();
                match random.below(4) {
                    0 => first.to_string(),
                    1 => last.to_string(),
                    2 => match last {
                        std::net::IpAddr::V4(last) => {
                            std::net::Ipv4Addr::from_bits(last.to_bits().wrapping_add(1)).to_string()
                        }
                        std::net::IpAddr::V6(last) => {
                            std::net::Ipv6Addr::from_bits(last.to_bits().wrapping_add(1)).to_string()
                        }
                    },
                    _ => random.text(&[
                        "203.0.113.7",
                        "2001:db8:8000::1",
                        "::ffff:203.0.113.7",
                        "198.51.100.1",
                    ]),
                }
            }
            None => "203.0.113.7".to_owned(),
        },
        Sort::Truth => random.text(&["true", "false"]),
        Sort::Bytes => random.text(&["YQ==", "Yg==", "Yw=="]),
    };
    if random.percent(30) {
        return None;
    }
    let is_arn = |text: &str| {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        parts.len() == 6
            && parts[0] == "arn"
            && !parts[1].is_empty()
            && !parts[2].is_empty()
            && !parts[5].is_empty()
    };
    match (sort, key) {
        (Sort::Set, key) => {
            // Of a key that AWS does not list one value is another thing than a set of one.
            if key == "k" && random.percent(50) {
                return Some(json!(one(random)));
            }
            let mut values: Vec<String> =
                (0..=random.below(3)).map(|_| one(random)).filter(|it| !it.is_empty()).collect();
            values.dedup();
            (!values.is_empty()).then(|| json!(values))
        }
        (Sort::Arn, _) => Some(one(random)).filter(|text| is_arn(text)).map(|text| json!(text)),
        _ => Some(json!(one(random))),
    }
}

fn request(random: &mut Random, letters: &Letters) -> Asked {
    let mut keys = Map::new();
    for (key, sort, listed) in &letters.keys {
        if let Some(value) = near(random, key, *sort, listed, &keys) {
            keys.insert((*key).to_owned(), value);
        }
    }
    let patterns = &letters.resources;
    let resource = if patterns.is_empty() || random.percent(15) {
        random.text(&["*", "arn:aws:s3:::a/b", "arn:aws:sqs:eu-west-1:111122223333:q"])
    } else {
        let parts: Vec<String> = random.one(patterns).splitn(6, ':').map(str::to_owned).collect();
        let head: Vec<String> = parts[..5]
            .iter()
            .map(|part| part.replace('*', &random.text(&["", "a", "eu-west-1"])).replace('?', "1"))
            .collect();
        let last = instance(random, &parts[5], &keys);
        let head = head.join(":").replacen("arn::", "arn:aws:", 1);
        let head = if head.split(':').nth(2) == Some("") { head.replacen("aws:", "aws:s3", 1) } else { head };
        format!("{head}:{}", if last.is_empty() { "a" } else { &last })
    };
    let callers = [
        ("arn:aws:iam::111122223333:user/a", None),
        ("arn:aws:iam::111122223333:user/p/b", None),
        ("arn:aws:iam::111122223333:role/p/r", None),
        ("arn:aws:sts::111122223333:assumed-role/r/s", Some("arn:aws:iam::111122223333:role/p/r")),
        ("arn:aws:sts::111122223333:assumed-role/q/s", Some("arn:aws:iam::111122223333:role/q")),
        ("arn:aws:sts::111122223333:assumed-role/q/t", Some("arn:aws:iam::111122223333:role/q")),
        ("arn:aws:sts::111122223333:federated-user/f", None),
        ("arn:aws:iam::444455556666:user/a", None),
        ("arn:aws:iam::999999999999:root", None),
        ("sns.amazonaws.com", None),
        ("anonymous", None),
    ];
    let (principal, role) = *random.one(&callers);
    Asked {
        action: random.text(ASKED),
        resource,
        principal: principal.to_owned(),
        role: role.map(str::to_owned),
        keys,
    }
}

fn has(store: &Store, access: &Access, asked: &Asked) -> Tri {
    let principal = match &asked.role {
        Some(role) => Principal::session(&asked.principal, role),
        None => Principal::from_arn(&asked.principal),
    };
    let principal = principal.expect("a caller");
    let (action, resource) = (Action::new(&asked.action), Resource::new(&asked.resource, None));
    let mut context = Context::exact();
    for (key, value) in &asked.keys {
        context.set(key, crate::layers::fact(value));
    }
    store.has(access, &Request::exact(&principal, &action, &resource, &context))
}

/// Does a document without principals allow the witness, by the slow evaluator? A caller in the account of the thing asks, so that
/// the document alone decides. `None`: keys that follow from the caller are not free there.
fn allowed_slowly(policy: &Draft, witness: &Witness) -> Option<bool> {
    let follows = |key: &str| {
        let key = key.to_lowercase();
        key.starts_with("aws:principal") || key.starts_with("aws:resource") || key == "aws:username"
    };
    let text = policy.text().to_string().to_lowercase();
    if ["aws:principal", "aws:username", "aws:resource"].iter().any(|key| text.contains(key)) {
        return None;
    }
    // A thing of another partition is nobody's here.
    let elsewhere = witness.resource != "*" && !witness.resource.starts_with("arn:aws:");
    if witness.keys.iter().any(|(key, _)| follows(key)) || witness.uncatalogued || elsewhere {
        return None;
    }
    let account = witness.resource.split(':').nth(4).filter(|account| account.len() == 12);
    let account = account.unwrap_or("111122223333").to_owned();
    let mut context = Map::new();
    for (key, fact) in &witness.keys {
        let value = match fact {
            Fact::One(text) => json!(text),
            Fact::Many(texts) => json!(texts),
            Fact::Absent | Fact::Unknown | Fact::Present => continue,
        };
        context.insert(key.clone(), value);
    }
    let request = clavicle_testkit::Request {
        principal: format!("arn:aws:iam::{account}:user/someone"),
        action: witness.action.clone(),
        resource: witness.resource.clone(),
        resource_account: account,
        context,
        identity_policies: vec![policy.text()],
        ..clavicle_testkit::Request::default()
    };
    Some(slow_decide(&request).decision == Decision::Allowed)
}

#[test]
fn policies_that_differ_in_one_place_are_contradicted_by_no_request() {
    let (first, samples) =
        (number("CLAVICLE_SEED").unwrap_or(SEED), number("CLAVICLE_SAMPLES").unwrap_or(1_000));
    let (mut proved, mut found, mut unknown, mut tried, mut replayed) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for seed in first..first + samples {
        let mut random = Random::new(seed ^ 0x6e62_7200);
        let one = draft(&mut random);
        let mut other = edited(&mut random, &one);
        if random.percent(30) {
            other = edited(&mut random, &other);
        }
        let principals = if one.named { Principals::Required } else { Principals::Ignored };
        let mut store = Store::new();
        let [a, b] = [&one, &other].map(|draft| {
            let parsed = clavicle_policy::parse(draft.text().to_string().as_bytes());
            store.compile(&parsed.policy.expect("a policy"), principals)
        });
        let (a, b) = (a.access(), b.access());
        let limits = Limits::default();
        let told = || format!("seed {seed}\n{}\n{}", one.text(), other.text());
        let verdicts = [
            store.implies(&a, &b, limits),
            store.implies(&b, &a, limits),
            store.disjoint(&a, &b, limits),
            store.never(&a, limits),
            store.never(&b, limits),
        ];
        let equal = store.equal(&a, &b, limits);
        assert_eq!(equal.holds(), verdicts[0].holds() && verdicts[1].holds(), "{}", told());
        for verdict in &verdicts {
            match verdict {
                Verdict::Holds => proved += 1,
                Verdict::Fails(_) => found += 1,
                Verdict::Unknown(doubts) => {
                    unknown += 1;
                    let fault = doubts
                        .iter()
                        .find(|doubt| !matches!(doubt, Doubt::Relation { .. } | Doubt::MixedTypes { .. }));
                    assert!(fault.is_none(), "{fault:?}\n{}", told());
                }
            }
        }
        if principals == Principals::Ignored {
            for (verdict, yes, no) in [
                (&verdicts[0], &one, Some(&other)),
                (&verdicts[1], &other, Some(&one)),
                (&verdicts[3], &one, None),
                (&verdicts[4], &other, None),
            ] {
                let Some(witness) = verdict.witness() else { continue };
                let (has, lacks) = (allowed_slowly(yes, witness), no.map(|no| allowed_slowly(no, witness)));
                if let Some(has) = has {
                    replayed += 1;
                    assert!(has, "{witness}\n{}", told());
                }
                if let Some(Some(lacks)) = lacks {
                    assert!(!lacks, "{witness}\n{}", told());
                }
            }
        }
        if !verdicts.iter().any(Verdict::holds) {
            continue;
        }
        let letters = Letters::of([&one, &other]);
        for _ in 0..150 {
            let asked = request(&mut random, &letters);
            let (in_a, in_b) = (has(&store, &a, &asked), has(&store, &b, &asked));
            tried += 1;
            let [implies, implied, disjoint, none, nothing] = &verdicts;
            let (yes_a, yes_b) = (in_a == Tri::Yes, in_b == Tri::Yes);
            assert!(!(implies.holds() && yes_a && in_b == Tri::No), "{asked:?}\n{}", told());
            assert!(!(implied.holds() && yes_b && in_a == Tri::No), "{asked:?}\n{}", told());
            assert!(!(disjoint.holds() && yes_a && yes_b), "{asked:?}\n{}", told());
            assert!(!(none.holds() && yes_a || nothing.holds() && yes_b), "{asked:?}\n{}", told());
        }
    }
    println!("{proved} proved, {found} found, {unknown} unknown; {tried} tried, {replayed} replayed");
    assert!(
        proved > samples && found > samples && unknown * 3 < found,
        "{proved} proved, {found} found, {unknown} unknown"
    );
    assert!(replayed * 4 > samples, "{replayed} of {found}");
}
