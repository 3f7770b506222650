//! Search: the customers that fit a query in spite of typos.

use karat_engine::matching::similarity::within_edits;
use karat_model::attribute::AttributeId;
use karat_store::{Reader, StoredEntity};

use super::StoredHub;
use crate::error::Error;
use crate::search_text::folded_query;
use crate::view::{Hit, MatchedOn, SearchPage};

/// How many hits a search finds at most, and how many a page shows.
const HITS_MAX: usize = 200;
const HITS_PER_PAGE: usize = 20;

impl StoredHub {
    pub(super) fn read_search(
        &self,
        reader: &dyn Reader,
        query: &str,
        page: u32,
    ) -> Result<SearchPage, Error> {
        let query = folded_query(query);
        let mut found = reader.search(&query, HITS_MAX + 1)?;
        let is_cut = found.len() > HITS_MAX;
        found.truncate(HITS_MAX);
        let pages = found.len().div_ceil(HITS_PER_PAGE).max(1) as u32;
        let page = page.clamp(1, pages);
        let start = (page as usize - 1) * HITS_PER_PAGE;
        let mut hits = Vec::new();
        for hit in found.iter().skip(start).take(HITS_PER_PAGE) {
            if let Some(entity) = reader.entity(hit.entity)? {
                let matched = self.matched_on(reader, &entity, &query)?;
                hits.push(Hit { customer: self.summary(reader, &entity)?, matched });
            }
        }
        Ok(SearchPage { hits, total: found.len() as u64, page, pages, is_cut })
    }

    /// What of a customer fits the terms of a query.
    fn matched_on(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
        query: &str,
    ) -> Result<Vec<MatchedOn>, Error> {
        let terms: Vec<&str> = query.split(' ').collect();
        let mut matched = Vec::new();
        for (name, values) in &entity.golden {
            let Some(attribute) = self.model.attributes.find(name) else { continue };
            for value in values {
                let folded = folded_query(value);
                matched
                    .extend(fit(&terms, &folded).map(|exact| value_match(attribute, value, exact)));
            }
        }
        if matched.is_empty() {
            let records = reader.records_of(entity.id)?;
            let fits = |id: &str| fit(&terms, &folded_query(id)).is_some();
            let by_id =
                records.into_iter().map(|stored| stored.record.key).find(|key| fits(&key.id));
            matched.extend(by_id.map(MatchedOn::Record));
        }
        matched.sort_by_key(|on| !matches!(on, MatchedOn::Value { exact: true, .. }));
        Ok(matched)
    }
}

fn value_match(attribute: AttributeId, value: &str, exact: bool) -> MatchedOn {
    MatchedOn::Value { attribute, value: value.to_string(), exact }
}

/// Whether some term is among the words of a value: exactly, or with a typo.
fn fit(terms: &[&str], folded: &str) -> Option<bool> {
    let words = || folded.split(' ').filter(|word| !word.is_empty());
    let exact = words().any(|word| terms.contains(&word));
    let close = |word: &str| {
        terms.iter().any(|term| {
            let is_beginning = term.len() >= 3 && word.starts_with(term);
            is_beginning || term.len() >= 4 && within_edits(term.as_bytes(), word.as_bytes(), 1)
        })
    };
    if exact { Some(true) } else { words().any(close).then_some(false) }
}
