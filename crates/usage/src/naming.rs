//! Which thing does a parameter of a call name?
//!
//! The catalogue has a pattern for the ARNs of every resource type, `arn:${Partition}:lambda:${Region}:${Account}:function:
//! ${FunctionName}`; its variables are filled from parameters. Where the two have different names, one table says which
//! belong together, for what is read of logs and for what is seen of requests. Names are compared without case: logs begin
//! them with a small letter.

use clavicle_catalog::{Catalog, ResourceType};

/// Parameters by the variable that they fill, where they are not called the same: service, variable, parameter.
const CALLED: &[(&str, &str, &str)] = &[
    ("s3", "BucketName", "Bucket"),
    ("s3", "ObjectName", "Key"),
    ("events", "RuleName", "Name"),
    ("events", "RuleName", "Rule"),
    ("ssm", "ParameterNameWithoutLeadingSlash", "Name"),
    ("ssm", "ParameterNameWithoutLeadingSlash", "Names"),
    // AWS: AWS Systems Manager User Guide, "How Parameter Store authorizes parameter retrieval": `GetParametersByPath` is asked
    // on the path of the request, not on what it returns.
    ("ssm", "ParameterNameWithoutLeadingSlash", "Path"),
    ("kms", "KeyId", "TargetKeyId"),
    ("kms", "Alias", "AliasName"),
    ("eks", "ClusterName", "Name"),
    ("ecs", "ClusterName", "Cluster"),
    ("ecs", "ServiceName", "Service"),
    ("ec2", "SecurityGroupId", "GroupId"),
    ("rds", "DbInstanceName", "DBInstanceIdentifier"),
    ("rds", "DbClusterInstanceName", "DBClusterIdentifier"),
    ("sns", "TopicName", "Name"),
    ("codebuild", "ProjectName", "Name"),
    ("cloudwatch", "AlarmName", "AlarmNames"),
    ("secretsmanager", "SecretId", "Name"),
];

/// Variables whose values may hold separators.
const WITH_SEPARATORS: &[&str] = &[
    "ObjectName",
    "ParameterNameWithoutLeadingSlash",
    "LogGroupName",
    "RepositoryName",
    "SecretId",
    "Alias",
];

/// The parameters that fill a variable under another name than its own.
pub fn called(service: &str, variable: &str) -> impl Iterator<Item = &'static str> {
    let is_it = move |(by, filled, _): &&(&str, &str, &str)| *by == service && *filled == variable;
    CALLED.iter().filter(is_it).map(|(_, _, parameter)| *parameter)
}

/// All of a service.
pub(crate) fn called_by_service(service: &str) -> impl Iterator<Item = &'static str> {
    CALLED.iter().filter(move |(by, ..)| *by == service).map(|(.., parameter)| *parameter)
}

/// Can it be what stands in the place of a variable? Patterns and other variables cannot, nor can ARNs.
pub fn is_plain(variable: &str, value: &str) -> bool {
    let separators = WITH_SEPARATORS.contains(&variable) || !value.contains(['/', ':']);
    // Aliases of access points stand where names of buckets do, and are none.
    let alias = variable == "BucketName" && (value.ends_with("-s3alias") || value.ends_with("--ol-s3"));
    !value.is_empty()
        && separators
        && !alias
        && !value.starts_with("arn:")
        && !is_pattern(value)
        && value != "HIDDEN_DUE_TO_SECURITY_REASONS"
}

/// The value as the pattern has it, which begins what some parameters begin with, too.
pub fn in_pattern<'v>(service: &str, variable: &str, value: &'v str) -> &'v str {
    match (service, variable) {
        ("ssm", "ParameterNameWithoutLeadingSlash") => value.trim_start_matches('/'),
        ("kms", "Alias") => value.strip_prefix("alias/").unwrap_or(value),
        _ => value,
    }
}

/// Is it the ARN of one thing, rather than a pattern of many?
pub fn is_one(arn: &str) -> bool {
    arn.starts_with("arn:") && arn.splitn(6, ':').count() == 6 && !is_pattern(arn)
}

/// Would it be read as more than itself in a policy? A `$` alone is a letter like any other.
fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '\n', '\r']) || text.contains("${")
}

/// Is the type that an ARN most likely is of the wanted one?
pub fn fits(catalog: &Catalog, wanted: ResourceType<'_>, arn: &str) -> bool {
    is_same(&catalog.resource_types_of(arn), wanted)
}

/// The same of the types that an ARN can be of, the likeliest first. Several services list the same things under names of
/// their own; those that say the same of the ARN count as one.
pub(crate) fn is_same(types: &[ResourceType<'_>], wanted: ResourceType<'_>) -> bool {
    let Some(first) = types.first() else { return false };
    first.id() == wanted.id()
        || first.arn_pattern() == wanted.arn_pattern()
        || (first.service().prefix() != wanted.service().prefix()
            && types.iter().any(|other| other.id() == wanted.id()))
}

#[cfg(test)]
mod tests {
    use super::{CALLED, WITH_SEPARATORS, in_pattern, is_plain};
    use clavicle_catalog::catalog;
    use std::collections::BTreeSet;

    /// A row for a variable that no pattern has would fill nothing, and nobody would see it.
    #[test]
    fn every_row_is_of_a_variable_that_a_pattern_has() {
        let mut variables = BTreeSet::new();
        for action in catalog().actions() {
            for resource in catalog().resources(action) {
                let kind = resource.resource_type();
                for rest in kind.arn_patterns().flat_map(|form| form.split("${").skip(1)) {
                    let variable = rest.split_once('}').map_or(rest, |(variable, _)| variable);
                    variables.insert((kind.service().prefix().to_owned(), variable.to_owned()));
                }
            }
        }
        for (service, variable, parameter) in CALLED {
            assert!(
                variables.contains(&((*service).to_owned(), (*variable).to_owned())),
                "{service} {variable}"
            );
            assert!(!variable.eq_ignore_ascii_case(parameter), "{variable} needs no row");
        }
        let names: BTreeSet<&str> = variables.iter().map(|(_, variable)| variable.as_str()).collect();
        assert!(WITH_SEPARATORS.iter().all(|variable| names.contains(variable)));
    }

    #[test]
    fn what_cannot_be_a_name_is_none() {
        for (variable, value) in
            [("FunctionName", "a/b"), ("BucketName", "x-s3alias"), ("KeyId", "*"), ("KeyId", "")]
        {
            assert!(!is_plain(variable, value), "{value}");
        }
        assert!(is_plain("ObjectName", "a/b") && is_plain("KeyId", "k-1"));
        assert_eq!(in_pattern("kms", "Alias", "alias/x"), "x");
        assert_eq!(in_pattern("ssm", "ParameterNameWithoutLeadingSlash", "/a/b"), "a/b");
    }
}
