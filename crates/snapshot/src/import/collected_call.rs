//! What became of one call of a collection: `{"Call", "Account", "Region", "State", "Reason", "Things", "Until"}`.

use std::borrow::Cow;

use serde::Deserialize;

use crate::model::{AccountId, CoverageState};
use crate::store::CallFacts;

type Text<'a> = Cow<'a, str>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawCall<'a> {
    #[serde(borrow)]
    call: Text<'a>,
    #[serde(borrow)]
    account: Option<Text<'a>>,
    #[serde(borrow)]
    region: Option<Text<'a>>,
    #[serde(borrow)]
    state: Text<'a>,
    #[serde(borrow, default)]
    reason: Text<'a>,
    #[serde(default)]
    things: u64,
    /// The name of the file that tells better.
    #[serde(borrow, default)]
    until: Option<Text<'a>>,
}

/// `None`: it is not what a collection writes.
pub(super) fn read(raw: &str) -> Option<CallFacts> {
    let it: RawCall<'_> = serde_json::from_str(raw).ok()?;
    let account = match it.account {
        Some(account) => Some(AccountId::parse(&account)?),
        None => None,
    };
    Some(CallFacts {
        call: it.call.into(),
        account,
        region: it.region.map(String::from),
        state: CoverageState::named(&it.state)?,
        reason: it.reason.into(),
        things: it.things,
        until: it.until.map(String::from),
    })
}
