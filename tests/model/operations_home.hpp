// SPDX-License-Identifier: Apache-2.0
//
// What a played script keeps: homes with their roles and cameras, handles and drafts that are out, and for each its number in
// the oracle. Ids differ between the two engines, so that a camera has one of each.
#pragma once

#include "model/operations_script.hpp"
#include "model/simple_oracle.hpp"
#include "support/homes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testing {

// The same credentials for every script: issuing them anew would be half the work of a short one.
struct operation_keys final {
  book all;
  std::string admin = all.admin();
  std::array<std::string, operation::tenants> viewer, publisher, steward;
  std::string neighbour = all.publisher(operation::tenants + 1);
  std::string neighbours_eye = all.viewer(operation::tenants + 1);

  operation_keys() {
    for (std::uint64_t t = 1; t <= operation::tenants; ++t) {
      viewer[t - 1] = all.viewer(t);
      publisher[t - 1] = all.publisher(t);
      steward[t - 1] = all.steward(t);
    }
  }
  static operation_keys const& get() {
    static operation_keys const keys;
    return keys;
  }
};

// A cache of whatever policies, as its roles see it: they are the same types for all of them.
using handle_type = fc::frame_cache<>::handle_type<>;
using admin_type = fc::frame_cache<>::admin_type;
class any_cache {
 public:
  any_cache() = default;
  any_cache(any_cache const&) = delete;
  any_cache& operator=(any_cache const&) = delete;
  virtual ~any_cache() = default;
  [[nodiscard]] virtual fc::viewer<fc::anyone> viewer(std::string_view credential) const = 0;
  [[nodiscard]] virtual fc::publisher publisher(std::string_view credential) const = 0;
  [[nodiscard]] virtual fc::steward steward(std::string_view credential) const = 0;
  [[nodiscard]] virtual admin_type admin(std::string_view credential) const = 0;
  [[nodiscard]] virtual fc::cache_stats stats() const = 0;
  [[nodiscard]] virtual fc::audit_report audit() const = 0;
};
template <class... Policies>
class cache_of final : public any_cache {
 public:
  cache_of(fc::registry& who, fc::config how) : cache_{who, std::move(how)} {}
  fc::viewer<fc::anyone> viewer(std::string_view credential) const override { return cache_.viewer(credential); }
  fc::publisher publisher(std::string_view credential) const override { return cache_.publisher(credential); }
  fc::steward steward(std::string_view credential) const override { return cache_.steward(credential); }
  admin_type admin(std::string_view credential) const override { return cache_.admin(credential); }
  fc::cache_stats stats() const override { return cache_.stats(); }
  fc::audit_report audit() const override { return cache_.audit(); }
  static std::unique_ptr<any_cache> make(fc::registry& who, fc::config how) {
    return std::make_unique<cache_of>(who, std::move(how));
  }

 private:
  fc::frame_cache<Policies...> cache_;
};

// Above what the wall clock gives for a century, so that both engines mint the same generations.
inline constexpr std::uint64_t operation_floor = std::uint64_t{1} << 62;

struct camera_of_two final {
  struct run final {
    fc::stream stream;
    std::uint64_t number;
  };
  std::optional<run> live, before;
  std::uint64_t device = 0;  // 0: not named yet
  std::uint64_t as = 0;      // in the oracle
  std::uint64_t generation = 0;
  std::uint64_t former = 0;
  bool wrote = false;

  // Retired or revoked: what it was streaming can still try.
  void end() {
    if (live) before.swap(live);
    live.reset();
    device = as = generation = former = 0;
    wrote = false;
  }
};

struct home_of_two final {
  std::optional<fc::viewer<fc::anyone>> eye;
  std::optional<fc::publisher> publisher;
  std::optional<fc::steward> boss;
  std::array<camera_of_two, operation::cameras> cameras;
  bool suspended = false;
  fc::budget bounds{};
};

struct handle_of_two final {
  handle_type handle;
  std::uint64_t number;
  std::uint64_t tenant;
};

struct draft_of_two final {
  fc::draft draft;
  std::uint64_t number;
  std::vector<std::byte> content;
  std::uint64_t tenant;
  oracle::place at;
};

// Somebody whom no operation is for, with one frame that is held for as long as a script lasts.
struct neighbour_of_two final {
  explicit neighbour_of_two(any_cache const& in)
      : publisher{in.publisher(operation_keys::get().neighbour)},
        eye{in.viewer(operation_keys::get().neighbours_eye)} {}
  fc::publisher publisher;
  fc::viewer<fc::anyone> eye;
  fc::stream stream = publisher.begin(publisher.device("large"));
  handle_type handle{};
  std::uint64_t number = 0;
};

[[nodiscard]] inline fc::rendition rendition_of(std::uint64_t n) {
  return n == 0 ? fc::rendition::source() : fc::rendition{static_cast<std::uint16_t>(n), 1, fc::rotation::none};
}

// Bytes that no other frame of the script has at the same offset.
[[nodiscard]] inline std::vector<std::byte> content_of(std::uint64_t number, std::uint64_t size) {
  std::vector<std::byte> all(static_cast<std::size_t>((size + 7) / 8 * 8));
  for (std::size_t at = 0; at != all.size(); at += sizeof number) {
    auto const each = (number + 1) * 0x9E3779B97F4A7C15U + at;
    std::memcpy(all.data() + at, &each, sizeof each);
  }
  all.resize(static_cast<std::size_t>(size));
  return all;
}
[[nodiscard]] inline fc::frame_facts facts_of(std::uint64_t number) {
  return {.captured_at = std::chrono::system_clock::time_point{std::chrono::seconds{number}},
          .keyframe = number % 3 == 0,
          .codec = static_cast<fc::codec>(number % 7),
          .width = static_cast<std::uint16_t>(number * 5),
          .height = static_cast<std::uint16_t>(number * 7)};
}
[[nodiscard]] inline oracle::facts plain(fc::frame_facts const& what) {
  return {std::chrono::duration_cast<std::chrono::seconds>(what.captured_at.time_since_epoch()).count(), what.keyframe,
          static_cast<std::uint8_t>(what.codec), what.width, what.height};
}

// What differs between a view and what the oracle would show, or nothing.
[[nodiscard]] inline std::string difference(fc::frame_view const& view, oracle::sight const& should) {
  static constexpr std::array<std::byte, 64> zeros{};
  auto const bytes = view.bytes();
  if (bytes.size() != should.bytes.size() || view.size().value() != should.bytes.size()) return "another size";
  if (std::memcmp(bytes.data(), should.bytes.data(), bytes.size()) != 0) return "other bytes than were committed";
  if (std::memcmp(bytes.data() + bytes.size(), zeros.data(), zeros.size()) != 0) return "no zeros after the last byte";
  if (view.sequence().value() != should.sequence) return "another sequence";
  if (view.generation().value() != should.generation) return "another generation";
  if (!view.is_rendition(rendition_of(should.rendition))) return "another rendition";
  if (view.stale() != should.stale) return "another opinion of what is stale";
  auto const captured = std::chrono::duration_cast<std::chrono::seconds>(view.captured_at().time_since_epoch()).count();
  auto const& what = should.what;
  if (captured != what.captured_at || view.keyframe() != what.keyframe || view.width() != what.width ||
      view.height() != what.height || static_cast<std::uint8_t>(view.codec()) != what.codec) {
    return "other facts";
  }
  // The oracle's clock moves in steps, and real time goes on for the length of an operation.
  auto const off = view.age() - should.age;
  return off < std::chrono::seconds{50} && -off < std::chrono::seconds{50} ? "" : "another age";
}

}  // namespace testing
