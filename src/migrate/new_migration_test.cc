#include "migrate/new_migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/archive_files.h"
#include "migrate/edit_directory.h"
#include "migrate/memory_directory.h"

namespace rhumb::migrate {
namespace {

using testing::ElementsAre;

const std::chrono::sys_seconds kNow = std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) +
                                      std::chrono::hours(23) + std::chrono::minutes(59) +
                                      std::chrono::seconds(59);

TEST(NewMigration, FormatsAndParsesVersions) {
  EXPECT_EQ(format_version(kNow), "20240229235959");
  EXPECT_EQ(parse_version("20240229235959"), kNow);
  for (const char* text : {"", "1", "2024022923595", "202402292359590", "2024022923595x",
                           "20240230000000", "-0240229235959"}) {
    EXPECT_EQ(parse_version(text), std::nullopt) << text;
  }
}

TEST(NewMigration, RaisesATakenVersion) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  EXPECT_THAT(new_migration(directory, "a", kNow).value(), ElementsAre("20240229235959_a.sql"));
  EXPECT_THAT(new_migration(directory, "a", kNow).value(), ElementsAre("20240301000000_a.sql"));
  EXPECT_THAT(new_migration(directory, "", kNow).value(), ElementsAre("20240301000001.sql"));
  const auto loaded = load_files(directory);
  EXPECT_FALSE(*verify(directory, *loaded));
}

TEST(NewMigration, WritesBothFilesOfAPair) {
  MemoryDirectory directory("mem://d", Format::kGolangMigrate);
  EXPECT_THAT(new_migration(directory, "a b", kNow).value(),
              ElementsAre("20240229235959_a b.up.sql", "20240229235959_a b.down.sql"));
  EXPECT_TRUE(*directory.exists("20240229235959_a b.down.sql"));
  EXPECT_EQ(directory.read_sum().value()->find(".down.sql"), std::string::npos);
}

TEST(NewMigration, AnEditComesBeforeTheFirstWrite) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  EXPECT_FALSE(new_migration(directory, "a", kNow, [](const NewFile&) -> Result<std::string> {
    return invalid("exec edit: exit status 1");
  }));
  EXPECT_THAT(directory.list().value(), ElementsAre());
  EXPECT_FALSE(directory.read_sum().value().has_value());

  ASSERT_TRUE(new_migration(directory, "a", kNow, [](const NewFile& file) -> Result<std::string> {
    return "-- " + file.name + "\n";
  }));
  EXPECT_EQ(directory.read("20240229235959_a.sql").value(), "-- 20240229235959_a.sql\n");
  const auto loaded = load_files(directory);
  EXPECT_FALSE(*verify(directory, *loaded));
}

TEST(EditDirectory, ListsFiles) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  EXPECT_THAT(list_files(directory, {.is_short = true, .is_latest = true}).value(), ElementsAre());
  ASSERT_TRUE(directory.write("1_a.sql", ""));
  ASSERT_TRUE(directory.write("2_b.sql", ""));
  EXPECT_THAT(list_files(directory, {}).value(), ElementsAre("1_a.sql", "2_b.sql"));
  EXPECT_THAT(list_files(directory, {.is_short = true}).value(), ElementsAre("1", "2"));
  EXPECT_THAT(list_files(directory, {.is_latest = true}).value(), ElementsAre("2_b.sql"));
}

TEST(EditDirectory, RemovesAFileWithItsPartner) {
  MemoryDirectory directory("mem://d", Format::kGolangMigrate);
  for (const char* name : {"1_a.up.sql", "1_a.down.sql", "2_b.up.sql", "3_c.up.sql"}) {
    ASSERT_TRUE(directory.write(name, "SELECT 1;\n"));
  }
  EXPECT_EQ(remove_file(directory, std::nullopt).value(), "3_c.up.sql");
  EXPECT_EQ(remove_file(directory, "1").value(), "1_a.up.sql");
  EXPECT_FALSE(*directory.exists("1_a.down.sql"));
  EXPECT_EQ(remove_file(directory, "9").error().message(),
            "sql/migrate: migration with version \"9\" not found");
  EXPECT_EQ(remove_file(directory, "").error().message(),
            "sql/migrate: migration with version \"\" not found");
  EXPECT_EQ(remove_file(directory, "2_b.up.sql").value(), "2_b.up.sql");
  EXPECT_EQ(remove_file(directory, std::nullopt).error().message(), "migration directory is empty");
}

TEST(EditDirectory, RebasesFilesToTheEnd) {
  MemoryDirectory directory("mem://d", Format::kFlyway);
  for (const char* name : {"V1__a.sql", "U1__a.sql", "V2__b.sql", "V20300101000000__c.sql"}) {
    ASSERT_TRUE(directory.write(name, name));
  }
  ASSERT_TRUE(rebase_files(directory, {"2", "V1__a.sql"}, kNow));
  EXPECT_THAT(
      directory.list().value(),
      ElementsAre("V20300101000000__c.sql", "V20300101000001__a.sql", "V20300101000002__b.sql"));
  EXPECT_EQ(directory.read("U20300101000001__a.sql").value(), "U1__a.sql");
  EXPECT_EQ(directory.read("V20300101000001__a.sql").value(), "V1__a.sql");

  MemoryDirectory named("mem://d", Format::kAtlas);
  ASSERT_TRUE(named.write("1_a.sql", ""));
  ASSERT_TRUE(named.write("init.sql", ""));
  EXPECT_EQ(rebase_files(named, {"1"}, kNow).error().message(),
            "cannot rebase: no time stamp sorts behind version \"init\"");
}

TEST(EditDirectory, RebasesNamesWithoutADescription) {
  MemoryDirectory directory("mem://d", Format::kGolangMigrate);
  for (const char* name : {"1.up.sql", "1.down.sql", "3_b.up.sql"}) {
    ASSERT_TRUE(directory.write(name, name));
  }
  EXPECT_EQ(rebase_files(directory, {"1.up.sql"}, kNow).error().message(),
            "cannot rebase: no time stamp sorts behind version \"3\"");
  ASSERT_TRUE(remove_file(directory, "3"));
  ASSERT_TRUE(rebase_files(directory, {"1.up.sql"}, kNow));
  const std::string version = format_version(kNow);
  EXPECT_THAT(directory.list().value(), ElementsAre(version + ".up.sql"));
  EXPECT_EQ(directory.read(version + ".down.sql").value(), "1.down.sql");
}

TEST(EditDirectory, RebasesNoRepeatableFile) {
  MemoryDirectory directory("mem://d", Format::kFlyway);
  ASSERT_TRUE(directory.write("R__v.sql", ""));
  EXPECT_EQ(rebase_files(directory, {"R__v.sql"}, kNow).error().message(),
            "cannot rebase \"R__v.sql\": a repeatable migration has no version");
}

/// A disk that is full once it holds so many files.
class FullDirectory : public MemoryDirectory {
 public:
  FullDirectory(Format format, size_t files_max)
      : MemoryDirectory("mem://d", format), files_max_(files_max) {}
  Result<void> write(const std::string& name, std::string_view bytes) override {
    if (list().value().size() >= files_max_) {
      return Error(ErrorCode::kIo, "no space left on device");
    }
    return MemoryDirectory::write(name, bytes);
  }

 private:
  size_t files_max_;
};

TEST(EditDirectory, RebasesAllFilesOrNone) {
  FullDirectory directory(Format::kAtlas, 4);
  for (const char* name : {"1_a.sql", "1_b.sql", "1_c.sql"}) {
    ASSERT_TRUE(directory.write(name, "SELECT 1;\n"));
  }
  EXPECT_EQ(rebase_files(directory, {"1_a.sql", "1_b.sql"}, kNow).error().message(),
            "no space left on device");
  EXPECT_THAT(directory.list().value(), ElementsAre("1_a.sql", "1_b.sql", "1_c.sql"));
}

TEST(EditDirectory, EditsAFileOrLeavesIt) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  ASSERT_TRUE(directory.write("1_a.sql", "SELECT 1;\n"));
  ASSERT_TRUE(edit_file(directory, "1", [](const NewFile& file) -> Result<std::string> {
    return file.name + ":" + file.bytes;
  }));
  EXPECT_EQ(directory.read("1_a.sql").value(), "1_a.sql:SELECT 1;\n");
  EXPECT_FALSE(verify(directory, load_files(directory).value()).value().has_value());

  const ContentEdit refuse = [](const NewFile&) -> Result<std::string> { return invalid("no"); };
  EXPECT_EQ(edit_file(directory, "1_a.sql", refuse).error().message(), "no");
  EXPECT_EQ(edit_file(directory, "2", refuse).error().message(),
            "sql/migrate: migration with version \"2\" not found");
  EXPECT_EQ(directory.read("1_a.sql").value(), "1_a.sql:SELECT 1;\n");
}

TEST(ArchiveFiles, GoThereAndBack) {
  MemoryDirectory directory("mem://d", Format::kAtlas);
  ASSERT_TRUE(directory.write("2.sql", "b"));
  ASSERT_TRUE(directory.write("1.sql", "a"));
  ASSERT_TRUE(directory.write("README.md", "x"));
  ASSERT_TRUE(rehash(directory));
  const auto files = archived_files(directory);
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ((*files)[0].name, "atlas.sum");
  EXPECT_EQ((*files)[1].name, "1.sql");
  const auto back = directory_of_files("atlas://d", Format::kAtlas, *files);
  ASSERT_TRUE(back);
  EXPECT_EQ(archived_files(**back).value(), *files);
}

TEST(ArchiveFiles, PackAndUnpack) {
  MemoryDirectory directory("mem://d", Format::kFlyway);
  ASSERT_TRUE(directory.write("V1__a.sql", "12345"));
  ASSERT_TRUE(directory.write("sub/V2__b.sql", "12345678901234567890123"));
  const auto archive = pack_directory(directory);
  ASSERT_TRUE(archive);
  EXPECT_EQ(archive->size(), 3072U);
  const auto back = unpack_directory("atlas://d", Format::kFlyway, *archive);
  ASSERT_TRUE(back);
  EXPECT_EQ(archived_files(**back).value(), archived_files(directory).value());
  EXPECT_FALSE(unpack_directory("atlas://d", Format::kAtlas, *archive));
  EXPECT_FALSE(unpack_directory("atlas://d", Format::kFlyway, archive->substr(0, 600)));
}

TEST(ArchiveFiles, RefusesNamesThatLeadAway) {
  for (const char* name : {"", "/a.sql", "../a.sql", "a/../b.sql", "a/b.sql", "..", "a//b.sql"}) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(directory_of_files("", Format::kAtlas, {{name, ""}}));
  }
  EXPECT_TRUE(directory_of_files("", Format::kFlyway, {{"sub/V1__a.sql", ""}}));
  EXPECT_FALSE(directory_of_files("", Format::kFlyway, {{"sub/../V1__a.sql", ""}}));
  EXPECT_FALSE(directory_of_files("", Format::kAtlas, {{"a.sql", ""}, {"a.sql", ""}}));
}

}  // namespace
}  // namespace rhumb::migrate
