//! An answer as a picture: who, by which steps, to what; a column for each step.

use std::collections::BTreeMap;

use clavicle_answer::shape::{Answer, AnswerPage, Severity, Step, Thing};

use super::badge::badge_size;
use super::page::{Crown, Level, MapPage, Outline, Relation, ShapeKind, Tray};
use super::place::{Measure, place_by};
use super::plan::{Box, Column, Line, Plan};
use super::words::noun;
use crate::export::{acceptance, is_blocked, state, step_condition};

/// A column holds so many shapes, as on the other maps.
const MOST_ROWS: usize = 18;
/// Chains of more steps than this end early.
const MOST_COLUMNS: usize = 10;
/// How wide a column is.
const WIDTH: f64 = 236.0;
/// The least and the most room between two, for what stands on the lines.
const GAP: [f64; 2] = [120.0, 270.0];
/// The legend takes so much.
const LEGEND: f64 = 900.0;

/// The picture of an answer. `None`: it tells no steps. Answers stand worst first; those for which there is no room are
/// counted, as ways in are that something stops.
pub fn chains(page: &AnswerPage) -> Option<MapPage> {
    let told = page.answers.iter().filter(|answer| !answer.steps.is_empty());
    let (blocked, mut told): (Vec<&Answer>, Vec<&Answer>) = told.partition(|answer| is_blocked(answer));
    if told.is_empty() {
        return None;
    }
    told.sort_by_key(|answer| std::cmp::Reverse(answer.severity));
    let longest = told.iter().map(|answer| answer.steps.len()).filter(|steps| *steps < MOST_COLUMNS).max();
    let mut drawing = Drawing { longest: longest.unwrap_or(0), ..Drawing::default() };
    let (mut left_out, mut not_behind) = (0, 0);
    for answer in told {
        if drawing.add(page, answer) {
            not_behind += drawing.behind(page, answer);
        } else {
            left_out += 1;
        }
    }
    let left_out = [
        (left_out, "more answers, not drawn"),
        (not_behind, "more things behind a door, not drawn"),
        (blocked.len(), "blocked ways, not drawn"),
    ];
    Some(drawing.page(page, left_out))
}

/// What is drawn so far.
#[derive(Default)]
struct Drawing {
    /// So many steps has the longest chain that fits.
    longest: usize,
    boxes: Vec<Box>,
    /// By column, account and name.
    places: BTreeMap<(usize, Option<String>, String), usize>,
    lines: Vec<Line>,
    rows: [usize; MOST_COLUMNS],
    /// Is there a column for what lies behind the doors?
    behind: bool,
}

impl Drawing {
    /// Adds one answer; `false`: there is no room for all of it, and nothing was added.
    fn add(&mut self, page: &AnswerPage, answer: &Answer) -> bool {
        // What people ask about is one place: the beginning of what `what` tells, the end of all else.
        let ends = ends(page, answer);
        let inward = page.question.verb != "what";
        let first = if inward { (self.longest + 1).saturating_sub(ends.len()) } else { 0 };
        let columns = || ends.iter().zip(first..);
        let full = |column: usize| self.rows.get(column).is_none_or(|rows| *rows >= MOST_ROWS);
        let new =
            |(end, column): (&End<'_>, usize)| !self.places.contains_key(&key(column, end)) && full(column);
        if ends.len() > self.longest + 1 || columns().any(new) {
            return false;
        }
        let mut steps = answer.steps.iter();
        let mut before = None;
        for (end, column) in columns() {
            let at = self.place(column, end);
            if let Some(from) = before
                && let Some(step) = steps.next()
            {
                self.line(from, at, step, answer, &page.question.verb);
            }
            before = Some(at);
        }
        let start = self.places.get(&key(first, &ends[0])).and_then(|at| self.boxes.get_mut(*at));
        if let Some(start) = start {
            start.mark = start.mark.max(answer.severity);
            start.crown = start.crown.or((answer.admin && !answer.outside).then_some(Crown::Admin));
        }
        true
    }

    /// Draws what lies behind the door of an answer that was added, and says for how much there was no room.
    fn behind(&mut self, page: &AnswerPage, answer: &Answer) -> usize {
        let (Some(way), Some(step)) = (&answer.way, answer.steps.last()) else { return 0 };
        let ends = ends(page, answer);
        let door = ends.last().and_then(|door| self.places.get(&key(self.longest, door)).copied());
        let (Some(door), column) = (door, self.longest + 1) else { return 0 };
        let mut left_out = 0;
        for reached in &way.reaches {
            let thing = Thing {
                name: reached.thing.clone(),
                arn: None,
                kind: reached.kind.clone(),
                account: None,
                known_as: None,
            };
            let end = End { label: reached.thing.clone(), says: None, members: vec![&thing], thing: &thing };
            let is_full = self.rows.get(column).is_none_or(|rows| *rows >= MOST_ROWS);
            if is_full && !self.places.contains_key(&key(column, &end)) {
                left_out += 1;
                continue;
            }
            self.behind = true;
            let to = self.place(column, &end);
            let crown = if reached.kind == "administrator" { Crown::Admin } else { Crown::Matters };
            self.boxes[to].crown = Some(crown);
            let steps =
                if reached.steps == 1 { "1 step".to_owned() } else { format!("{} steps", reached.steps) };
            let condition = reached.conditional.then(|| "conditions hold".to_owned());
            let mut sentence = format!("{}, and on to {} in {steps}", step.sentence, reached.thing);
            if let Some(condition) = &condition {
                sentence.push_str(&format!(", if {condition}"));
            }
            self.lines.push(Line {
                from: door,
                to,
                relation: if reached.access == "become" { Relation::Becomes } else { Relation::Touches },
                again: 0,
                count: 1,
                letters: None,
                mark: answer.severity.filter(|mark| *mark > Severity::Low),
                condition,
                unseen: false,
                words: Some(format!("in {steps}")),
                sentence,
                change: None,
                pairs: Vec::new(),
            });
        }
        left_out
    }

    fn place(&mut self, column: usize, end: &End<'_>) -> usize {
        let key = key(column, end);
        if let Some(at) = self.places.get(&key) {
            return *at;
        }
        let (kind, dashed) = kind(end.thing);
        let at = self.boxes.len();
        self.boxes.push(Box {
            id: format!("{column}/{}", key.2),
            column,
            kind,
            label: end.label.clone(),
            sub: Some(end.says.map_or_else(|| noun(&end.thing.kind), str::to_owned)),
            count: end.members.len().max(1),
            service: None,
            equal: end.members.len() > 1,
            outline: match () {
                () if dashed => Outline::Dashed,
                () if end.members.len() > 1 => Outline::Double,
                () => Outline::Solid,
            },
            known: dashed.then_some(end.thing.known_as.is_some()),
            mark: None,
            crown: None,
            account: None,
            unit: None,
            members: end.members.iter().take(50).map(|member| member.called()).collect(),
            phrase: end.label.clone(),
            sentence: match end.members.len() {
                0 | 1 => end.thing.called(),
                many => format!("{many} equal: {}", end.label),
            },
            change: None,
        });
        self.rows[column] += 1;
        self.places.insert(key, at);
        at
    }

    /// Draws a step. Steps of the same two in the same relation are one line where they hold under the same condition.
    fn line(&mut self, from: usize, to: usize, step: &Step, answer: &Answer, verb: &str) {
        let (relation, letter) = relation(&step.relation);
        let one = answer.steps.len() == 1;
        let letters =
            letter.map(|letter| if one { letters(&answer.access, letter) } else { letter.to_string() });
        let condition = of_token(step, answer).unwrap_or_else(|| step_condition(step));
        let accepted = answer.way.as_ref().and_then(acceptance);
        // Where a condition has to be told, the line alone tells the relation.
        let words =
            accepted.or_else(|| (letter.is_none() && condition.is_empty()).then(|| step.relation.clone()));
        let sentence = answer
            .way
            .as_ref()
            .map_or_else(|| sentence(step), |way| format!("{} ({})", step.sentence, state(answer, way)));
        let condition = (!condition.is_empty()).then_some(condition);
        let same = |line: &&mut Line| (line.from, line.to, line.relation) == (from, to, relation);
        let again = self.lines.iter_mut().filter(same).count();
        let known = self.lines.iter_mut().filter(same).find(|line| {
            (&line.condition, &line.words, line.letters.is_some()) == (&condition, &words, letters.is_some())
        });
        if let Some(known) = known {
            known.mark = known.mark.max(answer.severity.filter(|mark| *mark > Severity::Low));
            if let (Some(had), Some(more)) = (&mut known.letters, letters) {
                let new: String = more.chars().filter(|letter| !had.contains(*letter)).collect();
                had.push_str(&new);
            }
            if !known.sentence.split("; ").any(|told| told == sentence) {
                known.sentence.push_str(&format!("; {sentence}"));
            }
            return;
        }
        let many = answer.count > 1 && one && verb != "what";
        self.lines.push(Line {
            from,
            to,
            relation,
            again,
            count: if many { answer.count as u64 } else { 1 },
            letters,
            mark: answer.severity.filter(|mark| *mark > Severity::Low),
            unseen: !step.unseen.is_empty(),
            condition,
            words,
            sentence,
            change: None,
            pairs: Vec::new(),
        });
    }

    fn page(self, page: &AnswerPage, left_out: [(usize, &str); 3]) -> MapPage {
        const IDS: [&str; MOST_COLUMNS] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
        const OUTWARD: [&str; MOST_COLUMNS] =
            ["WHO", "STEP 1", "STEP 2", "STEP 3", "STEP 4", "STEP 5", "STEP 6", "STEP 7", "STEP 8", "STEP 9"];
        const INWARD: [&str; MOST_COLUMNS] = [
            "TO WHAT",
            "1 STEP AWAY",
            "2 STEPS AWAY",
            "3 STEPS AWAY",
            "4 STEPS AWAY",
            "5 STEPS AWAY",
            "6 STEPS AWAY",
            "7 STEPS AWAY",
            "8 STEPS AWAY",
            "9 STEPS AWAY",
        ];
        let told = self.longest + 1;
        let used = told + usize::from(self.behind);
        let label = |at: usize| match &*page.question.verb {
            _ if at == told => "BEHIND IT",
            "what" => OUTWARD[at],
            // Where all are one step away, that is nothing to say.
            _ if told == 2 && at == 0 => "WHO",
            _ => INWARD[told - 1 - at],
        };
        let columns =
            (0..used).map(|at| Column { id: IDS[at], label: label(at), width: WIDTH, height: 38.0 });
        let wide = |line: &Line| badge_size(line, line.words.as_deref().unwrap_or_default()).0 + 50.0;
        let gap_behind = |column: usize| {
            let lines = self.lines.iter().filter(|line| self.boxes[line.from].column == column);
            lines.map(wide).fold(GAP[0], f64::max).min(GAP[1])
        };
        let gaps: Vec<f64> = (0..used.saturating_sub(1)).map(gap_behind).collect();
        let left_out = left_out.into_iter().filter(|(count, _)| *count > 0);
        let tray =
            left_out.map(|(count, label)| Tray { label: label.to_owned(), count, members: Vec::new() });
        let plan = Plan {
            level: Level::Account,
            title: page.question.text.clone(),
            crumbs: Vec::new(),
            columns: columns.collect(),
            boxes: self.boxes,
            lines: self.lines,
            tray: tray.collect(),
        };
        #[expect(clippy::cast_precision_loss, reason = "columns are few")]
        let width = used as f64 * WIDTH + gaps.iter().sum::<f64>();
        place_by(&plan, &Measure { width: width.max(LEGEND), pitch: 46.0, rows: 3, gaps })
    }
}

/// One end of a step as it is drawn.
struct End<'a> {
    thing: &'a Thing,
    label: String,
    /// What is said of it beside its name; `None`: what kind of thing it is.
    says: Option<&'a str>,
    members: Vec<&'a Thing>,
}

fn key(column: usize, end: &End<'_>) -> (usize, Option<String>, String) {
    (column, end.thing.account.clone(), end.label.clone())
}

/// The beginning of an answer, and where each of its steps leads. What `what` lists is labelled by its end, and who comes from
/// outside as in the list of ways in.
fn ends<'a>(page: &AnswerPage, answer: &'a Answer) -> Vec<End<'a>> {
    let outward = page.question.verb == "what";
    let single = |thing: &'a Thing| End {
        thing,
        label: thing.name.clone(),
        says: thing.known_as.as_deref(),
        members: vec![thing],
    };
    let Some(first) = answer.who.first().or_else(|| answer.steps.first().map(|step| &step.from)) else {
        return Vec::new();
    };
    let start = if let Some(way) = &answer.way {
        End { label: way.from.clone(), says: Some(&way.standing), ..single(first) }
    } else if outward || answer.who.len() < 2 {
        single(first)
    } else {
        End { label: answer.label.clone(), members: answer.who.iter().collect(), ..single(first) }
    };
    let mut ends: Vec<End<'_>> =
        std::iter::once(start).chain(answer.steps.iter().map(|step| single(&step.to))).collect();
    if answer.steps.len() == 1
        && answer.on.len() > 1
        && let Some(end) = ends.last_mut()
    {
        end.members = answer.on.iter().collect();
        end.label = if outward { answer.label.clone() } else { format!("{}, …", end.thing.name) };
    }
    ends
}

/// The mark of a thing, and whether it is from outside.
fn kind(thing: &Thing) -> (ShapeKind, bool) {
    match thing.kind.as_str() {
        "user" | "root" => (ShapeKind::User, false),
        "role" => (ShapeKind::Role, false),
        "group" => (ShapeKind::Group, false),
        "account" => (ShapeKind::Account, false),
        "unit" => (ShapeKind::Unit, false),
        "service" => (ShapeKind::Service, false),
        "provider" => (ShapeKind::Provider, true),
        "everyone" => (ShapeKind::Everyone, true),
        "outside" => (ShapeKind::Outside, true),
        "policy" => (ShapeKind::More, false),
        "administrator" => (ShapeKind::Account, false),
        kind => {
            let service = kind.split(':').next().unwrap_or(kind);
            match service {
                "lambda" | "ec2" | "ecs" | "eks" | "batch" | "glue" | "codebuild" | "sagemaker"
                | "states" => (ShapeKind::Workload, false),
                "kms" | "secretsmanager" | "ssm" => (ShapeKind::Secret, false),
                _ => (ShapeKind::Data, false),
            }
        }
    }
}

/// How a step is drawn, and with which letter.
fn relation(step: &str) -> (Relation, Option<char>) {
    match step {
        "becomes" | "gains" => (Relation::Becomes, None),
        "controls" | "passes" => (Relation::Controls, None),
        "runs as" => (Relation::RunsAs, None),
        "lists" => (Relation::Touches, Some('L')),
        "reads" => (Relation::Touches, Some('R')),
        "writes" => (Relation::Touches, Some('W')),
        "deletes" => (Relation::Touches, Some('D')),
        "runs" => (Relation::Touches, Some('X')),
        _ => (Relation::Touches, None),
    }
}

/// What the token of an identity provider has to say, without the provider before each key: that stands beside it. For whom
/// a sign-in is meant every token says. `None`: no such step, or something was not seen.
fn of_token(step: &Step, answer: &Answer) -> Option<String> {
    let way = answer.way.as_ref().filter(|way| way.outsider == "provider" && step.unseen.is_empty())?;
    let told = way.guards.iter().filter(|guard| guard.kind != "audience");
    let short = told.map(|guard| match guard.key.rsplit_once(':') {
        Some((_, last)) => guard.text.replacen(&guard.key, last, 1),
        None => guard.text.clone(),
    });
    Some(short.collect::<Vec<_>>().join(" and "))
}

/// A step in words, with what was not seen about it.
fn sentence(step: &Step) -> String {
    if step.unseen.is_empty() {
        return step.sentence.clone();
    }
    format!("{} ({})", step.sentence, step_condition(step))
}

/// The letters of all the words of access; at least that of the step.
fn letters(access: &[String], step: char) -> String {
    let all = [("list", 'L'), ("read", 'R'), ("write", 'W'), ("delete", 'D'), ("run", 'X'), ("control", 'C')];
    let has = |word: &str| access.iter().any(|known| known == word);
    all.into_iter().filter(|(word, letter)| has(word) || *letter == step).map(|(_, letter)| letter).collect()
}
