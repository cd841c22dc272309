//! Which kinds of things can be shared beside their policies, and which call tells with whom.
//!
//! Kinds whose shares AWS RAM writes into a policy that can be read are none of them: that policy tells all of it.

/// How a thing of a kind is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// By a list of its own.
    OwnList {
        /// The call that reads it.
        call: &'static str,
        /// What it lets do, in lower case, where that is one thing; empty: anything.
        only: &'static [&'static str],
    },
    /// Through AWS RAM.
    Ram,
}

/// Kinds that have a list, and the call that reads it. AWS: Amazon EC2 User Guide, "Share an AMI with specific AWS accounts";
/// Amazon EBS User Guide, "Share an Amazon EBS snapshot with other AWS accounts"; Amazon RDS User Guide, "Sharing a DB snapshot
/// for Amazon RDS"; AWS Systems Manager User Guide, "Sharing SSM documents"; and the pages of the calls.
const OWN_LISTS: &[(&str, &str, &[&str])] = &[
    ("appstream:image", "appstream:DescribeImagePermissions", &[]),
    ("catalog:portfolio", "servicecatalog:DescribePortfolioShares", &[]),
    ("ds:directory", "ds:DescribeSharedDirectories", &[]),
    ("ec2:fpga-image", "ec2:DescribeFpgaImageAttribute", &[]),
    ("ec2:image", "ec2:DescribeImageAttribute", &[]),
    (
        "ec2:network-interface",
        "ec2:DescribeNetworkInterfacePermissions",
        &["ec2:attachnetworkinterface", "ec2:associateaddress"],
    ),
    ("ec2:snapshot", "ec2:DescribeSnapshotAttribute", &[]),
    ("ec2:vpc-endpoint-service", "ec2:DescribeVpcEndpointServicePermissions", &[]),
    ("es:domain", "opensearch:ListVpcEndpointAccess", &["es:createvpcendpoint"]),
    ("rds:cluster-snapshot", "rds:DescribeDBClusterSnapshotAttributes", &[]),
    ("rds:snapshot", "rds:DescribeDBSnapshotAttributes", &[]),
    ("redshift-serverless:snapshot", "redshift-serverless:ListSnapshots", &[]),
    ("redshift:cluster", "redshift:DescribeEndpointAuthorization", &["redshift:createendpointaccess"]),
    ("redshift:datashare", "redshift:DescribeDataSharesForProducer", &[]),
    ("redshift:snapshot", "redshift:DescribeClusterSnapshots", &[]),
    ("serverlessrepo:applications", "serverlessrepo:GetApplicationPolicy", &[]),
    ("signer:signing-profiles", "signer:ListProfilePermissions", &[]),
    ("ssm:document", "ssm:DescribeDocumentPermission", &[]),
    ("workspaces:workspaceimage", "workspaces:DescribeWorkspaceImagePermissions", &[]),
];

/// Kinds that AWS RAM shares by a policy that no call of their service reads, and parameters and OpsItems, whose policy is
/// read of some of them alone, as their ARNs spell them. AWS: AWS RAM User Guide, "Shareable AWS resources"
/// (<https://docs.aws.amazon.com/ram/latest/userguide/shareable.html>); of what came later the pages of the services.
const BY_RAM: &[&str] = &[
    "agent-registry:registry",
    "appmesh:mesh",
    "appsync:apis",
    "arc-region-switch:plan",
    "bcm-dashboards:dashboard",
    "billing:billingview",
    "datazone:domain",
    "ec2:capacity-reservation",
    "ec2:coip-pool",
    "ec2:dedicated-host",
    "ec2:ipam-pool",
    "ec2:ipam-resource-discovery",
    "ec2:local-gateway-route-table",
    "ec2:placement-group",
    "ec2:prefix-list",
    "ec2:security-group",
    "ec2:subnet",
    "ec2:traffic-mirror-target",
    "ec2:transit-gateway",
    "ec2:transit-gateway-multicast-domain",
    "ec2:verified-access-group",
    "fsx:volume",
    "glue:database",
    "glue:table",
    "license-manager:license-configuration",
    "mpa:approval-team",
    "odb:cloud-exadata-infrastructure",
    "odb:exascale-db-storage-vault",
    "odb:odb-network",
    "outposts:outpost",
    "outposts:site",
    "rds:cluster",
    "resource-groups:group",
    "route53-recovery-control:cluster",
    "route53profiles:profile",
    "s3-outposts:outpost",
    "sagemaker:feature-group",
    "sagemaker:hub",
    "sagemaker:hub-content",
    "sagemaker:model-card",
    "sagemaker:pipeline",
    "sagemaker:sagemaker-catalog",
    "servicecatalog:applications",
    "servicecatalog:attribute-groups",
    "servicediscovery:namespace",
    "ssm:opsitemgroup",
    "ssm:parameter",
];

/// How are things of a kind shared? `None`: by their policies alone.
pub(crate) fn sharing_of(kind: &str) -> Option<Sharing> {
    if let Ok(at) = OWN_LISTS.binary_search_by_key(&kind, |(name, ..)| name) {
        let (_, call, only) = *OWN_LISTS.get(at)?;
        return Some(Sharing::OwnList { call, only });
    }
    BY_RAM.binary_search(&kind).is_ok().then_some(Sharing::Ram)
}

#[cfg(test)]
mod tests {
    use clavicle_catalog::{GrantKind, catalog};

    use super::{BY_RAM, OWN_LISTS, Sharing, sharing_of};

    #[test]
    fn the_tables_are_sorted_so_that_they_can_be_searched() {
        assert!(OWN_LISTS.is_sorted_by_key(|(kind, ..)| kind) && BY_RAM.is_sorted());
        assert_eq!(sharing_of("ec2:subnet"), Some(Sharing::Ram));
        assert_eq!(sharing_of("s3:bucket"), None);
        assert!(matches!(sharing_of("ec2:image"), Some(Sharing::OwnList { only: [], .. })));
    }

    /// What AWS RAM shares and no other call tells of is known by kind: a service that the catalogue learns of has to come here.
    #[test]
    fn whatever_aws_ram_alone_tells_of_is_known() {
        let known: Vec<&str> = BY_RAM.iter().filter_map(|kind| kind.split(':').next()).collect();
        let mut count = 0;
        for kind in catalog().resource_policy_kinds().filter(|kind| kind.kind == GrantKind::SharedPolicy) {
            if kind.read_operation.is_none() {
                count += 1;
                assert!(known.contains(&kind.prefix), "{kind:?}");
            }
        }
        assert!(count > 8);
    }

    /// Every action that a list is bounded to is one that AWS knows.
    #[test]
    fn what_a_list_lets_do_is_known() {
        for action in OWN_LISTS.iter().flat_map(|(.., only)| *only) {
            assert!(catalog().action(action).is_some(), "{action}");
        }
    }
}
