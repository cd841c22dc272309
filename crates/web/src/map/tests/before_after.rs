//! Two worlds as one map: exact pairs, one place for every shape, and the rules of every page.

use std::collections::BTreeSet;

use super::demo::reader;
use super::page_rules::check;
use crate::map::{
    Change, Drawn, DrawnOfTwo, MapPage, PairRow, ReachOut, Relation, Ribbon, Scope, Side, SidePair, Told,
    draw_before_after, draw_map, why,
};
use crate::open::unit_ids;
use clavicle_answer::{Edit, Reader};
use clavicle_policy::AccountId;

const PROD: &str = "111122223333";
const STAGING: &str = "444455556666";
const TOOLS: &str = "777788889999";

fn scope(account: &str) -> Scope {
    Scope::Account(AccountId::parse(account).expect("an account"))
}

/// The map of an account of one world.
fn alone(reader: &Reader, id: &str) -> Drawn {
    let reach_out = ReachOut::new(reader.world(), |_, _| ());
    draw_map(&Told::new(reader), &reach_out, &scope(id), None).expect("it is there")
}

fn drawn(before: &Reader, after: &Reader, scope: &Scope) -> MapPage {
    drawn_of_two(before, after, scope).page
}

fn drawn_of_two(before: &Reader, after: &Reader, scope: &Scope) -> DrawnOfTwo {
    let reach_out = [before, after].map(|reader| ReachOut::new(reader.world(), |_, _| ()));
    let told = [before, after].map(Told::new);
    let [old, new] = [0, 1].map(|at: usize| Side { people: &told[at], reach_out: &reach_out[at] });
    let drawn = draw_before_after(old, new, scope).expect("it is in the demo");
    check(&drawn.page);
    drawn
}

fn without(policy: &str) -> Reader {
    let edit = Edit::Delete(policy.to_owned());
    reader().tried(&[edit], |_, _| ()).expect("it is in the demo")
}

/// The demo with this policy of those who work on bills: listing, reading, each with a condition on a key, if any.
fn billing(list: Option<&str>, read: Option<&str>) -> Reader {
    let condition = |key: Option<&str>| match key {
        None => String::new(),
        Some(key) => format!(r#", "Condition": {{"StringEquals": {{"{key}": "x"}}}}"#),
    };
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
        {{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::paperboat-invoices"{}}},
        {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::paperboat-invoices/*"{}}},
        {{"Effect": "Allow", "Action": "kms:Decrypt",
         "Resource": "arn:aws:kms:eu-west-1:111122223333:key/516acf04-412b-e61a-453e-4588b83c08ca"}}]}}"#,
        condition(list),
        condition(read)
    );
    let edit = Edit::Write { policy: "prod:policy/billing-data".to_owned(), text };
    reader().tried(&[edit], |_, _| ()).expect("it is in the demo")
}

fn of(page: &MapPage, change: Change) -> Vec<&Ribbon> {
    page.ribbons.iter().filter(|ribbon| ribbon.change == Some(change)).collect()
}

/// Pairs of every relation of a map of one world, and of one that shows two as one.
fn pairs<'p>(ribbons: impl IntoIterator<Item = &'p Ribbon>) -> u64 {
    ribbons.into_iter().map(|ribbon| ribbon.count).sum()
}

#[test]
fn the_same_twice_has_nothing_that_goes_or_comes() {
    let reach_out = ReachOut::new(reader().world(), |_, _| ());
    let told = Told::new(reader());
    let snapshot = reader().world().snapshot();
    let accounts = snapshot.accounts.iter().map(|account| Scope::Account(account.id));
    let units = unit_ids(snapshot).map(|unit| Scope::Unit(unit.to_owned()));
    for scope in accounts.chain(units).chain([Scope::Organization]) {
        let page = drawn(reader(), reader(), &scope);
        let alone = draw_map(&told, &reach_out, &scope, None).expect("it is there").page;
        assert_eq!(page.change.map(|change| (change.gone, change.new, change.left_out)), Some((0, 0, 0)));
        assert!(page.shapes.iter().all(|shape| shape.change.is_none()));
        // It stands for the same pairs, of the same things.
        assert_eq!(pairs(&page.ribbons), pairs(&alone.ribbons), "{scope:?}");
        let things = |page: &MapPage| -> usize { page.shapes.iter().map(|shape| shape.count).sum() };
        assert_eq!(things(&page), things(&alone), "{scope:?}");
    }
}

#[test]
fn what_a_deleted_policy_gave_goes_and_turned_around_it_comes() {
    let after = without("staging:policy/shared-ops");
    let page = drawn(reader(), &after, &scope(STAGING));
    let gone = of(&page, Change::Gone);
    assert!(!gone.is_empty() && of(&page, Change::New).is_empty());
    let controls: Vec<&str> =
        gone.iter().filter(|it| it.relation.name() == "controls").map(|it| it.sentence.as_str()).collect();
    assert!(controls.iter().any(|sentence| sentence.starts_with("Only before: ")), "{controls:?}");
    let named: BTreeSet<&str> =
        gone.iter().flat_map(|it| it.pairs.iter().flatten()).map(String::as_str).collect();
    assert!(named.contains("staging:lambda/nightly-report"), "{named:?}");
    // The same turned around: what went comes, on the same places.
    let turned = drawn(&after, reader(), &scope(STAGING));
    let told = |ribbons: Vec<&Ribbon>| -> BTreeSet<(String, String, u64)> {
        ribbons.iter().map(|it| (it.from.clone(), it.to.clone(), it.count)).collect()
    };
    assert_eq!(told(gone), told(of(&turned, Change::New)));
    assert!(of(&turned, Change::Gone).is_empty());
    let places = |page: &MapPage| -> Vec<(String, String, String)> {
        page.shapes.iter().map(|it| (it.id.clone(), it.x.to_string(), it.y.to_string())).collect()
    };
    assert_eq!(places(&page), places(&turned));
    // Another account has no part in it.
    let tools = drawn(reader(), &after, &scope(TOOLS));
    assert_eq!(tools.change.map(|change| (change.gone, change.new)), Some((0, 0)));
}

#[test]
fn before_and_after_are_the_pairs_of_the_two_maps() {
    let after = without("staging:policy/shared-ops");
    let page = drawn(reader(), &after, &scope(STAGING));
    assert_eq!(page.change.map(|change| change.left_out), Some(0));
    let alone = |reader: &Reader| alone(reader, STAGING).page;
    let of_two = |gone: bool| {
        let dropped = if gone { Change::New } else { Change::Gone };
        pairs(page.ribbons.iter().filter(|it| it.change != Some(dropped) && it.relation.name() != "touches"))
    };
    let of_one = |page: &MapPage| pairs(page.ribbons.iter().filter(|it| it.relation.name() != "touches"));
    assert_eq!((of_two(true), of_two(false)), (of_one(&alone(reader())), of_one(&alone(&after))));
}

/// Pairs of touches in lines of a map of two, by what becomes of them, and how many there are on a map of each alone.
fn touches(before: &Reader, after: &Reader, account: &str) -> ([u64; 3], [u64; 2]) {
    let of = |ribbons: &[Ribbon], change: Option<Change>| {
        pairs(ribbons.iter().filter(|it| it.relation == Relation::Touches && it.change == change))
    };
    let page = drawn(before, after, &scope(account));
    assert_eq!(page.change.map(|change| change.left_out), Some(0));
    let two = [Change::Gone, Change::New, Change::Same].map(|change| of(&page.ribbons, Some(change)));
    let one = [before, after].map(|reader| of(&alone(reader, account).page.ribbons, None));
    (two, one)
}

#[test]
fn touches_before_and_after_are_those_of_the_two_maps() {
    // All that the policy gave on anything is lost: no pair is in two lines.
    let after = without("prod:policy/billing-data");
    let ([gone, new, same], [before_alone, after_alone]) = touches(reader(), &after, PROD);
    assert!(gone > 0 && same > 0, "{gone} {same}");
    assert_eq!((gone + same, same, new), (before_alone, after_alone, 0));
    let ([turned_gone, turned_new, turned_same], _) = touches(&after, reader(), PROD);
    assert_eq!((turned_gone, turned_new, turned_same), (0, gone, same));
    // Some words of several are lost: who loses them is in two lines, and nobody is off the map.
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectTagging"], "Resource": "arn:aws:s3:::paperboat-invoices/*"},
        {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
         "Resource": "arn:aws:kms:eu-west-1:111122223333:key/516acf04-412b-e61a-453e-4588b83c08ca"}]}"#;
    let edit = Edit::Write { policy: "prod:policy/billing-data".to_owned(), text: text.to_owned() };
    let after = reader().tried(&[edit], |_, _| ()).expect("it is in the demo");
    let ([gone, new, same], [before_alone, after_alone]) = touches(reader(), &after, PROD);
    assert_eq!((new, same), (0, after_alone));
    assert!(gone + same > before_alone, "{gone} and {same} of {before_alone}");
}

#[test]
fn a_condition_that_is_asked_for_now_is_a_line_that_goes_and_one_that_comes() {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode",
        "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}"#;
    let edit = Edit::Write { policy: "staging:policy/shared-ops".to_owned(), text: text.to_owned() };
    let after = reader().tried(&[edit], |_, _| ()).expect("it is in the demo");
    let page = drawn(reader(), &after, &scope(STAGING));
    let onto = |change| {
        let lines = of(&page, change).into_iter();
        let lines = lines.filter(|it| it.relation.name() == "controls");
        lines.map(|it| (it.from.clone(), it.to.clone(), it.count)).collect::<BTreeSet<_>>()
    };
    assert!(!onto(Change::New).is_empty());
    assert!(onto(Change::New).is_subset(&onto(Change::Gone)), "{:?}", onto(Change::New));
    assert!(of(&page, Change::New).iter().all(|it| it.condition.as_deref() == Some("MFA")));
}

/// The line from those who work on bills to the invoices that comes, goes, or stays.
fn of_bills(page: &MapPage, change: Change) -> Option<&Ribbon> {
    let is_theirs = |it: &&Ribbon| it.to.ends_with(":paperboat-invoices") && it.from.contains("billing");
    of(page, change).into_iter().filter(|it| it.relation == Relation::Touches).find(is_theirs)
}

fn side(access: &[&str], conditions: &[&str], only_if: &[&str]) -> Option<SidePair> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Some(SidePair { access: words(access), conditions: words(conditions), only_if: words(only_if) })
}

#[test]
fn a_line_is_told_by_its_own_words_and_not_by_all_that_its_pairs_have() {
    // Listing turns on a condition now; reading stays as it was, free.
    let [before, after] = [billing(None, None), billing(Some("aws:Referer"), None)];
    let map = drawn_of_two(&before, &after, &scope(PROD));
    let of_line = |change| {
        let line = of_bills(&map.page, change).unwrap_or_else(|| panic!("no line is {change:?}"));
        let why = map.why([&before, &after], &line.id, Some(0)).expect("it is on the map");
        (line, why)
    };
    let (line, why) = of_line(Change::New);
    assert_eq!((line.letters.as_deref(), line.condition.as_deref()), (Some("L"), Some("referer")));
    assert_eq!(why.pairs[0].before, side(&["list"], &[], &[]));
    assert_eq!(why.pairs[0].after, side(&["list"], &["referer"], &["list"]));
    assert_eq!(of_line(Change::Gone).1.pairs, why.pairs, "what goes is what comes otherwise");
    let (_, why) = of_line(Change::Same);
    assert_eq!(
        (&why.pairs[0].before, &why.pairs[0].after),
        (&side(&["read"], &[], &[]), &side(&["read"], &[], &[]))
    );
    // What one side has of other lines is nothing of this one: listing is gone, whoever reads on.
    let after = without("prod:policy/billing-data");
    let map = drawn_of_two(&before, &after, &scope(PROD));
    let line = of_bills(&map.page, Change::Gone).expect("it goes");
    let why = map.why([&before, &after], &line.id, Some(0)).expect("it is on the map");
    assert_eq!((why.pairs[0].before.is_some(), &why.pairs[0].after), (true, &None));
    assert!(why.after.expect("a side").refused.expect("an answer").sentence.starts_with("NO"));
}

#[test]
fn a_line_says_the_condition_of_its_own_words() {
    // Listing turns on one key before and after, reading on another now.
    let [before, after] =
        [billing(Some("aws:SourceVpc"), None), billing(Some("aws:SourceVpc"), Some("aws:Referer"))];
    let page = drawn(&before, &after, &scope(PROD));
    let comes = of_bills(&page, Change::New).expect("a line comes");
    assert_eq!((comes.letters.as_deref(), comes.condition.as_deref()), (Some("R"), Some("referer")));
    // Of what comes, a part is free: the rest is no less on a condition.
    let [before, after] = [without("prod:policy/billing-data"), billing(Some("aws:Referer"), None)];
    let map = drawn_of_two(&before, &after, &scope(PROD));
    let comes = of_bills(&map.page, Change::New).expect("a line comes");
    assert_eq!((comes.letters.as_deref(), comes.condition.as_deref()), (Some("LR"), None));
    assert!(comes.sentence.ends_with(", some only under conditions"), "{}", comes.sentence);
    let told = map.why([&before, &after], &comes.id, None).expect("it is on the map");
    assert_eq!(told.pairs[0].after, side(&["list", "read"], &["referer"], &["list"]));
    // The map of one world says the same.
    let alone = alone(&after, PROD);
    let rows = alone.page.ribbons.iter().filter(|it| it.relation == Relation::Touches).flat_map(|it| {
        let told = why(&after, &alone, &it.id, None).expect("it is on the map");
        told.pairs.into_iter().map(move |pair| (it, pair))
    });
    let is_theirs = |pair: &PairRow| {
        pair.from.name.contains("role/billing-") && pair.to.name == "s3://paperboat-invoices"
    };
    let theirs: Vec<_> = rows.filter(|(_, pair)| is_theirs(pair)).collect();
    assert_eq!(theirs.len(), 7);
    for (line, pair) in theirs {
        assert!(line.sentence.contains(", some only under conditions"), "{}", line.sentence);
        let told = SidePair { conditions: pair.conditions, access: pair.access, only_if: pair.only_if };
        assert_eq!(Some(told), side(&["list", "read"], &["referer"], &["list"]));
    }
}

#[test]
fn lines_that_were_not_looked_for_are_said_to_be_missing() {
    let [told, none] = [Told::new(reader()), Told::new(reader())];
    let [whole, nothing] = [ReachOut::new(reader().world(), |_, _| ()), ReachOut::default()];
    let side = |people, reach_out| Side { people, reach_out };
    let map = |old, new| draw_before_after(old, new, &scope(PROD)).expect("it is in the demo").page;
    assert_eq!(map(side(&told, &whole), side(&none, &whole)).notes, Vec::<&str>::new());
    for (old, new) in [(&whole, &nothing), (&nothing, &whole), (&nothing, &nothing)] {
        let page = map(side(&told, old), side(&none, new));
        assert!(page.notes.iter().any(|note| note.contains("were not looked for")), "{:?}", page.notes);
        assert_eq!(page.change.map(|change| (change.gone, change.new)), Some((0, 0)));
    }
    let organization =
        draw_map(&told, &nothing, &Scope::Organization, None).expect("it is always there").page;
    let account = draw_map(&told, &nothing, &scope(PROD), None).expect("it is in the demo").page;
    assert_eq!((account.notes.len(), organization.notes.len()), (1, 1));
}
