#include "project/rollout.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "project/test_host.h"

namespace rhumb::project {
namespace {

/// The keys of the targets in their order with the group of each, or the error.
std::string order_of(TestHost& host,
                     const std::string& deployment,
                     const std::string& keys = "[\"a\", \"b\", \"c\", \"d\"]") {
  const std::string text = "deployment \"d\" {\n variable \"tenant\" {\n type = string\n }\n" +
                           deployment + "\n}\nenv \"t\" {\n for_each = toset(" + keys +
                           ")\n rollout {\n deployment = deployment.d\n vars = {\n tenant = "
                           "each.value\n }\n }\n}\n";
  const Result<Project> project = host.load(text);
  if (!project.has_value()) {
    return host.error_of(project);
  }
  std::vector<std::string> targets;
  for (const Environment& environment : project.value().environments) {
    targets.push_back(environment.key + ":" +
                      project.value().rollout[environment.rollout->group].name);
  }
  return join(targets, " ");
}

struct Case {
  std::string name;
  std::string deployment;
  std::string want;
};

TEST(Rollout, SortsTargetsByGroup) {
  const std::vector<Case> cases = {
      {"first match wins",
       "group \"x\" {\n match = var.tenant == \"c\"\n}\ngroup \"y\" {\n match = contains([\"c\", "
       "\"b\"], var.tenant)\n}\ngroup \"z\" {}",
       "c:x b:y a:z d:z"},
      {"one group", "group \"all\" {}", "a:all b:all c:all d:all"},
      {"ordered inside",
       "group \"all\" {\n order_by = [contains([\"a\", \"c\"], var.tenant) ? 2 : 1, var.tenant == "
       "\"a\" ? 9 : 3]\n}",
       "b:all d:all c:all a:all"},
      {"ordered by one key", "group \"all\" {\n order_by = var.tenant == \"d\" ? 1 : 2\n}",
       "d:all a:all b:all c:all"},
      {"depends_on before file order",
       "group \"rest\" {\n match = var.tenant != \"d\"\n depends_on = [group.canary]\n}\n"
       "group \"canary\" {}",
       "d:canary a:rest b:rest c:rest"},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(order_of(host, c.deployment), c.want) << c.name;
  }
}

TEST(Rollout, RefusesWhatItDoesNotKnow) {
  const std::vector<Case> cases = {
      {"nobody takes a target", "group \"x\" {\n match = var.tenant == \"a\"\n}",
       "target \"b\": no group of deployment \"d\" takes it; add a group without match for the "
       "rest"},
      {"match", "group \"x\" {\n match = \"perhaps\"\n}",
       "target \"a\": atlas.hcl:6,10-19: Invalid match; The match of a group must be true or "
       "false."},
      {"on_error", "group \"x\" {\n on_error = STOP\n}",
       "atlas.hcl:6,13-17: Unknown variable; There is no variable named \"STOP\"."},
      {"on_error as text", "group \"x\" {\n on_error = \"stop\"\n}",
       "atlas.hcl:6,13-19: Invalid on_error; It must be FAIL or CONTINUE."},
      {"parallel", "group \"x\" {\n parallel = 0\n}",
       "atlas.hcl:6,13-14: Invalid parallel; A whole number of at least 1 is required."},
      {"fraction", "group \"x\" {\n parallel = 1.5\n}",
       "atlas.hcl:6,13-16: Invalid parallel; A whole number of at least 1 is required."},
      {"unknown group", "group \"x\" {\n depends_on = [group.y]\n}",
       "atlas.hcl:6,16-21: Unknown group; There is no group.y."},
      {"itself", "group \"x\" {\n depends_on = [group.x]\n}",
       "atlas.hcl:5,1-6: Cyclic depends_on; Group \"x\" waits for itself."},
      {"each other",
       "group \"x\" {\n depends_on = [group.y]\n}\ngroup \"y\" {\n depends_on = [group.x]\n}",
       "atlas.hcl:5,1-6: Cyclic depends_on; Group \"x\" waits for itself."},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(order_of(host, c.deployment), c.want) << c.name;
  }
}

TEST(Rollout, NeedsADeploymentForEveryTarget) {
  const std::vector<Case> cases = {
      {"unknown", "env \"t\" {\n rollout {\n deployment = deployment.x\n }\n}\n",
       "deployment \"x\" not defined in config file"},
      {"missing", "env \"t\" {\n rollout {\n }\n}\n",
       "atlas.hcl:2,10-11: Missing deployment; A rollout needs deployment = deployment.<name>."},
      {"no reference", "env \"t\" {\n rollout {\n deployment = \"x\"\n }\n}\n",
       "atlas.hcl:3,15-18: Missing deployment; A rollout needs deployment = deployment.<name>."},
      {"some without",
       "deployment \"d\" {\n group \"g\" {}\n}\nenv \"t\" {\n rollout {\n deployment = "
       "deployment.d\n }\n}\nenv \"t\" {}\n",
       "the targets of env \"t\" must all have a rollout of one deployment"},
      {"missing variable",
       "deployment \"d\" {\n variable \"v\" {\n type = string\n }\n group \"g\" {}\n}\nenv \"t\" "
       "{\n "
       "rollout {\n deployment = deployment.d\n }\n}\n",
       "target \"\": missing value for required variable \"v\""},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(host.error_of(c.deployment), c.want) << c.name;
  }
}

TEST(Rollout, GroupsWaitInFileOrder) {
  TestHost host;
  const Result<Project> project = host.load(
      "deployment \"d\" {\n group \"a\" {\n on_error = CONTINUE\n parallel = 3\n }\n group \"b\" "
      "{}\n"
      " group \"c\" {\n depends_on = [group.a]\n }\n}\n"
      "env \"t\" {\n rollout {\n deployment = deployment.d\n }\n}\n");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  const std::vector<RolloutGroup>& groups = project.value().rollout;
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_TRUE(groups[0].goes_on);
  EXPECT_EQ(groups[0].parallel, 3);
  EXPECT_FALSE(groups[1].goes_on);
  EXPECT_EQ(groups[1].after, std::vector<size_t>{0});
  EXPECT_EQ(groups[2].after, std::vector<size_t>{0});
}

TEST(Rollout, IsNotReadWithoutOne) {
  TestHost host;
  EXPECT_EQ(
      host.error_of("deployment \"d\" {\n group \"g\" {\n match = nope\n }\n}\nenv \"t\" {}\n"),
      "");
}

}  // namespace
}  // namespace rhumb::project
