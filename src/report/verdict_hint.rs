//! What to do about a failed call: by its code, by the reason that AWS names, else by its verdict.

use crate::catalog::operations::Verdict;
use crate::catalog::reasons;
use crate::cloud::failure::{CallError, code};

/// Codes that say more than their verdict does.
const BY_CODE: &[(&str, &str)] = &[
    (
        code::NO_CREDENTIALS,
        "set AWS_PROFILE or name --profile, run `aws sso login` or `aws configure`, or set \
         AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    (code::UNREACHABLE, "check the network, the proxy and the Region or --endpoint-url, then run it again"),
    (code::TIMEOUT, "check the network and run it again"),
    ("ExpiredToken", "the session has expired: sign in again (`aws sso login`) and run it again"),
    ("ExpiredTokenException", "the session has expired: sign in again (`aws sso login`) and run it again"),
    (
        "InvalidClientTokenId",
        "AWS does not know this access key: check the credentials or name another --profile",
    ),
    (
        "UnrecognizedClientException",
        "AWS does not know this access key: check the credentials or name another --profile",
    ),
    (
        "SignatureDoesNotMatch",
        "the secret access key does not fit the access key, or this machine's clock is wrong",
    ),
    (
        "InvalidSignatureException",
        "the secret access key does not fit the access key, or this machine's clock is wrong",
    ),
    (
        code::WAITS_FOR_OWNER,
        "accept the invitation inside the account (`lzctl join` with its credentials, or the console of AWS \
         Organizations), then run the same command again",
    ),
    (
        code::WAITS_FOR_CODE,
        "look into the new mailbox, then run the same command again with --code ACCOUNT=CODE",
    ),
];

/// What an operation asks for that AWS has ended as failed, with no reason that says more.
const OF_A_FAILED_OPERATION: &str = "mend what AWS names, then run the same command again";

/// What each verdict asks of the operator.
const BY_VERDICT: &[(Verdict, &str)] = &[
    (Verdict::Throttled, "other programs use up the request rate of this account: run it again later"),
    (Verdict::Conflict, "another change is under way in the organization: wait for it and run it again"),
    (Verdict::NotReady, "AWS has not finished an earlier change: wait and run it again"),
    (Verdict::Unseen, "what it names is not there (any more): plan again"),
    (Verdict::Satisfied, "run it again: the plan will take what is there into account"),
    (Verdict::Rejected, "mend the document or the organization as AWS says, then run it again"),
    (Verdict::Denied, "let the caller do this (service control policies count too), then run it again"),
    (Verdict::Quota, "ask AWS for a higher quota (Service Quotas), then run it again"),
    (Verdict::Missing, "the organization changed meanwhile: plan again"),
    (Verdict::Unknown, "nobody knows whether AWS did it: run it again, the next plan looks before it acts"),
];

/// The advice for an error.
#[must_use]
pub fn of(error: &CallError) -> &'static str {
    let by_code = BY_CODE.iter().find(|(code, _)| *code == error.code).map(|(_, hint)| *hint);
    let by_reason =
        || reasons::of(&error.operation, &error.code, &error.message).map(|reason| reason.advice.as_str());
    let by_verdict = || BY_VERDICT.iter().find(|(verdict, _)| *verdict == error.verdict).map(|(_, h)| *h);
    let ended = error.code == code::OPERATION_FAILED && error.verdict == Verdict::Rejected;
    let of_ended = || ended.then_some(OF_A_FAILED_OPERATION);
    by_code.or_else(by_reason).or_else(of_ended).or_else(by_verdict).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_has_advice() {
        let verdicts = [
            Verdict::Throttled,
            Verdict::Conflict,
            Verdict::NotReady,
            Verdict::Unseen,
            Verdict::Satisfied,
            Verdict::Rejected,
            Verdict::Denied,
            Verdict::Quota,
            Verdict::Missing,
            Verdict::Unknown,
        ];
        for verdict in verdicts {
            assert!(!of(&CallError::ours("iam:GetRole", "Odd", "", verdict)).is_empty(), "{verdict:?}");
        }
    }

    #[test]
    fn an_operation_that_failed_for_a_quota_is_told_so() {
        let ended = |verdict| {
            of(&CallError::ours("organizations:CreateAccount", code::OPERATION_FAILED, "", verdict))
        };
        assert!(ended(Verdict::Quota).contains("higher quota"));
        assert_eq!(ended(Verdict::Rejected), OF_A_FAILED_OPERATION);
    }

    #[test]
    fn an_account_that_cannot_be_made_is_told_by_its_reason_what_can_be_done() {
        let create = "organizations:CreateAccount";
        let taken = CallError::ours(create, "EMAIL_ALREADY_EXISTS", "", Verdict::Rejected);
        assert!(of(&taken).contains("`join: invite`"), "{}", of(&taken));
        let words = "MISSING_PAYMENT_INSTRUMENT: the creation failed";
        assert!(of(&CallError::ours(create, "Failed", words, Verdict::Rejected)).contains("payment method"));
    }

    #[test]
    fn an_expired_session_is_told_apart_from_a_missing_permission() {
        let expired = CallError::ours("iam:GetRole", "ExpiredToken", "", Verdict::Denied);
        assert!(of(&expired).contains("expired"));
    }
}
