//! What the workload generator of the shared folder writes is imported whole.

use clavicle_snapshot::{Import, PolicyState, PrincipalKind, Snapshot};
use serde_json::Value;

#[test]
fn a_generated_account_is_imported_whole() {
    let Some(made) = clavicle_testkit::generated_account("small", 7) else { return };
    let folder = made.folder();
    let manifest = std::fs::read(folder.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let counts = |name: &str| usize::try_from(manifest["counts"][name].as_u64().unwrap()).unwrap();

    let imported = Import::new().source(folder).run(|_| ()).unwrap();
    assert_eq!(imported.warnings, []);
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).unwrap();
    for (kind, name) in
        [(PrincipalKind::User, "users"), (PrincipalKind::Group, "groups"), (PrincipalKind::Role, "roles")]
    {
        let found = snapshot.principals.iter().filter(|it| it.kind == kind && it.seen).count();
        assert_eq!(found, counts(name), "{name}");
    }
    let with_policy = snapshot.resources.iter().filter(|it| it.policy.document().is_some()).count();
    assert_eq!(
        (snapshot.resources.len(), with_policy),
        (counts("resources"), counts("resources_with_policy"))
    );
    assert!(snapshot.policies.iter().all(|it| it.document != PolicyState::NotSeen));
    assert!(snapshot.organization.is_some());
}
