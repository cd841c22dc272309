//! Whose account is that? What vendors and AWS themselves publish, and what lists say.
//!
//! To be named is not to be known: whoever reads the name of a vendor still has to say whether they are let in on
//! purpose, which is what `[[known]]` of `clavicle.toml` is for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use clavicle_policy::AccountId;
use serde::Deserialize;

/// Accounts by id, as lists name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownAccounts {
    by_id: BTreeMap<AccountId, NamedAccount>,
}

/// An account as a list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAccount {
    /// Whose it is.
    pub name: String,
    /// Is it an account by which an AWS service works?
    pub aws: bool,
    /// Where that is said.
    pub source: Option<String>,
}

/// One row an account: id, name, `aws` or `vendor`, and the page of the owner's own documentation that says so.
const BUILT_IN: &str = include_str!("../data/known_accounts.tsv");

/// One entry of the community format:
///
/// ```yaml
/// - name: 'Vendor'
///   source: ['https://…']
///   accounts: ['111122223333']
/// ```
#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    source: Option<Sources>,
    #[serde(default)]
    accounts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Sources {
    One(String),
    Many(Vec<String>),
}

/// Why a list of accounts could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct KnownAccountsError {
    /// What is wrong.
    pub problem: String,
    /// The line, from 1, where it is known.
    pub line: Option<u64>,
}

impl KnownAccounts {
    /// The accounts that their owners publish.
    pub fn built_in() -> &'static Self {
        static BUILT: OnceLock<KnownAccounts> = OnceLock::new();
        BUILT.get_or_init(|| {
            let rows = BUILT_IN.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
            let named = rows.filter_map(|row| {
                let mut cells = row.split('\t');
                let account = AccountId::parse(cells.next()?)?;
                let name = cells.next()?.to_owned();
                let aws = cells.next()? == "aws";
                let source = cells.next().map(str::to_owned);
                Some((account, NamedAccount { name, aws, source }))
            });
            Self { by_id: named.collect() }
        })
    }

    /// Reads a list in the community format (`name`, `source`, `type`, `accounts`), as YAML or JSON.
    pub fn parse(text: &str) -> Result<Self, KnownAccountsError> {
        let entries: Vec<Entry> = serde_saphyr::from_str(text).map_err(|error| KnownAccountsError {
            line: error.location().map(|place| place.line()),
            problem: "it is no list of accounts as `name`, `source`, `accounts`".to_owned(),
        })?;
        let mut by_id = BTreeMap::new();
        for Entry { name, kind, source, accounts } in entries {
            let source = source.and_then(|sources| match sources {
                Sources::One(source) => Some(source),
                Sources::Many(sources) => sources.into_iter().next(),
            });
            for text in accounts {
                let account = AccountId::parse(&text).ok_or_else(|| KnownAccountsError {
                    problem: format!("`{text}` of {name} is not an account: an account id has twelve digits"),
                    line: None,
                })?;
                let named = NamedAccount {
                    name: name.clone(),
                    aws: kind.as_deref() == Some("aws"),
                    source: source.clone(),
                };
                by_id.entry(account).or_insert(named);
            }
        }
        Ok(Self { by_id })
    }

    /// Whose account is this?
    pub fn get(&self, account: AccountId) -> Option<&NamedAccount> {
        self.by_id.get(&account)
    }

    /// Whose accounts it names, one or more times.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_id.values().map(|named| named.name.as_str())
    }

    /// How many accounts it names.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Does it name none?
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use clavicle_policy::AccountId;

    use super::{BUILT_IN, KnownAccounts};

    #[test]
    fn every_built_in_row_names_an_account_and_the_page_that_says_so() {
        let rows = BUILT_IN.lines().filter(|line| !line.starts_with('#')).count();
        let built = KnownAccounts::built_in();
        assert_eq!(built.len(), rows, "each account stands once");
        for (account, named) in &built.by_id {
            let page = named.source.as_deref().unwrap_or_default();
            assert!(page.starts_with("https://") && !named.name.is_empty(), "{account}");
        }
        let datadog = AccountId::parse("464622532012").and_then(|account| built.get(account));
        assert_eq!(datadog.map(|named| named.name.as_str()), Some("Datadog"));
    }

    #[test]
    fn the_community_format_is_read() {
        let list = KnownAccounts::parse(
            "# comment\n- name: 'Sails'\n  source: ['https://sails.example/docs']\n  accounts: ['012345678901', \"111122223333\"]\n- name: AWS thing\n  type: 'aws'\n  source: https://docs.example\n  accounts: ['444455556666']\n",
        )
        .expect("a list");
        let named = |id| AccountId::parse(id).and_then(|account| list.get(account));
        assert_eq!(list.len(), 3);
        assert_eq!(named("012345678901").map(|it| (it.name.as_str(), it.aws)), Some(("Sails", false)));
        assert_eq!(
            named("444455556666").map(|it| (it.source.as_deref(), it.aws)),
            Some((Some("https://docs.example"), true))
        );
        for (text, says) in [
            ("- name: x\n  accounts: ['12']\n", "`12` of x"),
            ("name: x\n", "no list of accounts"),
            ("- [", "no list of accounts"),
        ] {
            let error = KnownAccounts::parse(text).expect_err(text);
            assert!(error.problem.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn the_whole_community_list_is_read_where_it_is_there() {
        let shared = match clavicle_testkit::shared() {
            Ok(shared) => shared,
            Err(absent) => {
                let _ = writeln!(std::io::stderr(), "not tested: {absent}");
                return;
            }
        };
        let read = |path: &str| std::fs::read_to_string(shared.join(path)).expect(path);
        let list = KnownAccounts::parse(&read("oracles/known_aws_accounts/accounts.yaml")).expect("it reads");
        let facts = read("data/known_accounts.tsv");
        let facts: Vec<(&str, &str)> = facts
            .lines()
            .filter_map(|row| row.split_once('\t'))
            .map(|(account, rest)| (account, rest.split('\t').next().unwrap_or_default()))
            .collect();
        assert!(list.len() > 300, "{}", list.len());
        for account in list.by_id.keys() {
            let account = account.to_string();
            assert!(facts.iter().any(|(known, _)| *known == account), "{account}");
        }
    }
}
