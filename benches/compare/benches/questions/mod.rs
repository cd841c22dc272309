//! Two thousand roles with four documents each, in two languages, and what is asked of them.

use clavicle_engine::{
    Action, Applicable, Context, Documents, PolicyId, PolicyStore, Principal, Request, Resource, Verdict,
    decide,
};

pub(crate) const ROLES: usize = 2_000;
pub(crate) const QUESTIONS: usize = 2_000;

const ACTIONS: [&str; 8] = [
    "s3:GetObject",
    "s3:PutObject",
    "sqs:SendMessage",
    "dynamodb:GetItem",
    "kms:Decrypt",
    "iam:PassRole",
    "lambda:InvokeFunction",
    "logs:PutLogEvents",
];

/// A document, in both languages.
pub(crate) struct Document {
    pub(crate) iam: String,
    pub(crate) cedar: Vec<String>,
}

pub(crate) fn shared(number: usize) -> Document {
    let service = ["s3", "sqs", "dynamodb", "lambda", "logs"][number % 5];
    Document {
        iam: format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":["{service}:Get*","{service}:List*","{service}:Describe{number}"],"Resource":["arn:aws:{service}:*:*:team{number}/*","arn:aws:{service}:::team{number}-*"]}},
            {{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:PutLogEvents"],"Resource":"*"}},
            {{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringNotEqualsIfExists":{{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}},"Bool":{{"aws:ViaAWSService":"false"}}}}}}]}}"#
        ),
        cedar: vec![
            format!(
                r#"permit(principal, action in [Action::"{service}:Get*", Action::"{service}:List*", Action::"{service}:Describe{number}"], resource)
                when {{ resource.arn like "arn:aws:{service}:*:*:team{number}/*" || resource.arn like "arn:aws:{service}:::team{number}-*" }};"#
            ),
            r#"permit(principal, action in [Action::"logs:CreateLogGroup", Action::"logs:PutLogEvents"], resource);"#
                .to_owned(),
            r#"forbid(principal, action, resource) when {
                (!(context has region) || !["eu-west-1", "eu-central-1"].contains(context.region))
                && context has via && context.via == false };"#
                .to_owned(),
        ],
    }
}

pub(crate) fn own(number: usize) -> Document {
    Document {
        iam: format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::data-{number}/*"}},
            {{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:111122223333:queue-{number}"}},
            {{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query"],"Resource":"arn:aws:dynamodb:*:111122223333:table/app-{number}","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":"t{number}"}}}}}}]}}"#
        ),
        cedar: vec![
            format!(
                r#"permit(principal, action in [Action::"s3:GetObject", Action::"s3:PutObject"], resource)
                when {{ resource.arn like "arn:aws:s3:::data-{number}/*" }};"#
            ),
            format!(
                r#"permit(principal, action in [Action::"sqs:*"], resource)
                when {{ resource.arn == "arn:aws:sqs:eu-west-1:111122223333:queue-{number}" }};"#
            ),
            format!(
                r#"permit(principal, action in [Action::"dynamodb:GetItem", Action::"dynamodb:Query"], resource)
                when {{ resource.arn like "arn:aws:dynamodb:*:111122223333:table/app-{number}"
                && context has team && context.team == "t{number}" }};"#
            ),
        ],
    }
}

/// What is asked, as texts.
pub(crate) struct Question {
    pub(crate) role: usize,
    pub(crate) action: &'static str,
    pub(crate) arn: String,
    pub(crate) region: &'static str,
}

pub(crate) fn question(number: usize) -> Question {
    let role = number * 37 % ROLES;
    // Half of the questions are about a thing of the role's own.
    let about = if number.is_multiple_of(2) { role } else { number % ROLES };
    let action = ACTIONS[number * 5 % ACTIONS.len()];
    let arn = match action.split(':').next().unwrap_or_default() {
        "s3" => format!("arn:aws:s3:::data-{about}/2024/report.csv"),
        "sqs" => format!("arn:aws:sqs:eu-west-1:111122223333:queue-{about}"),
        "dynamodb" => format!("arn:aws:dynamodb:eu-west-1:111122223333:table/app-{about}"),
        other => format!("arn:aws:{other}:eu-west-1:111122223333:thing/{about}"),
    };
    Question { role, action, arn, region: if number % 8 == 7 { "us-east-1" } else { "eu-west-1" } }
}

pub(crate) struct Ours {
    store: PolicyStore,
    roles: Vec<(Principal, Vec<PolicyId>)>,
    asked: Vec<(usize, Action, Resource, Context)>,
}

impl Ours {
    pub(crate) fn new() -> Self {
        let mut store = PolicyStore::new();
        let mut add = |document: Document| {
            let parsed = clavicle_policy::parse(document.iam.as_bytes());
            store.add(&parsed.policy.expect("the bench writes policies"))
        };
        let shared: Vec<PolicyId> = (0..200).map(|number| add(shared(number))).collect();
        let roles = (0..ROLES)
            .map(|role| {
                let arn = format!("arn:aws:iam::111122223333:role/app/role-{role}");
                let policies =
                    vec![add(own(role)), shared[role % 200], shared[role * 7 % 200], shared[role * 31 % 200]];
                (Principal::from_arn(&arn).expect("a role"), policies)
            })
            .collect();
        let owner = clavicle_engine::AccountId::parse("111122223333");
        let asked = (0..QUESTIONS)
            .map(question)
            .map(|asked| {
                let context = Context::exact()
                    .with_value("aws:RequestedRegion", asked.region)
                    .with_value("aws:ViaAWSService", "false")
                    .with_value("aws:PrincipalTag/team", &format!("t{}", asked.role));
                (asked.role, Action::new(asked.action), Resource::new(&asked.arn, owner), context)
            })
            .collect();
        Self { store, roles, asked }
    }

    pub(crate) fn allows(&self, number: usize) -> bool {
        let (role, action, resource, context) = &self.asked[number];
        let (principal, policies) = &self.roles[*role];
        let applicable = Applicable { identity: Documents::Some(policies), ..Applicable::default() };
        let request = Request::derived(principal, action, resource, context);
        decide(&self.store, &request, &applicable).verdict == Verdict::Allowed
    }
}
