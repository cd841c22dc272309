//! What IAM says of an account as a whole, as a collection writes it: its alias, and the numbers of `GetAccountSummary`
//! that are named here.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::AccountId;
use crate::store::SummaryFacts;

type Text<'a> = Cow<'a, str>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw<'a> {
    #[serde(borrow)]
    account: Text<'a>,
    #[serde(flatten, borrow)]
    kept: Kept<'a>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all(deserialize = "PascalCase"))]
struct Kept<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    alias: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_profiles: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<u64>,
    #[serde(rename(deserialize = "MFADevices"), skip_serializing_if = "Option::is_none")]
    mfa_devices: Option<u64>,
    #[serde(rename(deserialize = "MFADevicesInUse"), skip_serializing_if = "Option::is_none")]
    mfa_devices_in_use: Option<u64>,
    #[serde(rename(deserialize = "AccountMFAEnabled"), skip_serializing_if = "Option::is_none")]
    root_mfa: Option<u64>,
    #[serde(rename(deserialize = "AccountAccessKeysPresent"), skip_serializing_if = "Option::is_none")]
    root_access_keys: Option<u64>,
    #[serde(rename(deserialize = "AccountPasswordPresent"), skip_serializing_if = "Option::is_none")]
    root_password: Option<u64>,
    #[serde(
        rename(deserialize = "AccountSigningCertificatesPresent"),
        skip_serializing_if = "Option::is_none"
    )]
    root_signing_certificates: Option<u64>,
}

/// `None`: it is not what a collection writes.
pub(super) fn read(raw: &str) -> Option<SummaryFacts> {
    let raw: Raw<'_> = serde_json::from_str(raw).ok()?;
    let json = serde_json::to_string(&raw.kept).ok()?;
    Some(SummaryFacts { account: AccountId::parse(&raw.account)?, json })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn named_numbers_are_kept_and_nothing_else() {
        let facts =
            read(r#"{"Account":"111122223333","Users":2,"AccountMFAEnabled":1,"Motto":"s3cr3t"}"#).unwrap();
        assert_eq!(facts.json, r#"{"users":2,"root_mfa":1}"#);
        assert!(read(r#"{"Account":"1","Users":2}"#).is_none());
    }
}
