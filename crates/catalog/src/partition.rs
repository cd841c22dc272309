//! Which partitions are there, and which is a region of?

/// A group of regions that share nothing with those of others, their accounts not either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// As ARNs have it: `aws-cn`.
    pub name: &'static str,
    /// How the names of hosts end there, which is `AWS::URLSuffix` of templates.
    pub suffix: &'static str,
    /// How its regions begin; of the first one, whatever begins otherwise.
    start: &'static str,
}

const fn partition(start: &'static str, name: &'static str, suffix: &'static str) -> Partition {
    Partition { name, suffix, start }
}

/// AWS: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)", the partitions; those that are not public,
/// and how hosts end, as botocore has them (`data/partitions.json`, 1.44.8).
const PARTITIONS: [Partition; 8] = [
    partition("", "aws", "amazonaws.com"),
    partition("cn-", "aws-cn", "amazonaws.com.cn"),
    partition("us-gov-", "aws-us-gov", "amazonaws.com"),
    partition("us-iso-", "aws-iso", "c2s.ic.gov"),
    partition("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    partition("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    partition("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    partition("eusc-", "aws-eusc", "amazonaws.eu"),
];

/// The partitions that AWS has, the first one first.
pub fn partitions() -> impl Iterator<Item = Partition> {
    PARTITIONS.into_iter()
}

/// The partition of a region; a region that nobody knows is taken to be of the first one.
pub fn partition_of(region: &str) -> Partition {
    let [first, others @ ..] = PARTITIONS;
    others.into_iter().find(|partition| region.starts_with(partition.start)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::{partition_of, partitions};
    use crate::regions;

    #[test]
    fn every_region_is_of_one_and_every_partition_has_regions() {
        for (region, name) in [
            ("eu-west-1", "aws"),
            ("us-east-1", "aws"),
            ("", "aws"),
            ("cn-northwest-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("us-iso-west-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(partition_of(region).name, name, "{region}");
        }
        for partition in partitions() {
            assert!(regions().any(|region| partition_of(region) == partition), "{}", partition.name);
        }
    }
}
