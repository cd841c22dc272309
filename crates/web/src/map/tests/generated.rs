//! Generated accounts, where somebody made them: `CLAVICLE_WORKLOAD` names the folder.

use std::path::PathBuf;

use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Snapshot};

use super::page_rules::check;
use crate::map::{ReachOut, Told, draw_account, draw_organization};

#[test]
fn maps_of_generated_accounts_keep_the_rules() {
    let Some(folder) = std::env::var_os("CLAVICLE_WORKLOAD").map(PathBuf::from) else {
        eprintln!("not tested: CLAVICLE_WORKLOAD names no folder");
        return;
    };
    let import = ["organization.json", "accounts"]
        .iter()
        .fold(Import::new(), |import, part| import.source(folder.join(part)));
    let imported = import.run(|_| ()).expect("it imports");
    let snapshot = Snapshot::read(&imported.database, |_, _| ()).expect("it loads");
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    let reader = Reader::new(world, Settings::default());
    let people = Told::new(&reader);
    let reach_out = ReachOut::new(reader.world(), |_, _| ());
    check(&draw_organization(&people, &reach_out).page);
    let mut accounts: Vec<_> =
        reader.world().snapshot().accounts.iter().filter(|it| it.seen).map(|it| it.id).collect();
    accounts.sort_by_key(|account| std::cmp::Reverse(reader.world().principals_of(*account).len()));
    for account in accounts.into_iter().take(12) {
        let drawn = draw_account(&people, &reach_out, account).expect("it is there");
        check(&drawn.page);
        assert!(drawn.page.ribbons.len() > 10, "{account}: {}", drawn.page.ribbons.len());
    }
}
