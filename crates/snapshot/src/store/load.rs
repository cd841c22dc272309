//! Rows into the model. Strings that occur often are shared; everything else is read once, in order of its id.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use rusqlite::{Connection, Row};
use serde_json::Value;

use super::Database;
use crate::error::{ErrorKind, SnapshotError};
use crate::model::{
    AccessKey, Account, AccountId, AclGrant, Attachment, ByArn, Coverage, CoverageState, Credentials,
    Declared, Document, DocumentId, IdentityCenter, IdentityProvider, InlinePolicy, InstanceProfile,
    KeyAlias, KeyGrant, LastAccessedReport, LastUsed, ManagedPolicy, OrgPolicy, OrgPolicyIndex,
    OrgPolicyKind, Organization, PermissionSet, PolicyIndex, PolicyState, PolicyVersion, PrincipalIndex,
    PrincipalKind, PrincipalRecord, ProviderKind, PublicAccessBlock, ResourceFacts, ResourceRecord,
    RoleAttribute, RunsAs, Snapshot, Source, SsoAssignment, SsoPrincipalKind, Tag, Unit, UnitIndex, UnitKind,
    Warning,
};

type Result<T> = std::result::Result<T, SnapshotError>;

/// Rows read so far and rows in all, for a progress bar.
pub(crate) type Progress<'p> = &'p mut dyn FnMut(u64, u64);

impl Database {
    /// Reads everything into memory.
    pub(crate) fn load(&self, progress: Progress<'_>) -> Result<Snapshot> {
        Loader::new(&self.connection).load(progress)
    }

    /// What the importers did not understand.
    pub(crate) fn warnings(&self) -> Result<Vec<Warning>> {
        Loader::new(&self.connection).warnings()
    }
}

struct Loader<'c> {
    connection: &'c Connection,
    strings: HashSet<Arc<str>>,
    done: u64,
    total: u64,
}

/// Roles by account and name, which is unique: for workloads that name a role without its path.
struct ByName<'p>(HashMap<(AccountId, &'p str), PrincipalIndex>);

impl<'p> ByName<'p> {
    fn new(principals: &'p [PrincipalRecord]) -> ByName<'p> {
        let roles = principals.iter().enumerate().filter(|(_, it)| it.kind == PrincipalKind::Role);
        ByName(roles.map(|(at, role)| ((role.account, &*role.name), PrincipalIndex::at(at))).collect())
    }

    fn role(&self, arn: &str) -> Option<PrincipalIndex> {
        self.0.get(&(AccountId::of_arn(arn)?, last(arn))).copied()
    }
}

/// The name at the end of an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// A row that contradicts the schema's own promises.
fn damaged(what: &str) -> SnapshotError {
    SnapshotError::new(ErrorKind::Database, format!("the snapshot is damaged: {what}"))
        .hint("import the sources again")
}

/// Ids of rows are given in order from 1, so that an id is a place in a list, less the rows that were deleted.
struct Places(HashMap<i64, u32>);

impl Places {
    fn of(&self, id: i64, table: &str) -> Result<usize> {
        self.0.get(&id).map(|&at| at as usize).ok_or_else(|| damaged(&format!("no row {id} in `{table}`")))
    }
}

impl<'c> Loader<'c> {
    fn new(connection: &'c Connection) -> Loader<'c> {
        Loader { connection, strings: HashSet::default(), done: 0, total: 0 }
    }

    fn load(mut self, progress: Progress<'_>) -> Result<Snapshot> {
        for table in
            ["documents", "policies", "principals", "attachments", "inline_policies", "resources", "runs_as"]
        {
            self.total += self.count(table)?;
        }
        let id = self
            .connection
            .query_row("SELECT value FROM meta WHERE key = 'id'", [], |row| row.get::<_, String>(0))
            .map_err(|_| damaged("it has no `id`"))?;
        let (documents, texts) = self.documents(progress)?;
        let (policies, policy_places) = self.policies(&texts)?;
        self.tell(progress, "policies")?;
        let instance_profiles = self.instance_profiles()?;
        let (mut principals, places) = self.principals(&texts, &policy_places)?;
        self.tell(progress, "principals")?;
        self.attachments(&mut principals, &places, &policy_places)?;
        self.tell(progress, "attachments")?;
        self.inline_policies(&mut principals, &places, &texts)?;
        self.tell(progress, "inline_policies")?;
        self.memberships(&mut principals, &places)?;
        let (mut resources, resource_places) = self.resources(&texts)?;
        self.tell(progress, "resources")?;
        let by_arn = ByArn::new(&principals, &policies, &resources);
        for profile in &instance_profiles {
            if let Some(role) = profile.role.as_deref().and_then(|role| by_arn.principal(role)) {
                principals[role.index()].instance_profiles.push(profile.arn.clone());
            }
        }
        self.runs_as(&mut resources, &resource_places, &principals, &instance_profiles, &by_arn)?;
        self.tell(progress, "runs_as")?;
        let key_aliases = self.key_aliases()?;
        for alias in &key_aliases {
            if let Some(key) = by_arn.resource(&alias.key) {
                resources[key.index()].facts.aliases.push(alias.alias.clone());
            }
        }
        let organization = self.organization(&texts)?;
        Ok(Snapshot {
            accounts: self.accounts(organization.as_ref())?,
            identity_center: self.identity_center(&texts, &by_arn)?,
            providers: self.providers()?,
            coverage: self.coverage()?,
            sources: self.sources()?,
            warnings: self.warnings()?,
            declared: self.declared()?,
            gone: self.gone(&by_arn)?,
            partly_tagged: self.arns_in("partly_tagged")?,
            planned_only: self.arns_in("planned_only")?,
            perhaps_attached: self.perhaps_attached()?,
            last_accessed: self.last_accessed()?,
            standalone: self.is_marked("standalone")?,
            id,
            organization,
            documents,
            principals,
            policies,
            instance_profiles,
            key_aliases,
            resources,
            by_arn,
        })
    }

    fn is_marked(&self, key: &str) -> Result<bool> {
        let mut marks = self.connection.prepare("SELECT value = '1' FROM meta WHERE key = ?1")?;
        let mark = marks.query_map([key], |row| row.get(0))?.next().transpose()?;
        Ok(mark.unwrap_or(false))
    }

    fn count(&self, table: &str) -> Result<u64> {
        Ok(self.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
    }

    fn tell(&mut self, progress: Progress<'_>, table: &str) -> Result<()> {
        self.done += self.count(table)?;
        progress(self.done, self.total);
        Ok(())
    }

    /// One copy of a string that occurs often.
    fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.strings.get(text) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        self.strings.insert(text.clone());
        text
    }

    fn shared(&mut self, row: &Row<'_>, column: usize) -> Result<Option<Arc<str>>> {
        Ok(optional_str(row, column)?.map(|text| self.share(text)))
    }

    fn documents(&mut self, progress: Progress<'_>) -> Result<(Vec<Document>, Places)> {
        let mut statement = self.connection.prepare("SELECT id, sha256, text FROM documents ORDER BY id")?;
        let mut rows = statement.query([])?;
        let (mut documents, mut places) = (Vec::new(), HashMap::default());
        while let Some(row) = rows.next()? {
            let sha256 = row.get_ref(1)?.as_blob().ok().and_then(|bytes| bytes.try_into().ok());
            let sha256 = sha256.ok_or_else(|| damaged("a document has no hash"))?;
            places.insert(row.get(0)?, documents.len() as u32);
            documents.push(Document { text: str_of(row, 2)?.into(), sha256 });
            if documents.len() % 4096 == 0 {
                progress(self.done + documents.len() as u64, self.total);
            }
        }
        self.done += documents.len() as u64;
        progress(self.done, self.total);
        Ok((documents, Places(places)))
    }

    fn policies(&mut self, texts: &Places) -> Result<(Vec<ManagedPolicy>, Places)> {
        let mut statement = self.connection.prepare(
            "SELECT id, arn, name, account, policy_state, document, default_version, created, updated
             FROM policies ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let (mut policies, mut places) = (Vec::new(), HashMap::default());
        while let Some(row) = rows.next()? {
            places.insert(row.get(0)?, policies.len() as u32);
            policies.push(ManagedPolicy {
                arn: str_of(row, 1)?.into(),
                name: str_of(row, 2)?.into(),
                account: optional_str(row, 3)?.map(account_id).transpose()?,
                document: policy_state(row, 4, texts)?,
                default_version: self.shared(row, 6)?,
                versions: Vec::new(),
                created: self.shared(row, 7)?,
                updated: self.shared(row, 8)?,
            });
        }
        let places = Places(places);
        let mut statement =
            self.connection.prepare("SELECT policy, version, document, created FROM policy_versions")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let version = PolicyVersion {
                id: self.share(str_of(row, 1)?),
                document: DocumentId::at(texts.of(row.get(2)?, "documents")?),
                created: self.shared(row, 3)?,
            };
            policies[places.of(row.get(0)?, "policies")?].versions.push(version);
        }
        Ok((policies, places))
    }

    fn instance_profiles(&mut self) -> Result<Vec<InstanceProfile>> {
        self.collect("SELECT arn, account, role FROM instance_profiles ORDER BY arn", |_, row| {
            Ok(InstanceProfile {
                arn: str_of(row, 0)?.into(),
                account: account_id(str_of(row, 1)?)?,
                role: optional_str(row, 2)?.map(Arc::from),
            })
        })
    }

    fn collect<T>(
        &mut self,
        sql: &str,
        mut read: impl FnMut(&mut Self, &Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(read(self, row)?);
        }
        Ok(list)
    }

    fn principals(&mut self, texts: &Places, policies: &Places) -> Result<(Vec<PrincipalRecord>, Places)> {
        let mut statement = self.connection.prepare(
            "SELECT id, kind, arn, account, name, path, unique_id, seen, tags, created, last_used_seen, last_used,
                    last_used_region, boundary, trust_state, trust, credentials
             FROM principals ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let (mut principals, mut places) = (Vec::new(), HashMap::default());
        while let Some(row) = rows.next()? {
            places.insert(row.get(0)?, principals.len() as u32);
            let boundary: Option<i64> = row.get(13)?;
            let last_used = if row.get(10)? {
                Some(LastUsed { at: optional_str(row, 11)?.map(Arc::from), region: self.shared(row, 12)? })
            } else {
                None
            };
            principals.push(PrincipalRecord {
                kind: match str_of(row, 1)? {
                    "user" => PrincipalKind::User,
                    "group" => PrincipalKind::Group,
                    _ => PrincipalKind::Role,
                },
                arn: str_of(row, 2)?.into(),
                account: account_id(str_of(row, 3)?)?,
                name: str_of(row, 4)?.into(),
                path: self.share(str_of(row, 5)?),
                id: optional_str(row, 6)?.map(Arc::from),
                seen: row.get(7)?,
                tags: self.tags(row, 8)?,
                created: optional_str(row, 9)?.map(Arc::from),
                last_used,
                boundary: boundary
                    .map(|id| Ok::<_, SnapshotError>(PolicyIndex::at(policies.of(id, "policies")?)))
                    .transpose()?,
                attached: Vec::new(),
                inline: Vec::new(),
                trust: policy_state(row, 14, texts)?,
                groups: Vec::new(),
                instance_profiles: Vec::new(),
                credentials: optional_str(row, 16)?.map(credentials).transpose()?,
            });
        }
        Ok((principals, Places(places)))
    }

    fn tags(&mut self, row: &Row<'_>, column: usize) -> Result<Option<Vec<Tag>>> {
        let Some(text) = optional_str(row, column)? else { return Ok(None) };
        if text == "{}" {
            return Ok(Some(Vec::new()));
        }
        let object: serde_json::Map<String, Value> =
            serde_json::from_str(text).map_err(|_| damaged("tags are not a JSON object"))?;
        let tags = object
            .iter()
            .map(|(key, value)| (self.share(key), self.share(value.as_str().unwrap_or_default())));
        Ok(Some(tags.collect()))
    }

    fn attachments(
        &mut self,
        principals: &mut [PrincipalRecord],
        places: &Places,
        policies: &Places,
    ) -> Result<()> {
        let mut statement = self.connection.prepare("SELECT principal, policy FROM attachments")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let policy = PolicyIndex::at(policies.of(row.get(1)?, "policies")?);
            principals[places.of(row.get(0)?, "principals")?].attached.push(policy);
        }
        Ok(())
    }

    fn inline_policies(
        &mut self,
        principals: &mut [PrincipalRecord],
        places: &Places,
        texts: &Places,
    ) -> Result<()> {
        let mut statement =
            self.connection.prepare("SELECT principal, name, policy_state, document FROM inline_policies")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let policy =
                InlinePolicy { name: self.share(str_of(row, 1)?), document: policy_state(row, 2, texts)? };
            principals[places.of(row.get(0)?, "principals")?].inline.push(policy);
        }
        Ok(())
    }

    fn memberships(&mut self, principals: &mut [PrincipalRecord], places: &Places) -> Result<()> {
        let mut statement = self.connection.prepare(r#"SELECT user, "group" FROM memberships"#)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let group = PrincipalIndex::at(places.of(row.get(1)?, "principals")?);
            principals[places.of(row.get(0)?, "principals")?].groups.push(group);
        }
        Ok(())
    }

    fn resources(&mut self, texts: &Places) -> Result<(Vec<ResourceRecord>, Places)> {
        let mut statement = self.connection.prepare(
            "SELECT id, arn, kind, account, region, name, policy_state, document, tags, facts
             FROM resources ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let (mut resources, mut places) = (Vec::new(), HashMap::default());
        while let Some(row) = rows.next()? {
            places.insert(row.get(0)?, resources.len() as u32);
            resources.push(ResourceRecord {
                arn: str_of(row, 1)?.into(),
                kind: self.share(str_of(row, 2)?),
                account: optional_str(row, 3)?.map(account_id).transpose()?,
                region: self.shared(row, 4)?,
                name: str_of(row, 5)?.into(),
                policy: policy_state(row, 6, texts)?,
                tags: self.tags(row, 8)?,
                runs_as: Vec::new(),
                facts: optional_str(row, 9)?.map(|text| self.facts(text)).transpose()?.unwrap_or_default(),
            });
        }
        Ok((resources, Places(places)))
    }

    fn facts(&mut self, text: &str) -> Result<ResourceFacts> {
        let json: serde_json::Map<String, Value> =
            serde_json::from_str(text).map_err(|_| damaged("facts are not a JSON object"))?;
        let word = |name: &str| json.get(name).and_then(Value::as_str);
        let acl = json.get("acl").and_then(Value::as_array).map(|grants| {
            let grant = |grant: &Value| {
                Some(AclGrant {
                    grantee: self.share(grant.get("grantee")?.as_str()?),
                    permission: self.share(grant.get("permission")?.as_str()?),
                })
            };
            grants.iter().filter_map(grant).collect()
        });
        let grants = json.get("grants").and_then(Value::as_array).map(|grants| {
            let grant = |grant: &Value| {
                let operations = grant.get("operations")?.as_array()?;
                Some(KeyGrant {
                    grantee: self.share(grant.get("grantee")?.as_str()?),
                    operations: operations.iter().filter_map(|it| Some(self.share(it.as_str()?))).collect(),
                })
            };
            grants.iter().filter_map(grant).collect()
        });
        let mut names = |name: &str| -> Option<Vec<Arc<str>>> {
            let all = json.get(name)?.as_array()?.iter();
            Some(all.filter_map(|name| Some(self.share(name.as_str()?))).collect())
        };
        let (shared_with, shares) = (names("shared_with"), names("shares"));
        Ok(ResourceFacts {
            grants,
            shared_with,
            shared_in_part: json.get("shared_in_part").and_then(Value::as_bool) == Some(true),
            shares,
            block_public_access: word("block_public_access").map(|word| self.share(word)),
            encryption_key: word("encryption_key").map(|key| self.share(key)),
            aliases: Vec::new(),
            aws_managed: word("key_manager").map(|manager| manager == "AWS"),
            public_access_block: json.get("public_access_block").and_then(public_access_block),
            object_ownership: word("object_ownership").map(|word| self.share(word)),
            bucket_abac: word("bucket_abac").map(|word| self.share(word)),
            acl,
            state: word("state").map(|word| self.share(word)),
            json: Some(self.share(text)),
        })
    }

    fn runs_as(
        &mut self,
        resources: &mut [ResourceRecord],
        places: &Places,
        principals: &[PrincipalRecord],
        profiles: &[InstanceProfile],
        by_arn: &ByArn,
    ) -> Result<()> {
        let by_name = ByName::new(principals);
        let by_profile: HashMap<&str, &InstanceProfile> = profiles.iter().map(|it| (&*it.arn, it)).collect();
        let by_profile_name: HashMap<(AccountId, &str), &InstanceProfile> =
            profiles.iter().map(|it| ((it.account, last(&it.arn)), it)).collect();
        let profile_named = |arn: &str| {
            let by_name = || by_profile_name.get(&(AccountId::of_arn(arn)?, last(arn)));
            by_profile.get(arn).or_else(by_name).copied()
        };
        let mut statement = self.connection.prepare("SELECT resource, attribute, named FROM runs_as")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let attribute = match str_of(row, 1)? {
                "execution" => RoleAttribute::Execution,
                "task" => RoleAttribute::Task,
                "service" => RoleAttribute::Service,
                "instance_profile" => RoleAttribute::InstanceProfile,
                _ => RoleAttribute::Role,
            };
            let named = self.share(str_of(row, 2)?);
            let role_arn = match attribute {
                RoleAttribute::InstanceProfile => {
                    profile_named(&named).and_then(|profile| profile.role.clone())
                }
                _ => Some(named.clone()),
            };
            let role =
                role_arn.as_deref().and_then(|arn| by_arn.principal(arn).or_else(|| by_name.role(arn)));
            // Named without its path: the record has the whole ARN.
            let role_arn = role.map(|role| principals[role.index()].arn.clone()).or(role_arn);
            resources[places.of(row.get(0)?, "resources")?].runs_as.push(RunsAs {
                attribute,
                named,
                role_arn,
                role,
            });
        }
        Ok(())
    }

    fn key_aliases(&mut self) -> Result<Vec<KeyAlias>> {
        let sql = "SELECT account, region, alias, key FROM key_aliases ORDER BY account, region, alias";
        self.collect(sql, |loader, row| {
            Ok(KeyAlias {
                account: account_id(str_of(row, 0)?)?,
                region: loader.share(str_of(row, 1)?),
                alias: str_of(row, 2)?.into(),
                key: str_of(row, 3)?.into(),
            })
        })
    }

    fn accounts(&mut self, organization: Option<&Organization>) -> Result<Vec<Account>> {
        let units = organization.map(|it| it.units.as_slice()).unwrap_or_default();
        // Snapshots of older programs have no such table.
        let summary = match self.is_there("account_summaries")? {
            true => "(SELECT summary FROM account_summaries WHERE account = accounts.id)",
            false => "NULL",
        };
        let sql = format!(
            "SELECT id, name, status, parent, seen, public_access_block, root_credentials, {summary} FROM accounts ORDER BY id"
        );
        self.collect(&sql, |loader, row| {
            let parent = optional_str(row, 3)?;
            let block = optional_str(row, 5)?.and_then(|text| serde_json::from_str(text).ok());
            Ok(Account {
                id: account_id(str_of(row, 0)?)?,
                name: optional_str(row, 1)?.map(Arc::from),
                status: loader.shared(row, 2)?,
                parent: parent
                    .and_then(|id| units.iter().position(|unit| &*unit.id == id))
                    .map(UnitIndex::at),
                seen: row.get(4)?,
                public_access_block: block.as_ref().and_then(public_access_block),
                root: optional_str(row, 6)?.map(credentials).transpose()?,
                summary: optional_str(row, 7)?.map(Arc::from),
            })
        })
    }

    fn organization(&mut self, texts: &Places) -> Result<Option<Organization>> {
        let known = self.collect("SELECT id, arn, management FROM organization ORDER BY id", |_, row| {
            let management = optional_str(row, 2)?.map(account_id).transpose()?;
            Ok((str_of(row, 0)?.into(), optional_str(row, 1)?.map(Arc::from), management))
        })?;
        let mut parents: Vec<Option<Arc<str>>> = Vec::new();
        let sql = "SELECT id, arn, name, kind, parent, enabled FROM units ORDER BY kind, id";
        let mut units = self.collect(sql, |_, row| {
            parents.push(optional_str(row, 4)?.map(Arc::from));
            let enabled =
                optional_str(row, 5)?.and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
            Ok(Unit {
                id: str_of(row, 0)?.into(),
                arn: optional_str(row, 1)?.map(Arc::from),
                name: str_of(row, 2)?.into(),
                kind: if str_of(row, 3)? == "root" { UnitKind::Root } else { UnitKind::Unit },
                parent: None,
                enabled: enabled.map(|kinds| kinds.iter().map(|kind| org_policy_kind(kind)).collect()),
            })
        })?;
        if known.is_empty() && units.is_empty() && self.count("organization_policies")? == 0 {
            return Ok(None);
        }
        let at: HashMap<Arc<str>, UnitIndex> = units
            .iter()
            .enumerate()
            .map(|(position, unit)| (unit.id.clone(), UnitIndex::at(position)))
            .collect();
        for (unit, parent) in units.iter_mut().zip(parents) {
            unit.parent = parent.and_then(|parent| at.get(&parent).copied());
        }
        let sql = "SELECT id, arn, name, type, aws_managed, policy_state, document FROM organization_policies ORDER BY id";
        let policies = self.collect(sql, |_, row| {
            Ok(OrgPolicy {
                id: str_of(row, 0)?.into(),
                arn: optional_str(row, 1)?.map(Arc::from),
                name: str_of(row, 2)?.into(),
                kind: org_policy_kind(str_of(row, 3)?),
                aws_managed: row.get(4)?,
                document: policy_state(row, 5, texts)?,
            })
        })?;
        let index: HashMap<&str, usize> =
            policies.iter().enumerate().map(|(at, policy)| (&*policy.id, at)).collect();
        let attachments =
            self.collect("SELECT policy, target FROM organization_attachments", |loader, row| {
                let policy =
                    *index.get(str_of(row, 0)?).ok_or_else(|| damaged("an attached policy is missing"))?;
                Ok(Attachment { policy: OrgPolicyIndex::at(policy), target: loader.share(str_of(row, 1)?) })
            })?;
        let (id, arn, management) = known.into_iter().next().unwrap_or_else(|| (Arc::from(""), None, None));
        let attachments_seen = self.is_marked("attachments_seen")?;
        Ok(Some(Organization { id, arn, management, units, policies, attachments, attachments_seen }))
    }

    fn providers(&mut self) -> Result<Vec<IdentityProvider>> {
        self.collect("SELECT arn, kind, account, url, client_ids FROM providers ORDER BY arn", |_, row| {
            let clients =
                optional_str(row, 4)?.and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
            Ok(IdentityProvider {
                arn: str_of(row, 0)?.into(),
                kind: if str_of(row, 1)? == "saml" { ProviderKind::Saml } else { ProviderKind::Oidc },
                account: account_id(str_of(row, 2)?)?,
                url: optional_str(row, 3)?.map(Arc::from),
                client_ids: clients.unwrap_or_default().into_iter().map(Arc::from).collect(),
            })
        })
    }

    fn identity_center(&mut self, texts: &Places, by_arn: &ByArn) -> Result<Vec<IdentityCenter>> {
        let mut centers =
            self.collect("SELECT arn, account FROM identity_centers ORDER BY arn", |_, row| {
                let account = optional_str(row, 1)?.map(account_id).transpose()?;
                let arn: Arc<str> = str_of(row, 0)?.into();
                Ok(IdentityCenter { arn, account, permission_sets: Vec::new(), assignments: Vec::new() })
            })?;
        let sql = "SELECT arn, name, policy_state, document, attached FROM permission_sets ORDER BY arn";
        let sets = self.collect(sql, |_, row| {
            let attached =
                optional_str(row, 4)?.and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
            Ok(PermissionSet {
                arn: str_of(row, 0)?.into(),
                name: str_of(row, 1)?.into(),
                inline: policy_state(row, 2, texts)?,
                attached: attached.map(|arns| arns.iter().filter_map(|arn| by_arn.policy(arn)).collect()),
            })
        })?;
        let sql = "SELECT permission_set, account, principal_kind, principal FROM permission_set_assignments";
        let assignments = self.collect(sql, |loader, row| {
            Ok(SsoAssignment {
                permission_set: loader.share(str_of(row, 0)?),
                account: account_id(str_of(row, 1)?)?,
                principal_kind: if str_of(row, 2)? == "group" {
                    SsoPrincipalKind::Group
                } else {
                    SsoPrincipalKind::User
                },
                principal: loader.share(str_of(row, 3)?),
            })
        })?;
        for center in &mut centers {
            let id = center.arn.rsplit('/').next().unwrap_or_default().to_owned();
            let ours = |set: &str| set.split('/').nth(1) == Some(&id);
            center.permission_sets = sets.iter().filter(|set| ours(&set.arn)).cloned().collect();
            center.assignments = assignments.iter().filter(|it| ours(&it.permission_set)).cloned().collect();
        }
        Ok(centers)
    }

    fn coverage(&mut self) -> Result<Vec<Coverage>> {
        let sql = "SELECT call, account, region, state, reason, things FROM coverage ORDER BY rowid";
        self.collect(sql, |loader, row| {
            Ok(Coverage {
                call: loader.share(str_of(row, 0)?),
                account: optional_str(row, 1)?.map(account_id).transpose()?,
                region: loader.shared(row, 2)?,
                state: CoverageState::named(str_of(row, 3)?).unwrap_or(CoverageState::NotTried),
                reason: loader.share(str_of(row, 4)?),
                things: row.get(5)?,
            })
        })
    }

    fn sources(&mut self) -> Result<Vec<Source>> {
        self.collect("SELECT file, kind, sha256, bytes, modified FROM sources ORDER BY id", |_, row| {
            Ok(Source {
                file: str_of(row, 0)?.into(),
                kind: str_of(row, 1)?.into(),
                sha256: str_of(row, 2)?.into(),
                bytes: row.get(3)?,
                modified: optional_str(row, 4)?.map(Arc::from),
            })
        })
    }

    /// By ARN and part. Snapshots of older programs have no such table.
    fn declared(&mut self) -> Result<Vec<Declared>> {
        if !self.is_there("declarations")? {
            return Ok(Vec::new());
        }
        self.collect(
            "SELECT arn, part, address, file, line FROM declarations ORDER BY arn, part",
            |loader, row| {
                Ok(Declared {
                    arn: loader.share(str_of(row, 0)?),
                    part: str_of(row, 1)?.into(),
                    address: str_of(row, 2)?.into(),
                    file: loader.share(str_of(row, 3)?),
                    line: row.get(4)?,
                })
            },
        )
    }

    /// What another source shows all the same is there. Snapshots of older programs have no such table.
    fn gone(&mut self, by_arn: &ByArn) -> Result<BTreeSet<Arc<str>>> {
        if !self.is_there("departures")? {
            return Ok(BTreeSet::new());
        }
        let all = self.collect("SELECT arn FROM departures", |_, row| Ok(Arc::from(str_of(row, 0)?)))?;
        let is_there = |arn: &Arc<str>| by_arn.principal(arn).is_some() || by_arn.resource(arn).is_some();
        Ok(all.into_iter().filter(|arn| !is_there(arn)).collect())
    }

    /// Snapshots of older programs have no such table.
    fn arns_in(&mut self, table: &str) -> Result<BTreeSet<Arc<str>>> {
        if !self.is_there(table)? {
            return Ok(BTreeSet::new());
        }
        let all =
            self.collect(&format!("SELECT arn FROM {table}"), |_, row| Ok(Arc::from(str_of(row, 0)?)))?;
        Ok(all.into_iter().collect())
    }

    fn perhaps_attached(&mut self) -> Result<BTreeSet<Arc<str>>> {
        if !self.is_there("at_large")? {
            return Ok(BTreeSet::new());
        }
        let all = self.collect("SELECT named FROM at_large WHERE gives = 'attached'", |_, row| {
            Ok(Arc::from(str_of(row, 0)?))
        })?;
        Ok(all.into_iter().collect())
    }

    /// By principal. Snapshots of older programs have no such table.
    fn last_accessed(&mut self) -> Result<Vec<LastAccessedReport>> {
        if !self.is_there("last_accessed")? {
            return Ok(Vec::new());
        }
        self.collect("SELECT principal, report FROM last_accessed ORDER BY principal", |_, row| {
            let packed: Vec<u8> = row.get(1)?;
            Ok(LastAccessedReport::of_packed(str_of(row, 0)?.into(), packed.into()))
        })
    }

    fn is_there(&self, table: &str) -> Result<bool> {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        Ok(self.connection.query_row(sql, [table], |row| row.get(0))?)
    }

    fn warnings(&mut self) -> Result<Vec<Warning>> {
        let sql = r#"SELECT sources.file, line, "column", offset, pointer, text
                     FROM warnings JOIN sources ON sources.id = warnings.source ORDER BY warnings.rowid"#;
        self.collect(sql, |loader, row| {
            Ok(Warning {
                file: loader.share(str_of(row, 0)?),
                line: row.get(1)?,
                column: row.get(2)?,
                offset: row.get(3)?,
                pointer: str_of(row, 4)?.into(),
                text: str_of(row, 5)?.into(),
            })
        })
    }
}

fn str_of<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str> {
    row.get_ref(column)?.as_str().map_err(|_| damaged("a text is missing"))
}

fn optional_str<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>> {
    row.get_ref(column)?.as_str_or_null().map_err(|_| damaged("a text is of another type"))
}

fn account_id(text: &str) -> Result<AccountId> {
    AccountId::parse(text).ok_or_else(|| damaged("an account id is not twelve digits"))
}

/// The state in one column and the document in the next.
fn policy_state(row: &Row<'_>, column: usize, texts: &Places) -> Result<PolicyState> {
    Ok(match (str_of(row, column)?, row.get::<_, Option<i64>>(column + 1)?) {
        ("none", _) => PolicyState::None,
        ("document", Some(id)) => PolicyState::Document(DocumentId::at(texts.of(id, "documents")?)),
        _ => PolicyState::NotSeen,
    })
}

fn org_policy_kind(text: &str) -> OrgPolicyKind {
    match text {
        "scp" => OrgPolicyKind::Scp,
        "rcp" => OrgPolicyKind::Rcp,
        _ => OrgPolicyKind::Other,
    }
}

fn public_access_block(json: &Value) -> Option<PublicAccessBlock> {
    let switch = |name: &str| json.get(name)?.as_bool();
    Some(PublicAccessBlock {
        block_public_acls: switch("block_public_acls")?,
        ignore_public_acls: switch("ignore_public_acls")?,
        block_public_policy: switch("block_public_policy")?,
        restrict_public_buckets: switch("restrict_public_buckets")?,
    })
}

fn credentials(text: &str) -> Result<Credentials> {
    let json: Value = serde_json::from_str(text).map_err(|_| damaged("credentials are not a JSON object"))?;
    let time = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(Arc::from);
    let keys = json.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(Credentials {
        password: json.get("password").and_then(Value::as_bool),
        password_last_used: time(&json, "password_last_used"),
        mfa: json.get("mfa").and_then(Value::as_bool),
        keys: keys
            .iter()
            .map(|key| AccessKey {
                active: key.get("active").and_then(Value::as_bool) == Some(true),
                rotated: time(key, "rotated"),
                last_used: time(key, "last_used"),
            })
            .collect(),
    })
}
