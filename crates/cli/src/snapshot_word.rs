//! Which saved snapshot does a word of time mean: `latest`, `previous`, `yesterday`, `last-week`, `last-month`?

use jiff::{SignedDuration, Timestamp};

use crate::data_folder::Saved;

/// The words, with how many days before the latest each is.
const AGES: [(&str, i64); 3] = [("yesterday", 1), ("last-week", 7), ("last-month", 30)];

/// Every word.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    ["latest", "previous"].into_iter().chain(AGES.iter().map(|(word, _)| *word))
}

/// The snapshot that a word means among those that are saved, the one that was saved last first; of a word of age, the
/// older one that is nearest to it, counted from when the data of the latest are of. `None`: there is none.
pub(crate) fn meant<'s>(word: &str, saved: &'s [Saved]) -> Option<&'s Saved> {
    match word {
        "latest" => return saved.first(),
        "previous" => return saved.get(1),
        _ => {}
    }
    let (_, days) = AGES.iter().find(|(known, _)| *known == word)?;
    let latest = time_of(&saved.first()?.name)?;
    let wanted = latest - SignedDuration::from_hours(days * 24);
    let times = saved.iter().filter_map(|each| Some((time_of(&each.name)?, each)));
    let older = times.filter(|(time, _)| *time < latest);
    older.min_by_key(|(time, _)| time.duration_since(wanted).abs()).map(|(_, each)| each)
}

/// `2026-08-22T09-14-00Z`, with a number behind it where several are of one time.
fn time_of(name: &str) -> Option<Timestamp> {
    let (day, time) = name.split_once('T')?;
    let (time, _) = time.split_once('Z')?;
    format!("{day}T{}Z", time.replace('-', ":")).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::meant;
    use crate::data_folder::Saved;

    #[test]
    fn words_of_time_mean_what_is_saved() {
        let saved = |names: &[&str]| -> Vec<Saved> {
            let one = |name: &&str| Saved {
                name: (*name).to_owned(),
                path: PathBuf::from(name),
                bytes: 0,
                saved: None,
            };
            names.iter().map(one).collect()
        };
        let all = saved(&[
            "2026-08-22T09-14-00Z",
            "2026-08-21T20-00-00Z.2",
            "2026-08-14T09-14-00Z",
            "2026-07-25T00-00-00Z",
            "by-hand",
        ]);
        let name = |word: &str, saved: &[Saved]| meant(word, saved).map(|saved| saved.name.clone());
        for (word, at) in
            [("latest", 0), ("previous", 1), ("yesterday", 1), ("last-week", 2), ("last-month", 3)]
        {
            assert_eq!(name(word, &all).as_deref(), Some(all[at].name.as_str()), "{word}");
        }
        assert_eq!(name("tomorrow", &all), None);
        // Nothing is older than itself, and what is not called by its time is of an unknown one.
        assert_eq!(name("last-week", &all[..1]), None);
        assert_eq!(name("last-week", &all[4..]), None);
        assert_eq!(name("latest", &[]), None);
    }
}
