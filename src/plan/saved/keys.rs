//! Ed25519 keys in PEM files, as other tools write and read them too.
//!
//! Private keys are PKCS #8, public keys SubjectPublicKeyInfo (RFC 8410). A
//! private key has no text form but its PEM, shows nothing of itself when printed
//! for debugging, and is wiped from memory when it goes. Errors never quote what
//! was read.

use std::fmt;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// A text that holds no usable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoKey {
    /// No private key.
    #[error("it holds no Ed25519 private key in PEM form")]
    Private,
    /// No public key.
    #[error("it holds no Ed25519 public key in PEM form")]
    Public,
    /// A key whose signatures prove nothing.
    #[error("it holds a weak key, whose signatures prove nothing")]
    Weak,
    /// A key that has no PEM form.
    #[error("the key cannot be written as PEM")]
    Unwritable,
}

/// The name of a key: SHA-256 of the 32 bytes of the public key, in lower-case
/// hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its beginning, enough to tell the keys of a team apart.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..16).unwrap_or(&self.0)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The half of a key that proves signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads a PEM text.
    ///
    /// # Errors
    /// [`NoKey`] when it is not the PEM of an Ed25519 public key, or of a weak one.
    pub fn from_pem(text: &str) -> Result<Self, NoKey> {
        let key = VerifyingKey::from_public_key_pem(text).map_err(|_| NoKey::Public)?;
        if key.is_weak() { Err(NoKey::Weak) } else { Ok(Self(key)) }
    }

    /// Its PEM text.
    ///
    /// # Errors
    /// [`NoKey::Unwritable`] when it has none.
    pub fn to_pem(&self) -> Result<String, NoKey> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|_| NoKey::Unwritable)
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId(hex::encode(Sha256::digest(self.0.as_bytes())))
    }

    pub(super) fn to_hex(&self) -> String {
        hex::encode(self.0.as_bytes())
    }

    /// The key of 64 hexadecimal digits in the one form that [`Self::to_hex`] writes.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        let key = VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).map(Self)?;
        (key.to_hex() == text).then_some(key)
    }

    /// Whether `signature` is this key's over `message`. Strict: no second form of
    /// a signature is taken for the same one.
    pub(super) fn proves(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

/// The half of a key that makes signatures.
pub struct PrivateKey(SigningKey);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.public().id())
    }
}

impl PrivateKey {
    /// The key of 32 bytes, which must come from the system's source of chance.
    #[must_use]
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Reads a PEM text.
    ///
    /// # Errors
    /// [`NoKey::Private`] when it is not the PEM of an Ed25519 private key.
    pub fn from_pem(text: &str) -> Result<Self, NoKey> {
        SigningKey::from_pkcs8_pem(text).map(Self).map_err(|_| NoKey::Private)
    }

    /// Its PEM text, wiped when it goes.
    ///
    /// # Errors
    /// [`NoKey::Unwritable`] when it has none.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, NoKey> {
        self.0.to_pkcs8_pem(LineEnding::LF).map_err(|_| NoKey::Unwritable)
    }

    /// The other half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}
