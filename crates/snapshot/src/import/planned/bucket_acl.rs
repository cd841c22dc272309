//! Whom does the access control list of a planned bucket let in? Plans and templates write it by the name of one of AWS's, or grant
//! by grant.
//!
//! AWS: Amazon S3 User Guide, "Access control list (ACL) overview", canned ACL
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html>); CloudFormation Template Reference, `AWS::S3::Bucket`,
//! `AccessControl`; Terraform: AWS provider, `aws_s3_bucket_acl`.

use serde_json::{Value as Json, json};

use super::value::Value;

const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const SIGNED_IN: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOGS: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// The grants of a list, by its name or one by one. `None`: nothing is said of it. Null: it is known later.
pub(super) fn of(name: &Value, grants: &Value) -> Option<Json> {
    match name {
        Value::Unknown => return Some(Json::Null),
        Value::Text(name) if !name.is_empty() => return Some(of_name(name)),
        _ => {}
    }
    if *grants == Value::Unknown {
        return Some(Json::Null);
    }
    let grants = grants.items();
    let all: Option<Vec<Vec<Json>>> = grants.iter().map(of_grant).collect();
    (!grants.is_empty()).then(|| all.map_or(Json::Null, |all| all.concat().into()))
}

/// `public-read` of Terraform, `PublicRead` of templates. What a list grants to its owner, and to others by their canonical ids, lets
/// no group in.
fn of_name(name: &str) -> Json {
    let grants: &[(&str, &str)] = match &*name.replace('-', "").to_ascii_lowercase() {
        "publicread" => &[(EVERYBODY, "READ")],
        "publicreadwrite" => &[(EVERYBODY, "READ"), (EVERYBODY, "WRITE")],
        "authenticatedread" => &[(SIGNED_IN, "READ")],
        "logdeliverywrite" => &[(LOGS, "WRITE"), (LOGS, "READ_ACP")],
        "private" | "awsexecread" | "bucketownerread" | "bucketownerfullcontrol" => &[],
        _ => return Json::Null,
    };
    grants.iter().map(|(grantee, permission)| json!({"grantee": grantee, "permission": permission})).collect()
}

/// One grant, which may be of several permissions. `None`: a part of it is known later.
fn of_grant(grant: &Value) -> Option<Vec<Json>> {
    let block = if grant.get("grantee").is_null() { grant } else { grant.get("grantee").first() };
    let whom = ["uri", "id"].into_iter().map(|name| block.get(name));
    let grantee = { whom }.find_map(|value| (!value.has_unknown()).then(|| value.text()).flatten())?;
    let permissions = grant.get("permission").items().iter().chain(grant.get("permissions").items());
    permissions.map(|one| Some(json!({"grantee": grantee, "permission": one.text()?}))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{EVERYBODY, Value, of};

    #[test]
    fn lists_by_name_and_grant_by_grant() {
        let text = |text: &str| Value::Text(text.to_owned());
        let everybody = |permissions: &[&str]| -> Json {
            permissions.iter().map(|one| json!({"grantee": EVERYBODY, "permission": one})).collect()
        };
        let named = |name: &str| of(&text(name), &Value::Null);
        assert_eq!(named("public-read"), Some(everybody(&["READ"])));
        assert_eq!(named("PublicReadWrite"), Some(everybody(&["READ", "WRITE"])));
        assert_eq!(named("private"), Some(json!([])));
        assert_eq!(named("of-tomorrow"), Some(Json::Null));
        assert_eq!(of(&Value::Unknown, &Value::Null), Some(Json::Null));
        assert_eq!(of(&Value::Null, &Value::Null), None);
        let grants = |json: Json| of(&Value::Null, &Value::from(&json));
        let grantee = json!([{"type": "Group", "uri": EVERYBODY}]);
        let one = json!([{"grantee": grantee, "permission": "READ_ACP"}]);
        assert_eq!(grants(one), Some(everybody(&["READ_ACP"])));
        let older = json!([{"type": "Group", "uri": EVERYBODY, "permissions": ["READ", "WRITE"]}]);
        assert_eq!(grants(older), Some(everybody(&["READ", "WRITE"])));
        assert_eq!(grants(json!([{"grantee": [{"type": "Group"}], "permission": "READ"}])), Some(Json::Null));
        assert_eq!(of(&Value::Null, &Value::Unknown), Some(Json::Null));
    }
}
