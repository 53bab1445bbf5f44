//! What people see: text, colours where they are wanted, and signs of life on long work.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use meridian_config::block_around;
use meridian_engine::{Event, Operation};
use meridian_graph::InstanceAddress;
use meridian_lang::{Diagnostics, Sources};
use meridian_report::{
    EventLines, EventLog, LogLine, Style, compact_warnings, diagnostic_log, diagnostic_text,
    terminal_json, terminal_text, version_log,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::task::AbortHandle;

/// How often a wait gets a line of its own.
const REMINDER: Duration = Duration::from_secs(10);

/// Standard output for data, standard error for errors and signs of life.
pub struct Terminal {
    style: Style,
    error_style: Style,
    spinner: ProgressBar,
    /// Whether the spinner is to be seen.
    is_busy: AtomicBool,
    /// Whether warnings are shown by their first lines.
    compact_warnings: AtomicBool,
    /// Whether lines of the machine-readable log take the place of text.
    is_log: AtomicBool,
    /// Why text did not get to standard output, if any was lost.
    lost_output: OnceLock<io::Error>,
    started: Instant,
    progress: Mutex<Progress>,
    /// What was said once and need not be said again.
    noted: Mutex<HashSet<String>>,
    /// Who waits for signals before there is an apply that does.
    watch: Mutex<Option<AbortHandle>>,
}

struct Progress {
    lines: EventLines,
    log: EventLog,
    reminded: HashMap<InstanceAddress, Instant>,
    refreshed: usize,
    objects: usize,
    running: usize,
    done: usize,
}

impl Terminal {
    /// The terminal of this process. Colours appear on terminals only, and not if `NO_COLOR` is
    /// set or the user says so.
    pub fn new(no_color: bool) -> Terminal {
        let wanted = !no_color
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let style = Style { colour: wanted && io::stdout().is_terminal(), ..Style::default() };
        let error_style =
            Style { colour: wanted && io::stderr().is_terminal(), ..Style::default() };
        let lively = io::stderr().is_terminal() && io::stdout().is_terminal();
        let spinner = if lively { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        if let Ok(look) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            spinner.set_style(look);
        }
        let progress = Progress {
            lines: EventLines::new(style),
            log: EventLog::default(),
            reminded: HashMap::new(),
            refreshed: 0,
            objects: 0,
            running: 0,
            done: 0,
        };
        let is_busy = AtomicBool::new(false);
        let compact_warnings = AtomicBool::new(false);
        let progress = Mutex::new(progress);
        Terminal {
            style,
            error_style,
            spinner,
            is_busy,
            compact_warnings,
            is_log: AtomicBool::new(false),
            lost_output: OnceLock::new(),
            started: Instant::now(),
            progress,
            noted: Mutex::default(),
            watch: Mutex::default(),
        }
    }

    /// How standard output is to look.
    pub fn style(&self) -> Style {
        self.style
    }

    /// From here on there are lines of the machine-readable log and no text.
    pub fn begin_log(&self) {
        self.is_log.store(true, Ordering::Relaxed);
        self.log(&[version_log(env!("CARGO_PKG_VERSION"))]);
    }

    /// Whether the machine-readable log is written.
    pub fn is_log(&self) -> bool {
        self.is_log.load(Ordering::Relaxed)
    }

    /// Writes lines of the machine-readable log, if it is written.
    pub fn log(&self, lines: &[LogLine]) {
        if !self.is_log() {
            return;
        }
        for line in lines {
            let timestamp = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
            self.write(&format!("{}\n", terminal_json(&line.text(&timestamp))));
        }
    }

    /// Prints text for people to standard output, where nothing in it can steer the terminal. In
    /// the machine-readable log it has no place.
    pub fn print(&self, text: &str) {
        self.data(&terminal_text(text, self.style.colour));
    }

    /// Prints what programs read to standard output, as it is.
    pub fn data(&self, text: &str) {
        if !self.is_log() {
            self.write(text);
        }
    }

    /// Prints a line of JSON to standard output.
    pub fn json(&self, json: &str) {
        self.data(&format!("{}\n", terminal_json(json)));
    }

    fn write(&self, text: &str) {
        self.aside(|| {
            let mut out = io::stdout().lock();
            match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
                // Whoever closed our output, as `head` does, has read enough.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    // The first reason is told.
                    let _ = self.lost_output.set(error);
                }
                _ => {}
            }
        });
    }

    /// Does something while the spinner is out of the way.
    fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        if self.is_busy.load(Ordering::Relaxed) { self.spinner.suspend(work) } else { work() }
    }

    /// Prints a line to standard output.
    pub fn line(&self, text: &str) {
        self.print(&format!("{text}\n"));
    }

    /// Prints a line to standard error.
    pub fn note(&self, text: &str) {
        let text = terminal_text(text, self.error_style.colour);
        // After a hang-up there is nobody to write to, which is no reason to end.
        self.aside(|| {
            let _ = writeln!(io::stderr(), "{text}");
        });
    }

    /// Prints a line to standard error, the first time that it is to be said.
    pub fn note_once(&self, text: String) {
        let is_new = self.noted.lock().is_ok_and(|mut noted| noted.insert(text.clone()));
        if is_new {
            self.note(&text);
        }
    }

    /// Shows warnings that come without errors by their first lines only, or as a whole.
    pub fn set_compact_warnings(&self, compact: bool) {
        self.compact_warnings.store(compact, Ordering::Relaxed);
    }

    /// Prints messages, warnings to standard output and errors to standard error.
    pub fn diagnostics(&self, diagnostics: &Diagnostics, sources: &Sources) {
        if self.is_log() {
            self.log(&diagnostic_log(diagnostics, sources, &block_around));
            return;
        }
        let is_compact = self.compact_warnings.load(Ordering::Relaxed);
        if is_compact && !diagnostics.is_empty() && !diagnostics.has_errors() {
            self.print(&compact_warnings(diagnostics, sources));
            return;
        }
        for diagnostic in diagnostics {
            if diagnostic.is_error() {
                let text = diagnostic_text(diagnostic, sources, self.error_style);
                self.note(&format!("\n{}", text.trim_end()));
            } else {
                let text = diagnostic_text(diagnostic, sources, self.style);
                self.line(&format!("\n{}", text.trim_end()));
            }
        }
    }

    /// Asks a question; only the word `yes` is a yes.
    pub fn ask(&self, question: &str) -> io::Result<bool> {
        Ok(self.answer(question)? == "yes")
    }

    /// Asks a question, and gives the answer without the space around it.
    pub fn answer(&self, question: &str) -> io::Result<String> {
        self.aside(|| {
            print!("{}", terminal_text(question, self.style.colour));
            io::stdout().flush()?;
            let mut answer = String::new();
            if io::stdin().lock().read_line(&mut answer)? == 0 {
                println!();
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok(answer.trim().to_owned())
        })
    }

    /// Shows that work goes on, until [`Terminal::rest`].
    pub fn busy(&self, message: &str) {
        self.is_busy.store(true, Ordering::Relaxed);
        self.spinner.reset();
        self.spinner.set_message(message.to_owned());
        self.spinner.enable_steady_tick(Duration::from_millis(100));
    }

    /// Shows that no work goes on.
    pub fn rest(&self) {
        // What was never shown need not be cleared.
        if !self.is_busy.swap(false, Ordering::Relaxed) {
            return;
        }
        self.spinner.disable_steady_tick();
        self.spinner.set_message("");
        self.spinner.finish_and_clear();
    }

    /// Shows what happens.
    pub fn event(&self, event: &Event) {
        let Ok(mut progress) = self.progress.lock() else {
            return;
        };
        progress.count(event);
        let due = progress.is_due(event);
        let line = if due { progress.lines.line(event) } else { None };
        let logged =
            if due { progress.log.lines(event, self.started.elapsed()) } else { Vec::new() };
        let message = progress.message(event);
        drop(progress);
        self.log(&logged);
        if let Some(message) = message
            && self.is_busy.load(Ordering::Relaxed)
        {
            self.spinner.set_message(terminal_text(&message, false).into_owned());
        }
        if let Some(line) = line {
            self.line(&line);
        }
    }

    /// Why some of the text did not get to standard output, such as a full disk.
    pub fn lost_output(&self) -> Option<&io::Error> {
        self.lost_output.get()
    }

    /// Lets a task wait for signals until an apply does so itself.
    pub fn watch_signals(&self, watch: AbortHandle) {
        if let Ok(mut before) = self.watch.lock()
            && let Some(before) = before.replace(watch)
        {
            before.abort();
        }
    }

    /// From here on an apply waits for signals.
    pub fn hand_over_signals(&self) {
        if let Some(watch) = self.watch.lock().ok().and_then(|mut watch| watch.take()) {
            watch.abort();
        }
    }

    /// Says something before the process ends, if there is still somebody to say it to.
    pub fn last_words(&self, text: &str) {
        let _ = writeln!(io::stderr(), "\n{text}");
    }

    /// Leaves the terminal as it was found.
    pub fn close(&self) {
        self.rest();
    }
}

impl Progress {
    fn count(&mut self, event: &Event) {
        match event {
            Event::RefreshStarted { objects } => self.objects = *objects,
            Event::Refreshing { .. } => self.refreshed += 1,
            // What is read for a plan is no work of the apply.
            Event::Started { operation, .. } | Event::Finished { operation, .. }
                if matches!(operation, Operation::Read | Operation::Open) => {}
            Event::Started { .. } => self.running += 1,
            Event::Finished { .. } => {
                self.running = self.running.saturating_sub(1);
                self.done += 1;
            }
            Event::Failed { .. } | Event::Interrupted { .. } => {
                self.running = self.running.saturating_sub(1)
            }
            _ => {}
        }
    }

    /// Waiting is told again and again; a line now and then is enough.
    fn is_due(&mut self, event: &Event) -> bool {
        let Event::Waiting { address, elapsed, .. } = event else {
            return true;
        };
        let now = Instant::now();
        let last = self.reminded.get(address);
        let due = match last {
            None => *elapsed >= REMINDER,
            Some(last) => now.duration_since(*last) >= REMINDER,
        };
        if due {
            self.reminded.insert(address.clone(), now);
        }
        due
    }

    fn message(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::RefreshStarted { .. } | Event::Refreshing { .. } => {
                format!("reading {} of {} objects", self.refreshed, self.objects)
            }
            Event::Waiting { what, .. } => {
                format!("{} done, {} under way, waiting for {what}", self.done, self.running)
            }
            Event::Calling { call, region, .. } => {
                let place = if region.is_empty() { String::new() } else { format!(" in {region}") };
                format!("{} done, {} under way, {call}{place}", self.done, self.running)
            }
            _ => return None,
        })
    }
}
