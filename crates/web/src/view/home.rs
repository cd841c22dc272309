//! What is shown before anybody asks: the worst of it first, and how much there is.

use std::collections::HashSet;

use clavicle_answer::Reader;
use clavicle_answer::shape::{AccountSummary, Matter, NotSeen, OutsideSummary, Summary, SummarySnapshot};
use serde::Serialize;

use super::ROWS;
use super::facet::{Narrowed, Row};
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes, json};

/// So many of those outside are told of; Border has them all.
const MOST_OUTSIDE: usize = 24;
/// So many accounts are told of; the others are found by their name.
const MOST_ACCOUNTS: usize = 24;

/// The summary of a snapshot, the first of each list.
#[derive(Debug, Serialize)]
struct HomePage<'s> {
    /// `clavicle.summary/1`.
    schema: &'static str,
    snapshot: &'s SummarySnapshot,
    catalog: &'s str,
    demo: bool,
    accounts: Vec<&'s AccountSummary>,
    matters: &'s [Matter],
    outside: Vec<&'s OutsideSummary>,
    counts: Counts,
    questions: &'s [String],
    not_seen: &'s [NotSeen],
}

/// How many there are.
#[derive(Debug, Serialize)]
struct Counts {
    accounts: usize,
    /// An identity provider is one, in however many accounts people sign in with it.
    outside: usize,
    /// How many rows those are.
    outside_rows: usize,
    /// Of the accounts outside, so many nobody knows. Whom a provider lets in, and that it is everyone, is another matter.
    not_known: usize,
}

/// A screenful of accounts.
#[derive(Debug, Serialize)]
struct AccountsPage<'s> {
    /// `clavicle.accounts/1`.
    schema: &'static str,
    /// How many the words leave.
    total: usize,
    /// The place of the first that is sent.
    from: usize,
    accounts: Vec<&'s AccountSummary>,
}

pub(crate) fn home(reader: &Reader) -> Result<Bytes, Refusal> {
    let Summary { schema, snapshot, catalog, demo, accounts: _, matters, outside, questions, not_seen } =
        reader.summary();
    let accounts = accounts(reader);
    json(&HomePage {
        schema,
        snapshot,
        catalog,
        demo: *demo,
        counts: Counts {
            accounts: accounts.len(),
            outside: outside.iter().map(outsider).collect::<HashSet<_>>().len(),
            outside_rows: outside.len(),
            not_known: outside.iter().filter(|each| !each.known && each.kind == "account").count(),
        },
        accounts: accounts.into_iter().take(MOST_ACCOUNTS).collect(),
        matters,
        outside: outside.iter().take(MOST_OUTSIDE).collect(),
        questions,
        not_seen,
    })
}

/// Who that is, wherever they get in: `prod:provider/token.actions.githubusercontent.com` is in every account the same.
fn outsider(row: &OutsideSummary) -> &str {
    let provider = row.name.split_once(":provider/").filter(|_| row.kind == "provider");
    provider.map_or(row.name.as_str(), |(_, provider)| provider)
}

/// The accounts whose id, name or unit has the words that are looked for.
pub(crate) fn find_accounts(reader: &Reader, asked: &Asked) -> Result<Bytes, Refusal> {
    let narrowed = Narrowed::read(reader, asked, &[])?;
    let accounts = accounts(reader);
    let found = narrowed.rows(&accounts);
    json(&AccountsPage {
        schema: "clavicle.accounts/1",
        total: found.len(),
        from: narrowed.from,
        accounts: found.into_iter().skip(narrowed.from).take(ROWS).copied().collect(),
    })
}

impl Row for &AccountSummary {
    fn values(&self, _: &str) -> Vec<&str> {
        Vec::new()
    }

    fn has(&self, words: &str) -> bool {
        let unit = self.unit.as_deref().unwrap_or_default();
        [&*self.id, &*self.name, unit].iter().any(|text| text.to_lowercase().contains(words))
    }
}

/// Every account: where not all of them are shown at once, the largest first.
fn accounts(reader: &Reader) -> Vec<&AccountSummary> {
    let mut accounts: Vec<&AccountSummary> = reader.summary().accounts.iter().collect();
    if accounts.len() > MOST_ACCOUNTS {
        accounts.sort_by_key(|account| std::cmp::Reverse(account.identities));
    }
    accounts
}
