//! Condition keys: what they are called, what values they take, and which are the same everywhere.

use std::sync::LazyLock;

use crate::caseless::{Caseless, begins_with};
use crate::facts::Facts;
use crate::table::{Row, rows};

/// What the values of a condition key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Any text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A point in time.
    Date,
    /// An address, or a range of addresses.
    IpAddress,
}

/// A condition key that the catalogue knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionKey {
    /// Its name as AWS writes it; with a variable if it is a template: `aws:PrincipalTag/${TagKey}`.
    pub name: &'static str,
    /// What its values are.
    pub kind: KeyType,
    /// Can a request carry several values for it, so that `ForAllValues` and `ForAnyValue` make sense?
    pub multivalued: bool,
    /// What is known of it as a global key, if it is one.
    pub global: Option<&'static GlobalKey>,
}

impl ConditionKey {
    /// Does the name have a part to be filled in, such as the key of a tag?
    pub fn is_template(&self) -> bool {
        variable(self.name).is_some()
    }
}

/// A condition key that does not depend on the action.
#[derive(Debug, PartialEq, Eq)]
pub struct GlobalKey {
    /// Its name; with a variable if it is a template.
    pub name: &'static str,
    /// What its values are.
    pub kind: KeyType,
    /// Can a request carry several values for it?
    pub multivalued: bool,
    /// What it is a property of: `principal`, `session`, `network`, `resource`, `request` and the like.
    pub group: &'static str,
    /// When a request carries it.
    pub present_when: &'static str,
    /// Is a wildcard in its value never right, because it says whose something is?
    pub sensitive: bool,
    /// Is it in AWS's own list of global keys, and not only in others' lists?
    pub documented: bool,
}

impl GlobalKey {
    /// Does the key work only with the actions that list it? So it is with tags of requests and resources.
    /// See AWS: IAM User Guide, "AWS global condition context keys".
    pub fn needs_listing(&self) -> bool {
        ["aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys"]
            .iter()
            .any(|start| self.name.starts_with(start))
    }
}

impl GlobalKey {
    /// Does every request carry it, so that none lacks it? Of these keys AWS says that they are "always included in the request
    /// context": IAM User Guide, "AWS global condition context keys", Availability.
    pub fn is_in_every_request(&self) -> bool {
        self.documented && self.present_when.starts_with("every request")
    }
}

const GLOBAL: &str = include_str!("../data/global_condition_keys.tsv");

pub(crate) fn global_keys() -> &'static [GlobalKey] {
    static KEYS: LazyLock<Vec<GlobalKey>> = LazyLock::new(|| rows(GLOBAL).map(global_key).collect());
    &KEYS
}

fn global_key(row: Row<'static>) -> GlobalKey {
    GlobalKey {
        name: row.text(0),
        kind: match row.text(1) {
            "ARN" => KeyType::Arn,
            "Bool" => KeyType::Bool,
            "Numeric" => KeyType::Numeric,
            "Date" => KeyType::Date,
            "IPAddress" => KeyType::IpAddress,
            _ => KeyType::String,
        },
        multivalued: row.text(2) == "1",
        group: row.text(3),
        present_when: row.text(4),
        sensitive: row.text(5) == "1",
        documented: row.text(6) == "doc",
    }
}

/// What the token of any OpenID Connect provider can say; the provider's own claims come from the facts.
/// See AWS: IAM User Guide, "IAM and AWS STS condition context keys", keys for OIDC federation.
const OIDC_KEYS: [(&str, bool); 5] = [
    ("${OidcProvider}:amr", true),
    ("${OidcProvider}:aud", false),
    ("${OidcProvider}:email", false),
    ("${OidcProvider}:oaud", false),
    ("${OidcProvider}:sub", false),
];

/// The key of a provider, which is known by its host and perhaps a path: `gitlab.example.com/group:sub`.
fn oidc_key(key: &str) -> Option<ConditionKey> {
    let (provider, _) = key.rsplit_once(':')?;
    let (name, multivalued) = OIDC_KEYS
        .into_iter()
        .find(|(name, _)| provider.contains('.') && !provider.contains(':') && fits(name, key))?;
    Some(ConditionKey { name, kind: KeyType::String, multivalued, global: None })
}

/// Finds keys by name, global ones first.
#[derive(Debug)]
pub(crate) struct KeyIndex {
    global: Caseless,
    listed: Caseless,
    /// The rows whose names are templates.
    templates: Vec<u16>,
}

impl KeyIndex {
    pub(crate) fn new(facts: &Facts) -> Self {
        Self {
            global: Caseless::new(global_keys().iter().map(|key| key.name)),
            listed: Caseless::new(facts.keys.iter().map(|row| row.name)),
            templates: (0u16..)
                .zip(&facts.keys)
                .filter(|(_, row)| variable(row.name).is_some())
                .map(|(id, _)| id)
                .collect(),
        }
    }

    pub(crate) fn get(&self, facts: &Facts, key: &str) -> Option<ConditionKey> {
        let global =
            self.global.get(key, |at| global_keys()[at as usize].name).map(|at| &global_keys()[at as usize]);
        if let Some(key) = global.or_else(|| global_keys().iter().find(|known| fits(known.name, key))) {
            let GlobalKey { name, kind, multivalued, .. } = *key;
            return Some(ConditionKey { name, kind, multivalued, global: Some(key) });
        }
        let listed =
            self.listed.get(key, |at| facts.keys[at as usize].name).map(|at| &facts.keys[at as usize]);
        let row = listed.or_else(|| {
            self.templates.iter().map(|&id| &facts.keys[usize::from(id)]).find(|row| fits(row.name, key))
        });
        let Some(row) = row else { return oidc_key(key) };
        let kind = match row.kind.to_ascii_lowercase() {
            b'a' => KeyType::Arn,
            b'b' => KeyType::Bool,
            b'n' => KeyType::Numeric,
            b'd' => KeyType::Date,
            b'i' => KeyType::IpAddress,
            // The reader of the facts let no other letter pass.
            _ => KeyType::String,
        };
        Some(ConditionKey { name: row.name, kind, multivalued: row.kind.is_ascii_uppercase(), global: None })
    }
}

/// What stands before and after the variable of a template. AWS writes variables as `${TagKey}` and as `<key>`.
fn variable(name: &str) -> Option<(&str, &str)> {
    let (before, rest) = name.split_once("${").or_else(|| name.split_once('<'))?;
    Some((before, rest.split_once(['}', '>'])?.1))
}

/// Is `key` the template with its variable filled in?
fn fits(template: &str, key: &str) -> bool {
    let Some((before, after)) = variable(template) else { return false };
    key.len() > before.len() + after.len()
        && begins_with(key, before)
        && key.as_bytes()[key.len() - after.len()..].eq_ignore_ascii_case(after.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{KeyType, fits, global_keys, variable};
    use crate::catalog;

    #[test]
    fn templates_are_filled_in_by_any_text() {
        assert!(fits("aws:PrincipalTag/${TagKey}", "AWS:principaltag/Team/é"));
        assert!(!fits("aws:PrincipalTag/${TagKey}", "aws:PrincipalTag/"));
        assert!(fits("s3:ExistingObjectTag/<key>", "s3:ExistingObjectTag/x"));
        assert!(fits("token.${Domain}.ghe.com:actor", "token.x.ghe.com:ACTOR"));
        assert!(!fits("token.${Domain}.ghe.com:actor", "token.x.ghe.com:ref"));
        assert!(!fits("aws:PrincipalArn", "aws:PrincipalArn"));
    }

    #[test]
    fn no_template_has_two_variables() {
        let names = catalog()
            .services()
            .flat_map(|service| service.keys())
            .chain(global_keys().iter().map(|key| key.name));
        for name in names {
            if let Some((_, after)) = variable(name) {
                assert!(variable(after).is_none(), "{name}");
            }
        }
    }

    #[test]
    fn keys_are_found_with_their_type() {
        let key = |name: &str| catalog().condition_key(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(key("AWS:sourceip").kind, KeyType::IpAddress);
        assert!(key("aws:PrincipalOrgPaths").multivalued && !key("aws:PrincipalOrgID").multivalued);
        assert!(key("aws:PrincipalOrgID").global.is_some_and(|global| global.sensitive));
        assert_eq!(key("aws:PrincipalTag/team").name, "aws:PrincipalTag/${TagKey}");
        assert_eq!(key("s3:ExistingObjectTag/class").name, "s3:ExistingObjectTag/<key>");
        assert!(key("kms:EncryptionContext:app").is_template());
        assert_eq!(
            key("token.actions.githubusercontent.com:repository").name,
            "token.actions.githubusercontent.com:repository"
        );
        assert_eq!(key("token.actions.githubusercontent.com:sub").name, "${OidcProvider}:sub");
        assert_eq!(key("oidc.eks.eu-west-1.amazonaws.com/id/AB12:aud").name, "${OidcProvider}:aud");
        assert_eq!(catalog().condition_key("nohost:aud"), None);
        assert_eq!(catalog().condition_key("example.com:x:aud"), None);
        assert_eq!(key("s3:max-keys").kind, KeyType::Numeric);
        assert!(key("dynamodb:LeadingKeys").multivalued);
        assert_eq!(catalog().condition_key("aws:NoSuchKey"), None);
        assert_eq!(catalog().condition_key(""), None);
    }

    #[test]
    fn tags_of_resources_are_global_names_that_need_listing() {
        let listed: Vec<&str> =
            global_keys().iter().filter(|key| key.needs_listing()).map(|key| key.name).collect();
        assert_eq!(listed, ["aws:ResourceTag/${TagKey}", "aws:RequestTag/${TagKey}", "aws:TagKeys"]);
        let always: Vec<&str> = global_keys()
            .iter()
            .filter(|key| key.is_in_every_request() && key.group == "request")
            .map(|key| key.name)
            .collect();
        let wanted = [
            "aws:ViaAWSService",
            "aws:CurrentTime",
            "aws:EpochTime",
            "aws:RequestedRegion",
            "aws:SecureTransport",
            "aws:UserAgent",
        ];
        assert_eq!(always, wanted);
        let action = |name| catalog().action(name).expect("a well known action");
        let takes = |name, key| catalog().takes_key(action(name), key);
        assert_eq!(takes("ec2:StartInstances", "aws:ResourceTag/team"), Some(true));
        assert_eq!(takes("sts:GetCallerIdentity", "aws:ResourceTag/team"), Some(false));
        assert_eq!(takes("sts:GetCallerIdentity", "aws:SourceIp"), Some(true));
        assert_eq!(takes("s3:GetObject", "s3:max-keys"), Some(false));
        assert_eq!(takes("s3:GetObject", "s3:NoSuchKey"), None);
        assert_eq!(takes("assurance:Chat", "aws:SourceIp"), Some(true));
        assert_eq!(takes("assurance:Chat", "s3:max-keys"), None, "the keys of late actions are not known");
    }
}
