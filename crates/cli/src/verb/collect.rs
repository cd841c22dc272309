//! `collect`: the facts of live accounts become one saved snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clavicle_collect::{
    Allowing, Collected, Collection, Event, Planned, Scope, WholeOrganization, Whom, calls,
    calls_of_an_aggregator, policies,
};
use clavicle_snapshot::{CONTENT, CoverageState, Snapshot};

use super::import;
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::progress::{Bar, Report as _};
use crate::typed::Collect;
use crate::{failure, out_file, policy_fault, second_factor, terminal, warnings};

/// So many warnings of a kind are said.
const MOST_WARNINGS: usize = 8;

/// Lists the calls, prints their policy, or makes them and saves.
pub(crate) fn run(typed: &Collect) -> Result<Exit, Failure> {
    if let Some(name) = typed.role_name.as_ref().filter(|name| !is_role(name)) {
        return Err(Failure::usage(format!("`{name}` is not the name of a role"))
            .help("with its path, if it has one: clavicle-read or audit/clavicle-read"));
    }
    if typed.print_policy {
        return print_policies(typed);
    }
    if typed.dry_run {
        return list_calls(typed);
    }
    let (folder, state) = match &typed.out {
        // Found out at the end, it would have been collected for nothing.
        Some(out) if out.is_dir() => {
            return Err(Failure::usage(format!(
                "cannot save the snapshot as `{}`: this is a folder",
                out.display()
            ))
            .help("name a file, for example `-o acct.clav`"));
        }
        Some(out) if out.metadata().is_ok_and(|it| !it.is_file()) => {
            return Err(Failure::usage(format!(
                "cannot save the snapshot as `{}`: this is no ordinary file",
                out.display()
            ))
            .help("name a file, for example `-o acct.clav`"));
        }
        Some(out) => (None, beside(out)),
        None => {
            let folder = DataFolder::find()?;
            folder.make()?;
            let state = folder.path().join("collecting");
            (Some(folder), state)
        }
    };
    let organization = organization(typed)?;
    let collection = Collection {
        profile: typed.profile.clone(),
        region: typed.region.clone(),
        regions: typed.regions.clone(),
        organization,
        aggregator: typed.config_aggregator.clone(),
        state,
        resume: typed.resume,
        at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        ask_code: second_factor::asked_for(),
    };
    let watch = Watch::new(Bar::new(), kinds_of_calls(typed).len());
    let collected = collection.run(&|event| watch.hear(event));
    drop(watch);
    save(typed, folder.as_ref(), collected?)
}

/// One policy as it stands, several as a list; or into a folder, each in a file of its own.
fn print_policies(typed: &Collect) -> Result<Exit, Failure> {
    if typed.org {
        organization(typed)?;
    }
    let policies = policies(typed.role_name.as_deref(), typed.config_aggregator.is_some());
    let pretty = |document: &serde_json::Value| {
        serde_json::to_string_pretty(document).map(|text| text + "\n").unwrap_or_default()
    };
    let of_each = policies.iter().filter(|allowing| allowing.whom == Whom::EachAccount).count();
    if let Some(folder) = &typed.out {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("make the folder", folder, &error))?;
        for (number, Allowing { whom, document }) in (1..).zip(&policies) {
            let name = match whom {
                Whom::EachAccount => format!("clavicle-read-{number}.json"),
                Whom::Caller => "clavicle-collect.json".to_owned(),
            };
            out_file::write(&folder.join(name), &pretty(document))?;
        }
    } else {
        let documents = policies.iter().map(|allowing| allowing.document.clone());
        let whole = match &policies[..] {
            [one] => one.document.clone(),
            _ => documents.collect(),
        };
        terminal::print(&pretty(&whole))?;
    }
    let mut page = terminal::side_page();
    if of_each > 0 {
        let these = if of_each == 1 {
            "the first policy".to_owned()
        } else {
            format!("the first {of_each} policies")
        };
        let text = format!(
            "{these}: for the caller, and for the role in each account of an organization; the last one: for the caller alone"
        );
        page.words(0, Tone::Plain, &text);
    }
    terminal::say(page);
    Ok(Exit::Yes)
}

/// May a role be called so? It becomes a part of ARNs, where a wildcard would mean other roles.
///
/// AWS: IAM User Guide, "IAM and AWS STS quotas", "IAM name requirements"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
fn is_role(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    name.split('/').all(|part| !part.is_empty() && part.bytes().all(letter))
}

fn organization(typed: &Collect) -> Result<Option<WholeOrganization>, Failure> {
    match (&typed.role_name, typed.org) {
        (Some(role_name), true) => Ok(Some(WholeOrganization {
            role_name: role_name.clone(),
            external_id: typed.external_id.clone(),
        })),
        (None, true) => Err(Failure::usage("`--org` needs the name of the role to assume in each account")
            .help("clavicle collect --org --role-name clavicle-read")),
        (Some(_), false) => Err(Failure::usage("`--role-name` is for the accounts of an organization")
            .help("add `--org`; a role for one account is a profile with `role_arn`")),
        (None, false) => Ok(None),
    }
}

/// Where an unfinished collection into this file is kept.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(".collecting");
    out.with_file_name(name)
}

fn save(typed: &Collect, folder: Option<&DataFolder>, collected: Collected) -> Result<Exit, Failure> {
    let snapshot = Snapshot::read(&collected.database, |_, _| ())?;
    warnings::say(&collected.warnings, MOST_WARNINGS);
    policy_fault::say(&snapshot, MOST_WARNINGS);
    let database = &collected.database;
    let path = match (&typed.out, folder) {
        (Some(path), _) => {
            database.save(path)?;
            path.clone()
        }
        (None, Some(folder)) => folder.save_new(&snapshot.id, |path| database.save_new(path))?,
        (None, None) => return Err(Failure::input("there is no place to save the snapshot")),
    };
    collected.is_saved().map_err(|error| Failure::input(error.problem))?;
    let mut page = terminal::page();
    import::summary(&mut page, &snapshot, &path, typed.out.is_some());
    if snapshot.not_seen().any(|row| row.state == CoverageState::Denied) {
        page.line(&Ink::plain("      clavicle collect --print-policy: the policies that allow it"));
    }
    terminal::print(&page.into_text())?;
    // What is never read is missing from every snapshot.
    let partial = typed.strict && snapshot.not_seen().any(|row| &*row.reason != CONTENT);
    Ok(if partial { Exit::Input } else { Exit::Yes })
}

fn planned(typed: &Collect) -> Vec<Planned> {
    if typed.config_aggregator.is_some() { calls_of_an_aggregator() } else { calls() }
}

/// The names of the calls, once each.
fn kinds_of_calls(typed: &Collect) -> BTreeSet<String> {
    planned(typed).into_iter().map(|planned| planned.call).collect()
}

fn list_calls(typed: &Collect) -> Result<Exit, Failure> {
    let mut page = terminal::page();
    let planned = planned(typed);
    let kinds = kinds_of_calls(typed).len();
    let head = format!("{kinds} kinds of calls, all of them read-only; nothing is called now");
    page.line(&Ink::of(Tone::Strong, &head));
    for (scope, title) in [
        (Scope::Organization, "once for the organization"),
        (Scope::Account, "once for each account"),
        (Scope::Region, "in each enabled region of each account"),
    ] {
        let rows: Vec<Vec<Ink>> = planned
            .iter()
            .filter(|planned| planned.scope == scope)
            .map(|planned| {
                let needs = if planned.actions.is_empty() {
                    "no permission".to_owned()
                } else {
                    planned.actions.join(", ")
                };
                let needs = if needs == planned.call { String::new() } else { format!("needs {needs}") };
                vec![Ink::plain(&planned.call), Ink::of(Tone::Faint, &needs)]
            })
            .collect();
        if !rows.is_empty() {
            page.line(&Ink::of(Tone::Faint, &format!("  {}", title.to_uppercase())));
            page.table(4, &rows);
        }
    }
    if typed.org {
        page.words(2, Tone::Plain, "and sts:AssumeRole of the role in each account");
    }
    page.line(&Ink::plain("next: clavicle collect --print-policy"));
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

/// Says on stderr how it goes on: a line for each account that is done, and a bar below while there is a terminal.
struct Watch {
    state: Mutex<Watched>,
}

struct Watched {
    bar: Bar,
    accounts: BTreeMap<String, Watching>,
    done: u64,
    total: u64,
    /// How many kinds of calls there are.
    kinds: usize,
}

struct Watching {
    name: String,
    started: Instant,
    left: usize,
    regions: usize,
    requests: u64,
    /// The services, and the first call of each that was not answered.
    services: BTreeMap<String, Option<(String, String)>>,
}

impl Watch {
    fn new(bar: Bar, kinds: usize) -> Self {
        Self { state: Mutex::new(Watched { bar, accounts: BTreeMap::new(), done: 0, total: 0, kinds }) }
    }

    fn hear(&self, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Begun(identity) => {
                let who = identity.arn.rsplit(':').next().unwrap_or(&identity.arn).to_owned();
                let pieces = [
                    format!("as {who} in {}", identity.account),
                    format!("· read-only, {} kinds of calls (--dry-run lists them)", state.kinds),
                    "· no secret values, no environment variables".to_owned(),
                    "· if it is stopped, --resume goes on".to_owned(),
                ];
                let mut page = terminal::side_page();
                page.flow(2, 4, 1, &pieces.map(|piece| Ink::plain(&piece)));
                terminal::say(page);
            }
            Event::Clock(ahead) => {
                let how = if ahead.is_negative() { "behind" } else { "ahead of" };
                let text = format!(
                    "the clock of this machine is {} {how} AWS's, whose time is taken for this collection",
                    amount_of_time(ahead.abs())
                );
                let mut page = terminal::side_page();
                failure::lay_out_warning(&mut page, &text, None);
                terminal::say(page);
            }
            Event::Discarded { at } => {
                let mut page = terminal::side_page();
                let text =
                    format!("an unfinished collection of {at} is given up (--resume would go on with it)");
                failure::lay_out_warning(&mut page, &text, None);
                terminal::say(page);
            }
            Event::Accounts(accounts) => {
                for (id, name) in accounts {
                    let name = if name.is_empty() { id.clone() } else { name };
                    let watching = Watching {
                        name,
                        started: Instant::now(),
                        left: 0,
                        regions: 0,
                        requests: 0,
                        services: BTreeMap::new(),
                    };
                    state.accounts.insert(id, watching);
                }
            }
            Event::Account { account, units, regions } => {
                state.total += units as u64;
                let Some(watching) = state.accounts.get_mut(&account) else { return };
                (watching.left, watching.regions) = (units, regions);
                if units == 0 {
                    let line = vec![
                        Ink::of(Tone::Strong, &watching.name),
                        Ink::of(Tone::Unseen, "✕ sts:AssumeRole was refused: nothing of it is read"),
                    ];
                    state.bar.above(|page| page.table(2, std::slice::from_ref(&line)));
                }
            }
            Event::Unit { account, service, gap, requests } => {
                state.done += 1;
                let (done, total) = (state.done, state.total);
                state.bar.report("collecting", done, total);
                let Some(watching) = state.accounts.get_mut(&account) else { return };
                (watching.left, watching.requests) = (watching.left.saturating_sub(1), requests);
                let known = watching.services.entry(service).or_default();
                *known = known.take().or(gap);
                if watching.left == 0 {
                    let line = watching.line();
                    state.bar.above(|page| page.flow(2, 4, 3, &line));
                }
            }
        }
    }
}

/// `7 minutes`, `25 hours`, `4 days`: roughly.
fn amount_of_time(long: jiff::SignedDuration) -> String {
    let minutes = usize::try_from(long.as_mins()).unwrap_or_default();
    let counted = crate::amount::counted;
    match minutes {
        0..120 => counted(minutes, "minute", "minutes"),
        120..2880 => counted(minutes / 60, "hour", "hours"),
        _ => counted(minutes / 1440, "day", "days"),
    }
}

/// So many services that were not seen whole are named when an account is done.
const MOST_GAPS: usize = 6;

impl Watching {
    /// `prod   61 services ✓   secretsmanager ✕ AccessDenied: secretsmanager:GetResourcePolicy   3 regions, 812 requests, 48 s`
    fn line(&self) -> Vec<Ink> {
        let mut pieces = vec![Ink::of(Tone::Strong, &self.name)];
        let gaps: Vec<_> =
            self.services.iter().filter_map(|(name, gap)| Some((name, gap.as_ref()?))).collect();
        let whole = crate::amount::counted(self.services.len() - gaps.len(), "service", "services");
        pieces.push(Ink::plain(&format!("{whole} ✓")));
        for (service, (call, why)) in gaps.iter().take(MOST_GAPS) {
            pieces.push(Ink::of(Tone::Unseen, &format!("{service} ✕ {why}: {call}")));
        }
        if let Some(more) = gaps.len().checked_sub(MOST_GAPS).filter(|more| *more > 0) {
            let more = crate::amount::counted(more, "service", "services");
            pieces.push(Ink::of(Tone::Unseen, &format!("{more} more ✕ (snapshots --coverage lists all)")));
        }
        let regions = crate::amount::counted(self.regions, "region", "regions");
        let requests = crate::amount::counted(
            usize::try_from(self.requests).unwrap_or(usize::MAX),
            "request",
            "requests",
        );
        let seconds = self.started.elapsed().as_secs();
        pieces.push(Ink::of(Tone::Faint, &format!("{regions}, {requests}, {seconds} s")));
        pieces
    }
}
