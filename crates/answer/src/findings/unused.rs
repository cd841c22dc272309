//! `unused-role`, `unused-user`, `unused-key` and `unused-password`: what nobody has used for long.

use clavicle_snapshot::{AccessKey, Credentials, LastUsed, PrincipalIndex, PrincipalKind, PrincipalRecord};
use jiff::civil::Date;

use super::check::day;
use super::found::Found;
use super::{Family, Look, Rule};
use crate::count::counted;
use crate::shape::{Cause, Severity};

pub(super) const FAMILY: Family =
    Family { rules: &[UNUSED_ROLE, UNUSED_USER, UNUSED_KEY, UNUSED_PASSWORD], look };

/// So many days without use are long.
const LONG: i64 = 90;

const REPORT: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html";
const REMOVE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html";

const UNUSED_ROLE: Rule = Rule {
    id: "unused-role",
    title: "nobody has become a role for long",
    means: "The source says that the role was last used 90 days or more before the day of the snapshot (or `--now`). Or AWS knows no use within the 400 days that it looks back. The role is older than 90 days. Roles whose last use was not seen, and roles of AWS's own, are not looked at.",
    why: "It is a way in that nobody watches, and whatever it may do is for whoever finds it.",
    fix: "Look for what would still become it (a workload that runs once a year, a vendor), then take its policies off or delete it. A role that is needed again is made again from code.",
    severity: "Medium for an administrator; else low.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html", REMOVE],
};

const UNUSED_USER: Rule = Rule {
    id: "unused-user",
    title: "nobody has signed in as a user for long",
    means: "The credential report was seen, and the user has a password or active keys. None of them was used within 90 days of the day of the snapshot (or `--now`), and the user is older than that.",
    why: "A password or key that nobody uses is missed by nobody when it is stolen, and works until somebody ends it.",
    fix: "Deactivate the keys and the password, wait whether anything fails, then delete the user.",
    severity: "High for an administrator; else medium.",
    sources: &[REPORT, REMOVE],
};

const UNUSED_KEY: Rule = Rule {
    id: "unused-key",
    title: "an access key has not been used for long",
    means: "An active access key was last used 90 days or more before the day of the snapshot (or `--now`), or never and is older than that. The user has other credentials that are in use, else the finding is unused-user.",
    why: "A key works from anywhere until somebody ends it, and nobody would notice that this one is gone or copied.",
    fix: "Deactivate the key, wait whether anything fails, then delete it.",
    severity: "High for an administrator; else medium.",
    sources: &[REPORT, REMOVE],
};

const UNUSED_PASSWORD: Rule = Rule {
    id: "unused-password",
    title: "a console password has not been used for long",
    means: "A user's console password was last used 90 days or more before the day of the snapshot (or `--now`). Or it never was, and the user is older than that. Other credentials of the user are in use, else the finding is unused-user.",
    why: "Passwords are guessed, used twice and phished. One that is not needed is risk without use.",
    fix: "Delete the console password of the user; keys go on working.",
    severity: "High for an administrator without a second factor; else medium without one, else low.",
    sources: &[REPORT, REMOVE],
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let Some(as_of) = look.as_of else { return Vec::new() };
    let snapshot = look.reader.world().snapshot();
    let all = snapshot.principals.iter().enumerate().map(|(at, record)| (PrincipalIndex::at(at), record));
    all.flat_map(|(index, record)| match record.kind {
        PrincipalKind::Role => role(look, as_of, index, record).into_iter().collect(),
        PrincipalKind::User => user(look, as_of, index, record),
        PrincipalKind::Group => Vec::new(),
    })
    .collect()
}

fn role(look: &Look<'_>, as_of: Date, index: PrincipalIndex, record: &PrincipalRecord) -> Option<Found> {
    if record.path.starts_with("/aws-service-role/") || record.path.starts_with("/aws-reserved/") {
        return None;
    }
    let LastUsed { at, .. } = record.last_used.as_ref()?;
    let old_enough = record.created.as_deref().and_then(day).is_some_and(|made| is_long(as_of, made));
    let idle = match at.as_deref() {
        Some(at) => is_long(as_of, day(at)?),
        None => true,
    };
    if !(old_enough && idle) {
        return None;
    }
    let admin = look.reader.world().is_admin(index);
    let name = look.reader.thing_of_principal(index).name;
    let runs = look.reader.world().runs_as(index).len();
    let runs = if runs == 0 {
        String::new()
    } else {
        format!(" {} would run as it.", counted(runs, "workload", "workloads"))
    };
    Some(found(
        look,
        UNUSED_ROLE.id,
        index,
        Vec::new(),
        if admin {
            (Severity::Medium, "it is an administrator")
        } else {
            (Severity::Low, "it is no administrator")
        },
        format!("{name} {}.{runs}", last_used_words(as_of, at.as_deref())),
        "take its policies off, or delete it",
    ))
}

fn user(look: &Look<'_>, as_of: Date, index: PrincipalIndex, record: &PrincipalRecord) -> Vec<Found> {
    let Some(credentials) = &record.credentials else { return Vec::new() };
    let Some(made) = record.created.as_deref().and_then(day) else { return Vec::new() };
    let Credentials { password, password_last_used, mfa, keys } = credentials;
    let has_password = *password == Some(true);
    let password_idle = has_password && is_idle(as_of, password_last_used.as_deref(), made);
    let active: Vec<&AccessKey> = keys.iter().filter(|key| key.active).collect();
    let key_idle = |key: &AccessKey| {
        let since = key.rotated.as_deref().and_then(day).unwrap_or(made);
        is_idle(as_of, key.last_used.as_deref(), since)
    };
    let idle: Vec<&AccessKey> = active.iter().copied().filter(|key| key_idle(key)).collect();
    let name = look.reader.thing_of_principal(index).name;
    let admin = look.reader.world().is_admin(index);
    let key_worth = if admin {
        (Severity::High, "it is a lasting credential of an administrator")
    } else {
        (Severity::Medium, "it is a lasting credential")
    };
    let something = has_password || !active.is_empty();
    if something && idle.len() == active.len() && password_idle == has_password {
        let mut has = Vec::new();
        if has_password {
            has.push(format!("a password that {}", last_used_words(as_of, password_last_used.as_deref())));
        }
        has.extend(
            idle.iter().map(|key| {
                format!("an access key that {}", last_used_words(as_of, key.last_used.as_deref()))
            }),
        );
        let sentence = format!("{name} has {}.", crate::page::listed(&has));
        let fix = "deactivate its keys and its password, then delete it";
        return vec![found(look, UNUSED_USER.id, index, Vec::new(), key_worth, sentence, fix)];
    }
    let mut all = Vec::new();
    for key in idle {
        let made = key.rotated.as_deref().unwrap_or_default();
        let of = made.get(..10).map_or(String::new(), |day| format!(" of {day}"));
        let used = last_used_words(as_of, key.last_used.as_deref());
        let sentence = format!("{name} has an active access key{of} that {used}.");
        let fix = "deactivate the key, then delete it";
        // A report has no names of keys; no two keys of a user are made at one time.
        all.push(found(look, UNUSED_KEY.id, index, vec![made.to_owned()], key_worth, sentence, fix));
    }
    if password_idle {
        let used = last_used_words(as_of, password_last_used.as_deref());
        let worth = match (*mfa == Some(true), admin) {
            (false, true) => (Severity::High, "it is an administrator's, without a second factor"),
            (false, false) => (Severity::Medium, "no second factor was seen"),
            (true, _) => (Severity::Low, "a second factor is needed besides"),
        };
        let sentence = format!("{name} has a console password that {used}.");
        all.push(found(
            look,
            UNUSED_PASSWORD.id,
            index,
            Vec::new(),
            worth,
            sentence,
            "delete the console password",
        ));
    }
    all
}

fn found(
    look: &Look<'_>,
    rule: &'static str,
    index: PrincipalIndex,
    more: Vec<String>,
    (severity, reason): (Severity, &str),
    sentence: String,
    fix: &str,
) -> Found {
    let record = look.reader.world().snapshot().principal(index);
    // A user or role that was deleted and made anew is another one.
    let mut key = vec![record.arn.to_string(), record.id.as_deref().unwrap_or_default().to_owned()];
    key.extend(more);
    Found {
        rule,
        key,
        severity,
        reason: reason.to_owned(),
        sentence,
        cause: Cause {
            thing: look.reader.thing_of_principal(index),
            document: None,
            statement: None,
            sid: None,
            line: None,
        },
        reaches: Vec::new(),
        fix: fix.to_owned(),
        because: Vec::new(),
        outsider: None,
    }
}

/// Not used for long; or never, and there for long.
fn is_idle(as_of: Date, last_used: Option<&str>, since: Date) -> bool {
    match last_used {
        Some(at) => day(at).is_some_and(|at| is_long(as_of, at)),
        None => is_long(as_of, since),
    }
}

fn is_long(as_of: Date, since: Date) -> bool {
    days(as_of, since) >= LONG
}

fn days(as_of: Date, since: Date) -> i64 {
    i64::from(as_of.since(since).map_or(0, |span| span.get_days()))
}

fn last_used_words(as_of: Date, at: Option<&str>) -> String {
    match at.and_then(day) {
        Some(at) => format!(
            "was last used on {at}, {} ago",
            counted(usize::try_from(days(as_of, at)).unwrap_or(0), "day", "days")
        ),
        None => "was never used, as far as AWS looks back".to_owned(),
    }
}
