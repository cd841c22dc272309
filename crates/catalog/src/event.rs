//! Which IAM actions did the call behind a CloudTrail event need?
//!
//! The log names the service by its endpoint and the call by a name that is mostly, not always, the operation's. The
//! rules, in order: the names of `events.tsv`; the operation of the service's SDK client; the action of the same name;
//! and all of these again without a version date at the end of the name (`CreateDistribution2020_05_31`). A digit at
//! the end that is no date belongs to the name: many actions end in one.

use crate::catalog::Catalog;
use crate::operation::{Client, Operation, clients, needs, of_client, same_name};
use crate::table::{Row, rows};

const EVENTS: &str = include_str!("../data/events.tsv");

/// See [`Catalog::event`].
pub(crate) fn event(catalog: &Catalog, source: &str, name: &str) -> Operation {
    let source = source.strip_suffix(".amazonaws.com").unwrap_or(source);
    let service = LoggedService::of(source);
    let found = service.look_up(catalog, source, name);
    if found != Operation::Unknown {
        return found;
    }
    let found = without_date(name).map_or(Operation::Unknown, |name| service.look_up(catalog, source, name));
    match found {
        Operation::Unknown if service.unchecked => Operation::Unchecked,
        found => found,
    }
}

/// The candidates for the service that wrote an event.
struct LoggedService {
    prefixes: Vec<&'static str>,
    clients: Vec<&'static Client>,
    /// Do its events mostly need no permission?
    unchecked: bool,
}

impl LoggedService {
    fn of(source: &str) -> Self {
        let mut service = Self { prefixes: Vec::new(), clients: Vec::new(), unchecked: false };
        if let Some(row) = rows(EVENTS).find(|row| row.text(0) == "source" && row.text(1) == source) {
            service.unchecked = row.text(2).is_empty();
            service.prefixes.extend(row.list(2));
            service
                .clients
                .extend(clients().iter().filter(|client| service.prefixes.contains(&client.prefix)));
            return service;
        }
        let ways: [fn(&Client) -> &'static str; 4] = [
            |client| client.signing_name,
            |client| client.endpoint_prefix,
            |client| client.name,
            |client| client.prefix,
        ];
        for way in ways {
            service.clients.extend(clients().iter().filter(|client| way(client) == source));
            if !service.clients.is_empty() {
                break;
            }
        }
        service
            .prefixes
            .extend(service.clients.iter().map(|client| client.prefix).filter(|prefix| !prefix.is_empty()));
        service
    }

    fn look_up(&self, catalog: &Catalog, source: &str, name: &str) -> Operation {
        let listed = |row: &Row<'static>| {
            row.text(0) == "event"
                && row
                    .text(1)
                    .split_once(':')
                    .is_some_and(|(prefix, event)| self.prefixes.contains(&prefix) && event == name)
        };
        if let Some(row) = rows(EVENTS).find(listed) {
            let always: Vec<&str> = row.list(2).collect();
            return if always.is_empty() { Operation::Unchecked } else { needs(catalog, &always, &[]) };
        }
        let by_client = self.clients.iter().map(|client| of_client(catalog, client, name));
        // A source can be a prefix that has no SDK client.
        let prefixes = self.prefixes.iter().copied().chain(std::iter::once(source));
        let by_name = prefixes.map(|prefix| same_name(catalog, prefix, name));
        by_client.chain(by_name).find(|found| *found != Operation::Unknown).unwrap_or(Operation::Unknown)
    }
}

/// The name without the date (`20200531`, `2020_05_31`, and a version such as `v2` behind it) that it ends in.
fn without_date(name: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unversioned = match name.rsplit_once('v') {
        Some((before, version)) if !version.is_empty() && digits(version) => before,
        _ => name,
    };
    for unversioned in [unversioned, name] {
        for (length, underscores) in [(10, true), (8, false)] {
            let Some((before, date)) =
                unversioned.len().checked_sub(length).and_then(|at| unversioned.split_at_checked(at))
            else {
                continue;
            };
            let plain = if underscores { date.replace('_', "") } else { date.to_owned() };
            if plain.len() == 8 && digits(&plain) && (plain.starts_with("19") || plain.starts_with("20")) {
                return Some(before);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{EVENTS, without_date};
    use crate::catalog;
    use crate::operation::Operation;
    use crate::table::rows;

    fn logged(source: &str, name: &str) -> String {
        match catalog().event(source, name) {
            Operation::Needs { always, .. } => {
                always.into_iter().map(|id| catalog().name(id)).collect::<Vec<_>>().join("+")
            }
            Operation::Unchecked => "unchecked".to_owned(),
            Operation::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn a_date_is_taken_off_and_a_digit_is_not() {
        assert_eq!(without_date("CreateDistribution2020_05_31"), Some("CreateDistribution"));
        assert_eq!(without_date("ListFunctions20150331"), Some("ListFunctions"));
        assert_eq!(without_date("UpdateFunctionCode20150331v2"), Some("UpdateFunctionCode"));
        assert_eq!(without_date("ListFindingsV2"), None);
        assert_eq!(without_date("é"), None);
    }

    #[test]
    fn events_are_traced_to_actions() {
        for (source, name, wanted) in [
            ("s3.amazonaws.com", "GetObject", "s3:GetObject"),
            ("s3.amazonaws.com", "CreateBucket", "s3:CreateBucket"),
            ("s3.amazonaws.com", "ListObjects", "s3:ListBucket"),
            ("s3.amazonaws.com", "PutBucketCors", "s3:PutBucketCORS"),
            ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
            ("lambda.amazonaws.com", "Invoke", "lambda:InvokeFunction"),
            ("cloudfront.amazonaws.com", "CreateDistribution2020_05_31", "cloudfront:CreateDistribution"),
            ("monitoring.amazonaws.com", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
            ("tagging.amazonaws.com", "GetResources", "tag:GetResources"),
            ("kms.amazonaws.com", "ReEncrypt", "kms:ReEncryptFrom+kms:ReEncryptTo"),
            ("sts.amazonaws.com", "GetCallerIdentity", "unchecked"),
            ("sts.amazonaws.com", "AssumeRole", "sts:AssumeRole"),
            ("apigateway.amazonaws.com", "CreateRestApi", "apigateway:POST"),
            ("signin.amazonaws.com", "ConsoleLogin", "unchecked"),
            ("securityhub.amazonaws.com", "NoSuchCall", "unknown"),
            ("nosuch.amazonaws.com", "GetThing", "unknown"),
        ] {
            assert_eq!(logged(source, name), wanted, "{source} {name}");
        }
    }

    #[test]
    fn every_listed_name_is_in_the_catalogue() {
        for row in rows(EVENTS) {
            match row.text(0) {
                "source" => {
                    row.list(2).for_each(|prefix| assert!(catalog().service(prefix).is_some(), "{prefix}"));
                }
                "event" => {
                    row.list(2).for_each(|action| assert!(catalog().action(action).is_some(), "{action}"));
                }
                _ => {}
            }
        }
    }
}
