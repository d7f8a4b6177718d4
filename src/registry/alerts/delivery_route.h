#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/ip_address.h"

/// Whether a message goes through the proxy to the outside. Pure.
namespace rhumb::registry {

enum class DeliveryRoute { kDirect, kProxy };

/// The addresses of a host as far as they can be told; none: they cannot.
using HostLookup = std::function<std::vector<http::IpAddress>(const std::string& host)>;

/// How a message reaches `url` where there is a proxy.
///
/// Shape: what is public goes through the proxy, as does a name that only the proxy can tell the
/// addresses of; what the guard was told to let through is inside and is reached directly.
/// Errors: kDenied for an address that the guard refuses, and for a name that stands for something
/// inside of every network (`localhost`, one without a dot, ...) and has no address here; kInvalid
/// for a host that a proxy might read otherwise than we do.
Result<DeliveryRoute> choose_route(const std::string& url,
                                   const http::AddressGuard& guard,
                                   const HostLookup& look_up);

}  // namespace rhumb::registry
