// Feeds every fuzz target the files of its corpus, so that what a fuzzer once found stays found in
// every ordinary test run, under whatever sanitizer the build has.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#define RHUMB_FUZZ_TARGET(name) extern "C" int fuzz_##name(const std::uint8_t* data, size_t size);
#include "targets.inc"
#undef RHUMB_FUZZ_TARGET

namespace {

using Entry = int (*)(const std::uint8_t* data, size_t size);

struct Target {
  const char* name;
  Entry run;
};

constexpr Target kTargets[] = {
#define RHUMB_FUZZ_TARGET(name) {#name, fuzz_##name},
#include "targets.inc"
#undef RHUMB_FUZZ_TARGET
};

class FuzzCorpus : public testing::TestWithParam<Target> {};

std::vector<std::filesystem::path> corpus_files(const std::string& name) {
  std::vector<std::filesystem::path> files;
  const auto folder = std::filesystem::path(RHUMB_SOURCE_DIR) / "tests/fuzz/corpus" / name;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

TEST_P(FuzzCorpus, RunsThrough) {
  const auto files = corpus_files(GetParam().name);
  EXPECT_FALSE(files.empty());
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename().string());
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    for (size_t size = 0; size <= bytes.size(); ++size) {  // also every truncation
      // A copy of the exact size, so that AddressSanitizer sees a read past the end.
      const std::vector<std::uint8_t> cut(bytes.begin(),
                                          bytes.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(GetParam().run(cut.data(), size), 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FuzzCorpus, testing::ValuesIn(kTargets), [](const auto& target) {
  return std::string(target.param.name);
});

}  // namespace
