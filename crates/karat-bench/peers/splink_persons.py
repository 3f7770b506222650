"""Deduplicates the bench's invented persons with Splink: `splink_persons.py FILE OUT lightest|tutorial`.

Writes `id,cluster`. The settings are those that Splink's documentation recommends for persons with
names, date of birth, address, e-mail and phone (https://moj-analytical-services.github.io/splink).
"lightest" trains with as little as is sensible; "tutorial" as its tutorials do.
"""

import logging
import sys

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

file, out, training = sys.argv[1:4]
logging.getLogger("splink").setLevel(logging.ERROR)

connection = duckdb.connect()
persons = connection.sql(
    f"""select id as unique_id, lower(first_name) as first_name, lower(last_name) as last_name,
        birth_date, street, house_number, postcode, city, lower(email) as email, phone
        from read_csv('{file}', all_varchar = true)"""
)
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        compare.ForenameSurnameComparison("first_name", "last_name"),
        compare.DateOfBirthComparison("birth_date", input_is_string=True),
        compare.JaroWinklerAtThresholds("street", [0.9]),
        compare.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        compare.EmailComparison("email"),
        compare.ExactMatch("phone"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("first_name", "last_name"),
        block_on("last_name", "birth_date"),
        block_on("first_name", "birth_date"),
        block_on("postcode", "house_number"),
        block_on("email"),
        block_on("phone"),
    ],
    retain_intermediate_calculation_columns=False,
    retain_matching_columns=False,
)
api = DuckDBAPI(connection)
linker = Linker(api.register(persons), settings)

linker.training.estimate_probability_two_random_records_match(
    [block_on("email"), block_on("first_name", "last_name", "birth_date")], recall=0.7
)
if training == "lightest":
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    expectation = [block_on("first_name", "last_name"), block_on("phone")]
else:
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    expectation = [block_on("first_name", "last_name"), block_on("birth_date")]
for rule in expectation:
    linker.training.estimate_parameters_using_expectation_maximisation(
        rule, estimate_without_term_frequencies=True
    )
pairs = linker.inference.predict(threshold_match_probability=0.5)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
    pairs, threshold_match_probability=0.95
)
entities = clusters.as_duckdbpyrelation()
connection.sql(f"copy (select unique_id as id, cluster_id from entities) to '{out}' (header)")
