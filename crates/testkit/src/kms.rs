//! KMS keys (rules 9.1 to 9.3).

use crate::arn;
use crate::request::Request;

/// Is the request about a key, and so governed by its key policy?
pub(crate) fn is_about_key(request: &Request) -> bool {
    is_kms(request) && arn::parts(&request.resource).is_some_and(|parts| parts[5].starts_with("key/"))
}

/// Is the resource a key?
pub(crate) fn is_key(request: &Request) -> bool {
    matches!(arn::parts(&request.resource), Some([_, _, "kms", _, _, name]) if name.starts_with("key/"))
}

/// Is the action one of KMS?
pub(crate) fn is_kms(request: &Request) -> bool {
    request.action.to_lowercase().starts_with("kms:")
}

/// Rule 9.2: what can be done with a key across accounts [KMS: Allowing users in other accounts to use a KMS key].
pub(crate) fn works_across_accounts(action: &str) -> bool {
    const ACTIONS: [&str; 20] = [
        "kms:decrypt",
        "kms:derivesharedsecret",
        "kms:encrypt",
        "kms:generatedatakey",
        "kms:generatedatakeypair",
        "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext",
        "kms:generatemac",
        "kms:reencryptfrom",
        "kms:reencryptto",
        "kms:sign",
        "kms:verify",
        "kms:verifymac",
        "kms:creategrant",
        "kms:describekey",
        "kms:getkeyrotationstatus",
        "kms:getpublickey",
        "kms:listgrants",
        "kms:retiregrant",
        "kms:revokegrant",
    ];
    ACTIONS.contains(&action.to_lowercase().as_str())
}

/// Rule 9.3: nobody changes `alias/aws/…`.
pub(crate) fn changes_aws_alias(request: &Request) -> bool {
    let changes = ["kms:createalias", "kms:updatealias", "kms:deletealias"];
    changes.contains(&request.action.to_lowercase().as_str())
        && arn::parts(&request.resource).is_some_and(|parts| parts[5].starts_with("alias/aws/"))
}
