//! Errors in `for` expressions.

use super::Check;
use crate::syntax::tokens::{Kind, Token};

impl Check<'_> {
    /// From the word `for` to the bracket that closes what `open` opened.
    pub(super) fn for_expression(&mut self, open: &Token, close: Kind) -> bool {
        const SUMMARY: &str = "Invalid 'for' expression";
        let good = self.for_parts(open, close);
        if let Err((token, detail)) = good {
            if let Some(detail) = detail {
                self.report_first(&token, SUMMARY, detail);
            }
            self.recover(close);
            return false;
        }
        true
    }

    /// Where the expression is wrong and why, unless that has been said already.
    fn for_parts(
        &mut self,
        open: &Token,
        close: Kind,
    ) -> Result<(), (Token, Option<&'static str>)> {
        let object = close == Kind::CLOSE_BRACE;
        self.read();
        self.want(|kind| kind == Kind::Name, "For expression requires variable name after 'for'.")?;
        if self.peek().kind == Kind::COMMA {
            self.read();
            self.want(
                |kind| kind == Kind::Name,
                "For expression requires value variable name after comma.",
            )?;
        }
        if !self.at_name("in") {
            return Err((
                self.peek(),
                Some("For expression requires the 'in' keyword after its name declarations."),
            ));
        }
        self.read();
        self.want_expression()?;
        self.want(
            |kind| kind == Kind::COLON,
            "For expression requires a colon after the collection expression.",
        )?;
        self.want_expression()?;
        if self.peek().kind == Kind::Symbol("=>") {
            let arrow = self.read();
            if !object {
                return Err((arrow, Some("Key expression is not valid when building a tuple.")));
            }
            self.want_expression()?;
        } else if object {
            return Err((
                open.clone(),
                Some("Key expression is required when building an object."),
            ));
        }
        if self.peek().kind == Kind::Symbol("...") {
            let dots = self.read();
            if !object {
                return Err((
                    dots,
                    Some("Grouping ellipsis (...) cannot be used when building a tuple."),
                ));
            }
        }
        if self.at_name("if") {
            self.read();
            self.want_expression()?;
        }
        self.want(|kind| kind == close, "Extra characters after the end of the 'for' expression.")
    }

    fn want(
        &mut self,
        is_right: impl Fn(Kind) -> bool,
        otherwise: &'static str,
    ) -> Result<(), (Token, Option<&'static str>)> {
        let next = self.peek();
        if !is_right(next.kind) {
            return Err((next, Some(otherwise)));
        }
        self.read();
        Ok(())
    }

    fn want_expression(&mut self) -> Result<(), (Token, Option<&'static str>)> {
        if !self.expression() && self.recovering {
            return Err((self.peek(), None));
        }
        Ok(())
    }
}
