//! A change that is tried, or another snapshot, as one map with what is open.

use clavicle_policy::AccountId;

use crate::map::{Side, Told, draw_before_after};
use crate::open::{Open, with_matrix};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes};
use crate::turns::Second;

/// The account of a call. None: the organization.
pub(crate) fn account_of(asked: &Asked) -> Result<Option<AccountId>, Refusal> {
    asked.one("account")?.map(|text| AccountId::parse(text).ok_or_else(|| no_such(text))).transpose()
}

fn no_such(account: impl std::fmt::Display) -> Refusal {
    Refusal::absent(format!("no account `{account}`"), Some("go back to the organization"))
}

/// Draws both. `is_older`: what is open counts as after.
pub(super) fn draw(
    open: &Open,
    second: &Second,
    is_older: bool,
    account: Option<AccountId>,
    progress: &Progress,
) -> Result<Bytes, Refusal> {
    let reach_out = second.reach_out(progress);
    progress.report("drawing", 0, 0);
    let told = [Told::new(&second.reader), Told::new(open.reader())];
    let other = Side { people: &told[0], reach_out };
    let here = Side { people: &told[1], reach_out: open.reach_out() };
    let (before, after) = if is_older { (other, here) } else { (here, other) };
    let page = draw_before_after(before, after, account)
        .ok_or_else(|| no_such(account.map_or_else(String::new, |account| account.to_string())))?;
    with_matrix(&page)
}
