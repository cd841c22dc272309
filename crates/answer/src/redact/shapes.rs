//! Which parts of what is told hold names. Each shape is taken apart whole: a new field has to be put into one of the lists.

use std::collections::BTreeMap;

use clavicle_catalog::Word;

use super::{Pseudonyms, Redact};
use crate::shape::{
    Accepted, AcceptedIn, AccessChange, AccountCoverage, Answer, AnswerPage, Asked, AttachmentChange,
    BreakChange, Cause, ChangesPage, CheckPage, Citation, CoveragePage, CutIn, DocumentChange, Finding, Gap,
    GateOutcome, GuardIn, KnownAs, NearPolicy, NearestMiss, NeededAction, NotSeen, NotUnderstood, Pin,
    PolicySheet, PolicyTask, Reached, Reaches, SourceFile, StatementSheet, Step, StepAsk, StepMethod,
    TextLine, Thing, WayIn,
};
use crate::{PolicyLine, UseLine};

impl Redact for String {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        *self = pseudonyms.text(self);
    }
}

impl<T: Redact> Redact for Option<T> {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        self.iter_mut().for_each(|each| each.redact(pseudonyms));
    }
}

impl<T: Redact> Redact for Vec<T> {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        self.iter_mut().for_each(|each| each.redact(pseudonyms));
    }
}

impl Redact for BTreeMap<String, Vec<String>> {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        let told = std::mem::take(self).into_iter();
        self.extend(told.map(|(mut key, mut values)| {
            key.redact(pseudonyms);
            values.redact(pseudonyms);
            (key, values)
        }));
    }
}

impl Redact for BTreeMap<String, Option<String>> {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        let told = std::mem::take(self).into_iter();
        self.extend(told.map(|(mut key, mut value)| {
            key.redact(pseudonyms);
            value.redact(pseudonyms);
            (key, value)
        }));
    }
}

/// What is told, and what is kept as it is: numbers, words of this program, dates.
macro_rules! parted {
    ($page:expr, $pseudonyms:expr, $shape:ident { $($told:ident),* ; $($kept:ident),* }) => {
        let $shape { $($told,)* $($kept: _,)* } = $page;
        $($told.redact($pseudonyms);)*
    };
}

macro_rules! redacted {
    ($($shape:ident { $($told:ident),* ; $($kept:ident),* })*) => {$(
        impl Redact for $shape {
            fn redact(&mut self, pseudonyms: &Pseudonyms) {
                parted!(self, pseudonyms, $shape { $($told),* ; $($kept),* });
            }
        }
    )*};
}

redacted! {
    Asked { by, action, on, when, text; verb }
    NearestMiss { who, stops, pins, sentence; action }
    CutIn { to, statements, lost, sentence; breaks, smallest }
    NeededAction { on, why; action }
    Answer {
        label, who, on, actions, conditions, depends_on, ring, steps, way;
        count, access, admin, outside, severity
    }
    Step { from, to, conditions, unseen, sentence, pins, because, method, requests; relation, action }
    StepMethod { misuse, fix, check; id, title, pages }
    StepAsk { by, on, with, chosen, because; action }
    Pin { label, citations; layer, state, line }
    NotSeen { place, why; call, things }
    PolicySheet {
        permission_sets, tasks, equal, near, statements;
        kind, version, versions, actions, bearers, bounds, follows_bearer, size
    }
    PolicyTask { name, by, bearers; }
    NearPolicy { document, sid, other_sid; line, other_line }
    StatementSheet { gives, redundant, idle; statement }
    WayIn {
        from, standing, known, blocked_by, guards, subjects, missing, reaches, accepted;
        rule, outsider, door, opening, guarded, public, last_used, last_used_seen
    }
    Reaches { thing; kind, access, steps, conditional }
    KnownAs { name, why, source; by, until }
    GuardIn { key, values, text; kind, keeps_out, remark }
    AcceptedIn { by, why; until, expired }
    CheckPage { sentence, findings, accepted, not_seen, notes; schema, snapshot, catalog, as_of, rules, counts }
    Cause { thing, document, sid; statement, line }
    Reached { matter; access, kind, count }
    Accepted { who, why; until }
    AccessChange { label, who, on, sentence, because; change, widens, access, count, had, matters }
    DocumentChange {
        document, more, less, doubts, denies_less, denies_more, lines, declared_at;
        verdict, in_use
    }
    BreakChange { who, on; action, uses, last_used, certain }
    GateOutcome { because; verdict, stated }
    AttachmentChange { policy, bearer; change, may_widen }
    CoveragePage { sentence, accounts, gaps, sources, warnings; schema, snapshot, catalog, regions, services }
    AccountCoverage { id, name; cells }
    Gap { why, places, accounts, unseen; call, state, place_count, things, unseen_count }
    SourceFile { file; kind, bytes, modified }
    NotUnderstood { place, text; }
    UseLine {
        thing, label, members, because;
        count, standing, last_used, granted, used, unknown, unused, partly_seen
    }
    PolicyLine { name, account, attached_to; kind, seen, editable, attached, known_later, statements, tasks, equal, near }
}

impl Redact for AnswerPage {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        // Whoever asks may type names that the accounts do not have: objects, addresses, tags of a request.
        let Asked { verb: _, by, action, on, when, text: _ } = &self.question;
        let typed = [by, action, on].into_iter().flatten().map(String::as_str);
        let action = action.as_deref().filter(|action| Word::parse(action).is_some());
        let typed = typed.filter(|text| action != Some(text));
        let stated = when.iter().flat_map(|(key, values)| std::iter::once(key).chain(values));
        let pseudonyms = &pseudonyms.with(typed.chain(stated.map(String::as_str)));
        parted!(self, pseudonyms, AnswerPage {
            question, sentence, assumes, needs, answers, pins, closest, not_seen, notes, next, policy, cuts, nearest_miss;
            schema, verdict, snapshot, catalog, not_counted
        });
    }
}

impl Redact for ChangesPage {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        // Drafts have names that the accounts do not have yet.
        let lines = self.documents.iter().flat_map(|document| &document.lines);
        let pseudonyms = &pseudonyms.with(lines.map(|line| line.text.as_str()));
        parted!(self, pseudonyms, ChangesPage {
            sentence, access, documents, attachments, opened, closed, ways_opened, ways_closed, notes, breaks, gate;
            schema, verdict, old, new, catalog
        });
    }
}

impl Redact for Finding {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        let Self { id, rule: _, severity: _, reason, sentence, cause, reaches, fix, because, accepted } =
            self;
        // Made of the rule and the cause alone, so whoever guesses the cause could see that they are right.
        *id = pseudonyms.of(id);
        reason.redact(pseudonyms);
        sentence.redact(pseudonyms);
        cause.redact(pseudonyms);
        reaches.redact(pseudonyms);
        fix.redact(pseudonyms);
        because.redact(pseudonyms);
        accepted.redact(pseudonyms);
    }
}

impl Redact for (String, usize) {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        self.0.redact(pseudonyms);
    }
}

impl Redact for TextLine {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        let Self { sign: _, line: _, text } = self;
        *text = pseudonyms.document(text);
    }
}

impl Redact for Thing {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        let Self { name, arn, kind: _, account, known_as } = self;
        name.redact(pseudonyms);
        arn.redact(pseudonyms);
        account.redact(pseudonyms);
        if let Some(known) = known_as {
            // Lists of well-known accounts are no part of the snapshot.
            *known = pseudonyms.document(known);
        }
    }
}

impl Redact for Citation {
    fn redact(&mut self, pseudonyms: &Pseudonyms) {
        let Self {
            document,
            document_id,
            layer: _,
            effect: _,
            sid,
            statement: _,
            line: _,
            end_line: _,
            text,
            attached,
            declared,
            declared_at,
            marks,
            outcome: _,
        } = self;
        document.redact(pseudonyms);
        // The numbers of documents tell nobody anything who does not hold the snapshot.
        *document_id = None;
        if let Some(sid) = sid {
            *sid = pseudonyms.document(sid);
        }
        *text = pseudonyms.document(text);
        attached.redact(pseudonyms);
        declared.redact(pseudonyms);
        declared_at.redact(pseudonyms);
        // Their columns are those of the text as it was.
        marks.clear();
    }
}
