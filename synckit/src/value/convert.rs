//! Rust types as values.

use std::sync::Arc;

use super::Value;

/// A Rust type that a field, a list item or a set element can hold. Derive it for a plain struct with
/// `#[derive(FieldValue)]`; it is then stored as one map, written and overwritten as a whole.
///
/// `Default` is what a field reads as that was never written.
pub trait FieldValue: Clone + Default + Send + Sync + 'static {
    /// What kind of value is expected, for error messages.
    const EXPECTED: &'static str;

    /// The value to store.
    fn into_value(self) -> Value;

    /// The Rust value, or `None` when the stored one is of another kind or out of range.
    fn from_value(value: &Value) -> Option<Self>;
}

/// What can be written as a value: every [`FieldValue`], and borrowed text.
pub trait IntoValue {
    /// The value to store.
    fn into_value(self) -> Value;
}

impl<V: FieldValue> IntoValue for V {
    fn into_value(self) -> Value {
        FieldValue::into_value(self)
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::String(self.into())
    }
}

impl FieldValue for Value {
    const EXPECTED: &'static str = "anything";

    fn into_value(self) -> Value {
        self
    }

    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl FieldValue for bool {
    const EXPECTED: &'static str = "bool";

    fn into_value(self) -> Value {
        Value::Bool(self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl FieldValue for $integer {
            const EXPECTED: &'static str = stringify!($integer);

            fn into_value(self) -> Value {
                Value::Int(i64::from(self))
            }

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Int(value) => Self::try_from(*value).ok(),
                    _ => None,
                }
            }
        }
    )*};
}
integers!(i64, i32, i16, i8, u32, u16, u8);

impl FieldValue for f64 {
    const EXPECTED: &'static str = "number";

    fn into_value(self) -> Value {
        Value::Float(self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Float(value) => Some(*value),
            Value::Int(value) => Some(*value as f64),
            _ => None,
        }
    }
}

impl FieldValue for String {
    const EXPECTED: &'static str = "string";

    fn into_value(self) -> Value {
        Value::String(self.into())
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(value) => Some(value.to_string()),
            _ => None,
        }
    }
}

impl FieldValue for Arc<str> {
    const EXPECTED: &'static str = "string";

    fn into_value(self) -> Value {
        Value::String(self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(value) => Some(value.clone()),
            _ => None,
        }
    }
}

impl<V: FieldValue> FieldValue for Option<V> {
    const EXPECTED: &'static str = V::EXPECTED;

    fn into_value(self) -> Value {
        self.map_or(Value::Null, V::into_value)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => V::from_value(value).map(Some),
        }
    }
}

impl<V: FieldValue> FieldValue for Vec<V> {
    const EXPECTED: &'static str = "list";

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(V::into_value).collect())
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::List(items) => items.iter().map(V::from_value).collect(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went_in_and_other_kinds_do_not() {
        assert_eq!(i32::from_value(&FieldValue::into_value(-5i32)), Some(-5));
        assert_eq!(u8::from_value(&Value::Int(256)), None);
        assert_eq!(String::from_value(&IntoValue::into_value("żółw")).as_deref(), Some("żółw"));
        assert_eq!(Option::<bool>::from_value(&Value::Null), Some(None));
        assert_eq!(Vec::<i64>::from_value(&FieldValue::into_value(vec![1i64, 2])), Some(vec![1, 2]));
        assert_eq!(bool::from_value(&Value::Int(1)), None);
    }
}
