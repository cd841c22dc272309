//! Which IAM actions does a call of an SDK operation need?
//!
//! Nine of ten operations need the action of the same name, under a prefix that the SDK's client name mostly is. The
//! others are listed: `operations.tsv` (renamed, several or no actions), `clients.tsv` (the prefix), `verbs.tsv`
//! (API Gateway's management calls, whose actions are HTTP methods). What neither the lists nor the name settle is
//! unknown.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::action::ActionId;
use crate::catalog::Catalog;
use crate::edition::verbs_text;
use crate::table::{Row, rows};

/// What a call needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// IAM actions are checked.
    Needs {
        /// Each of these, in every call.
        always: Vec<ActionId>,
        /// Each of these in some calls, depending on parameters or on the resource. If `always` is empty, then every
        /// call needs at least one of these.
        sometimes: Vec<ActionId>,
    },
    /// It is known that no IAM action is checked.
    Unchecked,
    /// It is not known what is checked. This is not "nothing".
    Unknown,
}

const OPERATIONS: &str = include_str!("../data/operations.tsv");
const CLIENTS: &str = include_str!("../data/clients.tsv");

/// A client of the SDKs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    pub(crate) name: &'static str,
    pub(crate) service_id: &'static str,
    pub(crate) signing_name: &'static str,
    pub(crate) endpoint_prefix: &'static str,
    /// Empty if the service checks no listed action.
    pub(crate) prefix: &'static str,
}

pub(crate) fn clients() -> &'static [Client] {
    static ALL: LazyLock<Vec<Client>> = LazyLock::new(|| {
        let client = |row: Row<'static>| Client {
            name: row.text(0),
            service_id: row.text(1),
            signing_name: row.text(2),
            endpoint_prefix: row.text(3),
            prefix: row.text(4),
        };
        rows(CLIENTS).map(client).collect()
    });
    &ALL
}

/// See [`Catalog::operation`].
pub(crate) fn operation(catalog: &Catalog, client: &str, operation: &str) -> Operation {
    let named = |known: &&Client| known.name.eq_ignore_ascii_case(client);
    let by_id = |known: &&Client| known.service_id.eq_ignore_ascii_case(client);
    match clients().iter().find(named).or_else(|| clients().iter().find(by_id)) {
        Some(client) => of_client(catalog, client, operation),
        None => Operation::Unknown,
    }
}

/// See [`Catalog::client_of_service_id`].
pub(crate) fn client_of_service_id(service_id: &str) -> Option<&'static str> {
    let same = |client: &&Client| client.service_id.eq_ignore_ascii_case(service_id);
    clients().iter().find(same).map(|client| client.name)
}

/// What a call of `operation` needs, compared without case.
pub(crate) fn of_client(catalog: &Catalog, client: &Client, operation: &str) -> Operation {
    if let Some(row) = listed(client.name, operation) {
        return from_row(catalog, *row);
    }
    if listed(client.name, "*").is_some_and(|row| row.text(2) == "VERB") {
        return verb(catalog, client.name, operation);
    }
    same_name(catalog, client.prefix, operation)
}

/// The action of the same name.
pub(crate) fn same_name(catalog: &Catalog, prefix: &str, operation: &str) -> Operation {
    match catalog.action(&format!("{prefix}:{operation}")) {
        Some(action) => Operation::Needs { always: vec![action], sometimes: Vec::new() },
        None => Operation::Unknown,
    }
}

/// Actions by name; unknown if one of them is not in the catalogue, since half an answer would be a wrong one.
pub(crate) fn needs(catalog: &Catalog, always: &[&str], sometimes: &[&str]) -> Operation {
    let all = |names: &[&str]| names.iter().map(|name| catalog.action(name)).collect::<Option<Vec<_>>>();
    match (all(always), all(sometimes)) {
        (Some(always), Some(sometimes)) => Operation::Needs { always, sometimes },
        _ => Operation::Unknown,
    }
}

fn from_row(catalog: &Catalog, row: Row<'static>) -> Operation {
    match row.text(2) {
        "NONE" => Operation::Unchecked,
        _ => needs(catalog, &row.list(2).collect::<Vec<_>>(), &row.list(3).collect::<Vec<_>>()),
    }
}

fn verb(catalog: &Catalog, client: &str, operation: &str) -> Operation {
    let found =
        rows(verbs_text()).find(|row| row.text(0) == client && row.text(1).eq_ignore_ascii_case(operation));
    found.map_or(Operation::Unknown, |row| same_name(catalog, "apigateway", row.text(2)))
}

fn listed(client: &str, operation: &str) -> Option<&'static Row<'static>> {
    static ROWS: LazyLock<HashMap<String, Row<'static>>> = LazyLock::new(|| {
        rows(OPERATIONS)
            .map(|row| (format!("{} {}", row.text(0), row.text(1)).to_ascii_lowercase(), row))
            .collect()
    });
    ROWS.get(&format!("{client} {operation}").to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{CLIENTS, OPERATIONS, Operation};
    use crate::catalog;
    use crate::edition::verbs_text;
    use crate::table::rows;

    /// `a+b (c)`: always a and b, sometimes c.
    fn asked(client: &str, operation: &str) -> String {
        match catalog().operation(client, operation) {
            Operation::Needs { always, sometimes } => {
                let names =
                    |ids: Vec<_>| ids.into_iter().map(|id| catalog().name(id)).collect::<Vec<_>>().join("+");
                format!("{} ({})", names(always), names(sometimes)).replace(" ()", "")
            }
            Operation::Unchecked => "unchecked".to_owned(),
            Operation::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn names_lists_and_verbs_are_followed() {
        assert_eq!(asked("ec2", "DescribeInstances"), "ec2:DescribeInstances");
        assert_eq!(asked("s3", "ListObjectsV2"), "s3:ListBucket (s3express:CreateSession)");
        assert!(asked("s3", "HeadObject").starts_with("s3:GetObject"));
        assert_eq!(asked("s3", "ListBuckets"), "s3:ListAllMyBuckets");
        assert_eq!(asked("lambda", "Invoke"), "lambda:InvokeFunction");
        assert_eq!(asked("API Gateway", "GetRestApis"), "apigateway:GET");
        assert_eq!(asked("apigatewayv2", "DeleteApi"), "apigateway:DELETE");
        assert_eq!(asked("cloudwatch", "putmetricdata"), "cloudwatch:PutMetricData");
        assert_eq!(asked("sts", "GetCallerIdentity"), "unchecked");
        assert!(asked("dynamodb", "TransactWriteItems").starts_with(" (dynamodb:PutItem+"));
    }

    /// See AWS: Amazon S3 API reference, Amazon S3 Control, `CreateBucket`: its buckets are those of Outposts.
    #[test]
    fn buckets_of_s3control_are_those_of_outposts() {
        assert_eq!(asked("s3control", "CreateBucket"), "s3-outposts:CreateBucket");
        let policy =
            " (s3:PutAccessPointPolicy+s3-outposts:PutAccessPointPolicy+s3express:PutAccessPointPolicy)";
        assert_eq!(asked("s3control", "PutAccessPointPolicy"), policy);
        assert_eq!(asked("s3control", "PutPublicAccessBlock"), "s3:PutAccountPublicAccessBlock");
    }

    #[test]
    fn what_is_not_known_is_unknown() {
        assert_eq!(asked("s3", "NoSuchOperation"), "unknown");
        assert_eq!(asked("nosuchclient", "GetObject"), "unknown");
        assert_eq!(asked("apigateway", "NoSuchOperation"), "unknown");
    }

    #[test]
    fn every_listed_name_is_in_the_catalogue() {
        for row in rows(OPERATIONS).filter(|row| !["NONE", "VERB"].contains(&row.text(2))) {
            for action in row.list(2).chain(row.list(3)) {
                assert!(catalog().action(action).is_some(), "`{action}` of {} {}", row.text(0), row.text(1));
            }
        }
        for row in rows(CLIENTS).filter(|row| !row.text(4).is_empty()) {
            assert!(catalog().service(row.text(4)).is_some(), "the prefix of {}", row.text(0));
        }
        for row in rows(verbs_text()) {
            assert!(
                asked(row.text(0), row.text(1)).starts_with("apigateway:"),
                "{} {}",
                row.text(0),
                row.text(1)
            );
        }
    }
}
