//! Requests as lines of JSON: one object in, one result out.
//!
//! ```
//! use clavicle_engine::simulate::{Options, run_line};
//!
//! let line = r#"{"id": 1, "principal": "arn:aws:iam::111122223333:user/dana", "action": "s3:GetObject",
//!   "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333",
//!   "identity_policies": [{"Version": "2012-10-17", "Statement":
//!     {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]}"#;
//! let result = run_line(line, &Options::default());
//! assert_eq!(result, r#"{"id":1,"decision":"Allowed","depends_on":[],"error":null}"#);
//! ```
//!
//! The types here are the format's own, not those of the engine: `docs/simulate-format.md` describes them.

use std::borrow::Cow;
use std::fmt;

use clavicle_policy::{AccountId, Effect, Severity};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::decimal::without_exponent;
use crate::explain::Explanation;
use crate::{
    Action, Applicable, Circumstances, Context, Decision, Dependency, Documents, Fact, Ladder, Match,
    PinState, PolicyId, PolicyStore, Principal, Reason, Request, Resource, ResourcePolicy, StatementRef,
    Verdict, decide, depends_on, explain, write_out,
};

/// How lines are read and answered.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Condition keys that are unknown in every request, beside those that a line names itself.
    pub unknown: Vec<String>,
    /// Add why.
    pub explain: bool,
}

/// Decides the request of one line, and gives the line of the result.
pub fn run_line(line: &str, options: &Options) -> String {
    answer_line(line, options).0
}

/// The same, and what is wrong with a line that cannot be answered.
pub fn answer_line(line: &str, options: &Options) -> (String, Option<String>) {
    let result = answer(line, options).unwrap_or_else(|(id, error)| ResultLine {
        id,
        decision: None,
        depends_on: Vec::new(),
        error: Some(error),
        explanation: None,
    });
    let text = serde_json::to_string(&result).expect("texts, lists and numbers always serialize");
    (text, result.error)
}

fn answer(line: &str, options: &Options) -> Result<ResultLine, (Option<Box<RawValue>>, String)> {
    // A list of values in the order of the fields would be read as a request.
    if !line.trim_start().starts_with('{') {
        return Err((None, "not a request: it is not a JSON object".to_owned()));
    }
    let line: RequestLine<'_> = serde_json::from_str(line).map_err(|error| {
        let id = serde_json::from_str(line).map(|IdOnly { id }| id).unwrap_or_default();
        // It is always the first line of what the parser sees.
        (id, format!("not a request: {}", error.to_string().replace(" at line 1 column ", " at column ")))
    })?;
    let id = line.id.map(ToOwned::to_owned);
    line.answer(options).map_err(|error| (id, error))
}

#[derive(Deserialize)]
struct IdOnly {
    #[serde(default)]
    id: Option<Box<RawValue>>,
}

/// The condition keys of a line, in the order of the text, so that of a key in two spellings the later one counts; with
/// their values as written, for numbers lose digits as numbers.
struct Keys<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Keys<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Keys<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of condition keys")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some((key, value)) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                    pairs.push((key, value));
                }
                Ok(Keys(pairs))
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

#[derive(Deserialize)]
struct RequestLine<'a> {
    /// As written: it is given back to the letter.
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    principal: String,
    action: String,
    resource: String,
    resource_account: Option<String>,
    #[serde(borrow)]
    context: Option<Keys<'a>>,
    #[serde(borrow)]
    identity_policies: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    permission_boundaries: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    session_policies: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    scps: Option<Vec<Vec<&'a RawValue>>>,
    #[serde(borrow)]
    rcps: Option<Vec<Vec<&'a RawValue>>>,
    #[serde(borrow)]
    resource_policy: Option<&'a RawValue>,
    #[serde(borrow)]
    vpc_endpoint_policies: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    options: Option<&'a RawValue>,
    #[serde(alias = "unknown")]
    context_unknown: Option<Vec<String>>,
    context_present: Option<Vec<String>>,
    role_arn: Option<String>,
    federating_user: Option<String>,
    management_account: Option<String>,
    vpc_endpoint_type: Option<EndpointType>,
}

#[derive(Deserialize, Default)]
struct LineOptions {
    s3_restrict_public_buckets: Option<bool>,
    wildcard_only: Option<bool>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum EndpointType {
    Gateway,
    Interface,
}

#[derive(Serialize)]
struct ResultLine {
    id: Option<Box<RawValue>>,
    decision: Option<&'static str>,
    depends_on: Vec<String>,
    error: Option<String>,
    #[serde(flatten)]
    explanation: Option<ExplanationLine>,
}

/// What `explain` adds.
#[derive(Serialize)]
struct ExplanationLine {
    because: Vec<String>,
    would_have_to_change: Vec<Vec<&'static str>>,
    pins: Vec<PinLine>,
}

#[derive(Serialize)]
struct PinLine {
    layer: &'static str,
    state: &'static str,
    statements: Vec<StatementLine>,
}

#[derive(Serialize)]
struct StatementLine {
    statement: String,
    effect: Option<&'static str>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
}

/// The documents of a line, compiled, and where each stood.
#[derive(Default)]
struct Compiled {
    store: PolicyStore,
    /// By place in the store.
    names: Vec<String>,
}

impl Compiled {
    fn add(&mut self, name: String, text: &RawValue) -> Result<PolicyId, String> {
        self.add_of(name, text, None)
    }

    /// Adds a policy; `thing`: the resource whose own it is.
    fn add_of(&mut self, name: String, text: &RawValue, thing: Option<&str>) -> Result<PolicyId, String> {
        let parsed = clavicle_policy::parse(text.get().as_bytes());
        // Faults inside are looked at only where they decide.
        let Some(mut policy) = parsed.policy else {
            let fault = parsed.diagnostics.iter().find(|found| found.severity == Severity::Error);
            let why =
                fault.map_or_else(|| "it is not a JSON object".to_owned(), |fault| fault.message.clone());
            return Err(format!("`{name}` is not a policy: {why}"));
        };
        if let Some(thing) = thing {
            write_out(&mut policy, thing);
        }
        self.names.push(name);
        Ok(self.store.add(&policy))
    }

    fn list(&mut self, name: &str, texts: Option<&[&RawValue]>) -> Result<Option<Vec<PolicyId>>, String> {
        let texts = texts.map(|texts| texts.iter().enumerate());
        texts
            .map(|texts| texts.map(|(at, text)| self.add(format!("{name}[{at}]"), text)).collect())
            .transpose()
    }

    fn levels(
        &mut self,
        name: &str,
        levels: Option<&[Vec<&RawValue>]>,
    ) -> Result<Vec<Vec<PolicyId>>, String> {
        let mut compiled = Vec::new();
        for (at, level) in levels.unwrap_or_default().iter().enumerate() {
            compiled.push(self.list(&format!("{name}[{at}]"), Some(level))?.unwrap_or_default());
        }
        Ok(compiled)
    }

    /// `identity_policies[0]#1`: the place of the document, and the number of the statement, counted from one.
    fn name(&self, policy: PolicyId, statement: usize) -> String {
        let document = self.names.get(policy.index()).map_or("?", |name| name);
        format!("{document}#{}", statement + 1)
    }

    fn dependency(&self, dependency: &Dependency, spelled: &[&String]) -> String {
        match dependency {
            Dependency::Key(key) => {
                let found = spelled.iter().find(|name| name.to_lowercase() == *key);
                found.map_or_else(|| key.clone(), |name| (*name).clone())
            }
            Dependency::Unreadable(at) => self.statement(*at),
            other => other.to_string(),
        }
    }

    fn statement(&self, at: StatementRef) -> String {
        self.name(at.policy, at.statement as usize)
    }
}

impl RequestLine<'_> {
    fn answer(&self, options: &Options) -> Result<ResultLine, String> {
        let mut compiled = Compiled::default();
        let identity =
            compiled.list("identity_policies", self.identity_policies.as_deref())?.unwrap_or_default();
        let boundary = compiled.list("permission_boundaries", self.permission_boundaries.as_deref())?;
        let session = compiled.list("session_policies", self.session_policies.as_deref())?;
        let scps = compiled.levels("scps", self.scps.as_deref())?;
        let rcps = compiled.levels("rcps", self.rcps.as_deref())?;
        let resource = self.resource()?;
        let resource_policy = match self.resource_policy {
            Some(text) => Some(compiled.add_of("resource_policy".to_owned(), text, Some(&self.resource))?),
            None => default_policy(&resource)
                .map(|text| compiled.add("default_policy".to_owned(), text))
                .transpose()?,
        };
        let endpoint = compiled.list("vpc_endpoint_policies", self.vpc_endpoint_policies.as_deref())?;

        let unknown: Vec<&String> =
            options.unknown.iter().chain(self.context_unknown.iter().flatten()).collect();
        let context = self.context(&unknown)?;
        // As what an answer depends on is spelled.
        let unknown: Vec<&String> =
            unknown.into_iter().chain(self.context_present.iter().flatten()).collect();
        let settings = self.options()?;
        let action = self.action(&settings)?;
        let principal = self.principal(&action, &context)?;
        let (scp_levels, rcp_levels): (Vec<&[PolicyId]>, Vec<&[PolicyId]>) =
            (scps.iter().map(Vec::as_slice).collect(), rcps.iter().map(Vec::as_slice).collect());
        let applicable = Applicable {
            identity: Documents::Some(&identity),
            boundary: boundary.as_deref().map_or(Documents::None, Documents::Some),
            session: session.as_deref().map_or(Documents::None, Documents::Some),
            scps: ladder(&scp_levels),
            rcps: ladder(&rcp_levels),
            resource: resource_policy.map_or(ResourcePolicy::None, ResourcePolicy::Some),
            endpoint: endpoint.as_deref().map_or(Documents::None, Documents::Some),
            circumstances: self.circumstances(&principal, &resource, &action, &settings)?,
        };
        let request = Request::exact(&principal, &action, &resource, &context);
        let mut error = None;
        let mut decision = decide(&compiled.store, &request, &applicable);
        let mut dependencies = open(&compiled, &request, &applicable, decision);
        if let Some(at) = dependencies.iter().find_map(unreadable) {
            let why = format!("`{}` cannot be read, and it decides", compiled.statement(at));
            compiled.store.fail_what_is_not_understood();
            decision = decide(&compiled.store, &request, &applicable);
            dependencies = open(&compiled, &request, &applicable, decision);
            if dependencies.iter().any(|found| unreadable(found).is_some()) {
                return Err(why);
            }
            error =
                Some(format!("{why}: AWS has no such condition operator; decided as if it did not match"));
        }
        if dependencies.contains(&Dependency::ResourceOwner) {
            return Err("`resource_account` is missing, the ARN does not name it, and it decides".into());
        }
        let explained = options
            .explain
            .then(|| explanation(&compiled, &explain(&compiled.store, &request, &applicable), &unknown));
        Ok(ResultLine {
            id: self.id.map(ToOwned::to_owned),
            decision: Some(verdict(decision.verdict)),
            depends_on: dependencies.iter().map(|found| compiled.dependency(found, &unknown)).collect(),
            error,
            explanation: explained,
        })
    }

    fn context(&self, unknown: &[&String]) -> Result<Context, String> {
        let mut context = Context::exact();
        for (key, value) in self.context.iter().flat_map(|keys| &keys.0) {
            let fact = match value.get().as_bytes().first() {
                Some(b'n') => Fact::Absent,
                Some(b'[') => {
                    let values: Vec<&RawValue> =
                        serde_json::from_str(value.get()).map_err(|_| no_text(key))?;
                    Fact::Many(values.into_iter().map(|value| text(key, value)).collect::<Result<_, _>>()?)
                }
                _ => Fact::One(text(key, value)?),
            };
            context.set(key, fact);
        }
        for key in unknown {
            context.set(key, Fact::Unknown);
        }
        for key in self.context_present.iter().flatten() {
            context.set(key, Fact::Present);
        }
        Ok(context)
    }

    fn options(&self) -> Result<LineOptions, String> {
        let Some(text) = self.options.map(RawValue::get) else { return Ok(LineOptions::default()) };
        // A list of values in the order of the fields would be read as options.
        let read = serde_json::from_str(text).ok().filter(|_| text.starts_with('{'));
        read.ok_or_else(|| "`options` is not an object of truths".to_owned())
    }

    fn action(&self, settings: &LineOptions) -> Result<Action, String> {
        let sound = self
            .action
            .split_once(':')
            .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
        if !sound {
            return Err(format!("`{}` is not an action; write it as `service:Action`", self.action));
        }
        let action = Action::new(&self.action);
        let listed = || {
            let catalog = clavicle_catalog::catalog();
            catalog.action(&self.action).is_some_and(|action| catalog.is_wildcard_only(action))
        };
        let takes_no_resource = settings.wildcard_only.unwrap_or_else(listed);
        Ok(action.taking_no_resource(takes_no_resource))
    }

    fn principal(&self, action: &Action, context: &Context) -> Result<Principal, String> {
        let text = self.principal.as_str();
        if let Some(provider) = provider(text, action, context) {
            return Ok(Principal::federated(provider));
        }
        if let Some(role) = self.role_arn.as_deref().filter(|_| text.contains(":assumed-role/")) {
            return Principal::session(text, role)
                .map_err(|_| format!("`role_arn` is not the role of the session {text}"));
        }
        let session = || {
            // A session's own ARN does not show the path of its role; these do.
            let stated = match context.stated("aws:PrincipalArn") {
                Some(Fact::One(arn)) => Some(arn.as_str()),
                _ => None,
            };
            stated.and_then(|role| Principal::session(text, role).ok())
        };
        let found = match &self.federating_user {
            Some(user) if text.contains(":federated-user/") => {
                return Principal::federated_user(text, user)
                    .map_err(|_| format!("`federating_user` is not a user of the account of {text}"));
            }
            _ => session().map_or_else(|| Principal::from_arn(text), Ok),
        };
        found.map_err(|error| error.to_string())
    }

    fn resource(&self) -> Result<Resource, String> {
        if self.resource.is_empty() {
            return Err(
                "`resource` is empty; write an ARN, or `*` for an action that takes no resource".into()
            );
        }
        let owner =
            self.resource_account.as_deref().filter(|text| !text.is_empty()).map(account).transpose()?;
        Ok(Resource::new(&self.resource, owner))
    }

    fn circumstances(
        &self,
        principal: &Principal,
        resource: &Resource,
        action: &Action,
        settings: &LineOptions,
    ) -> Result<Circumstances, String> {
        let management = self.management_account.as_deref().map(account).transpose()?;
        let manages = |account: Option<AccountId>| management.is_some() && account == management;
        // Both kinds exist for these services; the gateway is the usual one, and the stricter.
        let usual = matches!(action.service(), "s3" | "dynamodb");
        Ok(Circumstances {
            principal_account_is_management: manages(principal.account()),
            resource_account_is_management: manages(resource.owner()),
            restrict_public_buckets: settings.s3_restrict_public_buckets.unwrap_or(false),
            gateway_endpoint: self.vpc_endpoint_type.map_or(usual, |kind| kind == EndpointType::Gateway),
            ..Circumstances::default()
        })
    }
}

/// The policy that AWS itself puts in the place of one that is missing. AWS: Amazon EFS User Guide, "Using IAM to control
/// access to file systems": the default policy "grants full access to any anonymous client that can connect to the file system
/// using a mount target", and "is in effect whenever a user-configured file system policy is not".
fn default_policy(resource: &Resource) -> Option<&'static RawValue> {
    const OF_FILE_SYSTEMS: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Resource": "*",
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"],
        "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}}}"#;
    let is_file_system = resource.part(2) == Some("elasticfilesystem")
        && resource.part(5).is_some_and(|name| name.starts_with("file-system/"));
    if is_file_system { serde_json::from_str(OF_FILE_SYSTEMS).ok() } else { None }
}

/// What an open decision depends on.
fn open(
    compiled: &Compiled,
    request: &Request<'_>,
    applicable: &Applicable<'_>,
    decision: Decision,
) -> Vec<Dependency> {
    match decision.verdict {
        Verdict::Depends => depends_on(&compiled.store, request, applicable),
        _ => Vec::new(),
    }
}

fn unreadable(dependency: &Dependency) -> Option<StatementRef> {
    match dependency {
        Dependency::Unreadable(at) => Some(*at),
        _ => None,
    }
}

/// Whoever shows a token of an identity provider asks without AWS credentials. AWS: IAM User Guide, "AWS JSON policy
/// elements: Principal", OIDC federated principals: the names of the providers that are built in; "Pass session tags in
/// AWS STS": the same call needs `sts:TagSession`.
fn provider<'a>(text: &'a str, action: &Action, context: &'a Context) -> Option<&'a str> {
    const BUILT_IN: [&str; 4] =
        ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];
    let by_token = matches!(action.lower(), "sts:assumerolewithsaml" | "sts:assumerolewithwebidentity");
    match text {
        "anonymous" if by_token => match context.stated("aws:FederatedProvider") {
            Some(Fact::One(provider)) => Some(provider),
            _ => None,
        },
        _ if text.starts_with("arn:") => None,
        _ => (by_token || (action.service() == "sts" && BUILT_IN.contains(&text))).then_some(text),
    }
}

fn ladder<'a>(levels: &'a [&'a [PolicyId]]) -> Ladder<'a> {
    if levels.is_empty() { Ladder::None } else { Ladder::Levels(levels) }
}

fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text)
        .ok_or_else(|| format!("`{text}` is not an account; an account id has twelve digits"))
}

/// A text, a number as written, or a truth.
fn text(key: &str, value: &RawValue) -> Result<String, String> {
    match value.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(value.get()).map_err(|_| no_text(key)),
        Some(b't' | b'f') => Ok(value.get().to_owned()),
        Some(b'-' | b'0'..=b'9') => Ok(without_exponent(value.get()).into_owned()),
        _ => Err(no_text(key)),
    }
}

fn no_text(key: &str) -> String {
    format!("the value of `{key}` is neither a text nor a list of texts")
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "Allowed",
        Verdict::ImplicitlyDenied => "ImplicitlyDenied",
        Verdict::ExplicitlyDenied => "ExplicitlyDenied",
        Verdict::Depends => "Depends",
    }
}

fn explanation(compiled: &Compiled, explanation: &Explanation, unknown: &[&String]) -> ExplanationLine {
    let statement = |outcome: &crate::StatementOutcome| StatementLine {
        statement: compiled.name(outcome.policy, outcome.statement),
        effect: outcome.effect.map(|effect| match effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }),
        outcome: match &outcome.outcome {
            Match::Matched { .. } => "matches",
            Match::NotMatched(Reason::Action) => "other action",
            Match::NotMatched(Reason::Resource) => "other resource",
            Match::NotMatched(Reason::Principal) => "other principal",
            Match::NotMatched(Reason::Condition { .. }) => "condition does not hold",
            Match::Depends(_) => "depends",
        },
        depends_on: match &outcome.outcome {
            Match::Depends(on) => on.iter().map(|on| compiled.dependency(on, unknown)).collect(),
            _ => Vec::new(),
        },
    };
    let pin = |pin: &crate::Pin| PinLine {
        layer: pin.layer.word(),
        state: match pin.state {
            PinState::Turns => "turns",
            PinState::NoSuchLayer => "none",
            PinState::Stops => "stops",
            PinState::NotSeen => "unseen",
            PinState::Depends => "depends",
        },
        statements: pin.statements.iter().map(statement).collect(),
    };
    ExplanationLine {
        because: explanation.because.iter().map(|at| compiled.statement(*at)).collect(),
        would_have_to_change: explanation
            .obstacles
            .iter()
            .map(|set| set.iter().map(|each| each.word()).collect())
            .collect(),
        pins: explanation.pins.iter().map(pin).collect(),
    }
}

#[cfg(test)]
mod odd_lines;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn run(line: &str) -> Value {
        serde_json::from_str(&run_line(line, &Options::default())).expect("a line of JSON")
    }

    /// AWS: Amazon EFS User Guide, "Using IAM to control access to file systems", Default EFS file system policy.
    #[test]
    fn a_file_system_without_policy_is_open_to_clients_of_its_mount_targets() {
        let decide_on = |thing: &str, principal: &str, action: &str, rest: &str| {
            run(&format!(
                r#"{{"principal": "{principal}", "action": "elasticfilesystem:{action}",
                "resource": "arn:aws:{thing}"{rest}}}"#
            ))["decision"]
                .clone()
        };
        let decide = |principal: &str, action: &str, rest: &str| {
            let thing = "elasticfilesystem:us-east-1:111122223333:file-system/fs-1";
            decide_on(thing, principal, action, rest)
        };
        let dana = "arn:aws:iam::111122223333:user/dana";
        let mounted = r#", "context": {"elasticfilesystem:AccessedViaMountTarget": "true"}"#;
        for (principal, action, rest, expected) in [
            ("anonymous", "ClientMount", mounted, "Allowed"),
            ("anonymous", "ClientRootAccess", mounted, "Allowed"),
            (dana, "ClientWrite", mounted, "Allowed"),
            ("anonymous", "ClientMount", "", "ImplicitlyDenied"),
            ("anonymous", "DeleteFileSystem", mounted, "ImplicitlyDenied"),
            (dana, "DeleteFileSystem", mounted, "ImplicitlyDenied"),
        ] {
            assert_eq!(decide(principal, action, rest), expected, "{principal} {action} {rest}");
        }
        for other in [
            "elasticfilesystem:us-east-1:111122223333:access-point/fsap-1",
            "fsx:us-east-1:111122223333:file-system/fs-1",
        ] {
            assert_eq!(decide_on(other, "anonymous", "ClientMount", mounted), "ImplicitlyDenied", "{other}");
        }
        let own = format!(r#"{mounted}, "resource_policy": {{"Version": "2012-10-17", "Statement": []}}"#);
        assert_eq!(
            decide("anonymous", "ClientMount", &own),
            "ImplicitlyDenied",
            "it has a policy of its own"
        );
        let denied = format!(
            r#"{mounted}, "identity_policies": [{{"Version": "2012-10-17", "Statement":
                {{"Effect": "Deny", "Action": "elasticfilesystem:ClientWrite", "Resource": "*"}}}}]"#
        );
        assert_eq!(decide(dana, "ClientWrite", &denied), "ExplicitlyDenied");
    }

    #[test]
    fn a_bad_line_keeps_its_id_and_says_why() {
        let result = run(r#"{"id": {"n": 7}, "principal": 3}"#);
        assert_eq!(result["id"]["n"], 7);
        assert_eq!(result["decision"], Value::Null);
        assert!(result["error"].as_str().expect("a text").starts_with("not a request: "), "{result}");
        for (line, error) in [
            (r#"{"principal":"bob","action":"s3:GetObject","resource":"*"}"#, "`bob` names no caller"),
            (r#"{"principal":"anonymous","action":"s3","resource":"*"}"#, "`s3` is not an action"),
            (
                r#"{"principal":"anonymous","action":"s3:A","resource":"*","resource_account":"1"}"#,
                "`1` is not an account",
            ),
            (
                r#"{"principal":"anonymous","action":"s3:A","resource":"*","resource_policy":"x"}"#,
                "`resource_policy` is not",
            ),
            (
                r#"{"principal":"anonymous","action":"s3:A","resource":"*","context":{"k":{}}}"#,
                "the value of `k`",
            ),
            ("nonsense", "not a request: "),
        ] {
            let result = run(line);
            assert!(result["error"].as_str().expect("a text").starts_with(error), "{result}");
        }
    }

    #[test]
    fn what_is_missing_or_half_written_is_told() {
        for (line, error) in [
            (r#"{"principal":"anonymous","action":"s3:","resource":"*"}"#, "`s3:` is not an action"),
            (
                r#"{"principal":"anonymous","action":":GetObject","resource":"*"}"#,
                "`:GetObject` is not an action",
            ),
            (
                r#"{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",
                "identity_policies":[{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}]}"#,
                "`resource_account` is missing",
            ),
            (
                r#"{"principal":"anonymous","action":"s3:A","resource":"*","identity_policies":[[]]}"#,
                "`identity_policies[0]` is not a policy: a policy",
            ),
        ] {
            let result = run(line);
            assert!(result["error"].as_str().expect("a text").starts_with(error), "{result}");
        }
    }

    /// Who asks: a session of a role with a path, a role beside whom a federating user is named, and whom a token speaks for.
    #[test]
    fn a_caller_is_who_the_whole_line_says() {
        let ask = |principal: &str, more: &str, action: &str, named: &str| {
            let line = format!(
                r#"{{"principal":"{principal}","action":"{action}","resource":"arn:aws:iam::111122223333:role/r",
                "resource_account":"111122223333",{more}"resource_policy":{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Principal":{named},"Action":"{action}","Resource":"*"}}]}}}}"#
            );
            let result = run(&line);
            if result["error"].is_null() { result["decision"].clone() } else { result["error"].clone() }
        };
        let session = "arn:aws:sts::111122223333:assumed-role/ci/s";
        let stated = r#""context":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/teams/ci"},"#;
        let with_path = r#"{"AWS":"arn:aws:iam::111122223333:role/teams/ci"}"#;
        assert_eq!(ask(session, stated, "iam:GetRole", with_path), "ImplicitlyDenied");
        let own = format!(
            r#"{stated}"identity_policies":[{{"Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}}]}}],"#
        );
        let unnamed = r#"{"AWS":"arn:aws:iam::111122223333:role/ci"}"#;
        assert_eq!(ask(session, &own, "sts:AssumeRole", with_path), "Allowed");
        assert_eq!(ask(session, &own, "sts:AssumeRole", unnamed), "ImplicitlyDenied");
        let federating = r#""federating_user":"arn:aws:iam::111122223333:user/dana","#;
        let role = "arn:aws:iam::111122223333:user/erin";
        assert_eq!(
            ask(role, federating, "sts:AssumeRole", r#"{"AWS":"arn:aws:iam::111122223333:user/erin"}"#),
            "Allowed"
        );
        let provider = r#""context":{"aws:FederatedProvider":"accounts.google.com"},"#;
        let google = r#"{"Federated":"accounts.google.com"}"#;
        assert_eq!(ask("anonymous", provider, "sts:AssumeRoleWithWebIdentity", google), "Allowed");
        assert_eq!(ask("anonymous", provider, "sts:AssumeRole", google), "ImplicitlyDenied");
        let user = r#"{"AWS":"arn:aws:iam::111122223333:user/erin"}"#;
        assert_eq!(ask(role, "", "sts:AssumeRoleWithWebIdentity", user), "Allowed");
    }

    #[test]
    fn why_tells_on_what_a_statement_depends() {
        let options = Options { explain: true, ..Options::default() };
        let line = r#"{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",
            "resource_account":"111122223333","context_unknown":["app:K"],
            "identity_policies":[{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"app:k":"true"}}}]}]}"#;
        let result: Value = serde_json::from_str(&run_line(line, &options)).expect("a line of JSON");
        let statement = &result["pins"][0]["statements"][0];
        assert_eq!(
            (&statement["outcome"], &statement["depends_on"][0]),
            (&"depends".into(), &"app:K".into())
        );
    }

    #[test]
    fn an_unknown_key_is_named_as_it_was_spelled() {
        let result = run(
            r#"{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",
            "resource_account":"111122223333","context_unknown":["aws:MultiFactorAuthPresent"],
            "identity_policies":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
            "Condition":{"Bool":{"aws:multifactorauthpresent":"true"}}}]}]}"#,
        );
        assert_eq!(result["decision"], "Depends");
        assert_eq!(result["depends_on"][0], "aws:MultiFactorAuthPresent");
    }

    #[test]
    fn the_policy_of_a_role_is_shown_as_its_trust_policy() {
        let options = Options { explain: true, ..Options::default() };
        let layers = |action: &str, resource: &str| {
            let line = format!(
                r#"{{"principal":"arn:aws:iam::111122223333:user/u","action":"{action}","resource":"{resource}",
                "resource_account":"111122223333","resource_policy":{{"Statement":[]}}}}"#
            );
            let result: Value = serde_json::from_str(&run_line(&line, &options)).expect("a line of JSON");
            let pins = result["pins"].as_array().expect("pins").clone();
            pins.iter().map(|pin| pin["layer"].as_str().expect("a text").to_owned()).collect::<Vec<_>>()
        };
        let trust = layers("sts:AssumeRole", "arn:aws:iam::111122223333:role/r");
        assert!(trust.contains(&"trust".to_owned()) && !trust.contains(&"resource".to_owned()), "{trust:?}");
        let bucket = layers("s3:GetObject", "arn:aws:s3:::b/k");
        assert!(
            bucket.contains(&"resource".to_owned()) && !bucket.contains(&"trust".to_owned()),
            "{bucket:?}"
        );
    }

    /// AWS: IAM User Guide, "IAM JSON policy elements: Resource": such actions "apply to all resources in that service", and
    /// "you use the wildcard character".
    #[test]
    fn whether_an_action_takes_a_resource_is_looked_up() {
        let ask = |action: &str, options: &str| {
            let line = format!(
                r#"{{"principal":"arn:aws:iam::111122223333:user/u","action":"{action}","resource":"arn:aws:s3:::b",
                "resource_account":"111122223333","options":{options},
                "identity_policies":[{{"Statement":[{{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"}}]}}]}}"#
            );
            run(&line)["decision"].clone()
        };
        assert_eq!(ask("s3:ListAllMyBuckets", "null"), "ImplicitlyDenied");
        assert_eq!(ask("S3:listallmybuckets", "{}"), "ImplicitlyDenied");
        assert_eq!(ask("s3:ListAllMyBuckets", r#"{"wildcard_only":false}"#), "Allowed");
        assert_eq!(ask("s3:ListBucket", "{}"), "Allowed");
        assert_eq!(ask("s3:ListBucket", r#"{"wildcard_only":true}"#), "ImplicitlyDenied");
        assert_eq!(ask("made:Up", "{}"), "Allowed");
    }

    /// AWS: IAM User Guide, "IAM JSON policy elements: Resource": statements "must include either a `Resource` or a
    /// `NotResource` element"; the grammar makes no exception but for trust policies.
    #[test]
    fn a_statement_of_no_resource_decides_nothing_but_in_the_policy_of_a_resource() {
        let ask = |layers: &str| {
            run(&format!(
                r#"{{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",
                "resource_account":"111122223333",{layers}}}"#
            ))
        };
        let allow = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        let whole = r#"{"Statement":{"Effect":"Allow","Action":"s3:*"}}"#;
        let deny = r#"{"Statement":{"Effect":"Deny","Action":"s3:*"}}"#;
        let named = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*"}}"#;
        for (layers, place) in [
            (format!(r#""identity_policies":[{whole}]"#), "identity_policies[0]#1"),
            (format!(r#""identity_policies":[{allow},{deny}]"#), "identity_policies[1]#1"),
            (
                format!(r#""identity_policies":[{allow}],"permission_boundaries":[{whole}]"#),
                "permission_boundaries[0]#1",
            ),
            (
                format!(r#""identity_policies":[{allow}],"session_policies":[{whole}]"#),
                "session_policies[0]#1",
            ),
            (format!(r#""identity_policies":[{allow}],"scps":[[{whole}]]"#), "scps[0][0]#1"),
        ] {
            let result = ask(&layers);
            assert_eq!(result["error"], format!("`{place}` cannot be read, and it decides"), "{layers}");
        }
        assert_eq!(ask(&format!(r#""resource_policy":{named}"#))["decision"], "Allowed");
        // What AWS would make of such an operator is not known: it is told, and the statement does not match.
        let odd = |effect: &str| {
            format!(
                r#"{{"Statement":{{"Effect":"{effect}","Action":"s3:*","Resource":"*","Condition":{{"StringIs":{{"aws:username":"u"}}}}}}}}"#
            )
        };
        for (layers, place, decision) in [
            (
                format!(r#""identity_policies":[{}]"#, odd("Allow")),
                "identity_policies[0]#1",
                "ImplicitlyDenied",
            ),
            (
                format!(r#""identity_policies":[{allow},{}]"#, odd("Deny")),
                "identity_policies[1]#1",
                "Allowed",
            ),
        ] {
            let result = ask(&layers);
            assert_eq!(result["decision"], decision);
            let error = format!(
                "`{place}` cannot be read, and it decides: AWS has no such condition operator; decided as if it did not match"
            );
            assert_eq!(result["error"], error);
        }
        // Where it does not decide, it does not matter.
        assert_eq!(ask(&format!(r#""identity_policies":[{allow},{whole}]"#))["decision"], "Allowed");
        let other = whole.replace("s3:*", "sqs:*");
        assert_eq!(ask(&format!(r#""identity_policies":[{other}]"#))["decision"], "ImplicitlyDenied");
    }

    #[test]
    fn of_a_key_in_two_spellings_the_later_one_counts() {
        let ask = |context: &str| {
            let line = format!(
                r#"{{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:ListBucket","resource":"arn:aws:s3:::b",
                "resource_account":"111122223333","context":{context},
                "identity_policies":[{{"Statement":[{{"Effect":"Allow","Action":"*","Resource":"*",
                "Condition":{{"StringEquals":{{"aws:PrincipalTag/Team":"red"}}}}}}]}}]}}"#
            );
            run(&line)["decision"].clone()
        };
        let (first, second) = (r#""aws:PrincipalTag/team":"red""#, r#""aws:PrincipalTag/TEAM":"blue""#);
        assert_eq!(ask(&format!("{{{second},{first}}}")), "Allowed");
        assert_eq!(ask(&format!("{{{first},{second}}}")), "ImplicitlyDenied");
    }

    #[test]
    fn numbers_of_the_context_keep_their_digits() {
        let with = |key: &str, operator: &str, wanted: &str, given: &str| {
            format!(
                r#"{{"id": 1, "principal": "arn:aws:iam::111122223333:user/dana", "action": "s3:ListBucket",
                "resource": "arn:aws:s3:::b", "resource_account": "111122223333", "context": {{"{key}": {given}}},
                "identity_policies": [{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:*",
                "Resource": "*", "Condition": {{"{operator}": {{"{key}": {wanted}}}}}}}}}]}}"#
            )
        };
        for (wanted, given, verdict) in [
            ("\"99999999999999999999\"", "99999999999999999999", "Allowed"),
            ("\"99999999999999999999\"", "99999999999999999998", "ImplicitlyDenied"),
            ("\"0.00000001\"", "0.00000001", "Allowed"),
            ("\"0.00000001\"", "1e-8", "Allowed"),
            ("\"5\"", "[4, 5.0]", "Allowed"),
        ] {
            let operator = if given.starts_with('[') { "ForAnyValue:NumericEquals" } else { "NumericEquals" };
            let result = run(&with("s3:max-keys", operator, wanted, given));
            assert_eq!(result["decision"], verdict, "{wanted} {given}: {result}");
        }
    }

    #[test]
    fn an_id_comes_back_as_it_was() {
        let line = r#"{"id": 123456789012345678901234567890, "principal": "anonymous", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k"}"#;
        let result = run_line(line, &Options::default());
        assert!(result.starts_with(r#"{"id":123456789012345678901234567890,"#), "{result}");
        let bad = run_line(r#"{"id": 12345678901234567890123, "action": 1}"#, &Options::default());
        assert!(bad.starts_with(r#"{"id":12345678901234567890123,"decision":null"#), "{bad}");
    }

    #[test]
    fn a_role_of_another_session_is_refused() {
        let line = |role: &str| {
            format!(
                r#"{{"id": 1, "principal": "arn:aws:sts::111122223333:assumed-role/web/i-1", "role_arn": "{role}",
                "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333"}}"#
            )
        };
        assert_eq!(run(&line("arn:aws:iam::111122223333:role/app/web"))["decision"], "ImplicitlyDenied");
        for other in ["arn:aws:iam::111122223333:role/other", "arn:aws:iam::444455556666:role/web", "web"] {
            assert!(
                run(&line(other))["error"].as_str().is_some_and(|error| error.contains("role_arn")),
                "{other}"
            );
        }
    }

    #[test]
    fn what_is_no_object_is_no_request() {
        for line in ["[]", "[1, \"anonymous\", \"s3:GetObject\", \"*\"]", "7", "\"x\"", "null"] {
            let result = run(line);
            assert_eq!(result["error"], "not a request: it is not a JSON object", "{line}");
        }
        let error = run(r#"{"id": 7, "principal": 5}"#)["error"].as_str().unwrap_or_default().to_owned();
        assert!(!error.contains("line 1") && error.contains("at column"), "{error}");
    }

    #[test]
    fn explaining_names_the_statement_that_decides() {
        let line = r#"{"principal":"arn:aws:iam::111122223333:user/u","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",
            "resource_account":"111122223333","scps":[[]],
            "identity_policies":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}]}"#;
        let options = Options { explain: true, ..Options::default() };
        let result: Value = serde_json::from_str(&run_line(line, &options)).expect("a line of JSON");
        assert_eq!(result["decision"], "ImplicitlyDenied");
        assert_eq!(result["would_have_to_change"], serde_json::json!([["scp"]]));
        assert_eq!(result["pins"][0]["statements"][0]["statement"], "identity_policies[0]#1");
    }
}
