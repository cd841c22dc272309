//! Which regions are there?

/// The regions. New ones come, so one that is not here may be there by now.
///
/// AWS: "AWS Regions and Availability Zones", the table of regions
/// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>); those of the partitions that are
/// not public as botocore lists them (`data/partitions.json`, 1.43.11).
const REGIONS: [&str; 46] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "cn-north-1",
    "cn-northwest-1",
    "eusc-de-east-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "eu-isoe-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-gov-east-1",
    "us-gov-west-1",
];

/// The regions that AWS lists.
pub fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.into_iter()
}

/// Does AWS list a region of this name?
pub fn is_listed_region(name: &str) -> bool {
    REGIONS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::{is_listed_region, regions};

    #[test]
    fn regions_are_told_from_texts_of_their_form() {
        assert!(is_listed_region("eu-west-1") && is_listed_region("us-gov-east-1"));
        assert!(!is_listed_region("eu-west-9") && !is_listed_region("xx-west-1") && !is_listed_region(""));
        let mut once: Vec<_> = regions().collect();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), regions().count());
    }
}
