#include "registry/identity/attestation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "codec/cbor.h"
#include "codec/certificate.h"

namespace rhumb::registry {
namespace {

using codec::CborMember;
using codec::Certificate;
using Members = std::vector<CborMember>;

// Of the IANA registry "COSE Algorithms".
constexpr int64_t kEs256 = -7;
constexpr int64_t kRs256 = -257;
constexpr int64_t kRs1 = -65'535;
constexpr std::string_view kAaguidOid = "1.3.6.1.4.1.45724.1.1.4";  // WebAuthn 8.2.1
constexpr std::string_view kTpmPurpose = "2.23.133.8.3";            // 8.3.1: tcg-kp-AIKCertificate
constexpr std::string_view kP256 = "prime256v1";
// Source: WebAuthn 8.1.
constexpr size_t kFormatBytesMax = 32;

/// What a statement that is about to be read consists of.
struct Statement {
  std::string_view format;
  Members members;

  [[nodiscard]] std::string_view item(std::string_view name) const {
    return codec::find_cbor(members, name).value_or("");
  }
};

/// A format: the members that it has to have, those it may have, and its own rules.
struct Format {
  std::string_view name;
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
  Result<AttestationKind> (*check)(const Statement&, const AttestedKey&);
};

bool is_chain(std::string_view item) {
  const auto links = codec::read_cbor_array(item);
  return links && !links->empty() && std::ranges::all_of(*links, [](std::string_view link) {
           return codec::read_cbor_bytes(link).has_value();
         });
}

/// Whether the member is of its type, which is the same in every format.
bool is_of_type(const CborMember& member) {
  if (member.name == "alg") {
    return codec::read_cbor_integer(member.value).has_value();
  }
  if (member.name == "ver") {
    return codec::read_cbor_text(member.value).has_value();
  }
  return member.name == "x5c" ? is_chain(member.value)
                              : codec::read_cbor_bytes(member.value).has_value();
}

/// Members that the format does not have are no help either: libfido2 reads the statement again,
/// and must not find others than were looked at here.
Result<void> check_members(const Format& format, const Statement& statement) {
  for (const std::string_view name : format.required) {
    if (!codec::find_cbor(statement.members, name)) {
      return refused_attestation(format.name, fmt::format("it has no {}", name));
    }
  }
  for (const CborMember& member : statement.members) {
    const bool is_known =
        std::ranges::find(format.required, member.name) != format.required.end() ||
        std::ranges::find(format.optional, member.name) != format.optional.end();
    if (!is_known) {
      return refused_attestation(format.name, "it has more members than the format");
    }
    if (!is_of_type(member)) {
      return refused_attestation(format.name, fmt::format("its {} is malformed", member.name));
    }
  }
  return {};
}

std::vector<std::string_view> chain_of(const Statement& statement) {
  return codec::read_cbor_array(statement.item("x5c")).value_or(std::vector<std::string_view>());
}

Result<Certificate> first_certificate(const Statement& statement) {
  const std::vector<std::string_view> chain = chain_of(statement);
  const std::string_view first = chain.empty() ? std::string_view() : chain.front();
  std::optional<Certificate> read =
      codec::read_certificate(codec::read_cbor_bytes(first).value_or(""));
  return read.has_value()
             ? Result<Certificate>(std::move(*read))
             : Result<Certificate>(refused_attestation(
                   statement.format, "its certificate is no X.509 certificate in DER"));
}

/// That a certificate which names a model names the authenticator's: the value is an OCTET STRING.
/// Source: WebAuthn 8.2, 8.2.1.
bool fits_model(const Certificate& certificate, const AttestedKey& key) {
  using std::string_literals::operator""s;
  const codec::CertificateExtension* model = certificate.find_extension(kAaguidOid);
  return model == nullptr || (!model->is_critical && model->value == "\x04\x10"s + key.aaguid);
}

Result<void> check_maker(const Statement& statement,
                         const Certificate& certificate,
                         const AttestedKey& key) {
  if (certificate.version != 3 || certificate.is_authority) {
    return refused_attestation(statement.format, "its certificate is not one of an authenticator");
  }
  if (!fits_model(certificate, key)) {
    return refused_attestation(statement.format,
                               "its certificate is one of another model than the passkey names");
  }
  return {};
}

Result<AttestationKind> check_none(const Statement& /*statement*/, const AttestedKey& /*key*/) {
  return AttestationKind::kNone;
}

Result<AttestationKind> check_packed(const Statement& statement, const AttestedKey& key) {
  if (statement.item("x5c").empty()) {
    return codec::read_cbor_integer(statement.item("alg")) == key.algorithm
               ? Result<AttestationKind>(AttestationKind::kSelf)
               : Result<AttestationKind>(refused_attestation(
                     statement.format, "its alg is not that of the passkey's key"));
  }
  const Certificate certificate = TRY(first_certificate(statement));
  TRY(check_maker(statement, certificate, key));
  if (certificate.country.empty() || certificate.organization.empty() ||
      certificate.common_name.empty() || certificate.unit != "Authenticator Attestation") {
    return refused_attestation(statement.format,
                               "its certificate does not name a maker as it has to");
  }
  return AttestationKind::kCertificate;
}

Result<AttestationKind> check_u2f(const Statement& statement, const AttestedKey& key) {
  const Certificate certificate = TRY(first_certificate(statement));
  if (chain_of(statement).size() != 1) {
    return refused_attestation(statement.format, "its x5c is not one certificate");
  }
  if (certificate.curve != kP256 || key.algorithm != kEs256) {
    return refused_attestation(statement.format, "its keys are not all of the curve P-256");
  }
  if (key.aaguid != std::string(kAaguidBytes, '\0')) {
    return refused_attestation(statement.format,
                               "the passkey names a model, which U2F does not have");
  }
  return AttestationKind::kCertificate;
}

/// libfido2 1.12 verifies those of RSA keys that were signed with SHA-1, as TPMs of Windows Hello
/// do.
Result<AttestationKind> check_tpm(const Statement& statement, const AttestedKey& key) {
  if (codec::read_cbor_text(statement.item("ver")) != "2.0") {
    return refused_attestation(statement.format, "its ver is not 2.0");
  }
  if (codec::read_cbor_integer(statement.item("alg")) != kRs1 || key.algorithm != kRs256) {
    return refused_attestation(
        statement.format,
        "it can not be verified here: of a TPM only RSA keys are, signed with "
        "SHA-1 (alg -65535)");
  }
  const Certificate certificate = TRY(first_certificate(statement));
  TRY(check_maker(statement, certificate, key));
  const bool is_purpose =
      std::ranges::find(certificate.purposes, kTpmPurpose) != certificate.purposes.end();
  if (certificate.has_subject || !certificate.names_directory || !is_purpose) {
    return refused_attestation(statement.format, "its certificate is not one of a TPM");
  }
  return AttestationKind::kCertificate;
}

const Format* find_format(std::string_view name) {
  static const std::vector<Format> kFormats = {
      {"none", {}, {}, check_none},
      {"packed", {"alg", "sig"}, {"x5c"}, check_packed},
      {"fido-u2f", {"sig", "x5c"}, {}, check_u2f},
      {"tpm", {"ver", "alg", "x5c", "sig", "certInfo", "pubArea"}, {}, check_tpm},
  };
  const auto found = std::ranges::find(kFormats, name, &Format::name);
  return found == kFormats.end() ? nullptr : &*found;
}

/// Source: WebAuthn 8.1: printable ASCII without a backslash and a quote.
bool is_format_name(std::string_view name) {
  return !name.empty() && name.size() <= kFormatBytesMax && std::ranges::all_of(name, [](char c) {
    return c > ' ' && c <= '~' && c != '\\' && c != '"';
  });
}

}  // namespace

Result<AttestationObject> read_attestation_object(std::string_view bytes) {
  if (bytes.size() > kAttestationBytesMax) {
    return Error(ErrorCode::kLimit, fmt::format("the attestation object of the passkey is longer "
                                                "than {} bytes; use another authenticator",
                                                kAttestationBytesMax));
  }
  const Members members = codec::read_cbor_map(bytes).value_or(Members());
  const std::string_view statement = codec::find_cbor(members, "attStmt").value_or("");
  const auto format = codec::read_cbor_text(codec::find_cbor(members, "fmt").value_or(""));
  const auto data = codec::read_cbor_bytes(codec::find_cbor(members, "authData").value_or(""));
  if (!format || !is_format_name(*format) || !data || !codec::read_cbor_map(statement)) {
    return invalid(
        "the attestation object of the passkey is not one: it is a CBOR map of fmt, attStmt and "
        "authData; use another browser or authenticator");
  }
  return AttestationObject{std::string(*format), std::string(statement), std::string(*data)};
}

std::string_view attestation_name(AttestationKind kind) {
  switch (kind) {
    case AttestationKind::kNone:
      return "none";
    case AttestationKind::kSelf:
      return "self";
    case AttestationKind::kCertificate:
      return "certificate";
  }
  return "";
}

Result<AttestationKind> check_statement(const AttestationObject& object, const AttestedKey& key) {
  const Format* format = find_format(object.format);
  if (format == nullptr) {
    return refused_attestation(object.format, "statements of this format are not verified here");
  }
  const Statement statement{format->name,
                            codec::read_cbor_map(object.statement).value_or(Members())};
  TRY(check_members(*format, statement));
  return format->check(statement, key);
}

Error refused_attestation(std::string_view format, std::string_view why) {
  return Error(ErrorCode::kDenied,
               fmt::format("the passkey's attestation ({}) is refused: {}; use another "
                           "authenticator, or have the registry ask for none "
                           "(serve --passkey-attestation none)",
                           format, why));
}

}  // namespace rhumb::registry
