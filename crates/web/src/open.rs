//! What is open in the browser: a reader, and the maps that were drawn of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clavicle_answer::shape::{AnswerPage, ChangesPage, CheckPage, CoveragePage};
use clavicle_answer::{PolicyLine, PolicyUsed, PseudonymKey, Pseudonyms, Reader, UseLines};
use clavicle_graph::World;
use clavicle_policy::AccountId;
use clavicle_snapshot::{Snapshot, UnitKind};
use clavicle_usage::Evidence;
use serde::Serialize;

use crate::asking::{Askers, Asking};
use crate::beside::Beside;
use crate::map::{
    CellsPage, Drawn, MapPage, MarksOfTwoPage, MarksPage, Matrix, ReachOut, Scope, Told, WhyPage, cells,
    chain_marks, draw_map, focused, matrix, why,
};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Bytes, json};
use crate::shelf::Shelf;
use crate::turns::Turns;
use crate::view::{LineAsked, MapOfTwo, PlanPage, SincePage};

/// So many maps are kept; one takes up to a few megabytes where an account is large.
const MOST_KEPT: usize = 48;

/// So many accounts are drawn before anybody asks.
const DRAWN_AHEAD: usize = 24;

/// So many pairs of somebody and something are looked at for that: some seconds.
const MOST_AHEAD: usize = 50_000_000;

/// Of so many accounts the map is kept as it is sent, and not what it was made of; some hundred kilobytes each.
const MOST_PAGES: usize = 512;

/// Of so many users and roles it is worked out what every map asks before home is shown: a tenth of what opening takes. Of more, people would
/// wait for what home does not ask, and it is worked out while they read that.
const MOST_PREPARED: usize = 200_000;

/// The same of so many units.
const MOST_UNITS: usize = 128;

/// An account of which more pairs of somebody and something are looked at may take more than a tenth of a second to draw.
const SLOW_TO_DRAW: usize = 400_000;

/// So many pairs are looked at for the maps that are there when home is: two seconds of a core.
const MOST_FIRST: usize = 24_000_000;

/// So many pairs are looked at for those: about a minute.
const MOST_PAGES_AHEAD: usize = 500_000_000;

/// A reader and the maps drawn so far.
#[derive(Debug)]
pub(crate) struct Open {
    reader: Reader,
    beside: Arc<dyn Beside>,
    /// Held while it is read, so that it is read once; empty until that has gone well.
    evidence: Mutex<Option<Arc<Evidence>>>,
    reach_out: ReachOut,
    /// By what it is of, and by the shape that is taken apart.
    sheets: Mutex<HashMap<SheetKey, Slot>>,
    /// Maps that were drawn before anybody asked, as they are sent.
    pages: Mutex<HashMap<Scope, Bytes>>,
    /// Those for whom an answer is being worked out.
    askers: Askers,
    /// What every map asks first: one answer, for all of them.
    pub(crate) prepared: Shelf<()>,
    /// By what the map is of and the shape that is taken apart.
    pub(crate) cells: Shelf<CellsPage>,
    /// The same.
    pub(crate) marks: Shelf<MarksPage>,
    pub(crate) findings: Shelf<CheckPage>,
    pub(crate) since: Shelf<SincePage>,
    pub(crate) border: Shelf<AnswerPage>,
    pub(crate) policies: Shelf<Vec<PolicyLine>>,
    pub(crate) policy: Shelf<AnswerPage>,
    /// By how far it looks back, and the policy.
    pub(crate) policy_used: Shelf<PolicyUsed>,
    pub(crate) data: Shelf<CoveragePage>,
    pub(crate) granted: Shelf<UseLines>,
    pub(crate) plan: Shelf<PlanPage>,
    pub(crate) tried: Shelf<ChangesPage>,
    pub(crate) compared: Shelf<ChangesPage>,
    /// By what it is of, and what is tried or compared.
    pub(crate) maps_of_two: Shelf<MapOfTwo>,
    /// By the same.
    pub(crate) marks_of_two: Shelf<MarksOfTwoPage>,
    /// By line and pair, what the map is of, and what is tried or compared.
    pub(crate) whys_of_two: Shelf<Bytes>,
    key: Option<PseudonymKey>,
    pseudonyms: OnceLock<Arc<Pseudonyms>>,
    pub(crate) turns: Turns,
}

type SheetKey = (Scope, Option<String>);

/// A map, once it is drawn. Whoever asks before that draws it too, and the first to be done is kept: nobody waits for
/// another, whose work the threads that draw could be lent to.
type Slot = Arc<OnceLock<Arc<Sheet>>>;

/// A map as it was drawn.
#[derive(Debug)]
pub(crate) struct Sheet {
    drawn: Drawn,
    bytes: Bytes,
}

impl Open {
    pub(crate) fn new(
        reader: Reader,
        beside: Arc<dyn Beside>,
        key: Option<PseudonymKey>,
        progress: &Progress,
    ) -> Self {
        Self::prepared_up_to(MOST_PREPARED, reader, beside, key, progress)
    }

    fn prepared_up_to(
        most: usize,
        reader: Reader,
        beside: Arc<dyn Beside>,
        key: Option<PseudonymKey>,
        progress: &Progress,
    ) -> Self {
        if reader.world().snapshot().principals.len() <= most {
            prepare(reader.world(), progress);
        }
        let looking = |done, total| progress.report("looking who touches what", done, total);
        let reach_out = ReachOut::new(reader.world(), looking);
        // It is asked for at once, and here it is told how far it is.
        progress.report("putting the first page together", 0, 0);
        reader.summary();
        Self {
            reader,
            beside,
            evidence: Mutex::default(),
            reach_out,
            sheets: Mutex::default(),
            pages: Mutex::default(),
            askers: Askers::default(),
            prepared: Shelf::new(1),
            cells: Shelf::new(32),
            marks: Shelf::new(64),
            findings: Shelf::new(1),
            since: Shelf::new(1),
            border: Shelf::new(2),
            policies: Shelf::new(1),
            policy: Shelf::new(32),
            policy_used: Shelf::new(32),
            data: Shelf::new(1),
            granted: Shelf::new(4),
            plan: Shelf::new(32),
            tried: Shelf::new(8),
            compared: Shelf::new(4),
            maps_of_two: Shelf::new(12),
            marks_of_two: Shelf::new(12),
            whys_of_two: Shelf::new(32),
            key,
            pseudonyms: OnceLock::new(),
            turns: Turns::default(),
        }
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(crate) fn reach_out(&self) -> &ReachOut {
        &self.reach_out
    }

    pub(crate) fn beside(&self) -> &dyn Beside {
        &*self.beside
    }

    /// By what a map of two worlds is known: what it is of, without a space, and what is tried or compared.
    pub(crate) fn map_key(scope: &Scope, what: &str) -> String {
        match scope {
            Scope::Organization => format!("organization {what}"),
            // Ids of AWS have no space; a file may claim one that has.
            Scope::Unit(unit) => format!("unit:{} {what}", unit.replace('%', "%25").replace(' ', "%20")),
            Scope::Account(account) => format!("{account} {what}"),
        }
    }

    /// Stops the maps, of whatever they are, for what is tried or compared.
    pub(crate) fn stop_maps_of_two(&self, what: &str) -> bool {
        self.maps_of_two.stop_all(|key| key.split_once(' ').is_some_and(|(_, known)| known == what))
    }

    /// What was used, as far as anybody kept it or the snapshot tells it. What could not be read is read again when it is
    /// asked for again.
    pub(crate) fn evidence(&self) -> Result<Arc<Evidence>, Refusal> {
        let mut kept = self.evidence.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(evidence) = &*kept {
            return Ok(evidence.clone());
        }
        let mut evidence = self.beside.evidence().map_err(|error| Refusal::question(error, None))?;
        evidence.add_snapshot(self.reader.world().catalog(), self.reader.world().snapshot());
        Ok(kept.insert(Arc::new(evidence)).clone())
    }

    /// What stands for names where they are not to be told. Without a key, one for as long as this program runs.
    pub(crate) fn pseudonyms(&self) -> Result<Arc<Pseudonyms>, Refusal> {
        if let Some(made) = self.pseudonyms.get() {
            return Ok(made.clone());
        }
        let mut key = self.key.unwrap_or_default();
        if self.key.is_none() {
            getrandom::fill(&mut key).map_err(|_| Refusal::broken())?;
        }
        Ok(self.pseudonyms.get_or_init(|| Arc::new(self.reader.pseudonyms(key))).clone())
    }

    /// The map of the organization, of a unit or of one account, perhaps with one of its shapes taken apart.
    pub(crate) fn map(&self, scope: &Scope, apart: Option<&str>) -> Result<Arc<Sheet>, Refusal> {
        self.is_there(scope)?;
        let slot = self.slot((scope.clone(), apart.map(str::to_owned)));
        if let Some(sheet) = slot.get() {
            return Ok(sheet.clone());
        }
        let sheet = self.draw(scope, apart)?;
        Ok(slot.get_or_init(|| Arc::new(sheet)).clone())
    }

    /// The same, as it is sent.
    pub(crate) fn map_page(&self, scope: &Scope, apart: Option<&str>) -> Result<Bytes, Refusal> {
        if apart.is_none() {
            let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(page) = pages.get(scope) {
                return Ok(page.clone());
            }
        }
        Ok(self.map(scope, apart)?.bytes())
    }

    fn is_there(&self, scope: &Scope) -> Result<(), Refusal> {
        let snapshot = self.reader.world().snapshot();
        let is_there = match scope {
            Scope::Organization => true,
            Scope::Unit(unit) => unit_ids(snapshot).any(|known| known == unit),
            Scope::Account(account) => snapshot.account(*account).is_some(),
        };
        if is_there { Ok(()) } else { Err(scope.absent()) }
    }

    fn draw(&self, scope: &Scope, apart: Option<&str>) -> Result<Sheet, Refusal> {
        let drawn = draw_map(&Told::new(&self.reader), &self.reach_out, scope, apart);
        let drawn = drawn.ok_or_else(|| {
            let hint = "only what is drawn together though it is not equal can be, where the map has room for its parts";
            apart.map_or_else(Refusal::broken, |shape| {
                Refusal::absent(format!("`{shape}` cannot be taken apart"), Some(hint))
            })
        })?;
        let bytes = with_matrix(&drawn.page)?;
        Ok(Sheet { drawn, bytes })
    }

    /// Works out what every map asks, unless that is known. Whoever asks meanwhile waits for the one who began.
    /// Not to be called by a thread of rayon: what is kept of a world is worked out by others.
    pub(crate) fn prepare(&self, progress: &Progress) {
        prepare(self.reader.world(), progress);
    }

    /// Draws the map that people open first, where nothing has to be worked out for it before, and those of the accounts that
    /// whoever goes on to one at once would have to wait for.
    pub(crate) fn draw_first(&self, progress: &Progress) {
        if self.reader.world().snapshot().principals.len() > MOST_PREPARED {
            return;
        }
        let slow = slow_to_draw(self.sizes()).into_iter().map(Scope::Account);
        let scopes: Vec<Scope> = std::iter::once(Scope::Organization).chain(slow).collect();
        for (done, scope) in (0..).zip(&scopes) {
            if progress.is_stopped() {
                return;
            }
            progress.report("drawing the first maps", done, scopes.len() as u64);
            // Whoever asks for it will be told what is wrong with it.
            let _ = self.map(scope, None);
        }
    }

    /// Draws what is likely to be asked for first, so that it is there when it is: the organization and the largest
    /// accounts, which take longest. Then units and the other accounts, as far as they fit. Whatever is asked meanwhile goes first,
    /// but for what every map asks: a map that is asked for would wait for it all the same.
    /// Not to be called by a thread of rayon, either.
    pub(crate) fn draw_ahead(&self) {
        self.prepare(&Progress::default());
        let largest = self.largest();
        for scope in std::iter::once(Scope::Organization).chain(largest.iter().copied().map(Scope::Account)) {
            self.askers.let_go_first();
            // Whoever asks for it will be told what is wrong with it.
            let _ = self.map(&scope, None);
        }
        self.draw_others_ahead(&largest);
    }

    fn draw_others_ahead(&self, but: &[AccountId]) {
        let units = unit_ids(self.reader.world().snapshot())
            .take(MOST_UNITS)
            .map(|unit| Scope::Unit(unit.to_owned()));
        let accounts = ahead(self.sizes(), MOST_PAGES_AHEAD, but.len() + MOST_PAGES);
        let accounts = accounts.into_iter().filter(|account| !but.contains(account)).map(Scope::Account);
        for scope in units.chain(accounts) {
            self.askers.let_go_first();
            if let Ok(sheet) = self.draw(&scope, None) {
                let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
                pages.insert(scope, sheet.bytes);
            }
        }
    }

    /// Counts somebody as asking, until that is dropped.
    pub(crate) fn asking(&self) -> Asking<'_> {
        self.askers.asking()
    }

    /// The largest account, and those after it that can be drawn ahead together with it.
    pub(crate) fn largest(&self) -> Vec<AccountId> {
        ahead(self.sizes(), MOST_AHEAD, DRAWN_AHEAD)
    }

    /// Every account, with how many identities and things it has.
    fn sizes(&self) -> Vec<(AccountId, usize, usize)> {
        let world = self.reader.world();
        let accounts = world.snapshot().accounts.iter().map(|account| account.id);
        accounts.map(|id| (id, world.principals_of(id).len(), world.resources_of(id).len())).collect()
    }

    fn slot(&self, key: SheetKey) -> Slot {
        let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        if sheets.len() >= MOST_KEPT && !sheets.contains_key(&key) {
            // Whatever is dropped is drawn again the same when it is asked for.
            sheets.clear();
        }
        sheets.entry(key).or_default().clone()
    }

    /// What the matrix of a map has beside its lines.
    pub(crate) fn cells(
        &self,
        scope: &Scope,
        apart: Option<&str>,
        progress: &Progress,
    ) -> Result<CellsPage, Refusal> {
        Ok(cells(&self.reader, &self.map(scope, apart)?.drawn, progress))
    }

    /// What leads to the things on a map that matter.
    pub(crate) fn marks(
        &self,
        scope: &Scope,
        apart: Option<&str>,
        progress: &Progress,
    ) -> Result<MarksPage, Refusal> {
        Ok(chain_marks(&self.reader, &self.map(scope, apart)?.drawn, progress))
    }

    /// Why a line of a map is there.
    pub(crate) fn why(
        &self,
        scope: &Scope,
        apart: Option<&str>,
        line: &LineAsked,
    ) -> Result<WhyPage, Refusal> {
        let sheet = self.map(scope, apart)?;
        let hint = Some("the snapshot may have changed: go back to the map");
        why(&self.reader, &sheet.drawn, &line.ribbon, line.pair)
            .ok_or_else(|| Refusal::absent("no such line or pair on this map", hint))
    }
}

/// Works out what every map asks first, so that no map that is asked for has to: who is equal to whom, and who can become
/// whom. What is known already is not worked out again.
fn prepare(world: &World, progress: &Progress) {
    progress.report("looking who is equal to whom", 0, 0);
    if let Some(first) = world.principals().next() {
        world.class_of(first);
    }
    progress.report("looking who can become whom", 0, 0);
    world.becomes();
}

impl Sheet {
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    pub(crate) fn page(&self) -> &MapPage {
        &self.drawn.page
    }

    /// The same map with only what is connected to one of its shapes.
    pub(crate) fn focused(&self, focus: &str) -> Result<Bytes, Refusal> {
        with_matrix(&self.focused_page(focus)?)
    }

    /// The same, before it is sent.
    pub(crate) fn focused_page(&self, focus: &str) -> Result<MapPage, Refusal> {
        let hint = Some("the snapshot may have changed: go back to the map");
        focused(&self.drawn.page, focus)
            .ok_or_else(|| Refusal::absent(format!("`{focus}` is not on this map"), hint))
    }
}

/// Every organizational unit, by id.
pub(crate) fn unit_ids(snapshot: &Snapshot) -> impl Iterator<Item = &str> {
    let units = snapshot.organization.iter().flat_map(|organization| &organization.units);
    units.filter(|unit| unit.kind == UnitKind::Unit).map(|unit| &*unit.id)
}

/// Of accounts with their identities and things: which are drawn ahead, `count` at most, of which `most` pairs are looked at.
fn ahead(mut accounts: Vec<(AccountId, usize, usize)>, most: usize, count: usize) -> Vec<AccountId> {
    accounts.retain(|(_, identities, _)| *identities > 0);
    accounts.sort_by_key(|(id, identities, _)| (std::cmp::Reverse(*identities), *id));
    let mut sum = 0_usize;
    let fits = |(at, (_, identities, things)): &(usize, (AccountId, usize, usize))| {
        sum = sum.saturating_add(identities.saturating_mul(*things));
        // However much the largest takes, it is drawn; one without things takes nothing, and is no less the first.
        *at == 0 || sum <= most
    };
    accounts.into_iter().enumerate().take_while(fits).take(count).map(|(_, (id, ..))| id).collect()
}

/// Of accounts with their identities and things: those that take long to draw, the longest first, as far as they fit. One that is too
/// much for that leaves room for others.
fn slow_to_draw(accounts: Vec<(AccountId, usize, usize)>) -> Vec<AccountId> {
    let pairs = |(id, identities, things): (AccountId, usize, usize)| (identities.saturating_mul(things), id);
    let mut slow: Vec<(usize, AccountId)> = accounts.into_iter().map(pairs).collect();
    slow.retain(|(pairs, _)| *pairs > SLOW_TO_DRAW);
    slow.sort_by_key(|(pairs, id)| (std::cmp::Reverse(*pairs), *id));
    let mut left = MOST_FIRST;
    slow.retain(|(pairs, _)| {
        let fits = *pairs <= left;
        left -= if fits { *pairs } else { 0 };
        fits
    });
    slow.into_iter().take(DRAWN_AHEAD).map(|(_, id)| id).collect()
}

/// A map as it is sent: the drawing, and the same as a matrix.
pub(crate) fn with_matrix(page: &MapPage) -> Result<Bytes, Refusal> {
    #[derive(Serialize)]
    struct Sent<'p> {
        #[serde(flatten)]
        page: &'p MapPage,
        matrix: Matrix,
    }
    json(&Sent { page, matrix: matrix(page) })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::tests::demo;

    #[test]
    fn a_map_that_was_drawn_ahead_is_the_same_and_no_account_is_taken_for_another() {
        let progress = Progress::default();
        let open = || Open::new(demo(&progress).expect("it reads"), Arc::new(()), None, &progress);
        let (ahead, later) = (open(), open());
        let accounts = later.sizes().into_iter().map(|(id, ..)| Scope::Account(id));
        let units = unit_ids(later.reader.world().snapshot()).map(|unit| Scope::Unit(unit.to_owned()));
        let scopes: Vec<Scope> = accounts.chain(units).collect();
        let not_this = ahead.largest()[..1].to_vec();
        ahead.draw_others_ahead(&not_this);
        assert!(scopes.len() > 7 && ahead.pages.lock().expect("nobody broke off").len() == scopes.len() - 1);
        for scope in &scopes {
            let page = |open: &Open| open.map_page(scope, None).expect("it is there").as_ref().to_vec();
            assert!(page(&ahead) == page(&later), "{scope:?}");
        }
        // Only the one that was left out had to be drawn.
        assert_eq!(ahead.sheets.lock().expect("nobody broke off").len(), 1);
        let nobody = AccountId::parse("000000000000").expect("twelve digits");
        for absent in [Scope::Account(nobody), Scope::Unit("ou-of-nobody".to_owned())] {
            assert!(ahead.map_page(&absent, None).is_err(), "{absent:?}");
        }
        // On a thread of rayon this breaks off.
        let organization = (Scope::Organization, None);
        assert!(!later.sheets.lock().expect("nobody broke off").contains_key(&organization));
        later.draw_first(&progress);
        assert!(later.sheets.lock().expect("nobody broke off").contains_key(&organization));
        later.draw_ahead();
        assert!(later.sheets.lock().expect("nobody broke off").contains_key(&(Scope::Organization, None)));
    }

    #[test]
    fn what_every_map_asks_is_known_once_it_is_open() {
        let progress = Progress::default();
        let open = Open::new(demo(&progress).expect("it reads"), Arc::new(()), None, &progress);
        let world = open.reader().world();
        let first = world.principals().next().expect("there is somebody");
        // On a thread of rayon what is not known yet breaks off.
        let (equal, become_each_other) =
            rayon::join(|| world.class_members(world.class_of(first)).len(), || world.becomes().len());
        assert!(equal >= 1 && become_each_other > 5);
    }

    #[test]
    fn of_very_many_what_every_map_asks_is_worked_out_behind_home_and_nothing_goes_before_that() {
        let progress = Progress::default();
        let reader = demo(&progress).expect("it reads");
        let open = Open::prepared_up_to(0, reader, Arc::new(()), None, &progress);
        let world = open.reader().world();
        // On a thread of rayon what is not known yet breaks off.
        let ask = || std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.becomes().len()));
        let is_known = || rayon::join(|| ask().is_ok(), || ()).0;
        assert!(!is_known());
        let asking = open.asking();
        std::thread::scope(|scope| {
            let ahead = scope.spawn(|| open.draw_ahead());
            let begun = Instant::now();
            while !is_known() && begun.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(Duration::from_millis(20));
            }
            assert!(is_known(), "it waits for those who ask, who wait for it");
            assert!(open.sheets.lock().expect("nobody broke off").is_empty(), "maps wait for whoever asks");
            drop(asking);
            ahead.join().expect("it goes on");
        });
    }

    #[test]
    fn the_largest_account_is_drawn_ahead_and_those_that_fit_beside_it() {
        let id = |at: u64| AccountId::parse(&format!("{at:012}")).expect("twelve digits");
        let of = |sizes: &[(usize, usize)]| {
            let accounts = (1..).zip(sizes).map(|(at, (identities, things))| (id(at), *identities, *things));
            ahead(accounts.collect(), MOST_AHEAD, DRAWN_AHEAD)
        };
        // One alone may be any size; the next has to fit.
        assert_eq!(of(&[(20_000, 20_000), (10, 10)]), [id(1)]);
        assert_eq!(of(&[(10, 10), (1_000, 10), (0, 5)]), [id(2), id(1)]);
        // The largest has nothing to be looked at: the one after it is not the first for that.
        assert_eq!(of(&[(30_000, 0), (20_000, 20_000)]), [id(1)]);
        assert_eq!(of(&[(1, 1); 30]).len(), DRAWN_AHEAD);
    }

    #[test]
    fn accounts_that_take_long_to_draw_are_there_first_as_far_as_they_fit() {
        let id = |at: u64| AccountId::parse(&format!("{at:012}")).expect("twelve digits");
        let of = |sizes: &[(usize, usize)]| {
            slow_to_draw(
                (1..).zip(sizes).map(|(at, (identities, things))| (id(at), *identities, *things)).collect(),
            )
        };
        assert_eq!(of(&[(500, 800), (500, 801), (1_000, 1_000), (0, 9)]), [id(3), id(2)]);
        // One that would keep everybody waiting is drawn later, and those after it are not.
        assert_eq!(of(&[(20_000, 20_000), (usize::MAX, 2), (1_000, 1_000)]), [id(3)]);
        assert_eq!(of(&[(1_000, 1_000); 40]).len(), DRAWN_AHEAD);
        assert_eq!(of(&[(2_000, 5_000); 4]), [id(1), id(2)]);
    }
}
