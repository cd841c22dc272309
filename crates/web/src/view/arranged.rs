//! In which order ways in are told, and how they are put together.

use std::collections::HashMap;

use clavicle_answer::Reader;
use clavicle_answer::shape::Answer;
use clavicle_policy::AccountId;
use serde::Serialize;

use super::border::standing;
use crate::refusal::Refusal;
use crate::routes::Asked;

/// Ways in that have something in common.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Group {
    /// What they have in common.
    pub(super) label: String,
    /// How many there are, of those that the choices leave.
    pub(super) count: usize,
    /// The place of the first row.
    pub(super) from: usize,
    /// How many rows they are: fewer, where some are alike.
    pub(super) lines: usize,
}

impl Group {
    /// Is one of these rows of it?
    pub(super) fn is_among(&self, rows: std::ops::Range<usize>) -> bool {
        self.from < rows.end && rows.start < self.from + self.lines
    }
}

/// What was chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arranged {
    unknown_first: bool,
    by: Option<By>,
}

/// What ways in of one group have in common.
#[derive(Debug, Clone, Copy)]
enum By {
    Who,
    Standing,
    Account,
    Door,
    Behind,
}

impl Arranged {
    pub(super) fn read(asked: &Asked) -> Result<Self, Refusal> {
        let unknown_first = match asked.one("order")? {
            None | Some("" | "unknown") => true,
            Some("worst") => false,
            Some(other) => {
                return Err(Refusal::question(format!("no order `{other}`"), Some("unknown or worst")));
            }
        };
        let by = match asked.one("group")? {
            None | Some("" | "way") => None,
            Some("who") => Some(By::Who),
            Some("standing") => Some(By::Standing),
            Some("account") => Some(By::Account),
            Some("door") => Some(By::Door),
            Some("behind") => Some(By::Behind),
            Some(other) => {
                let hint = Some("way, who, standing, account, door or behind");
                return Err(Refusal::question(format!("no group by `{other}`"), hint));
            }
        };
        Ok(Self { unknown_first, by })
    }

    /// The same rows in their order, and the groups that follow each other in it; none where they are not put together. Rows
    /// come the worst first: so do groups, by their first.
    pub(super) fn of<'a>(self, reader: &Reader, mut rows: Vec<&'a Answer>) -> (Vec<&'a Answer>, Vec<Group>) {
        if self.unknown_first {
            rows.sort_by_key(|row| strangeness(row));
        }
        let Some(by) = self.by else { return (rows, Vec::new()) };
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut members: Vec<Vec<&Answer>> = Vec::new();
        for row in rows {
            let place = *places.entry(by.label(reader, row)).or_insert(members.len());
            match members.get_mut(place) {
                Some(known) => known.push(row),
                None => members.push(vec![row]),
            }
        }
        let mut labels: Vec<(String, usize)> = places.into_iter().collect();
        labels.sort_unstable_by_key(|(_, place)| *place);
        let mut from = 0;
        let head = |((label, _), rows): ((String, usize), &Vec<&Answer>)| {
            let group = Group { label, count: rows.len(), from, lines: rows.len() };
            from += rows.len();
            group
        };
        let groups = labels.into_iter().zip(&members).map(head).collect();
        (members.into_iter().flatten().collect(), groups)
    }
}

impl By {
    fn label(self, reader: &Reader, row: &Answer) -> String {
        let way = row.way.as_ref();
        match self {
            Self::Who => way.map(|way| way.from.clone()).unwrap_or_default(),
            Self::Standing => standing(row).to_owned(),
            Self::Account => {
                let account = row.on.first().and_then(|on| on.account.as_deref()).and_then(AccountId::parse);
                account.map_or_else(|| "no account".to_owned(), |account| reader.account_name(account))
            }
            Self::Door => way.map(|way| way.door.clone()).unwrap_or_default(),
            Self::Behind => {
                let first = way.and_then(|way| way.reaches.first());
                first.map_or_else(|| "nothing that matters".to_owned(), |reached| reached.thing.clone())
            }
        }
    }
}

/// Strangers first, then whom nobody has named, then who is named; what was accepted and what is blocked is last.
fn strangeness(row: &Answer) -> u8 {
    if row.way.as_ref().is_some_and(|way| way.opening == "blocked") {
        return 4;
    }
    match standing(row) {
        "not known" => 0,
        "known" | "accepted" => 3,
        "named on a list" => 2,
        _ => 1,
    }
}
