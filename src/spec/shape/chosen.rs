//! Words of a table, each of which means one of AWS's.
//!
//! In: pairs of the document's word and AWS's. Out: a type that is read from the former, holds
//! the latter and names all of them in its schema and in its refusal.

/// A word, with AWS's for the same.
pub(crate) type Pair = (&'static str, &'static str);

/// The word of a table for AWS's.
pub(crate) fn word_of(table: &[Pair], of_aws: &str) -> Option<&'static str> {
    table.iter().find(|(_, name)| *name == of_aws).map(|(word, _)| *word)
}

/// Makes a word of a table readable; it holds AWS's name.
macro_rules! chosen {
    ($(#[doc = $doc:literal])+ $name:ident, $table:ident, $wanted:literal) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) &'static str);

        impl $crate::spec::shape::read::Read for $name {
            fn read(
                node: &$crate::spec::node::Node,
                reader: &mut $crate::spec::shape::read::Reader,
            ) -> Option<Self> {
                let word = <String as $crate::spec::shape::read::Read>::read(node, reader)?;
                let found = $table.iter().find(|(known, _)| *known == word);
                if found.is_none() {
                    let known = || $table.iter().map(|(known, _)| *known);
                    let near = $crate::spec::shape::read::nearest(&word, known());
                    let hint = near.map_or_else(
                        || format!("wanted is one of {}", known().collect::<Vec<_>>().join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    reader.invalid(node, &format!("`{word}` is no {}; {hint}", $wanted));
                }
                found.map(|(_, name)| Self(name))
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let words: Vec<&str> = $table.iter().map(|(word, _)| *word).collect();
                schemars::json_schema!({ "type": "string", "enum": words })
            }
        }
    };
}
pub(crate) use chosen;
