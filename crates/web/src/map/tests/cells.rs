//! What a matrix has beside its lines: the demo's chain is in a cell of it, and so is what an SCP takes.

use std::collections::BTreeSet;

use clavicle_answer::Question;
use clavicle_answer::shape::Verdict;

use super::demo::{PROD, STAGING, account, organization, reader, shape};
use crate::map::drawn::Drawn;
use crate::map::{ByOthersCell, CellsPage, Lane, cells, matrix};
use crate::progress::Progress;

fn of(drawn: &Drawn) -> CellsPage {
    cells(reader(), drawn, &Progress::default())
}

fn cell<'p>(page: &'p CellsPage, drawn: &Drawn, row: &str, column: &str) -> Option<&'p ByOthersCell> {
    let (row, column) = (&shape(&drawn.page, row).id, &shape(&drawn.page, column).id);
    page.by_others.iter().find(|cell| cell.row == *row && cell.column == *column && cell.letter == "R")
}

fn answered(ask: &str) -> clavicle_answer::shape::AnswerPage {
    let question: Question = reader().parse(ask).expect("it is a question");
    reader().answer(&question).expect("it has an answer")
}

#[test]
fn the_account_nobody_knows_gets_to_the_invoices_in_five_steps() {
    let drawn = organization();
    let page = of(&drawn);
    let invoices = "s3://paperboat-invoices";
    let found = cell(&page, &drawn, "999999999999", invoices).expect("its chain is told");
    assert_eq!((found.steps, found.verdict), (5, Verdict::Depends));
    assert_eq!(found.ask, "path acct/999999999999 s3://paperboat-invoices");
    // Of an account it is whoever is nearest.
    let staging = cell(&page, &drawn, "staging", invoices).expect("its chain is told");
    assert_eq!((staging.steps, &*staging.ask), (2, "path staging:role/nightly-exec s3://paperboat-invoices"));
    // Whoever has a line needs no other way; nobody gets to the customers by way of others.
    assert_eq!(cell(&page, &drawn, "prod", invoices), None);
    assert_eq!(cell(&page, &drawn, "999999999999", "s3://paperboat-customers"), None);
}

#[test]
fn what_an_scp_takes_of_what_is_granted_is_denied_by_name() {
    let drawn = account(PROD);
    let page = of(&drawn);
    let (row, column) = (&shape(&drawn.page, "staging").id, &shape(&drawn.page, "paperboat-invoices").id);
    let told = page.denied.iter().find(|cell| cell.row == *row && cell.column == *column);
    let told = told.map(|cell| (&*cell.letter, &*cell.ask));
    assert_eq!(told, Some(("W", "can staging:role/nightly-exec s3:PutObject s3://paperboat-invoices")));
    // Control of those buckets is denied to nobody to whom it is granted.
    assert!(page.denied.iter().all(|cell| cell.letter != "C"), "{:?}", page.denied);
}

#[test]
fn each_cell_says_what_its_question_answers() {
    for drawn in [organization(), account(STAGING), account(PROD)] {
        let page = of(&drawn);
        assert_eq!(page, of(&drawn), "the same data, the same cells");
        let mut looked = 0;
        for cell in &page.by_others {
            let told = answered(&cell.ask);
            let shortest = told.answers.iter().map(|answer| answer.steps.len()).min();
            assert!(
                shortest.is_some_and(|steps| steps <= cell.steps && steps > 1),
                "{}: {cell:?}",
                told.sentence
            );
            assert_eq!(told.verdict, cell.verdict, "{}: {cell:?}", told.sentence);
            looked += 1;
        }
        assert!(looked > 0 || page.by_others.is_empty(), "{}", drawn.page.title);
        for cell in &page.denied {
            let told = answered(&cell.ask);
            assert_eq!(told.verdict, Verdict::No, "{}", cell.ask);
            assert!(told.sentence.contains("denies it"), "{}: {}", cell.ask, told.sentence);
        }
    }
}

#[test]
fn every_lane_of_a_matrix_stands_under_a_word() {
    let drawn = organization();
    let matrix = matrix(&drawn.page);
    let bands = |lanes: &[Lane]| lanes.iter().map(|lane| lane.band.clone()).collect::<BTreeSet<_>>();
    // The accounts that others lead to are a column of their own on the map, without a word over it.
    assert!(drawn.page.bands.iter().any(|band| band.label.is_empty()));
    assert_eq!(bands(&matrix.rows), BTreeSet::from(["ACCOUNTS".to_owned(), "OUTSIDE".to_owned()]));
    assert_eq!(bands(&matrix.columns), BTreeSet::from(["ACCOUNTS".to_owned(), "WHAT MATTERS".to_owned()]));
}

#[test]
fn no_cell_repeats_what_a_line_says() {
    for drawn in [organization(), account(STAGING), account(PROD)] {
        let page = of(&drawn);
        let said = |row: &str, column: &str, letter: &str| {
            drawn.page.ribbons.iter().any(|ribbon| {
                ribbon.from == row
                    && ribbon.to == column
                    && ribbon.letters.as_deref().is_some_and(|letters| letters.contains(letter))
            })
        };
        let by_others = page.by_others.iter().map(|cell| (&cell.row, &cell.column, &cell.letter));
        let denied = page.denied.iter().map(|cell| (&cell.row, &cell.column, &cell.letter));
        for (row, column, letter) in by_others.chain(denied) {
            assert!(!said(row, column, letter), "{row} {column} {letter}");
        }
    }
}

/// Somebody of the demo's staging gets to a thing by more chains than are weighed.
#[test]
fn a_matrix_says_where_a_search_ended_at_its_limits() {
    for (drawn, is_told) in [(organization(), false), (account(STAGING), true)] {
        let notes = of(&drawn).notes;
        let found = notes.iter().any(|note| note.starts_with("A search for chains ended at its limits"));
        assert_eq!(found, is_told, "{}: {notes:?}", drawn.page.title);
    }
}
