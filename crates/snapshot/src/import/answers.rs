//! One file of JSON, read as a stream: whatever lists of AWS's answers it holds, in whatever order, wrapped or not,
//! once or several times over. At most one element of a list is in memory.
//!
//! The formats need not be told apart beforehand. An object is read key by key; a key that names a list of a known
//! API starts that list, and the few fields that describe a single thing are kept until the object ends. So one page,
//! merged pages, pages one after another, and answers of several APIs side by side are all the same case.

use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;
use serde_json::value::RawValue;

use super::config_item::{self, Fields, Refused};
use super::iam::{self, Extent, Fault};
use super::text::{Place, Text};
use super::warnings::Warnings;
use super::{
    account_summary, collected_call, credential_report, document, last_accessed, organization, planned,
    resource_list,
};
use crate::arn::Arn;
use crate::error::{ErrorKind, Position, SnapshotError};
use crate::model::{AccountId, PrincipalKind};
use crate::store::{ResourcePolicy, Writer};

/// A list of a known API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Principals(PrincipalKind),
    /// Managed policies of IAM, or policies of the organization: the elements tell.
    Policies,
    /// Things that tell by themselves what they are.
    Anything,
    /// Answers to a query: things with some of their fields.
    QueryResults,
    Roots,
    Units,
    Accounts,
    InstanceProfiles,
    OidcProviders,
    SamlProviders,
    IdentityCenters,
    Assignments,
    /// What became of the calls of a collection.
    CollectedCalls,
    /// Reports of last use, each with whom it is of.
    LastAccessed,
    /// What IAM says of accounts as a whole.
    AccountSummaries,
}

fn list_of(key: &str) -> Option<List> {
    Some(match key {
        "UserDetailList" => List::Principals(PrincipalKind::User),
        "GroupDetailList" => List::Principals(PrincipalKind::Group),
        "RoleDetailList" => List::Principals(PrincipalKind::Role),
        "Policies" => List::Policies,
        "configurationItems" | "baseConfigurationItems" | "BaseConfigurationItems" => List::Anything,
        "Results" => List::QueryResults,
        "Roots" => List::Roots,
        "OrganizationalUnits" => List::Units,
        "Accounts" => List::Accounts,
        "InstanceProfiles" => List::InstanceProfiles,
        "OpenIDConnectProviderList" => List::OidcProviders,
        "SAMLProviderList" => List::SamlProviders,
        "Instances" => List::IdentityCenters,
        "AccountAssignments" => List::Assignments,
        "CollectedCalls" => List::CollectedCalls,
        "LastAccessedReports" => List::LastAccessed,
        "AccountSummaries" => List::AccountSummaries,
        _ => return None,
    })
}

/// Fields that describe a single thing; kept until the object ends.
const KEPT: &[&str] = &[
    "ARN",
    "CollectedAt",
    "Content",
    "IsTruncated",
    "Organization",
    "PermissionSet",
    "Policy",
    "ReportFormat",
    "account",
    "accountId",
    "arn",
    "attrs",
    "awsAccountId",
    "awsRegion",
    "configuration",
    "configurationItemCaptureTime",
    "configurationItemStatus",
    "policy",
    "policy_error",
    "resourceId",
    "resourceName",
    "resourceType",
    "supplementaryConfiguration",
    "tags",
    "type",
];

/// Keys that other kinds of files start with: what the file is, and what to do with it.
const FOREIGN: &[(&str, &str, &str)] = &[
    (
        "Statement",
        "is a policy, not the facts of an account",
        "a policy file alone names no account, principal or \
      resource; import the account it belongs to",
    ),
    (
        "Records",
        "is a CloudTrail log, not the facts of an account",
        "what happened is not what is allowed; import \
      `aws iam get-account-authorization-details` instead",
    ),
    (
        "ServicesLastAccessed",
        "says what was used, not who may do what",
        "import \
      `aws iam get-account-authorization-details` first",
    ),
];

/// Keys of plans of Terraform and of templates of CloudFormation, which are read otherwise: `planned`.
const PLANNED: &[&str] =
    &["AWSTemplateFormatVersion", "Resources", "planned_values", "resource_changes", "terraform_version"];

/// What a change set leaves open, its template settles.
const OF_CHANGE_SETS: &str = "a change set does not tell which of the things that it makes belong together: name the template, over the files of the account";
pub(super) const EXPECTED: &str = "expected the output of `aws iam get-account-authorization-details`, an AWS Config \
    snapshot or query, answers of the Organizations API, a credential report, a plan of `terraform show -json`, a template of \
    CloudFormation, or a folder of these";

/// What one file said, beyond the rows that it filled.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What the file was recognized as.
    pub(super) kinds: BTreeSet<&'static str>,
    /// The newest time that its items carry.
    pub(super) newest: Option<String>,
    /// Keys that nothing is known about, for the message when nothing else was found.
    unknown: BTreeSet<String>,
    /// The accounts whose authorization details are in it.
    details: BTreeSet<AccountId>,
    /// `IsTruncated` of the last page.
    truncated: bool,
}

/// Called now and then while a file is read.
pub(super) type Tick<'t> = &'t mut dyn FnMut(&Place, &Writer<'_>);

pub(super) struct Walk<'w, 'd> {
    writer: &'w mut Writer<'d>,
    warnings: &'w mut Warnings,
    place: Rc<Place>,
    outcome: Outcome,
    /// Ends the import; kept here because a deserializer can only pass words on.
    failure: Option<SnapshotError>,
    tick: Tick<'w>,
    ticked: u64,
    /// The place of a thing that came as text within the file's text, which the reader cannot count.
    inside: Option<Position>,
    /// It is a plan or template, to be read as a whole.
    planned: bool,
}

/// Bytes between two calls of `tick`.
const TICK: u64 = 1 << 20;

/// Reads the whole text. `None`: it is a plan or template, and nothing of it was taken.
pub(super) fn read(
    mut text: Text,
    writer: &mut Writer<'_>,
    warnings: &mut Warnings,
    tick: Tick<'_>,
) -> Result<Option<(Outcome, Text)>, SnapshotError> {
    let place = text.place.clone();
    let mut walk = Walk {
        writer,
        warnings,
        place: place.clone(),
        outcome: Outcome::default(),
        failure: None,
        tick,
        ticked: 0,
        inside: None,
        planned: false,
    };
    let unreadable = |error: &std::io::Error, place: &Place| {
        SnapshotError::io("read the file", error).at(place.position())
    };
    let mut documents = 0_u64;
    while let Some(first) = text.skip_to_next().map_err(|error| unreadable(&error, &place))? {
        if documents == 0 && !matches!(first, b'{' | b'[') {
            if planned::may_be_yaml(text.ahead(1 << 16)) {
                return Ok(None);
            }
            let start = String::from_utf8_lossy(text.ahead(16)).into_owned();
            let position = Position { line: 1, column: 1, offset: 0 };
            return Err(SnapshotError::new(
                ErrorKind::WrongKind,
                format!("starts with {start:?}, which is no JSON object or list"),
            )
            .at(position)
            .hint(EXPECTED));
        }
        documents += 1;
        let mut json = serde_json::Deserializer::from_reader(&mut text);
        let read = Anything { walk: &mut walk, depth: 0, selected: false }.deserialize(&mut json);
        if let Err(error) = read {
            if walk.planned {
                return Ok(None);
            }
            return Err(walk.failure.take().unwrap_or_else(|| damage(&error, &place)));
        }
    }
    if documents == 0 {
        return Err(
            SnapshotError::new(ErrorKind::Text, "is empty").hint("did the command that wrote it fail?")
        );
    }
    let outcome = walk.outcome;
    if outcome.kinds.is_empty() {
        let position = Position { line: 1, column: 1, offset: 0 };
        let mut problem = "holds nothing that belongs in a snapshot".to_owned();
        if !outcome.unknown.is_empty() {
            let keys: Vec<String> = outcome.unknown.iter().take(4).map(|key| format!("`{key}`")).collect();
            problem = format!("{problem}; its keys are {}", keys.join(", "));
        }
        let is_change_set = outcome.unknown.iter().any(|key| &**key == "ChangeSetName");
        let hint = if is_change_set { OF_CHANGE_SETS } else { EXPECTED };
        return Err(SnapshotError::new(ErrorKind::WrongKind, problem).at(position).hint(hint));
    }
    for account in &outcome.details {
        writer.iam.entry(*account).or_default().page_missing = outcome.truncated;
    }
    Ok(Some((outcome, text)))
}

fn damage(error: &serde_json::Error, place: &Place) -> SnapshotError {
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or(&words);
    let lower = words.to_lowercase();
    let (problem, hint) = if error.is_eof() {
        ("the file ends in the middle of its text".to_owned(), "it is truncated: export it again")
    } else if error.is_io() {
        (format!("cannot read on: {lower}"), "is the disk, or the gzip file, damaged?")
    } else if lower.contains("unicode") || lower.contains("utf-8") {
        ("is not UTF-8 text".to_owned(), "save it as UTF-8")
    } else {
        (format!("is not sound JSON: {lower}"), "was it edited or cut?")
    };
    SnapshotError::new(ErrorKind::Text, problem).at(place.position()).hint(hint)
}

impl Walk<'_, '_> {
    fn position(&self) -> Position {
        self.inside.unwrap_or_else(|| self.place.position())
    }

    fn tick(&mut self) {
        if self.place.raw() >= self.ticked + TICK {
            self.ticked = self.place.raw();
            (self.tick)(&self.place, self.writer);
        }
    }

    /// Gives the result of a write to the deserializer, which ends when there is a failure.
    fn stored<T, E: de::Error>(&mut self, result: Result<T, SnapshotError>) -> Result<T, E> {
        result.map_err(|failure| {
            self.failure = Some(failure);
            E::custom("the import ended")
        })
    }

    fn element(&mut self, list: List, at: usize, raw: &str, position: Position) -> Result<(), SnapshotError> {
        match list {
            List::Principals(kind) => self.principal(kind, at, raw, position),
            List::Policies => self.policy(raw, position),
            List::Anything | List::QueryResults => Ok(()),
            List::Roots | List::Units => match organization::unit(raw, list == List::Roots) {
                Ok(unit) => {
                    self.outcome.kinds.insert("organization");
                    self.writer.unit(&unit)
                }
                Err(error) => self.unreadable_of_organization(&error, position),
            },
            List::Accounts => match organization::account(raw) {
                Ok(Some(account)) => {
                    self.outcome.kinds.insert("organization");
                    self.writer.account(&account)
                }
                Ok(None) => {
                    self.warnings.add(
                        position,
                        "/Id",
                        "the account id is not twelve digits; the account is not kept",
                    );
                    self.writer.organization_unreadable += 1;
                    Ok(())
                }
                Err(error) => self.unreadable_of_organization(&error, position),
            },
            List::InstanceProfiles => match iam::instance_profile(raw) {
                Ok(profile) => {
                    self.outcome.kinds.insert("instance profiles");
                    self.writer.instance_profile(&profile)
                }
                Err(fault) => {
                    self.unreadable("instance profile", &fault, position);
                    Ok(())
                }
            },
            List::OidcProviders | List::SamlProviders => {
                self.provider(raw, list == List::SamlProviders, position)
            }
            List::IdentityCenters => self.identity_center(raw, position),
            List::Assignments => self.assignment(raw, position),
            List::CollectedCalls => match collected_call::read(raw) {
                Some(call) => self.writer.call(call),
                None => {
                    self.warnings.add(position, "", "this call of a collection could not be read");
                    Ok(())
                }
            },
            List::AccountSummaries => match account_summary::read(raw) {
                Some(summary) => self.writer.account_summary(&summary),
                None => {
                    self.warnings.add(
                        position,
                        "",
                        "this summary of an account could not be read; it is not seen",
                    );
                    Ok(())
                }
            },
            List::LastAccessed => match last_accessed::read(raw) {
                Some(report) => self.writer.last_accessed(&report),
                None => {
                    self.warnings.add(
                        position,
                        "",
                        "this report of last use could not be read; it is not seen",
                    );
                    Ok(())
                }
            },
        }
    }

    fn principal(
        &mut self,
        kind: PrincipalKind,
        at: usize,
        raw: &str,
        position: Position,
    ) -> Result<(), SnapshotError> {
        self.outcome.kinds.insert("authorization details");
        let warnings = &mut *self.warnings;
        let read = iam::principal(kind, raw, Extent::Whole, &mut |pointer, why| {
            warnings.add(position, pointer, why);
        });
        match read {
            Ok(mut facts) => {
                if kind == PrincipalKind::Role && facts.last_used.is_none() {
                    // The details always carry the last use of a role; an empty one means none was seen.
                    facts.last_used = Some((None, None));
                }
                self.outcome.details.insert(facts.account);
                self.writer.iam.entry(facts.account).or_default().details = true;
                self.writer.principal(&facts)
            }
            Err(fault) => {
                let what = match kind {
                    PrincipalKind::User => "user",
                    PrincipalKind::Group => "group",
                    PrincipalKind::Role => "role",
                };
                self.unreadable(&format!("{what} {at} of its list"), &fault, position);
                let account = self.outcome.details.iter().next_back().copied().or_else(|| account_in(raw));
                if let Some(account) = account {
                    self.writer.iam.entry(account).or_default().unreadable += 1;
                }
                Ok(())
            }
        }
    }

    fn policy(&mut self, raw: &str, position: Position) -> Result<(), SnapshotError> {
        #[derive(Deserialize)]
        struct Probe<'a> {
            #[serde(borrow, rename = "PolicySummary")]
            summary: Option<&'a RawValue>,
            #[serde(borrow, rename = "Type")]
            kind: Option<&'a RawValue>,
        }
        let warnings = &mut *self.warnings;
        let mut warn = |pointer: &str, why: &str| warnings.add(position, pointer, why);
        let of_organization = serde_json::from_str::<Probe<'_>>(raw)
            .is_ok_and(|probe| probe.summary.is_some() || probe.kind.is_some());
        if of_organization {
            return match organization::policy(raw, &mut warn) {
                Ok(policy) => {
                    self.outcome.kinds.insert("organization");
                    self.writer.org_policy(&policy)
                }
                Err(error) => self.unreadable_of_organization(&error, position),
            };
        }
        match iam::managed_policy(raw, &mut warn) {
            Ok(policy) => {
                self.outcome.kinds.insert("authorization details");
                self.writer.managed_policy(&policy)
            }
            Err(fault) => {
                self.unreadable("policy", &fault, position);
                if let Some(account) = account_in(raw) {
                    self.writer.iam.entry(account).or_default().unreadable += 1;
                }
                Ok(())
            }
        }
    }

    fn unreadable(&mut self, what: &str, fault: &Fault, position: Position) {
        let (position, why) = match fault {
            Fault::Shape(error) => (within(position, error), cause(error)),
            Fault::Arn(arn) => (position, format!("`{arn}` is not the ARN of such a thing")),
        };
        self.warnings.add(position, "", format!("this {what} could not be read: {why}; it is not seen"));
    }

    fn unreadable_of_organization(
        &mut self,
        error: &serde_json::Error,
        position: Position,
    ) -> Result<(), SnapshotError> {
        let why = cause(error);
        self.warnings.add(
            within(position, error),
            "",
            format!("this element could not be read: {why}; it is not seen"),
        );
        self.writer.organization_unreadable += 1;
        Ok(())
    }

    fn provider(&mut self, raw: &str, saml: bool, position: Position) -> Result<(), SnapshotError> {
        let value: Value = serde_json::from_str(raw).unwrap_or_default();
        let arn = value.get("Arn").and_then(Value::as_str);
        let Some((arn, account)) = arn.and_then(|arn| Some((arn, AccountId::of_arn(arn)?))) else {
            self.warnings.add(position, "/Arn", "this identity provider has no ARN; it is not seen");
            return Ok(());
        };
        self.outcome.kinds.insert("identity providers");
        // The issuer is the end of the ARN.
        let url = (!saml).then(|| arn.split_once(":oidc-provider/").map(|(_, url)| url)).flatten();
        self.writer.provider(arn, saml, account, url, None)
    }

    fn identity_center(&mut self, raw: &str, position: Position) -> Result<(), SnapshotError> {
        let value: Value = serde_json::from_str(raw).unwrap_or_default();
        let Some(arn) = value.get("InstanceArn").and_then(Value::as_str) else {
            self.warnings.add(
                position,
                "/InstanceArn",
                "this is no Identity Center instance; it is not seen",
            );
            return Ok(());
        };
        self.outcome.kinds.insert("identity center");
        let account = value.get("OwnerAccountId").and_then(Value::as_str).and_then(AccountId::parse);
        self.writer.identity_center(arn, account)
    }

    fn assignment(&mut self, raw: &str, position: Position) -> Result<(), SnapshotError> {
        let value: Value = serde_json::from_str(raw).unwrap_or_default();
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let account = text("AccountId").and_then(AccountId::parse);
        let (Some(set), Some(account), Some(principal)) =
            (text("PermissionSetArn"), account, text("PrincipalId"))
        else {
            self.warnings.add(position, "", "this account assignment is incomplete; it is not seen");
            return Ok(());
        };
        self.outcome.kinds.insert("identity center");
        self.writer.assignment(set, account, text("PrincipalType") == Some("GROUP"), principal)
    }

    /// DescribePermissionSet's object, with `InlinePolicy` and `AttachedManagedPolicies` beside when given.
    fn permission_set(&mut self, raw: &str, position: Position) -> Result<(), SnapshotError> {
        let value: Value = serde_json::from_str(raw).unwrap_or_default();
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let (Some(arn), Some(name)) = (text("PermissionSetArn"), text("Name")) else {
            self.warnings.add(
                position,
                "/PermissionSet",
                "this permission set is incomplete; it is not seen",
            );
            return Ok(());
        };
        let inline = value.get("InlinePolicy").map(|policy| match document::from_value(policy) {
            document::Carried::Text(text) => ResourcePolicy::Seen(text),
            document::Carried::Nothing => ResourcePolicy::None,
            document::Carried::Unreadable(why) => {
                self.warnings.add(
                    position,
                    "/PermissionSet/InlinePolicy",
                    format!("{why}; kept as not seen"),
                );
                ResourcePolicy::NotSeen(why)
            }
        });
        let attached = value.get("AttachedManagedPolicies").and_then(Value::as_array).map(|list| {
            list.iter().filter_map(|policy| policy.get("Arn")?.as_str().map(String::from)).collect::<Vec<_>>()
        });
        self.outcome.kinds.insert("identity center");
        self.writer.permission_set(arn, name, inline.as_ref(), attached.as_deref())
    }

    /// An object of which no key is known.
    fn nothing_known(&mut self, keys: &[String], position: Position) {
        let few: Vec<String> = keys.iter().take(4).map(|key| format!("`{key}`")).collect();
        let why = match few.is_empty() {
            true => "nothing is known from this object; it is not seen".to_owned(),
            false => {
                format!("nothing is known from this object, its keys are {}; it is not seen", few.join(", "))
            }
        };
        self.warnings.add(position, "", why);
        let room = 8_usize.saturating_sub(self.outcome.unknown.len());
        self.outcome.unknown.extend(keys.iter().take(room).cloned());
    }

    /// An object has ended: what was it? False: nothing that is known.
    fn object(&mut self, fields: &Fields, selected: bool, position: Position) -> Result<bool, SnapshotError> {
        let mut known = false;
        if let Some(at) = fields.get("CollectedAt") {
            known = true;
            self.outcome.kinds.insert("collected from AWS");
            let at = serde_json::from_str::<String>(at.get()).ok();
            self.outcome.newest = self.outcome.newest.take().max(at);
        }
        if let Some(page) = fields.get("IsTruncated") {
            known = true;
            self.outcome.truncated = page.get() == "true";
        }
        if fields.get("Organization").is_some_and(|raw| raw.get() == "null") {
            known = true;
            self.outcome.kinds.insert("organization");
            self.writer.standalone = true;
        } else if let Some(raw) = fields.get("Organization") {
            known = true;
            match organization::organization(raw.get()) {
                Ok((id, arn, management)) => {
                    self.outcome.kinds.insert("organization");
                    self.writer.organization(&id, arn.as_deref(), management)?;
                }
                Err(error) => self.unreadable_of_organization(&error, position)?,
            }
        }
        if let Some(raw) = fields.get("PermissionSet") {
            known = true;
            self.permission_set(raw.get(), position)?;
        }
        if let Some(raw) = fields.get("Policy").filter(|raw| raw.get().contains("PolicySummary")) {
            known = true;
            self.policy(raw.get(), position)?;
        }
        if let (Some(content), true) = (fields.get("Content"), fields.contains_key("ReportFormat")) {
            known = true;
            self.report(content, position)?;
        }
        if fields.contains_key("resourceType") {
            return self.config_item(fields, selected, position).map(|()| true);
        }
        if fields.contains_key("arn")
            && ["type", "policy", "attrs", "policy_error"].iter().any(|it| fields.contains_key(*it))
        {
            return self.listed(fields, position).map(|()| true);
        }
        if selected && !known {
            known = true;
            let why = "this query result has no `resourceType`; add it to the query; it is not seen";
            self.warnings.add(position, "", why);
            self.writer.unreadable_resources += 1;
        }
        Ok(known)
    }

    fn config_item(
        &mut self,
        fields: &Fields,
        selected: bool,
        position: Position,
    ) -> Result<(), SnapshotError> {
        self.outcome.kinds.insert("AWS Config");
        let warnings = &mut *self.warnings;
        let mut warn = |pointer: &str, why: &str| warnings.add(position, pointer, why);
        match config_item::take(self.writer, fields, selected, &mut warn) {
            Ok(captured) => {
                if captured > self.outcome.newest {
                    self.outcome.newest = captured;
                }
                Ok(())
            }
            Err(Refused::Store(failure)) => Err(failure),
            Err(Refused::Item(why)) => {
                self.warnings.add(
                    position,
                    "",
                    format!("this item could not be read: {why}; it is not seen"),
                );
                self.writer.unreadable_resources += 1;
                Ok(())
            }
        }
    }

    fn listed(&mut self, fields: &Fields, position: Position) -> Result<(), SnapshotError> {
        self.outcome.kinds.insert("resource list");
        let mut raw = String::from("{");
        for (name, value) in fields {
            let comma = if raw.len() > 1 { "," } else { "" };
            raw.push_str(&format!("{comma}\"{name}\":{}", value.get()));
        }
        raw.push('}');
        let warnings = &mut *self.warnings;
        let listed =
            match resource_list::entry(&raw, &mut |pointer, why| warnings.add(position, pointer, why)) {
                Ok(Some(listed)) => listed,
                Ok(None) => {
                    self.warnings.add(position, "/arn", "this is not an ARN; the resource is not seen");
                    self.writer.unreadable_resources += 1;
                    return Ok(());
                }
                Err(error) => {
                    let why = cause(&error);
                    self.warnings.add(
                        position,
                        "",
                        format!("this resource could not be read: {why}; it is not seen"),
                    );
                    self.writer.unreadable_resources += 1;
                    return Ok(());
                }
            };
        if let Some(account) = listed.resource.account {
            self.writer.resource_sources.entry(account).or_insert("the file of resources");
            if let (Some(alias), Some(arn)) = (&listed.alias, Arn::parse(&listed.resource.arn)) {
                self.writer.key_alias(account, arn.region, alias, &listed.resource.arn)?;
            }
        }
        if let Some(profile) = &listed.profile {
            self.writer.instance_profile(profile)?;
        }
        self.writer.resource(&listed.resource)
    }

    /// The answer of GetCredentialReport.
    fn report(&mut self, content: &RawValue, position: Position) -> Result<(), SnapshotError> {
        use base64::Engine as _;
        let text = serde_json::from_str::<String>(content.get()).ok();
        let text = text.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
        let Some(text) = text.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            self.warnings.add(
                position,
                "/Content",
                "the credential report is not text in base 64; it is not seen",
            );
            return Ok(());
        };
        self.outcome.kinds.insert("credential report");
        report(&text, self.writer, |line, why| {
            self.warnings.add(position, "/Content", format!("line {line}: {why}"));
        })
    }
}

/// A credential report as text.
pub(super) fn report(
    text: &str,
    writer: &mut Writer<'_>,
    mut warn: impl FnMut(u64, &str),
) -> Result<(), SnapshotError> {
    let mut lines = text.lines();
    let columns = credential_report::columns(lines.next().unwrap_or_default());
    for (number, line) in (2..).zip(lines) {
        if line.trim().is_empty() {
            continue;
        }
        let read = credential_report::line(&columns, line);
        match read.and_then(|line| Some((AccountId::of_arn(&line.arn)?, line))) {
            Some((account, line)) => {
                writer.iam.entry(account).or_default().report = true;
                writer.credentials(&line.arn, &line.credentials)?;
            }
            None => warn(number, "this line of the credential report could not be read; it is not seen"),
        }
    }
    Ok(())
}

/// The account of the first ARN in an element that cannot be read otherwise.
fn account_in(raw: &str) -> Option<AccountId> {
    raw.split('"').filter(|text| text.starts_with("arn:")).find_map(AccountId::of_arn)
}

/// The place of a fault within an element, in the file.
fn within(start: Position, error: &serde_json::Error) -> Position {
    let (line, column) = (error.line() as u64, error.column() as u64);
    match line {
        0 => start,
        1 => Position { column: start.column + column.saturating_sub(1), ..start },
        _ => Position { line: start.line + line - 1, column: column.max(1), ..start },
    }
}

/// The parser's words without its own position.
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// Any value: looks for known lists and things in it.
struct Anything<'s, 'w, 'd> {
    walk: &'s mut Walk<'w, 'd>,
    depth: u8,
    selected: bool,
}

impl<'de> DeserializeSeed<'de> for Anything<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Anything<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Anything { walk, depth, selected } = self;
        let position = walk.position();
        let mut fields = Fields::default();
        let (mut known, mut unknown, mut unknown_lists) = (false, Vec::new(), Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            if depth == 0
                && let Some((_, problem, hint)) = FOREIGN.iter().find(|(foreign, ..)| *foreign == key)
            {
                let error = SnapshotError::new(ErrorKind::WrongKind, *problem).at(position).hint(*hint);
                walk.failure = Some(error);
                return Err(A::Error::custom("the import ended"));
            }
            if depth == 0 && !known && fields.is_empty() && PLANNED.contains(&&*key) {
                walk.planned = true;
                return Err(A::Error::custom("the import ended"));
            }
            if let Some(list) = list_of(&key) {
                known = true;
                map.next_value_seed(Elements { walk: &mut *walk, list, depth })?;
            } else if matches!(&*key, "configurationItem" | "invokingEvent") {
                // A notification around one item.
                known = true;
                map.next_value_seed(Anything { walk: &mut *walk, depth: depth + 1, selected })?;
            } else if KEPT.contains(&&*key) {
                fields.insert(key, map.next_value()?);
            } else {
                let at = walk.position();
                let holds_objects = map.next_value_seed(HoldsObjects)?;
                let name: String = key.chars().take(40).collect();
                if holds_objects {
                    unknown_lists.push((at, name.clone()));
                }
                unknown.push(name);
            }
        }
        let done = walk.object(&fields, selected, position);
        known |= walk.stored(done)?;
        if !known {
            walk.nothing_known(&unknown, position);
        } else if depth == 0 && !fields.contains_key("resourceType") && !fields.contains_key("arn") {
            for (at, name) in unknown_lists {
                let why = format!("nothing is known about the list `{name}`; what it holds is not seen");
                walk.warnings.add(at, "", why);
            }
        }
        walk.tick();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Anything { walk, depth, selected } = self;
        while list
            .next_element_seed(Anything { walk: &mut *walk, depth: depth.saturating_add(1), selected })?
            .is_some()
        {}
        Ok(())
    }

    /// JSON in a string: how AWS Config's queries give their results.
    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        let Anything { walk, depth, .. } = self;
        let position = walk.position();
        let known = walk.inside.replace(position);
        let mut json = serde_json::Deserializer::from_str(text);
        let read = match depth > 4 {
            true => Err(serde_json::Error::custom("strings within strings within strings")),
            false => Anything { walk: &mut *walk, depth: depth + 1, selected: true }
                .deserialize(&mut json)
                .and_then(|()| json.end()),
        };
        walk.inside = known;
        match read {
            Ok(()) => Ok(()),
            Err(_) if walk.failure.is_some() => Err(E::custom("the import ended")),
            Err(error) => {
                let why = cause(&error);
                walk.warnings.add(
                    position,
                    "",
                    format!("the text of this element is not JSON: {why}; it is not seen"),
                );
                walk.writer.unreadable_resources += 1;
                Ok(())
            }
        }
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        self.scalar();
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.scalar();
        Ok(())
    }
}

impl Anything<'_, '_, '_> {
    fn scalar(self) {
        self.walk.warnings.at(&self.walk.place, "this element is no object; nothing is known from it");
    }
}

/// A value about which nothing is known: is it a list that holds objects, which may be facts?
struct HoldsObjects;

impl<'de> DeserializeSeed<'de> for HoldsObjects {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for HoldsObjects {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let mut objects = false;
        while let Some(element) = list.next_element::<Box<RawValue>>()? {
            objects |= element.get().starts_with('{');
        }
        Ok(objects)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }
}

/// The elements of a list of a known API.
struct Elements<'s, 'w, 'd> {
    walk: &'s mut Walk<'w, 'd>,
    list: List,
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Elements { walk, list, depth } = self;
        walk.outcome.kinds.extend(match list {
            List::Principals(_) => Some("authorization details"),
            List::Anything | List::QueryResults => Some("AWS Config"),
            List::Roots | List::Units | List::Accounts => Some("organization"),
            _ => None,
        });
        if matches!(list, List::Anything | List::QueryResults) {
            let selected = list == List::QueryResults;
            while elements
                .next_element_seed(Anything { walk: &mut *walk, depth: depth.saturating_add(1), selected })?
                .is_some()
            {}
            return Ok(());
        }
        let mut at = 0;
        while elements.next_element_seed(Element { walk: &mut *walk, list, at })?.is_some() {
            at += 1;
        }
        Ok(())
    }
}

/// One element: the only part of a list that is in memory.
struct Element<'s, 'w, 'd> {
    walk: &'s mut Walk<'w, 'd>,
    list: List,
    at: usize,
}

impl<'de> DeserializeSeed<'de> for Element<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Element { walk, list, at } = self;
        // The parser has looked at the first byte of the element, and at nothing behind it.
        let position = walk.position();
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let done = walk.element(list, at, raw.get(), position);
        walk.tick();
        walk.stored(done)
    }
}
