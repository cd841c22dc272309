//! Of one principal and one action: was it used, was it not, or can nobody know?

use std::collections::{BTreeMap, BTreeSet};

use clavicle_catalog::{ActionId, Catalog};
use clavicle_snapshot::{AccountId, PrincipalRecord};
use clavicle_usage::{ActionUse, Evidence, LastAccessed, Need, Thing as UsedThing, Visibility};
use foldhash::HashMap;
use jiff::Timestamp;

use super::granted::Actions;
use super::{Standing, TOLERANCE, Used, goes_on, reaches};
use crate::reader::Reader;
use crate::shape::{PermissionsUsed, ServiceActions, Thing, UnknownActions, UsedAction};

/// Was it used?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    Yes,
    No,
    Unknown(Why),
}

/// How many actions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) used: usize,
    pub(super) unused: usize,
    pub(super) unknown: usize,
}

/// Why nobody can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    NoLogs,
    LogsBeginLater,
    LogsEndEarlier,
    LogsUnread,
    ReportEnds,
    DataEventsNotSeen,
    NeverLogged,
    TooNew,
    CameAlong,
    Either,
    Unmapped,
    ThingNotTold,
    NotRead,
}

impl Why {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NoLogs => "there are no logs of the account",
            Self::LogsBeginLater => "the logs begin later",
            Self::LogsEndEarlier => "the logs end earlier than what else is known of the account",
            Self::LogsUnread => "some logs could not be read, or may leave events out",
            Self::ReportEnds => {
                "AWS's report of last access ends earlier, and the logs do not show what came after"
            }
            Self::DataEventsNotSeen => "data events of the service are not in the logs",
            Self::NeverLogged => "no event bears its name",
            Self::TooNew => "whether it is logged is not known yet",
            Self::CameAlong => "a call that was made may have needed it",
            Self::Either => {
                "a call was of it or of another service's action: both log under one source and name"
            }
            Self::Unmapped => "events of its service are of no known action",
            Self::ThingNotTold => "nothing tells on what they used it",
            Self::NotRead => "the statement cannot be read",
        }
    }
}

/// So far back reports of last access reach at least. AWS: IAM API Reference, `GenerateServiceLastAccessedDetails`: "IAM
/// reports activity for at least the last 400 days".
const TRACKED: jiff::SignedDuration = jiff::SignedDuration::from_hours(400 * 24);

/// So many things that an action was used on are named.
const MOST_THINGS: usize = 3;

/// What the evidence shows.
pub(super) struct Shown<'r> {
    reader: &'r Reader,
    catalog: &'static Catalog,
    evidence: &'r Evidence,
    since: Timestamp,
    /// The moment until which something is told.
    until: Option<Timestamp>,
    logs: HashMap<AccountId, Logs>,
}

/// What the logs of an account would show.
struct Logs {
    /// By action: why they would never show it.
    never: Vec<Option<Why>>,
    window: Option<(Timestamp, Timestamp)>,
    unread: bool,
}

impl<'r> Shown<'r> {
    pub(super) fn new(reader: &'r Reader, evidence: &'r Evidence, since: Timestamp) -> Self {
        let catalog = reader.world().catalog();
        let logs_of = |account: AccountId| Logs {
            never: catalog.actions().map(|action| never(catalog, evidence, account, action)).collect(),
            window: evidence.window(account),
            unread: evidence.has_unread(account),
        };
        let accounts = reader.world().snapshot().accounts.iter().map(|account| account.id);
        let logs = accounts.map(|account| (account, logs_of(account))).collect();
        Self { reader, catalog, evidence, since, until: reader.told_until(evidence), logs }
    }

    /// The moment until which something is told.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Would the logs show each of these?
    pub(super) fn shows_all(&self, account: AccountId, actions: &Actions) -> bool {
        actions.iter(self.catalog).all(|action| self.hidden(account, action, self.since).is_none())
    }

    /// Why a use since a time would not show in the logs; `None`: it would.
    fn hidden(&self, account: AccountId, action: ActionId, since: Timestamp) -> Option<Why> {
        let Some(logs) = self.logs.get(&account) else { return Some(Why::NoLogs) };
        let never = logs.never.get(action.index()).copied().flatten();
        never.or(match logs.window {
            None => Some(Why::NoLogs),
            Some((from, _)) if !reaches(from, since) => Some(Why::LogsBeginLater),
            Some((_, to)) if to < since || self.until.is_some_and(|until| !goes_on(to, until)) => {
                Some(Why::LogsEndEarlier)
            }
            Some(_) => logs.unread.then_some(Why::LogsUnread),
        })
    }

    /// Would the logs, from a report of last access on, show a use?
    fn goes_on(&self, account: AccountId, action: ActionId, reported: Timestamp) -> bool {
        let window = self.logs.get(&account).and_then(|logs| logs.window);
        window.is_some_and(|(_, to)| to >= reported) && self.hidden(account, action, reported).is_none()
    }

    /// May somebody have used one of these?
    pub(super) fn may_have_used(
        &self,
        record: &PrincipalRecord,
        actions: &Actions,
        standing: &Standing,
    ) -> bool {
        let uses = self.uses_of(record);
        actions.iter(self.catalog).any(|action| self.use_of(record, action, standing, &uses) != Use::No)
    }

    /// Was any of these used on a thing that is meant? `is_meant`: of a thing; `None`: nobody can tell.
    pub(super) fn use_on(
        &self,
        record: &PrincipalRecord,
        actions: &Actions,
        standing: &Standing,
        is_meant: impl Fn(&UsedThing) -> Option<bool>,
    ) -> Use {
        let uses = self.uses_of(record);
        let mut found = Use::No;
        for action in actions.iter(self.catalog) {
            let used = match self.use_of(record, action, standing, &uses) {
                Use::Yes => self.on_what(record.account, action, &uses, &is_meant),
                other => other,
            };
            match (used, found) {
                (Use::Yes, _) => return Use::Yes,
                (Use::Unknown(_), Use::No) => found = used,
                _ => {}
            }
        }
        found
    }

    /// Was an action, which was used, used on a thing that is meant?
    fn on_what(
        &self,
        account: AccountId,
        action: ActionId,
        uses: &HashMap<&str, Vec<&ActionUse>>,
        is_meant: impl Fn(&UsedThing) -> Option<bool>,
    ) -> Use {
        let known = uses.get(self.catalog.name(action)).into_iter().flatten();
        let certain = known.filter(|known| known.need.is_certain()).flat_map(|known| &known.calls);
        let meant: Vec<Option<bool>> = certain
            .filter(|call| call.tally.used_since(self.since))
            .map(|call| is_meant(&call.thing))
            .collect();
        let is_whole = !meant.is_empty() && self.hidden(account, action, self.since).is_none();
        match meant.contains(&Some(true)) || (!is_whole && is_meant(&UsedThing::NotKnown) == Some(true)) {
            true => Use::Yes,
            false if is_whole && !meant.contains(&None) => Use::No,
            false => Use::Unknown(Why::ThingNotTold),
        }
    }

    /// Of each of these: was it used?
    pub(super) fn use_of_each(
        &self,
        record: &PrincipalRecord,
        actions: &Actions,
        standing: &Standing,
    ) -> Vec<(ActionId, Use)> {
        let uses = self.uses_of(record);
        let each = |action| (action, self.use_of(record, action, standing, &uses));
        actions.iter(self.catalog).map(each).collect()
    }

    fn uses_of(&self, record: &PrincipalRecord) -> HashMap<&'r str, Vec<&'r ActionUse>> {
        let mut uses: HashMap<&str, Vec<&ActionUse>> = HashMap::default();
        for known in self.evidence.of(&record.arn) {
            uses.entry(&known.action).or_default().push(known);
        }
        uses
    }

    fn use_of(
        &self,
        record: &PrincipalRecord,
        action: ActionId,
        standing: &Standing,
        uses: &HashMap<&str, Vec<&ActionUse>>,
    ) -> Use {
        let name = self.catalog.name(action);
        let known = uses.get(name).map(Vec::as_slice).unwrap_or_default();
        let used = |known: &&&ActionUse| known.tally.used_since(self.since);
        if known.iter().filter(used).any(|known| known.need.is_certain()) {
            return Use::Yes;
        }
        let prefix = self.catalog.prefix(action);
        let of_action = self.evidence.last_accessed(&record.arn, prefix, Some(name));
        let of_service = self.evidence.last_accessed(&record.arn, prefix, None);
        let since = |fact: &&LastAccessed| fact.at.is_some_and(|at| at >= self.since);
        if of_action.filter(|fact| since(fact)).is_some() {
            return Use::Yes;
        }
        let mut unsettled = known.iter().filter(used).peekable();
        if unsettled.peek().is_some() {
            let is_either = unsettled.any(|known| matches!(known.need, Need::Either(_)));
            return Use::Unknown(if is_either { Why::Either } else { Why::CameAlong });
        }
        // Who did nothing did not do this. A service that nobody asked was not asked this.
        if matches!(standing, Standing::Idle { .. }) {
            return Use::No;
        }
        // That nothing was tried is said of the time that the report tracks.
        let is_tracked = |fact: &LastAccessed| fact.at.is_some() || fact.reported - TRACKED <= self.since;
        let is_fresh = |fact: &&LastAccessed| fact.reported >= self.since && is_tracked(fact) && !since(fact);
        let reported = [of_service, of_action].into_iter().flatten().filter(is_fresh);
        let reported = reported.map(|fact| fact.reported).max();
        let is_last = |reported| self.until.is_none_or(|until| until.duration_since(reported) <= TOLERANCE);
        if reported.is_some_and(is_last) {
            return Use::No;
        }
        // A report says nothing of what came after it.
        match (self.hidden(record.account, action, self.since), reported) {
            (None, _) => {}
            (Some(_), Some(reported)) if self.goes_on(record.account, action, reported) => {}
            (Some(_), Some(_)) => return Use::Unknown(Why::ReportEnds),
            (Some(why), None) => return Use::Unknown(why),
        }
        let is_of_service = |unmapped: &&clavicle_usage::Unmapped| serves(&unmapped.source, prefix);
        let by = |unmapped: &clavicle_usage::Unmapped| {
            unmapped.principals.has_more() || unmapped.principals.iter().any(|known| *known == record.arn)
        };
        if self.evidence.unmapped.iter().filter(is_of_service).any(by) {
            return Use::Unknown(Why::Unmapped);
        }
        Use::No
    }

    /// How many of these were used, were not, and of how many that cannot be known.
    pub(super) fn counts(&self, record: &PrincipalRecord, granted: &Actions, standing: &Standing) -> Counts {
        let uses = self.uses_of(record);
        let mut counts = Counts::default();
        for action in granted.iter(self.catalog) {
            match self.use_of(record, action, standing, &uses) {
                Use::Yes => counts.used += 1,
                Use::No => counts.unused += 1,
                Use::Unknown(_) => counts.unknown += 1,
            }
        }
        counts
    }

    /// All that is granted to somebody, sorted by use.
    pub(super) fn permissions(
        &self,
        thing: Thing,
        record: &PrincipalRecord,
        granted: &Actions,
        standing: &Standing,
    ) -> Used {
        let uses = self.uses_of(record);
        let (mut used, mut unused) = (Vec::new(), Vec::new());
        let mut unknown: BTreeMap<Why, Vec<ActionId>> = BTreeMap::new();
        let mut all: HashMap<&str, usize> = HashMap::default();
        let mut count = 0;
        for action in granted.iter(self.catalog) {
            count += 1;
            *all.entry(self.catalog.prefix(action)).or_default() += 1;
            match self.use_of(record, action, standing, &uses) {
                Use::Yes => used.push(action),
                Use::No => unused.push(action),
                Use::Unknown(why) => unknown.entry(why).or_default().push(action),
            }
        }
        let refused: BTreeSet<String> = self
            .evidence
            .of(&record.arn)
            .iter()
            .filter(|known| known.tally.refused.is_some_and(|(_, last)| last >= self.since))
            .map(denied)
            .collect();
        PermissionsUsed {
            thing,
            granted: count,
            used: used.len(),
            unknown: unknown.values().map(Vec::len).sum(),
            unused: unused.len(),
            partly_seen: granted.partly_seen,
            used_actions: used.into_iter().filter_map(|action| self.told(record, action, &uses)).collect(),
            unused_actions: self.by_service(&unused, &all),
            unknown_actions: unknown
                .into_iter()
                .map(|(why, actions)| UnknownActions {
                    because: why.words().to_owned(),
                    services: self.by_service(&actions, &all),
                })
                .collect(),
            refused: refused.into_iter().collect(),
        }
    }

    fn told(
        &self,
        record: &PrincipalRecord,
        action: ActionId,
        uses: &HashMap<&str, Vec<&ActionUse>>,
    ) -> Option<UsedAction> {
        let name = self.catalog.name(action);
        let known = uses.get(name).into_iter().flatten().filter(|known| known.need.is_certain());
        let known: Vec<&&ActionUse> = known.filter(|known| known.tally.used_since(self.since)).collect();
        let logged = known.iter().filter_map(|known| known.tally.used).map(|(_, last)| last).max();
        let prefix = self.catalog.prefix(action);
        let reported = self.evidence.last_accessed(&record.arn, prefix, Some(name)).and_then(|fact| fact.at);
        let along = known.iter().find_map(|known| match &known.need {
            Need::Along(by) => Some(by.to_string()),
            Need::Own | Need::Either(_) | Need::Perhaps(_) => None,
        });
        let own = known.iter().any(|known| known.need == Need::Own);
        Some(UsedAction {
            action: name.to_owned(),
            last: logged.max(reported)?.to_string(),
            count: logged.map(|_| known.iter().map(|known| known.tally.uses()).sum()),
            needed_by: along.filter(|_| !own),
            on: self.things_of(&known).unwrap_or_default(),
        })
    }

    /// The things of these uses by name, where the logs tell each and they are few.
    fn things_of(&self, known: &[&&ActionUse]) -> Option<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        for call in known.iter().flat_map(|known| &known.calls).filter(|it| it.tally.used_since(self.since)) {
            let UsedThing::Arn(arn) = &call.thing else { return None };
            let name = self.reader.resolve_spot(arn).map_or_else(
                |_| arn.to_string(),
                |spot| spot.part.unwrap_or_else(|| self.reader.thing_of_target(&spot.target).name),
            );
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (names.len() <= MOST_THINGS).then_some(names)
    }

    fn by_service(&self, actions: &[ActionId], granted: &HashMap<&str, usize>) -> Vec<ServiceActions> {
        let groups = actions.chunk_by(|one, next| self.catalog.prefix(*one) == self.catalog.prefix(*next));
        let of_one = |group: &[ActionId]| {
            let prefix = group.first().map_or("", |first| self.catalog.prefix(*first));
            let has = self.catalog.service(prefix).map_or(0, |service| service.actions().count());
            let names = || group.iter().map(|action| self.catalog.short_name(*action).to_owned()).collect();
            ServiceActions {
                service: prefix.to_owned(),
                count: group.len(),
                whole: granted.get(prefix) == Some(&group.len()),
                actions: if has == group.len() { Vec::new() } else { names() },
            }
        };
        groups.map(of_one).collect()
    }
}

/// What was denied. One call that was of this action or of another one is one denial, whichever it is told of.
fn denied(known: &ActionUse) -> String {
    let Need::Either(others) = &known.need else { return known.action.to_string() };
    let mut all: Vec<&str> = others.split(" or ").chain([&*known.action]).collect();
    all.sort_unstable();
    all.join(" or ")
}

/// Why logs would not show a use, whenever they begin.
fn never(catalog: &Catalog, evidence: &Evidence, account: AccountId, action: ActionId) -> Option<Why> {
    match evidence.visibility(catalog, account, action) {
        Visibility::NoLogs => Some(Why::NoLogs),
        Visibility::DataEventsNotSeen => Some(Why::DataEventsNotSeen),
        Visibility::NeverLogged => Some(Why::NeverLogged),
        Visibility::NotKnown => Some(Why::TooNew),
        Visibility::Shown | Visibility::InPart => None,
    }
}

/// Do events of this source belong to the service with this prefix? Told by name; a name that says nothing may be of any.
fn serves(source: &str, prefix: &str) -> bool {
    let source = source.strip_suffix(".amazonaws.com").unwrap_or(source);
    match source {
        "monitoring" => prefix == "cloudwatch",
        "tagging" => prefix == "tag",
        "email" => prefix == "ses",
        _ if clavicle_catalog::catalog().service(source).is_some() => prefix == source,
        _ => true,
    }
}
