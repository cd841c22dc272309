//! What is granted and was not used?
//!
//! Three sources tell of use: logs, AWS's reports of last access, and the last-used facts of the snapshot. Each says of
//! some things that they were used; that something was *not* used follows only where a source would have shown it. All
//! else is "cannot be known", with the reason.

pub(crate) mod granted;
mod lines;
mod of_policy;
mod use_of_actions;

use clavicle_catalog::ActionId;
use clavicle_graph::Document;
use clavicle_snapshot::{AccountId, PolicyIndex, PrincipalIndex, PrincipalKind, PrincipalRecord};
use clavicle_usage::{Evidence, Tally};
use jiff::{SignedDuration, Timestamp};

use crate::count::{counted, number};
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::shape::{
    EvidenceHead, IdleCredential, IdlePrincipal, IdleThing, LogsOf, PermissionsUsed, Thing, UnusedPage,
};
use granted::Granted;
pub use lines::{UseLine, UseLines};
pub use of_policy::{PolicyUsed, UsedBy};
pub(crate) use use_of_actions::Use;
use use_of_actions::{Shown, Why};

/// A time that people write: `90d` before `now`, `12w`, `6h`, a day such as `2026-03-01`, or a time.
pub fn since(text: &str, now: Timestamp) -> Result<Timestamp, QuestionError> {
    let text = text.trim();
    let age = |unit: char, hours: i64| {
        let count: i64 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count >= 0)?;
        now.checked_sub(SignedDuration::try_from_hours(count.checked_mul(hours)?)?).ok()
    };
    let day = || format!("{text}T00:00:00Z").parse().ok();
    age('d', 24)
        .or_else(|| age('w', 24 * 7))
        .or_else(|| age('h', 1))
        .or_else(day)
        .or_else(|| text.parse().ok())
        .ok_or_else(|| {
            QuestionError::new(format!("`{text}` is no age and no time"))
                .hint("write `90d`, `12w`, a day such as `2026-03-01`, or a time")
        })
        .and_then(|since| match since > now {
            // Nothing can have been seen to be used after it, nor to be not.
            true => Err(QuestionError::new(format!(
                "`{text}` is later than all that is known, which ends at {now}"
            ))
            .hint("name a time before it, or an age such as `90d`")),
            false => Ok(since),
        })
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedQuestion {
    /// Of whom; `None`: of everybody.
    pub who: Option<String>,
    /// What was last used before this time was not used.
    pub since: Timestamp,
}

/// The first event of a log seldom is of the very moment that is asked about. And so late may a use show in a report of last
/// access: "recent activity usually appears within four hours" (AWS: IAM User Guide, "Refine permissions in AWS using last
/// accessed information").
const TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

/// Whether somebody did anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It did, last at this time; or it is too new to tell.
    InUse(Option<Timestamp>),
    /// It did not.
    Idle { last_used: Option<Timestamp>, because: String },
    /// That cannot be known.
    Unknown { last_used: Option<Timestamp>, because: String },
}

impl Reader {
    /// What was not used. An unclear name is an error.
    pub fn unused(
        &self,
        question: &UnusedQuestion,
        evidence: &Evidence,
    ) -> Result<UnusedPage, QuestionError> {
        let only = question.who.as_deref().map(|who| self.one_principal(who)).transpose()?;
        let snapshot = self.world().snapshot();
        let asked: Vec<PrincipalIndex> = match only {
            Some(only) => vec![only],
            None => self.world().principals().filter(|index| snapshot.principal(*index).seen).collect(),
        };
        let mut looked = Looked::new(self, evidence, question.since);
        let mut page = UnusedPage {
            schema: "clavicle.unused/1",
            who: question.who.clone(),
            since: question.since.to_string(),
            snapshot: self.snapshot_head(),
            catalog: self.world().catalog().data_date().to_owned(),
            evidence: evidence_head(self, evidence, question.since, &asked),
            sentence: String::new(),
            principals: Vec::new(),
            unknown: Vec::new(),
            credentials: Vec::new(),
            groups: Vec::new(),
            policies: Vec::new(),
            permissions: Vec::new(),
            notes: Vec::new(),
        };
        for index in &asked {
            let record = snapshot.principal(*index);
            match record.kind {
                PrincipalKind::Group => page.groups.extend(looked.group(*index)),
                PrincipalKind::User | PrincipalKind::Role => looked.principal(*index, record, &mut page),
            }
        }
        if only.is_none() {
            page.policies = looked.policies();
        }
        page.sentence = sentence(&page, asked.len());
        page.notes = notes_of(self, &page.evidence, evidence);
        Ok(page)
    }

    /// Of each action that somebody's policies grant: was it used since, or can nobody know?
    pub(crate) fn use_of_each(
        &self,
        principal: PrincipalIndex,
        documents: &[Document],
        evidence: &Evidence,
        since: Timestamp,
    ) -> Vec<(ActionId, Use)> {
        let mut looked = Looked::new(self, evidence, since);
        let record = self.world().snapshot().principal(principal);
        let granted = looked.granted.by_all(self, documents);
        let standing = looked.standing(record, &granted);
        looked.shown.use_of_each(record, &granted, &standing)
    }

    /// What runs as somebody, by name.
    pub fn workloads_of(&self, who: &str) -> Result<Vec<String>, QuestionError> {
        let workloads = self.world().runs_as(self.one_principal(who)?);
        Ok(workloads.iter().map(|workload| self.thing_of_resource(*workload).name).collect())
    }

    pub(crate) fn one_principal(&self, who: &str) -> Result<PrincipalIndex, QuestionError> {
        use clavicle_graph::Actor;
        match self.actor(who)? {
            Actor::Principal(index) => Ok(index),
            _ => Err(QuestionError::new(format!("`{who}` is not a user or role of the snapshot"))
                .hint("name one, such as `role/web`, or nobody: then everybody is looked at")),
        }
    }
}

impl Reader {
    /// The newest moment that the snapshot or evidence of its accounts tells of: ages are counted back from there.
    pub fn told_until(&self, evidence: &Evidence) -> Option<Timestamp> {
        let snapshot = self.world().snapshot();
        let is_here = |account: AccountId| snapshot.accounts.iter().any(|known| known.id == account);
        let logs =
            evidence.covered.iter().filter(|region| is_here(region.account)).map(|region| region.to).max();
        time(&snapshot.id).max(logs)
    }
}

/// Somebody's question, half answered.
struct Looked<'r> {
    reader: &'r Reader,
    evidence: &'r Evidence,
    since: Timestamp,
    granted: Granted,
    shown: Shown<'r>,
}

impl<'r> Looked<'r> {
    fn new(reader: &'r Reader, evidence: &'r Evidence, since: Timestamp) -> Self {
        Self {
            reader,
            evidence,
            since,
            granted: Granted::default(),
            shown: Shown::new(reader, evidence, since),
        }
    }

    fn principal(&mut self, index: PrincipalIndex, record: &PrincipalRecord, page: &mut UnusedPage) {
        let granted = self.granted.to(self.reader, index);
        let standing = self.standing(record, &granted);
        let thing = self.reader.thing_of_principal(index);
        let idle = |last_used: &Option<Timestamp>, because: &str| IdlePrincipal {
            thing: thing.clone(),
            last_used: last_used.map(|at| at.to_string()),
            because: because.to_owned(),
        };
        match &standing {
            Standing::InUse(_) => {}
            Standing::Idle { last_used, because } => page.principals.push(idle(last_used, because)),
            Standing::Unknown { last_used, because } => page.unknown.push(idle(last_used, because)),
        }
        page.credentials.extend(self.credentials(record, &thing));
        if !granted.is_empty() || granted.partly_seen {
            page.permissions.push(self.shown.permissions(thing, record, &granted, &standing));
        }
    }

    /// Whether somebody did anything since, by all sources together.
    fn standing(&self, record: &PrincipalRecord, granted: &granted::Actions) -> Standing {
        let (seen, told) = last_seen(record, self.evidence);
        let last_used = seen.max(told.flatten());
        if last_used.is_some_and(|at| at >= self.since) {
            return Standing::InUse(last_used);
        }
        if record.created.as_deref().and_then(time).is_some_and(|made| made >= self.since) {
            return Standing::InUse(None);
        }
        // What AWS says of last use counts every request, until the moment of the snapshot.
        let snapshot = time(&self.reader.world().snapshot().id);
        if let Some(told) = told
            && snapshot.is_some_and(|at| at >= self.since)
        {
            let because = match told {
                Some(at) => format!("AWS: last used at {at}"),
                None => "AWS knows of no use in the time that it looks back".to_owned(),
            };
            return Standing::Idle { last_used, because };
        }
        let logs = self.evidence.window(record.account);
        match logs {
            None => Standing::Unknown { last_used, because: "there are no logs of its account".to_owned() },
            Some((from, _)) if !reaches(from, self.since) => {
                Standing::Unknown { last_used, because: format!("the logs of its account begin at {from}") }
            }
            // Snapshots and the logs of other accounts may be newer.
            Some((_, to))
                if to < self.since || self.shown.until().is_some_and(|until| !goes_on(to, until)) =>
            {
                Standing::Unknown { last_used, because: format!("the logs of its account end at {to}") }
            }
            Some(_) if self.evidence.has_unread(record.account) => {
                Standing::Unknown { last_used, because: Why::LogsUnread.words().to_owned() }
            }
            // Whoever uses a role has to assume it, which is a management event. Keys of users can be used for data alone.
            Some((_, to)) => match record.kind == PrincipalKind::Role
                || self.shown.shows_all(record.account, granted)
            {
                true => {
                    Standing::Idle { last_used, because: format!("the logs have no event of it until {to}") }
                }
                false => Standing::Unknown {
                    last_used,
                    because: "the logs have no event of it, and would not show all that it may do".to_owned(),
                },
            },
        }
    }

    fn credentials(&self, record: &PrincipalRecord, thing: &Thing) -> Vec<IdleCredential> {
        // Facts that end before the time say nothing of what came after.
        let reaches = time(&self.reader.world().snapshot().id).is_some_and(|snapshot| snapshot >= self.since);
        let Some(known) = record.credentials.as_ref().filter(|_| reaches) else { return Vec::new() };
        let is_old = |made: Option<&str>| made.and_then(time).is_some_and(|made| made < self.since);
        let is_idle = |last: Option<&str>| last.is_none_or(|at| time(at).is_some_and(|at| at < self.since));
        let mut idle = Vec::new();
        let signed_in = self.evidence.sign_ins.iter().filter(|known| known.principal == record.arn);
        let signed_in = signed_in.into_iter().any(|known| known.tally.used_since(self.since));
        let password = known.password_last_used.as_deref();
        if known.password == Some(true)
            && is_idle(password)
            && !signed_in
            && is_old(record.created.as_deref())
        {
            idle.push(IdleCredential {
                thing: thing.clone(),
                kind: "password",
                made: None,
                last_used: password.map(str::to_owned),
            });
        }
        for key in known.keys.iter().filter(|key| key.active) {
            let made = key.rotated.as_deref().or(record.created.as_deref());
            if is_idle(key.last_used.as_deref()) && is_old(made) {
                idle.push(IdleCredential {
                    thing: thing.clone(),
                    kind: "access key",
                    made: key.rotated.as_deref().map(str::to_owned),
                    last_used: key.last_used.as_deref().map(str::to_owned),
                });
            }
        }
        idle
    }

    fn group(&mut self, index: PrincipalIndex) -> Option<IdleThing> {
        let members = self.reader.world().members(index);
        let snapshot = self.reader.world().snapshot();
        let idle = |member: &PrincipalIndex| {
            let granted = self.granted.to(self.reader, *member);
            matches!(self.standing(snapshot.principal(*member), &granted), Standing::Idle { .. })
        };
        let because = match members.len() {
            0 => "it has no members".to_owned(),
            count if members.to_vec().iter().all(idle) => {
                format!("none of its {} did anything", counted(count, "member", "members"))
            }
            _ => return None,
        };
        Some(IdleThing { thing: self.reader.thing_of_principal(index), because })
    }

    /// Managed policies that are attached to nobody, or of which no bearer used anything.
    fn policies(&mut self) -> Vec<IdleThing> {
        let snapshot = self.reader.world().snapshot();
        let mut idle = Vec::new();
        for (at, policy) in snapshot.policies.iter().enumerate() {
            let document = Document::Managed(PolicyIndex::at(at));
            if policy.account.is_none() || snapshot.perhaps_attached.contains(&policy.arn) {
                continue;
            }
            let attachments = self.reader.in_use().attachments(&document).clone();
            if !attachments.bounds.is_empty() || !attachments.permission_sets.is_empty() {
                continue;
            }
            let because = if attachments.bearers.is_empty() {
                "it is attached to nobody".to_owned()
            } else {
                let Some(text) = self.reader.world().text_of_document(&document) else { continue };
                let granted = self.granted.by(self.reader, text).clone();
                // A policy that only denies is in use wherever it is attached.
                if granted.is_empty() || granted.partly_seen {
                    continue;
                }
                let bearers = self.bearers(&attachments.bearers);
                let used = |bearer: &PrincipalIndex| {
                    let record = snapshot.principal(*bearer);
                    let standing = self.standing(record, &granted);
                    self.shown.may_have_used(record, &granted, &standing)
                };
                if bearers.iter().any(used) {
                    continue;
                }
                match bearers.len() {
                    0 => "it is attached to groups without members".to_owned(),
                    1 => "the one identity that bears it used nothing of it".to_owned(),
                    count => {
                        format!("none of the {} identities that bear it used anything of it", number(count))
                    }
                }
            };
            idle.push(IdleThing { thing: self.reader.thing_of_document(&document), because });
        }
        idle
    }

    /// Users and roles, for groups their members.
    fn bearers(&self, bearers: &[PrincipalIndex]) -> Vec<PrincipalIndex> {
        let world = self.reader.world();
        let expand = |index: &PrincipalIndex| match world.snapshot().principal(*index).kind {
            PrincipalKind::Group => world.members(*index).to_vec(),
            PrincipalKind::User | PrincipalKind::Role => vec![*index],
        };
        let mut all: Vec<PrincipalIndex> = bearers.iter().flat_map(expand).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The last use that evidence has, and what AWS itself says in the snapshot; its inside is `None` where AWS knows of none.
fn last_seen(
    record: &PrincipalRecord,
    evidence: &Evidence,
) -> (Option<Timestamp>, Option<Option<Timestamp>>) {
    let last = |tally: &Tally| tally.used.map(|(_, last)| last).max(tally.refused.map(|(_, last)| last));
    let acted = evidence.activity_of(&record.arn);
    let acted = acted.and_then(|known| last(&known.calls).max(known.assumed.used.map(|(_, last)| last)));
    let accessed = evidence.reports_of(&record.arn).iter().filter_map(|fact| fact.at).max();
    let told = record.last_used.as_ref().map(|last_used| last_used.at.as_deref().and_then(time));
    (acted.max(accessed), told)
}

/// Do logs that begin at `from` show what was done since?
pub(crate) fn reaches(from: Timestamp, since: Timestamp) -> bool {
    from.duration_since(since) <= TOLERANCE
}

/// Do logs that end at `to` show what was done until the newest of what was told?
pub(crate) fn goes_on(to: Timestamp, until: Timestamp) -> bool {
    until.duration_since(to) <= TOLERANCE
}

pub(crate) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn evidence_head(
    reader: &Reader,
    evidence: &Evidence,
    since: Timestamp,
    asked: &[PrincipalIndex],
) -> EvidenceHead {
    let mut accounts: Vec<AccountId> =
        asked.iter().map(|index| reader.world().snapshot().principal(*index).account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let logs = |account: &AccountId| {
        let window = evidence.window(*account);
        let regions = evidence.covered.iter().filter(|region| region.account == *account);
        let services = evidence.data_events.iter().filter(|seen| seen.account == *account);
        LogsOf {
            account: account.to_string(),
            from: window.map(|(from, _)| from.to_string()),
            to: window.map(|(_, to)| to.to_string()),
            reach_back: window.is_some_and(|(from, _)| reaches(from, since)),
            events: regions.map(|region| region.events).sum(),
            data_events: services.map(|seen| seen.source.to_string()).collect(),
        }
    };
    let mut reported: Vec<&str> = evidence.last_accessed.iter().map(|fact| &*fact.principal).collect();
    reported.dedup();
    EvidenceHead {
        logs: accounts.iter().map(logs).collect(),
        last_accessed: reported.len(),
        unmapped_events: evidence.unmapped.iter().map(|unmapped| unmapped.events).sum(),
    }
}

fn sentence(page: &UnusedPage, asked: usize) -> String {
    let day = page.since.get(..10).unwrap_or(&page.since);
    let unused: usize = page.permissions.iter().map(|used| used.unused).sum();
    let granted: usize = page.permissions.iter().map(|used| used.granted).sum();
    if let (Some(who), [only]) = (&page.who, page.permissions.as_slice()) {
        return format!(
            "{who}: {} granted, {} used since {day}, {} not, {} cannot be known.",
            counted(only.granted, "action", "actions"),
            number(only.used),
            number(only.unused),
            number(only.unknown)
        );
    }
    let idle = page.principals.len();
    format!(
        "{} of {} did nothing since {day}; {} of {} granted actions were not used.",
        number(idle),
        counted(asked.saturating_sub(page.groups.len()), "identity", "identities"),
        number(unused),
        number(granted)
    )
}

/// Of so many accounts whose logs begin late each is named.
const MOST_LATE: usize = 3;

fn notes_of(reader: &Reader, head: &EvidenceHead, evidence: &Evidence) -> Vec<String> {
    let mut notes = Vec::new();
    let missing = head.logs.iter().filter(|logs| logs.from.is_none()).count();
    if missing > 0 {
        let of = counted(missing, "account", "accounts");
        notes.push(format!("There are no logs of {of}: read them with `clavicle usage LOGS`."));
    }
    let late: Vec<&LogsOf> =
        head.logs.iter().filter(|logs| logs.from.is_some() && !logs.reach_back).collect();
    if late.len() > MOST_LATE {
        notes.push(format!(
            "The logs of {} accounts begin later: what came before was not seen.",
            number(late.len())
        ));
    } else {
        notes.extend(late.iter().map(|logs| {
            let from = logs.from.as_deref().unwrap_or_default();
            format!("The logs of {} begin at {from}: what came before was not seen.", logs.account)
        }));
    }
    if head.logs.iter().any(|logs| logs.from.is_some()) {
        notes.push(
            "Data events count as logged where some of their service are; a trail may log those of some things only."
                .to_owned(),
        );
    }
    let is_asked = |account: AccountId| head.logs.iter().any(|logs| logs.account == account.to_string());
    notes.extend(unread_note(evidence, is_asked));
    if head.unmapped_events > 0 {
        let names: Vec<String> = evidence
            .unmapped
            .iter()
            .take(3)
            .map(|known| format!("{} {}", known.source, known.name))
            .collect();
        notes.push(format!(
            "Of {} the action is not known ({}): of their services nothing is called unused for whoever made them.",
            counted(usize::try_from(head.unmapped_events).unwrap_or(usize::MAX), "event", "events"),
            names.join(", ")
        ));
    }
    let newest =
        evidence.covered.iter().filter(|region| is_asked(region.account)).map(|region| region.to).max();
    if let (Some(newest), Some(snapshot)) = (newest, time(&reader.world().snapshot().id))
        && (newest.duration_since(snapshot)).abs() > SignedDuration::from_hours(24 * 30)
    {
        notes.push(format!("The snapshot is of {snapshot}, the last event of {newest}."));
    }
    notes
}

/// At most so many files that could not be read are named.
const MOST_UNREAD: usize = 2;

/// Of logs that could not be read, where they may be of one of these accounts.
pub(crate) fn unread_note(evidence: &Evidence, is_asked: impl Fn(AccountId) -> bool) -> Option<String> {
    let of_them: Vec<&str> = evidence
        .unread
        .iter()
        .filter(|log| log.account.is_none_or(&is_asked))
        .map(|log| &*log.path)
        .collect();
    let more = match of_them.len() {
        0 => return None,
        count if count > MOST_UNREAD => " …",
        _ => "",
    };
    let count = counted(of_them.len(), "file of logs", "files of logs");
    let names = of_them.iter().take(MOST_UNREAD).copied().collect::<Vec<_>>().join(", ");
    Some(format!(
        "{count} could not be read to the end, or may leave events out ({names}{more}): what is not seen in logs is not called \
         unused there."
    ))
}

/// How the permissions of one principal are told.
pub(crate) type Used = PermissionsUsed;

#[cfg(test)]
mod tests {
    use super::since;
    use jiff::Timestamp;

    #[test]
    fn ages_days_and_times_are_read() {
        let now: Timestamp = "2026-06-30T12:00:00Z".parse().expect("a time");
        for (text, wanted) in [
            ("90d", "2026-04-01T12:00:00Z"),
            ("1w", "2026-06-23T12:00:00Z"),
            ("6h", "2026-06-30T06:00:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z"),
        ] {
            assert_eq!(since(text, now).expect(text).to_string(), wanted);
        }
        for text in ["", "d", "-3d", "soon", "99999999999999999999d", "9223372036854775807d"] {
            assert!(since(text, now).is_err(), "{text}");
        }
    }
}
