//! The fault table: every call that a mixed configuration makes, with everything that can go wrong
//! between the program and AWS.
//!
//! A cell is one operation and one fault. Its run converges, or it fails and says where, in which
//! call, and what to do; what is independent is done all the same; and without the fault the next
//! run converges to what a run without faults makes: the same objects, once.
//!
//! The ordinary run has a sample. `MERIDIAN_FAULTS=all` has all cells, which takes minutes, as
//! most of them wait: throttled twenty times is a minute, silence a quarter of one. Any other text
//! selects the cells in whose name it is, such as `CreateKey` or `truncated`.

mod cell;
mod door;
mod kinds;
mod operations;
mod scenarios;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex};
use std::thread;

use cell::Cell;
use kinds::KINDS;
use meridian_local_aws::{Fault, FaultAction};
use operations::{EXEMPT, Operation, performed};
use scenarios::{Stage, prepared};

use crate::support::{Project, Server, count, everything, settled_text};

/// The situations in which faults occur, prepared once.
static STAGES: LazyLock<Vec<Stage>> = LazyLock::new(prepared);

/// Which cells are wanted: `all`, or those in whose name this is; a sample if nothing is.
fn wanted() -> Option<String> {
    std::env::var("MERIDIAN_FAULTS").ok().filter(|wanted| !wanted.is_empty())
}

fn is_exhaustive() -> bool {
    wanted().is_some()
}

/// Each operation in the first situation that calls it.
fn rows(stages: &[Stage]) -> Vec<(&Stage, Operation)> {
    let mut seen = BTreeSet::new();
    let all = stages.iter().flat_map(|stage| stage.operations().map(move |it| (stage, it)));
    all.filter(|(_, operation)| seen.insert(operation.name())).collect()
}

/// All cells, or one in the ordinary run for every second operation: each time another fault.
fn cells(stages: &[Stage]) -> Vec<Cell<'_>> {
    let rows = rows(stages);
    if is_exhaustive() {
        let cell = |(stage, operation): &(_, Operation)| {
            let (stage, operation) = (*stage, operation.clone());
            KINDS.iter().map(move |kind| Cell { stage, operation: operation.clone(), kind })
        };
        let wanted = wanted().filter(|wanted| wanted != "all").unwrap_or_default();
        let all = rows.iter().flat_map(cell);
        return all.filter(|cell| cell.name().contains(&wanted)).collect();
    }
    let quick: Vec<_> = KINDS.iter().filter(|kind| !kind.is_slow).collect();
    let sample = rows.into_iter().step_by(2).enumerate();
    sample
        .map(|(index, (stage, operation))| Cell {
            stage,
            operation,
            kind: quick[index % quick.len()],
        })
        .collect()
}

#[test]
fn each_call_with_each_fault_converges_or_fails_with_all_that_one_must_know() {
    let stages = &*STAGES;
    let all = cells(stages);
    let number = all.len();
    let left = Mutex::new(all);
    let told = Mutex::new((Vec::new(), Vec::new()));
    thread::scope(|scope| {
        for _ in 0..if is_exhaustive() { 24 } else { 6 } {
            scope.spawn(|| {
                loop {
                    let Some(cell) = left.lock().expect("no thread panics").pop() else { break };
                    let ended = cell.run();
                    let mut told = told.lock().expect("no thread panics");
                    match ended {
                        Ok(how) => told.0.push((cell.kind.name, how)),
                        Err(why) => {
                            // A long run is not waited for to the end to see what is wrong.
                            eprintln!("WRONG {}: {why}", cell.name());
                            told.1.push(format!("{}: {why}", cell.name()));
                        }
                    }
                }
            });
        }
    });
    let (good, mut bad) = told.into_inner().expect("no thread panics");
    let mut table = format!("{number} cells; converged/failed as they should:\n");
    for kind in KINDS {
        let of_kind = |how| good.iter().filter(|it| **it == (kind.name, how)).count();
        let (converged, failed) = (of_kind(cell::How::Converged), of_kind(cell::How::Failed));
        writeln!(table, "  {:<22} {converged:>3} / {failed:>3}", kind.name).expect("a text");
    }
    if !is_exhaustive() {
        table.push_str("A sample; MERIDIAN_FAULTS=all runs all cells, the slow ones included.\n");
    }
    eprintln!("{table}");
    bad.sort();
    assert!(bad.is_empty(), "{} of {number} cells:\n{}", bad.len(), bad.join("\n\n"));
}

/// An operation that nobody thought of is in neither list.
#[test]
fn every_operation_is_in_the_table_or_has_a_reason() {
    let covered: BTreeSet<String> =
        rows(&STAGES).into_iter().map(|(_, operation)| operation.name()).collect();
    let exempt: BTreeSet<String> = EXEMPT.iter().map(|(name, _)| (*name).to_owned()).collect();
    let performed = performed();
    assert!(performed.len() > 50, "the operations are found: {performed:?}");
    let missing: Vec<_> =
        performed.iter().filter(|it| !covered.contains(*it) && !exempt.contains(*it)).collect();
    assert!(missing.is_empty(), "neither in the table nor with a reason: {missing:?}");
    let idle: Vec<_> =
        exempt.iter().filter(|it| covered.contains(*it) || !performed.contains(*it)).collect();
    assert!(idle.is_empty(), "these reasons are not needed: {idle:?}");
}

/// A minute of silence: the program stops listening after 15 seconds, and looks.
#[test]
fn silence_is_not_waited_out() {
    let server = Server::new();
    server.next("CreateSecret", FaultAction::Delay(std::time::Duration::from_secs(60)));
    let project = Project::of(&everything()).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests(), "CreateSecret"), 1);
    let _ = project.run("plan -detailed-exitcode").exits(0);
}

/// From some call on the credentials are no longer good, whatever is called.
#[test]
fn credentials_that_expire_in_the_middle_lose_nothing() {
    let reference = Server::new();
    let project = Project::of(&everything()).at(&reference);
    let _ = project.run("apply -auto-approve").succeeds();
    let wanted = settled_text(&reference);
    let calls = u32::try_from(reference.mark()).expect("a small number");
    thread::scope(|scope| {
        for after in (0..calls.min(40)).step_by(if is_exhaustive() { 1 } else { 9 }) {
            let wanted = &wanted;
            scope.spawn(move || {
                let server = Server::new();
                let expired = FaultAction::Error {
                    status: 400,
                    code: "ExpiredTokenException".to_owned(),
                    message: "The security token included in the request is expired".to_owned(),
                };
                let rule = server.cloud.inject(Fault::new("*", expired).after(after));
                let project = Project::of(&everything()).at(&server);
                let ran = project.run("apply -auto-approve");
                assert!(server.cloud.remove_fault(rule));
                if ran.code != Some(0) {
                    let _ = ran.fails().says("get new ones, for instance with `aws sso login`");
                    let _ = project.run("apply -auto-approve").succeeds();
                }
                assert_eq!(settled_text(&server), *wanted, "expired after {after} calls");
                let _ = project.run("plan -detailed-exitcode").exits(0);
            });
        }
    });
}

/// Nobody listens for longer than anyone waits: the program says so, and nothing is lost.
#[test]
fn a_service_that_nobody_answers_for_is_told_with_its_address() {
    let project = Project::of(&everything()).aimed_at("http://127.0.0.1:1");
    let mut project = project;
    project.set("AWS_MAX_ATTEMPTS", "1");
    let server = Server::new();
    let _ = project.run("plan").succeeds();
    let there = project.at(&server);
    let _ = there.run("apply -auto-approve").succeeds();
    let gone = there.aimed_at("http://127.0.0.1:1");
    let _ = gone
        .run("plan")
        .fails()
        .says("kms DescribeKey failed in eu-central-1")
        .says("with aws_kms_key.primary")
        .says("Connection refused")
        .says("check the network and the endpoint");
}
