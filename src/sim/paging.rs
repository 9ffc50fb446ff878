//! Pages of listings whose tokens are opaque texts.
//!
//! In: all items of a listing and the request. Out: one page and the token of the next. A token is bound to its listing,
//! so that it fits no other. Absent: which items there are, and services whose tokens have a form of their own.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::error::AwsError;
use super::request::Request;

/// How a service pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    /// Member of the input with the greatest number of items.
    pub(crate) size: &'static str,
    /// Member of input and output with the token.
    pub(crate) token: &'static str,
    /// Items on a page if the request does not say.
    pub(crate) usual: usize,
    /// The refusal of a token that this listing has not issued.
    pub(crate) stale: fn() -> AwsError,
}

impl Paging {
    /// The page that a request asks for, under the member `name`; only what it shows is rendered.
    ///
    /// # Errors
    /// The service's refusal of a token that is not this listing's.
    pub(crate) fn page<T>(
        &self,
        request: &Request,
        name: &str,
        items: Vec<T>,
        view: impl FnMut(T) -> Value,
    ) -> Result<Value, AwsError> {
        // An empty token stands for the first page where the model allows one.
        let token = request.text(self.token).filter(|token| !token.is_empty());
        let start = token.map_or(Ok(0), |token| self.place(request, token).ok_or_else(self.stale))?;
        let asked = request.integer(self.size).and_then(|size| usize::try_from(size).ok());
        let size = asked.filter(|size| *size > 0).unwrap_or(self.usual);
        let total = items.len();
        let shown: Vec<Value> = items.into_iter().skip(start).take(size).map(view).collect();
        let next = start + shown.len();
        let mut answer = Map::new();
        answer.insert(name.to_owned(), Value::Array(shown));
        if next < total {
            let token = hex::encode(format!("{next}/{}", self.seal(request, next)));
            answer.insert(self.token.to_owned(), json!(token));
        }
        Ok(Value::Object(answer))
    }

    fn seal(&self, request: &Request, place: usize) -> String {
        let mut filters = request.input.clone();
        if let Some(members) = filters.as_object_mut() {
            members.remove(self.token);
            members.remove(self.size);
        }
        let listing = format!("{}/{}/{filters}/{place}", request.caller.account, request.operation);
        hex::encode(Sha256::digest(listing)).chars().take(16).collect()
    }

    fn place(&self, request: &Request, token: &str) -> Option<usize> {
        let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
        let (place, seal) = text.split_once('/')?;
        let place = place.parse().ok()?;
        (self.seal(request, place) == seal).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::request::Caller;

    const PAGING: Paging =
        Paging { size: "MaxResults", token: "NextToken", usual: 2, stale: || AwsError::new("Stale", "no") };

    fn request(input: Value) -> Request {
        let caller = Caller {
            account: "111122223333".to_owned(),
            arn: String::new(),
            user_id: String::new(),
            access_key: String::new(),
        };
        Request {
            service: "any",
            operation: "List".to_owned(),
            input,
            caller,
            region: "us-east-1".to_owned(),
            now: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn pages_follow_each_other_and_a_token_fits_only_its_own_listing() {
        let page = |input: Value| PAGING.page(&request(input), "Items", vec![1, 2, 3], |item| json!(item));
        let first = page(json!({})).expect("a page");
        assert_eq!(first["Items"], json!([1, 2]));
        let second = page(json!({"NextToken": first["NextToken"], "MaxResults": 5})).expect("a page");
        assert_eq!(second, json!({"Items": [3]}));
        let foreign = page(json!({"NextToken": first["NextToken"], "Filter": "x"}));
        assert_eq!(foreign.expect_err("a refusal").code, "Stale");
    }
}
