//! What a plan or template gives users, groups, roles or things of which it is known later who or which they are: whoever it may be
//! has it perhaps.
//!
//! It is kept by itself, and given out once everybody is known: over a snapshot that was saved with it somebody new may be planned.

use clavicle_policy::{Case, Glob};
use rusqlite::{OptionalExtension, params};

use super::writer::kind;
use super::{DocumentText, Writer};
use crate::error::SnapshotError;
use crate::later::{perhaps, together};
use crate::model::{AccountId, Declared, PrincipalKind};

type Result<T> = std::result::Result<T, SnapshotError>;

/// How the name of a policy ends that somebody has perhaps.
pub(crate) const PERHAPS: &str = " (perhaps)";

/// Is this the name of a policy that somebody has perhaps? AWS allows neither blanks nor brackets in the name of one.
///
/// AWS: IAM API Reference, "PutRolePolicy", `PolicyName`
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>): the pattern `[\w+=,.@-]+`.
pub fn is_perhaps(policy: &str) -> bool {
    policy.trim_end_matches('\'').ends_with(PERHAPS)
}

/// Something that is given, and to whom.
#[derive(Clone, Debug)]
pub(crate) struct AtLarge {
    pub(crate) account: AccountId,
    pub(crate) to: To,
    /// Patterns of which the name fits one. `None`: it may be anybody of the kind in the account.
    pub(crate) names: Option<Vec<String>>,
    pub(crate) gives: Gives,
    /// Where; of what is not said.
    pub(crate) declared: Declared,
}

/// To what sort of things something is given.
#[derive(Clone, Debug)]
pub(crate) enum To {
    Identities(PrincipalKind),
    /// Of this kind: `s3:bucket`.
    Things(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Gives {
    /// A policy of a thing, in place of what it has.
    Policy(DocumentText),
    /// A statement of it more.
    Statement(DocumentText),
    /// An inline policy.
    Inline(String, DocumentText),
    /// The managed policy of this ARN.
    Attached(String),
    /// What the groups have whose name fits this pattern.
    Member(String),
    /// Policies of which nothing is known.
    Anything(String),
}

impl Gives {
    fn word(&self) -> &'static str {
        match self {
            Gives::Policy(_) => "policy",
            Gives::Statement(_) => "statement",
            Gives::Inline(..) => "inline",
            Gives::Attached(_) => "attached",
            Gives::Member(_) => "member",
            Gives::Anything(_) => "anything",
        }
    }

    fn named(&self) -> &str {
        match self {
            Gives::Policy(_) | Gives::Statement(_) => "",
            Gives::Inline(name, _) => name,
            Gives::Attached(named) | Gives::Member(named) | Gives::Anything(named) => named,
        }
    }
}

/// A row of the table.
struct Row {
    account: String,
    kind: String,
    names: Option<Vec<Glob>>,
    gives: String,
    named: String,
    document: Option<i64>,
    address: String,
    file: String,
    line: Option<i64>,
}

/// A policy by a name, and its text; `None`: it was not seen.
type Given = (String, Option<i64>);

impl Writer<'_> {
    /// Somebody has this, and who that is is known later.
    pub(crate) fn at_large(&self, it: &AtLarge) -> Result<()> {
        let document = match &it.gives {
            Gives::Inline(_, text) | Gives::Policy(text) | Gives::Statement(text) => self.text(text)?.1,
            Gives::Attached(_) | Gives::Member(_) | Gives::Anything(_) => None,
        };
        let to = match &it.to {
            To::Identities(of) => kind(*of),
            To::Things(of) => of,
        };
        let names = it.names.as_ref().map(|names| serde_json::Value::from(names.clone()).to_string());
        self.run(
            "INSERT INTO at_large VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                it.account.to_string(),
                to,
                names,
                it.gives.word(),
                it.gives.named(),
                document,
                it.declared.address,
                it.declared.file,
                it.declared.line.map(|line| i64::try_from(line).unwrap_or(i64::MAX)),
            ],
        )?;
        Ok(())
    }

    /// Gives it to all who may have it. What groups get comes first, for their members.
    pub(super) fn give_out(&self) -> Result<()> {
        for row in self.rows_at_large()? {
            if matches!(&*row.gives, "policy" | "statement") {
                self.give_things(&row)?;
                continue;
            }
            let bearers: Vec<(i64, String, String)> = self
                .database
                .connection
                .prepare_cached(
                    "SELECT id, arn, name FROM principals WHERE account = ?1 AND kind = ?2
                     AND path NOT LIKE '/aws-service-role/%' ORDER BY id",
                )?
                .query_map([&row.account, &row.kind], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<std::result::Result<_, _>>()?;
            let fits = |name: &str| {
                row.names.as_ref().is_none_or(|names| names.iter().any(|pattern| pattern.matches(name)))
            };
            let given = self.given(&row)?;
            for (id, arn, _) in bearers.iter().filter(|(.., name)| fits(name)) {
                let given = match row.gives.as_str() {
                    "member" => &self.by_groups(&row, *id)?,
                    "attached" if self.has_attached(*id, &row.named)? => continue,
                    _ => &given,
                };
                if row.gives == "inline" {
                    self.may_be_replaced(*id, &row.named, row.document)?;
                }
                for (name, document) in given {
                    self.have_perhaps(*id, arn, name, *document, &row)?;
                }
            }
        }
        Ok(())
    }

    /// The policies of things that may have it.
    ///
    /// A thing has one policy: where it may be another, what it has is in doubt too.
    fn give_things(&self, row: &Row) -> Result<()> {
        type Thing = (i64, String, String, String, Option<String>);
        let things: Vec<Thing> = self
            .database
            .connection
            .prepare_cached(
                "SELECT resources.id, arn, name, policy_state, text FROM resources
                 LEFT JOIN documents ON documents.id = document WHERE account = ?1 AND kind = ?2",
            )?
            .query_map([&row.account, &row.kind], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?
            .collect::<std::result::Result<_, _>>()?;
        let fits = |text: &str| {
            row.names.as_ref().is_none_or(|names| names.iter().any(|pattern| pattern.matches(text)))
        };
        let more = match self.doubtful(row.document)? {
            Some(document) => Some(self.text_of(document)?),
            None => None,
        };
        for (id, arn, _, state, own) in things.iter().filter(|(_, arn, name, ..)| fits(arn) || fits(name)) {
            let own = match (state.as_str(), own) {
                ("none", _) => None,
                ("document", Some(own)) => Some(own.as_str()),
                _ => continue,
            };
            let text = more.as_deref().and_then(|more| match (own, row.gives.as_str()) {
                (None, _) => Some(more.to_owned()),
                (Some(own), "policy") => together(&perhaps(own)?, more),
                (Some(own), _) => together(own, more),
            });
            match text {
                Some(text) => self.run(
                    "UPDATE resources SET policy_state = 'document', policy_why = NULL, document = ?2 WHERE id = ?1",
                    params![id, self.document(&text)?],
                )?,
                None => self.run(
                    "UPDATE resources SET policy_state = 'not_seen', policy_why = ?2, document = NULL WHERE id = ?1",
                    params![id, super::KNOWN_LATER],
                )?,
            };
            self.run(
                "INSERT OR IGNORE INTO declarations VALUES (?1, '', ?2, ?3, ?4)",
                params![arn, row.address, row.file, row.line],
            )?;
        }
        Ok(())
    }

    fn rows_at_large(&self) -> Result<Vec<Row>> {
        let mut rows = self.database.connection.prepare(
            "SELECT DISTINCT account, kind, names, gives, named, document, address, file, line FROM at_large
             ORDER BY kind, account, named, address",
        )?;
        let glob = |text: String| Glob::new(&text, Case::Ignored);
        let rows = rows.query_map([], |row| {
            let names: Option<String> = row.get(2)?;
            let names = names.and_then(|text| serde_json::from_str::<Vec<String>>(&text).ok());
            Ok(Row {
                account: row.get(0)?,
                kind: row.get(1)?,
                names: names.map(|names| names.into_iter().map(glob).collect()),
                gives: row.get(3)?,
                named: row.get(4)?,
                document: row.get(5)?,
                address: row.get(6)?,
                file: row.get(7)?,
                line: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// An inline policy of this name may be another.
    ///
    /// AWS: IAM API Reference, "PutRolePolicy"
    /// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>): "Adds or updates an inline policy document".
    fn may_be_replaced(&self, bearer: i64, name: &str, by: Option<i64>) -> Result<()> {
        let own: Option<i64> = self
            .database
            .connection
            .prepare_cached(
                "SELECT document FROM inline_policies WHERE principal = ?1 AND name = ?2 AND policy_state = 'document'",
            )?
            .query_row(params![bearer, name], |row| row.get(0))
            .optional()?;
        let Some(own) = own.filter(|own| Some(*own) != by) else { return Ok(()) };
        let doubtful = self.doubtful(Some(own))?;
        let state = if doubtful.is_some() { "document" } else { "not_seen" };
        self.run(
            "UPDATE inline_policies SET policy_state = ?3, document = ?4 WHERE principal = ?1 AND name = ?2",
            params![bearer, name, state, doubtful],
        )?;
        Ok(())
    }

    /// What the row gives everybody alike.
    fn given(&self, row: &Row) -> Result<Vec<Given>> {
        Ok(match row.gives.as_str() {
            "inline" => vec![(format!("{}{PERHAPS}", row.named), self.doubtful(row.document)?)],
            "attached" => {
                vec![(format!("{}{PERHAPS}", last(&row.named)), self.text_of_managed(&row.named)?)]
            }
            "anything" => vec![(row.named.clone(), None)],
            _ => Vec::new(),
        })
    }

    /// What a user has by the groups that it may be in, and is not in for certain.
    fn by_groups(&self, row: &Row, user: i64) -> Result<Vec<Given>> {
        let pattern = Glob::new(&row.named, Case::Ignored);
        let groups: Vec<(i64, String, bool, bool)> = self
            .database
            .connection
            .prepare_cached(
                "SELECT id, name, seen, EXISTS (SELECT 1 FROM memberships WHERE user = ?2 AND \"group\" = principals.id)
                 FROM principals WHERE account = ?1 AND kind = 'group' ORDER BY id",
            )?
            .query_map(params![row.account, user], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<std::result::Result<_, _>>()?;
        let mut found = Vec::new();
        let mut is_whole = false;
        for (group, name, seen, is_member) in groups.iter().filter(|(_, name, ..)| pattern.matches(name)) {
            // A group by its whole name is the one that is meant.
            is_whole |= pattern.is_literal() && *seen;
            if *is_member {
                continue;
            }
            let inline: Vec<(String, Option<i64>)> = self
                .database
                .connection
                .prepare_cached(
                    "SELECT name, document FROM inline_policies WHERE principal = ?1 ORDER BY position",
                )?
                .query_map([group], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<std::result::Result<_, _>>()?;
            for (policy, document) in inline {
                found.push((format!("{policy} of {name}{PERHAPS}"), self.doubtful(document)?));
            }
            let attached: Vec<String> = self
                .database
                .connection
                .prepare_cached(
                    "SELECT arn FROM attachments JOIN policies ON policies.id = policy WHERE principal = ?1
                     ORDER BY position",
                )?
                .query_map([group], |row| row.get(0))?
                .collect::<std::result::Result<_, _>>()?;
            for arn in attached {
                found.push((format!("{} of {name}{PERHAPS}", last(&arn)), self.text_of_managed(&arn)?));
            }
        }
        if !is_whole && !self.lists_groups(&row.account) {
            found.push(("groups known later".to_owned(), None));
        }
        Ok(found)
    }

    /// Are all groups of the account known, for certain?
    fn lists_groups(&self, account: &str) -> bool {
        let Some(account) = AccountId::parse(account) else { return false };
        let is_read = self.iam.get(&account).is_some_and(|notes| notes.details && !notes.page_missing);
        is_read || self.collected.contains(&Some(account))
    }

    fn has_attached(&self, bearer: i64, policy: &str) -> Result<bool> {
        let sql = "SELECT count(*) FROM attachments WHERE principal = ?1
                   AND policy = (SELECT id FROM policies WHERE arn = ?2)";
        Ok(self
            .database
            .connection
            .prepare_cached(sql)?
            .query_row(params![bearer, policy], |row| row.get(0))?)
    }

    /// The text of a managed policy, in doubt: that of the source, or AWS's own.
    fn text_of_managed(&self, arn: &str) -> Result<Option<i64>> {
        let known: Option<Option<i64>> = self
            .database
            .connection
            .prepare_cached("SELECT document FROM policies WHERE arn = ?1 AND policy_state = 'document'")?
            .query_row([arn], |row| row.get(0))
            .optional()?;
        if let Some(document) = known.flatten() {
            return self.doubtful(Some(document));
        }
        // The catalogue has those of the commercial partition; the names are the same in the others.
        let name = arn.splitn(6, ':').nth(5).filter(|_| arn.contains(":iam::aws:")).unwrap_or_default();
        match clavicle_catalog::catalog().managed_policy(&format!("arn:aws:iam::aws:{name}")) {
            Some(text) => perhaps(text).map(|text| self.document(&text)).transpose(),
            None => Ok(None),
        }
    }

    fn doubtful(&self, document: Option<i64>) -> Result<Option<i64>> {
        let Some(document) = document else { return Ok(None) };
        perhaps(&self.text_of(document)?).map(|text| self.document(&text)).transpose()
    }

    fn text_of(&self, document: i64) -> Result<String> {
        let mut found =
            self.database.connection.prepare_cached("SELECT text FROM documents WHERE id = ?1")?;
        Ok(found.query_row([document], |row| row.get(0))?)
    }

    /// Beside what it has. What was given out before is given once.
    fn have_perhaps(
        &self,
        bearer: i64,
        arn: &str,
        named: &str,
        document: Option<i64>,
        row: &Row,
    ) -> Result<()> {
        let mut name = named.to_owned();
        let known = |name: &str| -> Result<Option<Option<i64>>> {
            Ok(self
                .database
                .connection
                .prepare_cached("SELECT document FROM inline_policies WHERE principal = ?1 AND name = ?2")?
                .query_row(params![bearer, name], |row| row.get(0))
                .optional()?)
        };
        // Two that are called the same are two.
        while let Some(other) = known(&name)? {
            if other == document {
                return Ok(());
            }
            name.push('\'');
        }
        let state = if document.is_some() { "document" } else { "not_seen" };
        self.run(
            "INSERT INTO inline_policies
             SELECT ?1, coalesce(max(position) + 1, 0), ?2, ?3, ?4 FROM inline_policies WHERE principal = ?1",
            params![bearer, name, state, document],
        )?;
        self.run(
            "INSERT OR REPLACE INTO declarations VALUES (?1, ?2, ?3, ?4, ?5)",
            params![arn, name, row.address, row.file, row.line],
        )?;
        Ok(())
    }
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
