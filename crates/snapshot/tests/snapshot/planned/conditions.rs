//! What a template makes only where a parameter says so: nobody knows what it gives.
//!
//! AWS: CloudFormation User Guide, "Conditions"
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html>).

use clavicle_snapshot::{Import, Place, PolicyState, Snapshot};

use super::run;

fn read(resources: &str) -> Snapshot {
    let text = format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters: {{Stage: {{Type: String}}, Team: {{Type: String}}}}\n\
         Conditions: {{Prod: !Equals [!Ref Stage, prod]}}\nResources:\n{resources}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.yaml");
    std::fs::write(&file, text).unwrap();
    let imported = run(Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(file));
    Snapshot::read(&imported.database, |_, _| ()).unwrap()
}

/// The inline policies of somebody that were not seen or are in doubt, and their groups.
fn of(snapshot: &Snapshot, name: &str) -> (Vec<String>, Vec<String>) {
    let it = snapshot.principals.iter().find(|it| it.name.starts_with(name)).expect("they are there");
    let not_seen = it.inline.iter().filter(|it| match it.document {
        PolicyState::Document(text) => snapshot.document(text).text.contains("KnownAfterDeployment"),
        state => state == PolicyState::NotSeen,
    });
    let groups = it.groups.iter().map(|group| snapshot.principal(*group).name.to_string());
    (not_seen.map(|it| it.name.to_string()).collect(), groups.collect())
}

#[test]
fn a_group_that_somebody_may_be_in_gives_perhaps_what_it_gives() {
    let group = "  Ops: {Type: AWS::IAM::Group, Properties: {GroupName: ops, Policies: [{PolicyName: watch, PolicyDocument: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}}]}}\n";
    let watch = || "watch of ops (perhaps)".to_owned();
    // A template alone does not tell which other groups there are.
    let later = (vec![watch(), "groups known later".to_owned()], Vec::new());
    let perhaps = (vec![watch()], Vec::new());
    let user = |groups: &str| {
        format!(
            "{group}  Dana:\n    Type: AWS::IAM::User\n    Properties: {{UserName: dana, Groups: {groups}}}\n"
        )
    };
    assert_eq!(of(&read(&user("[!Ref Ops]")), "dana"), (Vec::new(), vec!["ops".to_owned()]));
    for (open, expected) in [
        ("[!Ref Team]", &later),
        ("!Split [',', !Ref Team]", &later),
        ("!If [Prod, [ops], []]", &perhaps),
        ("[!Sub 'o${Team}']", &later),
    ] {
        assert_eq!(of(&read(&user(open)), "dana"), *expected, "{open}");
    }
    let addition = |condition: &str| {
        format!(
            "{}  In:\n    Type: AWS::IAM::UserToGroupAddition\n{condition}    Properties: {{GroupName: !Ref Ops, Users: [!Ref Dana]}}\n",
            user("[]")
        )
    };
    assert_eq!(of(&read(&addition("")), "dana"), (Vec::new(), vec!["ops".to_owned()]));
    assert_eq!(of(&read(&addition("    Condition: Prod\n")), "dana"), perhaps);
}

#[test]
fn a_set_that_may_be_assigned_or_have_any_policy_may_give_anything() {
    let set = |properties: &str, condition: &str| {
        format!(
            "  Set:\n    Type: AWS::SSO::PermissionSet\n    Properties: {{Name: audit{properties}}}\n  Given:\n    Type: AWS::SSO::Assignment\n\
             {condition}    Properties: {{PermissionSetArn: !GetAtt Set.PermissionSetArn, TargetId: '111122223333', PrincipalId: g, PrincipalType: GROUP}}\n"
        )
    };
    let role = |text: String| of(&read(&text), "AWSReservedSSO_audit_").0;
    assert_eq!(role(set("", "")), Vec::<String>::new());
    assert_eq!(role(set("", "    Condition: Prod\n")), ["policies from elsewhere"]);
    assert_eq!(role(set(", ManagedPolicies: [!Ref Team]", "")), ["a policy known later"]);
}

#[test]
fn a_share_that_may_be_made_is_with_nobody_knows_whom() {
    let share = |condition: &str| {
        read(&format!(
            "  Share:\n    Type: AWS::RAM::ResourceShare\n{condition}    Properties: {{Name: s, Principals: ['444455556666']}}\n"
        ))
    };
    let is_open = |snapshot: &Snapshot| snapshot.resources[0].facts.shared_in_part;
    assert!(!is_open(&share("")) && is_open(&share("    Condition: Prod\n")));
}
