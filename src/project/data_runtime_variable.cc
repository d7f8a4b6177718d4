#include <algorithm>
#include <chrono>
#include <optional>

#include "base/go_format.h"
#include "codec/url.h"
#include "project/body_reader.h"
#include "project/data_source_internal.h"
#include "provider/secrets.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace rhumb::project {
namespace {

constexpr std::chrono::nanoseconds kTimeout = std::chrono::seconds(10);
constexpr std::string_view kSnapshot = "getting latest snapshot";
constexpr std::string_view kOpening = "opening variable";
constexpr std::string_view kKeepers[] = {"awsparamstore", "awssecretsmanager", "gcpsecretmanager"};
/// Of a service that Google has switched off.
constexpr std::string_view kRuntimeConfig = "gcpruntimeconfig";

/// Lets no request take longer than a variable may.
class LimitedSender final : public provider::HttpSender {
 public:
  LimitedSender(provider::HttpSender& inner, std::chrono::nanoseconds timeout)
      : inner_(inner), timeout_(std::chrono::ceil<std::chrono::milliseconds>(timeout)) {}
  [[nodiscard]] Result<http::ClientResponse> send(const http::ClientRequest& request,
                                                  provider::Route route) override {
    http::ClientRequest limited = request;
    limited.timeout = std::min(request.timeout, timeout_);
    return inner_.send(limited, route);
  }

 private:
  provider::HttpSender& inner_;
  std::chrono::milliseconds timeout_;
};

/// Takes a query parameter out of the URL.
std::optional<std::string> take_query(codec::Url& url, std::string_view key) {
  std::optional<std::string> value = url.find_query(key);
  if (value) {
    codec::QueryValues query = url.query();
    query.erase(query.find(key));
    url.set_query(query);
  }
  return value;
}

Result<std::chrono::nanoseconds> take_timeout(codec::Url& url) {
  const std::optional<std::string> text = take_query(url, "timeout");
  if (!text) {
    return kTimeout;
  }
  return parse_go_duration(*text).context("parsing timeout");
}

Result<std::string> read_constant(const codec::Url& url) {
  if (const auto problem = url.find_query("err"); problem && !problem->empty()) {
    return invalid(*problem).context(kSnapshot);
  }
  return url.find_query("val").value_or("");
}

/// A text that a cloud provider keeps: the schemes of AWS and Google.
Result<std::string> read_kept(const Host& host,
                              const codec::Url& url,
                              std::chrono::nanoseconds timeout) {
  for (const auto& [key, values] : url.query()) {
    const bool is_known = url.scheme.starts_with("aws") && (key == "region" || key == "profile");
    if (!is_known) {
      return invalid("invalid query parameter " + go_quote(key)).context(kOpening);
    }
  }
  LimitedSender sender(host.provider, timeout);
  const std::string name = url.host + url.path;
  if (url.scheme == "gcpsecretmanager") {
    const provider::GoogleLookup lookup{
        .environment = host.environment, .sender = sender, .time = host.clock.now()};
    return provider::read_google_secret(lookup, name).context(kSnapshot);
  }
  const provider::AwsLookup lookup{.environment = host.environment,
                                   .sender = sender,
                                   .profile = url.find_query("profile").value_or(""),
                                   .region = url.find_query("region").value_or("")};
  return (url.scheme == "awsparamstore"
              ? provider::read_aws_parameter(lookup, name, host.clock.now())
              : provider::read_aws_secret(lookup, name, host.clock.now()))
      .context(kSnapshot);
}

Result<std::string> read_variable(const Host& host,
                                  const codec::Url& url,
                                  std::chrono::nanoseconds timeout) {
  if (url.scheme == "constant") {
    return read_constant(url);
  }
  if (url.scheme == "file") {
    return sys::read_file(url.host + url.path).context(kSnapshot);
  }
  if (url.scheme == "http" || url.scheme == "https") {
    return host.http.get(url.text_with_secrets(), timeout).context(kSnapshot);
  }
  if (url.scheme.empty()) {
    return invalid("no scheme in the URL").context(kOpening);
  }
  if (std::ranges::find(kKeepers, url.scheme) != std::end(kKeepers)) {
    return read_kept(host, url, timeout);
  }
  if (url.scheme == kRuntimeConfig) {
    return Error(ErrorCode::kUnsupported, "scheme " + go_quote(url.scheme) + " is not supported")
        .context(kOpening);
  }
  return invalid("no driver registered for " + go_quote(url.scheme)).context(kOpening);
}

}  // namespace

Result<hcl::Value> read_runtime_variable(const DataRequest& request) {
  const BodyValues values =
      TRY(read_body(request.block, request.context,
                    {{.name = "url", .type = hcl::Type::string(), .is_required = true}}, true)
              .context("decoding body"));
  const Result<codec::Url> parsed = codec::parse_url(values.text("url"));
  if (!parsed.has_value()) {
    return invalid(parsed.error().root_message()).context("parsing url");
  }
  codec::Url url = parsed.value();
  const std::string decoder = take_query(url, "decoder").value_or("string");
  if (decoder != "string" && !decoder.empty()) {
    return invalid("unsupported decoder: " + go_quote(decoder));
  }
  const std::chrono::nanoseconds timeout = TRY(take_timeout(url));
  const std::string text = TRY(read_variable(request.host, url, timeout));
  request.outputs.secrets.push_back(text);
  return hcl::Value::string(text);
}

}  // namespace rhumb::project
