//! Request rates: one token bucket per account and operation, as AWS publishes them.
//!
//! In: `throttles.toml` (rate, burst, source per operation). Out: whether a request passes.
//! Absent: rates AWS does not publish; those operations are never refused here.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::AwsError;
use super::shapes::{Protocol, Table};

/// One published rate.
#[derive(Debug, Clone, Deserialize)]
struct Rate {
    service: String,
    operations: Vec<String>,
    rate: f64,
    burst: f64,
    organization_rate: Option<f64>,
    organization_burst: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Rates {
    rate: Vec<Rate>,
}

/// In place of operations: all of the service together share the rate.
const TOGETHER: &str = "*";

/// The table; empty if the compiled-in file were wrong, which a test excludes.
fn rates() -> &'static [Rate] {
    static RATES: OnceLock<Vec<Rate>> = OnceLock::new();
    RATES.get_or_init(|| {
        toml::from_str::<Rates>(include_str!("throttles.toml")).map(|file| file.rate).unwrap_or_default()
    })
}

/// How full a bucket was, and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bucket {
    tokens: f64,
    at: Timestamp,
}

/// Every bucket in use, by `account/service:Operation`.
pub type Buckets = BTreeMap<String, Bucket>;

/// Takes a token from each bucket that the operation has, or refuses and takes none.
pub(crate) fn admit(
    buckets: &mut Buckets,
    table: &Table,
    operation: &str,
    account: &str,
    now: Timestamp,
) -> Result<(), AwsError> {
    let row = rates().iter().find(|rate| {
        let named = |name: &String| name == operation || name == TOGETHER;
        rate.service == table.service && rate.operations.iter().any(named)
    });
    let Some(row) = row else { return Ok(()) };
    let together = row.operations.iter().any(|name| name == TOGETHER);
    let bucket = if together { TOGETHER } else { operation };
    let mut wanted = vec![(format!("{account}/{}:{bucket}", table.service), row.rate, row.burst)];
    if let (Some(rate), Some(burst)) = (row.organization_rate, row.organization_burst) {
        wanted.push((format!("organization/{}:{operation}", table.service), rate, burst));
    }
    let levels: Vec<f64> =
        wanted.iter().map(|(name, rate, burst)| level(buckets.get(name), *rate, *burst, now)).collect();
    for (tokens, (_, rate, _)) in levels.iter().zip(&wanted) {
        if *tokens < 1.0 {
            return Err(refusal(table, operation, (1.0 - tokens) / rate));
        }
    }
    for (tokens, (name, ..)) in levels.into_iter().zip(wanted) {
        buckets.insert(name, Bucket { tokens: tokens - 1.0, at: now });
    }
    Ok(())
}

fn level(bucket: Option<&Bucket>, rate: f64, burst: f64, now: Timestamp) -> f64 {
    bucket.map_or(burst, |bucket| {
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        (bucket.tokens + passed * rate).min(burst)
    })
}

/// AWS's refusal for the rate: `TooManyRequestsException` where the operation declares it (with `Type` where its
/// shape has one), else `ThrottlingException`, else the query protocol's `Throttling`.
pub(crate) fn refusal(table: &Table, operation: &str, wait: f64) -> AwsError {
    let declared = |code: &str| {
        table.operations.get(operation).is_some_and(|op| op.errors.iter().any(|error| error == code))
    };
    let seconds = wait.ceil().max(1.0);
    if declared("TooManyRequestsException") {
        let error = AwsError::new(
            "TooManyRequestsException",
            "AWS Organizations can't complete your request because another request is already in progress. Try again later.",
        );
        let plain = AwsError::new("TooManyRequestsException", "Too Many Requests");
        return if table.service == "organizations" { error.field("Type", "RATE_EXCEEDED") } else { plain };
    }
    match table.protocol {
        Protocol::Query => AwsError::new("Throttling", "Rate exceeded").status(400),
        Protocol::Json => AwsError::new("ThrottlingException", "Rate exceeded").status(400),
        Protocol::RestJson => {
            let error = AwsError::new("ThrottlingException", "Rate exceeded").status(429);
            let has = |member: &str| {
                table
                    .errors
                    .get("ThrottlingException")
                    .and_then(|error| table.shape(&error.shape))
                    .is_some_and(|shape| shape.members.contains_key(member))
            };
            if has("retryAfterSeconds") {
                error.field("retryAfterSeconds", seconds)
            } else {
                error.header("Retry-After", format!("{seconds}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::shapes;

    #[test]
    fn every_rate_names_operations_of_the_model() {
        let file: Rates = toml::from_str(include_str!("throttles.toml")).expect("throttles.toml");
        for row in &file.rate {
            let table = shapes::table(&row.service).expect("a service");
            for name in &row.operations {
                assert!(name == TOGETHER || table.operations.contains_key(name), "{name}");
            }
        }
        assert!(!rates().is_empty());
    }

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate() {
        let table = shapes::table("organizations").expect("a table");
        let mut buckets = Buckets::new();
        let start = Timestamp::from_second(1_000).expect("a time");
        for _ in 0..3 {
            assert!(admit(&mut buckets, table, "CreateAccount", "1", start).is_ok());
        }
        let error = admit(&mut buckets, table, "CreateAccount", "1", start).expect_err("a refusal");
        assert_eq!(error.code, "TooManyRequestsException");
        let later = Timestamp::from_second(1_010).expect("a time");
        assert!(admit(&mut buckets, table, "CreateAccount", "1", later).is_ok());
        assert!(admit(&mut buckets, table, "CreateAccount", "1", later).is_err());
    }

    #[test]
    fn a_rate_for_all_operations_together_is_one_bucket() {
        let table = shapes::table("sso-admin").expect("a table");
        let mut buckets = Buckets::new();
        let now = Timestamp::UNIX_EPOCH;
        for operation in ["ListInstances", "ListPermissionSets"].into_iter().cycle().take(20) {
            assert!(admit(&mut buckets, table, operation, "1", now).is_ok());
        }
        let error = admit(&mut buckets, table, "DescribeInstance", "1", now).expect_err("a refusal");
        assert_eq!(error.code, "ThrottlingException");
    }

    #[test]
    fn the_buckets_of_two_accounts_share_the_one_of_the_organization() {
        let table = shapes::table("organizations").expect("a table");
        let mut buckets = Buckets::new();
        let now = Timestamp::UNIX_EPOCH;
        assert!(admit(&mut buckets, table, "ListRoots", "1", now).is_ok());
        assert!(admit(&mut buckets, table, "ListRoots", "1", now).is_ok());
        assert!(admit(&mut buckets, table, "ListRoots", "1", now).is_err(), "the account's burst is 2");
        assert!(admit(&mut buckets, table, "ListRoots", "2", now).is_ok());
        assert!(admit(&mut buckets, table, "ListRoots", "2", now).is_err(), "the organization's burst is 3");
    }
}
