//! What is different, where not all was seen: what may be another is told as that, and never as "nothing is different".

#![expect(clippy::needless_pass_by_value, reason = "what `json!` makes reads best when it is handed over")]

use clavicle_answer::shape::{AccessChange, ChangesPage};
use clavicle_answer::{Edit, Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use serde_json::{Value, json};

const HERE: &str = "111122223333";
const THERE: &str = "444455556666";
const LISTED: (&str, &str, &str) = (HERE, "iam:GetAccountAuthorizationDetails", "seen");

fn document(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str, on: &str) -> Value {
    document(json!({"Effect": "Allow", "Action": action, "Resource": on}))
}

/// A user with one policy of its own (null: none), these managed policies of which no text is told, groups and tags.
fn user(name: &str, own: Value, unseen: &[&str], groups: &[&str], tags: &[(&str, &str)]) -> Value {
    let inline =
        if own.is_null() { json!([]) } else { json!([{"PolicyName": "own", "PolicyDocument": own}]) };
    let attached = unseen
        .iter()
        .map(|name| json!({"PolicyName": name, "PolicyArn": format!("arn:aws:iam::{HERE}:policy/{name}")}));
    let tags = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
    json!({"Arn": format!("arn:aws:iam::{HERE}:user/{name}"), "UserName": name, "UserId": format!("AIDA{name}"),
        "Path": "/", "GroupList": groups, "AttachedManagedPolicies": attached.collect::<Vec<_>>(),
        "UserPolicyList": inline, "Tags": tags.collect::<Vec<_>>()})
}

fn plain(name: &str, own: Value) -> Value {
    user(name, own, &[], &[], &[])
}

/// A role that this principal may assume; null: who may was not told.
fn role(name: &str, whom: &Value, own: Value) -> Value {
    let trust = match whom {
        Value::Null => Value::Null,
        whom => document(json!({"Effect": "Allow", "Principal": whom, "Action": "sts:AssumeRole"})),
    };
    json!({"Arn": format!("arn:aws:iam::{HERE}:role/{name}"), "RoleName": name, "RoleId": format!("AROA{name}"),
        "Path": "/", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "Tags": [],
        "AttachedManagedPolicies": [], "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": own}]})
}

fn group(name: &str, own: Value) -> Value {
    json!({"Arn": format!("arn:aws:iam::{HERE}:group/{name}"), "GroupName": name, "GroupId": format!("AGPA{name}"),
        "Path": "/", "AttachedManagedPolicies": [],
        "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument": own}]})
}

/// The policy of a bucket: what it says, that it has none, or that nobody told.
enum Policy {
    Says(Value),
    None,
    NotTold,
}

fn bucket(name: &str, policy: &Policy) -> Value {
    let supplement = match policy {
        Policy::Says(policy) => json!({"BucketPolicy": {"policyText": policy.to_string()}}),
        Policy::None => json!({"BucketPolicy": {"policyText": null}}),
        Policy::NotTold => json!({}),
    };
    json!({"resourceType": "AWS::S3::Bucket", "arn": format!("arn:aws:s3:::{name}"), "awsAccountId": HERE,
        "awsRegion": "eu-west-1", "resourceName": name, "configuration": {}, "supplementaryConfiguration": supplement})
}

#[derive(Default)]
struct State {
    users: Vec<Value>,
    roles: Vec<Value>,
    groups: Vec<Value>,
    things: Vec<Value>,
    calls: Vec<(&'static str, &'static str, &'static str)>,
    /// The day when it was told.
    on: Option<&'static str>,
}

impl State {
    fn reader(self) -> Reader {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, value: Value| {
            std::fs::write(folder.path().join(name), value.to_string()).expect("a file");
        };
        write(
            "details.json",
            json!({"UserDetailList": self.users, "RoleDetailList": self.roles, "GroupDetailList": self.groups,
                "Policies": []}),
        );
        write("things.json", json!({"configurationItems": self.things}));
        let rows = self.calls.iter().map(|(account, call, state)| {
            json!({"Call": call, "Account": account, "Region": "eu-west-1", "State": state, "Reason": "why"})
        });
        let at = format!("{}T00:00:00Z", self.on.unwrap_or("2026-01-01"));
        write("told.json", json!({"CollectedAt": at, "CollectedCalls": rows.collect::<Vec<_>>()}));
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
        let world = World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ());
        Reader::new(world, Settings::default())
    }
}

fn changes(old: State, new: State) -> ChangesPage {
    new.reader().changes_since(&old.reader())
}

/// The rows of access, as what changed and who: those to whom the same happened share one.
fn rows(page: &ChangesPage) -> Vec<(String, String)> {
    let of_row = |row: &AccessChange| {
        row.who.iter().map(|who| (row.change.clone(), who.name.clone())).collect::<Vec<_>>()
    };
    page.access.iter().flat_map(of_row).collect()
}

fn says(page: &ChangesPage, change: &str, who: &str) -> bool {
    rows(page).iter().any(|(is, whose)| is == change && whose.ends_with(who))
}

#[test]
fn what_nobody_told_any_more_may_be_lost_and_may_not() {
    let ec2 = json!({"Service": "ec2.amazonaws.com"});
    let root = json!({"AWS": format!("arn:aws:iam::{THERE}:root")});
    let reads = || allow("s3:GetObject", "*");
    let lets_in = || {
        Policy::Says(document(json!({"Effect": "Allow", "Principal": root, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::ledger/*"})))
    };
    let old = |trust: &Value| State {
        users: vec![
            plain("dana", reads()),
            plain("adm", allow("*", "*")),
            plain("fay", allow("sts:AssumeRole", "*")),
        ],
        roles: vec![role("target", trust, allow("sqs:SendMessage", "*"))],
        things: vec![bucket("ledger", &lets_in())],
        calls: vec![LISTED],
        ..State::default()
    };
    let own = json!({"AWS": format!("arn:aws:iam::{HERE}:root")});

    // Somebody's policies: of an administrator all the power.
    let unseen = |name| user(name, Value::Null, &["secret"], &[], &[]);
    let new = State { users: vec![unseen("dana"), unseen("adm"), old(&own).users.remove(2)], ..old(&own) };
    let page = changes(old(&own), new);
    assert!(says(&page, "may lose", "dana") && says(&page, "may lose all", "adm"), "{:?}", rows(&page));
    assert!(!says(&page, "loses", "dana") && !says(&page, "loses all", "adm"), "{:?}", rows(&page));
    assert!(page.verdict != "narrows", "{}", page.sentence);
    assert!(page.sentence.contains("2 identities may be able to do less"), "{}", page.sentence);
    assert!(!page.sentence.contains("can do less"), "{}", page.sentence);
    // What a policy that was seen denies is lost all the same.
    let denies = document(json!({"Effect": "Deny", "Action": "*", "Resource": "*"}));
    let denied = |name| user(name, denies.clone(), &["secret"], &[], &[]);
    let page = changes(
        old(&own),
        State { users: vec![denied("dana"), denied("adm"), old(&own).users.remove(2)], ..old(&own) },
    );
    assert!(says(&page, "loses", "dana") && says(&page, "loses all", "adm"), "{:?}", rows(&page));
    // Or it is taken from them, which everybody sees.
    let gone = |name| plain(name, Value::Null);
    let page = changes(
        old(&own),
        State { users: vec![gone("dana"), gone("adm"), old(&own).users.remove(2)], ..old(&own) },
    );
    assert!(says(&page, "loses", "dana") && says(&page, "loses all", "adm"), "{:?}", rows(&page));

    // Who may become a role.
    let page = changes(
        old(&own),
        State { roles: vec![role("target", &Value::Null, allow("sqs:SendMessage", "*"))], ..old(&own) },
    );
    assert!(says(&page, "may lose", "fay") && !says(&page, "loses", "fay"), "{:?}", rows(&page));
    let sentences: Vec<&str> = page.access.iter().map(|row| row.sentence.as_str()).collect();
    assert!(sentences.iter().any(|it| it.contains("can perhaps not become")), "{sentences:?}");
    let page = changes(
        old(&own),
        State { roles: vec![role("target", &ec2, allow("sqs:SendMessage", "*"))], ..old(&own) },
    );
    assert!(says(&page, "loses", "fay"), "{:?}", rows(&page));

    // Whom a thing lets in.
    let page = changes(old(&own), State { things: vec![bucket("ledger", &Policy::NotTold)], ..old(&own) });
    assert!(says(&page, "may lose", THERE) && !says(&page, "loses if", THERE), "{:?}", rows(&page));
    let page = changes(old(&own), State { things: vec![bucket("ledger", &Policy::None)], ..old(&own) });
    assert!(says(&page, "loses if", THERE), "{:?}", rows(&page));

    // Things and people whom AWS would not list.
    let calls = |call| vec![LISTED, (HERE, call, "denied")];
    let page =
        changes(old(&own), State { things: Vec::new(), calls: calls("s3:ListAllMyBuckets"), ..old(&own) });
    assert!(says(&page, "may lose", "dana") && !says(&page, "loses", "dana"), "{:?}", rows(&page));
    let page = changes(old(&own), State { things: Vec::new(), calls: calls("sqs:ListQueues"), ..old(&own) });
    assert!(says(&page, "loses", "dana"), "{:?}", rows(&page));
    for (state, change, all) in [("denied", "may lose", "may lose all"), ("seen", "loses", "loses all")] {
        let calls = vec![(HERE, "iam:GetAccountAuthorizationDetails", state)];
        let page = changes(old(&own), State { users: old(&own).users.split_off(2), calls, ..old(&own) });
        assert!(says(&page, change, "dana") && says(&page, all, "adm"), "{state}: {:?}", rows(&page));
        assert_eq!(page.verdict == "unknown", state == "denied", "{state}: {}", page.sentence);
    }
}

/// The verdict, and what is said of the policy of the bucket.
fn of_bucket(page: &ChangesPage) -> (&str, Option<(&str, Vec<String>)>) {
    let row = page.documents.iter().find(|it| it.document.contains("ledger"));
    (&page.verdict, row.map(|row| (row.verdict.as_str(), row.doubts.clone())))
}

#[test]
fn a_policy_that_comes_unseen_is_not_nothing() {
    let state = |things: Vec<Value>| State {
        users: vec![plain("dana", Value::Null)],
        things,
        calls: vec![LISTED],
        ..State::default()
    };
    let with = |policy: &Policy| state(vec![bucket("ledger", policy)]);
    let not_seen = Some(("unknown", vec!["its text was not seen".to_owned()]));
    for (name, old) in [("a new thing", state(Vec::new())), ("one that had none", with(&Policy::None))] {
        assert_eq!(of_bucket(&changes(old, with(&Policy::NotTold))), ("unknown", not_seen.clone()), "{name}");
    }
    // Seen in neither: it is said that nobody knows.
    let later = |policy: &Policy| State { on: Some("2026-02-01"), ..with(policy) };
    let page = changes(with(&Policy::NotTold), later(&Policy::NotTold));
    assert_eq!(of_bucket(&page), ("same", None));
    assert!(page.sentence.ends_with("as far as was seen."), "{}", page.sentence);
    assert!(
        page.notes.iter().any(|it| it.starts_with("1 policy was seen in neither state")),
        "{:?}",
        page.notes
    );
    let page = changes(with(&Policy::None), later(&Policy::None));
    assert_eq!(page.sentence, "Nothing that bears on access is different.");
    // What a trial leaves as it is, is as it was.
    let old = with(&Policy::NotTold).reader();
    let page = old.tried(&[], |_, _| ()).expect("it can be planned").changes_since(&old);
    assert_eq!((page.sentence.as_str(), page.notes.len()), ("Nothing that bears on access is different.", 0));
}

/// Ordinary requests come over TLS: of a policy that denies all others no row of access tells.
#[test]
fn a_thing_s_first_policy_and_its_last_are_compared_with_none() {
    let state = |policy: &Policy| State {
        things: vec![bucket("ledger", policy)],
        calls: vec![LISTED],
        ..State::default()
    };
    let tls = || {
        Policy::Says(document(json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "arn:aws:s3:::ledger/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})))
    };
    let page = changes(state(&Policy::None), state(&tls()));
    assert_eq!(of_bucket(&page), ("narrows", Some(("narrows", Vec::new()))), "{}", page.sentence);
    let page = changes(state(&tls()), state(&Policy::None));
    assert_eq!(of_bucket(&page), ("widens", Some(("widens", Vec::new()))), "{}", page.sentence);
    // A thing that comes with a policy for a service, which is no row of access.
    let service = document(json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::ledger/*"}));
    let nothing = State { calls: vec![LISTED], ..State::default() };
    let page = changes(nothing, state(&Policy::Says(service)));
    assert_ne!(page.verdict, "same", "{}", page.sentence);
}

/// What bears on somebody now may give rights on things that nobody has seen.
#[test]
fn groups_and_tags_that_come_may_give_more() {
    let team = json!({"StringEquals": {"aws:PrincipalTag/team": "red"}});
    let by_team = document(json!({"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": team}));
    let state = |groups: &[&str], tags: &[(&str, &str)], own: Value| State {
        users: vec![user("dana", own, &[], groups, tags)],
        groups: vec![
            group("senders", allow("sqs:SendMessage", "*")),
            group("stopped", document(json!({"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}))),
        ],
        calls: vec![LISTED],
        ..State::default()
    };
    let none = || Value::Null;
    let attached = |page: &ChangesPage| -> Vec<(String, String, bool)> {
        let rows = page.attachments.iter();
        rows.map(|it| {
            (
                it.policy.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
                it.change.clone(),
                it.may_widen,
            )
        })
        .collect()
    };
    let row = |policy: &str, change: &str, may_widen| vec![(policy.to_owned(), change.to_owned(), may_widen)];
    for (old, new, wanted, verdict) in [
        (&[][..], &["senders"][..], row("senders", "member", true), "unknown"),
        (&["senders"], &[], row("senders", "no member", false), "narrows"),
        (&[], &["stopped"], row("stopped", "member", false), "narrows"),
        (&["stopped"], &[], row("stopped", "no member", true), "unknown"),
        (&["stopped"], &["stopped"], Vec::new(), "same"),
    ] {
        let page = changes(state(old, &[], none()), state(new, &[], none()));
        assert_eq!((attached(&page), page.verdict.as_str()), (wanted, verdict), "{old:?} {new:?}");
    }
    let (red, blue) = (&[("team", "red")][..], &[("team", "blue")][..]);
    let page = changes(state(&[], blue, by_team.clone()), state(&[], red, by_team.clone()));
    assert_eq!((attached(&page), page.verdict.as_str()), (row("team", "tag", true), "unknown"));
    // A tag that no policy asks for, or that stays, gives nothing.
    let page = changes(state(&[], blue, none()), state(&[], red, none()));
    assert_eq!((attached(&page), page.verdict.as_str()), (Vec::new(), "same"));
    let page = changes(state(&[], red, by_team.clone()), state(&[], red, by_team));
    assert_eq!((attached(&page), page.verdict.as_str()), (Vec::new(), "same"));
}

#[test]
fn chains_and_ways_in_may_be_gone_where_nobody_told_what_decides_them() {
    let own = json!({"AWS": format!("arn:aws:iam::{HERE}:root")});
    let there = json!({"AWS": format!("arn:aws:iam::{THERE}:root")});
    let lets_in = document(json!({"Effect": "Allow", "Principal": there, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::ledger/*"}));
    let state = |fay: Value, policy: &Policy| State {
        users: vec![fay],
        roles: vec![role("power", &own, allow("*", "*"))],
        things: vec![bucket("ledger", policy)],
        calls: vec![LISTED],
        ..State::default()
    };
    let open = || Policy::Says(lets_in.clone());
    let assumes = || plain("fay", allow("sts:AssumeRole", "*"));
    let noted = |page: &ChangesPage, end: &str| page.notes.iter().any(|note| note.contains(end));
    for (fay, is_gone) in
        [(user("fay", Value::Null, &["secret"], &[], &[]), false), (plain("fay", Value::Null), true)]
    {
        let page = changes(state(assumes(), &open()), state(fay, &open()));
        assert_eq!(page.closed.len(), usize::from(is_gone), "{}", page.sentence);
        assert_eq!(noted(&page, "1 chain to admin may be gone"), !is_gone, "{:?}", page.notes);
        assert_eq!(page.verdict == "narrows", is_gone, "{}", page.sentence);
    }
    for (policy, is_gone) in [(Policy::NotTold, false), (Policy::None, true)] {
        let page = changes(state(assumes(), &open()), state(assumes(), &policy));
        assert_eq!(page.ways_closed.len(), usize::from(is_gone), "{}", page.sentence);
        assert_eq!(noted(&page, "1 way in may be closed"), !is_gone, "{:?}", page.notes);
        assert_eq!(page.verdict == "narrows", is_gone, "{}", page.sentence);
    }
}

/// Whoever an edit takes away is gone, also in an account of which not all users and roles were listed.
#[test]
fn who_is_taken_away_loses_for_certain() {
    let state = || State {
        users: vec![plain("dana", allow("s3:GetObject", "*")), plain("adm", allow("*", "*"))],
        things: vec![bucket("ledger", &Policy::None)],
        calls: vec![(HERE, "iam:GetAccountAuthorizationDetails", "denied")],
        ..State::default()
    };
    let old = state().reader();
    let edits = ["user/dana", "user/adm"].map(|who| Edit::Delete(who.to_owned()));
    let page = old.tried(&edits, |_, _| ()).expect("it can be planned").changes_since(&old);
    assert!(says(&page, "loses", "dana") && says(&page, "loses all", "adm"), "{:?}", rows(&page));
    assert!(!says(&page, "may lose", "dana") && !says(&page, "may lose all", "adm"), "{:?}", rows(&page));
    assert_eq!(page.verdict, "narrows", "{}", page.sentence);
}

/// A region that a collection left out may hold things of every kind.
#[test]
fn a_region_that_was_left_out_may_hold_what_was_there() {
    let state = |things: Vec<Value>, region: &'static str| State {
        users: vec![plain("dana", allow("s3:GetObject", "*"))],
        things,
        calls: vec![LISTED, (HERE, "ec2:DescribeRegions", region)],
        ..State::default()
    };
    let here = || vec![bucket("ledger", &Policy::None)];
    for (region, change, verdict) in [("not_tried", "may lose", "unknown"), ("seen", "loses", "narrows")] {
        let page = changes(state(here(), "seen"), state(Vec::new(), region));
        assert_eq!(rows(&page), [(change.to_owned(), "user/dana".to_owned())], "{region}");
        assert_eq!(page.verdict, verdict, "{region}: {}", page.sentence);
        let is_told = page.notes.iter().any(|note| note.contains("ec2:DescribeRegions"));
        assert_eq!(is_told, region == "not_tried", "{region}: {:?}", page.notes);
    }
    // That the region was left out before as well is nothing new.
    let page = changes(state(here(), "not_tried"), state(here(), "not_tried"));
    assert_eq!(page.verdict, "same", "{}", page.sentence);
}

/// A policy that is seen for the first time may give what it gave before, and what it did not.
#[test]
fn a_policy_that_is_seen_for_the_first_time_is_not_compared_with_none() {
    let state = |policy: &Policy| State {
        things: vec![bucket("ledger", policy)],
        calls: vec![LISTED],
        ..State::default()
    };
    let denies = document(json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": "arn:aws:s3:::ledger/*"}));
    for (now, name) in [(Policy::Says(denies), "a text"), (Policy::None, "that there is none")] {
        let page = changes(state(&Policy::NotTold), state(&now));
        assert_eq!(page.verdict, "unknown", "{name}: {}", page.sentence);
        assert!(
            page.notes.iter().any(|it| it.starts_with("1 policy was not seen before")),
            "{name}: {:?}",
            page.notes
        );
    }
    let page = changes(state(&Policy::None), state(&Policy::None));
    assert_eq!(page.verdict, "same", "{}", page.sentence);
}

/// What AWS publishes of its own policies asks for tags as well, also where no source has the text.
#[test]
fn policies_of_aws_ask_for_tags_too() {
    let attached = |policy: &str, id: &str| {
        let mut dana = user("dana", Value::Null, &[], &[], &[("AgentSpaceId", id)]);
        let arn = format!("arn:aws:iam::aws:policy/{policy}");
        dana["AttachedManagedPolicies"] = json!([{"PolicyName": policy, "PolicyArn": arn}]);
        State { users: vec![dana], calls: vec![LISTED], ..State::default() }
    };
    for (policy, is_told) in [("AIDevOpsOperatorAppAccessPolicy", true), ("IAMReadOnlyAccess", false)] {
        let text = catalog().managed_policy(&format!("arn:aws:iam::aws:policy/{policy}")).expect("AWS's own");
        assert_eq!(text.contains("aws:PrincipalTag/AgentSpaceId"), is_told, "{policy}");
        let page = changes(attached(policy, "one"), attached(policy, "other"));
        assert_eq!(page.attachments.iter().any(|row| row.change == "tag"), is_told, "{:?}", page.attachments);
        assert_eq!(page.verdict, if is_told { "unknown" } else { "same" }, "{}", page.sentence);
    }
}
