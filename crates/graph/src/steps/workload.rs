//! Somebody alters or enters something that runs as a role already.

use super::gate::{is_managed_by_ssm, runs_as_seen_role};
use super::method::{Gives, Method, MethodKind, On, Tried, ask, way};

const KIND: MethodKind = MethodKind::EntersWorkload;
const CREDENTIALS: &str = "What runs there acts as the role, and so does whoever decides what runs there.";
const CHECK: &str = "Simulate the actions on the thing: one of them should be denied.";
/// Documents that run what the caller says.
const RUNS_WHAT_ONE_SAYS: On = On::OfAws(&[
    "arn:{partition}:ssm:{region}::document/AWS-RunShellScript",
    "arn:{partition}:ssm:{region}::document/AWS-RunPowerShellScript",
    "arn:{partition}:ssm:{region}::document/AWS-RunRemoteScript",
]);

pub(super) static METHODS: &[Method] = &[
    Method {
        id: "lambda-003",
        title: "Replace the code of a function",
        kind: KIND,
        ways: &[way(
            Tried::Workloads("lambda:function"),
            Gives::Workload,
            &[ask("lambda:UpdateFunctionCode", On::Subject)],
        )
        .if_(runs_as_seen_role)],
        misuse: CREDENTIALS,
        fix: "Narrow lambda:UpdateFunctionCode to the functions of this task, or deploy through a pipeline of its own.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html"],
    },
    Method {
        id: "ssm-002",
        title: "Run a command on an instance",
        kind: KIND,
        ways: &[way(
            Tried::Workloads("ec2:instance"),
            Gives::Workload,
            &[ask("ssm:SendCommand", On::Subject), ask("ssm:SendCommand", RUNS_WHAT_ONE_SAYS)],
        )
        .if_(is_managed_by_ssm)],
        misuse: CREDENTIALS,
        fix: "Narrow ssm:SendCommand to the instances and documents of this task.",
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html"],
    },
];
