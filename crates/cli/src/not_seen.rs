//! What a snapshot does not hold, said once for each call however many accounts it is about.

use std::collections::BTreeMap;

use clavicle_snapshot::{Coverage, CoverageState, Snapshot};

use crate::amount::counted;

/// One call whose answer is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The AWS call: `secretsmanager:GetResourcePolicy`.
    pub(crate) call: String,
    /// In which accounts, by name.
    pub(crate) places: Vec<String>,
    /// How many things it is about.
    pub(crate) things: u64,
    /// Why it is missing.
    pub(crate) why: String,
}

/// What was not seen, or not wholly; what most things are about first.
pub(crate) fn gaps(snapshot: &Snapshot) -> Vec<Gap> {
    let mut gaps: BTreeMap<(&str, &str, CoverageState), Gap> = BTreeMap::new();
    for coverage in snapshot.not_seen() {
        let Coverage { call, reason, state, things, .. } = coverage;
        let gap = gaps.entry((call, reason, *state)).or_insert_with(|| Gap {
            call: call.to_string(),
            places: Vec::new(),
            things: 0,
            why: why(coverage),
        });
        gap.things += things;
        let place = place(snapshot, coverage);
        if !gap.places.contains(&place) {
            gap.places.push(place);
        }
    }
    let mut gaps: Vec<Gap> = gaps.into_values().collect();
    gaps.sort_by(|a, b| b.things.cmp(&a.things).then_with(|| a.call.cmp(&b.call)));
    gaps
}

impl Gap {
    /// `secretsmanager:GetResourcePolicy in staging, 11 things: AWS Config does not record it`
    pub(crate) fn sentence(&self) -> String {
        let places = places(&self.places);
        let things = match usize::try_from(self.things) {
            Ok(0) => String::new(),
            Ok(things) => format!(", {}", counted(things, "thing", "things")),
            Err(_) => ", very many things".to_owned(),
        };
        let why = if self.why.is_empty() { String::new() } else { format!(": {}", self.why) };
        format!("{} in {places}{things}{why}", self.call)
    }
}

/// `prod, staging and 2 more`
pub(crate) fn places(places: &[String]) -> String {
    match places {
        [] => "every account".to_owned(),
        [first, second, third, _, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len() + 1)
        }
        few => few.join(", "),
    }
}

/// The name of an account, or its id; of the organization as a whole, that.
pub(crate) fn place(snapshot: &Snapshot, coverage: &Coverage) -> String {
    let Some(id) = coverage.account else { return "the organization".to_owned() };
    let name = snapshot.account(id).and_then(|account| account.name.clone());
    name.map_or_else(|| id.to_string(), |name| name.to_string())
}

fn why(coverage: &Coverage) -> String {
    let state = match coverage.state {
        CoverageState::Seen => "",
        CoverageState::Partial => "seen in part",
        CoverageState::Denied => "AWS refused it",
        CoverageState::Failed => "it was not answered",
        CoverageState::NotTried => "in none of the files",
        CoverageState::Unsupported => "not in files of this kind",
    };
    if coverage.reason.is_empty() { state.to_owned() } else { coverage.reason.to_string() }
}
