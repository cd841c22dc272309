//! Facts into rows. Every thing is known by its ARN or id; what several sources say about one thing is merged:
//! a later source wins field by field over an earlier one, a field that it does not carry or could not read leaves the
//! earlier value, and where both carry a capture time the newer one wins whatever the order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{
    AccountFacts, CallFacts, Database, DocumentText, LastAccessedFacts, ManagedPolicyFacts, OrgPolicyFacts,
    PrincipalFacts, ProfileFacts, ResourceFacts, ResourcePolicy, SummaryFacts, UnitFacts,
};
use crate::error::SnapshotError;
use crate::model::{AccountId, OrgPolicyKind, PrincipalKind, RoleAttribute, pack};

/// How much has been read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) principals: u64,
    pub(crate) resources: u64,
}

/// What was learnt about the IAM of one account, beyond its rows.
#[derive(Debug, Default)]
pub(crate) struct IamNotes {
    /// Authorization details were read.
    pub(crate) details: bool,
    /// The last page that was read says that another follows.
    pub(crate) page_missing: bool,
    /// Which of user, group, role, policy AWS Config items were about.
    pub(crate) config_types: BTreeSet<&'static str>,
    /// Elements that could not be read.
    pub(crate) unreadable: u64,
    /// A credential report was read.
    pub(crate) report: bool,
    /// A plan or template was, which names only what it manages.
    pub(crate) planned: bool,
}

pub(crate) struct Writer<'d> {
    pub(super) database: &'d Database,
    pub(crate) counts: Counts,
    pub(crate) iam: BTreeMap<AccountId, IamNotes>,
    /// The accounts whose resources a source carries, and which kind of source.
    pub(crate) resource_sources: BTreeMap<AccountId, &'static str>,
    /// Elements of resources that could not be read, wherever they belong.
    pub(crate) unreadable_resources: u64,
    pub(crate) organization_unreadable: u64,
    pub(crate) targets_seen: bool,
    /// What a collection said of its calls, and the accounts that it read; `None`: the organization.
    pub(super) calls: Vec<CallFacts>,
    pub(super) collected: BTreeSet<Option<AccountId>>,
    /// The folder of the file that is read.
    pub(crate) folder: Option<PathBuf>,
    /// A collection found that its account is in no organization.
    pub(crate) standalone: bool,
    /// What this is laid over is a saved snapshot, which has said itself what it did not see.
    pub(super) over_saved: bool,
}

type Result<T> = std::result::Result<T, SnapshotError>;

/// Made once every row is there, which is cheaper than keeping them while rows come. With hundreds of accounts, a
/// question about one account would otherwise read the rows of all.
const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS principals_by_account ON principals (account, kind, name);
    CREATE INDEX IF NOT EXISTS resources_by_account ON resources (account, kind);";

impl<'d> Writer<'d> {
    pub(crate) fn new(database: &'d Database) -> Result<Writer<'d>> {
        database.connection.set_prepared_statement_cache_capacity(64);
        database.connection.execute_batch(
            "CREATE TEMP TABLE membership_names (user INTEGER, position INTEGER, account TEXT, name TEXT,
                                                 PRIMARY KEY (user, position)) WITHOUT ROWID;
             CREATE TEMP TABLE deleted (arn TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID;
             CREATE TEMP TABLE credentials (arn TEXT PRIMARY KEY, json TEXT) WITHOUT ROWID;
             BEGIN;",
        )?;
        Ok(Writer {
            database,
            counts: Counts::default(),
            iam: BTreeMap::new(),
            resource_sources: BTreeMap::new(),
            unreadable_resources: 0,
            organization_unreadable: 0,
            targets_seen: false,
            calls: Vec::new(),
            collected: BTreeSet::new(),
            folder: None,
            standalone: false,
            over_saved: false,
        })
    }

    pub(crate) fn database(&self) -> &'d Database {
        self.database
    }

    pub(super) fn run(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<usize> {
        Ok(self.database.connection.prepare_cached(sql)?.execute(parameters)?)
    }

    /// The id of this text, stored once however often it comes.
    pub(crate) fn document(&self, text: &str) -> Result<i64> {
        let sha256: [u8; 32] = Sha256::digest(text).into();
        let connection = &self.database.connection;
        let known = connection
            .prepare_cached("SELECT id FROM documents WHERE sha256 = ?1")?
            .query_row([&sha256[..]], |row| row.get(0))
            .optional()?;
        if let Some(id) = known {
            return Ok(id);
        }
        self.run("INSERT INTO documents (sha256, text) VALUES (?1, ?2)", params![&sha256[..], text])?;
        Ok(connection.last_insert_rowid())
    }

    pub(super) fn text(&self, text: &DocumentText) -> Result<(&'static str, Option<i64>)> {
        match text {
            DocumentText::Seen(text) => Ok(("document", Some(self.document(text)?))),
            DocumentText::NotSeen => Ok(("not_seen", None)),
        }
    }

    /// Was this deleted at or after the time that the new fact is from?
    fn is_deleted(&self, arn: &str, seen_at: Option<&str>) -> Result<bool> {
        let at: Option<Option<String>> = self
            .database
            .connection
            .prepare_cached("SELECT at FROM temp.deleted WHERE arn = ?1")?
            .query_row([arn], |row| row.get(0))
            .optional()?;
        Ok(match (at, seen_at) {
            (Some(Some(at)), Some(seen_at)) => moment(seen_at) <= moment(&at),
            _ => false,
        })
    }

    /// The source says that this thing is gone.
    pub(crate) fn delete(&mut self, arn: &str, at: Option<&str>) -> Result<()> {
        self.run("INSERT OR REPLACE INTO temp.deleted VALUES (?1, ?2)", params![arn, at])?;
        let newer = "seen_at IS NULL OR ?2 IS NULL OR substr(seen_at, 1, 19) <= substr(?2, 1, 19)";
        self.run(
            &format!("DELETE FROM runs_as WHERE resource IN (SELECT id FROM resources WHERE arn = ?1 AND ({newer}))"),
            params![arn, at],
        )?;
        self.run(&format!("DELETE FROM resources WHERE arn = ?1 AND ({newer})"), params![arn, at])?;
        let principal: Option<i64> = self
            .database
            .connection
            .prepare_cached(&format!("SELECT id FROM principals WHERE arn = ?1 AND ({newer})"))?
            .query_row(params![arn, at], |row| row.get(0))
            .optional()?;
        if let Some(id) = principal {
            for children in ["attachments", "inline_policies"] {
                self.run(&format!("DELETE FROM {children} WHERE principal = ?1"), [id])?;
            }
            self.run("DELETE FROM temp.membership_names WHERE user = ?1", [id])?;
            self.run("DELETE FROM principals WHERE id = ?1", [id])?;
        }
        Ok(())
    }

    pub(crate) fn principal(&mut self, facts: &PrincipalFacts) -> Result<()> {
        if self.is_deleted(&facts.arn, facts.seen_at.as_deref())? {
            return Ok(());
        }
        let boundary = match &facts.boundary {
            Some(Some(arn)) => Some(self.policy_id(arn)?),
            _ => None,
        };
        let (trust_state, trust) = match (&facts.trust, facts.kind) {
            (Some(text), PrincipalKind::Role) => self.text(text)?,
            (None, PrincipalKind::Role) => ("not_seen", None),
            (_, PrincipalKind::User | PrincipalKind::Group) => ("none", None),
        };
        let (used, region) = facts.last_used.clone().unwrap_or_default();
        let id: Option<i64> = self
            .database
            .connection
            .prepare_cached(
                "INSERT INTO principals (kind, arn, account, name, path, unique_id, seen, tags, created,
                                         last_used_seen, last_used, last_used_region, boundary, trust_state, trust,
                                         seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?11, ?12, ?14, ?15, ?16)
                 ON CONFLICT (arn) DO UPDATE SET
                     seen = 1,
                     path = excluded.path,
                     unique_id = coalesce(excluded.unique_id, unique_id),
                     tags = coalesce(excluded.tags, tags),
                     created = coalesce(excluded.created, created),
                     last_used = iif(excluded.last_used_seen, excluded.last_used, last_used),
                     last_used_region = iif(excluded.last_used_seen, excluded.last_used_region, last_used_region),
                     last_used_seen = max(excluded.last_used_seen, last_used_seen),
                     boundary = iif(?13, excluded.boundary, boundary),
                     trust = iif(excluded.trust_state = 'not_seen', trust, excluded.trust),
                     trust_state = iif(excluded.trust_state = 'not_seen', trust_state, excluded.trust_state),
                     seen_at = coalesce(excluded.seen_at, seen_at)
                 WHERE excluded.seen_at IS NULL OR seen_at IS NULL
                    OR substr(excluded.seen_at, 1, 19) >= substr(seen_at, 1, 19)
                 RETURNING id",
            )?
            .query_row(
                params![
                    kind(facts.kind),
                    facts.arn,
                    facts.account.to_string(),
                    facts.name,
                    facts.path,
                    facts.unique_id,
                    tags(facts.tags.as_deref()),
                    facts.created,
                    facts.last_used.is_some(),
                    used,
                    region,
                    boundary,
                    facts.boundary.is_some(),
                    trust_state,
                    trust,
                    facts.seen_at
                ],
                |row| row.get(0),
            )
            .optional()?;
        let Some(id) = id else { return Ok(()) };
        self.counts.principals += 1;
        self.parts(id, facts)
    }

    /// The lists that belong to a principal; each replaces what an earlier source said.
    fn parts(&mut self, id: i64, facts: &PrincipalFacts) -> Result<()> {
        if let Some(attached) = &facts.attached {
            self.run("DELETE FROM attachments WHERE principal = ?1", [id])?;
            for (position, arn) in attached.iter().enumerate() {
                let policy = self.policy_id(arn)?;
                self.run("INSERT INTO attachments VALUES (?1, ?2, ?3)", params![id, position, policy])?;
            }
        }
        if let Some(inline) = &facts.inline {
            self.run("DELETE FROM inline_policies WHERE principal = ?1", [id])?;
            for (position, policy) in inline.iter().enumerate() {
                let (state, document) = self.text(&policy.document)?;
                self.run(
                    "INSERT INTO inline_policies VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![id, position, policy.name, state, document],
                )?;
            }
        }
        if let Some(groups) = &facts.groups {
            self.run("DELETE FROM temp.membership_names WHERE user = ?1", [id])?;
            for (position, name) in groups.iter().enumerate() {
                self.run(
                    "INSERT INTO temp.membership_names VALUES (?1, ?2, ?3, ?4)",
                    params![id, position, facts.account.to_string(), name],
                )?;
            }
        }
        for profile in facts.profiles.iter().flatten() {
            self.instance_profile(profile)?;
        }
        Ok(())
    }

    pub(crate) fn instance_profile(&self, profile: &ProfileFacts) -> Result<()> {
        self.run(
            "INSERT INTO instance_profiles VALUES (?1, ?2, ?3)
             ON CONFLICT (arn) DO UPDATE SET role = excluded.role",
            params![profile.arn, profile.account.to_string(), profile.role],
        )?;
        Ok(())
    }

    /// The row of this managed policy; made as "attached, not seen" when it is new.
    pub(crate) fn policy_id(&self, arn: &str) -> Result<i64> {
        let connection = &self.database.connection;
        let known = connection
            .prepare_cached("SELECT id FROM policies WHERE arn = ?1")?
            .query_row([arn], |row| row.get(0))
            .optional()?;
        if let Some(id) = known {
            return Ok(id);
        }
        let name = arn.rsplit('/').next().unwrap_or(arn);
        self.run(
            "INSERT INTO policies (arn, name, account, policy_state) VALUES (?1, ?2, ?3, 'not_seen')",
            params![arn, name, AccountId::of_arn(arn).map(|account| account.to_string())],
        )?;
        Ok(connection.last_insert_rowid())
    }

    pub(crate) fn managed_policy(&mut self, facts: &ManagedPolicyFacts) -> Result<()> {
        if self.is_deleted(&facts.arn, facts.seen_at.as_deref())? {
            return Ok(());
        }
        let id = self.policy_id(&facts.arn)?;
        let default = facts
            .versions
            .iter()
            .find(|version| version.is_default || Some(&version.id) == facts.default_version.as_ref());
        let (state, document) = match default {
            Some(version) => self.text(&version.document)?,
            None => ("not_seen", None),
        };
        let changed = self.run(
            "UPDATE policies SET
                 document = iif(?2 = 'not_seen', document, ?3),
                 policy_state = iif(?2 = 'not_seen', policy_state, ?2),
                 default_version = coalesce(?4, default_version),
                 created = coalesce(?5, created),
                 updated = coalesce(?6, updated),
                 seen_at = coalesce(?7, seen_at)
             WHERE id = ?1 AND (?7 IS NULL OR seen_at IS NULL OR substr(?7, 1, 19) >= substr(seen_at, 1, 19))",
            params![
                id,
                state,
                document,
                facts.default_version.as_ref().or(default.map(|version| &version.id)),
                facts.created,
                facts.updated,
                facts.seen_at
            ],
        )?;
        if changed == 0 {
            return Ok(());
        }
        for version in &facts.versions {
            if let DocumentText::Seen(text) = &version.document {
                let document = self.document(text)?;
                self.run(
                    "INSERT OR REPLACE INTO policy_versions VALUES (?1, ?2, ?3, ?4)",
                    params![id, version.id, document, version.created],
                )?;
            }
        }
        Ok(())
    }

    pub(crate) fn resource(&mut self, facts: &ResourceFacts) -> Result<()> {
        if self.is_deleted(&facts.arn, facts.seen_at.as_deref())? {
            return Ok(());
        }
        let (state, why, document) = match &facts.policy {
            ResourcePolicy::None | ResourcePolicy::NoPlace => ("none", None, None),
            ResourcePolicy::Seen(text) => ("document", None, Some(self.document(text)?)),
            ResourcePolicy::NotSeen(why) => ("not_seen", Some(why), None),
        };
        let says_nothing = matches!(facts.policy, ResourcePolicy::NoPlace | ResourcePolicy::NotSeen(_));
        let json = (!facts.facts.is_empty()).then(|| Value::Object(facts.facts.clone()).to_string());
        let id: Option<i64> = self
            .database
            .connection
            .prepare_cached(
                "INSERT INTO resources (arn, kind, account, region, name, policy_state, policy_why, document, tags,
                                        facts, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (arn) DO UPDATE SET
                     account = coalesce(excluded.account, account),
                     region = coalesce(excluded.region, region),
                     name = excluded.name,
                     document = iif(?12, document, excluded.document),
                     policy_why = CASE WHEN NOT ?12 THEN excluded.policy_why
                                       WHEN policy_state = 'not_seen' THEN coalesce(excluded.policy_why, policy_why)
                                       ELSE policy_why END,
                     policy_state = iif(?12, policy_state, excluded.policy_state),
                     tags = coalesce(excluded.tags, tags),
                     facts = CASE WHEN facts IS NULL THEN excluded.facts
                                  WHEN excluded.facts IS NULL THEN facts
                                  ELSE json_patch(facts, excluded.facts) END,
                     seen_at = coalesce(excluded.seen_at, seen_at)
                 WHERE excluded.seen_at IS NULL OR seen_at IS NULL
                    OR substr(excluded.seen_at, 1, 19) >= substr(seen_at, 1, 19)
                 RETURNING id",
            )?
            .query_row(
                params![
                    facts.arn,
                    facts.kind,
                    facts.account.map(|account| account.to_string()),
                    facts.region,
                    facts.name,
                    state,
                    why,
                    document,
                    tags(facts.tags.as_deref()),
                    json,
                    facts.seen_at,
                    says_nothing
                ],
                |row| row.get(0),
            )
            .optional()?;
        let Some(id) = id else { return Ok(()) };
        self.counts.resources += 1;
        if let Some(roles) = &facts.runs_as {
            self.run("DELETE FROM runs_as WHERE resource = ?1", [id])?;
            for (position, (attribute, named)) in roles.iter().enumerate() {
                self.run(
                    "INSERT INTO runs_as VALUES (?1, ?2, ?3, ?4)",
                    params![id, position, role_attribute(*attribute), named],
                )?;
            }
        }
        Ok(())
    }

    pub(crate) fn key_alias(&self, account: AccountId, region: &str, alias: &str, key: &str) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO key_aliases VALUES (?1, ?2, ?3, ?4)",
            params![account.to_string(), region, alias, key],
        )?;
        Ok(())
    }

    pub(crate) fn provider(
        &self,
        arn: &str,
        saml: bool,
        account: AccountId,
        url: Option<&str>,
        clients: Option<&[String]>,
    ) -> Result<()> {
        let clients = clients.map(|clients| Value::from(clients.to_vec()).to_string());
        self.run(
            "INSERT INTO providers VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (arn) DO UPDATE SET url = coalesce(excluded.url, url),
                                             client_ids = coalesce(excluded.client_ids, client_ids)",
            params![arn, if saml { "saml" } else { "oidc" }, account.to_string(), url, clients],
        )?;
        Ok(())
    }

    pub(crate) fn account(&self, facts: &AccountFacts) -> Result<()> {
        self.run(
            "INSERT INTO accounts (id, name, status, parent, seen) VALUES (?1, ?2, ?3, ?4, 0)
             ON CONFLICT (id) DO UPDATE SET name = coalesce(excluded.name, name),
                                            status = coalesce(excluded.status, status),
                                            parent = coalesce(excluded.parent, parent)",
            params![facts.id.to_string(), facts.name, facts.status, facts.parent],
        )?;
        Ok(())
    }

    pub(crate) fn call(&mut self, facts: CallFacts) -> Result<()> {
        let told_there = facts.until.as_deref().zip(self.folder.as_deref());
        if told_there.is_some_and(|(name, folder)| folder.join(name).exists()) {
            return Ok(());
        }
        if let Some(account) = facts.account {
            self.run(
                "INSERT INTO accounts (id, seen) VALUES (?1, 0) ON CONFLICT (id) DO NOTHING",
                [account.to_string()],
            )?;
        }
        self.collected.insert(facts.account);
        self.calls.push(facts);
        Ok(())
    }

    /// What a source that is no collection cannot tell.
    pub(crate) fn untold(&mut self, facts: CallFacts) {
        self.calls.push(facts);
    }

    /// What AWS reported of last use. Of two reports about one principal the later stands.
    pub(crate) fn last_accessed(&mut self, facts: &LastAccessedFacts) -> Result<()> {
        let packed =
            pack(facts.json.as_bytes()).map_err(|error| SnapshotError::io("pack a report", &error))?;
        self.run(
            "INSERT INTO last_accessed VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET reported = ?2, report = ?3 WHERE ?2 >= reported",
            params![facts.principal, facts.reported, packed],
        )?;
        Ok(())
    }

    /// A part of what IAM says of an account as a whole.
    pub(crate) fn account_summary(&self, facts: &SummaryFacts) -> Result<()> {
        self.run(
            "INSERT INTO account_summaries VALUES (?1, ?2)
             ON CONFLICT (account) DO UPDATE SET summary = json_patch(summary, excluded.summary)",
            params![facts.account.to_string(), facts.json],
        )?;
        Ok(())
    }

    /// The account-wide block of public access.
    pub(crate) fn public_access_block(&self, account: AccountId, block: &Value) -> Result<()> {
        self.run(
            "INSERT INTO accounts (id, seen, public_access_block) VALUES (?1, 1, ?2)
             ON CONFLICT (id) DO UPDATE SET public_access_block = excluded.public_access_block",
            params![account.to_string(), block.to_string()],
        )?;
        Ok(())
    }

    pub(crate) fn organization(
        &self,
        id: &str,
        arn: Option<&str>,
        management: Option<AccountId>,
    ) -> Result<()> {
        self.run(
            "INSERT INTO organization VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET arn = coalesce(excluded.arn, arn),
                                            management = coalesce(excluded.management, management)",
            params![id, arn, management.map(|account| account.to_string())],
        )?;
        Ok(())
    }

    pub(crate) fn unit(&self, facts: &UnitFacts) -> Result<()> {
        let enabled = facts.enabled.as_ref().map(|kinds| {
            let kinds = kinds.iter().map(|&kind| Value::from(org_policy_kind(kind)));
            Value::Array(kinds.collect()).to_string()
        });
        let kind = if facts.root { "root" } else { "unit" };
        self.run(
            "INSERT INTO units VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET arn = coalesce(excluded.arn, arn), name = excluded.name,
                                            parent = coalesce(excluded.parent, parent),
                                            enabled = coalesce(excluded.enabled, enabled)",
            params![facts.id, facts.arn, facts.name, kind, facts.parent, enabled],
        )?;
        Ok(())
    }

    pub(crate) fn org_policy(&mut self, facts: &OrgPolicyFacts) -> Result<()> {
        let (state, document) = match &facts.document {
            Some(text) => self.text(text)?,
            None => ("not_seen", None),
        };
        self.run(
            "INSERT INTO organization_policies VALUES (?1, ?2, coalesce(?3, ?1), ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET
                 arn = coalesce(excluded.arn, arn),
                 name = coalesce(?3, name),
                 type = iif(excluded.type = 'other', type, excluded.type),
                 document = iif(excluded.policy_state = 'not_seen', document, excluded.document),
                 policy_state = iif(excluded.policy_state = 'not_seen', policy_state, excluded.policy_state)",
            params![
                facts.id,
                facts.arn,
                facts.name,
                org_policy_kind(facts.kind),
                facts.aws_managed,
                state,
                document
            ],
        )?;
        if let Some(targets) = &facts.targets {
            self.targets_seen = true;
            self.run("DELETE FROM organization_attachments WHERE policy = ?1", [&facts.id])?;
            for target in targets {
                self.run(
                    "INSERT OR IGNORE INTO organization_attachments VALUES (?1, ?2)",
                    [&facts.id, target],
                )?;
            }
        }
        Ok(())
    }

    pub(crate) fn identity_center(&self, arn: &str, account: Option<AccountId>) -> Result<()> {
        self.run(
            "INSERT INTO identity_centers VALUES (?1, ?2)
             ON CONFLICT (arn) DO UPDATE SET account = coalesce(excluded.account, account)",
            params![arn, account.map(|account| account.to_string())],
        )?;
        Ok(())
    }

    /// `inline`: `None`: the source does not carry it.
    pub(crate) fn permission_set(
        &self,
        arn: &str,
        name: &str,
        inline: Option<&ResourcePolicy>,
        attached: Option<&[String]>,
    ) -> Result<()> {
        let (state, document) = match inline {
            Some(ResourcePolicy::Seen(text)) => ("document", Some(self.document(text)?)),
            Some(ResourcePolicy::None | ResourcePolicy::NoPlace) => ("none", None),
            Some(ResourcePolicy::NotSeen(_)) | None => ("not_seen", None),
        };
        for policy in attached.unwrap_or_default() {
            self.policy_id(policy)?;
        }
        let attached = attached.map(|arns| Value::from(arns.to_vec()).to_string());
        self.run(
            "INSERT INTO permission_sets VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (arn) DO UPDATE SET
                 name = excluded.name,
                 document = iif(excluded.policy_state = 'not_seen', document, excluded.document),
                 policy_state = iif(excluded.policy_state = 'not_seen', policy_state, excluded.policy_state),
                 attached = coalesce(excluded.attached, attached)",
            params![arn, name, state, document, attached],
        )?;
        Ok(())
    }

    pub(crate) fn assignment(
        &self,
        set: &str,
        account: AccountId,
        group: bool,
        principal: &str,
    ) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO permission_set_assignments VALUES (?1, ?2, ?3, ?4)",
            params![set, account.to_string(), if group { "group" } else { "user" }, principal],
        )?;
        Ok(())
    }

    /// Password and key facts of one user, or of a root user.
    pub(crate) fn credentials(&mut self, arn: &str, credentials: &Map<String, Value>) -> Result<()> {
        let json = Value::Object(credentials.clone()).to_string();
        self.run("INSERT OR REPLACE INTO temp.credentials VALUES (?1, ?2)", params![arn, json])?;
        Ok(())
    }

    pub(crate) fn source(
        &self,
        file: &str,
        kind: &str,
        sha256: &str,
        bytes: u64,
        modified: Option<&str>,
    ) -> Result<()> {
        self.run(
            "INSERT INTO sources (file, kind, sha256, bytes, modified) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![file, kind, sha256, i64::try_from(bytes).unwrap_or(i64::MAX), modified],
        )?;
        Ok(())
    }

    /// Resolves what had to wait for every source, and closes the making.
    pub(crate) fn finish(self, meta: &[(&str, &str)]) -> Result<()> {
        let connection = &self.database.connection;
        connection.execute_batch(INDEXES)?;
        connection.execute_batch(
            "INSERT INTO principals (kind, arn, account, name, path, seen, last_used_seen, trust_state)
                 SELECT DISTINCT 'group',
                        (SELECT substr(arn, 1, instr(arn, ':iam:')) FROM principals WHERE id = names.user)
                            || 'iam::' || names.account || ':group/' || names.name,
                        names.account, names.name, '/', 0, 0, 'none'
                 FROM temp.membership_names AS names
                 WHERE NOT EXISTS (SELECT 1 FROM principals
                                   WHERE kind = 'group' AND account = names.account AND name = names.name);
             CREATE TEMP TABLE groups_by_name AS
                 SELECT account, name, min(id) AS id FROM principals WHERE kind = 'group' GROUP BY account, name;
             CREATE UNIQUE INDEX temp.groups_by_name_key ON groups_by_name (account, name);
             INSERT INTO memberships
                 SELECT names.user, names.position, groups_by_name.id
                 FROM temp.membership_names AS names JOIN temp.groups_by_name USING (account, name);
             UPDATE principals SET credentials = report.json
                 FROM temp.credentials AS report WHERE report.arn = principals.arn;
             INSERT INTO principals (kind, arn, account, name, path, seen, last_used_seen, trust_state, credentials)
                 SELECT 'user', arn, substr(arn, instr(arn, ':iam::') + 6, 12), '', '/', 0, 0, 'none', json
                 FROM temp.credentials WHERE arn LIKE '%:user/%' AND arn NOT IN (SELECT arn FROM principals);
             INSERT INTO accounts (id, seen) SELECT DISTINCT account, 1 FROM principals WHERE true
                 ON CONFLICT (id) DO UPDATE SET seen = 1;
             INSERT INTO accounts (id, seen) SELECT DISTINCT account, 1 FROM resources WHERE account IS NOT NULL
                 ON CONFLICT (id) DO UPDATE SET seen = 1;
             UPDATE accounts SET root_credentials = report.json
                 FROM temp.credentials AS report
                 WHERE report.arn LIKE '%:root'
                   AND accounts.id = substr(report.arn, instr(report.arn, ':iam::') + 6, 12);",
        )?;
        // The name of a user that only the report knows is the end of its ARN.
        let nameless: Vec<(i64, String)> = connection
            .prepare("SELECT id, arn FROM principals WHERE name = ''")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<std::result::Result<_, _>>()?;
        for (id, arn) in nameless {
            let (path, name) = crate::arn::path_and_name(&arn);
            self.run("UPDATE principals SET name = ?2, path = ?3 WHERE id = ?1", params![id, name, path])?;
        }
        self.give_out()?;
        super::coverage::write(&self)?;
        let targets_seen = if self.targets_seen { "1" } else { "0" };
        let standalone = if self.standalone { "1" } else { "0" };
        let found = [("attachments_seen", targets_seen), ("standalone", standalone)];
        for (key, value) in meta.iter().chain(&found) {
            self.run("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", params![key, value])?;
        }
        connection.execute_batch("COMMIT")?;
        Ok(())
    }
}

/// The part of an RFC 3339 time in UTC that compares as text: AWS writes fractions and zones in several ways.
fn moment(time: &str) -> &str {
    time.get(..19).unwrap_or(time)
}

pub(super) fn kind(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::User => "user",
        PrincipalKind::Group => "group",
        PrincipalKind::Role => "role",
    }
}

pub(super) fn org_policy_kind(kind: OrgPolicyKind) -> &'static str {
    match kind {
        OrgPolicyKind::Scp => "scp",
        OrgPolicyKind::Rcp => "rcp",
        OrgPolicyKind::Other => "other",
    }
}

pub(super) fn role_attribute(attribute: RoleAttribute) -> &'static str {
    match attribute {
        RoleAttribute::Role => "role",
        RoleAttribute::Execution => "execution",
        RoleAttribute::Task => "task",
        RoleAttribute::Service => "service",
        RoleAttribute::InstanceProfile => "instance_profile",
    }
}

/// Tags as one JSON object, in the source's order; AWS lets a key occur once.
fn tags(tags: Option<&[(String, String)]>) -> Option<String> {
    let object: Map<String, Value> =
        tags?.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
    Some(Value::Object(object).to_string())
}
