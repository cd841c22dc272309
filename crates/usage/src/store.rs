//! The file that evidence is kept in.
//!
//! An SQLite file of its own, beside the snapshots. What a batch of logs adds, with the ids of its events and the names of
//! its files, is written in one transaction: after a crash the file is what it was after the last whole batch, and the
//! same command goes on from there.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clavicle_catalog::Catalog;
use clavicle_snapshot::{AccountId, Snapshot};
use foldhash::HashMap;
use jiff::Timestamp;
use rusqlite::{
    Connection, OptionalExtension as _, Row, ToSql, TransactionBehavior, params, params_from_iter,
};
use thiserror::Error;

use crate::evidence::{
    ActionUse, Activity, Call, CoveredRegion, DataEventsSeen, Evidence, KeyValues, LastAccessed, Need,
    SignIn, Tally, Thing, Unattributed, Unmapped, UnreadLog, account_in,
};
use crate::few::Few;
use crate::gathered::{CallSum, Gathered, GatheredUse, UseKey, time};
use crate::last_accessed;
use crate::seen::{Ids, Place};

/// "CLVU" in the header of every file of evidence.
const APPLICATION_ID: i32 = 0x434C_5655;
/// Raised with every change of the schema that an older program would misread.
const VERSION: i32 = 2;

const SCHEMA: &str = include_str!("schema.sql");
const FROM_1: &str = include_str!("from_1.sql");

/// Why evidence could not be read or kept.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// The file is something else.
    #[error("is not a file of evidence")]
    NotEvidence,
    /// The file was written by a newer program.
    #[error("is evidence of version {0}; this program reads up to version {VERSION}")]
    Newer(i32),
    /// Another program writes to it now, or it is damaged.
    #[error("the database of evidence: {0}")]
    Database(#[from] rusqlite::Error),
    /// The disk refused.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

type Result<T> = std::result::Result<T, EvidenceError>;

/// Evidence in a file.
#[derive(Debug)]
pub struct EvidenceFile {
    connection: Mutex<Connection>,
}

/// A log file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadFile {
    pub(crate) path: String,
    pub(crate) size: i64,
    pub(crate) modified: i64,
    pub(crate) fault: Option<String>,
}

impl EvidenceFile {
    /// Opens a file of evidence, which is made where there is none. Only the user may read it (0600).
    pub fn open_or_make(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(path)?);
        Self::with(Connection::open(path)?)
    }

    /// Evidence that is gone with the value.
    pub fn unnamed() -> Result<Self> {
        Self::with(Connection::open("")?)
    }

    fn with(connection: Connection) -> Result<Self> {
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let is_empty = |connection: &Connection| -> rusqlite::Result<bool> {
            connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
        };
        let not_a_database = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => EvidenceError::NotEvidence,
            _ => error.into(),
        };
        if is_empty(&connection).map_err(not_a_database)? {
            connection.execute_batch(&format!(
                "BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; {SCHEMA} COMMIT;"
            ))?;
        }
        if pragma("application_id")? != APPLICATION_ID {
            return Err(EvidenceError::NotEvidence);
        }
        let version = pragma("user_version")?;
        if version > VERSION {
            return Err(EvidenceError::Newer(version));
        }
        if version == 1 {
            connection.execute_batch(FROM_1)?;
        }
        connection.execute_batch("PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;")?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Was this very file read to its end before?
    pub(crate) fn has_read(&self, file: &ReadFile) -> Result<bool> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(
            "SELECT 1 FROM files WHERE path = ?1 AND size = ?2 AND modified = ?3 AND fault IS NULL",
        )?;
        Ok(query.exists(params![file.path, file.size, file.modified])?)
    }

    /// The ids of the events of an hour that were counted, sorted.
    pub(crate) fn ids(&self, place: &Place, hour: i64) -> Result<Vec<u64>> {
        let connection = self.connection();
        let mut ids = ids(&connection, place, hour)?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// Writes a batch, all or nothing.
    pub(crate) fn add(
        &self,
        gathered: Gathered,
        seen: Vec<(Arc<Place>, i64, Ids)>,
        files: &[ReadFile],
    ) -> Result<()> {
        let mut connection = self.connection();
        // What is written follows from what is there: nobody else writes between.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (place, hour, ids) in seen {
            write_ids(&transaction, &place, hour, &ids)?;
        }
        let is_first =
            transaction.query_row("SELECT NOT EXISTS (SELECT 1 FROM uses)", [], |row| row.get(0))?;
        let mut contexts = Contexts::default();
        // In the order of their index, each goes where the last one went, or beside.
        let mut uses: Vec<_> = gathered.uses.into_iter().collect();
        uses.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        for (key, known) in uses {
            write_use(&transaction, is_first, &mut contexts, &key, known)?;
        }
        let is_first =
            transaction.query_row("SELECT NOT EXISTS (SELECT 1 FROM tallies)", [], |row| row.get(0))?;
        for (principal, (active, assumed)) in gathered.activity {
            write_tally(&transaction, is_first, "active", &principal, active)?;
            write_tally(&transaction, is_first, "assumed", &principal, assumed)?;
        }
        for (principal, tally) in gathered.sign_ins {
            write_tally(&transaction, is_first, "sign_in", &principal, tally)?;
        }
        for ((source, name), (events, principals)) in gathered.unmapped {
            let mut read = transaction.prepare_cached(
                "SELECT events, principals, more_principals FROM unmapped WHERE source = ?1 AND name = ?2",
            )?;
            let known = read
                .query_row(params![source, name], |row| Ok((row.get::<_, i64>(0)?, few(row, 1)?)))
                .optional()?;
            let (before, mut all) = known.unwrap_or_default();
            all.merge(principals);
            transaction
                .prepare_cached("INSERT OR REPLACE INTO unmapped VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![source, name, before + signed(events), list(&all)?, all.has_more()])?;
        }
        for (kind, events) in gathered.unattributed {
            transaction
                .prepare_cached(
                    "INSERT INTO unattributed VALUES (?1, ?2) ON CONFLICT DO UPDATE SET events = events + ?2",
                )?
                .execute(params![kind, signed(events)])?;
        }
        for ((account, region), span) in gathered.covered {
            let Some((first, last)) = span else { continue };
            transaction
                .prepare_cached(
                    "INSERT INTO covered VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET first = min(first, ?3), last = max(last, ?4)",
                )?
                .execute(params![account, region, first.as_second(), last.as_second()])?;
        }
        for ((account, source), (span, events)) in gathered.data_events {
            let Some((first, last)) = span else { continue };
            transaction
                .prepare_cached(
                    "INSERT INTO data_events VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET first = min(first, ?3), last = max(last, ?4), events = events + ?5",
                )?
                .execute(params![account, source, first.as_second(), last.as_second(), signed(events)])?;
        }
        for fact in &gathered.last_accessed {
            // Of the same principal, service and action the later report stands.
            transaction
                .prepare_cached(
                    "INSERT INTO last_accessed VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT DO UPDATE SET at = ?4, region = ?5, reported = ?6 WHERE ?6 >= reported",
                )?
                .execute(params![
                    fact.principal,
                    fact.service,
                    fact.action.as_deref().unwrap_or_default(),
                    fact.at.map(Timestamp::as_second),
                    fact.region,
                    fact.reported.as_second()
                ])?;
        }
        for file in files {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO files VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![file.path, file.size, file.modified, file.fault])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Adds AWS's reports of last use that a snapshot holds; the answer is how many these are.
    pub fn add_reports(&self, catalog: &Catalog, snapshot: &Snapshot) -> Result<usize> {
        let gathered =
            Gathered { last_accessed: last_accessed::of(catalog, snapshot), ..Gathered::default() };
        self.add(gathered, Vec::new(), &[])?;
        Ok(snapshot.last_accessed.len())
    }

    /// Everything, in order.
    pub fn evidence(&self) -> Result<Evidence> {
        let connection = self.connection();
        let mut evidence = Evidence { uses: uses(&connection)?, ..Evidence::default() };
        let mut activity: std::collections::BTreeMap<Arc<str>, Activity> = std::collections::BTreeMap::new();
        let mut rows =
            connection.prepare("SELECT about, principal, * FROM tallies ORDER BY about, principal")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (about, principal): (String, Arc<str>) = (row.get(0)?, row.get(1)?);
            let tally = tally(row, 4)?;
            if about == "sign_in" {
                evidence.sign_ins.push(SignIn { principal, tally });
                continue;
            }
            let known = activity.entry(principal.clone()).or_insert(Activity {
                principal,
                calls: Tally::NONE,
                assumed: Tally::NONE,
            });
            *(if about == "active" { &mut known.calls } else { &mut known.assumed }) = tally;
        }
        evidence.activity = activity.into_values().collect();
        let mut rows = connection.prepare("SELECT * FROM unmapped ORDER BY events DESC, source, name")?;
        let read = rows.query_map([], |row| {
            Ok(Unmapped {
                source: row.get(0)?,
                name: row.get(1)?,
                events: unsigned(row.get(2)?),
                principals: few(row, 3)?,
            })
        })?;
        evidence.unmapped = read.collect::<rusqlite::Result<_>>()?;
        let mut rows = connection.prepare("SELECT * FROM unattributed ORDER BY kind")?;
        let read =
            rows.query_map([], |row| Ok(Unattributed { kind: row.get(0)?, events: unsigned(row.get(1)?) }))?;
        evidence.unattributed = read.collect::<rusqlite::Result<_>>()?;
        evidence.covered = covered(&connection)?;
        evidence.data_events = data_events(&connection)?;
        let mut rows =
            connection.prepare("SELECT path, fault FROM files WHERE fault IS NOT NULL ORDER BY path")?;
        let read = rows.query_map([], |row| {
            let path: Arc<str> = row.get(0)?;
            Ok(UnreadLog { account: account_in(&path), path, fault: row.get(1)? })
        })?;
        evidence.unread = read.collect::<rusqlite::Result<_>>()?;
        let mut rows =
            connection.prepare("SELECT * FROM last_accessed ORDER BY principal, service, action")?;
        let read = rows.query_map([], |row| {
            let action: Arc<str> = row.get(2)?;
            Ok(LastAccessed {
                principal: row.get(0)?,
                service: row.get(1)?,
                action: Some(action).filter(|action| !action.is_empty()),
                at: row.get::<_, Option<i64>>(3)?.map(time),
                region: row.get(4)?,
                reported: time(row.get(5)?),
            })
        })?;
        evidence.last_accessed = read.collect::<rusqlite::Result<_>>()?;
        Ok(evidence)
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn ids(connection: &Connection, place: &Place, hour: i64) -> Result<Vec<u64>> {
    let mut query =
        connection.prepare_cached("SELECT ids FROM seen WHERE account = ?1 AND region = ?2 AND hour = ?3")?;
    let stored: Option<Vec<u8>> =
        query.query_row(params![place.account, place.region, hour], |row| row.get(0)).optional()?;
    let stored = stored.unwrap_or_default();
    Ok(stored
        .chunks_exact(8)
        .filter_map(|id| id.first_chunk::<8>().map(|id| u64::from_le_bytes(*id)))
        .collect())
}

fn write_ids(connection: &Connection, place: &Place, hour: i64, ids: &Ids) -> Result<()> {
    if ids.new.is_empty() {
        return Ok(());
    }
    // Not in order: most files are read once, and then it serves nobody.
    let mut bytes = Vec::with_capacity((ids.before.len() + ids.new.len()) * 8);
    ids.before.iter().chain(&ids.new).for_each(|id| bytes.extend_from_slice(&id.to_le_bytes()));
    connection.prepare_cached("INSERT OR REPLACE INTO seen VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        place.account,
        place.region,
        hour,
        bytes
    ])?;
    Ok(())
}

fn need(need: &Need) -> (&'static str, &str) {
    match need {
        Need::Own => ("own", ""),
        Need::Along(by) => ("along", by),
        Need::Either(other) => ("either", other),
        Need::Perhaps(by) => ("perhaps", by),
    }
}

fn need_of(kind: &str, by: Arc<str>) -> Need {
    match kind {
        "own" => Need::Own,
        "along" => Need::Along(by),
        "either" => Need::Either(by),
        _ => Need::Perhaps(by),
    }
}

fn thing(thing: &Thing) -> (&'static str, &str) {
    match thing {
        Thing::NotKnown => ("not_known", ""),
        Thing::Any => ("any", ""),
        Thing::Arn(arn) => ("arn", arn),
        Thing::Under(start) => ("under", start),
    }
}

fn thing_of(kind: &str, text: Arc<str>) -> Thing {
    match kind {
        "any" => Thing::Any,
        "arn" => Thing::Arn(text),
        "under" => Thing::Under(text),
        _ => Thing::NotKnown,
    }
}

/// The columns of a tally.
fn cells(tally: &Tally) -> [Option<i64>; 7] {
    let [first, last, refused_first, refused_last] = [
        tally.used.map(|(first, _)| first),
        tally.used.map(|(_, last)| last),
        tally.refused.map(|(first, _)| first),
        tally.refused.map(|(_, last)| last),
    ]
    .map(|time| time.map(Timestamp::as_second));
    let counts = [tally.succeeded, tally.failed, tally.denied].map(|count| Some(signed(count)));
    [counts[0], counts[1], counts[2], first, last, refused_first, refused_last]
}

fn tally(row: &Row<'_>, at: usize) -> rusqlite::Result<Tally> {
    let span = |at: usize| -> rusqlite::Result<_> {
        let (first, last): (Option<i64>, Option<i64>) = (row.get(at)?, row.get(at + 1)?);
        Ok(first.zip(last).map(|(first, last)| (time(first), time(last))))
    };
    Ok(Tally {
        succeeded: unsigned(row.get(at)?),
        failed: unsigned(row.get(at + 1)?),
        denied: unsigned(row.get(at + 2)?),
        used: span(at + 3)?,
        refused: span(at + 5)?,
    })
}

fn list<const LIMIT: usize>(few: &Few<Arc<str>, LIMIT>) -> rusqlite::Result<String> {
    let members: Vec<&str> = few.iter().map(AsRef::as_ref).collect();
    serde_json::to_string(&members).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn few<const LIMIT: usize>(row: &Row<'_>, at: usize) -> rusqlite::Result<Few<Arc<str>, LIMIT>> {
    let text: String = row.get(at)?;
    let members: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
    Ok(Few::stored(members.into_iter().map(Arc::from), row.get(at + 1)?))
}

fn context(keys: &KeyValues) -> String {
    let member = |(key, values): (&Arc<str>, &Vec<Arc<str>>)| {
        let values = values.iter().map(|value| value.as_ref().into()).collect();
        (key.to_string(), serde_json::Value::Array(values))
    };
    serde_json::Value::Object(keys.iter().map(member).collect()).to_string()
}

/// Circumstances recur: each is read once, and spelled once.
#[derive(Default)]
struct Contexts {
    read: HashMap<String, Arc<KeyValues>>,
    spelled: HashMap<*const KeyValues, (Arc<KeyValues>, String)>,
}

impl Contexts {
    fn read(&mut self, text: String) -> Arc<KeyValues> {
        if let Some(known) = self.read.get(&text) {
            return known.clone();
        }
        let members: std::collections::BTreeMap<String, Vec<String>> =
            serde_json::from_str(&text).unwrap_or_default();
        let member = |(key, values): (String, Vec<String>)| {
            (Arc::from(key), values.into_iter().map(Arc::from).collect())
        };
        let keys = Arc::new(members.into_iter().map(member).collect());
        self.read.insert(text, Arc::clone(&keys));
        keys
    }

    fn spell(&mut self, keys: &Arc<KeyValues>) -> &str {
        // What is kept keeps its place in memory: nothing else can come to be there.
        let spelled = || (Arc::clone(keys), context(keys));
        &self.spelled.entry(Arc::as_ptr(keys)).or_insert_with(spelled).1
    }
}

/// `is_first`: none was written before this batch, which has each once.
fn write_tally(
    connection: &Connection,
    is_first: bool,
    about: &str,
    principal: &str,
    more: Tally,
) -> Result<()> {
    if more == Tally::NONE {
        return Ok(());
    }
    let mut all = more;
    if !is_first {
        let mut read =
            connection.prepare_cached("SELECT * FROM tallies WHERE about = ?1 AND principal = ?2")?;
        let known = read.query_row([about, principal], |row| tally(row, 2)).optional()?;
        all.add(&known.unwrap_or_default());
    }
    let texts: [&dyn ToSql; 2] = [&about, &principal];
    let cells = cells(&all);
    let cells = texts.into_iter().chain(cells.iter().map(|cell| cell as &dyn ToSql));
    connection
        .prepare_cached("INSERT OR REPLACE INTO tallies VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
        .execute(params_from_iter(cells))?;
    Ok(())
}

/// What was written of a use before, but for its calls, and under which id.
fn written_use(connection: &Connection, key: &UseKey) -> Result<Option<(i64, GatheredUse)>> {
    let (kind, by) = need(&key.need);
    let mut read = connection.prepare_cached(
        "SELECT id, depth, is_plain, sessions, more_sessions, succeeded, failed, denied, used_first, used_last,
            refused_first, refused_last
         FROM uses WHERE principal = ?1 AND action = ?2 AND need = ?3 AND needed_by = ?4",
    )?;
    let read = read.query_row(params![key.principal, key.action, kind, by], |row| {
        let known = GatheredUse {
            depth: row.get(1)?,
            is_plain: row.get(2)?,
            sessions: few(row, 3)?,
            tally: tally(row, 5)?,
            calls: HashMap::default(),
        };
        Ok((row.get(0)?, known))
    });
    Ok(read.optional()?)
}

/// `is_first`: no use was written before this batch.
fn write_use(
    connection: &Connection,
    is_first: bool,
    contexts: &mut Contexts,
    key: &UseKey,
    more: GatheredUse,
) -> Result<()> {
    let (kind, by) = need(&key.need);
    let mut all = more;
    let id = match if is_first { None } else { written_use(connection, key)? } {
        Some((id, mut known)) => {
            known.calls = calls(connection, contexts, id)?;
            known.merge(all);
            known.settle();
            all = known;
            connection.prepare_cached("DELETE FROM calls WHERE use = ?1")?.execute([id])?;
            Some(id)
        }
        None => None,
    };
    let (sessions, more_sessions) = (list(&all.sessions)?, all.sessions.has_more());
    let head: [&dyn ToSql; 5] = [&id, &key.principal, &key.action, &kind, &by];
    let counted = cells(&all.tally);
    let tail: [&dyn ToSql; 4] = [&sessions, &more_sessions, &all.depth, &all.is_plain];
    let row = head.into_iter().chain(counted.iter().map(|cell| cell as &dyn ToSql)).chain(tail);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO uses VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params_from_iter(row))?;
    let id = id.unwrap_or_else(|| connection.last_insert_rowid());
    let mut insert = connection.prepare_cached(
        "INSERT INTO calls VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    for (nth, ((on, keys), sum)) in all.calls.iter().enumerate() {
        let (kind, text) = thing(on);
        let keys = contexts.spell(keys);
        let (nth, addresses, more) = (nth as i64, list(&sum.addresses)?, sum.addresses.has_more());
        let head: [&dyn ToSql; 7] = [&id, &nth, &kind, &text, &keys, &addresses, &more];
        let counted = cells(&sum.tally);
        insert.execute(params_from_iter(
            head.into_iter().chain(counted.iter().map(|cell| cell as &dyn ToSql)),
        ))?;
    }
    Ok(())
}

fn calls(
    connection: &Connection,
    contexts: &mut Contexts,
    id: i64,
) -> Result<HashMap<(Thing, Arc<KeyValues>), CallSum>> {
    let mut read = connection.prepare_cached("SELECT * FROM calls WHERE use = ?1")?;
    let read = read.query_map([id], |row| {
        let (kind, text): (String, Arc<str>) = (row.get(2)?, row.get(3)?);
        let key = (thing_of(&kind, text), contexts.read(row.get(4)?));
        Ok((key, CallSum { addresses: few(row, 5)?, tally: tally(row, 7)? }))
    })?;
    Ok(read.collect::<rusqlite::Result<_>>()?)
}

fn uses(connection: &Connection) -> Result<Vec<ActionUse>> {
    let mut contexts = Contexts::default();
    let mut by_id: HashMap<i64, usize> = HashMap::default();
    let mut uses: Vec<ActionUse> = Vec::new();
    let mut rows = connection.prepare("SELECT * FROM uses ORDER BY principal, action, need, needed_by")?;
    let mut rows = rows.query([])?;
    // Names recur: each is kept once.
    let mut names: foldhash::HashSet<Arc<str>> = foldhash::HashSet::default();
    let mut shared = |name: Arc<str>| match names.get(&name) {
        Some(known) => known.clone(),
        None => {
            names.insert(name.clone());
            name
        }
    };
    while let Some(row) = rows.next()? {
        by_id.insert(row.get(0)?, uses.len());
        uses.push(ActionUse {
            principal: shared(row.get(1)?),
            action: shared(row.get(2)?),
            need: need_of(&row.get::<_, String>(3)?, shared(row.get(4)?)),
            tally: tally(row, 5)?,
            sessions: few(row, 12)?,
            calls: Vec::new(),
        });
    }
    let mut rows = connection.prepare("SELECT * FROM calls ORDER BY use, kind, thing, context")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let Some(at) = by_id.get(&row.get(0)?) else { continue };
        let (kind, text): (String, Arc<str>) = (row.get(2)?, row.get(3)?);
        uses[*at].calls.push(Call {
            thing: thing_of(&kind, shared(text)),
            context: contexts.read(row.get(4)?),
            addresses: few(row, 5)?,
            tally: tally(row, 7)?,
        });
    }
    Ok(uses)
}

fn covered(connection: &Connection) -> Result<Vec<CoveredRegion>> {
    let mut rows = connection.prepare(
        "SELECT covered.account, covered.region, first, last, sum(length(ids) / 8), count(*)
         FROM covered JOIN seen ON seen.account = covered.account AND seen.region = covered.region
         GROUP BY covered.account, covered.region ORDER BY covered.account, covered.region",
    )?;
    let read = rows.query_map([], |row| {
        let Some(account) = AccountId::parse(&row.get::<_, String>(0)?) else { return Ok(None) };
        Ok(Some(CoveredRegion {
            account,
            region: row.get(1)?,
            from: time(row.get(2)?),
            to: time(row.get(3)?),
            events: unsigned(row.get(4)?),
            hours: unsigned(row.get(5)?),
        }))
    })?;
    Ok(read.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<_>>()?)
}

fn data_events(connection: &Connection) -> Result<Vec<DataEventsSeen>> {
    let mut rows = connection.prepare("SELECT * FROM data_events ORDER BY account, source")?;
    let read = rows.query_map([], |row| {
        let Some(account) = AccountId::parse(&row.get::<_, String>(0)?) else { return Ok(None) };
        let seen = (time(row.get(2)?), time(row.get(3)?));
        Ok(Some(DataEventsSeen { account, source: row.get(1)?, seen, events: unsigned(row.get(4)?) }))
    })?;
    Ok(read.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rusqlite::Connection;

    use super::{EvidenceFile, FROM_1};

    /// What version 1 had in the place of what is there now.
    const AS_OF_1: &str = "
        CREATE TABLE old (
            use INTEGER NOT NULL REFERENCES uses (id), kind TEXT NOT NULL, thing TEXT NOT NULL, context TEXT NOT NULL,
            addresses TEXT NOT NULL, more_addresses INTEGER NOT NULL,
            succeeded INTEGER NOT NULL, failed INTEGER NOT NULL, denied INTEGER NOT NULL,
            used_first INTEGER, used_last INTEGER, refused_first INTEGER, refused_last INTEGER
        ) STRICT;
        INSERT INTO old SELECT use, kind, thing, context, addresses, more_addresses, succeeded, failed, denied, used_first,
            used_last, refused_first, refused_last FROM calls;
        DROP TABLE calls;
        ALTER TABLE old RENAME TO calls;
        CREATE INDEX calls_by_use ON calls (use);
        PRAGMA user_version = 1;";

    fn log(folder: &std::path::Path, name: &str, events: std::ops::Range<usize>) -> PathBuf {
        let record = |nth: usize| {
            format!(
                r#"{{"eventTime":"2026-03-01T0{}:20:02Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"id-{nth}",
                "eventType":"AwsApiCall","recipientAccountId":"111122223333","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.{nth}",
                "requestParameters":{{"bucketName":"b","key":"k{}"}},
                "userIdentity":{{"type":"IAMUser","accountId":"111122223333","arn":"arn:aws:iam::111122223333:user/u{}"}}}}"#,
                nth % 3,
                nth % 5,
                nth % 2,
            )
        };
        let path = folder.join(name);
        let records: Vec<String> = events.map(record).collect();
        std::fs::write(&path, format!("{{\"Records\":[{}]}}", records.join(","))).unwrap();
        path
    }

    #[test]
    fn a_file_of_version_1_is_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (log(folder.path(), "a.json", 0..30), log(folder.path(), "b.json", 10..60));
        let read = |file: &EvidenceFile, log: &PathBuf| {
            let read = file.read_logs(std::slice::from_ref(log), &|_, _| ()).unwrap();
            assert!(read.damaged.is_empty(), "{read:?}");
            (read.counts.new, read.counts.known)
        };
        let whole = EvidenceFile::unnamed().unwrap();
        assert_eq!([read(&whole, &first), read(&whole, &second)], [(30, 0), (30, 20)]);
        let path = folder.path().join("evidence");
        let before = {
            let file = EvidenceFile::open_or_make(&path).unwrap();
            assert_eq!(read(&file, &first), (30, 0));
            file.evidence().unwrap()
        };
        Connection::open(&path).unwrap().execute_batch(AS_OF_1).unwrap();
        let file = EvidenceFile::open_or_make(&path).unwrap();
        assert_eq!(file.evidence().unwrap(), before);
        assert_eq!(read(&file, &second), (30, 20));
        let mut wanted = whole.evidence().unwrap();
        wanted.unread.clear();
        assert_eq!(file.evidence().unwrap(), wanted);
        drop(file);
        Connection::open(&path).unwrap().execute_batch(FROM_1).unwrap();
        assert_eq!(EvidenceFile::open_or_make(&path).unwrap().evidence().unwrap(), wanted, "and once more");
    }
}
