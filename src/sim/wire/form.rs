//! The input of awsQuery: form fields like `Tags.member.1.Key`.
//!
//! In: a form body (or query string). Out: input by member names. Absent: bounds and patterns (`validate`).

use serde_json::{Map, Value};

use super::{HttpRequest, route, time};
use crate::sim::error::AwsError;
use crate::sim::shapes::{Kind, Reference, Shape, Table};

/// The fields of a form body and of the query string, in order.
pub(super) fn fields(request: &HttpRequest) -> Vec<(String, String)> {
    let is_form = route::header(request, "content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let body: &[u8] = if is_form { request.body() } else { &[] };
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(body)
        .into_owned()
        .chain(form_urlencoded::parse(query.as_bytes()).into_owned())
        .collect()
}

/// The input structure that the fields spell.
pub(super) fn input(table: &Table, shape: &Shape, request: &HttpRequest) -> Result<Value, AwsError> {
    let fields = Fields(fields(request));
    structure(table, shape, "", &fields)
}

struct Fields(Vec<(String, String)>);

impl Fields {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| {
            field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

fn structure(table: &Table, shape: &Shape, prefix: &str, fields: &Fields) -> Result<Value, AwsError> {
    let mut out = Map::new();
    for (member, place) in &shape.members {
        let wire = place.wire(member);
        let name = if prefix.is_empty() { wire.to_owned() } else { format!("{prefix}.{wire}") };
        if fields.has(&name) {
            out.insert(member.clone(), read(table, place, &name, fields)?);
        }
    }
    Ok(Value::Object(out))
}

fn read(table: &Table, place: &Reference, name: &str, fields: &Fields) -> Result<Value, AwsError> {
    let shape = table.shape(&place.shape).ok_or_else(|| AwsError::internal("a shape is missing"))?;
    let flat = shape.flat || place.flat;
    match shape.kind {
        Kind::Structure => structure(table, shape, name, fields),
        Kind::List => {
            let Some(item) = &shape.item else {
                return Ok(Value::Array(Vec::new()));
            };
            let base = if flat { name.to_owned() } else { format!("{name}.{}", item.wire("member")) };
            let numbered = (1..).map(|index| format!("{base}.{index}")).take_while(|name| fields.has(name));
            numbered.map(|name| read(table, item, &name, fields)).collect()
        }
        Kind::Map => {
            let (Some(key), Some(value)) = (&shape.key, &shape.value) else {
                return Ok(Value::Object(Map::new()));
            };
            let base = if flat { name.to_owned() } else { format!("{name}.entry") };
            let numbered = (1..).map(|index| format!("{base}.{index}")).take_while(|name| fields.has(name));
            let entry = |name: String| {
                let key = fields.text(&format!("{name}.{}", key.wire("key"))).unwrap_or_default().to_owned();
                Ok((key, read(table, value, &format!("{name}.{}", value.wire("value")), fields)?))
            };
            numbered.map(entry).collect::<Result<Map<_, _>, AwsError>>().map(Value::Object)
        }
        _ => scalar(shape, place, name, fields.text(name).unwrap_or_default(), "iso8601"),
    }
}

/// A scalar from text, as fields, query strings, headers and labels carry it.
pub(super) fn scalar(
    shape: &Shape,
    place: &Reference,
    name: &str,
    text: &str,
    usual: &str,
) -> Result<Value, AwsError> {
    let value = match shape.kind {
        Kind::Integer => text.parse::<i32>().ok().map(Value::from),
        Kind::Long => text.parse::<i64>().ok().map(Value::from),
        Kind::Float | Kind::Double => text.parse::<f64>().ok().map(Value::from),
        Kind::Boolean => match text {
            "true" | "True" | "TRUE" => Some(Value::Bool(true)),
            "false" | "False" | "FALSE" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Timestamp => time::read(&Value::from(text), time::format(place, shape, usual)),
        _ => Some(Value::from(text)),
    };
    value.ok_or_else(|| {
        AwsError::new("MalformedInput", format!("Invalid value '{text}' for {name}")).status(400)
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::sim::shapes::table;

    #[test]
    fn numbered_fields_become_lists_of_structures() {
        let body = "Action=CreateRole&Version=2010-05-08&RoleName=R&MaxSessionDuration=3600&Tags.member.1.Key=a&Tags.member.1.Value=b%20c&Tags.member.2.Key=d&Tags.member.2.Value=";
        let request = http::Request::post("/")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(Bytes::from_static(body.as_bytes()))
            .expect("a request");
        let table = table("iam").expect("a table");
        let shape = table.input(&table.operations["CreateRole"]).expect("an input");
        let tags = json!([{"Key": "a", "Value": "b c"}, {"Key": "d", "Value": ""}]);
        let expected = json!({"RoleName": "R", "MaxSessionDuration": 3600, "Tags": tags});
        assert_eq!(input(table, shape, &request), Ok(expected));
    }
}
