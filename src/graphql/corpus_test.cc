#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace rhumb::graphql {
namespace {

TEST(GraphqlCorpus, IsReplayedWhole) {
  size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(RHUMB_SOURCE_DIR "/tests/fuzz/corpus/graphql")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    const std::string text = content.str();
    for (size_t size = 0; size <= text.size(); ++size) {  // also every truncation
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), size);
    }
    ++files;
  }
  EXPECT_GT(files, 5U);
}

}  // namespace
}  // namespace rhumb::graphql
