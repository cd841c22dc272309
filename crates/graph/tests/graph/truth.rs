//! Generated accounts tell what is true of them: every planted fact has to be found, and nothing beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clavicle_catalog::{ArnForm, Word, catalog};
use clavicle_engine::{Action, Dependency, Verdict};
use clavicle_graph::{Actor, Begin, Chain, Goal, Limits, Stated, Target, Wanted, World};
use clavicle_snapshot::{AccountId, PrincipalIndex};
use serde_json::Value;

/// A generated account, and what is true of it; `None`, said aloud, where the generators are not.
fn generated(size: &str) -> Option<(World, Value)> {
    let made = clavicle_testkit::generated_account(size, 7)?;
    Some((world(made.folder()), made.truth()))
}

fn world(folder: &Path) -> World {
    let import = ["organization.json", "accounts"]
        .iter()
        .fold(clavicle_snapshot::Import::new(), |import, part| import.source(folder.join(part)));
    let imported = import.run(|_| ()).expect("what the generator writes imports");
    assert_eq!(imported.warnings, []);
    let snapshot = clavicle_snapshot::Snapshot::read(&imported.database, |_, _| ()).expect("it loads");
    World::new(snapshot, catalog(), Stated::default(), |_, _| ())
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().expect(key)
}

fn rows<'v>(truth: &'v Value, key: &str) -> &'v [Value] {
    truth[key].as_array().expect(key)
}

fn arn(world: &World, actor: &Actor) -> String {
    match actor {
        Actor::Principal(index) => world.snapshot().principal(*index).arn.to_string(),
        other => format!("{other:?}"),
    }
}

/// The thing that a request names: an object's is its bucket.
fn target(world: &World, named: &str) -> Target {
    let bucket = named.starts_with("arn:aws:s3:::").then(|| named.split('/').next().unwrap_or(named));
    let found = world.snapshot().resource_by_arn(bucket.unwrap_or(named));
    Target::Resource(found.expect(named))
}

#[test]
fn exactly_the_listed_principals_reach_a_sealed_resource() {
    let Some((world, truth)) = generated("small") else { return };
    let when = world.context(&BTreeMap::new());
    assert!(!rows(&truth, "sealed_resources").is_empty());
    for sealed in rows(&truth, "sealed_resources") {
        let (named, action) = (text(sealed, "resource"), text(sealed, "action"));
        let target = target(&world, named);
        let own = world.arn_of(&target);
        let form = if *own == *named { ArnForm::Itself } else { ArnForm::Under("/k/object") };
        let wanted = [Wanted { action: Action::new(action), form }];
        let found = world.who_can(&wanted, &target, &when);
        let names: BTreeSet<String> = found.iter().map(|access| arn(&world, &access.actor)).collect();
        let allowed: BTreeSet<String> =
            rows(sealed, "allowed").iter().map(|arn| arn.as_str().expect("an ARN").to_owned()).collect();
        assert_eq!(names, allowed, "{named}");
        assert!(found.iter().all(|access| access.how.ruling.verdict == Verdict::Allowed), "{named}");
    }
}

#[test]
fn every_vendor_enters_by_its_role_and_external_ids_are_conditions() {
    let Some((world, truth)) = generated("small") else { return };
    for vendor in rows(&truth, "vendor_roles") {
        let role = world.snapshot().principal_by_arn(text(vendor, "role")).expect("the role is there");
        let account = AccountId::parse(text(vendor, "vendor_account")).expect("an account");
        let into = world.becomes_into(role);
        let entry = into.iter().find(|known| world.account_of(&known.from) == Some(account));
        assert!(entry.is_some(), "{vendor}");
        let Some(entry) = entry else { continue };
        let guarded = entry.ruling.depends_on.iter().any(|on| on.to_string() == "sts:externalid");
        assert_eq!(Some(guarded), vendor["external_id_required"].as_bool(), "{vendor}");
    }
}

#[test]
fn administrators_are_those_who_may_do_everything() {
    let Some((world, truth)) = generated("small") else { return };
    let listed = |key| rows(&truth, key).iter().map(|arn| arn.as_str().expect("an ARN").to_owned());
    let planted: BTreeSet<String> = listed("admins").chain(listed("admins_with_mfa")).collect();
    let found: BTreeSet<String> = world
        .administrators()
        .iter()
        .map(|index| world.snapshot().principal(*index).arn.to_string())
        .collect();
    // The truth speaks of identity policies before SCPs; those that the organization stops are no administrators.
    assert!(found.is_subset(&planted), "{:?}", found.difference(&planted).collect::<Vec<_>>());
    for missing in planted.difference(&found) {
        let index = world.snapshot().principal_by_arn(missing).expect("it is there");
        let when = world.context(&BTreeMap::new());
        let someone = missing.rsplit_once('/').map(|(head, _)| format!("{head}/someone")).expect("a path");
        let account = world.snapshot().principal(index).account;
        let attach = Action::new(if missing.contains(":user/") {
            "iam:AttachUserPolicy"
        } else {
            "iam:AttachRolePolicy"
        });
        let ruling = world.decide(
            &Actor::Principal(index),
            &attach,
            &Target::Arn(someone.into(), Some(account)),
            None,
            &when,
        );
        assert!(!ruling.may(), "{missing}: {ruling:?}");
    }
}

#[test]
fn public_resources_and_grants_to_other_accounts_are_found_in_the_matrix() {
    let Some((world, truth)) = generated("small") else { return };
    for planted in rows(&truth, "public_resources").iter().chain(rows(&truth, "external_grants")) {
        let named = text(planted, "resource");
        let index = world.snapshot().resource_by_arn(named).expect(named);
        let account = world.snapshot().resource(index).account.expect("an owner");
        let touches = world.touches(account);
        let outside = || touches.outside.iter().filter(|touch| touch.resource == index);
        match planted.get("account").and_then(Value::as_str) {
            Some(other) => {
                let other = AccountId::parse(other).expect("an account");
                assert!(outside().any(|touch| world.account_of(&touch.actor) == Some(other)), "{planted}");
            }
            // What was not seen (a block of public access) may still stop what the policy gives to everyone; a
            // condition that the policy names makes it no gift to everyone.
            None => {
                let target = Target::Resource(index);
                let when = world.context(&BTreeMap::new());
                let open = outside().filter(|touch| touch.actor == Actor::Everyone).any(|touch| {
                    let given = |word: &&Word| (touch.allowed | touch.depends) >> **word as u8 & 1 == 1;
                    Word::ALL.iter().filter(given).any(|word| {
                        let found = world.who_can(&world.wanted(*word, &target), &target, &when);
                        let everyone = found.iter().find(|access| access.actor == Actor::Everyone);
                        everyone.is_some_and(|access| {
                            !access.how.ruling.depends_on.iter().any(|on| matches!(on, Dependency::Key(_)))
                        })
                    })
                });
                assert_eq!(Some(open), planted["public"].as_bool(), "{planted}");
            }
        }
    }
}

#[test]
fn what_was_planted_at_the_border_is_found_and_what_is_guarded_is_known_as_such() {
    use clavicle_graph::outside::{Breadth, Door, Opening, Outsider, Way};
    for size in ["small", "medium"] {
        let Some((world, truth)) = generated(size) else { return };
        let ways = world.ways_in();
        let into_role = |arn: &str| -> Vec<&Way> {
            let role = world.snapshot().principal_by_arn(arn).expect(arn);
            ways.iter().filter(|way| way.door == Door::Trust(role)).collect()
        };
        let to_thing = |arn: &str| -> Vec<&Way> {
            let thing = world.snapshot().resource_by_arn(arn).expect(arn);
            ways.iter().filter(|way| way.door == Door::Policy(thing)).collect()
        };
        for vendor in rows(&truth, "vendor_roles") {
            let account = AccountId::parse(text(vendor, "vendor_account"));
            let ways = into_role(text(vendor, "role"));
            let way = ways.iter().find(|way| way.outsider.account() == account).expect("the vendor's way");
            assert_eq!(Some(way.is_guarded()), vendor["external_id_required"].as_bool(), "{vendor}");
            assert!(way.opening() <= Opening::Conditional, "{vendor}: {way:?}");
        }
        for hole in rows(&truth, "oidc_wildcards") {
            let ways = into_role(text(hole, "role"));
            let way = ways.iter().find(|way| matches!(way.outsider, Outsider::Provider(_))).expect("a way");
            let wanted =
                if text(hole, "kind") == "any_repo_of_org" { Breadth::Owner } else { Breadth::Anyone };
            assert_eq!(way.breadth(), wanted, "{hole}");
        }
        for planted in rows(&truth, "public_resources") {
            let ways = to_thing(text(planted, "resource"));
            // A block of public access that nobody has shown may still stop what the policy gives.
            let public = ways.iter().any(|way| way.is_public() && way.opening() != Opening::Blocked);
            assert_eq!(Some(public), planted["public"].as_bool(), "{planted}");
        }
        for planted in rows(&truth, "external_grants") {
            let account = AccountId::parse(text(planted, "account"));
            let ways = to_thing(text(planted, "resource"));
            assert!(ways.iter().any(|way| way.outsider.account() == account), "{planted}");
        }
        // What nobody planted: roles that anyone at a shared provider enters, and things that are public.
        let holes: BTreeSet<String> =
            rows(&truth, "oidc_wildcards").iter().map(|it| text(it, "role").to_owned()).collect();
        for way in &ways {
            let shared = way.outsider.provider().is_some_and(clavicle_graph::outside::is_shared);
            let wide = shared && way.breadth() >= Breadth::Owner;
            if let (true, Door::Trust(role)) = (wide, way.door) {
                let arn = world.snapshot().principal(role).arn.to_string();
                assert!(holes.contains(&arn), "{arn}: {way:?}");
            }
            if way.is_public() && way.opening() != Opening::Blocked {
                let arn = world.arn_of(&way.door.target());
                let named = rows(&truth, "public_resources").iter().any(|it| text(it, "resource") == &*arn);
                assert!(named, "{arn}: {way:?}");
            }
            assert!(!matches!(way.outsider, Outsider::Service(_)), "{way:?}");
        }
    }
}

fn principal(world: &World, arn: &str) -> PrincipalIndex {
    world.snapshot().principal_by_arn(arn).expect(arn)
}

/// The fewest moves by which `from` gets to `to`; `None`: it does not.
fn moves(world: &World, from: &str, to: &str) -> Option<usize> {
    let begin = Begin::With(vec![Actor::Principal(principal(world, from))]);
    let goal = Goal::Become(principal(world, to));
    world.chains(&begin, &goal, &Limits::default()).chains.iter().map(Chain::moves).min()
}

#[test]
fn every_planted_chain_is_found_with_its_length_and_no_blocked_one() {
    for size in ["small", "medium"] {
        let Some((world, truth)) = generated(size) else { return };
        for chain in rows(&truth, "chains") {
            let nodes: Vec<&str> = rows(chain, "nodes").iter().filter_map(Value::as_str).collect();
            let (first, last) = (nodes[0], nodes[nodes.len() - 1]);
            let length = chain["length"].as_u64().and_then(|length| usize::try_from(length).ok());
            assert_eq!(moves(&world, first, last), length, "{size} {chain}");
            for edge in rows(chain, "edges") {
                assert_eq!(moves(&world, text(edge, "from"), text(edge, "to")), Some(1), "{size} {edge}");
            }
        }
        for chain in rows(&truth, "blocked_chains") {
            let nodes: Vec<&str> = rows(chain, "nodes").iter().filter_map(Value::as_str).collect();
            let begin = Begin::With(vec![Actor::Principal(principal(&world, nodes[0]))]);
            let found = world.chains(&begin, &Goal::Administrator(None), &Limits::default());
            assert!(found.chains.is_empty() && !found.more, "{size} {chain}: {found:?}");
        }
        for planted in rows(&truth, "self_escalations") {
            let begin = Begin::With(vec![Actor::Principal(principal(&world, text(planted, "principal")))]);
            let found = world.chains(&begin, &Goal::Administrator(None), &Limits::default());
            let one_step = found.chains.iter().any(|chain| chain.steps.len() == 1);
            assert_eq!(one_step, planted["blocked_by"].is_null(), "{size} {planted}");
        }
    }
}
