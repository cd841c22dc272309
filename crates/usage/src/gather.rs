//! Events, one after the other, into sums.
//!
//! Programs make the same call over and over. What an event means, from its caller to the ARNs of its things, is worked
//! out once and remembered under the very bytes that it follows from; of the next event with the same bytes only the
//! time, the session and the address are looked at.

use std::borrow::Cow;
use std::sync::Arc;

use clavicle_catalog::Catalog;
use foldhash::{HashMap, HashSet};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::evidence::{ADDRESSES, KeyValues, SESSIONS, Tally};
use crate::few::Names;
use crate::gathered::{CallSum, Gathered, UseKey, time};
use crate::last_accessed;
use crate::log::{Event, Record, Repeat, Repeats, Sink, Text};
use crate::needs::{Asked, Needed, Outcome, needs};
use crate::parameters::Parameters;
use crate::seen::{self, Place, PlaceId, Seen, Slot};
use crate::things::{Told, listed};

/// So many meanings are remembered before all are forgotten: with their bytes, some 50 MB.
const MEANINGS: usize = 1 << 16;
/// So many events are counted together: those of one hour need one look for where the ids of that hour are, and the
/// processor fetches what many of them need at once.
const TOGETHER: usize = 1 << 12;

/// What became of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that were counted now.
    pub new: u64,
    /// Events that had been counted before.
    pub known: u64,
    /// Events that are no calls of anybody's: of services, of insights.
    pub others: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.new += other.new;
        self.known += other.known;
        self.others += other.others;
    }
}

/// One worker's sums.
pub(crate) struct Gatherer<'s> {
    catalog: &'static Catalog,
    seen: &'s Seen<'s>,
    by_bytes: HashMap<Box<[u8]>, u32>,
    entries: Vec<Entry>,
    /// What each of the entries came to.
    sums: Vec<Sum>,
    uncounted: Uncounted,
    /// By source and name of the event.
    asked: HashMap<Box<[u8]>, Arc<Asked>>,
    /// Circumstances, of which there are few: each is kept once, and written out once.
    contexts: HashSet<Arc<KeyValues>>,
    repeats: Repeats,
    hour: Hour,
    key: Vec<u8>,
    gathered: Gathered,
    counts: Counts,
    /// Meanings that events had since the sums were taken: a measure of how large those may be.
    pub(crate) weight: usize,
    /// Entries of files that are no events, or calls of which nobody can tell when they were.
    pub(crate) unread: u64,
    /// Were events in files picked from more than are there?
    pub(crate) is_picked: bool,
}

/// Events that mean the same.
struct Entry {
    meaning: Meaning,
    outcome: Outcome,
    place: Arc<Place>,
    /// Of data events: the service.
    data: Option<Arc<str>>,
}

/// How many of them there were, and when and from where.
struct Sum {
    place: PlaceId,
    count: u64,
    first: i64,
    last: i64,
    sessions: Names<SESSIONS>,
    addresses: Names<ADDRESSES>,
}

/// Events whose meaning is known, and not whether they were counted before.
#[derive(Default)]
struct Uncounted {
    events: Vec<UncountedEvent>,
    /// Their sessions and addresses, one behind the other.
    names: Vec<u8>,
    is_new: Vec<bool>,
}

struct UncountedEvent {
    meaning: u32,
    at: i64,
    id: u64,
    /// Where their names end.
    session: usize,
    address: usize,
}

enum Meaning {
    Call {
        principal: Option<Arc<str>>,
        kind: Arc<str>,
        needed: Option<Vec<Needed>>,
        context: Arc<KeyValues>,
        event: (Arc<str>, Arc<str>),
        assumed: Vec<Arc<str>>,
    },
    SignIn {
        principal: Arc<str>,
    },
}

impl<'s> Gatherer<'s> {
    pub(crate) fn new(catalog: &'static Catalog, seen: &'s Seen<'s>) -> Self {
        Self {
            catalog,
            seen,
            by_bytes: HashMap::default(),
            entries: Vec::new(),
            sums: Vec::new(),
            uncounted: Uncounted::default(),
            asked: HashMap::default(),
            contexts: HashSet::default(),
            repeats: Repeats::default(),
            hour: Hour::default(),
            key: Vec::new(),
            gathered: Gathered::default(),
            counts: Counts::default(),
            weight: 0,
            unread: 0,
            is_picked: false,
        }
    }

    /// Counts an event, unless it was counted before.
    fn take(&mut self, event: &Event<'_>, record: Option<Record<'_>>) {
        let is_call = match event.kind.raw {
            b"AwsApiCall" | b"" => true,
            // A call that the policy of a VPC endpoint stopped.
            b"AwsVpceEvent" => event.error.is_some_and(|error| error.raw == b"VpceAccessDenied"),
            _ => false,
        };
        let is_sign_in = event.kind.raw == b"AwsConsoleSignIn" && event.name.raw == b"ConsoleLogin";
        if !is_call && !is_sign_in {
            self.counts.others += 1;
            return;
        }
        let Some(at) = second(event.time.raw) else {
            self.unread += 1;
            return;
        };
        let asked = self.asked(event);
        let parameters = Parameters::read(event.parameters);
        self.spell(event, &asked, &parameters);
        let id = if event.id.is_empty() { self.id_of_unnamed(event) } else { seen::id(event.id.raw) };
        let meaning = match self.by_bytes.get(self.key.as_slice()) {
            Some(place) => *place,
            None => self.understand(event, &asked, &parameters, is_sign_in),
        };
        if let Some(Record { text, from, to }) = record.filter(|_| !event.id.is_empty()) {
            self.repeats.learn(text, from, to, &event.holes, meaning);
        }
        let session = if event.caller.issuer.is_empty() { b"" } else { event.caller.arn.raw };
        self.count(meaning, at, id, session, event.address.raw);
    }

    /// Counts an event whose meaning is known, if not now, then before anything is done with the sums.
    #[inline]
    fn count(&mut self, meaning: u32, at: i64, id: u64, session: &[u8], address: &[u8]) {
        let slash = memchr::memrchr(b'/', session);
        let session = slash.map_or(&b""[..], |slash| &session[slash + 1..]);
        // Where a service called, its name stands in the place of an address.
        let is_address = address.first().is_some_and(u8::is_ascii_digit) || address.contains(&b':');
        let address = if is_address { address } else { b"" };
        let Uncounted { events, names, .. } = &mut self.uncounted;
        names.extend_from_slice(session);
        let session = names.len();
        names.extend_from_slice(address);
        events.push(UncountedEvent { meaning, at, id, session, address: names.len() });
        if events.len() >= TOGETHER {
            self.settle();
        }
    }

    /// Counts what was left for later.
    fn settle(&mut self) {
        let Uncounted { events, names, is_new } = &mut self.uncounted;
        is_new.clear();
        let sums = &mut self.sums;
        let slot = |event: &UncountedEvent| {
            let place = sums.get(event.meaning as usize)?.place;
            Some(Slot { place, hour: event.at.div_euclid(3600) })
        };
        for run in events.chunk_by(|one, other| slot(one) == slot(other)) {
            match run.first().and_then(slot) {
                Some(slot) => self.seen.claim(slot, run.iter().map(|event| event.id), is_new),
                None => is_new.resize(is_new.len() + run.len(), false),
            }
        }
        let mut from = 0;
        for (event, is_new) in events.drain(..).zip(is_new) {
            let (session, address) =
                (names.get(from..event.session), names.get(event.session..event.address));
            from = event.address;
            if !*is_new {
                self.counts.known += 1;
                continue;
            }
            self.counts.new += 1;
            let Some(sum) = sums.get_mut(event.meaning as usize) else { continue };
            let at = event.at;
            if sum.count == 0 {
                (sum.first, sum.last) = (at, at);
                self.weight += 1;
            }
            (sum.first, sum.last) = (sum.first.min(at), sum.last.max(at));
            sum.count += 1;
            sum.sessions.insert(session.unwrap_or_default());
            sum.addresses.insert(address.unwrap_or_default());
        }
        names.clear();
    }

    /// Puts down, in `key`, all that the meaning of an event follows from.
    fn spell(&mut self, event: &Event<'_>, asked: &Asked, parameters: &Parameters<'_>) {
        let caller = &event.caller;
        let key = &mut self.key;
        key.clear();
        let mut put = |bytes: &[u8]| {
            key.extend_from_slice(bytes);
            // No byte of a text that is one.
            key.push(0xff);
        };
        put(caller.kind.raw);
        // Sessions of one role mean the same.
        put(if caller.issuer.is_empty() { caller.arn.raw } else { caller.issuer.raw });
        put(caller.account.raw);
        put(raw_of(caller.invoked_by));
        put(raw_of(caller.source_identity));
        put(raw_of(caller.provider));
        put(&[
            u8::from(caller.issuer.is_empty()),
            caller.mfa.map_or(2, u8::from),
            u8::from(event.is_data),
            u8::from(event.is_encrypted),
        ]);
        put(event.kind.raw);
        put(event.source.raw);
        put(event.name.raw);
        put(event.region.raw);
        put(event.recipient.raw);
        put(raw_of(event.error));
        put(raw_of(event.message));
        put(raw_of(event.endpoint));
        put(event.resources);
        parameters.spell(&asked.matters, put);
    }

    /// What events of this name need.
    fn asked(&mut self, event: &Event<'_>) -> Arc<Asked> {
        self.key.clear();
        self.key.extend_from_slice(event.source.raw);
        self.key.push(0xff);
        self.key.extend_from_slice(event.name.raw);
        if let Some(known) = self.asked.get(self.key.as_slice()) {
            return known.clone();
        }
        let (source, name) = (event.source.read().unwrap_or_default(), event.name.read().unwrap_or_default());
        let asked = Arc::new(Asked::of(self.catalog, &source, &name));
        self.asked.insert(self.key.as_slice().into(), asked.clone());
        asked
    }

    /// Exports may lack the column: then events are told apart by all that is known of them.
    fn id_of_unnamed(&self, event: &Event<'_>) -> u64 {
        let (arn, address) = (event.caller.arn.raw, event.address.raw);
        let rest = [event.time.raw, event.request.raw, arn, address, event.answer, event.parameters];
        let mut all = self.key.clone();
        rest.iter().for_each(|part| {
            all.extend_from_slice(part);
            all.push(0xff);
        });
        seen::id(&all)
    }

    /// Works out what an event means; where its entry is.
    fn understand(
        &mut self,
        event: &Event<'_>,
        asked: &Asked,
        parameters: &Parameters<'_>,
        is_sign_in: bool,
    ) -> u32 {
        if self.entries.len() >= MEANINGS {
            self.forget();
        }
        let error = event.error.and_then(Text::read);
        let outcome = match is_sign_in && event.message.is_some() {
            // A wrong password has a message and no code.
            true => Outcome::Denied,
            false => Outcome::of(error.as_deref()),
        };
        let text = |text: Text<'_>| -> Arc<str> { text.read().unwrap_or_default().as_ref().into() };
        let (principal, kind) = match Caller::of(&event.caller) {
            Caller::Principal { arn, .. } => (Some(Arc::from(&*arn)), Arc::from("")),
            Caller::Other(kind) => (None, Arc::from(&*kind)),
        };
        let meaning = match principal {
            Some(principal) if is_sign_in => Meaning::SignIn { principal },
            principal => {
                let (source, name) = (text(event.source), text(event.name));
                let (needed, assumed) =
                    self.needed(event, (asked, parameters), (&source, &name), outcome, is_sign_in);
                Meaning::Call {
                    principal,
                    kind,
                    needed,
                    context: self.context(event),
                    event: (source, name),
                    assumed,
                }
            }
        };
        let (place_id, place) = self.seen.place(&text(account(event)), &text(event.region));
        let data = event.is_data.then(|| text(event.source));
        let at = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { meaning, outcome, place, data });
        self.sums.push(Sum::of(place_id));
        self.by_bytes.insert(self.key.as_slice().into(), at);
        at
    }

    /// The circumstances of an event.
    fn context(&mut self, event: &Event<'_>) -> Arc<KeyValues> {
        let keys = context(event);
        if let Some(known) = self.contexts.get(&keys) {
            return known.clone();
        }
        let keys = Arc::new(keys);
        self.contexts.insert(keys.clone());
        keys
    }

    /// The permissions, and the roles that were assumed.
    fn needed(
        &self,
        event: &Event<'_>,
        (asked, parameters): (&Asked, &Parameters<'_>),
        (source, name): (&str, &str),
        outcome: Outcome,
        is_sign_in: bool,
    ) -> (Option<Vec<Needed>>, Vec<Arc<str>>) {
        if is_sign_in {
            return (Some(Vec::new()), Vec::new());
        }
        let catalog = self.catalog;
        let region = event.region.read().unwrap_or_default();
        let account = account(event).read().unwrap_or_default();
        let caller = event.caller.arn.read().unwrap_or_default();
        let partition = match caller.split(':').nth(1) {
            Some(partition) if caller.starts_with("arn:") => partition,
            _ => clavicle_catalog::partition_of(&region).name,
        };
        let listed = listed(event.resources);
        let told = Told { partition, region: &region, account: &account, listed, parameters };
        let message = event.message.and_then(Text::read);
        let needed = needs(catalog, source, asked, outcome, message.as_deref(), &told);
        let is_assuming =
            source == "sts.amazonaws.com" && name.starts_with("AssumeRole") && outcome == Outcome::Succeeded;
        let roles = parameters.of("roleArn").map(Arc::from);
        let assumed = if is_assuming { roles.collect() } else { Vec::new() };
        (needed, assumed)
    }

    /// The sums so far; the next begin at nothing.
    pub(crate) fn finish(&mut self) -> (Gathered, Counts) {
        self.pour();
        self.weight = 0;
        (std::mem::take(&mut self.gathered), std::mem::take(&mut self.counts))
    }

    /// Adds what was counted to the sums.
    fn pour(&mut self) {
        self.settle();
        for (entry, sum) in self.entries.iter().zip(&mut self.sums) {
            if sum.count > 0 {
                let sum = std::mem::replace(sum, Sum::of(sum.place));
                pour(&mut self.gathered, self.catalog, entry, sum);
            }
        }
        for known in self.gathered.uses.values_mut() {
            known.settle();
        }
    }

    /// Forgets what events mean.
    fn forget(&mut self) {
        self.pour();
        self.by_bytes.clear();
        self.repeats.forget();
        self.entries.clear();
        self.sums.clear();
        self.contexts.clear();
    }
}

impl Sum {
    fn of(place: PlaceId) -> Self {
        Self { place, count: 0, first: 0, last: 0, sessions: Names::default(), addresses: Names::default() }
    }
}

impl Sink for Gatherer<'_> {
    #[inline]
    fn repeated(&mut self, rest: &[u8]) -> Option<usize> {
        let Repeat { meaning, length, time, id, address, session } = self.repeats.find(rest)?;
        let at = self.hour.second(time)?;
        // Without an id each is known by what it says.
        if id.is_empty() {
            return None;
        }
        self.count(meaning, at, seen::id(id), session, address);
        Some(length)
    }

    fn report(&mut self, report: &[u8]) {
        self.gathered.last_accessed.extend(last_accessed::read(self.catalog, report));
    }

    fn unread(&mut self) {
        self.unread += 1;
    }

    fn picked(&mut self) {
        self.is_picked = true;
    }

    fn event(&mut self, event: &Event<'_>, record: Option<Record<'_>>) {
        self.take(event, record);
    }
}

fn pour(gathered: &mut Gathered, catalog: &Catalog, entry: &Entry, sum: Sum) {
    let (first, last): (Timestamp, Timestamp) = (time(sum.first), time(sum.last));
    let tally = Tally::of(entry.outcome, sum.count, first, last);
    let (sessions, addresses) = (sum.sessions.into_few(), sum.addresses.into_few());
    let place = (entry.place.account.clone(), entry.place.region.clone());
    let covered = gathered.covered.entry(place).or_default();
    *covered = crate::evidence::widest(*covered, Some((first, last)));
    if let Some(source) = &entry.data {
        let seen = gathered.data_events.entry((entry.place.account.clone(), source.clone())).or_default();
        *seen = (crate::evidence::widest(seen.0, Some((first, last))), seen.1 + sum.count);
    }
    let (principal, kind, needed, context, event, assumed) = match &entry.meaning {
        Meaning::SignIn { principal } => {
            gathered.sign_ins.entry(principal.clone()).or_default().add(&tally);
            gathered.activity.entry(principal.clone()).or_default().0.add(&tally);
            return;
        }
        Meaning::Call { principal, kind, needed, context, event, assumed } => {
            (principal, kind, needed, context, event, assumed)
        }
    };
    for role in assumed {
        gathered.activity.entry(role.clone()).or_default().1.add(&tally);
    }
    let Some(principal) = principal else {
        *gathered.unattributed.entry(kind.clone()).or_default() += sum.count;
        return;
    };
    gathered.activity.entry(principal.clone()).or_default().0.add(&tally);
    let Some(needed) = needed else {
        let unmapped = gathered.unmapped.entry(event.clone()).or_default();
        unmapped.0 += sum.count;
        unmapped.1.insert(principal.clone());
        return;
    };
    for Needed { action, need, things } in needed {
        let action = catalog.name(*action).into();
        let key = UseKey { principal: principal.clone(), action, need: need.clone() };
        let known = gathered.uses.entry(key).or_default();
        known.tally.add(&tally);
        known.sessions.merge(sessions.clone());
        for thing in things {
            let sum = CallSum { tally, addresses: addresses.clone() };
            known.add(thing.clone(), context.clone(), sum);
        }
    }
}

fn raw_of(text: Option<Text<'_>>) -> &[u8] {
    match text {
        Some(text) => text.raw,
        None => b"",
    }
}

/// The account whose log it is.
fn account<'b>(event: &Event<'b>) -> Text<'b> {
    if event.recipient.is_empty() { event.caller.account } else { event.recipient }
}

/// The condition keys that an event tells. Of others it tells nothing: that a key is absent here says nothing either.
///
/// See AWS: IAM User Guide, AWS global condition context keys; AWS CloudTrail User Guide, `CloudTrail` record contents.
fn context(event: &Event<'_>) -> KeyValues {
    let mut keys = KeyValues::new();
    let mut put = |key: &str, value: Option<Cow<'_, str>>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            keys.insert(key.into(), vec![(&*value).into()]);
        }
    };
    let caller = &event.caller;
    put("aws:RequestedRegion", event.region.read());
    put("aws:SourceVpce", event.endpoint.and_then(Text::read));
    put("aws:SecureTransport", event.is_encrypted.then_some("true".into()));
    put("aws:MultiFactorAuthPresent", caller.mfa.map(|mfa| if mfa { "true" } else { "false" }.into()));
    put("aws:SourceIdentity", caller.source_identity.and_then(Text::read));
    put("aws:FederatedProvider", caller.provider.and_then(Text::read));
    match caller.invoked_by.and_then(Text::read) {
        // Whether it used the caller's credentials or a role of its own, the log does not tell.
        Some(service) => put("aws:CalledViaLast", Some(service)),
        None => put("aws:ViaAWSService", Some("false".into())),
    }
    keys
}

/// The hour that an event was of: most are of the same as the one before.
#[derive(Debug, Default)]
struct Hour {
    /// `2026-03-01T01:`
    text: [u8; 14],
    from: i64,
}

impl Hour {
    /// A time, see [`second`].
    #[inline]
    fn second(&mut self, text: &[u8]) -> Option<i64> {
        let digits = |tens: u8, ones: u8| {
            let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
            (tens < 6 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
        };
        let Some((hour, &[m, minute, b':', s, second_digit, b'Z'])) = text.split_first_chunk::<14>() else {
            return second(text);
        };
        let (Some(minute), Some(seconds)) = (digits(m, minute), digits(s, second_digit)) else {
            return second(text);
        };
        if *hour != self.text {
            let at = second(text)?;
            *self = Self { text: *hour, from: at - minute * 60 - seconds };
        }
        Some(self.from + minute * 60 + seconds)
    }
}

/// `2026-03-01T01:20:02Z` in seconds since 1970. Other spellings of RFC 3339 are read too, more slowly.
fn second(text: &[u8]) -> Option<i64> {
    let number = |from: usize, digits: usize| {
        text[from..from + digits]
            .iter()
            .try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    if let [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _, b'Z'] = text
        && let (Some(year), Some(month @ 1..=12), Some(day @ 1..=31)) =
            (number(0, 4), number(5, 2), number(8, 2))
        && let (Some(hour @ 0..24), Some(minute @ 0..60), Some(second @ 0..=60)) =
            (number(11, 2), number(14, 2), number(17, 2))
    {
        // Days since 1970 of the proleptic Gregorian calendar, with the year beginning in March.
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * month + 2) / 5 + day - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        return Some(days * 86_400 + hour * 3600 + minute * 60 + second);
    }
    std::str::from_utf8(text).ok()?.trim().parse::<Timestamp>().ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Gatherer, Hour, second};
    use crate::gathered::Gathered;
    use crate::log::read;
    use crate::seen::{Place, Seen};
    use jiff::Timestamp;
    use proptest::prelude::*;

    /// A member, or none, of a few spellings each: so that records are often alike, and often almost.
    fn member(name: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
        prop::option::weighted(0.9, prop::sample::select(values.to_vec()))
            .prop_map(move |value| value.map(|value| format!("\"{name}\":{value}")))
    }

    fn object(members: Vec<Option<String>>) -> String {
        format!("{{{}}}", members.into_iter().flatten().collect::<Vec<_>>().join(","))
    }

    fn identity() -> impl Strategy<Value = String> {
        let session = (
            member(
                "sessionIssuer",
                &[
                    r#"{"type":"Role","arn":"arn:aws:iam::1:role/a"}"#,
                    r#"{"arn":"arn:aws:iam::1:role/b"}"#,
                    "{}",
                ],
            ),
            member(
                "attributes",
                &[r#"{"creationDate":"x","mfaAuthenticated":"true"}"#, r#"{"creationDate":"y"}"#],
            ),
        )
            .prop_map(|(issuer, attributes)| {
                Some(format!("\"sessionContext\":{}", object(vec![issuer, attributes])))
            });
        (
            member("type", &[r#""AssumedRole""#, r#""IAMUser""#, r#""AWSService""#]),
            member(
                "arn",
                &[
                    r#""arn:aws:iam::1:user/u""#,
                    r#""arn:aws:sts::1:assumed-role/a/s""#,
                    r#""arn:aws:sts::1:assumed-role/a/t""#,
                ],
            ),
            member("accessKeyId", &[r#""A""#, r#""B\"C""#]),
            session,
        )
            .prop_map(|(kind, arn, key, session)| object(vec![kind, arn, key, session]))
    }

    fn record() -> impl Strategy<Value = String> {
        (
            identity(),
            member("eventTime", &[r#""2026-03-01T01:20:02Z""#, r#""2026-03-02T01:20:02Z""#, "7"]),
            member("eventSource", &[r#""s3.amazonaws.com""#, r#""nosuch.amazonaws.com""#]),
            member("eventName", &[r#""GetObject""#, r#""PutObject""#]),
            member(
                "sourceIPAddress",
                &[r#""192.0.2.1""#, r#""192.0.2.2""#, r#""ecs.amazonaws.com""#, "null"],
            ),
            member(
                "requestParameters",
                &[
                    r#"{"bucketName":"b","key":"k"}"#,
                    r#"{"bucketName":"b","key":"l","eventID":"9","accessKeyId":"Z"}"#,
                    "null",
                ],
            ),
            member("responseElements", &["null", r#"{"a":["}",{"b":1}]}"#]),
            member("errorCode", &[r#""AccessDenied""#, r#""NoSuchKey""#]),
            (0..40u8, any::<bool>(), any::<bool>()),
        )
            .prop_map(
                |(identity, time, source, name, address, parameters, answer, error, (id, twice, turned))| {
                    let id = Some(format!("\"eventID\":\"{id}\""));
                    let mut members = vec![
                        Some(format!("\"userIdentity\":{identity}")),
                        time.clone(),
                        source,
                        name,
                        address,
                        parameters,
                        answer,
                        id,
                    ];
                    if twice {
                        members.push(error);
                    }
                    if turned {
                        members.reverse();
                        members.push(time.filter(|_| twice));
                    }
                    object(members)
                },
            )
    }

    /// Records that are alike but for one thing, of a few forms.
    fn log() -> impl Strategy<Value = Vec<String>> {
        const CHANGES: &[(&str, &str)] = &[
            ("", ""),
            ("GetObject", "PutObject"),
            ("\"key\":\"k\"", "\"key\":\"m\""),
            ("role/a\"", "role/c\""),
            ("2026-03-01", "2026-03-05"),
            ("192.0.2.1", "192.0.2.9"),
            ("assumed-role/a/s", "assumed-role/a/other"),
            ("user/u", "user/v"),
            ("NoSuchKey", "AccessDenied"),
            ("{\"b\":1}", "\"\\\"eventName\\\":\""),
        ];
        let picks =
            prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(CHANGES)), 1..60);
        (prop::collection::vec(record(), 1..4), picks).prop_map(|(forms, picks)| {
            let one = |(at, (form, (from, to))): (usize, &(prop::sample::Index, (&str, &str)))| {
                let form = form.get(&forms);
                let form = if from.is_empty() { form.clone() } else { form.replace(from, to) };
                form.replace("\"eventID\":\"", &format!("\"eventID\":\"{at}-"))
            };
            picks.iter().enumerate().map(one).collect()
        })
    }

    fn packed(log: &str) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(log.as_bytes()).unwrap();
        writer.finish().unwrap()
    }

    fn gathered(logs: &[String]) -> Gathered {
        let load = |_: &Place, _: i64| Vec::new();
        let seen = Seen::new(&load);
        let mut all = Gathered::default();
        for log in logs {
            let mut gatherer = Gatherer::new(clavicle_catalog::catalog(), &seen);
            let fault = read(&packed(log), &mut Vec::new(), &mut gatherer);
            assert_eq!(fault, None, "sound JSON");
            all.merge(gatherer.finish().0);
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn records_among_others_mean_what_they_mean_alone(records in log()) {
            let together = format!("{{\"Records\":[{}]}}", records.join(","));
            prop_assert_eq!(gathered(&[together]), gathered(&records));
        }
    }

    /// Members in odd places, and white space, are as good in the middle of a log as alone.
    #[test]
    fn an_event_without_an_id_and_one_with_spaces_are_not_lost() {
        let record = |second: usize, id: &str, answer: &str| {
            format!(
                r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/dana"}},"eventTime":"2026-03-01T01:20:0{second}Z","eventSource":"sqs.amazonaws.com","eventName":"ListQueues","awsRegion":"eu-west-1","requestParameters":null,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventID":"{id}","responseElements":{answer}}}"#
            )
        };
        let nameless: Vec<String> =
            (0..6).map(|at| record(at, if at == 0 { "first" } else { "" }, "null")).collect();
        let spaced: Vec<String> = (0..4)
            .map(|at| record(at, &format!("id-{at}"), if at == 2 { r#" {"a":1}"# } else { r#"{"a":1}"# }))
            .collect();
        for records in [nameless, spaced] {
            let together = format!("{{\"Records\":[{}]}}", records.join(","));
            let alone = gathered(&records);
            assert_eq!(gathered(&[together]), alone);
            let counted: u64 = alone.activity.values().map(|(tally, _)| tally.uses()).sum();
            assert_eq!(counted, records.len() as u64);
        }
    }

    proptest! {
        #[test]
        fn seconds_are_those_of_the_calendar(at in 0i64..7_000_000_000) {
            let text = Timestamp::from_second(at).unwrap().to_string();
            prop_assert_eq!(second(text.as_bytes()), Some(at));
            let mut hour = Hour::default();
            for at in [at, at - at % 3600, at + 61, at / 2, at] {
                let text = Timestamp::from_second(at).unwrap().to_string();
                prop_assert_eq!(hour.second(text.as_bytes()), Some(at));
            }
        }
    }

    #[test]
    fn other_spellings_and_no_times() {
        assert_eq!(second(b"2026-03-01T01:20:02.000Z"), second(b"2026-03-01T01:20:02Z"));
        assert_eq!(second(b"2026-13-01T01:20:02Z"), None);
        let mut hour = Hour::default();
        for text in [
            "2026-03-01T01:59:60Z",
            "2026-03-01T01:20:02.000Z",
            "2026-03-01T01:2x:02Z",
            "2026-03-01T01:60:02Z",
        ] {
            assert_eq!(hour.second(text.as_bytes()), second(text.as_bytes()), "{text}");
        }
        assert_eq!(second(b""), None);
    }
}
