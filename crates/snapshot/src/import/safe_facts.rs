//! The configuration facts that are kept. Nothing is kept because it was there: every fact has a line here, and its
//! value must look like an identifier. Environment variables, user data, secret strings, commands, descriptions and
//! connection strings have no line, so they never reach the snapshot.

use serde_json::{Map, Value, json};

use super::config_item::field;
use super::document::{self, Carried};

/// Name of the fact and its path in `configuration`.
const FACTS: &[(&str, &[&str])] = &[
    ("allow_unauthenticated", &["allowUnauthenticatedIdentities"]),
    ("block_public_access", &["blockPublicAccess"]),
    ("cluster", &["cluster"]),
    ("database_resource_id", &["dbiResourceId"]),
    ("database_resource_id", &["dbClusterResourceId"]),
    ("encryption_key", &["kmsKeyId"]),
    ("encryption_key", &["kmsKeyArn"]),
    ("encryption_key", &["kmsMasterKeyId"]),
    ("encryption_key", &["encryptionKey"]),
    ("encryption_key", &["encryptionConfiguration", "kmsKey"]),
    ("encryption_key", &["sseDescription", "kmsMasterKeyArn"]),
    ("encryption_key", &["streamEncryption", "keyId"]),
    ("function_url", &["urlAuthType"]),
    ("http_tokens", &["metadataOptions", "httpTokens"]),
    ("iam_database_authentication", &["iamDatabaseAuthenticationEnabled"]),
    ("key_manager", &["keyManager"]),
    ("key_state", &["keyState"]),
    ("package_type", &["packageType"]),
    ("principal", &["principalArn"]),
    ("privileged", &["environment", "privilegedMode"]),
    ("publicly_accessible", &["publiclyAccessible"]),
    ("rotation_enabled", &["rotationEnabled"]),
    ("runtime", &["runtime"]),
    ("stack_status", &["stackStatus"]),
    ("state", &["state", "name"]),
    ("task_definition", &["taskDefinition"]),
];

/// The names of the fields on the paths to facts.
pub(super) fn fields() -> impl Iterator<Item = &'static str> {
    FACTS.iter().flat_map(|(_, path)| path.iter().copied())
}

pub(super) fn of(configuration: &Value, supplement: &Value) -> Map<String, Value> {
    let mut facts = Map::new();
    for (name, path) in FACTS {
        let found = path.iter().try_fold(configuration, |value, name| field(value, name));
        if let Some(value) = found.filter(|value| is_plain(value)) {
            facts.entry(*name).or_insert_with(|| value.clone());
        }
    }
    if let Some(grants) = field(configuration, "grants").and_then(grants) {
        facts.insert("grants".to_owned(), grants);
    }
    if let Some(policies) = field(configuration, "accessPolicies").and_then(access_policies) {
        facts.insert("access_policies".to_owned(), policies);
    }
    for (fact, name) in [("shared_with", "sharedWith"), ("shares", "shares")] {
        if let Some(list) = field(configuration, name).and_then(names) {
            facts.insert(fact.to_owned(), list);
        }
    }
    if let Some(list) = field(configuration, "consumers").and_then(consumers) {
        facts.insert("shared_with".to_owned(), list);
    }
    for name in ["DBSnapshotAttributes", "DBClusterSnapshotAttributes"] {
        if let Some(list) = field(supplement, name).and_then(restorers) {
            facts.insert("shared_with".to_owned(), list);
        }
    }
    // A collection calls it so; AWS Config has other policies by the name that it has there.
    if let Some(Carried::Text(text)) = field(configuration, "endpointPolicy").map(document::from_value) {
        facts.insert("endpoint_policy".to_owned(), text.into());
    }
    of_bucket(supplement, &mut facts);
    facts
}

/// Accounts, identities and things that a thing is shared with, or that a share has, as a collection lays them there: null where
/// AWS said that there are none. All or nothing.
fn names(list: &Value) -> Option<Value> {
    if list.is_null() {
        return Some(json!([]));
    }
    let is_name = |name: &Value| is_plain(name) || name == "*";
    list.as_array()?
        .iter()
        .map(|name| is_name(name).then(|| name.clone()))
        .collect::<Option<Vec<_>>>()
        .map(Value::Array)
}

/// The accounts and namespaces that a datashare is shared with: those that it was only asked for, or taken from, are not
/// among them. All or nothing.
///
/// AWS: Amazon Redshift API Reference, "DataShareAssociation", `Status`
/// (<https://docs.aws.amazon.com/redshift/latest/APIReference/API_DataShareAssociation.html>), "DeauthorizeDataShare": "removes
/// authorization from the specified datashare", "RejectDataShare".
fn consumers(list: &Value) -> Option<Value> {
    let has_none = |status: &str| ["PENDING_AUTHORIZATION", "DEAUTHORIZED", "REJECTED"].contains(&status);
    let has_it = |consumer: &&Value| !field(consumer, "status").and_then(Value::as_str).is_some_and(has_none);
    let of = |consumer: &Value| field(consumer, "id").filter(|id| is_plain(id)).cloned();
    list.as_array()?.iter().filter(has_it).map(of).collect::<Option<Vec<_>>>().map(Value::Array)
}

/// The accounts that may restore a snapshot of a database, as AWS Config records them:
/// `[{"attributeName": "restore", "attributeValues": ["111122223333"]}]`. All or nothing; where that attribute is not told, nothing.
///
/// AWS: Amazon RDS API Reference, "DBSnapshotAttribute"
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshotAttribute.html>).
fn restorers(attributes: &Value) -> Option<Value> {
    let is_restore =
        |attribute: &&Value| field(attribute, "attributeName").is_some_and(|name| name == "restore");
    let restore = attributes.as_array()?.iter().find(is_restore)?;
    names(field(restore, "attributeValues")?)
}

/// The access policies of EKS that an access entry has. All or nothing.
fn access_policies(list: &Value) -> Option<Value> {
    let policy = |policy: &Value| field(policy, "policyArn").filter(|arn| is_plain(arn)).cloned();
    list.as_array()?.iter().map(policy).collect::<Option<Vec<Value>>>().map(Value::Array)
}

/// The grants of a KMS key, as a collection lays them there. All or nothing: one that is left out would be one that is not.
fn grants(list: &Value) -> Option<Value> {
    let is_name = |text: &&str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=,@*".contains(&byte);
        !text.is_empty() && text.len() <= 2048 && text.bytes().all(allowed)
    };
    let grant = |grant: &Value| {
        let grantee = field(grant, "grantee")?.as_str().filter(is_name)?;
        let operations = field(grant, "operations")?.as_array()?;
        let operations: Option<Vec<&str>> =
            operations.iter().map(|operation| operation.as_str().filter(is_name)).collect();
        Some(json!({"grantee": grantee, "operations": operations?}))
    };
    list.as_array()?.iter().map(grant).collect::<Option<Vec<Value>>>().map(Value::Array)
}

/// What AWS Config records of a bucket beside its policy.
fn of_bucket(supplement: &Value, facts: &mut Map<String, Value>) {
    if let Some(block) = field(supplement, "PublicAccessBlockConfiguration").and_then(public_access_block) {
        facts.insert("public_access_block".to_owned(), block);
    }
    let rule = |list: Option<&Value>, name: &str| {
        let rules = field(list?, "rules")?.as_array()?;
        rules
            .iter()
            .find_map(|rule| field(rule, name).filter(|value| is_plain(value) || value.is_object()))
            .cloned()
    };
    let encryption = field(supplement, "ServerSideEncryptionConfiguration");
    if let Some(default) = rule(encryption, "applyServerSideEncryptionByDefault") {
        for (fact, name) in [("encryption", "sseAlgorithm"), ("encryption_key", "kmsMasterKeyID")] {
            if let Some(value) = field(&default, name).filter(|value| is_plain(value)) {
                facts.insert(fact.to_owned(), value.clone());
            }
        }
    }
    for name in ["BucketOwnershipControls", "OwnershipControls"] {
        if let Some(ownership) = rule(field(supplement, name), "objectOwnership") {
            facts.insert("object_ownership".to_owned(), ownership);
        }
    }
    let abac = field(supplement, "AbacStatus").and_then(|abac| field(abac, "status"));
    if let Some(status) = abac.filter(|status| matches!(status.as_str(), Some("Enabled" | "Disabled"))) {
        facts.insert("bucket_abac".to_owned(), status.clone());
    }
    if let Some(grants) = field(supplement, "AccessControlList").and_then(acl) {
        facts.insert("acl".to_owned(), grants);
    }
}

/// The grants of a bucket: `{"grantSet": null, "grantList": [{"grantee": {"id"| group name}, "permission"}]}`.
fn acl(list: &Value) -> Option<Value> {
    let parsed;
    let list = match list {
        Value::String(text) => {
            parsed = serde_json::from_str::<Value>(text).ok()?;
            &parsed
        }
        other => other,
    };
    let grants = field(list, "grantList").or_else(|| field(list, "grants"))?.as_array()?;
    let grant = |grant: &Value| {
        let grantee = field(grant, "grantee")?;
        let grantee = match grantee {
            Value::String(name) => group_uri(name).to_owned(),
            other => {
                ["uri", "id", "identifier"].iter().find_map(|name| field(other, name)?.as_str())?.to_owned()
            }
        };
        let permission = field(grant, "permission")?.as_str()?;
        Some(json!({"grantee": grantee, "permission": permission_word(permission)}))
    };
    Some(grants.iter().filter_map(grant).collect())
}

/// AWS Config names the three predefined groups by words of its own.
fn group_uri(name: &str) -> &str {
    match name {
        "AllUsers" => "http://acs.amazonaws.com/groups/global/AllUsers",
        "AuthenticatedUsers" => "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
        "LogDelivery" => "http://acs.amazonaws.com/groups/s3/LogDelivery",
        other => other,
    }
}

fn permission_word(word: &str) -> &str {
    match word {
        "FullControl" => "FULL_CONTROL",
        "Read" => "READ",
        "Write" => "WRITE",
        "ReadAcp" => "READ_ACP",
        "WriteAcp" => "WRITE_ACP",
        other => other,
    }
}

pub(super) fn public_access_block(value: &Value) -> Option<Value> {
    let switch = |name: &str| field(value, name)?.as_bool();
    Some(json!({
        "block_public_acls": switch("blockPublicAcls")?,
        "ignore_public_acls": switch("ignorePublicAcls")?,
        "block_public_policy": switch("blockPublicPolicy")?,
        "restrict_public_buckets": switch("restrictPublicBuckets")?,
    }))
}

/// A switch, a number or an identifier: no free text.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
            let of_role = |byte: u8| allowed(byte) || b"+=,@".contains(&byte);
            let is_arn = text.starts_with("arn:") && text.len() <= 2048 && text.bytes().all(of_role);
            is_arn || !text.is_empty() && text.len() <= 256 && text.bytes().all(allowed)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::of;

    #[test]
    fn only_named_facts_of_plain_values_are_kept() {
        let configuration = json!({"runtime": "python3.13", "environment": {"variables": {"KEY": "s3cr3t"}},
            "userData": "c2VjcmV0", "description": "s3cr3t", "stackStatus": "s3cr3t with spaces",
            "kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"});
        let facts = Value::Object(of(&configuration, &Value::Null));
        let kept =
            json!({"runtime": "python3.13", "encryption_key": "arn:aws:kms:eu-west-1:111122223333:key/1"});
        assert_eq!(facts, kept);
    }

    #[test]
    fn grants_of_a_key_are_kept_all_or_not_at_all() {
        let sound = json!({"grantee": "arn:aws:iam::111122223333:role/a+b", "operations": ["Decrypt"], "name": "x y"});
        let kept = json!([{"grantee": "arn:aws:iam::111122223333:role/a+b", "operations": ["Decrypt"]}]);
        assert_eq!(of(&json!({"grants": [sound]}), &Value::Null)["grants"], kept);
        assert_eq!(of(&json!({"grants": []}), &Value::Null)["grants"], json!([]));
        let odd = json!({"grants": [sound, {"grantee": "some body", "operations": ["Decrypt"]}]});
        assert!(!of(&odd, &Value::Null).contains_key("grants"));
    }

    #[test]
    fn whom_a_thing_is_shared_with_is_kept_all_or_not_at_all() {
        let shared = json!({"sharedWith": ["111122223333", "all", "*", "arn:aws:organizations::111122223333:ou/o-1/ou-1"]});
        assert_eq!(of(&shared, &Value::Null)["shared_with"], shared["sharedWith"]);
        assert_eq!(of(&json!({"sharedWith": []}), &Value::Null)["shared_with"], json!([]));
        assert_eq!(of(&json!({"sharedWith": null}), &Value::Null)["shared_with"], json!([]));
        assert!(!of(&json!({}), &Value::Null).contains_key("shared_with"));
        assert!(
            !of(&json!({"sharedWith": ["111122223333", "some body"]}), &Value::Null)
                .contains_key("shared_with")
        );
    }

    #[test]
    fn whom_aws_config_says_a_snapshot_of_a_database_is_shared_with() {
        let of = |attributes: Value| of(&Value::Null, &json!({"DBSnapshotAttributes": attributes}));
        let restore = |values: Value| json!([{"attributeName": "restore", "attributeValues": values}]);
        assert_eq!(
            of(restore(json!(["111122223333", "all"])))["shared_with"],
            json!(["111122223333", "all"])
        );
        assert_eq!(of(restore(json!([])))["shared_with"], json!([]));
        for odd in [
            restore(json!(["some body"])),
            json!([{"attributeValues": []}]),
            json!([{"attributeName": "copy", "attributeValues": []}]),
            json!([]),
            json!("restore"),
        ] {
            assert!(!of(odd.clone()).contains_key("shared_with"), "{odd}");
        }
    }

    #[test]
    fn facts_of_a_bucket() {
        let supplement = json!({
            "PublicAccessBlockConfiguration": {"blockPublicAcls": true, "ignorePublicAcls": true,
                "blockPublicPolicy": false, "restrictPublicBuckets": false},
            "ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault":
                {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": "alias/books"}}]},
            "BucketOwnershipControls": {"rules": [{"objectOwnership": "ObjectWriter"}]},
            "AccessControlList": "{\"grantSet\":null,\"grantList\":[{\"grantee\":\"AllUsers\",\"permission\":\"Read\"}]}"
        });
        let facts = Value::Object(of(&Value::Null, &supplement));
        assert_eq!(facts["encryption_key"], "alias/books");
        assert_eq!(facts["object_ownership"], "ObjectWriter");
        assert_eq!(facts["public_access_block"]["block_public_policy"], false);
        let grant =
            json!([{"grantee": "http://acs.amazonaws.com/groups/global/AllUsers", "permission": "READ"}]);
        assert_eq!(facts["acl"], grant);
    }
}
