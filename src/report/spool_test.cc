#include "report/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/clock.h"
#include "sys/files.h"

namespace rhumb::report {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

SpooledReport report_of(const std::string& id) {
  return {.id = id, .endpoint = "http://r/query", .operation = "reportMigration", .body = "{}"};
}

class SpoolTest : public ::testing::Test {
 protected:
  sys::TemporaryDirectory home_ = sys::TemporaryDirectory::create().value();
  sys::FakeClock clock_;
  Spool spool_{home_.path() + "/.atlas", clock_};
};

TEST_F(SpoolTest, GivesBackWhatWasPutOldestFirst) {
  ASSERT_TRUE(spool_.put(report_of("b")).has_value());
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(spool_.put(report_of("a")).has_value());
  const std::vector<std::string> names = spool_.list().value();
  ASSERT_THAT(names, SizeIs(2));
  EXPECT_EQ(spool_.read(names[0]).value().id, "b");
  EXPECT_EQ(spool_.read(names[1]).value().id, "a");
  EXPECT_EQ(spool_.read(names[1]).value().endpoint, "http://r/query");
}

TEST_F(SpoolTest, SameReportTwiceIsOneFile) {
  ASSERT_TRUE(spool_.put(report_of("a")).has_value());
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(spool_.put(report_of("a")).has_value());
  EXPECT_THAT(spool_.list().value(), SizeIs(1));
}

TEST_F(SpoolTest, FilesArePrivate) {
  ASSERT_TRUE(spool_.put(report_of("a")).has_value());
  const std::string folder = home_.path() + "/.atlas/spool";
  EXPECT_EQ(sys::stat_file(folder).value().mode & 0777U, 0700U);
  EXPECT_EQ(sys::stat_file(folder + "/" + spool_.list().value()[0]).value().mode & 0777U, 0600U);
}

TEST_F(SpoolTest, DropsWhatIsTooOld) {
  ASSERT_TRUE(spool_.put(report_of("old")).has_value());
  clock_.advance(std::chrono::hours(24 * 31));
  ASSERT_TRUE(spool_.put(report_of("new")).has_value());
  const std::vector<std::string> names = spool_.list().value();
  ASSERT_THAT(names, SizeIs(1));
  EXPECT_EQ(spool_.read(names[0]).value().id, "new");
}

TEST_F(SpoolTest, NoFolderIsAnEmptySpool) {
  EXPECT_THAT(spool_.list().value(), IsEmpty());
}

TEST_F(SpoolTest, FilesOfOthersAreLeftAlone) {
  ASSERT_TRUE(spool_.put(report_of("a")).has_value());
  const std::string stranger = home_.path() + "/.atlas/spool/notes.txt";
  ASSERT_TRUE(sys::write_file_atomic(stranger, "x").has_value());
  EXPECT_THAT(spool_.list().value(), SizeIs(1));
  EXPECT_TRUE(sys::file_exists(stranger));
}

}  // namespace
}  // namespace rhumb::report
