//! A lease as an object in a bucket: `leases/ACCOUNT.json`.

use super::claim::Written;
use super::register::{Register, RegisterError, decode, encode};
use super::{Document, Look, Sighting};
use crate::apply::pending::Pending;
use crate::cloud::objects::{Bucket, Condition, Put};

/// The cell.
#[derive(Debug, Clone)]
pub struct ObjectRegister {
    bucket: Bucket,
    key: String,
}

impl ObjectRegister {
    /// The cell of a name.
    #[must_use]
    pub fn new(bucket: Bucket, name: &str) -> Self {
        Self { bucket, key: format!("leases/{name}.json") }
    }
}

impl Register for ObjectRegister {
    fn place(&self) -> String {
        format!("{}/{}", self.bucket.location(), self.key)
    }

    fn look(&self) -> Pending<'_, Result<Look, RegisterError>> {
        Box::pin(async move {
            let place = self.place();
            let answer = self.bucket.get(&self.key).await;
            let answer = answer
                .map_err(|error| RegisterError::Call { place: place.clone(), error: Box::new(error) })?;
            let found = answer.found.map(|object| {
                let document = decode(&place, &object.content)?;
                Ok(Sighting { document, tag: object.tag, written: object.modified, alive: None })
            });
            Ok(Look { found: found.transpose()?, at: answer.at })
        })
    }

    fn write<'a>(
        &'a self,
        document: &'a Document,
        over: Option<&'a str>,
    ) -> Pending<'a, Result<Written, RegisterError>> {
        Box::pin(async move {
            let content = encode(&self.place(), document)?;
            let condition = over.map_or(Condition::Absent, Condition::Unchanged);
            match self.bucket.put(&self.key, content, condition).await {
                Ok(Put::Written(tag)) => Ok(Written::Yes(tag)),
                Ok(Put::Refused | Put::Busy) => Ok(Written::Unclear),
                Err(error) => Err(RegisterError::Call { place: self.place(), error: Box::new(error) }),
            }
        })
    }
}
