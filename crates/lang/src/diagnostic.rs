//! What is wrong, where, and what to do about it.

use crate::Span;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The operation cannot go on.
    Error,
    /// The operation goes on; something deserves a look.
    Warning,
}

/// A message about the configuration or the cloud. How it looks is for the report to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One line, in Terraform's words where Terraform has the same message.
    pub summary: String,
    /// What exactly is wrong; one or more sentences.
    pub detail: String,
    /// The place that the message is about.
    pub span: Option<Span>,
    /// Further places with a word on each, such as the members of a cycle.
    pub labels: Vec<(Span, String)>,
    /// The resource instance that it is about, as an address.
    pub address: Option<String>,
    /// What to write or do instead.
    pub help: Option<String>,
    /// References in the expression that it is about, each with what is known of its value:
    /// `var.x` and `is "abc"`. Never of anything sensitive.
    pub values: Vec<(String, String)>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            span: None,
            labels: Vec::new(),
            address: None,
            help: None,
            values: Vec::new(),
        }
    }

    /// A warning without a place.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(summary, detail) }
    }

    /// The same message, about this place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Diagnostic {
        self.span = Some(span);
        self
    }

    /// The same message with a further place and a word on it.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push((span, text.into()));
        self
    }

    /// The same message, about this resource instance.
    #[must_use]
    pub fn about(mut self, address: impl Into<String>) -> Diagnostic {
        self.address = Some(address.into());
        self
    }

    /// The same message with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Whether this stops the operation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Messages gathered on the way, so that all of them can be shown and not only the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// No messages.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds a message unless the very same is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Diagnostics) {
        for diagnostic in other.list {
            self.push(diagnostic);
        }
    }

    /// Whether any message is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(Diagnostic::is_error)
    }

    /// Whether there is no message at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The messages in the order in which they came.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The same messages in the order of their places in the source; those without one come last.
    #[must_use]
    pub fn by_place(mut self) -> Diagnostics {
        self.list.sort_by_key(|message| (message.span.is_none(), message.span));
        self
    }

    /// `Ok` with the warnings if there is no error, else everything as the error.
    ///
    /// # Errors
    /// Itself, when any message is an error.
    pub fn check(self) -> Result<Diagnostics, Diagnostics> {
        if self.has_errors() { Err(self) } else { Ok(self) }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics { list: vec![diagnostic] }
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(messages: I) -> Diagnostics {
        let mut all = Diagnostics::new();
        for message in messages {
            all.push(message);
        }
        all
    }
}
