//! The only way from here to AWS: one call of the table, signed, sent, tried again where that makes sense.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::endpoint;
use crate::error::CollectError;
use crate::http::{self, Http};
use crate::message::{self, Argument, Refusal};
use crate::pace::{Pace, lock};
use crate::plan::WHO_AM_I;
use crate::profile::Settings;
use crate::proxy::Proxies;
use crate::retries::Retries;
use crate::sign::{self, Scope};
use crate::table::{self, Call};
use crate::tries::Tries;

/// After so many calls in a row that did not get through at all, the way to AWS is gone.
const SILENCE: u64 = 40;

/// A name may be missing for a moment: that it is no name is believed after so many tries.
const SURE: u32 = 3;

/// The network, the settings, and how fast each service may be asked.
#[derive(Debug)]
pub(crate) struct Aws {
    pub(crate) http: Http,
    pub(crate) settings: Settings,
    pub(crate) retries: Retries,
    pub(crate) clock: Clock,
    /// Why nothing more can be asked.
    ended: Mutex<Option<CollectError>>,
    /// So many calls in a row did not get through.
    silence: AtomicU64,
    paces: Mutex<HashMap<Asked, Arc<Pace>>>,
    /// By account and region: does AWS STS know the credentials there?
    known_there: Mutex<HashMap<(String, String), bool>>,
    sent: Mutex<HashMap<String, u64>>,
}

/// What has a pace of its own: account, region and service.
type Asked = (String, String, &'static str);

/// Whose credentials sign, and for which account.
pub(crate) trait Signer: Sync {
    /// Credentials that are good for the next minutes; `fresh`: those that were used last were refused.
    fn credentials(&self, aws: &Aws, fresh: bool) -> Result<Credentials, CollectError>;
    /// Can there be others once they have expired?
    fn can_renew(&self) -> bool;
    /// The account that they are of; empty until it is known.
    fn account(&self) -> &str;
}

/// The words of a refusal that the caller cannot have lifted.
pub(crate) const DENIED_BY_ORGANIZATION: &str = "AccessDenied by a policy of the organization";

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unanswered {
    pub(crate) why: Why,
    /// The code of AWS's error, or what befell the connection: safe to show and to keep.
    pub(crate) words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// One of the codes that the table lists: there is none.
    None,
    /// The caller may not.
    Denied,
    /// The service, or the region, is not there for this account.
    Absent,
    /// It was tried as often as makes sense.
    Failed,
}

impl Aws {
    pub(crate) fn new(settings: Settings) -> Result<Aws, CollectError> {
        let http = Http::new(settings.ca_bundle().as_deref(), Proxies::of(&settings))?;
        let retries = Retries::of(&settings)?;
        Ok(Aws {
            http,
            settings,
            retries,
            clock: Clock::default(),
            ended: Mutex::default(),
            silence: AtomicU64::new(0),
            paces: Mutex::default(),
            known_there: Mutex::default(),
            sent: Mutex::default(),
        })
    }

    /// How many requests were sent, those that were sent again included.
    pub(crate) fn sent(&self) -> u64 {
        lock(&self.sent).values().sum()
    }

    /// The same for one account.
    pub(crate) fn sent_for(&self, account: &str) -> u64 {
        lock(&self.sent).get(account).copied().unwrap_or_default()
    }

    /// What keeps every further call from an answer: what was seen until then is kept, and the rest is worth another day.
    pub(crate) fn ended(&self) -> Option<CollectError> {
        lock(&self.ended).clone()
    }

    pub(crate) fn end(&self, error: CollectError) {
        lock(&self.ended)
            .get_or_insert(error.hint("when that is mended, `clavicle collect --resume` goes on"));
    }

    /// Sends a call until it is answered, refused, or was tried often enough.
    pub(crate) fn call(
        &self,
        signer: &dyn Signer,
        region: &str,
        call: &Call,
        path: &str,
        arguments: &[(&str, Argument)],
    ) -> Result<Value, Unanswered> {
        let failed = |words: String| Unanswered { why: Why::Failed, words };
        let pace = self.pace(signer.account(), region, call.client.name);
        let place = endpoint::of(call.client, region, signer.account(), &self.settings);
        let (mut fresh, mut got_through) = (false, false);
        let mut last = failed("it was never sent".to_owned());
        let mut tries = Tries::of(self.retries, call.client.name, &pace);
        while self.ended().is_none() && tries.next() {
            let credentials = signer
                .credentials(self, std::mem::take(&mut fresh))
                .map_err(|error| Unanswered { why: Why::Denied, words: error.problem })?;
            let mut request = message::request(call, &place.origin, path, arguments);
            if crate::plan::is_of_s3_control(call) {
                request.headers.push(("x-amz-account-id", signer.account().to_owned()));
            }
            if call.client.name == "glacier" {
                request.headers.push(("x-amz-glacier-version", call.client.version.to_owned()));
            }
            let signed = self.clock.now();
            let time = signed.strftime("%Y%m%dT%H%M%SZ").to_string();
            let scope =
                Scope { service: call.client.signing_name, region: &place.signing_region, time: &time };
            sign::sign(&mut request, &credentials, scope);
            *lock(&self.sent).entry(signer.account().to_owned()).or_default() += 1;
            let reply = match self.http.send(&request) {
                Ok(reply) => reply,
                Err(lost) => {
                    tries.lost(&lost);
                    if lost.no_host
                        && (tries.made() >= SURE || tries.are_over())
                        && let Some(unanswered) = self.without_host(call, region, tries.made(), http::is_host)
                    {
                        return Err(unanswered);
                    }
                    last = failed(lost.why);
                    continue;
                }
            };
            got_through = true;
            self.silence.store(0, Ordering::Relaxed);
            match message::answer(call, &reply) {
                Ok(answer) => {
                    tries.answered();
                    return Ok(answer);
                }
                // The time was the fault, whatever the code means elsewhere.
                Err(refusal)
                    if self.clock.is_put_right(&refusal.code, reply.date, signed) && tries.set_clock() =>
                {
                    last = failed(words(&refusal));
                }
                Err(refusal) => match judge(call, &refusal) {
                    Verdict::Unknown => {
                        let why =
                            if self.are_known(signer, region, call) { Why::Absent } else { Why::Denied };
                        return Err(Unanswered { why, words: words(&refusal) });
                    }
                    Verdict::Final(why) => return Err(Unanswered { why, words: words(&refusal) }),
                    Verdict::Renew if signer.can_renew() && tries.renew() => fresh = true,
                    Verdict::Renew => {
                        if !signer.can_renew() {
                            // Amazon EC2 has one code for both, and without a time nobody can tell.
                            let unclear = refusal.code == "RequestExpired" && reply.date.is_none();
                            let or = if unclear { ", or the clock of this machine is wrong" } else { "" };
                            self.end(CollectError::new(format!("the credentials have expired{or}")));
                        }
                        return Err(Unanswered { why: Why::Denied, words: words(&refusal) });
                    }
                    Verdict::Slower => {
                        tries.too_fast();
                        last = failed(words(&refusal));
                    }
                    Verdict::Again => {
                        tries.fault();
                        last = failed(words(&refusal));
                    }
                },
            }
        }
        if !got_through && self.silence.fetch_add(1, Ordering::Relaxed) + 1 >= SILENCE {
            self.end(CollectError::new(format!("AWS cannot be reached: {}", last.words)));
        }
        Err(last)
    }

    /// What is known of a service whose host is not there, after so many tries, while that of AWS STS, which is in every region,
    /// is: the network is not to blame. See AWS: AWS General Reference, "Service endpoints and quotas".
    fn without_host(
        &self,
        call: &Call,
        region: &str,
        tries: u32,
        is_host: impl Fn(&str) -> Option<bool>,
    ) -> Option<Unanswered> {
        if self.settings.endpoint_url(call.client.name).is_some()
            || is_host(&endpoint::of_sts(region)) != Some(true)
        {
            return None;
        }
        let unanswered = |why, words: &str| Some(Unanswered { why, words: words.to_owned() });
        match endpoint::is_further(&self.settings) {
            // Not every service has endpoints of these kinds wherever it is: things may be there all the same.
            true => unanswered(Why::Failed, "no FIPS or dual-stack endpoint"),
            false if call.client.is_global => None,
            false if tries < SURE => unanswered(Why::Failed, "no such host"),
            false => unanswered(Why::None, "no endpoint in this region"),
        }
    }

    /// Does AWS STS know the credentials in a region? Then a service that does not is not there. That they are known nowhere any
    /// more, or in no region that has to be enabled, says nothing of what is there.
    ///
    /// AWS: IAM User Guide, "Manage AWS STS in an AWS Region": tokens of the global endpoint "are valid only in AWS Regions that are
    /// enabled by default" (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html>).
    fn are_known(&self, signer: &dyn Signer, region: &str, refused: &Call) -> bool {
        let Some(who) = table::call(WHO_AM_I).filter(|who| who.client.name != refused.client.name) else {
            return false;
        };
        let key = (signer.account().to_owned(), region.to_owned());
        if let Some(known) = lock(&self.known_there).get(&key) {
            return *known;
        }
        let known = match self.call(signer, region, &who, who.path, &[]) {
            Ok(_) => true,
            Err(Unanswered { why: Why::Failed, .. }) => return false,
            Err(_) => false,
        };
        lock(&self.known_there).insert(key, known);
        known
    }

    fn pace(&self, account: &str, region: &str, client: &'static str) -> Arc<Pace> {
        let key = (account.to_owned(), region.to_owned(), client);
        lock(&self.paces).entry(key).or_insert_with(|| Arc::new(Pace::new())).clone()
    }
}

enum Verdict {
    Final(Why),
    /// The service does not know the credentials.
    Unknown,
    /// The credentials are too old.
    Renew,
    /// Asked too often.
    Slower,
    Again,
}

fn judge(call: &Call, refusal: &Refusal) -> Verdict {
    let code = refusal.code.as_str();
    if call.none.contains(&code) {
        return Verdict::Final(Why::None);
    }
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Verdict::Renew,
        _ if is_throttle(code) || refusal.status == 429 => Verdict::Slower,
        _ if is_denial(code) => Verdict::Final(Why::Denied),
        // What a region that is not opted in, a service that is not there, or one of today to keys of yesterday answers.
        "UnrecognizedClientException" | "InvalidClientTokenId" => Verdict::Unknown,
        "OptInRequired"
        | "SubscriptionRequiredException"
        | "NoLongerSupportedException"
        | "UnknownOperationException"
        | "UnsupportedOperation"
        | "UnsupportedOperationException"
        | "AWSOrganizationsNotInUseException" => Verdict::Final(Why::Absent),
        "RequestTimeout"
        | "RequestTimeoutException"
        | "PriorRequestNotComplete"
        | "InternalFailure"
        | "InternalError" => Verdict::Again,
        _ if refusal.status >= 500 && refusal.status != 501 => Verdict::Again,
        "Unreadable" => Verdict::Again,
        _ if refusal.status == 403 => Verdict::Final(Why::Denied),
        _ => Verdict::Final(Why::Failed),
    }
}

/// The codes that AWS's SDKs take as "slower".
pub(crate) fn is_throttle(code: &str) -> bool {
    matches!(
        code,
        "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottledException"
            | "TooManyRequestsException"
            | "ProvisionedThroughputExceededException"
            | "TransactionInProgressException"
            | "RequestLimitExceeded"
            | "BandwidthLimitExceeded"
            | "LimitExceededException"
            | "RequestThrottled"
            | "SlowDown"
            | "EC2ThrottledException"
    )
}

fn is_denial(code: &str) -> bool {
    matches!(
        code,
        "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "AuthorizationError"
            | "AuthorizationErrorException"
            | "NotAuthorized"
            | "NotAuthorizedException"
            | "UnauthorizedException"
            | "ForbiddenException"
            | "AllAccessDisabled"
    )
}

fn words(refusal: &Refusal) -> String {
    match (is_denial(&refusal.code), refusal.by_organization) {
        // The beginning by which the snapshot knows a refusal.
        (true, true) => DENIED_BY_ORGANIZATION.to_owned(),
        (true, false) => "AccessDenied".to_owned(),
        (false, _) => match refusal.code.strip_prefix("Status") {
            Some(status) => format!("HTTP status {status}"),
            None => refusal.code.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Aws, Verdict, Why, judge};
    use crate::credentials::Credentials;
    use crate::message::Refusal;
    use crate::profile::Settings;
    use crate::signers::{Session, Source};
    use crate::stand_in::{every_answer, every_dated_answer};
    use crate::table::call;

    /// AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS endpoints"
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>): not every service has them in every region.
    #[test]
    fn a_host_that_is_not_there() {
        let tried = |tries, environment: &[(&str, &str)], words, sts: Option<bool>| {
            let aws = Aws::new(Settings::of(environment, "", "")).expect("a network");
            let is_host = |name: &str| {
                assert_eq!(name, "sts.eu-west-1.amazonaws.com");
                sts
            };
            aws.without_host(&call(words).expect("a call"), "eu-west-1", tries, is_host).map(|it| it.why)
        };
        let means = |environment: &[(&str, &str)], words, sts| tried(3, environment, words, sts);
        let (of_region, global) = ("lambda:ListFunctions GET /x", "iam:ListUsers");
        let (fips, dual) = (("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "true"));
        assert_eq!(means(&[], of_region, Some(true)), Some(Why::None), "the service is not in the region");
        assert_eq!(tried(2, &[], of_region, Some(true)), Some(Why::Failed), "the name may be there again");
        assert_eq!(means(&[], global, Some(true)), None);
        for further in [fips, dual] {
            assert_eq!(
                means(&[further], of_region, Some(true)),
                Some(Why::Failed),
                "its things are not read"
            );
            assert_eq!(means(&[further], global, Some(true)), Some(Why::Failed));
            // The network is gone.
            assert_eq!(means(&[further], of_region, Some(false)), None);
            assert_eq!(means(&[further], of_region, None), None);
        }
        assert_eq!(means(&[fips, ("AWS_ENDPOINT_URL", "https://a.example")], of_region, Some(true)), None);
    }

    /// A server that knows the credentials in the regions named here, and no service but AWS STS; and its address.
    fn only_sts_in(regions: &'static [&'static str]) -> String {
        every_answer(|head| {
            match regions.iter().any(|region| head.contains(&format!("/{region}/sts/aws4_request"))) {
                true => (
                    "200 OK",
                    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>\
                     </GetCallerIdentityResult></GetCallerIdentityResponse>",
                ),
                false => (
                    "403 Forbidden",
                    "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>",
                ),
            }
        })
    }

    fn keys() -> Session {
        let keys =
            Credentials { access_key: "ASIA".to_owned(), secret: "s".to_owned(), token: None, expires: None };
        Session::new(Source::Keys(keys), "111122223333", "eu-west-1")
    }

    /// That nobody knows the credentials any more, or in a region, is not that there is nothing there.
    #[test]
    fn who_is_not_known_was_not_told_that_there_is_nothing() {
        let address = only_sts_in(&["eu-west-1"]);
        let aws = Aws::new(Settings::of(&[("AWS_ENDPOINT_URL", &address)], "", "")).expect("a network");
        let session = keys();
        let why = |words: &'static str, region: &str| {
            let call = call(words).expect("a call");
            aws.call(&session, region, &call, "/", &[]).map_err(|unanswered| unanswered.why)
        };
        for words in ["sns:ListTopics", "rds:DescribeDBClusters"] {
            assert_eq!(why(words, "eu-west-1"), Err(Why::Absent), "the service is not in the region");
            assert_eq!(why(words, "ap-east-1"), Err(Why::Denied));
        }
        assert_eq!(why("sts:GetCallerIdentity", "ap-east-1"), Err(Why::Denied));
        // Each region is asked about once.
        assert_eq!(aws.sent(), 4 + 2 + 1);
    }

    /// AWS: Amazon EC2 API Reference, "Common error types", `RequestExpired`: "more than 15 minutes after the date stamp on the
    /// request" (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html>).
    #[test]
    fn a_wrong_clock_is_no_expired_credential() {
        const EXPIRED: &str =
            "<Response><Errors><Error><Code>RequestExpired</Code></Error></Errors></Response>";
        let now = Timestamp::now();
        let days = |ahead: i64| now - SignedDuration::from_hours(24 * ahead);
        // The answer, and how the collection ended, if there the time is another one, and if it is told.
        let asked = |there: Timestamp, is_told: bool, takes: Timestamp| {
            let date = there.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let day = takes.strftime("x-amz-date: %Y%m%d").to_string();
            let address = every_dated_answer(is_told.then_some(&*date), move |head| {
                match head.to_lowercase().contains(&day.to_lowercase()) {
                    true => ("200 OK", "<R><regionInfo/></R>"),
                    false => ("400 Bad Request", EXPIRED),
                }
            });
            let aws = Aws::new(Settings::of(&[("AWS_ENDPOINT_URL", &address)], "", "")).expect("a network");
            let call = call("ec2:DescribeRegions").expect("a call");
            let answer = aws.call(&keys(), "eu-west-1", &call, "/", &[]);
            let ended = aws.ended().map(|error| error.problem).unwrap_or_default();
            (answer.is_ok(), ended, (aws.clock.ahead().as_hours() + 72 + 12) / 24 - 3, aws.sent())
        };
        assert_eq!(asked(days(3), true, days(3)), (true, String::new(), 3, 2));
        assert_eq!(asked(days(-2), true, days(-2)), (true, String::new(), -2, 2));
        let expired = "the credentials have expired";
        assert_eq!(asked(now, true, days(3)), (false, expired.to_owned(), 0, 1));
        let unclear = format!("{expired}, or the clock of this machine is wrong");
        assert_eq!(asked(now, false, days(3)), (false, unclear, 0, 1));
        // Where the time is not the fault, it is put right once.
        assert_eq!(asked(days(3), true, days(9)), (false, expired.to_owned(), 3, 2));
    }

    #[test]
    fn what_a_code_means_for_the_next_try() {
        let of = |code: &str, status| {
            let call = call("lambda:GetPolicy GET /x none:ResourceNotFoundException").expect("a call");
            judge(&call, &Refusal { code: code.to_owned(), status, by_organization: false })
        };
        assert!(matches!(of("ResourceNotFoundException", 404), Verdict::Final(Why::None)));
        assert!(matches!(of("AccessDenied", 403), Verdict::Final(Why::Denied)));
        assert!(matches!(of("SomethingNew", 403), Verdict::Final(Why::Denied)));
        assert!(matches!(of("Throttling", 400), Verdict::Slower));
        assert!(matches!(of("Status429", 429), Verdict::Slower));
        assert!(matches!(of("Status503", 503), Verdict::Again));
        assert!(matches!(of("ExpiredToken", 400), Verdict::Renew));
        assert!(matches!(of("OptInRequired", 403), Verdict::Final(Why::Absent)));
        assert!(matches!(of("ValidationException", 400), Verdict::Final(Why::Failed)));
    }
}
