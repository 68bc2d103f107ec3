// SPDX-License-Identifier: Apache-2.0
// The names that each home's cameras have used. The library lists nothing, to anybody; a relay that wants to show a
// grid keeps names itself and asks the cache, with the viewer's own rights, about each. No frame is reached from here.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace relay {

class directory {
 public:
  /// Only after the cache has taken the name: its bound on names per home is then ours as well.
  void add(std::uint64_t home, std::string const& name) {
    std::lock_guard const lock{mutex_};
    if (names_[home].insert(name).second) ++size_;
  }
  std::vector<std::string> names_of(std::uint64_t home) const {
    std::lock_guard const lock{mutex_};
    auto const found = names_.find(home);
    if (found == names_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }
  std::size_t size() const {
    std::lock_guard const lock{mutex_};
    return size_;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::set<std::string>> names_;
  std::size_t size_ = 0;
};

}  // namespace relay
