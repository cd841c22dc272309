//! Which permissions did an event use?
//!
//! The catalogue says which actions a logged call needs. What depends on the call is settled here by its parameters, as
//! far as they tell: versions and headers of S3, the statement of `PartiQL`, roles that are passed. What they do not tell
//! is "perhaps", see [`Need::Perhaps`].

use std::sync::{Arc, LazyLock};

use clavicle_catalog::{ActionId, Catalog, Operation};

use crate::evidence::{Need, Thing};
use crate::parameters::Parameters;
use crate::tags;
use crate::things::{Told, naming_parameters, things};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was let in and went well.
    Succeeded,
    /// It was let in, or nothing says that it was not, and failed.
    Failed,
    /// It was refused for want of a permission.
    Denied,
}

impl Outcome {
    /// By the error code of the record. Services spell denials in their own ways.
    pub fn of(error: Option<&str>) -> Self {
        let Some(code) = error.filter(|code| !code.is_empty()) else { return Self::Succeeded };
        let code = code.to_ascii_lowercase();
        // `AuthorizationError` is how SNS spells it, `VpceAccessDenied` is by the policy of a VPC endpoint.
        let denials = [
            "accessdenied",
            "unauthorizedoperation",
            "authorizationerror",
            "notauthorized",
            "unauthorizedaccess",
        ];
        if denials.iter().any(|denial| code.contains(denial)) { Self::Denied } else { Self::Failed }
    }
}

/// One permission that an event used, or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// The action.
    pub action: ActionId,
    /// Why.
    pub need: Need,
    /// On what; never empty.
    pub things: Vec<Thing>,
}

/// What calls of one name need: looked up once for many events.
#[derive(Debug)]
pub(crate) struct Asked {
    operation: Operation,
    /// Services that log under one source have a call of this name each: it was of one of these.
    either: Vec<ActionId>,
    /// Those of its actions that hand over roles.
    passing: Vec<ActionId>,
    /// The parameters that its meaning can follow from, see [`Parameters::spell`].
    pub(crate) matters: Vec<String>,
}

impl Asked {
    pub(crate) fn of(catalog: &Catalog, source: &str, name: &str) -> Self {
        let operation = operation(catalog, source, name);
        let either = shared(catalog, source, &operation);
        let mut asked = Self::of_operation(catalog, source, operation);
        asked.matters.extend(either.iter().flat_map(|action| naming_parameters(catalog, *action)));
        asked.matters.sort_unstable();
        asked.matters.dedup();
        Self { either, ..asked }
    }

    /// The same where the operation is known already.
    pub(crate) fn of_operation(catalog: &Catalog, source: &str, operation: Operation) -> Self {
        let (mut passing, mut matters) = (Vec::new(), Vec::new());
        if let Operation::Needs { always, sometimes } = &operation {
            passing.extend(always.iter().copied().filter(|action| catalog.role_passing(*action).is_some()));
            let versioned = S3_VERSIONED.iter().map(|(_, versioned)| versioned);
            let all =
                always.iter().chain(sometimes).chain(versioned.filter(|_| source == "s3.amazonaws.com"));
            matters.extend(all.flat_map(|action| naming_parameters(catalog, *action)));
            let special = [
                "versionId",
                "key",
                "statement",
                "x-amz-copy-source",
                "x-amz-tagging-directive",
                "roleArn",
                "serviceNamespace",
            ];
            matters.extend(special.map(str::to_owned));
            matters.sort_unstable();
            matters.dedup();
        }
        Self { operation, either: Vec::new(), passing, matters }
    }
}

fn operation(catalog: &Catalog, source: &str, name: &str) -> Operation {
    // Which of them, the statement says.
    if (source, name) == ("dynamodb.amazonaws.com", "ExecuteStatement") {
        return catalog.operation("dynamodb", "ExecuteStatement");
    }
    let found = catalog.event(source, name);
    // The lists of logged names say what every call needs; what some need is in the list of operations.
    if let (Operation::Needs { always, sometimes }, Some(client)) =
        (&found, source.strip_suffix(".amazonaws.com"))
        && sometimes.is_empty()
        && let Operation::Needs { always: same, sometimes } = catalog.operation(client, name)
        && same == *always
    {
        return Operation::Needs { always: same, sometimes };
    }
    found
}

/// Services that log under one source.
///
/// AWS: Application Auto Scaling User Guide, "Log Application Auto Scaling API calls using AWS CloudTrail"; IAM Identity Center
/// User Guide, "Logging IAM Identity Center API calls with AWS CloudTrail".
const SHARED: [(&str, [&str; 2]); 2] = [
    ("autoscaling.amazonaws.com", ["autoscaling", "application-autoscaling"]),
    ("sso-directory.amazonaws.com", ["identitystore", "sso-directory"]),
];

/// Of a name that services of one source share the log does not say whose call it was: these are the actions that it may
/// have been.
fn shared(catalog: &Catalog, source: &str, operation: &Operation) -> Vec<ActionId> {
    let Operation::Needs { always, .. } = operation else { return Vec::new() };
    let services = SHARED.iter().find(|(shared, _)| *shared == source).map(|(_, services)| services);
    let (Some(services), [one]) = (services, always.as_slice()) else { return Vec::new() };
    let name = catalog.short_name(*one);
    let all = services.iter().filter_map(|prefix| catalog.action(&format!("{prefix}:{name}")));
    let all: Vec<ActionId> = all.collect();
    if all.len() > 1 { all } else { Vec::new() }
}

/// Actions of S3 that an action of versions stands in for.
static S3_VERSIONED: LazyLock<Vec<(ActionId, ActionId)>> = LazyLock::new(|| {
    ids(&[
        ("s3:GetObject", "s3:GetObjectVersion"),
        ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
        ("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
        ("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"),
        ("s3:DeleteObject", "s3:DeleteObjectVersion"),
        ("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
        ("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
        ("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
    ])
});

fn ids(names: &[(&str, &str)]) -> Vec<(ActionId, ActionId)> {
    let catalog = clavicle_catalog::catalog();
    names.iter().filter_map(|(one, other)| Some((catalog.action(one)?, catalog.action(other)?))).collect()
}

/// Headers of S3 and the actions that they need.
static S3_HEADERS: LazyLock<Vec<(&str, ActionId)>> = LazyLock::new(|| {
    let catalog = clavicle_catalog::catalog();
    let headers = [
        ("x-amz-acl", "s3:PutObjectAcl"),
        ("x-amz-grant-", "s3:PutObjectAcl"),
        ("x-amz-tagging", "s3:PutObjectTagging"),
        ("x-amz-object-lock-mode", "s3:PutObjectRetention"),
        ("x-amz-object-lock-retain-until-date", "s3:PutObjectRetention"),
        ("x-amz-object-lock-legal-hold", "s3:PutObjectLegalHold"),
        ("x-amz-bypass-governance-retention", "s3:BypassGovernanceRetention"),
    ];
    headers.into_iter().filter_map(|(header, action)| Some((header, catalog.action(action)?))).collect()
});

/// The permissions of one call. `None`: not known. An empty list: it needed none.
pub(crate) fn needs(
    catalog: &Catalog,
    source: &str,
    asked: &Asked,
    outcome: Outcome,
    message: Option<&str>,
    told: &Told<'_>,
) -> Option<Vec<Needed>> {
    let refused =
        message.filter(|_| outcome == Outcome::Denied).and_then(|message| refused(catalog, message));
    let (always, sometimes) = match (&asked.operation, &refused) {
        (Operation::Needs { always, sometimes }, _) => (always.clone(), sometimes.clone()),
        // AWS itself names the action.
        (_, Some(_)) => (Vec::new(), Vec::new()),
        (Operation::Unchecked, None) => return Some(Vec::new()),
        (Operation::Unknown, None) => return None,
    };
    let (mut always, mut sometimes) = (always, sometimes);
    let mut either = asked.either.clone();
    if !either.is_empty() {
        scaling(catalog, source, told.parameters, &mut either);
        always = if let [one] = either.as_slice() { vec![*one] } else { Vec::new() };
    }
    // No event is of passing a role: it comes along.
    let pass = catalog.action("iam:PassRole");
    let before = always.len();
    always.retain(|action| Some(*action) != pass);
    let passes = always.len() < before;
    // Of several that it may have been, each may be what something comes along with.
    let is_either = either.len() > 1;
    if let Some((action, thing)) = refused {
        let own = if is_either { &either } else { &always };
        let is_own = own.is_empty() || own.contains(&action) || sometimes.contains(&action);
        let names = || own.iter().map(|own| catalog.name(*own)).collect::<Vec<_>>().join(" or ");
        let need = if is_own { Need::Own } else { Need::Along(names().into()) };
        return Some(vec![Needed { action, need, things: vec![thing] }]);
    }
    let mut found: Vec<Needed> = Vec::new();
    let mut call = Call { catalog, told, passes, found: &mut found };
    match source {
        "s3.amazonaws.com" => call.s3(&mut always, &mut sometimes),
        "dynamodb.amazonaws.com" => call.partiql(&mut always, &mut sometimes),
        "sts.amazonaws.com" => call.session(&always, &mut sometimes),
        _ => {}
    }
    for action in &always {
        call.own(*action);
    }
    if is_either {
        call.either(&either);
    }
    // A call that was denied got no further than its own actions.
    if outcome != Outcome::Denied {
        let own = if is_either { &either } else { &always };
        // What parameters settle comes before what they leave open.
        for action in own {
            call.tags(*action);
            if let Some(pass) = pass
                && (passes || sometimes.contains(&pass) || asked.passing.contains(action))
            {
                call.pass(pass, *action);
            }
        }
        call.secrets(own);
        let first = always.first().or(sometimes.first()).copied();
        for action in sometimes.iter().copied().filter(|action| !always.contains(action)) {
            call.push(action, Need::Perhaps(name(catalog, first.unwrap_or(action))), vec![Thing::NotKnown]);
        }
        own.iter().for_each(|action| call.dependents(*action));
    }
    Some(found)
}

fn name(catalog: &Catalog, action: ActionId) -> Arc<str> {
    catalog.name(action).into()
}

fn along(catalog: &Catalog, action: ActionId) -> Need {
    Need::Along(name(catalog, action))
}

/// `User: … is not authorized to perform: s3:GetObject on resource: "arn:…" because …`: the action that was refused, and on
/// what.
///
/// See AWS: IAM User Guide, Troubleshoot access denied error messages.
fn refused(catalog: &Catalog, message: &str) -> Option<(ActionId, Thing)> {
    let (_, rest) = message.split_once("not authorized to perform: ")?;
    let word = |text: &str| {
        let text = text.trim_start_matches(['"', '\'', '`']);
        let end =
            text.find(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ','));
        text[..end.unwrap_or(text.len())].trim_end_matches('.').to_owned()
    };
    let action = catalog.action(&word(rest))?;
    let thing = rest.split_once("on resource: ").map(|(_, thing)| word(thing));
    let thing = match thing.as_deref() {
        _ if catalog.is_wildcard_only(action) => Thing::Any,
        Some(arn) if arn.starts_with("arn:") && !arn.contains(['*', '?']) => Thing::Arn(arn.into()),
        _ => Thing::NotKnown,
    };
    Some((action, thing))
}

struct Call<'c> {
    catalog: &'c Catalog,
    told: &'c Told<'c>,
    /// Does every such call hand over a role?
    passes: bool,
    found: &'c mut Vec<Needed>,
}

impl Call<'_> {
    fn push(&mut self, action: ActionId, need: Need, things: Vec<Thing>) {
        if !self.found.iter().any(|known| known.action == action) {
            self.found.push(Needed { action, need, things });
        }
    }

    fn own(&mut self, action: ActionId) {
        self.push(action, Need::Own, things(self.catalog, action, self.told));
    }

    /// One of these, and nothing tells which.
    fn either(&mut self, all: &[ActionId]) {
        for action in all {
            let others: Vec<&str> =
                all.iter().filter(|other| *other != action).map(|other| self.catalog.name(*other)).collect();
            self.push(
                *action,
                Need::Either(others.join(" or ").into()),
                things(self.catalog, *action, self.told),
            );
        }
    }

    fn parameters(&self) -> &Parameters<'_> {
        self.told.parameters
    }

    /// Versions, headers and sources of copies.
    ///
    /// See AWS: Amazon S3 User Guide, Required permissions for Amazon S3 API operations: with a version the action of
    /// versions is needed instead of the other, and a header may need an action of its own. Of copies see Amazon S3 API
    /// Reference, `CopyObject`: the tags of the source are copied unless `x-amz-tagging-directive` is `REPLACE`.
    fn s3(&mut self, always: &mut Vec<ActionId>, sometimes: &mut Vec<ActionId>) {
        // Directory buckets log under a source of their own.
        sometimes.retain(|action| self.catalog.prefix(*action) == "s3");
        if self.parameters().is_empty() {
            return;
        }
        let by_name = |name: &str| self.catalog.action(name);
        let copied = self.parameters().first("x-amz-copy-source").map(str::to_owned);
        let is_partial = self.parameters().is_partial();
        // The version of the last key may have been left out.
        let keys = self.parameters().of("key").count().saturating_sub(usize::from(is_partial));
        let versions = self.parameters().of("versionId").count();
        for (plain, versioned) in S3_VERSIONED.iter().copied() {
            // Which objects a call deletes in bulk stands in its body, which is not logged.
            let is_settled = self.parameters().first("key").is_some();
            if copied.is_none() && is_settled {
                sometimes.retain(|action| *action != versioned);
                let Some(place) = always.iter().position(|action| *action == plain) else { continue };
                let is_bulk = self.catalog.name(plain) == "s3:DeleteObject";
                // The body of a bulk deletion may have keys with a version and keys without: which are which is not told
                // here. Of other calls a second key is that of a tag.
                match versions {
                    0 => {}
                    some if some < keys && is_bulk => always.push(versioned),
                    _ => always[place] = versioned,
                }
                // Of keys that were left out nothing says whether they have one.
                if is_bulk && is_partial {
                    sometimes.extend([plain, versioned]);
                }
            }
        }
        // These say whether headers come back; no call needs them. A copy takes tags along unless it is told others.
        let headers_back =
            ["s3:GetObjectTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:ListBucket"];
        let directive = self.parameters().first("x-amz-tagging-directive");
        let copies_tags =
            copied.is_some() && !directive.is_some_and(|word| word.eq_ignore_ascii_case("REPLACE"));
        let of_copies = ["s3:GetObjectTagging", "s3:PutObjectTagging"];
        let copies =
            |catalog: &Catalog, action: ActionId| copies_tags && of_copies.contains(&catalog.name(action));
        sometimes.retain(|action| {
            copies(self.catalog, *action) || !headers_back.contains(&self.catalog.name(*action))
        });
        let put = always.first().copied();
        for (header, needed) in S3_HEADERS.iter().copied().filter(|(_, needed)| sometimes.contains(needed)) {
            if self.parameters().has_header(header)
                && let Some(put) = put
            {
                let on = things(self.catalog, needed, self.told);
                self.push(needed, along(self.catalog, put), on);
            }
        }
        let is_settled =
            |action: &ActionId| !is_partial && S3_HEADERS.iter().any(|(_, needed)| needed == action);
        sometimes.retain(|action| copies(self.catalog, *action) || !is_settled(action));
        if let (Some(copied), Some(get), Some(get_version)) =
            (copied, by_name("s3:GetObject"), by_name("s3:GetObjectVersion"))
            && let Some(place) = always.iter().position(|action| *action == get)
        {
            always.remove(place);
            let (action, thing) = copy_source(&copied, self.told.partition)
                .map_or((get, Thing::NotKnown), |(thing, version)| {
                    (if version { get_version } else { get }, thing)
                });
            self.push(action, Need::Own, vec![thing]);
            sometimes.retain(|action| *action != get_version);
        }
    }

    /// Which action a statement needs, its first word says.
    ///
    /// See AWS: Amazon DynamoDB Developer Guide, IAM security policies with PartiQL for `DynamoDB`.
    fn partiql(&mut self, always: &mut Vec<ActionId>, sometimes: &mut Vec<ActionId>) {
        let Some(statement) = self.parameters().first("statement") else { return };
        let verb = statement.split_whitespace().next().unwrap_or_default();
        let action = self.catalog.action(&format!("dynamodb:PartiQL{verb}"));
        if let Some(action) = action.filter(|action| sometimes.contains(action)) {
            *always = vec![action];
            sometimes.clear();
        }
    }

    /// Tags of a session and its source identity need permissions of their own.
    ///
    /// See AWS: IAM User Guide, Pass session tags in AWS STS, and Monitor and control actions taken with assumed roles.
    fn session(&mut self, always: &[ActionId], sometimes: &mut Vec<ActionId>) {
        let Some(own) = always.first().filter(|_| !self.parameters().is_empty()) else { return };
        for (action, beginnings) in [
            ("sts:TagSession", ["tags", "transitiveTagKeys"]),
            ("sts:SetSourceIdentity", ["sourceIdentity"; 2]),
        ] {
            let Some(action) = self.catalog.action(action).filter(|action| sometimes.contains(action)) else {
                continue;
            };
            sometimes.retain(|other| *other != action);
            if beginnings.iter().any(|name| self.told.parameters.has(name)) {
                self.push(action, along(self.catalog, *own), things(self.catalog, action, self.told));
            }
        }
    }

    /// What a call of this action needs, or may need, for the tags that it carries, see [`tags`].
    fn tags(&mut self, action: ActionId) {
        if !self.parameters().has_tags() {
            return;
        }
        for tagging in tags::tagging(self.catalog, action) {
            match tags::is_certain(self.catalog, action, tagging) {
                true => {
                    let on = things(self.catalog, tagging, self.told);
                    self.push(tagging, along(self.catalog, action), on);
                }
                false => {
                    self.push(tagging, Need::Perhaps(name(self.catalog, action)), vec![Thing::NotKnown]);
                }
            }
        }
    }

    /// The role that a call of this action hands over, or may: it is in the parameters, or not told.
    ///
    /// See AWS: IAM User Guide, Grant a user permissions to pass a role to an AWS service.
    fn pass(&mut self, pass: ActionId, action: ActionId) {
        let is_role = |arn: &&str| {
            arn.starts_with("arn:")
                && arn.split(':').nth(2) == Some("iam")
                && arn.contains(":role/")
                && !arn.contains(['*', '?'])
        };
        let mut roles: Vec<Thing> = self
            .parameters()
            .iter()
            .map(|(_, value)| value)
            .filter(is_role)
            .map(|arn| Thing::Arn(arn.into()))
            .collect();
        roles.sort_unstable();
        roles.dedup();
        let is_certain = self.passes || !roles.is_empty();
        let need = match is_certain {
            true => along(self.catalog, action),
            false => Need::Perhaps(name(self.catalog, action)),
        };
        if roles.is_empty() {
            roles.push(Thing::NotKnown);
        }
        self.push(pass, need, roles);
    }

    /// Each secret of a batch needs its own permission, and to choose them by filters another.
    ///
    /// See AWS: AWS Secrets Manager API Reference, `BatchGetSecretValue`: "you must have `secretsmanager:GetSecretValue` for each
    /// secret. If you use filters, you must also have `secretsmanager:ListSecrets`".
    fn secrets(&mut self, own: &[ActionId]) {
        let by_name = |name: &str| self.catalog.action(name);
        let (Some(batch), Some(get), Some(list)) = (
            by_name("secretsmanager:BatchGetSecretValue"),
            by_name("secretsmanager:GetSecretValue"),
            by_name("secretsmanager:ListSecrets"),
        ) else {
            return;
        };
        if !own.contains(&batch) {
            return;
        }
        let along = along(self.catalog, batch);
        self.push(get, along.clone(), things(self.catalog, get, self.told));
        if self.parameters().has("filters") {
            self.push(list, along, vec![Thing::Any]);
        } else if self.parameters().is_empty() {
            self.push(list, Need::Perhaps(name(self.catalog, batch)), vec![Thing::Any]);
        }
    }

    /// What else a call of this action may need: nothing tells.
    fn dependents(&mut self, action: ActionId) {
        for other in self.catalog.dependents(action) {
            self.push(other, Need::Perhaps(name(self.catalog, action)), vec![Thing::NotKnown]);
        }
    }
}

/// Whose call it was, where two services of scaling have one of that name: those of Application Auto Scaling, and no others,
/// name the namespace of a service.
///
/// See AWS: Application Auto Scaling API Reference, `DescribeScalingActivities`, `DescribeScheduledActions`,
/// `DeleteScheduledAction`, `PutScalingPolicy`, `GetPredictiveScalingForecast`: `ServiceNamespace`, required.
fn scaling(catalog: &Catalog, source: &str, parameters: &Parameters<'_>, either: &mut Vec<ActionId>) {
    if source != "autoscaling.amazonaws.com" || parameters.is_empty() {
        return;
    }
    let names_it = parameters.first("serviceNamespace").is_some();
    either.retain(|action| (catalog.prefix(*action) == "application-autoscaling") == names_it);
}

/// `/bucket/key%20x?versionId=v`: the object, and whether a version of it was asked for.
fn copy_source(source: &str, partition: &str) -> Option<(Thing, bool)> {
    let (path, query) =
        source.split_once("?versionId=").map_or((source, None), |(path, version)| (path, Some(version)));
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let path = path.trim_start_matches('/');
    if path.starts_with("arn:") {
        return None;
    }
    let (bucket, key) = path.split_once('/')?;
    let is_one = !bucket.is_empty() && !key.is_empty() && !path.contains(['*', '?']);
    is_one.then(|| (Thing::Arn(format!("arn:{partition}:s3:::{bucket}/{key}").into()), query.is_some()))
}

#[cfg(test)]
mod tests {
    use super::{Asked, Outcome, needs};
    use crate::evidence::{Need, Thing};
    use crate::parameters::Parameters;
    use crate::things::Told;
    use clavicle_catalog::catalog;

    fn told(
        source: &str,
        name: &str,
        error: Option<&str>,
        message: Option<&str>,
        parameters: &str,
    ) -> String {
        let parameters = Parameters::read(parameters.as_bytes());
        let told =
            Told { partition: "aws", region: "r", account: "1", listed: Vec::new(), parameters: &parameters };
        let source = format!("{source}.amazonaws.com");
        let asked = Asked::of(catalog(), &source, name);
        let Some(needed) = needs(catalog(), &source, &asked, Outcome::of(error), message, &told) else {
            return "unknown".to_owned();
        };
        let words = |needed: super::Needed| {
            let need = match needed.need {
                Need::Own => "",
                Need::Along(_) => "+",
                Need::Either(_) => "|",
                Need::Perhaps(_) => "?",
            };
            let things = needed.things.iter().map(|thing| match thing {
                Thing::NotKnown => "?".to_owned(),
                Thing::Any => "*".to_owned(),
                Thing::Arn(arn) | Thing::Under(arn) => arn.rsplit(':').next().unwrap_or_default().to_owned(),
            });
            let things = things.collect::<Vec<_>>().join(",");
            format!("{need}{} {things}", catalog().name(needed.action))
        };
        needed.into_iter().map(words).collect::<Vec<_>>().join("; ")
    }

    fn went(source: &str, name: &str, parameters: &str) -> String {
        told(source, name, None, None, parameters)
    }

    /// AWS: Application Auto Scaling API Reference, `DescribeScalingActivities`: `ServiceNamespace`, required.
    #[test]
    fn a_name_that_two_services_of_a_source_have_is_of_either() {
        let (ec2, application) =
            ("autoscaling:DescribeScalingActivities", "application-autoscaling:DescribeScalingActivities");
        for (parameters, wanted) in [
            (r#"{"autoScalingGroupName":"web"}"#, format!("{ec2} *")),
            (r#"{"serviceNamespace":"ecs"}"#, format!("{application} *")),
            ("null", format!("|{ec2} *; |{application} *")),
        ] {
            assert_eq!(went("autoscaling", "DescribeScalingActivities", parameters), wanted, "{parameters}");
        }
        // One of them alone has this.
        let targets = "application-autoscaling:DescribeScalableTargets *";
        assert_eq!(went("autoscaling", "DescribeScalableTargets", "null"), targets);
        assert!(
            went("autoscaling", "PutScalingPolicy", "null")
                .contains("|application-autoscaling:PutScalingPolicy")
        );
        let group = went("sso-directory", "CreateGroup", r#"{"identityStoreId":"d-1"}"#);
        assert!(
            group.ends_with("; ?kms:Decrypt ?"),
            "whosever call it was, it may have needed this: {group}"
        );
        assert!(group.starts_with("|identitystore:CreateGroup "), "{group}");
        assert!(group.contains("; |sso-directory:CreateGroup "), "{group}");
        let denied = told("sso-directory", "CreateGroup", Some("AccessDenied"), None, "null");
        assert!(
            denied.contains("|identitystore:CreateGroup") && denied.contains("|sso-directory:CreateGroup")
        );
        let message = "User: x is not authorized to perform: identitystore:CreateGroup on resource: y";
        let denied = told("sso-directory", "CreateGroup", Some("AccessDenied"), Some(message), "null");
        assert!(denied.starts_with("identitystore:CreateGroup"), "the message says which: {denied}");
        let message = "User: x is not authorized to perform: kms:Decrypt on resource: y";
        let denied = told("sso-directory", "CreateGroup", Some("AccessDenied"), Some(message), "null");
        assert_eq!(denied, "+kms:Decrypt ?", "it is no action of either");
    }

    #[test]
    fn s3_is_told_by_its_parameters() {
        let object = r#"{"bucketName":"b","key":"k"}"#;
        assert_eq!(went("s3", "GetObject", object), "s3:GetObject b/k");
        assert_eq!(went("s3", "HeadObject", object), "s3:GetObject b/k");
        assert_eq!(
            went("s3", "GetObject", r#"{"bucketName":"b","key":"k","versionId":"v"}"#),
            "s3:GetObjectVersion b/k"
        );
        assert_eq!(went("s3", "PutObject", object), "s3:PutObject b/k");
        assert_eq!(
            went(
                "s3",
                "PutObject",
                r#"{"bucketName":"b","key":"k","x-amz-acl":"private","x-amz-tagging":"a=b"}"#
            ),
            "s3:PutObjectAcl b/k; s3:PutObjectTagging b/k; s3:PutObject b/k"
                .replace("s3:PutObjectAcl", "+s3:PutObjectAcl")
                .replace("s3:PutObjectTagging", "+s3:PutObjectTagging")
        );
        assert_eq!(
            went(
                "s3",
                "CopyObject",
                r#"{"bucketName":"b","key":"k","x-amz-copy-source":"/c/d%20e?versionId=v"}"#
            ),
            "s3:GetObjectVersion c/d e; s3:PutObject b/k; ?s3:GetObjectTagging ?; ?s3:PutObjectTagging ?"
        );
        let copy = |tags: &str| {
            let copy = r#"{"bucketName":"b","key":"k","x-amz-copy-source":"c/d","#;
            went("s3", "CopyObject", &format!("{copy}{tags}}}"))
        };
        assert_eq!(
            copy(r#""x-amz-tagging-directive":"COPY""#),
            "s3:GetObject c/d; s3:PutObject b/k; ?s3:GetObjectTagging ?; ?s3:PutObjectTagging ?"
        );
        assert_eq!(
            copy(r#""x-amz-tagging-directive":"REPLACE","x-amz-tagging":"a=b""#),
            "+s3:PutObjectTagging b/k; s3:GetObject c/d; s3:PutObject b/k"
        );
        assert_eq!(
            copy(r#""x-amz-tagging-directive":"REPLACE""#),
            "s3:GetObject c/d; s3:PutObject b/k",
            "none are put"
        );
        assert_eq!(
            went("s3", "DeleteObjects", r#"{"bucketName":"b","delete":""}"#),
            "s3:DeleteObject ?; ?s3:DeleteObjectVersion ?"
        );
        // As a request has it that was seen.
        for (keys, wanted) in [
            (r#""key":["k","l"]"#, "s3:DeleteObject b/k,b/l"),
            (
                r#""key":["k","l"],"versionId":["v"]"#,
                "s3:DeleteObject b/k,b/l; s3:DeleteObjectVersion b/k,b/l",
            ),
            (r#""key":["k","l"],"versionId":["v","w"]"#, "s3:DeleteObjectVersion b/k,b/l"),
        ] {
            assert_eq!(went("s3", "DeleteObjects", &format!(r#"{{"bucketName":"b",{keys}}}"#)), wanted);
        }
        let tags = r#"{"bucketName":"b","key":["k","team"],"versionId":["v"]}"#;
        assert!(
            !went("s3", "PutObjectTagging", tags).contains("s3:PutObjectTagging"),
            "it is of one version"
        );
        assert!(went("s3", "PutObject", "").contains("?s3:PutObjectAcl"), "headers were not logged");
    }

    /// AWS: Amazon S3 API Reference, `DeleteObjects`: up to 1,000 keys, each with a `VersionId` or without.
    #[test]
    fn of_keys_that_are_left_out_nothing_is_settled() {
        let objects = |versions: std::ops::Range<usize>| {
            let object = |at: usize| match versions.contains(&at) {
                true => format!(r#"{{"key":"k{at}","versionId":"v"}}"#),
                false => format!(r#"{{"key":"k{at}"}}"#),
            };
            let all: Vec<String> = (0..1000).map(object).collect();
            let asked = format!(r#"{{"bucketName":"b","delete":{{"object":[{}]}}}}"#, all.join(","));
            let needed = went("s3", "DeleteObjects", &asked);
            // On which things does not matter here.
            let actions = needed.split("; ").filter_map(|one| one.split(' ').next());
            actions.collect::<Vec<_>>().join(" ")
        };
        let rest = "?s3:BypassGovernanceRetention";
        let plain = format!("s3:DeleteObject {rest} ?s3:DeleteObjectVersion");
        assert_eq!(objects(0..0), plain);
        assert_eq!(objects(900..1000), plain, "those that are seen have none");
        assert_eq!(objects(0..100), format!("s3:DeleteObject s3:DeleteObjectVersion {rest}"));
        assert_eq!(objects(0..1000), format!("s3:DeleteObjectVersion {rest} ?s3:DeleteObject"));
    }

    /// AWS: Amazon SQS API Reference, `CreateQueue`: "To be able to tag a queue on creation, you must have the
    /// sqs:CreateQueue and sqs:TagQueue permissions"; Amazon SNS API Reference, `CreateTopic`, says the same.
    #[test]
    fn tags_of_what_is_made_need_an_action_of_their_own() {
        for (source, name, parameters, wanted) in [
            ("sqs", "CreateQueue", r#"{"queueName":"q","tags":{"a":"b"}}"#, "; +sqs:TagQueue"),
            ("sns", "CreateTopic", r#"{"name":"t","tags":[{"key":"a"}]}"#, "; +sns:TagResource t"),
            ("iam", "CreateRole", r#"{"roleName":"r","tags":[{"key":"a"}]}"#, "; ?iam:TagRole ?"),
            (
                "ec2",
                "RunInstances",
                r#"{"tagSpecificationSet":{"items":[{"resourceType":"instance"}]}}"#,
                "; +ec2:CreateTags",
            ),
            ("ecs", "RegisterTaskDefinition", r#"{"tags":[{"key":"a"}]}"#, "; ?ecs:TagResource ?"),
        ] {
            let needed = went(source, name, parameters);
            assert!(needed.contains(wanted), "{needed}");
        }
        let needed = went("sqs", "CreateQueue", r#"{"queueName":"q","tags":{}}"#);
        assert!(!needed.contains("TagQueue"), "{needed}");
        let denied = told("sqs", "CreateQueue", Some("AccessDenied"), None, r#"{"tags":{"a":"b"}}"#);
        assert!(!denied.contains("TagQueue"), "it got no further: {denied}");
    }

    #[test]
    fn roles_that_are_handed_over_are_named() {
        let create = went(
            "lambda",
            "CreateFunction20150331",
            r#"{"functionName":"f","role":"arn:aws:iam::1:role/p/x"}"#,
        );
        assert!(create.starts_with("lambda:CreateFunction f; "), "{create}");
        assert!(create.contains("; +iam:PassRole role/p/x; "), "{create}");
        for (source, name, parameters) in [
            ("ecs", "RegisterTaskDefinition", r#""taskRoleArn":"arn:aws:iam::1:role/x""#),
            ("ecs", "RunTask", r#""overrides":{"executionRoleArn":"arn:aws:iam::1:role/x"}"#),
            ("lambda", "UpdateFunctionConfiguration20150331v2", r#""role":"arn:aws:iam::1:role/x""#),
        ] {
            let needed = went(source, name, &format!("{{{parameters}}}"));
            assert!(needed.contains("; +iam:PassRole role/x"), "{name}: {needed}");
            let needed = went(source, name, r#"{"name":"x"}"#);
            assert!(needed.contains("; ?iam:PassRole ?"), "{name}: {needed}");
        }
        let run = went("ec2", "RunInstances", "{}");
        assert!(run.contains("?iam:PassRole ?"), "a launch template may name a profile: {run}");
        assert_eq!(
            went("sts", "AssumeRole", r#"{"roleArn":"arn:aws:iam::1:role/x"}"#),
            "sts:AssumeRole role/x"
        );
    }

    /// AWS: AWS Secrets Manager API Reference, `BatchGetSecretValue`, "Required permissions".
    #[test]
    fn secrets_of_a_batch_need_a_permission_each() {
        let (x, y) =
            ("arn:aws:secretsmanager:r:1:secret:x-abcdef", "arn:aws:secretsmanager:r:1:secret:y-abcdef");
        let get = "; +secretsmanager:GetSecretValue";
        let needed =
            went("secretsmanager", "BatchGetSecretValue", &format!(r#"{{"secretIdList":["{x}","{y}"]}}"#));
        assert!(needed.contains(&format!("{get} x-abcdef,y-abcdef")), "{needed}");
        assert!(!needed.contains("ListSecrets"), "{needed}");
        let needed = went("secretsmanager", "BatchGetSecretValue", r#"{"filters":[{"key":"name"}]}"#);
        assert!(needed.contains(&format!("{get} ?; +secretsmanager:ListSecrets *")), "{needed}");
    }

    /// AWS: AWS Step Functions Developer Guide, IAM policies for Amazon SNS: publishing to a `PhoneNumber` has `"Resource": "*"`.
    #[test]
    fn a_message_to_a_telephone_is_on_no_thing() {
        assert_eq!(went("sns", "Publish", r#"{"phoneNumber":"+15550100"}"#), "sns:Publish *");
        let hidden = r#"{"phoneNumber":"HIDDEN_DUE_TO_SECURITY_REASONS","message":"x"}"#;
        assert_eq!(went("sns", "Publish", hidden), "sns:Publish *");
        let topic = r#"{"topicArn":"arn:aws:sns:r:1:t","phoneNumber":""}"#;
        assert_eq!(went("sns", "Publish", topic), "sns:Publish t");
    }

    #[test]
    fn statements_are_told_by_their_verb() {
        let delete = r#"{"statement":"delete FROM \"t\" WHERE a=1","tableName":"t"}"#;
        assert_eq!(went("dynamodb", "ExecuteStatement", delete), "dynamodb:PartiQLDelete table/t");
        let hidden =
            went("dynamodb", "ExecuteStatement", r#"{"statement":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#);
        assert_eq!(hidden.matches('?').count(), 8, "{hidden}");
    }

    /// The message is that of AWS: IAM User Guide, Troubleshoot access denied error messages.
    #[test]
    fn denials_name_what_was_refused() {
        let message = "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: iam:PassRole on resource: \
                       arn:aws:iam::1:role/x because no identity-based policy allows the iam:PassRole action";
        assert_eq!(
            told("lambda", "CreateFunction20150331", Some("AccessDeniedException"), Some(message), ""),
            "+iam:PassRole role/x"
        );
        let message = "User: x is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::b\" with an explicit deny";
        assert_eq!(told("s3", "ListObjects", Some("AccessDenied"), Some(message), ""), "s3:ListBucket b");
        assert_eq!(
            told("ec2", "StopInstances", Some("Client.UnauthorizedOperation"), Some("encoded"), ""),
            "ec2:StopInstances ?"
        );
        assert_eq!(Outcome::of(Some("NoSuchKey")), Outcome::Failed);
        assert_eq!(Outcome::of(None), Outcome::Succeeded);
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(went("nosuch", "Thing", ""), "unknown");
        assert_eq!(went("sts", "GetCallerIdentity", ""), "");
    }
}
