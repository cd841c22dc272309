//! `diff` of two policy files: what a new text of a policy allows that the old one does not, by access and not by text.
//!
//! Every line has a request that the engine has confirmed on both sides; "the same" is proved for every request.

use clavicle_engine::{Fact, Principals};
use clavicle_prover::{Difference, Document, Doubt, Limits, Region, Store};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::machine::escaped;
use crate::policy_file::PolicyFile;
use crate::terminal;
use crate::text::Page;
use crate::typed::{ChangesForm, Diff};

/// Compares the two and says what is allowed more and less.
pub(super) fn run(typed: &Diff) -> Result<Exit, Failure> {
    let Some(new) = &typed.new else { return Err(Failure::usage("with what is the policy to be compared?")) };
    let (old, new) = (PolicyFile::read(&typed.old)?, PolicyFile::read(new)?);
    let mut store = Store::new();
    let names =
        |side: &PolicyFile| side.policy.statements.iter().any(|statement| statement.principal.is_some());
    let principals = if names(&old) || names(&new) { Principals::Required } else { Principals::Ignored };
    let before = store.compile(&old.policy, principals);
    let after = store.compile(&new.policy, principals);
    let more = store.difference(&after, &before.access(), Limits::default());
    let less = store.difference(&before, &after.access(), Limits::default());
    let told = Told {
        more: Half { of: &new, other: &old, document: &before, difference: &more },
        less: Half { of: &old, other: &new, document: &after, difference: &less },
    };
    match typed.changes.form {
        ChangesForm::Text => {
            let mut page = terminal::page();
            told.lay_out(&mut page);
            terminal::print(&page.into_text())?;
        }
        ChangesForm::Md => {
            return Err(Failure::usage("two policy files are compared as text or json")
                .help("`-o md` is for accounts"));
        }
        ChangesForm::Json => terminal::print(&(escaped(&format!("{:#}", told.json())) + "\n"))?,
    }
    Ok(told.exit())
}

/// What was found.
struct Told<'a> {
    more: Half<'a>,
    less: Half<'a>,
}

/// What one side allows and the other does not.
struct Half<'a> {
    of: &'a PolicyFile,
    other: &'a PolicyFile,
    /// The other side.
    document: &'a Document,
    difference: &'a Difference,
}

impl Told<'_> {
    /// 1 for a policy that allows more; 3 where it is not known whether it does.
    fn exit(&self) -> Exit {
        match (self.more.difference.regions.as_slice(), self.more.difference.doubts.as_slice()) {
            ([_, ..], _) => Exit::No,
            ([], [_, ..]) => Exit::Undecided,
            ([], []) => Exit::Yes,
        }
    }

    fn verdict(&self) -> &'static str {
        let has = |half: &Half<'_>| !half.difference.regions.is_empty();
        let open = |half: &Half<'_>| !half.difference.doubts.is_empty();
        match (has(&self.more), has(&self.less)) {
            (true, true) => "changes",
            (true, false) => "widens",
            (false, _) if open(&self.more) => "unknown",
            (false, true) => "narrows",
            (false, false) if open(&self.less) => "unknown",
            (false, false) => "same",
        }
    }

    fn lay_out(&self, page: &mut Page) {
        self.more.lay_out(page, "+", Tone::Depends, "allows more:", "before:");
        self.less.lay_out(page, "−", Tone::Lets, "allows less:", "now:");
        if self.verdict() == "same" {
            let text = if self.more.of.policy == self.more.other.policy {
                "the same policy"
            } else {
                "the same access, other text (proved)"
            };
            page.line(&Ink::of(Tone::Strong, text));
        }
    }

    fn json(&self) -> Value {
        json!({
            "schema": "clavicle.diff/1",
            "verdict": self.verdict(),
            "old": self.less.of.name,
            "new": self.more.of.name,
            "more": self.more.json(),
            "less": self.less.json(),
            "facts": clavicle_catalog::catalog().data_date(),
        })
    }
}

impl Half<'_> {
    fn lay_out(&self, page: &mut Page, glyph: &str, tone: Tone, heading: &str, other: &str) {
        for region in &self.difference.regions {
            let mut pieces = vec![Ink::of(tone, glyph), Ink::of(Tone::Strong, heading)];
            let actions = actions(region);
            let last = actions.len().saturating_sub(1);
            pieces.extend(actions.iter().enumerate().map(|(place, action)| {
                Ink::plain(&if place == last { action.clone() } else { format!("{action},") })
            }));
            page.flow(0, 4, 1, &pieces);
            page.line(&Ink::of(Tone::Faint, &format!("    {}", self.of.place(region.statement as usize))));
            page.words(4, Tone::Plain, &format!("for example {}", region.witness));
            if region.witness.uncatalogued {
                page.words(4, Tone::Faint, "the catalogue does not have this action");
            }
            page.words(4, Tone::Plain, &format!("{other} {}", self.reason(region)));
        }
        for doubt in &self.difference.doubts {
            let mut pieces =
                vec![Ink::of(Tone::Unseen, "?"), Ink::of(Tone::Strong, heading), Ink::plain("unknown:")];
            pieces.extend(self.doubt(doubt).split(' ').map(Ink::plain));
            page.flow(0, 4, 1, &pieces);
        }
    }

    /// Why the other side does not allow the example.
    fn reason(&self, region: &Region) -> String {
        let policy = self.document.policy();
        let denied = region.witness.matching.iter().find(|statement| {
            let effect = self
                .other
                .policy
                .statements
                .get(statement.statement as usize)
                .and_then(|s| s.effect.as_ref());
            statement.policy == policy && effect.is_some_and(|e| e.value == clavicle_policy::Effect::Deny)
        });
        match denied {
            Some(statement) => format!("denied by {}", self.other.place(statement.statement as usize)),
            None => format!("no Allow of {} matches it", self.other.name),
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
                        Fact::Absent | Fact::Unknown => return None,
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
                    "line": statement.map(|s| s.span.0.line(&self.of.text)),
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
