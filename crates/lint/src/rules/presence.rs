//! Conditions that only ask whether a key is there, in other words.

use clavicle_engine::Principals;
use clavicle_policy::{BaseOperator, Clause, Operator, Scalar, Spanned};
use clavicle_prover::Store;

use super::meaning::{limits, of_clause};
use crate::look::{Family, Look, is_placeholder};
use crate::rule::{CHECKS, Rule, Severity, identity};

pub(super) const FAMILY: Family = Family { rules: &[&ASKS_FOR_PRESENCE], look };

macro_rules! listing {
    ($effect:literal, $condition:literal) => {
        identity(concat!(
            r#""Effect": ""#,
            $effect,
            r#"", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

static ASKS_FOR_PRESENCE: Rule = Rule {
    id: "asks-for-presence",
    severity: Severity::Suggestion,
    title: "a pattern that only asks whether a key is there",
    means: "The prover shows that a condition with a wildcard holds for every value of the key and not where it is missing, or where it is missing alone. Keys that may hold several values are left out.",
    why: "It looks as if values were compared.",
    fix: "Write `Null` with `false` where the key has to be there, and with `true` where it has to be missing.",
    aws: &["suggestion-equivalent-to-null-false", "suggestion-equivalent-to-null-true"],
    source: CHECKS,
    bad: &[
        listing!("Allow", r#""StringLike": {"aws:PrincipalOrgID": "*"}"#),
        listing!("Allow", r#""StringLike": {"aws:PrincipalTag/team": ["red", "**"]}"#),
        listing!("Deny", r#""StringNotLike": {"aws:SourceVpc": "*"}"#),
        listing!("Allow", r#""ArnLike": {"aws:PrincipalArn": "arn:*:*:*:*:*"}"#),
    ],
    good: &[
        listing!("Allow", r#""Null": {"aws:PrincipalOrgID": "false"}"#),
        listing!("Allow", r#""StringLike": {"aws:PrincipalTag/team": "?*"}"#),
        // It holds where the key is missing, too.
        listing!("Allow", r#""StringLike": {"aws:username": "d*"}"#),
        listing!("Allow", r#""StringEquals": {"aws:PrincipalTag/team": "*"}"#),
    ],
};

fn look(look: &mut Look<'_>) {
    for (_, clause) in look.clauses() {
        let wild = clause.values.iter().any(|value| value.value.text().contains('*'));
        let unclear = clause.values.iter().any(|value| is_placeholder(value.value.text()));
        if !wild || unclear || clause.operator.value.set.is_some() {
            continue;
        }
        let Some(is_there) = presence(clause) else { continue };
        let (what, null) = if is_there { ("is there", "false") } else { ("is missing", "true") };
        let key = &clause.key.value;
        let message = format!("this only asks whether `{key}` {what}");
        look.report(
            &ASKS_FOR_PRESENCE,
            clause.operator.span,
            message,
            format!("write `\"Null\": {{\"{key}\": \"{null}\"}}`"),
        );
    }
}

/// Does the clause hold exactly where the key is there, or exactly where it is not?
fn presence(clause: &Clause) -> Option<bool> {
    let base = clause.operator.value.base?;
    if base == BaseOperator::Null {
        return None;
    }
    let mut store = Store::new();
    let mut access = |clause: &Clause| store.compile(&of_clause(clause), Principals::Ignored).access();
    let asked = access(clause);
    let (there, missing) = (access(&null(clause, "false")), access(&null(clause, "true")));
    let same = |store: &mut Store, one, other| store.equal(one, other, limits()).holds();
    if same(&mut store, &asked, &there) {
        Some(true)
    } else if same(&mut store, &asked, &missing) {
        Some(false)
    } else {
        None
    }
}

fn null(clause: &Clause, value: &str) -> Clause {
    let mut null = clause.clone();
    null.operator.value =
        Operator { written: "Null".to_owned(), set: None, base: Some(BaseOperator::Null), if_exists: false };
    null.values = vec![Spanned::new(Scalar::String(value.to_owned()), clause.key.span)];
    null
}
