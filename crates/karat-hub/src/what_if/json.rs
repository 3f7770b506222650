//! The comparison as JSON.

use serde_json::{Value, json};

use super::{CustomerSample, LargestChange, TypeEffect, ValueSample, WhatIf};
use crate::mask::mask;

impl WhatIf {
    /// The comparison as JSON; `masked` hides values of customers.
    pub fn to_json(&self, masked: bool) -> Value {
        let shown = |text: &String| if masked { mask(text) } else { text.clone() };
        let all = |values: &[String]| values.iter().map(shown).collect::<Vec<String>>();
        let customer = |customer: &CustomerSample| json!({ "entity_id": customer.entity.to_string(), "title": shown(&customer.title) });
        let sample = |sample: &ValueSample| {
            json!({
                "entity_id": sample.entity.to_string(),
                "before": all(&sample.before),
                "after": all(&sample.after),
            })
        };
        let attributes = self.attributes.iter().map(|of| {
            json!({
                "attribute": of.name,
                "changed": of.changed,
                "filled": of.filled,
                "emptied": of.emptied,
                "samples": of.samples.iter().map(sample).collect::<Vec<_>>(),
            })
        });
        let largest = self.largest.iter().map(|change: &LargestChange| {
            json!({
                "kind": if change.is_merge { "merge" } else { "split" },
                "from": customer(&change.from),
                "to": customer(&change.to),
                "records": change.records,
            })
        });
        json!({
            "reason": self.reason,
            "learns_a_match_model": self.trained.is_some(),
            "waits_to_be_published": self.is_behind,
            "entity_types": self.types.iter().map(of_type).collect::<Vec<_>>(),
            "merged": self.merged,
            "split": self.split,
            "created": self.created,
            "deleted": self.deleted,
            "changed": self.changed,
            "potential_matches_new": self.potential_matches_new,
            "potential_matches_gone": self.potential_matches_gone,
            "attributes": attributes.collect::<Vec<_>>(),
            "largest": largest.collect::<Vec<_>>(),
        })
    }
}

fn of_type(effect: &TypeEffect) -> Value {
    let both = |[before, after]: [u64; 2]| json!({ "before": before, "after": after });
    json!({
        "entity_type": effect.entity_type.name(),
        "records": effect.records,
        "entities": both(effect.entities),
        "potential_matches": both(effect.potential_matches),
        "held": both(effect.held),
        "thresholds": effect.thresholds.map(|thresholds| {
            let bits = |[before, after]: [karat_model::evidence::Weight; 2]| {
                json!({ "before": before.bits(), "after": after.bits() })
            };
            json!({ "link": bits(thresholds.link), "review": bits(thresholds.review) })
        }),
    })
}
