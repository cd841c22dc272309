//! Does a difference pass the gate?

use super::Open;
use super::reached::Beyond;
use crate::count::counted;
use crate::gate::{Gate, GateAccess, GateChains, GateOutside, GateUnknown};
use crate::page::listed;
use crate::reader::Reader;
use crate::shape::{Answer, ChangesPage, DocumentChange, GateOutcome};

/// What the gate says of a difference, and why. `beyond`: what was not compared.
pub(super) fn judged(new: &Reader, page: &ChangesPage, unseen: Open, beyond: Beyond) -> GateOutcome {
    let stated = new.settings().gate;
    let gate = stated.unwrap_or_default();
    let (mut fails, mut open) = (Vec::new(), Vec::new());
    let mut fail = |count: usize, one: &str, many: &str| {
        if count > 0 {
            fails.push(counted(count, one, many));
        }
    };
    let in_use = |verdicts: &[&str]| {
        let says = |change: &&DocumentChange| change.in_use && verdicts.contains(&change.verdict.as_str());
        page.documents.iter().filter(says).count()
    };
    let wider = |only_what_matters: bool| {
        let rows = page.access.iter().filter(|row| row.widens && (row.matters || !only_what_matters));
        super::identities(rows)
    };
    match gate.access {
        GateAccess::Any => {
            fail(wider(false), "identity can do more", "identities can do more");
            fail(in_use(&["widens", "changes"]), "policy lets more through", "policies let more through");
            let attached = page.attachments.iter().filter(|change| change.may_widen).count();
            for (count, one, many) in [
                (in_use(&["unknown"]), "policy that is not understood", "policies that are not understood"),
                (attached, "attachment", "attachments"),
                (usize::from(unseen.come), "identities that are new", ""),
                (usize::from(unseen.less_seen), "what was seen before and is not now", ""),
            ] {
                match count {
                    0 => {}
                    _ if many.is_empty() => open.push(one.to_owned()),
                    count => open.push(counted(count, one, many)),
                }
            }
        }
        GateAccess::Matter => {
            let (one, many) = (
                "identity can do more with what matters, or everything",
                "identities can do more with what matters, or everything",
            );
            fail(wider(true), one, many);
            if new.things_that_matter().is_empty() {
                open.push("what matters, of which nothing was seen".to_owned());
            }
        }
        GateAccess::None => {}
    }
    let to_admin = |answer: &&Answer| answer.steps.last().is_some_and(|step| step.to.kind == "administrator");
    let chains = match gate.chains {
        GateChains::Any => page.opened.len(),
        GateChains::Admin => page.opened.iter().filter(to_admin).count(),
        GateChains::Matter => page.opened.iter().filter(|answer| !to_admin(answer)).count(),
        GateChains::None => 0,
    };
    fail(chains, "chain opened", "chains opened");
    let not_compared = match gate.chains {
        GateChains::Any => beyond.to_admin || beyond.to_what_matters,
        GateChains::Admin => beyond.to_admin,
        GateChains::Matter => beyond.to_what_matters,
        GateChains::None => false,
    };
    if not_compared {
        open.push("chains beyond those compared".to_owned());
    }
    // What somebody accepted in `clavicle.toml` is meant to be.
    let accepted = |answer: &Answer| {
        let way = answer.way.as_ref();
        way.and_then(|way| way.accepted.as_ref()).is_some_and(|accepted| !accepted.expired)
    };
    let known = |answer: &Answer| {
        let way = answer.way.as_ref();
        way.and_then(|way| way.known.as_ref()).is_some_and(|known| known.by == "settings")
    };
    let ways = page.ways_opened.iter().filter(|answer| match gate.outside {
        GateOutside::Any => !accepted(answer),
        GateOutside::Unknown => !accepted(answer) && !known(answer),
        GateOutside::None => false,
    });
    fail(ways.count(), "way in opened", "ways in opened");
    outcome(stated, fails, &open)
}

/// What the gate says, given what fails and what is not known.
pub fn outcome(stated: Option<Gate>, mut fails: Vec<String>, open: &[String]) -> GateOutcome {
    let gate = stated.unwrap_or_default();
    let open = (!open.is_empty()).then(|| format!("not known what comes of {}", listed(open)));
    if gate.unknown == GateUnknown::Fail {
        fails.extend(open.clone());
    }
    let (verdict, because) = match (fails.is_empty(), open) {
        (false, _) => ("fails", fails),
        (true, Some(open)) if gate.unknown == GateUnknown::Undecided => ("undecided", vec![open]),
        (true, _) => ("passes", Vec::new()),
    };
    GateOutcome { verdict: verdict.to_owned(), because, stated: stated.is_some() }
}

#[cfg(test)]
mod tests {
    use super::{Beyond, Open, judged};
    use crate::gate::{Gate, GateUnknown};
    use crate::reader::Reader;
    use crate::settings::Settings;

    /// Of an account where nothing is.
    fn empty() -> Reader {
        let folder = tempfile::tempdir().expect("a folder");
        let account = folder.path().join("111122223333.json");
        let nothing =
            r#"{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#;
        std::fs::write(&account, nothing).expect("it can be written");
        let imported = clavicle_snapshot::Import::new().source(&account).run(|_| ()).expect("it is read");
        let snapshot = clavicle_snapshot::Snapshot::read(&imported.database, |_, _| ()).expect("it is read");
        let stated = clavicle_graph::Stated::default();
        let world = clavicle_graph::World::new(snapshot, clavicle_catalog::catalog(), stated, |_, _| ());
        Reader::new(world, Settings::default())
    }

    #[test]
    fn what_was_not_compared_is_not_known() {
        let mut reader = empty();
        let page = reader.changes_since(&empty());
        let verdict = |reader: &Reader, beyond| judged(reader, &page, Open::default(), beyond).verdict;
        reader.gate(Some(Gate {
            unknown: GateUnknown::Fail,
            access: crate::GateAccess::None,
            ..Gate::default()
        }));
        assert_eq!(verdict(&reader, Beyond::default()), "passes");
        for beyond in [
            Beyond { to_admin: true, ..Beyond::default() },
            Beyond { to_what_matters: true, ..Beyond::default() },
        ] {
            assert_eq!(verdict(&reader, beyond), "fails", "{beyond:?}");
        }
    }
}
