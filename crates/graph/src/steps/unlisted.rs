//! Things that no source lists: what could somebody do with a function, if there were one?
//!
//! Details of IAM alone tell of users, roles and policies, and of nothing that runs as a role. That nobody can rewrite a
//! function then means that no function was seen. So where an account shows not one thing that runs as a role, methods
//! are tried on any name that such a thing may have, and lead to the roles that the service may take. Such a step says of
//! itself that it is not known, is kept apart from all others, and counts only where no other chain was found.
//!
//! Whoever lists some of an account's workloads is taken to list them all: without that, every "no" would turn on a
//! notebook that somebody may have. But a call that AWS refused or did not answer would have listed something: things of that
//! kind are tried as well, whatever else the account shows. A plan or template lists nothing but what it makes.
//!
//! Of a workload that a plan makes it may be known later as which role it runs. Then it may be any that the service takes.

use std::sync::Arc;

use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, ProviderKind};

use super::asker::{Asker, Granted};
use super::grounds::{AccountGrounds, Passable};
use super::method::On;
use super::registry::ReadyAsk;
use super::step::Grade;

/// A kind of thing, by its names in a snapshot.
struct Kind {
    names: &'static [&'static str],
    /// Its type in the catalogue.
    form: &'static str,
    /// The service that takes the role that it runs as; `None`: it is no workload.
    runs_by: Option<&'static str>,
    /// Does it get its role through an instance profile?
    by_profile: bool,
    /// What has to hold of a workload.
    runs: &'static str,
    /// What has to hold of a thing that is there.
    is_there: &'static str,
}

const fn runs(
    names: &'static [&'static str],
    form: &'static str,
    service: &'static str,
    runs: &'static str,
    is_there: &'static str,
) -> Kind {
    Kind { names, form, runs_by: Some(service), by_profile: false, runs, is_there }
}

const fn is_there(names: &'static [&'static str], form: &'static str, is_there: &'static str) -> Kind {
    Kind { names, form, runs_by: None, by_profile: false, runs: "", is_there }
}

impl Kind {
    const fn by_profile(self) -> Self {
        Self { by_profile: true, ..self }
    }
}

/// AWS: the service principal of each is that of the page which its method in `workload.rs` cites.
static KINDS: [Kind; 30] = [
    runs(
        &["lambda:function"],
        "lambda:function",
        "lambda.amazonaws.com",
        "a function that no source lists runs as the role",
        "a function is there that no source lists",
    ),
    runs(
        &["ec2:instance"],
        "ec2:instance",
        "ec2.amazonaws.com",
        "an instance that no source lists runs as the role",
        "an instance is there that no source lists",
    )
    .by_profile(),
    runs(
        &["ec2:launch-template"],
        "ec2:launch-template",
        "ec2.amazonaws.com",
        "a launch template in use that no source lists starts instances with the role",
        "a launch template is there that no source lists",
    )
    .by_profile(),
    runs(
        &["ecs:task-definition"],
        "ecs:task-definition",
        "ecs-tasks.amazonaws.com",
        "a task that no source lists runs as the role, with ECS Exec on",
        "a task definition is there that no source lists",
    ),
    runs(
        &["batch:job-definition"],
        "batch:job-definition",
        "ecs-tasks.amazonaws.com",
        "a job definition that no source lists has the role",
        "a job definition is there that no source lists",
    ),
    runs(
        &["apprunner:service"],
        "apprunner:service",
        "tasks.apprunner.amazonaws.com",
        "a web service that no source lists runs as the role",
        "a web service is there that no source lists",
    ),
    runs(
        &["cloudformation:stack"],
        "cloudformation:stack",
        "cloudformation.amazonaws.com",
        "a stack that no source lists has the role",
        "a stack is there that no source lists",
    ),
    runs(
        &["cloudformation:stackset"],
        "cloudformation:stackset",
        "cloudformation.amazonaws.com",
        "a stack set that no source lists has the role",
        "a stack set is there that no source lists",
    ),
    runs(
        &["codebuild:project"],
        "codebuild:project",
        "codebuild.amazonaws.com",
        "a build project that no source lists runs as the role",
        "a build project is there that no source lists",
    ),
    runs(
        &["glue:devEndpoint", "AWS::Glue::DevEndpoint"],
        "glue:devendpoint",
        "glue.amazonaws.com",
        "a development endpoint that no source lists runs as the role",
        "a development endpoint is there that no source lists",
    ),
    runs(
        &["glue:job"],
        "glue:job",
        "glue.amazonaws.com",
        "a job that no source lists runs as the role",
        "a job is there that no source lists",
    ),
    runs(
        &["glue:session"],
        "glue:session",
        "glue.amazonaws.com",
        "an interactive session that no source lists runs as the role",
        "an interactive session is there that no source lists",
    ),
    runs(
        &["sagemaker:notebook-instance"],
        "sagemaker:notebook-instance",
        "sagemaker.amazonaws.com",
        "a notebook that no source lists runs as the role",
        "a notebook is there that no source lists",
    ),
    runs(
        &["states:stateMachine"],
        "states:statemachine",
        "states.amazonaws.com",
        "a state machine that no source lists runs as the role",
        "a state machine is there that no source lists",
    ),
    runs(
        &["codepipeline:pipeline"],
        "codepipeline:pipeline",
        "codepipeline.amazonaws.com",
        "a pipeline that no source lists has the role",
        "a pipeline is there that no source lists",
    ),
    runs(
        &["ssm:document", "AWS::SSM::Document"],
        "ssm:document",
        "ssm.amazonaws.com",
        "a runbook that no source lists, or of which none tells its role, has the role",
        "a document is there that no source lists",
    ),
    runs(
        &["elasticmapreduce:cluster", "AWS::EMR::Cluster"],
        "elasticmapreduce:cluster",
        "ec2.amazonaws.com",
        "a cluster that no source lists runs as the role",
        "a cluster is there that no source lists",
    )
    .by_profile(),
    runs(
        &["bedrock-agentcore:code-interpreter-custom"],
        "bedrock-agentcore:code-interpreter-custom",
        "bedrock-agentcore.amazonaws.com",
        "a code interpreter that no source lists has the role",
        "a code interpreter is there that no source lists",
    ),
    runs(
        &["bedrock-agentcore:runtime"],
        "bedrock-agentcore:runtime",
        "bedrock-agentcore.amazonaws.com",
        "an agent runtime that no source lists has the role",
        "an agent runtime is there that no source lists",
    ),
    runs(
        &["bedrock-agentcore:browser-custom"],
        "bedrock-agentcore:browser-custom",
        "bedrock-agentcore.amazonaws.com",
        "a browser that no source lists has the role",
        "a browser is there that no source lists",
    ),
    runs(
        &["cognito-identity:identitypool"],
        "cognito-identity:identitypool",
        "cognito-identity.amazonaws.com",
        "an identity pool that no source lists lends the role",
        "an identity pool is there that no source lists",
    ),
    runs(
        &["eks:podidentityassociation"],
        "eks:podidentityassociation",
        "pods.eks.amazonaws.com",
        "pods of a cluster that no source lists get the role",
        "a cluster is there that no source lists",
    ),
    runs(
        &["eks:nodegroup"],
        "eks:nodegroup",
        "ec2.amazonaws.com",
        "nodes of a cluster that no source lists run as the role",
        "a cluster is there that no source lists",
    )
    .by_profile(),
    runs(
        &["iot:rolealias"],
        "iot:rolealias",
        "credentials.iot.amazonaws.com",
        "a role alias that no source lists lends the role",
        "a role alias is there that no source lists",
    ),
    is_there(
        &["autoscaling:autoScalingGroup"],
        "autoscaling:autoScalingGroup",
        "an Auto Scaling group is there that no source lists",
    ),
    is_there(
        &["cloudfront:distribution"],
        "cloudfront:distribution",
        "a distribution is there that no source lists",
    ),
    is_there(
        &["codedeploy:deploymentgroup"],
        "codedeploy:deploymentgroup",
        "a deployment group is there that no source lists",
    ),
    is_there(&["ecs:service"], "ecs:service", "a container service is there that no source lists"),
    is_there(&["scheduler:schedule"], "scheduler:schedule", "a schedule is there that no source lists"),
    is_there(
        &["emr-serverless:application"],
        "emr-serverless:application",
        "a serverless application is there that no source lists",
    ),
];

/// The calls that list things of a kind, and tell what these run as.
static LISTING: &[(&str, &[&str])] = &[
    ("lambda:function", &["lambda:ListFunctions"]),
    ("ec2:instance", &["ec2:DescribeInstances"]),
    ("ec2:launch-template", &["ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"]),
    ("ecs:task-definition", &["ecs:ListTaskDefinitions", "ecs:DescribeTaskDefinition"]),
    ("batch:job-definition", &["batch:DescribeJobDefinitions"]),
    ("apprunner:service", &["apprunner:ListServices", "apprunner:DescribeService"]),
    ("cloudformation:stack", &["cloudformation:DescribeStacks"]),
    ("cloudformation:stackset", &["cloudformation:ListStackSets", "cloudformation:DescribeStackSet"]),
    ("codebuild:project", &["codebuild:ListProjects", "codebuild:BatchGetProjects"]),
    ("glue:devEndpoint", &["glue:GetDevEndpoints"]),
    ("glue:job", &["glue:GetJobs"]),
    ("glue:session", &["glue:ListSessions", "glue:GetSession"]),
    (
        "sagemaker:notebook-instance",
        &["sagemaker:ListNotebookInstances", "sagemaker:DescribeNotebookInstance"],
    ),
    ("states:stateMachine", &["states:ListStateMachines", "states:DescribeStateMachine"]),
    ("codepipeline:pipeline", &["codepipeline:ListPipelines", "codepipeline:GetPipeline"]),
    ("ssm:document", &["ssm:ListDocuments", "ssm:GetDocument"]),
    ("elasticmapreduce:cluster", &["elasticmapreduce:ListClusters", "elasticmapreduce:DescribeCluster"]),
    (
        "bedrock-agentcore:code-interpreter-custom",
        &["bedrock-agentcore:ListCodeInterpreters", "bedrock-agentcore:GetCodeInterpreter"],
    ),
    (
        "bedrock-agentcore:runtime",
        &["bedrock-agentcore:ListAgentRuntimes", "bedrock-agentcore:GetAgentRuntime"],
    ),
    ("bedrock-agentcore:browser-custom", &["bedrock-agentcore:ListBrowsers", "bedrock-agentcore:GetBrowser"]),
    (
        "cognito-identity:identitypool",
        &[
            "cognito-identity:ListIdentityPools",
            "cognito-identity:GetIdentityPoolRoles",
            "cognito-idp:ListGroups",
        ],
    ),
    (
        "eks:podidentityassociation",
        &["eks:ListClusters", "eks:ListPodIdentityAssociations", "eks:DescribePodIdentityAssociation"],
    ),
    ("eks:nodegroup", &["eks:ListClusters", "eks:ListNodegroups", "eks:DescribeNodegroup"]),
    ("iot:rolealias", &["iot:ListRoleAliases", "iot:DescribeRoleAlias"]),
    ("autoscaling:autoScalingGroup", &["autoscaling:DescribeAutoScalingGroups"]),
    ("cloudfront:distribution", &["cloudfront:ListDistributions"]),
    ("codedeploy:deploymentgroup", &["codedeploy:ListApplications", "codedeploy:ListDeploymentGroups"]),
    ("ecs:service", &["ecs:ListClusters", "ecs:ListServices"]),
    ("scheduler:schedule", &["scheduler:ListSchedules"]),
    ("emr-serverless:application", &["emr-serverless:ListApplications"]),
];

/// Kinds that are in no region.
const GLOBAL: [&str; 1] = ["cloudfront:distribution"];

fn kind_named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.names.contains(&name))
}

/// What could be done with a workload of some kind.
pub(crate) struct Unlisted {
    /// The roles that one could run as.
    pub(crate) roles: Vec<PrincipalIndex>,
    pub(crate) granted: Granted,
}

impl Asker<'_, '_> {
    /// Shows the asker's account nothing that runs as a role, and not one thing of the kind? Or was it not told?
    fn shows_none(&self, kind: &Kind) -> bool {
        let grounds = self.grounds.accounts.get(&self.account);
        grounds.is_some_and(|grounds| {
            let of_kind = LISTING.iter().filter(|(name, _)| kind.names.contains(name));
            let untold = of_kind.flat_map(|(_, calls)| *calls).any(|call| grounds.unanswered.contains(*call));
            untold
                || grounds.regions_left_out && !GLOBAL.contains(&kind.form)
                || !grounds.shows_workloads
                    && kind.names.iter().all(|name| !grounds.kinds_shown.contains(*name))
        })
    }

    /// Requests on a thing of a kind of which nothing is listed, whatever its name may be. `None`: something is, or one
    /// of the requests is a no.
    pub(crate) fn ask_unlisted(&self, name: &str, asks: &[&ReadyAsk]) -> Option<Granted> {
        let kind = kind_named(name).filter(|kind| self.shows_none(kind))?;
        let mut granted = Granted::nothing();
        if !asks.is_empty() {
            granted.add_all(self.ask_named(&self.form_of(kind.form)?, asks)?);
        }
        Some(Granted { grade: Grade::Unseen, unlisted: Some(kind.is_there), ..granted })
    }

    /// Identity providers of a kind that trust policies name, where the account shows not one provider, each with all
    /// requests on it.
    pub(crate) fn unlisted_providers(
        &self,
        kind: ProviderKind,
        asks: &[ReadyAsk],
    ) -> Vec<(Arc<str>, Granted)> {
        let shows = |grounds: &AccountGrounds| !grounds.providers.is_empty();
        let of_kind = match kind {
            ProviderKind::Saml => ":saml-provider/",
            ProviderKind::Oidc => ":oidc-provider/",
        };
        if self.grounds.accounts.get(&self.account).is_none_or(shows) {
            return Vec::new();
        }
        let named = self.grounds.providers_trusted.iter();
        let mut named: Vec<&Arc<str>> = named
            .filter(|arn| arn.contains(of_kind) && AccountId::of_arn(arn) == Some(self.account))
            .collect();
        named.sort_unstable();
        let on_subject: Vec<&ReadyAsk> = asks.iter().filter(|asked| asked.ask.on == On::Subject).collect();
        let asked = named.into_iter().filter_map(|arn| {
            let granted = self.ask_all_on(arn, &on_subject)?;
            let unlisted = Some("the identity provider, which no source lists, is there");
            Some((arn.clone(), Granted { grade: Grade::Unseen, unlisted, ..granted }))
        });
        asked.collect()
    }

    /// Requests on an unlisted workload, with the roles that it could run as.
    pub(crate) fn unlisted_workload(&self, name: &str, asks: &[ReadyAsk]) -> Option<Unlisted> {
        let kind = kind_named(name).filter(|kind| self.shows_none(kind))?;
        let in_profile =
            |role: &PrincipalIndex| !self.world.snapshot().principal(*role).instance_profiles.is_empty();
        let mut roles = self.taken_by(kind.runs_by?);
        roles.retain(|role| !kind.by_profile || in_profile(role));
        if roles.is_empty() {
            return None;
        }
        // Where nothing is asked of the workload itself, it is of others, named freely.
        let on_subject: Vec<&ReadyAsk> = asks.iter().filter(|asked| asked.ask.on == On::Subject).collect();
        let mut granted = Granted { unlisted: Some(kind.runs), ..self.ask_unlisted(name, &on_subject)? };
        let on_cluster: Vec<&ReadyAsk> =
            asks.iter().filter(|asked| asked.ask.on == On::ClusterOfSubject).collect();
        if !on_cluster.is_empty() {
            granted.add_all(self.ask_named(&self.form_of("eks:cluster")?, &on_cluster)?);
        }
        Some(Unlisted { roles, granted })
    }

    /// The roles that a workload of a kind may run as that is there, where it is known later which it is.
    pub(crate) fn roles_known_later(&self, name: &str) -> Vec<PrincipalIndex> {
        kind_named(name).and_then(|kind| kind.runs_by).map_or_else(Vec::new, |service| self.taken_by(service))
    }

    /// The roles of the account that a service may take.
    fn taken_by(&self, service: &str) -> Vec<PrincipalIndex> {
        let passable = self.grounds.accounts.get(&self.account).and_then(|it| it.passable.get(service));
        passable.into_iter().flatten().map(|Passable { role, .. }| *role).collect()
    }
}

/// What has to hold of a workload whose role is known later.
pub(crate) const RUNS_AS_IT: &str =
    "the role, of which it is known after deployment only which it is, is this one";

/// What has to hold of an identity pool that gives a role by a rule.
///
/// AWS: Amazon Cognito Developer Guide, "Using role-based access control": the claims of a token decide
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html>).
pub(crate) const GIVEN_BY_RULE: &str = "a provider of the pool vouches for the asker with claims that its rules, or the groups of a user pool, give the role for";

#[cfg(test)]
mod tests {
    use clavicle_catalog::catalog;

    use super::{KINDS, LISTING, kind_named};
    use crate::steps::{On, Tried, methods};

    #[test]
    fn every_kind_that_methods_need_can_be_asked_about_unseen() {
        for way in methods().flat_map(|method| method.ways) {
            let workload = match way.on {
                Tried::Workloads(kind) => Some(kind),
                _ => None,
            };
            let seen = way.asks.iter().filter_map(|ask| match ask.on {
                On::Seen(kind) => Some(kind),
                _ => None,
            });
            for name in seen.chain(workload) {
                assert!(kind_named(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn what_lists_a_kind_is_an_action_and_the_kind_is_one() {
        for (name, calls) in LISTING {
            assert!(kind_named(name).is_some(), "{name}");
            assert!(calls.iter().all(|call| catalog().action(call).is_some()), "{calls:?}");
        }
        for kind in &KINDS {
            let is_listed = kind.names.iter().any(|name| LISTING.iter().any(|(listed, _)| listed == name));
            assert!(is_listed, "{}", kind.form);
        }
    }

    #[test]
    fn kinds_are_types_of_the_catalogue() {
        for kind in &KINDS {
            assert!(catalog().resource_type(kind.form).is_some(), "{}", kind.form);
            // AWS: App Runner Developer Guide, "How App Runner works with IAM", instance roles; Cognito Developer Guide,
            // "Role trust and permissions".
            let elsewhere = ["tasks.apprunner.amazonaws.com", "cognito-identity.amazonaws.com"];
            let known = kind.runs_by.is_none_or(|service| {
                elsewhere.contains(&service) || catalog().service_principal(service).is_some()
            });
            assert!(known, "{}", kind.form);
            assert_eq!(kind.runs_by.is_some(), !kind.runs.is_empty(), "{}", kind.form);
        }
    }
}
