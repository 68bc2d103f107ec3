// SPDX-License-Identifier: Apache-2.0
//
// Work in processes of its own: nobody's free memory is another's, and what is not timed may be done at once.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

namespace bench {

[[nodiscard]] inline std::size_t cores() { return std::max(std::thread::hardware_concurrency(), 1U); }

// Calls `measure(i)` for each i below `count`, each in a child that has allocated nothing yet. Returns their answers in order; none
// where a child ended badly. Requires: this process has one thread, and no other children that it waits for.
template <class T, class Measure>
[[nodiscard]] std::vector<std::optional<T>> in_children(std::size_t count, Measure const& measure,
                                                        std::size_t at_once = cores()) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 4096, "an answer fits in a pipe that nobody reads yet");
  struct child {
    pid_t id;
    int answer;
    std::size_t which;
  };
  std::vector<std::optional<T>> answers(count);
  std::vector<child> running;
  auto const start = [&](std::size_t which) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    std::fflush(stdout);
    pid_t const id = ::fork();
    if (id == 0) {
      T const seen = measure(which);
      ::_exit(::write(ends[1], &seen, sizeof seen) == ssize_t{sizeof seen} ? 0 : 1);
    }
    ::close(ends[1]);
    if (id > 0) {
      running.push_back({id, ends[0], which});
    } else {
      ::close(ends[0]);
    }
  };
  auto const finish_one = [&] {
    pid_t const id = ::wait(nullptr);
    auto const done = std::find_if(running.begin(), running.end(), [&](child const& c) { return c.id == id; });
    if (done == running.end()) return id > 0;
    T seen;
    if (::read(done->answer, &seen, sizeof seen) == ssize_t{sizeof seen}) answers[done->which] = seen;
    ::close(done->answer);
    running.erase(done);
    return true;
  };
  for (std::size_t which = 0; which != count; ++which) {
    while (running.size() >= at_once && finish_one()) {
    }
    start(which);
  }
  while (!running.empty() && finish_one()) {
  }
  return answers;
}

}  // namespace bench
