//! What was seen, how old is it, and which answers does what is missing touch?

use std::collections::BTreeMap;

use clavicle_policy::AccountId;
use clavicle_snapshot::{Coverage, CoverageState, PolicyState, ResourceIndex};
use foldhash::{HashMap, HashSet};

use crate::count::counted;
use crate::names::Entry;
use crate::reader::Reader;
use crate::shape::{AccountCoverage, CoveragePage, Gap, NotUnderstood, SourceFile};

/// At most so many things of one gap are named, and so many texts that were not understood.
const MOST: usize = 50;

/// Services that come first, since most access is theirs; then by name.
const FIRST: &[&str] = &[
    "organizations",
    "iam",
    "sts",
    "s3",
    "kms",
    "lambda",
    "sqs",
    "sns",
    "secretsmanager",
    "ecr",
    "dynamodb",
];

/// A gap, and the accounts that it is in; `None` is the organization.
type GapOf = (Gap, HashSet<Option<AccountId>>);

impl Reader {
    /// What was seen and what was not, by account and service. Linear in the coverage and the things of the snapshot.
    pub fn coverage(&self) -> CoveragePage {
        let snapshot = self.world().snapshot();
        let services = services(&snapshot.coverage);
        let gaps = self.gaps();
        let mut regions: Vec<&str> =
            snapshot.coverage.iter().filter_map(|row| row.region.as_deref()).collect();
        regions.sort_unstable();
        regions.dedup();
        CoveragePage {
            schema: "clavicle.coverage/1",
            snapshot: self.snapshot_head(),
            catalog: self.world().catalog().data_date().to_owned(),
            sentence: self.coverage_sentence(&gaps),
            regions: regions.len(),
            accounts: self.account_coverage(&services),
            services,
            gaps,
            sources: self.source_files(),
            warnings: snapshot
                .warnings
                .iter()
                .take(MOST)
                .map(|warning| NotUnderstood {
                    place: format!("{}:{}:{}", warning.file, warning.line, warning.column),
                    text: warning.text.to_string(),
                })
                .collect(),
        }
    }

    fn coverage_sentence(&self, gaps: &[Gap]) -> String {
        let accounts = counted(self.world().snapshot().accounts.len(), "account", "accounts");
        match gaps.len() {
            0 => format!("Everything that access depends on was seen in {accounts}."),
            many => {
                let calls = counted(many, "kind of call has", "kinds of calls have");
                format!("{calls} no whole answer in {accounts}: what turns on them is “unknown”, never “no”.")
            }
        }
    }

    fn account_coverage(&self, services: &[String]) -> Vec<AccountCoverage> {
        let place: HashMap<&str, usize> =
            services.iter().enumerate().map(|(at, service)| (service.as_str(), at)).collect();
        let mut found: BTreeMap<Option<AccountId>, Vec<Vec<CoverageState>>> = BTreeMap::new();
        let snapshot = self.world().snapshot();
        for account in &snapshot.accounts {
            found.insert(Some(account.id), vec![Vec::new(); services.len()]);
        }
        for row in &snapshot.coverage {
            let cells = found.entry(row.account).or_insert_with(|| vec![Vec::new(); services.len()]);
            if let Some(at) = place.get(service_of(&row.call)) {
                cells[*at].push(row.state);
            }
        }
        let mut accounts: Vec<AccountCoverage> = found
            .into_iter()
            .map(|(account, cells)| AccountCoverage {
                id: account.map(|account| account.to_string()),
                name: self.place_name(account),
                cells: cells.iter().map(|states| cell(states)).collect(),
            })
            .collect();
        accounts.sort_by(|one, other| (one.id.is_some(), &one.name).cmp(&(other.id.is_some(), &other.name)));
        accounts
    }

    fn place_name(&self, account: Option<AccountId>) -> String {
        account.map_or_else(|| "the organization".to_owned(), |account| self.account_name(account))
    }

    fn gaps(&self) -> Vec<Gap> {
        let snapshot = self.world().snapshot();
        let mut gaps: BTreeMap<(&str, &str, CoverageState), GapOf> = BTreeMap::new();
        for Coverage { call, account, state, reason, things, .. } in snapshot.not_seen() {
            let new = || Gap {
                call: call.to_string(),
                state: state_word(*state),
                why: if reason.is_empty() { why(*state).to_owned() } else { reason.to_string() },
                places: Vec::new(),
                place_count: 0,
                accounts: Vec::new(),
                things: 0,
                unseen: Vec::new(),
                unseen_count: 0,
            };
            let (gap, places) =
                gaps.entry((call, reason, *state)).or_insert_with(|| (new(), HashSet::default()));
            gap.things += things;
            if places.insert(*account) {
                gap.places.push(self.place_name(*account));
                gap.place_count += 1;
                gap.accounts.extend(account.map(|account| account.to_string()));
            }
        }
        let mut gaps: Vec<GapOf> = gaps.into_values().collect();
        for (at, resource) in snapshot.resources.iter().enumerate() {
            if resource.policy != PolicyState::NotSeen {
                continue;
            }
            let (service, account) = (resource.arn.split(':').nth(2), resource.account);
            let of_thing = |(gap, places): &&mut GapOf| {
                gap.call.contains("Policy")
                    && Some(service_of(&gap.call)) == service
                    && (account.is_none() || places.contains(&account))
            };
            if let Some((gap, _)) = gaps.iter_mut().find(of_thing) {
                gap.unseen_count += 1;
                if gap.unseen.len() < MOST {
                    gap.unseen.push(self.names().of(Entry::Resource(ResourceIndex::at(at))).to_owned());
                }
            }
        }
        let mut gaps: Vec<Gap> = gaps.into_iter().map(|(gap, _)| gap).collect();
        gaps.sort_by(|one, other| {
            (other.unseen_count, other.things, &one.call).cmp(&(one.unseen_count, one.things, &other.call))
        });
        gaps
    }

    fn source_files(&self) -> Vec<SourceFile> {
        let sources = &self.world().snapshot().sources;
        // A collection has a file for each service and region, which say nothing one by one.
        let (collected, files): (Vec<_>, Vec<_>) =
            sources.iter().partition(|source| source.file.starts_with("collected/"));
        let parts = (!collected.is_empty()).then(|| SourceFile {
            file: "AWS".to_owned(),
            kind: counted(collected.len(), "part", "parts"),
            bytes: collected.iter().map(|source| source.bytes).sum(),
            modified: None,
        });
        let files = files.into_iter().map(|source| SourceFile {
            file: source.file.to_string(),
            kind: source.kind.to_string(),
            bytes: source.bytes,
            modified: source.modified.as_deref().map(str::to_owned),
        });
        parts.into_iter().chain(files).collect()
    }
}

fn service_of(call: &str) -> &str {
    call.split(':').next().unwrap_or(call)
}

fn services(coverage: &[Coverage]) -> Vec<String> {
    let mut services: Vec<&str> = coverage.iter().map(|row| service_of(&row.call)).collect();
    services.sort_unstable();
    services.dedup();
    let rank = |service: &&str| FIRST.iter().position(|first| first == service).unwrap_or(FIRST.len());
    services.sort_by_key(rank);
    services.into_iter().map(str::to_owned).collect()
}

/// The worst of the calls of a service; some seen and some not: in part.
fn cell(states: &[CoverageState]) -> &'static str {
    let has = |wanted: CoverageState| states.contains(&wanted);
    match states {
        [] => "none",
        _ if has(CoverageState::Denied) => "denied",
        _ if has(CoverageState::Failed) => "failed",
        _ if states.iter().all(|state| *state == CoverageState::Seen) => "seen",
        _ if has(CoverageState::Seen) || has(CoverageState::Partial) => "partial",
        _ if has(CoverageState::NotTried) => "not tried",
        _ => "unsupported",
    }
}

fn state_word(state: CoverageState) -> &'static str {
    cell(&[state])
}

fn why(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Seen => "",
        CoverageState::Partial => "seen in part",
        CoverageState::Denied => "AWS refused it",
        CoverageState::Failed => "it was not answered",
        CoverageState::NotTried => "in none of the files",
        CoverageState::Unsupported => "not in files of this kind",
    }
}

#[cfg(test)]
mod tests {
    use clavicle_snapshot::CoverageState::{Denied, NotTried, Partial, Seen, Unsupported};

    #[test]
    fn a_cell_is_as_good_as_the_worst_of_its_calls() {
        for (states, wanted) in [
            (&[][..], "none"),
            (&[Seen, Seen], "seen"),
            (&[Seen, NotTried], "partial"),
            (&[Partial], "partial"),
            (&[Seen, NotTried, Denied], "denied"),
            (&[NotTried, Unsupported], "not tried"),
            (&[Unsupported], "unsupported"),
        ] {
            assert_eq!(super::cell(states), wanted, "{states:?}");
        }
    }
}
