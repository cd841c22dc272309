//! A user or group under another name or path: it keeps its rows, and policies that name it as a principal name it still.

use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use super::Writer;
use super::writer::kind;
use crate::error::SnapshotError;
use crate::model::{AccountId, PrincipalKind};

type Result<T> = std::result::Result<T, SnapshotError>;

impl Writer<'_> {
    /// The user or group of this ARN has another from now on.
    pub(crate) fn rename(&mut self, of: PrincipalKind, old: &str, new: &str) -> Result<()> {
        let connection = &self.database.connection;
        let seen = |arn: &str| -> Result<Option<bool>> {
            let sql = "SELECT seen FROM principals WHERE arn = ?1";
            Ok(connection.prepare_cached(sql)?.query_row([arn], |row| row.get(0)).optional()?)
        };
        let (is_there, taken) = (seen(old)?.is_some(), seen(new)?);
        // AWS gives no name to two.
        if !is_there || taken == Some(true) {
            return Ok(());
        }
        if taken.is_some() {
            self.delete(new, None)?;
        }
        let (path, name) = crate::arn::path_and_name(new);
        let (_, old_name) = crate::arn::path_and_name(old);
        self.run(
            "UPDATE principals SET arn = ?2, name = ?3, path = ?4 WHERE arn = ?1 AND kind = ?5",
            params![old, new, name, path, kind(of)],
        )?;
        if of == PrincipalKind::Group {
            let account = AccountId::of_arn(new).map(|account| account.to_string());
            self.run(
                "UPDATE temp.membership_names SET name = ?3 WHERE account = ?1 AND name = ?2",
                params![account, old_name, name],
            )?;
        }
        self.run("UPDATE OR REPLACE temp.credentials SET arn = ?2 WHERE arn = ?1", [old, new])?;
        self.run("UPDATE OR REPLACE last_accessed SET principal = ?2 WHERE principal = ?1", [old, new])?;
        self.run("INSERT OR IGNORE INTO departures VALUES (?1)", [old])?;
        self.run("DELETE FROM departures WHERE arn = ?1", [new])?;
        if of == PrincipalKind::User { self.name_in_policies(old, new) } else { Ok(()) }
    }

    /// AWS keeps the id of a user in policies that name it as a principal, and shows the name that it has.
    fn name_in_policies(&self, old: &str, new: &str) -> Result<()> {
        let texts: Vec<(i64, String)> = self
            .database
            .connection
            .prepare(
                "SELECT id, text FROM documents WHERE instr(text, ?1)
                 AND (id IN (SELECT document FROM resources) OR id IN (SELECT trust FROM principals))",
            )?
            .query_map([old], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<std::result::Result<_, _>>()?;
        for (id, text) in texts {
            let Ok(mut json) = serde_json::from_str::<Value>(&text) else { continue };
            if !in_principals(&mut json, old, new) {
                continue;
            }
            let changed = self.document(&clavicle_policy::layout(&json.to_string()))?;
            self.run("UPDATE resources SET document = ?2 WHERE document = ?1", [id, changed])?;
            self.run("UPDATE principals SET trust = ?2 WHERE trust = ?1", [id, changed])?;
        }
        // So with grants of keys.
        let (old, new) = (Value::from(old).to_string(), Value::from(new).to_string());
        self.run(
            "UPDATE resources SET facts = replace(facts, '\"grantee\":' || ?1, '\"grantee\":' || ?2)
             WHERE instr(facts, ?1)",
            [old, new],
        )?;
        Ok(())
    }
}

/// Puts the new ARN where a statement names the old one as a principal. Did one?
fn in_principals(policy: &mut Value, old: &str, new: &str) -> bool {
    let statements = match policy.get_mut("Statement") {
        Some(Value::Array(list)) => list.iter_mut().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut any = false;
    let mut put = |value: &mut Value| {
        if value.as_str() == Some(old) {
            *value = Value::from(new);
            any = true;
        }
    };
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            match statement.get_mut(element).and_then(|principal| principal.get_mut("AWS")) {
                Some(Value::Array(list)) => list.iter_mut().for_each(&mut put),
                Some(one) => put(one),
                None => {}
            }
        }
    }
    any
}
