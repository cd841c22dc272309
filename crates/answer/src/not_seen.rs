//! What was not seen, as far as it could turn an answer.

use clavicle_policy::AccountId;
use clavicle_snapshot::{Coverage, IDENTITIES};
use foldhash::{HashMap, HashMapExt};

use crate::reader::Reader;
use crate::shape::NotSeen;

/// A line names so many places; it says how many there are.
pub const MOST_PLACES: usize = 12;

/// What an answer rests on.
#[derive(Debug, Default)]
pub(crate) struct RestsOn {
    /// The accounts of those who ask and of what they ask about.
    pub(crate) accounts: Vec<AccountId>,
    /// The services of the things: `s3`, `kms`.
    pub(crate) services: Vec<String>,
}

impl Reader {
    /// What was not seen and bears on an answer: the policies of such things, and the identities, in the accounts that
    /// it rests on, and the organization.
    pub(crate) fn not_seen(&self, rests_on: &RestsOn) -> Vec<NotSeen> {
        let bears = |coverage: &&Coverage| {
            let service = coverage.call.split(':').next().unwrap_or("");
            let in_account = coverage.account.is_none_or(|account| rests_on.accounts.contains(&account));
            let of_service = service == "iam"
                // Who says that there is no organization has settled what its policies would say.
                || service == "organizations" && !self.world().is_standalone()
                || rests_on.services.iter().any(|it| it == service);
            in_account && of_service && tells_of_access(&coverage.call)
        };
        let mut told = self.told(self.world().snapshot().not_seen().filter(bears));
        if !told.iter().any(|gap| gap.call == IDENTITIES) {
            told.extend(self.nobody_listed());
        }
        told
    }

    /// Where the users and roles of no account were listed: what is told of it. No source tells that there is no account.
    fn nobody_listed(&self) -> Vec<NotSeen> {
        let snapshot = self.world().snapshot();
        if !snapshot.lists_nobody() {
            return Vec::new();
        }
        let told = self.told(snapshot.not_seen().filter(|row| &*row.call == IDENTITIES));
        if !told.is_empty() {
            return told;
        }
        vec![NotSeen {
            call: IDENTITIES.to_owned(),
            place: "any account".to_owned(),
            things: 0,
            why: "no source lists the users and roles of an account".to_owned(),
        }]
    }

    /// Everything that was not seen, what concerns most things first: one line for a call and the reason, which names the
    /// first of the places.
    pub(crate) fn all_not_seen(&self) -> Vec<NotSeen> {
        let mut found: Vec<(NotSeen, usize)> = Vec::new();
        let mut lines: HashMap<(String, String), usize> = HashMap::new();
        let mut all = self.told(self.world().snapshot().not_seen());
        if !all.iter().any(|gap| gap.call == IDENTITIES) {
            all.extend(self.nobody_listed());
        }
        for told in all {
            let line = *lines.entry((told.call.clone(), told.why.clone())).or_insert(found.len());
            match found.get_mut(line) {
                None => found.push((told, 1)),
                Some((known, places)) => {
                    *places += 1;
                    known.things += told.things;
                    if *places <= MOST_PLACES {
                        known.place.push_str(", ");
                        known.place.push_str(&told.place);
                    }
                }
            }
        }
        let named = |(mut told, places): (NotSeen, usize)| {
            if places > MOST_PLACES {
                told.place.push_str(&format!(" and {} more", places - MOST_PLACES));
            }
            told
        };
        let mut found: Vec<NotSeen> = found.into_iter().map(named).collect();
        found.sort_by_key(|told| std::cmp::Reverse(told.things));
        found
    }

    fn told<'c>(&self, coverage: impl Iterator<Item = &'c Coverage>) -> Vec<NotSeen> {
        let mut found: Vec<NotSeen> = Vec::new();
        // One line for the regions of a call.
        let mut lines: HashMap<(&str, Option<AccountId>, &str), usize> = HashMap::new();
        for coverage in coverage {
            let key = (&*coverage.call, coverage.account, &*coverage.reason);
            let line = *lines.entry(key).or_insert(found.len());
            if let Some(known) = found.get_mut(line) {
                known.things += coverage.things;
                continue;
            }
            let place = match coverage.account {
                Some(account) => self.account_name(account),
                None => "the organization".to_owned(),
            };
            found.push(NotSeen {
                call: coverage.call.to_string(),
                place,
                things: coverage.things,
                why: coverage.reason.to_string(),
            });
        }
        found
    }
}

/// Does the call tell who may do what, and not only when something was used, or to whom the organization delegates its own
/// affairs?
pub(crate) fn tells_of_access(call: &str) -> bool {
    let others =
        ["LastAccessed", "LastUsed", "CredentialReport", "AccessKey", "organizations:DescribeResourcePolicy"];
    !others.iter().any(|part| call.contains(part))
}

/// Does it tell of things that AWS was to list and did not, or of regions that were left out, where those may bear on access?
/// Users and roles are told of by themselves.
pub(crate) fn may_leave_out_things(row: &Coverage) -> bool {
    let of_iam = row.call.starts_with("iam:") || row.call.starts_with("sts:");
    row.leaves_out_things() && !of_iam && tells_of_access(&row.call)
}
