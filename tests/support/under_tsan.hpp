// SPDX-License-Identifier: Apache-2.0
//
// Whether ThreadSanitizer looks on, which makes everything many times as slow.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define TESTING_UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TESTING_UNDER_TSAN 1
#endif
#endif

namespace testing {

#if defined(TESTING_UNDER_TSAN)
inline constexpr bool under_tsan = true;
#else
inline constexpr bool under_tsan = false;
#endif

}  // namespace testing
