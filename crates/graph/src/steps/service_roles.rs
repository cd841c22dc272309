//! Further services that something new of a caller's runs in, with a role that the caller passes.
//!
//! AWS: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".

use super::gate::starts_pods;
use super::method::{Gives, Method, MethodKind, On, Tried, Way, ask, way};

const PASSING: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";

/// A method that passes a role.
const fn passes(
    id: &'static str,
    title: &'static str,
    ways: &'static [Way],
    misuse: &'static str,
    pages: &'static [&'static str],
) -> Method {
    Method {
        id,
        title,
        kind: MethodKind::PassesRole,
        ways,
        misuse,
        fix: "Narrow iam:PassRole to the roles that this task needs, and say the service by iam:PassedToService.",
        check: "Simulate iam:PassRole on the role with iam:PassedToService set to the service: it should be denied.",
        pages,
    }
}

const PODS: Tried = Tried::Passed("pods.eks.amazonaws.com");
const CLUSTER: On = On::Some("eks:cluster");
const REST_APIS: On = On::OfAws(&["arn:{partition}:apigateway:{region}::/restapis"]);
const NEW_API: On = On::OfAws(&["arn:{partition}:apigateway:{region}::/restapis/*"]);

pub(super) static METHODS: &[Method] = &[
    passes(
        "x-eks",
        "Give a role to a service account of a Kubernetes cluster, and start a pod with it",
        &[
            way(
                PODS,
                Gives::Subject,
                &[
                    ask("eks:CreatePodIdentityAssociation", CLUSTER),
                    ask("eks:CreateAccessEntry", CLUSTER),
                    ask("eks:AssociateAccessPolicy", On::New("eks:access-entry")),
                ],
            ),
            way(PODS, Gives::Subject, &[ask("eks:CreatePodIdentityAssociation", CLUSTER)]).if_(starts_pods),
        ],
        "Every pod of the service account gets the role's credentials, and an access entry lets its maker start pods.",
        &[
            PASSING,
            "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html",
            "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html",
        ],
    ),
    passes(
        "x-iot-alias",
        "Let a role alias lend a role to devices, and make a certificate for one",
        &[
            way(
                Tried::Passed("credentials.iot.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("iot:CreateRoleAlias", On::New("iot:rolealias")),
                    ask("iot:CreateKeysAndCertificate", On::Anything),
                    ask("iot:CreatePolicy", On::New("iot:policy")),
                    ask("iot:AttachPolicy", On::New("iot:cert")),
                ],
            ),
            way(
                Tried::Passed("credentials.iot.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("iot:UpdateRoleAlias", On::Seen("iot:rolealias")),
                    ask("iot:CreateKeysAndCertificate", On::Anything),
                    ask("iot:CreatePolicy", On::New("iot:policy")),
                    ask("iot:AttachPolicy", On::New("iot:cert")),
                ],
            ),
        ],
        "Whoever holds the certificate of a device that may use the alias gets credentials of the role.",
        &[PASSING, "https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html"],
    ),
    passes(
        "x-sm-model",
        "Make a model with a role, and let it answer",
        &[
            way(
                Tried::Passed("sagemaker.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("sagemaker:CreateModel", On::New("sagemaker:model")),
                    ask("sagemaker:CreateEndpointConfig", On::New("sagemaker:endpoint-config")),
                    ask("sagemaker:CreateEndpoint", On::New("sagemaker:endpoint-config")),
                    ask("sagemaker:CreateEndpoint", On::New("sagemaker:endpoint")),
                ],
            ),
            way(
                Tried::Passed("sagemaker.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("sagemaker:CreateModel", On::New("sagemaker:model")),
                    ask("sagemaker:CreateTransformJob", On::New("sagemaker:transform-job")),
                ],
            ),
        ],
        "The container of a model is its maker's own, and runs with the credentials of the role.",
        &[
            PASSING,
            "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html",
            "https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html",
        ],
    ),
    passes(
        "x-apigw",
        "Let an API call AWS with a role",
        &[way(
            Tried::Passed("apigateway.amazonaws.com"),
            Gives::Subject,
            &[
                ask("apigateway:POST", REST_APIS),
                ask("apigateway:PUT", NEW_API),
                ask("apigateway:POST", NEW_API),
            ],
        )],
        "An API can call any action of AWS as the role that it was given, for whoever calls it.",
        &[
            PASSING,
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/getting-started-aws-proxy.html",
            "https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html",
        ],
    ),
    Method {
        id: "codedeploy-001",
        title: "Deploy a revision of one's own to instances",
        kind: MethodKind::EntersWorkload,
        ways: &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[
                ask("codedeploy:CreateDeployment", On::Seen("codedeploy:deploymentgroup")),
                ask("codedeploy:RegisterApplicationRevision", On::Some("codedeploy:application")),
                ask("codedeploy:GetDeploymentConfig", On::Some("codedeploy:deploymentconfig")),
            ],
        )
        .if_(super::gate::is_deployed_to)],
        misuse: "A revision brings commands along that run on every instance of the group, as the instances' role.",
        fix: "Narrow codedeploy:CreateDeployment to the groups of this task, and deploy from revisions that were reviewed.",
        check: "Simulate codedeploy:CreateDeployment on the deployment group: it should be denied.",
        pages: &[
            "https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html",
            "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html",
        ],
    },
];
