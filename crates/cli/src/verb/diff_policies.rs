//! `diff` of policy files, two or two folders of them: what a new text allows that the old one does not, and what it
//! denies no more, by access and not by text.
//!
//! Every line has a request that the engine has confirmed on both sides; "the same" is proved for every request.

use clavicle_answer::shape::GateOutcome;
use clavicle_answer::{Gate, GateAccess, gate_outcome};
use clavicle_engine::{Fact, Principals};
use clavicle_prover::{Difference, Document, Doubt, Limits, Region, Store};
use serde_json::{Value, json};

use super::diff;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::machine::escaped;
use crate::policy_file::PolicyFile;
use crate::report::{self, Remark, Remarks, Spot};
use crate::terminal;
use crate::text::{self, Page};
use crate::typed::{Changes, ChangesForm};

/// A policy in two states. One that is not there allows and denies nothing.
pub(super) struct Pair {
    pub(super) old: PolicyFile,
    pub(super) new: PolicyFile,
}

/// What came of several.
pub(super) struct Compared {
    told: Vec<Told>,
    gate: Option<Gate>,
}

/// Compares two files, or the files of two states one by one. `gate`: what fails.
pub(super) fn compare(pairs: Vec<Pair>, gate: Option<Gate>) -> Compared {
    Compared { told: pairs.into_iter().map(Told::of).collect(), gate }
}

/// Compares two and says what is allowed more and less.
pub(super) fn run(pair: Pair, gate: Option<Gate>, typed: &Changes) -> Result<Exit, Failure> {
    let compared = compare(vec![pair], gate);
    let text = match typed.form {
        ChangesForm::Text => {
            let mut page = terminal::page();
            compared.told.iter().for_each(|told| told.lay_out(&mut page, false));
            compared.lay_out_gate(&mut page, &compared.outcome());
            page.into_text()
        }
        ChangesForm::Json => {
            let only = compared.told.first().map(Told::json).unwrap_or_default();
            escaped(&format!("{only:#}")) + "\n"
        }
        ChangesForm::Md => compared.comment(0, &compared.outcome()),
        form => compared.reported(form)?,
    };
    diff::write(&text, typed)?;
    Ok(compared.exit(typed))
}

impl Compared {
    fn reported(&self, form: ChangesForm) -> Result<String, Failure> {
        diff::remarks(&self.remarks(0), form, || self.comment(0, &self.outcome()))
    }

    /// Is no policy different?
    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// `unread`: so many files that are different could not be read. `outcome`: of all together.
    pub(super) fn comment(&self, unread: usize, outcome: &GateOutcome) -> String {
        report::policies(&self.remarks(unread), &self.narrower(), outcome)
    }

    fn lay_out_gate(&self, page: &mut Page, outcome: &GateOutcome) {
        if self.gate.is_some() {
            text::gate(page, outcome);
        }
    }

    /// The same for people at a terminal.
    pub(super) fn lay_out(&self, page: &mut Page, unread: usize, outcome: &GateOutcome) {
        self.told.iter().for_each(|told| told.lay_out(page, true));
        page.line(&Ink::of(Tone::Strong, &self.sentence(unread)));
        self.lay_out_gate(page, outcome);
    }

    /// `1 widens · 1 narrows · 1 equal · 1 unknown · 1 not read`
    pub(super) fn sentence(&self, unread: usize) -> String {
        let counts: Vec<String> = ["widens", "changes", "narrows", "same", "unknown"]
            .into_iter()
            .filter_map(|verdict| {
                let count = self.told.iter().filter(|told| told.verdict() == verdict).count();
                let word = if verdict == "same" { "equal" } else { verdict };
                (count > 0).then(|| format!("{count} {word}"))
            })
            .chain((unread > 0).then(|| format!("{unread} not read")))
            .collect();
        if counts.is_empty() { "no policy is different".to_owned() } else { counts.join(" · ") }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "schema": "clavicle.diffs/1",
            "verdict": self.verdict(),
            "policies": self.told.iter().map(Told::json).collect::<Vec<_>>(),
            "facts": clavicle_catalog::catalog().data_date(),
        })
    }

    pub(super) fn verdict(&self) -> &'static str {
        let any = |wanted: &[&str]| self.told.iter().any(|told| wanted.contains(&told.verdict()));
        match (any(&["widens", "changes"]), any(&["narrows", "changes"])) {
            (true, true) => "changes",
            (true, false) => "widens",
            (false, _) if any(&["unknown"]) => "unknown",
            (false, true) => "narrows",
            (false, false) => "same",
        }
    }

    /// Wider policies fail. Of a policy by itself nobody knows whether it is about what matters.
    pub(super) fn outcome(&self) -> GateOutcome {
        let widens = self.told.iter().filter(|told| told.widens()).count();
        let open = |told: &&Told| told.halves().iter().any(|half| half.widens && half.is_open());
        let open = self.told.iter().filter(open).count();
        let say = |count: usize, what: &str| match count {
            0 => Vec::new(),
            1 => vec![format!("1 policy that {what}")],
            count => vec![format!("{count} policies that {what}")],
        };
        let not_understood = say(open, "could not be compared");
        match self.gate.unwrap_or_default().access {
            GateAccess::Any => gate_outcome(self.gate, say(widens, "lets more through"), &not_understood),
            GateAccess::Matter => {
                let mut all = say(widens, "may let more through to what matters");
                all.extend(not_understood);
                gate_outcome(self.gate, Vec::new(), &all)
            }
            GateAccess::None => gate_outcome(self.gate, Vec::new(), &[]),
        }
    }

    fn exit(&self, typed: &Changes) -> Exit {
        diff::exit(&self.outcome(), typed)
    }

    /// What widens, and what may.
    pub(super) fn remarks(&self, unread: usize) -> Remarks {
        let wider = self.told.iter().flat_map(|told| told.halves().into_iter().filter(|half| half.widens));
        let (mut list, mut open) = (Vec::new(), Vec::new());
        for half in wider {
            for region in &half.difference.regions {
                let actions = report::some(&actions(region));
                let sentence = format!(
                    "{} {} {actions}. For example {}: {}.",
                    half.new.name,
                    half.verb,
                    region.witness,
                    half.reason(region)
                );
                let place = half.spot(region.statement as usize);
                let sid = half.sid(region.statement as usize);
                list.push(Remark::in_policy(sentence, place, sid, Some(half.why())));
            }
            for doubt in &half.difference.doubts {
                let sentence =
                    format!("{} {} what is not known: {}.", half.new.name, half.verb, half.doubt(doubt));
                let place = Spot { file: half.new.name.clone(), line: 1, end_line: 1 };
                open.push(Remark::in_policy(sentence, place, None, None));
            }
        }
        list.append(&mut open);
        Remarks {
            sentence: self.sentence(unread),
            list,
            notes: Vec::new(),
            snapshot: None,
            catalog: clavicle_catalog::catalog().data_date().to_owned(),
        }
    }

    /// Lines about what is less, and what is the same.
    pub(super) fn narrower(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for told in &self.told {
            for half in told.halves().iter().filter(|half| !half.widens) {
                for region in &half.difference.regions {
                    let place = half.of.place(region.statement as usize);
                    lines.push(format!("{place} {} {}", half.verb, report::some(&actions(region))));
                }
            }
            match told.verdict() {
                "same" if !told.is_untouched() => {
                    lines.push(format!("{} has other text and the same access (proved)", told.new.name));
                }
                _ => {}
            }
        }
        lines
    }
}

/// What was found of one policy.
struct Told {
    old: PolicyFile,
    new: PolicyFile,
    before: Document,
    after: Document,
    /// Allowed now, and not before.
    more: Difference,
    /// Denied before, and now neither denied nor allowed.
    denied_less: Difference,
    less: Difference,
    denied_more: Difference,
}

/// What one side has and the other has not.
struct Half<'a> {
    /// `allows more:`
    verb: &'static str,
    widens: bool,
    /// The side whose statements make the difference.
    of: &'a PolicyFile,
    other: &'a PolicyFile,
    /// The other side.
    document: &'a Document,
    difference: &'a Difference,
    new: &'a PolicyFile,
}

impl Told {
    fn of(Pair { old, new }: Pair) -> Self {
        let mut store = Store::new();
        let names =
            |side: &PolicyFile| side.policy.statements.iter().any(|statement| statement.principal.is_some());
        let principals = if names(&old) || names(&new) { Principals::Required } else { Principals::Ignored };
        let before = store.compile(&old.policy, principals);
        let after = store.compile(&new.policy, principals);
        let limits = Limits::default;
        let mut more = store.difference(&after, &before.access(), limits());
        let mut less = store.difference(&before, &after.access(), limits());
        for (found, has, other) in [(&mut more, &new, &old), (&mut less, &old, &new)] {
            if found.is_none() && !store.lets_in_by_itself(&has.policy, &other.policy, principals, limits()) {
                found.doubts.push(Doubt::ByName);
            }
        }
        let denied_less = store.denied_only_by(&before, &after, limits());
        let denied_more = store.denied_only_by(&after, &before, limits());
        Self { old, new, before, after, more, denied_less, less, denied_more }
    }

    /// What widens, then what narrows.
    fn halves(&self) -> [Half<'_>; 4] {
        let half = |verb, widens, from_new: bool, difference| Half {
            verb,
            widens,
            of: if from_new { &self.new } else { &self.old },
            other: if from_new { &self.old } else { &self.new },
            document: if from_new { &self.before } else { &self.after },
            difference,
            new: &self.new,
        };
        [
            half("allows more:", true, true, &self.more),
            half("denies less:", true, false, &self.denied_less),
            half("allows less:", false, false, &self.less),
            half("denies more:", false, true, &self.denied_more),
        ]
    }

    fn widens(&self) -> bool {
        self.halves().iter().any(|half| half.widens && half.has_any())
    }

    fn is_untouched(&self) -> bool {
        self.new.policy == self.old.policy
    }

    fn verdict(&self) -> &'static str {
        let halves = self.halves();
        let has = |widens: bool| halves.iter().any(|half| half.widens == widens && half.has_any());
        let open = |widens: bool| halves.iter().any(|half| half.widens == widens && half.is_open());
        match (has(true), has(false)) {
            (true, true) => "changes",
            (true, false) => "widens",
            (false, _) if open(true) => "unknown",
            (false, true) => "narrows",
            (false, false) if open(false) => "unknown",
            (false, false) => "same",
        }
    }

    /// `named`: several are told of, so that each says which it is.
    fn lay_out(&self, page: &mut Page, named: bool) {
        for half in self.halves() {
            half.lay_out(page, named);
        }
        if self.verdict() != "same" {
            return;
        }
        if named {
            let text = if self.is_untouched() {
                format!("{} is the same policy", self.new.name)
            } else {
                format!("{} has other text and the same access (proved)", self.new.name)
            };
            page.words(0, Tone::Plain, &format!("~ {text}"));
        } else {
            let text =
                if self.is_untouched() { "the same policy" } else { "the same access, other text (proved)" };
            page.line(&Ink::of(Tone::Strong, text));
        }
    }

    fn json(&self) -> Value {
        json!({
            "schema": "clavicle.diff/1",
            "verdict": self.verdict(),
            "old": self.old.name,
            "new": self.new.name,
            "more": self.halves()[0].json(),
            "denies_less": self.halves()[1].json(),
            "less": self.halves()[2].json(),
            "denies_more": self.halves()[3].json(),
            "facts": clavicle_catalog::catalog().data_date(),
        })
    }
}

impl Half<'_> {
    fn has_any(&self) -> bool {
        !self.difference.regions.is_empty()
    }

    fn is_open(&self) -> bool {
        !self.difference.doubts.is_empty()
    }

    fn is_of_new(&self) -> bool {
        std::ptr::eq(self.of, self.new)
    }

    /// Where it stands in the new file. What went is nowhere in it: the file as a whole is meant.
    fn spot(&self, statement: usize) -> Spot {
        let span = self.of.policy.statements.get(statement).map(|found| found.span.0);
        let line = |at: Option<u32>| at.map_or(1, |at| self.of.line(at));
        if self.is_of_new() {
            let end = span.map(|span| span.end.saturating_sub(1).max(span.start));
            Spot { file: self.new.name.clone(), line: line(span.map(|span| span.start)), end_line: line(end) }
        } else {
            Spot { file: self.new.name.clone(), line: 1, end_line: 1 }
        }
    }

    fn sid(&self, statement: usize) -> Option<String> {
        let statement = self.of.policy.statements.get(statement)?;
        statement.sid.as_ref().map(|sid| sid.value.clone())
    }

    fn lay_out(&self, page: &mut Page, short: bool) {
        let (glyph, tone) = if self.widens { ("+", Tone::Depends) } else { ("−", Tone::Lets) };
        let when = if self.is_of_new() { "before:" } else { "now:" };
        for region in &self.difference.regions {
            let mut pieces = vec![Ink::of(tone, glyph), Ink::of(Tone::Strong, self.verb)];
            let actions = actions(region);
            // Of several policies the first are enough to see which one it is.
            let actions = if short { report::some(&actions) } else { actions.join(", ") };
            pieces.extend(actions.split(' ').map(Ink::plain));
            page.flow(0, 4, 1, &pieces);
            page.line(&Ink::of(Tone::Faint, &format!("    {}", self.of.place(region.statement as usize))));
            page.words(4, Tone::Plain, &format!("for example {}", region.witness));
            if region.witness.uncatalogued {
                page.words(4, Tone::Faint, "the catalogue does not have this action");
            }
            page.words(4, Tone::Plain, &format!("{when} {}", self.reason(region)));
        }
        for doubt in &self.difference.doubts {
            let mut pieces =
                vec![Ink::of(Tone::Unseen, "?"), Ink::of(Tone::Strong, self.verb), Ink::plain("unknown:")];
            pieces.extend(self.doubt(doubt).split(' ').map(Ink::plain));
            page.flow(0, 4, 1, &pieces);
        }
    }

    /// Why the other side has it not.
    fn reason(&self, region: &Region) -> String {
        if self.verb.starts_with("denies") {
            return format!("no Deny of {} matches it, so what else allows it holds", self.other.name);
        }
        let denied = region.witness.matching.iter().find(|statement| {
            let effect = self
                .other
                .policy
                .statements
                .get(statement.statement as usize)
                .and_then(|s| s.effect.as_ref());
            statement.policy == self.document.policy()
                && effect.is_some_and(|e| e.value == clavicle_policy::Effect::Deny)
        });
        match denied {
            Some(statement) => format!("denied by {}", self.other.place(statement.statement as usize)),
            None => format!("no Allow of {} matches it", self.other.name),
        }
    }

    /// Why more is let through.
    fn why(&self) -> &'static str {
        if self.is_of_new() {
            "the new text allows it, and the old one does not"
        } else {
            "the old text denied it"
        }
    }

    fn doubt(&self, doubt: &Doubt) -> String {
        match doubt {
            Doubt::Unread(statement) => {
                let side = if statement.policy == self.document.policy() { self.other } else { self.of };
                format!("{} could not be read, and decides", side.place(statement.statement as usize))
            }
            other => other.to_string(),
        }
    }

    fn json(&self) -> Value {
        let keys = |region: &Region| -> Value {
            let pairs = region.witness.keys.iter().filter_map(|(name, fact)| {
                Some((
                    name.clone(),
                    match fact {
                        Fact::One(value) => json!(value),
                        Fact::Many(values) => json!(values),
                        Fact::Absent | Fact::Unknown | Fact::Present => return None,
                    },
                ))
            });
            Value::Object(pairs.collect())
        };
        let regions: Vec<Value> = self
            .difference
            .regions
            .iter()
            .map(|region| {
                let statement = self.of.policy.statements.get(region.statement as usize);
                json!({
                    "statement": region.statement,
                    "sid": statement.and_then(|s| s.sid.as_ref()).map(|sid| &sid.value),
                    "line": statement.map(|s| self.of.line(s.span.0.start)),
                    "actions": region.actions,
                    "uncatalogued": region.uncatalogued,
                    "example": {
                        "principal": region.witness.principal.as_ref().map(|principal| {
                            if principal.text().is_empty() { "anonymous" } else { principal.text() }
                        }),
                        "action": region.witness.action,
                        "resource": region.witness.resource,
                        "context": keys(region),
                    },
                    "because": self.reason(region),
                })
            })
            .collect();
        let doubts: Vec<String> = self.difference.doubts.iter().map(|doubt| self.doubt(doubt)).collect();
        json!({"access": regions, "unknown": doubts})
    }
}

/// The patterns of a region, and what is said of names that the catalogue does not have.
fn actions(region: &Region) -> Vec<String> {
    let mut actions = region.actions.clone();
    if region.uncatalogued && actions != ["*"] {
        actions.push(
            if actions.is_empty() {
                "actions not in the catalogue"
            } else {
                "and others not in the catalogue"
            }
            .to_owned(),
        );
    }
    actions
}
