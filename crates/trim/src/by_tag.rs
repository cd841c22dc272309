//! Access by tag: whoever bears a value of a tag reaches the things that bear the same.
//!
//! AWS: IAM User Guide, "Define permissions based on attributes with ABAC authorization"; "AWS global condition context
//! keys", aws:ResourceTag, aws:PrincipalTag, aws:TagKeys; "Controlling access to AWS resources using tags".

use std::collections::BTreeSet;

use clavicle_policy::{BaseOperator, Clause, Condition, Effect, Operator, Scalar, Spanned, Statement};

use crate::written::{allow, made};

/// What goes by a tag.
#[derive(Debug, Clone)]
pub struct ByTag {
    /// The key of the tag, as it is written.
    pub tag: String,
    /// The places of the needs that go by it: caller and thing bear the same value.
    pub needs: BTreeSet<usize>,
    /// The actions that set or remove a tag, and tell which: the guard refuses them for this one.
    pub guarded: Vec<String>,
}

impl ByTag {
    /// Holds a statement to the things that bear the value that its caller bears.
    pub(crate) fn hold(&self, statement: &mut Statement) {
        let key = format!("aws:ResourceTag/{}", self.tag);
        let value = format!("${{aws:PrincipalTag/{}}}", self.tag);
        let clauses = &mut condition(statement).clauses;
        let is_equals = |known: &Clause| {
            let operator = &known.operator.value;
            operator.base == Some(BaseOperator::StringEquals) && operator.set.is_none() && !operator.if_exists
        };
        let of_key = |known: &&Clause| is_equals(known) && known.key.value.eq_ignore_ascii_case(&key);
        let old = clauses.iter().find(of_key);
        if old.is_some_and(|old| old.values.iter().map(|it| it.value.text()).eq([value.as_str()])) {
            return;
        }
        let beside = clauses.iter().rposition(is_equals).filter(|_| old.is_none());
        let mut new = clause("StringEquals", &key, &value);
        if old.is_some() {
            // The pair stands there once already, and wants the key to be there: this says the same of it.
            new.operator = made(Operator::parse("StringEqualsIfExists"));
        }
        match beside {
            Some(at) => {
                new.operator.clone_from(&clauses[at].operator);
                clauses.insert(at + 1, new);
            }
            None => clauses.push(new),
        }
    }

    /// Refuses to set or to remove the tag, however its letters are spelled: IAM looks up keys of tags without regard to
    /// case. `None` where there is nothing to refuse.
    pub(crate) fn guard(&self) -> Option<Statement> {
        if self.guarded.is_empty() {
            return None;
        }
        let mut statement = allow(self.guarded.clone(), vec!["*".to_owned()]);
        statement.effect = Some(made(Effect::Deny));
        statement.sid = Some(made("GuardOfTheTag".to_owned()));
        condition(&mut statement).clauses.push(clause(
            "ForAnyValue:StringEqualsIgnoreCase",
            "aws:TagKeys",
            &self.tag,
        ));
        Some(statement)
    }
}

fn condition(statement: &mut Statement) -> &mut Condition {
    statement.condition.get_or_insert_with(|| Condition { key: made(()), clauses: Vec::new() })
}

fn clause(operator: &str, key: &str, value: &str) -> Clause {
    let values: Vec<Spanned<Scalar>> = vec![made(Scalar::String(value.to_owned()))];
    Clause { operator: made(Operator::parse(operator)), key: made(key.to_owned()), values, list: false }
}
