//! Cases: worlds small enough to read, and what is asked in them.
//!
//! A file of `tests/cases/evaluate` is a list of cases. A world names its policies, layer by layer:
//!
//! ```json
//! { "about": "an explicit deny in an SCP wins over an identity allow",
//!   "rule": "1.1",
//!   "source": "IAM User Guide, Policy evaluation logic: /IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
//!   "world": {
//!     "scp": [{ "full": "everything" }, { "full-too": "everything", "deny-outside-eu": [{ "Effect": "Deny", "…": "…" }] }],
//!     "identity": { "role/ci": { "ledger-read": [{ "Effect": "Allow", "…": "…" }] } } },
//!   "requests": [
//!     { "ask": "role/ci s3:GetObject arn:aws:s3:::ledger/2024.csv", "context": { "aws:RequestedRegion": "us-east-1" },
//!       "decision": "deny", "because": ["deny-outside-eu#1"] } ] }
//! ```
//!
//! A policy is written as in AWS, or as a list of statements (then its version is 2012-10-17), or as `"everything"`
//! (allow `*` on `*`). Principals are `user/ann`, `role/team/ci`, `assumed-role/ci/build`, `federated-user/bob`,
//! `root`, each perhaps after another account and a colon; `anonymous`, services and whole ARNs stand as they are.

use crate::caller::is_role_of_session;
use crate::request::{EndpointType, Options, Request, Slot};
use crate::{Answer, Decision, arn};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Policies by name, in order.
pub type Documents = Map<String, Value>;

/// One world and what is asked in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows, as a sentence.
    pub about: String,
    /// The number of the rule it belongs to.
    pub rule: String,
    /// The page of AWS's documentation that says so: guide, title, path.
    pub source: String,
    /// The policies and who they are attached to.
    pub world: World,
    /// The questions with their answers.
    pub requests: Vec<Asked>,
}

/// Which policies are there, and where are they attached?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct World {
    /// The account of everything that names none.
    pub account: String,
    /// The management account of the organization.
    pub management_account: Option<String>,
    /// Identity policies of users and roles.
    pub identity: BTreeMap<String, Documents>,
    /// Groups of users.
    pub groups: BTreeMap<String, Group>,
    /// Permissions boundaries of users and roles.
    pub boundary: BTreeMap<String, Documents>,
    /// SCPs of `account`: one entry a level, root first.
    pub scp: Option<Vec<Documents>>,
    /// RCPs of `account`: one entry a level, root first.
    pub rcp: Option<Vec<Documents>>,
    /// SCPs and RCPs of further accounts.
    pub accounts: BTreeMap<String, Account>,
    /// Resources with a policy or an owner their ARN does not name, by ARN; objects belong to their bucket.
    pub resources: BTreeMap<String, Resource>,
    /// VPC endpoints.
    pub endpoints: BTreeMap<String, Endpoint>,
}

impl Default for World {
    fn default() -> World {
        World {
            account: "111122223333".to_owned(),
            management_account: None,
            identity: BTreeMap::new(),
            groups: BTreeMap::new(),
            boundary: BTreeMap::new(),
            scp: None,
            rcp: None,
            accounts: BTreeMap::new(),
            resources: BTreeMap::new(),
            endpoints: BTreeMap::new(),
        }
    }
}

/// Who is in a group, and what is attached to it?
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Users.
    pub members: Vec<String>,
    /// The group's policies.
    pub policies: Documents,
}

/// What binds a further account?
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// One entry a level, root first.
    pub scp: Option<Vec<Documents>>,
    /// One entry a level, root first.
    pub rcp: Option<Vec<Documents>>,
}

/// What is known of a resource?
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resource {
    /// The account, where the ARN names none or another.
    pub owner: Option<String>,
    /// At most one policy.
    pub policy: Documents,
    /// RestrictPublicBuckets.
    pub restrict_public_buckets: bool,
}

/// What may pass through a VPC endpoint?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// `gateway` or `interface`.
    #[serde(rename = "type")]
    pub kind: EndpointType,
    /// Its policies.
    pub policies: Documents,
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `principal action resource`; a list where one call needs several (all must be allowed).
    pub ask: Ask,
    /// The keys of the request; one not listed is absent.
    #[serde(default)]
    pub context: Map<String, Value>,
    /// Keys that may hold anything, or be absent.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// Keys that are there, and may hold anything.
    #[serde(default)]
    pub present: Vec<String>,
    /// The session policies passed, if any were.
    #[serde(default)]
    pub session: Option<Documents>,
    /// The user who called `sts:GetFederationToken`.
    #[serde(default)]
    pub by: Option<String>,
    /// The VPC endpoint the request came through.
    #[serde(default)]
    pub through: Option<String>,
    /// The action takes no resource, though one is given.
    #[serde(default)]
    pub wildcard_only: Option<bool>,
    /// The verdict.
    pub decision: Verdict,
    /// The statements that decide, as `policy#number`: all Denies that match, or all Allows that grant.
    #[serde(default)]
    pub because: Option<Vec<String>>,
    /// The unknown keys that matter.
    #[serde(default)]
    pub on: Vec<String>,
    /// The layers that had to allow and did not (see [`Answer::missing`]).
    #[serde(default)]
    pub missing: Option<Vec<String>>,
}

/// One or several of `principal action resource`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ask {
    /// The usual question.
    One(String),
    /// All of these must be allowed.
    All(Vec<String>),
}

/// A decision as cases write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Allowed.
    Allow,
    /// Explicitly denied.
    Deny,
    /// Implicitly denied.
    ImplicitDeny,
    /// Depends.
    Depends,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Verdict {
        match decision {
            Decision::Allowed => Verdict::Allow,
            Decision::ExplicitlyDenied => Verdict::Deny,
            Decision::ImplicitlyDenied => Verdict::ImplicitDeny,
            Decision::Depends => Verdict::Depends,
        }
    }
}

/// A request, with the names its policies have in the world.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What any evaluator can answer.
    pub request: Request,
    /// Which name has the policy at this place?
    pub names: BTreeMap<Slot, String>,
}

impl Question {
    /// Turns `identity_policies[0]#2` into `ledger-read#2`.
    pub fn in_names(&self, cited: &str) -> String {
        let (place, number) = cited.split_once('#').unwrap_or((cited, ""));
        let name = self.names.iter().find(|(slot, _)| slot.to_string() == place);
        name.map_or_else(|| cited.to_owned(), |(_, name)| format!("{name}#{number}"))
    }
}

impl Case {
    /// Which requests does a question come to? All of them must be allowed.
    pub fn questions(&self, asked: &Asked) -> Result<Vec<Question>, String> {
        let asks = match &asked.ask {
            Ask::One(ask) => std::slice::from_ref(ask),
            Ask::All(asks) => asks,
        };
        asks.iter().map(|ask| self.world.question(asked, ask)).collect()
    }
}

impl Asked {
    /// What is wrong with these answers, one for each request of the question? `None` if they are as expected.
    ///
    /// An evaluator that does not tell `missing` may leave it empty: it is then not compared.
    pub fn objection(&self, questions: &[Question], answers: &[Answer]) -> Option<String> {
        let found = together(questions, answers);
        let expect = |what: &str, expected: &[String], found: &[String]| {
            let (expected, found): (BTreeSet<_>, BTreeSet<_>) =
                (expected.iter().collect(), found.iter().collect());
            (expected != found).then(|| format!("{what} should be {expected:?}, but is {found:?}"))
        };
        if Verdict::from(found.decision) != self.decision {
            return Some(format!("should be {:?}, but is {found:?}", self.decision));
        }
        let because = self.because.as_deref().and_then(|because| expect("because", because, &found.because));
        let missing = self.missing.as_deref().filter(|_| !found.missing.is_empty());
        because
            .or_else(|| expect("on", &self.on, &found.depends_on))
            .or_else(|| missing.and_then(|missing| expect("missing", missing, &found.missing)))
    }
}

/// The answer to a call that needs several requests: any Deny denies it, all must be allowed.
fn together(questions: &[Question], answers: &[Answer]) -> Answer {
    use Decision::{Allowed, Depends, ExplicitlyDenied, ImplicitlyDenied};
    let worst = [ExplicitlyDenied, ImplicitlyDenied, Depends, Allowed]
        .into_iter()
        .find(|decision| answers.iter().any(|answer| answer.decision == *decision));
    let decision = worst.unwrap_or(ImplicitlyDenied);
    let mut whole = Answer { decision, depends_on: vec![], because: vec![], missing: vec![] };
    for (question, answer) in questions.iter().zip(answers).filter(|(_, answer)| answer.decision == decision)
    {
        whole.because.extend(answer.because.iter().map(|cited| question.in_names(cited)));
        whole.depends_on.extend(answer.depends_on.iter().cloned());
        whole.missing.extend(answer.missing.iter().cloned());
    }
    whole
}

impl World {
    fn question(&self, asked: &Asked, ask: &str) -> Result<Question, String> {
        let words: Vec<&str> = ask.splitn(3, ' ').collect();
        let [principal, action, resource] = words[..] else {
            return Err(format!("`{ask}` is not `principal action resource`"));
        };
        let principal = self.principal(principal);
        let identity = self.identity_behind(asked, &principal);
        let caller_account = arn::account(&principal).unwrap_or_default().to_owned();
        let (resource_key, known) = self.resource(resource);
        let resource_account = known
            .and_then(|known| known.owner.clone())
            .or_else(|| arn::account(resource).filter(|account| *account != "aws").map(str::to_owned))
            .unwrap_or_else(|| {
                let owned_by_caller = resource == "*" && !caller_account.is_empty();
                if owned_by_caller { caller_account.clone() } else { self.account.clone() }
            });
        let mut names = Names::default();
        let mut identity_policies = Vec::new();
        for (holder, documents) in &self.identity {
            if Some(self.principal(holder)) == identity {
                names.take(&mut identity_policies, documents, Slot::Identity)?;
            }
        }
        for group in self.groups.values() {
            if group.members.iter().any(|member| Some(self.principal(member)) == identity) {
                names.take(&mut identity_policies, &group.policies, Slot::Identity)?;
            }
        }
        let boundary = self.boundary.iter().find(|(holder, _)| Some(self.principal(holder)) == identity);
        let permission_boundaries =
            names.optional(boundary.map(|(_, documents)| documents), Slot::Boundary)?;
        let session_policies = names.optional(asked.session.as_ref(), Slot::Session)?;
        let scps = names.levels(self.of_account(&caller_account).0, Slot::Scp)?;
        let rcps = names.levels(self.of_account(&resource_account).1, Slot::Rcp)?;
        let mut policies = Vec::new();
        names.take(&mut policies, known.map_or(&Documents::new(), |known| &known.policy), |_| {
            Slot::Resource
        })?;
        if policies.len() > 1 {
            return Err(format!("`{resource_key}` has more than one policy"));
        }
        let endpoint = match &asked.through {
            Some(name) => {
                Some(self.endpoints.get(name).ok_or_else(|| format!("there is no endpoint `{name}`"))?)
            }
            None => None,
        };
        let is_session = principal.contains(":assumed-role/");
        let request = Request {
            id: Value::Null,
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account,
            context: asked.context.clone(),
            identity_policies,
            permission_boundaries,
            session_policies,
            scps,
            rcps,
            resource_policy: policies.pop(),
            vpc_endpoint_policies: names
                .optional(endpoint.map(|endpoint| &endpoint.policies), Slot::Endpoint)?,
            options: Options {
                s3_restrict_public_buckets: known.is_some_and(|known| known.restrict_public_buckets),
                wildcard_only: asked.wildcard_only,
            },
            unknown: asked.unknown.clone(),
            present: asked.present.clone(),
            role_arn: identity.filter(|_| is_session),
            federating_user: asked.by.as_ref().map(|user| self.principal(user)),
            management_account: self.management_account.clone(),
            vpc_endpoint_type: endpoint.map(|endpoint| endpoint.kind),
            principal,
        };
        Ok(Question { request, names: names.given })
    }

    /// The ARN behind a short name.
    fn principal(&self, name: &str) -> String {
        let (account, short) = match name.split_once(':') {
            Some((account, short)) if account.len() == 12 => (account, short),
            _ => (self.account.as_str(), name),
        };
        match short.split('/').next() {
            Some("root" | "user" | "role" | "saml-provider" | "oidc-provider") => {
                format!("arn:aws:iam::{account}:{short}")
            }
            Some("assumed-role" | "federated-user") => format!("arn:aws:sts::{account}:{short}"),
            _ => name.to_owned(),
        }
    }

    /// The user or role whose policies the caller has.
    fn identity_behind(&self, asked: &Asked, principal: &str) -> Option<String> {
        let holders = self.identity.keys().chain(self.boundary.keys()).map(|holder| self.principal(holder));
        if principal.contains(":federated-user/") {
            return asked.by.as_ref().map(|user| self.principal(user));
        }
        holders.into_iter().find(|holder| holder == principal || is_role_of_session(holder, principal))
    }

    /// What is known of a resource; an object belongs to its bucket.
    fn resource<'a>(&'a self, resource: &'a str) -> (&'a str, Option<&'a Resource>) {
        let bucket =
            resource.split_once('/').filter(|_| resource.contains(":s3:::")).map(|(bucket, _)| bucket);
        match self.resources.get(resource) {
            Some(known) => (resource, Some(known)),
            None => (resource, bucket.and_then(|bucket| self.resources.get(bucket))),
        }
    }

    fn of_account(&self, account: &str) -> (Option<&[Documents]>, Option<&[Documents]>) {
        match self.accounts.get(account) {
            Some(further) => (further.scp.as_deref(), further.rcp.as_deref()),
            None if account == self.account => (self.scp.as_deref(), self.rcp.as_deref()),
            None => (None, None),
        }
    }
}

/// Policies taken out of a world, with their names.
#[derive(Default)]
struct Names {
    given: BTreeMap<Slot, String>,
    written: BTreeMap<String, Value>,
}

impl Names {
    fn take(
        &mut self,
        list: &mut Vec<Value>,
        documents: &Documents,
        slot: impl Fn(usize) -> Slot,
    ) -> Result<(), String> {
        for (name, document) in documents {
            // One policy may be attached in two places; two policies must not share a name.
            let known = self.written.entry(name.clone()).or_insert_with(|| document.clone());
            if known != document {
                return Err(format!("two policies have the name `{name}`"));
            }
            self.given.insert(slot(list.len()), name.clone());
            list.push(policy(document)?);
        }
        Ok(())
    }

    fn optional(
        &mut self,
        documents: Option<&Documents>,
        slot: impl Fn(usize) -> Slot,
    ) -> Result<Option<Vec<Value>>, String> {
        let Some(documents) = documents else { return Ok(None) };
        let mut list = Vec::new();
        self.take(&mut list, documents, slot)?;
        Ok(Some(list))
    }

    fn levels(
        &mut self,
        levels: Option<&[Documents]>,
        slot: impl Fn(usize, usize) -> Slot,
    ) -> Result<Option<Vec<Vec<Value>>>, String> {
        let Some(levels) = levels else { return Ok(None) };
        let mut lists = Vec::new();
        for (level, documents) in levels.iter().enumerate() {
            let mut list = Vec::new();
            self.take(&mut list, documents, |n| slot(level, n))?;
            lists.push(list);
        }
        Ok(Some(lists))
    }
}

fn policy(document: &Value) -> Result<Value, String> {
    match document {
        Value::Object(_) => Ok(document.clone()),
        Value::Array(statements) => Ok(json!({ "Version": "2012-10-17", "Statement": statements })),
        Value::String(word) if word == "everything" => Ok(json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
        })),
        other => {
            Err(format!("`{other}` is no policy: write an object, a list of statements or `everything`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Case};
    use crate::{Answer, Decision, slow_decide};
    use serde_json::{Value, json};

    fn case(world: &Value, asked: &Value) -> Case {
        let case = json!({ "about": "a", "rule": "1.1", "source": "s", "world": world, "requests": [asked] });
        serde_json::from_value(case).unwrap()
    }

    #[test]
    fn a_world_becomes_a_request() {
        let world = json!({
            "identity": { "role/team/ci": { "own": "everything" } },
            "boundary": { "role/team/ci": { "edge": [] } },
            "scp": [{ "root": "everything" }, {}],
            "resources": { "arn:aws:s3:::b": { "owner": "444455556666", "policy": { "bucket": [] } } },
            "accounts": { "444455556666": { "rcp": [{ "guard": [] }] } },
        });
        let case = case(
            &world,
            &json!({ "ask": "assumed-role/ci/x s3:GetObject arn:aws:s3:::b/k v", "decision": "deny" }),
        );
        let questions = case.questions(&case.requests[0]).unwrap();
        let request = &questions[0].request;
        assert_eq!(request.principal, "arn:aws:sts::111122223333:assumed-role/ci/x");
        assert_eq!(request.role_arn.as_deref(), Some("arn:aws:iam::111122223333:role/team/ci"));
        assert_eq!(request.resource, "arn:aws:s3:::b/k v");
        assert_eq!(request.resource_account, "444455556666");
        assert_eq!(request.scps.as_ref().map(Vec::len), Some(2));
        assert_eq!(request.rcps.as_ref().map(Vec::len), Some(1));
        let names: Vec<String> =
            questions[0].names.iter().map(|(slot, name)| format!("{slot}={name}")).collect();
        assert_eq!(
            names,
            [
                "identity_policies[0]=own",
                "permission_boundaries[0]=edge",
                "scps[0][0]=root",
                "rcps[0][0]=guard",
                "resource_policy=bucket"
            ]
        );
        assert_eq!(questions[0].in_names("rcps[0][0]#3"), "guard#3");
    }

    #[test]
    fn two_policies_do_not_share_a_name() {
        let world = json!({ "identity": { "user/ann": { "p": "everything" } }, "boundary": { "user/ann": { "p": [] } } });
        let case = case(&world, &json!({ "ask": "user/ann s3:GetObject *", "decision": "deny" }));
        assert_eq!(case.questions(&case.requests[0]).unwrap_err(), "two policies have the name `p`");
    }

    #[test]
    fn wrong_answers_are_objected_to() {
        let world = json!({ "identity": { "user/ann": { "p": "everything" } } });
        let case = case(
            &world,
            &json!({ "ask": "user/ann s3:ListAllMyBuckets *", "decision": "allow", "because": ["p#1"] }),
        );
        let questions = case.questions(&case.requests[0]).unwrap();
        let right = slow_decide(&questions[0].request);
        let asked: &Asked = &case.requests[0];
        assert_eq!(asked.objection(&questions, std::slice::from_ref(&right)), None);
        let wrong = [
            Answer { decision: Decision::ImplicitlyDenied, ..right.clone() },
            Answer { because: vec!["identity_policies[0]#2".to_owned()], ..right.clone() },
            Answer { depends_on: vec!["aws:SourceIp".to_owned()], ..right },
        ];
        for answer in wrong {
            assert!(asked.objection(&questions, &[answer]).is_some());
        }
    }
}
