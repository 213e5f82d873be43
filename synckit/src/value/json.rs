//! JSON in, JSON out.

use serde_json::{Map, Number, Value as Json};

use super::Value;

impl From<Json> for Value {
    /// Numbers become integers where they fit into 64 bits, floats otherwise.
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => match number.as_i64() {
                Some(int) => Self::Int(int),
                None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Self::String(text.into()),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(entries) => Self::map(entries.into_iter().map(|(k, v)| (k, Self::from(v)))),
        }
    }
}

impl From<&Value> for Json {
    /// Bytes become an array of numbers; NaN and the infinities, which JSON does not have, become null.
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Number((*value).into()),
            Value::Float(value) => Number::from_f64(*value).map_or(Self::Null, Self::Number),
            Value::String(text) => Self::String(text.to_string()),
            Value::Bytes(bytes) => Self::Array(bytes.iter().map(|byte| Self::from(*byte)).collect()),
            Value::List(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Map(entries) => Self::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.to_string(), Self::from(value)))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}
