//! The demo organization: its stories have to be on its maps.

use std::path::Path;
use std::sync::LazyLock;

use clavicle_answer::shape::{AnswerPage, Severity};
use clavicle_answer::{Known, MatterSetting, OutsideQuestion, Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_policy::AccountId;

use super::generated::cross_little;
use super::page_rules::check;
use crate::map::drawn::Drawn;
use crate::map::svg::escaped;
use crate::map::{
    Crossings, Crown, MapPage, Outline, ReachOut, Relation, Ribbon, Scope, Shape, ShapeKind, Told, chains,
    draw_map, focused, svg, why,
};

const MANAGEMENT: &str = "123456789012";
pub(super) const PROD: &str = "111122223333";
pub(super) const STAGING: &str = "444455556666";
const TOOLS: &str = "777788889999";

pub(crate) fn reader() -> &'static Reader {
    static READER: LazyLock<Reader> = LazyLock::new(with_what_matters);
    &READER
}

/// The demo with what people say of it: whom they know, and what matters.
pub(crate) fn with_what_matters() -> Reader {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).expect("the demo imports");
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    let known = Known { who: "888877776666".to_owned(), name: "Sailcheck".to_owned(), ..Known::default() };
    let matter =
        |thing: &str, why: &str| MatterSetting { thing: thing.to_owned(), why: Some(why.to_owned()) };
    let matters = vec![
        matter("s3://paperboat-invoices", "what every customer bought and paid"),
        matter("s3://paperboat-customers", "names and addresses of customers"),
    ];
    Reader::new(world, Settings { known: vec![known], matters, demo: true, ..Settings::default() })
}

fn reach_out() -> ReachOut {
    ReachOut::new(reader().world(), |_, _| ())
}

pub(super) fn organization() -> Drawn {
    draw_map(&Told::new(reader()), &reach_out(), &Scope::Organization, None).expect("it is always there")
}

pub(super) fn account(id: &str) -> Drawn {
    let id = AccountId::parse(id).expect("an account");
    draw_map(&Told::new(reader()), &reach_out(), &Scope::Account(id), None).expect("it is in the demo")
}

pub(super) fn shape<'p>(page: &'p MapPage, label: &str) -> &'p Shape {
    let found = page.shapes.iter().find(|shape| shape.label == label);
    found.unwrap_or_else(|| {
        panic!(
            "no {label} on {}: {:?}",
            page.title,
            page.shapes.iter().map(|it| &it.label).collect::<Vec<_>>()
        )
    })
}

fn ribbon<'p>(page: &'p MapPage, from: &str, relation: Relation, to: &str) -> &'p Ribbon {
    let (start, end) = (&shape(page, from).id, &shape(page, to).id);
    let is = |ribbon: &&Ribbon| ribbon.from == *start && ribbon.to == *end && ribbon.relation == relation;
    page.ribbons.iter().find(is).unwrap_or_else(|| panic!("{from} {} {to} is not drawn", relation.name()))
}

#[test]
fn every_map_of_the_demo_keeps_the_rules_and_few_lines_cross() {
    let accounts = [MANAGEMENT, PROD, STAGING, TOOLS].map(|id| account(id).page);
    let all: Vec<_> = accounts.iter().chain([&organization().page]).map(cross_little).collect();
    let sum = |of: fn(&Crossings) -> usize| all.iter().map(of).sum::<usize>();
    assert!(sum(|each| each.drawn) * 2 < sum(|each| each.by_name), "{all:?}");
}

#[test]
fn drawn_twice_it_is_the_same() {
    assert_eq!(organization().page, organization().page);
    assert_eq!(account(PROD).page, account(PROD).page);
}

#[test]
fn the_chain_is_on_the_map_of_staging() {
    let page = account(STAGING).page;
    let vendor = shape(&page, "999999999999");
    assert_eq!((vendor.known, vendor.outline), (Some(false), Outline::Dashed));
    let enters = ribbon(&page, "999999999999", Relation::Becomes, "LogShipper");
    assert_eq!(enters.condition, None);
    assert!(enters.mark.is_some());
    assert_eq!(shape(&page, "LogShipper").band, "entry");
    ribbon(&page, "LogShipper", Relation::Controls, "nightly-report");
    ribbon(&page, "nightly-report", Relation::RunsAs, "nightly-exec");
    let elsewhere = page.shapes.iter().find(|shape| shape.band == "things" && shape.label == "prod");
    let elsewhere = elsewhere.expect("a stub of prod");
    assert_eq!((elsewhere.kind, elsewhere.account.as_deref()), (ShapeKind::Stub, Some(PROD)));
    let from = &shape(&page, "nightly-exec").id;
    assert!(page.ribbons.iter().any(|ribbon| ribbon.from == *from && ribbon.to == elsewhere.id));
}

#[test]
fn equal_roles_are_one_shape_and_a_ring_says_so() {
    let page = account(STAGING).page;
    let developers = shape(&page, "dev-*");
    assert_eq!((developers.count, developers.outline), (41, Outline::Double));
    let ring = shape(&page, "shift-*");
    assert_eq!((ring.count, ring.sub.as_deref()), (3, Some("ring")));
    let secrets: usize = page
        .shapes
        .iter()
        .filter(|shape| shape.kind == ShapeKind::Secret && shape.outline == Outline::Wavy)
        .map(|shape| shape.count)
        .sum();
    assert_eq!(secrets, 11);
}

#[test]
fn the_organization_shows_who_comes_in_and_what_matters() {
    let page = organization().page;
    let invoices = shape(&page, "s3://paperboat-invoices");
    assert_eq!((invoices.crown, invoices.band.as_str()), (Some(Crown::Matters), "matters"));
    assert_eq!(page.shapes.iter().filter(|shape| shape.kind == ShapeKind::Account).count(), 4);
    assert!(shape(&page, "staging").mark.is_some());
    let vendor = ribbon(&page, "Sailcheck", Relation::Becomes, "prod");
    assert_eq!(vendor.condition.as_deref(), Some("ExternalId"));
    ribbon(&page, "GitHub Actions", Relation::Becomes, "tools");
    let public = ribbon(&page, "everyone", Relation::Touches, "prod");
    assert_eq!((public.letters.as_deref(), public.count), (Some("R"), 1));
    let readers = ribbon(&page, "prod", Relation::Touches, "s3://paperboat-invoices");
    assert!(readers.count >= 9, "{readers:?}");
}

/// Of the secrets of staging nobody saw the policies: whether the developers read them is not known, and no condition that
/// could be met. That of those who have to sign in with MFA is one.
#[test]
fn what_turns_on_something_unseen_is_not_drawn_as_a_condition() {
    let page = account(STAGING).page;
    let secrets = page.ribbons.iter().filter(|it| {
        let to = page.shapes.iter().find(|shape| shape.id == it.to).expect("it is drawn");
        to.kind == ShapeKind::Secret && to.outline == Outline::Wavy && it.letters.as_deref() == Some("R")
    });
    let secrets: Vec<&Ribbon> = secrets.collect();
    assert!(!secrets.is_empty());
    for line in secrets {
        assert!(
            line.unseen && line.condition.as_deref() == Some("unseen resource policy allows"),
            "{line:?}"
        );
    }
    assert!(svg(&page, "").contains("–·– not seen"), "the file says so too");
    let page = organization().page;
    assert!(!ribbon(&page, "Sailcheck", Relation::Becomes, "prod").unseen, "an external id is a condition");
}

#[test]
fn counts_are_the_pairs_that_are_told() {
    let told = [(None, organization()), (Some(STAGING), account(STAGING)), (Some(PROD), account(PROD))];
    for (_, drawn) in &told {
        for ribbon in &drawn.page.ribbons {
            let page = why(reader(), drawn, &ribbon.id, None).expect("every ribbon has a why");
            assert_eq!(page.total, ribbon.count);
            assert_eq!(page.pairs.len() as u64, ribbon.count.min(200), "{}", ribbon.sentence);
            assert!(page.steps.is_empty());
        }
    }
}

#[test]
fn the_last_pair_of_a_ribbon_has_steps_and_the_one_after_does_not_exist() {
    let drawn = account(STAGING);
    for ribbon in &drawn.page.ribbons {
        let last = usize::try_from(ribbon.count).expect("not so many") - 1;
        let page = why(reader(), &drawn, &ribbon.id, Some(last)).expect("the last pair");
        assert!(!page.steps.is_empty(), "{}", ribbon.sentence);
        assert!(why(reader(), &drawn, &ribbon.id, Some(last + 1)).is_none());
    }
    assert!(why(reader(), &drawn, "touches|<script>|x", None).is_none());
}

#[test]
fn a_focus_keeps_every_place_and_drops_what_is_not_connected() {
    let page = account(STAGING).page;
    let focus = focused(&page, "staging:role/LogShipper").expect("it is on the map");
    assert_eq!(focus.shapes, page.shapes);
    assert!(focus.ribbons.len() < page.ribbons.len());
    ribbon(&focus, "nightly-report", Relation::RunsAs, "nightly-exec");
    assert_eq!(focused(&page, &shape(&page, "LogShipper").id), Some(focus));
    assert_eq!(focused(&page, "nothing of this name"), None);
}

pub(crate) fn answered(text: &str) -> AnswerPage {
    let question = reader().parse(text).expect("a question");
    reader().answer(&question).expect("an answer")
}

#[test]
fn the_picture_of_an_answer_has_each_place_once_and_each_step_as_a_line() {
    let answer = answered("who can read s3://paperboat-invoices");
    let page = chains(&answer).expect("there are steps");
    check(&page);
    let buckets: Vec<&Shape> =
        page.shapes.iter().filter(|shape| shape.label == "s3://paperboat-invoices").collect();
    assert_eq!(buckets.len(), 1, "all ways end in one place");
    assert_eq!(shape(&page, "acct/999999999999").mark, Some(Severity::Critical));
    let steps: std::collections::BTreeSet<&str> =
        answer.answers.iter().flat_map(|answer| &answer.steps).map(|step| &*step.to.name).collect();
    for end in steps {
        shape(&page, end);
    }
    let outward = chains(&answered("what can staging:role/deployer do")).expect("there are steps");
    check(&outward);
    assert_eq!(shape(&outward, "staging:role/deployer").band, "1");
}

#[test]
fn the_picture_of_the_border_goes_on_to_what_lies_behind_the_doors() {
    let question = OutsideQuestion { blocked: true, ..OutsideQuestion::default() };
    let border = reader().outside(&question).expect("an answer");
    let page = chains(&border).expect("there are ways in");
    check(&page);
    let behind = page.bands.last().expect("a column");
    assert_eq!(behind.label, "BEHIND IT");
    let told: usize =
        border.answers.iter().filter_map(|answer| answer.way.as_ref()).map(|way| way.reaches.len()).sum();
    let into = |it: &&Ribbon| page.shapes.iter().any(|shape| shape.id == it.to && shape.band == behind.id);
    assert_eq!(page.ribbons.iter().filter(into).count(), told);
    // What a token has to say is read beside whose it is; for whom it is meant is no condition.
    let deploy = shape(&page, "tools:role/ci-deploy").id.clone();
    let enters = page.ribbons.iter().find(|it| it.to == deploy).expect("it is entered");
    assert_eq!(enters.condition.as_deref(), Some("sub is like repo:paperboat/*:*"), "{enters:?}");
    assert!(enters.sentence.contains("token.actions.githubusercontent.com:sub"), "{}", enters.sentence);
    let audit = shape(&page, "management:role/Audit").id.clone();
    assert_eq!(page.ribbons.iter().find(|it| it.to == audit).expect("it is entered").condition, None);
    let door = shape(&page, "staging:role/LogShipper");
    let line = page.ribbons.iter().find(|it| it.from == door.id).expect("it leads on");
    assert_eq!(line.to, shape(&page, "s3://paperboat-invoices").id);
    assert_eq!(line.mark, Some(Severity::Critical));
    assert!(line.sentence.contains("s3://paperboat-invoices in 5 steps"), "{}", line.sentence);
}

#[test]
fn lines_join_only_under_the_same_condition() {
    let whole = answered("who can read s3://paperboat-invoices");
    let plain = whole.answers.iter().find(|answer| answer.steps.len() == 1 && answer.conditions.is_empty());
    let plain = plain.expect("somebody reads it directly").clone();
    let mut writes = plain.clone();
    writes.access = vec!["write".to_owned()];
    writes.steps[0].relation = "writes".to_owned();
    writes.steps[0].sentence = "they write".to_owned();
    let mut conditional = writes.clone();
    conditional.conditions = vec!["MFA".to_owned()];
    conditional.steps[0].conditions = vec!["MFA".to_owned()];
    let mut unseen = writes.clone();
    unseen.steps[0].unseen = vec!["service control policy (not seen)".to_owned()];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
        let all = [&plain, &writes, &conditional, &unseen];
        let answers = order.map(|at| all[at].clone()).to_vec();
        let page = chains(&AnswerPage { answers, ..whole.clone() }).expect("there are steps");
        check(&page);
        let mut lines: Vec<(Option<&str>, Option<&str>)> =
            page.ribbons.iter().map(|line| (line.condition.as_deref(), line.letters.as_deref())).collect();
        lines.sort_unstable();
        assert_eq!(lines.len(), 3, "{lines:?}");
        let joined = lines[0].1.expect("letters");
        assert_eq!((lines[0].0, joined.contains('R') && joined.contains('W')), (None, true));
        assert_eq!(lines[1], (Some("MFA"), Some("W")));
        assert_eq!(lines[2], (Some("~ not seen: service control policy"), Some("W")));
        let drawn = svg(&page, "");
        assert!(drawn.contains("they write (~ not seen: service control policy)"), "{drawn}");
        assert_eq!(drawn.matches("stroke-dasharray=\"12 4 2 4\"").count(), 1, "one line is not known");
        assert!(drawn.contains("–·– not seen") && !drawn.contains("if ~"));
    }
}

#[test]
fn a_drawing_as_a_file_says_every_sentence_and_asks_for_nothing() {
    for page in [organization().page, account(STAGING).page, account(PROD).page] {
        let text = svg(&page, "worst first");
        for sentence in
            page.shapes.iter().map(|it| &it.sentence).chain(page.ribbons.iter().map(|it| &it.sentence))
        {
            assert!(text.contains(&escaped(sentence)), "{sentence}");
        }
        let outside = text.replace("http://www.w3.org/2000/svg", "");
        for asked in ["http:", "https:", "url(", "href", "<script", "<style", "<image", "<foreignObject"] {
            assert!(!outside.contains(asked), "{asked} in the drawing of {}", page.title);
        }
    }
}
