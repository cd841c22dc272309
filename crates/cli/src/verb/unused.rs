//! `unused`: what is granted and was not used.

use clavicle_answer::{Reader, UnusedQuestion};
use clavicle_usage::Evidence;
use jiff::{SignedDuration, Timestamp};

use super::ask;
use crate::evidence_file;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::typed::{Accounts, EvidencePlace, Unused, UnusedForm};
use crate::{machine, out_file, terminal, text};

/// Answers. Without evidence, the last-used facts of the snapshot are all there is.
pub(crate) fn run(typed: &Unused, accounts: &Accounts) -> Result<Exit, Failure> {
    let (_, reader) = ask::read(accounts)?;
    let evidence = evidence(&typed.evidence, &reader)?;
    let since = since_of(&typed.since, &reader, &evidence)?;
    let page = reader.unused(&UnusedQuestion { who: typed.who.clone(), since }, &evidence)?;
    let written = match typed.form {
        UnusedForm::Text => {
            let mut laid_out = terminal::page();
            text::unused(&mut laid_out, &page, typed.all);
            laid_out.into_text()
        }
        UnusedForm::Json => machine::json(&page)
            .map_err(|error| Failure::input(format!("cannot write the answer as JSON: {error}")))?,
    };
    match &typed.out {
        Some(path) => out_file::write(path, &anstream::adapter::strip_str(&written).to_string())?,
        None => terminal::print(&written)?,
    }
    Ok(Exit::Yes)
}

/// The evidence that is kept, with the reports of last use in the snapshot; none is no evidence.
pub(super) fn evidence(place: &EvidencePlace, reader: &Reader) -> Result<Evidence, Failure> {
    let mut evidence = match evidence_file::open(place)? {
        Some(kept) => kept.file.evidence().map_err(|error| evidence_file::failure(&error, &kept.path))?,
        None => Evidence::default(),
    };
    evidence.add_reports(reader.world().catalog(), reader.world().snapshot());
    Ok(evidence)
}

/// When an age began. The newest that is known counts as today: of what came after nothing can be said.
pub(super) fn since_of(text: &str, reader: &Reader, evidence: &Evidence) -> Result<Timestamp, Failure> {
    since(text, reader.told_until(evidence).unwrap_or_else(Timestamp::now))
}

/// `90d` before that time, `12w`, `2026-03-01`, `2026-03-01T08:00:00Z`.
fn since(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let text = text.trim();
    let age = |unit: char, hours: i64| {
        let count: i64 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count >= 0)?;
        now.checked_sub(SignedDuration::try_from_hours(count.checked_mul(hours)?)?).ok()
    };
    let day = || format!("{text}T00:00:00Z").parse().ok();
    age('d', 24)
        .or_else(|| age('w', 24 * 7))
        .or_else(|| age('h', 1))
        .or_else(day)
        .or_else(|| text.parse().ok())
        .ok_or_else(|| {
            Failure::usage(format!("`{text}` is no age and no time"))
                .help("write `90d`, `12w`, a day such as `2026-03-01`, or a time")
        })
}

#[cfg(test)]
mod tests {
    use super::since;
    use jiff::Timestamp;

    #[test]
    fn ages_days_and_times_are_read() {
        let now: Timestamp = "2026-06-30T12:00:00Z".parse().expect("a time");
        for (text, wanted) in [
            ("90d", "2026-04-01T12:00:00Z"),
            ("1w", "2026-06-23T12:00:00Z"),
            ("6h", "2026-06-30T06:00:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z"),
        ] {
            assert_eq!(since(text, now).expect(text).to_string(), wanted);
        }
        for text in ["", "d", "-3d", "soon", "99999999999999999999d", "9223372036854775807d"] {
            assert!(since(text, now).is_err(), "{text}");
        }
    }
}
