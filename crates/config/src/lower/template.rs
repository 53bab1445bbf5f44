//! Templates: quoted strings and heredocs with sequences in them.
//!
//! White space is a matter of single literals as the language's scanner cuts them: a heredoc
//! has one per line, and a strip marker reaches no further than the literal next to it.

use std::sync::Arc;
use std::vec::IntoIter;

use hcl_edit::expr::Expression;
use hcl_edit::template::{
    Directive, Element, ForTemplateExpr, HeredocTemplate, Interpolation, Strip, Template,
};
use meridian_lang::{Expr, ExprKind, Span, TemplatePart, Value};

use super::Lowering;

/// A template laid out flat, as its text is.
enum Token<'t> {
    Literal(String),
    Interpolation(&'t Interpolation),
    If(&'t Expression),
    Else,
    EndIf,
    For(&'t ForTemplateExpr),
    EndFor,
}

/// A token, and which of the literals beside it lose their white space.
type Stripped<'t> = (Token<'t>, Strip);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Quoted,
    Heredoc,
}

impl Lowering<'_, '_> {
    /// A quoted string with sequences.
    pub(super) fn quoted(&mut self, template: &Template, span: Span) -> Expr {
        let mut tokens = Vec::new();
        self.flatten(template, Style::Quoted, &mut tokens);
        self.assemble(tokens, false, span)
    }

    /// A heredoc.
    pub(super) fn heredoc(&mut self, heredoc: &HeredocTemplate, span: Span) -> Expr {
        let mut tokens = Vec::new();
        self.flatten(&heredoc.template, Style::Heredoc, &mut tokens);
        let indented = self.text(span).starts_with("<<-");
        self.assemble(tokens, indented, span)
    }

    /// A template that is a text of its own.
    pub(crate) fn bare(&mut self, template: &Template, span: Span) -> Expr {
        let mut tokens = Vec::new();
        self.flatten(template, Style::Heredoc, &mut tokens);
        self.assemble(tokens, false, span)
    }

    fn assemble(&mut self, mut tokens: Vec<Stripped<'_>>, indented: bool, span: Span) -> Expr {
        // `"${x}"` is x itself, of whatever type.
        if let [(Token::Interpolation(interpolation), _)] = tokens[..] {
            return self.expr(&interpolation.expr);
        }
        strip(&mut tokens);
        if indented {
            remove_indentation(&mut tokens);
        }
        let mut parts = self.parts(&mut tokens.into_iter());
        let kind = match &mut parts[..] {
            [] => ExprKind::Literal(Value::string("")),
            [TemplatePart::Literal(text)] => ExprKind::Literal(Value::string(text)),
            _ => ExprKind::Template(parts),
        };
        Expr { span, kind }
    }

    fn flatten<'t>(&self, template: &'t Template, style: Style, tokens: &mut Vec<Stripped<'t>>) {
        for element in template {
            match element {
                Element::Literal(literal) => {
                    // Read from the source: the parser leaves escapes inside of directives as
                    // they are and has removed indentation by other rules.
                    let text = self.text(self.span(literal));
                    if style == Style::Quoted {
                        tokens.push((Token::Literal(unescape(text)), Strip::None));
                    } else {
                        let lines = text.split_inclusive('\n').map(unescape_markers);
                        tokens.extend(lines.map(|line| (Token::Literal(line), Strip::None)));
                    }
                }
                Element::Interpolation(interpolation) => {
                    tokens.push((Token::Interpolation(interpolation), interpolation.strip));
                }
                Element::Directive(directive) => match &**directive {
                    Directive::If(directive) => {
                        let opening = &directive.if_expr;
                        tokens.push((Token::If(&opening.cond_expr), opening.strip));
                        self.flatten(&opening.template, style, tokens);
                        if let Some(otherwise) = &directive.else_expr {
                            tokens.push((Token::Else, otherwise.strip));
                            self.flatten(&otherwise.template, style, tokens);
                        }
                        tokens.push((Token::EndIf, directive.endif_expr.strip));
                    }
                    Directive::For(directive) => {
                        tokens.push((Token::For(&directive.for_expr), directive.for_expr.strip));
                        self.flatten(&directive.for_expr.template, style, tokens);
                        tokens.push((Token::EndFor, directive.endfor_expr.strip));
                    }
                },
            }
        }
    }

    /// The parts up to the end of the directive that they stand in, which is consumed.
    fn parts(&mut self, tokens: &mut IntoIter<Stripped<'_>>) -> Vec<TemplatePart> {
        self.parts_until_end(tokens).0
    }

    /// The parts up to `else` or an end, and whether it was `else`.
    fn parts_until_end(
        &mut self,
        tokens: &mut IntoIter<Stripped<'_>>,
    ) -> (Vec<TemplatePart>, bool) {
        let mut parts = Vec::new();
        let mut literal = String::new();
        while let Some((token, _)) = tokens.next() {
            if let Token::Literal(text) = token {
                literal.push_str(&text);
                continue;
            }
            flush(&mut literal, &mut parts);
            match token {
                Token::Literal(_) => {}
                Token::Interpolation(interpolation) => {
                    parts.push(TemplatePart::Interpolation(self.expr(&interpolation.expr)));
                }
                Token::If(condition) => {
                    let condition = self.expr(condition);
                    let (yes, otherwise) = self.parts_until_end(tokens);
                    let no = if otherwise { self.parts(tokens) } else { Vec::new() };
                    parts.push(TemplatePart::If { condition, yes, no });
                }
                Token::For(source) => {
                    let collection = self.expr(&source.collection_expr);
                    let key: Option<Arc<str>> =
                        source.key_var.as_ref().map(|name| name.as_str().into());
                    let value: Arc<str> = source.value_var.as_str().into();
                    let outer = self.bound.len();
                    self.bound.extend(key.clone());
                    self.bound.push(value.clone());
                    let body = self.parts(tokens);
                    self.bound.truncate(outer);
                    parts.push(TemplatePart::For { key, value, collection, body });
                }
                Token::Else => return (parts, true),
                Token::EndIf | Token::EndFor => return (parts, false),
            }
        }
        flush(&mut literal, &mut parts);
        (parts, false)
    }
}

/// Makes a part of the text gathered so far.
fn flush(literal: &mut String, parts: &mut Vec<TemplatePart>) {
    if !literal.is_empty() {
        parts.push(TemplatePart::Literal(std::mem::take(literal).into()));
    }
}

/// Lets strip markers (`~`) eat the white space of the literals next to them.
fn strip(tokens: &mut [Stripped<'_>]) {
    for at in 0..tokens.len() {
        let strip = tokens[at].1;
        if strip.strip_start()
            && at > 0
            && let Token::Literal(text) = &mut tokens[at - 1].0
        {
            text.truncate(text.trim_end().len());
        }
        if strip.strip_end()
            && let Some((Token::Literal(text), _)) = tokens.get_mut(at + 1)
        {
            text.drain(..text.len() - text.trim_start().len());
        }
    }
}

/// Takes the smallest indentation from every line; lines of nothing but white space do not count.
fn remove_indentation(tokens: &mut [Stripped<'_>]) {
    let mut smallest = usize::MAX;
    let mut line_starts = Vec::new();
    let mut at_line_start = true;
    for (at, (token, _)) in tokens.iter().enumerate() {
        if std::mem::take(&mut at_line_start) {
            match token {
                Token::Literal(text) if text.ends_with('\n') && text.trim_start().is_empty() => {}
                Token::Literal(text) => {
                    smallest = smallest.min(indentation(text));
                    line_starts.push(at);
                }
                _ => smallest = 0,
            }
        }
        at_line_start = matches!(token, Token::Literal(text) if text.ends_with('\n'));
    }
    for at in line_starts {
        if let Token::Literal(text) = &mut tokens[at].0 {
            let bytes: usize = text.chars().take(smallest).map(char::len_utf8).sum();
            text.drain(..bytes);
        }
    }
}

fn indentation(text: &str) -> usize {
    text.chars().take_while(|character| character.is_whitespace()).count()
}

/// `$${` and `%%{` stand for the beginnings of sequences.
fn unescape_markers(text: &str) -> String {
    text.replace("$${", "${").replace("%%{", "%{")
}

/// The text that the inside of a quoted string stands for.
fn unescape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("$${") {
            result.push_str("${");
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix("%%{") {
            result.push_str("%{");
            rest = after;
            continue;
        }
        rest = &rest[character.len_utf8()..];
        if character != '\\' {
            result.push(character);
            continue;
        }
        let Some(escape) = rest.chars().next() else {
            break;
        };
        rest = &rest[escape.len_utf8()..];
        let digits = match escape {
            'n' => {
                result.push('\n');
                continue;
            }
            'r' => {
                result.push('\r');
                continue;
            }
            't' => {
                result.push('\t');
                continue;
            }
            'u' => 4,
            'U' => 8,
            other => {
                result.push(other);
                continue;
            }
        };
        let code = rest.get(..digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        result.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = rest.get(digits..).unwrap_or("");
    }
    result
}
