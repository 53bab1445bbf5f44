//! Time, memory and API calls by the size of the configuration.
//!
//! `cargo bench -p meridian --bench scale [-- N …]` writes configurations of N resources in modules
//! of 100 (keys, replica keys, secrets replicated under them, and their values: a quarter each), and
//! works with each in a process of its own, so that the peak of memory is that of the size: read the files,
//! build the graph, plan everything as new, apply it to an embedded AWS, load the state, read
//! every object again, and plan without changes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use meridian_aws::{AwsCloud, AwsProvider, ProviderSettings, Transport};
use meridian_engine::{Context, Ledger, Stop, Work, prior_objects, prior_outputs, refresh};
use meridian_graph::Graph;
use meridian_local_aws::{Clock, Cloud as LocalAws};
use meridian_plan::{
    Action, Answers, Basis, Configured, Inputs, Mode, Options, Plan, Planned, PriorObject,
    Surroundings, Values, configure, plan, validate,
};
use meridian_resource::{Place, Provider, ProviderKey, Registry};
use meridian_state::{Sealer, Store};

/// The same as in the program itself: what is measured should be what users get.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sizes that are measured unless others are given.
const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// Says to the process that it is to measure one size.
const CHILD: &str = "--measure-one";

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    if let Some(size) = given.iter().position(|it| it == CHILD).and_then(|at| given.get(at + 1)) {
        let size = size.parse().expect("the parent gives a number");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
        runtime.block_on(measure(size));
        return;
    }
    let mut sizes: Vec<usize> = given.iter().filter_map(|it| it.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }
    println!("{:>9} {:>24} {:>10} {:>9} {:>8}", "resources", "step", "time", "peak", "calls");
    for size in sizes {
        let program = std::env::current_exe().expect("this program has a path");
        let status = Command::new(program)
            .args([CHILD, &size.to_string()])
            .status()
            .expect("this program starts again");
        assert!(status.success(), "measuring {size} resources failed");
    }
}

/// A configuration of so many resources: modules of one source, with 25 groups of four each.
fn configuration(size: usize) -> Vec<(String, String)> {
    let mut root = String::from(
        r#"provider "aws" {
  region = "eu-central-1"
  default_tags {
    tags = { Team = "payments" }
  }
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

variable "password" {
  type      = string
  sensitive = true
  default   = "not-a-secret"
}
"#,
    );
    let groups = size.div_ceil(4);
    for module in 0..groups.div_ceil(GROUPS) {
        let count = GROUPS.min(groups - module * GROUPS);
        write!(
            root,
            r#"
module "team{module}" {{
  source    = "./team"
  providers = {{ aws = aws, aws.ireland = aws.ireland }}
  customers = {{ for n in range({count}) : format("team{module}-%03d", n) => n }}
  password  = var.password
}}
"#
        )
        .expect("a string can be written to");
    }
    vec![("main.tf".to_owned(), root), ("team/main.tf".to_owned(), MODULE.to_owned())]
}

/// Groups in a module.
const GROUPS: usize = 25;

/// The module: for each customer a key, its replica, a secret under both, and its value.
const MODULE: &str = r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.ireland]
    }
  }
}

variable "customers" {
  type = map(number)
}

variable "password" {
  type      = string
  sensitive = true
}

resource "aws_kms_key" "this" {
  for_each            = var.customers
  description         = "orders of ${each.key}"
  multi_region        = true
  enable_key_rotation = true
  tags                = { Customer = each.key }
}

resource "aws_kms_replica_key" "this" {
  for_each        = var.customers
  provider        = aws.ireland
  description     = "orders of ${each.key}, replica"
  primary_key_arn = aws_kms_key.this[each.key].arn
}

resource "aws_secretsmanager_secret" "this" {
  for_each   = var.customers
  name       = "orders/${each.key}"
  kms_key_id = aws_kms_key.this[each.key].arn

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.this[each.key].arn
  }
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each      = var.customers
  secret_id     = aws_secretsmanager_secret.this[each.key].id
  secret_string = jsonencode({ user = each.key, password = var.password })
}
"#;

/// What is larger is planned as new only: to apply it would take minutes.
const LARGEST_APPLY: usize = 20_000;

struct Report {
    size: usize,
    aws: Arc<LocalAws>,
    calls: usize,
}

impl Report {
    fn step<T>(&mut self, name: &str, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        self.line(name, started.elapsed());
        result
    }

    fn line(&mut self, name: &str, elapsed: Duration) {
        let calls = self.aws.request_count();
        println!(
            "{:>9} {name:>24} {:>7.1} ms {:>5} MiB {:>8}",
            self.size,
            elapsed.as_secs_f64() * 1e3,
            peak_memory(),
            calls - self.calls
        );
        self.calls = calls;
    }
}

/// The most memory that this process has held so far, in MiB; 0 where it cannot be told.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

async fn measure(size: usize) {
    let folder = tempfile::tempdir().expect("a folder for the state");
    let aws = Arc::new(LocalAws::in_memory(Clock::Fast));
    let mut report = Report { size, aws: aws.clone(), calls: 0 };
    let files = configuration(size);
    let loaded = report.step("parse", || meridian_config::parse(Path::new("."), files));
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    let config = loaded.config;
    let graph = report.step("graph", || Graph::build(&config).expect("no cycles"));
    let provider: Arc<dyn Provider> = Arc::new(AwsProvider::new(None));
    let registry = Registry::new([provider]);
    let sealer = Sealer::ephemeral().expect("a key");
    let surroundings = surroundings(&sealer);
    let given = meridian_config::variables(&mut config.clone(), &[], &[]);
    let variables = given.values;
    report.step("validate", || {
        let values = Values::new(&config, &variables, &surroundings).unexpanded();
        assert!(!validate(&config, &graph, &registry, &values, &Options::default()).has_errors());
    });
    let values = Values::new(&config, &variables, &surroundings);
    let configured = configure(&config, &registry, &values, []).expect("providers").known;
    let places: BTreeMap<ProviderKey, Place> =
        configured.iter().map(|(key, it)| (key.clone(), it.place.clone())).collect();
    let make = |objects: Vec<PriorObject>| -> Plan {
        let planned = plan(Inputs {
            mode: Mode::Normal,
            config: &config,
            graph: &graph,
            registry: &registry,
            variables: &variables,
            surroundings: &surroundings,
            places: &places,
            objects,
            outputs: BTreeMap::new(),
            basis: Basis::default(),
            options: Options::default(),
            answers: &Answers::default(),
        });
        match planned.expect("a plan") {
            Planned::Done(plan) => *plan,
            Planned::Asks(questions) => panic!("nobody answers {questions:?}"),
        }
    };
    let first = report.step("plan, all new", || make(Vec::new()));
    assert_eq!(first.counts().add, size.div_ceil(4) * 4);

    if size > LARGEST_APPLY {
        return;
    }
    let context = context(&registry, &configured, &aws);
    let path = folder.path().join("meridian.db");
    let mut store = Store::open(&path, sealer.clone()).expect("a state");
    let run = store.begin_run("apply").expect("a run");
    let work = Work {
        plan: &first,
        config: &config,
        graph: &graph,
        values: &values,
        places: &places,
        run,
    };
    let started = Instant::now();
    let (applied, ledger) =
        meridian_engine::apply(&context, work, Ledger::new(store), sealer.clone()).await;
    report.line("apply", started.elapsed());
    assert!(applied.is_complete(), "{:?}", applied.failures.first());
    drop(ledger.close());

    let snapshot = report.step("load state", || {
        let store = Store::open_read_only(&path, sealer.clone()).expect("a state");
        store.expect("it was applied").snapshot().expect("it reads back")
    });
    let objects = prior_objects(&snapshot);
    assert!(prior_outputs(&snapshot).is_empty());
    let started = Instant::now();
    let refreshed =
        refresh(&context, objects, &places, &Default::default()).await.expect("all can be read");
    report.line("refresh", started.elapsed());
    let second = report.step("plan, no changes", || make(refreshed.objects));
    assert!(second.changes.iter().all(|change| change.action == Action::NoOp));
    let megabytes = std::fs::metadata(&path).map_or(0, |it| it.len()) as f64 / 1024.0 / 1024.0;
    println!("{size:>9} {:>24} {megabytes:>7.1} MiB", "state file");
}

fn context(
    registry: &Registry,
    configured: &BTreeMap<ProviderKey, Configured>,
    aws: &Arc<LocalAws>,
) -> Arc<Context> {
    let settings = configured.iter().map(|(key, it)| {
        (key.clone(), ProviderSettings::from_config(&it.config).expect("settings"))
    });
    let cloud = AwsCloud::new(Transport::Embedded(aws.http_client()), settings.collect());
    let events = Box::new(|_| {});
    Arc::new(Context::new(registry.clone(), Arc::new(cloud), events, Stop::default(), 10))
}

fn surroundings(sealer: &Sealer) -> Surroundings {
    let sealer = sealer.clone();
    Surroundings {
        workspace: "default".to_owned(),
        cwd: ".".into(),
        read_file: Box::new(|path| std::fs::read(path).map_err(|error| error.to_string())),
        fingerprint: Box::new(move |context, secret| {
            sealer.fingerprint(context, secret.as_bytes())
        }),
        folders: Box::new(()),
        start_time: None,
        impure: None,
    }
}
