//! Following page tokens to the end.
//!
//! A page may be empty and still carry a token (Organizations API reference,
//! `ListParents` and others), so only a missing token ends a listing. A token
//! that comes a second time would go round for ever and is an error. A token that
//! AWS does not take any more begins the listing again. An item that slips to the
//! next page while we read is seen on two pages that follow each other, and kept once.

use std::collections::BTreeSet;
use std::future::Future;

use crate::catalog::operations::Verdict;
use crate::cloud::failure::{CallError, code};

/// One page: its items and the token of the next one.
pub(crate) type Page<T> = (Vec<T>, Option<String>);

/// How often a listing whose token has expired is begun again.
const BEGINNINGS: u32 = 3;

/// Every item of every page of an operation.
pub(crate) async fn all<T, F, Fut>(operation: &'static str, mut page: F) -> Result<Vec<T>, CallError>
where
    T: PartialEq,
    F: FnMut(Option<String>) -> Fut,
    Fut: Future<Output = Result<Page<T>, CallError>>,
{
    let mut beginnings = 0;
    loop {
        beginnings += 1;
        match once(operation, &mut page).await {
            Err(Broken::Later(error)) if error.verdict == Verdict::Rejected && beginnings <= BEGINNINGS => {
                tracing::debug!(%error, "a listing is begun again");
            }
            Err(Broken::First(error) | Broken::Later(error) | Broken::Endless(error)) => return Err(error),
            Ok(items) => return Ok(items),
        }
    }
}

/// How a listing ends early.
enum Broken {
    /// At its first page.
    First(CallError),
    /// At a later one, whose request differs from the first by its token alone.
    Later(CallError),
    /// It would never end.
    Endless(CallError),
}

async fn once<T, F, Fut>(operation: &'static str, page: &mut F) -> Result<Vec<T>, Broken>
where
    T: PartialEq,
    F: FnMut(Option<String>) -> Fut,
    Fut: Future<Output = Result<Page<T>, CallError>>,
{
    let mut items: Vec<T> = Vec::new();
    let mut last_page = 0;
    let mut seen = BTreeSet::new();
    let mut token = None;
    loop {
        let first = token.is_none();
        let answer = page(token).await;
        let (mut found, next) =
            answer.map_err(|error| if first { Broken::First(error) } else { Broken::Later(error) })?;
        let before = items.get(last_page..).unwrap_or_default();
        found.retain(|item| !before.contains(item));
        // An empty page in between does not make the one before it forgotten.
        if !found.is_empty() {
            last_page = items.len();
        }
        items.extend(found);
        // Some services end a listing with an empty token instead of none.
        let Some(next) = next.filter(|next| !next.is_empty()) else {
            return Ok(items);
        };
        if !seen.insert(next.clone()) {
            let message = "AWS gave the same page token twice, so the listing would never end";
            let error = CallError::ours(operation, code::UNREADABLE, message, Verdict::Rejected);
            return Err(Broken::Endless(error));
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

    #[tokio::test]
    async fn an_item_on_two_pages_is_kept_once_and_equal_items_of_one_page_both() {
        let pages = |token: Option<String>| async move {
            Ok(match token.as_deref() {
                None => (vec![1, 1, 2], Some("a".to_owned())),
                Some("a") => (vec![], Some("b".to_owned())),
                _ => (vec![2, 3], None),
            })
        };
        assert_eq!(all("organizations:ListAccounts", pages).await.unwrap(), [1, 1, 2, 3]);
    }

    #[tokio::test]
    async fn an_expired_token_begins_the_listing_again_a_few_times_and_a_refused_first_page_never() {
        let refused = || CallError::ours("organizations:ListAccounts", "Invalid", "token", Verdict::Rejected);
        let (mut calls, mut left) = (0, 1);
        let found = all("organizations:ListAccounts", |token: Option<String>| {
            calls += 1;
            let answer = match (token, left) {
                (None, _) => Ok((vec![1], Some("a".to_owned()))),
                (Some(_), 0) => Ok((vec![2], None)),
                (Some(_), _) => {
                    left -= 1;
                    Err(refused())
                }
            };
            async { answer }
        });
        assert_eq!(found.await.unwrap(), [1, 2]);
        assert_eq!(calls, 4);
        let mut calls = 0;
        let always = all("organizations:ListAccounts", |token: Option<String>| {
            calls += 1;
            let answer = if token.is_none() { Ok((vec![1], Some("a".to_owned()))) } else { Err(refused()) };
            async { answer }
        });
        assert!(always.await.is_err());
        assert_eq!(calls, 8);
        let mut calls = 0;
        let first = all("organizations:ListAccounts", |_: Option<String>| {
            calls += 1;
            async { Err::<Page<u8>, _>(refused()) }
        });
        assert!(first.await.is_err());
        assert_eq!(calls, 1);
    }
}
