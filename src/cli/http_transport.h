#pragma once

#include <memory>

#include "cli/app.h"
#include "registry_api/transport.h"

namespace rhumb::cli {

/// Registry requests over the HTTP client, one connection kept; waits end when the person stops.
[[nodiscard]] std::unique_ptr<registry_api::Transport> make_http_transport(App& app);

}  // namespace rhumb::cli
