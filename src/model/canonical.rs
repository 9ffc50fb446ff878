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

use std::cell::RefCell;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::Formatter;
use sha2::{Digest as _, Sha256};

/// The canonical text of a JSON value.
#[must_use]
pub fn text(value: &Value) -> String {
    let written = write(value, Vec::new()).unwrap_or_default();
    String::from_utf8(written).unwrap_or_default()
}

/// The SHA-256 of a value's canonical text, in lower-case hexadecimal. Plans are large: the value is
/// not copied, and its text is kept only as far as the members of an object wait for being sorted.
///
/// # Errors
/// When the value cannot be expressed as JSON (a map with keys that are no text).
pub fn digest<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    Ok(hex::encode(write(value, Hashing(Sha256::new()))?.0.finalize()))
}

/// Takes bytes and keeps their digest.
struct Hashing(Sha256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write<T: Serialize, W: Write>(value: &T, out: W) -> Result<W, serde_json::Error> {
    let page = RefCell::new(Page { out, open: Vec::new() });
    let mut serializer = serde_json::Serializer::with_formatter(Pen(&page), Sorting(&page));
    value.serialize(&mut serializer)?;
    Ok(page.into_inner().out)
}

/// What is written, and the objects that have not ended yet, the innermost last.
struct Page<W> {
    out: W,
    open: Vec<Object>,
}

/// An object whose members wait for being sorted.
#[derive(Default)]
struct Object {
    /// Keys as they are written, without their quotation marks, and values.
    members: Vec<(Vec<u8>, Vec<u8>)>,
    /// What is being written of the key or value.
    current: Vec<u8>,
}

impl<W: Write> Page<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.open.last_mut() {
            Some(object) => {
                object.current.extend_from_slice(bytes);
                Ok(())
            }
            None => self.out.write_all(bytes),
        }
    }

    fn key_ends(&mut self) {
        if let Some(object) = self.open.last_mut() {
            let quoted = std::mem::take(&mut object.current);
            let key = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
            object.members.push((key.to_vec(), Vec::new()));
        }
    }

    fn value_ends(&mut self) {
        if let Some(object) = self.open.last_mut() {
            let text = std::mem::take(&mut object.current);
            if let Some((_, value)) = object.members.last_mut() {
                *value = text;
            }
        }
    }

    fn object_ends(&mut self) -> io::Result<()> {
        let Object { mut members, .. } = self.open.pop().unwrap_or_default();
        let plain = |(key, _): &(Vec<u8>, Vec<u8>)| key.is_ascii() && !key.contains(&b'\\');
        if members.iter().all(plain) {
            members.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        } else {
            members.sort_by_cached_key(|(key, _)| code_units(key));
        }
        self.put(b"{")?;
        for (index, (key, value)) in members.into_iter().enumerate() {
            self.put(if index > 0 { b",\"" } else { b"\"" })?;
            self.put(&key)?;
            self.put(b"\":")?;
            self.put(&value)?;
        }
        self.put(b"}")
    }
}

/// The code units, not code points, of a key as it is written: beyond the first plane the two differ.
fn code_units(key: &[u8]) -> Vec<u16> {
    let quoted = [b"\"", key, b"\""].concat();
    serde_json::from_slice::<String>(&quoted).unwrap_or_default().encode_utf16().collect()
}

/// Writes where the page stands.
struct Pen<'p, W>(&'p RefCell<Page<W>>);

impl<W: Write> Write for Pen<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().put(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Has objects sorted and floating numbers written as ECMAScript does. All else is as the RFC wants
/// it by itself: no whitespace, the escapes that it prescribes and no others.
struct Sorting<'p, W>(&'p RefCell<Page<W>>);

impl<P: Write> Formatter for Sorting<'_, P> {
    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.write_f64(writer, f64::from(value))
    }

    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(ecmascript(value).as_bytes())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.0.borrow_mut().open.push(Object::default());
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.0.borrow_mut().object_ends()
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.0.borrow_mut().key_ends();
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.0.borrow_mut().value_ends();
        Ok(())
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
    fn the_digest_of_a_thing_is_that_of_its_text_however_it_is_kept() {
        #[derive(Serialize)]
        struct Thing {
            zeta: Vec<Option<f64>>,
            alpha: std::collections::HashMap<u32, &'static str>,
            empty: std::collections::BTreeMap<String, Value>,
        }
        let alpha = [(10, "é\n"), (9, ""), (100, "\"")].into();
        let thing = Thing { zeta: vec![Some(1e21), None, Some(-0.0)], alpha, empty: Default::default() };
        let written = r#"{"alpha":{"10":"é\n","100":"\"","9":""},"empty":{},"zeta":[1e+21,null,0]}"#;
        assert_eq!(text(&serde_json::to_value(&thing).unwrap()), written);
        assert_eq!(digest(&thing).unwrap(), hex::encode(Sha256::digest(written.as_bytes())));
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
