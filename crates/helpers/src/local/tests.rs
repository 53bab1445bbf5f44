//! Files of this machine.

use std::fs;
use std::path::{Path, PathBuf};

use meridian_lang::{Marks, Type, Value};
use meridian_resource::{DataError, Object, Reaction, ReplacementOrder};
use tempfile::TempDir;

use super::data::FileContent;
use crate::testing::{Bench, Stuck, observed, text};

/// A type and a folder in which its files are.
fn bench(name: &'static str) -> (Bench, TempDir) {
    let folder = TempDir::new().expect("a folder");
    let mut bench = Bench::new(name);
    bench.machine = bench.machine.in_folder(folder.path());
    (bench, folder)
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

/// What is refused when a file of these arguments is made.
fn refusal<const N: usize>(bench: &Bench, arguments: [(&str, Value); N]) -> (String, String) {
    let wanted = bench.planned(None, &bench.config(arguments));
    let Err(Stuck::Cloud(call, error)) = bench.apply(None, Some(&wanted)) else {
        panic!("it must be refused");
    };
    let Some(Reaction::Fail(problem)) = bench.kind().reaction(&bench.place(), &call, &error) else {
        panic!("it must fail");
    };
    (problem.summary, problem.detail)
}

#[test]
fn a_file_is_written_and_summed_up() {
    let (bench, folder) = bench("local_file");
    let arguments = [("filename", text("a/b/hello")), ("content", text("hello\n"))];
    let object = bench.create(arguments.clone());
    let path = folder.path().join("a/b/hello");
    assert_eq!(fs::read_to_string(&path).unwrap(), "hello\n");
    let sums = [
        ("content_md5", "b1946ac92492d2347c6235b4d2611184"),
        ("content_sha1", "f572d396fae9206628714fb2ce00f72e94f2258f"),
        ("id", "f572d396fae9206628714fb2ce00f72e94f2258f"),
        ("content_sha256", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"),
        ("content_base64sha256", "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="),
        (
            "content_sha512",
            "e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1c3b7f931f94aae41edda2c2b207a36e\
             10f8bcb8d45223e54878f5b316e7ce3b6bc019629",
        ),
        (
            "content_base64sha512",
            "58IrmUxZ2c8rSOVJseJGZmNgRZMNPafBrLKZ0cO3+TH5Sq5B7dosKyB6NuEPi8uNRSI+VIePWzFufOO2vAGW\
             KQ==",
        ),
    ];
    for (name, expected) in sums {
        assert_eq!(object.text(name), Some(expected), "{name}");
    }
    assert_eq!(bench.refreshed(&object), Ok(Some(object.clone())));
    bench.assert_settled(&object, arguments);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    assert_eq!(bench.apply(Some(object.clone()), None), Ok((vec!["RemoveFile"], None)));
    assert!(!path.exists());
    // What is gone already is gone.
    assert_eq!(bench.apply(Some(object), None), Ok((vec!["RemoveFile"], None)));
}

#[test]
fn a_file_that_others_changed_or_removed_is_gone() {
    let (bench, folder) = bench("local_file");
    let object = bench.create([("filename", text("f")), ("content", text("one"))]);
    fs::write(folder.path().join("f"), "two").unwrap();
    assert_eq!(bench.refreshed(&object), Ok(None));
    // It is not ours to remove any more.
    assert_eq!(bench.apply(Some(object.clone()), None), Ok((vec!["RemoveFile"], None)));
    assert_eq!(fs::read_to_string(folder.path().join("f")).unwrap(), "two");
    fs::remove_file(folder.path().join("f")).unwrap();
    assert_eq!(bench.refreshed(&object), Ok(None));
    fs::create_dir(folder.path().join("f")).unwrap();
    let error = bench.refreshed(&object).expect_err("no file");
    assert!(error.message.contains("not a regular file"), "{error}");
}

#[test]
fn the_content_comes_from_one_of_several_places() {
    let (bench, folder) = bench("local_file");
    fs::write(folder.path().join("source"), [0, 159, 146, 150]).unwrap();
    for (argument, value, expected) in [
        ("content", text("é"), "é".as_bytes()),
        ("content", text(""), b""),
        ("sensitive_content", text("hunter2"), b"hunter2"),
        ("content_base64", text("AJ+Slg=="), &[0, 159, 146, 150]),
        ("source", text("source"), &[0, 159, 146, 150]),
    ] {
        let object = bench.create([("filename", text("f")), (argument, value)]);
        assert_eq!(fs::read(folder.path().join("f")).unwrap(), expected, "{argument}");
        assert!(!format!("{object:?}").contains("hunter2"));
    }
}

#[test]
fn arguments_are_checked_in_the_providers_words() {
    let (bench, _folder) = bench("local_file");
    let file = || ("filename", text("f"));
    let list = "[content,sensitive_content,content_base64,source]";
    let combination = "Invalid Attribute Combination".to_owned();
    let detail = format!("No attribute specified when one (and only one) of {list} is required");
    assert_eq!(bench.wrong([file()]), [(combination.clone(), detail)]);
    let detail = format!("2 attributes specified when one (and only one) of {list} is required");
    let both = bench.wrong([file(), ("content", text("a")), ("source", text("b"))]);
    assert_eq!(both, [(combination, detail)]);
    let content = || ("content", text("a"));
    for (permission, reason) in [
        ("0644", None),
        ("644", None),
        ("64", Some("string length should be 3 or 4 digits: 64")),
        ("00644", Some("string length should be 3 or 4 digits: 00644")),
        ("1644", Some("string must be expressed in octal numeric notation: 1644")),
        ("0689", Some("string must be expressed in octal numeric notation: 0689")),
        ("rwx", Some("string must be expressed in octal numeric notation: rwx")),
    ] {
        let wrong = bench.wrong([file(), content(), ("file_permission", text(permission))]);
        let expected = reason.map(|reason| {
            let detail = format!("bad mode permission: {reason}");
            ("Invalid File Permission String Value".to_owned(), detail)
        });
        assert_eq!(wrong, Vec::from_iter(expected), "{permission}");
    }
}

#[test]
fn any_other_argument_replaces() {
    let (bench, _folder) = bench("local_file");
    let object = bench.create([("filename", text("f")), ("content", text("a"))]);
    for (arguments, expected, order) in [
        (
            [("filename", text("f")), ("content", text("b"))],
            "content",
            ReplacementOrder::DeleteFirst,
        ),
        (
            [("filename", text("g")), ("content", text("a"))],
            "filename",
            ReplacementOrder::CreateFirst,
        ),
        (
            [("filename", Value::unknown(Type::String)), ("content", text("a"))],
            "filename",
            ReplacementOrder::DeleteFirst,
        ),
    ] {
        let planned = bench.planned(Some(&object), &bench.config(arguments));
        assert_eq!(bench.replacing(&object, &planned), [expected]);
        assert_eq!(bench.kind().replacement_order(&object, &planned), order);
    }
}

#[cfg(unix)]
#[test]
fn permissions_are_those_asked_for() {
    let (bench, folder) = bench("local_file");
    let file = || ("filename", text("folder/f"));
    for permission in ["0600", "0400", "0700"] {
        bench.create([
            file(),
            ("content", text("a")),
            ("file_permission", text(permission)),
            ("directory_permission", text("0700")),
        ]);
        let asked = u32::from_str_radix(permission, 8).unwrap();
        assert_eq!(mode(&folder.path().join("folder/f")), asked);
        assert_eq!(mode(&folder.path().join("folder")), 0o700);
    }
    let bench = Bench::new("local_sensitive_file");
    let path = folder.path().join("secret");
    let object =
        bench.create([("filename", text(path.to_str().unwrap())), ("content", text("hunter2"))]);
    assert_eq!(mode(&path), 0o700);
    assert_eq!(object.text("directory_permission"), Some("0700"));
}

#[test]
fn a_sensitive_file_hides_its_content() {
    let (bench, folder) = bench("local_sensitive_file");
    let config = bench.config([("filename", text("f")), ("content", text("hunter2"))]);
    let wanted = bench.planned(None, &config);
    let kind = bench.kind();
    let meridian_resource::Next::Call(call) = kind.next(&bench.place(), None, Some(&wanted)) else {
        panic!("a file must be made");
    };
    assert!(!format!("{call:?}").contains("hunter2"));
    let object = bench.create([("filename", text("f")), ("content", text("hunter2"))]);
    assert!(object.attribute("content").is_sensitive());
    assert_eq!(fs::read_to_string(folder.path().join("f")).unwrap(), "hunter2");
    let (summary, detail) = refusal(&bench, [("filename", text("")), ("content", text("hunter2"))]);
    assert_eq!(summary, "Create local sensitive file error");
    assert!(!detail.contains("hunter2"));
    let (_, detail) =
        refusal(&bench, [("filename", text("f")), ("content_base64", text("hunter2?"))]);
    assert_eq!(detail, "content_base64 is no base64");
}

/// A hash without a salt tells whether a guess is right.
#[test]
fn the_hashes_of_a_secret_are_secret() {
    let secret = || text("hunter2").mark(Marks::SENSITIVE);
    for (name, argument, value, is_secret) in [
        ("local_sensitive_file", "content", text("hunter2"), true),
        ("local_sensitive_file", "content_base64", text("aHVudGVyMg=="), true),
        ("local_sensitive_file", "source", text("source"), true),
        ("local_file", "sensitive_content", text("hunter2"), true),
        ("local_file", "content", secret(), true),
        ("local_file", "content_base64", text("aHVudGVyMg==").mark(Marks::SENSITIVE), true),
        ("local_file", "source", text("source").mark(Marks::SENSITIVE), false),
        ("local_file", "content", text("hunter2"), false),
    ] {
        let (bench, folder) = bench(name);
        fs::write(folder.path().join("source"), "hunter2").unwrap();
        let arguments = [("filename", text("f")), (argument, value)];
        let planned = bench.planned(None, &bench.config(arguments.clone()));
        let object = bench.create(arguments.clone());
        // As an earlier version has kept it.
        let clear = super::CHECKSUMS.into_iter().chain(["id"]).fold(object.clone(), |it, name| {
            let hash = it.attribute(name).unmark();
            it.with(name, hash)
        });
        let clear = Object { facts: Value::object::<&str>([]), ..clear };
        let taken_over = bench.kind().taken_over(clear.clone());
        let read = bench.refreshed(&clear).expect("it can be read").expect("it is there");
        for attribute in super::CHECKSUMS.into_iter().chain(["id"]) {
            for value in [
                planned.get(attribute).expect(attribute),
                &object.attribute(attribute),
                &read.attribute(attribute),
                &taken_over.attribute(attribute),
            ] {
                assert_eq!(value.is_sensitive(), is_secret, "{name}.{argument}: {attribute}");
            }
        }
        bench.assert_settled(&read, arguments);
        assert_eq!(bench.apply(Some(read), None), Ok((vec!["RemoveFile"], None)));
        assert!(!folder.path().join("f").exists());
    }
}

/// Without the state's key its hash is not known, and no reason to write the file again.
#[test]
fn a_file_whose_hash_is_not_known_is_there() {
    let (bench, _folder) = bench("local_sensitive_file");
    let object = bench.create([("filename", text("f")), ("content", text("hunter2"))]);
    let sealed = Object { facts: Value::object::<&str>([]), ..object };
    let sealed = sealed.with("id", Value::unknown(Type::String).mark(Marks::SENSITIVE));
    assert!(bench.refreshed(&sealed).expect("it can be read").is_some());
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_its_target_is_written() {
    let (bench, folder) = bench("local_file");
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    for content in ["new", "newer"] {
        bench.create([("filename", text("link")), ("content", text(content))]);
        assert_eq!(fs::read_to_string(&target).unwrap(), content);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}

#[test]
fn what_cannot_be_written_is_told() {
    let (bench, folder) = bench("local_file");
    fs::create_dir(folder.path().join("folder")).unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let content = || ("content", text("a"));
    for name in ["folder", "file/below"] {
        let (summary, detail) = refusal(&bench, [("filename", text(name)), content()]);
        assert_eq!(summary, "Create local file error");
        assert!(detail.contains(folder.path().to_str().unwrap()), "{detail}");
    }
    let source = ("source", text("absent"));
    let (_, detail) = refusal(&bench, [("filename", text("f")), source]);
    assert!(detail.starts_with("cannot read"), "{detail}");
    assert!(!folder.path().join("f").exists());
    let left: Vec<PathBuf> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn the_data_sources_read_a_file() {
    let (bench, folder) = bench("local_file");
    fs::write(folder.path().join("f"), b"a\xFFb").unwrap();
    let arguments = [("filename", text("f"))];
    let plain = observed(&bench, &FileContent::plain(), &arguments).expect("a file");
    assert_eq!(plain.get_str("content"), Some("a\u{FFFD}b"));
    assert_eq!(plain.get_str("content_base64"), Some("Yf9i"));
    assert_eq!(plain.get("id"), plain.get("content_sha1"));
    assert!(plain.is_wholly_known() && plain.deep_marks().is_none());
    let secret = observed(&bench, &FileContent::sensitive(), &arguments).expect("a file");
    assert!(secret.get("content").is_some_and(Value::is_sensitive));
    assert!(secret.get("content_base64").is_some_and(Value::is_sensitive));
    assert_eq!(secret.unmark_deep(), plain);
    let absent = [("filename", text("absent"))];
    let error = observed(&bench, &FileContent::plain(), &absent).expect_err("no file");
    let DataError::Problem(problem) = error else { panic!("{error:?}") };
    assert_eq!(problem.summary, "Read local file data source error");
    assert!(problem.detail.contains("absent"), "{problem:?}");
}

/// A device might never end.
#[cfg(unix)]
#[test]
fn a_device_is_not_read() {
    let (bench, _folder) = bench("local_file");
    let arguments = [("filename", text("/dev/zero"))];
    let error = observed(&bench, &FileContent::plain(), &arguments).expect_err("no file");
    let DataError::Problem(problem) = error else { panic!("{error:?}") };
    assert!(problem.detail.contains("not a regular file"), "{problem:?}");
}
