#include <utility>

#include "http/curl_internal.h"
#include "sys/environment.h"

namespace rhumb::http {
namespace {

Result<Curl> load_curl() {
  Curl curl;
  sys::DynamicLibrary library = TRY(sys::DynamicLibrary::open(
      {.sonames = {"libcurl.so.4", "libcurl-gnutls.so.4"}, .package = "libcurl4"}));
  TRY(library.load("curl_global_init", curl.global_init));
  TRY(library.load("curl_easy_init", curl.easy_init));
  TRY(library.load("curl_easy_cleanup", curl.easy_cleanup));
  TRY(library.load("curl_easy_reset", curl.easy_reset));
  TRY(library.load("curl_easy_setopt", curl.easy_setopt));
  TRY(library.load("curl_easy_perform", curl.easy_perform));
  TRY(library.load("curl_easy_getinfo", curl.easy_getinfo));
  TRY(library.load("curl_easy_strerror", curl.easy_strerror));
  TRY(library.load("curl_slist_append", curl.slist_append));
  TRY(library.load("curl_slist_free_all", curl.slist_free_all));
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error(ErrorCode::kUnsupported, "libcurl cannot be initialised");
  }
  curl.library.emplace(std::move(library));
  return curl;
}

}  // namespace

const Result<Curl>& curl_table() {
  static const Result<Curl>* table = new Result<Curl>(load_curl());
  return *table;
}

std::string named_certificates() {
  return sys::SystemEnvironment().get_or_empty("SSL_CERT_FILE");
}

}  // namespace rhumb::http
