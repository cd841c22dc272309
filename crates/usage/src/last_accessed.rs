//! What AWS itself says of last use: the answer of `aws iam get-service-last-accessed-details`.
//!
//! See AWS: IAM API Reference, `GetServiceLastAccessedDetails`. The answer does not say whom it is of; `"Arn"` beside its
//! other members does, if somebody put it there: the ARN that `generate-service-last-accessed-details` was called with.
//! Without it, what is told of the entities that the answer names is taken, and nothing of those that it does not name.

use std::sync::Arc;

use clavicle_catalog::Catalog;
use clavicle_snapshot::{LastAccessedReport, Snapshot};
use jiff::Timestamp;
use serde_json::Value;

use crate::evidence::LastAccessed;

/// What the reports of a snapshot say.
pub(crate) fn of(catalog: &Catalog, snapshot: &Snapshot) -> Vec<LastAccessed> {
    let reports = snapshot.last_accessed.iter().filter_map(LastAccessedReport::json);
    reports.flat_map(|report| read(catalog, &report)).collect()
}

/// The same, added to what is known: of one principal, service and action the later report stands.
pub(crate) fn merge(catalog: &Catalog, known: &mut Vec<LastAccessed>, snapshot: &Snapshot) {
    known.extend(of(catalog, snapshot));
    known.sort_by(|one, other| one.place().cmp(&other.place()).then(other.reported.cmp(&one.reported)));
    known.dedup_by(|later, kept| later.place() == kept.place());
}

/// The facts of a report; none if it is not finished, or no report.
pub(crate) fn read(catalog: &Catalog, report: &[u8]) -> Vec<LastAccessed> {
    let Ok(report) = serde_json::from_slice::<Value>(report) else { return Vec::new() };
    let is_finished = report["JobStatus"].as_str().is_none_or(|status| status == "COMPLETED");
    let reported = ["JobCompletionDate", "JobCreationDate"].iter().find_map(|name| time(&report[*name]));
    let (true, Some(reported)) = (is_finished, reported) else { return Vec::new() };
    let owner: Option<Arc<str>> = report["Arn"].as_str().map(Arc::from);
    let mut facts = Vec::new();
    for service in report["ServicesLastAccessed"].as_array().into_iter().flatten() {
        let Some(prefix) = service["ServiceNamespace"].as_str() else { continue };
        let prefix = catalog.service(prefix).map_or(prefix, |service| service.prefix());
        let prefix: Arc<str> = prefix.into();
        let mut put = |action: Option<Arc<str>>, facts_of: &Value, names: [&str; 3]| {
            let [at, entity, region] = names.map(|name| &facts_of[name]);
            let at = time(at);
            let fact = |principal: Arc<str>| LastAccessed {
                principal,
                service: prefix.clone(),
                action: action.clone(),
                at,
                region: region.as_str().map(Arc::from),
                reported,
            };
            facts.extend(owner.clone().map(fact));
            // A report of a policy or a group names the one who came last.
            let other = entity.as_str().filter(|entity| at.is_some() && Some(*entity) != owner.as_deref());
            facts.extend(other.map(|entity| fact(entity.into())));
        };
        put(None, service, ["LastAuthenticated", "LastAuthenticatedEntity", "LastAuthenticatedRegion"]);
        for action in service["TrackedActionsLastAccessed"].as_array().into_iter().flatten() {
            let Some(name) = action["ActionName"].as_str() else { continue };
            // Actions that the catalogue does not know cannot be granted by a name that it knows.
            let Some(id) = catalog.action(&format!("{prefix}:{name}")) else { continue };
            let names = ["LastAccessedTime", "LastAccessedEntity", "LastAccessedRegion"];
            put(Some(catalog.name(id).into()), action, names);
        }
    }
    facts
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::read;
    use clavicle_catalog::catalog;

    fn told(report: &str) -> Vec<String> {
        let word = |fact: crate::LastAccessed| {
            let name = fact.action.unwrap_or(fact.service);
            let at = fact.at.map_or("never".to_owned(), |at| at.to_string());
            format!("{} {name} {at}", fact.principal.rsplit('/').next().unwrap_or_default())
        };
        read(catalog(), report.as_bytes()).into_iter().map(word).collect()
    }

    const SERVICES: &str = r#""JobStatus":"COMPLETED","JobCompletionDate":"2018-10-24T19:47:35.241Z","ServicesLastAccessed":[
        {"ServiceName":"IAM","ServiceNamespace":"iam","LastAuthenticated":"2018-10-24T19:11:00+00:00","LastAuthenticatedEntity":"arn:aws:iam::1:user/u",
         "TrackedActionsLastAccessed":[{"ActionName":"CreateRole","LastAccessedTime":"2018-10-23T00:00:00Z","LastAccessedEntity":"arn:aws:iam::1:user/u"},{"ActionName":"DeleteRole"}]},
        {"ServiceName":"S3","ServiceNamespace":"s3","TotalAuthenticatedEntities":0}]"#;

    #[test]
    fn of_a_report_with_its_owner_everything_is_told() {
        assert_eq!(
            told(&format!(r#"{{"Arn":"arn:aws:iam::1:user/u",{SERVICES}}}"#)),
            [
                "u iam 2018-10-24T19:11:00Z",
                "u iam:CreateRole 2018-10-23T00:00:00Z",
                "u iam:DeleteRole never",
                "u s3 never"
            ]
        );
    }

    #[test]
    fn without_its_owner_only_what_was_used_is_told() {
        let told_of = told(&format!("{{{SERVICES}}}"));
        assert_eq!(told_of, ["u iam 2018-10-24T19:11:00Z", "u iam:CreateRole 2018-10-23T00:00:00Z"]);
        assert!(told(r#"{"JobStatus":"IN_PROGRESS","ServicesLastAccessed":[]}"#).is_empty());
    }
}
