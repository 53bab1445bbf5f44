//! Request quotas: so many requests of a kind in a second, and no more.

mod charge;
mod rates;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::error::ApiError;
use crate::fault::throttling;
use crate::identity::{Account, Place};
use crate::quota::charge::{Charge, charges};
use crate::region::Region;
use crate::request::Service;
use crate::world::World;

/// What is left of a quota in one second. It fills as the cloud's time passes.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    filled: Timestamp,
}

type BucketAddress = (Place, &'static str, &'static str);

/// The quotas of every account and Region.
#[derive(Debug)]
pub(crate) struct Quotas {
    scale: Option<f64>,
    buckets: BTreeMap<BucketAddress, Bucket>,
    refused: u64,
}

/// A quota as it is told.
#[derive(Debug, Serialize)]
pub(crate) struct Rate {
    service: &'static str,
    quota: &'static str,
    per_second: f64,
    operations: Vec<&'static str>,
}

/// What is left of a quota, as it is told.
#[derive(Debug, Serialize)]
pub(crate) struct Remainder {
    account: Account,
    region: Region,
    service: &'static str,
    quota: &'static str,
    available: f64,
}

impl Quotas {
    /// Quotas at so many times the published rates; none at all, if no scale is
    /// given or no request could ever pass.
    pub fn new(scale: Option<f64>) -> Self {
        let scale = scale.filter(|scale| scale.is_finite() && *scale > 0.0);
        Self { scale, buckets: BTreeMap::new(), refused: 0 }
    }

    /// How many times the published rates are granted, if there are quotas.
    pub fn scale(&self) -> Option<f64> {
        self.scale
    }

    /// How many requests were refused.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Counts a request, or refuses it as one too many.
    pub fn charge(
        &mut self,
        world: &World,
        place: Place,
        (service, operation): (Service, &str),
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let Some(scale) = self.scale else {
            return Ok(());
        };
        let charges = charges(world, place, service, operation, body);
        let address = |charge: &Charge| (charge.place, service.as_str(), charge.quota);
        for charge in &charges {
            let full = capacity(charge.rate * scale);
            let new = Bucket { tokens: full, filled: now };
            let bucket = self.buckets.entry(address(charge)).or_insert(new);
            bucket.fill(charge.rate * scale, now);
        }
        // A bucket that can never hold as much as a request costs lets it pass when it is full.
        let is_granted = |charge: &Charge| {
            // What fills in small parts may add up to a little less than a whole.
            let needed = charge.count.min(capacity(charge.rate * scale)) - 1e-6;
            self.buckets.get(&address(charge)).is_some_and(|bucket| bucket.tokens >= needed)
        };
        if !charges.iter().all(is_granted) {
            self.refused += 1;
            return Err(throttling(service));
        }
        for charge in &charges {
            if let Some(bucket) = self.buckets.get_mut(&address(charge)) {
                bucket.tokens -= charge.count;
            }
        }
        Ok(())
    }

    /// What is left of the quotas that requests have counted against, as of the
    /// last of them.
    pub fn remainders(&self) -> Vec<Remainder> {
        let tell = |(&(place, service, quota), bucket): (&BucketAddress, &Bucket)| Remainder {
            account: place.account,
            region: place.region,
            service,
            quota,
            available: bucket.tokens,
        };
        self.buckets.iter().map(tell).collect()
    }
}

/// The published rates that do not depend on Region or key, by operation.
pub(crate) fn published() -> Vec<Rate> {
    let kms = rates::KMS.iter().flat_map(|(per_second, operations)| {
        operations.iter().map(|operation| Rate {
            service: Service::Kms.as_str(),
            quota: operation,
            per_second: *per_second,
            operations: vec![operation],
        })
    });
    let secrets = rates::SECRETS.iter().map(|(quota, per_second, operations)| Rate {
        service: Service::SecretsManager.as_str(),
        quota,
        per_second: *per_second,
        operations: operations.to_vec(),
    });
    kms.chain(secrets).collect()
}

/// One second's worth, but never less than one request.
fn capacity(rate: f64) -> f64 {
    rate.max(1.0)
}

impl Bucket {
    fn fill(&mut self, rate: f64, now: Timestamp) {
        #[expect(clippy::cast_precision_loss, reason = "a bucket is full long before")]
        let milliseconds = (now.milliseconds() - self.filled.milliseconds()).max(0) as f64;
        self.tokens = (self.tokens + rate * milliseconds / 1000.0).min(capacity(rate));
        self.filled = now;
    }
}
