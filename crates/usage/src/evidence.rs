//! What was used, as it is told to those who reason about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use clavicle_catalog::Catalog;
use clavicle_snapshot::{AccountId, Snapshot};
use jiff::Timestamp;

use crate::by_name;
use crate::few::Few;
use crate::last_accessed;
use crate::needs::Outcome;

/// So many session names of a principal and action are kept.
pub const SESSIONS: usize = 16;
/// So many addresses of a call are kept.
pub const ADDRESSES: usize = 16;

/// All evidence at hand, of every window that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// What was used and what was asked for in vain, by principal, action and need.
    pub uses: Vec<ActionUse>,
    /// Whether they did anything at all, by principal: also calls that are not known, or that need no permission.
    pub activity: Vec<Activity>,
    /// Sign-ins with a password, by principal.
    pub sign_ins: Vec<SignIn>,
    /// What AWS itself says of last use, by principal, service and action. In this order, a service before its actions.
    pub last_accessed: Vec<LastAccessed>,
    /// Events of calls whose actions are not known.
    pub unmapped: Vec<Unmapped>,
    /// Events of calls by nobody that has policies here.
    pub unattributed: Vec<Unattributed>,
    /// Which accounts and regions the logs speak of, from when to when.
    pub covered: Vec<CoveredRegion>,
    /// Of which services the logs hold data events, by account.
    pub data_events: Vec<DataEventsSeen>,
    /// Files that were not read as a whole, or that leave events out, by path: what else they hold, or held, was not seen.
    pub unread: Vec<UnreadLog>,
}

/// One principal's use of one action.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionUse {
    /// The ARN of the user, of the role behind a session, or of the root user: as the log spells it. Where that does not
    /// tell the role's path, `arn:aws:sts::ACCOUNT:assumed-role/NAME`, see [`Evidence::add_snapshot`].
    pub principal: Arc<str>,
    /// As the catalogue spells it: `s3:GetObject`.
    pub action: Arc<str>,
    /// Is it the event's own action, or one that came along?
    pub need: Need,
    /// How often and when. An event that touches two things is counted once here, and once in each of two calls.
    pub tally: Tally,
    /// Names of the sessions: of users, none.
    pub sessions: Few<Arc<str>, SESSIONS>,
    /// On what and in which circumstances.
    pub calls: Vec<Call>,
}

/// Why an event counts as a use of an action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The event is of this action.
    Own,
    /// A call of this other action needed it too, as its parameters show: `iam:PassRole` for a `lambda:CreateFunction`
    /// that names a role.
    Along(Arc<str>),
    /// The event is of this action or of this other one, of a service that logs under the same source: nothing in the log
    /// says which. It is no proof of use, and forbids to say that the action was not used.
    Either(Arc<str>),
    /// A call of this other action may have needed it too: the log does not settle it. It is no proof of use, and
    /// forbids to say that the action was not used.
    Perhaps(Arc<str>),
}

impl Need {
    /// Does it prove that the action was needed?
    pub fn is_certain(&self) -> bool {
        matches!(self, Self::Own | Self::Along(_))
    }
}

/// Calls on one thing in the same circumstances.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// On what.
    pub thing: Thing,
    /// The condition keys that the log tells. Of what is absent here nothing is known.
    pub context: Arc<KeyValues>,
    /// Where the calls came from: addresses only, none where AWS itself called for the principal.
    pub addresses: Few<Arc<str>, ADDRESSES>,
    /// How often and when.
    pub tally: Tally,
}

/// Names of condition keys as AWS writes them (`aws:RequestedRegion`), with their values.
pub type KeyValues = BTreeMap<Arc<str>, Vec<Arc<str>>>;

/// On what an action was used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// The log does not tell, or not in a form that the catalogue knows.
    NotKnown,
    /// The action takes no resource: policies can name `*` alone.
    Any,
    /// The thing with this ARN.
    Arn(Arc<str>),
    /// Things whose ARNs begin so: there were too many to keep each.
    Under(Arc<str>),
}

/// How often and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls that were let in and went well.
    pub succeeded: u64,
    /// Calls that failed for a reason other than a denial (`NoSuchKey`, `ThrottlingException`): the permission was
    /// needed all the same.
    pub failed: u64,
    /// Calls that were denied: what the principal wanted and may not do.
    pub denied: u64,
    /// The first and the last call that was not denied.
    pub used: Option<(Timestamp, Timestamp)>,
    /// The first and the last call that was denied.
    pub refused: Option<(Timestamp, Timestamp)>,
}

/// Whether a principal did anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The ARN of the user, role or root user.
    pub principal: Arc<str>,
    /// All its calls.
    pub calls: Tally,
    /// Of a role: how often it was assumed, by anybody.
    pub assumed: Tally,
}

/// How often somebody gave a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The ARN of the user or root user.
    pub principal: Arc<str>,
    /// How often and when.
    pub tally: Tally,
}

/// What AWS's last-accessed report says of one principal and one service, or one action of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAccessed {
    /// The ARN that the report is of: of a user, role, group or policy.
    pub principal: Arc<str>,
    /// The prefix of the service: `s3`.
    pub service: Arc<str>,
    /// `None`: of the service as a whole.
    pub action: Option<Arc<str>>,
    /// When it was last accessed; `None`: not within the tracking period of the report.
    pub at: Option<Timestamp>,
    /// Where.
    pub region: Option<Arc<str>>,
    /// When the report was made.
    pub reported: Timestamp,
}

/// Events of one name whose actions the catalogue does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// `s3.amazonaws.com`
    pub source: Arc<str>,
    /// `GetObject`
    pub name: Arc<str>,
    /// How many.
    pub events: u64,
    /// By whom; their rights are not all accounted for.
    pub principals: Few<Arc<str>, SESSIONS>,
}

/// Calls by callers without policies of their own here: services, anonymous callers, people who sign in to assume a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unattributed {
    /// The type of the caller as the log has it: `AWSService`, `WebIdentityUser`.
    pub kind: Arc<str>,
    /// How many.
    pub events: u64,
}

/// What the logs hold of one account and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredRegion {
    /// The account that the events are of.
    pub account: AccountId,
    /// The region.
    pub region: Arc<str>,
    /// The first event.
    pub from: Timestamp,
    /// The last event.
    pub to: Timestamp,
    /// How many events.
    pub events: u64,
    /// In how many hours of the clock there was one. Far fewer than lie between `from` and `to` may be a gap.
    pub hours: u64,
}

/// Data events of one service that the logs hold. That some are there does not say that all are: a trail may choose
/// single buckets or functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataEventsSeen {
    /// The account that the events are of.
    pub account: AccountId,
    /// `s3.amazonaws.com`
    pub source: Arc<str>,
    /// The first and the last.
    pub seen: (Timestamp, Timestamp),
    /// How many.
    pub events: u64,
}

/// A file of logs of which not all could be read, or that may not hold all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadLog {
    /// Its path, or the address of its object.
    pub path: Arc<str>,
    /// The account that its path says it is of; `None`: it says none, so it may be of any.
    pub account: Option<AccountId>,
    /// Why.
    pub fault: Arc<str>,
}

impl Tally {
    /// Nothing yet.
    pub const NONE: Self = Self { succeeded: 0, failed: 0, denied: 0, used: None, refused: None };

    /// So many calls that ended in one way, the first and the last of them at these times.
    pub(crate) fn of(outcome: Outcome, count: u64, first: Timestamp, last: Timestamp) -> Self {
        let span = Some((first, last));
        match outcome {
            Outcome::Succeeded => Self { succeeded: count, used: span, ..Self::NONE },
            Outcome::Failed => Self { failed: count, used: span, ..Self::NONE },
            Outcome::Denied => Self { denied: count, refused: span, ..Self::NONE },
        }
    }

    /// Calls that were not denied.
    pub fn uses(&self) -> u64 {
        self.succeeded + self.failed
    }

    /// Was there a call that was not denied at or after this time?
    pub fn used_since(&self, since: Timestamp) -> bool {
        self.used.is_some_and(|(_, last)| last >= since)
    }

    /// Adds what was counted elsewhere, of other events.
    pub fn add(&mut self, other: &Self) {
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.denied += other.denied;
        self.used = widest(self.used, other.used);
        self.refused = widest(self.refused, other.refused);
    }
}

pub(crate) type Span = Option<(Timestamp, Timestamp)>;

pub(crate) fn widest(one: Span, other: Span) -> Span {
    match (one, other) {
        (Some((from, to)), Some((other_from, other_to))) => Some((from.min(other_from), to.max(other_to))),
        (one, other) => one.or(other),
    }
}

/// The account that the path of a log speaks of: `111122223333_CloudTrail_eu-west-1_….json.gz`, or a file anywhere under
/// `AWSLogs/111122223333/` or `AWSLogs/o-exampleorgid/111122223333/`.
///
/// AWS: AWS CloudTrail User Guide, "CloudTrail log file name format", "Finding your CloudTrail log files".
pub(crate) fn account_in(path: &str) -> Option<AccountId> {
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    let name = parts.last()?;
    if let Some(account) = name.split_once("_CloudTrail_").and_then(|(account, _)| AccountId::parse(account))
    {
        return Some(account);
    }
    let place = parts.iter().rposition(|part| *part == "AWSLogs")?;
    let mut after = parts[place + 1..].iter().skip_while(|part| part.starts_with("o-"));
    after.next().and_then(|account| AccountId::parse(account))
}

impl LastAccessed {
    /// What it is about; facts stand in this order.
    pub(crate) fn place(&self) -> (&str, &str, Option<&str>) {
        (&self.principal, &self.service, self.action.as_deref())
    }
}

impl Evidence {
    /// Adds what a snapshot knows: AWS's reports of last use, of which the later stands where both speak of one thing, and
    /// which roles the sessions are of that are known by name.
    pub fn add_snapshot(&mut self, catalog: &Catalog, snapshot: &Snapshot) {
        by_name::attribute(self, snapshot);
        if !snapshot.last_accessed.is_empty() {
            last_accessed::merge(catalog, &mut self.last_accessed, snapshot);
        }
    }

    /// What reports say of one principal and service: of the service as a whole, or of one action. A binary search.
    pub fn last_accessed(
        &self,
        principal: &str,
        service: &str,
        action: Option<&str>,
    ) -> Option<&LastAccessed> {
        let at = self
            .last_accessed
            .binary_search_by(|fact| fact.place().cmp(&(principal, service, action)))
            .ok()?;
        self.last_accessed.get(at)
    }

    /// What reports say of one principal: services, each before its actions. Two binary searches.
    pub fn reports_of(&self, principal: &str) -> &[LastAccessed] {
        let from = self.last_accessed.partition_point(|fact| &*fact.principal < principal);
        let to = self.last_accessed.partition_point(|fact| &*fact.principal <= principal);
        &self.last_accessed[from..to]
    }

    /// What one principal used, by action and need. Two binary searches.
    pub fn of(&self, principal: &str) -> &[ActionUse] {
        let from = self.uses.partition_point(|known| &*known.principal < principal);
        let to = self.uses.partition_point(|known| &*known.principal <= principal);
        &self.uses[from..to]
    }

    /// What one principal did at all.
    pub fn activity_of(&self, principal: &str) -> Option<&Activity> {
        let at = self.activity.binary_search_by(|known| (*known.principal).cmp(principal)).ok()?;
        self.activity.get(at)
    }

    /// May some log of an account not have been read as a whole, or not hold all?
    pub fn has_unread(&self, account: AccountId) -> bool {
        self.unread.iter().any(|log| log.account.is_none_or(|of| of == account))
    }

    /// When the logs of an account begin and end, over all its regions; `None`: there are none.
    pub fn window(&self, account: AccountId) -> Option<(Timestamp, Timestamp)> {
        let regions = self.covered.iter().filter(|region| region.account == account);
        regions.fold(None, |span, region| widest(span, Some((region.from, region.to))))
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, LastAccessed, account_in};
    use jiff::Timestamp;

    #[test]
    fn reports_of_one_are_all_of_them_and_no_others() {
        let mut evidence = Evidence::default();
        for (principal, count) in [("a", 2), ("ab", 0), ("b", 1), ("c", 3)] {
            evidence.last_accessed.extend((0..count).map(|at| LastAccessed {
                principal: principal.into(),
                service: format!("s{at}").into(),
                action: None,
                at: None,
                region: None,
                reported: Timestamp::UNIX_EPOCH,
            }));
        }
        for (principal, count) in [("", 0), ("a", 2), ("ab", 0), ("b", 1), ("c", 3), ("d", 0)] {
            let found = evidence.reports_of(principal);
            assert_eq!(found.len(), count, "{principal}");
            assert!(found.iter().all(|fact| &*fact.principal == principal));
        }
    }

    #[test]
    fn paths_of_trails_say_their_account() {
        let name = "111122223333_CloudTrail_eu-west-1_20260301T0120Z_x.json.gz";
        for (path, account) in [
            (name.to_owned(), true),
            (format!("/logs/AWSLogs/444455556666/CloudTrail/{name}"), true),
            ("s3://b/p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/x.gz".to_owned(), true),
            ("s3://b/AWSLogs/o-abc/111122223333/CloudTrail/x.gz".to_owned(), true),
            ("/logs/111122223333/x.gz".to_owned(), false),
            ("/logs/AWSLogs".to_owned(), false),
            ("/logs/202603010120.gz".to_owned(), false),
            (String::new(), false),
        ] {
            let found = account_in(&path).map(|account| account.to_string());
            assert_eq!(found.as_deref(), account.then_some("111122223333"), "{path}");
        }
    }
}
