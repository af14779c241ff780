//! The form of a config, as a JSON Schema and as a page of the guide.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Config, KNOWN};
use crate::rule::registry;

/// The JSON Schema of a config file.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Config);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The sections of a file, with the definition of the schema that describes each.
const SECTIONS: &[(&str, &str)] = &[
    ("[scan]", "ScanConfig"),
    ("[account]", "AccountConfig"),
    ("[[suppress]]", "SuppressionConfig"),
    ("[policy]", "PolicyConfig"),
    ("[[policy.suppress]]", "PolicySuppression"),
];

/// All settings as Markdown: made of the schema, the list of what is known, and the rules.
#[must_use]
pub fn reference() -> String {
    let schema = schemars::schema_for!(Config).to_value();
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut page, &schema);
    page
}

fn write(page: &mut String, schema: &Value) -> std::fmt::Result {
    for (section, name) in SECTIONS {
        let prefix = section.trim_matches(['[', ']']);
        let is_list = section.starts_with("[[");
        writeln!(page, "### `{section}`\n")?;
        if is_list {
            writeln!(page, "| key | form | meaning |\n| --- | --- | --- |")?;
        } else {
            writeln!(page, "| key | form | default | flag, variable | meaning |\n| --- | --- | --- | --- | --- |")?;
        }
        let definition = &schema["$defs"][name];
        for (key, member) in definition["properties"].as_object().into_iter().flatten() {
            let about = member["description"].as_str().unwrap_or_default().replace('\n', " ");
            let form = form(schema, member);
            let must = definition["required"].as_array().is_some_and(|all| all.contains(&Value::from(key.as_str())));
            let known = KNOWN.iter().find(|known| known.key == format!("{prefix}.{key}"));
            if is_list {
                let must = if must { " Must be given." } else { "" };
                writeln!(page, "| `{key}` | {form} | {about}{must} |")?;
            } else {
                let code = |text: Option<&str>| text.map(|text| format!("`{text}`"));
                let default = code(known.and_then(|known| known.default)).unwrap_or_default();
                let over = known.map(|known| [code(known.flag), code(known.variable)]).unwrap_or_default();
                let over = over.into_iter().flatten().collect::<Vec<_>>().join(", ");
                writeln!(page, "| `{key}` | {form} | {default} | {over} | {about} |")?;
            }
        }
        writeln!(page)?;
    }
    rules(page)
}

/// What a value looks like, in words.
fn form(schema: &Value, member: &Value) -> String {
    let kind = |kind: &str| {
        match kind {
            "string" => "text",
            "boolean" => "true, false",
            "integer" => "number",
            "array" => "list",
            "object" => "table",
            other => other,
        }
        .to_owned()
    };
    if let Some(names) = alternatives(schema, member) {
        return names.join(", ");
    }
    let of_list = alternatives(schema, &member["items"]).map(|names| format!("list of {}", names.join(", ")));
    if let Some(list) = of_list {
        return list;
    }
    match &member["type"] {
        Value::String(name) => kind(name),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            names.map(kind).collect::<Vec<_>>().join(", ")
        }
        _ => "table".to_owned(),
    }
}

/// The names that a value is one of, where a definition lists them.
fn alternatives(schema: &Value, member: &Value) -> Option<Vec<String>> {
    let parts = member["anyOf"].as_array().map_or_else(|| vec![member], |parts| parts.iter().collect());
    let target = parts.iter().find_map(|part| part["$ref"].as_str())?.rsplit('/').next()?;
    let definition = &schema["$defs"][target];
    let listed = definition["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let described = definition["oneOf"].as_array().into_iter().flatten().filter_map(|one| one["const"].as_str());
    let names: Vec<String> = listed.chain(described).map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then_some(names)
}

fn rules(page: &mut String) -> std::fmt::Result {
    writeln!(page, "### `[rules.ID]`\n")?;
    writeln!(page, "Every rule has `enabled` (true, false) and `severity`. These have parameters:\n")?;
    writeln!(page, "| rule | parameter | default | from | to | unit | meaning |")?;
    writeln!(page, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for rule in registry::all() {
        for param in rule.params {
            let (name, default, unit, about) = (param.name, param.default, param.unit, param.about);
            writeln!(
                page,
                "| `{}` | `{name}` | {default} | {} | {} | {unit} | {about} |",
                rule.id, param.least, param.most
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_committed_schema_is_that_of_this_build() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/afterlab-toml.json");
        if std::env::var_os("AFTERLAB_UPDATE").is_some() {
            std::fs::write(&path, schema()).expect("written");
        }
        let committed = std::fs::read_to_string(&path).expect("schemas/afterlab-toml.json");
        assert_eq!(committed, schema(), "run with AFTERLAB_UPDATE=1 to renew it");
    }

    #[test]
    fn the_guide_tells_every_setting() {
        const MARKS: [&str; 2] = ["<!-- reference -->\n", "<!-- /reference -->"];
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/src/configuration.md");
        let text = std::fs::read_to_string(&path).expect("the page of the guide");
        let (before, rest) = text.split_once(MARKS[0]).expect("the mark where the reference begins");
        let (_, after) = rest.split_once(MARKS[1]).expect("the mark where it ends");
        let wanted = format!("{before}{}{}{}{after}", MARKS[0], reference(), MARKS[1]);
        if std::env::var_os("AFTERLAB_UPDATE").is_some() {
            std::fs::write(&path, &wanted).expect("written");
        }
        let found = std::fs::read_to_string(&path).expect("the page of the guide");
        assert!(found == wanted, "docs/guide/src/configuration.md is old: run with AFTERLAB_UPDATE=1 to renew it");
    }
}
