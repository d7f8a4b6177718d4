#include "registry/store/store_seal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "registry/store/test_store.h"
#include "sys/files.h"

namespace rhumb::registry {
namespace {

class StoreSealTest : public testing::Test {
 protected:
  std::string failure(const Result<std::string>& opened) {
    return opened ? "" : opened.error().message();
  }

  TestStorePlace place_;
  std::string key_file_ = place_.folder() + "/seal.key";
};

TEST_F(StoreSealTest, AFolderGetsAKeyOfItsOwnOnce) {
  const Result<StoreSeal> seal = load_store_seal("", place_.folder());
  ASSERT_TRUE(seal) << seal.error().message();
  struct stat file{};
  ASSERT_EQ(::stat(key_file_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
  const std::string key = *sys::read_file(key_file_);
  const Blob sealed = *seal->seal("of ann", "secret");
  EXPECT_EQ(sealed.bytes.find("secret"), std::string::npos);
  EXPECT_EQ(load_store_seal("", place_.folder())->open("of ann", sealed.bytes).value_or(""),
            "secret");
  EXPECT_EQ(*sys::read_file(key_file_), key);
  EXPECT_EQ(load_store_seal(key_file_, "")->open("of ann", sealed.bytes).value_or(""), "secret");
  EXPECT_EQ(failure(seal->open("of bob", sealed.bytes)),
            "the sealed text is damaged (the key of this server is in " + key_file_ + ")");
}

TEST_F(StoreSealTest, AnotherKeySaysWhereItIs) {
  const Blob sealed = *StoreSeal(codec::SealKey{}, "/former.key").seal("of ann", "secret");
  const Result<std::string> opened =
      StoreSeal(codec::SealKey{std::byte{1}}, "/srv/seal.key").open("of ann", sealed.bytes);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(opened.error().message(),
            "the text was sealed with another key (the key of this server is in /srv/seal.key)");
}

TEST_F(StoreSealTest, WithoutAKeyNothingIsKept) {
  const Result<StoreSeal> seal = load_store_seal("", "");
  ASSERT_TRUE(seal);
  EXPECT_FALSE(seal->has_key());
  const std::string why =
      "this server has no key to keep secrets with; start it with --seal-key-file";
  EXPECT_EQ(failure(seal->open("of ann", "x")), why);
  EXPECT_EQ(seal->seal("of ann", "x").error().message(), why);
}

TEST_F(StoreSealTest, OnlyAKeyIsAKey) {
  EXPECT_EQ(load_store_seal(key_file_, place_.folder()).error().code(), ErrorCode::kNotFound)
      << "a file that is named is not made";
  for (const char* content : {"", "c2hvcnQ=", "not base64 at all"}) {
    ASSERT_TRUE(sys::write_file_atomic(key_file_, content));
    EXPECT_EQ(
        load_store_seal("", place_.folder()).error().message(),
        key_file_ + ": must hold 32 bytes in base64, as 'openssl rand -base64 32' makes them");
  }
}

}  // namespace
}  // namespace rhumb::registry
