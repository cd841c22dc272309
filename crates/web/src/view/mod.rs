//! The views beside answers and maps: the same values as on the command line, a screenful at a time.

mod alike;
mod arranged;
mod before_after;
mod border;
mod changes;
mod compare;
mod data;
mod export;
mod facet;
mod findings;
mod home;
mod policies;
mod policy_used;
mod since;
mod trim;

pub(crate) use before_after::{LineAsked, MapOfTwo, scope_of};
pub(crate) use border::{border, border_key, look_outside, way};
pub(crate) use changes::{
    compared, edits, lint, names_of_tried, stop, tried, try_edits, try_marks, try_on_map, try_why,
};
pub(crate) use compare::{compare, compare_marks, compare_on_map, compare_why, names_of_compared, snapshots};
pub(crate) use data::{data, look_at_data};
pub(crate) use export::Handing;
pub(crate) use findings::{check, finding, findings};
pub(crate) use home::{find_accounts, home};
pub(crate) use policies::{list_policies, policies, policy, read_policy};
pub(crate) use policy_used::{look_what_is_used, policy_used};
pub(crate) use since::{SincePage, since_last_week, since_page};
pub(crate) use trim::{PlanPage, granted, list_use, make_plan, plan, since_text};

use border::border_choices;
use data::of_accounts;
use findings::{findings_choices, findings_narrowed};
use policies::{policies_choices, policies_sentence};
use trim::{granted_choices, granted_sentence};

/// So many rows are sent at once.
pub(crate) const ROWS: usize = 60;
