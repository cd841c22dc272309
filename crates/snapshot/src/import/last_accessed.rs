//! A report of last use as a collection writes it: the answer of `GetServiceLastAccessedDetails`, all pages in one, with the
//! ARN that it was asked for. Of its fields those are kept that are named here.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::store::LastAccessedFacts;

type Text<'a> = Cow<'a, str>;

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Report<'a> {
    #[serde(borrow)]
    arn: Text<'a>,
    #[serde(borrow)]
    job_completion_date: Text<'a>,
    #[serde(borrow)]
    services_last_accessed: Vec<Service<'a>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Service<'a> {
    #[serde(borrow)]
    service_namespace: Text<'a>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    last_authenticated: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    last_authenticated_region: Option<Text<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tracked_actions_last_accessed: Vec<Action<'a>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Action<'a> {
    #[serde(borrow)]
    action_name: Text<'a>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    last_accessed_time: Option<Text<'a>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    last_accessed_region: Option<Text<'a>>,
}

/// `None`: it is not what a collection writes.
pub(super) fn read(raw: &str) -> Option<LastAccessedFacts> {
    let report: Report<'_> = serde_json::from_str(raw).ok()?;
    let json = serde_json::to_string(&report).ok()?;
    let (principal, reported) = (report.arn.into(), report.job_completion_date.into());
    Some(LastAccessedFacts { principal, reported, json })
}
