//! What is said and done when the program finds itself in the wrong: a panic.
//!
//! A panic anywhere ends the process, as a kill does. What was done is in the state, and what was
//! under way in its journal. To go on would be to work with something that nobody understands.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

/// With this Terraform ends when it panics.
const PANICKED: i32 = 11;

/// From here on a panic of any thread is told in a way that shows no value, and ends the process.
pub fn end_the_process() {
    std::panic::set_hook(Box::new(|panic| {
        static IS_TOLD: AtomicBool = AtomicBool::new(false);
        if IS_TOLD.swap(true, Ordering::SeqCst) {
            // Another thread tells already, and ends this one too.
            loop {
                std::thread::park();
            }
        }
        // Where nobody can be told, there is still the exit code.
        let _ = std::io::stderr().write_all(told(panic).as_bytes());
        std::process::exit(PANICKED);
    }));
}

fn told(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let mut text = format!(
        "\nError: Meridian has a defect and has stopped\n\n  version  {}\n  place    {place}\n  \
         thread   {}\n  message  {}\n\nThis is a defect of meridian, whatever the configuration \
         says. Please report it to its developers with\nthe lines above and the command. They hold \
         no values.\n\nNothing is lost: what was done is in the state, and the calls that were \
         under way are in its journal.\nRun \"meridian plan\" to see them; the next apply finds out \
         what became of them.\n",
        env!("CARGO_PKG_VERSION"),
        std::thread::current().name().unwrap_or("unnamed"),
        message(panic.payload()),
    );
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        let _ = write!(text, "\n{trace}");
    }
    text
}

/// The message of a panic, if it is one that the program's text has word for word. Any other one
/// may have a secret in it.
fn message(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(withheld: it may hold values)")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Panics in one of the ways in which programs do.
    fn panic(way: usize, value: String) {
        match way {
            0 => panic!("a constant"),
            1 => panic!("{value}"),
            2 => std::fs::read(&value).map(drop).expect(&value),
            3 => assert_eq!(value, "another"),
            4 => std::panic::panic_any(value),
            _ => {}
        }
    }

    #[test]
    fn only_constant_messages_are_shown() {
        for way in 0..5 {
            let payload = std::panic::catch_unwind(|| panic(way, "hunter2".to_owned()));
            let payload = payload.expect_err("it panics");
            assert_eq!(message(&*payload) == "a constant", way == 0, "{way}");
            assert!(!message(&*payload).contains("hunter2"), "{way}");
        }
    }
}
