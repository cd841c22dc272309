//! A change that is tried, or another snapshot, as one map with what is open.

use clavicle_policy::AccountId;

use crate::map::{
    DrawnOfTwo, MapPage, MarksOfTwoPage, Scope, Side, Told, chain_marks_of_two, draw_before_after,
};
use crate::open::{Open, with_matrix};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes, json};
use crate::turns::Second;

/// What the map of a call is of.
pub(crate) fn scope_of(asked: &Asked) -> Result<Scope, Refusal> {
    match (asked.one("account")?, asked.one("unit")?) {
        (None, None) => Ok(Scope::Organization),
        (Some(account), None) => {
            AccountId::parse(account).map(Scope::Account).ok_or_else(|| no_account(account))
        }
        (None, Some(unit)) => Ok(Scope::Unit(unit.to_owned())),
        (Some(_), Some(_)) => {
            Err(Refusal::question("a map is of an account or of a unit", Some("leave out one")))
        }
    }
}

fn no_account(account: impl std::fmt::Display) -> Refusal {
    Refusal::absent(format!("no account `{account}`"), Some("go back to the organization"))
}

impl Scope {
    /// What is said where it is not there.
    pub(crate) fn absent(&self) -> Refusal {
        match self {
            Self::Organization => Refusal::broken(),
            Self::Unit(unit) => {
                let hint = Some("the snapshot may have changed: go back to the organization");
                Refusal::absent(format!("no organizational unit `{unit}`"), hint)
            }
            Self::Account(account) => no_account(account),
        }
    }
}

/// A map of two worlds, as it is sent, and what its lines were made of.
#[derive(Debug)]
pub(crate) struct MapOfTwo {
    drawn: DrawnOfTwo,
    bytes: Bytes,
}

impl MapOfTwo {
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The same, before it is sent.
    pub(crate) fn page(&self) -> &MapPage {
        &self.drawn.page
    }
}

/// Which line of a map is asked about, and which of its pairs.
#[derive(Debug, Clone)]
pub(crate) struct LineAsked {
    pub(crate) ribbon: String,
    pub(crate) pair: Option<usize>,
}

impl LineAsked {
    pub(crate) fn read(asked: &Asked) -> Result<Self, Refusal> {
        let ribbon = asked.one("ribbon")?.unwrap_or_default().to_owned();
        let pair = asked.one("pair")?.map(|text| {
            let wrong = |_| Refusal::question(format!("`{text}` is no number of a pair"), None);
            text.parse().map_err(wrong)
        });
        Ok(Self { ribbon, pair: pair.transpose()? })
    }

    /// By what it is known, of the map of two worlds of this key.
    pub(crate) fn key(&self, map: &str) -> String {
        let pair = self.pair.map_or_else(String::new, |pair| pair.to_string());
        format!("{} {pair} {map}", self.ribbon)
    }
}

/// Draws both. `is_older`: what is open counts as after.
pub(super) fn draw(
    open: &Open,
    second: &Second,
    is_older: bool,
    scope: &Scope,
    progress: &Progress,
) -> Result<MapOfTwo, Refusal> {
    let reach_out = second.reach_out(progress);
    progress.report("drawing", 0, 0);
    let told = [Told::new(&second.reader), Told::new(open.reader())];
    let other = Side { people: &told[0], reach_out };
    let here = Side { people: &told[1], reach_out: open.reach_out() };
    let (before, after) = if is_older { (other, here) } else { (here, other) };
    let drawn = draw_before_after(before, after, scope).ok_or_else(|| scope.absent())?;
    Ok(MapOfTwo { bytes: with_matrix(&drawn.page)?, drawn })
}

/// What makes a line of such a map before and after.
pub(super) fn why(
    open: &Open,
    second: &Second,
    is_older: bool,
    map: &MapOfTwo,
    asked: &LineAsked,
) -> Result<Bytes, Refusal> {
    let (here, other) = (open.reader(), &second.reader);
    let readers = if is_older { [other, here] } else { [here, other] };
    let hint = Some("the snapshot may have changed: go back to the map");
    let page = map.drawn.why(readers, &asked.ribbon, asked.pair);
    json(&page.ok_or_else(|| Refusal::absent("no such line or pair on this map", hint))?)
}

/// What leads to what matters on such a map, before and after.
pub(super) fn marks(
    open: &Open,
    second: &Second,
    is_older: bool,
    map: &MapOfTwo,
    progress: &Progress,
) -> MarksOfTwoPage {
    let (here, other) = (open.reader(), &second.reader);
    let readers = if is_older { [other, here] } else { [here, other] };
    chain_marks_of_two(readers, &map.drawn, progress)
}
