//! From a policy back to its text.

use crate::json::write_string;
use crate::layout::layout;
use crate::{
    Clause, Policy, PrincipalElement, PrincipalEntry, Scalar, Spanned, Statement, StatementForm, parse,
};

impl Policy {
    /// A text that means this policy, laid out as by [`layout`]; `None` when there is none, because a statement is
    /// [faulty](Statement::faulty) or because the value was put together in a way that no text can say.
    ///
    /// INVARIANT (printing): parsing what is printed gives an equal policy. Elements come in AWS's order, and what does
    /// not belong to a policy (comments, unknown elements that changed nothing) is not there.
    pub fn print(&self) -> Option<String> {
        if self.statements.iter().any(|statement| statement.faulty) {
            return None;
        }
        let text = layout(&policy(self));
        (parse(text.as_bytes()).policy.as_ref() == Some(self)).then_some(text)
    }
}

fn policy(policy: &Policy) -> String {
    object(|policy_object| {
        if let Some(version) = &policy.version {
            policy_object.string("Version", version.value.name());
        }
        if let Some(id) = &policy.id {
            policy_object.string("Id", &id.value);
        }
        let statements: Vec<String> = policy.statements.iter().map(statement).collect();
        let one = policy.form == StatementForm::One;
        policy_object.list("Statement", &statements, one);
    })
}

fn statement(statement: &Statement) -> String {
    object(|element| {
        if let Some(sid) = &statement.sid {
            element.string("Sid", &sid.value);
        }
        if let Some(effect) = &statement.effect {
            element.string("Effect", effect.value.name());
        }
        if let Some(it) = &statement.principal {
            element.member(if it.negated { "NotPrincipal" } else { "Principal" }, &principal(it));
        }
        if let Some(it) = &statement.action {
            element.list(if it.negated { "NotAction" } else { "Action" }, &strings(&it.patterns), !it.list);
        }
        if let Some(it) = &statement.resource {
            element.list(
                if it.negated { "NotResource" } else { "Resource" },
                &strings(&it.patterns),
                !it.list,
            );
        }
        if let Some(it) = &statement.condition {
            element.member("Condition", &condition(&it.clauses));
        }
    })
}

fn principal(principal: &PrincipalElement) -> String {
    if let Some(bare) = &principal.bare {
        return quoted(&bare.value);
    }
    object(|kinds| {
        for entries in principal.entries.chunk_by(|one, next| one.kind == next.kind) {
            let values: Vec<String> = entries.iter().map(|entry| quoted(&entry.value.value)).collect();
            let list = |entry: &PrincipalEntry| entry.list;
            kinds.list(
                entries.first().map_or("", |entry| entry.kind.name()),
                &values,
                !entries.iter().any(list),
            );
        }
    })
}

fn condition(clauses: &[Clause]) -> String {
    let same = |one: &Clause, next: &Clause| one.operator.value.written == next.operator.value.written;
    object(|operators| {
        for clauses in clauses.chunk_by(same) {
            let keys = object(|keys| {
                for clause in clauses {
                    let values: Vec<String> =
                        clause.values.iter().map(|value| scalar(&value.value)).collect();
                    keys.list(&clause.key.value, &values, !clause.list);
                }
            });
            operators.member(clauses.first().map_or("", |clause| &clause.operator.value.written), &keys);
        }
    })
}

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::String(text) => quoted(text),
        Scalar::Number(_) | Scalar::Bool(_) => scalar.text().to_owned(),
    }
}

fn strings(values: &[Spanned<String>]) -> Vec<String> {
    values.iter().map(|value| quoted(&value.value)).collect()
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(text, &mut out);
    out
}

/// An object in the making.
struct Object {
    out: String,
}

fn object(fill: impl FnOnce(&mut Object)) -> String {
    let mut object = Object { out: "{".to_owned() };
    fill(&mut object);
    object.out.push('}');
    object.out
}

impl Object {
    fn member(&mut self, key: &str, value: &str) {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        write_string(key, &mut self.out);
        self.out.push(':');
        self.out.push_str(value);
    }

    fn string(&mut self, key: &str, value: &str) {
        self.member(key, &quoted(value));
    }

    /// A list of values that are JSON already, or the only one of them without a list.
    fn list(&mut self, key: &str, values: &[String], bare: bool) {
        match values {
            [value] if bare => self.member(key, value),
            _ => self.member(key, &format!("[{}]", values.join(","))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Policy, Scalar, parse};

    fn read(text: &str) -> Policy {
        parse(text.as_bytes()).policy.expect("it is an object")
    }

    #[test]
    fn a_policy_is_printed_with_its_elements_in_order() {
        let text = r#"{"Statement": {"Condition": {"Bool": {"aws:SecureTransport": false}}, "Resource": "*",
            "NotAction": ["s3:*"], "Principal": {"AWS": "111122223333", "Service": ["ec2.amazonaws.com"]},
            "Effect": "Deny", "Sid": "A\"B"}, "Id": "i", "Version": "2012-10-17"}"#;
        let printed = r#"{
  "Version": "2012-10-17",
  "Id": "i",
  "Statement": {
    "Sid": "A\"B",
    "Effect": "Deny",
    "Principal": {
      "AWS": "111122223333",
      "Service": ["ec2.amazonaws.com"]
    },
    "NotAction": ["s3:*"],
    "Resource": "*",
    "Condition": {
      "Bool": {"aws:SecureTransport": false}
    }
  }
}
"#;
        assert_eq!(read(text).print().as_deref(), Some(printed));
    }

    #[test]
    fn what_was_not_understood_is_not_printed_as_if_it_were() {
        let sound = r#"{"Effect": "Allow", "Action": "*"}"#;
        assert_eq!(read(&format!(r#"{{"Statement": [{sound}, 7]}}"#)).print(), None);
        assert_eq!(
            read(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resorce": "a"}}"#).print(),
            None
        );
        assert!(read(&format!(r#"{{"statement": [{sound},] /* hi */ }}"#)).print().is_some());
    }

    #[test]
    fn a_value_that_no_text_says_is_not_printed() {
        let mut policy =
            read(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Null": {"a": 1}}}}"#);
        assert!(policy.print().is_some());
        let statement = &mut policy.statements[0];
        let clause = &mut statement.condition.as_mut().expect("it was written").clauses[0];
        clause.values[0].value = Scalar::Number("1, 2".to_owned());
        assert_eq!(policy.print(), None);
    }
}
