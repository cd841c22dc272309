//! What matters wears the worst of what leads to it: as its question answers, on maps of every level.

use clavicle_answer::shape::{AnswerPage, Severity};
use clavicle_answer::{Edit, Reader};

use super::demo::{PROD, STAGING, account, answered, organization, reader, shape};
use super::page_rules::check;
use crate::map::drawn::Drawn;
use crate::map::{
    ChainMark, MarksPage, ReachOut, Scope, Side, Told, chain_marks, chain_marks_of_two, draw_before_after,
    draw_map,
};
use crate::progress::Progress;

fn of(drawn: &Drawn) -> MarksPage {
    chain_marks(reader(), drawn, &Progress::default())
}

fn mark<'p>(page: &'p MarksPage, drawn: &Drawn, label: &str) -> &'p ChainMark {
    let id = &shape(&drawn.page, label).id;
    page.marks.iter().find(|mark| mark.shape == *id).expect("it matters")
}

fn chains(page: &AnswerPage) -> usize {
    page.answers.iter().filter(|answer| answer.steps.len() > 1).count()
}

#[test]
fn what_strangers_get_at_by_way_of_others_is_marked_and_what_nobody_does_is_not() {
    let drawn = organization();
    let page = of(&drawn);
    assert_eq!((page.marks.len(), page.notes.len()), (2, 0));
    let invoices = mark(&page, &drawn, "s3://paperboat-invoices");
    assert_eq!(invoices.mark, Some(Severity::Critical));
    assert_eq!(invoices.ask, "who can read s3://paperboat-invoices");
    assert_eq!(invoices.chains, chains(&answered(&invoices.ask)));
    assert!(
        invoices.sentence.ends_with("the worst, critical: acct/999999999999 by way of staging, in 5 steps"),
        "{}",
        invoices.sentence
    );
    let customers = mark(&page, &drawn, "s3://paperboat-customers");
    assert_eq!((customers.mark, customers.chains), (None, 0));
    assert!(customers.sentence.starts_with("no chain that leads here was found"), "{}", customers.sentence);
    // The account that it lies in shows the same; from another one it is not seen.
    let prod = account(PROD);
    let there = of(&prod);
    assert_eq!(mark(&there, &prod, "paperboat-invoices").mark, Some(Severity::Critical));
    assert_eq!(of(&account(STAGING)).marks, []);
}

#[test]
fn each_mark_is_what_its_question_answers() {
    for drawn in [organization(), account(PROD)] {
        let page = of(&drawn);
        assert_eq!(page, of(&drawn), "the same data, the same marks");
        for mark in &page.marks {
            let answer = answered(&mark.ask);
            assert_eq!(
                answer.answers.iter().filter_map(|each| each.severity).max(),
                mark.mark,
                "{}",
                mark.ask
            );
            assert_eq!(chains(&answer), mark.chains, "{}", mark.ask);
        }
    }
}

#[test]
fn marks_move_nothing_and_are_told_in_words() {
    let drawn = organization();
    let marks = of(&drawn);
    let page = drawn.page.marked(&marks.marks, &marks.notes);
    check(&page);
    let (before, after) =
        (shape(&drawn.page, "s3://paperboat-invoices"), shape(&page, "s3://paperboat-invoices"));
    assert_eq!((before.mark, after.mark), (None, Some(Severity::Critical)));
    assert!(after.sentence.starts_with(&before.sentence) && after.sentence.contains("chains lead here"));
    for (before, after) in drawn.page.shapes.iter().zip(&page.shapes) {
        assert_eq!((&before.id, before.x, before.y), (&after.id, after.x, after.y));
    }
    // A mark that is there already is not made less by one that is not so bad.
    let id = shape(&page, "999999999999").id.clone();
    let low = ChainMark { shape: id, mark: Some(Severity::Low), ..marks.marks[0].clone() };
    let worst = shape(&page, "999999999999").mark;
    let page = page.marked(&[low], &[]);
    assert!(worst > Some(Severity::Low) && shape(&page, "999999999999").mark == worst);
}

/// The demo where those at the end of the chain may do this with what customers are told by, too.
fn also(action: &str) -> Reader {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "{action}",
        "Resource": ["arn:aws:s3:::paperboat-customers", "arn:aws:s3:::paperboat-customers/*"]}}}}"#
    );
    let edit = Edit::Write { policy: "prod:policy/reporting-read".to_owned(), text };
    reader().tried(&[edit], |_, _| ()).expect("it is in the demo")
}

#[test]
fn what_strangers_may_delete_or_control_is_marked_too() {
    // Whoever writes a policy of a bucket comes to write there as well, which is looked for first.
    for (action, ask) in
        [("s3:DeleteObject", "who can delete"), ("s3:PutBucketPublicAccessBlock", "who can control")]
    {
        let after = also(action);
        let reach_out = ReachOut::new(after.world(), |_, _| ());
        let drawn = draw_map(&Told::new(&after), &reach_out, &Scope::Organization, None).expect("a map");
        let page = chain_marks(&after, &drawn, &Progress::default());
        let customers = mark(&page, &drawn, "s3://paperboat-customers");
        assert_eq!(customers.mark, Some(Severity::Critical), "{action}: {}", customers.sentence);
        assert_eq!(customers.ask, format!("{ask} s3://paperboat-customers"));
        assert!(customers.sentence.ends_with("by way of staging, in 5 steps"), "{}", customers.sentence);
    }
}

#[test]
fn where_two_worlds_are_one_map_each_has_its_own_marks() {
    let after = also("s3:DeleteObject");
    let scope = Scope::Organization;
    let reach_out = [reader(), &after].map(|reader| ReachOut::new(reader.world(), |_, _| ()));
    let told = [reader(), &after].map(Told::new);
    let [old, new] = [0, 1].map(|at: usize| Side { people: &told[at], reach_out: &reach_out[at] });
    let drawn = draw_before_after(old, new, &scope).expect("a map");
    let page = chain_marks_of_two([reader(), &after], &drawn, &Progress::default());
    let of = |marks: &[ChainMark], label: &str| {
        let id = &shape(&drawn.page, label).id;
        marks.iter().find(|mark| mark.shape == *id).cloned().expect("it matters")
    };
    // The chain to the invoices goes with the text that let its end read them, and another comes to the customers.
    assert_eq!(of(&page.before, "s3://paperboat-invoices").mark, Some(Severity::Critical));
    assert_eq!(of(&page.after, "s3://paperboat-invoices").mark, None);
    assert_eq!(of(&page.before, "s3://paperboat-customers").mark, None);
    assert_eq!(of(&page.after, "s3://paperboat-customers").mark, Some(Severity::Critical));
    // Both at once: the worst of the two, and both in words.
    for (label, worst) in
        [("s3://paperboat-invoices", &page.before), ("s3://paperboat-customers", &page.after)]
    {
        let [was, is, both] = [&page.before, &page.after, &page.both].map(|marks| of(marks, label));
        assert_eq!((both.mark, both.ask), (of(worst, label).mark, is.ask));
        assert_eq!(both.sentence, format!("before, {}; after, {}", was.sentence, is.sentence));
    }
    assert_eq!(page.both.len(), 2);
    // Each side says what a map of it alone does.
    for (marks, reader) in [(&page.before, reader()), (&page.after, &after)] {
        let reach_out = ReachOut::new(reader.world(), |_, _| ());
        let alone = draw_map(&Told::new(reader), &reach_out, &scope, None).expect("a map");
        let alone = chain_marks(reader, &alone, &Progress::default());
        let said = |marks: &[ChainMark]| {
            let mut said: Vec<_> =
                marks.iter().map(|mark| (mark.sentence.clone(), mark.ask.clone())).collect();
            said.sort();
            said
        };
        assert_eq!(said(marks), said(&alone.marks));
    }
}

#[test]
fn what_leads_there_before_and_after_alike_is_said_once_and_what_is_on_one_side_by_itself() {
    let scope = Scope::Organization;
    let reach_out = ReachOut::new(reader().world(), |_, _| ());
    let told = Told::new(reader());
    let side = Side { people: &told, reach_out: &reach_out };
    let drawn = draw_before_after(side, side, &scope).expect("a map");
    let page = chain_marks_of_two([reader(), reader()], &drawn, &Progress::default());
    assert_eq!((page.both.len(), &page.before), (2, &page.after));
    for (both, after) in page.both.iter().zip(&page.after) {
        assert_eq!(both.sentence, format!("{}, before and after", after.sentence));
        assert_eq!((&both.shape, both.mark), (&after.shape, after.mark));
    }
    let [alone] = &super::super::chain_marks::both(&page.before[..1], &[])[..] else { panic!("one mark") };
    assert_eq!(alone.sentence, format!("before, {}", page.before[0].sentence));
    assert_eq!(alone.mark, page.before[0].mark);
}
