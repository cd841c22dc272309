//! Whose are the calls of sessions that are known by the name of their role alone?
//!
//! A record of a session may lack its issuer, and the ARN of a session has the name of the role without its path. Names of
//! roles are unique within an account, whatever their paths and case: whoever has a snapshot knows the role.
//!
//! See AWS: IAM User Guide, IAM identifiers; IAM and AWS STS quotas, "IAM name requirements".

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use clavicle_snapshot::{AccountId, PrincipalKind, Snapshot};

use crate::evidence::{ActionUse, Activity, Call, Evidence, KeyValues, Need, Tally, Thing};

/// A role as the ARN of its session has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoleName<'a> {
    partition: &'a str,
    account: AccountId,
    name: &'a str,
}

impl<'a> RoleName<'a> {
    /// `arn:aws:sts::111122223333:assumed-role/NAME/SESSION`
    pub(crate) fn of_session(arn: &'a str) -> Option<Self> {
        let (role, session) = arn.rsplit_once('/')?;
        Self::read(role).filter(|_| !session.is_empty())
    }

    /// The same without a session, as evidence has it: what [`Display`](fmt::Display) writes.
    fn read(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let [head, partition, service, region, account, resource] = std::array::from_fn(|_| parts.next());
        let name = resource?.strip_prefix("assumed-role/")?;
        let is_role = (head, service, region) == (Some("arn"), Some("sts"), Some(""))
            && !name.is_empty()
            && !name.contains('/');
        let account = AccountId::parse(account?)?;
        is_role.then_some(Self { partition: partition?, account, name })
    }

    fn key(&self) -> (AccountId, String) {
        (self.account, self.name.to_lowercase())
    }
}

impl fmt::Display for RoleName<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "arn:{}:sts::{}:assumed-role/{}", self.partition, self.account, self.name)
    }
}

/// The ARNs of the roles of a snapshot, by account and name.
struct Roles<'s>(HashMap<(AccountId, String), Vec<&'s Arc<str>>>);

impl<'s> Roles<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let mut roles: HashMap<_, Vec<&Arc<str>>> = HashMap::new();
        for role in snapshot.principals.iter().filter(|record| record.kind == PrincipalKind::Role) {
            roles.entry((role.account, role.name.to_lowercase())).or_default().push(&role.arn);
        }
        Self(roles)
    }

    /// Those that somebody of the evidence may be: none where their ARN is known, or where the snapshot has no such role.
    fn named(&self, principal: &str) -> &[&'s Arc<str>] {
        let roles = RoleName::read(principal).and_then(|named| self.0.get(&named.key()));
        roles.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Gives what sessions did that are known by name to the roles of the snapshot. Where it has two of the name, either may
/// have done it.
pub(crate) fn attribute(evidence: &mut Evidence, snapshot: &Snapshot) {
    let is_by_name = |activity: &Activity| RoleName::read(&activity.principal).is_some();
    if !evidence.activity.iter().any(is_by_name) {
        return;
    }
    let roles = Roles::of(snapshot);
    let mut uses: BTreeMap<(Arc<str>, Arc<str>, Need), ActionUse> = BTreeMap::new();
    for known in std::mem::take(&mut evidence.uses) {
        for known in each(&roles, known) {
            let key = (known.principal.clone(), known.action.clone(), known.need.clone());
            match uses.get_mut(&key) {
                Some(before) => add(before, known),
                None => drop(uses.insert(key, known)),
            }
        }
    }
    evidence.uses = uses.into_values().collect();
    let mut activity: BTreeMap<Arc<str>, (Tally, Tally)> = BTreeMap::new();
    for known in std::mem::take(&mut evidence.activity) {
        let named = roles.named(&known.principal);
        let own = named.is_empty().then_some(&known.principal);
        for arn in named.iter().copied().chain(own) {
            let sum = activity.entry(Arc::clone(arn)).or_default();
            sum.0.add(&known.calls);
            sum.1.add(&known.assumed);
        }
    }
    let as_told = |(principal, (calls, assumed))| Activity { principal, calls, assumed };
    evidence.activity = activity.into_iter().map(as_told).collect();
    for unmapped in &mut evidence.unmapped {
        let found: Vec<Arc<str>> = unmapped
            .principals
            .iter()
            .flat_map(|principal| roles.named(principal))
            .map(|arn| Arc::clone(arn))
            .collect();
        found.into_iter().for_each(|arn| unmapped.principals.insert(arn));
    }
}

/// The same use, of each role that it may be of.
fn each(roles: &Roles<'_>, known: ActionUse) -> Vec<ActionUse> {
    let named = roles.named(&known.principal);
    let need = match named.len() > 1 && known.need.is_certain() {
        true => Need::Perhaps(known.action.clone()),
        false => known.need.clone(),
    };
    if named.is_empty() {
        return vec![known];
    }
    let of = |arn: &&Arc<str>| ActionUse { principal: Arc::clone(arn), need: need.clone(), ..known.clone() };
    named.iter().map(of).collect()
}

fn add(known: &mut ActionUse, more: ActionUse) {
    known.tally.add(&more.tally);
    known.sessions.merge(more.sessions);
    let mut calls: BTreeMap<(Thing, Arc<KeyValues>), Call> = BTreeMap::new();
    for call in std::mem::take(&mut known.calls).into_iter().chain(more.calls) {
        let key = (call.thing.clone(), call.context.clone());
        match calls.get_mut(&key) {
            Some(before) => {
                before.tally.add(&call.tally);
                before.addresses.merge(call.addresses);
            }
            None => drop(calls.insert(key, call)),
        }
    }
    known.calls = calls.into_values().collect();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use clavicle_catalog::catalog;
    use clavicle_snapshot::{Import, Snapshot};
    use serde_json::{Value, json};

    use crate::{Evidence, EvidenceFile, Need};

    fn call(name: &str, id: &str, context: &Value) -> Value {
        json!({
            "eventTime": "2026-03-01T00:00:00Z", "eventSource": "ec2.amazonaws.com", "eventName": name, "eventID": id,
            "recipientAccountId": "111122223333", "awsRegion": "eu-west-1", "eventType": "AwsApiCall",
            "userIdentity": {
                "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/App/s",
                "accountId": "111122223333", "sessionContext": context,
            },
        })
    }

    /// What three calls of a role tell, of which one names it, where there are these roles, each in an account of its own or in one.
    fn evidence(roles: &[&str]) -> Evidence {
        let folder = tempfile::tempdir().unwrap();
        let trust = json!({"Version": "2012-10-17", "Statement": []});
        let role = |arn: &&str| {
            json!({
                "Path": "/", "RoleName": arn.rsplit('/').next(), "RoleId": "AROAX", "Arn": arn,
                "CreateDate": "2025-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [],
                "RolePolicyList": [], "AttachedManagedPolicies": [], "Tags": [],
            })
        };
        let account_of = |arn: &str| arn.split(':').nth(4).unwrap().to_owned();
        let accounts: BTreeSet<String> = roles.iter().map(|arn| account_of(arn)).collect();
        let mut import = Import::new();
        for account in accounts {
            let of_it = roles.iter().filter(|arn| account_of(arn) == account);
            let details = json!({
                "UserDetailList": [], "GroupDetailList": [], "Policies": [],
                "RoleDetailList": of_it.map(role).collect::<Vec<_>>(),
            });
            let file = folder.path().join(format!("{account}.json"));
            fs::write(&file, details.to_string()).unwrap();
            import = import.source(&file);
        }
        let imported = import.run(|_| ()).unwrap();
        let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
        let issuer =
            json!({"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/p/app"}});
        let records = [
            call("StopInstances", "1", &json!({})),
            call("StopInstances", "2", &issuer),
            call("NoSuchCall", "3", &Value::Null),
        ];
        let log = folder.path().join("log.json");
        fs::write(&log, json!({ "Records": records }).to_string()).unwrap();
        let file = EvidenceFile::unnamed().unwrap();
        file.read_logs(&[log], &|_, _| ()).unwrap();
        let mut evidence = file.evidence().unwrap();
        assert_eq!(evidence.unattributed, []);
        evidence.add_snapshot(catalog(), &snapshot);
        evidence
    }

    /// AWS: IAM User Guide, IAM and AWS STS quotas: names of roles are unique within an account, and not told apart by case.
    #[test]
    fn the_role_of_a_session_is_found_by_its_name() {
        let role = "arn:aws:iam::111122223333:role/p/app";
        let evidence = evidence(&[role, "arn:aws:iam::111122223333:role/p/other"]);
        assert!(evidence.uses.iter().all(|known| *known.principal == *role), "{:?}", evidence.uses);
        let stopped = evidence.of(role).iter().find(|known| *known.action == *"ec2:StopInstances").unwrap();
        assert_eq!((&stopped.need, stopped.tally.succeeded), (&Need::Own, 2));
        assert_eq!(evidence.activity_of(role).unwrap().calls.succeeded, 3);
        assert!(
            evidence.unmapped[0].principals.iter().any(|known| **known == *role),
            "{:?}",
            evidence.unmapped
        );
    }

    /// Names are unique in an account, but not all that is laid together need be of one moment: a role that was made anew under
    /// another path stands in it twice.
    #[test]
    fn of_two_roles_of_one_name_either_may_have_done_it() {
        let (issuer, moved) =
            ("arn:aws:iam::111122223333:role/p/app", "arn:aws:iam::111122223333:role/q/App");
        let evidence = evidence(&[issuer, moved]);
        let stopped = |role: &str| {
            let uses = evidence.of(role).iter().filter(|known| *known.action == *"ec2:StopInstances");
            uses.map(|known| (known.need.clone(), known.tally.succeeded)).collect::<Vec<_>>()
        };
        let perhaps = (Need::Perhaps("ec2:StopInstances".into()), 1);
        assert_eq!(stopped(issuer), [(Need::Own, 1), perhaps.clone()], "one of the calls names it");
        assert_eq!(stopped(moved), [perhaps]);
        for (role, calls) in [(issuer, 3), (moved, 2)] {
            assert_eq!(evidence.activity_of(role).unwrap().calls.succeeded, calls, "{role}");
            let unmapped = &evidence.unmapped[0].principals;
            assert!(unmapped.iter().any(|known| **known == *role), "{unmapped:?}");
        }
    }

    #[test]
    fn a_role_of_that_name_in_another_account_did_nothing() {
        let (own, other) = ("arn:aws:iam::111122223333:role/p/app", "arn:aws:iam::444455556666:role/p/app");
        let evidence = evidence(&[own, other]);
        assert_eq!(evidence.activity_of(own).unwrap().calls.succeeded, 3);
        assert!(evidence.activity_of(other).is_none() && evidence.of(other).is_empty());
    }

    #[test]
    fn of_a_role_that_is_not_there_it_stays_what_the_session_names() {
        let evidence = evidence(&["arn:aws:iam::111122223333:role/p/other"]);
        assert!(evidence.activity_of("arn:aws:sts::111122223333:assumed-role/App").is_some());
        assert!(evidence.activity_of("arn:aws:iam::111122223333:role/p/other").is_none());
    }
}
