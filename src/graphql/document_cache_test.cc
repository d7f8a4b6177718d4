#include "graphql/document_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "graphql/engine.h"

namespace rhumb::graphql {
namespace {

std::shared_ptr<const PreparedDocument> some_document() {
  return std::make_shared<const PreparedDocument>();
}

TEST(DocumentCache, GivesBackWhatWasKept) {
  DocumentCache cache;
  const auto document = some_document();
  EXPECT_EQ(cache.find("query A { a }"), nullptr);
  cache.keep("query A { a }", document);
  EXPECT_EQ(cache.find("query A { a }"), document);
  EXPECT_EQ(cache.find("query A { b }"), nullptr);
}

TEST(DocumentCache, ForgetsWhatWasUsedLongestAgo) {
  DocumentCache cache;
  for (size_t i = 0; i < DocumentCache::kDocumentsMax; ++i) {
    cache.keep(std::to_string(i), some_document());
  }
  EXPECT_NE(cache.find("0"), nullptr);
  cache.keep("one more", some_document());
  EXPECT_NE(cache.find("0"), nullptr);
  EXPECT_EQ(cache.find("1"), nullptr);
  EXPECT_NE(cache.find("2"), nullptr);
}

TEST(DocumentCache, KeepsNoLongTexts) {
  DocumentCache cache;
  const std::string longest(DocumentCache::kTextMax, 'x');
  cache.keep(longest, some_document());
  cache.keep(longest + "x", some_document());
  EXPECT_NE(cache.find(longest), nullptr);
  EXPECT_EQ(cache.find(longest + "x"), nullptr);
}

}  // namespace
}  // namespace rhumb::graphql
