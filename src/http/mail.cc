#include "http/mail.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/url.h"
#include "http/curl_internal.h"
#include "http/ip_address.h"

namespace rhumb::http {
namespace {

constexpr size_t kAddressMax = 254;   // RFC 5321, 4.5.3.1
constexpr size_t kTextLineMax = 900;  // of 998 octets, RFC 5322, 2.1.1
constexpr size_t kEncodedLine = 76;   // RFC 2045, 6.8
constexpr size_t kWordBytes = 42;     // what fits into one encoded word of 75 characters

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return out;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// Encoded words, each a whole number of characters, on lines of their own.
std::string encode_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t size = std::min(text.size(), kWordBytes);
    while (size > 1 && size < text.size() && continues_character(text[size])) {
      --size;
    }
    out += out.empty() ? "" : "\r\n ";
    out +=
        fmt::format("=?utf-8?B?{}?=", codec::base64_encode(codec::as_bytes(text.substr(0, size))));
    text.remove_prefix(size);
  }
  return out;
}

/// A value of a header field; long ones go on in the next line.
std::string field_text(std::string_view text) {
  const std::string line = one_line(text);
  return is_plain(line) && line.size() <= kTextLineMax ? line : encode_words(line);
}

/// `Name <address>` with the name encoded where it has to be.
std::string sender_field(const std::string& from) {
  const size_t bracket = from.find('<');
  if (bracket == std::string::npos || is_plain(from)) {
    return one_line(from);
  }
  return encode_words(one_line(trim(std::string_view(from).substr(0, bracket)))) + " " +
         one_line(std::string_view(from).substr(bracket));
}

bool is_sent_as_it_is(std::string_view text) {
  return std::ranges::all_of(split(text, '\n'), [](std::string_view line) {
    return line.size() <= kTextLineMax && std::all_of(line.begin(), line.end(), [](char c) {
             return (c >= ' ' && c <= '~') || c == '\t';
           });
  });
}

std::string encode_text(std::string_view text) {
  const std::string encoded = codec::base64_encode(codec::as_bytes(text));
  std::string out;
  for (size_t at = 0; at < encoded.size(); at += kEncodedLine) {
    out += encoded.substr(at, kEncodedLine) + "\r\n";
  }
  return out;
}

bool is_local(const codec::Url& url) {
  const std::optional<IpAddress> address = IpAddress::parse(url.hostname());
  return url.hostname() == "localhost" || (address && special_purpose(*address) == "loopback");
}

struct Upload {
  std::string_view left;
};

size_t on_read(char* buffer, size_t size, size_t count, void* user) {
  auto* upload = static_cast<Upload*>(user);
  const size_t bytes = std::min(size * count, upload->left.size());
  std::memcpy(buffer, upload->left.data(), bytes);
  upload->left.remove_prefix(bytes);
  return bytes;
}

size_t on_ignored(char*, size_t size, size_t count, void*) {
  return size * count;
}

/// A handle of libcurl and the list of recipients, gone with this object.
class MailTransfer {
 public:
  explicit MailTransfer(const Curl& curl) : curl_(curl), handle_(curl.easy_init()) {}
  MailTransfer(const MailTransfer&) = delete;
  MailTransfer& operator=(const MailTransfer&) = delete;
  ~MailTransfer() {
    curl_.slist_free_all(recipients_);
    if (handle_ != nullptr) {
      curl_.easy_cleanup(handle_);
    }
  }

  template <typename T>
  void set(CURLoption option, T value) {
    curl_.easy_setopt(handle_, option, value);
  }
  void add_recipient(const std::string& address) {
    recipients_ = curl_.slist_append(recipients_, fmt::format("<{}>", address).c_str());
  }

  Result<MailReceipt> send() {
    if (handle_ == nullptr) {
      return Error(ErrorCode::kUnavailable, "libcurl gives no handle");
    }
    std::array<char, CURL_ERROR_SIZE> detail{};
    set(CURLOPT_ERRORBUFFER, detail.data());
    set(CURLOPT_MAIL_RCPT, recipients_);
    const CURLcode code = curl_.easy_perform(handle_);
    long status = 0;
    curl_.easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK) {
      const std::string text = detail[0] != '\0' ? detail.data() : curl_.easy_strerror(code);
      return Error(ErrorCode::kUnavailable, text)
          .caused_by({.code = std::to_string(static_cast<int>(code)), .text = text});
    }
    return MailReceipt{static_cast<int>(status)};
  }

 private:
  const Curl& curl_;
  CURL* handle_;
  curl_slist* recipients_ = nullptr;
};

}  // namespace

Result<std::string> mail_address(std::string_view text) {
  const Error wrong = invalid(fmt::format("\"{}\" is not a mail address", one_line(text)));
  std::string_view address = trim(text);
  if (address.ends_with('>')) {
    const size_t bracket = address.rfind('<');
    if (bracket == std::string_view::npos) {
      return wrong;
    }
    address = address.substr(bracket + 1, address.size() - bracket - 2);
  }
  const size_t at = address.rfind('@');
  const bool has_parts = at != std::string_view::npos && at > 0 && at + 1 < address.size();
  if (!has_parts || one_line(text) != text || address.size() > kAddressMax ||
      address.find_first_of(" \t\r\n\"(),:;<>[\\]") != std::string_view::npos ||
      address.find('@') != at || !is_plain(address)) {
    return wrong;
  }
  return std::string(address);
}

Result<void> check_mail_server(const MailServer& server) {
  const Error wrong = invalid("the address of a mail server must be smtp://host or smtps://host");
  const Result<codec::Url> url = codec::parse_url(server.url);
  if (!url || (url->scheme != "smtp" && url->scheme != "smtps") || url->hostname().empty()) {
    return wrong;
  }
  return {};
}

std::string format_mail(const Mail& mail) {
  std::string out;
  const auto field = [&out](std::string_view name, std::string_view value) {
    out += fmt::format("{}: {}\r\n", name, value);
  };
  field("Date", fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000",
                            fmt::gmtime(std::chrono::system_clock::to_time_t(mail.date))));
  field("From", sender_field(mail.from));
  field("To", one_line(join(mail.to, ", ")));
  field("Subject", field_text(mail.subject));
  field("Message-ID", fmt::format("<{}>", one_line(mail.message_id)));
  for (const auto& [name, value] : mail.headers) {
    field(name, field_text(value));
  }
  const bool as_it_is = is_sent_as_it_is(mail.text);
  field("MIME-Version", "1.0");
  field("Content-Type", "text/plain; charset=utf-8");
  field("Content-Transfer-Encoding", as_it_is ? "7bit" : "base64");
  out += "\r\n";
  const std::string text = replace_all(mail.text, "\n", "\r\n");
  return out + (as_it_is ? text : encode_text(text));
}

Result<MailReceipt> send_mail(const MailServer& server,
                              const Mail& mail,
                              std::chrono::milliseconds timeout) {
  TRY(check_mail_server(server));
  const std::string from = TRY(mail_address(mail.from));
  const Result<Curl>& curl = curl_table();
  if (!curl) {
    return curl.error();
  }
  codec::Url url = TRY(codec::parse_url(server.url));
  const std::optional<codec::UserInfo> user = url.user;
  url.user.reset();
  const std::string address = url.text_with_secrets();
  const std::string sender = fmt::format("<{}>", from);
  const std::string message = format_mail(mail);
  Upload upload{message};
  MailTransfer transfer(*curl);
  for (const std::string& text : mail.to) {
    transfer.add_recipient(TRY(mail_address(text)));
  }
  transfer.set(CURLOPT_NOSIGNAL, 1L);
  transfer.set(CURLOPT_URL, address.c_str());
  transfer.set(CURLOPT_PROXY, "");
  if (const std::string certificates = named_certificates(); !certificates.empty()) {
    transfer.set(CURLOPT_CAINFO, certificates.c_str());
  }
  transfer.set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  const bool needs_tls = user && !is_local(url);
  transfer.set(CURLOPT_USE_SSL, static_cast<long>(needs_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (user) {
    transfer.set(CURLOPT_USERNAME, user->name.c_str());
    transfer.set(CURLOPT_PASSWORD, user->password.value_or("").c_str());
  }
  transfer.set(CURLOPT_MAIL_FROM, sender.c_str());
  transfer.set(CURLOPT_UPLOAD, 1L);
  transfer.set(CURLOPT_READFUNCTION, &on_read);
  transfer.set(CURLOPT_READDATA, &upload);
  transfer.set(CURLOPT_WRITEFUNCTION, &on_ignored);
  transfer.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  return transfer.send();
}

}  // namespace rhumb::http
