//! What was not seen, as far as it could turn an answer.

use clavicle_policy::AccountId;
use clavicle_snapshot::Coverage;

use crate::reader::Reader;
use crate::shape::NotSeen;

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
        self.told(self.world().snapshot().not_seen().filter(bears))
    }

    /// Everything that was not seen, what concerns most things first. Of calls that would only have told whether there
    /// is something, one line names all accounts.
    pub(crate) fn all_not_seen(&self) -> Vec<NotSeen> {
        let mut found: Vec<NotSeen> = Vec::new();
        for told in self.told(self.world().snapshot().not_seen()) {
            let same =
                |known: &&mut NotSeen| known.things == 0 && known.call == told.call && known.why == told.why;
            match found.iter_mut().find(same).filter(|_| told.things == 0) {
                Some(known) => known.place = format!("{}, {}", known.place, told.place),
                None => found.push(told),
            }
        }
        found.sort_by_key(|told| std::cmp::Reverse(told.things));
        found
    }

    fn told<'c>(&self, coverage: impl Iterator<Item = &'c Coverage>) -> Vec<NotSeen> {
        let mut found: Vec<NotSeen> = Vec::new();
        for coverage in coverage {
            let place = match coverage.account {
                Some(account) => self.account_name(account),
                None => "the organization".to_owned(),
            };
            let told = NotSeen {
                call: coverage.call.to_string(),
                place,
                things: coverage.things,
                why: coverage.reason.to_string(),
            };
            // One line for the regions of a call.
            let same = |known: &&mut NotSeen| {
                known.call == told.call && known.place == told.place && known.why == told.why
            };
            match found.iter_mut().find(same) {
                Some(known) => known.things += told.things,
                None => found.push(told),
            }
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
