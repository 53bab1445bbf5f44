//! What an apply and a destroy may do, and what they must be able to do: the permissions that they
//! needed are enough, and each of them is needed.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use meridian_local_aws::Policies;
use serde_json::json;

use crate::imported_material;
use crate::support::{Project, Server, everything};

/// A policy of these actions.
fn policy<'a>(actions: impl IntoIterator<Item = &'a String>) -> Policies {
    let actions: Vec<&String> = actions.into_iter().collect();
    let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    serde_json::from_value(policy).expect("a policy")
}

/// Whether an apply, a plan without changes and a destroy succeed under a policy.
fn succeeds(server: &Server, configuration: &str) -> bool {
    let project = Project::of(configuration).at(server);
    let commands = ["apply -auto-approve", "plan -detailed-exitcode", "destroy -auto-approve"];
    commands.into_iter().all(|command| project.run(command).code == Some(0))
}

#[test]
fn the_permissions_that_were_needed_are_enough_and_each_is_needed() {
    needs_just(&everything(), &["kms:ReplicateKey", "secretsmanager:PutSecretValue"], 15);
}

#[test]
fn keys_of_imported_material_need_what_imports_need() {
    let actions = ["kms:GetParametersForImport", "kms:ImportKeyMaterial"];
    needs_just(&imported_material::keys("", ""), &actions, 8);
}

/// Asserts that a configuration needs these actions among more than so many, and that what it
/// needed is enough, and no action too much.
#[track_caller]
fn needs_just(configuration: &str, actions: &[&str], more_than: usize) {
    let succeeds = |server: &Server| succeeds(server, configuration);
    let anything = policy(&["*".to_owned()]);
    let server = Server::under(anything);
    assert!(succeeds(&server));
    let needed: BTreeSet<String> =
        server.cloud.used_permissions().into_iter().map(|it| it.action).collect();
    let is_needed = |action: &&str| needed.contains(*action);
    assert!(actions.iter().all(is_needed) && needed.len() > more_than, "{needed:?}");
    assert!(succeeds(&Server::under(policy(&needed))), "they are enough: {needed:?}");

    let superfluous = Mutex::new(Vec::new());
    let left: Mutex<Vec<&String>> = Mutex::new(needed.iter().collect());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(action) = left.lock().expect("no thread panics").pop() else { break };
                    let others = needed.iter().filter(|other| *other != action);
                    if succeeds(&Server::under(policy(others))) {
                        superfluous.lock().expect("no thread panics").push(action);
                    }
                }
            });
        }
    });
    let superfluous = superfluous.into_inner().expect("no thread panics");
    assert!(superfluous.is_empty(), "without these it works as well: {superfluous:?}");
}
