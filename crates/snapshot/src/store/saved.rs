//! A saved snapshot as the ground that a plan is laid over: its rows are copied, its file stays as it is.

use std::path::Path;

use super::{Database, Writer};
use crate::error::SnapshotError;

/// Every table with what a program of today knows to be in it. A table that an older program did not make is empty.
const TABLES: &[&str] = &[
    "meta",
    "sources",
    "documents",
    "accounts",
    "organization",
    "units",
    "organization_policies",
    "organization_attachments",
    "policies",
    "policy_versions",
    "principals",
    "attachments",
    "inline_policies",
    "memberships",
    "instance_profiles",
    "resources",
    "runs_as",
    "key_aliases",
    "providers",
    "identity_centers",
    "permission_sets",
    "permission_set_assignments",
    "last_accessed",
    "account_summaries",
    "coverage",
    "warnings",
    "declarations",
    "departures",
    "partly_tagged",
    "planned_only",
    "at_large",
];

impl Writer<'_> {
    /// Takes over everything that a saved snapshot holds. Before anything else is written.
    pub(crate) fn take_over(&mut self, saved: &Path) -> Result<(), SnapshotError> {
        // Says what is wrong with the file, if something is.
        drop(Database::open(saved)?);
        let connection = &self.database.connection;
        // SQLite attaches nothing within a transaction.
        connection.execute_batch("COMMIT")?;
        // A name that begins with `file:` would be more than a name.
        let path = std::path::absolute(saved).unwrap_or_else(|_| saved.to_path_buf());
        connection.execute("ATTACH ?1 AS saved", [path.to_string_lossy().as_ref()])?;
        connection.execute_batch("BEGIN")?;
        for table in TABLES {
            let there: bool = connection
                .prepare("SELECT count(*) FROM saved.sqlite_schema WHERE type = 'table' AND name = ?1")?
                .query_row([table], |row| row.get(0))?;
            if there {
                connection
                    .execute_batch(&format!("INSERT INTO main.{table} SELECT * FROM saved.{table};"))?;
            }
        }
        connection.execute_batch(
            "COMMIT;
             DETACH saved;
             BEGIN;
             INSERT INTO temp.membership_names
                 SELECT memberships.user, memberships.position, \"group\".account, \"group\".name
                 FROM memberships JOIN principals AS \"group\" ON \"group\".id = memberships.\"group\";
             DELETE FROM memberships;",
        )?;
        let known = |key: &str| {
            connection
                .prepare("SELECT count(*) FROM meta WHERE key = ?1 AND value = '1'")?
                .query_row([key], |row| row.get::<_, bool>(0))
        };
        (self.targets_seen, self.standalone) = (known("attachments_seen")?, known("standalone")?);
        self.over_saved = true;
        Ok(())
    }

    /// The time of the data that this is laid over.
    pub(crate) fn saved_id(&self) -> Result<Option<String>, SnapshotError> {
        use rusqlite::OptionalExtension as _;
        let id = self
            .database
            .connection
            .prepare("SELECT value FROM meta WHERE key = 'id'")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(id)
    }
}
