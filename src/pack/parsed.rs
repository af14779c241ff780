//! Members whose text is JSON: what is kept of it is read like any other member.

use serde_json::{Map, Value};

use super::ItemPath;
use super::fields::Step;

/// A member whose text is JSON.
#[derive(Debug)]
pub struct ParsedText {
    /// The member: `CloudTrailEvent`.
    pub member: String,
    /// Where in it stands what is kept; everything else is dropped as it is read.
    pub kept: Vec<ItemPath>,
}

impl ParsedText {
    /// Puts what is kept in the place of the text.
    ///
    /// # Errors
    /// When the text is no JSON.
    pub fn parse_in(&self, properties: &mut Map<String, Value>) -> Result<(), String> {
        let Some(Value::String(text)) = properties.get(&self.member) else { return Ok(()) };
        let whole: Value =
            serde_json::from_str(text).map_err(|error| format!("{} is no JSON: {error}", self.member))?;
        let mut kept = Value::Object(Map::new());
        for path in &self.kept {
            keep(&whole, path.names(), &mut kept);
        }
        properties.insert(self.member.clone(), kept);
        Ok(())
    }

    /// Whether members lead to something that is kept, or into it.
    pub(super) fn has(&self, steps: &[Step]) -> bool {
        let names = || steps.iter().filter_map(|step| if let Step::Name(name) = step { Some(name) } else { None });
        self.kept.iter().any(|path| path.names().iter().zip(names()).all(|(kept, asked)| kept == asked))
    }
}

/// Copies what stands at the end of a path.
fn keep(whole: &Value, names: &[String], kept: &mut Value) {
    let [name, rest @ ..] = names else { return };
    let Some(value) = whole.get(name) else { return };
    if rest.is_empty() {
        kept[name] = value.clone();
        return;
    }
    if !kept[name].is_object() {
        kept[name] = Value::Object(Map::new());
    }
    keep(value, rest, &mut kept[name]);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(text: &str) -> Result<Value, String> {
        let kept = ["userIdentity.type", "errorMessage"].map(|path| ItemPath::parse(path).expect("a path"));
        let event = ParsedText { member: "Event".to_owned(), kept: kept.into() };
        let mut properties = Map::from_iter([("Event".to_owned(), Value::from(text))]);
        event.parse_in(&mut properties).map(|()| properties["Event"].take())
    }

    #[test]
    fn only_what_is_named_is_kept() {
        let text = r#"{"userIdentity": {"type": "Root", "accessKeyId": "secret"}, "requestParameters": {"a": 1}}"#;
        assert_eq!(parsed(text), Ok(json!({"userIdentity": {"type": "Root"}})));
        assert_eq!(parsed("{}"), Ok(json!({})));
        assert_eq!(parsed("[1]"), Ok(json!({})));
        assert!(parsed("{cut off").is_err());
    }
}
