//! Somebody alters or enters something that runs as a role already, or gives it another role.

use super::gate::{
    if_document_is_run, if_entries_are_taken, if_exec_is_on, if_image_fits, if_reachable, if_serial_console,
    if_template_is_used, is_managed_by_ssm, is_managed_by_ssm_itself, is_open_session, runs_as_seen_role,
};
use super::method::{Ask, Gives, Method, MethodKind, On, Tried, Way, ask, way};

const CREDENTIALS: &str = "What runs there acts as the role, and so does whoever decides what runs there.";
const CHECK: &str = "Simulate the actions on the thing: one of them should be denied.";
/// Documents that run what the caller says.
pub(super) const RUNS_WHAT_ONE_SAYS: On = On::OfAws(&[
    "arn:{partition}:ssm:{region}::document/AWS-RunShellScript",
    "arn:{partition}:ssm:{region}::document/AWS-RunPowerShellScript",
    "arn:{partition}:ssm:{region}::document/AWS-RunRemoteScript",
    "arn:{partition}:ssm:{region}::document/AWS-ApplyAnsiblePlaybooks",
    "arn:{partition}:ssm:{region}::document/AWS-InstallPowerShellModule",
]);

/// The steps of a build are in the request.
///
/// AWS: CodeBuild User Guide, "AWS CodeBuild condition keys", preventing unauthorized modifications to the buildspec.
const OTHER_STEPS: &[(&str, Option<&str>)] = &[("codebuild:source.buildspec", Some("true"))];

/// An administrator of a cluster starts pods as any service account of it, and on any node.
///
/// AWS: Amazon EKS User Guide, "Review access policy permissions", `AmazonEKSClusterAdminPolicy`; "Learn how EKS Pod Identity
/// grants pods access to AWS services".
const ENTERS_CLUSTER: &[Ask] = &[
    ask("eks:CreateAccessEntry", On::ClusterOfSubject),
    ask("eks:AssociateAccessPolicy", On::New("eks:access-entry")),
];

/// A method that enters a workload.
const fn enters(
    id: &'static str,
    title: &'static str,
    ways: &'static [Way],
    fix: &'static str,
    pages: &'static [&'static str],
) -> Method {
    Method {
        id,
        title,
        kind: MethodKind::EntersWorkload,
        ways,
        misuse: CREDENTIALS,
        fix,
        check: CHECK,
        pages,
    }
}

pub(super) static METHODS: &[Method] = &[
    enters(
        "lambda-003",
        "Replace the code of a function",
        &[way(
            Tried::Workloads("lambda:function"),
            Gives::Workload,
            &[ask("lambda:UpdateFunctionCode", On::Subject)],
        )
        .if_(runs_as_seen_role)],
        "Narrow lambda:UpdateFunctionCode to the functions of this task, or deploy through a pipeline of its own.",
        &["https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html"],
    ),
    enters(
        "lambda-004",
        "Replace the code of a function, and run it",
        &[way(
            Tried::Workloads("lambda:function"),
            Gives::Workload,
            &[ask("lambda:UpdateFunctionCode", On::Subject), ask("lambda:InvokeFunction", On::Subject)],
        )
        .if_(runs_as_seen_role)],
        "Narrow lambda:UpdateFunctionCode to the functions of this task.",
        &["https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html"],
    ),
    enters(
        "lambda-005",
        "Replace the code of a function, and let somebody else run it",
        &[way(
            Tried::Workloads("lambda:function"),
            Gives::Workload,
            &[ask("lambda:UpdateFunctionCode", On::Subject), ask("lambda:AddPermission", On::Subject)],
        )
        .if_(runs_as_seen_role)],
        "Narrow lambda:UpdateFunctionCode to the functions of this task.",
        &["https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html"],
    ),
    enters(
        "x-lambda-codesign",
        "Let a function take unsigned code, and replace its code",
        &[
            way(
                Tried::Workloads("lambda:function"),
                Gives::Workload,
                &[
                    ask("lambda:DeleteFunctionCodeSigningConfig", On::Subject),
                    ask("lambda:UpdateFunctionCode", On::Subject),
                ],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Workloads("lambda:function"),
                Gives::Workload,
                &[
                    ask("lambda:PutFunctionCodeSigningConfig", On::Subject),
                    ask("lambda:UpdateFunctionCode", On::Subject),
                ],
            )
            .if_(runs_as_seen_role),
        ],
        "Keep the code signing configuration of functions apart from their code.",
        &[
            "https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionCodeSigningConfig.html",
            "https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html",
        ],
    ),
    enters(
        "x-lambda-config",
        "Let a function load other code (a layer, a wrapper, another handler), or have another role",
        &[
            way(
                Tried::Workloads("lambda:function"),
                Gives::Workload,
                &[ask("lambda:UpdateFunctionConfiguration", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("lambda.amazonaws.com"),
                Gives::Subject,
                &[ask("lambda:UpdateFunctionConfiguration", On::Seen("lambda:function"))],
            ),
        ],
        "Narrow lambda:UpdateFunctionConfiguration to the functions of this task.",
        &[
            "https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html",
            "https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html",
        ],
    ),
    enters(
        "ec2-002",
        "Give an instance other user data, and start it anew",
        &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[
                ask("ec2:ModifyInstanceAttribute", On::Subject),
                ask("ec2:StopInstances", On::Subject),
                ask("ec2:StartInstances", On::Subject),
            ],
        )
        .if_(runs_as_seen_role)],
        "Narrow ec2:ModifyInstanceAttribute, and allow only the attributes that are needed by ec2:Attribute.",
        &["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"],
    ),
    enters(
        "x-ec2-rootvolume",
        "Replace the disk that an instance starts from by an image of one's own",
        &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[
                ask("ec2:CreateReplaceRootVolumeTask", On::Subject),
                ask("ec2:CreateReplaceRootVolumeTask", On::Some("ec2:image")),
                ask("ec2:CreateReplaceRootVolumeTask", On::New("ec2:replace-root-volume-task")),
                ask("ec2:CreateReplaceRootVolumeTask", On::New("ec2:volume")),
            ],
        )
        .if_(if_image_fits)],
        "Narrow ec2:CreateReplaceRootVolumeTask to the instances and images of this task.",
        &[
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateReplaceRootVolumeTask.html",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/replace-root.html",
        ],
    ),
    enters(
        "ec2-004",
        "Write a new version of a launch template in use, and make it the default",
        &[way(
            Tried::Workloads("ec2:launch-template"),
            Gives::Workload,
            &[
                ask("ec2:CreateLaunchTemplateVersion", On::Subject),
                ask("ec2:ModifyLaunchTemplate", On::Subject),
            ],
        )
        .if_(if_template_is_used)],
        "Narrow ec2:CreateLaunchTemplateVersion and ec2:ModifyLaunchTemplate to the templates of this task.",
        &[
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html",
            "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateSpecification.html",
        ],
    ),
    enters(
        "ec2instanceconnect-003",
        "Push an SSH key to an instance",
        &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[ask("ec2-instance-connect:SendSSHPublicKey", On::Subject)],
        )
        .if_(if_reachable)],
        "Narrow ec2-instance-connect:SendSSHPublicKey to the instances and users of this task.",
        &["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-configure-IAM-role.html"],
    ),
    enters(
        "x-eic-serial",
        "Push an SSH key for the serial console of an instance",
        &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[ask("ec2-instance-connect:SendSerialConsoleSSHPublicKey", On::Subject)],
        )
        .if_(if_serial_console)],
        "Leave access to serial consoles off in the account.",
        &["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html"],
    ),
    enters(
        "ssm-001",
        "Begin a session on an instance, or in a task",
        &[
            way(Tried::Workloads("ec2:instance"), Gives::Workload, &[ask("ssm:StartSession", On::Subject)])
                .if_(is_managed_by_ssm),
            way(
                Tried::Workloads("ecs:task-definition"),
                Gives::Workload,
                &[ask("ssm:StartSession", On::Some("ssm:task"))],
            )
            .if_(if_exec_is_on),
        ],
        "Narrow ssm:StartSession to the instances of this task.",
        &[
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-restrict-access.html",
        ],
    ),
    enters(
        "ssm-002",
        "Run a command on an instance",
        &[
            way(
                Tried::Workloads("ec2:instance"),
                Gives::Workload,
                &[ask("ssm:SendCommand", On::Subject), ask("ssm:SendCommand", RUNS_WHAT_ONE_SAYS)],
            )
            .if_(is_managed_by_ssm),
            way(
                Tried::Workloads("ec2:instance"),
                Gives::Workload,
                &[
                    ask("ssm:SendCommand", On::Subject),
                    ask("ssm:CreateDocument", On::New("ssm:document")),
                    ask("ssm:SendCommand", On::New("ssm:document")),
                ],
            )
            .if_(is_managed_by_ssm),
        ],
        "Narrow ssm:SendCommand to the instances and documents of this task.",
        &["https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html"],
    ),
    enters(
        "x-ssm-assoc",
        "Have a command run on an instance by an association",
        &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[
                ask("ssm:CreateAssociation", On::Subject),
                ask("ssm:CreateAssociation", RUNS_WHAT_ONE_SAYS),
                ask("ssm:CreateAssociation", On::New("ssm:association")),
            ],
        )
        .if_(is_managed_by_ssm)],
        "Narrow ssm:CreateAssociation to the instances and documents of this task.",
        &[
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-associations-creating.html",
        ],
    ),
    enters(
        "x-ssm-window",
        "Have a command run on an instance by a maintenance window",
        &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[
                ask("ssm:CreateMaintenanceWindow", On::Anything),
                ask("ssm:RegisterTaskWithMaintenanceWindow", On::New("ssm:maintenancewindow")),
            ],
        )
        .if_(is_managed_by_ssm_itself)],
        "Keep ssm:RegisterTaskWithMaintenanceWindow to those who may run commands on every instance.",
        &[
            "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html",
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-maintenance-permissions.html",
        ],
    ),
    enters(
        "x-ssm-doc",
        "Rewrite a runbook that has a role",
        &[
            way(
                Tried::Workloads("ssm:document"),
                Gives::Workload,
                &[
                    ask("ssm:UpdateDocument", On::Subject),
                    ask("ssm:UpdateDocumentDefaultVersion", On::Subject),
                ],
            )
            .if_(if_document_is_run),
            way(
                Tried::Workloads("AWS::SSM::Document"),
                Gives::Workload,
                &[
                    ask("ssm:UpdateDocument", On::Subject),
                    ask("ssm:UpdateDocumentDefaultVersion", On::Subject),
                ],
            )
            .if_(if_document_is_run),
        ],
        "Narrow ssm:UpdateDocument and ssm:UpdateDocumentDefaultVersion to the documents of this task.",
        &[
            "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateDocumentDefaultVersion.html",
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup.html",
        ],
    ),
    enters(
        "ecs-006",
        "Run a command in a task",
        &[way(
            Tried::Workloads("ecs:task-definition"),
            Gives::Workload,
            &[
                ask("ecs:ExecuteCommand", On::Some("ecs:task")),
                ask("ecs:ExecuteCommand", On::Some("ecs:cluster")),
            ],
        )
        .if_(if_exec_is_on)],
        "Narrow ecs:ExecuteCommand to the clusters and containers of this task, or leave it off in services.",
        &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"],
    ),
    enters(
        "batch-002",
        "Run a job that is defined already with another command",
        &[way(
            Tried::Workloads("batch:job-definition"),
            Gives::Workload,
            &[ask("batch:SubmitJob", On::Subject), ask("batch:SubmitJob", On::Some("batch:job-queue"))],
        )
        .if_(runs_as_seen_role)],
        "Narrow batch:SubmitJob to the definitions of this task.",
        &["https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html"],
    ),
    enters(
        "apprunner-002",
        "Let a web service run another image, or have another role",
        &[
            way(
                Tried::Workloads("apprunner:service"),
                Gives::Workload,
                &[ask("apprunner:UpdateService", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("tasks.apprunner.amazonaws.com"),
                Gives::Subject,
                &[ask("apprunner:UpdateService", On::Seen("apprunner:service"))],
            ),
        ],
        "Narrow apprunner:UpdateService to the services of this task.",
        &["https://docs.aws.amazon.com/apprunner/latest/api/API_UpdateService.html"],
    ),
    enters(
        "cloudformation-002",
        "Change a stack that has a role, or give it one",
        &[
            way(
                Tried::Workloads("cloudformation:stack"),
                Gives::Workload,
                &[ask("cloudformation:UpdateStack", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("cloudformation.amazonaws.com"),
                Gives::Subject,
                &[ask("cloudformation:UpdateStack", On::Seen("cloudformation:stack"))],
            ),
        ],
        "Narrow cloudformation:UpdateStack to the stacks of this task, and give stacks roles that are no stronger than the task.",
        &["https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html"],
    ),
    enters(
        "cloudformation-005",
        "Change a stack that has a role, or give it one, by a change set",
        &[
            way(
                Tried::Workloads("cloudformation:stack"),
                Gives::Workload,
                &[
                    ask("cloudformation:CreateChangeSet", On::Subject),
                    ask("cloudformation:ExecuteChangeSet", On::Subject),
                ],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("cloudformation.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("cloudformation:CreateChangeSet", On::Seen("cloudformation:stack")),
                    ask("cloudformation:ExecuteChangeSet", On::Seen("cloudformation:stack")),
                ],
            ),
        ],
        "Narrow cloudformation:CreateChangeSet and ExecuteChangeSet to the stacks of this task.",
        &[
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html",
        ],
    ),
    enters(
        "cloudformation-004",
        "Change a stack set that has a role, or give it one",
        &[
            way(
                Tried::Workloads("cloudformation:stackset"),
                Gives::Workload,
                &[ask("cloudformation:UpdateStackSet", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("cloudformation.amazonaws.com"),
                Gives::Subject,
                &[ask("cloudformation:UpdateStackSet", On::Seen("cloudformation:stackset"))],
            ),
        ],
        "Narrow cloudformation:UpdateStackSet to the stack sets of this task.",
        &[
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html",
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html",
        ],
    ),
    enters(
        "codebuild-002",
        "Start a build with steps of one's own",
        &[way(
            Tried::Workloads("codebuild:project"),
            Gives::Workload,
            &[ask("codebuild:StartBuild", On::Subject).with(OTHER_STEPS)],
        )
        .if_(runs_as_seen_role)],
        "Narrow codebuild:StartBuild, and deny it where codebuild:source.buildspec is in the request.",
        &[
            "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html",
            "https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html",
        ],
    ),
    enters(
        "codebuild-003",
        "Start a batch of builds with steps of one's own",
        &[way(
            Tried::Workloads("codebuild:project"),
            Gives::Workload,
            &[ask("codebuild:StartBuildBatch", On::Subject).with(OTHER_STEPS)],
        )
        .if_(runs_as_seen_role)],
        "Narrow codebuild:StartBuildBatch to the projects of this task.",
        &[
            "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuildBatch.html",
            "https://docs.aws.amazon.com/codebuild/latest/userguide/action-context-keys.html",
        ],
    ),
    enters(
        "x-codebuild-sandbox",
        "Open a sandbox of a build project, and run a command in it",
        &[
            way(
                Tried::Workloads("codebuild:project"),
                Gives::Workload,
                &[
                    ask("codebuild:StartSandbox", On::Subject),
                    ask("codebuild:StartCommandExecution", On::New("codebuild:sandbox")),
                ],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Workloads("codebuild:project"),
                Gives::Workload,
                &[
                    ask("codebuild:StartSandbox", On::Subject),
                    ask("codebuild:StartSandboxConnection", On::New("codebuild:sandbox")),
                ],
            )
            .if_(runs_as_seen_role),
        ],
        "Narrow codebuild:StartSandbox to the projects of this task.",
        &[
            "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartSandbox.html",
            "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartCommandExecution.html",
            "https://docs.aws.amazon.com/codebuild/latest/userguide/sandbox.html",
        ],
    ),
    enters(
        "x-codebuild-update",
        "Change the steps of a build, or its role",
        &[
            way(
                Tried::Workloads("codebuild:project"),
                Gives::Workload,
                &[ask("codebuild:UpdateProject", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("codebuild.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("codebuild:UpdateProject", On::Seen("codebuild:project")),
                    ask("codebuild:StartBuild", On::Seen("codebuild:project")),
                ],
            ),
        ],
        "Narrow codebuild:UpdateProject to the projects of this task.",
        &["https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html"],
    ),
    enters(
        "glue-002",
        "Add an SSH key to a development endpoint",
        &[
            way(
                Tried::Workloads("glue:devEndpoint"),
                Gives::Workload,
                &[ask("glue:UpdateDevEndpoint", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Workloads("AWS::Glue::DevEndpoint"),
                Gives::Workload,
                &[ask("glue:UpdateDevEndpoint", On::Subject)],
            )
            .if_(runs_as_seen_role),
        ],
        "Remove development endpoints: interactive sessions replace them.",
        &["https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateDevEndpoint.html"],
    ),
    enters(
        "x-glue-session",
        "Run a statement in an interactive session that has a role",
        &[way(Tried::Workloads("glue:session"), Gives::Workload, &[ask("glue:RunStatement", On::Subject)])
            .if_(is_open_session)],
        "Narrow glue:RunStatement to one's own sessions.",
        &["https://docs.aws.amazon.com/glue/latest/dg/glue-is-security.html"],
    ),
    enters(
        "x-glue-job",
        "Give a job another script",
        &[way(Tried::Workloads("glue:job"), Gives::Workload, &[ask("glue:UpdateJob", On::Subject)])
            .if_(runs_as_seen_role)],
        "Narrow glue:UpdateJob to the jobs of this task.",
        &["https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html"],
    ),
    enters(
        "sagemaker-004",
        "Open a notebook",
        &[way(
            Tried::Workloads("sagemaker:notebook-instance"),
            Gives::Workload,
            &[ask("sagemaker:CreatePresignedNotebookInstanceUrl", On::Subject)],
        )
        .if_(runs_as_seen_role)],
        "Narrow sagemaker:CreatePresignedNotebookInstanceUrl to one's own notebooks.",
        &[
            "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html",
        ],
    ),
    enters(
        "sagemaker-005",
        "Let a notebook run a script when it starts, or give it another role and open it",
        &[
            way(
                Tried::Workloads("sagemaker:notebook-instance"),
                Gives::Workload,
                &[
                    ask(
                        "sagemaker:CreateNotebookInstanceLifecycleConfig",
                        On::New("sagemaker:notebook-instance-lifecycle-config"),
                    ),
                    ask("sagemaker:StopNotebookInstance", On::Subject),
                    ask("sagemaker:UpdateNotebookInstance", On::Subject),
                    ask("sagemaker:StartNotebookInstance", On::Subject),
                ],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("sagemaker.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("sagemaker:StopNotebookInstance", On::Seen("sagemaker:notebook-instance")),
                    ask("sagemaker:UpdateNotebookInstance", On::Seen("sagemaker:notebook-instance")),
                    ask("sagemaker:StartNotebookInstance", On::Seen("sagemaker:notebook-instance")),
                    ask(
                        "sagemaker:CreatePresignedNotebookInstanceUrl",
                        On::Seen("sagemaker:notebook-instance"),
                    ),
                ],
            ),
        ],
        "Narrow sagemaker:UpdateNotebookInstance to one's own notebooks.",
        &["https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html"],
    ),
    enters(
        "stepfunctions-002",
        "Change a state machine, or its role, and start it",
        &[
            way(
                Tried::Workloads("states:stateMachine"),
                Gives::Workload,
                &[ask("states:UpdateStateMachine", On::Subject), ask("states:StartExecution", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("states.amazonaws.com"),
                Gives::Subject,
                &[
                    ask("states:UpdateStateMachine", On::Seen("states:stateMachine")),
                    ask("states:StartExecution", On::Seen("states:stateMachine")),
                ],
            ),
        ],
        "Narrow states:UpdateStateMachine to the state machines of this task.",
        &["https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html"],
    ),
    enters(
        "x-codepipeline-update",
        "Change the stages of a pipeline, or its role",
        &[
            way(
                Tried::Workloads("codepipeline:pipeline"),
                Gives::Workload,
                &[ask("codepipeline:UpdatePipeline", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Passed("codepipeline.amazonaws.com"),
                Gives::Subject,
                &[ask("codepipeline:UpdatePipeline", On::Seen("codepipeline:pipeline"))],
            ),
        ],
        "Narrow codepipeline:UpdatePipeline to the pipelines of this task.",
        &["https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UpdatePipeline.html"],
    ),
    enters(
        "x-emr-existing",
        "Add a step to a running cluster",
        &[
            way(
                Tried::Workloads("elasticmapreduce:cluster"),
                Gives::Workload,
                &[ask("elasticmapreduce:AddJobFlowSteps", On::Subject)],
            )
            .if_(runs_as_seen_role),
            way(
                Tried::Workloads("AWS::EMR::Cluster"),
                Gives::Workload,
                &[ask("elasticmapreduce:AddJobFlowSteps", On::Subject)],
            )
            .if_(runs_as_seen_role),
        ],
        "Narrow elasticmapreduce:AddJobFlowSteps to the clusters of this task.",
        &["https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role-for-ec2.html"],
    ),
    enters(
        "bedrock-002",
        "Run code in a code interpreter that has a role",
        &[way(
            Tried::Workloads("bedrock-agentcore:code-interpreter-custom"),
            Gives::Workload,
            &[
                ask("bedrock-agentcore:StartCodeInterpreterSession", On::Subject),
                ask("bedrock-agentcore:InvokeCodeInterpreter", On::Subject),
            ],
        )
        .if_(runs_as_seen_role)],
        "Narrow bedrock-agentcore:InvokeCodeInterpreter to the interpreters of this task.",
        &["https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html"],
    ),
    enters(
        "bedrock-004",
        "Run a command in an agent runtime that has a role",
        &[way(
            Tried::Workloads("bedrock-agentcore:runtime"),
            Gives::Workload,
            &[ask("bedrock-agentcore:InvokeAgentRuntimeCommand", On::Subject)],
        )
        .if_(runs_as_seen_role)],
        "Narrow bedrock-agentcore:InvokeAgentRuntimeCommand to the runtimes of this task.",
        &["https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html"],
    ),
    enters(
        "bedrock-007",
        "Steer a browser that has a role",
        &[way(
            Tried::Workloads("bedrock-agentcore:browser-custom"),
            Gives::Workload,
            &[
                ask("bedrock-agentcore:StartBrowserSession", On::Subject),
                ask("bedrock-agentcore:ConnectBrowserAutomationStream", On::Anything),
            ],
        )
        .if_(runs_as_seen_role)],
        "Narrow bedrock-agentcore:StartBrowserSession to the browsers of this task.",
        &["https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/browser-tool.html"],
    ),
    enters(
        "x-eks-enter",
        "Let oneself into a Kubernetes cluster, and act as its pods or nodes",
        &[
            way(Tried::Workloads("eks:podidentityassociation"), Gives::Workload, ENTERS_CLUSTER)
                .if_(if_entries_are_taken),
            way(Tried::Workloads("eks:nodegroup"), Gives::Workload, ENTERS_CLUSTER).if_(if_entries_are_taken),
        ],
        "Keep eks:CreateAccessEntry and eks:AssociateAccessPolicy with the administrators of the cluster.",
        &[
            "https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html",
            "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html",
            "https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html",
        ],
    ),
    enters(
        "x-iot-cert",
        "Make a certificate for a device, and get the role that an alias lends to devices",
        &[way(
            Tried::Workloads("iot:rolealias"),
            Gives::Workload,
            &[
                ask("iot:CreateKeysAndCertificate", On::Anything),
                ask("iot:CreatePolicy", On::New("iot:policy")),
                ask("iot:AttachPolicy", On::New("iot:cert")),
            ],
        )
        .if_(runs_as_seen_role)],
        "Keep iot:CreatePolicy and iot:AttachPolicy apart from whoever makes certificates.",
        &["https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html"],
    ),
];
