//! Ways that are written of elsewhere and that are no method here, and why.

/// A way that no step is claimed by: its id, and why.
pub const NOT_CLAIMED: &[(&str, &str)] = &[
    (
        "x-iam-slr",
        "A service-linked role trusts its service only and has a policy that AWS fixes: nobody else acts as it.",
    ),
    (
        "x-iam-oidc",
        "Tokens come from the issuer's host; another audience or thumbprint makes nobody its owner.",
    ),
    ("x-sso-creds", "It takes a token that somebody was robbed of, and no permission of IAM."),
    (
        "x-cognito-idp",
        "Who is in which group of a user pool, and what applications make of claims, is in no source.",
    ),
    ("x-ecr", "Which workload runs which image is in no source."),
    ("x-s3-code", "Which workload takes its code from which object is in no source."),
    (
        "x-rds",
        "A database uses its role for imports and exports of its own, and not for whatever its user says.",
    ),
    ("x-redshift", "A cluster uses its roles to load and unload data, and not for whatever its user says."),
    (
        "x-ssm-read",
        "Values of parameters are read directly, and that is told as access; a session is resumed by its owner.",
    ),
    (
        "x-lambda-invoke",
        "What a function does for whoever calls it stands in its code, which is in no source. Policies of functions and layers are x-rpolicy.",
    ),
    (
        "x-ec2-imds",
        "Older metadata requests help whoever makes an instance fetch for them; whether a program there does is in no source.",
    ),
    (
        "x-ssm-automation",
        "What a runbook does with the role that its caller hands over stands in its text, which is in no source. To write one is ssm-003.",
    ),
    (
        "x-ecs-capacity",
        "Which tasks a cluster places on a new host is in no source. To start one there with a role is ecs-007.",
    ),
    (
        "x-cfn-cdk",
        "Bootstrap roles are roles and are assumed by sts-001; what they hand over is cloudformation-001. To write templates into the bucket is x-s3-code.",
    ),
    (
        "x-codebuild-src",
        "Which object a project builds from is in no source. A session in a build takes starting one, which is codebuild-002.",
    ),
    ("x-codestar", "AWS CodeStar makes no projects since 31 July 2024."),
    (
        "x-sm-mlflow",
        "The page of a tracking server shows experiments, and does not lend the role of the server.",
    ),
    ("x-sm-datazone", "Who is a member of which project, and so comes by its roles, is in no source."),
    (
        "x-bedrock-tool",
        "The function that an agent calls is entered by lambda-003; the agent gives its caller no role besides.",
    ),
    ("x-lightsail", "Its instances and databases have no role of the account."),
    (
        "x-misc",
        "Brokers, directories, channels and certificates have logins of their own, and give no rights of IAM.",
    ),
];

#[cfg(test)]
mod tests {
    use super::NOT_CLAIMED;

    #[test]
    fn what_is_not_claimed_is_no_method() {
        for (id, why) in NOT_CLAIMED {
            assert!(crate::steps::method(id).is_none(), "{id} is a method");
            assert!(!why.is_empty(), "{id}");
        }
    }
}
