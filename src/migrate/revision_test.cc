#include "migrate/revision.h"

#include <gtest/gtest.h>

// The headers others build on must stand alone.
#include "migrate/executor.h"
#include "migrate/plan.h"
#include "migrate/revision_store.h"
#include "migrate/run_event.h"
#include "migrate/set.h"
#include "migrate/status.h"

namespace rhumb::migrate {
namespace {

TEST(Revision, NamesItsType) {
  EXPECT_EQ(format_revision_type(1), "baseline");
  EXPECT_EQ(format_revision_type(2), "applied");
  EXPECT_EQ(format_revision_type(4), "manually set");
  EXPECT_EQ(format_revision_type(6), "applied + manually set");
  EXPECT_EQ(format_revision_type(0), "unknown (0000)");
  EXPECT_EQ(format_revision_type(9), "unknown (1001)");
}

struct Case {
  const char* name;
  Revision revision;
  bool complete;
  bool failed;
};

TEST(Revision, IsCompleteByCountsAndByResolution) {
  const Case cases[] = {
      {"all applied", {.applied = 2, .total = 2}, true, false},
      {"nothing to apply", {.applied = 0, .total = 0}, true, false},
      {"statements left", {.applied = 1, .total = 2}, false, false},
      {"failed", {.applied = 1, .total = 2, .error = "x"}, false, true},
      {"more than total", {.applied = 3, .total = 2}, false, false},
      {"resolved", {.type = 6, .applied = 1, .total = 2, .error = "x"}, true, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.revision.complete(), c.complete);
    EXPECT_EQ(c.revision.failed(), c.failed);
  }
}

TEST(PlainTextRenderer, ShowsEverything) {
  PlainTextRenderer texts;
  const auto file = texts.open_file({}, {});
  EXPECT_EQ(file->statement(1, "SELECT 'x'", TextForm::kReported), "SELECT 'x'");
  EXPECT_EQ(texts.message("a").shown, "a");
}

}  // namespace
}  // namespace rhumb::migrate
