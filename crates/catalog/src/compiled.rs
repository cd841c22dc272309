//! Compiled facts that come from outside the program: six texts, read, weighed against those in use, and packed into
//! one file.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use crate::binding;
use crate::catalog::Catalog;
use crate::facts::DamagedFacts;
use crate::loss;
use crate::managed;
use crate::source;
use crate::table::rows;

/// The texts that `cargo xtask refdata` compiles, as in `data/`. The tables beside them are written by hand and are the
/// program's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompiledFacts {
    texts: [String; CompiledFacts::FILES.len()],
}

/// Why facts are not taken.
#[derive(Debug, thiserror::Error)]
pub enum RefusedFacts {
    /// A file is not there.
    #[error("`{0}` is not there")]
    Missing(&'static str),
    /// The facts cannot be read.
    #[error(transparent)]
    Damaged(#[from] DamagedFacts),
    /// A table does not hold what it should hold.
    #[error("line {line} of `{file}` is not what such a line is")]
    DamagedTable {
        /// The file.
        file: &'static str,
        /// The line, from 1.
        line: usize,
    },
    /// The texts were not compiled together.
    #[error("`META` does not describe the files beside it: it counts {claimed} {kind}, there are {found}")]
    Mismatch {
        /// What was counted.
        kind: String,
        /// By `META`.
        claimed: usize,
        /// By the texts.
        found: usize,
    },
    /// The date of the data is not told.
    #[error("`META` does not tell the date of the base data")]
    Undated,
    /// The facts in use are newer.
    #[error("they are of {found}, and those in use of {in_use}")]
    Older {
        /// The date of these.
        found: String,
        /// The date of those in use.
        in_use: String,
    },
    /// They lack what the facts in use have, more than AWS retires.
    #[error("they lose too much to be true: {}", .0.join("; "))]
    Losses(Vec<String>),
    /// The packed file is not whole.
    #[error("the file is not whole")]
    NotWhole,
}

const MAGIC: &[u8] = b"#clavicle-aws-facts 2\n";

/// No catalogue is nearly as large; a file that says so is not inflated to its end.
const MOST_BYTES: u64 = 256 << 20;

impl CompiledFacts {
    /// The files, by name.
    pub const FILES: [&'static str; 6] =
        ["facts.txt", "managed.txt", "verbs.tsv", "role_inputs.tsv", "bindings.txt", "META"];

    /// Takes each file from `text_of`.
    pub fn of_files<E: From<RefusedFacts>>(
        mut text_of: impl FnMut(&'static str) -> Result<Option<String>, E>,
    ) -> Result<Self, E> {
        let mut all = Self::default();
        for (text, name) in all.texts.iter_mut().zip(Self::FILES) {
            *text = text_of(name)?.ok_or(RefusedFacts::Missing(name))?;
        }
        Ok(all)
    }

    pub(crate) fn into_texts(self) -> [String; Self::FILES.len()] {
        self.texts
    }

    fn meta(&self) -> &str {
        &self.texts[5]
    }

    /// The date of the data: `2026-09-26`.
    pub fn date(&self) -> Option<String> {
        source::base_date(self.meta()).map(str::to_owned)
    }

    /// Are these whole, newer than those in use or of the same day, and not much less? Reads everything once; the memory
    /// of the texts is not given back.
    pub fn check(&self) -> Result<(), RefusedFacts> {
        // A day, not a time: both are written as ten letters that sort.
        let date = self.date().filter(|date| date.len() == 10 && date.starts_with("20"));
        let date = date.ok_or(RefusedFacts::Undated)?;
        let found = self.counts()?;
        for (kind, claimed) in source::counts(self.meta()) {
            let found = found.get(kind).copied().unwrap_or(0);
            if claimed != found {
                return Err(RefusedFacts::Mismatch { kind: kind.to_owned(), claimed, found });
            }
        }
        let in_use = crate::catalog();
        if *date < *in_use.data_date() {
            return Err(RefusedFacts::Older { found: date, in_use: in_use.data_date().to_owned() });
        }
        let losses = loss::losses(in_use.counts(), &found);
        if losses.is_empty() { Ok(()) } else { Err(RefusedFacts::Losses(losses)) }
    }

    /// How many records of each kind the texts hold.
    fn counts(&self) -> Result<BTreeMap<&'static str, usize>, RefusedFacts> {
        let [facts, managed, verbs, role_inputs, bindings, _] = self.texts.clone().map(|text| &*text.leak());
        let catalog = Catalog::read(facts)?;
        columns(verbs, "verbs.tsv", 4)?;
        columns(role_inputs, "role_inputs.tsv", 3)?;
        columns(managed, "managed.txt", 4)?;
        if let Some(line) = managed::first_damaged(managed) {
            return Err(RefusedFacts::DamagedTable { file: "managed.txt", line });
        }
        if let Some(line) = binding::first_damaged(bindings) {
            return Err(RefusedFacts::DamagedTable { file: "bindings.txt", line });
        }
        let mut counts: BTreeMap<&'static str, usize> = catalog.record_counts().into_iter().collect();
        counts.insert("managed", rows(managed).count());
        counts.insert("role_inputs", rows(role_inputs).count());
        counts.insert("bindings", rows(bindings).count());
        Ok(counts)
    }

    /// All of it in one file, deflated.
    pub fn packed(&self) -> std::io::Result<Vec<u8>> {
        let mut out = flate2::write::ZlibEncoder::new(MAGIC.to_vec(), flate2::Compression::default());
        for (name, text) in Self::FILES.into_iter().zip(&self.texts) {
            writeln!(out, "{name} {}", text.len())?;
            out.write_all(text.as_bytes())?;
        }
        out.finish()
    }

    /// What [`packed`](Self::packed) made. That the file is whole is told by the checksum in it.
    pub fn unpacked(file: &[u8]) -> Result<Self, RefusedFacts> {
        let deflated = file.strip_prefix(MAGIC).ok_or(RefusedFacts::NotWhole)?;
        let mut all = String::new();
        let read = flate2::read::ZlibDecoder::new(deflated).take(MOST_BYTES).read_to_string(&mut all);
        read.map_err(|_| RefusedFacts::NotWhole)?;
        let mut rest = all.as_str();
        let found = Self::of_files(|name| {
            let mut part = || {
                let (head, body) = rest.split_once('\n')?;
                let length: usize = head.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()?;
                let (text, after) = body.split_at_checked(length)?;
                rest = after;
                Some(text.to_owned())
            };
            part().map(Some).ok_or(RefusedFacts::NotWhole)
        })?;
        if rest.is_empty() { Ok(found) } else { Err(RefusedFacts::NotWhole) }
    }
}

fn columns(text: &str, file: &'static str, wanted: usize) -> Result<(), RefusedFacts> {
    let damaged = |line: &str| !line.starts_with('#') && line.split('\t').count() != wanted;
    match text.lines().position(damaged) {
        Some(at) => Err(RefusedFacts::DamagedTable { file, line: at + 1 }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{CompiledFacts, RefusedFacts};

    /// The committed files, changed by `change`.
    fn committed(change: impl Fn(&str, String) -> String) -> CompiledFacts {
        let text_of = |name: &'static str| {
            let text = std::fs::read_to_string(format!("data/{name}")).expect("it is committed");
            Ok::<_, RefusedFacts>(Some(change(name, text)))
        };
        CompiledFacts::of_files(text_of).expect("all are there")
    }

    fn refused(change: impl Fn(&str, String) -> String) -> String {
        committed(change).check().expect_err("it is refused").to_string()
    }

    fn in_file(wanted: &'static str, change: impl Fn(String) -> String) -> impl Fn(&str, String) -> String {
        move |name, text| if name == wanted { change(text) } else { text }
    }

    #[test]
    fn what_is_in_use_is_taken_again_and_survives_packing() {
        let all = committed(|_, text| text);
        all.check().expect("the committed facts are whole");
        assert_eq!(all.date().as_deref(), Some(crate::catalog().data_date()));
        let packed = all.packed().expect("it packs");
        assert!(packed.len() < 1_500_000, "{}", packed.len());
        assert_eq!(CompiledFacts::unpacked(&packed).expect("it is whole"), all);
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_noticed() {
        let packed = committed(|_, text| text).packed().expect("it packs");
        for cut in [0, 10, 1000, packed.len() - 1] {
            assert!(CompiledFacts::unpacked(&packed[..cut]).is_err(), "{cut}");
        }
        let mut changed = packed;
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        assert!(CompiledFacts::unpacked(&changed).is_err());
    }

    #[test]
    fn what_is_older_or_less_is_refused() {
        let date = crate::catalog().data_date().to_owned();
        let older = refused(in_file("META", |text| text.replace(&date, "2020-01-01")));
        assert_eq!(older, format!("they are of 2020-01-01, and those in use of {date}"));
        // Without the dependents of actions, and META says so: the loss that a source once had.
        let less = refused(|name, text| match name {
            "facts.txt" => {
                let cut = |line: &str| match line.strip_prefix("A\t") {
                    Some(_) => format!("{}\t\n", line.rsplit_once('\t').map_or(line, |(start, _)| start)),
                    None => format!("{line}\n"),
                };
                text.lines().map(cut).collect()
            }
            "META" => {
                let zero = |line: &str| match line.split('\t').nth(1) {
                    Some(kind @ ("dependent_pairs" | "with_dependents")) => format!("count\t{kind}\t0\n"),
                    _ => format!("{line}\n"),
                };
                text.lines().map(zero).collect()
            }
            _ => text,
        });
        assert!(less.starts_with("they lose too much to be true: dependent_pairs: "), "{less}");
    }

    #[test]
    fn what_does_not_belong_together_or_is_damaged_is_refused() {
        let other = refused(in_file("META", |text| text.replace("count\tservices\t", "count\tservices\t1")));
        assert!(
            other.starts_with("`META` does not describe the files beside it: it counts 1459 services"),
            "{other}"
        );
        assert!(refused(in_file("facts.txt", |text| text.replace("A\ts3:", "X\ts3:"))).starts_with("line "));
        assert_eq!(
            refused(in_file("managed.txt", |text| text.replacen("\tv", " v", 1))),
            "line 2 of `managed.txt` is not what such a line is"
        );
        assert!(
            refused(in_file("managed.txt", |text| text.replacen("\t{", "\t[", 1))).contains("managed.txt")
        );
        assert_eq!(
            refused(in_file("META", |_| String::new())),
            "`META` does not tell the date of the base data"
        );
        let missing = CompiledFacts::of_files(|_| Ok::<_, RefusedFacts>(None)).expect_err("nothing is there");
        assert_eq!(missing.to_string(), "`facts.txt` is not there");
    }
}
