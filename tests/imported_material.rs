//! Keys of imported material: what becomes of them, in the cloud and in plans.

use std::path::Path;
use std::time::Duration;

use aws_sdk_kms::primitives::Blob;
use meridian_local_aws::FaultAction;

use crate::support::{HOME, IRELAND, PROVIDERS, Project, Server, cloud_text, count, position};

/// 32 bytes.
pub const MATERIAL: &str = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY=";
const OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A primary of imported material and a replica of it, each with more arguments.
pub fn keys(primary: &str, replica: &str) -> String {
    format!(
        r#"{PROVIDERS}
resource "aws_kms_external_key" "primary" {{
  description             = "primary"
  multi_region            = true
  key_material_base64     = "{MATERIAL}"
  deletion_window_in_days = 7
  {primary}
}}

resource "aws_kms_replica_external_key" "ireland" {{
  provider                = aws.ireland
  description             = "replica"
  primary_key_arn         = aws_kms_external_key.primary.arn
  key_material_base64     = "{MATERIAL}"
  deletion_window_in_days = 7
  {replica}
}}
"#
    )
}

/// One key in one Region.
fn key(arguments: &str) -> String {
    format!(
        "{PROVIDERS}\nresource \"aws_kms_external_key\" \"app\" {{\n  description = \"app\"\n  \
         {arguments}\n}}\n"
    )
}

const BOTH: &str = "eu-central-1 key \"primary\" Enabled PRIMARY\n\
                    eu-west-1 key \"replica\" Enabled REPLICA\n";

fn id(server: &Server) -> String {
    let keys = server.wait(server.kms(HOME).list_keys().send()).unwrap();
    keys.keys()[0].key_id().unwrap().to_owned()
}

fn encrypt(server: &Server, key: &str) -> Blob {
    let call = server.kms(HOME).encrypt().key_id(key).plaintext(Blob::new("attack at dawn"));
    server.wait(call.send()).unwrap().ciphertext_blob.unwrap()
}

fn decrypts(server: &Server, region: &str, ciphertext: &Blob) -> bool {
    let call = server.kms(region).decrypt().ciphertext_blob(ciphertext.clone());
    let answer = server.wait(call.send());
    answer.is_ok_and(|answer| answer.plaintext == Some(Blob::new("attack at dawn")))
}

#[track_caller]
fn is_settled(project: &Project) {
    let _ = project
        .run("plan -detailed-exitcode")
        .exits(0)
        .says("No changes.")
        .never_says("Objects have changed outside");
}

#[test]
fn the_same_material_is_in_both_regions() {
    let server = Server::new();
    let project = Project::of(&keys("", "")).at(&server);
    insta::assert_snapshot!("plan", project.run("plan").succeeds().plan());
    let _ = project.run("apply -auto-approve").succeeds();
    // Without `enabled` a key is enabled once it has its material.
    assert_eq!(cloud_text(&server), BOTH);
    let requests = server.requests();
    assert!(position(&requests, "ImportKeyMaterial") < position(&requests, "ReplicateKey"));
    assert_eq!(count(&requests, "ImportKeyMaterial"), 2);
    assert!(decrypts(&server, IRELAND, &encrypt(&server, &id(&server))));
    is_settled(&project);
    let mark = server.mark();
    let _ = project.run("plan").succeeds();
    let reads = server.requests_since(mark);
    assert_eq!(count(&reads, "GetKeyRotationStatus"), 0, "such keys have no rotation");
    let _ = project.run("destroy -auto-approve").succeeds();
    assert_eq!(project.run("state list").succeeds().out, "");
    let cloud = cloud_text(&server);
    assert!(!cloud.contains("Enabled") && cloud.contains("PendingReplicaDeletion"), "{cloud}");
}

#[test]
fn the_example_runs_on_the_embedded_aws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/imported-material");
    let project = Project::copy(&folder);
    let _ = project.run("-local apply -auto-approve").succeeds().says("4 added");
    let output = project.run("-local output -json states").succeeds();
    assert_eq!(output.out.matches("Enabled").count(), 2, "{}", output.out);
    let _ = project.run("-local plan -detailed-exitcode").exits(0).says("No changes.");
    let other = project.run(&format!("-local plan -var key_material={OTHER}")).succeeds();
    // The aliases stay and point to the new keys.
    let _ = other.says("2 to add, 2 to change, 2 to destroy");
    let _ = project.run("-local destroy -auto-approve").succeeds();
}

#[test]
fn a_key_without_material_waits_for_it() {
    for arguments in ["", "enabled = true", "valid_to = \"2027-01-01T00:00:00+01:00\""] {
        let server = Server::new();
        let project = Project::of(&key(arguments)).at(&server);
        let _ = project.run("apply -auto-approve").succeeds();
        assert_eq!(cloud_text(&server), "eu-central-1 key \"app\" PendingImport\n");
        assert_eq!(count(&server.requests(), "GetParametersForImport"), 0);
        is_settled(&project);
        let shown = project.run("state show aws_kms_external_key.app").succeeds();
        let _ = shown.says("key_state = \"PendingImport\"");
        let _ = project.run("destroy -auto-approve").succeeds();
    }
}

#[test]
fn a_key_is_disabled_after_its_import_and_enabled_again() {
    let server = Server::new();
    let off = keys("enabled = false", "enabled = true");
    // A disabled key cannot be replicated: the replica is there first.
    let project = Project::of(&keys("", "enabled = false")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(&server), BOTH.replace("Enabled REPLICA", "Disabled REPLICA"));
    is_settled(&project);
    project.write("main.tf", &off);
    let plan = project.run("plan").succeeds();
    let _ = plan.says("0 to add, 2 to change, 0 to destroy");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(&server), BOTH.replace("Enabled PRIMARY", "Disabled PRIMARY"));
    let shown = project.run("state show aws_kms_external_key.primary").succeeds();
    let _ = shown.says("key_state = \"Disabled\"");
    is_settled(&project);
}

#[test]
fn material_that_was_deleted_outside_is_imported_again() {
    let server = Server::new();
    let project = Project::of(&keys("", "")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let id = id(&server);
    let ciphertext = encrypt(&server, &id);
    for region in [HOME, IRELAND] {
        let call = server.kms(region).delete_imported_key_material().key_id(&id);
        server.wait(call.send()).unwrap();
    }
    assert!(!decrypts(&server, HOME, &ciphertext));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    insta::assert_snapshot!("deleted_material", plan.plan());
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(&server), BOTH);
    assert!(decrypts(&server, HOME, &ciphertext) && decrypts(&server, IRELAND, &ciphertext));
    is_settled(&project);
}

#[test]
fn material_that_expired_is_imported_again() {
    // The clock begins with the year 2026.
    let (server, clock) = Server::standing_still();
    let until = |date: &str| {
        let material = format!("key_material_base64 = \"{MATERIAL}\"");
        key(&format!("{material}\n  valid_to = \"{date}\""))
    };
    let project = Project::of(&until("2026-01-11T00:00:00Z")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let ciphertext = encrypt(&server, &id(&server));
    clock.advance_days(11);
    let plan = project.run("plan -detailed-exitcode").exits(2);
    insta::assert_snapshot!("expired_material", plan.plan());
    let _ = project
        .run("apply -auto-approve")
        .fails()
        .says("cannot be valid until 2026-01-11T00:00:00Z")
        .says("valid_to must lie in the future");
    assert!(!decrypts(&server, HOME, &ciphertext));
    project.write("main.tf", &until("2026-02-11T00:00:00Z"));
    let _ = project.run("apply -auto-approve").succeeds().says("0 added, 1 changed, 0 destroyed");
    assert!(decrypts(&server, HOME, &ciphertext));
    is_settled(&project);
}

#[test]
fn a_date_is_changed_by_another_import() {
    let (server, _) = Server::standing_still();
    let material = format!("key_material_base64 = \"{MATERIAL}\"\n  enabled = false");
    let until = |date: &str| key(&format!("{material}\n  valid_to = \"{date}\""));
    let project = Project::of(&until("2026-01-11T01:00:00.5+01:00")).at(&server);
    let cases = [
        (until("2026-01-11T01:00:00.5+01:00"), 1, "KEY_MATERIAL_EXPIRES"),
        // The same instant.
        (until("2026-01-11T00:00:00Z"), 1, "KEY_MATERIAL_EXPIRES"),
        (until("2026-01-12T00:00:00Z"), 2, "KEY_MATERIAL_EXPIRES"),
        (key(&material), 3, "KEY_MATERIAL_DOES_NOT_EXPIRE"),
        (until("2026-01-12T00:00:00Z"), 4, "KEY_MATERIAL_EXPIRES"),
    ];
    for (text, imports, model) in cases {
        project.write("main.tf", &text);
        let _ = project.run("apply -auto-approve").succeeds();
        assert_eq!(count(&server.requests(), "ImportKeyMaterial"), imports, "{text}");
        let described = server.kms(HOME).describe_key().key_id(id(&server));
        let metadata = server.wait(described.send()).unwrap().key_metadata.unwrap();
        assert_eq!(metadata.expiration_model.unwrap().as_str(), model);
        assert_eq!(metadata.key_state.unwrap().as_str(), "Disabled", "it stays as it was");
        let shown = project.run("state show aws_kms_external_key.app").succeeds();
        let _ = shown.says(&format!("expiration_model = \"{model}\""));
        is_settled(&project);
    }
}

#[test]
fn other_material_in_a_replica_is_refused_and_can_be_put_right() {
    let server = Server::new();
    let good = keys("", "");
    let (primary, replica) = good.split_at(good.find("aws_kms_replica_external_key").unwrap());
    let wrong = format!("{primary}{}", replica.replace(MATERIAL, OTHER));
    let project = Project::of(&wrong).at(&server);
    let refused = project.run("apply -auto-approve").fails();
    let _ = refused.says("takes other material than this").never_says(OTHER);
    assert_eq!(project.run("state list").succeeds().out.lines().count(), 2, "nothing is lost");
    project.write("main.tf", &good);
    let _ = project.run("plan").succeeds().says("0 to add, 1 to change, 0 to destroy");
    let _ = project.run("apply -auto-approve").succeeds();
    assert_eq!(cloud_text(&server), BOTH);
    is_settled(&project);
}

#[test]
fn other_material_is_another_key() {
    let server = Server::new();
    let project = Project::of(&keys("", "")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    project.write("main.tf", &keys("", "").replace(MATERIAL, OTHER));
    let plan = project.run("plan -detailed-exitcode").exits(2);
    insta::assert_snapshot!("other_material", plan.plan());
    let _ = project.run("apply -auto-approve").succeeds();
    is_settled(&project);
}

#[test]
fn a_replica_needs_a_primary_with_material() {
    let server = Server::new();
    let bare = keys("", "").replace(&format!("\"{MATERIAL}\""), "null");
    let project = Project::of(&bare).at(&server);
    let _ = project.run("apply -auto-approve").fails().says("needs its material");
    project.write("main.tf", &keys("", ""));
    let _ = project.run("apply -auto-approve").succeeds();
    is_settled(&project);
}

#[test]
fn a_replica_that_takes_long_is_waited_for() {
    let (server, clock) = Server::standing_still();
    let project = Project::of(&keys("", "")).at(&server);
    let running = project.start("apply -auto-approve");
    server.until_asked("ReplicateKey");
    clock.advance(Duration::from_secs(60));
    let _ = running.wait().succeeds();
    assert_eq!(cloud_text(&server), BOTH);
}

#[test]
fn no_lost_answer_doubles_a_key_or_leaves_it_without_material() {
    let after = ["CreateKey", "ReplicateKey", "ImportKeyMaterial", "GetParametersForImport"];
    let lost = after.map(|operation| (operation, FaultAction::DropAfterExecution));
    let never_sent = after.map(|operation| (operation, FaultAction::DropBeforeExecution));
    // AWS answers one request for parameters a second.
    let code = "ThrottlingException".to_owned();
    let throttled = FaultAction::Error { status: 400, code, message: "Rate exceeded".to_owned() };
    let throttled = [("GetParametersForImport", throttled)];
    std::thread::scope(|scope| {
        for (operation, action) in lost.into_iter().chain(never_sent).chain(throttled) {
            scope.spawn(move || {
                let server = Server::new();
                server.next(operation, action);
                let project = Project::of(&keys("", "")).at(&server);
                let _ = project.run("apply -auto-approve").succeeds();
                assert_eq!(cloud_text(&server), BOTH, "{operation}");
                is_settled(&project);
            });
        }
    });
}

/// The primary by the first provider, the replica by the second.
fn placed(primary: &str, replica: &str) -> String {
    let text = keys(&format!("provider = {primary}"), "");
    text.replace("  provider                = aws.ireland\n", &format!("  provider = {replica}\n"))
}

#[test]
fn exchanged_regions_of_imported_keys_are_one_promotion() {
    let server = Server::new();
    let project = Project::of(&placed("aws", "aws.ireland")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let ciphertext = encrypt(&server, &id(&server));
    project.write("main.tf", &placed("aws.ireland", "aws"));
    let mark = server.mark();
    let _ = project
        .run("apply -auto-approve")
        .succeeds()
        .says("one UpdatePrimaryRegion, and no key is replaced");
    let records = server.requests_since(mark);
    assert_eq!(count(&records, "UpdatePrimaryRegion"), 1);
    for operation in ["CreateKey", "ReplicateKey", "ScheduleKeyDeletion", "ImportKeyMaterial"] {
        assert_eq!(count(&records, operation), 0, "{operation}");
    }
    let moved = "eu-central-1 key \"replica\" Enabled REPLICA\n\
                 eu-west-1 key \"primary\" Enabled PRIMARY\n";
    assert_eq!(cloud_text(&server), moved);
    assert!(decrypts(&server, HOME, &ciphertext) && decrypts(&server, IRELAND, &ciphertext));
    is_settled(&project);
}

#[test]
fn a_primary_that_was_moved_outside_is_told_and_replaces_nothing() {
    let server = Server::new();
    let project = Project::of(&keys("", "")).at(&server);
    let _ = project.run("apply -auto-approve").succeeds();
    let promote = server.kms(HOME).update_primary_region().key_id(id(&server));
    server.wait(promote.primary_region(IRELAND).send()).unwrap();
    let _ = project
        .run("plan -detailed-exitcode")
        .exits(0)
        .says("is in eu-west-1 now")
        .says("the aws_kms_replica_external_key of eu-west-1");
}

/// Destroyed replicas are not in the state any more, and AWS may have let go of their material.
#[test]
fn a_replica_of_imported_material_is_brought_back_with_its_material() {
    for is_dropped in [false, true] {
        let server = Server::new();
        let project = Project::of(&keys("", "")).at(&server);
        let _ = project.run("apply -auto-approve").succeeds();
        let id = id(&server);
        let ciphertext = encrypt(&server, &id);
        if is_dropped {
            let call = server.kms(IRELAND).delete_imported_key_material().key_id(&id);
            server.wait(call.send()).unwrap();
        }
        let line = "destroy -auto-approve -target=aws_kms_replica_external_key.ireland";
        let _ = project.run(line).succeeds();
        let _ = project
            .run("plan -detailed-exitcode")
            .exits(2)
            .says("is taken over")
            .says("the deletion will be cancelled")
            .says("1 to import, 0 to add, 1 to change, 0 to destroy");
        let mark = server.mark();
        let _ = project.run("apply -auto-approve").succeeds();
        let records = server.requests_since(mark);
        assert_eq!((count(&records, "ReplicateKey"), count(&records, "CancelKeyDeletion")), (0, 1));
        assert_eq!(cloud_text(&server), BOTH);
        assert!(decrypts(&server, IRELAND, &ciphertext), "dropped: {is_dropped}");
        is_settled(&project);
    }
}

/// In the plan, and when someone is faster than the apply.
#[test]
fn a_replica_of_imported_material_that_was_made_by_hand_is_taken_over() {
    for is_late in [false, true] {
        let server = Server::new();
        let both = keys("", "");
        let (primary, _) = both.split_at(both.find("resource \"aws_kms_replica").unwrap());
        let project = Project::of(primary).at(&server);
        let _ = project.run("apply -auto-approve").succeeds();
        project.write("main.tf", &both);
        let replicate = || {
            let call = server.kms(HOME).replicate_key().key_id(id(&server));
            server.wait(call.replica_region(IRELAND).send()).unwrap();
        };
        if !is_late {
            replicate();
        }
        let _ = project.run("plan -out=p").succeeds();
        if is_late {
            replicate();
        }
        let told = if is_late { "was there already and is taken over" } else { "1 imported" };
        let _ = project.run("apply p").succeeds().says(told);
        assert_eq!(cloud_text(&server), BOTH);
        is_settled(&project);
    }
}
