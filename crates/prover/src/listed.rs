//! The values that one element or clause of a statement lists, and which texts they accept.
//!
//! Texts are handled by their patterns. Numbers, dates and addresses are cut into cells by the values that a question
//! mentions: within a cell all answers are the same, so one sample of each is all there is to try.
//!
//! AWS: IAM User Guide, "IAM JSON policy elements: Condition operators".

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use clavicle_engine::{AddressRange, Decimal, Instant, Relation};

use crate::template::{Template, Values};

/// What is listed. Values that cannot be read match nothing and are left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Listed {
    /// Texts, ARNs, truth values (two texts) and bytes (their one base64 form).
    Texts(Box<[Template]>),
    Numbers(Relation, Box<[Box<str>]>),
    Dates(Relation, Box<[Box<str>]>),
    Addresses(Box<[Box<str>]>),
}

/// The kinds whose values are tried by samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Measure {
    Number,
    Date,
    Address,
}

impl Listed {
    pub(crate) fn measure(&self) -> Option<Measure> {
        match self {
            Self::Texts(_) => None,
            Self::Numbers(..) => Some(Measure::Number),
            Self::Dates(..) => Some(Measure::Date),
            Self::Addresses(_) => Some(Measure::Address),
        }
    }

    pub(crate) fn templates(&self) -> &[Template] {
        match self {
            Self::Texts(templates) => templates,
            _ => &[],
        }
    }

    pub(crate) fn has_variables(&self) -> bool {
        self.templates().iter().any(|template| template.variables().next().is_some())
    }

    /// The same of a point in time that is told as seconds since 1970. `None`: it lists texts, or a number that is no time.
    pub(crate) fn as_dates(&self) -> Option<Self> {
        match self {
            Self::Dates(..) => Some(self.clone()),
            Self::Numbers(relation, listed) => {
                // Of a date four digits are a year.
                let all = listed.iter().all(|text| text.len() != 4 && Instant::parse(text).is_some());
                all.then(|| Self::Dates(*relation, listed.clone()))
            }
            Self::Texts(_) | Self::Addresses(_) => None,
        }
    }

    /// Is `text` accepted, where variables have these values?
    pub(crate) fn accepts(&self, text: &str, values: &Values) -> bool {
        match self {
            Self::Texts(templates) => templates
                .iter()
                .any(|template| template.with_values(values).is_some_and(|pattern| pattern.matches(text))),
            Self::Numbers(relation, listed) => Decimal::parse(text).is_some_and(|number| {
                let listed = listed.iter().filter_map(|listed| Decimal::parse(listed));
                listed.into_iter().any(|listed| relation.holds(number.compare(listed)))
            }),
            Self::Dates(relation, listed) => Instant::parse(text).is_some_and(|instant| {
                let mut listed = listed.iter().filter_map(|listed| Instant::parse(listed));
                listed.any(|listed| relation.holds(instant.cmp(&listed)))
            }),
            Self::Addresses(ranges) => text.parse::<IpAddr>().is_ok_and(|address| {
                let mut ranges = ranges.iter().filter_map(|range| AddressRange::parse(range));
                ranges.any(|range| range.holds(address))
            }),
        }
    }
}

/// Values such that every number, date or address gives the lists the same answers as one of them. `None` when two
/// listed numbers are so close or so long that none between them can be written.
pub(crate) fn samples<'l>(measure: Measure, lists: impl Iterator<Item = &'l Listed>) -> Option<Vec<String>> {
    match measure {
        Measure::Number => numbers(lists),
        Measure::Date => Some(dates(lists)),
        Measure::Address => Some(addresses(lists)),
    }
}

/// A value that nobody lists, for a key that has to be there.
pub(crate) fn usual(measure: Measure) -> &'static str {
    match measure {
        Measure::Number => "1",
        Measure::Date => "2026-01-01T00:00:00Z",
        Measure::Address => "192.0.2.1",
    }
}

fn numbers<'l>(lists: impl Iterator<Item = &'l Listed>) -> Option<Vec<String>> {
    let mut points: Vec<&str> = lists
        .filter_map(|list| match list {
            Listed::Numbers(_, listed) => Some(listed),
            _ => None,
        })
        .flatten()
        .map(AsRef::as_ref)
        .collect();
    let compare = |a: &&str, b: &&str| match (Decimal::parse(a), Decimal::parse(b)) {
        (Some(a), Some(b)) => a.compare(b),
        _ => Ordering::Equal,
    };
    points.sort_by(compare);
    points.dedup_by(|a, b| compare(&&**a, &&**b).is_eq());
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Some(vec![usual(Measure::Number).to_owned()]);
    };
    let mut found = Vec::with_capacity(points.len() * 2 + 1);
    found.push(Fixed::parse(last)?.plus(1)?.text());
    for pair in points.windows(2) {
        if let [low, high] = pair {
            found.push((*low).to_owned());
            found.push(Fixed::parse(low)?.middle(Fixed::parse(high)?)?.text());
        }
    }
    found.push((*last).to_owned());
    found.push(Fixed::parse(first)?.plus(-1)?.text());
    Some(found)
}

/// A decimal as whole number and scale, to make new ones from.
#[derive(Clone, Copy)]
struct Fixed {
    digits: i128,
    scale: u32,
}

impl Fixed {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let scale = u32::try_from(fraction.len()).ok()?;
        Some(Self { digits: format!("{whole}{fraction}").parse().ok()?, scale })
    }

    fn scaled(self, scale: u32) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(scale.checked_sub(self.scale)?)?)
    }

    fn plus(self, whole: i128) -> Option<Self> {
        let one = 10_i128.checked_pow(self.scale)?;
        Some(Self { digits: self.digits.checked_add(whole.checked_mul(one)?)?, ..self })
    }

    /// A number between the two, with as few digits as it takes.
    fn middle(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let (low, high) = (self.scaled(scale)?, other.scaled(scale)?);
        if high.checked_sub(low)? >= 2 {
            return Some(Self { digits: low.checked_add(1)?, scale });
        }
        Some(Self { digits: low.checked_mul(10)?.checked_add(5)?, scale: scale + 1 })
    }

    fn text(self) -> String {
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = self.digits.unsigned_abs().to_string();
        let scale = self.scale as usize;
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }
}

fn dates<'l>(lists: impl Iterator<Item = &'l Listed>) -> Vec<String> {
    let mut points: Vec<(i64, u32)> = lists
        .filter_map(|list| match list {
            Listed::Dates(_, listed) => Some(listed),
            _ => None,
        })
        .flatten()
        .filter_map(|text| Instant::parse(text))
        .map(|instant| (instant.seconds(), instant.nanos()))
        .collect();
    points.sort_unstable();
    points.dedup();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return vec![usual(Measure::Date).to_owned()];
    };
    let mut found = vec![date(last.0.saturating_add(86_400), last.1)];
    for pair in points.windows(2) {
        if let [low, high] = pair {
            found.push(date(low.0, low.1));
            let next = (low.0.saturating_add(1), low.1);
            if next < *high {
                found.push(date(next.0, next.1));
            } else {
                // Less than a second between them: instants are exact to the nanosecond.
                let (seconds, nanos) = if low.1 == 999_999_999 { (low.0 + 1, 0) } else { (low.0, low.1 + 1) };
                found.extend(((seconds, nanos) < *high).then(|| date(seconds, nanos)));
            }
        }
    }
    found.push(date(last.0, last.1));
    found.push(date(first.0.saturating_sub(86_400), first.1));
    found
}

/// ISO 8601 where the year has four digits, else seconds since 1970.
fn date(seconds: i64, nanos: u32) -> String {
    // Days are counted from March of year 0, so that the leap day is the last of its year.
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = of_era + era * 400 + i64::from(month <= 2);
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    if !(0..=9_999).contains(&year) {
        return seconds.to_string();
    }
    let clock = seconds.rem_euclid(86_400);
    let fraction = if nanos == 0 { String::new() } else { format!(".{nanos:09}") };
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{fraction}Z",
        clock / 3_600,
        clock / 60 % 60,
        clock % 60
    )
}

fn addresses<'l>(lists: impl Iterator<Item = &'l Listed>) -> Vec<String> {
    let mut starts = vec![
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | 1)),
        IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    ];
    let ranges = lists.filter_map(|list| match list {
        Listed::Addresses(ranges) => Some(ranges),
        _ => None,
    });
    for range in ranges.flatten().filter_map(|text| AddressRange::parse(text)) {
        let (first, last) = range.ends();
        starts.push(first);
        let next: Option<IpAddr> = match last {
            IpAddr::V4(last) => last.to_bits().checked_add(1).map(|next| Ipv4Addr::from_bits(next).into()),
            IpAddr::V6(last) => last.to_bits().checked_add(1).map(|next| Ipv6Addr::from_bits(next).into()),
        };
        starts.extend(next);
    }
    let mut seen = std::collections::HashSet::new();
    starts.retain(|address| seen.insert(*address));
    starts.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: &[&str]) -> Box<[Box<str>]> {
        values.iter().map(|value| (*value).into()).collect()
    }

    #[test]
    fn numbers_have_a_sample_in_every_cell() {
        let lists = [
            Listed::Numbers(Relation::Less, list(&["10", "9.5"])),
            Listed::Numbers(Relation::Equal, list(&["-3", "10.0"])),
        ];
        let found = samples(Measure::Number, lists.iter()).expect("samples");
        assert_eq!(found, ["11", "-3", "-2.9", "9.5", "9.6", "10", "-4"]);
        assert_eq!(Fixed::parse("-0.5").map(Fixed::text).as_deref(), Some("-0.5"));
        assert!(
            samples(Measure::Number, [Listed::Numbers(Relation::Less, list(&[&"9".repeat(60)]))].iter())
                .is_none()
        );
    }

    #[test]
    fn dates_are_written_as_they_are_read() {
        for seconds in [0, 951_782_400, -1, 1_704_067_199, 4_102_444_800] {
            let read = Instant::parse(&date(seconds, 5)).expect("a date");
            assert_eq!((read.seconds(), read.nanos()), (seconds, 5));
        }
        let lists = [Listed::Dates(
            Relation::Equal,
            list(&["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000000002Z"]),
        )];
        let found = samples(Measure::Date, lists.iter()).expect("samples");
        assert!(found.contains(&"2024-01-01T00:00:00.000000001Z".to_owned()), "{found:?}");
    }

    #[test]
    fn addresses_have_a_sample_on_both_sides_of_every_end() {
        let lists = [Listed::Addresses(list(&["10.0.0.0/8", "255.255.255.255"]))];
        let found = samples(Measure::Address, lists.iter()).expect("samples");
        for expected in ["10.0.0.0", "11.0.0.0", "0.0.0.0", "255.255.255.255", "::"] {
            assert!(found.iter().any(|text| text == expected), "{expected} in {found:?}");
        }
    }
}
