//! Who can do more and less with the things that were seen.

use std::cell::RefCell;
use std::collections::BTreeMap;

use clavicle_catalog::Word;
use clavicle_engine::Verdict;
use clavicle_graph::{Actor, Changed, ClassId, Target, Whose, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, PrincipalKind, ResourceIndex};
use foldhash::{HashMap, HashMapExt, HashSet};

use crate::in_use::things_of_kind;
use crate::page::listed;
use crate::reader::Reader;
use crate::shape::{AccessChange, Citation, Thing};
use crate::steps::Ask;

/// So many things of a row are named.
const MOST_THINGS: usize = 200;

/// What somebody can do with things: words that are certain and that depend, a bit each, by ARN.
type Cells<'w> = BTreeMap<&'w str, (u8, u8)>;

/// The bit of the word `become`.
const BECOME: u8 = 1 << Word::Become as u8;

/// How a word changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Turn {
    Gains,
    GainsIf,
    NowCertain,
    Loses,
    LosesIf,
    NowIf,
    /// What decides it was not all seen now. No words turn so by themselves: see [`perhaps`].
    MayLose,
}

impl Turn {
    const ALL: [Self; 6] =
        [Self::Gains, Self::GainsIf, Self::NowCertain, Self::Loses, Self::LosesIf, Self::NowIf];

    fn widens(self) -> bool {
        matches!(self, Self::Gains | Self::GainsIf | Self::NowCertain)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gains => "gains",
            Self::GainsIf => "gains if",
            Self::NowCertain => "needs no condition now",
            Self::Loses => "loses",
            Self::LosesIf => "loses if",
            Self::NowIf => "needs a condition now",
            Self::MayLose => "may lose",
        }
    }

    /// The words that turned so.
    fn words(self, (old, old_if): (u8, u8), (new, new_if): (u8, u8)) -> u8 {
        let (old_if, new_if) = (old_if & !old, new_if & !new);
        match self {
            Self::Gains => new & !old & !old_if,
            Self::GainsIf => new_if & !old & !old_if,
            Self::NowCertain => new & old_if,
            Self::Loses => old & !new & !new_if,
            Self::LosesIf => old_if & !new & !new_if,
            Self::NowIf => old & new_if,
            Self::MayLose => 0,
        }
    }

    fn sentence(self, label: &str, words: &str, things: &str, had: usize, is_several: bool) -> String {
        let (gains, needs, loses) =
            if is_several { ("gain", "need", "lose") } else { ("gains", "needs", "loses") };
        // Nobody gains a role: they come to act as it.
        let becomes = words == Word::Become.to_string();
        match self {
            Self::Gains if becomes => format!("{label} can become {things} now"),
            Self::GainsIf if becomes => format!("{label} can become {things} now, under a condition"),
            Self::Loses if becomes => format!("{label} cannot become {things} any more"),
            Self::MayLose if becomes => format!("{label} can perhaps not become {things} any more"),
            Self::LosesIf if becomes => {
                format!("{label} cannot become {things} any more, not under a condition either")
            }
            Self::Gains if had > 0 => format!("{label} {gains} {words} on {things}, had {had}"),
            Self::Gains => format!("{label} {gains} {words} on {things}"),
            Self::GainsIf => format!("{label} {gains} {words} on {things}, under a condition"),
            Self::NowCertain => format!("{label} {needs} no condition now for {words} on {things}"),
            Self::MayLose => {
                format!("{label} may lose {words} on {things}: not all that decides it is known now")
            }
            Self::Loses => format!("{label} {loses} {words} on {things}"),
            Self::LosesIf => format!("{label} {loses} {words} on {things}, which turned on a condition"),
            Self::NowIf => format!("{label} {needs} a condition now for {words} on {things}"),
        }
    }
}

/// What turned for somebody: how, in which words, with which kind of things, and these.
type Turned = BTreeMap<(Turn, u8, String), Vec<String>>;

/// The same as a list, to be compared.
type Flat = Vec<(Turn, u8, String, Vec<String>)>;

/// What everybody can do, by class and by outsider. Within an account, only of those and of what is another in the other
/// state: the rest cannot differ.
struct Side<'r> {
    reader: &'r Reader,
    changed: Changed,
    /// The same of things as ARNs.
    other_things: HashSet<&'r str>,
    /// Whole rows of those who are not among them, as they are asked for.
    rows: RefCell<HashMap<ClassId, Cells<'r>>>,
    by_class: HashMap<ClassId, Cells<'r>>,
    others: BTreeMap<Actor, Cells<'r>>,
    /// Whom each user and role can become.
    becomes: HashMap<PrincipalIndex, Cells<'r>>,
    /// What everyone may do: by account of the thing, then ARN.
    public: BTreeMap<AccountId, BTreeMap<&'r str, u8>>,
}

impl<'r> Side<'r> {
    fn new(reader: &'r Reader, changed: Changed) -> Self {
        let world: &'r World = reader.world();
        let resources = world.snapshot().resources.iter().enumerate();
        let others = resources.filter(|(at, _)| changed.has_resource(ResourceIndex::at(*at)));
        let mut side = Self {
            reader,
            other_things: others.map(|(_, record)| &*record.arn).collect(),
            rows: RefCell::default(),
            by_class: HashMap::new(),
            others: BTreeMap::new(),
            becomes: HashMap::new(),
            public: BTreeMap::new(),
            changed: Changed::default(),
        };
        for known in world.becomes() {
            let arn = &*world.snapshot().principal(known.to).arn;
            let certain = known.ruling.verdict == Verdict::Allowed;
            let words = if certain { (BECOME, 0) } else { (0, BECOME) };
            match &known.from {
                Actor::Principal(index) => add(side.becomes.entry(*index).or_default(), arn, words),
                // Services take roles for the workloads that run as them.
                Actor::Service(_) => {}
                other => add(side.others.entry(other.clone()).or_default(), arn, words),
            }
        }
        for account in &world.snapshot().accounts {
            for whose in [Whose::Others, Whose::Administrators] {
                for touch in &world.touches_of_changed(account.id, &changed, whose) {
                    let arn = &*world.snapshot().resource(touch.resource).arn;
                    add(side.by_class.entry(touch.class).or_default(), arn, (touch.allowed, touch.depends));
                }
            }
            for touch in world.outside_touches_of_administrators(account.id, &changed) {
                if let Actor::Principal(index) = touch.actor {
                    let arn = &*world.snapshot().resource(touch.resource).arn;
                    let cells = side.by_class.entry(world.class_of(index)).or_default();
                    add(cells, arn, (touch.allowed, touch.depends));
                }
            }
            for touch in &*world.outside_touches(account.id) {
                let arn = &*world.snapshot().resource(touch.resource).arn;
                let words = (touch.allowed, touch.depends);
                match &touch.actor {
                    Actor::Principal(index) => {
                        add(side.by_class.entry(world.class_of(*index)).or_default(), arn, words);
                    }
                    other => {
                        if *other == Actor::Everyone {
                            *side.public.entry(account.id).or_default().entry(arn).or_default() |= words.0;
                        }
                        add(side.others.entry(other.clone()).or_default(), arn, words);
                    }
                }
            }
        }
        Self { changed, ..side }
    }

    /// Is somebody another in the other state?
    fn is_changed(&self, index: Option<PrincipalIndex>) -> bool {
        index.is_some_and(|index| self.changed.has_principal(index))
    }

    /// What somebody can do, with all things; `None`: they can do everything.
    fn whole(&self, index: PrincipalIndex) -> Option<Cells<'r>> {
        let world = self.reader.world();
        if world.is_admin(index) {
            return None;
        }
        let mut cells = self.cells(index);
        let class = world.class_of(index);
        if !world.class_members(class).iter().any(|member| self.changed.has_principal(*member)) {
            let mut rows = self.rows.borrow_mut();
            let row = rows.entry(class).or_insert_with(|| {
                let own = world.snapshot().principal(index).account;
                let mut row = Cells::new();
                for touch in world.touches_of_class(own, class) {
                    let arn = &*world.snapshot().resource(touch.resource).arn;
                    add(&mut row, arn, (touch.allowed, touch.depends));
                }
                row
            });
            for (arn, words) in &*row {
                add(&mut cells, arn, *words);
            }
        }
        Some(cells)
    }

    /// Has somebody all the power over the account?
    fn is_admin(&self, index: Option<PrincipalIndex>) -> bool {
        index.is_some_and(|index| self.reader.world().is_admin(index))
    }

    /// What somebody can do, of what was looked at.
    fn cells(&self, index: PrincipalIndex) -> Cells<'r> {
        let world = self.reader.world();
        let mut cells = self.by_class.get(&world.class_of(index)).cloned().unwrap_or_default();
        // What everyone may do is one line of the matrix, and true of those within all the same.
        let own = world.snapshot().principal(index).account;
        for (arn, words) in self.public.get(&own).into_iter().flatten() {
            add(&mut cells, arn, (*words, 0));
        }
        cells
    }

    /// Whom somebody can become.
    fn roles(&self, index: Option<PrincipalIndex>) -> Cells<'r> {
        index.and_then(|index| self.becomes.get(&index)).cloned().unwrap_or_default()
    }

    fn target(&self, arn: &str) -> Option<Target> {
        let snapshot = self.reader.world().snapshot();
        let resource = snapshot.resource_by_arn(arn).map(Target::Resource);
        resource.or_else(|| snapshot.principal_by_arn(arn).map(Target::Principal))
    }

    fn outsider(&self, actor: &Actor) -> Cells<'r> {
        self.others.get(actor).cloned().unwrap_or_default()
    }

    fn kind(&self, arn: &str) -> Option<&'r str> {
        let snapshot = self.reader.world().snapshot();
        match self.target(arn)? {
            Target::Resource(index) => Some(&*snapshot.resource(index).kind),
            _ => Some("iam:role"),
        }
    }
}

fn add<'w>(cells: &mut Cells<'w>, arn: &'w str, (allowed, depends): (u8, u8)) {
    let cell = cells.entry(arn).or_default();
    cell.0 |= allowed;
    cell.1 |= depends;
}

/// Somebody who is compared, as they are in each state.
#[derive(Debug, Clone)]
struct Somebody {
    old: Option<Actor>,
    new: Option<Actor>,
}

/// What widens first, then by how much. Costs a decision for each who changed and everything that they speak of, and for
/// each thing that changed and everybody who speaks of it.
/// Once it is stopped, what was found so far.
pub(super) fn changes(
    old: &Reader,
    new: &Reader,
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Vec<AccessChange> {
    let changed = [(old, new), (new, old)].map(|(one, other)| Changed::between(one.world(), other.world()));
    among(old, new, changed, is_stopped)
}

/// The same by asking about everybody and everything. Costs the matrices of both.
pub(super) fn changes_by_asking_all(old: &Reader, new: &Reader) -> Vec<AccessChange> {
    among(old, new, [old, new].map(|reader| Changed::everything(reader.world())), &|| false)
}

/// The classes before and now, the account, whether the principal itself is another, and whether it is known to be gone.
type Likeness = (Option<ClassId>, Option<ClassId>, AccountId, bool, bool);

/// The same, where only these could differ.
fn among<'r>(
    old: &'r Reader,
    new: &'r Reader,
    [before, after]: [Changed; 2],
    is_stopped: &(dyn Fn() -> bool + Sync),
) -> Vec<AccessChange> {
    let (before, after) = (Side::new(old, before), Side::new(new, after));
    let mut found = all_the_power(old, new);
    // Those to whom the same happened are one row.
    let mut rows: BTreeMap<Flat, Vec<Somebody>> = BTreeMap::new();
    let mut known: HashMap<Likeness, Turned> = HashMap::new();
    for index in principals(old, new).into_values() {
        if is_stopped() {
            break;
        }
        let class = |reader: &Reader, at: Option<PrincipalIndex>| at.map(|at| reader.world().class_of(at));
        let is_other = before.is_changed(index.0) || after.is_changed(index.1);
        let account = account_of(old, new, index);
        let is_gone = index.1.is_none() && is_gone(old, new, index.0, account);
        let key = (class(old, index.0), class(new, index.1), account, is_other, is_gone);
        let now = index.1.map(Actor::Principal);
        let kept = |arn: &str, words: u8| match &now {
            Some(actor) => may_still(&before, &after, actor, arn, words),
            None => !is_gone,
        };
        let has_all = match (before.is_admin(index.0), after.is_admin(index.1)) {
            (was, is) if was == is => was,
            // Who comes by all the power, or loses it, has a row of their own.
            _ => continue,
        };
        // That they have what comes, and not what is gone, goes without saying; what they are kept from does not.
        let is_told = |arn: &str| !has_all || (before.target(arn).is_some() && after.target(arn).is_some());
        // What nobody can tell two principals apart by, they can do alike.
        let turned = known.entry(key).or_insert_with(|| {
            let (mut was, mut is) = (side_of(&before, index.0), side_of(&after, index.1));
            // Of others a row may be there for one state only: because of somebody who is like them in it.
            let is_known = |arn: &&str, _: &mut (u8, u8)| {
                is_told(arn)
                    && (is_other || before.other_things.contains(*arn) || after.other_things.contains(*arn))
            };
            was.retain(is_known);
            is.retain(is_known);
            perhaps(turned(&before, &after, &was, &is), &kept)
        });
        let (mut was, mut is) = (before.roles(index.0), after.roles(index.1));
        was.retain(|arn, _| is_told(arn));
        is.retain(|arn, _| is_told(arn));
        let roles = perhaps(self::turned(&before, &after, &was, &is), &kept);
        let flat = flat(turned.iter().chain(&roles));
        if !flat.is_empty() {
            let actor = |at: Option<PrincipalIndex>| at.map(Actor::Principal);
            rows.entry(flat).or_default().push(Somebody { old: actor(index.0), new: actor(index.1) });
        }
    }
    let mut outsiders: Vec<&Actor> = before.others.keys().chain(after.others.keys()).collect();
    outsiders.sort_unstable();
    outsiders.dedup();
    for actor in outsiders {
        let (was, is) = (before.outsider(actor), after.outsider(actor));
        let kept = |arn: &str, words: u8| may_still(&before, &after, actor, arn, words);
        let flat = flat(&perhaps(turned(&before, &after, &was, &is), &kept));
        if !flat.is_empty() {
            let actor = Some(actor.clone());
            rows.entry(flat).or_default().push(Somebody { old: actor.clone(), new: actor });
        }
    }
    for (turned, who) in rows {
        for (turn, words, kind, on) in turned {
            found.extend(row(&before, &after, turn, words, &kind, &on, &who));
        }
    }
    found.sort_by_key(|change| {
        (
            !change.widens,
            !change.matters,
            std::cmp::Reverse(change.count * change.who.len()),
            change.label.clone(),
        )
    });
    found
}

/// What is lost may be kept by what was not seen: `may_keep` says of which things, in which words.
fn perhaps(turned: Turned, may_keep: &dyn Fn(&str, u8) -> bool) -> Turned {
    let mut found = Turned::new();
    for ((turn, words, kind), things) in turned {
        let is_lost = matches!(turn, Turn::Loses | Turn::LosesIf);
        for thing in things {
            let turn = if is_lost && may_keep(&thing, words) { Turn::MayLose } else { turn };
            found.entry((turn, words, kind.clone())).or_default().push(thing);
        }
    }
    found
}

/// Could somebody still do one of the words with a thing, by policies that were not seen now? Or is it not told, because
/// nobody listed the thing?
fn may_still(before: &Side<'_>, after: &Side<'_>, actor: &Actor, arn: &str, words: u8) -> bool {
    let world = after.reader.world();
    let Some(target) = after.target(arn) else {
        return before.target(arn).is_some_and(|was| may_be_there(before.reader, after.reader, &was));
    };
    let is_partly_seen = matches!(actor, Actor::Principal(index) if !world.is_wholly_seen(*index));
    // Else the rows have the whole answer.
    if !is_partly_seen && !world.policy_not_seen(&target) {
        return false;
    }
    let when = world.context(&Default::default());
    let whole = world.arn_of(&target);
    let mut asked = Word::ALL.into_iter().filter(|word| words & (1 << *word as u8) != 0);
    asked.any(|word| {
        world.wanted(word, &target).iter().any(|wanted| {
            let arn = wanted.form.of(&whole);
            let ask = Ask { actor, action: &wanted.action, target: &target, arn: Some(&arn), when: &when };
            after.reader.ruling(&ask).may()
        })
    })
}

/// Is a thing of the old state that is not listed now perhaps there, since AWS would not list such things, or nobody looked into
/// the account?
pub(super) fn may_be_there(old: &Reader, new: &Reader, target: &Target) -> bool {
    let snapshot = new.world().snapshot();
    let arn = old.world().arn_of(target);
    if snapshot.gone.contains(&arn) {
        return false;
    }
    let Some(account) = old.world().owner_of(target) else { return true };
    if matches!(target, Target::Principal(_)) {
        return !snapshot.lists_identities(account);
    }
    let service = arn.split(':').nth(2).unwrap_or_default();
    snapshot.account(account).is_none_or(|account| !account.seen)
        || snapshot.not_seen().any(|row| row.account == Some(account) && row.may_leave_out(service))
}

/// Is it known that somebody of the old state is not there any more?
fn is_gone(old: &Reader, new: &Reader, was: Option<PrincipalIndex>, account: AccountId) -> bool {
    let arn = was.map(|index| &*old.world().snapshot().principal(index).arn);
    new.world().snapshot().is_certainly_gone(arn.unwrap_or_default(), account)
}

/// A principal of either state, by ARN.
type Pair = (Option<PrincipalIndex>, Option<PrincipalIndex>);

fn principals<'r>(old: &'r Reader, new: &'r Reader) -> BTreeMap<&'r str, Pair> {
    let mut all: BTreeMap<&str, Pair> = BTreeMap::new();
    for (at, record) in old.world().snapshot().principals.iter().enumerate() {
        if record.kind != PrincipalKind::Group {
            all.entry(&record.arn).or_default().0 = Some(PrincipalIndex::at(at));
        }
    }
    for (at, record) in new.world().snapshot().principals.iter().enumerate() {
        if record.kind != PrincipalKind::Group {
            all.entry(&record.arn).or_default().1 = Some(PrincipalIndex::at(at));
        }
    }
    all
}

fn account_of(old: &Reader, new: &Reader, (was, is): Pair) -> AccountId {
    let (reader, index) = match (was, is) {
        (_, Some(index)) => (new, index),
        (Some(index), None) => (old, index),
        (None, None) => (new, PrincipalIndex::at(0)),
    };
    reader.world().snapshot().principal(index).account
}

/// What they can do, nothing where they are not there.
fn side_of<'r>(side: &Side<'r>, index: Option<PrincipalIndex>) -> Cells<'r> {
    index.map(|index| side.cells(index)).unwrap_or_default()
}

fn flat<'t>(turned: impl IntoIterator<Item = (&'t (Turn, u8, String), &'t Vec<String>)>) -> Flat {
    let turned = turned.into_iter();
    turned.map(|((turn, words, kind), on)| (*turn, *words, kind.clone(), on.clone())).collect()
}

fn turned(before: &Side<'_>, after: &Side<'_>, was: &Cells<'_>, is: &Cells<'_>) -> Turned {
    let mut found = Turned::new();
    let mut arns: Vec<&str> = was.keys().chain(is.keys()).copied().collect();
    arns.sort_unstable();
    arns.dedup();
    for arn in arns {
        let (old, new) =
            (was.get(arn).copied().unwrap_or_default(), is.get(arn).copied().unwrap_or_default());
        if old == new {
            continue;
        }
        let kind = after.kind(arn).or_else(|| before.kind(arn)).unwrap_or_default();
        for turn in Turn::ALL {
            let words = turn.words(old, new);
            if words != 0 {
                found.entry((turn, words, kind.to_owned())).or_default().push(arn.to_owned());
            }
        }
    }
    found
}

fn row<'r>(
    before: &Side<'r>,
    after: &Side<'r>,
    turn: Turn,
    words: u8,
    kind: &str,
    on: &[String],
    who: &[Somebody],
) -> Option<AccessChange> {
    // Who is told of in the state where they can do it.
    let side = if turn.widens() { after } else { before };
    let actor = |somebody: &Somebody| if turn.widens() { somebody.new.clone() } else { somebody.old.clone() };
    let actors: Vec<Actor> = who.iter().filter_map(actor).collect();
    let first = actors.first()?;
    let things: Vec<Target> = on.iter().filter_map(|arn| side.target(arn)).collect();
    let told: Vec<Thing> =
        things.iter().take(MOST_THINGS).map(|target| side.reader.thing_of_target(target)).collect();
    let matters =
        |target: &Target| matches!(target, Target::Resource(index) if side.reader.matters(*index).is_some());
    let access: Vec<String> = Word::ALL
        .into_iter()
        .filter(|word| words & (1 << *word as u8) != 0)
        .map(|word| word.to_string())
        .collect();
    let had = match who.first()?.old {
        Some(Actor::Principal(index)) => {
            let cells = before.whole(index).into_iter().flatten().chain(before.roles(Some(index)));
            let same = cells.filter(|(arn, (allowed, depends))| {
                (allowed | depends) & words == words && before.kind(arn) == Some(kind)
            });
            same.count()
        }
        _ => 0,
    };
    let noun = match told.as_slice() {
        [only] => only.name.clone(),
        _ => things_of_kind(on.len(), if kind.is_empty() { "thing" } else { kind }),
    };
    let label = label(side.reader, &actors);
    Some(AccessChange {
        change: turn.name().to_owned(),
        widens: turn.widens(),
        sentence: turn.sentence(&label, &listed(&access), &noun, had, actors.len() > 1),
        label,
        who: actors.iter().map(|actor| side.reader.thing_of_actor(actor)).collect(),
        access,
        count: on.len(),
        on: told,
        had,
        matters: things.iter().any(matters),
        because: because(before, after, turn, words, first, on.first()?, who.first()?),
    })
}

/// Of what widens, the statements that allow it now; of what narrows, those that allowed it, and those that deny it now.
fn because(
    before: &Side<'_>,
    after: &Side<'_>,
    turn: Turn,
    words: u8,
    actor: &Actor,
    arn: &str,
    who: &Somebody,
) -> Vec<Citation> {
    let cited = |side: &Side<'_>, actor: &Actor| -> Vec<Citation> {
        let Some(target) = side.target(arn) else { return Vec::new() };
        let steps = side.reader.touch_steps(actor, &target, words);
        steps.into_iter().flat_map(|step| step.because).collect()
    };
    let mut found = if turn.widens() { cited(after, actor) } else { cited(before, actor) };
    if !turn.widens()
        && let Some(now) = &who.new
    {
        match turn {
            Turn::NowIf => found.extend(cited(after, now)),
            _ => found.extend(denials(after, now, arn, words)),
        }
    }
    let mut seen = Vec::new();
    found.retain(|citation| {
        let key = (citation.document.clone(), citation.statement, citation.outcome.clone());
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
    found
}

/// The statements that deny it now.
fn denials(after: &Side<'_>, actor: &Actor, arn: &str, words: u8) -> Vec<Citation> {
    let reader = after.reader;
    let world = reader.world();
    let Some(target) = after.target(arn) else { return Vec::new() };
    let when = world.context(&Default::default());
    let word = Word::ALL.into_iter().find(|word| words & (1 << *word as u8) != 0);
    let wanted = word.map(|word| world.wanted(word, &target)).unwrap_or_default();
    let Some(first) = wanted.first() else { return Vec::new() };
    let whole = world.arn_of(&target);
    let named = first.form.of(&whole);
    let ask = Ask { actor, action: &first.action, target: &target, arn: Some(&named), when: &when };
    let step = reader.step(word, &ask, reader.why(&ask).as_ref());
    step.because.into_iter().filter(|citation| citation.outcome == "denies").collect()
}

/// What became of all the power over an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Power {
    Gained,
    Lost,
    /// Not all that decides it was seen now.
    MayBeLost,
}

/// Who came by all the power over an account, and who lost it.
fn all_the_power(old: &Reader, new: &Reader) -> Vec<AccessChange> {
    let mut found: BTreeMap<Power, Vec<Actor>> = BTreeMap::new();
    for (was, is) in principals(old, new).into_values() {
        let admin =
            |reader: &Reader, at: Option<PrincipalIndex>| at.is_some_and(|at| reader.world().is_admin(at));
        let may_keep = || match is {
            Some(now) => new.world().may_be_admin(now),
            None => !is_gone(old, new, was, account_of(old, new, (was, is))),
        };
        match (admin(old, was), admin(new, is)) {
            (false, true) => found.entry(Power::Gained).or_default().extend(is.map(Actor::Principal)),
            (true, false) => {
                let power = if may_keep() { Power::MayBeLost } else { Power::Lost };
                found.entry(power).or_default().extend(was.map(Actor::Principal));
            }
            _ => {}
        }
    }
    let row = |(power, actors): (Power, Vec<Actor>)| {
        let reader = if power == Power::Gained { new } else { old };
        let label = label(reader, &actors);
        let (change, one, several) = match power {
            Power::Gained => ("gains all", "gains", "gain"),
            Power::Lost => ("loses all", "loses", "lose"),
            Power::MayBeLost => ("may lose all", "may lose", "may lose"),
        };
        let verb = if actors.len() > 1 { several } else { one };
        let end = if power == Power::MayBeLost { ": not all that decides it is known now" } else { "" };
        AccessChange {
            change: change.to_owned(),
            widens: power == Power::Gained,
            sentence: format!("{label} {verb} all the power over the account{end}"),
            label,
            who: actors.iter().map(|actor| reader.thing_of_actor(actor)).collect(),
            access: Word::ALL.into_iter().map(|word| word.to_string()).collect(),
            on: Vec::new(),
            count: 1,
            had: 0,
            matters: true,
            because: Vec::new(),
        }
    };
    found.into_iter().map(row).collect()
}

/// The display name, with how many they are.
fn label(reader: &Reader, actors: &[Actor]) -> String {
    if let [Actor::Principal(index)] = actors
        && let [workload] = reader.world().runs_as(*index)
    {
        // People know the function, and not the role that it runs as.
        let workload = reader.thing_of_resource(*workload).name;
        return format!("{workload} ({})", reader.thing_of_principal(*index).name);
    }
    let name = reader.group_label(actors);
    if actors.len() > 1 { format!("{name} ×{}", actors.len()) } else { name }
}
