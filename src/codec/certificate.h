#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What an X.509 certificate says. Nobody is asked whether it is true: signatures and chains are
/// not looked at. Source: RFC 5280 4.1, 4.2.
namespace rhumb::codec {

struct CertificateExtension {
  std::string oid;  ///< in numbers with dots
  std::string value;
  bool is_critical = false;
};

struct Certificate {
  int64_t version = 0;  ///< 3 for those that have extensions
  std::string country;
  std::string organization;
  std::string unit;
  std::string common_name;
  bool has_subject = false;
  bool is_authority = false;
  bool names_directory = false;       ///< whether another name of its subject is one of a directory
  std::vector<std::string> purposes;  ///< the extended key usage, as OIDs
  std::string curve;                  ///< of the key: `prime256v1`, ...; empty: it is on none
  std::vector<CertificateExtension> extensions;

  [[nodiscard]] const CertificateExtension* find_extension(std::string_view oid) const;
};
/// Nothing for what is no certificate in DER, or has something behind it.
[[nodiscard]] std::optional<Certificate> read_certificate(std::string_view der);

}  // namespace rhumb::codec
