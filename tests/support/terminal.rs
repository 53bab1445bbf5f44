//! The program at a terminal, with someone who answers.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use nix::fcntl::OFlag;
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::termios::{LocalFlags, tcgetattr};

use super::Project;

/// What was to be seen on the terminal, and how the program ended.
pub struct Screen {
    pub seen: String,
    pub code: Option<i32>,
}

/// Runs the program at a terminal. Each answer is typed once the text before it is to be seen.
pub fn converse(project: &Project, line: &str, dialogue: &[(&str, &str)]) -> Screen {
    // Neither side is passed on to what other tests start: the terminal would not end with the
    // program.
    let master =
        posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("its other side can be opened");
    let name = ptsname_r(&master).expect("its other side has a name");
    let slave = File::options().read(true).write(true).open(name).expect("its other side");
    let end = || Stdio::from(slave.try_clone().expect("another handle of the terminal"));
    let mut command = project.command(line);
    command.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end());
    let mut child = command.spawn().expect("the program starts");
    // The terminal ends when the last handle of its other side is closed.
    drop((command, slave));
    let mut terminal = File::from(OwnedFd::from(master));
    let mut seen = Vec::new();
    let mut from = 0;
    for (wanted, answer) in dialogue {
        from += loop {
            if let Some(end) = end_of(wanted, &seen[from..]) {
                break end;
            }
            let more = read(&mut terminal, &mut seen);
            assert!(more, "{wanted:?} is never seen:\n{}", String::from_utf8_lossy(&seen));
        };
        terminal.write_all(answer.as_bytes()).expect("the program listens");
    }
    while read(&mut terminal, &mut seen) {}
    let code = child.wait().expect("the program ends").code();
    Screen { seen: String::from_utf8_lossy(&seen).into_owned(), code }
}

/// Runs the program at a terminal, and sends it a signal once a text is to be seen. Gives how it
/// ended, and whether the terminal shows what is typed: before the signal, and afterwards.
pub fn signalled(
    project: &Project,
    line: &str,
    wanted: &str,
    signal: &str,
) -> (Option<i32>, bool, bool) {
    let master =
        posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).expect("a terminal");
    grantpt(&master).and_then(|()| unlockpt(&master)).expect("its other side can be opened");
    let name = ptsname_r(&master).expect("its other side has a name");
    let slave = File::options().read(true).write(true).open(name).expect("its other side");
    let end = || Stdio::from(slave.try_clone().expect("another handle of the terminal"));
    let mut command = project.command(line);
    command.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end());
    let mut child = command.spawn().expect("the program starts");
    let echoes = || {
        let settings = tcgetattr(&slave).expect("the settings of the terminal");
        settings.local_flags.contains(LocalFlags::ECHO | LocalFlags::ICANON)
    };
    let mut terminal = File::from(OwnedFd::from(master));
    let mut seen = Vec::new();
    while end_of(wanted, &seen).is_none() {
        let more = read(&mut terminal, &mut seen);
        assert!(more, "{wanted:?} is never seen:\n{}", String::from_utf8_lossy(&seen));
    }
    let before = echoes();
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    assert!(sent.expect("kill can be run").success(), "SIG{signal} is sent");
    let code = child.wait().expect("the program ends").code();
    (code, before, echoes())
}

/// Where a text ends that is to be seen.
fn end_of(wanted: &str, seen: &[u8]) -> Option<usize> {
    let wanted = wanted.as_bytes();
    let found = (0..seen.len() + 1).find(|at| seen[*at..].starts_with(wanted))?;
    Some(found + wanted.len())
}

/// Reads what has been written; false at the end.
fn read(terminal: &mut File, seen: &mut Vec<u8>) -> bool {
    let mut piece = [0; 4096];
    // On Linux, the end of a terminal is an error.
    let length = terminal.read(&mut piece).unwrap_or(0);
    seen.extend_from_slice(&piece[..length]);
    length > 0
}
