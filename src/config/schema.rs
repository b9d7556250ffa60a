//! The JSON schema of a settings file, for editors: from the same tables that reading uses.

use serde_json::{Map, Value, json};

use super::action::Action;
use super::setting::{Kind, SETTINGS, Setting};

/// The schema of a file in which keys can be chosen for `actions`.
#[must_use]
pub fn schema(actions: &[Action]) -> Value {
    let mut properties = Map::new();
    for setting in SETTINGS {
        put(&mut properties, setting.name, of_setting(setting));
    }
    properties.insert("places".to_owned(), places());
    properties.insert("keys".to_owned(), keys(actions));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of saltcellar",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "definitions": {
            "keys": {
                "description": "a key, a sequence with spaces between its keys, a list of them, or <disabled>",
                "anyOf": [
                    { "type": "string", "minLength": 1 },
                    { "type": "array", "items": { "type": "string", "minLength": 1 } },
                ],
            },
        },
    })
}

/// Puts `schema` at `name`, a dot being a table within a table.
fn put(properties: &mut Map<String, Value>, name: &str, schema: Value) {
    let Some((group, rest)) = name.split_once('.') else {
        properties.insert(name.to_owned(), schema);
        return;
    };
    let empty = || json!({ "type": "object", "additionalProperties": false, "properties": {} });
    let table = properties.entry(group).or_insert_with(empty);
    if let Some(inner) = table.get_mut("properties").and_then(Value::as_object_mut) {
        put(inner, rest, schema);
    }
}

fn of_setting(setting: &Setting) -> Value {
    let mut schema = match setting.kind {
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Choice(names) => json!({ "enum": names }),
        Kind::ChoiceOrFile(names) => json!({ "anyOf": [{ "enum": names }, { "type": "string" }] }),
        Kind::Seconds(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Kind::Text => json!({ "type": "string" }),
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), setting.words.into());
        schema.insert("default".to_owned(), plain(&setting.default_value()));
    }
    schema
}

fn plain(value: &super::Value) -> Value {
    match value {
        super::Value::Switch(on) => (*on).into(),
        super::Value::Number(number) => (*number).into(),
        super::Value::Text(text) => text.as_str().into(),
    }
}

fn places() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "array",
        "description": "places of your own, looked at beside the well-known ones",
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["path"],
            "properties": {
                "app": { "type": "string", "description": "the app that keeps its cache there" },
                "path": { "anyOf": [text, { "type": "array", "items": text }], "description": "begins with / or ~/" },
                "made-by": { "type": "string", "description": "the app's command that makes the cache" },
            },
        },
    })
}

fn keys(actions: &[Action]) -> Value {
    let mut properties = Map::new();
    for action in actions {
        let schema = json!({
            "description": format!("{} ({})", action.words, action.place),
            "default": action.keys,
            "allOf": [{ "$ref": "#/definitions/keys" }],
        });
        put(&mut properties, action.id, schema);
    }
    // "move.down" in quotes is the same as move.down without.
    json!({
        "type": "object",
        "additionalProperties": false,
        "patternProperties": { "\\.": { "$ref": "#/definitions/keys" } },
        "properties": properties,
    })
}
