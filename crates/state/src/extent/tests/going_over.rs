//! From sealed sensitive values to a state that is sealed whole, back, and to another key.

use super::*;

#[test]
fn a_state_goes_there_and_back_and_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let mut store = Store::open(&path, key()).unwrap();
    fill(&mut store);
    let (before, rows) = (store.snapshot().unwrap(), dump(&store));
    let (calls, runs) = (store.unresolved().unwrap(), store.runs(9).unwrap());
    assert!(store.seal(Extent::Whole).unwrap());
    assert!(!store.seal(Extent::Whole).unwrap());
    let listed = store.runs(9).unwrap();
    assert_eq!((listed[0].operation.as_str(), listed[0].changed), ("state seal", 0));
    assert_eq!(listed[1..], runs);
    assert_eq!(store.snapshot().unwrap(), before);
    assert_eq!(store.unresolved().unwrap(), calls);
    drop(store);
    // Ended before the file was rewritten.
    shows_no_content(folder.path());
    let mut store = Store::open(&path, key()).unwrap();
    store.compact().unwrap();
    shows_no_content(folder.path());
    assert!(store.seal(Extent::Sensitive).unwrap());
    assert_eq!(dump(&store), rows);
    assert_eq!(store.snapshot().unwrap(), before);
}

/// What the disk holds of it when the process ends: the log as far as it was written.
#[test]
fn ended_at_any_instant_it_is_the_one_or_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let log = folder.path().join("state.db-wal");
    let mut store = Store::open(&path, key()).unwrap();
    fill(&mut store);
    store.compact().unwrap();
    let (before, rows, calls) =
        (store.snapshot().unwrap(), dump(&store), store.unresolved().unwrap());
    let page: u32 =
        store.connection.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    assert!(store.seal(Extent::Whole).unwrap());
    let (file, log) = (fs::read(&path).unwrap(), fs::read(log).unwrap());
    drop(store);
    let mut extents = Vec::new();
    // A frame of the log is a page behind 24 bytes; the log begins with 32.
    for end in (32..=log.len()).step_by((page as usize + 24) / 2) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        fs::write(&path, &file).unwrap();
        fs::write(folder.path().join("state.db-wal"), &log[..end]).unwrap();
        let store = Store::open(&path, key()).unwrap();
        let extent = Extent::of(&store.connection).unwrap();
        assert_eq!(store.snapshot().unwrap(), before);
        assert_eq!(store.unresolved().unwrap(), calls);
        assert_eq!(dump(&store) == rows, extent == Extent::Sensitive);
        extents.push(extent);
    }
    assert!(extents.len() > 6, "{}", extents.len());
    assert_eq!((extents[0], extents.pop()), (Extent::Sensitive, Some(Extent::Whole)));
}

#[test]
fn more_rows_than_are_looked_at_together_all_go_over() {
    let mut store = Store::in_memory(key()).unwrap();
    for text in ["first", "second"] {
        let run = store.begin_run("apply").unwrap();
        let objects: Vec<_> = (0..600).map(|at| object(&format!("k{at}"), text)).collect();
        let changes: Vec<_> = objects.iter().map(crate::Change::Put).collect();
        store.change(&changes).unwrap();
        store.finish_run(run, Outcome::Succeeded).unwrap();
    }
    let (before, rows) = (content(&store), dump(&store));
    assert!(store.seal(Extent::Whole).unwrap());
    let sealed = dump(&store);
    assert!(!sealed.iter().any(|row| HIDDEN.iter().any(|text| row.contains(text))));
    assert_eq!(content(&store), before);
    assert!(store.seal(Extent::Sensitive).unwrap());
    assert_eq!(dump(&store), rows);
}

#[test]
fn what_was_before_a_run_comes_back_also_when_it_was_sealed_since() {
    let mut store = Store::in_memory(key()).unwrap();
    fill(&mut store);
    assert!(store.seal(Extent::Whole).unwrap());
    let reversals = store.reversals(2).unwrap();
    let told: Vec<_> =
        reversals.iter().map(|(address, _, it)| (address.to_string(), *it)).collect();
    let expected =
        [("aws_kms_key.a", Reversal::Changed), ("aws_kms_key.second", Reversal::Forgotten)];
    assert_eq!(told, expected.map(|(address, it)| (address.to_owned(), it)));
    store.as_run("state restore", |store| store.restore_before(2)).unwrap();
    let restored = store.snapshot().unwrap();
    assert_eq!(restored.objects, [object("a", "first"), object("first", "first")]);
    assert_eq!(restored.outputs, outputs("an outcome first"));
    assert!(!dump(&store).iter().any(|row| HIDDEN.iter().any(|text| row.contains(text))));
}

#[test]
fn another_key_is_taken_by_all_that_is_sealed() {
    let mut store = Store::in_memory(key().for_extent(Extent::Whole)).unwrap();
    let open = fill(&mut store);
    let before = content(&store);
    let former = dump(&store);
    store.rekey(&another_key()).unwrap();
    assert_eq!(content(&store), before);
    let seals = |rows: &[String]| -> Vec<String> {
        let all = rows.join("\n");
        let parts = all.split("{\"sealed\":\"").skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    };
    let (old, new) = (seals(&former), seals(&dump(&store)));
    assert!(old.len() > 12 && old.len() == new.len());
    assert!(new.iter().all(|sealed| another_key().can_open(sealed)));
    // Fingerprints of calls that are over are gone; of the open one they are needed.
    let kept = |store: &Store, run: usize| {
        let run = store.runs(9).unwrap()[run].id;
        store.intents_of(run).unwrap()[0].request.get("meridian:kept").is_some()
    };
    assert_eq!(store.unresolved().unwrap()[0].id, open);
    assert_eq!((kept(&store, 1), kept(&store, 2)), (true, false));
    store.seal(Extent::Sensitive).unwrap();
    assert_eq!(content(&store), before);
}

#[test]
fn what_does_not_open_stops_sealing_before_anything_is_changed() {
    let mut store = Store::in_memory(key().for_extent(Extent::Whole)).unwrap();
    fill(&mut store);
    store.connection.execute("UPDATE intent SET error_message = 'in clear'", []).unwrap();
    let before = (dump(&store), store.runs(9).unwrap());
    assert!(matches!(store.seal(Extent::Sensitive), Err(StateError::Malformed { .. })));
    assert_eq!((dump(&store), store.runs(9).unwrap()), before);
    assert_eq!(Extent::of(&store.connection).unwrap(), Extent::Whole);
}
