// SPDX-License-Identifier: Apache-2.0
//
// Runs something that may stop the process in a child of it, and says how that ended and what it wrote to standard error.
#pragma once

#include <csignal>
#include <cstdio>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testing {

struct child_end final {
  bool aborted = false;  // by SIGABRT
  int signal = 0;        // that ended it; 0: it exited
  int exit_code = -1;
  std::string said;
};

// The child ends with what `f` returns, and ends at once: what it still holds then is no leak, so that valgrind can be strict with
// everything else. Requires: no other thread is running, and `f` makes every cache that it uses.
template <class F>
child_end run_in_child(F&& f) {
  int ends[2] = {-1, -1};
  child_end answer;
  int result[2] = {-1, -1};
  if (::pipe(ends) != 0 || ::pipe(result) != 0) return answer;
  std::fflush(nullptr);
  auto const child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    ::dup2(ends[1], STDERR_FILENO);
    // doctest reports a signal as a failed test; here it is the answer.
    std::signal(SIGABRT, SIG_DFL);
    std::signal(SIGSEGV, SIG_DFL);
    rlimit const no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::alarm(20);
    int const code = f();
    if (::write(result[1], &code, sizeof code) != sizeof code) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  ::close(ends[1]);
  ::close(result[1]);
  char buffer[512];
  for (;;) {
    auto const got = ::read(ends[0], buffer, sizeof buffer);
    if (got <= 0) break;
    answer.said.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  int code = -1;
  bool const returned = ::read(result[0], &code, sizeof code) == sizeof code;
  ::close(result[0]);
  if (returned) {
    answer.exit_code = code;
  } else if (WIFSIGNALED(status)) {
    answer.signal = WTERMSIG(status);
  }
  answer.aborted = answer.signal == SIGABRT;
  return answer;
}

#if defined(NDEBUG)
inline constexpr bool debug_build = false;
#else
inline constexpr bool debug_build = true;
#endif

}  // namespace testing
