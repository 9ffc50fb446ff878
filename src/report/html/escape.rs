//! Text made safe to stand in HTML, between tags or in a quoted attribute.

/// The text with the five characters replaced that mean something in HTML.
#[must_use]
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_an_operator_names_can_become_markup() {
        assert_eq!(
            escape("<img onerror='x' a=\"b\"> & c"),
            "&lt;img onerror=&#39;x&#39; a=&quot;b&quot;&gt; &amp; c"
        );
    }
}
