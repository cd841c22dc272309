//! By what a list can be narrowed, and how many rows are left then.

use std::collections::BTreeMap;

use clavicle_answer::Reader;
use clavicle_policy::AccountId;
use serde::Serialize;

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
    pub(crate) fn read(asked: &Asked, names: &[&'static str]) -> Result<Self, Refusal> {
        let mut chosen = Vec::new();
        for name in names {
            if let Some(value) = asked.one(name)?.filter(|value| !value.is_empty()) {
                chosen.push((*name, value.to_owned()));
            }
        }
        let from = asked.one("from")?.unwrap_or("0");
        let from =
            from.parse().map_err(|_| Refusal::question(format!("`{from}` is no number of a row"), None))?;
        Ok(Self { chosen, find: asked.one("find")?.unwrap_or_default().trim().to_lowercase(), from })
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
        chosen.into_iter().all(|(name, value)| row.values(name).contains(&value.as_str()))
            && (self.find.is_empty() || row.has(&self.find))
    }
}

/// Accounts with their names.
pub(crate) fn account_facets(reader: &Reader, counts: Vec<(String, usize)>) -> Vec<Facet> {
    let label = |id: &str| AccountId::parse(id).map_or_else(|| id.to_owned(), |id| reader.account_name(id));
    counts.into_iter().map(|(id, count)| Facet { label: label(&id), id, count }).collect()
}

/// Values that are called what they are.
pub(crate) fn plain_facets(counts: Vec<(String, usize)>) -> Vec<Facet> {
    counts.into_iter().map(|(id, count)| Facet { label: id.clone(), id, count }).collect()
}
