//! How many of those who have a policy used what its statements give, on the demo organization: its trail and the report of last
//! access say who did what, and are read here by nothing of the program.

use std::path::Path;

use clavicle_answer::{PolicyUsed, Reader, Settings, UsedBy};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_usage::{Evidence, EvidenceFile};

fn demo() -> (Reader, Evidence) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).expect("the demo imports");
    let reader =
        Reader::new(World::new(snapshot, catalog(), Stated::default(), |_, _| ()), Settings::default());
    let read = ["trail", "accounts/444455556666/last-accessed"].map(|part| folder.join(part));
    let file = EvidenceFile::unnamed().expect("a database");
    file.read_logs(&read, &|_, _| ()).expect("the logs are readable");
    (reader, file.evidence().expect("readable"))
}

fn used(reader: &Reader, evidence: &Evidence, name: &str, since: &str) -> PolicyUsed {
    reader.policy_used(name, evidence, since.parse().expect("a time"), |_, _| ()).expect("a policy")
}

fn numbers(used: &Option<UsedBy>) -> Option<(usize, usize, usize)> {
    used.as_ref().map(|used| (used.used, used.unused, used.unknown))
}

#[test]
fn who_used_what_a_statement_gives_is_counted_and_what_no_log_shows_is_not_called_unused() {
    let (reader, mut evidence) = demo();
    evidence.add_snapshot(reader.world().catalog(), reader.world().snapshot());
    let told = used(&reader, &evidence, "staging:policy/shared-ops", "2026-05-24T00:00:00Z");
    assert_eq!((told.has, told.looked, numbers(&told.whole)), (5, 5, Some((4, 1, 0))));
    let each: Vec<Option<(usize, usize, usize)>> = told.statements.iter().map(numbers).collect();
    assert_eq!(
        each,
        [
            // ReleaseUploads and ReadLogBuckets: data events, which the trail has not. One was never used at all, and of
            // one AWS's report says that it used nothing of S3.
            Some((0, 2, 3)),
            Some((0, 2, 3)),
            // LambdaDeploy: both deployers.
            Some((2, 3, 0)),
            // WriteLogs: the nightly report. No trail has PutLogEvents.
            Some((1, 1, 3)),
            // ReportTables: data events again.
            Some((0, 2, 3)),
            // SupportCases: Sam. Not all that one may do in Support is known to be logged.
            Some((1, 2, 2)),
            // LookAround: nor of what it gives, and of the logs no report tells each action.
            Some((0, 1, 4)),
        ]
    );
    let why = told.statements[0].as_ref().and_then(|used| used.because.as_deref());
    assert_eq!(why, Some("data events of the service are not in the logs"));
    // Before the first deployment nobody had deployed, and of a time that the logs do not reach back to nobody can say that.
    let late = used(&reader, &evidence, "staging:policy/shared-ops", "2026-08-20T00:00:00Z");
    assert_eq!(numbers(&late.statements[2]), Some((0, 5, 0)));
    let early = used(&reader, &evidence, "staging:policy/shared-ops", "2025-05-24T00:00:00Z");
    assert_eq!(numbers(&early.statements[2]).map(|(used, ..)| used), Some(2));
    assert!(numbers(&early.statements[2]).is_some_and(|(.., unknown)| unknown > 0), "{early:?}");
}

#[test]
fn with_no_evidence_nothing_is_called_unused_but_of_those_whom_aws_calls_idle() {
    let (reader, _) = demo();
    let nothing = Evidence::default();
    let told = used(&reader, &nothing, "staging:policy/shared-ops", "2026-05-24T00:00:00Z");
    let whole = told.whole.as_ref().expect("somebody has it");
    // LogShipper alone: the snapshot itself says that AWS knows of no use of it.
    assert_eq!((whole.used, whole.unused, whole.unknown), (0, 1, 4));
    assert_eq!(whole.because.as_deref(), Some("there are no logs of the account"));
    let old = used(&reader, &nothing, "staging:policy/shared-ops", "2026-08-22T09:14:00Z");
    assert!(old.whole.is_some_and(|whole| whole.unused <= 1), "later than all that is known");
}

#[test]
fn what_gives_nothing_to_those_who_have_it_is_not_counted() {
    let (reader, evidence) = demo();
    for name in ["scp/protect-prod", "staging:role/LogShipper#trust", "staging:policy/ops-legacy"] {
        let told = used(&reader, &evidence, name, "2026-05-24T00:00:00Z");
        assert_eq!(told.whole, None, "{name}");
    }
    assert!(
        reader
            .policy_used(
                "policy/nobody",
                &evidence,
                "2026-05-24T00:00:00Z".parse().expect("a time"),
                |_, _| ()
            )
            .is_err()
    );
}
