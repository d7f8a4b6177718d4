#include "sys/file_lock.h"

#include <gtest/gtest.h>

#include "sys/files.h"

namespace rhumb::sys {
namespace {

TEST(FileLock, OneHolderAtATime) {
  const TemporaryDirectory directory = TemporaryDirectory::create().value();
  const std::string path = directory.path() + "/x.db.atlas-lock";
  EXPECT_FALSE(*is_file_locked(path));
  EXPECT_FALSE(file_exists(path));

  FileLock first = FileLock::open(path).value();
  FileLock second = FileLock::open(path).value();
  EXPECT_TRUE(*first.try_lock("{\"holder\":\"first\"}\n"));
  EXPECT_TRUE(*first.try_lock("again"));
  EXPECT_FALSE(*second.try_lock("second"));
  EXPECT_EQ(second.holder(), "{\"holder\":\"first\"}");
  EXPECT_TRUE(*is_file_locked(path));

  first.unlock();
  EXPECT_EQ(*read_file(path), "");
  EXPECT_FALSE(*is_file_locked(path));
  EXPECT_TRUE(*second.try_lock("second\n"));
  EXPECT_FALSE(*first.try_lock("first"));
}

TEST(FileLock, GoesWithItsObjectAndTheFileStays) {
  const TemporaryDirectory directory = TemporaryDirectory::create().value();
  const std::string path = directory.path() + "/lock";
  {
    FileLock lock = FileLock::open(path).value();
    ASSERT_TRUE(*lock.try_lock("x"));
    FileLock moved = std::move(lock);
    EXPECT_TRUE(moved.is_held());
    EXPECT_TRUE(*is_file_locked(path));
  }
  EXPECT_FALSE(*is_file_locked(path));
  EXPECT_TRUE(file_exists(path));
}

TEST(FileLock, SaysWhatCanNotBeOpened) {
  EXPECT_EQ(FileLock::open("/no/such/lock").error().message(),
            "open /no/such/lock: no such file or directory");
}

}  // namespace
}  // namespace rhumb::sys
