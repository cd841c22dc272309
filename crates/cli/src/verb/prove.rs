//! `prove`: something of every request at once. A no comes with a request that the engine has confirmed.

use clavicle_engine::{Fact, Principals};
use clavicle_prover::{Access, Document, Doubt, LONGEST, Limits, Magnitude, Store, Verdict, Witness};
use serde_json::{Value, json};

use super::ask::{exit, read, write};
use super::{prove_findings, prove_no_more, prove_not_granted};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::Tone;
use crate::machine::escaped;
use crate::policy_file::PolicyFile;
use crate::typed::{Accounts, Can, Claim, NotGranted, OnePolicy, Prove, TextOrJson, TwoPolicies};
use crate::{meaning, terminal};

/// Proves it, or shows why not.
pub(crate) fn run(typed: &Prove, accounts: &Accounts) -> Result<Exit, Failure> {
    match &typed.claim {
        Claim::Never(can) => never(can, accounts),
        Claim::NoMore(typed) => prove_no_more::run(typed, accounts),
        Claim::NoNewAccess(two) => pair(two, "no-new-access", |store, old, new| {
            store.implies(&new.access(), &old.access(), Limits::default())
        }),
        Claim::Equal(two) => {
            pair(two, "equal", |store, old, new| store.equal(&old.access(), &new.access(), Limits::default()))
        }
        Claim::Disjoint(two) => pair(two, "disjoint", |store, old, new| {
            store.disjoint(&old.access(), &new.access(), Limits::default())
        }),
        Claim::NotGranted(typed) => not_granted(typed),
        Claim::NotPublic(one) => not_public(one),
        Claim::Findings(typed) => prove_findings::run(typed),
    }
}

fn never(can: &Can, accounts: &Accounts) -> Result<Exit, Failure> {
    let asked = meaning::can(can)?;
    let (_, reader) = read(accounts)?;
    let answer = reader.never(&asked.question(&reader)?)?;
    write(&answer, &can.output, accounts)?;
    Ok(exit(answer.verdict, can.expect))
}

/// A claim about two policies.
fn pair(
    typed: &TwoPolicies,
    claim: &str,
    ask: impl FnOnce(&mut Store, &Document, &Document) -> Verdict,
) -> Result<Exit, Failure> {
    let files = [PolicyFile::read(&typed.old)?, PolicyFile::read(&typed.new)?];
    let principals = if files.iter().any(names) { Principals::Required } else { Principals::Ignored };
    let mut store = Store::new();
    let [old, new] = [&files[0], &files[1]].map(|file| store.compile(&file.policy, principals));
    let mut verdict = ask(&mut store, &old, &new);
    // A zone of trust, which the other claims may be about, tells who is in it and not how.
    if claim == "equal"
        && verdict.holds()
        && !store.let_in_alike(&files[0].policy, &files[1].policy, principals, Limits::default())
    {
        verdict = Verdict::Unknown(vec![Doubt::ByName]);
    }
    let counts = verdict.witness().and_then(|_| Counts::of(&mut store, &old, &new));
    tell(&Told { claim, files: &files, documents: &[old, new], verdict, counts, form: typed.form })
}

fn not_granted(typed: &NotGranted) -> Result<Exit, Failure> {
    if typed.actions.is_empty() && typed.resources.is_empty() {
        return Err(Failure::usage("this does not say what is not to be granted")
            .help("name an action with `--do`, a resource with `--on`, or both"));
    }
    let file = PolicyFile::read(&typed.policy.file)?;
    let mut store = Store::new();
    let document =
        store.compile(&file.policy, if names(&file) { Principals::Required } else { Principals::Ignored });
    let asked = prove_not_granted::granted(&mut store, &typed.actions, &typed.resources)?;
    let verdict = store.disjoint(&document.access(), &asked, Limits::default());
    tell(&Told {
        claim: "not-granted",
        files: &[file],
        documents: &[document],
        verdict,
        counts: None,
        form: typed.policy.form,
    })
}

fn not_public(typed: &OnePolicy) -> Result<Exit, Failure> {
    let file = PolicyFile::read(&typed.file)?;
    if !names(&file) {
        return Err(Failure::usage("this policy names no principals, so it is of no resource")
            .help("ask of the policy of a bucket, key, queue or role"));
    }
    let mut store = Store::new();
    let document = store.compile(&file.policy, Principals::Required);
    let verdict = store.not_public(&document, Limits::default());
    tell(&Told {
        claim: "not-public",
        files: &[file],
        documents: &[document],
        verdict,
        counts: None,
        form: typed.form,
    })
}

/// Does the policy name callers, as those of resources do?
pub(super) fn names(file: &PolicyFile) -> bool {
    file.policy.statements.iter().any(|statement| statement.principal.is_some())
}

/// What was found of a claim about files.
struct Told<'a> {
    claim: &'a str,
    files: &'a [PolicyFile],
    documents: &'a [Document],
    verdict: Verdict,
    counts: Option<Counts>,
    form: TextOrJson,
}

/// How much two policies allow, where that can be counted.
struct Counts {
    old: Magnitude,
    new: Magnitude,
    /// What only the new one allows, and what only the old one does.
    more: Magnitude,
    less: Magnitude,
}

impl Counts {
    fn of(store: &mut Store, old: &Document, new: &Document) -> Option<Self> {
        let (old, new) = (old.access(), new.access());
        let mut count = |access: &Access| store.count(access, &[&old, &new], LONGEST, Limits::default()).ok();
        Some(Self {
            more: count(&new.clone().and(old.clone().not()))?,
            less: count(&old.clone().and(new.clone().not()))?,
            old: count(&old)?,
            new: count(&new)?,
        })
    }

    fn sentence(&self, old: &str, new: &str) -> String {
        let [was, is, more, less] = [&self.old, &self.new, &self.more, &self.less].map(power);
        format!(
            "in numbers: {old} allows {was} requests, {new} {is}; {more} only {new}, {less} only {old}. Counted: actions \
             of the catalogue, texts of up to {LONGEST} characters, no value or one for each key that either names."
        )
    }

    fn json(&self) -> Value {
        json!({
            "longest": LONGEST,
            "old": self.old.log2(),
            "new": self.new.log2(),
            "more": self.more.log2(),
            "less": self.less.log2(),
        })
    }
}

/// `2^132.4`, or the number itself where it is small.
fn power(count: &Magnitude) -> String {
    match count.log2() {
        None => "0".to_owned(),
        Some(power) if power < 20.0 => count.to_string(),
        Some(power) => format!("2^{power:.1}"),
    }
}

fn tell(told: &Told<'_>) -> Result<Exit, Failure> {
    match told.form {
        TextOrJson::Text => {
            let mut page = terminal::page();
            match &told.verdict {
                Verdict::Holds => page.words(
                    0,
                    Tone::Strong,
                    &format!("PROVED for every request: {}.", told.sentence(true)),
                ),
                Verdict::Fails(witness) => {
                    page.words(0, Tone::Strong, &format!("NO. {}.", told.sentence(false)));
                    page.words(2, Tone::Plain, &format!("for example {witness}"));
                    if witness.uncatalogued {
                        page.words(2, Tone::Faint, "the catalogue does not have this action");
                    }
                    for place in told.matching(witness) {
                        page.words(2, Tone::Plain, &format!("matched by {place}"));
                    }
                    if let (Some(counts), [old, new]) = (&told.counts, told.files) {
                        page.words(2, Tone::Faint, &counts.sentence(&old.name, &new.name));
                    }
                }
                Verdict::Unknown(doubts) => {
                    page.words(0, Tone::Unseen, &format!("UNKNOWN whether {}.", told.sentence(true)));
                    for doubt in doubts {
                        page.words(2, Tone::Plain, &format!("? {}", told.doubt(doubt)));
                    }
                }
            }
            terminal::print(&page.into_text())?;
        }
        TextOrJson::Json => terminal::print(&(escaped(&format!("{:#}", told.json())) + "\n"))?,
    }
    Ok(match told.verdict {
        Verdict::Holds => Exit::Yes,
        Verdict::Fails(_) => Exit::No,
        Verdict::Unknown(_) => Exit::Undecided,
    })
}

impl Told<'_> {
    /// The claim, or what is so instead.
    fn sentence(&self, holds: bool) -> String {
        let name = |place: usize| self.files.get(place).map_or("", |file| file.name.as_str());
        let (old, new) = (name(0), name(1));
        match (self.claim, holds) {
            ("no-new-access", true) => format!("{new} allows nothing that {old} does not allow"),
            ("no-new-access", false) => format!("{new} allows what {old} does not allow"),
            ("equal", true) => format!("{old} and {new} allow the same"),
            ("equal", false) => format!("{old} and {new} do not allow the same"),
            ("disjoint", true) => format!("{old} and {new} allow nothing in common"),
            ("disjoint", false) => format!("{old} and {new} both allow something"),
            ("not-granted", true) => format!("{old} allows nothing of what was named"),
            ("not-granted", false) => format!("{old} allows some of what was named"),
            (_, true) => format!("{old} lets in nobody whom it does not name"),
            (_, false) => format!("{old} lets in those whom it does not name"),
        }
    }

    /// The statements of the files that match the request.
    fn matching(&self, witness: &Witness) -> Vec<String> {
        let place = |at: &clavicle_engine::StatementRef| {
            let of = self.documents.iter().position(|document| document.policy() == at.policy)?;
            let file = self.files.get(of)?;
            let statement = file.policy.statements.get(at.statement as usize)?;
            let effect = match statement.effect.as_ref()?.value {
                clavicle_policy::Effect::Allow => "Allow",
                clavicle_policy::Effect::Deny => "Deny",
            };
            Some(format!("the {effect} of {}", file.place(at.statement as usize)))
        };
        witness.matching.iter().filter_map(place).collect()
    }

    fn doubt(&self, doubt: &Doubt) -> String {
        if let Doubt::Unread(at) = doubt
            && let Some(of) = self.documents.iter().position(|document| document.policy() == at.policy)
            && let Some(file) = self.files.get(of)
        {
            return format!("{} could not be read, and decides", file.place(at.statement as usize));
        }
        doubt.to_string()
    }

    fn json(&self) -> Value {
        let (verdict, example, because, unknown) = match &self.verdict {
            Verdict::Holds => ("proved", Value::Null, Vec::new(), Vec::new()),
            Verdict::Fails(witness) => ("no", example(witness), self.matching(witness), Vec::new()),
            Verdict::Unknown(doubts) => {
                ("unknown", Value::Null, Vec::new(), doubts.iter().map(|doubt| self.doubt(doubt)).collect())
            }
        };
        json!({
            "schema": "clavicle.proof/1",
            "claim": self.claim,
            "policies": self.files.iter().map(|file| &file.name).collect::<Vec<_>>(),
            "verdict": verdict,
            "example": example,
            "because": because,
            "counts": self.counts.as_ref().map(Counts::json),
            "unknown": unknown,
            "facts": clavicle_catalog::catalog().data_date(),
        })
    }
}

/// A request, as JSON.
pub(super) fn example(witness: &Witness) -> Value {
    let keys = witness.keys.iter().filter_map(|(name, fact)| match fact {
        Fact::One(value) => Some((name.clone(), json!(value))),
        Fact::Many(values) => Some((name.clone(), json!(values))),
        Fact::Absent | Fact::Unknown | Fact::Present => None,
    });
    json!({
        "principal": witness.principal.as_ref().map(|principal| principal.text()),
        "action": witness.action,
        "resource": witness.resource,
        "context": keys.collect::<serde_json::Map<_, _>>(),
        "uncatalogued": witness.uncatalogued,
    })
}
