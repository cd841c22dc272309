//! The only way from here to AWS: one call of the table, signed, sent, tried again where that makes sense.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use crate::credentials::Credentials;
use crate::endpoint;
use crate::error::CollectError;
use crate::http::{self, Http};
use crate::message::{self, Argument, Refusal};
use crate::pace::{self, FAULT, Pace, lock};
use crate::profile::Settings;
use crate::proxy::Proxies;
use crate::retries::Retries;
use crate::sign::{self, Scope};
use crate::table::{self, Call};

/// After so many calls in a row that did not get through at all, the way to AWS is gone.
const SILENCE: u64 = 40;

/// The network, the settings, and how fast each service may be asked.
#[derive(Debug)]
pub(crate) struct Aws {
    pub(crate) http: Http,
    pub(crate) settings: Settings,
    pub(crate) retries: Retries,
    /// Why nothing more can be asked.
    ended: Mutex<Option<CollectError>>,
    /// So many calls in a row did not get through.
    silence: AtomicU64,
    paces: Mutex<HashMap<Asked, Arc<Pace>>>,
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
            ended: Mutex::default(),
            silence: AtomicU64::new(0),
            paces: Mutex::default(),
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
        let (mut fresh, mut renewed, mut faults, mut got_through) = (false, false, 0, false);
        let mut last = failed("it was never sent".to_owned());
        let client = call.client.name;
        // What another try costs.
        let mut cost = 0;
        for tries in 0..self.retries.attempts(client) {
            if faults >= self.retries.faults(client) || self.ended().is_some() {
                break;
            }
            if tries > 0 {
                if self.retries.has_quota() && !pace.pays(cost) {
                    break;
                }
                std::thread::sleep(self.retries.pause(tries));
            }
            let credentials = signer
                .credentials(self, std::mem::take(&mut fresh))
                .map_err(|error| Unanswered { why: Why::Denied, words: error.problem })?;
            if self.retries.is_paced() {
                std::thread::sleep(pace.place(Instant::now()).min(Duration::from_secs(60)));
            }
            let mut request = message::request(call, &place.origin, path, arguments);
            if call.client.name == "s3control" {
                request.headers.push(("x-amz-account-id", signer.account().to_owned()));
            }
            if call.client.name == "glacier" {
                request.headers.push(("x-amz-glacier-version", call.client.version.to_owned()));
            }
            let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
            let scope =
                Scope { service: call.client.signing_name, region: &place.signing_region, time: &time };
            sign::sign(&mut request, &credentials, scope);
            *lock(&self.sent).entry(signer.account().to_owned()).or_default() += 1;
            let reply = match self.http.send(&request) {
                Ok(reply) => reply,
                Err(lost) if lost.no_host && tries >= 2 && self.is_offered_elsewhere_only(call, region) => {
                    return Err(Unanswered {
                        why: Why::None,
                        words: "no endpoint in this region".to_owned(),
                    });
                }
                Err(lost) => {
                    (faults, cost) = (faults + 1, pace::cost(&lost));
                    last = failed(lost.why);
                    continue;
                }
            };
            got_through = true;
            self.silence.store(0, Ordering::Relaxed);
            match message::answer(call, &reply) {
                Ok(answer) => {
                    pace.quicken();
                    pace.repay(cost);
                    return Ok(answer);
                }
                Err(refusal) => match judge(call, &refusal) {
                    Verdict::Final(why) => return Err(Unanswered { why, words: words(&refusal) }),
                    Verdict::Renew if !renewed && signer.can_renew() => (fresh, renewed) = (true, true),
                    Verdict::Renew => {
                        if !signer.can_renew() {
                            self.end(CollectError::new("the credentials have expired"));
                        }
                        return Err(Unanswered { why: Why::Denied, words: words(&refusal) });
                    }
                    Verdict::Slower => {
                        pace.slow_down();
                        (last, cost) = (failed(words(&refusal)), FAULT);
                    }
                    Verdict::Again => {
                        (last, cost) = (failed(words(&refusal)), FAULT);
                        faults += 1;
                    }
                },
            }
        }
        if !got_through && self.silence.fetch_add(1, Ordering::Relaxed) + 1 >= SILENCE {
            self.end(CollectError::new(format!("AWS cannot be reached: {}", last.words)));
        }
        Err(last)
    }

    /// The service has no host in the region while AWS STS, which is in every region, has one: nothing can be there. See AWS:
    /// AWS General Reference, "Service endpoints and quotas".
    fn is_offered_elsewhere_only(&self, call: &Call, region: &str) -> bool {
        let Some(sts) = table::client("sts") else { return false };
        // Not every service has endpoints of these kinds wherever it is.
        let is_further =
            ["use_fips_endpoint", "use_dualstack_endpoint"].iter().any(|it| self.settings.is_on(it));
        if is_further || self.settings.endpoint_url(call.client.name).is_some() || call.client.is_global {
            return false;
        }
        let known = endpoint::of(sts, region, "", &self.settings).origin;
        known.strip_prefix("https://").and_then(http::is_host) == Some(true)
    }

    fn pace(&self, account: &str, region: &str, client: &'static str) -> Arc<Pace> {
        let key = (account.to_owned(), region.to_owned(), client);
        lock(&self.paces).entry(key).or_insert_with(|| Arc::new(Pace::new())).clone()
    }
}

enum Verdict {
    Final(Why),
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
        // What a region that is not opted in, or a service that is not there, answers.
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "OptInRequired"
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
        (true, true) => "AccessDenied by a policy of the organization".to_owned(),
        (true, false) => "AccessDenied".to_owned(),
        (false, _) => refusal.code.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, Why, judge};
    use crate::message::Refusal;
    use crate::table::call;

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
