//! What no customer can change, whatever policies say (rules 9.3, 10.6).

use crate::arn;
use crate::kms;
use crate::request::Request;

/// Is the request an attempt to change something that belongs to AWS?
pub(crate) fn is_protected(request: &Request) -> bool {
    kms::changes_aws_alias(request) || changes_aws_role(request) || changes_aws_policy(request)
}

/// Service-linked roles and those under `/aws-reserved/`: their policies and trust are AWS's to change.
fn changes_aws_role(request: &Request) -> bool {
    const CHANGES: [&str; 8] = [
        "iam:attachrolepolicy",
        "iam:detachrolepolicy",
        "iam:putrolepolicy",
        "iam:deleterolepolicy",
        "iam:updateassumerolepolicy",
        "iam:putrolepermissionsboundary",
        "iam:deleterolepermissionsboundary",
        "iam:deleterole",
    ];
    // Of a service-linked role the customer may change the description [Update a service-linked role].
    const CHANGES_OF_RESERVED: [&str; 4] =
        ["iam:tagrole", "iam:untagrole", "iam:updaterole", "iam:updateroledescription"];
    let Some(parts) = arn::parts(&request.resource) else { return false };
    let action = request.action.to_lowercase();
    let reserved = parts[5].starts_with("role/aws-reserved/");
    let linked = parts[5].starts_with("role/aws-service-role/");
    ((reserved || linked) && CHANGES.contains(&action.as_str()))
        || (reserved && CHANGES_OF_RESERVED.contains(&action.as_str()))
}

fn changes_aws_policy(request: &Request) -> bool {
    // Tags too are of customer managed policies alone [IAM API Reference: TagPolicy, UntagPolicy].
    const CHANGES: [&str; 6] = [
        "iam:createpolicyversion",
        "iam:deletepolicy",
        "iam:deletepolicyversion",
        "iam:setdefaultpolicyversion",
        "iam:tagpolicy",
        "iam:untagpolicy",
    ];
    let Some(parts) = arn::parts(&request.resource) else { return false };
    parts[4] == "aws"
        && parts[5].starts_with("policy/")
        && CHANGES.contains(&request.action.to_lowercase().as_str())
}
