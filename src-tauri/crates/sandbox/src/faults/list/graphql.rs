//! What can be wrong at the GraphQL API.

use super::Row;

pub(super) const ROWS: &[Row] = &[(
    "graphql-late",
    "delay",
    "an answer after 3 seconds",
    "Progress is shown, and the run can be cancelled.",
)];
