#include "provider/s3.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/xml.h"

namespace rhumb::provider {
namespace {

using codec::XmlLeaf;
using Query = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kService = "s3";
constexpr int kPagesMax = 1000;  // of a list; a folder in it takes a place as well
constexpr std::string_view kRegionHeader = "x-amz-bucket-region";

Error refusal(const http::ClientResponse& response, const std::string& region) {
  const std::string_view home = http::header_or_empty(response.headers, kRegionHeader);
  if (!home.empty() && home != region) {
    return Error(
        ErrorCode::kUnavailable,
        fmt::format("the bucket is in region {}; add region={} to the URL", go_quote(home), home));
  }
  const Result<std::vector<XmlLeaf>> answer = codec::read_xml_leaves(response.body);
  const std::string code = answer ? codec::find_xml_text(*answer, "Error/Code") : std::string();
  if (code.empty()) {
    return status_error(response.status);
  }
  return Error(code_of_status(response.status),
               code + ": " + codec::find_xml_text(*answer, "Error/Message"));
}

/// The names of one page, added to `names`. -> the token of the next page, "" behind the last
Result<std::string> read_page(std::string_view body,
                              const std::string& prefix,
                              std::vector<std::string>& names) {
  const std::vector<XmlLeaf> leaves = TRY(codec::read_xml_leaves(body).context("list of objects"));
  for (const XmlLeaf& leaf : leaves) {
    if (leaf.path != "ListBucketResult/Contents/Key") {
      continue;
    }
    const std::string key = TRY(codec::query_unescape(leaf.text).context("list of objects"));
    const bool is_below = key.starts_with(prefix) && key.size() > prefix.size();
    if (is_below && key.find('/', prefix.size()) == std::string::npos) {
      names.push_back(key.substr(prefix.size()));
    }
  }
  const bool goes_on = codec::find_xml_text(leaves, "ListBucketResult/IsTruncated") == "true";
  return goes_on ? codec::find_xml_text(leaves, "ListBucketResult/NextContinuationToken")
                 : std::string();
}

}  // namespace

Result<S3Location> parse_s3_url(const codec::Url& url) {
  S3Location location{.bucket = url.host,
                      .key = url.path.starts_with('/') ? url.path.substr(1) : url.path};
  if (location.bucket.empty() || url.user) {
    return invalid("an s3 URL must be of the form s3://bucket/path");
  }
  for (const auto& [name, values] : url.query()) {
    std::string* const place = name == "region"    ? &location.region
                               : name == "profile" ? &location.profile
                                                   : nullptr;
    if (place != nullptr) {
      *place = values.front();
    } else if (name != "endpoint") {
      return invalid(fmt::format(
          "unknown query parameter {} of an s3 URL, known are: region, profile, endpoint",
          go_quote(name)));
    } else if (!values.front().empty()) {
      location.endpoint = TRY(parse_aws_endpoint(values.front(), "endpoint of an s3 URL"));
    }
  }
  return location;
}

S3Bucket::S3Bucket(const S3Location& location,
                   std::string region,
                   AwsCredentials credentials,
                   HttpSender& sender,
                   const sys::Clock& clock)
    : region_(std::move(region)),
      credentials_(std::move(credentials)),
      sender_(sender),
      clock_(clock) {
  const std::string& bucket = location.bucket;
  const bool in_path = location.endpoint || bucket.find('.') != std::string::npos;
  const std::string amazon = (in_path ? "" : bucket + ".") + aws_host(kService, region_);
  const AwsEndpoint endpoint =
      location.endpoint.value_or(AwsEndpoint{.origin = "https://" + amazon, .host = amazon});
  origin_ = endpoint.origin;
  host_ = endpoint.host;
  base_ = endpoint.path + (in_path ? "/" + bucket + "/" : "/");
}

Result<std::string> S3Bucket::get(const std::string& key, Query query) {
  return send({.path = base_ + uri_encode(key, /*keeps_slash=*/true), .query = std::move(query)});
}

Result<void> S3Bucket::write(const std::string& key, const std::string& content) {
  TRY(send(
      {.method = "PUT", .path = base_ + uri_encode(key, /*keeps_slash=*/true), .body = content}));
  return {};
}

Result<std::string> S3Bucket::send(SignableRequest signable) {
  signable.host = host_;
  http::ClientRequest request;
  request.method = signable.method;
  request.body = signable.body;
  request.url = origin_ + signable.path;
  if (!signable.query.empty()) {
    request.url += "?" + canonical_query(signable.query);
  }
  request.headers =
      sign_headers(signable, credentials_,
                   {.region = region_, .service = std::string(kService), .time = clock_.now()});
  http::ClientResponse response = TRY(sender_.send(request, Route::kNetwork));
  if (response.status != 200) {
    return refusal(response, region_);
  }
  return std::move(response.body);
}

Result<std::vector<std::string>> S3Bucket::list(const std::string& folder) {
  const std::string prefix = folder.empty() || folder.ends_with('/') ? folder : folder + "/";
  std::vector<std::string> names;
  std::string token;
  for (int page = 0; page < kPagesMax; ++page) {
    Query query{{"list-type", "2"}, {"encoding-type", "url"}, {"delimiter", "/"}};
    query.emplace_back("prefix", prefix);
    if (!token.empty()) {
      query.emplace_back("continuation-token", token);
    }
    const std::string body = TRY(get("", std::move(query)));
    token = TRY(read_page(body, prefix, names));
    if (names.size() > kS3NamesMax) {
      break;
    }
    if (token.empty()) {
      std::ranges::sort(names);
      return names;
    }
  }
  return Error(ErrorCode::kLimit, fmt::format("more than {} objects", kS3NamesMax));
}

Result<std::string> S3Bucket::read(const std::string& key) {
  return get(key, {});
}

}  // namespace rhumb::provider
