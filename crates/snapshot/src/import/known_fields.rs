//! What of an item of AWS Config may be written down before it is imported? The fields that an import can take, by name,
//! wherever they stand; everything else goes, and with it variables, user data, commands and settings of the customer's own.

use serde_json::{Map, Value};

use super::{config_types, roles, safe_facts};

/// Fields of the item itself, of identities, providers, aliases and buckets, in small letters.
const NAMES: &[&str] = &[
    "accesscontrollist",
    "accountid",
    "aliasname",
    "applyserversideencryptionbydefault",
    "arn",
    "attachedmanagedpolicies",
    "attributename",
    "attributevalues",
    "awsaccountid",
    "awsregion",
    "blockpublicacls",
    "blockpublicpolicy",
    "bucketownershipcontrols",
    "clientidlist",
    "configuration",
    "configurationitemcapturetime",
    "configurationitemstatus",
    "createdate",
    "dbclustersnapshotattributes",
    "dbsnapshotattributes",
    "defaultversionid",
    "grantee",
    "grantlist",
    "grants",
    "groupid",
    "grouplist",
    "grouppolicylist",
    "id",
    "identifier",
    "ignorepublicacls",
    "instanceprofilelist",
    "isdefaultversion",
    "kmsmasterkeyid",
    "lastuseddate",
    "objectownership",
    "operations",
    "ownershipcontrols",
    "permission",
    "permissionsboundary",
    "permissionsboundaryarn",
    "policyarn",
    "policyname",
    "policyversionlist",
    "publicaccessblockconfiguration",
    "region",
    "resourceid",
    "resourcename",
    "resourcetype",
    "restrictpublicbuckets",
    "roleid",
    "rolelastused",
    "rolepolicylist",
    "roles",
    "rules",
    "serversideencryptionconfiguration",
    "ssealgorithm",
    "supplementaryconfiguration",
    "targetkeyid",
    "updatedate",
    "uri",
    "url",
    "userid",
    "userpolicylist",
    "versionid",
];

/// Fields whose value is a policy: kept whole if it looks like one.
const POLICIES: &[&str] = &[
    "accesspolicies",
    "accesspolicy",
    "assumerolepolicydocument",
    "document",
    "policy",
    "policydocument",
    "policytext",
    "resourcepolicy",
];

/// The item with the fields that an import can take, as the tables of the import name them.
#[must_use]
pub fn known_fields_of_config_item(item: &Value) -> Value {
    kept(item, 0).unwrap_or_default()
}

/// Deeper than any item of AWS Config has such a field.
const DEEPEST: u8 = 12;

fn kept(value: &Value, depth: u8) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    Some(match value {
        Value::Object(object) => Value::Object(
            object
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), field(name, value, depth)?)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(list) => list.iter().filter_map(|value| kept(value, depth + 1)).collect(),
        plain => plain.clone(),
    })
}

fn field(name: &str, value: &Value, depth: u8) -> Option<Value> {
    let small = name.to_lowercase();
    if POLICIES.contains(&&*small)
        || config_types::policy_fields().any(|known| known.eq_ignore_ascii_case(name))
    {
        let text = value.to_string();
        // The name of a policy is no policy; what holds one by another name is looked into.
        return match value {
            Value::Null => Some(Value::Null),
            _ if text.contains("Statement") || text.contains("%22Statement%22") => Some(value.clone()),
            Value::Object(_) | Value::Array(_) => kept(value, depth + 1),
            Value::String(text) if text.is_empty() => Some(value.clone()),
            _ => None,
        };
    }
    if small == "tags" {
        return Some(tags(value));
    }
    let known = NAMES.contains(&&*small)
        || safe_facts::fields().any(|known| known.eq_ignore_ascii_case(name))
        || roles::FIELDS.iter().any(|known| known.eq_ignore_ascii_case(name));
    if !known {
        return None;
    }
    // Parts come as JSON in a string, too.
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            kept(&serde_json::from_str(text).ok()?, depth + 1)
        }
        value => kept(value, depth + 1),
    }
}

/// Tags are kept as they are, keys and values.
fn tags(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            map.iter().filter(|(_, value)| value.is_string()).map(|(k, v)| (k.clone(), v.clone())).collect()
        }
        Value::Array(list) => {
            let pair = |tag: &Value| {
                let object = tag.as_object()?.iter();
                let plain = object.filter(|(name, value)| {
                    value.is_string() && ["key", "value"].iter().any(|known| known.eq_ignore_ascii_case(name))
                });
                Some(Value::Object(plain.map(|(k, v)| (k.clone(), v.clone())).collect()))
            };
            list.iter().filter_map(pair).collect()
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::known_fields_of_config_item;

    #[test]
    fn what_holds_secrets_goes_and_what_access_depends_on_stays() {
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Here"}]});
        let item = json!({
            "resourceType": "AWS::Lambda::Function", "arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
            "accountId": "111122223333", "relationships": [{"name": "s3cr3t"}],
            "configuration": {
                "role": "arn:aws:iam::111122223333:role/r", "runtime": "python3.13", "description": "s3cr3t",
                "environment": {"variables": {"PASSWORD": "s3cr3t", "role": "s3cr3t"}, "privilegedMode": true,
                    "environmentVariables": [{"name": "x", "value": "s3cr3t"}]},
                "containerDefinitions": [{"environment": [{"name": "x", "value": "s3cr3t"}], "command": ["s3cr3t"]}],
                "userData": "s3cr3t", "parameters": [{"parameterKey": "p", "parameterValue": "s3cr3t"}],
                "policy": "s3cr3t", "state": {"name": "running", "reason": "s3cr3t"},
            },
            "supplementaryConfiguration": {"Policy": policy.to_string(), "Secret": "s3cr3t",
                "DBSnapshotAttributes": [{"attributeName": "restore", "attributeValues": ["111122223333"], "x": "s3cr3t"}],
                "AccessControlList": "{\"grantList\":[{\"grantee\":\"AllUsers\",\"permission\":\"Read\"}],\"owner\":\"s3cr3t\"}"},
            "tags": {"team": "pay"}
        });
        let kept = known_fields_of_config_item(&item);
        assert!(!kept.to_string().contains("s3cr3t"), "{kept}");
        assert_eq!(kept["configuration"]["role"], "arn:aws:iam::111122223333:role/r");
        assert_eq!(kept["configuration"]["environment"], json!({"privilegedMode": true}));
        assert_eq!(kept["configuration"]["state"], json!({"name": "running"}));
        assert_eq!(kept["supplementaryConfiguration"]["Policy"], policy.to_string());
        let grants = json!([{"grantee": "AllUsers", "permission": "Read"}]);
        assert_eq!(kept["supplementaryConfiguration"]["AccessControlList"]["grantList"], grants);
        let restore = json!([{"attributeName": "restore", "attributeValues": ["111122223333"]}]);
        assert_eq!(kept["supplementaryConfiguration"]["DBSnapshotAttributes"], restore);
        assert_eq!(kept["tags"], json!({"team": "pay"}));
    }

    /// Nothing that an import takes is lost.
    #[test]
    fn an_import_of_what_is_kept_is_the_import_of_everything() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
        let mut items = Vec::new();
        let mut look = vec![folder.join("accounts")];
        while let Some(path) = look.pop() {
            if path.is_dir() {
                look.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let text = std::fs::read_to_string(&path).expect("a file");
                let value: Value = serde_json::from_str(&text).expect("JSON");
                items.extend(
                    value.get("configurationItems").and_then(Value::as_array).cloned().unwrap_or_default(),
                );
            }
        }
        assert!(items.len() > 100, "{} items", items.len());
        let resources = |items: Vec<Value>| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("items.json");
            std::fs::write(&path, json!({"configurationItems": items}).to_string()).expect("writable");
            let snapshot = crate::open_any(&path, |_, _| ()).expect("it imports");
            format!(
                "{:?} {:?} {:?} {:?}",
                snapshot.resources, snapshot.principals, snapshot.documents, snapshot.accounts
            )
        };
        let filtered = items.iter().map(known_fields_of_config_item).collect();
        let (all, kept) = (resources(items), resources(filtered));
        let at = all.bytes().zip(kept.bytes()).take_while(|(a, b)| a == b).count();
        assert!(
            all == kept,
            "{} <> {}",
            &all[at.saturating_sub(200)..(at + 60).min(all.len())],
            &kept[at.saturating_sub(60)..(at + 60).min(kept.len())]
        );
    }
}
