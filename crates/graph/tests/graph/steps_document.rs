//! `docs/steps.md` is written from the methods: this says whether it is what they say, and with
//! `CLAVICLE_WRITE_DOCS=1` writes it.

use std::fmt::Write as _;
use std::path::Path;

use clavicle_graph::{Ask, Method, MethodKind, NOT_CLAIMED, On, Tried, Way, methods};

const HEAD: &str = "# Steps

How somebody comes by rights that nobody gave them: every method that chains are made of. This page is written from the
methods themselves (`crates/graph/src/steps`). A step by a method is there only if every request of one of its ways may
be, as the engine decides on effective permissions: identity, boundary, organization and the thing's own policies. Where
a role is passed, `iam:PassRole` on that role for that service and the role's trust policy count too.

";

const KINDS: [(MethodKind, &str); 8] = [
    (MethodKind::ChangesOwnRights, "Changes own rights"),
    (MethodKind::TakesOverPrincipal, "Takes over a user or role"),
    (MethodKind::PassesRole, "Hands a role to something new"),
    (MethodKind::EntersWorkload, "Alters or enters what runs as a role"),
    (MethodKind::IdentityCenter, "Through IAM Identity Center"),
    (MethodKind::Organization, "Through AWS Organizations"),
    (MethodKind::Data, "Gets at data or secrets"),
    (MethodKind::Door, "Opens a door to the outside"),
];

fn tried(way: &Way) -> String {
    match way.on {
        Tried::Passed(service) => format!("a role that trusts `{service}`: `iam:PassRole`, "),
        Tried::Workloads(kind) => format!("a `{kind}` with a role: "),
        _ => String::new(),
    }
}

fn asked(ask: &Ask) -> String {
    let on = match ask.on {
        On::New(kind) => format!(" on a new `{kind}`"),
        On::Some(kind) => format!(" on some `{kind}`"),
        On::Seen(kind) => format!(" on a `{kind}` that was seen"),
        On::OfAws(_) => " on a document of AWS's".to_owned(),
        On::RoleOfSubject => " on its role".to_owned(),
        On::ClusterOfSubject => " on its cluster".to_owned(),
        On::GroupOfSubject => " on a group that has it".to_owned(),
        On::PolicyOfSubject => " on a policy that it has".to_owned(),
        _ => String::new(),
    };
    format!("`{}`{on}", ask.action)
}

fn row(method: &Method, page: &mut String) {
    let ways = method.ways.iter().map(|way| {
        let asks: Vec<String> = way.asks.iter().map(asked).collect();
        format!("{}{}", tried(way), asks.join(", "))
    });
    let ways: Vec<String> = ways.collect();
    let takes = if ways.is_empty() { "no permission of the asker's".to_owned() } else { ways.join("; or ") };
    let pages: Vec<String> =
        method.pages.iter().enumerate().map(|(place, page)| format!("[{}]({page})", place + 1)).collect();
    let _ = writeln!(page, "### {}: {}\n", method.id, method.title);
    let _ = writeln!(page, "- Takes: {takes}.");
    let _ = writeln!(page, "- Misuse: {}", method.misuse);
    let _ = writeln!(page, "- Fix: {}", method.fix);
    let _ = writeln!(page, "- Check: {}", method.check);
    let _ = writeln!(page, "- AWS: {}\n", pages.join(", "));
}

fn written() -> String {
    let mut page = HEAD.to_owned();
    for (kind, title) in KINDS {
        let of_kind: Vec<&Method> = methods().filter(|method| method.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let _ = writeln!(page, "## {title}\n");
        of_kind.into_iter().for_each(|method| row(method, &mut page));
    }
    let _ = writeln!(page, "## No steps\n\nWritten of elsewhere, and claimed here of nobody.\n");
    for (id, why) in NOT_CLAIMED {
        let _ = writeln!(page, "- {id}: {why}");
    }
    format!("{}\n", page.trim_end())
}

#[test]
fn the_page_of_steps_is_what_the_methods_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/steps.md");
    if std::env::var_os("CLAVICLE_WRITE_DOCS").is_some() {
        std::fs::write(&path, written()).expect("it can be written");
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let hint = "`CLAVICLE_WRITE_DOCS=1 cargo test -p clavicle-graph --test graph steps_document` writes it";
    assert!(page == written(), "`docs/steps.md` is not what the methods say; {hint}");
}
