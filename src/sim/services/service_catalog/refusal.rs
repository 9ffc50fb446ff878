//! The refusals of Service Catalog.
//!
//! In: what is wrong. Out: an error. Source of the codes: the model. UNSOURCED words, except that no launch path is found
//! for a principal outside the portfolio
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html>).

use crate::sim::error::AwsError;

pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParametersException", words)
}

pub(super) fn missing(what: &str, id: &str) -> AwsError {
    AwsError::new("ResourceNotFoundException", format!("{what} {id} not found."))
}

pub(super) fn no_launch_path(product: &str) -> AwsError {
    AwsError::new("ResourceNotFoundException", format!("No launch paths found for resource: {product}"))
}

pub(super) fn duplicate(name: &str) -> AwsError {
    AwsError::new("DuplicateResourceException", format!("A provisioned product named {name} already exists."))
}
