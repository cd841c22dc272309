//! Made-up plans and facts: places, order and the budget.

use clavicle_answer::shape::Severity;

use super::page_rules::check;
use crate::map::Told;
use crate::map::atom::{Atom, Fact, Facts, Key, Member, Source};
use crate::map::drawn::{Head, draw, draw_apart};
use crate::map::fold::{Easy, EasyRows, MOST_LINES, MOST_ROWS, fold};
use crate::map::joins::{Joins, Lines};
use crate::map::order::order;
use crate::map::page::{Level, Outline, Relation, ShapeKind};
use crate::map::place::place;
use crate::map::plan::{Box, Column, Line, Plan};
use crate::map::stub::stub;
use crate::map::{Ink, svg};
use clavicle_graph::Actor;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};
use quick_xml::events::Event;

/// A generator of numbers without a dependency; the same seed gives the same plan.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn plan(seed: u64, most: usize, lines: usize) -> Plan {
    let mut dice = Dice(seed);
    let names = ["outside", "entry", "identities", "workloads", "things"];
    let columns: Vec<Column> =
        names.iter().map(|id| Column { id, label: id, width: 170.0, height: 28.0 }).collect();
    let mut boxes = Vec::new();
    for column in 0..columns.len() {
        for at in 0..dice.below(most + 1) {
            let count = 1 + dice.below(3) * dice.below(40);
            boxes.push(Box {
                id: format!("{column}:{at}"),
                column,
                kind: ShapeKind::Role,
                label: format!("<b>name-{at}"),
                sub: None,
                count,
                service: at.is_multiple_of(2).then(|| format!("s{}", at % 3)),
                equal: true,
                outline: Outline::Solid,
                known: None,
                mark: None,
                crown: None,
                account: None,
                unit: None,
                members: vec!["m".to_owned()],
                phrase: "a role".to_owned(),
                sentence: "a role".to_owned(),
                change: None,
            });
        }
    }
    let mut drawn = Vec::new();
    if !boxes.is_empty() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..lines {
            let (from, to) = (dice.below(boxes.len()), dice.below(boxes.len()));
            let relation = [Relation::Becomes, Relation::Controls, Relation::Touches][dice.below(3)];
            if seen.insert((from, to, relation)) {
                let touches = relation == Relation::Touches;
                drawn.push(Line {
                    from,
                    to,
                    relation,
                    again: 0,
                    count: 1 + dice.below(2_000) as u64,
                    letters: touches.then(|| "LRW".to_owned()),
                    mark: (dice.below(9) == 0).then_some(Severity::High),
                    condition: (dice.below(6) == 0)
                        .then(|| "MFA and a very long condition of theirs".to_owned()),
                    unseen: false,
                    words: None,
                    sentence: "a line".to_owned(),
                    change: None,
                    pairs: Vec::new(),
                });
            }
        }
    }
    Plan {
        level: Level::Account,
        title: "made up".to_owned(),
        crumbs: Vec::new(),
        columns,
        boxes,
        lines: drawn,
        tray: Vec::new(),
    }
}

#[test]
fn every_plan_keeps_the_rules() {
    for seed in 0..60 {
        check(&place(&plan(seed, 18, 10 + seed as usize * 2)));
    }
    check(&place(&plan(1, 0, 0)));
    check(&place(&plan(2, 1, 3)));
}

/// Names that act in a browser, in XML, in a terminal, or by their length.
const HOSTILE: [&str; 6] = [
    "</text><script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "'><image href=//evil.example/x>",
    "admin\u{202e}nimda\u{0}\u{1b}[31m\u{ffff}",
    "]]>&lt;!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "a name that does not end",
];

#[test]
fn hostile_names_are_text_in_a_drawing() {
    let mut hostile = plan(7, 18, 60);
    for (at, each) in hostile.boxes.iter_mut().enumerate() {
        let name = HOSTILE[at % HOSTILE.len()].repeat(if at % 5 == 0 { 200 } else { 1 });
        (each.label, each.sub, each.sentence) = (name.clone(), Some(name.clone()), name);
    }
    for (at, line) in hostile.lines.iter_mut().enumerate() {
        let name = HOSTILE[at % HOSTILE.len()].to_owned();
        (line.condition, line.sentence, line.letters) = (Some(name.clone()), name.clone(), Some(name));
    }
    hostile.title = HOSTILE.concat();
    let text = svg(&place(&hostile), &HOSTILE.concat());
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut elements = std::collections::BTreeSet::new();
    loop {
        match reader.read_event().expect("sound XML") {
            Event::Eof => break,
            Event::Start(start) | Event::Empty(start) => {
                elements.insert(String::from_utf8_lossy(start.name().as_ref()).into_owned());
                for attribute in start.attributes() {
                    let key = attribute.expect("sound attributes").key;
                    assert!(!key.as_ref().starts_with(b"on"), "{key:?}");
                }
            }
            Event::PI(_) | Event::DocType(_) | Event::CData(_) | Event::Comment(_) => {
                panic!("markup of a name")
            }
            _ => {}
        }
    }
    let known = ["svg", "title", "desc", "rect", "g", "path", "text"];
    assert!(elements.iter().all(|element| known.contains(&element.as_str())), "{elements:?}");
    let acts = |letter: char| {
        (letter.is_control() && letter != '\n') || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{ffff}')
    };
    assert!(!text.contains(acts));
}

/// What stands between quotation marks is a colour of the drawing in each theme, and none of paper is left; whatever a name says.
#[test]
fn a_drawing_has_the_colours_of_the_theme_and_names_keep_theirs() {
    let mut hostile = plan(7, 18, 60);
    let marks = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
    for (at, each) in hostile.boxes.iter_mut().enumerate() {
        each.label = ["#ffffff", "\"#1b2027\"", "\" fill=\"#fff\""][at % 3].to_owned();
        each.mark = Some(marks[at % marks.len()]);
    }
    let paper = svg(&place(&hostile), "\"#7a0a2c\"");
    assert_eq!(Ink::of("light").expect("a theme").drawn(paper.clone()), paper);
    assert_eq!(Ink::of("night"), None);
    for (name, page, known) in [("dark", "#12151a", DARK), ("contrast", "#000000", CONTRAST)] {
        let drawn = Ink::of(name).expect("a theme").drawn(paper.clone());
        let quoted = drawn.split('"').skip(1).step_by(2);
        let colours: std::collections::BTreeSet<&str> = quoted.filter(|text| text.starts_with('#')).collect();
        assert!(
            colours.contains(page) && colours.iter().all(|each| known.contains(each)),
            "{name}: {colours:?}"
        );
        // Everything but the colours is as it was.
        let texts = |svg: &str| svg.split('"').step_by(2).collect::<Vec<_>>().join("");
        assert_eq!(texts(&drawn), texts(&paper));
        assert!(
            texts(&drawn).contains("&quot;#1b2027&quot;") && texts(&drawn).contains("&quot;#7a0a2c&quot;")
        );
    }
}

/// Those of `ui/src/theme/tokens.css`.
const DARK: &[&str] = &[
    "#12151a", "#171b21", "#e8ebef", "#abb4bf", "#2a313a", "#6d7783", "#76818e", "#ff5c7a", "#ffa45c",
    "#ffe08a", "#98a2af",
];
const CONTRAST: &[&str] = &["#000000", "#ffffff", "#b8b8b8", "#ff8fa3", "#ffb57a", "#ffe08a"];

#[test]
fn the_same_plan_gives_the_same_picture() {
    for seed in [3, 17] {
        assert_eq!(place(&plan(seed, 18, 120)), place(&plan(seed, 18, 120)));
    }
}

#[test]
fn lines_that_need_not_cross_do_not() {
    let mut plan = plan(0, 0, 0);
    for column in [1, 2] {
        for at in 0..8 {
            let mut each = self::plan(5, 3, 0).boxes.remove(0);
            (each.id, each.column) = (format!("{column}-{at}"), column);
            plan.boxes.push(each);
        }
    }
    // Each is joined to its mirror image: in the order of the plan, every pair crosses.
    for at in 0..8 {
        let mut line = self::plan(5, 18, 40).lines.remove(0);
        (line.from, line.to, line.relation) = (at, 15 - at, Relation::Becomes);
        plan.lines.push(line);
    }
    let columns = order(&plan);
    let partners: Vec<usize> = columns[1].iter().map(|each| 15 - each).collect();
    assert_eq!(columns[2], partners);
}

fn atom(column: usize, name: &str, weight: u32) -> Atom {
    let words: Vec<&str> = name.split('-').collect();
    let keys = [words.len().min(2), 1, 1].map(|count| words[..count].join("-"));
    Atom {
        column,
        kind: ShapeKind::Role,
        members: vec![Member::Actor(Actor::Principal(PrincipalIndex(0)))],
        label: None,
        sub: None,
        noun: "role".to_owned(),
        keys: keys.into_iter().chain(["role".to_owned(), "all".to_owned()]).map(Key::new).collect(),
        weight,
        known: None,
        mark: None,
        crown: None,
        account: None,
        unit: None,
        outside: false,
        unseen: false,
    }
}

fn facts(names: &[String], things: usize) -> Facts {
    let mut facts = Facts::default();
    for (at, name) in names.iter().enumerate() {
        facts.add(atom(0, name, u32::from(at == 77)));
    }
    for thing in 0..things {
        facts.add(atom(1, &format!("bucket{thing}"), 0));
    }
    let source = Source::RunsAs(ResourceIndex(0), PrincipalIndex(0));
    for from in 0..names.len() as u32 {
        for thing in 0..things as u32 {
            if (from + thing) % 3 == 0 {
                let to = names.len() as u32 + thing;
                let relation = Relation::Touches;
                facts.facts.push(Fact { from, to, relation, source, allowed: 1, depends: 0 });
            }
        }
    }
    facts
}

/// Two columns, as those of an account.
fn easy() -> Easy {
    Easy { lines: 100, rows: vec![EasyRows { few: 11, least: 11, at_last: 11 }; 2] }
}

#[test]
fn what_does_not_fit_is_put_together_and_nothing_is_lost() {
    let names: Vec<String> = (0..400).map(|at| format!("team{}-svc{}-{at}", at % 7, at % 60)).collect();
    let facts = facts(&names, 40);
    let drawn = vec![true; facts.atoms.len()];
    let groups = fold(&facts, &Joins::new(&facts), &easy(), &drawn);
    let mut all: Vec<usize> = groups.iter().flat_map(|group| group.atoms.iter().copied()).collect();
    all.sort_unstable();
    assert_eq!(all, (0..facts.atoms.len()).collect::<Vec<_>>());
    for column in 0..2 {
        let rows = groups.iter().filter(|group| facts.atoms[group.atoms[0]].column == column).count();
        assert!(rows <= MOST_ROWS, "{rows}");
    }
    // What matters stays by itself.
    assert!(groups.iter().any(|group| group.atoms == [77]));
    assert!(groups.len() > 8, "{}", groups.len());
}

/// Into every account the same few lead: those with the worst ways in stand by themselves, and a dozen accounts stay.
#[test]
fn many_accounts_into_which_the_same_lead_are_put_together_but_for_the_worst() {
    let columns = ["outside", "accounts"].map(|id| Column { id, label: id, width: 200.0, height: 50.0 });
    let source = Source::RunsAs(ResourceIndex(0), PrincipalIndex(0));
    for (accounts, most) in [(30, 8), (12, 12)] {
        let mut facts = Facts::default();
        for at in 0..10 {
            facts.add(atom(0, &format!("outsider{at}-x"), u32::from(at < 2)));
        }
        for at in 0..accounts {
            facts.add(atom(1, &format!("unit{}-{at}", at % 4), u32::from(at < 3)));
        }
        for from in 0..10 {
            for to in 10..10 + accounts {
                let relation = Relation::Becomes;
                facts.facts.push(Fact { from, to, relation, source, allowed: 0, depends: 0 });
            }
        }
        let all = vec![true; facts.atoms.len()];
        let groups = fold(&facts, &Joins::new(&facts), &Easy::of(Level::Unit, &columns), &all);
        let rows = |column: usize| {
            groups.iter().filter(|group| facts.atoms[group.atoms[0]].column == column).count()
        };
        assert!(rows(0) <= 5 && rows(1) <= most, "{} by {}", rows(0), rows(1));
        assert!(rows(1) == most || accounts > 12, "{} of {accounts}", rows(1));
        let alone = |at: usize| groups.iter().any(|group| group.atoms == [at]);
        assert!([0, 1, 10, 11, 12].into_iter().all(alone), "{groups:?}");
    }
}

/// Accounts stand in two columns where some lead to others: both together have few lines from outside.
#[test]
fn accounts_in_two_columns_have_few_lines_together() {
    let columns =
        ["outside", "accounts", "targets"].map(|id| Column { id, label: id, width: 200.0, height: 50.0 });
    let source = Source::RunsAs(ResourceIndex(0), PrincipalIndex(0));
    let mut facts = Facts::default();
    for at in 0..5 {
        facts.add(atom(0, &format!("outsider{at}-x"), 0));
    }
    for at in 0..60 {
        facts.add(atom(1 + at / 30, &format!("unit{}-{at}", at % 12), u32::from(at % 30 < 2)));
    }
    for from in 0..5 {
        for to in 5..65 {
            let relation = Relation::Becomes;
            facts.facts.push(Fact { from, to, relation, source, allowed: 0, depends: 0 });
        }
    }
    let joins = Joins::new(&facts);
    let all = vec![true; facts.atoms.len()];
    let groups = fold(&facts, &joins, &Easy::of(Level::Unit, &columns), &all);
    let lines = Lines::new(&facts, &groups).0.len();
    assert!(lines <= 40, "{lines} lines: {groups:?}");
    let alone = |at: usize| groups.iter().any(|group| group.atoms == [at]);
    assert!([5, 6, 35, 36].into_iter().all(alone), "the worst are put together: {groups:?}");
}

#[test]
fn too_many_lines_are_folded_too() {
    let names: Vec<String> = (0..18).map(|at| format!("role{at}")).collect();
    let mut all = facts(&names, 18);
    let source = all.facts[0].source;
    all.facts.clear();
    for from in 0..18 {
        for to in 18..36 {
            let relation = Relation::Touches;
            all.facts.push(Fact { from, to, relation, source, allowed: 1, depends: 0 });
        }
    }
    let groups = fold(&all, &Joins::new(&all), &easy(), &[true; 36]);
    let rows =
        |column: usize| groups.iter().filter(|group| all.atoms[group.atoms[0]].column == column).count();
    assert!(rows(0) * rows(1) <= MOST_LINES, "{} by {}", rows(0), rows(1));
    assert!(rows(0) >= 6 && rows(1) >= 6, "{} by {}", rows(0), rows(1));
}

/// Five columns with so many shapes each, the first of more atoms than it has rows, and one of its shapes that is several.
fn full(rows: [usize; 5]) -> (Facts, Head) {
    let mut facts = Facts::default();
    for (column, rows) in rows.into_iter().enumerate() {
        // In the first column those with one first word are put together, the others stay by themselves.
        let atoms = if column == 0 { 8 * rows } else { rows };
        for at in 0..atoms {
            let mut each = atom(column, &format!("n{}x{column}-{at}", at % rows), 0);
            each.members = vec![Member::Resource(ResourceIndex((column * 100 + at) as u32))];
            facts.add(each);
        }
    }
    let source = Source::RunsAs(ResourceIndex(0), PrincipalIndex(0));
    let last = facts.atoms.len() as u32 - 1;
    for from in 0..last {
        facts.facts.push(Fact { from, to: last, relation: Relation::RunsAs, source, allowed: 1, depends: 0 });
    }
    let names = ["outside", "entry", "identities", "workloads", "things"];
    let columns = names.map(|id| Column { id, label: id, width: 170.0, height: 26.0 }).to_vec();
    (
        facts,
        Head {
            level: Level::Account,
            title: "full".to_owned(),
            crumbs: Vec::new(),
            columns,
            tray: Vec::new(),
        },
    )
}

#[test]
fn what_is_taken_apart_keeps_to_the_budget_of_shapes() {
    let people = Told::new(super::demo::reader());
    for (rows, wanted) in
        [([18; 5], None), ([18, 18, 18, 18, 17], Some(90)), ([18, 18, 18, 18, 12], Some(90))]
    {
        let (facts, head) = full(rows);
        let base = draw(&people, facts, head).page;
        assert_eq!(base.shapes.len(), rows.iter().sum::<usize>());
        let several =
            base.shapes.iter().find(|shape| shape.count > 1 && !shape.equal).expect("one is several");
        let (facts, head) = full(rows);
        let apart = draw_apart(&people, facts, head, &several.id);
        assert_eq!(apart.map(|drawn| drawn.page.shapes.len()), wanted, "{rows:?}");
    }
}

/// So many that they stand together: what they are is what lies elsewhere, and in how many places.
#[test]
fn what_lies_in_many_places_elsewhere_is_told_by_how_many() {
    let mut facts = Facts::default();
    let target = facts.add(atom(1, "target", 0));
    let source = Source::RunsAs(ResourceIndex(0), PrincipalIndex(0));
    for at in 0..30_u32 {
        let keys =
            [format!("stub unit {at}"), "stub".to_owned(), "outside".to_owned()].map(Key::new).to_vec();
        let mut each = stub(0, "other unit", keys);
        (each.unit, each.label) = (Some(format!("ou-{at}")), Some(format!("unit-{at}")));
        each.members =
            vec![Member::Actor(Actor::Principal(PrincipalIndex(at))), Member::Resource(ResourceIndex(at))];
        let from = facts.add(each);
        facts.facts.push(Fact {
            from,
            to: target,
            relation: Relation::RunsAs,
            source,
            allowed: 1,
            depends: 0,
        });
    }
    let columns =
        ["outside", "accounts"].map(|id| Column { id, label: id, width: 200.0, height: 50.0 }).to_vec();
    let head =
        Head { level: Level::Unit, title: "many".to_owned(), crumbs: Vec::new(), columns, tray: Vec::new() };
    let page = draw(&Told::new(super::demo::reader()), facts, head).page;
    check(&page);
    let several =
        page.shapes.iter().find(|shape| shape.band == "outside" && shape.count > 2).expect("several");
    let places = several.count / 2;
    assert_eq!(
        (several.label.as_str(), several.sub.clone()),
        ("more elsewhere", Some(format!("{places} units")))
    );
    let told = format!("{places} identities, {places} things of {places} units elsewhere");
    assert_eq!((several.sentence.as_str(), several.unit.as_deref()), (told.as_str(), None));
}
