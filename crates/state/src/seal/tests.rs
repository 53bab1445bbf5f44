//! Sealing, fingerprints and key files.

use std::fs;
use std::path::Path;

use super::*;

fn opened(sealer: &Sealer, context: &str, sealed: &str) -> Option<String> {
    match sealer.open(context.as_bytes(), sealed)? {
        Opened::Text(text) => Some(String::from_utf8_lossy(&text).trim_end().to_owned()),
        Opened::OtherKey => None,
    }
}

#[test]
fn what_is_sealed_opens_in_its_context_only() {
    let sealer = Sealer::from_bytes([7; 32]);
    let sealed = sealer.seal(b"here", b"\"hunter2\"".to_vec());
    assert_eq!(opened(&sealer, "here", &sealed).as_deref(), Some("\"hunter2\""));
    assert_eq!(opened(&sealer, "there", &sealed), None);
    assert!(sealer.can_open(&sealed));

    let other = Sealer::from_bytes([8; 32]);
    assert!(!other.can_open(&sealed));
    assert!(matches!(other.open(b"here", &sealed), Some(Opened::OtherKey)));
}

#[test]
fn what_was_tampered_with_does_not_open() {
    let sealer = Sealer::from_bytes([7; 32]);
    let sealed = BASE64.decode(sealer.seal(b"here", b"1".to_vec())).unwrap();
    for position in (0..sealed.len()).filter(|position| !(1..=KEY_ID_LEN).contains(position)) {
        let mut changed = sealed.clone();
        changed[position] ^= 1;
        assert!(sealer.open(b"here", &BASE64.encode(changed)).is_none(), "{position}");
    }
    assert!(sealer.open(b"here", &BASE64.encode(&sealed[..20])).is_none());
}

#[test]
fn sealing_is_repeatable_and_hides_the_length() {
    let sealer = Sealer::from_bytes([7; 32]);
    let seal = |context: &str, text: &str| sealer.seal(context.as_bytes(), text.into());
    assert_eq!(seal("a", "1"), seal("a", "1"));
    assert_ne!(seal("a", "1"), seal("b", "1"));
    assert_ne!(seal("a", "1"), seal("a", "2"));
    assert_eq!(seal("a", "1").len(), seal("a", &"x".repeat(60)).len());
}

#[test]
fn fingerprints_depend_on_key_and_context() {
    let sealer = Sealer::from_bytes([7; 32]);
    let print = sealer.fingerprint("a", b"secret");
    assert_eq!(print.len(), 64);
    assert_eq!(print, sealer.fingerprint("a", b"secret"));
    assert_ne!(print, sealer.fingerprint("b", b"secret"));
    assert_ne!(print, sealer.fingerprint("as", b"ecret"));
    assert_ne!(print, Sealer::from_bytes([8; 32]).fingerprint("a", b"secret"));
}

#[test]
fn a_key_file_is_made_once_and_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys/state.key");
    assert!(Sealer::from_existing_key_file(&path).unwrap().is_none());
    let first = Sealer::from_key_file(&path).unwrap();
    let second = Sealer::from_key_file(&path).unwrap();
    assert_eq!(first.key_id(), second.key_id());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
    fs::write(&path, "not a key").unwrap();
    assert!(matches!(Sealer::from_key_file(&path), Err(StateError::InvalidKey { .. })));
}

#[test]
fn a_passphrase_leads_to_one_key_and_another_one_elsewhere() {
    let stretching = Stretching::fresh().unwrap();
    let sealer = |passphrase: &str, stretching: &Stretching| {
        let key = stretching.stretch(passphrase).unwrap();
        Sealer::new(key, KeyOrigin::Passphrase(stretching.clone()))
    };
    let first = sealer("correct horse battery", &stretching);
    let record = first.record().unwrap().clone();
    let same = sealer("correct horse battery", &stretching).as_recorded(&record).unwrap();
    assert_eq!(same.unwrap().key_id(), first.key_id());
    let wrong = sealer("correct horse batterz", &stretching).as_recorded(&record).unwrap();
    assert!(wrong.is_none());
    let elsewhere = sealer("correct horse battery", &Stretching::fresh().unwrap());
    assert_ne!(elsewhere.key_id(), first.key_id(), "each state has a salt of its own");
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<KeyRecord>(&text).unwrap(), record);
    assert!(!text.contains("correct"));
}

#[test]
fn weak_passphrases_and_hostile_parameters_are_refused() {
    let good = Stretching::fresh().unwrap();
    for weak in ["", "short", "elevenchars", "äöüäöüäöüäö"] {
        assert!(matches!(good.stretch(weak), Err(StateError::WeakPassphrase)), "{weak}");
    }
    let hostile = [
        Stretching { memory_kib: 8, ..good.clone() },
        Stretching { memory_kib: u32::MAX, ..good.clone() },
        Stretching { passes: 1, ..good.clone() },
        Stretching { passes: u32::MAX, ..good.clone() },
        Stretching { lanes: 0, ..good.clone() },
        Stretching { salt: String::new(), ..good.clone() },
        Stretching { salt: "?".to_owned(), ..good.clone() },
        Stretching { algorithm: "md5".to_owned(), ..good },
    ];
    for stretching in hostile {
        let refused = stretching.stretch("correct horse battery");
        assert!(matches!(refused, Err(StateError::Malformed { .. })), "{stretching:?}");
    }
}

#[test]
fn fingerprints_are_carried_over_sealed() {
    let former = Sealer::from_bytes([7; 32]);
    let new = Sealer::from_bytes([8; 32]).with_fingerprints_of(&former);
    assert_eq!(new.fingerprint("a", b"secret"), former.fingerprint("a", b"secret"));
    let record = new.record().unwrap();
    let again = Sealer::from_bytes([8; 32]).as_recorded(record).unwrap().unwrap();
    assert_eq!(again.fingerprint("a", b"secret"), former.fingerprint("a", b"secret"));
    // Also over two keys, and nobody else can tell.
    let third = Sealer::from_bytes([9; 32]).with_fingerprints_of(&again);
    assert_eq!(third.fingerprint("a", b"secret"), former.fingerprint("a", b"secret"));
    assert!(Sealer::from_bytes([7; 32]).as_recorded(record).unwrap().is_none());
    let tampered = KeyRecord { fingerprint_key: Some("AQ==".to_owned()), ..record.clone() };
    assert!(Sealer::from_bytes([8; 32]).as_recorded(&tampered).is_err());
}

#[test]
fn each_key_is_found_by_its_id_at_every_step_of_a_replacement() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.key");
    let old = Sealer::from_key_file(&path).unwrap().key_id();
    let found = |id: &str| Sealer::from_key_file_of(&path, id).unwrap().is_some();
    let new = NewKeyFile::make(&path).unwrap();
    let id = new.sealer().key_id();
    assert!(found(&old) && found(&id));
    assert_eq!(Sealer::from_key_file(&path).unwrap().key_id(), old);
    new.take_place().unwrap();
    assert!(found(&old) && found(&id));
    assert_eq!(Sealer::from_key_file(&path).unwrap().key_id(), id);
    assert!(!found("../state.key") && !found(""));
}
