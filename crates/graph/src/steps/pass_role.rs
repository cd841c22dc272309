//! Somebody hands a role to a service, in something new, and acts through that.
//!
//! AWS: IAM User Guide, "Grant a user permissions to pass a role to an AWS service": whoever starts something with a role
//! needs `iam:PassRole` on it, and the role has to trust the service.

use super::gate::{has_some_profile, if_profile_is_of_instance, is_in_profile, may_read_a_source};
use super::method::{Gives, Method, MethodKind, On, Tried, Way, ask, way};
use super::workload::RUNS_WHAT_ONE_SAYS;

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

pub(super) static METHODS: &[Method] = &[
    passes(
        "lambda-001",
        "Make a function with a role, and run it",
        &[way(
            Tried::Passed("lambda.amazonaws.com"),
            Gives::Subject,
            &[
                ask("lambda:CreateFunction", On::New("lambda:function")),
                ask("lambda:InvokeFunction", On::New("lambda:function")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"],
    ),
    passes(
        "lambda-002",
        "Make a function with a role that a stream or queue sets off",
        &[way(
            Tried::Passed("lambda.amazonaws.com"),
            Gives::Subject,
            &[
                ask("lambda:CreateFunction", On::New("lambda:function")),
                ask("lambda:CreateEventSourceMapping", On::Anything),
            ],
        )
        .if_(may_read_a_source)],
        &[
            PASSING,
            "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
            "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html",
        ],
    ),
    passes(
        "lambda-006",
        "Make a function with a role, and let somebody else run it",
        &[way(
            Tried::Passed("lambda.amazonaws.com"),
            Gives::Subject,
            &[
                ask("lambda:CreateFunction", On::New("lambda:function")),
                ask("lambda:AddPermission", On::New("lambda:function")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html"],
    ),
    passes(
        "x-lambda-url",
        "Make a function with a role, and give it a web address",
        &[
            way(
                Tried::Passed("lambda.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("lambda:CreateFunction", On::New("lambda:function")),
                    ask("lambda:CreateFunctionUrlConfig", On::New("lambda:function")),
                    ask("lambda:InvokeFunctionUrl", On::New("lambda:function")),
                    // AWS: new addresses ask for both since October 2025.
                    ask("lambda:InvokeFunction", On::New("lambda:function"))
                        .with(&[("lambda:InvokedViaFunctionUrl", Some("true"))]),
                ],
            ),
            way(
                Tried::Passed("lambda.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("lambda:CreateFunction", On::New("lambda:function")),
                    ask("lambda:CreateFunctionUrlConfig", On::New("lambda:function")),
                    ask("lambda:AddPermission", On::New("lambda:function")),
                ],
            ),
        ],
        &[PASSING, "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"],
    ),
    passes(
        "x-lambda-edge",
        "Make a function with a role, and put it before a distribution",
        &[way(
            Tried::Passed("edgelambda.amazonaws.com"),
            Gives::Subject,
            &[
                ask("lambda:CreateFunction", On::New("lambda:function")),
                ask("lambda:PublishVersion", On::New("lambda:function")),
                ask("cloudfront:UpdateDistribution", On::Seen("cloudfront:distribution")),
            ],
        )],
        &[
            PASSING,
            "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html",
        ],
    ),
    passes(
        "ec2-001",
        "Start an instance with a role",
        &[
            way(
                Tried::Passed("ec2.amazonaws.com"),
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
                Tried::Passed("ec2.amazonaws.com"),
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
    passes(
        "ec2-003",
        "Ask for a spot instance with a role",
        &[
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:RequestSpotInstances", On::New("ec2:spot-instances-request")),
                    ask("ec2:RequestSpotInstances", On::Some("ec2:image")),
                    ask("ec2:RequestSpotInstances", On::Some("ec2:subnet")),
                    ask("ec2:RequestSpotInstances", On::Some("ec2:security-group")),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("iam:CreateInstanceProfile", On::New("iam:instance-profile")),
                    ask("iam:AddRoleToInstanceProfile", On::New("iam:instance-profile")),
                    ask("ec2:RequestSpotInstances", On::New("ec2:spot-instances-request")),
                    ask("ec2:RequestSpotInstances", On::Some("ec2:image")),
                    ask("ec2:RequestSpotInstances", On::Some("ec2:subnet")),
                    ask("ec2:RequestSpotInstances", On::Some("ec2:security-group")),
                ],
            ),
        ],
        &[PASSING, "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html"],
    ),
    passes(
        "x-iam-addroleprofile",
        "Put a role into an instance profile in place of another, and act through an instance with it",
        &[
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("iam:RemoveRoleFromInstanceProfile", On::Some("iam:instance-profile")),
                    ask("iam:AddRoleToInstanceProfile", On::Some("iam:instance-profile")),
                    ask("ec2:RunInstances", On::New("ec2:instance")),
                    ask("ec2:RunInstances", On::Some("ec2:image")),
                    ask("ec2:RunInstances", On::Some("ec2:subnet")),
                    ask("ec2:RunInstances", On::Some("ec2:security-group")),
                    ask("ec2:RunInstances", On::New("ec2:network-interface")),
                    ask("ec2:RunInstances", On::New("ec2:volume")),
                ],
            )
            .if_(has_some_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("iam:RemoveRoleFromInstanceProfile", On::Some("iam:instance-profile")),
                    ask("iam:AddRoleToInstanceProfile", On::Some("iam:instance-profile")),
                    ask("ssm:StartSession", On::Seen("ec2:instance")),
                ],
            )
            .if_(if_profile_is_of_instance),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("iam:RemoveRoleFromInstanceProfile", On::Some("iam:instance-profile")),
                    ask("iam:AddRoleToInstanceProfile", On::Some("iam:instance-profile")),
                    ask("ssm:SendCommand", On::Seen("ec2:instance")),
                    ask("ssm:SendCommand", RUNS_WHAT_ONE_SAYS),
                ],
            )
            .if_(if_profile_is_of_instance),
        ],
        &[PASSING, "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html"],
    ),
    passes(
        "x-ec2-assocprofile",
        "Give a running instance another role",
        &[
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:AssociateIamInstanceProfile", On::Seen("ec2:instance")),
                    ask("ssm:SendCommand", On::Seen("ec2:instance")),
                    ask("ssm:SendCommand", RUNS_WHAT_ONE_SAYS),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:ReplaceIamInstanceProfileAssociation", On::Seen("ec2:instance")),
                    ask("ssm:SendCommand", On::Seen("ec2:instance")),
                    ask("ssm:SendCommand", RUNS_WHAT_ONE_SAYS),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:AssociateIamInstanceProfile", On::Seen("ec2:instance")),
                    ask("ssm:StartSession", On::Seen("ec2:instance")),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:ReplaceIamInstanceProfileAssociation", On::Seen("ec2:instance")),
                    ask("ssm:StartSession", On::Seen("ec2:instance")),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:AssociateIamInstanceProfile", On::Seen("ec2:instance")),
                    ask("ec2-instance-connect:SendSSHPublicKey", On::Seen("ec2:instance")),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:ReplaceIamInstanceProfileAssociation", On::Seen("ec2:instance")),
                    ask("ec2-instance-connect:SendSSHPublicKey", On::Seen("ec2:instance")),
                ],
            )
            .if_(is_in_profile),
        ],
        &[PASSING, "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/attach-iam-role.html"],
    ),
    passes(
        "x-asg",
        "Let Auto Scaling start an instance with a role",
        &[
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("autoscaling:CreateLaunchConfiguration", On::New("autoscaling:launchConfiguration")),
                    ask("autoscaling:CreateAutoScalingGroup", On::New("autoscaling:autoScalingGroup")),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("autoscaling:CreateLaunchConfiguration", On::New("autoscaling:launchConfiguration")),
                    ask("autoscaling:UpdateAutoScalingGroup", On::Seen("autoscaling:autoScalingGroup")),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("ec2:CreateLaunchTemplate", On::New("ec2:launch-template")),
                    ask("autoscaling:CreateAutoScalingGroup", On::New("autoscaling:autoScalingGroup")),
                    ask("ec2:RunInstances", On::New("ec2:instance")),
                    ask("ec2:RunInstances", On::Some("ec2:image")),
                    ask("ec2:RunInstances", On::Some("ec2:subnet")),
                    ask("ec2:RunInstances", On::Some("ec2:security-group")),
                    ask("ec2:RunInstances", On::New("ec2:network-interface")),
                    ask("ec2:RunInstances", On::New("ec2:volume")),
                ],
            )
            .if_(is_in_profile),
        ],
        &[
            PASSING,
            "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html",
            "https://docs.aws.amazon.com/autoscaling/ec2/userguide/us-iam-role.html",
        ],
    ),
    passes(
        "ssm-003",
        "Write a runbook, and start it with a role",
        &[way(
            Tried::Passed("ssm.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ssm:CreateDocument", On::New("ssm:document")),
                ask("ssm:StartAutomationExecution", On::New("ssm:document")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup.html"],
    ),
    passes(
        "ecs-001",
        "Make a cluster, and a service that runs a task with a role",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ecs:CreateCluster", On::New("ecs:cluster")),
                ask("ecs:RegisterTaskDefinition", On::New("ecs:task-definition")),
                ask("ecs:CreateService", On::New("ecs:service")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"],
    ),
    passes(
        "ecs-002",
        "Make a cluster, and run a task with a role",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ecs:CreateCluster", On::New("ecs:cluster")),
                ask("ecs:RegisterTaskDefinition", On::New("ecs:task-definition")),
                ask("ecs:RunTask", On::New("ecs:task-definition")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"],
    ),
    passes(
        "ecs-003",
        "Make a service that runs a task with a role",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ecs:RegisterTaskDefinition", On::New("ecs:task-definition")),
                ask("ecs:CreateService", On::New("ecs:service")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"],
    ),
    passes(
        "ecs-004",
        "Run a task with a role",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ecs:RegisterTaskDefinition", On::New("ecs:task-definition")),
                ask("ecs:RunTask", On::New("ecs:task-definition")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"],
    ),
    passes(
        "ecs-005",
        "Start a task with a role on a container instance",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ecs:RegisterTaskDefinition", On::New("ecs:task-definition")),
                ask("ecs:StartTask", On::New("ecs:task-definition")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html"],
    ),
    passes(
        "ecs-007",
        "Start a task with a role on a container instance of one's own",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ecs:RegisterContainerInstance", On::Some("ecs:cluster")),
                ask("ecs:StartTask", On::Seen("ecs:task-definition")),
            ],
        )],
        &[
            PASSING,
            "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html",
        ],
    ),
    passes(
        "ecs-008",
        "Run a task that is defined already with another role and another command",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[ask("ecs:RunTask", On::Seen("ecs:task-definition"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html"],
    ),
    passes(
        "ecs-009",
        "Start a task that is defined already with another role and another command",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[ask("ecs:StartTask", On::Seen("ecs:task-definition"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html"],
    ),
    passes(
        "x-ecs-update",
        "Let a service run another task with a role",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("ecs:RegisterTaskDefinition", On::New("ecs:task-definition")),
                ask("ecs:UpdateService", On::Seen("ecs:service")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html"],
    ),
    passes(
        "batch-001",
        "Define a job with a role, and run it",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("batch:RegisterJobDefinition", On::New("batch:job-definition")),
                ask("batch:SubmitJob", On::New("batch:job-definition")),
                ask("batch:SubmitJob", On::Some("batch:job-queue")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html"],
    ),
    passes(
        "batch-003",
        "Make all that a job needs, define one with a role, and run it",
        &[way(
            Tried::Passed("ecs-tasks.amazonaws.com"),
            Gives::Subject,
            &[
                ask("batch:CreateComputeEnvironment", On::New("batch:compute-environment")),
                ask("batch:CreateJobQueue", On::New("batch:job-queue")),
                ask("batch:RegisterJobDefinition", On::New("batch:job-definition")),
                ask("batch:SubmitJob", On::New("batch:job-definition")),
                ask("batch:SubmitJob", On::New("batch:job-queue")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateComputeEnvironment.html"],
    ),
    passes(
        "apprunner-001",
        "Make a web service with a role",
        &[way(
            Tried::Passed("tasks.apprunner.amazonaws.com"),
            Gives::Subject,
            &[ask("apprunner:CreateService", On::New("apprunner:service"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/apprunner/latest/dg/security_iam_service-with-iam.html"],
    ),
    passes(
        "cloudformation-001",
        "Make a stack with a role",
        &[
            way(
                Tried::Passed("cloudformation.amazonaws.com"),
                Gives::Subject,
                &[ask("cloudformation:CreateStack", On::New("cloudformation:stack"))],
            ),
            // AWS: `CreateChangeSet` of type CREATE makes the stack. Bootstrap roles of the CDK work by it.
            way(
                Tried::Passed("cloudformation.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("cloudformation:CreateChangeSet", On::New("cloudformation:stack")),
                    ask("cloudformation:ExecuteChangeSet", On::New("cloudformation:stack")),
                ],
            ),
        ],
        &[
            PASSING,
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html",
        ],
    ),
    passes(
        "cloudformation-003",
        "Make a stack set with a role",
        &[way(
            Tried::Passed("cloudformation.amazonaws.com"),
            Gives::Subject,
            &[
                ask("cloudformation:CreateStackSet", On::Anything),
                ask("cloudformation:CreateStackInstances", On::New("cloudformation:stackset")),
            ],
        )],
        &[
            PASSING,
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html",
        ],
    ),
    passes(
        "codebuild-001",
        "Make a build project with a role, and start it",
        &[way(
            Tried::Passed("codebuild.amazonaws.com"),
            Gives::Subject,
            &[
                ask("codebuild:CreateProject", On::New("codebuild:project")),
                ask("codebuild:StartBuild", On::New("codebuild:project")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html"],
    ),
    passes(
        "codebuild-004",
        "Make a build project with a role, and start a batch",
        &[way(
            Tried::Passed("codebuild.amazonaws.com"),
            Gives::Subject,
            &[
                ask("codebuild:CreateProject", On::New("codebuild:project")),
                ask("codebuild:StartBuildBatch", On::New("codebuild:project")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html"],
    ),
    passes(
        "x-codepipeline",
        "Make a pipeline with a role",
        &[way(
            Tried::Passed("codepipeline.amazonaws.com"),
            Gives::Subject,
            &[ask("codepipeline:CreatePipeline", On::New("codepipeline:pipeline"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html"],
    ),
    passes(
        "x-amplify",
        "Make an app with a role, and build it",
        &[way(
            Tried::Passed("amplify.amazonaws.com"),
            Gives::Subject,
            &[
                ask("amplify:CreateApp", On::Anything),
                ask("amplify:CreateBranch", On::New("amplify:branches")),
                ask("amplify:StartJob", On::New("amplify:jobs")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/amplify/latest/userguide/amplify-service-role.html"],
    ),
    passes(
        "x-beanstalk",
        "Make an environment with a role",
        &[way(
            Tried::Passed("ec2.amazonaws.com"),
            Gives::Subject,
            &[
                ask("elasticbeanstalk:CreateApplicationVersion", On::New("elasticbeanstalk:application")),
                ask(
                    "elasticbeanstalk:CreateApplicationVersion",
                    On::New("elasticbeanstalk:applicationversion"),
                ),
                ask("elasticbeanstalk:CreateEnvironment", On::New("elasticbeanstalk:environment")),
            ],
        )
        .if_(is_in_profile)],
        &[PASSING, "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/concepts-roles-instance.html"],
    ),
    passes(
        "glue-001",
        "Make a development endpoint with a role",
        &[way(
            Tried::Passed("glue.amazonaws.com"),
            Gives::Subject,
            &[ask("glue:CreateDevEndpoint", On::Anything)],
        )],
        &[PASSING, "https://docs.aws.amazon.com/glue/latest/dg/dev-endpoint.html"],
    ),
    passes(
        "glue-003",
        "Make a job with a role, and run it",
        &[way(
            Tried::Passed("glue.amazonaws.com"),
            Gives::Subject,
            &[ask("glue:CreateJob", On::New("glue:job")), ask("glue:StartJobRun", On::New("glue:job"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/glue/latest/dg/create-an-iam-role.html"],
    ),
    passes(
        "glue-004",
        "Make a job with a role that a trigger runs",
        &[way(
            Tried::Passed("glue.amazonaws.com"),
            Gives::Subject,
            &[ask("glue:CreateJob", On::New("glue:job")), ask("glue:CreateTrigger", On::New("glue:trigger"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/glue/latest/dg/trigger-job.html"],
    ),
    passes(
        "glue-005",
        "Give a job another role and another script, and run it",
        &[way(
            Tried::Passed("glue.amazonaws.com"),
            Gives::Subject,
            &[ask("glue:UpdateJob", On::Seen("glue:job")), ask("glue:StartJobRun", On::Seen("glue:job"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html"],
    ),
    passes(
        "glue-006",
        "Give a job another role and another script, and a trigger",
        &[way(
            Tried::Passed("glue.amazonaws.com"),
            Gives::Subject,
            &[
                ask("glue:UpdateJob", On::Seen("glue:job")),
                ask("glue:CreateTrigger", On::New("glue:trigger")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html"],
    ),
    passes(
        "glue-007",
        "Begin an interactive session with a role",
        &[way(
            Tried::Passed("glue.amazonaws.com"),
            Gives::Subject,
            &[
                ask("glue:CreateSession", On::New("glue:session")),
                ask("glue:RunStatement", On::New("glue:session")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/glue/latest/dg/glue-is-security.html"],
    ),
    passes(
        "sagemaker-001",
        "Make a notebook with a role, and open it",
        &[way(
            Tried::Passed("sagemaker.amazonaws.com"),
            Gives::Subject,
            &[
                ask("sagemaker:CreateNotebookInstance", On::New("sagemaker:notebook-instance")),
                ask("sagemaker:CreatePresignedNotebookInstanceUrl", On::New("sagemaker:notebook-instance")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"],
    ),
    passes(
        "sagemaker-002",
        "Run a training job with a role",
        &[way(
            Tried::Passed("sagemaker.amazonaws.com"),
            Gives::Subject,
            &[ask("sagemaker:CreateTrainingJob", On::New("sagemaker:training-job"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"],
    ),
    passes(
        "sagemaker-003",
        "Run a processing job with a role",
        &[way(
            Tried::Passed("sagemaker.amazonaws.com"),
            Gives::Subject,
            &[ask("sagemaker:CreateProcessingJob", On::New("sagemaker:processing-job"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"],
    ),
    passes(
        "x-sm-hpo",
        "Run a tuning job with a role",
        &[way(
            Tried::Passed("sagemaker.amazonaws.com"),
            Gives::Subject,
            &[ask(
                "sagemaker:CreateHyperParameterTuningJob",
                On::New("sagemaker:hyper-parameter-tuning-job"),
            )],
        )],
        &[PASSING, "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"],
    ),
    passes(
        "x-sm-studio",
        "Give a user of a domain another role, and open the domain",
        &[
            way(
                Tried::Passed("sagemaker.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("sagemaker:CreateUserProfile", On::New("sagemaker:user-profile")),
                    ask("sagemaker:CreatePresignedDomainUrl", On::New("sagemaker:user-profile")),
                ],
            ),
            way(
                Tried::Passed("sagemaker.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("sagemaker:UpdateUserProfile", On::Some("sagemaker:user-profile")),
                    ask("sagemaker:CreatePresignedDomainUrl", On::Some("sagemaker:user-profile")),
                ],
            ),
        ],
        &[PASSING, "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html"],
    ),
    passes(
        "bedrock-001",
        "Make a code interpreter with a role, and run code in it",
        &[way(
            Tried::Passed("bedrock-agentcore.amazonaws.com"),
            Gives::Subject,
            &[
                ask("bedrock-agentcore:CreateCodeInterpreter", On::Anything),
                ask(
                    "bedrock-agentcore:StartCodeInterpreterSession",
                    On::New("bedrock-agentcore:code-interpreter-custom"),
                ),
                ask(
                    "bedrock-agentcore:InvokeCodeInterpreter",
                    On::New("bedrock-agentcore:code-interpreter-custom"),
                ),
            ],
        )],
        &[
            PASSING,
            "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html",
        ],
    ),
    passes(
        "bedrock-003",
        "Make an agent runtime with a role, and run a command in it",
        &[way(
            Tried::Passed("bedrock-agentcore.amazonaws.com"),
            Gives::Subject,
            &[
                ask("bedrock-agentcore:CreateAgentRuntime", On::Anything),
                ask("bedrock-agentcore:CreateAgentRuntimeEndpoint", On::New("bedrock-agentcore:runtime")),
                ask(
                    "bedrock-agentcore:CreateWorkloadIdentity",
                    On::New("bedrock-agentcore:workload-identity"),
                ),
                ask("bedrock-agentcore:InvokeAgentRuntimeCommand", On::New("bedrock-agentcore:runtime")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html"],
    ),
    passes(
        "bedrock-005",
        "Make an agent harness with a role, and run a command in it",
        &[way(
            Tried::Passed("bedrock-agentcore.amazonaws.com"),
            Gives::Subject,
            &[
                ask("bedrock-agentcore:CreateHarness", On::Anything),
                ask("bedrock-agentcore:CreateAgentRuntime", On::Anything),
                ask("bedrock-agentcore:CreateAgentRuntimeEndpoint", On::New("bedrock-agentcore:runtime")),
                ask(
                    "bedrock-agentcore:CreateWorkloadIdentity",
                    On::New("bedrock-agentcore:workload-identity"),
                ),
                ask("bedrock-agentcore:GetAgentRuntime", On::New("bedrock-agentcore:runtime")),
                ask("bedrock-agentcore:InvokeAgentRuntimeCommand", On::New("bedrock-agentcore:runtime")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html"],
    ),
    passes(
        "bedrock-006",
        "Make a browser with a role, and steer it",
        &[way(
            Tried::Passed("bedrock-agentcore.amazonaws.com"),
            Gives::Subject,
            &[
                ask("bedrock-agentcore:CreateBrowser", On::Anything),
                ask("bedrock-agentcore:StartBrowserSession", On::New("bedrock-agentcore:browser-custom")),
                ask("bedrock-agentcore:ConnectBrowserAutomationStream", On::Anything),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/browser-tool.html"],
    ),
    passes(
        "stepfunctions-001",
        "Make a state machine with a role, and start it",
        &[
            way(
                Tried::Passed("states.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("states:CreateStateMachine", On::New("states:statemachine")),
                    ask("states:StartExecution", On::New("states:statemachine")),
                ],
            ),
            way(
                Tried::Passed("states.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("states:CreateStateMachine", On::New("states:statemachine")),
                    ask("states:StartSyncExecution", On::New("states:statemachine")),
                ],
            ),
        ],
        &[PASSING, "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html"],
    ),
    passes(
        "x-sfn-test",
        "Test one state with a role",
        &[way(
            Tried::Passed("states.amazonaws.com"),
            Gives::Subject,
            &[ask("states:TestState", On::Anything)],
        )],
        &[PASSING, "https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html"],
    ),
    passes(
        "scheduler-001",
        "Make a schedule that calls any API with a role",
        &[
            way(
                Tried::Passed("scheduler.amazonaws.com"),
                Gives::Subject,
                &[ask("scheduler:CreateSchedule", On::New("scheduler:schedule"))],
            ),
            way(
                Tried::Passed("scheduler.amazonaws.com"),
                Gives::Subject,
                &[ask("scheduler:UpdateSchedule", On::Seen("scheduler:schedule"))],
            ),
        ],
        &[PASSING, "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html"],
    ),
    passes(
        "x-events",
        "Make a rule or pipe that acts with a role",
        &[
            way(
                Tried::Passed("events.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("events:PutRule", On::New("events:rule-on-default-event-bus")),
                    ask("events:PutTargets", On::New("events:rule-on-default-event-bus")),
                ],
            ),
            way(
                Tried::Passed("pipes.amazonaws.com"),
                Gives::Subject,
                &[ask("pipes:CreatePipe", On::New("pipes:pipe"))],
            ),
        ],
        &[
            PASSING,
            "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",
            "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html",
        ],
    ),
    passes(
        "emr-001",
        "Start a cluster whose instances have a role",
        &[way(
            Tried::Passed("ec2.amazonaws.com"),
            Gives::Subject,
            &[ask("elasticmapreduce:RunJobFlow", On::Anything)],
        )
        .if_(is_in_profile)],
        &[PASSING, "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html"],
    ),
    passes(
        "emrserverless-001",
        "Run a serverless job with a role",
        &[
            way(
                Tried::Passed("emr-serverless.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("emr-serverless:CreateApplication", On::Anything),
                    ask("emr-serverless:StartJobRun", On::New("emr-serverless:application")),
                ],
            ),
            way(
                Tried::Passed("emr-serverless.amazonaws.com"),
                Gives::Subject,
                &[ask("emr-serverless:StartJobRun", On::Seen("emr-serverless:application"))],
            ),
        ],
        &[
            PASSING,
            "https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security-iam-runtime-role.html",
        ],
    ),
    passes(
        "kinesisanalytics-001",
        "Make a Flink application with a role, and start it",
        &[way(
            Tried::Passed("kinesisanalytics.amazonaws.com"),
            Gives::Subject,
            &[
                ask("kinesisanalytics:CreateApplication", On::Anything),
                ask("kinesisanalytics:StartApplication", On::New("kinesisanalytics:application")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/managed-flink/latest/java/iam-role.html"],
    ),
    passes(
        "imagebuilder-001",
        "Build an image on an instance with a role",
        &[
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("imagebuilder:CreateComponent", On::New("imagebuilder:component")),
                    ask("imagebuilder:CreateImageRecipe", On::New("imagebuilder:imageRecipe")),
                    ask(
                        "imagebuilder:CreateInfrastructureConfiguration",
                        On::New("imagebuilder:infrastructureConfiguration"),
                    ),
                    ask("imagebuilder:CreateImage", On::New("imagebuilder:image")),
                ],
            )
            .if_(is_in_profile),
            way(
                Tried::Passed("ec2.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("imagebuilder:CreateComponent", On::New("imagebuilder:component")),
                    ask("imagebuilder:CreateImageRecipe", On::New("imagebuilder:imageRecipe")),
                    ask(
                        "imagebuilder:CreateInfrastructureConfiguration",
                        On::New("imagebuilder:infrastructureConfiguration"),
                    ),
                    ask("imagebuilder:CreateImagePipeline", On::New("imagebuilder:imagePipeline")),
                ],
            )
            .if_(is_in_profile),
        ],
        &[PASSING, "https://docs.aws.amazon.com/imagebuilder/latest/userguide/manage-infra-config.html"],
    ),
    passes(
        "gamelift-001",
        "Make a fleet with a role",
        &[way(
            Tried::Passed("gamelift.amazonaws.com"),
            Gives::Subject,
            &[ask("gamelift:CreateBuild", On::Anything), ask("gamelift:CreateFleet", On::Anything)],
        )],
        &[
            PASSING,
            "https://docs.aws.amazon.com/gameliftservers/latest/developerguide/gamelift-sdk-server-resources.html",
        ],
    ),
    passes(
        "braket-001",
        "Run a hybrid job with a role",
        &[way(
            Tried::Passed("braket.amazonaws.com"),
            Gives::Subject,
            &[ask("braket:CreateJob", On::New("braket:job"))],
        )],
        &[PASSING, "https://docs.aws.amazon.com/braket/latest/developerguide/braket-jobs-first.html"],
    ),
    passes(
        "omics-001",
        "Run a workflow with a role",
        &[way(
            Tried::Passed("omics.amazonaws.com"),
            Gives::Subject,
            &[
                ask("omics:CreateWorkflow", On::Anything),
                ask("omics:StartRun", On::New("omics:run")),
                ask("omics:StartRun", On::New("omics:workflow")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/omics/latest/dev/permissions-service.html"],
    ),
    passes(
        "datapipeline-001",
        "Make a pipeline with a role that runs a command",
        &[way(
            Tried::Passed("datapipeline.amazonaws.com"),
            Gives::Subject,
            &[
                ask("datapipeline:CreatePipeline", On::Anything),
                ask("datapipeline:PutPipelineDefinition", On::New("datapipeline:pipeline")),
                ask("datapipeline:ActivatePipeline", On::New("datapipeline:pipeline")),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/dp-iam-roles.html"],
    ),
    passes(
        "x-rolesanywhere",
        "Trust a certificate authority of one's own, and hand it a role",
        &[way(
            Tried::Passed("rolesanywhere.amazonaws.com"),
            Gives::Subject,
            &[
                ask("rolesanywhere:CreateTrustAnchor", On::Anything),
                ask("rolesanywhere:CreateProfile", On::Anything),
            ],
        )],
        &[PASSING, "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html"],
    ),
    Method {
        id: "x-iam-trustsvc",
        title: "Let a role trust a service, and hand it over in something new",
        kind: MethodKind::PassesRole,
        ways: &[
            way(
                Tried::Roles,
                Gives::Subject,
                &[
                    ask("iam:UpdateAssumeRolePolicy", On::Subject),
                    ask("iam:PassRole", On::Subject)
                        .with(&[("iam:PassedToService", Some("lambda.amazonaws.com"))]),
                    ask("lambda:CreateFunction", On::New("lambda:function")),
                    ask("lambda:InvokeFunction", On::New("lambda:function")),
                ],
            ),
            way(
                Tried::Roles,
                Gives::Subject,
                &[
                    ask("iam:UpdateAssumeRolePolicy", On::Subject),
                    ask("iam:PassRole", On::Subject)
                        .with(&[("iam:PassedToService", Some("cloudformation.amazonaws.com"))]),
                    ask("cloudformation:CreateStack", On::New("cloudformation:stack")),
                ],
            ),
        ],
        misuse: CREDENTIALS,
        fix: "Keep iam:UpdateAssumeRolePolicy apart from iam:PassRole.",
        check: CHECK,
        pages: &[PASSING],
    },
];
