//! Which conditions does the asker meet by choosing what to ask for?
//!
//! Tags in the request, the region, and what a service's own keys say of the parameters are the asker's choice: a
//! condition on them narrows what is done, and stops nobody from doing it. What is left (a second factor, an address, a
//! tag of the thing) is a fact about the world.
//!
//! AWS: IAM User Guide, "AWS global condition context keys"; Service Authorization Reference, the keys of each service.

/// Is the key, in lower case, about the parameters of a request for this action?
pub(crate) fn is_chosen(key: &str, action: &str) -> bool {
    if key.starts_with("aws:requesttag/") || matches!(key, "aws:tagkeys" | "aws:requestedregion") {
        return true;
    }
    // AWS: Cognito Developer Guide, "Role trust and permissions": which pool, and signed in or not, says whoever
    // configures the pool.
    if key.starts_with("cognito-identity.amazonaws.com:") && action == "sts:AssumeRoleWithWebIdentity" {
        return true;
    }
    let Some((service, name)) = key.split_once(':') else { return false };
    let of_service = action.split(':').next().is_some_and(|prefix| prefix.eq_ignore_ascii_case(service));
    // `sts:ExternalId` is a secret between two, and no choice.
    of_service
        && service != "sts"
        && !name.starts_with("resourcetag")
        && !(service == "iam" && name == "permissionsboundary" && !sets_boundary(action))
}

/// Is the boundary in the request, and not a fact about the principal that it acts on?
fn sets_boundary(action: &str) -> bool {
    ["iam:CreateUser", "iam:CreateRole", "iam:PutUserPermissionsBoundary", "iam:PutRolePermissionsBoundary"]
        .iter()
        .any(|sets| sets.eq_ignore_ascii_case(action))
}

#[cfg(test)]
mod tests {
    use super::is_chosen;

    #[test]
    fn parameters_are_chosen_and_facts_are_not() {
        for (key, action, chosen) in [
            ("aws:requesttag/team", "ec2:RunInstances", true),
            ("aws:requestedregion", "ec2:RunInstances", true),
            ("ec2:instancetype", "ec2:RunInstances", true),
            ("ec2:resourcetag/team", "ec2:StartInstances", false),
            ("aws:resourcetag/team", "ec2:StartInstances", false),
            ("aws:multifactorauthpresent", "iam:PassRole", false),
            ("sts:externalid", "sts:AssumeRole", false),
            ("iam:permissionsboundary", "iam:AttachUserPolicy", false),
            ("iam:permissionsboundary", "iam:CreateRole", true),
            ("iam:associatedresourcearn", "iam:PassRole", true),
            ("lambda:layer", "iam:PassRole", false),
        ] {
            assert_eq!(is_chosen(key, action), chosen, "{key} of {action}");
        }
    }
}
