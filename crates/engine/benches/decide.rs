//! How long does one decision take?
//!
//! The world is made here: 2,000 roles with the shape of a middling account (three to five documents each, many of
//! them shared), a boundary on a quarter of them, two levels of SCPs, a bucket policy.

use clavicle_engine::{
    Action, Applicable, Context, Documents, Ladder, PolicyId, PolicyStore, Principal, Request, Resource,
    ResourcePolicy, Verdict, decide, depends_on, explain,
};
use divan::Bencher;

/// So that every line also tells how much memory was taken.
#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

struct World {
    store: PolicyStore,
    identities: Vec<(Principal, Vec<PolicyId>, bool)>,
    boundary: Vec<PolicyId>,
    levels: Vec<Vec<PolicyId>>,
    guards: Vec<PolicyId>,
    bucket: PolicyId,
    actions: Vec<Action>,
    resources: Vec<Resource>,
    own_objects: Vec<Resource>,
    own_tables: Vec<Resource>,
    contexts: Vec<Context>,
}

const ACTIONS: [&str; 8] = [
    "s3:GetObject",
    "s3:PutObject",
    "sqs:SendMessage",
    "dynamodb:GetItem",
    "kms:Decrypt",
    "iam:PassRole",
    "lambda:InvokeFunction",
    "secretsmanager:GetSecretValue",
];

fn add(store: &mut PolicyStore, text: &str) -> PolicyId {
    let parsed = clavicle_policy::parse(text.as_bytes());
    store.add(&parsed.policy.expect("the bench writes policies"))
}

fn world() -> World {
    let mut store = PolicyStore::new();
    let shared: Vec<PolicyId> = (0..200)
        .map(|number| {
            let service = ["s3", "sqs", "dynamodb", "lambda", "logs"][number % 5];
            add(&mut store, &format!(
                r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":["{service}:Get*","{service}:List*","{service}:Describe{number}"],"Resource":["arn:aws:{service}:*:*:team{number}/*","arn:aws:{service}:::team{number}-*"]}},
                {{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:PutLogEvents"],"Resource":"*"}},
                {{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringNotEqualsIfExists":{{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}},"Bool":{{"aws:ViaAWSService":"false"}}}}}}]}}"#
            ))
        })
        .collect();
    let identities = (0..2_000)
        .map(|number: usize| {
            let own = add(&mut store, &format!(
                r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::data-{number}/*"}},
                {{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:queue-{number}"}},
                {{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query"],"Resource":"arn:aws:dynamodb:*:111122223333:table/app-{number}","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":"t{number}"}}}}}}]}}"#
            ));
            let arn = format!("arn:aws:iam::111122223333:role/app/role-{number}");
            let policies = vec![own, shared[number % 200], shared[(number * 7) % 200], shared[(number * 31) % 200]];
            (Principal::from_arn(&arn).expect("a role"), policies, number.is_multiple_of(4))
        })
        .collect();
    let boundary = vec![add(
        &mut store,
        r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:*","sqs:*","dynamodb:*","logs:*","lambda:*"],"Resource":"*"},
        {"Effect":"Deny","Action":["iam:*","organizations:*"],"Resource":"*"}]}"#,
    )];
    let full = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let guard = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Deny","NotAction":["iam:*","sts:*","support:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/break-glass"}}},
        {"Effect":"Deny","Action":["cloudtrail:StopLogging","cloudtrail:DeleteTrail"],"Resource":"*"}]}"#;
    let levels = vec![vec![add(&mut store, full)], vec![add(&mut store, full), add(&mut store, guard)]];
    // A data perimeter: twelve keys, none of which a question in an open context tells.
    let perimeter = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Deny","Action":["s3:*","dynamodb:*"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:ResourceOrgID":"o-1","aws:PrincipalTag/perimeter":"off"},"BoolIfExists":{"aws:ViaAWSService":"false"}}},
        {"Effect":"Deny","Action":["s3:*","dynamodb:*"],"Resource":"*","Condition":{"NotIpAddressIfExists":{"aws:SourceIp":["203.0.113.0/24","198.51.100.0/24"]},"StringNotEqualsIfExists":{"aws:SourceVpc":"vpc-1","aws:PrincipalTag/network":"off"},"BoolIfExists":{"aws:ViaAWSService":"false"},"ArnNotLikeIfExists":{"aws:PrincipalArn":"arn:aws:iam::*:role/aws-service-role/*"}}},
        {"Effect":"Deny","Action":["s3:Put*","s3:Get*","dynamodb:Get*"],"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"},"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"}}},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/frozen":"yes"},"StringNotLike":{"aws:userid":"*:break-glass"},"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}"#;
    let guards = vec![add(&mut store, full), add(&mut store, perimeter)];
    let bucket = add(
        &mut store,
        r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::data-1/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
        {"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/app/role-7","444455556666"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::data-1/*"}]}"#,
    );
    let owner = clavicle_engine::AccountId::parse("111122223333");
    let resources = (0..64)
        .flat_map(|number| {
            [
                Resource::new(&format!("arn:aws:s3:::data-{number}/2024/report.csv"), owner),
                Resource::new(&format!("arn:aws:sqs:eu-west-1:111122223333:queue-{number}"), owner),
            ]
        })
        .collect();
    let each =
        |arn: fn(usize) -> String| (0..2_000).map(|number| Resource::new(&arn(number), owner)).collect();
    let own_objects = each(|number| format!("arn:aws:s3:::data-{number}/2024/report.csv"));
    let own_tables = each(|number| format!("arn:aws:dynamodb:eu-west-1:111122223333:table/app-{number}"));
    let contexts = (0..8)
        .map(|number: usize| {
            Context::exact()
                .with_value("aws:RequestedRegion", if number == 0 { "us-east-1" } else { "eu-west-1" })
                .with_value("aws:SourceIp", "10.1.2.3")
                .with_value("aws:SecureTransport", "true")
                .with_value("aws:CurrentTime", "2024-05-17T12:00:00Z")
                .with_value("aws:ViaAWSService", "false")
                .with_value("aws:PrincipalTag/team", &format!("t{number}"))
        })
        .collect();
    let actions = ACTIONS.iter().map(|name| Action::new(name)).collect();
    World {
        store,
        identities,
        boundary,
        levels,
        guards,
        bucket,
        actions,
        resources,
        own_objects,
        own_tables,
        contexts,
    }
}

impl World {
    /// Asks the `number`th question.
    fn ask<T>(&self, number: usize, answer: impl Fn(&PolicyStore, &Request<'_>, &Applicable<'_>) -> T) -> T {
        let (principal, policies, bounded) = &self.identities[number * 37 % self.identities.len()];
        let levels: [&[PolicyId]; 2] = [&self.levels[0], &self.levels[1]];
        let resource = &self.resources[number * 11 % self.resources.len()];
        let applicable = Applicable {
            identity: Documents::Some(policies),
            boundary: if *bounded { Documents::Some(&self.boundary) } else { Documents::None },
            scps: Ladder::Levels(&levels),
            resource: if number.is_multiple_of(2) {
                ResourcePolicy::Some(self.bucket)
            } else {
                ResourcePolicy::None
            },
            ..Applicable::default()
        };
        let action = &self.actions[number * 5 % self.actions.len()];
        let context = &self.contexts[number % self.contexts.len()];
        answer(&self.store, &Request::derived(principal, action, resource, context), &applicable)
    }

    /// Asks "could he, in some context" of the `number`th identity: of an object in a bucket with a policy, or of a
    /// table of which nothing but the identity policies tells.
    fn ask_open<T>(
        &self,
        number: usize,
        context: &Context,
        guarded: bool,
        answer: impl Fn(&PolicyStore, &Request<'_>, &Applicable<'_>) -> T,
    ) -> T {
        let (principal, policies, bounded) = &self.identities[number];
        let levels: [&[PolicyId]; 3] = [&self.levels[0], &self.levels[1], &self.guards];
        let levels = if guarded { &levels[..] } else { &levels[..2] };
        let of_bucket = number.is_multiple_of(2);
        let applicable = Applicable {
            identity: Documents::Some(policies),
            boundary: if *bounded { Documents::Some(&self.boundary) } else { Documents::None },
            scps: Ladder::Levels(levels),
            resource: if of_bucket { ResourcePolicy::Some(self.bucket) } else { ResourcePolicy::None },
            ..Applicable::default()
        };
        let (action, resource) = if of_bucket {
            (&self.actions[0], &self.own_objects[number])
        } else {
            (&self.actions[3], &self.own_tables[number])
        };
        answer(&self.store, &Request::derived(principal, action, resource, context), &applicable)
    }
}

#[divan::bench]
fn one_decision(bencher: Bencher<'_, '_>) {
    let world = world();
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        world.ask(number, decide)
    });
}

/// The time of this divided by ten thousand is the time of one decision.
#[divan::bench]
fn ten_thousand_decisions(bencher: Bencher<'_, '_>) {
    let world = world();
    bencher.bench_local(|| {
        (0..10_000).filter(|number| world.ask(*number, decide).verdict == Verdict::Allowed).count()
    });
}

#[divan::bench]
fn one_explanation(bencher: Bencher<'_, '_>) {
    let world = world();
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        world.ask(number, explain)
    });
}

#[divan::bench]
fn compiling_two_thousand_documents(bencher: Bencher<'_, '_>) {
    bencher.bench_local(world);
}

/// Nearly all of these depend on something. Guarded: by a data perimeter with many keys.
#[divan::bench(args = [false, true])]
fn two_thousand_open_decisions(bencher: Bencher<'_, '_>, guarded: bool) {
    let world = world();
    let context = Context::open();
    let asked = || (0..2_000).map(|number| world.ask_open(number, &context, guarded, decide).verdict);
    assert!(asked().filter(|verdict| *verdict == Verdict::Depends).count() > 1_900);
    bencher.bench_local(|| asked().filter(|verdict| *verdict == Verdict::Depends).count());
}

#[divan::bench(args = [false, true])]
fn what_two_thousand_open_decisions_depend_on(bencher: Bencher<'_, '_>, guarded: bool) {
    let world = world();
    let context = Context::open();
    bencher.bench_local(|| {
        (0..2_000).map(|number| world.ask_open(number, &context, guarded, depends_on).len()).sum::<usize>()
    });
}

#[divan::bench]
fn making_one_role(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Principal::from_arn("arn:aws:iam::111122223333:role/app/role-1234"));
}

#[divan::bench]
fn making_one_object(bencher: Bencher<'_, '_>) {
    let owner = clavicle_engine::AccountId::parse("111122223333");
    bencher.bench_local(|| Resource::new("arn:aws:s3:::data-1/2024/report.csv", owner));
}
