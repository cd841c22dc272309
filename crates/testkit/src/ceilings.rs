//! What stands above every grant: SCPs, RCPs and endpoint policies (rules 8.1 to 8.8).

use crate::caller::Caller;
use crate::layers::{Layers, any};
use crate::statement::{Effect, Found};
use crate::truth::Truth;

/// The services whose resources RCPs reach [Organizations: RCPs, list of services]; it grows.
const RCP_SERVICES: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Rule 8.1: SCPs bind users, roles and root of member accounts, but no service-linked role, no service and nobody
/// anonymous. The levels given are those of the caller's own account.
pub(crate) fn scps_bind(layers: &Layers<'_>) -> bool {
    layers.caller.account().is_some()
        && layers.caller.account() != layers.request.management_account.as_deref()
        && !layers.caller.is_service_linked()
        && !matches!(layers.caller, Caller::Stranger(_))
        // Of the services that AWS lists beside these it is the only one with actions.
        && !layers.request.action.to_lowercase().starts_with("mechanicalturk:")
}

/// Rule 8.4: RCPs bind the resources of member accounts, whoever calls; of some services, with exceptions.
pub(crate) fn rcps_bind(layers: &Layers<'_>) -> bool {
    let request = layers.request;
    let action = request.action.to_lowercase();
    let service = action.split(':').next().unwrap_or_default();
    request.management_account.as_deref() != Some(request.resource_account.as_str())
        && RCP_SERVICES.contains(&service)
        && action != "kms:retiregrant"
        && !layers.caller.is_service_linked()
        && !request.resource.contains(":role/aws-service-role/")
        // AWS managed keys are told by their aliases.
        && !request.resource.contains(":alias/aws/")
}

/// One ceiling: what it is called and whether it lets the request through.
pub(crate) type Ceiling = (String, Truth);

/// The ceilings that must allow: each level of SCPs (rule 8.2) and the endpoint's policies (rule 8.6). RCPs are not
/// among them, for `RCPFullAWSAccess` is attached at every level (rule 8.5).
pub(crate) fn ceilings(layers: &Layers<'_>) -> Vec<Ceiling> {
    let mut ceilings = Vec::new();
    if scps_bind(layers) {
        for level in 0..layers.request.scps.as_ref().map_or(0, Vec::len) {
            ceilings.push((format!("scps[{level}]"), any(&layers.scp_level(level, Effect::Allow))));
        }
    }
    if layers.request.vpc_endpoint_policies.is_some() {
        ceilings.push(("endpoint".to_owned(), any(&layers.endpoint(Effect::Allow))));
    }
    ceilings
}

/// The Denies of the ceilings.
pub(crate) fn denies<'a>(layers: &Layers<'a>) -> Vec<Found<'a>> {
    let mut denies = layers.endpoint(Effect::Deny);
    if scps_bind(layers) {
        let levels = 0..layers.request.scps.as_ref().map_or(0, Vec::len);
        denies.extend(levels.flat_map(|level| layers.scp_level(level, Effect::Deny)));
    }
    if rcps_bind(layers) {
        denies.extend(layers.rcp_denies());
    }
    denies
}
