//! Which things carry a policy, or another grant to outsiders, of their own.

use crate::table::{Row, rows};

/// How a thing grants access to others than the identities of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrantKind {
    /// A policy document with principals.
    Policy,
    /// A policy document with principals that is normally written by sharing through AWS RAM.
    SharedPolicy,
    /// The trust policy of a role.
    Trust,
    /// An access list, a list of accounts or a grant: no document.
    List,
    /// An endpoint policy: it limits what passes and grants nothing.
    Endpoint,
    /// Cedar or a language of the service's own.
    OwnLanguage,
    /// A document without principals that limits a session.
    Session,
}

/// A resource type with a way to grant access of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourcePolicyKind {
    /// The prefix of the service.
    pub prefix: &'static str,
    /// The resource type in that service; `None` if it is the account's or the type is not listed.
    pub resource_type: Option<&'static str>,
    /// How it grants.
    pub kind: GrantKind,
    /// The SDK operation that reads it, as `client:Operation`; `None` if there is none.
    pub read_operation: Option<&'static str>,
    /// Where the document or list is in the answer: a path of member names, `[]` for each item of a list.
    pub field: Option<&'static str>,
    /// The IAM action that reading needs.
    pub read_action: Option<&'static str>,
    /// The SDK operation that lists the things.
    pub enumerate_operation: Option<&'static str>,
    /// Does IAM Access Analyzer's external access analyzer look at it?
    pub access_analyzer: bool,
    write_actions: &'static str,
}

impl ResourcePolicyKind {
    /// The actions that can change who gets in, by name: more than AWS's "permissions management" level covers.
    pub fn write_actions(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.write_actions.split(',').filter(|action| !action.is_empty())
    }
}

const KINDS: &str = include_str!("../data/resource_policies.tsv");

pub(crate) fn resource_policy_kinds() -> impl Iterator<Item = ResourcePolicyKind> {
    rows(KINDS).map(kind)
}

fn kind(row: Row<'static>) -> ResourcePolicyKind {
    let some = |column| Some(row.text(column)).filter(|text: &&str| !text.is_empty());
    ResourcePolicyKind {
        prefix: row.text(0),
        resource_type: some(1),
        read_operation: some(2),
        field: some(3),
        read_action: some(4),
        write_actions: row.text(5),
        enumerate_operation: some(6),
        kind: match row.text(7) {
            "P" => GrantKind::Policy,
            "M" => GrantKind::SharedPolicy,
            "T" => GrantKind::Trust,
            "A" => GrantKind::List,
            "E" => GrantKind::Endpoint,
            "C" => GrantKind::OwnLanguage,
            // INVARIANT (kinds): the table holds no other letter; a test says so.
            _ => GrantKind::Session,
        },
        access_analyzer: row.text(8) == "y",
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, resource_policy_kinds};
    use crate::catalog;
    use crate::table::rows;

    #[test]
    fn every_kind_is_one_of_the_letters() {
        assert!(rows(KINDS).all(|row| ["P", "M", "T", "A", "E", "C", "S"].contains(&row.text(7))));
    }

    #[test]
    fn every_name_in_the_table_is_in_the_catalogue() {
        for kind in resource_policy_kinds() {
            let service = catalog().service(kind.prefix).unwrap_or_else(|| panic!("{kind:?}"));
            if let Some(name) = kind.resource_type {
                assert!(service.resource_types().any(|known| known.name() == name), "{kind:?}");
            }
            for action in kind.write_actions().chain(kind.read_action) {
                assert!(catalog().action(action).is_some(), "`{action}` of {kind:?}");
            }
        }
    }
}
