// SPDX-License-Identifier: Apache-2.0
//
// The bytes that everybody stores, and what a reader does with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace bench {

using bytes = std::span<std::byte const>;

// What the last touch() of this thread has read: written by every hit, so that no hit can be optimised away, and compared by the
// checks that run before anything is measured.
inline constinit thread_local std::uint64_t touched = 0;

[[nodiscard]] inline std::uint64_t word_at(std::byte const* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Reads the first and the last word. Requires: at least eight bytes.
inline void touch(bytes of) {
  touched = word_at(of.data()) + 3 * word_at(of.data() + of.size() - sizeof(std::uint64_t));
  asm volatile("" : : "m"(touched));  // every store is made, though the next hit writes over it
}

// A copy of its own, in one allocation: what caches that take a pointer are given.
class blob final {
 public:
  [[nodiscard]] static std::unique_ptr<blob> copy_of(bytes from) {
    void* const memory = ::operator new(sizeof(blob) + from.size());
    auto* const made = ::new (memory) blob(from.size());
    std::memcpy(made + 1, from.data(), from.size());
    return std::unique_ptr<blob>(made);
  }
  static void operator delete(void* memory) { ::operator delete(memory); }

  [[nodiscard]] bytes view() const { return {reinterpret_cast<std::byte const*>(this + 1), size_}; }

 private:
  explicit blob(std::size_t size) : size_(size) {}
  std::size_t size_;
};

// The same, counted: what is handed out where a reader may outlive the entry.
struct counted_blob {
  std::shared_ptr<std::byte const[]> at;
  std::size_t size = 0;

  [[nodiscard]] static counted_blob copy_of(bytes from) {
    auto made = std::make_shared_for_overwrite<std::byte[]>(from.size());
    std::memcpy(made.get(), from.data(), from.size());
    return {std::move(made), from.size()};
  }
  [[nodiscard]] bytes view() const { return {at.get(), size}; }
};

}  // namespace bench
