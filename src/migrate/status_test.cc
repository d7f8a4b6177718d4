#include "migrate/status.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace rhumb::migrate {
namespace {

std::vector<FileEntry> files_of(std::string_view versions) {
  std::vector<FileEntry> files;
  for (const std::string_view version : split(versions, ' ')) {
    if (!version.empty()) {
      files.push_back({.name = std::string(version) + "_x.sql",
                       .version = std::string(version),
                       .description = "x"});
    }
  }
  return files;
}

std::vector<Revision> complete(std::string_view versions) {
  std::vector<Revision> revisions;
  for (const FileEntry& file : files_of(versions)) {
    revisions.push_back({.version = file.version, .applied = 1, .total = 1});
  }
  return revisions;
}

std::string versions_of(const std::vector<FileEntry>& files) {
  std::vector<std::string> versions;
  for (const FileEntry& file : files) {
    versions.push_back(file.version);
  }
  return join(versions, " ");
}

struct Case {
  const char* name;
  const char* files;
  const char* applied;
  const char* status;
  const char* current;
  const char* next;
  const char* pending;
  const char* available;
  const char* late = "";
};

TEST(Status, TellsWhereADatabaseStands) {
  constexpr const char* kNone = "No migration applied yet";
  constexpr const char* kLatest = "Already at latest version";
  const Case cases[] = {
      {"nothing at all", "", "", "OK", kNone, kLatest, "", ""},
      {"nothing applied", "1 2", "", "PENDING", kNone, "1", "1 2", "1 2"},
      {"some applied", "1 2", "1", "PENDING", "1", "2", "2", "1 2"},
      {"all applied", "1 2", "1 2", "OK", "2", kLatest, "", "1 2"},
      {"files are gone", "2", "1 2 3", "OK", "3", kLatest, "", "2"},
      {"directory is empty", "", "1 2", "OK", kNone, kLatest, "", ""},
      {"out of order", "1 2 3 4", "1 3", "PENDING", "3", "", "4", "1 2 3 4", "2"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto status = compute_status(
        {.files = files_of(c.files), .table_exists = true, .revisions = complete(c.applied)});
    ASSERT_TRUE(status.has_value()) << status.error().message();
    EXPECT_EQ(status->status, c.status);
    EXPECT_EQ(status->current, c.current);
    EXPECT_EQ(status->next, c.next);
    EXPECT_EQ(versions_of(status->pending), c.pending);
    EXPECT_EQ(versions_of(status->available), c.available);
    EXPECT_EQ(versions_of(status->out_of_order), c.late);
    EXPECT_EQ(status->error.empty(), *c.late == '\0');
  }
}

TEST(Status, ShowsTheLastFailedAttempt) {
  std::vector<Revision> revisions = complete("1");
  revisions.push_back({.version = "2",
                       .applied = 1,
                       .total = 2,
                       .error = "no such\ntable: nope",
                       .error_stmt = "INSERT INTO\n  nope"});
  const auto status = compute_status({.files = files_of("1 2 3"),
                                      .table_exists = true,
                                      .revisions = revisions,
                                      .partial_total = 4});
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->sql, "INSERT INTO   nope");
  EXPECT_EQ(status->error, "no such table: nope");
  EXPECT_EQ(status->count, 1);
  EXPECT_EQ(status->total, 4);
  EXPECT_EQ(status->next, "2");

  revisions.back().type = 6;
  const auto resolved =
      compute_status({.files = files_of("1 2 3"), .table_exists = true, .revisions = revisions});
  ASSERT_TRUE(resolved.has_value());
  EXPECT_EQ(resolved->error, "");
  EXPECT_EQ(resolved->next, "3");
}

TEST(Status, TheCleanCheckSpeaksOnlyWhenTheTableIsThere) {
  const StatusInput absent{.files = files_of("1"), .dirt = "found table \"t\""};
  EXPECT_TRUE(compute_status(absent).has_value());
  const StatusInput empty{
      .files = files_of("1"), .table_exists = true, .dirt = "found multiple tables: 2"};
  const auto status = compute_status(empty);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message(),
            "sql/migrate: connected database is not clean: found multiple tables: 2. baseline "
            "version or allow-dirty is required");
}

}  // namespace
}  // namespace rhumb::migrate
