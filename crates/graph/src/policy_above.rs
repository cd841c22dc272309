//! Things of which the policy of another thing speaks too: tables of a table bucket, rules of an event bus, schemas of a
//! registry, tables of a data catalog, versions of a group of models, what lies in a backup vault.

use std::borrow::Cow;

use clavicle_snapshot::{PolicyState, ResourceIndex, ResourceRecord, Snapshot};

use crate::world::World;

impl World {
    /// What is known of the policy that decides about a thing: its own, or that of the thing above it.
    pub(crate) fn policy_in_force(&self, index: ResourceIndex) -> PolicyState {
        policy_in_force(self.snapshot(), self.snapshot().resource(index))
    }

    /// Whose policy is it that decides about a thing?
    pub(crate) fn policy_holder(&self, index: ResourceIndex) -> ResourceIndex {
        let record = self.snapshot().resource(index);
        match above(record) {
            Above::Thing(arn) if record.policy == PolicyState::None => {
                self.snapshot().resource_by_arn(&arn).unwrap_or(index)
            }
            _ => index,
        }
    }
}

/// What is known of the policy that decides about a thing. Two texts at once are "not seen": whoever is told of one of them
/// would take what it says for all there is.
pub(crate) fn policy_in_force(snapshot: &Snapshot, record: &ResourceRecord) -> PolicyState {
    let above = match above(record) {
        Above::Nothing => return record.policy,
        Above::Thing(arn) => snapshot.resource_by_arn(&arn).map(|index| snapshot.resource(index).policy),
        Above::Unknown => None,
    };
    match (record.policy, above.unwrap_or(PolicyState::NotSeen)) {
        (own, PolicyState::None) => own,
        (PolicyState::None, above) => above,
        _ => PolicyState::NotSeen,
    }
}

/// Which thing's policy speaks of a thing too?
#[derive(Debug, PartialEq, Eq)]
enum Above<'r> {
    /// None but its own.
    Nothing,
    /// That of the thing with this ARN.
    Thing(Cow<'r, str>),
    /// That of a thing which nothing tells.
    Unknown,
}

fn above(record: &ResourceRecord) -> Above<'_> {
    let arn = &*record.arn;
    let mut parts = arn.splitn(6, ':').skip(2);
    let (Some(service), Some(name)) = (parts.next(), parts.nth(2)) else { return Above::Nothing };
    let beside = |name: &str| {
        let place = arn.len() - arn.splitn(6, ':').nth(5).map_or(0, str::len);
        Above::Thing(format!("{}{name}", arn.get(..place).unwrap_or_default()).into())
    };
    let (sort, rest) = name.split_once(['/', ':']).unwrap_or((name, ""));
    match (service, sort) {
        // AWS: Amazon S3 User Guide, "Resource-based policies for S3 Tables": "The permissions attached to the table bucket can
        // apply to all tables in the bucket", and "table bucket policy, and table policy" are both evaluated.
        ("s3tables", "bucket") => match arn.split_once("/table/") {
            Some((bucket, _)) => Above::Thing(bucket.into()),
            None => Above::Nothing,
        },
        // AWS: Amazon EventBridge User Guide, "Permissions for Amazon EventBridge event buses": the policy of a bus lets accounts
        // manage rules, by the ARN of rules on it.
        ("events", "rule") => {
            let bus = rest.split_once('/').map_or("default", |(bus, _)| bus);
            beside(&format!("event-bus/{bus}"))
        }
        // AWS: Amazon EventBridge User Guide, "Resource-based policies for Amazon EventBridge schemas": the policy of a registry has
        // the ARNs of its schemas.
        ("schemas", "schema") => match rest.split_once('/') {
            Some((registry, _)) => beside(&format!("registry/{registry}")),
            None => Above::Nothing,
        },
        // AWS: AWS Glue Developer Guide, "Resource-based policies": one policy of the catalog is about all databases and tables.
        ("glue", "database" | "table" | "tableVersion" | "userDefinedFunction") => beside("catalog"),
        // AWS: Amazon SageMaker AI Developer Guide, "Model Registry", cross-account: the policy of a group has the ARNs of its versions.
        ("sagemaker", "model-package") => match rest.split_once('/') {
            Some((group, _)) => beside(&format!("model-package-group/{group}")),
            None => Above::Nothing,
        },
        // AWS: AWS Backup Developer Guide, "Vault access policies": what is kept in a vault; its ARN does not tell in which.
        ("backup", "recovery-point") => Above::Unknown,
        _ => Above::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_a_thing_is_told_by_its_arn() {
        let here = |service: &str, name: &str| format!("arn:aws:{service}:eu-west-1:111122223333:{name}");
        for (service, name, above_it) in [
            ("s3tables", "bucket/sales", None),
            ("s3tables", "bucket/sales/table/0a1b", Some("bucket/sales")),
            ("events", "rule/nightly", Some("event-bus/default")),
            ("events", "rule/central/nightly", Some("event-bus/central")),
            ("events", "event-bus/central", None),
            ("schemas", "schema/own/order", Some("registry/own")),
            ("schemas", "registry/own", None),
            ("glue", "database/sales", Some("catalog")),
            ("glue", "table/sales/orders", Some("catalog")),
            ("glue", "catalog", None),
            ("glue", "job/nightly", None),
            ("sagemaker", "model-package/fraud/3", Some("model-package-group/fraud")),
            ("sagemaker", "model-package/alone", None),
            ("backup", "recovery-point:1EB3B5E7", Some("?")),
            ("backup", "backup-vault:main", None),
            ("sqs", "rule", None),
        ] {
            let record = ResourceRecord { arn: here(service, name).into(), ..record() };
            let expected = match above_it {
                None => Above::Nothing,
                Some("?") => Above::Unknown,
                Some(above) => Above::Thing(here(service, above).into()),
            };
            assert_eq!(above(&record), expected, "{service} {name}");
        }
        assert_eq!(above(&ResourceRecord { arn: "arn:aws:s3:::b".into(), ..record() }), Above::Nothing);
        assert_eq!(above(&ResourceRecord { arn: "glue".into(), ..record() }), Above::Nothing);
    }

    fn record() -> ResourceRecord {
        ResourceRecord {
            arn: "".into(),
            kind: "".into(),
            account: None,
            region: None,
            name: "".into(),
            policy: PolicyState::None,
            tags: None,
            runs_as: Vec::new(),
            facts: clavicle_snapshot::ResourceFacts::default(),
        }
    }
}
