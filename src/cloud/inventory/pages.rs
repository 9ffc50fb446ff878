//! Following page tokens to the end.
//!
//! A page may be empty and still carry a token (Organizations API reference,
//! `ListParents` and others), so only a missing token ends a listing. A token
//! that comes a second time would go round for ever and is an error.

use std::collections::BTreeSet;
use std::future::Future;

use crate::catalog::operations::Verdict;
use crate::cloud::failure::{CallError, code};

/// One page: its items and the token of the next one.
pub(crate) type Page<T> = (Vec<T>, Option<String>);

/// Every item of every page of an operation.
pub(crate) async fn all<T, F, Fut>(operation: &'static str, mut page: F) -> Result<Vec<T>, CallError>
where
    F: FnMut(Option<String>) -> Fut,
    Fut: Future<Output = Result<Page<T>, CallError>>,
{
    let mut items = Vec::new();
    let mut seen = BTreeSet::new();
    let mut token = None;
    loop {
        let (found, next) = page(token).await?;
        items.extend(found);
        // Some services end a listing with an empty token instead of none.
        let Some(next) = next.filter(|next| !next.is_empty()) else {
            return Ok(items);
        };
        if !seen.insert(next.clone()) {
            let message = "AWS gave the same page token twice, so the listing would never end";
            return Err(CallError::ours(operation, code::UNREADABLE, message, Verdict::Rejected));
        }
        token = Some(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_empty_page_with_a_token_is_followed() {
        let pages = |token: Option<String>| async move {
            Ok(match token.as_deref() {
                None => (vec![1], Some("a".to_owned())),
                Some("a") => (vec![], Some("b".to_owned())),
                _ => (vec![2], Some(String::new())),
            })
        };
        assert_eq!(all("organizations:ListAccounts", pages).await.unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn a_token_that_comes_back_ends_with_an_error() {
        let pages = |_| async { Ok((vec![1], Some("same".to_owned()))) };
        let error = all("organizations:ListAccounts", pages).await.unwrap_err();
        assert_eq!(error.code, code::UNREADABLE);
    }
}
