//! JSON, as far as messages need it: small, because it goes to the browser.

use synckit::Value;

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 16;

/// Not JSON, or nested too deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError;

/// Reads a value. Half a surrogate pair is read as U+FFFD.
pub(crate) fn parse(json: &str) -> Result<Value, JsonError> {
    let mut parser = Parser { rest: json };
    let value = parser.value(0)?;
    parser.skip_space();
    if parser.rest.is_empty() { Ok(value) } else { Err(JsonError) }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError);
        }
        if self.eat("null") {
            Ok(Value::Null)
        } else if self.eat("true") {
            Ok(Value::Bool(true))
        } else if self.eat("false") {
            Ok(Value::Bool(false))
        } else if self.eat("\"") {
            Ok(Value::String(self.string()?.into()))
        } else if self.eat("[") {
            let mut items = Vec::new();
            self.sequence("]", |parser| parser.value(depth + 1).map(|item| items.push(item)))?;
            Ok(Value::List(items.into()))
        } else if self.eat("{") {
            let mut entries = Vec::new();
            self.sequence("}", |parser| {
                let key = if parser.eat("\"") { parser.string()? } else { return Err(JsonError) };
                let value = if parser.eat(":") { parser.value(depth + 1)? } else { return Err(JsonError) };
                entries.push((key, value));
                Ok(())
            })?;
            Ok(Value::map(entries))
        } else {
            self.number()
        }
    }

    fn sequence(
        &mut self,
        end: &str,
        mut item: impl FnMut(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        if self.eat(end) {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.eat(end) {
                return Ok(());
            }
            if !self.eat(",") {
                return Err(JsonError);
            }
        }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        if let Ok(int) = number.parse() {
            return Ok(Value::Int(int));
        }
        number.parse().map(Value::Float).map_err(|_| JsonError)
    }

    /// What follows a quotation mark, up to the next one.
    fn string(&mut self) -> Result<String, JsonError> {
        let mut string = String::new();
        loop {
            let end = self.rest.find(['"', '\\']).ok_or(JsonError)?;
            string.push_str(&self.rest[..end]);
            let escaped = self.rest.as_bytes()[end] == b'\\';
            self.rest = &self.rest[end + 1..];
            if !escaped {
                return Ok(string);
            }
            let kind = self.rest.chars().next().ok_or(JsonError)?;
            self.rest = &self.rest[kind.len_utf8()..];
            string.push(match kind {
                '"' | '\\' | '/' => kind,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.unicode()?,
                _ => return Err(JsonError),
            });
        }
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let unit = self.unit()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let here = self.rest;
        if let Some(rest) = self.rest.strip_prefix("\\u") {
            self.rest = rest;
            let low = self.unit()?;
            if (0xdc00..0xe000).contains(&low) {
                let both = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.rest = here;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn unit(&mut self) -> Result<u32, JsonError> {
        let digits =
            self.rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or(JsonError)?;
        self.rest = &self.rest[4..];
        Ok(unit)
    }
}

/// Writes a value. Bytes become a list of numbers; numbers that JSON does not have become null.
pub(crate) fn write(value: &Value, json: &mut String) {
    match value {
        Value::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => json.push_str(&value.to_string()),
        Value::Float(value) if value.is_finite() => json.push_str(&value.to_string()),
        Value::Null | Value::Float(_) => json.push_str("null"),
        Value::String(text) => write_string(text, json),
        Value::Bytes(bytes) => write_list(bytes.iter(), json, |byte, json| json.push_str(&byte.to_string())),
        Value::List(items) => write_list(items.iter(), json, write),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (&**key, Some(value)));
            write_entries(entries, json);
        }
    }
}

/// Writes an object; what has no value becomes null.
pub(crate) fn write_entries<'a>(
    entries: impl Iterator<Item = (&'a str, Option<&'a Value>)>,
    json: &mut String,
) {
    json.push('{');
    for (at, (key, value)) in entries.enumerate() {
        if at > 0 {
            json.push(',');
        }
        write_string(key, json);
        json.push(':');
        write(value.unwrap_or(&Value::Null), json);
    }
    json.push('}');
}

/// Writes an array.
pub(crate) fn write_list<T>(
    items: impl Iterator<Item = T>,
    json: &mut String,
    write: impl Fn(T, &mut String),
) {
    json.push('[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            json.push(',');
        }
        write(item, json);
    }
    json.push(']');
}

/// Writes a string.
pub(crate) fn write_string(text: &str, json: &mut String) {
    json.reserve(text.len() + 2);
    json.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            0..0x20 => "",
            _ => continue,
        };
        json.push_str(&text[from..at]);
        if escape.is_empty() {
            json.push_str("\\u00");
            json.push(if byte < 0x10 { '0' } else { '1' });
            json.extend(char::from_digit(u32::from(byte) % 16, 16));
        } else {
            json.push_str(escape);
        }
        from = at + 1;
    }
    json.push_str(&text[from..]);
    json.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<String>().prop_map(|text| Value::String(text.into())),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|items| Value::List(items.into())),
                prop::collection::vec((any::<String>(), inner), 0..4).prop_map(Value::map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in any_value()) {
            let mut json = String::new();
            write(&value, &mut json);
            prop_assert_eq!(parse(&json), Ok(value));
        }

        #[test]
        fn anything_is_read_or_refused(json in "[\\[\\]{}\",:\\\\u0-9dDa-f truefalsn.-]{0,40}") {
            let _ = parse(&json);
        }
    }

    #[test]
    fn escapes_spaces_and_numbers() {
        let read = parse(" {\"a\" : [ 1, -2.5, \"\\ud83d\\ude42\\n\\/\", \"\\ud83dx\\ude42\" ] } ").unwrap();
        let items = ["🙂\n/", "\u{fffd}x\u{fffd}"].map(|text| Value::String(text.into()));
        let list = [vec![Value::Int(1), Value::Float(-2.5)], items.to_vec()].concat();
        assert_eq!(read, Value::map([("a", Value::List(list.into()))]));
        for broken in ["", "[1,]", "{\"a\"}", "\"", "\"\\u12\"", "tru", "1 2", "{1:2}", "\"\\ud83d\\u\""] {
            assert_eq!(parse(broken), Err(JsonError), "{broken}");
        }
        assert_eq!(parse(&("[".repeat(100) + &"]".repeat(100))), Err(JsonError));
    }
}
