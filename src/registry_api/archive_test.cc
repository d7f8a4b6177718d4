#include "registry_api/archive.h"

#include <gtest/gtest.h>

namespace rhumb::registry_api {
namespace {

std::vector<ArchiveFile> two_files() {
  return {{"atlas.sum", "12345"}, {"1_a.sql", std::string(23, 'x')}};
}

TEST(Archive, FormIsExact) {
  std::string archive = write_archive(two_files());
  EXPECT_EQ(archive.size(), 3072U);
  EXPECT_EQ(archive.substr(0, 9), "atlas.sum");
  EXPECT_EQ(archive.substr(100, 8), std::string("0000600\0", 8));
  EXPECT_EQ(archive.substr(124, 12), std::string("00000000005\0", 12));
  EXPECT_EQ(archive.substr(136, 12), std::string("00000000000\0", 12));
  EXPECT_EQ(archive.substr(154, 2), std::string("\0 ", 2));
  EXPECT_EQ(archive[156], '0');
  EXPECT_EQ(archive.substr(257, 8), std::string("ustar\0" "00", 8));
}

TEST(Archive, ReadsWhatItWrites) {
  std::vector<ArchiveFile> files = two_files();
  files.push_back({std::string(150, 'n') + ".sql", "long"});
  files.push_back({"1_größe.sql", "not ascii"});
  files.push_back({"empty.sql", ""});
  files.push_back({"block.sql", std::string(512, 'b')});
  Result<std::vector<ArchiveFile>> read = read_archive(write_archive(files));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, files);
}

TEST(Archive, EmptyOne) {
  Result<std::vector<ArchiveFile>> read = read_archive(write_archive({}));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST(Archive, RefusesBadNames) {
  for (const char* name : {"", "/etc/passwd", "..", "../a.sql", "a/b.sql", "a/../b.sql", "a\\b"}) {
    EXPECT_FALSE(read_archive(write_archive({{name, "x"}}))) << name;
  }
  EXPECT_FALSE(read_archive(write_archive({{"a.sql", "x"}, {"a.sql", "y"}})));
  ArchiveLimits flyway;
  flyway.allow_folders = true;
  EXPECT_TRUE(read_archive(write_archive({{"a/V1__b.sql", "x"}}), flyway));
  EXPECT_FALSE(read_archive(write_archive({{"a/../b.sql", "x"}}), flyway));
}

TEST(Archive, RefusesWhatIsNoPlainFile) {
  std::string archive = write_archive(two_files());
  for (char type : {'1', '2', '3', '5', '6'}) {
    std::string changed = archive;
    changed[156] = type;
    EXPECT_FALSE(read_archive(changed)) << type;  // also the checksum differs
  }
}

TEST(Archive, AnyDamagedHeaderByteAndEveryCutIsRefused) {
  std::string archive = write_archive(two_files());
  for (size_t i = 0; i < 512; ++i) {
    std::string changed = archive;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    Result<std::vector<ArchiveFile>> read = read_archive(changed);
    bool blanks_after_checksum = i == 154 || i == 155;
    EXPECT_TRUE(!read || blanks_after_checksum) << i;
  }
  for (size_t size : {size_t{0}, size_t{1}, size_t{511}, size_t{513}, size_t{515}, size_t{1030}}) {
    EXPECT_FALSE(read_archive(std::string_view(archive).substr(0, size))) << size;
  }
}

TEST(Archive, Limits) {
  ArchiveLimits limits;
  limits.files_max = 1;
  EXPECT_EQ(read_archive(write_archive(two_files()), limits).error().code(), ErrorCode::kLimit);
  limits = {};
  limits.file_bytes_max = 22;
  EXPECT_EQ(read_archive(write_archive(two_files()), limits).error().code(), ErrorCode::kLimit);
  limits = {};
  limits.archive_bytes_max = 3071;
  EXPECT_EQ(read_archive(write_archive(two_files()), limits).error().code(), ErrorCode::kLimit);
}

TEST(Archive, GnuLongName) {
  std::string name(120, 'g');
  std::string archive = write_archive({{name, "x"}});
  // The same entry as GNU tar writes it: a member of type L that holds the name and a NUL.
  std::string long_link = write_archive({{"././@LongLink", name + std::string(1, '\0')}});
  std::string header = long_link.substr(0, 512);
  int sum = 0;
  header[156] = 'L';
  for (size_t i = 0; i < 512; ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  }
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", static_cast<unsigned>(sum));
  header.replace(148, 6, digits);
  std::string gnu = header + long_link.substr(512, 512) + archive.substr(1024);
  Result<std::vector<ArchiveFile>> read = read_archive(gnu);
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().name, name);
}

}  // namespace
}  // namespace rhumb::registry_api
