//! When did each user and role last use which service and action? AWS makes a report for each of them.
//!
//! See AWS: IAM API Reference, `GenerateServiceLastAccessedDetails` ("IAM reports activity for at least the last 400 days")
//! and `GetServiceLastAccessedDetails`. Service-linked roles are left out: what they may do is AWS's to change.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::aws::{Unanswered, Why};
use crate::run::Run;
use crate::seen::Seen;
use crate::sign::hexadecimal;
use crate::table::{self, Call};
use crate::target::Target;
use crate::thing::{Thing, at, elements};
use crate::walk::{Caller, parallel};

/// What watchers hear of it as.
pub(crate) const NAME: &str = "last access";

const GENERATE: &str = "iam:GenerateServiceLastAccessedDetails Arn={arn} Granularity=ACTION_LEVEL";
const REPORT: &str = "iam:GetServiceLastAccessedDetails JobId={job} MaxItems=1000 token:Marker~Marker";

/// So many reports are ordered before the first is asked for: AWS makes them meanwhile. They are one file of the collection.
const AT_ONCE: usize = 100;
/// So often it is asked whether a report is made; AWS needs some seconds.
const PATIENCE: u32 = 40;

pub(crate) fn calls() -> impl Iterator<Item = Call> {
    [GENERATE, REPORT].into_iter().filter_map(table::call)
}

/// Reads what is not there yet; the answer is the first call that was not answered. `caller` asks about the account whose
/// identities stand in this file.
pub(crate) fn read(
    run: &Run,
    target: &Target,
    caller: Caller<'_>,
    details: &str,
) -> Option<(String, String)> {
    let mut gap = None;
    for some in principals(run, details).chunks(AT_ONCE) {
        let name = format!("accounts/{}/last_accessed.{}.jsonl", target.account, digest(some));
        if run.state.has(&name) || run.is_failed() {
            continue;
        }
        let seen = Seen::default();
        let caller = Caller { seen: &seen, ..caller };
        run.write(&name, |write| {
            for report in reports(caller, some) {
                write(&json!({"LastAccessedReports": [report]}));
            }
            write(&seen.line(Some(&target.account), None, &run.purpose.at));
        });
        gap = gap.or_else(|| seen.first_gap());
    }
    gap
}

/// The users and roles that were read, in order.
fn principals(run: &Run, details: &str) -> Vec<String> {
    let mut found = Vec::new();
    run.state.lines(details, |line| {
        for list in ["UserDetailList[]", "RoleDetailList[]"] {
            let arns = elements(line, list).into_iter().filter_map(|it| it.get("Arn")?.as_str());
            found.extend(arns.filter(|arn| !arn.contains(":role/aws-service-role/")).map(str::to_owned));
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}

/// Tells these principals from others, so that a file is not taken for one about others.
fn digest(principals: &[String]) -> String {
    hexadecimal(&Sha256::digest(principals.join("\n"))[..8])
}

fn reports(caller: Caller<'_>, principals: &[String]) -> Vec<Value> {
    let (Some(generate), Some(report)) = (table::call(GENERATE), table::call(REPORT)) else {
        return Vec::new();
    };
    let ordered = parallel(principals, |arn| {
        let mut thing = Thing::default();
        thing.fields.push(("arn", arn.as_str().into()));
        let answer = caller.send(&thing, &generate, None);
        let job = answer.and_then(|answer| match at(&answer, "JobId").and_then(Value::as_str) {
            Some(job) => Ok(job.to_owned()),
            None => Err(failed("it names no job")),
        });
        match job {
            Ok(job) => {
                caller.seen.answered(&generate, 1);
                thing.fields.push(("job", job.into()));
                Some(thing)
            }
            Err(unanswered) => {
                caller.seen.unanswered(&generate, &unanswered, false, 1);
                None
            }
        }
    });
    let ordered: Vec<Thing> = ordered.into_iter().flatten().collect();
    let made = parallel(&ordered, |thing| match finished(caller, thing, &report) {
        Ok(made) => {
            caller.seen.answered(&report, 1);
            Some(made)
        }
        Err(unanswered) => {
            caller.seen.unanswered(&report, &unanswered, false, 1);
            None
        }
    });
    made.into_iter().flatten().collect()
}

/// Waits until a report is made, and takes all its pages.
fn finished(caller: Caller<'_>, thing: &Thing, call: &Call) -> Result<Value, Unanswered> {
    for tries in 0..PATIENCE {
        let pages = caller.whole_answer(thing, call)?;
        let text = |name: &str| pages.first().and_then(|page| at(page, name)?.as_str());
        match text("JobStatus") {
            Some("COMPLETED") => {
                let made = text("JobCompletionDate").ok_or_else(|| failed("it says not when it was made"))?;
                return Ok(report(thing.text("arn").unwrap_or_default(), made, &pages));
            }
            Some("IN_PROGRESS") => {
                std::thread::sleep(Duration::from_millis(100 * u64::from(tries.clamp(1, 10))));
            }
            _ => return Err(failed("AWS could not make the report")),
        }
    }
    Err(failed("it was not made in time"))
}

/// The fields that are kept, of all pages.
fn report(arn: &str, made: &str, pages: &[Value]) -> Value {
    let kept = |from: &Value, names: &[&str]| -> Value {
        let pairs =
            names.iter().filter_map(|name| Some(((*name).to_owned(), from.get(*name)?.as_str()?.into())));
        Value::Object(pairs.collect())
    };
    let service = |service: &Value| {
        let mut known = kept(service, &["ServiceNamespace", "LastAuthenticated", "LastAuthenticatedRegion"]);
        let actions = elements(service, "TrackedActionsLastAccessed[]");
        if !actions.is_empty() {
            let action = |action| kept(action, &["ActionName", "LastAccessedTime", "LastAccessedRegion"]);
            known["TrackedActionsLastAccessed"] = actions.into_iter().map(action).collect();
        }
        known
    };
    let services = pages.iter().flat_map(|page| elements(page, "ServicesLastAccessed[]")).map(service);
    json!({"Arn": arn, "JobCompletionDate": made, "ServicesLastAccessed": services.collect::<Vec<_>>()})
}

fn failed(words: &str) -> Unanswered {
    Unanswered { why: Why::Failed, words: words.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{digest, report};

    #[test]
    fn pages_are_one_report_of_named_fields() {
        let first = json!({"JobStatus": "COMPLETED", "ServicesLastAccessed": [
            {"ServiceName": "s3cr3t", "ServiceNamespace": "s3", "LastAuthenticated": "2026-01-01T00:00:00Z",
             "LastAuthenticatedEntity": "s3cr3t", "TrackedActionsLastAccessed": {"ActionName": "GetObject", "X": "s3cr3t"}}]});
        let second =
            json!({"ServicesLastAccessed": {"ServiceNamespace": "sqs", "TrackedActionsLastAccessed": ""}});
        let expected = json!({"Arn": "a", "JobCompletionDate": "t", "ServicesLastAccessed": [
            {"ServiceNamespace": "s3", "LastAuthenticated": "2026-01-01T00:00:00Z",
             "TrackedActionsLastAccessed": [{"ActionName": "GetObject"}]},
            {"ServiceNamespace": "sqs"}]});
        assert_eq!(report("a", "t", &[first, second]), expected);
    }

    #[test]
    fn other_principals_have_another_file() {
        let of = |names: &[&str]| digest(&names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_ne!(of(&["a", "b"]), of(&["a", "c"]));
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_eq!(of(&["a"]).len(), 16);
    }
}
