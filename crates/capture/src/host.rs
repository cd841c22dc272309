//! Whose host is it: one of AWS's, and what does its name say?

/// What the names of AWS's endpoints end in, by partition.
///
/// See AWS: General Reference, AWS service endpoints, and the partitions of the SDKs. Websites (`aws.amazon.com`) and the
/// functions and sites of customers (`on.aws`) are not among them.
const ENDPOINTS: &[&str] = &[
    "amazonaws.com",
    "api.aws",
    "amazonaws.com.cn",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];

/// Is it an endpoint of AWS? `host` may have a port.
pub(crate) fn is_aws(host: &str) -> bool {
    let name = name(host);
    ENDPOINTS.iter().any(|end| name.strip_suffix(end).is_some_and(|before| before.ends_with('.')))
}

/// In small letters, without the port and a dot at the end.
pub(crate) fn name(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.trim_end_matches('.').to_owned()
}

/// Is it this machine?
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = name(host);
    let is_address = name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    is_address || name == "localhost" || name.ends_with(".localhost")
}

/// The bucket that a host of S3 names: `bucket.s3.eu-west-1.amazonaws.com`. Of access points and the like, none: their
/// hosts begin with other words.
///
/// See AWS: Amazon S3 User Guide, Virtual hosting of general purpose buckets.
pub(crate) fn bucket(host: &str) -> Option<String> {
    let name = name(host);
    let own = ENDPOINTS.iter().find_map(|end| name.strip_suffix(end)?.strip_suffix('.'));
    let own = match own {
        Some(own) => own,
        // Stand-ins for AWS on this machine: `bucket.s3.localhost`, or `bucket.localhost`.
        None => {
            let own = name.strip_suffix(".localhost")?;
            return Some(own.strip_suffix(".s3").unwrap_or(own).to_owned()).filter(|own| own != "s3");
        }
    };
    // The last word that names S3 ends the bucket, which may hold dots and the same words itself.
    let is_s3 = |word: &str| {
        word == "s3"
            || ["s3-accelerate", "s3-fips", "s3-website"].contains(&word)
            || word.strip_prefix("s3-").is_some_and(|region| {
                region.bytes().any(|byte| byte.is_ascii_digit()) && region.contains('-')
            })
    };
    let mut end = own.len();
    for word in own.rsplit('.') {
        let start = end - word.len();
        if is_s3(word) {
            return (start > 0).then(|| own[..start - 1].to_owned());
        }
        end = start.saturating_sub(1);
    }
    None
}

/// The region that a host names, if it has the form of one: the last of its words that has.
pub(crate) fn region(host: &str) -> Option<String> {
    let is_region = |word: &&str| {
        let mut parts = word.split('-');
        let first = parts.next().is_some_and(|part| (2..=5).contains(&part.len()));
        first
            && word.matches('-').count() >= 2
            && parts
                .next_back()
                .is_some_and(|last| last.len() <= 2 && last.bytes().all(|byte| byte.is_ascii_digit()))
    };
    name(host).rsplit('.').find(is_region).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{bucket, is_aws, is_loopback, region};

    #[test]
    fn endpoints_of_aws_are_told_from_others() {
        for host in [
            "s3.amazonaws.com",
            "IAM.amazonaws.com:443",
            "ec2.us-east-1.api.aws",
            "sts.cn-north-1.amazonaws.com.cn",
        ] {
            assert!(is_aws(host), "{host}");
        }
        for host in [
            "amazonaws.com.evil.example",
            "notamazonaws.com",
            "amazonaws.com",
            "aws.amazon.com",
            "pypi.org",
            "x.on.aws",
        ] {
            assert!(!is_aws(host), "{host}");
        }
        assert!(is_loopback("127.0.0.1:5000") && is_loopback("[::1]:80") && is_loopback("localhost"));
        assert!(!is_loopback("127.0.0.1.example") && !is_loopback("10.0.0.1"));
    }

    /// The forms of AWS: Amazon S3 User Guide, Virtual hosting of general purpose buckets.
    #[test]
    fn hosts_name_buckets() {
        for (host, wanted) in [
            ("b.s3.eu-west-1.amazonaws.com", Some("b")),
            ("b.s3.amazonaws.com", Some("b")),
            ("www.b.example.s3.dualstack.us-west-2.amazonaws.com", Some("www.b.example")),
            ("b.s3-us-west-2.amazonaws.com", Some("b")),
            ("b.s3-accelerate.amazonaws.com", Some("b")),
            ("s3.b.s3.eu-west-1.amazonaws.com", Some("s3.b")),
            ("s3.eu-west-1.amazonaws.com", None),
            ("s3.amazonaws.com", None),
            ("ap-111122223333.s3-accesspoint.eu-west-1.amazonaws.com", None),
            ("111122223333.s3-control.eu-west-1.amazonaws.com", None),
            ("b.s3.localhost:4566", Some("b")),
            ("127.0.0.1:5000", None),
        ] {
            assert_eq!(bucket(host).as_deref(), wanted, "{host}");
        }
    }

    #[test]
    fn hosts_name_regions() {
        assert_eq!(region("b.s3.eu-west-1.amazonaws.com").as_deref(), Some("eu-west-1"));
        assert_eq!(region("s3.us-gov-west-1.amazonaws.com").as_deref(), Some("us-gov-west-1"));
        assert_eq!(region("iam.amazonaws.com"), None);
    }
}
