//! Signatures over a plan file's statement, in the manner of DSSE.
//!
//! What is signed is the pre-authentication encoding of payload type and payload,
//! so that a signature for one purpose never serves another.
//! Source: <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>.

use serde::{Deserialize, Serialize};

use super::Unsound;
use super::keys::{PrivateKey, PublicKey};

/// The type of what is signed. It changes whenever the payload's meaning does.
const PAYLOAD_TYPE: &str = "application/vnd.lzctl.saved-plan+json; version=1";

/// One key's signature, with the key, so that it can be checked without knowing
/// whom to trust. Being able to check it is no reason to trust it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The key's id.
    pub key_id: String,
    /// The public key, 64 hexadecimal digits.
    pub public_key: String,
    /// The signature, 128 hexadecimal digits.
    pub signature: String,
}

impl Signature {
    /// The signature of a key over a payload.
    pub(super) fn make(payload: &[u8], key: &PrivateKey) -> Self {
        let public = key.public();
        Self {
            key_id: public.id().to_string(),
            public_key: public.to_hex(),
            signature: hex::encode(key.sign(&encoded(payload))),
        }
    }

    /// The key that has surely made it over this payload.
    pub(super) fn signer(&self, payload: &[u8]) -> Result<PublicKey, Unsound> {
        let unsound = |reason| Unsound::Signature { key: self.key_id.clone(), reason };
        let key = PublicKey::from_hex(&self.public_key).ok_or_else(|| unsound("its public key is none"))?;
        if key.id().as_str() != self.key_id {
            return Err(unsound("the public key beside it has another id"));
        }
        let mut bytes = [0; 64];
        let read = hex::decode_to_slice(&self.signature, &mut bytes);
        if read.is_err() || hex::encode(bytes) != self.signature {
            return Err(unsound("it is not 128 lower-case hexadecimal digits"));
        }
        if key.proves(&encoded(payload), &bytes) { Ok(key) } else { Err(unsound("it is for other content")) }
    }
}

/// DSSE's pre-authentication encoding.
pub(super) fn encoded(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}
