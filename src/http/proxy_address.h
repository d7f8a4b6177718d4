#pragma once

#include <string>

#include "base/result.h"
#include "sys/environment.h"

namespace rhumb::http {

/// The proxy that requests to the outside go through.
///
/// Shape: `http://[user:password@]host:port`, or https://; `environment` stands for what the
/// variable https_proxy or HTTPS_PROXY says; empty stays empty: none.
/// Errors: kInvalid, without the password.
Result<std::string> read_proxy_address(const std::string& text,
                                       const sys::Environment& environment);

}  // namespace rhumb::http
