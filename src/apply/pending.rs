//! An answer that is still to come, where a trait is used through a pointer.

use std::future::Future;
use std::pin::Pin;

/// The answer.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
