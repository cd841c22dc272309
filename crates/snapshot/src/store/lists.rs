//! Rows of lists by which things are shared, as a plan changes them.

use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use super::Writer;
use crate::error::SnapshotError;

type Result<T> = std::result::Result<T, SnapshotError>;

impl Writer<'_> {
    /// Somebody is on the list of a thing beside whoever is, or is no more; `None`: who is known later. Of a list that was not seen
    /// it is known then that they are on it, and not who else is.
    pub(crate) fn listed(&self, thing: &str, list: &str, name: Option<&str>, stays: bool) -> Result<()> {
        let Some(mut facts) = self.facts_of(thing)? else { return Ok(()) };
        let known = facts.get(list).and_then(Value::as_array).cloned();
        let is_whole = known.is_some();
        let mut names = known.unwrap_or_default();
        match (name, stays) {
            (Some(name), true) if !names.iter().any(|known| known == name) => names.push(name.into()),
            (Some(name), false) => names.retain(|known| known != name),
            _ => {}
        }
        if is_whole || stays {
            facts.insert(list.to_owned(), names.into());
        }
        if stays && list == "shared_with" && (name.is_none() || !is_whole) {
            facts.insert("shared_in_part".to_owned(), true.into());
        }
        let facts = Value::Object(facts).to_string();
        self.run("UPDATE resources SET facts = ?2 WHERE arn = ?1", params![thing, facts])?;
        Ok(())
    }

    /// The policies of what a share of AWS RAM shares become "not seen": AWS RAM writes them, and they change with the share.
    pub(crate) fn forget_policies_of_shared(&self, share: &str) -> Result<()> {
        let facts = self.facts_of(share)?.unwrap_or_default();
        let shared = facts.get("shares").and_then(Value::as_array).into_iter().flatten();
        for arn in shared.filter_map(Value::as_str) {
            self.run(
                "UPDATE resources SET policy_state = 'not_seen', document = NULL
                 WHERE arn = ?1 AND policy_state = 'document'",
                [arn],
            )?;
        }
        Ok(())
    }

    /// `None`: there is no such thing.
    fn facts_of(&self, thing: &str) -> Result<Option<Map<String, Value>>> {
        let facts: Option<Option<String>> = self
            .database
            .connection
            .prepare_cached("SELECT facts FROM resources WHERE arn = ?1")?
            .query_row([thing], |row| row.get(0))
            .optional()?;
        let parsed = |text: Option<String>| serde_json::from_str(&text?).ok();
        Ok(facts.map(|text| parsed(text).unwrap_or_default()))
    }
}
