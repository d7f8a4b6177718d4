#pragma once

#define CURL_DISABLE_TYPECHECK  // the functions are called through pointers
#include <curl/curl.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "sys/dynamic_library.h"

/// libcurl, opened on first use. Internal to this folder.
namespace rhumb::http {

/// The functions of libcurl that are used. One table per process, loaded on first use.
struct Curl {
  decltype(::curl_global_init)* global_init = nullptr;
  decltype(::curl_easy_init)* easy_init = nullptr;
  decltype(::curl_easy_cleanup)* easy_cleanup = nullptr;
  decltype(::curl_easy_reset)* easy_reset = nullptr;
  decltype(::curl_easy_setopt)* easy_setopt = nullptr;
  decltype(::curl_easy_perform)* easy_perform = nullptr;
  decltype(::curl_easy_getinfo)* easy_getinfo = nullptr;
  decltype(::curl_easy_strerror)* easy_strerror = nullptr;
  decltype(::curl_slist_append)* slist_append = nullptr;
  decltype(::curl_slist_free_all)* slist_free_all = nullptr;
  std::optional<sys::DynamicLibrary> library;
};

/// Loaded once and never unloaded: libcurl registers handlers that outlive every client.
/// Errors: kUnsupported naming the package that brings it.
[[nodiscard]] const Result<Curl>& curl_table();

/// File of the certificates that are trusted besides the system's: what SSL_CERT_FILE says, as it
/// does to Go programs and to curl. libcurl does not look by itself. Empty: none.
[[nodiscard]] std::string named_certificates();

}  // namespace rhumb::http
