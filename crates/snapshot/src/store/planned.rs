//! Rows of what is planned: laid over what other sources said, one part at a time, where AWS would change it.
//!
//! Elsewhere a source that does not carry a fact leaves what an earlier one said. A plan that changes a fact to
//! something that nobody knows yet has to take the old one away: [`Writer::forget`].

use clavicle_policy::{Case, Glob};
use rusqlite::{OptionalExtension, params};

use super::writer::kind;
use super::{DocumentText, PERHAPS, Writer};
use crate::error::SnapshotError;
use crate::later::perhaps;
use crate::model::{AccountId, Declared, PrincipalKind};

type Result<T> = std::result::Result<T, SnapshotError>;

impl Writer<'_> {
    /// Is there anything of this ARN that a source has shown?
    pub(crate) fn is_known(&self, arn: &str) -> Result<bool> {
        let found: Option<i64> = self
            .database
            .connection
            .prepare_cached(
                "SELECT 1 FROM principals WHERE arn = ?1 AND seen
                 UNION SELECT 1 FROM resources WHERE arn = ?1
                 UNION SELECT 1 FROM policies WHERE arn = ?1 AND policy_state = 'document' LIMIT 1",
            )?
            .query_row([arn], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }

    /// The one account that the sources speak of so far; `None`: there are several, or none.
    pub(crate) fn only_account(&self) -> Result<Option<AccountId>> {
        let mut found = self.database.connection.prepare(
            "SELECT id FROM accounts UNION SELECT account FROM principals
             UNION SELECT account FROM resources WHERE account IS NOT NULL LIMIT 2",
        )?;
        let found: Vec<String> =
            found.query_map([], |row| row.get(0))?.collect::<std::result::Result<_, _>>()?;
        Ok(match found.as_slice() {
            [only] => AccountId::parse(only),
            _ => None,
        })
    }

    /// It goes, and is not only unlisted.
    pub(crate) fn take_away(&mut self, arn: &str) -> Result<()> {
        self.run(
            "DELETE FROM temp.membership_names WHERE (account, name) IN
                 (SELECT account, name FROM principals WHERE arn = ?1 AND kind = 'group')",
            [arn],
        )?;
        self.delete(arn, None)?;
        self.run("INSERT OR IGNORE INTO departures VALUES (?1)", [arn])?;
        Ok(())
    }

    /// The policy texts of this thing become "not seen": it changes to something that is not known yet.
    pub(crate) fn forget(&self, arn: &str) -> Result<()> {
        for table in ["policies", "resources"] {
            let sql = format!("UPDATE {table} SET policy_state = 'not_seen', document = NULL WHERE arn = ?1");
            self.run(&sql, [arn])?;
        }
        self.run(
            "UPDATE principals SET trust_state = 'not_seen', trust = NULL WHERE arn = ?1 AND kind = 'role'",
            [arn],
        )?;
        Ok(())
    }

    /// The ARN of the user, group or role of this name, with its path, if a source knows it.
    pub(crate) fn principal_named(
        &self,
        of: PrincipalKind,
        account: AccountId,
        name: &str,
    ) -> Result<Option<String>> {
        Ok(self
            .database
            .connection
            .prepare_cached("SELECT arn FROM principals WHERE kind = ?1 AND account = ?2 AND name = ?3")?
            .query_row(params![kind(of), account.to_string(), name], |row| row.get(0))
            .optional()?)
    }

    fn known_bearer(&self, arn: &str) -> Result<Option<i64>> {
        let connection = &self.database.connection;
        Ok(connection
            .prepare_cached("SELECT id FROM principals WHERE arn = ?1")?
            .query_row([arn], |row| row.get(0))
            .optional()?)
    }

    /// The row of a user, group or role; made as "named, not seen" when it is new.
    fn bearer(&self, of: PrincipalKind, arn: &str) -> Result<Option<i64>> {
        let Some(account) = AccountId::of_arn(arn) else { return Ok(None) };
        let connection = &self.database.connection;
        let known = self.known_bearer(arn)?;
        if known.is_some() {
            return Ok(known);
        }
        let (path, name) = crate::arn::path_and_name(arn);
        let trust = if of == PrincipalKind::Role { "not_seen" } else { "none" };
        self.run(
            "INSERT INTO principals (kind, arn, account, name, path, seen, last_used_seen, trust_state)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6)",
            params![kind(of), arn, account.to_string(), name, path, trust],
        )?;
        Ok(Some(connection.last_insert_rowid()))
    }

    /// A managed policy is attached, beside those that are.
    pub(crate) fn attach(&self, of: PrincipalKind, bearer: &str, policy: &str) -> Result<()> {
        let Some(id) = self.bearer(of, bearer)? else { return Ok(()) };
        let policy = self.policy_id(policy)?;
        self.run(
            "INSERT INTO attachments
             SELECT ?1, coalesce(max(position) + 1, 0), ?2 FROM attachments WHERE principal = ?1
             HAVING NOT EXISTS (SELECT 1 FROM attachments WHERE principal = ?1 AND policy = ?2)",
            [id, policy],
        )?;
        Ok(())
    }

    /// A managed policy is attached no more.
    pub(crate) fn detach(&self, bearer: &str, policy: &str) -> Result<()> {
        let Some(id) = self.known_bearer(bearer)? else { return Ok(()) };
        let policy = self.policy_id(policy)?;
        self.run("DELETE FROM attachments WHERE principal = ?1 AND policy = ?2", [id, policy])?;
        Ok(())
    }

    /// An inline policy, in the place of the one of that name.
    pub(crate) fn put_inline(
        &self,
        of: PrincipalKind,
        bearer: &str,
        name: &str,
        text: &DocumentText,
    ) -> Result<()> {
        let Some(id) = self.bearer(of, bearer)? else { return Ok(()) };
        let (state, document) = self.text(text)?;
        self.run("DELETE FROM inline_policies WHERE principal = ?1 AND name = ?2", params![id, name])?;
        self.run(
            "INSERT INTO inline_policies
             SELECT ?1, coalesce(max(position) + 1, 0), ?2, ?3, ?4 FROM inline_policies WHERE principal = ?1",
            params![id, name, state, document],
        )?;
        Ok(())
    }

    /// The inline policy of that name goes.
    pub(crate) fn drop_inline(&self, bearer: &str, name: &str) -> Result<()> {
        let Some(id) = self.known_bearer(bearer)? else { return Ok(()) };
        self.run("DELETE FROM inline_policies WHERE principal = ?1 AND name = ?2", params![id, name])?;
        Ok(())
    }

    /// A user is in a group, beside those that it is in.
    pub(crate) fn join(&self, user: &str, group: &str) -> Result<()> {
        let Some(id) = self.bearer(PrincipalKind::User, user)? else { return Ok(()) };
        let account = AccountId::of_arn(user).map(|account| account.to_string());
        self.run(
            "INSERT INTO temp.membership_names
             SELECT ?1, coalesce(max(position) + 1, 0), ?2, ?3 FROM temp.membership_names WHERE user = ?1
             HAVING NOT EXISTS (SELECT 1 FROM temp.membership_names WHERE user = ?1 AND name = ?3)",
            params![id, account, group],
        )?;
        Ok(())
    }

    /// A user is in a group no more.
    pub(crate) fn leave(&self, user: &str, group: &str) -> Result<()> {
        self.run(
            "DELETE FROM temp.membership_names
             WHERE name = ?2 AND user = (SELECT id FROM principals WHERE arn = ?1)",
            [user, group],
        )?;
        Ok(())
    }

    /// A managed policy goes, with its attachments.
    pub(crate) fn delete_policy(&self, arn: &str) -> Result<()> {
        self.run("DELETE FROM attachments WHERE policy = (SELECT id FROM policies WHERE arn = ?1)", [arn])?;
        self.run(
            "DELETE FROM policy_versions WHERE policy = (SELECT id FROM policies WHERE arn = ?1)",
            [arn],
        )?;
        self.run(
            "DELETE FROM policies WHERE arn = ?1
             AND NOT EXISTS (SELECT 1 FROM principals WHERE boundary = policies.id)",
            [arn],
        )?;
        Ok(())
    }

    /// A policy of the organization is attached, or no more, beside what is attached.
    pub(crate) fn organization_attachment(&mut self, policy: &str, target: &str, goes: bool) -> Result<()> {
        self.targets_seen = true;
        let sql = if goes {
            "DELETE FROM organization_attachments WHERE policy = ?1 AND target = ?2"
        } else {
            "INSERT OR IGNORE INTO organization_attachments VALUES (?1, ?2)"
        };
        self.run(sql, [policy, target])?;
        Ok(())
    }

    /// A policy of the organization is attached where a name fits one of the patterns (`None`: anywhere), and where that is, or which
    /// policy, is known later: each root, unit and account has it perhaps.
    pub(crate) fn attach_perhaps(&self, policy: Option<&str>, names: Option<&[String]>) -> Result<()> {
        let connection = &self.database.connection;
        let known: Option<(String, String, Option<String>)> = connection
            .prepare_cached(
                "SELECT name, type, text FROM organization_policies LEFT JOIN documents ON documents.id = document
                 WHERE organization_policies.id = ?1",
            )?
            .query_row([policy], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let kinds = match &known {
            Some((_, kind, _)) => vec![kind.as_str()],
            // It may be of either kind.
            None => vec!["scp", "rcp"],
        };
        let name = known.as_ref().map_or("a policy known later", |(name, ..)| name);
        let text = known.as_ref().and_then(|(.., text)| perhaps(text.as_deref()?));
        let document = text.map(|text| self.document(&text)).transpose()?;
        let state = if document.is_some() { "document" } else { "not_seen" };
        let patterns: Option<Vec<Glob>> =
            names.map(|names| names.iter().map(|name| Glob::new(name, Case::Ignored)).collect());
        let targets: Vec<String> = connection
            .prepare("SELECT id FROM units UNION SELECT id FROM accounts")?
            .query_map([], |row| row.get(0))?
            .collect::<std::result::Result<_, _>>()?;
        let fits = |target: &&String| {
            patterns.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(target)))
        };
        for kind in kinds {
            let id = format!("{}~{kind}", policy.unwrap_or_default());
            self.run(
                "INSERT OR REPLACE INTO organization_policies VALUES (?1, NULL, ?2, ?3, 0, ?4, ?5)",
                params![id, format!("{name}{PERHAPS}"), kind, state, document],
            )?;
            for target in targets.iter().filter(fits) {
                self.run(
                    "INSERT OR IGNORE INTO organization_attachments SELECT ?1, ?2
                     WHERE NOT EXISTS (SELECT 1 FROM organization_attachments WHERE policy = ?3 AND target = ?2)",
                    params![id, target, policy],
                )?;
            }
        }
        Ok(())
    }

    /// Where a text or a thing is declared.
    pub(crate) fn declared(&self, declared: &Declared) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO declarations VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                declared.arn,
                declared.part,
                declared.address,
                declared.file,
                declared.line.map(|line| i64::try_from(line).unwrap_or(i64::MAX))
            ],
        )?;
        Ok(())
    }
}
