//! `meridian fmt`

mod path;
mod replace;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use meridian_config::is_ignored;
use meridian_lang::Sources;
use similar::TextDiff;

use crate::arguments::FmtArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;
use path::seen_from_here;
use replace::replace;

/// What names of files that can be formatted end with.
const ENDINGS: [&str; 4] = [".tf", ".tfvars", ".tftest.hcl", ".tfmock.hcl"];
/// How messages call standard input.
const STDIN: &str = "<stdin>";
/// Terraform's exit codes.
const WRONG: u8 = 2;
const NOT_CANONICAL: u8 = 3;
/// After this a diff need not be the shortest any more.
const DIFF_TIME: Duration = Duration::from_secs(5);

/// Rewrites files in the canonical form, or says which ones are not in it.
pub fn run(arguments: &FmtArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let from_stdin = arguments.targets.first().is_some_and(|first| first == Path::new("-"));
    let list = arguments.list && !from_stdin;
    let mut work = Work {
        list: list || arguments.check,
        write: arguments.write && !from_stdin && !arguments.check,
        diff: arguments.diff,
        recursive: arguments.recursive,
        output: String::new(),
        failures: Vec::new(),
    };
    if from_stdin {
        let mut text = Vec::new();
        io::stdin().read_to_end(&mut text).map_err(Failure::at_path(Path::new(STDIN)))?;
        work.text(STDIN, text, None);
    } else if arguments.targets.is_empty() {
        work.folder(Path::new("."));
    } else {
        work.targets(&arguments.targets);
    }
    let Work { output, failures, .. } = work;
    let failed = !failures.is_empty();
    if !arguments.check || (list && !failed) {
        match from_stdin {
            // The text of a file, as it is.
            true => terminal.data(&output),
            false => terminal.print(&output),
        }
    }
    for failure in failures {
        failure.show(terminal);
    }
    Ok(match () {
        () if failed => ExitCode::from(WRONG),
        () if arguments.check && !output.is_empty() => ExitCode::from(NOT_CANONICAL),
        () => ExitCode::SUCCESS,
    })
}

struct Work {
    list: bool,
    write: bool,
    diff: bool,
    recursive: bool,
    /// What goes to standard output.
    output: String,
    failures: Vec<Failure>,
}

impl Work {
    fn fail(&mut self, summary: String, detail: String) {
        self.failures.push(Failure::message(summary, detail));
    }

    /// Files and folders, up to the first that is not there.
    fn targets(&mut self, targets: &[PathBuf]) {
        for target in targets {
            let path = seen_from_here(target);
            let Ok(metadata) = fs::metadata(&path) else {
                let summary = format!("No file or directory at {}", path.display());
                return self.fail(summary, String::new());
            };
            if metadata.is_dir() {
                self.folder(&path);
            } else if has_format(&path) {
                self.file(&path);
            } else {
                let summary = "Only .tf, .tfvars, and .tftest.hcl files can be processed with \
                               meridian fmt";
                self.fail(summary.to_owned(), format!("{} is none.", path.display()));
            }
        }
    }

    /// The files of a folder, in the order of their names.
    fn folder(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let summary = format!("Cannot read directory {}", folder.display());
                return self.fail(summary, format!("{error}."));
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if is_ignored(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let path = seen_from_here(&entry.path());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if self.recursive {
                    self.folder(&path);
                }
            } else if has_format(&path) {
                self.file(&path);
            }
        }
    }

    fn file(&mut self, path: &Path) {
        match fs::read(path) {
            Ok(text) => self.text(&path.display().to_string(), text, Some(path)),
            Err(error) => {
                self.fail(format!("Failed to read file {}", path.display()), format!("{error}."));
            }
        }
    }

    /// A text with the name that messages give it, and where it is to be written.
    fn text(&mut self, name: &str, text: Vec<u8>, path: Option<&Path>) {
        let text = match String::from_utf8(text) {
            Ok(text) => text,
            Err(error) => return self.failures.push(not_text(name, &error)),
        };
        let mut sources = Sources::default();
        let file = sources.add(name, text.strip_prefix('\u{feff}').unwrap_or(&text));
        let canonical = match meridian_config::format(&sources, file) {
            Ok(canonical) => canonical,
            Err(errors) => return self.failures.push(Failure::new(errors, &sources)),
        };
        if canonical != text {
            if self.list {
                self.output.push_str(&format!("{name}\n"));
            }
            if let (true, Some(path)) = (self.write, path)
                && let Err(error) = replace(path, &canonical)
            {
                return self.fail(format!("Failed to write {name}"), format!("{error}."));
            }
            if self.diff {
                self.output.push_str(&unified_diff(name, &text, &canonical));
            }
        }
        if !(self.list || self.write || self.diff) {
            self.output.push_str(canonical.strip_suffix('\n').unwrap_or(&canonical));
            self.output.push('\n');
        }
    }
}

fn has_format(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn not_text(name: &str, error: &std::string::FromUtf8Error) -> Failure {
    let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
    let detail = format!(
        "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your \
         editor. The first invalid byte is on line {line} of {name}."
    );
    Failure::message("Invalid character encoding", detail)
}

/// What changes, as `diff -u` writes it.
fn unified_diff(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::configure().timeout(DIFF_TIME).diff_lines(old, new);
    let (old, new) = (format!("old/{name}"), format!("new/{name}"));
    diff.unified_diff().context_radius(3).header(&old, &new).to_string()
}
