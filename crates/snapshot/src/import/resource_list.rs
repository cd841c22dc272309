//! A list of resources as plain objects: `{arn, account, type, policy, tags, attrs}`.
//!
//! `policy` is an object, a string, or null for "there is none"; left out, it is not seen, and `policy_error` may say
//! why (`AccessDenied: …`). `attrs` holds `role`, `instance_profile`, `alias` and `encryption_key`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::document::{self, Carried};
use crate::arn::Arn;
use crate::model::{AccountId, RoleAttribute};
use crate::store::{NOT_CARRIED, ProfileFacts, ResourceFacts, ResourcePolicy, UNREADABLE};

type Text<'a> = Cow<'a, str>;

#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow)]
    arn: Text<'a>,
    #[serde(borrow)]
    account: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "present")]
    policy: Option<&'a RawValue>,
    #[serde(borrow)]
    policy_error: Option<Text<'a>>,
    tags: Option<Map<String, Value>>,
    #[serde(borrow)]
    attrs: Option<Attributes<'a>>,
}

#[derive(Default, Deserialize)]
struct Attributes<'a> {
    #[serde(borrow)]
    role: Option<Text<'a>>,
    #[serde(borrow)]
    instance_profile: Option<Text<'a>>,
    #[serde(borrow)]
    alias: Option<Text<'a>>,
    #[serde(borrow)]
    encryption_key: Option<Text<'a>>,
}

/// Null is a value here ("there is no policy"), other than a field that is left out.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// One resource, with the alias of a key.
pub(super) struct Listed {
    pub(super) resource: ResourceFacts,
    pub(super) alias: Option<String>,
    /// The instance profile beside the role that it holds.
    pub(super) profile: Option<ProfileFacts>,
}

/// `Ok(None)`: the ARN is none.
pub(super) fn entry(raw: &str, warn: super::iam::Warn<'_>) -> Result<Option<Listed>, serde_json::Error> {
    let entry: Entry<'_> = serde_json::from_str(raw)?;
    let Some(arn) = Arn::parse(&entry.arn) else { return Ok(None) };
    let policy = match (entry.policy.map(document::from_raw), entry.policy_error) {
        (Some(Carried::Text(text)), _) => ResourcePolicy::Seen(text),
        (_, Some(why)) => ResourcePolicy::NotSeen(why.into()),
        (Some(Carried::Nothing), None) => ResourcePolicy::None,
        (Some(Carried::Unreadable(why)), None) => {
            warn("/policy", &format!("{why}; kept as not seen"));
            ResourcePolicy::NotSeen(UNREADABLE.to_owned())
        }
        (None, None) => ResourcePolicy::NotSeen(NOT_CARRIED.to_owned()),
    };
    let attributes = entry.attrs.unwrap_or_default();
    let mut runs_as = Vec::new();
    match (&attributes.instance_profile, &attributes.role) {
        // The profile is what the instance names; the role beside it is the one inside.
        (Some(profile), _) => runs_as.push((RoleAttribute::InstanceProfile, profile.to_string())),
        (None, Some(role)) => runs_as.push((RoleAttribute::Role, role.to_string())),
        (None, None) => {}
    }
    let profile = attributes.instance_profile.as_deref().and_then(|profile| {
        let role = attributes.role.as_deref()?.to_owned();
        Some(ProfileFacts { arn: profile.to_owned(), account: AccountId::of_arn(profile)?, role: Some(role) })
    });
    let mut facts = Map::new();
    if let Some(key) = attributes.encryption_key {
        facts.insert("encryption_key".to_owned(), key.into());
    }
    let tags = entry.tags.map(|tags| {
        tags.into_iter().map(|(key, value)| (key, value.as_str().unwrap_or_default().to_owned())).collect()
    });
    let account =
        entry.account.as_deref().and_then(AccountId::parse).or_else(|| AccountId::parse(arn.account));
    Ok(Some(Listed {
        resource: ResourceFacts {
            arn: entry.arn.to_string(),
            kind: arn.kind(),
            account,
            region: (!arn.region.is_empty()).then(|| arn.region.to_owned()),
            name: arn.name().into_owned(),
            policy,
            tags,
            runs_as: Some(runs_as),
            facts,
            seen_at: None,
        },
        alias: attributes.alias.map(String::from),
        profile,
    }))
}
