#include "registry/audit/checkpoint_target.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "codec/hex.h"
#include "codec/url.h"
#include "http/client.h"
#include "provider/aws_credentials.h"
#include "provider/s3.h"
#include "sys/file_descriptor.h"
#include "sys/files.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kFilePrefix = "file://";
constexpr std::chrono::seconds kAttemptMax{20};
constexpr size_t kHashDigits = 16;

// -------------------------------------------------------------------------------------------- file

class FileTarget final : public CheckpointTarget {
 public:
  explicit FileTarget(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] std::string name() const override { return path_; }

  Result<std::optional<int64_t>> find_last() override {
    const std::string text = TRY(read());
    const size_t end = whole(text);
    if (end == 0) {
      return std::optional<int64_t>(0);
    }
    const size_t before = text.rfind('\n', end - 2);
    const size_t begin = before == std::string::npos ? 0 : before + 1;
    const SignedCheckpoint last =
        TRY(parse_checkpoint(std::string_view(text).substr(begin, end - 1 - begin)).context(path_));
    return std::optional(last.checkpoint.head.seq);
  }

  Result<void> send(const SignedCheckpoint& checkpoint) override {
    const std::string text = TRY(read());
    const sys::FileDescriptor file(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, sys::kFileMode));
    const std::string line = format_checkpoint(checkpoint) + "\n";
    // What was written only in part, when a machine stopped, is no line.
    const auto end = static_cast<off_t>(whole(text));
    const bool is_written =
        file.get() >= 0 && ::ftruncate(file.get(), end) == 0 &&
        ::pwrite(file.get(), line.data(), line.size(), end) == static_cast<ssize_t>(line.size()) &&
        ::fsync(file.get()) == 0;
    return is_written ? Result<void>()
                      : Error(ErrorCode::kIo, fmt::format("{}: {}", path_, std::strerror(errno)));
  }

 private:
  Result<std::string> read() {
    return sys::file_exists(path_) ? sys::read_file(path_) : Result<std::string>("");
  }
  /// Behind its last whole line.
  static size_t whole(const std::string& text) {
    const size_t end = text.rfind('\n');
    return end == std::string::npos ? 0 : end + 1;
  }

  std::string path_;
};

// ---------------------------------------------------------------------------------------------- S3

class S3Target final : public CheckpointTarget {
 public:
  S3Target(provider::S3Location location, const TargetTools& tools)
      : location_(std::move(location)), tools_(tools) {}

  [[nodiscard]] std::string name() const override {
    return fmt::format("s3://{}/{}", location_.bucket, location_.key);
  }

  Result<void> send(const SignedCheckpoint& checkpoint) override {
    const provider::AwsLookup lookup{.environment = tools_.environment,
                                     .sender = tools_.sender,
                                     .profile = location_.profile,
                                     .region = location_.region};
    const std::string region = TRY(provider::find_aws_region(lookup));
    const provider::AwsCredentials credentials = TRY(provider::find_aws_credentials(lookup));
    provider::S3Bucket bucket(location_, region, credentials, tools_.sender, tools_.clock);
    std::string folder = location_.key;
    folder += folder.empty() || folder.ends_with('/') ? "" : "/";
    // With the hash: a chain that was made anew puts others beside those that are there.
    const AuditHead& head = checkpoint.checkpoint.head;
    const std::string hash = codec::hex_encode(head.hash).substr(0, kHashDigits);
    return bucket
        .write(fmt::format("{}{:020}-{}.json", folder, head.seq, hash),
               format_checkpoint(checkpoint) + "\n")
        .context(name());
  }

 private:
  provider::S3Location location_;
  TargetTools tools_;
};

// ----------------------------------------------------------------------------------------- webhook

class WebhookTarget final : public CheckpointTarget {
 public:
  WebhookTarget(std::string url, std::string host, const TargetTools& tools)
      : url_(std::move(url)), host_(std::move(host)), tools_(tools) {}

  /// The rest of the URL may be what only its owner knows.
  [[nodiscard]] std::string name() const override { return fmt::format("webhook of {}", host_); }

  Result<void> send(const SignedCheckpoint& checkpoint) override {
    http::ClientRequest request;
    request.method = "POST";
    request.url = url_;
    request.headers = {{"Content-Type", "application/json"},
                       {"User-Agent", "rhumb"},
                       {"X-Registry-Event", "audit.checkpoint"}};
    request.body = format_checkpoint(checkpoint);
    request.timeout = kAttemptMax;
    TRY(provider::send_for_body(tools_.sender, request, provider::Route::kNetwork).context(name()));
    return {};
  }

 private:
  std::string url_;
  std::string host_;
  TargetTools tools_;
};

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1" || host == "[::1]";
}

bool leads_to_this_machine(const std::string& text) {
  const Result<codec::Url> url = codec::parse_url(text);
  return url && is_this_machine(url->hostname());
}

class NetworkSender final : public provider::HttpSender {
 public:
  NetworkSender(const sys::Environment& environment, std::string proxy)
      : environment_(environment), proxy_(std::move(proxy)) {}

  [[nodiscard]] Result<http::ClientResponse> send(const http::ClientRequest& request,
                                                  provider::Route route) override {
    const bool is_near = route == provider::Route::kMachine || leads_to_this_machine(request.url);
    std::unique_ptr<http::Client>& client = is_near ? machine_ : network_;
    if (client == nullptr) {
      http::Client opened =
          TRY(http::Client::create({.ca_file = environment_.get_or_empty("AWS_CA_BUNDLE"),
                                    .proxy_from_environment = !is_near,
                                    .proxy = is_near ? std::string() : proxy_}));
      client = std::make_unique<http::Client>(std::move(opened));
    }
    http::ClientRequest bounded = request;
    bounded.timeout = std::min<std::chrono::milliseconds>(request.timeout, kAttemptMax);
    return client->send(bounded);
  }

 private:
  const sys::Environment& environment_;
  std::string proxy_;  // empty: that of the environment
  std::unique_ptr<http::Client> network_;
  std::unique_ptr<http::Client> machine_;  // which no proxy may see
};

}  // namespace

Result<std::unique_ptr<CheckpointTarget>> make_target(const std::string& text,
                                                      const TargetTools& tools) {
  using Made = std::unique_ptr<CheckpointTarget>;
  if (text.starts_with(kFilePrefix) || text.find("://") == std::string::npos) {
    const std::string path = text.substr(text.starts_with(kFilePrefix) ? kFilePrefix.size() : 0);
    return path.empty() ? Result<Made>(invalid("a file for checkpoints needs a path"))
                        : Result<Made>(std::make_unique<FileTarget>(path));
  }
  const Result<codec::Url> url = codec::parse_url(text);
  if (url && url->scheme == "s3") {
    provider::S3Location location = TRY(provider::parse_s3_url(*url));
    return Made(std::make_unique<S3Target>(std::move(location), tools));
  }
  const bool is_web =
      url && !url->host.empty() &&
      (url->scheme == "https" || (url->scheme == "http" && is_this_machine(url->hostname())));
  if (!is_web) {
    return invalid(
        "a place for checkpoints must be a file, s3://bucket/folder, or an https:// address");
  }
  return Made(std::make_unique<WebhookTarget>(text, url->host, tools));
}

std::unique_ptr<provider::HttpSender> make_network_sender(const sys::Environment& environment,
                                                          std::string proxy) {
  return std::make_unique<NetworkSender>(environment, std::move(proxy));
}

}  // namespace rhumb::registry
