#include "codec/certificate.h"

#include <gtest/gtest.h>

#include "codec/test_certificate.h"
#include "codec/test_keys.h"

namespace rhumb::codec {
namespace {

const TestKey& curve_key() {
  static const TestKey key(EVP_EC_gen("P-256"));
  return key;
}

TEST(CertificateTest, TellsWhoseItIsAndWhatItIsFor) {
  const std::string der =
      make_certificate({.version = 3,
                        .subject = {{"C", "DE"}, {"O", "Maker"}, {"OU", "Unit"}, {"CN", "Name"}},
                        .extensions = {{"basicConstraints", "critical,CA:FALSE"},
                                       {"extendedKeyUsage", "clientAuth,2.23.133.8.3"},
                                       {"1.3.6.1.4.1.45724.1.1.4", "DER:04:02:68:69"}}},
                       curve_key().get());
  const std::optional<Certificate> read = read_certificate(der);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->version, 3);
  EXPECT_EQ(read->country + read->organization + read->unit + read->common_name, "DEMakerUnitName");
  EXPECT_TRUE(read->has_subject);
  EXPECT_FALSE(read->is_authority);
  EXPECT_FALSE(read->names_directory);
  EXPECT_EQ(read->purposes, (std::vector<std::string>{"1.3.6.1.5.5.7.3.2", "2.23.133.8.3"}));
  EXPECT_EQ(read->curve, "prime256v1");
  ASSERT_NE(read->find_extension("1.3.6.1.4.1.45724.1.1.4"), nullptr);
  EXPECT_EQ(read->find_extension("1.3.6.1.4.1.45724.1.1.4")->value, "\x04\x02hi");
  EXPECT_FALSE(read->find_extension("1.3.6.1.4.1.45724.1.1.4")->is_critical);
  EXPECT_TRUE(read->find_extension("2.5.29.19")->is_critical);
  EXPECT_EQ(read->find_extension("2.5.29.17"), nullptr);
}

TEST(CertificateTest, HasNoMoreThanItSays) {
  const TestKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const std::optional<Certificate> old =
      read_certificate(make_certificate({.version = 1}, key.get()));
  ASSERT_TRUE(old);
  EXPECT_EQ(old->version, 1);
  EXPECT_EQ(old->country + old->organization + old->unit + old->common_name + old->curve, "");
  EXPECT_FALSE(old->has_subject);
  EXPECT_TRUE(old->purposes.empty());
  EXPECT_TRUE(old->extensions.empty());
}

TEST(CertificateTest, AuthoritiesAndDirectoriesAreKnown) {
  const std::optional<Certificate> authority = read_certificate(
      make_certificate({.extensions = {{"basicConstraints", "CA:TRUE"},
                                       // One name of a directory, 2.5.4.3 "a".
                                       {"2.5.29.17",
                                        "DER:30:10:a4:0e:30:0c:31:0a:30:08:06:03:55:04:"
                                        "03:0c:01:61"}}},
                       curve_key().get()));
  ASSERT_TRUE(authority);
  EXPECT_TRUE(authority->is_authority);
  EXPECT_TRUE(authority->names_directory);
}

TEST(CertificateTest, WhatIsNoneIsNotRead) {
  const std::string der = make_certificate({}, curve_key().get());
  EXPECT_TRUE(read_certificate(der));
  EXPECT_FALSE(read_certificate(der + '\0'));
  for (size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(read_certificate(std::string_view(der).substr(0, size))) << size;
  }
  EXPECT_FALSE(read_certificate("-----BEGIN CERTIFICATE-----"));
}

}  // namespace
}  // namespace rhumb::codec
