#include "base/shared_text.h"

#include <gtest/gtest.h>

namespace rhumb {
namespace {

TEST(SharedText, PieceKeepsTheWholeTextAlive) {
  SharedText piece;
  {
    const SharedText whole(std::string("CREATE TABLE a (id int); -- and more"));
    piece = whole.piece(whole.view().substr(0, 24));
  }
  EXPECT_EQ(piece.view(), "CREATE TABLE a (id int);");
}

TEST(SharedText, CopiesShareTheirBytes) {
  const SharedText whole(std::string("SELECT 1;"));
  const SharedText copy = whole;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(copy.view().data(), whole.view().data());
  EXPECT_EQ(SharedText().view(), "");
}

}  // namespace
}  // namespace rhumb
