//! The WebSocket in the specification: it is answered beside these routes, and belongs to the same API.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{HttpMethod, OperationBuilder};
use utoipa::openapi::response::ResponseBuilder;

use crate::answers::problem;

const DESCRIPTION: &str = "Speaks WebSocket (RFC 6455): items of the inbox as they arrive, counts, and what other tabs read. The first frame \
    says who asks, so there is no credential in the request; a browser's page must come from an allowed origin. `docs/websocket.md` \
    describes the frames and the close codes.";

/// Adds `GET /v1/ws`.
pub(crate) fn document(openapi: &mut OpenApi) {
    let operation = OperationBuilder::new()
        .operation_id(Some("follow_inbox"))
        .tag("Inbox")
        .summary(Some("Follow the inbox live"))
        .description(Some(DESCRIPTION))
        .response("101", ResponseBuilder::new().description("From here on frames are exchanged.").build())
        .response("403", problem("The page's origin is not allowed."))
        .response("426", problem("The request does not ask for a WebSocket."));
    openapi.paths.add_path_operation("/v1/ws", vec![HttpMethod::Get], operation.build());
}
