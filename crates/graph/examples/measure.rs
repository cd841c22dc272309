//! What the questions about a world cost, one by one, on the folder of a workload: the best of a few runs.
//!
//! `cargo run --profile bench -p clavicle-graph --example measure -- FOLDER`

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clavicle_catalog::{Word, catalog};
use clavicle_graph::{Stated, Target, World};
use clavicle_snapshot::{Import, ResourceIndex, Snapshot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("which folder?")?;
    let mut out = std::io::stdout().lock();
    let parts = ["organization.json", "accounts"].map(|part| folder.join(part));
    let database = parts.into_iter().fold(Import::new(), Import::source).run(|_| ())?.database;
    let (took, snapshot) = timed(|| Snapshot::read(&database, |_, _| ()));
    let snapshot = snapshot?;
    writeln!(out, "{took:>10.1?}  load")?;
    let (took, world) = timed(|| World::new(snapshot, catalog(), Stated::default(), |_, _| ()));
    writeln!(out, "{took:>10.1?}  compile, {} principals", world.principals().count())?;
    let when = world.context(&BTreeMap::new());
    for kind in ["s3:bucket", "sqs:queue", "kms:key", "secretsmanager:secret", "lambda:function"] {
        let resources = world.snapshot().resources.iter().enumerate();
        let of_kind = resources.filter(|(_, resource)| &*resource.kind == kind);
        let targets = of_kind.map(|(at, _)| Target::Resource(ResourceIndex::at(at))).step_by(7).take(20);
        for word in [Word::Read, Word::Write] {
            let (mut first, mut best, mut worst, mut found, mut asked) =
                (Duration::ZERO, Duration::MAX, Duration::ZERO, 0, 0);
            for target in targets.clone() {
                let wanted = world.wanted(word, &target);
                let (took, _) = timed(|| world.who_can(&wanted, &target, &when));
                if asked == 0 {
                    first = took;
                }
                let again: Vec<_> =
                    (0..5).map(|_| timed(|| world.who_can(&wanted, &target, &when).len())).collect();
                let (took, count) = again.into_iter().min().unwrap_or_default();
                (best, worst, found, asked) = (best.min(took), worst.max(took), found + count, asked + 1);
            }
            writeln!(
                out,
                "{best:>10.1?}  to {worst:.1?}, the first {first:.1?}: who may {word} a {kind}, {found} found on {asked}"
            )?;
        }
    }
    for (kind, action) in
        [("s3:bucket", "s3:GetObject"), ("sqs:queue", "sqs:SendMessage"), ("kms:key", "kms:Decrypt")]
    {
        let resources = world.snapshot().resources.iter().enumerate();
        let of_kind = resources.filter(|(_, resource)| &*resource.kind == kind);
        let mut all: Vec<(Duration, usize)> = of_kind
            .step_by(7)
            .take(200)
            .map(|(at, _)| {
                let target = Target::Resource(ResourceIndex::at(at));
                let mut wanted = world.wanted(Word::Read, &target);
                wanted.extend(world.wanted(Word::Write, &target));
                wanted.retain(|wanted| wanted.action.lower() == action.to_lowercase());
                (0..3)
                    .map(|_| timed(|| world.who_can(&wanted, &target, &when).len()))
                    .min()
                    .unwrap_or_default()
            })
            .collect();
        all.sort();
        let median = all.get(all.len() / 2).copied().unwrap_or_default();
        let worst = all.last().copied().unwrap_or_default();
        writeln!(out, "{median:>10.1?}  worst {worst:.1?}: who may {action}, of {} things", all.len())?;
    }
    let (took, count) = timed(|| world.administrators().len());
    writeln!(out, "{took:>10.1?}  {count} administrators")?;
    let (took, count) = timed(|| world.class_of(clavicle_snapshot::PrincipalIndex::at(0)));
    writeln!(out, "{took:>10.1?}  classes {count:?}")?;
    let (took, count) = timed(|| world.becomes().len());
    writeln!(out, "{took:>10.1?}  {count} becomings")?;
    let mut accounts: Vec<_> = world.snapshot().accounts.iter().map(|account| account.id).collect();
    accounts.sort_by_key(|account| std::cmp::Reverse(world.principals_of(*account).len()));
    let mut all: Vec<(Duration, usize, usize)> = Vec::new();
    for account in &accounts {
        let (took, touches) = timed(|| world.touches(*account));
        all.push((took, touches.within.len(), touches.outside.len()));
    }
    let total: Duration = all.iter().map(|(took, ..)| *took).sum();
    let (within, outside) = all.iter().fold((0, 0), |sum, one| (sum.0 + one.1, sum.1 + one.2));
    all.sort_by_key(|(took, ..)| *took);
    let (worst, median) = (all.last().copied().unwrap_or_default(), all[all.len() / 2]);
    writeln!(
        out,
        "{total:>10.1?}  touches of all accounts: {within} within, {outside} from outside; worst {worst:?}, median {median:?}"
    )?;
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let made = work();
    (start.elapsed(), made)
}
