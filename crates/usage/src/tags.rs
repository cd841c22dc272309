//! Which permissions does it take to make a thing with tags?
//!
//! Many services ask for the action that tags things too when a call that makes one carries tags. Of some a page of AWS
//! says that it is so; of the others it may be, and each action of theirs that puts tags on such things may have been
//! needed.

use clavicle_catalog::{Access, ActionId, Catalog};

/// Calls with tags that need the action for tags for certain.
///
/// AWS: Amazon SQS API Reference, `CreateQueue`; Amazon SNS API Reference, `CreateTopic`; AWS Secrets Manager API
/// Reference, `CreateSecret`; AWS KMS API Reference, `CreateKey`; of all of EC2: Amazon EC2 User Guide, Grant permission to
/// tag Amazon EC2 resources during creation.
const CERTAIN: &[(&str, &str)] = &[
    ("sqs:CreateQueue", "sqs:TagQueue"),
    ("sns:CreateTopic", "sns:TagResource"),
    ("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
    ("kms:CreateKey", "kms:TagResource"),
    ("ec2:", "ec2:CreateTags"),
];

/// The actions that a call of this one with tags needs besides, or may need.
pub(crate) fn tagging(catalog: &Catalog, action: ActionId) -> Vec<ActionId> {
    let access = catalog.access(action);
    let prefix = catalog.prefix(action);
    // Which of the many of S3, its headers say.
    if !access.intersects(Access::WRITE | Access::PERMISSIONS)
        || is_of_tags(catalog, action)
        || prefix == "s3"
    {
        return Vec::new();
    }
    let service = catalog.service(prefix);
    let all: Vec<ActionId> = service
        .into_iter()
        .flat_map(|service| service.actions())
        .filter(|other| puts_tags(catalog, *other))
        .collect();
    let on = |action: ActionId| catalog.resources(action).map(|resource| resource.resource_type().id());
    let same: Vec<ActionId> = all
        .iter()
        .copied()
        .filter(|other| on(*other).any(|kind| on(action).any(|own| own == kind)))
        .collect();
    if same.is_empty() { all } else { same }
}

/// Does a page of AWS say that such a call with tags needs it?
pub(crate) fn is_certain(catalog: &Catalog, action: ActionId, tagging: ActionId) -> bool {
    let (action, tagging) = (catalog.name(action), catalog.name(tagging));
    let is_it = |name: &str| action == name || (name.ends_with(':') && action.starts_with(name));
    CERTAIN.iter().any(|(name, needed)| is_it(name) && *needed == tagging)
}

fn is_of_tags(catalog: &Catalog, action: ActionId) -> bool {
    let name = catalog.short_name(action);
    catalog.access(action).intersects(Access::TAGGING) && (name.contains("Tag") || name.starts_with("Untag"))
}

/// `TagQueue`, `AddTagsToResource`, `CreateTags`: not those that take tags away.
fn puts_tags(catalog: &Catalog, action: ActionId) -> bool {
    let name = catalog.short_name(action);
    let takes_away = ["Untag", "Remove", "Delete", "Disassociate"];
    is_of_tags(catalog, action) && !takes_away.iter().any(|verb| name.starts_with(verb))
}

#[cfg(test)]
mod tests {
    use super::{CERTAIN, tagging};
    use clavicle_catalog::catalog;

    fn of(action: &str) -> Vec<&'static str> {
        let tagging = tagging(catalog(), catalog().action(action).unwrap());
        tagging.into_iter().map(|action| catalog().name(action)).collect()
    }

    #[test]
    fn the_actions_are_those_that_tag_such_things() {
        for (action, wanted) in [
            ("sqs:CreateQueue", &["sqs:TagQueue"][..]),
            ("iam:CreateRole", &["iam:TagRole"]),
            ("iam:CreateInstanceProfile", &["iam:TagInstanceProfile"]),
            ("logs:CreateLogGroup", &["logs:TagLogGroup", "logs:TagResource"]),
            ("ssm:PutParameter", &["ssm:AddTagsToResource"]),
            ("ec2:CreateVolume", &["ec2:CreateTags"]),
            ("dynamodb:CreateTable", &["dynamodb:TagResource"]),
            ("lambda:CreateFunction", &["lambda:TagResource"]),
            ("states:CreateStateMachine", &["states:TagResource"]),
            ("sqs:TagQueue", &[]),
            ("sqs:UntagQueue", &[]),
            ("ec2:DescribeTags", &[]),
        ] {
            assert_eq!(of(action), wanted, "{action}");
        }
        for (action, needed) in CERTAIN.iter().filter(|(action, _)| !action.ends_with(':')) {
            assert!(of(action).contains(needed), "{action}");
        }
    }
}
