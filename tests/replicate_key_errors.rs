//! Every error that `ReplicateKey` can answer: what the user reads, and what is true afterwards.

use std::fmt::Write as _;

use meridian_local_aws::{Fault, FaultAction};

use crate::support::{HOME, IRELAND, KEYS, PROVIDERS, Project, Server, cloud_text, count};

const REPLICA: &str = "aws_kms_replica_key.ireland";

/// An error answer and the advice that goes with it.
struct Refusal {
    status: u16,
    code: &'static str,
    message: &'static str,
    advice: &'static str,
}

const fn refusal(code: &'static str, message: &'static str, advice: &'static str) -> Refusal {
    Refusal { status: 400, code, message, advice }
}

/// What trying again cannot mend.
const FINAL: &[Refusal] = &[
    refusal(
        "AlreadyExistsException",
        "You can create only one replica of each primary key in each AWS Region.",
        "aws kms describe-key --region eu-west-1",
    ),
    refusal(
        "DisabledException",
        "arn:aws:kms:eu-central-1:123456789012:key/mrk-0 is disabled.",
        "aws kms enable-key --region eu-central-1",
    ),
    refusal(
        "InvalidArnException",
        "A principal of the policy is no ARN.",
        "Check the ARNs of principals in the policy, and primary_key_arn.",
    ),
    refusal(
        "KMSInvalidStateException",
        "arn:aws:kms:eu-central-1:123456789012:key/mrk-0 is pending deletion.",
        "aws kms cancel-key-deletion --region eu-central-1",
    ),
    refusal(
        "KMSInvalidStateException",
        "arn:aws:kms:eu-central-1:123456789012:key/mrk-0 is pending import.",
        "A key of imported material needs its material.",
    ),
    refusal(
        "LimitExceededException",
        "You have reached your quota of keys.",
        "ask for a higher quota under Service Quotas",
    ),
    refusal(
        "MalformedPolicyDocumentException",
        "Policy contains a statement without a principal.",
        "Each statement needs an Effect, a Principal that exists",
    ),
    refusal(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
        "bypass_policy_lockout_safety_check = true",
    ),
    refusal(
        "NotFoundException",
        "Invalid arn eu-west-1",
        "primary_key_arn must be the primary's own ARN",
    ),
    refusal("TagException", "Too many tags.", "A key has at most 50 tags"),
    refusal(
        "UnsupportedOperationException",
        "arn:aws:kms:eu-central-1:123456789012:key/mrk-0 is not a multi-region primary key.",
        "Give primary_key_arn the ARN of the primary.",
    ),
    refusal(
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/test is not authorized to perform: kms:CreateKey",
        "kms:CreateKey on * in eu-west-1",
    ),
    refusal(
        "ExpiredTokenException",
        "The security token included in the request is expired",
        "get new ones, for instance with `aws sso login`",
    ),
    refusal(
        "ValidationException",
        "1 validation error detected: Value at 'replicaRegion' failed to satisfy constraint",
        "",
    ),
];

/// A project whose primary has been made; the replica comes next.
pub fn with_primary(server: &Server) -> Project {
    let (primary, _) = KEYS.split_once("resource \"aws_kms_replica_key\"").expect("a replica");
    let project = Project::of(&format!("{PROVIDERS}{primary}")).at(server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &format!("{PROVIDERS}{KEYS}"));
    project
}

/// How many keys there are in Ireland.
pub fn in_ireland(server: &Server) -> usize {
    server.wait(server.kms(IRELAND).list_keys().send()).unwrap().keys().len()
}

/// What AWS documents for `ReplicateKey` beside what any of its calls can answer.
const DOCUMENTED: [&str; 10] = [
    "AlreadyExistsException",
    "DisabledException",
    "InvalidArnException",
    "KMSInternalException",
    "KMSInvalidStateException",
    "LimitExceededException",
    "MalformedPolicyDocumentException",
    "NotFoundException",
    "TagException",
    "UnsupportedOperationException",
];

#[test]
fn each_documented_error_is_tried() {
    let passing = passing();
    let passes = |code: &str| {
        let is_it = |action: &FaultAction| matches!(action, FaultAction::Error { code: it, .. } if it == code);
        passing.iter().any(|(action, _)| is_it(action))
    };
    for code in DOCUMENTED {
        assert!(FINAL.iter().any(|it| it.code == code) || passes(code), "{code}");
    }
}

#[test]
fn each_refusal_is_told_with_call_region_request_and_advice_and_leaves_nothing_behind() {
    let server = Server::new();
    let project = with_primary(&server);
    let before = cloud_text(&server);
    let mut told = String::new();
    for Refusal { status, code, message, advice } in FINAL {
        server.refuse("ReplicateKey", *status, code, message);
        let mark = server.mark();
        let ran = project.run("apply -auto-approve").fails();
        let records = server.requests_since(mark);
        assert_eq!(count(&records, "ReplicateKey"), 1, "{code} is not tried again");
        let request = records.iter().find(|record| record.operation == "ReplicateKey").unwrap();
        assert_eq!(request.region, Some(HOME), "the call goes to the primary's Region");
        let ran = ran
            .says(code)
            .says(message)
            .says(advice)
            .says(REPLICA)
            .says("kms:ReplicateKey in eu-central-1")
            .says(&request.request_id);
        writeln!(told, "--- {code}\n{}", ran.complaint()).unwrap();
        assert_eq!(cloud_text(&server), before, "{code}: nothing is there that was not before");
        let listed = project.run("state list").succeeds();
        assert_eq!(listed.out, "aws_kms_key.primary\n", "{code}: the state holds what there is");
        let _ = project.run("plan").succeeds().says("1 to add, 0 to change, 0 to destroy");
    }
    insta::assert_snapshot!(told);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(in_ireland(&server), 1);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

/// An error as an answer.
pub fn error(status: u16, code: &str, message: &str) -> FaultAction {
    FaultAction::Error { status, code: code.to_owned(), message: message.to_owned() }
}

/// What passes by itself, and how often the call leaves until it is done.
fn passing() -> Vec<(FaultAction, usize)> {
    let arn = "arn:aws:kms:eu-central-1:123456789012:key/mrk-0";
    vec![
        (FaultAction::Throttling, 2),
        (error(400, "KMSInvalidStateException", &format!("{arn} is creating.")), 2),
        (error(400, "KMSInvalidStateException", &format!("{arn} is updating.")), 2),
        (error(400, "NotFoundException", &format!("Key '{arn}' does not exist")), 2),
        (error(500, "KMSInternalException", "The request was rejected because of an error."), 2),
        (error(503, "DependencyTimeoutException", "A dependency timed out."), 2),
        (FaultAction::DropBeforeExecution, 2),
        // Done, though no one was told: found by its key id, not asked for again.
        (FaultAction::DropAfterExecution, 1),
        (FaultAction::TruncatedBody, 1),
    ]
}

#[test]
fn what_passes_is_outwaited_and_makes_one_replica() {
    std::thread::scope(|scope| {
        for (action, sent) in passing() {
            scope.spawn(move || {
                let server = Server::new();
                let project = with_primary(&server);
                server.next("ReplicateKey", action.clone());
                let mark = server.mark();
                let _ = project
                    .run("apply -auto-approve")
                    .succeeds()
                    .says("1 added, 0 changed, 0 destroyed");
                let records = server.requests_since(mark);
                assert_eq!(count(&records, "ReplicateKey"), sent, "{action:?}");
                assert_eq!(in_ireland(&server), 1, "{action:?}");
                let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
            });
        }
    });
}

/// The answer is lost, and so is every look afterwards: the next apply finds the replica.
#[test]
fn what_no_one_could_find_out_is_found_out_by_the_next_apply() {
    let server = Server::new();
    let project = with_primary(&server);
    server.next("ReplicateKey", FaultAction::DropAfterExecution);
    let looks = Fault::new("kms:DescribeKey", FaultAction::AccessDenied).in_region(IRELAND);
    let rule = server.cloud.inject(looks);
    let ran = project
        .run("apply -auto-approve")
        .fails()
        .says(REPLICA)
        .says("ReplicateKey")
        .says("the journal remembers it, and the next apply finds out");
    insta::assert_snapshot!(ran.complaint());
    assert!(server.cloud.remove_fault(rule));
    let mark = server.mark();
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(count(&server.requests_since(mark), "ReplicateKey"), 0, "it is there already");
    assert_eq!(in_ireland(&server), 1);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}
