//! The scalars of the document: texts with a form, numbers with a range, switches.
//!
//! Each says how it is read from one YAML value and how JSON Schema describes it.
//! The forms themselves are the model's; only what belongs to the document alone
//! (versions, `root`, `governed`) is defined here.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Located;
use super::read::{Read, Reader, nearest};
use crate::catalog::{baselines, policy_types};
use crate::model::email::Email;
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::Diagnostic;
use crate::spec::document::{Join, Placement, RootAccess};
use crate::spec::node::{Node, Value};
use crate::spec::topic;

/// The text of a node; anything else is reported with the way to write it as text.
fn text<'n>(node: &'n Node, wanted: &str, reader: &mut Reader) -> Option<&'n str> {
    let spelled = match &node.value {
        Value::Text(text) => return Some(text),
        Value::Number(number) => number.clone(),
        Value::Bool(value) => value.to_string(),
        _ => {
            reader.wrong(node, wanted);
            return None;
        }
    };
    let message = format!("{} wants {wanted}, not {}", reader.here(), node.value.kind());
    let help = match spelled.len() {
        short @ 0..12 if wanted == AccountId::WANTED && digits(&spelled) => {
            let lost = 12 - short;
            format!("an id has 12 digits; if {lost} leading zeros were lost, write \"{spelled:0>12}\"")
        }
        _ => format!("write \"{spelled}\""),
    };
    let place = reader.place(node);
    reader
        .findings
        .push(Diagnostic::error(topic::WRONG_TYPE.code, message).at(place, "needs quotes").help(help));
    None
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text with a form of its own.
trait Word: FromStr<Err: Display> {
    /// What it is, with its article.
    const WANTED: &'static str;
}

/// Makes words readable, each with its JSON Schema.
macro_rules! words {
    ($($word:ty, $wanted:literal, $schema:tt;)+) => {
        $(
            impl Word for $word {
                const WANTED: &'static str = $wanted;
            }

            impl Read for $word {
                fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                    let text = text(node, <$word as Word>::WANTED, reader)?;
                    text.parse().map_err(|error| reader.invalid(node, &format!("{error}"))).ok()
                }
            }

            impl JsonSchema for $word {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($word).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!($schema)
                }
            }
        )+
    };
}

words! {
    Region, "a Region code such as us-east-1", { "type": "string", "pattern": "^[a-z]+(-[a-z]+)+-[0-9]+$" };
    AccountId, "an account id of 12 digits in quotes", { "type": "string", "pattern": "^[0-9]{12}$" };
    Email, "an e-mail address", { "type": "string", "minLength": 6, "maxLength": 64, "pattern": "^[^@]+@[^@]+$" };
    UnitPath, "a path of units such as Workloads/Prod", { "type": "string", "pattern": "^[^/]+(/[^/]+){0,4}$" };
    PlacementWord, "`root` or a path of units", { "type": "string", "pattern": "^[^/]+(/[^/]+){0,4}$" };
    RootAccessWord, "credentials_management or sessions", { "type": "string", "enum": ["credentials_management", "sessions"] };
    JoinWord, "create, existing or invite", { "type": "string", "enum": ["create", "existing", "invite"] };
}

/// Where an account shall be: the document's spelling of [`Placement`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlacementWord(pub(crate) Placement);

impl PlacementWord {
    /// The unit, unless it is the root.
    pub(crate) const fn unit(&self) -> Option<&UnitPath> {
        match &self.0 {
            Placement::Unit(path) => Some(path),
            Placement::Root | Placement::Unsaid => None,
        }
    }
}

impl FromStr for PlacementWord {
    type Err = crate::model::unit_path::InvalidUnitPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "root" { Ok(Self(Placement::Root)) } else { Ok(Self(Placement::Unit(text.parse()?))) }
    }
}

/// How an account becomes a member: the document's spelling of [`Join`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JoinWord(pub(crate) Join);

impl FromStr for JoinWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "create" => Ok(Self(Join::Create)),
            "existing" => Ok(Self(Join::Existing)),
            "invite" => Ok(Self(Join::Invite)),
            other => Err(format!("`{other}` is neither `create` nor `existing` nor `invite`")),
        }
    }
}

/// One switch of centralised root access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RootAccessWord(pub(crate) RootAccess);

impl FromStr for RootAccessWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "credentials_management" => Ok(Self(RootAccess::CredentialsManagement)),
            "sessions" => Ok(Self(RootAccess::Sessions)),
            other => Err(format!("`{other}` is neither `credentials_management` nor `sessions`")),
        }
    }
}

impl Read for String {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        text(node, "a text", reader).map(str::to_owned)
    }
}

impl Read for bool {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Bool(value) => Some(*value),
            _ => {
                reader.wrong(node, "true or false");
                None
            }
        }
    }
}

/// Makes numbers of a unit of time readable: whole, at least one.
macro_rules! counts {
    ($($(#[doc = $doc:literal])+ $name:ident, $unit:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub(crate) struct $name(pub(crate) u32);

            impl Read for $name {
                fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
                    let Value::Number(number) = &node.value else {
                        reader.wrong(node, concat!("a number of ", $unit));
                        return None;
                    };
                    match number.parse::<u32>() {
                        Ok(count) if count >= 1 => Some(Self(count)),
                        _ => {
                            let why = format!("{number} is not a whole number of {} from 1 on", $unit);
                            reader.invalid(node, &why);
                            None
                        }
                    }
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })
                }
            }
        )+
    };
}

counts! {
    /// A number of days, at least one.
    Days, "days";
    /// A number of hours, at least one.
    Hours, "hours";
}

/// A whole number between two others, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Within<const LEAST: u32, const MOST: u32>(pub(crate) u32);

impl<const LEAST: u32, const MOST: u32> Read for Within<LEAST, MOST> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Number(number) = &node.value else {
            reader.wrong(node, "a number");
            return None;
        };
        match number.parse::<u32>() {
            Ok(found) if (LEAST..=MOST).contains(&found) => Some(Self(found)),
            _ => {
                reader.invalid(node, &format!("{number} is not a whole number from {LEAST} to {MOST}"));
                None
            }
        }
    }
}

impl<const LEAST: u32, const MOST: u32> JsonSchema for Within<LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("From{LEAST}To{MOST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

/// The most keys that may be asked to sign: more than any board has members.
const MOST_SIGNERS: usize = 16;

/// A number of different keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signers(pub(crate) usize);

impl Read for Signers {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Number(number) = &node.value else {
            reader.wrong(node, "a number of keys");
            return None;
        };
        match number.parse::<usize>() {
            Ok(signers) if signers <= MOST_SIGNERS => Some(Self(signers)),
            _ => {
                reader.invalid(node, &format!("{number} is not a number of keys up to {MOST_SIGNERS}"));
                None
            }
        }
    }
}

impl JsonSchema for Signers {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Signers".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": MOST_SIGNERS })
    }
}

/// The version of the document's own language: 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FormatVersion;

impl Read for FormatVersion {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Number(number) if number == "1" => Some(Self),
            Value::Number(number) => {
                reader.invalid(node, &format!("this program reads version 1 of the document, not {number}"));
                None
            }
            _ => {
                reader.wrong(node, "the number 1");
                None
            }
        }
    }
}

impl JsonSchema for FormatVersion {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FormatVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": 1 })
    }
}

/// The word of a baseline in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BaselineWord(pub(crate) String);

impl BaselineWord {
    fn known() -> Vec<&'static str> {
        baselines::all().iter().map(|baseline| baseline.word.as_str()).collect()
    }
}

impl Read for BaselineWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let word = text(node, "the name of a baseline", reader)?;
        if baselines::by_word(word).is_some() {
            return Some(Self(word.to_owned()));
        }
        let known = Self::known();
        let help = nearest(word, known.iter().copied())
            .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = format!("{}: there is no baseline `{word}`", reader.here());
        reader.findings.push(
            Diagnostic::error(topic::INVALID_VALUE.code, message)
                .at(node.span, "unknown baseline")
                .help(help),
        );
        None
    }
}

impl JsonSchema for BaselineWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Baseline".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Self::known() })
    }
}

/// A type of organization policies, by AWS's name: the document's word for it is in
/// the catalogue, and what is spelled as AWS spells names passes through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PolicyTypeWord(pub(crate) String);

impl PolicyTypeWord {
    fn known() -> Vec<&'static str> {
        policy_types::all().iter().map(|row| row.word.as_str()).collect()
    }

    /// The type of a word, or of a name that looks like AWS's own.
    pub(crate) fn of(word: &str) -> Option<Self> {
        let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let of_aws = word.bytes().all(upper) && word.contains("POLICY");
        let known = policy_types::by_word(word).map(|row| row.name.clone());
        known.or_else(|| of_aws.then(|| word.to_owned())).map(Self)
    }
}

impl Read for PolicyTypeWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let word = text(node, "the name of a policy type", reader)?;
        if let Some(known) = Self::of(word) {
            return Some(known);
        }
        let known = Self::known();
        let help = nearest(word, known.iter().copied())
            .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = format!("{}: there is no policy type `{word}`", reader.here());
        reader.findings.push(
            Diagnostic::error(topic::INVALID_VALUE.code, message).at(node.span, "unknown type").help(help),
        );
        None
    }
}

impl JsonSchema for PolicyTypeWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PolicyType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let of_aws = json_schema!({ "type": "string", "pattern": "^[A-Z0-9_]*POLICY[A-Z0-9_]*$" });
        json_schema!({ "anyOf": [{ "type": "string", "enum": Self::known() }, of_aws] })
    }
}

/// A landing-zone version as written; whether it is known is for a rule to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LandingZoneVersion(pub(crate) String);

impl Read for LandingZoneVersion {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        text(node, "a version in quotes", reader).map(|version| Self(version.to_owned()))
    }
}

impl JsonSchema for LandingZoneVersion {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "LandingZoneVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": baselines::known_landing_zones() })
    }
}

/// Regions of a key: the governed ones, or a list.
#[derive(Debug, Clone)]
pub(crate) enum KeyRegions {
    /// `governed`
    Governed,
    /// Region codes.
    Listed(Vec<Located<Region>>),
}

impl Read for KeyRegions {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Text(word) if word == "governed" => Some(Self::Governed),
            Value::List(_) => Vec::read(node, reader).map(Self::Listed),
            _ => {
                reader.wrong(node, "`governed` or a list of Region codes");
                None
            }
        }
    }
}

impl JsonSchema for KeyRegions {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "KeyRegions".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let regions = generator.subschema_for::<Vec<Region>>();
        json_schema!({ "oneOf": [{ "const": "governed" }, regions] })
    }
}

/// On or off: `true`, or `{enabled: true}` like the other integrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Switch(pub(crate) bool);

impl Read for Switch {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Map(_) => {
                let section = super::sections::SwitchSection::read(node, reader)?;
                section.enabled.map(|enabled| Self(enabled.value))
            }
            _ => bool::read(node, reader).map(Self),
        }
    }
}

impl JsonSchema for Switch {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Switch".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let section = generator.subschema_for::<super::sections::SwitchSection>();
        json_schema!({ "oneOf": [{ "type": "boolean" }, section] })
    }
}
