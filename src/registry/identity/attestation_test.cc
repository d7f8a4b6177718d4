#include "registry/identity/attestation.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "registry/identity/test_attestation.h"
#include "registry/identity/webauthn.h"

namespace rhumb::registry {
namespace {

const RelyingParty kParty{"registry.test", "https://registry.test"};

/// A new passkey, and the page that it was made at.
struct Registration {
  explicit Registration(int64_t algorithm = -7) : authenticator("credential", algorithm) {}

  [[nodiscard]] std::string client_data() const {
    return authenticator.client_data("webauthn.create", "Y2hhbGxlbmdl");
  }
  [[nodiscard]] Result<NewCredential> verify(const std::string& format,
                                             const TestMap& statement) const {
    return verify_registration(kParty, read_client_data(client_data()).value(),
                               {format, statement.item(), authenticator.attested_data()});
  }
  /// The kind of attestation, or the refusal between "(FORMAT) is refused: " and "; use another".
  [[nodiscard]] std::string outcome(const std::string& format, const TestMap& statement) const {
    const Result<NewCredential> made = verify(format, statement);
    if (made) {
      return std::string(attestation_name(made->attestation));
    }
    EXPECT_EQ(made.error().code(), ErrorCode::kDenied);
    const std::string begin = "the passkey's attestation (" + format + ") is refused: ";
    const std::string end =
        "; use another authenticator, or have the registry ask for none (serve "
        "--passkey-attestation none)";
    const std::string text = made.error().message();
    EXPECT_TRUE(text.starts_with(begin) && text.ends_with(end)) << text;
    return text.size() < begin.size() + end.size()
               ? text
               : text.substr(begin.size(), text.size() - begin.size() - end.size());
  }

  TestAuthenticator authenticator;
};

/// Two with keys of RSA, which take their time to make.
const Registration& rsa_registration(size_t which = 0) {
  static const std::array<Registration, 2> made = {Registration(-257), Registration(-257)};
  return made.at(which);
}

constexpr const char* kSignature = "its signature is wrong";
constexpr const char* kUnread =
    "libfido2 can not read it: its alg is unknown, or its members are not in order";

TEST(AttestationTest, NoneSaysNothing) {
  const Registration made;
  EXPECT_EQ(made.outcome("none", {}), "none");
  EXPECT_EQ(made.outcome("none", {{{"sig", test_cbor_bytes("x")}}}),
            "it has more members than the format");
}

TEST(AttestationTest, KeysOfEachKindSignForThemselves) {
  for (const int64_t algorithm : kPasskeyAlgorithms) {
    const Registration fresh(algorithm == -257 ? -7 : algorithm);
    const Registration& made = algorithm == -257 ? rsa_registration() : fresh;
    TestMap statement = self_statement(made.authenticator, made.client_data());
    EXPECT_EQ(made.outcome("packed", statement), "self") << algorithm;
    const std::string other = made.authenticator.signature_of("text");
    statement.set("sig", test_cbor_bytes(other));
    EXPECT_EQ(made.outcome("packed", statement), kSignature) << algorithm;
    statement.set("alg", test_cbor_number(algorithm == -7 ? -8 : -7));
    EXPECT_EQ(made.outcome("packed", statement), "its alg is not that of the passkey's key");
  }
}

TEST(AttestationTest, MakersSign) {
  Registration made;
  made.authenticator.aaguid = kTestModel;
  EXPECT_EQ(
      made.outcome("packed", packed_statement(made.authenticator, TestMaker(), made.client_data())),
      "certificate");
  EXPECT_EQ(made.verify("none", {})->aaguid, kTestModel);
  const Registration u2f;
  EXPECT_EQ(
      u2f.outcome("fido-u2f", u2f_statement(u2f.authenticator, TestMaker(), u2f.client_data())),
      "certificate");
  const Registration& tpm = rsa_registration();
  EXPECT_EQ(tpm.outcome("tpm", tpm_statement(tpm.authenticator, tpm_maker(), tpm.client_data())),
            "certificate");
}

TEST(AttestationTest, MakersSignByKeysOfOtherKinds) {
  const Registration made;
  const std::string text =
      TestAuthenticator::signed_text(made.authenticator.attested_data(), made.client_data());
  const TestMaker rsa(shared_rsa_key());
  TestMap statement{
      {{"alg", test_cbor_number(-257)}, {"sig", rsa.sign(text)}, {"x5c", rsa.chain()}}};
  EXPECT_EQ(made.outcome("packed", statement), "certificate");
  const TestMaker edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  statement = {{{"alg", test_cbor_number(-8)},
                {"sig", edwards.sign(text, nullptr)},
                {"x5c", edwards.chain()}}};
  EXPECT_EQ(made.outcome("packed", statement), "certificate");
  statement.set("alg", test_cbor_number(-7));
  EXPECT_EQ(made.outcome("packed", statement), kSignature);
}

/// What an authenticator has used is signed, and no surprise.
TEST(AttestationTest, ExtensionsAreSignedWithTheRest) {
  for (const TestMap& extensions :
       {TestMap{{{"credProtect", "\x02"}}}, TestMap{{{"hmac-secret", "\xf5"}}},
        TestMap{{{"hmac-secret", "\xf4"}}},
        TestMap{{{"credProtect", "\x03"}, {"hmac-secret", "\xf5"}, {"minPinLength", "\x06"}}},
        TestMap{{{"credBlob", "\xf5"}}}, TestMap{{{"uvm", test_cbor_head(4, 0)}}}}) {
    Registration made;
    made.authenticator.extensions = extensions.item();
    EXPECT_EQ(made.outcome("packed",
                           packed_statement(made.authenticator, TestMaker(), made.client_data())),
              "certificate");
    EXPECT_EQ(made.outcome("packed", self_statement(made.authenticator, made.client_data())),
              "self");
  }
}

/// What is done to a statement that was right, and the refusal.
struct Fault {
  const char* name;
  std::function<void(TestMap&)> make;
  std::string refusal;
};

Fault without(const char* name) {
  return {name, [name](TestMap& statement) { statement.remove(name); },
          std::string("it has no ") + name};
}
Fault with(const char* name, const std::string& item, const std::string& refusal) {
  return {name, [name, item](TestMap& statement) { statement.set(name, item); }, refusal};
}
Fault malformed(const char* name, const std::string& item) {
  return with(name, item, std::string("its ") + name + " is malformed");
}

/// Those that every format with a certificate has.
std::vector<Fault> common_faults() {
  const std::string other = TestMaker().sign("text");
  return {
      without("sig"),
      with("sig", other, kSignature),
      with("sig", test_cbor_bytes(""), kSignature),
      malformed("sig", test_cbor_text("text")),
      malformed("sig", test_cbor_number(1)),
      malformed("x5c", test_cbor_head(4, 0)),
      malformed("x5c", test_cbor_bytes("certificate")),
      malformed("x5c", test_cbor_head(4, 1) + test_cbor_text("certificate")),
      with("x5c", test_cbor_chain({"certificate"}),
           "its certificate is no X.509 certificate in DER"),
      with("more", test_cbor_number(1), "it has more members than the format"),
      // What reads names to their first zero takes it for the signature.
      {"sig and a zero", [other](TestMap& it) { it.set(std::string("sig\0", 4), other); },
       "it has more members than the format"},
  };
}

void expect_refusals(const std::string& format,
                     const Registration& made,
                     const TestMap& good,
                     const std::vector<Fault>& faults) {
  EXPECT_EQ(made.outcome(format, good), "certificate") << format;
  for (const Fault& fault : faults) {
    TestMap statement = good;
    fault.make(statement);
    EXPECT_EQ(made.outcome(format, statement), fault.refusal) << format << " " << fault.name;
  }
}

TEST(AttestationTest, PackedStatementsHaveToFit) {
  const Registration made;
  std::vector<Fault> faults = common_faults();
  faults.push_back(without("alg"));
  faults.push_back(malformed("alg", test_cbor_text("ES256")));
  faults.push_back(with("alg", test_cbor_number(-257), kSignature));
  faults.push_back(with("alg", test_cbor_number(-47), kUnread));
  faults.push_back(with("x5c", TestMaker().chain(), kSignature));
  faults.push_back(
      {"no certificate", [](TestMap& statement) { statement.remove("x5c"); }, kSignature});
  expect_refusals("packed", made,
                  packed_statement(made.authenticator, TestMaker(), made.client_data()), faults);
}

TEST(AttestationTest, StatementsOfU2fHaveToFit) {
  Registration made;
  std::vector<Fault> faults = common_faults();
  faults.push_back(without("x5c"));
  faults.push_back(with("alg", test_cbor_number(-7), "it has more members than the format"));
  const TestMaker maker;
  const std::string certificate(codec::make_certificate(
      maker.certificate,
      std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>(EVP_EC_gen("P-384"), EVP_PKEY_free)
          .get()));
  faults.push_back(
      with("x5c", test_cbor_chain({certificate, certificate}), "its x5c is not one certificate"));
  faults.push_back(
      with("x5c", test_cbor_chain({certificate}), "its keys are not all of the curve P-256"));
  expect_refusals("fido-u2f", made, u2f_statement(made.authenticator, maker, made.client_data()),
                  faults);
  made.authenticator.aaguid = kTestModel;
  EXPECT_EQ(made.outcome("fido-u2f", u2f_statement(made.authenticator, maker, made.client_data())),
            "the passkey names a model, which U2F does not have");
  EXPECT_EQ(rsa_registration().outcome(
                "fido-u2f", u2f_statement(made.authenticator, maker, made.client_data())),
            "its keys are not all of the curve P-256");
}

TEST(AttestationTest, StatementsOfTpmsHaveToFit) {
  const Registration& made = rsa_registration();
  const std::string algorithms =
      "it can not be verified here: of a TPM only RSA keys are, signed with SHA-1 (alg -65535)";
  std::vector<Fault> faults = common_faults();
  for (const char* name : {"ver", "alg", "x5c", "certInfo", "pubArea"}) {
    faults.push_back(without(name));
  }
  faults.push_back(malformed("ver", test_cbor_number(2)));
  faults.push_back(with("ver", test_cbor_text("1.2"), "its ver is not 2.0"));
  faults.push_back(with("alg", test_cbor_number(-257), algorithms));
  faults.push_back(with("x5c", tpm_maker(EVP_RSA_gen(2048)).chain(), kSignature));
  faults.push_back(with("x5c", TestMaker().chain(), "its certificate is not one of a TPM"));
  faults.push_back(with(
      "pubArea", test_cbor_bytes(tpm_public_area(rsa_registration(1).authenticator)), kSignature));
  faults.push_back(with("pubArea", test_cbor_bytes(""), kSignature));
  faults.push_back(with("certInfo", test_cbor_bytes("certInfo"), kSignature));
  expect_refusals("tpm", made, tpm_statement(made.authenticator, tpm_maker(), made.client_data()),
                  faults);
  const Registration curve;
  EXPECT_EQ(curve.outcome("tpm", tpm_statement(made.authenticator, tpm_maker(), "")), algorithms);
}

TEST(AttestationTest, MembersAreInOrder) {
  const Registration made;
  const TestMap good = self_statement(made.authenticator, made.client_data());
  const std::string swapped = "\xa2" + test_cbor_text("sig") + good.members[1].second +
                              test_cbor_text("alg") + good.members[0].second;
  const Result<NewCredential> refused =
      verify_registration(kParty, read_client_data(made.client_data()).value(),
                          {"packed", swapped, made.authenticator.attested_data()});
  EXPECT_NE(refused.error().message().find(kUnread), std::string::npos);
}

TEST(AttestationTest, StatementsAreOfOneRegistration) {
  const Registration made;
  const TestMaker maker;
  Registration other;
  for (const auto& statement : {packed_statement, u2f_statement}) {
    const std::string format = statement == packed_statement ? "packed" : "fido-u2f";
    EXPECT_EQ(made.outcome(format, statement(other.authenticator, maker, made.client_data())),
              kSignature)
        << "of another key";
    EXPECT_EQ(made.outcome(format, statement(made.authenticator, maker, "{}")), kSignature)
        << "of another challenge";
  }
  EXPECT_EQ(made.outcome("packed", u2f_statement(made.authenticator, maker, made.client_data())),
            "it has no alg");
}

TEST(AttestationTest, CertificatesAreOfAuthenticators) {
  Registration made;
  made.authenticator.aaguid = kTestModel;
  const std::string of_none = "its certificate is not one of an authenticator";
  const std::string nameless = "its certificate does not name a maker as it has to";
  const std::string other = "its certificate is one of another model than the passkey names";
  const std::string model =
      "DER:04:10:6d:6f:64:65:6c:2d:6f:66:2d:61:2d:6d:61:6b:65:72";  // kTestModel
  const auto extend = [](const std::string& name, const std::string& value) {
    return [name, value](codec::TestCertificate& it) { it.extensions.emplace_back(name, value); };
  };
  const auto drop = [](size_t index) {
    return [index](codec::TestCertificate& it) {
      it.subject.erase(it.subject.begin() + static_cast<ptrdiff_t>(index));
    };
  };
  struct Case {
    const char* name;
    std::function<void(codec::TestCertificate&)> change;
    std::string want;
  };
  for (const Case& c : {
           Case{"version 1", [](codec::TestCertificate& it) { it = {1, it.subject, {}}; }, of_none},
           Case{"of an authority",
                [](codec::TestCertificate& it) { it.extensions[0].second = "CA:TRUE"; }, of_none},
           Case{"no country", drop(0), nameless},
           Case{"no organization", drop(1), nameless},
           Case{"no unit", drop(2), nameless},
           Case{"no name", drop(3), nameless},
           Case{"another unit",
                [](codec::TestCertificate& it) { it.subject[2].second = "Web server"; }, nameless},
           Case{"its model", extend("1.3.6.1.4.1.45724.1.1.4", model), "certificate"},
           Case{"its model, critical", extend("1.3.6.1.4.1.45724.1.1.4", "critical," + model),
                other},
           Case{"another model",
                extend("1.3.6.1.4.1.45724.1.1.4", model.substr(0, model.size() - 2) + "00"), other},
           Case{"no model", extend("1.3.6.1.4.1.45724.1.1.4", "DER:04:00"), other},
       }) {
    TestMaker maker;
    c.change(maker.certificate);
    EXPECT_EQ(
        made.outcome("packed", packed_statement(made.authenticator, maker, made.client_data())),
        c.want)
        << c.name;
  }
}

TEST(AttestationTest, CertificatesOfTpmsAreForTpms) {
  const Registration& made = rsa_registration();
  for (size_t index = 0; index < 3; ++index) {
    TestMaker maker = tpm_maker();
    maker.certificate.extensions.erase(maker.certificate.extensions.begin() +
                                       static_cast<ptrdiff_t>(index));
    EXPECT_EQ(made.outcome("tpm", tpm_statement(made.authenticator, maker, made.client_data())),
              index == 0 ? "certificate" : "its certificate is not one of a TPM")
        << index;
  }
  TestMaker named = tpm_maker();
  named.certificate.subject = {{"CN", "TPM"}};
  EXPECT_EQ(made.outcome("tpm", tpm_statement(made.authenticator, named, made.client_data())),
            "its certificate is not one of a TPM");
}

TEST(AttestationTest, OtherFormatsAreRefused) {
  const Registration made;
  for (const char* format : {"android-key", "android-safetynet", "apple", "compound", "Packed"}) {
    EXPECT_EQ(made.outcome(format, self_statement(made.authenticator, made.client_data())),
              "statements of this format are not verified here");
  }
}

TEST(AttestationObjectTest, IsAMapOfThreeMembers) {
  const Registration made;
  const AttestationObject said{"packed",
                               self_statement(made.authenticator, made.client_data()).item(),
                               made.authenticator.attested_data()};
  const std::string bytes = attestation_bytes(said);
  const Result<AttestationObject> read = read_attestation_object(bytes);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->format, said.format);
  EXPECT_EQ(read->statement, said.statement);
  EXPECT_EQ(read->authenticator_data, said.authenticator_data);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_attestation_object(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(read_attestation_object(bytes + '\0')) << "something behind it";
}

TEST(AttestationObjectTest, HasToBeOne) {
  const TestMap good{{{"fmt", test_cbor_text("none")},
                      {"attStmt", test_cbor_head(5, 0)},
                      {"authData", test_cbor_bytes("data")}}};
  EXPECT_TRUE(read_attestation_object(good.item()));
  const std::string not_one =
      "the attestation object of the passkey is not one: it is a CBOR map of fmt, attStmt and "
      "authData; use another browser or authenticator";
  for (const Fault& fault : {
           without("fmt"),
           without("attStmt"),
           without("authData"),
           with("fmt", test_cbor_text(""), ""),
           with("fmt", test_cbor_bytes("none"), ""),
           with("fmt", test_cbor_text("no\"ne"), ""),
           with("fmt", test_cbor_text("no\nne"), ""),
           with("fmt", test_cbor_text(std::string(33, 'a')), ""),
           with("attStmt", test_cbor_head(4, 0), ""),
           with("attStmt", "\xa1\x01\x02", ""),
           with("attStmt", "\xba\x7f\xff\xff\xff", ""),
           with("authData", test_cbor_text("data"), ""),
       }) {
    TestMap object = good;
    fault.make(object);
    const Result<AttestationObject> read = read_attestation_object(object.item());
    EXPECT_EQ(read ? "" : read.error().message(), not_one) << fault.name;
  }
  TestMap twice = good;
  twice.members.push_back(twice.members.front());
  EXPECT_FALSE(read_attestation_object(twice.item()));
  TestMap longer = good;
  longer.set("authData", test_cbor_bytes(std::string(65'536, 'a')));
  EXPECT_EQ(read_attestation_object(longer.item()).error().message(),
            "the attestation object of the passkey is longer than 65536 bytes; use another "
            "authenticator");
}

}  // namespace
}  // namespace rhumb::registry
