//! Patterns of policies in tokens, so that they can be run as automata.

use crate::policy::matching;

/// One part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// This letter, in lower case, or its upper case.
    Fold(char),
    /// Any one character.
    One,
    /// Any number of characters.
    Many,
    /// Any one character but a colon.
    FieldOne,
    /// Any number of characters but colons.
    FieldMany,
    /// The value of a policy variable, by its number in [`Variables`].
    Variable(u16),
}

/// One character of a text; a text may hold the value of a variable in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Letter {
    /// A character.
    Char(char),
    /// Whatever the variable stands for.
    Variable(u16),
}

/// How a pattern is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// An action: case does not count, `*` is `*:*`, no variables.
    Action,
    /// An ARN: wildcards of the first five fields do not cross colons.
    Arn,
    /// Text in which `*` and `?` are wildcards.
    Like,
    /// Text that stands for itself.
    Equal,
    /// Text that stands for itself in either case.
    EqualIgnoreCase,
}

/// The policy variables that were met, each with a number. Names are in lower case, defaults as written.
#[derive(Debug, Default)]
pub(super) struct Variables(Vec<(String, Option<String>)>);

impl Variables {
    fn number(&mut self, inner: &str) -> u16 {
        let (key, default) = inner.split_once(',').map_or((inner, None), |(key, default)| (key, Some(default)));
        let default = default.map(|text| text.trim().to_owned());
        let variable = (key.trim().to_ascii_lowercase(), default);
        let known = self.0.iter().position(|known| *known == variable);
        let number = known.unwrap_or_else(|| {
            self.0.push(variable);
            self.0.len() - 1
        });
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    /// Whether there are more than have numbers of their own.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() > usize::from(u16::MAX)
    }

    /// The context keys of all variables.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// The context key that a variable takes its value from.
    pub(super) fn key(&self, number: u16) -> &str {
        self.0.get(usize::from(number)).map(|(key, _)| key.as_str()).unwrap_or_default()
    }
}

/// Cuts a pattern into its tokens. Without `variables`, as in policies of version 2008-10-17, `${…}` is plain text.
pub(super) fn tokens(pattern: &str, dialect: Dialect, variables: Option<&mut Variables>) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(pattern.len());
    match dialect {
        Dialect::Action => {
            let pattern = if crate::policy::pattern::is_star(pattern) { "*:*" } else { pattern };
            push(&mut tokens, &pattern.to_ascii_lowercase(), Wildcards::Free, None);
        }
        Dialect::Arn => push_arn(&mut tokens, pattern, variables),
        Dialect::Like => push(&mut tokens, pattern, Wildcards::Free, variables),
        Dialect::Equal => push(&mut tokens, pattern, Wildcards::None, variables),
        Dialect::EqualIgnoreCase => {
            push(&mut tokens, pattern, Wildcards::None, variables);
            for token in &mut tokens {
                if let Token::Char(c) = *token
                    && c.is_ascii_alphabetic()
                {
                    *token = Token::Fold(c.to_ascii_lowercase());
                }
            }
        }
    }
    tokens
}

/// What `*` and `?` are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wildcards {
    /// Plain characters.
    None,
    /// Anything.
    Free,
    /// Anything but colons.
    InField,
}

fn push_arn(tokens: &mut Vec<Token>, pattern: &str, mut variables: Option<&mut Variables>) {
    let fields = if variables.is_some() { matching::fields(pattern) } else { plain_fields(pattern) };
    let Some(fields) = fields else { return push(tokens, pattern, Wildcards::Free, variables) };
    for (i, field) in fields.into_iter().enumerate() {
        let wildcards = if i < 5 { Wildcards::InField } else { Wildcards::Free };
        push(tokens, field, wildcards, variables.as_deref_mut());
        if i < 5 {
            tokens.push(Token::Char(':'));
        }
    }
}

/// The fields where `${` means nothing.
fn plain_fields(pattern: &str) -> Option<[&str; 6]> {
    pattern.splitn(6, ':').collect::<Vec<_>>().try_into().ok()
}

fn push(tokens: &mut Vec<Token>, text: &str, wildcards: Wildcards, mut variables: Option<&mut Variables>) {
    let (one, many) = match wildcards {
        Wildcards::InField => (Token::FieldOne, Token::FieldMany),
        Wildcards::None | Wildcards::Free => (Token::One, Token::Many),
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(known) = variables.as_deref_mut()
            && rest.starts_with("${")
            && let Some(end) = rest.find('}')
        {
            match &rest[2..end] {
                inner @ ("*" | "?" | "$") => tokens.extend(inner.chars().map(Token::Char)),
                inner => tokens.push(Token::Variable(known.number(inner))),
            }
            rest = &rest[end + 1..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '*' if wildcards != Wildcards::None => wildcard(tokens, many, many),
            '?' if wildcards != Wildcards::None => wildcard(tokens, one, many),
            _ => tokens.push(Token::Char(c)),
        }
    }
}

/// Of wildcards that stand together, `?` come first and `*` once.
fn wildcard(tokens: &mut Vec<Token>, token: Token, many: Token) {
    let at = tokens.len();
    match (tokens.last() == Some(&many), token == many) {
        (true, true) => {}
        (true, false) => tokens.insert(at - 1, token),
        (false, _) => tokens.push(token),
    }
}

/// Whether a text is one that the tokens match; a variable matches only itself.
pub(super) fn matches(tokens: &[Token], text: &[Letter]) -> bool {
    let refuses = |token: Option<&Token>, letter: Option<&Letter>| {
        matches!((token, letter), (Some(token @ (Token::Char(_) | Token::Fold(_))), Some(letter))
            if matches!(takes(*token, *letter), Take::Refuses))
    };
    if refuses(tokens.first(), text.first()) || refuses(tokens.last(), text.last()) {
        return false;
    }
    // Few places are open at a time.
    let (mut places, mut next) = (Vec::with_capacity(4), Vec::with_capacity(4));
    arrive(tokens, 0, &mut places);
    for letter in text {
        next.clear();
        for place in &places {
            let Some(token) = tokens.get(*place) else { continue };
            match takes(*token, *letter) {
                Take::Stays => arrive(tokens, *place, &mut next),
                Take::Passes => arrive(tokens, place + 1, &mut next),
                Take::Refuses => {}
            }
        }
        if next.is_empty() {
            return false;
        }
        std::mem::swap(&mut places, &mut next);
    }
    places.contains(&tokens.len())
}

/// Adds a place, and those behind it that stars let a text skip to.
pub(super) fn arrive(tokens: &[Token], place: usize, places: &mut Vec<usize>) {
    let mut place = place;
    while !places.contains(&place) {
        places.push(place);
        if !matches!(tokens.get(place), Some(Token::Many | Token::FieldMany)) {
            return;
        }
        place += 1;
    }
}

/// What a token does with a letter.
pub(super) enum Take {
    /// It takes it and may take more.
    Stays,
    /// It takes it and is done.
    Passes,
    /// It does not take it.
    Refuses,
}

/// What a token surely does with a letter: a variable may be of any length and hold colons.
pub(super) fn takes(token: Token, letter: Letter) -> Take {
    match (token, letter) {
        (Token::Many, _) => Take::Stays,
        (Token::FieldMany, Letter::Char(c)) if c != ':' => Take::Stays,
        (Token::One, Letter::Char(_)) => Take::Passes,
        (Token::FieldOne, Letter::Char(c)) if c != ':' => Take::Passes,
        (Token::Char(own), Letter::Char(c)) if own == c => Take::Passes,
        (Token::Fold(own), Letter::Char(c)) if own == c.to_ascii_lowercase() => Take::Passes,
        (Token::Variable(own), Letter::Variable(other)) if own == other => Take::Passes,
        _ => Take::Refuses,
    }
}

/// A text as letters.
pub(super) fn letters(text: &str) -> Vec<Letter> {
    text.chars().map(Letter::Char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(pattern: &str, dialect: Dialect, text: &str) -> bool {
        matches(&tokens(pattern, dialect, Some(&mut Variables::default())), &letters(text))
    }

    #[test]
    fn matches_as_the_matcher_of_texts_does() {
        let patterns = ["", "*", "?", "a*", "*a", "a?b", "*:*", "arn:*:s3:::*", "arn:aws:s?:::b*/*", "a:*:c:d:e:f*:g"];
        let texts = ["", "a", "ab", "a:b", "arn:aws:s3:::b", "arn:aws:s3:::b/x:y", "a:b:x:c:d:e:f", "a:b:c:d:e:f:g"];
        for pattern in patterns {
            for text in texts {
                assert_eq!(is(pattern, Dialect::Arn, text), matching::arn(pattern, text), "{pattern} {text}");
                assert_eq!(is(pattern, Dialect::Like, text), matching::glob(pattern, text), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn the_dialects_differ() {
        assert!(is("S3:Get*", Dialect::Action, "s3:getobject") && !is("*", Dialect::Action, "s3"));
        assert!(is("a*", Dialect::Equal, "a*") && !is("a*", Dialect::Equal, "ab"));
        assert!(is("True", Dialect::EqualIgnoreCase, "tRUE"));
        assert!(is("${*}${$}", Dialect::Like, "*$") && !is("${*}", Dialect::Like, "x"));
        let plain = tokens("${a}", Dialect::Like, None);
        assert!(matches(&plain, &letters("${a}")), "no variables before 2012-10-17");
    }

    #[test]
    fn variables_are_one_letter_and_numbered_by_name_and_default() {
        let mut variables = Variables::default();
        let a = tokens("${aws:UserName}", Dialect::Like, Some(&mut variables));
        assert_eq!(a, tokens("${AWS:username}", Dialect::Like, Some(&mut variables)));
        assert_ne!(a, tokens("${aws:username, 'x'}", Dialect::Like, Some(&mut variables)));
        assert!(matches(&a, &[Letter::Variable(0)]) && !matches(&a, &letters("ann")));
        assert_eq!(variables.key(0), "aws:username");
    }
}
