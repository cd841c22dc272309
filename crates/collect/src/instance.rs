//! What an instance is told of itself, by version 2 of its metadata service; where that gives no token, by version 1, as in the AWS
//! CLI (botocore 1.44.8, `utils.py`, `_fetch_metadata_token`): behind a second hop, as in a container, no token may come back.
//!
//! See AWS: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata"
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>).

use std::time::Duration;

use crate::endpoint;
use crate::error::CollectError;
use crate::http::{Http, Request};
use crate::profile::Settings;
use crate::signers::get_request;

/// The service, and a token that it gave.
pub(crate) struct Metadata<'m> {
    http: &'m Http,
    service: String,
    /// `None`: it is asked by version 1.
    token: Option<String>,
    /// Where there is no such service nobody waits for it longer.
    pub(crate) limit: Duration,
}

impl<'m> Metadata<'m> {
    /// `None`: it is switched off, or this is no instance.
    pub(crate) fn of(http: &'m Http, settings: &Settings) -> Option<Metadata<'m>> {
        let is_off = settings.variable("AWS_EC2_METADATA_DISABLED");
        if is_off.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return None;
        }
        let service = settings.metadata_service().trim_end_matches('/').to_owned();
        let limit = settings.metadata_timeout();
        let lifetime = vec![("x-aws-ec2-metadata-token-ttl-seconds", "21600".to_owned())];
        let ask =
            Request { method: "PUT", ..get_request(&format!("{service}/latest/api/token"), lifetime).ok()? };
        let token = match http.send_within(&ask, Some(limit)) {
            Ok(reply) if reply.status == 200 => Some(reply.body),
            Ok(reply) if matches!(reply.status, 403..=405) => None,
            Err(lost) if lost.timed_out => None,
            _ => return None,
        };
        let is_enough = token.is_some() || !settings.is_on("ec2_metadata_v1_disabled");
        is_enough.then_some(Metadata { http, service, token, limit })
    }

    /// What asks for something of it.
    pub(crate) fn request(&self, path: &str) -> Result<Request, CollectError> {
        let headers = self.token.iter().map(|token| ("x-aws-ec2-metadata-token", token.clone())).collect();
        get_request(&format!("{}/latest/meta-data/{path}", self.service), headers)
    }

    /// The first line that it tells.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let reply = self.http.send_within(&self.request(path).ok()?, Some(self.limit)).ok()?;
        let line = reply.body.lines().next().map(|line| line.trim().to_owned());
        line.filter(|line| reply.status == 200 && !line.is_empty())
    }
}

/// The region where no setting names one: that of the instance, as in the AWS CLI, else the first one of AWS.
pub(crate) fn region(http: &Http, settings: &Settings) -> String {
    let of_instance = || Metadata::of(http, settings)?.text("placement/region");
    let found = settings.region().or_else(|| of_instance().filter(|region| endpoint::is_region(region)));
    found.unwrap_or_else(|| "us-east-1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::region;
    use crate::http::Http;
    use crate::profile::Settings;
    use crate::proxy::Proxies;
    use crate::stand_in::every_answer;

    /// A metadata service that gives a token for a PUT, and says this to whoever shows it; and its address.
    fn service(says: &'static str) -> String {
        every_answer(move |head| {
            let head = head.to_lowercase();
            let body = match () {
                () if head.starts_with("put /latest/api/token ") => "t0ken",
                () if head.starts_with("get /latest/meta-data/placement/region ")
                    && head.contains("x-aws-ec2-metadata-token: t0ken") =>
                {
                    says
                }
                () => "",
            };
            ("200 OK", body)
        })
    }

    /// AWS: Amazon EC2 User Guide, "Access instance metadata for an EC2 instance", `placement/region`
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html>).
    #[test]
    fn an_instance_knows_its_region_where_nobody_says_one() {
        let place = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
        let of = |environment: &[(&str, &str)], config: &str| {
            let settings = Settings::of(environment, config, "");
            let http = Http::new(None, Proxies::of(&settings)).expect("a client");
            region(&http, &settings)
        };
        let there = service("eu-central-2\n");
        assert_eq!(of(&[(place, &there)], ""), "eu-central-2");
        assert_eq!(of(&[(place, &there), ("AWS_REGION", "sa-east-1")], ""), "sa-east-1");
        assert_eq!(of(&[(place, &there)], "[default]\nregion = eu-west-1\n"), "eu-west-1");
        assert_eq!(of(&[(place, &there), ("AWS_EC2_METADATA_DISABLED", "true")], ""), "us-east-1");
        assert_eq!(of(&[(place, &service("../evil.example"))], ""), "us-east-1");
        // One that gives no token tells without, unless nobody wants that.
        let older = every_answer(|head| match head.to_lowercase().starts_with("put ") {
            true => ("405 Method Not Allowed", ""),
            false => ("200 OK", "eu-west-3"),
        });
        assert_eq!(of(&[(place, &older)], ""), "eu-west-3");
        assert_eq!(of(&[(place, &older), ("AWS_EC2_METADATA_V1_DISABLED", "true")], ""), "us-east-1");
        assert_eq!(of(&[(place, &older)], "[default]\nec2_metadata_v1_disabled = true\n"), "us-east-1");
        // Nobody is there.
        assert_eq!(of(&[(place, "http://127.0.0.1:9")], ""), "us-east-1");
    }
}
