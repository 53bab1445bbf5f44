//! `fmt`: which files it takes, what it says and writes, and how it ends.

use std::fs;
use std::path::Path;

use crate::support::Project;

const CROOKED: &str = "locals {\na=1\n  bbb=2 # c\n}\n";
const STRAIGHT: &str = "locals {\n  a   = 1\n  bbb = 2 # c\n}\n";

#[track_caller]
fn holds(project: &Project, name: &str, text: &str) {
    assert_eq!(fs::read_to_string(project.folder().join(name)).expect(name), text, "{name}");
}

/// A folder with files of every kind, and folders in it.
fn mixed() -> Project {
    let project = Project::of(CROOKED);
    for folder in ["sub", "sub/deep", ".terraform"] {
        fs::create_dir(project.folder().join(folder)).expect(folder);
    }
    project.write("straight.tf", STRAIGHT);
    let crooked = ["b.tfvars", "c.tftest.hcl", "d.tfmock.hcl", "sub/e.tf", "sub/deep/f.tf"];
    let ignored = [".g.tf", "h.tf~", "#i.tf#", "j.txt", "k.tf.json", ".terraform/l.tf", "m.hcl"];
    for name in crooked.into_iter().chain(ignored) {
        project.write(name, CROOKED);
    }
    project
}

#[test]
fn the_files_of_the_folder_are_written_and_listed() {
    let project = mixed();
    let listed = project.run("fmt").exits(0).out;
    assert_eq!(listed, "b.tfvars\nc.tftest.hcl\nd.tfmock.hcl\nmain.tf\n");
    for name in ["main.tf", "b.tfvars", "c.tftest.hcl", "d.tfmock.hcl", "straight.tf"] {
        holds(&project, name, STRAIGHT);
    }
    for name in ["sub/e.tf", ".g.tf", "h.tf~", "#i.tf#", "j.txt", "k.tf.json", "m.hcl"] {
        holds(&project, name, CROOKED);
    }
    assert_eq!(project.run("fmt").exits(0).all(), "");
}

#[test]
fn folders_within_are_for_recursive() {
    let project = mixed();
    let listed = project.run("fmt -recursive -list=true").exits(0).out;
    let expected = "b.tfvars\nc.tftest.hcl\nd.tfmock.hcl\nmain.tf\nsub/deep/f.tf\nsub/e.tf\n";
    assert_eq!(listed, expected);
    holds(&project, "sub/deep/f.tf", STRAIGHT);
    holds(&project, ".terraform/l.tf", CROOKED);
}

#[test]
fn a_check_only_looks() {
    let project = mixed();
    let names = "b.tfvars\nc.tftest.hcl\nd.tfmock.hcl\nmain.tf\n";
    assert_eq!(project.run("fmt -check").exits(3).out, names);
    assert_eq!(project.run("fmt -check -list=false").exits(3).all(), "");
    assert_eq!(
        project.run("fmt --check sub/deep ./sub/../main.tf").exits(3).out,
        "sub/deep/f.tf\nmain.tf\n"
    );
    assert_eq!(project.run("fmt -check straight.tf").exits(0).all(), "");
    holds(&project, "main.tf", CROOKED);
}

#[test]
fn a_diff_shows_what_changes() {
    let project = Project::of("a=1\nb = 2\n\n\n\n\n\n\n\n\n# c\nlast=1");
    let diff = "main.tf\n--- old/main.tf\n+++ new/main.tf\n@@ -1,4 +1,4 @@\n-a=1\n+a = 1\n b = 2\n \n \n\
                @@ -9,4 +9,4 @@\n \n \n # c\n-last=1\n\\ No newline at end of file\n+last = 1\n\
                \\ No newline at end of file\n";
    assert_eq!(project.run("fmt -diff -write=false").exits(0).out, diff);
    assert_eq!(project.run("fmt -check -diff").exits(3).out, diff);
    holds(&project, "main.tf", "a=1\nb = 2\n\n\n\n\n\n\n\n\n# c\nlast=1");
    assert_eq!(project.run("fmt -diff").exits(0).out, diff);
    holds(&project, "main.tf", "a = 1\nb = 2\n\n\n\n\n\n\n\n\n# c\nlast = 1");
}

#[test]
fn without_list_and_write_the_text_is_printed() {
    let project = Project::of(CROOKED);
    project.write("next.tf", "a=1");
    let printed = project.run("fmt -list=false -write=false").exits(0).out;
    assert_eq!(printed, format!("{STRAIGHT}a = 1\n"));
    holds(&project, "main.tf", CROOKED);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let project = Project::of(CROOKED);
    assert_eq!(project.run_with("fmt -", CROOKED).exits(0).out, STRAIGHT);
    assert_eq!(project.run_with("fmt -", "a=1").exits(0).out, "a = 1\n");
    assert_eq!(project.run_with("fmt -", "").exits(0).out, "\n");
    assert_eq!(project.run_with("fmt -check -", CROOKED).exits(3).all(), "");
    assert_eq!(project.run_with("fmt -check -", STRAIGHT).exits(0).all(), "");
    let diff = "--- old/<stdin>\n+++ new/<stdin>\n@@ -1 +1 @@\n-a=1\n+a = 1\n";
    assert_eq!(project.run_with("fmt -diff -", "a=1\n").exits(0).out, diff);
    let _ = project
        .run_with("fmt -", "a = = 1\n")
        .exits(2)
        .says("Invalid expression")
        .says("<stdin>:1:5");
    holds(&project, "main.tf", CROOKED);
}

#[test]
fn wrong_syntax_is_told_with_its_place_and_stops_nothing_else() {
    let project = Project::of(CROOKED);
    let wrong = "locals {\n  a=1\n  b=\n}\n";
    project.write("a.tf", wrong);
    project.write("z.tf", "foo \"bar\" {\n");
    let ran = project.run("fmt").exits(2).says("Invalid expression").says("a.tf:3:");
    assert_eq!(ran.says("Unclosed configuration block").says("z.tf:1:").out, "main.tf\n");
    holds(&project, "main.tf", STRAIGHT);
    holds(&project, "a.tf", wrong);
    project.write("main.tf", CROOKED);
    assert_eq!(project.run("fmt -check").exits(2).out, "");
}

#[test]
fn what_cannot_be_formatted_is_told() {
    let project = Project::of(CROOKED);
    project.write("note.txt", CROOKED);
    fs::write(project.folder().join("latin.tf"), b"a = \"\n\xe9\"\n").expect("a file");
    let _ = project.run("fmt nowhere main.tf").exits(2).says("No file or directory at nowhere");
    holds(&project, "main.tf", CROOKED);
    let only = "Only .tf, .tfvars, and .tftest.hcl files can be processed with meridian fmt";
    let _ = project.run("fmt note.txt main.tf").exits(2).says(only).says("note.txt");
    holds(&project, "main.tf", STRAIGHT);
    let _ =
        project.run("fmt").exits(2).says("Invalid character encoding").says("line 2 of latin.tf");
    let _ = project.run("fmt -unknown").exits(1).says("-unknown");
}

#[test]
fn paths_are_shown_from_the_current_folder() {
    let project = mixed();
    let main = project.folder().join("main.tf");
    let line = format!("-chdir=sub fmt -check {} ../sub/deep .", main.display());
    assert_eq!(project.run(&line).exits(3).out, "../main.tf\ndeep/f.tf\ne.tf\n");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_permissions_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let project = Project::of(STRAIGHT);
    let target = project.root().join("shared.tf");
    let link = project.folder().join("link.tf");
    fs::write(&target, CROOKED).expect("a file");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).expect("permissions");
    symlink(Path::new("../shared.tf"), &link).expect("a link");
    assert_eq!(project.run("fmt").exits(0).out, "link.tf\n");
    holds(&project, "../shared.tf", STRAIGHT);
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    assert_eq!(fs::metadata(&target).expect("the file").permissions().mode() & 0o777, 0o600);
    symlink(Path::new("../nowhere.tf"), project.folder().join("dead.tf")).expect("a link");
    let _ = project.run("fmt").exits(2).says("Failed to read file dead.tf");
}
