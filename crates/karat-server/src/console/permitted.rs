//! What not everybody may do: whoever may not is told who may, on a page.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::MethodRouter;

use super::{Problem, Visit};
use crate::access::Permission;

/// Lets only those in who may do this.
pub(super) fn only<S: Clone + Send + Sync + 'static>(
    permission: Permission,
    methods: MethodRouter<S>,
) -> MethodRouter<S> {
    methods.route_layer(from_fn(move |visit: Visit, request: Request, next: Next| async move {
        if visit.caller().is_some_and(|caller| caller.role.may(permission)) {
            return next.run(request).await;
        }
        Problem::not_permitted(&visit, permission).into_response()
    }))
}
