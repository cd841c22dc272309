//! Statements that could not be read are neither there nor not there.

use clavicle_engine::Principals;
use clavicle_policy::parse;
use clavicle_prover::{Access, Doubt, Limits, Store, Verdict};

fn access(store: &mut Store, statements: &str) -> Access {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    store.compile(&parse(text.as_bytes()).policy.expect("a policy"), Principals::Ignored).access()
}

const READ: &str = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;

fn is_unread(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unknown(doubts) if doubts.iter().all(|doubt| matches!(doubt, Doubt::Unread(_))))
}

#[test]
fn an_effect_that_cannot_be_read_may_be_either() {
    let mut store = Store::new();
    let sound = access(&mut store, READ);
    let faulty = access(&mut store, &READ.replace("Allow", "Perhaps"));
    let both = access(&mut store, &format!("{READ}, {}", READ.replace("Allow", "Perhaps")));
    for (narrow, wide) in [(&faulty, &sound), (&sound, &faulty), (&sound, &both), (&both, &sound)] {
        let verdict = store.implies(narrow, wide, Limits::default());
        assert!(is_unread(&verdict), "{verdict:?}");
    }
}

#[test]
fn it_matters_only_where_it_decides() {
    let mut store = Store::new();
    let denied = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
    let nothing = access(&mut store, &format!("{}, {denied}", READ.replace("Allow", "Perhaps")));
    assert!(store.never(&nothing, Limits::default()).holds());
    let wider = r#"{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}"#;
    let (old, new) = (access(&mut store, READ), access(&mut store, &format!("{READ}, {wider}")));
    assert!(store.implies(&new, &old, Limits::default()).witness().is_some());
}

/// AWS: IAM User Guide, "Grammar of the IAM JSON policy language": `condition_type_string` is one of those of "IAM JSON policy
/// elements: Condition operators". AWS refuses others, so what they would come to nobody knows.
#[test]
fn an_operator_that_aws_does_not_have_may_hold_or_not() {
    let under = |operator: &str, value: &str| {
        let condition =
            format!(r#""Resource": "*", "Condition": {{"{operator}": {{"aws:PrincipalTag/x": "{value}"}}}}"#);
        READ.replace(r#""Resource": "*""#, &condition)
    };
    let mut store = Store::new();
    let [one, again, other, otherwise, sound] = [
        &*under("StringIs", "a"),
        &under("StringIs", "a"),
        &under("StringIs", "b"),
        &under("ArnIs", "a"),
        READ,
    ]
    .map(|text| access(&mut store, text));
    assert!(store.equal(&one, &again, Limits::default()).holds());
    for other in [&other, &otherwise] {
        assert!(is_unread(&store.equal(&one, other, Limits::default())));
    }
    // Whether it holds or not, it narrows.
    assert!(store.implies(&one, &sound, Limits::default()).holds());
    assert!(is_unread(&store.implies(&sound, &one, Limits::default())));
    let put = access(&mut store, &READ.replace("Get", "Put"));
    assert!(store.disjoint(&one, &put, Limits::default()).holds());
}

/// AWS: KMS Developer Guide, "Key policies in AWS KMS": a statement "without a Resource element doesn't apply to any KMS key";
/// other policies of resources, as those of Amazon ECR, name none and speak of their resource.
#[test]
fn a_statement_without_resource_opens_no_key() {
    const SILENT: &str =
        r#"{"Effect": "Allow", "Principal": "*", "Action": ["kms:Decrypt", "ecr:PutImage"]}"#;
    let mut store = Store::new();
    let mut of_thing = |resource: &str| {
        let statement = SILENT.replace("]}", &format!("]{resource}}}"));
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        store.compile(&parse(text.as_bytes()).policy.expect("a policy"), Principals::Required).access()
    };
    let [silent, everything, keys, repositories] = [
        "",
        r#", "Resource": "*""#,
        r#", "Resource": "arn:aws:kms:*:*:key/*""#,
        r#", "Resource": "arn:aws:ecr:*:*:repository/*""#,
    ]
    .map(&mut of_thing);
    let limits = Limits::default;
    assert!(store.never(&silent.clone().and(keys), limits()).holds());
    assert!(store.implies(&repositories, &silent, limits()).holds());
    assert!(store.implies(&silent, &everything, limits()).holds());
    let verdict = store.implies(&everything, &silent, limits());
    let witness = verdict.witness().expect("a key");
    assert!(witness.resource.contains(":key/"), "{witness:?}");
}
