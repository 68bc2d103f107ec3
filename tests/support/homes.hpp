// SPDX-License-Identifier: Apache-2.0
//
// What most tests begin with: an authenticator that believes what a credential says, and a way to write credentials.
#pragma once

#include <framecache/framecache.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fc = framecache;

namespace testing {

// Bytes that a tenant is charged for a frame of at most 64 bytes, in a cache whose memory is its own: header, payload, the zeros
// behind it.
inline constexpr std::uint64_t small_frame = 256;

inline fc::tenant_id tenant(std::uint64_t n) { return fc::tenant_id{n}; }
inline fc::principal_id principal(std::uint64_t n) { return fc::principal_id{n}; }

// Admissions by credential. Thread-safe; must outlive the registry.
class book final : public fc::authenticator {
 public:
  std::optional<fc::admission> authenticate(std::string_view credential) const override {
    ++asked;
    std::lock_guard const lock(mutex_);
    auto const found = admissions_.find(std::string{credential});
    if (found == admissions_.end()) return std::nullopt;
    return found->second;
  }

  // Returns a new credential for this admission.
  std::string issue(fc::admission a) {
    std::lock_guard const lock(mutex_);
    auto credential = "credential " + std::to_string(admissions_.size() + 1);
    admissions_.emplace(credential, std::move(a));
    return credential;
  }
  std::string issue(fc::role role, std::uint64_t home, std::uint64_t who = 7) {
    return issue(admission(role, home, who));
  }
  std::string viewer(std::uint64_t home, std::uint64_t who = 7) { return issue(fc::role::viewer, home, who); }
  std::string publisher(std::uint64_t home, std::uint64_t who = 8) { return issue(fc::role::publisher, home, who); }
  std::string steward(std::uint64_t home, std::uint64_t who = 9) { return issue(fc::role::steward, home, who); }
  std::string admin() { return issue(fc::role::admin, 999'999, 1); }

  static fc::admission admission(fc::role role, std::uint64_t home, std::uint64_t who) {
    return {.tenant = tenant(home),
            .principal = principal(who),
            .role = role,
            .audiences = fc::audience_list::of<fc::anyone>(),
            .devices = fc::device_list::all(),
            .expires = fc::expiry::never()};
  }

  mutable std::atomic<int> asked{0};

 private:
  mutable std::mutex mutex_;
  std::map<std::string, fc::admission> admissions_;
};

// Stages and commits `text` as a whole frame.
inline fc::commit_status put_derived(fc::stream const& stream, fc::rendition which, std::string_view text) {
  auto draft = stream.stage(fc::byte_count{text.size()}, which);
  if (!draft) return draft.why();
  std::memcpy(draft.bytes().data(), text.data(), text.size());
  return std::move(draft).commit({.size = fc::byte_count{text.size()}});
}
inline fc::commit_status put(fc::stream const& stream, std::string_view text) {
  return put_derived(stream, fc::rendition::source(), text);
}

inline std::string text_of(fc::frame_view const& view) {
  auto const bytes = view.bytes();
  return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

// Whether a role, a view or a handle is true: doctest moves what it is given, and most of these cannot be moved.
template <class T>
[[nodiscard]] bool holds(T const& it) {
  return static_cast<bool>(it);
}

// A book, its registry and one cache that audits itself after each operation; keeps what the tripwire was told. For tests of
// one thread.
template <class Cache = fc::frame_cache<>>
struct house {
  explicit house(fc::registry_config limits = {}) : house(config(), limits) {}
  explicit house(fc::config how, fc::registry_config limits = {})
      : homes{keys, limits}, cache{homes, wired(std::move(how))} {}
  house(house const&) = delete;
  house& operator=(house const&) = delete;

  static fc::config config() { return {.capacity = fc::mebibytes{4}, .audit_each_operation = true}; }

  book keys;
  std::vector<fc::crossing> crossings;
  fc::registry homes;
  Cache cache;

 private:
  fc::config wired(fc::config how) {
    how.tripwire = [this](fc::crossing const& c) { crossings.push_back(c); };
    return how;
  }
};

// A home with one camera that streams, and somebody who looks at it.
struct home_with_a_camera {
  home_with_a_camera(fc::frame_cache<>& cache, book& keys, std::uint64_t home)
      : camera(cache.publisher(keys.publisher(home))),
        stream(camera.begin(camera.device("porch"))),
        eye(cache.viewer(keys.viewer(home))) {}
  template <class Look>
  fc::lookup_status peek(Look const& look) const {
    return eye.peek(stream.device(), stream.generation(), look);
  }
  fc::publisher camera;
  fc::stream stream;
  fc::viewer<fc::anyone> eye;
};

// Sets both clocks right again when a test that moved them ends.
struct clock_keeper {
  clock_keeper() = default;
  clock_keeper(clock_keeper const&) = delete;
  clock_keeper& operator=(clock_keeper const&) = delete;
  ~clock_keeper() {
    fc::base::test_steady_offset = 0;
    fc::base::test_wall_offset = 0;
  }
};

}  // namespace testing
