//! What was seen, how old it is, what is missing.

use std::collections::{HashMap, HashSet};

use clavicle_answer::shape::{AccountCoverage, CoveragePage, Gap};
use clavicle_answer::{MOST_PLACES, Reader};
use serde::Serialize;

use super::ROWS;
use super::facet::{Facet, Narrowed, accounts_of_unit, unit_facets};
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes, json};

/// A screenful of accounts, and what is missing in them.
#[derive(Debug, Serialize)]
struct DataPage {
    #[serde(flatten)]
    page: CoveragePage,
    /// How many accounts the choice leaves.
    total: usize,
    /// The place of the first that is sent.
    from: usize,
    /// Accounts, and how many calls have no whole answer there.
    choices: Vec<Facet>,
    /// The same of organizational units.
    units: Vec<Facet>,
}

/// What was seen, of every account.
pub(crate) fn look_at_data(open: &Open, progress: &Progress) -> Result<CoveragePage, Refusal> {
    progress.report("looking what was seen", 0, 0);
    Ok(open.reader().coverage())
}

/// The accounts that the call asks for, one or those of a unit, and what is missing in them.
pub(super) fn of_accounts<'p>(
    reader: &Reader,
    page: &'p CoveragePage,
    asked: &Asked,
) -> Result<(Vec<&'p AccountCoverage>, Vec<&'p Gap>), Refusal> {
    let account = asked.one("account")?.filter(|account| !account.is_empty());
    let within = accounts_of_unit(reader, asked)?;
    let all = account.is_none() && within.is_none();
    let is_meant = |id: &str| {
        account.is_none_or(|account| account == id)
            && within.as_ref().is_none_or(|within| within.contains(id))
    };
    let accounts = page.accounts.iter().filter(|each| all || each.id.as_deref().is_some_and(is_meant));
    let gaps = page.gaps.iter().filter(|gap| all || gap.accounts.iter().any(|id| is_meant(id)));
    Ok((accounts.collect(), gaps.collect()))
}

/// What was seen of the accounts that the call asks for.
pub(crate) fn data(reader: &Reader, page: &CoveragePage, asked: &Asked) -> Result<Bytes, Refusal> {
    let (accounts, gaps) = of_accounts(reader, page, asked)?;
    let from = Narrowed::read(reader, asked, &[])?.from;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for account in page.gaps.iter().flat_map(|gap| &gap.accounts) {
        *counts.entry(account).or_default() += 1;
    }
    let choices = page.accounts.iter().filter_map(|each| {
        let id = each.id.clone()?;
        let count = counts.get(&*id).copied().unwrap_or_default();
        Some(Facet { label: each.name.clone(), count, id })
    });
    let units = unit_facets(reader, |accounts| {
        let ids: HashSet<String> = accounts.iter().map(ToString::to_string).collect();
        page.gaps.iter().filter(|gap| gap.accounts.iter().any(|account| ids.contains(account))).count()
    });
    let few = |gap: &Gap| Gap {
        places: gap.places.iter().take(MOST_PLACES).cloned().collect(),
        accounts: gap.accounts.iter().take(MOST_PLACES).cloned().collect(),
        ..gap.clone()
    };
    json(&DataPage {
        total: accounts.len(),
        from,
        choices: choices.collect(),
        units,
        page: CoveragePage {
            accounts: accounts.into_iter().skip(from).take(ROWS).cloned().collect(),
            gaps: gaps.into_iter().map(few).collect(),
            schema: page.schema,
            snapshot: page.snapshot.clone(),
            catalog: page.catalog.clone(),
            sentence: page.sentence.clone(),
            regions: page.regions,
            services: page.services.clone(),
            sources: page.sources.iter().take(ROWS).cloned().collect(),
            warnings: page.warnings.clone(),
        },
    })
}
