//! What AWS documents as errors of any call, as answers to the two calls that replicate: what the
//! user reads, and what is true afterwards.

use crate::replicate_key_errors::{error, in_ireland, with_primary};
use crate::replicate_secret_errors::{converges, with_secret};
use crate::support::{Project, Server, cloud_text, count};

/// What trying again cannot mend: status, code, message, advice.
const FINAL: [(u16, &str, &str, &str); 12] = [
    (400, "AccessDeniedException", "You may not do this.", "the call needs"),
    (403, "ExpiredTokenException", "The token is expired.", "get new ones"),
    (403, "IncompleteSignature", "The signature does not conform.", "the secret access key"),
    (413, "RequestEntityTooLargeException", "The request is too large.", ""),
    (400, "MalformedHttpRequestException", "The request cannot be decompressed.", ""),
    (401, "NotAuthorized", "You do not have permission.", "the call needs"),
    (403, "OptInRequired", "A subscription is needed.", "the account must enable the Region"),
    (400, "RequestExpired", "The request came too late.", "get new ones"),
    (403, "UnrecognizedClientException", "The token is invalid.", "check AWS_PROFILE"),
    (404, "UnknownOperationException", "The action is not valid.", ""),
    (400, "ValidationError", "The input does not satisfy the constraints.", ""),
    (403, "InvalidSignatureException", "The signature does not match.", "the secret access key"),
];

/// What passes by itself.
const PASSING: [(u16, &str, &str); 5] = [
    (500, "InternalFailure", "The processing has failed for an unknown error."),
    (400, "RequestAbortedException", "The request was aborted before a reply was sent."),
    (408, "RequestTimeoutException", "The request did not come in time."),
    (503, "ServiceUnavailable", "A temporary failure of the server."),
    (400, "ThrottlingException", "Rate exceeded"),
];

/// One of the calls: its service, its name, what waits for it, and what it leads to.
struct Seed {
    service: &'static str,
    operation: &'static str,
    project: fn(&Server) -> Project,
    next: &'static str,
    converges: fn(&Server, &Project),
}

const SEEDS: [Seed; 2] = [
    Seed {
        service: "kms",
        operation: "ReplicateKey",
        project: with_primary,
        next: "1 to add, 0 to change, 0 to destroy",
        converges: replicates_the_key,
    },
    Seed {
        service: "secretsmanager",
        operation: "ReplicateSecretToRegions",
        project: with_secret,
        next: "0 to add, 1 to change, 0 to destroy",
        converges,
    },
];

fn replicates_the_key(server: &Server, project: &Project) {
    let _ = project.run("apply -auto-approve").succeeds().says("1 added, 0 changed, 0 destroyed");
    assert_eq!(in_ireland(server), 1);
    let _ = project.run("plan -detailed-exitcode").exits(0).says("No changes.");
}

#[test]
fn what_trying_again_cannot_mend_is_told_once_and_changes_nothing() {
    for Seed { service, operation, project, next, converges } in SEEDS {
        let server = Server::new();
        let project = project(&server);
        let before = cloud_text(&server);
        let state = project.run("state list").succeeds().out;
        for (status, code, message, advice) in FINAL {
            server.refuse(operation, status, code, message);
            let mark = server.mark();
            let ran = project.run("apply -auto-approve").fails();
            let records = server.requests_since(mark);
            assert_eq!(count(&records, operation), 1, "{operation}: {code} is not tried again");
            let request = records.iter().find(|it| it.operation == operation).unwrap();
            let _ = ran
                .says(code)
                .says(message)
                .says(advice)
                .says(&format!("{service}:{operation} in eu-central-1"))
                .says(&request.request_id);
            assert_eq!(cloud_text(&server), before, "{operation}: {code} changes nothing");
            assert_eq!(project.run("state list").succeeds().out, state, "{operation}: {code}");
            let _ = project.run("plan").succeeds().says(next);
        }
        converges(&server, &project);
    }
}

#[test]
fn what_passes_is_outwaited() {
    std::thread::scope(|scope| {
        for Seed { operation, project, converges, .. } in SEEDS {
            for (status, code, message) in PASSING {
                scope.spawn(move || {
                    let server = Server::new();
                    let project = project(&server);
                    server.next(operation, error(status, code, message));
                    let mark = server.mark();
                    converges(&server, &project);
                    let records = server.requests_since(mark);
                    assert_eq!(count(&records, operation), 2, "{operation}: {code}");
                });
            }
        }
    });
}
