//! The errors that clients see.

use std::borrow::Cow;

use crate::inferred::{Inferred, Parameters, Texts};
use crate::request::Service;

/// An error answer: what `__type`, the message and the HTTP status tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub status: u16,
    pub code: Cow<'static, str>,
    pub message: String,
    /// Where the code and the message come from, if nobody has recorded them.
    inferred: Option<(&'static Inferred, Parameters)>,
}

impl ApiError {
    /// An error of the service's own model: HTTP 400, even for what is not found.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: 400, code: Cow::Borrowed(code), message: message.into(), inferred: None }
    }

    /// The same error with another HTTP status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// An error whose code or text nobody has recorded.
    pub fn inferred(inferred: &'static Inferred, parameters: Parameters) -> Self {
        let (_, message) = Texts::default().render(inferred, &parameters);
        Self { inferred: Some((inferred, parameters)), ..Self::new(inferred.code, message) }
    }

    /// The error in the words that the cloud was told to use.
    #[must_use]
    pub fn in_words_of(self, texts: &Texts) -> Self {
        let Some((inferred, parameters)) = &self.inferred else {
            return self;
        };
        let (code, message) = texts.render(inferred, parameters);
        Self { code: Cow::Owned(code), message, ..self }
    }

    /// A member that breaks a rule which the framework cannot know.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// A member that breaks the operation's model.
    pub fn constraint(member: &str, value: Option<&str>, rule: &str) -> Self {
        let value = value.map_or(String::from("Value null"), |value| format!("Value '{value}'"));
        Self::new(
            "com.amazon.coral.validate#ValidationException",
            format!(
                "1 validation error detected: {value} at '{member}' failed to satisfy constraint: {rule}"
            ),
        )
    }

    /// A target that no service has.
    pub fn unknown_operation() -> Self {
        Self::new("com.amazon.coral.service#UnknownOperationException", "")
    }

    /// A body that is not JSON, or whose members have the wrong type.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new("com.amazon.coral.service#SerializationException", message)
    }

    /// A failure on this side, as the service calls one of its own.
    pub fn internal(service: Option<Service>, message: impl Into<String>) -> Self {
        let code = match service {
            Some(Service::Kms) => "KMSInternalException",
            Some(Service::SecretsManager) => "InternalServiceError",
            Some(Service::Iam | Service::Sts) | None => "InternalFailure",
        };
        Self::new(code, message).with_status(500)
    }

    /// An error that a test asked for.
    pub fn injected(status: u16, code: &str, message: &str) -> Self {
        let code = Cow::Owned(code.to_owned());
        Self { status, code, message: message.to_owned(), inferred: None }
    }

    /// The same error as the query protocol spells it, if it spells it otherwise.
    #[must_use]
    pub fn in_query_protocol(self) -> Self {
        let (code, status) = match self.code.as_ref() {
            "AccessDeniedException" => ("AccessDenied", 403),
            "ExpiredTokenException" => ("ExpiredToken", 403),
            "IncompleteSignatureException" => ("IncompleteSignature", 400),
            "InvalidSignatureException" => ("SignatureDoesNotMatch", 403),
            "MissingAuthenticationTokenException" => ("MissingAuthenticationToken", 403),
            "UnrecognizedClientException" => ("InvalidClientTokenId", 403),
            _ => return self,
        };
        Self { code: Cow::Borrowed(code), status, ..self }
    }

    /// The code without its namespace.
    pub fn short_code(&self) -> &str {
        self.code.rsplit('#').next().unwrap_or(&self.code)
    }
}
