//! Every call, summed up as it comes.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_catalog::{Catalog, partition_of};
use clavicle_policy::AccountId;
use clavicle_usage::{Need, Outcome, SeenCall, Thing, permissions};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::answered::Answer;
use crate::asked::{Asked, Call};
use crate::callers::Callers;
use crate::record::{Process, Record, UnknownCall, Use};
use crate::resource::{Resource, Sureness, Told, resources};

/// So many ARNs of answers are remembered, to tell the paths of names by.
const MOST_ARNS: usize = 4_096;

/// So many processes are told apart: who listens for weeks sees thousands that make a call or two each. The calls of
/// further ones are counted without their process.
const MOST_PROCESSES: usize = 1_000;

/// The sums.
#[derive(Debug)]
pub(crate) struct Ledger {
    catalog: &'static Catalog,
    pub(crate) callers: Callers,
    /// ARNs that answers named, of services whose requests name things by less.
    arns: Vec<String>,
    uses: BTreeMap<Key, Sum>,
    unknown: BTreeMap<(String, String), u64>,
    processes: BTreeSet<Process>,
    /// Calls of processes past [`MOST_PROCESSES`].
    of_further_processes: u64,
    calls: u64,
    unchecked: u64,
    started: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    access_key: String,
    process: Option<Process>,
    action: &'static str,
    need: (&'static str, Option<String>),
    resource: Option<String>,
    sureness: &'static str,
    service: String,
    operation: String,
    region: String,
}

#[derive(Debug, Clone)]
struct Sum {
    succeeded: u64,
    failed: u64,
    denied: u64,
    first: Timestamp,
    last: Timestamp,
}

impl Ledger {
    pub(crate) fn new(catalog: &'static Catalog, account: Option<AccountId>, now: Timestamp) -> Self {
        Self {
            catalog,
            callers: Callers::of(account),
            arns: Vec::new(),
            uses: BTreeMap::new(),
            unknown: BTreeMap::new(),
            processes: BTreeSet::new(),
            of_further_processes: 0,
            calls: 0,
            unchecked: 0,
            started: now,
        }
    }

    /// Takes in a call that came over HTTP. `body` is what is there of it.
    pub(crate) fn take(
        &mut self,
        asked: Asked,
        body: (&[u8], bool),
        answer: &Answer,
        process: Option<Process>,
        now: Timestamp,
    ) {
        let access_key = asked.scope.access_key.clone();
        let region = asked.region.clone();
        let unknown = (asked.scope.service.clone(), asked.unknown_name());
        let texts = answer.texts();
        let (outcome, message) = answer.outcome(&texts);
        self.calls += 1;
        let Some(call) = asked.with_body(self.catalog, body.0, body.1) else {
            *self.unknown.entry(unknown).or_default() += 1;
            return;
        };
        if call.client == "sts" && outcome == Outcome::Succeeded {
            self.callers.learn(&access_key, &call.operation, &texts);
        }
        // Answers to lists name things that nobody asked about; they tell paths all the same.
        let in_answer = texts
            .members
            .iter()
            .map(|member| member.value.as_str())
            .filter(|value| value.starts_with("arn:"));
        let in_answer: Vec<&str> = in_answer.take(MOST_ARNS).collect();
        let is_named_by_less = |arn: &&&str| matches!(arn.split(':').nth(2), Some("iam" | "secretsmanager"));
        for arn in in_answer.iter().filter(is_named_by_less) {
            if self.arns.len() < MOST_ARNS && !self.arns.iter().any(|known| known == arn) {
                self.arns.push((*arn).to_owned());
            }
        }
        let process = process.and_then(|process| self.told_apart(process));
        let caller = Caller { access_key, process, region };
        self.count(&call, &in_answer, &caller, (outcome, message.as_deref()), now, &unknown.0);
    }

    /// Takes in a call that an SDK told of by itself: no parameters are known.
    pub(crate) fn take_told(&mut self, told: ToldCall, now: Timestamp) {
        self.calls += 1;
        let call = Call {
            path: String::new(),
            client: told.client,
            operation: told.operation,
            parameters: crate::parameters::Parameters { is_partial: true, ..Default::default() },
            headers: Vec::new(),
        };
        let caller = Caller { access_key: told.access_key, process: None, region: told.region };
        let client = call.client.clone();
        self.count(&call, &[], &caller, (told.outcome, None), now, &client);
    }

    fn told_apart(&mut self, process: Process) -> Option<Process> {
        if !self.processes.contains(&process) {
            if self.processes.len() >= MOST_PROCESSES {
                self.of_further_processes += 1;
                return None;
            }
            self.processes.insert(process.clone());
        }
        Some(process)
    }

    fn count(
        &mut self,
        call: &Call,
        in_answer: &[&str],
        caller: &Caller,
        (outcome, message): (Outcome, Option<&str>),
        now: Timestamp,
        signed_for: &str,
    ) {
        let mut answered: Vec<&str> =
            in_answer.iter().copied().chain(self.arns.iter().map(String::as_str)).collect();
        answered.sort_unstable();
        answered.dedup();
        let account =
            self.callers.account(&caller.access_key).map(|account| account.to_string()).unwrap_or_default();
        let told = Told {
            operation: &call.operation,
            partition: partition_of(&caller.region).name,
            region: &caller.region,
            account: &account,
            parameters: &call.parameters,
            answered: &answered,
        };
        let Some(needs) = needs(self.catalog, call, &told, outcome, message) else {
            *self.unknown.entry((signed_for.to_owned(), call.operation.clone())).or_default() += 1;
            return;
        };
        if needs.is_empty() {
            self.unchecked += 1;
        }
        for (action, need, resource, sureness) in needs {
            let key = Key {
                access_key: caller.access_key.clone(),
                process: caller.process.clone(),
                action,
                need,
                resource,
                sureness,
                service: call.client.clone(),
                operation: call.operation.clone(),
                region: caller.region.clone(),
            };
            let sum = self.uses.entry(key).or_insert(Sum {
                succeeded: 0,
                failed: 0,
                denied: 0,
                first: now,
                last: now,
            });
            sum.last = now;
            match outcome {
                Outcome::Succeeded => sum.succeeded += 1,
                Outcome::Failed => sum.failed += 1,
                Outcome::Denied => sum.denied += 1,
            }
        }
    }

    /// How many calls came in.
    pub(crate) fn calls(&self) -> u64 {
        self.calls
    }

    /// All that came in.
    pub(crate) fn record(
        &self,
        source: &'static str,
        mut not_recorded: Vec<String>,
        ended: Option<Timestamp>,
    ) -> Record {
        if self.of_further_processes > 0 {
            not_recorded.push(format!(
                "which processes made {} of the calls: {MOST_PROCESSES} others had called before",
                self.of_further_processes
            ));
        }
        let uses = self.uses.iter().map(|(key, sum)| Use {
            access_key: key.access_key.clone(),
            principal: self.callers.arn(&key.access_key).map(str::to_owned),
            account: self.callers.account(&key.access_key).map(|account| account.to_string()),
            process: key.process.clone(),
            service: key.service.clone(),
            operation: key.operation.clone(),
            region: key.region.clone(),
            action: key.action.to_owned(),
            need: key.need.0,
            because_of: key.need.1.clone(),
            resource: key.resource.clone(),
            sureness: key.sureness,
            succeeded: sum.succeeded,
            failed: sum.failed,
            denied: sum.denied,
            first: sum.first.to_string(),
            last: sum.last.to_string(),
        });
        let unknown = self.unknown.iter().map(|((service, operation), calls)| UnknownCall {
            service: service.clone(),
            operation: operation.clone(),
            calls: *calls,
        });
        Record {
            clavicle_record: 1,
            started: self.started.to_string(),
            ended: ended.map(|ended| ended.to_string()),
            source,
            data_date: self.catalog.data_date().to_owned(),
            calls: self.calls,
            unchecked: self.unchecked,
            uses: uses.collect(),
            unknown: unknown.collect(),
            not_recorded,
        }
    }
}

struct Caller {
    access_key: String,
    process: Option<Process>,
    region: String,
}

/// A call as client-side monitoring tells it.
#[derive(Debug)]
pub(crate) struct ToldCall {
    pub(crate) client: String,
    pub(crate) operation: String,
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) outcome: Outcome,
}

type NeedOnThing = (&'static str, (&'static str, Option<String>), Option<String>, &'static str);

/// The permissions of a call, one for each thing. `None`: not known.
fn needs(
    catalog: &'static Catalog,
    call: &Call,
    told: &Told<'_>,
    outcome: Outcome,
    message: Option<&str>,
) -> Option<Vec<NeedOnThing>> {
    if let Some(parts) = transaction(catalog, call) {
        let on_tables = parts.into_iter().flat_map(|(action, table)| {
            let parameters = crate::parameters::Parameters {
                members: vec![crate::parameters::Member { path: vec!["TableName".to_owned()], value: table }],
                is_partial: false,
            };
            let found = resources(catalog, action, &Told { parameters: &parameters, ..*told });
            found.into_iter().map(move |resource| on(catalog.name(action), ("own", None), resource))
        });
        return Some(on_tables.collect());
    }
    if let Some(needs) = managed_api(catalog, call, told) {
        return Some(needs);
    }
    let exact_arns = match catalog.operation(&call.client, &call.operation) {
        clavicle_catalog::Operation::Needs { always, sometimes } => always
            .into_iter()
            .chain(sometimes)
            .flat_map(|action| resources(catalog, action, told))
            .filter(|resource| resource.sureness == Sureness::Exact && !resource.arn.contains('*'))
            .map(|resource| resource.arn)
            .collect(),
        _ => Vec::new(),
    };
    let mut arns = exact_arns;
    arns.extend(objects(call, told.partition));
    arns.sort_unstable();
    arns.dedup();
    let parameters = as_logged(call);
    let seen = SeenCall {
        client: &call.client,
        operation: &call.operation,
        partition: told.partition,
        region: told.region,
        account: told.account,
        arns,
        parameters: parameters.as_bytes(),
        outcome,
        message,
    };
    let mut all = Vec::new();
    for mut needed in permissions(catalog, seen)? {
        match asked_by_header(call, catalog.name(needed.action)) {
            Some(false) => continue,
            Some(true) => needed.need = Need::Along("s3:CreateBucket".into()),
            None => {}
        }
        let need = match needed.need {
            Need::Own => ("own", None),
            Need::Along(of) => ("along", Some(of.to_string())),
            // The service was asked by its name: it is one action or the other for a log alone.
            Need::Either(of) | Need::Perhaps(of) => ("perhaps", Some(of.to_string())),
        };
        let name = catalog.name(needed.action);
        let is_known = |thing: &Thing| matches!(thing, Thing::Any | Thing::Arn(_));
        // What the request tells beyond one ARN: patterns, log groups, indexes.
        let all_known = needed.things.iter().all(is_known);
        let is_any = needed.things == [Thing::Any];
        let looks = (need.0 == "own" && !is_any) || (need.0 == "along" && !all_known);
        let own = if looks { resources(catalog, needed.action, told) } else { Vec::new() };
        let settled = all_known && (call.client == "s3" || own.is_empty() || message.is_some());
        if settled || own.is_empty() {
            all.extend(needed.things.into_iter().map(|thing| match thing {
                Thing::Any => (name, need.clone(), Some("*".to_owned()), "any"),
                Thing::Arn(arn) => (name, need.clone(), Some(arn.to_string()), "exact"),
                Thing::NotKnown | Thing::Under(_) => (name, need.clone(), None, "unknown"),
            }));
        } else {
            all.extend(own.into_iter().map(|resource| on(name, need.clone(), resource)));
        }
    }
    if let Some(key) =
        call.headers.iter().find(|(name, _)| name == "x-amz-server-side-encryption-aws-kms-key-id")
    {
        all.extend(data_key(catalog, call, &key.1, told));
    }
    Some(all)
}

fn on(action: &'static str, need: (&'static str, Option<String>), resource: Resource) -> NeedOnThing {
    let sureness = match resource.sureness {
        Sureness::Exact => "exact",
        Sureness::Assumed => "assumed",
        Sureness::Pattern => "pattern",
    };
    (action, need, Some(resource.arn), sureness)
}

/// What a transaction is made of.
///
/// See AWS: Amazon DynamoDB Developer Guide, Amazon DynamoDB Transactions and IAM: each part needs the permission of the
/// operation that it is.
fn transaction(catalog: &Catalog, call: &Call) -> Option<Vec<(clavicle_catalog::ActionId, String)>> {
    if call.client != "dynamodb" || !call.operation.starts_with("Transact") {
        return None;
    }
    let mut parts = Vec::new();
    for member in &call.parameters.members {
        let [list, part, last] = member.path.as_slice() else { continue };
        let action = match (list.as_str(), part.as_str(), last.as_str()) {
            ("TransactItems", "Put", "TableName") => "dynamodb:PutItem",
            ("TransactItems", "Update", "TableName") => "dynamodb:UpdateItem",
            ("TransactItems", "Delete", "TableName") => "dynamodb:DeleteItem",
            ("TransactItems", "ConditionCheck", "TableName") => "dynamodb:ConditionCheckItem",
            ("TransactItems", "Get", "TableName") => "dynamodb:GetItem",
            _ => continue,
        };
        parts.push((catalog.action(action)?, member.value.clone()));
    }
    parts.sort();
    parts.dedup();
    (!parts.is_empty() && !call.parameters.is_partial).then_some(parts)
}

/// Does a header of a call that makes a bucket ask for this action, too? `None`: no header decides that.
///
/// See AWS: Amazon S3 API Reference, `CreateBucket`, Permissions.
fn asked_by_header(call: &Call, action: &str) -> Option<bool> {
    const BY_HEADER: &[(&str, &str)] = &[
        ("s3:PutBucketAcl", "x-amz-acl"),
        ("s3:PutBucketAcl", "x-amz-grant-"),
        ("s3:PutBucketObjectLockConfiguration", "x-amz-bucket-object-lock-enabled"),
        ("s3:PutBucketVersioning", "x-amz-bucket-object-lock-enabled"),
        ("s3:PutBucketOwnershipControls", "x-amz-object-ownership"),
    ];
    if call.client != "s3" || call.operation != "CreateBucket" {
        return None;
    }
    let mut deciding =
        BY_HEADER.iter().filter(|(known, _)| *known == action).map(|(_, header)| *header).peekable();
    deciding.peek()?;
    Some(deciding.any(|header| call.headers.iter().any(|(name, _)| name.starts_with(header))))
}

/// Calls that manage API Gateway are HTTP methods on paths, and their resources are those paths.
///
/// See AWS: API Gateway Developer Guide, API Gateway management: ARNs `arn:partition:apigateway:region::resource-path`.
fn managed_api(catalog: &Catalog, call: &Call, told: &Told<'_>) -> Option<Vec<NeedOnThing>> {
    if !matches!(call.client.as_str(), "apigateway" | "apigatewayv2") || !call.path.starts_with('/') {
        return None;
    }
    let clavicle_catalog::Operation::Needs { always, .. } = catalog.operation(&call.client, &call.operation)
    else {
        return None;
    };
    let is_plain = !call.path.contains(['*', '?', '%', '$']);
    let resource = format!("arn:{}:apigateway:{}::{}", told.partition, told.region, call.path);
    let resource = is_plain.then_some(resource);
    let sureness = if is_plain { "exact" } else { "unknown" };
    let on_path = |action| (catalog.name(action), ("own", None), resource.clone(), sureness);
    Some(always.into_iter().map(on_path).collect())
}

/// The objects that a call deletes in bulk.
fn objects(call: &Call, partition: &str) -> Vec<String> {
    if call.client != "s3" || call.operation != "DeleteObjects" {
        return Vec::new();
    }
    let Some(bucket) = call.parameters.first("Bucket") else { return Vec::new() };
    call.parameters.of("Key").map(|key| format!("arn:{partition}:s3:::{bucket}/{key}")).collect()
}

/// An object that is encrypted with a named key takes a data key.
///
/// See AWS: Amazon S3 User Guide, Using server-side encryption with AWS KMS keys, Permissions.
fn data_key(catalog: &Catalog, call: &Call, key: &str, told: &Told<'_>) -> Option<NeedOnThing> {
    let action = catalog.name(catalog.action("kms:GenerateDataKey")?);
    let because = Some(
        catalog
            .name(catalog.action(&format!(
                "s3:{}",
                if call.operation.starts_with("Create") || call.operation.starts_with("Copy") {
                    "PutObject"
                } else {
                    call.operation.as_str()
                }
            ))?)
            .to_owned(),
    );
    let is_id = key.len() == 36 && key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let arn = match key {
        _ if key.starts_with("arn:") && key.contains(":key/") => Some(key.to_owned()),
        _ if is_id && !told.account.is_empty() => {
            Some(format!("arn:{}:kms:{}:{}:key/{key}", told.partition, told.region, told.account))
        }
        _ => None,
    };
    let sureness = if arn.is_some() { "exact" } else { "unknown" };
    Some((action, ("along", because), arn, sureness))
}

/// The parameters as a log has them, as far as they decide which permissions are needed.
fn as_logged(call: &Call) -> String {
    let mut logged = Map::new();
    let is_s3 = call.client == "s3";
    for member in &call.parameters.members {
        let Some(name) = member.path.last() else { continue };
        let name = match name.as_str() {
            "Bucket" if is_s3 => "bucketName",
            "Key" if is_s3 => "key",
            "VersionId" if is_s3 => "versionId",
            _ if is_s3 => name.as_str(),
            // As the outermost of a log, with a small first letter; names are compared without case.
            _ => member.path.first().unwrap_or(name),
        };
        let value = Value::String(member.value.clone());
        match logged.get_mut(name) {
            Some(Value::Array(values)) => values.push(value),
            _ => {
                logged.insert(name.to_owned(), Value::Array(vec![value]));
            }
        }
    }
    for (name, value) in &call.headers {
        logged.insert(name.clone(), Value::String(value.clone()));
    }
    Value::Object(logged).to_string()
}
