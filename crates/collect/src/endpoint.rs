//! Where a service is reached. `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>` and `endpoint_url` of a profile mean what
//! they mean in the AWS CLI. See AWS: AWS SDKs and Tools Reference Guide, "Service-specific endpoints"
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).

use clavicle_catalog::{Partition, partition_of};

use crate::profile::Settings;
use crate::table::Client;

/// Where a request goes and what region its signature is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// `https://sqs.eu-west-1.amazonaws.com`
    pub(crate) origin: String,
    pub(crate) signing_region: String,
}

/// Of a partition the end of the names that newer services have, and the region that global services sign for.
///
/// botocore: `data/partitions.json`, and `data/endpoints.json`, the endpoints of AWS Identity and Access Management.
fn newer_suffix_and_global_region(partition: &str) -> (&'static str, &'static str) {
    match partition {
        "aws-cn" => ("api.amazonwebservices.com.cn", "cn-north-1"),
        "aws-us-gov" => ("api.aws", "us-gov-west-1"),
        "aws-iso" => ("api.aws.ic.gov", "us-iso-east-1"),
        "aws-iso-b" => ("api.aws.scloud", "us-isob-east-1"),
        "aws-iso-e" => ("api.cloud-aws.adc-e.uk", "eu-isoe-west-1"),
        "aws-iso-f" => ("api.aws.hci.ic.gov", "us-isof-south-1"),
        "aws-eusc" => ("api.amazonwebservices.eu", "eusc-de-east-1"),
        _ => ("api.aws", "us-east-1"),
    }
}

/// Services that have the newer kind of name only.
const NEWER_ONLY: &[&str] = &["qbusiness", "s3files"];

/// Could this be the name of a region? It becomes a part of host names and of names of files.
pub(crate) fn is_region(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= 32 && !name.starts_with('-') && name.bytes().all(allowed)
}

/// The region that global services of the partition of `region` sign for.
pub(crate) fn global_region(region: &str) -> &'static str {
    newer_suffix_and_global_region(partition_of(region).name).1
}

/// The endpoint of a service in a region. `account`: S3 Control has a host for each account.
pub(crate) fn of(client: &Client, region: &str, account: &str, settings: &Settings) -> Endpoint {
    let partition = partition_of(region);
    let (newer_suffix, global_region) = newer_suffix_and_global_region(partition.name);
    let signing_region = match client.name {
        // AWS Organizations in China is in Ningxia.
        "organizations" if partition.name == "aws-cn" => "cn-northwest-1",
        _ if client.is_global => global_region,
        _ => region,
    };
    let origin = settings.endpoint_url(client.name).unwrap_or_else(|| {
        let suffix = partition.suffix;
        let asked = Asked::of(settings);
        if asked.fips || asked.dual {
            return format!("https://{}", asked.host(client, signing_region, account, partition));
        }
        match client.name {
            name if NEWER_ONLY.contains(&name) => {
                format!("https://{}.{signing_region}.{}", client.host, newer_suffix)
            }
            "s3control" => format!("https://{account}.s3-control.{region}.{suffix}"),
            // The endpoints of the first partition's global services have no region.
            "iam" | "cloudfront" if partition.name == "aws" => format!("https://{}.{suffix}", client.host),
            "iam" if partition.name == "aws-us-gov" => format!("https://iam.us-gov.{suffix}"),
            _ => format!("https://{}.{signing_region}.{suffix}", client.host),
        }
    });
    Endpoint { origin, signing_region: signing_region.to_owned() }
}

/// The ordinary host of AWS STS, which is in every region.
pub(crate) fn of_sts(region: &str) -> String {
    format!("sts.{region}.{}", partition_of(region).suffix)
}

/// Where sessions of the AWS Management Console are renewed.
pub(crate) fn of_sign_in(region: &str) -> String {
    let suffix = match partition_of(region).name {
        "aws" => "aws.amazon.com",
        "aws-cn" => "amazonaws.cn",
        "aws-us-gov" => "amazonaws-us-gov.com",
        "aws-eusc" => "amazonaws-eusc.eu",
        "aws-iso" => "c2shome.ic.gov",
        "aws-iso-b" => "sc2shome.sgov.gov",
        _ => partition_of(region).suffix,
    };
    format!("https://{region}.signin.{suffix}")
}

/// The end of host names in the partition of a region.
pub(crate) fn suffix_of(region: &str) -> &'static str {
    partition_of(region).suffix
}

/// Are FIPS or dual-stack endpoints asked for?
pub(crate) fn is_further(settings: &Settings) -> bool {
    let asked = Asked::of(settings);
    asked.fips || asked.dual
}

/// Which of the further endpoints are asked for. See AWS: AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints"
/// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>): where there is none, calls fail.
#[derive(Clone, Copy)]
struct Asked {
    fips: bool,
    dual: bool,
}

/// Services whose endpoints in AWS GovCloud (US) are FIPS endpoints under their ordinary names.
const FIPS_BY_ORDINARY_NAME: &[&str] = &[
    "acm-pca",
    "autoscaling",
    "batch",
    "cloudformation",
    "cloudtrail",
    "config",
    "dynamodb",
    "dynamodbstreams",
    "ec2",
    "eks",
    "elasticbeanstalk",
    "elbv2",
    "emr",
    "events",
    "glacier",
    "imagebuilder",
    "kafka",
    "kinesis",
    "logs",
    "organizations",
    "ram",
    "rds",
    "redshift",
    "route53resolver",
    "serverlessrepo",
    "sns",
    "sqs",
    "ssm",
    "sso-admin",
    "stepfunctions",
    "sts",
];

impl Asked {
    fn of(settings: &Settings) -> Asked {
        Asked { fips: settings.is_on("use_fips_endpoint"), dual: settings.is_on("use_dualstack_endpoint") }
    }

    fn host(self, client: &Client, region: &str, account: &str, partition: Partition) -> String {
        let Asked { fips, dual } = self;
        let is_gov = partition.name == "aws-us-gov";
        let ordinary = is_gov
            && match dual {
                false => FIPS_BY_ORDINARY_NAME.contains(&client.name),
                true => ["events", "kafka", "organizations"].contains(&client.name),
            };
        // AWS Step Functions has its dual-stack endpoint there under the other name.
        let is_named_fips = fips && !ordinary || (client.name, is_gov, dual) == ("stepfunctions", true, true);
        let mark = if is_named_fips { "-fips" } else { "" };
        let keeps_suffix = match client.name {
            "secretsmanager" => true,
            "cognito-identity" | "cognito-idp" => partition.name == "aws" && (!fips || region == "us-east-1"),
            _ => false,
        };
        let is_newer = dual && !keeps_suffix
            || NEWER_ONLY.contains(&client.name)
            || ["dsql", "s3vectors"].contains(&client.name) && fips;
        let (newer_suffix, _) = newer_suffix_and_global_region(partition.name);
        let suffix = if is_newer { newer_suffix } else { partition.suffix };
        match (client.name, dual) {
            ("s3" | "s3control" | "s3express", _) => {
                let account = if client.name == "s3control" { format!("{account}.") } else { String::new() };
                let stack = if dual { ".dualstack" } else { "" };
                let host = client.host;
                format!("{account}{host}{mark}{stack}.{region}.{}", partition.suffix)
            }
            ("iam", _) if is_gov => format!("iam.us-gov.{suffix}"),
            ("iam" | "cloudfront", true) => format!("{}{mark}.global.{suffix}", client.host),
            ("iam" | "cloudfront", false) => format!("{}{mark}.{suffix}", client.host),
            ("batch" | "eks", false) if is_named_fips => format!("fips.{}.{region}.{suffix}", client.host),
            ("sagemaker", false) => format!("api{mark}.sagemaker.{region}.{suffix}"),
            ("opensearch", true) if !fips => format!("aos.{region}.{suffix}"),
            ("kafka", true) => format!("kafka-api{mark}.{region}.{suffix}"),
            ("dynamodbstreams", true) => format!("streams-dynamodb{mark}.{region}.{suffix}"),
            ("efs", true) => format!("efs{mark}.{region}.{suffix}"),
            ("ecr", true) => format!("ecr{mark}.{region}.{suffix}"),
            ("ecr-public" | "mediatailor", true) if partition.name == "aws" && !fips => {
                format!("{}.{region}.{suffix}", client.name)
            }
            _ => format!("{}{mark}.{region}.{suffix}", client.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_region, of};
    use crate::profile::Settings;
    use crate::table::client;

    #[test]
    fn hosts_of_services_and_partitions() {
        let settings = Settings::of(&[], "", "");
        for (name, region, origin, signing) in [
            ("sqs", "eu-west-1", "https://sqs.eu-west-1.amazonaws.com", "eu-west-1"),
            ("iam", "eu-west-1", "https://iam.amazonaws.com", "us-east-1"),
            ("iam", "cn-north-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("iam", "us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("organizations", "eu-west-1", "https://organizations.us-east-1.amazonaws.com", "us-east-1"),
            (
                "s3control",
                "eu-west-1",
                "https://111122223333.s3-control.eu-west-1.amazonaws.com",
                "eu-west-1",
            ),
            ("ecr", "us-gov-west-1", "https://api.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("sqs", "us-isof-south-1", "https://sqs.us-isof-south-1.csp.hci.ic.gov", "us-isof-south-1"),
            ("iam", "eu-isoe-west-1", "https://iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
        ] {
            let endpoint = of(client(name).expect("a client"), region, "111122223333", &settings);
            assert_eq!((&*endpoint.origin, &*endpoint.signing_region), (origin, signing));
        }
    }

    /// What AWS's own SDK does in three partitions, for every client of the table.
    #[test]
    fn every_client_is_reached_where_botocore_reaches_it() {
        let settings = Settings::of(&[], "", "");
        let (mut faults, mut seen) = (Vec::new(), 0);
        for line in include_str!("../data/endpoints.tsv").lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [name, region, origin, signing_region, signing_name] = columns[..] else { panic!("{line}") };
            let client = client(name).expect("a client of the table");
            let endpoint = of(client, region, "111122223333", &settings);
            let ours = (&*endpoint.origin, &*endpoint.signing_region, client.signing_name);
            // botocore keeps to the older name of Amazon S3's endpoint there; both are in AWS's list.
            let is_older = (name, region) == ("s3", "us-east-1");
            if ours != (origin, signing_region, signing_name) && !is_older {
                faults.push(format!("{line}: {ours:?}"));
            }
            seen += 1;
        }
        assert!(faults.is_empty() && seen >= 200, "{seen}\n{}", faults.join("\n"));
    }

    #[test]
    fn fips_and_dual_stack_endpoints_are_those_of_botocore() {
        let settings = |which: &str| {
            let on =
                |name: &'static str, word: &str| (name, if which.contains(word) { "true" } else { "false" });
            Settings::of(
                &[on("AWS_USE_FIPS_ENDPOINT", "fips"), on("AWS_USE_DUALSTACK_ENDPOINT", "dual")],
                "",
                "",
            )
        };
        let (mut faults, mut seen) = (Vec::new(), 0);
        for line in include_str!("../data/variants.tsv").lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [name, region, which, origin] = columns[..] else { panic!("{line}") };
            let client = client(name).expect("a client of the table");
            let ours = of(client, region, "111122223333", &settings(which)).origin;
            if ours != origin {
                faults.push(format!("{line}: {ours}"));
            }
            seen += 1;
        }
        assert!(faults.is_empty() && seen >= 900, "{seen}\n{}", faults.join("\n"));
        let sqs = client("sqs").expect("a client");
        let of_profile = Settings::of(&[], "[default]\nuse_fips_endpoint = true\n", "");
        assert_eq!(of(sqs, "us-east-2", "", &of_profile).origin, "https://sqs-fips.us-east-2.amazonaws.com");
        let overridden =
            Settings::of(&[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_ENDPOINT_URL", "http://a")], "", "");
        assert_eq!(of(sqs, "us-east-2", "", &overridden).origin, "http://a");
    }

    /// botocore 1.44.8, `signin`, endpoint rule set.
    #[test]
    fn where_sessions_of_the_console_are_renewed() {
        for (region, host) in [
            ("eu-west-1", "eu-west-1.signin.aws.amazon.com"),
            ("cn-north-1", "cn-north-1.signin.amazonaws.cn"),
            ("us-gov-west-1", "us-gov-west-1.signin.amazonaws-us-gov.com"),
            ("eusc-de-east-1", "eusc-de-east-1.signin.amazonaws-eusc.eu"),
        ] {
            assert_eq!(super::of_sign_in(region), format!("https://{host}"));
        }
    }

    #[test]
    fn what_may_become_a_part_of_a_host_name() {
        assert!(is_region("eu-west-1") && is_region("us-gov-west-1"));
        for wrong in ["", "../x", "eu-west-1.evil.example", "EU", "a/b", "-x", "a b"] {
            assert!(!is_region(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_endpoint_of_ones_own() {
        let all = Settings::of(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:5000/")], "", "");
        let sqs = client("sqs").expect("a client");
        assert_eq!(of(sqs, "eu-west-1", "", &all).origin, "http://127.0.0.1:5000");
        let one = Settings::of(
            &[
                ("AWS_ENDPOINT_URL", "http://a"),
                ("AWS_ENDPOINT_URL_SQS", "http://b"),
                ("AWS_ENDPOINT_URL_COGNITO_IDENTITY", "http://c"),
            ],
            "",
            "",
        );
        assert_eq!(of(sqs, "eu-west-1", "", &one).origin, "http://b");
        assert_eq!(
            of(client("cognito-identity").expect("a client"), "eu-west-1", "", &one).origin,
            "http://c"
        );
        let ignored = Settings::of(
            &[("AWS_ENDPOINT_URL", "http://a"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")],
            "",
            "",
        );
        assert_eq!(of(sqs, "eu-west-1", "", &ignored).origin, "https://sqs.eu-west-1.amazonaws.com");
    }
}
