//! Rows that a plan takes away, and parts of what is declared piece by piece: what goes is no right any more, and what else
//! is there stays.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use super::writer::role_attribute;
use super::{CallFacts, ResourcePolicy, Writer};
use crate::error::SnapshotError;
use crate::model::{AccountId, CoverageState, RoleAttribute};

type Result<T> = std::result::Result<T, SnapshotError>;

impl Writer<'_> {
    /// What is known so far of the policy of this thing. `None`: nothing is known of the thing.
    pub(crate) fn policy_of(&self, arn: &str) -> Result<Option<ResourcePolicy>> {
        let sql = "SELECT policy_state, text FROM resources LEFT JOIN documents ON documents.id = document WHERE arn = ?1";
        let found: Option<(String, Option<String>)> = self
            .database
            .connection
            .prepare_cached(sql)?
            .query_row([arn], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.map(|(state, text)| match (state.as_str(), text) {
            ("none", _) => ResourcePolicy::None,
            ("document", Some(text)) => ResourcePolicy::Seen(text),
            _ => ResourcePolicy::NotSeen(String::new()),
        }))
    }

    /// The tags of this thing or identity become "not seen": they change to something that is not known yet.
    pub(crate) fn forget_tags(&self, arn: &str) -> Result<()> {
        self.run("UPDATE resources SET tags = NULL WHERE arn = ?1", [arn])?;
        self.run("UPDATE principals SET tags = NULL WHERE arn = ?1", [arn])?;
        Ok(())
    }

    /// It may have more tags than those that are listed.
    pub(crate) fn may_have_more_tags(&self, arn: &str) -> Result<()> {
        self.run("INSERT OR IGNORE INTO partly_tagged VALUES (?1)", [arn])?;
        Ok(())
    }

    /// No source but a plan shows this thing.
    pub(crate) fn is_planned_only(&self, arn: &str) -> Result<()> {
        self.run("INSERT OR IGNORE INTO planned_only VALUES (?1)", [arn])?;
        Ok(())
    }

    /// A workload runs as this role, beside others, or does so no more.
    pub(crate) fn runs_as(
        &self,
        workload: &str,
        attribute: RoleAttribute,
        role: &str,
        stays: bool,
    ) -> Result<()> {
        let attribute = role_attribute(attribute);
        if stays {
            self.run(
                "INSERT INTO runs_as
                 SELECT resources.id, coalesce((SELECT max(position) + 1 FROM runs_as WHERE resource = resources.id), 0),
                        ?2, ?3
                 FROM resources WHERE arn = ?1 AND NOT EXISTS (
                     SELECT 1 FROM runs_as WHERE resource = resources.id AND attribute = ?2 AND named = ?3)",
                [workload, attribute, role],
            )?;
        } else {
            self.run(
                "DELETE FROM runs_as WHERE attribute = ?2 AND named = ?3
                 AND resource = (SELECT id FROM resources WHERE arn = ?1)",
                [workload, attribute, role],
            )?;
        }
        Ok(())
    }

    /// A key has this grant, beside others, or has one such less. Where its grants were not seen they are not seen now.
    pub(crate) fn key_grant(
        &self,
        key: &str,
        grantee: &str,
        operations: &[String],
        stays: bool,
    ) -> Result<()> {
        let facts: Option<Option<String>> = self
            .database
            .connection
            .prepare_cached("SELECT facts FROM resources WHERE arn = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        let facts = facts.flatten().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let Some(mut facts) = facts else { return Ok(()) };
        let Some(grants) = facts.get_mut("grants").and_then(Value::as_array_mut) else { return Ok(()) };
        let own: BTreeSet<&str> = operations.iter().map(String::as_str).collect();
        let is_same = |grant: &Value| {
            let listed = grant["operations"].as_array().into_iter().flatten().filter_map(Value::as_str);
            grant["grantee"] == grantee && listed.collect::<BTreeSet<&str>>() == own
        };
        match grants.iter().position(is_same) {
            Some(at) if !stays => drop(grants.remove(at)),
            None if stays => grants.push(json!({"grantee": grantee, "operations": own})),
            _ => return Ok(()),
        }
        self.run("UPDATE resources SET facts = ?2 WHERE arn = ?1", params![key, facts.to_string()])?;
        Ok(())
    }

    pub(crate) fn drop_key_alias(&self, account: AccountId, region: &str, alias: &str) -> Result<()> {
        self.run(
            "DELETE FROM key_aliases WHERE account = ?1 AND region = ?2 AND alias = ?3",
            params![account.to_string(), region, alias],
        )?;
        Ok(())
    }

    pub(crate) fn drop_provider(&self, arn: &str) -> Result<()> {
        self.run("DELETE FROM providers WHERE arn = ?1", [arn])?;
        self.run("INSERT OR IGNORE INTO departures VALUES (?1)", [arn])?;
        Ok(())
    }

    /// No inline policies but these.
    pub(crate) fn only_inline(&self, bearer: &str, names: &[String]) -> Result<()> {
        self.run(
            "DELETE FROM inline_policies WHERE principal = (SELECT id FROM principals WHERE arn = ?1)
             AND name NOT IN (SELECT value FROM json_each(?2))",
            params![bearer, Value::from(names.to_vec()).to_string()],
        )?;
        Ok(())
    }

    /// No managed policies but these.
    pub(crate) fn only_attached(&self, bearer: &str, policies: &[String]) -> Result<()> {
        self.run(
            "DELETE FROM attachments WHERE principal = (SELECT id FROM principals WHERE arn = ?1)
             AND policy NOT IN (SELECT id FROM policies WHERE arn IN (SELECT value FROM json_each(?2)))",
            params![bearer, Value::from(policies.to_vec()).to_string()],
        )?;
        Ok(())
    }

    /// A policy of the organization goes, from wherever it is attached.
    pub(crate) fn drop_org_policy(&self, id: &str) -> Result<()> {
        self.run("DELETE FROM organization_attachments WHERE policy = ?1", [id])?;
        self.run("DELETE FROM organization_policies WHERE id = ?1", [id])?;
        Ok(())
    }

    /// The text of a policy of the organization changes to something that is not known yet.
    pub(crate) fn forget_org_policy(&self, id: &str) -> Result<()> {
        let sql = "UPDATE organization_policies SET policy_state = 'not_seen', document = NULL WHERE id = ?1";
        self.run(sql, [id])?;
        Ok(())
    }

    /// A permission set goes, with whom it is assigned to.
    pub(crate) fn drop_permission_set(&self, arn: &str) -> Result<()> {
        self.run("DELETE FROM permission_set_assignments WHERE permission_set = ?1", [arn])?;
        self.run("DELETE FROM permission_sets WHERE arn = ?1", [arn])?;
        Ok(())
    }

    /// The inline policy of a permission set changes to something that is not known yet.
    pub(crate) fn forget_permission_set(&self, arn: &str) -> Result<()> {
        let sql = "UPDATE permission_sets SET policy_state = 'not_seen', document = NULL WHERE arn = ?1";
        self.run(sql, [arn])?;
        Ok(())
    }

    pub(crate) fn name_of_set(&self, arn: &str) -> Result<Option<String>> {
        let sql = "SELECT name FROM permission_sets WHERE arn = ?1";
        Ok(self.database.connection.prepare_cached(sql)?.query_row([arn], |row| row.get(0)).optional()?)
    }

    /// The roles that are made of a permission set of this name, in whatever account.
    ///
    /// AWS: IAM Identity Center User Guide, "Permission sets": `AWSReservedSSO_<set>_<16 hexadecimal digits>`. Of a role that is
    /// planned these are not known.
    pub(crate) fn roles_of_set(&self, name: &str) -> Result<Vec<String>> {
        let sql = "SELECT arn FROM principals WHERE kind = 'role'
                   AND instr(path, '/aws-reserved/sso.amazonaws.com/') = 1
                   AND substr(name, 1, length(name) - 17) = 'AWSReservedSSO_' || ?1
                   AND substr(name, -17) GLOB '_' || replace(hex(zeroblob(8)), '0', '[0-9a-fA-F~]')";
        let mut found = self.database.connection.prepare_cached(sql)?;
        let found = found.query_map([name], |row| row.get(0))?;
        Ok(found.collect::<std::result::Result<_, _>>()?)
    }

    /// A managed policy is part of a permission set, beside others, or is no more. Where its policies were not seen they are
    /// not seen now.
    pub(crate) fn part_of_set(&self, set: &str, policy: &str, stays: bool) -> Result<()> {
        let attached: Option<Option<String>> = self
            .database
            .connection
            .prepare_cached("SELECT attached FROM permission_sets WHERE arn = ?1")?
            .query_row([set], |row| row.get(0))
            .optional()?;
        let attached = attached.flatten().and_then(|text| serde_json::from_str::<Vec<String>>(&text).ok());
        let Some(mut attached) = attached else { return Ok(()) };
        attached.retain(|known| known != policy);
        if stays {
            self.policy_id(policy)?;
            attached.push(policy.to_owned());
        }
        self.run(
            "UPDATE permission_sets SET attached = ?2 WHERE arn = ?1",
            params![set, Value::from(attached).to_string()],
        )?;
        Ok(())
    }

    /// Somebody may use a permission set in an account no more. The answer: was that the last of those who could, of whom all
    /// were seen?
    pub(crate) fn unassign(
        &self,
        set: &str,
        account: AccountId,
        group: bool,
        principal: &str,
    ) -> Result<bool> {
        let gone = self.run(
            "DELETE FROM permission_set_assignments
             WHERE permission_set = ?1 AND account = ?2 AND principal_kind = ?3 AND principal = ?4",
            params![set, account.to_string(), if group { "group" } else { "user" }, principal],
        )?;
        let sql =
            "SELECT count(*) FROM permission_set_assignments WHERE permission_set = ?1 AND account = ?2";
        let left: i64 = self
            .database
            .connection
            .prepare_cached(sql)?
            .query_row([set, &account.to_string()], |row| row.get(0))?;
        let is_gap = |call: &CallFacts| call.call.starts_with("sso:") && call.state != CoverageState::Seen;
        Ok(gone > 0 && left == 0 && !self.calls.iter().any(is_gap))
    }

    /// The provider by which IAM Identity Center lets people into an account.
    pub(crate) fn provider_of_identity_center(&self, account: AccountId) -> Result<Option<String>> {
        let sql = "SELECT arn FROM providers WHERE kind = 'saml' AND account = ?1
                   AND arn GLOB '*:saml-provider/AWSSSO_*_DO_NOT_DELETE'";
        let mut found = self.database.connection.prepare_cached(sql)?;
        Ok(found.query_row([account.to_string()], |row| row.get(0)).optional()?)
    }

    /// The boundary of a role is this one, or there is none any more.
    pub(crate) fn bound(&self, role: &str, boundary: Option<&str>) -> Result<()> {
        let policy = boundary.map(|arn| self.policy_id(arn)).transpose()?;
        self.run("UPDATE principals SET boundary = ?2 WHERE arn = ?1", params![role, policy])?;
        Ok(())
    }
}
