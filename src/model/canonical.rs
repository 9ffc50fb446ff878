//! One byte form for every value, and its digest.
//!
//! The JSON Canonicalization Scheme (RFC 8785): object keys in the order of their
//! UTF-16 code units, no insignificant whitespace, the shortest escapes, numbers
//! as ECMAScript writes them. Two values with the same canonical bytes are the
//! same to us; plans, snapshots and journals are bound by SHA-256 over these bytes.
//!
//! One deviation, on purpose: the RFC knows no integers beyond 2^53 and would
//! round them. They are written here with all their digits, so that two different
//! values never share their bytes.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8785>, sections 3.2.2 and 3.2.3.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Number, Value};
use sha2::{Digest as _, Sha256};

/// The canonical text of a JSON value.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            // Code units, not code points: beyond the first plane the two differ.
            members.sort_unstable_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
    }
}

/// A text with the escapes that the RFC prescribes and no others.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if u32::from(control) < 0x20 => {
                // Writing into a text cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}

fn write_number(number: &Number, out: &mut String) {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(float) => out.push_str(&ecmascript(float)),
        None => out.push_str(&number.to_string()),
    }
}

/// A finite number as ECMAScript's `Number::toString` writes it: the shortest
/// digits that read back as the same number, without an exponent from 1e-6 up to
/// below 1e21.
fn ecmascript(float: f64) -> String {
    if float == 0.0 {
        // Minus zero too.
        return "0".to_owned();
    }
    let size = float.abs();
    let mut shortest = format!("{size:e}");
    // Two texts of the same length may be equally near; then the even digit is the
    // right one. That is the exact value rounded half to even, if it reads back.
    let places = shortest.split_once('e').map_or(0, |(mantissa, _)| mantissa.len().saturating_sub(2));
    let even = format!("{size:.places$e}");
    if even.parse() == Ok(size) {
        shortest = even;
    }
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let digits = mantissa.replace('.', "");
    // The point stands after so many digits.
    let point = exponent.parse::<i32>().unwrap_or_default() + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |number: i32| "0".repeat(usize::try_from(number).unwrap_or_default());
    let sign = if float < 0.0 { "-" } else { "" };
    let (whole, rest) = digits.split_at(usize::try_from(point.clamp(0, count)).unwrap_or_default());
    let written = if (count..=21).contains(&point) {
        format!("{digits}{}", zeros(point - count))
    } else if (1..count).contains(&point) {
        format!("{whole}.{rest}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, others) = digits.split_at(1);
        let fraction = if others.is_empty() { String::new() } else { format!(".{others}") };
        format!("{first}{fraction}e{:+}", point - 1)
    };
    format!("{sign}{written}")
}

/// The SHA-256 of a value's canonical text, in lower-case hexadecimal.
///
/// # Errors
/// When the value cannot be expressed as JSON (a map with keys that are no text).
pub fn digest<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let value = serde_json::to_value(value)?;
    Ok(hex::encode(Sha256::digest(text(&value).as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_and_the_form_of_a_number_do_not_matter() {
        let one = json!({ "b": 1.0, "a": [true, null] });
        let two = json!({ "a": [true, null], "b": 1 });
        assert_eq!(text(&one), text(&two));
        assert_eq!(text(&one), r#"{"a":[true,null],"b":1}"#);
    }

    #[test]
    fn the_order_of_a_list_matters() {
        assert_ne!(digest(&json!([1, 2])).unwrap(), digest(&json!([2, 1])).unwrap());
    }

    #[test]
    fn numbers_are_written_as_the_rfc_shows_them() {
        // RFC 8785, appendix B: the bits of a double and its text.
        let samples: [(u64, &str); 22] = [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ];
        for (bits, expected) in samples {
            assert_eq!(text(&json!(f64::from_bits(bits))), expected, "{bits:016x}");
        }
    }

    #[test]
    fn keys_stand_in_the_order_of_their_utf_16_code_units() {
        // The sample of RFC 8785, section 3.2.3: by code points the smiley would
        // come after the Hebrew letter with its point.
        let value = json!({
            "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7
        });
        let sorted = text(&value);
        let order: Vec<char> = sorted.chars().filter(char::is_ascii_digit).collect();
        // The key "1" shows its own digit before its value.
        assert_eq!(order.iter().collect::<String>(), "21467153", "{sorted}");
    }

    #[test]
    fn texts_have_the_shortest_escapes_and_no_others() {
        let value = json!("\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{8}\u{c}\t\r\u{7f}\u{2028}");
        let expected = "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\f\\t\\r\u{7f}\u{2028}\"";
        assert_eq!(text(&value), expected);
    }

    #[test]
    fn integers_beyond_the_doubles_keep_all_their_digits() {
        assert_ne!(text(&json!(9_007_199_254_740_993_u64)), text(&json!(9_007_199_254_740_992_u64)));
        assert_eq!(text(&json!(u64::MAX)), "18446744073709551615");
    }
}
