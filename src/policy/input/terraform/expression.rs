//! Expressions of Terraform's language: what is constant is kept, the rest becomes a hole or unknown.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::template::{Element, Template};

use super::defined::spelled;
use crate::policy::syntax::{Hole, Member, Node, Origin, Span, SyntaxError, Text, Value, parse};

/// How far constants may lead to further constants; a cycle ends here.
const MOST_STEPS: usize = 16;
/// How many constants are put into one value: few lines can ask for billions.
const MOST_CONSTANTS: usize = 1_000;

/// A constant of a file, by the form the file has.
#[derive(Clone, Copy)]
pub(super) enum Local<'s> {
    /// Of a file in Terraform's language.
    Expression(&'s Expression),
    /// Of a file in JSON.
    Json(&'s Node),
}

/// How the letters of a template stand in the file.
#[derive(Clone, Copy)]
enum Writing {
    /// With escapes behind backslashes.
    Quoted,
    /// As they are, but for so many blanks at the beginning of each line.
    Heredoc { indent: usize },
}

/// Reads expressions.
pub(super) struct Evaluator<'s> {
    file: &'s str,
    /// The text that the places of expressions refer to: the file, or a string of it.
    source: &'s str,
    /// The way from that text to the file.
    origin: Origin,
    locals: Rc<HashMap<String, Local<'s>>>,
    /// What is wrong in policies that stand as text.
    pub(super) errors: Vec<SyntaxError>,
    steps: usize,
    constants: usize,
}

impl<'s> Evaluator<'s> {
    pub(super) fn new(file: &'s str, source: &'s str, origin: Origin, locals: HashMap<String, Local<'s>>) -> Self {
        Self { file, source, origin, locals: Rc::new(locals), errors: Vec::new(), steps: 0, constants: 0 }
    }

    /// The place in the file.
    pub(super) fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        self.origin.span(Span::new(range.start, range.end))
    }

    /// The value of an expression as far as it is constant.
    pub(super) fn expression(&mut self, expression: &Expression) -> Node {
        let span = self.span(expression.span());
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(value) => Value::Bool(*value.value()),
            Expression::Number(number) => Value::Number(number.value().to_string()),
            Expression::String(text) => {
                let range = text.span().map(|range| (range.start + 1)..range.end.saturating_sub(1));
                let mut decoded = Decoded::default();
                self.literal(range.unwrap_or_default(), Writing::Quoted, &mut decoded);
                return self.string(decoded, span);
            }
            Expression::StringTemplate(template) => return self.template(template, Writing::Quoted, span),
            Expression::HeredocTemplate(heredoc) => {
                let indent = heredoc.indent().unwrap_or_default();
                return self.template(&heredoc.template, Writing::Heredoc { indent }, span);
            }
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::Array(items) => Value::Array(items.iter().map(|item| self.expression(item)).collect()),
            Expression::Object(object) => Value::Object(self.object(object)),
            Expression::FuncCall(call) => return self.call(call, expression),
            Expression::Traversal(traversal) => {
                return self.constant(traversal).unwrap_or_else(|| self.unknown(expression));
            }
            _ => return self.unknown(expression),
        };
        Node { span, value }
    }

    fn unknown(&self, expression: &Expression) -> Node {
        let range = expression.span().unwrap_or_default();
        let text = self.source.get(range.clone()).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Node { span: self.span(Some(range)), value: Value::Unknown(Hole::of(&text)) }
    }

    fn object(&mut self, object: &Object) -> Vec<Member> {
        let mut members = Vec::with_capacity(object.len());
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => Text::new(name.to_string(), self.span(name.span()), None),
                ObjectKey::Expression(expression) => {
                    let node = self.expression(expression);
                    let shown = shown(&node);
                    let Value::String(text) = node.value else {
                        members.push(Member {
                            key: Text::new(shown, node.span, None),
                            value: self.expression(value.expr()),
                        });
                        continue;
                    };
                    text
                }
            };
            members.push(Member { key, value: self.expression(value.expr()) });
        }
        members
    }

    /// Functions whose value is certain when their arguments are.
    fn call(&mut self, call: &FuncCall, whole: &Expression) -> Node {
        let span = self.span(whole.span());
        let name = if call.name.is_namespaced() { "" } else { call.name.name.as_str() };
        let arguments: Vec<&Expression> = call.args.iter().collect();
        match (name, arguments.as_slice()) {
            ("jsonencode" | "tolist" | "toset" | "tostring" | "sensitive" | "nonsensitive", [argument]) => {
                self.expression(argument)
            }
            ("concat" | "setunion", lists) if !lists.is_empty() => {
                let mut items = Vec::new();
                for list in lists {
                    let node = self.expression(list);
                    match node.value {
                        Value::Array(inner) => items.extend(inner),
                        _ => items.push(node),
                    }
                }
                Node { span, value: Value::Array(items) }
            }
            ("format", [pattern, rest @ ..]) => self.format(pattern, rest, span).unwrap_or_else(|| self.unknown(whole)),
            ("join", [separator, parts]) => self.join(separator, parts, span).unwrap_or_else(|| self.unknown(whole)),
            _ => self.unknown(whole),
        }
    }

    fn format(&mut self, pattern: &Expression, rest: &[&Expression], span: Span) -> Option<Node> {
        let pattern = self.expression(pattern);
        let mut pieces = pattern.text()?.as_str().split("%s");
        let mut text = pieces.next()?.to_owned();
        if rest.len() != pieces.clone().count() {
            return None;
        }
        for (piece, argument) in pieces.zip(rest) {
            let node = self.expression(argument);
            text.push_str(&shown(&node));
            text.push_str(piece);
        }
        (!text.contains('%')).then(|| Node { span, value: Value::String(Text::new(text, span, None)) })
    }

    fn join(&mut self, separator: &Expression, parts: &Expression, span: Span) -> Option<Node> {
        let separator = self.expression(separator);
        let parts = self.expression(parts);
        let texts: Vec<String> = parts.array()?.iter().map(shown).collect();
        let text = texts.join(separator.text()?.as_str());
        Some(Node { span, value: Value::String(Text::new(text, span, None)) })
    }

    /// `local.name`, and what lies within it.
    fn constant(&mut self, traversal: &Traversal) -> Option<Node> {
        let Expression::Variable(root) = &traversal.expr else { return None };
        if self.steps == 0 {
            self.constants = 0;
        }
        if root.as_str() != "local" || self.steps == MOST_STEPS || self.constants == MOST_CONSTANTS {
            return None;
        }
        let mut names = traversal.operators.iter().map(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            TraversalOperator::Index(Expression::String(name)) => Some(name.as_str()),
            _ => None,
        });
        let local = *self.locals.get(names.next()??)?;
        self.steps += 1;
        self.constants += 1;
        let node = match local {
            Local::Expression(expression) => self.expression(expression),
            Local::Json(node) => self.json(node),
        };
        self.steps -= 1;
        names.try_fold(node, |node, name| node.get(name?).cloned())
    }

    fn template(&mut self, template: &Template, writing: Writing, span: Span) -> Node {
        if let Some(Element::Interpolation(only)) = template.as_single_element() {
            return self.expression(&only.expr);
        }
        let mut decoded = Decoded::default();
        for element in template {
            let range = element.span().unwrap_or_default();
            match element {
                Element::Literal(_) => self.literal(range, writing, &mut decoded),
                Element::Interpolation(interpolation) => {
                    let node = self.expression(&interpolation.expr);
                    decoded.replaced(&shown(&node), range);
                }
                Element::Directive(_) => {
                    let source = self.source.get(range.clone()).unwrap_or_default().to_owned();
                    decoded.replaced(&Hole::of(&source).letter().to_string(), range);
                }
            }
        }
        self.string(decoded, span)
    }

    /// Takes over a piece of the text letter by letter.
    fn literal(&self, range: Range<usize>, writing: Writing, decoded: &mut Decoded) {
        let Some(raw) = self.source.get(range.clone()) else { return };
        let mut at = range.start;
        let mut line_start = matches!(writing, Writing::Heredoc { .. }) && self.source[..at].ends_with('\n');
        while at < range.end {
            let rest = &raw[at - range.start..];
            if let Writing::Heredoc { indent } = writing
                && std::mem::take(&mut line_start)
            {
                at += rest
                    .chars()
                    .take(indent)
                    .take_while(|c| *c == ' ' || *c == '\t')
                    .map(char::len_utf8)
                    .sum::<usize>();
                continue;
            }
            let (text, length) = letter(rest, matches!(writing, Writing::Quoted));
            line_start = matches!(writing, Writing::Heredoc { .. }) && text == '\n';
            decoded.push(text, at);
            at += length;
        }
        decoded.origin.push(decoded.text.len(), at);
    }

    /// A string; one that holds a JSON object becomes that object, since a policy may stand as text.
    fn string(&mut self, decoded: Decoded, span: Span) -> Node {
        let Decoded { text, origin } = decoded;
        let origin = self.origin.around(&origin);
        if text.trim_start().starts_with('{') {
            let parsed = parse(&text, &origin);
            if let Some(root) = parsed.root {
                self.errors.extend(parsed.errors);
                return root;
            }
        }
        let start = origin.offset(0) as usize;
        let verbatim = origin.is_straight().then(|| Span::new(start, start + text.len()));
        Node { span, value: Value::String(Text::new(text, span, verbatim)) }
    }

    /// A value of a file in JSON, in which every string is a template.
    pub(super) fn json(&mut self, node: &Node) -> Node {
        let value = match &node.value {
            Value::Array(items) => Value::Array(items.iter().map(|item| self.json(item)).collect()),
            Value::Object(members) => {
                let member = |member: &Member| Member { key: member.key.clone(), value: self.json(&member.value) };
                Value::Object(members.iter().map(member).collect())
            }
            Value::String(text) if text.as_str().contains(['$', '%']) || text.as_str().starts_with('{') => {
                return self.json_string(node, text);
            }
            other => other.clone(),
        };
        Node { span: node.span, value }
    }

    fn json_string(&mut self, node: &Node, text: &Text) -> Node {
        let decoded = crate::policy::syntax::json::decode_string(self.file, node.span);
        let Some((inner, origin)) = decoded else { return node.clone() };
        let Ok(template) = hcl_edit::parser::parse_template(&inner) else {
            return Node { span: node.span, value: Value::Unknown(Hole::of(&text.text)) };
        };
        let mut within = Evaluator {
            file: self.file,
            source: &inner,
            origin,
            locals: Rc::clone(&self.locals),
            errors: Vec::new(),
            steps: self.steps,
            constants: self.constants,
        };
        let value = within.template(&template, Writing::Heredoc { indent: 0 }, node.span);
        let Evaluator { errors, constants, .. } = within;
        self.constants = constants;
        self.errors.extend(errors);
        value
    }
}

/// A text that grows with the way back to where each letter stands.
#[derive(Default)]
struct Decoded {
    text: String,
    origin: Origin,
}

impl Decoded {
    fn push(&mut self, letter: char, at: usize) {
        self.origin.push(self.text.len(), at);
        self.text.push(letter);
    }

    /// Takes over what stands for a range; each letter of it leads to the beginning of the range.
    fn replaced(&mut self, text: &str, range: Range<usize>) {
        for letter in text.chars() {
            self.push(letter, range.start);
        }
        self.origin.push(self.text.len(), range.end);
    }
}

/// The next letter and how many bytes it has in the file.
fn letter(rest: &str, has_escapes: bool) -> (char, usize) {
    let first = rest.chars().next().unwrap_or_default();
    if rest.starts_with("$${") || rest.starts_with("%%{") {
        return (first, 2);
    }
    if first != '\\' || !has_escapes {
        return (first, first.len_utf8());
    }
    let second = rest[1..].chars().next().unwrap_or_default();
    let code = |digits: usize| {
        let code = rest.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        (code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER), 2 + digits)
    };
    match second {
        'n' => ('\n', 2),
        'r' => ('\r', 2),
        't' => ('\t', 2),
        'u' => code(4),
        'U' => code(8),
        other => (other, 1 + other.len_utf8()),
    }
}

/// A value within a text: as it is, or a hole.
fn shown(node: &Node) -> String {
    match &node.value {
        Value::String(text) => text.text.clone(),
        Value::Number(number) => number.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Unknown(hole) => hole.letter().to_string(),
        _ => Hole::of(&spelled(&node.to_json_with_holes().to_string())).letter().to_string(),
    }
}
