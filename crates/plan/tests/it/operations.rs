//! The safe order, against a model that knows no barriers and no schedule.

use std::collections::BTreeSet;

use meridian_graph::{InstanceKey, Outcome, ResourceAddress};
use meridian_plan::{Action, OperationKind, Operations, Plan, ResourceChange, operations};
use meridian_resource::ProviderKey;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::world::*;

fn address(resource: usize) -> ResourceAddress {
    ResourceAddress::new("fake_box", &format!("r{resource}"))
}

/// One resource: what it refers to, what it referred to, and what becomes of its instances.
#[derive(Clone, Debug)]
struct Resource {
    refers: BTreeSet<usize>,
    referred: BTreeSet<usize>,
    instances: Vec<(Action, bool)>,
}

fn resource(number: usize, count: usize) -> impl Strategy<Value = Resource> {
    use Action::*;
    let action = prop::sample::select(vec![NoOp, Create, Update, Replace, Replace, Delete, Delete]);
    let instances = prop::collection::vec((action, any::<bool>()), 1..4);
    // Configurations have no circles; what the state remembers may.
    let refers = prop::collection::btree_set(0..number.max(1), 0..3);
    let referred = prop::collection::btree_set(0..count, 0..3);
    (refers, referred, instances).prop_map(move |(mut refers, mut referred, instances)| {
        refers.remove(&number);
        referred.remove(&number);
        Resource { refers, referred, instances }
    })
}

fn resources() -> impl Strategy<Value = Vec<Resource>> {
    (1..7_usize)
        .prop_flat_map(|count| (0..count).map(|number| resource(number, count)).collect::<Vec<_>>())
}

/// The plan that the planner would make of them: what leans on an object that goes first follows.
fn plan_of(resources: &[Resource]) -> Plan {
    let mut goes_first = BTreeSet::new();
    let mut plan = Plan::default();
    for (number, resource) in resources.iter().enumerate() {
        let must_follow = resource.refers.iter().any(|it| goes_first.contains(it));
        for (key, (action, create_first)) in resource.instances.iter().enumerate() {
            let create_first = *create_first && !must_follow && *action == Action::Replace;
            if *action == Action::Replace && !create_first {
                goes_first.insert(number);
            }
            let of = |numbers: &BTreeSet<usize>| numbers.iter().map(|it| address(*it)).collect();
            let gone = *action == Action::Delete;
            plan.changes.push(ResourceChange {
                previous_address: None,
                importing: None,
                generated_config: None,
                address: address(number).instance(Some(InstanceKey::Index(key as u64))),
                deposed: None,
                provider: ProviderKey::parse("fake"),
                region: "home".into(),
                action: *action,
                reason: None,
                before: None,
                after: None,
                replace_paths: Vec::new(),
                create_first,
                configured_create_first: false,
                calls: Vec::new(),
                dependencies: of(if gone { &resource.referred } else { &resource.refers }),
                prior_dependencies: of(&resource.referred),
                prior_provider: None,
                stale: false,
                notices: Vec::new(),
                former_region: None,
                deletion: None,
            });
        }
    }
    plan
}

/// A piece of work that people would name: making or deleting the object of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Work {
    change: usize,
    deletes: bool,
}

/// Something that waits for all of a group, and whether it may be given up in favour of others.
struct Rule {
    waits: Work,
    group: Vec<Work>,
    rank: u8,
}

fn works(plan: &Plan) -> Vec<Work> {
    let mut works = Vec::new();
    for (change, it) in plan.changes.iter().enumerate() {
        if it.action != Action::Delete {
            works.push(Work { change, deletes: false });
        }
        if matches!(it.action, Action::Delete | Action::Replace) {
            works.push(Work { change, deletes: true });
        }
    }
    works
}

/// The rules of the safe order, as the design tells them.
fn rules(plan: &Plan) -> Vec<Rule> {
    let all = works(plan);
    let of = |resource: &ResourceAddress, deletes: bool| -> Vec<Work> {
        let here = |it: &&Work| plan.changes[it.change].address.resource == *resource;
        all.iter().filter(here).filter(|it| it.deletes == deletes).copied().collect()
    };
    let mut rules = Vec::new();
    for work in &all {
        let change = &plan.changes[work.change];
        let own = |deletes| vec![Work { change: work.change, deletes }];
        let replaces = change.action == Action::Replace;
        if !work.deletes {
            for needed in &change.dependencies {
                rules.push(Rule { waits: *work, group: of(needed, false), rank: 0 });
            }
            if replaces && !change.create_first {
                rules.push(Rule { waits: *work, group: own(true), rank: 0 });
            }
            continue;
        }
        if replaces && change.create_first {
            rules.push(Rule { waits: *work, group: own(false), rank: 0 });
        }
        let here = &change.address.resource;
        for other in &plan.changes {
            let refers = other.dependencies.contains(here);
            if !refers && !other.prior_dependencies.contains(here) {
                continue;
            }
            let dependent = &other.address.resource;
            let rank = if refers { 1 } else { 2 };
            rules.push(Rule { waits: *work, group: of(dependent, true), rank });
            if !replaces || change.create_first {
                rules.push(Rule { waits: *work, group: of(dependent, false), rank: 2 });
            }
        }
    }
    rules
}

/// Whether one piece waits for another in the end, by rules up to this rank.
fn waits_for(rules: &[Rule], from: Work, to: Work, rank: u8) -> bool {
    let mut open = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(here) = open.pop() {
        for rule in rules.iter().filter(|rule| rule.rank <= rank && rule.waits == here) {
            for next in &rule.group {
                if *next == to {
                    return true;
                }
                if seen.insert(*next) {
                    open.push(*next);
                }
            }
        }
    }
    false
}

/// Runs the schedule with some of it under way at once; gives when each piece began and ended.
fn run(mut work: Operations, choices: &[Index]) -> Vec<(Work, usize, usize)> {
    let mut choices = choices.iter().cycle();
    let mut began = vec![None; work.list.len()];
    let mut ended = vec![None; work.list.len()];
    let mut under_way: Vec<usize> = Vec::new();
    for clock in 0.. {
        while under_way.len() < 3
            && let Some(piece) = work.schedule.start()
        {
            assert_eq!(began[piece].replace(clock), None, "it began twice");
            under_way.push(piece);
        }
        if under_way.is_empty() {
            break;
        }
        let choice = choices.next().map_or(0, |it| it.index(under_way.len()));
        let piece = under_way.swap_remove(choice);
        ended[piece] = Some(clock);
        work.schedule.finish(piece, Outcome::Done);
    }
    assert!(work.schedule.is_complete());
    let pieces = work.list.iter().zip(began.into_iter().zip(ended));
    pieces
        .filter(|(it, _)| !matches!(it.kind, OperationKind::Ready | OperationKind::Gone))
        .map(|(it, (began, ended))| {
            let deletes = it.kind == OperationKind::Delete;
            let work = Work { change: it.change, deletes };
            (work, began.expect("it began"), ended.expect("it ended"))
        })
        .collect()
}

proptest! {
    #[test]
    fn everything_runs_once_in_the_safe_order(
        resources in resources(),
        choices in prop::collection::vec(any::<Index>(), 1..30),
    ) {
        let plan = plan_of(&resources);
        let times = run(operations(&plan), &choices);
        let mut ran: Vec<Work> = times.iter().map(|it| it.0).collect();
        ran.sort();
        prop_assert_eq!(ran, works(&plan), "each piece once");
        let time = |work: Work| times.iter().find(|it| it.0 == work).expect("it ran");
        let rules = rules(&plan);
        for rule in &rules {
            let circular = rule.group.iter().any(|it| waits_for(&rules, *it, rule.waits, rule.rank));
            prop_assert!(!(circular && rule.rank == 0), "what is made goes in no circle");
            for needed in rule.group.iter().filter(|_| !circular) {
                let (_, began, _) = time(rule.waits);
                let (_, _, ended) = time(*needed);
                prop_assert!(ended < began, "{:?} before {needed:?} in {plan:#?}", rule.waits);
            }
        }
    }
}

/// The order in which the pieces of a plan run, one at a time.
fn order(old: &str, new: &str) -> Vec<String> {
    let plan = plan_in(World::of(old), new);
    let mut times = run(operations(&plan), &[]);
    times.sort_by_key(|it| it.1);
    let name = |work: &Work| {
        let verb = if work.deletes { "delete" } else { "make" };
        format!("{verb} {}", plan.changes[work.change].address.resource.name)
    };
    times.iter().map(|(work, ..)| name(work)).collect()
}

#[test]
fn what_moves_to_another_object_moves_before_the_old_one_goes() {
    let text = |keys: &str, used: &str| {
        let keys = keys
            .split(' ')
            .map(|key| format!("resource \"fake_box\" \"{key}\" {{ name = \"{key}\" }}\n"));
        let user = format!(
            "resource \"fake_box\" \"user\" {{\n name = \"user\"\n parent = fake_box.{used}.id\n}}"
        );
        keys.collect::<String>() + &user
    };
    let expected = ["make new", "make user", "delete old"];
    assert_eq!(order(&text("old", "old"), &text("new", "new")), expected);
}

#[test]
fn a_replaced_object_goes_after_its_users_have_moved() {
    let text = |name: &str| {
        format!(
            "resource \"fake_box\" \"key\" {{ name = \"{name}\" }}\n\
             resource \"fake_box\" \"user\" {{\n name = \"user\"\n parent = fake_box.key.id\n}}"
        )
    };
    assert_eq!(order(&text("a"), &text("b")), ["make key", "make user", "delete key"]);
    let flavored =
        text("a").replacen("}", "\n flavor = \"f\"\n}", 1).replacen("{ name", "{\n name", 1);
    assert_eq!(order(&text("a"), &flavored), ["delete key", "make key", "make user"]);
    assert_eq!(order(&text("a"), ""), ["delete user", "delete key"]);
}
