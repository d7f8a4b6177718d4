#pragma once

#include <cstdio>
#include <cstdlib>

/// Aborts with a message when an invariant of ours is broken; on in release too. Never for user
/// input.
#define RHUMB_CHECK(condition, why)                                                     \
  do {                                                                                  \
    if (!(condition)) {                                                                 \
      std::fprintf(stderr, "%s:%d: internal error: %s (%s)\n", __FILE__, __LINE__, why, \
                   #condition);                                                         \
      std::abort();                                                                     \
    }                                                                                   \
  } while (false)
