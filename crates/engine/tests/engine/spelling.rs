//! Requests that turn on how one text of a policy and one of the request are spelled.
//!
//! Both are put together from the same few pieces, so that they often almost meet: wildcards beside variables, colons
//! where a part may end, numbers and dates that only look alike.

use serde_json::{Map, Value, json};

use crate::generator::Generator;

// No brace alone: what `${` without its end or within another variable means is not documented.
const PLAIN: [&str; 13] = ["a", "A", "b", "ab", "*", "?", "é", "É", "\n", "/", ":", "$", "'"];
const VARIABLES: [&str; 11] = [
    "${app:v}",
    "${APP:V}",
    "${app:w}",
    "${app:none}",
    "${app:none, 'a*'}",
    "${app:none, ''}",
    "${app:none,'a'}",
    "${app:none,  'a'}",
    "${*}",
    "${?}",
    "${$}",
];
const PARTS: [&str; 11] = ["arn", "aws", "sns", "s?s", "*", "us-1", "us-*", "*-1", "1", "", "x:y"];
const PART_VARIABLES: [&str; 5] = ["${app:v}", "*${app:v}", "us${app:w}", "*us${app:v}", "${app:v}*"];
const NUMBERS: [&str; 12] = ["0", "00", "1", "10", "5", ".", "-", "-1", ".50", "e", "+", " "];
const DATES: [&str; 17] = [
    "2024",
    "2024-02",
    "2024-02-29",
    "2023-02-29",
    "2024-02-29T00:00Z",
    "2024-02-29T00:00:00Z",
    "2024-02-29T00:00:00",
    "2024-02-29T00:00:00.50Z",
    "2024-02-29T02:00:00+02:00",
    "2024-02-28T23:59:59-00:01",
    "2024-02-29t00:00:00Z",
    "2024-02-29T00:00:00z",
    "2024-02-29T02:00:00+0200",
    "1709164800",
    "1709164801",
    "-1",
    "1969-12-31T23:59:59Z",
];
const ADDRESSES: [&str; 15] = [
    "10.1.2.3",
    "10.1.2.3/32",
    "10.1.2.3/31",
    "10.9.9.9/8",
    "0.0.0.0/0",
    "10.1.2.3/33",
    "10.1.2",
    "10.01.2.3",
    "::ffff:10.1.2.3",
    "::ffff:10.1.2.3/96",
    "::/0",
    "2001:DB8::1",
    "2001:db8:0::1/128",
    "2001:db8::/32",
    "2001:db8::/129",
];
const BYTES: [&str; 9] = ["QQ==", "QR==", "QQ", "QUI=", "QUJD", "QUJD\n", "=", "", "QUJDQQ=="];
const TRUTHS: [&str; 8] = ["true", "TRUE", "false", "False", "yes", "", "1", "${app:v}"];

impl Generator {
    /// A request of which one condition, or one resource, decides; a key that variables name may be unknown.
    pub(crate) fn spelling(&mut self) -> Value {
        let mut context = Map::new();
        for key in ["app:v", "app:w"] {
            if !self.once_in(5) {
                let value = if self.once_in(3) {
                    self.pick(&["true", "-1", "us-1", ":1:x", "1:"]).to_owned()
                } else {
                    self.text(3)
                };
                context.insert(key.into(), value.into());
            }
        }
        let mut resource = "arn:aws:s3:::ledger/k".to_owned();
        let mut statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        if self.once_in(4) {
            let element = if self.once_in(4) { "NotResource" } else { "Resource" };
            let patterns: Vec<String> = (0..1 + self.below(2)).map(|_| self.arn(true)).collect();
            let arn = if self.once_in(2) { self.arn(false) } else { self.nearly(&patterns[0], &context) };
            // What is asked about is always an ARN of the caller's partition.
            resource = format!("arn:aws:{}", arn.splitn(3, ':').nth(2).unwrap_or(""));
            statement = json!({ "Effect": "Allow", "Action": "*", element: patterns });
        } else {
            let sort = self.below(7);
            let operator = match sort {
                0 | 1 => {
                    self.pick(&["StringEquals", "StringLike", "StringEqualsIgnoreCase", "StringNotLike"])
                }
                2 => self.pick(&["ArnLike", "ArnNotEquals"]),
                3 => self.pick(&[
                    "NumericEquals",
                    "NumericLessThan",
                    "NumericNotEquals",
                    "NumericGreaterThanEquals",
                ]),
                4 => self.pick(&["DateEquals", "DateLessThan", "DateNotEquals", "DateGreaterThanEquals"]),
                5 => self.pick(&["IpAddress", "NotIpAddress"]),
                _ => self.pick(&["Bool", "BinaryEquals"]),
            };
            let listed: Vec<String> = (0..1 + self.below(2)).map(|_| self.written(operator, true)).collect();
            let prefix = self.pick(&["", "", "", "ForAnyValue:", "ForAllValues:"]);
            let suffix = self.pick(&["", "", "", "IfExists"]);
            statement["Condition"] = json!({ format!("{prefix}{operator}{suffix}"): { "app:key": listed } });
            let held = match (prefix, self.below(5)) {
                (_, 0) => Value::Null,
                ("", 1..=2) => self.nearly(&listed[0], &context).into(),
                ("", _) | (_, 1) => self.written(operator, false).into(),
                _ => (0..self.below(3)).map(|_| self.written(operator, false)).collect::<Vec<_>>().into(),
            };
            context.insert("app:key".into(), held);
        }
        let mut statements = vec![statement];
        if self.once_in(3) {
            statements[0]["Effect"] = "Deny".into();
            statements.push(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }));
        }
        let unknown: &[&str] = if self.once_in(4) { &["app:v", "app:key"] } else { &[] };
        let version = self.pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]);
        json!({
            "principal": "arn:aws:iam::111122223333:user/dana",
            "action": "s3:GetObject",
            "resource": resource,
            "resource_account": "111122223333",
            "context": context,
            "context_unknown": unknown,
            "options": { "wildcard_only": false },
            "identity_policies": [{ "Version": version, "Statement": statements }],
        })
    }

    /// A text that the pattern may match: wildcards give way to what they could stand for, or could not.
    fn nearly(&mut self, pattern: &str, context: &Map<String, Value>) -> String {
        let mut text = pattern.to_owned();
        for key in ["app:v", "app:w"] {
            let value = context.get(key).and_then(Value::as_str).unwrap_or("");
            text = text.replace(&format!("${{{key}}}"), value);
        }
        let mut nearly = String::new();
        for character in text.chars() {
            match character {
                '*' => nearly.push_str(self.pick(&["", "us", "1", ":", "x:y", "a:us", "-1:1"])),
                '?' => nearly.push_str(self.pick(&["a", "é", ":", ""])),
                other => nearly.push(other),
            }
        }
        nearly
    }

    /// A value of the policy, or of the request.
    fn written(&mut self, operator: &str, listed: bool) -> String {
        match operator {
            _ if operator.starts_with("Arn") => self.arn(listed),
            _ if operator.starts_with("Numeric") => {
                (0..1 + self.below(3)).map(|_| self.pick(&NUMBERS)).collect()
            }
            _ if operator.starts_with("Date") => self.pick(&DATES).to_owned(),
            _ if operator.ends_with("Address") => self.pick(&ADDRESSES).to_owned(),
            "BinaryEquals" => self.pick(&BYTES).to_owned(),
            "Bool" => self.pick(&TRUTHS).to_owned(),
            _ if listed => self.pattern(5),
            _ => self.text(5),
        }
    }

    fn text(&mut self, most: usize) -> String {
        (0..self.below(most)).map(|_| self.pick(&PLAIN)).collect()
    }

    fn pattern(&mut self, most: usize) -> String {
        let count = self.below(most);
        (0..count).map(|_| if self.once_in(3) { self.pick(&VARIABLES) } else { self.pick(&PLAIN) }).collect()
    }

    fn arn(&mut self, pattern: bool) -> String {
        if pattern && self.once_in(12) {
            return self.pick(&["*", "arn:*", "arn:aws:sns", "${app:v}", "arn:aws:sns:*"]).to_owned();
        }
        let count = if self.once_in(3) { 4 + self.below(4) } else { 6 };
        let parts: Vec<String> = (0..count)
            .map(|place| match place {
                0 if !self.once_in(9) => "arn".to_owned(),
                1 | 2 if !pattern && !self.once_in(9) => self.pick(&["aws", "sns"]).to_owned(),
                _ if pattern && self.once_in(3) => self.pick(&PART_VARIABLES).to_owned(),
                5 if self.once_in(2) => self.pattern_of_name(pattern),
                _ => self.pick(&PARTS).to_owned(),
            })
            .collect();
        parts.join(":")
    }

    fn pattern_of_name(&mut self, pattern: bool) -> String {
        if pattern { self.pattern(4) } else { self.text(4) }
    }
}
