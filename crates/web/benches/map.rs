//! How long does a map take, once everybody's touches are known, and before? And how often do its lines cross?
//!
//! Over generated accounts: `CLAVICLE_WORKLOAD` names a folder that a generator wrote; without it the demo is drawn.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Snapshot};
use clavicle_web::map::{Level, MapPage, Maps, crossings};
use divan::Bencher;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let account = maps().account(reader(), largest());
    for page in [maps().organization(reader()), account].into_iter().flatten() {
        report(&page);
    }
    divan::main();
}

/// Time is not all that counts of a drawing.
fn report(page: &MapPage) {
    let found = crossings(page);
    let _ = writeln!(
        std::io::stderr(),
        "{}: of {} lines {} pairs cross, {} if shapes stood by name; overlaps are an error of the tests",
        page.title,
        page.ribbons.len(),
        found.drawn,
        found.by_name
    );
}

fn reader() -> &'static Reader {
    static READER: LazyLock<Reader> = LazyLock::new(|| {
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
        let folder = std::env::var_os("CLAVICLE_WORKLOAD").map_or(demo, PathBuf::from);
        let parts = ["organization.json", "accounts"].map(|part| folder.join(part));
        let import = parts.into_iter().fold(Import::new(), Import::source);
        let imported = import.run(|_| ()).expect("it imports");
        let snapshot = Snapshot::read(&imported.database, |_, _| ()).expect("it loads");
        Reader::new(World::new(snapshot, catalog(), Stated::default(), |_, _| ()), Settings::default())
    });
    &READER
}

fn maps() -> &'static Maps {
    static MAPS: LazyLock<Maps> = LazyLock::new(|| {
        let maps = Maps::new(reader().world(), |_, _| ());
        // The touches of the account are worked out once, whoever asks first.
        maps.account(reader(), largest());
        maps
    });
    &MAPS
}

fn largest() -> clavicle_policy::AccountId {
    let world = reader().world();
    let accounts = world.snapshot().accounts.iter();
    accounts.max_by_key(|account| world.principals_of(account.id).len()).expect("an account").id
}

#[divan::bench(sample_count = 10)]
fn the_organization(bencher: Bencher<'_, '_>) {
    let maps = maps();
    bencher.bench(|| {
        let page = maps.organization(reader()).expect("it is always there");
        assert_eq!(page.level, Level::Organization);
        page.ribbons.len()
    });
}

#[divan::bench(sample_count = 10)]
fn the_largest_account(bencher: Bencher<'_, '_>) {
    let maps = maps();
    bencher.bench(|| maps.account(reader(), largest()).map(|page| page.ribbons.len()));
}

/// Accounts by how many they are, the largest first, without the one that was drawn to begin with.
fn others() -> Vec<clavicle_policy::AccountId> {
    let world = reader().world();
    let mut accounts: Vec<_> = world.snapshot().accounts.iter().map(|account| account.id).collect();
    accounts.sort_by_key(|id| (std::cmp::Reverse(world.principals_of(*id).len()), *id));
    accounts.retain(|id| *id != largest());
    accounts
}

/// What every map asks is known, and nothing of the account: each time another one is drawn.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn an_account_for_the_first_time(bencher: Bencher<'_, '_>) {
    let maps = maps();
    let next = std::sync::Mutex::new(others().into_iter().cycle());
    bencher
        .with_inputs(|| next.lock().expect("nobody broke off").next().expect("a second account"))
        .bench_values(|account| maps.account(reader(), account).map(|page| page.ribbons.len()));
}
