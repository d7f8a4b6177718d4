#include "codec/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <climits>

#include "codec/openssl_handles_internal.h"

namespace rhumb::codec {
namespace {

using X509Handle = std::unique_ptr<X509, Release<X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;
using Usage = std::unique_ptr<EXTENDED_KEY_USAGE, Release<EXTENDED_KEY_USAGE_free>>;

X509Handle parse(std::string_view der) {
  if (der.size() > INT_MAX) {
    return nullptr;
  }
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* const end = at + der.size();
  X509Handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == end ? std::move(certificate) : nullptr;
}

std::string text_of(const ASN1_STRING* text) {
  return text == nullptr ? ""
                         : std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                       static_cast<size_t>(ASN1_STRING_length(text)));
}

/// The first of a kind; empty when there is none.
std::string subject_part(const X509_NAME* subject, int kind) {
  const int index = X509_NAME_get_index_by_NID(subject, kind, -1);
  return index < 0 ? "" : text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
}

std::string oid_of(const ASN1_OBJECT* object) {
  constexpr int kNumbers = 1;
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), text.size(), object, kNumbers);
  return size > 0 && static_cast<size_t>(size) < text.size() ? text.data() : "";
}

std::vector<CertificateExtension> extensions_of(const X509* certificate) {
  std::vector<CertificateExtension> out;
  for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
    X509_EXTENSION* extension = X509_get_ext(certificate, i);
    out.push_back({oid_of(X509_EXTENSION_get_object(extension)),
                   text_of(X509_EXTENSION_get_data(extension)),
                   X509_EXTENSION_get_critical(extension) == 1});
  }
  return out;
}

std::vector<std::string> purposes_of(const X509* certificate) {
  std::vector<std::string> out;
  const Usage usage(static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
  for (int i = 0; usage && i < sk_ASN1_OBJECT_num(usage.get()); ++i) {
    out.push_back(oid_of(sk_ASN1_OBJECT_value(usage.get(), i)));
  }
  return out;
}

bool names_directory(const X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (sk_GENERAL_NAME_value(names.get(), i)->type == GEN_DIRNAME) {
      return true;
    }
  }
  return false;
}

std::string curve_of(const X509* certificate) {
  std::array<char, 64> name{};
  size_t size = 0;
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  const bool is_named = key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
                        EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1;
  return is_named ? name.data() : "";
}

}  // namespace

const CertificateExtension* Certificate::find_extension(std::string_view oid) const {
  const auto found = std::ranges::find(extensions, oid, &CertificateExtension::oid);
  return found == extensions.end() ? nullptr : &*found;
}

std::optional<Certificate> read_certificate(std::string_view der) {
  const X509Handle parsed = parse(der);
  if (parsed == nullptr) {
    ERR_clear_error();
    return std::nullopt;
  }
  const X509_NAME* subject = X509_get_subject_name(parsed.get());
  Certificate out;
  out.version = X509_get_version(parsed.get()) + 1;
  out.country = subject_part(subject, NID_countryName);
  out.organization = subject_part(subject, NID_organizationName);
  out.unit = subject_part(subject, NID_organizationalUnitName);
  out.common_name = subject_part(subject, NID_commonName);
  out.has_subject = X509_NAME_entry_count(subject) > 0;
  out.is_authority = X509_check_ca(parsed.get()) != 0;
  out.names_directory = names_directory(parsed.get());
  out.purposes = purposes_of(parsed.get());
  out.curve = curve_of(parsed.get());
  out.extensions = extensions_of(parsed.get());
  ERR_clear_error();
  return out;
}

}  // namespace rhumb::codec
