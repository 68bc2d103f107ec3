// SPDX-License-Identifier: Apache-2.0
//
// What every simulation is made of: a suite, which relacy makes anew for each iteration, and a main() that runs it.
//
//   struct thing final : model::suite<thing> {
//     void before();                // optional: alone, before the threads
//     void run(unsigned thread);    // in each thread, 0 to model::threads - 1
//     void after();                 // optional: alone, after them
//   };
//   int main(int argc, char** argv) { return model::simulate<thing>(argc, argv); }
//
// Threads change places at every atomic access, fence and lock, as a random scheduler likes. RL_ASSERT judges. Everything that an
// iteration makes it must also free: relacy counts memory, locks and atomics.
#pragma once

#include <framecache/base/atomic.hpp>
#include <framecache/base/clock.hpp>
#include <framecache/base/plain.hpp>
#include <framecache/base/system.hpp>

#include <model/relacy/shadow.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <ostream>
#include <string>

// relacy counts memory in operators that it defines inline. What the standard library calls from its own object code must be the
// same ones, or memory is taken here and given back there: hence the sized forms, and a reason to emit the others. A simulation is
// one translation unit.
void operator delete(void* at, std::size_t) noexcept { ::operator delete(at); }
void operator delete[](void* at, std::size_t) noexcept { ::operator delete[](at); }

namespace model {

[[gnu::used]] inline void (*const emitted[])(void*) = {&::operator delete, &::operator delete[] };

// The members of Test are made after this and destroyed before it.
template <class Test>
struct suite : rl::test_suite<Test, threads> {
  // Steps after which an iteration counts as one that never ends.
  static constexpr unsigned most_steps = 20'000;

  suite() {
    shadow_table.begin();
    since_first_moment = {};
    random_state = 0;
  }
  ~suite() { shadow_table.end(); }

  void thread(unsigned which) {
    shadow_table.threads_run();
    static_cast<Test*>(this)->run(which);
    shadow_table.thread_ends();
  }
};

// A page that reads as zero, as the slab makes its blocks from: what lies in it is older than every thread.
template <class T>
class zeroed final {
 public:
  explicit zeroed(std::size_t count) noexcept : at_(framecache::base::reserve_pages(framecache::base::page_size)) {
    if (count * sizeof(T) > framecache::base::page_size) fail("a page is too small", place::current());
  }
  zeroed(zeroed const&) = delete;
  zeroed& operator=(zeroed const&) = delete;
  ~zeroed() { framecache::base::unmap_pages(at_, framecache::base::page_size); }

  [[nodiscard]] T* get() const noexcept { return framecache::base::object_in_zeroed_pages<T>(at_); }
  [[nodiscard]] T& operator[](std::size_t i) const noexcept { return get()[i]; }
  [[nodiscard]] T* operator->() const noexcept { return get(); }

 private:
  std::byte* const at_;
};

// Bytes of a frame as a plain field: read and written through these, a frame that is recycled under its reader is found.
inline void write_word(std::byte* at, word value, place from = place::current()) {
  reinterpret_cast<framecache::base::plain<word>*>(at)->set(value, from);
}
[[nodiscard]] inline word read_word(std::byte const* at, place from = place::current()) {
  return reinterpret_cast<framecache::base::plain<word> const*>(at)->get(from);
}

// One run of relacy's; with `again`, of one iteration that has failed, which it then prints step by step.
template <class Test>
[[nodiscard]] rl::test_result_e run_once(rl::test_params& params, bool again) {
  rl::ostringstream state;
  params.collect_history = again;
  auto const result = rl::run_test<Test, rl::random_scheduler<threads>>(params, state, again);
  shadow_table.all_threads_end();
  return result;
}

// --iterations N   how many instead of a million; --from N: the number of the first, which decides its schedule
template <class Test>
int simulate(int argc, char** argv) {
  std::uint64_t iterations = 1'000'000;
  std::uint64_t first = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    auto const value = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--iterations") == 0) iterations = value;
    if (std::strcmp(argv[i], "--from") == 0) first = value;
  }
  std::ostream nowhere{nullptr};
  rl::test_params params;
  params.iteration_count = first + iterations - 1;
  params.initial_state = std::to_string(first).c_str();
  params.execution_depth_limit = Test::most_steps;
  params.progress_stream = &nowhere;
  params.output_stream = &std::cout;
  auto const began = std::chrono::steady_clock::now();
  auto const result = run_once<Test>(params, false);
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
  auto const done = params.stop_iteration - first + 1;
  if (result != rl::test_result_success) {
    params.iteration_count = params.stop_iteration;
    params.initial_state = std::to_string(params.stop_iteration).c_str();
    if (run_once<Test>(params, true) != result) std::cout << "the failed iteration went another way when repeated\n";
  }
  std::cout.flush();
  std::printf("%s after %llu iterations, %.1f s, %.0f/s\n",
              result == rl::test_result_success ? "ok" : rl::test_result_str(result),
              static_cast<unsigned long long>(done), took.count(), static_cast<double>(done) / took.count());
  return result == rl::test_result_success ? 0 : 1;
}

}  // namespace model
