//! A folder of configuration, and the program run in it with an environment of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::Server;
use super::normal::normal;

/// A folder with configuration, a home and a set of environment variables that nothing of the
/// machine leaks into.
pub struct Project {
    root: TempDir,
    environment: Vec<(String, String)>,
}

impl Project {
    /// An empty folder.
    pub fn new() -> Project {
        let root = TempDir::new().expect("a temporary folder");
        for folder in ["project", "home"] {
            fs::create_dir(root.path().join(folder)).expect(folder);
        }
        Project { root, environment: Vec::new() }
    }

    /// A folder with this as its `main.tf`.
    pub fn of(text: &str) -> Project {
        let project = Project::new();
        project.write("main.tf", text);
        project
    }

    /// A folder with a copy of the files of another one.
    pub fn copy(folder: &Path) -> Project {
        let project = Project::new();
        project.become_copy(folder);
        project
    }

    /// A project with everything that this one has: configuration, state, keys, environment.
    pub fn duplicate(&self) -> Project {
        let root = TempDir::new().expect("a temporary folder");
        copy_all(self.root(), root.path());
        Project { root, environment: self.environment.clone() }
    }

    /// The same, with calls going to a server.
    pub fn at(self, server: &Server) -> Project {
        self.aimed_at(&server.url())
    }

    /// The same, with calls going to an address.
    pub fn aimed_at(mut self, url: &str) -> Project {
        self.set("AWS_ENDPOINT_URL", url);
        self.set("AWS_ACCESS_KEY_ID", "test");
        self.set("AWS_SECRET_ACCESS_KEY", "test");
        self
    }

    /// Sets an environment variable for the program.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The folder of the configuration.
    pub fn folder(&self) -> PathBuf {
        self.root.path().join("project")
    }

    /// The folder that holds everything, the home included.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).expect(name);
    }

    /// Puts the files of a folder in the place of all `.tf` files.
    pub fn become_copy(&self, folder: &Path) {
        for entry in fs::read_dir(self.folder()).expect("the project's folder") {
            let path = entry.expect("an entry").path();
            if path.extension() == Some(OsStr::new("tf")) {
                fs::remove_file(&path).expect("a file of the step before");
            }
        }
        self.add(folder);
    }

    /// Adds copies of the files of a folder.
    pub fn add(&self, folder: &Path) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.extension() == Some(OsStr::new("tf")) {
                let name = path.file_name().expect("a file has a name");
                fs::copy(&path, self.folder().join(name)).expect("a copy");
            }
        }
    }

    /// Whether the program has made a state.
    pub fn has_state(&self) -> bool {
        self.folder().join("state").exists()
    }

    /// Runs the program to its end, with nothing to read on standard input.
    pub fn run(&self, line: &str) -> Ran {
        self.run_with(line, "")
    }

    /// Runs the program to its end, with this on standard input.
    pub fn run_with(&self, line: &str, input: &str) -> Ran {
        let mut running = self.start(line);
        let mut stdin = running.child.stdin.take().expect("standard input is a pipe");
        // A program that ends without reading has closed the pipe.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        running.wait()
    }

    /// Runs the program as it was prepared by [`Project::command`], with nothing to read.
    pub fn run_command(&self, line: &str, mut command: Command) -> Ran {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the program starts");
        Running { child, line: line.to_owned(), root: self.root.path().to_owned() }.wait()
    }

    /// Takes over the state and the keys of another project.
    pub fn become_same(&self, other: &Project) {
        for file in ["project/state/meridian.db", "home/.config/meridian/state.key"] {
            let to = self.root.path().join(file);
            fs::create_dir_all(to.parent().expect("a folder")).expect(file);
            fs::copy(other.root.path().join(file), to).expect(file);
        }
    }

    /// Starts the program.
    pub fn start(&self, line: &str) -> Running {
        let child = self
            .command(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Running { child, line: line.to_owned(), root: self.root.path().to_owned() }
    }

    /// The program with its arguments and its environment.
    pub fn command(&self, line: &str) -> Command {
        let home = self.root.path().join("home");
        let mut command = Command::new(env!("CARGO_BIN_EXE_meridian"));
        command
            .args(line.split_whitespace())
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("TZ", "UTC")
            .env("USER", "tester")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// The program at work.
#[must_use]
pub struct Running {
    child: Child,
    line: String,
    root: PathBuf,
}

impl Running {
    /// Waits for its end.
    pub fn wait(self) -> Ran {
        let output = self.child.wait_with_output().expect("the program ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Ran {
            line: self.line,
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
            root: self.root,
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("the program is running");
        self.child.wait().expect("the program has ended");
    }

    /// Sends it a signal: `INT` or `TERM`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(sent.expect("kill can be run").success(), "SIG{name} is sent");
    }

    /// Reads its output up to a line that holds a text, and gives that line.
    pub fn until_said(&mut self, text: &str) -> String {
        let output = self.child.stdout.as_mut().expect("standard output is a pipe");
        let mut lines = BufReader::new(output).lines();
        let line = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains(text)));
        line.unwrap_or_else(|| panic!("the program never says {text:?}")).expect("output is UTF-8")
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended yet.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("the program can be asked").is_none()
    }
}

/// A run of the program that has ended.
#[must_use]
#[derive(Debug)]
pub struct Ran {
    pub line: String,
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    root: PathBuf,
}

impl Ran {
    /// Asserts that it ended well.
    #[track_caller]
    pub fn succeeds(self) -> Ran {
        self.exits(0)
    }

    /// Asserts that it ended with an error.
    #[track_caller]
    pub fn fails(self) -> Ran {
        self.exits(1)
    }

    /// Asserts how it ended.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        let Ran { line, out, err, .. } = &self;
        assert_eq!(self.code, Some(code), "meridian {line}\n{out}\n{err}");
        self
    }

    /// Asserts that the output or the errors hold a text, whatever the line breaks.
    #[track_caller]
    pub fn says(self, wanted: &str) -> Ran {
        let all = squeezed(&self.all());
        assert!(all.contains(&squeezed(wanted)), "{wanted:?} is not in:\n{}", self.all());
        self
    }

    /// Asserts that neither the output nor the errors hold a text.
    #[track_caller]
    pub fn never_says(self, unwanted: &str) -> Ran {
        let all = squeezed(&self.all());
        assert!(!all.contains(&squeezed(unwanted)), "{unwanted:?} is in:\n{}", self.all());
        self
    }

    /// Output and errors.
    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// The output without the lines that tell of reading, whose order is anyone's guess.
    pub fn plan(&self) -> String {
        let is_told = |line: &&str| !line.contains(": Refreshing state...");
        let lines: Vec<&str> = self.out.lines().filter(is_told).collect();
        normal(&lines.join("\n"), &self.root)
    }

    /// The errors, with what differs from run to run made alike, and without the notice that
    /// names the server's port.
    pub fn complaint(&self) -> String {
        let is_told = |line: &&str| !line.starts_with("Calls go to http://127.0.0.1:");
        let lines: Vec<&str> = self.err.lines().filter(is_told).collect();
        normal(lines.join("\n").trim_start(), &self.root)
    }
}

/// Copies a folder with all that is in it.
fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let copy = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            fs::create_dir_all(&copy).expect("a folder");
            copy_all(&path, &copy);
        } else {
            fs::copy(&path, &copy).expect("a copy");
        }
    }
}

/// The text with each run of white space, and of the rule beside diagnostics, as one space.
fn squeezed(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '│' | '╷' | '╵'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether SIGHUP, the first of the signals, is ignored here and so by every child.
#[cfg(unix)]
pub fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|it| it & 1 == 1)
}
