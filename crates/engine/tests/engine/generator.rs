//! Requests made up from few names, so that policies speak of what is asked.

use serde_json::{Map, Value, json};

/// Makes requests; the same seed makes the same ones.
pub(crate) struct Generator {
    state: u64,
    /// What the request being made asks for: half of the entries of its policies speak of that.
    action: &'static str,
    resource: &'static str,
    unknown: Vec<&'static str>,
    /// Is one statement in so many one that AWS does not take? Not where a law asks for verdicts.
    pub(crate) spoiled_once_in: Option<usize>,
}

const PRINCIPALS: [&str; 12] = [
    "arn:aws:iam::111122223333:user/dana",
    "arn:aws:iam::111122223333:user/team/erin",
    "arn:aws:iam::111122223333:role/app/web",
    "arn:aws:sts::111122223333:assumed-role/web/s1",
    "arn:aws:sts::111122223333:federated-user/fred",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:role/web",
    "arn:aws:sts::444455556666:assumed-role/web/s1",
    "arn:aws:iam::444455556666:user/dana",
    "arn:aws:iam::111122223333:role/aws-service-role/sns.amazonaws.com/AWSServiceRoleForSns",
    "sns.amazonaws.com",
    "anonymous",
];

/// Action, resource, and whether the resource is a bucket (whose ARN names no account).
const TARGETS: [(&str, &str); 30] = [
    ("s3:GetObject", "arn:aws:s3:::ledger/2024.csv"),
    ("s3:PutObject", "arn:aws:s3:::ledger/home/dana/x"),
    ("s3:ListBucket", "arn:aws:s3:::ledger"),
    ("s3:ListAllMyBuckets", "*"),
    ("s3:GetBucketPolicy", "arn:aws:s3:::ledger"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:dana-queue"),
    ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:444455556666:jobs"),
    ("sqs:DeleteQueue", "arn:aws:sqs:eu-west-1:444455556666:jobs"),
    ("sqs:ListQueues", "*"),
    ("s3:DeleteBucketPolicy", "arn:aws:s3:::ledger"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:alias/pay"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k1"),
    ("kms:ScheduleKeyDeletion", "arn:aws:kms:eu-west-1:111122223333:key/k1"),
    ("kms:RetireGrant", "arn:aws:kms:eu-west-1:111122223333:key/k1"),
    ("kms:CreateAlias", "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/app/web"),
    ("sts:AssumeRole", "arn:aws:iam::444455556666:role/deploy"),
    ("sts:GetCallerIdentity", "*"),
    ("iam:PassRole", "arn:aws:iam::111122223333:role/app/web"),
    ("iam:DeleteRole", "arn:aws:iam::111122223333:role/aws-reserved/sso/x"),
    ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ("ec2:DescribeInstances", "*"),
    ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/t"),
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:f:live"),
    ("sns:Publish", "arn:aws:sns:eu-west-1:444455556666:alerts"),
    ("s3:GetObject", "arn:aws-cn:s3:::ledger/2024.csv"),
    ("secretsmanager:CreateSecret", "arn:aws:secretsmanager:eu-west-1:444455556666:secret:db-a1b2c3"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:444455556666:secret:db-a1b2c3"),
    ("backup:CopyIntoBackupVault", "arn:aws:backup:eu-west-1:444455556666:backup-vault:main"),
    ("backup:DescribeBackupVault", "arn:aws:backup:eu-west-1:444455556666:backup-vault:main"),
];

const ACTIONS: [&str; 20] = [
    "*",
    "*:*",
    "s3:*",
    "s3:Get*",
    "S3:getobject",
    "s3:PutObject",
    "s3:List?ucket",
    "sqs:*",
    "kms:*",
    "kms:Decrypt",
    "sts:AssumeRole",
    "sts:*",
    "iam:*",
    "iam:PassRole",
    "ec2:Describe*",
    "dynamodb:Get*",
    "lambda:*",
    "sns:Publish",
    "s*:*",
    "sqs:SendMessage",
];

const RESOURCES: [&str; 30] = [
    "*",
    "*",
    "*",
    "arn:aws:s3:::ledger",
    "arn:aws:s3:::ledger/*",
    "arn:aws:s3:::ledger/home/${aws:username}/*",
    "arn:aws:s3:::*",
    "arn:aws:sqs:*:*:*",
    "arn:aws:sqs:eu-west-1:*:${aws:username}-queue",
    "arn:aws:sqs:eu-west-1:111122223333:d?na-queue",
    "arn:aws:sqs:*",
    "arn:aws:kms:*:111122223333:key/*",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::111122223333:role/app/web",
    "arn:aws:iam::444455556666:role/deploy",
    "arn:aws:lambda:*:*:function:f",
    "arn:aws:lambda:*:*:function:f:*",
    "arn:aws:dynamodb:*:*:table/*",
    "arn:aws:sns:*:444455556666:alerts",
    "arn:*",
    "arn:aws:s3:::${aws:PrincipalTag/team, 'ledger'}/*",
    "arn:aws:s3:::LEDGER/*",
    "arn:aws:s3",
    "arn:aws:s3:::led${*}er/*",
    "arn:*:s3:::ledger/2*",
    "arn:aws:s3:::${aws:PrincipalTag/Team}/*",
    "arn:aws:s3:::${ aws:PrincipalTag/team }/*",
    "arn:*:*:?u-west-1:*:*",
    "arn:aws:sqs:${aws:RequestedRegion}:*:jobs",
    "${aws:PrincipalArn}",
];

const KEYS: [(&str, &[&str]); 15] = [
    ("aws:username", &["dana", "Dana", "erin"]),
    ("aws:PrincipalTag/team", &["ledger", "red", "RED", "r*", ""]),
    ("aws:RequestedRegion", &["eu-west-1", "us-east-1", "eu-*"]),
    ("aws:SourceIp", &["10.1.2.3", "10.0.0.0/8", "2001:db8::1", "0.0.0.0/0", "203.0.113.9/24", "office"]),
    ("aws:MultiFactorAuthPresent", &["true", "false", "TRUE", "maybe"]),
    (
        "aws:CurrentTime",
        &[
            "2024-01-01T00:00:00Z",
            "2024-01-01t00:00:00z",
            "2024-01-01T01:00:00+0100",
            "1704067200",
            "2024-06-01",
            "2023-12-31T23:59:59.5Z",
            "2024",
            "soon",
        ],
    ),
    ("s3:max-keys", &["10", "10.0", "9", "-1", "10abc", "100"]),
    (
        "aws:PrincipalArn",
        &[
            "arn:aws:iam::111122223333:user/dana",
            "arn:aws:iam::111122223333:role/app/web",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::${aws:PrincipalAccount}:user/*",
            "${aws:PrincipalArn}",
            "arn:*${app:place}:*",
            "arn:aws:iam:${app:place}/?ana",
            "arn:aws:iam::1111*:*",
            "*",
        ],
    ),
    ("aws:PrincipalAccount", &["111122223333", "444455556666"]),
    ("aws:ResourceAccount", &["111122223333", "${aws:PrincipalAccount}"]),
    ("aws:TagKeys", &["team", "cost", "", "te*"]),
    ("aws:PrincipalOrgPaths", &["o-1/r-1/ou-1/", "o-1/*"]),
    ("aws:PrincipalServiceName", &["sns.amazonaws.com"]),
    ("app:place", &[":111122223333:user", ":111122223333", "aws:iam:", "${app:blob}", "*"]),
    ("app:blob", &["QmluYXJ5", "QmluYXJ6", "nope"]),
];

const OPERATORS: [&str; 25] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnLike",
    "ArnNotEquals",
    "Null",
];

const NAMED: [&str; 20] = [
    "*",
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:user/dana",
    "arn:aws:iam::111122223333:user/team/erin",
    "arn:aws:iam::111122223333:role/app/web",
    "arn:aws:sts::111122223333:assumed-role/web/s1",
    "arn:aws:sts::111122223333:federated-user/fred",
    "arn:aws:iam::444455556666:role/web",
    "arn:aws:sts::444455556666:assumed-role/web/s1",
    "arn:aws:iam::444455556666:user/dana",
    "AIDAEXAMPLE",
    "arn:aws:iam::111122223333:user/*",
    "AROAEXAMPLE:s1",
    "arn:aws:iam::111122223333:group/admins",
    "arn:aws:sts::111122223333:assumed-role/web/*",
    "arn:aws:iam::111122223333:role/web",
    "arn:aws-cn:iam::111122223333:root",
    "arn:aws:iam::111122223333:root/",
];

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed, action: "*", resource: "*", unknown: Vec::new(), spoiled_once_in: None }
    }

    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(crate) fn request(&mut self) -> Value {
        let (action, resource) = self.pick(&TARGETS);
        (self.action, self.resource) = (action, resource);
        self.unknown.clear();
        if self.once_in(2) {
            let count = 1 + self.below(3);
            self.unknown = (0..count).map(|_| self.pick(&KEYS).0).collect();
        }
        let principal = self.pick(&PRINCIPALS);
        let mut request = Map::new();
        request.insert("principal".into(), principal.into());
        request.insert("action".into(), action.into());
        request.insert("resource".into(), resource.into());
        let owner = if self.once_in(4) { "444455556666" } else { "111122223333" };
        // What names no account belongs to somebody.
        let owner = match resource.split(':').nth(4) {
            Some(account) if account.len() == 12 => account,
            _ => owner,
        };
        request.insert("resource_account".into(), owner.into());
        request.insert("context".into(), self.context());
        request.insert("identity_policies".into(), self.policies(2, false));
        if self.once_in(3) {
            request.insert("permission_boundaries".into(), self.policies(1, false));
        }
        if self.once_in(4) {
            request.insert("session_policies".into(), self.policies(2, false));
        }
        if self.once_in(3) {
            let levels: Vec<Value> = (0..1 + self.below(2)).map(|_| self.policies(2, false)).collect();
            request.insert("scps".into(), levels.into());
        }
        if self.once_in(4) {
            let levels: Vec<Value> = (0..1 + self.below(2)).map(|_| self.policies(1, true)).collect();
            request.insert("rcps".into(), levels.into());
        }
        if !self.once_in(3) {
            let policy = self.policy(true, action.starts_with("sts:"));
            request.insert("resource_policy".into(), policy);
        }
        if self.once_in(6) {
            request.insert("vpc_endpoint_policies".into(), self.policies(1, true));
            if self.once_in(2) {
                request.insert("vpc_endpoint_type".into(), self.pick(&["gateway", "interface"]).into());
            }
        }
        if self.once_in(5) {
            request.insert("options".into(), json!({ "s3_restrict_public_buckets": true }));
        }
        if !self.unknown.is_empty() {
            let how = if self.once_in(4) { "context_present" } else { "context_unknown" };
            request.insert(how.into(), self.unknown.clone().into());
        }
        if principal.contains("federated-user") && self.once_in(2) {
            request.insert("federating_user".into(), "arn:aws:iam::111122223333:user/dana".into());
        }
        if principal.contains("111122223333:assumed-role") && self.once_in(2) {
            request.insert("role_arn".into(), "arn:aws:iam::111122223333:role/app/web".into());
        }
        if self.once_in(8) {
            request.insert("management_account".into(), "111122223333".into());
        }
        Value::Object(request)
    }

    fn context(&mut self) -> Value {
        let mut context = Map::new();
        for (key, values) in KEYS {
            if self.once_in(2) {
                continue;
            }
            let set = matches!(key, "aws:TagKeys" | "aws:PrincipalOrgPaths");
            let many = if set { !self.once_in(6) } else { self.once_in(20) };
            let value = if many {
                let count = self.below(3);
                (0..count).map(|_| Value::from(self.pick(values))).collect::<Vec<_>>().into()
            } else {
                self.pick(values).into()
            };
            let key = if self.once_in(5) { key.to_lowercase() } else { key.to_owned() };
            context.insert(key, value);
        }
        context.into()
    }

    fn policies(&mut self, most: usize, named: bool) -> Value {
        let count = 1 + self.below(most);
        (0..count).map(|_| self.policy(named, false)).collect::<Vec<_>>().into()
    }

    fn policy(&mut self, named: bool, trust: bool) -> Value {
        let count = 1 + self.below(3);
        let statements: Vec<Value> = (0..count).map(|_| self.statement(named, trust)).collect();
        let mut policy = Map::new();
        match self.below(8) {
            0 => {}
            1 => _ = policy.insert("Version".into(), "2008-10-17".into()),
            _ => _ = policy.insert("Version".into(), "2012-10-17".into()),
        }
        policy.insert("Statement".into(), statements.into());
        policy.into()
    }

    fn statement(&mut self, named: bool, trust: bool) -> Value {
        let mut statement = Map::new();
        statement.insert("Effect".into(), if self.once_in(4) { "Deny" } else { "Allow" }.into());
        if named && !self.once_in(12) {
            let element = if self.once_in(8) { "NotPrincipal" } else { "Principal" };
            statement.insert(element.into(), self.named());
        }
        let element = if self.once_in(8) { "NotAction" } else { "Action" };
        let actions: Vec<&str> = (0..1 + self.below(2)).map(|_| self.action_pattern()).collect();
        statement.insert(element.into(), one_or_many(&actions));
        // The policy of a thing, an endpoint's and an RCP may lack it, each with a meaning of its own.
        let lacks_resource = match (trust, named) {
            (true, _) => self.once_in(2),
            (false, true) => self.once_in(9),
            (false, false) => false,
        };
        if !lacks_resource {
            let element = if self.once_in(8) { "NotResource" } else { "Resource" };
            let resources: Vec<&str> = (0..1 + self.below(2)).map(|_| self.resource_pattern()).collect();
            statement.insert(element.into(), one_or_many(&resources));
        }
        if self.once_in(2) {
            statement.insert("Condition".into(), self.condition());
        }
        if self.spoiled_once_in.is_some_and(|times| self.once_in(times)) {
            self.spoil(&mut statement);
        }
        statement.into()
    }

    /// Makes a statement one that AWS does not take.
    fn spoil(&mut self, statement: &mut Map<String, Value>) {
        match self.below(7) {
            0 => _ = statement.remove("Resource"),
            6 => _ = statement.remove("Action"),
            1 => {
                let keys: Vec<String> = statement.keys().cloned().collect();
                let place = self.below(keys.len());
                if let Some(value) = statement.remove(&keys[place]) {
                    statement.insert(keys[place].to_lowercase(), value);
                }
            }
            2 => _ = statement.insert("NotResource".into(), self.resource_pattern().into()),
            3 => _ = statement.insert("NotAction".into(), self.action_pattern().into()),
            4 => {
                let operator = self.pick(&["StringIs", "NullIfExists", "ForAnyValue:NotStringEquals"]);
                let (key, values) = self.pick(&KEYS);
                let condition = statement.entry("Condition").or_insert_with(|| json!({}));
                condition[operator] = json!({ key: self.pick(values) });
            }
            _ => _ = statement.insert("Effect".into(), self.pick(&["allow", "DENY"]).into()),
        }
    }

    fn action_pattern(&mut self) -> &'static str {
        if self.once_in(2) { self.action } else { self.pick(&ACTIONS) }
    }

    fn resource_pattern(&mut self) -> &'static str {
        if self.once_in(3) { self.resource } else { self.pick(&RESOURCES) }
    }

    fn named(&mut self) -> Value {
        if self.once_in(5) {
            return "*".into();
        }
        if self.once_in(6) {
            return json!({ "Service": self.pick(&["sns.amazonaws.com", "sns.amazonaws.com", "*", "SNS.amazonaws.com"]) });
        }
        if self.once_in(30) {
            return self
                .pick(&[r#"{}"#, r#"{ "AWS": [] }"#, r#"{ "*": "*" }"#, r#"{ "Federated": "*" }"#])
                .parse()
                .expect("JSON");
        }
        let count = 1 + self.below(3);
        let named: Vec<&str> = (0..count).map(|_| self.pick(&NAMED)).collect();
        json!({ "AWS": one_or_many(&named) })
    }

    fn condition(&mut self) -> Value {
        let mut condition = Map::new();
        if self.once_in(40) {
            let empty = if self.once_in(2) { json!({}) } else { json!({ self.pick(&OPERATORS): {} }) };
            return empty;
        }
        for _ in 0..1 + self.below(4) / 3 {
            let mut pair = self.pick(&KEYS);
            if !self.unknown.is_empty() && !self.once_in(3) {
                let place = self.below(self.unknown.len());
                let wanted = self.unknown[place];
                pair = KEYS.into_iter().find(|(key, _)| *key == wanted).expect("a key of the table");
            }
            let (key, values) = pair;
            let operator = if self.once_in(2) { self.fitting(key) } else { self.pick(&OPERATORS) };
            let prefix = match self.below(8) {
                0 => "ForAllValues:",
                1 => "ForAnyValue:",
                _ if matches!(key, "aws:TagKeys" | "aws:PrincipalOrgPaths") && !self.once_in(4) => {
                    "ForAnyValue:"
                }
                _ => "",
            };
            let suffix = if self.once_in(6) && operator != "Null" { "IfExists" } else { "" };
            let count = 1 + self.below(2);
            let listed: Vec<&str> = match operator {
                "Null" => vec![self.pick(&["true", "false"])],
                _ => (0..count).map(|_| self.pick(values)).collect(),
            };
            let mut operator = format!("{prefix}{operator}{suffix}");
            if self.once_in(12) {
                operator = operator.to_lowercase();
            }
            let twice = self.once_in(20).then(|| self.pick(values));
            let block = condition.entry(operator).or_insert_with(|| json!({}));
            let key = if self.once_in(5) { key.to_uppercase() } else { key.to_owned() };
            if let Some(value) = twice {
                block[key.to_lowercase()] = value.into();
            }
            block[key] = self.bare(&listed);
        }
        condition.into()
    }

    /// An operator of the key's own type.
    fn fitting(&mut self, key: &str) -> &'static str {
        match key {
            "aws:SourceIp" => self.pick(&["IpAddress", "NotIpAddress"]),
            "aws:MultiFactorAuthPresent" => "Bool",
            "aws:CurrentTime" => self.pick(&["DateLessThan", "DateGreaterThan", "DateEquals"]),
            "s3:max-keys" => self.pick(&["NumericLessThanEquals", "NumericEquals", "NumericGreaterThan"]),
            "aws:PrincipalArn" => self.pick(&["ArnLike", "ArnNotLike", "StringLike"]),
            "app:blob" => "BinaryEquals",
            _ => self.pick(&["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase"]),
        }
    }
}

impl Generator {
    /// One text or many, or none; numbers and truths now and then without quotes.
    fn bare(&mut self, texts: &[&str]) -> Value {
        if self.once_in(40) {
            return json!([]);
        }
        let mut values: Vec<Value> = texts.iter().map(|text| Value::from(*text)).collect();
        for value in &mut values {
            let spelled = value.as_str().and_then(|text| serde_json::from_str(text).ok());
            if let Some(bare @ (Value::Number(_) | Value::Bool(_))) = spelled
                && self.once_in(3)
            {
                *value = bare;
            }
        }
        if values.len() == 1 && !self.once_in(4) { values.remove(0) } else { values.into() }
    }
}

fn one_or_many(texts: &[&str]) -> Value {
    match texts {
        [one] => (*one).into(),
        many => many.into(),
    }
}
