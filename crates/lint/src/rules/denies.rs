//! Deny statements that leave nothing between them: each spares what another denies.

use clavicle_policy::{BaseOperator, Clause, Condition, Operator, Policy, Scalar, Span, Spanned, Statement};
use clavicle_prover::{Access, Store};

use super::meaning::limits;
use super::spoken::Bits;
use crate::look::{Family, Look, denies, head, is_unconditional};
use crate::rule::{Rule, Severity, guide, identity, resource, scp};

pub(super) const FAMILY: Family = Family { rules: &[&DENIES_LEAVE_NOTHING], look };

static DENIES_LEAVE_NOTHING: Rule = Rule {
    id: "denies-leave-nothing",
    severity: Severity::Warning,
    title: "Deny statements that leave nothing between them",
    means: "The prover shows that all that a Deny with conditions names is denied whatever the request carries, by it and other Deny statements together, and by none of them alone. That a request comes through a VPC endpoint or has a public address in `aws:SourceIp`, and not both, counts.",
    why: "What one statement spares the other denies: nothing gets through.",
    fix: "To spare either, put both conditions into one Deny, which applies where all of its conditions hold; to spare one of several values, list them in one condition.",
    aws: &[],
    source: guide!("reference_policies_condition-logic-multiple-context-keys-or-values"),
    bad: &[
        resource(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-11111111"}}}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-22222222"}}}]}"#,
        ),
        scp(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}}, {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}]}"#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-11111111"}}}]}"#,
        ),
    ],
    good: &[
        resource(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"aws:SourceVpce": ["vpce-11111111", "vpce-22222222"]}}"#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringNotEquals": {"aws:SourceVpc": "vpc-11111111"}}}, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}}]}"#,
        ),
        scp(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}}, {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}}]}"#,
        ),
    ],
};

/// More Deny statements than these are not tried together.
const MOST: usize = 30;

/// Of these a request carries the first, or some of the others.
///
/// AWS: IAM User Guide, "Use VPC condition keys to control federated access", has which of them a request carries through a VPC
/// endpoint and over the public internet; "AWS global condition context keys" says the same of `aws:SourceIp` for all requests.
const WAYS: [&[&str]; 2] =
    [&["aws:SourceIp"], &["aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpcSourceIp"]];

fn look(look: &mut Look<'_>) {
    let policy = look.policy;
    let all: Vec<(usize, &Statement)> =
        look.statements().filter(|(_, statement)| denies(statement)).collect();
    let conditional = |(_, statement): &&(usize, &Statement)| !is_unconditional(statement);
    if all.len() > MOST || all.iter().filter(conditional).count() < 2 {
        return;
    }
    let mut store = Store::new();
    let denied = store.compile(policy, look.kind.principals()).each_denied(&store);
    let actions: Vec<Bits> = policy.statements.iter().map(|statement| Bits::of(look, statement)).collect();
    let mut told: Vec<usize> = Vec::new();
    // Of two that are each other's it is said once, at the later one.
    for (at, statement) in all.iter().filter(conditional).rev() {
        let Some(own) = actions.get(*at) else { continue };
        let spoken =
            Bits::all(denied.iter().map(|(at, _)| *at).filter(|other| *other as usize != *at), &actions);
        if told.contains(at) || !own.is_within(&spoken) {
            continue;
        }
        let named: Vec<Access> = WAYS
            .iter()
            .map(|lacking| {
                let one = Policy { statements: vec![coming(statement, lacking)], ..policy.clone() };
                store.compile(&one, look.kind.principals()).denied()
            })
            .collect();
        let mut is_in = |wide: &Access| named.iter().all(|way| store.implies(way, wide, limits()).holds());
        let of = |wanted: usize| {
            denied.iter().find(|(place, _)| *place as usize == wanted).map(|(_, access)| access)
        };
        let Some(itself) = of(*at) else { continue };
        let others: Vec<&(u32, Access)> = denied.iter().filter(|(other, _)| *other as usize != *at).collect();
        let all_others = others.iter().map(|(_, access)| access.clone()).reduce(Access::or);
        let Some(all_others) = all_others.filter(|all| is_in(&all.clone().or(itself.clone()))) else {
            continue;
        };
        // What one part does alone is said by other rules: of conditions that always hold, of statements that others cover.
        if is_in(itself) || is_in(&all_others) {
            continue;
        }
        let partner = others.iter().find(|(_, other)| is_in(&other.clone().or(itself.clone())));
        let beside = match partner {
            Some((other, _)) => format!("this and statement {} deny", other + 1),
            None => "this and the other Deny statements deny".to_owned(),
        };
        told.extend(partner.map(|(other, _)| *other as usize));
        let message = format!("{beside} together all that this one names, whatever the request carries");
        let help = "to spare what either of them spares, put the conditions into one Deny".to_owned();
        look.report(&DENIES_LEAVE_NOTHING, head(statement), message, help);
    }
}

/// What a statement names, by requests that carry none of some keys, without its own conditions.
fn coming(statement: &Statement, lacking: &[&str]) -> Statement {
    let nowhere = Span::default();
    let clauses = lacking.iter().map(|key| Clause {
        operator: Spanned::new(
            Operator {
                written: "Null".to_owned(),
                set: None,
                base: Some(BaseOperator::Null),
                if_exists: false,
            },
            nowhere,
        ),
        key: Spanned::new((*key).to_owned(), nowhere),
        values: vec![Spanned::new(Scalar::Bool(true), nowhere)],
        list: false,
    });
    let condition = Condition { key: Spanned::new((), nowhere), clauses: clauses.collect() };
    Statement { condition: Some(condition), ..statement.clone() }
}
