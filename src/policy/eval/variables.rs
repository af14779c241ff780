//! Policy variables: `${aws:username}` in a resource or a condition, replaced by what the request has.

use super::{Context, Doubt, Found, Values};

/// What is asked of a text with variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A pattern: wildcards of the policy stay wildcards, those of a value become letters.
    Pattern,
    /// A plain text, in which `*` is a letter.
    Plain,
}

/// A text of a policy for one request: with its variables replaced, or none when one of them has no value.
///
/// `has_variables` says whether the policy's version knows variables; otherwise `${…}` is plain text.
///
/// # Errors
/// [`Doubt`] when the request's value of a variable is not given, or a variable is not understood.
pub(super) fn substitute(
    text: &str,
    context: &Context,
    has_variables: bool,
    reading: Reading,
) -> Result<Option<String>, Doubt> {
    if !text.contains("${") {
        return Ok(Some(text.to_owned()));
    }
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        done.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find('}').filter(|_| has_variables);
        let Some(end) = end else {
            if has_variables {
                return Err(Doubt::Other(format!("the variable in {text:?} has no end")));
            }
            push(&mut done, "$", reading);
            rest = &rest[1..];
            continue;
        };
        let variable = &rest[2..end];
        rest = &rest[end + 1..];
        match variable {
            "*" | "?" | "$" => push(&mut done, variable, reading),
            _ => match value_of(variable, context)? {
                Some(value) => push(&mut done, &value, reading),
                None => return Ok(None),
            },
        }
    }
    done.push_str(rest);
    Ok(Some(done))
}

/// The keys of the variables in a text.
pub fn variable_keys(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.split("${").skip(1).filter_map(|rest| rest.split_once('}').map(|(inner, _)| inner));
    inner.filter_map(|inner| inner.split(',').next()).map(str::trim).filter(|key| !matches!(*key, "*" | "?" | "$"))
}

/// Why a text with a variable that has no value says nothing where it is negated.
pub(super) fn unset(text: &str) -> Doubt {
    Doubt::Other(format!("a variable in {text:?} has no value in the request"))
}

/// Adds a text whose characters all stand for themselves.
fn push(done: &mut String, text: &str, reading: Reading) {
    for c in text.chars() {
        if reading == Reading::Pattern && matches!(c, '*' | '?' | '$') {
            done.extend(['$', '{', c, '}']);
        } else {
            done.push(c);
        }
    }
}

/// The value of a variable: the request's, or the default that the policy has behind a comma.
fn value_of(variable: &str, context: &Context) -> Result<Option<String>, Doubt> {
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => (key.trim(), Some(quoted(default.trim(), variable)?)),
        None => (variable.trim(), None),
    };
    match context.get(key) {
        Found::Present(Values::One(value)) => Ok(Some(value.clone())),
        Found::Present(Values::Many(_)) => {
            Err(Doubt::Other(format!("{key} may have several values, and a variable takes one")))
        }
        Found::Absent => Ok(default.map(str::to_owned)),
        Found::NotGiven => Err(Doubt::Key(key.to_owned())),
    }
}

fn quoted<'t>(default: &'t str, variable: &str) -> Result<&'t str, Doubt> {
    default
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
        .ok_or_else(|| Doubt::Other(format!("the default of the variable ${{{variable}}} is not in single quotes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str, has_variables: bool, reading: Reading) -> Result<Option<String>, Doubt> {
        let mut context = Context::complete();
        context.set_one("aws:username", "a*n");
        context.set("aws:TagKeys", Values::Many(vec!["a".into()]));
        substitute(text, &context, has_variables, reading)
    }

    #[test]
    fn a_value_is_put_in_as_letters() {
        let pattern = |text| replaced(text, true, Reading::Pattern);
        assert_eq!(pattern("home/${aws:Username}/*"), Ok(Some("home/a${*}n/*".into())));
        assert_eq!(replaced("${aws:username}${*}", true, Reading::Plain), Ok(Some("a*n*".into())));
        assert_eq!(pattern("x-${aws:x}"), Ok(None));
        assert_eq!(pattern("x-${aws:x, 'y z'}"), Ok(Some("x-y z".into())));
        assert!(pattern("${aws:x, y}").is_err());
        assert!(pattern("${aws:TagKeys}").is_err());
        assert!(pattern("${aws:username").is_err());
        assert_eq!(
            substitute("${aws:username}", &Context::open(), true, Reading::Plain),
            Err(Doubt::Key("aws:username".into()))
        );
    }

    #[test]
    fn an_old_version_knows_no_variables() {
        assert_eq!(replaced("${aws:username}*", false, Reading::Pattern), Ok(Some("${$}{aws:username}*".into())));
        assert_eq!(replaced("${aws:username}*", false, Reading::Plain), Ok(Some("${aws:username}*".into())));
    }
}
