use super::*;
use crate::objects::StoredObject;
use crate::{Holder, Sealer};

fn store() -> Store {
    Store::in_memory(Sealer::from_bytes([7; 32])).unwrap()
}

fn address() -> InstanceAddress {
    InstanceAddress::parse("aws_kms_key.orders").unwrap()
}

fn new_intent(store: &mut Store) -> NewIntent {
    NewIntent {
        run: store.begin_run("apply").unwrap(),
        address: address(),
        deposed: None,
        service: "kms".into(),
        operation: "CreateKey".into(),
        region: "eu-west-1".into(),
        provider: "aws".into(),
        request: Value::object([
            ("Description", Value::string("orders")),
            ("Token", Value::string("hunter2").mark(Marks::SENSITIVE)),
        ]),
    }
}

fn object() -> StoredObject {
    StoredObject {
        address: address(),
        deposed: None,
        type_name: "aws_kms_key".into(),
        provider: "aws".into(),
        region: "eu-west-1".into(),
        attributes: Value::object([("key_id", Value::string("1234"))]),
        facts: Value::object::<&str>([]),
        dependencies: Vec::new(),
        create_before_destroy: false,
        unfinished: true,
        schema_version: 0,
    }
}

#[test]
fn an_intent_is_recorded_sent_and_confirmed_with_its_object() {
    let mut store = store();
    let new = new_intent(&mut store);
    let id = store.record_intent(&new).unwrap();
    let recorded = store.unresolved().unwrap().remove(0);
    assert_eq!((recorded.id, recorded.run, recorded.status), (id, new.run, IntentStatus::Pending));
    assert_eq!(recorded.request.to_string(), r#"{"Description":"orders","Token":null}"#);
    assert_eq!((recorded.attempts, recorded.sent_at), (0, None));

    store.mark_sent(id).unwrap();
    store.mark_sent(id).unwrap();
    let sent = store.unresolved().unwrap().remove(0);
    assert_eq!((sent.status, sent.attempts), (IntentStatus::Sent, 2));
    assert!(sent.sent_at >= Some(sent.created_at));

    let object = object();
    let before = store.snapshot().unwrap().serial;
    store.confirm(id, Some("req-1"), &[Change::Put(&object)]).unwrap();
    assert_eq!(store.unresolved().unwrap(), []);
    let snapshot = store.snapshot().unwrap();
    assert_eq!((snapshot.serial, snapshot.objects), (before + 1, vec![object]));
    let confirmed = store.intents_of(new.run).unwrap().remove(0);
    assert_eq!(confirmed.status, IntentStatus::Confirmed);
    assert_eq!(confirmed.request_id.as_deref(), Some("req-1"));
}

#[test]
fn a_failed_intent_keeps_the_clouds_words() {
    let mut store = store();
    let new = new_intent(&mut store);
    let id = store.record_intent(&new).unwrap();
    store.mark_sent(id).unwrap();
    store.fail(id, "AccessDeniedException", "not you", Some("req-2")).unwrap();
    let failed = store.intents_of(new.run).unwrap().remove(0);
    assert_eq!(failed.status, IntentStatus::Failed);
    assert_eq!(failed.error_code.as_deref(), Some("AccessDeniedException"));
    assert_eq!(failed.error_message.as_deref(), Some("not you"));
    assert!(failed.finished_at.is_some());
}

#[test]
fn only_the_steps_of_the_protocol_are_possible() {
    use IntentStatus::{Abandoned, Confirmed, Failed, Pending, Sent};
    let reach = |store: &mut Store, id, status| match status {
        Pending => Ok(()),
        Sent => store.mark_sent(id),
        Confirmed => store.confirm(id, None, &[]),
        Failed => store.fail(id, "code", "message", None),
        Abandoned => store.abandon(id),
    };
    let mut store = store();
    let new = new_intent(&mut store);
    for from in IntentStatus::ALL {
        for to in [Sent, Confirmed, Failed, Abandoned] {
            let id = store.record_intent(&new).unwrap();
            if from == Confirmed {
                store.mark_sent(id).unwrap();
            }
            reach(&mut store, id, from).unwrap();
            let open = matches!(from, Pending | Sent);
            let allowed = if to == Confirmed { from == Sent } else { open };
            let result = reach(&mut store, id, to);
            assert_eq!(result.is_ok(), allowed, "{from} to {to}");
            if let Err(error) = result {
                let told = format!("The intent {id} is {from} and cannot become {to}.");
                assert_eq!(error.to_string(), told);
            }
        }
    }
    assert!(matches!(store.abandon(IntentId::fresh()), Err(StateError::NoSuchIntent { .. })));
}

#[test]
fn a_confirmation_that_cannot_be_written_changes_nothing() {
    let mut store = store();
    let new = new_intent(&mut store);
    let id = store.record_intent(&new).unwrap();
    let object = object();
    assert!(store.confirm(id, None, &[Change::Put(&object)]).is_err());
    assert_eq!(store.snapshot().unwrap().objects, []);
    assert_eq!(store.unresolved().unwrap()[0].status, IntentStatus::Pending);
}

#[test]
fn nothing_is_begun_once_the_lock_is_lost() {
    let mut store = store();
    let new = new_intent(&mut store);
    let holder = Holder {
        operation: "apply".into(),
        who: "ada".into(),
        host: "here".into(),
        pid: std::process::id(),
        started_at: OffsetDateTime::UNIX_EPOCH,
    };
    let lock = store.acquire_lock(&holder).unwrap();
    let id = store.record_intent(&new).unwrap();
    store.mark_sent(id).unwrap();

    store.connection.execute("DELETE FROM lock", []).unwrap();
    let error = store.record_intent(&new).unwrap_err();
    assert!(matches!(error, StateError::LockLost { id } if id == lock), "{error}");
    // What was already under way is still written down.
    store.confirm(id, None, &[Change::Put(&object())]).unwrap();
}

#[test]
fn what_was_given_up_or_sent_again_stays_doubtful_for_a_while() {
    let mut store = store();
    let new = new_intent(&mut store);
    let once = store.record_sent(&new).unwrap();
    store.confirm(once, None, &[]).unwrap();
    let never = store.record_intent(&new).unwrap();
    store.abandon(never).unwrap();
    let twice = store.record_sent(&new).unwrap();
    store.mark_sent(twice).unwrap();
    let long_ago = OffsetDateTime::UNIX_EPOCH;
    assert_eq!(store.doubtful(long_ago).unwrap(), [], "an open one is no matter of doubt");
    store.confirm(twice, None, &[]).unwrap();
    let given_up = store.record_sent(&new).unwrap();
    store.abandon(given_up).unwrap();
    let ids: Vec<IntentId> = store.doubtful(long_ago).unwrap().iter().map(|it| it.id).collect();
    assert_eq!(ids, [twice, given_up]);
    let later = OffsetDateTime::now_utc() + time::Duration::HOUR;
    assert_eq!(store.doubtful(later).unwrap(), []);
}

#[test]
fn an_object_is_set_aside_together_with_the_answer_of_its_successor() {
    let mut store = store();
    store.put_object(&object()).unwrap();
    let new = new_intent(&mut store);
    let id = store.record_sent(&new).unwrap();
    let (address, key) = (address(), store.free_deposed_key(&address()).unwrap());
    let successor = object();
    let changes = [Change::Depose { address: &address, key: &key }, Change::Put(&successor)];
    store.confirm(id, None, &changes).unwrap();
    let again = store.confirm(id, None, &changes);
    assert!(again.is_err(), "an intent ends once");
    let snapshot = store.snapshot().unwrap();
    let kept: Vec<_> = snapshot.objects.iter().map(|it| it.deposed.clone()).collect();
    assert_eq!(kept, [None, Some(key)], "what is refused changes nothing");
}

#[test]
fn calls_of_unknown_end_that_set_what_others_show_are_told() {
    let mut store = store();
    let sent = |store: &mut Store, request: Value| {
        let new = NewIntent { request, ..new_intent(store) };
        store.record_sent(&new).unwrap()
    };
    let shown = Value::object([(SHOWN_ELSEWHERE, Value::object([("id", Value::string("a"))]))]);
    let told = |store: &Store| -> Vec<IntentId> {
        store.snapshot().unwrap().unconfirmed.iter().map(|it| it.id).collect()
    };
    // A text of a user is not taken for the member.
    sent(&mut store, Value::object([("Description", Value::string("\"meridian:shown\""))]));
    let first = sent(&mut store, shown.clone());
    assert_eq!(told(&store), [first]);
    store.abandon(first).unwrap();
    assert_eq!(told(&store), [first]);
    let refused = sent(&mut store, shown.clone());
    store.fail(refused, "ValidationException", "no", None).unwrap();
    assert_eq!(told(&store), [first]);
    store.prune(0).unwrap();
    assert_eq!(told(&store), [first]);
    // What was confirmed later is in the state, or gone.
    let second = sent(&mut store, shown);
    store.confirm(second, None, &[]).unwrap();
    assert_eq!(told(&store), []);
}
