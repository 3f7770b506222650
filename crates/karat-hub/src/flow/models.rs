//! Match models in the form in which the store keeps them.

use karat_engine::matching::model::MatchModel;

use crate::error::Error;

/// How strongly models are compressed: beyond this it takes long and gains little.
const COMPRESSION_LEVEL: i32 = 3;

/// The stored form of models.
pub fn write_models(models: &[MatchModel]) -> Vec<u8> {
    let json = serde_json::to_vec(models).expect("a model has only numbers and text");
    zstd::encode_all(&json[..], COMPRESSION_LEVEL).expect("compressing in memory cannot fail")
}

/// Reads the stored form of models, if they are of this version.
pub fn read_models(content: &[u8]) -> Result<Vec<MatchModel>, Error> {
    let json = zstd::decode_all(content).map_err(|_| Error::OutdatedModel)?;
    let models: Vec<MatchModel> =
        serde_json::from_slice(&json).map_err(|_| Error::OutdatedModel)?;
    let is_current = |model: &MatchModel| model.version == MatchModel::VERSION;
    if models.iter().all(is_current) { Ok(models) } else { Err(Error::OutdatedModel) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_of_another_version_are_not_used() {
        let stored = |json: &str| zstd::encode_all(json.as_bytes(), COMPRESSION_LEVEL).unwrap();
        assert_eq!(read_models(&stored("[]")).unwrap(), []);
        let version = |number: u32| format!("\"version\": {number}");
        let older = MatchModel::VERSION - 1;
        let model = format!(
            r#"[{{"version": {older}, "entity_type": "person", "attributes": [], "pairs": "both", "blocking": [], "phonetics": "dutch", "prior": 0,
                "household_prior": 0, "link_threshold": 0, "review_threshold": 0, "leftover_bonus": 0,
                "gate": {{"single_valued": [], "confirmed_by": 2, "large": 0}},
                "calibration": {{"knots": []}}, "comparisons": [], "oversized": [], "common_words": [], "training": {{"records": 1, "pairs": 0,
                "rounds": 0, "matches_expected": 0.0,
                "labels": {{"same": 0, "different": 0, "prior_offset": 0}}, "warnings": []}}}}]"#
        );
        for (content, usable) in [
            (stored(&model), false),
            (stored(&model.replace(&version(older), &version(MatchModel::VERSION))), true),
            (stored("[{}]"), false),
            (b"not compressed".to_vec(), false),
        ] {
            assert_eq!(read_models(&content).is_ok(), usable);
        }
    }
}
