//! What a view shows, to be handed on: the rows that its choices leave, all of them, in the form that was asked for.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use clavicle_answer::shape::{Answer, AnswerPage, ChangesPage, CheckPage, CoveragePage, Finding};
use clavicle_answer::{PolicyLine, Pseudonyms, Redact, UseLine, UseLines, counted};

use super::arranged::Arranged;
use super::{
    MapOfTwo, border_choices, findings_choices, findings_narrowed, granted_choices, granted_sentence,
    of_accounts, policies_choices, policies_sentence,
};
use crate::export::{self, Sheet};
use crate::map::{Change, Ink, MapPage, MarksOfTwoPage};
use crate::open::Open;
use crate::refusal::Refusal;
use crate::routes::Asked;

/// In which form, and with which names.
#[derive(Debug, Clone)]
pub(crate) struct Handing {
    form: Form,
    redact: bool,
    /// The colours of a picture: of paper, unless it is shown on the screen.
    ink: Ink,
    /// The name of the file without its ending.
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Svg,
    Csv,
    Md,
    Html,
}

impl Handing {
    pub(crate) fn read(asked: &Asked) -> Result<Self, Refusal> {
        let form = match asked.one("form")? {
            Some("svg") => Form::Svg,
            Some("csv") => Form::Csv,
            Some("md") => Form::Md,
            Some("html") => Form::Html,
            other => {
                let what = format!("no form `{}`", other.unwrap_or_default());
                return Err(Refusal::question(what, Some("svg, csv, md or html")));
            }
        };
        let redact = match asked.one("redact")? {
            None | Some("" | "false") => false,
            Some("true") => true,
            Some(other) => return Err(Refusal::question(format!("`{other}` is not true or false"), None)),
        };
        let theme = asked.one("theme")?.unwrap_or("light");
        let unknown = || Refusal::question(format!("no theme `{theme}`"), Some("light, dark or contrast"));
        let ink = Ink::of(theme).ok_or_else(unknown)?;
        Ok(Self { form, redact, ink, name: asked.one("view")?.unwrap_or("answer").to_owned() })
    }

    /// A copy, without names where that was asked for.
    fn told<T: Clone + Redact>(&self, value: &T, names: Option<&Pseudonyms>) -> T {
        let mut value = value.clone();
        if let Some(names) = names {
            value.redact(names);
        }
        value
    }

    /// A file of it, to be saved.
    pub(crate) fn file(&self, sheet: &Sheet) -> Result<Response, Refusal> {
        let (kind, ending, text) = match self.form {
            Form::Csv => ("text/csv; charset=utf-8", "csv", export::csv(sheet)),
            Form::Md => ("text/markdown; charset=utf-8", "md", export::markdown(sheet)),
            Form::Html => ("text/html; charset=utf-8", "html", export::html(sheet)),
            Form::Svg => {
                let nothing = || Refusal::question("there is nothing to draw here", Some("csv, md or html"));
                ("image/svg+xml", "svg", self.ink.drawn(sheet.picture.clone().ok_or_else(nothing)?))
            }
        };
        let name = format!("attachment; filename=\"clavicle-{}.{ending}\"", self.name);
        Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], text)
            .into_response())
    }

    pub(crate) fn names(&self, open: &Open) -> Result<Option<Arc<Pseudonyms>>, Refusal> {
        if self.redact { open.pseudonyms().map(Some) } else { Ok(None) }
    }

    pub(crate) fn answer(&self, page: &AnswerPage, names: Option<&Pseudonyms>) -> Sheet {
        export::answer(&self.told(page, names))
    }

    pub(crate) fn map(&self, page: &MapPage, names: Option<&Pseudonyms>) -> Sheet {
        let page = self.told(page, names);
        let worst =
            page.ribbons.iter().filter(|ribbon| ribbon.mark.is_some()).max_by_key(|ribbon| ribbon.mark);
        let sentence = match (page.change, worst) {
            (Some(change), _) => change.sentence(),
            (None, Some(worst)) => worst.sentence.clone(),
            (None, None) => {
                let lines = counted(page.ribbons.len(), "line", "lines");
                format!("{}, {lines}", counted(page.shapes.len(), "shape", "shapes"))
            }
        };
        export::map(&page, &sentence)
    }

    /// Two worlds on one map, or what of it is in one of them, with what leads there to what matters.
    pub(crate) fn map_of_two(
        &self,
        map: &MapOfTwo,
        marks: &MarksOfTwoPage,
        asked: &Asked,
        names: Option<&Pseudonyms>,
    ) -> Result<Sheet, Refusal> {
        let (left_out, led) = match asked.one("side")? {
            None | Some("" | "both") => (None, &marks.both),
            Some("before") => (Some(Change::New), &marks.before),
            Some("after") => (Some(Change::Gone), &marks.after),
            Some(other) => {
                return Err(Refusal::question(format!("no side `{other}`"), Some("before, both or after")));
            }
        };
        let mut page = map.page().marked(led, &marks.notes);
        if left_out.is_some() {
            page.shapes.retain(|shape| shape.change != left_out);
            page.ribbons.retain(|ribbon| ribbon.change != left_out);
            page.rows.retain(|row| row.change != left_out);
        }
        Ok(self.map(&page, names))
    }

    pub(crate) fn findings(
        &self,
        open: &Open,
        page: &CheckPage,
        asked: &Asked,
        names: Option<&Pseudonyms>,
    ) -> Result<Sheet, Refusal> {
        let (_, all) = findings_choices(page, asked)?;
        let narrowed = findings_narrowed(open.reader(), asked)?;
        let rows: Vec<Finding> = narrowed.rows(all).into_iter().map(|row| self.told(row, names)).collect();
        let page =
            self.told(&CheckPage { findings: Vec::new(), accepted: Vec::new(), ..page.clone() }, names);
        Ok(export::findings(
            &page.sentence,
            Some(&page.snapshot),
            &page.catalog,
            &rows,
            &page.not_seen,
            &page.notes,
        ))
    }

    /// What is no longer found. Pseudonyms are made of the names of the snapshot that is open, and it may be of other names.
    pub(crate) fn gone(
        &self,
        open: &Open,
        page: &CheckPage,
        asked: &Asked,
        names: Option<&Pseudonyms>,
    ) -> Result<Sheet, Refusal> {
        if names.is_some() {
            let error = "what is no longer found may have names that are not in this snapshot";
            return Err(Refusal::question(error, Some("open the older snapshot, and hand on its findings")));
        }
        self.findings(open, page, asked, None)
    }

    pub(crate) fn border(
        &self,
        open: &Open,
        page: &AnswerPage,
        asked: &Asked,
        names: Option<&Pseudonyms>,
    ) -> Result<Sheet, Refusal> {
        let rows = border_choices(open.reader(), asked)?.rows(&page.answers);
        let (rows, _) = Arranged::read(asked)?.of(open.reader(), rows);
        let answers: Vec<Answer> = rows.into_iter().cloned().collect();
        Ok(self.answer(&AnswerPage { answers, ..page.clone() }, names))
    }

    pub(crate) fn policies(
        &self,
        open: &Open,
        lines: &[PolicyLine],
        asked: &Asked,
        names: Option<&Pseudonyms>,
    ) -> Result<Sheet, Refusal> {
        let narrowed = policies_choices(open.reader(), asked)?;
        let rows: Vec<PolicyLine> =
            narrowed.rows(lines).into_iter().map(|row| self.told(row, names)).collect();
        Ok(export::policies(&policies_sentence(lines), &open.reader().snapshot_head(), &rows))
    }

    pub(crate) fn granted(
        &self,
        open: &Open,
        lines: &UseLines,
        asked: &Asked,
        names: Option<&Pseudonyms>,
    ) -> Result<Sheet, Refusal> {
        let narrowed = granted_choices(open.reader(), asked)?;
        let rows: Vec<UseLine> =
            narrowed.rows(&lines.lines).into_iter().map(|row| self.told(row, names)).collect();
        let notes = self.told(&lines.notes, names);
        let sentence = granted_sentence(lines);
        Ok(export::granted(&sentence, &open.reader().snapshot_head(), &lines.since, &rows, &notes))
    }

    pub(crate) fn coverage(
        &self,
        open: &Open,
        page: &CoveragePage,
        asked: &Asked,
        names: Option<&Pseudonyms>,
    ) -> Result<Sheet, Refusal> {
        let (accounts, gaps) = of_accounts(open.reader(), page, asked)?;
        let accounts = accounts.into_iter().cloned().collect();
        let gaps = gaps.into_iter().cloned().collect();
        Ok(export::coverage(&self.told(&CoveragePage { accounts, gaps, ..page.clone() }, names)))
    }

    pub(crate) fn changes(&self, page: &ChangesPage, names: Option<&Pseudonyms>) -> Sheet {
        export::changes(&self.told(page, names))
    }
}
