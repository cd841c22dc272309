//! By what a list can be narrowed, and how many rows are left then.

use std::collections::{BTreeMap, HashMap, HashSet};

use clavicle_answer::Reader;
use clavicle_policy::AccountId;
use serde::Serialize;

use crate::map::{Scope, Tree};
use crate::refusal::Refusal;
use crate::routes::Asked;

/// One value that a list can be narrowed to.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Facet {
    /// What the call takes.
    pub(crate) id: String,
    /// What people read.
    pub(crate) label: String,
    /// How many rows have it, of those that the other choices leave.
    pub(crate) count: usize,
}

/// The choices that were made, each by its name in the call.
#[derive(Debug, Default)]
pub(crate) struct Narrowed {
    chosen: Vec<(&'static str, String)>,
    /// The accounts of the organizational unit that was chosen.
    within: Option<HashSet<String>>,
    /// Words that a row has to have, in lower case.
    find: String,
    /// The first row that is sent.
    pub(crate) from: usize,
}

/// What a row says for itself: its values of each choice, and the text in which words are looked for.
pub(crate) trait Row {
    fn values(&self, name: &str) -> Vec<&str>;
    fn has(&self, words: &str) -> bool;
}

impl Narrowed {
    /// A list of what lies in accounts can be narrowed to those of a unit, too.
    pub(crate) fn read(reader: &Reader, asked: &Asked, names: &[&'static str]) -> Result<Self, Refusal> {
        let mut chosen = Vec::new();
        for name in names {
            if let Some(value) = asked.one(name)?.filter(|value| !value.is_empty()) {
                chosen.push((*name, value.to_owned()));
            }
        }
        let within = if names.contains(&"account") { accounts_of_unit(reader, asked)? } else { None };
        let from = asked.one("from")?.unwrap_or("0");
        let from =
            from.parse().map_err(|_| Refusal::question(format!("`{from}` is no number of a row"), None))?;
        Ok(Self { chosen, within, find: asked.one("find")?.unwrap_or_default().trim().to_lowercase(), from })
    }

    /// The rows that all choices leave.
    pub(crate) fn rows<'r, R: Row>(&self, rows: &'r [R]) -> Vec<&'r R> {
        rows.iter().filter(|row| self.leaves(*row, None)).collect()
    }

    /// How many rows have each value of a choice, of those that the other choices leave; most first.
    pub(crate) fn counts<R: Row>(&self, rows: &[R], name: &'static str) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| self.leaves(*row, Some(name))) {
            for value in row.values(name) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let mut counts: Vec<(String, usize)> =
            counts.into_iter().map(|(value, count)| (value.to_owned(), count)).collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    fn leaves<R: Row>(&self, row: &R, without: Option<&str>) -> bool {
        let chosen = self.chosen.iter().filter(|(name, _)| without != Some(*name));
        // A unit is another way to say which accounts.
        let within = self.within.as_ref().filter(|_| without != Some("account"));
        within.is_none_or(|within| row.values("account").iter().any(|account| within.contains(*account)))
            && chosen.into_iter().all(|(name, value)| row.values(name).contains(&value.as_str()))
            && (self.find.is_empty() || row.has(&self.find))
    }
}

/// The accounts of the unit that a call asks for; `None`: it asks for none.
pub(crate) fn accounts_of_unit(reader: &Reader, asked: &Asked) -> Result<Option<HashSet<String>>, Refusal> {
    let Some(unit) = asked.one("unit")?.filter(|unit| !unit.is_empty()) else { return Ok(None) };
    let accounts = Tree::new(&[reader.world().snapshot()]).accounts_in(unit);
    let accounts = accounts.ok_or_else(|| Scope::Unit(unit.to_owned()).absent())?;
    Ok(Some(accounts.iter().map(AccountId::to_string).collect()))
}

/// Where rows lie.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Wheres {
    accounts: Vec<Facet>,
    /// Organizational units, each with all accounts in it and below, by their way from the top.
    units: Vec<Facet>,
}

impl Wheres {
    /// `counts`: how many rows lie in each account.
    pub(crate) fn of(reader: &Reader, counts: Vec<(String, usize)>) -> Self {
        let of_account: HashMap<AccountId, usize> =
            counts.iter().filter_map(|(id, count)| Some((AccountId::parse(id)?, *count))).collect();
        let units = unit_facets(reader, |accounts| {
            accounts.iter().filter_map(|account| of_account.get(account)).sum()
        });
        let label =
            |id: &str| AccountId::parse(id).map_or_else(|| id.to_owned(), |id| reader.account_name(id));
        let accounts = counts.into_iter().map(|(id, count)| Facet { label: label(&id), id, count });
        Self { accounts: accounts.collect(), units }
    }
}

/// Units in which there are any, as `count` has it of the accounts in each.
pub(crate) fn unit_facets(reader: &Reader, count: impl Fn(&[AccountId]) -> usize) -> Vec<Facet> {
    let tree = Tree::new(&[reader.world().snapshot()]);
    let units = tree.units().into_iter().filter_map(|(id, label)| {
        let count = count(&tree.accounts_in(id)?);
        (count > 0).then(|| Facet { id: id.to_owned(), label, count })
    });
    units.collect()
}

/// Values that are called what they are.
pub(crate) fn plain_facets(counts: Vec<(String, usize)>) -> Vec<Facet> {
    counts.into_iter().map(|(id, count)| Facet { label: id.clone(), id, count }).collect()
}
