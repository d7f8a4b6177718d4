#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/compress.h"
#include "codec/tar.h"

namespace rhumb::codec {
namespace {

using ::testing::HasSubstr;

constexpr size_t kPlenty = size_t{1} << 24;

std::string sample() {
  std::string out;
  for (int i = 0; i < 50'000; ++i) {
    out += std::to_string(i * 7919 % 1000) + ",";
  }
  return out;
}

TEST(Gzip, RoundTrip) {
  for (const std::string& content : {std::string(), std::string("a"), sample()}) {
    const std::string packed = gzip_compress(content);
    EXPECT_EQ(*gzip_decompress(packed, kPlenty), content);
    EXPECT_EQ(*gzip_decompress(packed, content.size()), content);
  }
  EXPECT_EQ(*gzip_decompress(gzip_compress("a") + gzip_compress("b"), kPlenty), "ab");
}

TEST(Gzip, RefusesDamageAndBombs) {
  const std::string packed = gzip_compress(sample());
  for (const size_t size : {size_t{0}, size_t{5}, packed.size() / 2, packed.size() - 1}) {
    const auto got = gzip_decompress(packed.substr(0, size), kPlenty);
    ASSERT_FALSE(got.has_value()) << size;
    EXPECT_EQ(got.error().message(), "gzip content ends too early");
  }
  std::string broken = packed;
  broken[broken.size() - 6] = static_cast<char>(broken[broken.size() - 6] ^ 1);
  EXPECT_EQ(gzip_decompress(broken, kPlenty).error().message(), "gzip content is damaged");
  EXPECT_FALSE(gzip_decompress("plain text", kPlenty).has_value());
  EXPECT_FALSE(gzip_decompress(packed + "x", kPlenty).has_value());
  EXPECT_EQ(gzip_decompress(packed, 1000).error().code(), ErrorCode::kLimit);
}

TEST(Zstd, RoundTrip) {
  for (const std::string& content : {std::string(), std::string("a"), sample()}) {
    const std::string packed = zstd_compress(content);
    EXPECT_EQ(*zstd_decompress(packed, kPlenty), content);
    EXPECT_EQ(*zstd_decompress(packed, content.size()), content);
  }
}

TEST(Zstd, RefusesDamageAndBombs) {
  const std::string packed = zstd_compress(sample());
  for (const size_t size : {size_t{0}, size_t{5}, packed.size() / 2, packed.size() - 1}) {
    EXPECT_FALSE(zstd_decompress(packed.substr(0, size), kPlenty).has_value()) << size;
  }
  std::string broken = packed;
  broken.back() = static_cast<char>(broken.back() ^ 1);
  EXPECT_FALSE(zstd_decompress(broken, kPlenty).has_value());
  EXPECT_FALSE(zstd_decompress("plain text", kPlenty).has_value());
  EXPECT_EQ(zstd_decompress(packed, 1000).error().code(), ErrorCode::kLimit);
}

std::vector<ArchiveFile> two_files() {
  return {{.name = "atlas.sum", .content = "12345"},
          {.name = "1.sql", .content = "CREATE TABLE t (a int);"}};
}

TEST(Tar, WritesTheDocumentedHeader) {
  const std::string archive = write_tar(two_files());
  EXPECT_EQ(archive.size(), 3072U);
  EXPECT_EQ(archive.substr(0, 10), std::string("atlas.sum\0", 10));
  EXPECT_EQ(archive.substr(100, 48), std::string("0000600\0"
                                                 "0000000\0"
                                                 "0000000\0"
                                                 "00000000005\0"
                                                 "00000000000\0",
                                                 48));
  EXPECT_EQ(archive.substr(154, 3), std::string("\0 0", 3));
  EXPECT_EQ(archive.substr(257, 8), std::string("ustar\0"
                                                "00",
                                                8));
  EXPECT_EQ(archive.substr(329, 16), std::string("0000000\0"
                                                 "0000000\0",
                                                 16));
  EXPECT_EQ(write_tar({}).size(), 1024U);
}

TEST(Tar, ReadsWhatItWrites) {
  const std::vector<ArchiveFile> files = {{.name = "empty", .content = ""},
                                          {.name = std::string(100, 'a'), .content = "x"},
                                          {.name = std::string(101, 'b'), .content = "y"},
                                          {.name = "\u00e9.sql", .content = std::string(512, 'z')},
                                          {.name = "last", .content = std::string(513, '\0')}};
  EXPECT_EQ(*read_tar(write_tar(files)), files);
  EXPECT_TRUE(read_tar(write_tar({}))->empty());
  EXPECT_TRUE(read_tar("")->empty());
}

TEST(Tar, RefusesDamage) {
  const std::string archive = write_tar(two_files());
  for (const size_t size : {size_t{100}, size_t{512}, size_t{1024}, size_t{1100}, size_t{2048}}) {
    EXPECT_FALSE(read_tar(archive.substr(0, size)).has_value()) << size;
  }
  EXPECT_TRUE(read_tar(archive.substr(0, 2560)).has_value());
  std::string flipped = archive;
  flipped[3] = 'X';
  EXPECT_EQ(read_tar(flipped).error().message(),
            "archive is damaged at byte 0: wrong header checksum");
  EXPECT_FALSE(read_tar(std::string(700, 'x')).has_value());
}

struct NameCase {
  std::string_view name;
  std::string_view why;
};

TEST(Tar, RefusesNamesThatLeaveTheDirectory) {
  constexpr NameCase kCases[] = {{"/etc/passwd", "absolute"},    {"a/b.sql", "holds a directory"},
                                 {"..", "leaves the directory"}, {".", "leaves the directory"},
                                 {"../x", "holds a directory"},  {"", "has no name"}};
  for (const NameCase& c : kCases) {
    const auto got = read_tar(write_tar({{.name = std::string(c.name), .content = ""}}));
    ASSERT_FALSE(got.has_value()) << c.name;
    EXPECT_THAT(got.error().message(), HasSubstr(c.why));
  }
  const TarOptions flyway = {.allow_directories_in_names = true};
  EXPECT_TRUE(read_tar(write_tar({{.name = "a/b.sql", .content = ""}}), flyway).has_value());
  for (const std::string name : {"a/../../x", "a//b", "a/./b", "/a/b", "a/"}) {
    EXPECT_FALSE(read_tar(write_tar({{.name = name, .content = ""}}), flyway).has_value()) << name;
  }
}

TEST(Tar, RefusesANameThatOccursTwice) {
  const auto got =
      read_tar(write_tar({{.name = "a.sql", .content = "1"}, {.name = "a.sql", .content = "2"}}));
  EXPECT_EQ(got.error().code(), ErrorCode::kConflict);
  EXPECT_EQ(got.error().message(), "archive holds \"a.sql\" twice");
}

/// Changes the type of the first entry, with the checksum made right again.
std::string with_type(std::string archive, char type) {
  unsigned sum = 0;
  archive[156] = type;
  archive.replace(148, 8, "        ");
  for (size_t i = 0; i < 512; ++i) {
    sum += static_cast<unsigned char>(archive[i]);
  }
  std::string digits;
  for (int shift = 15; shift >= 0; shift -= 3) {
    digits += static_cast<char>('0' + (sum >> shift & 7));
  }
  archive.replace(148, 8, digits + std::string("\0 ", 2));
  return archive;
}

TEST(Tar, RefusesAllButRegularFiles) {
  const std::string archive = write_tar(two_files());
  for (const char type : {'1', '2', '3', '4', '5', '6', 'K', 'S'}) {
    const auto got = read_tar(with_type(archive, type));
    ASSERT_FALSE(got.has_value()) << type;
    EXPECT_EQ(got.error().message(),
              "archive entry \"atlas.sum\" is refused: it is no regular file");
  }
  EXPECT_EQ(read_tar(with_type(archive, '\0'))->size(), 2U);
}

TEST(Tar, ReadsGnuLongNames) {
  const std::string name(150, 'n');
  std::string archive = with_type(
      write_tar({{.name = "././@LongLink", .content = name + std::string(1, '\0')}}), 'L');
  archive.resize(archive.size() - 1024);
  archive += write_tar({{.name = "short", .content = "x"}});
  const auto got = read_tar(archive);
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->at(0), (ArchiveFile{.name = name, .content = "x"}));
}

TEST(Tar, ReadsPaxSizeAndRefusesBrokenRecords) {
  const auto with_records = [](const std::string& records) {
    std::string archive = with_type(write_tar({{.name = "pax", .content = records}}), 'x');
    archive.resize(archive.size() - 1024);
    return archive + write_tar({{.name = "f", .content = "abc"}});
  };
  EXPECT_EQ(read_tar(with_records("10 size=3\n"))->at(0).content, "abc");
  EXPECT_EQ(read_tar(with_records("12 path=g.q\n30 mtime=1234567890.123456789\n"))->at(0).name,
            "g.q");
  for (const std::string records :
       {"10 size=x\n", "8 size=3\n", "99 size=3\n", "10 size=3", "x size=3\n", "7 siz3\n",
        "0 a=b\n", "10size=33\n", "24 GNU.sparse.major=1.0\n", "22 size=99999999999999\n"}) {
    EXPECT_FALSE(read_tar(with_records(records)).has_value()) << records;
  }
}

}  // namespace
}  // namespace rhumb::codec
