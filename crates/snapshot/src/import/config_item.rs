//! One configuration item of AWS Config, whatever file it came in.
//!
//! Parts of an item come as JSON, as JSON in a string, or as JSON in a string in a string, depending on the API and
//! the age of the type, so every part is unfolded before it is read. Only named fields are kept: see `safe_facts`.
//! See AWS: AWS Config Developer Guide, "Components of a configuration item".

use std::borrow::Cow;

use foldhash::HashMap;
use serde_json::Value;
use serde_json::value::RawValue;

use super::config_types::{self, PolicyPlace};
use super::document::{self, Carried};
use super::iam::{self, Extent, Fault, Warn};
use super::{roles, safe_facts};
use crate::arn::Arn;
use crate::error::SnapshotError;
use crate::model::{AccountId, CoverageState, PrincipalKind};
use crate::store::{
    CONFIG_CANNOT, CallFacts, NOT_CARRIED, ProfileFacts, ResourceFacts, ResourcePolicy, UNREADABLE, Writer,
};

/// The fields of an object, still as text.
pub(super) type Fields = HashMap<String, Box<RawValue>>;

/// What AWS RAM shares, with the policy by which it does, as a collection lays it there.
const SHARED: &str = "AWS::RAM::SharedResource";

const IDENTITY_POOL: &str = "AWS::Cognito::IdentityPool";

/// Why an item was not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// It is not understood; the reason goes into a warning.
    Item(String),
    /// The database failed: the whole import ends.
    Store(SnapshotError),
}

impl From<SnapshotError> for Refused {
    fn from(error: SnapshotError) -> Refused {
        Refused::Store(error)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        Refused::Item(match fault {
            Fault::Shape(error) => format!("the configuration is not of the expected shape: {error}"),
            Fault::Arn(arn) => format!("`{arn}` is not the ARN of such a thing"),
        })
    }
}

struct Item<'f> {
    config_type: String,
    arn: String,
    account: Option<AccountId>,
    region: Option<String>,
    name: Option<String>,
    captured: Option<String>,
    configuration: Value,
    supplement: Value,
    /// The same with its parts still as text, where they are: a policy in it may have lines that people know.
    supplement_as_found: Value,
    has_supplement: bool,
    tags: Option<Vec<(String, String)>>,
    extent: Extent,
    fields: &'f Fields,
}

/// Takes one item. The answer is the time at which AWS Config captured it.
pub(super) fn take(
    writer: &mut Writer<'_>,
    fields: &Fields,
    selected: bool,
    warn: Warn<'_>,
) -> Result<Option<String>, Refused> {
    let item = read(fields, selected)?;
    let captured = item.captured.clone();
    if config_types::is_no_resource(&item.config_type) {
        return Ok(captured);
    }
    let status = word(fields, "configurationItemStatus").unwrap_or_default();
    if status.starts_with("ResourceDeleted") {
        if !item.arn.is_empty() {
            writer.delete(&item.arn, item.captured.as_deref())?;
        }
        return Ok(captured);
    }
    match item.config_type.as_str() {
        "AWS::IAM::User" => principal(writer, &item, PrincipalKind::User, "user", warn)?,
        "AWS::IAM::Group" => principal(writer, &item, PrincipalKind::Group, "group", warn)?,
        "AWS::IAM::Role" => principal(writer, &item, PrincipalKind::Role, "role", warn)?,
        "AWS::IAM::Policy" => managed_policy(writer, &item, warn)?,
        "AWS::IAM::InstanceProfile" => instance_profile(writer, &item)?,
        "AWS::IAM::OIDCProvider" => provider(writer, &item, false)?,
        "AWS::IAM::SAMLProvider" => provider(writer, &item, true)?,
        "AWS::KMS::Alias" => key_alias(writer, &item)?,
        "AWS::S3::AccountPublicAccessBlock" => account_block(writer, &item)?,
        // What its own service tells of a policy is the whole of it, and what AWS RAM tells a part.
        SHARED
            if config_types::may_have_policy(
                &Arn::parse(needs_arn(&item)?).map_or(String::new(), |arn| arn.kind()),
            ) => {}
        _ => resource(writer, &item, warn)?,
    }
    Ok(captured)
}

fn read(fields: &Fields, selected: bool) -> Result<Item<'_>, Refused> {
    let configuration = part(fields, "configuration");
    let supplement_as_found = part(fields, "supplementaryConfiguration");
    let supplement = match &supplement_as_found {
        Value::Object(parts) => {
            Value::Object(parts.iter().map(|(key, value)| (key.clone(), unfold(value.clone()))).collect())
        }
        other => other.clone(),
    };
    let config_type = word(fields, "resourceType").unwrap_or_default();
    let named = ["ARN", "arn", "resourceId"].iter().filter_map(|field| word(fields, field));
    let named =
        named.chain(["arn"].iter().filter_map(|it| field(&configuration, it)?.as_str().map(String::from)));
    let mut arn = named.into_iter().find(|text| Arn::parse(text).is_some()).unwrap_or_default();
    let name = word(fields, "resourceName").filter(|name| !name.is_empty());
    if arn.is_empty() && config_type == "AWS::S3::Bucket" {
        // A bucket's ARN is its name; only the partition has to be known, and other partitions' regions say so.
        let partition = match word(fields, "awsRegion").as_deref() {
            Some(region) if region.starts_with("cn-") => "aws-cn",
            Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let name = name.clone().or_else(|| word(fields, "resourceId"));
        arn = name.map(|name| format!("arn:{partition}:s3:::{name}")).unwrap_or_default();
    }
    let account = ["awsAccountId", "accountId"].iter().find_map(|it| AccountId::parse(&word(fields, it)?));
    Ok(Item {
        account: account.or_else(|| AccountId::of_arn(&arn)),
        region: word(fields, "awsRegion").filter(|region| !region.is_empty() && region != "global"),
        name,
        captured: word(fields, "configurationItemCaptureTime"),
        tags: tags(&part(fields, "tags")),
        // Of what it shares AWS RAM tells the policy alone.
        extent: if selected || config_type == SHARED { Extent::Selected } else { Extent::Whole },
        has_supplement: supplement.is_object(),
        config_type,
        arn,
        configuration,
        supplement,
        supplement_as_found,
        fields,
    })
}

/// A field that is text; numbers (account ids) count as text.
fn word(fields: &Fields, name: &str) -> Option<String> {
    match serde_json::from_str(fields.get(name)?.get()).ok()? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn part(fields: &Fields, name: &str) -> Value {
    fields.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok()).map_or(Value::Null, unfold)
}

/// JSON that comes as a string, possibly more than once.
fn unfold(mut value: Value) -> Value {
    for _ in 0..3 {
        let Value::String(text) = &value else { break };
        if !text.trim_start().starts_with(['{', '[', '"']) {
            break;
        }
        match serde_json::from_str(text) {
            Ok(inner) => value = inner,
            Err(_) => break,
        }
    }
    value
}

/// A field of an object; AWS Config spells the same field with and without a capital.
pub(super) fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object
        .get(name)
        .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn tags(value: &Value) -> Option<Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| Some((key.clone(), text(value)?))).collect(),
        // Query results list them.
        Value::Array(list) => {
            list.iter().map(|tag| Some((text(field(tag, "key")?)?, text(field(tag, "value")?)?))).collect()
        }
        _ => None,
    }
}

fn principal(
    writer: &mut Writer<'_>,
    item: &Item<'_>,
    kind: PrincipalKind,
    name: &'static str,
    warn: Warn<'_>,
) -> Result<(), Refused> {
    let raw = iam_configuration(item)?;
    let mut facts =
        iam::principal(kind, &raw, item.extent, &mut |at, why| warn(&format!("/configuration{at}"), why))?;
    if let Some(tags) = item.tags.as_ref().filter(|tags| !tags.is_empty()) {
        facts.tags = Some(tags.clone());
    }
    facts.seen_at.clone_from(&item.captured);
    writer.iam.entry(facts.account).or_default().config_types.insert(name);
    writer.principal(&facts)?;
    Ok(())
}

fn managed_policy(writer: &mut Writer<'_>, item: &Item<'_>, warn: Warn<'_>) -> Result<(), Refused> {
    let raw = iam_configuration(item)?;
    let mut facts = iam::managed_policy(&raw, &mut |at, why| warn(&format!("/configuration{at}"), why))?;
    facts.seen_at.clone_from(&item.captured);
    if let Some(account) = AccountId::of_arn(&facts.arn) {
        writer.iam.entry(account).or_default().config_types.insert("policy");
    }
    writer.managed_policy(&facts)?;
    Ok(())
}

/// The configuration as text, with the ARN in it.
fn iam_configuration(item: &Item<'_>) -> Result<String, Refused> {
    let raw = item.fields.get("configuration").map(|raw| raw.get());
    match (&item.configuration, raw) {
        (Value::Object(_), Some(raw))
            if raw.starts_with('{') && field(&item.configuration, "arn").is_some() =>
        {
            Ok(raw.to_owned())
        }
        (Value::Object(object), _) => {
            let mut object = object.clone();
            if field(&item.configuration, "arn").is_none() {
                object.insert("arn".to_owned(), item.arn.clone().into());
            }
            Ok(Value::Object(object).to_string())
        }
        _ => Err(Refused::Item("the item carries no configuration".to_owned())),
    }
}

fn instance_profile(writer: &mut Writer<'_>, item: &Item<'_>) -> Result<(), Refused> {
    let account = item.account.ok_or_else(|| Refused::Item("the item names no account".to_owned()))?;
    let arn = needs_arn(item)?;
    let role = field(&item.configuration, "roles").and_then(Value::as_array).and_then(|roles| roles.first());
    let role = role.and_then(|role| role.as_str().or_else(|| field(role, "arn")?.as_str()));
    let role = role.map(|role| roles::role_arn(role, account, arn));
    writer.instance_profile(&ProfileFacts { arn: arn.to_owned(), account, role })?;
    Ok(())
}

fn provider(writer: &mut Writer<'_>, item: &Item<'_>, saml: bool) -> Result<(), Refused> {
    let account = item.account.ok_or_else(|| Refused::Item("the item names no account".to_owned()))?;
    let url = field(&item.configuration, "url")
        .and_then(Value::as_str)
        .map(|url| url.trim_start_matches("https://"));
    let clients = field(&item.configuration, "clientIdList").and_then(Value::as_array);
    let clients: Option<Vec<String>> = clients
        .map(|clients| clients.iter().filter_map(|client| client.as_str().map(String::from)).collect());
    writer.provider(needs_arn(item)?, saml, account, url, clients.as_deref())?;
    Ok(())
}

fn key_alias(writer: &mut Writer<'_>, item: &Item<'_>) -> Result<(), Refused> {
    let text = |name: &str| field(&item.configuration, name).and_then(Value::as_str);
    let arn = Arn::parse(needs_arn(item)?).expect("an ARN that `read` has parsed");
    let alias = text("aliasName").unwrap_or(arn.resource);
    // Aliases that AWS made for keys not yet used have no target.
    let (Some(key), Some(account)) = (text("targetKeyId"), item.account) else { return Ok(()) };
    let key = match Arn::parse(key) {
        Some(_) => key.to_owned(),
        None => format!("arn:{}:kms:{}:{account}:key/{key}", arn.partition, arn.region),
    };
    writer.key_alias(account, arn.region, alias, &key)?;
    Ok(())
}

fn account_block(writer: &mut Writer<'_>, item: &Item<'_>) -> Result<(), Refused> {
    let account = item.account.ok_or_else(|| Refused::Item("the item names no account".to_owned()))?;
    let block = safe_facts::public_access_block(&item.configuration).ok_or_else(|| {
        Refused::Item("the four switches of the block of public access are missing".to_owned())
    })?;
    writer.public_access_block(account, &block)?;
    Ok(())
}

fn needs_arn<'i>(item: &'i Item<'_>) -> Result<&'i str, Refused> {
    match item.arn.as_str() {
        "" => Err(Refused::Item(format!("the `{}` item names no ARN", item.config_type))),
        arn => Ok(arn),
    }
}

fn resource(writer: &mut Writer<'_>, item: &Item<'_>, warn: Warn<'_>) -> Result<(), Refused> {
    let arn = Arn::parse(needs_arn(item)?).expect("an ARN that `read` has parsed");
    let (kind, place) = match config_types::known(&item.config_type) {
        Some((kind, place)) => (kind.to_owned(), Some(place)),
        None => (arn.kind(), None),
    };
    let policy = match (policy_beside(item, warn), place) {
        (Some(policy), _) => policy,
        (None, Some(place)) => policy_at(item, place, warn),
        (None, None) => policy_anywhere(item, &kind, warn),
    };
    let whole = item.extent == Extent::Whole;
    let runs_as = roles::of(&item.config_type, &item.configuration, item.account, &item.arn);
    let name = match item.name.as_deref() {
        // For some types the name that AWS Config gives is the ARN again.
        Some(name) if Arn::parse(name).is_none() && kind != "secretsmanager:secret" => name.to_owned(),
        _ => arn.name().into_owned(),
    };
    if let Some(account) = item.account {
        writer.resource_sources.entry(account).or_insert("AWS Config");
    }
    // A collection lays no status beside what it read, and tells of its calls itself.
    if item.config_type == IDENTITY_POOL && item.fields.contains_key("configurationItemStatus") {
        writer.untold(roles_of_pool(item));
    }
    writer.resource(&ResourceFacts {
        kind,
        account: item.account,
        // A bucket's ARN has no region, its item has.
        region: item.region.clone().or_else(|| (!arn.region.is_empty()).then(|| arn.region.to_owned())),
        name,
        policy,
        tags: item.tags.clone(),
        runs_as: (whole || !runs_as.is_empty()).then_some(runs_as),
        facts: safe_facts::of(&item.configuration, &item.supplement),
        seen_at: item.captured.clone(),
        arn: item.arn.clone(),
    })?;
    Ok(())
}

/// The roles of an identity pool are set by a call of their own, and AWS Config records none of them.
fn roles_of_pool(item: &Item<'_>) -> CallFacts {
    CallFacts {
        call: "cognito-identity:GetIdentityPoolRoles".to_owned(),
        account: item.account,
        region: item.region.clone(),
        state: CoverageState::Unsupported,
        reason: CONFIG_CANNOT.to_owned(),
        things: 1,
        until: None,
    }
}

/// A collection lays the policy beside the item, which no item of AWS Config has: the text, null for "there is none", or
/// in `policy_error` why it was not seen.
fn policy_beside(item: &Item<'_>, warn: Warn<'_>) -> Option<ResourcePolicy> {
    let Some(raw) = item.fields.get("policy") else {
        return word(item.fields, "policy_error").map(ResourcePolicy::NotSeen);
    };
    if !matches!(raw.get(), "null" | "\"\"" | "{}" | "[]") && !raw.get().contains("Statement") {
        return None;
    }
    Some(match document::of_one_or_several(raw) {
        Carried::Text(text) => ResourcePolicy::Seen(text),
        Carried::Nothing => ResourcePolicy::None,
        Carried::Unreadable(why) => {
            warn("/policy", &format!("{why}; kept as not seen"));
            ResourcePolicy::NotSeen(UNREADABLE.to_owned())
        }
    })
}

fn policy_at(item: &Item<'_>, place: PolicyPlace, warn: Warn<'_>) -> ResourcePolicy {
    let (path, absent_is_none) = match place {
        PolicyPlace::Never => return ResourcePolicy::NoPlace,
        PolicyPlace::NotRecorded => return ResourcePolicy::NotSeen(CONFIG_CANNOT.to_owned()),
        PolicyPlace::OrNone(path) => (path, true),
        PolicyPlace::OrNotSeen(path) => (path, false),
    };
    let in_supplement = path[0] == "supplementaryConfiguration";
    let start = if in_supplement { &item.supplement_as_found } else { &item.configuration };
    let mut found = Some(Cow::Borrowed(start));
    for name in &path[1..] {
        found = found.and_then(|value| match value {
            Cow::Borrowed(value) if !value.is_string() => field(value, name).map(Cow::Borrowed),
            text => field(&unfold(text.into_owned()), name).cloned().map(Cow::Owned),
        });
    }
    // `"BucketPolicy": {"policyText": null}` says that there is none; a place that is missing says nothing.
    let place_present = found.is_some();
    match found.map_or(Carried::Nothing, |value| document::from_value(&value)) {
        Carried::Text(text) => ResourcePolicy::Seen(text),
        Carried::Unreadable(why) => {
            warn(&format!("/{}", path.join("/")), &format!("{why}; kept as not seen"));
            ResourcePolicy::NotSeen(UNREADABLE.to_owned())
        }
        Carried::Nothing => {
            let carried = if in_supplement { item.has_supplement } else { item.configuration.is_object() };
            let whole = item.extent == Extent::Whole && carried;
            match place_present || (whole && absent_is_none) {
                true => ResourcePolicy::None,
                false => ResourcePolicy::NotSeen(NOT_CARRIED.to_owned()),
            }
        }
    }
}

/// The policy of a type that is not in the table: the first field with a usual name that holds statements.
fn policy_anywhere(item: &Item<'_>, kind: &str, warn: Warn<'_>) -> ResourcePolicy {
    const NAMES: &[&str] =
        &["policy", "resourcePolicy", "policyDocument", "policyText", "accessPolicy", "accessPolicies"];
    // Some tools that gather items lay the policy beside the configuration.
    let beside = Value::Object(
        ["policy", "Policy"]
            .into_iter()
            .filter_map(|name| {
                Some((name.to_owned(), serde_json::from_str(item.fields.get(name)?.get()).ok()?))
            })
            .collect(),
    );
    for (start, value) in [
        ("/supplementaryConfiguration", &item.supplement_as_found),
        ("/configuration", &item.configuration),
        ("", &beside),
    ] {
        for name in NAMES {
            let Some(value) = field(value, name) else { continue };
            // Other things are called "policy" too: only JSON with statements is one.
            let text = match value {
                Value::String(text) => text.contains("Statement"),
                Value::Object(object) => object.contains_key("Statement"),
                _ => false,
            };
            if !text {
                continue;
            }
            match document::from_value(value) {
                Carried::Text(text) => return ResourcePolicy::Seen(text),
                Carried::Nothing => {}
                Carried::Unreadable(why) => {
                    warn(&format!("{start}/{name}"), &format!("{why}; kept as not seen"));
                    return ResourcePolicy::NotSeen(UNREADABLE.to_owned());
                }
            }
        }
    }
    match config_types::may_have_policy(kind) {
        true => ResourcePolicy::NotSeen(CONFIG_CANNOT.to_owned()),
        false => ResourcePolicy::NoPlace,
    }
}
