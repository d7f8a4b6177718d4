#include "registry_api/report.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rhumb::registry_api {
namespace {

using codec::Json;

constexpr const char* kReport = R"({"projectName":"default","envName":"prod","dirName":"app",
  "atlasVersion":"v1","target":{"id":"u","schema":"main","url":"sqlite://app.db"},
  "startTime":"2026-11-23T22:56:07.804644929Z","endTime":"2026-11-23T23:56:07+01:00",
  "fromVersion":"","toVersion":"2","currentVersion":"2",
  "files":[{"name":"1_a.sql","content":"x","startTime":"2026-11-23T22:56:07Z",
    "endTime":"2026-11-23T22:56:07Z","skipped":0,"applied":1,
    "checks":[{"name":"c","start":"2026-11-23T22:56:07Z","end":"2026-11-23T22:56:07Z",
      "checks":[{"stmt":"s","error":"e"}],"error":{"stmt":"s","text":"e"}}],
    "error":{"stmt":"s","text":"t"},
    "slowest":[{"number":1,"seconds":0.25,"rowsAffected":3,"lockWaitSeconds":0.125},
      {"number":2,"seconds":0.001,"rowsAffected":0}]}],
  "log":"done","context":{"triggerType":"CLI"},"dryRun":true,"reportID":"r",
  "runContext":{"branch":"main"},"masked":{"policy":"ALL","values":1,"statements":2},
  "provisionalTarget":true,"drift":{"status":"NONE"},"future":1})";

Json report_json() {
  Result<Json> json = codec::parse_json(kReport);
  EXPECT_TRUE(json);
  return json ? *json : Json();
}

TEST(MigrationReport, ReadsEveryMember) {
  Result<MigrationReport> report = read_migration_report(report_json());
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->target.url, "sqlite://app.db");
  EXPECT_EQ(format_time(report->start), "2026-11-23T22:56:07.804644929Z");
  EXPECT_EQ(format_time(report->end), "2026-11-23T22:56:07Z");
  ASSERT_TRUE(report->files.has_value());
  ASSERT_EQ(report->files->size(), 1U);
  EXPECT_EQ(report->files->front().checks.front().checks.front().error, "e");
  ASSERT_EQ(report->files->front().slowest.size(), 2U);
  EXPECT_EQ(report->files->front().slowest[0],
            (StatementFigures{
                .number = 1, .seconds = 0.25, .rows_affected = 3, .lock_wait_seconds = 0.125}));
  EXPECT_EQ(report->files->front().slowest[1].lock_wait_seconds, std::nullopt);
  EXPECT_EQ(report->context->trigger_type, "CLI");
  EXPECT_FALSE(report->context->trigger_version.has_value());
  EXPECT_TRUE(report->dry_run);
  EXPECT_EQ(report->extras.run_context->branch, "main");
  EXPECT_EQ(report->extras.masked->statements, 2);
  EXPECT_TRUE(report->failed());
}

TEST(MigrationReport, WhatIsWrittenReadsBackTheSame) {
  Result<MigrationReport> report = read_migration_report(report_json());
  ASSERT_TRUE(report);
  Result<MigrationReport> again = read_migration_report(to_json(*report));
  ASSERT_TRUE(again);
  EXPECT_EQ(*report, *again);
}

TEST(MigrationReport, MembersThatMustBeThere) {
  for (const char* member :
       {"projectName", "envName", "dirName", "atlasVersion", "target", "startTime", "endTime",
        "fromVersion", "toVersion", "currentVersion", "log"}) {
    Json without = report_json();
    without.erase(member);
    Result<MigrationReport> report = read_migration_report(without);
    ASSERT_FALSE(report) << member;
    EXPECT_EQ(report.error().message(), std::string("input.") + member + ": missing");
    Json wrong = report_json();
    wrong.set(member, 7);
    EXPECT_FALSE(read_migration_report(wrong)) << member;
  }
}

TEST(MigrationReport, NamesTheMemberDeepInside) {
  Json json = report_json();
  json.find("files")->as_array()[0].set("applied", "one");
  Result<MigrationReport> report = read_migration_report(json);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message(), "input.files[0].applied: must be a whole number");
}

TEST(MigrationReport, NullIsAbsent) {
  Json json = report_json();
  for (const char* member : {"files", "error", "context", "dryRun", "reportID"}) {
    json.set(member, Json());
  }
  Result<MigrationReport> report = read_migration_report(json);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_FALSE(report->files.has_value());
  EXPECT_FALSE(report->dry_run);
}

TEST(RevertReport, IsAReportWithItsPlanFirst) {
  RevertReport report{.plan_id = "p", .run = read_migration_report(report_json()).value()};
  const Json json = to_json(report);
  EXPECT_EQ(json.as_object().front().key, "extID");
  EXPECT_EQ(read_revert_report(json).value(), report);
  report.plan_id.reset();
  EXPECT_EQ(read_revert_report(to_json(report)).value(), report);
}

TEST(RevertPlan, WhatIsWrittenReadsBackTheSame) {
  RevertPlan plan;
  plan.id = "p";
  plan.dir_name = "app";
  plan.dir_tag = "v1";
  plan.env_name = "prod";
  plan.target = {"u", "main", "sqlite://app.db"};
  plan.files = {{"1_a.sql", "1", {"DROP TABLE a"}, {"SELECT 1"}}};
  plan.context = DeployContext{"CLI", "v1"};
  EXPECT_EQ(read_revert_plan(to_json(plan)).value(), plan);
  for (const char* member : {"extID", "dirName", "envName", "atlasVersion", "target", "fromVersion",
                             "toVersion", "files"}) {
    Json without = to_json(plan);
    without.erase(member);
    const auto read = read_revert_plan(without);
    ASSERT_FALSE(read) << member;
    EXPECT_EQ(read.error().message(), std::string("input.") + member + ": missing");
  }
}

TEST(Time, RangeAndUnset) {
  EXPECT_EQ(format_time(std::nullopt), "0001-01-01T00:00:00Z");
  Result<OptionalTime> unset = parse_time("0001-01-01T00:00:00Z");
  ASSERT_TRUE(unset);
  EXPECT_FALSE(unset->has_value());
  EXPECT_FALSE(parse_time("9999-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_time("1500-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_time("yesterday"));
  EXPECT_FALSE(parse_time(""));
  EXPECT_TRUE(parse_time("2026-02-28T12:00:00-11:30"));
}

/// With its entries, as a client makes it.
Result<MigrationSetReport> read_whole_set(const Json& input) {
  MigrationSetReport out = TRY(read_migration_set(input));
  const Json::Array* entries = input.find_array("completed");
  for (size_t i = 0; entries != nullptr && i < entries->size(); ++i) {
    out.completed.push_back(TRY(read_set_entry((*entries)[i], i)));
  }
  return out;
}

TEST(SetReport, EmptyLogEntriesAndDeepOnes) {
  Result<Json> json = codec::parse_json(
      R"({"id":"s","planned":1,"startTime":"2026-11-23T22:56:07Z","endTime":"0001-01-01T00:00:00Z",
          "error":"Error: x","log":[{"text":"t","startTime":"2026-11-23T22:56:07Z",
          "endTime":"0001-01-01T00:00:00Z","log":[{},{"text":"a","children":[{"text":"b"}]}]}]})");
  ASSERT_TRUE(json);
  Result<MigrationSetReport> set = read_whole_set(*json);
  ASSERT_TRUE(set) << set.error().message();
  EXPECT_FALSE(set->end.has_value());
  EXPECT_FALSE(set->log[0].end.has_value());
  EXPECT_EQ(set->log[0].log[1].children[0].text, "b");
  EXPECT_EQ(to_json(*set), *json);
}

/// Requests of published clients: what we read of a report and write again is what they sent.
TEST(SetReport, RecordedRequestsSurviveTheRoundTrip) {
  const char* shared = std::getenv("RHUMB_SHARED");
  std::filesystem::path folder =
      std::filesystem::path(shared != nullptr ? shared : RHUMB_SOURCE_DIR "/../shared") /
      "conformance/registry";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "no recorded requests at " << folder;
  }
  int reports = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    Result<Json> recording = codec::parse_json(text.str());
    ASSERT_TRUE(recording) << entry.path();
    for (const Json& step : recording->at("steps").as_array()) {
      const Json& body = step.at("request").at("body");
      const Json* input = body.at("variables").find("input");
      bool set = body.at("query").as_string().find("reportMigrationSet") != std::string::npos;
      if (input == nullptr || input->find("atlasVersion") == nullptr) {
        if (!set) {
          continue;
        }
        Result<MigrationSetReport> report = read_whole_set(*input);
        ASSERT_TRUE(report) << entry.path() << report.error().message();
        Result<MigrationSetReport> again = read_whole_set(to_json(*report));
        ASSERT_TRUE(again);
        EXPECT_EQ(*report, *again) << entry.path();
      } else {
        Result<MigrationReport> report = read_migration_report(*input);
        ASSERT_TRUE(report) << entry.path() << report.error().message();
        Result<MigrationReport> again = read_migration_report(to_json(*report));
        ASSERT_TRUE(again);
        EXPECT_EQ(*report, *again) << entry.path();
      }
      ++reports;
    }
  }
  EXPECT_GT(reports, 30);
}

}  // namespace
}  // namespace rhumb::registry_api
