//! What was seen and what was not, derived once every source was read, by call, account and region.
//!
//! The calls are those of AWS that would have carried the fact, because that is what a reader can act on: allow the
//! call, or export its answer.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use super::{CallFacts, Writer};
use crate::error::SnapshotError;
use crate::model::{AccountId, CoverageState, IDENTITIES, NAMED_ELSEWHERE, PLANNED_ONLY, TEXTS_UNREADABLE};

/// How a kind of resource is listed and how its policy is read.
struct Calls {
    kind: &'static str,
    list: &'static str,
    /// `None`: the kind has no resource policy.
    policy: Option<&'static str>,
}

const fn calls(kind: &'static str, list: &'static str, policy: Option<&'static str>) -> Calls {
    Calls { kind, list, policy }
}

/// The kinds whose absence is worth saying: data, keys, and workloads that act as roles.
const CALLS: &[Calls] = &[
    calls("s3:bucket", "s3:ListAllMyBuckets", Some("s3:GetBucketPolicy")),
    calls("kms:key", "kms:ListKeys", Some("kms:GetKeyPolicy")),
    calls("lambda:function", "lambda:ListFunctions", Some("lambda:GetPolicy")),
    calls("sqs:queue", "sqs:ListQueues", Some("sqs:GetQueueAttributes")),
    calls("sns:topic", "sns:ListTopics", Some("sns:GetTopicAttributes")),
    calls("secretsmanager:secret", "secretsmanager:ListSecrets", Some("secretsmanager:GetResourcePolicy")),
    calls("ecr:repository", "ecr:DescribeRepositories", Some("ecr:GetRepositoryPolicy")),
    calls("dynamodb:table", "dynamodb:ListTables", Some("dynamodb:GetResourcePolicy")),
    calls("ec2:instance", "ec2:DescribeInstances", None),
    calls("ecs:task-definition", "ecs:ListTaskDefinitions", None),
    calls("codebuild:project", "codebuild:ListProjects", Some("codebuild:GetResourcePolicy")),
    calls("states:stateMachine", "states:ListStateMachines", None),
];

/// Why a policy was not seen: the texts that importers leave in `resources.policy_why`.
pub(crate) use crate::model::CONFIG_CANNOT;
pub(crate) const NOT_CARRIED: &str = "the source does not carry it";
pub(crate) const UNREADABLE: &str = "its text could not be read";
pub(crate) const KNOWN_LATER: &str = "it is known after deployment only";

type Result<T> = std::result::Result<T, SnapshotError>;

struct Rows<'w, 'd> {
    writer: &'w Writer<'d>,
    /// Did an aggregator of AWS Config not tell all that it has? Of which accounts, nobody knows.
    config_is_cut: bool,
}

/// How an aggregator of AWS Config is read.
const CONFIG: &str = "config:SelectAggregateResourceConfig";

impl Rows<'_, '_> {
    fn add(
        &self,
        call: &str,
        account: Option<&str>,
        region: Option<&str>,
        state: CoverageState,
        reason: &str,
        things: i64,
    ) -> Result<()> {
        let mut insert = self
            .writer
            .database
            .connection
            .prepare_cached("INSERT INTO coverage VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        insert.execute(params![call, account, region, state.name(), reason, things])?;
        Ok(())
    }

    fn count(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<i64> {
        Ok(self.writer.database.connection.prepare_cached(sql)?.query_row(parameters, |row| row.get(0))?)
    }
}

pub(super) fn write(writer: &Writer<'_>) -> Result<()> {
    let is_cut = |facts: &CallFacts| {
        facts.call == CONFIG && !matches!(facts.state, CoverageState::Seen | CoverageState::Unsupported)
    };
    let rows = Rows { writer, config_is_cut: writer.calls.iter().any(is_cut) };
    if writer.over_saved {
        return policies_of_resources(&rows);
    }
    // Of what a collection read, its calls tell; nothing need be concluded.
    let is_collected = |account: Option<AccountId>| writer.collected.contains(&account);
    collected_calls(&rows)?;
    if !is_collected(None) {
        organization(&rows)?;
    }
    let accounts: Vec<String> = writer
        .database
        .connection
        .prepare("SELECT id FROM accounts ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    let of_identities = writer.calls.iter().filter(|facts| facts.call == IDENTITIES);
    let asked: BTreeSet<Option<AccountId>> = of_identities.map(|facts| facts.account).collect();
    for account in &accounts {
        let id = AccountId::parse(account);
        let collected = is_collected(id);
        iam(&rows, account, collected, id.is_some() && asked.contains(&id))?;
        if collected {
            counted(&rows, account)?;
        }
        if !collected {
            lists(&rows, account)?;
        }
    }
    policies_of_resources(&rows)?;
    managed_policies(&rows)?;
    if writer.unreadable_resources > 0 {
        let reason = "elements of the source could not be read; the warnings name them";
        let things = i64::try_from(writer.unreadable_resources).unwrap_or(i64::MAX);
        rows.add(CONFIG, None, None, CoverageState::Partial, reason, things)?;
    }
    Ok(())
}

/// What a collection said, with the calls of one kind put together.
fn collected_calls(rows: &Rows<'_, '_>) -> Result<()> {
    let mut together = BTreeMap::new();
    for facts in &rows.writer.calls {
        let key = (&facts.account, &facts.call, &facts.region, facts.state, &facts.reason);
        *together.entry(key).or_insert(0_u64) += facts.things;
    }
    for ((account, call, region, state, reason), things) in together {
        let account = account.map(|account| account.to_string());
        let things = i64::try_from(things).unwrap_or(i64::MAX);
        rows.add(call, account.as_deref(), region.as_deref(), state, reason, things)?;
    }
    Ok(())
}

fn organization(rows: &Rows<'_, '_>) -> Result<()> {
    use CoverageState::{NotTried, Partial, Seen};
    let known = rows.count("SELECT count(*) FROM organization", [])? > 0;
    let units = rows.count("SELECT count(*) FROM units", [])?;
    let none = "no source carries it";
    match (known, units) {
        (true, 0) => {
            rows.add("organizations:ListRoots", None, None, Partial, "roots and units are missing", 0)?;
        }
        (true, _) => rows.add("organizations:DescribeOrganization", None, None, Seen, "", units)?,
        (false, 0) => rows.add("organizations:DescribeOrganization", None, None, NotTried, none, 0)?,
        (false, _) => {
            let reason = "the tree is known, the management account is not";
            rows.add("organizations:DescribeOrganization", None, None, Partial, reason, 1)?;
        }
    }
    let policies = rows.count("SELECT count(*) FROM organization_policies", [])?;
    let unseen =
        rows.count("SELECT count(*) FROM organization_policies WHERE policy_state = 'not_seen'", [])?;
    match (policies, unseen) {
        (0, _) => rows.add("organizations:ListPolicies", None, None, NotTried, none, 0)?,
        (_, 0) => rows.add("organizations:DescribePolicy", None, None, Seen, "", policies)?,
        (_, _) => rows.add("organizations:DescribePolicy", None, None, Partial, NOT_CARRIED, unseen)?,
    }
    if rows.writer.targets_seen {
        let attached = rows.count("SELECT count(*) FROM organization_attachments", [])?;
        rows.add("organizations:ListTargetsForPolicy", None, None, Seen, "", attached)?;
    } else {
        rows.add("organizations:ListTargetsForPolicy", None, None, NotTried, none, policies)?;
    }
    if rows.writer.organization_unreadable > 0 {
        let reason = "elements of the source could not be read; the warnings name them";
        let things = i64::try_from(rows.writer.organization_unreadable).unwrap_or(i64::MAX);
        rows.add("organizations:ListPolicies", None, None, Partial, reason, things)?;
    }
    Ok(())
}

/// What IAM counts and what was read of it are told apart: one of them came or went in between, or was left out.
fn counted(rows: &Rows<'_, '_>, account: &str) -> Result<()> {
    for (kind, sql) in [
        ("users", "SELECT count(*) FROM principals WHERE account = ?1 AND seen AND kind = 'user'"),
        ("groups", "SELECT count(*) FROM principals WHERE account = ?1 AND seen AND kind = 'group'"),
        ("roles", "SELECT count(*) FROM principals WHERE account = ?1 AND seen AND kind = 'role'"),
        ("policies", "SELECT count(*) FROM policies WHERE account = ?1 AND policy_state = 'document'"),
    ] {
        let sql_of_counted = format!(
            "SELECT max(coalesce(summary ->> '$.{kind}', -1)) FROM account_summaries WHERE account = ?1"
        );
        let counted: Option<i64> = rows
            .writer
            .database
            .connection
            .prepare_cached(&sql_of_counted)?
            .query_row([account], |row| row.get(0))?;
        let read = rows.count(sql, [account])?;
        if let Some(counted) = counted.filter(|counted| *counted >= 0 && *counted != read) {
            let reason =
                format!("IAM counts {counted} {kind}, {read} were read: something changed in between");
            rows.add("iam:GetAccountSummary", Some(account), None, CoverageState::Partial, &reason, read)?;
        }
    }
    Ok(())
}

/// Users, groups, roles and their policies. `collected`: a collection was to read the account; `asked`: it tells what became
/// of the call.
fn iam(rows: &Rows<'_, '_>, account: &str, collected: bool, asked: bool) -> Result<()> {
    use CoverageState::{NotTried, Partial, Seen};
    const CALL: &str = IDENTITIES;
    let notes = AccountId::parse(account).and_then(|id| rows.writer.iam.get(&id));
    let principals = rows.count("SELECT count(*) FROM principals WHERE account = ?1 AND seen", [account])?;
    let mut faults: Vec<(String, i64)> = Vec::new();
    if notes.is_some_and(|notes| notes.page_missing) {
        faults.push(("a page is missing: the last one says that another follows".to_owned(), principals));
    }
    let unreadable = notes.map_or(0, |notes| notes.unreadable);
    if unreadable > 0 {
        let things = i64::try_from(unreadable).unwrap_or(i64::MAX);
        faults.push(("elements of the source could not be read; the warnings name them".to_owned(), things));
    }
    let unseen = rows.count("SELECT count(*) FROM principals WHERE account = ?1 AND NOT seen", [account])?;
    if unseen > 0 {
        faults.push((NAMED_ELSEWHERE.to_owned(), unseen));
    }
    let texts = rows.count(
        "SELECT (SELECT count(*) FROM principals WHERE account = ?1 AND seen AND trust_state = 'not_seen')
              + (SELECT count(*) FROM inline_policies JOIN principals ON principals.id = inline_policies.principal
                 WHERE principals.account = ?1 AND policy_state = 'not_seen')",
        [account],
    )?;
    if texts > 0 {
        faults.push((TEXTS_UNREADABLE.to_owned(), texts));
    }
    if let Some(notes) = notes.filter(|notes| !notes.details) {
        let missing: Vec<&str> = ["user", "group", "role", "policy"]
            .into_iter()
            .filter(|it| !notes.config_types.contains(it))
            .collect();
        // A plan that is laid over other sources adds to what they list, and takes nothing from it.
        if !notes.config_types.is_empty() && rows.config_is_cut {
            faults.push(("AWS Config did not tell all that it has".to_owned(), principals));
        }
        if notes.planned && notes.config_types.is_empty() && !collected {
            faults.push((PLANNED_ONLY.to_owned(), principals));
        } else if !missing.is_empty() && missing.len() < 4 {
            let missing = missing.join(", ");
            faults.push((
                format!("AWS Config items of these types are missing or not recorded: {missing}"),
                principals,
            ));
        }
    }
    let carried = notes.is_some_and(|notes| notes.details || !notes.config_types.is_empty());
    let is_of_texts = |reason: &str| [NAMED_ELSEWHERE, TEXTS_UNREADABLE].contains(&reason);
    if collected && !asked {
        rows.add(CALL, Some(account), None, NotTried, "the account was not read", 0)?;
    } else if !collected && !carried && faults.iter().all(|(reason, _)| is_of_texts(reason)) {
        rows.add(CALL, Some(account), None, NotTried, "no source carries it", 0)?;
    }
    match (carried, faults.is_empty()) {
        (_, true) if collected || !carried => {}
        (_, true) => rows.add(CALL, Some(account), None, Seen, "", principals)?,
        (_, false) => {
            for (reason, things) in faults {
                rows.add(CALL, Some(account), None, Partial, &reason, things)?;
            }
        }
    }
    if collected {
        return Ok(());
    }
    let report = notes.is_some_and(|notes| notes.report);
    let (state, reason) = if report { (Seen, "") } else { (NotTried, "no source carries it") };
    let users =
        rows.count("SELECT count(*) FROM principals WHERE account = ?1 AND kind = 'user'", [account])?;
    rows.add("iam:GetCredentialReport", Some(account), None, state, reason, users)
}

/// The resources of an account, by kind: an empty list is a fact only where a source lists that kind.
fn lists(rows: &Rows<'_, '_>, account: &str) -> Result<()> {
    use CoverageState::{NotTried, Seen};
    let source = AccountId::parse(account).and_then(|id| rows.writer.resource_sources.get(&id).copied());
    for calls in CALLS {
        let things = rows.count(
            "SELECT count(*) FROM resources WHERE account = ?1 AND kind = ?2",
            [account, calls.kind],
        )?;
        match (things, source) {
            (0, None) => rows.add(calls.list, Some(account), None, NotTried, "no source carries it", 0)?,
            (0, Some(source)) => {
                let reason = format!("{source} lists none, and does not say whether it records them");
                rows.add(calls.list, Some(account), None, NotTried, &reason, 0)?;
            }
            (_, _) => rows.add(calls.list, Some(account), None, Seen, "", things)?,
        }
    }
    let block = rows.count(
        "SELECT count(*) FROM accounts WHERE id = ?1 AND public_access_block IS NOT NULL",
        [account],
    )?;
    let (state, reason) = if block > 0 { (Seen, "") } else { (NotTried, "no source carries it") };
    rows.add("s3:GetAccountPublicAccessBlock", Some(account), None, state, reason, block)
}

/// The policies of resources, by kind, account and region.
fn policies_of_resources(rows: &Rows<'_, '_>) -> Result<()> {
    let mut groups = rows.writer.database.connection.prepare(
        "SELECT kind, account, region, policy_state = 'not_seen' AS missing, coalesce(policy_why, ''), count(*)
         FROM resources GROUP BY kind, account, region, missing, policy_why
         ORDER BY account, kind, region, missing, policy_why",
    )?;
    let mut groups = groups.query([])?;
    while let Some(row) = groups.next()? {
        let kind: String = row.get(0)?;
        let account: Option<String> = row.get(1)?;
        let region: Option<String> = row.get(2)?;
        let (missing, why, things): (bool, String, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let collected =
            account.as_deref().is_some_and(|id| rows.writer.collected.contains(&AccountId::parse(id)));
        // A text that came and could not be read is no matter of calls.
        if collected && why != UNREADABLE || rows.writer.over_saved && why != KNOWN_LATER {
            continue;
        }
        let listed = CALLS.iter().find(|calls| calls.kind == kind).map(|calls| calls.policy);
        let call = match listed {
            Some(Some(call)) => call.to_owned(),
            // Seen policies of kinds that can have none, or that nobody asks about, would be noise.
            Some(None) | None if !missing => continue,
            Some(None) | None => format!("{}:GetResourcePolicy", kind.split(':').next().unwrap_or(&kind)),
        };
        let (state, why) = if missing { (state_of(&why), why.as_str()) } else { (CoverageState::Seen, "") };
        rows.add(&call, account.as_deref(), region.as_deref(), state, why, things)?;
    }
    Ok(())
}

fn state_of(why: &str) -> CoverageState {
    if why == CONFIG_CANNOT {
        CoverageState::Unsupported
    } else if why == UNREADABLE {
        CoverageState::Partial
    } else if why.starts_with("AccessDenied") {
        CoverageState::Denied
    } else {
        CoverageState::NotTried
    }
}

/// Managed policies that are attached, but whose text no source carries.
fn managed_policies(rows: &Rows<'_, '_>) -> Result<()> {
    let mut groups = rows.writer.database.connection.prepare(
        "SELECT account, count(*) FROM policies WHERE policy_state = 'not_seen' GROUP BY account ORDER BY account",
    )?;
    let mut groups = groups.query([])?;
    while let Some(row) = groups.next()? {
        let (account, things): (Option<String>, i64) = (row.get(0)?, row.get(1)?);
        let reason = match account {
            Some(_) => "attached, but no source carries the text",
            None => "attached policies of AWS whose text no source carries",
        };
        rows.add("iam:GetPolicyVersion", account.as_deref(), None, CoverageState::NotTried, reason, things)?;
    }
    Ok(())
}
