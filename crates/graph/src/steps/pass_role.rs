//! Somebody hands a role to a service, in something new, and acts through that.
//!
//! AWS: IAM User Guide, "Grant a user permissions to pass a role to an AWS service": whoever starts something with a role
//! needs `iam:PassRole` on it, and the role has to trust the service.

use super::gate::is_in_profile;
use super::method::{Gives, Method, MethodKind, On, Tried, Way, ask, way};

const PASSING: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";
const CREDENTIALS: &str = "What is started runs as the role, and whoever wrote it can let it do, or hand out, all that \
    the role may do.";
const FIX: &str =
    "Narrow iam:PassRole to the roles that this task needs, and say the service by iam:PassedToService.";
const CHECK: &str =
    "Simulate iam:PassRole on the role with iam:PassedToService set to the service: it should be denied.";

/// A method that passes a role.
const fn passes(
    id: &'static str,
    title: &'static str,
    ways: &'static [Way],
    page: &'static [&'static str],
) -> Method {
    Method {
        id,
        title,
        kind: MethodKind::PassesRole,
        ways,
        misuse: CREDENTIALS,
        fix: FIX,
        check: CHECK,
        pages: page,
    }
}

const LAMBDA: Tried = Tried::Passed("lambda.amazonaws.com");
const EC2: Tried = Tried::Passed("ec2.amazonaws.com");
const FUNCTION: On = On::New("lambda:function");

pub(super) static METHODS: &[Method] = &[
    passes(
        "lambda-001",
        "Make a function with a role, and run it",
        &[way(
            LAMBDA,
            Gives::Subject,
            &[ask("lambda:CreateFunction", FUNCTION), ask("lambda:InvokeFunction", FUNCTION)],
        )],
        &[PASSING, "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"],
    ),
    passes(
        "ec2-001",
        "Start an instance with a role",
        &[
            way(
                EC2,
                Gives::Subject,
                &[
                    ask("ec2:RunInstances", On::New("ec2:instance")),
                    ask("ec2:RunInstances", On::Some("ec2:image")),
                    ask("ec2:RunInstances", On::Some("ec2:subnet")),
                    ask("ec2:RunInstances", On::Some("ec2:security-group")),
                    ask("ec2:RunInstances", On::New("ec2:network-interface")),
                    ask("ec2:RunInstances", On::New("ec2:volume")),
                ],
            )
            .if_(is_in_profile),
            way(
                EC2,
                Gives::Subject,
                &[
                    ask("iam:CreateInstanceProfile", On::New("iam:instance-profile")),
                    ask("iam:AddRoleToInstanceProfile", On::New("iam:instance-profile")),
                    ask("ec2:RunInstances", On::New("ec2:instance")),
                    ask("ec2:RunInstances", On::Some("ec2:image")),
                    ask("ec2:RunInstances", On::Some("ec2:subnet")),
                    ask("ec2:RunInstances", On::Some("ec2:security-group")),
                    ask("ec2:RunInstances", On::New("ec2:network-interface")),
                    ask("ec2:RunInstances", On::New("ec2:volume")),
                ],
            ),
        ],
        &[PASSING, "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html"],
    ),
];
