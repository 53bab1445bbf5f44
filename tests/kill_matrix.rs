//! The kill matrix: whatever the instant at which an apply is killed, the next one leaves what an
//! undisturbed run leaves.
//!
//! Every step is run once undisturbed, one call at a time, and its calls are counted. Then, for
//! every call and every instant of it, the step is begun anew from a snapshot, killed there, and
//! run again; in some cells that run is killed as well, and a third one follows. With `MERIDIAN_KILLS=promote:,create:3:before-send` only those cells are run.

mod configuration;
mod observed;
mod written;

use std::collections::VecDeque;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use meridian_local_aws::{Fault, FaultAction, RequestRecord};
use tempfile::TempDir;

use self::configuration::{Step, steps};
use self::observed::Observed;
use crate::support::{Project, Server, is_change};

/// Longer than any test.
const AGES: Duration = Duration::from_secs(300);

/// The instant that the server makes: it has carried the call out and does not answer.
const UNANSWERED: &str = "unanswered";
/// The instants of a call, in their order. The program itself ends at all others.
const INSTANTS: [&str; 5] =
    ["before-intent", "before-send", UNANSWERED, "before-commit", "after-commit"];

/// Where the second run is killed, too: as it settles the call that the first one left open, and
/// around its first call.
const SECONDS: [&str; 4] =
    ["before-settled:1", "after-settled:1", "before-send:1", "before-commit:1"];

/// A prime by which the order of the cells is shuffled; their number is no multiple of it.
const STRIDE: usize = 311;

/// Of how many cells the ordinary test run takes one.
const SAMPLE: usize = 61;

/// How a step begins, and what it leaves when nothing disturbs it.
struct Run {
    step: Step,
    /// The project before it.
    project: Project,
    /// The cloud before it, unless that was empty.
    cloud: Option<PathBuf>,
    /// The calls that change something, in order, one at a time.
    calls: Vec<RequestRecord>,
    left: Observed,
}

/// A run that is to be killed, and where.
#[derive(Clone, Copy)]
struct Cell {
    run: usize,
    /// Which of its calls; the first is 1.
    call: usize,
    instant: &'static str,
    /// How many objects are worked on at the same time.
    parallelism: usize,
    /// Where the run after it is killed as well, if that comes so far.
    second: Option<&'static str>,
}

impl Cell {
    fn name(&self, runs: &[Run]) -> String {
        let Cell { run, call, instant, parallelism, second } = self;
        let step = runs[*run].step.name;
        let second = second.map(|second| format!(" then {second}")).unwrap_or_default();
        format!("{step}:{call}:{instant}:{parallelism}{second}")
    }
}

/// What came of all cells.
#[derive(Default)]
struct Tally {
    cells: usize,
    kills: usize,
    orphans: usize,
    doubles: usize,
    failures: Vec<String>,
}

impl Tally {
    /// Notes a failure, and tells it at once: there may be minutes to go.
    fn fail(&mut self, failure: String) {
        println!("{failure}\n");
        self.failures.push(failure);
    }

    fn numbers(&self) -> String {
        let Tally { cells, kills, orphans, doubles, failures } = self;
        let wrong = failures.len();
        format!(
            "cells: {cells}; kills: {kills}; orphans: {orphans}; doubles: {doubles}; wrong: {wrong}"
        )
    }
}

/// The command of a step.
fn line(step: &Step, parallelism: usize) -> String {
    match step.command.starts_with("promote") {
        // It works on two keys only.
        true => format!("{} -auto-approve", step.command),
        false => format!("{} -auto-approve -parallelism={parallelism}", step.command),
    }
}

fn begin(run: &Step, before: &Project, cloud: Option<&Path>) -> (Server, Project) {
    let server = Server::new();
    if let Some(cloud) = cloud {
        server.cloud.restore(cloud).expect("a snapshot");
    }
    let project = before.duplicate().at(&server);
    project.write("main.tf", &run.text);
    (server, project)
}

/// Runs every step undisturbed.
fn undisturbed(folder: &Path) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut ends: Vec<(Project, PathBuf)> = Vec::new();
    for step in steps() {
        let (before, cloud) = match step.from {
            None => (Project::new(), None),
            Some(from) => (ends[from].0.duplicate(), Some(ends[from].1.clone())),
        };
        let (server, project) = begin(&step, &before, cloud.as_deref());
        let mark = server.mark();
        let _ = project.run(&line(&step, 1)).succeeds();
        let calls: Vec<_> = server.requests_since(mark).into_iter().filter(is_change).collect();
        let left = settled(&step, &server, &project);
        assert!(left.orphans.is_empty(), "{}: {:?}", step.name, left.orphans);
        let end = folder.join(step.name);
        server.cloud.snapshot(&end).expect("a snapshot");
        ends.push((project, end));
        runs.push(Run { step, project: before, cloud, calls, left });
    }
    runs
}

/// What a run leaves, once a plan has said that nothing is left to do.
fn settled(step: &Step, server: &Server, project: &Project) -> Observed {
    if step.command.starts_with("promote") {
        // The configuration has been edited as the command says; the state follows.
        let _ = project.run("apply -auto-approve").succeeds();
    }
    let plan = if step.command == "destroy" { "plan -destroy" } else { "plan" };
    let planned = project.run(&format!("{plan} -detailed-exitcode")).exits(0);
    let _ = planned.never_says("left calls open").never_says("changed outside");
    let observed = Observed::of(server, project);
    assert!(!observed.cloud.contains("meridian:intent"), "a mark is left:\n{}", observed.cloud);
    observed
}

/// Kills a run, and gives what the next ones leave, and how many were killed. None if the run ended
/// before its kill.
fn killed(run: &Run, cell: Cell) -> Option<(Observed, usize)> {
    let (server, project) = begin(&run.step, &run.project, run.cloud.as_deref());
    let line = self::line(&run.step, cell.parallelism);
    if cell.parallelism > 1 {
        // So that several calls are under way.
        let mut operations: Vec<_> = run.calls.iter().map(|call| &call.operation).collect();
        operations.sort();
        operations.dedup();
        for operation in operations {
            let delay = FaultAction::Delay(Duration::from_millis(40));
            server.cloud.inject(Fault::new(operation.clone(), delay));
        }
    }
    if cell.instant == UNANSWERED {
        let call = &run.calls[cell.call - 1];
        let is_alike =
            |it: &&RequestRecord| it.operation == call.operation && it.region == call.region;
        let before = run.calls[..cell.call - 1].iter().filter(is_alike).count();
        let fault = Fault::new(call.operation.clone(), FaultAction::Delay(AGES))
            .in_region(call.region.expect("a Region"))
            .after(before.try_into().expect("few calls"))
            .times(1);
        server.cloud.inject(fault);
        let mark = server.mark();
        let mut running = project.start(&line);
        let is_asked = || server.requests_since(mark).iter().filter(is_alike).count() > before;
        while !is_asked() {
            assert!(running.is_alive(), "the run ended before its call {}", cell.call);
            std::thread::sleep(Duration::from_millis(5));
        }
        running.kill();
    } else {
        let at = format!("{}:{}", cell.instant, cell.call);
        let ran = project.command(&line).env("MERIDIAN_KILL_AT", at).output().expect("it starts");
        ran.status.signal()?;
    }
    let line = format!("{} -auto-approve", run.step.command);
    let mut kills = 1;
    if let Some(at) = cell.second {
        let ran = project.command(&line).env("MERIDIAN_KILL_AT", at).output().expect("it starts");
        kills += usize::from(ran.status.signal().is_some());
        let text = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success() || ran.status.signal() == Some(9), "{at}: {text}");
    }
    let _ = project.run(&line).succeeds();
    Some((settled(&run.step, &server, &project), kills))
}

/// Lines that one text has and the other has not.
fn beyond<'t>(text: &'t str, other: &str) -> Vec<&'t str> {
    let mut others: Vec<&str> = other.lines().collect();
    let is_beyond = |line: &&str| match others.iter().position(|other| other == line) {
        Some(at) => {
            others.swap_remove(at);
            false
        }
        None => true,
    };
    text.lines().filter(is_beyond).collect()
}

fn run_cell(runs: &[Run], cell: Cell, tally: &Mutex<Tally>) {
    let run = &runs[cell.run];
    let call = run.calls.get(cell.call - 1);
    let operation = call.map_or("?", |call| call.operation.as_str());
    let name = format!("{} ({operation})", cell.name(runs));
    let outcome = catch_unwind(AssertUnwindSafe(|| killed(run, cell)));
    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    tally.cells += 1;
    match outcome {
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map_or("", String::as_str);
            tally.kills += 1;
            tally.fail(format!("{name}: {text}"));
        }
        Ok(None) if cell.parallelism > 1 => {}
        Ok(None) => tally.fail(format!("{name}: it was never killed")),
        Ok(Some((observed, kills))) => {
            tally.kills += kills;
            tally.orphans += observed.orphans.len();
            let more = beyond(&observed.cloud, &run.left.cloud);
            let less = beyond(&run.left.cloud, &observed.cloud);
            tally.doubles += more.len().saturating_sub(less.len());
            let noted = beyond(&observed.state, &run.left.state);
            let missing = beyond(&run.left.state, &observed.state);
            let orphans = &observed.orphans;
            if !(more.is_empty() && less.is_empty() && noted.is_empty() && missing.is_empty()) {
                tally.fail(format!(
                    "{name}: orphans {orphans:#?}\ncloud has {more:#?}\ncloud has not \
                     {less:#?}\nstate has {noted:#?}\nstate has not {missing:#?}"
                ));
            }
        }
    }
}

/// Runs the cells that are asked for, and says what came of them.
fn matrix(workers: usize, is_asked_for: impl Fn(usize, &Cell) -> bool) {
    let begun = Instant::now();
    let folder = TempDir::new().expect("a temporary folder");
    let runs = undisturbed(folder.path());
    let mut all: Vec<Cell> = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        for call in 1..=run.calls.len() {
            let cell = |instant, parallelism, second| Cell {
                run: number,
                call,
                instant,
                parallelism,
                second,
            };
            all.extend(INSTANTS.map(|instant| cell(instant, 1, None)));
            let several = ["before-send", "before-commit"];
            all.extend(several.map(|instant| cell(instant, 10, None)));
            // What was carried out is to be found, or what never arrived is not.
            for first in ["before-send", UNANSWERED] {
                all.extend(SECONDS.map(|second| cell(first, 1, Some(second))));
            }
        }
    }
    let pairs = all.len();
    // In an order in which the first ones are of all steps.
    let spread = (0..pairs).map(|at| all[at * STRIDE % pairs]);
    let all: Vec<Cell> = spread.collect();
    let only = std::env::var("MERIDIAN_KILLS").ok();
    let is_wanted = |number: usize, cell: &Cell| match &only {
        Some(only) => only.split(',').any(|only| cell.name(&runs).starts_with(only)),
        None => is_asked_for(number, cell),
    };
    let chosen = all.iter().enumerate().filter(|(number, cell)| is_wanted(*number, cell));
    let cells: Mutex<VecDeque<Cell>> = Mutex::new(chosen.map(|(_, cell)| *cell).collect());
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let next = cells.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(cell) = next else { return };
                    run_cell(&runs, cell, &tally);
                    let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                    if tally.cells.is_multiple_of(50) {
                        println!("{}; {:?}", tally.numbers(), begun.elapsed());
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    let calls: Vec<String> =
        runs.iter().map(|run| format!("{} {}", run.step.name, run.calls.len())).collect();
    let (calls, numbers) = (calls.join(", "), tally.numbers());
    println!("calls: {calls}; all cells: {pairs}; {numbers}; {:?}", begun.elapsed());
    assert!(tally.failures.is_empty(), "{}", tally.failures.join("\n\n"));
}

/// A sample of the cells.
#[test]
fn a_killed_run_is_finished_by_the_next() {
    matrix(8, |number, _| number.is_multiple_of(SAMPLE));
}

/// All cells; minutes on two cores.
#[test]
#[ignore = "takes minutes"]
fn every_call_at_every_instant() {
    matrix(8, |_, _| true);
}
